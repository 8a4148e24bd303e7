"""The monthly sheet: what stands in it, what its formulas sum to, and how it prints."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import range_boundaries

from apkgeo.errors import InputError
from apkgeo.patrols.dosage import PatrolDosage, patrol_dosage
from apkgeo.patrols.monthly import monthly_sheet
from tests.patrols.test_coverage import CELLS, stands

NAMES = pd.Series({"A": "=HYPERLINK(1)", "B": "Brod", "C": "C", "D": "D", "E": "E"})


def month() -> PatrolDosage:
    first = stands(
        ("A", "2018-04-02 08:00", 30),
        ("B", "2018-04-02 15:00", 45),
        ("A", "2018-04-03 08:00", 60),
        ("A", "2018-05-01 08:00", 60),
    )
    second = stands(("B", "2018-04-30 21:30", 50), unit="u2")
    patrols = pd.concat([first, second], ignore_index=True)
    patrols["programme"] = patrols["unit"].map({"u1": "assistants"})
    return patrol_dosage(patrols, CELLS, gap_after=3700, new_outing_after=3700)


def book(**options: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(monthly_sheet(month(), "2018-04", NAMES, **options)))


def value(made: openpyxl.Workbook, sheet: str, cell: str) -> float:
    """Work a cell out: sums of ranges, and references to other sheets."""
    text = made[sheet][cell].value
    if not isinstance(text, str) or not text.startswith("="):
        return float(text or 0)
    if found := re.fullmatch(r"=SUM\((\w+:\w+)\)", text):
        left, top, right, bottom = range_boundaries(found[1])
        cells = made[sheet].iter_rows(top, bottom, left, right)
        return sum(value(made, sheet, one.coordinate) for row in cells for one in row)
    found = re.fullmatch(r"='(.+)'!(\w+)", text)
    assert found, text
    return value(made, found[1], found[2])


def test_a_unit_has_a_row_for_each_day_and_shift_with_hours_by_area() -> None:
    made = book()
    rows = list(made["u1"].values)
    assert rows[0][0] == "Měsíční výkaz obchůzek: duben 2018"
    assert rows[1][0] == "u1 (asistenti)"
    heads = ("Den", "Den v týdnu", "Směna", "=HYPERLINK(1)", "Brod", "Mimo lokality")
    assert rows[3] == (*heads, "Místo neznámé", "Celkem")
    days = [(row[0].day, *row[1:7]) for row in rows[4:7]]
    assert days == [
        (2, "pondělí", "ranní", 0.5, 0, 0, 0),
        (2, "pondělí", "odpolední", 0, 0.75, 0, 0),
        (3, "úterý", "ranní", 1, 0, 0, 0),
    ]


def test_a_night_is_one_shift_of_the_day_and_month_in_which_it_began() -> None:
    # From 22:30 to 1:30 over the end of March, and from 21:30 to 22:30 over the change of shifts.
    night = stands(("A", "2018-03-31 22:30", 60), ("A", "2018-03-31 23:30", 120))
    evening = stands(("B", "2018-03-30 21:30", 60))
    dosage = patrol_dosage(
        pd.concat([night, evening], ignore_index=True),
        CELLS, gap_after=7300, new_outing_after=7300, bridge=7300,
    )  # fmt: skip
    made = openpyxl.load_workbook(io.BytesIO(monthly_sheet(dosage, "2018-03", NAMES)))
    assert [(row[0].day, *row[2:5]) for row in list(made["u1"].values)[4:7]] == [
        (30, "odpolední", 0, 0.5),
        (30, "noční", 0, 0.5),
        (31, "noční", 3, 0),
    ]
    assert list(made["Souhrn"].values)[4][:4] == ("u1", "bez programu", 2, 3)
    with pytest.raises(InputError, match="one with records"):
        monthly_sheet(dosage, "2018-04", NAMES)


def test_sums_are_formulas_and_they_are_right() -> None:
    made = book()
    assert [value(made, "u1", f"{letter}8") for letter in "DEFGH"] == [1.5, 0.75, 0, 0, 2.25]
    # The rows' sums and the columns' sums meet in one number.
    assert sum(value(made, "u1", f"H{row}") for row in (5, 6, 7)) == value(made, "u1", "H8")
    summary = made["Souhrn"]
    assert [cell.value for cell in summary[5]][:4] == ["u1", "asistenti", 2, 3]
    assert [cell.value for cell in summary[6]][:4] == ["u2", "bez programu", 1, 2]
    assert [value(made, "Souhrn", f"{letter}7") for letter in "CDEFI"] == pytest.approx(
        [3, 5, 1.5, 0.75 + 0.83, 2.25 + 0.83]
    )


def test_names_that_look_like_formulas_stay_text() -> None:
    made = book()
    assert made["u1"]["D4"].data_type == "s"
    assert made["Souhrn"]["E4"].data_type == "s"


def test_it_prints_on_a4_and_says_that_it_is_internal() -> None:
    made = book()
    for sheet in made:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
        assert "Jen pro vnitřní potřebu" in sheet.oddFooter.left.text
    assert made.properties.creator == "apkgeo"


def test_the_same_month_gives_the_same_bytes_and_another_language_its_words() -> None:
    assert monthly_sheet(month(), "2018-04", NAMES) == monthly_sheet(month(), "2018-04", NAMES)
    assert book(language="en")["Summary"]["A1"].value == "Monthly sheet of patrols: April 2018"


def test_a_month_without_records_or_a_nameless_area_is_refused() -> None:
    with pytest.raises(InputError, match="the month 2018-06: expected one with records"):
        monthly_sheet(month(), "2018-06", NAMES)
    with pytest.raises(InputError, match="month: expected a month such as '2018-04'"):
        monthly_sheet(month(), "duben", NAMES)
    with pytest.raises(InputError, match="names: expected a name for every area, got none for 'B'"):
        monthly_sheet(month(), "2018-04", NAMES.drop("B"))
