"""Rates of cells by population, drawn towards the mean where the population is small."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.statistics._cells import Floats, cell_counts, cell_values, on_cells
from apkgeo.statistics.neighbours import Neighbours, windows


def empirical_bayes_rates(
    cells: Any, counts: Any, population: Any, *, distance: float | Neighbours | None = None
) -> pd.DataFrame:
    """Estimate rates that a handful of inhabitants does not make extreme.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame, GeoSeries or DataFrame
        Cells; in a CRS in metres when a distance is given.
    counts : pandas.Series, array or text
        Incidents in each cell.
    population : pandas.Series, array or text
        Population at risk: inhabitants, or addresses; cells may have none.
    distance : float or Neighbours, optional
        Draw each rate towards that of its neighbourhood, itself included, instead of the whole.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        On the cells' index: ``crude`` (count ÷ population; missing without population), ``rate``
        (smoothed), ``weight`` (how much of the crude rate it holds) and ``towards`` (the rate it
        is drawn to; where nobody lives, that is the rate).

    Raises
    ------
    InputError
        When a count is not whole, a population is negative, or nobody lives anywhere.

    Notes
    -----
    Marshall's estimator by moments: counts are Poisson given the rate, rates vary between cells.
    Where they vary less than Poisson counts would, the variance between cells is taken as 0 and
    all rates are the mean.

    References
    ----------
    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes estimators.
    Applied Statistics 40. doi:10.2307/2347593

    Examples
    --------
    >>> cells = pd.DataFrame(index=["A", "B", "C"])
    >>> empirical_bayes_rates(cells, [1, 30, 45], [2, 400, 300])["rate"].round(3).tolist()
    [0.118, 0.081, 0.141]
    """
    happened = cell_counts(cells, counts, "counts")
    people = cell_values(cells, population, "population")
    if (people < 0).any() or people.sum() <= 0:
        raise InputError("population", expected="some, none negative", came=str(people.min()))
    near = None if distance is None else windows(cells, distance)

    def total(values: Floats) -> Floats:
        return np.full(len(values), values.sum()) if near is None else near.sums(values)

    with np.errstate(divide="ignore", invalid="ignore"):
        crude = np.where(people > 0, happened / people, np.nan)
        everybody = total(people)
        towards = total(happened) / everybody
        # Σ n (r − m)² = Σ n r² − 2 m Σ e + m² Σ n, over the neighbourhood.
        squares = total(np.where(people > 0, happened * np.nan_to_num(crude), 0.0))
        spread = squares / everybody - towards**2
        inhabited = total((people > 0).astype(float))
        between = np.maximum(spread - towards * inhabited / everybody, 0.0)
        weight = np.where(between > 0, between / (between + towards / people), 0.0)
    weight = np.where(people > 0, weight, 0.0)
    rate = weight * np.nan_to_num(crude) + (1 - weight) * towards
    return on_cells(cells, {"crude": crude, "rate": rate, "weight": weight, "towards": towards})
