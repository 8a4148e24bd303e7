"""How uncertain a regression on one short series of counts is, when its noise has a memory.

Newey and West's errors are too small in a hundred periods or less: residuals that eight terms were
fitted to are smaller, and less alike from period to period, than the noise. Here the noise is
Zeger's (1988): counts are Poisson around a mean that is multiplied by a latent factor of variance
s and autocorrelation r; both are found as the values at which the fitted residuals' squares and
products are expected to be what they are.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg, optimize

from apkgeo.statistics._panel import Array

# The matrices are of periods × periods; in longer series Newey and West's errors do.
_MOST_PERIODS = 600
_HIGHEST = 0.95


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
    left = np.eye(len(mean)) - design @ influence
    residuals = (counts - mean) / mean
    noise = left * (1 / mean) @ left.T
    scale = np.sqrt(weight)

    def expected(matrix: Array, lag: int) -> float:
        return float((np.diagonal(matrix, lag) * scale[lag:] * scale[: len(scale) - lag]).sum())

    def observed(lag: int) -> float:
        early, late = slice(0, len(scale) - lag), slice(lag, None)
        product = residuals[early] * residuals[late] * scale[early] * scale[late]
        return float(product.sum())

    def variance(memory: float) -> tuple[float, Array]:
        shape = linalg.toeplitz(memory ** np.arange(len(mean)))
        part = left @ shape @ left.T
        found = (observed(0) - expected(noise, 0)) / expected(part, 0)
        return max(found, 0.0), part

    def surplus(memory: float) -> float:
        size, part = variance(memory)
        return expected(noise, 1) + size * expected(part, 1) - observed(1)

    memory = 0.0
    if surplus(0.0) < 0:
        memory = _HIGHEST if surplus(_HIGHEST) <= 0 else optimize.brentq(surplus, 0, _HIGHEST)
    size = variance(memory)[0]
    whole = np.diag(1 / mean) + size * linalg.toeplitz(memory ** np.arange(len(mean)))
    return np.asarray(influence @ whole @ influence.T), float(memory)
