"""Hotspots in space and time: since when, how often, and are they growing?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import special

from apkgeo.errors import InputError
from apkgeo.statistics import _checks, _permutation
from apkgeo.statistics._cells import Cells, Flags, Floats, Ints, cell_values, on_cells
from apkgeo.statistics.getis_ord import NULLS, Null, cell_areas, chance_p, significance
from apkgeo.statistics.mann_kendall import trends
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction
from apkgeo.statistics.neighbours import LatticeWindows, Neighbours, windows

Population: TypeAlias = Literal["step", "cube"]

NO_PATTERN = "no pattern detected"

# In the order of the published definitions: the first that fits is the category.
PATTERNS = (
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)


@dataclass(frozen=True)
class StepHotspots:
    """Gi* of each cell in each step.

    Attributes
    ----------
    z, p, p_adjusted : pandas.DataFrame
        On the cells' index, one column a step. p-values are corrected over all cells and steps.
    hot, cold : pandas.DataFrame of bool
        As in `apkgeo.statistics.getis_ord.getis_ord`.
    """

    z: pd.DataFrame
    p: pd.DataFrame
    p_adjusted: pd.DataFrame
    hot: pd.DataFrame
    cold: pd.DataFrame


def hotspots_by_step(
    cells: Cells,
    counts: pd.DataFrame,
    distance: float | Neighbours,
    *,
    time_lag: int = 0,
    population: Population = "step",
    correction: Correction = "by",
    null: Null | None = None,
    level: float = 0.95,
) -> StepHotspots:
    """Compute Gi* of each cell in each step of time, or in each band of hours.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres.
    counts : pandas.DataFrame
        On the cells' index, one column a step: months, for `emerging_hotspots`; bands of hours,
        for planning patrols.
    distance : float or Neighbours
        As in `getis_ord`.
    time_lag : int, default 0
        How many earlier steps belong to a cell's neighbourhood.
    population : {"step", "cube"}
        Whether a neighbourhood is compared with its own steps alone, so that a season in which
        everything rises makes nothing hot, or with all steps.
    correction, null, level
        As in `getis_ord`; p-values are corrected over all cells and steps at once.

    Returns
    -------
    StepHotspots

    Raises
    ------
    InputError
        When the index differs, a count is missing, or a parameter is out of its range.

    Examples
    --------
    >>> from shapely import box
    >>> from apkgeo.places.grid import square_grid
    >>> cells = square_grid(box(0, 0, 1000, 1000), 100)
    >>> night = np.where(np.arange(100) % 10 < 3, 5, 1)
    >>> counts = pd.DataFrame({"day": 1 + np.arange(100) % 2, "night": night})
    >>> hotspots_by_step(cells, counts, 150).hot.sum().tolist()
    [0, 18]
    """
    _checks.choice(correction, CORRECTIONS, "correction")
    _checks.choice(population, ("step", "cube"), "population")
    if null is not None:
        _checks.choice(null, NULLS, "null")
    level = _checks.level(level, "level")
    time_lag = _checks.whole(time_lag, "time_lag", unit=" of steps")
    cube = _cube(cells, counts)
    window = windows(cells, distance)
    areas = cell_areas(cells)
    z, exact = np.full(cube.shape, np.nan), np.full(cube.shape, np.nan)
    for step in range(cube.shape[1]):
        first = max(0, step - time_lag)
        drawn = cube if population == "cube" else cube[:, first : step + 1]
        inside = cube[:, first : step + 1].sum(axis=1)
        z[:, step], exact[:, step] = _step(inside, step + 1 - first, drawn, window, areas, null)
    p = 2 * special.ndtr(-np.abs(z))
    adjusted, clear = (
        flat.reshape(p.shape) for flat in significance(p.ravel(), exact.ravel(), correction, level)
    )

    def table(values: Floats | Flags) -> pd.DataFrame:
        return pd.DataFrame(values, index=counts.index, columns=counts.columns)

    return StepHotspots(
        table(z), table(p), table(adjusted), table(clear & (z > 0)), table(clear & (z < 0))
    )


def emerging_hotspots(
    cells: Cells,
    counts: pd.DataFrame,
    distance: float | Neighbours,
    *,
    time_lag: int = 0,
    population: Population = "step",
    correction: Correction = "by",
    null: Null | None = None,
    level: float = 0.95,
    trend_level: float = 0.95,
    persistence: float = 0.9,
) -> pd.DataFrame:
    """Say of each cell since when, and how often, it has been hot or cold.

    Parameters
    ----------
    cells, counts, distance, time_lag, population, correction, null, level
        As in `hotspots_by_step`; steps in order of time, at least three.
    trend_level : float, default 0.95
        One minus the p-value from which z rises or falls, by Mann and Kendall's test.
    persistence : float, default 0.9
        Share of steps from which a hot spot is intensifying, persistent, diminishing or
        historical.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry: ``category``, ``hot_steps``, ``cold_steps``,
        ``tau`` and ``trend_p`` (of z over time), ``z_last``.

    Raises
    ------
    InputError
        As `hotspots_by_step`, and when there are fewer than three steps.

    Notes
    -----
    The categories are those of ArcGIS' Emerging Hot Spot Analysis [1]_, tried in this order (for
    cold spots alike, with hot and cold exchanged), as some definitions overlap; the last step is
    the last column:

    - *new*: hot in the last step, never before;
    - *consecutive*: one run of at least two hot steps up to the last, never hot before it, hot in
      less than 90 % of the steps;
    - *intensifying*, *persistent*, *diminishing*: hot in the last step and in at least 90 %, z
      rising, without trend, or falling;
    - *sporadic*: hot in the last step, off and on before, in less than 90 %, never cold;
    - *oscillating*: hot in the last step, in less than 90 %, cold in some step before;
    - *historical*: not hot in the last step, but in at least 90 %;
    - *no pattern detected*: none of these.

    A cell that was hot in all steps but the last, and is cold in that, is a new cold spot, and the
    other way round. One that was cold long ago and hot in the last step or steps only is new or
    consecutive, not oscillating; one that was hot in 90 % without a trend, but not in the last, is
    historical, though it also fits the published words for persistent. ArcGIS corrects for the
    false discovery rate and, unless told otherwise, takes one earlier step into a neighbourhood
    (``correction="bh"``, ``time_lag=1``); it asks for no exact p-value.

    References
    ----------
    .. [1] Esri. How Emerging Hot Spot Analysis works. ArcGIS Pro tool reference, Space Time Pattern
       Mining toolbox.

    Examples
    --------
    >>> from shapely import box
    >>> from apkgeo.places.grid import square_grid
    >>> cells = square_grid(box(0, 0, 2000, 2000), 100)
    >>> quiet = np.arange(400) % 2
    >>> loud = quiet + 9 * ((np.arange(400) % 20 < 4) & (np.arange(400) < 80))
    >>> counts = pd.DataFrame({1: quiet, 2: quiet, 3: quiet, 4: loud})
    >>> emerging_hotspots(cells, counts, 150)["category"].value_counts().to_dict()
    {'no pattern detected': 380, 'new hot spot': 20}
    """
    if not isinstance(counts, pd.DataFrame) or counts.shape[1] < 3:
        came = f"{counts.shape[1]} steps" if hasattr(counts, "columns") else "no table"
        raise InputError("counts", expected="a table with at least three steps", came=came)
    found = hotspots_by_step(
        cells,
        counts,
        distance,
        time_lag=time_lag,
        population=population,
        correction=correction,
        null=null,
        level=level,
    )
    z = found.z.to_numpy()
    _s, _variance, tau, rank_z, trend_p = trends(z)
    trend = np.where(trend_p <= 1 - _checks.level(trend_level, "trend_level"), np.sign(rank_z), 0.0)
    hot, cold = found.hot.to_numpy(), found.cold.to_numpy()
    return on_cells(
        cells,
        {
            "category": classify(hot, cold, trend, persistence=persistence),
            "hot_steps": hot.sum(axis=1),
            "cold_steps": cold.sum(axis=1),
            "tau": tau,
            "trend_p": trend_p,
            "z_last": z[:, -1],
        },
    )


def classify(hot: Flags, cold: Flags, trend: Floats, *, persistence: float = 0.9) -> list[str]:
    """Return the category of each cell.

    Parameters
    ----------
    hot, cold : ndarray of bool, shape (cells, steps)
        Steps in order of time.
    trend : ndarray, shape (cells,)
        1, −1 or 0: whether z rises, falls or neither, significantly.
    persistence : float
        Share of steps, as in `emerging_hotspots`.

    Returns
    -------
    list of str
        ``"new hot spot"``, ``"historical cold spot"``, ``"no pattern detected"``, …

    Examples
    --------
    >>> steps = np.array([[False, True, False, True], [False, False, True, True]])
    >>> classify(steps, np.zeros_like(steps), np.zeros(2))
    ['sporadic hot spot', 'consecutive hot spot']
    """
    persistence = _checks.positive(persistence, "persistence")
    if persistence > 1:
        raise InputError("persistence", expected="a share up to 1", came=repr(persistence))
    # For cold spots a falling z is a growing intensity.
    names = {
        "hot spot": _patterns(hot, cold, trend, persistence),
        "cold spot": _patterns(cold, hot, -trend, persistence),
    }
    category = np.full(len(hot), NO_PATTERN, dtype=object)
    # What was is written first, so that what the last step is stays, hot or cold.
    for place, pattern in reversed(list(enumerate(PATTERNS))):
        for kind, patterns in names.items():
            category[patterns == place] = f"{pattern} {kind}"
    return [str(name) for name in category]


def _patterns(hot: Flags, cold: Flags, growth: Floats, persistence: float) -> Any:
    """Return for each cell the place of its pattern among PATTERNS, or −1."""
    steps = hot.shape[1]
    times = hot.sum(axis=1)
    last = hot[:, -1]
    mostly = times >= persistence * steps - 1e-9
    # The run up to the last step is as long as the steps without a gap, from the end.
    run = np.cumprod(hot[:, ::-1], axis=1).sum(axis=1)
    once_cold = cold[:, :-1].any(axis=1)
    conditions = [
        last & (times == 1),
        last & (run >= 2) & (run == times) & ~mostly,
        last & mostly & (growth > 0),
        last & mostly & (growth == 0),
        last & mostly & (growth < 0),
        last & ~mostly & ~once_cold,
        last & ~mostly & once_cold,
        ~last & mostly,
    ]
    return np.select(conditions, range(len(PATTERNS)), default=-1)


def _cube(cells: Any, counts: Any) -> Floats:
    if not isinstance(counts, pd.DataFrame) or not counts.shape[1]:
        raise InputError(
            "counts", expected="a table, one column a step", came=f"a {type(counts).__name__}"
        )
    steps = [
        cell_values(cells, counts.iloc[:, place], f"counts of {name}")
        for place, name in enumerate(counts.columns)
    ]
    return np.column_stack(steps)


def _step(
    values: Floats,
    steps: int,
    population: Floats,
    window: LatticeWindows | Neighbours,
    areas: Floats | None,
    null: Null | None,
) -> tuple[Floats, Floats]:
    """Return z and the exact p of windows over some steps, against all values they come from."""
    pool = population.ravel()
    sums, sizes = window.sums(values), (window.counts + 1) * steps
    variance = float(pool.var())
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(variance * sizes * (len(pool) - sizes) / (len(pool) - 1))
        z = (sums - sizes * pool.mean()) / error
    z = np.where(np.isfinite(z) & (error > 1e-9 * np.sqrt(variance)), z, np.nan)
    size = np.ones(len(values)) if areas is None else areas
    share = window.sums(size) * steps / (size.sum() * population.shape[1])

    def shuffled() -> Floats:
        return _permutation.tails(pool, sums, sizes, z, own=True)

    def even(cells: Ints) -> Floats:
        total, whole = np.full(len(cells), pool.sum()), np.ones(len(cells))
        return _permutation.area_tails(total, sums[cells], whole, share[cells])

    p = chance_p(null, pool, shuffled, even, np.arange(len(values)), unequal=areas is not None)
    p[np.isnan(z)] = np.nan
    return z, p
