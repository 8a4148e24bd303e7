"""Where two streets cross is worked out from their addresses, with the doubt that is in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from apkgeo.places.crossings import meeting, splits
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from tests.places.register import read_register

EAST, NORTH = -820_000, -1_070_000


def rows(street: str, points: list[tuple[float, float]], town: str = "Křížov") -> list[Any]:
    return [(street, number, x, y, town) for number, (x, y) in enumerate(points, 1)]


def both_sides(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    """Houses every 25 m, 12 m to either side of a street from a to b."""
    start, end = np.array(a, dtype=float), np.array(b, dtype=float)
    length = float(np.hypot(*(end - start)))
    along = (end - start) / length
    across = np.array([-along[1], along[0]]) * 12
    middles = [start + along * step for step in np.arange(12, length, 25)]
    return [tuple(one + side) for one in middles for side in (across, -across)]  # type: ignore[misc]


# Korandova runs to the east, Plachého crosses it 200 m along; Husova runs 60 m north of Korandova,
# as long as it; Americká třída begins a kilometre away; Krátká comes within 95 m of Korandova.
TOWN = [
    *rows("Korandova", both_sides((0, 0), (400, 0))),
    *rows("Plachého", both_sides((200, -200), (200, 200))),
    *rows("Husova", both_sides((0, 84), (180, 84))),
    *rows("Americká třída", both_sides((1500, 0), (1800, 0))),
    *rows("Krátká", [(412, 95), (430, 120)]),
    *rows("Cyrila a Metoděje", both_sides((300, -200), (300, 200))),
    *rows("Korandova", both_sides((50_000, 0), (50_100, 0)), "Jinde"),
    *rows("Polní", both_sides((50_050, -90), (50_050, 90)), "Jinde"),
]


def register() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        [
            {
                "address_code": str(5000 + i), "street": street, "house_number": number,
                "house_number_kind": "č.p.", "orientation_number": number,
                "orientation_letter": None, "part": town, "municipality": town,
                "city_district": None, "postcode": "33000",
            }
            for i, (street, number, _, _, town) in enumerate(TOWN)
        ],
        geometry=gpd.points_from_xy(
            [EAST + row[2] for row in TOWN], [NORTH + row[3] for row in TOWN]
        ),
        crs=5514,
    )  # fmt: skip


@pytest.fixture(scope="module")
def crossing_town() -> Gazetteer:
    return Gazetteer(register())


@pytest.mark.parametrize(
    "text",
    [
        "Korandova × Plachého",
        "Korandova x Plachého",
        "Korandova X Plachého",
        "Korandova & Plachého",
        "Korandova + Plachého",
        "Korandova/Plachého",
        "Korandova / Plachého",
        "Korandova a Plachého",
        "Plachého a Korandova",
        "roh Korandovy a Plachého",
        "Roh ulic Korandovy a Plachého",
        "na rohu Korandovy a Plachého",
        "křižovatka Korandova, Plachého",
        "krizovatka korandova x placheho",
        "nároží Plachého a Korandovy",
        "corner of Korandova and Plachého",
        "KORANDOVA × PLACHÉHO",
        "ROH KORANDOVY A PLACHÉHO",
        "křiž. Korandova - Plachého",
        "u křižovatky Korandovy a Plachého",
        "křižovatka Korandova-Plachého",
        "Korandova roh Plachého",
        "Korandova, Plachého",
        "Korandova – Plachého",
        "Korandova × Plachého, Křížov",
        "Korndova × Plachého",
    ],
)
def test_a_crossing_is_understood_in_every_way_it_is_written(
    crossing_town: Gazetteer, text: str
) -> None:
    match = crossing_town.find(text)[0]
    assert match.precision == "crossing"
    assert set(match.text.split(", ")[0].split(" × ")) == {"Korandova", "Plachého"}
    # The axes cross at (200, 0).
    assert np.hypot(match.x - EAST - 200, match.y - NORTH) < 25
    assert match.score <= 0.95
    assert any("worked out from their addresses" in note for note in match.assumed)


def test_a_street_with_an_and_in_its_name_is_no_crossing(crossing_town: Gazetteer) -> None:
    assert crossing_town.find("Cyrila a Metoděje")[0].precision == "street"
    assert crossing_town.find("Cyrila a Metoděje 3")[0].precision == "address"
    match = crossing_town.find("Korandova a Cyrila a Metoděje")[0]
    assert match.text.startswith("Korandova × Cyrila a Metoděje")
    assert np.hypot(match.x - EAST - 300, match.y - NORTH) < 25


def test_streets_side_by_side_do_not_cross(crossing_town: Gazetteer) -> None:
    assert crossing_town.find("Korandova × Husova") == []
    assert crossing_town.explain("Korandova × Husova") == (
        "Korandova and Husova run side by side. Write a street and a number."
    )


def test_streets_far_apart_do_not_cross_and_how_far_they_stay_is_told(
    crossing_town: Gazetteer,
) -> None:
    assert crossing_town.find("Korandova × Americká třída") == []
    # From 387 m to 1,512 m along the same line.
    assert crossing_town.explain("Korandova × Americká třída") == (
        "Korandova and Americká třída do not meet: their nearest addresses are 1125 m apart."
    )


def test_streets_of_different_towns_do_not_cross(crossing_town: Gazetteer) -> None:
    assert crossing_town.find("Plachého × Polní") == []
    assert crossing_town.explain("Plachého × Polní") == "Plachého and Polní do not meet."
    (match,) = crossing_town.find("Korandova × Polní")
    assert match.municipality == "Jinde"


def test_a_crossing_with_houses_far_from_the_corner_is_doubtful(crossing_town: Gazetteer) -> None:
    near, doubtful = (
        crossing_town.find(f"Korandova × {name}")[0] for name in ("Plachého", "Krátká")
    )
    assert doubtful.score < near.score - 0.03
    assert doubtful.summary("cs").startswith("Nejbližší adresy ulic Korandova a\xa0Krátká jsou od")


def test_a_name_that_goes_on_in_the_register_is_completed(crossing_town: Gazetteer) -> None:
    frame = register()
    frame["street"] = frame["street"].replace({"Plachého": "Plachého třída"})
    (match,) = Gazetteer(frame).find("Korandova × Plachého")
    assert match.text.startswith("Korandova × Plachého třída")
    assert "The name was completed: Plachého třída." in match.assumed
    assert match.score < 0.8


def test_one_unknown_street_is_no_crossing(crossing_town: Gazetteer) -> None:
    found = crossing_town.find("Korandova × Neexistující")
    assert all(match.precision == "street" and match.score <= 0.8 for match in found)


def districts(border: float) -> gpd.GeoDataFrame:
    west = box(EAST - 500, NORTH - 500, EAST + border, NORTH + 500)
    east = box(EAST + border, NORTH - 500, EAST + 2000, NORTH + 500)
    return gpd.GeoDataFrame(
        {"code": ["W", "E"], "name": ["Západ", "Východ"]}, geometry=[west, east], crs=5514
    )


@pytest.mark.parametrize(
    ("border", "codes"), [(100, ["E"]), (300, ["W"]), (200, ["W", "E"]), (190, ["E", "W"])]
)
def test_a_crossing_on_a_border_gives_both_districts(border: float, codes: list[str]) -> None:
    lookup = DistrictLookup(register(), districts(border))
    found = lookup.find("Korandova × Plachého")
    assert sorted(match.code or "" for match in found) == sorted(codes)
    assert all(match.certain == (len(codes) == 1) for match in found)
    told = "The districts' border runs here; each of them is given."
    assert all((told in match.assumed) == (len(codes) > 1) for match in found)


def test_the_nearest_approach_is_that_of_brute_force(crossing_town: Gazetteer) -> None:
    index = crossing_town.index
    groups = [group for group in index.groups if group.municipality == "Křížov"]
    for one in groups:
        for other in groups:
            if one is other:
                continue
            met = meeting(index, range(one.start, one.stop), range(other.start, other.stop))
            assert met is not None
            least = min(
                np.hypot(index.x[i] - index.x[j], index.y[i] - index.y[j])
                for i in range(one.start, one.stop)
                for j in range(other.start, other.stop)
            )
            assert met.metres == pytest.approx(least, abs=1.5)


def test_what_may_be_a_part_of_a_name_is_split_only_when_asked() -> None:
    assert list(splits("Cyrila a Metoděje", always=True)) == []
    assert list(splits("Cyrila a Metoděje", always=False)) == [("Cyrila", "Metoděje")]
    assert list(splits("12/3", always=False)) == []
    assert list(splits("Plachého/17. listopadu", always=True)) == [("Plachého", "17. listopadu")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        # Corner houses of the register: Korandova 1 and Plachého 40 are neighbours, and so on.
        ("Korandova × Plachého", ("Korandova", "Plachého")),
        ("roh Americké a Klatovské třídy", ("Americká", "Klatovská třída")),
        ("sady Pětatřicátníků / Palackého", ("sady Pětatřicátníků", "Palackého")),
        ("Solní a Sedláčkova", ("Solní", "Sedláčkova")),
    ],
)
def test_crossings_of_plzen_lie_by_the_houses_of_both_streets(
    shared: Path, text: str, where: tuple[str, str]
) -> None:
    frame = read_register(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip")
    match = Gazetteer(frame).find(text)[0]
    assert match.precision == "crossing"
    for name in where:
        assert frame[frame.street == name].distance(match.geometry).min() < 40
