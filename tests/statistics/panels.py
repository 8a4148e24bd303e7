"""Panels of areas and periods for tests of regressions."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Twelve areas, five periods; the first five areas are treated from the fourth period on.
COUNTS = [
    *([11, 9, 10, 4, 3], [33, 17, 22, 11, 15], [33, 15, 5, 2, 7], [12, 4, 2, 6, 3]),
    *([11, 5, 2, 1, 5], [11, 4, 7, 8, 11], [12, 2, 10, 8, 4], [8, 4, 2, 3, 7]),
    *([37, 8, 23, 9, 12], [18, 1, 4, 3, 7], [10, 1, 5, 4, 8], [7, 4, 4, 0, 7]),
]
DAYS = [
    *([22, 21, 25, 23, 28], [27, 24, 25, 26, 32], [37, 34, 22, 34, 33], [36, 24, 23, 20, 35]),
    *([28, 25, 33, 31, 30], [24, 22, 37, 27, 22], [38, 29, 29, 33, 29], [34, 38, 22, 27, 40]),
    *([38, 26, 25, 29, 36], [26, 20, 20, 24, 25], [40, 26, 39, 32, 20], [21, 36, 39, 25, 24]),
]


def tidy(
    counts: np.ndarray,
    treated: np.ndarray,
    after: np.ndarray,
    exposure: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return matrices of areas × periods as a tidy panel."""
    area, period = (place.ravel() for place in np.indices(counts.shape))
    days = np.ones(counts.shape) if exposure is None else exposure
    return pd.DataFrame(
        {
            "area": area,
            "period": period,
            "count": counts.ravel(),
            "treated": treated[area],
            "after": np.broadcast_to(after, counts.shape).ravel(),
            "exposure": days.ravel(),
            "town": area % 6,
        }
    )


def fixed() -> pd.DataFrame:
    """Return the panel of `COUNTS` and `DAYS`."""
    return tidy(np.array(COUNTS), np.arange(12) < 5, np.arange(5) >= 3, np.array(DAYS, dtype=float))


def drawn(
    rng: np.random.Generator,
    *,
    areas: int = 40,
    treated: int = 12,
    periods: int = 6,
    ratio: float = 1.0,
    scatter: float = 0.0,
    change: float = 0.0,
    unequal: bool = False,
) -> pd.DataFrame:
    """Return a simulated panel in which the second half of the periods is after the start.

    `scatter` is the variance of a gamma factor of each count, `change` the standard deviation of
    the logarithm of each area's own change at the start.
    """
    level = rng.gamma(2, 6, areas)[:, None] * np.exp(rng.normal(0, 0.2, periods))
    exposure = rng.uniform(0.5, 2, (areas, periods)) if unequal else np.ones((areas, periods))
    chosen, after = np.arange(areas) < treated, np.arange(periods) >= periods // 2
    mean = level * exposure * np.where(chosen[:, None] & after, ratio, 1.0)
    mean = mean * np.where(after, np.exp(rng.normal(0, change, (areas, 1))), 1.0)
    if scatter:
        mean = mean * rng.gamma(1 / scatter, scatter, mean.shape)
    return tidy(rng.poisson(mean), chosen, after, exposure)
