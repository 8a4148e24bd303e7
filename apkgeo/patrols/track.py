"""Fixes of all units in the order of time, and the steps between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.crs import require_metric
from apkgeo.frames import check_frame

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

# A silence longer than this (seconds) never tells how often a device reports.
SILENCE = 4 * 3600.0

# A step is a gap when it is so many times longer than is usual for its unit, and longer than a
# minute: of fixes at a steady rate, two in a row may be lost.
USUAL = 3.5
SHORTEST_GAP = 60.0

STEP, GAP, JUMP = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Fixes:
    """Timed points, by unit and time.

    Attributes
    ----------
    units : pandas.Index
        Names of the units.
    unit : numpy.ndarray of int64
        Place in `units`.
    time : numpy.ndarray of float64
        Seconds since `origin`.
    offset : numpy.ndarray of float64
        Seconds by which the local clock is ahead of UTC.
    x, y : numpy.ndarray of float64
        Metres.
    place : numpy.ndarray of int64
        Place of the area's code; -1 outside all areas. Empty until the fixes are located.
    origin : pandas.Timestamp
        Midnight UTC of the first day.
    zone : tzinfo
        The local time.
    unplaced, doubled : int
        Rows left out: without time or place; with a time that the unit already has.
    """

    units: pd.Index
    unit: Ints
    time: Floats
    offset: Floats
    x: Floats
    y: Floats
    place: Ints
    origin: pd.Timestamp
    zone: Any
    unplaced: int
    doubled: int

    def __len__(self) -> int:
        """How many fixes there are."""
        return len(self.time)

    def take(self, kept: Mask) -> Fixes:
        """Return some of the fixes."""
        if kept.all():
            return self
        names = ("unit", "time", "offset", "x", "y")
        return replace(self, **{name: getattr(self, name)[kept] for name in names})

    def moment(self, seconds: Floats) -> pd.DatetimeIndex:
        """Return local times, to the microsecond."""
        micros = np.round(seconds * 1e6).astype("timedelta64[us]")
        start = np.datetime64(self.origin.tz_localize(None), "us")
        return pd.DatetimeIndex(start + micros).tz_localize("UTC").tz_convert(self.zone)


def read_fixes(patrols: gpd.GeoDataFrame) -> Fixes:
    """Check a frame of patrols and put it in the order of unit and time.

    Raises
    ------
    InputError, CRSError
        When it is no frame of patrols, or its CRS is not in metres.
    """
    check_frame(patrols, "patrols", what="the patrols")
    require_metric(patrols, "the patrols")
    geometry = np.asarray(patrols.geometry.values, dtype=object)
    there = ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry)
    there &= patrols["recorded"].notna().to_numpy() & patrols["unit"].notna().to_numpy()
    if not there.all():
        patrols, geometry = patrols[there], geometry[there]
    recorded = patrols["recorded"]
    utc = recorded.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    local = recorded.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    first = utc.min() if len(utc) else np.datetime64("1970-01-01")
    origin = first.astype("datetime64[D]").astype("datetime64[us]")
    time = (utc - origin).astype(np.int64)
    unit, units = pd.factorize(patrols["unit"].astype(str), sort=True)
    order = np.lexsort((time, unit))
    unit, time = unit[order].astype(np.int64), time[order]
    new = np.ones(len(time), dtype=bool)
    new[1:] = (unit[1:] != unit[:-1]) | (time[1:] != time[:-1])
    order = order[new]
    xy = shapely.get_coordinates(geometry)[order]
    return Fixes(
        units=pd.Index(units, name="unit"),
        unit=unit[new],
        time=time[new] / 1e6,
        offset=(local[order] - utc[order]).astype(np.int64) / 1e6,
        x=xy[:, 0],
        y=xy[:, 1],
        place=np.empty(0, dtype=np.int64),
        origin=pd.Timestamp(origin, tz="UTC"),
        zone=recorded.dt.tz,
        unplaced=int((~there).sum()),
        doubled=int((~new).sum()),
    )


@dataclass(frozen=True, eq=False)
class Steps:
    """The time between two fixes of a unit that follow one another on one outing.

    Attributes
    ----------
    fix : numpy.ndarray of int64
        The first of the two fixes; the second is the next one.
    seconds : numpy.ndarray of float64
        Length in time.
    metres : numpy.ndarray of float64
        Length of the straight line.
    kind : numpy.ndarray of int64
        `STEP`, `GAP` (too long) or `JUMP` (too fast).
    refresh : numpy.ndarray of float64
        For each unit, the usual seconds between two fixes.
    limit : numpy.ndarray of float64
        For each unit, the seconds from which on a step is a gap.
    """

    fix: Ints
    seconds: Floats
    metres: Floats
    kind: Ints
    refresh: Floats
    limit: Floats

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.fix)


def refresh_rates(fixes: Fixes) -> Floats:
    """Return the median seconds between two fixes of each unit, silences left out."""
    same = fixes.unit[1:] == fixes.unit[:-1]
    seconds = np.diff(fixes.time)
    usual = same & (seconds <= SILENCE)
    medians = pd.Series(seconds[usual]).groupby(fixes.unit[:-1][usual]).median()
    return np.asarray(medians.reindex(range(len(fixes.units)), fill_value=0.0).to_numpy(float))


def steps_between(
    fixes: Fixes,
    *,
    gap_after: float | None,
    new_outing_after: float,
    fastest: float,
    accuracy: float,
) -> Steps:
    """Return the steps of every outing."""
    refresh = refresh_rates(fixes)
    if gap_after is None:
        limit = np.maximum(USUAL * refresh, SHORTEST_GAP)
    else:
        limit = np.full(len(refresh), float(gap_after))
    unit = fixes.unit[:-1]
    seconds = np.diff(fixes.time)
    out = np.maximum(new_outing_after, refresh)
    fix = np.flatnonzero((fixes.unit[1:] == unit) & (seconds <= out[unit]))
    seconds = seconds[fix]
    metres = np.hypot(np.diff(fixes.x)[fix], np.diff(fixes.y)[fix])
    kind = np.where(metres > fastest * seconds + 2 * accuracy, JUMP, STEP)
    kind[seconds > limit[unit[fix]]] = GAP
    return Steps(fix, seconds, metres, kind, refresh, limit)


def excursions(
    fixes: Fixes, steps: Steps, *, fastest: float, accuracy: float, longest: float
) -> Mask:
    """Return which fixes lie on an impossible excursion: the unit jumps away and soon back.

    The fixes between two jumps are one when they last no longer than `longest` seconds and the
    unit could have gone from the fix before them to the one after at an ordinary speed.
    """
    away = np.zeros(len(fixes), dtype=bool)
    jumps = steps.fix[steps.kind == JUMP]
    if len(jumps) < 2:
        return away
    joined = np.zeros(len(fixes), dtype=bool)
    joined[steps.fix] = True
    first, last = jumps[:-1] + 1, jumps[1:]
    broken = np.concatenate([[0], np.cumsum(~joined)])
    linked = broken[last] == broken[first]
    before, after = jumps[:-1], jumps[1:] + 1
    metres = np.hypot(fixes.x[after] - fixes.x[before], fixes.y[after] - fixes.y[before])
    seconds = fixes.time[after] - fixes.time[before]
    found = linked & (fixes.time[last] - fixes.time[first] <= longest)
    found &= metres <= fastest * seconds + 2 * accuracy
    # Of a row of such stretches, where each lies between two others, every second one goes.
    start = np.maximum.accumulate(np.where(found, 0, np.arange(len(found)) + 1))
    found &= (np.arange(len(found)) - start) % 2 == 0
    for one, other in zip(first[found].tolist(), last[found].tolist(), strict=True):
        away[one : other + 1] = True
    return away
