"""The grid's layers as Folium maps: classes in words, no counts."""

from __future__ import annotations

from collections.abc import Mapping

import folium
import geopandas as gpd

from apkgeo.language import Language, _
from apkgeo.pages.content import SiteContent
from apkgeo.pages.hotspots import CHANGES, ShownGrid
from apkgeo.pages.livemaps import (
    BORDERS,
    base_map,
    features,
    plain_layer,
    simpler,
    words_on_map,
)
from apkgeo.pages.palettes import FALL, FEW, RISE, UNCERTAIN
from apkgeo.pages.words import say

COLOURS = {"fall": FALL, "rise": RISE, "uncertain": UNCERTAIN, "few": FEW}


def signs(grid: ShownGrid) -> folium.FeatureGroup:
    """Return a minus or a plus on each cell that changed, a second cue beside the colour."""
    told = {"fall": "−", "rise": "+"}
    rows = grid.frame[grid.frame["change"].isin(list(told))]
    return words_on_map(rows, rows["change"].map(told), pane=BORDERS)


def _cells_layer(
    grid: ShownGrid,
    rows: gpd.GeoDataFrame,
    colour: Mapping[str, str],
    name: str,
    language: Language,
) -> folium.GeoJson:
    """Return cells that open a small table of their classes."""
    told = [
        {
            "code": str(row.code),
            "before": grid.label(row.before_class, language),
            "after": grid.label(row.after_class, language),
            "change": say(CHANGES[row.change], language),
        }
        for row in rows.itertuples()
    ]
    heads = (_("Square"), _("Per year, before"), _("Per year, after"), _("Change"))
    return folium.GeoJson(
        features(rows, told),
        style_function=lambda feature: {
            "color": "#ffffff",
            "weight": 0.6,
            "fillColor": colour[feature["properties"]["code"]],
            "fillOpacity": 0.92,
        },
        highlight_function=lambda _feature: {"color": "#1c2430", "weight": 2},
        popup=folium.GeoJsonPopup(
            ["code", "before", "after", "change"], aliases=[say(head, language) for head in heads]
        ),
        name=name,
        control=False,
    )


def rates_folium(
    content: SiteContent, grid: ShownGrid
) -> tuple[folium.Map, tuple[folium.GeoJson, folium.GeoJson]]:
    """Return the map of rates with its two layers, before and after, for the slider."""
    language = content.study.language
    made = base_map(content.context, beneath=[_hidden_cells(grid.frame)])
    sides = []
    for column, name in (("before_class", _("Before")), ("after_class", _("After"))):
        rows = grid.frame[grid.frame[column] >= 0]
        colour = {
            str(code): grid.classes.colours[place]
            for code, place in zip(rows["code"], rows[column], strict=True)
        }
        layer = _cells_layer(grid, rows, colour, say(name, language), language)
        layer.add_to(made)
        sides.append(layer)
    return made, (sides[0], sides[1])


def change_folium(content: SiteContent, grid: ShownGrid) -> folium.Map:
    """Return the map of what can be said of the change in each cell."""
    language = content.study.language
    made = base_map(content.context, beneath=[_hidden_cells(grid.frame)])
    rows = grid.frame[grid.frame["change"] != "few"]
    colour = {
        str(code): COLOURS[change]
        for code, change in zip(rows["code"], rows["change"], strict=True)
    }
    _cells_layer(grid, rows, colour, say(_("Change"), language), language).add_to(made)
    return made


def _hidden_cells(frame: gpd.GeoDataFrame) -> folium.GeoJson:
    """Return the ground of the grid: where nothing lies on it, counts are hidden or zero."""
    whole = gpd.GeoDataFrame(geometry=[frame.geometry.union_all()], crs=frame.crs)
    return plain_layer(simpler(whole), {"stroke": False, "fillColor": FEW, "fillOpacity": 1})
