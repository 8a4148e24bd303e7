"""Several periods of the past as one: how fast an area's past is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apkgeo.statistics._count_model import Array, CountModel, fit

# The weight of each earlier period as a share of the next later one's: 0 forgets all but the last,
# 1 remembers every period alike.
_MEMORIES = (1.0, 0.6, 0.3, 0.0)
# A candidate less likely than this share of the likeliest is left out.
_LEAST = 0.02


@dataclass(frozen=True)
class Candidate:
    """A memory with the model fitted to the past as it weighs it.

    Attributes
    ----------
    memory : float
    weight : float
        How likely it is, of all candidates, by how well it foretells the counts after.
    model : CountModel
    past, exposure : array of (areas,)
        The weighted counts before and what an average area would have of them.
    """

    memory: float
    weight: float
    model: CountModel
    past: Array
    exposure: Array

    def moments(self, exposure: Array) -> tuple[Array, Array]:
        """Return mean and variance of the Poisson mean after, of every area."""
        rates, chances = self.model.after(self.model.parameters, self.model.past)
        mean = chances @ rates
        variance = chances @ rates**2 - mean**2
        return mean * exposure, variance * exposure**2

    def persistence(self) -> float:
        """Return by how much the expected share rises with the share before, about the mean."""
        level = self.past / self.exposure
        mean, _variance = self.moments(np.ones(len(level)))
        near = np.argsort(np.abs(level - 1), kind="stable")[: max(len(level) // 2, 8)]
        spread = level[near] - level[near].mean()
        rise = float((spread * mean[near]).sum() / max((spread**2).sum(), 1e-12))
        return rise / float(np.exp(self.model.parameters[6]))


def candidates(
    past: Array,
    expected: Array,
    after: Array,
    expected_after: Array,
    seen: NDArray[np.bool_],
) -> list[Candidate]:
    """Return the memories that the counts speak for, the likeliest first.

    Parameters
    ----------
    past, expected : array of (areas, periods)
        Counts, the period just before in the first column, and what an average area counts.
    after, expected_after : array of (areas,)
    seen : array of bool (areas,)
        The untreated areas.

    Notes
    -----
    Period k back has the weight memoryᵏ. A weighted mean of Poisson rates is as exact as one count
    with the exposure (Σ w)² / Σ (w² / exposure), by which it enters the model.
    """
    found: list[Candidate] = []
    model = None
    for memory in _MEMORIES if past.shape[1] > 1 else (0.0,):
        weights = memory ** np.arange(past.shape[1], dtype=float)
        weights /= weights.sum()
        exposure = 1 / (weights**2 / expected).sum(axis=1)
        counts = exposure * (weights * past / expected).sum(axis=1)
        model = fit(counts, exposure, after, expected_after, seen, model)
        found.append(Candidate(memory, 1.0, model, counts, exposure))
    likely = np.array([one.model.predictive for one in found])
    shares = np.exp(likely - likely.max())
    shares = np.where(shares < _LEAST, 0.0, shares) / shares[shares >= _LEAST].sum()
    kept = [
        Candidate(one.memory, float(share), one.model, one.past, one.exposure)
        for one, share in zip(found, shares, strict=True)
        if share
    ]
    return sorted(kept, key=lambda one: -one.weight)
