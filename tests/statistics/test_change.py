"""The change in each cell, against scipy's test of one cell at a time."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.statistics.change import hotspot_change
from tests.statistics.hotspot_cases import plane

counts = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30)


@settings(deadline=None)
@given(counts, st.floats(0.2, 5))
def test_p_values_and_intervals_are_those_of_scipy_for_every_cell(pairs, length):
    before, after = (pd.Series(values) for values in zip(*pairs, strict=True))
    found = hotspot_change(before, after, exposure=(1, length))
    for cell, (b, a) in enumerate(pairs):
        if a + b == 0:
            assert np.isnan(found.ratio[cell])
            assert found.p[cell] == 1
            continue
        alone = stats.binomtest(a, a + b, length / (1 + length))
        bounds = alone.proportion_ci(0.95, method="exact")
        assert found.p[cell] == pytest.approx(alone.pvalue, rel=1e-6)
        assert found.low[cell] == pytest.approx(bounds.low / (1 - bounds.low) / length, rel=1e-6)
        if b:
            high = bounds.high / (1 - bounds.high) / length
            assert found.high[cell] == pytest.approx(high, rel=1e-6)
        else:
            assert found.high[cell] == np.inf


@settings(deadline=None)
@given(counts)
def test_swapping_the_periods_inverts_the_ratio_and_keeps_the_evidence(pairs):
    before, after = (pd.Series(values) for values in zip(*pairs, strict=True))
    one, other = hotspot_change(before, after), hotspot_change(after, before)
    np.testing.assert_allclose(one.p, other.p, rtol=1e-6)
    np.testing.assert_array_equal(one.rise, other.fall)
    both = (before > 0) & (after > 0)
    np.testing.assert_allclose(one.ratio[both], 1 / other.ratio[both])


def test_benjamini_yekutieli_is_counted_by_hand():
    # Ten heads in ten tosses, either way: p is 2/1024; two more tests; the harmonic sum is 11/6.
    before = pd.Series([10, 3, 4, 0], index=list("abcd"))
    after = pd.Series([0, 3, 4, 0], index=list("abcd"))
    found = hotspot_change(before, after)
    assert found.p["a"] == pytest.approx(2 / 2**10)
    assert found.p_adjusted["a"] == pytest.approx(2 / 2**10 * 3 * (1 + 1 / 2 + 1 / 3))
    assert found.fall.tolist() == [True, False, False, False]
    assert not found.rise.any()


def test_holm_is_counted_by_hand():
    # p-values of three cells times 3, 2 and 1, never falling.
    before, after = [40, 30, 12], [12, 12, 10]
    p = hotspot_change(before, after, correction="none")["p"].to_numpy()
    assert (np.diff(p) > 0).all()
    expected = np.minimum(np.maximum.accumulate(p * [3, 2, 1]), 1)
    assert hotspot_change(before, after, correction="holm")["p_adjusted"].to_numpy() == (
        pytest.approx(expected)
    )


def test_ten_thousand_cells_without_a_change_are_almost_never_called_a_change():
    rng = np.random.default_rng(7)
    level = rng.gamma(1, 8, 10_000)
    found = hotspot_change(pd.Series(rng.poisson(level)), pd.Series(rng.poisson(level)))
    assert (found.p < 0.05).sum() > 150
    assert (found.rise | found.fall).sum() <= 1


def test_nothing_before_and_much_after_is_an_infinite_rise():
    found = hotspot_change(pd.Series([0]), pd.Series([12]))
    assert found.ratio[0] == np.inf
    assert bool(found.rise[0])


@pytest.mark.parametrize(
    ("before", "after", "options", "message"),
    [
        ([1], [1, 2], {}, "the index of after: expected the cells' index"),
        ([1.5], [1], {}, "before, cell 0: expected whole, non-negative counts, got 1.5"),
        ([1], [-1], {}, "after, cell 0: expected whole, non-negative counts, got -1.0"),
        ([1], [None], {}, "after, cell 0: expected a finite number, got None"),
        ([1], [1], {"exposure": (0, 1)}, "exposure: expected a positive number, got 0"),
        ([1], [1], {"exposure": 3}, "exposure: expected a pair (before, after), got 3"),
        ([1], [1], {"correction": "bonferroni"}, "correction: expected 'by' or 'bh' or 'holm'"),
        ([1], [1], {"level": 95}, "level: expected a number between 0 and 1, got 95"),
    ],
)
def test_what_cannot_be_compared_is_named(before, after, options, message):
    with pytest.raises(InputError, match="^" + re.escape(message)):
        hotspot_change(pd.Series(before), pd.Series(after), **options)


def test_lists_are_counts_too():
    cells = hotspot_change([40, 6, 0], [12, 5, 0])
    assert cells["before"].tolist() == [40, 6, 0]
    with pytest.raises(InputError, match="after: expected 2 numbers, one a cell, got 3"):
        hotspot_change([1, 2], [1, 2, 3])


def test_cells_are_found_by_their_labels_in_any_order():
    before = pd.Series({"A": 40, "B": 6})
    found = hotspot_change(before, pd.Series({"B": 5, "A": 12}))
    assert found["after"].to_dict() == {"A": 12, "B": 5}
    assert hotspot_change({"A": 40, "B": 6}, {"B": 5, "A": 12}).equals(found)


def test_with_the_cells_the_changes_can_be_drawn():
    cells = plane(1, 2).assign(before=[40, 6], after=[12, 5])
    found = hotspot_change("before", "after", cells=cells)
    assert found.geometry.equals(cells.geometry) and found.crs == cells.crs
    bare = hotspot_change(cells["before"], cells["after"])
    assert pd.DataFrame(found.drop(columns="geometry")).equals(bare)
