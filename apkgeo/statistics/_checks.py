"""What every test of counts asks of its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.errors import InputError


def said(label: Any) -> str:
    """Return a label as a reader writes it: 3, not np.int64(3); a date without its midnight.

    Examples
    --------
    >>> said(np.int64(3)), said("north"), said(pd.Timestamp(2016, 3, 1))
    ('3', "'north'", '2016-03-01')
    """
    if isinstance(label, (pd.Timestamp, pd.Period, np.datetime64)):
        return str(label).removesuffix(" 00:00:00")
    return repr(label.item() if isinstance(label, np.generic) else label)


def count(value: Any, what: str) -> int:
    """Return `value` as a whole, non-negative number; raise InputError when it is none."""
    number = _number(value)
    if not math.isfinite(number) or number < 0 or number != int(number):
        raise InputError(
            what,
            expected="a count (a whole number, not negative)",
            came=said(value),
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
        raise InputError(what, expected=f"a whole number{unit}", came=said(value))
    return int(number)


def positive(value: Any, what: str, unit: str = "") -> float:
    """Return `value` as a positive, finite number."""
    number = _number(value)
    if not 0 < number < math.inf:
        raise InputError(what, expected=f"a positive number{unit}", came=said(value))
    return number


def level(value: Any, what: str = "level of the interval") -> float:
    """Return a level, between 0 and 1."""
    number = _number(value)
    if not 0 < number < 1:
        raise InputError(what, expected="a number between 0 and 1", came=said(value))
    return number


def choice(value: Any, known: Sequence[str], what: str) -> str:
    """Return `value` when it is one of `known`."""
    if value not in known:
        raise InputError(what, expected=" or ".join(map(repr, known)), came=said(value))
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


def chosen(treated: Any, index: pd.Index) -> NDArray[np.bool_]:
    """Return which rows are treated: from a label or several, or from a True or False for each.

    A mask is never taken for labels: among the numbers 0, 1, … True would be the second row.
    """
    if isinstance(treated, str) or not np.iterable(treated):
        treated = [treated]
    labels = list(treated)
    if labels and all(isinstance(label, (bool, np.bool_)) for label in labels):
        whole = treated.index.equals(index) if isinstance(treated, pd.Series) else True
        if len(labels) != len(index) or not whole or not any(labels):
            raise InputError(
                "treated",
                expected=f"labels, or True or False for each of {len(index)} areas, in their order",
                came=f"{len(labels)} values, {sum(map(bool, labels))} of them True",
            )
        return np.array(labels, dtype=bool)
    unknown = [label for label in labels if label not in index]
    if unknown or not labels:
        raise InputError(
            "treated",
            expected="labels of the counts' index",
            came=", ".join(map(said, unknown)) or "none",
        )
    return np.asarray(index.isin(labels))
