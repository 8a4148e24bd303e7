"""Districts change: the spans in which they stay the same, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from apkgeo.language import Note, _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A longer code is a register's, not one that people use.
LONGEST_CODE = 4
DISTRICT = _("district {district}")
# What the answer is on another day, beside the one that was asked for.
CHANGES: dict[str, str] = {
    "today_other": _("Today's answer is another one: {district} (changed on {day})."),
    "today_none": _("Today it lies in none of the districts (changed on {day})."),
    "today_split": _("Today the districts are divided otherwise here (changed on {day})."),
    "today_contacts": _("Today other contacts of the district apply (changed on {day})."),
    "later_other": _("From {day} on, the answer will be another one: {district}."),
    "later_none": _("From {day} on, it will lie in none of the districts."),
    "later_split": _("From {day} on, the districts will be divided otherwise here."),
    "later_contacts": _("From {day} on, other contacts of the district will apply."),
}


@dataclass(frozen=True, eq=False)
class Epoch:
    """A span of time in which the districts stay the same.

    Attributes
    ----------
    start, stop : datetime.date or None
        Its first day and the day after its last one; None where it has no beginning or end.
    members : tuple of int
        Numbers of the districts that are valid.
    area : numpy.ndarray of int32
        The district of each address; -1 outside.
    distance : numpy.ndarray of float64
        Metres from each address to the border of its district, or to the nearest district.
    """

    start: date | None
    stop: date | None
    members: tuple[int, ...]
    area: NDArray[np.int32]
    distance: NDArray[np.float64]

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        after = self.start is None or self.start <= day
        return after and (self.stop is None or day < self.stop)


def spans(
    validity: Sequence[tuple[date | None, date | None]],
) -> list[tuple[date | None, date | None, tuple[int, ...]]]:
    """Return the spans between changes, each with the numbers of those that are valid.

    Parameters
    ----------
    validity : sequence of (date or None, date or None)
        First day, and the day after the last one, of each district.

    Examples
    --------
    >>> new_year = date(2016, 1, 1)
    >>> for span in spans([(None, new_year), (new_year, None), (None, None)]):
    ...     print(*span)
    None 2016-01-01 (0, 2)
    2016-01-01 None (1, 2)
    """
    cuts: list[date] = sorted({day for pair in validity for day in pair if day is not None})
    found = []
    for start, stop in zip([None, *cuts], [*cuts, None], strict=True):
        members = tuple(
            number
            for number, (first, end) in enumerate(validity)
            if (first is None or (start is not None and first <= start))
            and (end is None or (stop is not None and stop <= end))
        )
        if members:
            found.append((start, stop, members))
    return found


def epoch_on(epochs: Sequence[Epoch], day: date) -> Epoch | None:
    """Return the epoch that holds a day; None where there is none."""
    return next((one for one in epochs if one.holds(day)), None)


def present(epochs: Sequence[Epoch], today: date) -> Epoch:
    """Return today's epoch; where no district is valid today, the last one."""
    return epoch_on(epochs, today) or epochs[-1]


def turning_day(epochs: Sequence[Epoch], same: Sequence[bool], asked: int, now: int) -> date | None:
    """Return the day on which the answer becomes today's, or stops being it.

    Parameters
    ----------
    same : sequence of bool
        Of each epoch, whether its answer is today's.
    asked, now : int
        The epoch that was asked for, and today's.
    """
    at = now
    if asked < now:
        while same[at - 1]:
            at -= 1
        return epochs[at].start
    while same[at + 1]:
        at += 1
    return epochs[at].stop


def is_bare(title: str) -> bool:
    """Whether a district's title is a mere code, which says of itself nothing of what it is of."""
    return " " not in title and len(title) <= LONGEST_CODE


def change(kind: str, day: date, district: str = "") -> Note:
    """Return the sentence of a change.

    Examples
    --------
    >>> change("later_other", date(2016, 1, 1), "1A").text("en")
    'From 1 January 2016 on, the answer will be another one: district 1A.'
    """
    message = CHANGES[kind]
    if "{district}" in message:
        bare = is_bare(district)
        return Note(
            message, day=day, district=Note(DISTRICT, district=district) if bare else district
        )
    return Note(message, day=day)


def this_day() -> date:
    """Return the day by this machine's clock."""
    return datetime.now(tz=UTC).astimezone().date()
