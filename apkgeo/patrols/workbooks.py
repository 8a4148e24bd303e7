"""Workbooks that come out equal for equal content, print on A4, and take text for text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

# No clock: the bytes depend on the content alone.
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (the format knows no zones)

HEAD = Font(bold=True)
MUTED = Font(color="555555")
_FILL = PatternFill("solid", fgColor="E8EDF3")
_LINE = Side(style="thin", color="9AA5B1")
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


def sheet(book: Workbook, title: str, *, footer: str, landscape: bool = True) -> Worksheet:
    """Add a sheet that prints on the width of an A4 page, with `footer` and page numbers.

    Its title is made one that Excel takes: 31 letters at most, none of ``[]:*?/\\``, not used yet.
    """
    wanted = title.translate(_UNFIT).strip("'")[:28] or "-"
    name, number = wanted, 2
    while name.casefold() in (one.casefold() for one in book.sheetnames):
        name, number = f"{wanted[:25]} {number}", number + 1
    made: Worksheet = book.create_sheet(name)
    made.page_setup.orientation = "landscape" if landscape else "portrait"
    made.page_setup.paperSize = made.PAPERSIZE_A4
    made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
    made.sheet_properties.pageSetUpPr.fitToPage = True
    made.oddFooter.left.text = footer.replace("&", "&&")
    made.oddFooter.right.text = "&P / &N"
    return made


def put(where: Worksheet, row: int, column: int, value: Any, **looks: Any) -> None:
    """Write a value; text stays text even when it begins as a formula would."""
    cell = where.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"
    for name, look in looks.items():
        setattr(cell, name, look)


def put_formula(where: Worksheet, row: int, column: int, formula: str, **looks: Any) -> None:
    """Write a formula, which begins with ``=``."""
    cell = where.cell(row, column, formula)
    for name, look in looks.items():
        setattr(cell, name, look)


def put_heads(where: Worksheet, row: int, heads: Sequence[str]) -> None:
    """Write the heads of columns; they are printed on every page and stay while scrolling."""
    for column, head in enumerate(heads, start=1):
        put(
            where,
            row,
            column,
            head,
            font=HEAD,
            fill=_FILL,
            border=Border(bottom=_LINE),
            alignment=Alignment(wrap_text=True, vertical="top"),
        )
    where.print_title_rows = f"{row}:{row}"
    where.freeze_panes = where.cell(row + 1, 1)


def set_widths(where: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns, in letters."""
    for column, width in enumerate(widths, start=1):
        where.column_dimensions[get_column_letter(column)].width = width


def total_border() -> Border:
    """Return the line above a row of totals."""
    return Border(top=_LINE)


def workbook_bytes(book: Workbook, *, title: str) -> bytes:
    """Return a workbook as bytes that hold neither the time of writing nor anyone's name."""
    book.properties.creator, book.properties.title = "apkgeo", title
    book.properties.created = book.properties.modified = _MADE
    written = io.BytesIO()
    book.save(written)
    out = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            plain = zipfile.ZipInfo(info.filename, (2000, 1, 1, 0, 0, 0))
            plain.compress_type, plain.create_system = zipfile.ZIP_DEFLATED, 3
            data = old.read(info)
            if info.filename == "docProps/core.xml":
                data = _undated(data)
            new.writestr(plain, data)
    return out.getvalue()


def _undated(core: bytes) -> bytes:
    """Put the fixed time in place of that which saving stamps."""
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", core)
