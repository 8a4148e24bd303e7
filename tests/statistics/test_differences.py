"""Difference in differences agrees with other programs and stays honest with few treated areas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.differences import difference_in_differences
from apkgeo.statistics.rates import relative_rate_ratio
from tests.statistics import panels

TWO_WAY = "count ~ d + C(area) + C(period)"


def with_effect(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(d=(panel["treated"] & panel["after"]).astype(int))


def our_correction(panel: pd.DataFrame, parameters: int) -> float:
    """From statsmodels' (N − 1)/(N − all parameters) to ours, which leaves out nested effects."""
    cells, own = len(panel), 1 + panel["period"].nunique()
    return math.sqrt((cells - parameters) / (cells - own))


def four(treated: tuple[int, int], comparison: tuple[int, int]) -> pd.DataFrame:
    counts = np.array([treated, comparison])
    return panels.tidy(counts, np.array([True, False]), np.array([False, True]))


@given(
    st.tuples(st.integers(1, 400), st.integers(1, 400)),
    st.tuples(st.integers(1, 400), st.integers(1, 400)),
)
def test_two_areas_and_two_periods_give_the_ratio_of_ratios(treated, comparison) -> None:
    result = difference_in_differences(four(treated, comparison))
    closed = relative_rate_ratio(treated, comparison)
    assert result.coefficient == pytest.approx(closed.log_estimate, abs=1e-9)
    # Poisson's error: the areas' scatter cannot be seen with one of each.
    assert result.std_error == pytest.approx(closed.std_error, rel=1e-8)


def test_equal_exposures_give_the_ratio_of_ratios_of_the_sums() -> None:
    panel = panels.drawn(np.random.default_rng(2), ratio=0.7)
    sums = panel.groupby(["treated", "after"])["count"].sum()
    expected = sums[True, True] / sums[True, False] / (sums[False, True] / sums[False, False])
    assert difference_in_differences(panel).estimate == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_poisson_agrees_with_statsmodels_to_six_digits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    panel = with_effect(panels.drawn(rng, ratio=0.7, scatter=0.2, unequal=True))
    other = smf.glm(TWO_WAY, panel, exposure=panel["exposure"], family=sm.families.Poisson()).fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": panel["area"]}
    )
    result = difference_in_differences(panel, inference="cluster")
    assert result.coefficient == pytest.approx(other.params["d"], rel=1e-7)
    error = other.bse["d"] * our_correction(panel, len(other.params))
    assert result.std_error == pytest.approx(error, rel=1e-7)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.filterwarnings("ignore:Maximum Likelihood optimization failed")
def test_negative_binomial_agrees_with_statsmodels_to_six_digits(seed: int) -> None:
    rng = np.random.default_rng(seed)
    panel = with_effect(
        panels.drawn(rng, areas=20, treated=6, ratio=0.7, scatter=0.3, unequal=True)
    )
    model = smf.negativebinomial(TWO_WAY, panel, exposure=panel["exposure"])
    rough = model.fit(method="bfgs", maxiter=2000, disp=0)
    whole = model.fit(start_params=rough.params, method="newton", tol=1e-12, disp=0)
    result = difference_in_differences(panel, family="negative_binomial", inference="cluster")
    assert result.coefficient == pytest.approx(whole.params["d"], rel=1e-6)
    assert result.dispersion == pytest.approx(whole.params["alpha"], rel=1e-6)
    family = sm.families.NegativeBinomial(alpha=whole.params["alpha"])
    other = smf.glm(TWO_WAY, panel, exposure=panel["exposure"], family=family).fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": panel["area"]}
    )
    error = other.bse["d"] * our_correction(panel, len(other.params))
    assert result.std_error == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize(
    ("cluster", "error"), [("area", 0.2911106897312619), ("town", 0.2149248090908897)]
)
def test_poisson_agrees_with_pyfixest_and_r(cluster: str, error: float) -> None:
    # pyfixest 0.60.0, fepois("count ~ d | area + period", offset = log(exposure), CRV1), with the
    # tolerances 1e-12; R 4.2.2's glm(..., family = poisson) with dummies gives the same
    # coefficient, -0.652707430888. The effects of areas are nested in either cluster: K is 6.
    result = difference_in_differences(panels.fixed(), cluster=cluster, inference="cluster")
    assert result.coefficient == pytest.approx(-0.652707430887786, rel=1e-9)
    assert result.std_error == pytest.approx(error, rel=1e-8)


