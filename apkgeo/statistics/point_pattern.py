"""Do two sets of incidents lie in the same places?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import special, stats

from apkgeo.errors import InputError
from apkgeo.language import Language, _, percent, translate
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Floats, Ints, cell_counts, index_of
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction, adjust_p_values

Method: TypeAlias = Literal["fisher", "chi2"]

# Probabilities that differ by less are ties (R's fisher.test allows as much).
_TIE = 1 + 1e-7


@dataclass(frozen=True)
class PointPatternTest:
    """Shares of incidents by area, compared.

    Attributes
    ----------
    table : pandas.DataFrame
        On the areas' index: ``base``, ``test`` (counts), ``base_share``, ``test_share``,
        ``difference`` (of shares, test less base), ``low``, ``high`` (its interval), ``p``,
        ``p_adjusted``, ``higher``, ``lower`` (significantly).
    s_index : float
        Share of areas whose shares cannot be told apart: 1 is the same pattern.
    s_index_robust : float
        The same among areas with at least one incident in either set.
    method : {"fisher", "chi2"}
        The test of each area.
    """

    table: pd.DataFrame
    s_index: float
    s_index_robust: float
    method: Method

    def summary(self, language: Language = "en") -> str:
        """Return the similarity in words."""
        message = _(
            "Of the areas with any incident, {share} cannot be told apart by their share of all "
            "incidents. Areas with a significantly higher share: {higher}, with a lower one: "
            "{lower}."
        )
        return translate(message, language).format(
            share=percent(self.s_index_robust, language),
            higher=int(self.table["higher"].sum()),
            lower=int(self.table["lower"].sum()),
        )


def point_pattern_test(
    base: Any,
    test: Any,
    *,
    correction: Correction = "by",
    method: Method = "fisher",
    level: float = 0.95,
) -> PointPatternTest:
    """Test area by area whether its share of all incidents differs between two sets.

    Parameters
    ----------
    base, test : pandas.Series or array of int
        Incidents in each area, on the same index or in the same order: before and after, or two
        kinds of offence.
    correction : {"by", "bh", "holm", "none"}
        As in `getis_ord`. Areas without any incident cannot differ and do not count.
    method : {"fisher", "chi2"}
        Fisher's exact test, or the "N − 1" chi-squared test, which has more power with few
        incidents and holds its level nearly.
    level : float, default 0.95
        One minus the adjusted p-value from which shares differ, and the level of the intervals.

    Returns
    -------
    PointPatternTest

    Raises
    ------
    InputError
        When the indexes differ, a count is not whole, or a set is empty.

    Notes
    -----
    This is Andresen's spatial point pattern test in the form that tests the difference of two
    proportions [2]_, without resampling: an empty area no longer has an interval of nought.
    Fisher's two-sided p sums the tables at most as likely as the observed one. Intervals are
    Newcombe's, from Wilson's limits [3]_; being uncorrected they may leave out 0 where the
    corrected test finds nothing.

    References
    ----------
    .. [1] Andresen, M. A. (2009). Testing for similarity in area-based spatial patterns: a
       nonparametric Monte Carlo approach. Applied Geography 29.
       doi:10.1016/j.apgeog.2008.12.004
    .. [2] Wheeler, A. P., Steenbeek, W. and Andresen, M. A. (2018). Testing for similarity in
       area-based spatial patterns: alternative methods to Andresen's spatial point pattern test.
       Transactions in GIS 22. doi:10.1111/tgis.12341
    .. [3] Newcombe, R. G. (1998). Interval estimation for the difference between independent
       proportions. Statistics in Medicine 17.
       doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> result = point_pattern_test([50, 30, 20, 0], [20, 30, 50, 0])
    >>> result.s_index, round(result.s_index_robust, 4)
    (0.5, 0.3333)
    >>> result.table["higher"].tolist()
    [False, False, True, False]
    """
    _checks.choice(correction, CORRECTIONS, "correction")
    _checks.choice(method, ("fisher", "chi2"), "method")
    level = _checks.level(level, "level")
    areas = pd.DataFrame(index=index_of(base, test))
    first = cell_counts(areas, base, "base").astype(np.int64)
    second = cell_counts(areas, test, "test").astype(np.int64)
    totals = int(first.sum()), int(second.sum())
    for name, total in zip(("base", "test"), totals, strict=True):
        if not total:
            raise InputError(name, expected="at least one incident", came="none")
    tested = first + second > 0
    p = np.full(len(first), np.nan)
    ask = _fisher if method == "fisher" else _chi_squared
    p[tested] = ask(first[tested], second[tested], totals)
    adjusted = adjust_p_values(p, correction=correction)
    shares = first / totals[0], second / totals[1]
    difference = shares[1] - shares[0]
    low, high = _newcombe(first, second, totals, level)
    differs = adjusted <= 1 - level
    table = pd.DataFrame(
        {
            "base": first,
            "test": second,
            "base_share": shares[0],
            "test_share": shares[1],
            "difference": difference,
            "low": low,
            "high": high,
            "p": p,
            "p_adjusted": adjusted,
            "higher": differs & (difference > 0),
            "lower": differs & (difference < 0),
        },
        index=areas.index,
    )
    return PointPatternTest(
        table, float(1 - differs.mean()), float(1 - differs[tested].mean()), method
    )


def _fisher(first: Ints, second: Ints, totals: tuple[int, int]) -> Floats:
    """Return Fisher's two-sided p; areas with the same number of incidents share one table."""
    p = np.ones(len(first))
    together = first + second
    for count in np.unique(together):
        areas = np.flatnonzero(together == count)
        least, most = max(0, int(count) - totals[1]), min(int(count), totals[0])
        likely = stats.hypergeom.pmf(np.arange(least, most + 1), sum(totals), totals[0], count)
        ordered = np.sort(likely)
        below = np.concatenate([[0.0], np.cumsum(ordered)])
        at_most = np.searchsorted(ordered, likely[first[areas] - least] * _TIE, side="right")
        p[areas] = np.minimum(1.0, below[at_most])
    return p


def _chi_squared(first: Ints, second: Ints, totals: tuple[int, int]) -> Floats:
    """Return the p of the "N − 1" chi-squared test (Campbell 2007, doi:10.1002/sim.2832)."""
    everyone, together = sum(totals), (first + second).astype(float)
    cross = first * (totals[1] - second.astype(float)) - second * (totals[0] - first.astype(float))
    margins = together * (everyone - together) * float(totals[0]) * float(totals[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(margins > 0, cross**2 * (everyone - 1) / margins, 0.0)
    return np.asarray(special.chdtrc(1, statistic))


def _newcombe(
    first: Ints, second: Ints, totals: tuple[int, int], level: float
) -> tuple[Floats, Floats]:
    """Return the interval of the difference of shares, second less first."""
    z = float(stats.norm.isf((1 - level) / 2))
    limits = []
    for counts, total in zip((first, second), totals, strict=True):
        share = counts / total
        middle = share + z**2 / (2 * total)
        reach = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
        scale = 1 + z**2 / total
        limits.append((share, (middle - reach) / scale, (middle + reach) / scale))
    (one, one_low, one_high), (other, other_low, other_high) = limits
    difference = other - one
    low = difference - np.sqrt((other - other_low) ** 2 + (one_high - one) ** 2)
    high = difference + np.sqrt((other_high - other) ** 2 + (one - one_low) ** 2)
    return low, high
