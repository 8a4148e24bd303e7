"""Locating points: every point in the area that holds it, in one only, and none lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.places import locate as module
from apkgeo.places.counting import count_points
from apkgeo.places.locate import AreaIndex, area_index, locate
from tests.places.strategies import areas, brute_force, origins, points

# REFERENCE: geopandas, memphis_robberies in memphis_precincts with Appling Farms repaired.
MEMPHIS = {
    "Airways": 204,
    "Appling Farms": 153,
    "Austin Peay": 219,
    "Crump": 317,
    "Mt. Moriah": 368,
    "North Main": 189,
    "Raines": 273,
    "Ridgeway": 220,
    "Tillman": 301,
}
# How many points an index is told to expect: by the tree, by a coarse table, by a fine one.
ENGINES = (0, 20_000, 1_000_000)


def codes(found: pd.Series) -> list:
    return [None if pd.isna(code) else code for code in found]


def frame_of(*geometry: shapely.Geometry, crs: int = 5514, **columns: list) -> gpd.GeoDataFrame:
    names = {"code": [chr(ord("A") + number) for number in range(len(geometry))]}
    return gpd.GeoDataFrame({**names, **columns}, geometry=list(geometry), crs=crs)


def at(*xy: tuple[float, float], crs: int = 5514, **columns: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), crs=crs)


# ---- real places -------------------------------------------------------------------------------


@pytest.fixture
def precincts(shared: Path) -> gpd.GeoDataFrame:
    """The nine precincts of Memphis as published: Appling Farms crosses itself."""
    frame = gpd.read_file(shared / "memphis" / "memphis_precincts.geojson")
    return frame.rename(columns={"precinct": "code"})


@pytest.fixture
def robberies(shared: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(shared / "memphis" / "memphis_robberies.geojson")


@pytest.mark.parametrize("crs", [4326, 32615])
@pytest.mark.parametrize("expected", ENGINES)
def test_robberies_of_memphis_fall_into_precincts_as_published(precincts, robberies, crs, expected):
    precincts["geometry"] = precincts.make_valid()
    index = AreaIndex(precincts.to_crs(crs), expected=expected)

    counts = count_points(robberies.to_crs(crs), index)

    assert counts.to_dict() == MEMPHIS
    assert counts.attrs["outside"] == 1
    assert counts.sum() == 2244


def test_an_area_that_crosses_itself_is_named_with_the_remedy(precincts, robberies):
    with pytest.raises(InputError, match=r"'Appling Farms'.*Self-intersection.*make_valid"):
        locate(robberies, precincts)


# ---- every engine is the predicate -------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(ENGINES), origins, st.sampled_from([1, 0.1, 333.3]))
def test_every_engine_gives_the_first_area_by_code_that_covers_the_point(
    data, expected, origin, scale
):
    frame = data.draw(areas())
    events = data.draw(points(frame))
    for one in (frame, events):
        one["geometry"] = one.affine_transform([scale, 0, 0, scale, *origin])
    frame = frame[frame.is_valid]

    found = AreaIndex(frame, expected=expected).locate(events)

    assert codes(found) == brute_force(events, frame, dated=False)
    assert found.index.equals(events.index)
    assert found.name == "code"


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from(ENGINES))
def test_with_a_date_only_areas_valid_on_it_count(data, expected):
    frame = data.draw(areas(dated=True))
    events = data.draw(points(frame))

    found = AreaIndex(frame, expected=expected).locate(events, on="occurred")

    assert codes(found) == brute_force(events, frame, dated=True)


# The same area written otherwise: with heights, with a line and a point beside it, as several.
WRITTEN = (
    lambda shape: shape,
    lambda shape: shapely.force_3d(shape, 7.5),
    lambda shape: shapely.GeometryCollection([shape, shapely.LineString([(0, 0), (99, 1)])]),
    lambda shape: shapely.MultiPolygon(shapely.get_parts(shape).tolist()),
)


@settings(deadline=None, max_examples=40)
@given(st.data(), st.booleans(), origins, st.sampled_from([5514, 4326]))
def test_few_points_and_many_are_answered_alike_however_the_areas_are_written(
    data, dated, origin, crs
):
    frame = data.draw(areas(dated=dated)).set_crs(crs, allow_override=True)
    events = data.draw(points(frame)).set_crs(crs, allow_override=True)
    for one in (frame, events):
        one["geometry"] = one.affine_transform([0.1, 0, 0, 0.1, *origin])
    frame = frame[frame.is_valid].reset_index(drop=True)
    ways = data.draw(st.lists(st.sampled_from(WRITTEN), min_size=len(frame), max_size=len(frame)))
    shapes = [way(shape) for way, shape in zip(ways, frame.geometry, strict=True)]
    nowhere = gpd.GeoDataFrame(
        {"code": ["0", "1"]}, geometry=[None, shapely.GeometryCollection()], crs=crs
    )
    written = pd.concat([frame.set_geometry(shapes, crs=crs), nowhere], ignore_index=True)
    on = "occurred" if dated else None
    held = brute_force(events, frame, dated=dated)

    for expected in ENGINES:
        index = AreaIndex(written, expected=expected)
        assert codes(index.locate(events.iloc[:5], on=on)) == held[:5]
        for _again in range(3):
            assert codes(index.locate(events, on=on)) == held


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from(ENGINES), origins)
def test_moving_and_shuffling_the_whole_map_changes_nothing(data, expected, origin):
    frame = data.draw(areas())
    # Coordinates in 256ths stay exact when the map is moved.
    frame["geometry"] = shapely.set_precision(frame.geometry.values, 1 / 256)
    frame = frame[frame.is_valid]
    events = data.draw(points(frame))
    events["geometry"] = shapely.set_precision(events.geometry.values, 1 / 256)
    there = locate(events, frame)

    moved = frame.assign(geometry=frame.translate(*origin)).sample(frac=1, random_state=1)
    order = np.random.default_rng(1).permutation(len(events))
    shuffled = events.assign(geometry=events.translate(*origin)).iloc[order]
    here = AreaIndex(moved, expected=expected).locate(shuffled)

    assert codes(here) == codes(there.iloc[order])


@pytest.mark.parametrize("seed", range(3))
def test_many_points_in_many_threads_are_placed_as_by_geopandas(seed, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 1000)
    rng = np.random.default_rng(seed)
    discs = shapely.buffer(shapely.points(rng.random((80, 2)) * 1000), rng.random(80) * 90 + 1)
    frame = gpd.GeoDataFrame({"code": [f"{n:02d}" for n in range(80)]}, geometry=discs, crs=5514)
    events = at(*(rng.random((30_000, 2)) * 1000))

    joined = gpd.sjoin(events, frame, how="left", predicate="within")
    first = joined.sort_values("code").groupby(level=0)["code"].first()

    found = AreaIndex(frame, expected=100_000).locate(events)
    assert codes(found) == codes(first.reindex(events.index))


def test_threads_that_ask_one_index_at_once_get_what_each_alone_would():
    rng = np.random.default_rng(3)
    discs = shapely.buffer(shapely.points(rng.random((20, 2)) * 40), 5, quad_segs=200)
    frame = gpd.GeoDataFrame({"code": range(20)}, geometry=discs, crs=5514)
    asked = [at(*(rng.random((60, 2)) * 40)) for _ in range(60)]
    index = AreaIndex(frame)

    with ThreadPoolExecutor(8) as pool:
        found = [codes(answer) for answer in pool.map(index.locate, asked)]

    assert found == [codes(AreaIndex(frame).locate(events)) for events in asked]


def test_slivers_far_thinner_than_a_cell_still_hold_their_points():
    x = -822_000 + np.arange(50) * 40.0
    slivers = shapely.box(x, -1_070_000, x + 1e-6, -1_065_000)
    frame = gpd.GeoDataFrame({"code": range(50)}, geometry=slivers, crs=5514)
    inside = at(*zip(x + 5e-7, np.full(50, -1_067_000.25), strict=True))
    beside = at(*zip(x - 5e-7, np.full(50, -1_067_000.25), strict=True))

    index = AreaIndex(frame, expected=1_000_000)

    assert index.locate(inside).to_list() == list(range(50))
    assert index.locate(beside).isna().all()


def test_an_area_as_small_as_a_rounding_error_is_no_trouble():
    tiny = box(-822_000, -1_070_000, -822_000 + 1e-9, -1_070_000 + 1e-9)
    found = AreaIndex(frame_of(tiny), expected=10_000).locate(
        at((-822_000, -1_070_000), (-822_000, -1_069_999))
    )
    assert codes(found) == ["A", None]


# ---- borders, holes, overlaps ------------------------------------------------------------------


@pytest.mark.parametrize("expected", ENGINES)
def test_a_point_on_a_shared_border_belongs_to_the_first_code(expected):
    frame = frame_of(box(0, 0, 10, 10), box(10, 0, 20, 10)).iloc[::-1]
    index = AreaIndex(frame, expected=expected)
    assert codes(index.locate(at((10, 5), (10, 0), (20, 10), (20, 10.0000001)))) == [
        "A",
        "A",
        "B",
        None,
    ]


@pytest.mark.parametrize("expected", ENGINES)
def test_a_hole_is_outside_and_its_rim_inside(expected):
    ring = box(0, 0, 10, 10).difference(box(4, 4, 6, 6))
    index = AreaIndex(frame_of(ring), expected=expected)
    assert codes(index.locate(at((5, 5), (4, 5), (1, 1)))) == [None, "A", "A"]


def test_numbers_sort_by_size_and_texts_as_text():
    square = box(0, 0, 1, 1)
    numbers = frame_of(square, square, code=[10, 9])
    texts = frame_of(square, square, code=["10", "9"])
    assert locate(at((0.5, 0.5)), numbers).to_list() == [9]
    assert locate(at((0.5, 0.5)), texts).to_list() == ["10"]


# ---- validity ----------------------------------------------------------------------------------


@pytest.fixture
def redrawn() -> gpd.GeoDataFrame:
    """A district that was renamed on 1 July 2014."""
    square = box(0, 0, 10, 10)
    day = pd.Timestamp("2014-07-01")
    return frame_of(
        square, square, code=["old", "new"], valid_from=[pd.NaT, day], valid_to=[day, pd.NaT]
    )


@pytest.mark.parametrize("expected", ENGINES)
def test_an_area_ends_on_the_day_before_valid_to(redrawn, expected):
    local = pd.DatetimeIndex(
        ["2014-06-30 23:59", "2014-07-01 00:00", "2014-07-01 00:01"], tz="Europe/Prague"
    )
    index = AreaIndex(redrawn, expected=expected)
    events = at((5, 5), (5, 5), (5, 5), occurred=local)
    assert codes(index.locate(events, on="occurred")) == ["old", "new", "new"]
    # Without a date both count, and the first code has it.
    assert codes(index.locate(events)) == ["new"] * 3


def test_the_date_is_that_of_the_events_own_clock(redrawn):
    # Half past midnight in Prague is still the day before in UTC.
    moment = pd.DatetimeIndex(["2014-07-01 00:30"], tz="Europe/Prague")
    assert codes(locate(at((5, 5), t=moment), redrawn, on="t")) == ["new"]
    assert codes(locate(at((5, 5), t=moment.tz_convert("UTC")), redrawn, on="t")) == ["old"]


def test_one_date_may_be_given_for_all(redrawn):
    assert codes(locate(at((5, 5)), redrawn, on=date(2014, 6, 30))) == ["old"]
    assert codes(locate(at((5, 5)).geometry, redrawn, on=date(2020, 1, 1))) == ["new"]


def test_an_event_without_a_date_is_placed_only_where_every_date_would_be(redrawn):
    always = frame_of(box(20, 0, 30, 10), code=["always"])
    frame = pd.concat([redrawn, always], ignore_index=True)
    events = at((5, 5), (25, 5), t=[pd.NaT, pd.NaT])
    assert codes(locate(events, frame, on="t")) == [None, "always"]


def test_bounds_may_be_dates_texts_or_far_away():
    frame = frame_of(
        box(0, 0, 1, 1),
        valid_from=[date(2014, 1, 1)],
        valid_to=[date(9999, 12, 31)],
    )
    texts = frame.assign(valid_from=["2014-01-01"], valid_to=["9999-12-31"])
    events = at((0.5, 0.5), (0.5, 0.5), t=[date(2013, 12, 31), date(2014, 1, 1)])
    for areas_ in (frame, texts):
        assert codes(locate(events, areas_, on="t")) == [None, "A"]


# ---- rows, types, reuse ------------------------------------------------------------------------


def test_rows_keep_their_labels_even_when_these_repeat():
    events = at((0.5, 0.5), (5, 5), (0.2, 0.2)).set_index(pd.Index(["x", "x", "y"], name="row"))
    found = locate(events, frame_of(box(0, 0, 1, 1)))
    assert found.index.equals(events.index) and found.index.name == "row"
    assert codes(found) == ["A", None, "A"]


def test_whole_numbers_stay_whole_when_some_points_are_outside():
    found = locate(at((0.5, 0.5), (5, 5)), frame_of(box(0, 0, 1, 1), code=[554791]))
    assert found.dtype == "Int64" and found.iloc[0] == 554791 and found.isna().iloc[1]


def test_nothing_in_nothing_out():
    square = frame_of(box(0, 0, 1, 1))
    none = locate(at((0, 0)).iloc[:0], square)
    assert len(none) == 0 and none.dtype == "str"
    assert locate(at((0, 0)), square.iloc[:0]).isna().all()
    empty = frame_of(shapely.Polygon(), code=["empty"])
    assert AreaIndex(empty, expected=10**6).locate(at((0, 0))).isna().all()


def test_inputs_are_left_as_they_were():
    frame, events = frame_of(box(0, 0, 1, 1), code=["A"]), at((0.5, 0.5))
    before = frame.copy(), events.copy()
    AreaIndex(frame, expected=100).locate(events)
    assert frame.equals(before[0]) and events.equals(before[1])
    # Nor does GEOS sort the caller's polygons, which another thread may be asking.
    assert not shapely.is_prepared(frame.geometry).any()


def test_an_index_is_used_again_only_for_the_very_same_areas():
    frame = frame_of(box(0, 0, 1, 1), box(2, 0, 3, 1))
    events = at((0.5, 0.5))
    assert codes(locate(events, frame)) == ["A"]
    assert area_index(frame) is area_index(frame.copy())

    frame.loc[0, "code"] = "Z"
    assert codes(locate(events, frame)) == ["Z"]
    frame.loc[0, "geometry"] = box(5, 5, 6, 6)
    assert codes(locate(events, frame)) == [None]
    frame["valid_to"] = pd.Timestamp("2014-01-01")
    assert codes(locate(at((5.5, 5.5)), frame, on=date(2015, 1, 1))) == [None]


# ---- errors ------------------------------------------------------------------------------------


def test_different_crss_are_both_named():
    with pytest.raises(CRSError, match=r"EPSG:4326.*EPSG:5514.*to_crs"):
        locate(at((0, 0), crs=4326), frame_of(box(0, 0, 1, 1)))


def test_a_missing_crs_is_an_error():
    with pytest.raises(CRSError, match="no CRS"):
        locate(at((0, 0)).set_crs(None, allow_override=True), frame_of(box(0, 0, 1, 1)))


def test_areas_need_codes():
    frame = frame_of(box(0, 0, 1, 1))
    with pytest.raises(InputError, match=r"expected a column code.*rename"):
        locate(at((0, 0)), frame.rename(columns={"code": "name"}))
    with pytest.raises(InputError, match="row 0: expected a code"):
        locate(at((0, 0)), frame.assign(code=[None]))


def test_areas_are_polygons_and_points_are_points():
    with pytest.raises(InputError, match=r"'A': expected a polygon, got a LineString"):
        locate(at((0, 0)), frame_of(shapely.LineString([(0, 0), (1, 1)])))
    with pytest.raises(InputError, match=r"row 7: expected a point, got a Polygon"):
        square = gpd.GeoSeries([box(0, 0, 1, 1)], index=[7], crs=5514)
        locate(square, frame_of(box(0, 0, 1, 1)))


def test_the_column_of_dates_must_exist_and_hold_dates():
    square = frame_of(box(0, 0, 1, 1))
    with pytest.raises(InputError, match=r"column 'when'.*columns t, geometry"):
        locate(at((0, 0), t=[1]), square, on="when")
    with pytest.raises(InputError, match=r"column 't'.*expected dates"):
        locate(at((0, 0), t=["soon"]), square, on="t")
