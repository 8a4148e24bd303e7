"""Areas from lists of streets: every entry accounted for, every address in its own area."""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.errors import ApkgeoError, CRSError, InputError, MissingFileError
from apkgeo.frames import check_frame
from apkgeo.places.street_lists import StreetAreas, areas_from_street_list, read_street_list
from tests.places.register import read_register


def street(name: str | None, numbers: list[object], y: float, part: str = "Střed") -> list[tuple]:
    """Return houses 20 m apart; č.p. is 100 more than č.o.; ``"7a"`` has a letter."""
    rows = []
    for place, number in enumerate(numbers):
        digits = "".join(c for c in str(number) if c.isdigit())
        letter = str(number).removeprefix(digits) or None
        rows.append((name, int(digits), letter, part, 20.0 * place, y))
    return rows


TOWN = [
    *street("Dlouhá", list(range(1, 21)), 0.0),
    *street("Husovo náměstí", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 100.0),
    *street("náměstí Míru", [1, 2, 5], 200.0),
    *street("17. listopadu", [1, 2, 3], 300.0),
    *street("Jateční", [20, 22, "24", "24a", 26, "26b", 28], 400.0),
    *street("Voskovce a Wericha", [1, 2], 500.0),
    *street("Klatovská třída", [1, 3, 5], 600.0),
    *street("Lesní", [1, 2], 700.0),
    *street("Lesní", [3, 4], 700.0 + 60, "Lhota"),
    *street("Lhotecká", [1, 2], 800.0, "Lhota"),
]


def town() -> gpd.GeoDataFrame:
    rows = [
        {
            "address_code": str(number),
            "street": name,
            "house_number": 100 + house,
            "house_number_kind": "č.p.",
            "orientation_number": house,
            "orientation_letter": letter,
            "part": part,
            "municipality": "Městec",
            "city_district": None,
            "postcode": "33000",
        }
        for number, (name, house, letter, part, _, _) in enumerate(TOWN, 1)
    ]
    # Three houses in no street, one of them č.ev.
    for number, kind in ((1, "č.p."), (2, "č.p."), (7, "č.ev.")):
        rows.append(
            rows[0]
            | {"address_code": f"9{number}", "street": None, "house_number": number}
            | {"house_number_kind": kind, "orientation_number": None, "part": "Samoty"}
        )
    x = [-822_000 + one[4] for one in TOWN] + [-821_000, -820_900, -820_800]
    y = [-1_070_000 + one[5] for one in TOWN] + [-1_070_000] * 3
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(x, y), crs=5514)


REGISTER = town()


def read(entries: str) -> StreetAreas:
    return read_street_list(f"[a] Oblast\n{entries}", REGISTER)


def named(areas: StreetAreas, number: int = 0) -> list[str]:
    """Return the addresses of an area as ``Dlouhá 5``; ``Samoty 2`` where there is no street."""
    index = areas.index
    told = []
    for row in np.flatnonzero(areas.area == number):
        name = index.group_of(int(row)).name or index.group_of(int(row)).part
        house = index.orientation[row] or index.house[row]
        told.append(f"{name} {house}{index.letters[index.letter[row]]}")
    return told


