"""Text generation with our recurrent networks: a beginning in, its continuation out, one character at a time."""

import importlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters import _recurrent
from lmdemo.adapters.base import Adapter
from lmdemo.adapters.outputs import NEW_CHARACTERS, TEMPERATURE, TOP_K, Generation, Info
from lmdemo.adapters.sampling import Sampling
from lmdemo.catalog import ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError

MAX_PROMPT = 5_000


class TextGeneration(Adapter):
    """Continues a text character by character.

    Takes a str of up to 5,000 characters. Options: ``max_new_tokens`` (1 to 2,000), ``temperature`` (0 to 5; 0 always
    takes the most probable), ``top_k`` (0 for all), ``seed`` (None for chance). :meth:`stream` yields the text so far.

    With ``trace=True`` the result holds, over the prompt and the new characters together: ``tokens`` (T,) str;
    ``probabilities`` (T, V) of the character that comes after each, in the order of ``vocabulary`` (V,) str;
    ``hidden_states`` (layers, T, H); of an LSTM ``cells`` (layers, T, H) and ``gates`` (layers, 4, T, H).
    """

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.vocabulary = tuple(tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size()))
        self._special = [i for i, token in enumerate(self.vocabulary) if token in (text.PAD, text.UNK)]

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout: weights and ``tokenizer.json``."""
        row = row or find(folder.name)
        module, name = row.model.rsplit(".", 1)
        model = getattr(importlib.import_module(module), name).from_pretrained(folder).to(device)
        return cls(
            model,
            Info(
                name=row.name,
                member=row.member,
                task=row.task,
                source=source,
                parameters=model.num_parameters,
                bytes=(folder / "model.safetensors").stat().st_size,
                device=device,
                revision="",
                licence=row.licence,
                training_data=row.training_data,
            ),
            text.open_tokenizer(folder),
        )

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks a beginning and makes ``input_ids`` (1, T) of it.

        Raises:
            InputError: It is empty or too long, or holds characters that the network has never met.
        """
        if isinstance(inputs, str):
            inputs = inputs.replace("\r\n", "\n").replace("’", "'").replace("—", "--")
        ids = text.encode(self.tokenizer, text.check_text(inputs, limit=MAX_PROMPT, letters=False)).ids
        strange = sorted({c for c, i in zip(inputs, ids, strict=False) if self.vocabulary[i] == text.UNK})
        if strange:
            raise InputError(
                "text_unknown_characters",
                expected="".join(v for v in self.vocabulary if len(v) == 1).strip(),
                got="".join(strange)[:40],
                hint="Leave these characters out.",
            )
        return {"input_ids": torch.tensor([ids], device=self.device)}

    def postprocess(
        self, output: tuple[list[int], list[int], Any], *, milliseconds: float, trace: bool, **_: Any
    ) -> Generation:
        """Puts the characters together. ``output`` is (prompt's ids, new ids, traced pass or None)."""
        prompt, new, traced = output
        internals = {}
        if trace:
            internals = {
                "tokens": np.array([self.vocabulary[i] for i in prompt + new]),
                "vocabulary": np.array(self.vocabulary),
                "probabilities": self._masked(traced.logits[0]).softmax(-1).cpu().numpy(),
                "hidden_states": traced.hidden_states[:, 0].cpu().numpy(),
            }
            if getattr(traced, "gates", None) is not None:
                internals |= {"cells": traced.cells[:, 0].cpu().numpy(), "gates": traced.gates[:, :, 0].cpu().numpy()}
        written = "".join(self.vocabulary[i] for i in prompt + new)
        return Generation(
            text=written, tokens=tuple(self.vocabulary[i] for i in new), milliseconds=milliseconds, trace=internals
        )

    def __call__(
        self,
        inputs: str,
        *,
        trace: bool = False,
        max_new_tokens: int = NEW_CHARACTERS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        seed: int | None = None,
        use_cache: bool = True,
    ) -> Generation:
        """Continues a text; options as in the class.

        Args:
            inputs: The beginning.
            trace: Whether to add probabilities, states, cells and gates.
            max_new_tokens, temperature, top_k, seed: See the class.
            use_cache: Whether to go on from the last state; False reads the whole text anew for every character.

        Raises:
            InputError: The beginning can't be read.
            OptionError: An option is out of its range.
        """
        with self, torch.inference_mode():
            started = time.perf_counter()
            prompt = self.preprocess(inputs)["input_ids"]
            new = list(self._sample(prompt, max_new_tokens, temperature, top_k, seed, use_cache))
            milliseconds = 1000 * (time.perf_counter() - started)
            ids = prompt[0].tolist()
            traced = self.model(torch.tensor([ids + new], device=self.device), trace=True) if trace else None
            return self.postprocess((ids, new, traced), milliseconds=milliseconds, trace=trace)

    def stream(
        self,
        inputs: str,
        *,
        max_new_tokens: int = NEW_CHARACTERS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        seed: int | None = None,
        every: int = 1,
    ) -> Iterator[str]:
        """Yields the text so far after each ``every`` characters; closing the iterator stops it."""
        with self:
            written = inputs
            for n, token in enumerate(
                self._sample(self.preprocess(inputs)["input_ids"], max_new_tokens, temperature, top_k, seed), 1
            ):
                written += self.vocabulary[token]
                if n % every == 0 or n == max_new_tokens:
                    yield written

    def _sample(
        self,
        ids: torch.Tensor,
        max_new_tokens: int,
        temperature: float,
        top_k: int,
        seed: int | None,
        use_cache: bool = True,
    ) -> Iterator[int]:
        sampling = Sampling(
            vocab_size=len(self.vocabulary),
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            seed=seed,
        )
        generator, state, read = sampling.generator(), None, ids
        for _ in range(int(max_new_tokens)):
            with torch.inference_mode():  # not around the yield: another thread may ask for the next character
                out = self.model(read, state=state)
                token = sampling.choose(self._masked(out.logits[:, -1]), generator)[0]
                chosen = torch.tensor([[token]], device=self.device)
                state, read = (out.state, chosen) if use_cache else (None, torch.cat((read, chosen), 1))
            yield token

    def _masked(self, logits: torch.Tensor) -> torch.Tensor:
        """Padding and the unknown character are never written."""
        logits = logits.clone()
        logits[..., self._special] = -torch.inf
        return logits

    # -- look inside ----------------------------------------------------------------------------------------------------

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for T characters, parameters."""
        return _recurrent.layers(self.model)

    def read(self, inputs: str) -> dict[str, np.ndarray]:
        """The trace of a text as it is, nothing written: see the class."""
        ids = self.preprocess(inputs)["input_ids"]
        with self, torch.inference_mode():
            return dict(
                self.postprocess((ids[0].tolist(), [], self.model(ids, trace=True)), milliseconds=0.0, trace=True).trace
            )

    def expected_at(self, inputs: str, position: int, count: int = 10) -> dict[str, float]:
        """What was expected at ``position`` (from 1), knowing all before it: characters and probabilities, likeliest first."""
        ids = self._before(inputs, position)
        with self, torch.inference_mode():
            p = self._masked(self.model(ids).logits[0, -1]).softmax(0).cpu()
        best = p.topk(min(count, len(p)))
        return {self.vocabulary[i]: float(v) for v, i in zip(best.values, best.indices.tolist(), strict=True)}

    def gradient_of_character(self, inputs: str, position: int) -> np.ndarray:
        """Which earlier characters moved the probability of the one at ``position``: the norm (position,) of the gradient
        of its log-probability with respect to each earlier embedding."""
        target = int(self.preprocess(inputs)["input_ids"][0, self._checked(inputs, position)])
        ids = self._before(inputs, position)
        with self, torch.inference_mode(False), torch.enable_grad():
            x = self.model.embedding(ids.clone()).detach().requires_grad_()
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
        total = count = 0.0
        with self, torch.inference_mode():
            for start in range(1, len(ids), size):  # the character at ``start`` is the first to be judged
                begin, end = max(0, start - context), min(start + size, len(ids))
                logits = self.model(ids[None, begin : end - 1]).logits[0, start - begin - 1 :]
                total += torch.nn.functional.cross_entropy(logits, ids[start:end], reduction="sum").item()
                count += end - start
        return int(count), total / count

    def _checked(self, inputs: str, position: int) -> int:
        length = self.preprocess(inputs)["input_ids"].shape[1]
        if not 1 <= position < length:
            raise OptionError(
                "position_range", expected=f"1 - {length - 1}", got=str(position)[:20], hint="Choose a later character."
            )
        return position

    def _before(self, inputs: str, position: int) -> torch.Tensor:
        return self.preprocess(inputs)["input_ids"][:, : self._checked(inputs, position)]
