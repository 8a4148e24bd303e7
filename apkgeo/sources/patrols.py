"""Read where patrols walked: GPX tracks and tables of points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from apkgeo.crs import WGS84
from apkgeo.errors import InputError
from apkgeo.frames import Reading, rejections
from apkgeo.language import Note, _
from apkgeo.sources.accounting import FileNote, Mask, Sieve, read_each
from apkgeo.sources.clock import written_moment
from apkgeo.sources.columns import PATROLS, Columns, fold, known_names, listing, recognise
from apkgeo.sources.files import Part, PathLike, requested
from apkgeo.sources.fixes import mark_fixes
from apkgeo.sources.loggers import read_log
from apkgeo.sources.points import place_points, points_reading
from apkgeo.sources.tables import Table, as_text, read_table
from apkgeo.sources.times import NO_TIME, OUT_OF_RANGE, UNREADABLE, read_times, zone_of
from apkgeo.sources.tracks import read_gpx
from apkgeo.study import Source

NO_POSITION = _("The point has no position.")
NO_FIX = _("The tracker had lost its position and told an older one.")
# What says when a position was measured, where other columns tell when it came.
_OF_THE_FIX = {"recorded", "recordedat", "fixtime", "devicetime"}
_TRACCAR = {"deviceid", "fixtime", "latitude", "longitude"}


def read_patrols(
    path: PathLike,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    encoding: str | None = None,
    time_zone: str = "Europe/Prague",
    programmes: Mapping[str, str] | None = None,
    keep_units: bool = False,
) -> Reading:
    """Read patrols' positions from GPX, KML, NMEA or Traccar, or from tables and layers of points.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        Files; a pattern such as ``"patrols/*.gpx"`` stands for all that match.
    columns : mapping of str to str, optional
        Our column (``unit``, ``recorded``, ``x``, ``y``) -> the file's column, for tables.
    crs, encoding : optional
        As for `read_incidents`, for tables.
    time_zone : str
        The local time: of the result, and of values in tables that name no zone.
    programmes : mapping of str to str, optional
        Programme -> the names of its units as the tracks or files have them, with ``*`` for any
        letters; the first that fits. The frame then has the column ``programme``.
    keep_units : bool
        Keep the units' names as the tracks or files have them. They are employees' movements:
        pseudonyms stand in their place unless this is asked for.

    Returns
    -------
    Reading
        The frame has ``unit`` (``"unit-01"``, …), ``recorded`` (zone-aware local time), ``mark``
        (``"jump"`` for a point that the unit could not have come to, ``"stale"`` for a position
        told again and again, else missing; see `apkgeo.sources.fixes.mark_fixes`) and points.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When it is unreadable, or has no column for time or position.

    Notes
    -----
    A unit is what shares the name of the GPX track, else of the file's metadata, else of the file.
    Pseudonyms count the units by their first position in time; they hold within one reading, and
    which name each stands for is not kept. No note names a unit, nor a file, which may be called
    after one; only the column ``file`` of the rejected rows does, so that they can be mended.
    Points without a time are rejected, and so are those of which the tracker itself says that it
    had lost its position (Traccar's ``valid``, NMEA's V); doubtful ones are only marked. Traccar
    keeps times in UTC: those of its tables that name no zone are read so, and that is told.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> table = "unit,time,lat,lon\\nA1,2015-07-01T08:00:00Z,49.7,13.4\\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     written = path.write_text(table, encoding="utf-8")
    ...     reading = read_patrols(path)
    >>> reading.frame["recorded"].astype("str").tolist(), reading.frame["unit"].tolist()
    (['2015-07-01 10:00:00+02:00'], ['unit-01'])
    """
    zone = zone_of(time_zone)
    request = requested(path, columns=columns, crs=crs, encoding=encoding)

    def read(part: Part) -> Reading:
        if part.format == "gpx":
            return _from_gpx(part, zone)
        known = known_names(PATROLS, request.columns)
        table = read_log(part) or read_table(part, known, encoding=request.encoding)
        return _from_table(part, table, request.columns, request.crs, zone)

    reading = read_each(request, read, "patrols")
    marks, told = mark_fixes(reading.frame)
    frame = reading.frame.assign(mark=marks)[["unit", "recorded", "mark", "geometry"]]
    reading = Reading(frame, reading.rejected, (*reading.notes, *told))
    named = programmes or (path.programmes if isinstance(path, Source) else {})
    if named:
        reading = replace(reading, frame=_in_programmes(reading.frame, named))
    units = reading.frame["unit"].nunique()
    if keep_units:
        note = Note(_("Units in the tracks: {count}."), count=units)
        return replace(reading, notes=(*reading.notes, note))
    note = Note(_("Units in the tracks: {count}; pseudonyms replace their names."), count=units)
    return Reading(
        reading.frame.assign(unit=_pseudonyms(reading.frame)),
        reading.rejected,
        (*_without_files(reading.notes), note),
    )


def _in_programmes(frame: gpd.GeoDataFrame, named: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return the frame with the programme of each unit, missing where no name fits."""
    found = {
        unit: next((one for one, names in named.items() if fnmatchcase(unit, names)), None)
        for unit in frame["unit"].unique()
    }
    return frame.assign(programme=frame["unit"].map(found).astype("str"))


