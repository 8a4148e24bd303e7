"""Getis and Ord's local statistics: where high or low values gather."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import special

from apkgeo.errors import InputError
from apkgeo.statistics import _checks, _permutation
from apkgeo.statistics._cells import Cells, Flags, Floats, Ints, Values, cell_values, on_cells
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction, adjust_p_values
from apkgeo.statistics.neighbours import LatticeWindows, Neighbours, windows

Null: TypeAlias = Literal["even", "shuffled", "both"]
NULLS = ("even", "shuffled", "both")
Weights: TypeAlias = Literal["binary", "row"]
WEIGHTS = ("binary", "row")

# Cells with a p-value up to this are asked the second question.
_FAR = 0.2


@dataclass(frozen=True)
class LocalG:
    """z-scores of cells and what they were made of.

    Attributes
    ----------
    z : ndarray, shape (n,)
        Missing where a cell has no neighbour, all cells are its neighbours, or values do not vary.
    sums : ndarray, shape (n,)
        Sum over the window (with the cell itself for Gi*, without it for Gi).
    sizes : ndarray of int, shape (n,)
        Cells in the window.
    """

    z: Floats
    sums: Floats
    sizes: Ints


def getis_ord(
    cells: Cells,
    values: Values,
    distance: float | Neighbours,
    *,
    star: bool = True,
    weights: Weights = "binary",
    correction: Correction = "by",
    null: Null | None = None,
    level: float = 0.95,
    permutations: int = 0,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Find cells whose neighbourhood holds more, or less, than the whole map would let expect.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres (or none); polygons count by their centroid.
    values : pandas.Series, array or text
        One number a cell, usually a count: a Series on the cells' index, an array in their order,
        or the name of one of their columns.
    distance : float or Neighbours
        Cells whose centres are at most so many metres apart are neighbours, with weight 1; or
        neighbours as listed.
    star : bool, default True
        Whether a cell belongs to its own neighbourhood: Gi* (True) or Gi (False).
    weights : {"binary", "row"}
        Every neighbour weighs 1, or 1 ÷ the number of neighbours (row-standardised). Only ``g``
        depends on it (Notes).
    correction : {"by", "bh", "holm", "none"}
        How p-values are adjusted for the number of cells. Benjamini and Yekutieli's ("by") bounds
        the expected share of false ones among the cells found, however they depend on each
        other; Benjamini and Hochberg's ("bh") does so for positively dependent cells, as here;
        Holm's ("holm") bounds the chance of any false one.
    null : {"even", "shuffled", "both"}, optional
        What chance might do, for ``p_exact`` (Notes). ``even``: the incidents fall evenly over
        the cells' area; for counts only, and their default. ``shuffled``: the cells keep their
        values and change places, so that one cell with very many incidents does not by itself
        make its neighbourhood hot; the default for other values. ``both`` asks for what is more
        than either.
    level : float, default 0.95
        One minus the adjusted p-value from which a cell is hot or cold.
    permutations : int, default 0
        When positive, ``p`` comes from so many shuffles of the other cells' values.
    rng : numpy.random.Generator or int, optional
        For the permutations.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry:

        - ``g``: the statistic itself, the weighted sum of the neighbourhood ÷ the sum of all (for
          Gi of all others);
        - ``z``: the statistic, standardised by its exact mean and variance;
        - ``p``: two-sided, by the normal approximation or the permutations;
        - ``p_adjusted``: `p` corrected;
        - ``p_exact``: two-sided, from the exact distribution (Notes); missing with permutations;
        - ``hot``, ``cold``: whether the cell is significantly high or low: `p_adjusted` and, when
          corrected, `p_exact` corrected likewise are at most ``1 - level``;
        - ``neighbours``: cells in the window, itself included for Gi*.

    Raises
    ------
    InputError
        When a value is missing, the index differs, or a parameter is out of its range.
    CRSError
        When the CRS is not in metres.

    Notes
    -----
    Mean and variance are those of a random permutation of the values over the cells [1]_ [2]_.
    Multiplying a row of weights by any number leaves z as it is, so that binary and
    row-standardised weights give the same answer (esda's row-standardised z differs, as its
    variance is that of binary weights).

    z is far from normal in its tails when most cells are empty: nine cells of a city with 0.08
    incidents each sum to five or more in 1 of 1,100 windows, where the normal approximation says
    1 in 4 million. Corrected over thousands of cells, the normal p-value would therefore call
    chance hot on nearly every map. ``p_exact`` is the probability of a window's sum

    - when the same number of incidents falls evenly over the cells' area: exact, for counts, also
      where cells are of unequal area (a grid clipped to a city); or
    - when the values are shuffled over the cells: exact for counts, for other values (or where
      the exact way takes too long) a Chernoff–Hoeffding bound [3]_, which is never too small.

    Real incidents repeat at one address more often than those that fall evenly, so that the
    second asks for more: of the robberies of 2019 in Memphis (500 m, "by") 178 cells are hot
    against an even fall, 12 against shuffled cells.

    z and p take all cells as alike: in a grid clipped to a city the cells at the border hold less
    because they are smaller, and z is lower there and higher inside. ``p_exact`` allows for it,
    and so do ``hot`` and ``cold``.

    With ``correction="none"`` nothing is allowed for and `p` alone decides, as other programs do.
    A permutation p-value is never below 2 / (permutations + 1): corrected over many cells it can
    only become significant with enough permutations.

    References
    ----------
    .. [1] Getis, A. and Ord, J. K. (1992). The analysis of spatial association by use of distance
       statistics. Geographical Analysis 24. doi:10.1111/j.1538-4632.1992.tb00261.x
    .. [2] Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics.
       Geographical Analysis 27. doi:10.1111/j.1538-4632.1995.tb00912.x
    .. [3] Hoeffding, W. (1963). Probability inequalities for sums of bounded random variables.
       Journal of the American Statistical Association 58. doi:10.1080/01621459.1963.10500830

    Examples
    --------
    >>> x, y = [10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]
    >>> cells = gpd.GeoSeries.from_xy(x, y, crs=5514)
    >>> getis_ord(cells, [2, 3, 3.2, 5, 8, 7], 15)["z"].round(4).tolist()
    [-1.3973, -0.2892, 0.6506, -0.2892, 1.2345, 2.0242]
    """
    _checks.choice(correction, CORRECTIONS, "correction")
    _checks.choice(weights, WEIGHTS, "weights")
    if null is not None:
        _checks.choice(null, NULLS, "null")
    level = _checks.level(level, "level")
    permutations = _checks.whole(permutations, "permutations")
    numbers = cell_values(cells, values)
    window = windows(cells, distance)
    found = local_g(numbers, window, star=star)
    if permutations:
        p = shuffled_p(numbers, found, window.counts, star, permutations, rng)
        exact = np.full(len(p), np.nan)
    else:
        p = 2 * special.ndtr(-np.abs(found.z))
        exact = exact_p(numbers, found, window, star=star, areas=cell_areas(cells), null=null)
    adjusted, clear = significance(p, exact, correction, level)
    return on_cells(
        cells,
        {
            "g": shares(numbers, found, star=star, weights=weights),
            "z": found.z,
            "p": p,
            "p_adjusted": adjusted,
            "p_exact": exact,
            "hot": clear & (found.z > 0),
            "cold": clear & (found.z < 0),
            "neighbours": found.sizes,
        },
    )


