"""GPX tracks to a table of points, quickly and one file at a time."""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.sources.files import Part


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
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(part.data, True)
    except expat.ExpatError as error:
        raise InputError(
            f"{part.name} is not a readable GPX file: its XML breaks at line {error.lineno}, "
            f"column {error.offset + 1}",
            remedy="export the track again",
        ) from None
    points = pd.DataFrame(
        {"lat": reader.lat, "lon": reader.lon, "time": reader.time, "track": ""}, dtype="str"
    )
    for first, last, name in reader.spans:
        points.iloc[first:last, 3] = name
    return Track(points.set_axis(pd.RangeIndex(1, len(points) + 1)), reader.name)


class _Reader:
    """What the parser calls at each tag: it keeps points only, never a tree."""

    def __init__(self) -> None:
        self.lat: list[str | None] = []
        self.lon: list[str | None] = []
        self.time: list[str | None] = []
        self.spans: list[tuple[int, int, str]] = []
        self.name = ""
        self._above: list[str] = []
        self._text = ""
        self._listening = False
        self._stamp: str | None = None
        self._track_name = ""
        self._first = 0

    def start(self, tag: str, values: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "trkpt":
            self.lat.append(values.get("lat"))
            self.lon.append(values.get("lon"))
            self._stamp = None
        elif tag in {"time", "name"}:
            self._listening, self._text = True, ""
        elif tag == "trk":
            self._track_name, self._first = "", len(self.lat)
        self._above.append(tag)

    def characters(self, text: str) -> None:
        if self._listening:
            self._text += text

    def end(self, tag: str) -> None:
        tag = self._above.pop()
        above = self._above[-1] if self._above else ""
        if tag == "trkpt":
            self.time.append(self._stamp)
        elif tag == "time" and above == "trkpt":
            self._stamp, self._listening = self._text, False
        elif tag == "name" and above == "trk":
            self._track_name, self._listening = self._text, False
        elif tag == "name" and above == "metadata":
            self.name, self._listening = self._text.strip(), False
        elif tag == "trk":
            self.spans.append((self._first, len(self.lat), self._track_name))
