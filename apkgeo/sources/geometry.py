"""Where the rows of a map file lie, as the file says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import CRS


@dataclass(frozen=True)
class Points:
    """The points of a file that holds nothing but points.

    Attributes
    ----------
    x, y : numpy.ndarray of float
        East and north as the file has them; NaN where a row has no point.
    crs : pyproj.CRS or None
        As the file says.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    crs: CRS | None

    def __getitem__(self, rows: npt.NDArray[np.bool_]) -> Points:
        """Return the points of some rows."""
        return Points(self.x[rows], self.y[rows], self.crs)
