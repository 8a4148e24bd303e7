"""Kernel density: equal to summing the kernels, and honest at borders and in comparisons."""

from __future__ import annotations

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
from apkgeo.statistics.density import choose_bandwidth, dual_density, kernel_density
from tests.statistics.hotspot_cases import city_grid, plane


def summed(points, cells, bandwidth, kernel, weights=None):
    """Sum the kernels over all pairs, as the textbook writes them."""
    xy, at = (np.c_[f.geometry.centroid.x, f.geometry.centroid.y] for f in (points, cells))
    squares = ((at[:, None] - xy[None]) ** 2).sum(axis=2)
    if kernel == "gaussian":
        each = stats.norm.pdf(np.sqrt(squares) / bandwidth) / np.sqrt(2 * np.pi) / bandwidth**2
    else:
        inside = np.maximum(0, 1 - squares / bandwidth**2)
        each = 3 / (np.pi * bandwidth**2) * inside**2
    return each @ (np.ones(len(xy)) if weights is None else weights)


def scatter(count, size=4000.0, seed=0, crs=5514):
    return gpd.GeoSeries.from_xy(
        *np.random.default_rng(seed).normal(size / 2, size / 5, (2, count)), crs=crs
    )


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth", [30.0, 100.0, 333.0, 2000.0])
def test_any_cells_equal_the_sum_over_all_pairs(kernel, bandwidth):
    points = scatter(500)
    rng = np.random.default_rng(1)
    grids = (
        plane(40, 40),
        hex_grid(shapely.box(0, 0, 4000, 4000), 150).set_crs(5514),
        gpd.GeoSeries.from_xy(*rng.uniform(0, 4000, (2, 700)), crs=5514),
    )
    for cells in grids:
        found = kernel_density(points, cells, bandwidth, kernel=kernel)["density"].to_numpy()
        expected = summed(points, cells, bandwidth, kernel)
        # The Gaussian kernel is cut at six bandwidths.
        allowed = 1e-12 if kernel == "quartic" else 2e-8
        assert np.abs(found - expected).max() <= allowed * expected.max()


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth", [400.0, 700.0, 1500.0])
def test_many_points_on_a_grid_equal_it_to_a_ten_thousandth_of_the_peak(kernel, bandwidth):
    points, cells = scatter(40_000), plane(40, 40)
    few = cells.iloc[::7]
    found = kernel_density(points, cells, bandwidth, kernel=kernel)["density"].iloc[::7]
    expected = summed(points, few, bandwidth, kernel)
    assert np.abs(found.to_numpy() - expected).max() < 1e-4 * expected.max()


def test_a_single_point_by_hand():
    # Quartic at 50 m of 100 m: 3/(π 100²) (1 − 1/4)².
    points = gpd.GeoSeries.from_xy([0.0], [0.0], crs=5514)
    cells = gpd.GeoSeries.from_xy([0, 50, 100], [0, 0, 0], crs=5514)
    peak = 3 / (np.pi * 1e4)
    found = kernel_density(points, cells, 100)["density"].tolist()
    assert found == pytest.approx([peak, peak * 0.75**2, 0.0])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), bandwidth=st.floats(250, 900))
def test_densities_times_areas_give_the_number_of_incidents(seed, bandwidth):
    points, cells = scatter(300, seed=seed), square_grid(shapely.box(-2000, -2000, 6000, 6000), 100)
    inside = points.cx[-1000:5000, -1000:5000]
    found = kernel_density(inside, cells, bandwidth)
    assert (found["density"] * 1e4).sum() == pytest.approx(len(inside), rel=2e-3)


def test_weights_count_an_incident_several_times():
    points, cells = scatter(50), plane(20, 20, 200)
    twice = gpd.GeoSeries(np.repeat(points.values, 2), crs=5514)
    found = kernel_density(points, cells, 500, weights=np.full(50, 2.0))["density"]
    assert found.to_numpy() == pytest.approx(kernel_density(twice, cells, 500)["density"])


def test_weights_are_found_by_the_labels_of_points_or_by_a_columns_name():
    points, cells = scatter(50), plane(20, 20, 200)
    values = pd.Series(np.arange(50.0), index=points.index)
    plain = kernel_density(points, cells, 500, weights=values.to_numpy())
    frame = gpd.GeoDataFrame({"damage": values}, geometry=points)

    assert kernel_density(points, cells, 500, weights=values[::-1]).equals(plain)
    assert kernel_density(frame, cells, 500, weights="damage").equals(plain)


def test_points_may_come_without_a_frame():
    points, cells = scatter(50), plane(20, 20, 200)
    expected = kernel_density(points, cells, 500)
    for bare in (list(points), points.values, np.c_[points.x, points.y]):
        assert kernel_density(bare, cells, 500).equals(expected)
    with pytest.raises(CRSError, match="points and cells have different CRSs"):
        kernel_density(scatter(10, crs=32633).values, cells, 100)


def test_scotts_bandwidth_uses_both_axes():
    # By hand: variances 4 and 16 (n − 1), mean 10, four points: √10 · 4^(−1/6), × √8.
    xy = np.array([[-np.sqrt(6), 0], [np.sqrt(6), 0], [0, -np.sqrt(24)], [0, np.sqrt(24)]])
    assert xy.var(axis=0, ddof=1) == pytest.approx([4, 16])
    expected = np.sqrt(10) * 4 ** (-1 / 6)
    assert choose_bandwidth(xy, kernel="gaussian") == pytest.approx(expected)
    assert choose_bandwidth(xy) == pytest.approx(expected * np.sqrt(8))
    assert choose_bandwidth(xy[:, ::-1]) == pytest.approx(choose_bandwidth(xy))


