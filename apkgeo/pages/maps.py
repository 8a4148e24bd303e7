"""The map of the places: live, and as a picture for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import shapely
from markupsafe import Markup

from apkgeo.language import Language, _, number
from apkgeo.pages.compared import chosen_by_counts, shown_comparison
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.export import map_fragment
from apkgeo.pages.legends import Entry, Legend, box, line, swatch
from apkgeo.pages.livemaps import (
    context_names,
    localities_folium,
    ring_borders,
)
from apkgeo.pages.names import name_marks
from apkgeo.pages.palettes import ACCENT, COMPARED, DISTRICT, INK, RAIL, WATER
from apkgeo.pages.parts import anchor, render
from apkgeo.pages.pictures import text_width
from apkgeo.pages.shell import Fragment, asset
from apkgeo.pages.shown import ShownFinding
from apkgeo.pages.staticmap import (
    Sheet,
    borders,
    ground,
    labels,
    picture,
    scale_bar,
    shapes,
)
from apkgeo.pages.words import basis, say, since, verdict

ONLINE = _(
    "The background of this map is fetched from the server {host}, which thereby learns that "
    "somebody is reading the page. Without a network the map is shown without it."
)


@dataclass(frozen=True)
class Figure:
    """A picture with its caption."""

    picture: Markup
    caption: str


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


def localities_map(content: SiteContent, findings: Sequence[ShownFinding]) -> list[Fragment]:
    """Return the map of places: neutral outlines, no colour for a result.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    findings : sequence of ShownFinding
        The findings on the primary outcome; each place opens a card with its own.
    """
    study, language = content.study, content.study.language
    public = study.privacy.audience == "public"
    labels = {one.deployment.locality: verdict(one, one.name, language) for one in findings}
    title = say(_("Map of the localities and the rings around them"), language)
    made, places = localities_folium(content, labels)
    host = study.map.host
    ground_names = context_names(content.context, content.evaluation.areas.crs)
    if not host:  # an online map has names of its own
        ground_names.add_to(made)
    live = map_fragment(
        made,
        language=language,
        label=title,
        audience=study.privacy.audience,
        places=(ground_names, places),
        basemap=bool(host),
        digits=5,
        still=False,
    )
    section = render(
        "map_section.html",
        language,
        id="h-map",
        title=say(_("Where the localities are"), language),
        hint=say(
            _("The localities are drawn only when they are switched on among the layers.")
            if public
            else _("Choose a locality on the map to see what was found there."),
            language,
        ),
        sentences=[say(ONLINE, language, host=host)] if host else [],
        live=Markup(live.html),
        cards=_cards(findings, language),
        figures=[_localities_picture(content, title, public=public)],
        legends=[_localities_legend(content)],
    )
    shown = with_map(live, section, "map", sheet_for(content, width=720))
    return [replace(shown, scripts=(*shown.scripts, asset("static/map_names.js")))]


def with_map(live: Fragment, section: Fragment, name: str, sheet: Sheet) -> Fragment:
    """Return the section, which holds the map's markup, with what the map needs to work.

    The map's frame gets the shape of the ground, so that the city fills it.
    """
    shape = sheet.width / sheet.ground_height
    widest = f"max-width:calc(min(80vh,46rem)*{shape:.3f})"
    style = (
        f"#{name}{{aspect-ratio:{shape:.3f};height:auto;{widest};min-height:0}}"
        f"#{name}-figure .apk-compare{{{widest}}}"
    )
    return replace(live, html=section.html, styles=(*live.styles, style))


def _cards(findings: Sequence[ShownFinding], language: Language) -> list[dict[str, object]]:
    """Return a card for each place, with a line for each programme that runs there."""
    cards: dict[str, dict[str, Any]] = {}
    for one in findings:
        code = one.deployment.locality
        card = cards.setdefault(
            code, {"id": f"{anchor(code)}-card", "href": f"#{anchor(code)}", "lines": []}
        )
        card["name"] = one.name
        card["lines"].append(
            {
                "since": since(one.deployment, language),
                "verdict": verdict(one, one.name, language),
                "basis": basis(one, language),
            }
        )
    return list(cards.values())


def _localities_picture(content: SiteContent, title: str, *, public: bool) -> Figure:
    language, areas = content.study.language, content.evaluation.areas
    sheet = sheet_for(content, width=720)
    drawn = picture(
        sheet,
        title,
        ground(sheet, content.context),
        borders(sheet, content.context),
        name_marks(sheet, content.context, taken=[] if public else _taken(sheet, areas)),
        [] if public else _place_marks(sheet, areas),
        scale_bar(sheet, language),
    )
    caption = (
        _("The map shows the city and its police districts.")
        if public
        else _(
            "The map shows the localities where a programme runs, in outline, and "
            "the rings around them."
        )
    )
    return Figure(drawn, say(caption, language))


def _localities_legend(content: SiteContent) -> Legend:
    language = content.study.language
    outline = box(fill=ACCENT, fill_opacity="0.12", stroke=ACCENT, stroke_width=2)
    ring = box(fill="none", stroke=ACCENT, stroke_width=1, stroke_dasharray="3 3")
    entries = (
        Entry(swatch(outline), say(_("Locality where a programme runs"), language)),
        *(
            [Entry(swatch(ring), _rings_up_to(content.study.ring_distances, language))]
            if content.study.ring_distances
            else []
        ),
        *context_entries(content, language),
    )
    return Legend(say(_("Legend"), language), entries)


def _rings_up_to(distances: Sequence[float], language: Language) -> str:
    *inner, last = (number(distance, language) for distance in sorted(distances))
    if not inner:
        return say(_("Ring up to {reach} m around it"), language, reach=last)
    message = _("Rings up to {inner} m and up to {reach} m around it")
    return say(message, language, inner=", ".join(inner), reach=last)


def _taken(sheet: Sheet, areas: gpd.GeoDataFrame) -> list[Any]:
    """Return what other names must not touch: outlines, borders of rings, localities' names."""
    treated, rings = areas[areas["role"] == "treated"], areas[areas["role"] == "ring"]
    lines = [treated.geometry.boundary, *([ring_borders(areas).geometry] if len(rings) else [])]
    held = [line.buffer(1.5) for one in lines for line in sheet.pixels(one)]
    surrounded = sheet.pixels(_surrounded(areas))
    for shape, name in zip(surrounded, treated["name"].astype(str), strict=True):
        west, _top, east, bottom = shape.bounds
        half = text_width(name, 13, bold=True) / 2 + 3
        middle = (west + east) / 2
        held.append(shapely.box(middle - half, bottom, middle + half, bottom + 18))
    return held


