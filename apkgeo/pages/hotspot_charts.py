"""Charts of hotspots as SVG: weekdays and hours, and how concentrated incidents are."""

from __future__ import annotations

from babel.dates import get_day_names
from markupsafe import Markup

from apkgeo.language import Language, _, percent
from apkgeo.pages.figures import grid_of, svg, tag
from apkgeo.pages.legends import Entry, box, swatch
from apkgeo.pages.palettes import ACCENT, INK, LINE, MUTED
from apkgeo.pages.shown_grid import BLOCK, ShownFound
from apkgeo.pages.words import say

BLOCKS = [(hour, hour + BLOCK) for hour in range(0, 24, BLOCK)]


def weekday_names(language: Language, *, short: bool = True) -> list[str]:
    """Return the names of the days from Monday on."""
    names = get_day_names(
        "abbreviated" if short else "wide", context="stand-alone", locale=language
    )
    return [str(names[day]) for day in range(7)]


def block_names() -> list[str]:
    """Return the blocks of hours as written on charts: ``0–3``, …"""
    return [f"{first}–{last}" for first, last in BLOCKS]


def hours_chart(found: ShownFound, period: str, language: Language, *, title: str) -> Markup:
    """Draw weekdays down and blocks of hours along; a cross where a count is hidden or none."""
    fields = found.fields[found.fields["period"] == period]
    places = fields.pivot(index="weekday", columns="block", values="place").to_numpy()
    return grid_of(
        weekday_names(language),
        block_names(),
        [[found.hours.colours[place] if place >= 0 else None for place in row] for row in places],
        title=title,
    )


def hours_entries(found: ShownFound, language: Language, *, least: int) -> list[Entry]:
    """Return the legend of the chart of hours."""
    entries = [
        Entry(swatch(box(fill=colour, stroke=LINE)), found.hours.label(place, language))
        for place, colour in enumerate(found.hours.colours)
    ]
    if (found.fields["place"] < 0).any():
        cross = tag("path", d="M9 5l8 8m0 -8l-8 8", stroke=MUTED, stroke_width=1.2)
        words = _("fewer") if least else _("none")
        entries.append(Entry(swatch(box(fill=WHITE, stroke=LINE), cross), say(words, language)))
    return entries


WHITE = "#ffffff"
_SIDE, _LEFT, _TOP = 300.0, 46.0, 12.0


def lorenz_chart(found: ShownFound, language: Language, *, title: str) -> Markup:
    """Draw how many incidents lie in the worst parts of the area, before and after.

    Only the rounded shares of the table are drawn, joined by straight lines.
    """

    def at(across: float, up: float) -> tuple[float, float]:
        return _LEFT + across * _SIDE, _TOP + (1 - up) * _SIDE

    parts = [_frame(language)]
    for name, colour, dash in (("before", MUTED, "5 4"), ("after", ACCENT, None)):
        steps = [
            (0.0, 0.0),
            *zip(found.shares["share"], found.shares[name], strict=True),
            (1.0, 1.0),
        ]
        corners = [at(*step) for step in steps]
        line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        parts.append(
            tag("path", d=line, fill="none", stroke=colour, stroke_width=2.2, stroke_dasharray=dash)
        )
        for x, y in corners[1:-1]:
            fill = colour if name == "after" else WHITE
            dot = tag("circle", cx=x, cy=y, r=3.4, fill=fill, stroke=colour, stroke_width=1.8)
            parts.append(dot)
    return svg(_LEFT + _SIDE + 26, _TOP + _SIDE + 44, title, *parts)


def _frame(language: Language) -> Markup:
    bottom, right = _TOP + _SIDE, _LEFT + _SIDE
    parts = [
        tag("path", d=f"M{_LEFT} {bottom}L{right} {_TOP}", stroke=LINE, stroke_width=1.2),
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _LEFT + share * _SIDE, bottom - share * _SIDE
        text = percent(share, language)
        parts += [
            tag("path", d=f"M{_LEFT} {y:.1f}h{_SIDE}", stroke=LINE, stroke_width=0.6),
            tag("path", d=f"M{x:.1f} {bottom}v4", stroke=MUTED, stroke_width=0.8),
            tag("text", text, x=_LEFT - 6, y=y + 4, text_anchor="end", fill=MUTED),
            tag("text", text, x=x, y=bottom + 17, text_anchor="middle", fill=MUTED),
        ]
    words = say(_("share of the city’s area, the busiest first"), language)
    parts.append(
        tag("text", words, x=_LEFT + _SIDE / 2, y=bottom + 37, text_anchor="middle", fill=INK)
    )
    return tag("g", *parts)


def lorenz_entries(language: Language) -> list[Entry]:
    """Return the legend of the chart of concentration."""

    def mark(colour: str, fill: str, dash: str | None) -> Markup:
        line = tag("path", d="M1 9h24", stroke=colour, stroke_width=2.2, stroke_dasharray=dash)
        dot = tag("circle", cx=13, cy=9, r=3.4, fill=fill, stroke=colour, stroke_width=1.8)
        return swatch(line, dot)

    even = tag("path", d="M1 16L25 2", stroke=LINE, stroke_width=1.6)
    return [
        Entry(mark(MUTED, WHITE, "5 4"), say(_("before"), language)),
        Entry(mark(ACCENT, ACCENT, None), say(_("after"), language)),
        Entry(swatch(even), say(_("if incidents fell evenly over the city"), language)),
    ]
