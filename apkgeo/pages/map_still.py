"""A map as a still picture in SVG: for paper, and for readers whose browser runs no scripts.

It is drawn from the same description as the living map, in its opening view and with the layers
that are shown at first, so both show the same shapes and colours.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from apkgeo.pages import markup
from apkgeo.pages.map_parts import expand_run

_WIDTH, _TALLEST, _LOWEST = 1000.0, 900.0, 400.0
_MARGIN = 14.0
_TILE = 256
_USUAL_VIEW = (960, 600)  # what a reader sees of the living map, in pixels
_EARTH = 40_075_016.686
_MANY = 8
_PIN = "M0 0C-1-7-11.5-14-11.5-24a11.5 11.5 0 0 1 23 0C11.5-14 1-7 0 0z"


@dataclass(frozen=True)
class Frame:
    """The part of the earth that a picture shows, on the plane of the web's Mercator."""

    west: float
    north: float
    scale: float  # pixels for the width of the earth
    width: float
    height: float

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return the place of a position in the picture."""
        x, y = _mercator(latitude, longitude)
        return (x - self.west) * self.scale, (y - self.north) * self.scale


def _mercator(latitude: float, longitude: float) -> tuple[float, float]:
    """Return a position in a square of side 1, from its north-western corner."""
    sine = math.sin(math.radians(max(-85.0, min(85.0, latitude))))
    return longitude / 360 + 0.5, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def still_pictures(
    specification: Mapping[str, Any],
    *,
    name: str,
    label: str,
    compare: tuple[str, str] | None = None,
) -> list[tuple[str, Markup]]:
    """Return a caption and a picture, or two where two layers are compared.

    Parameters
    ----------
    specification : dict
        As of :func:`apkgeo.pages.folium_reader.read_map`.
    name : str
        Sets the ids of the picture apart.
    label : str
        What the map shows.
    compare : pair of str, optional
        What each of two compared layers shows.
    """
    frame = _frame(specification)
    layers = specification["layers"]
    if frame is None:
        return []
    if compare is None:
        return [("", _picture(layers, specification, frame, name=name, label=label))]
    left_out = specification["compare"][::-1]
    return [
        (
            caption,
            _picture(
                [layer for place, layer in enumerate(layers) if place != other],
                specification,
                frame,
                name=f"{name}-{side}",
                label=f"{label}: {caption}",
            ),
        )
        for side, (caption, other) in enumerate(zip(compare, left_out, strict=True))
    ]


def _frame(specification: Mapping[str, Any]) -> Frame | None:
    """Return the frame of the opening view; None when there is nothing to frame."""
    view, box = specification["view"], specification["box"]
    if "center" in view:
        x, y = _mercator(*view["center"])
        across, down = (pixels / (_TILE * 2 ** view["zoom"]) for pixels in _USUAL_VIEW)
        return _framed(x - across / 2, y - down / 2, across, down, margin=0)
    if "bounds" in view:
        (south, west), (north, east) = view["bounds"]
    elif box:
        south, west, north, east = box
    else:
        return None
    left, top = _mercator(max(south, north), min(west, east))
    right, bottom = _mercator(min(south, north), max(west, east))
    least = 200 / _EARTH  # a single point is shown with some hundred metres around it
    across, down = max(right - left, least), max(bottom - top, least)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return _framed(middle_x - across / 2, middle_y - down / 2, across, down, margin=_MARGIN)


def _framed(west: float, north: float, across: float, down: float, *, margin: float) -> Frame:
    """Return a frame of the usual width around a rectangle, neither too tall nor too flat."""
    inner = _WIDTH - 2 * margin
    scale = min(inner / across, (_TALLEST - 2 * margin) / down)
    height = max(_LOWEST, down * scale + 2 * margin)
    left = west - (_WIDTH / scale - across) / 2
    top = north - (height / scale - down) / 2
    return Frame(left, top, scale, _WIDTH, height)


def _picture(
    layers: Sequence[Any], specification: Mapping[str, Any], frame: Frame, *, name: str, label: str
) -> Markup:
    items = [item for layer in layers for item in _shown(layer)]
    stripes = sorted({item["s"] for item in items if "fillPattern" in _style(item, specification)})
    definitions = "".join(_pattern(specification["styles"][s], f"{name}-{s}") for s in stripes)
    shapes = "".join(
        _shapes(list(group), specification, frame, name)
        for _key, group in groupby(items, key=lambda item: (item["k"], item.get("s", -1)))
    )
    return Markup(
        f'<svg class="apk-still" role="img" aria-label={quoteattr(label)} '
        f'viewBox="0 0 {frame.width:.0f} {frame.height:.0f}">'
        + (f"<defs>{definitions}</defs>" if definitions else "")
        + f'<rect width="100%" height="100%" fill="#f3f3f0"/>{shapes}</svg>'
    )


def _shown(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what is seen of an item when the map opens."""
    if item.get("show", 1) == 0:
        return
    if item["k"] == "group":
        for child in item["items"]:
            yield from _shown(child)
    elif item["k"] == "run":
        yield from expand_run(item)
    else:
        yield item


