"""All that the page asks of a network; a session keeps no more of it than the views draw."""

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from demos.tabs.transformers.gpt.found import FIRST_HEAD, Read, Without
from demos.tabs.transformers.gpt.functions import OURS
from demos.tabs.transformers.parts import SHOWN, switched
from demos.views import strip
from demos.views.next_tokens import group
from lmdemo.errors import InputError, OptionError

LOOKED_AT = 1_500  # characters of a text's end that are opened up
LONGEST = 20_000  # characters that a network takes
GO_ON = {"max_new_tokens": 24, "temperature": 0.8, "seed": 1}  # how networks with and without a part go on
SURPRISING = 8  # nats, which get the deepest shade
LARGE = (
    20_000_000  # parameters; of a larger network's layers fewer tokens are asked, since each takes its whole vocabulary
)
MEASURED = (
    "ROMEO:\nIs the day so young?\n\nFirst Citizen:\nWe are accounted poor citizens."  # on which parts are left out
)


# -- what adapters are asked; each runs where the network is -----------------------------------------------------------


def following(adapter: Any, *, text: str) -> Read:
    """What may come next after a text: one pass."""
    started = time.perf_counter()
    made = adapter.next_tokens(text)
    milliseconds = 1000 * (time.perf_counter() - started)
    return _read(adapter, adapter.tokenize(text), made, milliseconds)


def look(
    adapter: Any,
    *,
    text: str,
    off: str,
    head: str,
    known: Mapping[str, Read],
    missed: Mapping[str, Mapping[str, float]],
) -> Read:
    """What may come next, and what is inside: one pass over the text, one more where a part is switched off."""
    source = adapter.info.source
    found = known.get(source)
    if source not in OURS:
        return found or _look(adapter, text)
    found = found or replace(_look(adapter, text, **({} if off == "nothing" else GO_ON)), missed=missed.get(source, {}))
    found = found if found.missed else replace(found, missed=_missed(adapter))
    if off == "nothing":
        return replace(found, without=None)
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
    capitals = sum(len(c.ids) for c in adapter.cut(text[-LOOKED_AT:].upper()))
    if adapter.info.source not in OURS:
        return replace(following(adapter, text=text), cut=cut, capitals=capitals)
    asked = strip.TOKENS if adapter.info.parameters < LARGE else 4
    made = adapter.read(text, ends=strip.TOKENS, lenses=asked, **go_on)
    lenses = [lens.answers for lens in made.lenses]
    nats = made.nats[1:]
    return replace(
        _read(adapter, made.prompt, made.following, made.milliseconds),
        cut=cut,
        capitals=capitals,
        earlier=max(0, len(made.trace["tokens"]) - SHOWN),
        trace=drawn(made.trace),
        strip=strip.cut(made.trace, made.prompt.ids, lenses),
        ends=[group("", end.tokens, end.logits) for end in made.ends],
        tokens=made.prompt.tokens[-len(lenses) :],
        lenses=lenses,
        ranks=made.lenses[-1].ranks,
        surprise=_mean(made.nats),
        strange=float(nats.sum()) / sum(map(len, made.prompt.tokens[1:])) if len(nats) else None,
        goes_on=made.written or None,
    )


def _missed(adapter: Any) -> dict[str, float]:
    parts = {"nothing": {}, **{off: switched(off, FIRST_HEAD) for off in ("positions", "layer_norm", "head")}}
    return {off: float(np.nanmean(adapter.surprise(MEASURED, **switches))) for off, switches in parts.items()}


def _read(adapter: Any, prompt: Any, made: Any, milliseconds: float) -> Read:
    bars = group("", made.tokens, made.logits)
    return Read(bars, milliseconds, len(prompt.ids), prompt.dropped, adapter.context, prompt.unknown, prompt.notes)


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
    return {"tokens": trace["tokens"][last], "mask": trace["mask"][last, last].copy(), "attention": weights, **shown}
