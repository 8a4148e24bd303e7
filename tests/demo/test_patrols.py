"""Patrol tracks are valid GPX, on shifts, in and around the localities of the unit."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path
from typing import Any

import geopandas as gpd
import gpxpy
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def fixes(folder: Path) -> gpd.GeoDataFrame:
    """Every fix of every file: the file, the unit, the shift, the time."""
    rows = []
    for path in sorted((folder / "hlidky").glob("*.gpx")):
        gpx = gpxpy.parse(path.read_text(encoding="utf-8"))
        assert gpx.version == "1.1"
        for shift, track in enumerate(gpx.tracks):
            rows += [
                (path.stem, track.name, shift, point.time, point.longitude, point.latitude)
                for point in track.segments[0].points
            ]
    frame = pd.DataFrame(rows, columns=["file", "unit", "shift", "time", "lon", "lat"])
    points = gpd.points_from_xy(frame.pop("lon"), frame.pop("lat"), crs=4326)
    return gpd.GeoDataFrame(frame, geometry=points).to_crs(5514)


def test_units_are_pseudonyms_with_a_file_a_quarter(fixes: gpd.GeoDataFrame) -> None:
    assert set(fixes["unit"]) == {"apk-1", "apk-2", "apk-3", "domovnik-1", "domovnik-2"}
    assert fixes["file"].str.fullmatch(r"(apk|domovnik)-\d_20\d\d-q[1-4]").all()
    assert (fixes.groupby("file")["shift"].nunique() == 5).all()  # a week's sample
    months = (fixes["time"].dt.month - 1) // 3 + 1
    assert (fixes["file"].str[-1].astype(int) == months).all()


def test_the_tracks_are_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in (folder / "hlidky").iterdir()) < 6_000_000


def test_nobody_walks_before_the_programme_begins(
    fixes: gpd.GeoDataFrame, truth: dict[str, Any]
) -> None:
    for programme in truth["programmes"]:
        for unit in programme["units"]:
            first = fixes.loc[fixes["unit"] == unit, "time"].min()
            assert first.date() >= date.fromisoformat(programme["start"])


def test_times_are_utc_and_fall_into_shifts(fixes: gpd.GeoDataFrame) -> None:
    assert {moment.utcoffset() for moment in fixes["time"]} == {UTC.utcoffset(None)}
    local = fixes["time"].dt.tz_convert("Europe/Prague")
    assert local.dt.hour.between(8, 22).all()
    assert (local.dt.day_of_week != 6).all()
    for _, shift in fixes.groupby(["file", "shift"]):
        assert shift["time"].is_monotonic_increasing
        assert pd.Timedelta(hours=5) < shift["time"].max() - shift["time"].min()
        assert shift["time"].max() - shift["time"].min() < pd.Timedelta(hours=6)


def test_units_walk_mostly_in_the_localities_of_their_programme_and_along_the_streets_around(
    folder: Path, fixes: gpd.GeoDataFrame, truth: dict[str, Any]
) -> None:
    localities = gpd.read_file(folder / "hranice" / "lokality.geojson").to_crs(5514)
    streets = gpd.read_file(folder / "hranice" / "ulice.geojson").to_crs(5514).union_all()
    for kind in ("assistants", "caretakers"):
        own = [one for one in truth["programmes"] if one["programme"] == kind]
        codes = [one["locality"] for one in own]
        area = localities.loc[localities["code"].isin(codes), "geometry"].union_all()
        units = [unit for one in own for unit in one["units"]]
        walked = fixes[fixes["unit"].isin(units)]
        away = walked.distance(area)
        assert (away == 0).mean() > 0.45
        assert away.between(1, 150).mean() > 0.2
        assert away.between(150, 300).mean() > 0.05
        assert away.max() < 350
        assert (walked[away > 15].distance(streets) < 12).mean() > 0.98


def test_assistants_take_turns_so_that_no_locality_is_one_persons_work(
    folder: Path, fixes: gpd.GeoDataFrame, truth: dict[str, Any]
) -> None:
    localities = gpd.read_file(folder / "hranice" / "lokality.geojson").to_crs(5514)
    own = [one for one in truth["programmes"] if one["programme"] == "assistants"]
    for programme in own:
        area = localities.loc[localities["code"] == programme["locality"], "geometry"].item()
        here = fixes[fixes.within(area) & fixes["unit"].str.startswith("apk")]
        share = here["unit"].value_counts(normalize=True)
        assert share.index[0] == programme["units"][0]
        assert 0.15 < share.iloc[1:].sum() < 0.6


def test_nobody_runs_or_swims(folder: Path, fixes: gpd.GeoDataFrame) -> None:
    for _, shift in fixes.groupby(["file", "shift"]):
        metres = shift.distance(shift.shift())
        minutes = shift["time"].diff().dt.total_seconds() / 60
        assert (metres / minutes).quantile(0.99) < 110
    water = gpd.read_file(folder / "hranice" / "voda.geojson").to_crs(5514)
    bridges = fixes[fixes.within(water.union_all())]
    assert len(bridges) < 0.02 * len(fixes)
