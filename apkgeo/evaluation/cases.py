"""One deployment and outcome on its way to a finding: counted, estimated, doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.evaluation import doubts as reasons
from apkgeo.evaluation.areas import Layout
from apkgeo.evaluation.beside import Beside, beside
from apkgeo.evaluation.counting import Records, panel
from apkgeo.evaluation.data_doubts import recording as recording_of
from apkgeo.evaluation.doubts import Doubt
from apkgeo.evaluation.estimates import Estimates, estimate, expectation, learning_table
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.statistics.expectation import pooled_effectiveness
from apkgeo.statistics.verdict import LIKELY, Basis, Recording
from apkgeo.study import Deployment, Study
from apkgeo.together import each


@dataclass(frozen=True)
class Case:
    """One deployment and outcome.

    Attributes
    ----------
    number : int
        The deployment's place in the study.
    deployment : Deployment
    name : str
        The locality's name.
    outcome : str
    mask : array of bool
        Which incidents belong to the outcome.
    panel : pandas.DataFrame
        Counts by area, from `apkgeo.evaluation.counting.panel`.
    estimates : Estimates
    beside : Beside
        What other methods say of the primary outcome.
    reported : EffectivenessIndex or None
        The expectation without what patrols reported.
    doubts : tuple of Doubt
    recording : {"unchanged", "unknown", "patrols_rose"}
    """

    number: int
    deployment: Deployment
    name: str
    outcome: str
    mask: NDArray[np.bool_]
    panel: pd.DataFrame
    estimates: Estimates
    beside: Beside
    reported: EffectivenessIndex | None
    doubts: tuple[Doubt, ...]
    recording: Recording

    @property
    def reported_rose(self) -> bool | None:
        """Whether what patrols did not report rose; None where that is not known."""
        index = self.reported
        return None if index is None else index.estimate > 1 and index.p_value < LIKELY

    @property
    def basis(self) -> Basis:
        """Which estimate a grade may rest on."""
        if self.estimates.expectation is not None:
            return "expectation"
        return "relative" if self.estimates.relative is not None else "naive"


def make_cases(study: Study, layout: Layout, records: Records) -> list[Case]:
    """Count and estimate every deployment and outcome, the primary outcome first."""
    wanted = [
        (number, outcome) for outcome in study.outcomes for number in range(len(study.deployments))
    ]
    return each(lambda one: _case(study, layout, records, *one), wanted)


def _case(study: Study, layout: Layout, records: Records, number: int, outcome: str) -> Case:
    deployment, mask = study.deployments[number], records.of(study.outcomes[outcome])
    locality, periods = deployment.locality, study.periods(deployment)
    name = str(layout.frame.loc[layout.frame["code"] == locality, "name"].iloc[-1])
    table = panel(study, layout, records, deployment, mask)
    primary = outcome == study.primary_outcome
    found = estimate(table, locality, layout.rings_of(locality), study.seed, spread=primary)
    rises = found.main.estimate > 1
    recording, seen = recording_of(records, mask, locality, *periods, rises=rises)
    reported = None
    if recording != "unknown" and (primary or (rises and found.main.p_value < LIKELY)):
        others = mask & ~records.origins.among(["patrol"])
        reported = expectation(
            panel(study, layout, records, deployment, others), [locality], study.seed
        )
    more = beside(study, layout, records, deployment, mask) if primary else Beside()
    raised = [
        *reasons.of_deployment(study, deployment),
        *reasons.of_estimates(found),
        *reasons.of_methods(found, more),
        reasons.of_validity(name, found.days, periods),
        seen,
    ]
    kept = tuple(doubt for doubt in raised if doubt is not None)
    return Case(
        number, deployment, name, outcome, mask, table, found, more, reported, kept, recording
    )


def first_cases(study: Study, cases: Sequence[Case]) -> list[Case]:
    """Return the primary outcome of each locality's first deployment, by their start."""
    mine = [case for case in cases if case.outcome == study.primary_outcome]
    found: dict[str, Case] = {}
    for case in sorted(mine, key=lambda one: one.deployment.start):
        found.setdefault(case.deployment.locality, case)
    return list(found.values())


def without_expectation(cases: Sequence[Case]) -> list[str]:
    """Return the names of the localities for which no expectation could be learnt."""
    return [case.name for case in cases if case.estimates.expectation is None]


def pooled_index(study: Study, cases: Sequence[Case]) -> EffectivenessIndex | None:
    """Return the primary outcome of all localities against their expectations together.

    Each locality enters once, with its first deployment. Deployments of the same periods are one
    group. None when a locality has no expectation: what is told of all must hold all.
    """
    first = first_cases(study, cases)
    if without_expectation(first):
        return None
    if len(first) == 1:
        return first[0].estimates.expectation
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in first:
        groups.setdefault(study.periods(case.deployment), []).append(case)
    tables = []
    for members in groups.values():
        treated = [member.deployment.locality for member in members]
        counts = learning_table(members[0].panel, treated)
        if counts is not None:
            tables.append((counts, treated))
    return pooled_effectiveness(tables, rng=study.seed) if tables else None
