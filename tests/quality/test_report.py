"""The report as values, text and files."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from apkgeo.frames import Reading
from apkgeo.outputs import write_json
from apkgeo.quality import examine, quality_report, quality_text, rejected_rows, write_quality
from tests.quality import made


def warnings(frame: gpd.GeoDataFrame, **readings: Reading) -> str:
    found = examine({"incidents": made.reading(frame), **readings}, made.study())
    return "\n".join(found.warnings())


def test_good_data_raise_no_warning() -> None:
    assert warnings(made.incidents(), localities=made.areas((0, 0, 1, 1), (1, 0, 2, 1))) == ""


def _gap(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    day = frame["occurred"].dt.tz_localize(None)
    return frame[(day < "2014-05-01") | (day >= "2014-06-01")]


def _short(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[frame["occurred"].dt.tz_localize(None) >= "2014-04-01"]


def _stops(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    late = frame["occurred"].dt.tz_localize(None) >= "2015-03-01"
    return frame.assign(offence=frame["offence"].mask(late & frame["offence"].eq("property"), "x"))


def _moved(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    x, y = (np.round(v / 400) * 400 for v in (frame.geometry.x, frame.geometry.y))
    return frame.set_geometry(gpd.points_from_xy(x, y, crs=frame.crs))


def _words(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = frame.assign(offence_text="rušení klidu (§ 47)", offence="public_order")
    frame.loc[::9, ["offence", "offence_text"]] = ["ruseni_kldu", "rušení kldu"]
    return frame


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_gap, "No incident from 2014-04-30 to 2014-05-3|No incident from 2014-05-01 to"),
        (_short, "The records begin on 2014-04-0"),
        (_stops, "Incidents of the kind property end about 2015-03-01"),
        (_moved, "The points were moved by their publisher: 1000 points stand on"),
        (_words, "words suggest a code: 112 in 1 spellings"),
        (lambda frame: frame.assign(precision="masked"), "unsafe for single localities"),
    ],
)
def test_what_is_wrong_is_told(change, told: str) -> None:
    assert any(part in warnings(change(made.incidents())) for part in told.split("|"))


def test_overlapping_areas_are_told_and_measured() -> None:
    doubled = made.areas((0, 0, 10, 10), (9, 0, 19, 10), (30, 0, 40, 10))
    assert "Police districts that overlap, pairs: 1; the most: A0 – A1." in warnings(
        made.incidents(), districts=doubled
    )
    report = quality_report({"districts": doubled})
    assert report["districts"]["overlaps"] == [
        {"code": "A0", "other": "A1", "square_metres": 10.0, "share_of_smaller": 0.1}
    ]


def test_the_law_change_is_told_only_within_the_time() -> None:
    frame = made.incidents()
    later = frame.assign(occurred=frame["occurred"] + pd.Timedelta(days=730))
    alone = examine({"incidents": made.reading(later)})
    assert alone.law_change
    assert any("offence act changed on 1 July 2017" in note for note in alone.warnings())
    assert not examine({"incidents": made.reading(frame)}).law_change


def test_the_report_adds_up_and_is_strict_json(tmp_path: Path) -> None:
    frame = _words(_moved(made.incidents()))
    report = quality_report(
        {"incidents": made.reading(frame), "localities": made.areas((0, 0, 1, 1))},
        study=made.study(),
    )
    for source in report.values():
        assert source["rows_in"] == source["rows_used"] + sum(source["rejected"].values())
    incidents = report["incidents"]
    assert sum(incidents["months"].values()) == incidents["rows_used"] == 1_000
    assert sum(incidents["offences"].values()) == 1_000
    assert incidents["masking"]["carries"]["locality"] == "unsafe"
    write_json(tmp_path / "a.json", report)
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == report


def test_the_text_is_in_the_language_asked_for() -> None:
    frame = _words(_moved(made.incidents()))
    readings = {"incidents": made.reading(frame), "localities": made.areas((0, 0, 1, 1))}
    found = examine(readings, made.study())
    text = quality_text(found)
    assert "Incidents: 1,000 of 1,003 rows used\n" in text
    assert "  not used, 2: The time cannot be read.\n" in text
    assert "  warning: The points were moved by their publisher" in text
    assert "\n\nLocalities: 1 of 1 rows used" in text
    czech = quality_text(found, language="cs", most=1).replace("\N{NO-BREAK SPACE}", " ")
    assert "Události: použito 1 000 z 1 003 řádků\n" in czech
    assert "  nepoužito, 2: Čas nelze přečíst.\n" in czech
    assert "… a další kódy: " in czech
    assert "warning" not in czech


def test_no_incident_left_is_a_report_as_well() -> None:
    nothing = made.reading(made.incidents().iloc[:0])
    report = quality_report({"incidents": nothing}, study=made.study())
    assert report["incidents"]["rows_in"] == 3
    assert report["incidents"]["geocoding"] is None
    assert quality_report({}) == {}


def test_every_rejected_row_is_listed_with_its_source() -> None:
    readings = {"incidents": made.reading(made.incidents()), "localities": made.areas((0, 0, 1, 1))}
    table = rejected_rows(readings)
    assert table.columns.tolist() == ["source", "file", "row", "column", "value", "reason"]
    assert table[["source", "row", "column"]].values.tolist() == [
        ["incidents", 7, "Datum"], ["incidents", 9, "Typ"], ["incidents", 12, "X"]
    ]  # fmt: skip
    assert rejected_rows(readings, language="cs")["reason"].iloc[0] == "Čas nelze přečíst."
    assert len(rejected_rows({})) == 0


def test_the_files_are_written_and_replaced(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("x")
    study = made.study(
        sources={"incidents": str(tmp_path / "i.csv"), "localities": "l.geojson"}, language="cs"
    )
    frame = _words(made.incidents())
    names = [path.name for path in write_quality(tmp_path / "q", {"incidents": made.reading(frame)}, study)]  # fmt: skip # noqa: E501
    assert names == [
        *("data_quality.json", "data_quality.html", "rejected_rows.csv", "offence_suggestions.csv"),
    ]
    rows = (tmp_path / "q" / "rejected_rows.csv").read_text("utf-8-sig").splitlines()
    assert rows[1] == "incidents;i.csv;7;Datum;31.2.2014;Čas nelze přečíst."
    assert "'=HYPERLINK" in rows[2]
    assert ";-822000,5;" in rows[3]
    decided = tmp_path / "q" / "offence_suggestions.csv"
    decided.write_text(decided.read_text("utf-8-sig").replace("paragrafem.;", "paragrafem.;ano"))
    clean = Reading(frame, made.reading(frame).rejected.iloc[:0])
    again = write_quality(tmp_path / "q", {"incidents": clean}, study)
    assert not (tmp_path / "q" / "rejected_rows.csv").exists()
    assert [path.name for path in again] == [
        *("data_quality.json", "data_quality.html", "offence_suggestions.csv"),
    ]
    assert decided.read_text("utf-8-sig").splitlines()[1].endswith(";ano")
