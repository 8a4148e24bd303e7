"""How wide a table's columns are on paper, and how high it is."""

from __future__ import annotations

from collections.abc import Sequence

from apkgeo.pages.parts import Table
from apkgeo.pages.pictures import lines_of, text_width

# Of what is set, in millimetres; the size of a cell's type in points.
WIDTH = 170.0
POINT = 25.4 / 72
CELL = 7.8
_PAD = 3.4
# By how much a column is widened at a time, and how many of its longest cells are looked at.
_STEP, _MOST = 2.0, 12


def column_widths(block: Table, size: float) -> list[float]:
    """Return widths of columns in millimetres: what they need, words giving way to numbers.

    What is left beyond the longest words goes, little by little, to the column with most lines.
    """
    whole: list[float] = []
    least: list[float] = []
    columns = [
        [head, *(row[place] for row in block.rows)] for place, head in enumerate(block.columns)
    ]
    for place, (head, *cells) in enumerate(columns):
        bold = place == 0
        words = cells if place in block.numeric else _words(cells)
        for widths, heads, texts in ((whole, [head], cells), (least, _words([head]), words)):
            wide = [_wide(text, size, bold=True) for text in heads]
            widths.append(max([*wide, *(_wide(text, size, bold=bold) for text in texts)]) + _PAD)
    if sum(whole) <= WIDTH:
        return whole
    longest = [sorted(cells, key=len)[-_MOST:] for cells in columns]
    widths = list(least)
    while sum(widths) + _STEP <= WIDTH:
        lines = [
            (max(len(lines_of(cell, size, (width - _PAD) / POINT)) for cell in cells), -width)
            for cells, width in zip(longest, widths, strict=True)
        ]
        widths[lines.index(max(lines))] += _STEP
    return [width * min(1.0, WIDTH / sum(widths)) for width in widths]


def _words(cells: Sequence[str]) -> list[str]:
    return [word for cell in cells for word in cell.split(" ")]


def _wide(text: str, size: float, *, bold: bool) -> float:
    return text_width(text, size, bold=bold) * POINT


def table_height(block: Table) -> float:
    """Return about how high a table is, with its caption and what stands beneath it."""
    widths, step = column_widths(block, CELL), CELL * POINT * 1.35
    lines = (
        max(
            len(lines_of(cell, CELL, (width - _PAD) / POINT))
            for cell, width in zip(row, widths, strict=True)
        )
        for row in (block.columns, *block.rows)
    )
    return 12 + sum(count * step + 2.2 for count in lines)
