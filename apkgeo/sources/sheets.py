"""Excel workbooks to a table: the sheets with data, the header below titles, merged cells."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import Any

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.frames import rejections
from apkgeo.language import Note, _
from apkgeo.sources.columns import fold
from apkgeo.sources.files import UNPACKED_LIMIT, buffer
from apkgeo.sources.text import (
    Cells,
    find_header,
    header_score,
    require_header,
    shared_names,
    unique_names,
)

Rows = list[tuple[Any, ...]]
SheetName = str | int | Sequence[str | int]


def read_sheets(
    data: bytes, known: Collection[str], name: str, sheet: SheetName | None = None
) -> Cells:
    """Return the table of a workbook.

    The sheet whose header has most known names is read, with every other sheet under the same
    header. Merged cells are filled with the value that they show.

    Raises
    ------
    InputError
        When it is no workbook, has no rows, or has no sheet of that name.
    """
    sheets = _sheets(data, name)
    if sheet is not None:
        sheets = {title: sheets[title] for title in _chosen(list(sheets), sheet, name)}
    heads = {title: find_header(rows, known) for title, rows in sheets.items() if rows}
    if not heads:
        raise InputError(f"{name} is empty", remedy="name the right file")
    scores = {
        title: (header_score(head.cells, known), len(sheets[title]))
        for title, head in heads.items()
    }
    best = max(scores, key=lambda title: scores[title])
    header = _trimmed(heads[best].cells)
    require_header(header, known, name)
    same = [title for title, head in heads.items() if _folded(head.cells) == _folded(header)]
    if sheet is not None and len(same) < len(heads):
        other = next(title for title in heads if title not in same)
        raise InputError(
            f"{name}: sheets {best!r} and {other!r} have different headers",
            remedy="read them one by one",
        )
    counts = {title: len(sheets[title]) - heads[title].last - 1 for title in same}
    notes = [*_told(best, counts, list(sheets), heads[best].first), *shared_names(header)]
    rows = [row for title in same for row in sheets[title][heads[title].last + 1 :]]
    frame = _framed(header, rows)
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Cells(frame, rejections(), tuple(notes))


def _framed(header: list[Any], rows: Rows) -> pd.DataFrame:
    """Return rows under their header; columns that have no name are kept where they are not empty.

    A lone cell far to the right, where Excel has its 16,384th column, adds one column.
    """
    width = len(header)
    beside = {
        place
        for row in rows
        for place, cell in enumerate(row[width:], width)
        if cell not in (None, "")
    }
    places = [*range(width), *sorted(beside)]
    full = [tuple(row[p] if p < len(row) else None for p in places) for row in rows]
    names = unique_names([*header, *[f"column {place + 1}" for place in sorted(beside)]])
    return pd.DataFrame(full, columns=names, dtype="object")


def _told(best: str, rows: Mapping[str, int], every: Sequence[str], above: int) -> list[Note]:
    notes = []
    if len(rows) > 1:
        # Where a row that is rejected stands.
        last = list(accumulate(rows.values()))
        places = zip(rows, last, rows.values(), strict=True)
        spans = [f"{title} ({end - count + 1}–{end})" for title, end, count in places if count]
        told = _("Sheets with the same header were read together, with these rows: {sheets}.")
        notes.append(Note(told, sheets=", ".join(spans)))
    elif len(every) > 1:
        others = ", ".join(title for title in every if title != best)
        notes.append(
            Note(_("Sheet {sheet} was read; not read: {others}."), sheet=best, others=others)
        )
    if above:
        notes.append(Note(_("Lines above the header, left out: {count}."), count=above))
    return notes


def _trimmed(cells: Sequence[Any]) -> list[Any]:
    filled = [place for place, cell in enumerate(cells) if cell not in (None, "")]
    return list(cells[: filled[-1] + 1]) if filled else []


def _folded(cells: Sequence[Any]) -> list[str]:
    return [fold(str(cell or "")) for cell in _trimmed(cells)]


def _chosen(titles: list[str], sheet: SheetName, name: str) -> list[str]:
    wanted = [sheet] if isinstance(sheet, (str, int)) else list(sheet)
    chosen = []
    for item in wanted:
        if isinstance(item, int) and 0 <= item < len(titles):
            chosen.append(titles[item])
        elif item in titles:
            chosen.append(str(item))
        else:
            raise InputError(f"{name}: no sheet {item!r}", came=f"sheets {', '.join(titles)}")
    return chosen


def _sheets(data: bytes, name: str) -> dict[str, Rows]:
    """Return the rows of each sheet that has any, without the empty ones."""
    import openpyxl

    try:
        with zipfile.ZipFile(buffer(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > UNPACKED_LIMIT:
                raise InputError(f"{name} unpacks to more than 2 GB", remedy="split it")
            merged = _merged(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that openpyxl leaves out
            book = openpyxl.load_workbook(buffer(data), read_only=True, data_only=True)
            try:
                sheets = {}
                for place, page in enumerate(book.worksheets):
                    page.reset_dimensions()
                    rows = [tuple(row) for row in page.iter_rows(values_only=True)]
                    _fill(rows, merged.get(place, []))
                    sheets[page.title] = [r for r in rows if any(c not in (None, "") for c in r)]
            finally:
                book.close()
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{name} is not a readable workbook: {type(error).__name__}",
            remedy="open it in Excel and save it as .xlsx again",
        ) from error
    return sheets


def _merged(archive: zipfile.ZipFile) -> dict[int, list[str]]:
    """Return the merged ranges of each sheet by its place (openpyxl's quick mode has none)."""
    pages = [n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
    pages.sort(key=lambda n: int(re.sub(r"\D", "", n)))
    found = {}
    for place, page in enumerate(pages):
        tail = archive.read(page)
        start = tail.find(b"<mergeCells")
        ranges = re.findall(rb'<mergeCell ref="([A-Z0-9:]+)"', tail[start:]) if start >= 0 else []
        found[place] = [item.decode() for item in ranges]
    return found


def _fill(rows: Rows, ranges: Sequence[str]) -> None:
    """Write a merged cell's value into each row it spans; titles spanning columns stay as is."""
    from openpyxl.utils import range_boundaries

    for item in ranges:
        left, top, _right, bottom = range_boundaries(item)
        if bottom > len(rows) or len(rows[top - 1]) < left:
            continue
        value = rows[top - 1][left - 1]
        for place in range(top, bottom):
            row = list(rows[place]) + [None] * (left - len(rows[place]))
            row[left - 1] = value
            rows[place] = tuple(row)
