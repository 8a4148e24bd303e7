"""The plain description of a map: what ``static/map.js`` is given to draw.

It is JSON and nothing else: numbers, texts, lists. Coordinates are whole numbers of a small unit
(a millionth of a degree by default), each vertex as the step from the one before; styles, popups,
tooltips and icons stand in tables once and are named by their place there.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Language, Note, _

Position = tuple[float, float]  # latitude, longitude

_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\Z|[a-z]{3,24}\Z|(?:rgb|hsl)a?\([\d\s.,%/+-]{3,60}\)\Z", re.IGNORECASE
)
_DASHES = re.compile(r"\d+(?:\.\d+)?(?:[\s,]+\d+(?:\.\d+)?){0,9}\Z")
_WORD = re.compile(r"[A-Za-z][\w-]{0,60}\Z")
_NUMBERS = ("weight", "opacity", "fillOpacity", "radius", "smoothFactor")
_SWITCHES = ("stroke", "fill", "noClip")
_COLOURS = ("color", "fillColor")
_CHOICES = {
    "lineCap": {"butt", "round", "square"},
    "lineJoin": {"arcs", "bevel", "miter", "miter-clip", "round"},
    "fillRule": {"evenodd", "nonzero"},
}
# What Leaflet does anyway, and need not be said.
LEAFLET_BLUE = "#3388ff"
_DEFAULTS: dict[str, Any] = {
    "stroke": True, "color": LEAFLET_BLUE, "weight": 3, "opacity": 1, "lineCap": "round",
    "lineJoin": "round", "fillOpacity": 0.2, "fillRule": "evenodd", "noClip": False,
    "smoothFactor": 1,
}  # fmt: skip
_OTHERS = {"dashArray", "dashOffset", "className", "fillPattern"}
_OWN = {*_NUMBERS, *_SWITCHES, *_COLOURS, *_CHOICES, *_OTHERS}


class Table:
    """Values that are told once and named by their place."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        """Return the place of `value`, added when it is new."""
        key = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(value)
        return self._places[key]


@dataclass
class Draft:
    """A map's description while it is being read.

    Attributes
    ----------
    language : {"cs", "en"}
        The language of numbers and of the names given to nameless layers.
    digits : int
        Decimal places of a degree that are kept.
    basemap : bool
        Whether pictures may be asked of the servers of the map's own tile layers.
    places : frozenset of int
        ``id()`` of layers whose points are public places; None allows points anywhere.
    parts : set of str
        Which parts of the script the map needs besides those of every map.
    searched : dict of int to (str or None)
        ``id()`` of layers that a search looks through -> the property that it looks at.
    written : dict of int to dict
        ``id()`` of lines that bear a text along them -> that text and its look.
    named : frozenset of str
        Names of elements that a control points at: they are not put together with others.
    unticked : set of str
        Names of layers that a control leaves unticked at first.
    """

    language: Language
    digits: int = 6
    basemap: bool = False
    places: frozenset[int] | None = None
    shapes: Table = field(default_factory=Table)
    styles: Table = field(default_factory=Table)
    contents: Table = field(default_factory=Table)
    heads: Table = field(default_factory=Table)
    icons: Table = field(default_factory=Table)
    panes: list[dict[str, Any]] = field(default_factory=list)
    legends: list[Any] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    box: list[float] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    controls: list[dict[str, Any]] = field(default_factory=list)
    sliders: list[dict[str, Any]] = field(default_factory=list)
    searched: dict[int, str | None] = field(default_factory=dict)
    written: dict[int, dict[str, Any]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    unticked: set[str] = field(default_factory=set)

    def note(self, note: Note) -> None:
        """Tell something once."""
        if note not in self.notes:
            self.notes.append(note)

    def meet(self, latitude: float, longitude: float) -> None:
        """Stretch the box around all that is drawn."""
        if not self.box:
            self.box = [latitude, longitude, latitude, longitude]
        south, west, north, east = self.box
        self.box = [
            min(south, latitude),
            min(west, longitude),
            max(north, latitude),
            max(east, longitude),
        ]

    def steps(self, positions: Iterable[Position]) -> list[int]:
        """Return positions as whole units, each after the first as the step from the last.

        Examples
        --------
        >>> Draft("en", digits=2).steps([(49.75, 13.38), (49.76, 13.37)])
        [4975, 1338, 1, -1]
        """
        unit = 10**self.digits
        steps: list[int] = []
        last = (0, 0)
        for latitude, longitude in positions:
            if not (math.isfinite(latitude) and math.isfinite(longitude)):
                raise UnsupportedMapError(
                    "a position on the map",
                    expected="two finite numbers",
                    came=f"{latitude}, {longitude}",
                    remedy="leave such rows out",
                )
            self.meet(latitude, longitude)
            here = (round(latitude * unit), round(longitude * unit))
            steps += [here[0] - last[0], here[1] - last[1]]
            last = here
        return steps


def colour(value: object) -> str | None:
    """Return `value` when it is a colour and nothing more.

    Examples
    --------
    >>> colour("#3182bd"), colour("url(https://example.org/x.svg#a)")
    ('#3182bd', None)
    """
    text = str(value).strip()
    return text if _COLOUR.match(text) else None


def word(value: object) -> str | None:
    """Return `value` when it can be the name of a class or of a pane."""
    text = str(value)
    return text if _WORD.match(text) else None


def path_style(options: Mapping[str, Any], draft: Draft, *, change: bool = False) -> dict[str, Any]:
    """Return the options of a path that are known and checked; the rest is told in a note.

    Parameters
    ----------
    options : mapping
        Under Leaflet's names.
    change : bool
        They change another style, so that what Leaflet does anyway must be said too.
    """
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _OWN or value is None:
            continue
        if name == "fillColor" and not change and value == options.get("color", LEAFLET_BLUE):
            continue
        checked = _checked(name, value)
        if checked is None:
            message = _("A style was left out: “{value}” is no value of {name}.")
            draft.note(Note(message, name=name, value=str(value)[:60]))
        elif change or name not in _DEFAULTS or checked != _DEFAULTS[name]:
            found[name] = checked
    return found


def _checked(name: str, value: Any) -> Any:
    """Return an option's value in its one safe form, or None."""
    if name in _NUMBERS:
        return _number(value)
    if name in _SWITCHES:
        return bool(value)
    if name in _COLOURS:
        return value if isinstance(value, bool) else colour(value)
    if name in _CHOICES:
        return value if value in _CHOICES[name] else None
    if name == "className":
        return " ".join(filter(None, map(word, str(value).split()))) or None
    if name == "fillPattern":
        return _pattern(value)
    text = " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if _DASHES.match(text.strip()) else None


