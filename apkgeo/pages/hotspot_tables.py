"""The tables of the hotspots' page: what the maps and charts show, in words and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from apkgeo.evaluation.hotspots import SHIFTS
from apkgeo.language import Language, _, number, percent
from apkgeo.pages.hotspot_charts import block_names, weekday_names
from apkgeo.pages.hotspot_layers import cell_words
from apkgeo.pages.hotspot_words import CHANGES, PATTERNS, SETS, Mark
from apkgeo.pages.parts import Table, alphabetical
from apkgeo.pages.patrols import shift_name
from apkgeo.pages.shown_grid import ShownFound, ShownGrid
from apkgeo.pages.words import say


def class_table(grid: ShownGrid, language: Language) -> Table:
    """Return how many squares are in each class of counts."""
    heads = (_("Incidents a year"), _("Squares before"), _("Squares after"))
    before = grid.frame["before_class"].value_counts()
    after = grid.frame["after_class"].value_counts()
    return Table(
        say(_("Squares by incidents a year, before and after"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                grid.label(place, language),
                number(int(before.get(place, 0)), language),
                number(int(after.get(place, 0)), language),
            )
            for place in range(-1, len(grid.classes.edges))
        ),
        frozenset({1, 2}),
    )


def density_table(grid: ShownGrid, found: ShownFound, language: Language) -> Table:
    """Return how many squares are in each class of density."""
    heads = (_("Incidents a year on a square kilometre"), _("Squares before"), _("Squares after"))
    before = grid.frame["density_before"].value_counts()
    after = grid.frame["density_after"].value_counts()
    lowest = say(_("fewer, or too few to be shown"), language)
    return Table(
        say(_("Squares by density, before and after"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                found.densities.label(place, language) if place >= 0 else lowest,
                number(int(before.get(place, 0)), language),
                number(int(after.get(place, 0)), language),
            )
            for place in range(-1, len(found.densities.edges))
        ),
        frozenset({1, 2}),
    )


def change_table(grid: ShownGrid, language: Language) -> Table:
    """Return how many squares changed by more than chance."""
    return _tally(
        grid,
        "change",
        CHANGES,
        _("Squares by what can be said of the change"),
        _("Change"),
        language,
    )


def set_table(grid: ShownGrid, language: Language) -> Table:
    """Return how many hotspots vanished, stayed and appeared."""
    return _tally(grid, "set", SETS, _("Hotspots before and after"), _("Hotspot"), language)


def pattern_table(grid: ShownGrid, language: Language) -> Table:
    """Return how many squares are of each kind of hotspot in time, and what that is."""
    tally = grid.frame["pattern"].value_counts()
    heads = (_("Kind"), _("Squares"), _("What it means"))
    return Table(
        say(_("Hotspots by time"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                say(mark.words, language),
                number(int(tally.get(kind, 0)), language),
                say(mark.meaning, language),
            )
            for kind, mark in PATTERNS.items()
        ),
        frozenset({1}),
    )


def _tally(
    grid: ShownGrid,
    column: str,
    marks: Mapping[str, Mark],
    caption: str,
    head: str,
    language: Language,
) -> Table:
    tally = grid.frame[column].value_counts()
    return Table(
        say(caption, language),
        (say(head, language), say(_("Squares"), language)),
        tuple(
            (say(mark.words, language), number(int(tally.get(kind, 0)), language))
            for kind, mark in marks.items()
        ),
        frozenset({1}),
    )


def cell_table(grid: ShownGrid, language: Language) -> Table:
    """Return a line for every square that is on the maps."""
    frame = grid.frame
    shown = frame["change"] != "few"
    if grid.found is not None:
        shown |= (frame[["density_before", "density_after"]] >= 0).any(axis=1)
        shown |= (frame["set"] != "") | (frame["pattern"] != "")
    heads, lines = cell_words(grid, frame[shown], language)
    return Table(
        say(_("Every square that is on the maps"), language),
        tuple(heads),
        tuple(sorted(lines, key=lambda line: _by_field(line[0]))),
    )


def _by_field(name: str) -> tuple[object, ...]:
    """Order fields as an atlas does: by letters, then by number; other names by the alphabet."""
    found = re.match(r"([A-Z]+)(\d+)(?:\W|$)", name)
    if found is None:
        return 1, 0, "", 0, alphabetical(name)
    return 0, len(found[1]), found[1], int(found[2]), alphabetical(name)


def hours_table(found: ShownFound, period: str, caption: str, language: Language) -> Table:
    """Return the classes of incidents a year by weekday and block of hours."""
    fields = found.fields[found.fields["period"] == period]
    places = fields.pivot(index="weekday", columns="block", values="place").to_numpy()
    hidden = say(_("fewer"), language)
    return Table(
        caption,
        (say(_("Day"), language), *(f"{name} h" for name in block_names())),
        tuple(
            (day, *(found.hours.label(place, language) if place >= 0 else hidden for place in row))
            for day, row in zip(weekday_names(language, short=False), places, strict=True)
        ),
    )


def shift_table(grid: ShownGrid, language: Language) -> Table:
    """Return in which shifts each hotspot of the period after is one."""
    columns = [f"hot_{name}" for name in SHIFTS]
    rows = grid.frame[grid.frame[columns].any(axis=1)]
    yes, no = say(_("yes"), language), "–"
    lines = [
        (name, district, *(yes if hot else no for hot in flags))
        for name, district, flags in zip(
            rows["name"], rows["district"], rows[columns].to_numpy(), strict=True
        )
    ]
    return Table(
        say(_("Hotspots after the start by time of day"), language),
        (
            say(_("Square"), language),
            say(_("District"), language),
            *(shift_name(name, language) for name in SHIFTS),
        ),
        tuple(sorted(lines, key=lambda line: _by_field(line[0]))),
    )


def share_table(found: ShownFound, language: Language) -> Table:
    """Return what share of the incidents lies in the worst parts of the area."""
    heads = (_("Busiest part of the city"), _("Before"), _("After"))
    return Table(
        say(_("Share of incidents in the busiest part of the city"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                percent(row.share, language),
                percent(row.before, language),
                percent(row.after, language),
            )
            for row in found.shares.itertuples()
        ),
        frozenset({1, 2}),
    )
