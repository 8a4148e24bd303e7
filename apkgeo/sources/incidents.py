"""Read incidents: hand-made tables, police exports and map layers, row by row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from apkgeo.errors import InputError
from apkgeo.frames import PRECISIONS, Reading
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Mask, Sieve, read_each, stacked
from apkgeo.sources.columns import INCIDENTS, Columns, fold, known_names, listing, recognise
from apkgeo.sources.coordinates import Placed
from apkgeo.sources.files import Part, PathLike, Request, requested
from apkgeo.sources.intervals import with_spans
from apkgeo.sources.numbers import read_pairs
from apkgeo.sources.offences import CODES, offence_codes
from apkgeo.sources.origins import read_origins
from apkgeo.sources.points import make_points, place_points
from apkgeo.sources.police_cr import read_police_cr
from apkgeo.sources.police_files import is_police_cr
from apkgeo.sources.repeats import Earlier, judge_repeats
from apkgeo.sources.sheets import SheetName
from apkgeo.sources.suggestions import decided_codes, read_decisions
from apkgeo.sources.tables import Table, as_text, read_table
from apkgeo.sources.times import (
    NO_TIME,
    OUT_OF_RANGE,
    UNREADABLE,
    Times,
    a_day_on,
    read_times,
    zone_of,
)
from apkgeo.sources.written_addresses import written_addresses

NO_PLACE = _("No place: neither coordinates nor an address.")
_FIELDS = ("incident_id", "occurred", "offence", "offence_text", "origin", "precision")


def read_incidents(
    path: PathLike,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    encoding: str | None = None,
    time_zone: str = "Europe/Prague",
    sheet: SheetName | None = None,
    offences: str | Path | None = None,
) -> Reading:
    """Read incidents from CSV, Excel, GeoJSON, GeoPackage, SHP or Parquet as they are.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        Files; a pattern such as ``"2014/*.csv"`` stands for all that match.
    columns : mapping of str to str, optional
        Our column (``occurred``, ``time``, ``x``, ``y``, ``offence``, …) -> the file's column,
        for those that are not recognised.
    crs : str or pyproj.CRS, optional
        The CRS of the coordinates, where the file does not say and it cannot be judged.
    encoding : str, optional
        The text encoding, where it cannot be judged.
    time_zone : str
        The local time of values that name no zone.
    sheet : str, int or several, optional
        Sheets of a workbook; the ones with data when not given.
    offences : str or Path, optional
        The table of suggested offences (`suggest_offences`) as the analyst accepted or changed it.

    Returns
    -------
    Reading
        The frame has ``incident_id``, ``occurred`` (zone-aware), ``offence`` (a code),
        ``offence_text``, ``origin``, ``precision``, where known ``occurred_to`` and ``address``,
        and points in the CRS of the source. Rows with an address and no coordinates have none.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When it is unreadable, or has no column for the time or for the place.
    CRSError
        When the system of the coordinates can be neither judged nor is named.

    Notes
    -----
    Every judgement (encoding, delimiter, columns, order of day and month, CRS, order and signs of
    coordinates) is made once for a whole file and stands in the notes. Open data of the Czech state
    police, where an incident has several rows, are handed to `read_police_cr`, unless `columns`
    says how to read them.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> table = "Datum;X;Y;Typ\\n1.7.2013 9:25;13.4;49.7;§ 47\\n;;;"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     written = path.write_text(table, encoding="utf-8")
    ...     reading = read_incidents(path)
    >>> reading.frame["offence"].tolist(), reading.rejected["reason"].tolist()
    (['public_order'], ['No time.'])
    """
    zone = zone_of(time_zone)
    request = requested(path, columns=columns, crs=crs, encoding=encoding)
    if not request.columns and _of_state_police(request.files):
        return read_police_cr(path, encoding=encoding, time_zone=time_zone)
    accepted = offences or request.offences
    decisions = None if accepted is None else read_decisions(accepted)

    several = len(request.files) > 1 or request.files[0].suffix.lower() == ".zip"
    earlier: Earlier = [] if several else None

    def read(part: Part) -> Reading:
        return read_part(part, request, zone, sheet=sheet, earlier=earlier)

    reading = read_each(request, read, "incidents")
    if decisions is None:
        return reading
    told: list[Note] = []
    codes = decided_codes(reading.frame["offence"], decisions, Path(str(accepted)).name, told)
    frame = reading.frame.assign(offence=codes)
    return Reading(frame, reading.rejected, (*reading.notes, *told))


def read_part(
    part: Part,
    request: Request,
    zone: ZoneInfo,
    *,
    sheet: SheetName | None = None,
    earlier: Earlier = None,
) -> Reading:
    """Read one file, or one piece of it, by a judgement of its own; see `read_incidents`.

    Rows that stand in `earlier` files are rejected, and the part's are added there.
    """
    known = known_names(INCIDENTS, request.columns)
    table = read_table(part, known, encoding=request.encoding, sheet=sheet)
    return _incidents(table, request.columns, request.crs, zone, earlier)


def _of_state_police(files: tuple[Path, ...]) -> bool:
    """Return whether all files are the state police's; raise InputError when only some are."""
    theirs = [file for file in files if is_police_cr(file)]
    if theirs and len(theirs) < len(files):
        other = next(file for file in files if file not in theirs)
        raise InputError(
            f"{theirs[0].name} is the state police's and {other.name} is not",
            expected="one kind of records, since both would count the same incident",
            remedy="read the state police's files apart, with read_police_cr",
        )
    return bool(theirs)


