"""Andresen's test in its difference form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.statistics.point_pattern import point_pattern_test

counts = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=12
).filter(lambda rows: sum(r[0] for r in rows) > 0 and sum(r[1] for r in rows) > 0)


@settings(max_examples=60, deadline=None)
@given(counts)
def test_each_area_equals_scipys_fisher_test(rows):
    base, test = (np.array(column) for column in zip(*rows, strict=True))
    table = point_pattern_test(base, test, correction="none").table
    for area, p in enumerate(table["p"]):
        if base[area] + test[area]:
            four = [
                [base[area], test[area]],
                [base.sum() - base[area], test.sum() - test[area]],
            ]
            assert p == pytest.approx(stats.fisher_exact(four).pvalue, abs=1e-9)
        else:
            assert np.isnan(p)


def test_the_chi_squared_form_is_pearsons_times_n_less_one_over_n():
    base, test = np.array([30, 20, 50]), np.array([10, 30, 40])
    found = point_pattern_test(base, test, method="chi2", correction="none").table
    for area in range(3):
        four = [[base[area], test[area]], [100 - base[area], 80 - test[area]]]
        statistic = stats.chi2_contingency(four, correction=False).statistic * 179 / 180
        assert found["p"].iloc[area] == pytest.approx(stats.chi2.sf(statistic, 1))


def test_the_interval_equals_newcombes_published_example():
    # Newcombe 1998, table II, method 10, row (a): 56/70 − 48/80, 95 %: .0524 to .3339.
    found = point_pattern_test([48, 32], [56, 14]).table.iloc[0]
    assert found["difference"] == pytest.approx(0.2)
    assert (found["low"], found["high"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_indices_count_areas_that_cannot_be_told_apart():
    base = pd.Series([500, 300, 200, 0], index=list("ABCD"))
    test = pd.Series([0, 200, 300, 500], index=list("DCBA"))
    result = point_pattern_test(base, test)
    assert (result.s_index, result.s_index_robust) == (1.0, 1.0)

    moved = point_pattern_test(base, test + pd.Series([0, 300, 0, 0], index=list("ABCD")))
    assert moved.table["higher"].tolist() == [False, True, False, False]
    assert moved.table["lower"].tolist() == [True, False, True, False]
    assert (moved.s_index, moved.s_index_robust) == (0.25, 0.0)


def test_twice_as_many_incidents_in_the_same_places_is_the_same_pattern():
    base = np.random.default_rng(1).poisson(20, 30)
    assert point_pattern_test(base, base * 2).s_index == 1.0


@pytest.mark.parametrize("method", ["fisher", "chi2"])
def test_the_same_pattern_is_seldom_told_apart(method):
    rng = np.random.default_rng(2)
    share = rng.dirichlet(np.ones(60))
    maps = [
        point_pattern_test(
            rng.multinomial(400, share), rng.multinomial(600, share), method=method
        ).s_index
        < 1
        for _ in range(100)
    ]
    assert np.mean(maps) <= 0.05


def test_unusable_input_is_told_in_one_line():
    with pytest.raises(InputError, match="base: expected at least one incident, got none"):
        point_pattern_test([0, 0], [1, 2])
    with pytest.raises(
        InputError, match=r"test, cell 0: expected whole, non-negative counts, got 1\.5"
    ):
        point_pattern_test([1, 0], [1.5, 2])
    points = pd.DataFrame({"occurred": ["2024-01-02"], "offence": ["x"]})
    with pytest.raises(
        InputError, match=r"base: expected one number a cell, got a frame of 1 rows"
    ):
        point_pattern_test(points, points)


def test_the_summary_tells_the_similarity():
    result = point_pattern_test([500, 300, 200, 0], [200, 300, 500, 0])
    assert result.summary("en").startswith("Of the areas with any incident, 33% cannot be told")
    assert "nedá rozlišit" in result.summary("cs")
