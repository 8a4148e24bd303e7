"""An interrupted series agrees with an independent formulation and finds what was put into it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import linalg, stats

from apkgeo.errors import InputError
from apkgeo.statistics._series_errors import _restricted_likelihood
from apkgeo.statistics.time_series import interrupted_time_series

MONTHS = pd.period_range("2012-01", periods=72, freq="M")
START = pd.Period("2015-07", "M")
PLACE = 42


def made(
    rng: np.random.Generator, *, ratio: float = 1.0, scatter: float = 0.1, memory: float = 0.0
) -> pd.Series:
    """Monthly counts with a trend, a season, overdispersion and memory."""
    time = np.arange(72)
    mean = 40 * np.exp(-0.004 * time + 0.2 * np.sin(2 * np.pi * time / 12))
    mean = mean * np.where(time >= PLACE, ratio, 1.0)
    noise = np.zeros(72)
    for month in range(72):
        past = noise[month - 1] if month else 0.0
        noise[month] = memory * past + rng.normal(0, np.sqrt(scatter * (1 - memory**2)))
    return pd.Series(rng.poisson(mean * np.exp(noise - scatter / 2)), index=MONTHS)


def design(time: np.ndarray) -> np.ndarray:
    """The terms in another parametrisation: its own origin, and cosines before sines."""
    waves = [f(2 * np.pi * k * time / 12) for k in (1, 2) for f in (np.cos, np.sin)]
    after = time >= PLACE
    return np.column_stack([np.ones(72), time, *waves, after, after * (time - PLACE)])


def test_agrees_with_statsmodels_and_a_covariance_by_hand_to_six_digits() -> None:
    series = made(np.random.default_rng(1), ratio=0.7)
    result = interrupted_time_series(series, START)
    x = design(np.arange(72))
    other = sm.NegativeBinomial(series.to_numpy(), x)
    rough = other.fit(method="bfgs", maxiter=2000, disp=0)
    fit = other.fit(start_params=rough.params, method="newton", tol=1e-12, disp=0)
    assert result.dispersion == pytest.approx(fit.params[-1], rel=1e-6)
    assert np.log(result.level_change) == pytest.approx(fit.params[-3], rel=1e-6)
    assert np.log(result.slope_change) == pytest.approx(fit.params[-2], rel=1e-5)
    # Newey and West by the book: Σ scores' products, lags weighted by 1 - l/(L + 1).
    mean, y, a = np.exp(x @ fit.params[:-1]), series.to_numpy(), fit.params[-1]
    scores = x * ((y - mean) / (1 + a * mean))[:, None]
    meat = scores.T @ scores
    for lag in range(1, result.lag + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (result.lag + 1)) * (cross + cross.T)
    bread = np.linalg.inv((x * (mean * (1 + a * y) / (1 + a * mean) ** 2)[:, None]).T @ x)
    errors = np.sqrt(np.diag(bread @ meat @ bread) * 72 / (72 - 8))
    assert result.table.loc["level_change", "hac_error"] == pytest.approx(errors[-2], rel=1e-6)
    assert result.table.loc["slope_change", "hac_error"] == pytest.approx(errors[-1], rel=1e-5)
    assert result.lag == 3  # ⌊4 (72/100)^(2/9)⌋


def test_the_estimate_is_the_sum_with_over_the_sum_without_the_programme() -> None:
    result = interrupted_time_series(made(np.random.default_rng(2), ratio=0.7), START)
    late = result.path.loc[START:]
    assert result.estimate == pytest.approx(late["fitted"].sum() / late["expected"].sum())
    early = result.path.loc[: START - 1]
    assert (early["fitted"] == early["expected"]).all()


def test_finds_a_fall_where_there_is_one_and_covers_it() -> None:
    rng = np.random.default_rng(3)
    covered = rejected = 0
    for _ in range(80):
        result = interrupted_time_series(made(rng, ratio=0.6, scatter=0.02), START, slope=False)
        low, high = result.interval()
        covered += low <= 0.6 <= high
        rejected += result.p_value < 0.05
    # A binomial share of 80: 95% ± 3 × 2.4%.
    assert covered / 80 >= 0.95 - 0.073
    assert rejected / 80 >= 0.9


@pytest.mark.parametrize("memory", [0.0, 0.6, 0.8])
def test_without_effect_a_memory_is_not_taken_for_one(memory: float) -> None:
    rng = np.random.default_rng(4)
    found = [
        interrupted_time_series(made(rng, memory=memory), START, slope=False).p_value <= 0.05
        for _ in range(80)
    ]
    # Newey–West errors alone say yes in 11%, 17% and more; here 5% ± 3 × 2.4%.
    assert np.mean(found) <= 0.05 + 0.073


def test_the_likelihood_of_a_memory_is_that_of_the_whole_covariance_matrix() -> None:
    rng = np.random.default_rng(10)
    x, noise = design(np.arange(72)), rng.uniform(0.02, 0.05, 72)
    residuals = rng.normal(0, 0.3, 72)
    memory, variance = np.array([0.0, 0.5, 0.9, 0.3]), np.array([0.1, 0.02, 0.3, 0.0])
    found = _restricted_likelihood(residuals, x, noise, memory, variance)
    by_hand = []
    for r, s in zip(memory, variance, strict=True):
        v = np.diag(noise) + s * linalg.toeplitz(r ** np.arange(72.0))
        within = x.T @ np.linalg.solve(v, x)
        left = residuals - x @ np.linalg.solve(within, x.T @ np.linalg.solve(v, residuals))
        logarithms = np.linalg.slogdet(v)[1] + np.linalg.slogdet(within)[1]
        by_hand.append(-(logarithms + left @ np.linalg.solve(v, left)) / 2)
    assert found == pytest.approx(np.array(by_hand) - max(by_hand), abs=1e-8)


def test_the_noise_and_its_memory_are_found_again() -> None:
    rng = np.random.default_rng(9)
    found = [
        interrupted_time_series(made(rng, scatter=0.2, memory=0.6), START, slope=False).memory
        for _ in range(40)
    ]
    # The residuals' own correlation is lower: chance, and eight fitted terms, dilute it.
    assert np.median(found) == pytest.approx(0.6, abs=0.08)


def test_memory_in_the_series_is_told() -> None:
    result = interrupted_time_series(
        made(np.random.default_rng(5), scatter=0.3, memory=0.8), START, slope=False
    )
    assert result.autocorrelation > 0.3
    assert result.autocorrelation_p_value < 0.01
    assert "Residuals are still autocorrelated" in result.notes[-1]


def test_ljung_and_box_by_hand() -> None:
    series = made(np.random.default_rng(6))
    result = interrupted_time_series(series, START)
    mean, a = result.path["fitted"], result.dispersion
    r = ((series - mean) / np.sqrt(mean + a * mean**2)).to_numpy()
    c = r - r.mean()
    share = [(c[k:] @ c[:-k] / (c @ c)) ** 2 / (72 - k) for k in range(1, 11)]
    expected = stats.chi2.sf(72 * 74 * sum(share), 10)
    assert result.autocorrelation_p_value == pytest.approx(expected, rel=1e-9)


def test_exposure_counts_as_a_rate() -> None:
    series = made(np.random.default_rng(7))
    days = pd.Series(MONTHS.days_in_month, index=MONTHS, dtype=float)
    one = interrupted_time_series(series, START, exposure=days, family="poisson")
    other = interrupted_time_series(series, START, exposure=list(days * 24), family="poisson")
    assert one.estimate == pytest.approx(other.estimate, rel=1e-9)
    assert one.estimate != interrupted_time_series(series, START, family="poisson").estimate


@pytest.mark.parametrize(
    ("index", "start", "pairs"),
    [
        (pd.date_range("2012-01-01", periods=72, freq="MS"), "2015-07-01", 2),
        (pd.date_range("2001-01-01", periods=72, freq="QS"), "2011-07-01", 1),
        (pd.date_range("2012-01-02", periods=72, freq="W"), "2012-10-21", 0),
        (pd.RangeIndex(72), 42, 0),
    ],
)
def test_the_season_is_recognised_from_the_dates(index, start, pairs) -> None:
    counts = made(np.random.default_rng(8)).to_numpy()
    result = interrupted_time_series(pd.Series(counts, index=index), start)
    assert sum(name.startswith("sine") for name in result.table.index) == pairs
    weekly = isinstance(index, pd.DatetimeIndex) and index.freqstr.startswith("W")
    assert any("less than a year" in note for note in result.notes) == weekly


def test_tells_it_in_both_languages() -> None:
    result = interrupted_time_series(made(np.random.default_rng(1), ratio=0.7), START)
    assert "own past would have led to" in result.summary("en")
    assert "vlastní minulosti" in result.summary("cs")


@pytest.mark.parametrize(
    ("change", "start", "message"),
    [
        (lambda s: list(s), START, "series: expected a pandas.Series, got list"),
        (lambda s: s - 100, START, "series, row .*, count: expected a count"),
        (lambda s: s[::-1], START, "an index that runs in time"),
        (lambda s: s, pd.Period("2012-03", "M"), "at least 8 periods before the start and 3 after"),
        (lambda s: s, "x", "start: expected a label like"),
        (lambda s: s.where(s.index < START, 0), START, "series after the start: expected some"),
    ],
)
def test_bad_series_are_refused(change, start, message: str) -> None:
    with pytest.raises(InputError, match=message):
        interrupted_time_series(change(made(np.random.default_rng(1))), start)


def test_too_few_incidents_leave_the_ratio_without_a_bound_and_raise_nothing() -> None:
    months = pd.period_range("2014-01", periods=48, freq="M")
    counts = pd.Series(0, index=months)
    counts.iloc[[20, 30]] = 1  # one before the start, one after it
    result = interrupted_time_series(counts, pd.Period("2016-01", "M"))
    assert result.interval() == (0.0, np.inf)
    assert result.p_value > 0.5
    assert "0.00 to ∞" in result.summary("en")
    assert result.table.loc["level_change", "high"] == np.inf
    assert not result.path.isna().any(axis=None)


def test_a_month_that_is_missing_keeps_its_place_in_time() -> None:
    # The same regression on the months' true numbers.
    series = made(np.random.default_rng(11)).drop(MONTHS[[5, 6, 50]])
    kept = np.delete(np.arange(72), [5, 6, 50])
    result = interrupted_time_series(series, START, family="poisson")
    other = sm.GLM(series.to_numpy(), design(np.arange(72))[kept], family=sm.families.Poisson())
    assert np.log(result.slope_change) == pytest.approx(other.fit(tol=1e-12).params[-1], rel=1e-6)
    assert "missing within the series: 3" in result.notes[0]
    numbered = pd.Series(series.to_numpy(), index=kept)
    again = interrupted_time_series(numbered, PLACE, season=12, family="poisson")
    assert again.slope_change == pytest.approx(result.slope_change)


def test_a_start_may_be_given_as_a_day() -> None:
    series = made(np.random.default_rng(12), ratio=0.7)
    expected = interrupted_time_series(series, START).estimate
    for start in (date(2015, 7, 15), pd.Timestamp(2015, 7, 1)):
        assert interrupted_time_series(series, start).estimate == expected
    dated = series.to_timestamp().tz_localize("Europe/Prague")
    for start in (date(2015, 7, 1), pd.Timestamp(2015, 7, 1), "2015-07-01"):
        assert interrupted_time_series(dated, start).estimate == pytest.approx(expected)
