"""Kernel density: how many incidents there are around each place."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import special

from apkgeo.errors import InputError
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import (
    Cells,
    Floats,
    aligned,
    coordinates,
    finite,
    on_cells,
    same_place,
)
from apkgeo.statistics._kernels import Kernel, KernelName, kernel_sums
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction, adjust_p_values

Rule: TypeAlias = Literal["scott", "robust"]
Bandwidth: TypeAlias = "float | Rule | None"

KERNELS = ("quartic", "gaussian")

# A quartic kernel of radius h varies on each axis as a Gaussian one of bandwidth h / √8.
QUARTIC_PER_GAUSSIAN = float(np.sqrt(8.0))


def kernel_density(
    points: Any,
    cells: Cells,
    bandwidth: Bandwidth = None,
    *,
    kernel: KernelName = "quartic",
    weights: Any = None,
    edge_correction: bool = False,
) -> pd.DataFrame:
    """Estimate the density of incidents at the middle of each cell.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, GeoSeries or array (n, 2)
        Incidents in a CRS in metres.
    cells : geopandas.GeoDataFrame or GeoSeries
        Where to tell the density; polygons by their centroid.
    bandwidth : float or {"scott", "robust"}, optional
        In metres: the radius of the quartic kernel, the standard deviation of the Gaussian one.
        By the rule named, Scott's when not given (see `choose_bandwidth`).
    kernel : {"quartic", "gaussian"}
        The quartic one ends at the bandwidth; the Gaussian one is cut at six bandwidths.
    weights : pandas.Series, array (n,) or text, optional
        How much each incident counts: on the points' index, in their order, or by the name of one
        of their columns.
    edge_correction : bool, default False
        Whether to divide by the share of the kernel that lies on the cells, so that places at
        the border of the area of record are not taken for quiet ones.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry: ``density``, incidents per square metre
        (× 1,000,000 for square kilometres). ``attrs`` tell ``bandwidth``, ``kernel`` and
        ``edge_correction``.

    Raises
    ------
    InputError
        When the bandwidth is not positive, or so narrow that the edge correction would be too
        coarse (less than twice the width of a cell; for the Gaussian kernel, less than once).
    CRSError
        When a CRS is not in metres, or the two differ.

    Notes
    -----
    The density is a sum of kernels of volume 1, one an incident [1]_: multiplied by the cells'
    area and summed over cells that reach far enough it gives their number. On a regular grid with
    more than three million pairs of incident and cell, each incident is shared among 16 places of
    a finer raster (cubic interpolation) and the sums are made by FFT: the difference to the
    exact sums is below 1/10,000 of the largest density. Otherwise each pair is evaluated.

    The edge correction is Diggle's, at the place of the estimate; the kernel is summed over the
    centres of the cells, times their area.

    References
    ----------
    .. [1] Silverman, B. W. (1986). Density estimation for statistics and data analysis.
       Chapman & Hall. doi:10.1201/9781315140919
    .. [2] Diggle, P. (1985). A kernel method for smoothing point process data. Applied
       Statistics 34. doi:10.2307/2347366

    Examples
    --------
    >>> points = gpd.GeoSeries.from_xy([0, 50], [0, 0], crs=5514)
    >>> cells = gpd.GeoSeries.from_xy([0, 100, 500], [0, 0, 0], crs=5514)
    >>> found = kernel_density(points, cells, 100)
    >>> (found["density"] * 1e6).round(1).tolist()
    [149.2, 53.7, 0.0]
    """
    same_place(points, cells, ("points", "cells"))
    _checks.choice(kernel, KERNELS, "kernel")
    xy, centres = coordinates(points, "points"), coordinates(cells, "cells")
    chosen = _bandwidth(xy, bandwidth, kernel)
    density = kernel_sums(xy, _weights(weights, points, len(xy)), centres, Kernel(kernel, chosen))
    if edge_correction:
        density = density / covered_share(cells, centres, Kernel(kernel, chosen))
    found = on_cells(cells, {"density": density})
    found.attrs = {"bandwidth": chosen, "kernel": kernel, "edge_correction": edge_correction}
    return found


def choose_bandwidth(points: Any, *, rule: Rule = "scott", kernel: KernelName = "quartic") -> float:
    """Return a bandwidth by a rule of thumb.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, GeoSeries or array (n, 2)
        Incidents in a CRS in metres; at least two different places.
    rule : {"scott", "robust"}
        ``scott``: σ n^(−1/6), where σ² is the mean of the variances of x and y. ``robust``:
        0.9 min(D, √(1/ln 2) m) n^(−1/5), where D is the standard distance from the mean centre
        and m the median distance from it: narrower where a few incidents lie far out.
    kernel : {"quartic", "gaussian"}
        For the quartic kernel Scott's bandwidth is multiplied by √8, which makes it spread as
        widely as the Gaussian one. The robust one is a radius as it stands.

    Returns
    -------
    float
        In metres.

    Raises
    ------
    InputError
        When all incidents are at one place, or there is only one.

    References
    ----------
    Scott, D. W. (2015). Multivariate density estimation, 2nd edition, 6.3. Wiley.
    doi:10.1002/9781118575574

    Examples
    --------
    >>> import numpy as np
    >>> corners = np.array([[0, 0], [0, 200], [200, 0], [200, 200]])
    >>> round(choose_bandwidth(corners, kernel="gaussian"), 2)  # 115.47 × 4 ** (-1/6)
    91.65
    """
    _checks.choice(rule, ("scott", "robust"), "rule")
    _checks.choice(kernel, KERNELS, "kernel")
    return _bandwidth(coordinates(points, "points"), rule, kernel)


def dual_density(
    points: Any,
    reference: Any,
    cells: Cells,
    bandwidth: Bandwidth = None,
    *,
    kernel: KernelName = "quartic",
    exposure: tuple[float, float] = (1.0, 1.0),
    edge_correction: bool = False,
    correction: Correction = "by",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two densities, with the uncertainty of the comparison.

    Parameters
    ----------
    points, reference : geopandas.GeoDataFrame, GeoSeries or array (n, 2)
        Incidents of two periods or kinds, or incidents and the population at risk (addresses).
    cells, bandwidth, kernel, edge_correction
        As in `kernel_density`. One bandwidth serves both; by rule, it is that of all points.
    exposure : tuple of float
        What each density is divided by: lengths of periods, or numbers of incidents to compare
        shapes alone.
    correction, level
        As in `getis_ord`.

    Returns
    -------
    geopandas.GeoDataFrame
        On the cells' index, with their geometry: ``density``, ``reference`` (per square metre and
        unit of exposure), ``difference``, ``ratio``, ``log_ratio``, ``difference_se``,
        ``log_ratio_se``, ``z``, ``p``, ``p_adjusted``, ``higher``, ``lower``. Where there is
        nothing near, ratio and z are missing.

    Raises
    ------
    InputError, CRSError
        As `kernel_density`.

    Notes
    -----
    Both sets are taken as Poisson. The variance of a sum of kernels is then estimated by the sum
    of their squares; z is the difference over its standard error, the error of the logarithm
    follows by the delta method. A kernel estimate is biased towards smoothness, in both sets
    alike, and the test asks about the smoothed densities. Few incidents make z small, not large:
    one alone has z = ±1.

    References
    ----------
    Kelsall, J. E. and Diggle, P. J. (1995). Kernel estimation of relative risk. Bernoulli 1:3-16.
    doi:10.3150/bj/1186078362

    Examples
    --------
    >>> before = gpd.GeoSeries.from_xy([0] * 9, range(9), crs=5514)
    >>> after = gpd.GeoSeries.from_xy([0] * 3, range(3), crs=5514)
    >>> cell = gpd.GeoSeries.from_xy([0], [4], crs=5514)
    >>> dual_density(after, before, cell, 1000)[["ratio", "p"]].round(2)
       ratio     p
    0   0.33  0.08
    """
    same_place(points, cells, ("points", "cells"))
    same_place(reference, cells, ("reference", "cells"))
    _checks.choice(kernel, KERNELS, "kernel")
    _checks.choice(correction, CORRECTIONS, "correction")
    level = _checks.level(level, "level")
    sets = coordinates(points, "points"), coordinates(reference, "reference")
    centres = coordinates(cells, "cells")
    chosen = _bandwidth(np.vstack(sets), bandwidth, kernel)
    per = _checks.positive_pair(exposure, "exposure")
    share = np.ones(len(centres))
    if edge_correction:
        share = covered_share(cells, centres, Kernel(kernel, chosen))
    sums, squares = (
        [
            kernel_sums(xy, np.ones(len(xy)), centres, Kernel(kernel, chosen, squared=squared))
            / (unit * share) ** (1 + squared)
            for xy, unit in zip(sets, per, strict=True)
        ]
        for squared in (False, True)
    )
    found = on_cells(cells, _compare(sums, squares, correction, level))
    found.attrs = {"bandwidth": chosen, "kernel": kernel, "edge_correction": edge_correction}
    return found


