"""Colour scales as plain HTML: readable without a script, printable, spoken as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from branca.colormap import ColorMap, StepColormap
from branca.utilities import legend_scaler
from markupsafe import Markup

from apkgeo.language import Language, number
from apkgeo.pages.shell import environment

_STOPS = 12
_FEW = 6


@dataclass(frozen=True)
class Legend:
    """A colour scale.

    Attributes
    ----------
    caption : str
        Its title, as plain text.
    classes : tuple of (str, str)
        Colour and label of each class; empty for a continuous scale.
    stops : tuple of (float, str)
        Share of the scale's length (0 to 1) and colour; empty for a scale of classes.
    ticks : tuple of (float, str)
        Share of the scale's length and label.
    """

    caption: str
    classes: tuple[tuple[str, str], ...] = ()
    stops: tuple[tuple[float, str], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()


def read_legend(scale: ColorMap, language: Language) -> Legend:
    """Return the legend of a colour scale of branca.

    Examples
    --------
    >>> scale = StepColormap(["#ffffff", "#000000"], index=[0, 2.5, 10], caption="per km²")
    >>> read_legend(scale, "en")
    Legend(caption='per km²', classes=(('#ffffff', '0.0–2.5'), ('#000000', '2.5–10.0')), ...)
    """
    caption = str(scale.caption or "")
    edges = [float(edge) for edge in scale.index]
    if isinstance(scale, StepColormap):
        colours = [_hex(colour) for colour in scale.colors]
        labels = tick_labels(edges, language)
        spans = [f"{low}–{high}" for low, high in pairwise(labels)]
        return Legend(caption, classes=tuple(zip(colours, spans, strict=False)))
    low, high = float(scale.vmin), float(scale.vmax)
    length = (high - low) or 1.0
    stops = tuple(
        (share / _STOPS, scale.rgb_hex_str(low + length * share / _STOPS))
        for share in range(_STOPS + 1)
    )
    marks = [mark for mark in _chosen_marks(scale) if low <= mark <= high]
    marks = marks or (edges if len(edges) < _FEW else [low, (low + high) / 2, high])
    ticks = zip(
        ((mark - low) / length for mark in marks), tick_labels(marks, language), strict=True
    )
    return Legend(caption, stops=stops, ticks=tuple(ticks))


def _chosen_marks(scale: ColorMap) -> list[float]:
    """Return the ticks that the scale's author chose, not those that showing it has left there."""
    chosen = scale.tick_labels or ()
    if list(chosen) == legend_scaler(scale.index, scale.max_labels):
        return []
    return [float(mark) for mark in chosen if mark != ""]


def tick_labels(values: Sequence[float], language: Language) -> list[str]:
    """Write numbers with as few decimal places as tell neighbours apart.

    Examples
    --------
    >>> tick_labels([0, 0.5, 12], "en"), tick_labels([100.0, 2000.0], "cs")
    (['0.0', '0.5', '12.0'], ['100', '2\\xa0000'])
    """
    span = max(values) - min(values)
    for digits in range(7):
        near = all(abs(round(value, digits) - value) <= span / 500 for value in values)
        if near:
            break
    return [number(round(value, digits) + 0.0, language, digits=digits) for value in values]


def _hex(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{int(part * 255.9999):02x}" for part in colour[:3])


def legend_html(legend: Legend, *, key: str, language: Language) -> Markup:
    """Return a legend as HTML; `key` sets its ids apart from those of other legends."""
    template = environment(language).get_template("legend.html")
    return Markup(template.render(legend=legend, key=key))


def legends_html(legends: Sequence[Any], *, key: str, language: Language) -> Markup:
    """Return all legends of a map."""
    return Markup("").join(
        legend_html(legend, key=f"{key}-legend-{place}", language=language)
        for place, legend in enumerate(legends)
    )
