"""Translation: a sentence in, its translation out, with the alignment of the two."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, Prepared, count_numbers, own_info
from lmdemo.adapters.outputs import TRANSLATION_BEAMS, Info, Layer, Translation
from lmdemo.adapters.translation.beam_search import Beam, check_beams, search
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm_translation import BOS, EOS, UNK, LSTMTranslation

MAX_CHARACTERS = 1_000
MAX_TOKENS = 200
CANDIDATES = 5  # told of each step


class Look(NamedTuple):
    """One cell of the alignment: the products of what the writer asks for and what stands there, summed, then made a share.

    Attributes:
        asked, there, products: The largest products and their two factors, largest first (K,).
        rest: The sum of all other products.
        scores: The sums for all read pieces (S,).
        shares: Their softmax (S,).
        units: Which units the largest products are of (K,).
    """

    asked: np.ndarray
    there: np.ndarray
    products: np.ndarray
    rest: float
    scores: np.ndarray
    shares: np.ndarray
    units: np.ndarray


@dataclass(frozen=True, kw_only=True)
class PreparedSentence(Prepared):
    """A sentence as the network takes it.

    Attributes:
        source_tokens: How its pieces read, the end mark last.
        known: Of each whether its word occurred in the training (S,).
        num_beams: Beginnings that are kept at each step.
        attend: Whether the decoder attends.
    """

    source_tokens: tuple[str, ...]
    known: np.ndarray
    num_beams: int
    attend: bool


class Translator(Adapter[PreparedSentence, Translation]):
    """Translates a sentence.

    Takes a str of up to 1,000 characters; gives a :class:`Translation` whose alignment is the attention. Option ``num_beams``
    (1 to 32); ``attend``, which can switch attention off. Characters that it has never met are copied to where it looked at them.

    With ``trace=True`` the result holds ``known`` (S,) bool by source token: whether its word occurred in the training;
    ``candidates`` (T + 1, 5) str, what was likeliest at each step of the translation and, last, at its end, with their
    ``candidate_scores`` (T + 1, 5), and ``token_scores`` (T + 1,), the probabilities of what was written; and the
    search: ``beam_tokens`` (steps, beams) str, ``beam_parents`` (steps, beams) int, the place of the beginning before in the step
    before, ``beam_scores`` (steps, beams), log-probabilities, and ``beam_endings`` (steps, beams), what finished sentences are
    compared by; "", -inf and NaN where there is none. ``dropped_tokens``, ``dropped_parents`` and ``dropped_scores``
    (steps, 4) are the likeliest continuations that the beam had no room for.
    """

    model: LSTMTranslation
    threads = 1

    def __init__(
        self, model: LSTMTranslation, info: Info, tokenizer: Tokenizer, words: frozenset[str] | None = None
    ) -> None:
        super().__init__(model, info)
        self.tokenizer, self.words = tokenizer, words

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights, ``tokenizer.json``, and ``words.json``, the words
        of its training, without which every word counts as known.
        """
        row = row or find(folder.name)
        model = LSTMTranslation.from_pretrained(folder).to(device)
        met = folder / "words.json"
        words = frozenset(json.loads(met.read_text(encoding="utf-8"))) if met.is_file() else None
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, text.open_tokenizer(folder), words)

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for S pieces read and T written, parameters."""
        m, c = self.model, self.model.config
        parts = (
            ("embedding", "Embedding, of both languages and the output", f"S x {c.embedding_size}", [m.embedding]),
            ("encoder", "LSTM, both directions", f"S x {c.hidden_size}", [m.encoder]),
            ("decoder", "LSTM", f"T x {c.hidden_size}", [m.decoder]),
            ("attention", "bilinear, softmax over S", "T x S", [m.look]),
            ("combine", "Linear, tanh", f"T x {c.embedding_size}", [m.combine]),
        )
        rows = [(name, kind, shape, count_numbers(*found)) for name, kind, shape, found in parts]
        return [*rows, ("output", "embedding transposed, softmax", f"T x {c.vocab_size}", m.bias.numel())]

    def preprocess(self, inputs: str, *, num_beams: int = TRANSLATION_BEAMS, attend: bool = True) -> PreparedSentence:
        """Checks and cuts a sentence: ``input_ids`` (1, S), ``lengths`` (1,).

        Args:
            inputs: The sentence.
            num_beams: Beginnings that are kept at each step, 1 to 32.
            attend: False switches attention off: every step sees the mean of all words.

        Raises:
            InputError: The text can't be read or is too long.
            OptionError: The number of beams is out of range.
        """
        check_beams(num_beams)
        sentence, notes = text.read_sentence(inputs, limit=MAX_CHARACTERS)
        pieces = text.encode(self.tokenizer, sentence)
        if len(pieces.ids) > MAX_TOKENS:
            raise InputError(
                "text_too_many_words",
                expected=f"1 - {MAX_TOKENS}",
                got=str(len(pieces.ids)),
                hint="Give one sentence at a time.",
            )
        mark = self.tokenizer.token_to_id("▁")  # of a word's beginning; it says nothing of the word
        if set(pieces.ids) <= {UNK, mark}:
            raise InputError(
                "text_unknown", expected="English words", got=inputs.strip()[:30], hint="Write the sentence in English."
            )
        places = zip(pieces.ids, pieces.offsets, strict=True)
        known = [i != UNK and self._met(sentence, begin, end) for i, (begin, end) in places]
        ids = [*pieces.ids, EOS]
        return PreparedSentence(
            tensors={
                "input_ids": torch.tensor([ids], device=self.device),
                "lengths": torch.tensor([len(ids)], device=self.device),
            },
            notes=notes,
            source_tokens=(*(t.strip() or t for t in pieces.tokens), "⏎"),
            known=np.array([*known, True]),
            num_beams=num_beams,
            attend=attend,
        )

    def forward(self, prepared: PreparedSentence, *, trace: bool) -> Beam:
        """Searches the translation."""
        return search(self.model, prepared.tensors, prepared.num_beams, attend=prepared.attend)

    def postprocess(self, output: Beam, prepared: PreparedSentence, *, milliseconds: float, trace: bool) -> Translation:
        """Puts the pieces together; an unknown piece is replaced by the source token that it looked at most."""
        ids, attention, source_tokens = output.ids, output.attention, prepared.source_tokens
        pieces = [
            f"▁{source_tokens[int(row.argmax())]}" if i == UNK else self.tokenizer.id_to_token(i) or ""
            for i, row in zip(ids, attention, strict=True)
        ]
        internals: dict[str, np.ndarray] = {}
        if trace:
            names = np.vectorize(lambda i: "" if i < 0 else self.tokenizer.id_to_token(int(i)), otypes=[str])
            likeliest, likely, written = self._steps(prepared, ids)
            internals = {
                "known": prepared.known,
                "candidates": names(likeliest),
                "candidate_scores": likely,
                "token_scores": written,
                "beam_tokens": names(output.tokens),
                "beam_parents": output.parents,
                "beam_scores": output.scores,
                "beam_endings": output.endings,
                "dropped_tokens": names(output.dropped[0]),
                "dropped_parents": output.dropped[1],
                "dropped_scores": output.dropped[2],
            }
        return Translation(
            translation_text="".join(pieces).replace("▁", " ").strip(),
            alignment=attention,
            source_tokens=source_tokens,
            target_tokens=tuple(p.replace("▁", " ").strip() or p for p in pieces),
            score=output.score,
            milliseconds=milliseconds,
            trace=internals,
        )

    def _steps(self, prepared: PreparedSentence, ids: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The likeliest pieces (T + 1, 5) at each step of a translation, their probabilities, and those of what was written."""
        memory = self.model.encode(**prepared.tensors)
        given, written = (torch.tensor(i, device=self.device) for i in ([BOS, *ids], [*ids, EOS]))
        p = self.model.decode(given[None], memory, attend=prepared.attend)[0][0].softmax(-1)  # (T + 1, V)
        likely = p.topk(CANDIDATES)
        return (
            likely.indices.cpu().numpy(),
            likely.values.cpu().numpy(),
            p.gather(1, written[:, None])[:, 0].cpu().numpy(),
        )

    def take_apart(
        self, sentence: str, step: int, place: int, *, num_beams: int = TRANSLATION_BEAMS, most: int = 8
    ) -> Look:
        """Writes out how much one written piece looked at one read piece.

        Args:
            sentence: What is translated.
            step: Which written piece, from 0.
            place: Which read piece, from 0; the last is the end mark.
            num_beams: As for the translation that was seen.
            most: How many products to name.

        Raises:
            OptionError: There is no such piece.
        """
        with self.computing():
            prepared = self.preprocess(sentence, num_beams=num_beams)
            tensors, ids = prepared.tensors, self.forward(prepared, trace=False).ids
            if not 0 <= step < len(ids) or not 0 <= place < tensors["input_ids"].shape[1]:
                raise OptionError(
                    "position_range",
                    expected=f"0 - {len(ids) - 1}, 0 - {tensors['input_ids'].shape[1] - 1}",
                    got=f"{step}, {place}"[:30],
                    hint="Choose a piece of the two sentences.",
                )
            memory = self.model.encode(**tensors)
            given = torch.tensor([[BOS, *ids[:step]]], device=self.device)
            h = self.model.decoder(
                self.model.embedding(given).transpose(0, 1), torch.tensor([step + 1], device=self.device), memory.begin
            ).last
            query = self.model.look(h[-1, 0])  # (H,)
            scores = memory.states[0] @ query  # (S, H) @ (H,) -> (S,)
            products = (query * memory.states[0, place]).cpu().numpy()
            largest = np.argsort(-np.abs(products))[:most]
            return Look(
                query[largest].cpu().numpy(),
                memory.states[0, place, largest].cpu().numpy(),
                products[largest],
                float(products.sum() - products[largest].sum()),
                scores.cpu().numpy(),
                scores.softmax(0).cpu().numpy(),
                largest,
            )

    def _met(self, sentence: str, begin: int, end: int) -> bool:
        """Whether the word that a piece is part of occurred in the training."""
        if self.words is None:
            return True
        while begin < end and sentence[begin].isspace():
            begin += 1
        word = next((m[0] for m in re.finditer(text.WORD, sentence) if m.start() <= begin < m.end()), "")
        return not word or word.casefold() in self.words

    def unknown_words(self, sentence: str) -> list[tuple[str, tuple[str, ...]]]:
        """The words of a sentence that did not occur in the training, each with the pieces that it was cut into."""
        sentence, _ = text.read_sentence(sentence, limit=MAX_CHARACTERS)
        pieces = text.encode(self.tokenizer, sentence)
        return [
            (
                m[0],
                tuple(
                    t.strip()
                    for t, (a, b) in zip(pieces.tokens, pieces.offsets, strict=True)
                    if a < m.end() and b > m.start() and t.strip()
                ),
            )
            for m in re.finditer(text.WORD, sentence)
            if m[0][0].isalpha() and self.words is not None and m[0].casefold() not in self.words
        ]
