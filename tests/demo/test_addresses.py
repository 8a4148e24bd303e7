"""The register of Modelov has RÚIAN's form and its traps."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from apkgeo.demo.town import Town

# The header of the files of ČÚZK, as DATA.md quotes it.
HEADER = (
    "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;"
    "Kód části obce;Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;Číslo orientační;"
    "Znak čísla orientačního;PSČ;Souřadnice Y;Souřadnice X;Platí Od"
)


@pytest.fixture(scope="module")
def points(register: pd.DataFrame) -> gpd.GeoSeries:
    east = -register["Souřadnice Y"].astype(float)
    north = -register["Souřadnice X"].astype(float)
    return gpd.GeoSeries.from_xy(east, north, crs=5514)


def test_the_file_is_written_as_the_registers_are(folder: Path) -> None:
    content = (folder / "adresy.csv").read_bytes()
    lines = content.decode("cp1250").split("\n")
    assert lines[0] == HEADER
    assert lines[-1] == ""
    assert b"\r" not in content
    assert b'"' not in content
    assert {line.count(";") for line in lines[:-1]} == {18}
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_every_value_has_the_registers_form(register: pd.DataFrame) -> None:
    forms = {
        "Kód ADM": r"\d{8}",
        "Kód obce": r"\d{6}",
        "Kód části obce": r"\d{6}",
        "Kód ulice": r"(\d{6})?",
        "Typ SO": r"č\.p\.|č\.ev\.",
        "Číslo domovní": r"[1-9]\d*",
        "Číslo orientační": r"([1-9]\d*)?",
        "Znak čísla orientačního": r"[a-z]?",
        "PSČ": r"\d{5}",
        "Souřadnice Y": r"78\d{4}\.\d\d|79\d{4}\.\d\d",
        "Souřadnice X": r"10[78]\d{4}\.\d\d",
        "Platí Od": r"20\d\d-\d\d-\d\dT00:00:00",
    }
    for column, form in forms.items():
        assert register[column].str.fullmatch(form).all(), column


def test_there_are_about_nine_thousand_addresses(register: pd.DataFrame) -> None:
    assert 8_500 < len(register) < 9_800
    assert register["Kód ADM"].is_unique


def test_numbers_are_unique_as_they_are_in_plzen(register: pd.DataFrame) -> None:
    assert not register.duplicated(["Kód části obce", "Typ SO", "Číslo domovní"]).any()
    numbered = register[register["Číslo orientační"] != ""]
    street = ["Název ulice", "Číslo orientační", "Znak čísla orientačního"]
    assert not numbered.duplicated(street).any()


def test_the_registers_traps_are_there(register: pd.DataFrame) -> None:
    in_streets = register[register["Název ulice"] != ""]
    house = set(zip(in_streets["Název ulice"], in_streets["Číslo domovní"], strict=True))
    oriented = set(zip(in_streets["Název ulice"], in_streets["Číslo orientační"], strict=True))
    parts = in_streets.groupby("Název ulice")["Název části obce"].nunique()
    assert len(house & oriented) > 100  # one building's č.p. is another's č.o.
    assert (parts > 1).sum() >= 5  # a street in two parts of the town
    assert (register["Typ SO"] == "č.ev.").sum() > 100
    assert (register["Znak čísla orientačního"] != "").sum() > 100
    assert (in_streets["Číslo orientační"] == "").sum() > 100
    assert (register["Název ulice"] == "").sum() > 50
    assert register["Název části obce"].nunique() == 10
    assert {"Školní", "Školní náměstí", "třída 1. máje"} <= set(register["Název ulice"])


def test_the_village_has_no_street_names(register: pd.DataFrame) -> None:
    village = register["Název části obce"] == "Lhotka"
    assert (register.loc[village, "Název ulice"] == "").all()
    assert (register.loc[village, "Číslo orientační"] == "").all()
    assert (register.loc[~village, "Název ulice"] != "").all()


def test_every_address_is_in_exactly_one_district(folder: Path, points: gpd.GeoSeries) -> None:
    districts = gpd.read_file(folder / "hranice" / "okrsky.geojson").to_crs(5514)
    joined = gpd.sjoin(gpd.GeoDataFrame(geometry=points), districts, predicate="within")
    assert len(joined) == len(points)
    assert joined.index.is_unique
    assert joined["code"].value_counts().min() > 50  # no district is empty


def test_no_address_is_in_water_on_the_railway_or_in_the_street(
    folder: Path, points: gpd.GeoSeries
) -> None:
    for name, metres in (("voda", 8.0), ("zeleznice", 25.0), ("ulice", 5.0)):
        context = gpd.read_file(folder / "hranice" / f"{name}.geojson").to_crs(5514)
        assert points.distance(context.union_all()).min() > metres, name


def test_no_two_addresses_stand_upon_each_other(points: gpd.GeoSeries) -> None:
    tree = shapely.STRtree(points.to_numpy())
    one, other = tree.query(points.to_numpy(), predicate="dwithin", distance=7.0)
    assert (one == other).all()


def test_odd_numbers_stand_on_one_side_of_a_street_and_even_on_the_other(
    addresses: pd.DataFrame, town: Town
) -> None:
    # Streets of one piece that do not run round in a ring.
    pieces = pd.Series([street.name for street in town.streets]).value_counts()
    single = [
        street
        for street in town.streets
        if pieces[street.name] == 1 and tuple(street.points[0]) != tuple(street.points[-1])
    ]
    checked = 0
    for street in single:
        houses = addresses[(addresses["street"] == street.name) & (addresses["orientation"] > 0)]
        houses = houses[houses["style"] != "slabs"]
        if houses.empty:
            continue
        line = shapely.LineString(street.points)
        points = shapely.points(houses[["x", "y"]])
        on_left = shapely.distance(line.buffer(60, single_sided=True), points) == 0
        assert ((houses["orientation"] % 2 == 1) == on_left).mean() > 0.95, street.name
        checked += 1
    assert checked > 80


def test_numbers_rise_along_a_street(addresses: pd.DataFrame) -> None:
    houses = addresses[(addresses["street"] == "Husova") & (addresses["orientation"] > 0)]
    for _, side in houses.groupby(["quarter", "side"]):
        assert side.sort_values("at")["orientation"].is_monotonic_increasing
