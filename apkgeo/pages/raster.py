"""Our own pictures as PNG, drawn by matplotlib: no browser and no system library is needed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]
from fontTools.svgLib.path import parse_path  # type: ignore[import-untyped]
from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from apkgeo.pages.pictures import FONT, SIZE, text_width


@dataclass(frozen=True)
class _Look:
    """What an element inherits from those around it."""

    fill: str = "#000000"
    stroke: str = "none"
    stroke_width: float = 1.0
    stroke_dasharray: str = "none"
    stroke_linecap: str = "butt"
    stroke_linejoin: str = "miter"
    fill_opacity: float = 1.0
    font_size: float = SIZE
    font_weight: str = "normal"
    font_style: str = "normal"
    text_anchor: str = "start"
    paint_order: str = "normal"
    x: float = 0.0
    y: float = 0.0

    def within(self, element: ET.Element) -> _Look:
        """Return the look with what an element says itself."""
        told: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = element.get(name.replace("_", "-"))
            if value is not None and name not in ("x", "y"):
                known = getattr(self, name)
                told[name] = float(value) if isinstance(known, float) else value
        moved = re.match(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", element.get("transform", ""))
        if moved:
            told |= {"x": self.x + float(moved[1]), "y": self.y + float(moved[2])}
        return replace(self, **told)


def png(svg: str, *, scale: float = 2.0) -> bytes:
    """Return one of our own pictures as PNG.

    Parameters
    ----------
    svg : str
        SVG of paths, lines, rectangles, circles, polygons and texts, as `standalone` and
        `sheet_of` return it.
    scale : float
        Pixels for a unit of the picture.
    """
    root = ET.fromstring(svg)
    width, height = (float(root.get(name, "0")) for name in ("width", "height"))
    with mpl.rc_context({"font.family": FONT, "path.simplify": False}):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72 * scale)
        FigureCanvasAgg(figure)
        # Down from the top, as SVG measures.
        units = Affine2D().scale(scale, -scale).translate(0, height * scale)
        for order, (element, look) in enumerate(_elements(root, _Look())):
            _draw(figure, units, element, look, order)
        buffer = io.BytesIO()
        figure.savefig(
            buffer, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 4}
        )
    return buffer.getvalue()


def _elements(node: ET.Element, look: _Look) -> Iterator[tuple[ET.Element, _Look]]:
    look = look.within(node)
    if _name(node) in ("g", "svg"):
        for child in node:
            yield from _elements(child, look)
    elif _name(node) != "title":
        yield node, look


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _draw(figure: Figure, units: Affine2D, element: ET.Element, look: _Look, order: int) -> None:
    if _name(element) == "text":
        _write(figure, units, element, look, order)
        return
    outline = _outline(element)
    if outline is None:
        return
    moved = Outline(np.asarray(outline.vertices) + np.array([look.x, look.y]), outline.codes)
    dashes: Any = "solid"
    if look.stroke_dasharray != "none":
        steps = [float(step) for step in re.split(r"[ ,]+", look.stroke_dasharray)]
        dashes = (0, [step / max(look.stroke_width, 0.01) for step in steps])
    patch = PathPatch(
        moved,
        facecolor=(look.fill, look.fill_opacity) if look.fill != "none" else "none",
        edgecolor=look.stroke,
        linewidth=look.stroke_width if look.stroke != "none" else 0,
        linestyle=dashes,
        capstyle={"round": "round", "square": "projecting"}.get(look.stroke_linecap, "butt"),
        joinstyle={"round": "round", "bevel": "bevel"}.get(look.stroke_linejoin, "miter"),
        zorder=order,
        transform=units,
    )
    figure.add_artist(patch)


def _outline(element: ET.Element) -> Outline | None:
    """Return a shape's outline."""
    kind = _name(element)
    value = {
        name: float(element.get(name, "0"))
        for name in ("x", "y", "width", "height", "x1", "y1", "x2", "y2", "cx", "cy", "r")
    }
    if kind == "rect":
        x, y, w, h = (value[name] for name in ("x", "y", "width", "height"))
        return Outline([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)], closed=True)
    if kind == "line":
        return Outline([(value["x1"], value["y1"]), (value["x2"], value["y2"])])
    if kind == "circle":
        return Outline.circle((value["cx"], value["cy"]), value["r"])
    if kind == "polygon":
        numbers = [float(part) for part in re.split(r"[ ,]+", element.get("points", "").strip())]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        return Outline([*points, points[0]], closed=True)
    if kind == "path":
        pen = RecordingPen()
        parse_path(element.get("d", ""), pen)
        return _recorded(pen)
    return None


_CODES = {"moveTo": Outline.MOVETO, "lineTo": Outline.LINETO}
_CURVES = {"curveTo": Outline.CURVE4, "qCurveTo": Outline.CURVE3}


def _recorded(pen: RecordingPen) -> Outline | None:
    vertices: list[tuple[float, float]] = []
    codes: list[int] = []
    for verb, points in pen.value:
        if verb == "closePath":
            vertices.append((0.0, 0.0))
            codes.append(int(Outline.CLOSEPOLY))
        elif verb in _CODES or verb in _CURVES:
            vertices += points
            codes += [int(_CODES.get(verb) or _CURVES[verb])] * len(points)
    return Outline(vertices, codes) if vertices else None


def _write(figure: Figure, units: Affine2D, element: ET.Element, look: _Look, order: int) -> None:
    """Write a text, its parts one after another."""
    turned = re.match(r"rotate\(([-\d.]+)", element.get("transform", ""))
    x, y = float(element.get("x", "0")) + look.x, float(element.get("y", "0")) + look.y
    runs = [(element.text or "", look)]
    for child in element:
        runs += [(child.text or "", look.within(child)), (child.tail or "", look)]
    runs = [(text, run) for text, run in runs if text.strip()]
    total = sum(text_width(text, run.font_size, bold=_bold(run)) for text, run in runs)
    x -= {"middle": total / 2, "end": total}.get(look.text_anchor, 0.0)
    for text, run in runs:
        font = FontProperties(
            family=FONT,
            size=run.font_size,
            weight="bold" if _bold(run) else "normal",
            style="italic" if run.font_style == "italic" else "normal",
        )
        angle = -float(turned[1]) if turned else 0.0
        middle = total / 2 if turned else 0.0
        made = figure.text(
            x + middle,
            y,
            text,
            fontproperties=font,
            color=run.fill,
            va="baseline",
            ha="center" if turned else "left",
            rotation=angle,
            rotation_mode="anchor",
            zorder=order,
            parse_math=False,
            transform=units,
        )
        if run.paint_order == "stroke" and run.stroke != "none":
            halo = patheffects.withStroke(linewidth=run.stroke_width, foreground=run.stroke)
            made.set_path_effects([halo])
        x += text_width(text, run.font_size, bold=_bold(run))


def _bold(look: _Look) -> bool:
    return look.font_weight in ("bold", "600", "700")
