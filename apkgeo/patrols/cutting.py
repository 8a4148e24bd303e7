"""Steps cut where they cross borders, and how long a unit may or must have been in each area."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from apkgeo.patrols.borders import Borders, borders_of, crossings, distance, pairs_near
from apkgeo.patrols.track import STEP, Fixes, Floats, Ints, Mask, Steps
from apkgeo.places.locate import AreaIndex

OUTSIDE, UNKNOWN = -1, -2

# Shares of a step closer than this are one and the same crossing.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Pieces:
    """Steps, or parts of them, each wholly in one place.

    Attributes
    ----------
    step : numpy.ndarray of int64
        The step of each piece.
    begin, end : numpy.ndarray of float64
        Seconds since the origin of the fixes.
    place : numpy.ndarray of int64
        Place of an area's code, or `OUTSIDE`, or `UNKNOWN`.
    """

    step: Ints
    begin: Floats
    end: Floats
    place: Ints

    @property
    def seconds(self) -> Floats:
        """Length of each piece."""
        return np.asarray(self.end - self.begin)


@dataclass(frozen=True, eq=False)
class Doubts:
    """Steps during which a walking unit may have been in an area for longer or shorter.

    Attributes
    ----------
    step, code : numpy.ndarray of int64
        The step and the area's code; of all other pairs it is certain where the unit was.
    low, high : numpy.ndarray of float64
        Fewest and most seconds in the area.
    """

    step: Ints
    code: Ints
    low: Floats
    high: Floats


def locate_fixes(fixes: Fixes, index: AreaIndex) -> Ints:
    """Return the place of each fix's code, `OUTSIDE` for none, by the areas valid on its day."""
    return _place(fixes, index, fixes.x, fixes.y, fixes.time)


def _place(fixes: Fixes, index: AreaIndex, x: Floats, y: Floats, time: Floats) -> Ints:
    points = gpd.points_from_xy(x, y, crs=index.areas.crs)
    if index.areas.eternal.all():
        return index.place(gpd.GeoSeries(points))
    frame = gpd.GeoDataFrame({"recorded": fixes.moment(time)}, geometry=points)
    return index.place(frame, on="recorded")


def cut(
    fixes: Fixes,
    steps: Steps,
    index: AreaIndex,
    *,
    walking_speed: float,
    accuracy: float,
    bridge: float,
) -> tuple[Pieces, Doubts]:
    """Cut steps at the borders that they cross, and bound what cannot be known."""
    begin, end = steps.fix, steps.fix + 1
    px, py, qx, qy = fixes.x[begin], fixes.y[begin], fixes.x[end], fixes.y[end]
    # A unit that walks from fix to fix can have been at points from which the way to both
    # together is not longer than this.
    way = np.maximum(walking_speed * steps.seconds, steps.metres)
    reach = way / 2 + accuracy
    borders = borders_of(index)
    met_step, met_share, doubts = [], [], []
    # A hair more, so that a crossing right at the limit is not lost to rounding.
    near = pairs_near(borders, (px + qx) / 2, (py + qy) / 2, reach * (1 + 1e-9) + 1e-6)
    for step, sides, side in near:
        pair, share = crossings(px[step], py[step], qx[step], qy[step], sides, side)
        met_step.append(step[pair])
        met_share.append(share)
        valid = _valid(fixes, steps, index, sides, step, side)
        step, side = step[valid], side[valid]
        first = distance(px[step], py[step], sides, side)
        last = distance(qx[step], qy[step], sides, side)
        doubts.append(_doubts(fixes, steps, way, accuracy, step, sides.code[side], first, last))
    crossed = np.concatenate(met_step or [np.empty(0, dtype=np.int64)])
    shares = np.concatenate(met_share or [np.empty(0)])
    pieces = _pieces(fixes, steps, index, crossed, shares, bridge)
    return pieces, _joined(doubts)


def _valid(
    fixes: Fixes, steps: Steps, index: AreaIndex, sides: Borders, step: Ints, side: Ints
) -> Mask:
    """Return which areas were valid on the day of the step beside them."""
    if index.areas.eternal.all():
        return np.ones(len(step), dtype=bool)
    moments = fixes.moment(fixes.time[steps.fix[step]])
    day = moments.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    row = sides.row[side]
    return np.asarray((index.areas.valid_from[row] <= day) & (day < index.areas.valid_to[row]))


