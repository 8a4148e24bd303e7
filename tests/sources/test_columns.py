"""Columns recognised by name; the sets of the three cities are DATA.md's."""

from __future__ import annotations

import pytest

from apkgeo.sources.columns import BOUNDARIES, INCIDENTS, PATROLS, fold, recognise


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        (
            ["SPÁCHÁNO", "OBLAST", "ULICE", "ČÍSLO", "TYP_PŘESTUPKU", "adresa", "X", "Y"],
            {"occurred": "SPÁCHÁNO", "street": "ULICE", "offence": "TYP_PŘESTUPKU", "x": "X"},
        ),
        (
            ["datum_a_čas_přestupku", "místo_přestupku", "typ_přestupku", "X", "Y"],
            {"occurred": "datum_a_čas_přestupku", "address": "místo_přestupku", "y": "Y"},
        ),
        (
            ["dne", "čas", "místo", "důvod", "paragraf", "X", "Y"],
            {"occurred": "dne", "time": "čas", "offence": "důvod", "paragraph": "paragraf"},
        ),
        (
            ["Číslo jednací", "Datum", "Čas", "Druh události", "GPS N", "GPS E", "Zdroj oznámení"],
            {"incident_id": "Číslo jednací", "x": "GPS E", "y": "GPS N", "occurred": "Datum"},
        ),
        (
            ["uid", "offense_type", "date_utc"],
            {"incident_id": "uid", "offence": "offense_type", "occurred": "date_utc"},
        ),
        (["x", "y", "date_single"], {"x": "x", "y": "y", "occurred": "date_single"}),
        (
            ["Datum spáchání", "Čas spáchání", "X", "Y"],
            {"occurred": "Datum spáchání", "time": "Čas spáchání"},
        ),
        (["Datum", "Hod.", "Místo"], {"occurred": "Datum", "time": "Hod."}),
        (["DATUM_UDAL", "CAS_UDAL"], {"occurred": "DATUM_UDAL", "time": "CAS_UDAL"}),
        (["Datum zápisu", "Datum skutku"], {"occurred": "Datum skutku"}),
        (["Den", "Hodina"], {"occurred": "Den", "time": "Hodina"}),
        (["Začátek", "Konec"], {"occurred": "Začátek", "occurred_to": "Konec"}),
        (
            ["Číslo", "Ulice", "č. popisné", "č. or."],
            {"street": "Ulice", "house_number": "č. popisné", "orientation_number": "č. or."},
        ),
        (["WGS-84 N", "WGS-84 E"], {"x": "WGS-84 E", "y": "WGS-84 N"}),
        (["Zem. šířka", "Zem. délka"], {"x": "Zem. délka", "y": "Zem. šířka"}),
        (["Datum vzniku přestupku", "Adresa místa"], {"occurred": "Datum vzniku přestupku"}),
    ],
)
def test_the_columns_of_real_files_are_recognised(
    present: list[str], wanted: dict[str, str]
) -> None:
    found = recognise(present, INCIDENTS, {}, "a.csv").found
    assert {field: found.get(field) for field in wanted} == wanted


def test_a_time_without_a_date_beside_it_is_the_whole_moment() -> None:
    assert recognise(["time", "x", "y"], INCIDENTS, {}, "a.csv")["occurred"] == "time"


def test_a_birth_date_is_not_the_time_of_the_offence() -> None:
    assert "occurred" not in recognise(["Datum narození"], INCIDENTS, {}, "a.csv")


@pytest.mark.parametrize("name", ["Datum zápisu", "Datum aktualizace", "Datum do", "Updated date"])
def test_nor_is_the_day_of_paperwork(name: str) -> None:
    assert "occurred" not in recognise([name], INCIDENTS, {}, "a.csv")


def test_what_another_field_takes_is_not_told_as_doubt() -> None:
    columns = recognise(["Datum spáchání", "Čas spáchání"], INCIDENTS, {}, "a.csv")
    assert not any("More than one" in note for note in columns.notes)


def test_two_columns_for_one_field_are_told() -> None:
    columns = recognise(["Datum", "Spácháno"], INCIDENTS, {}, "a.csv")
    assert columns["occurred"] == "Spácháno"
    assert "More than one column could be occurred: Spácháno, Datum." in columns.notes[1]


def test_what_the_user_names_wins() -> None:
    columns = recognise(["Datum", "Spácháno"], INCIDENTS, {"occurred": "Datum"}, "a.csv")
    assert columns["occurred"] == "Datum"
    assert len(columns.notes) == 1


def test_names_fold_case_diacritics_and_punctuation() -> None:
    assert fold("Č. J.") == "cj"
    assert fold("platí_od") == fold("PLATÍ OD") == "platiod"


def test_traccar_and_district_columns_are_recognised() -> None:
    traccar = ["ID", "PROTOCOL", "DEVICEID", "SERVERTIME", "FIXTIME", "LATITUDE", "LONGITUDE"]
    found = recognise(traccar, PATROLS, {}, "a.csv").found
    assert (found["unit"], found["occurred"], found["x"]) == ("DEVICEID", "FIXTIME", "LONGITUDE")
    found = recognise(["OKRSEK", "MC_PRAHA"], BOUNDARIES, {}, "a.gml").found
    assert found == {"code": "OKRSEK"}
