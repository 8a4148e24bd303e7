"""What the statistics of cells take from frames, and what they give back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from apkgeo.crs import require_metric, require_same_crs
from apkgeo.errors import InputError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Cells: TypeAlias = "gpd.GeoDataFrame | gpd.GeoSeries"
Values: TypeAlias = "pd.Series | Mapping[Any, float] | Sequence[float] | NDArray[Any] | str"


def coordinates(frame: Any, what: str) -> Floats:
    """Return the points of a frame, or the centroids of its polygons, as an array (n, 2).

    A frame without a CRS is taken to be in metres, as a grid over a bare geometry has none.
    """
    if not isinstance(frame, (gpd.GeoDataFrame, gpd.GeoSeries)) or not hasattr(frame, "crs"):
        return _bare_coordinates(frame, what)
    if frame.crs is not None:
        require_metric(frame, what)
    geometry = np.asarray(frame.geometry.values, dtype=object)
    kinds = shapely.get_type_id(geometry)
    if (kinds == 0).all():
        places = shapely.get_coordinates(geometry)
        if len(places) == len(geometry):  # an empty point has none
            return finite(places, what)
    missing = (kinds < 0) | shapely.is_empty(geometry)
    if missing.any():
        first = frame.index[int(np.flatnonzero(missing)[0])]
        raise InputError(
            f"{what}, row {first!r}",
            expected="a geometry",
            came="none",
            remedy=f"drop the {int(missing.sum())} row(s) without one",
        )
    middles = _middles(geometry) if (kinds == 3).all() else None
    if middles is None:
        middles = shapely.get_coordinates(shapely.centroid(geometry))
    return np.ascontiguousarray(middles)


def _bare_coordinates(places: Any, what: str) -> Floats:
    """Return the coordinates of geometries in no frame, or of an array (n, 2)."""
    if not isinstance(places, pd.DataFrame):
        shapes = np.asarray(places, dtype=object)
        if shapes.ndim == 1 and len(shapes) and shapely.is_geometry(shapes).all():
            return coordinates(gpd.GeoSeries(shapes, crs=getattr(places, "crs", None)), what)
        try:
            plain = np.asarray(places, dtype=float)
        except (TypeError, ValueError):
            plain = np.zeros(0)
        if plain.ndim == 2 and plain.shape[1] == 2:
            return finite(plain, what)
    raise InputError(
        what,
        expected="a GeoDataFrame or a GeoSeries",
        came=f"a {type(places).__name__} without geometry",
    )


def _middles(polygons: NDArray[Any]) -> Floats | None:
    """Return centroids of squares or regular hexagons, by far sooner than of any polygons.

    A polygon whose opposite corners all have the same middle has its centroid there.
    """
    counts = shapely.get_num_coordinates(polygons)
    sides = int(counts[0]) - 1
    if sides % 2 or (counts != sides + 1).any() or shapely.get_num_interior_rings(polygons).any():
        return None
    corners = shapely.get_coordinates(polygons).reshape(len(polygons), sides + 1, 2)
    between = (corners[:, : sides // 2] + corners[:, sides // 2 : sides]) / 2
    middles = between.mean(axis=1)
    if np.abs(between - middles[:, None]).max() > 8 * np.finfo(float).eps * np.abs(middles).max():
        return None
    return np.asarray(middles)


def same_place(one: Any, other: Any, names: tuple[str, str]) -> None:
    """Raise CRSError when two frames that both have a CRS have different ones."""
    if getattr(one, "crs", None) is not None and getattr(other, "crs", None) is not None:
        require_same_crs(one, other, names)


def finite(values: Floats, what: str) -> Floats:
    """Return `values`; raise InputError at the first that is missing or infinite."""
    if not np.isfinite(values).all():
        wrong = ~np.isfinite(values)
        first = int(np.flatnonzero(wrong.reshape(len(values), -1).any(axis=1))[0])
        raise InputError(
            f"{what}, row {first}", expected="finite numbers", came=repr(values[first].tolist())
        )
    return values


def index_of(*columns: Any) -> pd.Index:
    """Return the index of the first column that has one, else positions."""
    for column in columns:
        if isinstance(column, (pd.Series, pd.DataFrame)):
            return column.index
        if isinstance(column, Mapping):
            return pd.Index(list(column))
    return pd.RangeIndex(len(columns[0]))


def aligned(cells: Any, values: Any, what: str) -> pd.Series:
    """Return one value a cell, in the order of the cells.

    A Series is aligned by its index, which must hold the same labels; an array is taken in order;
    a text names a column of the cells.
    """
    if isinstance(values, str):
        if values not in getattr(cells, "columns", ()):
            raise InputError(what, expected="a column of the cells", came=repr(values))
        values = cells[values]
    if isinstance(values, pd.DataFrame):
        raise InputError(
            what,
            expected="one number a cell",
            came=f"a frame of {len(values)} rows",
            remedy="count points with count_points first, or give one column",
        )
    if isinstance(values, Mapping):
        values = pd.Series(values)
    index = cells.index if hasattr(cells, "index") else pd.RangeIndex(len(cells))
    if not isinstance(values, pd.Series):
        values = pd.Series(values)
        if len(values) != len(index):
            raise InputError(
                what, expected=f"{len(index)} numbers, one a cell", came=str(len(values))
            )
        return values.set_axis(index)
    if values.index.equals(index):
        return values
    same = values.index.is_unique and index.is_unique and len(values) == len(index)
    if not same or not index.isin(values.index).all():
        raise InputError(
            f"the index of {what}",
            expected="the cells' index",
            came="another one",
            remedy=f"align it: {what}.reindex(cells.index, fill_value=0)",
        )
    return values.reindex(index)


def cell_values(cells: Any, values: Values, what: str = "values") -> Floats:
    """Return one finite number a cell, in the order of the cells; see `aligned`."""
    column = aligned(cells, values, what)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"{what}, cell {column.index[first]!r}",
            expected="a finite number",
            came=str(column.iloc[first]),
            remedy="give 0 where nothing was counted, or drop cells that were not recorded",
        )
    return np.asarray(numbers)


def cell_counts(cells: Any, values: Values, what: str) -> Floats:
    """Return one non-negative whole number a cell."""
    counts = cell_values(cells, values, what)
    wrong = (counts < 0) | (counts != np.floor(counts))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        index = cells.index if hasattr(cells, "index") else pd.RangeIndex(len(cells))
        raise InputError(
            f"{what}, cell {index[first]!r}",
            expected="whole, non-negative counts",
            came=repr(float(counts[first])),
        )
    return counts


def on_cells(cells: Any, columns: dict[str, Any]) -> pd.DataFrame:
    """Return columns on the cells' index, with the cells' geometry where they have one."""
    if isinstance(cells, (gpd.GeoDataFrame, gpd.GeoSeries)):
        return gpd.GeoDataFrame(
            columns, index=cells.index, geometry=cells.geometry.values, crs=cells.crs
        )
    return pd.DataFrame(columns, index=getattr(cells, "index", pd.RangeIndex(len(cells))))
