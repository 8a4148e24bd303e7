"""Read the plugins that draw marks of their own: clusters, heat, arcs, boats, moving and written
lines.

Each is described by what `apkgeo.pages.map_parts` knows already, wherever that can draw it, so
that only clusters and heat bring a part of the script with them.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import folium
import numpy as np
from folium import plugins
from numpy.typing import NDArray

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Note, _
from apkgeo.pages.folium_elements import NO_SCRIPTS, Item, options_of
from apkgeo.pages.folium_shapes import bound_to, marker_icon, read_path, require_place
from apkgeo.pages.map_parts import LEAFLET_BLUE, Draft, Position, colour, path_style
from apkgeo.pages.points import along_curve, encoded, in_units

_EARTH_RADIUS = 6_371_008.8
_ARC_STEP = math.radians(5)
_GRADIENT = {0.4: "blue", 0.6: "cyan", 0.7: "lime", 0.8: "yellow", 1.0: "red"}
_CLUSTER_NUMBERS = {"maxClusterRadius", "disableClusteringAtZoom", "spiderfyDistanceMultiplier"}
_CLUSTER_SWITCHES = {
    "spiderfyOnMaxZoom", "showCoverageOnHover", "zoomToBoundsOnClick", "singleMarkerMode",
}  # fmt: skip
_BOAT = "M0-16C5-10 6 0 5 14Q0 17-5 14C-6 0-5-10 0-16z"


def cluster_options(layer: Any, draft: Draft) -> Item:
    """Return how markers are gathered; a function that draws the clusters is refused."""
    if layer.icon_create_function is not None:
        raise UnsupportedMapError(
            "a MarkerCluster with an icon_create_function", remedy=f"leave it out: {NO_SCRIPTS}"
        )
    draft.parts.add("clusters")
    given = options_of(layer)
    return {
        name: value
        for name, value in given.items()
        if (name in _CLUSTER_NUMBERS and isinstance(value, (int, float)))
        or (name in _CLUSTER_SWITCHES and isinstance(value, bool))
    }


def read_fast_cluster(layer: Any, draft: Draft) -> list[Item]:
    """Return a FastMarkerCluster: pins without popups, however many."""
    plain: Any = plugins.FastMarkerCluster
    usual = plain([]).callback
    if layer.callback != usual or any(len(row) > 2 for row in layer.data):
        raise UnsupportedMapError(
            "a FastMarkerCluster with a callback or with more than places",
            remedy="use MarkerCluster with markers and popups, or give places only",
        )
    require_place(layer, draft)
    code, _order = _packed(np.array(layer.data, dtype=float).reshape(-1, 2), draft)
    return [
        {
            "k": "cluster",
            "o": cluster_options(layer, draft),
            "b": code,
            "i": marker_icon(None, draft),
        }
    ]


def _packed(rows: NDArray[np.float64], draft: Draft) -> tuple[str, NDArray[np.intp]]:
    """Return places in a compact code, and their order in it."""
    for latitude, longitude in rows:
        draft.meet(float(latitude), float(longitude))
    units = in_units(rows, draft.digits)
    order = along_curve(units)
    return encoded(units[order]), order


def heat_frame(rows: Sequence[Sequence[float]], draft: Draft) -> Item:
    """Return places and, where they differ, their weights (0 to 1, in 255 steps)."""
    table = np.array([[*row[:2], row[2] if len(row) > 2 else 1.0] for row in rows], dtype=float)
    table = table.reshape(-1, 3)
    if not np.isfinite(table).all():
        raise UnsupportedMapError(
            "a heat map", expected="finite numbers", remedy="leave rows without a place out"
        )
    code, order = _packed(table[:, :2], draft)
    weights = np.clip(table[order, 2], 0, None)
    frame: Item = {"b": code}
    if len(weights) and (weights != 1).any():
        most = float(weights.max()) or 1.0
        frame["w"] = base64.b64encode(np.rint(weights / most * 255).astype(np.uint8)).decode()
        frame["top"] = round(most, 6)
    return frame


def heat_look(options: Mapping[str, Any]) -> Item:
    """Return the size and the colours of the spots of heat."""
    given = options.get("gradient") or _GRADIENT
    stops = sorted((float(share), colour(paint)) for share, paint in given.items())
    look = {
        "r": float(options.get("radius", 25)),
        "blur": float(options.get("blur", 15)),
        "least": float(options.get("minOpacity", 0.05)),
        "most": float(options.get("maxOpacity", 1)),
        "gradient": [[share, paint] for share, paint in stops if paint],
    }
    if "maxZoom" in options:
        look["maxZoom"] = float(options["maxZoom"])
    return look


def read_heat(layer: Any, draft: Draft) -> list[Item]:
    """Return a HeatMap."""
    require_place(layer, draft)
    draft.parts.add("heat")
    return [{"k": "heat", **heat_look(options_of(layer)), **heat_frame(layer.data, draft)}]


def read_ant_path(element: Any, draft: Draft) -> list[Item]:
    """Return an AntPath: a line under a line of moving dashes."""
    draft.parts.add("lines")
    options = options_of(element)
    kind: Any = folium.Polygon if options.get("useAs") == "polygon" else folium.PolyLine
    line = kind(element.locations, weight=5, opacity=0.5, color="#0000FF")
    line.options |= {n: v for n, v in options.items() if n not in {"dashArray", "pulseColor"}}
    line._children = element._children
    (item,) = read_path(line, draft)
    dashes = options.get("dashArray", [10, 20])
    pulse = {
        "color": options.get("pulseColor", "#FFFFFF"),
        "weight": options.get("weight", 5),
        "opacity": options.get("opacity", 0.5),
        "dashArray": dashes,
    }
    style = path_style({**pulse, "fill": False}, draft)
    moving = "apk-ants apk-ants--back" if options.get("reverse") else "apk-ants"
    if not options.get("paused"):
        style["className"] = moving
    return [item, {"k": "line", "g": _open(item, draft), "s": draft.styles.place(style)}]


def _open(item: Item, draft: Draft) -> int:
    """Return the place of an item's shape as lines."""
    shape = draft.shapes.values[item["g"]]
    if item["k"] == "line":
        return int(item["g"])
    return draft.shapes.place([ring for rings in shape for ring in rings])


