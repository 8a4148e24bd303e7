"""Does a kind of offence start or stop within the records? Then it was recorded otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.language import Note, _

LAW_CHANGE = date(2017, 7, 1)
_NEAR_DAYS = 62
_EXPECTED, _ENOUGH = 10.0, 10
_LEFT = 0.05
_MESSAGES = {
    ("starts", True): _(
        "Incidents of the kind {code} begin about {day}, when the offence act changed on 1 July "
        "2017: {before} before that, {after} after. They may have had another name."
    ),
    ("stops", True): _(
        "Incidents of the kind {code} end about {day}, when the offence act changed on 1 July "
        "2017: {before} before that, {after} after. They may have another name now."
    ),
    ("starts", False): _(
        "Incidents of the kind {code} begin about {day}: {before} before that, {after} after. They "
        "may have had another name, or were not recorded."
    ),
    ("stops", False): _(
        "Incidents of the kind {code} end about {day}: {before} before that, {after} after. They "
        "may have another name now, or are no longer recorded."
    ),
}


@dataclass(frozen=True)
class CategoryBreak:
    """A kind of offence that starts or stops within the time looked at.

    Attributes
    ----------
    code : str
    change : {"starts", "stops"}
    month : datetime.date
        The first day of the first month with it, or without it.
    before, after : int
        Incidents before that day and from it on.
    """

    code: str
    change: Literal["starts", "stops"]
    month: date
    before: int
    after: int

    @property
    def at_law_change(self) -> bool:
        """Whether it falls within two months of the change of the offence act."""
        return abs((self.month - LAW_CHANGE).days) <= _NEAR_DAYS

    def note(self) -> Note:
        """Return a sentence on it."""
        return Note(
            _MESSAGES[self.change, self.at_law_change],
            code=self.code,
            day=self.month,
            before=self.before,
            after=self.after,
        )


def category_breaks(
    frame: pd.DataFrame, *, start: date | None = None, end: date | None = None
) -> tuple[CategoryBreak, ...]:
    """Find the kinds of offence that start or stop within a time.

    Parameters
    ----------
    frame : pandas.DataFrame
        Incidents with ``occurred`` and ``offence``.
    start, end : datetime.date, optional
        The time to look at, ``[start, end)``; that of the incidents when not given.

    Returns
    -------
    tuple of CategoryBreak
        By day, then by code.

    Notes
    -----
    Counts by month are parted at the month where two constant rates fit them best (Poisson
    likelihood). A kind stops there when at most a twentieth of what its rate before leads to expect
    is left after, and ten or more were there before and expected after; it starts by the same rule
    backwards in time. A few rows written by habit thus hide nothing, and a rare kind that happens
    to be missing is not told. A kind of one season may be.

    Examples
    --------
    >>> days = pd.date_range("2016-01-01", "2018-12-31", freq="7D", tz="Europe/Prague")
    >>> old = days < pd.Timestamp("2017-07-01", tz="Europe/Prague")
    >>> frame = pd.DataFrame({"occurred": days, "offence": ["47" if o else "5" for o in old]})
    >>> [(one.code, one.change, str(one.month)) for one in category_breaks(frame)]
    [('47', 'stops', '2017-07-01'), ('5', 'starts', '2017-07-01')]
    """
    codes, kinds = pd.factorize(frame["offence"])
    day = frame["occurred"].dt.tz_localize(None).to_numpy("datetime64[D]")
    known = (codes >= 0) & ~np.isnat(day)
    if not known.any():
        return ()
    first = pd.Timestamp(start) if start else pd.Timestamp(day[known].min())
    last = pd.Timestamp(end) if end else pd.Timestamp(day[known].max()) + pd.Timedelta(days=1)
    inside = known & (day >= np.datetime64(first)) & (day < np.datetime64(last))
    if not inside.any() or last <= first:
        return ()
    months = pd.period_range(first, last - pd.Timedelta(days=1), freq="M")
    days = _days(months, first, last)
    place = (day[inside].astype("datetime64[M]") - np.datetime64(first, "M")).astype("int64")
    cells = np.bincount(codes[inside] * len(months) + place, minlength=len(kinds) * len(months))
    counts = cells.reshape(len(kinds), len(months))
    found = [
        one
        for kind, row in zip(kinds, counts, strict=True)
        for one in _breaks(str(kind), row, days, months)
    ]
    return tuple(sorted(found, key=lambda one: (one.month, one.code)))


def _days(
    months: pd.PeriodIndex, first: pd.Timestamp, last: pd.Timestamp
) -> npt.NDArray[np.float64]:
    """Return how many days of each month lie within the time."""
    begin = np.maximum(months.start_time.to_numpy(), first.to_numpy())
    end = np.minimum((months + 1).start_time.to_numpy(), last.to_numpy())
    return np.asarray((end - begin) / np.timedelta64(1, "D"), dtype="float64")


def _breaks(
    code: str,
    counts: npt.NDArray[np.int64],
    days: npt.NDArray[np.float64],
    months: pd.PeriodIndex,
) -> Iterator[CategoryBreak]:
    before, after = counts.cumsum()[:-1], counts[::-1].cumsum()[::-1][1:]
    lived, left = days.cumsum()[:-1], days[::-1].cumsum()[::-1][1:]
    fit = _fit(before, lived) + _fit(after, left)
    rules: tuple[tuple[Literal["starts", "stops"], npt.NDArray[np.bool_]], ...] = (
        ("stops", _vanishes(before, lived, after, left)),
        ("starts", _vanishes(after, left, before, lived)),
    )
    for change, holds in rules:
        if holds.any():
            at = int(np.argmax(np.where(holds, fit, -np.inf)))
            month = months[at + 1].start_time.date()
            yield CategoryBreak(code, change, month, int(before[at]), int(after[at]))


def _fit(counts: npt.NDArray[np.int64], days: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the log-likelihood of each count at its own rate, less what is always the same."""
    return np.where(counts > 0, counts * np.log(np.maximum(counts, 1) / days), 0.0)


def _vanishes(
    there: npt.NDArray[np.int64],
    lived: npt.NDArray[np.float64],
    gone: npt.NDArray[np.int64],
    left: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    expected = there / lived * left
    enough = (there >= _ENOUGH) & (expected >= _EXPECTED)
    return np.asarray(enough & (gone <= _LEFT * expected), dtype=bool)
