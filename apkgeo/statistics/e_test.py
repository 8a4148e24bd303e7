"""The test of two Poisson rates by the estimated distribution of a pivot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, stats

from apkgeo.language import Language, _
from apkgeo.statistics import _checks
from apkgeo.statistics._text import tell_ratio

Pivot = Literal["wald", "score"]

# Standard deviations beyond which no count reaches the digits of a p-value.
_REACH = 10.0


@dataclass(frozen=True)
class PoissonETest:
    """The E-test of two Poisson rates.

    Attributes
    ----------
    before, after : int
        The counts.
    exposure : tuple of float
        Their exposures.
    pivot : {"wald", "score"}
        Which variance the statistic is standardised by: of the two rates apart, or pooled.
    statistic : float
        (rate after − rate before) ÷ its standard error; 0 when both counts are 0.
    estimate : float
        Rate after ÷ rate before.
    std_error : float
        Standard error of the logarithm of the estimate; ``inf`` when a count is zero.
    p_value : float
        Two-sided.
    """

    before: int
    after: int
    exposure: tuple[float, float]
    pivot: Pivot
    statistic: float
    estimate: float
    std_error: float
    p_value: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the ratios of rates that the test does not reject at 1 − `level`.

        Always with the score pivot: inverted with the Wald pivot the interval of (3, 0) would
        have no upper bound. For equal rates the two pivots agree where exposures are equal.
        """
        alpha = 1 - _checks.level(level)
        if self.before + self.after == 0:
            return 0.0, math.inf

        def surplus(log_ratio: float) -> float:
            exposure = (self.exposure[0], self.exposure[1] * math.exp(log_ratio))
            return _p_value(self.before, self.after, exposure, "score") - alpha

        start = math.log((self.after + 0.5) / (self.before + 0.5)) + math.log(
            self.exposure[0] / self.exposure[1]
        )
        low = 0.0 if self.after == 0 else math.exp(_crossing(surplus, start, -1.0))
        high = math.inf if self.before == 0 else math.exp(_crossing(surplus, start, 1.0))
        return low, high

    def summary(self, language: Language = "en") -> str:
        """Return the test in words."""
        messages = {
            "wald": _(
                "Before {before}, after {after}: rate ratio {ratio} ({level} interval {low} to "
                "{high}; E-test with the Wald pivot, {p})."
            ),
            "score": _(
                "Before {before}, after {after}: rate ratio {ratio} ({level} interval {low} to "
                "{high}; E-test with the score pivot, {p})."
            ),
        }
        return tell_ratio(messages[self.pivot], language, self)


def poisson_e_test(
    before: int, after: int, *, exposure: Sequence[float] = (1, 1), pivot: Pivot = "wald"
) -> PoissonETest:
    """Test whether two Poisson rates are equal, with more power than the conditional test.

    Parameters
    ----------
    before, after : int
        Counts.
    exposure : (float, float), default (1, 1)
        Exposure of each count.
    pivot : {"wald", "score"}
        ``wald`` standardises by before ÷ exposure² + after ÷ exposure², as the authors of the
        test do; ``score`` by the pooled rate. They agree for equal exposures only.

    Returns
    -------
    PoissonETest

    Raises
    ------
    InputError
        When a count is negative or not whole, an exposure not positive, or the pivot unknown.

    Notes
    -----
    The p-value is the probability, with both rates at their pooled estimate, of a statistic at
    least as far from zero; the sum runs over all pairs of counts (those more than ten
    standard deviations away are left out). With nothing counted at all the statistic is 0 and
    the p-value 1.

    References
    ----------
    .. [1] Krishnamoorthy, K. and Thomson, J. (2004). A more powerful test for comparing two
       Poisson means. Journal of Statistical Planning and Inference 119.
       doi:10.1016/S0378-3758(02)00408-1

    Examples
    --------
    >>> round(poisson_e_test(15, 5).p_value, 8)
    0.02503511
    >>> round(poisson_e_test(100, 25, exposure=(10, 5), pivot="score").p_value, 11)
    0.00153806629
    """
    before, after = _checks.count(before, "the count before"), _checks.count(after, "after")
    exposures = _checks.positive_pair(exposure, "exposure")
    _checks.choice(pivot, ("wald", "score"), "pivot")
    rates = before / exposures[0], after / exposures[1]
    ratio = rates[1] / rates[0] if before else (math.inf if after else math.nan)
    return PoissonETest(
        before=before,
        after=after,
        exposure=exposures,
        pivot=pivot,
        statistic=_statistic(before, after, exposures, pivot),
        estimate=ratio,
        std_error=math.sqrt(1 / before + 1 / after) if before and after else math.inf,
        p_value=_p_value(before, after, exposures, pivot),
    )


def _weights(exposure: tuple[float, float], pivot: Pivot) -> tuple[float, float]:
    """Return what each count adds to the variance of the difference of rates."""
    if pivot == "wald":
        return exposure[0] ** -2, exposure[1] ** -2
    return (1 / (exposure[0] * exposure[1]),) * 2


def _statistic(before: int, after: int, exposure: tuple[float, float], pivot: Pivot) -> float:
    weights = _weights(exposure, pivot)
    variance = weights[0] * before + weights[1] * after
    difference = after / exposure[1] - before / exposure[0]
    return difference / math.sqrt(variance) if variance else 0.0


def _p_value(before: int, after: int, exposure: tuple[float, float], pivot: Pivot) -> float:
    """Sum the probability of all pairs whose statistic is at least as far from zero.

    For a given count before, the statistic rises with the count after, so that the pairs to add
    are two tails; their bounds solve (y/e₁ − x/e₀)² = t² (w₀ x + w₁ y) for y.
    """
    observed = abs(_statistic(before, after, exposure, pivot))
    if observed == 0:
        return 1.0
    rate = (before + after) / sum(exposure)
    means = exposure[0] * rate, exposure[1] * rate
    reach = _REACH * math.sqrt(means[0])
    first, last = math.floor(means[0] - reach), math.ceil(means[0] + reach + _REACH**2 / 3)
    x = np.arange(max(first, 0), last + 1, dtype=float)
    # A hair below the observed statistic, so that equal ones count as equal.
    square = (observed * (1 - 1e-11)) ** 2
    weights = _weights(exposure, pivot)
    centre = x / exposure[0] * exposure[1] + square * weights[1] * exposure[1] ** 2 / 2
    constant = exposure[1] ** 2 * ((x / exposure[0]) ** 2 - square * weights[0] * x)
    spread = np.sqrt(np.maximum(centre**2 - constant, 0))
    lower, upper = np.floor(centre - spread), np.ceil(centre + spread)
    # Zero against zero is no difference, though the equation holds there.
    below = np.where((x > 0) & (lower >= 0), stats.poisson.cdf(lower, means[1]), 0.0)
    above = stats.poisson.sf(upper - 1, means[1])
    total = float(np.sum(stats.poisson.pmf(x, means[0]) * (below + above)))
    return min(1.0, total)


def _crossing(surplus: Callable[[float], float], start: float, direction: float) -> float:
    """Return where the p-value falls to alpha, going from `start` in `direction`."""
    step = 0.25
    inner, outer = start, start + direction * step
    while surplus(outer) > 0:
        inner, step = outer, step * 2
        outer = inner + direction * step
    return float(optimize.brentq(surplus, inner, outer, xtol=1e-10))
