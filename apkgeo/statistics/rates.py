"""Two counts, or two pairs of counts, compared as a ratio of rates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, special, stats

from apkgeo.language import Language, _
from apkgeo.statistics import _checks
from apkgeo.statistics._text import decimal, level_text, p_text, tell, tell_ratio

Method = Literal["exact", "midp"]


@dataclass(frozen=True)
class RateRatio:
    """The rate after divided by the rate before.

    Attributes
    ----------
    before, after : int
        The counts.
    exposure : tuple of float
        The exposure (days, people, area …) of each count.
    estimate : float
        (after / exposure after) ÷ (before / exposure before): below 1 is a fall. It is 0 when
        nothing was counted after, ``inf`` when nothing was before, ``nan`` when neither.
    std_error : float
        Standard error **of the logarithm** of the estimate; ``inf`` when a count is zero.
    p_value : float
        Two-sided: twice the smaller tail, at most 1, so that it is below 1 − level exactly when
        the interval at that level leaves 1 out.
    method : {"exact", "midp"}
        How tail and interval count the observed value: in full or by half.
    """

    before: int
    after: int
    exposure: tuple[float, float]
    estimate: float
    std_error: float
    p_value: float
    method: Method

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of the ratio, conditional on the sum of both counts.

        Examples
        --------
        >>> low, high = rate_ratio(20, 10).interval()
        >>> round(low, 4), round(high, 4)
        (0.209, 1.1192)
        """
        tail = (1 - _checks.level(level)) / 2
        total = self.before + self.after
        if total == 0:
            return 0.0, math.inf
        if self.method == "midp":
            low, high = _midp_limits(self.after, total, tail)
        else:
            low, high = _exact_limits(self.after, total, tail)
        scale = self.exposure[0] / self.exposure[1]
        return _odds(low) * scale, _odds(high) * scale

    def summary(self, language: Language = "en") -> str:
        """Return the ratio in words, with its interval and the method."""
        messages = {
            "exact": _(
                "Before {before}, after {after}: the rate after was {ratio} times the rate before "
                "({level} exact conditional interval {low} to {high}, {p})."
            ),
            "midp": _(
                "Before {before}, after {after}: the rate after was {ratio} times the rate before "
                "({level} conditional mid-p interval {low} to {high}, {p})."
            ),
        }
        nothing_before = _(
            "Before 0, after {after}: with nothing before there is no ratio of rates ({level} "
            "interval {low} to {high}, {p})."
        )
        return tell_ratio(messages[self.method] if self.before else nothing_before, language, self)


def rate_ratio(
    before: int,
    after: int,
    *,
    exposure: Sequence[float] = (1, 1),
    method: Method = "exact",
) -> RateRatio:
    """Compare two counts as a ratio of rates, exactly.

    Parameters
    ----------
    before, after : int
        Counts of the two periods (or of two places).
    exposure : (float, float), default (1, 1)
        Exposure of each count, in any common unit: days, months, people.
    method : {"exact", "midp"}
        ``exact`` never covers less than its level and is therefore wide with few incidents;
        ``midp`` counts the observed value by half and covers about its level.

    Returns
    -------
    RateRatio

    Raises
    ------
    InputError
        When a count is negative or not whole, or an exposure not positive.

    Notes
    -----
    Both counts are taken as Poisson. Given their sum n, the count after is binomial with
    n trials and the odds ratio × exposure after ÷ exposure before, so that limits of a binomial
    share (Clopper and Pearson) are limits of the ratio. Police counts usually vary more than
    Poisson ones: then the interval is too narrow, and a comparison with other areas is needed.
    The p-value is twice the smaller tail; programs that add up the less likely outcomes instead
    (R's ``poisson.test``, scipy's ``binomtest``) give the same for equal exposures, and may
    disagree with their own interval for others.

    References
    ----------
    .. [1] Przyborowski, J. and Wilenski, H. (1940). Homogeneity of results in testing samples
       from Poisson series. Biometrika 31. doi:10.1093/biomet/31.3-4.313
    .. [2] Fay, M. P. (2010). Two-sided exact tests and matching confidence intervals for
       discrete data. The R Journal 2(1). doi:10.32614/RJ-2010-008

    Examples
    --------
    >>> result = rate_ratio(20, 10)
    >>> result.estimate, round(result.p_value, 4)
    (0.5, 0.0987)
    >>> result.summary("en")
    'Before 20, after 10: the rate after was 0.50 times the rate before (95% ...'
    """
    before, after = _checks.count(before, "the count before"), _checks.count(after, "after")
    exposures = _checks.positive_pair(exposure, "exposure")
    _checks.choice(method, ("exact", "midp"), "method")
    return RateRatio(
        before=before,
        after=after,
        exposure=exposures,
        estimate=_ratio(after * exposures[0], before * exposures[1]),
        std_error=_log_error(before, after),
        p_value=_conditional_p(after, before + after, exposures, half=method == "midp"),
        method=method,
    )


