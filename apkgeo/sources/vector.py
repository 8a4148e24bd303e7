"""Map layers (GeoJSON, GeoPackage, SHP, GML, KML, Parquet) to frames, by GDAL."""

from __future__ import annotations

import json
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from apkgeo.errors import InputError, MissingExtraError
from apkgeo.language import Note, _
from apkgeo.sources.encoding import judge
from apkgeo.sources.files import Part
from apkgeo.sources.geometry import Points
from apkgeo.sources.geoparquet import parquet_file, read_point_table

# GDAL would leave a .gfs beside the user's GML.
_WITHOUT_GFS = {"WRITE_GFS": "NO"}


def read_vector(
    part: Part, *, encoding: str | None = None, polygons: bool = False
) -> tuple[gpd.GeoDataFrame | pd.DataFrame, tuple[Note, ...]]:
    """Return the features of a map file as GDAL gives them.

    Parameters
    ----------
    encoding : str, optional
        Of a shapefile's texts; judged by their bytes when not given and not said by a .cpg.
    polygons : bool
        Of several layers, read those with polygons.

    Raises
    ------
    InputError
        When it cannot be opened, or has no layer.
    """
    if part.format == "parquet":
        return _parquet(part), ()
    notes: list[Note] = []
    if encoding is None and (dbf := _dbf(part)):
        encoding = judge(dbf)
        if encoding:
            notes.append(Note(_("The text is in the encoding {encoding}."), encoding=encoding))
    layers = _layers(part)
    chosen = [n for n, kind in layers if "Polygon" in kind] if polygons else []
    chosen = chosen or [n for n, kind in layers if kind] or [n for n, _kind in layers]
    if not polygons or not _is_kml(part):
        chosen = chosen[:1]
    if len(layers) > len(chosen):
        others = ", ".join(name for name, _kind in layers if name not in chosen)
        notes.append(
            Note(
                _("Layer {layer} was read; not read: {others}."),
                layer=", ".join(chosen),
                others=others,
            )
        )
    frames = [_layer(part, name, encoding) for name in chosen]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return frame, tuple(notes)


def _is_kml(part: Part) -> bool:
    return part.name.lower().endswith((".kml", ".kmz"))


def read_parquet_points(part: Part) -> tuple[pd.DataFrame, Points] | None:
    """Return the columns and the points of a GeoParquet file; None when it holds anything else.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    found = _from_parquet(part, lambda: read_point_table(part))
    return None if found is None else (_sound(part, found[0]), found[1])


def _parquet(part: Part) -> gpd.GeoDataFrame | pd.DataFrame:
    def read() -> gpd.GeoDataFrame | pd.DataFrame:
        file = parquet_file(part)
        try:
            return gpd.read_parquet(file)
        except ValueError:  # a table without geometry
            return pd.read_parquet(file)

    return _sound(part, _from_parquet(part, read))


def _sound(part: Part, frame: Any) -> Any:
    """Return `frame`; damaged text in it would be found only when used."""

    def validated() -> Any:
        for name in frame.select_dtypes("str"):
            frame[name].array.__arrow_array__().validate(full=True)
        return frame

    return _from_parquet(part, validated)


def _from_parquet(part: Part, work: Callable[[], Any]) -> Any:
    if find_spec("pyarrow") is None:
        raise MissingExtraError(
            f"{part.name} is Parquet", remedy="install what reads it: pip install pyarrow"
        )
    try:
        return work()
    except Exception as error:
        raise InputError(
            f"{part.name} is not a readable Parquet file: {_line(error)}", remedy="export it again"
        ) from error


def opened(part: Part, work: Callable[[], Any]) -> Any:
    """Return ``work()``; what goes wrong in it becomes one clear line on `part`.

    Raises
    ------
    InputError
        When GDAL cannot read the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on files that it reads all the same
            return work()
    except Exception as error:
        raise InputError(
            f"{part.name} is not a readable map file: {_reason(part, error)}",
            remedy="check it in QGIS and save it again, e.g. as GeoJSON",
        ) from error


def _layers(part: Part) -> list[tuple[str, str]]:
    if ".gml" in part.name.lower():
        first = opened(part, lambda: pyogrio.read_info(part.location, **_WITHOUT_GFS))
        return [(str(first["layer_name"]), str(first["geometry_type"] or ""))]
    layers = opened(part, lambda: pyogrio.list_layers(part.location))
    if not len(layers):
        raise InputError(f"{part.name} has no layer", remedy="check it in QGIS")
    return [(str(name), str(kind or "")) for name, kind in layers]


def _layer(part: Part, name: str, encoding: str | None) -> gpd.GeoDataFrame:
    options: dict[str, Any] = {"layer": name, "datetime_as_string": True}
    if encoding and ".shp" in _inside(part):
        options["encoding"] = encoding
    if ".gml" in part.name.lower():
        options |= _WITHOUT_GFS
    return opened(part, lambda: pyogrio.read_dataframe(part.location, **options))


def _inside(part: Part) -> str:
    return ".shp" if Path(part.name).suffix.lower() == ".shp" or _dbf(part) else ""


def _dbf(part: Part) -> bytes:
    """Return the texts of a shapefile that does not say its encoding; empty otherwise."""
    try:
        if part.location.startswith("/vsizip/"):
            with zipfile.ZipFile(part.location.removeprefix("/vsizip/")) as archive:
                names = archive.namelist()
                if any(name.lower().endswith(".cpg") for name in names):
                    return b""
                tables = [name for name in names if name.lower().endswith(".dbf")]
                return _records(archive.read(tables[0])) if tables else b""
        path = Path(part.location)
        if path.suffix.lower() != ".shp":
            return b""
        beside = {p.suffix.lower(): p for p in path.parent.glob(f"{path.stem}.*")}
        if ".cpg" in beside or ".dbf" not in beside:
            return b""
        return _records(beside[".dbf"].read_bytes())
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error):
        return b""  # what is wrong will be told when the layer is opened


def _records(table: bytes) -> bytes:
    """Return the text of a .dbf without its header, whose bytes are numbers."""
    start = int.from_bytes(table[8:10], "little")
    return table[start:].replace(b"\0", b" ")


def _reason(part: Part, error: Exception) -> str:
    """Say where a JSON breaks, which GDAL does not."""
    if Path(part.location).suffix.lower() in {".geojson", ".json"}:
        try:
            json.loads(Path(part.location).read_text(encoding="utf-8-sig"))
        except json.JSONDecodeError as broken:
            return f"the JSON breaks at line {broken.lineno}, column {broken.colno} ({broken.msg})"
        except UnicodeDecodeError:
            return "the JSON is not in UTF-8"
        except (OSError, RecursionError):
            return _line(error)
    return _line(error)


def _line(error: Exception) -> str:
    """Return the first line of a message, without the folders of this machine."""
    # After a semicolon pyogrio advises programmers.
    first = (str(error).splitlines() or [type(error).__name__])[0].split("; It might")[0]
    return re.sub(r"(/[^\s'\"]+)+/", "", first)[:200]
