"""What our GPT and the hub's share: a beginning in, its continuation out, token by token."""

import math
import time
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, Prepared, hub_info, synchronize, weight_bytes
from lmdemo.adapters.outputs import NEW_TOKENS, TEMPERATURE, TOP_K, TOP_P, Generation, Info, Result
from lmdemo.adapters.text_generation.sampling import Sampling
from lmdemo.catalog import HUB, ModelRow
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.notes import Note

MAX_PROMPT = 20_000  # characters
MAX_CONTINUATIONS = 8
MAX_TRACED = 256  # tokens
NAMED = 400  # next tokens that are told with how they read
SMALL = 20_000_000  # parameters; below that a second thread costs more than it brings
END = "<|endoftext|>"


class Prompt(NamedTuple):
    """A beginning as the network reads it.

    Attributes:
        text: It, as it was given.
        ids: The tokens that are read.
        dropped: Tokens before them that the context has no room for.
        tokens: How each reads.
        unknown: Characters that were in no training text, each once.
        notes: What was changed in the text before.
    """

    text: str
    ids: list[int]
    dropped: int
    tokens: list[str]
    unknown: str
    notes: tuple[Note, ...] = ()


class NextTokens(NamedTuple):
    """What may come next, all V tokens, most probable first: how the first 400 read, all ids (V,), all logits (V,)."""

    tokens: list[str]
    ids: np.ndarray
    logits: np.ndarray


class Lens(NamedTuple):
    """What each of L + 1 layers would already answer after one token ("logit lens").

    Attributes:
        answers: Of each layer the most probable tokens with their probabilities.
        ranks: At which place, from 1, each layer puts what the last one puts first.
    """

    answers: list[dict[str, float]]
    ranks: list[int]


@dataclass(frozen=True, kw_only=True)
class Reading(Result):
    """What one pass over a text told.

    Attributes:
        prompt: What was read.
        following: What may come next.
        ends: What may come after each of the last tokens; five of them by name.
        nats: How unexpected each token was, knowing all before it (T,); the first one NaN.
        lens: What each of L + 1 layers would already answer, tokens with probabilities; empty without a trace, and of
            networks that can not be asked.
        lenses: The same of each of the last tokens.
        written: The first tokens of a continuation; empty unless asked for.
        trace: The internals of the last tokens, without logits.
    """

    prompt: Prompt
    following: NextTokens
    ends: list[NextTokens]
    nats: np.ndarray
    lens: list[dict[str, float]]
    lenses: list[Lens]
    written: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PreparedPrompt(Prepared):
    """A beginning as the network takes it, how the next tokens are chosen, whether keys and values are kept, and which
    parts are switched off.
    """

    prompt: Prompt
    sampling: Sampling
    use_cache: bool
    switches: Mapping[str, Any]


