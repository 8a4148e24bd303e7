"""Columns of written dates and times to zone-aware moments, judged as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Mask
from apkgeo.sources.clock import (
    DAY,
    EXCEL_DAYS,
    EXCEL_EPOCH,
    Written,
    written_clock,
    written_moment,
)
from apkgeo.sources.columns import fold
from apkgeo.sources.tables import as_text

YEARS = (1900, 2100)
NO_TIME = _("No time.")
UNREADABLE = _("The time cannot be read.")
OUT_OF_RANGE = _("The date lies outside the years 1900 to 2100.")
# So many rows at midnight sharp, and nothing else, are days and not moments.
_MIDNIGHTS = 20
_US = 1_000_000
# The usual forms, which pandas reads many times faster than one by one.
_FORMS = (
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d$", "%d.%m.%Y %H:%M"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d:\d\d$", "%d.%m.%Y %H:%M:%S"),
    (r"(?:19|20)\d{12}$", "%Y%m%d%H%M%S"),
)


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
    """

    start: pd.Series
    whole_day: Mask
    missing: Mask
    unreadable: Mask
    out_of_range: Mask
    notes: tuple[Note, ...]


@dataclass
class _Naive:
    """Moments before the time zone: microseconds since 1970, local or (where `zoned`) UTC."""

    micros: npt.NDArray[np.int64]
    zoned: Mask
    timed: Mask
    read: Mask


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
    naive, missing = _moments(date, notes)
    bad_clock = np.zeros(len(date), dtype=bool)
    if clock is not None:
        bad_clock = _add_clock(naive, clock)
    seconds = naive.micros // _US
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
    naive, _missing = _moments(column, [])
    inside = naive.read & (naive.micros > -5 * 10**15) & (naive.micros < 10**16)
    micros = np.where(inside, naive.micros, 0)
    days = pd.Series(micros.astype("datetime64[us]"), index=column.index).dt.normalize()
    return days.where(pd.Series(inside, index=column.index)).astype("datetime64[us]")


def _moments(date: pd.Series, notes: list[Note]) -> tuple[_Naive, Mask]:
    """Return the moments of a column and which of its cells are empty."""
    if isinstance(date.dtype, pd.DatetimeTZDtype):
        missing = date.isna().to_numpy()
        utc = date.dt.tz_convert("UTC").dt.tz_localize(None)
        return _typed(utc, missing, zoned=True), missing
    if pd.api.types.is_datetime64_dtype(date.dtype):
        missing = date.isna().to_numpy()
        naive = _typed(date, missing, zoned=False)
        _days_only(naive, 1)
        return naive, missing
    typed = date.dtype == object
    text = as_text(date)
    missing = text.isna().to_numpy()
    codes, uniques = pd.factorize(text)
    naive = _read_uniques(pd.Series(uniques, dtype="str"), notes, codes)
    if len(uniques) == 0:
        empty = np.zeros(len(date), dtype=bool)
        return _Naive(np.zeros(len(date), "int64"), empty, empty.copy(), empty.copy()), missing
    spread = _Naive(
        naive.micros[codes],
        naive.zoned[codes] & ~missing,
        naive.timed[codes] & ~missing,
        naive.read[codes] & ~missing,
    )
    _days_only(spread, 1 if typed else _MIDNIGHTS)
    return spread, missing


def _typed(column: pd.Series, missing: Mask, *, zoned: bool) -> _Naive:
    micros = column.to_numpy().astype("datetime64[us]").astype("int64")
    everywhere = np.full(len(column), zoned) & ~missing
    return _Naive(np.where(missing, 0, micros), everywhere, ~missing, ~missing)


def _days_only(naive: _Naive, least: int) -> None:
    """Take moments as days when all of at least so many stand at midnight sharp."""
    timed = naive.timed & naive.read & ~naive.zoned
    if timed.sum() >= least and not (naive.micros[timed] % (DAY * _US)).any():
        naive.timed = naive.timed & ~timed


def _read_uniques(texts: pd.Series, notes: list[Note], codes: npt.NDArray[np.int64]) -> _Naive:
    """Read each written moment once: ISO quickly, everything else by its form."""
    count = len(texts)
    false = np.zeros(count, dtype=bool)
    naive = _Naive(np.zeros(count, "int64"), false, false.copy(), false.copy())
    if not count:
        return naive
    iso = texts.str.match(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)").to_numpy(dtype=bool)
    zoned = iso & (
        texts.str.contains(r":\d\d(?:\.\d+)? ?(?:[Zz]|[+-]\d\d:?\d\d|[+-]\d\d)$")
    ).to_numpy(dtype=bool)
    # A zone that is cut short is no ISO form: whether it can be read is judged one by one.
    plain = texts.str.fullmatch(
        r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?"
    ).to_numpy(dtype=bool)
    forms = [(plain, "ISO8601", False), (zoned, "ISO8601", True)]
    forms += [(texts.str.match(form).to_numpy(dtype=bool), code, False) for form, code in _FORMS]
    for mask, form, utc in forms:
        if mask.any():
            found = pd.to_datetime(texts[mask], format=form, errors="coerce", utc=utc)
            found = found.dt.tz_localize(None) if utc else found
            read = found.notna().to_numpy()
            place = np.flatnonzero(mask)[read]
            naive.micros[place] = found.to_numpy()[read].astype("datetime64[us]").astype("int64")
            naive.read[place] = True
            naive.zoned[place] = utc
    naive.timed = naive.read & (texts.str.len() > 10).to_numpy(dtype=bool)
    rest = np.flatnonzero(~naive.read)
    written = [written_moment(text) for text in texts.iloc[rest]]
    day_first = _day_first(written, notes)
    for place, moment in zip(rest, written, strict=True):
        if moment is not None:
            _place(naive, int(place), moment, day_first=day_first)
    _serials(naive, texts, rest, codes, notes)
    return naive


