"""Delimited text to a table of strings: delimiter, header and every row accounted for."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve
from apkgeo.sources.columns import fold, listing

DELIMITERS = (";", "\t", ",", "|")
# Tried where none of those makes two columns: exports of databases have them.
_RARE = ("^", "~", "¦", "#", "!", "\x1f", ":", " ")
# From so many letters on a table is worth a second reader.
_LARGE = 1_000_000
_SAMPLE = 128 * 1024
_TITLE_ROWS = 30
_LONE_RETURN = re.compile(r"\r(?!\n)")
_SEPARATED = {
    ";": _("Columns are separated by semicolons."),
    "\t": _("Columns are separated by tabulators."),
    ",": _("Columns are separated by commas."),
    "|": _("Columns are separated by vertical bars."),
}
TOO_LONG = _("The row has more fields than the header.")
# What hand-made tables write for nothing.
NOTHING = ("", "-", "--", "–", "NULL", "null", "None", "NaN", "nan", "N/A", "n/a", "#N/A", "(null)")

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class Cells:
    """A table as it was written.

    Attributes
    ----------
    frame : pandas.DataFrame
        Strings, or what the format has types for; the index counts the rows of the file from 1.
    rejected : pandas.DataFrame
        Rows that do not fit the header.
    notes : tuple of Note
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame
    notes: tuple[Note, ...]


def read_text(text: str, known: Collection[str], name: str) -> Cells:
    """Return the table in `text`.

    Parameters
    ----------
    known : collection of str
        Folded names of columns; they tell the header from titles above it and the right delimiter
        from others.

    Raises
    ------
    InputError
        When there is no text or no header.
    """
    if not text.strip():
        raise InputError(f"{name} is empty", remedy="export it again")
    text = _one_line_end(text.rstrip("\x1a"))  # how DOS ended a file
    delimiter, header, lines, offset = _layout(text, known)
    notes = [_separated(delimiter)] if len(header) > 1 else []
    titles = text[:offset].count("\n") - lines
    if titles > 0 and "\n" not in "".join(header):
        notes.append(Note(_("Lines above the header, left out: {count}."), count=titles))
    require_header(header, known, name)
    names = unique_names(header)
    notes.extend(shared_names(header))
    frame, quoted = _rows(text, offset, delimiter, len(names))
    if not quoted:
        notes.append(Note(_("Quotation marks were read as plain characters: they do not pair up.")))
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    sieve = Sieve(frame.index)
    extra = frame.iloc[:, len(names) :]
    if extra.shape[1]:
        # An empty cell means nothing: lines that end in delimiters are usual.
        over = (extra.fillna("").apply(lambda cell: cell.str.strip()) != "").any(axis=1)
        sieve.reject(over, "", extra.iloc[:, 0], TOO_LONG)
    frame = frame.iloc[:, : len(names)].loc[sieve.good]
    frame.columns = pd.Index(names)
    return Cells(frame, sieve.table(), tuple(notes))


def _separated(delimiter: str) -> Note:
    if delimiter in _SEPARATED:
        return Note(_SEPARATED[delimiter])
    return Note(_("Columns are separated by the sign {mark}."), mark=repr(delimiter))


def _one_line_end(text: str) -> str:
    """Return `text` without carriage returns that stand inside a line, not at its end."""
    if not _has_lone_return(text) or "\n" not in text:
        return text
    return _LONE_RETURN.sub(" ", text)


def _has_lone_return(text: str) -> bool:
    # To look for a first one is many times faster than to count.
    return "\r" in text and text.count("\r") != text.count("\r\n")


def unique_names(header: Sequence[object]) -> list[str]:
    """Return names of columns, each once; an empty one is named by its place."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(header, 1):
        name = _one_line(cell) or f"column {place}"
        seen[name] += 1
        while seen[name] > 1:
            name = f"{name} ({seen[name]})"
            seen[name] += 1
        names.append(name)
    return names


def shared_names(header: Sequence[object]) -> list[Note]:
    """Tell of names that more than one column has."""
    seen = Counter(_one_line(cell) for cell in header)
    shared = [name for name, count in seen.items() if name and count > 1]
    told = _("Columns that share a name: {names}; the later ones got a number behind it.")
    return [Note(told, names=", ".join(shared))] if shared else []


def _one_line(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def header_score(cells: Sequence[object], known: Collection[str]) -> int:
    """Count the cells that are names of columns we know."""
    return sum(fold(str(cell)) in known for cell in cells if cell not in (None, ""))


def require_header(header: Sequence[object], known: Collection[str], name: str) -> None:
    """Raise InputError when what should be the header is a row of data."""
    written = [str(cell) for cell in header if cell not in (None, "")]
    if header_score(header, known):
        return
    numbers = sum(cell.strip()[:1].isdigit() or cell.strip()[:1] in "+-" for cell in written)
    if written and numbers * 2 >= len(written):
        raise InputError(
            f"{name} has no header",
            expected="names of columns in the first row",
            came=listing(written, 6),
            remedy="add a row with the names above the data",
        )


def _layout(text: str, known: Collection[str]) -> tuple[str, list[str], int, int]:
    """Return the delimiter, the header's cells and rows, and where in the text the data begin."""
    found = _best_layout(text, known, DELIMITERS)
    if len(found[1]) > 1:
        return found
    rare = _best_layout(text, known, _RARE)
    return rare if header_score(rare[1], known) > max(header_score(found[1], known), 1) else found


