"""What an evaluation says, and everything behind it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Protocol

import geopandas as gpd
import pandas as pd

from apkgeo.evaluation import sentences
from apkgeo.evaluation.beside import Beside
from apkgeo.language import Language, Note
from apkgeo.statistics.detection import DetectionTippingPoint
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.statistics.group_time import GroupTimeEffects
from apkgeo.statistics.power import MinimumDetectableRatio
from apkgeo.statistics.verdict import Basis, Grade
from apkgeo.study import Deployment, Period, Study


class Estimate(Protocol):
    """What every estimate can tell."""

    @property
    def estimate(self) -> float:
        """The point estimate."""

    @property
    def p_value(self) -> float:
        """The two-sided p-value, unless its class says otherwise."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The interval at `level`."""

    def summary(self, language: Language = "en") -> str:
        """The estimate in words, with its interval."""


@dataclass(frozen=True)
class Finding:
    """What happened in one deployment, for one outcome.

    Attributes
    ----------
    deployment : Deployment
        Which programme, where, since when.
    name : str
        The locality's name.
    outcome : str
        Name of the outcome in the study.
    primary : bool
        Whether it is the study's primary outcome.
    before, after : Period
        The compared periods.
    count_before, count_after : int
        Incidents of the outcome in the locality.
    naive : Estimate
        After against before alone (a rate ratio): what the bare comparison says.
    relative : Estimate or None
        The same against the comparison areas (a ratio of rate ratios).
    expectation : Estimate or None
        Observed against expected from the locality's own past, learnt from untreated areas (an
        index of effectiveness): the primary estimate, None where there are too few areas.
    displacement : Estimate or None
        Weighted displacement difference over the rings.
    quotient : Estimate or None
        Weighted displacement quotient.
    rings : pandas.DataFrame
        One row a ring: ``inner``, ``outer`` (metres), ``before``, ``after``, the rates' ``ratio``
        with ``low`` and ``high`` (95%, exact), and the same against the comparison areas as
        ``relative``, ``relative_low``, ``relative_high``; of the primary outcome also ``expected``
        and ``index``, ``index_low``, ``index_high``, as of the place itself.
    grade : Grade
        The verdict in one of five grades, by the rule of `apkgeo.statistics.verdict`.
    doubts : tuple of Note
        Reasons for doubt that concern this finding, the weightiest first.
    basis : {"expectation", "relative", "naive"}
        Which estimate the grade rests on.
    p_value, p_adjusted, p_adjusted_all : float
        Of the basis: by itself; by Holm's method within its family, which the grade uses (the
        primary outcome's family are all deployments, another outcome's all findings); by
        Benjamini and Yekutieli's over all findings.
    detectable : MinimumDetectableRatio or None
        What could be found at all, given the count before.
    tipping_point : DetectionTippingPoint or None
        By what ratio recording would have had to change to explain the basis away.
    reported : EffectivenessIndex or None
        The expectation for incidents that patrols did not report, where origins are known.
    total : EffectivenessIndex or None
        Of the primary outcome, the place and its rings together against their expectation.
    beside : Beside
        Of the primary outcome, what other methods say.
    """

    deployment: Deployment
    name: str
    outcome: str
    primary: bool
    before: Period
    after: Period
    count_before: int
    count_after: int
    naive: Estimate
    relative: Estimate | None
    expectation: Estimate | None
    displacement: Estimate | None
    quotient: Estimate | None
    rings: pd.DataFrame
    grade: Grade
    doubts: tuple[Note, ...]
    basis: Basis = "naive"
    p_value: float = math.nan
    p_adjusted: float = math.nan
    p_adjusted_all: float = math.nan
    detectable: MinimumDetectableRatio | None = None
    tipping_point: DetectionTippingPoint | None = None
    reported: EffectivenessIndex | None = None
    total: EffectivenessIndex | None = None
    beside: Beside = field(default_factory=Beside)

    @property
    def main(self) -> Estimate:
        """The estimate that the grade rests on."""
        return self.expectation or self.relative or self.naive

    def sentence(self, language: Language = "en") -> str:
        """Return the finding in words: the grade, the numbers, the weightiest doubt."""
        return sentences.of_finding(self, language)


