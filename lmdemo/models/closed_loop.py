"""The loop in which WaveNet and WaveRNN speak: each sample that a network draws is heard by it before the next.

What a network draws is one of 256 levels (mu-law) of the excitation: what a linear predictor could not know of the next sample
(Valin, Skoglund, 2019, arXiv:1810.11846). These functions are plain enough that numba compiles them as they stand.

Shapes: S samples, F frames, K weights of the predictor, V levels.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

LEVELS = 256
SILENT = LEVELS // 2  # the level next to zero
FLOOR = 0.002  # taken off each probability before drawing, so that what is next to impossible never comes


def level_of(value: float) -> int:
    """The level of a value within -1 to 1."""
    size = math.log1p((LEVELS - 1) * min(abs(value), 1.0)) / math.log(LEVELS)
    return math.floor((math.copysign(size, value) + 1) / 2 * (LEVELS - 1) + 0.5)


def _values() -> np.ndarray:
    curved = 2 * np.arange(LEVELS) / (LEVELS - 1) - 1
    return np.sign(curved) * (float(LEVELS) ** np.abs(curved) - 1) / (LEVELS - 1)


VALUES = _values()  # of each level, (V,)


def draw(logits: np.ndarray, uniform: float, temperature: float, floor: float) -> int:
    """The level at which the summed probabilities, each less ``floor``, pass ``uniform``, a number from 0 to 1."""
    top = max(logits)
    p = [math.exp((x - top) / temperature) for x in logits]
    least = floor * sum(p)
    wanted, drawn = uniform * sum([max(x - least, 0.0) for x in p]), 0
    for level, x in enumerate(p):
        if x > least:
            wanted, drawn = wanted - (x - least), level
            if wanted < 0:
                break
    return drawn


class Guide(NamedTuple):
    """What is known of the samples before they are drawn.

    Attributes:
        predictor: Weights of the samples before, the nearest first, (F, K).
        phase: Part of the pitch's period in which each sample lies, (S,).
        temperature: At which each frame's samples are drawn, (F,); above 0.
        uniform: The chance itself: numbers from 0 to 1, two a sample, (S, 2); the second is for networks that draw twice.
        forced: Levels that are taken in place of drawn ones, (S, 2); -1 where one is drawn.
    """

    predictor: np.ndarray
    phase: np.ndarray
    temperature: np.ndarray
    uniform: np.ndarray
    forced: np.ndarray

    @classmethod
    def of(
        cls,
        predictor: np.ndarray,
        phase: np.ndarray,
        temperature: np.ndarray | float,
        *,
        seed: int = 0,
        forced: np.ndarray | None = None,
    ) -> "Guide":
        """Brings all to the types that both ways of computing take, and draws the numbers of ``seed``."""
        levels = np.full(len(phase), -1) if forced is None else np.asarray(forced, np.int64)
        return cls(
            np.ascontiguousarray(predictor, np.float64),
            np.ascontiguousarray(phase, np.int64),
            np.broadcast_to(np.asarray(temperature, np.float64), len(predictor)).copy(),
            np.random.default_rng(seed).random((len(phase), 2)),
            np.broadcast_to(levels.reshape(len(phase), -1), (len(phase), 2)).copy(),
        )

    def part(self, start: int, stop: int, hop: int) -> "Guide":
        """That of the frames from ``start`` to ``stop``."""
        frames, samples = slice(start, stop), slice(start * hop, stop * hop)
        return Guide(
            self.predictor[frames],
            self.phase[samples],
            self.temperature[frames],
            self.uniform[samples],
            self.forced[samples],
        )


class Heard(NamedTuple):
    """What the loop keeps from sample to sample: the last K samples, the newest first, and the last level, (1,)."""

    samples: np.ndarray
    level: np.ndarray

    @classmethod
    def nothing(cls, order: int) -> "Heard":
        """Silence."""
        return cls(np.zeros(order), np.full(1, SILENT))


Choose = Callable[
    [np.ndarray, int], int
]  # draws a level from logits (V,), for the first or the second time in this sample
Step = Callable[[tuple[int, int, int, int], int, Choose], tuple[float, np.ndarray]]


def speak(step: Step, guide: Guide, heard: Heard, hop: int, floor: float) -> Iterator[tuple[float, np.ndarray]]:
    """Sample after sample.

    Args:
        step: The network. It is given the levels of the sample before, of the prediction and of the excitation before, and the part
            of the period; in which frame the sample lies; and what draws. It gives the excitation that it drew, and its logits.
        guide: See :class:`Guide`.
        heard: What was before; holds afterwards what was spoken.
        hop: Samples a frame.
        floor: See :data:`FLOOR`.

    Yields:
        A sample within -1 to 1, and the logits from which it was drawn.
    """
    samples = heard.samples
    for t in range(len(guide.phase)):
        frame = t // hop

        def choose(logits: np.ndarray, turn: int, t: int = t, frame: int = frame) -> int:
            level = guide.forced[t, turn]
            return int(level) if level >= 0 else draw(logits, guide.uniform[t, turn], guide.temperature[frame], floor)

        prediction = float(guide.predictor[frame] @ samples)
        told = level_of(samples[0]), level_of(prediction), int(heard.level[0]), int(guide.phase[t])
        excitation, logits = step(told, frame, choose)
        samples[1:] = samples[:-1].copy()
        samples[0] = min(max(prediction + excitation, -1.0), 1.0)
        heard.level[0] = level_of(excitation)
        yield samples[0], logits
