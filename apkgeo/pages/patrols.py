"""The page of patrols: totals by area, month and shift; no unit, no track, no single walk."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
from markupsafe import Markup

from apkgeo.language import N_, Language, _, number
from apkgeo.pages.content import SiteContent
from apkgeo.pages.figures import grid_of, tag
from apkgeo.pages.legends import Entry, box, swatch
from apkgeo.pages.palettes import LINE, MUTED, Classes, rate_classes
from apkgeo.pages.parts import Table, alphabetical, anchor, opening, render
from apkgeo.pages.privacy import limit
from apkgeo.pages.shell import Fragment
from apkgeo.pages.words import say, say_count
from apkgeo.places.locate import locate

SHIFTS = {
    "morning": _("Morning (6–14 h)"),
    "afternoon": _("Afternoon (14–22 h)"),
    "evening": _("Evening"),
    "night": _("Night (22–6 h)"),
    "day": _("Day"),
}


# Fixes of one unit that are further apart belong to different walks.
_LONGEST_GAP = pd.Timedelta(minutes=5)
# First hour of each shift.
_BEGINS = {6: "morning", 14: "afternoon", 22: "night"}


def patrol_totals(
    patrols: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, *, time_zone: str = "Europe/Prague"
) -> pd.DataFrame:
    """Return how long each unit walked in each area, by month and shift; the pages hide the unit.

    Parameters
    ----------
    patrols : geopandas.GeoDataFrame
        Tidy points of tracks: ``unit``, ``recorded``, geometry.
    areas : geopandas.GeoDataFrame
        Disjoint polygons with ``code`` and ``name``, in the patrols' CRS.
    time_zone : str
        The local time of months and shifts.

    Returns
    -------
    pandas.DataFrame
        As `SiteContent.patrols`: ``area``, ``name``, ``month``, ``shift``, ``unit``, ``hours``. Its
        ``attrs["days"]`` is the number of days with any record, in the areas or not.

    Notes
    -----
    The time from a point to the unit's next one counts for the first point's area, when it is
    not longer than five minutes. Shifts begin at 6, 14 and 22 o'clock; the hours after midnight
    belong to the night of their own day.
    """
    track = patrols[["unit", "recorded", patrols.geometry.name]].sort_values(["unit", "recorded"])
    lasts = track.groupby("unit")["recorded"].shift(-1) - track["recorded"]
    code = locate(track, areas)
    local = track["recorded"].dt.tz_convert(time_zone)
    begins = sorted(_BEGINS)
    places = np.searchsorted(begins, local.dt.hour, side="right") - 1
    walked = pd.DataFrame(
        {
            "area": code,
            "month": local.dt.strftime("%Y-%m"),
            "shift": [_BEGINS[begins[place]] for place in places],
            "hours": lasts.dt.total_seconds() / 3600,
            "unit": track["unit"],
        }
    )[code.notna() & (lasts <= _LONGEST_GAP)]
    keys = ["area", "month", "shift", "unit"]
    totals = walked.groupby(keys, as_index=False)["hours"].sum()
    names = areas.set_index("code")["name"]
    totals.insert(1, "name", totals["area"].map(names))
    totals.attrs["days"] = int(local.dt.date.nunique())
    return totals


def shown_patrols(frame: pd.DataFrame, *, protected: bool) -> pd.DataFrame:
    """Return hours without units, missing where they would tell the work of one unit.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `SiteContent.patrols`.
    protected : bool
        Whether the work of one unit is hidden, as `apkgeo.pages.privacy` states.

    Returns
    -------
    pandas.DataFrame
        ``area``, ``name``, ``month``, ``shift``, ``hours``: a row for each area, each month from
        the first to the last, and each shift; 0 where there is no record. The rows of no area
        (an empty code) are all areas together.
    """
    areas = _every_field(frame)
    keys = ["month", "shift"]
    whole = areas.groupby(keys)["hours"].sum()
    if protected:
        areas["hours"] = areas["hours"].mask(_one_unit(areas, frame))
        hidden = areas[areas["hours"].isna()]
        merged = hidden.merge(frame[["area", *keys, "unit"]], on=["area", *keys], how="left")
        # Units behind what is left when the shown areas are subtracted; no row: nothing is hidden.
        left = merged.groupby(keys)["unit"].nunique().reindex(whole.index)
        whole = whole.mask(left < 2)
    together = whole.reset_index().assign(area="", name="")
    return pd.concat([together, areas], ignore_index=True)[["area", "name", *keys, "hours"]]


def _every_field(frame: pd.DataFrame) -> pd.DataFrame:
    """Return hours and units of each area, month and shift, those without a record included."""
    by = frame.groupby(["area", "month", "shift"])
    told = by.agg(hours=("hours", "sum"), units=("unit", "nunique"))
    months = frame["month"].astype(str)
    every = [str(month) for month in pd.period_range(months.min(), months.max(), freq="M")]
    index = pd.MultiIndex.from_product(
        [frame["area"].unique(), every, sorted(frame["shift"].unique())], names=told.index.names
    )
    fields = told.reindex(index, fill_value=0).reset_index()
    names = frame.drop_duplicates("area").set_index("area")["name"]
    return fields.assign(name=fields["area"].map(names), hours=fields["hours"].astype(float))


def _one_unit(fields: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """Return which fields are the work of one unit, or would tell when one unit did not walk."""
    by_month = frame.groupby(["area", "month"])["unit"].nunique()
    alone = set(by_month[by_month < 2].index.get_level_values("area"))
    month = pd.MultiIndex.from_frame(fields[["area", "month"]])
    few = pd.Series(by_month.reindex(month, fill_value=0).to_numpy() < 2, index=fields.index)
    return (fields["units"] == 1) | (few & fields["area"].isin(alone))


def patrols(content: SiteContent, frame: pd.DataFrame) -> list[Fragment]:
    """Return the parts of ``patrols.html``."""
    language = content.study.language
    shown = shown_patrols(frame, protected=limit(content.study.privacy) > 0)
    names = shown.drop_duplicates("area").set_index("area")["name"].astype(str)
    order = sorted(names.index, key=lambda code: (code != "", alphabetical(names[code])))
    if len(order) == 2:  # one place: it is the whole
        order = order[1:]
    names[""] = say(_("All localities together"), language)
    hidden = bool(shown["hours"].isna().any())
    classes = rate_classes(shown["hours"], lowest=1)
    return [
        opening(
            content,
            language,
            kicker=content.study.name,
            title=say(_("When and where patrols walked"), language),
            lead=_lead(shown, frame.attrs.get("days"), language),
        ),
        render(
            "patrols.html",
            language,
            areas=[
                _place(shown[shown["area"] == code], names[code], classes, language)
                for code in order
            ],
            legend_title=say(_("Hours on foot in a month"), language),
            entries=_legend(classes, language, hidden=hidden),
            hidden_note=say(
                _(
                    "Where only one patrol walked, the hours are hidden: "
                    "they would tell of one person’s work."
                ),
                language,
            )
            if hidden
            else "",
        ),
    ]


def _lead(shown: pd.DataFrame, days: int | None, language: Language) -> list[str]:
    months = sorted(shown["month"].astype(str).unique())
    ends = {"first": _in_month(months[0], language), "last": _in_month(months[-1], language)}
    if days:
        of_days = N_("from {count} day", "from {count} days")
        recorded = say(
            _(
                "There are records of patrols {days} between {first} and {last}; months without a "
                "record do not mean that nobody walked."
            ),
            language,
            days=say_count(of_days, days, language),
            **ends,
        )
    else:
        recorded = say(
            _(
                "There are records of patrols between {first} and {last}; months without a record "
                "do not mean that nobody walked."
            ),
            language,
            **ends,
        )
    inside = _("Only the time inside the localities counts.")
    return [recorded, say(inside, language)]


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
        "table": _table(rows, name, language) if seen else None,
    }


def month_name(month: str, language: Language) -> str:
    """Write ``2018-04`` as ``April 2018`` or ``duben 2018``."""
    from babel.dates import format_date

    return str(format_date(pd.Period(month, "M").start_time, "LLLL yyyy", locale=language))


def _in_month(month: str, language: Language) -> str:
    """Write ``2018-04`` as ``April 2018`` or, after a Czech preposition, ``dubna 2018``."""
    from babel.dates import format_date

    return str(format_date(pd.Period(month, "M").start_time, "MMMM yyyy", locale=language))


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


def _table(rows: pd.DataFrame, name: str, language: Language) -> Table:
    shifts, hours = _shifts(rows), _hours_by(rows)
    return Table(
        say(_("{name}: hours on foot"), language, name=name),
        (say(_("Month"), language), *(shift_name(shift, language) for shift in shifts)),
        tuple(
            (
                month_name(month, language),
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

    def colour(month: str, shift: str) -> str | None:
        value = hours[month, shift]
        if math.isnan(value):
            return None
        place = int(classes.of([value])[0])
        return classes.colours[place] if place >= 0 else ""

    return grid_of(
        [shift_name(shift, language) for shift in shifts],
        [f"{int(month[5:])}/{month[2:4]}" for month in months],
        [[colour(month, shift) for month in months] for shift in shifts],
        title=say(_("{name}: hours on foot by month and shift"), language, name=name),
    )


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
