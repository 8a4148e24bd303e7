"""The maps of the grid: the same classes live and as a picture for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import folium
import geopandas as gpd
from markupsafe import Markup

from apkgeo.language import Language, _
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.export import map_fragment
from apkgeo.pages.hotspot_layers import SIDES, edge_names, kinds_folium, margin_names, rates_folium
from apkgeo.pages.hotspot_legends import Kinds, density_legend, kinds_legend, rate_legend
from apkgeo.pages.hotspot_words import LASTING, WHITE, Mark
from apkgeo.pages.livemaps import context_names
from apkgeo.pages.maps import Figure, sheet_for, with_map
from apkgeo.pages.names import name_marks
from apkgeo.pages.palettes import FEW, INK, MUTED
from apkgeo.pages.parts import render
from apkgeo.pages.shell import Fragment, asset
from apkgeo.pages.shown_grid import ShownGrid
from apkgeo.pages.staticmap import Sheet, borders, ground, labels, picture, scale_bar, shapes
from apkgeo.pages.words import say, span

_EDGE: Mapping[str, str | float | None] = {"stroke": WHITE, "stroke_width": 0.3}
_HOT_EDGE: Mapping[str, str | float | None] = {
    "fill": "none",
    "stroke": INK,
    "stroke_width": 1.4,
    "stroke_linejoin": "round",
}


def rates_section(
    content: SiteContent, cells: Cells, grid: ShownGrid, sentences: Sequence[str] = ()
) -> Fragment:
    """Return the map with the slider, and two pictures: density with hot cells, else counts."""
    language = content.study.language
    sheet = sheet_for(content, width=480, cells=cells)
    made, sides = rates_folium(content, grid)
    label = (
        _("Map: incidents a year in each square, before and after")
        if grid.found is None
        else _("Map: density of incidents and hotspots, before and after")
    )
    places = _written(content, grid)
    for group in places:
        group.add_to(made)
    live = map_fragment(
        made,
        language=language,
        label=say(label, language),
        name="rates",
        audience=content.study.privacy.audience,
        places=places,
        compare=sides,
        digits=5,
        still=False,
    )
    titles = (_("Map: incidents a year before"), _("Map: incidents a year after"))
    if grid.found is not None:
        titles = (_("Map: density of incidents before"), _("Map: density of incidents after"))
    figures = [
        Figure(
            _rate_picture(content, sheet, grid, side, say(title, language)),
            say(caption, language, span=span(period, language)),
        )
        for side, title, caption, period in (
            ("before", titles[0], _("Before: {span}"), cells.before),
            ("after", titles[1], _("After: {span}"), cells.after),
        )
    ]
    section = render(
        "map_section.html",
        language,
        id="h-rates",
        title=say(_("Before and after"), language),
        hint=_hint(grid, language),
        sentences=[" ".join(f"{figure.caption}." for figure in figures), *sentences],
        live=Markup(live.html),
        cards=[],
        figures=figures,
        legends=[
            rate_legend(content, grid)
            if grid.found is None
            else density_legend(content, grid.found.densities)
        ],
    )
    return _small_words(with_map(live, section, "rates", sheet), "rates")


def _hint(grid: ShownGrid, language: Language) -> str:
    if grid.found is None:
        return ""
    if grid.frame["name"].str.contains("·").any():
        return say(_("Choose a square on the map to see its street and its numbers."), language)
    return say(_("Choose a square on the map to see its numbers."), language)


def _written(content: SiteContent, grid: ShownGrid) -> tuple[folium.FeatureGroup, ...]:
    """Return the names on the map of the slider: districts, waters, columns and rows."""
    names = context_names(content.context, grid.frame.crs, streets=False)
    return (names,) if grid.found is None else (names, edge_names(grid))


def _small_words(fragment: Fragment, name: str) -> Fragment:
    """Return the section with small dark words on its map, none on a phone."""
    words = f".live-map #{name} .leaflet-marker-icon :is(em,i,span)"
    style = (
        f"{words}{{color:{INK};font-size:.75rem}}"
        f"@media (max-width:47.99rem){{{words}{{display:none}}}}"
    )
    named = (*fragment.scripts, asset("static/map_names.js"))
    return replace(fragment, styles=(*fragment.styles, style), scripts=named)


def kinds_section(
    content: SiteContent,
    cells: Cells,
    grid: ShownGrid,
    kinds: Kinds,
    sentences: Sequence[str] = (),
) -> Fragment:
    """Return a map of cells by kind, live and as a picture."""
    language = content.study.language
    label = say(kinds.label, language)
    made, signs = kinds_folium(
        content, grid, kinds.column, kinds.marks, say(kinds.legend, language)
    )
    names = context_names(content.context, grid.frame.crs, streets=False)
    names.add_to(made)
    live = map_fragment(
        made,
        language=language,
        label=label,
        name=kinds.name,
        audience=content.study.privacy.audience,
        places=(names, signs),
        digits=5,
        still=False,
    )
    sheet = sheet_for(content, width=720, cells=cells)
    section = render(
        "map_section.html",
        language,
        id=f"h-{kinds.name}",
        title=say(kinds.title, language),
        hint="",
        sentences=list(sentences),
        live=Markup(live.html),
        cards=[],
        figures=[
            Figure(_kinds_picture(content, sheet, grid, kinds, label), say(kinds.caption, language))
        ],
        legends=[kinds_legend(grid, kinds, language)],
    )
    drawn = with_map(live, section, kinds.name, sheet)
    words = f".live-map #{kinds.name} .leaflet-marker-icon em"
    style = (
        f"{words}{{color:{WHITE};font-size:.9375rem;font-weight:700;"
        f"text-shadow:0 0 2px {INK},0 0 2px {INK},0 0 3px {INK}}}"
        f"@media (max-width:47.99rem){{{words}{{font-size:.4375rem;text-shadow:0 0 1px {INK}}}}}"
    )
    return replace(drawn, styles=(*drawn.styles, style))


def _rate_picture(
    content: SiteContent, sheet: Sheet, grid: ShownGrid, side: str, title: str
) -> Markup:
    frame = grid.frame
    counts, density, hot = SIDES[side]
    column, classes = (
        (counts, grid.classes) if grid.found is None else (density, grid.found.densities)
    )
    fills = [
        shapes(sheet, frame[frame[column] == place], fill=colour, **_EDGE)
        for place, colour in enumerate(classes.colours)
    ]
    if grid.found is not None:
        fills.append(shapes(sheet, _outline(frame[frame[hot]]), **_HOT_EDGE))
    names = name_marks(sheet, content.context, streets=False)
    above = [*borders(sheet, content.context), *names]
    if grid.found is not None:
        above = [*above, _margin(sheet, frame)]
    return _grid_picture(content, sheet, title, frame, fills, above)


def shift_pictures(
    content: SiteContent, cells: Cells, grid: ShownGrid, names: Mapping[str, str]
) -> list[Figure]:
    """Return small pictures of the hot cells by time of day.

    Parameters
    ----------
    content, cells, grid
        As for the other maps.
    names : mapping of str to str
        Column of the grid's frame -> what the picture shows, in the page's language.
    """
    language, frame = content.study.language, grid.frame
    sheet = sheet_for(content, width=320, cells=cells)
    plain = replace(content, context=replace(content.context, streets=None))
    return [
        Figure(
            _grid_picture(
                plain,
                sheet,
                say(_("Map: hotspots, {time}"), language, time=name),
                frame,
                [shapes(sheet, frame[frame[column]], fill=LASTING, **_EDGE)],
                borders(sheet, content.context),
            ),
            name,
        )
        for column, name in names.items()
    ]


def _grid_picture(
    content: SiteContent,
    sheet: Sheet,
    title: str,
    frame: gpd.GeoDataFrame,
    fills: Sequence[Markup],
    above: Sequence[Markup],
) -> Markup:
    """Put the ground beneath the coloured cells, and borders and signs above them."""
    return picture(
        sheet,
        title,
        shapes(sheet, _outline(frame), fill=FEW),
        ground(sheet, content.context),
        fills,
        above,
        scale_bar(sheet, content.study.language),
    )


def _outline(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return cells as one shape, so that only the border around them is drawn."""
    return gpd.GeoDataFrame(geometry=[rows.geometry.union_all()], crs=rows.crs)


