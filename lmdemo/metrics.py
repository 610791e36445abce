"""Figures of merit that no library here offers; pure functions."""

import numpy as np


def bootstrap_interval(
    values: np.ndarray, *, level: float = 0.95, rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
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


def equal_error_rate(same: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Where a moved threshold accepts as many wrong pairs as it refuses right ones.

    Args:
        same: Scores of pairs that belong together, (N,).
        other: Scores of pairs that do not, (K,).

    Returns:
        The rate there, 0 to 1, and the threshold.
    """
    thresholds, refused, accepted = _errors(same, other)
    at = int(np.argmin(np.abs(refused - accepted)))
    return float((refused[at] + accepted[at]) / 2), float(thresholds[at])


def min_dcf(same: np.ndarray, other: np.ndarray, *, p_target: float = 0.05) -> float:
    """NIST's detection cost at the best threshold, both errors alike dear, 1 for always saying one thing.

    Args:
        same, other: As in :func:`equal_error_rate`.
        p_target: How often a pair belongs together where the system is used.
    """
    _, refused, accepted = _errors(same, other)
    cost = p_target * refused + (1 - p_target) * accepted
    return float(cost.min() / min(p_target, 1 - p_target))


def _errors(same: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds, and the parts refused of ``same`` (below) and accepted of ``other`` (from there on)."""
    same, other = np.sort(same), np.sort(other)
    thresholds = np.unique(np.concatenate((same, other, [np.inf])))
    return (
        thresholds,
        np.searchsorted(same, thresholds, "left") / len(same),
        1 - np.searchsorted(other, thresholds, "left") / len(other),
    )
