"""Sentences are whole, and numbers and dates are written as Czech and English write them."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from apkgeo.language import Note, day, number, percent


@pytest.mark.parametrize(
    ("value", "language", "digits", "text"),
    [
        (1234567, "cs", None, "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"),
        (1234567, "en", None, "1,234,567"),
        (0.5, "cs", 2, "0,50"),
        (2.675, "en", 1, "2.7"),
        (12.0, "en", 0, "12"),
    ],
)
def test_numbers(value: float, language: str, digits: int | None, text: str) -> None:
    assert number(value, language, digits=digits) == text  # type: ignore[arg-type]


def test_percentages_have_a_true_minus_and_in_czech_a_space() -> None:
    assert percent(-0.305, "cs", digits=1) == "−30,5\N{NO-BREAK SPACE}%"
    assert percent(-0.001, "en") == "0%"
    assert percent(0.12, "en", signed=True) == "+12%"


def test_dates() -> None:
    assert day(date(2014, 7, 14), "cs").replace("\N{NO-BREAK SPACE}", " ") == "14. července 2014"


def test_a_note_is_its_english_text_and_keeps_its_parts() -> None:
    note = Note("{count} rows of {file}.", count=1200, file="x.csv")
    assert note == "1200 rows of x.csv."
    assert note.text("en") == "1,200 rows of x.csv."
    again = pickle.loads(pickle.dumps(note))
    assert (again, again.message, again.values) == (note, note.message, note.values)