def _margin(sheet: Sheet, frame: gpd.GeoDataFrame) -> Markup:
    places, texts = margin_names(frame, every=3)
    return labels(sheet, places, texts, fill=MUTED, font_size=9)


def _kinds_picture(
    content: SiteContent, sheet: Sheet, grid: ShownGrid, kinds: Kinds, title: str
) -> Markup:
    frame = grid.frame
    known = {kind: mark for kind, mark in kinds.marks.items() if kind != "few"}
    fills = [
        shapes(
            sheet,
            frame[frame[kinds.column] == kind],
            fill=mark.fill,
            **_EDGE,
        )
        for kind, mark in known.items()
    ]
    signs = [
        _signs(sheet, frame[frame[kinds.column] == kind], mark) for kind, mark in known.items()
    ]
    names = name_marks(sheet, content.context, streets=False)
    above = [*signs, *borders(sheet, content.context), *names]
    return _grid_picture(content, sheet, title, frame, fills, above)


def _signs(sheet: Sheet, rows: gpd.GeoDataFrame, mark: Mark) -> Markup:
    if not mark.sign or not len(rows):
        return Markup("")
    written = labels(
        sheet, rows, [mark.sign] * len(rows), fill=mark.ink, font_size=12, font_weight="700"
    )
    return Markup(str(written).replace(' class="halo"', ""))
