"""How uncertain a regression on one short series of counts is, when its noise has a memory.

Newey and West's errors are too small in a hundred periods or less: residuals that eight terms were
fitted to are smaller, and less alike from period to period, than the noise. Here the noise is
Zeger's (1988): counts are Poisson around a mean that is multiplied by a latent factor with a
standard deviation and an autocorrelation. So short a series tells neither well, and a longer
memory than the likeliest one means a much larger error: the error is therefore averaged over
both, by their restricted likelihood given the fitted residuals (flat before them).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg

from apkgeo.statistics._panel import Array

# The matrices are of periods × periods; in longer series Newey and West's errors do.
_MOST_PERIODS = 600
_MEMORIES = np.linspace(0, 0.95, 20)
# Standard deviations of the factor, as shares of three times the residuals' own.
_SPREADS = np.linspace(0, 1, 25)


def covariances_of(
    plain: Array, design: Array, counts: Array, mean: Array, dispersion: float
) -> tuple[list[Array], float]:
    """Return Newey and West's covariance and, unless the series is long, that with a memory."""
    if len(counts) > _MOST_PERIODS:
        return [plain], math.nan
    latent, memory = _latent_covariance(design, counts, mean, dispersion)
    return [plain, latent], memory


def errors_of(combinations: Array, covariances: list[Array]) -> Array:
    """Return the errors of combinations (rows) of the coefficients: the larger ones."""
    variances = [
        np.einsum("ti,ij,tj->t", combinations, covariance, combinations)
        for covariance in covariances
    ]
    return np.asarray(np.sqrt(np.max(variances, axis=0)))


def _latent_covariance(
    design: Array, counts: Array, mean: Array, dispersion: float
) -> tuple[Array, float]:
    """Return the coefficients' covariance under a latent factor with memory, and that memory."""
    weight = mean / (1 + dispersion * mean)
    information = np.linalg.inv((design * weight[:, None]).T @ design)
    influence = information @ (design * weight[:, None]).T
    residuals = (counts - mean) / mean
    widest = 3 * math.sqrt(max(float(np.average(residuals**2, weights=weight)), 1e-6))
    memory, variance = (
        grid.ravel() for grid in np.meshgrid(_MEMORIES, (widest * _SPREADS) ** 2, indexing="ij")
    )
    chance = np.exp(_restricted_likelihood(residuals, design, 1 / mean, memory, variance))
    chance /= chance.sum()
    shape = (chance * variance) @ memory[:, None] ** np.arange(len(mean))
    whole = np.diag(1 / mean) + linalg.toeplitz(shape)
    return np.asarray(influence @ whole @ influence.T), float(chance @ memory)


def _restricted_likelihood(
    residuals: Array, design: Array, noise: Array, memory: Array, variance: Array
) -> Array:
    """Return the logarithm of the restricted likelihood of each memory and variance, at most 0.

    The residuals are the design, times what the fit left of its coefficients, plus the factor and
    independent `noise` of these variances. Kalman's filter whitens residuals and design for all
    memories and variances at once.
    """
    columns = np.column_stack([residuals, design])
    level = np.zeros((len(memory), columns.shape[1]))
    unknown, logarithm = variance.copy(), np.zeros(len(memory))
    products = np.zeros((len(memory), columns.shape[1], columns.shape[1]))
    for row, own in zip(columns, noise, strict=True):
        surprise, spread = row - level, unknown + own
        logarithm += np.log(spread)
        products += surprise[:, :, None] * surprise[:, None, :] / spread[:, None, None]
        gain = unknown / spread
        level = memory[:, None] * (level + gain[:, None] * surprise)
        unknown = memory**2 * unknown * (1 - gain) + variance * (1 - memory**2)
    cross, information = products[:, 1:, 0], products[:, 1:, 1:]
    explained = cross * np.linalg.solve(information, cross[:, :, None])[:, :, 0]
    left = products[:, 0, 0] - explained.sum(axis=1)
    values = -(logarithm + np.linalg.slogdet(information)[1] + left) / 2
    return np.asarray(values - values.max())
