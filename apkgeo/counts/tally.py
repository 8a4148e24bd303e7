"""What is counted in one piece, and how the counts of pieces are added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from apkgeo.crs import same_crs
from apkgeo.errors import InputError
from apkgeo.frames import Reading
from apkgeo.language import Note
from apkgeo.places.locate import AreaIndex

Step: TypeAlias = Literal["all", "year", "quarter", "month", "week", "day"]
STEPS: tuple[Step, ...] = get_args(Step)

_FREQUENCY: dict[Step, str] = {
    "year": "Y",
    "quarter": "Q",
    "month": "M",
    "week": "W-SUN",
    "day": "D",
}

# Not a place in the order of codes: in no area, without a point, and without a date.
OUTSIDE = -1


@dataclass
class Tally:
    """Counts that can be added up, and the account of every row.

    Attributes
    ----------
    counts : Counter
        (place of the area's code or `OUTSIDE`, number of the period, kind) -> incidents.
    without_place : int
        Incidents that have an address and no point.
    rejected : Counter
        Reason -> rows that could not be read.
    notes : dict
        What was assumed: message and words in it -> the numbers in it, added up.
    """

    counts: Counter[tuple[int, int, Any]] = field(default_factory=Counter)
    without_place: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    notes: dict[tuple[Any, ...], Counter[str]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Add what another piece gave."""
        self.counts.update(other.counts)
        self.without_place += other.without_place
        self.rejected.update(other.rejected)
        for words, numbers in other.notes.items():
            self.notes.setdefault(words, Counter()).update(numbers)

    def told(self) -> tuple[Note, ...]:
        """Return what was assumed, a sentence each."""
        return tuple(
            Note(message, **dict(words), **numbers)
            for (message, *words), numbers in self.notes.items()
        )


def tally(reading: Reading, index: AreaIndex, *, period: Step, by: str | None) -> Tally:
    """Count the incidents of one piece.

    Raises
    ------
    InputError
        When the piece has no column `by`.
    """
    frame = reading.frame
    if by is not None and by not in frame.columns:
        raise InputError(
            f"by={by!r}",
            expected="a column of the incidents",
            came=f"columns {', '.join(map(str, frame.columns))}",
            remedy="name one of them",
        )
    made = Tally(
        rejected=Counter(reading.rejected["reason"].tolist()),
        notes=dict(map(_parted, reading.notes)),
    )
    placed = ~frame.geometry.isna().to_numpy()
    made.without_place = int((~placed).sum())
    points = frame if placed.all() else frame[placed]
    if not same_crs(points.crs, index.areas.crs):
        points = points.to_crs(index.areas.crs)
    place = index.place(points, on="occurred")
    step = steps_of(points["occurred"], period)
    kinds = np.zeros(len(points), dtype=np.int64)
    names: Iterable[Any] = [None]
    if by is not None:
        kinds, found = pd.factorize(points[by], use_na_sentinel=False)
        names = [None if pd.isna(kind) else kind for kind in found]
    made.counts = _counted(place, step, kinds, list(names))
    return made


def _parted(note: Note) -> tuple[tuple[Any, ...], Counter[str]]:
    """Return a note's message and words, and apart from them its numbers."""
    numbers = {name: value for name, value in note.values.items() if isinstance(value, int)}
    words = [item for item in sorted(note.values.items()) if item[0] not in numbers]
    return (note.message, *words), Counter(numbers)


def steps_of(times: pd.Series, period: Step) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the number of each moment's period, by the clock of the times' own zone."""
    if period == "all":
        return np.zeros(len(times), dtype=np.int64)
    local = times.dt.tz_localize(None)
    return np.asarray(local.dt.to_period(_FREQUENCY[period]).astype("int64"), dtype=np.int64)


def step_name(number: int, period: Step) -> str:
    """Return the name of a period: 2015, 2015-Q1, 2015-03, 2015-W07 (ISO 8601) or 2015-03-17."""
    if period == "all":
        return ""
    span = pd.Period(ordinal=number, freq=_FREQUENCY[period])
    if period == "quarter":
        return f"{span.year}-Q{span.quarter}"
    if period == "week":
        year, week, _day = span.start_time.isocalendar()
        return f"{year}-W{week:02d}"
    return str(span.strftime({"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}[period]))


def _counted(place: Any, step: Any, kind: Any, names: list[Any]) -> Counter[tuple[int, int, Any]]:
    """Return how often each triple occurs."""
    if not len(place):
        return Counter()
    first = int(step.min())
    steps, kinds = int(step.max()) - first + 1, len(names)
    key = ((place + 1) * steps + (step - first)) * kinds + kind
    found, count = np.unique(key, return_counts=True)
    rest, which = np.divmod(found, kinds)
    area, span = np.divmod(rest, steps)
    return Counter(
        {
            (a - 1, s + first, names[k]): n
            for a, s, k, n in zip(
                area.tolist(), span.tolist(), which.tolist(), count.tolist(), strict=True
            )
        }
    )
