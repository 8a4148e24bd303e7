"""The comparison areas, and the counts of all of them together, as they may be shown.

The rule of `apkgeo.pages.privacy` holds for them as for the counts of places: an outcome's totals
are told, and the estimates that rest on them, where none is below the limit and none is needed to
work out a small one from those of other outcomes and periods. Squares are compared with where
there was an incident before: which ones these are would tell of every other square that there was
none. So the ground is drawn that they were taken from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any

import geopandas as gpd
import pandas as pd

from apkgeo.evaluation import Evaluation
from apkgeo.pages.content import SiteContent
from apkgeo.pages.privacy import PERIODS, limit, outcome_parts
from apkgeo.pages.remembered import remembered
from apkgeo.pages.suppression import Sum, suppressed


def chosen_by_counts(content: SiteContent) -> bool:
    """Whether which areas are compared with tells of counts that are hidden."""
    study = content.study
    return study.comparison.kind == "cells" and limit(study.privacy) > 0


def shown_comparison(content: SiteContent) -> gpd.GeoDataFrame:
    """Return the comparison areas as the audience may see them: ``code`` and geometry.

    Where the choice tells of hidden counts, it is the ground that they were chosen from, as one.
    On public pages there are none: untreated localities are nobody's business there.
    """
    areas = content.evaluation.areas
    chosen = areas.loc[areas["role"] == "comparison", ["code", "geometry"]]
    if content.study.privacy.audience == "public":
        return chosen.iloc[:0]
    if not chosen_by_counts(content):
        return chosen
    ground = content.context.city if content.context.city is not None else content.context.districts
    if not len(chosen) or ground is None:
        return chosen.iloc[:0]
    taken = areas.loc[areas["role"].isin(["treated", "ring"])].geometry.union_all()
    free = ground.to_crs(areas.crs).geometry.union_all().difference(taken)
    return gpd.GeoDataFrame({"code": ["cells"]}, geometry=[free], crs=areas.crs)


@remembered
def comparison_counts(evaluation: Evaluation, outcome: str) -> pd.DataFrame:
    """Return the counts of the comparison areas that the estimates use: those valid throughout."""
    counts = evaluation.counts[evaluation.counts["outcome"] == outcome]
    longest = counts.groupby(["deployment", "period"])["days"].transform("max")
    throughout = (
        (counts["days"] == longest).groupby([counts["deployment"], counts["area"]]).transform("all")
    )
    return counts[throughout & (counts["role"] == "comparison")]


def comparison_is_large(evaluation: Evaluation, outcome: str, least: int) -> bool:
    """Whether an outcome's totals over the comparison areas may all be told."""
    return outcome not in _small(evaluation, least)


@remembered
def _small(evaluation: Evaluation, least: int) -> frozenset[str]:
    """Return the outcomes of which a total over the comparison areas must be hidden."""
    sums = comparison_sums(evaluation)
    hidden = suppressed(sums, least)
    return frozenset(str(one.worth[1]) for one in sums if one.key in hidden)


def comparison_sums(evaluation: Evaluation) -> list[Sum]:
    """Return the totals over the comparison areas, each as the sum of its pieces.

    A piece is what the same outcomes share of the kinds of offences, in the days and the areas
    that belong to the same totals.
    """
    study, shares = evaluation.study, outcome_parts(evaluation.study)
    totals: dict[tuple[str, int, str], pd.DataFrame] = {}
    for outcome in dict.fromkeys(finding.outcome for finding in evaluation.findings):
        table = comparison_counts(evaluation, outcome)
        for (number, period), part in table.groupby(["deployment", "period"], sort=False):
            totals[outcome, int(number), str(period)] = part
    spans = {
        (number, period): span
        for number, deployment in enumerate(study.deployments)
        for period, span in zip(PERIODS, study.periods(deployment), strict=True)
    }
    cuts = sorted({day for span in spans.values() for day in (span.start, span.end)})
    holders: defaultdict[Hashable, list[tuple[str, int, str]]] = defaultdict(list)
    for key, part in totals.items():
        span = spans[key[1:]]
        for start in (day for day in cuts if span.start <= day < span.end):
            for area in part["area"]:
                for share in shares[key[0]]:
                    holders[area, share, start].append(key)
    # What lies in the same totals cannot be told apart: it is one piece.
    parts: defaultdict[tuple[str, int, str], set[Hashable]] = defaultdict(set)
    for piece in {tuple(keys) for keys in holders.values()}:
        for key in piece:
            parts[key].add(piece)
    return [
        Sum(key, frozenset(parts[key]), count, (key[0] == study.primary_outcome, key[0], count))
        for key, count in ((key, int(part["count"].sum())) for key, part in totals.items())
    ]


def comparison_totals(evaluation: Evaluation, least: int) -> list[dict[str, Any]]:
    """Return the counts of all comparison areas together, of outcomes where they may be told."""
    rows = []
    for outcome in dict.fromkeys(finding.outcome for finding in evaluation.findings):
        counts = comparison_counts(evaluation, outcome)
        if counts.empty or not comparison_is_large(evaluation, outcome, least):
            continue
        for (number, period), part in counts.groupby(["deployment", "period"], sort=False):
            deployment = evaluation.study.deployments[int(number)]
            rows.append(
                {
                    "area": "",
                    "role": "comparison",
                    "programme": deployment.programme,
                    "start": deployment.start.isoformat(),
                    "outcome": outcome,
                    "period": period,
                    "count": int(part["count"].sum()),
                    "days": int(part["days"].max()),
                }
            )
    return rows
