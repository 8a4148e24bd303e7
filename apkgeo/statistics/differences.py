"""Difference in differences of counts over areas and periods."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._fixed_effects import Fit, clustered_covariance, fit, fit_negative_binomial
from apkgeo.statistics._panel import Array, Mask, Panel, common_after, read_panel
from apkgeo.statistics._randomisation import (
    EffectTest,
    assignments,
    invert,
    unit_scores,
    webb_weights,
)
from apkgeo.statistics._text import decimal, level_text, p_text, tell

Family = Literal["poisson", "negative_binomial"]
Inference = Literal["auto", "cluster", "randomisation", "wild"]

# Clustered errors are left to themselves from so many treated, and untreated, clusters on.
MIN_CLUSTERS = 10


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
            margin = float(stats.t.isf((1 - level) / 2, self.clusters - 1)) * self.std_error
            return _exp(self.coefficient - margin), _exp(self.coefficient + margin)
        step = self.std_error if math.isfinite(self.std_error) else 0.5
        low, high = invert(self.test.p_value, self.coefficient, max(step, 1e-3), level)
        return _exp(low), _exp(high)

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
        low, high = self.interval()
        return tell(
            messages[self.inference],
            language,
            areas=decimal(self.areas, language, 0),
            treated=decimal(self.treated_areas, language, 0),
            periods=decimal(self.periods, language, 0),
            ratio=decimal(self.estimate, language),
            level=level_text(0.95, language),
            low=decimal(low, language),
            high=decimal(high, language),
            p=p_text(self.p_value, language),
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
    and the effect itself, area effects being nested in the clusters), with t on G − 1 degrees of
    freedom. It is far too small with few treated clusters, however many are untreated [3]_.

    ``randomisation`` [4]_: the effect under test is imposed, and the treated areas' score is
    compared with that of every (or 9,999 random) groups of as many areas. Scores are standardised
    by m + b m² (m an area's information, b by Paule and Mandel's equation from the areas'
    scatter), so that areas of another size can be compared. It is exact when the treated areas
    could as well have been others; it knows nothing of a selection of the worst ones, for which
    see `empirical_bayes_before_after`. The interval holds the effects that the test does not
    reject. If the clusters are larger than areas, clusters are reassigned, or, where treated and
    untreated areas share one, areas within clusters. With few areas no p-value can be small.

    ``wild``: the score bootstrap of [5]_ with Webb's weights and the effect under test imposed. It
    needs some ten treated clusters less than the sandwich does, but with one to three it hardly
    ever rejects anything [3]_.

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
    method, notes = _method(used, inference, bounded=bound is not None)
    error = score_error(used, after, found) if bound is None else math.inf
    test = None
    if method == "cluster":
        error = math.sqrt(
            clustered_covariance(used.counts, used.exposure, effect[None], found, used.clusters)[
                0, 0
            ]
        )
        p_value = float(2 * stats.t.sf(abs(coefficient) / error, used.clusters.max()))
    else:
        test, more = _test(used, after, effect, found, method, randomisations, rng)
        p_value, notes = test.p_value(0.0), (*notes, *more)
    clusters = np.unique(used.clusters[used.treated])
    return DifferenceInDifferences(
        estimate=_exp(coefficient),
        coefficient=coefficient,
        std_error=error,
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


def _method(
    panel: Panel, inference: Inference, *, bounded: bool
) -> tuple[Inference, tuple[Note, ...]]:
    """Choose where p-value and interval come from, and say so."""
    treated = len(np.unique(panel.clusters[panel.treated]))
    untreated = len(np.unique(panel.clusters[~panel.treated]))
    enough = min(treated, untreated) >= MIN_CLUSTERS
    values = {"treated": treated, "untreated": untreated}
    if bounded and inference in ("auto", "cluster"):
        note = Note(
            _(
                "The treated areas counted nothing on one side of the start, where errors cannot "
                "be clustered: randomisation was used."
            )
        )
        return "randomisation", (note,)
    if inference == "cluster":
        if enough:
            return inference, ()
        note = Note(
            _(
                "Treated clusters: {treated}, untreated: {untreated}. Clustered errors are too "
                "small, often by far, below 10 of each; randomisation is the alternative."
            ),
            **values,
        )
        return inference, (note,)
    if inference != "auto":
        return inference, ()
    if enough:
        note = Note(
            _(
                "Treated clusters: {treated}, untreated: {untreated}. They suffice for clustered "
                "errors, which were used."
            ),
            **values,
        )
        return "cluster", (note,)
    note = Note(
        _(
            "Treated clusters: {treated}, untreated: {untreated}. They are too few for clustered "
            "errors; randomisation was used."
        ),
        **values,
    )
    return "randomisation", (note,)


def score_error(panel: Panel, after: Mask, found: Fit) -> float:
    """Return the error of the logarithm that the areas' scatter around the fit implies."""
    weight = found.mean / (1 + found.dispersion * found.mean)
    score = (panel.counts - found.mean) / (1 + found.dispersion * found.mean)
    units = np.arange(len(panel.areas))
    _own, information, variance = unit_scores(weight, score, after, units, 2)
    share = information[panel.treated].sum() / information.sum()
    spread = (1 - share) ** 2 * variance[panel.treated].sum()
    spread += share**2 * variance[~panel.treated].sum()
    return float(math.sqrt(spread) / (information[panel.treated].sum() * (1 - share)))


def _test(
    panel: Panel,
    after: Mask,
    effect: Array,
    found: Fit,
    method: Inference,
    draws: int,
    rng: np.random.Generator,
) -> tuple[EffectTest, tuple[Note, ...]]:
    """Return the test behind p-value and interval, and what is to be said of it."""
    start = fit(panel.counts, panel.exposure, effect[None][:0], dispersion=found.dispersion)
    parts = (panel.counts, panel.exposure, effect, after)
    if method == "wild":
        weights = webb_weights(draws, int(panel.clusters.max()) + 1, rng)
        return EffectTest(*parts, panel.clusters, found.dispersion, start, weights, wild=True), ()
    units, treated, strata = reassigned(panel)
    groups, exact = assignments(treated, strata, draws, rng)
    notes = []
    if exact and len(groups) < 20:
        notes.append(
            Note(
                _(
                    "Only {groups} choices of treated areas are possible, so that no p-value can "
                    "be below {least} and the 95% interval has no bounds."
                ),
                groups=len(groups),
                least=round(1 / len(groups), 3),
            )
        )
    return EffectTest(*parts, units, found.dispersion, start, groups), tuple(notes)


def reassigned(panel: Panel) -> tuple[NDArray[np.int64], Mask, NDArray[np.int64]]:
    """Return what a randomisation reassigns: each area's unit; the units' treatment and stratum.

    Whole clusters, or, where treated and untreated areas share a cluster, areas within it.
    """
    size = int(panel.clusters.max()) + 1
    share = np.bincount(panel.clusters, weights=panel.treated) / np.bincount(panel.clusters)
    if size == len(panel.areas) or ((share > 0) & (share < 1)).any():
        alone = size == len(panel.areas)
        areas = np.arange(len(panel.areas))
        return areas, panel.treated, np.zeros_like(areas) if alone else panel.clusters
    return panel.clusters, share == 1, np.zeros(size, dtype=np.int64)


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


def _exp(value: float) -> float:
    """Return e to a power; inf where that is more than a number can hold."""
    return math.exp(value) if value < 700 else math.inf