def _pseudonyms(frame: gpd.GeoDataFrame) -> pd.Series:
    """Return ``unit-01``, ``unit-02``, … in the order in which the units were first recorded.

    The alphabet would give names away to whoever knows the staff.
    """
    first = frame.groupby("unit")["recorded"].min().reset_index()
    ordered = first.sort_values(["recorded", "unit"])["unit"]
    width = max(2, len(str(len(ordered))))
    known = {name: f"unit-{number:0{width}}" for number, name in enumerate(ordered, 1)}
    return frame["unit"].map(known).astype("str")


def _without_files(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return the notes without the names of files, each once."""
    plain = [
        Note(note.message, **note.values) if isinstance(note, FileNote) else note for note in notes
    ]
    return tuple(dict.fromkeys(plain))


def _from_gpx(part: Part, zone: ZoneInfo) -> Reading:
    track = read_gpx(part)
    points = track.points
    # GPX times are UTC even where the Z is forgotten.
    stamps = as_text(points["time"])
    bare = ~stamps.str.contains(r"(?:[Zz]|[+-]\d\d:?\d\d)$", regex=True).fillna(True).astype(bool)
    points = points.assign(time=stamps.where(~bare, stamps + "Z"))
    names = as_text(points["track"])
    fallback = track.name or part.stem
    unit = names.fillna(fallback)
    columns = recognise(["lat", "lon", "time"], PATROLS, {}, part.name)
    table = Table(part.name, points[["lat", "lon", "time"]], None, rejections(), ())
    return _reading(table, unit, columns.found, CRS(WGS84), zone, zone, [])


def _from_table(
    part: Part, table: Table, named: Mapping[str, str], crs: CRS | None, zone: ZoneInfo
) -> Reading:
    named = _with_moments(table.cells, named)
    columns = recognise(list(table.cells.columns), PATROLS, named, part.name)
    notes = [*table.notes, *columns.notes]
    paired = "x" in columns and "y" in columns
    if table.geometry is None and not paired and "coordinates" not in columns:
        raise _missing(table, "position", "lat and lon", 'x = "…", y = "…"')
    if "occurred" not in columns:
        raise _missing(table, "time", "time or recorded", 'recorded = "…"')
    if "unit" in columns:
        unit = as_text(table.cells[columns["unit"]]).fillna(part.stem)
    else:
        unit = pd.Series(part.stem, index=table.cells.index, dtype="str")
        notes.append(Note(_("No column names the unit: the name of the file was taken.")))
    written = zone
    if {fold(str(column)) for column in table.cells.columns} >= _TRACCAR:
        written = ZoneInfo("UTC")
        notes.append(Note(_("A table of Traccar: times that name no zone were read as UTC.")))
    return _reading(table, unit, columns.found, crs, written, zone, notes)


def _with_moments(cells: pd.DataFrame, named: Mapping[str, str]) -> Mapping[str, str]:
    """Return `named`, and a column "time" as the whole moment where it holds the day as well."""
    moments, clocks = PATROLS["occurred"].split(), PATROLS["time"].split()
    column = next((one for one in cells.columns if fold(one) in clocks), None)
    told = {"occurred", "time", *moments, *clocks} & {fold(key) for key in named}
    if column is None or told or _OF_THE_FIX & {fold(one) for one in cells.columns}:
        return named
    some = as_text(cells[column].head(100)).dropna()
    whole = sum(written_moment(text) is not None for text in some)
    return {**named, "occurred": column} if 2 * whole > len(some) else named


def _missing(table: Table, what: str, expected: str, remedy: str) -> InputError:
    return InputError(
        f"{table.name}: no column for the {what}",
        expected=f"a column such as {expected}",
        came=f"columns {listing(table.cells.columns) or 'none'}",
        remedy=f"name it in the study: columns = {{ {remedy} }}",
    )


def _reading(
    table: Table,
    unit: pd.Series,
    found: Mapping[str, str],
    crs: CRS | None,
    written: ZoneInfo,
    zone: ZoneInfo,
    notes: list[Note],
) -> Reading:
    """Return the points of a table whose times without a zone are in the zone `written`."""
    sieve = Sieve(table.cells.index)
    sieve.reject(_lost(table.cells), "valid", None, NO_FIX)
    date = table.cells[found["occurred"]]
    clock = table.cells[found["time"]] if "time" in found else None
    times = read_times(date, clock, written)
    notes.extend(times.notes)
    sieve.reject(times.missing, found["occurred"], date, NO_TIME)
    sieve.reject(times.unreadable | times.whole_day, found["occurred"], date, UNREADABLE)
    sieve.reject(times.out_of_range, found["occurred"], date, OUT_OF_RANGE)
    placed = place_points(table, Columns(found, ()), crs, sieve, notes)
    sieve.reject(np.isnan(placed.x), found.get("x", "geometry"), None, NO_POSITION)
    recorded = times.start.dt.tz_convert(zone)
    made = pd.DataFrame({"unit": unit, "recorded": recorded}, index=table.cells.index)
    return points_reading(table, made, placed, sieve, notes)


def _lost(cells: pd.DataFrame) -> Mask:
    """Return where a tracker says that it had no position."""
    told = next((column for column in cells.columns if fold(str(column)) == "valid"), None)
    if told is None:
        return np.zeros(len(cells), dtype=bool)
    words = as_text(cells[told]).str.lower()
    return np.asarray(words.isin(["false", "0", "f", "n", "v"]), dtype=bool)
