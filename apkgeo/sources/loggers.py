"""Positions as trackers and phones save them: NMEA sentences, Traccar's JSON, KML tracks."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.frames import rejections
from apkgeo.sources.files import Part
from apkgeo.sources.tables import Table

_RMC = re.compile(
    r"^\$..RMC,(\d{2})(\d{2})(\d{2})[\d.]*,A,(\d{2,3})(\d{2}\.?\d*),([NS]),(\d{3})(\d{2}\.?\d*),"
    r"([EW]),[^,]*,[^,]*,(\d{2})(\d{2})(\d{2})"
)


def read_log(part: Part) -> Table | None:
    """Return the positions of a log, or None when the file is something else.

    The columns are ``unit``, ``time`` (with its zone), ``lat``, ``lon`` and ``valid`` (what the
    tracker says of its position).

    Raises
    ------
    InputError
        When the JSON or the XML is broken.
    """
    start = part.data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if part.format == "text" and start == b"$":
        return _table(part, _nmea(part.data.decode("ascii", errors="replace")))
    if part.format == "text" and start == b"[":
        return _table(part, _traccar(part))
    if part.format == "vector" and part.name.lower().endswith(".kml"):
        return _table(part, _kml(part))
    return None


def _table(part: Part, points: list[dict[str, Any]]) -> Table:
    columns = ["unit", "time", "lat", "lon", "valid"]
    cells = pd.DataFrame(points, columns=columns, dtype="object")
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return Table(part.name, cells, None, rejections(), ())


def _nmea(text: str) -> list[dict[str, Any]]:
    """Return each RMC sentence: others carry no date. One without a fix (V) holds nothing."""
    points: list[dict[str, Any]] = []
    for line in text.splitlines():
        if line[3:6] != "RMC":
            continue
        match = _RMC.match(line)
        if match is None:
            fields = line.split(",")
            points.append({"valid": fields[2] if len(fields) > 2 else None})
            continue
        hour, minute, second, lat, lat_minutes, north, lon, lon_minutes, east = match.groups()[:9]
        day, month, year = match.groups()[9:]
        y, x = int(lat) + float(lat_minutes) / 60, int(lon) + float(lon_minutes) / 60
        points.append(
            {
                "time": f"20{year}-{month}-{day}T{hour}:{minute}:{second}Z",
                "lat": y if north == "N" else -y,
                "lon": x if east == "E" else -x,
            }
        )
    return points


def _traccar(part: Part) -> list[dict[str, Any]]:
    try:
        found = json.loads(part.data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{part.name} is not readable JSON: {error}", remedy="export the positions again"
        ) from None
    points = []
    for item in found:
        values = item if isinstance(item, dict) else {}
        stamp = values.get("fixTime") or values.get("deviceTime")
        points.append(
            {
                "unit": values.get("deviceId"),
                "time": _in_utc(stamp) if isinstance(stamp, str) else None,
                "lat": values.get("latitude"),
                "lon": values.get("longitude"),
                "valid": values.get("valid"),
            }
        )
    return points


def _in_utc(stamp: str) -> str:
    """Return a moment with its zone; without one Traccar means UTC."""
    return stamp if re.search(r"(?:Z|[+-]\d\d:?\d\d)$", stamp) else stamp + "Z"


def _kml(part: Part) -> list[dict[str, Any]]:
    """Return the points of each ``gx:Track``, named by its placemark."""
    try:
        root = ET.fromstring(part.data or Path(part.location).read_bytes())
    except ET.ParseError as error:
        raise InputError(
            f"{part.name} is not readable KML: its XML breaks at line {error.position[0]}",
            remedy="export the track again",
        ) from None
    except (OSError, ValueError, LookupError) as error:
        raise InputError(f"{part.name} is not readable KML: {error}") from None
    points: list[dict[str, Any]] = []
    for placemark in root.iterfind(".//{*}Placemark"):
        name = (placemark.findtext("{*}name") or "").strip()
        for track in placemark.iterfind(".//{*}Track"):
            stamps = [(item.text or "").strip() for item in track.iterfind("{*}when")]
            places = [(item.text or "").split() for item in track.iterfind("{*}coord")]
            for stamp, place in zip_longest(stamps, places, fillvalue=""):
                lon, lat = (place[0], place[1]) if len(place) > 1 else (None, None)
                time = _in_utc(str(stamp)) if stamp else None
                points.append({"unit": name, "time": time, "lat": lat, "lon": lon})
    return points