def shares(values: Floats, found: LocalG, *, star: bool, weights: Weights) -> Floats:
    """Return G itself: each neighbourhood's share of the whole, by weights of 1 or of its mean."""
    whole = float(values.sum()) - (0.0 if star else values)
    sums = found.sums / found.sizes if weights == "row" else found.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, sums / whole))


def local_g(values: Floats, window: LatticeWindows | Neighbours, *, star: bool) -> LocalG:
    """Return Gi* or Gi of each cell, from the values (n,) and what sums over neighbourhoods."""
    count = len(values)
    middle = float(values.mean()) if count else 0.0
    sums, sizes = window.sums(values), window.counts + 1
    # Taking the mean off first keeps the variance exact when values are large and alike.
    centred = values - middle
    inside = sums - sizes * middle
    squares = float(np.sum(centred**2))
    if star:
        mean, variance, drawn = np.zeros(count), np.full(count, squares / count), count
    else:
        sums, sizes, inside, drawn = sums - values, sizes - 1, inside - centred, count - 1
        mean = -centred / max(drawn, 1)
        variance = (squares - centred**2) / max(drawn, 1) - mean**2
    variance = np.where(variance > 1e-12 * max(squares / count, 1e-300), variance, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance * sizes * (drawn - sizes) / (drawn - 1))
        z = (inside - sizes * mean) / error
    return LocalG(np.where(np.isfinite(z), z, np.nan), sums, sizes)


