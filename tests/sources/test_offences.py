"""The crosswalk between the offence acts 200/1990 and 251/2016 (with 65/2017 and 361/2000)."""

from __future__ import annotations

import pandas as pd
import pytest

from apkgeo.sources.offences import offence_codes

OLD, NEW = "2016-05-01", "2018-05-01"


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("§ 46 zákona č. 200/1990 Sb.", "§ 4 zákona č. 251/2016 Sb.", "municipal_bylaws"),
        ("§ 47 odst. 1 písm. c) z. č. 200/1990", "§ 5 odst. 1 z.č. 251/2016", "public_order"),
        ("§ 49", "§ 7", "civil_coexistence"),
        ("§50/1a", "§8/1a", "property"),
        ("§ 30 odst. 1", "§ 35 zák. 65/2017 Sb.", "alcohol_tobacco"),
        ("§ 125c odst. 1 písm. f) bod 3", "§125c zákona 361/2000 Sb.", "road_safety"),
    ],
)
def test_a_category_does_not_break_when_the_act_changes(before: str, after: str, code: str) -> None:
    dates = pd.Series(pd.to_datetime([OLD, NEW]))
    assert offence_codes([before, after], dates).tolist() == [code, code]
    assert offence_codes([before, after]).tolist() == [code, code]


def test_a_paragraph_without_its_act_is_read_in_the_act_in_force() -> None:
    dates = pd.Series(pd.to_datetime([OLD, NEW, OLD, NEW]))
    codes = offence_codes(["§ 5", "§ 5", "§ 30", "§ 30"], dates)
    assert codes.tolist() == ["5", "public_order", "alcohol_tobacco", "30"]


def test_old_numbers_written_out_of_habit_still_count() -> None:
    dates = pd.Series(pd.to_datetime([NEW]).tz_localize("Europe/Prague"))
    assert offence_codes(["§ 47/1c"], dates).tolist() == ["public_order"]


def test_another_act_with_the_same_paragraph_is_not_taken_for_it() -> None:
    assert offence_codes(["§ 5 zákona č. 185/2001 Sb."]).tolist() == ["5_zakona_c_185_2001_sb"]


def test_of_a_list_the_first_recognised_counts() -> None:
    written = "§ 18 zákona č. 361/2000 Sb.|§ 125c odst. 1 písm. f) bod 3|§ 47 zákona č. 200/1990"
    assert offence_codes([written, "x|§ 50|§ 47"]).tolist() == ["road_safety", "property"]


def test_bare_paragraphs_are_recognised() -> None:
    codes = offence_codes(["47/1c", "125c/1k", "27/1d", "50"])
    assert codes.tolist() == ["public_order", "road_safety", "27_1d", "property"]


def test_words_become_codes_without_case_and_diacritics() -> None:
    codes = offence_codes(["Rušení nočního klidu", "personal robbery", None, "???"])
    assert codes.tolist()[:2] == ["ruseni_nocniho_klidu", "personal_robbery"]
    assert codes.isna().tolist() == [False, False, True, True]


def test_codes_stand_on_the_index_of_the_texts() -> None:
    texts = pd.Series(["§ 47", "§ 50"], index=[7, 3])
    assert offence_codes(texts).index.tolist() == [7, 3]