def dlouha(*numbers: int) -> list[str]:
    return [f"Dlouhá {number}" for number in numbers]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Dlouhá", dlouha(*range(1, 21))),
        ("Dlouhá celá", dlouha(*range(1, 21))),
        ("celá ulice Dlouhá", dlouha(*range(1, 21))),
        ("ul. Dlouhá", dlouha(*range(1, 21))),
        ("DLOUHA", dlouha(*range(1, 21))),
        ("Dlouhá lichá 1–9", dlouha(1, 3, 5, 7, 9)),
        ("Dlouhá 1-9 lichá", dlouha(1, 3, 5, 7, 9)),
        ("Dlouhá 2–14 sudá", dlouha(2, 4, 6, 8, 10, 12, 14)),
        ("Dlouhá sudá", dlouha(2, 4, 6, 8, 10, 12, 14, 16, 18, 20)),
        ("Dlouhá – sudá čísla 2 až 6", dlouha(2, 4, 6)),
        ("Dlouhá lichá strana", dlouha(1, 3, 5, 7, 9, 11, 13, 15, 17, 19)),
        ("Dlouhá lichá i sudá", dlouha(*range(1, 21))),
        ("Dlouhá 1–5 lichá, 2–4 sudá", dlouha(1, 2, 3, 4, 5)),
        # Two sides of a street: 7 and 9 are not meant. One that goes on with the other is no side.
        ("Dlouhá 1–5, 2–10", dlouha(1, 2, 3, 4, 5, 6, 8, 10)),
        ("Dlouhá 1–5, 6–10", dlouha(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        ("Dlouhá od č. 16 do konce, sudá čísla", dlouha(16, 18, 20)),
        ("Dlouhá – jen lichá čísla", dlouha(1, 3, 5, 7, 9, 11, 13, 15, 17, 19)),
        ("Dlouhá lichá čísla od 1 do 5", dlouha(1, 3, 5)),
        ("Dlouhá lichá 1–5, 9–11; Lesní 1", [*dlouha(1, 3, 5, 9, 11), "Lesní 1"]),
        ("Dlouhá 2–6, 10–14 sudá", dlouha(2, 4, 6, 10, 12, 14)),
        ("Dlouhá 6–10", dlouha(6, 7, 8, 9, 10)),
        ("Dlouhá č. 2, 4, 6–7", dlouha(2, 4, 6, 7)),
        ("Dlouhá 2, 4 a 6", dlouha(2, 4, 6)),
        ("Dlouhá: 1–3", dlouha(1, 2, 3)),
        ("Dlouhá (1–3)", dlouha(1, 2, 3)),
        ("Dlouhá (lichá 1–3, sudá 18–20)", dlouha(1, 3, 18, 20)),
        ("část ulice Dlouhá od č. 18", dlouha(18, 19, 20)),
        ("Dlouhá od 17 výše lichá", dlouha(17, 19)),
        ("Dlouhá 19 a výše", dlouha(19, 20)),
        ("Dlouhá 19 – konec", dlouha(19, 20)),
        ("Dlouhá do č. 3", dlouha(1, 2, 3)),
        ("Dlouhá od č. 4 do č. 6", dlouha(4, 5, 6)),
        ("Dlouhá kromě č. 1–18", dlouha(19, 20)),
        ("Dlouhá celá, mimo 1–17, 20", dlouha(18, 19)),
        ("Dlouhá 1–5 kromě 2 a 4", dlouha(1, 3, 5)),
        ("Dlouhá od č. 1 do č. 9 (lichá)", dlouha(1, 3, 5, 7, 9)),
        ("Dlouhá 2 až 6 (sudá), Lesní 1", [*dlouha(2, 4, 6), "Lesní 1"]),
        ("Dlouhá kromě sudých", dlouha(1, 3, 5, 7, 9, 11, 13, 15, 17, 19)),
        ("Dlouhá (mimo č. 1–18)", dlouha(19, 20)),
        ("Dlouhá od začátku do č. 3", dlouha(1, 2, 3)),
        ("Dlouhá – lichá strana od č. 15 do konce", dlouha(15, 17, 19)),
        ("Dlouhá č.p. 105", dlouha(5)),
        ("Dlouhá čp. 105–107", dlouha(5, 6, 7)),
        ("Dlouhá 105/5", dlouha(5)),
        ("Dlouhá 5/105", dlouha(5)),
        ("Dlouhá 105", dlouha(5)),
        ("Dlouhá č.o. 5", dlouha(5)),
        ("Husovo nám. 9, 10", ["Husovo náměstí 9", "Husovo náměstí 10"]),
        ("nám. Míru č.p. 105", ["náměstí Míru 5"]),
        ("Míru nám. 5", ["náměstí Míru 5"]),
        ("17. listopadu", [f"17. listopadu {n}" for n in (1, 2, 3)]),
        ("17. listopadu 2", ["17. listopadu 2"]),
        ("Dlouhá 3, 17. listopadu 2–3", ["17. listopadu 2", "17. listopadu 3", "Dlouhá 3"]),
        ("Jateční 20, 22, 24", ["Jateční 20", "Jateční 22", "Jateční 24"]),
        ("Jateční 124/24a", ["Jateční 24a"]),
        ("Jateční 24a–26", ["Jateční 24a", "Jateční 26", "Jateční 26b"]),
        ("Jateční 20–24", ["Jateční 20", "Jateční 22", "Jateční 24", "Jateční 24a"]),
        ("Voskovce a Wericha", ["Voskovce a Wericha 1", "Voskovce a Wericha 2"]),
        ("náměstí Míru a Klatovská tř. 1", [
            "Klatovská třída 1", "náměstí Míru 1", "náměstí Míru 2", "náměstí Míru 5",
        ]),
        ("Lesní (Lhota)", ["Lesní 3", "Lesní 4"]),
        ("část Samoty", ["Samoty 1", "Samoty 2", "Samoty 7"]),
        ("Samoty (celá část)", ["Samoty 1", "Samoty 2", "Samoty 7"]),
        ("Samoty č.ev. 7", ["Samoty 7"]),
        ("Samoty č.p. 1–9", ["Samoty 1", "Samoty 2"]),
        ("- Dlouhá 1,\n  2, 3", dlouha(1, 2, 3)),
        ("Dlouhá 1  # u mostu", dlouha(1)),
        ("Dlouhá č. 1.", dlouha(1)),
    ],
)  # fmt: skip
def test_an_entry_names_these_addresses(entry: str, expected: list[str]) -> None:
    areas = read(entry)
    assert areas.rejected.empty, areas.rejected.to_dict("records")
    assert sorted(named(areas)) == sorted(expected)
    assert areas.frame["addresses"].tolist() == [len(expected)]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("Dlohuá", "The register has no such street; similar names: Dlouhá."),
        ("Dlohuá 1–5", "The register has no such street; similar names: Dlouhá."),
        ("17. listopedu 1, 3", "The register has no such street; similar names: 17. listopadu."),
        ("Qwxyz", "The register has no such street."),
        ("Dlouhá 99", "The street has none of these numbers."),
        ("Dlouhá 31–39 lichá", "The street has none of these numbers."),
        ("Dlouhá po řeku", "The words after the street's name are not understood; "
         "write house numbers."),
        ("Dlouhá 106/5", "The register has this number only as Dlouhá 105/5."),
        ("Dlouhá (Lhota)", "The street is not in Lhota."),
    ],
)  # fmt: skip
def test_what_cannot_be_resolved_is_rejected_with_a_reason(entry: str, reason: str) -> None:
    areas = read(f"Lhotecká\n{entry}")
    assert areas.rejected["reason"].tolist() == [reason]
    assert areas.rejected["value"].tolist() == [entry]
    assert areas.rejected[["line", "area"]].to_numpy().tolist() == [[3, "a"]]
    assert (areas.rows_in, areas.rows_used) == (2, 1)
    assert named(areas) == ["Lhotecká 1", "Lhotecká 2"]


