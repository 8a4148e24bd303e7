"""Read map layers for context: rivers, railways, streets, anything with a geometry."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from apkgeo.crs import WGS84
from apkgeo.errors import CRSError, InputError
from apkgeo.language import Note
from apkgeo.sources.coordinates import judge_coordinates
from apkgeo.sources.files import Part, PathLike, parts, requested
from apkgeo.sources.numbers import Floats
from apkgeo.sources.vector import read_vector

_NAME = ("name", "nazev", "jmeno", "NAME", "NAZEV", "Name", "Nazev", "název", "NAZ_TOK", "naz_tok")


def read_layer(path: PathLike, *, crs: Any = None, encoding: str | None = None) -> gpd.GeoDataFrame:
    """Read a layer of any geometry type, for the background of a map.

    Parameters
    ----------
    path : str, Path, Source, or several of them
    crs : str or pyproj.CRS, optional
        Where the file does not say and it cannot be judged.
    encoding : str, optional
        Of a shapefile's texts.

    Returns
    -------
    geopandas.GeoDataFrame
        Column ``name`` (text, missing where there is none) and the geometry, in the CRS of the
        first file; features without a geometry are left out.

    Raises
    ------
    MissingFileError, InputError, CRSError
        When a file is missing, unreadable, or its CRS can be neither judged nor is named.
    """
    request = requested(path, crs=crs, encoding=encoding)
    layers = []
    for file in request.files:
        for part in parts(file):
            frame, _notes = read_shapes(part, request.encoding)
            frame, _notes = settle_crs(frame, request.crs, part.name)
            layers.append(_named(frame))
    target = layers[0].crs
    together = [layer if layer.crs == target else layer.to_crs(target) for layer in layers]
    frame = gpd.GeoDataFrame(pd.concat(together, ignore_index=True), crs=target)
    return frame[~(frame.geometry.isna() | frame.geometry.is_empty)].reset_index(drop=True)


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    name = next((column for column in _NAME if column in frame.columns), None)
    text = frame[name] if name else pd.Series(pd.NA, index=frame.index)
    return gpd.GeoDataFrame(
        {"name": text.astype("str")}, geometry=frame.geometry.to_numpy(), crs=frame.crs
    )


def read_shapes(
    part: Part, encoding: str | None, *, polygons: bool = False
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the features of a map file.

    Raises
    ------
    InputError
        When it is no map file.
    """
    if part.format not in {"vector", "parquet"}:
        raise InputError(
            f"{part.name} is not a map layer",
            expected="GeoJSON, GeoPackage, SHP, GML or KML",
            came="a table" if part.format in {"text", "excel"} else "a GPS track",
            remedy="name the file with the shapes",
        )
    frame, notes = read_vector(part, encoding=encoding, polygons=polygons)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            f"{part.name} has no geometry", remedy="name the file with the shapes, not its table"
        )
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1)), notes


def settle_crs(
    frame: gpd.GeoDataFrame, crs: CRS | None, name: str
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return shapes in the right place: the CRS and the axes are judged where they must be.

    Raises
    ------
    CRSError
        When there is no CRS and none fits.
    """
    told = crs or frame.crs
    shapes = frame.geometry.to_numpy()
    x, y = _sample(shapes)
    if not len(x):
        return frame.set_crs(told or WGS84, allow_override=True), ()
    if crs is None and told is not None and not CRS(told).is_geographic:
        if not _krovak_axes(CRS(told)):
            return frame, ()
    elif crs is None and told is not None and np.nanmedian(np.fmax(np.abs(x), np.abs(y))) > 360:
        told = None  # metres in a file that says degrees
    try:
        placed = judge_coordinates(x, y, crs=told, file=name)
    except CRSError:
        if crs is None and frame.crs is not None:
            return frame, ()
        raise
    swapped = _alike(np.abs(placed.x), np.abs(y))
    signs = _signs(placed.x, y if swapped else x), _signs(placed.y, x if swapped else y)
    if not swapped and signs == (1.0, 1.0):
        notes = placed.notes if frame.crs is None or crs is not None else ()
        return frame.set_crs(placed.crs, allow_override=True), notes

    def turn(points: Floats) -> Floats:
        east, north = (points[:, 1], points[:, 0]) if swapped else (points[:, 0], points[:, 1])
        return np.column_stack([east * signs[0], north * signs[1]])

    turned = gpd.GeoSeries(shapely.transform(shapes, turn), index=frame.index, crs=placed.crs)
    made = frame.set_crs(placed.crs, allow_override=True).set_geometry(turned)
    return made, placed.notes


def _sample(shapes: Any) -> tuple[Floats, Floats]:
    points = shapely.get_coordinates(shapes)
    points = points[:: max(1, len(points) // 2000)]
    points = points[np.isfinite(points).all(axis=1)]
    return points[:, 0], points[:, 1]


def _signs(made: Floats, written: Floats) -> float:
    return -1.0 if _alike(made, -written) else 1.0


def _alike(one: Floats, other: Floats) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that are no place at all
        return bool(np.allclose(one, other))


def _krovak_axes(crs: CRS) -> bool:
    return "Krovak" in crs.name or "S-JTSK" in crs.name
