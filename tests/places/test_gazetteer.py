"""Written addresses are found in the register, and what was assumed is said."""

from __future__ import annotations

import pickle
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import CRSError, InputError
from apkgeo.frames import Reading, rejections
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.matches import AddressMatch
from tests.places.register import misspelt, read_register, town, without_diacritics


@pytest.fixture(scope="module")
def small() -> Gazetteer:
    return Gazetteer(town())


def first(gazetteer: Gazetteer, text: str) -> AddressMatch:
    found = gazetteer.find(text)
    assert found, text
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "Dlouhá 10/1",
        "Dlouhá 1",
        "Dlouhá č.p. 10",
        "Dlouhá čp. 10",
        "Dlouhá č. p. 10",
        "Dlouhá čp 10",
        "Dlouhá č.o. 1",
        "Dlouhá č. 1",
        "Dlouhá č.p. 10, č.o. 1",
        "ulice Dlouhá 1",
        "Dlouhá ul. 1",
        "dlouhá 1",
        "DLOUHA 1",
        "Dlouhá\N{NO-BREAK SPACE}1",
        unicodedata.normalize("NFD", "Dlouhá 1"),
        "  Dlouhá   10 / 1 ",
        "Dlouhá 1, Staré Město, 330 00 Městec",
        "Dlouhá 10/1, 33000 Městec",
        "Dlouhá 1 PSČ 33000",
        "Městec, Dlouhá 1",
        "Městec - Staré Město, Dlouhá 1",
        "330 00 Městec-Staré Město, Dlouhá 10/1",
        "Dlouhá 1 Městec",
        "Městec Dlouhá 1",
        "Dlouhá 1, Městec, Česká republika",
        "1 Dlouhá",
        "Dlouhá 1/10",
        "Dluhá 1",
        "Doluhá 1",
        "Dlouhá 1\nStaré Město\n330 00 Městec",
    ],
)
def test_an_address_is_found_in_every_way_it_is_written(small: Gazetteer, text: str) -> None:
    assert first(small, text).address_code == "1000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dlouhá 7a", "Dlouhá 14/7a, Staré Město, 330 00 Městec"),
        ("Dlouhá 7 A", "Dlouhá 14/7a, Staré Město, 330 00 Městec"),
        ("Dlouhá 14/7a", "Dlouhá 14/7a, Staré Město, 330 00 Městec"),
        ("nám. Gen. Píky 2", "náměstí Generála Píky 21/2, Staré Město, 330 00 Městec"),
        ("náměstí Píky 2", "náměstí Generála Píky 21/2, Staré Město, 330 00 Městec"),
        ("Husovo nám. 9", "Husovo náměstí 22/9, Staré Město, 330 00 Městec"),
        ("Husova 9", "Husova 23/9, Staré Město, 330 00 Městec"),
        ("tř. 5. května 7", "třída 5. května 30/7, Nové Město, 330 00 Městec"),
        ("5. května 30/7", "třída 5. května 30/7, Nové Město, 330 00 Městec"),
        ("17. listopadu 8", "17. listopadu 31/8, Nové Město, 330 00 Městec"),
        ("5. května 7", "třída 5. května 30/7, Nové Město, 330 00 Městec"),
        ("5.května", "třída 5. května, Nové Město, Městec"),
        ("Dr. B. Němcové 6", "Boženy Němcové 32/6, Nové Město, 330 00 Městec"),
        ("Husovo náměstí 9, 320 00 Městec", "Husovo náměstí 22/9, Staré Město, 330 00 Městec"),
        ("17.listopadu 31/8", "17. listopadu 31/8, Nové Město, 330 00 Městec"),
        ("17. listopadu", "17. listopadu, Nové Město, Městec"),
        ("B. Němcové 6", "Boženy Němcové 32/6, Nové Město, 330 00 Městec"),
        ("Zahradní č.ev. 7", "Zahradní č.ev. 7, Nové Město, 330 00 Městec"),
        ("Zahradní ev.č. 7", "Zahradní č.ev. 7, Nové Město, 330 00 Městec"),
        ("Zahradní č. e. 7", "Zahradní č.ev. 7, Nové Město, 330 00 Městec"),
        ("Lhotka č. e. 5", "č.ev. 5, Lhotka, 330 01 Městec"),
        ("Zahradní e.č.7", "Zahradní č.ev. 7, Nové Město, 330 00 Městec"),
        ("Lhotka 6", "č.p. 6, Lhotka, 330 01 Městec"),
        ("č.p. 6, 33001 Lhotka", "č.p. 6, Lhotka, 330 01 Městec"),
        ("č. ev. 5, Lhotka, 330 01 Městec", "č.ev. 5, Lhotka, 330 01 Městec"),
        ("Lhotka", "Lhotka, Městec"),
    ],
)
def test_the_answer_is_the_full_postal_form(small: Gazetteer, text: str, expected: str) -> None:
    assert first(small, text).text == expected