def test_numbers_without_a_street_are_rejected() -> None:
    areas = read("12, 14\nLhotecká")
    assert areas.rejected["reason"].tolist() == ["House numbers without a street before them."]
    assert areas.rejected["value"].tolist() == ["12, 14"]


def test_a_number_that_another_street_has_names_that_street() -> None:
    register = pd.concat([REGISTER, REGISTER[REGISTER["street"] == "Klatovská třída"]])
    register = gpd.GeoDataFrame(register, crs=5514)
    short = register["address_code"].duplicated()
    register.loc[short, "street"] = "Klatovská"
    register["street"] = register["street"].where(~short.to_numpy(), "Klatovská")
    register["orientation_number"] = register["orientation_number"] + np.where(short, 50, 0)
    areas = read_street_list("[a]\nLhotecká\nKlatovská 1–5", register)
    assert areas.rejected["reason"].tolist() == [
        "The street has none of these numbers; a similar one has them: Klatovská třída."
    ]


def test_a_range_with_ends_of_one_parity_is_told_to_be_read_as_both() -> None:
    notes = [str(note) for note in read("Dlouhá 6–10").notes]
    assert "Dlouhá 6–10 (line 2) was read as odd and even numbers alike." in notes
    assert not any("alike" in str(note) for note in read("Dlouhá 6–10 sudá").notes)


