"""Accuracy of predictions: the published indices, and what bounds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.prediction import prediction_accuracy


def test_three_cells_equal_the_published_numbers():
    # R ptools: observed 6, 3, 0; predicted 3, 2, 1; equal areas.
    found = prediction_accuracy([3, 2, 1], [6, 3, 0], 1)
    assert found["pai"].tolist() == pytest.approx([2, 1.5, 1])
    assert found["pei"].tolist() == pytest.approx([1, 1, 1])
    assert found["rri"].tolist() == pytest.approx([0.5, 0.5556, 0.6667], abs=5e-5)


def test_of_equal_predictions_the_one_that_caught_least_comes_first():
    # The example of R ptools' pai, by hand: 7 and 3 were both expected to be 4.
    observed, predicted = [6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 1, 0]
    found = prediction_accuracy(predicted, observed, 1)
    assert found["observed"].tolist() == [6, 9, 16, 18, 19, 19]
    shares = np.array([6, 9, 16, 18, 19, 19]) / 19
    assert found["pai"].tolist() == pytest.approx(shares * 6 / np.arange(1, 7))
    assert found["pei"].tolist() == pytest.approx([6 / 7, 9 / 13, 1, 1, 1, 1])
    backwards = prediction_accuracy(predicted[::-1], observed[::-1], 1)
    assert backwards["pai"].tolist() == found["pai"].tolist()


def test_cells_come_in_the_order_of_predicted_density():
    predicted = pd.Series([4, 3, 2], index=["A", "B", "C"])
    observed = pd.Series([0, 2, 2], index=["C", "A", "B"])
    area = pd.Series([8, 1, 1], index=["A", "B", "C"])
    found = prediction_accuracy(predicted, observed, area)

    assert found.index.tolist() == ["B", "C", "A"]
    # By hand: B holds 2 of 4 on 1 of 10; B and C 2 of 4 on 2; the best 2 units are B and ⅛ of A.
    assert found["pai"].tolist() == pytest.approx([5, 2.5, 1])
    assert found["pei"].tolist() == pytest.approx([1, 2 / 2.25, 1])
    assert found["rri"].tolist() == pytest.approx([1.5, 2.5, 9 / 4])


def test_a_wrong_order_is_less_efficient():
    found = prediction_accuracy([1, 2, 3], [6, 3, 0], 1)
    assert found["pei"].tolist() == pytest.approx([0, 3 / 9, 1])
    assert np.isnan(found["rri"].iloc[0])


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=20
    ).filter(lambda rows: sum(row[1] for row in rows) > 0)
)
def test_efficiency_is_a_share_and_the_whole_area_tells_nothing(rows):
    predicted, observed, area = zip(*rows, strict=True)
    found = prediction_accuracy(list(predicted), list(observed), list(area))
    known = found["pei"].dropna()
    assert known.between(0, 1).all()
    assert found["pai"].iloc[-1] == pytest.approx(1)
    assert found["observed"].iloc[-1] == sum(observed)
    perfect = prediction_accuracy(list(observed), list(observed), list(area))
    assert perfect["pei"].to_numpy() == pytest.approx(np.ones(len(rows)))


def test_unusable_input_is_told_in_one_line():
    with pytest.raises(InputError, match="observed: expected at least one incident, got none"):
        prediction_accuracy([1, 2], [0, 0], 1)
    with pytest.raises(InputError, match=r"area: expected positive areas, got 0\.0"):
        prediction_accuracy([1, 2], [1, 0], [1, 0])
    with pytest.raises(InputError, match=r"predicted: expected no negative number, got -1\.0"):
        prediction_accuracy([1, -1], [1, 0], 1)
    with pytest.raises(InputError, match="observed: expected 2 numbers, one a cell, got 3"):
        prediction_accuracy([1, 1], [1, 0, 0], 1)
