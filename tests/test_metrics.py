"""Error rates of scores, against scikit-learn's curve and by hand."""

import numpy as np
import pytest

from lmdemo.metrics import equal_error_rate, min_dcf


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
