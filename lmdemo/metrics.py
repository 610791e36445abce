"""Figures of merit that no library here offers; pure functions."""

import numpy as np


def bootstrap_interval(values: np.ndarray, *, level: float = 0.95, rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """The interval of a mean by resampling (Efron 1979).

    Args:
        values: One figure an example, such as right or wrong, (N,).
        level: Part of the resampled means that the interval holds.
        rounds: How often to resample.
        seed: Fixes the resampling.

    Returns:
        Lower and upper bound.
    """
    rng = np.random.default_rng(seed)
    values = np.asarray(values, dtype=np.float64)
    means = [values[rng.integers(0, len(values), len(values))].mean() for _ in range(rounds)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
