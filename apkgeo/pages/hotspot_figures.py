"""Figures of hotspots for reports and slides: only what the study's audience may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from apkgeo.evaluation.hotspots import PERIODS, SHIFTS, Hotspots
from apkgeo.language import Language, _, number, percent
from apkgeo.pages.content import Cells, Context, areas_and_lines
from apkgeo.pages.drawing import styled
from apkgeo.pages.hotspot_charts import block_names, weekday_names
from apkgeo.pages.hotspot_layers import SIDES
from apkgeo.pages.hotspot_legends import CHANGE, HOT_SETS, SINCE, Kinds
from apkgeo.pages.hotspot_words import LASTING, WHITE
from apkgeo.pages.palettes import ACCENT, DISTRICT, FEW, INK, LINE, MUTED, RAIL, WATER, Classes
from apkgeo.pages.patrols import shift_name
from apkgeo.pages.shown_grid import ShownFound, ShownGrid, shown_grid
from apkgeo.pages.staticmap import Sheet
from apkgeo.pages.words import say, span
from apkgeo.study import Study


def hotspot_figures(
    cells: Hotspots | Cells,
    study: Study,
    *,
    context: Context | None = None,
    language: Language | None = None,
) -> dict[str, Figure]:
    """Draw what is known of hotspots.

    Parameters
    ----------
    cells : Hotspots or Cells
        What `apkgeo.evaluation.hotspots.find_hotspots` found, or a grid of a site's content that
        holds it.
    study : Study
        Its privacy says what may be shown.
    context : Context, optional
        The ground of the maps.
    language : {"cs", "en"}, optional
        That of the study when not given.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        ``hotspots_density`` (before and after, hot cells outlined), ``hotspots_moved`` (hot cells
        that vanished, stayed, appeared), ``hotspots_change`` (change beyond chance),
        ``hotspots_since`` (categories of emerging hot spots; when the records are long enough),
        ``hotspots_hours`` (weekdays and hours), ``hotspots_shifts`` (hot cells by time of day),
        ``hotspots_concentration`` (Lorenz curves; when shares may be shown). Empty when nothing
        was found. Each has ``savefig``; `apkgeo.pages.drawing.figure_bytes` writes the same bytes
        each time.
    """
    language = language or study.language
    if isinstance(cells, Hotspots):
        cells = Cells(cells.cells, cells.before, cells.after, cells)
    grid = shown_grid(cells, study)
    found = grid.found
    if found is None:
        return {}
    ground = context or Context()
    extent = ground.city if ground.city is not None and len(ground.city) else cells.frame
    sheet = Sheet.over(extent, cells.frame.crs, width=500)
    with styled():
        figures = {
            "hotspots_density": _density(grid, found, ground, sheet, language),
            "hotspots_moved": _kinds(grid, HOT_SETS, ground, sheet, language),
            "hotspots_change": _kinds(grid, CHANGE, ground, sheet, language),
        }
        if found.source.steps:
            figures["hotspots_since"] = _kinds(grid, SINCE, ground, sheet, language)
        figures["hotspots_hours"] = _hours(found, language)
        figures["hotspots_shifts"] = _shifts(grid, ground, sheet, language)
        if len(found.shares):
            figures["hotspots_concentration"] = _concentration(found, language)
    return figures


def _density(
    grid: ShownGrid, found: ShownFound, ground: Context, sheet: Sheet, language: Language
) -> Figure:
    figure, panels = _panels(2, sheet)
    source = found.source
    for axes, name, message, period in (
        (panels[0], "before", _("Before: {span}"), source.before),
        (panels[1], "after", _("After: {span}"), source.after),
    ):
        _counts, column, hot = SIDES[name]
        fills = [
            (grid.frame[grid.frame[column] == place], colour)
            for place, colour in enumerate(found.densities.colours)
        ]
        _map(axes, grid.frame, fills, ground, sheet)
        around = gpd.GeoSeries([grid.frame[grid.frame[hot]].union_all()], crs=grid.frame.crs)
        _lines(axes, sheet, around.boundary, color=INK, linewidth=1.3)
        axes.set_title(say(message, language, span=span(period, language)), fontsize=9, loc="left")
    handles = [*_class_patches(found.densities, language)]
    handles.append(
        Patch(
            facecolor="none",
            edgecolor=INK,
            label=say(
                _("Hotspot: more incidents than if they fell evenly over the city"), language
            ),
        )
    )
    title = say(_("Incidents a year on a square kilometre"), language)
    _legend(figure, handles, columns=3, title=title)
    return figure


def _class_patches(classes: Classes, language: Language) -> list[Patch]:
    lowest = Patch(
        facecolor=FEW, edgecolor=DISTRICT, label=say(_("fewer, or too few to be shown"), language)
    )
    return [
        lowest,
        *(
            Patch(facecolor=colour, label=classes.label(place, language))
            for place, colour in enumerate(classes.colours)
        ),
    ]


def _kinds(
    grid: ShownGrid, kinds: Kinds, ground: Context, sheet: Sheet, language: Language
) -> Figure:
    figure, (axes,) = _panels(1, sheet)
    known = {kind: mark for kind, mark in kinds.marks.items() if kind != "few"}
    parts = {kind: grid.frame[grid.frame[kinds.column] == kind] for kind in known}
    fills = [(parts[kind], mark.fill) for kind, mark in known.items()]
    _map(axes, grid.frame, fills, ground, sheet)
    for kind, mark in known.items():
        if not mark.sign or not len(parts[kind]):
            continue
        for place in sheet.pixels(parts[kind].geometry.representative_point()):
            axes.text(
                place.x,
                place.y,
                mark.sign,
                color=mark.ink,
                fontsize=6,
                fontweight="bold",
                ha="center",
                va="center",
            )
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker="s",
            markersize=10,
            markerfacecolor=mark.fill,
            markeredgecolor=DISTRICT,
            label=f"{say(mark.words, language)} ({mark.sign})"
            if mark.sign
            else say(mark.words, language),
        )
        for kind, mark in kinds.marks.items()
        if kind not in parts or len(parts[kind]) or len(kinds.marks) < 5
    ]
    _legend(figure, handles, columns=2, title=say(kinds.legend, language))
    return figure


def _shifts(grid: ShownGrid, ground: Context, sheet: Sheet, language: Language) -> Figure:
    figure, panels = _panels(len(SHIFTS), sheet, width=3.4)
    for axes, name in zip(panels, SHIFTS, strict=True):
        hot = grid.frame[grid.frame[f"hot_{name}"]]
        _map(axes, grid.frame, [(hot, LASTING)], ground, sheet)
        axes.set_title(shift_name(name, language), fontsize=9, loc="left")
    figure.suptitle(
        say(_("Hotspots after the start by time of day"), language), x=0.01, ha="left", fontsize=10
    )
    return figure


def _hours(found: ShownFound, language: Language) -> Figure:
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, 2)
    colours = ListedColormap([WHITE, *found.hours.colours])
    titles = {
        "before": (_("Before: {span}"), found.source.before),
        "after": (_("After: {span}"), found.source.after),
    }
    for axes, name in zip(panels, PERIODS, strict=True):
        fields = found.fields[found.fields["period"] == name]
        places = fields.pivot(index="weekday", columns="block", values="place").to_numpy()
        axes.pcolormesh(
            places, cmap=colours, vmin=-1.5, vmax=len(found.hours.colours) - 0.5, edgecolors=WHITE
        )
        for row, column in np.argwhere(places < 0):
            axes.plot(column + 0.5, row + 0.5, "x", color=MUTED, markersize=5)
        axes.set_xticks(np.arange(8) + 0.5, block_names(), fontsize=8)
        axes.set_yticks(np.arange(7) + 0.5, weekday_names(language))
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        message, period = titles[name]
        axes.set_title(say(message, language, span=span(period, language)), fontsize=9, loc="left")
    handles = [
        Patch(facecolor=colour, label=found.hours.label(place, language))
        for place, colour in enumerate(found.hours.colours)
    ]
    title = say(_("Incidents a year at that time of the week, in the whole city"), language)
    _legend(figure, handles, columns=len(handles), title=title)
    return figure


def _concentration(found: ShownFound, language: Language) -> Figure:
    figure = Figure(figsize=(5.6, 5.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=LINE, linewidth=1)
    x = [0.0, *found.shares["share"], 1.0]
    for name, words, colour, style, face in (
        ("before", _("before"), MUTED, "--", WHITE),
        ("after", _("after"), ACCENT, "-", ACCENT),
    ):
        y = [0.0, *found.shares[name], 1.0]
        axes.plot(
            x, y, style, marker="o", markersize=4, markerfacecolor=face, color=colour,
            label=say(words, language),
        )  # fmt: skip
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    axes.set_xticks(ticks, [percent(tick, language) for tick in ticks])
    axes.set_yticks(ticks, [percent(tick, language) for tick in ticks])
    axes.set_xlabel(say(_("share of the city’s area, the busiest first"), language))
    axes.grid(color=LINE, linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    shift = found.source.shift
    axes.set_title(
        say(
            _("Share of incidents in the busiest part of the city (Gini {before} and {after})"),
            language,
            before=number(shift.before.gini, language, digits=2),
            after=number(shift.after.gini, language, digits=2),
        ),
        fontsize=9,
        loc="left",
    )
    return figure


def _panels(count: int, sheet: Sheet, *, width: float = 5.0) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure with maps beside each other, in the shape of the ground."""
    height = width * sheet.ground_height / sheet.width + 1.0
    # A title above a map that fills its height reaches beyond the layout's usual margin.
    layout = ConstrainedLayoutEngine(h_pad=0.1)
    figure = Figure(figsize=(width * count, height), layout=layout)
    panels: Sequence[Axes] = figure.subplots(1, count, squeeze=False)[0]
    for axes in panels:
        axes.set_xlim(0, sheet.width)
        axes.set_ylim(sheet.ground_height, 0)
        axes.set_aspect("equal")
        axes.set_axis_off()
    return figure, panels


