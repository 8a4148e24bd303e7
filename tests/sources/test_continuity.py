"""Kinds of offence that start or stop; the rows are laid out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from apkgeo.sources.continuity import category_breaks


def rows(code: str, first: str, last: str, every: int = 5) -> pd.DataFrame:
    days = pd.date_range(first, last, freq=f"{every}D", tz="Europe/Prague")
    return pd.DataFrame({"occurred": days, "offence": code})


ALWAYS = rows("property", "2015-01-01", "2019-12-31")


def test_a_kind_that_is_there_all_the_time_is_not_told() -> None:
    assert category_breaks(ALWAYS) == ()


def test_a_kind_that_stops_is_told_with_its_month_and_counts() -> None:
    frame = pd.concat([ALWAYS, rows("noise", "2015-01-01", "2016-03-31")])
    (found,) = category_breaks(frame)
    # Every fifth day of the 455 from 1 January 2015 to 31 March 2016, both ends counted.
    assert (found.code, found.change, found.month) == ("noise", "stops", date(2016, 4, 1))
    assert (found.before, found.after) == (92, 0)
    assert found.note() == (
        "Incidents of the kind noise end about 2016-04-01: 92 before that, 0 after. They may have "
        "another name now, or are no longer recorded."
    )


def test_a_break_at_the_change_of_the_act_names_it() -> None:
    frame = pd.concat([
        ALWAYS, rows("27_1d", "2015-01-01", "2017-06-30"), rows("8_1d", "2017-07-01", "2019-12-31")
    ])  # fmt: skip
    stops, starts = category_breaks(frame)
    assert (stops.change, starts.change) == ("stops", "starts")
    assert "when the offence act changed on 1 July 2017" in stops.note()
    assert "k\N{NO-BREAK SPACE}1. červenci 2017" in starts.note().text("cs")


def test_rows_written_by_habit_hide_nothing() -> None:
    late = rows("27_1d", "2017-09-01", "2017-09-10")
    frame = pd.concat([ALWAYS, rows("27_1d", "2015-01-01", "2017-06-30"), late])
    (found,) = category_breaks(frame)
    assert (found.month, found.after) == (date(2017, 7, 1), 2)


def test_only_the_time_of_the_study_counts() -> None:
    frame = pd.concat([ALWAYS, rows("noise", "2015-01-01", "2016-03-31")])
    assert category_breaks(frame, start=date(2017, 1, 1), end=date(2019, 1, 1)) == ()
    assert category_breaks(frame, start=date(2015, 1, 1), end=date(2016, 4, 1)) == ()
    assert category_breaks(frame, start=date(2030, 1, 1), end=date(2031, 1, 1)) == ()


def test_a_rare_kind_may_be_missing_for_a_while() -> None:
    assert category_breaks(pd.concat([ALWAYS, rows("rare", "2015-02-01", "2018-06-01", 120)])) == ()


@pytest.mark.parametrize("seed", range(20))
def test_chance_is_not_told(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("2015-01-01", tz="Europe/Prague") + pd.to_timedelta(
        rng.uniform(0, 1_800, 300), unit="D"
    )
    codes = rng.choice(["a", "b", "c", "d"], 300, p=[0.6, 0.2, 0.15, 0.05])
    assert category_breaks(pd.DataFrame({"occurred": moments, "offence": codes})) == ()


def test_nothing_has_no_breaks() -> None:
    assert category_breaks(ALWAYS.iloc[:0]) == ()
    assert category_breaks(ALWAYS.assign(offence=None)) == ()
