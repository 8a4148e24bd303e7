"""GPX tracks to a table of points, quickly and one file at a time."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.sources.files import Part, buffer


@dataclass(frozen=True)
class Track:
    """The points of a GPX file, as written.

    Attributes
    ----------
    points : pandas.DataFrame
        Text columns ``lat``, ``lon``, ``time``, ``track``; the index counts the points from 1.
    name : str
        The name in the file's metadata, empty when there is none.
    """

    points: pd.DataFrame
    name: str


def read_gpx(part: Part) -> Track:
    """Return every track point of a GPX 1.0 or 1.1 file; way points and routes are left out.

    Raises
    ------
    InputError
        When the XML is broken.
    """
    lat: list[str | None] = []
    lon: list[str | None] = []
    times: list[str | None] = []
    tracks: list[str] = []
    named = ""
    open_tags: list[str] = []
    track_name, first_of_track, time = "", 0, None
    try:
        for event, element in ET.iterparse(buffer(part.data), events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                open_tags.append(tag)
                if tag == "trk":
                    track_name, first_of_track = "", len(lat)
                elif tag == "trkpt":
                    time = None
                continue
            open_tags.pop()
            parent = open_tags[-1] if open_tags else ""
            if tag == "trkpt":
                lat.append(element.get("lat"))
                lon.append(element.get("lon"))
                times.append(time)
                element.clear()
            elif tag == "time" and parent == "trkpt":
                time = element.text
            elif tag == "name" and parent == "trk":
                track_name = (element.text or "").strip()
            elif tag == "name" and parent == "metadata":
                named = (element.text or "").strip()
            elif tag in {"trk", "trkseg"}:
                if tag == "trk":
                    tracks.extend([track_name] * (len(lat) - first_of_track))
                element.clear()
    except ET.ParseError as error:
        line, column = error.position
        raise InputError(
            f"{part.name} is not a readable GPX file: its XML breaks at line {line}, "
            f"column {column}",
            remedy="export the track again",
        ) from None
    except (LookupError, ValueError) as error:
        raise InputError(f"{part.name} is not a readable GPX file: {error}") from None
    tracks.extend([""] * (len(lat) - len(tracks)))
    points = pd.DataFrame({"lat": lat, "lon": lon, "time": times, "track": tracks}, dtype="str")
    return Track(points.set_axis(pd.RangeIndex(1, len(points) + 1)), named)
