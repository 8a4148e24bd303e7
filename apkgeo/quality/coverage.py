"""Which time the records cover: incidents by month, and gaps that chance does not make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from apkgeo.language import Note, _
from apkgeo.study import Period

_IMPROBABLE = 1e-3
_SHORTEST = 3
_MOST = 12


@dataclass(frozen=True)
class Coverage:
    """When the incidents happened.

    Attributes
    ----------
    span : Period
        From the first incident to the last.
    months : mapping of str to int
        Month (``"2015-03"``) -> incidents, every month of the span.
    gaps : tuple of Period
        Days without one incident that are too many for chance.
    """

    span: Period
    months: Mapping[str, int]
    gaps: tuple[Period, ...]

    def notes(self) -> list[Note]:
        """Return a sentence on each gap, the longest first."""
        message = _(
            "No incident from {first} to {last} ({days} days), which chance does not explain: a "
            "part of the records may be missing."
        )
        longest = sorted(self.gaps, key=lambda gap: (-gap.days, gap.start))
        notes = [
            Note(message, first=gap.start, last=gap.end - timedelta(days=1), days=gap.days)
            for gap in longest[:_MOST]
        ]
        if len(longest) > _MOST:
            more = _("Shorter gaps of the same kind: {count}.")
            notes.append(Note(more, count=len(longest) - _MOST))
        return notes


def coverage(days: pd.Series) -> Coverage | None:
    """Return what time is covered by the local days of incidents; None without a day.

    Notes
    -----
    A gap is told when it has three days or more and a Poisson process of the middle half of the
    months' rates would make one as long in the whole span with a probability under 0.001. Clusters
    are allowed for only so far: a holiday of the office is a gap, and is told.

    Examples
    --------
    >>> days = pd.Series(pd.date_range("2015-01-01", "2015-12-31").repeat(2))
    >>> found = coverage(days[(days < "2015-05-01") | (days >= "2015-06-01")])
    >>> [(str(gap.start), gap.days) for gap in found.gaps], found.months["2015-05"]
    ([('2015-05-01', 31)], 0)
    """
    known = days.dropna()
    if known.empty:
        return None
    first, last = known.min(), known.max()
    months = pd.period_range(first, last, freq="M")
    counts = np.bincount(months.get_indexer(known.dt.to_period("M")), minlength=len(months))
    span = Period(start=first.date(), end=(last + pd.Timedelta(days=1)).date())
    rates = counts / months.days_in_month.to_numpy()
    inner = np.sort(rates)[len(rates) // 4 : len(rates) - len(rates) // 4]
    rate = float(min(inner.mean(), len(known) / span.days))
    named = dict(zip(map(str, months), counts.tolist(), strict=True))
    return Coverage(span, named, tuple(_gaps(known, rate, span.days)))


def _gaps(days: pd.Series, rate: float, total: int) -> Sequence[Period]:
    present = np.sort(days.unique())
    between = np.diff(present) / np.timedelta64(1, "D") - 1
    improbable = total * np.exp(-rate * between) < _IMPROBABLE
    found = []
    for at in np.flatnonzero(improbable & (between >= _SHORTEST)):
        start = pd.Timestamp(present[at]) + pd.Timedelta(days=1)
        found.append(Period(start=start.date(), end=pd.Timestamp(present[at + 1]).date()))
    return found