def _map(
    axes: Axes,
    frame: gpd.GeoDataFrame,
    fills: Sequence[tuple[gpd.GeoDataFrame, str]],
    ground: Context,
    sheet: Sheet,
) -> None:
    """Draw the ground of the grid, water beneath, cells by colour, and borders above."""
    whole = gpd.GeoSeries([frame.union_all()], crs=frame.crs)
    _areas(axes, sheet, whole, facecolor=FEW)
    lakes, rivers = areas_and_lines(ground.water)
    if lakes is not None:
        _areas(axes, sheet, lakes.geometry, facecolor=WATER)
    if rivers is not None:
        _lines(axes, sheet, rivers.geometry, color=WATER, linewidth=2.5)
    if ground.railways is not None:
        _lines(axes, sheet, ground.railways.geometry, color=RAIL, linewidth=0.8, linestyle="--")
    for rows, colour in fills:
        _areas(axes, sheet, rows.geometry, facecolor=colour, edgecolor=WHITE, linewidth=0.2)
    for layer, colour, width in ((ground.districts, DISTRICT, 0.7), (ground.city, MUTED, 1.1)):
        if layer is not None:
            _lines(axes, sheet, layer.geometry.boundary, color=colour, linewidth=width)


def _areas(axes: Axes, sheet: Sheet, shapes: gpd.GeoSeries, **style: Any) -> None:
    patches = [
        PathPatch(
            Path.make_compound_path(
                *(
                    Path(np.asarray(ring.coords), closed=True)
                    for ring in (part.exterior, *part.interiors)
                )
            )
        )
        for part in shapely.get_parts(sheet.pixels(shapes))
        if part.geom_type == "Polygon"
    ]
    if patches:
        axes.add_collection(PatchCollection(patches, **style), autolim=False)


def _lines(axes: Axes, sheet: Sheet, shapes: gpd.GeoSeries, **style: Any) -> None:
    pieces = shapely.get_parts(shapely.get_parts(sheet.pixels(shapes)))
    lines = [np.asarray(piece.coords) for piece in pieces if not piece.is_empty]
    if lines:
        axes.add_collection(LineCollection(lines, **style), autolim=False)


def _legend(figure: Figure, handles: Sequence[Any], *, columns: int, title: str) -> None:
    figure.legend(
        handles=list(handles),
        loc="outside lower left",
        ncols=columns,
        frameon=False,
        fontsize=8,
        title=title,
        title_fontsize=9,
        alignment="left",
    )
