"""Where patrols walked; the tracks are written here by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.frames import check_frame
from apkgeo.sources.patrols import read_patrols

GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><name>hlídka 7</name><time>2015-01-01T00:00:00Z</time></metadata>
<wpt lat="50" lon="15"><name>here</name></wpt>
<trk><name>apk-1</name><trkseg>
<trkpt lat="49.7400" lon="13.3700"><ele>300</ele><time>2015-07-01T08:00:00Z</time></trkpt>
<trkpt lat="49.7401" lon="13.3701"/>
<trkpt lat="x" lon="13.3701"><time>2015-07-01T08:00:10Z</time></trkpt>
</trkseg></trk>
<trk><trkseg>
<trkpt lat="49.7402" lon="13.3702"><time>2015-12-01T08:00:20</time></trkpt>
</trkseg></trk></gpx>"""


def test_a_gpx_track_is_read_in_local_time(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(GPX, encoding="utf-8")
    reading = read_patrols(tmp_path / "a.gpx")
    frame = reading.frame
    check_frame(frame, "patrols")
    assert frame["unit"].tolist() == ["unit-01", "unit-02"]
    assert frame["recorded"].tolist() == [
        pd.Timestamp("2015-07-01T10:00:00+02:00"),
        pd.Timestamp("2015-12-01T09:00:20+01:00"),
    ]
    assert (frame.geometry[0].x, frame.geometry[0].y) == (13.37, 49.74)
    assert reading.rejected[["row", "column"]].values.tolist() == [[2, "time"], [3, "lon, lat"]]
    assert "Units in the tracks: 2; pseudonyms replace their names." in reading.notes


def test_a_track_names_the_unit_else_the_file_does(tmp_path: Path) -> None:
    (tmp_path / "a.gpx").write_text(GPX, encoding="utf-8")
    reading = read_patrols(tmp_path / "a.gpx", keep_units=True)
    assert reading.frame["unit"].tolist() == ["apk-1", "hlídka 7"]
    assert "Units in the tracks: 2." in reading.notes


def test_nothing_that_is_read_names_a_unit_or_its_file(tmp_path: Path) -> None:
    for name, day in (("Zeman", 1), ("Adam", 2), ("Novák", 3)):
        (tmp_path / f"{name}.csv").write_text(
            f"Hlídka;čas;lat;lon;rychlost\n{name};2015-07-0{day}T08:00:00Z;49,74;13,37;1\n"
            f"{name};2015-07-0{4 - day}T09:00:00Z;49.74;13.37;1\n",
            encoding="cp1250" if name == "Novák" else "utf-8",
        )
    reading = read_patrols(str(tmp_path / "*.csv"))
    shown = reading.frame.drop(columns="geometry").to_csv() + "".join(reading.notes)
    assert not any(name in shown for name in ("Zeman", "Adam", "Novák"))
    # Counted by their first position in time, not by the alphabet.
    named = read_patrols(str(tmp_path / "*.csv"), keep_units=True).frame["unit"]
    pairs = dict(zip(named, reading.frame["unit"], strict=True))
    assert pairs == {"Zeman": "unit-01", "Novák": "unit-02", "Adam": "unit-03"}


def test_a_table_of_points_is_read(tmp_path: Path) -> None:
    path = tmp_path / "patrol.csv"
    path.write_text(
        "Hlídka;Datum a čas;GPS N;GPS E\n"
        "apk-1;1.7.2015 10:00:05;49,74;13,37\n"
        "apk-1;;49,74;13,37\n"
        "apk-2;1.7.2015 10:00:05;;\n",
        encoding="utf-8",
    )
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["unit"].tolist() == ["apk-1"]
    assert reading.frame["recorded"][0] == pd.Timestamp("2015-07-01T10:00:05+02:00")
    assert reading.frame.geometry.x.tolist() == [13.37]
    assert reading.rejected["reason"].tolist() == ["No time.", "The point has no position."]


def test_without_a_column_the_file_names_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "apk-9.csv"
    path.write_text("time,lat,lon\n2015-07-01T08:00:00Z,49.74,13.37\n")
    reading = read_patrols(path, keep_units=True)
    assert reading.frame["unit"].tolist() == ["apk-9"]
    assert reading.frame["recorded"][0].hour == 10


def test_many_tracks_are_laid_together(tmp_path: Path) -> None:
    for number in (1, 2):
        text = GPX.replace("apk-1", f"apk-{number}")
        (tmp_path / f"{number}.gpx").write_text(text, encoding="utf-8")
    reading = read_patrols(str(tmp_path / "*.gpx"))
    assert (len(reading.frame), len(reading.rejected)) == (4, 4)
    assert set(reading.rejected["file"]) == {"1.gpx", "2.gpx"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.gpx", "<gpx><trk>", r"a\.gpx is not a readable GPX file: its XML breaks at line 1"),
        ("a.gpx", "<gpx></gpx>", r"a\.gpx: a header but not one row of patrols"),
        ("a.csv", "time;unit\n2015-07-01;1\n", "no column for the position: expected a column"),
        ("a.csv", "lat;lon;unit\n49;13;1\n", "no column for the time: expected a column such as"),
    ],
)
def test_bad_input_gets_one_clear_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        read_patrols(tmp_path / name)


@pytest.mark.parametrize(
    ("head", "rows", "seconds"),
    [
        ("Hlídka;Datum;Čas", ["1;14.7.2014;8:00:30", "1;14.7.2014;24:00"], [30, 57_600]),
        ("unit;date;time", ["1;2014-07-14;080030", "1;2014-07-14;8:01"], [30, 60]),
        # The time is the whole moment; what else there is of days is left alone.
        ("unit;date;time", ["1;2014-07-14;2014-07-14T06:00:30Z"] * 2, [30, 30]),
        ("unit;servertime;time", ["1;2014-07-15 9:00;2014-07-14T06:00:30Z"], [30]),
        ("unit;fixtime;time", ["1;2014-07-14 8:00:30;9", "1;2014-07-14 8:01;x9"], [30, 60]),
    ],
)
def test_a_day_and_a_time_of_day_may_stand_in_two_columns(
    tmp_path: Path, head: str, rows: list[str], seconds: list[int]
) -> None:
    table = "".join(f"{row};49.74;13.37\n" for row in rows)
    (tmp_path / "a.csv").write_text(f"{head};lat;lon\n{table}", encoding="utf-8")
    recorded = read_patrols(tmp_path / "a.csv").frame["recorded"]
    eight = pd.Timestamp("2014-07-14T08:00:00+02:00")
    assert [(one - eight).total_seconds() for one in recorded] == seconds