def test_the_robust_bandwidth_by_hand():
    # Distances from the mean centre 1, 1, 1, 1: D = 1, √(1/ln 2) = 1.2011; 0.9 · 1 · 4^(−1/5).
    xy = np.array([[-1.0, 0], [1, 0], [0, -1], [0, 1]])
    assert choose_bandwidth(xy, rule="robust") == pytest.approx(0.9 * 4**-0.2)


def test_the_bandwidth_that_was_chosen_is_told():
    points, cells = scatter(100), plane(10, 10, 400)
    found = kernel_density(points, cells)
    assert found.attrs["bandwidth"] == pytest.approx(choose_bandwidth(points))
    assert found.attrs["kernel"] == "quartic"
    assert found.index.equals(cells.index) and found.crs == cells.crs


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_edge_correction_makes_an_even_city_even_to_its_border(kernel):
    cells = plane(40, 40)
    x = np.arange(5, 4000, 10.0)
    even = gpd.GeoSeries.from_xy(*(a.ravel() for a in np.meshgrid(x, x)), crs=5514)
    bare = kernel_density(even, cells, 300, kernel=kernel)["density"]
    corrected = kernel_density(even, cells, 300, kernel=kernel, edge_correction=True)["density"]

    # One incident each 100 square metres, everywhere.
    assert bare.min() < 0.005
    assert corrected.to_numpy() == pytest.approx(np.full(1600, 0.01), rel=0.02)


def test_dual_density_equals_the_sums_over_all_pairs():
    one, other, cells = scatter(80, seed=1), scatter(120, seed=2), plane(20, 20, 200)
    found = dual_density(one, other, cells, 600, exposure=(1, 2), correction="none")
    a, b = summed(one, cells, 600, "quartic"), summed(other, cells, 600, "quartic") / 2
    assert found["difference"].to_numpy() == pytest.approx(a - b, abs=1e-12)
    near = (a > 0) & (b > 0)
    assert found["ratio"][near].to_numpy() == pytest.approx(a[near] / b[near])

    # Var of a Poisson sum of kernels = expected sum of their squares.
    peak = 3 / (np.pi * 600**2)
    cell = int(np.argmax(a))
    at = cells.geometry.centroid.iloc[cell]
    squares = sum(
        (peak * max(0, 1 - (at.distance(p) / 600) ** 2) ** 2 / unit) ** 2
        for points, unit in ((one, 1), (other, 2))
        for p in points
    )
    assert found["difference_se"].iloc[cell] == pytest.approx(np.sqrt(squares))
    assert found["z"].iloc[cell] == pytest.approx((a - b)[cell] / np.sqrt(squares))


def test_swapping_the_two_sets_negates_the_comparison():
    one, other, cells = scatter(80, seed=1), scatter(120, seed=2), plane(20, 20, 200)
    ahead, back = (dual_density(*pair, cells, 600) for pair in ((one, other), (other, one)))
    np.testing.assert_allclose(ahead["z"], -back["z"], atol=1e-9)
    np.testing.assert_allclose(ahead["log_ratio"], -back["log_ratio"], atol=1e-9)


@pytest.mark.parametrize("correction", ["by", "holm"])
def test_two_random_sets_seldom_differ(shared, correction):
    rng = np.random.default_rng(5)
    cells = city_grid(shared, 500)
    probability = cells["share"] / cells["share"].sum()
    centres = np.c_[cells.centroid.x, cells.centroid.y]
    maps = []
    for _ in range(40):
        drawn = [
            centres[rng.choice(len(cells), 400, p=probability)] + rng.uniform(-250, 250, (400, 2))
            for _ in range(2)
        ]
        found = dual_density(*drawn, cells, 2000, correction=correction)
        maps.append(bool((found["higher"] | found["lower"]).any()))
    assert np.mean(maps) <= 0.05


def test_a_quarter_that_doubled_tenfold_is_told_higher():
    rng = np.random.default_rng(3)
    cells = plane(20, 20, 200)
    before = gpd.GeoSeries.from_xy(*rng.uniform(0, 4000, (2, 400)), crs=5514)
    more = gpd.GeoSeries.from_xy(*rng.uniform(1000, 1600, (2, 90)), crs=5514)
    after = gpd.GeoSeries(np.append(before.values, more.values), crs=5514)
    found = dual_density(after, before, cells, 500)
    assert found["higher"].any() and not found["lower"].any()
    hot = cells[found["higher"]].centroid
    assert hot.x.between(600, 2000).all() and hot.y.between(600, 2000).all()


def test_no_incident_gives_no_density():
    none = gpd.GeoSeries([], crs=5514)
    assert kernel_density(none, plane(3, 3), 100)["density"].tolist() == [0.0] * 9


def test_unusable_input_is_told_in_one_line():
    points, cells = scatter(10), plane(5, 5)
    with pytest.raises(InputError, match="bandwidth: expected a positive number of metres, got -5"):
        kernel_density(points, cells, -5)
    with pytest.raises(InputError, match="kernel: expected 'quartic' or 'gaussian', got 'box'"):
        kernel_density(points, cells, 100, kernel="box")
    with pytest.raises(InputError, match="at least 200 m for the edge correction of these cells"):
        kernel_density(points, cells, 150, edge_correction=True)
    with pytest.raises(InputError, match="at least two places to choose a bandwidth by, got one"):
        kernel_density(points.iloc[:1], cells)
    with pytest.raises(InputError, match="points: expected a GeoDataFrame or a GeoSeries, got"):
        kernel_density(gpd.GeoDataFrame({"damage": [1]}), cells, 100)
    with pytest.raises(CRSError, match="points and cells have different CRSs"):
        kernel_density(scatter(10, crs=32633), cells, 100)
