"""Pictures of the pages as files of their own: SVG that any program shows alike.

On a page the style sheet sets the type; a file of its own must say it itself. The font is DejaVu
Sans, which matplotlib ships, so that widths are known and every letter of Czech is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
from markupsafe import Markup
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.textpath import TextPath

from apkgeo.pages.figures import tag
from apkgeo.pages.palettes import INK, MUTED

FONT = "DejaVu Sans"
SIZE = 13.0
_SWATCH = (26.0, 18.0)
_HALO = 3.0
_BOLD = {"bold", "600", "700"}
_NAMESPACE = "{http://www.w3.org/2000/svg}"


@cache
def font_file(*, bold: bool = False) -> Path:
    """Return the file of the font, as matplotlib ships it."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name


@cache
def _face(bold: bool) -> FT2Font:
    face = FT2Font(str(font_file(bold=bold)))
    face.set_size(100, 72)
    return face


@cache
def _advance(letter: str, bold: bool) -> float:
    glyph = _face(bold).load_char(ord(letter), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line of text is, in the units of its size.

    Examples
    --------
    >>> round(text_width("Dvory", 10), 2)  # 1577 + 1212 + 1253 + 842 + 1212 of 2048 units
    29.77
    """
    return size * sum(_advance(letter, bold) for letter in text)


def lines_of(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break text into lines that are at most `width` wide, where it has spaces."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def view_box(svg: str) -> tuple[float, float]:
    """Return the width and the height of a picture, in its own units.

    Examples
    --------
    >>> view_box('<svg viewBox="0 0 720 512.5"></svg>')
    (720.0, 512.5)
    """
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def standalone(svg: str) -> str:
    """Return a picture of a page with its type said in it, so that it needs no style sheet."""
    opening, rest = svg.split(">", 1)
    opening = re.sub(r' (?:class|role|width|height)="[^"]*"', "", opening)
    width, height = view_box(opening)
    halo = f'paint-order="stroke" stroke="#ffffff" stroke-width="{_HALO:g}" stroke-linejoin="round"'
    rest = rest.replace('class="halo"', halo)
    rest = re.sub(r' class="[^"]*"', "", rest)
    return (
        f'{opening} width="{width:g}" height="{height:g}" font-family="{FONT}, Arial, sans-serif" '
        f'font-size="{SIZE:g}">{rest}'
    )


def on_paper(svg: str) -> str:
    """Return a picture for a program that draws no halo: it stands beneath the text as a shape."""
    root = ET.fromstring(standalone(svg))
    for group in list(root.iter(f"{_NAMESPACE}g")):
        if group.get("paint-order") != "stroke":
            continue
        for name in ("paint-order", "stroke", "stroke-width", "stroke-linejoin"):
            group.attrib.pop(name, None)
        for text in group.findall(f"{_NAMESPACE}text"):
            halo = ET.Element(f"{_NAMESPACE}path", _halo(text, group))
            group.insert(list(group).index(text), halo)
    ET.register_namespace("", _NAMESPACE[1:-1])
    return ET.tostring(root, encoding="unicode")


def _halo(text: ET.Element, group: ET.Element) -> dict[str, str]:
    """Return the attributes of the outline of a text's letters, drawn white and wide."""
    size = float(text.get("font-size") or group.get("font-size") or SIZE)
    runs = [(text.text or "", text)]
    for child in text:
        runs += [(child.text or "", child), (child.tail or "", text)]
    words = "".join(run for run, _element in runs)
    weights = {element.get("font-weight") or group.get("font-weight") for _run, element in runs}
    bold = bool(weights & _BOLD)
    wide = text_width(words, size, bold=bold)
    anchor = text.get("text-anchor") or group.get("text-anchor")
    shift = {"middle": wide / 2, "end": wide}.get(anchor or "", 0.0)
    x, y = float(text.get("x", "0")) - shift, float(text.get("y", "0"))
    face = FontProperties(fname=str(font_file(bold=bold)))
    letters = TextPath((0, 0), words, size=size, prop=face)
    parts = []
    for ring in letters.to_polygons(closed_only=False):
        corners: list[list[float]] = np.asarray(ring).tolist()
        points = [f"{x + a:.1f} {y - b:.1f}" for a, b in corners]
        parts.append("M" + "L".join(points) + "Z")
    look = {"fill": "#ffffff", "stroke": "#ffffff", "stroke-width": f"{_HALO:g}"}
    if text.get("transform"):
        look["transform"] = text.get("transform", "")
    return {"d": "".join(parts), **look}


def sheet_of(
    drawn: str,
    *,
    title: str,
    subtitle: str = "",
    key: Sequence[tuple[str, str]] = (),
    key_title: str = "",
    notes: Sequence[str] = (),
) -> str:
    """Return a picture with what it needs to stand alone: a title, a legend, its sources.

    Parameters
    ----------
    drawn : str
        The picture, as SVG of a page.
    title : str
        Stands above it.
    subtitle : str
        Stands under the title.
    key : sequence of (svg, text)
        The legend's swatches with their words.
    key_title : str
        Stands above the legend.
    notes : sequence of str
        Stand beneath it, small.
    """
    inner = standalone(drawn)
    width, height = view_box(inner)
    pad = 16.0
    parts: list[Markup] = []
    y = pad
    for line in lines_of(title, 17, width, bold=True):
        y += 21
        parts.append(_line(line, pad, y, 17, bold=True))
    for line in lines_of(subtitle, 12.5, width) if subtitle else ():
        y += 18
        parts.append(_line(line, pad, y, 12.5, fill=MUTED))
    y += 12
    body = inner[inner.index(">") + 1 : inner.rindex("</svg>")]
    parts.append(tag("g", Markup(body), transform=f"translate({pad:g} {y:g})"))
    y += height + 8
    if key:
        made, y = _key(key, key_title, pad, y, width)
        parts += made
    for note in notes:
        for line in lines_of(note, 11, width):
            y += 15
            parts.append(_line(line, pad, y, 11, fill=MUTED))
    size = (width + 2 * pad, y + pad)
    ground = tag("rect", x=0, y=0, width=size[0], height=size[1], fill="#ffffff")
    return str(
        tag(
            "svg",
            tag("title", title),
            ground,
            *parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {size[0]:g} {size[1]:g}",
            width=size[0],
            height=size[1],
            font_family=f"{FONT}, Arial, sans-serif",
            font_size=SIZE,
            role="img",
            aria_label=title,
        )
    )


def _line(
    text: str, x: float, y: float, size: float, *, bold: bool = False, fill: str = INK
) -> Markup:
    weight = "bold" if bold else None
    return tag("text", text, x=x, y=y, font_size=size, font_weight=weight, fill=fill)


def _key(
    key: Sequence[tuple[str, str]], title: str, left: float, y: float, width: float
) -> tuple[list[Markup], float]:
    """Draw the legend in rows that fit; return it and how far down it reaches."""
    parts: list[Markup] = []
    if title:
        y += 18
        parts.append(_line(title, left, y, 13, bold=True))
        y += 6
    x = left
    y += 4
    for mark, text in key:
        wide = _SWATCH[0] + 8 + text_width(text, 12.5) + 20
        if x > left and x + wide > left + width:
            x, y = left, y + 23
        body = Markup(mark[mark.index(">") + 1 : mark.rindex("</svg>")])
        parts.append(tag("g", body, transform=f"translate({x:g} {y:g})"))
        parts.append(_line(text, x + _SWATCH[0] + 8, y + 13.5, 12.5))
        x += wide
    return parts, y + 30
