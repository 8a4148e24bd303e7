"""Group-time effects: right where starts are staggered, and frank about overlapping programmes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from apkgeo.errors import InputError
from apkgeo.statistics.group_time import group_time_effects


def made(
    rng: np.random.Generator,
    starts: list[int],
    *,
    areas: int = 40,
    periods: int = 8,
    ratio: float = 1.0,
    growing: bool = False,
    drift: float = 0.05,
    scale: float = 8,
) -> pd.DataFrame:
    """The first areas start in these periods; with `growing` the effect deepens every period."""
    level = rng.gamma(3, scale, areas)[:, None] * np.exp(rng.normal(0, 0.1, periods))
    level = level * np.exp(np.cumsum(rng.normal(0, drift, (areas, periods)), axis=1))
    own = np.full((areas, 1), periods + 99)
    own[: len(starts), 0] = starts
    since = np.arange(periods) - own
    after = since >= 0
    effect = np.where(after, ratio ** (since + 1 if growing else np.ones_like(since)), 1.0)
    counts = rng.poisson(level * effect)
    area, period = (place.ravel() for place in np.indices(counts.shape))
    return pd.DataFrame(
        {
            "area": area,
            "period": period,
            "count": counts.ravel(),
            "treated": (own[:, 0] < periods)[area],
            "after": after.ravel(),
        }
    )


def test_each_effect_is_the_poisson_regression_of_two_by_two() -> None:
    panel = made(np.random.default_rng(1), [3, 3, 5, 5, 6])
    panel["exposure"] = panel["period"] % 3 + 1.0
    effects = group_time_effects(panel, base="last", randomisations=99).effects
    start = panel[panel["after"]].groupby("area")["period"].min()
    panel["start"] = panel["area"].map(start).fillna(99)
    for row in effects[effects["relative"] >= 0].itertuples():
        last = row.start - 1
        used = (panel["start"] == row.start) | (panel["start"] > row.period)
        two = panel[used & panel["period"].isin([last, row.period])].copy()
        two = two[two.groupby("area")["count"].transform("sum") > 0]
        two["d"] = ((two["start"] == row.start) & (two["period"] == row.period)).astype(int)
        fit = smf.glm(
            "count ~ d + C(period) + C(area)",
            two,
            exposure=two["exposure"],
            family=sm.families.Poisson(),
        ).fit(tol=1e-12)
        assert np.log(row.ratio) == pytest.approx(fit.params["d"], rel=1e-6, abs=1e-8)


def test_pooled_effects_are_observed_over_expected() -> None:
    result = group_time_effects(made(np.random.default_rng(2), [3, 3, 5, 6]), randomisations=99)
    late = result.effects[result.effects["relative"] >= 0]
    sums = late[["observed", "expected"]].sum()
    assert result.estimate == pytest.approx(sums["observed"] / sums["expected"])
    for key, table in (("group", result.by_group), ("programme", result.by_programme)):
        one = late.groupby(key)[["observed", "expected"]].sum()
        assert table["ratio"].tolist() == pytest.approx(list(one["observed"] / one["expected"]))
    events = result.effects.groupby("relative")[["observed", "expected"]].sum()
    assert result.by_event["expected"].tolist() == pytest.approx(events["expected"].tolist())


def test_growing_effects_are_found_where_two_way_fixed_effects_go_astray() -> None:
    panel = made(
        np.random.default_rng(3),
        [2] * 15 + [5] * 15,
        areas=60,
        ratio=0.8,
        growing=True,
        drift=0.0,
        scale=2000,  # little noise: what remains is bias
    )
    result = group_time_effects(panel)
    true = 0.8 ** np.arange(1, 7)
    assert result.by_event.loc[0:5, "ratio"].tolist() == pytest.approx(true, rel=0.06)
    late = result.effects[result.effects["relative"] >= 0]
    truth = (late["expected"] * 0.8 ** (late["relative"] + 1)).sum() / late["expected"].sum()
    assert result.estimate == pytest.approx(truth, rel=0.03)
    design = panel.assign(d=panel["after"].astype(int))
    naive = smf.glm("count ~ d + C(area) + C(period)", design, family=sm.families.Poisson()).fit()
    assert np.exp(naive.params["d"]) > truth * 1.1


@pytest.mark.parametrize("starts", [[4, 6], [3] * 6 + [5] * 6])
def test_without_effect_it_rejects_and_covers_as_it_says(starts: list[int]) -> None:
    rng = np.random.default_rng(len(starts))
    rejected = covered = 0
    for _ in range(100):
        result = group_time_effects(made(rng, starts), randomisations=199)
        low, high = result.interval()
        covered += low <= 1 <= high
        rejected += result.p_value <= 0.05
    # Binomial shares of 100: ± 3 × 0.022; clustered errors are a little too small.
    assert rejected / 100 <= 0.05 + 0.075
    assert covered / 100 >= 0.95 - 0.075


def test_one_area_for_each_start_is_judged_by_those_that_could_stand_in() -> None:
    rng = np.random.default_rng(5)
    result = group_time_effects(made(rng, [3, 5, 6], ratio=0.5), randomisations=999)
    assert result.p_value <= 0.01
    low, high = result.interval()
    assert low < 0.5 < high < 1
    assert "comparison areas stood in" in result.notes[0]
    assert result.pretrend_p_value > 0.01
    assert "bez programu" in result.summary("cs")


def overlapping() -> pd.DataFrame:
    """Three areas: assistants from period 3, caretakers as well from period 6."""
    panel = made(np.random.default_rng(6), [3, 3, 3], periods=9, ratio=0.7, drift=0.0)
    both = panel["after"] & (panel["period"] >= 6)
    rng = np.random.default_rng(7)
    panel["count"] = np.where(both, rng.binomial(panel["count"] * 20, 0.8), panel["count"] * 20)
    names = np.where(both, "assistants + caretakers", "assistants")
    return panel.assign(programme=pd.Series(names).where(panel["after"]))


def test_overlapping_programmes_are_told_apart_as_far_as_they_can_be() -> None:
    result = group_time_effects(overlapping())
    ratios = result.by_programme["ratio"]
    assert ratios["assistants"] == pytest.approx(0.7, rel=0.1)
    assert ratios["assistants + caretakers"] == pytest.approx(0.56, rel=0.1)
    assert list(result.added.index) == ["assistants → assistants + caretakers"]
    # What came later lowered the counts by a fifth, if the assistants went on as before.
    assert result.added["ratio"].iloc[0] == pytest.approx(0.8, rel=0.1)
    assert "only their joint effect is identified" in result.notes[-1]


def test_one_programme_adds_nothing_and_says_nothing_of_it() -> None:
    result = group_time_effects(made(np.random.default_rng(1), [3, 4]), randomisations=99)
    assert len(result.added) == 0
    assert list(result.by_programme.index) == ["programme"]
    assert not any("identified" in note for note in result.notes)


def test_all_areas_may_be_treated_in_the_end() -> None:
    panel = made(np.random.default_rng(8), [3] * 10 + [6] * 10, areas=20)
    result = group_time_effects(panel, randomisations=99)
    assert result.effects.query("relative >= 0")["period"].max() == 5
    with pytest.raises(InputError, match="at least one untreated area, got none"):
        group_time_effects(panel, comparison="never")


def test_never_treated_areas_alone_serve_when_asked() -> None:
    panel = made(np.random.default_rng(9), [3, 6], areas=12)
    effects = group_time_effects(panel, comparison="never", base="last").effects
    first = effects[(effects["relative"] == 0) & (effects["start"] == 3)].iloc[0]
    sums = panel[~panel["treated"]].groupby("period")["count"].sum()
    own = panel[panel["area"] == 0].set_index("period")["count"]
    assert first["expected"] == pytest.approx(own[2] * sums[3] / sums[2])


def test_a_programme_that_stops_is_refused() -> None:
    panel = made(np.random.default_rng(1), [3, 4])
    panel.loc[(panel["area"] == 1) & (panel["period"] == 6), "after"] = False
    with pytest.raises(InputError, match="treated area 1: expected 'after' in every period since"):
        group_time_effects(panel)


def test_nothing_to_compare_with_is_refused() -> None:
    panel = made(np.random.default_rng(1), [3] * 8, areas=8)
    with pytest.raises(InputError, match="areas without a programme, with incidents"):
        group_time_effects(panel)