@dataclass(frozen=True)
class RelativeRateRatio:
    """The treated areas' ratio after ÷ before, divided by the comparison areas' ratio.

    Attributes
    ----------
    treated, comparison : tuple of int
        Counts (before, after).
    estimate : float
        The ratio of the two ratios: below 1 the treated areas fell more. ``0`` and ``inf`` where
        a zero count makes it so, ``nan`` where it says nothing.
    log_estimate : float
        Its natural logarithm.
    std_error : float
        Standard error **of the logarithm**: √(dispersion × Σ 1/count); ``inf`` with a zero count.
    p_value : float
        Two-sided.
    method : {"wald", "exact"}
        ``wald``: normal on the logarithm; ``exact``: conditional on all margins.
    dispersion : float
        Variance ÷ mean that the error allows for.
    """

    treated: tuple[int, int]
    comparison: tuple[int, int]
    estimate: float
    log_estimate: float
    std_error: float
    p_value: float
    method: Literal["wald", "exact"]
    dispersion: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of the ratio of ratios."""
        level = _checks.level(level)
        if self.method == "exact":
            return _fisher_limits(self.treated, self.comparison, (1 - level) / 2)
        margin = float(stats.norm.isf((1 - level) / 2)) * self.std_error
        return _power(self.log_estimate - margin), _power(self.log_estimate + margin)

    def summary(self, language: Language = "en") -> str:
        """Return the ratio in words, with its interval."""
        low, high = self.interval()
        message = (
            _(
                "The treated areas went from {t0} to {t1}, the comparison areas from {c0} to "
                "{c1}: a ratio of ratios of {ratio} ({level} interval {low} to {high}, {p})."
            )
            if self.method == "wald"
            else _(
                "The treated areas went from {t0} to {t1}, the comparison areas from {c0} to "
                "{c1}: a ratio of ratios of {ratio} ({level} exact conditional interval {low} to "
                "{high}, {p})."
            )
        )
        names = ("t0", "t1", "c0", "c1")
        counts = dict(zip(names, (*self.treated, *self.comparison), strict=True))
        return tell(
            message,
            language,
            **{name: decimal(value, language, 0) for name, value in counts.items()},
            ratio=decimal(self.estimate, language),
            level=level_text(0.95, language),
            low=decimal(low, language),
            high=decimal(high, language),
            p=p_text(self.p_value, language),
        )


def relative_rate_ratio(
    treated: Sequence[int],
    comparison: Sequence[int],
    *,
    dispersion: float = 1.0,
    method: Literal["wald", "exact"] | None = None,
) -> RelativeRateRatio:
    """Compare the change of treated areas with that of comparison areas, as a ratio of ratios.

    Parameters
    ----------
    treated, comparison : (int, int)
        Counts (before, after). Periods of unequal length cancel, as long as they are the same
        for both.
    dispersion : float, default 1
        Variance ÷ mean of the counts; above 1 widens the Wald interval.
    method : {"wald", "exact"}, optional
        Wald where all four counts are positive, else exact, when not given.

    Returns
    -------
    RelativeRateRatio
        ``method`` says which it was.

    Raises
    ------
    InputError
        When a count is negative or not whole, or Wald is asked for with a zero count.

    Notes
    -----
    With the counts Poisson, the logarithm of the ratio has variance Σ 1/count. No half is added
    to zero counts: given all margins of the 2 × 2 table, its corner follows Fisher's non-central
    hypergeometric distribution with just this ratio as odds ratio, which holds for zeros too.
    The exact method is Poisson's only and leaves `dispersion` aside.

    References
    ----------
    .. [1] Wilson, D. B. (2022). The relative incident rate ratio effect size for count-based
       impact evaluations. Journal of Quantitative Criminology 38.
       doi:10.1007/s10940-021-09494-w
    .. [2] Wheeler, A. P. (2021-03-18). andrewpwheeler.com (the example).

    Examples
    --------
    >>> result = relative_rate_ratio((50, 30), (60, 55))
    >>> round(result.estimate, 8), round(result.log_estimate, 8)
    (0.65454545, -0.42381425)
    """
    pair, other = (
        _checks.count_pair(treated, "treated"),
        _checks.count_pair(comparison, "comparison"),
    )
    dispersion = _checks.positive(dispersion, "dispersion")
    zero = 0 in (*pair, *other)
    chosen = method or ("exact" if zero else "wald")
    _checks.choice(chosen, ("wald", "exact"), "method")
    if chosen == "wald" and zero:
        _checks.choice(chosen, ("exact",), "method, as a count is zero,")
    estimate = _ratio(pair[1] * other[0], pair[0] * other[1])
    log_estimate = (
        math.log(estimate) if estimate > 0 else (-math.inf if estimate == 0 else math.nan)
    )
    error = math.sqrt(dispersion) * math.hypot(_log_error(*pair), _log_error(*other))
    if chosen == "exact":
        p_value = _fisher_p(pair, other)
    else:
        p_value = float(2 * stats.norm.sf(abs(log_estimate) / error))
    return RelativeRateRatio(
        pair, other, estimate, log_estimate, error, p_value, chosen, dispersion
    )


def _ratio(numerator: float, denominator: float) -> float:
    """Divide; x/0 is inf and 0/0 nan."""
    if denominator:
        return numerator / denominator
    return math.inf if numerator else math.nan


def _power(exponent: float) -> float:
    """Return e to a power; inf where that is more than a number can hold."""
    try:
        return math.exp(exponent)
    except OverflowError:
        return math.inf


def _odds(share: float) -> float:
    return _ratio(share, 1 - share)


def _log_error(before: int, after: int) -> float:
    return math.sqrt(1 / before + 1 / after) if before and after else math.inf


def _conditional_p(after: int, total: int, exposure: tuple[float, float], *, half: bool) -> float:
    """Return twice the smaller binomial tail of `after`, at most 1."""
    if total == 0:
        return 1.0
    share = exposure[1] / (exposure[0] + exposure[1])
    lower, upper = stats.binom.cdf(after, total, share), stats.binom.sf(after - 1, total, share)
    smaller = min(lower, upper) - (0.5 * stats.binom.pmf(after, total, share) if half else 0)
    return float(min(1.0, 2 * smaller))


def _exact_limits(successes: int, total: int, tail: float) -> tuple[float, float]:
    """Return Clopper and Pearson's limits of a binomial share."""
    failures = total - successes
    low = float(stats.beta.ppf(tail, successes, failures + 1)) if successes else 0.0
    high = float(stats.beta.isf(tail, successes + 1, failures)) if failures else 1.0
    return low, high


