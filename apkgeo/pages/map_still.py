"""A map as a still picture in SVG: for paper, and for readers whose browser runs no scripts.

It is drawn from the same description as the living map, in its opening view and with the layers
that are shown at first, so both show the same shapes and colours.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from apkgeo.pages import markup
from apkgeo.pages.map_parts import LEAFLET_BLUE, expand_run
from apkgeo.pages.points import decoded

# Two units of the picture are one pixel of the living map, so that whole numbers are fine enough.
_FINE = 2
_WIDTH, _TALLEST, _LOWEST = 2000.0, 1800.0, 800.0
_MARGIN = 28.0
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
    scale: float  # units of the picture for the width of the earth
    width: float
    height: float

    def point(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Return the place of a position in the picture."""
        x, y = _mercator(latitude, longitude)
        return round((x - self.west) * self.scale), round((y - self.north) * self.scale)


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
    starts = [slider["at"] for slider in specification.get("sliders", ())]
    items = [item for layer in layers for item in _shown(layer, starts)]
    pen = _Pen(specification, frame, name, Counter(item["g"] for item in items if "g" in item))
    kinds = groupby(items, key=lambda item: (item["k"], item.get("s", -1)))
    shapes = "".join(pen.draw(list(group)) for _key, group in kinds)
    return Markup(
        f'<svg class="apk-still" role="img" aria-label={quoteattr(label)} '
        f'viewBox="0 0 {frame.width:.0f} {frame.height:.0f}">'
        f"<defs>{''.join(pen.definitions)}</defs>"
        f'<rect width="100%" height="100%" fill="#f3f3f0"/>{shapes}</svg>'
    )


