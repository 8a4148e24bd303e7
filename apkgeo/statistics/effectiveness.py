"""Observed against expected: the result of an expectation from an area's own past."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._count_model import Array
from apkgeo.statistics._text import decimal, level_text, p_text, tell
from apkgeo.statistics.power import MinimumDetectableRatio, nearest_ratio


@dataclass(frozen=True, eq=False)
class EffectivenessIndex:
    """Observed counts of the treated areas against those expected without the programme.

    Attributes
    ----------
    observed : int
        Count after in all treated areas.
    expected : float
        Expected count.
    estimate : float
        Index of effectiveness, observed ÷ expected: below 1 is a fall.
    std_error : float
        Standard error **of the logarithm** of the estimate; ``inf`` when nothing was observed.
    p_value : float
        Two-sided, from the predictive distribution; below 1 − level when the interval at that
        level leaves 1 out.
    randomization_p_value : float
        Two-sided share of the untreated areas (or random groups of them, as many as are treated)
        that depart as far from their own expectation. Not below 1 ÷ (their number + 1).
    untreated : int
        How many untreated areas the expectation was learnt from.
    persistence : float
        By how much the expected rate rises with the rate before, at the mean of the areas, after
        the general change: 1 means that areas keep their level, 0 that the past says nothing.
    general_change : float
        Rate after ÷ rate before in the untreated areas.
    dispersion : float
        Variance ÷ mean of a count after around its expectation, at the treated areas' mean.
    treated : pandas.DataFrame
        For each treated area ``before``, ``after``, ``expected``, ``ratio``.
    areas : pandas.DataFrame
        For every area ``before``, ``after``, ``expected``, ``residual`` (standardised; of an
        untreated area as if it had been left out) and ``treated``.
    notes : tuple of Note
        What to keep in mind of this expectation.
    """

    observed: int
    expected: float
    estimate: float
    std_error: float
    p_value: float
    randomization_p_value: float
    untreated: int
    persistence: float
    general_change: float
    dispersion: float
    treated: pd.DataFrame
    areas: pd.DataFrame
    notes: tuple[Note, ...]
    area_draws: NDArray[np.float64] = field(repr=False)

    @cached_property
    def draws(self) -> Array:
        """Draws of the Poisson mean of all treated areas together."""
        return np.asarray(self.area_draws.sum(axis=1))

    def part(self, labels: Sequence[Any]) -> EffectivenessIndex:
        """Return the index of some of the treated areas, from the same fit.

        Its `randomization_p_value` is missing: the groups drawn were of all treated areas.
        """
        own = self.treated.loc[list(labels)]
        draws = self.area_draws[:, self.treated.index.get_indexer(own.index)]
        return replace(
            self,
            **outcome(int(own["after"].sum()), float(own["expected"].sum()), draws),
            randomization_p_value=math.nan,
            treated=own,
        )

    def detectable(self, level: float = 0.95, power: float = 0.8) -> MinimumDetectableRatio:
        """Return the smallest fall and rise that this expectation would probably find.

        It follows from what was expected alone, not from what was counted after.
        """
        tail, draws = (1 - _checks.level(level)) / 2, self.draws
        lowest = int(_predictive_quantile(draws, tail))
        while lowest >= 0 and tails(lowest, draws)[0] > tail:
            lowest -= 1
        highest = int(_predictive_quantile(draws, 1 - tail))
        while tails(highest, draws)[1] > tail:
            highest += 1

        def fall(ratio: float) -> float:
            return float(special.pdtr(lowest, draws * ratio).mean()) if lowest >= 0 else 0.0

        def rise(ratio: float) -> float:
            return float(special.pdtrc(highest - 1, draws * ratio).mean())

        return MinimumDetectableRatio(
            before=float(self.treated["before"].sum()),
            exposure=(1.0, 1.0),
            level=level,
            power=_checks.level(power),
            dispersion=self.dispersion,
            fall=nearest_ratio(fall, power, downwards=True),
            rise=nearest_ratio(rise, power, downwards=False),
        )

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the indices that the predictive distribution does not reject at 1 − `level`."""
        level = _checks.level(level)
        if level not in self._intervals:
            tail = (1 - level) / 2
            low = 0.0 if self.observed == 0 else self._solve(1, tail)
            self._intervals[level] = low, self._solve(0, tail)
        return self._intervals[level]

    @cached_property
    def _intervals(self) -> dict[float, tuple[float, float]]:
        """The intervals that were asked for: each takes hundreds of predictive distributions."""
        return {}

    def expected_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the limits between which the count would lie without the programme."""
        tail = (1 - _checks.level(level)) / 2
        return _predictive_quantile(self.draws, tail), _predictive_quantile(self.draws, 1 - tail)

    def summary(self, language: Language = "en") -> str:
        """Return observed, expected, index and interval in words."""
        low, high = self.interval()
        return tell(
            _(
                "Observed {observed}, expected {expected} from the areas' own past and from "
                "{untreated} untreated areas: {ratio} times the expectation ({level} interval "
                "{low} to {high}, {p})."
            ),
            language,
            observed=decimal(self.observed, language, 0),
            expected=decimal(self.expected, language, 1),
            untreated=decimal(self.untreated, language, 0),
            ratio=decimal(self.estimate, language),
            level=level_text(0.95, language),
            low=decimal(low, language),
            high=decimal(high, language),
            p=p_text(self.p_value, language),
        )

    def _solve(self, side: int, tail: float) -> float:
        """Return the index at which the lower (0) or upper (1) tail of the observed is `tail`."""

        def surplus(log_index: float) -> float:
            return tails(self.observed, self.draws * math.exp(log_index))[side] - tail

        start = math.log(max(self.observed, 0.5) / self.expected)
        bound = 1.0
        while surplus(start - bound) * surplus(start + bound) > 0:
            bound *= 2
        found = optimize.brentq(surplus, start - bound, start + bound, xtol=1e-9)
        return math.exp(found)


def outcome(observed: int, expected: float, area_draws: Array) -> dict[str, Any]:
    """Return what follows from the observed count and its predictive distribution."""
    draws = area_draws.sum(axis=1)
    lower, upper = tails(observed, draws)
    scatter = float(np.var(draws) / np.mean(draws) ** 2)
    return {
        "observed": observed,
        "expected": expected,
        "estimate": observed / expected,
        "std_error": math.sqrt(1 / observed + scatter) if observed else math.inf,
        "p_value": min(1.0, 2 * min(lower, upper)),
        "area_draws": area_draws,
    }


def log_indices(indices: Sequence[EffectivenessIndex]) -> tuple[Array, Array]:
    """Return logarithms of indices, and their errors, such as can be averaged over places.

    Half an incident is added to every count: the logarithm of a small one is too low on average.
    Chance enters the errors by what each place should have counted if all had the same index,
    not by its own count: a place that counted few by chance would weigh less than one that
    counted many, and the mean be too high.
    """
    observed = np.array([one.observed for one in indices], dtype=float)
    expected = np.array([one.expected for one in indices])
    scatter = np.array([np.var(one.draws) / np.mean(one.draws) ** 2 for one in indices])
    common = (observed + 0.5).sum() / expected.sum()
    return np.log((observed + 0.5) / expected), np.sqrt(1 / (common * expected) + scatter)


def tails(observed: int, rates: Array) -> tuple[float, float]:
    """Return the mid-p chances of a count at most, and at least, the observed one."""
    here = np.exp(special.xlogy(observed, rates) - rates - special.gammaln(observed + 1))
    middle = float((special.pdtr(observed, rates) - here / 2).mean())
    return middle, 1 - middle


def _predictive_quantile(rates: Array, share: float) -> float:
    """Return the smallest count whose chance of not being exceeded reaches `share`."""
    low, high = -1, int(rates.max() + 10 * math.sqrt(rates.max()) + 20)
    while high - low > 1:
        middle = (low + high) // 2
        reached = float(special.pdtr(middle, rates).mean()) >= share
        low, high = (low, middle) if reached else (middle, high)
    return float(high)
