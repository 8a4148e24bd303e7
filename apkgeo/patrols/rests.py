"""Rests, during which a device drifts although the unit stays where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from apkgeo.patrols.cutting import Pieces
from apkgeo.patrols.track import STEP, Fixes, Floats, Ints, Mask, Steps

# Fewest steps of a rest, and how often the way during it is longer than the rest is wide.
FEWEST = 4
TO_AND_FRO = 2.0


def rests(fixes: Fixes, steps: Steps, *, drift: float, shortest: float) -> Ints:
    """Return the number of the rest to which each step belongs, -1 for none.

    In a rest every stretch of `shortest` seconds stays within a square of twice `drift` metres,
    the whole within a square of twice that, and the way goes to and fro: a slow walk that gets
    somewhere is none.
    """
    covered = np.zeros(len(steps), dtype=bool)
    for unit in range(len(fixes.units)):
        own = np.flatnonzero(fixes.unit[steps.fix] == unit)
        if len(own) < FEWEST or drift <= 0:
            continue
        covered[own] = _still(fixes, steps, own, drift, shortest, steps.refresh[unit])
    follows = np.zeros(len(steps), dtype=bool)
    follows[1:] = covered[1:] & covered[:-1] & (np.diff(steps.fix) == 1)
    number = np.cumsum(covered & ~follows) - 1
    number = np.where(covered, number, -1)
    return _to_and_fro(fixes, steps, number, drift)


def _still(
    fixes: Fixes, steps: Steps, own: Ints, drift: float, shortest: float, refresh: float
) -> Mask:
    """Return which of a unit's steps lie in a stretch that stays within the square."""
    first = int(steps.fix[own[0]])
    last = int(steps.fix[own[-1]]) + 1
    width = max(FEWEST, int(np.ceil(shortest / max(refresh, 1e-3))))
    size = last - first + 1
    if size <= width:
        return np.zeros(len(own), dtype=bool)
    # Steps over the fixes of the unit, broken where an outing ends.
    linked = np.zeros(size - 1, dtype=bool)
    linked[steps.fix[own] - first] = steps.kind[own] == STEP
    unlinked = np.concatenate([[0], np.cumsum(~linked)])
    still = unlinked[width:] == unlinked[:-width]
    for values in (fixes.x[first : last + 1], fixes.y[first : last + 1]):
        still &= _range(values, width + 1) <= 2 * drift
    time = fixes.time[first : last + 1]
    still &= time[width:] - time[:-width] >= 0.8 * shortest
    edge = np.zeros(size, dtype=np.int64)
    starts = np.flatnonzero(still)
    edge[: size - width] += still
    edge[starts + width] -= 1
    covered = np.cumsum(edge)[:-1] > 0
    return np.asarray(covered[steps.fix[own] - first])


def _range(values: Floats, size: int) -> Floats:
    """Return the largest less the smallest of every `size` values in a row."""
    shift = -(size // 2)
    high = maximum_filter1d(values, size, origin=shift, mode="nearest")
    low = minimum_filter1d(values, size, origin=shift, mode="nearest")
    return np.asarray((high - low)[: len(values) - size + 1])


def _to_and_fro(fixes: Fixes, steps: Steps, number: Ints, drift: float) -> Ints:
    """Keep the rests that are small, and whose way is much longer than they are wide."""
    rows = np.flatnonzero(number >= 0)
    if not len(rows):
        return number
    starts = np.flatnonzero(np.diff(number[rows], prepend=-1))
    way = np.add.reduceat(steps.metres[rows], starts)
    kept = np.ones(len(starts), dtype=bool)
    diagonal = np.zeros(len(starts))
    for values in (fixes.x, fixes.y):
        one, other = values[steps.fix[rows]], values[steps.fix[rows] + 1]
        high = np.maximum.reduceat(np.maximum(one, other), starts)
        low = np.minimum.reduceat(np.minimum(one, other), starts)
        kept &= high - low <= 4 * drift
        diagonal = np.hypot(diagonal, high - low)
    kept &= way > TO_AND_FRO * diagonal
    return np.where((number >= 0) & kept[number], number, -1)


def settle(pieces: Pieces, steps: Steps, number: Ints) -> Pieces:
    """Return the pieces, each rest that several places share in the one that has most of it."""
    rest = number[pieces.step]
    rows = np.flatnonzero((rest >= 0) & (steps.kind[pieces.step] == STEP))
    if not len(rows):
        return pieces
    places = int(pieces.place.max()) + 3
    key = rest[rows] * places + pieces.place[rows] + 2
    keys, inverse = np.unique(key, return_inverse=True)
    seconds = np.bincount(inverse, weights=pieces.seconds[rows])
    owner = keys // places
    order = np.lexsort((keys, -seconds, owner))
    best = order[np.concatenate([[True], np.diff(owner[order]) > 0])]
    winner = np.full(int(number.max()) + 1, 0, dtype=np.int64)
    winner[owner[best]] = keys[best] % places - 2
    place = pieces.place.copy()
    place[rows] = winner[rest[rows]]
    return replace(pieces, place=place)
