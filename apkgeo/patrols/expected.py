"""What a plan would change: one measure of coverage for today's walks and for planned ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Language, _, number, percent, translate
from apkgeo.patrols.coverage import PatrolCoverage
from apkgeo.patrols.dosage import PatrolDosage
from apkgeo.patrols.plan import PatrolPlan
from apkgeo.patrols.tables import SHIFTS, check_shifts, shift_day, shift_of_hour
from apkgeo.places.locate import AreaIndex, area_index


def planned_dosage(
    plan: PatrolPlan,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    monday: date,
    weeks: int = 1,
    shifts: Mapping[str, int] = SHIFTS,
    time_zone: str = "Europe/Prague",
) -> PatrolDosage:
    """Return the dosage that a plan walked to the minute would give.

    Parameters
    ----------
    plan : PatrolPlan
        From `plan_patrols`.
    areas : geopandas.GeoDataFrame or AreaIndex
        The areas to count in: those of the plan, and any others (without minutes).
    monday : datetime.date
        First day of the first week.
    weeks : int
        For how many weeks.
    shifts : mapping of str to int
        As for `patrol_dosage`; they need not be those of the plan.
    time_zone : str
        The local time.

    Returns
    -------
    PatrolDosage
        A team is a unit (``"morning 1"``). Visits are minutes in areas, ways and time for other
        tasks outside; breaks are not recorded. Nothing is uncertain, so bounds equal minutes.

    Raises
    ------
    InputError
        When the day is no Monday, or the plan has areas that are not given.
    """
    check_shifts(shifts)
    index = area_index(areas)
    if monday.weekday() != 0 or weeks < 1:
        raise InputError(
            "monday and weeks", expected="a Monday, at least one", came=f"{monday}, {weeks}"
        )
    acts = plan.itinerary[plan.itinerary["activity"] != "break"]
    acts = pd.concat([acts.assign(week=week) for week in range(weeks)], ignore_index=True)
    inside = acts["activity"] == "visit"
    strange = sorted(set(acts.loc[inside, "area"]) - set(index.unique_codes), key=str)
    if strange:
        raise InputError("the areas", expected="those of the plan", came=f"no {strange[0]!r}")
    day = pd.Timestamp(monday) + pd.to_timedelta(7 * acts["week"] + acts["weekday"], unit="D")
    acts = acts.assign(
        unit=acts["shift"] + " " + acts["team"].astype(str),
        where=np.where(inside, "area", "outside"),
        area=acts["area"].where(inside),
        start=day + pd.to_timedelta(acts["begin"], unit="min"),
        stop=day + pd.to_timedelta(acts["end"], unit="min"),
    )
    minutes = _by_hour(acts, shifts)
    visits = _visits(acts[inside], time_zone)
    by_unit = visits.groupby(["area", "unit"], as_index=False)["minutes"].sum()
    there = minutes[minutes["where"] == "area"].groupby("area")
    total = by_unit.groupby("area")["minutes"].sum().reindex(index.unique_codes, fill_value=0.0)
    frame = pd.DataFrame({"minutes": total, "low": total, "high": total})
    frame.index.name = "code"
    counts = {
        "visits": visits.groupby("area").size(),
        "days": there["day"].nunique(),
        "units": there["unit"].nunique(),
    }
    for name, count in counts.items():
        frame[name] = count.reindex(index.unique_codes, fill_value=0).to_numpy(np.int64)
    spread = pd.DataFrame(0.0, index=index.unique_codes, columns=["squares", "below", "above"])
    recorded = minutes.groupby("unit")["minutes"].sum()
    return PatrolDosage(
        areas=frame,
        minutes=minutes,
        visits=visits,
        bounds=by_unit.assign(low=by_unit["minutes"], high=by_unit["minutes"]),
        units=pd.DataFrame({"minutes": recorded}),
        rules=pd.DataFrame(columns=["cases", "minutes", "in_areas"]),
        recorded=float(minutes["minutes"].sum()),
        outside=float(minutes.loc[minutes["where"] == "outside", "minutes"].sum()),
        unknown=0.0,
        notes=(),
        _spread=spread,
    )


def _visits(visits: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    def local(moments: pd.Series) -> Any:
        # An hour that the clocks leave out or repeat: the walk is as long as planned.
        return moments.dt.tz_localize(time_zone, ambiguous=True, nonexistent="shift_forward")

    frame = pd.DataFrame(
        {
            "area": visits["area"],
            "unit": visits["unit"],
            "arrived": local(visits["start"]),
            "left": local(visits["stop"]),
            "minutes": visits["end"] - visits["begin"],
            "bridged": 0.0,
            "complete": True,
        }
    )
    return frame.sort_values(["area", "arrived", "unit"], ignore_index=True)


def _by_hour(acts: pd.DataFrame, shifts: Mapping[str, int]) -> pd.DataFrame:
    """Return minutes by place, unit, day and hour, what runs over a full hour cut there."""
    first = acts["start"].dt.floor("h")
    parts = ((acts["stop"].dt.ceil("h") - first) / pd.Timedelta(hours=1)).astype(int)
    rows = acts.loc[acts.index.repeat(parts)]
    number = rows.groupby(level=0).cumcount()
    hour = first.loc[rows.index] + pd.to_timedelta(number.to_numpy(), unit="h")
    begin = rows["start"].where(rows["start"] > hour, hour)
    end = rows["stop"].where(rows["stop"] < hour + pd.Timedelta(hours=1), hour + pd.Timedelta("1h"))
    day = pd.DatetimeIndex(hour.dt.normalize())
    frame = pd.DataFrame(
        {
            "where": rows["where"].to_numpy(),
            "area": rows["area"].to_numpy(),
            "unit": rows["unit"].to_numpy(),
            "day": day,
            "shift": shift_of_hour(shifts)[hour.dt.hour],
            "shift_day": shift_day(day, hour.dt.hour.to_numpy(np.int64), shifts),
            "hour": hour.dt.hour.to_numpy(),
            "minutes": ((end - begin).dt.total_seconds() / 60).to_numpy(),
        }
    )
    keys = ["where", "area", "unit", "day", "shift", "shift_day", "hour"]
    return frame.groupby(keys, dropna=False, as_index=False)["minutes"].sum()


@dataclass(frozen=True, eq=False)
class CoverageChange:
    """The coverage of today's walks beside that of planned ones.

    Attributes
    ----------
    curve : pandas.DataFrame
        One row for each ``share`` of the cell-hours, the worst first: ``incidents`` in them, and
        the shares of patrol time there, ``today`` and ``planned``.
    hotspots : pandas.DataFrame
        On the hotspots' ``cell``: ``incidents``, and of today and the plan ``minutes_`` (share of
        the time in areas), ``visit_`` (median length), ``recommended_`` (share of visits of the
        recommended length) and ``return_`` (median hours), each with ``today`` or ``planned``.
    inside : tuple of float
        Shares of the recorded time spent in the areas, today and planned.
    """

    curve: pd.DataFrame
    hotspots: pd.DataFrame
    inside: tuple[float, float]

    def summary(self, language: Language = "en") -> str:
        """Return the change as text."""
        told = [
            translate(_CHANGE, language).format(
                share=percent(row.share, language),
                incidents=percent(row.incidents, language),
                today=percent(row.today, language),
                planned=percent(row.planned, language),
            )
            for row in self.curve.itertuples()
            if np.isfinite([row.incidents, row.today, row.planned]).all()
        ]
        unseen = self.hotspots[["minutes_today", "minutes_planned"]].eq(0).sum()
        told.append(
            translate(_UNSEEN, language).format(
                hotspots=number(len(self.hotspots), language),
                today=number(unseen["minutes_today"], language),
                planned=number(unseen["minutes_planned"], language),
            )
        )
        return " ".join(told)


_CHANGE = _(
    "In the busiest {share} of places and hours there were {incidents} of the incidents; {today} "
    "of the patrols’ time fell there so far, and {planned} would by the plan."
)
_UNSEEN = _("Hotspots: {hotspots}; without a visit so far: {today}, by the plan: {planned}.")


def compare_coverage(today: PatrolCoverage, planned: PatrolCoverage) -> CoverageChange:
    """Set two coverages of the same incidents and cells side by side.

    Parameters
    ----------
    today, planned : PatrolCoverage
        From `patrol_coverage` with the same incidents, cells and options, the second with the
        dosage of `planned_dosage`.

    Raises
    ------
    InputError
        When they are not of the same incidents and cells.
    """
    same = today.cell_hours.drop(columns="minutes").equals(
        planned.cell_hours.drop(columns="minutes")
    ) and today.curve["share"].equals(planned.curve["share"])
    if not same:
        raise InputError(
            "today and planned",
            expected="the same incidents, cells and shares",
            came="different ones",
        )
    curve = today.curve.rename(columns={"patrols": "today"})
    hotspots = today.hotspots[["incidents"]].copy()
    for name, one in (("today", today), ("planned", planned)):
        table = one.hotspots
        inside = one.dosage.in_areas
        hotspots[f"minutes_{name}"] = table["minutes"] / inside if inside else 0.0
        hotspots[f"visit_{name}"] = table["visit_minutes"]
        hotspots[f"recommended_{name}"] = table["recommended"]
        hotspots[f"return_{name}"] = table["return_hours"]
    shares = [
        one.dosage.in_areas / one.dosage.recorded if one.dosage.recorded else 0.0
        for one in (today, planned)
    ]
    return CoverageChange(
        curve.assign(planned=planned.curve["patrols"]), hotspots, (shares[0], shares[1])
    )
