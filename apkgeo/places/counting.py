"""How many points are in each area, by kind and by period, and how many in none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.places.areas import UNKNOWN, days
from apkgeo.places.locate import AreaIndex, Points, area_index, is_dask
from apkgeo.study import Period

By: TypeAlias = "str | list[Any] | pd.Series | pd.Index | np.ndarray[Any, Any] | pd.Grouper"


def count_points(
    points: Points,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    by: By | None = None,
    on: str | None = None,
) -> pd.Series | pd.DataFrame:
    """Count the points in each area, all of them or by kind.

    Parameters
    ----------
    points : geopandas.GeoDataFrame, geopandas.GeoSeries or a Dask frame
        Points in the CRS of the areas. The partitions of a Dask frame are counted where they are,
        and only counts come back; they hold geometry, or columns ``x`` and ``y``.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``, as in `apkgeo.locate`.
    by : str, list, pandas.Series, array or pandas.Grouper, optional
        What to count by: a column of `points`, several columns, one label for each point (a
        Series must have the index of `points`), or a frequency such as
        ``pandas.Grouper(key="occurred", freq="MS")``.
    on : str, optional
        Column with each event's date: areas then count on the days on which they are valid.

    Returns
    -------
    pandas.Series or pandas.DataFrame
        Without `by` a Series ``count``; with it one column for each label, in order (every
        category of a categorical, every step of a frequency; the points without a label in a
        last column NaN). The index ``code`` holds every code of `areas` once, in their order,
        zeros included. ``attrs["outside"]`` says how many points are in no area, with `by`
        ``attrs["outside_by"]`` for each label: the counts and ``outside`` add up to the points.

    Raises
    ------
    InputError
        When `by` names no column, or has not one label for each point; and as `apkgeo.locate`.
    CRSError
        When the two have different CRSs, or none.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> area = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=[box(0, 0, 9, 9), box(9, 0, 18, 9)], crs=5514
    ... )
    >>> points = gpd.GeoDataFrame(
    ...     {"kind": ["noise", "noise", "theft"]},
    ...     geometry=gpd.points_from_xy([1, 2, 99], [1, 2, 99], crs=5514),
    ... )
    >>> counts = count_points(points, area)
    >>> counts.to_dict(), counts.attrs["outside"]
    ({'A': 2, 'B': 0}, 1)
    >>> count_points(points, area, by="kind").loc["A"].to_dict()
    {'noise': 2, 'theft': 0}
    """
    index = area_index(areas)
    if is_dask(points):
        from apkgeo.places.on_dask import count_partitions

        return cast("pd.Series | pd.DataFrame", count_partitions(points, index, by, on))
    place = index.place(points, on=on)
    codes = index.unique_codes
    if by is None:
        totals = _table(place, np.zeros(len(place), dtype=np.int64), len(codes), 1)[:, 0]
        counts = pd.Series(totals[:-1], index=codes, name="count")
        counts.attrs["outside"] = int(totals[-1])
        return counts
    label, labels = labels_of(points, by)
    table = _table(place, label, len(codes), len(labels))
    frame = pd.DataFrame(table[:-1], index=codes, columns=labels)
    frame.attrs["outside"] = int(table[-1].sum())
    frame.attrs["outside_by"] = dict(zip(labels, table[-1].tolist(), strict=True))
    return frame


def count_by_period(
    points: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | AreaIndex,
    periods: Mapping[str, Period],
    *,
    on: str = "occurred",
) -> pd.DataFrame:
    """Count the points in each area and period, with the days in which they could happen.

    Parameters
    ----------
    points : geopandas.GeoDataFrame
        Events with their date or time in the column `on`, in the CRS of the areas.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``, as in `apkgeo.locate`; they hold on the days of their validity.
    periods : mapping of str to Period
        Label of each period; half-open, in days of the events' local time. Periods may overlap:
        an event is then counted in each.
    on : str
        Column of `points` with the local date or time of the event.

    Returns
    -------
    pandas.DataFrame
        ``area``, ``period``, ``count``, ``days``: a row for every area and period in the order
        given, zeros included. ``days`` are the days of the period on which the area was valid,
        the exposure. ``attrs["outside"]`` tells for each period how many of its events are in no
        area, ``attrs["undated"]`` how many events have no date.

    Raises
    ------
    InputError, CRSError
        As `apkgeo.locate`.

    Examples
    --------
    >>> from datetime import date
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> area = gpd.GeoDataFrame({"code": ["A"]}, geometry=[box(0, 0, 9, 9)], crs=5514)
    >>> points = gpd.GeoDataFrame(
    ...     {"occurred": pd.to_datetime(["2013-12-31 23:59", "2014-01-01 00:00"])},
    ...     geometry=gpd.points_from_xy([1, 2], [1, 2], crs=5514),
    ... )
    >>> year = {"2013": Period(date(2013, 1, 1), date(2014, 1, 1))}
    >>> count_by_period(points, area, year).to_dict("records")
    [{'area': 'A', 'period': '2013', 'count': 1, 'days': 365}]
    """
    index = area_index(areas)
    place = index.place(points, on=on)
    when = days(points[on], f"the points, column {on!r}")
    codes = index.unique_codes
    counts = np.zeros((len(codes), len(periods)), dtype=np.int64)
    exposure = np.zeros_like(counts)
    outside = {}
    for column, (label, period) in enumerate(periods.items()):
        first, last = np.array([period.start, period.end], "datetime64[D]").astype(np.int64)
        within = place[(when >= first) & (when < last)]
        totals = _table(within, np.zeros(len(within), dtype=np.int64), len(codes), 1)[:, 0]
        counts[:, column], outside[label] = totals[:-1], int(totals[-1])
        exposure[:, column] = index.days_valid(int(first), int(last))
    frame = pd.DataFrame(
        {
            "area": codes.repeat(len(periods)).array,
            "period": list(periods) * len(codes),
            "count": counts.ravel(),
            "days": exposure.ravel(),
        }
    )
    frame.attrs["outside"] = outside
    frame.attrs["undated"] = int((when == UNKNOWN).sum())
    return frame


def _table(
    place: npt.NDArray[np.int64], label: npt.NDArray[np.int64], places: int, labels: int
) -> npt.NDArray[np.int64]:
    """Count place by label; the last row is that of the points in no place (-1)."""
    row = np.where(place < 0, places, place)
    counts = np.bincount(row * labels + label, minlength=(places + 1) * labels)
    return counts.reshape(places + 1, labels).astype(np.int64)


def labels_of(points: Points, by: By) -> tuple[npt.NDArray[np.int64], pd.Index]:
    """Return the number of each point's label, and the labels."""
    if not isinstance(by, list):
        return _one_label(points, by)
    if not by:
        raise InputError("by", expected="at least one column", came="an empty list")
    numbers, levels = zip(*(_one_label(points, key) for key in by), strict=True)
    keys = pd.MultiIndex(
        levels=[pd.RangeIndex(len(level)) for level in levels], codes=list(numbers)
    )
    number, found = pd.factorize(keys, sort=True)
    labels = pd.MultiIndex.from_arrays(
        [level.take(found.get_level_values(i)) for i, level in enumerate(levels)],
        names=[level.name for level in levels],
    )
    return number.astype(np.int64), labels


