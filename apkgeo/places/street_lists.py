"""Areas that are published as lists of streets and house numbers: okrsky and localities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.crs import metric_crs, require_crs
from apkgeo.errors import InputError, MissingFileError
from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.index_building import build_index
from apkgeo.places.street_areas import draw_areas
from apkgeo.places.street_entries import EntryReader
from apkgeo.places.street_sections import Section, read_sections
from apkgeo.places.street_sharing import rejected_rows, share_addresses, unlisted

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How far from its addresses a locality reaches, and a district that is one of many that together
# hold nearly every address.
LOCALITY_REACH, DISTRICT_REACH, LEAST_REACH = 40.0, 250.0, 1.0
NEARLY_ALL = 0.8

ACCOUNT = _("{used} of {rows} entries name {addresses} addresses; entries not used: {rejected}.")
REACHES = _(
    "Areas hold the land nearest to their own addresses, up to {reach} m from them; borders run "
    "in the middle between houses of different areas."
)
WITHIN = _(
    "Areas hold the land nearest to their own addresses, up to the outline given; borders run in "
    "the middle between houses of different areas."
)
OUTSIDE = _("Listed addresses outside of the outline: {count}.")
EMPTY = _("{area} has no address to itself and was not drawn.")
ONE_POINT = _(
    "Addresses of different areas that stand on one point: {count}; the first area has it."
)


@dataclass(frozen=True)
class StreetAreas:
    """Areas drawn from a list, and what became of each of its entries.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        The areas; see `areas_from_street_list`.
    rows_used : int
        Entries that name addresses: a street, or one number or range of numbers of a street.
    rejected : pandas.DataFrame
        One row for each other entry: ``row`` (its number in the list), ``column`` (``"street"`` or
        ``"number"``), ``value`` (as it was written), ``reason``, ``line`` and ``area``.
    area : numpy.ndarray of int
        The area of each address in the order of `index`; -1 for those of none.
    index : AddressIndex
        The addresses.
    notes : tuple of Note
        Everything assumed, and which streets are in no list.
    """

    frame: gpd.GeoDataFrame
    rows_used: int
    rejected: pd.DataFrame
    area: NDArray[np.int64]
    index: AddressIndex
    notes: tuple[Note, ...]

    @property
    def rows_in(self) -> int:
        """How many entries the list has."""
        return self.rows_used + len(self.rejected)


def areas_from_street_list(
    text_or_path: str | Path | Sequence[str | Path],
    addresses: gpd.GeoDataFrame | Reading,
    *,
    level: str | None = None,
    reach: float | None = None,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
) -> gpd.GeoDataFrame:
    """Draw areas from lists of their streets and house numbers.

    Parameters
    ----------
    text_or_path : str, Path or several paths
        A list as text, or a file (UTF-8 or cp1250): lines under headings such as
        ``[plac] Plac (vnitroblok)`` or ``Okrsek 12:``; TOML tables with a key ``streets``; or a
        table with columns for the area, the street and its numbers. A list without any heading is
        one area, called as its file is (``"1"`` for a text).
    addresses : geopandas.GeoDataFrame or Reading
        The tidy frame of the register's addresses (see `apkgeo.read_addresses`): all of them, for
        a border runs between an area's houses and the houses beside it.
    level : str, optional
        What the areas are; ``"district"`` where headings say so (okrsek, obvod, úsek), otherwise
        ``"locality"``.
    reach : float, optional
        How far from its own addresses an area reaches, in metres. When not given, 40 m, or 250 m
        where the lists name nearly all addresses of the register; which it was is in the notes.
    within : GeoDataFrame or GeoSeries, optional
        The city's outline. Areas then fill it and `reach` is not used.

    Returns
    -------
    geopandas.GeoDataFrame
        Disjoint areas with ``code``, ``name``, ``level``, ``valid_from``, ``valid_to``,
        ``addresses`` (how many), what else the list says (``station``, ``officer``, ``phone``, …)
        and polygons in a CRS in metres (the addresses' own; EPSG:5514 in Czechia). Its ``attrs``
        account for the list: ``rows_in``, ``rows_used``, ``rejected`` (a list of dicts with
        ``row``, ``column``, ``value``, ``reason``, ``line``, ``area``), ``notes`` (of `Note`).

    Raises
    ------
    MissingFileError
        When a file is named that does not exist.
    InputError
        When the list names no area, or not one address of the register.
    CRSError
        When the addresses have no CRS.

    Notes
    -----
    A row of the accounting is a street, or one number or range of numbers of a street; rows in =
    rows used + rows rejected. A name may differ from the register's in case, diacritics and
    abbreviations; what differs more is rejected with similar names, never guessed. A lone number
    is an orientation number (č.o.), where the street has it, else a house number (č.p.). An
    address that two areas list goes to the one that lists it more exactly (a number before a
    range, a range before a street, a street before a part of the town), else to the first; the
    later row is rejected when nothing of it is left.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(
    ...     {"address_code": ["1", "2", "3", "4"], "street": "Resslova",
    ...      "house_number": [11, 12, 13, 14], "house_number_kind": "č.p.",
    ...      "orientation_number": [1, 2, 3, 4], "orientation_letter": None, "part": "Jih",
    ...      "municipality": "Plzeň", "city_district": None, "postcode": "30100"},
    ...     geometry=gpd.points_from_xy([-822000 + 20 * n for n in range(4)], [-1070000] * 4),
    ...     crs=5514,
    ... )
    >>> areas = areas_from_street_list("[a] Lichá\\nResslova 1-3 lichá\\n[b]\\nresslova 2", frame)
    >>> areas[["code", "name", "addresses"]].values.tolist()
    [['a', 'Lichá', 2], ['b', 'b', 1]]
    """
    read = read_street_list(text_or_path, addresses, level=level, reach=reach, within=within)
    frame = read.frame.copy()
    frame.attrs = {
        "rows_in": read.rows_in,
        "rows_used": read.rows_used,
        "rejected": read.rejected.to_dict("records"),
        "notes": list(read.notes),
    }
    return frame


def read_street_list(
    text_or_path: str | Path | Sequence[str | Path],
    addresses: gpd.GeoDataFrame | Reading,
    *,
    level: str | None = None,
    reach: float | None = None,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
) -> StreetAreas:
    """Draw areas from lists of their streets, with the account of every entry.

    Parameters, errors and the areas are those of `areas_from_street_list`.
    """
    frame = getattr(addresses, "frame", addresses)
    index = _index(frame)
    reader = EntryReader(index)
    sections = [
        section
        for name, text in _texts(text_or_path)
        for section in read_sections(text, reader.is_street, name)
    ]
    sections = _together(sections)
    rows = [
        row
        for number, section in enumerate(sections)
        for entry in reader.entries(section.lines, number)
        for row in reader.rows(entry)
    ]
    shares = share_addresses(rows, sections, len(index))
    used = [row for row in shares.rows if row.reason is None]
    rejected = rejected_rows(shares.rows, sections)
    if not used:
        first = f"; {rejected['reason'].iloc[0]}" if len(rejected) else ""
        raise InputError(
            "the list names not one address of the register",
            came=str(rejected["value"].iloc[0]) + first
            if len(rejected)
            else "areas without streets",
            remedy="give the addresses of the same town, and streets as the register spells them",
        )
    drawn, notes = _drawn(sections, shares.area, index, level, reach, within)
    account = Note(
        ACCOUNT, used=len(used), rows=len(shares.rows), rejected=len(rejected),
        addresses=int((shares.area >= 0).sum()),
    )  # fmt: skip
    return StreetAreas(
        drawn, len(used), rejected, shares.area, index,
        (account, *notes, *shares.notes, *unlisted(index, shares.area)),
    )  # fmt: skip


def _index(addresses: Any) -> AddressIndex:
    """Lay the addresses out in metres."""
    if isinstance(addresses, gpd.GeoDataFrame) and len(addresses):
        crs = require_crs(addresses, "the addresses frame")
        if crs.is_geographic:
            addresses = addresses.to_crs(metric_crs(addresses))
    return build_index(addresses)


def _texts(given: Any) -> list[tuple[str, str]]:
    """Return (name, text) of each list."""
    if isinstance(given, (list, tuple)):
        return [pair for one in given for pair in _texts(one)]
    if not isinstance(given, (str, Path)):
        raise InputError("the list", expected="text or a path", came=f"a {type(given).__name__}")
    text = str(given)
    if isinstance(given, str) and ("\n" in text or not _is_file(text)):
        if "\n" not in text and Path(text).suffix.lower() in {".txt", ".toml", ".csv", ".tsv"}:
            raise MissingFileError(f"no file {text!r}", remedy="check the path and its spelling")
        return [("the list", text)]
    path = Path(given)
    if not path.is_file():
        raise MissingFileError(f"no file {text!r}", remedy="check the path and its spelling")
    return [(path.name, _decoded(path))]


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    if b"\0" in data:
        raise InputError(
            f"{path.name} is no text", remedy="save the list as plain text, TOML or CSV"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1250", errors="replace")


def _together(sections: list[Section]) -> list[Section]:
    """Join the sections of one code that stand in several files."""
    made: dict[str, Section] = {}
    for section in sections:
        known = made.setdefault(section.code, section)
        if known is not section:
            known.lines += section.lines
            known.details.update(section.details)
    return list(made.values())


def _drawn(
    sections: list[Section],
    area: NDArray[np.int64],
    index: AddressIndex,
    level: str | None,
    reach: float | None,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None,
) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Return the frame of the areas that have an address, and how they were drawn."""
    placed = ~np.isnan(index.x)
    points = np.column_stack([index.x[placed], index.y[placed]])
    own = area[placed]
    counts = np.bincount(own[own >= 0], minlength=len(sections))
    notes: list[Note] = []
    outline = None
    if within is not None:
        require_crs(within, "the outline")
        outline = within.to_crs(index.crs).make_valid().union_all()
        notes.append(Note(WITHIN))
        outside = ~shapely.intersects_xy(outline, points[own >= 0])
        if outside.any():
            notes.append(Note(OUTSIDE, count=int(outside.sum())))
    else:
        if reach is None:
            most = (own >= 0).mean() >= NEARLY_ALL
            reach = DISTRICT_REACH if most else LOCALITY_REACH
        if not LEAST_REACH <= reach < np.inf:
            raise InputError("reach", expected="at least 1 metre", came=repr(reach))
        notes.append(Note(REACHES, reach=reach))
    shapes = draw_areas(points, own, len(sections), reach=reach or 0.0, within=outline)
    shared = _shared_points(points, own)
    if shared:
        notes.append(Note(ONE_POINT, count=shared))
    notes += [
        Note(EMPTY, area=section.name)
        for section, empty in zip(sections, shapely.is_empty(shapes), strict=True)
        if empty
    ]
    table = pd.DataFrame([_attributes(section, level) for section in sections])
    for column in ("valid_from", "valid_to"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[us]")
    table.insert(5, "addresses", counts)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=index.crs)
    return frame[~frame.is_empty].reset_index(drop=True), notes


def _attributes(section: Section, level: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": section.code,
        "name": section.name,
        "level": level or ("district" if section.district else "locality"),
        "valid_from": None,
        "valid_to": None,
    }
    for key, value in section.details.items():
        row[key] = _day(section, key, value) if key.startswith("valid") else value
    return row


def _day(section: Section, key: str, value: str) -> date:
    """Read a date as 2014-07-14 or 14. 7. 2014."""
    parts = [part for part in value.replace(".", "-").replace(" ", "").split("-") if part]
    try:
        numbers = [int(part) for part in parts]
        year, month, day = numbers if numbers[0] > 31 else numbers[::-1]
        return date(year, month, day)
    except (ValueError, IndexError, OverflowError):
        raise InputError(
            f"area {section.code!r}, {key}", expected="a date such as 2014-07-14", came=repr(value)
        ) from None


def _shared_points(points: NDArray[np.float64], area: NDArray[np.int64]) -> int:
    """Count addresses that stand on one point with one of another area."""
    listed = area >= 0
    table = pd.DataFrame({"x": points[listed, 0], "y": points[listed, 1], "area": area[listed]})
    first = table.groupby(["x", "y"])["area"].transform("first")
    return int((first != table["area"]).sum())
