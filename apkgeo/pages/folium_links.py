"""What elements of a map say of each other: names, groups, searches, sliders between layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from folium import plugins

from apkgeo.errors import UnsupportedMapError
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import Item, drawn_as
from apkgeo.pages.folium_marks import text_along
from apkgeo.pages.map_parts import Draft


def layer_facts(layer: Any) -> Item:
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


def look_ahead(children: Sequence[Any], draft: Draft) -> None:
    """Find what later elements of the map say of earlier ones."""
    named: set[str] = set()
    for child in children:
        kind = drawn_as(child)
        if kind is plugins.Search:
            draft.searched[id(child.layer)] = child.search_label
        elif kind is plugins.PolyLineTextPath:
            draft.written[id(child.polyline)] = text_along(child, draft)
        elif kind is plugins.TreeLayerControl:
            named |= _tree_layers([child.base_tree, child.overlay_tree])
        elif kind is plugins.GroupedLayerControl:
            draft.unticked |= child.layers_untoggle
    draft.named = frozenset(named)


def _tree_layers(tree: Any) -> set[str]:
    """Return the names of the layers of a TreeLayerControl."""
    if isinstance(tree, list):
        return set().union(*map(_tree_layers, tree)) if tree else set()
    if not isinstance(tree, dict):
        return set()
    layer = tree.get("layer")
    own = {layer.get_name()} if layer is not None else set()
    return own | _tree_layers(tree.get("children") or [])


def settle_groups(layers: list[Item], places: dict[int, int]) -> None:
    """Put the place of the group that a FeatureGroupSubGroup belongs to."""
    for item in layers:
        if "within" in item:
            if item["within"] not in places:
                raise UnsupportedMapError(
                    "the group of a FeatureGroupSubGroup", expected="a layer of the map itself"
                )
            item["within"] = places[item["within"]]


def side_by_side(
    children: Sequence[Any], specification: dict[str, Any], places: dict[int, int]
) -> tuple[str, str] | None:
    """Write the two layers of a SideBySideLayers into the specification; return their names."""
    found = [child for child in children if drawn_as(child) is plugins.SideBySideLayers]
    if not found:
        return None
    sides = (found[-1].layer_left, found[-1].layer_right)
    known = [places.get(id(side)) for side in sides]
    if None in known or known[0] == known[1]:
        raise UnsupportedMapError(
            "SideBySideLayers", expected="two different layers that were added to the map itself"
        )
    specification["compare"] = known
    names = [markup.plain(layer_facts(side).get("name") or []) for side in sides]
    return names[0], names[1]
