"""From estimates and doubts to graded findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from apkgeo.evaluation import doubts as reasons
from apkgeo.evaluation.cases import Case
from apkgeo.evaluation.doubts import Doubt
from apkgeo.evaluation.results import Finding
from apkgeo.statistics.detection import detection_tipping_point
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.statistics.multiplicity import adjust_p_values
from apkgeo.statistics.power import minimum_detectable_ratio
from apkgeo.statistics.verdict import LIKELY, Cap, Evidence, Grade, Recording, grade, lowest
from apkgeo.study import Study

# The cap and the state of recording of each of the primary outcome's findings.
Limits = list[tuple[Cap, Recording]]


def graded(study: Study, cases: Sequence[Case], shared: Cap) -> tuple[tuple[Finding, ...], Limits]:
    """Return every case as a graded finding, and what limits the primary ones.

    Parameters
    ----------
    shared : {"none", "likely", "uncertain"}
        The cap of the doubts that concern the whole study.
    """
    p_values = np.array([case.estimates.main.p_value for case in cases])
    primary = np.array([case.outcome == study.primary_outcome for case in cases])
    holm = adjust_p_values(p_values.tolist())
    holm[primary] = adjust_p_values(p_values[primary].tolist())
    everything = adjust_p_values(p_values.tolist(), correction="by")
    findings, limits = [], []
    for place, case in enumerate(cases):
        raised = [*case.doubts, *_control(study, cases, case)]
        cap = lowest([reasons.cap_of(raised), shared])
        finding = _finding(study, case, raised)
        verdict = grade(
            Evidence(
                basis=case.basis,
                ratio=finding.main.estimate,
                p_value=float(holm[place]),
                randomization_p_value=_randomised(case.estimates.expectation),
                selection_excluded=reasons.selection_excluded(case.estimates),
                cap=cap,
                recording=case.recording,
                reported_rose=case.reported_rose,
            )
        )
        adjusted = float(holm[place]), float(everything[place])
        findings.append(
            replace(finding, grade=verdict, p_adjusted=adjusted[0], p_adjusted_all=adjusted[1])
        )
        if primary[place]:
            limits.append((cap, case.recording))
    return tuple(findings), limits


def overall_grade(
    findings: Sequence[Finding],
    pooled: EffectivenessIndex | None,
    limits: Limits,
    reported_rose: bool | None,
) -> Grade:
    """Return the grade of the study as a whole.

    One locality: the grade of its first deployment. Several: the rule on the pooled expectation,
    which is one question and needs no correction; capped as more than half of the localities are;
    with the worst that is known of their recording, and whether what patrols did not report rose in
    all of them together.
    """
    primary = [finding for finding in findings if finding.primary]
    if len({finding.deployment.locality for finding in primary}) == 1:
        return min(primary, key=lambda finding: finding.deployment.start).grade
    if pooled is None:
        return "uncertain"
    caps: tuple[Cap, ...] = ("none", "likely", "uncertain")
    states: tuple[Recording, ...] = ("unchanged", "unknown", "patrols_rose")
    ordered = sorted((cap for cap, _state in limits), key=caps.index)
    return grade(
        Evidence(
            basis="expectation",
            ratio=pooled.estimate,
            p_value=pooled.p_value,
            randomization_p_value=pooled.randomization_p_value,
            cap=ordered[(len(ordered) - 1) // 2],
            recording=max((state for _cap, state in limits), key=states.index),
            reported_rose=reported_rose,
        )
    )


def _control(study: Study, cases: Sequence[Case], case: Case) -> list[Doubt]:
    """Say when the negative control changed in the same place and time."""
    name = study.negative_control
    for other in cases:
        if other.outcome != name or other.number != case.number or case.outcome == name:
            continue
        index = other.estimates.expectation or other.estimates.relative
        if index is not None and index.p_value < LIKELY:
            return [reasons.of_control(str(name), index.estimate)]
    return []


def _randomised(index: EffectivenessIndex | None) -> float | None:
    return None if index is None else index.randomization_p_value


def _finding(study: Study, case: Case, raised: Sequence[Doubt]) -> Finding:
    """Return a finding that has not been graded yet."""
    found = case.estimates
    before, after = study.periods(case.deployment)
    detectable = None
    if found.expectation is not None:
        detectable = found.expectation.detectable()
    elif found.counts[0]:
        detectable = minimum_detectable_ratio(
            found.counts[0], exposure=found.days, dispersion=found.dispersion
        )
    bare = not np.isfinite(found.main.estimate)
    return Finding(
        deployment=case.deployment,
        name=case.name,
        outcome=case.outcome,
        primary=case.outcome == study.primary_outcome,
        before=before,
        after=after,
        count_before=found.counts[0],
        count_after=found.counts[1],
        naive=found.naive,
        relative=found.relative,
        expectation=found.expectation,
        displacement=found.displacement,
        quotient=found.quotient,
        rings=found.rings,
        grade="uncertain",
        doubts=reasons.told(raised),
        basis=case.basis,
        p_value=found.main.p_value,
        detectable=detectable,
        tipping_point=None if bare else detection_tipping_point(found.main),
        reported=case.reported,
        total=found.total,
        beside=case.beside,
    )
