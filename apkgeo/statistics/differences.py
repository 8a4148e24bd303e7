"""Difference in differences of counts over areas and periods."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._fixed_effects import Fit, clustered_covariance, fit, fit_negative_binomial
from apkgeo.statistics._inference import Inference, choose, effect_test, score_error
from apkgeo.statistics._panel import Array, Mask, Panel, common_after, read_panel
from apkgeo.statistics._powers import e_to
from apkgeo.statistics._randomisation import EffectTest, invert
from apkgeo.statistics._text import decimal, of_ratio, tell

Family = Literal["poisson", "negative_binomial"]


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences:
    """How the treated areas' counts changed, against those of the untreated.

    Attributes
    ----------
    estimate : float
        Ratio of rate ratios: below 1 the treated areas fell more. 0 when they counted nothing
        after the start, ``inf`` when nothing before.
    coefficient : float
        Its natural logarithm.
    std_error : float
        Standard error **of the logarithm**: clustered, or with randomisation the one that the
        areas' own scatter implies.
    clustered_error : float
        The clustered error in any case; ``nan`` when the estimate has no logarithm.
    freedom : float
        Its degrees of freedom: the effective number of clusters less 1.
    p_value : float
        Two-sided.
    family : {"poisson", "negative_binomial"}
    inference : {"cluster", "randomisation", "wild"}
        Where p-value and interval come from.
    dispersion : float
        Of the negative binomial: variance = mean + dispersion × mean²; 0 for Poisson.
    areas, treated_areas, clusters, treated_clusters, periods, observations : int
        What the regression rests on.
    table : pandas.DataFrame
        Rows ``treated`` and ``untreated``: ``areas``, ``before``, ``after``, ``exposure_before``,
        ``exposure_after``, ``ratio`` of the rates, and ``expected`` after without the programme.
    notes : tuple of Note
        What was chosen or left out.
    """

    estimate: float
    coefficient: float
    std_error: float
    clustered_error: float
    freedom: float
    p_value: float
    family: Family
    inference: Inference
    dispersion: float
    areas: int
    treated_areas: int
    clusters: int
    treated_clusters: int
    periods: int
    observations: int
    table: pd.DataFrame
    notes: tuple[Note, ...]
    test: EffectTest | None = field(repr=False)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of the ratio; 0 or ``inf`` where it has no bound."""
        level = _checks.level(level)
        if self.test is None:
            margin = float(stats.t.isf((1 - level) / 2, self.freedom)) * self.std_error
            return e_to(self.coefficient - margin), e_to(self.coefficient + margin)
        step = self.std_error if math.isfinite(self.std_error) else 0.5
        low, high = invert(self.test.p_value, self.coefficient, max(step, 1e-3), level)
        return e_to(low), e_to(high)

    def summary(self, language: Language = "en") -> str:
        """Return the ratio in words, with its interval and where that comes from."""
        messages = {
            "cluster": _(
                "Difference in differences over {areas} areas ({treated} treated) and {periods} "
                "periods: {ratio} times the rate without the programme ({level} interval {low} to "
                "{high}, {p}; errors clustered)."
            ),
            "randomisation": _(
                "Difference in differences over {areas} areas ({treated} treated) and {periods} "
                "periods: {ratio} times the rate without the programme ({level} interval {low} to "
                "{high}, {p}; by randomisation)."
            ),
            "wild": _(
                "Difference in differences over {areas} areas ({treated} treated) and {periods} "
                "periods: {ratio} times the rate without the programme ({level} interval {low} to "
                "{high}, {p}; by a wild cluster bootstrap)."
            ),
        }
        return tell(
            messages[self.inference],
            language,
            areas=decimal(self.areas, language, 0),
            treated=decimal(self.treated_areas, language, 0),
            periods=decimal(self.periods, language, 0),
            **of_ratio(self, language),
        )