def test_a_lone_number_that_is_two_houses_gives_both_the_orientation_number_first(
    small: Gazetteer,
) -> None:
    both = small.find("Dlouhá 3")
    assert [match.text for match in both] == [
        "Dlouhá 11/3, Staré Město, 330 00 Městec",
        "Dlouhá 3/5, Staré Město, 330 00 Městec",
    ]
    assert "orientation number" in both[0].assumed[0]
    assert both[1].assumed == ("The number 3 was taken for the house number (č.\xa0p.).",)
    assert both[0].score > both[1].score


def test_in_a_village_a_lone_number_is_the_house_number_and_then_the_registration_number(
    small: Gazetteer,
) -> None:
    found = small.find("Lhotka 5")
    assert [match.house_number_kind for match in found] == ["č.p.", "č.ev."]
    assert found[0].assumed == ()


def test_scores_fall_from_exact_to_folded_to_abbreviated_to_misspelt(small: Gazetteer) -> None:
    ways = [
        ("náměstí Generála Píky 2", "exact"),
        ("Náměstí generála Píky 2", "folded"),
        ("namesti Generala Piky 2", "folded"),
        ("NAMESTI GENERALA PIKY 2", "folded"),
        ("nám. gen. Píky 2", "abbreviated"),
        ("náměstí Generála Pýky 2", "folded"),
        ("náměstí Generála Pikx 2", "fuzzy"),
    ]
    matches = [first(small, text) for text, _ in ways]
    assert {match.address_code for match in matches} == {"1007"}
    expected = ["exact", "folded", "folded", "folded", "abbreviated", "fuzzy", "fuzzy"]
    assert [match.kind for match in matches] == expected
    scores = [match.score for match in matches]
    assert scores[0] == 1
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < 0.9


def test_what_was_assumed_is_told_in_czech(small: Gazetteer) -> None:
    match = first(small, "nam. gen. Piky 2")
    assert [note.text("cs") for note in match.assumed] == [
        "Zkratka byla rozepsána: náměstí Generála Píky."
    ]


def test_another_town_than_the_written_one_is_no_confident_answer(small: Gazetteer) -> None:
    elsewhere = first(small, "Dlouhá 1, Praha")
    assert elsewhere.score < 0.6
    assert elsewhere.assumed == (
        "The town “Praha” is not in this look-up; only “Dlouhá 1” was looked for.",
    )
    assert elsewhere.summary("cs").startswith(
        "Obec „Praha“ v\xa0tomto vyhledávání není; hledáno jen „Dlouhá 1“. Dlouhá 10/1, "
    )
    assert small.geocode(pd.Series(["Dlouhá 1, Praha"])).matched.isna().all()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Dlouhá 1, PRAHA 5", "PRAHA 5"),
        ("Dlouhá 1 Brno", "Brno"),
        ("Dlouhá 1, 110 00 Praha", "Praha"),
        ("Dlouhá 1, Praha 110 00", "Praha"),
        ("Dlouhá 1\nPraha\nČR", "Praha"),
        ("Dlouhá, Ústí nad Labem", "Ústí nad Labem"),
        ("Dlouhá 1, praha-západ", "praha-západ"),
    ],
)
def test_a_town_that_is_not_known_is_named_as_it_was_typed(
    small: Gazetteer, text: str, place: str
) -> None:
    match = first(small, text)
    rest = "Dlouhá 1" if text.startswith("Dlouhá 1") else "Dlouhá"
    said = f"The town “{place}” is not in this look-up; only “{rest}” was looked for."
    assert said in match.assumed
    assert match.score < 0.6


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dlouhá 1, Vchod B", "Vchod B"),
        ("Penzion U Lípy, Dlouhá 1", "Penzion U Lípy"),
        ("Dlouhá 1, 2. patro, byt 12/3A", "2. patro, byt 12/3A"),
    ],
)
def test_words_that_are_left_out_are_told_as_typed_before_the_answer(
    small: Gazetteer, text: str, left: str
) -> None:
    match = first(small, text)
    assert match.address_code == "1000"
    assert match.summary("cs").startswith(f"Nebylo použito: {left}. Dlouhá 10/1, ")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Dlouhá 1a", "1000", "Číslo 1a zde v\xa0registru není; písmeno bylo vynecháno."),
        ("Dlouhá 10/1b", "1000", "Číslo 10/1b zde v\xa0registru není; písmeno bylo vynecháno."),
        ("Dlouhá 7", "1004", "Číslo 7 je zde jen s\xa0písmenem."),
        ("Dlouhá 7c", "1004", "Číslo 7c je zde jen s\xa0jiným písmenem."),
    ],
)
def test_a_letter_that_was_left_out_or_added_is_told(
    small: Gazetteer, text: str, code: str, said: str
) -> None:
    match = first(small, text)
    assert match.address_code == code
    assert said in [note.text("cs") for note in match.assumed]


