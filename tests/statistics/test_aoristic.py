"""Weights of hours for incidents known to an interval, and profiles before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.statistics.aoristic import aoristic_weights, hour_weekday_profile, profile_change

MINUTES = st.integers(0, 60 * 24 * 30)


def by_minutes(start, end, of):
    """Count the minutes of an interval one by one."""
    minutes = pd.date_range(start, end, freq="min", inclusive="left")
    return pd.Series(of(minutes)).value_counts(normalize=True)


@settings(max_examples=40, deadline=None)
@given(MINUTES, st.integers(1, 60 * 24 * 9))
def test_weights_equal_counting_minutes(first, length):
    start = pd.Timestamp("2024-02-20") + pd.Timedelta(minutes=first)
    end = start + pd.Timedelta(minutes=length)
    kinds = {
        "hour": lambda m: m.hour,
        "weekday": lambda m: m.day_of_week,
        "hour_of_week": lambda m: m.day_of_week * 24 + m.hour,
    }
    for by, of in kinds.items():
        found = aoristic_weights([start], [end], by=by).iloc[0]
        expected = by_minutes(start, end, of).reindex(found.index, fill_value=0.0)
        assert found.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


@given(st.lists(st.tuples(MINUTES, MINUTES), min_size=1, max_size=20))
def test_each_incident_counts_once(pairs):
    origin = pd.Timestamp("2024-01-01")
    start = pd.Series([origin + pd.Timedelta(minutes=min(pair)) for pair in pairs])
    end = pd.Series([origin + pd.Timedelta(minutes=max(pair)) for pair in pairs])
    assert aoristic_weights(start, end).sum(axis=1).to_numpy() == pytest.approx(1)
    profile = hour_weekday_profile(start, end)
    assert profile.shape == (7, 24)
    assert profile.to_numpy().sum() == pytest.approx(len(pairs))


def test_a_moment_is_in_one_hour_and_a_missing_end_is_a_moment():
    start = pd.Series(pd.to_datetime(["2024-05-01 23:59", "2024-05-05 00:00"]), index=["a", "b"])
    end = pd.Series([pd.NaT, pd.Timestamp("2024-05-05 00:30")])
    found = aoristic_weights(start, end)
    assert found.index.tolist() == ["a", "b"]
    assert (found.loc["a", 23], found.loc["b", 0]) == (1, 1)
    assert aoristic_weights(start, [np.nan, np.nan]).equals(aoristic_weights(start))
    days = aoristic_weights(start, by="weekday")
    assert days.loc["a", 2] == 1 and days.loc["b", 6] == 1  # Wednesday and Sunday


def test_zoned_times_are_taken_by_their_own_clock():
    start = pd.Series(pd.to_datetime(["2024-07-01 20:10"])).dt.tz_localize("Europe/Prague")
    assert aoristic_weights(start).loc[0, 20] == 1
    texts = aoristic_weights(["2024-07-01T20:10+02:00", "2024-12-01T07:10+01:00", "2024-12-01"])
    assert texts.to_numpy().argmax(axis=1).tolist() == [20, 7, 0]


def test_an_interval_in_the_hour_that_comes_twice_lies_in_it():
    # 27 October 2024: at 3:00 of summer time Prague's clocks go back to 2:00.
    zoned = [
        pd.Series(pd.to_datetime([time])).dt.tz_localize("UTC").dt.tz_convert("Europe/Prague")
        for time in ("2024-10-27 00:30", "2024-10-27 01:15")
    ]
    assert [f"{times[0]:%H:%M}" for times in zoned] == ["02:30", "02:15"]
    assert aoristic_weights(*zoned).loc[0, 2] == 1
    assert hour_weekday_profile(*zoned).loc[6, 2] == 1


def test_the_same_hours_are_seldom_told_apart():
    rng = np.random.default_rng(1)
    hours = pd.to_timedelta(rng.integers(0, 24 * 90, 300), unit="h")
    weights = aoristic_weights(pd.Series(pd.Timestamp("2024-01-01") + hours))
    p = []
    for seed in range(60):
        order = rng.permutation(300)
        pair = weights.iloc[order[:120]], weights.iloc[order[120:]]
        p.append(profile_change(*pair, permutations=99, rng=seed).p_value)
    assert np.mean(np.array(p) <= 0.05) <= 0.13
    assert 0.3 < np.mean(p) < 0.7


def test_a_shift_from_evening_to_night_is_found_in_those_hours():
    rng = np.random.default_rng(2)

    def drawn(middle, count):
        minutes = rng.normal(middle * 60, 30, count) + 1440 * rng.integers(0, 100, count)
        return aoristic_weights(
            pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(minutes, unit="min"))
        )

    found = profile_change(drawn(20, 120), drawn(23, 80), exposure=(2, 1), rng=3)
    assert found.p_value == 0.001
    changed = found.table.index[found.table["changed"]].tolist()
    assert {20, 22} <= set(changed) <= {18, 19, 20, 21, 22, 23, 0}
    assert found.table["before"].sum() == pytest.approx(60)
    assert found.table["after"].sum() == pytest.approx(80)


def test_unusable_input_is_told_in_one_line():
    with pytest.raises(InputError, match="end, row 0: expected a time not before the start"):
        aoristic_weights(["2024-01-02"], ["2024-01-01"])
    with pytest.raises(InputError, match=r"start, row 1: expected a time, got none"):
        aoristic_weights(pd.to_datetime(pd.Series(["2024-01-02", None])))
    for function in (aoristic_weights, hour_weekday_profile):
        with pytest.raises(InputError, match="start: expected times, got a frame; give its column"):
            function(pd.DataFrame({"occurred": ["2024-01-02"], "offence": ["x"]}))
    with pytest.raises(InputError, match="start: expected times, got 5"):
        aoristic_weights([5, 6])
    days = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"]), index=["a", "b"])
    with pytest.raises(InputError, match="the index of end: expected the labels of start in the"):
        aoristic_weights(days, days[::-1])
    with pytest.raises(InputError, match="by: expected 'hour' or 'weekday' or 'hour_of_week'"):
        aoristic_weights(["2024-01-02"], by="month")
    with pytest.raises(InputError, match="expected weights with the same bins"):
        profile_change(
            aoristic_weights(["2024-01-02"]), aoristic_weights(["2024-01-02"], by="weekday")
        )
