"""Cells made from a register of addresses: parts of streets, with the addresses at risk in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from apkgeo.crs import require_metric, require_same_crs
from apkgeo.errors import InputError
from apkgeo.places.locate import locate
from apkgeo.places.street_areas import draw_areas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]

REACH = 100.0

# What tells one street from another of the same name, as far as the register says.
_KEYS = ("municipality", "street", "part")


def street_cells(
    addresses: gpd.GeoDataFrame,
    *,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    least: int = 8,
    most: int = 40,
    reach: float = REACH,
) -> gpd.GeoDataFrame:
    """Make cells of a street's length from the addresses of a register.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame
        Tidy addresses: ``street`` and points in a CRS in metres; ``part`` and ``municipality``
        where the register has them.
    within : geopandas.GeoDataFrame or GeoSeries, optional
        The study area, in the CRS of the addresses: the cells then cover it and end there, and
        addresses outside are left out.
    least : int, default 8
        A cell has at least so many addresses; streets with fewer join their nearest neighbour.
    most : int, default 40
        Streets with more addresses are cut into pieces of about equal numbers.
    reach : float, default 100
        Without `within`: how far from its addresses a cell reaches, in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        ``code`` (``"s0001"``, …), ``name`` (the street with most of its addresses, and which
        piece of it: ``"Zahradní 2/3"``), ``streets`` (every street in it, by number of
        addresses), ``addresses`` (how many lie in it) and geometry; disjoint, in the order of
        their streets' names. ``attrs`` tell ``least``, ``most`` and ``unplaced``, the addresses
        without a point or outside the study area.

    Raises
    ------
    InputError
        When there is no address, no column ``street``, or `least` and `most` do not fit.
    CRSError
        When the CRS is not in metres, or the two differ.

    Notes
    -----
    On squares, a quarter with many homes looks worse than one with few. These cells hold about
    equally many homes, so that their counts compare, and ``addresses`` is the population at risk
    for rates (`apkgeo.empirical_bayes_rates`), for dual density, or for the concentration of
    incidents over addresses (`apkgeo.concentration`).

    An address without a street, as in villages, belongs to its part of the municipality. A street
    with more than `most` addresses is halved again and again, across the direction in which its
    addresses spread most. Then each cell with fewer than `least` addresses, the smallest first,
    joins the one whose address is nearest to one of its own. The land is shared out by the
    nearest address (Voronoi's cells): borders run between houses, and corners of streets fall to
    the nearer house. With `least` of 8, no cell tells of fewer addresses than the smallest
    places on the public map of the police of England and Wales [1]_.

    References
    ----------
    .. [1] Tompson, L., Johnson, S., Ashby, M., Perkins, C. and Edwards, P. (2015). UK open source
       crime data: accuracy and possibilities for research. Cartography and Geographic Information
       Science 42. doi:10.1080/15230406.2014.972456

    Examples
    --------
    >>> homes = gpd.GeoDataFrame(
    ...     {"street": ["Dolní"] * 20 + ["Krátká"] * 3},
    ...     geometry=gpd.points_from_xy([*range(0, 400, 20), 500, 510, 520], [0] * 23),
    ...     crs=5514,
    ... )
    >>> street_cells(homes, most=10)[["name", "addresses"]].values.tolist()
    [['Dolní 1/2', 10], ['Dolní 2/2', 13]]
    """
    places, table, area = _placed(addresses, within, least, most)
    unit, names = _streets(table)
    cell = _joined(places, _cut(places, unit, most), least)
    mask = None if area is None else area.union_all()
    count = int(cell.max()) + 1
    shapes = draw_areas(places, cell, count, reach=reach, within=mask)
    frame = gpd.GeoDataFrame(
        {
            "code": [f"s{number + 1:04d}" for number in range(count)],
            "name": _piece_names(cell, unit, names),
            "streets": _all_streets(cell, unit, names),
        },
        geometry=shapes,
        crs=addresses.crs,
    )
    inside = locate(gpd.GeoSeries(shapely.points(places), crs=addresses.crs), frame)
    counted = inside.value_counts().reindex(frame["code"], fill_value=0)
    frame.insert(3, "addresses", counted.to_numpy(dtype=np.int64))
    frame.attrs = {"least": least, "most": most, "unplaced": len(addresses) - len(places)}
    return frame


def _placed(
    addresses: gpd.GeoDataFrame,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None,
    least: int,
    most: int,
) -> tuple[Floats, pd.DataFrame, gpd.GeoSeries | None]:
    """Return the points that can be used, their rows of the register, and the study area."""
    crs = require_metric(addresses, "the addresses")
    if "street" not in addresses.columns:
        raise InputError("the addresses", expected="a column street", came="none")
    if not 1 <= least <= most:
        raise InputError(
            "least and most", expected="1 ≤ least ≤ most addresses", came=f"{least} and {most}"
        )
    area = None
    if within is not None:
        require_same_crs(addresses, within, ("addresses", "within"))
        area = gpd.GeoSeries([within.geometry.union_all()], crs=crs)
    points = np.asarray(addresses.geometry.values, dtype=object)
    usable = ~(shapely.is_missing(points) | shapely.is_empty(points))
    if area is not None:
        usable &= shapely.intersects(area.iloc[0], points)
    if not usable.any():
        raise InputError("the addresses", expected="at least one with a point", came="none")
    columns = [name for name in _KEYS if name in addresses.columns]
    return shapely.get_coordinates(points[usable]), addresses.loc[usable, columns], area


def _streets(table: pd.DataFrame) -> tuple[Ints, list[str]]:
    """Return the street of each address, as a number in alphabetical order, and the names."""
    texts = {name: table[name].astype("string").fillna("") for name in table.columns}
    empty = pd.Series("", index=table.index, dtype="string")
    street, part = texts["street"].str.strip(), texts.get("part", empty)
    town = texts.get("municipality", empty)
    # Where there is no street, the part of the municipality stands for it.
    name = street.where(street != "", part.where(part != "", town))
    keys = pd.MultiIndex.from_arrays([name, town, part.where(street == "", "")])
    number, found = pd.factorize(keys, sort=True)
    return number.astype(np.int64), [str(one[0]) for one in found]


def _cut(places: Floats, unit: Ints, most: int) -> Ints:
    """Return the piece of each address: streets with more than `most` are halved again."""
    piece = np.empty(len(unit), dtype=np.int64)
    made = 0
    for number in range(int(unit.max()) + 1):
        for rows in _halves(places, np.flatnonzero(unit == number), most):
            piece[rows] = made
            made += 1
    return piece


def _halves(places: Floats, rows: Ints, most: int) -> list[Ints]:
    if len(rows) <= most:
        return [rows]
    pieces = -(-len(rows) // most)
    centred = places[rows] - places[rows].mean(axis=0)
    _values, vectors = np.linalg.eigh(centred.T @ centred)
    direction = vectors[:, -1]
    # From the west, or from the south: a direction has no sign of its own.
    direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
    order = rows[np.argsort(centred @ direction, kind="stable")]
    share = len(rows) * (pieces // 2) // pieces
    return [*_halves(places, order[:share], most), *_halves(places, order[share:], most)]


def _joined(places: Floats, piece: Ints, least: int) -> Ints:
    """Return the cell of each address: pieces that are too small join their nearest neighbour."""
    cell = piece.copy()
    while True:
        sizes = np.bincount(cell)
        small = np.flatnonzero((sizes > 0) & (sizes < least))
        if not len(small) or (sizes > 0).sum() == 1:
            break
        smallest = small[np.argmin(sizes[small])]
        own = cell == smallest
        distance, nearest = cKDTree(places[~own]).query(places[own])
        cell[own] = cell[~own][nearest[np.argmin(distance)]]
    return np.unique(cell, return_inverse=True)[1].astype(np.int64)


def _by_size(cell: Ints, unit: Ints) -> pd.DataFrame:
    """Return for each cell its streets, the one with most addresses first."""
    counts = pd.DataFrame({"cell": cell, "unit": unit}).value_counts().rename("count")
    return counts.reset_index().sort_values(
        ["cell", "count", "unit"], ascending=[True, False, True]
    )


def _piece_names(cell: Ints, unit: Ints, names: list[str]) -> list[str]:
    main = _by_size(cell, unit).drop_duplicates("cell")["unit"].to_numpy()
    of_street = pd.Series(main).groupby(main)
    pieces, number = of_street.transform("size"), of_street.cumcount() + 1
    return [
        names[street] if whole == 1 else f"{names[street]} {which}/{whole}"
        for street, whole, which in zip(main, pieces, number, strict=True)
    ]


def _all_streets(cell: Ints, unit: Ints, names: list[str]) -> list[str]:
    found = _by_size(cell, unit)
    found["name"] = [names[street] for street in found["unit"]]
    return [", ".join(part["name"]) for _cell, part in found.groupby("cell", sort=True)]
