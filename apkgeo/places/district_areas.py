"""Lay addresses into districts: the district of each and its distance to that district's border."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.crs import require_crs
from apkgeo.errors import InputError
from apkgeo.places.epochs import Epoch, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apkgeo.places.address_index import AddressIndex

COLUMNS = ("code", "name", "station", "officer", "phone", "state_police")


def district_areas(districts: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return the districts in `crs`, repaired, with None for what is not known.

    Returns
    -------
    geopandas.GeoDataFrame
        `COLUMNS` as text, ``valid_from`` and ``valid_to`` as dates, and geometry.

    Raises
    ------
    InputError
        When columns are missing, a geometry is no polygon, or no district is left.
    """
    if not isinstance(districts, gpd.GeoDataFrame) or not {"code", "name"} <= set(
        districts.columns
    ):
        raise InputError(
            "the districts",
            expected="a GeoDataFrame with the columns code and name",
            came=f"a {type(districts).__name__}"
            + (
                f" with {', '.join(map(str, districts.columns))}"
                if hasattr(districts, "columns")
                else ""
            ),
            remedy="read them with apkgeo.read_boundaries",
        )
    require_crs(districts, "the districts frame")
    shapes = districts.geometry.to_numpy()
    placed = districts[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if placed.empty:
        raise InputError(
            "the districts", expected="at least one district with a shape", came="none",
            remedy="read them with apkgeo.read_boundaries",
        )  # fmt: skip
    wrong = placed[~placed.geom_type.isin(["Polygon", "MultiPolygon"])]
    if len(wrong):
        raise InputError(
            f"the districts, row {wrong.index[0]}",
            expected="Polygon or MultiPolygon",
            came=str(wrong.geom_type.iloc[0]),
        )
    table: dict[str, list[Any]] = {
        column: [_text(value) for value in placed[column]]
        if column in placed.columns
        else [None] * len(placed)
        for column in COLUMNS
    }
    repaired = placed.geometry.to_crs(crs).make_valid().to_numpy()
    geometry = np.array([_polygons(shape) for shape in repaired])
    if (shapely.area(geometry) == 0).any():
        raise InputError(
            f"the districts, row {placed.index[np.argmin(shapely.area(geometry))]}",
            expected="an area",
            came="a polygon without one",
        )
    for column in ("valid_from", "valid_to"):
        table[column] = _days(placed, column)
    frame = pd.DataFrame(table, dtype="object")
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=crs)


def _days(districts: gpd.GeoDataFrame, column: str) -> list[date | None]:
    """Return a column of days; None where none is written, or it is no day."""
    if column not in districts.columns:
        return [None] * len(districts)
    days = pd.to_datetime(districts[column], errors="coerce")
    return [None if pd.isna(day) else day.date() for day in days]


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a repaired shape without the lines and points that the repair left over."""
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def _text(value: object) -> str | None:
    """Return a cell as text; None where it is empty."""
    if value is None or (isinstance(value, float) and value != value) or value is pd.NA:
        return None
    return str(value).strip() or None


def place_in_epochs(index: AddressIndex, areas: gpd.GeoDataFrame) -> tuple[Epoch, ...]:
    """Return the spans of time between the districts' changes, the addresses laid into each.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        What `district_areas` returned.
    """
    epochs = []
    for start, stop, members in spans(list(zip(areas.valid_from, areas.valid_to, strict=True))):
        chosen = areas.iloc[list(members)]
        area, distance = place_in_districts(index, chosen)
        # Back to the numbers of all districts; -1, outside, reads the last element.
        numbers = np.array([*members, -1], dtype=np.int32)
        epochs.append(Epoch(start, stop, members, numbers[area], distance))
    if not epochs:
        raise InputError(
            "the districts", expected="at least one that is valid for a day", came="none",
            remedy="look at their columns valid_from and valid_to",
        )  # fmt: skip
    return tuple(epochs)


def place_in_districts(
    index: AddressIndex, areas: gpd.GeoDataFrame
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return for each address its district, and the metres to that district's border.

    Addresses outside have -1 and the distance to the nearest district; on a shared border the
    first district counts. An address without a point has -1 and NaN.
    """
    placed = np.flatnonzero(~np.isnan(index.x))
    points = shapely.points(index.x[placed], index.y[placed])
    polygons = areas.geometry.to_numpy()
    tree = shapely.STRtree(polygons)
    point, polygon = tree.query(points, predicate="intersects")
    area = np.full(len(index), len(areas), dtype=np.int32)
    np.minimum.at(area, placed[point], polygon.astype(np.int32))
    area[area == len(areas)] = -1
    distance = np.full(len(index), np.nan)
    inside = area[placed]
    for number, border in enumerate(shapely.boundary(polygons)):
        chosen = inside == number
        shapely.prepare(border)
        distance[placed[chosen]] = shapely.distance(points[chosen], border)
    outside = np.flatnonzero(inside < 0)
    if len(outside):
        nearest, metres = shapely.STRtree(_sides(polygons)).query_nearest(
            points[outside], return_distance=True, all_matches=False
        )
        distance[placed[outside[nearest[0]]]] = metres
    return area, distance


def _sides(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return every side of the polygons as a line of its own."""
    rings = shapely.get_rings(shapely.get_parts(polygons))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    pairs = np.stack([coordinates[:-1][same], coordinates[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(pairs))
