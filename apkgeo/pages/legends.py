"""What the colours and lines of maps and figures mean."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from apkgeo.pages.figures import tag


@dataclass(frozen=True)
class Entry:
    """A line of a legend."""

    swatch: Markup
    text: str


@dataclass(frozen=True)
class Legend:
    """What the colours and lines of a map mean."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""


def swatch(*children: Markup) -> Markup:
    """Return a small picture for a legend, hidden from screen readers: the words say it."""
    return tag(
        "svg",
        *children,
        viewBox="0 0 26 18",
        width=26,
        height=18,
        aria_hidden="true",
        class_="swatch",
    )


def box(**attributes: str | float | None) -> Markup:
    """Return the filled box of a legend's swatch."""
    return tag("rect", x=1, y=1, width=24, height=16, rx=1.5, **attributes)


def line(**attributes: str | float | None) -> Markup:
    """Return the line of a legend's swatch."""
    return tag("path", d="M1 9h24", fill="none", **attributes)
