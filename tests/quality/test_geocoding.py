"""Match rates, laid out by hand; Fisher's test is checked against R."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from apkgeo.quality.geocoding import Geocoding, geocoding
from tests.quality import made


def placed(frame: gpd.GeoDataFrame) -> Geocoding:
    days = frame["occurred"].dt.tz_localize(None).dt.normalize()
    return geocoding(frame, days, made.study())


def with_misses(before: tuple[int, int], after: tuple[int, int]) -> gpd.GeoDataFrame:
    """Return incidents of which (matched, missed) came without coordinates in each year."""
    frame = made.incidents()
    late = (frame["occurred"] >= pd.Timestamp(made.START, tz="Europe/Prague")).to_numpy()
    for year, (matched, missed) in ((~late, before), (late, after)):
        rows = np.flatnonzero(year)
        frame.loc[rows[:matched], "precision"] = "address"
        frame.loc[rows[matched : matched + missed], "geometry"] = None
    return frame


def test_what_has_coordinates_needs_no_address() -> None:
    found = placed(made.incidents())
    assert (found.wanting, found.rate, found.changes, found.notes()) == (0, 1.0, (), [])


def test_rates_are_counted_by_month_and_kind() -> None:
    found = placed(with_misses((30, 10), (40, 0)))
    assert (found.wanting, found.matched, found.placed) == (80, 70, 990)
    for table in (found.by_month, found.by_offence):
        assert table["incidents"].sum() == 1_000
        assert (table["wanting"].sum(), table["matched"].sum()) == (80, 70)
    assert set(found.by_offence.index) == {"public_order", "property"}
    assert found.by_month.index[0] == "2014-01"
    assert found.district_column == ""


def test_a_change_at_a_deployment_is_tested_and_told() -> None:
    found = placed(with_misses((30, 10), (40, 0)))
    (change,) = found.changes
    assert (change.before, change.after) == ((30, 40), (40, 40))
    # R: fisher.test(matrix(c(30, 10, 40, 0), 2))$p.value is 2 * choose(40, 10) / choose(80, 10),
    # the two extreme tables being equally likely.
    from math import comb

    assert change.p_value == pytest.approx(2 * comb(40, 10) / comb(80, 10))
    assert any("went from 75% to 100% (p = 0.001)" in note for note in found.notes())
    assert not any("only" in note for note in found.notes())  # 70 of 80 are 87.5 %


def test_under_85_percent_is_warned_of() -> None:
    found = placed(with_misses((30, 10), (32, 8)))
    assert any(
        "Of 80 incidents without coordinates only 78% were placed" in note for note in found.notes()
    )
    assert not any("Around the deployment" in note for note in found.notes())


def test_the_written_district_groups_rows_without_a_point() -> None:
    frame = with_misses((30, 10), (32, 8))
    missed = frame.geometry.isna()
    frame["Okrsek"] = np.where(missed | (np.arange(1_000) % 10 == 0), "12", "7")
    found = placed(frame)
    assert found.district_column == "Okrsek"
    assert found.by_district.loc["12", "wanting"] - found.by_district.loc["12", "matched"] == 18
    assert any("Districts in which fewer than 85% were placed" in note for note in found.notes())


def test_without_such_a_column_the_address_tells_the_district() -> None:
    frame = with_misses((30, 10), (32, 8))
    wanting = frame.geometry.isna() | (frame["precision"] == "address")
    frame["city_part"] = np.where(wanting, np.where(np.arange(1_000) % 2, "Litice", "Bory"), None)
    told = frame[frame.geometry.isna()].index[:3]
    frame.loc[told, "city_part"] = None
    found = placed(frame)
    assert found.district_column == "city_part"
    assert found.by_district["wanting"].sum() == 80
    assert found.by_district["matched"].sum() == 62
    assert found.by_district.loc["unknown"].tolist() == [3, 3, 0]
    (note,) = [note for note in found.notes() if note.startswith("Districts in which fewer")]
    assert "unknown" not in note
