"""What every test of counts asks of its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from apkgeo.errors import InputError


def count(value: Any, what: str) -> int:
    """Return `value` as a whole, non-negative number; raise InputError when it is none."""
    number = _number(value)
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


def whole(value: Any, what: str, *, least: int = 0, unit: str = "") -> int:
    """Return `value` as a whole number of at least `least`."""
    number = _number(value)
    if not math.isfinite(number) or number != int(number) or number < least:
        raise InputError(what, expected=f"a whole number{unit}", came=repr(value))
    return int(number)


def positive(value: Any, what: str, unit: str = "") -> float:
    """Return `value` as a positive, finite number."""
    number = _number(value)
    if not 0 < number < math.inf:
        raise InputError(what, expected=f"a positive number{unit}", came=repr(value))
    return number


def level(value: Any, what: str = "level of the interval") -> float:
    """Return a level, between 0 and 1."""
    number = _number(value)
    if not 0 < number < 1:
        raise InputError(what, expected="a number between 0 and 1", came=repr(value))
    return number


def choice(value: Any, known: Sequence[str], what: str) -> str:
    """Return `value` when it is one of `known`."""
    if value not in known:
        raise InputError(what, expected=" or ".join(map(repr, known)), came=repr(value))
    return str(value)


def _number(value: Any) -> float:
    """Return `value` as a number, or nan when it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _two(values: Sequence[Any], what: str) -> tuple[Any, Any]:
    try:
        items = tuple(values)
    except TypeError:
        items = ()
    if len(items) != 2:
        raise InputError(what, expected="a pair (before, after)", came=repr(values))
    return items[0], items[1]
