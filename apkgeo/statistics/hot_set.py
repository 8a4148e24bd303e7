"""The set of hot cells before and after: what vanished, stayed, appeared, and where it moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.errors import InputError
from apkgeo.statistics._cells import Cells, Flags, Floats, aligned, coordinates, on_cells

CHANGES = ("vanished", "stayed", "appeared")


@dataclass(frozen=True)
class HotSetChange:
    """Two sets of hot cells, compared.

    Attributes
    ----------
    table : geopandas.GeoDataFrame
        On the cells' index: ``change``, one of ``vanished``, ``stayed``, ``appeared``, missing
        where a cell was never hot.
    vanished, stayed, appeared : int
        Number of cells.
    overlap : float
        Cells that stayed ÷ cells ever hot (Jaccard); missing when there are none.
    centre_before, centre_after : tuple of float
        x and y of the middle of the hot area; missing numbers when nothing is hot.
    spread_before, spread_after : float
        Standard distance of the hot area from its middle, in metres.
    moved : float
        Metres between the two middles.
    """

    table: pd.DataFrame
    vanished: int
    stayed: int
    appeared: int
    overlap: float
    centre_before: tuple[float, float]
    centre_after: tuple[float, float]
    spread_before: float
    spread_after: float
    moved: float


def hot_set_change(cells: Cells, before: Any, after: Any) -> HotSetChange:
    """Compare which cells are hot in two periods.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres.
    before, after : pandas.Series, array or text
        Whether each cell is hot: a Series of true and false on the cells' index (column ``hot``
        of `getis_ord`), an array in their order, or the name of one of their columns.

    Returns
    -------
    HotSetChange

    Raises
    ------
    InputError
        When the index differs or values are not true or false.
    CRSError
        When the CRS is not in metres.

    Notes
    -----
    A cell that crosses the border of significance has vanished or appeared, however little its
    count changed: whether the change itself is more than chance, `hotspot_change` tells. Cells
    weigh by their area; points weigh alike.

    Examples
    --------
    >>> cells = gpd.GeoSeries.from_xy([0, 100, 200, 300], [0] * 4, crs=5514)
    >>> change = hot_set_change(cells, [True, True, False, False], [False, True, True, False])
    >>> change.vanished, change.stayed, change.appeared, change.moved
    (1, 1, 1, 100.0)
    """
    middles, areas = places(cells)
    earlier, later = _flags(cells, before, "before"), _flags(cells, after, "after")
    code = np.select([earlier & ~later, earlier & later, ~earlier & later], [0, 1, 2], default=-1)
    counts = [int((code == place).sum()) for place in range(3)]
    one, other = (_middle(middles[hot], areas[hot]) for hot in (earlier, later))
    return HotSetChange(
        table=on_cells(cells, {"change": pd.Categorical.from_codes(code, list(CHANGES))}),
        vanished=counts[0],
        stayed=counts[1],
        appeared=counts[2],
        overlap=_overlap(earlier, later),
        centre_before=(one.x, one.y),
        centre_after=(other.x, other.y),
        spread_before=one.spread,
        spread_after=other.spread,
        moved=_way(one, other),
    )


@dataclass(frozen=True)
class _Middle:
    """The middle of a set of cells, and their standard distance from it."""

    x: float
    y: float
    spread: float


def places(cells: Cells) -> tuple[Floats, Floats]:
    """Return the middles of cells (n, 2), and their areas; 1 each where they are points."""
    middles = coordinates(cells, "cells")
    areas = np.ones(len(middles))
    if isinstance(cells, (gpd.GeoDataFrame, gpd.GeoSeries)):
        measured = shapely.area(np.asarray(cells.geometry.values, dtype=object))
        areas = measured if (measured > 0).all() else areas
    return middles, areas


def measures(middles: Floats, areas: Floats, earlier: Flags, later: Flags) -> Floats:
    """Return overlap, distance moved and growth of the spread of two sets, as an array."""
    one, other = (_middle(middles[hot], areas[hot]) for hot in (earlier, later))
    return np.array([_overlap(earlier, later), _way(one, other), other.spread - one.spread])


def _overlap(earlier: Flags, later: Flags) -> float:
    ever = int((earlier | later).sum())
    return int((earlier & later).sum()) / ever if ever else float("nan")


def _way(one: _Middle, other: _Middle) -> float:
    return float(np.hypot(other.x - one.x, other.y - one.y))


def _flags(cells: Any, values: Any, what: str) -> Flags:
    flags = aligned(cells, values, what)
    if not pd.api.types.is_bool_dtype(flags) or flags.isna().any():
        raise InputError(
            what, expected=f"{len(cells)} times true or false", came=f"{len(flags)} {flags.dtype}"
        )
    return np.asarray(flags, dtype=bool)


def _middle(xy: Floats, areas: Floats) -> _Middle:
    if not len(xy):
        return _Middle(float("nan"), float("nan"), float("nan"))
    middle = areas @ xy / areas.sum()
    spread = np.sqrt(areas @ ((xy - middle) ** 2).sum(axis=1) / areas.sum())
    return _Middle(float(middle[0]), float(middle[1]), float(spread))
