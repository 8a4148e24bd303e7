"""Evaluations of made-up towns with known truth, and of Memphis."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from apkgeo.errors import InputError, StudyError
from apkgeo.evaluation import Evaluation, StudyAreas, evaluate, evaluate_areas
from apkgeo.evaluation.counting import past
from apkgeo.frames import Reading, rejections
from apkgeo.sources.incidents import read_incidents
from apkgeo.study import Deployment, Period, Study
from tests import town
from tests.town import START, areas, incidents, localities, study


def has(notes, part: str) -> bool:
    return any(part in note for note in notes)


@pytest.fixture(scope="module")
def fell() -> Evaluation:
    points = incidents(np.random.default_rng(1), mean=120, ratios={0: 0.4})
    return evaluate_areas(study(), points, areas())


@pytest.fixture(scope="module")
def same() -> Evaluation:
    return evaluate_areas(study(), incidents(np.random.default_rng(2), mean=120), areas())


# Counts


def test_counts_are_those_of_a_plain_count(fell: Evaluation) -> None:
    points = incidents(np.random.default_rng(1), mean=120, ratios={0: 0.4})
    day = points["occurred"].dt.tz_localize(None)
    for number in (0, 7):
        inside = points.within(town.square(number))
        before = inside & (day >= "2015-03-01") & (day < "2016-03-01")
        after = inside & (day >= "2016-03-01") & (day < "2017-03-01")
        counts = fell.counts.query("area == @code", local_dict={"code": f"p{number}"})
        assert counts.set_index("period")["count"].to_dict() == {
            "before": before.sum(),
            "after": after.sum(),
        }
        assert counts["days"].tolist() == [366, 365]
    finding = fell.findings[0]
    own = fell.counts.query("area == 'p0'").set_index("period")["count"]
    assert (finding.count_before, finding.count_after) == (own["before"], own["after"])


def test_every_incident_is_accounted_for() -> None:
    rng = np.random.default_rng(3)
    points = incidents(rng, mean=20)
    points.loc[points.index[:7], "geometry"] = None
    points.loc[points.index[7:12], "geometry"] = Point()
    points.loc[points.index[12:15], "occurred"] = pd.NaT
    points.loc[points.index[15:20], "geometry"] = gpd.points_from_xy(
        [town.WEST + 600] * 5, [town.SOUTH + 600] * 5
    )
    points.loc[points.index[20:30], "offence"] = "property"
    made = study(outcomes={"disorder": ["public_order"], "all": ["*"], "none": ["fire"]})
    table = evaluate_areas(made, points, areas()).accounting.set_index("outcome")
    parts = ["counted", "outside_areas", "outside_periods", "without_place", "without_time"]
    assert (table[parts].sum(axis=1) == table["incidents"]).all()
    assert table["incidents"].to_dict() == {
        "disorder": len(points) - 10,
        "all": len(points),
        "none": 0,
    }
    assert table.loc["all", "without_time"] == 3


def test_an_incident_counts_on_its_local_day() -> None:
    # 23:30 UTC on 29 February is half past midnight on 1 March in Prague: after.
    points = incidents(np.random.default_rng(4), mean=20)
    late = points.head(1).copy()
    late["geometry"] = gpd.points_from_xy([town.WEST + 50], [town.SOUTH + 50], crs=town.CRS)
    late["occurred"] = pd.to_datetime(["2016-02-29 23:30"]).tz_localize("UTC")
    utc = points.assign(occurred=points["occurred"].dt.tz_convert("UTC"))
    one = evaluate_areas(study(), utc, areas()).findings[0]
    more = evaluate_areas(study(), pd.concat([utc, late], ignore_index=True), areas()).findings[0]
    assert more.count_before == one.count_before
    assert more.count_after == one.count_after + 1


def test_crs_and_reading_make_no_difference_and_inputs_stay() -> None:
    points = incidents(np.random.default_rng(5), mean=20)
    kept = points.copy()
    plain = evaluate_areas(study(), points, areas())
    moved = Reading(points.to_crs(4326), rejections())
    other = evaluate_areas(study(), moved, areas())
    assert other.to_json() == plain.to_json()
    assert plain.areas.crs.to_epsg() == 5514
    pd.testing.assert_frame_equal(pd.DataFrame(points), pd.DataFrame(kept))


def test_a_primary_outcome_that_never_occurs_is_refused_with_the_codes_there_are() -> None:
    points = incidents(np.random.default_rng(4), mean=5)
    points.loc[points.index[:7], "offence"] = "property"
    message = (
        r"outcome 'disorder': expected incidents with a code of public-order, fire, "
        rf"got public_order \({len(points) - 7}\), property \(7\); .*'apkgeo check'"
    )
    with pytest.raises(StudyError, match=message):
        made = study(outcomes={"disorder": ["public-order", "fire"]})
        evaluate_areas(made, points, areas())
    points["offence"] = [f"code_{number % 13:02}" for number in range(len(points))]
    with pytest.raises(StudyError, match=r"code_09 \(\d+\) and 3 more;"):
        evaluate_areas(study(), points, areas())


def test_another_outcome_that_never_occurs_is_told() -> None:
    points = incidents(np.random.default_rng(4), mean=20)
    made = study(outcomes={"disorder": ["public_order"], "roads": ["road"], "all": ["*"]})
    told = [note for note in evaluate_areas(made, points, areas()).doubts if "No incident" in note]
    assert len(told) == 1
    assert "nothing can be said: roads." in told[0]


# Where is counted


def test_an_unknown_locality_is_named_with_the_known_ones() -> None:
    made = study(deployments=[Deployment(locality="plac", start=START)])
    message = r"expected one of the localities p0, p1, .*, got 'plac'"
    with pytest.raises(StudyError, match=message):
        evaluate_areas(made, incidents(np.random.default_rng(0)), areas())


def test_localities_that_overlap_are_refused() -> None:
    twice = localities(5)
    twice.loc[1, "geometry"] = box(town.WEST + 50, town.SOUTH, town.WEST + 250, town.SOUTH + 200)
    with pytest.raises(InputError, match="overlap"):
        evaluate_areas(
            study(), incidents(np.random.default_rng(0)), replace(areas(), localities=twice)
        )


def test_localities_within_the_rings_are_left_out_of_the_comparison() -> None:
    near = areas()
    frame = near.localities.copy()
    frame.loc[1, "geometry"] = box(town.WEST + 250, town.SOUTH, town.WEST + 450, town.SOUTH + 200)
    result = evaluate_areas(
        study(), incidents(np.random.default_rng(0)), replace(near, localities=frame)
    )
    role = result.areas.set_index("code")["role"]
    assert role["p1"] == "untreated"
    assert role["p2"] == "comparison"
    assert has(result.doubts, "they lie within the rings around treated places: Place p1.")


def test_rings_lie_outside_of_all_localities_and_comparison_areas() -> None:
    for kind in ("localities", "districts", "cells"):
        made = study(comparison={"kind": kind})
        shown = evaluate_areas(made, incidents(np.random.default_rng(0)), areas()).areas
        rings = shown[shown["role"] == "ring"].union_all()
        others = shown[shown["role"] != "ring"].union_all()
        assert rings.area > 0
        assert rings.intersection(others).area < 1


def test_districts_without_a_treated_locality_are_compared() -> None:
    made = study(comparison={"kind": "districts"})
    result = evaluate_areas(made, scattered(np.random.default_rng(0)), areas())
    compared = result.areas.query("role == 'comparison'")
    assert compared["code"].tolist() == ["district:b", "district:c", "district:d"]
    assert result.findings[0].basis == "relative"
    assert has(result.findings[0].doubts, "there are 3 comparison areas")


@pytest.mark.parametrize("kind", ["districts", "cells"])
def test_a_comparison_that_lacks_its_boundaries_says_which(kind: str) -> None:
    bare = replace(areas(), districts=None, city=None)
    with pytest.raises(StudyError, match=f"comparison by {kind} needs"):
        evaluate_areas(study(comparison={"kind": kind}), incidents(np.random.default_rng(0)), bare)


def test_an_unknown_comparison_area_is_named() -> None:
    made = study(comparison={"kind": "localities", "areas": ["p1", "x9"]})
    with pytest.raises(StudyError, match=r"comparison.areas: .* got x9"):
        evaluate_areas(made, incidents(np.random.default_rng(0)), areas())


def scattered(rng: np.random.Generator, size: int = 600) -> gpd.GeoDataFrame:
    """Return incidents in the localities and some all over the town."""
    x = town.WEST + rng.uniform(0, 5000, size)
    y = town.SOUTH + rng.uniform(0, 4000, size)
    days = pd.Timestamp("2014-03-01") + pd.to_timedelta(rng.integers(0, 1090, size), unit="D")
    more = town.frame(x, y, pd.DatetimeIndex(days))
    return pd.concat([incidents(rng, mean=20), more], ignore_index=True)


def test_cells_are_chosen_without_looking_at_the_period_after() -> None:
    points = scattered(np.random.default_rng(6))
    later = points["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    made = study(comparison={"kind": "cells"})
    whole = evaluate_areas(made, points, areas())
    fewer = evaluate_areas(made, points[~later | (np.arange(len(points)) % 5 == 0)], areas())
    codes = [
        result.areas.query("role == 'comparison'")["code"].tolist() for result in (whole, fewer)
    ]
    assert len(codes[0]) > 20
    assert codes[0] == codes[1]
    assert has(whole.doubts, "squares of 200 m over the city")


def test_areas_that_did_not_exist_all_the_time_are_no_comparison() -> None:
    frame = localities()
    frame.loc[5, "valid_from"] = pd.Timestamp("2016-01-01")
    result = evaluate_areas(
        study(), incidents(np.random.default_rng(0)), replace(areas(), localities=frame)
    )
    assert result.findings[0].expectation.untreated == 28
    assert has(result.doubts, "did not exist throughout the compared time: 1.")


def in_parts(first: str, second: str, since: str | None = None) -> StudyAreas:
    """Return the town with one locality as a second part of another, both valid from a day on."""
    frame = localities().replace({"code": {second: first}})
    frame.loc[frame["code"] == first, "valid_from"] = pd.Timestamp(since)
    return replace(areas(), localities=frame)


def test_days_of_an_area_in_two_parts_count_once() -> None:
    points = incidents(np.random.default_rng(3))
    result = evaluate_areas(study(), points, in_parts("p0", "p1", "2015-09-01"))
    own = result.counts.query("area == 'p0'").set_index("period")
    # From 1 September 2015 to 1 March 2016: 30 + 31 + 30 + 31 + 31 + 29 days.
    assert own["days"].to_dict() == {"before": 182, "after": 365}
    day = points["occurred"].dt.tz_localize(None)
    since = (day >= "2015-09-01") & (day < "2016-03-01")
    inside = points.within(town.square(0)) | points.within(town.square(1))
    assert own.loc["before", "count"] == (since & inside).sum()


def test_rings_are_drawn_around_every_part_of_a_locality() -> None:
    shown = evaluate_areas(
        study(), incidents(np.random.default_rng(3)), in_parts("p0", "p7")
    ).areas.set_index("code")
    # Around a square of 200 m: four sides of 150 m by 200 m and a circle of 150 m.
    around_one = 4 * 150 * 200 + np.pi * 150**2
    assert shown.loc["p0:0-150"].geometry.area == pytest.approx(2 * around_one, rel=1e-3)


def test_a_locality_is_compared_with_all_its_parts_or_none() -> None:
    # A part of p7 lies wholly within the rings of p0, a third of the whole.
    frame = localities()
    part = frame.iloc[[7]].assign(
        geometry=[box(town.WEST + 250, town.SOUTH, town.WEST + 350, town.SOUTH + 200)]
    )
    parts = replace(areas(), localities=pd.concat([frame, part], ignore_index=True))
    result = evaluate_areas(study(), incidents(np.random.default_rng(3)), parts)
    assert result.areas.query("code == 'p7'")["role"].tolist() == ["untreated"] * 2


# The verdict


def test_a_large_fall_is_found(fell: Evaluation) -> None:
    assert fell.grade in {"clear_fall", "likely_fall"}
    low, high = fell.interval()
    assert low < 0.4 < high < 1
    assert fell.findings[0].basis == "expectation"
    assert fell.findings[0].tipping_point.bound == pytest.approx(high, abs=1e-6)


def test_no_effect_cannot_be_told_from_chance(same: Evaluation) -> None:
    assert same.grade == "uncertain"
    assert "With a probability of 80% only a fall of about" in same.summary("en")
    assert "cannot be told from chance" in same.summary("en")
    assert "nelze rozlišit od náhody" in same.summary("cs")


def test_choosing_the_worst_place_is_no_effect() -> None:
    # Nothing was done; in each town the place with the most incidents of the year before is
    # "treated". The bare comparison is fooled; the verdict says fall in 2.5% of towns.
    naive = graded = 0
    towns = 40
    for seed in range(towns):
        points = incidents(np.random.default_rng(100 + seed), mean=25, change=0.85)
        last = points[points["occurred"] >= pd.Timestamp("2015-03-01", tz="Europe/Prague")]
        last = last[last["occurred"] < pd.Timestamp(START, tz="Europe/Prague")]
        place = ((last.geometry.x - town.WEST) // town.STEP).astype(int)
        place += town.ROW * ((last.geometry.y - town.SOUTH) // town.STEP).astype(int)
        worst = f"p{place.value_counts().idxmax()}"
        made = study(deployments=[Deployment(locality=worst, start=START)], ring_distances=[150])
        finding = evaluate_areas(made, points, areas()).findings[0]
        naive += finding.naive.p_value < 0.05 and finding.naive.estimate < 1
        graded += finding.grade in {"clear_fall", "likely_fall"}
    assert naive / towns >= 0.15
    assert graded / towns <= 0.1


def test_the_first_outcome_comes_first_and_is_corrected_by_itself() -> None:
    made = study(
        outcomes={"disorder": ["public_order"], "property": ["property"]},
        deployments=[Deployment(locality=f"p{n}", start=START) for n in (0, 14)],
    )
    rng = np.random.default_rng(7)
    points = pd.concat([incidents(rng), incidents(rng, offence="property")], ignore_index=True)
    result = evaluate_areas(made, points, areas())
    assert [finding.primary for finding in result.findings] == [True, True, False, False]
    primary, everything = result.findings[:2], result.findings
    smallest = min(primary, key=lambda finding: finding.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1, 2 * smallest.p_value))
    assert all(finding.p_adjusted <= finding.p_adjusted_all + 1e-12 for finding in everything)
    assert has(result.doubts, "Comparisons made (places × outcomes): 4.")


def test_staggered_places_are_pooled_each_once() -> None:
    made = study(
        deployments=[
            Deployment(locality="p0", start=START),
            Deployment(locality="p14", start=date(2016, 2, 1)),
            Deployment(locality="p0", start=date(2016, 3, 5), programme="caretakers"),
        ]
    )
    points = incidents(np.random.default_rng(8), mean=120, ratios={0: 0.5, 14: 0.5})
    result = evaluate_areas(made, points, areas())
    first = [finding for finding in result.findings if finding.deployment.programme != "caretakers"]
    assert result.pooled.observed == sum(finding.count_after for finding in first)
    assert result.grade in {"clear_fall", "likely_fall"}
    assert result.summary("en").startswith("All places with a programme together, disorder:")


def test_all_places_together_are_all_or_none() -> None:
    made = study(deployments=[Deployment(locality=code, start=START) for code in ("p0", "p1")])
    frame = localities()
    frame.loc[1, "valid_from"] = pd.Timestamp("2015-09-01")
    points = incidents(np.random.default_rng(3))
    result = evaluate_areas(made, points, replace(areas(), localities=frame))
    assert [finding.basis for finding in result.findings] == ["expectation", "naive"]
    assert result.pooled is None
    assert result.grade == "uncertain"
    assert np.isnan(result.estimate)
    assert result.interval() == (0.0, np.inf)
    assert has(result.doubts, "no expectation could be learnt for: Place p1.")
    assert "All places" not in result.summary("en")
    whole = evaluate_areas(made, points, areas())
    assert whole.pooled is not None
    assert not has(whole.doubts, "no expectation could be learnt for")


def test_a_few_comparison_areas_give_no_verdict() -> None:
    points = incidents(np.random.default_rng(9), count=6, mean=200, ratios={0: 0.3})
    result = evaluate_areas(study(), points, areas(6))
    assert result.findings[0].expectation is None
    assert result.findings[0].basis == "relative"
    # A fall by 70% of which the years before show that it is no return to the usual.
    assert result.grade == "likely_fall"
    short = study(
        deployments=[
            Deployment(
                locality="p0", start=START, before=Period(date(2014, 3, 1), date(2014, 3, 9))
            )
        ]
    )
    assert evaluate_areas(short, points, areas(6)).grade == "uncertain"


def test_the_rings_ratios_are_rate_ratios() -> None:
    rng = np.random.default_rng(10)
    points = incidents(rng)
    times = pd.DatetimeIndex(["2015-06-01"] * 40 + ["2016-06-01"] * 20)
    x = np.full(60, town.WEST - 60.0)
    around = town.frame(x, np.full(60, town.SOUTH + 100.0), times)
    finding = evaluate_areas(
        study(), pd.concat([points, around], ignore_index=True), areas()
    ).findings[0]
    ring = finding.rings.iloc[0]
    assert (ring["inner"], ring["outer"], ring["before"], ring["after"]) == (0, 150, 40, 20)
    assert ring["ratio"] == pytest.approx(20 / 365 / (40 / 366))
    assert ring["low"] < ring["ratio"] < ring["high"]
    assert finding.displacement.buffer == (40, 20)
    assert finding.quotient.buffer == (40, 20)


# Doubts: each where it should be, and only there


def doubts(result: Evaluation) -> list[str]:
    return [*result.doubts, *(note for finding in result.findings for note in finding.doubts)]


def test_a_sound_study_raises_no_alarm(same: Evaluation) -> None:
    assert [note[:40] for note in doubts(same)] == ["It is not known who reported the inciden"]


def _changed(points: gpd.GeoDataFrame, **values) -> gpd.GeoDataFrame:
    return points.assign(**values)


@pytest.mark.parametrize(
    ("made", "part"),
    [
        (
            study(deployments=[Deployment(locality="p0", start=date(2017, 1, 1))]),
            "offence act changed on 1 July 2017",
        ),
        (study(months_before=6), "The period before has 182 days only"),
        (study(months_after=4), "The period after has 122 days only"),
        (
            study(
                deployments=[
                    Deployment(locality="p0", start=START),
                    Deployment(locality="p0", start=date(2016, 9, 1), programme="caretakers"),
                ]
            ),
            "Caretakers, too, worked in the same place",
        ),
        (
            study(deployments=[Deployment(locality="p0", start=date(2015, 1, 1))]),
            "The records begin on 2014-03-01",
        ),
        (
            study(deployments=[Deployment(locality="p0", start=date(2016, 9, 1))]),
            "The records end on 2017-03-01",
        ),
    ],
)
def test_the_design_raises_its_doubt(made: Study, part: str) -> None:
    result = evaluate_areas(made, incidents(np.random.default_rng(2), mean=120), areas())
    assert has(doubts(result), part)


def _masked(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return points.assign(precision="masked")


def _few_places(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    x, y = (
        np.floor(v / town.STEP) * town.STEP + 100 for v in (points.geometry.x, points.geometry.y)
    )
    return points.set_geometry(gpd.points_from_xy(x, y, crs=points.crs))


def _lost_after(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    later = points["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    return points.set_geometry(points.geometry.where(~(later & (np.arange(len(points)) % 4 == 0))))


def _lost_always(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return points.set_geometry(points.geometry.where(np.arange(len(points)) % 4 != 0))


def _patrols_rise(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    later = points["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    turn = np.arange(len(points)) % 10
    by_patrol = np.where(later, turn < 6, turn < 2)
    return points.assign(origin=np.where(by_patrol, "patrol", "citizen"))


def _bad_last_year(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    home = points.within(town.square(0))
    earlier = points["occurred"] < pd.Timestamp("2015-03-01", tz="Europe/Prague")
    return points[~(home & earlier & (np.arange(len(points)) % 2 == 0))].reset_index(drop=True)


def _without_a_month(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    day = points["occurred"].dt.tz_localize(None)
    return points[(day < "2015-06-01") | (day >= "2015-07-01")]


def _many_here(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    home = points[points.within(town.square(0))]
    return pd.concat([points, *[home] * 9])


def _renamed_after(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    later = points["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    return points.assign(offence=points["offence"].mask(later, "another_name"))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (_renamed_after, "Incidents of the kind public_order end about 2016-03-01"),
        (_masked, "points were moved by their publisher"),
        (_few_places, "points were moved by their publisher"),
        (_lost_after, "share of incidents with a known place changed from 100% to 75%"),
        (_lost_always, "Only 75% of the incidents have a known place"),
        (_patrols_rise, "patrols' share of the recorded incidents rose from 2"),
        (_bad_last_year, "The time just before was unusually bad here"),
        (_without_a_month, "Nothing at all is recorded after 2015-05-31 until 2015-07-01"),
        (_many_here, "The comparison areas are of another level: before, "),
        (lambda points: points.iloc[::40], "Few incidents ("),
    ],
)
def test_the_data_raise_their_doubt(change, part: str, same: Evaluation) -> None:
    points = incidents(np.random.default_rng(2), mean=120)
    result = evaluate_areas(study(), change(points).reset_index(drop=True), areas())
    assert has(doubts(result), part)
    assert not has(doubts(same), part)


def test_moved_points_cannot_carry_a_verdict() -> None:
    points = incidents(np.random.default_rng(1), mean=120, ratios={0: 0.3})
    assert evaluate_areas(study(), points, areas()).grade != "uncertain"
    assert evaluate_areas(study(), _masked(points), areas()).grade == "uncertain"


def test_more_patrols_records_are_no_rise_of_offences() -> None:
    rng = np.random.default_rng(11)
    points = incidents(rng, mean=120).assign(origin="citizen")
    home = points[points.within(town.square(0))]
    later = home["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    seen = pd.concat([home[later]] * 3).assign(origin="patrol")
    result = evaluate_areas(study(), pd.concat([points, seen], ignore_index=True), areas())
    finding = result.findings[0]
    assert finding.expectation.estimate > 2
    assert finding.grade == "uncertain"
    assert finding.doubts[0].startswith("The patrols' share of the recorded incidents rose")
    # What others reported did not change.
    low, high = finding.reported.interval()
    assert low < 1 < high


def test_several_places_in_which_only_patrols_records_rose_are_no_clear_rise() -> None:
    # Nearly all records are the patrols': too few others to see, in one place, that only
    # the patrols' records rose.
    rng = np.random.default_rng(3)
    points = incidents(rng, mean=60, change=1.0)
    points["origin"] = np.where(rng.random(len(points)) < 0.96, "patrol", "citizen")
    later = points["occurred"] >= pd.Timestamp(START, tz="Europe/Prague")
    homes = [points.within(town.square(number)) for number in range(3)]
    treated = np.logical_or.reduce(homes) & later & points["origin"].eq("patrol")
    made = study(deployments=[Deployment(locality=f"p{n}", start=START) for n in range(3)])
    seen = pd.concat([points, points[treated]], ignore_index=True)
    result = evaluate_areas(made, seen, areas())
    assert result.pooled is not None
    assert result.pooled.p_value < 0.001
    assert not any(has(one.doubts, "patrols' share") for one in result.findings)
    assert result.overall == "likely_rise"


def test_unknown_origins_never_give_a_clear_rise() -> None:
    points = incidents(np.random.default_rng(12), mean=60, change=0.3, ratios={0: 3.3})
    finding = evaluate_areas(study(), points, areas()).findings[0]
    assert finding.p_adjusted < 0.01
    assert finding.grade == "likely_rise"


def test_a_negative_control_that_fell_too_caps_the_grade() -> None:
    rng = np.random.default_rng(13)
    points = pd.concat(
        [
            incidents(rng, mean=150, ratios={0: 0.3}),
            incidents(rng, mean=150, ratios={0: 0.3}, offence="road_safety"),
        ],
        ignore_index=True,
    )
    made = study(
        outcomes={"disorder": ["public_order"], "roads": ["road_safety"]}, negative_control="roads"
    )
    result = evaluate_areas(made, points, areas())
    assert has(result.findings[0].doubts, "The control outcome roads")
    assert not has(result.findings[1].doubts, "The control outcome")
    assert result.findings[0].grade == "likely_fall"


def test_a_locality_that_came_late_is_told() -> None:
    frame = localities()
    frame.loc[0, "valid_from"] = pd.Timestamp("2015-09-01")
    result = evaluate_areas(
        study(), incidents(np.random.default_rng(2)), replace(areas(), localities=frame)
    )
    assert has(result.findings[0].doubts, "hold on 182 of 366 days before and on 365 of 365")


@pytest.mark.parametrize(
    ("column", "period", "validity"),
    [
        ("valid_to", "after, 2016-03-01 to 2017-03-01", "to 2016-03-01"),
        ("valid_from", "before, 2015-03-01 to 2016-03-01", "from 2016-03-01"),
    ],
)
def test_a_locality_that_never_was_in_a_period_is_named(
    column: str, period: str, validity: str
) -> None:
    frame = localities()
    frame.loc[0, column] = pd.Timestamp("2016-03-01")
    message = (
        f"deployment of 'assistants' from 2016-03-01: expected boundaries of 'p0' that are valid "
        f"in the period {period}, got boundaries valid {validity}; mend valid_from"
    )
    with pytest.raises(StudyError, match=message):
        evaluate_areas(
            study(), incidents(np.random.default_rng(2)), replace(areas(), localities=frame)
        )


def test_the_time_before_a_locality_existed_is_no_quiet_time() -> None:
    frame = localities()
    frame.loc[0, "valid_from"] = pd.Timestamp("2015-03-01")
    points = incidents(np.random.default_rng(3))
    finding = evaluate_areas(study(), points, replace(areas(), localities=frame)).findings[0]
    assert finding.count_before > 20
    assert not has(finding.doubts, "The time just before was unusually bad")


def test_a_fall_is_not_graded_by_a_past_in_which_the_place_did_not_exist() -> None:
    # Of six places one falls by 70%; its earlier year, which would show that it was not chosen
    # after a bad time, is unknown.
    points = incidents(np.random.default_rng(9), count=6, mean=200, ratios={0: 0.3})
    town_of_six = areas(6)
    assert evaluate_areas(study(), points, town_of_six).grade == "likely_fall"
    frame = localities(6)
    frame.loc[0, "valid_from"] = pd.Timestamp("2015-03-01")
    late = evaluate_areas(study(), points, replace(town_of_six, localities=frame))
    assert late.grade == "uncertain"


def test_a_comparison_that_never_was_throughout_is_none() -> None:
    frame = localities()
    frame["valid_from"] = pd.Timestamp("2015-09-01")
    made = study(ring_distances=[])
    points = incidents(np.random.default_rng(2))
    finding = evaluate_areas(made, points, replace(areas(), localities=frame)).findings[0]
    assert finding.basis == "naive"
    assert has(finding.doubts, "there are 0 comparison areas")


def test_a_start_on_a_leap_day_has_the_years_before_it() -> None:
    leap = study(deployments=[Deployment(locality="p0", start=date(2016, 2, 29))])
    before = leap.periods(leap.deployments[0])[0]
    stretches = past(before, Period(date(2013, 1, 1), date(2018, 1, 1)))
    assert [(str(span.start), str(span.end)) for span in stretches] == [
        ("2015-02-28", "2016-02-29"),
        ("2014-02-28", "2015-02-28"),
        ("2013-02-28", "2014-02-28"),
    ]


def test_a_redrawn_locality_counts_in_its_boundaries_of_the_day() -> None:
    frame = localities()
    old, new = frame.iloc[[0]].copy(), frame.iloc[[0]].copy()
    old["valid_to"] = new["valid_from"] = pd.Timestamp("2015-09-01")
    new["geometry"] = box(town.WEST, town.SOUTH, town.WEST + 100, town.SOUTH + 200)
    redrawn = pd.concat([old, new, frame.iloc[1:]], ignore_index=True)
    points = incidents(np.random.default_rng(2))
    finding = evaluate_areas(study(), points, replace(areas(), localities=redrawn)).findings[0]
    day = points["occurred"].dt.tz_localize(None)
    before = (day >= "2015-03-01") & (day < "2016-03-01")
    west = points.geometry.x < town.WEST + 100
    inside = points.within(town.square(0)) & ((day < "2015-09-01") | west)
    assert finding.count_before == (before & inside).sum()


def test_incidents_of_another_time_are_refused() -> None:
    points = incidents(np.random.default_rng(0), first=date(2010, 1, 1), last=date(2011, 1, 1))
    with pytest.raises(StudyError, match=r"do not meet: .* got incidents from 2010"):
        evaluate_areas(study(), points, areas())


# What is said


def test_no_percentage_stands_without_its_interval(fell: Evaluation, same: Evaluation) -> None:
    for result in (fell, same):
        for language in ("en", "cs"):
            for text in (result.summary(language), result.findings[0].sentence(language)):
                told = text.split("caution")[0].split("opatrnosti")[0]
                assert re.search(r"95%", told)
                assert (
                    len(re.findall(r"[−+]\d+\N{NO-BREAK SPACE}?%|\b0\N{NO-BREAK SPACE}?%", told))
                    == 3
                )


def test_the_sentence_names_place_outcome_and_grade(fell: Evaluation) -> None:
    assert re.match(r"Place p0, disorder: a (clear|likely) fall\.", fell.findings[0].sentence("en"))
    assert re.match(
        r"Place p0, disorder: (zřetelný|pravděpodobný) pokles\.", fell.findings[0].sentence("cs")
    )


def test_json_is_strict_and_the_same_every_time(fell: Evaluation) -> None:
    text = fell.to_json()

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    values = json.loads(text, parse_constant=refuse)
    assert values["grade"] == fell.grade
    assert values["findings"][0]["before"]["count"] == fell.findings[0].count_before
    points = incidents(np.random.default_rng(1), mean=120, ratios={0: 0.4})
    assert evaluate_areas(study(), points, areas()).to_json() == text


def test_tables_hold_the_same_numbers(fell: Evaluation) -> None:
    tables = fell.tables()
    names = {"findings", "methods", "event_study", "rings", "counts", "accounting", "balance"}
    assert set(tables) == names
    row = tables["findings"].iloc[0]
    assert row["expectation"] == fell.findings[0].expectation.estimate
    assert row["count_before"] == fell.findings[0].count_before
    assert tables["balance"].loc[0, "comparison_areas"] == 29


# Memphis, real robberies of 2019


def memphis(shared: Path, start: date = date(2019, 7, 1), **values) -> Study:
    folder = shared / "memphis"
    return Study(
        name="Memphis",
        language="en",
        time_zone="America/Chicago",
        months_before=6,
        months_after=6,
        sources={
            "incidents": folder / "memphis_robberies.geojson",
            "localities": folder / "memphis_precincts.geojson",
        },
        outcomes={"robbery": ["*"]},
        deployments=[Deployment(locality="Raines", start=start)],
        **values,
    )


def test_memphis_robberies_are_counted_in_their_precincts(shared: Path) -> None:
    made = memphis(shared)
    points = read_incidents(made.sources.incidents, time_zone=made.time_zone)
    result = evaluate(made, points)
    # Points in polygons by geopandas, the repaired precinct included; 1 of 2,245 is outside.
    assert result.counts.query("role != 'ring'").groupby("area")["count"].sum().to_dict() == {
        "Mt. Moriah": 368,
        "Crump": 317,
        "Tillman": 301,
        "Raines": 273,
        "Ridgeway": 220,
        "Austin Peay": 219,
        "Airways": 204,
        "North Main": 189,
        "Appling Farms": 153,
    }
    account = result.accounting.iloc[0]
    assert account["incidents"] == 2245
    assert account["counted"] == 2244
    assert account["outside_areas"] == 1
    assert result.grade == "uncertain"
    assert result.areas.crs.axis_info[0].unit_name == "metre"
    assert "Raines, robbery: a change cannot be told from chance." in result.summary("en")


def test_moving_the_whole_town_changes_nothing() -> None:
    points = scattered(np.random.default_rng(14))
    made = study(comparison={"kind": "cells"})
    plain = evaluate_areas(made, points, areas())

    def moved(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        return frame.set_geometry(frame.geometry.translate(3000, -2000))

    there = areas()
    elsewhere = replace(
        there, **{name: moved(getattr(there, name)) for name in ("localities", "districts", "city")}
    )
    assert evaluate_areas(made, moved(points), elsewhere).to_json() == plain.to_json()


def test_one_place_is_graded_as_its_first_deployment(fell: Evaluation) -> None:
    assert fell.grade == fell.findings[0].grade
    assert fell.interval() == fell.findings[0].expectation.interval()
    assert fell.summary("en").startswith(fell.findings[0].sentence("en")[:40])


def test_patrols_are_checked_at_the_door() -> None:
    points = incidents(np.random.default_rng(0), mean=5)
    with pytest.raises(InputError, match="the patrols frame"):
        evaluate_areas(study(), points, areas(), points)


# Beside the expectation


def test_other_methods_stand_beside_the_primary_outcome(fell: Evaluation) -> None:
    finding = fell.findings[0]
    # With equal exposures the regression is the ratio of ratios of the same counts, but for the
    # year before the one compared, which it sees as well.
    assert finding.beside.event.table.index.tolist() == [-4, -3, -2, -1, 0, 1]
    assert finding.beside.event.overall.estimate == pytest.approx(0.4, abs=0.15)
    assert finding.beside.synthetic.estimate == pytest.approx(0.4, abs=0.15)
    # Without a comparison the general fall to 0.9 is in it, as far as it is not the place's trend.
    least, most = finding.beside.series.interval()
    assert least < 0.4 < most
    methods = fell.tables()["methods"].set_index("method")
    assert methods.loc["difference_in_differences", "low"] < 0.4
    assert set(methods.index) >= {"before_after", "expectation", "interrupted_time_series"}
    values = json.loads(fell.to_json())["findings"][0]["beside"]
    assert values["synthetic_control"]["estimate"] == pytest.approx(
        finding.beside.synthetic.estimate
    )


def test_the_place_and_its_rings_are_expected_together() -> None:
    points = incidents(np.random.default_rng(1), mean=120, ratios={0: 0.5})
    days = pd.DatetimeIndex(["2014-06-01", "2015-06-01", "2016-06-01"] * 60)
    x = np.full(len(days), town.WEST - 60.0)
    around = town.frame(x, np.full(len(days), town.SOUTH + 100.0), days)
    finding = evaluate_areas(study(), pd.concat([points, around]), areas()).findings[0]
    assert finding.total.observed == finding.count_after + 60
    ring = finding.rings.iloc[0]
    assert ring["index_low"] < ring["index"] < ring["index_high"]
    assert ring["index"] == pytest.approx(60 / ring["expected"])
    low, high = finding.total.interval()
    assert finding.expectation.estimate < finding.total.estimate < ring["index"]
    assert low < finding.total.estimate < high


def test_a_place_above_all_comparison_areas_is_at_most_likely() -> None:
    # Every year there is ten times as much here; the fall to a tenth is real.
    points = incidents(np.random.default_rng(1), mean=60, ratios={0: 0.1})
    home = points[points.within(town.square(0))]
    result = evaluate_areas(study(), pd.concat([points, *[home] * 9], ignore_index=True), areas())
    finding = result.findings[0]
    assert finding.p_value < 0.01
    assert finding.grade == "likely_fall"
    assert has(finding.doubts, "The comparison areas are of another level")
    assert result.balance.loc[0, "comparison_as_high"] == 0


def test_a_rise_without_origins_points_to_recording_first() -> None:
    points = incidents(np.random.default_rng(12), mean=60, change=0.5, ratios={0: 2.0})
    finding = evaluate_areas(study(), points, areas()).findings[0]
    assert finding.expectation.estimate > 1.5
    assert finding.doubts[0].startswith("It is not known who reported")
    assert "if the patrols see and record more" in finding.sentence("en")


def test_a_course_apart_before_the_start_is_told() -> None:
    # The place falls by half already a year before the programme, the others do not.
    points = incidents(np.random.default_rng(3), mean=150, change=1.0)
    early = points["occurred"] < pd.Timestamp("2015-03-01", tz="Europe/Prague")
    home = points[points.within(town.square(0)) & early]
    result = evaluate_areas(study(), pd.concat([points, *[home] * 3], ignore_index=True), areas())
    assert result.findings[0].beside.event.pretrend.p_value < 0.05
    assert has(result.findings[0].doubts, "Already before the start the place did not change")


def test_staggered_starts_are_compared_with_places_that_have_no_programme_yet() -> None:
    made = study(
        months_after=6,
        deployments=[
            Deployment(locality="p0", start=date(2015, 9, 1)),
            Deployment(locality="p14", start=START),
            Deployment(locality="p14", start=date(2016, 9, 1), programme="caretakers"),
        ],
    )
    points = incidents(np.random.default_rng(8), mean=150, ratios={14: 0.5})
    found = evaluate_areas(made, points, areas()).staggered
    low, high = found.interval()
    assert low < found.estimate < high
    assert "groups 2" in found.summary("en")


def test_the_main_reason_for_caution_is_the_one_that_touches_most_places() -> None:
    from apkgeo.evaluation.doubts import most_common
    from apkgeo.language import Note

    both = [Note("Few: {count}.", count=n) for n in (3, 4)]
    heavy = Note("Heavy.")
    note, names, alike = most_common({"A": (heavy, both[0]), "B": (both[1],)})
    assert (note, names, alike) == (both[0], ("A", "B"), False)
    assert most_common({"A": (heavy,), "B": (heavy,)}) == (heavy, (), True)
    assert most_common({"A": ()}) == (None, (), True)
