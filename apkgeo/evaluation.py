"""Did the deployment change anything? Counts, comparisons, doubts and one verdict.

`evaluate` is the only place where a study, its files and the statistics meet; the statistics
themselves see numbers only, and the pages see an `Evaluation` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import geopandas as gpd
import pandas as pd

from apkgeo.language import Language, Note
from apkgeo.study import Deployment, Period, Study

Grade = Literal["clear_fall", "likely_fall", "uncertain", "likely_rise", "clear_rise"]


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
        One row a ring: ``inner``, ``outer`` (metres), ``before``, ``after``, ``ratio``, ``low``,
        ``high``.
    grade : Grade
        The verdict in one of five grades.
    doubts : tuple of Note
        Reasons for doubt, the weightiest first.
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
    """

    study: Study
    findings: tuple[Finding, ...]
    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    doubts: tuple[Note, ...]
