"""The mentor's monthly sheet: what each unit walked where, as a workbook for internal use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apkgeo.errors import InputError
from apkgeo.language import Language, _, translate
from apkgeo.patrols.dosage import PatrolDosage
from apkgeo.patrols.presence import NAMELESS, programme_of
from apkgeo.patrols.workbooks import (
    HEAD,
    MUTED,
    put,
    put_formula,
    put_heads,
    set_widths,
    sheet,
    total_border,
    workbook_bytes,
)

# Names of the parts of the day and of programmes; others are written as they are.
PARTS = {
    "morning": _("morning"),
    "afternoon": _("afternoon"),
    "night": _("night"),
}
PROGRAMMES = {"assistants": _("assistants"), "caretakers": _("caretakers")}
INTERNAL = _("For internal use only: the sheet tells the work of single units.")

HOURS = "0.00"
_DAY = "d.\\ m.\\ yyyy"
# Rows above the table: title, unit and programme, an empty one.
_FIRST = 4


def monthly_sheet(
    dosage: PatrolDosage,
    month: str | date,
    names: pd.Series,
    *,
    language: Language = "cs",
) -> bytes:
    """Return the workbook of a month: for each unit its days, shifts and hours by area.

    Parameters
    ----------
    dosage : PatrolDosage
        From `patrol_dosage`.
    month : str or datetime.date
        ``"2018-04"``, or any day of the month.
    names : pandas.Series of str
        Name of each area, on its code.
    language : {"cs", "en"}
        Language of the headings.

    Returns
    -------
    bytes
        An Excel workbook (.xlsx). The first sheet sums the units up; all sums are formulas. It
        prints on A4, and says on every page that it is for internal use.

    Raises
    ------
    InputError
        When the month is none or has no record, or an area has no name.

    Notes
    -----
    Hours are those recorded, rounded to a hundredth as they are shown, so that sums are those of
    what is printed. A shift over midnight is one row, of the day and the month in which it began.
    """
    period = _month(month)
    minutes = dosage.minutes[dosage.minutes["shift_day"].dt.to_period("M") == period]
    if minutes.empty:
        raise InputError(f"the month {period}", expected="one with records of patrols", came="none")
    unnamed = sorted(set(minutes["area"].dropna()) - set(names.index), key=str)
    if unnamed:
        raise InputError("names", expected="a name for every area", came=f"none for {unnamed[0]!r}")
    codes = [code for code in names.index if code in set(minutes["area"].dropna())]
    table = _table(minutes, codes)
    title = translate(_("Monthly sheet of patrols: {month}"), language).format(
        month=_month_name(period, language)
    )
    book = Workbook()
    book.remove(book.active)
    footer = translate(INTERNAL, language)
    summary = sheet(book, translate(_("Summary"), language), footer=footer)
    heads = [*(str(names[code]) for code in codes), *(translate(one, language) for one in _REST)]
    totals = []
    for unit, own in table.groupby("unit", sort=True):
        name = told_unit(str(unit), language)
        made = sheet(book, name, footer=footer)
        programme = told_programme(programme_of(dosage, str(unit)), language)
        row = _unit_sheet(made, own, title, f"{name} ({programme})", heads, language)
        totals.append((name, programme, made.title, row, own["shift_day"].nunique(), len(own)))
    _summary(summary, title, totals, heads, language)
    return workbook_bytes(book, title=title)


_REST = (_("Outside the localities"), _("Place unknown"))


def _month(month: str | date) -> pd.Period:
    try:
        return pd.Period(month, "M")
    except (ValueError, TypeError) as error:
        raise InputError("month", expected="a month such as '2018-04'", came=repr(month)) from error


def _month_name(period: pd.Period, language: Language) -> str:
    from babel.dates import format_date

    return str(format_date(period.start_time, "LLLL yyyy", locale=language))


def told_programme(name: str, language: Language) -> str:
    """Return a programme's name in `language`."""
    if name == NAMELESS:
        return translate(_("without a programme"), language)
    return translate(PROGRAMMES[name], language) if name in PROGRAMMES else name


def told_unit(name: str, language: Language) -> str:
    """Return a unit's pseudonym in `language`; a name that is none as it is.

    Examples
    --------
    >>> told_unit("unit-07", "cs"), told_unit("apk-1", "cs")
    ('hlídka 7', 'apk-1')
    """
    number = name.removeprefix("unit-")
    if number == name or not number.isdecimal():
        return name
    return translate(_("unit {number}"), language).format(number=int(number))


