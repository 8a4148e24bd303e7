"""A set of areas made ready for joining points: checked, in the order of their codes."""

from __future__ import annotations

import operator
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from apkgeo.crs import require_crs
from apkgeo.errors import InputError

Days = npt.NDArray[np.int64]

# Days since 1970-01-01 that stand for "always has been" and "still is".
BEGINNING, END = np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max
UNKNOWN = np.iinfo(np.int64).min

# Columns that decide, with the geometry, which area holds a point.
DECIDING = ("code", "valid_from", "valid_to")

# From here on starting threads costs less than they save.
MANY_CORNERS = 10_000


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas in the order of their codes; equal codes keep the order of their rows.

    Attributes
    ----------
    crs : pyproj.CRS
        Their coordinate reference system.
    codes : pandas extension array
        Their codes, of the type in which they came (whole numbers as ``Int64``).
    geometry : numpy.ndarray of object
        Their polygons; None where an area has no geometry.
    valid_from, valid_to : numpy.ndarray of int64
        First day, and first day on which the area no longer holds, as days since 1970-01-01.
    order : numpy.ndarray of int64
        Row in the original frame.
    """

    crs: CRS
    codes: Any
    geometry: npt.NDArray[np.object_]
    valid_from: Days
    valid_to: Days
    order: npt.NDArray[np.int64]

    @property
    def eternal(self) -> npt.NDArray[np.bool_]:
        """Which areas are open-ended on both sides."""
        return np.asarray((self.valid_from == BEGINNING) & (self.valid_to == END))


def read_areas(frame: gpd.GeoDataFrame, what: str = "the areas") -> Areas:
    """Check a frame of areas and put it in the order of its codes.

    Raises
    ------
    InputError
        When it is no frame with ``code`` and polygons, a code is missing, or a polygon is not
        valid; the area is named.
    CRSError
        When it has no CRS.
    """
    areas, require_valid = begin_areas(frame, what)
    require_valid()
    return areas


def begin_areas(
    frame: gpd.GeoDataFrame, what: str = "the areas"
) -> tuple[Areas, Callable[[], None]]:
    """Do the same while other threads still look whether the polygons are valid.

    Returns
    -------
    Areas
        Not yet to be relied on.
    callable
        Waits for the threads; raises InputError naming the first polygon that is not valid.
    """
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            what,
            expected="a GeoDataFrame with code and geometry",
            came=f"a {type(frame).__name__}",
            remedy="read it with apkgeo.read_boundaries",
        )
    crs = require_crs(frame, what)
    if "code" not in frame.columns:
        raise InputError(
            what,
            expected="a column code",
            came=f"columns {', '.join(map(str, frame.columns))}",
            remedy="rename the column that names the areas: .rename(columns={'name': 'code'})",
        )
    codes = frame["code"]
    if codes.isna().any():
        raise InputError(
            f"{what}, row {frame.index[codes.isna()][0]}",
            expected="a code",
            came="none",
            remedy="give every area a code or drop the row",
        )
    if pd.api.types.is_integer_dtype(codes.dtype):
        codes = codes.astype("Int64")
    geometry = _areal(np.asarray(frame.geometry.values, dtype=object), codes, what)
    valid = _valid(geometry)
    order = _order(codes)
    areas = Areas(
        crs=crs,
        codes=codes.array.take(order),
        geometry=geometry[order],
        valid_from=_bound(frame, "valid_from", BEGINNING, what)[order],
        valid_to=_bound(frame, "valid_to", END, what)[order],
        order=order,
    )
    return areas, lambda: _require_valid(geometry, valid(), codes, what)


def source(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return copies of what decides which area holds a point, by which to know it again."""
    return {
        "geometry": np.array(frame.geometry.values, dtype=object),
        **{column: frame[column].array.copy() for column in DECIDING if column in frame.columns},
    }


def is_of(frame: gpd.GeoDataFrame, known: dict[str, Any]) -> bool:
    """Return whether `frame` holds the same geometry objects, codes and dates as a `source`."""
    shapes = frame.geometry.values
    return (
        len(frame) == len(known["geometry"])
        and all(map(operator.is_, np.asarray(shapes, dtype=object), known["geometry"]))
        and all((column in known) == (column in frame.columns) for column in DECIDING)
        and all(
            frame[column].array.equals(values)
            for column, values in known.items()
            if column != "geometry"
        )
    )


def polygons(
    geometry: npt.NDArray[np.object_], codes: pd.Series, what: str
) -> npt.NDArray[np.object_]:
    """Return the polygons of areas; raise InputError naming the first that is none, or invalid.

    Of a geometry collection (what repairing a polygon may leave) the polygons are kept. An area
    without geometry, or with an empty one, is None: it holds no point.
    """
    geometry = _areal(geometry, codes, what)
    _require_valid(geometry, _valid(geometry)(), codes, what)
    return geometry


