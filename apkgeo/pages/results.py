"""The tables and the JSON of a run: as its audience may see them, and whole for the office.

On public and council runs ``results`` holds what the pages tell, by the same rule and with the same
counts hidden (`apkgeo.pages.privacy`); every count is in ``internal``, which must not leave the
office. Internal runs have it all in ``results``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from apkgeo.evaluation import Evaluation, Finding
from apkgeo.evaluation.tables import finding_key
from apkgeo.language import LANGUAGES, Note
from apkgeo.pages.compared import comparison_totals
from apkgeo.pages.privacy import limit
from apkgeo.pages.shown import (
    Shown,
    ShownFinding,
    shown_doubts,
    shown_findings,
    shown_whole,
)
from apkgeo.pages.suppression import Sum, suppressed
from apkgeo.study import Period

_ESTIMATES = ("naive", "relative", "expectation", "reported")
# An exact ratio of two counts can be turned back into the counts; three figures cannot.
_FIGURES = 3
_QUALITY = ("rows_in", "rows_used", "rejected", "notes", "warnings", "gaps", "overlaps")


def result_files(evaluation: Evaluation) -> dict[str, str]:
    """Return the tables and the JSON that the study's audience may see: file name -> text.

    Parameters
    ----------
    evaluation : Evaluation
        The results; the audience and the limit are those of its study.

    Returns
    -------
    dict of str to str
        ``evaluation.json``, ``findings.csv``, ``rings.csv``, ``counts.csv``; what is hidden is
        null, or an empty field. On internal runs everything, as `full_files`.
    """
    if not limit(evaluation.study.privacy):
        return full_files(evaluation)
    findings = list(zip(evaluation.findings, shown_findings(evaluation), strict=True))
    rows = [_finding(*pair) for pair in findings]
    counts = pd.DataFrame(
        [row for pair in findings for row in _counts(*pair)]
        + comparison_totals(evaluation, limit(evaluation.study.privacy))
    )
    tables = {
        "findings": pd.DataFrame([_flat(row) for row in rows]),
        "rings": pd.DataFrame([{**_key(row), **ring} for row in rows for ring in row["rings"]]),
        "counts": counts.drop_duplicates(),
    }
    texts = {f"{name}.csv": _csv(table) for name, table in tables.items()}
    plain = _study(evaluation) | {"findings": rows}
    told = json.dumps(plain, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
    return {"evaluation.json": told, **texts}


def full_files(evaluation: Evaluation) -> dict[str, str]:
    """Return every table and the JSON with every count, for the office alone."""
    texts = {f"{name}.csv": _csv(table) for name, table in evaluation.tables().items()}
    return {"evaluation.json": evaluation.to_json(), **texts}


def told_quality(report: Mapping[str, Any], least: int) -> dict[str, Any]:
    """Return a report on the data's quality without small counts of incidents.

    Parameters
    ----------
    report : mapping
        As of `apkgeo.quality.quality_report`: source -> what was found.
    least : int
        The smallest count that may be told; 0 when all may.

    Returns
    -------
    dict
        For each source its rows, reasons, notes and warnings; of its tables of counts those that
        are one name to one count, with small ones null, and one more where the sum would tell.
        Rare offences are left out with their names: typed by hand, they may name somebody. So is
        then the warning that adds up all spellings.
    """
    if not least:
        return dict(report)
    return {str(source): _told_source(told, least) for source, told in report.items()}


def _told_source(told: Mapping[str, Any], least: int) -> dict[str, Any]:
    kept = {name: told[name] for name in _QUALITY if name in told}
    for name, table in told.items():
        whole = isinstance(table, dict) and table and all(type(n) is int for n in table.values())
        if name not in kept and whole:
            kept[name] = _told_table(table, least)
    if None in kept.get("offences", {}).values():
        kept["offences"] = {kind: n for kind, n in kept["offences"].items() if n is not None}
        spelled = told.get("suggestions", {}).get("with_a_suggestion", {}).get("rows")
        kept["warnings"] = [one for one in kept.get("warnings", []) if f" {spelled} " not in one]
    return kept


def _told_table(table: Mapping[str, int], least: int) -> dict[str, int | None]:
    cells = [Sum(key, frozenset([key]), count, (0, count)) for key, count in table.items()]
    total = Sum("", frozenset(table), sum(table.values()), (1, 0))
    hidden = suppressed([*cells, total], least)
    return {key: None if key in hidden else count for key, count in table.items()}


def _csv(table: pd.DataFrame) -> str:
    return str(table.to_csv(index=False, lineterminator="\n"))


def _study(evaluation: Evaluation) -> dict[str, Any]:
    """Return what is told of the study as a whole."""
    study = evaluation.study
    whole = shown_whole(evaluation)
    pooled = None
    if whole is not None:
        pooled = _estimate(whole.ratio) | {
            "observed": whole.observed,
            "expected": _rounded(whole.expected.estimate),
            "grade": whole.grade,
            "localities": whole.places,
        }
    return {
        "study": study.name,
        "primary_outcome": study.primary_outcome,
        "audience": study.privacy.audience,
        "min_count": study.privacy.min_count,
        "grade": None if whole is None else whole.grade,
        "pooled": pooled,
        "doubts": _notes(shown_doubts(evaluation)),
    }


def _finding(finding: Finding, shown: ShownFinding) -> dict[str, Any]:
    """Return what is told of a finding, under the names of the full one."""
    expected = None if shown.expected is None else _rounded(shown.expected.estimate)
    return {
        **finding_key(finding),
        "before": _span(finding.before, shown.count_before),
        "after": _span(finding.after, shown.count_after),
        "grade": shown.grade,
        "basis": finding.basis if shown.grade else None,
        "p_value": _rounded(finding.p_value) if shown.grade else None,
        "expected": expected,
        "estimates": {name: _estimate(getattr(shown, name)) for name in _ESTIMATES},
        "displacement_per_year": _estimate(shown.moved),
        "rings": [
            {str(name): _ring_value(str(name), value) for name, value in row.items()}
            for row in shown.rings.to_dict("records")
        ],
        "doubts": _notes(shown.doubts),
    }


def _key(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("locality", "name", "programme", "start", "outcome", "primary")
    return {name: row[name] for name in names}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding as a row of a table."""
    flat = _key(row)
    for period in ("before", "after"):
        flat[f"count_{period}"] = row[period]["count"]
        flat[f"days_{period}"] = row[period]["days"]
    flat |= {name: row[name] for name in ("grade", "basis", "p_value", "expected")}
    told = {**row["estimates"], "displacement_per_year": row["displacement_per_year"]}
    for name, estimate in told.items():
        values = estimate or {}
        flat[name] = values.get("estimate")
        flat[f"{name}_low"], flat[f"{name}_high"] = values.get("low"), values.get("high")
    counts = ("count_before", "count_after")
    return {n: _whole(v) if n in counts else v for n, v in flat.items()}


