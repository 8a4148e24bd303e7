"""The expectation from an area's own past, against theory and simulated towns of known truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.effectiveness import tails
from apkgeo.statistics.expectation import empirical_bayes_before_after, pooled_effectiveness


def town(
    rng: np.random.Generator,
    areas: int = 60,
    *,
    mean: float = 20.0,
    change: float = 0.85,
    drift: float = 0.2,
    periods: int = 2,
) -> pd.DataFrame:
    """Draw counts of areas with gamma levels that drift from period to period; no effect."""
    level = rng.gamma(2.0, mean / 2, areas)
    rates = [level * np.exp(rng.normal(-(drift**2) / 2, drift, areas)) for _ in range(periods)]
    rates[-1] = rates[-1] * change
    counts = [rng.poisson(rate) for rate in rates]
    names = [*(f"earlier_{k}" for k in range(periods - 2, 0, -1)), "before", "after"]
    return pd.DataFrame(dict(zip(names, counts, strict=True)))


def test_the_expectation_is_that_of_gamma_levels_in_theory() -> None:
    # With levels gamma(shape k, mean m) the expectation after y incidents is
    # change * (k + y) / (k / m + 1); for k = 2, m = 20, change 0.85 and y = 60: 47.91.
    counts = town(np.random.default_rng(1), 6000, drift=0.0)
    counts.loc["bad"] = [60, 40]
    result = empirical_bayes_before_after(counts, ["bad"])
    assert result.expected == pytest.approx(0.85 * 62 / (0.1 + 1), rel=0.02)
    assert result.general_change == pytest.approx(0.85, rel=0.02)
    # The slope of that line against the change is 1 / (k / m + 1) = 0.909.
    assert result.persistence == pytest.approx(1 / 1.1, rel=0.03)
    # The gamma posterior's variance over its mean is 1 + change / (k / m + 1) = 1.77; ours lies
    # between that and what a purely quadratic variance would say, never below.
    assert 1.7 < result.dispersion < 2.6


def test_areas_that_keep_their_level_are_expected_to_keep_it() -> None:
    counts = pd.DataFrame({"before": np.arange(10, 50), "after": np.arange(10, 50)})
    counts.loc[99] = [30, 15]
    result = empirical_bayes_before_after(counts, [99])
    assert result.expected == pytest.approx(30, rel=0.02)
    assert result.estimate == pytest.approx(0.5, rel=0.02)


def test_longer_exposure_after_is_expected_to_bring_more() -> None:
    counts = town(np.random.default_rng(2))
    longer = counts.assign(exposure_before=1.0, exposure_after=2.0)
    plain = empirical_bayes_before_after(counts, [0])
    double = empirical_bayes_before_after(longer, [0])
    # The untreated areas' counts are the same, so that their rates are half, and so is nothing
    # of what the treated one is expected to count.
    assert double.expected == pytest.approx(plain.expected, rel=1e-6)
    assert double.general_change == pytest.approx(plain.general_change / 2)


def test_a_treated_area_with_less_exposure_is_expected_to_count_less() -> None:
    counts = town(np.random.default_rng(3)).assign(exposure_after=1.0)
    half = counts.copy()
    half.loc[0, "exposure_after"] = 0.5
    whole = empirical_bayes_before_after(counts, [0]).expected
    assert empirical_bayes_before_after(half, [0]).expected == pytest.approx(whole / 2)


def test_the_table_behind_it_adds_up() -> None:
    counts = town(np.random.default_rng(4))
    result = empirical_bayes_before_after(counts, [3, 7])
    assert result.treated.index.tolist() == [3, 7]
    assert result.treated["after"].sum() == result.observed
    assert result.treated["expected"].sum() == pytest.approx(result.expected)
    assert result.areas["treated"].sum() == 2
    assert len(result.areas) == len(counts)


def test_the_same_counts_give_the_same_answer_and_stay_as_they_were() -> None:
    counts = town(np.random.default_rng(5))
    before = counts.copy()
    one, other = (empirical_bayes_before_after(counts, [0]) for _ in range(2))
    assert one.interval() == other.interval()
    assert one.randomization_p_value == other.randomization_p_value
    pd.testing.assert_frame_equal(counts, before)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), treated=st.integers(1, 3), after=st.integers(0, 60))
def test_interval_and_p_value_agree(seed: int, treated: int, after: int) -> None:
    counts = town(np.random.default_rng(seed), 30)
    counts.loc[:2, "after"] = after
    result = empirical_bayes_before_after(counts, list(range(treated)))
    low, high = result.interval()
    narrow = result.interval(0.8)
    assert low <= narrow[0] <= result.estimate * 1.05
    assert result.estimate * 0.95 <= narrow[1] <= high
    if abs(result.p_value - 0.05) > 1e-4:
        assert (result.p_value < 0.05) == (not low <= 1 <= high)


def test_earlier_periods_are_known_by_their_number() -> None:
    counts = town(np.random.default_rng(12), periods=4)
    shuffled = counts[["after", "earlier_1", "before", "earlier_2"]]
    one, other = (empirical_bayes_before_after(table, [0]) for table in (counts, shuffled))
    assert one.expected == other.expected
    with pytest.raises(InputError, match="got a column 'earlier_year'"):
        empirical_bayes_before_after(counts.assign(earlier_year=1), [0])


def test_an_area_that_was_bad_for_years_is_expected_to_stay_so() -> None:
    # Two areas with the same last year: the one that always had as much is expected to count
    # more than the one for which it was unusual.
    counts = town(np.random.default_rng(13), 300, drift=0.3, periods=4)
    counts.loc["always", ["earlier_2", "earlier_1", "before", "after"]] = [60, 60, 60, 50]
    counts.loc["once", ["earlier_2", "earlier_1", "before", "after"]] = [20, 20, 60, 50]
    expected = empirical_bayes_before_after(counts.astype(int), ["always", "once"]).treated
    assert expected.loc["always", "expected"] > 1.3 * expected.loc["once", "expected"]


def test_nothing_after_is_an_index_of_zero() -> None:
    counts = town(np.random.default_rng(6))
    counts.loc[0, "after"] = 0
    result = empirical_bayes_before_after(counts, [0])
    assert result.estimate == 0
    assert result.interval()[0] == 0
    assert 0 < result.interval()[1] < math.inf


def test_one_treated_area_is_ranked_among_the_untreated() -> None:
    # Of 9 untreated areas none departs as far: 2 * 1 / (9 + 1).
    rng = np.random.default_rng(7)
    counts = pd.DataFrame({"before": rng.poisson(40, 10), "after": rng.poisson(40, 10)})
    counts.loc[0, "after"] = 1
    assert empirical_bayes_before_after(counts, [0]).randomization_p_value == 0.2


def test_what_reaches_beyond_the_untreated_areas_is_told() -> None:
    counts = town(np.random.default_rng(8))
    counts.loc["worst"] = [1000, 900]
    result = empirical_bayes_before_after(counts, ["worst"])
    assert any("reaches beyond what was seen" in note for note in result.notes)
    assert not any(
        "reaches beyond" in note for note in empirical_bayes_before_after(counts, [1]).notes
    )


@pytest.mark.parametrize(
    ("counts", "treated", "message"),
    [
        (pd.DataFrame({"before": [1]}), [0], "expected a frame with columns before, after"),
        ({"before": [1]}, [0], "got dict"),
        (town(np.random.default_rng(0)), ["x"], "expected labels of the counts' index, got 'x'"),
        (town(np.random.default_rng(0)), [True, False], "for each of 60 areas.*got 2 values, 1 of"),
        (town(np.random.default_rng(0)), [], "expected labels of the counts' index, got none"),
        (town(np.random.default_rng(0), 8), [0], "at least 8 to learn an expectation .*, got 7"),
        (town(np.random.default_rng(0)).assign(after=0), [0], "column 'after': .*, got none"),
        (town(np.random.default_rng(0)).assign(after=-1), [0], "area 0, column 'after': .*-1"),
        (pd.concat([town(np.random.default_rng(0))] * 2), [0], "one row per area, got 0 twice"),
    ],
)
def test_counts_that_cannot_teach_an_expectation_are_refused(counts, treated, message) -> None:
    with pytest.raises(InputError, match=message):
        empirical_bayes_before_after(counts, treated)


def test_treated_areas_are_named_by_labels_or_by_a_mask() -> None:
    # Among areas 0, 1, 2 … a mask read as labels would be the areas False = 0 and True = 1.
    counts = town(np.random.default_rng(19))
    named = empirical_bayes_before_after(counts, [7])
    mask = counts.index == 7
    for treated in (7, np.array([7]), mask, list(mask), pd.Series(mask)):
        assert empirical_bayes_before_after(counts, treated).estimate == named.estimate


def _share_of_falls(seed: int, runs: int, treated: int, ratio: float = 1.0, **world) -> float:
    """Return how often the worst areas are said to have fallen, at two-sided 5%."""
    rng = np.random.default_rng(seed)
    falls = 0
    for _ in range(runs):
        counts = town(rng, **world)
        worst = counts["before"].nlargest(treated).index
        counts.loc[worst, "after"] = rng.binomial(counts.loc[worst, "after"], ratio)
        result = empirical_bayes_before_after(counts, list(worst), rng=rng)
        falls += result.p_value < 0.05 and result.estimate < 1
    return falls / runs


@pytest.mark.parametrize(
    "world", [{"drift": 0.0}, {"drift": 0.2}, {"areas": 20}, {"change": 1.2}], ids=str
)
def test_the_worst_areas_are_not_said_to_have_fallen_when_nothing_was_done(world) -> None:
    # Nominal 2.5%; of a true 2.5% more than 7% in 100 runs has a chance below 1 in 200.
    assert _share_of_falls(11, 100, 2, **world) <= 0.07


def test_a_true_fall_of_forty_percent_is_found_more_often_than_not() -> None:
    assert _share_of_falls(12, 60, 2, 0.6, mean=40.0) >= 0.5


def test_groups_that_are_pooled_add_up() -> None:
    counts = town(np.random.default_rng(9))
    one = empirical_bayes_before_after(counts, [0])
    two = empirical_bayes_before_after(counts.drop(index=0), [1])
    pooled = pooled_effectiveness([(counts.drop(index=1), [0]), (counts.drop(index=0), [1])])
    assert pooled.observed == one.observed + two.observed
    parts = [
        empirical_bayes_before_after(counts.drop(index=other), [own]).expected
        for own, other in ((0, 1), (1, 0))
    ]
    # What the fits leave open is drawn with other numbers.
    assert pooled.expected == pytest.approx(sum(parts), rel=0.02)
    low, high = pooled.interval()
    assert low < pooled.estimate < high
    assert pooled.treated.index.tolist() == [(0, 0), (1, 1)]


def test_pooled_groups_share_what_is_uncertain_in_common() -> None:
    # The same group ten times over: chance in each place evens out, the doubt about the general
    # change, learnt from the same areas, does not. Of independent groups the interval would
    # narrow by the root of ten, 0.32.
    counts = town(np.random.default_rng(10), 12, mean=300.0, drift=0.1)
    single = empirical_bayes_before_after(counts, [0])
    pooled = pooled_effectiveness([(counts, [0])] * 10)
    widths = [np.diff(np.log(result.interval()))[0] for result in (single, pooled)]
    assert 0.4 < widths[1] / widths[0] < 0.95


def test_a_part_is_what_its_own_areas_say() -> None:
    counts = town(np.random.default_rng(11))
    whole = empirical_bayes_before_after(counts, [3, 7, 9])
    part = whole.part([7])
    assert part.observed == counts.loc[7, "after"]
    assert part.expected == whole.treated.loc[7, "expected"]
    assert sum(whole.part([label]).expected for label in (3, 7, 9)) == pytest.approx(whole.expected)
    # What is uncertain of one area weighs more than of three.
    widths = [np.diff(np.log(one.interval()))[0] for one in (part, whole)]
    assert widths[0] > widths[1]


def test_the_detectable_fall_is_found_as_often_as_promised() -> None:
    counts = town(np.random.default_rng(14), mean=60.0)
    result = empirical_bayes_before_after(counts, [0, 1])
    found = result.detectable(power=0.8)
    rng = np.random.default_rng(15)
    for ratio, side in ((found.fall, 0), (found.rise, 1)):
        after = rng.poisson(rng.choice(result.draws, 1_500) * ratio)
        cut = [tails(int(count), result.draws)[side] <= 0.025 for count in after]
        assert np.mean(cut) == pytest.approx(0.8, abs=0.035)


def test_what_is_detectable_does_not_depend_on_the_count_after() -> None:
    counts = town(np.random.default_rng(16))
    fewer = counts.assign(after=counts["after"].where(counts.index != 0, 0))
    one, other = (
        empirical_bayes_before_after(table, [0]).detectable() for table in (counts, fewer)
    )
    assert one == other


def test_the_last_period_tells_more_than_the_ones_before_it_where_levels_drift() -> None:
    # Levels follow a random walk: the sum of the past is not all that it says.
    rng = np.random.default_rng(17)
    steps = rng.normal(0, 0.35, (400, 4)).cumsum(axis=1)
    counts = rng.poisson(60 * np.exp(steps - steps.mean()))
    table = pd.DataFrame(counts, columns=["earlier_2", "earlier_1", "before", "after"])
    table.loc["up"] = [40, 60, 90, 80]
    table.loc["down"] = [90, 60, 40, 80]
    treated = empirical_bayes_before_after(table, ["up", "down"]).treated
    assert treated.loc["up", "expected"] > 1.4 * treated.loc["down", "expected"]


def test_very_large_counts_are_taken_as_they_are() -> None:
    rng = np.random.default_rng(18)
    level = rng.gamma(4, 5_000, 40)
    counts = pd.DataFrame({"before": rng.poisson(level), "after": rng.poisson(0.9 * level)})
    result = empirical_bayes_before_after(counts, [5])
    assert result.expected == pytest.approx(0.9 * counts.loc[5, "before"], rel=0.05)
    low, high = result.interval()
    assert 0.85 < low < 1 < high < 1.2
