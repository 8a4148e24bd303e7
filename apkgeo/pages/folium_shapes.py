"""Read markers, circles, lines and polygons, and the popups, tooltips and icons they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import folium
from branca.element import Html
from folium.features import CustomIcon, DivIcon
from folium.plugins import BeautifyIcon
from folium.utilities import camelize

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Note, _
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import Item, drawn_as, options_of, refuse
from apkgeo.pages.map_parts import Draft, colour, path_style

_ICONS = (folium.Icon, CustomIcon, DivIcon, BeautifyIcon)
_PINS = {
    "red": "#d33d2a", "darkred": "#a23336", "lightred": "#ff8e7f", "orange": "#f69730",
    "beige": "#ffca92", "green": "#72b026", "darkgreen": "#728224", "lightgreen": "#bbf970",
    "blue": "#2e7fb8", "darkblue": "#00649f", "cadetblue": "#436978", "lightblue": "#8adaff",
    "purple": "#b557b0", "darkpurple": "#5b396b", "pink": "#ff91ea", "white": "#fbfbfb",
    "gray": "#575757", "lightgray": "#a3a3a3", "black": "#303030",
}  # fmt: skip
_POPUP_NUMBERS = ("maxWidth", "minWidth", "maxHeight")


def read_point(element: Any, draft: Draft) -> list[Item]:
    """Return a marker or a circle as an item."""
    require_place(element, draft)
    if element.location is None:
        raise UnsupportedMapError(
            f"a {type(element).__name__} without a location", expected="a latitude and a longitude"
        )
    item: Item = {"at": draft.steps([tuple(element.location)])}
    options = options_of(element)
    if drawn_as(element) is folium.Marker:
        item |= {"k": "marker", "i": marker_icon(element.icon, draft)}
        if options.get("tags"):
            item["tags"] = [str(tag) for tag in options["tags"]]
        title = options.get("title") or options.get("alt")
        if title:
            item["title"] = str(title)
    else:
        item |= circle(element, options, draft)
    return [item | bound_to(element, draft)]


def circle(element: Any, options: Mapping[str, Any], draft: Draft) -> Item:
    """Return the kind, the radius and the style of a Circle (metres) or CircleMarker (pixels)."""
    kind = "dot" if drawn_as(element) is folium.CircleMarker else "circle"
    radius = float(options.get("radius", 10))
    style = path_style({name: options[name] for name in options if name != "radius"}, draft)
    return {
        "k": kind,
        "r": int(radius) if radius.is_integer() else round(radius, 3),
        "s": draft.styles.place(style),
    }


def require_place(element: Any, draft: Draft) -> None:
    """Refuse a point where only layers of public places may hold points."""
    if draft.places is not None:
        raise UnsupportedMapError(
            f"a {type(element).__name__} on a page for the public or the council",
            expected="counts by area, not points",
            remedy="use count_points, or name the layer in places=(...) if its points are public "
            "places such as police stations",
        )


def read_path(element: Any, draft: Draft) -> list[Item]:
    """Return a line, a polygon or a rectangle as an item."""
    kind = drawn_as(element)
    shape: list[Any]
    if kind is folium.Rectangle:
        (south, west), (north, east) = element.locations
        corners = [(south, west), (north, west), (north, east), (south, east)]
        shape = [[draft.steps(corners)]]
    elif kind is folium.Polygon:
        polygons = _nested(element.locations, 3)
        shape = [[draft.steps(map(tuple, ring)) for ring in rings] for rings in polygons]
    else:
        shape = [draft.steps(map(tuple, line)) for line in _nested(element.locations, 2)]
    item: Item = {
        "k": "line" if kind is folium.PolyLine else "polygon",
        "g": draft.shapes.place(shape),
        "s": draft.styles.place(path_style(options_of(element), draft)),
    }
    return [item | bound_to(element, draft)]


def _nested(locations: Any, depth: int) -> Any:
    """Wrap positions in lists until they lie `depth` lists deep."""
    found, inner = 0, locations[0]
    while isinstance(inner[0], (list, tuple)):
        found, inner = found + 1, inner[0]
    for _level in range(depth - 1 - found):
        locations = [locations]
    return locations


def bound_to(element: Any, draft: Draft, *, besides: tuple[type, ...] = ()) -> Item:
    """Return the popup and the tooltip of `element`; anything else hung on it is refused."""
    bound: Item = {}
    for child in element._children.values():
        kind = drawn_as(child)
        if kind is folium.Popup:
            bound["p"] = draft.contents.place(_popup(child, draft))
        elif kind is folium.Tooltip:
            bound["t"] = draft.contents.place(_tooltip(child, draft))
        elif kind not in {folium.Marker.SetIcon, *_ICONS, *besides}:
            raise refuse(child)
    return bound


def read_nodes(html: str, draft: Draft) -> list[markup.Node]:
    """Return HTML of the map made harmless, as nodes; lost pictures are told."""
    if markup.loses_images(html):
        draft.note(Note(_("Pictures from elsewhere were left out of popups and tooltips.")))
    return markup.tree(html)


def _popup(popup: Any, draft: Draft) -> Item:
    nodes: list[markup.Node] = []
    for part in popup.html._children.values():
        if drawn_as(part) is not Html:
            raise refuse(part)
        # Folium guards backticks for the template that it would have written.
        text = str(part.data).replace("\\`", "`")
        nodes += read_nodes(text, draft) if part.script else [text]
    options = options_of(popup)
    head = {name: options[name] for name in _POPUP_NUMBERS if _is_number(options.get(name))}
    if popup.show:
        head["show"] = 1
    if options.get("closeOnClick") is False:
        head["sticky"] = 1
    return {"h": draft.heads.place(head), "n": nodes}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _tooltip(tooltip: Any, draft: Draft) -> Item:
    head = tooltip_manner(options_of(tooltip))
    if getattr(tooltip, "style", None):
        head["style"] = markup.inline_style(tooltip.style)
    return {"h": draft.heads.place(head), "n": read_nodes(tooltip.text, draft)}


def tooltip_manner(options: Mapping[str, Any]) -> Item:
    """Return how a tooltip stands to what it belongs to."""
    manner: Item = {name: 1 for name in ("sticky", "permanent") if options.get(name)}
    if options.get("direction") in {"right", "left", "top", "bottom", "center"}:
        manner["direction"] = options["direction"]
    return manner


def marker_icon(icon: Any, draft: Draft, style: Mapping[str, Any] | None = None) -> int:
    """Return the place of a marker's icon; a plain blue pin when it has none.

    A `style` that GeoJson gives a feature changes the options of the icon.
    """
    if icon is None:
        return draft.icons.place({"k": "pin", "color": _PINS["blue"], "spot": "#ffffff"})
    options = {**options_of(icon), **{camelize(name): v for name, v in (style or {}).items()}}
    kind = drawn_as(icon)
    if kind is folium.Icon:
        if options.get("icon", "info-sign") != "info-sign":
            draft.note(Note(_("Pins are drawn without the little pictures of an icon font.")))
        name, spot = options.get("markerColor", "blue"), options.get("iconColor", "white")
        pin = _PINS.get(str(name)) or colour(name) or _PINS["blue"]
        return draft.icons.place({"k": "pin", "color": pin, "spot": colour(spot) or "#ffffff"})
    if kind is CustomIcon:
        url = str(options.get("iconUrl", ""))
        if not markup.is_inline_image(url):
            raise UnsupportedMapError(
                f"an icon asks for {url[:60]}",
                remedy="give CustomIcon the picture itself (a file on disk or an array)",
            )
        return draft.icons.place({"k": "image", "url": url, **_icon_box(options)})
    if kind is DivIcon:
        nodes = read_nodes(str(options.get("html", "")), draft)
        return draft.icons.place({"k": "div", "n": nodes, **_icon_box(options)})
    if kind is BeautifyIcon:
        return draft.icons.place(_badge(options, draft))
    raise refuse(icon)


_ROUND = {"circle", "circle-dot", "doughnut"}


def _badge(options: Mapping[str, Any], draft: Draft) -> Item:
    """Return a BeautifyIcon: its shape, its colours and its number or text."""
    text = str(options.get("text", "")) if options.get("isAlphaNumericIcon") else ""
    if options.get("icon") and not text:
        draft.note(Note(_("Pins are drawn without the little pictures of an icon font.")))
    ground = colour(options.get("backgroundColor", "#FFF")) or "#FFF"
    border = colour(options.get("borderColor", "#000")) or "#000"
    ink = colour(options.get("textColor", "#000")) or "#000"
    shape = str(options.get("iconShape", "marker"))
    if shape == "marker":
        return {"k": "pin", "color": border, "spot": ground, "text": text, "ink": ink}
    small = shape.endswith("dot") or shape == "doughnut"
    size = [float(side) for side in options.get("iconSize") or ([14, 14] if small else [26, 26])]
    width = options.get("borderWidth")
    border_width = float(width) if isinstance(width, (int, float)) else 3
    style = {
        "background": ground,
        "border": f"{border_width:g}px solid {border}",
        "border-radius": "50%" if shape in _ROUND else "3px",
        "box-sizing": "border-box",
        "color": ink,
        "font": "600 12px/1.6 system-ui, sans-serif",
        "height": f"{size[1]}px",
        "text-align": "center",
        "width": f"{size[0]}px",
    }
    nodes = [["div", {"style": style}, *([text] if text else [])]]
    return {"k": "div", "n": nodes, "size": size}


def _icon_box(options: Mapping[str, Any]) -> Item:
    names = {"size": "iconSize", "anchor": "iconAnchor", "popup": "popupAnchor"}
    return {
        ours: [float(number) for number in options[theirs]]
        for ours, theirs in names.items()
        if options.get(theirs) is not None
    }