def _surrounded(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the localities with the rings around them."""
    treated, rings = areas[areas["role"] == "treated"], areas[areas["role"] == "ring"]
    shapes = [
        rings.geometry[rings["locality"] == code].union_all().union(shape)
        for code, shape in zip(treated["code"], treated.geometry, strict=True)
    ]
    return treated.assign(geometry=shapes)


def _place_marks(sheet: Sheet, areas: gpd.GeoDataFrame) -> list[Markup]:
    treated, rings = areas[areas["role"] == "treated"], areas[areas["role"] == "ring"]
    borders = ring_borders(areas) if len(rings) else rings
    names = labels(
        sheet,
        _surrounded(areas),
        treated["name"],
        below=True,
        fill=INK,
        font_size=13,
        font_weight="600",
    )
    return [
        shapes(
            sheet, borders, fill="none", stroke=ACCENT, stroke_width=0.8, stroke_dasharray="3 3"
        ),
        shapes(sheet, treated, fill=ACCENT, fill_opacity="0.12", stroke=ACCENT, stroke_width=1.8),
        names,
    ]


def comparison_map(content: SiteContent) -> Figure | None:
    """Return the map of the comparison areas; None where localities are off until asked for."""
    areas, language = content.evaluation.areas, content.study.language
    others = shown_comparison(content)
    if not len(others):
        return None
    sheet = sheet_for(content, width=720)
    title = say(_("Map of the comparison areas"), language)
    drawn = picture(
        sheet,
        title,
        ground(sheet, content.context),
        shapes(
            sheet, others, fill=COMPARED, fill_opacity="0.75", stroke="#ffffff", stroke_width=0.6
        ),
        borders(sheet, content.context),
        _place_marks(sheet, areas),
        scale_bar(sheet, language),
    )
    caption = _(
        "The filled areas are those that it is compared with, the outlines the localities and the "
        "rings around them."
    )
    if chosen_by_counts(content):
        caption = _(
            "The filled area is where the squares were taken from that it is compared with; the "
            "outlines are the localities and the rings around them. Which squares these are is not "
            "shown: it would tell where there was no incident."
        )
    return Figure(drawn, say(caption, language))
