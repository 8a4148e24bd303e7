"""Count regressions with an effect for every area and every period.

The mean of a count is exposure × exp(area + period + Σ coefficient × regressor + offset); its
variance is mean + dispersion × mean² (0: Poisson). Areas are eliminated from each Newton step, so
that its cost grows with areas × periods² and not with areas³.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from apkgeo.errors import InputError
from apkgeo.statistics._panel import Array

_STEPS = 200
_CLOSE = 1e-11
# No fitted logarithm moves further in one step.
_LONGEST_STEP = 4.0


@dataclass(frozen=True)
class Fit:
    """A fitted regression.

    Attributes
    ----------
    mean : array of (areas, periods)
    coefficients : array of (regressors,)
    dispersion : float
        0 for Poisson.
    effects : tuple of array
        Effects of the areas; of the periods after the first, followed by the coefficients.
    """

    mean: Array
    coefficients: Array
    dispersion: float
    effects: tuple[Array, Array]


def fit(
    counts: Array,
    exposure: Array,
    regressors: Array,
    *,
    offset: Array | float = 0.0,
    dispersion: float = 0.0,
    start: Fit | None = None,
) -> Fit:
    """Fit by Newton's method with expected information.

    Parameters
    ----------
    counts, exposure : array of (areas, periods)
        Every area and period must have counted something; exposure 0 leaves a cell out.
    regressors : array of (regressors, areas, periods)
    offset : array of (areas, periods), optional
        Added to the logarithm of the mean.
    dispersion : float
        Held fixed.
    start : Fit, optional
        A similar fit to start from.
    """
    seen = exposure > 0
    base = np.where(seen, exposure, 0.0) * np.exp(offset)
    size = counts.shape[1] - 1
    if start is None:
        area = np.log(counts.sum(axis=1) / base.sum(axis=1))
        others = np.zeros(size + len(regressors))
    else:
        area, others = start.effects
    mean = base * np.exp(area[:, None] + _linear(others, regressors, size))
    for _step in range(_STEPS):
        weight, score = mean / (1 + dispersion * mean), (counts - mean) / (1 + dispersion * mean)
        score = np.where(seen, score, 0.0)
        total, cross, schur = _information(weight, regressors)
        rhs = score.sum(axis=0)[1:]
        if len(regressors):
            rhs = np.concatenate([rhs, (regressors * score).sum(axis=(1, 2))])
        own = score.sum(axis=1)
        try:
            move = np.linalg.solve(schur, rhs - cross.T @ (own / total))
        except np.linalg.LinAlgError:
            break
        shift = (own - cross @ move) / total
        change = shift[:, None] + _linear(move, regressors, size)
        largest = float(np.abs(change[seen]).max())
        damping = min(1.0, _LONGEST_STEP / largest) if largest > 0 else 1.0
        area, others = area + damping * shift, others + damping * move
        mean = base * np.exp(area[:, None] + _linear(others, regressors, size))
        if largest < _CLOSE:
            return Fit(mean, others[size:], dispersion, (area, others))
    raise InputError(
        "the regression",
        expected="counts that determine every effect",
        came="none that fits best",
        remedy="use longer periods or more comparison areas",
    )


def _linear(others: Array, regressors: Array, size: int) -> Array:
    """Return what periods and regressors add to the logarithm of the mean."""
    periods = np.zeros(size + 1)
    periods[1:] = others[:size]
    if not len(regressors):
        return periods
    return np.asarray(periods + np.tensordot(others[size:], regressors, axes=1))


def _information(weight: Array, regressors: Array) -> tuple[Array, Array, Array]:
    """Return the areas' information, its cross terms, and what is left for all other effects."""
    count, size = len(regressors), weight.shape[1] - 1
    total, cross = weight.sum(axis=1), weight[:, 1:]
    full = np.zeros((size + count, size + count))
    full[range(size), range(size)] = weight.sum(axis=0)[1:]
    if count:
        weighted = regressors * weight
        cross = np.concatenate([cross, weighted.sum(axis=2).T], axis=1)
        full[size:, :size] = weighted.sum(axis=1)[:, 1:]
        full[:size, size:] = full[size:, :size].T
        flat = weighted.reshape(count, weight.size)
        full[size:, size:] = flat @ regressors.reshape(count, weight.size).T
    return total, cross, full - cross.T @ (cross / total[:, None])


