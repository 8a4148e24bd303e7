"""Knox's test: equal to published tables and to counting every pair."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.errors import CRSError, InputError
from apkgeo.statistics.knox import knox
from apkgeo.statistics.near_repeat import near_repeat_risk


def every_pair(xy, times, distances, durations, closed):
    """Count pairs by two loops."""
    table = np.zeros((len(distances) - 1, len(durations) - 1), dtype=int)

    def band(value, edges):
        for place in range(len(edges) - 1):
            low, high = edges[place], edges[place + 1]
            lowest = closed == "right" and place == 0 and value == low
            inside = low <= value < high if closed == "left" else low < value <= high
            if inside or lowest:
                return place
        return None

    for i in range(len(xy)):
        for j in range(i):
            near = band(np.sqrt(((xy[i] - xy[j]) ** 2).sum()), distances)
            soon = band(abs(times[i] - times[j]), durations)
            if near is not None and soon is not None:
                table[near, soon] += 1
    return table


def test_burglaries_of_chicago_equal_the_published_table(shared: Path):
    # T. Davies, NearRepeat; intervals closed at the left, whole days.
    events = pd.read_csv(shared / "chicago" / "burglary_2016.csv.gz", parse_dates=["date_single"])
    result = knox(
        gpd.GeoSeries.from_xy(events["x"], events["y"], crs=26971),
        events["date_single"],
        [0, 0.1, 200, 400, 600],
        [0, 7, 14, 21],
        permutations=99,
        rng=1,
    )
    assert result.observed.tolist() == [
        [319, 106, 62],
        [1647, 1539, 1400],
        [3598, 3660, 3638],
        [5028, 5167, 4935],
    ]
    assert result.ratio[0, 0] > 5
    assert result.p_value[0, 0] == 0.01


def test_burkitts_lymphoma_equals_pointpats_but_for_its_tail(shared: Path):
    # PySAL pointpats: 13 close pairs; other cells 3416, 39, 14110; P(X ≥ 13) instead of P(X > 13).
    cases = pd.read_csv(shared / "pysal" / "burkitt.csv")
    result = knox(cases[["X", "Y"]].to_numpy(), cases["T"], [0, 20], [0, 5], closed="right", rng=3)
    near, soon, both = result.pairs_by_distance[0], result.pairs_by_duration[0], 13
    assert result.observed.tolist() == [[both]]
    assert (near - both, soon - both) == (3416, 39)
    assert result.pairs - near - soon + both == 14110
    assert result.expected[0, 0] == pytest.approx(10.1438161, abs=5e-8)
    assert result.p_poisson[0, 0] == pytest.approx(0.2222667, abs=5e-8)
    assert result.p_value[0, 0] == pytest.approx(0.2, abs=0.05)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(2, 40),
    closed=st.sampled_from(["left", "right"]),
    whole=st.booleans(),
)
def test_tables_equal_counting_every_pair(seed, count, closed, whole):
    rng = np.random.default_rng(seed)
    # A coarse lattice and few days put many pairs exactly on an edge.
    xy = rng.integers(0, 6, (count, 2)) * 100.0
    times = rng.integers(0, 12, count) if whole else rng.integers(0, 120, count) / 10
    distances, durations = [0, 100, 200, 500], [0, 1, 3, 7]
    result = knox(xy, times, distances, durations, closed=closed, permutations=0)

    expected = every_pair(xy, times, distances, durations, closed)
    assert result.observed.tolist() == expected.tolist()
    ever = every_pair(xy, np.zeros(count), distances, [0, 1], closed)
    assert result.pairs_by_distance.tolist() == ever[:, 0].tolist()
    anywhere = every_pair(np.zeros((count, 2)), times, [0, 1], durations, closed)
    assert result.pairs_by_duration.tolist() == anywhere[0].tolist()


def test_edges_belong_to_the_band_that_the_convention_says():
    # By hand: pairs 0, 100 and 100 m apart; 0, 7 and 7 days.
    xy, times = np.array([[0.0, 0], [0, 0], [100, 0]]), [0, 0, 7]
    left = knox(xy, times, [0, 100, 200], [0, 7, 14], closed="left", permutations=0)
    right = knox(xy, times, [0, 100, 200], [0, 7, 14], closed="right", permutations=0)

    assert left.observed.tolist() == [[1, 0], [0, 2]]
    assert right.observed.tolist() == [[3, 0], [0, 0]]


def test_expected_pairs_and_p_are_those_of_all_permutations():
    rng = np.random.default_rng(4)
    xy, times = rng.uniform(0, 300, (6, 2)), np.array([0, 1, 2, 5, 9, 14])
    edges = [0, 100, 200], [0, 3, 8]
    result = knox(xy, times, *edges, permutations=4999, rng=1)
    tables = np.array(
        [every_pair(xy, np.array(shuffled), *edges, "left") for shuffled in permutations(times)]
    )
    assert result.expected == pytest.approx(tables.mean(axis=0))
    assert result.p_value == pytest.approx((tables >= result.observed).mean(axis=0), abs=0.02)


def test_without_interaction_five_in_a_hundred_are_significant():
    rng = np.random.default_rng(12)
    found = []
    for seed in range(200):
        xy, times = rng.uniform(0, 1000, (60, 2)), rng.integers(0, 60, 60)
        result = knox(xy, times, [0, 150], [0, 7], permutations=99, rng=seed)
        found.append(result.p_value[0, 0] <= 0.05)
    assert 0.005 <= np.mean(found) <= 0.08


def test_near_repeats_put_into_the_data_are_found():
    rng = np.random.default_rng(6)
    xy, times = rng.uniform(0, 5000, (150, 2)), rng.integers(0, 365, 150)
    again = xy[:30] + rng.normal(0, 20, (30, 2)), times[:30] + 3
    result = knox(
        np.vstack([xy, again[0]]), np.append(times, again[1]), [0, 100, 500], [0, 7, 28], rng=1
    )
    assert result.p_value[0, 0] == 0.001
    assert result.p_value[1, 1] > 0.05


def test_a_day_is_a_day_when_the_clocks_change():
    # 26 March 2017 has 23 hours in Prague.
    midnights = pd.Series(pd.to_datetime(["2017-03-20", "2017-03-27"])).dt.tz_localize(
        "Europe/Prague"
    )
    result = knox(np.zeros((2, 2)), midnights, [0, 1], [0, 7, 14], permutations=0)
    assert result.observed.tolist() == [[0, 1]]


def test_times_may_be_dates_strings_or_numbers_and_edges_timedeltas():
    xy = np.zeros((3, 2))
    expected = knox(xy, [0, 3, 20], [0, 1], [0, 7, 28], permutations=0).observed.tolist()
    dates = [date(2024, 5, 1), date(2024, 5, 4), date(2024, 5, 21)]
    edges = [timedelta(0), timedelta(days=7), timedelta(days=28)]

    assert knox(xy, dates, [0, 1], edges, permutations=0).observed.tolist() == expected
    texts = ["2024-05-01", "2024-05-04", "2024-05-21"]
    assert knox(xy, texts, [0, 1], [0, 7, 28], permutations=0).observed.tolist() == expected

    numbers = pd.Series([0, 3, 20], dtype=object)
    assert knox(xy, numbers, [0, 1], [0, 7, 28], permutations=0).observed.tolist() == expected


@pytest.mark.parametrize("zone", [None, "Europe/Prague"])
def test_incidents_at_one_time_of_day_are_whole_days_apart(zone):
    # The third incident follows the second by exactly so many days; the first is far from both.
    rng, xy = np.random.default_rng(5), np.array([[0, 0], [500, 0], [500, 0]])
    for apart in np.tile([1, 7, 14], 40):
        first = pd.Timestamp("2020-01-01") + pd.Timedelta(minutes=int(rng.integers(500_000)))
        times = pd.Series(["2020-01-01", first, first + pd.Timedelta(days=apart)])
        times = pd.to_datetime(times).dt.tz_localize(zone, ambiguous=True, nonexistent="NaT")
        if times.isna().any():
            continue
        edges = [0, apart, 2 * apart]
        left, right = (
            knox(xy, times, [0, 1], edges, closed=closed, permutations=0).observed.tolist()
            for closed in ("left", "right")
        )
        assert (left, right) == ([[0, 1]], [[1, 0]])


def test_the_same_seed_gives_the_same_p_and_inputs_stay():
    rng = np.random.default_rng(1)
    xy, times = rng.uniform(0, 500, (80, 2)), pd.Series(rng.integers(0, 50, 80))
    before = times.copy()
    one, same = (knox(xy, times, [0, 50, 100], [0, 5], rng=9) for _ in range(2))

    assert one.p_value.tolist() == same.p_value.tolist()
    assert times.equals(before)
    assert one.table()["observed"].tolist() == one.observed.ravel().tolist()


def test_fewer_than_two_incidents_have_no_pairs():
    for count in (0, 1):
        result = knox(np.zeros((count, 2)), np.zeros(count), [0, 1], [0, 1], permutations=9, rng=1)
        assert result.observed.tolist() == [[0]] and result.pairs == 0
        assert np.isnan(result.ratio[0, 0])


def test_unusable_input_is_told_in_one_line():
    xy = np.zeros((2, 2))
    with pytest.raises(InputError, match=r"distances: expected at least two edges, increasing"):
        knox(xy, [0, 1], [100, 0], [0, 7])
    with pytest.raises(InputError, match=r"durations: expected at least two edges, increasing"):
        knox(xy, [0, 1], [0, 100], [-7, 7])
    with pytest.raises(InputError, match=r"distances: expected at least two edges.* got 100"):
        knox(xy, [0, 1], 100, [0, 7])
    points = gpd.GeoSeries.from_xy([0, 1], [0, 1], index=[4, 9], crs=5514)
    with pytest.raises(InputError, match="the index of times: expected the labels of points in"):
        knox(points, pd.Series([3, 5], index=[9, 4]), [0, 100], [0, 7])
    with pytest.raises(InputError, match=r"times: expected dates, times or .* got '1\.7\.2013'"):
        knox(xy, ["2013-07-02", "1.7.2013"], [0, 100], [0, 7])
    with pytest.raises(InputError, match="times: expected 2, one a point, got 3"):
        knox(xy, [0, 1, 2], [0, 100], [0, 7])
    with pytest.raises(InputError, match=r"times, row 1: expected a time, got none"):
        knox(xy, pd.to_datetime(pd.Series(["2020-01-01", None])), [0, 100], [0, 7])
    with pytest.raises(InputError, match="closed: expected 'left' or 'right', got 'both'"):
        knox(xy, [0, 1], [0, 100], [0, 7], closed="both")
    with pytest.raises(CRSError, match="points must be in metres"):
        knox(gpd.GeoSeries.from_xy([13.4, 13.5], [49.7, 49.7], crs=4326), [0, 1], [0, 1], [0, 7])


@pytest.mark.parametrize("language", ["en", "cs"])
def test_the_summary_tells_the_nearest_and_soonest_pairs(language):
    xy, times = np.zeros((3, 2)), [0, 1, 30]
    text = knox(xy, times, [0, 100], [0, 7], permutations=9, rng=1).summary(language)

    told = {"en": "1 lie within 100 m and 7 days", "cs": "nejvýše 100\N{NO-BREAK SPACE}m a"}
    assert told[language] in text.replace("  ", " ")


def test_the_risk_map_adds_what_recent_incidents_nearby_add():
    rng = np.random.default_rng(6)
    xy, times = rng.uniform(0, 5000, (150, 2)), rng.integers(0, 365, 150)
    xy, times = np.vstack([xy, xy[:60] + 5.0]), np.append(times, times[:60] + 2)
    result = knox(xy, times, [0, 100, 200], [0, 7, 14], rng=1)
    cells = gpd.GeoSeries.from_xy(*rng.uniform(0, 5000, (2, 60)), crs=5514)
    points = gpd.GeoSeries.from_xy(xy[:, 0], xy[:, 1], crs=5514)
    found = near_repeat_risk(cells, points, times, 180, result)

    at = np.c_[cells.x, cells.y]
    expected = np.ones(60)
    for cell in range(60):
        for place, day in zip(xy, times, strict=True):
            far = np.hypot(*(place - at[cell]))
            if 0 <= 180 - day < 14 and far < 200:
                band = int(far >= 100), int(180 - day >= 7)
                if result.p_value[band] <= 0.05 and result.ratio[band] > 1:
                    expected[cell] += result.ratio[band] - 1
    assert found["risk"].to_numpy() == pytest.approx(expected)
    assert found["risk"].max() > 1

    start = pd.Timestamp("2020-01-01")
    zoned = pd.Series(start + pd.to_timedelta(times, "D")).dt.tz_localize("Europe/Prague")
    moment = start + pd.Timedelta(days=180)
    for at in (moment, moment.date(), f"{moment:%Y-%m-%d}", moment.tz_localize("Europe/Prague")):
        assert near_repeat_risk(cells, points, zoned, at, result).equals(found)
    with pytest.raises(InputError, match="at: expected a moment of the kind of times"):
        near_repeat_risk(cells, points, times, moment, result)
