"""Displacement difference and quotient, against the published numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.displacement import displacement_difference
from apkgeo.statistics.quotient import displacement_quotient

# Wheeler and Ratcliffe 2018, doi:10.1186/s40163-018-0085-5, as tested in R ptools.
PAPER = ((207, 110), (308, 318), (178, 157), (150, 140))
WEIGHTS = {"comparison": 0.9, "treated": 1.2, "buffer_comparison": 1.6, "buffer": 1.5}
pair = st.tuples(st.integers(0, 500), st.integers(0, 500))
filled = st.tuples(st.integers(1, 500), st.integers(1, 500))


def test_the_papers_example() -> None:
    result = displacement_difference(*PAPER)
    assert (result.local, result.displacement, result.total) == (-107, -11, -118)
    assert result.local_std_error == pytest.approx(30.708305, abs=5e-7)
    assert result.displacement_std_error == 25
    assert result.variance == pytest.approx(1568)
    assert result.std_error == pytest.approx(39.597980, abs=5e-7)
    assert result.z == pytest.approx(-2.979950, abs=5e-7)
    assert result.p_value == pytest.approx(0.00144148, abs=5e-9)
    assert result.interval() == pytest.approx((-195.610614, -40.389386), abs=5e-7)


@pytest.mark.parametrize("weights", [WEIGHTS, (1.2, 0.9, 1.5, 1.6)])
def test_area_weights_by_name_or_in_the_order_of_the_arguments(weights) -> None:
    # R ptools, whose order is comparison, treated, buffer comparison, buffer.
    result = displacement_difference(*PAPER, area_weights=weights)
    assert result.total == pytest.approx(-99.694444, abs=5e-7)
    assert result.std_error == pytest.approx(35.428076, abs=5e-7)
    assert result.z == pytest.approx(-2.813995, abs=5e-7)
    assert result.interval() == pytest.approx((-169.132197, -30.256692), abs=1e-6)
    assert result.local == pytest.approx(-91.9444, abs=5e-5)
    assert result.local_std_error == pytest.approx(31.5116, abs=5e-5)
    assert result.interval(part="local")[0] == pytest.approx(-91.94444 - 1.959964 * 31.51156, 1e-6)


def test_periods_of_unequal_length() -> None:
    # andrewpwheeler.com, 2021-01-09.
    result = displacement_difference((80, 20), (100, 50), period_weights=(2, 1))
    assert (result.estimate, result.std_error) == pytest.approx((-20, math.sqrt(115)))
    plain = displacement_difference((80, 20), (100, 50))
    assert (plain.estimate, plain.variance) == pytest.approx((-10, 250))


def test_another_level_of_the_interval() -> None:
    # R ptools.
    result = displacement_difference((20, 10), (20, 20))
    assert (result.estimate, result.std_error) == pytest.approx((-10, 8.366600), abs=5e-7)
    assert result.z == pytest.approx(-1.195229, abs=5e-7)
    assert result.interval(0.9) == pytest.approx((-23.761833, 3.761833), abs=5e-7)


def test_dispersion_multiplies_the_variance_and_silences_its_warning() -> None:
    plain, wide = (displacement_difference(*PAPER, dispersion=d) for d in (None, 2))
    assert wide.variance == pytest.approx(2 * plain.variance)
    assert any("variance is taken as equal" in note for note in plain.warnings)
    assert not any("variance is taken as equal" in note for note in wide.warnings)


def test_a_comparison_of_another_level_is_told() -> None:
    result = displacement_difference((100, 80), (20, 20))
    assert any("level before differs: 100.0 against 20.0" in note for note in result.warnings)
    assert not any("differs" in note for note in displacement_difference(*PAPER).warnings)
    weighted = displacement_difference((100, 80), (20, 20), area_weights=(5, 1))
    assert not any("differs" in note for note in weighted.warnings)


def test_a_buffer_without_comparison_is_told() -> None:
    result = displacement_difference((100, 80), (100, 90), (50, 40))
    assert any("no comparison area of their own" in note for note in result.warnings)


def test_nothing_counted_is_no_effect() -> None:
    result = displacement_difference((0, 0), (0, 0))
    assert (result.estimate, result.z, result.p_value_two_sided) == (0, 0, 1)
    assert result.interval() == (0, 0)


@given(treated=pair, comparison=pair, buffer=pair, buffer_comparison=pair)
def test_swapping_the_periods_negates_every_effect(
    treated, comparison, buffer, buffer_comparison
) -> None:
    pairs = (treated, comparison, buffer, buffer_comparison)
    one = displacement_difference(*pairs)
    other = displacement_difference(*(p[::-1] for p in pairs))
    assert one.local == -other.local
    assert one.displacement == -other.displacement
    assert one.std_error == other.std_error
    assert one.p_value + other.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"control": 1}, "expected treated, comparison, buffer, buffer_comparison, got control"),
        ((1, 2, 3), "expected 2 or 4 weights"),
        ((1, 0), "weight of comparison: expected a positive number, got 0"),
    ],
)
def test_weights_that_fit_nothing_are_refused(weights, message) -> None:
    with pytest.raises(InputError, match=message):
        displacement_difference(*PAPER, area_weights=weights)


def test_the_summary_tells_all_three_effects() -> None:
    text = displacement_difference(*PAPER).summary("cs")
    for part in ("−107,0", "−11,0", "−118,0", "−195,6", "−40,4"):
        assert part in text


def test_the_quotient_is_the_formulas() -> None:
    # (B1/C1 - B0/C0) / (A1/C1 - A0/C0), Bowers and Johnson 2003.
    result = displacement_quotient((207, 110), (178, 157), (308, 318))
    assert result.success == pytest.approx(-0.326166, abs=5e-7)
    assert result.buffer_measure == pytest.approx(-0.084211, abs=5e-7)
    assert result.estimate == pytest.approx(0.258186, abs=5e-7)
    assert result.interpretation == "diffusion"


@pytest.mark.parametrize(
    ("treated", "buffer", "meaning"),
    [
        ((100, 50), (100, 30), "diffusion_above_effect"),
        ((100, 50), (100, 70), "diffusion"),
        ((100, 50), (100, 100), "neither"),
        ((100, 50), (100, 120), "displacement"),
        ((100, 50), (100, 170), "displacement_above_effect"),
        ((100, 120), (100, 130), "no_success"),
    ],
)
def test_what_the_quotient_means(treated, buffer, meaning) -> None:
    result = displacement_quotient(treated, buffer, (200, 200))
    assert result.interpretation == meaning


def test_the_quotients_summary_claims_no_more_than_its_interval() -> None:
    clear = displacement_quotient((1000, 500), (1000, 1300), (2000, 2000))
    unclear = displacement_quotient((100, 50), (100, 110), (200, 200))
    assert clear.meaning("en") in clear.summary("en")
    assert "moved to the surroundings cannot be told from chance" in unclear.summary("en")
    assert "od náhody" in unclear.summary("cs")


def test_a_comparison_without_incidents_has_no_quotient() -> None:
    result = displacement_quotient((10, 5), (10, 5), (0, 4))
    assert math.isnan(result.estimate)
    assert result.interpretation == "undefined"


def test_an_unclear_success_leaves_the_quotient_unbounded() -> None:
    result = displacement_quotient((20, 19), (10, 5), (100, 100))
    assert result.interval() == (-math.inf, math.inf)


def test_fiellers_interval_covers_the_true_quotient() -> None:
    # Simulated: A 400 -> 200, B 400 -> 300, C 1000 -> 1000: success -.2, buffer -.1, WDQ 0.5.
    rng = np.random.default_rng(3)
    before, after = (400, 400, 1000), (200, 300, 1000)
    covered = 0
    for _ in range(2000):
        a, b, c = zip(rng.poisson(before), rng.poisson(after), strict=True)
        low, high = displacement_quotient(a, b, c).interval()
        covered += low <= 0.5 <= high
    assert 0.935 <= covered / 2000 <= 0.965


@given(treated=filled, buffer=filled, comparison=filled)
def test_fiellers_interval_holds_the_estimate(treated, buffer, comparison) -> None:
    result = displacement_quotient(treated, buffer, comparison)
    if not math.isnan(result.estimate):
        low, high = result.interval()
        assert low <= result.estimate + 1e-9
        assert result.estimate - 1e-9 <= high


def test_a_variance_above_the_mean_widens_the_error_and_is_told() -> None:
    plain = displacement_difference((100, 80), (100, 100))
    wide = displacement_difference((100, 80), (100, 100), dispersion=2.25)
    assert wide.std_error == pytest.approx(1.5 * plain.std_error)
    assert any("2.2 times their mean" in str(note) for note in wide.warnings)
    assert not any("times their mean" in str(note) for note in plain.warnings)