def _place(naive: _Naive, place: int, moment: Written, *, day_first: bool) -> None:
    year, month, day = moment.parts
    if moment.order == "?":
        first, second, year = moment.parts
        day, month = (first, second) if day_first else (second, first)
    if not (1 <= month <= 12 and 1 <= day <= 31 and year >= 1):
        return
    try:
        days = int(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D").astype("int64"))
    except ValueError:
        return
    micros = days * DAY * _US + round((moment.seconds or 0) * _US) - (moment.offset or 0) * _US
    naive.micros[place] = micros
    naive.read[place] = True
    naive.timed[place] = moment.seconds is not None
    naive.zoned[place] = moment.offset is not None


def _day_first(written: list[Written | None], notes: list[Note]) -> bool:
    """Judge over the whole column whether 3/4/2013 is the third of April."""
    open_ones = [moment for moment in written if moment is not None and moment.order == "?"]
    if not open_ones:
        return True
    days = sum(moment.parts[0] > 12 for moment in open_ones)
    months = sum(moment.parts[1] > 12 for moment in open_ones)
    american = months > days or (months == days and any(moment.half for moment in open_ones))
    if days or months:
        order = _("Dates written with slashes or dashes have the day first.")
        if american:
            order = _("Dates written with slashes or dashes have the month first.")
    else:
        order = _("Dates could be day or month first; they were read with the day first.")
        if american:
            order = _("Dates could be day or month first; they were read with the month first.")
    notes.append(Note(order))
    return not american


def _serials(
    naive: _Naive,
    texts: pd.Series,
    rest: npt.NDArray[np.int64],
    codes: npt.NDArray[np.int64],
    notes: list[Note],
) -> None:
    """Read the numbers by which Excel counts days."""
    left = rest[~naive.read[rest]]
    if not len(left):
        return
    value = pd.to_numeric(texts.iloc[left].str.replace(",", "."), errors="coerce").to_numpy(
        "float64"
    )
    plausible = (value >= EXCEL_DAYS[0]) & (value <= EXCEL_DAYS[1])
    place = left[plausible]
    if not len(place):
        return
    value = value[plausible]
    epoch = int(np.datetime64(EXCEL_EPOCH, "us").astype("int64"))
    seconds = np.round(value * DAY * 1000) // 1000  # Excel keeps milliseconds at best
    naive.micros[place] = epoch + seconds.astype("int64") * _US
    naive.read[place] = True
    naive.timed[place] = value % 1 != 0
    notes.append(
        Note(
            _("Dates written as numbers of days, as Excel counts them: {count}."),
            count=int(np.isin(codes, place).sum()),
        )
    )


def _add_clock(naive: _Naive, clock: pd.Series) -> Mask:
    """Set the time of day from a column of its own; return where it cannot be read."""
    seconds, written, unreadable = read_clocks(clock)
    use = written & ~unreadable & ~naive.zoned
    # A date that carries its own time keeps it.
    use &= ~(naive.timed & (naive.micros % (DAY * _US) != 0))
    midnight = naive.micros - naive.micros % (DAY * _US)
    naive.micros = np.where(use, midnight + np.round(seconds * _US).astype("int64"), naive.micros)
    naive.timed = naive.timed | use
    return np.asarray(unreadable & naive.read, dtype=bool)


def read_clocks(clock: pd.Series) -> tuple[npt.NDArray[np.float64], Mask, Mask]:
    """Return seconds after midnight, where anything is written, and where it cannot be read."""
    if pd.api.types.is_datetime64_any_dtype(clock.dtype):
        clock = clock.dt.strftime("%H:%M:%S")
    elif clock.dtype == object:
        clock = clock.map(_clock_text)
    elif pd.api.types.is_float_dtype(clock.dtype):
        clock = clock.astype("object").map(_clock_text)
    text = as_text(clock)
    codes, uniques = pd.factorize(text)
    found = [written_clock(str(item)) for item in uniques]
    seconds = np.array([item[0] if item else np.nan for item in found] + [np.nan])[codes]
    written = text.notna().to_numpy()
    return np.nan_to_num(seconds), written, written & np.isnan(seconds)


def _clock_text(value: Any) -> Any:
    """Return what Excel keeps of a time of day (a part of a day, a moment in 1899) as text."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float) and 0 <= value < 1:
        return _hms(round(value * DAY))
    if hasattr(value, "total_seconds"):
        return _hms(round(value.total_seconds()))
    if hasattr(value, "strftime"):
        return value.strftime("%H:%M:%S")
    return value


def _hms(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _localised(naive: _Naive, good: Mask, zone: ZoneInfo, notes: list[Note]) -> pd.Series:
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
