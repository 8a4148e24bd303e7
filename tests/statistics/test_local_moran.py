"""Moran's I, of a map and of its cells."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.places.grid import square_grid
from apkgeo.statistics.local_moran import local_moran, moran
from apkgeo.statistics.neighbours import neighbours_listed, neighbours_within
from tests.statistics.hotspot_cases import city_grid, memphis, plane, points_in_cells, weights

QUEEN = np.sqrt(2)


def test_homicides_around_st_louis_equal_the_published_numbers(shared: Path):
    # PySAL esda: I .243655826, one-tailed p .000135739.
    case = json.loads((shared / "pysal" / "stl_homicide_rate_gal.json").read_text("utf-8"))
    lists = {int(key): [int(other) for other in near] for key, near in case["neighbors"].items()}
    found = moran(None, case["HR8893"], neighbours_listed(lists))
    assert found.estimate == pytest.approx(0.243655826, abs=5e-10)
    assert found.p_greater == pytest.approx(0.000135739, abs=5e-10)
    assert found.summary("cs").replace("\N{NO-BREAK SPACE}", " ").endswith("p < 0,001).")


@pytest.mark.parametrize("transform", ["row", "binary"])
@pytest.mark.parametrize("size", [200, 500])
def test_memphis_equals_esda(shared: Path, size: int, transform):
    esda = pytest.importorskip("esda", reason="esda is the oracle of this test")
    libpysal = pytest.importorskip("libpysal", reason="esda's weights come from libpysal")
    robberies = memphis(shared)
    grid = square_grid(robberies, size)
    counts = points_in_cells(robberies, grid).to_numpy(float)
    centres = np.c_[grid.centroid.x, grid.centroid.y]
    w = libpysal.weights.DistanceBand(centres, size * QUEEN * (1 + 1e-9), silence_warnings=True)
    oracle = esda.Moran_Local(counts, w, transformation=transform[0], permutations=0)
    found = local_moran(grid, counts, size * QUEEN, weights=transform)

    assert np.abs(found["moran"] - oracle.Is).max() < 1e-9
    # esda's moments are those of I without the factor (n − 1)/n.
    n = len(counts)
    z = (oracle.Is * n / (n - 1) - oracle.EIc) / np.sqrt(oracle.VIc)
    assert np.abs(found["z"] - z).max() < 1e-9
    names = ["high-high", "low-high", "low-low", "high-low"]
    assert found["quadrant"].tolist() == [names[q - 1] for q in oracle.q]

    w.transform = transform[0]
    for assumption, suffix in (("normal", "norm"), ("permutation", "rand")):
        whole = esda.Moran(counts, w, transformation=transform[0], permutations=0)
        ours = moran(grid, counts, size * QUEEN, weights=transform, assumption=assumption)
        assert ours.estimate == pytest.approx(whole.I, abs=1e-9)
        assert ours.z == pytest.approx(getattr(whole, f"z_{suffix}"), abs=1e-7)


def test_random_grids_equal_the_plain_formula():
    rng = np.random.default_rng(1)
    for _ in range(10):
        cells = plane(7, 8)
        cells = cells[rng.random(len(cells)) < 0.8]
        values = rng.gamma(1.0, 2.0, len(cells))
        xy = np.c_[cells.centroid.x, cells.centroid.y]
        matrix = weights(xy, 150)
        rows = matrix.sum(axis=1, keepdims=True)
        matrix = np.divide(matrix, rows, out=np.zeros_like(matrix), where=rows > 0)
        z = (values - values.mean()) / values.std()
        expected = (len(z) - 1) * z * (matrix @ z) / (z**2).sum()
        np.testing.assert_allclose(local_moran(cells, values, 150)["moran"], expected, atol=1e-9)
        whole = len(z) / matrix.sum() * (z @ matrix @ z) / (z @ z)
        assert moran(cells, values, 150).estimate == pytest.approx(whole, abs=1e-9)


def test_local_values_sum_to_the_whole():
    cells, values = plane(6, 6), np.random.default_rng(2).poisson(3, 36)
    near = neighbours_within(cells, 150)
    local, whole = (
        local_moran(cells, values, near, weights="binary"),
        moran(None, values, near, weights="binary"),
    )
    assert local["moran"].sum() == pytest.approx(35 / 36 * whole.estimate * near.counts.sum())


def test_without_pattern_the_map_is_significant_in_one_of_twenty():
    rng, near = np.random.default_rng(3), neighbours_within(plane(12, 12), 150)
    p = [
        moran(None, rng.normal(size=144), near, assumption="permutation").p_value
        for _ in range(400)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.01


@pytest.mark.parametrize("correction", ["by", "holm"])
def test_chance_seldom_makes_a_cluster(shared, correction):
    rng, cells = np.random.default_rng(4), city_grid(shared, 500)
    near = neighbours_within(cells, 500 * QUEEN)
    counts = rng.multinomial(500, cells["share"] / cells["share"].sum(), size=40)
    maps = [local_moran(cells, c, near, correction=correction)["cluster"].any() for c in counts]
    assert np.mean(maps) <= 0.05


def test_permutations_agree_with_the_exact_test():
    cells, values = plane(9, 9), np.random.default_rng(5).poisson(4, 81)
    drawn = local_moran(cells, values, 150, permutations=9999, rng=1)["p"]
    exact = local_moran(cells, values, 150)["p_exact"]
    assert np.abs(drawn - exact).max() < 0.03


def test_a_map_without_variation_has_no_autocorrelation_to_tell():
    with pytest.raises(InputError, match="values: expected at least four that vary"):
        moran(plane(3, 3), np.ones(9), 150)


def test_the_summary_tells_the_value_and_what_was_expected():
    found = moran(plane(3, 3), np.arange(9), 100, weights="binary")
    assert found.summary("en").startswith("Moran's I is 0.5")
    assert found.summary("cs").startswith("Moranovo I\N{NO-BREAK SPACE}je 0,5")
