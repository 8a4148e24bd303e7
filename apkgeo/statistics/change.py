"""Which cells of a grid changed by more than chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Cells, Values, cell_counts, index_of, on_cells
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction, adjust_p_values

# Probabilities that differ by less are ties in the two-sided test (the same rule as scipy's).
_TIE = 1 + 1e-7


def hotspot_change(
    before: Values,
    after: Values,
    *,
    cells: Cells | None = None,
    exposure: tuple[float, float] = (1, 1),
    correction: Correction = "by",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two counts in each cell and say where the change is more than chance.

    Parameters
    ----------
    before, after : pandas.Series of int
        Incidents in each cell, on the same index (lists of one length will do); with `cells`, on
        theirs, or names of their columns.
    cells : geopandas.GeoDataFrame or GeoSeries, optional
        The cells, for their geometry.
    exposure : tuple of float
        Lengths of the two periods in one unit, e.g. days.
    correction : {"by", "bh", "holm", "none"}
        How p-values are adjusted for testing many cells: Benjamini–Yekutieli (valid for
        neighbours that depend on each other in any way), Benjamini–Hochberg, Holm (bounds the
        chance of any false one), or not at all.
    level : float
        Level of the intervals, and one minus the threshold of `rise` and `fall`.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        On the cells' index, with their geometry when they are given: ``before``, ``after``,
        ``ratio`` (of rates, after to before), ``low``, ``high``, ``p`` (two-sided),
        ``p_adjusted``, ``rise``, ``fall`` (adjusted p at most ``1 - level``).

    Raises
    ------
    InputError
        When the indexes differ, a count is missing, negative or no whole number, or an exposure
        is not positive.

    Notes
    -----
    Given the sum of two Poisson counts, the later one is binomial; the test is the exact two-sided
    one (all outcomes at most as likely as the observed one), the interval Clopper and Pearson's.
    It assumes counts without extra-Poisson variance: in reality cells vary more, so that a change
    called more than chance here is a place to look at, not proof of an effect. Cells without an
    incident in either period cannot be tested: their ratio is missing, p is 1, and they do not
    count among the tests. Nothing before and something after has an infinite ratio.

    References
    ----------
    Przyborowski & Wilenski 1940, Biometrika 31:313-323, doi:10.1093/biomet/31.3-4.313.
    Benjamini & Yekutieli 2001, Annals of Statistics 29:1165-1188, doi:10.1214/aos/1013699998.

    Examples
    --------
    >>> before = pd.Series([40, 6, 0], index=["A1", "A2", "A3"])
    >>> after = pd.Series([12, 5, 0], index=["A1", "A2", "A3"])
    >>> hotspot_change(before, after)[["ratio", "p_adjusted", "fall"]].round(4)
         ratio  p_adjusted   fall
    A1  0.3000      0.0004   True
    A2  0.8333      1.0000  False
    A3     NaN      1.0000  False
    """
    if cells is None:
        places: Any = pd.DataFrame(index=index_of(before, after))
    else:
        places = cells
    earlier = cell_counts(places, before, "before").astype(np.int64)
    later = cell_counts(places, after, "after").astype(np.int64)
    days_before, days_after = _checks.positive_pair(exposure, "exposure")
    _checks.choice(correction, CORRECTIONS, "correction")
    level = _checks.level(level, "level")
    tested = earlier + later > 0
    p = _two_sided(later, earlier + later, days_after / (days_before + days_after))
    adjusted = np.ones(len(p))
    adjusted[tested] = adjust_p_values(p[tested], correction=correction)
    low, high = _clopper_pearson(later, earlier + later, level)
    scale = days_before / days_after
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = later / earlier * scale
        low, high = low / (1 - low) * scale, high / (1 - high) * scale
    clear = tested & (adjusted <= 1 - level)
    return on_cells(
        places,
        {
            "before": earlier,
            "after": later,
            "ratio": ratio,
            "low": np.where(tested, low, np.nan),
            "high": np.where(tested, high, np.nan),
            "p": p,
            "p_adjusted": adjusted,
            "rise": clear & (ratio > 1),
            "fall": clear & (ratio < 1),
        },
    )


def _two_sided(
    later: NDArray[np.int64], total: NDArray[np.int64], share: float
) -> NDArray[np.float64]:
    """Return exact binomial p-values; cells with the same total share one distribution."""
    p = np.ones(len(total))
    for n in np.unique(total[total > 0]):
        cells = np.flatnonzero(total == n)
        likely = stats.binom.pmf(np.arange(n + 1), n, share)
        order = np.sort(likely)
        cumulated = np.concatenate([[0.0], np.cumsum(order)])
        at_most = np.searchsorted(order, likely[later[cells]] * _TIE, side="right")
        p[cells] = np.minimum(1.0, cumulated[at_most])
    return p


def _clopper_pearson(
    successes: NDArray[np.int64], total: NDArray[np.int64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tail = (1 - level) / 2
    failures = total - successes
    low = np.where(
        successes == 0, 0.0, special.betaincinv(np.maximum(successes, 1), failures + 1, tail)
    )
    high = np.where(
        failures == 0, 1.0, special.betaincinv(successes + 1, np.maximum(failures, 1), 1 - tail)
    )
    return low, high
