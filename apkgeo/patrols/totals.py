"""Totals of patrols that may be published: never the work of one person.

The stated rule. Hours are published only as sums to which at least `min_units` units each gave a
tenth or more, on at least `min_days` days of work of a unit. The sums by place are made coarser,
for the whole table alike, until most of the hours may be shown: months by place and shift first,
then quarters, then whole days, then years, then all places together. What may still not be shown
is missing, and so is what is nothing: that nobody walked can be one person's absence.

Where the sums by place are of whole days, a second table has them by shift, over those places and
periods only that the first one shows. Its sums obey the same rule, and so does what is left of a
period when the shown shifts are subtracted: else the smallest shown shift is hidden, too. No other
total stands beside the two. Who publishes several tables of one dosage, or its total, undoes that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _, translate
from apkgeo.patrols.dosage import PatrolDosage

# The code of the row for all places together.
EVERYWHERE = ""

# A unit counts where it gave at least this part of the hours.
CONTRIBUTION = 0.1

# So much of the hours a table must show, or it is made coarser.
MOST = 0.8

_NAME = _("All localities together")
_NOTES = {
    "places": _(
        "No number is the work of one person: what would be is hidden, and what was summed is "
        "nowhere shown in parts."
    ),
    "together": _(
        "Hours are summed over all localities, since in a single one they would often be the "
        "movements of one person."
    ),
    "nothing": _(
        "No hours can be shown: too few units walked for any sum not to be one person’s movements."
    ),
}


@dataclass(frozen=True)
class Grain:
    """How coarse a table is.

    Attributes
    ----------
    together : bool
        All places in one.
    frequency : {"M", "Q", "Y"}
        Months, quarters or years.
    by_shift : bool
        Shifts apart, or whole days.
    """

    together: bool
    frequency: str
    by_shift: bool


GRAINS = (
    Grain(False, "M", True),
    Grain(False, "Q", True),
    Grain(False, "Q", False),
    Grain(False, "Y", False),
    Grain(True, "M", True),
    Grain(True, "Q", True),
    Grain(True, "Q", False),
    Grain(True, "Y", False),
)


@dataclass(frozen=True, eq=False)
class PatrolTotals:
    """Hours that may be published together.

    Attributes
    ----------
    places : pandas.DataFrame
        ``area`` (code, ``""`` for all together), ``name``, ``month`` (``"2015-03"``,
        ``"2015-Q1"`` or ``"2015"``, all alike), ``shift`` (or ``"day"``, the whole of it),
        ``hours`` (missing where hidden), ``units`` (that gave a tenth or more). A row for every
        area, period and shift, and one period after another from the first to the last.
    shifts : pandas.DataFrame
        ``month``, ``shift``, ``hours``, ``units``, over all that `places` shows; without rows
        where that is by shift itself and of one place.
    days : int
        Days with any record.
    notes : tuple of Note
        What was summed and why.
    """

    places: pd.DataFrame
    shifts: pd.DataFrame
    days: int
    notes: tuple[Note, ...]


def patrol_hours(dosage: PatrolDosage, names: pd.Series) -> pd.DataFrame:
    """Return the hours of each unit by area, month and shift: never to be published as they are.

    Parameters
    ----------
    dosage : PatrolDosage
        From `patrol_dosage`, in the localities.
    names : pandas.Series of str
        Name of each area, on its code.

    Returns
    -------
    pandas.DataFrame
        ``area``, ``name``, ``month`` (``"2015-03"``), ``shift``, ``unit``, ``hours``.

    Raises
    ------
    InputError
        When an area with minutes has no name.
    """
    inside = _inside(dosage, names)
    frame = inside.assign(month=inside["shift_day"].dt.strftime("%Y-%m"))
    keys = ["area", "month", "shift", "unit"]
    hours = (frame.groupby(keys)["minutes"].sum() / 60).rename("hours").reset_index()
    hours.insert(1, "name", hours["area"].map(names).astype("str"))
    return hours


def _inside(dosage: PatrolDosage, names: pd.Series) -> pd.DataFrame:
    """Return the minutes in areas, all of which have a name."""
    inside = dosage.minutes[dosage.minutes["where"] == "area"]
    unnamed = sorted(set(inside["area"]) - set(names.index), key=str)
    if unnamed:
        raise InputError("names", expected="a name for every area", came=f"none for {unnamed[0]!r}")
    return inside


def patrol_totals(
    dosage: PatrolDosage,
    names: pd.Series,
    *,
    min_units: int = 2,
    min_days: int = 5,
    language: Language = "en",
) -> PatrolTotals:
    """Return hours by area, period and shift, as fine as they can be without following anyone.

    Parameters
    ----------
    dosage : PatrolDosage
        From `patrol_dosage`, in the localities.
    names : pandas.Series of str
        Name of each area, on its code.
    min_units : int
        Fewest units behind a number. With 2, each of two units can tell the other's hours; 3
        rules that out. With 1 nothing is hidden: for internal pages only.
    min_days : int
        Fewest days of work (of one unit each) behind a number; a night is one.
    language : {"cs", "en"}
        Language of the name of all localities together.

    Returns
    -------
    PatrolTotals

    Raises
    ------
    InputError
        When an area with minutes has no name, or a limit is below 1.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from apkgeo.patrols.dosage import patrol_dosage
    >>> area = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 99, 99)], crs=5514)
    >>> days = pd.date_range("2015-07-01 08:00", periods=6, tz="Europe/Prague")
    >>> rows = [(u, d + pd.Timedelta(hours=h)) for u in "AB" for d in days for h in (0, 1)]
    >>> walk = gpd.GeoDataFrame(rows, columns=["unit", "recorded"])
    >>> walk = walk.set_geometry(gpd.points_from_xy([50] * 24, [50] * 24, crs=5514))
    >>> dosage = patrol_dosage(walk, area)
    >>> totals = patrol_totals(dosage, pd.Series({"plac": "Plac"})).places
    >>> totals[totals["hours"].notna()].values.tolist()
    [['plac', 'Plac', '2015-07', 'morning', 12.0, 2]]
    """
    if min_units < 1 or min_days < 1:
        raise InputError(
            "min_units and min_days", expected="1 or more", came=f"{min_units} and {min_days}"
        )
    inside = _inside(dosage, names)
    days = int(dosage.minutes["day"].nunique())
    total = float(inside["minutes"].sum())
    for grain in GRAINS if min_units > 1 else GRAINS[:1]:
        table = _table(inside, grain, names, language)
        table["safe"] = _safe(table, min_units, min_days) if min_units > 1 else True
        if table.loc[table["safe"], "hours"].sum() * 60 >= MOST * total > 0:
            shifts = _by_shift(inside, table, grain, min_units, min_days)
            notes = (Note(_NOTES["together" if grain.together else "places"]),)
            return PatrolTotals(_shown(table), shifts, days, notes if min_units > 1 else ())
    hidden = _table(inside, GRAINS[-1], names, language).assign(safe=False)
    none = _by_shift(inside[:0], hidden[:0], GRAINS[-1], min_units, min_days)
    return PatrolTotals(_shown(hidden), none, days, (Note(_NOTES["nothing"]),) if total else ())


def _safe(table: pd.DataFrame, min_units: int, min_days: int) -> pd.Series:
    return (table["units"] >= min_units) & (table["days"] >= min_days)


def _by_shift(
    inside: pd.DataFrame, table: pd.DataFrame, grain: Grain, min_units: int, min_days: int
) -> pd.DataFrame:
    """Return hours by period and shift over the sums that a table by place shows."""
    columns = ["month", "shift", "hours", "units"]
    areas = table["area"].nunique()
    if table.empty or (grain.by_shift and (min_units > 1 or areas < 2)):
        return pd.DataFrame(columns=columns)
    shown = table.loc[table["safe"], ["area", "period"]].drop_duplicates()
    frame = inside.assign(
        area=EVERYWHERE if grain.together else inside["area"],
        period=inside["shift_day"].dt.to_period(grain.frequency),
    ).merge(shown)
    keys = ["period", "shift"]
    cells = _behind(frame, keys)
    span = pd.period_range(table["period"].min(), table["period"].max(), freq=grain.frequency)
    every = pd.MultiIndex.from_product([span, cells.index.unique("shift")], names=keys)
    cells = cells.reindex(every, fill_value=0)
    if min_units > 1:
        safe = _safe(cells, min_units, min_days)
        for period in span:
            _hide_more(frame[frame["period"] == period], cells, safe, period, min_units, min_days)
        cells["hours"] = cells["hours"].where(safe)
    cells = cells.reset_index()
    cells["month"] = [_label(period, grain.frequency) for period in cells["period"]]
    return cells[columns]


def _hide_more(
    frame: pd.DataFrame,
    cells: pd.DataFrame,
    safe: pd.Series,
    period: pd.Period,
    min_units: int,
    min_days: int,
) -> None:
    """Mark further shifts of a period as unsafe until what is hidden is nobody's work alone."""
    own = safe.loc[period]
    while not own.all() and own.any():
        rest = _behind(frame[~frame["shift"].map(own)], ["period"])
        if len(rest) and bool(_safe(rest, min_units, min_days).all()):
            return
        smallest = cells.loc[period, "hours"][own].idxmin()
        safe.loc[(period, smallest)] = False
        own = safe.loc[period]