def _incidents(
    table: Table, named: Mapping[str, str], crs: CRS | None, zone: ZoneInfo, earlier: Earlier
) -> Reading:
    cells = table.cells
    columns = recognise(list(cells.columns), INCIDENTS, _with_words(cells, named), table.name)
    _require(columns, table)
    notes = [*table.notes, *columns.notes]
    sieve = Sieve(cells.index)
    made = pd.DataFrame(index=cells.index)
    made["incident_id"] = _numbers(cells, columns, notes)
    times = _times(cells, columns, zone, sieve, notes)
    made["occurred"] = times.start
    ends = _ends(cells, columns, times, zone, notes)
    if ends is not None:
        made["occurred_to"] = ends
    made["offence"], made["offence_text"] = _offences(cells, columns, times.start, notes)
    made["origin"] = read_origins(cells, columns, notes)
    address = written_addresses(cells, columns)
    if address is not None:
        made["address"] = address
    placed = place_points(table, columns, crs, sieve, notes)
    here = ~np.isnan(placed.x)
    lost = ~here if address is None else ~here & address.isna().to_numpy()
    sieve.reject(lost, columns.found.get("x", columns.found.get("coordinates", "")), None, NO_PLACE)
    made["precision"] = _precision(cells, columns, here)
    number = cells[columns["incident_id"]] if "incident_id" in columns else None
    judge_repeats(made, placed, number, sieve, notes, earlier)
    return _reading(table, columns, made, placed, sieve, notes)


def _with_words(cells: pd.DataFrame, named: Mapping[str, str]) -> Mapping[str, str]:
    """Return `named`, and the address where a column "location" holds words and no numbers."""
    names = INCIDENTS["address"].split()
    telling = [column for column in cells.columns if fold(column) in names]
    either = [column for column in telling if fold(column) in INCIDENTS["coordinates"].split()]
    if not either or len(telling) > len(either) or {"address", "coordinates"} & named.keys():
        return named
    first, _second = read_pairs(cells[either[0]])
    worded = as_text(cells[either[0]]).notna().any() and bool(np.isnan(first.values).all())
    return {**named, "address": either[0]} if worded else named


def _require(columns: Columns, table: Table) -> None:
    """Raise InputError unless there is a time and a place."""
    present = listing(table.cells.columns) or "none"
    if "occurred" not in columns:
        raise InputError(
            f"{table.name}: no column for the time",
            expected="a column such as Datum, spácháno or date",
            came=f"columns {present}",
            remedy='name it in the study: columns = { occurred = "…" }',
        )
    paired = "x" in columns and "y" in columns
    place = paired or any(f in columns for f in ("coordinates", "address", "street"))
    if table.geometry is None and not place:
        raise InputError(
            f"{table.name}: no column for the place",
            expected="columns such as X and Y, or an address",
            came=f"columns {present}",
            remedy='name them in the study: columns = { x = "…", y = "…" }',
        )


def _numbers(cells: pd.DataFrame, columns: Columns, notes: list[Note]) -> pd.Series:
    if "incident_id" not in columns:
        notes.append(Note(_("No column numbers the incidents: their row numbers were taken.")))
        return pd.Series(cells.index.astype("str"), index=cells.index, dtype="str")
    given = as_text(cells[columns["incident_id"]])
    missing = given.isna()
    if not missing.any():
        return given
    told = _("Incidents without a number: {count}; they got that of their row.")
    notes.append(Note(told, count=int(missing.sum())))
    rows = "row " + pd.Series(cells.index.astype("str"), index=cells.index, dtype="str")
    return given.where(~missing, rows)


def _times(
    cells: pd.DataFrame, columns: Columns, zone: ZoneInfo, sieve: Sieve, notes: list[Note]
) -> Times:
    date = cells[columns["occurred"]]
    clock = cells[columns["time"]] if "time" in columns else None
    times = read_times(date, clock, zone)
    notes.extend(times.notes)
    if times.unreadable.any():
        times = with_spans(times, _shown(date, clock), zone, notes)
    sieve.reject(times.missing, columns["occurred"], date, NO_TIME)
    shown = partial(_shown, date, clock)
    sieve.reject(times.unreadable, columns["occurred"], shown, UNREADABLE)
    sieve.reject(times.out_of_range, columns["occurred"], shown, OUT_OF_RANGE)
    return times


