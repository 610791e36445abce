"""Figures of merit, from scipy and scikit-learn where they have them; pure functions.

What else recipes need they take from where it is: F1 from scikit-learn, BLEU and chrF from sacrebleu, word error from
jiwer, COCO's mAP from faster-coco-eval.
"""

from collections.abc import Sequence

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
    from scipy.stats import bootstrap

    interval = bootstrap(
        (np.asarray(values, dtype=np.float64),),
        np.mean,
        confidence_level=level,
        n_resamples=rounds,
        batch=100,  # bounds the memory; the bounds stay the same
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def sureness(scores: Sequence[float | None]) -> dict[str, float]:
    """How sure a model was of examples of its kind: what an answer to something else is held against.

    Args:
        scores: Of each example how sure the model was, 0 to 1; None where it does not say.

    Returns:
        ``sureness``, the median, and ``sureness_tenth``, below which the least sure tenth lies.
    """
    tenth, median = np.quantile([s for s in scores if s is not None], [0.1, 0.5])
    return {"sureness": float(median), "sureness_tenth": float(tenth)}


def equal_error_rate(same: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Where a moved threshold accepts as many wrong pairs as it refuses right ones.

    Args:
        same: Scores of pairs that belong together, (N,).
        other: Scores of pairs that do not, (K,).

    Returns:
        The rate there, 0 to 1, and the threshold.
    """
    accepted, refused, thresholds = _errors(same, other)
    at = int(np.argmin(np.abs(refused - accepted)))
    return float((refused[at] + accepted[at]) / 2), float(thresholds[at])


def min_dcf(same: np.ndarray, other: np.ndarray, *, p_target: float = 0.05) -> float:
    """NIST's detection cost at the best threshold, both errors alike dear, 1 for always saying one thing.

    Args:
        same, other: As in :func:`equal_error_rate`.
        p_target: How often a pair belongs together where the system is used.
    """
    accepted, refused, _ = _errors(same, other)
    cost = p_target * refused + (1 - p_target) * accepted
    return float(cost.min() / min(p_target, 1 - p_target))


def _errors(same: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The parts accepted of ``other`` (from a threshold on) and refused of ``same`` (below), and the thresholds."""
    from sklearn.metrics import det_curve

    return det_curve(np.repeat((1, 0), (len(same), len(other))), np.concatenate((same, other)))
