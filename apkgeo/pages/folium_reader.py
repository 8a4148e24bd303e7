"""Read a Folium map into the plain description of :mod:`apkgeo.pages.map_parts`.

Nothing is rendered by Folium. Its tree of elements is walked and each element whose drawing is
known is written down; what draws an element is its template, so a subclass without a template of
its own is read as its base, and anything with another template is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import folium
from branca.colormap import ColorMap
from branca.element import Figure
from folium.elements import ElementAddToElement
from folium.features import GeoJson, GeoJsonPopup, GeoJsonTooltip
from folium.map import CustomPane, FitBounds, FitOverlays, Layer
from folium.raster_layers import ImageOverlay, TileLayer

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Language, Note, _
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import Item, drawn_as, options_of, refuse
from apkgeo.pages.folium_features import read_features
from apkgeo.pages.folium_shapes import bound_to, read_path, read_point, require_place
from apkgeo.pages.map_legend import Legend, read_legend
from apkgeo.pages.map_parts import Draft, colour, merge_runs, word
from apkgeo.pages.points import PointLayer

_OSM = "tile.openstreetmap.org"
_PROJECTIONS = ("EPSG3857", "EPSG4326", "EPSG3395", "Simple")
_MAP_OPTIONS = (
    "minZoom", "maxZoom", "zoomSnap", "zoomDelta", "dragging", "doubleClickZoom", "boxZoom",
    "scrollWheelZoom", "maxBounds",
)  # fmt: skip
_TILE_OPTIONS = (
    "minZoom", "maxZoom", "maxNativeZoom", "noWrap", "tms", "opacity", "subdomains",
    "detectRetina",
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
    """

    specification: dict[str, Any]
    legends: tuple[Legend, ...]
    notes: tuple[Note, ...]
    hosts: tuple[str, ...]
    title: str
    layer_places: dict[int, int]


