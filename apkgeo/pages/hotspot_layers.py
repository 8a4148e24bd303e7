"""The grid's layers as Folium maps: classes in words, no counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import shapely

from apkgeo.language import Language, _
from apkgeo.pages.content import SiteContent
from apkgeo.pages.hotspot_words import CHANGES, PATTERNS, SETS, WHITE, Mark
from apkgeo.pages.livemaps import (
    BORDERS,
    base_map,
    features,
    plain_layer,
    simpler,
    words_on_map,
)
from apkgeo.pages.palettes import FEW, INK
from apkgeo.pages.shown_grid import ShownGrid
from apkgeo.pages.words import say

# Side -> column of classes of counts, of densities, and whether the cell is hot.
SIDES = {
    "before": ("before_class", "density_before", "hot_before"),
    "after": ("after_class", "density_after", "hot_after"),
}
_EDGE = {"color": WHITE, "weight": 0.6, "fillOpacity": 0.92}
_HOT_EDGE = {"color": INK, "weight": 1.6, "fillOpacity": 0.92}


def rates_folium(
    content: SiteContent, grid: ShownGrid
) -> tuple[folium.Map, tuple[folium.GeoJson, folium.GeoJson]]:
    """Return the map of before and after for the slider: of density, else of counts.

    Hot cells have a dark edge and are drawn last.
    """
    language = content.study.language
    made = base_map(content.context, beneath=[_hidden_cells(grid.frame)])
    sides = []
    for (counts, density, hot), name in zip(SIDES.values(), (_("Before"), _("After")), strict=True):
        if grid.found is None:
            column, colours, edged = counts, grid.classes.colours, np.zeros(len(grid.frame), bool)
        else:
            column, colours = density, grid.found.densities.colours
            edged = grid.frame[hot].to_numpy()
        seen = grid.frame[column].to_numpy() >= 0
        order = np.concatenate([np.flatnonzero(seen & ~edged), np.flatnonzero(seen & edged)])
        rows = grid.frame.iloc[order]
        style = {
            code: {"fillColor": colours[place], **(_HOT_EDGE if dark else _EDGE)}
            for code, place, dark in zip(rows["code"], rows[column], edged[order], strict=True)
        }
        layer = _cells_layer(grid, rows, style, say(name, language), language)
        layer.add_to(made)
        sides.append(layer)
    return made, (sides[0], sides[1])


def kinds_folium(
    content: SiteContent, grid: ShownGrid, column: str, marks: Mapping[str, Mark], name: str
) -> tuple[folium.Map, folium.FeatureGroup]:
    """Return a map of cells by kind, with the layer of signs that stand on them.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    grid : ShownGrid
        The cells.
    column : str
        Column of kinds; cells of a kind that is not among `marks`, and ``few``, are not drawn.
    marks : mapping of str to Mark
        Kind -> its look.
    name : str
        What the cells are called in the layer's list, in the page's language.
    """
    language = content.study.language
    made = base_map(content.context, beneath=[_hidden_cells(grid.frame)])
    rows = grid.frame[grid.frame[column].isin([kind for kind in marks if kind != "few"])]
    style = {
        code: {"fillColor": marks[kind].fill, **_EDGE}
        for code, kind in zip(rows["code"], rows[column], strict=True)
    }
    _cells_layer(grid, rows, style, name, language).add_to(made)
    signed = rows[rows[column].isin([kind for kind, mark in marks.items() if mark.sign])]
    signs = words_on_map(signed, [marks[kind].sign for kind in signed[column]], pane=BORDERS)
    signs.add_to(made)
    return made, signs


def edge_names(grid: ShownGrid) -> folium.FeatureGroup:
    """Return the letters of columns along the north and the numbers of rows along the west."""
    shapes, texts = margin_names(grid.frame)
    return words_on_map(shapes, texts, pane=BORDERS)


def margin_names(frame: gpd.GeoDataFrame, *, every: int = 2) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return places outside a grid and what is written there; none for other cells.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Cells with ``name``, a letter and a number first.
    every : int
        Of how many columns and rows one is named.
    """
    fields = frame["name"].str.extract(r"^([A-Z]+)(\d+)(?:\s|$)")
    if fields.isna().any(axis=None):
        return frame.iloc[:0], []
    bounds = frame.geometry.bounds
    width = float(np.median(bounds["maxx"] - bounds["minx"]))
    points, texts = [], []
    for label, column, low, high in (
        (0, "x", "minx", "maxx"),
        (1, "y", "miny", "maxy"),
    ):
        # The widest cell of a column or row is not clipped: its middle is that of the line.
        size = bounds[high] - bounds[low]
        full = size.groupby(fields[label]).idxmax()
        for place, (text, row) in enumerate(sorted(full.items(), key=lambda one: _order(one[0]))):
            if place % every:
                continue
            middle = (bounds.loc[row, low] + bounds.loc[row, high]) / 2
            x = middle if column == "x" else bounds["minx"].min() - 0.6 * width
            y = middle if column == "y" else bounds["maxy"].max() + 0.6 * width
            points.append(shapely.Point(x, y))
            texts.append(str(text))
    return gpd.GeoDataFrame(geometry=points, crs=frame.crs), texts


