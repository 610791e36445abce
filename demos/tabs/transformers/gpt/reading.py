"""All that the page asks of a network, and what it keeps of the answers; a session holds no more than the views draw."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from demos.core.tab import Answer, Answers, Missing
from demos.tabs.transformers.gpt.functions import OURS
from demos.tabs.transformers.parts import SHOWN, switched
from demos.views.next_tokens import group
from lmdemo.errors import InputError, LmdemoError, OptionError

LOOKED_AT = 1_500  # characters of a text's end that are opened up
GO_ON = {"max_new_tokens": 24, "temperature": 0.8, "seed": 1}  # how networks with and without a part go on
FIRST_HEAD = "0.0"
SURPRISING = 8  # nats, which get the deepest shade


@dataclass(frozen=True)
class Without:
    """What a network does without one of its parts: how it goes on, how surprised it is, what may come next."""

    head: str
    tokens: tuple[str, ...]
    surprise: float | None
    group: dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What one network makes of a text.

    Attributes:
        group: What may come next, as bars.
        milliseconds: Time of the network.
        read, dropped, context: Tokens that were read, that the context has no room for, that it holds.
        unknown: Characters that were in no training text.
        cut: How each word of the text's end becomes tokens.
        trace: The internals of the last tokens; of our network alone, as are all below.
        earlier: Tokens before those in ``trace``.
        lens: What each layer would already say.
        surprise: Nats a token of the text; None where it is too short.
        goes_on: The tokens with which it goes on; None until another part is switched off.
        without: What it does without that part.
    """

    group: dict[str, Any]
    milliseconds: float
    read: int
    dropped: int
    context: int
    unknown: str
    cut: Sequence[Any] = ()
    trace: Mapping[str, np.ndarray] = field(default_factory=dict)
    earlier: int = 0
    lens: Sequence[Mapping[str, float]] = ()
    surprise: float | None = None
    goes_on: tuple[str, ...] | None = None
    without: Without | None = None


@dataclass(frozen=True)
class Written:
    """One continuation, and when it was all there its tokens: where each begins, and how unexpected it was, 0 to 1."""

    source: str
    text: str
    n: int
    seconds: float
    first: float
    tokens: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    first_token: int = 0
    weights: tuple[float, ...] = ()


@dataclass(frozen=True)
class Picked:
    """A token of a continuation, the text before it, and what else could have stood there."""

    row: int
    index: int
    before: str
    answer: Answer


@dataclass(frozen=True)
class Found:
    """What was asked and answered, or what is wrong with it; everything on show is made from it."""

    text: str
    source: str
    off: str = "nothing"
    head: str = FIRST_HEAD
    answers: Answers = ()
    wrong: LmdemoError | None = None
    how: Mapping[str, Any] | None = None  # options of what was written
    written: tuple[Written, ...] = ()
    picked: Picked | None = None

    @property
    def there(self) -> list[Answer]:
        """The answers that could be had."""
        return [a for a in self.answers if isinstance(a, Answer)]

    @property
    def inside(self) -> Read | None:
        """The answer that is looked into: of a network of ours, where one answered."""
        there = sorted(self.there, key=lambda a: a.source not in OURS)
        return there[0].result if there else None

    def with_answer(self, answer: Answer | Missing) -> "Found":
        """The same with one source's answer in place of its last one."""
        others = {a.source: a for a in self.answers}
        return replace(self, answers=tuple((others | {answer.source: answer}).values()))

    def known(self, text: str) -> dict[str, Read]:
        """What each source made of a text before, so that no network reads it once more to leave out another part."""
        return {a.source: a.result for a in self.there if a.result.cut} if self.text == text else {}


# -- what adapters are asked; each runs where the network is -----------------------------------------------------------


def following(adapter: Any, *, text: str) -> Read:
    """What may come next after a text: one pass."""
    started = time.perf_counter()
    made = adapter.next_tokens(text)
    milliseconds = 1000 * (time.perf_counter() - started)
    return _read(adapter, adapter.tokenize(text), made, milliseconds)


