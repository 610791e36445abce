"""Text generation with GPT: a beginning in, its continuation out, token by token with a cache of keys and values."""

import contextlib
import math
import time
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import NEW_TOKENS, TEMPERATURE, TOP_K, TOP_P, Generation, Info
from lmdemo.adapters.sampling import Sampling
from lmdemo.catalog import HUB, ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError, WeightsError
from lmdemo.models.gpt import GPT, KeyValueCache
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


class Reading(NamedTuple):
    """What a network makes of a text.

    Attributes:
        prompt: The text as it was read.
        following: What may come next.
        nats: How unexpected each token was, knowing all before it: (T,), the first one NaN.
        milliseconds: Time of the network alone.
        trace: The internals of the last tokens, as :class:`GPTGeneration` describes them, without logits.
        lens: What each layer would already answer, as :meth:`GPTGeneration.lens` gives it.
    """

    prompt: Prompt
    following: NextTokens
    nats: np.ndarray
    milliseconds: float
    trace: dict[str, np.ndarray]
    lens: list[dict[str, float]]


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
        max_new_tokens: int = NEW_TOKENS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
        seed: int | None = None,
        use_cache: bool = True,
        **switches: Any,
    ) -> Generation:
        """Continues a text.

        Args:
            inputs: The beginning, up to 20,000 characters.
            trace: Whether to add the internals, over the beginning and what was written.
            max_new_tokens, temperature, top_k, top_p, seed: See :class:`lmdemo.adapters.sampling.Sampling`.
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
        max_new_tokens: int = NEW_TOKENS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
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
        max_new_tokens: int = NEW_TOKENS,
        temperature: float = TEMPERATURE,
        top_k: int = TOP_K,
        top_p: float = TOP_P,
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
            return self._following(self._read(torch.tensor([ids], device=self.device), None, **switches)[0][0])

    def _following(self, logits: torch.Tensor) -> NextTokens:
        """From the logits (V,) after the last token."""
        logits = self._masked(logits).float().cpu().numpy()
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


class GPTGeneration(TokenGeneration):
    """Continues a text with our GPT, with our weights or the hub's gpt2.

    Takes a str of up to 20,000 characters; of more tokens than the context holds the end is read, and the result says how
    many were left out. Options of a call: ``max_new_tokens`` (1 to 2,000), ``temperature`` (0 to 5; 0 always takes the most
    probable), ``top_k`` (0 for all), ``top_p`` (1 for all), ``seed`` (None for chance). :meth:`stream` yields the text so far.
    Parts can be switched off: ``positions=False``, ``layer_norm=False``, ``heads_off=((layer, head), …)``.

    With ``trace=True`` the result holds, over the last T tokens, at most 256: ``tokens`` (T,) str; ``embeddings`` (T, E), the token part
    of the input, and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values`` (L, heads, T, D);
    ``attention`` (L, heads, T, T); ``mask`` (T, T) bool, True where looking is allowed; ``logits`` (T, V).
    """

    sources: ClassVar[tuple[str, ...]] = ("scratch", "hub-weights")

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info, tokenizer)
        self.context = model.config.max_position_embeddings
        if self.device.type == "cpu":
            model.arrange_for_generation()

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout; for ``hub-weights`` the fetched snapshot of gpt2."""
        tokenizer = text.open_tokenizer(folder)
        if source == "hub-weights":
            return cls(
                GPT.from_hub_weights(folder).requires_grad_(False).to(device),
                hub_info(folder, row, source, device),
                tokenizer,
            )
        row = row or find(folder.name)
        model = GPT.from_pretrained(folder).requires_grad_(False).to(device)
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
            tokenizer,
        )

    def _read(
        self, ids: torch.Tensor, state: KeyValueCache | None, **switches: Any
    ) -> tuple[torch.Tensor, KeyValueCache]:
        cache = state or KeyValueCache(self.model.config, len(ids), self.device)
        return self.model(ids, cache=cache, last_only=True, **switches).logits[:, -1], cache

    def _check(self, switches: dict[str, Any]) -> None:
        c = self.model.config
        known = {"positions", "layer_norm", "heads_off"}
        wrong = sorted(switches.keys() - known)
        if wrong:
            raise OptionError(
                "unknown_option", expected=", ".join(sorted(known)), got=wrong[0][:40], hint="Leave it out."
            )
        for layer, head in switches.get("heads_off", ()):
            if not (0 <= layer < c.num_hidden_layers and 0 <= head < c.num_attention_heads):
                raise OptionError(
                    "no_such_head",
                    expected=f"layer 0 - {c.num_hidden_layers - 1}, head 0 - {c.num_attention_heads - 1}",
                    got=f"{layer}, {head}"[:40],
                    hint="Choose a head that is there.",
                )

    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, by name; see the class."""
        ids = self._fit(ids)[-MAX_TRACED:]
        with self._computing():
            out = self.model(torch.tensor([ids], device=self.device), trace=True, **switches)
        return self._internals(ids, out)

    def _internals(self, ids: list[int], out: Any) -> dict[str, np.ndarray]:
        found = {name: getattr(out, name)[:, 0] for name in ("hidden_states", "queries", "keys", "values", "attention")}
        found |= {
            "embeddings": out.embeddings[0],
            "positions": out.positions,
            "mask": out.mask[0, 0],
            "logits": out.logits[0],
        }
        return {"tokens": np.array(readable(self.tokenizer, ids))} | {
            name: value.cpu().numpy() for name, value in found.items()
        }

    def lens(self, inputs: str, *, position: int = -1, count: int = 5) -> list[dict[str, float]]:
        """What each layer would already answer: the stream after the embedding and after each block, read by the last
        normalisation and the embedding table ("logit lens").

        Args:
            inputs: The text.
            position: After which of its tokens, from 0; negative counts from the end.
            count: How many tokens for each layer.

        Returns:
            For each of L + 1 layers the most probable tokens with their probabilities.
        """
        with self._computing():
            ids = self.tokenize(inputs).ids
            if not -len(ids) <= position < len(ids):
                raise OptionError(
                    "position_range",
                    expected=f"0 - {len(ids) - 1}",
                    got=str(position)[:20],
                    hint="Choose a token that is there.",
                )
            states = self.model(torch.tensor([ids], device=self.device), trace=True).hidden_states[
                :, 0, position
            ]  # (L + 1, E)
            return self._answers(states, count)

    def _answers(self, states: torch.Tensor, count: int) -> list[dict[str, float]]:
        """Of each state (..., E) the most probable next tokens."""
        p = self._masked(self.model.logits(states)).softmax(-1)
        best = p.topk(min(count, p.shape[1]))
        return [
            dict(zip(readable(self.tokenizer, ids), map(float, values), strict=True))
            for ids, values in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]

    def read(self, inputs: str, *, trace: bool = True, count: int = 3, **switches: Any) -> Reading:
        """All that one pass over a text tells; with a trace, a text of more than 256 tokens takes a second one.

        Args:
            inputs: The text.
            trace: Whether to tell the internals, and what each layer would answer.
            count: How many tokens for each layer.
            switches: Parts that are switched off; see the class.
        """
        self._check(switches)
        with self._computing():
            prompt = self.tokenize(inputs)
            ids = torch.tensor([prompt.ids], device=self.device)
            started = time.perf_counter()
            traced = self.model(ids[:, -MAX_TRACED:], trace=True, **switches) if trace else None
            whole = traced if traced is not None and ids.shape[1] <= MAX_TRACED else self.model(ids, **switches)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            logits = whole.logits[0].float()
            nats = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:], reduction="none")
            internals, lens = {}, []
            if traced is not None:
                internals = self._internals(prompt.ids[-MAX_TRACED:], traced)
                internals.pop("logits")
                lens = self._answers(traced.hidden_states[:, 0, -1], count)
            nats = np.concatenate(([np.nan], nats.cpu().numpy()))
            return Reading(prompt, self._following(logits[-1]), nats, milliseconds, internals, lens)

    def layers(self) -> list[tuple[str, str, str, int]]:
        """(name, kind, output shape, parameters) of each part, for T tokens."""
        c, m = self.model.config, self.model

        def size(part: torch.nn.Module) -> int:
            return sum(p.numel() for p in part.parameters())

        rows = [
            ("token_embedding", "Embedding", f"T × {c.hidden_size}", size(m.token_embedding)),
            ("position_embedding", "Embedding", f"T × {c.hidden_size}", size(m.position_embedding)),
        ]
        for n, block in enumerate(m.blocks):
            rows += [
                (
                    f"blocks.{n}.norm_1, norm_2",
                    "LayerNorm",
                    f"T × {c.hidden_size}",
                    size(block.norm_1) + size(block.norm_2),
                ),
                (
                    f"blocks.{n}.attention",
                    f"Attention, {c.num_attention_heads} heads",
                    f"T × {c.hidden_size}",
                    size(block.attention),
                ),
                (
                    f"blocks.{n}.up, down",
                    "Linear, GELU, Linear",
                    f"T × {c.hidden_size}",
                    size(block.up) + size(block.down),
                ),
            ]
        return [
            *rows,
            ("norm", "LayerNorm", f"T × {c.hidden_size}", size(m.norm)),
            ("logits (token_embedding)", "Linear", f"T × {c.vocab_size:,}", 0),
        ]


class HubGPTGeneration(TokenGeneration):
    """The hub's gpt2 as transformers runs it, from a local folder. Takes and gives what :class:`GPTGeneration` does, without
    switches; a trace holds ``tokens``, ``hidden_states`` and ``logits``."""

    sources: ClassVar[tuple[str, ...]] = ("hub",)

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info, tokenizer)
        self.context = model.config.n_positions

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot; safetensors only.

        Raises:
            WeightsError: A file is missing or damaged.
        """
        from transformers import GPT2LMHeadModel

        tokenizer = text.open_tokenizer(folder)
        try:
            model = GPT2LMHeadModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except MemoryError:
            raise
        except Exception as error:  # transformers, safetensors and json raise what they like
            raise WeightsError(
                "weights_damaged",
                expected="config.json, model.safetensors",
                got=f"{type(error).__name__}: {error}"[:160],
                hint="Delete this folder and fetch the model again.",
            ) from error
        return cls(model.eval().requires_grad_(False).to(device), hub_info(folder, row, source, device), tokenizer)

    def _read(self, ids: torch.Tensor, state: Any, **switches: Any) -> tuple[torch.Tensor, Any]:
        out = self.model(ids, cache=state, use_cache=True, logits_to_keep=1)
        return out.logits[:, -1], out.cache

    def trace_tokens(self, ids: list[int], **switches: Any) -> dict[str, np.ndarray]:
        """The internals over these tokens, by name; see the class."""
        ids = self._fit(ids)[-MAX_TRACED:]
        with self._computing():
            out = self.model(torch.tensor([ids], device=self.device), output_hidden_states=True)
        return {
            "tokens": np.array(readable(self.tokenizer, ids)),
            "hidden_states": torch.stack(out.hidden_states)[:, 0].cpu().numpy(),
            "logits": out.logits[0].cpu().numpy(),
        }


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


def readable(tokenizer: Tokenizer, ids: Sequence[int]) -> list[str]:
    """Each token as it reads in a text; of one that is only part of a character its bytes."""
    return [text.show_bytes(tokenizer.id_to_token(i) or "") for i in ids]