def _one_label(points: Points, by: Any) -> tuple[npt.NDArray[np.int64], pd.Index]:
    if isinstance(by, pd.Grouper):
        return _steps_of_time(points, by)
    if isinstance(by, (pd.Series, pd.Index, np.ndarray, pd.Categorical)):
        matching = len(by) == len(points) and (
            not isinstance(by, pd.Series) or by.index.equals(points.index)
        )
        if not matching:
            raise InputError(
                "by",
                expected=f"one label for each of {len(points)} points, on their index",
                came=f"{len(by)} labels" + (" on another index" * (len(by) == len(points))),
                remedy="name a column of the points, or reindex the labels",
            )
        values, name = pd.Series(by).array, getattr(by, "name", None)
    else:
        values, name = _column(points, by).array, by
    if isinstance(values.dtype, pd.CategoricalDtype):
        number, labels = np.asarray(values.codes, dtype=np.int64), pd.Index(values.categories)
        if (number < 0).any():
            labels = pd.Index([*labels, np.nan], dtype=object)
            number = np.where(number < 0, len(labels) - 1, number)
        return number, labels.rename(name)
    if isinstance(values, pd.arrays.NumpyExtensionArray):
        values = values.to_numpy()
    number, found = pd.factorize(values, sort=True, use_na_sentinel=False)
    return number.astype(np.int64), pd.Index(found, name=name)


def _column(points: Points, name: Any) -> pd.Series:
    columns = list(points.columns) if isinstance(points, pd.DataFrame) else []
    if name not in columns:
        raise InputError(
            f"by={name!r}",
            expected="a column of the points",
            came=f"columns {', '.join(map(str, columns))}" if columns else "points alone",
            remedy="name one of its columns, or give one label for each point",
        )
    return points[name]


def _steps_of_time(points: Points, by: pd.Grouper) -> tuple[npt.NDArray[np.int64], pd.Index]:
    """Return the step of each point in a frequency, with every step from first to last."""
    times = _column(points, by.key)
    # pandas numbers the rows of a frequency right only where they are in the order of time.
    order = np.argsort(times.to_numpy(), kind="stable")
    grouped = pd.DataFrame({by.key: times.array[order]}).groupby(by)
    steps = grouped.size().index
    number = np.empty(len(times), dtype=np.int64)
    number[order] = grouped.ngroup().to_numpy(dtype=np.int64)
    if (number < 0).any():
        steps = pd.Index([*steps, pd.NaT], name=by.key)
        number = np.where(number < 0, len(steps) - 1, number)
    return number, steps
