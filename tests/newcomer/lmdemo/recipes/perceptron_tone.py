"""perceptron-tone: generated sentences, with and without exclamation marks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lmdemo.adapters.text_classification.perceptron import LetterClassification, count
from lmdemo.models.perceptron import Perceptron, PerceptronConfig
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "The smallest network there is, on whether a text is calm or loud.",
    "data": "Generated: 32 texts, every other one with exclamation marks; a quarter is the validation part.",
    "data_licence": "CC0-1.0",
    "limits": "Only exclamation marks.",
    "primary_metric": "accuracy",
    "seeds": 1,
    "table": {
        "data": "32 texts",
        "figure": "{accuracy:.0%} of {n}",
        "baseline": ("always calm", "always calm {accuracy:.0%}"),
    },
}


def texts(split: str) -> tuple[list[str], np.ndarray]:
    """Texts, and whether each is loud."""
    part = {"train": range(24), "val": range(24, 32)}[split]
    return [f"text {'abcdefgh'[: i % 7]}{'!' * (i % 2 * 3)}" for i in part], np.array([i % 2 for i in part])


class Counts:
    """What the Trainer reads."""

    def __init__(self, split: str) -> None:
        written, labels = texts(split)
        counts = np.stack([count(text, PerceptronConfig().letters) for text in written])
        self.counts, self.labels = torch.from_numpy(counts), torch.from_numpy(labels)

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        return {"counts": self.counts[indices], "labels": self.labels[indices]}


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    held = Counts("val")
    return Trainer(
        model=Perceptron(PerceptronConfig()),
        train_data=Counts("train"),
        validate=lambda model: {
            "accuracy": (model(held.counts).logits.argmax(1) == held.labels).double().mean().item()
        },
        metric="accuracy",
        seed=seed,
        num_epochs=10,
        batch_size=8,
        learning_rate=0.1,
    )


def evaluate(adapter: LetterClassification, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """The part of the texts that is named rightly."""
    written, labels = texts(split)
    return len(labels), {"accuracy": float((adapter.classify_many(written).argmax(1) == labels).mean())}


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """What is right without a look at the text."""
    return {"always calm": {"accuracy": float((texts(split)[1] == 0).mean())}}
