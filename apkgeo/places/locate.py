"""Which area is each point in?"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeAlias, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.crs import require_same_crs
from apkgeo.errors import InputError
from apkgeo.places.areas import UNKNOWN, Days, begin_areas, days, is_of, source
from apkgeo.places.cells import NONE, Cells, build

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int32]
Points: TypeAlias = "gpd.GeoDataFrame | gpd.GeoSeries"

# Points that one thread takes at a time: what it computes stays in its cache.
CHUNK = 1 << 16

# So few points are not worth a thread.
FEW = 2000
# Questions from which on a polygon is worth sorting its corners for.
QUESTIONS = 12

# Fewest and most cells of a table.
CELLS = (1 << 12, 1 << 20)

_last: AreaIndex | None = None


def locate(
    points: Points, areas: gpd.GeoDataFrame | AreaIndex, *, on: str | date | None = None
) -> pd.Series:
    """Return the code of the area in which each point lies.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or a Dask frame
        Points, one a row, in any CRS. The partitions of a Dask frame hold geometry, or columns
        ``x`` and ``y`` in the CRS of the areas.
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
        or have no geometry. For a Dask frame a Dask Series, computed when it is asked for.

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
    index = area_index(areas)
    if is_dask(points):
        from apkgeo.places.on_dask import locate_partitions

        return cast("pd.Series", locate_partitions(points, index, on))
    return index.locate(points, on=on)


def is_dask(points: object) -> bool:
    """Return whether `points` is a frame of Dask."""
    return hasattr(points, "__dask_graph__") and hasattr(points, "map_partitions")


def area_index(areas: gpd.GeoDataFrame | AreaIndex) -> AreaIndex:
    """Return an index of `areas`: itself when it is one, the last one made when it is of these.

    Shapely's geometries cannot be changed, so that the same objects under the same codes and
    dates are the same areas.
    """
    global _last
    if isinstance(areas, AreaIndex):
        return areas
    last = _last
    if last is None or not last.is_of(areas):
        _last = last = _BegunIndex(areas)
    return last


