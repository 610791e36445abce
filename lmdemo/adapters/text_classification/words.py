"""What our text classifiers share: a text in, labels with probabilities out, over words or pieces of words."""

import importlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, Prepared, own_info
from lmdemo.adapters.outputs import Classification, Info, Layer
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.notes import Note

MAX_TOKENS = 2_000


@dataclass(frozen=True, kw_only=True)
class PreparedText(Prepared):
    """A text as the network takes it.

    Attributes:
        words: What is read, with ids and places.
        known: Of each word whether the network has met it.
    """

    words: text.Tokens
    known: list[bool]

    @property
    def seen(self) -> dict[str, np.ndarray]:
        """What was read, as a trace tells it."""
        tokens, offsets = np.array(self.words.tokens), np.array(self.words.offsets)
        return {"tokens": tokens, "offsets": offsets, "known": np.array(self.known)}


class WordClassification(Adapter[PreparedText, Classification]):
    """Tells what a text says of itself: praise or not, positive, neutral or negative.

    Attributes:
        labels: The names that it can give.
        tokenizer: Cuts a text into words, or into words of pieces.
        words: Of one that reads pieces, the words that were common in its training texts; empty where none were kept.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        info: Info,
        tokenizer: Tokenizer | text.NgramTokenizer,
        labels: tuple[str, ...],
        words: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(model, info)
        self.tokenizer, self.labels, self.words = tokenizer, labels, words

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights, ``labels.json``, a tokenizer, ``words.txt``."""
        row = row or find(folder.name)
        module, name = row.model.rsplit(".", 1)
        model = getattr(importlib.import_module(module), name).from_pretrained(folder).to(device)
        ngrams = folder / "ngrams.json"
        tokenizer = text.NgramTokenizer.from_file(ngrams) if ngrams.is_file() else text.open_tokenizer(folder)
        labels = tuple(json.loads((folder / "labels.json").read_text(encoding="utf-8")))
        common = folder / "words.txt"
        words = frozenset(common.read_text(encoding="utf-8").split()) if common.is_file() else frozenset()
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, tokenizer, labels, words)

    @abstractmethod
    def tokenize(self, inputs: str) -> text.Tokens:
        """The words that the network reads, with their ids and places.

        Raises:
            InputError: The text can't be read, or holds no word that the network knows.
        """

    @abstractmethod
    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for T words, parameters."""

    def known(self, words: text.Tokens) -> list[bool]:
        """Which words the network has met; of one that reads pieces, those in Latin letters, digits and signs."""
        if isinstance(self.tokenizer, text.NgramTokenizer):
            return [word.isascii() for word in words.tokens]
        unknown = self.tokenizer.token_to_id(text.UNK)
        return [i != unknown for i in words.ids]

    def met(self, inputs: str) -> list[tuple[str, bool]]:
        """Each word of a text, signs and numbers left out, and whether it was common in the training texts. Tells how near a
        text is to them; unlike :meth:`tokenize` it never refuses one that can be read.

        Raises:
            InputError: The text can't be read.
        """
        words = self._cut(inputs)
        known = [text.squeeze(w) in self.words for w in words.tokens] if self.words else self.known(words)
        return [(w, k) for w, k in zip(words.tokens, known, strict=True) if any(c.isalpha() for c in w)]

    def batch(self, ids: Sequence[Any]) -> dict[str, Any]:
        """The network's keyword arguments for several texts: ``input_ids`` (B, T), or bags of pieces (B, T, G), and
        ``lengths`` (B,).
        """
        input_ids, lengths = text.pad(ids)
        return {"input_ids": input_ids.to(self.device), "lengths": lengths.to(self.device)}

    def classify_many(self, inputs: Sequence[str], batch_size: int = 128) -> np.ndarray:
        """Probabilities (N, labels) of many texts; one without any readable word counts as one unknown word."""
        none: Any = [[1]] if isinstance(self.tokenizer, text.NgramTokenizer) else [1]
        ids = [self._encode(text.clean(t)).ids[:MAX_TOKENS] or none for t in inputs]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        scores = np.zeros((len(ids), len(self.labels)), np.float32)
        with self.computing():
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                scores[chosen] = self._probabilities(self.model(**self.batch([ids[i] for i in chosen])).logits)
        return scores

    def _cut(self, inputs: str) -> text.Tokens:
        return self._encode(text.read_typed(inputs))

    def _encode(self, typed: text.Typed) -> text.Tokens:
        """Words with ids. Signs such as emoji that a network of words never met are left out: they are no unknown words."""
        if isinstance(self.tokenizer, text.NgramTokenizer):
            return self.tokenizer.encode(typed)
        words = text.encode(self.tokenizer, typed)
        signs = [
            n for n, (w, k) in enumerate(zip(words.tokens, self.known(words), strict=True)) if not k and _is_sign(w)
        ]
        if not signs:
            return words
        listed = " ".join(dict.fromkeys(words.tokens[n] for n in signs[:100]))[:40]
        said = "The network never met these signs, and they were left out: {signs}"
        left_out = set(signs)
        kept = [n for n in range(len(words.ids)) if n not in left_out]
        return text.Tokens(
            [words.ids[n] for n in kept],
            [words.tokens[n] for n in kept],
            [words.offsets[n] for n in kept],
            (*words.notes, Note("text_signs", said, {"signs": listed})),
        )

    def _check_known(self, words: text.Tokens, inputs: str) -> None:
        if not any(self.known(words)):
            raise InputError(
                "text_unknown",
                expected="common words",
                got=inputs.strip()[:30],
                hint="None of these words was in the training texts; use Latin letters and common words.",
            )

    def _prepare(self, words: text.Tokens, **options: Any) -> PreparedText:
        tensors = self.batch([words.ids]) | options
        return PreparedText(tensors=tensors, notes=words.notes, words=words, known=self.known(words))

    def _classification(self, logits: torch.Tensor, **measured: Any) -> Classification:
        """Probabilities of all labels of one text, most probable first."""
        p = self._probabilities(logits)[0]
        scores = {self.labels[i]: float(p[i]) for i in np.argsort(-p, kind="stable")}
        label = next(iter(scores))
        return Classification(label=label, score=scores[label], scores=scores, **measured)

    def _index(self, label: str) -> int:
        """Which label it is; an OptionError tells the ones that there are."""
        if label not in self.labels:
            raise OptionError(
                "unknown_label", expected=", ".join(self.labels), got=str(label)[:40], hint="Take one of these."
            )
        return self.labels.index(label)

    def _probabilities(self, logits: torch.Tensor) -> np.ndarray:
        """(N, C) logits -> (N, labels)."""
        if logits.shape[-1] == 1:
            p = logits.sigmoid()
            return torch.cat((1 - p, p), -1).cpu().numpy()
        return logits.softmax(-1).cpu().numpy()


def _is_sign(word: str) -> bool:
    """Whether there is neither a letter nor a digit in it, nor a sign of a plain keyboard."""
    return not any(c.isalnum() or c.isascii() for c in word)
