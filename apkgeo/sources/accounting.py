"""Rows in, rows used, rows rejected: nothing is lost between a file and its frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS

from apkgeo.crs import same_crs
from apkgeo.errors import InputError
from apkgeo.frames import REJECTED_COLUMNS, Reading, rejections
from apkgeo.language import Language, Note, _
from apkgeo.sources.files import Part, Request, parts

NOT_ONE = _("Not one of its {rows} rows can be used; mostly: {reason}")
Mask = npt.NDArray[np.bool_]


class FileNote(Note):
    """A note on one of several files: the file's name stands before it."""

    file: str

    def __new__(cls, file: str, note: Note) -> FileNote:
        """Keep the parts of `note` and the file's name."""
        made = str.__new__(cls, f"{file}: {note}")
        made.file, made.message, made.values = file, note.message, note.values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts."""
        return FileNote, (self.file, Note(self.message, **self.values))

    def text(self, language: Language) -> str:
        """Return the sentence in `language` after the file's name."""
        return f"{self.file}: {super().text(language)}"


class Sieve:
    """Which rows of a table are still good, and why the others are not.

    Parameters
    ----------
    rows : pandas.Index
        Numbers of the rows in the file, the first row of data being 1.
    """

    def __init__(self, rows: pd.Index) -> None:
        self.rows = rows
        self.good: Mask = np.ones(len(rows), dtype=bool)
        self._rejected: list[pd.DataFrame] = []

    def reject(self, bad: Any, column: str, values: Any, reason: str) -> int:
        """Reject the rows where `bad`, unless they already are; return how many.

        `values` may be a function, called only when there is something to reject.
        """
        fresh: Mask = np.asarray(bad, dtype=bool) & self.good
        count = int(fresh.sum())
        if count:
            values = values() if callable(values) else values
            found = np.asarray(values, dtype=object)[fresh] if values is not None else None
            self._rejected.append(
                pd.DataFrame(
                    {
                        "row": self.rows[fresh],
                        "column": column,
                        "value": found,
                        "reason": reason,
                    },
                )
            )
            self.good &= ~fresh
        return count

    def table(self) -> pd.DataFrame:
        """Return the rejected rows in the order of the file."""
        return stacked(self._rejected).sort_values("row", kind="stable", ignore_index=True)


def stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of rejected rows one under the other, typed as `rejections` makes them."""
    full = [table for table in tables if len(table)]
    if not full:
        return rejections()
    made = pd.concat([table.astype({"value": "object"}) for table in full], ignore_index=True)
    made["value"] = made["value"].astype("object").where(made["value"].notna(), None)
    return made.astype({"row": "int64", "column": "str", "reason": "str"})


def read_each(request: Request, read: Callable[[Part], Reading], what: str) -> Reading:
    """Read every part of every file and lay the frames one under the other in the first's CRS.

    Raises
    ------
    InputError
        When all files together have not one row.
    """
    pieces = [part for file in request.files for part in parts(file)]
    return read_parts(pieces, read, what)


def read_parts(pieces: Sequence[Part], read: Callable[[Part], Reading], what: str) -> Reading:
    """Do the same with parts that are opened already.

    Raises
    ------
    InputError
        When all of them together have not one row.
    """
    readings = [(part.name, read(part)) for part in pieces]
    reading = readings[0][1] if len(readings) == 1 else _together(readings)
    if reading.rows_in == 0 and what != "addresses":
        names = ", ".join(part.name for part in pieces[:3])
        raise InputError(f"{names}: a header but not one row of {what}", remedy="export it again")
    return reading


def _together(readings: list[tuple[str, Reading]]) -> Reading:
    crs = next((r.frame.crs for _name, r in readings if len(r.frame)), readings[0][1].frame.crs)
    frames, rejected = [], []
    notes: list[Note] = []
    moved = 0
    shared = set.intersection(*({str(note) for note in r.notes} for _name, r in readings))
    for name, reading in readings:
        frame = reading.frame
        if len(frame) and not same_crs(frame.crs, crs):
            frame, moved = frame.to_crs(crs), moved + 1
        if len(frame):
            frames.append(frame)
        rejected.append(reading.rejected.assign(file=name))
        if not len(frame) and len(reading.rejected):
            reason = str(reading.rejected["reason"].mode().iloc[0])
            lost = Note(NOT_ONE, rows=len(reading.rejected), reason=Note(reason))
            notes.append(FileNote(name, lost))
        notes += [
            note if str(note) in shared else FileNote(name, note)
            for note in reading.notes
            if str(note) not in {str(known) for known in notes}
        ]
    if moved:
        notes.append(
            Note(
                _("Files transformed to {crs} from another CRS: {count}."),
                count=moved,
                crs=CRS(crs).to_string(),
            )
        )
    full = [table for table in rejected if len(table)]
    together = pd.concat(full, ignore_index=True) if full else rejected[0]
    frame = (
        gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), geometry="geometry", crs=crs)
        if frames
        else readings[0][1].frame
    )
    order = [*REJECTED_COLUMNS, "file"]
    return Reading(frame, together[order], tuple(notes))
