"""Grids of squares or hexagons over points or a city."""

from __future__ import annotations

from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pandas.api.types import is_number
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from apkgeo.crs import require_metric
from apkgeo.errors import InputError

Extent: TypeAlias = "gpd.GeoDataFrame | gpd.GeoSeries | BaseGeometry"
Array: TypeAlias = npt.NDArray[Any]

MOST_CELLS = 5_000_000

# Segments in a quarter of the circle by which points are surrounded (as sf::st_buffer).
QUARTER = 30

# A grid's default has so many cells on the shorter side of the extent.
ON_SHORTER_SIDE = 50

# Of a clipped cell, less than this share of the full cell is rounding, not a cell.
SLIVER = 1e-9


def square_grid(extent: Extent, cell_size: float | None = None) -> gpd.GeoDataFrame:
    """Lay squares over points or polygons.

    Parameters
    ----------
    extent : geopandas.GeoDataFrame, geopandas.GeoSeries or shapely geometry
        Points, or polygons, in a CRS in metres. (A bare shapely geometry has no CRS; it is taken
        to be in metres, and the grid has no CRS either.)
    cell_size : float, optional
        Width of a square in metres; by `choose_cell_size` when not given.

    Returns
    -------
    geopandas.GeoDataFrame
        ``code`` (row from the south and column from the west, both counted from 1:
        ``"r012c034"``), ``geometry`` and, over polygons, ``share``: how much of the full cell is
        left after clipping (0 to 1]. Rows go from the south, each from the west.
        ``attrs["cell_size"]`` tells the width.

    Raises
    ------
    InputError
        When `cell_size` is not positive or cannot be chosen, the extent is empty, mixed or of
        lines, or the grid would have more than five million cells.
    CRSError
        When the CRS is missing or not in metres.

    Notes
    -----
    Over *points*, squares start half a cell south-west of the corner of the points' bounding
    box, and those are kept that meet the points' convex hull buffered by half a cell. Over
    *polygons*, they start at the south-west corner of the bounding box and are clipped to the
    polygons; cells that only touch them are left out. A code depends on the extent: the same
    extent and size give the same codes.

    Examples
    --------
    >>> from shapely import box
    >>> grid = square_grid(box(0, 0, 250, 100), 100)
    >>> grid[["code", "share"]].values.tolist()
    [['r001c001', 1.0], ['r001c002', 1.0], ['r001c003', 0.5]]
    """
    region, crs, clip, cell_size = _region(extent, cell_size)
    west, south, east, north = shapely.bounds(region)
    columns, rows = _steps(east - west, cell_size), _steps(north - south, cell_size)
    _limit(columns * rows, cell_size)
    row, column = (part.ravel() for part in np.indices((rows, columns)))
    # Edges come from one array, so that neighbours share their corners to the last bit.
    x, y = west + cell_size * np.arange(columns + 1), south + cell_size * np.arange(rows + 1)
    cells = shapely.box(x[column], y[row], x[column + 1], y[row + 1])
    return _frame(cells, row, column, region, crs, clip, cell_size)


def hex_grid(extent: Extent, cell_size: float | None = None) -> gpd.GeoDataFrame:
    """Lay regular hexagons, a corner to the north, over points or polygons.

    Parameters
    ----------
    extent : geopandas.GeoDataFrame, geopandas.GeoSeries or shapely geometry
        As in `square_grid`.
    cell_size : float, optional
        Distance between opposite sides of a hexagon in metres, which is also the distance
        between the centres of neighbours; by `choose_cell_size` when not given. A hexagon's area
        is ``cell_size² · √3 / 2``.

    Returns
    -------
    geopandas.GeoDataFrame
        As from `square_grid`. Even rows are shifted east by half a cell.

    Raises
    ------
    InputError, CRSError
        As `square_grid`.

    Notes
    -----
    The first hexagon is centred on the south-west corner of the bounding box: of the convex hull
    of points buffered by half a cell, or of the polygons. What is kept or clipped is as in
    `square_grid`.

    Examples
    --------
    >>> from shapely import box
    >>> grid = hex_grid(box(0, 0, 1000, 1000), 100)
    >>> round(grid.area.sum()), round(grid.area.max())
    (1000000, 8660)
    """
    region, crs, clip, cell_size = _region(extent, cell_size)
    west, south, east, north = shapely.bounds(region)
    # Corners lie on a lattice of half widths and half edges.
    width, edge = cell_size / 2, cell_size / np.sqrt(3) / 2
    columns = _steps(east - west, cell_size) + 1
    rows = _steps(max(north - south - edge, 0.0), 3 * edge) + 1
    _limit(columns * rows, cell_size)
    row, column = (part.ravel() for part in np.indices((rows, columns)))
    x = west + width * np.arange(-1, 2 * columns + 2)
    y = south + edge * np.arange(-2, 3 * rows + 2)
    across = 2 * column + row % 2 + 1
    up = 3 * row + 2
    corners = [(0, 2), (1, 1), (1, -1), (0, -2), (-1, -1), (-1, 1)]
    ring = np.stack([np.c_[x[across + i], y[up + j]] for i, j in corners], axis=1)
    return _frame(shapely.polygons(ring), row, column, region, crs, clip, cell_size)