def _style(item: Mapping[str, Any], specification: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = specification["styles"][item["s"]] if "s" in item else {}
    return found


def _shapes(
    items: Sequence[Mapping[str, Any]], specification: Mapping[str, Any], frame: Frame, name: str
) -> str:
    """Return neighbours of one kind and one style."""
    kind, unit = items[0]["k"], 10 ** specification["digits"]
    style = _style(items[0], specification)
    paint = _paint(style, filled=kind != "line", pattern=f"{name}-{items[0].get('s')}")
    if kind in {"polygon", "line"}:
        rings = [ring for item in items for ring in _rings(item)]
        paths = (_path(ring, unit, frame, closed=kind == "polygon") for ring in rings)
        if kind == "polygon" and style.get("fillOpacity", 0.2) < 1:
            # Shapes of one colour may overlap, and each must show through the others.
            drawn = [
                "".join(_path(ring, unit, frame, closed=True) for ring in _rings(item))
                for item in items
            ]
            return f"<g{paint}>" + "".join(f'<path d="{d}"/>' for d in drawn if d) + "</g>"
        return f'<path{paint} d="{"".join(paths)}"/>'
    if kind in {"dot", "circle"}:
        return _circles(items, unit, frame, paint, style)
    return "".join(_mark(item, specification, unit, frame) for item in items)


def _rings(item: Mapping[str, Any]) -> list[list[int]]:
    """Return the rings or lines of an item."""
    if item["k"] == "line":
        return list(item["at"])
    return [ring for rings in item["at"] for ring in rings]


def _path(steps: Sequence[int], unit: float, frame: Frame, *, closed: bool) -> str:
    """Return the path of a ring, without vertices that fall on the one before."""
    latitude = longitude = 0
    corners: list[str] = []
    for place in range(0, len(steps), 2):
        latitude += steps[place]
        longitude += steps[place + 1]
        x, y = frame.point(latitude / unit, longitude / unit)
        corner = f"{_short(x)} {_short(y)}"
        if not corners or corner != corners[-1]:
            corners.append(corner)
    if len(corners) < 2:
        return ""
    return "M" + "L".join(corners) + ("Z" if closed else "")


def _circles(
    items: Sequence[Mapping[str, Any]],
    unit: float,
    frame: Frame,
    paint: str,
    style: Mapping[str, Any],
) -> str:
    """Return circles; many like ones as dots of one stroke, which takes a tenth of the room."""
    places = [
        (frame.point(item["at"][0] / unit, item["at"][1] / unit), _radius(item, unit, frame))
        for item in items
    ]
    radii = {radius for _place, radius in places}
    if len(items) >= _MANY and len(radii) == 1 and style.get("fill") and radii != {0.0}:
        colour = style.get("fillColor", style.get("color", "#3388ff"))
        dots = dict.fromkeys(f"M{_short(x)} {_short(y)}h0" for (x, y), _radius in places)
        return (
            f'<path d="{"".join(dots)}" fill="none" stroke={quoteattr(str(colour))} '
            f'stroke-linecap="round" stroke-width="{_short(2 * radii.pop())}" '
            f'stroke-opacity="{style.get("fillOpacity", 0.2)}"/>'
        )
    circles = "".join(
        f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}"/>'
        for (x, y), radius in places
    )
    return f"<g{paint}>{circles}</g>"


