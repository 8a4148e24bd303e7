"""Mann and Kendall's test: does a series rise or fall?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from apkgeo.errors import InputError
from apkgeo.language import Language, _, number, translate
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Floats, finite
from apkgeo.statistics._moments import ticks
from apkgeo.statistics._text import p_text


@dataclass(frozen=True)
class MannKendall:
    """The trend of a series.

    Attributes
    ----------
    estimate : float
        Sen's slope: the median of all slopes between two values, a unit of time.
    std_error : float
        Standard error of S (the slope's own distribution is not normal; see `interval`).
    p_value : float
        Two-sided, normal with continuity correction.
    s : int
        Pairs that rise less pairs that fall.
    variance : float
        Variance of S without trend, ties allowed for.
    tau : float
        Kendall's τ-b: S ÷ √(pairs × pairs with different values).
    z : float
        (|S| − 1) / √variance with the sign of S; 0 when S is 0.
    slopes : tuple of float
        All slopes between two values, in order.
    """

    estimate: float
    std_error: float
    p_value: float
    s: int
    variance: float
    tau: float
    z: float
    slopes: tuple[float, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of Sen's slope, from the ranks of the slopes (Gilbert 1987, 16.4.1).

        Examples
        --------
        >>> mann_kendall([1, 2, 4, 3, 6, 7, 8, 9]).interval()
        (1.0, 1.5)
        """
        reach = float(stats.norm.isf((1 - _checks.level(level, "level")) / 2)) * self.std_error
        count = len(self.slopes)
        low = round((count - reach) / 2) - 1
        high = round((count + reach) / 2)
        return (
            self.slopes[low] if low >= 0 else -np.inf,
            self.slopes[high] if high < count else np.inf,
        )

    def summary(self, language: Language = "en") -> str:
        """Return the trend in words."""
        low, high = self.interval()
        message = _(
            "The series changes by {slope} a step (95% interval {low} to {high}; Mann–Kendall "
            "tau = {tau}, {p})."
        )
        return translate(message, language).format(
            slope=_decimal(self.estimate, language),
            low=_decimal(low, language),
            high=_decimal(high, language),
            tau=_decimal(self.tau, language),
            p=p_text(self.p_value, language),
        )


def mann_kendall(values: Any, *, times: Any = None) -> MannKendall:
    """Test a series for a monotonic trend.

    Parameters
    ----------
    values : sequence of float
        In order of time; equal values are allowed for.
    times : sequence of float or of time, optional
        Increasing moments of the values, for Sen's slope, which is a day's when they are dates or
        times; 0, 1, 2, … when not given.

    Returns
    -------
    MannKendall

    Raises
    ------
    InputError
        When there are fewer than three values, one is missing, or times do not increase.

    Notes
    -----
    Values are taken as independent but for the trend: a series with seasons or with memory makes
    p too small. A series that never varies has S = 0, τ missing and p = 1.

    References
    ----------
    .. [1] Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13.
       doi:10.2307/1907187
    .. [2] Kendall, M. G. (1975). Rank correlation methods, 4th edition. Griffin.
    .. [3] Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau.
       Journal of the American Statistical Association 63. doi:10.1080/01621459.1968.10480934

    Examples
    --------
    >>> trend = mann_kendall([3, 1, 4, 5, 5, 9, 8])
    >>> trend.s, round(trend.tau, 3), round(trend.p_value, 3)
    (16, 0.781, 0.023)
    """
    series = finite(np.asarray(values, dtype=float).ravel(), "values")
    count = len(series)
    moments, day = (np.arange(count, dtype=float), 1.0) if times is None else ticks(times, "times")
    if count < 3:
        raise InputError("values", expected="at least three", came=str(count))
    if len(moments) != count or not (np.diff(moments) > 0).all():
        raise InputError("times", expected=f"{count} increasing numbers", came=str(times))
    s, variance, tau, z, p = (column[0] for column in trends(series[None, :]))
    later, earlier = np.tril_indices(count, -1)
    apart = (moments[later] - moments[earlier]) / day
    slopes = np.sort((series[later] - series[earlier]) / apart)
    return MannKendall(
        estimate=float(np.median(slopes)),
        std_error=float(np.sqrt(variance)),
        p_value=float(p),
        s=int(s),
        variance=float(variance),
        tau=float(tau),
        z=float(z),
        slopes=tuple(slopes.tolist()),
    )


def trends(series: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return S, its variance, τ-b, z and p of many series (n, steps) at once.

    Missing where a series holds a missing value.
    """
    count = series.shape[1]
    s, alike = np.zeros(len(series)), np.zeros((len(series), count))
    for lag in range(1, count):
        step = series[:, lag:] - series[:, :-lag]
        s += np.sign(step).sum(axis=1)
        alike[:, lag:] += step == 0
        alike[:, :-lag] += step == 0
    # Each of t equal values stands for (t − 1)(2t + 5), all of them for t(t − 1)(2t + 5).
    ties = (alike * (2 * alike + 7)).sum(axis=1)
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    pairs = count * (count - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        tau = s / np.sqrt(pairs * (pairs - alike.sum(axis=1) / 2))
        z = np.where(s == 0, 0.0, np.sign(s) * (np.abs(s) - 1) / np.sqrt(variance))
    z = np.where(np.isnan(s), np.nan, z)
    return s, variance, tau, z, 2 * special.ndtr(-np.abs(z))


def _decimal(value: float, language: Language) -> str:
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    if np.isnan(value):
        return "–"
    sign = "−" if round(value, 3) < 0 else ""
    return sign + number(abs(round(value, 3)), language)
