"""What the colours, edges and signs on the maps of the grid mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from apkgeo.language import Language, _, number
from apkgeo.pages.content import SiteContent
from apkgeo.pages.figures import tag
from apkgeo.pages.hotspot_words import CHANGES, HOT_WORDS, PATTERNS, SETS, WHITE, Mark
from apkgeo.pages.legends import Entry, Legend, box, swatch
from apkgeo.pages.maps import context_entries
from apkgeo.pages.palettes import DISTRICT, FEW, INK, Classes
from apkgeo.pages.shown_grid import ShownGrid
from apkgeo.pages.words import say


@dataclass(frozen=True)
class Kinds:
    """A map of cells by kind.

    Attributes
    ----------
    name : str
        Id of the map.
    column : str
        Column of the grid's frame.
    marks : mapping of str to Mark
        Kind -> its look.
    title, label, caption, legend : str
        Marked messages: the section's title, what the map shows, the picture's caption, and the
        legend's title.
    """

    name: str
    column: str
    marks: Mapping[str, Mark]
    title: str
    label: str
    caption: str
    legend: str


CHANGE = Kinds(
    "change",
    "change",
    CHANGES,
    _("What can be told from chance"),
    _("Map: squares where the change can be told from chance"),
    _("The map shows what can be said of the change."),
    _("Change from before to after"),
)
HOT_SETS = Kinds(
    "hotset",
    "set",
    SETS,
    _("Did hotspots move?"),
    _("Map: hotspots that vanished, stayed and appeared"),
    _("The map shows which hotspots vanished, stayed and appeared."),
    _("Hotspots before and after"),
)
SINCE = Kinds(
    "since",
    "pattern",
    PATTERNS,
    _("Since when?"),
    _("Map: hotspots by how long they have lasted"),
    _("The map shows since when, and how often, squares have been hotspots."),
    _("Hotspots by time"),
)


def rate_legend(content: SiteContent, grid: ShownGrid) -> Legend:
    """Return the legend of the classes of counts, the hidden one included."""
    language = content.study.language
    return Legend(
        say(_("Incidents in a square a year"), language),
        (
            *_class_entries(grid.classes, grid.label(-1, language), language),
            *context_entries(content, language),
        ),
        _bounds_note(grid.classes, language),
    )


def density_legend(content: SiteContent, densities: Classes) -> Legend:
    """Return the legend of the classes of density, and of the edge of hotspots."""
    language = content.study.language
    hot = Entry(
        swatch(box(fill=WHITE, stroke=INK, stroke_width=1.8)),
        say(HOT_WORDS, language),
    )
    lowest = say(_("fewer, or too few to be shown"), language)
    return Legend(
        say(_("Incidents a year on a square kilometre"), language),
        (
            *_class_entries(densities, lowest, language),
            hot,
            *context_entries(content, language),
        ),
        _bounds_note(densities, language),
    )


def _class_entries(classes: Classes, lowest: str, language: Language) -> list[Entry]:
    edge: dict[str, str | float | None] = {"stroke": DISTRICT, "stroke_width": 0.5}
    return [
        Entry(swatch(box(fill=FEW, **edge)), lowest),
        *(
            Entry(swatch(box(fill=colour, **edge)), classes.label(place, language))
            for place, colour in enumerate(classes.colours)
        ),
    ]


def _bounds_note(classes: Classes, language: Language) -> str:
    """Say of the first class with two bounds to which class each belongs."""
    if len(classes.edges) < 2:
        return ""
    low, high = (number(edge, language) for edge in classes.edges[:2])
    message = _("{low}–{high} means {low} or more, but less than {high}.")
    return say(message, language, low=low, high=high)


def kinds_legend(grid: ShownGrid, kinds: Kinds, language: Language) -> Legend:
    """Return the legend of kinds, with a sign on each colour; of categories only those seen."""
    seen = set(grid.frame[kinds.column])
    return Legend(
        say(kinds.legend, language),
        tuple(
            Entry(_kind_swatch(mark), _kind_words(mark, language))
            for kind, mark in kinds.marks.items()
            if kind in seen or kinds.marks is not PATTERNS
        ),
    )


def _kind_words(mark: Mark, language: Language) -> str:
    words = say(mark.words, language)
    return f"{words} – {say(mark.meaning, language)}" if mark.meaning else words


def _kind_swatch(mark: Mark) -> Markup:
    parts = [box(fill=mark.fill, stroke=DISTRICT, stroke_width=0.5)]
    if mark.sign:
        parts.append(
            tag(
                "text",
                mark.sign,
                x=13,
                y=13.5,
                text_anchor="middle",
                fill=mark.ink,
                font_weight="700",
                font_size=13,
            )
        )
    return swatch(*parts)
