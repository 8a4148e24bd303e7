"""Event studies agree with other programs; their checks find what is there and not more."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from apkgeo.errors import InputError
from apkgeo.statistics.event_study import event_study
from tests.statistics import panels


def test_agrees_with_pyfixest_to_six_digits() -> None:
    # pyfixest 0.60.0: fepois("count ~ e0+e1+e3+e4 | area+period", offset = log(exposure), CRV1),
    # with the tolerances 1e-12.
    table = event_study(panels.fixed(), inference="cluster").table
    others = table.drop(index=-1)
    expected = [0.20739024461812508, 0.9114202084279236, -0.19480029208725402, -0.4769708997758942]
    assert others["coefficient"].tolist() == pytest.approx(expected, rel=1e-7)
    errors = [0.38152594766655146, 0.3599032370098588, 0.426268523423595, 0.5221618151554646]
    assert others["std_error"].tolist() == pytest.approx(errors, rel=1e-7)


def test_the_joint_test_is_walds_as_statsmodels_has_it() -> None:
    panel = panels.drawn(np.random.default_rng(9), unequal=True, scatter=0.1)
    result = event_study(panel)
    assert result.pretrend.method == "cluster"
    dummies = {f"e{k}": panel["treated"] * (panel["period"] == k) for k in (0, 1, 3, 4, 5)}
    design = panel.assign(**{name: values.astype(int) for name, values in dummies.items()})
    other = smf.glm(
        "count ~ e0 + e1 + e3 + e4 + e5 + C(area) + C(period)",
        design,
        exposure=design["exposure"],
        family=sm.families.Poisson(),
    ).fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": design["area"]})
    wald = other.wald_test("e0 = 0, e1 = 0", scalar=True, use_f=True)
    cells, own = len(panel), 5 + 6
    correction = (cells - len(other.params)) / (cells - own)
    assert result.pretrend.statistic == pytest.approx(wald.statistic / correction, rel=1e-6)
    assert result.pretrend.degrees == 2


def test_each_ratio_is_the_ratio_of_ratios_with_the_reference() -> None:
    panel = panels.drawn(np.random.default_rng(3), areas=30, treated=3)
    sums = panel.groupby(["treated", "period"])["count"].sum()
    table = event_study(panel, randomisations=99).table
    for relative, row in table.iterrows():
        k = row["period"]
        expected = sums[True, k] / sums[True, 2] / (sums[False, k] / sums[False, 2])
        assert row["ratio"] == pytest.approx(expected), relative


@pytest.mark.parametrize("treated", [2, 15])
def test_a_trend_before_the_start_is_found(treated: int) -> None:
    rng = np.random.default_rng(7)
    panel = panels.drawn(rng, areas=40, treated=treated, periods=12)
    tilt = np.where(panel["treated"], np.exp(-0.25 * panel["period"]), 1.0)
    panel["count"] = rng.poisson(30 * tilt)
    result = event_study(panel, randomisations=999)
    assert result.pretrend.p_value < 0.01
    assert "did not run in parallel" in result.summary("en")
    assert "neprobíhal" in result.summary("cs")
    assert (result.placebo["p_value"] < 0.05).any()


def test_parallel_areas_are_found_apart_as_rarely_as_the_level_says() -> None:
    rng = np.random.default_rng(12)
    found = []
    for _ in range(50):
        panel = panels.drawn(rng, areas=30, treated=3, periods=4, scatter=0.2)
        found.append(event_study(panel, randomisations=99).pretrend.p_value <= 0.05)
    # A binomial share of 50: 0.05 + 3 × 0.031.
    assert np.mean(found) <= 0.05 + 0.093


def test_a_period_in_which_the_treated_counted_nothing_is_a_ratio_of_zero() -> None:
    panel = panels.drawn(np.random.default_rng(2), areas=40, treated=2)
    panel.loc[panel["treated"] & (panel["period"] == 4), "count"] = 0
    row = event_study(panel, randomisations=199).table.loc[1]
    assert (row["ratio"], row["low"]) == (0, 0)
    assert 0 < row["high"] < 2


def test_one_period_before_leaves_nothing_to_check() -> None:
    panel = panels.drawn(np.random.default_rng(2), areas=40, treated=2, periods=2)
    result = event_study(panel, randomisations=99)
    assert np.isnan(result.pretrend.p_value)
    assert len(result.placebo) == 0
    assert "cannot be checked" in result.summary("en")


def test_periods_must_sort_in_time() -> None:
    panel = panels.drawn(np.random.default_rng(2), periods=2)
    panel["period"] = np.where(panel["after"], "after", "before")
    with pytest.raises(InputError, match="'before', before the start, sorts behind 'after'"):
        event_study(panel)


def test_an_impossible_reference_is_refused() -> None:
    with pytest.raises(InputError, match="reference: expected a period from -3 to 1, got 5"):
        event_study(panels.fixed(), reference=5)