def fit_negative_binomial(counts: Array, exposure: Array, regressors: Array) -> Fit:
    """Fit coefficients and dispersion together by maximum likelihood."""
    found = fit(counts, exposure, regressors)
    seen = exposure > 0
    dispersion = 0.0
    for _step in range(_STEPS):
        before, dispersion = dispersion, best_dispersion(counts[seen], found.mean[seen])
        found = fit(counts, exposure, regressors, dispersion=dispersion, start=found)
        if abs(dispersion - before) <= 1e-9 * max(dispersion, 1e-3):
            break
    return found


def best_dispersion(counts: Array, mean: Array) -> float:
    """Return the dispersion with the greatest likelihood, given the means; 0 for Poisson."""

    def slope(log_dispersion: float) -> float:
        a = np.exp(log_dispersion)
        size = 1 / a
        terms = (
            special.digamma(size)
            - special.digamma(counts + size)
            + np.log1p(a * mean)
            + (counts - mean) * a / (1 + a * mean)
        )
        return float(terms.sum())

    low, high = np.log(1e-7), np.log(1e3)
    # The likelihood's slope in the dispersion at Poisson: the excess of squares over the mean.
    if ((counts - mean) ** 2 - counts).sum() <= 0 or slope(low) <= 0:
        return 0.0
    if slope(high) >= 0:
        return float(np.exp(high))
    return float(np.exp(optimize.brentq(slope, low, high, xtol=1e-13, rtol=1e-13)))


def residualised(weight: Array, regressors: Array) -> Array:
    """Return the regressors less what areas and periods explain of them, weighted."""
    total, _cross, schur = _information(weight, regressors)
    size = weight.shape[1] - 1
    periods = np.linalg.solve(schur[:size, :size], schur[:size, size:])
    shares = np.concatenate([np.zeros((1, len(regressors))), periods]).T
    left = regressors - shares[:, None, :]
    return np.asarray(left - ((left * weight).sum(axis=2) / total)[:, :, None])


def clustered_covariance(
    counts: Array, exposure: Array, regressors: Array, found: Fit, clusters: NDArray[np.int64]
) -> tuple[Array, Array]:
    """Return the coefficients' covariance, robust to any dependence within clusters.

    The sandwich of the observed information, times G/(G − 1) × (N − 1)/(N − K) with G clusters,
    N cells and K effects that are not nested in clusters (regressors and periods). With it, each
    coefficient's degrees of freedom: the clusters' effective number, (Σ v)² ÷ Σ v² of what each
    should add to the variance, less 1. A few treated clusters add nearly all of it.
    """
    seen = exposure > 0
    mean, dispersion = found.mean, found.dispersion
    score = np.where(seen, (counts - mean) / (1 + dispersion * mean), 0.0)
    weight = mean * (1 + dispersion * counts) / (1 + dispersion * mean) ** 2
    left = residualised(weight, regressors)
    bread = np.linalg.inv(np.einsum("kat,lat->kl", left * weight, left))
    scores = np.zeros((int(clusters.max()) + 1, len(regressors)))
    np.add.at(scores, clusters, (left * score).sum(axis=2).T)
    groups, cells = len(scores), int(seen.sum())
    effects = len(regressors) + counts.shape[1]
    factor = groups / (groups - 1) * (cells - 1) / max(cells - effects, 1)
    added = np.zeros_like(scores)
    np.add.at(added, clusters, (weight * np.einsum("kl,lat->kat", bread, left) ** 2).sum(axis=2).T)
    effective = added.sum(axis=0) ** 2 / (added**2).sum(axis=0)
    return factor * bread @ (scores.T @ scores) @ bread, np.maximum(effective - 1, 1.0)
