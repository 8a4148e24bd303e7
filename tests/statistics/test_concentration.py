"""Concentration: Lorenz curve, Gini's coefficient and the worst few per cent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.concentration import concentration


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(sum))
def test_gini_is_half_the_relative_mean_difference(counts):
    values = np.array(counts, dtype=float)
    expected = np.abs(values[:, None] - values).mean() / (2 * values.mean())
    assert concentration(counts).gini == pytest.approx(expected)


def test_shares_by_hand():
    spread = concentration([1, 6, 1, 2])
    assert spread.lorenz["incident_share"].tolist() == pytest.approx([0, 0.6, 0.8, 0.9, 1])
    assert spread.share_of_worst(0.25) == pytest.approx(0.6)
    assert spread.share_of_worst(0.375) == pytest.approx(0.7)
    assert spread.area_holding(0.9) == pytest.approx(0.75)
    assert concentration([5, 5, 0, 0]).area_holding(1) == pytest.approx(0.5)


def test_areas_turn_counts_into_densities():
    # Two cells of equal density are one: no concentration.
    assert concentration([8, 2], [4, 1]).gini == pytest.approx(0)
    assert concentration([5, 5], [1, 4]).share_of_worst(0.2) == pytest.approx(0.5)


def test_fewer_incidents_than_cells_are_no_concentration_by_themselves():
    # Bernasco and Steenbeek 2017: one incident in each of 10 of 100 cells.
    spread = concentration([1] * 10 + [0] * 90)
    assert spread.gini == pytest.approx(0.9)
    assert spread.gini_adjusted == pytest.approx(0)


def test_unusable_input_is_told_in_one_line():
    with pytest.raises(InputError, match="counts: expected at least one incident"):
        concentration([0, 0])
    with pytest.raises(InputError, match=r"share: expected a share between 0 and 1, got 5"):
        concentration([1, 2]).share_of_worst(5)


def test_the_summary_tells_the_worst_and_the_half():
    text = concentration([50] + [1] * 50).summary("en")
    assert text.startswith(
        "The worst 5% of the area hold 52% of the incidents; half of them lie in 2"
    )
    assert "Giniho koeficient 0,48" in concentration([50] + [1] * 50).summary("cs")
