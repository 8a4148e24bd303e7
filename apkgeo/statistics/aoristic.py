"""When in the day and week: weights for incidents known to an interval, and profiles of hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.errors import InputError
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Floats
from apkgeo.statistics._moments import column_of, require_same_order, wall_clock
from apkgeo.statistics.multiplicity import adjust_p_values

Period: TypeAlias = Literal["hour", "weekday", "hour_of_week"]

_HOUR = np.timedelta64(1, "h")
_MONDAY = pd.Timestamp("2001-01-01")
_WEEK = 168

# Incidents whose 168 weights are held at once.
_AT_ONCE = 50_000

# Cycle in hours and width of a bin in hours.
_BINS = {"hour": (24, 1), "weekday": (_WEEK, 24), "hour_of_week": (_WEEK, 1)}


@dataclass(frozen=True)
class ProfileChange:
    """Profiles of hours before and after, compared.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a bin (hour 0–23, weekday 0 = Monday, or hour of the week 0–167): ``before``,
        ``after`` (incidents a unit of exposure), ``before_share``, ``after_share``, ``ratio``
        (of rates), ``p`` and ``p_adjusted`` (of the difference of shares, by permutation).
    p_value : float
        Whether the shapes differ at all: permutation p of the sum of squared differences of
        shares, each over the bin's share.
    permutations : int
        Shuffles of incidents between before and after.
    """

    table: pd.DataFrame
    p_value: float
    permutations: int


def aoristic_weights(start: Any, end: Any = None, *, by: Period = "hour") -> pd.DataFrame:
    """Share each incident among the hours, or days, in which it may have happened.

    Parameters
    ----------
    start : pandas.Series or sequence of time
        Earliest moment of each incident, by the clock on the wall; times with a zone are taken
        by their own clock.
    end : pandas.Series or sequence of time, optional
        Latest moment; missing where (or when not given) `start` is the moment itself.
    by : {"hour", "weekday", "hour_of_week"}
        24 hours of the day; 7 days from Monday, 0; or 168 hours of the week from Monday midnight.

    Returns
    -------
    pandas.DataFrame
        On the index of `start`, one column a bin; each row sums to 1.

    Raises
    ------
    InputError
        When a start is missing or after its end.

    Notes
    -----
    Every moment of the half-open interval [start, end) is taken as equally likely [1]_. Intervals
    of several weeks weigh the bins almost evenly, as they know nothing. In the night when the
    clocks change the wall clock skips or repeats an hour; that hour is not corrected for. An
    interval from the first pass of the repeated hour to the second lies in that hour.

    References
    ----------
    .. [1] Ratcliffe, J. H. (2002). Aoristic signatures and the spatio-temporal analysis of high
       volume crime patterns. Journal of Quantitative Criminology 18.
       doi:10.1023/A:1013240828824

    Examples
    --------
    >>> weights = aoristic_weights(["2024-05-01 22:30"], ["2024-05-02 00:30"])
    >>> weights.loc[0, [22, 23, 0]].tolist()
    [0.25, 0.5, 0.25]
    """
    _checks.choice(by, tuple(_BINS), "by")
    index = start.index if isinstance(start, pd.Series) else None
    first, last = _intervals(start, end)
    return pd.DataFrame(
        _shares(first, last, by), index=index, columns=range(_BINS[by][0] // _BINS[by][1])
    )


def hour_weekday_profile(start: Any, end: Any = None) -> pd.DataFrame:
    """Count incidents by hour and weekday, those known to an interval in parts.

    Parameters
    ----------
    start, end
        As in `aoristic_weights`.

    Returns
    -------
    pandas.DataFrame
        7 rows (Monday, 0, to Sunday, 6) by 24 columns (hours); the sum is the number of
        incidents.

    Raises
    ------
    InputError
        As `aoristic_weights`.

    Examples
    --------
    >>> profile = hour_weekday_profile(["2024-05-01 22:30", "2024-05-01 22:59"])
    >>> profile.loc[2, [21, 22]].tolist()  # a Wednesday
    [0.0, 2.0]
    """
    first, last = _intervals(start, end)
    moments = first == last
    total = np.bincount((first[moments] % _WEEK).astype(int), minlength=_WEEK).astype(float)
    first, last = first[~moments], last[~moments]
    for row in range(0, len(first), _AT_ONCE):
        part = slice(row, row + _AT_ONCE)
        total += _shares(first[part], last[part], "hour_of_week").sum(axis=0)
    return pd.DataFrame(
        total.reshape(7, 24),
        index=pd.RangeIndex(7, name="weekday"),
        columns=pd.RangeIndex(24, name="hour"),
    )


def profile_change(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    exposure: tuple[float, float] = (1.0, 1.0),
    permutations: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = None,
) -> ProfileChange:
    """Test whether incidents happen at other hours after than before.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Weights of incidents, from `aoristic_weights` with the same `by`.
    exposure : tuple of float
        Lengths of the two periods, for the rates.
    permutations : int, default 999
        Shuffles of incidents between the two.
    level : float
        One minus the adjusted p-value from which a bin is ``changed``.
    rng : numpy.random.Generator or int, optional
        For the shuffles.

    Returns
    -------
    ProfileChange
        ``table`` also holds ``changed``.

    Raises
    ------
    InputError
        When the bins differ, or one of the sets is empty.

    Notes
    -----
    Only the shape is tested, the number of incidents is not: shares of the bins are compared,
    and incidents change sides as a whole, so that one spread over many hours is not taken for
    many. The bins' p-values are corrected after Benjamini and Yekutieli.

    Examples
    --------
    >>> evenings = pd.Series(pd.date_range("2024-01-01 20:30", periods=30, freq="D"))
    >>> nights = pd.Series(pd.date_range("2024-03-01 02:30", periods=30, freq="D"))
    >>> found = profile_change(aoristic_weights(evenings), aoristic_weights(nights), rng=1)
    >>> found.p_value, found.table.index[found.table["changed"]].tolist()
    (0.001, [2, 20])
    """
    tables = isinstance(before, pd.DataFrame) and isinstance(after, pd.DataFrame)
    if not tables or before.shape[1] != after.shape[1] or before.empty or after.empty:
        raise InputError(
            "before and after",
            expected="weights with the same bins, of at least one incident each",
            came=" and ".join(str(getattr(one, "shape", one)) for one in (before, after)),
        )
    level = _checks.level(level, "level")
    permutations = _checks.whole(permutations, "permutations", least=1)
    days = _checks.positive_pair(exposure, "exposure")
    weights = np.vstack([before.to_numpy(dtype=float), after.to_numpy(dtype=float)])
    sizes = len(before), len(after)
    total, rng = weights.sum(axis=0), np.random.default_rng(rng)
    inverse = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)

    def difference(later: Floats) -> Floats:
        return np.asarray(later / sizes[1] - (total - later) / sizes[0])

    later = weights[sizes[0] :].sum(axis=0)
    found = difference(later)
    overall, reached = 1, np.ones(len(total))
    tie = 1 - 1e-9
    kinds, sizes_of_kinds = _kinds(weights)
    for _shuffle in range(permutations):
        drawn = rng.multivariate_hypergeometric(sizes_of_kinds, sizes[1], method="marginals")
        shuffled = difference(drawn @ kinds)
        overall += int(np.sum(shuffled**2 * inverse) >= tie * np.sum(found**2 * inverse))
        reached += np.abs(shuffled) >= tie * np.abs(found)
    p = np.where(total > 0, reached / (permutations + 1), np.nan)
    adjusted = adjust_p_values(p, correction="by")
    earlier = total - later
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (later / days[1]) / (earlier / days[0])
    table = pd.DataFrame(
        {
            "before": earlier / days[0],
            "after": later / days[1],
            "before_share": earlier / sizes[0],
            "after_share": later / sizes[1],
            "ratio": ratio,
            "p": p,
            "p_adjusted": adjusted,
            "changed": adjusted <= 1 - level,
        },
        index=before.columns,
    )
    return ProfileChange(table, overall / (permutations + 1), permutations)


def _kinds(weights: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the different rows of weights, and how many incidents have each.

    Which incidents of a kind are drawn makes no difference; those whose moment is known are of as
    many kinds as there are bins, so that a shuffle takes as long for a million of them as for ten.
    """
    moment = weights.max(axis=1) == 1.0
    bins = np.bincount(weights[moment].argmax(axis=1), minlength=weights.shape[1])
    others, counts = np.unique(weights[~moment], axis=0, return_counts=True)
    kinds = np.vstack([np.eye(weights.shape[1]), others])
    return kinds, np.concatenate([bins, counts]).astype(np.int64)