def test_a_number_that_is_not_in_the_street_gives_the_street_and_says_so(small: Gazetteer) -> None:
    match = first(small, "Dlouhá 999")
    assert (match.precision, match.address_code) == ("street", None)
    assert match.assumed == ("The number 999 is not in the register.",)
    assert match.score <= 0.7


def test_a_square_that_was_written_is_not_taken_for_the_street_of_that_name() -> None:
    # The square has no number 3; the street's would be another place.
    rows = town()
    rows.loc[rows.street == "Dlouhá", "street"] = "Husova"
    rows.loc[rows.street == "Husovo náměstí", "street"] = "náměstí Husova"
    found = Gazetteer(rows).find("náměstí Husova 3")
    assert [(match.precision, match.street) for match in found[:2]] == [
        ("street", "náměstí Husova"),
        ("address", "Husova"),
    ]
    assert found[1].assumed[0] == "Looked for as: Husova."


def test_without_a_street_a_house_of_the_other_kind_is_another_house(small: Gazetteer) -> None:
    # Lhotka has a č.p. 6 and no č.ev. 6.
    found = small.find("Lhotka č.ev. 6")
    assert [(match.precision, match.house_number) for match in found] == [
        ("part", None),
        ("address", 6),
    ]
    assert found[0].assumed[0].text("cs") == "Číslo č.\xa0ev.\xa06 v\xa0registru není."
    assert small.geocode(pd.Series(["Lhotka č.ev. 6"])).precision.tolist() == ["part"]


@pytest.mark.parametrize(
    "text", ["Dlouhá 7/a", "Dlouhá 7/A, Městec", "Dlouhá 7-a", "Dlouhá 14/7/a"]
)
def test_a_letter_may_follow_a_slash_or_a_dash(small: Gazetteer, text: str) -> None:
    match = first(small, text)
    assert (match.address_code, match.assumed) == ("1004", ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("v ulici Dlouhá u č.p. 10", "v ulici, u"),
        ("V ULICI DLOUHÁ PŘED DOMEM Č.P. 10", "v ulici, před domem"),
        ("u domu č. 1 v ul. Dlouhá", "u domu, v ul"),
        ("naproti Dlouhá 1", "naproti"),
    ],
)
def test_where_beside_an_address_something_is_does_not_hide_the_address(
    small: Gazetteer, text: str, left: str
) -> None:
    match = first(small, text)
    assert match.address_code == "1000"
    assert match.assumed[0] == f"Left out: {left}."


@pytest.mark.parametrize("text", ["Městec - ul. Dlouhá 1", "Městec ul. Dlouhá 1"])
def test_the_word_for_street_after_a_town_belongs_to_the_street(
    small: Gazetteer, text: str
) -> None:
    match = first(small, text)
    assert (match.address_code, match.score, match.assumed) == ("1000", 1.0, ())


def test_a_square_of_another_name_is_no_misspelt_one(small: Gazetteer) -> None:
    # Two letters of six; the word for square, which is the same in many names, allows no more.
    assert small.find("Husvu nám. 9") == []
    assert first(small, "Huosvo nám. 9").street == "Husovo náměstí"


