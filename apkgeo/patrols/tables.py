"""Pieces of steps gathered into tables of minutes and of visits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.patrols.cutting import OUTSIDE, UNKNOWN, Pieces
from apkgeo.patrols.track import STEP, Fixes, Floats, Ints, Mask, Steps

HOUR = 3600.0

# The usual three parts of a day, and the hours at which they begin.
SHIFTS: Mapping[str, int] = {"morning": 6, "afternoon": 14, "night": 22}


def check_shifts(shifts: Mapping[str, int]) -> None:
    """Raise InputError unless `shifts` are names with different whole hours."""
    hours = list(shifts.values())
    whole = set(hours) <= set(range(24))
    if not hours or not whole or len(set(hours)) < len(hours):
        raise InputError(
            "shifts",
            expected="names with the different whole hours (0 to 23) at which they begin",
            came=repr(dict(shifts)),
        )


def shift_of_hour(shifts: Mapping[str, int]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return the name of the shift of each of the 24 hours; the last one runs over midnight.

    Examples
    --------
    >>> shift_of_hour({"day": 6, "night": 22})[[5, 6, 21, 22]].tolist()
    ['night', 'day', 'day', 'night']
    """
    starts = sorted(shifts, key=lambda name: shifts[name])
    names = np.full(24, starts[-1], dtype=object)
    for name in starts:
        names[shifts[name] :] = name
    return names


def shift_day(day: pd.DatetimeIndex, hour: Ints, shifts: Mapping[str, int]) -> pd.DatetimeIndex:
    """Return the day on which the shift of each hour began: after midnight, the day before.

    Examples
    --------
    >>> day = pd.DatetimeIndex(["2018-04-01", "2018-04-01"])
    >>> shift_day(day, np.array([5, 6]), {"day": 6, "night": 22}).day.tolist()
    [31, 1]
    """
    return day - pd.to_timedelta((hour < min(shifts.values())).astype(np.int64), unit="D")


def minutes_table(
    fixes: Fixes, steps: Steps, pieces: Pieces, codes: pd.Index, shifts: Mapping[str, int]
) -> pd.DataFrame:
    """Return minutes by place, unit, day, shift and hour, as in `PatrolDosage.minutes`."""
    piece, hour, seconds = _by_hour(fixes, steps, pieces)
    units = len(fixes.units)
    first = int(hour.min()) if len(hour) else 0
    hours = int(hour.max()) - first + 1 if len(hour) else 1
    place = pieces.place[piece] - UNKNOWN
    unit = fixes.unit[steps.fix[pieces.step[piece]]]
    key = (place * units + unit) * hours + hour - first
    # Most neighbours have the same key: added up first, they need not be sorted.
    runs = np.flatnonzero(np.diff(key, prepend=-1))
    keys, inverse = np.unique(key[runs], return_inverse=True)
    sums = _sums(seconds, runs)
    total = np.bincount(inverse, weights=sums, minlength=len(keys))
    keys, total = keys[total > 0], total[total > 0]
    place, rest = np.divmod(keys, units * hours)
    unit, hour = np.divmod(rest, hours)
    clock = (hour + first) % 24
    days = np.datetime64(fixes.origin.tz_localize(None), "us") + ((hour + first) // 24).astype(
        "timedelta64[D]"
    )
    inside = np.flatnonzero(place >= 2)
    other = np.flatnonzero(place < 2)
    rows = np.concatenate([inside, other[np.argsort(-place[other], kind="stable")]])
    place, unit, clock = place[rows], unit[rows], clock[rows]
    day = pd.DatetimeIndex(days[rows])
    return pd.DataFrame(
        {
            "where": np.array(["unknown", "outside", "area"], dtype=object)[place.clip(max=2)],
            "area": codes.array.take(np.where(place < 2, -1, place - 2), allow_fill=True),
            "unit": fixes.units.take(unit).array,
            "day": day,
            "shift": shift_of_hour(shifts)[clock],
            "shift_day": shift_day(day, clock, shifts),
            "hour": clock,
            "minutes": total[rows] / 60,
        }
    ).astype({"where": "str", "shift": "str"})