def exact_p(
    values: Floats,
    found: LocalG,
    window: LatticeWindows | Neighbours,
    *,
    star: bool,
    areas: Floats | None,
    null: Null | None = None,
) -> Floats:
    """Return p-values of windows that hold in the tails; see `chance_p`."""
    size = np.ones(len(values)) if areas is None else areas
    own, bare = (np.zeros(len(values)), np.zeros(len(values))) if star else (values, size)
    covered = window.sums(size) - bare

    def shuffled() -> Floats:
        return _permutation.tails(values, found.sums, found.sizes, found.z, own=star)

    def even(cells: Ints) -> Floats:
        left, over = values.sum() - own[cells], size.sum() - bare[cells]
        return _permutation.area_tails(left, found.sums[cells], over, covered[cells])

    p = chance_p(null, values, shuffled, even, np.arange(len(values)), unequal=areas is not None)
    p[np.isnan(found.z)] = np.nan
    return p


def chance_p(
    null: Null | None,
    values: Floats,
    shuffled: Callable[[], Floats],
    even: Callable[[Ints], Floats],
    cells: Ints,
    *,
    unequal: bool,
) -> Floats:
    """Return the p-values that a null asks for: of shuffled cells, of incidents falling evenly.

    On equal cells, shuffled counts cover incidents that fall evenly; on unequal ones the larger
    p is taken, asked only where it can matter, as the second question takes long.
    """
    counts = _permutation.are_counts(values)
    null = null or ("even" if counts else "shuffled")
    if null == "even":
        if not counts:
            raise InputError(
                "null", expected="'shuffled' or 'both' for values that are no counts", came="'even'"
            )
        return even(cells)
    p = shuffled()
    if null == "both" and unequal and counts:
        far = np.flatnonzero(p <= _FAR)
        p[far] = np.maximum(p[far], even(far))
    return p


def significance(
    p: Floats, exact: Floats, correction: Correction, level: float
) -> tuple[Floats, Flags]:
    """Return adjusted p-values, and whether they and the exact ones, where known, are small."""
    adjusted = adjust_p_values(p, correction=correction)
    clear = adjusted <= 1 - level
    if correction != "none" and not np.isnan(exact).all():
        clear &= adjust_p_values(exact, correction=correction) <= 1 - level
    return adjusted, clear


def cell_areas(cells: Any) -> Floats | None:
    """Return the areas of polygons, or None when they are equal or the cells are points."""
    if not isinstance(cells, (gpd.GeoDataFrame, gpd.GeoSeries)):
        return None
    areas = shapely.area(np.asarray(cells.geometry.values, dtype=object))
    if not (areas > 0).all() or np.ptp(areas) <= 1e-6 * areas.max():
        return None
    return np.asarray(areas)


def shuffled_p(
    values: Floats,
    found: LocalG,
    others: Ints,
    star: bool,
    permutations: int,
    rng: np.random.Generator | int | None,
) -> Floats:
    """Return two-sided p-values of sums over shuffled values, the cell's own staying."""
    sums = found.sums - values if star else found.sums
    low, high = _permutation.permutation_p(
        values, sums, others, permutations, np.random.default_rng(rng)
    )
    p: Floats = np.minimum(1.0, 2 * np.minimum(low, high))
    p[np.isnan(found.z)] = np.nan
    return p
