"""Written dates and times. Expected moments are arithmetic by hand; DST days from the IANA base."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from apkgeo.sources.times import OUT_OF_RANGE, read_days, read_times

PRAGUE = ZoneInfo("Europe/Prague")


def read(values: list[object], clock: list[object] | None = None, name: str = "Datum"):
    dates = pd.Series(values, name=name, dtype="object")
    if all(isinstance(value, str) for value in values):
        dates = dates.astype("str")
    return read_times(dates, None if clock is None else pd.Series(clock), PRAGUE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.7.2013 9:25", "2013-07-01T09:25:00+02:00"),
        ("01.07.2013 09.25", "2013-07-01T09:25:00+02:00"),
        ("1. 7. 2013 v 9:25 hod.", "2013-07-01T09:25:00+02:00"),
        ("po 1.7.2013 9:25", "2013-07-01T09:25:00+02:00"),
        ("1. července 2013 9:25", "2013-07-01T09:25:00+02:00"),
        ("1.7.13 9:25", "2013-07-01T09:25:00+02:00"),
        ("20130601083000", "2013-06-01T08:30:00+02:00"),
        ("201306010830", "2013-06-01T08:30:00+02:00"),
        ("2013-07-02 12:42:00.000", "2013-07-02T12:42:00+02:00"),
        ("2013/07/02 12:42", "2013-07-02T12:42:00+02:00"),
        ("2014-05-01T00:35:00.0000+02:00", "2014-05-01T00:35:00+02:00"),
        ("2014-04-30T22:35:00Z", "2014-05-01T00:35:00+02:00"),
        ("30.6.2013 24:00", "2013-07-01T00:00:00+02:00"),
        ("12/31/2013 09:25:00 PM", "2013-12-31T21:25:00+01:00"),
        ("1.1.2013 12:05 AM", "2013-01-01T00:05:00+01:00"),
        ("27.10.2013 2:30 SELČ", "2013-10-27T02:30:00+02:00"),
        ("27.10.2013 2:30 SEČ", "2013-10-27T02:30:00+01:00"),
    ],
)
def test_a_written_moment_is_read_in_each_form_seen(written: str, meant: str) -> None:
    times = read([written])
    assert times.start[0] == pd.Timestamp(meant)
    assert not times.whole_day[0]


@pytest.mark.parametrize(
    ("clock", "meant"),
    [
        *[("9:25", "09:25"), ("09.25", "09:25"), ("0925", "09:25"), ("925", "09:25")],
        *[("9 h", "09:00"), ("cca 9:25", "09:25"), ("9 hod. 25 min", "09:25")],
        *[("kolem 22. hodiny", "22:00"), ("v 9", "09:00"), ("9.25 hodin", "09:25")],
    ],
)
def test_a_time_of_its_own_column_joins_the_date(clock: str, meant: str) -> None:
    assert read(["1.7.2013"], [clock]).start[0] == pd.Timestamp(f"2013-07-01T{meant}+02:00")


def test_twenty_four_hours_is_the_next_midnight() -> None:
    assert read(["31.12.2013"], ["24:00"]).start[0] == pd.Timestamp("2014-01-01T00:00+01:00")


def test_a_date_without_a_time_is_a_whole_day() -> None:
    times = read(["1.7.2013", "1.7.2013"], ["", "8:00"])
    assert times.whole_day.tolist() == [True, False]


def test_excel_numbers_count_days_from_the_end_of_1899() -> None:
    # 41456 is 1 July 2013 in Excel; 0.75 of a day is 18:00.
    times = read(["41456,75", "41456"])
    assert times.start[0] == pd.Timestamp("2013-07-01T18:00+02:00")
    assert times.whole_day.tolist() == [False, True]
    assert times.notes == ("Dates written as numbers of days, as Excel counts them: 2.",)


def test_the_order_of_day_and_month_is_judged_over_the_whole_column() -> None:
    american = read(["03/04/2013", "03/25/2013"])
    assert [moment.month for moment in american.start] == [3, 3]
    european = read(["03/04/2013", "25/03/2013"])
    assert [moment.month for moment in european.start] == [4, 3]
    assert "the month first" in american.notes[0]
    assert "the day first" in european.notes[0]


def test_an_order_that_cannot_be_told_is_day_first_and_said() -> None:
    times = read(["3/4/2013"])
    assert (times.start[0].day, times.start[0].month) == (3, 4)
    assert "could be day or month first" in times.notes[0]


def test_the_skipped_hour_moves_on_and_the_repeated_one_is_the_first() -> None:
    # Summer time in Czechia 2013: from 31 March 2:00 to 27 October 3:00.
    times = read(["31.3.2013 02:30", "27.10.2013 02:30"])
    assert times.start[0] == pd.Timestamp("2013-03-31T03:30+02:00")
    assert times.start[1] == pd.Timestamp("2013-10-27T02:30+02:00")
    assert len(times.notes) == 2


def test_a_name_that_says_utc_without_a_zone_in_the_values_is_told() -> None:
    times = read(["2019-01-01T01:30:00"], name="date_utc")
    assert times.start[0] == pd.Timestamp("2019-01-01T01:30:00+01:00")
    assert "date_utc says UTC" in times.notes[0]


@pytest.mark.parametrize("written", ["31.2.2013", "2013-13-01", "včera", "1.7.2013 25:00", "7"])
def test_what_is_no_date_is_unreadable(written: str) -> None:
    times = read([written])
    assert times.unreadable[0]
    assert times.start.isna()[0]


def test_nothing_is_missing_and_the_middle_ages_are_out_of_range() -> None:
    times = read(["", "1.1.1212"])
    assert times.missing.tolist() == [True, False]
    assert times.out_of_range.tolist() == [False, True]
    assert "1900" in OUT_OF_RANGE


def test_a_column_of_midnights_is_a_column_of_days() -> None:
    times = read(["2013-07-01 00:00:00"] * 20)
    assert times.whole_day.all()
    assert not read(["2013-07-01 00:00:00"] * 19 + ["2013-07-01 00:01:00"]).whole_day.any()


def test_validity_is_a_day_without_a_zone() -> None:
    days = read_days(pd.Series(["1.1.2015", "", "2016-02-03T10:00:00", "x"]))
    assert days.tolist()[:3] == [pd.Timestamp("2015-01-01"), pd.NaT, pd.Timestamp("2016-02-03")]
    assert days.isna().tolist() == [False, True, False, True]
    zoned = pd.Series(["2015-01-01T00:00:00+01:00"])
    assert read_days(zoned)[0] == pd.Timestamp("2015-01-01")
    assert read_days(pd.to_datetime(zoned))[0] == pd.Timestamp("2015-01-01")


def test_a_zone_that_is_cut_short_is_unreadable_and_nothing_worse() -> None:
    written = ["2014-05-01T00:35:00.0000+02:0", "2014-05-01T00:35:00-", "2014-05-01 10:00:00.5"]
    found = read(written)
    assert found.unreadable.tolist() == [True, True, False]
    assert found.start[2] == pd.Timestamp("2014-05-01T10:00:00.5+02:00")
