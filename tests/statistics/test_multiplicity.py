"""Adjusted p-values, against statsmodels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from apkgeo.errors import InputError
from apkgeo.statistics.multiplicity import adjust_p_values


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusts_as_statsmodels_does(values: list[float]) -> None:
    for ours, theirs in (("holm", "holm"), ("by", "fdr_by"), ("bh", "fdr_bh")):
        found = adjust_p_values(values, correction=ours)
        assert found == pytest.approx(multipletests(values, method=theirs)[1], abs=1e-12)


def test_missing_values_stay_missing_and_do_not_count() -> None:
    found = adjust_p_values([0.01, math.nan, 0.03])
    assert found[[0, 2]].tolist() == [0.02, 0.03]
    assert np.isnan(found[1])


def test_holm_by_hand() -> None:
    # 4 tests: .01 × 4, .02 × 3, .03 × 2 (not below the one before), .9 × 1.
    found = adjust_p_values(np.array([0.9, 0.01, 0.03, 0.02]))
    assert found.tolist() == pytest.approx([0.9, 0.04, 0.06, 0.06])


def test_without_correction_they_stay_and_the_array_given_is_left_alone() -> None:
    given_values = np.array([0.5, math.nan, 0.01])
    for correction in ("none", "holm"):
        adjust_p_values(given_values, correction=correction)[0] = 0.7
    assert given_values[[0, 2]].tolist() == [0.5, 0.01]
    found = adjust_p_values(given_values, correction="none")
    assert found[[0, 2]].tolist() == [0.5, 0.01]
    assert np.isnan(found[1])


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match="expected numbers between 0 and 1"):
        adjust_p_values([0.5, 1.5])