def test_two_sides_of_a_street_are_told_by_the_ends_of_their_ranges() -> None:
    notes = [str(note) for note in read("Dlouhá 1–5, 2–10").notes]
    assert (
        "Dlouhá 2–10 (line 2) was read as even numbers, since a range of odd ones overlaps it."
        in notes
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("3/a", "The number 3a is not in the register here; the letter was left out."),
        ("3b", "The number 3b is not in the register here; the letter was left out."),
    ],
)
def test_a_number_with_a_letter_that_the_register_lacks_is_told(number: str, told: str) -> None:
    drawn = read(f"Dlouhá {number}")
    assert named(drawn) == ["Dlouhá 3"]
    assert f"Dlouhá {number} (line 2): {told}" in drawn.notes


def test_a_number_that_the_register_has_with_a_letter_only_is_told() -> None:
    register = REGISTER[~REGISTER["orientation_number"].eq(26) | REGISTER["street"].ne("Jateční")]
    lettered = REGISTER[REGISTER["street"].eq("Jateční") & REGISTER["orientation_number"].eq(26)]
    register = pd.concat([register, lettered[lettered["orientation_letter"].notna()]])
    drawn = read_street_list("[a]\nJateční 26", register)
    assert drawn.rows_used == 1
    assert "Jateční 26 (line 2): The number 26 is here only with a letter." in drawn.notes


def test_who_serves_an_area_may_stand_beside_its_name_or_below_it() -> None:
    areas = areas_from_street_list(
        "Okrsek 12\nStrážník: Jan Novák, tel. 378 000 000\nUlice: Dlouhá 1–5, Lesní\n"
        "Okrsek E (okrskář: Jana Nová, Petr Nový; telefon: 156): Dlouhá 7\nOkrsek F (Střed)\n"
        "Dlouhá 9",
        REGISTER,
    )
    assert areas["name"].tolist() == ["Okrsek 12", "Okrsek E", "Okrsek F (Střed)"]
    assert areas["officer"].tolist()[:2] == ["Jan Novák", "Jana Nová, Petr Nový"]
    assert areas["phone"].tolist()[:2] == ["378 000 000", "156"]
    assert areas.attrs["rejected"] == []


def test_an_assumption_is_told_in_both_languages() -> None:
    (told,) = [note for note in read("Husovo nám. 9").notes if "abbreviation" in note]
    assert told == "Husovo nám. 9 (line 2): An abbreviation was written out: Husovo náměstí."
    assert told.text("cs") == "Husovo nám. 9 (řádek 2): Zkratka byla rozepsána: Husovo náměstí."