def _doubts(
    fixes: Fixes,
    steps: Steps,
    way: Floats,
    accuracy: float,
    step: Ints,
    code: Ints,
    first: Floats,
    last: Floats,
) -> Doubts:
    """Bound the seconds in each area from the ways to its border at both ends.

    Who is inside at both ends and leaves must walk to the border and back from it, and the other
    way round; each end may be nearer to the border by what the fix is uncertain.
    """
    order = np.lexsort((code, step))
    step, code, first, last = step[order], code[order], first[order], last[order]
    new = np.ones(len(step), dtype=bool)
    new[1:] = (step[1:] != step[:-1]) | (code[1:] != code[:-1])
    starts = np.flatnonzero(new)
    if not len(starts):
        return Doubts(step, code, first, last)
    step, code = step[starts], code[starts]
    first = np.maximum(np.minimum.reduceat(first, starts) - accuracy, 0.0)
    last = np.maximum(np.minimum.reduceat(last, starts) - accuracy, 0.0)
    begins = fixes.place[steps.fix[step]] == code
    ends = fixes.place[steps.fix[step] + 1] == code
    seconds = steps.seconds[step]
    speed = way[step] / seconds
    inside = (first * begins + last * ends) / speed
    outside = (first * ~begins + last * ~ends) / speed
    return Doubts(step, code, np.minimum(inside, seconds), seconds - np.minimum(outside, seconds))


def _joined(parts: list[Doubts]) -> Doubts:
    if not parts:
        return Doubts(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
    step = np.concatenate([part.step for part in parts])
    code = np.concatenate([part.code for part in parts])
    low = np.concatenate([part.low for part in parts])
    high = np.concatenate([part.high for part in parts])
    order = np.lexsort((code, step))
    return Doubts(step[order], code[order], low[order], high[order])


def _pieces(
    fixes: Fixes, steps: Steps, index: AreaIndex, crossed: Ints, shares: Floats, bridge: float
) -> Pieces:
    begin, end = steps.fix, steps.fix + 1
    start, stop = fixes.place[begin], fixes.place[end]
    meets = np.zeros(len(steps), dtype=bool)
    meets[crossed] = True
    broken = steps.kind != STEP
    # Ends in two places and no border between them: rounding at the border itself.
    apart = ~broken & ~meets & (start != stop)
    cutting = (meets & ~broken) | apart
    # Over a gap or a jump the way is not known; where both ends agree, it need not be.
    agree = (start == stop) & (steps.seconds <= bridge) & ((start != OUTSIDE) | ~meets)
    place = np.where(broken & ~agree, UNKNOWN, start)
    step, first, last = _intervals(
        np.flatnonzero(cutting), crossed[~broken[crossed]], shares[~broken[crossed]]
    )
    middle = (first + last) / 2
    one, other = begin[step], end[step]
    x = fixes.x[one] + middle * (fixes.x[other] - fixes.x[one])
    y = fixes.y[one] + middle * (fixes.y[other] - fixes.y[one])
    time, seconds = fixes.time[one], steps.seconds[step]
    found = _place(fixes, index, x, y, time + middle * seconds)
    whole = np.flatnonzero(~cutting)
    number = np.concatenate([whole, step])
    leave = np.where(last < 1, time + last * seconds, fixes.time[other])
    enter = np.concatenate([fixes.time[begin[whole]], time + first * seconds])
    leave = np.concatenate([fixes.time[end[whole]], leave])
    order = np.lexsort((enter, number))
    spot = np.concatenate([place[whole], found])
    return Pieces(number[order], enter[order], leave[order], spot[order])


def _intervals(cutting: Ints, crossed: Ints, shares: Floats) -> tuple[Ints, Floats, Floats]:
    """Return each step of `cutting` parted at its crossings: step, and shares from and to."""
    order = np.lexsort((shares, crossed))
    crossed, shares = crossed[order], shares[order]
    own = (shares > SAME) & (shares < 1 - SAME)
    own[1:] &= (crossed[1:] != crossed[:-1]) | (np.diff(shares) > SAME)
    crossed, shares = crossed[own], shares[own]
    step = np.concatenate([cutting, crossed])
    first = np.concatenate([np.zeros(len(cutting)), shares])
    order = np.lexsort((first, step))
    step, first = step[order], first[order]
    last = np.ones(len(step))
    last[:-1][step[1:] == step[:-1]] = first[1:][step[1:] == step[:-1]]
    return step, first, last
