"""Positions of trackers. The RMC sentence is the well-known one of the NMEA manuals: 123519 UTC on
23 March 1994 at 48 degrees 07.038 minutes north, 11 degrees 31.000 minutes east."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.patrols import NO_FIX, read_patrols

RMC = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230324,003.1,W*6A"


def test_nmea_sentences_are_read(tmp_path: Path) -> None:
    path = tmp_path / "apk-1.log"
    path.write_text(f"$GPGGA,123519,4807.038,N\n{RMC}\n$GPRMC,123520,V,,,,,,,230324,,*00\n")
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["recorded"][0] == pd.Timestamp("2024-03-23T12:35:19Z")
    assert reading.frame.geometry[0].x == pytest.approx(11 + 31 / 60)
    assert reading.frame.geometry[0].y == pytest.approx(48 + 7.038 / 60)
    assert reading.frame["unit"].tolist() == ["apk-1"]
    assert reading.rejected[["row", "reason"]].values.tolist() == [[2, NO_FIX]]


def test_a_table_of_traccar_is_in_utc_and_told_so(tmp_path: Path) -> None:
    path = tmp_path / "positions.csv"
    path.write_text(
        "ID,PROTOCOL,DEVICEID,SERVERTIME,FIXTIME,VALID,LATITUDE,LONGITUDE,SPEED\n"
        "1,osmand,7,2015-07-01 08:00:05,2015-07-01 08:00:00,true,49.74,13.37,2\n"
        "2,osmand,7,2015-07-01 09:00:05,2015-07-01 08:59:00,false,49.74,13.37,0\n"
    )
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["recorded"].tolist() == [pd.Timestamp("2015-07-01T10:00+02:00")]
    assert reading.frame["unit"].tolist() == ["7"]
    assert reading.rejected[["row", "reason"]].values.tolist() == [[2, NO_FIX]]
    assert "A table of Traccar: times that name no zone were read as UTC." in reading.notes
    # With its zone written, as the web application exports it.
    path.write_text(
        "deviceId,fixTime,latitude,longitude\n7,2015-07-01T10:00:00.000+02:00,49.74,13.37\n"
    )
    again = read_patrols(path, keep_units=True).frame["recorded"]
    assert again.tolist() == [pd.Timestamp("2015-07-01T10:00+02:00")]


def test_traccar_positions_are_read_in_utc(tmp_path: Path) -> None:
    fix = {"deviceId": 7, "fixTime": "2024-03-23T12:00:00.000+00:00", "valid": True}
    positions = [
        {**fix, "latitude": 49.74, "longitude": 13.37},
        {**fix, "latitude": 49.74, "longitude": 13.37, "valid": False},
    ]
    path = tmp_path / "positions.json"
    path.write_text(json.dumps(positions))
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["unit"].tolist() == ["7"]
    assert reading.frame["recorded"][0] == pd.Timestamp("2024-03-23T13:00:00+01:00")
    assert reading.rejected["reason"].tolist() == [NO_FIX]


def test_a_kml_track_is_read(tmp_path: Path) -> None:
    path = tmp_path / "walk.kml"
    path.write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
        "<Document><Placemark><name>apk-2</name><gx:Track><when>2024-03-23T12:00:00Z</when>"
        "<when>2024-03-23T12:01:00Z</when><gx:coord>13.37 49.74 300</gx:coord></gx:Track>"
        "</Placemark></Document></kml>"
    )
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["unit"].tolist() == ["apk-2"]
    assert reading.frame.geometry.x.tolist() == [13.37]
    assert reading.rejected["row"].tolist() == [2]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "[{", r"a\.json is not readable JSON"),
        ("a.kml", "<kml><Document>", r"a\.kml is not readable KML: its XML breaks at line 1"),
        ("a.kml", "<kml></kml>", r"a\.kml: a header but not one row of patrols"),
    ],
)
def test_broken_logs_get_one_clear_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_patrols(tmp_path / name)


def test_a_packed_kml_is_read_as_track_and_as_areas(tmp_path: Path) -> None:
    path = tmp_path / "walk.kmz"
    ring = "13,49,0 13.1,49,0 13.1,49.1,0 13,49,0"
    area = (
        "<Placemark><name>Plac</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    track = (
        "<Placemark><name>apk-2</name><gx:Track><when>2024-03-23T12:00:00Z</when>"
        "<gx:coord>13.37 49.74 300</gx:coord></gx:Track></Placemark>"
    )
    for body, name in ((track, "walk.kmz"), (area, "area.kmz")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(
                "doc.kml",
                '<kml xmlns="http://www.opengis.net/kml/2.2" '
                'xmlns:gx="http://www.google.com/kml/ext/2.2">'
                f"<Document>{body}</Document></kml>",
            )
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["unit"].tolist() == ["apk-2"]
    assert read_boundaries(tmp_path / "area.kmz").frame["name"].tolist() == ["Plac"]
