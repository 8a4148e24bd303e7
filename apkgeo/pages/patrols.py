"""The page of patrols: hours by place and shift, and whether they are where the incidents are.

Units are never named, and no walk is shown. What may be told to whom is decided by
`apkgeo.patrols.totals` for hours, and by `apkgeo.pages.patrol_sections` for the rest.
"""

from __future__ import annotations

import math

import pandas as pd
from markupsafe import Markup

from apkgeo.language import N_, Language, _, number
from apkgeo.pages.content import Patrols, SiteContent
from apkgeo.pages.figures import grid_of, tag
from apkgeo.pages.legends import Entry, box, swatch
from apkgeo.pages.palettes import LINE, MUTED, Classes, rate_classes
from apkgeo.pages.parts import Table, alphabetical, anchor, opening, render
from apkgeo.pages.patrol_sections import Section, sections
from apkgeo.pages.privacy import limit
from apkgeo.pages.shell import NO_BREAK, Fragment, typeset
from apkgeo.pages.words import say, say_count
from apkgeo.patrols.totals import PatrolTotals, patrol_totals

SHIFTS = {
    "morning": _("Morning (6–14 h)"),
    "afternoon": _("Afternoon (14–22 h)"),
    "evening": _("Evening"),
    "night": _("Night (22–6 h)"),
    "day": _("Whole day"),
}

# What stands for months, quarters and years: the column's head, and the legend's title.
PERIODS = {
    "M": (_("Month"), _("Hours on foot in a month")),
    "Q": (_("Quarter"), _("Hours on foot in a quarter")),
    "Y": (_("Year"), _("Hours on foot in a year")),
}


def shown_totals(told: Patrols, *, protected: bool, language: Language) -> PatrolTotals:
    """Return the hours that the audience may see.

    Parameters
    ----------
    told : Patrols
        What is known.
    protected : bool
        Whether the work of one unit is hidden, as `apkgeo.patrols.totals` states.
    language : {"cs", "en"}
        Language of the names.
    """
    limits = {} if protected else {"min_units": 1, "min_days": 1}
    return patrol_totals(told.dosage, told.names, **limits, language=language)


def patrols(content: SiteContent, told: Patrols) -> list[Fragment]:
    """Return the parts of ``patrols.html``."""
    language = content.study.language
    totals = shown_totals(told, protected=limit(content.study.privacy) > 0, language=language)
    return [
        opening(
            content,
            language,
            kicker=content.study.name,
            title=say(_("When and where patrols walked"), language),
            lead=_lead(told, totals, language),
        ),
        _hours_part(totals, language),
        *(_section(one, language) for one in sections(content, told)),
    ]


def _section(section: Section, language: Language) -> Fragment:
    return render("patrol_section.html", language, section=section)


def _hours_part(totals: PatrolTotals, language: Language) -> Fragment:
    """Return the hours by place, and by shift where that is another table."""
    places = totals.places
    names = places.drop_duplicates("area").set_index("area")["name"].astype(str)
    order = sorted(names.index, key=lambda code: alphabetical(names[code]))
    hidden = bool(places["hours"].isna().any() or totals.shifts["hours"].isna().any())
    classes = rate_classes(places["hours"], lowest=1)
    _column, of_period = PERIODS[frequency(places["month"])]
    # Whole days of several places fit into one table.
    together = len(order) > 1 and set(places["shift"]) == {"day"}
    return render(
        "patrols.html",
        language,
        whole=_side_by_side(places, order, names, classes, language) if together else None,
        areas=[
            _place(places[places["area"] == code], names[code], classes, language)
            for code in ([] if together else order)
        ],
        shifts=_shift_table(totals.shifts, language),
        legend_title=say(of_period, language),
        entries=_legend(classes, language, hidden=hidden),
        hidden_note=say(
            _("Hours are hidden wherever they could tell of one person’s work, or of its absence."),
            language,
        )
        if hidden
        else "",
    )


def frequency(months: pd.Series) -> str:
    """Return what ``2018-04``, ``2018-Q2`` or ``2018`` stand for: ``M``, ``Q`` or ``Y``.

    Examples
    --------
    >>> [frequency(pd.Series([one], dtype="str")) for one in ("2018-04", "2018-Q2", "2018")]
    ['M', 'Q', 'Y']
    """
    first = str(months.iloc[0]) if len(months) else "2000-01"
    return "Y" if len(first) == 4 else "Q" if "Q" in first else "M"


def _lead(told: Patrols, totals: PatrolTotals, language: Language) -> list[str]:
    days = told.dosage.minutes["day"]
    if days.empty:
        return [say(_("There is no record of patrols."), language)]
    told_notes = [typeset(note.text(language), language) for note in totals.notes]
    if totals.notes and totals.places["hours"].isna().all():
        # Days and months, too, would be those of one person.
        return told_notes
    of_days = N_("from {count} day", "from {count} days")
    recorded = say(
        _(
            "There are records of patrols {days} between {first} and {last}; months without a "
            "record do not mean that nobody walked."
        ),
        language,
        days=say_count(of_days, totals.days, language),
        first=_in_month(days.min(), language),
        last=_in_month(days.max(), language),
    )
    inside = say(_("Only the time inside the localities counts."), language)
    return [recorded, inside, *told_notes]


def _place(
    rows: pd.DataFrame, name: str, classes: Classes, language: Language
) -> dict[str, object]:
    """Return what is shown of a place; only its name where everything is hidden."""
    code = str(rows["area"].iloc[0])
    seen = bool((rows["hours"] > 0).any())
    return {
        "anchor": anchor(code),
        "name": name,
        "picture": _picture(rows, name, classes, language) if seen else None,
        "table": _table(rows, say(_("{name}: hours on foot"), language, name=name), language)
        if seen
        else None,
    }


