"""What vanished, stayed, appeared and moved."""

from __future__ import annotations

import numpy as np
import pytest

from apkgeo.errors import InputError
from apkgeo.statistics.hot_set import hot_set_change
from tests.statistics.hotspot_cases import plane


def test_a_hot_quarter_that_moves_east_is_told_by_how_far():
    cells = plane(6, 10)
    row, column = (place.ravel() for place in np.indices((6, 10)))
    before, after = (row < 2) & (column < 2), (row < 2) & (column >= 1) & (column < 3)
    change = hot_set_change(cells, before, after)

    assert (change.vanished, change.stayed, change.appeared) == (2, 2, 2)
    assert change.overlap == pytest.approx(1 / 3)
    assert change.moved == pytest.approx(100)
    assert change.centre_before == pytest.approx((100, 100))
    # Four cells' centres, each 50√2 m from the middle.
    assert change.spread_before == pytest.approx(50 * np.sqrt(2))
    assert change.table["change"].value_counts()["stayed"] == 2
    assert change.table["change"].isna().sum() == 54


def test_nothing_hot_has_no_middle():
    cells = plane(2, 2)
    change = hot_set_change(cells, np.zeros(4, dtype=bool), np.ones(4, dtype=bool))
    assert change.appeared == 4 and np.isnan(change.moved) and np.isnan(change.spread_before)


def test_swapping_the_periods_swaps_vanished_and_appeared():
    rng, cells = np.random.default_rng(1), plane(5, 5)
    one, other = rng.random(25) < 0.4, rng.random(25) < 0.4
    ahead, back = hot_set_change(cells, one, other), hot_set_change(cells, other, one)
    assert (ahead.vanished, ahead.appeared) == (back.appeared, back.vanished)
    assert ahead.moved == pytest.approx(back.moved)


def test_numbers_are_not_taken_for_flags():
    with pytest.raises(InputError, match="before: expected 4 times true or false, got 4 int64"):
        hot_set_change(plane(2, 2), [0, 1, 0, 1], [True] * 4)