def _table(minutes: pd.DataFrame, codes: Sequence[Any]) -> pd.DataFrame:
    """Return hours by unit, day and shift (rows) and place (columns)."""
    place = minutes["area"].astype(object).where(minutes["where"] == "area", minutes["where"])
    after_midnight = minutes["day"] > minutes["shift_day"]
    first = (minutes["hour"] + 24 * after_midnight).groupby(minutes["shift"]).min()
    table = (
        minutes.assign(place=place)
        .pivot_table(
            index=["unit", "shift_day", "shift"], columns="place", values="minutes", aggfunc="sum"
        )
        .reindex(columns=[*codes, "outside", "unknown"])
        .fillna(0.0)
        / 60
    )
    table = table.round(2).reset_index()
    order = table["shift"].map(first)
    return table.iloc[order.argsort(kind="stable")].sort_values(
        ["unit", "shift_day"], kind="stable"
    )


def _unit_sheet(
    made: Worksheet,
    own: pd.DataFrame,
    title: str,
    unit: str,
    heads: Sequence[str],
    language: Language,
) -> int:
    """Fill the sheet of a unit; return the row of its totals."""
    from babel.dates import format_date

    put(made, 1, 1, title, font=HEAD)
    put(made, 2, 1, unit)
    columns = [_("Day"), _("Weekday"), _("Shift")]
    texts = [translate(one, language) for one in columns]
    put_heads(made, _FIRST, [*texts, *heads, translate(_("Total"), language)])
    last = len(texts) + len(heads)
    row = _FIRST
    for one in own.itertuples(index=False):
        row += 1
        put(made, row, 1, one.shift_day.to_pydatetime(), number_format=_DAY)
        put(made, row, 2, str(format_date(one.shift_day, "EEEE", locale=language)))
        put(
            made, row, 3, translate(PARTS[one.shift], language) if one.shift in PARTS else one.shift
        )
        for column, hours in enumerate(one[3:], start=4):
            put(made, row, column, float(hours), number_format=HOURS)
        sums = f"=SUM({get_column_letter(4)}{row}:{get_column_letter(last)}{row})"
        put_formula(made, row, last + 1, sums, number_format=HOURS, font=HEAD)
    total = row + 1
    put(made, total, 1, translate(_("Total"), language), font=HEAD, border=total_border())
    for column in range(4, last + 2):
        letter = get_column_letter(column)
        put_formula(
            made,
            total,
            column,
            f"=SUM({letter}{_FIRST + 1}:{letter}{row})",
            number_format=HOURS,
            font=HEAD,
            border=total_border(),
        )
    set_widths(made, [14, 11, 13, *(max(11, len(head) * 0.6) for head in heads), 11])
    return total


def _summary(
    made: Worksheet,
    title: str,
    totals: Sequence[tuple[str, str, str, int, int, int]],
    heads: Sequence[str],
    language: Language,
) -> None:
    """Fill the first sheet: a row a unit, taken from its sheet by formulas."""
    put(made, 1, 1, title, font=HEAD)
    put(made, 2, 1, translate(INTERNAL, language), font=MUTED)
    columns = [_("Unit"), _("Programme"), _("Days"), _("Shifts")]
    texts = [translate(one, language) for one in columns]
    put_heads(made, _FIRST, [*texts, *heads, translate(_("Total"), language)])
    width = len(heads) + 1
    for row, (unit, programme, name, total, days, shifts) in enumerate(totals, start=_FIRST + 1):
        for column, value in enumerate([unit, programme, days, shifts], start=1):
            put(made, row, column, value)
        quoted = name.replace("'", "''")
        for column in range(width):
            source = f"='{quoted}'!{get_column_letter(4 + column)}{total}"
            put_formula(made, row, 5 + column, source, number_format=HOURS)
    end = _FIRST + len(totals)
    put(made, end + 1, 1, translate(_("Total"), language), font=HEAD, border=total_border())
    for column in range(3, 5 + width):
        letter = get_column_letter(column)
        put_formula(
            made,
            end + 1,
            column,
            f"=SUM({letter}{_FIRST + 1}:{letter}{end})",
            number_format=HOURS if column > 4 else "0",
            font=HEAD,
            border=total_border(),
        )
    set_widths(made, [14, 16, 8, 8, *(max(11, len(head) * 0.6) for head in heads), 11])
