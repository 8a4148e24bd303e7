"""Rows in are rows used and rows rejected, whatever the table holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as ILLEGAL

from apkgeo.errors import ApkgeoError
from apkgeo.frames import Kind, Reading, check_frame
from apkgeo.sources.accounting import Sieve
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.incidents import read_incidents
from apkgeo.sources.patrols import read_patrols

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)
PATROL = ["unit", "time", "lat", "lon"]
ADDRESS = [
    *("Kód ADM", "Název obce", "Název MOMC", "Název části obce", "Název ulice", "Typ SO"),
    *("Číslo domovní", "Číslo orientační", "PSČ", "Souřadnice Y", "Souřadnice X"),
]


@pytest.mark.parametrize(
    ("read", "kind", "header", "likely"),
    [
        (read_patrols, "patrols", PATROL, ["", "2015-07-01T10:00:00Z", "49.7", "13,4", "0", "a"]),
        (read_addresses, "addresses", ADDRESS, ["", "10,0", "822380.44", "1069630,42", "č.ev."]),
    ],
)
@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_table_loses_a_row(
    tmp_path: Path,
    data: st.DataObject,
    read: Callable[[Path], Reading],
    kind: Kind,
    header: list[str],
    likely: list[str],
) -> None:
    cell = st.one_of(st.sampled_from(likely), TEXT)
    size = len(header)
    rows = data.draw(st.lists(st.lists(cell, min_size=size, max_size=size), max_size=5))
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    path = tmp_path / "table.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    try:
        reading = read(path)
    except ApkgeoError as error:
        assert "\n" not in str(error)
        return
    check_frame(reading.frame, kind)
    assert len(reading.frame) + len(reading.rejected) == len(rows)


COLUMNS = ["okrsek", "nazev", "platne_od", "platne_do", "obyvatel", "sluzebna", "jine"]
SHAPES = st.sampled_from(
    [
        *("POLYGON ((13 49, 14 49, 14 50, 13 49))", "POLYGON EMPTY", "POINT (13 49)"),
        *("POLYGON ((13 49, 14 50, 14 49, 13 50, 13 49))", "POLYGON ((1 1, 1 1, 1 1, 1 1))"),
        *("GEOMETRYCOLLECTION (POINT (13 49), POLYGON ((13 49, 14 49, 14 50, 13 49)))", None),
        *("POLYGON ((1e300 49, 14 49, 14 50, 1e300 49))", "LINESTRING (13 49, 14 50)"),
        *("POLYGON ((-822000 -1070000, -821000 -1070000, -821000 -1069000, -822000 -1070000))",),
    ]
)


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_layer_loses_an_area(tmp_path: Path, data: st.DataObject) -> None:
    cell = st.one_of(st.sampled_from(["", "A", "1.1.2014", "2014-01-01", "1 200", "7.5"]), TEXT)
    rows = data.draw(st.lists(st.tuples(SHAPES, *[cell] * len(COLUMNS)), min_size=1, max_size=5))
    frame = gpd.GeoDataFrame(
        [row[1:] for row in rows],
        columns=COLUMNS,
        geometry=gpd.GeoSeries.from_wkt([row[0] for row in rows]),
        crs=data.draw(st.sampled_from([4326, 5514])),
    )
    path = tmp_path / "areas.parquet"
    frame.to_parquet(path)
    try:
        reading = read_boundaries(path)
    except ApkgeoError as error:
        assert "\n" not in str(error)
        return
    check_frame(reading.frame, "boundaries")
    assert reading.rows_in == len(rows)
    assert reading.frame.geometry.is_valid.all()


INCIDENT = ["Číslo jednací", "Datum", "Čas", "Druh události", "Adresa", "X", "Y"]
VALUES = st.one_of(
    st.none(),
    st.sampled_from(["1.7.2013", "24:00", "neznámo", "1.-3.7.2013", "§ 47", "-822380,44", "13.4"]),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.datetimes(pd.Timestamp(1900, 3, 1), pd.Timestamp(2100, 1, 1)),
    st.times(),
    TEXT,
)


@given(data=st.data())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_workbook_loses_a_row(tmp_path: Path, data: st.DataObject) -> None:
    size = len(INCIDENT)
    rows = data.draw(st.lists(st.lists(VALUES, min_size=size, max_size=size), max_size=5))
    book = openpyxl.Workbook()
    book.active.append(INCIDENT)
    kept = 0
    for row in rows:
        cells = [str(value)[:30] if isinstance(value, float) else value for value in row]
        cells = [ILLEGAL.sub("", cell) if isinstance(cell, str) else cell for cell in cells]
        kept += any(cell not in (None, "") for cell in cells)
        book.active.append(cells)
    path = tmp_path / "table.xlsx"
    book.save(path)
    try:
        reading = read_incidents(path)
    except ApkgeoError as error:
        assert "\n" not in str(error)
        return
    check_frame(reading.frame, "incidents")
    assert reading.rows_in == kept  # an empty line is no row


def test_a_row_is_rejected_once_for_its_first_reason() -> None:
    sieve = Sieve(pd.RangeIndex(1, 4))
    assert sieve.reject([False, True, False], "a", ["x", "y", "z"], "first") == 1
    assert sieve.reject([True, True, False], "b", lambda: [1, 2, 3], "second") == 1
    assert sieve.table().values.tolist() == [[1, "b", 1, "second"], [2, "a", "y", "first"]]
    assert sieve.good.tolist() == [False, False, True]