def _counts(finding: Finding, shown: ShownFinding) -> list[dict[str, Any]]:
    """Return the rows of a place and its rings in the table of counts."""
    rows = []
    for period in ("before", "after"):
        span = getattr(finding, period)
        told = [(finding.deployment.locality, "treated", getattr(shown, f"count_{period}"))]
        rings = zip(shown.rings["outer"], shown.rings[period], strict=True)
        told += [(f"{finding.deployment.locality}+{r:g}", "ring", _count(n)) for r, n in rings]
        rows += [
            {
                "area": area,
                "role": role,
                "programme": finding.deployment.programme,
                "start": finding.deployment.start.isoformat(),
                "outcome": finding.outcome,
                "period": period,
                "count": _whole(count),
                "days": span.days,
            }
            for area, role, count in told
        ]
    return rows


def _count(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


def _whole(value: int | None) -> Any:
    """Return a count that a column with empty fields keeps whole."""
    return pd.NA if value is None else int(value)


def _span(period: Period, count: int | None) -> dict[str, Any]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "days": period.days,
        "count": count,
    }


def _ring_value(name: str, value: float) -> float | int | None:
    if name in {"before", "after"}:
        return _count(value)
    return _rounded(value)


def _rounded(value: float) -> float | None:
    return float(f"{value:.{_FIGURES}g}") if math.isfinite(value) else None


def _estimate(told: Shown | None) -> Any:
    if told is None:
        return None
    return {name: _rounded(getattr(told, name)) for name in ("estimate", "low", "high")}


def _notes(notes: tuple[Note, ...]) -> list[dict[str, str]]:
    return [{language: note.text(language) for language in LANGUAGES} for note in notes]
