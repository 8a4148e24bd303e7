"""What every test of counts asks of its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from apkgeo.errors import InputError


def count(value: Any, what: str) -> int:
    """Return `value` as a whole, non-negative number; raise InputError when it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0 or number != int(number):
        raise InputError(
            what,
            expected="a count (a whole number, not negative)",
            came=repr(value),
            remedy="count the incidents before testing them",
        )
    return int(number)


def count_pair(values: Sequence[Any], what: str) -> tuple[int, int]:
    """Return (before, after) as counts."""
    first, second = _two(values, what)
    return count(first, f"{what} before"), count(second, f"{what} after")


def positive_pair(values: Sequence[Any], what: str) -> tuple[float, float]:
    """Return two positive, finite numbers."""
    first, second = (positive(value, what) for value in _two(values, what))
    return first, second


def positive(value: Any, what: str) -> float:
    """Return `value` as a positive, finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise InputError(what, expected="a positive number", came=repr(value))
    return number


def level(value: Any) -> float:
    """Return the level of an interval, between 0 and 1."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < 1:
        raise InputError(
            "level of the interval", expected="a number between 0 and 1", came=repr(value)
        )
    return number


def choice(value: str, known: Sequence[str], what: str) -> str:
    """Return `value` when it is one of `known`."""
    if value not in known:
        raise InputError(what, expected=" or ".join(map(repr, known)), came=repr(value))
    return value


def _two(values: Sequence[Any], what: str) -> tuple[Any, Any]:
    try:
        items = tuple(values)
    except TypeError:
        items = ()
    if len(items) != 2:
        raise InputError(what, expected="a pair (before, after)", came=repr(values))
    return items[0], items[1]
