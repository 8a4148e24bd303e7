"""Blocks of a page set on A4: text that can be selected, vector pictures, tables, page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.outline import OutlineSection
from fpdf.prefs import ViewerPreferences

from apkgeo.language import Language, _
from apkgeo.pages.blocks import (
    Block,
    Bullets,
    Heading,
    Key,
    Paragraph,
    Picture,
    Terms,
)
from apkgeo.pages.palettes import INK, LINE, MUTED
from apkgeo.pages.paper_tables import CELL, POINT, WIDTH, column_widths, table_height
from apkgeo.pages.parts import Table
from apkgeo.pages.pictures import (
    FONT,
    font_file,
    lines_of,
    on_paper,
    standalone,
    view_box,
)
from apkgeo.pages.words import say

_LEFT, _TOP, _BOTTOM = 20.0, 24.0, 20.0
# Millimetres for a unit of a picture: its type is then as large as that of the text.
_UNIT = WIDTH / 720
_TALLEST = 138.0
# Pictures stand side by side up to this width together, in their own units.
_ABREAST = 1000.0
# A fixed day, for files of equal content are equal: when it was made stands nowhere in them.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)

# Size in points, bold, colour, space above and beneath in millimetres.
_STYLES: dict[str, tuple[float, bool, str, float, float]] = {
    "": (9.0, False, INK, 0.0, 2.2),
    "lead": (11.5, False, INK, 0.0, 2.6),
    "note": (8.0, False, MUTED, 0.0, 2.2),
    "kicker": (8.5, False, MUTED, 0.0, 1.6),
    "verdict": (10.0, True, INK, 0.0, 1.2),
    "since": (9.0, False, MUTED, 0.0, 1.0),
    "internal": (9.0, True, INK, 0.0, 3.0),
    "title": (21.0, True, INK, 0.0, 5.0),
    "caption": (8.0, False, MUTED, 1.0, 3.6),
    "h1": (17.0, True, INK, 0.0, 3.0),
    "h2": (12.5, True, INK, 5.0, 2.2),
    "h3": (11.0, True, INK, 4.0, 1.4),
    "h4": (9.5, True, INK, 2.6, 1.2),
}


class Paper(FPDF):
    """An A4 document in which blocks are set one beneath another.

    Parameters
    ----------
    title : str
        Of the document: in its metadata and at the head of every page but the first.
    language : {"cs", "en"}
    warning : str
        Stands at the head of every page; empty for none.
    """

    def __init__(self, title: str, language: Language, *, warning: str = "") -> None:
        super().__init__(format="A4")
        self.language: Language = language
        self.running = title
        self.warning = warning
        for style, bold in (("", False), ("B", True)):
            self.add_font(FONT, style, font_file(bold=bold))
        self.set_title(title)
        self.set_lang({"cs": "cs-CZ", "en": "en-GB"}[language])
        self.set_creator("apkgeo")
        self.set_producer("apkgeo")
        self.set_creation_date(_MADE)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margins(_LEFT, _TOP, _LEFT)
        self.set_auto_page_break(True, margin=_BOTTOM)
        self.c_margin = 0
        self.set_font(FONT, "", 9)

    def header(self) -> None:
        """Write the document's name, and the warning, on every page."""
        if self.warning:
            self._face(8, bold=True)
            self.set_draw_color(INK)
            self.set_line_width(0.4)
            self.set_xy(_LEFT, 8)
            self.cell(WIDTH, 6, self.warning, border=1, align=Align.C)
        if self.page_no() > 1:
            self._face(7.5, colour=MUTED)
            self.set_xy(_LEFT, 15.5)
            self.cell(WIDTH, 4, self.running)
        self.set_xy(_LEFT, _TOP)

    def footer(self) -> None:
        """Write the number of the page."""
        self._face(7.5, colour=MUTED)
        self.set_xy(_LEFT, -13)
        words = _("Page {page} of {pages}")
        told = say(words, self.language, page=str(self.page_no()), pages="{nb}")
        self.cell(WIDTH, 4, told, align=Align.R)

    def room(self, height: float) -> None:
        """Begin a new page unless `height` is left on this one."""
        if self.will_page_break(height) and self.get_y() > _TOP + 1:
            self.add_page()

    # ---- blocks --------------------------------------------------------------------------------

    def put(self, blocks: Sequence[Block]) -> None:
        """Set blocks one beneath another; what belongs together stays on one page."""
        place = 0
        while place < len(blocks):
            block = blocks[place]
            if isinstance(block, Heading):
                self.heading(block.level, block.text, needs=self._following(blocks[place + 1 :]))
            elif isinstance(block, Picture):
                row = _row(blocks[place:])
                place += len(row) - 1
                beside = blocks[place + 1] if place + 1 < len(blocks) else None
                told = beside if isinstance(beside, Terms) and _fits_beside(row) else None
                self._pictures(row, told)
                place += told is not None
            elif isinstance(block, Paragraph):
                if block.kind == "since" and place and not isinstance(blocks[place - 1], Heading):
                    self.room(75)
                    self.ln(4)
                self.paragraph(block.parts, block.kind)
            else:
                self._other(block)
            place += 1

    def _other(self, block: Bullets | Terms | Key | Table) -> None:
        if isinstance(block, Bullets):
            for item in block.items:
                self._bullet(item)
            self.ln(1)
        elif isinstance(block, Terms):
            self._terms(block)
        elif isinstance(block, Key):
            self._key(block)
        else:
            self._table(block)

    def _following(self, blocks: Sequence[Block]) -> float:
        """Return how much of what follows a heading must stand on its page."""
        needed = 0.0
        for place, block in enumerate(blocks):
            needed += self._height(block)
            if isinstance(block, Picture):
                needed += _unit_of(_row(blocks[place:])) * view_box(block.svg)[1] + 6
            if needed > 45 or (isinstance(block, Heading) and place and needed > 30):
                break
        return min(needed, 0.8 * (self.h - _TOP - _BOTTOM))

    def _height(self, block: Block) -> float:
        """Return about how high a block is; a long one need not stand on one page."""
        if isinstance(block, Heading):
            return sum(_STYLES[f"h{block.level}"][3:]) + 8
        if isinstance(block, Table):
            return min(table_height(block), 60.0)
        if isinstance(block, Paragraph):
            size = _STYLES[block.kind][0]
            return len(lines_of(block.text, size, WIDTH / POINT)) * size * POINT * 1.5 + 2
        return 18.0

    def heading(self, level: int, text: str, *, needs: float = 40.0) -> None:
        """Set a heading with `needs` millimetres beneath it; it enters the contents."""
        kind = f"h{level}"
        above = _STYLES[kind][3]
        self.room(above + 10 + needs)
        if self.get_y() > _TOP + 1:
            self.ln(above)
        if level == 3:
            self.set_draw_color(LINE)
            self.set_line_width(0.25)
            self.line(_LEFT, self.get_y(), _LEFT + WIDTH, self.get_y())
            self.ln(3)
        if level <= 3:
            self.start_section(text, level - 1)
        self.paragraph(((text, True),), kind)

    def paragraph(self, parts: Sequence[tuple[str, bool]], kind: str = "") -> None:
        """Set a paragraph of parts that are bold or not."""
        size, bold, colour, _above, below = _STYLES[kind]
        step = size * POINT * (1.28 if size > 12 else 1.5)
        self.room(2 * step)
        self._face(size, bold=bold, colour=colour)
        self.set_x(_LEFT)
        if len(parts) == 1:
            self.multi_cell(
                WIDTH, step, parts[0][0], align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
        else:
            for text, strong in parts:
                self._face(size, bold=bold or strong, colour=colour)
                self.write(step, text)
            self.ln(step)
        self.ln(below)

    def _bullet(self, item: Paragraph) -> None:
        size, _bold, colour, _above, below = _STYLES[""]
        step = size * POINT * 1.5
        lines = len(lines_of(item.text, size, (WIDTH - 5) / POINT))
        self.room(min(lines, 3) * step)
        self._face(size, colour=MUTED)
        self.set_x(_LEFT + 1)
        self.cell(4, step, "•")
        self.set_left_margin(_LEFT + 5)
        self.set_x(_LEFT + 5)
        for text, strong in item.parts:
            self._face(size, bold=strong, colour=colour)
            self.write(step, text)
        self.set_left_margin(_LEFT)
        self.ln(step + below * 0.5)

    def _terms(self, block: Terms, left: float = _LEFT, width: float = WIDTH) -> None:
        size = _STYLES[""][0]
        step = size * POINT * 1.45
        short = all(len(told) == 1 for _term, told in block.items)
        for term, told in block.items:
            self.room(10)
            self.set_x(left)
            self._face(size if not short else 8.0, bold=not short, colour=MUTED if short else INK)
            self.multi_cell(width, step, term, align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT)
            self._face(size if short else 8.0, colour=INK if short else MUTED)
            for line in told:
                self.set_x(left)
                self.multi_cell(width, step, line, align=Align.L, new_x=XPos.LEFT, new_y=YPos.NEXT)
            self.ln(1.6)

    def _pictures(self, row: Sequence[Picture], told: Terms | None = None) -> None:
        """Set pictures side by side, or one with its figures in words beside it."""
        gap, unit = 6.0, _unit_of(row)
        sizes = [view_box(one.svg) for one in row]
        tallest = max(high for _wide, high in sizes) * unit
        self.room(tallest + 14)
        self.ln(1)
        top, left, lowest = self.get_y(), _LEFT, 0.0
        for picture, (wide, high) in zip(row, sizes, strict=True):
            self.image(
                io.BytesIO(on_paper(picture.svg).encode()),
                x=left,
                y=top,
                w=wide * unit,
                h=high * unit,
                alt_text=picture.title,
            )
            self.set_xy(left, top + high * unit + _STYLES["caption"][3])
            size, _bold, colour, _above, below = _STYLES["caption"]
            if picture.caption:
                self._face(size, colour=colour)
                held = wide * unit if len(row) > 1 or told else WIDTH
                self.multi_cell(held, size * POINT * 1.45, picture.caption, align=Align.L)
            lowest = max(lowest, self.get_y() + below)
            left += wide * unit + gap
        if told:
            self.set_y(top + 3)
            self._terms(told, left + gap, _LEFT + WIDTH - left - gap)
            lowest = max(lowest, self.get_y())
        self.set_xy(_LEFT, max(lowest, top + tallest + 3))

    def _key(self, block: Key) -> None:
        self.room(18)
        if block.title:
            self._face(8.5, bold=True)
            self.cell(WIDTH, 5, block.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._face(8)
        x = _LEFT
        for mark, text in block.entries:
            wide = 8.2 + self.get_string_width(text) + 5
            if x > _LEFT and x + wide > _LEFT + WIDTH:
                x = _LEFT
                self.ln(5.2)
            y = self.get_y()
            self.image(io.BytesIO(standalone(mark).encode()), x=x, y=y + 0.5, w=6.2, h=4.3)
            self.set_xy(x + 8.2, y)
            self.cell(wide - 8.2, 5, text)
            self.set_y(y)
            x += wide
        self.ln(6.2)
        if block.note:
            self.paragraph(((block.note, False),), "note")

    def _table(self, block: Table) -> None:
        size, step = CELL, CELL * POINT * 1.35
        widths = column_widths(block, size)
        height = table_height(block)
        self.room(min(height, 50.0) if height > 0.6 * (self.h - _TOP - _BOTTOM) else height)
        self.ln(0.8)
        if block.caption:
            self._face(8.5, bold=True)
            self.multi_cell(
                WIDTH, 4.6, block.caption, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
            self.ln(0.8)
        self._face(size)
        self.set_draw_color(LINE)
        self.set_line_width(0.2)
        aligned = tuple(
            "RIGHT" if place in block.numeric else "LEFT" for place in range(len(block.columns))
        )
        with self.table(
            col_widths=tuple(widths),
            width=sum(widths),
            align="LEFT",
            v_align="TOP",
            text_align=aligned,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=MUTED, size_pt=7.4),
            line_height=step,
            padding=(1.1, 1.6),
        ) as made:
            made.row(block.columns)
            for first, *rest in block.rows:
                row = made.row()
                row.cell(first, style=FontFace(emphasis="BOLD"))
                for cell in rest:
                    row.cell(cell)
        self.ln(3.2)

    def contents(self, outline: Sequence[OutlineSection]) -> None:
        """Write the contents, each line a link."""
        self.set_xy(_LEFT, self.get_y())
        self._face(12.5, bold=True)
        self.cell(WIDTH, 8, say(_("Contents"), self.language), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        for section in outline:
            if section.level > 1:
                continue
            first = section.level == 0
            self._face(9, bold=first)
            step, inset = (6.0, 0.0) if first else (4.9, 5.0)
            link = self.add_link(page=section.page_number)
            number = str(section.page_number)
            self.set_x(_LEFT + inset)
            self.cell(WIDTH - 12 - inset, step, section.name, link=link)
            self.cell(12, step, number, align=Align.R, link=link)
            self.ln(step)

    def _face(self, size: float, *, bold: bool = False, colour: str = INK) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(colour)


def _row(blocks: Sequence[Block]) -> list[Picture]:
    """Return the pictures that stand side by side: small ones of one section, or a single one."""
    row: list[Picture] = []
    for block in blocks[:3]:
        if not isinstance(block, Picture):
            break
        together = [*row, block]
        alike = {(one.section, one.is_map) for one in together} == {(block.section, True)}
        if row and (not alike or sum(view_box(one.svg)[0] for one in together) > _ABREAST):
            break
        row.append(block)
    return row


def _unit_of(row: Sequence[Picture]) -> float:
    """Return the millimetres for a unit of the pictures of a row, so that they fit."""
    sizes = [view_box(one.svg) for one in row]
    held = WIDTH - 6.0 * (len(row) - 1)
    fitting = held / sum(wide for wide, _high in sizes)
    return min(_UNIT, fitting, _TALLEST / max(high for _wide, high in sizes))


def _fits_beside(row: Sequence[Picture]) -> bool:
    """Whether words fit beside a single picture."""
    return len(row) == 1 and view_box(row[0].svg)[0] * _UNIT < 0.55 * WIDTH
