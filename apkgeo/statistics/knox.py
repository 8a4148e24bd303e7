"""Knox's test: do incidents that are near in space also follow each other soon?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import cKDTree

from apkgeo.errors import InputError
from apkgeo.language import Language, _, number, translate
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Floats, Ints, coordinates
from apkgeo.statistics._moments import require_same_order, ticks
from apkgeo.statistics._text import p_text

Closed: TypeAlias = Literal["left", "right"]
Positions: TypeAlias = NDArray[np.int32]

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Knox:
    """Pairs of incidents by how far apart they are in space and time.

    Attributes
    ----------
    distances, durations : tuple of float
        Edges of the bands, in metres and in days.
    closed : {"left", "right"}
        Which edge belongs to a band: ``[a, b)`` or ``(a, b]``.
    observed : ndarray of int, shape (distance bands, duration bands)
        Pairs of incidents in each cell of the table.
    expected : ndarray, same shape
        Pairs if place and time had nothing to do with each other: pairs in the distance band ×
        pairs in the duration band ÷ all pairs. It is the mean over all permutations.
    ratio : ndarray, same shape
        observed ÷ expected; missing where nothing is expected.
    p_value : ndarray, same shape
        Share of tables, the observed among them, with at least as many pairs in the cell
        (one-sided); missing when no permutation was asked for.
    p_poisson : ndarray, same shape
        P(X ≥ observed) of a Poisson number with the expected mean: an approximation.
    pairs : int
        All pairs of incidents.
    pairs_by_distance, pairs_by_duration : ndarray of int
        Pairs in each distance band at any time, in each duration band at any distance.
    incidents : int
        Number of incidents.
    permutations : int
        Shuffles of the times behind `p_value`.
    """

    distances: tuple[float, ...]
    durations: tuple[float, ...]
    closed: Closed
    observed: Ints
    expected: Floats
    ratio: Floats
    p_value: Floats
    p_poisson: Floats
    pairs: int
    pairs_by_distance: Ints
    pairs_by_duration: Ints
    incidents: int
    permutations: int

    def table(self) -> pd.DataFrame:
        """Return one row a cell of the table: its bands and numbers."""
        shape = self.observed.shape
        near, soon = (place.ravel() for place in np.indices(shape))
        distances, durations = np.array(self.distances), np.array(self.durations)
        return pd.DataFrame(
            {
                "distance_from": distances[near],
                "distance_to": distances[near + 1],
                "days_from": durations[soon],
                "days_to": durations[soon + 1],
                "observed": self.observed.ravel(),
                "expected": self.expected.ravel(),
                "ratio": self.ratio.ravel(),
                "p_value": self.p_value.ravel(),
            }
        )

    def summary(self, language: Language = "en") -> str:
        """Return what the nearest and soonest pairs say, in words."""
        values = {
            "metres": _number(self.distances[1], language),
            "days": _number(self.durations[1], language),
            "observed": _number(float(self.observed[0, 0]), language),
            "expected": _number(float(self.expected[0, 0]), language, 1),
            "incidents": _number(float(self.incidents), language),
        }
        if not self.permutations:
            return translate(_BARE, language).format(**values)
        values["p"] = p_text(float(self.p_value[0, 0]), language)
        return translate(_TESTED, language).format(**values)


_BARE = _(
    "Of all pairs among {incidents} incidents, {observed} lie within {metres} m and {days} days "
    "of each other; {expected} would be expected if place and time had nothing to do with each "
    "other."
)
_TESTED = _(
    "Of all pairs among {incidents} incidents, {observed} lie within {metres} m and {days} days "
    "of each other; {expected} would be expected if place and time had nothing to do with each "
    "other ({p})."
)


def knox(
    points: Any,
    times: Any,
    distances: Sequence[float],
    durations: Sequence[Any],
    *,
    closed: Closed = "left",
    permutations: int = 999,
    rng: np.random.Generator | int | None = None,
) -> Knox:
    """Count pairs of incidents by distance and duration, and test for near repeats.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, GeoSeries or array (n, 2)
        Incidents in a CRS in metres (or none).
    times : pandas.Series or array
        When each incident happened, in the order of the points: dates or times, or numbers of
        days. A time zone's wall clock is taken, so that a day is a day when the clocks change;
        with times of day, durations are parts of days.
    distances : sequence of float
        Edges of the distance bands in metres, increasing, from 0.
    durations : sequence of float or timedelta
        Edges of the duration bands in days, increasing, from 0.
    closed : {"left", "right"}, default "left"
        ``left``: a band holds its lower edge, ``[a, b)``. ``right``: it holds its upper edge,
        ``(a, b]``, and the first band holds its lower one too, so that incidents at one place
        or on one day are not lost.
    permutations : int, default 999
        Shuffles of the times over the places; 0 for none.
    rng : numpy.random.Generator or int, optional
        For the shuffles.

    Returns
    -------
    Knox

    Raises
    ------
    InputError
        When lengths differ, a time is missing, edges do not increase or are negative.
    CRSError
        When the CRS is not in metres.

    Notes
    -----
    Distances are Euclidean, from square roots in double precision, and are compared with the
    edges as they come out. Pairs near in space are found once and stay; a permutation gives the
    places other times [1]_. p = (1 + tables with at least the observed number) / (1 +
    permutations), so that it is never 0 and the test is exact [2]_.

    Near repeats are no proof that one incident causes another: places where much happens in one
    season look the same. An interval of a year or less, and one kind of offence, are wise.

    References
    ----------
    .. [1] Knox, E. G. and Bartlett, M. S. (1964). The detection of space-time interactions.
       Applied Statistics 13. doi:10.2307/2985220
    .. [2] Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero.
       Statistical Applications in Genetics and Molecular Biology 9. doi:10.2202/1544-6115.1585
    .. [3] Johnson, S. D. et al. (2007). Space-time patterns of risk: a cross national assessment
       of residential burglary victimization. Journal of Quantitative Criminology 23.
       doi:10.1007/s10940-007-9025-3

    Examples
    --------
    >>> import geopandas as gpd
    >>> points = gpd.GeoSeries.from_xy([0, 10, 500, 505], [0, 0, 0, 0], crs=5514)
    >>> result = knox(points, [1, 3, 40, 90], [0, 100, 1000], [0, 7, 100], permutations=99, rng=1)
    >>> result.observed.tolist()
    [[1, 1], [0, 4]]
    """
    require_same_order(points, times, ("points", "times"))
    xy, (moments, day) = coordinates(points, "points"), ticks(times, "times")
    if len(xy) != len(moments):
        raise InputError("times", expected=f"{len(xy)}, one a point", came=str(len(moments)))
    near, soon = _edges(distances, "distances"), _edges(durations, "durations")
    _checks.choice(closed, ("left", "right"), "closed")
    permutations = _checks.whole(permutations, "permutations")
    first, second, starts = _pairs_by_band(xy, near, closed)
    compact, day = _compact(moments, day)
    limits = _limits(compact, in_ticks(soon, day), closed)
    observed = _count(compact, first, second, starts, limits)
    total = len(xy) * (len(xy) - 1) // 2
    by_duration = _pairs_by_duration(compact, limits)
    expected = np.outer(np.diff(starts), by_duration) / max(total, 1)
    p_value = np.full(observed.shape, np.nan)
    if permutations:
        generator = np.random.default_rng(rng)
        reached = np.ones(observed.shape)
        for _shuffle in range(permutations):
            shuffled = generator.permutation(compact)
            reached += _count(shuffled, first, second, starts, limits) >= observed
        p_value = reached / (permutations + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
    return Knox(
        distances=tuple(near.tolist()),
        durations=tuple(soon.tolist()),
        closed=closed,
        observed=observed,
        expected=expected,
        ratio=ratio,
        p_value=p_value,
        p_poisson=stats.poisson.sf(observed - 1, expected),
        pairs=total,
        pairs_by_distance=np.diff(starts),
        pairs_by_duration=by_duration,
        incidents=len(xy),
        permutations=permutations,
    )


def band_of(values: Floats, edges: Floats, closed: Closed) -> Ints:
    """Return the band of each value: -1 below all, ``len(edges) - 1`` above all."""
    if closed == "left":
        return np.asarray(np.searchsorted(edges, values, side="right") - 1)
    band = np.searchsorted(edges, values, side="left") - 1
    return np.where(values == edges[0], 0, band)


def _edges(values: Sequence[Any], what: str) -> Floats:
    try:
        edges = np.array(
            [
                pd.Timedelta(value) / _DAY
                if isinstance(value, (pd.Timedelta, np.timedelta64)) or hasattr(value, "days")
                else float(value)
                for value in values
            ]
        )
    except (TypeError, ValueError):
        edges = np.array([np.nan])
    if len(edges) < 2 or not (np.diff(edges) > 0).all() or edges[0] < 0:
        raise InputError(what, expected="at least two edges, increasing, from 0", came=str(values))
    return edges


def _pairs_by_band(xy: Floats, edges: Floats, closed: Closed) -> tuple[Positions, Positions, Ints]:
    """Return pairs of positions in order of their distance band, and where each band starts."""
    bands = len(edges) - 1
    if len(xy) < 2:
        empty = np.zeros(0, dtype=np.int32)
        return empty, empty, np.zeros(bands + 1, dtype=np.int64)
    pairs = cKDTree(xy).query_pairs(edges[-1] * (1 + 1e-9), output_type="ndarray")
    pairs = pairs.astype(np.int32)
    step = xy[pairs[:, 0]] - xy[pairs[:, 1]]
    band = band_of(np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2), edges, closed)
    kept = (band >= 0) & (band < bands)
    band, pairs = band[kept], pairs[kept]
    # Within a band by the first point, so that its time is read again and again while at hand.
    order = np.lexsort((pairs[:, 0], band))
    starts = np.concatenate([[0], np.cumsum(np.bincount(band, minlength=bands))])
    first, second = (np.ascontiguousarray(pairs[order, side]) for side in (0, 1))
    return first, second, starts.astype(np.int64)


def in_ticks(edges: Floats, day: float) -> Floats:
    """Return edges in days as `apkgeo.statistics._moments.ticks` counts."""
    return edges if day == 1 else np.rint(edges * day)


def _limits(moments: NDArray[Any], edges: Floats, closed: Closed) -> list[Any]:
    """Return for each edge the duration from which a pair is beyond it.

    The lowest edge is never beyond itself; a higher one is when bands are closed at the right.
    """
    whole = np.issubdtype(moments.dtype, np.integer)
    limits = []
    for place, edge in enumerate(edges.tolist()):
        if closed == "right" and place:
            limit = np.floor(edge) + 1 if whole else np.nextafter(edge, np.inf)
        else:
            limit = np.ceil(edge) if whole else edge
        largest = np.iinfo(moments.dtype).max if whole else np.inf
        limits.append(moments.dtype.type(min(limit, largest)))
    return limits


def _count(
    moments: NDArray[Any], first: Positions, second: Positions, starts: Ints, limits: list[Any]
) -> Ints:
    """Return pairs by distance band and duration band."""
    apart = np.abs(moments[first] - moments[second])
    cumulated = np.zeros((len(starts) - 1, len(limits)), dtype=np.int64)
    for place, limit in enumerate(limits):
        if limit <= 0:
            continue
        sooner = apart < limit
        for band in range(len(starts) - 1):
            cumulated[band, place] = np.count_nonzero(sooner[starts[band] : starts[band + 1]])
    return np.diff(cumulated, axis=1)


def _pairs_by_duration(moments: NDArray[Any], limits: list[Any]) -> Ints:
    """Return pairs of all incidents by duration band, from the times in order."""
    times, counts = np.unique(moments.astype(float), return_counts=True)
    before = np.concatenate([[0], np.cumsum(counts)])
    place = np.arange(len(times))
    same = int(np.sum(counts * (counts - 1)) // 2)
    cumulated = []
    for limit in map(float, limits):
        if limit <= 0:
            cumulated.append(0)
            continue
        # The search adds, the pairs subtract: where rounding differs, the difference decides.
        beyond = np.searchsorted(times, times + limit)
        beyond -= (beyond > place + 1) & (times[beyond - 1] - times >= limit)
        last = np.minimum(beyond, len(times) - 1)
        beyond += (beyond < len(times)) & (times[last] - times < limit)
        cumulated.append(int(np.sum(counts * (before[beyond] - before[place + 1]))) + same)
    return np.asarray(np.diff(cumulated), dtype=np.int64)


def _compact(moments: Floats, day: float) -> tuple[NDArray[Any], float]:
    """Return whole days in two bytes each where they fit: half a million are then at hand."""
    if (moments % day == 0).all():
        moments, day = moments / day, 1.0
        if len(moments) and np.ptp(moments) < np.iinfo(np.int16).max:
            return np.asarray(moments - moments.min(), dtype=np.int16), day
    return moments, day


def _number(value: float, language: Language, digits: int | None = None) -> str:
    if digits is None:
        digits = 0 if value == round(value) else 1
    return number(value, language, digits=digits)
