"""Kaplan and Meier's estimate beside statsmodels', and at its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from apkgeo.errors import InputError
from apkgeo.patrols.survival import kaplan_meier

watched = st.lists(
    st.tuples(st.integers(1, 30).map(lambda n: n / 2), st.booleans()), min_size=1, max_size=60
).filter(lambda rows: any(ended for _, ended in rows))


@settings(deadline=None)
@given(watched)
def test_shares_and_errors_are_those_of_statsmodels(rows: list[tuple[float, bool]]) -> None:
    durations, ended = map(np.array, zip(*rows, strict=True))
    table = kaplan_meier(durations, ended)
    with np.errstate(all="ignore"):
        other = SurvfuncRight(durations, ended.astype(int))
    assert table["duration"].tolist() == other.surv_times.tolist()
    assert table["at_risk"].tolist() == other.n_risk.tolist()
    assert table["ended"].tolist() == other.n_events.tolist()
    assert table["share"].to_numpy() == pytest.approx(other.surv_prob, abs=1e-12)
    left = other.surv_prob > 1e-12
    assert table["std_error"].to_numpy()[left] == pytest.approx(other.surv_prob_se[left], rel=1e-9)
    known = table[left]
    assert (known["low"] <= known["share"]).all()
    assert (known["share"] <= known["high"]).all()
    assert table.loc[~left, ["std_error", "low", "high"]].isna().all(axis=None)


def test_the_interval_is_that_of_the_logarithm_of_the_logarithm() -> None:
    # Freireich's 6-MP group (Kalbfleisch and Prentice 2002, table 1.1): weeks in remission.
    # R's survfit(..., conf.type = "log-log") gives 0.753 (0.503, 0.889) at week 10.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    row = kaplan_meier(weeks, np.array(ended, bool)).set_index("duration").loc[10]
    assert row[["share", "low", "high"]].tolist() == pytest.approx([0.753, 0.503, 0.889], abs=5e-4)


def test_nothing_ended_gives_no_rows() -> None:
    assert kaplan_meier([3.0, 4.0], [False, False]).empty
    assert kaplan_meier([], []).empty


def test_what_cannot_be_watched_is_refused() -> None:
    with pytest.raises(InputError, match="durations: expected positive numbers"):
        kaplan_meier([0.0], [True])
    with pytest.raises(InputError, match="one of each for everything watched"):
        kaplan_meier([1.0, 2.0], [True])
    with pytest.raises(InputError, match="level: expected a number between 0 and 1, got 95"):
        kaplan_meier([1.0], [True], level=95)
