"""Columns of written dates and times of day to moments, before the time zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

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
from apkgeo.sources.tables import as_text

MICRO = 1_000_000
# So many rows at midnight sharp, and nothing else, are days and not moments.
_MIDNIGHTS = 20
_NOTHING = -(2**62)
# The usual forms, which are read many times faster in columns than one by one.
_CZECH = r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d(?::\d\d)?"
_COMPACT = r"(?:19|20)\d{12}"


@dataclass
class Naive:
    """Moments before the time zone: microseconds since 1970, local or (where `zoned`) UTC."""

    micros: npt.NDArray[np.int64]
    zoned: Mask
    timed: Mask
    read: Mask


def read_moments(date: pd.Series, notes: list[Note]) -> tuple[Naive, Mask]:
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
        return Naive(np.zeros(len(date), "int64"), empty, empty.copy(), empty.copy()), missing
    spread = Naive(
        naive.micros[codes],
        naive.zoned[codes] & ~missing,
        naive.timed[codes] & ~missing,
        naive.read[codes] & ~missing,
    )
    _days_only(spread, 1 if typed else _MIDNIGHTS)
    return spread, missing


def _typed(column: pd.Series, missing: Mask, *, zoned: bool) -> Naive:
    micros = column.to_numpy().astype("datetime64[us]").astype("int64")
    everywhere = np.full(len(column), zoned) & ~missing
    return Naive(np.where(missing, 0, micros), everywhere, ~missing, ~missing)


def _days_only(naive: Naive, least: int) -> None:
    """Take moments as days when all of at least so many stand at midnight sharp."""
    timed = naive.timed & naive.read & ~naive.zoned
    if timed.sum() >= least and not (naive.micros[timed] % (DAY * MICRO)).any():
        naive.timed = naive.timed & ~timed


def _read_uniques(texts: pd.Series, notes: list[Note], codes: npt.NDArray[np.int64]) -> Naive:
    """Read each written moment once: ISO quickly, everything else by its form."""
    count = len(texts)
    false = np.zeros(count, dtype=bool)
    naive = Naive(np.zeros(count, "int64"), false, false.copy(), false.copy())
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
    czech = texts.str.fullmatch(_CZECH).to_numpy(dtype=bool)
    if czech.any():
        naive.micros[czech], naive.read[czech] = _by_halves(texts[czech])
    compact = texts.str.fullmatch(_COMPACT).to_numpy(dtype=bool)
    forms = [(plain, "ISO8601", False), (zoned, "ISO8601", True), (compact, "%Y%m%d%H%M%S", False)]
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


def _by_halves(texts: pd.Series) -> tuple[npt.NDArray[np.int64], Mask]:
    """Read ``1.7.2013 9:25``: of a million moments there are but few days and few times of day."""
    micros = np.zeros(len(texts), "int64")
    read = np.zeros(len(texts), dtype=bool)
    width = texts.str.find(" ").to_numpy()
    for one in np.unique(width).tolist():
        rows = width == one
        days = _micros_of_each(texts[rows].str.slice(0, one), _day_micros)
        clocks = _micros_of_each(texts[rows].str.slice(one + 1), _clock_micros)
        read[rows] = (days != _NOTHING) & (clocks != _NOTHING)
        micros[rows] = np.where(read[rows], days + clocks, 0)
    return micros, read


def _micros_of_each(texts: pd.Series, read: Callable[[str], int]) -> npt.NDArray[np.int64]:
    codes, uniques = pd.factorize(texts)
    micros = np.array([read(str(one)) for one in uniques], dtype="int64")
    return np.asarray(micros[codes])


def _day_micros(text: str) -> int:
    moment = written_moment(text)
    return _NOTHING if moment is None else _midnight(*moment.parts)


def _clock_micros(text: str) -> int:
    clock = written_clock(text)
    return _NOTHING if clock is None else round(clock[0] * MICRO)


def _midnight(year: int, month: int, day: int) -> int:
    """Return the midnight of a day in microseconds since 1970, `_NOTHING` when there is none."""
    if not (1 <= month <= 12 and 1 <= day <= 31 and year >= 1):
        return _NOTHING
    try:
        days = int(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "D").astype("int64"))
    except ValueError:
        return _NOTHING
    return days * DAY * MICRO


def _place(naive: Naive, place: int, moment: Written, *, day_first: bool) -> None:
    year, month, day = moment.parts
    if moment.order == "?":
        first, second, year = moment.parts
        day, month = (first, second) if day_first else (second, first)
    midnight = _midnight(year, month, day)
    if midnight == _NOTHING:
        return
    micros = midnight + round((moment.seconds or 0) * MICRO) - (moment.offset or 0) * MICRO
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
    naive: Naive,
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
    naive.micros[place] = epoch + seconds.astype("int64") * MICRO
    naive.read[place] = True
    naive.timed[place] = value % 1 != 0
    notes.append(
        Note(
            _("Dates written as numbers of days, as Excel counts them: {count}."),
            count=int(np.isin(codes, place).sum()),
        )
    )


def add_clock(naive: Naive, clock: pd.Series) -> Mask:
    """Set the time of day from a column of its own; return where it cannot be read."""
    seconds, written, unreadable = read_clocks(clock)
    # A date that carries its own time keeps it.
    own = naive.zoned | (naive.timed & (naive.micros % (DAY * MICRO) != 0))
    use = written & ~unreadable & ~own
    midnight = naive.micros - naive.micros % (DAY * MICRO)
    naive.micros = np.where(use, midnight + np.round(seconds * MICRO).astype("int64"), naive.micros)
    naive.timed = naive.timed | use
    return np.asarray(unreadable & naive.read & ~own, dtype=bool)


def read_clocks(clock: pd.Series) -> tuple[npt.NDArray[np.float64], Mask, Mask]:
    """Return seconds after midnight, where anything is written, and where it cannot be read."""
    if pd.api.types.is_datetime64_any_dtype(clock.dtype):
        clock = clock.dt.strftime("%H:%M:%S")
    elif clock.dtype == object:
        clock = clock.map(_clock_text)
    elif pd.api.types.is_float_dtype(clock.dtype):
        clock = clock.astype("object").map(_clock_text)
    text = as_text(clock)
    text = text.where(text.str.contains(r"\d", regex=True).fillna(False))  # "neznámo" is no time
    codes, uniques = pd.factorize(text)
    found = [written_clock(str(item)) for item in uniques]
    # With a negative zone, 22:00-23:00, it is a span: the caller reads it with its day.
    single = [item[0] if item and (item[1] or 0) >= 0 else np.nan for item in found]
    seconds = np.array([*single, np.nan])[codes]
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
