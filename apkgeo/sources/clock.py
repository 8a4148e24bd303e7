"""Written dates and times of day, one by one: the forms that people and programs use."""

from __future__ import annotations

import re
from typing import NamedTuple

from apkgeo.sources.columns import fold

DAY = 86_400
_FARTHEST = 14 * 3600  # no zone is farther from UTC
EXCEL_EPOCH = "1899-12-30"
EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119

_WORDS = r"(?:[^\W\d_]+\.?,?\s+)?"  # a weekday before the date
_DATE = re.compile(
    rf"""^{_WORDS}(?:
        (?P<y>\d{{4}})\s*[-./]\s*(?P<m>\d{{1,2}})\s*[-./]\s*(?P<d>\d{{1,2}})
      | (?P<a>\d{{1,2}})\s*(?P<s>[-./])\s*(?P<b>\d{{1,2}})\s*[-./]\s*(?P<c>\d{{4}}|\d{{2}}(?!\d))
      | (?P<a2>\d{{1,2}})\.?\s*(?P<word>[^\W\d_]{{3,}})\.?\s*(?P<c2>\d{{4}})
    )(?:(?:[T\s,;]|\s+-\s+)+(?:v\s+|ve\s+|at\s+)?(?P<time>[\d].*))?[\s.;,]*$""",
    re.VERBOSE,
)
# Words where the time should be: "neznámo", "v noci".
_UNTIMED = re.compile(r"[\s,;(]+[^\W\d_][^\d]*$")
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)[T ]?(?:(\d\d)(\d\d)(\d\d)?)?$")
_CLOCK = re.compile(
    r"""^(?:(?:cca|asi|kolem|okolo|přibližně|v|ve)\b\.?\s*|~\s*)?(?P<h>\d{1,2})(?:\.(?=\s*hod))?
    (?:\s*(?:[:.,hH]|hod\.?)\s*(?P<m>\d{2})(?:\s*[:.]\s*(?P<s>\d{2})(?:[.,](?P<f>\d+))?)?
    (?:\s*min\.?)?)?
    \s*(?:hod(?:in[ay]?)?\.?|h\.?)?\s*(?P<half>[aApP]\.?[mM]\.?)?
    \s*(?P<zone>[zZ]|UTC|GMT|CES?T|SEL?Č|[+-]\d\d(?::?\d\d)?)?$""",
    re.VERBOSE,
)
_ZONES = {"CET": 3600, "SEČ": 3600, "CEST": 7200, "SELČ": 7200}
_DIGITS = re.compile(r"^(\d{1,2})(\d\d)(\d\d)?$")
_MONTH_NAMES = """leden ledna led january jan|unor unora uno february feb|brezen brezna bre march
        mar|duben dubna dub april apr|kveten kvetna kve may|cerven cervna cvn june jun
        |cervenec cervence cvc july jul|srpen srpna srp august aug|zari zar september sep sept
        |rijen rijna rij october oct|listopad listopadu lis november nov
        |prosinec prosince pro december dec"""
_MONTHS = {
    name: month for month, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()
}


class Written(NamedTuple):
    """A written moment: the numbers as they stand, in the order they were written.

    Attributes
    ----------
    order : str
        ``"ymd"`` and ``"dmy"`` where it is plain; ``"?"`` where it may be day or month first.
    parts : tuple of int
        Year, month, day; under ``"?"`` the first number, the second, the year.
    seconds : float or None
        After midnight (86,400 is the next midnight); None when no time is written.
    offset : int or None
        East of UTC in seconds, when a zone is written.
    half : bool
        Whether the time is written with am or pm.
    """

    order: str
    parts: tuple[int, int, int]
    seconds: float | None = None
    offset: int | None = None
    half: bool = False


def written_moment(text: str) -> Written | None:
    """Read a written date, with its time if there is one; None when it is none.

    Examples
    --------
    >>> written_moment("1. 7. 2013 9.25")
    Written(order='dmy', parts=(2013, 7, 1), seconds=33900.0, offset=None, half=False)
    >>> written_moment("07/01/2013 09:25 PM").order
    '?'
    """
    compact = _COMPACT.match(text)
    if compact:
        year, month, day, hour, minute, second = compact.groups()
        seconds = None
        if hour is not None:
            seconds = _seconds(int(hour), int(minute), int(second or 0), 0.0)
            if seconds is None:
                return None
        return Written("ymd", (int(year), int(month), int(day)), seconds)
    match = _DATE.match(text) or _DATE.match(_UNTIMED.sub("", text))
    if match is None:
        return None
    group = match.groupdict()
    clock = written_clock(group["time"]) if group["time"] else None
    if group["time"] and clock is None:
        return None
    rest = clock or (None, None, False)
    if group["y"]:
        return Written("ymd", (int(group["y"]), int(group["m"]), int(group["d"])), *rest)
    if (rest[1] or 0) < 0:  # no zone: 22:00-23:30
        return None
    if group["word"]:
        month_number = _MONTHS.get(fold(group["word"]))
        if month_number is None:
            return None
        return Written("dmy", (int(group["c2"]), month_number, int(group["a2"])), *rest)
    year_number = int(group["c"]) + (2000 if len(group["c"]) == 2 else 0)
    first, second_number = int(group["a"]), int(group["b"])
    if group["s"] == ".":
        return Written("dmy", (year_number, second_number, first), *rest)
    return Written("?", (first, second_number, year_number), *rest)


def written_clock(text: str) -> tuple[float, int | None, bool] | None:
    """Read a time of day: seconds after midnight, offset from UTC, and whether by am or pm.

    Examples
    --------
    >>> written_clock("9:25"), written_clock("0925"), written_clock("24:00")
    ((33900.0, None, False), (33900.0, None, False), (86400.0, None, False))
    """
    text = text.strip()
    digits = _DIGITS.match(text)
    if digits:
        hour, minute, second = digits.groups()
        seconds = _seconds(int(hour), int(minute), int(second or 0), 0.0)
        return None if seconds is None else (seconds, None, False)
    match = _CLOCK.match(text)
    if match is None:
        return None
    hours = int(match["h"])
    half = (match["half"] or "")[:1].lower()
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "p" else 0)
    fraction = float(f"0.{match['f']}") if match["f"] else 0.0
    seconds = _seconds(hours, int(match["m"] or 0), int(match["s"] or 0), fraction)
    if seconds is None:
        return None
    offset = _offset(match["zone"])
    if offset is not None and abs(offset) > _FARTHEST:
        return None
    return seconds, offset, bool(half)


def _seconds(hour: int, minute: int, second: int, fraction: float) -> float | None:
    total = hour * 3600 + minute * 60 + second + fraction
    if minute > 59 or second > 59 or total > DAY:
        return None
    return float(total)


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone[0] not in "+-":
        return _ZONES.get(zone, 0)
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if zone[0] == "-" else seconds
