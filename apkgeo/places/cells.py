"""A table of cells that knows which of them lie wholly in one area.

A point in such a cell is answered by one look into the table; only a point in a cell that a
border crosses is tested against the polygon. Columns and rows are found by a function that never
decreases (`_line`), for points and borders alike, so that rounding cannot put a point and the
border beside it into the wrong order: the answer is that of the exact test, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Array: TypeAlias = npt.NDArray[Any]

NONE = -1


@dataclass(frozen=True)
class Axis:
    """Cells along one axis, from `low` to `high`."""

    low: float
    high: float
    size: float
    count: int

    def line(self, value: Floats) -> Ints:
        """Return the number of the column (or row) of each value between `low` and `high`."""
        found = ((value - self.low) * (1 / self.size)).astype(np.int64)
        return np.minimum(found, self.count - 1)

    @property
    def margin(self) -> float:
        """More than rounding can move a cell's edge."""
        return 16 * float(np.spacing(max(abs(self.low), abs(self.high), self.size)))


@dataclass(frozen=True)
class Cells:
    """The table, and lists of areas for the cells that it cannot answer at once.

    Attributes
    ----------
    x, y : Axis
        Columns and rows.
    table : numpy.ndarray of int32
        For each cell the place of the area that holds it all, -1 for none, or -2 - k for the
        k-th list.
    starts : numpy.ndarray of int64
        Where each list starts in `entries`, and where the last one ends.
    entries : numpy.ndarray of int32
        Areas in their order as twice their place, plus 1 when the area holds the whole cell.
    """

    x: Axis
    y: Axis
    table: npt.NDArray[np.int32]
    starts: Ints
    entries: npt.NDArray[np.int32]

    def find(self, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
        """Return the table's answer for each point."""
        # NaN compares false: a point without coordinates is outside.
        inside = (x >= self.x.low) & (x <= self.x.high) & (y >= self.y.low) & (y <= self.y.high)
        if inside.all():
            return np.asarray(self.table[self.y.line(y) * self.x.count + self.x.line(x)])
        answer = np.full(len(x), NONE, dtype=np.int32)
        cell = self.y.line(y[inside]) * self.x.count + self.x.line(x[inside])
        answer[inside] = self.table[cell]
        return answer


def build(geometry: Array, always: npt.NDArray[np.bool_], wanted: int) -> Cells:
    """Lay about `wanted` cells over areas.

    Parameters
    ----------
    geometry : numpy.ndarray of object
        Valid polygons, prepared, None where there is none; the first that holds a point has it.
    always : numpy.ndarray of bool
        Areas that are valid on every day asked for: nothing after them matters in a cell of
        theirs.
    wanted : int
        How many cells.
    """
    x, y = _axes(geometry, wanted)
    area, cell = _crossed(geometry, x, y)
    inner_area, inner_cell = _held(geometry, area, cell, x, y)
    count, places = x.count * y.count, len(geometry)
    # The first area that always holds the whole cell: written last, so it stays.
    first = np.full(count, places, dtype=np.int32)
    lasting = always[inner_area]
    first[inner_cell[lasting][::-1]] = inner_area[lasting][::-1]
    keys = [
        _keys(area, cell, 0, first, places),
        _keys(inner_area[~lasting], inner_cell[~lasting], 1, first, places),
    ]
    listed = _distinct(np.concatenate(keys) // (2 * places))
    last = listed[first[listed] < places]
    keys.append(last * (2 * places) + 2 * first[last] + 1)
    key = np.sort(np.concatenate(keys))
    starts = np.flatnonzero(np.diff(key // (2 * places), prepend=-1, append=count))
    first[first == places] = NONE
    first[listed] = -2 - np.arange(len(listed))
    return Cells(x, y, first, starts, (key % (2 * places)).astype(np.int32))


def _keys(area: Ints, cell: Ints, whole: int, first: Array, places: int) -> Ints:
    """Return sortable numbers for the areas that come before the first one of their cell."""
    matters = area < first[cell]
    return cell[matters] * (2 * places) + 2 * area[matters] + whole


def _axes(geometry: Array, wanted: int) -> tuple[Axis, Axis]:
    bounds = shapely.bounds(geometry)
    west, south = np.nanmin(bounds[:, :2], axis=0)
    east, north = np.nanmax(bounds[:, 2:], axis=0)
    size = float(np.sqrt((east - west) * (north - south) / wanted))
    # Long and thin extents: no more cells along a side than were wanted in all. And a cell is
    # much larger than what rounding may move its edges by.
    finest = 1024 * np.spacing(np.abs([west, south, east, north]).max())
    size = max(size, (east - west) / wanted, (north - south) / wanted, float(finest))
    return tuple(  # type: ignore[return-value]
        Axis(float(low), float(high), size, int((high - low) / size) + 1)
        for low, high in ((west, east), (south, north))
    )


def _crossed(geometry: Array, x: Axis, y: Axis) -> tuple[Ints, Ints]:
    """Return area and cell for every cell that an area's border meets, in order, each once.

    Each side of a polygon is followed column by column: where it enters and leaves the column
    (a little widened against rounding) are the rows that it meets there.
    """
    parts, of_part = shapely.get_parts(geometry, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    side = np.flatnonzero(ring[1:] == ring[:-1])
    ax, ay = corners[side].T
    bx, by = corners[side + 1].T
    first, last = x.line(np.minimum(ax, bx)), x.line(np.maximum(ax, bx))
    which, column = _spans(first, last)
    ax, ay, bx, by = ax[which], ay[which], bx[which], by[which]
    low, high = np.minimum(ay, by), np.maximum(ay, by)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        slope = 1 / (bx - ax)
        enter = (x.low + x.size * column - x.margin - ax) * slope
        leave = (x.low + x.size * (column + 1) + x.margin - ax) * slope
    one, other = (ay + np.clip(part, 0.0, 1.0) * (by - ay) for part in (enter, leave))
    bottom = np.clip(np.minimum(one, other) - y.margin, low, high)
    top = np.clip(np.maximum(one, other) + y.margin, low, high)
    upright = ~np.isfinite(slope)
    bottom[upright], top[upright] = low[upright], high[upright]
    stretch, row = _spans(y.line(bottom), y.line(top))
    cell = row * x.count + column[stretch]
    area = of_part[of_ring[ring[side]]][which[stretch]]
    return np.divmod(_distinct(area * (x.count * y.count) + cell), x.count * y.count)


def _held(geometry: Array, area: Ints, cell: Ints, x: Axis, y: Axis) -> tuple[Ints, Ints]:
    """Return area and cell for every cell that lies wholly inside an area.

    Between two cells of a row that the border meets lies a run that it does not meet: one point
    of the run tells for all. Beyond the first and the last of a row is outside.
    """
    row, column = np.divmod(cell, x.count)
    gap = np.flatnonzero(
        (area[1:] == area[:-1]) & (row[1:] == row[:-1]) & (column[1:] > column[:-1] + 1)
    )
    middle = (
        x.low + (column[gap] + 1.5) * x.size,
        y.low + (row[gap] + 0.5) * y.size,
    )
    gap = gap[shapely.intersects_xy(geometry[area[gap]], *middle)]
    which, inner = _spans(cell[gap] + 1, cell[gap + 1] - 1)
    return area[gap][which], inner


def _spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return each whole number from first to last, and which span it is of."""
    length = last - first + 1
    which = np.repeat(np.arange(len(first)), length)
    ends = np.cumsum(length)
    return which, np.arange(len(which)) - (ends - length - first)[which]


def _distinct(values: Ints) -> Ints:
    """Return each value once, in order (many times as quick as numpy.unique)."""
    values = np.sort(values)
    return np.asarray(values[np.diff(values, prepend=values[:1] - 1) != 0])
