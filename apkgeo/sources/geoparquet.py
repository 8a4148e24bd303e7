"""Points of a GeoParquet file as two columns of numbers, without an object for each."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import CRS

from apkgeo.sources.files import Part
from apkgeo.sources.geometry import Points

if TYPE_CHECKING:
    import pyarrow as pa

# A point as WKB: byte order, type, east, north.
_WKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
_LITTLE_ENDIAN, _POINT = 1, 1
_WGS84 = "OGC:CRS84"  # what the format means when it says nothing


def read_point_table(part: Part) -> tuple[pd.DataFrame, Points] | None:
    """Return the columns and the points of a GeoParquet file; None when it holds anything else.

    Notes
    -----
    A million points are decoded in a few milliseconds so; as geometries they take seconds.

    References
    ----------
    GeoParquet 1.1.0, https://geoparquet.org/releases/v1.1.0/; OGC 06-103r4, section 8.2 (WKB).
    """
    import pyarrow.parquet as pq

    file = parquet_file(part)
    said = (pq.read_schema(file).metadata or {}).get(b"geo")
    if said is None:
        return None
    told = json.loads(said)
    name = told["primary_column"]
    about = told["columns"][name]
    if about.get("encoding") != "WKB" or len(told["columns"]) > 1:
        return None
    table = pq.read_table(file)
    decoded = [_decoded(chunk) for chunk in table[name].chunks]
    if any(one is None for one in decoded):
        return None
    xy = np.concatenate([one for one in decoded if one is not None] or [np.empty((0, 2))])
    crs = about.get("crs", _WGS84)
    points = Points(xy[:, 0], xy[:, 1], None if crs is None else CRS.from_user_input(crs))
    return table.drop_columns([name]).to_pandas(), points


def parquet_file(part: Part) -> str | io.BytesIO:
    """Return what to open: the file, or the row groups asked for as a file of their own."""
    if part.groups is None:
        return part.location
    import pyarrow.parquet as pq

    file = io.BytesIO()
    with pq.ParquetFile(part.location) as whole:
        pq.write_table(whole.read_row_groups(part.groups), file, compression="none")
    file.seek(0)
    return file


def _decoded(chunk: pa.Array) -> Any:
    """Return east and north of each row, NaN where there is none; None when not all are points."""
    import pyarrow.compute as pc

    size = _WKB_POINT.itemsize
    there = chunk.is_valid().to_numpy(zero_copy_only=False)
    if not pc.all(pc.equal(pc.binary_length(chunk), size)).as_py() and there.any():
        return None
    xy = np.full((len(chunk), 2), np.nan)
    if there.any():
        whole = pc.drop_null(chunk).cast("binary")
        offsets = np.frombuffer(whole.buffers()[1], dtype="int32")
        start = int(offsets[whole.offset])
        data = memoryview(whole.buffers()[2])[start : start + size * len(whole)]
        rows = np.frombuffer(data, dtype=_WKB_POINT)
        if (rows["order"] != _LITTLE_ENDIAN).any() or (rows["type"] != _POINT).any():
            return None
        xy[there] = np.column_stack([rows["x"], rows["y"]])
    return xy