def read_encoded(element: Any, draft: Draft) -> list[Item]:
    """Return a line or a polygon that came in Google's encoding."""
    places = list(_decoded(element.encoded))
    closed = isinstance(element, plugins.PolygonFromEncoded)
    path = (folium.Polygon if closed else folium.PolyLine)(places)
    path.options = element.options
    path._children = element._children
    return read_path(path, draft)


def _decoded(text: str) -> Iterator[Position]:
    """Yield the positions of an encoded line, five decimal places of a degree.

    Examples
    --------
    >>> list(_decoded("_p~iF~ps|U_ulLnnqC"))
    [(38.5, -120.2), (40.7, -120.95)]
    """
    at, axis, value, shift = [0, 0], 0, 0, 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            at[axis] += ~(value >> 1) if value & 1 else value >> 1
            axis, value, shift = 1 - axis, 0, 0
            if axis == 0:
                yield at[0] / 1e5, at[1] / 1e5


def read_semicircle(element: Any, draft: Draft) -> list[Item]:
    """Return a SemiCircle as the polygon of its sector."""
    require_place(element, draft)
    options = options_of(element)
    if element.direction:
        middle, width = map(float, element.direction)
        first, last = middle - width / 2, middle + width / 2
    else:
        first, last = float(options["startAngle"]), float(options["stopAngle"])
    ring = list(_sector(element.location, float(options.get("radius", 10)), first, last))
    style = {n: v for n, v in options.items() if n not in {"radius", "startAngle", "stopAngle"}}
    sector = folium.Polygon(ring)
    sector.options = {"fill": True, **style}
    sector._children = element._children
    return read_path(sector, draft)


