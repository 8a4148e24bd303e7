"""Many estimates of the same kind, brought together: random effects."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize, stats

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._panel import Array
from apkgeo.statistics._powers import e_to, e_to_each
from apkgeo.statistics._text import decimal, of_ratio, tell

# Points at which the confidence distribution of the heterogeneity is evaluated.
_QUANTILES = 200

Method = Literal["paule_mandel", "reml"]


@dataclass(frozen=True, eq=False)
class PooledEstimate:
    """The mean of effects that differ from place to place, and how much they differ.

    Attributes
    ----------
    estimate : float
        Mean ratio (of the effects' logarithms): below 1 is a fall.
    coefficient : float
        Its natural logarithm.
    std_error : float
        Standard error **of the logarithm**, after Hartung and Knapp.
    p_value : float
        Two-sided, t on (number of estimates − 1) degrees of freedom.
    heterogeneity : float
        τ: standard deviation of the true effects' logarithms.
    heterogeneity_p_value : float
        Of Cochran's Q: whether the estimates differ more than their errors explain.
    inconsistency : float
        I²: the share of the estimates' variance that is not error.
    method : {"paule_mandel", "reml"}
        How τ was estimated.
    table : pandas.DataFrame
        For each estimate ``ratio``, ``low``, ``high`` (95%, normal), ``log_estimate``,
        ``std_error``, ``weight`` (they sum to 1) and ``shrunken``: its ratio drawn towards the mean
        by as much as its error asks.
    notes : tuple of Note
    """

    estimate: float
    coefficient: float
    std_error: float
    p_value: float
    heterogeneity: float
    heterogeneity_p_value: float
    inconsistency: float
    method: Method
    table: pd.DataFrame
    notes: tuple[Note, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of the mean ratio."""
        return self._around(self.std_error, len(self.table) - 1, level)

    def prediction_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return where the true effect of another such place would lie.

        What is not known of τ enters by its confidence distribution (Nagashima and others), the
        mean's error by t; unbounded with fewer than three estimates.
        """
        tail = (1 - _checks.level(level)) / 2
        freedom = len(self.table) - 1
        if freedom < 2:
            return 0.0, math.inf
        y, v = self.table["log_estimate"].to_numpy(), self.table["std_error"].to_numpy() ** 2
        shares = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
        targets = stats.chi2.ppf(shares, freedom)
        tau2 = np.array([_solve(y, v, float(target)) for target in targets])
        weight = 1 / (v + tau2[:, None])
        mean = (weight * y).sum(axis=1) / weight.sum(axis=1)
        spread = np.sqrt(tau2 + 1 / weight.sum(axis=1))

        def surplus(x: float) -> float:
            return float(stats.t.cdf((x - mean) / spread, freedom).mean()) - tail

        def mirrored(x: float) -> float:
            return float(stats.t.sf((x - mean) / spread, freedom).mean()) - tail

        reach = float(stats.t.isf(tail / _QUANTILES, freedom)) * float(spread.max()) + 1e-9
        ends = float(mean.min()) - reach, float(mean.max()) + reach
        low, high = (optimize.brentq(side, *ends, xtol=1e-10) for side in (surplus, mirrored))
        return e_to(low), e_to(high)

    def heterogeneity_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of τ, by the profile of Cochran's Q (Viechtbauer)."""
        tail = (1 - _checks.level(level)) / 2
        y, v = (self.table[name].to_numpy() for name in ("log_estimate", "std_error"))
        freedom = len(y) - 1
        limits = [
            math.sqrt(_solve(y, v**2, float(stats.chi2.isf(share, freedom))))
            for share in (tail, 1 - tail)
        ]
        return limits[0], limits[1]

    def _around(self, spread: float, freedom: int, level: float) -> tuple[float, float]:
        margin = float(stats.t.isf((1 - _checks.level(level)) / 2, freedom)) * spread
        return e_to(self.coefficient - margin), e_to(self.coefficient + margin)

    def summary(self, language: Language = "en") -> str:
        """Return mean, interval and prediction interval in words."""
        least, most = self.prediction_interval()
        return tell(
            _(
                "Over {number} estimates the mean effect is a ratio of {ratio} ({level} interval "
                "{low} to {high}, {p}). In another such place it would lie between {least} and "
                "{most}: effects differ by a standard deviation of {tau} of their logarithm."
            ),
            language,
            number=decimal(len(self.table), language, 0),
            **of_ratio(self, language),
            least=decimal(least, language),
            most=decimal(most, language),
            tau=decimal(self.heterogeneity, language),
        )


def pool_estimates(
    log_estimates: Sequence[float] | pd.Series,
    std_errors: Sequence[float] | pd.Series,
    *,
    labels: Sequence[Hashable] | None = None,
    method: Method = "paule_mandel",
) -> PooledEstimate:
    """Pool the logarithms of ratios by a random-effects model.

    Parameters
    ----------
    log_estimates : sequence of float
        Natural logarithms of the ratios; the index of a series gives the labels.
    std_errors : sequence of float
        Their standard errors, in the same order.
    labels : sequence, optional
        What each estimate is called.
    method : {"paule_mandel", "reml"}
        How the variance of the true effects is estimated.

    Returns
    -------
    PooledEstimate

    Raises
    ------
    InputError
        When lengths differ, a value is no number or an error not positive, or fewer than two
        estimates are given.

    Notes
    -----
    Each estimate is normal around its own true effect, and the true effects are normal around
    their mean. τ² by Paule and Mandel's equation [1]_ (or restricted maximum likelihood); the
    mean's error after Hartung and Knapp [2]_, with t on k − 1 degrees of freedom, which keeps its
    level with few studies [3]_; their factor is not let below 1, lest few estimates that agree by
    chance look too sure. The prediction interval says where the next town would lie: a mean below
    1 does not say that all are. The usual one takes τ as known and covers too little; here τ² is
    spread over its confidence distribution, at each point of which Cochran's Q is as likely as
    seen [4]_.

    References
    ----------
    .. [1] Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of
       Research of the National Bureau of Standards 87. doi:10.6028/jres.087.022
    .. [2] Hartung, J. and Knapp, G. (2001). A refined method for the meta-analysis of controlled
       clinical trials with binary outcome. Statistics in Medicine 20. doi:10.1002/sim.1009
    .. [3] IntHout, J., Ioannidis, J. P. A. and Borm, G. F. (2014). The Hartung-Knapp-Sidik-Jonkman
       method for random effects meta-analysis. BMC Medical Research Methodology 14.
       doi:10.1186/1471-2288-14-25
    .. [4] Nagashima, K., Noma, H. and Furukawa, T. A. (2019). Prediction intervals for
       random-effects meta-analysis: a confidence distribution approach. Statistical Methods in
       Medical Research 28. doi:10.1177/0962280218773520

    Examples
    --------
    >>> result = pool_estimates([-0.5, -0.2, 0.1, -0.4], [0.15, 0.2, 0.25, 0.1])
    >>> round(result.estimate, 3), [round(limit, 3) for limit in result.interval()]
    (0.733, [0.505, 1.064])
    """
    y, error, names = _checked(log_estimates, std_errors, labels)
    _checks.choice(method, ("paule_mandel", "reml"), "method")
    size, variance = len(y), error**2
    tau2 = _solve(y, variance, size - 1) if method == "paule_mandel" else _reml(y, variance)
    weight = 1 / (variance + tau2)
    mean = float(weight @ y / weight.sum())
    scatter = float(weight @ (y - mean) ** 2) / (size - 1)
    std_error = math.sqrt(max(scatter, 1.0) / weight.sum())
    fixed = 1 / variance
    q = float(fixed @ (y - fixed @ y / fixed.sum()) ** 2)
    typical = (size - 1) * fixed.sum() / (fixed.sum() ** 2 - (fixed**2).sum())
    share = tau2 / (tau2 + variance)
    margin = stats.norm.isf(0.025) * error
    table = pd.DataFrame(
        {
            "ratio": np.exp(y),
            "low": e_to_each(y - margin),
            "high": e_to_each(y + margin),
            "log_estimate": y,
            "std_error": error,
            "weight": weight / weight.sum(),
            "shrunken": np.exp(mean + share * (y - mean)),
        },
        index=names,
    )
    return PooledEstimate(
        estimate=math.exp(mean),
        coefficient=mean,
        std_error=std_error,
        p_value=float(2 * stats.t.sf(abs(mean) / std_error, size - 1)),
        heterogeneity=math.sqrt(tau2),
        heterogeneity_p_value=float(stats.chi2.sf(q, size - 1)),
        inconsistency=float(tau2 / (tau2 + typical)),
        method=method,
        table=table,
        notes=_notes(table),
    )


def _checked(
    log_estimates: Sequence[float] | pd.Series,
    std_errors: Sequence[float] | pd.Series,
    labels: Sequence[Hashable] | None,
) -> tuple[Array, Array, pd.Index]:
    y, error = np.asarray(log_estimates, dtype=float), np.asarray(std_errors, dtype=float)
    size = len(log_estimates) if labels is None else len(labels)
    if not len(y) == len(error) == size:
        raise InputError(
            "std_errors and labels",
            expected=f"one for each of {len(y)} estimates",
            came=f"{len(error)} errors, {size} labels",
        )
    if len(y) < 2:
        raise InputError("log_estimates", expected="at least two", came=str(len(y)))
    for place, (value, spread) in enumerate(zip(y.tolist(), error.tolist(), strict=True)):
        if not math.isfinite(value):
            raise InputError(f"log_estimates[{place}]", expected="a number", came=str(value))
        _checks.positive(spread, f"std_errors[{place}]")
    if labels is not None:
        return y, error, pd.Index(labels)
    series = isinstance(log_estimates, pd.Series)
    return y, error, log_estimates.index if series else pd.RangeIndex(1, len(y) + 1)


def _scatter(y: Array, variance: Array, tau2: float) -> float:
    """Return Cochran's Q with weights for random effects."""
    weight = 1 / (variance + tau2)
    return float(weight @ (y - weight @ y / weight.sum()) ** 2)


def _solve(y: Array, variance: Array, target: float) -> float:
    """Return the τ² at which Q equals `target`; 0 where it is below that already."""
    if _scatter(y, variance, 0.0) <= target:
        return 0.0
    high = float(variance.max())
    while _scatter(y, variance, high) > target:
        high *= 4
    return float(
        optimize.brentq(lambda t: _scatter(y, variance, t) - target, 0.0, high, xtol=1e-14)
    )


def _reml(y: Array, variance: Array) -> float:
    """Return the τ² with the greatest restricted likelihood."""

    def slope(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        mean = weight @ y / weight.sum()
        square = weight**2
        return float(square @ (y - mean) ** 2 - weight.sum() + square.sum() / weight.sum())

    if slope(0.0) <= 0:
        return 0.0
    high = float(variance.max() + y.var())
    while slope(high) > 0:
        high *= 4
    return float(optimize.brentq(slope, 0.0, high, xtol=1e-14))


def _notes(table: pd.DataFrame) -> tuple[Note, ...]:
    notes = []
    if len(table) < 5:
        notes.append(
            Note(
                _(
                    "With {number} estimates it can hardly be known how much the effects differ; "
                    "the intervals are wide for that reason."
                ),
                number=len(table),
            )
        )
    heaviest = table["weight"].idxmax()
    if table["weight"].max() > 0.5:
        notes.append(
            Note(
                _("One estimate, {name}, carries more than half of the weight."),
                name=str(heaviest),
            )
        )
    return tuple(notes)
