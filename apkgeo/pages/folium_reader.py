"""Read a Folium map into the plain description of :mod:`apkgeo.pages.map_parts`.

Nothing is rendered by Folium. Its tree of elements is walked and each element whose drawing is
known is written down; what draws an element is its template, so a subclass without a template of
its own is read as its base, and anything with another template is refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import folium
from branca.colormap import ColorMap
from branca.element import Figure
from folium import plugins
from folium.elements import ElementAddToElement
from folium.features import GeoJson, GeoJsonPopup, GeoJsonTooltip
from folium.map import CustomPane, FitBounds, FitOverlays, Layer
from folium.raster_layers import ImageOverlay, TileLayer

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Language, Note
from apkgeo.pages.folium_controls import is_control, read_control, settle
from apkgeo.pages.folium_elements import Item, drawn_as, options_of, refuse
from apkgeo.pages.folium_features import read_features
from apkgeo.pages.folium_links import layer_facts, look_ahead, settle_groups, side_by_side
from apkgeo.pages.folium_marks import (
    cluster_options,
    read_ant_path,
    read_boat,
    read_encoded,
    read_fast_cluster,
    read_heat,
    read_offset_line,
    read_regular_polygon,
    read_semicircle,
)
from apkgeo.pages.folium_rasters import read_image, read_tiles
from apkgeo.pages.folium_shapes import bound_to, read_path, read_point, require_place
from apkgeo.pages.folium_surroundings import refuse_what_stands_around
from apkgeo.pages.folium_timed import (
    read_heat_with_time,
    read_time_choropleth,
    read_timeline,
    read_timestamped,
)
from apkgeo.pages.folium_topojson import features_of
from apkgeo.pages.map_legend import Legend, read_legend
from apkgeo.pages.map_parts import Draft, colour, merge_runs, word
from apkgeo.pages.points import PointLayer

_PROJECTIONS = ("EPSG3857", "EPSG4326", "EPSG3395", "Simple")
_MAP_OPTIONS = (
    "minZoom", "maxZoom", "zoomSnap", "zoomDelta", "dragging", "doubleClickZoom", "boxZoom",
    "scrollWheelZoom", "maxBounds",
)  # fmt: skip


@dataclass(frozen=True)
class MapDescription:
    """What a map holds, as plain values.

    Attributes
    ----------
    specification : dict
        JSON for ``static/map.js``.
    legends : tuple of Legend
        Colour scales, drawn as HTML beside the map.
    notes : tuple of Note
        What was left out or assumed.
    hosts : tuple of str
        Origins of the pictures of an online basemap; empty unless one was asked for.
    title : str
        The title of the figure the map stands in, if it was given one.
    layer_places : dict of int to int
        ``id()`` of each layer of the map -> its place among the specification's layers.
    parts : frozenset of str
        Which parts of the script it needs besides those of every map.
    compare_names : pair of str, optional
        The names of two layers that a SideBySideLayers parts by a slider.
    """

    specification: dict[str, Any]
    legends: tuple[Legend, ...]
    notes: tuple[Note, ...]
    hosts: tuple[str, ...]
    title: str
    layer_places: dict[int, int]
    parts: frozenset[str] = frozenset()
    compare_names: tuple[str, str] | None = None


def read_map(
    folium_map: Any,
    *,
    language: Language = "cs",
    basemap: bool = False,
    digits: int = 6,
    places: tuple[Any, ...] | None = None,
    besides: tuple[Any, ...] = (),
) -> MapDescription:
    """Describe a Folium map in plain values.

    Parameters
    ----------
    folium_map : folium.Map
        Or a figure with nothing but a map. It is not changed, and may have been shown in a
        notebook before.
    language : {"cs", "en"}
        For numbers.
    basemap : bool
        Keep tile layers, whose pictures a server must be asked for.
    digits : int
        Decimal places of a degree that are kept.
    places : tuple of folium layers, optional
        The only layers that may hold points; any layer may when not given.
    besides : tuple of folium elements
        Read as if they were on the map, too (a DualMap keeps them for its second map).

    Raises
    ------
    UnsupportedMapError
        For anything that cannot be shown without a network or without running its own script;
        the message names it and what to do.
    """
    if isinstance(folium_map, Figure) and len(folium_map._children) == 1:
        (folium_map,) = folium_map._children.values()
    if drawn_as(folium_map) is not folium.Map:
        raise UnsupportedMapError(
            "what is to be saved", expected="a folium.Map", came=type(folium_map).__name__
        )
    allowed = None if places is None else frozenset(map(id, places))
    draft = Draft(language, digits=digits, basemap=basemap, places=allowed)
    refuse_what_stands_around(folium_map)
    options = _map_options(folium_map)
    specification: dict[str, Any] = {
        "digits": digits,
        "options": options,
        "view": _starting_view(folium_map),
    }
    children = [*folium_map._children.values(), *besides]
    look_ahead(children, draft)
    owners: list[tuple[Any, Item]] = []
    for child in children:
        owners += [(child, item) for item in _read_child(child, folium_map, specification, draft)]
    layers = merge_runs([item for _owner, item in owners])
    places_of = {id(item): place for place, item in enumerate(layers)}
    drawn = [(owner, places_of[id(item)]) for owner, item in owners if id(item) in places_of]
    by_id = {id(owner): place for owner, place in reversed(drawn)}
    settle(draft.controls, by_id | {owner.get_name(): by_id[id(owner)] for owner, _place in drawn})
    settle_groups(layers, by_id)
    compare = side_by_side(children, specification, by_id)
    specification |= {
        "layers": layers,
        "shapes": draft.shapes.values,
        "styles": draft.styles.values,
        "contents": draft.contents.values,
        "heads": draft.heads.values,
        "icons": draft.icons.values,
        "panes": draft.panes,
        "box": [round(edge, digits) for edge in draft.box],
    }
    plugin_facts = {"controls": draft.controls, "sliders": draft.sliders}
    specification |= {name: told for name, told in plugin_facts.items() if told}
    if draft.parts:
        specification["parts"] = sorted(draft.parts)
    figure = folium_map._parent
    title = getattr(figure, "title", None) if isinstance(figure, Figure) else None
    return MapDescription(
        specification,
        tuple(draft.legends),
        tuple(draft.notes),
        tuple(draft.hosts),
        title or "",
        by_id,
        frozenset(draft.parts),
        compare,
    )


def _map_options(folium_map: Any) -> dict[str, Any]:
    if folium_map.crs not in _PROJECTIONS:
        raise UnsupportedMapError(
            "the map's projection", expected=", ".join(_PROJECTIONS), came=str(folium_map.crs)
        )
    given = options_of(folium_map)
    options: dict[str, Any] = {
        name: given[name]
        for name in _MAP_OPTIONS
        if isinstance(given.get(name), (bool, int, float, list))
    }
    if folium_map.crs != "EPSG3857":
        options["crs"] = folium_map.crs
    height, unit = folium_map.height
    if unit == "px":
        options["height"] = height
    corner = folium_map.zoom_control if folium_map.zoom_control_position else "topleft"
    has_buttons = folium_map.zoom_control_position or given.get("zoomControl", True)
    return options | {
        "zoomControl": corner if has_buttons else False,
        "scale": bool(folium_map.control_scale),
        "canvas": bool(given.get("preferCanvas", False)),
    }


def _starting_view(folium_map: Any) -> dict[str, Any]:
    """Return where the map opens: on its content when it was given no place."""
    zoom = folium_map.options.get("zoom", 10)
    if folium_map.location == [0.0, 0.0] and zoom == 1:
        return {"fit": 1}
    return {"center": folium_map.location, "zoom": zoom}


def _read_child(
    child: Any, folium_map: Any, specification: dict[str, Any], draft: Draft
) -> list[Item]:
    """Write one child of the map into its specification, or return it as layers."""
    kind = drawn_as(child)
    if kind is FitBounds:
        corners = [[float(edge) for edge in corner] for corner in child.bounds]
        specification["view"] = {"bounds": corners, **options_of(child)}
    elif kind is FitOverlays:
        specification["view"] = {"fit": 1}
    elif kind is folium.LayerControl:
        position = str(child.options.get("position", "topright"))
        collapsed = int(bool(child.options.get("collapsed", True)))
        specification["control"] = {"position": position, "collapsed": collapsed}
    elif kind is ColorMap:
        draft.legends.append(read_legend(child, draft.language))
    elif is_control(kind):
        draft.controls.append(read_control(child, draft))
    elif kind in _SAID_ELSEWHERE:
        pass
    elif kind is plugins.TimelineSlider:
        return read_timeline(child.timelines, child, draft, _timed_group)
    elif kind is plugins.Timeline:
        return _only_with_slider(child, folium_map)
    elif kind is CustomPane:
        name = word(child.name) or f"pane{len(draft.panes)}"
        pointer = int(bool(child.pointer_events))
        draft.panes.append({"name": name, "z": int(child.z_index), "pointer": pointer})
    else:
        in_front = any(child is kept for kept in folium_map.objects_to_stay_in_front)
        front = {"front": 1} if in_front else {}
        return [item | front for item in read_element(child, draft)]
    return []


# What is drawn with another element, or only keeps something for it.
_SAID_ELSEWHERE = (
    plugins.PolyLineTextPath,
    plugins.SideBySideLayers,
    plugins.StripePattern,
    plugins.CirclePattern,
)


def _only_with_slider(layer: Any, folium_map: Any) -> list[Item]:
    """Return nothing: a Timeline is drawn with its slider; without one it is refused."""
    for other in folium_map._children.values():
        if drawn_as(other) is plugins.TimelineSlider and layer in other.timelines:
            return []
    raise UnsupportedMapError("a Timeline", remedy="add it to a folium.plugins.TimelineSlider")


def _timed_group(layer: Any, items: list[Item]) -> Item:
    return {**layer_facts(layer), "items": items}


def read_element(element: Any, draft: Draft) -> list[Item]:
    """Return the items that `element` is drawn with.

    Raises
    ------
    UnsupportedMapError
        When it is not one of the elements that can be drawn.
    """
    kind = drawn_as(element)
    reader = _READERS.get(kind) if kind is not None else None
    by_class = [_BY_CLASS[one] for one in type(element).__mro__ if one in _BY_CLASS]
    if kind is not None and by_class:
        reader = by_class[0]
    if reader is None or (isinstance(element, Layer) and type(element).includes):
        raise refuse(element)
    allowed = draft.places
    if allowed is not None and id(element) in allowed:
        draft.places = None
    items = reader(element, draft)
    draft.places = allowed
    if isinstance(element, Layer):
        items = [layer_facts(element) | item for item in items]
    if element.get_name() in draft.unticked:
        items = [item | {"show": 0} for item in items]
    if element.get_name() in draft.named:
        items = [item | {"own": 1} for item in items]
    if id(element) in draft.written:
        items = [items[0] | {"text": draft.written[id(element)]}, *items[1:]]
    pane = options_of(element).get("pane") if hasattr(element, "options") else None
    if any(pane == known["name"] for known in draft.panes):
        items = [item | {"pane": pane} for item in items]
    return items


def _group(element: Any, draft: Draft) -> list[Item]:
    items: list[Item] = []
    for child in element._children.values():
        kind = drawn_as(child)
        if kind is ColorMap:
            draft.legends.append(read_legend(child, draft.language))
        elif kind is not ElementAddToElement:
            items += read_element(child, draft)
    group: Item = {"k": "group", "items": merge_runs(items)}
    kind = drawn_as(element)
    if kind is plugins.MarkerCluster:
        group |= {"k": "cluster", "o": cluster_options(element, draft)}
    elif kind is plugins.FeatureGroupSubGroup:
        group["within"] = id(element._group)
    return [group]


def _topojson(element: Any, draft: Draft) -> list[Item]:
    data = json.loads(element.data) if isinstance(element.data, str) else element.data
    shapes = folium.GeoJson(
        features_of(data, element.object_path),
        style_function=element.style_function,
        smooth_factor=element.smooth_factor,
    )
    shapes._children = element._children
    if id(element) in draft.searched:
        draft.searched[id(shapes)] = draft.searched[id(element)]
    return _geojson(shapes, draft)


def _geojson(element: Any, draft: Draft) -> list[Item]:
    if element.on_each_feature is not None:
        raise refuse(element.on_each_feature)
    bound = bound_to(element, draft, besides=(ElementAddToElement, GeoJsonPopup, GeoJsonTooltip))
    items = merge_runs(read_features(element, bound, draft))
    keep = {"keep": 1} if element.popup_keep_highlighted else {}
    return [{"k": "group", **keep, "items": items}]


def _points(layer: Any, draft: Draft) -> list[Item]:
    require_place(layer, draft)
    for latitude, longitude in layer.get_bounds() if layer.count else ():
        draft.meet(latitude, longitude)
    look = {"r": layer.radius, "color": colour(layer.color) or "#225ea8", "opacity": layer.opacity}
    code = {"b": layer.code(), "digits": layer.digits}
    return [{"k": "points", **look, **code}]


_READERS: dict[type, Callable[[Any, Draft], list[Item]]] = {
    folium.FeatureGroup: _group,
    GeoJson: _geojson,
    folium.TopoJson: _topojson,
    TileLayer: read_tiles,
    ImageOverlay: read_image,
    PointLayer: _points,
    folium.Marker: read_point,
    folium.Circle: read_point,
    folium.CircleMarker: read_point,
    folium.RegularPolygonMarker: read_regular_polygon,
    folium.PolyLine: read_path,
    folium.Polygon: read_path,
    folium.Rectangle: read_path,
    plugins.AntPath: read_ant_path,
    plugins.BoatMarker: read_boat,
    plugins.FastMarkerCluster: read_fast_cluster,
    plugins.FeatureGroupSubGroup: _group,
    plugins.HeatMap: read_heat,
    plugins.HeatMapWithTime: read_heat_with_time,
    plugins.MarkerCluster: _group,
    plugins.SemiCircle: read_semicircle,
    plugins.TimeSliderChoropleth: read_time_choropleth,
    plugins.TimestampedGeoJson: read_timestamped,
}
# Plugins that are drawn with the template of what they extend.
_BY_CLASS: dict[type, Callable[[Any, Draft], list[Item]]] = {
    plugins.PolyLineOffset: read_offset_line,
    plugins.PolyLineFromEncoded: read_encoded,
    plugins.PolygonFromEncoded: read_encoded,
}