def difference_in_differences(
    panel: pd.DataFrame,
    *,
    cluster: str = "area",
    family: Family = "poisson",
    inference: Inference = "auto",
    randomisations: int = 9_999,
    rng: np.random.Generator | int | None = None,
) -> DifferenceInDifferences:
    """Compare the change of treated areas with that of untreated ones, as a ratio of ratios.

    Parameters
    ----------
    panel : pandas.DataFrame
        One row per area and period: ``area``, ``period``, ``count``, ``treated`` (whether the area
        ever is, the same in all its rows), ``after`` (whether the programme runs; of treated areas
        only, and from the same period on in all of them), optionally ``exposure`` (days, people
        …; 1 when absent). Areas need not be observed in every period.
    cluster : str, default "area"
        Column of the clusters within which counts may depend on each other: the area, or
        something larger that holds whole areas, such as a town.
    family : {"poisson", "negative_binomial"}
        The first asks of the counts no more than a right mean. The second weighs large counts
        less (variance = mean + dispersion × mean², the dispersion by maximum likelihood).
    inference : {"auto", "cluster", "randomisation", "wild"}
        Where p-value and interval come from. ``auto`` takes clustered errors when at least 10
        clusters are treated and 10 are not, else randomisation; a note says which.
    randomisations : int, default 9999
        Random groups (or bootstrap draws) at most; all groups when there are no more.
    rng : numpy.random.Generator or int, optional
        Generator or seed; 0 when not given, so that the same panel gives the same answer.

    Returns
    -------
    DifferenceInDifferences

    Raises
    ------
    InputError
        When a column is missing, a count is none, an area is listed twice in a period, is treated
        in some rows only or has no period before or after; when no area is untreated or those
        counted nothing; when treated areas start at different times (see `group_time_effects`).

    Notes
    -----
    The mean is exposure × exp(area + period + effect × treated × after). With two-way effects in
    an exponential mean the parallel trend that is assumed is one of ratios: without the programme
    the treated areas would have changed by the same factor. Poisson's quasi-likelihood needs that
    mean only, not Poisson's variance [1]_, and its area effects bring no incidental-parameter
    bias. Where exposures are the same in all areas the estimate is the ratio of ratios of the
    summed counts.

    ``cluster``: the sandwich of [2]_ times G/(G − 1) × (N − 1)/(N − K) (N cells; K period effects
    and the effect itself, area effects being nested in the clusters), with t on G* − 1 degrees of
    freedom, G* being the effective number of clusters [6]_: about that of the treated, where they
    are few. The error is far too small with few treated clusters, however many are untreated [3]_.

    ``randomisation`` [4]_: the effect under test is imposed, and the treated areas' score is
    compared with that of every (or 9,999 random) groups of as many areas. Scores are
    standardised by m + b m² (m an area's information, b from the areas' scatter), so that areas
    of another size can be compared. It is exact when the treated areas could as well have been
    others; it knows nothing of a selection of the worst ones, for which see
    `empirical_bayes_before_after`. The interval holds the effects that the test does not
    reject. If the clusters are larger than areas, clusters are reassigned, or, where treated
    and untreated areas share one, areas within clusters. With few areas no p-value can be
    small.

    ``wild``: the score bootstrap of [5]_ with Webb's weights and the effect under test imposed.

    In 400 simulated panels without effect (40 areas of different levels, four periods, each area
    with a change of its own, sd 0.3; tested at 5%) with 2, 5, 10 and 20 areas treated, clustered
    errors declared one in 0.5, 6, 6 and 6%, the wild bootstrap in 0.3, 5, 5 and 6%, randomisation
    in 6, 7.5, 5 and 5% (in another 1,200 with 2 treated in 5.0%). With two treated the first two
    find hardly anything else either.

    References
    ----------
    .. [1] Wooldridge, J. M. (1999). Distribution-free estimation of some nonlinear panel data
       models. Journal of Econometrics 90. doi:10.1016/S0304-4076(98)00033-5
    .. [2] Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust
       inference. Journal of Human Resources 50. doi:10.3368/jhr.50.2.317
    .. [3] MacKinnon, J. G. and Webb, M. D. (2018). The wild bootstrap for few (treated) clusters.
       The Econometrics Journal 21. doi:10.1111/ectj.12107
    .. [4] MacKinnon, J. G. and Webb, M. D. (2020). Randomization inference for
       difference-in-differences with few treated clusters. Journal of Econometrics 218.
       doi:10.1016/j.jeconom.2020.04.024
    .. [5] Kline, P. and Santos, A. (2012). A score based approach to wild bootstrap inference.
       Journal of Econometric Methods 1. doi:10.1515/2156-6674.1006
    .. [6] Carter, A. V., Schnepel, K. T. and Steigerwald, D. G. (2017). Asymptotic behavior of a
       t-test robust to cluster heterogeneity. Review of Economics and Statistics 99.
       doi:10.1162/REST_a_00639

    Examples
    --------
    Two areas, of which the second is treated: (30 / 50) ÷ (55 / 60).

    >>> panel = pd.DataFrame({
    ...     "area": ["a", "a", "b", "b"], "period": [0, 1, 0, 1], "count": [60, 55, 50, 30],
    ...     "treated": [False, False, True, True], "after": [False, True, False, True],
    ... })
    >>> result = difference_in_differences(panel)
    >>> round(result.estimate, 8), result.inference
    (0.65454545, 'randomisation')
    >>> print(result.notes[-1])
    Only 2 choices of treated areas are possible, so that no p-value can be below 0.5 ...
    """
    checked = read_panel(panel, cluster=cluster)
    return compare(
        checked,
        common_after(checked),
        family=family,
        inference=inference,
        randomisations=randomisations,
        rng=np.random.default_rng(0 if rng is None else rng),
    )


