"""The time that records cover; the days are laid out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from apkgeo.quality.coverage import coverage


def test_every_month_of_the_span_is_counted() -> None:
    found = coverage(pd.Series(pd.to_datetime(["2015-01-31", "2015-03-01", "2015-03-02", None])))
    assert found is not None
    assert found.months == {"2015-01": 1, "2015-02": 0, "2015-03": 2}
    assert (found.span.start, found.span.end) == (date(2015, 1, 31), date(2015, 3, 3))


def test_a_month_that_is_missing_is_told_with_its_days() -> None:
    days = pd.Series(pd.date_range("2014-01-01", "2015-12-31").repeat(2))
    found = coverage(days[(days < "2015-02-01") | (days > "2015-02-28")])
    assert found is not None
    assert [(gap.start, gap.end) for gap in found.gaps] == [(date(2015, 2, 1), date(2015, 3, 1))]
    assert found.notes()[0].startswith("No incident from 2015-02-01 to 2015-02-28 (28 days)")
    assert "Od 1.\N{NO-BREAK SPACE}února\N{NO-BREAK SPACE}2015" in found.notes()[0].text("cs")


@pytest.mark.parametrize("seed", range(20))
def test_chance_makes_no_gap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for count in (30, 300, 3_000):
        days = pd.Timestamp("2014-01-01") + pd.to_timedelta(rng.integers(0, 1_460, count), unit="D")
        found = coverage(pd.Series(days))
        assert found is not None
        assert found.gaps == ()


def test_many_gaps_are_told_in_short() -> None:
    days = pd.Series(pd.date_range("2014-01-01", "2017-12-31").repeat(4))
    found = coverage(days[days.dt.day > 7])
    assert found is not None
    assert len(found.gaps) == 47
    assert len(found.notes()) == 13
    assert found.notes()[-1] == "Shorter gaps of the same kind: 35."


def test_one_day_and_no_day() -> None:
    one = coverage(pd.Series(pd.to_datetime(["2015-01-31"])))
    assert one is not None
    assert (one.span.days, one.gaps) == (1, ())
    assert coverage(pd.Series(pd.to_datetime([None]))) is None
