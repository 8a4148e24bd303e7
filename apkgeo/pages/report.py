"""The whole study as one PDF for the council's papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from apkgeo.language import Language
from apkgeo.pages.blocks import Block, Heading, Paragraph, page_blocks, page_language
from apkgeo.pages.paper import Paper
from apkgeo.pages.parts import PAGES, sheet_warning
from apkgeo.pages.words import say

# Pages of the site that are tools for the screen.
_TOOLS = ("lookup.html",)


def build_report(pages: Mapping[str, str]) -> bytes:
    """Return the pages of a study as one PDF.

    Parameters
    ----------
    pages : mapping of str to str
        File name -> HTML, as `apkgeo.pages.site.build_site` returns them or as an earlier run
        wrote them.

    Returns
    -------
    bytes
        A4, with text that can be selected and searched, vector maps and charts, an outline,
        contents and page numbers; its language and title are in its metadata. Equal pages give
        equal bytes.

    Notes
    -----
    It is read from the finished pages: what these hide from their audience cannot enter it.
    """
    language = cast("Language", page_language(pages["index.html"]))
    first = page_blocks(pages["index.html"])
    title = next(one.text for one in first if isinstance(one, Heading))
    internal = any(isinstance(one, Paragraph) and one.kind == "internal" for one in first)
    warning = sheet_warning("internal" if internal else "council", language)
    paper = Paper(title, language, warning=warning)
    opening, body = _parted(first)
    paper.add_page()
    for block in opening:
        if isinstance(block, Heading):
            paper.paragraph(((block.text, True),), "title")
        elif not (isinstance(block, Paragraph) and block.kind == "internal"):
            paper.put([block])
    paper.ln(6)
    paper.insert_toc_placeholder(
        lambda _pdf, outline: paper.contents(outline), allow_extra_pages=True
    )
    _chapter(paper, say(PAGES["index.html"], language), body)
    for file in PAGES:
        if file in pages and file != "index.html" and file not in _TOOLS:
            opening, body = _parted(page_blocks(pages[file]))
            told = [one for one in opening if isinstance(one, Paragraph) and one.kind == "lead"]
            paper.add_page()
            _chapter(
                paper,
                next(one.text for one in opening if isinstance(one, Heading)),
                [*told, *body],
            )
    return bytes(paper.output())


def _chapter(paper: Paper, title: str, blocks: list[Block]) -> None:
    paper.heading(1, title)
    paper.put(blocks)


def _parted(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """Part the head of a page from what follows its first section's heading."""
    places = [
        place for place, one in enumerate(blocks) if isinstance(one, Heading) and one.level == 2
    ]
    cut = places[0] if places else len(blocks)
    return blocks[:cut], blocks[cut:]
