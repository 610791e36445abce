"""A recording found again: what is asked of the network and of the classical way."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demos.core.tab import Answer
from lmdemo.adapters.outputs import Info, Verification

RECORDINGS = ("rain", "bells", "strings", "sea-waves", "clock-tick", "fire-crackling", "talk")
# Example -> recording, from second, decibels of signal above noise.
EXCERPTS = {
    "rain": ("rain", 1.0, 5.0),
    "talk": ("talk", 1.0, 5.0),
    "bells": ("bells", 1.0, 0.0),
    "tick": ("clock-tick", 1.0, 5.0),
}
LEVELS = (20, 15, 10, 5, 0, -5)  # dB that are drawn
LOUDEST = -15  # dB that the question is about: beyond what is drawn
FASTER = 1.19  # as many recordings were played in training, as others
Index = Mapping[str, tuple]  # name -> (path, embeddings of windows, pairs of peaks)


@dataclass(frozen=True)
class Asked:
    """An excerpt: of an indexed recording, or a clip of the visitor's."""

    name: str  # "" for the visitor's
    path: str
    start: float
    decibels: float | None


@dataclass(frozen=True)
class Level:
    """At one level of noise: cosine and agreeing pairs of the right recording, and the best of the others'."""

    decibels: float
    cosines: tuple[float, float]
    pairs: tuple[int, int]


@dataclass(frozen=True)
class Found:
    """The nearest recordings by embeddings and by peaks, and what is drawn of the excerpt and one of them."""

    asked: Asked
    excerpt: tuple[int, np.ndarray]
    matches: tuple
    classic: tuple[tuple[str, int], ...]
    target: str  # what the other ways are compared by: the excerpt's recording, else the one found
    paired: str  # with which most pairs of peaks agree: it is drawn
    agreement: Any
    scan: tuple[np.ndarray, np.ndarray]
    spectra: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    levels: tuple[Level, ...]
    faster: tuple[bool, bool]
    loudest: tuple[bool, bool]
    answer: Answer

    @property
    def best(self) -> str:
        """The recording found by our network."""
        return str(self.matches[0].name)


def look_up(adapter: Any, index: Index, asked: Asked) -> Found:
    """Finds an excerpt again, both ways; then once more under more noise, and played faster."""
    rows = {n: r for n, (_, r, _) in index.items()}
    pairs = {n: p for n, (_, _, p) in index.items()}

    def both(**how: Any) -> tuple[tuple, list[tuple[str, int]]]:
        clip = adapter.excerpt(asked.path, start=asked.start, **how)
        return adapter.find(clip, rows, top=len(rows)), adapter.find_by_peaks(clip, pairs)

    excerpt = adapter.excerpt(asked.path, start=asked.start, decibels=asked.decibels)
    began = time.perf_counter()
    matches = adapter.find(excerpt, rows, top=len(rows))
    milliseconds = 1000 * (time.perf_counter() - began)
    target, classic = asked.name or matches[0].name, adapter.find_by_peaks(excerpt, pairs)
    paired = classic[0][0] if classic else matches[0].name
    tried = [(decibels, *both(decibels=decibels)) for decibels in LEVELS]

    def right(found: tuple, classic: list[tuple[str, int]]) -> tuple[bool, bool]:
        return found[0].name == target, bool(classic) and classic[0][0] == target

    return Found(
        asked,
        excerpt,
        matches,
        tuple(classic),
        target,
        paired,
        adapter.agreeing(excerpt, pairs[paired]),
        adapter.scan(excerpt, rows[paired]),
        (adapter.peaks(excerpt), adapter.peaks(index[paired][0])),
        tuple(level(decibels, found, classic, target) for decibels, found, classic in tried),
        right(*both(decibels=None, speed=FASTER)),
        right(*both(decibels=LOUDEST)),
        answer(matches[0].score, milliseconds, adapter.info),
    )


def level(decibels: float, found: tuple, classic: list[tuple[str, int]], target: str) -> Level:
    """The right recording and the best of the others."""
    cosines, pairs = {m.name: m.score for m in found}, dict(classic)
    return Level(
        decibels,
        (cosines[target], max((v for n, v in cosines.items() if n != target), default=0.0)),
        (pairs.get(target, 0), max((v for n, v in pairs.items() if n != target), default=0)),
    )


def answer(score: float, milliseconds: float, info: Info) -> Answer:
    """What the frame tells of it: the time of the search."""
    return Answer("scratch", Verification(score=score, same=True, milliseconds=milliseconds), info)
