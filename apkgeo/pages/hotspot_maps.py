"""The maps of the grid: the same classes live and as a picture for print."""

from __future__ import annotations

from markupsafe import Markup

from apkgeo.language import Language, _, number
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.export import map_fragment
from apkgeo.pages.figures import tag
from apkgeo.pages.hotspot_layers import COLOURS, change_folium, rates_folium, signs
from apkgeo.pages.hotspots import CHANGES, ShownGrid
from apkgeo.pages.legends import Entry, Legend, box, swatch
from apkgeo.pages.maps import Figure, context_entries, sheet_for, with_map
from apkgeo.pages.palettes import DISTRICT, FEW, INK
from apkgeo.pages.parts import render
from apkgeo.pages.shell import Fragment
from apkgeo.pages.staticmap import Sheet, borders, ground, labels, picture, scale_bar, shapes
from apkgeo.pages.words import say, span


def hotspots_map(content: SiteContent, cells: Cells, grid: ShownGrid) -> list[Fragment]:
    """Return the maps of the grid: before and after, and what can be said of the change."""
    return [_rates_section(content, cells, grid), _change_section(content, cells, grid)]


def _rates_section(content: SiteContent, cells: Cells, grid: ShownGrid) -> Fragment:
    language = content.study.language
    sheet = sheet_for(content, width=480, cells=cells)
    made, sides = rates_folium(content, grid)
    live = map_fragment(
        made,
        language=language,
        label=say(_("Map: incidents a year in each square, before and after"), language),
        name="rates",
        audience=content.study.privacy.audience,
        compare=sides,
        digits=5,
        still=False,
    )
    columns = [
        ("before_class", _("Map: incidents a year before"), _("Before: {span}"), cells.before),
        ("after_class", _("Map: incidents a year after"), _("After: {span}"), cells.after),
    ]
    figures = [
        Figure(
            _rate_picture(content, sheet, grid, column, say(title, language)),
            say(caption, language, span=span(period, language)),
        )
        for column, title, caption, period in columns
    ]
    section = render(
        "map_section.html",
        language,
        id="h-rates",
        title=say(_("Before and after"), language),
        hint="",
        sentences=[" ".join(f"{figure.caption}." for figure in figures)],
        live=Markup(live.html),
        cards=[],
        figures=figures,
        legends=[rate_legend(content, grid)],
    )
    return with_map(live, section, "rates", sheet)


def _change_section(content: SiteContent, cells: Cells, grid: ShownGrid) -> Fragment:
    language = content.study.language
    title = say(_("Map: squares where the change can be told from chance"), language)
    made, marks = change_folium(content, grid), signs(grid)
    marks.add_to(made)
    live = map_fragment(
        made,
        language=language,
        label=title,
        name="change",
        audience=content.study.privacy.audience,
        places=(marks,),
        digits=5,
        still=False,
    )
    sheet = sheet_for(content, width=720, cells=cells)
    section = render(
        "map_section.html",
        language,
        id="h-change",
        title=say(_("What can be told from chance"), language),
        hint="",
        sentences=[],
        live=Markup(live.html),
        cards=[],
        figures=[
            Figure(
                _change_picture(content, sheet, grid, title),
                say(_("The map shows what can be said of the change."), language),
            )
        ],
        legends=[change_legend(content, grid)],
    )
    return with_map(live, section, "change", sheet)


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


def _change_picture(content: SiteContent, sheet: Sheet, grid: ShownGrid, title: str) -> Markup:
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
        _bounds_note(grid, language),
    )


def _bounds_note(grid: ShownGrid, language: Language) -> str:
    """Say of the first class with two bounds to which class each belongs."""
    if len(grid.classes.edges) < 2:
        return ""
    low, high = (number(edge, language) for edge in grid.classes.edges[:2])
    message = _("{low}–{high} means {low} or more, but less than {high}.")
    return say(message, language, low=low, high=high)


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
