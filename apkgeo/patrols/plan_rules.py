"""Shifts, and the rules that a plan of walks keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apkgeo.errors import InputError
from apkgeo.patrols.planning import Watch

WORKDAYS = (0, 1, 2, 3, 4)
DAYS = 7

# The labour code (section 88 of act 262/2006): a break of 30 minutes after six hours at the latest.
LONGEST_WORK = 360.0
BREAK_MINUTES = 30.0


@dataclass(frozen=True)
class Shift:
    """A shift of the plan.

    Attributes
    ----------
    name : str
        What it is called.
    start, end : float
        Local hours; an end beyond 24 lies after midnight (22 to 30 is 22 to 6).
    assistants : int
        How many people walk in it.
    weekdays : tuple of int
        On which days, 0 is Monday.
    """

    name: str
    start: float
    end: float
    assistants: int = 2
    weekdays: tuple[int, ...] = WORKDAYS

    def __post_init__(self) -> None:
        """Check that it can be worked."""
        if not 0 <= self.start < 24 or not self.start < self.end <= self.start + 24:
            raise InputError(
                f"the shift {self.name!r}",
                expected="hours from 0 to 24, the end later than the start",
                came=f"{self.start:g} to {self.end:g}",
                remedy="add 24 to an end after midnight",
            )
        if self.assistants < 1 or not set(self.weekdays) <= set(range(DAYS)) or not self.weekdays:
            raise InputError(
                f"the shift {self.name!r}",
                expected="at least one assistant, and days from 0 (Monday) to 6",
                came=f"{self.assistants} and {list(self.weekdays)}",
            )


@dataclass(frozen=True)
class Rules:
    """What visits, days and the search for a plan are held to."""

    visit: float
    free: float
    diminish: float
    slot: float
    gap: float
    time_limit: float

    def check(self, shifts: Sequence[Shift], together: int) -> None:
        """Raise InputError for rules under which no plan can be made."""
        whole = {
            "slot": 60 / self.slot if self.slot > 0 else 0.5,
            "visit_minutes": self.visit / self.slot if self.slot > 0 else 0.5,
        }
        for name, parts in whole.items():
            if parts < 1 or not float(parts).is_integer():
                raise InputError(
                    name,
                    expected="minutes of which an hour is a multiple"
                    if name == "slot"
                    else f"a multiple of the slot of {self.slot:g} minutes",
                    came=f"{self.slot if name == 'slot' else self.visit:g}",
                )
        for name, value, good in (
            ("return_after", self.free, self.free >= 0),
            ("diminish", self.diminish, 0 <= self.diminish <= 1),
            ("gap", self.gap, 0 <= self.gap < 1),
            ("time_limit", self.time_limit, self.time_limit > 0),
        ):
            if not good:
                raise InputError(name, expected="a number in its range", came=repr(value))
        if not shifts:
            raise InputError("shifts", expected="at least one", came="none")
        if together < 1 or any(one.assistants < together for one in shifts):
            raise InputError(
                "together",
                expected="at least one, and no more than walk in a shift",
                came=repr(together),
            )
        for one in shifts:
            if (one.end - one.start) * 60 < max(self.visit, self.slot):
                raise InputError(
                    f"the shift {one.name!r}",
                    expected=f"at least as long as a visit of {self.visit:g} minutes",
                    came=f"{(one.end - one.start) * 60:g} minutes",
                )
        names = [one.name for one in shifts]
        if len(set(names)) < len(names):
            raise InputError("shifts", expected="different names", came=repr(names))

    def watch(self, shift: Shift, together: int) -> Watch:
        """Return a shift in slots."""
        begin, end = (round(hour * 60 / self.slot) for hour in (shift.start, shift.end))
        if (end - begin) * self.slot <= LONGEST_WORK:
            return Watch(begin, end, shift.assistants // together, 0, 0, 0)
        pause = int(np.ceil(BREAK_MINUTES / self.slot))
        longest = int(LONGEST_WORK // self.slot)
        third = (end - begin) // 3
        earliest = max(begin + third, end - longest - pause)
        latest = min(begin + longest, end - third - pause)
        if earliest > latest:
            raise InputError(
                f"the shift {shift.name!r}",
                expected="at most 12.5 hours, for one break",
                came=f"{shift.end - shift.start:g} hours",
            )
        return Watch(begin, end, shift.assistants // together, pause, earliest, latest)
