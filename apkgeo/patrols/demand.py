"""How much there is to do in each place and hour: from incidents, and from tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.patrols.incident_hours import count_by_hour
from apkgeo.places.locate import AreaIndex, area_index


def hourly_demand(
    incidents: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    smooth: int = 1,
) -> pd.DataFrame:
    """Count incidents by area, weekday and hour, evened out over the hours beside.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        ``occurred`` (zone-aware: hours are those of its zone) and points, in the areas' CRS.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``.
    smooth : int
        How many hours before and after take part, with binomial weights: 1 gives a quarter, a
        half and a quarter. The week is a circle. 0 leaves the counts as they are.

    Returns
    -------
    pandas.DataFrame
        ``area``, ``weekday`` (0 is Monday), ``hour``, ``weight``: 168 rows an area. The weights of
        an area add up to its incidents with a time; ``attrs["notes"]`` tells what was left out.

    Raises
    ------
    InputError, CRSError
        When a frame is not of its kind, the CRSs differ, or `smooth` is below 0.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> area = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 100, 100)], crs=5514)
    >>> events = gpd.GeoDataFrame(
    ...     {"occurred": pd.to_datetime(["2015-07-06 00:30+02:00"])},
    ...     geometry=gpd.points_from_xy([50], [50], crs=5514),
    ... )
    >>> demand = hourly_demand(events, area)
    >>> demand[demand["weight"] > 0][["weekday", "hour", "weight"]].values.tolist()
    [[0.0, 0.0, 0.5], [0.0, 1.0, 0.25], [6.0, 23.0, 0.25]]
    """
    if smooth < 0:
        raise InputError("smooth", expected="a number of hours from 0 up", came=repr(smooth))
    index = area_index(areas)
    zone = getattr(getattr(incidents.get("occurred"), "dt", None), "tz", None)
    counts, notes = count_by_hour(incidents, index, "week", zone, "the incidents")
    window = np.poly1d([0.5, 0.5]) ** (2 * smooth)
    weights = np.zeros(counts.shape)
    for by, part in zip(range(-smooth, smooth + 1), np.atleast_1d(window.coeffs), strict=True):
        weights += part * np.roll(counts, by, axis=1)
    hour = np.tile(np.arange(counts.shape[1]), len(counts))
    frame = pd.DataFrame(
        {
            "area": index.unique_codes.repeat(counts.shape[1]).array,
            "weekday": hour // 24,
            "hour": hour % 24,
            "weight": weights.ravel(),
        }
    )
    frame.attrs["notes"] = tuple(notes)
    return frame


def task_demand(
    areas: Sequence[Any],
    *,
    hours: Sequence[int],
    weight: float,
    weekdays: Sequence[int] = (0, 1, 2, 3, 4),
) -> pd.DataFrame:
    """Return the demand of a task with its own hours, such as truancy around schools.

    Parameters
    ----------
    areas : sequence
        Codes of the areas.
    hours : sequence of int
        Local hours, 0 to 23.
    weight : float
        What a visit in each of these hours is worth, measured against incidents.
    weekdays : sequence of int
        Days, 0 is Monday.

    Returns
    -------
    pandas.DataFrame
        ``area``, ``weekday``, ``hour``, ``weight``, to be put beside that of `hourly_demand`.

    Examples
    --------
    >>> task_demand(["school"], hours=[8, 9], weight=2.0, weekdays=[0]).values.tolist()
    [['school', 0, 8, 2.0], ['school', 0, 9, 2.0]]
    """
    every = pd.MultiIndex.from_product(
        [list(areas), list(weekdays), list(hours)], names=["area", "weekday", "hour"]
    )
    return every.to_frame(index=False).assign(weight=float(weight))
