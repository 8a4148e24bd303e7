"""The maps as Folium maps: an analyst can take one and go on, the export makes it safe to send.

Nothing in a feature's properties but what a reader may see: names, classes in words, ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import folium
import geopandas as gpd
import shapely
from shapely.geometry import mapping

from apkgeo.crs import WGS84, metric_crs
from apkgeo.language import Language, _
from apkgeo.pages.content import Context, SiteContent, areas_and_lines
from apkgeo.pages.names import named, street_points
from apkgeo.pages.palettes import ACCENT, DISTRICT, MUTED, RAIL, STREET
from apkgeo.pages.palettes import WATER as WATER_COLOUR
from apkgeo.pages.parts import alphabetical, anchor
from apkgeo.pages.words import say

_GROUND, _NAMES, BORDERS = "apk-ground", "apk-names", "apk-borders"
_DETAIL_M = 2.0
# So many names at the most: of more districts, none; of more streets, the longest.
_MOST_DISTRICTS, _MOST_STREETS = 40, 300
_PANES = {_GROUND: 350, BORDERS: 450, _NAMES: 460}  # the data lie at 400


def base_map(context: Context, *, beneath: Sequence[folium.GeoJson] = ()) -> folium.Map:
    """Return a map with water, streets and railways beneath and borders above the data.

    Parameters
    ----------
    context : Context
        What there is of the ground.
    beneath : sequence of folium.GeoJson
        Layers that lie under the ground, in the pane ``apk-ground``.
    """
    made = folium.Map(tiles=None, control_scale=True)
    for pane, height in _PANES.items():
        folium.map.CustomPane(pane, z_index=height, pointer_events=False).add_to(made)
    for layer in beneath:
        layer.add_to(made)
    lakes, rivers = areas_and_lines(context.water)
    layers = [
        (lakes, _GROUND, {"fill": True, "color": WATER_COLOUR, "weight": 1, "fillOpacity": 1}),
        (rivers, _GROUND, {"color": WATER_COLOUR, "weight": 5}),
        (context.streets, _GROUND, {"color": STREET, "weight": 1.2}),
        (context.railways, _GROUND, {"color": RAIL, "weight": 1.4, "dashArray": "6 4"}),
        (context.districts, BORDERS, {"color": DISTRICT, "weight": 1.2}),
        (context.city, BORDERS, {"color": MUTED, "weight": 2}),
    ]
    for frame, pane, style in layers:
        if frame is not None and len(frame):
            plain_layer(simpler(frame), {"fill": False, **style}, pane=pane).add_to(made)
    return made


def simpler(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return shapes without bends of less than two metres; neighbours keep their common border."""
    metric = frame.to_crs(metric_crs(frame))
    if metric.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        shapes = shapely.coverage_simplify(metric.geometry.values, _DETAIL_M)
    else:
        shapes = shapely.simplify(metric.geometry.values, _DETAIL_M)
    return gpd.GeoDataFrame(geometry=shapes, crs=metric.crs)


def plain_layer(
    frame: gpd.GeoDataFrame, style: Mapping[str, Any], *, pane: str = _GROUND
) -> folium.GeoJson:
    """Return shapes that are seen and nothing more: no name, no focus, no entry in the control."""
    made = features(frame, [{}] * len(frame))
    return folium.GeoJson(
        made, style_function=lambda _feature: dict(style), control=False, pane=pane
    )


