"""Rows in are rows used and rows rejected, whatever the table holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apkgeo.errors import ApkgeoError
from apkgeo.frames import Kind, Reading, check_frame
from apkgeo.sources.accounting import Sieve
from apkgeo.sources.addresses import read_addresses
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


def test_a_row_is_rejected_once_for_its_first_reason() -> None:
    sieve = Sieve(pd.RangeIndex(1, 4))
    assert sieve.reject([False, True, False], "a", ["x", "y", "z"], "first") == 1
    assert sieve.reject([True, True, False], "b", lambda: [1, 2, 3], "second") == 1
    assert sieve.table().values.tolist() == [[1, "b", 1, "second"], [2, "a", "y", "first"]]
    assert sieve.good.tolist() == [False, False, True]
