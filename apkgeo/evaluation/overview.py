"""What concerns a study as a whole: accounts, balance, and how many questions were asked."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from apkgeo.evaluation import doubts as reasons
from apkgeo.evaluation.cases import Case, first_cases, without_expectation
from apkgeo.evaluation.counting import Records, accounted
from apkgeo.evaluation.doubts import Doubt
from apkgeo.evaluation.estimates import past_columns
from apkgeo.evaluation.results import Finding
from apkgeo.language import Note, _
from apkgeo.statistics.verdict import LIKELY
from apkgeo.study import Study


def accounting(study: Study, records: Records, cases: Sequence[Case]) -> pd.DataFrame:
    """Return where every incident of each deployment and outcome went."""
    return pd.DataFrame(
        [
            {
                "deployment": case.number,
                "outcome": case.outcome,
                **accounted(study, records, case.deployment, case.mask),
            }
            for case in cases
        ]
    )


def balance(cases: Sequence[Case]) -> pd.DataFrame:
    """Return treated and comparison areas before each deployment, side by side.

    ``comparison_as_high``: how many have at least half of what was counted here; ``…_change``: the
    last year ÷ the years before it, where these are known.
    """
    rows = []
    for case in cases:
        others = case.estimates.comparison["before"]
        rows.append(
            {
                "deployment": case.number,
                "outcome": case.outcome,
                "treated_before": case.estimates.counts[0],
                "comparison_areas": len(others),
                "comparison_mean": float(others.mean()) if len(others) else float("nan"),
                "comparison_lowest": int(others.min()) if len(others) else 0,
                "comparison_highest": int(others.max()) if len(others) else 0,
                "comparison_median": float(others.median()) if len(others) else float("nan"),
                "comparison_as_high": int((2 * others >= case.estimates.counts[0]).sum()),
                "treated_change": _change_before(*zip(*case.estimates.past, strict=True)),
                "comparison_change": _change_before(*_pasts(case.estimates.comparison)),
                "dispersion": case.estimates.dispersion,
            }
        )
    return pd.DataFrame(rows)


def _pasts(comparison: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Return counts and days of the comparison areas in each stretch of the past."""
    names = past_columns(comparison)
    days = [f"days_{name}" for name in names]
    return (
        [int(comparison[name].sum()) for name in names],
        [int(comparison[name].sum()) for name in days],
    )


def _change_before(counts: Sequence[int] = (), days: Sequence[int] = ()) -> float:
    """Return the last stretch's rate ÷ that of all before it; nan where there is none."""
    if len(counts) < 2 or not sum(counts[1:]) or not days[0]:
        return math.nan
    return counts[0] / days[0] / (sum(counts[1:]) / sum(days[1:]))


def dropped_areas(cases: Sequence[Case]) -> list[Doubt]:
    """Say when comparison areas did not exist throughout the compared time."""
    most = max(
        int((case.panel["role"] == "comparison").sum()) - len(case.estimates.comparison)
        for case in cases
    )
    return [reasons.of_dropped(most)] if most else []


def unpooled(study: Study, cases: Sequence[Case]) -> list[Doubt]:
    """Say for which of several localities an estimate of all together lacks the expectation."""
    first = first_cases(study, cases)
    missing = without_expectation(first)
    return [reasons.of_unpooled(missing)] if missing and len(first) > 1 else []


def main_doubt(
    shared: Sequence[Doubt], cases: Sequence[Case], study: Study
) -> tuple[Note | None, tuple[str, ...]]:
    """Return the main doubt about what the study as a whole is graded by, and whom it touches.

    The weightiest one when it concerns the whole study; else the one that touches most places.
    """
    first = first_cases(study, cases)
    heaviest = reasons.told([*shared, *(doubt for case in first for doubt in case.doubts)])
    if not heaviest or heaviest[0] in reasons.told(shared):
        return next(iter(heaviest), None), ()
    note, names, _alike = reasons.most_common(
        {case.name: reasons.told(case.doubts) for case in first}
    )
    return note, names


def multiplicity(findings: Sequence[Finding]) -> tuple[Note, ...]:
    """Say how many comparisons were made, and how many stand out before and after correction."""
    if len(findings) < 2:
        return ()
    alone = sum(finding.p_value < LIKELY for finding in findings)
    allowed = sum(finding.p_adjusted < LIKELY for finding in findings)
    message = _(
        "Comparisons made (places × outcomes): {tests}. Standing out at 5% by themselves: {alone}; "
        "after allowing for their number: {allowed}."
    )
    if not alone:
        message = _(
            "Comparisons made (places × outcomes): {tests}. None of them stands out at 5%, not "
            "even by itself."
        )
    elif not allowed:
        message = _(
            "Comparisons made (places × outcomes): {tests}. Standing out at 5% by themselves: "
            "{alone}; after allowing for their number none does."
        )
    # The tallies are told to the pages in any case: with a result hidden, they leave the note out.
    return (Note(message, tests=len(findings), alone=alone, allowed=allowed),)
