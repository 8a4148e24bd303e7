"""Read the controls of Folium and of its plugins: what a reader works the map with.

Each becomes one entry of the specification's ``controls``: the name of a control in
``static/map_tools.js``, ``map_search.js`` or ``map_sketch.js`` and what it must be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import folium
from folium import plugins

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Note, _
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import NO_SCRIPTS, Item, corner, drawn_as, options_of
from apkgeo.pages.folium_shapes import read_nodes, require_place
from apkgeo.pages.map_parts import Draft

_SKETCHES = ("polyline", "polygon", "rectangle", "circle", "marker", "circlemarker")
_PLACES = re.compile(r"\$\{\s*(?:lat|lng)\s*\}")
_LENGTHS = {
    "meters": "m", "kilometers": "km", "miles": "mi", "feet": "ft", "yards": "yd",
}  # fmt: skip
_SURFACES = {
    "sqmeters": "m²", "hectares": "ha", "sqkilometers": "km²", "acres": "ac", "sqmiles": "mi²",
    "sqfeet": "ft²",
}  # fmt: skip


def _fullscreen(control: Any, _draft: Draft) -> Item:
    return {"k": "fullscreen", "at": corner(options_of(control).get("position"), "topleft")}


def _mouse_position(control: Any, draft: Draft) -> Item:
    if (control.lat_formatter, control.lng_formatter) != ("undefined", "undefined"):
        raise UnsupportedMapError(
            "a MousePosition with a formatter", remedy=f"leave it out: {NO_SCRIPTS}"
        )
    options = options_of(control)
    return {
        "k": "position",
        "at": corner(options.get("position"), "bottomright"),
        "digits": int(options.get("numDigits", 5)),
        "east": int(bool(options.get("lngFirst"))),
        "between": str(options.get("separator", " : ")),
        "before": str(options.get("prefix", "")),
        "language": draft.language,
    }


def _wheel(_control: Any, _draft: Draft) -> Item:
    return {"k": "wheel", "at": "bottomleft"}


def _overview(control: Any, draft: Draft) -> Item:
    options = options_of(control)
    draft.note(Note(_("The small map shows the outlines of the large one, not an online map.")))
    return {
        "k": "overview",
        "at": corner(options.get("position"), "bottomright"),
        "width": int(options.get("width", 150)),
        "height": int(options.get("height", 150)),
        "folds": int(bool(options.get("toggleDisplay"))),
        "folded": int(bool(options.get("minimized"))),
    }


def _measure(control: Any, draft: Draft) -> Item:
    draft.parts.add("sketch")
    options = options_of(control)
    lengths = [_LENGTHS.get(str(options.get(f"{n}LengthUnit"))) for n in ("primary", "secondary")]
    surfaces = [_SURFACES.get(str(options.get(f"{n}AreaUnit"))) for n in ("primary", "secondary")]
    return {
        "k": "measure",
        "at": corner(options.get("position"), "topright"),
        "lengths": [unit for unit in lengths if unit] or ["m"],
        "surfaces": [unit for unit in surfaces if unit] or ["m²"],
        "language": draft.language,
    }


def _draw(control: Any, draft: Draft) -> Item:
    if control.on:
        raise UnsupportedMapError("a Draw with on=...", remedy=f"leave it out: {NO_SCRIPTS}")
    draft.parts.add("sketch")
    asked = control.draw_options
    item: Item = {
        "k": "draw",
        "at": corner(control.position, "topleft"),
        "kinds": [kind for kind in _SKETCHES if asked.get(kind) is not False],
        "delete": int(control.edit_options.get("remove") is not False),
    }
    if control.feature_group is not None:
        item["into"] = id(control.feature_group)
    if control.export:
        name = re.sub(r"[^\w. -]", "_", str(control.filename)).strip(". ") or "data.geojson"
        item["file"] = name
    return item


def _search(control: Any, draft: Draft) -> Item:
    draft.parts.add("search")
    placeholder = str(control.placeholder)
    return {
        "k": "search",
        "at": corner(control.position, "topleft"),
        "layer": id(control.layer),
        "hint": "" if placeholder == "Search" else placeholder,
        **({"zoom": float(control.search_zoom)} if control.search_zoom else {}),
    }


def _tags(control: Any, draft: Draft) -> Item:
    draft.parts.add("search")
    options = options_of(control)
    return {
        "k": "tags",
        "at": corner(options.get("position"), "topleft"),
        "tags": [str(tag) for tag in options.get("data", [])],
    }


def _float_image(control: Any, _draft: Draft) -> Item:
    url = str(control.image)
    if not markup.is_inline_image(url):
        raise UnsupportedMapError(
            f"a FloatImage asks for {url[:60]}",
            remedy="give it the picture itself: folium.utilities.image_to_url(array or file)",
        )
    style = markup.inline_style("; ".join(f"{n}: {v}" for n, v in control.css.items()))
    place = {"left": f"{float(control.left)}%", "bottom": f"{float(control.bottom)}%"}
    return {"k": "picture", "url": url, "style": style | place}


def _place_popup(_control: Any, draft: Draft) -> Item:
    return {"k": "where", "language": draft.language}


def _place_text(control: Any, draft: Draft) -> Item:
    if control.format_str != 'lat + "," + lng':
        raise UnsupportedMapError(
            "a ClickForLatLng with a format_str", remedy=f"leave it out: {NO_SCRIPTS}"
        )
    return {"k": "where", "language": draft.language, "copy": 1}


def _place_marker(control: Any, draft: Draft) -> Item:
    """Return markers at every click; ${lat} and ${lng} in their text are filled in as text."""
    require_place(control, draft)
    text = str(control.popup)
    item: Item = {"k": "pins", "language": draft.language}
    if text.startswith("`"):
        plain = re.sub(r"\\(.)", r"\1", text[1:-1])
        item["n"] = read_nodes(plain, draft)
        if "${" in _PLACES.sub("", plain):
            only = _("Only latitude and longitude are filled into the text of a marker.")
            draft.note(Note(only))
    return item


def _grouped(control: Any, draft: Draft) -> Item:
    options = options_of(control)
    exclusive = set(options.get("exclusiveGroups") or ())
    return {
        "k": "layers",
        "at": corner(options.get("position"), "topright"),
        "collapsed": int(bool(options.get("collapsed", True))),
        "tree": [
            {
                "t": read_nodes(str(group), draft) or [str(group)],
                "c": [
                    {
                        "t": read_nodes(str(name), draft) or [str(name)],
                        "layer": variable,
                        **({"radio": f"group-{place}"} if group in exclusive else {}),
                    }
                    for name, variable in layers.items()
                ],
            }
            for place, (group, layers) in enumerate(control.grouped_overlays.items())
        ],
    }


def _tree(control: Any, draft: Draft) -> Item:
    options = options_of(control)
    nodes = []
    for tree, radio in ((control.base_tree, "base"), (control.overlay_tree, "")):
        given = tree if isinstance(tree, list) else [tree] if tree else []
        nodes += [_node(node, radio, draft) for node in given]
    return {
        "k": "layers",
        "at": corner(options.get("position"), "topright"),
        "collapsed": int(bool(options.get("collapsed", True))),
        "tree": nodes,
    }


def _node(node: Mapping[str, Any], radio: str, draft: Draft) -> Item:
    """Return a node of a TreeLayerControl with all below it."""
    label = str(node.get("label", ""))
    made: Item = {"t": read_nodes(label, draft) or [label]}
    layer = node.get("layer")
    if layer is not None:
        made["layer"] = layer.get_name()
        group = radio or (f"radio-{node['radioGroup']}" if node.get("radioGroup") else "")
        if group:
            made["radio"] = group
    if node.get("collapsed"):
        made["closed"] = 1
    if node.get("selectAllCheckbox"):
        made["all"] = 1
    children = [_node(child, radio, draft) for child in node.get("children") or ()]
    return made | ({"c": children} if children else {})


_READERS: dict[type, Callable[[Any, Draft], Item]] = {
    plugins.Fullscreen: _fullscreen,
    plugins.MousePosition: _mouse_position,
    plugins.ScrollZoomToggler: _wheel,
    plugins.MiniMap: _overview,
    plugins.MeasureControl: _measure,
    plugins.Draw: _draw,
    plugins.Search: _search,
    plugins.TagFilterButton: _tags,
    plugins.FloatImage: _float_image,
    plugins.GroupedLayerControl: _grouped,
    plugins.TreeLayerControl: _tree,
    folium.LatLngPopup: _place_popup,
    folium.ClickForLatLng: _place_text,
    folium.ClickForMarker: _place_marker,
}


def is_control(kind: type | None) -> bool:
    """Tell whether elements of a class are controls that are read here."""
    return kind in _READERS


def read_control(control: Any, draft: Draft) -> Item:
    """Return the entry of a control; layers that it points at are settled by `settle`."""
    kind = drawn_as(control)
    assert kind is not None
    draft.parts.add("tools")
    return _READERS[kind](control, draft)


def settle(controls: list[Item], places: Mapping[Any, int]) -> None:
    """Put the places of layers where controls point at them by ``id()`` or by name.

    Parameters
    ----------
    controls : list of dict
        Of the specification; changed in place.
    places : mapping
        ``id()`` and name of each layer of the map itself -> its place in the specification.
    """
    for control in controls:
        for node in _nodes_of(control):
            for name in ("layer", "into"):
                if name in node:
                    if node[name] not in places:
                        raise UnsupportedMapError(
                            f"a layer that the map's control {control['k']!r} points at",
                            expected="one that was added to the map itself",
                        )
                    node[name] = places[node[name]]


def _nodes_of(node: Item) -> Iterator[Item]:
    yield node
    for child in [*node.get("tree", ()), *node.get("c", ())]:
        yield from _nodes_of(child)
