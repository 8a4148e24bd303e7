"""The small map of the look-up: the districts' shapes with north up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from apkgeo.crs import WGS84
from apkgeo.places.district_matches import District
from apkgeo.places.districts import DistrictLookup

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Metres in a unit of the map.
GRAIN = 10.0
# Letters of a line on the map; a name that does not fit in two lines is told by its code.
LONGEST_LINE = 12


def drawing(lookup: DistrictLookup, areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return the shapes of a map with north up, and the way from the ground to it.

    The unit is `GRAIN` metres; the origin is the north-western corner.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        The districts of the look-up, in its CRS.

    Returns
    -------
    dict
        Sizes, ``shapes``, and ``ground``: six numbers a to f, by which x and y in the CRS come to
        stand at (a x + b y + c, d x + e y + f).
    """
    turn = _convergence(lookup.index.crs, areas)
    west, south, east, north = areas.total_bounds
    middle = np.array([(west + east) / 2, (south + north) / 2])
    across, along = np.cos(turn), np.sin(turn)

    def turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = (points - middle).T
        return np.column_stack([x * across - y * along, -x * along - y * across])

    shapes = shapely.transform(areas.geometry.to_numpy(), turned)
    corner = shapely.total_bounds(shapes)[:2] - 4 * GRAIN
    size = (shapely.total_bounds(shapes)[2:] - corner) / GRAIN + 4
    width, height = (int(np.ceil(one)) for one in size)
    shapes = shapely.transform(shapes, lambda points: (points - corner) / GRAIN)
    # One step on a screen of 600 pixels; shared borders stay shared.
    simple = shapes.copy()
    for epoch in reversed(lookup.epochs):
        members = list(epoch.members)
        simple[members] = shapely.coverage_simplify(shapes[members], max(width, height) / 600)
    text = max(width, height) / 34
    start = (turned(np.zeros((1, 2)))[0] - corner) / GRAIN
    ground = [across, -along, start[0] * GRAIN, -along, -across, start[1] * GRAIN]
    return {
        "width": width,
        "height": height,
        "text": round(text, 1),
        "dot": round(max(width, height) / 130, 2),
        "ground": [round(float(one) / GRAIN, 9) for one in ground],
        "shapes": [
            {"path": _path(shape), "lines": _lines(one), "x": round(at.x, 1), "y": round(at.y, 1)}
            for shape, one, at in zip(
                simple, lookup.districts, map(_inner_point, shapes), strict=True
            )
        ],
    }


def _lines(district: District) -> list[str]:
    """Return a district's name in the one or two lines that stand on the map."""
    name = district.name
    if district.title != name:
        return [district.code]
    if len(name) <= LONGEST_LINE:
        return [name]
    cuts = [i + 1 for i, letter in enumerate(name) if letter in " -–"]
    best = min(cuts, key=lambda cut: max(cut, len(name) - cut), default=0)
    lines = [name[:best].strip(), name[best:].strip()]
    return lines if best and max(map(len, lines)) <= LONGEST_LINE else [district.code]


def _inner_point(shape: Any) -> Any:
    """Return a point well inside a shape: the middle of the largest circle in it."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    return shapely.get_point(shapely.maximum_inscribed_circle(largest, 1.0), 0)


def _convergence(crs: str, areas: gpd.GeoDataFrame) -> float:
    """Return the angle in radians by which the map is turned so that north is up."""
    west, south, east, north = areas.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    to_degrees = Transformer.from_crs(crs, WGS84, always_xy=True)
    back = Transformer.from_crs(WGS84, crs, always_xy=True)
    longitude, latitude = to_degrees.transform(x, y)
    up_x, up_y = back.transform(longitude, latitude + 0.01)
    return float(np.arctan2(up_x - x, up_y - y))


def _path(shape: Any) -> str:
    """Return the rings of a shape as an SVG path in whole units, each step from the one before."""
    told = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = np.rint(np.asarray(ring.coords)[:-1]).astype(int)
            steps = np.diff(points, axis=0)
            moved = steps[(steps != 0).any(axis=1)]
            moves = " ".join(f"{x} {y}" for x, y in moved.tolist())
            told.append(f"M{points[0][0]} {points[0][1]}l{moves}z")
    return "".join(told)
