"""The time that a series of counts runs in: its start, its gaps and its season."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from apkgeo.language import Note, _
from apkgeo.statistics._panel import Array

# Periods of a year, by the usual spacing of dates in days.
_YEAR = 365.2425


def label_of(start: Any, index: pd.Index) -> Any:
    """Return a day as the label of its period, or as a moment in the index's time zone."""
    if not isinstance(start, date):
        return start
    if isinstance(index, pd.PeriodIndex):
        return pd.Period(start, freq=index.freq)
    if isinstance(index, pd.DatetimeIndex):
        moment = pd.Timestamp(start)
        return moment if moment.tz is not None else moment.tz_localize(index.tz)
    return start


def time_of(index: pd.Index) -> Array:
    """Return the place of each period, those that are missing between them counted.

    Of labels that are neither dates nor numbers nothing is known but their order.
    """
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex):
        places = (index - index[0]) / pd.Timedelta(days=1)
    elif pd.api.types.is_numeric_dtype(index):
        places = index
    else:
        return np.arange(len(index), dtype=float)
    steps = np.diff(np.asarray(places, dtype=float))
    return np.concatenate([[0.0], np.maximum(np.rint(steps / np.median(steps)), 1.0).cumsum()])


def missing_of(time: Array) -> list[Note]:
    """Say how many periods are missing within the series."""
    missing = round(time[-1] - time[0]) + 1 - len(time)
    if not missing:
        return []
    message = _(
        "Periods missing within the series: {missing}. They were taken as not observed; if nothing "
        "was counted in them, fill in their zeros."
    )
    return [Note(message, missing=missing)]


def season_of(index: pd.Index) -> float:
    """Return the periods of a year, from the median spacing of dates; 0 for other labels."""
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if not isinstance(index, pd.DatetimeIndex) or len(index) < 2:
        return 0.0
    days = float(np.median(np.diff(index.to_numpy()) / np.timedelta64(1, "D")))
    periods = _YEAR / days
    return float(round(periods)) if 1.5 < periods < 13.5 else periods if periods > 1.5 else 0.0