def _behind(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the hours of each sum, the units that gave a tenth or more, and their days of work."""
    by_unit = frame.groupby([*keys, "unit"])["minutes"].sum()
    share = by_unit / by_unit.groupby(keys).transform("sum")
    # A day counts for a unit that counts; an hour now and then of another is no screen.
    counted = share[share >= CONTRIBUTION].reset_index()[[*keys, "unit"]]
    worked = frame[[*keys, "unit", "shift_day"]].drop_duplicates().merge(counted)
    return pd.DataFrame(
        {
            "hours": by_unit.groupby(keys).sum() / 60,
            "units": counted.groupby(keys).size(),
            "days": worked.groupby(keys).size(),
        }
    )


def _table(
    inside: pd.DataFrame, grain: Grain, names: pd.Series, language: Language
) -> pd.DataFrame:
    """Return hours, units and days of work for every area, period and shift of a grain."""
    periods = inside["shift_day"].dt.to_period(grain.frequency)
    frame = inside.assign(
        area=EVERYWHERE if grain.together else inside["area"],
        period=periods,
        shift=inside["shift"] if grain.by_shift else "day",
    )
    keys = ["area", "period", "shift"]
    table = _behind(frame, keys)
    if len(table):
        span = pd.period_range(periods.min(), periods.max(), freq=grain.frequency)
        areas = table.index.unique("area")
        every = pd.MultiIndex.from_product([areas, span, table.index.unique("shift")], names=keys)
        table = table.reindex(every, fill_value=0)
    table = table.reset_index()
    everywhere = translate(_NAME, language)
    table["name"] = everywhere if grain.together else table["area"].map(names).astype(str)
    table["month"] = [_label(period, grain.frequency) for period in table["period"]]
    return table


def _label(period: pd.Period, frequency: str) -> str:
    if frequency == "Q":
        return f"{period.year}-Q{period.quarter}"
    return f"{period.year}" if frequency == "Y" else f"{period.year}-{period.month:02}"


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns to publish, hours missing where they are not safe."""
    hours = np.where(table["safe"], table["hours"].astype(float), np.nan)
    shown = table.assign(hours=hours, units=table["units"].astype("int64"))
    shown = shown[["area", "name", "month", "shift", "hours", "units"]]
    return shown.astype({"name": "str", "month": "str", "shift": "str"})
