"""Mann and Kendall's test, with ties and without."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.statistics.mann_kendall import mann_kendall, trends


def series_with(s: int) -> list[int]:
    """Return ten different values whose rising less falling pairs are `s`."""
    falling = (45 - s) // 2
    values: list[int] = []
    for value in range(10):
        back = min(falling, value)
        values.insert(len(values) - back, value)
        falling -= back
    return values


@pytest.mark.parametrize(
    ("s", "tau", "p"), [(23, 0.511, 0.0491), (11, 0.244, 0.371), (1, 0.022, 1), (-5, -0.111, 0.721)]
)
def test_ten_values_equal_the_published_numbers(s, tau, p):
    # sfdep, issue 41: variance 125.
    trend = mann_kendall(series_with(s))
    assert trend.s == s
    assert trend.variance == 125
    assert trend.tau == pytest.approx(tau, abs=5e-4)
    assert trend.p_value == pytest.approx(p, abs=5e-4)


@given(st.lists(st.integers(0, 5), min_size=3, max_size=25))
def test_s_and_tau_equal_scipys_with_ties(values):
    trend = mann_kendall(values)
    pairs = [np.sign(b - a) for i, a in enumerate(values) for b in values[i + 1 :]]
    assert trend.s == sum(pairs)
    if len(set(values)) > 1:
        assert trend.tau == pytest.approx(stats.kendalltau(range(len(values)), values).statistic)


def test_the_variance_with_ties_is_that_of_all_orders():
    values = [1, 1, 2, 2, 2, 5]
    all_s = [
        sum(np.sign(b - a) for i, a in enumerate(order) for b in order[i + 1 :])
        for order in set(permutations(values))
    ]
    assert mann_kendall(values).variance == pytest.approx(np.mean(np.square(all_s)))


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=15))
def test_sens_slope_equals_scipys(values):
    trend = mann_kendall(values)
    assert trend.estimate == pytest.approx(stats.theilslopes(values).slope, abs=1e-9)


def test_the_slopes_interval_equals_scipys():
    values = np.random.default_rng(2).normal(np.arange(20) / 4, 1)
    for level in (0.8, 0.95, 0.99):
        expected = stats.theilslopes(values, alpha=level)
        found = mann_kendall(values).interval(level)
        assert found == pytest.approx((expected.low_slope, expected.high_slope))


def test_reversing_time_negates_the_trend():
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    ahead, back = mann_kendall(values), mann_kendall(values[::-1])
    assert (ahead.s, ahead.estimate, ahead.p_value) == (-back.s, -back.estimate, back.p_value)


def test_a_series_that_never_varies_has_no_trend():
    trend = mann_kendall([2, 2, 2, 2])
    assert (trend.s, trend.p_value, trend.estimate) == (0, 1.0, 0.0)
    assert np.isnan(trend.tau)


def test_many_series_at_once_equal_one_at_a_time():
    series = np.random.default_rng(1).poisson(2, (30, 12)).astype(float)
    s, variance, _tau, _z, p = trends(series)
    for row, values in enumerate(series):
        one = mann_kendall(values)
        assert (one.s, one.variance) == (s[row], variance[row])
        assert one.p_value == pytest.approx(p[row])


def test_uneven_times_enter_the_slope():
    assert mann_kendall([0, 10, 30], times=[0, 10, 30]).estimate == 1


def test_unusable_input_is_told_in_one_line():
    with pytest.raises(InputError, match="values: expected at least three, got 2"):
        mann_kendall([1, 2])
    with pytest.raises(InputError, match="times: expected 3 increasing numbers"):
        mann_kendall([1, 2, 3], times=[1, 1, 2])
    with pytest.raises(InputError, match=r"values, row 1: expected finite numbers, got nan"):
        mann_kendall([1, np.nan, 3])


def test_the_summary_tells_slope_and_interval():
    trend = mann_kendall([1, 2, 4, 3, 6, 7, 9, 8])
    assert trend.summary("en").startswith("The series changes by 1.225 a step (95% interval 0.667")
    assert trend.summary("cs").startswith(
        "Řada se za jeden krok mění o\N{NO-BREAK SPACE}1,225 (95%"
    )
