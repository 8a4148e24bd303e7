"""Counting: every point once, in its area or outside, and nothing lost on the way."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import InputError
from apkgeo.places.counting import count_by_period, count_points
from apkgeo.places.locate import AreaIndex, locate
from apkgeo.study import Period
from tests.places.strategies import areas, points

TWO = gpd.GeoDataFrame(
    {"code": ["south", "north"]}, geometry=[box(0, 0, 10, 10), box(0, 10, 10, 20)], crs=5514
)
EVENTS = gpd.GeoDataFrame(
    {
        "offence": ["noise", "theft", "noise", None, "theft"],
        "origin": ["citizen", "citizen", "patrol", "patrol", "citizen"],
        "occurred": pd.DatetimeIndex(
            ["2014-01-05", "2014-01-20", "2014-03-01", "2014-03-31 23:59", "2014-03-02"],
            tz="Europe/Prague",
        ),
    },
    geometry=gpd.points_from_xy([1, 2, 3, 4, 99], [1, 2, 15, 3, 99], crs=5514),
    index=[10, 10, 11, 12, 13],
)


def test_counts_come_in_the_order_of_the_areas_with_zeros():
    far = gpd.GeoDataFrame({"code": ["far"]}, geometry=[box(50, 50, 60, 60)], crs=5514)
    frame = pd.concat([TWO, far], ignore_index=True)
    counts = count_points(EVENTS, frame)
    assert counts.to_dict() == {"south": 3, "north": 1, "far": 0}
    assert counts.name == "count" and counts.index.name == "code"
    assert counts.dtype == "int64"
    assert counts.attrs["outside"] == 1


def test_counts_by_a_column_have_a_column_for_each_label_and_for_none():
    counts = count_points(EVENTS, TWO, by="offence")
    assert counts.columns.to_list()[:2] == ["noise", "theft"] and pd.isna(counts.columns[2])
    assert counts.to_numpy().tolist() == [[1, 1, 1], [1, 0, 0]]
    assert list(counts.attrs["outside_by"].values()) == [0, 1, 0]
    assert counts.attrs["outside"] == 1


def test_counts_by_several_columns_have_those_that_occur():
    counts = count_points(EVENTS.dropna(), TWO, by=["origin", "offence"])
    assert counts.columns.to_list() == [
        ("citizen", "noise"),
        ("citizen", "theft"),
        ("patrol", "noise"),
    ]
    assert counts.columns.names == ["origin", "offence"]
    assert counts.to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]


def test_every_category_has_a_column_even_when_it_is_empty():
    kinds = EVENTS["offence"].astype(pd.CategoricalDtype(["theft", "arson", "noise"]))
    counts = count_points(EVENTS, TWO, by=kinds)
    assert counts.columns.to_list()[:3] == ["theft", "arson", "noise"]
    assert counts["arson"].to_list() == [0, 0]


def test_every_step_of_a_frequency_has_a_column():
    counts = count_points(EVENTS, TWO, by=pd.Grouper(key="occurred", freq="MS"))
    assert [f"{month:%Y-%m}" for month in counts.columns] == ["2014-01", "2014-02", "2014-03"]
    assert counts.to_numpy().tolist() == [[2, 0, 1], [0, 0, 1]]


def test_steps_of_a_frequency_do_not_need_events_in_the_order_of_time():
    rng = np.random.default_rng(5)
    times = pd.Timestamp("2014-01-01") + pd.to_timedelta(rng.integers(0, 300, 80), unit="D")
    events = gpd.GeoDataFrame(
        {"occurred": times}, geometry=gpd.points_from_xy(*rng.uniform(-1, 3, (2, 80)), crs=5514)
    )
    counts = count_points(events, TWO, by=pd.Grouper(key="occurred", freq="MS"))
    inside = locate(events, TWO)
    for code in counts.index:
        by_hand = [int(((times.month == month) & (inside == code)).sum()) for month in range(1, 11)]
        assert counts.loc[code].to_list() == by_hand


def test_labels_may_be_given_beside_the_points():
    labels = np.array(["a", "b", "a", "b", "a"])
    assert count_points(EVENTS, TWO, by=labels)["a"].to_list() == [1, 1]
    assert count_points(EVENTS.geometry, TWO, by=labels)["b"].to_list() == [2, 0]


def test_rows_of_one_code_count_as_one_area():
    pieces = TWO.assign(code="both")
    assert count_points(EVENTS, pieces).to_dict() == {"both": 4}


@settings(deadline=None, max_examples=40)
@given(st.data(), st.sampled_from([0, 20_000]))
def test_counts_and_outside_add_up_to_the_points(data, expected):
    frame = data.draw(areas(dated=True))
    events = data.draw(points(frame))
    index = AreaIndex(frame, expected=expected)
    on = data.draw(st.sampled_from([None, "occurred"]))

    whole = count_points(events, index, on=on)
    split = count_points(events, index, by="occurred", on=on)

    assert whole.sum() + whole.attrs["outside"] == len(events)
    assert split.sum(axis=1).equals(whole.rename(None))
    assert split.attrs["outside"] == whole.attrs["outside"]
    assert sum(split.attrs["outside_by"].values()) == whole.attrs["outside"]
    assert whole.to_dict() == {
        code: int((index.locate(events, on=on) == code).sum()) for code in frame["code"]
    }


def test_labels_must_be_those_of_the_points():
    with pytest.raises(InputError, match=r"by='colour'.*columns offence, origin, occurred"):
        count_points(EVENTS, TWO, by="colour")
    with pytest.raises(InputError, match=r"one label for each of 5 points.*got 2 labels"):
        count_points(EVENTS, TWO, by=np.array([1, 2]))
    with pytest.raises(InputError, match="on another index"):
        count_points(EVENTS, TWO, by=pd.Series(range(5)))
    with pytest.raises(InputError, match="at least one column"):
        count_points(EVENTS, TWO, by=[])


# ---- by period ---------------------------------------------------------------------------------


def test_a_period_holds_its_first_day_and_not_its_last():
    periods = {
        "january": Period(date(2014, 1, 5), date(2014, 1, 20)),
        "spring": Period(date(2014, 3, 1), date(2014, 4, 1)),
    }
    counts = count_by_period(EVENTS, TWO, periods)
    assert list(counts.columns) == ["area", "period", "count", "days"]
    assert counts.to_numpy().tolist() == [
        ["south", "january", 1, 15],
        ["south", "spring", 1, 31],
        ["north", "january", 0, 15],
        ["north", "spring", 1, 31],
    ]
    assert counts.attrs["outside"] == {"january": 0, "spring": 1}
    assert counts.attrs["undated"] == 0


def test_days_are_those_of_the_local_clock():
    # 31 December 2013 at 23:30 UTC is half past midnight of the new year in Prague.
    moment = pd.DatetimeIndex(["2013-12-31 23:30"], tz="UTC")
    event = gpd.GeoDataFrame(
        {"occurred": moment.tz_convert("Europe/Prague")},
        geometry=gpd.points_from_xy([1], [1], crs=5514),
    )
    year = {"2014": Period(date(2014, 1, 1), date(2015, 1, 1))}
    assert count_by_period(event, TWO, year)["count"].sum() == 1
    utc = event.assign(occurred=moment)
    assert count_by_period(utc, TWO, year)["count"].sum() == 0


def test_overlapping_periods_count_an_event_in_each():
    whole = {
        "a": Period(date(2014, 1, 1), date(2015, 1, 1)),
        "b": Period(date(2014, 3, 1), date(2014, 4, 1)),
    }
    counts = count_by_period(EVENTS, TWO, whole).groupby("period")["count"].sum()
    assert counts.to_dict() == {"a": 4, "b": 2}


def test_days_are_those_on_which_the_area_was_valid():
    # South ceased on 20 January; north was drawn in two pieces, from the 10th and from the 1st.
    frame = gpd.GeoDataFrame(
        {
            "code": ["south", "north", "north"],
            "valid_from": pd.to_datetime([None, "2014-01-10", "2014-01-01"]),
            "valid_to": pd.to_datetime(["2014-01-20", None, "2014-01-25"]),
        },
        geometry=[box(0, 0, 10, 10), box(0, 10, 10, 15), box(0, 15, 10, 20)],
        crs=5514,
    )
    january = {"january": Period(date(2014, 1, 1), date(2014, 2, 1))}
    counts = count_by_period(EVENTS, frame, january)
    assert counts.to_numpy().tolist() == [["south", "january", 1, 19], ["north", "january", 0, 31]]
    assert counts.attrs["outside"] == {"january": 1}


def test_events_without_a_date_are_told():
    undated = EVENTS.assign(occurred=EVENTS["occurred"].where([True, False, True, True, True]))
    year = {"2014": Period(date(2014, 1, 1), date(2015, 1, 1))}
    counts = count_by_period(undated, TWO, year)
    assert counts["count"].sum() == 3
    assert counts.attrs == {"outside": {"2014": 1}, "undated": 1}


def test_no_period_no_row():
    assert count_by_period(EVENTS, TWO, {}).empty


def test_no_areas_hold_no_points() -> None:
    counts = count_points(EVENTS, TWO.iloc[:0])
    assert (len(counts), counts.attrs["outside"]) == (0, len(EVENTS))