def _midp_limits(successes: int, total: int, tail: float) -> tuple[float, float]:
    """Return the limits of a binomial share at which the mid-p tail equals `tail`."""

    def lower_tail(share: float) -> float:
        below = special.bdtr(successes - 1, total, share) if successes else 0.0
        return float(below + special.bdtr(successes, total, share)) / 2

    def solve(target: float) -> float:
        found = optimize.brentq(lambda share: lower_tail(share) - target, 0.0, 1.0, xtol=1e-15)
        return float(found)

    low = solve(1 - tail) if successes else 0.0
    high = solve(tail) if successes < total else 1.0
    return low, high


def _fisher_terms(pair: tuple[int, int], other: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the possible counts of the treated after and their log weights."""
    after, total = pair[1] + other[1], sum(pair) + sum(other)
    values = np.arange(max(0, after - sum(other)), min(sum(pair), after) + 1)
    return values, stats.hypergeom.logpmf(values, total, sum(pair), after)


def _fisher_tails(
    pair: tuple[int, int], other: tuple[int, int], log_ratio: float
) -> tuple[float, float]:
    """Return P(X ≤ observed) and P(X ≥ observed) at a true ratio of ratios."""
    values, weights = _fisher_terms(pair, other)
    tilted = weights + values * log_ratio
    share = np.exp(tilted - tilted.max())
    share /= share.sum()
    return float(share[values <= pair[1]].sum()), float(share[values >= pair[1]].sum())


def _fisher_p(pair: tuple[int, int], other: tuple[int, int]) -> float:
    return min(1.0, 2 * min(_fisher_tails(pair, other, 0.0)))


def _fisher_limits(
    pair: tuple[int, int], other: tuple[int, int], tail: float
) -> tuple[float, float]:
    """Return the exact conditional limits of the ratio of ratios."""
    values = _fisher_terms(pair, other)[0]
    if len(values) == 1:
        return 0.0, math.inf

    def solve(side: int) -> float:
        bound = 1.0
        while (_fisher_tails(pair, other, -bound)[side] - tail) * (
            _fisher_tails(pair, other, bound)[side] - tail
        ) > 0:
            bound *= 2
        found = optimize.brentq(
            lambda x: _fisher_tails(pair, other, x)[side] - tail, -bound, bound, xtol=1e-13
        )
        return math.exp(found)

    low = solve(1) if pair[1] > values[0] else 0.0
    high = solve(0) if pair[1] < values[-1] else math.inf
    return low, high