def _shown(date: pd.Series, clock: pd.Series | None) -> pd.Series:
    """Return a moment as it was written."""
    day = as_text(date).fillna("")
    return day if clock is None else (day + " " + as_text(clock).fillna("")).str.strip()


def _ends(
    cells: pd.DataFrame, columns: Columns, times: Times, zone: ZoneInfo, notes: list[Note]
) -> pd.Series | None:
    """Return the ends of intervals; None when every moment is known."""
    ends = pd.Series(pd.NaT, index=cells.index, dtype=times.start.dtype)
    if "occurred_to" in columns or "time_to" in columns:
        date = cells[columns.found.get("occurred_to", columns["occurred"])]
        clock = cells[columns["time_to"]] if "time_to" in columns else None
        until = read_times(date, clock, zone)
        ends = until.start.where(pd.Series(~until.whole_day, index=cells.index))
        days = pd.Series(until.whole_day, index=cells.index)
        if "occurred_to" in columns and until.whole_day.any():
            ends = ends.where(~days, a_day_on(until.start, zone))
        if "occurred_to" not in columns:  # 22:00 to 2:00 ends on the next day
            over = ends < times.start
            later = a_day_on(ends, zone)
            ends = ends.where(~over, later)
        wrong = int((ends < times.start).sum())
        ends = ends.where(ends > times.start)
        if wrong:
            notes.append(
                Note(
                    _("Intervals that end before they begin: {count}; their end was left out."),
                    count=wrong,
                )
            )
    if times.until is not None:
        ends = ends.where(times.until.isna(), times.until)
    whole = pd.Series(times.whole_day, index=cells.index) & ends.isna()
    if whole.any():
        ends = ends.where(~whole, a_day_on(times.start, zone))
        notes.append(
            Note(
                _("Incidents with a day and no time: {count}; each lies between two midnights."),
                count=int(whole.sum()),
            )
        )
    return ends if ends.notna().any() else None


def _offences(
    cells: pd.DataFrame, columns: Columns, dates: pd.Series, notes: list[Note]
) -> tuple[pd.Series, pd.Series]:
    """Return codes and texts: a column with paragraphs, where there is one, counts first."""
    missing = pd.Series(pd.NA, index=cells.index, dtype="str")
    text = as_text(cells[columns["offence"]]) if "offence" in columns else missing
    law = as_text(cells[columns["paragraph"]]) if "paragraph" in columns else missing
    if "offence" not in columns and "paragraph" not in columns:
        notes.append(Note(_("No column says what happened: every incident counts alike.")))
        return missing, missing
    code = offence_codes(text, dates)
    if "paragraph" in columns:
        by_law = offence_codes(law, dates)
        code = by_law.where(by_law.isin(CODES), code.where(code.notna(), by_law))
        shown = _both(text, law)
    else:
        shown = text
    return code, shown


def _both(texts: pd.Series, laws: pd.Series) -> pd.Series:
    """Return words with the paragraph behind them, and either where the other is missing.

    Of a million incidents there are but few such pairs: each is put together once.
    """
    (first, words), (second, paragraphs) = pd.factorize(texts), pd.factorize(laws)
    numbers, pairs = pd.factorize((first + 1) * (len(paragraphs) + 1) + second + 1)
    one, other = np.divmod(pairs, len(paragraphs) + 1)
    text = pd.Series([pd.NA, *words], dtype="str").take(one).reset_index(drop=True)
    law = pd.Series([pd.NA, *paragraphs], dtype="str").take(other).reset_index(drop=True)
    both = (text + " (" + law + ")").where(text.notna() & law.notna(), text.fillna(law))
    return both.take(numbers).set_axis(texts.index)


def _precision(cells: pd.DataFrame, columns: Columns, here: Mask) -> pd.Series:
    measured = pd.Series("measured", index=cells.index, dtype="str").where(here)
    if "precision" not in columns:
        return measured
    given = as_text(cells[columns["precision"]]).str.lower()
    return given.where(given.isin(PRECISIONS), measured)


def _reading(
    table: Table,
    columns: Columns,
    made: pd.DataFrame,
    placed: Placed,
    sieve: Sieve,
    notes: list[Note],
) -> Reading:
    used = set(columns.found.values())
    reserved = {*made.columns, "geometry", "occurred_to", "address"}
    others = [c for c in table.cells.columns if c not in used and c not in reserved]
    order = [*_FIELDS, *[c for c in made.columns if c not in _FIELDS]]
    frame = pd.concat([made[order], table.cells[others]], axis=1)
    x, y = placed.x, placed.y
    if not sieve.good.all():
        frame, x, y = frame[sieve.good], x[sieve.good], y[sieve.good]
    frame = gpd.GeoDataFrame(frame, geometry=make_points(x, y), crs=placed.crs).reset_index(
        drop=True
    )
    rejected = stacked([table.rejected, sieve.table()]).sort_values("row", ignore_index=True)
    return Reading(frame, rejected, tuple(notes))
