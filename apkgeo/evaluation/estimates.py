"""The estimates of one deployment and outcome, from its panel of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.statistics.displacement import DisplacementDifference, displacement_difference
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.statistics.expectation import MIN_UNTREATED, empirical_bayes_before_after
from apkgeo.statistics.quotient import DisplacementQuotient, displacement_quotient
from apkgeo.statistics.rates import RateRatio, RelativeRateRatio, rate_ratio, relative_rate_ratio

Pair = tuple[int, int]
# A count and the days in which it was counted.
Stretch = tuple[int, int]


@dataclass(frozen=True)
class Estimates:
    """All that is estimated of one deployment and outcome.

    `past` holds the stretches of the past throughout which the place existed, the latest first;
    none when it did not exist throughout the latest.
    """

    counts: Pair
    days: tuple[int, int]
    comparison: pd.DataFrame
    dispersion: float
    naive: RateRatio
    relative: RelativeRateRatio | None
    expectation: EffectivenessIndex | None
    displacement: DisplacementDifference | None
    quotient: DisplacementQuotient | None
    rings: pd.DataFrame
    total: EffectivenessIndex | None
    past: tuple[Stretch, ...]

    @property
    def main(self) -> EffectivenessIndex | RelativeRateRatio | RateRatio:
        """The best of the ratios."""
        return self.expectation or self.relative or self.naive


def estimate(
    panel: pd.DataFrame, locality: str, around: gpd.GeoDataFrame, seed: int, *, spread: bool
) -> Estimates:
    """Estimate the change in a locality in every way that its panel allows.

    Parameters
    ----------
    panel : pandas.DataFrame
        From `apkgeo.evaluation.counting.panel`.
    locality : str
        The treated area's code.
    around : geopandas.GeoDataFrame
        Its rings.
    seed : int
        Seed of what is random.
    spread : bool
        Whether an expectation is learnt for the rings, too.
    """
    own = panel.loc[locality]
    counts = int(own["before"]), int(own["after"])
    days = int(own["days_before"]), int(own["days_after"])
    comparison = comparison_of(panel)
    dispersion = overdispersion(comparison)
    naive = rate_ratio(*counts, exposure=days)
    relative = _relative(counts, days, comparison, dispersion)
    ring_codes = [code for code in around["code"] if code in panel.index]
    buffer = _sums(panel.loc[ring_codes])
    total = expectation(panel, [locality, *ring_codes], seed) if spread and ring_codes else None
    return Estimates(
        counts=counts,
        days=days,
        comparison=comparison,
        dispersion=dispersion,
        naive=naive,
        relative=relative,
        expectation=expectation(panel, [locality], seed),
        displacement=_displacement(counts, buffer, comparison, days, dispersion),
        quotient=_quotient(counts, buffer, comparison),
        rings=_ring_table(panel, around, comparison, dispersion, total),
        total=total,
        past=_past(own, past_columns(panel)),
    )


def _past(own: pd.Series, columns: list[str]) -> tuple[Stretch, ...]:
    """Return the stretches that a place can be judged by: those that it existed throughout."""
    if not own[f"whole_{columns[0]}"]:
        return ()
    known = [name for name in columns if own[f"whole_{name}"]]
    return tuple((int(own[name]), int(own[f"days_{name}"])) for name in known)


def past_columns(panel: pd.DataFrame) -> list[str]:
    """Return the columns of the stretches of the past, the latest first."""
    return [name for name in panel.columns if str(name).startswith("past_")]


def comparison_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison areas that were valid throughout every compared period."""
    others = panel[panel["role"] == "comparison"]
    return others[others["whole_before"] & others["whole_after"]]


def expectation(panel: pd.DataFrame, treated: list[str], seed: int) -> EffectivenessIndex | None:
    """Return observed against expected, or None where there is too little to learn from."""
    counts = learning_table(panel, treated)
    return None if counts is None else empirical_bayes_before_after(counts, treated, rng=seed)


def learning_table(panel: pd.DataFrame, treated: list[str]) -> pd.DataFrame | None:
    """Return the counts to learn an expectation from; None where there are too few.

    Stretches of the past are used where every area was there throughout.
    """
    others = comparison_of(panel)
    if len(others) < MIN_UNTREATED or not others["after"].sum():
        return None
    table = pd.concat([others, panel.loc[treated]])
    used = [
        name for name in past_columns(panel) if table[f"whole_{name}"].all() and others[name].sum()
    ]
    if used[:1] != ["past_1"]:
        return None
    names = ["before", *(f"earlier_{place}" for place in range(1, len(used)))]
    counts = table[[*used, "after"]].set_axis([*names, "after"], axis=1)
    return counts.assign(exposure_before=table["days_past_1"], exposure_after=table["days_after"])


