"""What is gathered of hotspots is what each statistic says of the same incidents."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from apkgeo.errors import CRSError, InputError
from apkgeo.evaluation.hotspots import find_hotspots, whole_periods
from apkgeo.places.grid import square_grid
from apkgeo.places.street_cells import street_cells
from apkgeo.statistics.density import kernel_density
from apkgeo.statistics.emerging import emerging_hotspots
from apkgeo.statistics.getis_ord import getis_ord
from apkgeo.statistics.hot_set import hot_set_change
from tests.pages import hotspot_town, made


@pytest.fixture(scope="module")
def found():
    return hotspot_town.cells().found


@pytest.fixture(scope="module")
def happened() -> pd.DataFrame:
    """The incidents with their local time and the number of their square, by arithmetic."""
    frame = hotspot_town.incidents()
    column = ((frame.geometry.x - made.WEST) // 200).astype(int)
    row = ((frame.geometry.y - made.SOUTH) // 200).astype(int)
    return pd.DataFrame({"time": frame["occurred"].dt.tz_localize(None), "cell": row * 25 + column})


def counted(happened: pd.DataFrame, start: str, end: str, hours=range(24)) -> np.ndarray:
    inside = (happened["time"] >= start) & (happened["time"] < end)
    inside &= happened["time"].dt.hour.isin(list(hours))
    return np.bincount(happened["cell"][inside], minlength=450)


def test_periods_are_before_the_first_start_and_after_the_last(found):
    assert whole_periods(made.study()) == (found.before, found.after)
    assert (found.before.start, found.after.end) == (date(2017, 4, 1), date(2019, 10, 1))


def test_counts_are_those_of_the_squares_and_periods(found, happened):
    assert found.cells["before"].tolist() == counted(happened, "2017-04-01", "2018-04-01").tolist()
    assert found.cells["after"].tolist() == counted(happened, "2018-10-01", "2019-10-01").tolist()


def test_hot_cells_and_densities_are_those_of_the_statistics(found):
    cells = found.cells
    for name in ("before", "after"):
        hot = getis_ord(cells, name, 300)["hot"]
        assert hot.any()
        assert cells[f"hot_{name}"].equals(hot)
    assert (
        found.shift.change.moved
        == hot_set_change(cells, cells["hot_before"], cells["hot_after"]).moved
    )
    points = hotspot_town.incidents()
    times = points["occurred"].dt.tz_localize(None)
    mine = points[(times >= "2018-10-01") & (times < "2019-10-01")]
    density = kernel_density(mine, cells, found.bandwidth, edge_correction=True)["density"] * 1e6
    assert np.allclose(cells["density_after"], density)
    middle = cells.geometry.iloc[200].centroid
    assert cells["within_after"].iloc[200] == (mine.distance(middle) <= found.bandwidth).sum()


def test_categories_are_those_of_whole_quarters_up_to_the_end(found, happened):
    starts = pd.date_range("2014-04-01", "2019-07-01", freq="QS")
    assert [one.start for one in found.steps] == [start.date() for start in starts]
    counts = pd.DataFrame(
        {
            f"{start:%Y-%m}": counted(happened, start, start + pd.DateOffset(months=3))
            for start in starts
        }
    )
    expected = emerging_hotspots(found.cells, counts, 300)["category"]
    assert found.cells["category"].tolist() == expected.tolist()
    assert found.cells["category"].nunique() > 1


def test_the_night_goes_on_after_midnight(found, happened):
    for name, hours in (
        ("morning", range(6, 14)),
        ("afternoon", range(14, 22)),
        ("night", [22, 23, *range(6)]),
    ):
        counts = counted(happened, "2018-10-01", "2019-10-01", hours).reshape(18, 25)
        padded = np.pad(counts, 1)
        around = sum(
            padded[row : row + 18, column : column + 25] for row in range(3) for column in range(3)
        )
        assert found.cells[f"around_{name}"].tolist() == around.ravel().tolist()


def test_incidents_known_to_a_day_are_in_the_profile_but_in_no_shift():
    incidents = hotspot_town.incidents()
    late = incidents["occurred"] + pd.Timedelta(days=1)
    vague = incidents.assign(occurred_to=late.where(np.arange(len(incidents)) % 2 == 0))
    found = find_hotspots(vague, square_grid(hotspot_town.CITY, 200), made.study(), permutations=1)
    assert found.profiles["after"].to_numpy().sum() == pytest.approx(found.cells["after"].sum())
    exact = vague[vague["occurred_to"].isna()]["occurred"].dt.tz_localize(None)
    known = ((exact >= "2018-10-01") & (exact < "2019-10-01")).sum()
    assert 0 < known < found.cells["after"].sum()
    windows = found.cells[["around_morning", "around_afternoon", "around_night"]].to_numpy().sum()
    assert windows <= 9 * known


def test_cells_of_streets_are_called_by_their_streets():
    cells = street_cells(hotspot_town.addresses(), within=hotspot_town.CITY)
    found = find_hotspots(hotspot_town.incidents(), cells, made.study(), permutations=1)
    assert found.cells["reference"].str.match(r"Alley \d\d").all()
    assert found.cells["after"].sum() == hotspot_town.cells().found.cells["after"].sum()


def test_nothing_is_found_where_a_period_is_empty():
    cells = square_grid(hotspot_town.CITY, 200)
    early = hotspot_town.incidents()
    early = early[early["occurred"] < "2018-01-01"]
    assert find_hotspots(early, cells, made.study()) is None
    assert find_hotspots(early.iloc[:0], cells, made.study()) is None


def test_a_short_record_has_no_categories():
    incidents = hotspot_town.incidents()
    late = incidents[incidents["occurred"] >= "2018-12-01"]
    earlier = incidents[incidents["occurred"].between("2018-03-01", "2018-04-01")]
    some = gpd.GeoDataFrame(pd.concat([late, earlier]), crs=incidents.crs)
    assert len(find_hotspots(some, square_grid(hotspot_town.CITY, 200), made.study()).steps) == 6
    study = made.study(months_before=3, months_after=3)
    short = find_hotspots(
        incidents[incidents["occurred"] >= "2018-03-01"],
        square_grid(hotspot_town.CITY, 200),
        study,
        permutations=1,
    )
    assert short.steps == ()
    assert (short.cells["category"] == "no pattern detected").all()


def test_unusable_input_is_told_in_one_line():
    cells = square_grid(hotspot_town.CITY, 200)
    with pytest.raises(InputError, match="the cells: expected a column code"):
        find_hotspots(hotspot_town.incidents(), cells.drop(columns="code"), made.study())
    with pytest.raises(InputError, match="the cells: expected a code of its own for each, got 'r0"):
        find_hotspots(hotspot_town.incidents(), pd.concat([cells, cells[:1]]), made.study())
    with pytest.raises(InputError, match="incidents: expected a GeoDataFrame or a GeoSeries, got"):
        find_hotspots(pd.DataFrame(hotspot_town.incidents()), cells, made.study())
    naive = hotspot_town.incidents()
    naive["occurred"] = naive["occurred"].dt.tz_localize(None)
    with pytest.raises(InputError, match="column 'occurred': expected times with a time zone"):
        find_hotspots(naive, cells, made.study())
    with pytest.raises(CRSError, match="incidents and cells have different CRSs"):
        find_hotspots(hotspot_town.incidents().to_crs(32633), cells, made.study())
