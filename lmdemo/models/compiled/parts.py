"""What the compiled loops share."""

from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
from torch import Tensor

from lmdemo.models import closed_loop


def compiled(function: Callable) -> Callable:
    """Machine code of a function, kept on disk where that can be written; it lets other threads run meanwhile."""
    options = {"fastmath": True, "nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba found no folder to write to
        return numba.njit(**options)(function)


level_of = compiled(closed_loop.level_of)
draw = compiled(closed_loop.draw)


def array(tensor: Tensor) -> np.ndarray:
    """A tensor's numbers in single precision, side by side in memory."""
    return np.ascontiguousarray(tensor.detach().float().numpy())


@compiled
def copy(into: np.ndarray, of: np.ndarray) -> None:
    """Into[:] = of, which would take numba seconds to compile."""
    for j in range(len(into)):
        into[j] = of[j]


@compiled
def add(sums: np.ndarray, x: np.ndarray) -> None:
    """Adds x to sums."""
    for j in range(len(sums)):
        sums[j] += x[j]


@compiled
def add_product(sums: np.ndarray, x: np.ndarray, weights: np.ndarray) -> None:
    """Adds x weights to sums: (outputs,), (inputs,), (inputs, outputs). Four rows at a time, so that sums is read less often."""
    whole = len(x) // 4 * 4
    for i in range(0, whole, 4):
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        for j in range(len(sums)):
            sums[j] += a * weights[i, j] + b * weights[i + 1, j] + c * weights[i + 2, j] + d * weights[i + 3, j]
    for i in range(whole, len(x)):
        for j in range(len(sums)):
            sums[j] += x[i] * weights[i, j]


class Rounded(NamedTuple):
    """A matrix (inputs, outputs) in 16 bits, a scale a column: half as much to fetch, where fetching takes the time."""

    whole: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, weights: Tensor) -> "Rounded":
        """Rounds a matrix; what is lost is less than 1/65,000 of each column's largest number."""
        matrix = array(weights)
        scale = np.maximum(np.abs(matrix).max(0), np.float32(1e-30)) / np.float32(32_767)
        return cls(np.round(matrix / scale).astype(np.int16), scale)


@compiled
def add_rounded(sums: np.ndarray, x: np.ndarray, weights: Rounded, room: np.ndarray) -> None:
    """As :func:`add_product`, for the inputs a multiple of four; ``room`` has room for the sums."""
    whole = weights.whole
    for j in range(len(sums)):
        room[j] = 0
    for i in range(0, len(x), 4):
        a, b, c, d = x[i], x[i + 1], x[i + 2], x[i + 3]
        for j in range(len(sums)):
            room[j] += (
                a * np.float32(whole[i, j])
                + b * np.float32(whole[i + 1, j])
                + c * np.float32(whole[i + 2, j])
                + d * np.float32(whole[i + 3, j])
            )
    for j in range(len(sums)):
        sums[j] += room[j] * weights.scale[j]


@compiled
def tanh(x: np.float32) -> np.float32:
    """A quotient of polynomials, right to 1e-6: unlike the library's it is computed for many numbers at once (Eigen's)."""
    x = min(max(x, np.float32(-7.9)), np.float32(7.9))
    s = x * x
    p = np.float32(-2.76076847742355e-16)
    for k in (
        2.00018790482477e-13,
        -8.60467152213735e-11,
        5.12229709037114e-08,
        1.48572235717979e-05,
        6.37261928875436e-04,
        4.89352455891786e-03,
    ):
        p = p * s + np.float32(k)
    q = np.float32(1.19825839466702e-06)
    for k in (1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03):
        q = q * s + np.float32(k)
    return x * p / q


@compiled
def sigmoid(x: np.float32) -> np.float32:
    """1 / (1 + exp(-x)) by :func:`tanh`."""
    return np.float32(0.5) + np.float32(0.5) * tanh(np.float32(0.5) * x)


@compiled
def predict(weights: np.ndarray, samples: np.ndarray) -> float:
    """What a linear predictor says of the next sample."""
    total = 0.0
    for k in range(len(weights)):
        total += weights[k] * samples[k]
    return total


@compiled
def hear(samples: np.ndarray, sample: float) -> float:
    """Puts a sample, cut to -1 to 1, before the others."""
    for k in range(len(samples) - 1, 0, -1):
        samples[k] = samples[k - 1]
    samples[0] = min(max(sample, -1.0), 1.0)
    return samples[0]
