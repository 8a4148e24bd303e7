"""Minutes and visits: by hand, second by second, and never more or fewer than were recorded."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.patrols.dosage import PatrolDosage, patrol_dosage
from tests.patrols.walks import START, Walk, places, stroll
from tests.places import strategies

SQUARE = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 100, 100)], crs=5514)
PAIR = gpd.GeoDataFrame(
    {"code": ["east", "west"]}, geometry=[box(100, 0, 200, 100), box(0, 0, 100, 100)], crs=5514
)


def walked(
    *stops: tuple[float, float, float], unit: str = "A1", start: pd.Timestamp = START
) -> gpd.GeoDataFrame:
    """Fixes from (second, x, y)."""
    seconds, x, y = np.array(stops, dtype=float).T
    return gpd.GeoDataFrame(
        {"unit": unit, "recorded": start + pd.to_timedelta(seconds, unit="s")},
        geometry=gpd.points_from_xy(x, y, crs=5514),
    )


def total(dosage: PatrolDosage) -> float:
    return dosage.in_areas + dosage.outside + dosage.unknown


def test_borders_are_crossed_at_the_exact_time() -> None:
    # 120 m in 60 s, the border after 90 m: 45 s outside, 15 s inside.
    dosage = patrol_dosage(walked((0, -90, 50), (60, 30, 50)), SQUARE)
    (visit,) = dosage.visits.to_dict("records")
    assert visit["arrived"] == START + pd.Timedelta(seconds=45)
    assert visit["left"] == START + pd.Timedelta(seconds=60)
    assert visit["minutes"] == pytest.approx(0.25)
    assert not visit["complete"]
    assert dosage.outside == pytest.approx(0.75)


def test_a_step_over_a_corner_between_two_fixes_outside_counts() -> None:
    # From (-20, 50) to (50, 120): inside from (0, 70) to (30, 100), 3/7 of 70 s.
    dosage = patrol_dosage(walked((0, -20, 50), (70, 50, 120)), SQUARE)
    assert dosage.areas.loc["plac", "minutes"] == pytest.approx(0.5)
    (visit,) = dosage.visits.to_dict("records")
    assert visit["complete"]
    assert visit["arrived"] == START + pd.Timedelta(seconds=20)


def test_a_step_through_a_hole_and_over_a_common_border_is_parted() -> None:
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    frame = gpd.GeoDataFrame(
        {"code": ["ring", "next"]}, geometry=[ring, box(100, 0, 200, 100)], crs=5514
    )
    dosage = patrol_dosage(walked((0, 0, 50), (120, 150, 50)), frame)
    # 0-40 and 60-100 m in the ring, 20 m in its hole, 50 m next door; 1.25 m/s.
    assert dosage.areas["minutes"].to_dict() == pytest.approx(
        {"ring": 80 / 1.25 / 60, "next": 50 / 1.25 / 60}
    )
    assert dosage.outside == pytest.approx(20 / 1.25 / 60)


def test_along_a_common_border_the_first_area_by_code_has_the_time() -> None:
    dosage = patrol_dosage(walked((0, 100, -50), (100, 100, 50)), PAIR)
    assert dosage.areas["minutes"].to_dict() == pytest.approx({"east": 50 / 60, "west": 0})
    assert dosage.outside == pytest.approx(50 / 60)


@pytest.mark.parametrize(("every", "within"), [(10, 0.01), (60, 0.05)])
def test_minutes_agree_with_a_walk_known_second_by_second(every: int, within: float) -> None:
    areas = places(4, seed=1)
    errors, held, likely = [], [], []
    for seed in range(6):
        walk = stroll(40, seed=seed)
        truth = pd.Series(walk.minutes(areas, until=(len(walk.xy) - 1) // every * every))
        dosage = patrol_dosage(walk.fixes(every), areas)
        errors += list((dosage.areas["minutes"] / truth - 1).abs())
        held += list(dosage.areas["low"].le(truth) & dosage.areas["high"].ge(truth))
        interval = dosage.interval()
        likely += list(interval["low"].le(truth) & interval["high"].ge(truth))
    assert max(errors) < within
    assert np.mean(held) >= 0.95
    assert np.mean(likely) >= 0.95


def near_border(walk: Walk, areas: gpd.GeoDataFrame, metres: float) -> np.ndarray:
    """Minutes of a walk within some metres of each area's border."""
    spots, seconds = np.unique(walk.xy.round(2), axis=0, return_counts=True)
    points = shapely.points(spots)
    borders = areas.geometry.boundary
    return np.array([seconds[shapely.distance(points, b) < metres].sum() / 60 for b in borders])