def _side_by_side(
    places: pd.DataFrame,
    order: list[str],
    names: pd.Series,
    classes: Classes,
    language: Language,
) -> dict[str, object]:
    """Return hours of whole days: the places beside one another, a period a row."""
    hours = {(row.area, row.month): float(row.hours) for row in places.itertuples()}
    months = sorted(set(places["month"]))
    column, _title = PERIODS[frequency(places["month"])]
    table = Table(
        say(_("All localities: hours on foot"), language),
        (say(column, language), *(typeset(names[code], language) for code in order)),
        tuple(
            (
                month_name(month, language).replace(" ", NO_BREAK),
                *(_hours(hours[code, month], language) for code in order),
            )
            for month in months
        ),
        frozenset(range(1, len(order) + 1)),
    )
    picture = grid_of(
        [str(names[code]) for code in order],
        [_short(month) for month in months],
        [[_colour(hours[code, month], classes) for month in months] for code in order],
        title=say(_("Hours on foot by locality and period"), language),
    )
    return {"picture": picture, "table": table}


def _colour(hours: float, classes: Classes) -> str | None:
    """Return the colour of a field: None where it is hidden, empty where nothing is recorded."""
    if math.isnan(hours):
        return None
    place = int(classes.of([hours])[0])
    return classes.colours[place] if place >= 0 else ""


def _shift_table(rows: pd.DataFrame, language: Language) -> Table | None:
    if not (rows["hours"] > 0).any():
        return None
    caption = say(_("All localities together: hours on foot by shift"), language)
    return _table(rows, caption, language)


def month_name(month: str, language: Language) -> str:
    """Write ``2018-04`` as ``April 2018`` or ``duben 2018``, and quarters and years alike.

    Examples
    --------
    >>> [month_name(month, "en") for month in ("2018-04", "2018-Q2", "2018")]
    ['April 2018', '2nd quarter 2018', '2018']
    """
    from babel.dates import format_date

    kind = frequency(pd.Series([month]))
    written = {"M": "LLLL yyyy", "Q": "QQQQ yyyy", "Y": "yyyy"}[kind]
    text = str(format_date(pd.Period(month, kind).start_time, written, locale=language))
    return typeset(text, language)


def _in_month(day: pd.Timestamp, language: Language) -> str:
    """Write the month of a day as ``April 2018`` or, after a Czech preposition, ``dubna 2018``."""
    from babel.dates import format_date

    return str(format_date(day, "MMMM yyyy", locale=language))


def _shifts(rows: pd.DataFrame) -> list[str]:
    known = list(SHIFTS)
    return sorted(
        rows["shift"].astype(str).unique(),
        key=lambda shift: (known.index(shift) if shift in known else len(known), shift),
    )


def shift_name(shift: str, language: Language) -> str:
    """Return the name of a shift."""
    return say(SHIFTS[shift], language) if shift in SHIFTS else shift


def _hours_by(rows: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return hours by month and shift, missing where hidden."""
    keys = zip(rows["month"].astype(str), rows["shift"].astype(str), strict=True)
    return dict(zip(keys, rows["hours"].astype(float), strict=True))


def _table(rows: pd.DataFrame, caption: str, language: Language) -> Table:
    shifts, hours = _shifts(rows), _hours_by(rows)
    column, _title = PERIODS[frequency(rows["month"])]
    return Table(
        caption,
        (say(column, language), *(shift_name(shift, language) for shift in shifts)),
        tuple(
            (
                month_name(month, language).replace(" ", NO_BREAK),
                *(_hours(hours[month, shift], language) for shift in shifts),
            )
            for month in sorted({month for month, _shift in hours})
        ),
        frozenset(range(1, len(shifts) + 1)),
    )


def _hours(value: float, language: Language) -> str:
    if math.isnan(value):
        return say(_("hidden"), language)
    if not value:
        return say(_("no record"), language)
    return number(value, language, digits=0)


def _picture(rows: pd.DataFrame, name: str, classes: Classes, language: Language) -> Markup:
    """Draw the hours of a place: months along, shifts down, the class as colour."""
    shifts, hours = _shifts(rows), _hours_by(rows)
    months = sorted({month for month, _shift in hours})

    return grid_of(
        [shift_name(shift, language) for shift in shifts],
        [_short(month) for month in months],
        [[_colour(hours[month, shift], classes) for month in months] for shift in shifts],
        title=say(_("{name}: hours on foot by period and shift"), language, name=name),
    )


def _short(month: str) -> str:
    """Write a period as the head of a narrow column: ``4/18``, ``Q2/18``, ``2018``."""
    return month if len(month) == 4 else f"{month[5:].lstrip('0')}/{month[2:4]}"


def _legend(classes: Classes, language: Language, *, hidden: bool) -> list[Entry]:
    entries = [Entry(swatch(box(fill="#ffffff", stroke=LINE)), say(_("no record"), language))]
    entries += [
        Entry(swatch(box(fill=colour, stroke=LINE)), classes.label(place, language))
        for place, colour in enumerate(classes.colours)
    ]
    if hidden:
        cross = tag("path", d="M9 5l8 8m0 -8l-8 8", stroke=MUTED, stroke_width=1.2)
        mark = swatch(box(fill="#ffffff", stroke=LINE), cross)
        entries.append(Entry(mark, say(_("hidden"), language)))
    return entries
