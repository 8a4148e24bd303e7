"""Difference in differences period by period: did the treated areas differ before the start?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._checks import said
from apkgeo.statistics._fixed_effects import (
    clustered_covariance,
    fit,
    fit_negative_binomial,
)
from apkgeo.statistics._inference import reassigned, score_error
from apkgeo.statistics._panel import Array, Mask, Panel, common_after, read_panel
from apkgeo.statistics._randomisation import (
    EffectTest,
    assignments,
    extra_variance,
    group_scores,
    invert,
    share_as_far,
)
from apkgeo.statistics._text import decimal, p_text, tell
from apkgeo.statistics.differences import DifferenceInDifferences, Family, compare


@dataclass(frozen=True)
class PreTrend:
    """A joint test that treated and untreated areas ran in parallel before the start.

    Attributes
    ----------
    statistic : float
        Wald's F, or the sum of squared standardised scores.
    degrees : int
        Periods before the start that could depart, the reference left out.
    p_value : float
        ``nan`` when there is only one period before.
    method : {"cluster", "randomisation"}
    """

    statistic: float
    degrees: int
    p_value: float
    method: Literal["cluster", "randomisation"]


@dataclass(frozen=True, eq=False)
class EventStudy:
    """The treated areas against the untreated in every period, relative to the start.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``relative`` (periods since the start: −1 is the last before, 0 the first after);
        ``period``, ``ratio`` (of ratios, against the reference period), ``coefficient`` (its
        logarithm), ``std_error`` (of the logarithm), ``low``, ``high``, ``p_value``; the
        reference has the ratio 1 and no error.
    reference : int
        The relative period that all others are compared with.
    level : float
        Level of ``low`` and ``high``.
    pretrend : PreTrend
        Joint test of all periods before the start.
    placebo : pandas.DataFrame
        Index ``period``: an invented start in each period before the true one; the difference in
        differences that it would have found among the periods before: ``ratio``, ``low``,
        ``high``, ``p_value``.
    overall : DifferenceInDifferences
        All periods after against all before.
    notes : tuple of Note
    """

    table: pd.DataFrame
    reference: int
    level: float
    pretrend: PreTrend
    placebo: pd.DataFrame
    overall: DifferenceInDifferences
    notes: tuple[Note, ...]

    @property
    def estimate(self) -> float:
        """The ratio of all periods after to all before."""
        return self.overall.estimate

    @property
    def std_error(self) -> float:
        """The error of its logarithm."""
        return self.overall.std_error

    @property
    def p_value(self) -> float:
        """Its two-sided p-value."""
        return self.overall.p_value

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of `estimate`."""
        return self.overall.interval(level)

    def summary(self, language: Language = "en") -> str:
        """Return the overall ratio and what the periods before say of its assumption."""
        return f"{self.overall.summary(language)} {self._before(language)}"

    def _before(self, language: Language) -> str:
        if math.isnan(self.pretrend.p_value):
            return tell(
                _("With one period before the start, parallel trends cannot be checked."), language
            )
        parallel = (
            _(
                "The {periods} periods before the start do not depart from parallel trends ({p}), "
                "which is no proof of them."
            )
            if self.pretrend.p_value > 0.05
            else _(
                "Already in the {periods} periods before the start the treated areas did not run "
                "in parallel with the others ({p}): the ratio is in doubt."
            )
        )
        return tell(
            parallel,
            language,
            periods=decimal(self.pretrend.degrees + 1, language, 0),
            p=p_text(self.pretrend.p_value, language),
        )


