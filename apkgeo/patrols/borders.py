"""Borders of areas as straight pieces, found quickly from many steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from apkgeo.patrols.track import Floats, Ints
from apkgeo.places.locate import AreaIndex

# Reaches are sorted into classes, each twice as wide as the one before; the first in metres.
FIRST_CLASS = 8.0

# Most cells along a side of a table.
SIDE = 2000

# Pairs of a step and a piece that are looked at in one go.
PAIRS = 1 << 20


@dataclass(frozen=True, eq=False)
class Borders:
    """The sides of all areas, rims of holes included.

    Attributes
    ----------
    ax, ay, bx, by : numpy.ndarray of float64
        Ends of each side.
    row : numpy.ndarray of int64
        The area, as a place in ``AreaIndex.areas``.
    code : numpy.ndarray of int64
        Its code, as a place in ``AreaIndex.unique_codes``.
    """

    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats
    row: Ints
    code: Ints

    def __len__(self) -> int:
        """How many sides there are."""
        return len(self.ax)

    def split(self, longest: float) -> Borders:
        """Return the same borders in sides of at most `longest` metres."""
        length = np.hypot(self.bx - self.ax, self.by - self.ay)
        parts = np.maximum(np.ceil(length / longest), 1).astype(np.int64)
        if (parts == 1).all():
            return self
        side = np.repeat(np.arange(len(self)), parts)
        number = np.arange(len(side)) - np.repeat(np.cumsum(parts) - parts, parts)
        start, end = number / parts[side], (number + 1) / parts[side]
        ax, ay = self.ax[side], self.ay[side]
        dx, dy = self.bx[side] - ax, self.by[side] - ay
        last = number + 1 == parts[side]
        return Borders(
            ax + start * dx,
            ay + start * dy,
            np.where(last, self.bx[side], ax + end * dx),
            np.where(last, self.by[side], ay + end * dy),
            self.row[side],
            self.code[side],
        )


def borders_of(index: AreaIndex) -> Borders:
    """Return the sides of the areas of an index."""
    polygons, area = shapely.get_parts(index.areas.geometry, return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    start, end = xy[:-1][follows], xy[1:][follows]
    row = area[polygon[ring[:-1][follows]]].astype(np.int64)
    code = index.unique_codes.get_indexer(index.areas.codes)
    return Borders(start[:, 0], start[:, 1], end[:, 0], end[:, 1], row, code[row].astype(np.int64))


def pairs_near(
    borders: Borders, x: Floats, y: Floats, reach: Floats
) -> Iterator[tuple[Ints, Borders, Ints]]:
    """Find the sides of borders within reach of points.

    Yields
    ------
    points, borders, sides
        Pairs of a point and a side of `borders` (split anew for each class of reach) that lie no
        further apart than the point's reach. All pairs of a point come in one go, in its order.
    """
    if not len(borders):
        return
    kind = np.ceil(np.log2(np.maximum(reach, FIRST_CLASS) / FIRST_CLASS)).astype(np.int64)
    for one in np.unique(kind):
        points = np.flatnonzero(kind == one)
        table = _Table(borders, FIRST_CLASS * 2.0 ** float(one))
        yield from table.pairs(x, y, reach, points)


class _Table:
    """Squares, each with the sides of borders that are within a distance of some point of it."""

    def __init__(self, borders: Borders, reach: float) -> None:
        west = min(borders.ax.min(), borders.bx.min()) - 2 * reach
        south = min(borders.ay.min(), borders.by.min()) - 2 * reach
        east = max(borders.ax.max(), borders.bx.max()) + 2 * reach
        north = max(borders.ay.max(), borders.by.max()) + 2 * reach
        self.size = max(reach, (east - west) / SIDE, (north - south) / SIDE)
        self.west, self.south = west, south
        self.columns = int((east - west) // self.size) + 1
        self.rows = int((north - south) // self.size) + 1
        self.borders = borders.split(2 * self.size)
        cell, side = self._cells_of_sides(reach)
        order = np.argsort(cell, kind="stable")
        self.sides = side[order]
        counts = np.bincount(cell, minlength=self.columns * self.rows)
        self.starts = np.concatenate([[0], np.cumsum(counts)])

    def _cells_of_sides(self, reach: float) -> tuple[Ints, Ints]:
        """Return pairs of a cell and a side whose box comes within reach of it."""
        b = self.borders
        left = self._column(np.minimum(b.ax, b.bx) - reach)
        right = self._column(np.maximum(b.ax, b.bx) + reach)
        low = self._row(np.minimum(b.ay, b.by) - reach)
        high = self._row(np.maximum(b.ay, b.by) + reach)
        across, up = right - left + 1, high - low + 1
        side = np.repeat(np.arange(len(b)), across * up)
        number = np.arange(len(side)) - np.repeat(np.cumsum(across * up) - across * up, across * up)
        cell = (low[side] + number // across[side]) * self.columns + left[side]
        return cell + number % across[side], side

    def _column(self, x: Floats) -> Ints:
        column = np.floor((x - self.west) / self.size).astype(np.int64)
        return np.asarray(np.minimum(np.maximum(column, 0), self.columns - 1))

    def _row(self, y: Floats) -> Ints:
        row = np.floor((y - self.south) / self.size).astype(np.int64)
        return np.asarray(np.minimum(np.maximum(row, 0), self.rows - 1))

    def pairs(
        self, x: Floats, y: Floats, reach: Floats, points: Ints
    ) -> Iterator[tuple[Ints, Borders, Ints]]:
        """Yield pairs as `pairs_near` does."""
        # A point beyond the table is further from every border than its reach.
        px, py = x[points], y[points]
        inside = (px >= self.west) & (py >= self.south)
        inside &= (px < self.west + self.columns * self.size) & (
            py < self.south + self.rows * self.size
        )
        points, px, py = points[inside], px[inside], py[inside]
        cell = self._row(py) * self.columns + self._column(px)
        counts = self.starts[cell + 1] - self.starts[cell]
        points, cell, counts = points[counts > 0], cell[counts > 0], counts[counts > 0]
        total = np.cumsum(counts)
        cuts = np.searchsorted(total, np.arange(PAIRS, (total[-1] if len(total) else 0), PAIRS))
        for part in np.split(np.arange(len(points)), cuts):
            number = counts[part]
            point = np.repeat(points[part], number)
            skipped = np.repeat(np.cumsum(number) - number, number)
            entry = np.arange(len(point)) - skipped + np.repeat(self.starts[cell[part]], number)
            side = self.sides[entry]
            near = distance(x[point], y[point], self.borders, side) <= reach[point]
            yield point[near], self.borders, side[near]


def distance(x: Floats, y: Floats, borders: Borders, side: Ints) -> Floats:
    """Return the distance of each point from the side beside it."""
    ax, ay = borders.ax[side], borders.ay[side]
    dx, dy = borders.bx[side] - ax, borders.by[side] - ay
    wx, wy = x - ax, y - ay
    square = dx * dx + dy * dy
    along = (wx * dx + wy * dy) / np.where(square > 0, square, 1.0)
    along = along.clip(0.0, 1.0)
    return np.asarray(np.hypot(wx - along * dx, wy - along * dy))


def crossings(
    px: Floats, py: Floats, qx: Floats, qy: Floats, borders: Borders, side: Ints
) -> tuple[Ints, Floats]:
    """Return where straight steps meet the sides beside them.

    Returns
    -------
    pair, share
        Number of the pair, and how much of the step (0 to 1) lies before the meeting. A step
        that runs along a side meets it at the ends of what they have in common.
    """
    ax, ay = borders.ax[side], borders.ay[side]
    sx, sy = borders.bx[side] - ax, borders.by[side] - ay
    dx, dy = qx - px, qy - py
    wx, wy = ax - px, ay - py
    cross = dx * sy - dy * sx
    length, width = np.hypot(dx, dy), np.hypot(sx, sy)
    slanted = np.abs(cross) > 1e-12 * length * width
    divisor = np.where(slanted, cross, 1.0)
    share = (wx * sy - wy * sx) / divisor
    along = (wx * dy - wy * dx) / divisor
    slack = 1e-9
    met = slanted & (share >= -slack) & (share <= 1 + slack)
    met &= (along >= -slack) & (along <= 1 + slack)
    pair = np.flatnonzero(met)
    found, shares = [pair], [share[pair].clip(0, 1)]
    # Along a side: both ends of the side are as good as on the step's line.
    away = np.abs(wx * dy - wy * dx)
    level = np.flatnonzero(~slanted & (length > 0) & (away <= 1e-9 * np.maximum(length, 1.0)))
    for ex, ey in ((wx[level], wy[level]), (wx[level] + sx[level], wy[level] + sy[level])):
        at = (ex * dx[level] + ey * dy[level]) / length[level] ** 2
        on = (at >= 0) & (at <= 1)
        found.append(level[on])
        shares.append(at[on])
    return np.concatenate(found), np.concatenate(shares)
