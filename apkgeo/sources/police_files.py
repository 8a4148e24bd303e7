"""Open the state police's files: tell them from others, and get their rows."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from apkgeo.crs import WGS84
from apkgeo.errors import InputError
from apkgeo.frames import rejections
from apkgeo.sources.columns import fold
from apkgeo.sources.files import Part
from apkgeo.sources.tables import Table, read_table

COLUMNS = ("id", "x", "y", "mp", "date", "state", "relevance", "types")
_TELLING = {"id", "x", "y", "date", "state", "types"}
_GEOJSON = tuple(rf'"{key}"\s*:'.encode() for key in ("date", "state", "mp"))
_TYPES_ARRAY = re.compile(rb'"types"\s*:\s*[\["]')
_MONTH = re.compile(r"(?:^|/)\d{6}\.csv$")
_HEAD = 65_536


def is_police_cr(path: Path) -> bool:
    """Return whether a file is open data of the state police, by its first bytes alone."""
    try:
        if path.is_dir():
            return False
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
            listed = any(Path(name).name.lower() == "types.csv" for name in names)
            return listed and any(_MONTH.search(name) for name in names)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                head = unpacked.read(_HEAD)
    except (OSError, EOFError, RuntimeError, ValueError, zlib.error, zipfile.BadZipFile):
        return False  # the reader will say what is wrong with it
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"{"):
        return bool(_TYPES_ARRAY.search(head)) and all(re.search(key, head) for key in _GEOJSON)
    first = head.split(b"\n", 1)[0].decode("ascii", errors="replace")
    return {fold(name) for name in re.split(r"[,;\t]", first)} >= _TELLING


def read_police_table(part: Part, encoding: str | None) -> Table:
    """Return the rows of a CSV, or the features of a GeoJSON, with their columns as named.

    Raises
    ------
    InputError
        When it is neither.
    """
    if part.format != "vector":
        return read_table(part, frozenset(COLUMNS), encoding=encoding)
    found = _features(part)
    rows = [{"id": one.get("id"), **(one.get("properties") or {})} for one in found]
    cells = pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1), dtype="object")
    try:
        shapes = [
            shapely.geometry.shape(one["geometry"]) if one.get("geometry") else None
            for one in found
        ]
    except (shapely.errors.ShapelyError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{part.name}: a geometry cannot be read: {error}", remedy="download it again"
        ) from None
    geometry = gpd.GeoSeries(shapes, index=cells.index, crs=WGS84)
    return Table(part.name, cells, geometry, rejections(), ())


def _features(part: Part) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON; GDAL would lose the numbers that stand beside them."""
    try:
        found = json.loads(_bytes(part.location).decode("utf-8-sig"))
    except (OSError, EOFError, RuntimeError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(
            f"{part.name} is not readable GeoJSON: {error}", remedy="download it again"
        ) from None
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise InputError(f"{part.name} is not GeoJSON: no features", remedy="download it again")
    if not all(isinstance(one.get("properties") or {}, dict) for one in features):
        raise InputError(f"{part.name}: properties that are no object", remedy="download it again")
    return features


def _bytes(location: str) -> bytes:
    if location.startswith("/vsigzip/"):
        with gzip.open(location.removeprefix("/vsigzip/")) as file:
            return file.read()
    if location.startswith("/vsizip/"):
        with zipfile.ZipFile(location.removeprefix("/vsizip/")) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith((".geojson", ".json"))]
            return archive.read(names[0]) if names else b""
    return Path(location).read_bytes()
