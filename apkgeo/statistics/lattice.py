"""Regular grids as rasters, on which a neighbourhood's sum is a difference of running sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apkgeo.statistics._cells import Floats, Ints

# A raster may have this many places for each cell (and always the second number).
_SPARSEST = 20
_ALWAYS = 10_000

# Coordinates that differ by less than this share of the extent are one coordinate.
_SAME = 1e-7


@dataclass(frozen=True)
class Lattice:
    """Places of cells on a raster.

    Attributes
    ----------
    row, column : ndarray of int, shape (n,)
        Where each cell's centre lies; rows from the south, columns from the west.
    shape : tuple of int
        Rows and columns of the raster.
    step : tuple of float
        Metres between rows and between columns. Hexagons lie on every other place.
    origin : tuple of float
        x and y of row 0, column 0.
    """

    row: Ints
    column: Ints
    shape: tuple[int, int]
    step: tuple[float, float]
    origin: tuple[float, float]

    def raster(self, values: Floats) -> Floats:
        """Return values (n,) as a raster with zeros where there is no cell."""
        grid = np.zeros(self.shape)
        grid[self.row, self.column] = values
        return grid

    def window_sums(self, values: Floats, distance: float) -> Floats:
        """Return for each cell the sum over cells within `distance`, itself included."""
        down, across = self.step
        reach = min(int(distance / down), self.shape[0] - 1)
        widths = [
            min(int(np.sqrt(max(distance**2 - (up * down) ** 2, 0.0)) / across), self.shape[1] - 1)
            for up in range(reach + 1)
        ]
        rows, columns = self.shape
        side = widths[0]
        running = np.zeros((rows, columns + 2 * side + 1))
        running[:, side + 1 : side + 1 + columns] = np.cumsum(self.raster(values), axis=1)
        running[:, side + 1 + columns :] = running[:, side + columns, None]
        total = np.zeros(self.shape)
        for up, width in enumerate(widths):
            left, right = side - width, side + width + 1
            strip = running[:, right : right + columns] - running[:, left : left + columns]
            total[up:] += strip[: rows - up]
            if up:
                total[: rows - up] += strip[up:]
        return np.asarray(total[self.row, self.column])


def find_lattice(xy: Floats) -> Lattice | None:
    """Return how centres (n, 2) lie on a regular raster, or None when they do not."""
    columns, rows = _places(xy[:, 0]), _places(xy[:, 1])
    if columns is None or rows is None:
        return None
    column, across, west = columns
    row, down, south = rows
    shape = int(row.max()) + 1, int(column.max()) + 1
    if shape[0] * shape[1] > max(_SPARSEST * len(xy), _ALWAYS):
        return None
    if np.bincount(row * shape[1] + column).max() > 1:
        return None
    return Lattice(row, column, shape, (down, across), (west, south))


def _places(values: Floats) -> tuple[Ints, float, float] | None:
    """Return the place of each coordinate on an axis, the step and the origin."""
    low, extent = float(values.min()), float(np.ptp(values))
    if extent == 0:
        return np.zeros(len(values), dtype=np.int64), 1.0, low
    gaps = np.diff(np.sort(values))
    step = float(gaps[gaps > _SAME * extent].min())
    steps = round(extent / step)
    if steps > _ALWAYS + _SPARSEST * len(values):
        return None
    step = extent / steps
    exact = (values - low) / step
    place = np.rint(exact)
    rounding = 16 * np.finfo(float).eps * float(np.abs(values).max())
    if np.abs(exact - place).max() * step > rounding:
        return None
    return place.astype(np.int64), step, low
