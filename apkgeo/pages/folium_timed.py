"""Read the plugins that change with time; each becomes layers and one labelled slider.

The steps of a slider are worked out here: the page is told what each step is called, and for each
shape in which steps it is seen, or how it is painted in each.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import folium
from dateutil.parser import isoparse
from dateutil.relativedelta import relativedelta

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Language, day
from apkgeo.pages.folium_elements import Item, options_of
from apkgeo.pages.folium_features import read_features
from apkgeo.pages.folium_marks import heat_frame, heat_look
from apkgeo.pages.folium_shapes import bound_to, require_place
from apkgeo.pages.map_parts import Draft, path_style

_MOST_STEPS = 3000
_PERIOD = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z"
)
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
# The words of moment.js, which Folium uses, and those of Unicode, which Babel does.
_DATE_WORDS = {
    "YYYY": "yyyy", "YY": "yy", "MMMM": "MMMM", "MMM": "MMM", "MM": "MM", "M": "M", "DD": "dd",
    "Do": "d", "D": "d", "dddd": "EEEE", "ddd": "EEE", "dd": "EEEEEE", "HH": "HH", "H": "H",
    "hh": "hh", "h": "h", "mm": "mm", "m": "m", "ss": "ss", "s": "s", "A": "a", "a": "a",
    "Q": "Q", "WW": "ww", "W": "w",
}  # fmt: skip
# Of the plugins' own patterns, which an analyst did not choose: as the language writes a day.
_UNCHOSEN = {"ddd MMM DD YYYY", "YYYY-MM-DD HH:mm:ss"}
_DATE_PARTS = re.compile("|".join(sorted(_DATE_WORDS, key=len, reverse=True)) + r"|\[[^\]]*\]|.")


def _slider(labels: Sequence[str], draft: Draft, *, at: int = 0, play: bool = False) -> int:
    """Add a slider; return its number."""
    if len(labels) > _MOST_STEPS:
        raise UnsupportedMapError(
            "a slider", expected=f"at most {_MOST_STEPS} steps", came=f"{len(labels)}",
            remedy="choose a longer period",
        )  # fmt: skip
    draft.parts.add("time")
    draft.sliders.append({"labels": list(labels), "at": at, **({"play": 1} if play else {})})
    return len(draft.sliders) - 1


def written(moment: datetime, pattern: str, language: Language) -> str:
    """Return a time in the words of a pattern of moment.js, in the page's language.

    The patterns that Folium takes when none is chosen stand for a plain date.

    Examples
    --------
    >>> written(datetime(2014, 7, 4, 9, 5), "D. MMMM YYYY HH:mm", "cs")
    '4. července 2014 09:05'
    >>> written(datetime(2014, 7, 4), "ddd MMM DD YYYY", "en")
    '4 July 2014'
    """
    from babel.dates import format_datetime

    if pattern in _UNCHOSEN:
        clock = f" {moment:%H:%M}" if moment.hour or moment.minute else ""
        return day(moment, language) + clock

    parts = [
        _DATE_WORDS.get(part) or "'{}'".format(part.strip("[]").replace("'", "''"))
        for part in _DATE_PARTS.findall(pattern)
    ]
    return str(format_datetime(moment, "".join(parts).replace("''", ""), locale=language))


def _moment(value: Any) -> datetime:
    """Return a time given as milliseconds since 1970, as ISO 8601, or as a date."""
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1000, UTC)
        found: datetime = isoparse(str(value))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        raise UnsupportedMapError(
            "a time", expected="milliseconds since 1970 or ISO 8601", came=repr(value)
        ) from None


def _period(text: str) -> relativedelta:
    found = _PERIOD.match(text)
    numbers = [int(part or 0) for part in found.groups()] if found else []
    if not any(numbers):
        raise UnsupportedMapError("a period", expected="ISO 8601, e.g. P1M", came=repr(text))
    return relativedelta(**dict(zip(_UNITS, numbers, strict=True)))


def read_heat_with_time(layer: Any, draft: Draft) -> list[Item]:
    """Return a HeatMapWithTime."""
    require_place(layer, draft)
    draft.parts.add("heat")
    look = heat_look(
        {
            "radius": layer.radius,
            "blur": layer.radius * float(layer.blur),
            "minOpacity": layer.min_opacity,
            "maxOpacity": layer.max_opacity,
            "gradient": layer.gradient,
        }
    )
    number = _slider(list(map(str, layer.index)), draft, play=layer.auto_play == "true")
    frames = [heat_frame(rows, draft) for rows in layer.data]
    return [{"k": "heat", **look, "slider": number, "frames": frames}]


def read_time_choropleth(layer: Any, draft: Draft) -> list[Item]:
    """Return a TimeSliderChoropleth; an area without a style at a time keeps its last one."""
    stamps = list(layer.timestamps)
    labels = [_stamp_label(stamp, layer.date_format, draft.language) for stamp in stamps]
    number = _slider(labels, draft, at=int(layer.init_timestamp))
    line = {
        "color": layer.stroke_color,
        "weight": layer.stroke_width,
        "opacity": layer.stroke_opacity,
    }
    items: list[Item] = []
    for feature in layer.data["features"]:
        told = layer.styledict.get(str(feature.get("id")), {})
        paint: dict[str, Any] = {"fillColor": "white", "fillOpacity": 0}
        places = []
        for stamp in stamps:
            if stamp in told:
                given = told[stamp]
                paint = {"fillColor": given.get("color"), "fillOpacity": given.get("opacity", 1)}
            places.append(draft.styles.place(path_style({**line, **paint, "fill": True}, draft)))
        one = folium.GeoJson({"type": "FeatureCollection", "features": [feature]})
        painted = {"s": places[layer.init_timestamp], "ws": places}
        items += [item | painted for item in read_features(one, {}, draft)]
    return [{"k": "timed", "slider": number, "items": items}]


def _stamp_label(stamp: Any, pattern: str, language: Language) -> str:
    """Return the name of a step: Folium's timestamps are seconds, as numbers or as text."""
    try:
        moment = datetime.fromtimestamp(int(stamp), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return str(stamp)
    return written(moment, pattern, language)


def read_timestamped(layer: Any, draft: Draft) -> list[Item]:
    """Return a TimestampedGeoJson."""
    try:
        data = json.loads(layer.data)
    except ValueError:
        raise UnsupportedMapError(
            "TimestampedGeoJson with data elsewhere", remedy="give it the GeoJSON itself"
        ) from None
    features = data["features"] if data["type"] == "FeatureCollection" else [data]
    told = [(feature, list(map(_moment, _times(feature)))) for feature in features]
    every = sorted({time for _feature, times in told for time in times})
    if not every:
        raise UnsupportedMapError("TimestampedGeoJson", expected="features with times")
    steps = _steps(every[0], every[-1], _period(layer.period))
    duration = json.loads(layer.duration) if layer.duration != "undefined" else None
    kept = None if duration is None else _period(duration)
    player = options_of(layer)
    labels = [written(step, layer.date_options, draft.language) for step in steps]
    number = _slider(labels, draft, play=bool(player.get("autoPlay")))
    items: list[Item] = []
    for feature, times in told:
        spans = [_span(time, None if kept is None else time + kept, steps) for time in times]
        items += _parts(feature, spans, draft, last_point=layer.add_last_point)
    return [{"k": "timed", "slider": number, "control": 0, "items": items}]


def _times(feature: Mapping[str, Any]) -> Sequence[Any]:
    properties = feature.get("properties") or {}
    for name in ("times", "coordTimes", "linestringTimestamps"):
        if properties.get(name):
            found: Sequence[Any] = properties[name]
            return found
    return [properties["time"]] if properties.get("time") is not None else []


def _steps(first: datetime, last: datetime, period: relativedelta) -> list[datetime]:
    steps = [first]
    while steps[-1] < last:
        steps.append(first + period * len(steps))
        if len(steps) > _MOST_STEPS:
            break
    return steps


def _span(start: datetime, end: datetime | None, steps: Sequence[datetime]) -> tuple[int, int]:
    """Return the first and the last step at which a thing is seen."""
    last = len(steps) - 1 if end is None else bisect_right(steps, end) - 1
    return bisect_left(steps, start), last


def _parts(
    feature: Mapping[str, Any],
    spans: Sequence[tuple[int, int]],
    draft: Draft,
    *,
    last_point: bool,
) -> Iterable[Item]:
    """Return what is seen of a feature, part by part: a line grows from corner to corner."""
    geometry = feature["geometry"]
    kind, places = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        places = [places]
    for place, span in enumerate(spans):
        if kind in {"Point", "MultiPoint"}:
            yield from _seen(feature, "Point", places[place], span, draft)
        elif kind in {"MultiLineString", "MultiPolygon"}:
            yield from _seen(feature, kind.removeprefix("Multi"), places[place], span, draft)
        elif kind == "Polygon" and place == 0:
            yield from _seen(feature, kind, places, span, draft)
    if kind == "LineString":
        for ends, (_before, span) in zip(pairwise(places), pairwise(spans), strict=False):
            yield from _seen(feature, kind, list(ends), span, draft)
        if last_point:
            for place, (span, after) in enumerate(pairwise([*spans, (1 + spans[-1][1], 0)])):
                seen = span[0], min(span[1], after[0] - 1)
                yield from _seen(feature, "Point", places[place], seen, draft)


def _seen(
    feature: Mapping[str, Any], kind: str, places: Any, span: tuple[int, int], draft: Draft
) -> Iterable[Item]:
    if span[1] < span[0]:
        return
    properties = feature.get("properties") or {}
    marker = None
    if properties.get("icon") == "circle":
        marker = folium.CircleMarker([0, 0])
        marker.options |= properties.get("iconstyle") or {}
    style = dict(properties.get("style") or {})
    one = folium.GeoJson(
        {"type": "Feature", "properties": {}, "geometry": {"type": kind, "coordinates": places}},
        style_function=lambda _feature: style if kind != "Point" else {},
        marker=marker,
    )
    for name, child in (("popup", folium.Popup), ("tooltip", folium.Tooltip)):
        if properties.get(name):
            one.add_child(child(str(properties[name])))
    for item in read_features(one, bound_to(one, draft), draft):
        yield item | {"w": list(span)}


def read_timeline(
    layers: Sequence[Any], control: Any, draft: Draft, group: Callable[[Any, list[Item]], Item]
) -> list[Item]:
    """Return the layers of a TimelineSlider: each feature is seen from its start to its end."""
    spans = [
        [tuple(_moment(feature["properties"][name]) for name in ("start", "end"))
         for feature in layer.data["features"]]
        for layer in layers
    ]  # fmt: skip
    options = control.options
    bounds = [_moment(options[name]) for name in ("start", "end") if options.get(name) is not None]
    times = {time for layer in spans for span in layer for time in span} | set(bounds)
    steps = sorted(time for time in times if not bounds or min(bounds) <= time <= max(bounds))
    found = re.search(r'newdate\.format\("(.*)"\)', options["format_output"].js_code)
    pattern = found.group(1) if found else "YYYY-MM-DD"
    labels = [written(step, pattern, draft.language) for step in steps]
    number = _slider(labels, draft, play=bool(options.get("auto_play")))
    made = []
    for layer, told in zip(layers, spans, strict=True):
        options_of(layer)  # a function among them is refused
        items: list[Item] = []
        for feature, (start, end) in zip(layer.data["features"], told, strict=True):
            one = folium.GeoJson(
                {"type": "FeatureCollection", "features": [feature]},
                style_function=lambda given: (given.get("properties") or {}).get("style") or {},
            )
            one._children = layer._children
            span = _span(start, end, steps)
            if span[0] <= span[1]:
                items += [item | {"w": list(span)} for item in read_features(one, {}, draft)]
        made.append(group(layer, items) | {"k": "timed", "slider": number})
    return made