def _intervals(start: Any, end: Any) -> tuple[Floats, Floats]:
    """Return the hours at which each interval begins and ends: the same where it is a moment."""
    require_same_order(start, end, ("start", "end"))
    first = _hours(start, "start")
    last = first if end is None else _hours(end, "end")
    if np.isnan(first).any():
        raise InputError(
            f"start, row {int(np.flatnonzero(np.isnan(first))[0])}",
            expected="a time",
            came="none",
            remedy="drop incidents without a time",
        )
    if len(last) != len(first):
        raise InputError("end", expected=f"{len(first)} times", came=str(len(last)))
    last = np.where(np.isnan(last), first, last)
    if (last < first).any():
        first, last = _in_order(first, last, start, end)
    if (last < first).any():
        row = int(np.flatnonzero(last < first)[0])
        raise InputError(
            f"end, row {row}", expected="a time not before the start", came="an earlier one"
        )
    return first, last


def _shares(first: Floats, last: Floats, by: Period) -> Floats:
    """Return each interval's share of each bin."""
    cycle, width = _BINS[by]
    bins = np.arange(0, cycle, width, dtype=float)
    moment = (first[:, None] % cycle >= bins) & (first[:, None] % cycle < bins + width)
    length = last - first
    inside = _elapsed(last, bins, cycle, width) - _elapsed(first, bins, cycle, width)
    shares = np.where(
        length[:, None] > 0, inside / np.where(length > 0, length, 1.0)[:, None], moment
    )
    return np.asarray(shares, dtype=float)


def _elapsed(moments: Floats, bins: Floats, cycle: int, width: int) -> Floats:
    """Return for each moment how many hours of each bin have passed since hour 0."""
    whole, part = np.divmod(moments[:, None], cycle)
    return np.asarray(whole * width + np.clip(part - bins, 0, width))


def _hours(times: Any, what: str) -> Floats:
    """Return hours since a Monday midnight, by the wall clock; nan where there is no time."""
    return np.asarray((wall_clock(column_of(times, what), what) - _MONDAY) / _HOUR, dtype=float)


def _in_order(first: Floats, last: Floats, start: Any, end: Any) -> tuple[Floats, Floats]:
    """Exchange moments where the clock went back between them, so that only it ran backwards."""
    columns = column_of(start, "start"), column_of(end, "end")
    if not all(isinstance(column.dtype, pd.DatetimeTZDtype) for column in columns):
        return first, last
    back = (last < first) & (columns[0] <= columns[1]).to_numpy()
    return np.where(back, last, first), np.where(back, first, last)
