"""Do areas overlap? Those of a study must not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.errors import InputError
from apkgeo.places.areas import read_areas


def overlaps(areas: gpd.GeoDataFrame, *, tolerance: float = 0.001) -> pd.DataFrame:
    """List the areas that overlap while both are valid.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas with ``code``, optionally ``valid_from`` and ``valid_to``, and polygons, in any CRS.
    tolerance : float
        Overlaps up to this share of the smaller area are slivers of drawing and are left out.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``code``, ``other`` (sorts after it), ``area`` (of the overlap, in the
        square of the CRS's unit), ``share`` (of the smaller area); the largest share first.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=[box(0, 0, 10, 10), box(9, 0, 19, 10)], crs=5514
    ... )
    >>> overlaps(areas).to_dict("records")
    [{'code': 'A', 'other': 'B', 'area': 10.0, 'share': 0.1}]
    """
    checked = read_areas(areas)
    geometry = checked.geometry
    one, other = shapely.STRtree(geometry).query(geometry, predicate="intersects")
    both = (
        (one < other)
        & (checked.valid_from[one] < checked.valid_to[other])
        & (checked.valid_from[other] < checked.valid_to[one])
    )
    one, other = one[both], other[both]
    common = shapely.area(shapely.intersection(geometry[one], geometry[other]))
    smaller = np.minimum(shapely.area(geometry[one]), shapely.area(geometry[other]))
    frame = pd.DataFrame(
        {
            "code": checked.codes.take(one),
            "other": checked.codes.take(other),
            "area": common,
            "share": common / smaller,
        }
    )
    kept = frame[frame["share"] > tolerance]
    return kept.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def disjoint(areas: gpd.GeoDataFrame, *, tolerance: float = 0.001) -> None:
    """Raise InputError when two areas overlap while both are valid.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Areas as in `overlaps`.
    tolerance : float
        Overlaps up to this share of the smaller area are allowed.

    Raises
    ------
    InputError
        Naming the two that overlap most, by how much, and how many more pairs do.

    Examples
    --------
    >>> from shapely import box
    >>> disjoint(gpd.GeoDataFrame({"code": ["A"]}, geometry=[box(0, 0, 1, 1)], crs=5514))
    """
    found = overlaps(areas, tolerance=tolerance)
    if found.empty:
        return
    worst = found.iloc[0]
    more = f" (and {len(found) - 1} more pairs)" if len(found) > 1 else ""
    raise InputError(
        f"areas {worst['code']!r} and {worst['other']!r} overlap{more}",
        expected="disjoint areas",
        came=f"{worst['share']:.1%} of the smaller one in common",
        remedy="mend their borders, or leave one out",
    )