class AreaIndex:
    """Areas made ready for locating many points, or many times.

    It starts as a tree of the areas' boxes, and lays a table of cells over them (finer by and by)
    as more points are asked for. The answers are the same.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas as in `locate`.
    expected : int
        How many points will be asked for in all, where that is known beforehand: the table is
        then laid at the first question, and as fine as pays for so many.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> index = AreaIndex(gpd.GeoDataFrame({"code": [7]}, geometry=[box(0, 0, 1, 1)], crs=5514))
    >>> index.locate(gpd.GeoSeries.from_xy([0.5, 2], [0.5, 2], crs=5514)).to_list()
    [7, <NA>]
    """

    _waits = True

    def __init__(self, areas: gpd.GeoDataFrame, *, expected: int = 0) -> None:
        self.areas, require_valid = begin_areas(areas)
        self._require_valid: Callable[[], None] | None = require_valid
        self._source = source(areas)
        self._tree = shapely.STRtree(self.areas.geometry)
        self._vertices = int(shapely.get_num_coordinates(self.areas.geometry).sum())
        self._asked = expected
        self._cells: dict[bool, Cells] = {}
        self._polygons = self.areas.geometry
        self._changing = threading.Lock()
        _ask_prepared(self._polygons[shapely.is_prepared(self._polygons)])
        if self._waits:
            self.require_valid()

    @cached_property
    def unique_codes(self) -> pd.Index:
        """The codes, each once, as they first occur in the rows that were given."""
        return pd.Index(pd.unique(self._source["code"]), name="code")

    @cached_property
    def _place_of_code(self) -> npt.NDArray[np.intp]:
        return np.asarray(self.unique_codes.get_indexer(self.areas.codes))

    def require_valid(self) -> None:
        """Raise InputError when a polygon is not valid."""
        if self._require_valid is not None:
            self._require_valid()
            self._require_valid = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave behind what belongs to this process: threads, and what GEOS prepared."""
        self.require_valid()
        return {**self.__dict__, "_polygons": self.areas.geometry, "_changing": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up work in another process."""
        self.__dict__.update(state)
        self._changing = threading.Lock()

    def is_of(self, areas: object) -> bool:
        """Return whether the index was made of these very areas."""
        return (
            isinstance(areas, gpd.GeoDataFrame)
            and areas.crs == self.areas.crs
            and is_of(areas, self._source)
        )

    def locate(self, points: Points, *, on: str | date | None = None) -> pd.Series:
        """Return the code of the area of each point, as `apkgeo.locate` does."""
        found = self._found(points, on)
        codes = self.areas.codes.take(found, allow_fill=True)
        return pd.Series(codes, index=points.index, name="code")

    def place(self, points: Points, *, on: str | date | None = None) -> npt.NDArray[np.int64]:
        """Return where each point's code is in `unique_codes`, -1 for points in no area."""
        found = self._found(points, on)
        place = np.full(len(found), -1, dtype=np.int64)
        held = found >= 0
        place[held] = self._place_of_code[found[held]]
        return place

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

    def _found(self, points: Points, on: str | date | None) -> Places:
        """Return the place of each point's area in the order of codes, -1 for none."""
        try:
            return self._asked_for(points, on)
        finally:
            self.require_valid()

    def _asked_for(self, points: Points, on: str | date | None) -> Places:
        if not isinstance(points, (gpd.GeoDataFrame, gpd.GeoSeries)):
            raise InputError(
                "the points", expected="a GeoDataFrame", came=f"a {type(points).__name__}"
            )
        if points.crs != self.areas.crs:
            empty = gpd.GeoSeries([], crs=self.areas.crs)
            require_same_crs(points, empty, ("the points", "the areas"))
        when = _dates(points, on)
        geometry = np.asarray(points.geometry.values, dtype=object)
        cells = self._cells_for(len(points), dated=when is not None)

        workers = os.cpu_count() or 1
        chunk = CHUNK if cells is not None else max(len(points) // workers + 1, FEW)

        def part(start: int) -> Places:
            rows = slice(start, start + chunk)
            x, y = _coordinates(geometry[rows], points.index[rows])
            days_of = None if when is None else when[rows]
            if cells is None:
                return self._by_tree(geometry[rows], x, y, days_of)
            return self._by_cells(cells, x, y, days_of)

        starts = range(0, len(points), chunk)
        if len(starts) < 2:
            return part(0)
        with ThreadPoolExecutor(workers) as pool:
            return np.concatenate(list(pool.map(part, starts)))

    def _cells_for(self, points: int, *, dated: bool) -> Cells | None:
        """Return the table of cells, None while so few points were asked for that none pays."""
        with self._changing:
            return self._cells_wanted(points, dated=dated)

    def _cells_wanted(self, points: int, *, dated: bool) -> Cells | None:
        self._asked += points
        plain = self._polygons is self.areas.geometry
        if plain and self._asked >= QUESTIONS * len(self.areas.order):
            # Copies: other threads may be asking the plain ones.
            polygons = shapely.force_2d(self.areas.geometry)
            shapely.prepare(polygons)
            _ask_prepared(polygons)
            self._polygons = polygons
        if not self._vertices or self._asked < self._vertices / 3:
            return None
        dated = dated and not self.areas.eternal.all()
        wanted = int(np.clip(self._asked / 4, *CELLS))
        if dated not in self._cells or 4 * self._cells[dated].table.size < wanted:
            always = self.areas.eternal | (not dated)
            self._cells[dated] = build(self._polygons, always, wanted)
        return self._cells[dated]

    def _by_tree(self, geometry: Any, x: Floats, y: Floats, when: Days | None) -> Places:
        """Ask for every point the areas whose boxes hold it."""
        places = max(len(self.areas.order), 1)
        point, area = self._tree.query(geometry)
        point, area = np.divmod(np.sort(point * places + area), places)
        entry = np.flatnonzero(np.diff(point, prepend=-1))
        end = np.append(entry[1:], len(point))
        answer = np.full(len(x), NONE, dtype=np.int32)
        return self._by_lists(answer, point[entry], (2 * area, entry, end), (x, y, when))

    def _by_cells(self, cells: Cells, x: Floats, y: Floats, when: Days | None) -> Places:
        """Look every point up in the table, and ask where its cell has a list."""
        answer = cells.find(x, y)
        point = np.flatnonzero(answer < NONE)
        number = -2 - answer[point]
        answer[point] = NONE
        lists = cells.entries, cells.starts[number], cells.starts[number + 1]
        return self._by_lists(answer, point, lists, (x, y, when))

    def _by_lists(
        self, answer: Places, point: Any, lists: tuple[Any, Any, Any], of: tuple[Any, Any, Any]
    ) -> Places:
        """Go through each point's list of areas (as of `Cells`) to the first that holds it.

        `lists` are all entries, and where each `point`'s start and end; `of` x, y and days.
        """
        entries, entry, end = lists
        x, y, when = of
        while len(point):
            area, whole = np.divmod(entries[entry], 2)
            # By area, so that the same polygon stays at hand.
            order = np.argsort(area.astype(np.uint16), kind="stable")
            area, whole, point = area[order], whole[order], point[order]
            entry, end = entry[order] + 1, end[order]
            hit = self._holds(
                area, x[point], y[point], None if when is None else when[point], whole == 1
            )
            answer[point[hit]] = area[hit]
            left = ~hit & (entry < end)
            point, entry, end = point[left], entry[left], end[left]
        return answer

    def _holds(
        self,
        area: Any,
        x: Floats,
        y: Floats,
        when: Days | None,
        known: npt.NDArray[np.bool_],
    ) -> npt.NDArray[np.bool_]:
        """Return whether each area holds the point beside it, where that is not `known`."""
        held = known.copy()
        test = np.flatnonzero(~known)
        held[test] = shapely.intersects_xy(self._polygons[area[test]], x[test], y[test])
        return np.asarray(held if when is None else held & self._valid(area, when))

    def _valid(self, area: Any, when: Days) -> npt.NDArray[np.bool_]:
        """Return whether each area is valid on the day beside it."""
        begins, ends = self.areas.valid_from[area], self.areas.valid_to[area]
        dated = (begins <= when) & (when < ends)
        return np.asarray(np.where(when == UNKNOWN, self.areas.eternal[area], dated))


class _BegunIndex(AreaIndex):
    """Answers while threads still look whether its areas are valid, and waits for them then."""

    _waits = False


def _ask_prepared(polygons: npt.NDArray[np.object_]) -> None:
    """Let prepared polygons sort their corners before several threads ask them.

    GEOS answers the first question without, sorts at the second, and guards neither.
    """
    west, south, east, north = shapely.bounds(polygons).T
    for _ in range(3):
        shapely.intersects_xy(polygons, (west + east) / 2, (south + north) / 2)


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


def _coordinates(geometry: Any, index: pd.Index) -> tuple[Floats, Floats]:
    """Return x and y, NaN where there is no geometry; raise InputError on other than points."""
    try:
        x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    except shapely.errors.GEOSException:  # an empty point, which is rare, has no x
        geometry = np.where(shapely.is_empty(geometry), None, geometry)
        x, y = shapely.get_x(geometry), shapely.get_y(geometry)
    odd = np.flatnonzero(np.isnan(x))
    kinds = shapely.get_type_id(geometry[odd])
    other = odd[(kinds != shapely.GeometryType.POINT) & (kinds != shapely.GeometryType.MISSING)]
    if len(other):
        raise InputError(
            f"the points, row {index[other[0]]}",
            expected="a point",
            came=f"a {geometry[other[0]].geom_type}",
            remedy="take .representative_point() of areas, .explode() collections of points",
        )
    return x, y