def look(adapter: Any, *, text: str, off: str, head: str, known: Mapping[str, Read]) -> Read:
    """What may come next, and what is inside: one pass over the text, one more where a part is switched off."""
    source = adapter.info.source
    found = known.get(source)
    if source not in OURS or off == "nothing":
        return replace(found or _look(adapter, text), without=None)
    found = found or _look(adapter, text, **GO_ON)
    if found.goes_on is None:  # it was read while nothing was switched off
        found = replace(found, goes_on=adapter.read(text, trace=False, **GO_ON).written)
    try:
        made = adapter.read(text, trace=False, **GO_ON, **switched(off, head))
    except (OptionError, ValueError):  # a head that another network had
        head = FIRST_HEAD
        made = adapter.read(text, trace=False, **GO_ON, **switched(off, head))
    bars = group("", made.following.tokens, made.following.logits)
    return replace(found, without=Without(head, made.written, _mean(made.nats), bars))


def take_apart(adapter: Any, *, prompt: str, written: str) -> dict[str, tuple | int]:
    """The tokens of what was written: the fields of :class:`Written`; one pass."""
    end = written[-LOOKED_AT:]
    offset = len(written) - len(end)
    starts = [offset + s for s in adapter.token_starts(end)]
    first = next((i for i, s in enumerate(starts) if s >= len(prompt)), len(starts))
    bounds = [*starts[1:], len(written)]
    try:
        nats = adapter.surprise(end) if len(starts) > 1 else []
    except InputError:  # at a high temperature even control characters are drawn
        nats = []
    nats = [0.0] * (len(starts) - len(nats)) + [0.0 if math.isnan(v) else float(v) for v in nats]
    return {
        "starts": tuple(starts),
        "tokens": tuple(written[a:b] for a, b in zip(starts, bounds, strict=True)),
        "first_token": first,
        "weights": tuple(min(1.0, v / SURPRISING) if i >= first else 0.0 for i, v in enumerate(nats)),
    }


# -- what is kept --------------------------------------------------------------------------------------------------------


def _look(adapter: Any, text: str, **go_on: Any) -> Read:
    cut = adapter.cut(text[-LOOKED_AT:])
    if adapter.info.source not in OURS:
        return replace(following(adapter, text=text), cut=cut)
    made = adapter.read(text, **go_on)
    found = _read(adapter, made.prompt, made.following, made.milliseconds)
    earlier = max(0, len(made.trace["tokens"]) - SHOWN)
    trace = drawn(made.trace)
    told = {"lens": made.lens, "surprise": _mean(made.nats), "goes_on": made.written or None}
    return replace(found, cut=cut, trace=trace, earlier=earlier, **told)


def _read(adapter: Any, prompt: Any, made: Any, milliseconds: float) -> Read:
    bars = group("", made.tokens, made.logits)
    return Read(bars, milliseconds, len(prompt.ids), prompt.dropped, adapter.context, prompt.unknown)


def _mean(nats: np.ndarray) -> float | None:
    return float(nats[1:].mean()) if len(nats) > 1 else None


def drawn(trace: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Of a trace the last tokens; those before them become one, which gets all the attention that they got."""
    tokens = len(trace["tokens"])
    last, earlier = slice(max(0, tokens - SHOWN - 1), None), max(0, tokens - SHOWN)
    weights = trace["attention"][:, :, last, last].copy()
    if earlier:
        weights[..., 0] = trace["attention"][:, :, last, :earlier].sum(-1)
    shown = {name: trace[name][:, :, last].copy() for name in ("queries", "keys", "values")}
    ends = {name: trace[name][-SHOWN:].copy() for name in ("embeddings", "positions")}
    return {
        "tokens": trace["tokens"][last],
        "mask": trace["mask"][last, last].copy(),
        "attention": weights,
        "hidden_states": trace["hidden_states"][:1, -SHOWN:].copy(),
        **shown,
        **ends,
    }
