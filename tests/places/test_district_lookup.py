"""The police district of an address, who looks after it, and how near its border is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, Polygon

from apkgeo.errors import CRSError, InputError
from apkgeo.frames import Reading, rejections
from apkgeo.places.district_matches import DistrictMatch
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.house_numbers import NumberRange
from tests.places.register import city_districts, halves, read_register, town


@pytest.fixture(scope="module")
def small() -> DistrictLookup:
    return DistrictLookup(town(), halves())


def first(lookup: DistrictLookup, text: str) -> DistrictMatch:
    found = lookup.find(text)
    assert found, text
    return found[0]


def test_the_answer_names_the_district_and_who_looks_after_it(small: DistrictLookup) -> None:
    match = first(small, "Dlouhá 1")
    assert (match.code, match.name) == ("W", "Západ")
    assert (match.station, match.officer, match.phone, match.state_police) == (
        "Služebna Střed",
        "strážník okrsku A",
        "+420 378 000 001",
        None,
    )
    assert match.in_district
    assert match.certain


def test_the_distance_to_the_border_is_that_of_the_drawing(small: DistrictLookup) -> None:
    # Dlouhá 1 stands 10 m east of the western border, Dlouhá 5 stands 20 m east of the middle.
    assert first(small, "Dlouhá 10/1").distance == 10.0
    assert first(small, "Dlouhá 3/5").distance == 20.0


def test_an_address_outside_is_said_to_be_outside(small: DistrictLookup) -> None:
    match = first(small, "Samota 1")
    assert (match.in_district, match.code, match.name, match.certain) == (False, None, None, False)
    assert match.distance == 100.0  # 300 m east, where the town ends at 200 m
    said = "It lies in none of the districts. The nearest district is 100.0 m away."
    assert said in match.summary("en")


def test_a_street_in_two_districts_is_split_by_house_numbers(small: DistrictLookup) -> None:
    west, east = small.find("Dlouhá")
    assert (west.code, east.code) == ("W", "E")
    assert west.numbers == (NumberRange("odd", "č.o.", 1, 3), NumberRange("even", "č.o.", 2, 2))
    assert east.numbers == (NumberRange("odd", "č.o.", 5, 7), NumberRange("even", "č.o.", 4, 4))
    assert not west.certain
    assert "lichá 1–3, sudá 2" in west.summary("cs")


def test_the_districts_of_a_street_come_in_the_order_of_its_numbers() -> None:
    # The western half has Dlouhá 1–3, the eastern one 4–7 and, with four addresses, more of them.
    frame = town()
    more = frame[frame.house_number == 15].assign(address_code="9", orientation_number=6)
    both = DistrictLookup(pd.concat([frame, more], ignore_index=True), halves()).find("Dlouhá")
    assert [match.code for match in both] == ["W", "E"]


@pytest.mark.parametrize("text", ["W", "w", "okrsek W", "Okrsek č. w", "W Západ", "okrsek Západ"])
def test_a_districts_code_gives_the_district(small: DistrictLookup, text: str) -> None:
    (match,) = small.find(text)
    assert (match.code, match.precision, match.kind, match.certain) == (
        "W",
        "district",
        "code",
        True,
    )
    assert match.summary("cs").startswith("W Západ. Okrsek: W Západ. Služebna: ")


def test_an_address_in_another_town_is_never_certain(small: DistrictLookup) -> None:
    match = first(small, "Dlouhá 10/1, Praha")
    assert not match.certain
    assert match.score < 0.6
    assert match.summary("cs").startswith("Obec „Praha“ v\xa0tomto vyhledávání není; ")


def test_a_street_in_one_district_is_certain_and_not_split(small: DistrictLookup) -> None:
    (match,) = small.find("náměstí Generála Píky")
    assert (match.code, match.certain, match.numbers, match.precision) == ("W", True, (), "street")


def test_two_houses_of_one_number_in_one_district_are_certain(small: DistrictLookup) -> None:
    both = small.find("Zahradní 7")
    assert len(both) == 2
    assert all(match.certain and match.code == "E" for match in both)


def test_two_houses_of_one_number_in_two_districts_are_a_choice(small: DistrictLookup) -> None:
    both = small.find("Dlouhá 3")
    assert [match.code for match in both] == ["W", "E"]
    assert not any(match.certain for match in both)


def test_the_summary_is_in_one_language(small: DistrictLookup) -> None:
    assert first(small, "dlouhá 1").summary("cs") == (
        "Dlouhá 10/1, Staré Město, 330 00 Městec. Okrsek: W Západ. Služebna: Služebna Střed. "
        "Strážník: strážník okrsku A. Telefon: +420 378 000 001. "
        "Hranice okrsku je vzdálena 10,0\xa0m. Velká a\xa0malá písmena se nerozlišovala."
    )


@pytest.mark.parametrize("text", ["", "Neexistující 5", "\x00", "<b>Dlouhá</b>", "Ж" * 10_000])
def test_what_is_no_address_gets_an_empty_answer(small: DistrictLookup, text: str) -> None:
    assert small.find(text) == []


def test_districts_in_another_crs_give_the_same_answer(small: DistrictLookup) -> None:
    geographic = DistrictLookup(town(), halves().to_crs(4326))
    for text in ("Dlouhá 1", "Dlouhá 5", "Samota 1"):
        assert geographic.find(text)[0].code == small.find(text)[0].code
        assert geographic.find(text)[0].distance == pytest.approx(
            small.find(text)[0].distance, abs=0.2
        )


def test_readers_results_and_a_gazetteer_are_taken_too() -> None:
    lookup = DistrictLookup(Gazetteer(town()), Reading(halves(), rejections()))
    assert first(lookup, "Dlouhá 1").code == "W"


def test_polygons_that_cross_themselves_are_repaired() -> None:
    # The eastern half with a spike of no area, which a repair leaves over as a line.
    x, y = -819_900, -1_070_000
    corners = [(0, 0), (100, 0), (100, 100), (50, 100), (50, 200), (50, 100), (0, 100)]
    spiked = Polygon([(x + east, y + north) for east, north in corners])
    districts = halves().set_geometry([halves().geometry[0], spiked], crs=5514)
    assert DistrictLookup(town(), districts).find("Dlouhá 3/5")[0].distance == 20.0


def test_addresses_without_a_point_lie_in_no_district() -> None:
    frame = town()
    frame.loc[0, "geometry"] = None
    match = DistrictLookup(frame, halves()).find("Dlouhá 10/1")[0]
    assert not match.in_district
    assert match.distance != match.distance
    assert match.summary("en").endswith("It lies in none of the districts.")


def test_the_districts_of_the_day_asked_for_are_used() -> None:
    old = halves().assign(valid_from=date(2010, 1, 1), valid_to=date(2016, 1, 1))
    new = halves().assign(
        code=["X", "Y"], valid_from=date(2016, 1, 1), valid_to=pd.Series([None, None])
    )
    both = pd.concat([old, new], ignore_index=True)
    assert first(DistrictLookup(town(), both), "Dlouhá 1").code == "X"
    assert first(DistrictLookup(town(), both, on=date(2015, 12, 31)), "Dlouhá 1").code == "W"
    assert first(DistrictLookup(town(), both, on=date(2016, 1, 1)), "Dlouhá 1").code == "X"
    with pytest.raises(InputError, match="at least one valid district"):
        DistrictLookup(town(), both, on=date(2009, 1, 1))


@pytest.mark.parametrize(
    ("districts", "error", "message"),
    [
        (lambda: halves().drop(columns="name"), InputError, "columns code and name"),
        (lambda: halves().set_crs(None, allow_override=True), CRSError, "has no CRS"),
        (lambda: halves().set_geometry([Point(0, 0)] * 2, crs=5514), InputError, "Polygon"),
        (lambda: halves().iloc[:0], InputError, "at least one"),
    ],
)
def test_districts_that_cannot_be_used_are_refused(
    districts: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        DistrictLookup(town(), districts())


@pytest.fixture(scope="module")
def plzen(shared: Path) -> DistrictLookup:
    folder = shared / "plzen"
    register = read_register(folder / "20231231_OB_554791_ADR.csv.zip")
    return DistrictLookup(register, city_districts(folder / "mestske_obvody.geojson"))


def test_a_part_in_which_the_address_is_not_leaves_a_doubt() -> None:
    lookup = DistrictLookup(town(), halves())
    assert first(lookup, "Zahradní č.p. 7, Nové Město").certain
    assert not first(lookup, "Zahradní č.p. 7, Staré Město").certain


@pytest.mark.parametrize("text", ["Resslova 5", "nám. Republiky 1", "resslova 199/5, Plzeň 3"])
def test_the_centre_of_plzen_is_in_the_third_city_district(
    plzen: DistrictLookup, text: str
) -> None:
    match = first(plzen, text)
    assert (match.code, match.name, match.city_district) == ("546003", "Plzeň 3", "Plzeň 3")


def test_addresses_of_plzen_fall_as_geopandas_says(plzen: DistrictLookup, shared: Path) -> None:
    # DATA.md, section 1: 26,993 in their own district, 7 in none, 1 in two.
    folder = shared / "plzen"
    register = read_register(folder / "20231231_OB_554791_ADR.csv.zip")
    districts = city_districts(folder / "mestske_obvody.geojson").to_crs(5514)
    joined = gpd.sjoin(register, districts[["code", "name", "geometry"]], how="left")
    expected = joined.groupby("address_code").code.agg(lambda codes: set(codes.dropna()))
    codes = [None if area < 0 else plzen.districts[area].code for area in plzen.area]
    assert sum(code is None for code in codes) == 7
    for address, code in zip(plzen.index.code, codes, strict=True):
        assert code in (expected[str(address)] or {None})


def test_distances_to_the_border_are_shapelys(plzen: DistrictLookup, shared: Path) -> None:
    borders = city_districts(shared / "plzen" / "mestske_obvody.geojson").to_crs(5514)
    border = borders.set_index("code").geometry.boundary
    for text in ("Resslova 5", "Americká 42", "28. října 5"):
        match = first(plzen, text)
        assert match.distance == round(border[match.code].distance(Point(match.x, match.y)), 1)