def choose_cell_size(extent: Extent) -> float:
    """Return a width of cells by a rule of thumb.

    Parameters
    ----------
    extent : geopandas.GeoDataFrame, geopandas.GeoSeries or shapely geometry
        Points or polygons, as in `square_grid`.

    Returns
    -------
    float
        In metres.

    Raises
    ------
    InputError
        When the extent has no width or no height, or is unusable.
    CRSError
        When the CRS is missing or not in metres.

    Notes
    -----
    The shorter side of the extent's bounding box holds 50 cells, and the width is rounded down
    to hundreds of metres, below 100 m to tens and below 10 m not at all. Down to 100 m this is
    the rule of sfhotspot [1]_. It looks at the extent only: where incidents are few, take wider
    cells, so that most of those that matter hold several.

    References
    ----------
    .. [1] Ashby, M. (2023). sfhotspot: hot-spot analysis with simple features. R package.
       doi:10.32614/CRAN.package.sfhotspot

    Examples
    --------
    >>> from shapely import box
    >>> [choose_cell_size(box(0, 0, side, 90_000)) for side in (29_500, 5_000, 4_200, 300)]
    [500.0, 100.0, 80.0, 6.0]
    """
    parts, _crs = _parts(extent)
    return _chosen_size(parts)


def _chosen_size(parts: Array) -> float:
    west, south, east, north = shapely.total_bounds(parts)
    width = min(east - west, north - south) / ON_SHORTER_SIDE
    if not width > 0:
        raise InputError(
            "cell_size",
            expected="an extent with a width and a height to choose it by",
            came="points on one line" if max(east - west, north - south) > 0 else "one place",
            remedy="give cell_size in metres",
        )
    step = next((step for step in (100.0, 10.0) if width >= step * (1 - 1e-9)), None)
    return float(width if step is None else step * np.floor(width / step * (1 + 1e-9)))


def _region(
    extent: Extent, cell_size: float | None
) -> tuple[BaseGeometry, CRS | None, bool, float]:
    """Return the region to cover, its CRS, whether cells are clipped to it, and their width."""
    if cell_size is not None and (not is_number(cell_size) or not 0 < cell_size < np.inf):
        raise InputError("cell_size", expected="a positive number of metres", came=repr(cell_size))
    parts, crs = _parts(extent)
    size = _chosen_size(parts) if cell_size is None else float(cell_size)
    if shapely.get_type_id(parts[0]) == shapely.GeometryType.POLYGON:
        return shapely.union_all(parts), crs, True, size
    hull = shapely.convex_hull(shapely.multipoints(parts))
    return shapely.buffer(hull, size / 2, quad_segs=QUARTER), crs, False, size


def _parts(extent: Extent) -> tuple[Array, CRS | None]:
    """Return the points, or the valid polygons, of an extent, and its CRS."""
    crs = None
    if isinstance(extent, (gpd.GeoDataFrame, gpd.GeoSeries)):
        crs = require_metric(extent, "the extent of a grid")
        geometry = np.asarray(extent.geometry.values, dtype=object)
    elif isinstance(extent, BaseGeometry):
        geometry = np.array([extent], dtype=object)
    else:
        raise InputError(
            "the extent of a grid",
            expected="a GeoDataFrame, a GeoSeries or a shapely geometry",
            came=f"a {type(extent).__name__}",
        )
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[~shapely.is_empty(parts)]
    kinds = {part.geom_type for part in parts}
    if not len(parts):
        raise InputError("the extent of a grid", expected="points or polygons", came="none")
    if kinds not in ({"Polygon"}, {"Point"}):
        raise InputError(
            "the extent of a grid",
            expected="points only or polygons only",
            came=" and ".join(sorted(kinds)),
            remedy="buffer lines, or choose one kind",
        )
    if not shapely.is_valid(parts).all():
        points = kinds == {"Point"}
        raise InputError(
            "the extent of a grid",
            expected="finite coordinates" if points else "valid polygons",
            came=shapely.is_valid_reason(parts[~shapely.is_valid(parts)][0]),
            remedy="drop the others" if points else "repair them with .make_valid()",
        )
    return parts, crs


def _steps(length: float, step: float) -> int:
    """Return how many steps cover `length`, rounding errors aside."""
    return max(1, int(np.ceil(length / step - 1e-9)))


def _limit(cells: int, cell_size: float) -> None:
    if cells > MOST_CELLS:
        raise InputError(
            f"a grid with cells of {cell_size:g} m",
            expected=f"at most {MOST_CELLS:,} cells",
            came=f"{cells:,}",
            remedy=f"take cells of at least {cell_size * np.sqrt(cells / MOST_CELLS):.4g} m",
        )


def _frame(
    cells: Array,
    row: Array,
    column: Array,
    region: BaseGeometry,
    crs: CRS | None,
    clip: bool,
    cell_size: float,
) -> gpd.GeoDataFrame:
    """Keep the cells that meet the region (clipped to it, if so asked), with their codes."""
    shapely.prepare(region)
    digits = [max(3, len(str(part.max() + 1))) for part in (row, column)]
    kept = np.flatnonzero(shapely.intersects(region, cells))
    values: dict[str, Array] = {}
    if clip:
        full = shapely.area(cells[0])
        cut = kept[~shapely.covers(region, cells[kept])]
        cells[cut] = _faces(shapely.intersection(cells[cut], region))
        share = np.ones(len(cells))
        share[cut] = shapely.area(cells[cut]) / full
        kept = kept[share[kept] > SLIVER]
        values["share"] = np.minimum(share[kept], 1.0)
    codes = [
        f"r{r:0{digits[0]}d}c{c:0{digits[1]}d}"
        for r, c in zip((row[kept] + 1).tolist(), (column[kept] + 1).tolist(), strict=True)
    ]
    found = gpd.GeoDataFrame({"code": codes, **values}, geometry=cells[kept], crs=crs)
    found.attrs["cell_size"] = float(cell_size)
    return found


def _faces(geometry: Array) -> Array:
    """Return geometries without the lines and points that an intersection may leave."""
    for place in np.flatnonzero(shapely.get_type_id(geometry) == 7):
        parts = shapely.get_parts(geometry[place])
        geometry[place] = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    return geometry