def compare(
    panel: Panel,
    after: Mask,
    *,
    family: Family = "poisson",
    inference: Inference = "auto",
    randomisations: int = 9_999,
    rng: np.random.Generator,
) -> DifferenceInDifferences:
    """Estimate the difference in differences of a checked panel with `after` its late periods."""
    _checks.choice(family, ("poisson", "negative_binomial"), "family")
    _checks.choice(inference, ("auto", "cluster", "randomisation", "wild"), "inference")
    used = panel.informative()
    after = after[panel.periods.isin(used.periods)]
    bound = _one_sided(used, after)
    effect = (used.treated[:, None] & after[None, :]).astype(float)
    found = _fitted(used, effect, family, bound)
    coefficient = float(found.coefficients[0]) if bound is None else bound
    method, notes = choose(used, inference, bounded=bound is not None)
    error = score_error(used, after, found) if bound is None else math.inf
    test = None
    clustered, freedom = math.nan, math.nan
    if bound is None:
        covariance, degrees = clustered_covariance(
            used.counts, used.exposure, effect[None], found, used.clusters
        )
        clustered, freedom = math.sqrt(covariance[0, 0]), float(degrees[0])
    if method == "cluster":
        error = clustered
        p_value = float(2 * stats.t.sf(abs(coefficient) / error, freedom))
    else:
        test, more = effect_test(used, after, effect, found, method, randomisations, rng)
        p_value, notes = test.p_value(0.0), (*notes, *more)
    clusters = np.unique(used.clusters[used.treated])
    return DifferenceInDifferences(
        estimate=e_to(coefficient),
        coefficient=coefficient,
        std_error=error,
        clustered_error=clustered,
        freedom=freedom,
        p_value=p_value,
        family=family,
        inference=method,
        dispersion=found.dispersion,
        areas=len(used.areas),
        treated_areas=int(used.treated.sum()),
        clusters=int(used.clusters.max()) + 1,
        treated_clusters=len(clusters),
        periods=len(used.periods),
        observations=int(used.observed.sum()),
        table=_table(used, after, found, coefficient),
        notes=(*used.notes, *notes),
        test=test,
    )


def _one_sided(panel: Panel, after: Mask) -> float | None:
    """Return −∞ or ∞ where the treated areas counted nothing after, or before; else None."""
    for areas, kind in ((panel.treated, "treated"), (~panel.treated, "untreated")):
        sums = [int(panel.counts[np.ix_(areas, side)].sum()) for side in (~after, after)]
        if all(sums):
            continue
        if kind == "untreated" or not any(sums):
            raise InputError(
                f"{kind} areas",
                expected="some incidents before and some after",
                came=f"{sums[0]} before and {sums[1]} after",
                remedy="use longer periods or other comparison areas",
            )
        return math.inf if not sums[0] else -math.inf
    return None


def _fitted(panel: Panel, effect: Array, family: Family, bound: float | None) -> Fit:
    """Return the fit; without the effect where that has no bound."""
    regressors = effect[None] if bound is None else effect[None][:0]
    estimator = fit if family == "poisson" else fit_negative_binomial
    return estimator(panel.counts, panel.exposure, regressors)


def _table(panel: Panel, after: Mask, found: Fit, coefficient: float) -> pd.DataFrame:
    """Return what was counted, and what the treated areas would have counted."""
    rows = {}
    without = found.mean[np.ix_(panel.treated, after)].sum()
    if math.isfinite(coefficient):
        without /= math.exp(coefficient)
    for name, areas in (("treated", panel.treated), ("untreated", ~panel.treated)):
        counts = [int(panel.counts[np.ix_(areas, side)].sum()) for side in (~after, after)]
        exposure = [float(panel.exposure[np.ix_(areas, side)].sum()) for side in (~after, after)]
        with np.errstate(divide="ignore"):
            ratio = np.divide(counts[1] / exposure[1], counts[0] / exposure[0])
        expected = without if name == "treated" else math.nan
        rows[name] = (int(areas.sum()), *counts, *exposure, float(ratio), float(expected))
    columns = ["areas", "before", "after", "exposure_before", "exposure_after", "ratio", "expected"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
