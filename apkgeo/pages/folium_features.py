"""Read the features of a GeoJson layer: shapes, styles, highlights, tables of values.

Of a feature's properties only those are taken that a popup or a tooltip shows, and the reserved
ones below; everything else stays out of the file.

=============  ====================================================================================
property       meaning in the page
=============  ====================================================================================
``_label``     what a screen reader says of the area, and what Tab reaches it by; without it, the
               text of its tooltip or popup is used
``_card``      the ``id`` of an element of the page that is opened with the area (Enter, click) and
               closed by Escape
``_class``     class names on the drawn shape, for the page's own style sheet
``_key``       a name by which the page's own scripts find the area (``data-key`` on the shape)
=============  ====================================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import folium
from folium.features import GeoJsonPopup, GeoJsonTooltip

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Note, _, number
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import Item, drawn_as, options_of
from apkgeo.pages.folium_shapes import circle, marker_icon, require_place, tooltip_manner
from apkgeo.pages.map_parts import Draft, path_style, word

_RESERVED = {"_label": "l", "_card": "c", "_key": "key"}


def read_features(layer: Any, bound: Item, draft: Draft) -> list[Item]:
    """Return the items of a GeoJson layer.

    Parameters
    ----------
    layer : folium.GeoJson
    bound : dict
        The popup and tooltip that all features share.
    """
    details = [child for child in layer._children.values() if drawn_as(child) in _DETAILS]
    tables = [(_DETAILS[type(child)], child, _head(child, draft)) for child in details]
    items: list[Item] = []
    empty = 0
    for feature in _features(layer.data):
        facts = bound | _facts(feature)
        properties = feature.get("properties") or {}
        sought = draft.searched.get(id(layer))
        if sought is not None and properties.get(sought) is not None:
            facts["q"] = str(properties[sought])
        for place, detail, head in tables:
            facts[place] = draft.contents.place(
                {"h": head, "v": _values(detail, properties, draft)}
            )
        style = _style(layer, feature)
        if layer.highlight:
            highlight = path_style(layer.highlight_function(feature), draft, change=True)
            facts["h"] = draft.styles.place(highlight)
        if layer.zoom_on_click:
            facts["zoom"] = 1
        drawn = _geometry(feature.get("geometry"), style, layer, draft)
        empty += not drawn
        items += [item | facts for item in drawn]
    if empty:
        draft.note(Note(_("Features without a geometry that were left out: {count}."), count=empty))
    return items


_DETAILS: dict[Any, str] = {GeoJsonPopup: "p", GeoJsonTooltip: "t"}


def _features(data: Mapping[str, Any]) -> list[Any]:
    if data.get("type") == "FeatureCollection":
        return list(data["features"])
    return [data] if data.get("type") == "Feature" else [{"properties": {}, "geometry": data}]


def _facts(feature: Mapping[str, Any]) -> Item:
    """Return the reserved properties of a feature."""
    properties = feature.get("properties") or {}
    facts: Item = {
        ours: str(properties[name])
        for name, ours in _RESERVED.items()
        if properties.get(name) not in (None, "")
    }
    classes = " ".join(filter(None, map(word, str(properties.get("_class") or "").split())))
    return facts | ({"cls": classes} if classes else {})


def _style(layer: Any, feature: Mapping[str, Any]) -> Mapping[str, Any]:
    if layer.style:
        return dict(layer.style_function(feature))
    own = (feature.get("properties") or {}).get("style")
    return own if isinstance(own, dict) else {}


def _head(detail: Any, draft: Draft) -> int:
    """Return the place of what the rows of a GeoJsonPopup or GeoJsonTooltip share."""
    head: Item = {}
    if detail.labels:
        head["names"] = [str(alias) for alias in detail.aliases]
    if getattr(detail, "style", None):
        head["style"] = markup.inline_style(detail.style)
    if drawn_as(detail) is GeoJsonTooltip:
        head |= tooltip_manner(detail.tooltip_options)
    else:
        names = ("maxWidth", "max_width", "minWidth", "min_width")
        found = {folium.utilities.camelize(n): detail.popup_options.get(n) for n in names}
        head |= {name: value for name, value in found.items() if isinstance(value, (int, float))}
    return draft.heads.place(head)


def _values(detail: Any, properties: Mapping[str, Any], draft: Draft) -> list[str]:
    for name in detail.fields:
        if name not in properties:
            raise UnsupportedMapError(
                f"{type(detail).__name__} shows the field {name!r}, which a feature does not have",
                expected="one of " + ", ".join(map(repr, properties)),
            )
    return [_text(properties[name], detail, draft) for name in detail.fields]


def _text(value: Any, detail: Any, draft: Draft) -> str:
    """Return a value as text, as the page's language writes it when `detail` is localised."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return json.dumps(value, ensure_ascii=False)
    if detail.localize:
        return number(value, draft.language)
    return str(int(value)) if float(value).is_integer() else str(value)


def _geometry(
    geometry: Mapping[str, Any] | None, style: Mapping[str, Any], layer: Any, draft: Draft
) -> list[Item]:
    """Return the items that a geometry is drawn with; none when it is empty."""
    if not geometry:
        return []
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = [_geometry(part, style, layer, draft) for part in geometry["geometries"]]
        return [item for part in parts for item in part]
    coordinates = geometry["coordinates"]
    if not len(coordinates):
        return []
    if kind.startswith("Multi"):
        parts_of = {"MultiPolygon": _polygons, "MultiLineString": _lines, "MultiPoint": _points}
    else:
        coordinates = [coordinates]
        parts_of = {"Polygon": _polygons, "LineString": _lines, "Point": _points}
    return parts_of[kind](coordinates, style, layer, draft)


def _polygons(polygons: Any, style: Mapping[str, Any], layer: Any, draft: Draft) -> list[Item]:
    shape = [[draft.steps((y, x) for x, y, *_z in ring[:-1]) for ring in rings if ring]
             for rings in polygons if rings]  # fmt: skip
    return (
        [{"k": "polygon", "g": draft.shapes.place(shape), **_path(style, layer, draft)}]
        if shape
        else []
    )


def _lines(lines: Any, style: Mapping[str, Any], layer: Any, draft: Draft) -> list[Item]:
    shape = [draft.steps((y, x) for x, y, *_z in line) for line in lines if line]
    return (
        [{"k": "line", "g": draft.shapes.place(shape), **_path(style, layer, draft)}]
        if shape
        else []
    )


def _path(style: Mapping[str, Any], layer: Any, draft: Draft) -> Item:
    """Return the style of a line or a polygon; as in Leaflet, a GeoJson polygon is filled."""
    smooth = {} if layer.smooth_factor is None else {"smoothFactor": layer.smooth_factor}
    return {"s": draft.styles.place(path_style({"fill": True, **smooth, **style}, draft))}


def _points(points: Any, style: Mapping[str, Any], layer: Any, draft: Draft) -> list[Item]:
    pattern = layer.marker if layer.marker is not None else folium.Marker([0, 0])
    require_place(pattern, draft)
    if drawn_as(pattern) is folium.Marker:
        facts: Item = {"k": "marker", "i": marker_icon(pattern.icon, draft, style)}
    else:
        facts = circle(pattern, {**options_of(pattern), **style}, draft)
    return [{**facts, "at": draft.steps([(y, x)])} for x, y, *_z in points]