def _radius(item: Mapping[str, Any], unit: float, frame: Frame) -> float:
    """Return a circle's radius in the picture: given in pixels, or in metres on the ground."""
    if item["k"] == "dot":
        return float(item["r"])
    shrink = math.cos(math.radians(item["at"][0] / unit))
    return float(item["r"]) / (_EARTH * shrink) * frame.scale


def _mark(
    item: Mapping[str, Any], specification: Mapping[str, Any], unit: float, frame: Frame
) -> str:
    """Return a marker: a pin, or the text of an icon made of HTML."""
    if item["k"] != "marker":
        return ""
    x, y = frame.point(item["at"][0] / unit, item["at"][1] / unit)
    icon = specification["icons"][item["i"]]
    at = f'transform="translate({_short(x)} {_short(y)})"'
    if icon["k"] == "div":
        text = escape(markup.plain(icon["n"]))
        return f'<text {at} font-family="system-ui, sans-serif" font-size="13">{text}</text>'
    if icon["k"] == "image":
        return f'<circle {at} r="5" fill="#303030" stroke="#fff"/>'
    fill, spot = quoteattr(icon["color"]), quoteattr(icon["spot"])
    return (
        f'<g {at}><path d="{_PIN}" fill={fill} stroke="#fff" stroke-width="1.5"/>'
        f'<circle cy="-24" r="4.5" fill={spot}/></g>'
    )


def _paint(style: Mapping[str, Any], *, filled: bool, pattern: str) -> str:
    """Return the attributes that paint as Leaflet would with the same options."""
    stroke = style.get("color", "#3388ff")
    attributes: dict[str, Any] = {"fill": "none", "stroke": "none"}
    if style.get("stroke", True):
        attributes |= {
            "stroke": stroke,
            "stroke-width": style.get("weight", 3),
            "stroke-opacity": style.get("opacity", 1),
            "stroke-linejoin": style.get("lineJoin", "round"),
            "stroke-linecap": style.get("lineCap", "round"),
            "stroke-dasharray": style.get("dashArray", ""),
        }
    if style.get("fill", filled):
        fill = f"url(#{pattern})" if "fillPattern" in style else style.get("fillColor", stroke)
        attributes |= {
            "fill": fill,
            "fill-opacity": style.get("fillOpacity", 0.2),
            "fill-rule": style.get("fillRule", "evenodd"),
        }
    usual = {"stroke-opacity": 1, "fill-opacity": 1, "stroke-dasharray": ""}
    return "".join(
        f" {name}={quoteattr(str(value))}"
        for name, value in attributes.items()
        if name not in usual or usual[name] != value
    )


def _pattern(style: Mapping[str, Any], key: str) -> str:
    """Return the stripes of a style."""
    stripes = style["fillPattern"]
    main, space = stripes["weight"], stripes["space_weight"]
    return (
        f'<pattern id="{key}" width="8" height="{main + space}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({stripes["angle"]})">'
        f'<rect width="8" height="{main}" fill={quoteattr(stripes["color"])} '
        f'fill-opacity="{stripes["opacity"]}"/>'
        f'<rect y="{main}" width="8" height="{space}" fill={quoteattr(stripes["space_color"])} '
        f'fill-opacity="{stripes["space_opacity"]}"/></pattern>'
    )


def _short(value: float) -> str:
    """Return a number with one decimal place at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text
