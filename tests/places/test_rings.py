"""Rings: around each area, never in an area, never in each other, the nearest area's."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.places.rings import rings


def frame_of(*geometry: shapely.Geometry, crs: int = 5514) -> gpd.GeoDataFrame:
    names = [chr(ord("A") + number) for number in range(len(geometry))]
    return gpd.GeoDataFrame({"code": names}, geometry=list(geometry), crs=crs)


TOWN = frame_of(
    box(0, 0, 100, 100),
    box(200, 0, 300, 100),
    box(300, 0, 400, 50),
    shapely.Point(150, 300).buffer(40),
)


def common(one: gpd.GeoSeries, other: gpd.GeoSeries) -> np.ndarray:
    left, right = (np.asarray(part.values, dtype=object) for part in (one, other))
    return shapely.area(shapely.intersection(left[:, None], right[None, :]))


def test_a_ring_has_the_area_that_arithmetic_gives():
    # Square of 100 m: 4·100·d along the sides and a circle at the corners, between 150 and 300.
    around = rings(frame_of(box(0, 0, 100, 100)), [150, 300])
    expected = [4 * 100 * 150 + np.pi * 150**2, 4 * 100 * 150 + np.pi * (300**2 - 150**2)]
    assert around.area.to_list() == pytest.approx(expected, rel=5e-4)
    assert around.crs.to_epsg() == 5514


def test_codes_tell_locality_and_distances():
    around = rings(TOWN, (150, 300.5))
    assert around["code"].to_list()[:3] == ["A:0-150", "A:150-300.5", "B:0-150"]
    assert around["locality"].to_list() == list("AABBCCDD")
    assert around["inner"].to_list() == [0, 150] * 4
    assert around["outer"].to_list() == [150, 300.5] * 4


def test_one_distance_or_a_leading_zero_will_do():
    assert rings(TOWN, 150)["code"].to_list() == ["A:0-150", "B:0-150", "C:0-150", "D:0-150"]
    assert rings(TOWN, [0, 150])["code"].to_list() == rings(TOWN, [150])["code"].to_list()


def test_rings_overlap_neither_each_other_nor_an_area():
    around = rings(TOWN, [150, 300])
    overlaps = common(around.geometry, around.geometry)
    np.fill_diagonal(overlaps, 0)
    assert overlaps.max() < 1e-6
    assert common(around.geometry, TOWN.geometry).max() < 1e-6


def test_rings_together_fill_everything_within_the_distance():
    around = rings(TOWN, [150, 300])
    everything = TOWN.buffer(300, quad_segs=64).union_all()
    filled = around.union_all().union(TOWN.union_all())
    assert filled.symmetric_difference(everything).area < 5e-4 * everything.area


def test_a_place_between_two_areas_is_in_the_ring_of_the_nearest():
    rng = np.random.default_rng(1)
    points = shapely.points(rng.random((1500, 2)) * [900, 900] - [250, 300])
    areas = np.asarray(TOWN.geometry.values, dtype=object)
    distances = shapely.distance(points[:, None], areas[None, :])
    nearest, far = distances.argmin(axis=1), np.sort(distances, axis=1)
    # Borders are as exact as the spacing of points along the outlines, 3 m.
    clear = (far[:, 1] - far[:, 0] > 6) & (far[:, 0] > 0) & (np.abs(far[:, 0] - 150) > 0.1)
    clear &= np.abs(far[:, 0] - 300) > 0.5
    around = rings(TOWN, [150, 300])
    point, ring = shapely.STRtree(around.geometry.values).query(points, predicate="intersects")
    codes = around["code"].to_numpy()
    for number in np.flatnonzero(clear):
        distance = far[number, 0]
        steps = [] if distance > 300 else ["0-150" if distance < 150 else "150-300"]
        expected = [f"{'ABCD'[nearest[number]]}:{step}" for step in steps]
        assert codes[ring[point == number]].tolist() == expected


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 3), st.integers(1, 3)),
        min_size=1,
        max_size=5,
        unique_by=lambda item: item[:2],
    ),
    st.sampled_from([(0, 0), (-822_380, -1_069_630)]),
)
def test_rings_of_any_boxes_are_disjoint_and_fill_the_distance(boxes, origin):
    # Touching boxes (20 m lattice) are the hard case: equal distances everywhere.
    areas = frame_of(*(box(20 * x, 20 * y, 20 * (x + w), 20 * (y + h)) for x, y, w, h in boxes))
    areas["geometry"] = areas.translate(*origin)
    around = rings(areas, [50, 80])
    overlaps = common(around.geometry, around.geometry)
    np.fill_diagonal(overlaps, 0)
    assert overlaps.max() < 1e-6
    assert common(around.geometry, areas.geometry).max() < 1e-6
    everything = areas.buffer(80, quad_segs=32).union_all()
    filled = around.area.sum() + areas.union_all().area
    assert filled == pytest.approx(everything.area, rel=1e-6)


def test_a_ring_reaches_into_a_hole():
    yard = box(0, 0, 1000, 1000).difference(box(300, 300, 700, 700))
    ring = rings(frame_of(yard), [50]).geometry.iloc[0]
    assert ring.covers(shapely.Point(310, 500))
    assert not ring.covers(shapely.Point(500, 500))


def test_an_area_shut_in_by_others_has_an_empty_ring():
    inner, outer = box(400, 400, 600, 600), box(0, 0, 1000, 1000)
    around = rings(frame_of(inner, outer.difference(inner)), [100])
    assert around.geometry.is_empty.to_list() == [True, False]


def test_rings_of_real_precincts_are_disjoint(shared: Path):
    areas = gpd.read_file(shared / "memphis" / "memphis_precincts.geojson").to_crs(32615)
    areas = areas.rename(columns={"precinct": "code"})
    areas["geometry"] = areas.make_valid()
    around = rings(areas, [250, 500])
    overlaps = common(around.geometry, around.geometry)
    np.fill_diagonal(overlaps, 0)
    assert len(around) == 18
    assert overlaps.max() < 1e-4
    assert common(around.geometry, areas.geometry).max() < 1e-4


@pytest.mark.parametrize(
    "distances", [[], [0], [-1], [300, 150], [100, 100], ["far"], [float("inf")]]
)
def test_distances_increase_from_above_zero(distances):
    with pytest.raises(InputError, match="distances: expected"):
        rings(TOWN, distances)


def test_metres_are_never_degrees():
    with pytest.raises(CRSError, match="EPSG:4326"):
        rings(frame_of(box(13, 49, 14, 50), crs=4326), [150])


def test_a_code_may_come_only_once():
    twice = TOWN.assign(code=["A", "A", "B", "C"])
    with pytest.raises(
        InputError, match=r"code 'A': expected each code once, got 2 rows.*dissolve"
    ):
        rings(twice, [150])
    with pytest.raises(InputError, match="expected a column code"):
        rings(TOWN.drop(columns="code"), [150])
