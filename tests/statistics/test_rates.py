"""Ratios of rates, against other programs, published numbers and arithmetic by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import odds_ratio

from apkgeo.errors import InputError
from apkgeo.statistics.rates import rate_ratio, relative_rate_ratio

counts = st.integers(min_value=0, max_value=400)
exposures = st.floats(min_value=0.1, max_value=50)
methods = st.sampled_from(["exact", "midp"])


def test_the_ratio_is_the_rate_after_over_the_rate_before() -> None:
    # 12 in 6 months is 2 a month, 20 in 4 months is 5 a month.
    assert rate_ratio(12, 20, exposure=(6, 4)).estimate == pytest.approx(2.5)


def test_the_exact_interval_is_clopper_and_pearsons_turned_into_odds() -> None:
    low, high = rate_ratio(20, 10).interval(0.95)
    share = stats.binomtest(10, 30).proportion_ci(0.95, method="exact")
    assert low == pytest.approx(share.low / (1 - share.low))
    assert high == pytest.approx(share.high / (1 - share.high))


def test_the_exact_interval_is_that_of_rs_poisson_test() -> None:
    # R 4: poisson.test(c(11, 6+8+7), c(800, 1083+1050+878)), the example of its help page:
    # rate ratio 1.971488, 95 percent confidence interval 0.8584264 to 4.2772659.
    result = rate_ratio(21, 11, exposure=(3011, 800))
    assert result.estimate == pytest.approx(1.971488, rel=1e-6)
    assert result.interval() == pytest.approx((0.8584264, 4.2772659), rel=1e-6)


def test_the_error_is_that_of_the_logarithm() -> None:
    # sqrt(1/20 + 1/10) by hand.
    assert rate_ratio(20, 10).std_error == pytest.approx(math.sqrt(0.15))


@given(before=counts, after=counts)
def test_equal_exposures_give_the_p_value_of_scipys_binomial_test(before: int, after: int) -> None:
    if before + after:
        expected = stats.binomtest(after, before + after).pvalue
        assert rate_ratio(before, after).p_value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("before", "after"), [(15, 5), (60, 30), (9, 7)])
def test_the_midp_value_counts_the_observed_value_by_half_in_both_tails(before, after) -> None:
    # (statsmodels' cond-midp takes the half off one tail only, and disagrees with its interval.)
    total = before + after
    tail = sum(math.comb(total, k) for k in range(after)) + math.comb(total, after) / 2
    found = rate_ratio(before, after, method="midp").p_value
    assert found == pytest.approx(2 * tail / 2**total)


def test_midp_limits_leave_half_of_the_observed_value_outside() -> None:
    low, high = rate_ratio(20, 10, method="midp").interval(0.9)
    for ratio, tail in ((low, stats.binom.sf), (high, stats.binom.cdf)):
        share = ratio / (1 + ratio)
        beyond = tail(10 if ratio == low else 9, 30, share) + stats.binom.pmf(10, 30, share) / 2
        assert beyond == pytest.approx(0.05)


def test_nothing_after_is_a_ratio_of_zero_with_an_upper_limit() -> None:
    # Upper limit by hand: (1 - q)^5 = 0.025, ratio = q / (1 - q).
    result = rate_ratio(5, 0)
    share = 1 - 0.025 ** (1 / 5)
    assert result.estimate == 0
    assert result.interval() == pytest.approx((0.0, share / (1 - share)))
    assert result.p_value == pytest.approx(2 * 0.5**5)
    assert math.isinf(result.std_error)


def test_nothing_before_is_an_infinite_ratio_and_nothing_at_all_is_none() -> None:
    assert math.isinf(rate_ratio(0, 5).estimate)
    assert math.isinf(rate_ratio(0, 5).interval()[1])
    nothing = rate_ratio(0, 0)
    assert math.isnan(nothing.estimate)
    assert nothing.interval() == (0.0, math.inf)
    assert nothing.p_value == 1


@given(before=counts, after=counts, exposure=st.tuples(exposures, exposures), method=methods)
def test_swapping_the_periods_inverts_the_ratio(before, after, exposure, method) -> None:
    one = rate_ratio(before, after, exposure=exposure, method=method)
    other = rate_ratio(after, before, exposure=exposure[::-1], method=method)
    assert one.p_value == pytest.approx(other.p_value, rel=1e-6)
    low, high = other.interval()
    inverted = (1 / high if math.isfinite(high) else 0.0, 1 / low if low else math.inf)
    assert one.interval() == pytest.approx(inverted, rel=1e-6)
    if before and after:
        assert one.estimate == pytest.approx(1 / other.estimate)


@given(before=counts, after=counts, factor=st.floats(min_value=0.01, max_value=1000))
def test_scaling_both_exposures_changes_nothing(before, after, factor) -> None:
    one = rate_ratio(before, after, exposure=(2, 3))
    other = rate_ratio(before, after, exposure=(2 * factor, 3 * factor))
    assert one.interval() == pytest.approx(other.interval(), nan_ok=True)
    assert one.p_value == pytest.approx(other.p_value)


@given(before=counts, after=counts, method=methods)
def test_the_interval_holds_the_estimate_and_widens_with_the_level(before, after, method) -> None:
    result = rate_ratio(before, after, method=method)
    narrow, wide = result.interval(0.8), result.interval(0.99)
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]
    if before + after:
        assert narrow[0] <= result.estimate <= narrow[1]


@given(before=counts, after=counts, exposure=st.tuples(exposures, exposures), method=methods)
def test_the_interval_leaves_one_out_just_when_the_p_value_is_small(
    before, after, exposure, method
) -> None:
    result = rate_ratio(before, after, exposure=exposure, method=method)
    low, high = result.interval(0.95)
    if abs(result.p_value - 0.05) > 1e-6:
        assert (result.p_value < 0.05) == (not low <= 1 <= high)


@given(before=counts, after=counts)
def test_the_midp_interval_lies_within_the_exact_one(before: int, after: int) -> None:
    exact = rate_ratio(before, after).interval()
    half = rate_ratio(before, after, method="midp").interval()
    assert exact[0] <= half[0] * (1 + 1e-9)
    assert half[1] <= exact[1] * (1 + 1e-9)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((-1, 2), {}, r"the count before: expected a count .*, got -1"),
        ((1, 2.5), {}, r"after: expected a count .*, got 2.5"),
        ((math.nan, 2), {}, r"got nan"),
        ((1, 2), {"exposure": (0, 1)}, r"exposure: expected a positive number, got 0"),
        ((1, 2), {"exposure": 3}, r"exposure: expected a pair"),
        ((1, 2), {"method": "wald"}, r"method: expected 'exact' or 'midp', got 'wald'"),
    ],
)
def test_what_is_no_count_is_refused(arguments, options, message) -> None:
    with pytest.raises(InputError, match=message):
        rate_ratio(*arguments, **options)


def test_a_level_outside_of_zero_and_one_is_refused() -> None:
    with pytest.raises(InputError, match=r"level of the interval: .* got 95"):
        rate_ratio(1, 2).interval(95)


def test_the_summary_says_method_and_interval_in_both_languages() -> None:
    result = rate_ratio(1200, 600, method="midp")
    assert "95% conditional mid-p interval 0.45 to 0.55" in result.summary("en")
    assert "Předtím 1\N{NO-BREAK SPACE}200" in result.summary("cs")
    assert "0,45 až 0,55" in result.summary("cs")


def test_without_an_incident_before_no_ratio_is_told() -> None:
    for after in (0, 5):
        told = rate_ratio(0, after)
        assert f"after {after}: with nothing before there is no ratio" in told.summary("en")
        assert f"potom {after}: když předtím nebylo nic" in told.summary("cs")
        assert "krát" not in told.summary("cs")


def test_the_relative_rate_ratio_is_the_published_one() -> None:
    # Wilson 2022, as reworked on andrewpwheeler.com, 2021-03-18.
    result = relative_rate_ratio((50, 30), (60, 55))
    assert result.log_estimate == pytest.approx(-0.42381425, abs=5e-9)
    assert result.estimate == pytest.approx(0.65454545, abs=5e-9)
    assert result.std_error == pytest.approx(math.sqrt(1 / 50 + 1 / 30 + 1 / 60 + 1 / 55))


def test_a_boundless_dispersion_gives_a_boundless_interval() -> None:
    # The margin on the logarithm is 1.96 × √(10⁶ × 4) ≈ 3920, beyond what e^x can hold.
    assert relative_rate_ratio((1, 1), (1, 1), dispersion=1e6).interval() == (0.0, math.inf)


def test_dispersion_widens_the_wald_interval_by_its_root() -> None:
    plain = relative_rate_ratio((50, 30), (60, 55))
    wide = relative_rate_ratio((50, 30), (60, 55), dispersion=4)
    assert wide.std_error == pytest.approx(2 * plain.std_error)
    assert wide.interval()[1] > plain.interval()[1]


@pytest.mark.parametrize("treated", [(12, 0), (0, 9), (12, 9)])
def test_the_exact_ratio_of_ratios_is_scipys_conditional_odds_ratio(treated) -> None:
    result = relative_rate_ratio(treated, (60, 55), method="exact")
    limits = odds_ratio([[treated[1], treated[0]], [55, 60]]).confidence_interval(0.95)
    assert result.interval() == pytest.approx((limits.low, limits.high), rel=1e-6)


def test_a_zero_count_is_answered_exactly_and_says_so() -> None:
    result = relative_rate_ratio((12, 0), (60, 55))
    assert result.method == "exact"
    assert result.estimate == 0
    assert "exact" in result.summary("en")
    with pytest.raises(InputError, match="as a count is zero"):
        relative_rate_ratio((12, 0), (60, 55), method="wald")


def test_no_incident_at_all_says_nothing() -> None:
    result = relative_rate_ratio((0, 0), (60, 55))
    assert math.isnan(result.estimate)
    assert result.p_value == 1
    assert result.interval() == (0.0, math.inf)


some = st.integers(min_value=1, max_value=300)


@given(t0=some, t1=some, c0=some, c1=some, method=st.sampled_from(["wald", "exact"]))
def test_swapping_periods_or_roles_inverts_the_ratio_of_ratios(t0, t1, c0, c1, method) -> None:
    one = relative_rate_ratio((t0, t1), (c0, c1), method=method)
    for other in (
        relative_rate_ratio((t1, t0), (c1, c0), method=method),
        relative_rate_ratio((c0, c1), (t0, t1), method=method),
    ):
        assert one.log_estimate == pytest.approx(-other.log_estimate, abs=1e-12)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-6)
        assert one.interval()[0] == pytest.approx(1 / other.interval()[1], rel=1e-6)
