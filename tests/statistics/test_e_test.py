"""The E-test, against the paper's numbers, statsmodels and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep

from apkgeo.errors import InputError
from apkgeo.statistics.e_test import poisson_e_test

counts = st.integers(min_value=0, max_value=120)


@pytest.mark.parametrize(
    ("before", "after", "p_value"),
    [
        (3, 0, 0.08837901),
        (6, 2, 0.17487482),
        (10, 5, 0.20616441),
        (15, 5, 0.02503511),
        (20, 10, 0.06883178),
    ],
)
def test_equal_exposures_give_the_published_p_values(before, after, p_value) -> None:
    # Krishnamoorthy and Thomson 2004, as in R ptools.
    for pivot in ("wald", "score"):
        result = poisson_e_test(before, after, pivot=pivot)
        assert result.p_value == pytest.approx(p_value, abs=5e-9)


def test_each_pivot_has_its_own_p_value_for_unequal_exposures() -> None:
    # statsmodels: 100 in 10 against 25 in 5.
    score = poisson_e_test(100, 25, exposure=(10, 5), pivot="score")
    wald = poisson_e_test(100, 25, exposure=(10, 5))
    assert score.p_value == pytest.approx(0.00153806629, abs=5e-12)
    assert wald.p_value == pytest.approx(0.00057471928, abs=5e-12)
    assert wald.pivot == "wald"


@pytest.mark.parametrize(("pivot", "method"), [("wald", "etest-wald"), ("score", "etest-score")])
@pytest.mark.parametrize(
    ("before", "after", "exposure"), [(12, 3, (2.0, 1.5)), (0, 4, (1.0, 3.0)), (40, 41, (1.0, 0.7))]
)
def test_agrees_with_statsmodels(before, after, exposure, pivot, method) -> None:
    expected = poisson_2indep(before, exposure[0], after, exposure[1], method=method).pvalue
    found = poisson_e_test(before, after, exposure=exposure, pivot=pivot).p_value
    assert found == pytest.approx(expected, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    before=st.integers(0, 30),
    after=st.integers(0, 30),
    exposure=st.tuples(st.sampled_from([0.5, 1.0, 3.0]), st.sampled_from([1.0, 2.0])),
    pivot=st.sampled_from(["wald", "score"]),
)
def test_the_sum_is_that_over_every_pair_of_counts(before, after, exposure, pivot) -> None:
    rate = (before + after) / sum(exposure)
    x, y = np.meshgrid(np.arange(200.0), np.arange(200.0), indexing="ij")

    def statistic(a, b):
        if pivot == "wald":
            variance = a / exposure[0] ** 2 + b / exposure[1] ** 2
        else:
            variance = (a + b) / (exposure[0] + exposure[1]) * sum(1 / e for e in exposure)
        difference = b / exposure[1] - a / exposure[0]
        return np.where(variance > 0, difference / np.sqrt(np.where(variance, variance, 1)), 0)

    extreme = np.abs(statistic(x, y)) >= abs(statistic(before, after)) - 1e-9
    chance = stats.poisson.pmf(x, rate * exposure[0]) * stats.poisson.pmf(y, rate * exposure[1])
    found = poisson_e_test(before, after, exposure=exposure, pivot=pivot).p_value
    assert found == pytest.approx(chance[extreme].sum(), abs=1e-9)


def test_nothing_counted_is_no_evidence() -> None:
    result = poisson_e_test(0, 0)
    assert result.p_value == 1
    assert math.isnan(result.estimate)
    assert result.interval() == (0.0, math.inf)


@given(before=counts, after=counts)
def test_swapping_the_periods_changes_the_sign_only(before: int, after: int) -> None:
    one = poisson_e_test(before, after, exposure=(2, 3))
    other = poisson_e_test(after, before, exposure=(3, 2))
    assert one.p_value == pytest.approx(other.p_value, rel=1e-6)
    assert one.statistic == pytest.approx(-other.statistic)


@settings(max_examples=25, deadline=None)
@given(before=counts, after=counts)
def test_the_interval_holds_the_ratio_and_widens_with_the_level(before: int, after: int) -> None:
    result = poisson_e_test(before, after, exposure=(1, 2))
    narrow, wide = result.interval(0.8), result.interval(0.95)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
    if before + after:
        assert narrow[0] <= result.estimate <= narrow[1]


def test_large_counts_take_no_large_table() -> None:
    # Far from small numbers the statistic is standard normal.
    result = poisson_e_test(1_000_000, 1_003_000)
    assert result.p_value == pytest.approx(2 * stats.norm.sf(abs(result.statistic)), rel=1e-3)


def test_an_unknown_pivot_is_refused() -> None:
    with pytest.raises(InputError, match="pivot: expected 'wald' or 'score', got 'exact'"):
        poisson_e_test(1, 2, pivot="exact")  # type: ignore[arg-type]