@pytest.mark.parametrize(("every", "within"), [(10, 0.01), (60, 0.05)])
def test_fixes_that_err_by_metres_matter_only_where_the_way_is_along_the_border(
    every: int, within: float
) -> None:
    clear, errors, held, likely = [], [], [], []
    for seed in range(10):
        areas = places(4, seed=seed + 1)
        walk = stroll(40, seed=seed + 10)
        truth = pd.Series(walk.minutes(areas, until=(len(walk.xy) - 1) // every * every))
        dosage = patrol_dosage(walk.fixes(every, noise=3, seed=seed), areas)
        error = (dosage.areas["minutes"] / truth - 1).abs()
        apart = near_border(walk, areas, 3) < 0.1 * truth
        clear += list(error[apart])
        errors += list(error)
        interval = dosage.interval()
        held += list(dosage.areas["low"].le(truth) & dosage.areas["high"].ge(truth))
        likely += list(interval["low"].le(truth) & interval["high"].ge(truth))
    assert clear
    assert max(clear) < 1.5 * within
    assert np.mean(clear) < within
    assert np.mean(errors) < 0.02
    assert np.mean(held) >= 0.95
    assert np.mean(likely) >= 0.95


@pytest.mark.parametrize("memory", [0.0, 60.0])
def test_bounds_hold_the_truth_when_fixes_err_and_are_lost(memory: float) -> None:
    areas = places(4, seed=3)
    held, likely = [], []
    for seed in range(5):
        walk = stroll(10, seed=seed + 50)
        fixes = walk.fixes(30, noise=4, memory=memory, seed=seed)
        rng = np.random.default_rng(seed)
        kept = rng.random(len(fixes)) > 0.1
        for lost in rng.integers(10, len(fixes) - 40, 8):
            kept[lost : lost + int(rng.integers(4, 30))] = False
        kept[[0, -1]] = True
        dosage = patrol_dosage(fixes[kept], areas)
        assert dosage.rules.loc["gaps", "cases"] > 0
        truth = pd.Series(walk.minutes(areas, until=(len(walk.xy) - 1) // 30 * 30))
        interval = dosage.interval()
        held += list(dosage.areas["low"].le(truth) & dosage.areas["high"].ge(truth))
        likely += list(interval["low"].le(truth) & interval["high"].ge(truth))
        assert (interval["low"] >= dosage.areas["low"]).all()
        assert (interval["high"] <= dosage.areas["high"]).all()
    assert np.mean(held) >= 0.95
    assert np.mean(likely) >= 0.9


@st.composite
def tracks(draw: st.DrawFn, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fixes on and off borders, with silences of every length, doubled and unplaced ones."""
    points = draw(strategies.points(frame))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    waits = rng.choice([0, 0.25, 7, 60, 61, 400, 1000, 3600, 3601, 9000], len(points))
    recorded = START + pd.to_timedelta(np.cumsum(waits), unit="s")
    points = points.assign(recorded=recorded, unit=rng.choice(["A1", "A2"], len(points)))
    return points.iloc[rng.permutation(len(points))]


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_no_minute_is_lost_or_made(data: st.DataObject, dated: bool) -> None:
    frame = data.draw(strategies.areas(dated=dated))
    if dated:
        frame["valid_from"] += pd.Timedelta(days=545)  # around the day of the walk
    patrols = data.draw(tracks(frame))
    dosage = patrol_dosage(patrols, frame, fastest=data.draw(st.sampled_from([0.01, 4.0])))
    assert total(dosage) == pytest.approx(dosage.recorded, abs=1e-9)
    by_place = dosage.minutes.groupby("where")["minutes"].sum()
    assert by_place.get("area", 0) == pytest.approx(dosage.in_areas, abs=1e-9)
    assert by_place.get("outside", 0) == pytest.approx(dosage.outside, abs=1e-9)
    assert by_place.get("unknown", 0) == pytest.approx(dosage.unknown, abs=1e-9)
    assert dosage.units["minutes"].sum() == pytest.approx(dosage.recorded, abs=1e-9)
    visits = dosage.visits.groupby("area")["minutes"].sum().reindex(frame["code"], fill_value=0)
    assert visits.to_numpy() == pytest.approx(dosage.areas["minutes"].to_numpy(), abs=1e-9)
    assert (dosage.areas["low"] <= dosage.areas["minutes"] + 1e-12).all()
    assert (dosage.areas["high"] >= dosage.areas["minutes"] - 1e-12).all()
    assert (dosage.minutes["minutes"] >= 0).all()


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_steps_are_cut_as_thousand_points_along_them_say(data: st.DataObject) -> None:
    frame = data.draw(strategies.areas())
    half = st.integers(-2, 2 * strategies.SIDE + 2).map(lambda number: number / 2)
    stops = data.draw(st.lists(st.tuples(half, half), min_size=2, max_size=6))
    track = walked(*[(60.0 * n, x, y) for n, (x, y) in enumerate(stops)])
    dosage = patrol_dosage(track, frame, drift=0)
    expected = dict.fromkeys(frame["code"], 0.0)
    shares = (np.arange(1000) + 0.5) / 1000
    for (x0, y0), (x1, y1) in pairwise(stops):
        xy = shapely.points(x0 + shares * (x1 - x0), y0 + shares * (y1 - y0))
        points = gpd.GeoDataFrame({"occurred": pd.NaT}, index=range(1000), geometry=xy)
        for code in strategies.brute_force(points, frame, dated=False):
            if code is not None:
                expected[code] += 1 / 1000
    # Each crossing may fall between two of the thousand; a step has at most some dozens.
    for code, minutes in expected.items():
        assert dosage.areas.loc[code, "minutes"] == pytest.approx(minutes, abs=0.03)


def test_moving_the_map_and_shuffling_rows_change_nothing() -> None:
    areas = places(3, seed=2)
    fixes = stroll(3, seed=9).fixes(20, noise=3)
    here = patrol_dosage(fixes, areas)
    by = (-822_380.0, -1_069_630.0)
    moved = fixes.set_geometry(fixes.translate(*by)).sample(frac=1, random_state=1)
    there = patrol_dosage(moved, areas.set_geometry(areas.translate(*by)))
    pd.testing.assert_frame_equal(here.areas, there.areas, rtol=1e-6)
    pd.testing.assert_frame_equal(here.minutes, there.minutes, rtol=1e-6)


def test_a_gap_between_two_areas_is_unknown_and_bounded_by_walking_there_and_back() -> None:
    # Steps of 60 s, then 400 s from 40 m deep in one to 40 m deep in the other area.
    stops = [(0, 60, 50), (60, 60, 50), (120, 60, 50), (520, 140, 50), (580, 140, 50)]
    dosage = patrol_dosage(walked(*stops), PAIR, accuracy=10, walking_speed=2, gap_after=200)
    assert dosage.unknown == pytest.approx(400 / 60)
    west = dosage.areas.loc["west"]
    # 120 s for certain but for the 60 m a walk may be away in each of two steps: 40 m less the
    # 10 m of a fix out and as much back is 30 s of 60 that are certain, twice; and 15 s of the gap.
    assert west["minutes"] == pytest.approx(2)
    assert west["low"] == pytest.approx((30 + 30 + 15) / 60)
    # At most all of the gap but the 15 s from the border to the other end.
    # In the last step 30 s are certain to be in the other area.
    assert west["high"] == pytest.approx((120 + 400 - 15 + 30) / 60)
    assert dosage.rules.loc["gaps"].tolist() == pytest.approx([1, 400 / 60, 0])


def test_a_gap_with_both_ends_in_one_area_counts_there_but_not_for_the_lower_bound() -> None:
    stops = [(0, 50, 50), (60, 50, 50), (660, 50, 50), (720, 50, 50)]
    dosage = patrol_dosage(walked(*stops), SQUARE)
    (visit,) = dosage.visits.to_dict("records")
    assert visit["minutes"] == pytest.approx(12)
    assert visit["bridged"] == pytest.approx(10)
    # 40 m to the border less 10, twice, at 2 m/s: 40 s of the gap and of each step are certain.
    assert dosage.areas.loc["plac", "low"] == pytest.approx(3 * 40 / 60)
    assert dosage.areas.loc["plac", "high"] == pytest.approx(12)
    assert dosage.rules.loc["bridged"].tolist() == pytest.approx([1, 10, 10])
    longer = patrol_dosage(walked(*stops), SQUARE, bridge=599)
    assert longer.unknown == pytest.approx(10)
    assert len(longer.visits) == 2
    assert not longer.visits["complete"].any()


def test_a_gap_outside_is_outside_unless_an_area_lies_on_the_way() -> None:
    past = [(0, -50, 150), (60, -50, 150), (660, 150, 150), (720, 150, 150)]
    through = [(0, -50, 50), (60, -50, 50), (660, 150, 50), (720, 150, 50)]
    assert patrol_dosage(walked(*past), SQUARE).outside == pytest.approx(12)
    dosage = patrol_dosage(walked(*through), SQUARE)
    assert dosage.unknown == pytest.approx(10)
    # 60 m at 2 m/s from either end less 10 m for each fix: 40 s of the 600 are spent outside.
    assert dosage.areas.loc["plac", ["low", "high"]].tolist() == pytest.approx(
        [0, (600 - 40 + 2 * 20) / 60]
    )


def test_each_unit_has_gaps_by_its_own_rate() -> None:
    slow = [(300.0 * n, 50, 50) for n in range(5)]
    quick = [(10.0 * n, 50, 50) for n in range(50)] + [(790.0, 50, 150), (800.0, 50, 150)]
    dosage = patrol_dosage(
        pd.concat([walked(*slow), walked(*quick, unit="A2")], ignore_index=True), SQUARE
    )
    assert dosage.units["refresh"].to_dict() == {"A1": 300, "A2": 10}
    assert dosage.units["gap_after"].to_dict() == {"A1": 1050, "A2": 60}
    assert dosage.unknown == pytest.approx(5)


def test_after_a_long_silence_a_new_outing_begins_and_the_silence_is_not_recorded() -> None:
    stops = [(0, 50, 50), (60, 50, 50), (3661, 50, 50), (3721, 50, 50)]
    dosage = patrol_dosage(walked(*stops), SQUARE)
    assert dosage.recorded == pytest.approx(2)
    assert dosage.units.loc["A1", "outings"] == 2
    assert len(dosage.visits) == 2
    # Two outings, both ends, 60 s each.
    assert dosage.rules.loc["ends", ["cases", "minutes"]].tolist() == [2, 4]


def test_a_jump_away_and_back_is_left_out_and_a_jump_that_stays_is_unknown() -> None:
    steady = [(10.0 * n, 50.0, 50.0) for n in range(30)]
    there = [*steady]
    there[10:13] = [(100.0 + 10 * n, 900.0, 900.0) for n in range(3)]
    dosage = patrol_dosage(walked(*there), SQUARE)
    assert dosage.areas.loc["plac", "minutes"] == pytest.approx(290 / 60)
    assert dosage.rules.loc["excursions", "cases"] == 3
    moved = [*steady[:15], *[(second, 900.0, 900.0) for second, _, _ in steady[15:]]]
    dosage = patrol_dosage(walked(*moved), SQUARE)
    assert dosage.rules.loc["jumps"].tolist() == pytest.approx([1, 10 / 60, 0])
    assert dosage.areas.loc["plac", "minutes"] == pytest.approx(140 / 60)
    assert dosage.outside == pytest.approx(140 / 60)


def test_drift_over_a_border_counts_where_most_of_it_was_but_a_slow_walk_is_none() -> None:
    rng = np.random.default_rng(4)
    drift = rng.normal([6, 50], 6, (120, 2))
    fixes = walked(*[(10.0 * n, x, y) for n, (x, y) in enumerate(drift.clip([-14, 35], [26, 65]))])
    raw = patrol_dosage(fixes, SQUARE, drift=0)
    assert raw.outside > 1
    dosage = patrol_dosage(fixes, SQUARE)
    assert dosage.outside == 0
    assert dosage.rules.loc["rests", ["minutes", "in_areas"]].tolist() == pytest.approx(
        [raw.outside, raw.outside]
    )
    assert len(dosage.visits) == 1
    slow = walked(*[(60.0 * n, -15 + 3 * n, 50) for n in range(11)])
    assert patrol_dosage(slow, SQUARE).outside == pytest.approx(5)


def test_a_short_absence_does_not_end_a_visit() -> None:
    # 20 m out and back at 1 m/s: 40 s away.
    stops = [(0, 50, 50), (50, 100, 50), (70, 120, 50), (90, 100, 50), (140, 50, 50)]
    fixes = walked(*stops)
    (visit,) = patrol_dosage(fixes, SQUARE).visits.to_dict("records")
    assert visit["minutes"] == pytest.approx(100 / 60)
    assert visit["left"] - visit["arrived"] == pd.Timedelta(seconds=140)
    assert len(patrol_dosage(fixes, SQUARE, rejoin=30).visits) == 2


def test_minutes_belong_to_local_hours_days_and_shifts() -> None:
    # The night in which clocks go back: 00:30 +02:00 to 04:30 +01:00 are five hours.
    start = pd.Timestamp("2015-10-25 00:30", tz="Europe/Prague")
    fixes = walked(*[(600.0 * n, 50, 50) for n in range(31)], start=start)
    minutes = patrol_dosage(fixes, SQUARE).minutes
    assert minutes.set_index("hour")["minutes"].to_dict() == pytest.approx(
        {0: 30, 1: 60, 2: 120, 3: 60, 4: 30}
    )
    assert set(minutes["day"]) == {pd.Timestamp("2015-10-25")}
    assert set(minutes["shift"]) == {"night"}
    assert set(minutes["shift_day"]) == {pd.Timestamp("2015-10-24")}
    # The night in which they go forward has no third hour, not in the middle of a step either.
    spring = pd.Timestamp("2015-03-29 01:55", tz="Europe/Prague")
    minutes = patrol_dosage(walked((0, 50, 50), (600, 50, 50), start=spring), SQUARE).minutes
    assert minutes.set_index("hour")["minutes"].to_dict() == pytest.approx({1: 5, 3: 5})
    over = walked(
        (0, 50, 50), (600, 50, 50), start=pd.Timestamp("2015-07-01 23:55", tz="Asia/Kolkata")
    )
    rows = patrol_dosage(over, SQUARE, shifts={"early": 0, "late": 12}).minutes
    assert rows[["day", "shift", "hour", "minutes"]].values.tolist() == [
        [pd.Timestamp("2015-07-01"), "late", 23, 5.0],
        [pd.Timestamp("2015-07-02"), "early", 0, 5.0],
    ]


def test_an_area_counts_on_the_days_of_its_validity() -> None:
    dated = SQUARE.assign(valid_from=[date(2015, 7, 2)], valid_to=[None])
    fixes = pd.concat(
        [
            walked((0, -50, 50), (60, 50, 50), start=START + pd.Timedelta(days=day))
            for day in range(2)
        ]
    )
    dosage = patrol_dosage(fixes, dated)
    assert dosage.areas.loc["plac", "minutes"] == pytest.approx(0.5)
    assert dosage.areas.loc["plac", "days"] == 1
    assert dosage.areas.loc["plac", "high"] <= 1


def test_counts_of_an_area_are_of_visits_days_and_units() -> None:
    days = [START, START + pd.Timedelta(days=1)]
    fixes = pd.concat(
        [walked((0, 50, 50), (60, 50, 50), unit=unit, start=day) for unit in "AB" for day in days]
    )
    areas = patrol_dosage(fixes, PAIR).areas
    assert areas.loc["west", ["visits", "days", "units"]].tolist() == [4, 2, 2]
    assert areas.loc["east", ["minutes", "visits", "days", "units"]].tolist() == [0, 0, 0, 0]
    assert areas.index.tolist() == ["east", "west"]


def test_no_fixes_are_no_minutes() -> None:
    fixes = walked((0, 50, 50), (60, 50, 50))
    for few in (fixes[:0], fixes[:1], fixes.set_geometry([None, None], crs=5514)):
        dosage = patrol_dosage(few, SQUARE)
        assert (dosage.recorded, dosage.in_areas) == (0, 0)
        assert dosage.visits.empty
        assert dosage.minutes.empty
        assert dosage.interval().loc["plac"].tolist() == [0, 0]


def test_points_without_place_or_with_a_doubled_time_are_left_out_and_told() -> None:
    fixes = walked((0, 50, 50), (60, 50, 50), (60, 500, 500), (120, 50, 50))
    lost = fixes.set_geometry([*fixes.geometry[:3], None], crs=5514)
    dosage = patrol_dosage(lost, SQUARE)
    assert dosage.rules.loc[["unplaced", "doubled"], "cases"].tolist() == [1, 1]
    assert dosage.areas.loc["plac", "minutes"] == pytest.approx(1)
    assert "Points left out, without a unit, a time or a place: 1." in dosage.notes


def test_the_frames_given_stay_as_they_are() -> None:
    fixes, areas = stroll(1, seed=1).fixes(30), places(2, seed=1)
    before = fixes.copy(), areas.copy()
    patrol_dosage(fixes, areas)
    pd.testing.assert_frame_equal(fixes, before[0])
    pd.testing.assert_frame_equal(areas, before[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fastest": 0}, "fastest: expected a positive number, got 0"),
        ({"drift": -1}, "drift: expected a number from 0 up, got -1"),
        ({"gap_after": 0}, "gap_after: expected a positive number, got 0"),
        ({"shifts": {"a": 25}}, "shifts: expected names with the different whole hours"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        patrol_dosage(walked((0, 1, 1)), SQUARE, **options)


def test_frames_must_be_in_one_crs_in_metres() -> None:
    fixes = walked((0, 1, 1), (60, 1, 1))
    with pytest.raises(CRSError, match="the patrols and the areas have different CRSs"):
        patrol_dosage(fixes.to_crs(32633), SQUARE)
    with pytest.raises(CRSError, match="the areas must be in metres"):
        patrol_dosage(fixes.to_crs(4326), SQUARE.to_crs(4326))
    with pytest.raises(InputError, match="a frame without unit"):
        patrol_dosage(fixes.drop(columns="unit"), SQUARE)


def test_the_summary_tells_totals_and_rules_in_both_languages() -> None:
    stops = [(0, 60, 50), (60, 60, 50), (120, 60, 50), (520, 140, 50), (580, 140, 50)]
    dosage = patrol_dosage(walked(*stops), PAIR, gap_after=200)
    assert dosage.summary("en").startswith(
        "Minutes recorded: 10, of them 3 in areas, 0 outside, 7 at an unknown place."
    )
    czech = dosage.summary("cs")
    assert czech.startswith("Zaznamenané minuty: 10, z toho v oblastech 3")
    assert "Mezery" in czech
    with pytest.raises(InputError, match="level: expected a number between 0 and 1, got 95"):
        dosage.interval(95)