def features(frame: gpd.GeoDataFrame, properties: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a frame as GeoJSON in WGS 84, to a decimetre, with exactly these properties."""
    shapes = frame.to_crs(WGS84).geometry
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": dict(told), "geometry": mapping(shape)}
            for shape, told in zip(shapes, properties, strict=True)
            if shape is not None and not shape.is_empty
        ],
    }


def context_names(context: Context, crs: Any, *, streets: bool = True) -> folium.FeatureGroup:
    """Return the names of districts, waters and the longest streets, for ``static/map_names.js``.

    It shows those for which there is room; they are hidden from screen readers. Without `streets`
    there are names of districts and waters alone.
    """
    group = folium.FeatureGroup(control=False)
    districts, water = named(context.districts), named(context.water)
    if districts is not None and 1 < len(districts) <= _MOST_DISTRICTS:
        inner = districts.to_crs(crs).geometry.representative_point()
        _words(group, inner, districts["name"], "span")
    if water is not None:
        whole = water.to_crs(crs)[["name", water.geometry.name]].dissolve("name").geometry
        _words(group, whole.representative_point(), whole.index, "i")
    middles = street_points(context.streets if streets else None, crs, _MOST_STREETS)
    _words(group, middles, middles.index, "small")
    return group


def _words(
    group: folium.FeatureGroup, places: gpd.GeoSeries, texts: Iterable[Any], mark: str
) -> None:
    """Write texts around points; the mark tells `map_names.js` what is named."""
    for place, text in zip(places.to_crs(WGS84), texts, strict=True):
        html = f"<{mark}>{escape(str(text))}</{mark}>"
        icon = folium.DivIcon(html=html, icon_size=(160, 18), icon_anchor=(80, 9))
        folium.Marker([place.y, place.x], icon=icon, pane=_NAMES).add_to(group)


def _locality_names(treated: gpd.GeoDataFrame) -> folium.FeatureGroup:
    """Return each locality's name just beneath its outline, at every zoom."""
    group = folium.FeatureGroup(control=False)
    for shape, name in zip(treated.to_crs(WGS84).geometry, treated["name"], strict=True):
        west, south, east, _north = shape.bounds
        icon = folium.DivIcon(
            html=f"<b>{escape(str(name))}</b>", icon_size=(160, 20), icon_anchor=(80, -3)
        )
        folium.Marker([south, (west + east) / 2], icon=icon, pane=_NAMES).add_to(group)
    return group


def words_on_map(
    frame: gpd.GeoDataFrame, texts: Iterable[str], *, pane: str
) -> folium.FeatureGroup:
    """Return texts inside shapes, such as signs; they let the pointer through.

    `static/map_names.js` leaves them where they are, and keeps names off them.
    """
    group = folium.FeatureGroup(control=False)
    places = frame.geometry.representative_point().to_crs(WGS84)
    for place, text in zip(places, texts, strict=True):
        html = f"<em>{escape(text)}</em>"
        icon = folium.DivIcon(html=html, icon_size=(120, 18), icon_anchor=(60, 9))
        folium.Marker([place.y, place.x], icon=icon, pane=pane).add_to(group)
    return group


def _plain_ground(content: SiteContent) -> list[folium.GeoJson]:
    """Return the land around all areas, where no boundary is there to be drawn.

    A public map without a city and with its places off would open as an empty box.
    """
    if content.context.city is not None or content.context.districts is not None:
        return []
    areas = content.evaluation.areas
    land = gpd.GeoDataFrame(geometry=[areas.geometry.union_all().convex_hull], crs=areas.crs)
    return [plain_layer(simpler(land), {"color": MUTED, "weight": 1, "fillOpacity": 0.05})]


def localities_folium(
    content: SiteContent, labels: Mapping[str, str]
) -> tuple[folium.Map, folium.FeatureGroup]:
    """Return the map of places and rings, and the layer of the places' names within it.

    On public pages they are off until asked for.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    labels : mapping of str to str
        Code of a place -> what a screen reader says of it.
    """
    language = content.study.language
    public = content.study.privacy.audience == "public"
    areas = content.evaluation.areas
    treated = areas[(areas["role"] == "treated") & areas["code"].isin(list(labels))]
    treated = treated.iloc[
        sorted(range(len(treated)), key=lambda row: alphabetical(str(treated["name"].iloc[row])))
    ]
    made = base_map(content.context, beneath=_plain_ground(content))
    online = content.study.map
    if online.basemap is not None:
        credit = escape(online.attribution)
        folium.TileLayer(online.basemap, attr=credit, control=False, name="").add_to(made)
    if public and content.context.districts is not None:
        _district_areas(content.context.districts, language).add_to(made)
    rings = areas[areas["role"] == "ring"]
    if len(rings):
        lines = ring_borders(areas)
        style = {"color": ACCENT, "weight": 1, "dashArray": "3 4", "fill": False}
        folium.GeoJson(
            features(lines, [{}] * len(lines)),
            style_function=lambda _feature: style,
            name=say(_("Rings around the localities"), language),
            show=not public,
        ).add_to(made)
    outline = {"color": ACCENT, "weight": 2.5, "fillColor": ACCENT, "fillOpacity": 0.12}
    strong = {"weight": 4, "fillOpacity": 0.25}
    group = folium.FeatureGroup(name=say(_("Localities"), language), show=not public)
    told = treated.rename(columns={"name": "name_"})
    folium.GeoJson(
        features(
            treated,
            [
                {
                    "name": str(row.name_),
                    "_label": labels[row.code],
                    "_card": f"{anchor(row.code)}-card",
                    "_key": row.code,
                }
                for row in told.itertuples()
            ],
        ),
        style_function=lambda _feature: outline,
        highlight_function=lambda _feature: strong,
    ).add_to(group)
    names = _locality_names(treated)
    names.add_to(group)
    group.add_to(made)
    folium.LayerControl(collapsed=True).add_to(made)
    return made, names


def ring_borders(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the borders of rings as lines: each drawn once, none along a locality's outline."""
    rings, treated = areas[areas["role"] == "ring"], areas[areas["role"] == "treated"]
    outlines = treated.geometry.boundary.union_all().buffer(_DETAIL_M)
    borders = rings.geometry.boundary.union_all().difference(outlines)
    return gpd.GeoDataFrame(geometry=[shapely.line_merge(borders)], crs=areas.crs)


def _district_areas(districts: gpd.GeoDataFrame, language: Language) -> folium.GeoJson:
    named = districts["name"] if "name" in districts.columns else districts["code"]
    return folium.GeoJson(
        features(districts, [{"district": str(name)} for name in named]),
        style_function=lambda _feature: {"color": DISTRICT, "weight": 1.2, "fillOpacity": 0},
        highlight_function=lambda _feature: {"weight": 3},
        popup=folium.GeoJsonPopup(["district"], aliases=[say(_("District"), language)]),
        control=False,
    )
