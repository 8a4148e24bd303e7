"""A plan of walks to take along: as a table, as a workbook, and as GPX."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
from openpyxl import Workbook

from apkgeo.crs import WGS84
from apkgeo.language import Language, _, translate
from apkgeo.patrols.plan import PatrolPlan
from apkgeo.patrols.workbooks import HEAD, MUTED, put, put_heads, set_widths, sheet, workbook_bytes

ACTS = {
    "visit": _("visit"),
    "walk": _("way to"),
    "break": _("break"),
    "free": _("other tasks"),
}
BASE = _("base")
NOT_OUT = _("For internal use only: a plan of patrols must not become known.")
COLUMNS = (_("Weekday"), _("Shift"), _("Patrol"), _("From"), _("To"), _("Activity"), _("Place"))


def clock(minutes: float) -> str:
    """Write minutes from midnight as a clock does, also after the next midnight.

    Examples
    --------
    >>> clock(485), clock(1450)
    ('8:05', '0:10')
    """
    hours, rest = divmod(round(minutes), 60)
    return f"{hours % 24}:{rest:02}"


def weekday_name(weekday: int, language: Language) -> str:
    """Return the name of a day, 0 is Monday."""
    from babel.dates import get_day_names

    return str(get_day_names("wide", locale=language)[weekday])


def place_name(code: Any, names: pd.Series, language: Language) -> str:
    """Return the name of a place of the plan, its code when it has none."""
    if code is None or pd.isna(code):
        return translate(BASE, language)
    return str(names.get(code, code))


def plan_table(plan: PatrolPlan, names: pd.Series, language: Language = "cs") -> pd.DataFrame:
    """Return the itinerary as it is read: one row for each thing that a patrol does.

    Parameters
    ----------
    plan : PatrolPlan
        From `plan_patrols`.
    names : pandas.Series of str
        Name of each area, on its code.
    language : {"cs", "en"}
        Language of headings and words.
    """
    rows = [
        (
            weekday_name(row.weekday, language),
            row.shift,
            row.team,
            clock(row.begin),
            clock(row.end),
            translate(ACTS[row.activity], language),
            place_name(row.area, names, language),
        )
        for row in plan.itinerary.itertuples()
    ]
    return pd.DataFrame(rows, columns=[translate(one, language) for one in COLUMNS])


def plan_workbook(
    plan: PatrolPlan, names: pd.Series, *, title: str, language: Language = "cs"
) -> bytes:
    """Return the plan as an Excel workbook: a sheet a weekday, on A4.

    Parameters
    ----------
    plan : PatrolPlan
        From `plan_patrols`.
    names : pandas.Series of str
        Name of each area, on its code.
    title : str
        Stands above every sheet.
    language : {"cs", "en"}
        Language of headings and words.
    """
    book = Workbook()
    book.remove(book.active)
    table = plan_table(plan, names, language)
    for weekday, rows in table.groupby(plan.itinerary["weekday"].to_numpy()):
        name = weekday_name(int(weekday), language)
        made = sheet(book, name, footer=translate(NOT_OUT, language), landscape=False)
        put(made, 1, 1, f"{title} – {name}", font=HEAD)
        put(made, 2, 1, translate(NOT_OUT, language), font=MUTED)
        put_heads(made, 4, list(rows.columns[1:]))
        for line, row in enumerate(rows.itertuples(index=False), start=5):
            for column, value in enumerate(row[1:], start=1):
                put(made, line, column, value)
        set_widths(made, [16, 9, 8, 8, 18, 34])
    return workbook_bytes(book, title=title)


def plan_gpx(
    plan: PatrolPlan,
    names: pd.Series,
    *,
    monday: date | None = None,
    time_zone: str = "Europe/Prague",
    language: Language = "cs",
) -> str:
    """Return the plan as GPX 1.1: a waypoint for each place, a route for each walk.

    Parameters
    ----------
    plan : PatrolPlan
        From `plan_patrols`.
    names : pandas.Series of str
        Name of each area, on its code.
    monday : datetime.date, optional
        First day of the week: the points of routes then have times.
    time_zone : str
        The local time of the plan.
    language : {"cs", "en"}
        Language of names.
    """
    import gpxpy.gpx

    places = gpd.GeoSeries(plan.places.geometry.array, crs=plan.places.crs).to_crs(WGS84)
    points = {
        place_name(code, names, language): (round(point.y, 6), round(point.x, 6))
        for code, point in zip(plan.places.index, places, strict=True)
    }
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "apkgeo"
    for name, (latitude, longitude) in points.items():
        gpx.waypoints.append(gpxpy.gpx.GPXWaypoint(latitude, longitude, name=name))
    stops = plan.itinerary[plan.itinerary["activity"] != "walk"]
    for (weekday, shift, team), own in stops.groupby(["weekday", "shift", "team"], sort=False):
        title = f"{weekday_name(int(weekday), language)} – {shift} – {team}"
        route = gpxpy.gpx.GPXRoute(name=title)
        for row in own.itertuples():
            name = place_name(row.area, names, language)
            route.points.append(
                gpxpy.gpx.GPXRoutePoint(
                    *points[name],
                    time=_moment(monday, int(weekday), row.begin, time_zone),
                    name=f"{clock(row.begin)} {name}",
                    description=f"{translate(ACTS[row.activity], language)} "
                    f"{clock(row.begin)}–{clock(row.end)}",
                )
            )
        gpx.routes.append(route)
    return str(gpx.to_xml(version="1.1"))


def _moment(monday: date | None, weekday: int, minutes: float, time_zone: str) -> datetime | None:
    if monday is None:
        return None
    day = datetime.combine(monday, time(), tzinfo=ZoneInfo(time_zone))
    return (day + timedelta(days=weekday, minutes=minutes)).astimezone(ZoneInfo("UTC"))
