"""The maps of the pages: the same classes live and as a picture for print."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
from markupsafe import Markup

from apkgeo.language import Language, _
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.figures import tag
from apkgeo.pages.hotspots import CHANGES, ShownGrid
from apkgeo.pages.palettes import ACCENT, DISTRICT, FALL, FEW, INK, RAIL, RISE, UNCERTAIN, WATER
from apkgeo.pages.parts import render
from apkgeo.pages.shell import Fragment
from apkgeo.pages.staticmap import (
    Sheet,
    borders,
    ground,
    labels,
    picture,
    scale_bar,
    shapes,
)
from apkgeo.pages.words import say, span

COLOURS = {"fall": FALL, "rise": RISE, "uncertain": UNCERTAIN, "few": FEW}


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


@dataclass(frozen=True)
class Figure:
    """A picture with its caption."""

    picture: Markup
    caption: str


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


def sheet_for(content: SiteContent, *, width: float, cells: Cells | None = None) -> Sheet:
    """Return the sheet that shows the city, or else what was counted."""
    areas = content.evaluation.areas
    context = content.context
    extents = [context.city, context.districts, cells.frame if cells else None, areas]
    extent = next(frame for frame in extents if frame is not None and len(frame))
    return Sheet.over(extent, areas.crs, width=width)


def context_entries(content: SiteContent, language: Language) -> list[Entry]:
    """Return the legend's lines for what lies beneath the data."""
    context, entries = content.context, []
    if context.districts is not None:
        mark = line(stroke=DISTRICT, stroke_width=1.2)
        entries.append(Entry(swatch(mark), say(_("Border of a police district"), language)))
    if context.water is not None:
        entries.append(Entry(swatch(box(fill=WATER)), say(_("Water"), language)))
    if context.railways is not None:
        mark = line(stroke=RAIL, stroke_width=1.6, stroke_dasharray="5 3")
        entries.append(Entry(swatch(mark), say(_("Railway"), language)))
    return entries


def localities_map(content: SiteContent) -> list[Fragment]:
    """Return the map of places: neutral outlines, no colour for a result."""
    language = content.study.language
    areas = content.evaluation.areas
    treated, rings = areas[areas["role"] == "treated"], areas[areas["role"] == "ring"]
    sheet = sheet_for(content, width=720)
    public = content.study.privacy.audience == "public"
    marks = [] if public else _place_marks(sheet, treated, rings)
    figure = Figure(
        picture(
            sheet,
            say(_("Map of the places and the rings around them"), language),
            ground(sheet, content.context),
            borders(sheet, content.context),
            marks,
            scale_bar(sheet, language),
        ),
        say(_("Places where a programme runs, in outline, and the rings around them."), language)
        if not public
        else say(_("The city and its police districts."), language),
    )
    entries = context_entries(content, language)
    if not public:
        outline = box(fill="none", stroke=ACCENT, stroke_width=2)
        ring = box(fill="none", stroke=ACCENT, stroke_width=1, stroke_dasharray="3 3")
        entries = [
            Entry(swatch(outline), say(_("Place where a programme runs"), language)),
            Entry(swatch(ring), say(_("Ring around it"), language)),
            *entries,
        ]
    return [
        render(
            "map.html",
            language,
            id="h-map",
            title=say(_("Where the places are"), language),
            sentences=[],
            live=None,
            figures=[figure],
            legends=[Legend(say(_("Legend"), language), tuple(entries))],
        )
    ]


def _place_marks(sheet: Sheet, treated: gpd.GeoDataFrame, rings: gpd.GeoDataFrame) -> list[Markup]:
    return [
        shapes(sheet, rings, fill="none", stroke=ACCENT, stroke_width=0.8, stroke_dasharray="3 3"),
        shapes(sheet, treated, fill=ACCENT, fill_opacity="0.12", stroke=ACCENT, stroke_width=1.8),
        labels(
            sheet, treated, treated["name"], below=True, fill=INK, font_size=13, font_weight="600"
        ),
    ]


