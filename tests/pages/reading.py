"""Read a page as a reader without scripts does: its tables, its words, its data."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Page(HTMLParser):
    """What stands on a page.

    Attributes
    ----------
    tables : dict of str to list of list of str
        Caption -> rows, the heads first.
    words : list of str
        Every text that a reader sees or hears: text nodes, labels, titles.
    data : dict of str to object
        The inert JSON, by id.
    """

    html: str
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._silent = ""
        self._json = ""
        self._caption = self._cell = None
        self._rows: list[list[str]] = []
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.words += [told[n] for n in ("aria-label", "title", "alt") if told.get(n)]
        if "id" in told:
            self.ids.append(told["id"] or "")
        if tag == "a":
            self.links.append(told.get("href") or "")
        if tag in ("script", "style"):
            self._silent = tag
            self._json = told.get("id", "") if told.get("type") == "application/json" else ""
        elif tag == "table":
            self._rows = []
        elif tag == "caption":
            self._caption = ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._cell = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag == "caption":
            self.tables[_plain(self._caption)] = self._rows
            self._caption = None
        elif tag in ("th", "td"):
            self._rows[-1].append(_plain(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._silent:
            if self._json:
                self.data[self._json] = json.loads(data)
            return
        if self._caption is not None:
            self._caption += data
        if self._cell is not None:
            self._cell += data
        if data.strip():
            self.words.append(data.strip())

    def table(self, part: str) -> list[dict[str, str]]:
        """Return the rows of the table whose caption holds `part`, by column."""
        (rows,) = [rows for caption, rows in self.tables.items() if part in caption]
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    def text(self) -> str:
        """Return all words, no-break spaces as spaces."""
        return _plain(" ".join(self.words))


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()
