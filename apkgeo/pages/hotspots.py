"""The page of a grid: where incidents concentrate, and where that changed by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd

from apkgeo.crs import require_same_crs
from apkgeo.errors import InputError
from apkgeo.language import N_, Language, _, number
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.palettes import Classes, rate_classes
from apkgeo.pages.parts import Table, alphabetical, opening, render
from apkgeo.pages.privacy import limit, lowest_rate, shown_cells
from apkgeo.pages.shell import Fragment
from apkgeo.pages.words import outcome, say, say_count, span
from apkgeo.places.counting import count_by_period
from apkgeo.study import Study

CHANGES = {
    "fall": _("a larger fall than chance explains"),
    "rise": _("a larger rise than chance explains"),
    "uncertain": _("cannot be told from chance"),
    "few": _("too few in both periods"),
}


@dataclass(frozen=True)
class ShownGrid:
    """The cells as they may be shown.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        ``code``, ``before_class``, ``after_class`` (place in `classes`, −1 for hidden or none),
        ``change``, geometry: no counts.
    classes : Classes
        Of incidents a year.
    least : int
        The smallest count shown.
    """

    frame: gpd.GeoDataFrame
    classes: Classes
    least: int

    def label(self, place: int, language: Language) -> str:
        """Return the words for a class."""
        if place >= 0:
            return self.classes.label(place, language)
        if self.least:
            lowest = number(self.classes.edges[0], language)
            return say(_("fewer than {least}"), language, least=lowest)
        return say(_("none"), language)


def count_cells(incidents: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, study: Study) -> Cells:
    """Count the primary outcome in each cell, before any programme began and after all had.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Tidy incidents.
    cells : geopandas.GeoDataFrame
        Polygons with ``code``, in the incidents' CRS; a point on a common edge counts once.
    study : Study
        Gives the outcome and the periods: the period before of the deployment that began first,
        and the period after of the one that began last.

    Returns
    -------
    Cells

    Raises
    ------
    CRSError
        When the CRSs differ.
    InputError
        When the cells have no ``code``.
    """
    if "code" not in cells.columns:
        raise InputError("the cells", expected="a column code", came=", ".join(cells.columns))
    require_same_crs(incidents, cells, ("incidents", "cells"))
    ordered = sorted(study.deployments, key=lambda one: one.start)
    before, after = study.periods(ordered[0])[0], study.periods(ordered[-1])[1]
    codes = study.outcomes[study.primary_outcome]
    mine = incidents if "*" in codes else incidents[incidents["offence"].isin(codes)]
    local = mine.assign(occurred=mine["occurred"].dt.tz_convert(study.time_zone))
    counts = count_by_period(local, cells, {"before": before, "after": after})
    table = counts.pivot(index="area", columns="period", values="count")
    frame = cells[["code", cells.geometry.name]].copy()
    for name in ("before", "after"):
        frame[name] = frame["code"].map(table[name]).astype("int64")
    return Cells(frame, before, after)


def shown_grid(cells: Cells, study: Study) -> ShownGrid:
    """Return the cells with classes in place of counts, as the study's audience may see them."""
    counts = cells.frame
    days = (cells.before.days, cells.after.days)
    least = limit(study.privacy)
    lowest = lowest_rate(least, days)
    shown = shown_cells(counts["before"], counts["after"], days=days, lowest=lowest)
    rates = shown[["before", "after"]]
    classes = rate_classes(rates.to_numpy().ravel(), lowest=lowest or 365 / max(days))
    frame = gpd.GeoDataFrame(
        {
            "code": counts["code"].astype(str),
            "before_class": classes.of(shown["before"]),
            "after_class": classes.of(shown["after"]),
            "change": shown["change"],
        },
        geometry=counts.geometry,
        crs=counts.crs,
    )
    return ShownGrid(frame, classes, least)


