"""Open data of the state police. All incidents are invented; the layout is that of the files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apkgeo.errors import ApkgeoError, InputError
from apkgeo.frames import check_frame
from apkgeo.sources.incidents import read_incidents
from apkgeo.sources.police_cr import read_police_cr

V2 = """id,x,y,mp,date,state,relevance,types
501,13.3771,49.7481,False,2014-05-01T00:35:00.0000+02:00,3,4,63
501,13.3771,49.7481,False,2014-05-01T00:35:00.0000+02:00,3,4,75
502,13.3801,49.7501,True,2014-01-01T00:30:00.0000+01:00,1,3,115
501,13.3771,49.7481,False,2014-05-01T00:35:00.0000+02:00,3,4,64
502,13.3801,49.7501,True,2014-01-01T00:30:00.0000+01:00,1,3,97
503,13.3801,49.7501,False,2014-02-01T12:00:00.0000+01:00,7,4,35
504,,,False,2014-02-01T12:00:00.0000+01:00,1,4,35
"""
V1 = """id,x,y,mp,date,state,types
501,13.3771,49.7481,False,2014-05-01T00:35:00.0000+02:00,3,"63,75,64"
502,13.3801,49.7501,True,2014-01-01T00:30:00.0000+01:00,1,"97,115"
503,13.3801,49.7501,False,2014-02-01T12:00:00.0000+01:00,7,35
504,,,False,2014-02-01T12:00:00.0000+01:00,1,35
"""
TYPES = "id,name,parent_id\n35,Krádeže,\n41,Kapesní krádeže,35\n18,Vloupání,\n43,Byty,18\n"


def feature(number: int, place: list[float] | None, date: str, state: int, types: Any) -> Any:
    return {
        "type": "Feature",
        "id": number,
        "geometry": place and {"type": "Point", "coordinates": place},
        "properties": {"mp": number == 502, "date": date, "state": state, "types": types},
    }


GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            feature(501, [13.3771, 49.7481], "2014-05-01T00:35:00.0000+02:00", 3, [63, 75, 64]),
            feature(502, [13.3801, 49.7501], "2014-01-01T00:30:00.0000+01:00", 1, [97, 115]),
            feature(503, [13.3801, 49.7501], "2014-02-01T12:00:00.0000+01:00", 7, [35]),
            feature(504, None, "2014-02-01T12:00:00.0000+01:00", 1, [35]),
        ],
    }
)


def written(folder: Path, kind: str) -> Path:
    path = folder / {"v2": "201405.csv", "v1": "2014_554791.csv", "geojson": "201405.geojson"}.get(
        kind, "201405.zip"
    )
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("201405.csv", V2)
            archive.writestr("types.csv", TYPES)
            archive.writestr("states.csv", "id,name\n1,a\n")
            archive.writestr("readme.txt", "id,x,y\n")
    else:
        path.write_text({"v2": V2, "v1": V1, "geojson": GEOJSON}[kind], encoding="utf-8")
    return path


@pytest.mark.parametrize("read", [read_police_cr, read_incidents])
@pytest.mark.parametrize("kind", ["v2", "v1", "zip", "geojson"])
def test_every_form_gives_one_row_for_each_number(tmp_path: Path, kind: str, read: Any) -> None:
    reading = read(written(tmp_path, kind))
    frame = reading.frame
    check_frame(frame, "incidents")
    assert frame["incident_id"].tolist() == ["501", "502"]
    assert frame["types"].tolist() == [(63, 64, 75), (97, 115)]
    assert frame["offence"].tolist() == ["public_danger", "misdemeanour"]
    # 00:35 in summer is 22:35 UTC of the day before; both are local times in Prague.
    assert frame["occurred"].tolist() == [
        pd.Timestamp("2014-04-30T22:35:00Z"),
        pd.Timestamp("2013-12-31T23:30:00Z"),
    ]
    assert str(frame["occurred"].dt.tz) == "Europe/Prague"
    assert frame["precision"].unique().tolist() == ["masked"]
    assert frame["mp"].tolist() == [False, True]
    assert (frame.geometry.x[0], frame.geometry.y[0]) == (13.3771, 49.7481)
    assert frame.crs.to_epsg() == 4326
    assert (reading.rows_in, len(reading.rejected)) == (4, 2)
    assert reading.rejected["reason"].str[:20].tolist() == [
        "The case ended in a ",
        "The incident has no ",
    ]


def test_a_note_tells_how_many_rows_were_gathered(tmp_path: Path) -> None:
    notes = read_police_cr(written(tmp_path, "v2")).notes
    assert any("Rows in the files: 7." in note and "into 4 incidents" in note for note in notes)
    assert any("placed where the effect was, not the deed: 1." in note for note in notes)
    assert any("commercial use is not allowed" in note for note in notes)


def test_a_rejected_incident_is_told_by_its_first_row(tmp_path: Path) -> None:
    rejected = read_police_cr(written(tmp_path, "v2")).rejected
    assert rejected[["row", "column", "value"]].values.tolist() == [
        [6, "state", "7"],
        [7, "x", None],
    ]


def test_all_states_can_be_kept(tmp_path: Path) -> None:
    reading = read_police_cr(written(tmp_path, "v2"), states=None)
    assert reading.frame["incident_id"].tolist() == ["501", "502", "503"]
    assert reading.frame["state"].tolist() == [3, 1, 7]
    only = read_police_cr(written(tmp_path, "v2"), states=[7])
    assert only.frame["incident_id"].tolist() == ["503"]


def test_the_list_of_types_gives_names_and_parents(tmp_path: Path) -> None:
    path = tmp_path / "201405.zip"
    row = "13.37,49.74,False,2014-05-01T10:00:00.0000+02:00,1,4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "201405.csv",
            f"id,x,y,mp,date,state,relevance,types\n1,{row},35\n1,{row},41\n2,{row},43\n",
        )
        archive.writestr("types.csv", TYPES)
    frame = read_police_cr(path).frame
    # 43 lies among the numbers of theft, but its parent says burglary.
    assert frame["offence"].tolist() == ["theft", "burglary"]
    assert frame["offence_text"].tolist() == ["Kapesní krádeže", "Byty"]


def test_an_incident_in_two_files_counts_once(tmp_path: Path) -> None:
    for name in ("201404.csv", "201405.csv"):
        (tmp_path / name).write_text(V2, encoding="utf-8")
    reading = read_police_cr(str(tmp_path / "*.csv"))
    assert reading.frame["incident_id"].is_unique
    assert reading.rows_in == 8
    again = reading.rejected[reading.rejected["reason"].str.contains("named earlier")]
    assert again["value"].tolist() == ["501", "502", "503", "504"]
    assert set(again["file"]) == {"201405.csv"}


def test_rows_of_one_number_that_disagree_are_told(tmp_path: Path) -> None:
    text = V2.replace("501,13.3771,49.7481", "501,13.4771,49.7481", 1)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    reading = read_police_cr(tmp_path / "a.csv")
    assert reading.frame.geometry.x[0] == 13.4771
    assert any("whose rows disagree: 1;" in note for note in reading.notes)


def test_the_spacing_of_the_points_says_which_areas_they_can_carry(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    # Cells of 0.007 by 0.0045 degrees near Plzeň: about 500 m each way.
    cells = rng.integers(0, 12, (366, 2))
    lines = [
        f"{n},{13.3 + 0.007 * a:.4f},{49.7 + 0.0045 * b:.4f},False,"
        f"2014-05-{1 + n % 28:02}T10:00:00.0000+02:00,1,4,35"
        for n, (a, b) in enumerate(cells.tolist())
    ]
    text = "id,x,y,mp,date,state,relevance,types\n" + "\n".join(lines)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    notes = read_police_cr(tmp_path / "a.csv").notes
    places = len({tuple(cell) for cell in cells.tolist()})
    assert f"366 points stand on {places} places, typically 50" in "".join(notes)
    assert "Such points are fair for city districts." in notes
    assert "They are doubtful for police districts." in notes
    assert "They are unsafe for single localities." in notes


def test_a_point_without_coordinates_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(GEOJSON.replace("[13.3771, 49.7481]", "[]"), encoding="utf-8")
    reading = read_police_cr(path)
    assert reading.rejected["reason"].str.startswith("The incident has no coord").sum() == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            "id;datum\n1;2\n",
            r"a\.csv is no file of the state police's open data: expected",
        ),
        ("a.geojson", '{"type": "Fea', r"a\.geojson is not readable GeoJSON"),
        ("a.geojson", '{"type": "x"}', r"a\.geojson is not GeoJSON: no features"),
        ("types.csv", TYPES, r"types\.csv: no incidents; name the month's file"),
        ("a.csv", V2.splitlines()[0] + "\n", r"a\.csv: a header but not one row of incidents"),
    ],
)
def test_other_files_get_one_clear_line(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_police_cr(tmp_path / name)


def test_municipal_and_state_records_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("datum;x;y\n1.1.2014;13.3;49.7\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"201405\.csv is the state police's and m\.csv is not"):
        read_incidents([written(tmp_path, "v2"), tmp_path / "m.csv"])


CELL = st.one_of(
    st.sampled_from(["", "1", "2", "13.37", "49.74", "2014-05-01T10:00:00.0000+02:00", "97", "7"]),
    st.sampled_from(["35,41", "[1, 2]", "nan", "1e400", "-1", "99999999999999999999", "True"]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6),
)


@given(rows=st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=6))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_incident_is_lost(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text).writerows([V2.splitlines()[0].split(","), *rows])
    path = tmp_path / "table.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    try:
        reading = read_police_cr(path)
    except ApkgeoError as error:
        assert "\n" not in str(error)
        return
    check_frame(reading.frame, "incidents")
    assert reading.frame["incident_id"].is_unique
    assert 1 <= reading.rows_in <= len(rows)
    gathered = next(note for note in reading.notes if note.startswith("Rows in the files"))
    assert gathered.values["rows"] == len(rows)
    assert gathered.values["count"] == reading.rows_in
