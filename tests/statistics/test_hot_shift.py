"""Whether hot cells are elsewhere: chance alone seldom says so, a real move is found."""

from __future__ import annotations

import numpy as np
import pytest

from apkgeo.errors import InputError
from apkgeo.statistics.concentration import concentration
from apkgeo.statistics.getis_ord import getis_ord
from apkgeo.statistics.hot_shift import hotspot_shift
from tests.statistics.hotspot_cases import plane

ROW, COLUMN = (place.ravel() for place in np.indices((12, 12)))


def quarter(west: int, south: int = 4, level: float = 30.0) -> np.ndarray:
    inside = (south <= ROW) & (south + 4 > ROW) & (west <= COLUMN) & (west + 4 > COLUMN)
    return np.where(inside, level, 2.0)


def test_a_quarter_that_moves_is_found_and_told_by_how_far():
    rng = np.random.default_rng(5)
    cells = plane(12, 12)
    before, after = rng.poisson(quarter(1)), rng.poisson(quarter(5))
    found = hotspot_shift(cells, before, after, 150, permutations=99, rng=1)

    assert found.change.moved == pytest.approx(400, abs=60)
    assert (found.p_overlap, found.p_moved) == (0.01, 0.01)
    assert "moved by" in found.summary("en")
    assert "posunul" in found.summary("cs")


def test_hot_cells_and_curves_are_those_of_the_functions_that_find_them():
    rng = np.random.default_rng(2)
    cells = plane(12, 12)
    before, after = rng.poisson(quarter(1)), rng.poisson(quarter(2))
    found = hotspot_shift(cells, before, after, 150, permutations=0)

    for counts, mine, name in (
        (before, found.before, "vanished"),
        (after, found.after, "appeared"),
    ):
        hot = getis_ord(cells, counts, 150)["hot"]
        told = found.change.table["change"]
        assert told.isin([name, "stayed"]).equals(hot)
        assert mine.gini == concentration(counts).gini
    assert np.isnan([found.p_overlap, found.p_moved, found.p_spread, found.p_gini]).all()


def test_chance_alone_seldom_moves_hot_cells_or_concentrates():
    """Both periods drawn from one map: each p-value is at most 0.05 in about 5 of 100 runs."""
    rng = np.random.default_rng(77)
    cells, small = plane(12, 12), []
    for _run in range(40):
        one = hotspot_shift(
            cells,
            rng.poisson(quarter(3)),
            rng.poisson(quarter(3) / 2),
            150,
            permutations=19,
            rng=rng,
        )
        small.append(np.array([one.p_overlap, one.p_moved, one.p_spread, one.p_gini]) <= 0.05)
    # Of 40 runs at 5 %, 6 or more happen once or twice in a hundred times.
    assert (np.sum(small, axis=0) < 6).all()


def test_fewer_incidents_look_more_concentrated_and_are_seldom_called_so():
    rng, cells, called = np.random.default_rng(4), plane(12, 12), 0
    for _run in range(12):
        before, after = rng.poisson(quarter(3)), rng.poisson(quarter(3) / 12)
        found = hotspot_shift(cells, before, after, 150, permutations=39, rng=rng)
        assert found.after.gini > found.before.gini + 0.1
        called += found.p_gini <= 0.05
    assert called <= 2


def test_swapping_the_periods_swaps_what_vanished_and_appeared():
    rng = np.random.default_rng(8)
    cells, one, other = plane(12, 12), rng.poisson(quarter(2)), rng.poisson(quarter(4))
    there = hotspot_shift(cells, one, other, 150, permutations=49, rng=3)
    back = hotspot_shift(cells, other, one, 150, permutations=49, rng=3)
    assert (there.change.vanished, there.change.appeared) == (
        back.change.appeared,
        back.change.vanished,
    )
    assert there.change.moved == pytest.approx(back.change.moved)
    assert there.p_overlap == pytest.approx(back.p_overlap, abs=0.1)


def test_a_map_without_a_hot_cell_has_nothing_that_moved():
    even = np.ones(144, dtype=int)
    found = hotspot_shift(plane(12, 12), even, even, 150, permutations=9, rng=1)
    assert found.change.stayed == 0
    assert np.isnan(found.p_moved)
    assert found.summary().startswith("In at least one of the two periods no cell stands out")


def test_unusable_input_is_told_in_one_line():
    cells, counts = plane(12, 12), np.ones(144, dtype=int)
    with pytest.raises(InputError, match="before, cell 0: expected whole, non-negative counts"):
        hotspot_shift(cells, counts + 0.5, counts, 150)
    with pytest.raises(InputError, match="expected at least one incident"):
        hotspot_shift(cells, counts, counts * 0, 150)
    with pytest.raises(InputError, match="permutations: expected a whole number, got -1"):
        hotspot_shift(cells, counts, counts, 150, permutations=-1)
