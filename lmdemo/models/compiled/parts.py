"""What the compiled loops share."""

from collections.abc import Callable

import numba
import numpy as np

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


@compiled
def copy(into: np.ndarray, of: np.ndarray) -> None:
    """Into[:] = of, which would take numba seconds to compile."""
    for j in range(len(into)):
        into[j] = of[j]


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