def test_a_street_without_a_number_has_the_point_of_one_of_its_addresses(small: Gazetteer) -> None:
    match = first(small, "Dlouhá")
    assert match.precision == "street"
    points = town().query("street == 'Dlouhá'").geometry
    assert points.distance(match.geometry).min() == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "5",
        "\x00\x01\x02",
        "Neexistující 5",
        "Ресслова 5",
        "プルゼニ 5",
        "🙂🙂🙂",
        "<script>alert('Dlouhá 1')</script>",
        "<b>Dlouhá 1</b>",
        "'; DROP TABLE addresses; --",
        "Dlouhá 1 " * 5000,
        "a" * 299,
        "9" * 250,
        "Dlouhá".encode("utf-16").decode("utf-16", "surrogatepass") * 60,
        "\ud800\udfff",
        "/" * 100,
        ",,,,,,,,",
        None,
        5,
    ],
)
def test_what_is_no_address_gets_a_plain_empty_answer(small: Gazetteer, text: Any) -> None:
    assert small.find(text) == []


@given(st.text(max_size=400))
def test_no_text_is_an_error(text: str) -> None:
    found = Gazetteer_of_town().find(text)
    assert all(0 < match.score <= 1 for match in found)


@given(st.text(alphabet="Dlouhá náměstí 0123456789/.,-č.p.evoabc Lhotka Městec PSČ", max_size=60))
def test_nothing_that_looks_like_an_address_is_an_error(text: str) -> None:
    for match in Gazetteer_of_town().find(text):
        assert match.text
        assert match.summary("cs")


def Gazetteer_of_town(made: list[Gazetteer] = []) -> Gazetteer:  # noqa: B006, N802
    if not made:
        made.append(Gazetteer(town()))
    return made[0]


@pytest.mark.parametrize(
    "text",
    [
        "24531464",
        " 24531464 ",
        "Kód ADM: 24531464",
        "RÚIAN 24531464",
        "kód adresního místa 24531464",
    ],
)
def test_the_code_of_an_address_point_is_understood(text: str) -> None:
    frame = town()
    frame.loc[3, "address_code"] = "24531464"
    (match,) = Gazetteer(frame).find(text)
    assert (match.address_code, match.kind, match.score) == ("24531464", "code", 1)
    assert Gazetteer(frame).find("24531465") == []


def test_what_is_not_found_gets_names_like_it(small: Gazetteer) -> None:
    assert small.find("Dlouhánská 5") == []
    assert small.suggest("Dlouhánská 5")[0] == "Dlouhá"
    assert small.suggest("Huspvp nám. 9, Městec")[0] == "Husovo náměstí"
    assert small.suggest("Píky")[0] == "náměstí Generála Píky"
    assert small.suggest("Qwertyuiop 1") == []
    assert small.suggest("") == small.suggest("\x00") == small.suggest("5") == []
    assert small.suggest("Dlouhánská 5", limit=0) == []


def test_the_limit_is_kept(small: Gazetteer) -> None:
    assert len(small.find("Dlouhá 3", limit=1)) == 1
    assert small.find("Dlouhá 3", limit=0) == []


def test_geocoding_keeps_the_index_and_says_what_was_not_found(small: Gazetteer) -> None:
    texts = pd.Series(
        ["Dlouhá 3", None, "Neexistující 5", "Dlouhá", "Dlouhá 3"], index=list("abcda")
    )
    found = small.geocode(texts)
    assert found.index.tolist() == list("abcda")
    assert found.precision.tolist() == ["address", None, None, "street", "address"]
    assert found.address_code.tolist() == ["1001", None, None, None, "1001"]
    assert found.candidates.tolist() == [2, 0, 0, 1, 2]
    assert found.score.tolist() == [1, 0, 0, 1, 1]
    assert found.crs.to_epsg() == 5514
    assert found.geometry.isna().tolist() == [False, True, True, False, False]
    assert texts.tolist()[0] == "Dlouhá 3"


def test_a_readers_result_is_taken_too() -> None:
    gazetteer = Gazetteer(Reading(town(), rejections()))
    assert first(gazetteer, "Dlouhá 1").address_code == "1000"


def test_a_match_can_be_pickled(small: Gazetteer) -> None:
    match = first(small, "dlouha 1")
    assert pickle.loads(pickle.dumps(match)) == match