def event_study(
    panel: pd.DataFrame,
    *,
    reference: int = -1,
    cluster: str = "area",
    family: Family = "poisson",
    inference: Literal["auto", "cluster", "randomisation"] = "auto",
    level: float = 0.95,
    randomisations: int = 9_999,
    rng: np.random.Generator | int | None = None,
) -> EventStudy:
    """Compare treated with untreated areas in every period before and after the start.

    Parameters
    ----------
    panel, cluster, family, inference, randomisations, rng
        As in `difference_in_differences`; periods must sort in time (numbers, dates, or an
        ordered categorical).
    reference : int, default -1
        The period that the others are compared with, counted from the start (0 is the first
        after).
    level : float, default 0.95
        Level of the intervals in the table.

    Returns
    -------
    EventStudy

    Raises
    ------
    InputError
        As `difference_in_differences`; also when periods after come before periods before, or the
        reference does not exist or counted nothing.

    Notes
    -----
    One effect for each period but the reference, in the regression of
    `difference_in_differences`; with the same exposures everywhere each is the ratio of ratios of
    that period to the reference. With randomisation their p-values and intervals compare those
    two periods alone.

    The joint test asks whether all periods before are alike: with clustered errors Wald's F on
    (periods before − 1, effective clusters − 1) degrees of freedom, where there are more clusters
    than periods; else Σ score² ÷ variance of the treated areas' counts in each period before,
    compared with that of other groups of areas. A test that finds nothing is no proof: with few
    incidents it finds little, and choosing the studies that pass it bends their results [1]_.
    Placebo dates show what chance and drift make of a start that never was.

    References
    ----------
    .. [1] Roth, J. (2022). Pretest with caution: event-study estimates after testing for parallel
       trends. American Economic Review: Insights 4. doi:10.1257/aeri.20210236

    Examples
    --------
    >>> panel = pd.DataFrame({
    ...     "area": list("aaabbb"), "period": [1, 2, 3] * 2, "count": [60, 60, 55, 52, 50, 30],
    ...     "treated": [False] * 3 + [True] * 3, "after": [False, False, True] * 2,
    ... })
    >>> event_study(panel).table["ratio"].round(4).to_dict()
    {-2: 1.04, -1: 1.0, 0: 0.6545}
    """
    checked = read_panel(panel, cluster=cluster)
    after = common_after(checked)
    relative = _relative(checked, after)
    _checks.choice(inference, ("auto", "cluster", "randomisation"), "inference")
    if reference not in relative:
        raise InputError(
            "reference",
            expected=f"a period from {relative[0]} to {relative[-1]}",
            came=str(reference),
        )
    generator = np.random.default_rng(0 if rng is None else rng)
    seed = int(generator.integers(2**32))
    options: dict[str, Any] = {"family": family, "randomisations": randomisations}
    overall = compare(
        checked, after, inference=inference, **options, rng=np.random.default_rng(seed)
    )
    study = _Study(checked, relative, reference, family, randomisations, seed, level)
    clustered = overall.inference == "cluster"
    table, wald = study.table(clustered=clustered)
    pretrend = wald if clustered and wald is not None else study.pretrend()
    placebo = study.placebo(options | {"inference": overall.inference})
    return EventStudy(
        table, reference, _checks.level(level), pretrend, placebo, overall, overall.notes
    )


def _relative(panel: Panel, after: Mask) -> NDArray[np.int64]:
    """Return the periods' numbers from the start; refuse periods that do not sort in time."""
    first = int(np.flatnonzero(after)[0])
    if not after[first:].all():
        late = panel.periods[first:][~after[first:]][0]
        raise InputError(
            "panel, column 'period'",
            expected="periods in time: all of those after the start sort last",
            came=f"{said(late)}, before the start, sorts behind {said(panel.periods[first])}",
            remedy="name periods by number or date, or make them an ordered categorical",
        )
    return np.arange(len(after)) - first