def _best_layout(
    text: str, known: Collection[str], delimiters: Sequence[str]
) -> tuple[str, list[str], int, int]:
    best: tuple[tuple[float, ...], str, list[str], int, int] | None = None
    for rank, delimiter in enumerate(delimiters):
        records = _sample(text, delimiter)
        found = find_header([cells for cells, _end in records], known)
        header = [str(cell) for cell in found.cells]
        end = records[found.last][1]
        below = [cells for cells, _end in records[found.last + 1 :]]
        same = sum(len(cells) == len(header) for cells in below) / max(len(below), 1)
        score = (header_score(header, known), len(header) > 1, same, len(header), -rank)
        if best is None or score > best[0]:
            best = (score, delimiter, header, found.last - found.first + 1, end)
    assert best is not None
    return best[1:]


class Header(NamedTuple):
    """Names of columns, and which rows of a table they stand in (usually one)."""

    cells: list[object]
    first: int
    last: int


def find_header(rows: Sequence[Sequence[object]], known: Collection[str]) -> Header:
    """Return the header among the first rows.

    It is the first with half as many known names as any has (a row of data may hold such words,
    too), or else the first full one. Names of groups of columns are joined with the names below
    them: ``Souřadnice`` over ``X`` and ``Y``.
    """
    place = _header_place(rows, known)
    header = list(rows[place]) if rows else []
    if place + 1 < len(rows):
        joined = _joined(header, list(rows[place + 1]), known)
        if header_score(joined, known) > header_score(header, known):
            return Header(joined, place, place + 1)
    return Header(header, place, place)


def _joined(upper: list[object], lower: list[object], known: Collection[str]) -> list[object]:
    """Return names of columns with those of their groups above them; `upper` if it has no groups.

    A group is a name with nothing in the next column; two names at least stand below groups.
    """
    width = max(len(upper), len(lower))
    over = [_one_line(cell) for cell in [*upper, *[None] * (width - len(upper))]]
    under = [_one_line(cell) for cell in [*lower, *[None] * (width - len(lower))]]
    if sum(bool(below) and below != above for above, below in zip(over, under, strict=True)) < 2:
        return upper
    names: list[object] = []
    group = ""
    for place, (above, below) in enumerate(zip(over, under, strict=True)):
        group = above or group
        grouped = not above or (place + 1 < width and not over[place + 1] and under[place + 1])
        if not below or below == above:
            names.append(above)
        elif not grouped or not group or any(letter.isdigit() for letter in below):
            return upper
        else:
            names.append(below if fold(below) in known else f"{group} {below}")
    return names


def _header_place(rows: Sequence[Sequence[object]], known: Collection[str]) -> int:
    top = rows[:_TITLE_ROWS]
    scores = [header_score(cells, known) for cells in top]
    if max(scores, default=0) > 0:
        return next(place for place, score in enumerate(scores) if 2 * score >= max(scores))
    filled = [sum(cell not in (None, "") for cell in cells) for cells in top]
    return filled.index(max(filled)) if filled else 0


def _sample(text: str, delimiter: str) -> list[tuple[list[str], int]]:
    """Return the first records split by `delimiter`, each with the offset of its end."""
    start = text[:_SAMPLE]
    lines = list(io.StringIO(start, newline=""))
    if len(start) < len(text) and len(lines) > 1:
        lines.pop()
    ends = [0]
    for line in lines:
        ends.append(ends[-1] + len(line))
    reader = csv.reader(lines, delimiter=delimiter)
    records = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((cells, ends[min(reader.line_num, len(lines))]))
            if len(records) >= 200:
                break
    except csv.Error:
        pass
    return records or [([start.split("\n", 1)[0].strip()], ends[1])]


def _rows(text: str, offset: int, delimiter: str, width: int) -> tuple[pd.DataFrame, bool]:
    """Return the rows from the offset on, and whether quotation marks were understood."""
    if len(text) >= _LARGE and (even := _even_rows(text, offset, delimiter, width)) is not None:
        return even, True
    text = text[offset:]
    # A quotation mark that nothing closes swallows the lines after it.
    quoted = text.count('"') % 2 == 0
    options = {
        "sep": delimiter,
        "header": None,
        "dtype": "str",
        "na_filter": False,
        "index_col": None,
        "quoting": csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
    }
    try:
        frame = pd.read_csv(io.StringIO(text, newline=""), names=range(width + 1), **options)
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame(columns=range(width), dtype="str")
    except (pd.errors.ParserError, ValueError):
        frame = _ragged(text, delimiter, width, quoted)
    return frame, quoted


def _even_rows(text: str, offset: int, delimiter: str, width: int) -> pd.DataFrame | None:
    """Return the rows of a plain table by Arrow's reader, on several processors.

    None where it might understand them otherwise than `_rows` does: with quotation marks, with
    rows of unlike length, with a single column, or with rarer ends of lines.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    odd = any(text.find(mark, offset) >= 0 for mark in ('"', "\0", "\ufeff"))
    if odd or width < 2 or len(delimiter) != 1 or _has_lone_return(text):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(text.encode()).slice(len(text[:offset].encode()))),
            arrow_csv.ReadOptions(column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                null_values=[],
                strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError, ValueError):
        return None
    frame = table.to_pandas().astype("str").set_axis(range(width), axis=1)
    frame[width] = pd.Series("", index=frame.index, dtype="str")
    return frame


def _ragged(text: str, delimiter: str, width: int, quoted: bool) -> pd.DataFrame:
    """Return rows of any length as a frame of `width` columns and one with what is over."""
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    rows = []
    for cells in reader:
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        rest = delimiter.join(cells[width:]).strip(delimiter + " ")
        rows.append([*cells[:width], *[""] * (width - len(cells)), rest])
    return pd.DataFrame(rows, columns=range(width + 1), dtype="str")