def _shown(item: Mapping[str, Any], starts: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    """Yield what is seen of an item when the map opens; `starts` are the steps of its sliders."""
    if item.get("show", 1) == 0:
        return
    if "items" in item:
        for child in item["items"]:
            step = starts[item["slider"]] if "slider" in item else 0
            if "w" not in child or child["w"][0] <= step <= child["w"][1]:
                yield from _shown(child, starts)
    elif item["k"] == "run":
        yield from expand_run(item)
    elif item["k"] == "heat" and "frames" in item:
        yield item | item["frames"][starts[item["slider"]]]
    else:
        yield item


class _Pen:
    """Draw items, each shape and each pattern of stripes defined once."""

    def __init__(
        self,
        specification: Mapping[str, Any],
        frame: Frame,
        name: str,
        uses: Mapping[int, int],
    ) -> None:
        self.definitions: list[str] = []
        self._specification = specification
        self._unit = 10 ** specification["digits"]
        self._frame = frame
        self._name = name
        self._uses = uses
        self._defined: set[str] = set()

    def draw(self, items: Sequence[Mapping[str, Any]]) -> str:
        """Return neighbours of one kind and one style."""
        kind, place = items[0]["k"], items[0].get("s")
        if kind == "marker":
            return "".join(map(self._marker, items))
        style = {} if place is None else self._specification["styles"][place]
        pattern = f"{self._name}-{place}"
        if "fillPattern" in style:
            self._define(pattern, _stripes(style["fillPattern"], pattern))
        if kind in {"dot", "circle"}:
            return self._circles(items, style)
        if kind in {"polygon", "line"}:
            paint = _paint(style, filled=kind == "polygon", pattern=pattern)
            return f"<g{paint}>{''.join(map(self._shape, items))}</g>"
        draw = {
            "image": self._image,
            "points": self._points,
            "cluster": self._cluster,
            "heat": self._heat,
        }.get(kind)
        return "".join(map(draw, items)) if draw else ""

    def _points(self, item: Mapping[str, Any]) -> str:
        """Return very many points: those that fall on one dot are told once."""
        unit, radius = 10 ** item["digits"], round(item["r"] * _FINE)
        cells: dict[tuple[int, int], None] = {}
        for latitude, longitude in decoded(item["b"]):
            x, y = self._frame.point(latitude / unit, longitude / unit)
            if 0 <= x <= self._frame.width and 0 <= y <= self._frame.height:
                cells[round(x / radius), round(y / radius)] = None
        last = (0, 0)
        path = ""
        for x, y in sorted(cells):
            path += f"m{(x - last[0]) * radius} {(y - last[1]) * radius}h0"
            last = (x, y)
        return (
            f'<path d="{path}" fill="none" stroke="{item["color"]}" stroke-linecap="round" '
            f'stroke-width="{2 * radius}" stroke-opacity="{item["opacity"]}"/>'
        )

    def _cluster(self, item: Mapping[str, Any]) -> str:
        """Return pins that the living map gathers: here each is a dot."""
        digits = self._specification["digits"]
        return self._points(
            {"b": item["b"], "digits": digits, "r": 3, "color": "#225ea8", "opacity": 0.6}
        )

    def _heat(self, item: Mapping[str, Any]) -> str:
        """Return heat as overlapping discs, the more points in one the hotter its colour."""
        weights = base64.b64decode(item["w"]) if "w" in item else None
        radius = round(item["r"] * _FINE)
        cells: Counter[tuple[int, int]] = Counter()
        for place, (latitude, longitude) in enumerate(decoded(item["b"])):
            x, y = self._frame.point(latitude / self._unit, longitude / self._unit)
            if 0 <= x <= self._frame.width and 0 <= y <= self._frame.height:
                weight = 1.0 if weights is None else weights[place] / 255
                cells[round(2 * x / radius), round(2 * y / radius)] += weight  # type: ignore[assignment]
        most = max(cells.values(), default=1) or 1
        circles = ""
        for (x, y), value in sorted(cells.items(), key=lambda cell: (cell[1], cell[0])):
            share = value / most
            hot = [paint for at, paint in item["gradient"] if at <= share]
            paint = quoteattr(hot[-1] if hot else item["gradient"][0][1])
            at = f'cx="{x * radius // 2}" cy="{y * radius // 2}"'
            circles += f'<circle {at} r="{radius}" fill={paint} fill-opacity="0.25"/>'
        return circles

    def _image(self, item: Mapping[str, Any]) -> str:
        (south, west), (north, east) = item["bounds"]
        left, top = self._frame.point(max(south, north), min(west, east))
        right, bottom = self._frame.point(min(south, north), max(west, east))
        sharp = ' class="apk-sharp"' if item["sharp"] else ""
        return (
            f'<image{sharp} x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
            f'preserveAspectRatio="none" opacity="{item["o"]["opacity"]}" href="{item["url"]}"/>'
        )

    def _define(self, key: str, definition: str) -> None:
        if key not in self._defined:
            self._defined.add(key)
            self.definitions.append(definition)

    def _shape(self, item: Mapping[str, Any]) -> str:
        place, closed = item["g"], item["k"] == "polygon"
        parts = self._specification["shapes"][place]
        rings = [ring for part in parts for ring in part] if closed else parts
        if self._uses[place] == 1:
            return f'<path d="{self._path(rings, closed=closed)}"/>'
        key = f"{self._name}-shape-{place}"
        if key not in self._defined:
            self._define(key, f'<path id="{key}" d="{self._path(rings, closed=closed)}"/>')
        return f'<use href="#{key}"/>'

    def _path(self, rings: Sequence[Sequence[int]], *, closed: bool) -> str:
        """Return rings in whole units, without vertices that fall on the one before."""
        path = ""
        for steps in rings:
            latitude = longitude = 0
            corners: list[tuple[int, int]] = []
            for step in range(0, len(steps), 2):
                latitude += steps[step]
                longitude += steps[step + 1]
                corner = self._frame.point(latitude / self._unit, longitude / self._unit)
                if not corners or corner != corners[-1]:
                    corners.append(corner)
            if len(corners) > 1:
                moves = ((x - u, y - v) for (u, v), (x, y) in pairwise(corners))
                path += f"M{_pair(*corners[0])}l" + " ".join(_pair(*move) for move in moves)
                path += "z" if closed else ""
        return path.replace(" -", "-")

    def _circles(self, items: Sequence[Mapping[str, Any]], style: Mapping[str, Any]) -> str:
        """Return circles; many like ones as dots of one stroke, which takes a tenth of the room."""
        drawn = [(self._at(item), self._radius(item)) for item in items]
        radii = {radius for _at, radius in drawn}
        if len(items) >= _MANY and len(radii) == 1 and style.get("fill"):
            colour = quoteattr(str(style.get("fillColor", style.get("color", LEAFLET_BLUE))))
            dots = "".join(dict.fromkeys(f"M{_pair(x, y)}h0" for (x, y), _radius in drawn))
            return (
                f'<path d="{dots}" fill="none" stroke={colour} stroke-linecap="round" '
                f'stroke-width="{2 * radii.pop()}" '
                f'stroke-opacity="{style.get("fillOpacity", 0.2)}"/>'
            )
        paint = _paint(style, filled=True, pattern="")
        circles = (f'<circle cx="{x}" cy="{y}" r="{radius}"/>' for (x, y), radius in drawn)
        return f"<g{paint}>{''.join(circles)}</g>"

    def _at(self, item: Mapping[str, Any]) -> tuple[int, int]:
        return self._frame.point(item["at"][0] / self._unit, item["at"][1] / self._unit)

    def _radius(self, item: Mapping[str, Any]) -> int:
        """Return a circle's radius: it is given in pixels, or in metres on the ground."""
        if item["k"] == "dot":
            return round(float(item["r"]) * _FINE)
        shrink = math.cos(math.radians(item["at"][0] / self._unit))
        return round(float(item["r"]) / (_EARTH * shrink) * self._frame.scale)

    def _marker(self, item: Mapping[str, Any]) -> str:
        """Return a pin, or the text of an icon made of HTML."""
        icon = self._specification["icons"][item["i"]]
        at = f'transform="translate({_pair(*self._at(item))}) scale({_FINE})"'
        if icon["k"] == "div":
            text = escape(markup.plain(icon["n"]))
            return f'<text {at} font-family="system-ui, sans-serif" font-size="13">{text}</text>'
        if icon["k"] == "path":
            turned = f'{at[:-1]} rotate({icon["turn"]})"'
            paint = _paint({**icon["style"]}, filled=True, pattern="")
            return f'<path {turned} d="{icon["d"]}"{paint}/>'
        if icon["k"] == "image":
            return f'<circle {at} r="5" fill="#303030" stroke="#fff"/>'
        fill, spot = quoteattr(icon["color"]), quoteattr(icon["spot"])
        return (
            f'<g {at}><path d="{_PIN}" fill={fill} stroke="#fff" stroke-width="1.5"/>'
            f'<circle cy="-24" r="4.5" fill={spot}/></g>'
        )


def _paint(style: Mapping[str, Any], *, filled: bool, pattern: str) -> str:
    """Return the attributes that paint as Leaflet would with the same options."""
    stroke = style.get("color", LEAFLET_BLUE)
    attributes: dict[str, Any] = {"fill": "none", "stroke": "none"}
    if style.get("stroke", True):
        dashes = re.split(r"[\s,]+", str(style.get("dashArray", "")).strip())
        attributes |= {
            "stroke": stroke,
            "stroke-width": style.get("weight", 3) * _FINE,
            "stroke-opacity": style.get("opacity", 1),
            "stroke-linejoin": style.get("lineJoin", "round"),
            "stroke-linecap": style.get("lineCap", "round"),
            "stroke-dasharray": " ".join(f"{float(dash) * _FINE:g}" for dash in dashes if dash),
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


def _stripes(stripes: Mapping[str, Any], key: str) -> str:
    """Return the definition of a pattern of stripes or of dots."""
    if "radius" in stripes:
        fill, stroke = quoteattr(stripes["fill_color"]), quoteattr(stripes["color"])
        return (
            f'<pattern id="{key}" width="{stripes["width"]}" height="{stripes["height"]}" '
            f'patternUnits="userSpaceOnUse" patternTransform="scale({_FINE})">'
            f'<circle cx="{stripes["x"]}" cy="{stripes["y"]}" r="{stripes["radius"]}" '
            f'fill={fill} fill-opacity="{stripes["fill_opacity"]}" stroke={stroke} '
            f'stroke-width="{stripes["weight"]}" stroke-opacity="{stripes["opacity"]}"/></pattern>'
        )
    main, space = stripes["weight"] * _FINE, stripes["space_weight"] * _FINE
    return (
        f'<pattern id="{key}" width="8" height="{main + space}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate({stripes["angle"]})">'
        f'<rect width="8" height="{main}" fill={quoteattr(stripes["color"])} '
        f'fill-opacity="{stripes["opacity"]}"/>'
        f'<rect y="{main}" width="8" height="{space}" fill={quoteattr(stripes["space_color"])} '
        f'fill-opacity="{stripes["space_opacity"]}"/></pattern>'
    )


def _pair(x: int, y: int) -> str:
    return f"{x} {y}"
