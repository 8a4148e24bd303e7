"""Written offences to codes that mean the same under both offence acts.

The act on offences changed on 1 July 2017 (act 200/1990 gave way to acts 250 and 251/2016): the
same deed has another paragraph before and after. Without the crosswalk every category breaks on
that day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

NEW_ACT = pd.Timestamp(2017, 7, 1)
TOBACCO_ACT = pd.Timestamp(2017, 5, 31)

# Paragraph of each act -> code.
_ACTS: dict[str, dict[str, str]] = {
    "251/2016": {
        "4": "municipal_bylaws",
        "5": "public_order",
        "7": "civil_coexistence",
        "8": "property",
    },
    "200/1990": {
        "30": "alcohol_tobacco",
        "46": "municipal_bylaws",
        "47": "public_order",
        "49": "civil_coexistence",
        "50": "property",
    },
    "65/2017": {"35": "alcohol_tobacco"},
    "361/2000": {"125c": "road_safety"},
}
CODES = tuple(dict.fromkeys(code for act in _ACTS.values() for code in act.values()))
# Whichever act is meant, these numbers are offences in one of them only.
_PLAIN = {number: _ACTS["200/1990"][number] for number in ("46", "47", "49", "50")}
_PLAIN["125c"] = "road_safety"
_ROAD_ACT = "361/2000"

_ACT = re.compile(r"(\d{1,3})\s*/\s*((?:19|20)\d{2})(?!\d)")
_PARAGRAPH = re.compile(
    r"(?:§+|\bpar(?:agraf)?\.?)\s*(?:(125)\s*(c)|(\d{1,3})([a-z]?))(?!\w)", re.IGNORECASE
)
_BARE = re.compile(r"^(\d{1,3})([a-z]?)(?:\s*(?:/|odst\.?|,)\s*[\w).]+)*\s*$", re.IGNORECASE)
_SEPARATORS = re.compile(r"[|\n]")


def offence_codes(texts: pd.Series | Iterable[object], dates: pd.Series | None = None) -> pd.Series:
    """Return the code of each written offence.

    Parameters
    ----------
    texts : pandas.Series of str
        What is written: a paragraph ("§ 47 odst. 1 písm. c) zákona č. 200/1990 Sb.", "47/1c"), a
        list of them separated by ``|``, or words.
    dates : pandas.Series of datetime, optional
        When each happened, on the same index. A paragraph without its act is read in the act that
        was in force; without dates in either.

    Returns
    -------
    pandas.Series of str
        ``municipal_bylaws``, ``public_order``, ``civil_coexistence``, ``property``,
        ``alcohol_tobacco`` or ``road_safety`` where a paragraph is recognised; otherwise the words
        themselves without case, diacritics and punctuation; missing where nothing is written.

    Notes
    -----
    Of a list the first recognised paragraph counts. §§ 46, 47, 49 and 50 (act 200/1990) without
    their act count on any day, since officers kept writing them and no later offence has these
    numbers; §§ 4, 5, 7, 8 (act 251/2016) only from 1 July 2017, § 35 (act 65/2017) from
    31 May 2017, § 30 (act 200/1990) only before 1 July 2017. Other paragraphs of the road traffic
    act 361/2000, when it is named and nothing else is recognised, are road safety.

    Examples
    --------
    >>> import pandas as pd
    >>> offence_codes(["§ 47 zákona č. 200/1990 Sb.", "§ 5 odst. 1", "Personal robbery"]).tolist()
    ['public_order', 'public_order', 'personal_robbery']
    >>> offence_codes(["§ 5"], pd.Series(pd.to_datetime(["2016-01-01"]))).tolist()
    ['5']
    """
    series = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype="object")
    codes, uniques = pd.factorize(series)
    words = [str(item) for item in uniques]
    either = np.array([*(_code(word, None) for word in words), None], dtype="object")[codes]
    if dates is None:
        found = either
    else:
        day = pd.Series(pd.to_datetime(dates)).reset_index(drop=True)
        day = day.dt.tz_localize(None) if day.dt.tz is not None else day
        by_era = {
            era: np.array([*(_code(word, era) for word in words), None], dtype="object")[codes]
            for era in ("old", "between", "new")
        }
        found = np.where(day.isna(), either, by_era["old"])
        found = np.where(day >= TOBACCO_ACT, by_era["between"], found)
        found = np.where(day >= NEW_ACT, by_era["new"], found)
    return pd.Series(found, index=series.index, dtype="str")


def slug(text: str) -> str:
    """Return words as a code: without case, diacritics and punctuation.

    Examples
    --------
    >>> slug("Rušení nočního klidu")
    'ruseni_nocniho_klidu'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _code(text: str, era: str | None) -> str | None:
    """Return the code of one text in an era: ``old``, ``between``, ``new``, or None for any."""
    pieces = [piece for piece in _SEPARATORS.split(text) if piece.strip()]
    for piece in pieces:
        for number, act in _paragraphs(piece):
            code = _ACTS.get(act, {}).get(number) if act else _without_act(number, era)
            if code:
                return code
    if any(act == _ROAD_ACT for piece in pieces for _number, act in _paragraphs(piece)):
        return "road_safety"
    return slug(text) or None


def _paragraphs(piece: str) -> list[tuple[str, str]]:
    """Return each paragraph in `piece` with its act, empty when none is named."""
    bare = _BARE.match(piece.strip())
    found = [bare] if bare else list(_PARAGRAPH.finditer(piece))
    if bare and _ACT.fullmatch(piece.strip()):
        return []
    acts = [(match.start(), f"{match[1]}/{match[2]}") for match in _ACT.finditer(piece)]
    pairs = []
    for match in found:
        # The act is named after its paragraphs, rarely before them.
        after = [act for start, act in acts if start > match.start()]
        act = after[0] if after else acts[-1][1] if acts else ""
        pairs.append(("".join(part for part in match.groups() if part).lower(), act))
    return pairs


def _without_act(number: str, era: str | None) -> str | None:
    if number in _PLAIN:
        return _PLAIN[number]
    if number == "30":
        return _ACTS["200/1990"]["30"] if era != "new" else None
    if number == "35":
        return _ACTS["65/2017"]["35"] if era != "old" else None
    return _ACTS["251/2016"].get(number) if era in {"new", None} else None
