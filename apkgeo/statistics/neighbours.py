"""Who is whose neighbour: by distance between centres, or as listed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from apkgeo.errors import InputError
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Cells, Floats, Ints, coordinates
from apkgeo.statistics.lattice import Lattice, find_lattice


@dataclass(frozen=True)
class Neighbours:
    """For each cell the positions of its neighbours, itself left out.

    Attributes
    ----------
    start : ndarray of int, shape (n + 1,)
        The neighbours of cell i are ``target[start[i]:start[i + 1]]``.
    target : ndarray of int
        Positions of cells.
    """

    start: Ints
    target: Ints

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.start) - 1

    @cached_property
    def counts(self) -> Ints:
        """How many neighbours each cell has."""
        return np.diff(self.start)

    def sums(self, values: Floats) -> Floats:
        """Return for each cell the sum over its neighbours and itself; values (n,) or (n, m)."""
        ones = np.ones(len(self.target))
        matrix = sparse.csr_array((ones, self.target, self.start), shape=(len(self), len(self)))
        return np.asarray(matrix @ values) + values


def neighbours_within(cells: Cells, distance: float) -> Neighbours:
    """Find for each cell the other cells whose centre is within a distance of its own.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres (or none); polygons count by their centroid.
    distance : float
        In metres. A centre at exactly this distance is a neighbour.

    Returns
    -------
    Neighbours

    Raises
    ------
    InputError
        When the distance is not positive or a geometry is missing.
    CRSError
        When the CRS is not in metres.

    Notes
    -----
    Centres are rounded numbers: 500√2 m between two of them may come out a nanometre longer. A
    billionth of the distance, and the rounding of the coordinates, are therefore allowed on top.

    Examples
    --------
    >>> import geopandas as gpd
    >>> cells = gpd.GeoSeries.from_xy([0, 100, 250], [0, 0, 0], crs=5514)
    >>> neighbours_within(cells, 100).counts.tolist()
    [1, 1, 0]
    """
    distance = _checks.positive(distance, "distance", " of metres")
    return _within(coordinates(cells, "cells"), distance)


def neighbours_listed(
    lists: Mapping[Hashable, Iterable[Hashable]], index: pd.Index | None = None
) -> Neighbours:
    """Take neighbours as listed, e.g. from a file of districts that share a border.

    Parameters
    ----------
    lists : mapping of label to labels
        For each cell its neighbours. A cell's own label among them is left out.
    index : pandas.Index, optional
        The cells' index, for the order; that of the mapping when not given.

    Returns
    -------
    Neighbours

    Raises
    ------
    InputError
        When a label is not among the cells, or a cell has no list.

    Examples
    --------
    >>> neighbours_listed({"A": ["B"], "B": ["A", "C"], "C": ["B"]}).counts.tolist()
    [1, 2, 1]
    """
    labels = list(lists) if index is None else list(index)
    place = {label: position for position, label in enumerate(labels)}
    targets: list[list[int]] = []
    for label in labels:
        if label not in lists:
            raise InputError(f"neighbours of {label!r}", expected="a list", came="none")
        unknown = [other for other in lists[label] if other not in place]
        if unknown:
            raise InputError(
                f"neighbours of {label!r}", expected="labels of cells", came=repr(unknown[0])
            )
        targets.append(sorted({place[other] for other in lists[label]} - {place[label]}))
    start = np.concatenate([[0], np.cumsum([len(found) for found in targets])])
    flat = [position for found in targets for position in found]
    return Neighbours(start.astype(np.int64), np.array(flat, dtype=np.int64))


@dataclass(frozen=True)
class LatticeWindows:
    """Windows of a regular grid: sums without lists of neighbours."""

    lattice: Lattice
    reach: float

    @cached_property
    def counts(self) -> Ints:
        """How many neighbours each cell has, itself left out."""
        ones = np.ones(len(self.lattice.row))
        return np.rint(self.lattice.window_sums(ones, self.reach)).astype(np.int64) - 1

    def sums(self, values: Floats) -> Floats:
        """Return for each cell the sum over its neighbours and itself; values (n,) or (n, m)."""
        if values.ndim == 1:
            return self.lattice.window_sums(values, self.reach)
        each = [self.lattice.window_sums(column, self.reach) for column in values.T]
        return np.stack(each, axis=1)


def windows(cells: Any, distance: float | Neighbours) -> LatticeWindows | Neighbours:
    """Return what sums over neighbourhoods: a raster for a regular grid, else lists."""
    if isinstance(distance, Neighbours):
        if len(distance) != len(cells):
            raise InputError(
                "neighbours", expected=f"those of {len(cells)} cells", came=f"of {len(distance)}"
            )
        return distance
    distance = _checks.positive(distance, "distance", " of metres")
    xy = coordinates(cells, "cells")
    if not len(xy):
        raise InputError("cells", expected="at least one", came="none")
    lattice = find_lattice(xy)
    if lattice is not None:
        return LatticeWindows(lattice, distance + _slack(xy, distance))
    return _within(xy, distance)


def _within(xy: Floats, distance: float) -> Neighbours:
    pairs = cKDTree(xy).query_pairs(distance + _slack(xy, distance), output_type="ndarray")
    ones = np.ones(len(pairs), dtype=np.int8)
    half = sparse.coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy)))
    both = (half + half.T).tocsr()
    return Neighbours(both.indptr.astype(np.int64), both.indices.astype(np.int64))


def _slack(xy: Floats, distance: float) -> float:
    return 1e-9 * distance + 16 * float(np.finfo(float).eps * np.abs(xy).max(initial=0.0))
