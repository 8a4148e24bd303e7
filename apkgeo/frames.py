"""Columns, types and CRS of each tidy frame, the one checker, and what a reader returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
import shapely

from apkgeo.crs import require_crs
from apkgeo.errors import InputError
from apkgeo.language import Note

# The part of the city that an address without coordinates names; see `apkgeo.places.city_parts`.
CITY_PART = "city_part"
Kind = Literal["incidents", "patrols", "boundaries", "addresses"]

# Column -> what it holds: "text", "time" (zone-aware), "date", "number". Those that a frame of the
# kind always has come first; any other column is carried along untouched.
REQUIRED: Mapping[Kind, Mapping[str, str]] = {
    "incidents": {
        "incident_id": "text",
        "occurred": "time",
        "offence": "text",
        "offence_text": "text",
        "origin": "text",
        "precision": "text",
    },
    "patrols": {"unit": "text", "recorded": "time"},
    "boundaries": {
        "code": "text",
        "name": "text",
        "level": "text",
        "valid_from": "date",
        "valid_to": "date",
    },
    "addresses": {
        "address_code": "text",
        "street": "text",
        "house_number": "number",
        "house_number_kind": "text",
        "orientation_number": "number",
        "orientation_letter": "text",
        "part": "text",
        "municipality": "text",
        "city_district": "text",
        "postcode": "text",
    },
}
OPTIONAL: Mapping[Kind, Mapping[str, str]] = {
    "incidents": {"occurred_to": "time", "address": "text", CITY_PART: "text"},
    "patrols": {"mark": "text", "programme": "text"},
    "boundaries": {
        "station": "text",
        "officer": "text",
        "phone": "text",
        "state_police": "text",
        "population": "number",
    },
    "addresses": {"street_code": "text", "part_code": "text", "municipality_code": "text"},
}
ORIGINS = ("citizen", "patrol", "other")
PRECISIONS = ("measured", "address", "street", "part", "masked")
REJECTED_COLUMNS = ("row", "column", "value", "reason")


@dataclass(frozen=True)
class Reading:
    """What a reader returns: the rows it can use, those it cannot, and what it assumed.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        The tidy frame. ``frame`` and ``rejected`` together have as many rows as the source.
    rejected : pandas.DataFrame
        One row for each row of the source that could not be used: ``row`` (its number in the
        source, the first row of data being 1), ``column``, ``value`` (as it was written) and
        ``reason`` (an English sentence; `apkgeo.language.translate` tells it in Czech).
    notes : tuple of Note
        Everything assumed: encoding, delimiter, decimal mark, columns recognised, CRS and axes,
        repairs.
    """

    frame: gpd.GeoDataFrame
    rejected: pd.DataFrame
    notes: tuple[Note, ...] = ()

    @property
    def rows_in(self) -> int:
        """How many rows the source had."""
        return len(self.frame) + len(self.rejected)


def rejections(rows: Iterable[tuple[int, str, Any, str]] = ()) -> pd.DataFrame:
    """Return a table of rejected rows from (row, column, value, reason)."""
    table = pd.DataFrame(list(rows), columns=list(REJECTED_COLUMNS))
    return table.astype({"row": "int64"}).astype(
        {"column": "str", "value": "object", "reason": "str"}
    )


def check_frame(frame: gpd.GeoDataFrame, kind: Kind, *, what: str | None = None) -> None:
    """Raise InputError unless `frame` is a tidy frame of `kind`.

    Called once where a frame enters; after that it is trusted. Every missing column is named.

    Raises
    ------
    InputError
        When a column is missing, a time has no zone, or geometry is missing or of another type.
    CRSError
        When the frame has no CRS.
    """
    what = what or f"the {kind} frame"
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InputError(
            what,
            expected="a GeoDataFrame",
            came=f"a {type(frame).__name__}",
            remedy=f"read it with apkgeo.read_{kind}",
        )
    missing = [column for column in REQUIRED[kind] if column not in frame.columns]
    if missing:
        raise InputError(
            what,
            expected=f"columns {', '.join(REQUIRED[kind])}",
            came=f"a frame without {', '.join(missing)}",
            remedy=f"read it with apkgeo.read_{kind}, or rename its columns",
        )
    require_crs(frame, what)
    for column, holds in {**REQUIRED[kind], **OPTIONAL[kind]}.items():
        if holds == "time" and column in frame.columns:
            require_zone(frame[column], what)
    wanted = {"Polygon", "MultiPolygon"} if kind == "boundaries" else {"Point"}
    present = frame.geometry[~shapely.is_missing(frame.geometry.to_numpy())]
    wrong = present[~present.geom_type.isin(list(wanted))]
    if len(wrong):
        raise InputError(
            f"{what}, row {wrong.index[0]}",
            expected=" or ".join(sorted(wanted)),
            came=str(wrong.geom_type.iloc[0]),
            remedy=f"{len(wrong)} row(s) are of another geometry type",
        )


def require_zone(column: pd.Series, what: str) -> None:
    """Raise InputError unless a column holds times with a zone."""
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        raise InputError(
            f"{what}, column {column.name!r}",
            expected="times with a time zone",
            came=str(column.dtype),
            remedy="localise it: frame[column].dt.tz_localize('Europe/Prague')",
        )
