"""Incidents by place and by the hours of a day or a week, on the patrols' clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.crs import require_same_crs
from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.patrols.track import Ints
from apkgeo.places.locate import AreaIndex

Cycle = Literal["day", "week"]
HOURS: Mapping[str, int] = {"day": 24, "week": 168}

OUT = _("Incidents left out, outside the cells or without a place: {count}.")
UNDATED = _("Incidents left out, without a time: {count}.")


def hour_of_cycle(hour: pd.Series, weekday: pd.Series, cycle: Cycle) -> Ints:
    """Return the hour of the day, or of the week that begins on Monday.

    Examples
    --------
    >>> hour_of_cycle(pd.Series([7]), pd.Series([1]), "week")
    array([31])
    """
    return np.asarray(hour + (24 * weekday if cycle == "week" else 0), dtype=np.int64)


def require_times(incidents: gpd.GeoDataFrame, what: str) -> None:
    """Raise InputError unless the frame has zone-aware times of occurrence."""
    if "occurred" not in getattr(incidents, "columns", []) or not isinstance(
        incidents["occurred"].dtype, pd.DatetimeTZDtype
    ):
        raise InputError(
            what,
            expected="a column occurred with zone-aware times",
            came="none",
            remedy="read them with apkgeo.read_incidents",
        )


def count_by_hour(
    incidents: gpd.GeoDataFrame, index: AreaIndex, cycle: Cycle, zone: Any, what: str
) -> tuple[Any, list[Note]]:
    """Return incidents by cell (rows) and hour of the cycle, and what was left out."""
    require_times(incidents, what)
    empty = gpd.GeoSeries([], crs=index.areas.crs)
    require_same_crs(empty, incidents, ("the cells", what))
    place = index.place(incidents)
    local = incidents["occurred"].dt.tz_convert(zone)
    timed = local.notna().to_numpy()
    used = timed & (place >= 0)
    local = local[used]
    hour = hour_of_cycle(local.dt.hour, local.dt.day_of_week, cycle)
    size = len(index.unique_codes) * HOURS[cycle]
    counts = np.bincount(place[used] * HOURS[cycle] + hour, minlength=size)
    notes = [
        Note(sentence, count=int(count))
        for sentence, count in (
            (OUT, (place < 0).sum()),
            (UNDATED, (~timed & (place >= 0)).sum()),
        )
        if count
    ]
    return counts.reshape(-1, HOURS[cycle]), notes
