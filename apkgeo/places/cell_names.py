"""What people call a cell of a grid: its field on the map, and the street and district it is in."""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from apkgeo.crs import require_metric, require_same_crs
from apkgeo.errors import InputError
from apkgeo.places.counting import count_points
from apkgeo.places.locate import locate

# Farther than this from its middle, an address does not name a cell, in metres.
NEAR = 300.0

_CODE = re.compile(r"r(\d+)c(\d+)\Z")


def name_cells(
    cells: gpd.GeoDataFrame,
    *,
    addresses: gpd.GeoDataFrame | None = None,
    districts: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return names by which a reader finds a cell.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame
        Polygons with ``code``, in a CRS in metres.
    addresses : geopandas.GeoDataFrame, optional
        Tidy addresses, in the CRS of the cells.
    districts : geopandas.GeoDataFrame, optional
        Areas with ``code`` and perhaps ``name``, in the CRS of the cells.

    Returns
    -------
    pandas.DataFrame
        On the cells' index: ``reference``, the field as in an atlas, a letter for the column from
        the west and a number for the row from the north (``"B7"``; for cells that are not of
        `square_grid` or `hex_grid`, their code); ``street``, the one with most addresses in the
        cell, else that of the address nearest to its middle, up to 300 m, else empty;
        ``district``, the one that holds a point well inside the cell, else empty; ``addresses``,
        how many lie in it, missing without a register.

    Raises
    ------
    InputError
        When the cells have no ``code``.
    CRSError
        When a CRS is not in metres, or they differ.

    Examples
    --------
    >>> from shapely import box
    >>> from apkgeo.places.grid import square_grid
    >>> cells = square_grid(gpd.GeoSeries([box(0, 0, 200, 200)], crs=5514), 100)
    >>> homes = gpd.GeoDataFrame(
    ...     {"street": ["Dolní", "Dolní", "Nová"]},
    ...     geometry=gpd.points_from_xy([10, 20, 30], [150, 150, 150]),
    ...     crs=5514,
    ... )
    >>> name_cells(cells, addresses=homes)[["reference", "street", "addresses"]].values.tolist()
    [['A2', 'Nová', 0], ['B2', 'Nová', 0], ['A1', 'Dolní', 3], ['B1', 'Nová', 0]]
    """
    require_metric(cells, "the cells")
    if "code" not in cells.columns:
        raise InputError("the cells", expected="a column code", came=", ".join(cells.columns))
    names = pd.DataFrame({"reference": _references(cells["code"])}, index=cells.index)
    names["street"], names["district"] = "", ""
    names["addresses"] = pd.array([pd.NA] * len(cells), dtype="Int64")
    if districts is not None:
        require_same_crs(cells, districts, ("cells", "districts"))
        inside = gpd.GeoSeries(cells.geometry.representative_point(), crs=cells.crs)
        called = districts["name"] if "name" in districts.columns else districts["code"]
        by_code = dict(zip(districts["code"], called.astype(str), strict=True))
        names["district"] = locate(inside, districts).map(by_code).fillna("").astype(str)
    if addresses is not None and len(addresses):
        require_same_crs(cells, addresses, ("cells", "addresses"))
        placed = addresses[~(addresses.geometry.isna() | addresses.geometry.is_empty)]
        counts = count_points(placed.geometry, cells)
        names["addresses"] = counts.reindex(cells["code"]).array
        names["addresses"] = names["addresses"].astype("Int64")
        names["street"] = _streets(cells, placed)
    return names


def _references(codes: pd.Series) -> list[str]:
    """Return the field of each code of a grid; the code itself where it is of another kind."""
    found = [_CODE.match(str(code)) for code in codes]
    places = [(int(one[1]), int(one[2])) for one in found if one]
    if not places or len(places) < len(found):
        return [str(code) for code in codes]
    rows, columns = zip(*places, strict=True)
    top, left = max(rows), min(columns)
    return [
        f"{letters(column - left)}{top - row + 1}"
        for row, column in zip(rows, columns, strict=True)
    ]


def letters(place: int) -> str:
    """Return the letters of a column, from 0.

    Examples
    --------
    >>> [letters(place) for place in (0, 25, 26, 51, 52, 701, 702)]
    ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']
    """
    text = ""
    place += 1
    while place:
        place, last = divmod(place - 1, 26)
        text = chr(65 + last) + text
    return text


def _streets(cells: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> list[str]:
    if "street" not in addresses.columns:
        return [""] * len(cells)
    named = addresses[addresses["street"].notna() & (addresses["street"] != "")]
    if not len(named):
        return [""] * len(cells)
    streets = named["street"].astype(str).to_numpy()
    code = locate(named.geometry, cells).to_numpy()
    inside = pd.DataFrame({"code": code, "street": streets}).dropna().value_counts()
    tallied = inside.rename("count").reset_index()
    tallied = tallied.sort_values(["count", "street"], ascending=[False, True])
    most = tallied.drop_duplicates("code").set_index("code")["street"]
    middles = shapely.get_coordinates(shapely.centroid(np.asarray(cells.geometry.values)))
    places: Any = shapely.get_coordinates(np.asarray(named.geometry.values))
    distance, nearest = cKDTree(places).query(middles)
    near = np.where(distance <= NEAR, streets[nearest], "")
    return [
        str(most.get(code, fallback)) for code, fallback in zip(cells["code"], near, strict=True)
    ]
