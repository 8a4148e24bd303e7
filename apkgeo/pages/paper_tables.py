"""How wide a table's columns are on paper, and how high it is."""

from __future__ import annotations

from apkgeo.pages.parts import Table
from apkgeo.pages.pictures import lines_of, text_width

# Of what is set, in millimetres; the size of a cell's type in points.
WIDTH = 170.0
POINT = 25.4 / 72
CELL = 7.8


def column_widths(block: Table, size: float) -> list[float]:
    """Return widths of columns in millimetres: what they need, words giving way to numbers."""
    pad = 3.4
    whole, least = [], []
    for place, head in enumerate(block.columns):
        cells = [head, *(row[place] for row in block.rows)]
        bold = place == 0
        whole.append(max(_wide(cell, size, bold=bold) for cell in cells) + pad)
        words = [word for cell in cells for word in cell.split(" ")]
        kept = cells[1:] if place in block.numeric else []
        least.append(max(_wide(word, size, bold=bold) for word in [*words, *kept]) + pad)
    if sum(whole) <= WIDTH:
        return whole
    spare = max(WIDTH - sum(least), 0.0)
    wanted = [more - few for more, few in zip(whole, least, strict=True)]
    share = spare / sum(wanted) if sum(wanted) else 0.0
    widths = [few + share * want for few, want in zip(least, wanted, strict=True)]
    return [width * min(1.0, WIDTH / sum(widths)) for width in widths]


def _wide(text: str, size: float, *, bold: bool) -> float:
    # Heads are bold, too: the wider face is reckoned with where a cell may be one.
    return text_width(text, size, bold=bold or len(text) < 24) * POINT


def table_height(block: Table) -> float:
    """Return about how high a table is, with its caption and what stands beneath it."""
    widths, step = column_widths(block, CELL), CELL * POINT * 1.35
    lines = (
        max(
            len(lines_of(cell, CELL, (width - 3.4) / POINT))
            for cell, width in zip(row, widths, strict=True)
        )
        for row in (block.columns, *block.rows)
    )
    return 12 + sum(count * step + 2.2 for count in lines)