def read_map(
    folium_map: Any,
    *,
    language: Language = "cs",
    basemap: bool = False,
    digits: int = 6,
    places: tuple[Any, ...] | None = None,
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
    _refuse_what_stands_around(folium_map)
    options = _map_options(folium_map)
    specification: dict[str, Any] = {
        "digits": digits,
        "options": options,
        "view": _starting_view(folium_map),
    }
    owners: list[tuple[int, Item]] = []
    for child in folium_map._children.values():
        owners += [
            (id(child), item) for item in _read_child(child, folium_map, specification, draft)
        ]
    layers = merge_runs([item for _owner, item in owners])
    places_of = {id(item): place for place, item in enumerate(layers)}
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
    figure = folium_map._parent
    title = getattr(figure, "title", None) if isinstance(figure, Figure) else None
    return MapDescription(
        specification,
        tuple(draft.legends),
        tuple(draft.notes),
        tuple(draft.hosts),
        title or "",
        {owner: places_of[id(item)] for owner, item in owners if id(item) in places_of},
    )


def _refuse_what_stands_around(folium_map: Any) -> None:
    """Refuse links, styles, HTML and scripts that were added around the map."""
    figure = folium_map._parent
    if not isinstance(figure, Figure):
        return
    own = {"meta_http"}
    for element in _walk(folium_map):
        own |= _traces(element)
    added = [
        element
        for part in (figure.header, figure.html, figure.script)
        for name, element in part._children.items()
        if name not in own
    ]
    added += [element for element in figure._children.values() if element is not folium_map]
    if added:
        raise refuse(added[0])


def _walk(element: Any) -> Iterator[Any]:
    yield element
    for child in element._children.values():
        yield from _walk(child)


def _traces(element: Any) -> set[str]:
    """Return the names of what Folium leaves in the figure when it has shown `element`."""
    names = {element.get_name(), element.get_name() + "tablestyle"}
    names |= {name for name, _url in folium.folium._default_js + folium.folium._default_css}
    return names | ({"d3"} if isinstance(element, ColorMap) else set())


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
    elif kind is CustomPane:
        name = word(child.name) or f"pane{len(draft.panes)}"
        pointer = int(bool(child.pointer_events))
        draft.panes.append({"name": name, "z": int(child.z_index), "pointer": pointer})
    else:
        in_front = any(child is kept for kept in folium_map.objects_to_stay_in_front)
        front = {"front": 1} if in_front else {}
        return [item | front for item in read_element(child, draft)]
    return []


def read_element(element: Any, draft: Draft) -> list[Item]:
    """Return the items that `element` is drawn with.

    Raises
    ------
    UnsupportedMapError
        When it is not one of the elements that can be drawn.
    """
    kind = drawn_as(element)
    reader = _READERS.get(kind) if kind is not None else None
    if reader is None or (isinstance(element, Layer) and type(element).includes):
        raise refuse(element)
    allowed = draft.places
    if allowed is not None and id(element) in allowed:
        draft.places = None
    items = reader(element, draft)
    draft.places = allowed
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
    return [{"k": "group", **_layer_facts(element), "items": merge_runs(items)}]


def _geojson(element: Any, draft: Draft) -> list[Item]:
    if element.on_each_feature is not None:
        raise refuse(element.on_each_feature)
    bound = bound_to(element, draft, besides=(ElementAddToElement, GeoJsonPopup, GeoJsonTooltip))
    items = merge_runs(read_features(element, bound, draft))
    keep = {"keep": 1} if element.popup_keep_highlighted else {}
    return [{"k": "group", **_layer_facts(element), **keep, "items": items}]


def _layer_facts(layer: Any) -> Item:
    """Return a layer's name and how it takes part in the layer control."""
    facts: Item = {}
    name = str(layer.layer_name)
    if not name.endswith(layer._id):
        nodes = markup.tree(name)
        facts["name"] = nodes if markup.plain(nodes) else [name]
    for fact, usual in (("overlay", True), ("control", True), ("show", True)):
        if bool(getattr(layer, fact)) is not usual:
            facts[fact] = 0
    return facts


def _tiles(layer: Any, draft: Draft) -> list[Item]:
    url = str(layer.tiles)
    host = urlsplit(url.replace("{s}", "s")).netloc
    name = f"the tile layer {layer.tile_name!r}"
    if not draft.basemap:
        if host != _OSM:
            remedy = "use tiles=None and draw the boundaries, or save_map(..., basemap=True)"
            raise UnsupportedMapError(f"{name} asks {host or url[:60]} for pictures", remedy=remedy)
        draft.note(Note(_("The online background map was left out: this page asks for nothing.")))
        return []
    if not url.startswith("https://"):
        raise UnsupportedMapError(name, expected="an address with https://", came=url[:60])
    if host == _OSM:
        draft.note(
            Note(
                _(
                    "OpenStreetMap shows its background map only to pages read from a web server, "
                    "not to a file opened from a disk."
                )
            )
        )
    given = options_of(layer)
    for subdomain in given.get("subdomains", "abc") if "{s}" in url else ["s"]:
        origin = "https://" + urlsplit(url.replace("{s}", subdomain)).netloc
        if origin not in draft.hosts:
            draft.hosts.append(origin)
    options = {name: given[name] for name in _TILE_OPTIONS if name in given}
    credit = markup.plain(markup.tree(str(given.get("attribution", ""))))
    return [{"k": "tiles", **_layer_facts(layer), "url": url, "o": options, "credit": credit}]


def _image(layer: Any, draft: Draft) -> list[Item]:
    if not markup.is_inline_image(str(layer.url)):
        raise UnsupportedMapError(
            f"an image layer asks for {str(layer.url)[:60]}",
            remedy="give ImageOverlay the picture itself (an array or a file)",
        )
    corners = [[float(edge) for edge in corner] for corner in layer.bounds]
    for latitude, longitude in corners:
        draft.meet(latitude, longitude)
    given = options_of(layer)
    options = {"opacity": float(given.get("opacity", 1)), "alt": str(given.get("alt", ""))}
    picture = {"url": layer.url, "bounds": corners, "sharp": int(layer.pixelated), "o": options}
    return [{"k": "image", **_layer_facts(layer), **picture}]


def _points(layer: Any, draft: Draft) -> list[Item]:
    require_place(layer, draft)
    for latitude, longitude in layer.get_bounds() if layer.count else ():
        draft.meet(latitude, longitude)
    look = {"r": layer.radius, "color": colour(layer.color) or "#225ea8", "opacity": layer.opacity}
    code = {"b": layer.code(), "digits": layer.digits}
    return [{"k": "points", **_layer_facts(layer), **look, **code}]


_READERS: dict[type, Callable[[Any, Draft], list[Item]]] = {
    folium.FeatureGroup: _group,
    GeoJson: _geojson,
    TileLayer: _tiles,
    ImageOverlay: _image,
    PointLayer: _points,
    folium.Marker: read_point,
    folium.Circle: read_point,
    folium.CircleMarker: read_point,
    folium.PolyLine: read_path,
    folium.Polygon: read_path,
    folium.Rectangle: read_path,
}
