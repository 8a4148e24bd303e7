"""Coordinates as people write them: degrees or S-JTSK, in either order, with letters or signs.

What a pair of numbers means is told by its letters, by the magnitudes, and by where the addresses
lie: the first reading that falls among them is right. The same steps, with the same patterns,
stand in ``pages/static/lookup_points.js``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import floor
from typing import NamedTuple

from apkgeo.places.ground import Ground

# One piece of coordinates: sign and number, a mark (degrees, seconds, minutes), a word for an
# axis (latitude, east, a lone S, south, west), or something that adds nothing.
PIECE = re.compile(
    "([-+\\u2212\\u2013]?)((?:[0-9]{1,3}(?: [0-9]{3})+(?![0-9])|[0-9]+)(?:[.,][0-9]+)?)"
    "|([\\xb0\\xba\\u02da])|(['\\u2032\\u2019\\xb4`]{2}|[\"\\u2033\\u201d\\u201c])"
    "|(['\\u2032\\u2019\\u2018\\xb4`])"
    "|(?:wgs[ -]?84|epsg:? ?[0-9]{4,6}|s-?jtsk|jtsk|křovák|krovak|gps|geo|point|poloha"
    "|souřadnice|coordinates|[xy]|(s ?\\. ?š\\.?|sš|severní šířk[ay]|(?:zeměpisná )?šířka"
    "|lat(?:itude)?|north|sever|n)"
    "|(v ?\\. ?d\\.?|vd|východní délk[ay]|(?:zeměpisná )?délka|lon(?:g(?:itude)?)?|lng|east"
    "|východ|e|v)|(s)|(j ?\\. ?š\\.?|south|jih|j)|(z ?\\. ?d\\.?|west|západ|z|w)"
    ")(?![a-zá-ž])"
    "|[ ,;:=()\\[\\]/|&]"
)
# Two whole numbers that a comma joins look like one with a fraction.
JOINED = re.compile("([0-9]{6,7}),([0-9]{6,7})$")
# Absolute east and north of Czechia in S-JTSK; the two do not overlap.
EASTING, NORTHING = (425_000, 910_000), (925_000, 1_235_000)
LONGEST_POINT = 100


class TypedPoint(NamedTuple):
    """A point that was typed.

    Attributes
    ----------
    x, y : int or None
        Where it lies in the CRS of the addresses, in decimetres; None far away from them.
    name : str
        The coordinates as they were understood, in one way of writing.
    assumed : tuple of (str, str)
        What was assumed.
    """

    x: int | None
    y: int | None
    name: str
    assumed: tuple[tuple[str, str], ...]


class _Angle(NamedTuple):
    """One of the two coordinates: its value, its axis, and whether it is written exactly."""

    value: float
    axis: str
    exact: bool
    degrees: bool


class _Reading(NamedTuple):
    """What two numbers can mean: the system, the two coordinates, and whether they were turned."""

    system: str
    a: float
    b: float
    turned: bool


def typed_point(text: str, ground: Ground | None) -> TypedPoint | None:
    """Return the point whose coordinates a text is; None where it is something else.

    Parameters
    ----------
    text : str
        As `apkgeo.places.typed.clean` gives it: ``49.74812, 13.37771``, ``49°44'53.2"N
        13°22'39.8"E``, ``N 49° 44.887' E 13° 22.663'``, ``Y 822380.44 X 1069630.42``,
        ``-822380,44 -1069630,42`` and their like.
    ground : Ground or None
        Where the addresses lie.
    """
    if ground is None or len(text) > LONGEST_POINT:
        return None
    pair = _pair(text.lower())
    if pair is None:
        return None
    first = None
    for reading in _readings(*pair, ground):
        first = first or reading
        x, y = _placed(reading, ground)
        if ground.holds(x, y):
            return TypedPoint(
                floor(x * 10 + 0.5), floor(y * 10 + 0.5), _name(reading), _assumed(reading)
            )
    if first is None or first.system == "own":
        return None
    return TypedPoint(None, None, _name(first), (*_assumed(first), ("far", "")))


def _pair(text: str) -> tuple[_Angle, _Angle] | None:
    """Return the two coordinates that a text is, as they stand."""
    numbers: list[tuple[float, str, bool]] = []  # value, sign, whether it has a fraction
    marks: list[tuple[int, int]] = []  # after which number, and which mark
    axes: list[tuple[int, str, str]] = []  # after how many numbers, and what
    joined = JOINED.match(text)
    if joined:
        text = f"{joined[1]} {joined[2]}"
    at = 0
    while at < len(text):
        found = PIECE.match(text, at)
        if not found:
            return None
        at = found.end()
        sign, number, degree, second, minute, lat, east, s, south, west = found.groups()
        if number:
            plain = number.replace(" ", "").replace(",", ".")
            numbers.append((float(plain), sign, "." in plain))
        elif degree or minute or second:
            marks.append((len(numbers) - 1, 0 if degree else 1 if minute else 2))
        else:
            axis = "lat" if lat else "lon" if east else "s" if s else "south" if south else "west"
            if lat or east or s or south or west:
                axes.append((len(numbers), axis, found[0][0]))
    angles = _angles(numbers, marks, lettered=bool(axes))
    if angles is None or len(axes) > 2:
        return None
    (first, cut), (other, _) = angles
    named = ["", ""]
    czech = any(letter in "vzj" for _, _, letter in axes)
    before = bool(axes) and axes[0][0] == 0
    for count, axis, _ in axes:
        which = int(count >= cut) if before else int(count > cut)
        if named[which]:
            return None
        named[which] = axis if axis != "s" else "lat" if czech else "south"
    degrees = bool(marks or axes)
    return (
        _Angle(first[0], named[0], first[1], degrees),
        _Angle(other[0], named[1], other[1], degrees),
    )


def _angles(
    numbers: list[tuple[float, str, bool]], marks: list[tuple[int, int]], *, lettered: bool
) -> list[tuple[tuple[float, bool], int]] | None:
    """Join degrees, minutes and seconds: value, whether it has a fraction, and where it ends."""
    # Minutes and seconds are told from other numbers by marks or letters only.
    if len(numbers) > 2 and not (marks or lettered):
        return None
    starts = [number for number, mark in marks if mark == 0]
    if len(starts) == 2 and starts[0] == 0:
        cut = starts[1]
    elif len(numbers) % 2 == 0:
        cut = len(numbers) // 2
    else:
        return None
    if not (0 < cut <= 3 and 0 < len(numbers) - cut <= 3):
        return None
    for number, mark in marks:
        if number < 0 or (number if number < cut else number - cut) != mark:
            return None
    told = []
    for piece, end in ((numbers[:cut], cut), (numbers[cut:], len(numbers))):
        value = piece[0][0]
        for place, (part, sign, fraction) in enumerate(piece):
            last = place == len(piece) - 1
            if (fraction and not last) or (place and (sign or part >= 60)):
                return None
            if place:
                value += part / (60 if place == 1 else 3600)
        negative = piece[0][1] not in ("", "+")
        told.append(((-value if negative else value, piece[-1][2] or len(piece) > 1), end))
    return told


def _readings(first: _Angle, second: _Angle, ground: Ground) -> Iterator[_Reading]:
    """Return what two coordinates can mean, the likeliest first."""
    a, b = first.value, second.value
    if first.axis or second.axis:
        turned = first.axis in ("lon", "west") or second.axis in ("lat", "south")
        north, east = (second, first) if turned else (first, second)
        if north.axis not in ("", "lat", "south") or east.axis not in ("", "lon", "west"):
            return
        latitude = -north.value if north.axis == "south" else north.value
        longitude = -east.value if east.axis == "west" else east.value
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            yield _Reading("wgs84", longitude, latitude, False)
    elif abs(a) <= 180 and abs(b) <= 180:
        if not (first.degrees or (first.exact and second.exact)):
            return
        if abs(a) <= 90:
            yield _Reading("wgs84", b, a, False)
        if abs(b) <= 90:
            yield _Reading("wgs84", a, b, True)
    else:
        low, high = sorted((abs(a), abs(b)))
        in_czechia = EASTING[0] <= low <= EASTING[1] and NORTHING[0] <= high <= NORTHING[1]
        if in_czechia and (ground.is_s_jtsk or ground.s_jtsk):
            yield _Reading("s-jtsk", -low, -high, False)
        if not ground.is_s_jtsk:
            yield _Reading("own", a, b, False)
            yield _Reading("own", b, a, True)


def _placed(reading: _Reading, ground: Ground) -> tuple[float, float]:
    """Return where a reading lies in the CRS of the addresses."""
    if reading.system == "wgs84":
        return ground.degrees.at(reading.a, reading.b)
    if reading.system == "s-jtsk" and ground.s_jtsk:
        return ground.s_jtsk.at(reading.a, reading.b)
    return reading.a, reading.b


def _name(reading: _Reading) -> str:
    """Return coordinates in one way of writing, which is understood again."""
    if reading.system == "wgs84":
        north, east = "N" if reading.b >= 0 else "S", "E" if reading.a >= 0 else "W"
        return f"{fixed(reading.b, 5)}° {north}, {fixed(reading.a, 5)}° {east}"
    if reading.system == "s-jtsk":
        return f"S-JTSK Y {fixed(reading.a, 2)}, X {fixed(reading.b, 2)}"
    return f"{fixed(reading.a, 2)}, {fixed(reading.b, 2)}"


def _assumed(reading: _Reading) -> tuple[tuple[str, str], ...]:
    """Return what reading two numbers as coordinates assumes."""
    code = {"wgs84": "degrees", "s-jtsk": "s_jtsk", "own": "own_coordinates"}[reading.system]
    turned = (("turned", ""),) if reading.turned else ()
    return ((code, _name(reading)), *turned)


def fixed(value: float, digits: int) -> str:
    """Return the absolute value with so many decimal places, halves rounded up.

    Examples
    --------
    >>> fixed(-13.3777116, 5), fixed(0.999, 2)
    ('13.37771', '1.00')
    """
    whole = floor(abs(value) * 10**digits + 0.5)
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
