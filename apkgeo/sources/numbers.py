"""Written coordinates to numbers: decimal comma, degrees, pairs in one column."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.sources.accounting import Mask
from apkgeo.sources.tables import as_text

Floats = npt.NDArray[np.float64]

_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?"
_POINT = re.compile(
    rf"^(?:SRID=\d+;)?POINT\s*Z?M?\s*\(\s*({_NUMBER})[\s,]+({_NUMBER})", re.IGNORECASE
)
_DEGREES = re.compile(
    r"""^([NSEWnsew])?\s*([+-]?\d+(?:[.,]\d+)?)\s*[°º]?
    (?:\s*(\d+(?:[.,]\d+)?)\s*['′’](?:\s*(\d+(?:[.,]\d+)?)\s*(?:["″”]|''))?)?\s*([NSEWnsew])?$""",
    re.VERBOSE,
)
_HALVES = re.compile(r"^(.*[NSns])[\s,;]+(.*[EWew])$|^([NSns].*?)[\s,;]+([EWew].*)$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:[\s\u00a0\u202f']\d{3})+(?:[.,]\d+)?$")


@dataclass(frozen=True)
class Numbers:
    """A column of written numbers, read.

    Attributes
    ----------
    values : numpy.ndarray of float
        NaN where nothing is written or it cannot be read.
    written : numpy.ndarray of bool
        Where anything with a digit is written: words such as "unknown" mean nothing.
    comma : bool
        Whether decimal commas were read.
    """

    values: Floats
    written: Mask
    comma: bool

    @property
    def unreadable(self) -> Mask:
        """Where something is written that is no number."""
        return self.written & np.isnan(self.values)


def read_numbers(column: pd.Series) -> Numbers:
    """Return a column of written numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> read_numbers(pd.Series(["822380,44", "49°44'53\\"N", "?"])).values.round(4).tolist()
    [822380.44, 49.7481, nan]
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype != bool:
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        values = np.where(np.isfinite(values), values, np.nan)
        return Numbers(values, ~np.isnan(values), False)
    text = as_text(column)
    pointed = text.str.replace(",", ".", regex=False)
    values = pd.to_numeric(pointed, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.nan)
    comma = bool((text.str.contains(",", regex=False).fillna(False) & ~np.isnan(values)).any())
    rest = np.isnan(values) & text.notna().to_numpy()
    if rest.any():
        codes, uniques = pd.factorize(text[rest])
        values[rest] = np.array([_one(str(item)) for item in uniques])[codes]
    written = text.str.contains(r"\d", regex=True).fillna(False).to_numpy(dtype=bool)
    return Numbers(values, written, comma)


def _one(text: str) -> float:
    if _GROUPED.match(text):
        return float(re.sub(r"[\s\u00a0\u202f']", "", text).replace(",", "."))
    both = re.sub(r"[\s\u00a0\u202f]", "", text)
    if "," in both and "." in both:  # the later of the two is the decimal mark
        thousands = "," if both.rfind(".") > both.rfind(",") else "."
        both = both.replace(thousands, "").replace(",", ".")
        try:
            return float(both) if np.isfinite(float(both)) else np.nan
        except ValueError:
            return np.nan
    match = _DEGREES.match(text)
    if match is None:
        return np.nan
    before, degrees, minutes, seconds, after = match.groups()
    value = float(degrees.replace(",", "."))
    part = float((minutes or "0").replace(",", ".")) / 60
    part += float((seconds or "0").replace(",", ".")) / 3600
    value += -part if degrees.startswith("-") else part
    return -value if (before or after or "").upper() in {"S", "W"} else value


def read_pairs(column: pd.Series) -> tuple[Numbers, Numbers]:
    """Return the first and the second number of each written pair, as ``POINT(a b)`` or ``a, b``.

    Examples
    --------
    >>> import pandas as pd
    >>> first, second = read_pairs(pd.Series(["POINT(50.2013 15.7779)", "49,7481; 13,3777"]))
    >>> first.values.tolist(), second.values.tolist()
    ([50.2013, 49.7481], [15.7779, 13.3777])
    """
    text = as_text(column)
    codes, uniques = pd.factorize(text)
    found = [_pair(str(item)) for item in uniques]
    firsts = np.array([pair[0] for pair in found] + [np.nan])[codes]
    seconds = np.array([pair[1] for pair in found] + [np.nan])[codes]
    written = text.str.contains(r"\d", regex=True).fillna(False).to_numpy(dtype=bool)
    comma = any(re.search(r"\d,\d+\s*[;\s]", str(item)) for item in uniques)
    return Numbers(firsts, written, comma), Numbers(seconds, written, comma)


def _pair(text: str) -> tuple[float, float]:
    point = _POINT.match(text)
    if point:
        return _float(point[1]), _float(point[2])
    text = text.strip("()[] ")
    for mark in (";", "|", ", ", "\t", ","):
        pieces = [piece.strip() for piece in text.split(mark) if piece.strip()]
        if len(pieces) == 4 and mark == ",":  # 49,7481,13,3777
            pieces = [".".join(pieces[:2]), ".".join(pieces[2:])]
        if len(pieces) == 2:
            pair = _ordered(pieces)
            if not np.isnan(pair).any():
                return pair
    pieces = text.split()
    if len(pieces) == 2:
        return _ordered(pieces)
    halves = _HALVES.match(text)
    return _ordered([half for half in halves.groups() if half]) if halves else (np.nan, np.nan)


def _ordered(pieces: list[str]) -> tuple[float, float]:
    first, second = (_float(piece) for piece in pieces)
    return first, second


def _float(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return _one(text)
    return value if np.isfinite(value) else np.nan
