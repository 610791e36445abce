"""Text generation with our recurrent networks: a beginning in, its continuation out, one character at a time."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters import _recurrent
from lmdemo.adapters.base import Adapter, Prepared, own_info
from lmdemo.adapters.options import checked
from lmdemo.adapters.outputs import NEW_CHARACTERS, TEMPERATURE, TOP_K, Generation, Info, Layer
from lmdemo.adapters.text_generation.sampling import Sampling
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.lstm import LSTM
from lmdemo.models.rnn import RNN
from lmdemo.notes import Note

MAX_PROMPT = 5_000
# Signs of phones and word processors, as Shakespeare's editors write them; these texts have one kind of quotation mark.
PLAIN = dict.fromkeys('’\u2018“”"', "'") | {"—": "--", "–": "-", "…": "..."}


@dataclass(frozen=True, kw_only=True)
class PreparedBeginning(Prepared):
    """A beginning as the network takes it: the ids of its characters, how the next ones are chosen, and whether states are
    kept between them.
    """

    ids: list[int]
    sampling: Sampling
    use_cache: bool


class TextGeneration(Adapter[PreparedBeginning, Generation]):
    """Continues a text character by character.

    Takes a str of up to 5,000 characters. Options: ``max_new_tokens`` (1 to 2,000), ``temperature`` (0 to 5; 0 always
    takes the most probable), ``top_k`` (0 for all), ``seed`` (None for chance). :meth:`stream` yields the text so far.

    With ``trace=True`` the result holds, over the prompt and the new characters together: ``tokens`` (T,) str;
    ``probabilities`` (T, V) of the character that comes after each, in the order of ``vocabulary`` (V,) str;
    ``hidden_states`` (layers, T, H); of an LSTM ``cells`` (layers, T, H) and ``gates`` (layers, 4, T, H).
    """

    model: RNN | LSTM

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.vocabulary = tuple(tokenizer.id_to_token(i) or "" for i in range(tokenizer.get_vocab_size()))
        self._special = [i for i, token in enumerate(self.vocabulary) if token in (text.PAD, text.UNK)]

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights and ``tokenizer.json``."""
        row = row or find(folder.name)
        module, name = row.model.rsplit(".", 1)
        model = getattr(importlib.import_module(module), name).from_pretrained(folder).to(device)
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, text.open_tokenizer(folder))

    def encode(self, inputs: str) -> tuple[list[int], tuple[Note, ...]]:
        """The characters of a text as the network knows them, and what was changed for that.

        Raises:
            InputError: It is empty or too long, or holds characters that the network has never met.
        """
        typed = text.read_typed(inputs, limit=MAX_PROMPT, letters=False)
        known = set(self.vocabulary)
        swapped = {c: PLAIN[c] for c in typed.text if c in PLAIN and c not in known and set(PLAIN[c]) <= known}
        read = "".join(swapped.get(c, c) for c in typed.text)
        ids = text.encode(self.tokenizer, read).ids
        strange = sorted({c for c, i in zip(read, ids, strict=True) if self.vocabulary[i] == text.UNK})
        if strange:
            raise InputError(
                "text_unknown_characters",
                expected="".join(v for v in self.vocabulary if len(v) == 1).strip(),
                got="".join(strange)[:40],
                hint="Leave these characters out.",
            )
        told = {c: plain for c, plain in swapped.items() if c != "’"}
        return ids, (*typed.notes, *text.read_as(told))

    def preprocess(
        self,
        inputs: str,
        *,
        max_new_tokens: int = NEW_CHARACTERS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        seed: int | None = None,
        use_cache: bool = True,
    ) -> PreparedBeginning:
        """Checks a beginning and makes ``input_ids`` (1, T) of it.

        Args:
            inputs: The beginning.
            max_new_tokens, temperature, top_k, seed: See the class.
            use_cache: Whether to go on from the last state; False reads the whole text anew for every character.

        Raises:
            InputError: The beginning can't be read.
            OptionError: An option is out of its range.
        """
        ids, notes = self.encode(inputs)
        sampling = Sampling(
            vocab_size=len(self.vocabulary),
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            seed=seed,
        )
        tensors = {"input_ids": self._tensor(ids)}
        return PreparedBeginning(tensors=tensors, notes=notes, ids=ids, sampling=sampling, use_cache=use_cache)

    def forward(self, prepared: PreparedBeginning, *, trace: bool) -> list[int]:
        """Writes: the new characters' ids."""
        return list(self._sample(prepared))

    def postprocess(
        self, output: list[int], prepared: PreparedBeginning, *, milliseconds: float, trace: bool
    ) -> Generation:
        """Puts the characters together; for a trace all of them are read once more."""
        written = "".join(self.vocabulary[i] for i in prepared.ids + output)
        return Generation(
            text=written,
            tokens=tuple(self.vocabulary[i] for i in output),
            milliseconds=milliseconds,
            trace=self._trace(prepared.ids + output) if trace else {},
        )

    def _trace(self, ids: list[int]) -> dict[str, np.ndarray]:
        out: Any = self.model(self._tensor(ids), trace=True)
        internals = {
            "tokens": np.array([self.vocabulary[i] for i in ids]),
            "vocabulary": np.array(self.vocabulary),
            "probabilities": self._masked(out.logits[0]).softmax(-1).cpu().numpy(),
            "hidden_states": out.hidden_states[:, 0].cpu().numpy(),
        }
        if isinstance(self.model, LSTM):
            internals |= {"cells": out.cells[:, 0].cpu().numpy(), "gates": out.gates[:, :, 0].cpu().numpy()}
        return internals

    @checked
    def stream(self, inputs: str, *, every: int = 1, **options: Any) -> Iterator[str]:
        """Yields the text so far after each ``every`` characters; closing the iterator stops it. Options as for a call."""
        if every < 1:
            raise OptionError(
                "number_range", expected="every: >= 1", got=str(every)[:20], hint="Give a number from 1 on."
            )
        with self:
            prepared = self.preprocess(inputs, **options)
            written = "".join(self.vocabulary[i] for i in prepared.ids)
            for n, token in enumerate(self._sample(prepared), 1):
                written += self.vocabulary[token]
                if n % every == 0 or n == prepared.sampling.max_new_tokens:
                    yield written

    def _sample(self, prepared: PreparedBeginning) -> Iterator[int]:
        sampling, read, state = prepared.sampling, prepared.tensors["input_ids"], None
        generator = sampling.generator()
        for _ in range(int(sampling.max_new_tokens)):
            with self.computing():  # not around the yield: another thread may ask for the next character
                out = self.model(read, state=state)
                token = sampling.choose(self._masked(out.logits[:, -1]), generator)[0]
                chosen = self._tensor([token])
                state, read = (out.state, chosen) if prepared.use_cache else (None, torch.cat((read, chosen), 1))
            yield token

    def _tensor(self, ids: list[int]) -> torch.Tensor:
        return torch.tensor([ids], device=self.device)

    def _masked(self, logits: torch.Tensor) -> torch.Tensor:
        """Padding and the unknown character are never written."""
        logits = logits.clone()
        logits[..., self._special] = -torch.inf
        return logits

    # -- look inside ----------------------------------------------------------------------------------------------------

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for T characters, parameters."""
        return _recurrent.layers(self.model)

    def read(self, inputs: str) -> dict[str, np.ndarray]:
        """The trace of a text as it is, nothing written: see the class."""
        with self.computing():
            return self._trace(self.encode(inputs)[0])

    def expected_at(self, inputs: str, position: int, count: int = 10) -> dict[str, float]:
        """What was expected at ``position`` (from 1), knowing all before it: characters and probabilities, likeliest first."""
        before, _ = self._split(inputs, position)
        with self.computing():
            p = self._masked(self.model(self._tensor(before)).logits[0, -1]).softmax(0).cpu()
        best = p.topk(min(count, len(p)))
        return {self.vocabulary[i]: float(v) for v, i in zip(best.values, best.indices.tolist(), strict=True)}

    def gradient_of_character(self, inputs: str, position: int) -> np.ndarray:
        """Which earlier characters moved the probability of the one at ``position``: the norm (position,) of the gradient
        of its log-probability with respect to each earlier embedding.
        """
        before, target = self._split(inputs, position)
        with self, torch.inference_mode(False), torch.enable_grad():
            x = self.model.embedding(self._tensor(before)).detach().requires_grad_()
            log_p = self.model(inputs_embeds=x).logits[0, -1].log_softmax(0)[target]
            (gradient,) = torch.autograd.grad(log_p, x)
        return gradient[0].norm(dim=-1).cpu().numpy()

    def nats_per_token(self, written: str, *, streams: int = 32, context: int = 100) -> tuple[int, float]:
        """Mean surprise in nats a character over a long text, cut into pieces that each begin with some text to warm up.

        Returns:
            How many characters were judged, and their mean negative log-probability.
        """
        ids = torch.tensor(text.encode(self.tokenizer, written).ids, device=self.device)
        size = max(1, -(-(len(ids) - 1) // streams))
        total, count = 0.0, 0
        with self.computing():
            for start in range(1, len(ids), size):  # the character at ``start`` is the first to be judged
                begin, end = max(0, start - context), min(start + size, len(ids))
                logits = self.model(ids[None, begin : end - 1]).logits[0, start - begin - 1 :]
                total += torch.nn.functional.cross_entropy(logits, ids[start:end], reduction="sum").item()
                count += end - start
        return count, total / count

    def _split(self, inputs: str, position: int) -> tuple[list[int], int]:
        """The characters before a position, and the one there."""
        ids, _ = self.encode(inputs)
        if not 1 <= position < len(ids):
            raise OptionError(
                "position_range",
                expected=f"1 - {len(ids) - 1}",
                got=str(position)[:20],
                hint="Choose a later character.",
            )
        return ids[:position], ids[position]
