"""The districts' outlines in whole decimetres: which of them holds a point, and how near it is.

Addresses are laid into districts once, exactly. A point that is typed later is placed by these
outlines, in whole numbers, so that a kept look-up needs no geometry library and the page
(``pages/static/lookup_points.js``) comes to the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outlines(NamedTuple):
    """The rings of all districts.

    Attributes
    ----------
    x, y : numpy.ndarray of int64
        Corners in decimetres, ring after ring; the last corner of a ring is its first.
    ring : numpy.ndarray of int64
        Where each ring begins, and after them how many corners there are.
    owner : numpy.ndarray of int64
        The district of each ring.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    ring: NDArray[np.int64]
    owner: NDArray[np.int64]

    def holding(self, x: int, y: int, districts: Iterable[int]) -> list[int]:
        """Return those of `districts` that a point lies in or on the border of."""
        return [one for one in districts if self._holds(x, y, one)]

    def metres(self, x: int, y: int, district: int) -> float:
        """Return the distance of a point to a district's border, to a tenth of a metre."""
        squares = []
        for x1, y1, x2, y2 in self._sides(district):
            dx, dy = x2 - x1, y2 - y1
            length = dx * dx + dy * dy
            along = (x - x1) * dx + (y - y1) * dy
            part = np.clip(along / np.maximum(length, 1), 0.0, 1.0)
            squares.append(((x1 + part * dx - x) ** 2 + (y1 + part * dy - y) ** 2).min())
        return float(np.floor(np.sqrt(min(squares)) + 0.5)) / 10

    def _holds(self, x: int, y: int, district: int) -> bool:
        inside = False
        for x1, y1, x2, y2 in self._sides(district):
            cross = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            on = (
                (cross == 0)
                & (np.minimum(x1, x2) <= x) & (x <= np.maximum(x1, x2))
                & (np.minimum(y1, y2) <= y) & (y <= np.maximum(y1, y2))
            )  # fmt: skip
            if on.any():
                return True
            # A ray to the west crosses the sides that lie left of the point at its height.
            across = (y1 > y) != (y2 > y)
            left = np.where(y2 > y1, cross < 0, cross > 0)
            inside ^= bool(np.count_nonzero(across & left) % 2)
        return inside

    def _sides(
        self, district: int
    ) -> Iterable[
        tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
    ]:
        """Return the ends of the sides of each ring."""
        for number in np.flatnonzero(self.owner == district).tolist():
            start, stop = int(self.ring[number]), int(self.ring[number + 1])
            x, y = self.x[start:stop], self.y[start:stop]
            yield x[:-1], y[:-1], x[1:], y[1:]


def outlines(polygons: Sequence[object]) -> Outlines:
    """Return the outlines of polygons, one or several parts each, in their order.

    Examples
    --------
    >>> from shapely import box
    >>> both = outlines([box(0, 0, 10, 10), box(10, 0, 20, 10)])
    >>> both.holding(100, 50, [0, 1]), both.holding(150, 50, [0, 1]), both.metres(150, 50, 0)
    ([0, 1], [1], 5.0)
    """
    import shapely

    parts, district = shapely.get_parts(np.asarray(polygons), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    whole = np.floor(corners * 10 + 0.5).astype(np.int64)
    starts = np.searchsorted(ring, np.arange(len(rings) + 1))
    return Outlines(whole[:, 0], whole[:, 1], starts, district[part])
