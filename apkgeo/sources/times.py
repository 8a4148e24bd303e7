"""Columns of written dates and times to zone-aware moments, judged as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Mask
from apkgeo.sources.columns import fold
from apkgeo.sources.moments import MICRO, Naive, add_clock, read_moments
from apkgeo.sources.tables import as_text

YEARS = (1900, 2100)
NO_TIME = _("No time.")
UNREADABLE = _("The time cannot be read.")
OUT_OF_RANGE = _("The date lies outside the years 1900 to 2100.")


@dataclass(frozen=True)
class Times:
    """Moments read from one or two columns.

    Attributes
    ----------
    start : pandas.Series
        Zone-aware; NaT where there is none.
    whole_day : numpy.ndarray
        Where only the day is known; `start` is then its midnight.
    missing, unreadable, out_of_range : numpy.ndarray
        Why `start` is NaT.
    notes : tuple of Note
    until : pandas.Series, optional
        Ends of the moments that are spans, where any is.
    """

    start: pd.Series
    whole_day: Mask
    missing: Mask
    unreadable: Mask
    out_of_range: Mask
    notes: tuple[Note, ...]
    until: pd.Series | None = None


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called `name`.

    Raises
    ------
    InputError
        When there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise InputError(
            f"time_zone {name!r}", expected="a time zone", remedy="write e.g. 'Europe/Prague'"
        ) from None


def read_times(date: pd.Series, clock: pd.Series | None, zone: ZoneInfo) -> Times:
    """Return the moments written in `date`, with the time of day from `clock` when given.

    Parameters
    ----------
    date, clock : pandas.Series
        Text, numbers or datetimes, as the file has them.
    zone : ZoneInfo
        The local time of values that name no zone.

    Notes
    -----
    A time that the change to summer time skips is moved an hour on; one that the change back
    repeats is taken as the first of the two (summer time). Both are counted in a note.
    """
    notes: list[Note] = []
    naive, missing = read_moments(date, notes)
    bad_clock = np.zeros(len(date), dtype=bool)
    if clock is not None:
        bad_clock = add_clock(naive, clock)
    seconds = naive.micros // MICRO
    low, high = (pd.Timestamp(year, 1, 1).value // 10**9 for year in YEARS)
    inside = (seconds >= low) & (seconds < high)
    good = naive.read & inside & ~bad_clock
    if str(date.name) and fold(str(date.name)).endswith("utc") and not naive.zoned[good].any():
        notes.append(
            Note(
                _(
                    "The name of column {column} says UTC, but its values name no zone: they were "
                    "read as local time in {zone}."
                ),
                column=date.name,
                zone=zone.key,
            )
        )
    start = _localised(naive, good, zone, notes).set_axis(date.index)
    whole_day = good & ~naive.timed & ~naive.zoned
    return Times(
        start,
        whole_day,
        missing,
        ~missing & (~naive.read | bad_clock),
        ~missing & naive.read & ~inside,
        tuple(notes),
    )


def a_day_on(moments: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Return the same time on the next day by the local clock."""
    local = moments.dt.tz_localize(None) + pd.Timedelta(days=1)
    return local.dt.tz_localize(
        zone, ambiguous=np.ones(len(local), dtype=bool), nonexistent=pd.Timedelta(hours=1)
    )


def read_days(column: pd.Series) -> pd.Series:
    """Return written dates as midnights without a zone; NaT where nothing or no date is written."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    elif not pd.api.types.is_datetime64_dtype(column.dtype):
        # A day that is written with a time and a zone is the day as it is written.
        column = as_text(column).str.replace(r"^(\d{4}-\d\d-\d\d)[T ].*$", r"\1", regex=True)
    naive, _missing = read_moments(column, [])
    inside = naive.read & (naive.micros > -5 * 10**15) & (naive.micros < 10**16)
    micros = np.where(inside, naive.micros, 0)
    days = pd.Series(micros.astype("datetime64[us]"), index=column.index).dt.normalize()
    return days.where(pd.Series(inside, index=column.index)).astype("datetime64[us]")


def _localised(naive: Naive, good: Mask, zone: ZoneInfo, notes: list[Note]) -> pd.Series:
    moments = pd.Series(np.where(good, naive.micros, 0).astype("datetime64[us]"))
    moments = moments.where(pd.Series(good)).astype("datetime64[us]")
    zoned = good & naive.zoned
    if zoned.all() and len(zoned):
        return moments.dt.tz_localize("UTC").dt.tz_convert(zone)
    strict = moments.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    doubtful = np.flatnonzero(strict.isna().to_numpy() & good & ~naive.zoned)
    if len(doubtful):
        first = np.ones(len(doubtful), dtype=bool)
        some = moments.iloc[doubtful]
        kept = some.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT")
        gaps = int(kept.isna().sum())
        settled = some.dt.tz_localize(zone, ambiguous=first, nonexistent=pd.Timedelta(hours=1))
        strict.iloc[doubtful] = settled
        if gaps:
            notes.append(
                Note(
                    _(
                        "Times in the hour that the change to summer time skips: {count}; they "
                        "were moved an hour on."
                    ),
                    count=gaps,
                )
            )
        if len(doubtful) - gaps:
            notes.append(
                Note(
                    _(
                        "Times in the hour that the change from summer time repeats: {count}; "
                        "the first of the two was taken."
                    ),
                    count=len(doubtful) - gaps,
                )
            )
    if zoned.any():
        aware = moments[zoned].dt.tz_localize("UTC").dt.tz_convert(zone)
        strict[zoned] = aware
    return strict
