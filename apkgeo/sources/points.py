"""Points of a table: from its geometry, from two columns, or from one."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from apkgeo.crs import S_JTSK
from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve, stacked
from apkgeo.sources.columns import Columns
from apkgeo.sources.coordinates import (
    HALF,
    IMPOSSIBLE,
    UNREADABLE,
    Placed,
    judge_coordinates,
    reject_misplaced,
)
from apkgeo.sources.geometry import Points
from apkgeo.sources.numbers import Floats, Numbers, read_numbers, read_pairs
from apkgeo.sources.tables import Table, as_text

_WORLD = 1e8  # metres; no system reaches farther
NOT_A_POINT = _("The geometry is not a point.")


def make_points(x: Floats, y: Floats) -> npt.NDArray[Any]:
    """Return a point for each pair of numbers, None where they are NaN."""
    # The collector would walk through the growing heap again and again: half of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        points = shapely.points(x, y)
    finally:
        if collecting:
            gc.enable()
    points[np.isnan(x)] = None
    return np.asarray(points, dtype="object")


def place_points(
    table: Table, columns: Columns, crs: CRS | None, sieve: Sieve, notes: list[Note]
) -> Placed:
    """Return the points of `table`; rows with wrong ones are rejected, with none are NaN."""
    if table.geometry is not None and not {"x", "y", "coordinates"} & _told(columns, table):
        first, second = _from_geometry(table.geometry, sieve)
        known = crs or table.geometry.crs
        return _placed(first, second, known, table, "x, y", sieve, notes, None)
    if "x" in columns and "y" in columns:
        names = f"{columns['x']}, {columns['y']}"
        east, north = (
            read_numbers(table.cells[columns["x"]]),
            read_numbers(table.cells[columns["y"]]),
        )
        shown = partial(_shown, table, columns["x"], columns["y"])
    elif "coordinates" in columns:
        names = columns["coordinates"]
        east, north = read_pairs(table.cells[names])
        shown = partial(as_text, table.cells[names])
    else:
        nothing = np.full(len(table.cells), np.nan)
        return Placed(nothing, nothing.copy(), crs or S_JTSK, ())
    if east.comma or north.comma:
        notes.append(Note(_("Coordinates {names} have a decimal comma."), names=names))
    _reject_unread(east, north, names, shown, sieve)
    return _placed(east.values, north.values, crs, table, names, sieve, notes, shown)


def points_reading(
    table: Table, made: pd.DataFrame, placed: Placed, sieve: Sieve, notes: list[Note]
) -> Reading:
    """Return the rows of `made` that are good, with their points, beside those that are not."""
    points = make_points(placed.x[sieve.good], placed.y[sieve.good])
    frame = gpd.GeoDataFrame(made[sieve.good], geometry=points, crs=placed.crs)
    rejected = stacked([table.rejected, sieve.table()]).sort_values("row", ignore_index=True)
    return Reading(frame.reset_index(drop=True), rejected, tuple(notes))


def _told(columns: Columns, table: Table) -> set[str]:
    """Return the fields of place of a layer's table that stand in for a missing geometry."""
    assert table.geometry is not None
    if isinstance(table.geometry, Points):
        some = ~np.isnan(table.geometry.x)
    else:
        some = ~shapely.is_missing(table.geometry.to_numpy())
    return set() if some.any() else set(columns.found)


def _shown(table: Table, first: str, second: str) -> pd.Series:
    return (
        as_text(table.cells[first]).fillna("") + ", " + as_text(table.cells[second]).fillna("")
    ).astype("object")


def _pairs(first: Floats, second: Floats) -> list[str]:
    return [f"{x:g}, {y:g}" for x, y in zip(first, second, strict=True)]


def _reject_unread(east: Numbers, north: Numbers, names: str, shown: Any, sieve: Sieve) -> None:
    sieve.reject(east.unreadable | north.unreadable, names, shown, UNREADABLE)
    sieve.reject(np.isnan(east.values) != np.isnan(north.values), names, shown, HALF)


def _from_geometry(geometry: gpd.GeoSeries | Points, sieve: Sieve) -> tuple[Floats, Floats]:
    if isinstance(geometry, Points):
        return geometry.x, geometry.y
    shapes = geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    if (kinds == 4).any():
        single = (kinds == 4) & (shapely.get_num_geometries(shapes) == 1)
        shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
        kinds = shapely.get_type_id(shapes)
    wrong = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & (kinds != 0)
    sieve.reject(wrong, "geometry", geometry.geom_type, NOT_A_POINT)
    points = np.where((kinds == 0) & ~shapely.is_empty(shapes), shapes, None)
    return shapely.get_x(points), shapely.get_y(points)


def _placed(
    first: Floats,
    second: Floats,
    crs: CRS | None,
    table: Table,
    names: str,
    sieve: Sieve,
    notes: list[Note],
    shown: Callable[[], Any] | None,
) -> Placed:
    both = ~(np.isnan(first) | np.isnan(second))
    with np.errstate(invalid="ignore"):
        wild = both & ((np.abs(first) > _WORLD) | (np.abs(second) > _WORLD))
    sieve.reject(wild, names, shown or partial(_pairs, first, second), IMPOSSIBLE)
    both &= ~wild
    first, second = np.where(both, first, np.nan), np.where(both, second, np.nan)
    if crs is not None and crs.is_geographic and both.any() and _beyond(first, second):
        crs = None  # metres in a file that says degrees, as GeoJSON does when it says nothing
    placed = judge_coordinates(first, second, crs=crs, names=names, file=table.name)
    notes.extend(placed.notes)
    reject_misplaced(placed, sieve, names, shown or partial(_pairs, first, second))
    return placed


def _beyond(first: Floats, second: Floats) -> bool:
    big = np.fmax(np.abs(first), np.abs(second))
    return bool(np.nanmedian(big) > 360)