def _number(value: Any) -> float | int | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(found):
        return None
    return int(found) if found.is_integer() else round(found, 6)


def _pattern(value: Any) -> dict[str, Any] | None:
    """Return the stripes or the dots of the patterns in ``folium.plugins``."""
    kind = getattr(value, "_name", "")
    names: tuple[str, ...]
    if kind == "StripePattern":
        options = value.options
        names = ("angle", "weight", "space_weight", "opacity", "space_opacity")
        colours = ("color", "space_color")
    elif kind == "CirclePattern":
        options = {**value.options_pattern, **value.options_pattern_circle}
        names = ("width", "height", "x", "y", "radius", "weight", "opacity", "fill_opacity")
        colours = ("color", "fill_color")
    else:
        return None
    found: dict[str, Any] = {name: _number(options.get(name)) for name in names}
    found |= {name: colour(options.get(name)) for name in colours}
    return None if None in found.values() else found


_COLUMNS = ("s", "r", "p", "t", "i", "title")
_RUN = 8


def merge_runs(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write many like points as one item with a column for each of their properties.

    Examples
    --------
    >>> points = [{"k": "dot", "at": [n, n * n], "r": 5, "p": n} for n in range(8)]
    >>> merge_runs(points)
    [{'k': 'run', 'of': 'dot', 'at': [0, 0, 1, 1, 1, 3, 1, 5, 1, 7, 1, 9, 1, 11, 1, 13],
      'r': 5, 'p': [0, 1, 2, 3, 4, 5, 6, 7]}]
    """
    merged: list[dict[str, Any]] = []
    run: list[dict[str, Any]] = []
    for item in [*items, {"k": "end"}]:
        if run and _shape(item) != _shape(run[0]):
            merged += [_run(run)] if len(run) >= _RUN else run
            run = []
        if item["k"] in {"dot", "marker", "circle"} and set(item) <= {"k", "at", *_COLUMNS}:
            run.append(item)
        elif item["k"] != "end":
            merged.append(item)
    return merged


def _shape(item: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    return item["k"], frozenset(item)


def _run(items: list[dict[str, Any]]) -> dict[str, Any]:
    steps: list[int] = []
    last = [0, 0]
    for item in items:
        steps += [item["at"][0] - last[0], item["at"][1] - last[1]]
        last = item["at"]
    run: dict[str, Any] = {"k": "run", "of": items[0]["k"], "at": steps}
    for name in _COLUMNS:
        if name in items[0]:
            values = [item[name] for item in items]
            run[name] = values[0] if all(value == values[0] for value in values) else values
    return run


def expand_run(run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the items that `merge_runs` wrote as one.

    Examples
    --------
    >>> points = [{"k": "dot", "at": [n, n * n], "r": 5, "p": n} for n in range(8)]
    >>> expand_run(merge_runs(points)[0]) == points
    True
    """
    points = []
    latitude = longitude = 0
    columns = {name: run[name] for name in _COLUMNS if name in run}
    for place in range(len(run["at"]) // 2):
        latitude += run["at"][2 * place]
        longitude += run["at"][2 * place + 1]
        values = {n: v[place] if isinstance(v, list) else v for n, v in columns.items()}
        points.append({"k": run["of"], "at": [latitude, longitude], **values})
    return points
