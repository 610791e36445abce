"""What our GPT and the hub's share: a beginning in, its continuation out, token by token."""

import contextlib
import math
import time
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter
from lmdemo.adapters.outputs import Generation, Info
from lmdemo.adapters.text_generation.sampling import Sampling
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.pool import computing_with, use_threads

MAX_PROMPT = 20_000  # characters
MAX_CONTINUATIONS = 8
MAX_TRACED = 256  # tokens
NAMED = 400  # next tokens that are told with how they read
SMALL = 20_000_000  # parameters; below that a second thread costs more than it brings
END = "<|endoftext|>"


class Prompt(NamedTuple):
    """A beginning as the network reads it.

    Attributes:
        text: It, in composed form.
        ids: The tokens that are read.
        dropped: Tokens before them that the context has no room for.
        tokens: How each reads.
        unknown: Characters that were in no training text, each once.
    """

    text: str
    ids: list[int]
    dropped: int
    tokens: list[str]
    unknown: str


class NextTokens(NamedTuple):
    """What may come next, all V tokens, most probable first: how the first 400 read, all ids (V,), all logits (V,)."""

    tokens: list[str]
    ids: np.ndarray
    logits: np.ndarray


class TokenGeneration(Adapter):
    """What our GPT and the hub's have in common; see :class:`GPTGeneration`."""

    end: int | None = None
    context: int

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.end = tokenizer.token_to_id(END)
        self._unknown = tokenizer.token_to_id(text.UNK)
        self.threads = 1 if info.parameters < SMALL else None

    @contextlib.contextmanager
    def _computing(self) -> Iterator[None]:
        """In use, without gradients, with the threads that suit the network's size."""
        with self, computing_with(self.threads or use_threads()), torch.inference_mode():
            yield

    @abstractmethod
    def _read(self, ids: torch.Tensor, state: Any, **switches: Any) -> tuple[torch.Tensor, Any]:
        """Reads (B, T) after ``state``: logits (B, V) of what comes next, and the state to go on from."""

    # -- from text to tokens and back --------------------------------------------------------------------------------------

    def tokenize(self, inputs: str) -> Prompt:
        """Checks a beginning and cuts it into tokens; of more than the context holds the end is kept, so that three
        quarters of the context are filled.

        Raises:
            InputError: It is no text, empty or too long, holds control characters, or no symbol that is known.
        """
        if isinstance(inputs, str):
            inputs = inputs.replace("\r\n", "\n")
        checked = text.check_text(inputs, limit=MAX_PROMPT, letters=False)
        encoded = self.tokenizer.encode(checked, add_special_tokens=False)
        unknown = "".join(
            dict.fromkeys(
                checked[a:b] for i, (a, b) in zip(encoded.ids, encoded.offsets, strict=True) if i == self._unknown
            )
        )
        if self._unknown is not None and all(i == self._unknown for i in encoded.ids):
            raise InputError(
                "text_unknown_characters",
                expected="a-z, A-Z, . , ; : ! ? ' -",
                got=unknown[:40],
                hint="Write in English letters; this network was trained on nothing else.",
            )
        kept = self._fit(encoded.ids)
        tokens = readable(self.tokenizer, kept)
        return Prompt(checked, kept, len(encoded.ids) - len(kept), tokens, unknown)

    def _fit(self, ids: list[int]) -> list[int]:
        """All of it, or if that is more than the context holds, the end."""
        return ids if len(ids) <= self.context else ids[-(3 * self.context // 4) :]

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks a beginning and makes ``input_ids`` (1, T) of it."""
        return {"input_ids": torch.tensor([self.tokenize(inputs).ids], device=self.device)}

    def postprocess(
        self, output: tuple[Prompt, list[int], Any], *, milliseconds: float, trace: bool, **_: Any
    ) -> Generation:
        """Puts the text together. ``output`` is (prompt, new ids, traced pass or None)."""
        prompt, new, traced = output
        return Generation(
            text=prompt.text + self._decode(new),
            tokens=tuple(readable(self.tokenizer, new)),
            prompt_tokens=len(prompt.ids),
            dropped_tokens=prompt.dropped,
            milliseconds=milliseconds,
            trace=traced or {},
        )

    def _decode(self, ids: Sequence[int], *, whole: bool = True) -> str:
        """Tokens as text; of one that goes on, a character whose last bytes are still to come is left out."""
        written = self.tokenizer.decode([i for i in ids if i != self.end], skip_special_tokens=False)
        return written if whole else written.removesuffix("\ufffd")

    # -- writing --------------------------------------------------------------------------------------------------------------

    def __call__(
        self,
        inputs: str,
        *,
        trace: bool = False,
        max_new_tokens: int = 60,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        use_cache: bool = True,
        **switches: Any,
    ) -> Generation:
        """Continues a text.

        Args:
            inputs: The beginning, up to 20,000 characters.
            trace: Whether to add the internals, over the beginning and what was written.
            max_new_tokens, temperature, top_k, top_p, seed: See :class:`lmdemo.adapters.text_generation.sampling.Sampling`.
            use_cache: Whether to keep keys and values; False reads everything anew for every token.
            switches: Of our own network ``positions``, ``layer_norm`` and ``heads_off``; see the class.

        Raises:
            InputError: The beginning can't be read.
            OptionError: An option is out of its range.
        """
        self._check(switches)
        with self:
            prompt = self.tokenize(inputs)
            sampling = self.sampling(max_new_tokens, temperature, top_k, top_p, seed)
            started = time.perf_counter()
            new = [step[0] for step in self._write(prompt.ids, sampling, 1, use_cache, switches)]
            milliseconds = 1000 * (time.perf_counter() - started)
            traced = self.trace_tokens(prompt.ids + new, **switches) if trace else None
            return self.postprocess((prompt, new, traced), milliseconds=milliseconds, trace=trace)

    def stream(
        self,
        inputs: str,
        *,
        max_new_tokens: int = 60,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        **switches: Any,
    ) -> Iterator[str]:
        """Yields the text so far after each token; closing the iterator stops it."""
        for texts in self.stream_many(
            inputs,
            1,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=seed,
            **switches,
        ):
            yield texts[0]

    def stream_many(
        self,
        inputs: str,
        count: int,
        *,
        max_new_tokens: int = 60,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
        **switches: Any,
    ) -> Iterator[list[str]]:
        """Several continuations of one beginning at once: yields all texts so far after each step."""
        self._check(switches)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_CONTINUATIONS:
            raise OptionError(
                "continuations_range",
                expected=f"1 - {MAX_CONTINUATIONS}",
                got=str(count)[:40],
                hint="Choose a number inside.",
            )
        sampling = self.sampling(max_new_tokens, temperature, top_k, top_p, seed)
        with self:
            prompt = self.tokenize(inputs)
            written: list[list[int]] = [[] for _ in range(count)]
            for n, step in enumerate(self._write(prompt.ids, sampling, count, True, switches), 1):
                for ids, token in zip(written, step, strict=True):
                    if self.end is None or not ids or ids[-1] != self.end:
                        ids.append(token)
                yield [
                    prompt.text + self._decode(ids, whole=n == max_new_tokens or ids[-1] == self.end) for ids in written
                ]

    def sampling(
        self,
        max_new_tokens: int = 60,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int | None = None,
    ) -> Sampling:
        """The checked options of one call."""
        return Sampling(
            vocab_size=self.tokenizer.get_vocab_size(),
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=seed,
        )

    def _write(
        self, ids: list[int], sampling: Sampling, count: int, use_cache: bool, switches: dict[str, Any]
    ) -> Iterator[list[int]]:
        """Tokens step by step, one for each of ``count`` continuations; ends where all of them have ended."""
        generator = sampling.generator()
        rows = [list(ids) for _ in range(count)]
        state, ended, read = None, [False] * count, rows
        for _ in range(int(sampling.max_new_tokens)):
            with self._computing():  # not around the yield: the next step may be asked for from another thread
                logits, state = self._read(torch.tensor(read, device=self.device), state, **switches)
                step = sampling.choose(self._masked(logits), generator)
            yield step
            ended = [e or token == self.end for e, token in zip(ended, step, strict=True)]
            if all(ended):
                return
            for row, token in zip(rows, step, strict=True):
                row.append(token)
            read = [[token] for token in step]
            if not use_cache or len(rows[0]) > self.context:  # full: the end of it is read again, from position 0
                state, rows = None, [self._fit(row) for row in rows]
                read = rows

    def _masked(self, logits: torch.Tensor) -> torch.Tensor:
        """The stand-in for unknown symbols is never written."""
        if self._unknown is None:
            return logits
        logits = logits.clone()
        logits[..., self._unknown] = -torch.inf
        return logits

    def _check(self, switches: dict[str, Any]) -> None:
        if switches:
            raise OptionError(
                "switch_not_offered",
                expected="scratch, hub-weights",
                got=self.info.source,
                hint="Only our own network has parts that can be switched off.",
            )

    @abstractmethod
    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, or the last of them, by name."""

    # -- look inside ----------------------------------------------------------------------------------------------------------

    def next_tokens(self, inputs: str, **switches: Any) -> NextTokens:
        """Every token that may come next, most probable first, with its logit before any temperature."""
        self._check(switches)
        with self._computing():
            ids = self.tokenize(inputs).ids
            logits = (
                self._masked(self._read(torch.tensor([ids], device=self.device), None, **switches)[0])[0]
                .float()
                .cpu()
                .numpy()
            )
        order = np.argsort(-logits, kind="stable")
        order = order[np.isfinite(logits[order])]
        return NextTokens(readable(self.tokenizer, order[:NAMED].tolist()), order, logits[order])

    def nats_per_character(self, written: str) -> tuple[int, float]:
        """Exact mean surprise in nats a character over a long text: the surprise of all its tokens, divided by its characters.
        Each token is judged knowing at least half a context before it, where there is that much.

        Returns:
            How many characters were judged, and their mean negative log-probability.
        """
        begin = self.tokenizer.encode("\n", add_special_tokens=False).ids[-1:]  # a text begins on a new line
        ids = torch.tensor([*begin, *self.tokenizer.encode(written, add_special_tokens=False).ids], device=self.device)
        step, nats = self.context // 2, 0.0
        with self._computing():
            for start in range(1, len(ids), step):  # the token at ``start`` is the first to be judged
                first, end = max(0, start - step), min(start + step, len(ids))
                logits = self._all_logits(ids[None, first : end - 1])[0, start - first - 1 :].float()
                nats += torch.nn.functional.cross_entropy(logits, ids[start:end], reduction="sum").item()
        return len(written), nats / len(written)

    def cut(self, inputs: str) -> list[text.Cut]:
        """How each word of a text becomes tokens, merge by merge."""
        return text.merge_steps(self.tokenizer, text.check_text(inputs, limit=MAX_PROMPT, letters=False))

    def token_starts(self, written: str) -> list[int]:
        """Where the tokens of a text begin, as places in the text; tokens that share a character begin at the same place."""
        return [a for a, _ in self.tokenizer.encode(written, add_special_tokens=False).offsets]

    def surprise(self, inputs: str, **switches: Any) -> np.ndarray:
        """How unexpected each token of a text was, in nats, knowing all before it: (T,), the first one NaN."""
        self._check(switches)
        with self._computing():
            ids = torch.tensor([self.tokenize(inputs).ids], device=self.device)
            nats = torch.nn.functional.cross_entropy(
                self._all_logits(ids[:, :-1], **switches)[0].float(), ids[0, 1:], reduction="none"
            )
        return np.concatenate(([np.nan], nats.cpu().numpy()))

    def _all_logits(self, ids: torch.Tensor, **switches: Any) -> torch.Tensor:
        return self.model(ids, **switches).logits


def readable(tokenizer: Tokenizer, ids: Sequence[int]) -> list[str]:
    """Each token as it reads in a text; of one that is only part of a character its bytes."""
    return [text.show_bytes(tokenizer.id_to_token(i) or "") for i in ids]


def hub_info(folder: Path, row: ModelRow | None, source: str, device: str) -> Info:
    """Facts about a fetched gpt2; parameters are counted in the file's header, the causal masks of old files left out."""
    from safetensors import safe_open

    hub, parameters = HUB["gpt2"], 0
    with safe_open(folder / "model.safetensors", "pt") as file:
        for name in file.keys():
            if not name.endswith((".attn.bias", ".attn.masked_bias", "lm_head.weight")):
                parameters += math.prod(file.get_slice(name).get_shape())
    return Info(
        name=hub.name,
        member=row.member if row else "gpt",
        task=hub.task,
        source=source,
        parameters=parameters,
        bytes=(folder / "model.safetensors").stat().st_size,
        device=device,
        revision=hub.revision,
        licence=hub.licence,
        training_data=hub.training_data,
    )