def hotspots(
    content: SiteContent, cells: Cells, grid: ShownGrid, map_part: Sequence[Fragment]
) -> list[Fragment]:
    """Return the parts of ``hotspots.html``."""
    study, language = content.study, content.study.language
    return [
        opening(
            content,
            language,
            kicker=study.name,
            title=say(_("Where incidents concentrate"), language),
            lead=_lead(grid, language),
        ),
        *map_part,
        render(
            "hotspots.html",
            language,
            explained=_explained(cells, grid, study, language),
            classes=_class_table(grid, cells, language),
            changes=_change_table(grid, language),
            every=_cell_table(grid, language),
            rest=_rest(grid, language),
        ),
    ]


def _lead(grid: ShownGrid, language: Language) -> list[str]:
    tally = grid.frame["change"].value_counts()
    tested = int(len(grid.frame) - tally.get("few", 0))
    if not tested:
        return [say(_("There are too few incidents in every square for a map."), language)]
    open_ = int(tally.get("uncertain", 0))
    if open_ == tested:
        forms = N_(
            "In the {count} square that was tested the change cannot be told from chance.",
            "In none of the {count} squares that were tested can the change be told from chance.",
        )
        return [say_count(forms, tested, language)]
    told = {
        "fall": N_(
            "In {count} square incidents fell by more than chance explains.",
            "In {count} squares incidents fell by more than chance explains.",
        ),
        "rise": N_(
            "In {count} square incidents rose by more than chance explains.",
            "In {count} squares incidents rose by more than chance explains.",
        ),
    }
    sentences = [
        say_count(forms, int(tally[change]), language)
        for change, forms in told.items()
        if tally.get(change, 0)
    ]
    if open_:
        sentences.append(
            say(
                _("In {count} of {tested} squares the change cannot be told from chance."),
                language,
                count=number(open_, language),
                tested=number(tested, language),
            )
        )
    return [" ".join(sentences)]


def _explained(cells: Cells, grid: ShownGrid, study: Study, language: Language) -> list[str]:
    sentences = [
        say(
            _(
                "The maps compare incidents of the outcome “{outcome}” from {before} "
                "with those from {after}. The time between the two periods is left out, "
                "because programmes were only beginning then. The general trend in the "
                "city is not taken away here."
            ),
            language,
            outcome=outcome(study.primary_outcome, language),
            before=span(cells.before, language),
            after=span(cells.after, language),
        ),
        say(
            _(
                "Each square was tested on its own (exact comparison of two counts), and "
                "the conclusion was made stricter for the number of squares (the method "
                "of Benjamini and Yekutieli). Crime varies more than such a test "
                "supposes: a marked square is a reason to look there, not a proof that a "
                "programme worked."
            ),
            language,
        ),
    ]
    if grid.least:
        sentences.append(
            say(
                _(
                    "The map shows ranges, not exact counts. Counts below {least} are not "
                    "shown; where one of the two is hidden, we reckoned with the value that "
                    "is least favourable to a change."
                ),
                language,
                least=number(grid.least, language),
            )
        )
    return sentences


def _class_table(grid: ShownGrid, cells: Cells, language: Language) -> Table:
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


def _change_table(grid: ShownGrid, language: Language) -> Table:
    tally = grid.frame["change"].value_counts()
    return Table(
        say(_("Squares by what can be said of the change"), language),
        (say(_("Change"), language), say(_("Squares"), language)),
        tuple(
            (say(words, language), number(int(tally.get(change, 0)), language))
            for change, words in CHANGES.items()
        ),
        frozenset({1}),
    )


def _cell_table(grid: ShownGrid, language: Language) -> Table:
    heads = (_("Square"), _("Per year, before"), _("Per year, after"), _("Change"))
    shown = grid.frame[grid.frame["change"] != "few"]
    rows = sorted(shown.itertuples(), key=lambda cell: alphabetical(cell.code))
    return Table(
        say(_("Every square that is on the maps"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                cell.code,
                grid.label(cell.before_class, language),
                grid.label(cell.after_class, language),
                say(CHANGES[cell.change], language),
            )
            for cell in rows
        ),
    )


def _rest(grid: ShownGrid, language: Language) -> str:
    few = int((grid.frame["change"] == "few").sum())
    if not few:
        return ""
    return say(
        _("The other squares ({count}) had too few incidents in both periods."),
        language,
        count=number(few, language),
    )
