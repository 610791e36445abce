"""A series is foreseen: by the shipped network where it suits, or by a small one that is trained on it first."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lmdemo.adapters.outputs import Forecast, Info
from lmdemo.errors import InputError

WAYS = ("auto", "shipped", "own")
PAST = 400  # values of the past that are kept, at least
ROUNDS = 8  # of the past that are drawn
PRODUCTS = 5  # of a sum that are named
FEWEST = 24  # values of the past that are drawn where a round is shorter
TELL = 0.3  # seconds between two tellings of a training

Point = tuple[int, float, float | None]  # step, loss, error on the hidden end where it was measured


@dataclass(frozen=True)
class Training:
    """How far a training has come."""

    points: tuple[Point, ...]
    step: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class Beside:
    """What the network foresees of a series that was changed.

    Attributes:
        bump: By how much the last value was raised: the deviation of what is read.
        moved: By how much that moved the last foreseen value.
        patches: By how much the forecast moves, on average, if a patch of the past is levelled to its mean; oldest first.
        linear: The root mean square error on the hidden end of its linear part alone; None where no end was hidden.
    """

    bump: float
    moved: float
    patches: tuple[float, ...]
    linear: float | None


@dataclass(frozen=True)
class Foreseen:
    """What was foreseen of a series, and what the page shows beside it.

    Attributes:
        count: Values that were read.
        step: Time from one to the next, in words; "?" where there are no dates.
        season: Steps of one round.
        recent: The end of the series as it was read; what came before is not kept.
        result: The forecast, traced.
        simple: What simple ways foresee.
        held: What several ways foresaw of the hidden end; None where the series is too short to hide it.
        stretched: By how much the interval was stretched, so that it would have held 80 % of the hidden end.
        beside: What the questions need.
        info: Whose forecast it is.
        sums: Each foreseen value taken apart.
        why: Why the shipped network was not taken; see :func:`suits`.
        how: How a person said that the table is meant.
        training: The finished training of a network of its own; None for the shipped one.
        example: The example that was read; "" for a file.
    """

    count: int
    step: str
    season: int
    recent: Any
    result: Forecast
    simple: Mapping[str, np.ndarray]
    held: Any
    stretched: float
    beside: Beside
    info: Info
    sums: tuple[Any, ...]
    training: Training | None = None
    example: str = ""
    why: str = ""
    how: Mapping[str, Any] = field(default_factory=dict)

    @property
    def drawn(self) -> int:
        """Values of the past that are drawn: the last rounds."""
        least = max(FEWEST, 2 * len(self.result.mean))
        return min(len(self.recent.values), max(least, ROUNDS * self.season if self.season > 1 else 0))


def suits(adapter: Any, read: Any) -> str:
    """Why the shipped network is none for a series: ``undated``, ``steps`` or ``short``; "" where it suits."""
    step = step_of(read.index)
    if step != "1 h":
        return "undated" if step == "?" else "steps"
    return "short" if len(read.values) < adapter.context_length + adapter.prediction_length else ""


def foresee(adapter: Any, read: Any, season: int) -> Foreseen:
    """Foresees what comes and, where the series is long enough, the end that is hidden for it."""
    result, factor = adapter(read, trace=True), 1.0
    try:
        held = adapter.hold_out(read, season)
    except InputError:
        held = None
    beside = beside_of(adapter, read, result, held)
    if held is not None:
        result, factor = adapter.stretched(result, held)
    steps = len(result.mean)
    shown = max(PAST, ROUNDS * season, 3 * steps, len(result.trace["past"]))
    recent = replace(read, index=read.index[-shown:], values=read.values[-shown:])
    return Foreseen(
        count=len(read.values),
        step=step_of(read.index),
        season=season,
        recent=recent,
        result=result,
        simple=adapter.simple(read, season),
        held=held,
        stretched=factor,
        beside=beside,
        info=adapter.info,
        sums=tuple(adapter.sum_of(result, step, PRODUCTS) for step in range(1, steps + 1)),
    )


def beside_of(adapter: Any, read: Any, result: Forecast, held: Any) -> Beside:
    """Foresees the same series with its last value raised, with a patch levelled, and its hidden end by the linear part alone."""
    context, patch = len(result.trace["past"]), adapter.patch_size
    bump = float(read.values[-context:].std()) or 1.0
    patches = []
    for begin in range(len(read.values) - context, len(read.values), patch):
        levelled = read.values.copy()
        levelled[begin : begin + patch] = levelled[begin : begin + patch].mean()
        patches.append(float(np.abs(adapter(replace(read, values=levelled)).mean - result.mean).mean()))
    values = read.values.copy()
    values[-1] += bump
    raised, linear = adapter(replace(read, values=values)), None
    if held is not None:
        steps = len(held.truth)
        before = replace(read, index=read.index[:-steps], values=read.values[:-steps])
        straight = adapter(before, trace=True).trace["linear"]
        linear = float(np.sqrt(((straight - held.truth) ** 2).mean()))
    return Beside(bump, float(raised.mean[-1] - result.mean[-1]), tuple(patches), linear)


def train(adapter: Any, read: Any, horizon: int | None, season: int) -> Iterator[Training | Foreseen]:
    """Trains a small network on a series and lets it foresee.

    Args:
        adapter: The shipped network's.
        read: The series.
        horizon: Steps to foresee; None takes what suits the series, and a shorter round where it is too short for its own.
        season: Steps of one round; 0 finds it.

    Yields:
        How far it has come; in the end what was foreseen.
    """
    from lmdemo.recipes.lstm_forecast import build_own, fitting, scale_of

    season = season or adapter.season(read)
    if horizon is None:
        horizon, season = fitting(len(read.values), 0, season)
    trainer = build_own(read, horizon=horizon, season=season)
    points: list[Point] = []
    started, told = time.perf_counter(), 0.0
    for p in trainer.run():
        if p.step % 5 == 0 or p.validation:
            points.append((p.step, p.loss, p.validation["mse"] if p.validation else None))
        if time.perf_counter() - told > TELL:
            told = time.perf_counter()
            yield Training(tuple(points), p.step, p.steps, p.seconds)
    own = adapter.of(trainer.model, read.name, scale_of(read, horizon))
    made = foresee(own, read, season)
    yield replace(made, training=Training(tuple(points), p.steps, p.steps, time.perf_counter() - started))


def step_of(index: np.ndarray) -> str:
    """Time from one date to the next, in hours or days; "?" for positions."""
    if not np.issubdtype(index.dtype, np.datetime64):
        return "?"
    hours = float(np.median(np.diff(index.astype("datetime64[s]").astype(np.int64)))) / 3600
    return f"{hours:g} h" if hours < 24 else f"{hours / 24:g} d"


def stamps(index: np.ndarray) -> list[str]:
    """Dates as short as they can be told apart, or positions."""
    if not np.issubdtype(index.dtype, np.datetime64):
        return [str(i) for i in index]
    minutes = index.astype("datetime64[m]")
    if (minutes == minutes.astype("datetime64[D]")).all():
        return [str(d) for d in index.astype("datetime64[D]")]
    return [str(m).replace("T", " ") for m in minutes]


def patch_of(found: Foreseen) -> int:
    """Values of the past that the network reads at once."""
    trace = found.result.trace
    return len(trace["past"]) // len(trace["hidden_states"])