class TokenGeneration(Adapter[PreparedPrompt, Generation]):
    """What our GPT and the hub's have in common; see :class:`GPTGeneration`."""

    end: int | None = None
    context: int

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.end = tokenizer.token_to_id(END)
        self._unknown = tokenizer.token_to_id(text.UNK)
        self.threads = 1 if info.parameters < SMALL else None

    @abstractmethod
    def _read(self, ids: torch.Tensor, state: Any, **switches: Any) -> tuple[torch.Tensor, Any]:
        """Reads (B, T) after ``state``: logits (B, V) of what comes next, and the state to go on from."""

    @abstractmethod
    def _read_whole(self, ids: list[int], *, trace: bool, **switches: Any) -> tuple[torch.Tensor, Any, Any]:
        """Reads a text from its beginning in one pass: logits (T, V) after each token, the state to go on from, and the
        network's output.
        """

    # -- from text to tokens and back --------------------------------------------------------------------------------------

    def tokenize(self, inputs: str) -> Prompt:
        """Checks a beginning and cuts it into tokens; of more than the context holds the end is kept, so that three
        quarters of the context are filled.

        Raises:
            InputError: It is no text, empty or too long, holds control characters, or no symbol that is known.
        """
        typed = text.read_typed(inputs, limit=MAX_PROMPT, letters=False)
        encoded = self.tokenizer.encode(typed.text, add_special_tokens=False)
        unknown = "".join(
            dict.fromkeys(
                typed.text[a:b] for i, (a, b) in zip(encoded.ids, encoded.offsets, strict=True) if i == self._unknown
            )
        )
        spans = zip(encoded.ids, encoded.offsets, strict=True)
        if unknown and not any(i != self._unknown and typed.text[a:b].strip() for i, (a, b) in spans):
            raise InputError(
                "text_unknown_characters",
                expected="a-z, A-Z, . , ; : ! ? ' -",
                got=unknown[:40],
                hint="Write in English letters; this network was trained on nothing else.",
            )
        kept = self._fit(encoded.ids)
        tokens = readable(self.tokenizer, kept)
        return Prompt(inputs, kept, len(encoded.ids) - len(kept), tokens, unknown, typed.notes)

    def _fit(self, ids: list[int]) -> list[int]:
        """All of it, or if that is more than the context holds, the end."""
        return ids if len(ids) <= self.context else ids[-(3 * self.context // 4) :]

    def preprocess(
        self,
        inputs: str,
        *,
        max_new_tokens: int = NEW_TOKENS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
        seed: int | None = None,
        use_cache: bool = True,
        **switches: Any,
    ) -> PreparedPrompt:
        """Checks a beginning and makes ``input_ids`` (1, T) of it.

        Args:
            inputs: The beginning, up to 20,000 characters.
            max_new_tokens, temperature, top_k, top_p, seed: See :class:`Sampling`.
            use_cache: Whether to keep keys and values; False reads everything anew for every token.
            switches: Of our own network ``positions``, ``layer_norm`` and ``heads_off``; see the class.

        Raises:
            InputError: The beginning can't be read.
            OptionError: An option is out of its range.
        """
        self._check(switches)
        prompt = self.tokenize(inputs)
        sampling = self.sampling(max_new_tokens, temperature, top_k, top_p, seed)
        tensors = {"input_ids": torch.tensor([prompt.ids], device=self.device)}
        return PreparedPrompt(
            tensors=tensors,
            notes=prompt.notes,
            prompt=prompt,
            sampling=sampling,
            use_cache=use_cache,
            switches=switches,
        )

    def forward(self, prepared: PreparedPrompt, *, trace: bool) -> list[int]:
        """Writes: the new tokens."""
        steps = self._write(prepared.prompt.ids, prepared.sampling, 1, prepared.use_cache, prepared.switches)
        return [step[0] for step in steps]

    def postprocess(
        self, output: list[int], prepared: PreparedPrompt, *, milliseconds: float, trace: bool
    ) -> Generation:
        """Puts the text together; for a trace the end of it is read once more."""
        prompt = prepared.prompt
        return Generation(
            text=prompt.text + self._decode(output),
            tokens=tuple(readable(self.tokenizer, output)),
            prompt_tokens=len(prompt.ids),
            dropped_tokens=prompt.dropped,
            milliseconds=milliseconds,
            trace=self.trace_tokens(prompt.ids + output, **prepared.switches) if trace else {},
        )

    def _decode(self, ids: Sequence[int], *, whole: bool = True) -> str:
        """Tokens as text; of one that goes on, a character whose last bytes are still to come is left out."""
        written = self.tokenizer.decode([i for i in ids if i != self.end], skip_special_tokens=False)
        return written if whole else written.removesuffix("\ufffd")

    # -- writing --------------------------------------------------------------------------------------------------------------

    def stream(self, inputs: str, **options: Any) -> Iterator[str]:
        """Yields the text so far after each token; closing the iterator stops it. Options as for a call."""
        for texts in self.stream_many(inputs, 1, **options):
            yield texts[0]

    def stream_many(self, inputs: str, count: int, **options: Any) -> Iterator[list[str]]:
        """Several continuations of one beginning at once: yields all texts so far after each step."""
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_CONTINUATIONS:
            raise OptionError(
                "continuations_range",
                expected=f"1 - {MAX_CONTINUATIONS}",
                got=str(count)[:40],
                hint="Choose a number inside.",
            )
        with self:
            prepared = self.preprocess(inputs, **options)
            prompt, sampling = prepared.prompt, prepared.sampling
            written: list[list[int]] = [[] for _ in range(count)]
            steps = self._write(prompt.ids, sampling, count, prepared.use_cache, prepared.switches)
            for n, step in enumerate(steps, 1):
                for ids, token in zip(written, step, strict=True):
                    if self.end is None or not ids or ids[-1] != self.end:
                        ids.append(token)
                last = n == sampling.max_new_tokens
                yield [prompt.text + self._decode(ids, whole=last or ids[-1] == self.end) for ids in written]

    def sampling(
        self,
        max_new_tokens: int = NEW_TOKENS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
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
        self,
        ids: list[int],
        sampling: Sampling,
        count: int,
        use_cache: bool,
        switches: Mapping[str, Any],
        begun: tuple[torch.Tensor, Any] | None = None,
    ) -> Iterator[list[int]]:
        """Tokens step by step, one for each of ``count`` continuations; ends where all of them have ended.

        ``begun`` is what :meth:`_read` gave for the beginning, where it was read already.
        """
        generator = sampling.generator()
        rows = [list(ids) for _ in range(count)]
        state: Any = None
        ended, read = [False] * count, rows
        for _ in range(int(sampling.max_new_tokens)):
            with self.computing():  # not around the yield: the next step may be asked for from another thread
                logits, state = begun or self._read(torch.tensor(read, device=self.device), state, **switches)
                step = sampling.choose(self._masked(logits), generator)
            begun = None
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
    def _internals(self, ids: list[int], output: Any) -> dict[str, np.ndarray]:
        """The trace of a traced pass over these tokens."""

    def _lens(self, output: Any, positions: Sequence[int], count: int) -> list[Lens]:
        """What each layer of a traced pass would answer at these positions; nothing of a network that can not be asked."""
        return []

    @abstractmethod
    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, or the last of them, by name."""

    # -- look inside ----------------------------------------------------------------------------------------------------------

    def next_tokens(self, inputs: str, **switches: Any) -> NextTokens:
        """Every token that may come next, most probable first, with its logit before any temperature."""
        self._check(switches)
        with self.computing():
            ids = self.tokenize(inputs).ids
            return self._next(self._read(torch.tensor([ids], device=self.device), None, **switches)[0][0])

    def _next(self, logits: torch.Tensor, named: int = NAMED) -> NextTokens:
        """(V,) logits in order; so many of them by name."""
        values = self._masked(logits).float().cpu().numpy()
        order = np.argsort(-values, kind="stable")
        order = order[np.isfinite(values[order])]
        return NextTokens(readable(self.tokenizer, order[:named].tolist()), order, values[order])

    def read(
        self,
        inputs: str,
        *,
        trace: bool = True,
        count: int = 3,
        ends: int = 0,
        lenses: int = 1,
        max_new_tokens: int = 0,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
        seed: int | None = None,
        **switches: Any,
    ) -> Reading:
        """All that one pass over a text tells; with a trace, a text of more than 256 tokens takes a second one over its end.

        Args:
            inputs: The text.
            trace: Whether to tell the internals, and what each layer would answer.
            count: How many tokens for each layer.
            ends: After how many of the last tokens to tell what may come next, too.
            lenses: After how many of the last tokens to ask each layer.
            max_new_tokens: How many tokens to write, 0 for none. They go on from the keys and values of the same pass.
            temperature, top_k, top_p, seed: How they are chosen; see :class:`Sampling`.
            switches: Parts that are switched off; see the class.

        Raises:
            InputError: The text can't be read.
            OptionError: An option is out of its range.
        """
        self._check(switches)
        with self.computing():
            prompt = self.tokenize(inputs)
            sampling = self.sampling(max_new_tokens or 1, temperature, top_k, top_p, seed)
            end = prompt.ids[-MAX_TRACED:]
            started = time.perf_counter()
            logits, state, output = self._read_whole(prompt.ids, trace=trace and end == prompt.ids, **switches)
            if trace and end != prompt.ids:
                output = self._read_whole(end, trace=True, **switches)[2]
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            internals = self._internals(end, output) if trace else {}
            internals.pop("logits", None)
            begun = logits[None, -1], state
            steps = self._write(prompt.ids, sampling, 1, True, switches, begun) if max_new_tokens else ()
            asked = self._lens(output, range(-min(lenses, len(end)), 0), count) if trace else []
            return Reading(
                prompt=prompt,
                following=self._next(logits[-1]),
                ends=[self._next(row, named=5) for row in logits[len(logits) - min(ends, len(logits)) :]],
                nats=self._surprise(logits[:-1], prompt.ids),
                lens=asked[-1].answers if asked else [],
                lenses=asked,
                written=tuple(readable(self.tokenizer, [step[0] for step in steps])),
                milliseconds=milliseconds,
                notes=prompt.notes,
                trace=internals,
            )

    def nats_per_character(self, written: str) -> tuple[int, float]:
        """Exact mean surprise in nats a character over a long text: the surprise of all its tokens, divided by its characters.
        Each token is judged knowing at least half a context before it, where there is that much.

        Returns:
            How many characters were judged, and their mean negative log-probability.
        """
        begin = self.tokenizer.encode("\n", add_special_tokens=False).ids[-1:]  # a text begins on a new line
        ids = torch.tensor([*begin, *self.tokenizer.encode(written, add_special_tokens=False).ids], device=self.device)
        step, nats = self.context // 2, 0.0
        with self.computing():
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
        typed = text.clean(written)
        spans = self.tokenizer.encode(typed.text, add_special_tokens=False).offsets
        return [typed.place(*span)[0] for span in spans]

    def surprise(self, inputs: str, **switches: Any) -> np.ndarray:
        """How unexpected each token of a text was, in nats, knowing all before it: (T,), the first one NaN."""
        self._check(switches)
        with self.computing():
            ids = self.tokenize(inputs).ids
            tensor = torch.tensor([ids[:-1]], dtype=torch.long, device=self.device)
            return self._surprise(self._all_logits(tensor, **switches)[0], ids)

    def _surprise(self, logits: torch.Tensor, ids: list[int]) -> np.ndarray:
        """Logits (T - 1, V) of each token but the first."""
        told = torch.tensor(ids[1:], dtype=torch.long, device=logits.device)
        nats = torch.nn.functional.cross_entropy(logits.float(), told, reduction="none")
        return np.concatenate(([np.nan], nats.cpu().numpy()))

    def _all_logits(self, ids: torch.Tensor, **switches: Any) -> torch.Tensor:
        return self.model(ids, **switches).logits


def readable(tokenizer: Tokenizer, ids: Sequence[int]) -> list[str]:
    """Each token as it reads in a text; of one that is only part of a character its bytes."""
    return [text.show_bytes(tokenizer.id_to_token(i) or "") for i in ids]


def count_parameters(folder: Path) -> int:
    """The trained numbers of a fetched gpt2, counted in the file's header, the causal masks of old files left out."""
    from safetensors import safe_open

    parameters = 0
    with safe_open(folder / "model.safetensors", "pt") as file:
        for name in file.keys():
            if not name.endswith((".attn.bias", ".attn.masked_bias", "lm_head.weight")):
                parameters += math.prod(file.get_slice(name).get_shape())
    return parameters


def gpt2_info(folder: Path, row: ModelRow | None, *, source: str, device: str) -> Info:
    """Facts about a fetched gpt2."""
    hub, member = HUB["gpt2"], row.member if row else "gpt"
    parameters, size = count_parameters(folder), weight_bytes(folder)
    return hub_info(hub, member=member, parameters=parameters, size=size, source=source, device=device)
