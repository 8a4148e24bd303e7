"""Figures as SVG, written by ourselves: text is text, and the same input gives the same bytes.

Nothing in them uses a ``style`` attribute, which the pages' policy forbids.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from scipy import stats

from apkgeo.language import Language, _, number
from apkgeo.pages.palettes import ACCENT, INK, LINE, MUTED
from apkgeo.pages.words import change, say

Scale = Callable[[float], float]
_TICKS = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)


def tag(name: str, *children: Markup | str, **attributes: str | float | None) -> Markup:
    """Return an SVG or HTML element; text and values are escaped.

    Examples
    --------
    >>> tag("text", "5 < 6", x=1.0, text_anchor="end")
    Markup('<text x="1" text-anchor="end">5 &lt; 6</text>')
    """
    parts = [
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    inner = Markup("").join(escape(child) for child in children)
    return Markup(f"<{name}{''.join(parts)}>{inner}</{name}>")


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def svg(
    width: float, height: float, title: str, *children: Markup, class_: str = "figure"
) -> Markup:
    """Return a picture with a name for those who cannot see it."""
    return tag(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        width=width,
        height=height,
        class_=class_,
        role="img",
        aria_label=title,
    )


@dataclass(frozen=True)
class Row:
    """A line of a forest chart.

    Attributes
    ----------
    label, detail : str
        The place, and what sets this line apart from others of the same place.
    note : str
        The grade in words.
    estimate : float or None
        None when it is hidden.
    low, high : float
        Its interval.
    certain : bool
        Whether the change can be told from chance.
    """

    label: str
    detail: str
    note: str
    estimate: float | None
    low: float = math.nan
    high: float = math.nan
    certain: bool = False


def forest(rows: Sequence[Row], language: Language, *, title: str, width: int) -> Markup:
    """Draw estimates with their intervals on a logarithmic axis of change.

    Changes that can be told from chance are filled, the others hollow. A narrow picture puts the
    words above each line, a wide one beside it.
    """
    narrow = width < 500
    left, right = (14, width - 14) if narrow else (210, width - 190)
    step, top = (72, 36) if narrow else (44, 40)
    known = [row for row in rows if row.estimate is not None]
    bounds = [b for row in known for b in (row.low, row.high) if math.isfinite(b) and b > 0]
    smallest = max(min([*bounds, 0.5]) / 1.06, 0.11)
    largest = min(max([*bounds, 2.0]) * 1.06, 9.0)

    def x(ratio: float) -> float:
        held = min(max(ratio, smallest), largest)
        share = math.log(held / smallest) / math.log(largest / smallest)
        return left + share * (right - left)

    foot = top + step * len(rows) + 8
    height = foot + 20
    parts = [_forest_axis(x, smallest, largest, foot, language)]
    for message, shift, anchor in (
        (_("← fewer incidents"), -9, "end"),
        (_("more incidents →"), 9, "start"),
    ):
        look = {"text_anchor": anchor, "fill": MUTED}
        words = say(message, language)
        parts.append(tag("text", words, x=x(1) + shift, y=foot + 13, font_size=12, **look))
    for place, row in enumerate(rows):
        middle = top + step * place + step / 2 + (22 if narrow else 0)
        parts.append(_forest_row(row, x, middle, width, narrow=narrow))
    return svg(
        width,
        height,
        title,
        *parts,
        class_="figure forest narrow" if narrow else "figure forest wide",
    )


def _forest_axis(
    x: Callable[[float], float],
    smallest: float,
    largest: float,
    height: float,
    language: Language,
) -> Markup:
    parts: list[Markup] = []
    taken: list[tuple[float, float]] = []
    ticks = [tick for tick in _TICKS if smallest <= tick <= largest]
    # "No change" comes first, so that where labels would touch, it is never the one left out.
    for tick in sorted(ticks, key=lambda one: (one != 1, one in (0.75, 1.5), abs(math.log(one)))):
        label = say(_("no change"), language) if tick == 1 else change(tick, language)
        half = len(label) * 3.6 + 5
        place = x(tick)
        if any(place - half < right and left < place + half for left, right in taken):
            continue
        taken.append((place - half, place + half))
        fill = INK if tick == 1 else MUTED
        parts.append(
            tag(
                "line",
                x1=place,
                x2=place,
                y1=28,
                y2=height - 4,
                stroke=fill if tick == 1 else LINE,
                stroke_width=1.2 if tick == 1 else 0.8,
                stroke_dasharray=None if tick == 1 else "2 3",
            )
        )
        parts.append(tag("text", label, x=place, y=18, text_anchor="middle", fill=fill))
    return tag("g", *parts, class_="axis")


def _forest_row(row: Row, x: Scale, middle: float, width: int, *, narrow: bool) -> Markup:
    name = tag("tspan", row.label, font_weight="600")
    if narrow:
        detail = [tag("tspan", f" · {row.detail}", fill=MUTED)] if row.detail else []
        words = [
            tag("text", name, *detail, x=0, y=middle - 34, fill=INK),
            tag("text", row.note, x=0, y=middle - 17, fill=MUTED),
        ]
    else:
        shift = 9 if row.detail else 0
        words = [
            tag("text", name, x=0, y=middle + 4.5 - shift, fill=INK),
            tag("text", row.note, x=width, y=middle + 4.5, text_anchor="end", fill=MUTED),
        ]
        if row.detail:
            words.append(tag("text", row.detail, x=0, y=middle + 13, fill=MUTED, font_size=12))
    if row.estimate is None:
        return tag("g", *words, class_="halo")
    marks = [
        tag(
            "line",
            x1=x(row.low),
            x2=x(row.high),
            y1=middle,
            y2=middle,
            stroke=ACCENT,
            stroke_width=3 if row.certain else 1.8,
            stroke_linecap="round",
        ),
        tag(
            "circle",
            cx=x(row.estimate),
            cy=middle,
            r=6,
            fill=ACCENT if row.certain else "#ffffff",
            stroke=ACCENT,
            stroke_width=2,
        ),
    ]
    return tag("g", tag("g", *words, class_="halo"), *marks)


@dataclass(frozen=True)
class Level:
    """A rate of a year with its interval (None: a value without one)."""

    label: str
    rate: float
    low: float | None
    high: float | None
    kind: str


def yearly(count: int, days: int, label: str, kind: str) -> Level:
    """Return a count as a rate of 365 days with the exact (Garwood) Poisson interval.

    Examples
    --------
    >>> level = yearly(10, 365, "before", "before")
    >>> round(level.low, 3), round(level.high, 3)
    (4.795, 18.39)
    """
    low = float(stats.chi2.ppf(0.025, 2 * count) / 2) if count else 0.0
    high = float(stats.chi2.ppf(0.975, 2 * count + 2) / 2)
    year = 365 / days
    return Level(label, count * year, low * year, high * year, kind)


def levels(rows: Sequence[Level], language: Language, *, title: str, width: int = 340) -> Markup:
    """Draw yearly rates beneath each other on one axis that begins at zero."""
    left, right, top, step = 104, width - 46, 26, 30
    largest = max(row.high if row.high is not None else row.rate for row in rows)
    tick = _round_step(largest / 3.2)
    end = math.ceil(largest / tick) * tick
    height = top + step * len(rows) + 6
    parts = []
    for place in range(round(end / tick) + 1):
        at = left + (right - left) * place * tick / end
        parts.append(tag("line", x1=at, x2=at, y1=20, y2=height - 4, stroke=LINE, stroke_width=0.8))
        label = number(place * tick, language)
        parts.append(tag("text", label, x=at, y=13, text_anchor="middle", fill=MUTED))
    for place, row in enumerate(rows):
        middle = top + step * (place + 0.5)
        at = left + (right - left) * row.rate / end
        parts.append(tag("text", row.label, x=0, y=middle + 4.5, fill=INK))
        value = number(row.rate, language, digits=0 if row.rate >= 10 else 1)
        parts.append(
            tag(
                "text",
                value,
                x=width,
                y=middle + 4.5,
                text_anchor="end",
                font_weight="600",
                fill=INK,
            )
        )
        if row.low is not None and row.high is not None:
            ends = [left + (right - left) * bound / end for bound in (row.low, row.high)]
            parts.append(
                tag(
                    "line",
                    x1=ends[0],
                    x2=ends[1],
                    y1=middle,
                    y2=middle,
                    stroke=ACCENT,
                    stroke_width=2.2,
                    stroke_linecap="round",
                )
            )
        parts.append(_level_mark(row.kind, at, middle))
    return svg(width, height, title, *parts)


def _level_mark(kind: str, at: float, middle: float) -> Markup:
    if kind == "expected":
        corners = [(at, middle - 7), (at + 7, middle), (at, middle + 7), (at - 7, middle)]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        return tag("polygon", points=points, fill="#ffffff", stroke=INK, stroke_width=1.8)
    if kind == "after":
        return tag("rect", x=at - 5.5, y=middle - 5.5, width=11.0, height=11.0, fill=ACCENT)
    return tag("circle", cx=at, cy=middle, r=5.5, fill="#ffffff", stroke=ACCENT, stroke_width=2)


def _round_step(size: float) -> float:
    power = 10 ** math.floor(math.log10(size)) if size > 0 else 1
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= size))


def grid_of(
    rows: Sequence[str],
    columns: Sequence[str],
    colours: Sequence[Sequence[str | None]],
    *,
    title: str,
) -> Markup:
    """Draw a field for each row and column: its colour, or a cross where it is hidden.

    Parameters
    ----------
    rows, columns : sequence of str
        Their names; of long rows of columns only some are written.
    colours : sequence of sequence of str or None
        A colour for each field; an empty one where there is nothing, None where it is hidden.
    """
    left, top, high = 20 + 7.2 * max((len(name) for name in rows), default=8), 22, 24
    side, every = (40, 1) if len(columns) <= 14 else (22, 3)
    parts = [
        tag("text", name, x=left + side * place, y=13, fill=MUTED, font_size=11.5)
        for place, name in enumerate(columns)
        if place % every == 0
    ]
    for down, name in enumerate(rows):
        y = top + high * down
        parts.append(tag("text", name, x=0, y=y + 16, fill=INK))
        for along, colour in enumerate(colours[down]):
            x = left + side * along
            size = {"width": side - 2.0, "height": high - 2.0, "stroke_width": 0.7}
            parts.append(tag("rect", x=x, y=y, fill=colour or "#ffffff", stroke=LINE, **size))
            if colour is None:
                cross = f"M{x + side / 2 - 5} {y + 7}l8 8m0 -8l-8 8"
                parts.append(tag("path", d=cross, stroke=MUTED, stroke_width=1.2))
    width = left + side * max(len(columns), 1) + 40
    return svg(width, top + high * len(rows) + 2, title, *parts)
