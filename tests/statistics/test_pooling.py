"""Random effects agree with R's metafor and statsmodels, and keep their level."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from apkgeo.errors import InputError
from apkgeo.statistics.pooling import pool_estimates

# Thirteen trials of BCG vaccine (Colditz et al. 1994, doi:10.1001/jama.1994.03510330076038):
# vaccinated with and without tuberculosis, unvaccinated with and without.
TRIALS = np.array(
    [
        *([4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619]),
        *([33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619]),
        *([505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600]),
        *([186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825]),
    ],
    dtype=float,
)
A, B, C, D = TRIALS.T
LOG = np.log(A / (A + B) / (C / (C + D)))
ERROR = np.sqrt(1 / A - 1 / (A + B) + 1 / C - 1 / (C + D))


@pytest.mark.parametrize(
    ("method", "mean", "error", "tau2", "share", "first"),
    [
        ("paule_mandel", -0.714968153493, 0.180892191538, 0.318068452205, 0.923303379542,
         0.0508379109813),
        ("reml", -0.714532342158, 0.180791744093, 0.313243258136, 0.922213845213,
         0.0505948273437),
    ],
)  # fmt: skip
def test_agrees_with_metafor(method, mean, error, tau2, share, first) -> None:
    # R metafor 3.8.1: rma(yi, vi, method = "PM" or "REML", test = "knha"), threshold 1e-12.
    result = pool_estimates(LOG, ERROR, method=method)
    assert result.coefficient == pytest.approx(mean, rel=1e-9)
    assert result.std_error == pytest.approx(error, rel=1e-9)
    assert result.heterogeneity**2 == pytest.approx(tau2, rel=1e-8)
    assert result.inconsistency == pytest.approx(share, rel=1e-9)
    assert result.table["weight"].iloc[0] == pytest.approx(first, rel=1e-8)
    assert result.heterogeneity_p_value == pytest.approx(1.99676459e-26, rel=1e-7)


def test_intervals_agree_with_metafor() -> None:
    result = pool_estimates(LOG, ERROR)
    assert np.log(result.interval()) == pytest.approx([-1.10909838120, -0.320837925785], rel=1e-9)
    # confint() of metafor looks for these limits to four digits.
    tau2 = np.square(result.heterogeneity_interval())
    assert tau2 == pytest.approx([0.119695312817, 1.111486262215], rel=3e-4)


def test_agrees_with_statsmodels() -> None:
    other = combine_effects(LOG, ERROR**2, method_re="iterated", use_t=True, atol=1e-12)
    result = pool_estimates(LOG, ERROR)
    assert result.heterogeneity**2 == pytest.approx(other.tau2, rel=1e-6)
    assert result.coefficient == pytest.approx(other.mean_effect_re, rel=1e-6)
    assert result.std_error == pytest.approx(other.sd_eff_w_re_hksj, rel=1e-6)


def test_the_prediction_interval_is_that_of_a_simulation() -> None:
    # With equal errors s the τ² at which Q equals a chi-squared draw has a closed form.
    y, s = np.array([-0.6, -0.3, -0.1, 0.2, -0.4, 0.3]), 0.2
    low, high = np.log(pool_estimates(y, np.full(6, s)).prediction_interval(0.9))
    rng = np.random.default_rng(1)
    tau2 = np.maximum(((y - y.mean()) ** 2).sum() / rng.chisquare(5, 400_000) - s**2, 0)
    drawn = y.mean() + np.sqrt(tau2 + (s**2 + tau2) / 6) * rng.standard_t(5, 400_000)
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.05, 0.95]), abs=0.01)


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(0.05, 1)), min_size=3, max_size=12),
    st.floats(-1, 1),
)
def test_moving_all_estimates_moves_the_mean_and_nothing_else(pairs, shift) -> None:
    y, error = map(np.array, zip(*pairs, strict=True))
    one, other = pool_estimates(y, error), pool_estimates(y + shift, error)
    assert other.coefficient == pytest.approx(one.coefficient + shift, abs=1e-6)
    assert other.std_error == pytest.approx(one.std_error, rel=1e-5, abs=1e-9)
    assert one.table["weight"].sum() == pytest.approx(1)
    shrunken = np.log(one.table["shrunken"])
    assert (np.abs(shrunken - one.coefficient) <= np.abs(y - one.coefficient) + 1e-9).all()


@pytest.mark.parametrize("size", [5, 48])
def test_intervals_cover_mean_and_next_effect(size: int) -> None:
    rng = np.random.default_rng(size)
    mean_covered, next_covered, runs = 0, 0, 150
    for _ in range(runs):
        true = rng.normal(-0.2, 0.2, size + 1)
        error = rng.uniform(0.1, 0.4, size)
        result = pool_estimates(rng.normal(true[:-1], error), error)
        low, high = np.log(result.interval())
        mean_covered += low <= -0.2 <= high
        low, high = np.log(result.prediction_interval())
        next_covered += low <= true[-1] <= high
    # 95% ± 3 × 1.8%; more is no fault.
    assert mean_covered / runs >= 0.897
    assert next_covered / runs >= 0.897


def test_few_or_lopsided_estimates_are_told() -> None:
    result = pool_estimates(pd.Series([-0.2, -0.3], index=["Modelov", "Vzorov"]), [0.01, 0.5])
    assert "With 2 estimates" in result.notes[0]
    assert "Modelov, carries more than half" in result.notes[1]
    assert result.prediction_interval() == (0, math.inf)
    assert "průměrný účinek" in result.summary("cs")


@pytest.mark.parametrize(
    ("estimates", "errors", "message"),
    [
        ([0.1], [0.1], "log_estimates: expected at least two, got 1"),
        ([0.1, 0.2], [0.1], "one for each of 2 estimates, got 1 errors, 2 labels"),
        ([0.1, math.inf], [0.1, 0.1], r"log_estimates\[1\]: expected a number, got inf"),
        ([0.1, 0.2], [0.1, 0.0], r"std_errors\[1\]: expected a positive number, got 0\.0"),
    ],
)
def test_unusable_estimates_are_refused(estimates, errors, message: str) -> None:
    with pytest.raises(InputError, match=message):
        pool_estimates(estimates, errors)


def test_errors_beyond_all_bounds_leave_intervals_without_one() -> None:
    pooled = pool_estimates([1.0, 2.0], [500.0, 600.0])
    assert pooled.table["high"].tolist() == [math.inf, math.inf]
    assert pooled.interval() == (0.0, math.inf)
