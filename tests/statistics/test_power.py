"""What can be detected, and what recording would explain."""

from __future__ import annotations

import math

import numpy as np
import pytest

from apkgeo.errors import InputError
from apkgeo.statistics.detection import detection_tipping_point
from apkgeo.statistics.power import minimum_detectable_ratio
from apkgeo.statistics.rates import rate_ratio


@pytest.mark.parametrize(("mean", "exposure"), [(30, (1, 1)), (15, (12, 18))])
def test_simulated_studies_find_the_detectable_ratio_as_often_as_promised(mean, exposure) -> None:
    ratios = minimum_detectable_ratio(mean, exposure=exposure, power=0.8)
    rng = np.random.default_rng(8)
    for ratio, falls in ((ratios.fall, True), (ratios.rise, False)):
        before = rng.poisson(mean, 3000)
        after = rng.poisson(mean * exposure[1] / exposure[0] * ratio, 3000)
        found = 0
        for b, a in zip(before, after, strict=True):
            result = rate_ratio(b, a, exposure=exposure)
            right = (a * exposure[0] < b * exposure[1]) == falls
            found += result.p_value <= 0.05 and right
        assert found / 3000 == pytest.approx(0.8, abs=0.025)


def test_more_incidents_show_smaller_changes() -> None:
    falls = [minimum_detectable_ratio(mean).fall for mean in (10, 30, 100, 1000)]
    assert falls == sorted(falls)
    # For large counts the normal approximation: ratio = exp(-(1.96 + 0.84) sqrt(1/m + 1/(m r))).
    ratio = minimum_detectable_ratio(100_000).fall
    error = math.sqrt(1e-5 + 1e-5 / ratio)
    assert math.log(ratio) == pytest.approx(-(1.959964 + 0.841621) * error, rel=5e-3)


def test_a_handful_of_incidents_cannot_show_a_fall() -> None:
    result = minimum_detectable_ratio(3)
    assert math.isnan(result.fall)
    assert "not even a fall to nothing" in result.summary("en")
    assert "ani pokles na nulu" in result.summary("cs")


def test_overdispersion_costs_as_much_as_fewer_incidents() -> None:
    assert minimum_detectable_ratio(60, dispersion=2).fall == pytest.approx(
        minimum_detectable_ratio(30).fall
    )


def test_no_incidents_expected_is_refused() -> None:
    with pytest.raises(InputError, match="expected count before: expected a positive number"):
        minimum_detectable_ratio(0)


def test_recording_would_have_to_rise_by_as_much_as_the_result() -> None:
    assert detection_tipping_point(1.15).estimate == 1.15
    # Half of the records can change: 0.5 r + 0.5 = 1.15.
    assert detection_tipping_point(1.15, patrol_share=0.5).estimate == pytest.approx(1.3)


def test_the_bound_explains_the_intervals_nearer_end() -> None:
    result = rate_ratio(100, 50)
    point = detection_tipping_point(result)
    assert point.estimate == 0.5
    assert point.bound == pytest.approx(result.interval()[1])
    assert "would be in doubt" in point.summary("en")


def test_what_cannot_be_told_from_chance_needs_no_explanation() -> None:
    point = detection_tipping_point(rate_ratio(20, 18))
    assert point.bound == 1
    assert "cannot be told from chance" in point.summary("en")
    assert "nelze rozlišit od náhody" in point.summary("cs")


def test_few_patrol_records_cannot_explain_a_large_fall() -> None:
    point = detection_tipping_point(rate_ratio(200, 50), patrol_share=0.1)
    assert math.isnan(point.estimate)
    assert "No change in what the patrols record" in point.summary("en")


def test_a_share_above_one_is_refused() -> None:
    with pytest.raises(InputError, match=r"patrol_share: expected a share up to 1, got 1\.5"):
        detection_tipping_point(1.2, patrol_share=1.5)
