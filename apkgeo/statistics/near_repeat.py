"""Where the next weeks' risk is raised, if incidents repeat nearby as they did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from apkgeo.errors import InputError
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Cells, coordinates, on_cells, same_place
from apkgeo.statistics._moments import require_same_order, ticks
from apkgeo.statistics.knox import Knox, band_of, in_ticks


def near_repeat_risk(
    cells: Cells, points: Any, times: Any, at: Any, result: Knox, *, level: float = 0.95
) -> pd.DataFrame:
    """Map how much recent incidents raise the risk of another one nearby.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres; polygons count by their centroid.
    points, times
        Incidents, as in `knox`.
    at : date, time or number of days
        The moment of the map, in the kind of `times`. Incidents after it are left out.
    result : Knox
        Near repeats as found by `knox`.
    level : float, default 0.95
        Bands count whose ratio is above 1 with a p-value of at most ``1 - level``.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry: ``risk`` (1 where nothing recent is near) and
        ``incidents`` (how many recent ones raise it).

    Raises
    ------
    InputError
        When `result` has no p-values, or an argument does not fit.

    Notes
    -----
    Each incident adds, to cells within its distance bands, the ratio of observed to expected
    pairs of the band and duration it is in, less 1. Sums order cells for patrols; they are no
    probabilities.

    References
    ----------
    Johnson, S. D. et al. (2007). Journal of Quantitative Criminology 23:201-219.
    doi:10.1007/s10940-007-9025-3

    Examples
    --------
    >>> import geopandas as gpd
    >>> from apkgeo.statistics.knox import knox
    >>> x, day = [0, 10, 900, 905, 5000, 5020, 300], [1, 3, 40, 42, 90, 91, 200]
    >>> points = gpd.GeoSeries.from_xy(x, [0] * 7, crs=5514)
    >>> result = knox(points, day, [0, 50], [0, 7], permutations=99, rng=1)
    >>> cells = gpd.GeoSeries.from_xy([0, 5000], [0, 0], crs=5514)
    >>> near_repeat_risk(cells, points, day, 95, result)["incidents"].tolist()
    [0, 2]
    """
    if not result.permutations:
        raise InputError(
            "result", expected="p-values", came="none", remedy="call knox with permutations"
        )
    same_place(cells, points, ("cells", "points"))
    require_same_order(points, times, ("points", "times"))
    (moments, day), (now, same_day) = ticks(times, "times"), ticks([at], "at")
    places, centres = coordinates(points, "points"), coordinates(cells, "cells")
    if len(places) != len(moments):
        raise InputError("times", expected=f"{len(places)}", came=str(len(moments)))
    if len(moments) and day != same_day:
        raise InputError("at", expected="a moment of the kind of times", came=repr(at))
    raised = (result.p_value <= 1 - _checks.level(level, "level")) & (result.ratio > 1)
    excess = np.where(raised, result.ratio - 1, 0.0)
    since = now[0] - moments
    soon = band_of(since, in_ticks(np.array(result.durations), day), result.closed)
    recent = np.flatnonzero((since >= 0) & (soon >= 0) & (soon < excess.shape[1]))
    added: NDArray[Any] = np.zeros(len(centres))
    near: NDArray[Any] = np.zeros(len(centres), dtype=np.int64)
    edges = np.array(result.distances)
    if len(recent) and len(centres):
        found = cKDTree(places[recent]).sparse_distance_matrix(
            cKDTree(centres), edges[-1] * (1 + 1e-9), output_type="ndarray"
        )
        band = band_of(found["v"], edges, result.closed)
        kept = (band >= 0) & (band < len(edges) - 1)
        event, cell, band = recent[found["i"][kept]], found["j"][kept], band[kept]
        adds = excess[band, soon[event]]
        added = np.bincount(cell, weights=adds, minlength=len(centres))
        near = np.bincount(cell[adds > 0], minlength=len(centres))
    return on_cells(cells, {"risk": 1.0 + added, "incidents": near})
