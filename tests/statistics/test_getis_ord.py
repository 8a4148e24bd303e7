"""Gi and Gi*: equal to others' numbers, and rarely deceived by chance."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from apkgeo.errors import CRSError, InputError
from apkgeo.places.grid import hex_grid, square_grid
from apkgeo.statistics._permutation import bounded_tails, count_tails, permutation_p
from apkgeo.statistics.getis_ord import getis_ord
from apkgeo.statistics.neighbours import neighbours_listed, neighbours_within
from tests.statistics.hotspot_cases import (
    city_grid,
    memphis,
    plain_gi,
    plane,
    points_in_cells,
    weights,
)

QUEEN = np.sqrt(2)


def test_six_points_of_the_published_example():
    # PySAL esda's example, REFERENCE table "Getis-Ord, binary, distance 15".
    cells = gpd.GeoSeries.from_xy([10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30], crs=5514)
    values = [2, 3, 3.2, 5, 8, 7]

    star = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert getis_ord(cells, values, 15)["z"].tolist() == pytest.approx(star, abs=5e-9)
    plain = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    found = getis_ord(cells, values, 15, star=False)["z"].tolist()
    assert found == pytest.approx(plain, abs=5e-9)


def test_first_ten_cells_of_january_in_memphis(shared: Path):
    # sfhotspot's reference page.
    robberies = memphis(shared)
    grid = square_grid(robberies, 500)
    found = getis_ord(grid, points_in_cells(robberies, grid), 500 * QUEEN)

    z = [-0.546, -0.598, -0.598, 0.716, 0.716, 0.716, -0.598, -0.598, -0.546, 0.893]
    assert found["z"].head(10).round(3).tolist() == z
    p = [0.585, 0.550, 0.550, 0.474, 0.474, 0.474, 0.550, 0.550, 0.585, 0.372]
    assert found["p"].head(10).round(3).tolist() == p


def test_uncorrected_the_year_in_memphis_has_as_many_hot_cells_as_sfhotspot_says(shared: Path):
    robberies = memphis(shared, "memphis_robberies")
    grid = square_grid(robberies, 500)
    counts = points_in_cells(robberies, grid)

    assert getis_ord(grid, counts, 500 * QUEEN, correction="none")["hot"].sum() == 425
    corrected = {
        name: int(getis_ord(grid, counts, 500 * QUEEN, correction=name)["hot"].sum())
        for name in ("bh", "by", "holm")
    }
    assert 0 < corrected["holm"] < corrected["by"] < corrected["bh"] < 425
    strict = getis_ord(grid, counts, 500 * QUEEN, null="shuffled")["hot"]
    assert 0 < strict.sum() < corrected["by"]


@pytest.mark.parametrize("star", [True, False])
@pytest.mark.parametrize("size", [200, 500])
def test_memphis_equals_esda(shared: Path, size: int, star: bool):
    esda = pytest.importorskip("esda", reason="esda is the oracle of this test")
    libpysal = pytest.importorskip("libpysal", reason="esda's weights come from libpysal")
    robberies = memphis(shared)
    grid = square_grid(robberies, size)
    counts = points_in_cells(robberies, grid)

    centres = np.c_[grid.centroid.x, grid.centroid.y]
    w = libpysal.weights.DistanceBand(centres, size * QUEEN * (1 + 1e-9), silence_warnings=True)
    oracle = esda.G_Local(
        counts.to_numpy(float), w, transform="B", star=star, permutations=0, island_weight=0
    )
    found = getis_ord(grid, counts, size * QUEEN, star=star)
    assert np.abs(found["z"] - oracle.Zs).max() < 1e-9
    assert np.abs(found["p"] - 2 * oracle.p_norm).max() < 1e-9


@pytest.mark.parametrize("star", [True, False])
@pytest.mark.parametrize(("size", "every"), [(200, 11), (500, 1)])
def test_memphis_equals_the_plain_formula(shared: Path, size: int, every: int, star: bool):
    robberies = memphis(shared)
    grid = square_grid(robberies, size)
    counts = points_in_cells(robberies, grid).to_numpy(float)
    xy = np.c_[grid.centroid.x, grid.centroid.y]

    expected = plain_gi(counts, xy, size * QUEEN, star=star, every=every)
    found = getis_ord(grid, counts, size * QUEEN, star=star)["z"].to_numpy()[::every]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    shape=st.tuples(st.integers(2, 9), st.integers(2, 9)),
    reach=st.sampled_from([0.5, 1.0, QUEEN, 2.0, 3.3, 20.0]),
    star=st.booleans(),
    gaps=st.booleans(),
    whole=st.booleans(),
)
def test_grids_equal_the_plain_formula(seed, shape, reach, star, gaps, whole):
    rng = np.random.default_rng(seed)
    cells = plane(*shape)
    if gaps:
        cells = cells[rng.random(len(cells)) < 0.7]
    if len(cells) < 3:
        return
    values = rng.poisson(1.0, len(cells)) if whole else rng.normal(5.0, 2.0, len(cells))
    xy = np.c_[cells.centroid.x, cells.centroid.y]
    expected = plain_gi(np.asarray(values, dtype=float), xy, reach * 100, star=star)
    found = getis_ord(cells, values, reach * 100, star=star)["z"].to_numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("star", [True, False])
def test_hexagons_and_scattered_points_equal_the_plain_formula(star):
    rng = np.random.default_rng(5)
    hexagons = hex_grid(gpd.GeoSeries.from_xy(*rng.uniform(0, 3000, (2, 50)), crs=5514), 200)
    scattered = gpd.GeoSeries.from_xy(*rng.uniform(0, 3000, (2, 400)), crs=5514)
    for cells, distance in ((hexagons, 200), (hexagons, 350), (scattered, 310)):
        values = rng.gamma(1.0, 3.0, len(cells))
        xy = np.c_[cells.centroid.x, cells.centroid.y]
        expected = plain_gi(values, xy, distance, star=star)
        found = getis_ord(cells, values, distance, star=star)["z"].to_numpy()
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_row_standardised_weights_would_give_the_same_z():
    # Ord and Getis 1995, equation 14, for any weights. (esda's row-standardised z is another: it
    # takes the sum of the weights, 1, for the sum of their squares.)
    cells = plane(12, 9)
    values = np.random.default_rng(6).gamma(1.0, 2.0, len(cells))
    w = weights(np.c_[cells.centroid.x, cells.centroid.y], 150) + np.eye(len(cells))
    w /= w.sum(axis=1, keepdims=True)
    n, total, squares = len(values), w.sum(axis=1), (w**2).sum(axis=1)
    error = values.std() * np.sqrt((n * squares - total**2) / (n - 1))

    expected = (w @ values - values.mean() * total) / error
    found = getis_ord(cells, values, 150, weights="row")
    np.testing.assert_allclose(found["z"], expected, atol=1e-9)
    np.testing.assert_allclose(found["g"], w @ values / values.sum(), atol=1e-12)


@pytest.mark.parametrize("star", [True, False])
@pytest.mark.parametrize(("kind", "transform"), [("binary", "B"), ("row", "R")])
def test_the_statistic_itself_equals_that_of_esda(star, kind, transform):
    esda = pytest.importorskip("esda")
    from libpysal.weights import DistanceBand, fill_diagonal

    cells = plane(12, 9)
    values = np.random.default_rng(6).gamma(1.0, 2.0, len(cells))
    near = DistanceBand(np.c_[cells.centroid.x, cells.centroid.y], 150, silence_warnings=True)
    near = fill_diagonal(near) if star else near
    theirs = esda.G_Local(values, near, transform=transform, star=None, permutations=0)
    found = getis_ord(cells, values, 150, star=star, weights=kind)
    np.testing.assert_allclose(found["g"], theirs.Gs, rtol=0, atol=1e-9)


def test_a_clipped_border_is_not_taken_for_a_quiet_one():
    # Ten incidents a full cell, everywhere alike; the border's cells are a fifth of one.
    cells = square_grid(gpd.GeoSeries([shapely.box(0, 0, 2020, 2000)], crs=5514), 100)
    found = getis_ord(cells, (cells["share"] * 10).round(), 150, correction="bh")

    assert found["p_adjusted"].min() < 0.001
    assert not found["hot"].any() and not found["cold"].any()


def test_areas_are_those_of_the_geometry_whatever_columns_are_called():
    cells = plane(10, 10)
    values = np.random.default_rng(4).poisson(3, 100)
    named = cells.assign(share=np.linspace(0.1, 1, 100))
    expected = getis_ord(cells[["geometry"]], values, 150)
    assert getis_ord(named, values, 150)["p_exact"].equals(expected["p_exact"])


def test_the_null_decides_whether_one_full_cell_makes_its_neighbourhood_hot():
    cells = plane(30, 30)
    values = np.random.default_rng(1).poisson(0.3, 900)
    values[465] = 40
    hot = {null: getis_ord(cells, values, 150, null=null)["hot"] for null in ("even", "shuffled")}

    assert hot["even"].sum() == 9 and not hot["shuffled"].any()
    assert getis_ord(cells, values, 150)["hot"].equals(hot["even"])
    assert getis_ord(cells, values, 150, null="both")["hot"].equals(hot["shuffled"])


def test_incidents_falling_evenly_have_binomial_windows():
    cells = plane(6, 6)
    values = np.random.default_rng(1).poisson(2, 36)
    found = getis_ord(cells, values, 150, null="even")["p_exact"]
    window = values.reshape(6, 6)[1:4, 1:4].sum()
    tails = (
        stats.binom.cdf(window, values.sum(), 9 / 36),
        stats.binom.sf(window - 1, values.sum(), 9 / 36),
    )
    assert found.iloc[14] == pytest.approx(min(1, 2 * min(tails)))
    with pytest.raises(InputError, match="'shuffled' or 'both' for values that are no counts"):
        getis_ord(cells, values + 0.5, 150, null="even")


def test_a_centre_at_exactly_the_distance_is_a_neighbour():
    cells = gpd.GeoSeries.from_xy([0, 100, 200.0001], [0, 0, 0], crs=5514)

    assert neighbours_within(cells, 100).counts.tolist() == [1, 1, 0]
    assert getis_ord(cells, [1, 2, 4], 100)["neighbours"].tolist() == [2, 2, 1]
    assert getis_ord(cells, [1, 2, 4], 100, star=False)["neighbours"].tolist() == [1, 1, 0]


def test_a_cell_without_neighbours_has_a_star_only():
    cells = gpd.GeoSeries.from_xy([0, 100, 5000], [0, 0, 0], crs=5514)
    with_itself = getis_ord(cells, [1, 2, 9], 100)
    without = getis_ord(cells, [1, 2, 9], 100, star=False)

    # By hand: mean 4, population variance 38/3, a window of one cell of three.
    assert with_itself["z"].iloc[2] == pytest.approx((9 - 4) / np.sqrt(38 / 3))
    assert without[["z", "p", "p_adjusted"]].iloc[2].isna().all()
    assert not without["hot"].iloc[2]


@pytest.mark.parametrize("star", [True, False])
def test_one_cell_alone_is_like_its_whole_map(star):
    found = getis_ord(plane(1, 1), [3], 150, star=star)
    assert found[["z", "p", "p_adjusted", "p_exact"]].isna().all(axis=None)
    assert not found["hot"].any() and not found["cold"].any()


def test_values_that_do_not_vary_are_neither_hot_nor_cold():
    found = getis_ord(plane(4, 4), np.full(16, 7.0), 150)

    assert found["z"].isna().all()
    assert not found["hot"].any() and not found["cold"].any()


def test_neighbours_may_be_listed_instead_of_measured():
    cells = plane(3, 3)
    values = [0, 1, 2, 3, 4, 5, 6, 7, 9]
    within = neighbours_within(cells, 100)
    lists = {i: within.target[within.start[i] : within.start[i + 1]].tolist() for i in range(9)}

    listed = getis_ord(cells, values, neighbours_listed(lists))
    assert listed["z"].tolist() == pytest.approx(getis_ord(cells, values, 100)["z"].tolist())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), east=st.floats(-9e5, 9e5), factor=st.floats(0.01, 100))
def test_moving_the_map_or_changing_the_unit_of_values_changes_nothing(seed, east, factor):
    cells = plane(5, 6)
    values = np.random.default_rng(seed).poisson(3, 30).astype(float)
    before = getis_ord(cells, values, 150)["z"]

    moved = cells.set_geometry(cells.translate(east, -east))
    np.testing.assert_allclose(getis_ord(moved, values, 150)["z"], before, atol=1e-9)
    np.testing.assert_allclose(getis_ord(cells, values * factor + 3, 150)["z"], before, atol=1e-8)
    np.testing.assert_allclose(getis_ord(cells, -values, 150)["z"], -before, atol=1e-9)


def test_a_series_is_aligned_by_its_index_and_a_name_is_a_column():
    cells = plane(3, 3).set_index("code")
    values = pd.Series(np.arange(9.0), index=cells.index)
    expected = getis_ord(cells, values, 100)

    assert getis_ord(cells, values[::-1], 100)["z"].equals(expected["z"])
    named = getis_ord(cells.assign(counted=values), "counted", 100)
    assert named["z"].equals(expected["z"])
    assert expected.index.equals(cells.index)
    assert isinstance(expected, gpd.GeoDataFrame) and expected.crs == cells.crs


def test_unusable_input_is_told_in_one_line():
    cells = plane(2, 2)
    with pytest.raises(InputError, match="values, cell 2: expected a finite number, got nan"):
        getis_ord(cells, [1, 2, np.nan, 4], 100)
    with pytest.raises(InputError, match="expected 4 numbers, one a cell, got 3"):
        getis_ord(cells, [1, 2, 3], 100)
    with pytest.raises(InputError, match="index of values: expected the cells' index"):
        getis_ord(cells, pd.Series([1, 2, 3, 4], index=list("abcd")), 100)
    with pytest.raises(InputError, match="distance: expected a positive number of metres, got 0"):
        getis_ord(cells, [1, 2, 3, 4], 0)
    with pytest.raises(InputError, match="correction: expected 'by' or 'bh' or 'holm' or 'none'"):
        getis_ord(cells, [1, 2, 3, 4], 100, correction="fdr")
    with pytest.raises(CRSError, match="must be in metres"):
        getis_ord(gpd.GeoSeries.from_xy([13.3, 13.4], [49.7, 49.8], crs=4326), [1, 2], 100)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=10), st.integers(1, 3))
def test_exact_tails_equal_all_draws_counted(values, size):
    draws = [sum(draw) for draw in combinations(values, size)]
    population = np.array(values, dtype=float)
    sums = np.arange(max(draws) + 1, dtype=float)
    low, high = count_tails(population, sums, np.full(len(sums), size))

    assert low == pytest.approx([np.mean([d <= s for d in draws]) for s in sums], abs=1e-12)
    assert high == pytest.approx([np.mean([d >= s for d in draws]) for s in sums], abs=1e-12)


def test_the_bound_is_never_below_the_exact_tail():
    rng = np.random.default_rng(8)
    for population in (rng.poisson(0.1, 400), rng.poisson(5, 400), rng.geometric(0.2, 400)):
        population = population.astype(float)
        sums = np.arange(0.0, 90.0)
        sizes = np.full(len(sums), 9)
        exact, bound = count_tails(population, sums, sizes), bounded_tails(population, sums, sizes)
        for tail in (0, 1):
            assert (bound[tail] >= exact[tail] - 1e-12).all()


def test_permutation_p_values_are_those_of_the_exact_distribution():
    rng = np.random.default_rng(2)
    values = rng.poisson(1.0, 60).astype(float)
    sums, sizes = np.full(60, 7.0), np.where(np.arange(60) % 2, 4, 6)
    low, high = permutation_p(values, sums, sizes, 20_000, rng)
    for cell in range(0, 60, 7):
        others = np.delete(values, cell)
        expected = count_tails(others, sums[[cell]], sizes[[cell]])
        assert low[cell] == pytest.approx(expected[0][0], abs=0.02)
        assert high[cell] == pytest.approx(expected[1][0], abs=0.02)


def test_permutations_agree_with_the_exact_distribution_and_repeat_from_a_seed():
    cells = plane(8, 8)
    values = np.random.default_rng(1).poisson(2, 64)
    one, same = (
        getis_ord(cells, values, 150, star=False, permutations=9999, rng=4) for _ in range(2)
    )
    assert one["p"].equals(same["p"])
    assert one["p"].min() >= 2 / 10_000

    # Given the cell's own value, both ask the same question.
    exact = getis_ord(cells, values, 150, star=False, null="shuffled")["p_exact"]
    assert np.abs(one["p"] - exact).max() < 0.03


def _share_of_maps_with_a_hot_cell(counts, cells, correction, null=None):
    near = neighbours_within(cells, 500 * QUEEN)
    maps = [getis_ord(cells, values, near, correction=correction, null=null) for values in counts]
    return np.mean([bool(found["hot"].any() or found["cold"].any()) for found in maps])


@pytest.mark.parametrize("correction", ["by", "bh", "holm"])
@pytest.mark.parametrize("incidents", [200, 2000])
def test_chance_seldom_makes_a_hot_cell_in_a_real_citys_shape(shared, correction, incidents):
    """Incidents that fall evenly over the city, border cells being clipped.

    Where no cell is truly hot, any hot cell is a false one, and the share of false ones among
    those found is 1: one number serves the family-wise and the false discovery rates alike.
    """
    rng = np.random.default_rng(2019)
    cells = city_grid(shared, 500)
    even = rng.multinomial(incidents, cells["share"] / cells["share"].sum(), size=40)

    assert _share_of_maps_with_a_hot_cell(even, cells, correction) <= 0.05


@pytest.mark.parametrize("correction", ["by", "bh", "holm"])
def test_shuffling_real_counts_seldom_makes_a_hot_cell(shared, correction):
    robberies = memphis(shared, "memphis_robberies")
    cells = square_grid(robberies, 500)
    counts = points_in_cells(robberies, cells).to_numpy()
    rng = np.random.default_rng(7)
    shuffled = [rng.permutation(counts) for _ in range(40)]

    for null in ("shuffled", "both"):
        assert _share_of_maps_with_a_hot_cell(shuffled, cells, correction, null) <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize("correction", ["by", "bh", "holm"])
def test_chance_makes_a_hot_cell_on_at_most_one_map_in_twenty(shared, correction):
    rng = np.random.default_rng(1)
    cells = city_grid(shared, 500)
    for incidents in (100, 1000, 20_000):
        even = rng.multinomial(incidents, cells["share"] / cells["share"].sum(), size=1000)
        for null in ("even", "both"):
            assert _share_of_maps_with_a_hot_cell(even, cells, correction, null) <= 0.05
    robberies = memphis(shared, "memphis_robberies")
    cells = square_grid(robberies, 500)
    counts = points_in_cells(robberies, cells).to_numpy()
    shuffled = [rng.permutation(counts) for _ in range(1000)]
    assert _share_of_maps_with_a_hot_cell(shuffled, cells, correction, "shuffled") <= 0.05


@pytest.mark.parametrize("correction", ["by", "bh", "holm"])
def test_a_quarter_with_many_times_the_incidents_is_found_and_little_else(correction):
    rng = np.random.default_rng(11)
    cells = plane(40, 40, 500.0)
    place = np.indices((40, 40))
    raised = ((np.abs(place[0] - 20) <= 2) & (np.abs(place[1] - 15) <= 2)).ravel()
    near = neighbours_within(cells, 500 * QUEEN)
    touched = near.sums(raised.astype(float)) > 0
    false, found = [], []
    for _ in range(40):
        hot = getis_ord(
            cells, rng.poisson(np.where(raised, 6.0, 0.5)), near, correction=correction
        )["hot"].to_numpy()
        found.append(hot[raised].mean())
        false.append((hot & ~touched).sum() / max(hot.sum(), 1))
    assert np.mean(found) > 0.8
    assert np.mean(false) <= 0.05


@pytest.mark.parametrize("correction", ["by", "bh", "holm"])
def test_of_the_cells_found_in_a_real_citys_shape_few_are_false(shared, correction):
    """A tenth of Memphis has six times the incidents; a hot cell far from it is a false one."""
    rng = np.random.default_rng(23)
    cells = city_grid(shared, 500)
    near = neighbours_within(cells, 500 * QUEEN)
    middle = cells.geometry.iloc[len(cells) // 2].centroid
    raised = cells.distance(middle).rank() <= len(cells) / 10
    touched = near.sums(raised.to_numpy(dtype=float)) > 0
    level = (cells["share"] * np.where(raised, 6.0, 1.0)).to_numpy()
    false, found = [], []
    for counts in rng.multinomial(4000, level / level.sum(), size=25):
        hot = getis_ord(cells, counts, near, correction=correction)["hot"].to_numpy()
        found.append(hot[raised].mean())
        false.append((hot & ~touched).sum() / max(hot.sum(), 1))
    assert np.mean(found) > 0.8
    assert np.mean(false) <= 0.05
