"""Moments by the clock on the wall, from whatever holds times."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.statistics._cells import Floats, finite

_BEGINNING = pd.Timestamp("2000-01-01")
_TICK = np.timedelta64(1, "us")
_DAY = 86_400e6

# What pandas calls the content of columns that hold numbers.
_NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal", "boolean"}


def column_of(times: Any, what: str) -> pd.Series:
    """Return times one below the other, on an index of their own; a frame of incidents is none."""
    if isinstance(times, pd.DataFrame):
        raise InputError(
            what, expected="times", came="a frame", remedy="give its column, such as 'occurred'"
        )
    return pd.Series(times).reset_index(drop=True)


def are_numbers(times: pd.Series) -> bool:
    """Whether a column holds numbers, also as objects; a column without any value does not."""
    known = times.dropna()
    return len(known) > 0 and pd.api.types.infer_dtype(known) in _NUMBERS


def wall_clock(times: pd.Series, what: str, *, kinds: str = "times") -> pd.Series:
    """Return times without their zone, each by its own clock; missing where there is none.

    Texts are read when they are in ISO 8601, as any other order of day and month is a guess.
    """
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        return times.dt.tz_localize(None)
    if are_numbers(times):
        raise InputError(what, expected=kinds, came=str(times.dropna().iloc[0]))
    try:
        parsed = pd.to_datetime(times, format="ISO8601")
    except (TypeError, ValueError):
        # Times of several zones, or some that are none.
        parsed = pd.Series([_moment(time, what, kinds) for time in times], dtype="datetime64[us]")
    if isinstance(parsed.dtype, pd.DatetimeTZDtype):
        parsed = parsed.dt.tz_localize(None)
    return parsed


def ticks(times: Any, what: str) -> tuple[Floats, float]:
    """Return times as numbers whose differences are exact, and how many of their units make a day.

    Numbers are days and stay as they are; times become whole microseconds by their wall clock.
    """
    column = column_of(times, what)
    if column.empty:
        return np.zeros(0), 1.0
    if are_numbers(column):
        return finite(pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan), what), 1.0
    moments = wall_clock(column, what, kinds="dates, times or numbers of days")
    if moments.isna().any():
        raise InputError(
            f"{what}, row {int(moments.isna().argmax())}",
            expected="a time",
            came="none",
            remedy=f"drop the {int(moments.isna().sum())} incident(s) without a time",
        )
    return np.asarray((moments - _BEGINNING) / _TICK, dtype=float), _DAY


def require_same_order(one: Any, other: Any, names: tuple[str, str]) -> None:
    """Raise InputError when two columns have the same labels in another order.

    They are taken row by row, and it cannot be known whether order or labels were meant.
    """
    kinds = (pd.Series, pd.DataFrame, gpd.GeoSeries)
    if not isinstance(one, kinds) or not isinstance(other, kinds) or len(one) != len(other):
        return
    if one.index.equals(other.index) or not (one.index.is_unique and other.index.is_unique):
        return
    if one.index.isin(other.index).all():
        raise InputError(
            f"the index of {names[1]}",
            expected=f"the labels of {names[0]} in the same order",
            came="another order",
            remedy=f"align it: {names[1]}.loc[{names[0]}.index], or give an array",
        )


def _moment(time: Any, what: str, kinds: str) -> pd.Timestamp:
    try:
        found = pd.to_datetime(time, format="ISO8601")
    except (TypeError, ValueError) as error:
        raise InputError(
            what, expected=kinds, came=repr(time), remedy="parse them with pandas.to_datetime"
        ) from error
    return found if found is pd.NaT or found.tz is None else found.tz_localize(None)