FORMS = {
    "text": """
# Okrsky města, stav 2016
[12] Okrsek 12
valid_from = 2016-01-01
officer = strážník okrsku 12
Dlouhá 1–5 lichá, Lesní
[D] Okrsek D
Husovo nám. č. 2, 4
""",
    "prose": """
Okrsek 12: Dlouhá 1–5 lichá, Lesní
valid_from = 1. 1. 2016
officer = strážník okrsku 12
Okrsek D
Husovo nám. č. 2, 4
""",
    "toml": """
[12]
name = "Okrsek 12"
valid_from = 2016-01-01
officer = "strážník okrsku 12"
streets = ["Dlouhá 1–5 lichá", "Lesní"]
[D]
name = "Okrsek D"
streets = "Husovo nám. č. 2, 4"
""",
    "csv": """Okrsek;Název;Ulice;Čísla;Platnost od;Strážník
12;Okrsek 12;Dlouhá;1–5 lichá;2016-01-01;strážník okrsku 12
12;Okrsek 12;Lesní;;;
D;Okrsek D;Husovo nám.;č. 2, 4;;
""",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
def test_the_forms_of_a_list_mean_the_same(form: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / f"okrsky.{'csv' if form == 'csv' else 'txt'}"
    path.write_bytes(FORMS[form].encode(encoding))
    areas = areas_from_street_list(path, REGISTER)
    assert areas["code"].tolist() == ["12", "D"]
    assert areas["name"].tolist() == ["Okrsek 12", "Okrsek D"]
    assert areas["level"].tolist() == ["district", "district"]
    assert areas["addresses"].tolist() == [7, 2]
    assert areas["valid_from"].tolist() == [pd.Timestamp(2016, 1, 1), pd.NaT]
    assert areas["officer"].iloc[0] == "strážník okrsku 12"
    check_frame(areas, "boundaries")


def test_a_heading_without_a_kind_gets_a_plain_code() -> None:
    areas = areas_from_street_list("Plac a okolí:\nDlouhá\n", REGISTER)
    assert areas[["code", "name", "level"]].to_numpy().tolist() == [
        ["plac-a-okoli", "Plac a okolí", "locality"]
    ]


def test_a_list_without_headings_is_one_area_called_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "plac.txt"
    path.write_text("Dlouhá 1\nLesní (Střed)", encoding="utf-8")
    areas = areas_from_street_list([path], REGISTER)
    assert areas[["code", "addresses"]].to_numpy().tolist() == [["plac", 3]]


def test_the_account_is_on_the_frame() -> None:
    areas = areas_from_street_list("[a]\nDlouhá 1, 3, 99\nHusova", REGISTER)
    assert (areas.attrs["rows_in"], areas.attrs["rows_used"]) == (4, 2)
    assert [one["value"] for one in areas.attrs["rejected"]] == ["Dlouhá 99", "Husova"]
    assert "2 of 4 entries name 2 addresses; entries not used: 2." in areas.attrs["notes"]
    # A frame with an account can be joined to another one.
    assert len(pd.concat([areas, areas])) == 2


def test_streets_in_no_list_are_told() -> None:
    notes = [str(note) for note in read("Dlouhá 1–19 lichá\nLesní\nLhotecká").notes]
    assert (
        f"Addresses of the register in no list: {len(REGISTER) - 16} of {len(REGISTER)}." in notes
    )
    assert "Streets only partly listed: 1 (Dlouhá)." in notes
    (none,) = [note for note in notes if note.startswith("Streets in no list: 6 (")]
    assert "Jateční" in none


def test_an_address_in_two_lists_goes_to_the_more_exact_one() -> None:
    areas = read_street_list("[a]\nDlouhá\n[b]\nDlouhá 18–20\n[c]\nDlouhá 20", REGISTER)
    assert areas.rejected.empty
    assert named(areas, 0) == dlouha(*range(1, 18))
    assert named(areas, 1) == dlouha(18, 19)
    assert named(areas, 2) == dlouha(20)
    assert "Dlouhá (line 2): 3 addresses go to areas that list them by number." in areas.notes


def test_an_address_in_two_lists_alike_stays_with_the_first() -> None:
    areas = read_street_list("[a] První\nDlouhá\n[b]\nDlouhá\nLesní", REGISTER)
    assert areas.rejected["reason"].tolist() == [
        "Its addresses are already listed in První, line 2."
    ]
    assert areas.rejected[["line", "area"]].to_numpy().tolist() == [[4, "b"]]
    partly = read_street_list("[a] První\nDlouhá 1–5\n[b]\nDlouhá 4–9", REGISTER)
    assert named(partly, 1) == dlouha(6, 7, 8, 9)
    told = "Dlouhá 4–9 (line 4): addresses already listed in První were left there: 2."
    assert told in partly.notes


def test_an_area_without_an_address_is_told_and_left_out() -> None:
    areas = read_street_list("[a]\nDlouhá\n[b] Prázdná\nQwxyz", REGISTER)
    assert areas.frame["code"].tolist() == ["a"]
    assert "Prázdná has no address to itself and was not drawn." in areas.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no area"),
        ("Dlouhá 5\n[a]\nLesní", "line 1: a street before the first area"),
        ("[a]\nQwxyz 5", "not one address of the register"),
        ("[a]\nvalid_from = brzy\nDlouhá", "area 'a', valid_from: expected a date"),
        ("[a]\n", "not one address of the register"),
    ],
)
def test_an_unusable_list_is_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        areas_from_street_list(text, REGISTER)