@dataclass(frozen=True, eq=False)
class _Study:
    """The panel of an event study and how it is to be judged."""

    panel: Panel
    relative: NDArray[np.int64]
    reference: int
    family: Family
    randomisations: int
    seed: int
    level: float

    def table(self, *, clustered: bool) -> tuple[pd.DataFrame, PreTrend | None]:
        """Return the effects, and Wald's test of those before the start."""
        panel = self.panel
        sums = np.stack([panel.counts[panel.treated].sum(0), panel.counts[~panel.treated].sum(0)])
        place = int(np.flatnonzero(self.relative == self.reference)[0])
        if not sums[:, place].all():
            raise InputError(
                "reference",
                expected="a period with incidents in treated and in untreated areas",
                came=f"{self.reference} with {sums[0, place]:.0f} and {sums[1, place]:.0f}",
                remedy="choose another period",
            )
        rows = pd.DataFrame(
            {"period": panel.periods, "ratio": np.nan, "coefficient": np.nan}
            | dict.fromkeys(["std_error", "low", "high", "p_value"], np.nan),
            index=pd.Index(self.relative, name="relative"),
        )
        rows["coefficient"] = np.where(
            sums.all(axis=0),
            0.0,
            np.where(sums[1] > 0, -np.inf, np.where(sums[0] > 0, np.inf, np.nan)),
        )
        usable = np.asarray(sums.all(axis=0))
        kept = panel.part(np.asarray(panel.counts[:, usable].sum(axis=1) > 0), usable)
        free = np.flatnonzero(self.relative[usable] != self.reference)
        effects = np.zeros((len(free), *kept.counts.shape))
        effects[np.arange(len(free))[:, None], np.flatnonzero(kept.treated), free[:, None]] = 1
        estimator = fit if self.family == "poisson" else fit_negative_binomial
        found = estimator(kept.counts, kept.exposure, effects)
        labels = self.relative[usable][free]
        rows.loc[labels, "coefficient"] = found.coefficients
        wald = None
        if clustered:
            robust = clustered_covariance(kept.counts, kept.exposure, effects, found, kept.clusters)
            wald = self._clustered(rows, labels, *robust)
        else:
            for k in self.relative[sums[1] > 0]:
                if k != self.reference:
                    self._randomised(rows, int(k), found.dispersion)
        rows["ratio"] = np.exp(rows["coefficient"])
        return rows, wald

    def _clustered(
        self, rows: pd.DataFrame, labels: NDArray[np.int64], covariance: Array, freedom: Array
    ) -> PreTrend | None:
        """Fill in clustered errors; return Wald's test of the periods before."""
        error = np.sqrt(np.diag(covariance))
        found = rows.loc[labels, "coefficient"].to_numpy()
        margin = stats.t.isf((1 - _checks.level(self.level)) / 2, freedom) * error
        rows.loc[labels, "std_error"] = error
        rows.loc[labels, "low"], rows.loc[labels, "high"] = (
            np.exp(found - margin),
            np.exp(found + margin),
        )
        rows.loc[labels, "p_value"] = 2 * stats.t.sf(np.abs(found) / error, freedom)
        before = labels < 0
        size = int(before.sum())
        if not size or size >= freedom[before].min():
            return None
        own = found[before]
        statistic = float(own @ np.linalg.solve(covariance[np.ix_(before, before)], own)) / size
        p_value = float(stats.f.sf(statistic, size, freedom[before].min()))
        return PreTrend(statistic, size, p_value, "cluster")

    def _randomised(self, rows: pd.DataFrame, k: int, dispersion: float) -> None:
        """Fill in what randomisation says of one period against the reference."""
        two = np.isin(self.relative, [k, self.reference])
        pair = self.panel.part(
            np.ones(len(self.panel.areas), dtype=bool), np.asarray(two)
        ).informative()
        late = np.array([k < self.reference, k > self.reference])
        effect = (pair.treated[:, None] & late[None, :]).astype(float)
        none = fit(pair.counts, pair.exposure, effect[None][:0], dispersion=dispersion)
        units, treated, strata = reassigned(pair)
        rng = np.random.default_rng(self.seed)
        groups, _exact = assignments(treated, strata, self.randomisations, rng)
        test = EffectTest(pair.counts, pair.exposure, effect, late, units, dispersion, none, groups)
        centre = float(rows.loc[k, "coefficient"])
        error = math.inf
        if math.isfinite(centre):
            error = score_error(pair, late, fit(pair.counts, pair.exposure, effect[None]))
        low, high = invert(test.p_value, centre, min(error, 1.0), self.level)
        rows.loc[k, ["std_error", "low", "high", "p_value"]] = (
            error,
            math.exp(low),
            math.exp(high),
            test.p_value(0.0),
        )

    def pretrend(self) -> PreTrend:
        """Compare the treated areas' path before the start with that of other groups."""
        early = np.asarray(self.relative < 0)
        if early.sum() < 2:
            return PreTrend(math.nan, 0, math.nan, "randomisation")
        before = self._before(early).informative()
        found = fit(before.counts, before.exposure, np.zeros((0, *before.counts.shape)))
        units, treated, strata = reassigned(before)
        size = int(units.max()) + 1
        scores, mean = np.zeros((2, size, len(before.periods)))
        np.add.at(scores, units, before.counts - found.mean)
        np.add.at(mean, units, found.mean)
        freedom = (size - 1) * (len(before.periods) - 1)
        extra = extra_variance(scores.ravel(), mean.ravel(), freedom)
        groups, _exact = assignments(
            treated, strata, self.randomisations, np.random.default_rng(self.seed)
        )
        squares = np.zeros(len(groups))
        for own, m in zip(scores.T, mean.T, strict=True):
            squares += group_scores(groups, own, m, m + extra * m**2) ** 2
        return PreTrend(
            float(squares[0]), len(before.periods) - 1, share_as_far(squares), "randomisation"
        )

    def _before(self, early: Mask) -> Panel:
        found = self.panel.part(np.ones(len(self.panel.areas), dtype=bool), early)
        return replace(found, notes=())

    def placebo(self, options: dict[str, Any]) -> pd.DataFrame:
        """Return what invented starts among the periods before would have found."""
        before = self._before(np.asarray(self.relative < 0))
        rows = {}
        for place in range(1, len(before.periods)):
            late = np.arange(len(before.periods)) >= place
            sums = [
                before.counts[np.ix_(areas, side)].sum()
                for areas in (before.treated, ~before.treated)
                for side in (late, ~late)
            ]
            if not all(sums):
                continue
            one = compare(before, late, **options, rng=np.random.default_rng(self.seed))
            rows[before.periods[place]] = (one.estimate, *one.interval(self.level), one.p_value)
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["ratio", "low", "high", "p_value"]
        ).rename_axis("period")
