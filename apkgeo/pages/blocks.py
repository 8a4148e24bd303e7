"""A page once more as a list of blocks, in reading order: for paper and for pictures.

What stands on paper is read from the finished page, so that the two cannot differ: what the page
hides from its audience is not there to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from apkgeo.pages.parts import Table

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
# What is for the screen alone: controls, live maps, links within the page.
_LEFT_OUT = frozenset({"form", "script", "style", "noscript", "nav", "button", "template"})
_SCREEN = frozenset({"live-map", "screen-only", "jump", "skip", "narrow", "apk-compare"})
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4}
_KINDS = ("lead", "note", "kicker", "verdict", "since", "internal")


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: its parts, each bold or not, and what it is (``"lead"``, ``"note"``, …)."""

    parts: tuple[tuple[str, bool], ...]
    kind: str = ""

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(text for text, _bold in self.parts)


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Terms:
    """Terms, each with what is said of it."""

    items: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Picture:
    """A picture as SVG, with its caption and the id of the section that it stands in."""

    svg: str
    caption: str
    section: str

    @property
    def is_map(self) -> bool:
        """Whether it is a map."""
        return "map-figure" in self.svg[:300]

    @property
    def title(self) -> str:
        """What it shows, as it says itself."""
        found = re.search(r'aria-label="([^"]*)"', self.svg)
        return _plain(found[1]) if found else ""


@dataclass(frozen=True)
class Key:
    """A legend: its title, a swatch (SVG) and words for each entry, a note."""

    title: str
    entries: tuple[tuple[str, str], ...]
    note: str


Block = Heading | Paragraph | Bullets | Terms | Picture | Key | Table


@dataclass
class _Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def find(self, tag: str) -> Iterator[_Node]:
        """Give the elements of one kind beneath this one, in their order."""
        for child in self.children:
            if isinstance(child, _Node):
                if child.tag == tag:
                    yield child
                yield from child.find(tag)

    def text(self) -> str:
        """Return the text in it, as a browser would show it."""
        return _spaced("".join(text for text, _bold in _runs(self)))


class _Builder(HTMLParser):
    """Build the tree of a page of our own, which is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def page_blocks(html: str) -> list[Block]:
    """Return what the ``<main>`` of a page says on paper.

    Parameters
    ----------
    html : str
        A page of `build_site`.

    Examples
    --------
    >>> page_blocks("<main><h1>Title</h1><p class='note'>A <b>bold</b> word.</p></main>")
    [Heading(level=1, text='Title'),
     Paragraph(parts=(('A ', False), ('bold', True), (' word.', False)), kind='note')]
    """
    pictures: list[str] = []

    def kept(found: re.Match[str]) -> str:
        pictures.append(found[0])
        return f'<svg data-place="{len(pictures) - 1}"></svg>'

    builder = _Builder()
    builder.feed(_SVG.sub(kept, html[html.index("<main") :]))
    builder.close()
    (main,) = list(builder.root.find("main"))[:1]
    return list(_blocks(main, pictures, ""))


def page_language(html: str) -> str:
    """Return the language that a page says it is in."""
    found = re.search(r'<html lang="([a-z]+)"', html)
    return found[1] if found else "cs"


def _blocks(node: _Node, pictures: list[str], section: str) -> Iterator[Block]:
    """Give the blocks within an element."""
    for child in node.children:
        if isinstance(child, str):
            if child.strip():
                yield Paragraph(((_spaced(child).strip(), False),))
            continue
        if child.tag in _LEFT_OUT or child.classes & _SCREEN or "hidden" in child.attributes:
            continue
        if child.tag in _HEADINGS:
            yield Heading(_HEADINGS[child.tag], child.text().strip())
        elif child.tag == "p":
            yield _paragraph(child)
        elif child.tag in ("ul", "ol"):
            items = (one for one in child.children if isinstance(one, _Node) and one.tag == "li")
            yield Bullets(tuple(_paragraph(one) for one in items))
        elif child.tag == "dl":
            yield _terms(child)
        elif child.tag == "table":
            yield _table(child)
        elif child.tag == "svg":
            yield from _picture(child, pictures, "", section)
        elif child.tag == "figure":
            caption = " ".join(one.text().strip() for one in child.find("figcaption"))
            for drawn in child.find("svg"):
                yield from _picture(drawn, pictures, caption, section)
        elif "legend" in child.classes:
            yield _key(child, pictures)
        elif child.tag == "details" and next(child.find("table"), None) is not None:
            continue  # a long table that only repeats a map
        elif child.tag != "summary":
            yield from _blocks(child, pictures, child.attributes.get("aria-labelledby", section))


def _picture(node: _Node, pictures: list[str], caption: str, section: str) -> Iterator[Picture]:
    drawn = pictures[int(node.attributes["data-place"])]
    opening = drawn[: drawn.index(">")]
    if 'class="figure' in opening and "narrow" not in opening:
        yield Picture(drawn, caption, section)


def _key(node: _Node, pictures: list[str]) -> Key:
    entries = [
        (pictures[int(mark.attributes["data-place"])], item.text().strip())
        for item in node.find("li")
        for mark in item.find("svg")
    ]
    said = dict.fromkeys(("legend-title", "note"), "")
    for one in node.find("p"):
        for name in said.keys() & one.classes:
            said[name] = one.text().strip()
    return Key(said["legend-title"], tuple(entries), said["note"])


def _terms(node: _Node) -> Terms:
    items: list[tuple[str, list[str]]] = []
    for child in node.children:
        if isinstance(child, _Node) and child.tag == "dt":
            items.append((child.text().strip(), []))
        elif isinstance(child, _Node) and child.tag == "dd" and items:
            items[-1][1].append(child.text().strip())
    return Terms(tuple((term, tuple(told)) for term, told in items))


def _table(node: _Node) -> Table:
    caption = " ".join(one.text().strip() for one in node.find("caption"))
    rows = [[cell for cell in row.children if isinstance(cell, _Node)] for row in node.find("tr")]
    head, *body = rows
    return Table(
        caption,
        tuple(cell.text().strip() for cell in head),
        tuple(tuple(cell.text().strip() for cell in row) for row in body),
        frozenset(place for place, cell in enumerate(head) if "number" in cell.classes),
    )


def _paragraph(node: _Node) -> Paragraph:
    parts: list[tuple[str, bool]] = []
    for text, bold in _runs(node):
        if parts and parts[-1][1] == bold:
            parts[-1] = (parts[-1][0] + text, bold)
        else:
            parts.append((text, bold))
    spaced = [(_spaced(text), bold) for text, bold in parts]
    if spaced:
        spaced[0] = (spaced[0][0].lstrip(" "), spaced[0][1])
        spaced[-1] = (spaced[-1][0].rstrip(" "), spaced[-1][1])
    kind = next((one for one in _KINDS if one in node.classes), "")
    return Paragraph(tuple(part for part in spaced if part[0]), kind)


def _runs(node: _Node, *, bold: bool = False) -> Iterator[tuple[str, bool]]:
    for child in node.children:
        if isinstance(child, str):
            yield child, bold
        elif child.tag not in _LEFT_OUT and "hidden" not in child.attributes:
            yield from _runs(child, bold=bold or child.tag in ("b", "strong"))


def _spaced(text: str) -> str:
    """Return text with each run of spaces and line ends as one space; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", text)


def _plain(value: str) -> str:
    """Return an attribute's text."""
    builder = _Builder()
    builder.feed(value)
    builder.close()
    return builder.root.text()