def test_the_frame_is_not_changed() -> None:
    frame = town()
    before = frame.copy(deep=True)
    Gazetteer(frame).find("Dlouhá 1")
    pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(before))


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        (lambda: town().drop(columns=["street"]), InputError, "a frame without street"),
        (lambda: town().iloc[:0], InputError, "expected addresses, got none"),
        (lambda: town().to_crs(4326), CRSError, "must be in metres"),
        (lambda: pd.DataFrame({"street": []}), InputError, "expected a GeoDataFrame"),
    ],
)
def test_a_frame_that_is_no_register_is_refused(
    frame: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Gazetteer(frame())


# The register of Plzeň: 27,207 addresses.


@pytest.fixture(scope="module")
def register(shared: Path) -> gpd.GeoDataFrame:
    return read_register(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip")


@pytest.fixture(scope="module")
def plzen(register: gpd.GeoDataFrame) -> Gazetteer:
    return Gazetteer(register)


def records(register: gpd.GeoDataFrame, step: int) -> list[Any]:
    return list(register.drop(columns="geometry").iloc[::step].itertuples(index=False))


def street(row: Any) -> str:
    return str(row.street if pd.notna(row.street) else row.part)


def lone(row: Any) -> str:
    """The number as people use it: č.o., or č.p. where there is none."""
    if pd.isna(row.orientation_number):
        return str(row.house_number)
    letter = row.orientation_letter if pd.notna(row.orientation_letter) else ""
    return f"{row.orientation_number}{letter}"


def both(row: Any) -> str:
    """The number in full: č.p./č.o., registration numbers marked."""
    kind = "č.ev. " if row.house_number_kind == "č.ev." else ""
    tail = "" if pd.isna(row.orientation_number) else f"/{lone(row)}"
    return f"{kind}{row.house_number}{tail}"


def abbreviated(name: str) -> str:
    for word, short in (("náměstí", "nám."), ("třída", "tř."), ("nábřeží", "nábř.")):
        name = name.replace(word, short)
    return name.replace("Generála", "gen.").replace("Kapitána", "kpt.")


FORMS: dict[str, Callable[[Any], str]] = {
    "exact": lambda row: f"{street(row)} {lone(row)}",
    "č.p./č.o.": lambda row: f"{street(row)} {both(row)}",
    "folded": lambda row: without_diacritics(f"{street(row)} {lone(row)}").lower(),
    "upper": lambda row: f"{street(row)} {lone(row)}".upper(),
    "NFD": lambda row: unicodedata.normalize("NFD", f"{street(row)} {both(row)}"),
    "abbreviated": lambda row: f"{abbreviated(street(row))} {lone(row)}",
    "postal": lambda row: (
        f"{street(row)} {both(row)}, {row.part}, {row.postcode[:3]} {row.postcode[3:]} Plzeň"
    ),
    "city district": lambda row: f"{street(row)} {both(row)}, {row.postcode} {row.city_district}",
}


def true_codes(register: gpd.GeoDataFrame) -> dict[tuple[str, str], set[str]]:
    """(street, lone number) -> codes of all addresses that bear it as č.o. or as č.p."""
    truth: dict[tuple[str, str], set[str]] = {}
    for row in records(register, 1):
        for number in {lone(row), str(row.house_number)}:
            truth.setdefault((street(row), number), set()).add(row.address_code)
    return truth


def right_share(
    gazetteer: Gazetteer, rows: list[Any], write: Callable[[Any], str], truth: Any
) -> float:
    """Share of rows whose first answer is the address, or one that bears the same number."""
    right = 0
    for row in rows:
        found = gazetteer.find(write(row))
        codes = {match.address_code for match in found}
        same = truth[street(row), lone(row)]
        if found and row.address_code in codes:
            right += found[0].address_code == row.address_code or found[0].address_code in same
    return right / len(rows)


@pytest.mark.parametrize("form", FORMS)
def test_addresses_of_plzen_are_found_in_every_form(
    plzen: Gazetteer, register: gpd.GeoDataFrame, form: str
) -> None:
    rows = records(register, 53)
    assert right_share(plzen, rows, FORMS[form], true_codes(register)) >= 0.995


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_every_address_of_plzen_is_found_in_every_form(
    plzen: Gazetteer, register: gpd.GeoDataFrame, form: str
) -> None:
    rows = records(register, 1)
    assert len(rows) == 27_207
    assert right_share(plzen, rows, FORMS[form], true_codes(register)) >= 0.995


@pytest.mark.parametrize("step", [53, pytest.param(1, marks=pytest.mark.slow)])
def test_one_misspelling_in_the_street_does_not_matter(
    plzen: Gazetteer, register: gpd.GeoDataFrame, step: int
) -> None:
    rng = random.Random(7)
    rows = [row for row in records(register, step) if pd.notna(row.street)]
    right = 0
    for row in rows:
        found = plzen.find(f"{misspelt(row.street, rng)} {both(row)}")
        right += bool(found) and found[0].address_code == row.address_code
    assert right / len(rows) >= 0.96


def test_all_763_ambiguous_numbers_give_both_buildings(
    plzen: Gazetteer, register: gpd.GeoDataFrame
) -> None:
    # The 763 are counted by pandas alone: a number that is a house number and an orientation
    # number (with any letter) in one street.
    streets = register[register.street.notna()]
    by_orientation = streets.groupby(["street", "orientation_number"]).address_code.agg(set)
    plain = streets[streets.orientation_letter.isna()]
    without_letter = plain.groupby(["street", "orientation_number"]).address_code.agg(set)
    by_house = streets.groupby(["street", "house_number"]).address_code.agg(set)
    pairs = by_orientation.index.intersection(by_house.index)
    assert len(pairs) == 763
    for key in pairs:
        found = {match.address_code for match in plzen.find(f"{key[0]} {key[1]}", limit=50)}
        assert by_house[key] | without_letter.get(key, by_orientation[key]) <= found, key


@pytest.mark.parametrize(
    "invented",
    [
        "Neexistující 5",
        "Bagdádská 12",
        "Kosmonautů 3",
        "Václavské náměstí 1",
        "Nerudná hora 7",
        "Qwertyuiop 1",
        "ulice Harryho Pottera 8",
        "Mořeplavecká 4",
        "náměstí Jurije Gagarina 2",
        "třída Neznámých hrdinů 100",
        "Hornohradecká 16",
    ],
)
def test_streets_that_do_not_exist_get_no_confident_answer(plzen: Gazetteer, invented: str) -> None:
    assert all(match.score < 0.75 for match in plzen.find(invented))


def test_streets_put_together_from_syllables_get_no_confident_answer(plzen: Gazetteer) -> None:
    syllables = ["ba", "bra", "du", "fe", "hla", "ho", "jo", "ka", "kra", "le", "lo", "ma", "mi"]
    syllables += ["ne", "pa", "po", "ra", "ro", "se", "sla", "ta", "to", "va", "vo", "za", "zla"]
    endings = ["ská", "ova", "ná", "ého", "ích", "ovská", "ova alej", "ské náměstí"]
    rng = random.Random(3)
    known = {name for group in plzen.index.groups for name in [group.name.lower()]}
    scores = []
    for _ in range(1500):
        name = "".join(rng.choices(syllables, k=rng.randint(2, 4))) + rng.choice(endings)
        found = plzen.find(f"{name.capitalize()} {rng.randint(1, 60)}")
        if name not in known:
            scores.append(found[0].score if found else 0.0)
    # 0.9 is what no misspelt name reaches; nearly all get no answer at all.
    assert max(scores) < 0.9
    assert sum(score == 0 for score in scores) / len(scores) > 0.95


# A village without streets: every house is called by the village, or its part, and a number.


def test_every_house_of_a_village_without_streets_is_found(shared: Path) -> None:
    register = read_register(shared / "decany" / "20231231_OB_564729_ADR.csv")
    assert register.street.isna().all()
    village = Gazetteer(register)
    forms = [
        lambda row, kind: f"{row.part} {row.house_number}",
        lambda row, kind: f"{row.part} {kind} {row.house_number}",
        lambda row, kind: f"{kind} {row.house_number}, {row.postcode} {row.part}",
        lambda row, kind: f"{row.part.upper()} {row.house_number}, {row.municipality}",
        lambda row, kind: f"{without_diacritics(row.part)} {row.house_number}",
    ]
    for row in records(register, 1):
        kind = row.house_number_kind
        for place, form in enumerate(forms):
            found = village.find(form(row, kind), limit=10)
            # Without its kind a number can be a č.p. and a č.ev.; with it, it is one house.
            codes = [match.address_code for match in found]
            assert row.address_code in (codes[:1] if place in (1, 2) else codes), form(row, kind)
            assert found[0].score >= 0.9


def test_a_village_alone_and_a_town_that_stands_first(shared: Path) -> None:
    village = Gazetteer(read_register(shared / "decany" / "20231231_OB_564729_ADR.csv"))
    assert [match.precision for match in village.find("Děčany")[:1]] == ["part"]
    small = Gazetteer(town())
    for text in ("Praha, Dlouhá 1", "Praha 5, Dlouhá 1", "Ústí nad Labem - Dlouhá 1"):
        match = first(small, text)
        assert match.score < 0.6
        assert match.assumed[0].startswith("The town “")
    assert first(small, "Penzion U Lípy, Dlouhá 1").score == 0.8