def test_the_interval_by_randomisation_holds_what_is_not_rejected() -> None:
    panel = panels.drawn(np.random.default_rng(4), areas=40, treated=3, ratio=0.6)
    result = difference_in_differences(panel)
    assert result.inference == "randomisation"
    assert result.test is not None
    low, high = result.interval(0.9)
    assert low < result.estimate < high
    for bound, sign in ((low, 1), (high, -1)):
        assert result.test.p_value(math.log(bound) + sign * 1e-3) > 0.1
        assert result.test.p_value(math.log(bound) - sign * 1e-3) <= 0.1
    assert (result.p_value <= 0.1) == (not low < 1 < high)


def test_one_treated_area_among_twenty_is_ranked_among_all_of_them() -> None:
    level = np.full((20, 1), 50)
    counts = np.repeat(level, 2, axis=1) + np.arange(20)[:, None] * np.array([0, 1])
    panel = panels.tidy(counts, np.arange(20) == 19, np.array([False, True]))
    # The last area rose most; the first fell as far from the mean of all. Two of twenty.
    assert difference_in_differences(panel).p_value in (1 / 20, 2 / 20)


@pytest.mark.parametrize(("treated", "change"), [(1, 0.0), (3, 0.3)])
def test_without_effect_randomisation_rejects_as_often_as_it_says(treated, change) -> None:
    rng = np.random.default_rng(11)
    found = [
        difference_in_differences(
            panels.drawn(rng, areas=40, treated=treated, change=change), randomisations=199
        ).p_value
        for _ in range(400)
    ]
    # A binomial share of 400: 0.05 ± 3 × 0.011.
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.033)


def test_clustered_errors_are_too_small_with_one_treated_area_and_say_so() -> None:
    panel = panels.drawn(np.random.default_rng(1), treated=1, change=0.3)
    clustered = difference_in_differences(panel, inference="cluster")
    assert clustered.std_error < 0.5 * difference_in_differences(panel).std_error
    assert "too small" in clustered.notes[-1]


def test_the_choice_of_inference_is_told() -> None:
    rng = np.random.default_rng(1)
    many = difference_in_differences(panels.drawn(rng, treated=12))
    assert many.inference == "cluster"
    assert "They suffice for clustered errors" in many.notes[-1]
    few = difference_in_differences(panels.drawn(rng, treated=9))
    assert few.inference == "randomisation"
    assert "Treated clusters: 9, untreated: 31. They are too few" in few.notes[-1]


def test_few_areas_cannot_give_a_small_p_value_and_that_is_said() -> None:
    panel = panels.drawn(np.random.default_rng(1), areas=10, treated=1, ratio=0.2)
    result = difference_in_differences(panel)
    assert result.p_value >= 0.1
    assert "no p-value can be below 0.1" in result.notes[-1]
    assert result.interval() == (0, math.inf)