def hotspots_map(content: SiteContent, cells: Cells, grid: ShownGrid) -> list[Fragment]:
    """Return the maps of the grid: before, after, and what can be said of the change."""
    language = content.study.language
    half, whole = (
        sheet_for(content, width=480, cells=cells),
        sheet_for(content, width=720, cells=cells),
    )
    columns = [
        ("before_class", _("Map: incidents a year before"), _("Before: {span}"), cells.before),
        ("after_class", _("Map: incidents a year after"), _("After: {span}"), cells.after),
    ]
    figures = [
        Figure(
            _rate_picture(content, half, grid, column, say(title, language)),
            say(caption, language, span=span(period, language)),
        )
        for column, title, caption, period in columns
    ]
    change = Figure(
        _change_picture(content, whole, grid), say(_("What can be said of the change."), language)
    )
    return [
        render(
            "map.html",
            language,
            id="h-rates",
            title=say(_("Before and after"), language),
            sentences=[],
            live=None,
            figures=figures,
            legends=[rate_legend(content, grid)],
        ),
        render(
            "map.html",
            language,
            id="h-change",
            title=say(_("What can be told from chance"), language),
            sentences=[],
            live=None,
            figures=[change],
            legends=[change_legend(content, grid)],
        ),
    ]


def _rate_picture(
    content: SiteContent, sheet: Sheet, grid: ShownGrid, column: str, title: str
) -> Markup:
    frame = grid.frame
    edge: dict[str, str | float | None] = {"stroke": "#ffffff", "stroke_width": 0.3}
    fills = [
        shapes(sheet, frame[frame[column] == place], fill=colour, **edge)
        for place, colour in enumerate(grid.classes.colours)
    ]
    return picture(
        sheet,
        title,
        shapes(sheet, frame[frame[column] < 0], fill=FEW, **edge),
        ground(sheet, content.context),
        fills,
        borders(sheet, content.context, named=False),
        scale_bar(sheet, content.study.language),
    )


def _change_picture(content: SiteContent, sheet: Sheet, grid: ShownGrid) -> Markup:
    frame, language = grid.frame, content.study.language
    fills = [
        shapes(
            sheet,
            frame[frame["change"] == change],
            fill=COLOURS[change],
            stroke="#ffffff",
            stroke_width=0.3,
        )
        for change in ("uncertain", "fall", "rise")
    ]
    marks = [
        labels(
            sheet,
            frame[frame["change"] == change],
            [sign] * int((frame["change"] == change).sum()),
            fill="#ffffff" if change == "fall" else INK,
            font_size=12,
            font_weight="700",
        )
        for change, sign in (("fall", "−"), ("rise", "+"))
    ]
    return picture(
        sheet,
        say(_("Map: squares where the change can be told from chance"), language),
        shapes(
            sheet, frame[frame["change"] == "few"], fill=FEW, stroke="#ffffff", stroke_width=0.3
        ),
        ground(sheet, content.context),
        fills,
        [Markup(str(mark).replace(' class="halo"', "")) for mark in marks],
        borders(sheet, content.context),
        scale_bar(sheet, language),
    )


def rate_legend(content: SiteContent, grid: ShownGrid) -> Legend:
    """Return the legend of the classes of rates, the hidden one included."""
    language = content.study.language
    entries = [
        Entry(swatch(box(fill=FEW, stroke=DISTRICT, stroke_width=0.5)), grid.label(-1, language))
    ]
    entries += [
        Entry(
            swatch(box(fill=colour, stroke=DISTRICT, stroke_width=0.5)), grid.label(place, language)
        )
        for place, colour in enumerate(grid.classes.colours)
    ]
    return Legend(
        say(_("Incidents in a square a year"), language),
        (*entries, *context_entries(content, language)),
        say(_("The lower bound belongs to the class."), language),
    )


def change_legend(content: SiteContent, grid: ShownGrid) -> Legend:
    """Return the legend of the changes, with a sign beside each colour."""
    language = content.study.language
    signs = {"fall": ("−", "#ffffff"), "rise": ("+", INK)}
    entries = []
    for change, words in CHANGES.items():
        mark = [
            box(
                fill=COLOURS[change],
                stroke=DISTRICT,
                stroke_width=0.5,
            )
        ]
        if change in signs:
            sign, fill = signs[change]
            mark.append(
                tag(
                    "text",
                    sign,
                    x=13,
                    y=13.5,
                    text_anchor="middle",
                    fill=fill,
                    font_weight="700",
                    font_size=13,
                )
            )
        entries.append(Entry(swatch(*mark), say(words, language)))
    return Legend(say(_("Change from before to after"), language), tuple(entries))