@dataclass(frozen=True)
class Evaluation:
    """The answer to a study, with everything behind it.

    Attributes
    ----------
    study : Study
        The question.
    findings : tuple of Finding
        One for each deployment and outcome; the primary outcome first.
    areas : geopandas.GeoDataFrame
        Areas that were counted, in the working CRS: ``code``, ``name``, ``role`` (``treated``,
        ``untreated``, ``ring``, ``comparison``), ``locality`` (of a ring), geometry.
    counts : pandas.DataFrame
        Incidents by ``area``, ``role``, ``deployment`` (its number), ``outcome``, ``period``
        (``before``, ``after``): ``count``, ``days``.
    doubts : tuple of Note
        Doubts that concern the whole study, the weightiest first.
    pooled : EffectivenessIndex or None
        The primary outcome in all treated localities together (each since its first deployment)
        against their expectation; None where no expectation could be learnt.
    caution : Note or None
        The main doubt, which the summary tells: the weightiest, where it concerns the whole study;
        else the one that touches most of the places.
    cautioned : tuple of str
        The places that it concerns, where these are not all alike.
    overall : Grade or None
        The grade of the study as a whole: the rule of `apkgeo.statistics.verdict` on `pooled`.
    staggered : GroupTimeEffects or None
        The primary outcome in all localities by their start, each compared with areas that have
        no programme yet, half-year by half-year.
    accounting : pandas.DataFrame
        Where each incident of an outcome went, a row for each deployment and outcome:
        ``incidents`` = ``counted`` + ``outside_areas`` + ``outside_periods`` + ``without_place``
        + ``without_time``.
    balance : pandas.DataFrame
        Treated and comparison areas before the deployment, a row for each deployment and outcome:
        how many, their count and its range.
    """

    study: Study
    findings: tuple[Finding, ...]
    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    doubts: tuple[Note, ...]
    pooled: EffectivenessIndex | None = None
    overall: Grade | None = None
    caution: Note | None = None
    cautioned: tuple[str, ...] = ()
    staggered: GroupTimeEffects | None = None
    accounting: pd.DataFrame = field(default_factory=pd.DataFrame)
    balance: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def grade(self) -> Grade:
        """The grade of the study as a whole; uncertain where none could be given."""
        return self.overall or "uncertain"

    @property
    def main(self) -> Estimate | None:
        """The estimate of the study as a whole.

        Pooled; with one locality that of its first deployment; None where several were treated
        and no expectation holds all of them.
        """
        if self.pooled is not None:
            return self.pooled
        primary = [finding for finding in self.findings if finding.primary]
        if len({finding.deployment.locality for finding in primary}) > 1:
            return None
        return min(primary, key=lambda finding: finding.deployment.start).main

    @property
    def estimate(self) -> float:
        """Ratio of what was observed to what was expected; ``nan`` without `main`."""
        return self.main.estimate if self.main else math.nan

    @property
    def p_value(self) -> float:
        """The two-sided p-value of `estimate`; ``nan`` without `main`."""
        return self.main.p_value if self.main else math.nan

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of `estimate`; without `main` it has no bounds."""
        return self.main.interval(level) if self.main else (0.0, math.inf)

    def summary(self, language: Language = "en") -> str:
        """Return the verdict in a few sentences, with its interval and the weightiest doubt."""
        return sentences.of_evaluation(self, language)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the numbers as tables: findings, methods, rings, counts, accounting, balance."""
        from apkgeo.evaluation import tables

        return tables.of_evaluation(self)

    def to_json(self) -> str:
        """Return everything as strict JSON: the same evaluation gives the same text.

        What has no value (an infinite limit, a missing estimate) is null.
        """
        from apkgeo.evaluation import tables

        return json.dumps(
            tables.as_plain(self), ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True
        )