def test_whole_clusters_are_reassigned_or_areas_within_them() -> None:
    panel = panels.drawn(np.random.default_rng(3), areas=24, treated=4, change=0.5)
    whole = panel.assign(town=panel["area"] // 4)
    result = difference_in_differences(whole, cluster="town", inference="randomisation")
    # One of six towns is treated: its p-value is a sixth or a multiple.
    assert result.p_value * 6 == pytest.approx(round(result.p_value * 6))
    mixed = difference_in_differences(panel, cluster="town", inference="randomisation")
    assert mixed.clusters == 6
    assert mixed.p_value > 1 / 6**4


def test_wild_bootstrap_agrees_with_clustered_errors_where_both_are_good() -> None:
    panel = panels.drawn(np.random.default_rng(6), areas=80, treated=40, ratio=0.8, change=0.2)
    wild = difference_in_differences(panel, inference="wild")
    plain = difference_in_differences(panel, inference="cluster")
    assert np.log(wild.interval()) == pytest.approx(np.log(plain.interval()), abs=0.03)
    assert "wild cluster bootstrap" in wild.summary("en")


def test_nothing_counted_after_the_start_is_a_ratio_of_zero_with_an_upper_limit() -> None:
    panel = panels.drawn(np.random.default_rng(5), areas=40, treated=2)
    panel.loc[panel["treated"] & panel["after"], "count"] = 0
    result = difference_in_differences(panel)
    assert (result.estimate, result.std_error) == (0, math.inf)
    low, high = result.interval()
    assert low == 0
    assert 0 < high < 1
    assert result.p_value < 0.05


def test_missing_cells_and_empty_areas_are_no_hindrance() -> None:
    panel = panels.drawn(np.random.default_rng(8), unequal=True, ratio=0.7)
    panel.loc[panel["area"] == 39, "count"] = 0
    some = panel.drop(index=[3, 50, 111])
    result = difference_in_differences(some, inference="cluster")
    kept = with_effect(some[some["area"] != 39])
    other = smf.glm(TWO_WAY, kept, exposure=kept["exposure"], family=sm.families.Poisson()).fit(
        tol=1e-12
    )
    assert result.coefficient == pytest.approx(other.params["d"], rel=1e-7)
    assert result.notes[0] == "Areas without any incident, which say nothing of a change: 1."


def test_the_order_of_rows_and_the_names_of_areas_change_nothing() -> None:
    panel = panels.fixed()
    one = difference_in_differences(panel, inference="cluster")
    renamed = panel.assign(area="a" + (99 - panel["area"]).astype(str))
    other = difference_in_differences(renamed.sample(frac=1, random_state=1), inference="cluster")
    assert other.coefficient == pytest.approx(one.coefficient, rel=1e-10)
    assert other.std_error == pytest.approx(one.std_error, rel=1e-10)


def test_table_holds_the_counts_and_what_was_expected() -> None:
    result = difference_in_differences(panels.fixed())
    treated = result.table.loc["treated"]
    assert (treated["before"], treated["after"]) == (191, 57)
    assert treated["expected"] == pytest.approx(57 / result.estimate)
    assert "0,52krát" in result.summary("cs").replace("\N{NO-BREAK SPACE}", " ")


def staggered() -> pd.DataFrame:
    panel = panels.fixed()
    panel.loc[(panel["area"] == 0) & (panel["period"] == 3), "after"] = False
    return panel


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p.drop(columns="treated"), "expected a frame with columns area, period, count"),
        (lambda p: p.assign(count=p["count"] - 5), r"row 3, count: expected a count .* got -1"),
        (lambda p: p.assign(count=p["count"] / 2), r"row 0, count: expected a count .* got 5\.5"),
        (lambda p: p.assign(exposure=0), "row 0, exposure: expected a positive number, got 0"),
        (lambda p: pd.concat([p, p[:1]]), "one row per area and period, got area 0 in period 0"),
        (
            lambda p: p.assign(treated=p["treated"] & p["after"]),
            "area 0 both treated and untreated",
        ),
        (lambda p: p.assign(treated=True), "at least one untreated area, got none"),
        (lambda p: p.assign(treated=False), "at least one treated area, got none"),
        (lambda p: p.assign(after=True), "treated area 0: expected periods before and after"),
        (lambda p: p[p["period"] == 4], "at least two periods, got one"),
        (lambda p: p[:0], "a row for each area and period, got no rows"),
        (lambda p: p.assign(after="yes"), "row 0, after: expected True or False, got 'yes'"),
        (lambda p: p.assign(period=None), "row 0: expected period, got a missing value"),
        (
            lambda p: p.assign(count=p["count"].where(p["treated"] | ~p["after"], 0)),
            "untreated areas: expected some incidents before and some after, got 182 before and 0",
        ),
    ],
)
def test_bad_panels_are_refused_by_name(change, message: str) -> None:
    panel = panels.fixed()
    panel["area"] = panel["area"].astype(object)
    with pytest.raises(InputError, match=message):
        difference_in_differences(change(panel))


def test_staggered_starts_are_refused_with_the_way_out() -> None:
    with pytest.raises(InputError, match=r"in period 3 some are before .* group_time_effects"):
        difference_in_differences(staggered())


def test_unknown_choices_are_refused() -> None:
    with pytest.raises(InputError, match="family: expected 'poisson' or 'negative_binomial'"):
        difference_in_differences(panels.fixed(), family="gamma")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="inference: expected 'auto' or"):
        difference_in_differences(panels.fixed(), inference="magic")  # type: ignore[arg-type]
