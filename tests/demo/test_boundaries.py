"""The boundaries of Modelov tile the city, and are the ones committed."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from apkgeo.demo import Boundaries, draw_modelov
from apkgeo.frames import check_frame

COMMITTED = Path(__file__).resolve().parents[2] / "data" / "boundaries" / "modelov"
Edge = frozenset[tuple[float, float]]


@pytest.fixture(scope="module", params=[2014, 7])
def drawn(request: pytest.FixtureRequest) -> Boundaries:
    return draw_modelov(request.param)


def edges(shape: Any) -> Counter[Edge]:
    """Count the straight edges of a polygon's outside, whichever way they run."""
    return Counter(frozenset(pair) for pair in itertools.pairwise(shape.exterior.coords))


def test_the_committed_files_are_what_the_code_draws() -> None:
    files = draw_modelov(2014).files()
    assert sorted(files) == sorted(path.name for path in COMMITTED.glob("*.geojson"))
    for name, text in files.items():
        assert (COMMITTED / name).read_bytes() == text.encode(), name


def test_every_edge_of_a_district_is_a_neighbours_too_or_the_citys(drawn: Boundaries) -> None:
    inner = sum((edges(shape) for shape in drawn.districts.geometry), Counter())
    city = edges(drawn.city.geometry.iloc[0])
    assert set(inner.values()) == {1, 2}
    assert {edge for edge, times in inner.items() if times == 1} == set(city)


def test_the_districts_leave_no_gap_and_do_not_overlap(drawn: Boundaries) -> None:
    districts, city = drawn.districts.to_crs(5514), drawn.city.to_crs(5514)
    assert districts.is_valid.all()
    assert districts.area.sum() == pytest.approx(city.area.sum(), abs=0.01)
    assert districts.union_all().symmetric_difference(city.union_all()).area < 0.01


def test_districts_localities_and_city_are_tidy_boundaries(drawn: Boundaries) -> None:
    for frame in (drawn.city, drawn.districts, drawn.localities):
        check_frame(frame, "boundaries")
        assert frame["code"].is_unique
        assert frame["name"].is_unique
        assert frame.is_valid.all()


def test_there_are_thirteen_districts_in_four_stations(drawn: Boundaries) -> None:
    districts = drawn.districts
    assert len(districts) == 13
    assert districts["station"].nunique() == 4
    assert districts["phone"].str.fullmatch(r"000 000 1\d\d").all()
    assert districts["phone"].is_unique
    assert districts["officer"].str.startswith("strážník okrskář okrsku ").all()
    assert districts["population"].sum() == drawn.city["population"].item()


def test_the_localities_are_a_few_blocks_each_and_far_from_each_other(drawn: Boundaries) -> None:
    localities = drawn.localities.to_crs(5514)
    assert len(localities) == 6
    assert localities.area.between(100**2, 250**2).all()
    for one, other in itertools.combinations(localities.geometry, 2):
        assert one.distance(other) > 300  # a ring of 300 m reaches no other locality


def test_one_locality_ceases_and_one_begins_during_the_five_years(drawn: Boundaries) -> None:
    ends = drawn.localities["valid_to"].dropna()
    begins = drawn.localities["valid_from"]
    assert len(ends) == 1
    assert ends.between("2014-01-01", "2018-12-31").all()
    assert begins.between("2014-01-01", "2018-12-31").sum() == 1


def test_no_locality_lies_in_water_or_on_the_railway(drawn: Boundaries) -> None:
    for context in (drawn.water, drawn.railway):
        assert not drawn.localities.union_all().intersects(context.union_all())


def test_each_locality_lies_in_one_district(drawn: Boundaries) -> None:
    inside = gpd.sjoin(
        drawn.localities.to_crs(5514).assign(geometry=lambda f: f.buffer(-0.5)),
        drawn.districts.to_crs(5514),
        predicate="within",
    )
    assert len(inside) == 6


def test_the_town_lies_in_the_forest_of_brdy(drawn: Boundaries) -> None:
    west, south, east, north = drawn.city.total_bounds
    assert 13.82 < west < east < 13.92
    assert 49.67 < south < north < 49.73


def test_streets_have_one_feature_a_name(drawn: Boundaries) -> None:
    names = drawn.streets["name"].dropna()
    assert names.is_unique
    assert len(names) > 150
    assert drawn.streets["name"].isna().sum() == 1  # the village's lanes have none


def test_the_files_keep_to_rfc_7946() -> None:
    for text in draw_modelov(2014).files().values():
        collection = json.loads(text)
        assert collection["type"] == "FeatureCollection"
        assert "crs" not in collection
        for feature in collection["features"]:
            geometry = feature["geometry"]
            if geometry["type"] == "Polygon":
                ring = geometry["coordinates"][0]
                assert ring[0] == ring[-1]
                # The shoelace sum is positive when the ring runs counter-clockwise (section 3.1.6).
                assert sum(a * d - b * c for (a, b), (c, d) in itertools.pairwise(ring)) > 0
            numbers = str(geometry["coordinates"]).replace("[", "").replace("]", "").split(", ")
            assert max(len(number.partition(".")[2]) for number in numbers) <= 7
