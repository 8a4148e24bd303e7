"""Which area is each point in?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.crs import require_same_crs
from apkgeo.errors import InputError
from apkgeo.places.areas import BEGINNING, END, UNKNOWN, Areas, Days, days, read_areas

Points: TypeAlias = "gpd.GeoDataFrame | gpd.GeoSeries"


def locate(
    points: Points, areas: gpd.GeoDataFrame | AreaIndex, *, on: str | date | None = None
) -> pd.Series:
    """Return the code of the area in which each point lies.

    Parameters
    ----------
    points : geopandas.GeoDataFrame or geopandas.GeoSeries
        Points, one a row, in any CRS.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``, optionally ``valid_from`` and ``valid_to``, and polygons, in the CRS
        of the points. An `AreaIndex` made of them once is quicker when it is used again.
    on : str or datetime.date, optional
        Column of `points` with the date or time of each event, or one date for all. Then only
        areas that were valid on that local date count. Without it all areas count.

    Returns
    -------
    pandas.Series
        ``code``, on the index of `points` row by row; missing for points that lie in no area
        or have no geometry.

    Raises
    ------
    CRSError
        When the two have different CRSs, or none. Nothing is transformed silently.
    InputError
        When `areas` has no ``code``, an area is not a valid polygon, a geometry of `points` is
        not a point, or there is no column `on`.

    Notes
    -----
    *Borders.* An area is closed: a point on its border, or on the rim of a hole in it, lies in
    it. A point that several areas hold (on a shared border, or where areas overlap) goes to the
    one whose code sorts first, whatever the order of rows. `apkgeo.places.overlap.overlaps`
    lists the areas that overlap.

    *Validity.* An area holds from ``valid_from`` on and up to the day before ``valid_to``; a
    missing bound is open. A zone-aware time has the date of its own zone's clock. An event
    without a date is placed only in areas that are open on both sides.

    *Geometry.* The predicate is planar in every CRS and exact (the one of GEOS): in degrees, the
    side of an area is a straight line between its corners on the map.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> districts = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10)], crs=5514
    ... )
    >>> points = gpd.GeoSeries.from_xy([5, 10, 15, 25], [5, 5, 5, 5], crs=5514)
    >>> locate(points, districts).to_list()
    ['A', 'A', 'B', nan]
    """
    index = areas if isinstance(areas, AreaIndex) else AreaIndex(areas)
    return index.locate(points, on=on)


class AreaIndex:
    """Areas made ready for locating many points, or many times.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas as in `locate`.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> index = AreaIndex(gpd.GeoDataFrame({"code": [7]}, geometry=[box(0, 0, 1, 1)], crs=5514))
    >>> index.locate(gpd.GeoSeries.from_xy([0.5, 2], [0.5, 2], crs=5514)).to_list()
    [7, <NA>]
    """

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        self.areas: Areas = read_areas(areas)
        codes = (
            areas["code"] if self.areas.codes.dtype != "Int64" else areas["code"].astype("Int64")
        )
        self.unique_codes = pd.Index(codes.array.unique(), name="code")
        self._place_of_code = self.unique_codes.get_indexer(self.areas.codes)
        self._tree = shapely.STRtree(self.areas.geometry)
        shapely.prepare(self.areas.geometry)

    def locate(self, points: Points, *, on: str | date | None = None) -> pd.Series:
        """Return the code of the area of each point, as `apkgeo.locate` does."""
        found = self._found(points, on)
        codes = self.areas.codes.take(found, allow_fill=True)
        return pd.Series(codes, index=points.index, name="code")

    def place(self, points: Points, *, on: str | date | None = None) -> npt.NDArray[np.int64]:
        """Return where each point's code is in `unique_codes`, -1 for points in no area."""
        found = self._found(points, on)
        return np.where(found < 0, -1, self._place_of_code[found])

    def days_valid(self, first: int, last: int) -> npt.NDArray[np.int64]:
        """Return on how many days of [first, last) each of `unique_codes` was valid.

        Days are counted from 1970-01-01. A day on which several rows of a code are valid counts
        once.
        """
        begins = np.clip(self.areas.valid_from, first, last)
        ends = np.clip(self.areas.valid_to, first, last)
        total = np.zeros(len(self.unique_codes), dtype=np.int64)
        reached = np.full(len(total), first, dtype=np.int64)
        for row in np.argsort(begins, kind="stable"):
            place = self._place_of_code[row]
            total[place] += max(0, ends[row] - max(begins[row], reached[place]))
            reached[place] = max(reached[place], ends[row])
        return total

    def _found(self, points: Points, on: str | date | None) -> npt.NDArray[np.int64]:
        if not isinstance(points, (gpd.GeoDataFrame, gpd.GeoSeries)):
            raise InputError(
                "the points", expected="a GeoDataFrame", came=f"a {type(points).__name__}"
            )
        empty = gpd.GeoSeries([], crs=self.areas.crs)
        require_same_crs(points, empty, ("the points", "the areas"))
        when = _dates(points, on)
        x, y = _coordinates(points)
        return self._search(x, y, when)

    def _search(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], when: Days | None
    ) -> npt.NDArray[np.int64]:
        """Return the place of each point's area in the order of codes, -1 for none."""
        point, area = self._tree.query(shapely.points(x, y))
        if when is not None:
            held = self.valid(area, when[point])
            point, area = point[held], area[held]
        hit = shapely.intersects_xy(self.areas.geometry[area], x[point], y[point])
        first = np.full(len(x), len(self.areas.order), dtype=np.int64)
        np.minimum.at(first, point[hit], area[hit])
        return np.where(first == len(self.areas.order), -1, first)

    def valid(self, area: npt.NDArray[np.int64], when: Days) -> npt.NDArray[np.bool_]:
        """Return whether each area (by its place) is valid on the day beside it."""
        begins, ends = self.areas.valid_from[area], self.areas.valid_to[area]
        dated = (begins <= when) & (when < ends)
        return np.where(when == UNKNOWN, (begins == BEGINNING) & (ends == END), dated)


def _dates(points: Points, on: str | date | None) -> Days | None:
    if on is None:
        return None
    if isinstance(on, date):
        day = on.date() if isinstance(on, datetime) else on
        return np.full(len(points), (day - date(1970, 1, 1)).days, dtype=np.int64)
    columns = points.columns if isinstance(points, gpd.GeoDataFrame) else []
    if on not in columns:
        raise InputError(
            "the points",
            expected=f"a column {on!r} with the date of each event",
            came=f"columns {', '.join(map(str, columns))}" if len(columns) else "none",
            remedy="name the column in on=",
        )
    return days(points[on], f"the points, column {on!r}")


def _coordinates(points: Points) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return x and y, NaN where there is no geometry; raise InputError on other than points."""
    geometry: Any = np.asarray(points.geometry.values, dtype=object)
    x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    odd = np.flatnonzero(np.isnan(x))
    kinds = shapely.get_type_id(geometry[odd])
    other = odd[(kinds != shapely.GeometryType.POINT) & (kinds != shapely.GeometryType.MISSING)]
    if len(other):
        raise InputError(
            f"the points, row {points.index[other[0]]}",
            expected="a point",
            came=f"a {geometry[other[0]].geom_type}",
            remedy="take .representative_point() of areas, .explode() collections of points",
        )
    return x, y
