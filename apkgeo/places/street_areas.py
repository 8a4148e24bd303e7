"""Draw areas from the addresses that belong to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import Voronoi, cKDTree

from apkgeo.places.street_sharing import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Coordinates of borders are whole centimetres.
GRID = 0.01
# Farther than this a border is smoothed from its zigzag between houses, in metres.
SMOOTHING = 2.0
# Land up to this wide between the circles around an area's addresses belongs to it.
CLOSING = 20.0


def draw_areas(
    points: NDArray[np.float64],
    area: NDArray[np.int64],
    count: int,
    *,
    reach: float,
    within: Any = None,
) -> list[Any]:
    """Return a polygon for each area: the land nearest to one of its own addresses.

    Parameters
    ----------
    points : numpy.ndarray of float64, shape (n, 2)
        Every address of the register, in metres.
    area : numpy.ndarray of int64, shape (n,)
        The area of each, from 0; -1 for those that belong to none.
    count : int
        How many areas there are.
    reach : float
        How far from its own addresses an area reaches, in metres.
    within : shapely geometry, optional
        Where areas end; `reach` then counts only outside of it, that is, not at all.

    Returns
    -------
    list of shapely.Polygon or shapely.MultiPolygon
        In the order of the areas, with the same vertices on common borders; empty for an area
        without an address.

    Notes
    -----
    The cells are Voronoi's: a border runs in the middle between the nearest houses of two areas,
    along the middle of a street whose sides belong to different ones. Where two addresses of
    different areas stand on one point, the point belongs to the first. Zigzags are smoothed only
    as far as every address stays in its area.
    """
    places, first = np.unique(points, axis=0, return_index=True)
    # The first address of each place in the order given, so that ties have one outcome.
    of_place = area[first]
    listed = _listed_first(points, places, area)
    of_place = np.where(listed >= 0, listed, of_place)
    mask = _mask(places[of_place >= 0], reach) if within is None else within
    borders = _borders(places, of_place, mask)
    faces = _faces(borders, shapely.boundary(mask))
    inside = shapely.intersects(mask, shapely.point_on_surface(faces))
    faces = faces[inside]
    anchors = shapely.get_coordinates(shapely.point_on_surface(faces))
    _, nearest = cKDTree(places).query(anchors)
    owner = of_place[nearest]
    drawn = [shapely.coverage_union_all(faces[owner == one]) for one in range(count)]
    return _smoothed(drawn, places, of_place)


def _listed_first(
    points: NDArray[np.float64], places: NDArray[np.float64], area: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each place the first area among those of its addresses that have one."""
    _, place = cKDTree(places).query(points)
    chosen = np.full(len(places), NOWHERE, dtype=np.int64)
    for row in np.flatnonzero(area >= 0)[::-1]:
        chosen[place[row]] = area[row]
    return chosen


def _mask(own: NDArray[np.float64], reach: float) -> Any:
    """Return the land within reach of an address that belongs to any area, small gaps closed."""
    closing = min(CLOSING, reach / 2)
    near = shapely.union_all(shapely.buffer(shapely.points(own), reach + closing))
    land = shapely.union_all([shapely.buffer(near, -closing)], grid_size=GRID)
    parts = shapely.get_parts([land])
    return shapely.union_all(
        shapely.polygons([shapely.get_exterior_ring(part) for part in parts]), grid_size=GRID
    )


def _borders(places: NDArray[np.float64], area: NDArray[np.int64], mask: Any) -> Any:
    """Return the lines between neighbouring cells of different areas."""
    west, south, east, north = shapely.bounds(mask)
    margin = 10 * max(east - west, north - south, 1.0)
    frame = [
        (west - margin, south - margin), (west - margin, north + margin),
        (east + margin, south - margin), (east + margin, north + margin),
    ]  # fmt: skip
    origin = places.mean(axis=0)
    diagram = Voronoi(np.vstack([places, frame]) - origin)
    owner = np.append(area, [NOWHERE] * 4)
    pairs = diagram.ridge_points
    ends = np.asarray(diagram.ridge_vertices)
    chosen = (owner[pairs[:, 0]] != owner[pairs[:, 1]]) & (ends >= 0).all(axis=1)
    lines = shapely.linestrings(diagram.vertices[ends[chosen]] + origin)
    near = shapely.intersects(shapely.box(west, south, east, north), lines)
    return lines[near]


def _faces(borders: Any, edge: Any) -> NDArray[Any]:
    """Return the polygons into which the lines cut the land."""
    noded = shapely.union_all([*borders, edge], grid_size=GRID)
    collection = shapely.polygonize(shapely.get_parts([noded]))
    return np.asarray(shapely.get_parts([collection]))


def _smoothed(drawn: list[Any], places: NDArray[np.float64], area: NDArray[np.int64]) -> list[Any]:
    """Return areas with fewer zigzags, unless an address would leave its area."""
    shapes = np.array(drawn, dtype=object)
    filled = ~shapely.is_empty(shapes)
    smooth = shapes.copy()
    smooth[filled] = shapely.coverage_simplify(shapes[filled], SMOOTHING)
    sound = bool(shapely.is_valid(smooth).all()) and all(
        _holds(shape, places[area == one]) for one, shape in enumerate(smooth)
    )
    return list(smooth if sound else shapes)


def _holds(shape: Any, points: NDArray[np.float64]) -> bool:
    """Whether the shape holds all of the points."""
    shapely.prepare(shape)
    return bool(shapely.contains_xy(shape, points).all()) if len(points) else True