def test_misuse_is_told() -> None:
    with pytest.raises(MissingFileError, match=r"no file 'okrsky\.txt'"):
        areas_from_street_list("okrsky.txt", REGISTER)
    with pytest.raises(InputError, match="reach: expected at least 1 metre, got 0"):
        areas_from_street_list("[a]\nDlouhá", REGISTER, reach=0)
    with pytest.raises(CRSError, match="has no CRS"):
        areas_from_street_list("[a]\nDlouhá", REGISTER.set_crs(None, allow_override=True))
    with pytest.raises(InputError, match="expected text or a path, got a int"):
        areas_from_street_list(5, REGISTER)  # type: ignore[arg-type]


def sound(areas: StreetAreas) -> None:
    """Areas are valid, disjoint to the last vertex, and hold just their own addresses."""
    shapes = areas.frame.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    points = shapely.points(areas.index.x, areas.index.y)
    place = shapely.STRtree(shapes).query(points, predicate="within")
    inside = np.full(len(points), -1)
    inside[place[0]] = place[1]
    drawn = np.unique(areas.area[areas.area >= 0])
    assert [areas.area[inside == i].tolist() for i in range(len(shapes))] == [
        areas.area[areas.area == number].tolist() for number in drawn
    ]


def test_two_sides_of_a_street_share_its_middle_as_their_border() -> None:
    # Odd houses stand 10 m south and even ones 10 m north of the axis y = 0.
    rows = []
    for number in range(1, 21):
        row = REGISTER.iloc[0].to_dict() | {"house_number": number, "orientation_number": number}
        north = 10.0 if number % 2 == 0 else -10.0
        east = 20.0 * ((number + 1) // 2)
        rows.append(row | {"address_code": str(number), "geometry": shapely.Point(east, north)})
    houses = gpd.GeoDataFrame(rows, crs=5514)
    areas = areas_from_street_list("[l]\nDlouhá lichá\n[s]\nDlouhá sudá", houses, reach=30.0)
    odd, even = areas.geometry
    border = shapely.intersection(odd, even)
    # The circles of 30 m around the last two houses, 10 m beside the axis, are joined by an arc of
    # 15 m (half the reach) that touches both: its middle is √(45² − 10²) m from them.
    assert border.length == pytest.approx(180 + 2 * (np.sqrt(45**2 - 10**2) - 15), abs=0.2)
    assert np.abs(shapely.get_coordinates(border)[:, 1]).max() < 0.02
    # A strip of 180 × 60 m and a circle of 30 m, less what is closed between: within 2 %.
    assert odd.area + even.area == pytest.approx(180 * 80 + 40 * 20 + np.pi * 900, rel=0.1)


def houses_at(*points: tuple[float, float]) -> gpd.GeoDataFrame:
    """Return houses Dlouhá 1, 2, … at these points."""
    row = REGISTER.iloc[0].to_dict()
    rows = [
        row | {"address_code": str(n), "house_number": 100 + n, "orientation_number": n}
        | {"geometry": shapely.Point(point)}
        for n, point in enumerate(points, 1)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, crs=5514)


def test_the_only_address_of_a_register_is_a_disc() -> None:
    areas = areas_from_street_list("[a]\nDlouhá", houses_at((-8e5, -1e6)), reach=100.0)
    assert areas.area.iloc[0] == pytest.approx(np.pi * 100**2, rel=0.02)


def test_two_houses_a_span_apart_have_their_own_halves() -> None:
    areas = read_street_list(
        "[a]\nDlouhá 1\n[b]\nDlouhá 2", houses_at((-8e5, -1e6), (-8e5 + 0.2, -1e6))
    )
    sound(areas)
    assert areas.frame.area.iloc[0] == pytest.approx(areas.frame.area.iloc[1], rel=0.01)


def test_two_addresses_on_one_point_cannot_be_parted_and_it_is_told() -> None:
    houses = houses_at((-8e5, -1e6), (-8e5, -1e6), (-8e5 + 30, -1e6))
    areas = read_street_list("[a]\nDlouhá 1\n[b] Druhá\nDlouhá 2", houses)
    assert areas.frame["code"].tolist() == ["a"]
    assert "Druhá has no address to itself and was not drawn." in areas.notes
    told = "Addresses of different areas that stand on one point: 1; the first area has it."
    assert told in areas.notes
    check_frame(areas.frame, "boundaries")


def test_areas_reach_only_as_far_as_they_may() -> None:
    near = areas_from_street_list("[a]\nLhotecká 1", REGISTER, reach=15.0).geometry.iloc[0]
    # A disc of 15 m; the neighbour 20 m away takes what is beyond 10 m on its side:
    # a segment of r² acos(d/r) − d √(r² − d²).
    segment = 225 * np.arccos(10 / 15) - 10 * np.sqrt(125)
    assert near.area == pytest.approx(225 * np.pi - segment, rel=0.03)


def test_areas_fill_the_outline_that_is_given() -> None:
    outline = gpd.GeoSeries([shapely.box(-822_100, -1_070_100, -820_700, -1_069_100)], crs=5514)
    text = "[a]\nDlouhá\nHusovo náměstí\nnáměstí Míru\n17. listopadu\nJateční\nVoskovce a Wericha\n"
    text += "Klatovská třída\nLesní\nLhotecká\n[b]\nčást Samoty"
    areas = areas_from_street_list(text, REGISTER, within=outline.to_crs(4326))
    assert areas.area.sum() == pytest.approx(outline.area.sum(), rel=1e-6)
    assert areas.crs.to_epsg() == 5514
    left, right = areas.geometry
    assert left.touches(right)


def test_addresses_in_degrees_give_areas_in_metres() -> None:
    areas = areas_from_street_list("[a]\nDlouhá", REGISTER.to_crs(4326))
    assert areas.crs.to_epsg() == 5514
    assert 20 * 19 * 80 < areas.area.iloc[0] < 20 * 21 * 120


def test_inputs_stay_as_they_were() -> None:
    before = REGISTER.copy(deep=True)
    areas_from_street_list("[a]\nDlouhá", REGISTER)
    pd.testing.assert_frame_equal(pd.DataFrame(before), pd.DataFrame(REGISTER))


ENTRIES = st.sampled_from(
    ["Dlouhá", "Dlouhá lichá", "Dlouhá 3–12", "Dlouhá 7", "Jateční sudá", "Lesní (Lhota)",
     "Husovo nám. 2, 4, 6–10", "část Samoty", "Husova", "Dlouhá kromě 5", "náměstí Míru"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(ENTRIES, min_size=1, max_size=4), min_size=1, max_size=5))
def test_any_lists_give_disjoint_areas_and_a_full_account(lists: list[list[str]]) -> None:
    text = "".join(f"[{i}]\n" + "\n".join(entries) + "\n" for i, entries in enumerate(lists))
    try:
        areas = read_street_list(text, REGISTER)
    except InputError as error:
        assert "not one address" in str(error)
        return
    sound(areas)
    assert areas.rows_in == areas.rows_used + len(areas.rejected)
    assert areas.frame["addresses"].sum() == (areas.area >= 0).sum()


PIECES = st.sampled_from(
    ["#", "Dlouhá", "17. listopadu", " ", ",", ";", "-", "–", "1", "29", "3a", "/", "č.p.", "č.ev.",
     "č.", "lichá", "sudá", "od", "do", "kromě", "(", ")", "[x]", "Okrsek 3:", ":", "\n", "=", "a",
     "část", "ulice", "celá", "výše", ".", "Lhota", "\u00a0", "'", '"', "[", "]", "\t", "§"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        areas = read_street_list(f"[a]\nLhotecká\n{text}", REGISTER)
    except ApkgeoError:
        return
    assert areas.rows_in == areas.rows_used + len(areas.rejected)
    sound(areas)


@pytest.mark.parametrize(
    "line",
    ["x" * 200_000, "Dlouhá " * 40_000, "[" + " " * 200_000, "a" + " " * 200_000 + "=",
     "(" * 200_000, "1," * 30_000, "Dlouhá a " * 30_000, "Okrsek " * 40_000,
     "Dlouhá " + "1" * 200_000, "Dlouhá " + "1-" * 100_000, "č" * 200_000 + ":" + "lichá " * 40_000,
     "," * 300_000],
    ids=lambda line: line[:9],
)  # fmt: skip
def test_a_hostile_line_is_done_within_seconds(line: str) -> None:
    began = time.process_time()
    areas = read_street_list(f"[a]\nLhotecká\n{line}\nLesní", REGISTER)
    assert time.process_time() - began < 5
    assert areas.rows_used >= 1
    assert areas.rejected["value"].str.len().max() < 500_000 or areas.rejected.empty


@pytest.fixture(scope="module")
def plzen(shared: Path) -> gpd.GeoDataFrame:
    return read_register(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip")


def test_every_street_of_plzen_is_found_by_its_own_name(plzen: gpd.GeoDataFrame) -> None:
    streets = sorted(plzen["street"].dropna().unique())
    text = "".join(f"[{i}] {name}\n{name}\n" for i, name in enumerate(streets))
    areas = read_street_list(text, plzen, reach=40.0)
    assert (areas.rows_used, len(areas.rejected)) == (1_192, 0)
    assert areas.frame["addresses"].sum() == 27_207 - 1_771
    assert shapely.coverage_is_valid(areas.frame.geometry.to_numpy())


def test_the_parts_of_plzen_tile_it(plzen: gpd.GeoDataFrame, shared: Path) -> None:
    parts = sorted(plzen["part"].unique())
    text = "".join(f"[{i}] {name}\nčást {name}\n" for i, name in enumerate(parts))
    city = gpd.read_file(shared / "plzen" / "mestske_obvody.geojson")
    areas = read_street_list(text, plzen, within=city)
    assert areas.frame["addresses"].sum() == 27_207
    # 7 addresses lie in none of the city districts (geopandas.sjoin).
    assert "Listed addresses outside of the outline: 7." in areas.notes
    assert shapely.coverage_is_valid(areas.frame.geometry.to_numpy())
    whole = city.to_crs(5514).union_all().area
    assert areas.frame.area.sum() == pytest.approx(whole, rel=1e-3)


def test_a_line_as_a_city_publishes_it(plzen: gpd.GeoDataFrame) -> None:
    line = (
        "Okrsek 12: Plachého 1–29 lichá, Korandova celá, Husovo náměstí č. 2, 4, 6–8, "
        "část ulice Tylova od č. 15"
    )
    areas = read_street_list(line, plzen)
    number = plzen["orientation_number"].fillna(0).astype(int)
    street = plzen["street"]
    expected = (
        ((street == "Plachého") & number.between(1, 29) & (number % 2 == 1))
        | (street == "Korandova")
        | ((street == "Husovo náměstí") & number.isin([2, 4, 6, 7, 8]))
        | ((street == "Tylova") & (number >= 15))
    )
    codes = areas.index.code[areas.area == 0].astype(str)
    assert sorted(codes) == sorted(plzen.loc[expected, "address_code"])
    assert areas.rejected.empty
    sound(areas)
