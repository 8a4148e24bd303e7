"""Districts change: the answer is that of the day, and says what differs from today's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.epochs import spans
from apkgeo.places.stored import load_lookup, save_lookup
from tests.places.register import halves, town

START, CUT, END = date(2010, 1, 1), date(2016, 1, 1), date(2030, 1, 1)
TODAY = date(2026, 6, 1)


def changing() -> gpd.GeoDataFrame:
    """Halves until 2016, then one district, and from 2030 the halves with other contacts."""
    old = halves().assign(valid_from=START, valid_to=CUT)
    one = gpd.GeoDataFrame(
        {"code": ["1"], "name": ["1"], "valid_from": [CUT], "valid_to": [END]},
        geometry=[halves().union_all()],
        crs=5514,
    )
    new = halves().assign(valid_from=END, valid_to=None, phone="+420 378 000 999")
    frames = [frame.astype({"valid_to": "object"}) for frame in (old, one, new)]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def lookup() -> DistrictLookup:
    return DistrictLookup(town(), changing())


def first(lookup: DistrictLookup, text: str, on: date | None = None, today: date = TODAY) -> Any:
    return lookup.find(text, on=on, today=today)[0]


days = st.dates(date(2000, 1, 1), date(2000, 3, 1))


@given(st.lists(st.tuples(st.none() | days, st.none() | days), max_size=6))
def test_the_spans_say_of_every_day_what_is_valid(validity: list[Any]) -> None:
    found = spans(validity)
    for step in range(70):
        day = date(1999, 12, 30) + timedelta(days=step)
        valid = {
            number
            for number, (start, end) in enumerate(validity)
            if (start is None or start <= day) and (end is None or day < end)
        }
        held = [m for s, e, m in found if (s is None or s <= day) and (e is None or day < e)]
        assert [set(one) for one in held] == ([valid] if valid else [])


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (START, "W"), (CUT - timedelta(days=1), "W"), (CUT, "1"), (END - timedelta(days=1), "1"),
        (END, "W"), (None, "1"),
    ],
)  # fmt: skip
def test_the_answer_is_that_of_the_day(lookup: DistrictLookup, day: date, code: str) -> None:
    assert first(lookup, "Dlouhá 10/1", day).code == code
    assert first(lookup, "Y 819990, X 1069950", day).code == code


def test_an_answer_of_the_past_says_what_it_is_today(lookup: DistrictLookup) -> None:
    match = first(lookup, "Dlouhá 10/1", date(2012, 5, 1))
    assert match.on == date(2012, 5, 1)
    assert [note.text("cs") for note in match.changes] == [
        "Dnes platí jiná odpověď: okrsek 1 (změna ke dni 1.\xa0ledna\xa02016)."
    ]
    assert "Stav ke dni 1.\xa0května\xa02012. Okrsek: W Západ." in match.summary("cs")


def test_todays_answer_says_what_it_will_be(lookup: DistrictLookup) -> None:
    match = first(lookup, "Dlouhá 10/1")
    assert match.on is None
    assert [note.text("en") for note in match.changes] == [
        "From 1 January 2030 on, the answer will be another one: W Západ."
    ]


def test_an_answer_of_the_future_says_what_it_is_today(lookup: DistrictLookup) -> None:
    match = first(lookup, "Dlouhá 10/1", date(2031, 1, 1))
    assert [note.text("en") for note in match.changes] == [
        "Today's answer is another one: district 1 (changed on 1 January 2030)."
    ]


def test_a_street_that_is_divided_otherwise_says_so(lookup: DistrictLookup) -> None:
    halved = first(lookup, "Dlouhá", None, date(2012, 1, 1))
    assert [note.text("en") for note in halved.changes] == [
        "From 1 January 2016 on, the answer will be another one: district 1."
    ]
    whole = first(lookup, "Dlouhá")
    assert [note.text("en") for note in whole.changes] == [
        "From 1 January 2030 on, the districts will be divided otherwise here."
    ]


def test_other_contacts_of_the_same_district_are_told() -> None:
    old = halves().assign(valid_from=None, valid_to=CUT)
    new = halves().assign(valid_from=CUT, valid_to=None, officer="strážník B")
    both = pd.concat([old, new], ignore_index=True)
    match = first(DistrictLookup(town(), both), "Dlouhá 10/1", date(2015, 1, 1))
    assert [note.text("en") for note in match.changes] == [
        "Today other contacts of the district apply (changed on 1 January 2016)."
    ]


def test_outside_before_and_after_is_no_change(lookup: DistrictLookup) -> None:
    match = first(lookup, "Samota 1", date(2012, 1, 1))
    assert (match.in_district, match.changes) == (False, ())


def test_a_day_without_districts_is_told_with_the_days_that_have_some(
    lookup: DistrictLookup,
) -> None:
    with pytest.raises(InputError, match=r"valid district on 2009-12-31.*known from 2010-01-01"):
        lookup.find("Dlouhá 1", on=date(2009, 12, 31))


def test_districts_that_all_have_ended_still_answer_without_a_day() -> None:
    ended = DistrictLookup(town(), halves().assign(valid_from=START, valid_to=CUT))
    assert first(ended, "Dlouhá 10/1").code == "W"


def test_districts_without_validity_have_no_day_and_no_changes() -> None:
    match = DistrictLookup(town(), halves()).find("Dlouhá 10/1", on=TODAY)[0]
    assert (match.on, match.changes) == (None, ())


@pytest.mark.parametrize("day", [START, CUT, END])
def test_each_day_is_answered_as_if_there_were_only_its_districts(
    lookup: DistrictLookup, day: date
) -> None:
    frame = changing()
    start, end = (pd.to_datetime(frame[name]) for name in ("valid_from", "valid_to"))
    stamp = pd.Timestamp(day)
    valid = frame[(start <= stamp) & (end.isna() | (stamp < end))]
    only = DistrictLookup(town(), valid.drop(columns=["valid_from", "valid_to"]))
    for text in ("Dlouhá", "Dlouhá 10/1", "Samota 1", "Lhotka", "Husova × Dlouhá", "okrsek W"):
        there, here = only.find(text), lookup.find(text, on=day, today=TODAY)
        told = [
            [(m.code, str(m.distance), m.numbers, m.certain) for m in some]
            for some in (there, here)
        ]
        assert told[0] == told[1]


def test_a_kept_lookup_knows_the_days_too(lookup: DistrictLookup, tmp_path: Path) -> None:
    save_lookup(lookup, tmp_path / "kept")
    kept = load_lookup(tmp_path / "kept")
    assert kept is not None
    for text in ("Dlouhá", "Y 819990, X 1069950", "50.1, 14.4", "Husova × Dlouhá"):
        for day in (START, CUT, None):
            here = lookup.find(text, on=day, today=TODAY)
            there = kept.find(text, on=day, today=TODAY)
            assert [repr(one) for one in there] == [repr(one) for one in here]
