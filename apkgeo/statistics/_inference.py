"""Where p-values and intervals of a treatment effect come from: chosen, and said."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from apkgeo.language import Note, _
from apkgeo.statistics._fixed_effects import Fit, fit
from apkgeo.statistics._panel import Array, Mask, Panel
from apkgeo.statistics._randomisation import EffectTest, assignments, unit_scores, webb_weights

Inference = Literal["auto", "cluster", "randomisation", "wild"]

# Clustered errors are left to themselves from so many treated, and untreated, clusters on.
MIN_CLUSTERS = 10


def choose(
    panel: Panel, inference: Inference, *, bounded: bool
) -> tuple[Inference, tuple[Note, ...]]:
    """Choose where p-value and interval come from, and say so."""
    treated = len(np.unique(panel.clusters[panel.treated]))
    untreated = len(np.unique(panel.clusters[~panel.treated]))
    enough = min(treated, untreated) >= MIN_CLUSTERS
    values = {"treated": treated, "untreated": untreated}
    if bounded and inference in ("auto", "cluster"):
        note = Note(
            _(
                "The treated areas counted nothing on one side of the start, where errors cannot "
                "be clustered: randomisation was used."
            )
        )
        return "randomisation", (note,)
    if inference == "cluster":
        if enough:
            return inference, ()
        note = Note(
            _(
                "Treated clusters: {treated}, untreated: {untreated}. Clustered errors are too "
                "small, often by far, below 10 of each; randomisation is the alternative."
            ),
            **values,
        )
        return inference, (note,)
    if inference != "auto":
        return inference, ()
    if enough:
        note = Note(
            _(
                "Treated clusters: {treated}, untreated: {untreated}. They suffice for clustered "
                "errors, which were used."
            ),
            **values,
        )
        return "cluster", (note,)
    note = Note(
        _(
            "Treated clusters: {treated}, untreated: {untreated}. They are too few for clustered "
            "errors; randomisation was used."
        ),
        **values,
    )
    return "randomisation", (note,)


def score_error(panel: Panel, after: Mask, found: Fit) -> float:
    """Return the error of the logarithm that the areas' scatter around the fit implies."""
    weight = found.mean / (1 + found.dispersion * found.mean)
    score = (panel.counts - found.mean) / (1 + found.dispersion * found.mean)
    units = np.arange(len(panel.areas))
    _own, information, variance = unit_scores(weight, score, after, units, 2)
    share = information[panel.treated].sum() / information.sum()
    spread = (1 - share) ** 2 * variance[panel.treated].sum()
    spread += share**2 * variance[~panel.treated].sum()
    return float(math.sqrt(spread) / (information[panel.treated].sum() * (1 - share)))


def effect_test(
    panel: Panel,
    after: Mask,
    effect: Array,
    found: Fit,
    method: Inference,
    draws: int,
    rng: np.random.Generator,
) -> tuple[EffectTest, tuple[Note, ...]]:
    """Return the test behind p-value and interval, and what is to be said of it."""
    start = fit(panel.counts, panel.exposure, effect[None][:0], dispersion=found.dispersion)
    parts = (panel.counts, panel.exposure, effect, after)
    if method == "wild":
        weights = webb_weights(draws, int(panel.clusters.max()) + 1, rng)
        return EffectTest(*parts, panel.clusters, found.dispersion, start, weights, wild=True), ()
    units, treated, strata = reassigned(panel)
    groups, exact = assignments(treated, strata, draws, rng)
    notes = []
    if exact and len(groups) < 20:
        notes.append(
            Note(
                _(
                    "Only {groups} choices of treated areas are possible, so that no p-value can "
                    "be below {least} and the 95% interval has no bounds."
                ),
                groups=len(groups),
                least=round(1 / len(groups), 3),
            )
        )
    return EffectTest(*parts, units, found.dispersion, start, groups), tuple(notes)


def reassigned(panel: Panel) -> tuple[NDArray[np.int64], Mask, NDArray[np.int64]]:
    """Return what a randomisation reassigns: each area's unit; the units' treatment and stratum.

    Whole clusters, or, where treated and untreated areas share a cluster, areas within it.
    """
    size = int(panel.clusters.max()) + 1
    share = np.bincount(panel.clusters, weights=panel.treated) / np.bincount(panel.clusters)
    if size == len(panel.areas) or ((share > 0) & (share < 1)).any():
        alone = size == len(panel.areas)
        areas = np.arange(len(panel.areas))
        return areas, panel.treated, np.zeros_like(areas) if alone else panel.clusters
    return panel.clusters, share == 1, np.zeros(size, dtype=np.int64)