def overdispersion(comparison: pd.DataFrame) -> float:
    """Return how much more than by chance the comparison areas' changes differ, at least 1.

    Given each area's sum of both periods, its count after is binomial with a common share, if
    all changed alike; Pearson's statistic over its degrees of freedom measures how far not.
    """
    total = comparison["before"] + comparison["after"]
    used = comparison[total > 0]
    if len(used) < 2:
        return 1.0
    total = total[total > 0]
    share = used["after"].sum() / total.sum()
    if not 0 < share < 1:
        return 1.0
    scatter = ((used["after"] - total * share) ** 2 / (total * share * (1 - share))).sum()
    return max(1.0, float(scatter) / (len(used) - 1))


def _sums(table: pd.DataFrame) -> Pair:
    return int(table["before"].sum()), int(table["after"].sum())


def _relative(
    counts: Pair, days: tuple[int, int], comparison: pd.DataFrame, dispersion: float
) -> RelativeRateRatio | None:
    """Return the ratio of ratios where both were watched for equally long."""
    if not len(comparison) or 0 in _sums(comparison):
        return None
    if days != (int(comparison["days_before"].iloc[0]), int(comparison["days_after"].iloc[0])):
        return None
    return relative_rate_ratio(counts, _sums(comparison), dispersion=dispersion)


def _displacement(
    counts: Pair,
    buffer: Pair,
    comparison: pd.DataFrame,
    days: tuple[int, int],
    dispersion: float,
) -> DisplacementDifference | None:
    """Return the displacement difference over the rings.

    The place and its surroundings are compared with different halves of the comparison areas
    (taken in turn in the order of their counts before), so that the two effects are independent.
    Each half is weighted to the level of what it is compared with; effects are counts in a period
    as long as the one before.
    """
    if len(comparison) < 4 or not counts[0]:
        return None
    ordered = comparison.sort_values("before", ascending=False, kind="stable")
    turn = np.arange(len(ordered)) % 4
    first, second = (_sums(ordered[np.isin(turn, pick)]) for pick in ([0, 3], [1, 2]))
    if not buffer[0]:
        buffer, second = (0, 0), (0, 0)
    if not first[0] or (buffer[0] and not second[0]):
        return None
    weights = {"comparison": first[0] / counts[0]}
    if buffer[0]:
        weights["buffer_comparison"] = second[0] / buffer[0]
    return displacement_difference(
        counts,
        first,
        buffer,
        second,
        area_weights=weights,
        period_weights=(1.0, days[1] / days[0]),
        dispersion=dispersion,
    )


def _quotient(counts: Pair, buffer: Pair, comparison: pd.DataFrame) -> DisplacementQuotient | None:
    if not len(comparison) or 0 in _sums(comparison) or not any(buffer):
        return None
    return displacement_quotient(counts, buffer, _sums(comparison))


def _ring_table(
    panel: pd.DataFrame,
    around: gpd.GeoDataFrame,
    comparison: pd.DataFrame,
    dispersion: float,
    total: EffectivenessIndex | None,
) -> pd.DataFrame:
    """Return each ring's counts, ratios and, where it was learnt, index of effectiveness."""
    rows = []
    for ring in around.drop_duplicates("code").itertuples():
        own = panel.loc[ring.code]
        counts = int(own["before"]), int(own["after"])
        days = int(own["days_before"]), int(own["days_after"])
        bare = rate_ratio(*counts, exposure=days)
        against = _relative(counts, days, comparison, dispersion)
        index = total.part([ring.code]) if total else None
        rows.append(
            (
                *(ring.inner, ring.outer, *counts, bare.estimate, *bare.interval()),
                *_with_interval(against),
                index.expected if index else math.nan,
                *_with_interval(index),
            )
        )
    names = ["inner", "outer", "before", "after", "ratio", "low", "high"]
    names += ["relative", "relative_low", "relative_high"]
    return pd.DataFrame(rows, columns=[*names, "expected", "index", "index_low", "index_high"])


def _with_interval(
    estimate: RelativeRateRatio | EffectivenessIndex | None,
) -> tuple[float, float, float]:
    return (estimate.estimate, *estimate.interval()) if estimate else (math.nan, math.nan, math.nan)