def covered_share(cells: Any, centres: Floats, kernel: Kernel) -> Floats:
    """Return how much of the kernel around each centre lies on the cells."""
    if not isinstance(cells, (gpd.GeoDataFrame, gpd.GeoSeries)):
        raise InputError("cells", expected="polygons for the edge correction", came="an array")
    areas = shapely.area(np.asarray(cells.geometry.values, dtype=object))
    if not (areas > 0).all():
        raise InputError("cells", expected="polygons for the edge correction", came="points")
    needed = (2.0 if kernel.name == "quartic" else 1.0) * float(np.sqrt(areas.max()))
    if kernel.bandwidth < needed * (1 - 1e-9):
        raise InputError(
            "bandwidth",
            expected=f"at least {needed:g} m for the edge correction of these cells",
            came=f"{kernel.bandwidth:g} m",
            remedy="take smaller cells or a wider bandwidth",
        )
    share = kernel_sums(centres, areas, centres, kernel)
    return np.asarray(np.clip(share, 1e-3, 1.0))


def _compare(
    sums: list[Floats], squares: list[Floats], correction: Correction, level: float
) -> dict[str, Any]:
    (one, other), (variance, other_variance) = sums, squares
    # What rounding left of nothing, far from all incidents, is nothing.
    for density, spread in ((one, variance), (other, other_variance)):
        none = density <= 1e-9 * density.max(initial=0.0)
        density[none] = spread[none] = 0.0
    error = np.sqrt(variance + other_variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = one / other
        log_error = np.sqrt(variance / one**2 + other_variance / other**2)
        log_ratio = np.log(ratio)
        z = (one - other) / error
    p = 2 * special.ndtr(-np.abs(z))
    adjusted = adjust_p_values(p, correction=correction)
    clear = adjusted <= 1 - level
    return {
        "density": one,
        "reference": other,
        "difference": one - other,
        "ratio": ratio,
        "log_ratio": log_ratio,
        "difference_se": error,
        "log_ratio_se": log_error,
        "z": z,
        "p": p,
        "p_adjusted": adjusted,
        "higher": clear & (z > 0),
        "lower": clear & (z < 0),
    }


def _bandwidth(xy: Floats, bandwidth: Bandwidth, kernel: KernelName) -> float:
    if bandwidth is not None and not isinstance(bandwidth, str):
        return _checks.positive(bandwidth, "bandwidth", " of metres")
    rule = _checks.choice(bandwidth or "scott", ("scott", "robust"), "bandwidth")
    count = len(xy)
    away = np.sqrt(((xy - xy.mean(axis=0)) ** 2).sum(axis=1)) if count else np.zeros(0)
    if count < 2 or away.max() == 0:
        raise InputError(
            "points",
            expected="at least two places to choose a bandwidth by",
            came="one" if count else "none",
            remedy="give bandwidth in metres",
        )
    if rule == "scott":
        spread = float(np.sqrt(xy.var(axis=0, ddof=1).mean()))
        factor = QUARTIC_PER_GAUSSIAN if kernel == "quartic" else 1.0
        return float(spread * count ** (-1 / 6) * factor)
    standard = float(np.sqrt((away**2).mean()))
    median = float(np.sqrt(1 / np.log(2)) * np.median(away))
    narrower = min(standard, median) if median > 0 else standard
    return float(0.9 * narrower * count ** (-1 / 5))


def _weights(weights: Any, points: Any, count: int) -> Floats:
    if weights is None:
        return np.ones(count)
    if isinstance(points, (gpd.GeoDataFrame, gpd.GeoSeries)):
        weights = aligned(points, weights, "weights")
    values = pd.to_numeric(pd.Series(weights), errors="coerce").to_numpy(float, na_value=np.nan)
    if values.shape != (count,):
        raise InputError("weights", expected=f"{count}, one a point", came=str(values.shape))
    return finite(values, "weights")
