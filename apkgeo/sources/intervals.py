"""Spans of time that are written in one cell: ``1.7.2013 22:00 – 2.7.2013 6:00``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from apkgeo.language import Note, _
from apkgeo.sources.clock import written_clock, written_moment
from apkgeo.sources.times import Times, a_day_on, read_times

_OPENING = re.compile(
    r"^(?:v\s+době\s+|v\s+čase\s+)?(?:od\s+|mezi\s+|from\s+|between\s+)?", re.IGNORECASE
)
_BETWEEN = re.compile(r"[-–—]|\b(?:až|do|a|to|until|and)\b", re.IGNORECASE)
_LONGEST = 100
# A day without its year, or without its month as well, in the Czech order.
_DAY = re.compile(r"^(\d{1,2})\s*\.\s*(?:(\d{1,2})\s*\.)?\s*(?!\d{4})")
_WHOLE = re.compile(r"^(\d{1,2})\s*\.\s*(\d{1,2})\s*\.\s*(\d{4})")


def with_spans(times: Times, shown: pd.Series, zone: ZoneInfo, notes: list[Note]) -> Times:
    """Return times with those that are written as a span, such as ``1.–3.7.2013``."""
    begins, ends = split_spans(shown[times.unreadable])
    begin, end = read_times(begins, None, zone), read_times(ends, None, zone)
    last = end.start.where(pd.Series(~end.whole_day, index=ends.index), a_day_on(end.start, zone))
    good = begin.start.notna() & last.notna() & (last >= begin.start)
    if not good.any():
        return times
    message = _("Spans of time written in one cell and read as intervals: {count}.")
    notes.append(Note(message, count=int(good.sum())))
    rows = good.index[good]
    start, until = times.start.copy(), pd.Series(pd.NaT, index=shown.index, dtype=last.dtype)
    start[rows], until[rows] = begin.start[rows], last[rows]
    read = shown.index.isin(rows)
    return replace(times, start=start, unreadable=times.unreadable & ~read, until=until)


def split_spans(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the written beginnings and ends of spans; missing where a cell holds none.

    A day without its year or month has those of the end, an end without a day has that of the
    beginning.

    Examples
    --------
    >>> begins, ends = split_spans(pd.Series(["mezi 1.7. a 3.7.2013", "1.7.2013 22:00-23:30"]))
    >>> begins.tolist(), ends.tolist()
    (['1.7.2013', '1.7.2013 22:00'], ['3.7.2013', '1.7.2013 23:30'])
    """
    spans = {text: _span(str(text)) for text in texts.unique()}
    pairs = [spans[text] for text in texts]
    begins = pd.Series([pair[0] for pair in pairs], index=texts.index, dtype="str")
    return begins, pd.Series([pair[1] for pair in pairs], index=texts.index, dtype="str")


def _span(text: str) -> tuple[str | None, str | None]:
    text = _OPENING.sub("", text.strip()) if len(text) < _LONGEST else ""
    for mark in _BETWEEN.finditer(text):
        begin, end = text[: mark.start()].strip(), text[mark.end() :].strip()
        whole, bare = _WHOLE.match(end), _DAY.match(begin)
        if whole and bare and not _WHOLE.match(begin):
            day, month, rest = bare[1], bare[2] or whole[2], begin[bare.end() :]
            begin = f"{day}.{month}.{whole[3]} {rest}".strip()
        end = _with_day(begin, end)
        if written_moment(begin) and written_moment(end):
            return begin, end
    return None, None


def _with_day(begin: str, end: str) -> str:
    """Return an end that is a time of day with its day: the next one when it is the earlier time.

    Examples
    --------
    >>> _with_day("1.7.2013 22:00", "2:00")
    '2.7.2013 2:00'
    """
    whole, clock, moment = _WHOLE.match(begin), written_clock(end), written_moment(begin)
    if whole is None or clock is None or moment is None:
        return end
    day, month, year = (int(part) for part in whole.groups())
    try:
        last = date(year, month, day) + timedelta(days=clock[0] < (moment.seconds or 0))
    except (ValueError, OverflowError):
        return end
    return f"{last.day}.{last.month}.{last.year} {end}"
