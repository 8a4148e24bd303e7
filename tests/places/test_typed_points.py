"""Coordinates are understood however they are written, and what is none is left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.ground import Ground, fit_ground, ground_from
from apkgeo.places.typed import clean
from apkgeo.places.typed_points import TypedPoint, typed_point
from tests.places.register import city_districts, halves, read_register, town

# DATA.md, section 2: the first house of náměstí Republiky in both systems.
X, Y = -822380.44, -1069630.42


def ground_of(*corners: tuple[float, float], crs: int = 5514) -> Ground:
    x, y = np.array(corners, dtype=float).T
    ground = fit_ground(x, y, CRS(crs))
    assert ground is not None
    return ground


PLZEN = ground_of((-828665, -1077737), (-815584, -1063809))


def read(text: str, ground: Ground = PLZEN) -> TypedPoint:
    point = typed_point(clean(text), ground)
    assert point is not None, text
    return point


@pytest.mark.parametrize(
    "text",
    [
        "49.74812, 13.37771",
        "49.74812,13.37771",
        "13.37771 49.74812",
        "49,74812 13,37771",
        "49,74812,13,37771",
        "49,74812; 13,37771",
        "49.74812N, 13.37771E",
        "N 49.74812 E 13.37771",
        "13.37771° E 49.74812° N",
        "49.74812 s. š., 13.37771 v. d.",
        "S 49.74812, V 13.37771",
        "lat: 49.74812 lon: 13.37771",
        "zeměpisná šířka 49,74812; zeměpisná délka 13,37771",
        "GPS 49.74812 13.37771",
        "WGS-84: 49.74812; 13.37771",
        "POINT(13.37771 49.74812)",
        "geo:49.74812,13.37771",
        "49°44'53.23\"N 13°22'39.76\"E",
        "49° 44′ 53,23″ s. š., 13° 22′ 39,76″ v. d.",
        "49º44'53.23''N, 13º22'39.76''E",
        "49 44 53.23 N 13 22 39.76 E",
        "N 49° 44.887' E 13° 22.663'",
        "49°44.887'N\N{NO-BREAK SPACE}13°22.663'E",
        "Y 822380.44 X 1069630.42",
        "Y=822380,44; X=1069630,42",
        "X: 1069630.42, Y: 822380.44",
        "-822380.44 -1069630.42",
        "\N{MINUS SIGN}1069630,42 \N{MINUS SIGN}822380,44",
        "822 380,44 1 069 630,42",
        "S-JTSK 822380 1069630",
        "EPSG:5514 -822380.44, -1069630.42",
        "822380,1069630",
    ],
)
def test_a_point_is_read_in_every_way_it_is_written(text: str) -> None:
    point = read(text)
    assert point.x is not None
    assert point.y is not None
    # A fifth decimal of a degree and a third of a minute are about a metre.
    assert np.hypot(point.x / 10 - X, point.y / 10 - Y) < 2


@pytest.mark.parametrize(
    "text",
    [
        *(
            "49 13",
            "49.7",
            "5 7",
            "12/3",
            "301 00",
            "30100",
            "24531464",
            "1,5",
            "49 44 53 13 22 39",
        ),
        *("", "N", "°", "GPS", "x y", "49.7 N", "49.7 N 13.3 N", "49.7 E 13.3 E", "49°75' 13°22'"),
        *("Resslova 5", "V Aleji 49", "17. listopadu 8", "+420 377 123 456", "91.5 200.5"),
        *("49.7 13.3 5.5", "1 000 000 2 000 000", "49.74812, 13.37771 Plzeň", "49.7.1 13.3"),
    ],
)
def test_what_is_no_pair_of_coordinates_is_left_alone(text: str) -> None:
    assert typed_point(clean(text), PLZEN) is None


def test_what_was_assumed_is_told() -> None:
    assert read("13.37771 49.74812").assumed == (
        ("degrees", "49.74812° N, 13.37771° E"),
        ("turned", ""),
    )
    assert read("1069630.42 822380.44").assumed == (("s_jtsk", "S-JTSK Y 822380.44, X 1069630.42"),)


def test_a_point_far_away_is_told_as_that() -> None:
    prague = read("50.0875, 14.4213")
    assert (prague.x, prague.y) == (None, None)
    assert prague.assumed[-1] == ("far", "")


@given(st.floats(49.6, 49.9), st.floats(13.2, 13.6))
def test_a_point_is_named_so_that_its_name_is_the_point(lat: float, lon: float) -> None:
    point = read(f"{lat:.7f} {lon:.7f}")
    again = read(point.name)
    assert point.x is not None and again.x is not None and point.y and again.y
    assert abs(point.x - again.x) <= 12
    assert abs(point.y - again.y) <= 12


# PROJ itself is the reference: a town, the whole country, and a town in another system.
@pytest.mark.parametrize(
    ("corners", "crs"),
    [
        ([(-828665, -1077737), (-815584, -1063809)], 5514),
        ([(-905000, -1228000), (-431000, -935000)], 5514),
        ([(450000, 5505000), (470000, 5520000)], 32633),
        ([(760000, 3880000), (790000, 3910000)], 32615),
    ],
)
def test_the_way_to_the_ground_is_projs_to_a_centimetre(
    corners: list[tuple[float, float]], crs: int
) -> None:
    ground = ground_of(*corners, crs=crs)
    rng = np.random.default_rng(1)
    # The inner part: beyond the border of a country PROJ goes another way, by a metre.
    (west, south), (east, north) = corners
    x = rng.uniform(0.6 * west + 0.4 * east, 0.4 * west + 0.6 * east, 200)
    y = rng.uniform(0.6 * south + 0.4 * north, 0.4 * south + 0.6 * north, 200)
    for source, way in ((4326, ground.degrees), (5514, ground.s_jtsk)):
        if way is None:
            continue
        back = Transformer.from_crs(crs, source, always_xy=True)
        there = [way.at(a, b) for a, b in zip(*back.transform(x, y), strict=True)]
        assert np.abs(np.array(there) - np.column_stack([x, y])).max() < 0.02
    assert ground_from([ground.box, ground.degrees, ground.s_jtsk, ground.is_s_jtsk]) == ground


def test_coordinates_of_another_system_are_taken_where_the_addresses_are_in_it() -> None:
    ground = ground_of((375000, 5505000), (390000, 5520000), crs=32633)
    assert (read("380000 5511000", ground).x, read("5511000, 380000", ground).x) == (3800000,) * 2
    there = Transformer.from_crs(5514, 32633, always_xy=True).transform(X, Y)
    point = read("Y 822380.44 X 1069630.42", ground)
    assert (point.x, point.y) == pytest.approx([one * 10 for one in there], abs=1)


def test_the_answer_to_a_point_is_its_district_with_the_nearest_address() -> None:
    lookup = DistrictLookup(town(), halves())
    # Dlouhá 1 stands at 10 m east and 50 m north of the corner; two metres beside it.
    (match,) = lookup.find("Y 819988.00, X 1069950.00")
    assert (match.code, match.precision, match.kind, match.certain) == (
        "W",
        "point",
        "coordinates",
        True,
    )
    assert (match.distance, match.address_code) == (12.0, "1000")
    assert "The nearest address is Dlouhá 10/1, Staré Město, 330 00 Městec, 2 m away." in (
        match.assumed
    )
    assert lookup.find("Y 819600 X 1069950")[0].in_district is False
    assert "Okrsek: W Západ." in match.summary("cs")
    far = lookup.find("50.0875, 14.4213")[0]
    assert (far.in_district, far.certain, far.address_code) == (False, False, None)


def test_geocoding_a_point_gives_the_point() -> None:
    import pandas as pd

    found = Gazetteer(town()).geocode(pd.Series(["-819988 -1069950", "50.0875, 14.4213"]))
    assert found.precision.tolist() == ["measured", None]
    assert (found.geometry.iloc[0].x, found.geometry.iloc[0].y) == (-819988.0, -1069950.0)


def test_points_of_plzen_fall_as_shapely_says(shared: Path) -> None:
    import geopandas as gpd

    folder = shared / "plzen"
    register = read_register(folder / "20231231_OB_554791_ADR.csv.zip")
    districts = city_districts(folder / "mestske_obvody.geojson")
    lookup = DistrictLookup(register, districts)
    rng = np.random.default_rng(3)
    west, south, east, north = register.total_bounds
    x, y = rng.uniform(west, east, 300), rng.uniform(south, north, 300)
    points = gpd.GeoSeries.from_xy(x, y, crs=5514)
    areas = districts.to_crs(5514)
    nearest = register.sindex.nearest(points, return_all=False, return_distance=True)
    for i, (point, metres) in enumerate(zip(points, nearest[1], strict=True)):
        inside = set(areas.code[areas.intersects(point)])
        match = lookup.find(f"Y {-point.x:.2f}, X {-point.y:.2f}")[0]
        border = areas.boundary.distance(point).min()
        if border > 0.2:
            assert ({match.code} if match.code else set()) == inside, i
        near = [note for note in match.assumed if "nearest address" in note]
        assert bool(near) == (metres <= 1000.5) or abs(metres - 1000) < 2
        if near and metres < 990:
            told = int(near[0].split(", ")[-1].split()[0])
            assert abs(told - metres) <= 1.5
