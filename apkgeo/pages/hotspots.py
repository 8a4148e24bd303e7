"""The page of a grid: where incidents concentrate, and where that changed by more than chance."""

from __future__ import annotations

import geopandas as gpd

from apkgeo.crs import require_same_crs
from apkgeo.evaluation.counting import primary_incidents
from apkgeo.evaluation.hotspots import require_codes, whole_periods
from apkgeo.language import N_, Language, _, number
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.hotspot_legends import CHANGE, HOT_SETS, SINCE
from apkgeo.pages.hotspot_maps import kinds_section, rates_section
from apkgeo.pages.hotspot_sections import hours_section, jump, share_section
from apkgeo.pages.hotspot_sentences import found_lead, hot_words, how_found, set_words, since_words
from apkgeo.pages.hotspot_tables import (
    cell_table,
    change_table,
    class_table,
    density_table,
    pattern_table,
    set_table,
)
from apkgeo.pages.parts import opening, render
from apkgeo.pages.shell import Fragment
from apkgeo.pages.shown_grid import ShownGrid, shown_grid
from apkgeo.pages.words import outcome, say, say_count, span
from apkgeo.places.counting import count_by_period
from apkgeo.study import Study


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
    require_codes(cells)
    require_same_crs(incidents, cells, ("incidents", "cells"))
    before, after = whole_periods(study)
    mine = primary_incidents(incidents, study)
    counts = count_by_period(mine, cells, {"before": before, "after": after})
    table = counts.pivot(index="area", columns="period", values="count")
    frame = cells[["code", cells.geometry.name]].copy()
    for name in ("before", "after"):
        frame[name] = frame["code"].map(table[name]).astype("int64")
    return Cells(frame, before, after)


def hotspots(content: SiteContent, cells: Cells) -> list[Fragment]:
    """Return the parts of ``hotspots.html``."""
    study, language = content.study, content.study.language
    grid = shown_grid(cells, study)
    tables = [change_table(grid, language), class_table(grid, language)]
    if grid.found is not None:
        tables[1:1] = [set_table(grid, language), density_table(grid, grid.found, language)]
        if grid.found.source.steps:
            tables.append(pattern_table(grid, language))
    return [
        opening(
            content,
            language,
            kicker=study.name,
            title=say(_("Where incidents concentrate"), language),
            lead=[*found_lead(grid, language), _change_lead(grid, language)],
        ),
        *_maps(content, cells, grid),
        render(
            "hotspots.html",
            language,
            explained=_explained(cells, grid, study, language),
            tables=tables,
            every=cell_table(grid, language),
            rest=_rest(grid, language),
        ),
    ]


def _maps(content: SiteContent, cells: Cells, grid: ShownGrid) -> list[Fragment]:
    """Return the sections with maps and charts: where, did it move, since when, at what time."""
    language, found = content.study.language, grid.found
    if found is None:
        return [
            rates_section(content, cells, grid),
            kinds_section(content, cells, grid, CHANGE),
        ]
    parts = [
        # The links come after the first map, so that few steps of the keyboard lead to it.
        rates_section(content, cells, grid, hot_words(language)),
        jump(found, language),
        kinds_section(content, cells, grid, HOT_SETS, set_words(found, language)),
        kinds_section(content, cells, grid, CHANGE),
    ]
    if found.source.steps:
        parts.append(kinds_section(content, cells, grid, SINCE, since_words(found, language)))
    parts.append(hours_section(content, cells, grid, found))
    if len(found.shares):
        parts.append(share_section(found, language))
    return parts


def _change_lead(grid: ShownGrid, language: Language) -> str:
    tally = grid.frame["change"].value_counts()
    tested = int(len(grid.frame) - tally.get("few", 0))
    if not tested:
        return say(_("There are too few incidents in every square for a map."), language)
    open_ = int(tally.get("uncertain", 0))
    if open_ == tested:
        forms = N_(
            "In the {count} square that was tested the change cannot be told from chance.",
            "In none of the {count} squares that were tested can the change be told from chance.",
        )
        return say_count(forms, tested, language)
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
    return " ".join(sentences)


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
    return [*sentences, *how_found(grid, language)]


def _rest(grid: ShownGrid, language: Language) -> str:
    few = int((grid.frame["change"] == "few").sum())
    if not few:
        return ""
    return say(
        _("The other squares ({count}) had too few incidents in both periods."),
        language,
        count=number(few, language),
    )
