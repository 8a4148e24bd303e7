"""Any file with rows to a table: cells as written, and the geometry where the format has one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.frames import rejections
from apkgeo.language import Note
from apkgeo.sources.encoding import decode
from apkgeo.sources.files import Part
from apkgeo.sources.geometry import Points
from apkgeo.sources.sheets import SheetName, read_sheets
from apkgeo.sources.text import NOTHING, read_text
from apkgeo.sources.vector import read_parquet_points, read_vector


@dataclass(frozen=True)
class Table:
    """Rows of one file.

    Attributes
    ----------
    name : str
        The file, for messages.
    cells : pandas.DataFrame
        One column a column of the file; the index counts its rows from 1.
    geometry : geopandas.GeoSeries, Points or None
        Of each row, on the same index or in its order.
    rejected : pandas.DataFrame
        Rows that could not even be split into cells.
    notes : tuple of Note
        How it was read.
    """

    name: str
    cells: pd.DataFrame
    geometry: gpd.GeoSeries | Points | None
    rejected: pd.DataFrame
    notes: tuple[Note, ...]


def read_table(
    part: Part,
    known: Collection[str],
    *,
    encoding: str | None = None,
    sheet: SheetName | None = None,
) -> Table:
    """Return the table in `part`.

    Parameters
    ----------
    known : collection of str
        Folded names of columns, to find the header by.

    Raises
    ------
    InputError
        When it holds no table.
    """
    if part.format == "gpx":
        raise InputError(f"{part.name} is a GPX track", remedy="read it with read_patrols")
    if part.format in {"vector", "parquet"}:
        cells, geometry, notes = _features(part, encoding)
        cells.columns = cells.columns.astype(str)
        return Table(part.name, cells, geometry, rejections(), notes)
    if part.format == "excel":
        found = read_sheets(part.data, known, part.name, sheet)
    else:
        text, notes = decode(part.data, encoding, part.name)
        if text.lstrip().startswith(("[{", "{")):
            raise InputError(
                f"{part.name} holds JSON, not a table", remedy="save it as CSV, .xlsx or GeoJSON"
            )
        found = read_text(text, known, part.name)
        return Table(part.name, found.frame, None, found.rejected, (*notes, *found.notes))
    return Table(part.name, found.frame, None, found.rejected, found.notes)


def _features(
    part: Part, encoding: str | None
) -> tuple[pd.DataFrame, gpd.GeoSeries | Points | None, tuple[Note, ...]]:
    points = read_parquet_points(part) if part.format == "parquet" else None
    if points is not None:
        cells, geometry = points
        return cells.set_axis(pd.RangeIndex(1, len(cells) + 1)), geometry, ()
    frame, notes = read_vector(part, encoding=encoding)
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1))
    if isinstance(frame, gpd.GeoDataFrame):
        return pd.DataFrame(frame.drop(columns=frame.geometry.name)), frame.geometry, notes
    return frame, None, notes


def as_text(column: pd.Series) -> pd.Series:
    """Return a column as trimmed text, missing where it holds nothing; whole numbers stay whole.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.Series([12.0, " ", "a "], dtype="object")).tolist()
    ['12', nan, 'a']
    """
    if not isinstance(column.dtype, pd.StringDtype):
        column = _written(column)
    stripped = column.str.strip()
    return stripped.mask(stripped.isin(NOTHING))


def _written(column: pd.Series) -> pd.Series:
    """Return typed values as a person would write them."""
    if pd.api.types.is_float_dtype(column.dtype):
        whole = column.notna() & (column % 1 == 0) & (column.abs() < 1e15)
        text = column.astype("str").astype("object")
        text[whole] = column[whole].astype("int64").astype("str")
        return text.where(column.notna(), "").astype("str")
    if column.dtype == object:
        made = [
            ""
            if value is None or value is pd.NaT or value != value
            else str(int(value))
            if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
            else str(value)
            for value in map(_plain, column)
        ]
        return pd.Series(made, index=column.index, dtype="str")
    return column.astype("str").where(column.notna(), "").astype("str")


def _plain(value: object) -> object:
    """Return lists and tables as text, so that they can be compared with themselves."""
    return str(value) if hasattr(value, "__len__") and not isinstance(value, str) else value