def _by_hour(fixes: Fixes, steps: Steps, pieces: Pieces) -> tuple[Ints, Ints, Floats]:
    """Return piece, local hour since the origin, and seconds, pieces cut at full hours.

    Clocks change at a full hour: what begins there has the local time after the change.
    """
    offset = fixes.offset[steps.fix[pieces.step]]
    begin, end = pieces.begin + offset, pieces.end + offset
    first = np.floor(begin / HOUR).astype(np.int64)
    last = np.maximum(np.ceil(end / HOUR).astype(np.int64) - 1, first)
    parts = last - first + 1
    piece = np.repeat(np.arange(len(parts)), parts)
    hour = first[piece] + np.arange(len(piece)) - np.repeat(np.cumsum(parts) - parts, parts)
    starts = np.maximum(begin[piece], hour * HOUR)
    ends = np.minimum(end[piece], (hour + 1) * HOUR)
    later = np.flatnonzero(hour > first[piece])
    clock = fixes.moment(starts[later] - offset[piece[later]]).tz_localize(None)
    since = (clock - fixes.origin.tz_localize(None)) / pd.Timedelta(hours=1)
    hour[later] = np.floor(since.to_numpy() + 1e-9).astype(np.int64)
    return piece, hour, ends - starts


def visits_table(
    fixes: Fixes, steps: Steps, pieces: Pieces, codes: pd.Index, rejoin: float
) -> pd.DataFrame:
    """Return the visits, as in `PatrolDosage.visits`."""
    stays = _stays(fixes, steps, pieces)
    same = ["area", "outing"]
    begins = stays["end"].groupby([stays[key] for key in same]).shift()
    absent = stays["begin"] - begins
    visit = (~(absent < rejoin)).cumsum()
    joined = stays.groupby(visit, sort=False).agg(
        area=("area", "first"),
        unit=("unit", "first"),
        begin=("begin", "first"),
        end=("end", "last"),
        seconds=("seconds", "sum"),
        bridged=("bridged", "sum"),
        came=("came", "first"),
        went=("went", "last"),
    )
    joined = joined.sort_values(["area", "begin", "unit"], kind="stable")
    return pd.DataFrame(
        {
            "area": codes.take(joined["area"]).array,
            "unit": fixes.units.take(joined["unit"]).array,
            "arrived": fixes.moment(joined["begin"].to_numpy(float)),
            "left": fixes.moment(joined["end"].to_numpy(float)),
            "minutes": joined["seconds"].to_numpy(float) / 60,
            "bridged": joined["bridged"].to_numpy(float) / 60,
            "complete": (joined["came"] & joined["went"]).to_numpy(bool),
        }
    )


def _stays(fixes: Fixes, steps: Steps, pieces: Pieces) -> pd.DataFrame:
    """Return pieces in a row joined where they lie in one area, by outing, area and time."""
    outing = np.cumsum(np.diff(steps.fix, prepend=-2) > 1).astype(np.int64)[pieces.step]
    starts = np.flatnonzero((np.diff(pieces.place, prepend=-9) != 0) | _changes(outing))
    ends = np.append(starts[1:], len(outing))[: len(starts)] - 1
    place = pieces.place[starts]
    first = _changes(outing[starts])
    # Who comes from an unknown place, or is first recorded here, has not been seen to arrive.
    before = np.append(UNKNOWN, place[:-1])[: len(place)]
    after = np.append(place[1:], UNKNOWN)[: len(place)]
    gone = np.append(first[1:], True)[: len(place)]
    waits = np.where(steps.kind[pieces.step] == STEP, 0.0, pieces.seconds)
    stays = pd.DataFrame(
        {
            "area": place,
            "outing": outing[starts],
            "unit": fixes.unit[steps.fix[pieces.step[starts]]],
            "begin": pieces.begin[starts],
            "end": pieces.end[ends],
            "seconds": _sums(pieces.seconds, starts),
            "bridged": _sums(waits, starts),
            "came": ~first & (before != UNKNOWN),
            "went": ~gone & (after != UNKNOWN),
        }
    )
    stays = stays[stays["area"] > OUTSIDE]
    return stays.sort_values(["outing", "area", "begin"], kind="stable")


def _changes(values: Ints | Mask) -> Mask:
    return np.asarray(np.diff(values, prepend=-9) != 0)


def _sums(values: Floats, starts: Ints) -> Floats:
    return np.add.reduceat(values, starts) if len(starts) else np.empty(0)
