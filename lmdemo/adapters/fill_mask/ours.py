"""Filling in hidden words: a text with ``[MASK]`` in it goes in, candidates for each mask come out."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters._encoder import as_arrays, encoder_layers, head_mask
from lmdemo.adapters.base import Adapter, Prepared, count_numbers, hub_info, own_info, weight_bytes
from lmdemo.adapters.outputs import CANDIDATES, FillMask, Info, Layer
from lmdemo.catalog import HUB, ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.bert import Bert

MAX_CANDIDATES = 100
LENS = 5  # candidates that each layer is asked for
TURNS = 64  # words of a text that are hidden one by one


@dataclass(frozen=True)
class Pieces:
    """A text in word pieces, begin and end included.

    Attributes:
        ids: Their numbers in the vocabulary.
        tokens: How they read; "##" marks one that goes on inside a word.
        offsets: Where each stands in the text, (start, end); (0, 0) for begin and end.
        count: Pieces of the whole text, of which the first ``len(ids)`` are read.
    """

    ids: list[int]
    tokens: list[str]
    offsets: list[tuple[int, int]]
    count: int


@dataclass(frozen=True)
class HiddenWord:
    """One word of a text behind a mask of its own, all others in sight.

    Attributes:
        start, end: Where it stands in the text.
        candidates: The most probable words there, with their probabilities.
        score: Its own probability; of a word of several pieces that of its first piece, which is no less.
        rank: How many words of the vocabulary are at least as probable; None where it is no single piece of it.
    """

    start: int
    end: int
    candidates: dict[str, float]
    score: float
    rank: int | None


@dataclass(frozen=True, kw_only=True)
class PreparedMasks(Prepared):
    """A text with masks as the network takes it.

    Attributes:
        pieces: What is read.
        masks: Where in it the masks stand.
        apart: Of each mask whether it stands as a word of its own.
        top_k: Candidates a mask.
        targets: Pieces whose probability is told in any case.
    """

    pieces: Pieces
    masks: tuple[int, ...]
    apart: tuple[bool, ...]
    top_k: int
    targets: tuple[str, ...]


class MaskFilling(Adapter[PreparedMasks, FillMask]):
    """Says what may stand where a text has ``[MASK]``: our BERT, with our weights or the hub's.

    Takes a str of up to 20,000 characters with at least one ``[MASK]``, in capitals or not; pieces beyond the network's
    longest text are left out (:meth:`pieces` tells how many). Gives a :class:`FillMask` with as many candidates a mask as
    ``top_k`` says; where a mask stands as a word of its own, whole words come before pieces that go on inside one. The options ``positions=False``, ``layer_norm=False`` and ``heads_off=((layer, head), ...)``, counted from 0, switch parts
    off; ``targets`` asks for these words' probabilities too.

    With ``trace=True`` the result holds: ``tokens`` (T,) str, ``offsets`` (T, 2) and ``masks`` (M,), where the masks stand;
    ``embeddings`` and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values`` (L, heads,
    T, D); ``attention`` (L, heads, T, T); ``layer_tokens`` str and ``layer_scores``, both (L + 1, M, 5): what each layer
    would already answer, by the last layer's head.
    """

    sources: ClassVar[tuple[str, ...]] = ("scratch", "hub-weights")

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.mask_id = tokenizer.token_to_id(text.MASK)
        self.longest = model.config.max_position_embeddings

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout; for ``hub-weights`` the fetched snapshot of a BERT."""
        tokenizer = text.open_tokenizer(folder)
        if source == "hub-weights":
            model, hub, member = Bert.from_hub_weights(folder), HUB["bert-base-uncased"], row.member if row else "bert"
            parameters, size = model.num_parameters, weight_bytes(folder)
            info = hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
        else:
            model, row = Bert.from_pretrained(folder), row or find(folder.name)
            info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model.to(device), info, tokenizer)

    # -- answering ------------------------------------------------------------------------------------------------------

    @property
    def heads(self) -> list[tuple[int, int]]:
        """All heads, as (layer, head)."""
        c = self.model.config
        return [(layer, head) for layer in range(c.num_hidden_layers) for head in range(c.num_attention_heads)]

    def pieces(self, inputs: str) -> Pieces:
        """The word pieces that the network reads.

        Raises:
            InputError: The text can't be read.
        """
        encoded = self.tokenizer.encode(re.sub(r"(?i)\[mask\]", text.MASK, text.check_text(inputs)))
        ids, tokens, offsets = list(encoded.ids), list(encoded.tokens), list(encoded.offsets)
        if len(ids) > self.longest:  # the end goes on standing at the end
            ids, tokens, offsets = ([*part[: self.longest - 1], part[-1]] for part in (ids, tokens, offsets))
        return Pieces(ids, tokens, offsets, len(encoded.ids))

    def preprocess(
        self,
        inputs: str,
        *,
        top_k: int = CANDIDATES,
        targets: Sequence[str] = (),
        positions: bool = True,
        layer_norm: bool = True,
        heads_off: Sequence[tuple[int, int]] = (),
    ) -> PreparedMasks:
        """Checks and cuts one text: ``input_ids`` (1, T) and the switches.

        Args:
            inputs: The text, with ``[MASK]`` where a word is asked for.
            top_k: Candidates a mask, 1 to 100.
            targets: Pieces whose probability is told whether they are among the best or not.
            positions: Whether the network is told where each piece stands.
            layer_norm: Whether the norms of its blocks work.
            heads_off: Heads to silence, as (layer, head) from 0.

        Raises:
            InputError: The text can't be read, or has no mask in the part that is read.
            OptionError: An option is out of its range.
        """
        if not isinstance(top_k, int) or not 1 <= top_k <= MAX_CANDIDATES:
            raise OptionError(
                "top_k_range",
                expected=f"1 - {MAX_CANDIDATES}",
                got=str(top_k)[:20],
                hint="Choose a number in this range.",
            )
        read = self.pieces(inputs)
        masks = tuple(n for n, i in enumerate(read.ids) if i == self.mask_id)
        if not masks:
            if text.MASK in inputs.upper() and read.count > len(read.ids):
                raise InputError(
                    "mask_beyond",
                    expected=f"{text.MASK}, 1 - {self.longest}",
                    got=f"{read.count:,}",
                    hint="The mask stands beyond what the network reads; give a shorter piece of the text.",
                )
            raise InputError(
                "mask_missing",
                expected=text.MASK,
                got=inputs.strip()[:40],
                hint="Hide a word: click it, or write [MASK] in its place.",
            )
        tensors = {"input_ids": torch.tensor([read.ids], device=self.device)}
        tensors |= self._switches(positions, layer_norm, heads_off)
        apart = tuple(not inputs[: read.offsets[m][0]][-1:].isalnum() for m in masks)
        return PreparedMasks(
            tensors=tensors, pieces=read, masks=masks, apart=apart, top_k=top_k, targets=tuple(targets)
        )

    def postprocess(self, output: Any, prepared: PreparedMasks, *, milliseconds: float, trace: bool) -> FillMask:
        """The most probable pieces at each mask."""
        masks, targets = list(prepared.masks), prepared.targets
        p = output.logits[0, masks].float().softmax(-1)  # (M, V)
        ids = self._best(p, prepared.apart, prepared.top_k)
        words = [self.tokenizer.id_to_token(i) or "" for i in range(p.shape[1])] if targets else []
        candidates = []
        for row, best in zip(p, ids.tolist(), strict=True):
            found = {self.tokenizer.id_to_token(i) or "": float(row[i]) for i in best}
            candidates.append(found | {w: float(row[words.index(w)]) for w in targets if w in words and w not in found})
        internals: dict[str, np.ndarray] = {}
        if trace:
            read = prepared.pieces
            internals = self._trace(output, prepared) | {
                "tokens": np.array(read.tokens),
                "offsets": np.array(read.offsets),
                "masks": np.array(masks),
            }
        return FillMask(candidates=tuple(candidates), milliseconds=milliseconds, trace=internals)

    def compare(self, first: str, second: str, top_k: int = CANDIDATES) -> dict[str, tuple[float, float]]:
        """How probable each candidate is at the first mask of either text: word -> (in the first, in the second), for the best of both."""
        a, b = (next(iter(self(t, top_k=top_k).candidates)) for t in (first, second))
        words = list(dict.fromkeys([w for pair in zip(a, b, strict=False) for w in pair]))
        a, b = (next(iter(self(t, top_k=top_k, targets=words).candidates)) for t in (first, second))
        return {w: (a.get(w, 0.0), b.get(w, 0.0)) for w in words}

    def likelihoods(self, first: str, second: str) -> tuple[list[str], np.ndarray]:
        """The whole vocabulary at the first mask of two texts: V words, and how probable each is, (V, 2)."""
        p = []
        with self.computing():
            for inputs in (first, second):
                prepared = self.preprocess(inputs)
                logits = self.forward(prepared, trace=False).logits[0, prepared.masks[0]]
                p.append(logits.float().softmax(-1).cpu().numpy())
        return [self.tokenizer.id_to_token(i) or "" for i in range(len(p[0]))], np.stack(p, 1)

    def hide_each(self, inputs: str, *, top_k: int = LENS, begin: int = 0) -> list[HiddenWord]:
        """What would stand at each word of a text if it alone were hidden: all of them, 64 at most, at once.

        Masks stay masks, and signs are left in sight.

        Args:
            inputs: The text.
            top_k: Candidates a word.
            begin: The first character whose word is hidden; what stands before is only read.

        Raises:
            InputError: The text can't be read.
        """
        read = self.pieces(inputs)
        spans = [s for s in self._spans(read) if _place(read, s)[0] >= begin]
        spans = [s for s in spans if any(c.isalnum() for c in inputs[slice(*_place(read, s))])]
        spans = [s for s in spans if read.ids[s.start] != self.mask_id][:TURNS]
        rows = [[*read.ids[: s.start], self.mask_id, *read.ids[s.stop :]] for s in spans]
        found = []
        with self.computing():
            for begin in range(0, len(rows), 16):  # the head is wide: not all of a long text at once
                some = spans[begin : begin + 16]
                logits = self._logits(rows[begin : begin + 16])[range(len(some)), [s.start for s in some]]
                p = logits.float().softmax(-1).cpu()  # (B, V)
                best = self._best(p.to(self.device), [True] * len(some), top_k).tolist()
                for span, row, ids in zip(some, p, best, strict=True):
                    start, end = _place(read, span)
                    own, known = row[read.ids[span.start]], read.ids[span.start] != self.tokenizer.token_to_id(text.UNK)
                    single = known and span.stop - span.start == 1
                    rank = int(((row >= own) * self._whole.cpu()).sum()) if single else None
                    candidates = {self.tokenizer.id_to_token(i) or "": float(row[i]) for i in ids}
                    found.append(HiddenWord(start, end, candidates, float(own), rank))
        return found

    def nats_per_word(self, inputs: str) -> float:
        """How far a text is from what the network learned from: the mean surprise at its words, each hidden in turn.

        Not a number where there is no word to hide.
        """
        words = self.hide_each(inputs, top_k=1)
        return float(np.mean([-np.log(max(w.score, 1e-12)) for w in words])) if words else float("nan")

    def fill_many(self, ids: Sequence[Sequence[int]], batch_size: int = 128) -> list[np.ndarray]:
        """The most probable piece at each mask of texts that are pieces already: one array (masks,) a text."""
        answers: list[np.ndarray] = [np.zeros(0, int)] * len(ids)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        with self.computing():
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                best = self._logits([ids[i] for i in chosen]).argmax(-1).cpu()
                for row, i in zip(best, chosen, strict=True):
                    answers[i] = row[: len(ids[i])][torch.tensor(ids[i]) == self.mask_id].numpy()
        return answers

    # -- look inside ----------------------------------------------------------------------------------------------------

    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]:
        """How each word is cut: at each step the longest piece of the vocabulary that fits what is left of it, as WordPiece does.

        Returns:
            For each word its pieces after each step, the rest standing last, and the ids of the final ones.
        """
        read = self.pieces(inputs)
        found = []
        for span in self._spans(read):
            tokens, ids = read.tokens[span], read.ids[span]
            bare = [t.removeprefix("##") if n else t for n, t in enumerate(tokens)]
            found.append(([[*tokens[:n], "##" * (n > 0) + "".join(bare[n:])] for n in range(len(tokens))], ids))
        return found

    def _spans(self, read: Pieces) -> list[slice]:
        """The pieces of each word."""
        begins = [
            n for n, (a, b) in enumerate(read.offsets) if b > a and not (read.tokens[n].startswith("##") and n > 1)
        ]
        ends = [*begins[1:], len(read.ids) - (read.offsets[-1] == (0, 0))]
        return [slice(a, b) for a, b in zip(begins, ends, strict=True)]

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for T pieces, parameters."""
        c, m = self.model.config, self.model
        rows = [
            ("embedding", "Embedding", f"T x {c.hidden_size}", count_numbers(m.embedding)),
            ("positions", "Embedding", f"T x {c.hidden_size}", count_numbers(m.positions)),
            ("segments", "Embedding", f"T x {c.hidden_size}", count_numbers(m.segments)),
            ("norm", "LayerNorm", f"T x {c.hidden_size}", count_numbers(m.norm)),
            *encoder_layers(m.encoder, c),
        ]
        if m.head is not None:
            rows.append(
                ("head", "Linear, GELU, LayerNorm, embedding transposed", f"T x {c.vocab_size}", count_numbers(m.head))
            )
        return (
            rows
            if m.pooler is None
            else [*rows, ("pooler", "Linear, tanh", str(c.hidden_size), count_numbers(m.pooler))]
        )

    def _switches(self, positions: bool, layer_norm: bool, heads_off: Sequence[tuple[int, int]]) -> dict[str, Any]:
        c = self.model.config
        return {
            "positions": positions,
            "layer_norm": layer_norm,
            "head_mask": head_mask(heads_off, c.num_hidden_layers, c.num_attention_heads, self.device),
        }

    @functools.cached_property
    def _whole(self) -> torch.Tensor:
        """Of each piece of the vocabulary 1 where it is a word or begins one, 0 where it goes on inside one."""
        tokens = (self.tokenizer.id_to_token(i) or "" for i in range(self.model.config.vocab_size))
        return torch.tensor([float(not t.startswith("##")) for t in tokens], device=self.device)

    def _best(self, p: torch.Tensor, apart: Sequence[bool], count: int) -> torch.Tensor:
        """The most probable pieces (..., M, count) of (..., M, V); at masks that stand apart whole words come first."""
        after = torch.tensor(apart, device=p.device)[:, None] * (1 - self._whole)  # (M, V), more than any probability
        return (p - after).topk(min(count, p.shape[-1])).indices

    def _logits(self, rows: Sequence[Sequence[Any]]) -> torch.Tensor:
        """Texts in pieces -> (B, T, V)."""
        input_ids, lengths = text.pad(rows)
        valid = torch.arange(input_ids.shape[1]) < lengths[:, None]
        return self.model(input_ids.to(self.device), valid.long().to(self.device)).logits

    def _trace(self, output: Any, prepared: PreparedMasks) -> dict[str, np.ndarray]:
        t, model = output.trace, self.model
        hidden = t.hidden_states[:, 0, list(prepared.masks)]  # (L + 1, M, E)
        if model.encoder.norm is not None:  # the last one is normed already
            hidden = torch.cat((model.encoder.norm(hidden[:-1]), hidden[-1:]))
        p = model.head(hidden, model.embedding.weight).float().softmax(-1)  # (L + 1, M, V)
        best = self._best(p, prepared.apart, LENS)
        names = np.array([[[self.tokenizer.id_to_token(i) for i in mask] for mask in layer] for layer in best.tolist()])
        return as_arrays(t) | {"layer_tokens": names, "layer_scores": p.gather(-1, best).cpu().numpy()}


def _place(read: Pieces, span: slice) -> tuple[int, int]:
    """Where the pieces of a word stand in the text."""
    return read.offsets[span][0][0], read.offsets[span][-1][1]
