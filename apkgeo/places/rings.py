"""Rings around localities: where displaced or diffused effects would show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry.base import BaseGeometry

from apkgeo.crs import require_metric
from apkgeo.errors import InputError
from apkgeo.places.areas import polygons

Array: TypeAlias = npt.NDArray[Any]

# Segments in a quarter of a circle: a buffer of 300 m is then nowhere more than 0.1 m too small.
QUARTER = 32

CORNERS = [(False, False), (False, True), (True, False), (True, True)]


def rings(areas: gpd.GeoDataFrame, distances: float | Iterable[float]) -> gpd.GeoDataFrame:
    """Draw rings around each area, up to each of the distances.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas with ``code`` and polygons, in a CRS in metres; each code once.
    distances : float or iterable of float
        Outer distances of the rings in metres, increasing. The first ring begins at the area's
        border, each further one where the one before ends. (A leading 0 is allowed.)

    Returns
    -------
    geopandas.GeoDataFrame
        One row for each area and distance: ``code`` (``"plac:0-150"``), ``locality`` (the area's
        code), ``inner``, ``outer`` (metres), ``geometry``. Areas come in the order given, the
        rings of each from the inside. A ring that other areas leave no place is empty.

    Raises
    ------
    InputError
        When there is no ``code``, a code comes twice, an area is not a valid polygon, or the
        distances are not positive and increasing.
    CRSError
        When the CRS is missing or not in metres.

    Notes
    -----
    Rings never reach into any of the areas, and **a place near two areas belongs to the nearest
    one**, so that no incident is counted in two rings; its ring is told by the distance to that
    area. Borders between the rings of two areas are drawn from points along the areas' outlines,
    at most a hundredth of the largest distance apart (never under 0.5 m), and are as exact as
    that. Round corners are drawn with 32 segments a quarter: at 300 m nowhere over 0.1 m too near.

    Validity is not looked at: give the areas that exist at the same time.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> plac = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 100, 100)], crs=5514)
    >>> around = rings(plac, [150, 300])
    >>> around["code"].to_list(), around.area.round(-3).astype(int).to_list()
    (['plac:0-150', 'plac:150-300'], [131000, 272000])
    """
    require_metric(areas, "the areas")
    edges = _edges(distances)
    codes, geometry = _check(areas)
    taken = shapely.union_all(geometry)
    realms = _realms(geometry, taken, edges[-1])
    zones = [geometry]
    zones += [shapely.buffer(geometry, distance, quad_segs=QUARTER) for distance in edges[1:]]
    rows: dict[str, list[Any]] = {"code": [], "locality": [], "inner": [], "outer": []}
    shapes = []
    for place, code in enumerate(codes):
        for number, (inner, outer) in enumerate(pairwise(edges)):
            ring = shapely.difference(zones[number + 1][place], zones[number][place])
            if realms[place] is not None:
                ring = shapely.intersection(ring, realms[place])
            shapes.append(_faces(shapely.difference(ring, taken)))
            for column, value in zip(
                rows, (f"{code}:{inner:g}-{outer:g}", code, inner, outer), strict=True
            ):
                rows[column].append(value)
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=areas.crs)


def _edges(distances: float | Iterable[float]) -> list[float]:
    """Return the distances with a 0 before them, checked."""
    given: Iterable[Any] = [distances] if np.isscalar(distances) else distances  # type: ignore[assignment]
    try:
        outer = [float(distance) for distance in given]
    except (TypeError, ValueError) as error:
        raise InputError("distances", expected="numbers of metres", came=repr(distances)) from error
    if len(outer) > 1 and outer[0] == 0:
        outer = outer[1:]
    edges = [0.0, *outer]
    steps = np.diff(edges)
    if not outer or not np.isfinite(outer).all() or (steps <= 0).any():
        raise InputError(
            "distances",
            expected="positive, increasing metres, such as [150, 300]",
            came=repr(distances),
        )
    return edges


def _check(areas: gpd.GeoDataFrame) -> tuple[list[Any], Array]:
    """Return the codes and the polygons, each code once."""
    if "code" not in areas.columns:
        raise InputError(
            "the areas",
            expected="a column code",
            came=f"columns {', '.join(map(str, areas.columns))}",
            remedy="rename the column that names the areas",
        )
    twice = areas["code"][areas["code"].duplicated()]
    if len(twice):
        raise InputError(
            f"the areas, code {twice.iloc[0]!r}",
            expected="each code once",
            came=f"{(areas['code'] == twice.iloc[0]).sum()} rows",
            remedy="unite them with .dissolve('code', as_index=False), or take one version",
        )
    geometry = polygons(np.asarray(areas.geometry.values, dtype=object), areas["code"], "the areas")
    return areas["code"].to_list(), geometry


def _realms(geometry: Array, taken: BaseGeometry, reach: float) -> Array:
    """Return for each area the region that is nearest to it, None where no other is in reach.

    The region is the union of the Voronoi cells of points along the area's outline, as far as
    that is an outline of all areas (`taken`), too.
    """
    realms = np.full(len(geometry), None, dtype=object)
    one, other = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=2 * reach)
    near = np.unique(one[one != other])
    if not len(near):
        return realms
    step = max(reach / 100, 0.5)
    points, owner = shapely.get_coordinates(
        shapely.segmentize(shapely.boundary(geometry[near]), step), return_index=True
    )
    # Where areas touch, the point is the first one's: rings begin beyond it in any case.
    points, first = np.unique(points, axis=0, return_index=True)
    shapely.prepare(taken)
    outer = ~shapely.contains_properly(taken, shapely.points(points))
    points, owner = points[outer], owner[first][outer]
    for place, realm in zip(near, _regions(points, owner, len(near), 3 * reach), strict=True):
        realms[place] = realm
    return realms


def _regions(points: Array, owner: Array, owners: int, margin: float) -> list[BaseGeometry]:
    """Return the region that is nearest to the points of each owner, up to `margin` around.

    Only the sides of Voronoi cells between different owners are joined into polygons: there are
    few of them, and both owners' regions then have the same corners to the last bit.
    """
    centre = points.mean(axis=0)
    low, high = points.min(axis=0) - centre - margin, points.max(axis=0) - centre + margin
    # Far helpers, owned by no one, close the cells that would be endless.
    far = np.array([np.where(corner, high + 9 * margin, low - 9 * margin) for corner in CORNERS])
    diagram = Voronoi(np.vstack([points - centre, far]))
    owner = np.concatenate([owner, np.full(len(far), -1)])
    pairs, sides = diagram.ridge_points, np.array(diagram.ridge_vertices)
    between = (owner[pairs[:, 0]] != owner[pairs[:, 1]]) & (sides >= 0).all(axis=1)
    corners = diagram.vertices[sides[between]]
    corners = corners[(corners[:, 0] != corners[:, 1]).any(axis=1)]
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(corners + centre)))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    nearest = owner[cKDTree(diagram.points).query(inside - centre)[1]]
    return [shapely.union_all(faces[nearest == number]) for number in range(owners)]


def _faces(geometry: Any) -> Any:
    """Return the polygons of a geometry, an empty polygon when it has none."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    faces = parts[shapely.get_dimensions(parts) == 2]
    if len(faces) == len(parts) and len(parts):
        return geometry
    return shapely.union_all(faces) if len(faces) else shapely.Polygon()
