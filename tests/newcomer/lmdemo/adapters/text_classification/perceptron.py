"""Texts to labels with our perceptron."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from lmdemo.adapters.base import Adapter, Prepared, own_info
from lmdemo.adapters.outputs import Classification, Layer
from lmdemo.catalog import ModelRow, find
from lmdemo.data.text import check_text
from lmdemo.models.perceptron import Perceptron


@dataclass(frozen=True, kw_only=True)
class PreparedCounts(Prepared):
    """How often each letter is in the text (L,)."""

    counts: np.ndarray


class LetterClassification(Adapter[PreparedCounts, Classification]):
    """Tells whether a text is calm or loud. With ``trace=True`` the result holds ``counts`` (L,)."""

    model: Perceptron
    threads = 1

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout."""
        row = row or find(folder.name)
        model = Perceptron.from_pretrained(folder).to(device)
        return cls(model, own_info(row, folder, parameters=model.num_parameters, source=source, device=device))

    @property
    def labels(self) -> tuple[str, ...]:
        """The names that it can give."""
        return self.model.config.labels

    def preprocess(self, inputs: str) -> PreparedCounts:
        """Counts the letters of a text.

        Raises:
            InputError: The text can't be read.
        """
        counts = count(check_text(inputs), self.model.config.letters)
        return PreparedCounts(tensors={"counts": torch.from_numpy(counts[None]).to(self.device)}, counts=counts)

    def postprocess(self, output: Any, prepared: PreparedCounts, *, milliseconds: float, trace: bool) -> Classification:
        """Names the most probable label."""
        p = output.logits.softmax(1)[0].cpu().numpy()
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        label = next(iter(scores))
        internals = {"counts": prepared.counts} if trace else {}
        return Classification(
            label=label, score=scores[label], scores=scores, milliseconds=milliseconds, trace=internals
        )

    def classify_many(self, inputs: Sequence[str]) -> np.ndarray:
        """Probabilities (N, labels) of many texts."""
        with self.computing():
            counts = np.stack([count(text, self.model.config.letters) for text in inputs])
            return self.model(torch.from_numpy(counts).to(self.device)).logits.softmax(1).cpu().numpy()

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives, parameters."""
        return [("sum", "weighted sum of counts", str(len(self.labels)), self.model.num_parameters)]


def count(text: str, letters: str) -> np.ndarray:
    """How often each letter is in a text (L,)."""
    return np.array([text.lower().count(letter) for letter in letters], np.float32)
