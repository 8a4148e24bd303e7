"""Tests of a treatment effect that stay honest with few treated areas.

Two of them, both with the effect under test imposed on the fit, and both inverted for intervals:

- *randomisation*: the treated areas' standardised score against that of every (or many a) group of
  as many areas;
- *wild*: the clusters' scores with random signs and sizes (Webb's six points).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apkgeo.statistics._fixed_effects import Fit, fit, residualised
from apkgeo.statistics._panel import Array, Mask

# Beyond a ratio of e^12 nobody looks.
_FAR = 12.0
_TIE = 1e-9
_ROUNDS = 12
_WEBB = np.sqrt([0.5, 1.0, 1.5])


def assignments(
    treated: Mask,
    strata: NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
    *,
    exhaust: bool = True,
) -> tuple[NDArray[np.int64], bool]:
    """Return groups of as many areas as are treated, the treated themselves first.

    Parameters
    ----------
    treated : array of bool (areas,)
    strata : array of int (areas,)
        From each stratum as many areas are drawn as are treated in it.
    draws : int
        At most so many groups are drawn; all that exist when they are no more, with `exhaust`.

    Returns
    -------
    array of (groups, treated areas), bool
        And whether these are all groups that exist.
    """
    own = np.flatnonzero(treated)
    parts: list[NDArray[np.int64]] = []
    one = len(np.unique(strata)) == 1
    if exhaust and one and math.comb(len(treated), len(own)) <= draws:
        chosen = chain.from_iterable(combinations(range(len(treated)), len(own)))
        every = np.fromiter(chosen, dtype=np.int64).reshape(-1, len(own))
        first = (every == own).all(axis=1)
        return np.concatenate([every[first], every[~first]]), True
    for stratum in np.unique(strata[own]):
        members = np.flatnonzero(strata == stratum)
        size = int(treated[members].sum())
        keys = rng.random((draws, len(members)), dtype=np.float32)
        picked = (
            np.argpartition(keys, size - 1, axis=1)[:, :size]
            if size < len(members)
            else np.tile(np.arange(size), (draws, 1))
        )
        parts.append(members[picked])
    return np.concatenate([own[None, :], np.concatenate(parts, axis=1)]), False


def extra_variance(scores: Array, information: Array, freedom: int) -> float:
    """Return b in the variance m + b m² of scores with information m; not below 0.

    Squared scores less m are regressed on m², each weighted by how much it can tell: the square of
    a score varies by about m + 2 (m + b m²)². Areas with next to nothing say next to nothing.
    """
    used = information > 0
    if freedom < 1 or not used.any():
        return 0.0
    square, m = scores[used] ** 2 * (int(used.sum()) / freedom), information[used]
    found = 0.0
    for _round in range(_ROUNDS):
        weight = m**2 / (m + 2 * (m + found * m**2) ** 2)
        found = max(float((weight * (square - m)).sum() / (weight * m**2).sum()), 0.0)
    return found


def group_scores(
    groups: NDArray[np.int64], scores: Array, information: Array, variance: Array
) -> Array:
    """Return each group's summed score, standardised.

    A group with share s of all information has the score Σ (own − s × all) of which the variance
    is (1 − s)² for its own areas and s² for all others.
    """
    share = information[groups].sum(axis=1) / information.sum()
    spread = (1 - 2 * share) * variance[groups].sum(axis=1) + share**2 * variance.sum()
    return np.asarray(scores[groups].sum(axis=1) / np.sqrt(np.maximum(spread, 1e-300)))


@dataclass(frozen=True, eq=False)
class EffectTest:
    """The p-value of any size of one treatment effect.

    Attributes
    ----------
    counts, exposure : array of (areas, periods)
    effect : array of (areas, periods)
        1 in treated cells.
    after : array of bool (periods,)
    units : array of int (areas,)
        What is reassigned, or resampled: the area itself or its cluster.
    dispersion : float
        Of the negative binomial; 0 for Poisson.
    drawn : array of int (groups, treated units) or float (draws, units)
        Of a randomisation the groups from `assignments`, of a wild bootstrap its weights.
    wild : bool
        Which of the two.
    """

    counts: Array
    exposure: Array
    effect: Array
    after: Mask
    units: NDArray[np.int64]
    dispersion: float
    start: Fit
    drawn: NDArray[Any]
    wild: bool = False

    def p_value(self, coefficient: float) -> float:
        """Return the two-sided p-value of a true effect of `coefficient`."""
        none = np.zeros((0, *self.counts.shape))
        found = fit(
            self.counts,
            self.exposure,
            none,
            offset=coefficient * self.effect,
            dispersion=self.dispersion,
            start=self.start,
        )
        weight = found.mean / (1 + self.dispersion * found.mean)
        score = (self.counts - found.mean) / (1 + self.dispersion * found.mean)
        if self.wild:
            return self._wild(weight, score)
        own, information, variance = unit_scores(weight, score, self.after, self.units, 1)
        return share_as_far(np.abs(group_scores(self.drawn, own, information, variance)))

    def _wild(self, weight: Array, score: Array) -> float:
        left = residualised(weight, self.effect[None])[0]
        own = np.bincount(self.units, weights=(left * score).sum(axis=1))
        drawn = self.drawn * own
        spread = np.sqrt((drawn**2).sum(axis=1))
        far = np.abs(drawn.sum(axis=1)) / np.maximum(spread, 1e-300)
        observed = abs(own.sum()) / max(math.sqrt(float((own**2).sum())), 1e-300)
        return share_as_far(np.concatenate([[observed], far]))


def unit_scores(
    weight: Array, score: Array, after: Mask, units: NDArray[np.int64], used: int
) -> tuple[Array, Array, Array]:
    """Return each unit's score for a change after the start, its information and its variance.

    `used` is how many effects of the change were fitted: the general one, and the treated areas'.
    """
    late = weight[:, after].sum(axis=1)
    own = np.bincount(units, weights=score[:, after].sum(axis=1)).astype(float)
    information = np.bincount(units, weights=late * (1 - late / weight.sum(axis=1))).astype(float)
    extra = extra_variance(own, information, len(own) - used)
    return own, information, information + extra * information**2


def share_as_far(statistics: Array) -> float:
    """Return how many of the statistics are at least the first one, itself included."""
    return float((statistics >= statistics[0] * (1 - _TIE)).mean())


def webb_weights(draws: int, units: int, rng: np.random.Generator) -> Array:
    """Draw ±√½, ±1, ±√(3/2), each with probability 1/6: mean 0, variance 1."""
    signs = rng.integers(0, 2, (draws, units)) * 2 - 1
    return np.asarray(signs * _WEBB[rng.integers(0, 3, (draws, units))])


def invert(
    p_value: Callable[[float], float], centre: float, step: float, level: float
) -> tuple[float, float]:
    """Return the limits of the effects that a test does not reject at 1 − `level`.

    `centre` is the estimate; −∞ or ∞ where the treated areas counted nothing on one side.
    """
    middle = min(max(centre, -_FAR), _FAR)

    def limit(sign: int) -> float:
        inside, reach = middle, step
        while p_value(middle + sign * reach) > 1 - level:
            inside = middle + sign * reach
            if abs(inside) > _FAR:
                return sign * math.inf
            reach *= 2
        outside = middle + sign * reach
        while abs(outside - inside) > 1e-5:
            half = (inside + outside) / 2
            inside, outside = (half, outside) if p_value(half) > 1 - level else (inside, half)
        return (inside + outside) / 2

    low = -math.inf if centre == -math.inf else limit(-1)
    return low, math.inf if centre == math.inf else limit(1)
