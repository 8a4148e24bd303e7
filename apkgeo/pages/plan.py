"""The page of a plan of walks: internal, of the same family as the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from apkgeo.language import Language, _, number, percent
from apkgeo.pages.figures import svg, tag
from apkgeo.pages.palettes import ACCENT, INK, LINE, MUTED
from apkgeo.pages.parts import Table, render
from apkgeo.pages.patrol_sections import Section, coverage_table
from apkgeo.pages.shell import Fragment, document, typeset
from apkgeo.pages.words import say
from apkgeo.patrols.expected import CoverageChange
from apkgeo.patrols.plan import PatrolPlan
from apkgeo.patrols.plan_files import (
    NOT_OUT,
    clock,
    place_name,
    plan_table,
    weekday_name,
)
from apkgeo.study import Study

# Pixels of an hour in the picture of a day.
HOUR = 46.0


def plan_page(
    study: Study, plan: PatrolPlan, names: pd.Series, change: CoverageChange | None = None
) -> str:
    """Return the page of a plan as HTML that asks for nothing.

    Parameters
    ----------
    study : Study
        Says name and language.
    plan : PatrolPlan
        From `plan_patrols`.
    names : pandas.Series of str
        Name of each area, on its code.
    change : CoverageChange, optional
        Today's coverage beside the plan's.
    """
    language = study.language
    title = say(_("Plan of patrols"), language)
    parts = [
        render(
            "opening.html",
            language,
            internal=True,
            kicker=typeset(study.name, language),
            title=title,
            lead=[typeset(plan.told(language), language)],
        )
    ]
    if change is not None:
        parts.append(_part(_change(change, names, language), language))
    days = sorted(plan.itinerary["weekday"].unique())
    parts += [_part(_day(plan, int(day), names, language), language) for day in days]
    rules = [typeset(note.text(language), language) for note in plan.notes]
    parts.append(_part(Section("h-rules", say(_("How it was planned"), language), rules), language))
    return document(
        title=f"{title} – {typeset(study.name, language)}",
        language=language,
        fragments=parts,
        description=title,
        footer=say(NOT_OUT, language),
    )


def _part(section: Section, language: Language) -> Fragment:
    return render("patrol_section.html", language, section=section)


def _change(change: CoverageChange, names: pd.Series, language: Language) -> Section:
    columns = {
        "today": say(_("Patrols’ time so far"), language),
        "planned": say(_("Patrols’ time by the plan"), language),
    }
    inside = say(
        _(
            "So far {today} of the recorded time was spent in these places; by the plan it "
            "would be {planned}."
        ),
        language,
        today=percent(change.inside[0], language),
        planned=percent(change.inside[1], language),
    )
    return Section(
        "h-change",
        say(_("What the plan would change"), language),
        [inside],
        [coverage_table(change.curve, columns, language), _places(change, names, language)],
    )


def _places(change: CoverageChange, names: pd.Series, language: Language) -> Table:
    heads = [
        _("Place"),
        _("Incidents"),
        _("Share of time so far"),
        _("Share of time by the plan"),
        _("Visit so far (min)"),
        _("Return so far (h)"),
        _("Return by the plan (h)"),
    ]

    def told(value: float, digits: int = 1) -> str:
        return number(value, language, digits=digits) if np.isfinite(value) else "–"

    return Table(
        say(_("Time, visits and returns by place"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                place_name(code, names, language),
                number(row["incidents"], language),
                percent(row["minutes_today"], language),
                percent(row["minutes_planned"], language),
                told(row["visit_today"], 0),
                told(row["return_today"]),
                told(row["return_planned"]),
            )
            for code, row in change.hotspots.iterrows()
        ),
        frozenset(range(1, len(heads))),
    )


def _day(plan: PatrolPlan, weekday: int, names: pd.Series, language: Language) -> Section:
    own = plan.itinerary["weekday"] == weekday
    rows = plan_table(plan, names, language)[own.to_numpy()].iloc[:, 1:]
    name = weekday_name(weekday, language)
    title = name[0].upper() + name[1:]
    return Section(
        f"h-day-{weekday}",
        title,
        tables=[
            Table(
                say(_("{day}: visits, ways and breaks"), language, day=title),
                tuple(rows.columns),
                tuple(tuple(str(cell) for cell in row) for row in rows.itertuples(index=False)),
            )
        ],
        picture=_picture(plan.itinerary[own], names, name, language),
    )


def _picture(rows: pd.DataFrame, names: pd.Series, day: str, language: Language) -> Markup:
    """Draw a day: places down, hours along, a bar for each visit."""
    visits = rows[rows["activity"] == "visit"]
    codes = [code for code in names.index if code in set(visits["area"])]
    first, last = rows["begin"].min() // 60, -(-rows["end"].max() // 60)
    left = 20 + 7.2 * max((len(place_name(code, names, language)) for code in codes), default=8)
    parts = []
    for hour in range(int(first), int(last) + 1):
        x = left + HOUR * (hour - first)
        parts.append(tag("line", x1=x, x2=x, y1=20.0, y2=26 + 28.0 * len(codes), stroke=LINE))
        if (hour - first) % 2 == 0:
            label = clock(60 * hour)
            parts.append(tag("text", label, x=x, y=13, text_anchor="middle", fill=MUTED))
    for down, code in enumerate(codes):
        y = 28.0 * down + 26
        name = place_name(code, names, language)
        parts.append(tag("text", name, x=0, y=y + 16, fill=INK))
        for row in visits[visits["area"] == code].itertuples():
            x = left + HOUR * (row.begin / 60 - first)
            width = max(HOUR * (row.end - row.begin) / 60, 4)
            parts.append(tag("rect", x=x, y=y, width=width, height=22.0, fill=ACCENT))
    width = left + HOUR * (last - first) + 24
    title = say(_("{day}: visits by place and hour"), language, day=day)
    return svg(width, 30 + 28.0 * len(codes), title, *parts)
