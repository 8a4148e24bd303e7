"""What stands around a map: links, styles, HTML and scripts, which are not copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import folium
from branca.colormap import ColorMap
from branca.element import Figure
from folium.plugins import DualMap

from apkgeo.pages.folium_elements import drawn_as, refuse


def refuse_what_stands_around(folium_map: Any) -> None:
    """Refuse links, styles, HTML and scripts that were added around the map."""
    figure = folium_map._parent
    if not isinstance(figure, Figure):
        return
    own = {"meta_http"}
    for child in figure._children.values():
        for element in _walk(child):
            own |= _traces(element)
    added = [
        element
        for part in (figure.header, figure.html, figure.script)
        for name, element in part._children.items()
        if name not in own
    ]
    pair: list[Any] = [child for child in figure._children.values() if drawn_as(child) is DualMap]
    known = [folium_map, *pair, *(side for one in pair for side in (one.m1, one.m2))]
    added += [
        element for element in figure._children.values() if not any(element is one for one in known)
    ]
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
    for known in ("default_js", "default_css"):
        names |= {name for name, _url in getattr(element, known, ())}
    return names | ({"d3"} if isinstance(element, ColorMap) else set())
