"""An evaluation as tables and as plain values for JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from apkgeo.language import LANGUAGES, Language, Note
from apkgeo.statistics.displacement import DisplacementDifference

if TYPE_CHECKING:
    from apkgeo.evaluation.results import Estimate, Evaluation, Finding

ESTIMATES = ("naive", "relative", "expectation", "reported", "total", "displacement", "quotient")


def of_evaluation(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """Return findings, what other methods say, rings, counts, accounting and balance."""
    return {
        "findings": _findings(evaluation),
        "methods": _methods(evaluation),
        "event_study": _event_studies(evaluation),
        "rings": _rings(evaluation),
        "counts": evaluation.counts.copy(),
        "accounting": evaluation.accounting.copy(),
        "balance": evaluation.balance.copy(),
    }


def as_plain(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as dicts, lists, texts and finite numbers."""
    study = evaluation.study
    return {
        "study": study.name,
        "primary_outcome": study.primary_outcome,
        "grade": evaluation.grade,
        "summary": {language: evaluation.summary(language) for language in LANGUAGES},
        "pooled": _estimate(evaluation.pooled),
        "staggered": _estimate(evaluation.staggered),
        "findings": [_finding(finding) for finding in evaluation.findings],
        "doubts": _notes(evaluation.doubts),
        "accounting": _records(evaluation.accounting),
        "balance": _records(evaluation.balance),
    }


def finding_key(finding: Finding) -> dict[str, Any]:
    """Return what tells a finding from the others in every table and file."""
    deployment = finding.deployment
    return {
        "locality": deployment.locality,
        "name": finding.name,
        "programme": deployment.programme,
        "start": deployment.start.isoformat(),
        "outcome": finding.outcome,
        "primary": finding.primary,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        **finding_key(finding),
        "before": _span(finding.before, finding.count_before),
        "after": _span(finding.after, finding.count_after),
        "grade": finding.grade,
        "basis": finding.basis,
        "p_value": _plain(finding.p_value),
        "p_adjusted_holm": _plain(finding.p_adjusted),
        "p_adjusted_benjamini_yekutieli": _plain(finding.p_adjusted_all),
        "estimates": {name: _estimate(getattr(finding, name)) for name in ESTIMATES},
        "detectable": {
            "fall": _plain(finding.detectable.fall),
            "rise": _plain(finding.detectable.rise),
        }
        if finding.detectable
        else None,
        "recording_tipping_point": {
            "bound": _plain(finding.tipping_point.bound),
            "whole": _plain(finding.tipping_point.estimate),
        }
        if finding.tipping_point
        else None,
        "rings": _records(finding.rings),
        "beside": {name: _estimate(one) for name, one in _beside(finding).items()},
        "doubts": _notes(finding.doubts),
        "sentence": {language: finding.sentence(language) for language in LANGUAGES},
    }


def _beside(finding: Finding) -> dict[str, Estimate | None]:
    """Return what other methods say, by their names."""
    more = finding.beside
    return {
        "difference_in_differences": more.event.overall if more.event else None,
        "interrupted_time_series": more.series,
        "synthetic_control": more.synthetic,
    }


def _methods(evaluation: Evaluation) -> pd.DataFrame:
    """Return a row for each primary finding and method."""
    rows = []
    for finding in evaluation.findings:
        if not finding.primary:
            continue
        told: dict[str, Estimate | None] = {
            "before_after": finding.naive,
            "ratio_of_ratios": finding.relative,
            "expectation": finding.expectation,
            **_beside(finding),
        }
        for name, one in told.items():
            low, high = one.interval() if one else (math.nan, math.nan)
            rows.append(
                {
                    **finding_key(finding),
                    "method": name,
                    "estimate": one.estimate if one else math.nan,
                    "low": low,
                    "high": high,
                    "p_value": one.p_value if one else math.nan,
                }
            )
    return pd.DataFrame(rows)


def _event_studies(evaluation: Evaluation) -> pd.DataFrame:
    """Return the half-years of each primary finding."""
    found = [
        finding.beside.event.table.reset_index().assign(
            **finding_key(finding), pretrend_p_value=finding.beside.event.pretrend.p_value
        )
        for finding in evaluation.findings
        if finding.beside.event is not None
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _span(period: Any, count: int) -> dict[str, Any]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "days": period.days,
        "count": count,
    }


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    """Return an estimate with its interval."""
    if estimate is None:
        return None
    low, high = estimate.interval()
    values: dict[str, Any] = {
        "estimate": estimate.estimate,
        "low": low,
        "high": high,
        "p_value": estimate.p_value,
        "std_error": getattr(estimate, "std_error", math.nan),
    }
    for name in ("observed", "expected", "untreated", "randomization_p_value", "success"):
        if hasattr(estimate, name):
            values[name] = getattr(estimate, name)
    if isinstance(estimate, DisplacementDifference):
        values["local"], values["displacement"] = estimate.local, estimate.displacement
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """Return a number that JSON knows, to ten digits; None for what has no value."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.10g}") if math.isfinite(value) else None
    return None if value is pd.NA or value is pd.NaT else str(value)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _notes(notes: tuple[Note, ...]) -> list[dict[Language, str]]:
    return [{language: note.text(language) for language in LANGUAGES} for note in notes]


def _findings(evaluation: Evaluation) -> pd.DataFrame:
    """Return a row for each finding: counts, every estimate with its interval, grade."""
    rows = []
    for finding in evaluation.findings:
        row = {
            **finding_key(finding),
            "count_before": finding.count_before,
            "days_before": finding.before.days,
            "count_after": finding.count_after,
            "days_after": finding.after.days,
            "grade": finding.grade,
            "basis": finding.basis,
            "p_value": finding.p_value,
            "p_adjusted": finding.p_adjusted,
            "p_adjusted_all": finding.p_adjusted_all,
        }
        for name in ESTIMATES:
            estimate = getattr(finding, name)
            low, high = estimate.interval() if estimate else (math.nan, math.nan)
            row[name] = estimate.estimate if estimate else math.nan
            row[f"{name}_low"], row[f"{name}_high"] = low, high
        rows.append(row)
    return pd.DataFrame(rows)


def _rings(evaluation: Evaluation) -> pd.DataFrame:
    tables = [
        finding.rings.assign(**finding_key(finding))[
            [*finding_key(finding), *finding.rings.columns]
        ]
        for finding in evaluation.findings
    ]
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()
