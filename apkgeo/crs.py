"""Recognise and require coordinate reference systems; metres are never degrees."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
from pyproj import CRS

from apkgeo.errors import CRSError, InputError

WGS84 = CRS.from_epsg(4326)
S_JTSK = CRS.from_epsg(5514)

# Longitude and latitude of Czechia with a margin of a few kilometres.
CZECHIA = (12.0, 48.5, 18.95, 51.1)


def as_crs(value: Any) -> CRS:
    """Return `value` as a `pyproj.CRS`.

    Raises
    ------
    CRSError
        When `value` names no known system.

    Examples
    --------
    >>> as_crs("EPSG:5514").to_epsg()
    5514
    """
    try:
        return CRS.from_user_input(value)
    except Exception as error:
        raise CRSError(
            f"CRS {value!r}", expected="a known system", remedy="write it as 'EPSG:5514'"
        ) from error


def same_crs(one: CRS | None, other: CRS | None) -> bool:
    """Whether two systems place points alike: the axis order of their definitions is ignored.

    geopandas always holds x before y, so that EPSG:4326 and OGC:CRS84 mean the same in a frame.
    """
    if one is None or other is None:
        return one is other
    return bool(one.equals(other, ignore_axis_order=True))


def require_crs(frame: gpd.GeoDataFrame | gpd.GeoSeries, what: str) -> CRS:
    """Return the CRS of `frame`; raise CRSError when it has none.

    Raises InputError when it has no geometry that could have one.
    """
    if not hasattr(frame, "crs"):
        raise InputError(
            what,
            expected="a GeoDataFrame or a GeoSeries",
            came=f"a {type(frame).__name__} without geometry",
            remedy="make one: geopandas.GeoDataFrame(frame, geometry=..., crs=...)",
        )
    crs: CRS | None = frame.crs
    if crs is None:
        raise CRSError(
            f"{what} has no CRS",
            remedy="set it with .set_crs(...) or read it with apkgeo's readers",
        )
    return crs


def require_same_crs(
    one: gpd.GeoDataFrame | gpd.GeoSeries,
    other: gpd.GeoDataFrame | gpd.GeoSeries,
    names: tuple[str, str],
) -> CRS:
    """Return the common CRS of two frames; raise CRSError naming both when they differ."""
    first, second = require_crs(one, names[0]), require_crs(other, names[1])
    if not same_crs(first, second):
        raise CRSError(
            f"{names[0]} and {names[1]} have different CRSs",
            expected=first.to_string(),
            came=second.to_string(),
            remedy=f"transform one with .to_crs({first.to_string()!r})",
        )
    return first


def require_metric(frame: gpd.GeoDataFrame | gpd.GeoSeries, what: str) -> CRS:
    """Return the CRS of `frame`; raise CRSError when distances in it are not metres."""
    crs = require_crs(frame, what)
    unit = crs.axis_info[0].unit_name if crs.axis_info else "unknown"
    if crs.is_geographic or unit not in {"metre", "meter"}:
        raise CRSError(
            f"{what} must be in metres",
            expected="a projected CRS in metres",
            came=f"{crs.to_string()} ({unit})",
            remedy="transform it with .to_crs(apkgeo.crs.metric_crs(frame))",
        )
    return crs


def metric_crs(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> CRS:
    """Return the working CRS for `frame`: EPSG:5514 in Czechia, elsewhere the UTM zone.

    Examples
    --------
    >>> import geopandas as gpd
    >>> metric_crs(gpd.GeoSeries.from_xy([13.378], [49.748], crs=4326)).to_epsg()
    5514
    >>> metric_crs(gpd.GeoSeries.from_xy([-90.0], [35.1], crs=4326)).to_epsg()
    32615
    """
    require_crs(frame, "the frame")
    placed = frame.geometry[~(frame.geometry.is_empty | frame.geometry.isna())]
    if placed.empty:
        raise CRSError("no geometry to choose a working CRS by", remedy="look at the file of areas")
    west, south, east, north = placed.to_crs(WGS84).total_bounds
    if CZECHIA[0] <= west and CZECHIA[1] <= south and east <= CZECHIA[2] and north <= CZECHIA[3]:
        return S_JTSK
    return CRS(placed.to_crs(WGS84).estimate_utm_crs())
