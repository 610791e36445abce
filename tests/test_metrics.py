"""Error rates of scores, against scikit-learn's curve and by hand."""

import numpy as np
import pytest

from lmdemo.metrics import bootstrap_interval, equal_error_rate, min_dcf


def test_the_equal_error_rate_lies_on_scikit_learns_curve():
    from sklearn.metrics import roc_curve

    rng = np.random.default_rng(0)
    same, other = rng.normal(1.5, 1, 400), rng.normal(0, 1, 900)
    rate, threshold = equal_error_rate(same, other)
    accepted, kept, _ = roc_curve([1] * 400 + [0] * 900, np.concatenate((same, other)), drop_intermediate=False)
    at = np.argmin(np.abs(1 - kept - accepted))
    assert rate == pytest.approx((1 - kept[at] + accepted[at]) / 2, abs=1 / 400)  # a step of the curve
    assert np.mean(same < threshold) == pytest.approx(np.mean(other >= threshold), abs=0.005)


def test_ends():
    apart, mixed = np.array([0.8, 0.9]), np.array([0.1, 0.2])
    assert equal_error_rate(apart, mixed)[0] == 0 and min_dcf(apart, mixed) == 0
    assert equal_error_rate(mixed, apart)[0] == 1 and min_dcf(mixed, apart) == 1  # always saying no costs 1


def test_thresholds_by_hand():
    """Scores 0.2 and 0.6 of one, 0.1 and 0.5 of the other: from 0.5 on one in two of each is wrong."""
    same, other = np.array([0.2, 0.6]), np.array([0.1, 0.5])
    assert equal_error_rate(same, other) == (0.5, 0.5)
    assert min_dcf(same, other) == pytest.approx(0.5)  # at 0.6: none accepted, half refused
    assert min_dcf(same, other, p_target=0.5) == pytest.approx(0.5)


def test_the_interval_is_that_of_means_drawn_one_by_one():
    values = np.random.default_rng(3).random(872) < 0.8
    rng = np.random.default_rng(0)
    means = [values[rng.integers(0, 872, 872)].mean() for _ in range(1000)]
    assert bootstrap_interval(values) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])))
