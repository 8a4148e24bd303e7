"""Doubtful positions of a tracker: impossible jumps, and a position told again and again."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.crs import require_crs
from apkgeo.language import Note, _
from apkgeo.sources.numbers import Floats

JUMP, STALE = "jump", "stale"
# Faster than any car of a patrol, in metres a second, and what a good receiver may be wrong by.
_FASTEST, _WRONG = 50.0, 100.0
# A unit that stays where it jumped to for longer than this is there: the way between is not known.
_LONGEST = 600.0
# A receiver that still sees satellites trembles; one that tells the same digits for so long (in
# seconds) has lost them, or lies in a drawer.
_STILL, _LEAST = 600.0, 3
_METRES = 111_195.0  # a degree of latitude


def mark_fixes(frame: gpd.GeoDataFrame) -> tuple[pd.Series, tuple[Note, ...]]:
    """Return which points of patrols are doubtful, and a note that counts them.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Patrols: ``unit``, ``recorded`` and points in any CRS, in any order.

    Returns
    -------
    marks : pandas.Series of str
        On the index of `frame`: ``"jump"``, ``"stale"`` or missing.
    notes : tuple of Note

    Notes
    -----
    A point is a *jump* when its unit would have had to move at more than 50 m/s (and 100 m beyond)
    to be there, from the last point that is none; the first point of a track when that holds from
    it to the next one. A unit that stays where it jumped to for more than ten minutes is there:
    then only the first point is marked.

    A point is *stale* when it repeats the unit's position to the last digit, in a row of at least
    three that lasts ten minutes or longer, or when its unit has the same place at the same time
    already. The first of such a row is not marked.

    Examples
    --------
    >>> times = pd.to_datetime(["08:00", "08:01", "08:02"], format="%H:%M").tz_localize("UTC")
    >>> places = gpd.points_from_xy([13.37, 14.37, 13.37], [49.74, 49.74, 49.741])
    >>> walk = gpd.GeoDataFrame({"unit": "a", "recorded": times}, geometry=places, crs=4326)
    >>> mark_fixes(walk)[0].tolist()
    [nan, 'jump', nan]
    """
    marks = np.full(len(frame), None, dtype="object")
    if frame.empty:
        return pd.Series(marks, index=frame.index, dtype="str"), ()
    unit, _names = pd.factorize(frame["unit"])
    utc = frame["recorded"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    seconds = (utc - utc.min()) / np.timedelta64(1, "s")
    x, y = shapely.get_coordinates(frame.geometry.to_numpy()).T
    order = np.lexsort((seconds, unit))
    unit, seconds, x, y = unit[order], seconds[order], x[order], y[order]
    stale = _stale(unit, seconds, x, y)
    if require_crs(frame, "the patrols").is_geographic:
        x, y = x * _METRES * np.cos(np.radians(np.median(y))), y * _METRES
    jumps = _jumps(unit, seconds, x, y)
    marks[order[stale]] = STALE
    marks[order[jumps]] = JUMP
    told = _(
        "Points marked as doubtful: impossible jumps {jumps}, the same position again and again "
        "{stale}; none of them was left out."
    )
    count = {"jumps": int(jumps.sum()), "stale": int((stale & ~jumps).sum())}
    notes = (Note(told, **count),) if any(count.values()) else ()
    return pd.Series(marks, index=frame.index, dtype="str"), notes


def _stale(
    unit: npt.NDArray[np.int64], seconds: Floats, x: Floats, y: Floats
) -> npt.NDArray[np.bool_]:
    same = (unit[1:] == unit[:-1]) & (x[1:] == x[:-1]) & (y[1:] == y[:-1])
    run = np.concatenate([[0], np.cumsum(~same)])
    first = np.concatenate([[True], ~same])
    start = np.flatnonzero(first)
    end = np.append(start[1:], len(unit)) - 1
    still = (end - start + 1 >= _LEAST) & (seconds[end] - seconds[start] >= _STILL)
    again = np.concatenate([[False], same & (seconds[1:] == seconds[:-1])])
    return np.asarray((still[run] & ~first) | again)


def _jumps(
    unit: npt.NDArray[np.int64], seconds: Floats, x: Floats, y: Floats
) -> npt.NDArray[np.bool_]:
    def impossible(one: int, other: int) -> bool:
        metres = float(np.hypot(x[other] - x[one], y[other] - y[one]))
        return metres > _FASTEST * float(seconds[other] - seconds[one]) + _WRONG

    metres, time = np.hypot(np.diff(x), np.diff(y)), np.diff(seconds)
    together = unit[1:] == unit[:-1]
    steps = np.flatnonzero(together & (metres > _FASTEST * time + _WRONG))
    begins = np.concatenate([[True], ~together | (time > _LONGEST)])
    found = np.zeros(len(unit), dtype=bool)
    settled = -1
    for last in steps.tolist():
        if last < settled:
            continue
        place = last + 1
        after = place + 1
        goes_on = after < len(unit) and unit[after] == unit[place]
        # Of a first point that fits no other, and a next one that does, the first is wrong.
        if begins[last] and goes_on and not impossible(place, after):
            found[last] = True
            continue
        while place < len(unit) and unit[place] == unit[last] and impossible(last, place):
            if seconds[place] - seconds[last + 1] > _LONGEST:
                found[last + 2 : place] = False
                break
            found[place] = True
            place += 1
        settled = place
    return found