def _order(text: Any) -> tuple[int, str]:
    return len(str(text)), str(text)


def _cells_layer(
    grid: ShownGrid,
    rows: gpd.GeoDataFrame,
    style: Mapping[str, Mapping[str, Any]],
    name: str,
    language: Language,
) -> folium.GeoJson:
    """Return cells that open a small table of their classes."""
    heads, told = cell_words(grid, rows, language)
    fields = [f"f{number}" for number in range(len(heads))]
    properties = [
        {"code": code, **dict(zip(fields, values, strict=True))}
        for code, values in zip(rows["code"], told, strict=True)
    ]
    return folium.GeoJson(
        features(rows, properties),
        style_function=lambda feature: dict(style[feature["properties"]["code"]]),
        highlight_function=lambda _feature: {"color": INK, "weight": 3},
        popup=folium.GeoJsonPopup(fields, aliases=list(heads)),
        name=name,
        control=False,
    )


def cell_words(
    grid: ShownGrid, rows: gpd.GeoDataFrame, language: Language
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return what is told of each cell: heads, and a line of words for each."""
    heads = [_("Square"), _("Per year, before"), _("Per year, after"), _("Change")]
    columns = [
        rows["name"].astype(str).tolist(),
        [grid.label(place, language) for place in rows["before_class"]],
        [grid.label(place, language) for place in rows["after_class"]],
        [say(CHANGES[kind].words, language) for kind in rows["change"]],
    ]
    if grid.found is not None:
        none, densities = say(_("no"), language), grid.found.densities
        heads += [_("Density, before → after"), _("Hotspot"), _("Since when")]
        sides = [
            [densities.label(place, language) if place >= 0 else "–" for place in rows[column]]
            for column in ("density_before", "density_after")
        ]
        columns.append([f"{one} → {other}" for one, other in zip(*sides, strict=True)])
        columns.append([say(SETS[one].words, language) if one else none for one in rows["set"]])
        columns.append(
            [say(PATTERNS[one].words, language) if one else "–" for one in rows["pattern"]]
        )
        if (rows["district"] != "").any():
            heads.append(_("District"))
            columns.append(rows["district"].astype(str).tolist())
    return [say(head, language) for head in heads], list(zip(*columns, strict=True))


def _hidden_cells(frame: gpd.GeoDataFrame) -> folium.GeoJson:
    """Return the ground of the grid: where nothing lies on it, counts are hidden or zero."""
    whole = gpd.GeoDataFrame(geometry=[frame.geometry.union_all()], crs=frame.crs)
    return plain_layer(simpler(whole), {"stroke": False, "fillColor": FEW, "fillOpacity": 1})
