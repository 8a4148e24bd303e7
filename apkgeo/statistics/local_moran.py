"""Moran's I, of a whole map and of each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse, special

from apkgeo.errors import InputError
from apkgeo.language import Language, _
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Cells, Flags, Floats, Values, cell_values, on_cells
from apkgeo.statistics._text import decimal, p_text, tell
from apkgeo.statistics.getis_ord import (
    cell_areas,
    exact_p,
    local_g,
    shuffled_p,
    significance,
)
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction
from apkgeo.statistics.neighbours import Neighbours, neighbours_within, windows

Weights: TypeAlias = Literal["row", "binary"]

QUADRANTS = ("high-high", "low-low", "high-low", "low-high")


@dataclass(frozen=True)
class Moran:
    """Spatial autocorrelation of a map.

    Attributes
    ----------
    estimate : float
        Moran's I.
    expected : float
        −1 / (n − 1), its mean without autocorrelation.
    std_error : float
        Its standard error without autocorrelation.
    z : float
        (estimate − expected) / std_error.
    p_value : float
        Two-sided, by the normal approximation.
    p_greater : float
        One-sided: P(I ≥ estimate).
    assumption : {"normal", "permutation"}
        Whether the variance is that of normal values or of the values shuffled.
    """

    estimate: float
    expected: float
    std_error: float
    z: float
    p_value: float
    p_greater: float
    assumption: str

    def summary(self, language: Language = "en") -> str:
        """Return the autocorrelation in words."""
        message = _(
            "Moran's I is {value} where {expected} would be expected without any pattern "
            "(z = {z}, {p})."
        )
        return tell(
            message,
            language,
            value=decimal(self.estimate, language, 3),
            expected=decimal(self.expected, language, 3),
            z=decimal(self.z, language),
            p=p_text(self.p_value, language),
        )


def moran(
    cells: Cells | pd.Index | None,
    values: Values,
    distance: float | Neighbours,
    *,
    weights: Weights = "row",
    assumption: Literal["normal", "permutation"] = "normal",
) -> Moran:
    """Compute Moran's I.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame, GeoSeries, Index or None
        Cells in a CRS in metres; with listed neighbours only their index, or nothing, is needed.
    values : pandas.Series, array or text
        One number a cell, as in `getis_ord`.
    distance : float or Neighbours
        As in `getis_ord`.
    weights : {"row", "binary"}
        Whether the weights of a cell's neighbours sum to 1, or are 1 each.
    assumption : {"normal", "permutation"}
        What the variance rests on.

    Returns
    -------
    Moran

    Raises
    ------
    InputError
        When values do not vary, no cell has a neighbour, or an argument does not fit.

    References
    ----------
    Cliff, A. D. and Ord, J. K. (1981). Spatial processes: models and applications. Pion.

    Examples
    --------
    >>> import geopandas as gpd
    >>> cells = gpd.GeoSeries.from_xy(range(6), [0] * 6, crs=5514)
    >>> round(moran(cells, [1, 2, 3, 4, 5, 6], 1, weights="binary").estimate, 4)
    0.6
    """
    _checks.choice(weights, ("row", "binary"), "weights")
    _checks.choice(assumption, ("normal", "permutation"), "assumption")
    if isinstance(distance, Neighbours):
        near = distance
    elif cells is None or isinstance(cells, pd.Index):
        raise InputError("cells", expected="a frame, to measure distances", came="none")
    else:
        near = neighbours_within(cells, distance)
    numbers = cell_values(pd.RangeIndex(len(near)) if cells is None else cells, values)
    count = len(near)
    each = np.ones(count) if weights == "binary" else 1 / np.maximum(near.counts, 1)
    matrix = sparse.csr_array(
        (np.repeat(each, near.counts), near.target, near.start), shape=(count, count)
    )
    deviation = numbers - numbers.mean()
    squares, total = float(np.sum(deviation**2)), float(matrix.sum())
    if count < 4 or squares <= 0 or total <= 0:
        raise InputError(
            "values", expected="at least four that vary, of cells with neighbours", came=str(count)
        )
    estimate = count / total * float(deviation @ (matrix @ deviation)) / squares
    expected = -1 / (count - 1)
    variance = _variance(matrix, deviation, assumption) - expected**2
    z = (estimate - expected) / np.sqrt(variance)
    return Moran(
        estimate=estimate,
        expected=expected,
        std_error=float(np.sqrt(variance)),
        z=float(z),
        p_value=float(2 * special.ndtr(-abs(z))),
        p_greater=float(special.ndtr(-z)),
        assumption=assumption,
    )


def local_moran(
    cells: Cells,
    values: Values,
    distance: float | Neighbours,
    *,
    weights: Weights = "row",
    correction: Correction = "by",
    level: float = 0.95,
    permutations: int = 0,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Find cells that are like, or unlike, their neighbours.

    Parameters
    ----------
    cells, values, distance, correction, level, permutations, rng
        As in `getis_ord`. A cell is no neighbour of its own.
    weights : {"row", "binary"}
        Whether the weights of a cell's neighbours sum to 1, or are 1 each. The test is the same.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry:

        - ``moran``: I of the cell; those of all cells sum to (n − 1)/n × Moran's I × the sum of
          all weights;
        - ``lag``: the neighbours' mean (row) or sum (binary) of values;
        - ``z``, ``p``, ``p_adjusted``, ``p_exact``: of I, given the cell's own value, as in
          `getis_ord`;
        - ``quadrant``: ``high-high``, ``low-low``, ``high-low`` (high among low), ``low-high``;
          missing without neighbours;
        - ``cluster``: whether the cell is significantly so.

    Raises
    ------
    InputError, CRSError
        As `getis_ord`.

    Notes
    -----
    Given the cell's own value, I is a multiple of its neighbours' sum, so that the test is that
    of Gi: mean and variance are exact for values shuffled over the other cells [2]_, and the
    tails are held to the exact distribution, as `getis_ord` explains: to shuffled cells, and on
    cells of unequal area to an even fall as well, so that the neighbours of one very full cell
    are not significant for it.

    References
    ----------
    .. [1] Anselin, L. (1995). Local indicators of spatial association. Geographical Analysis 27.
       doi:10.1111/j.1538-4632.1995.tb00338.x
    .. [2] Sokal, R. R., Oden, N. L. and Thomson, B. A. (1998). Local spatial autocorrelation in a
       biological model. Geographical Analysis 30. doi:10.1111/j.1538-4632.1998.tb00406.x

    Examples
    --------
    >>> import geopandas as gpd
    >>> cells = gpd.GeoSeries.from_xy(range(6), [0] * 6, crs=5514)
    >>> local_moran(cells, [9, 8, 7, 1, 2, 1], 1)["quadrant"].tolist()
    ['high-high', 'high-high', 'high-low', 'low-low', 'low-low', 'low-low']
    """
    _checks.choice(weights, ("row", "binary"), "weights")
    _checks.choice(correction, CORRECTIONS, "correction")
    level = _checks.level(level, "level")
    permutations = _checks.whole(permutations, "permutations")
    numbers = cell_values(cells, values)
    window = windows(cells, distance)
    found = local_g(numbers, window, star=False)
    deviation = numbers - numbers.mean()
    sizes = found.sizes
    away = found.sums - sizes * numbers.mean()
    lag = found.sums
    if weights == "row":
        away, lag = away / np.maximum(sizes, 1), np.where(sizes > 0, lag / np.maximum(sizes, 1), 0)
    squares = float(np.sum(deviation**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        index = (len(numbers) - 1) * deviation * away / squares
    z = np.sign(deviation) * found.z
    if permutations:
        p = shuffled_p(numbers, found, window.counts, False, permutations, rng)
        exact = np.full(len(p), np.nan)
    else:
        p = 2 * special.ndtr(-np.abs(z))
        exact = exact_p(numbers, found, window, star=False, areas=cell_areas(cells), null="both")
    adjusted, clear = significance(p, exact, correction, level)
    quadrant = _quadrants(deviation, away, sizes > 0)
    return on_cells(
        cells,
        {
            "moran": index,
            "lag": lag,
            "z": z,
            "p": p,
            "p_adjusted": adjusted,
            "p_exact": exact,
            "quadrant": quadrant,
            "cluster": clear,
        },
    )


def _quadrants(deviation: Floats, away: Floats, known: Flags) -> pd.Categorical:
    high, among_high = deviation > 0, away > 0
    code = np.select(
        [high & among_high, ~high & ~among_high, high & ~among_high], [0, 1, 2], default=3
    )
    return pd.Categorical.from_codes(np.where(known, code, -1), list(QUADRANTS))


def _variance(matrix: sparse.csr_array, deviation: Floats, assumption: str) -> float:
    """Return E[I²] (Cliff and Ord 1981, equations 1.35 to 1.44)."""
    n, total = matrix.shape[0], float(matrix.sum())
    both = matrix + matrix.T
    s1 = float((both.multiply(both)).sum()) / 2
    s2 = float(np.sum((matrix.sum(axis=1) + matrix.sum(axis=0)) ** 2))
    square = total**2
    if assumption == "normal":
        return float((n**2 * s1 - n * s2 + 3 * square) / ((n**2 - 1) * square))
    kurtosis = n * float(np.sum(deviation**4)) / float(np.sum(deviation**2)) ** 2
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * square)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * square)
    return float((first - second) / ((n - 1) * (n - 2) * (n - 3) * square))
