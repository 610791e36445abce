"""A series is foreseen: by the shipped network, or by a small one that is trained on it first."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lmdemo.adapters.outputs import Forecast, Info
from lmdemo.errors import InputError

PAST = 400  # values of the past that are drawn
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
class Foreseen:
    """What was foreseen of a series, and what the page shows beside it.

    Attributes:
        count: Values that were read.
        step: Time from one to the next, in words; "?" where there are no dates.
        season: Steps of one round.
        recent: The end of the series as it was read; what came before is not kept.
        result: The forecast, traced.
        held: What several ways foresaw of the hidden end; None where the series is too short to hide it.
        info: Whose forecast it is.
        sums: Each foreseen value taken apart.
        training: The finished training of a network of its own; None for the shipped one.
        example: The example that was read; "" for a file.
    """

    count: int
    step: str
    season: int
    recent: Any
    result: Forecast
    held: Any
    info: Info
    sums: tuple[Any, ...]
    training: Training | None = None
    example: str = ""


def foresee(adapter: Any, read: Any, season: int) -> Foreseen:
    """Foresees what comes and, where the series is long enough, the end that is hidden for it."""
    try:
        held = adapter.hold_out(read, season)
    except InputError:
        held = None
    result = adapter(read, trace=True)
    steps = len(result.mean)
    shown = max(PAST, 3 * steps, len(result.trace["past"]))
    recent = replace(read, index=read.index[-shown:], values=read.values[-shown:])
    sums = tuple(adapter.sum_of(result, step) for step in range(1, steps + 1))
    return Foreseen(len(read.values), step_of(read.index), season, recent, result, held, adapter.info, sums)


def train(adapter: Any, read: Any, horizon: int, season: int) -> Iterator[Training | Foreseen]:
    """Trains a small network on a series and lets it foresee.

    Args:
        adapter: The shipped network's.
        read: The series.
        horizon: Steps to foresee.
        season: Steps of one round; 0 finds it.

    Yields:
        How far it has come; in the end what was foreseen.
    """
    from lmdemo.recipes.lstm_forecast import build_own, scale_of

    season = season or adapter.season(read)
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
