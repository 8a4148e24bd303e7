"""Empirical Bayes rates: Marshall's numbers, and never more extreme than the crude ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.statistics.neighbours import neighbours_within
from apkgeo.statistics.smoothed_rates import empirical_bayes_rates
from tests.statistics.hotspot_cases import plane


def invented(seed=1):
    rng, cells = np.random.default_rng(seed), plane(8, 8)
    people = rng.integers(20, 900, 64)
    return cells, rng.poisson(people * rng.gamma(4, 0.02, 64)), people


def test_rates_drawn_to_the_whole_equal_esdas():
    smoothing = pytest.importorskip("esda.smoothing", reason="esda is the oracle of this test")
    cells, counts, people = invented()
    expected = smoothing.Empirical_Bayes(counts, people).r.ravel()
    found = empirical_bayes_rates(cells, counts, people)
    assert found["rate"].to_numpy() == pytest.approx(expected, abs=1e-12)


def test_rates_drawn_to_the_neighbourhood_equal_marshalls_formula():
    cells, counts, people = invented()
    found = empirical_bayes_rates(cells, counts, people, distance=150)
    near = neighbours_within(cells, 150)
    for cell in (0, 9, 27, 63):
        group = [cell, *near.target[near.start[cell] : near.start[cell + 1]]]
        e, n = counts[group], people[group]
        mean = e.sum() / n.sum()
        between = (n * (e / n - mean) ** 2).sum() / n.sum() - mean / n.mean()
        weight = max(between, 0) / (max(between, 0) + mean / people[cell])
        expected = weight * counts[cell] / people[cell] + (1 - weight) * mean
        assert found["rate"].iloc[cell] == pytest.approx(expected)


def test_a_rate_lies_between_the_crude_one_and_the_mean():
    cells, counts, people = invented(4)
    found = empirical_bayes_rates(cells, counts, people)
    low, high = found[["crude", "towards"]].min(axis=1), found[["crude", "towards"]].max(axis=1)
    assert ((found["rate"] >= low - 1e-12) & (found["rate"] <= high + 1e-12)).all()
    small, large = people < 100, people > 700
    assert found["weight"][small].max() < found["weight"][large].min()


def test_where_nobody_lives_the_rate_is_the_mean():
    cells = pd.DataFrame(index=list("ABC"))
    found = empirical_bayes_rates(cells, [3, 5, 0], [10, 90, 0])
    assert np.isnan(found.loc["C", "crude"])
    assert found.loc["C", "rate"] == found.loc["C", "towards"] == pytest.approx(0.08)


def test_counts_that_vary_no_more_than_chance_all_get_the_mean():
    found = empirical_bayes_rates(pd.DataFrame(index=range(3)), [10, 10, 10], [100, 100, 100])
    assert found["rate"].tolist() == pytest.approx([0.1] * 3)
    assert found["weight"].tolist() == [0, 0, 0]


def test_a_negative_population_is_refused():
    with pytest.raises(InputError, match="population: expected some, none negative"):
        empirical_bayes_rates(pd.DataFrame(index=range(2)), [1, 2], [10, -1])
