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


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match="expected numbers between 0 and 1"):
        adjust_p_values([0.5, 1.5])
