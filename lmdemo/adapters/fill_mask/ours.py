"""Filling in hidden words: a text with ``[MASK]`` in it goes in, candidates for each mask come out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

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
GUESSED = 24  # words that are hidden in turn


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


class Guess(NamedTuple):
    """One word of a text while it was hidden.

    Attributes:
        offsets: Where it stands in the text, (start, end).
        candidates: The most probable words in its place, most probable first.
        own: The probability of the word itself; None of one that the network knows in pieces only.
    """

    offsets: tuple[int, int]
    candidates: dict[str, float]
    own: float | None


@dataclass(frozen=True, kw_only=True)
class PreparedMasks(Prepared):
    """A text with masks as the network takes it.

    Attributes:
        pieces: What is read.
        masks: Where in it the masks stand.
        top_k: Candidates a mask.
        targets: Pieces whose probability is told in any case.
    """

    pieces: Pieces
    masks: tuple[int, ...]
    top_k: int
    targets: tuple[str, ...]


class MaskFilling(Adapter[PreparedMasks, FillMask]):
    """Says what may stand where a text has ``[MASK]``: our BERT, with our weights or the hub's.

    Takes a str of up to 20,000 characters with at least one ``[MASK]``; pieces beyond the network's longest text are left
    out (:meth:`pieces` tells how many). Gives a :class:`FillMask` with as many candidates a mask as ``top_k`` says. The
    options ``positions=False``, ``layer_norm=False`` and ``heads_off=((layer, head), ...)``, counted from 0, switch parts
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

    def pieces(self, inputs: str) -> Pieces:
        """The word pieces that the network reads.

        Raises:
            InputError: The text can't be read.
        """
        encoded = self.tokenizer.encode(text.check_text(inputs))
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
            if text.MASK in inputs and read.count > len(read.ids):
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
        return PreparedMasks(tensors=tensors, pieces=read, masks=masks, top_k=top_k, targets=tuple(targets))

    def postprocess(self, output: Any, prepared: PreparedMasks, *, milliseconds: float, trace: bool) -> FillMask:
        """The most probable pieces at each mask."""
        masks, targets = list(prepared.masks), prepared.targets
        p = output.logits[0, masks].float().softmax(-1)  # (M, V)
        best = p.topk(min(prepared.top_k, p.shape[1]))
        words = [self.tokenizer.id_to_token(i) or "" for i in range(p.shape[1])] if targets else []
        candidates = []
        for row, scores, ids in zip(p, best.values.tolist(), best.indices.tolist(), strict=True):
            found = {self.tokenizer.id_to_token(i) or "": s for i, s in zip(ids, scores, strict=True)}
            candidates.append(found | {w: float(row[words.index(w)]) for w in targets if w in words and w not in found})
        internals: dict[str, np.ndarray] = {}
        if trace:
            read = prepared.pieces
            internals = self._trace(output, masks) | {
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

    def fill_many(self, ids: Sequence[Sequence[int]], batch_size: int = 128) -> list[np.ndarray]:
        """The most probable piece at each mask of texts that are pieces already: one array (masks,) a text."""
        answers: list[np.ndarray] = [np.zeros(0, int)] * len(ids)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        with self.computing():
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                input_ids, lengths = text.pad([ids[i] for i in chosen])
                valid = torch.arange(input_ids.shape[1]) < lengths[:, None]
                best = self.model(input_ids.to(self.device), valid.to(self.device)).logits.argmax(-1).cpu()
                for row, i in enumerate(chosen):
                    answers[i] = best[row, (input_ids[row] == self.mask_id).nonzero()[:, 0]].numpy()
        return answers

    def guess_each(self, inputs: str, *, last: int = GUESSED, top_k: int = LENS) -> list[Guess]:
        """Hides each word in turn behind one mask, and says what may stand there: all texts in one pass.

        Args:
            inputs: A text; its words beyond the network's longest text are not read.
            last: At most so many words are hidden, the last ones that are read.
            top_k: Candidates a word. Only what may stand as a word is one.

        Raises:
            InputError: The text can't be read.
        """
        read = self.pieces(inputs)
        words = self._words(read)[-last:]
        if not words:
            return []
        hidden = [[*read.ids[:a], self.mask_id, *read.ids[b:]] for a, b in words]
        with self.computing():
            input_ids, lengths = text.pad(hidden)
            valid = torch.arange(input_ids.shape[1]) < lengths[:, None]
            logits = self.model(input_ids.to(self.device), valid.to(self.device)).logits
            p = logits[torch.arange(len(words)), [a for a, _ in words]].float().softmax(-1).cpu()  # (W, V)
            best = p[:, self._whole].topk(min(top_k, len(self._whole)))
        guesses = []
        for (a, b), row, scores, places in zip(words, p, best.values.tolist(), best.indices.tolist(), strict=True):
            named = [self.tokenizer.id_to_token(self._whole[i]) or "" for i in places]
            own = float(row[read.ids[a]]) if b == a + 1 and read.ids[a] in self._whole else None
            guesses.append(
                Guess((read.offsets[a][0], read.offsets[b - 1][1]), dict(zip(named, scores, strict=True)), own)
            )
        return guesses

    @cached_property
    def _whole(self) -> list[int]:
        """The pieces that can stand as a word: neither the rest of one nor a sign of the tokenizer's own."""
        pieces = sorted(self.tokenizer.get_vocab(with_added_tokens=True).items(), key=lambda item: item[1])
        return [i for piece, i in pieces if not piece.startswith("##") and not re.fullmatch(r"\[\w+\]", piece)]

    @staticmethod
    def _words(read: Pieces) -> list[tuple[int, int]]:
        """The words of a text as (first, end) of their pieces."""
        words: list[tuple[int, int]] = []
        for n, (token, (start, end)) in enumerate(zip(read.tokens, read.offsets, strict=True)):
            if end > start and token.startswith("##") and words:
                words[-1] = words[-1][0], n + 1
            elif end > start:
                words.append((n, n + 1))
        return words

    # -- look inside ----------------------------------------------------------------------------------------------------

    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]:
        """How each word is cut: at each step the longest piece of the vocabulary that fits what is left of it, as WordPiece does.

        Returns:
            For each word its pieces after each step, the rest standing last, and the ids of the final ones.
        """
        read = self.pieces(inputs)
        words: list[tuple[list[str], list[int]]] = []
        for id, token, (start, end) in zip(read.ids, read.tokens, read.offsets, strict=True):
            if end == start:
                continue
            if token.startswith("##") and words:
                words[-1][0].append(token)
                words[-1][1].append(id)
            else:
                words.append(([token], [id]))
        found = []
        for tokens, ids in words:
            bare = [t.removeprefix("##") if n else t for n, t in enumerate(tokens)]
            found.append(([[*tokens[:n], "##" * (n > 0) + "".join(bare[n:])] for n in range(len(tokens))], ids))
        return found

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

    def _trace(self, output: Any, masks: list[int]) -> dict[str, np.ndarray]:
        t, model = output.trace, self.model
        hidden = t.hidden_states[:, 0, masks]  # (L + 1, M, E)
        if model.encoder.norm is not None:  # the last one is normed already
            hidden = torch.cat((model.encoder.norm(hidden[:-1]), hidden[-1:]))
        best = model.head(hidden, model.embedding.weight).float().softmax(-1).topk(LENS)
        names = np.array(
            [[[self.tokenizer.id_to_token(i) for i in mask] for mask in layer] for layer in best.indices.tolist()]
        )
        return as_arrays(t) | {"layer_tokens": names, "layer_scores": best.values.cpu().numpy()}