def _areal(
    geometry: npt.NDArray[np.object_], codes: pd.Series, what: str
) -> npt.NDArray[np.object_]:
    kinds = shapely.get_type_id(geometry)
    geometry = geometry.copy()
    geometry[shapely.is_empty(geometry)] = None
    for row in np.flatnonzero(kinds == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(shapely.get_parts(geometry[row]))
        faces = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        geometry[row] = shapely.union_all(faces) if len(faces) else None
        kinds[row] = shapely.GeometryType.MULTIPOLYGON if len(faces) else kinds[row]
    areal = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    wrong = np.flatnonzero(~np.isin(kinds, areal) & (geometry != None))  # noqa: E711 (elementwise)
    if len(wrong):
        raise InputError(
            f"{what}, area {codes.iloc[wrong[0]]!r}",
            expected="a polygon",
            came=f"a {geometry[wrong[0]].geom_type}",
            remedy="draw the area as a polygon, or buffer the line or the point",
        )
    return geometry


def _require_valid(
    geometry: npt.NDArray[np.object_], valid: npt.NDArray[np.bool_], codes: pd.Series, what: str
) -> None:
    broken = np.flatnonzero(~valid & (geometry != None))  # noqa: E711 (elementwise)
    if len(broken):
        first = broken[0]
        raise InputError(
            f"{what}, area {codes.iloc[first]!r}, is not a valid polygon",
            came=shapely.is_valid_reason(geometry[first]),
            remedy="repair it with areas.geometry.make_valid() and look at the result"
            + (f" ({len(broken)} areas are not valid)" if len(broken) > 1 else ""),
        )


def _valid(geometry: npt.NDArray[np.object_]) -> Callable[[], npt.NDArray[np.bool_]]:
    """Look which polygons are valid, beside the caller where there are many corners.

    The function that is returned takes part in what is left, and waits for the rest. One processor
    stays the caller's own: with threads on all of them, it would wait for a turn.
    """
    if shapely.get_num_coordinates(geometry).sum() < MANY_CORNERS:
        valid = np.asarray(shapely.is_valid(geometry))
        return lambda: valid
    shapely.bounds(geometry)  # what GEOS remembers of a polygon, before several threads ask it
    others = (os.cpu_count() or 1) - 1
    few = -(-len(geometry) // (8 * (others + 1)))
    parts = deque(range(0, len(geometry), few))
    valid = np.zeros(len(geometry), dtype=bool)  # what no thread has looked at is not valid

    def look() -> None:
        while parts:
            try:
                rows = slice(first := parts.popleft(), first + few)
            except IndexError:  # another thread was quicker
                return
            valid[rows] = shapely.is_valid(geometry[rows])

    threads = [Thread(target=look, daemon=True) for _ in range(others)]
    for thread in threads:
        thread.start()

    def answer() -> npt.NDArray[np.bool_]:
        look()
        for thread in threads:
            thread.join()
        return valid

    return answer


def _order(codes: pd.Series) -> npt.NDArray[np.int64]:
    """Return the rows in the order of the codes: numbers by size, everything else as text."""
    number = pd.api.types.is_numeric_dtype(codes.dtype)
    keys = codes.to_numpy() if number else codes.astype(str).to_numpy(dtype=object)
    return np.argsort(keys, kind="stable").astype(np.int64)


def _bound(frame: gpd.GeoDataFrame, column: str, missing: int, what: str) -> Days:
    if column not in frame.columns:
        return np.full(len(frame), missing, dtype=np.int64)
    found = days(frame[column], f"{what}, column {column!r}")
    return np.where(found == UNKNOWN, missing, found)


def days(times: pd.Series, what: str) -> Days:
    """Return local dates as days since 1970-01-01, `UNKNOWN` where there is none.

    A zone-aware time counts on the date that its own zone's clock showed.
    """
    try:
        parsed = times if times.dtype.kind == "M" else pd.to_datetime(times)
        if isinstance(parsed.dtype, pd.DatetimeTZDtype):
            parsed = parsed.dt.tz_localize(None)
        found = parsed.to_numpy().astype("datetime64[D]").astype(np.int64)
    except (TypeError, ValueError, pd.errors.OutOfBoundsDatetime) as error:
        raise InputError(
            what,
            expected="dates or times of one zone",
            came=str(times.dtype),
            remedy="convert it with pandas.to_datetime(column, utc=True).dt.tz_convert(zone)",
        ) from error
    return np.asarray(found)