def _sector(middle: Position, radius: float, first: float, last: float) -> Iterator[Position]:
    """Yield the corners of a sector on the ground; angles are clockwise from north."""
    while last < first:
        last += 360
    latitude, longitude = map(math.radians, middle)
    reach = radius / _EARTH_RADIUS
    steps = max(2, math.ceil(math.radians(last - first) / _ARC_STEP))
    if last - first < 360:
        yield float(middle[0]), float(middle[1])
    for step in range(steps + 1):
        angle = math.radians(first + (last - first) * step / steps)
        sine = math.sin(latitude) * math.cos(reach)
        north = math.asin(sine + math.cos(latitude) * math.sin(reach) * math.cos(angle))
        east = longitude + math.atan2(
            math.sin(angle) * math.sin(reach) * math.cos(latitude),
            math.cos(reach) - math.sin(latitude) * math.sin(north),
        )
        yield math.degrees(north), math.degrees(east)


def read_regular_polygon(element: Any, draft: Draft) -> list[Item]:
    """Return a RegularPolygonMarker: a shape of so many pixels, whatever the zoom."""
    require_place(element, draft)
    options = options_of(element)
    sides, radius = int(options.get("numberOfSides", 4)), float(options.get("radius", 15))
    turn = float(options.get("rotation", 0))
    corners = [
        (radius * math.cos(angle), radius * math.sin(angle))
        for angle in (math.radians(turn) + math.tau * side / sides for side in range(sides))
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "z"
    return [_drawn_mark(element, path, radius, 0, options, draft)]


def read_boat(element: Any, draft: Draft) -> list[Item]:
    """Return a BoatMarker; the wind is left out."""
    require_place(element, draft)
    if element.wind_heading is not None:
        draft.note(Note(_("Boats are drawn without the wind.")))
    style = {"fill": True, "fillOpacity": 1, "color": "#1a1a1a", "weight": 1}
    fill = colour(options_of(element).get("color", "#8ED6FF")) or LEAFLET_BLUE
    heading = float(element.heading) % 360
    return [_drawn_mark(element, _BOAT, 18, heading, {**style, "fillColor": fill}, draft)]


def _drawn_mark(
    element: Any, path: str, reach: float, turn: float, options: Mapping[str, Any], draft: Draft
) -> Item:
    style = path_style({n: v for n, v in options.items() if n != "radius"}, draft)
    icon = {"k": "path", "d": path, "reach": reach, "turn": turn, "style": style}
    item = {
        "k": "marker",
        "at": draft.steps([tuple(element.location)]),
        "i": draft.icons.place(icon),
    }
    return item | bound_to(element, draft)


def read_offset_line(element: Any, draft: Draft) -> list[Item]:
    """Return a PolyLineOffset: a line beside its place by so many pixels."""
    draft.parts.add("lines")
    plain: Any = folium.PolyLine
    plain = plain(element.locations)
    plain.options = {n: v for n, v in element.options.items() if n != "offset"}
    plain._children = element._children
    (item,) = read_path(plain, draft)
    return [item | {"off": float(element.options.get("offset", 0))}]


def text_along(element: Any, draft: Draft) -> Item:
    """Return what a PolyLineTextPath writes along its line."""
    draft.parts.add("lines")
    options = options_of(element)
    given = options.get("attributes") or {}
    paint = {
        "fill": colour(given.get("fill", "#1a1a1a")) or "#1a1a1a",
        "size": _size(given.get("font-size", 12)),
        "bold": int(str(given.get("font-weight", "")) in {"bold", "600", "700", "800", "900"}),
    }
    switches = {name: 1 for name in ("repeat", "center", "below") if options.get(name)}
    offset = float(options.get("offset", 0) or 0)
    return {"text": str(element.text), "offset": offset, **paint, **switches}


def _size(value: object) -> float:
    try:
        return min(64.0, max(6.0, float(str(value).removesuffix("px"))))
    except ValueError:
        return 12.0
