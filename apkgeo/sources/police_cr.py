"""Read the open data of the Czech state police: an incident is a distinct number, not a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.crs import WGS84
from apkgeo.errors import InputError
from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve, read_parts
from apkgeo.sources.columns import Columns, fold, listing
from apkgeo.sources.coordinates import Placed
from apkgeo.sources.files import Part, PathLike, parts, requested
from apkgeo.sources.masking import detect_masking
from apkgeo.sources.points import place_points, points_reading
from apkgeo.sources.police_files import COLUMNS, read_police_table
from apkgeo.sources.police_types import ROOTS, TypeTree, is_list, read_type_tree
from apkgeo.sources.tables import Table, as_text
from apkgeo.sources.times import NO_TIME, OUT_OF_RANGE, UNREADABLE, read_times, zone_of

# What analysts count; the other states mean that it did not happen, is no crime, or was feigned.
STATES = (1, 2, 3, 4)
NO_NUMBER = _("The row has no number, by which rows are gathered into incidents.")
NO_COORDINATES = _("The incident has no coordinates.")
NOT_COUNTED = _(
    "The case ended in a state that is not counted: it did not happen, is no crime, or was feigned."
)
NO_STATE = _("The state of the case cannot be read.")
REPEATED = _("The incident stands already in a file named earlier.")
_NEEDED = ("id", "date", "types")
_RELIABLE, _METHOD = pd.Timestamp(2013, 7, 1), pd.Timestamp(2016, 1, 1)
_PLACE_OF_EFFECT = 3


@dataclass
class _Told:
    """What was counted over all files, to be told once."""

    rows: int = 0
    seen: set[str] = field(default_factory=set)
    contradicting: int = 0
    of_effect: int = 0


def read_police_cr(
    path: PathLike,
    *,
    states: Collection[int] | None = STATES,
    encoding: str | None = None,
    time_zone: str = "Europe/Prague",
) -> Reading:
    """Read the open data of the Czech state police: one incident for each number.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        CSV of version 1 or 2, the monthly ZIP as it comes (``201405.zip``), or GeoJSON; a pattern
        such as ``"police/*.zip"`` stands for all that match.
    states : collection of int, optional
        States of a case that count, the others are rejected; None keeps all.
    encoding : str, optional
        The text encoding, where it cannot be judged.
    time_zone : str
        The local time of the result.

    Returns
    -------
    Reading
        The frame has one row for each incident: the columns of incidents (``precision`` is
        ``masked``), ``types`` (a sorted tuple of numbers, ancestors included), ``state``,
        ``relevance`` (4 the place of the deed, 3 of its effect), ``mp``, and points in WGS 84.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When it is unreadable, or is no such file.

    Notes
    -----
    Rows are counted in incidents: a file lists an incident once for each of its types and their
    ancestors, and these rows are gathered first. So rows in, frame and rejected all count
    incidents (a row without a number, or with too many cells, counts as one); a note tells how many
    rows there were. The ``row`` of a rejected incident is its first row in the file. Where rows of
    one number disagree, the first one counts; an incident that stands in several files counts in
    the first of them.

    The ``offence`` is the code of the root of the types, such as ``theft`` or ``misdemeanour``
    (`apkgeo.sources.police_types.ROOTS`). The points are moved by the publisher: the notes say how
    far, and which areas they can carry.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> head = "id,x,y,mp,date,state,relevance,types\\n"
    >>> row = "7,14.5,50.2,False,2014-05-01T00:35:00.0000+02:00,3,4,"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "201405.csv"
    ...     written = path.write_text(f"{head}{row}35\\n{row}42\\n", encoding="utf-8")
    ...     reading = read_police_cr(path)
    >>> reading.frame[["types", "offence"]].values.tolist(), reading.rows_in
    ([[(35, 42), 'theft']], 1)
    """
    zone = zone_of(time_zone)
    request = requested(path, encoding=encoding)
    pieces = [part for file in request.files for part in parts(file)]
    tree = read_type_tree(pieces)
    incidents = [part for part in pieces if not is_list(part)]
    if not incidents:
        names = ", ".join(part.name for part in pieces[:3])
        raise InputError(f"{names}: no incidents", remedy="name the month's file, too")
    told = _Told()
    counted = None if states is None else frozenset(int(state) for state in states)

    def read(part: Part) -> Reading:
        return _incidents(read_police_table(part, encoding), tree, counted, zone, told)

    reading = read_parts(incidents, read, "incidents")
    return replace(reading, notes=(*reading.notes, *_whole(reading, told)))


def _incidents(
    table: Table,
    tree: TypeTree,
    states: frozenset[int] | None,
    zone: ZoneInfo,
    told: _Told,
) -> Reading:
    cells = table.cells
    found = _recognised(cells.columns, table)
    number = as_text(cells[found["id"]])
    told.rows += len(cells) + len(table.rejected)
    rows = pd.Series("row " + cells.index.astype("str"), index=cells.index, dtype="str")
    codes = pd.factorize(number.fillna(rows))[0]
    first = ~pd.Series(codes).duplicated().to_numpy()
    types = _gathered_types(cells[found["types"]], codes, int(first.sum()))
    told.contradicting += _contradicting(cells, found, codes, first)
    one = cells[first]
    sieve = Sieve(one.index)
    number = number[first]
    sieve.reject(number.isna(), found["id"], None, NO_NUMBER)
    # One by one: isin() would go through all that were seen for each of many files.
    again = [one in told.seen for one in number] if told.seen else np.zeros(len(number), dtype=bool)
    sieve.reject(again, found["id"], number, REPEATED)
    told.seen.update(number.dropna())
    state = _state(one, found, states, sieve)
    times = read_times(one[found["date"]], None, zone)
    sieve.reject(times.missing, found["date"], one[found["date"]], NO_TIME)
    sieve.reject(times.unreadable | times.whole_day, found["date"], one[found["date"]], UNREADABLE)
    sieve.reject(times.out_of_range, found["date"], one[found["date"]], OUT_OF_RANGE)
    notes = [*table.notes, *times.notes]
    placed = _placed(replace(table, cells=one), found, first, sieve, notes)
    made = pd.DataFrame({"incident_id": number, "occurred": times.start}, index=one.index)
    made = made.assign(**_offences(types, tree, one.index), state=state)
    for name in ("relevance", "mp"):
        made[name] = _optional(one, found, name)
    told.of_effect += int((made["relevance"].eq(_PLACE_OF_EFFECT) & sieve.good).sum())
    return points_reading(table, made, placed, sieve, notes)


def _recognised(columns: Iterable[Any], table: Table) -> dict[str, str]:
    names = [str(column) for column in columns]
    found = {fold(name): name for name in reversed(names) if fold(name) in COLUMNS}
    place = {"x", "y"} <= found.keys() or table.geometry is not None
    missing = [name for name in _NEEDED if name not in found]
    if missing or not place:
        raise InputError(
            f"{table.name} is no file of the state police's open data",
            expected=f"columns {', '.join(COLUMNS)}",
            came=f"columns {listing(names) or 'none'}",
            remedy="read it with read_incidents",
        )
    return found


def _gathered_types(
    column: pd.Series, codes: npt.NDArray[np.int64], count: int
) -> list[tuple[int, ...]]:
    """Return the types of each incident, sorted: one a row, a list, or numbers with commas."""
    if column.dtype == object:
        column = column.map(
            lambda value: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        )
    text = as_text(column).fillna("")
    plain = text.str.fullmatch(r"\d{1,6}").to_numpy(dtype=bool)
    rows, values = [codes[plain]], [text[plain].astype("int64").to_numpy()]
    listed = text[~plain].str.findall(r"(?<![\d.-])\d{1,6}(?![\d.])")
    lengths = listed.str.len().to_numpy(dtype="int64") if len(listed) else np.empty(0, "int64")
    rows.append(np.repeat(codes[~plain], lengths))
    values.append(np.array([int(v) for found in listed for v in found], dtype="int64"))
    pairs = pd.DataFrame({"row": np.concatenate(rows), "type": np.concatenate(values)})
    pairs = pairs.drop_duplicates().sort_values(["row", "type"])
    if not count:
        return []
    edges = np.searchsorted(pairs["row"].to_numpy(), np.arange(count + 1)).tolist()
    values_in_order = pairs["type"].tolist()
    return [tuple(values_in_order[first:last]) for first, last in pairwise(edges)]


def _contradicting(
    cells: pd.DataFrame,
    found: dict[str, str],
    codes: npt.NDArray[np.int64],
    first: npt.NDArray[np.bool_],
) -> int:
    """Return how many incidents have rows that say different things."""
    if first.all():
        return 0
    differs = np.zeros(len(cells), dtype=bool)
    start = np.flatnonzero(first)[codes]
    for name in ("x", "y", "date", "state"):
        if name in found:
            values = as_text(cells[found[name]]).fillna("").to_numpy()
            differs |= values != values[start]
    return len(np.unique(codes[differs]))


def _state(
    cells: pd.DataFrame, found: dict[str, str], states: frozenset[int] | None, sieve: Sieve
) -> pd.Series:
    state = _optional(cells, found, "state")
    if "state" in found and states is not None:
        written = cells[found["state"]]
        sieve.reject(state.isna(), found["state"], written, NO_STATE)
        sieve.reject(~state.isin(states), found["state"], written, NOT_COUNTED)
    return state


def _optional(cells: pd.DataFrame, found: dict[str, str], name: str) -> pd.Series:
    """Return a column of small numbers or of yes and no; missing where nothing is said."""
    if name == "mp":
        if name not in found:
            return pd.Series(pd.NA, index=cells.index, dtype="boolean")
        words = {"true": True, "false": False, "1": True, "0": False}
        return as_text(cells[found[name]]).str.lower().map(words).astype("boolean")
    if name not in found:
        return pd.Series(pd.NA, index=cells.index, dtype="Int64")
    numbers = pd.to_numeric(as_text(cells[found[name]]), errors="coerce")
    small = numbers.where((numbers % 1 == 0) & (numbers.abs() < 1e6))
    return small.astype("Float64").astype("Int64")


def _placed(
    table: Table,
    found: dict[str, str],
    first: npt.NDArray[np.bool_],
    sieve: Sieve,
    notes: list[Note],
) -> Placed:
    if table.geometry is not None:
        table = replace(table, geometry=table.geometry[first])
        columns, named = Columns({}, ()), "geometry"
    else:
        columns, named = Columns({"x": found["x"], "y": found["y"]}, ()), found["x"]
    placed = place_points(table, columns, WGS84, sieve, notes)
    sieve.reject(np.isnan(placed.x), named, None, NO_COORDINATES)
    return placed


def _offences(types: list[tuple[int, ...]], tree: TypeTree, index: pd.Index) -> dict[str, Any]:
    known = {one: (tree.main_root(one), tree.text(one)) for one in set(types)}
    roots = [known[one][0] for one in types]
    return {
        "offence": pd.Series(
            [None if root is None else ROOTS[root] for root in roots], index=index, dtype="str"
        ),
        "offence_text": pd.Series([known[one][1] for one in types], index=index, dtype="str"),
        "origin": pd.Series(pd.NA, index=index, dtype="str"),
        "precision": pd.Series("masked", index=index, dtype="str"),
        "types": pd.Series(types, index=index, dtype="object"),
    }


def _whole(reading: Reading, told: _Told) -> list[Note]:
    """Return what holds for all files together."""
    frame = reading.frame
    gathered = _(
        "Rows in the files: {rows}. Each incident stands in them once for each of its types; they "
        "were gathered into {count} incidents by their number, and are counted as such."
    )
    notes = [Note(gathered, rows=told.rows, count=reading.rows_in)]
    if told.contradicting:
        again = _("Incidents whose rows disagree: {count}; the first row of each counts.")
        notes.append(Note(again, count=told.contradicting))
    if told.of_effect:
        effect = _("Incidents placed where the effect was, not the deed: {count}.")
        notes.append(Note(effect, count=told.of_effect))
    if frame.empty:
        return notes
    notes += detect_masking(frame).notes()
    begin, end = (moment.tz_localize(None) for moment in _span(frame))
    if begin < _RELIABLE:
        early = _("The state police's data from before the middle of 2013 are not reliable.")
        notes.append(Note(early))
    if begin < _METHOD <= end:
        method = _(
            "The state police changed their method of counting in 2016: numbers before and after "
            "do not compare."
        )
        notes.append(Note(method))
    notes.append(
        Note(
            _(
                "Data: Policie ČR, kriminalita.policie.gov.cz; the source must be named, "
                "commercial use is not allowed. Records change later: keep the files."
            )
        )
    )
    return notes


def _span(frame: gpd.GeoDataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    return frame["occurred"].min(), frame["occurred"].max()
