"""The page of patrols: totals by area, month and shift; no unit, no track, no single walk."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from apkgeo.language import N_, Language, _, number, translate_plural
from apkgeo.pages.content import SiteContent
from apkgeo.pages.parts import Table, alphabetical, anchor, opening, render
from apkgeo.pages.privacy import limit
from apkgeo.pages.shell import Fragment, typeset
from apkgeo.pages.words import say

SHIFTS = {
    "morning": _("Morning"),
    "afternoon": _("Afternoon"),
    "evening": _("Evening"),
    "night": _("Night"),
    "day": _("Day"),
}


def shown_patrols(frame: pd.DataFrame, *, protected: bool) -> pd.DataFrame:
    """Return the totals, missing where they are the work of one unit only.

    No total over months or shifts is published beside them, so that nothing can be subtracted.

    Parameters
    ----------
    frame : pandas.DataFrame
        As in `SiteContent.patrols`.
    protected : bool
        Whether totals of one unit are hidden.
    """
    table = frame.copy()
    if protected:
        table["hours"] = table["hours"].astype(float).mask(table["units"] < 2)
    return table.drop(columns="units")


def patrols(content: SiteContent, frame: pd.DataFrame) -> list[Fragment]:
    """Return the parts of ``patrols.html``."""
    language = content.study.language
    shown = shown_patrols(frame, protected=limit(content.study.privacy) > 0)
    names = shown.drop_duplicates("area").set_index("area")["name"].astype(str)
    order = sorted(names.index, key=lambda code: alphabetical(names[code]))
    hidden = bool(shown["hours"].isna().any())
    return [
        opening(
            content,
            language,
            kicker=content.study.name,
            title=say(_("When and where the assistants walked"), language),
            lead=_lead(shown, order, language),
        ),
        render(
            "patrols.html",
            language,
            areas=[
                {
                    "anchor": anchor(str(code)),
                    "name": names[code],
                    "table": _table(shown[shown["area"] == code], names[code], language),
                }
                for code in order
            ],
            hidden_note=say(
                _(
                    "A total that is the work of one unit only is hidden: "
                    "it would be one person’s day."
                ),
                language,
            )
            if hidden
            else "",
        ),
    ]


def _lead(shown: pd.DataFrame, order: Sequence[str], language: Language) -> list[str]:
    months = sorted(shown["month"].astype(str).unique())
    areas = N_("Patrols walked in {count} place.", "Patrols walked in {count} places.")
    return [
        typeset(translate_plural(areas, len(order), language), language),
        say(
            _("The tables show hours on foot by month and shift, from {first} to {last}."),
            language,
            first=month_name(months[0], language),
            last=month_name(months[-1], language),
        ),
    ]


def month_name(month: str, language: Language) -> str:
    """Write ``2018-04`` as ``April 2018`` or ``duben 2018``."""
    from babel.dates import format_date

    return str(format_date(pd.Period(month, "M").start_time, "LLLL yyyy", locale=language))


def _table(rows: pd.DataFrame, name: str, language: Language) -> Table:
    known = list(SHIFTS)
    shifts = sorted(
        rows["shift"].astype(str).unique(),
        key=lambda shift: (known.index(shift) if shift in known else len(known), shift),
    )
    hours = rows.pivot_table(
        index="month", columns="shift", values="hours", aggfunc="sum", dropna=False, min_count=1
    )
    walked = set(zip(rows["month"].astype(str), rows["shift"].astype(str), strict=True))
    cells = [
        (
            month_name(month, language),
            *(
                _hours(hours.loc[month, shift], (month, shift) in walked, language)
                for shift in shifts
            ),
        )
        for month in sorted(hours.index.astype(str))
    ]
    return Table(
        say(_("{name}: hours on foot"), language, name=name),
        (
            say(_("Month"), language),
            *(say(SHIFTS[shift], language) if shift in SHIFTS else shift for shift in shifts),
        ),
        tuple(cells),
        frozenset(range(1, len(shifts) + 1)),
    )


def _hours(value: float, walked: bool, language: Language) -> str:
    if pd.isna(value):
        return say(_("hidden"), language) if walked else "–"
    return number(float(value), language, digits=0)
