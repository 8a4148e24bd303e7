"""Who brought an incident to the police: a citizen, a patrol, or something else."""

from __future__ import annotations

import re

import pandas as pd

from apkgeo.language import Note, _
from apkgeo.sources.columns import Columns
from apkgeo.sources.offences import slug
from apkgeo.sources.tables import as_text

# Parts of folded words, the first group that has one counts: "hlídka PČR" is not our patrol.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("other", ("kamer", "mkds", "pco", "pult", "pcr", "policie_cr", "urad", "izs", "hzs", "zzs")),
    (
        "patrol",
        (
            "vlastni",
            "hlidk",
            "strazni",
            "patrol",
            "officer",
            "asistent",
            "apk",
            "okrskar",
        ),
    ),
    (
        "citizen",
        (
            *("obcan", "oznam", "linka", "156", "158", "112", "telefon", "tisnov", "osobne"),
            *("mail", "verejnost", "poskozen", "svedek", "citizen", "call", "public", "victim"),
        ),
    ),
    ("other", ("other", "jin", "ostatni")),
)
# "Vlastní zjištění" as it is shortened: vl. zjištění, vlast. zj., v. zjišt., VZ.
_OWN_FINDING = re.compile(r"(?:^|_)(?:v(?:l(?:ast)?)?_?zj(?:_|is|$)|vz(?:_|$))")


def read_origins(cells: pd.DataFrame, columns: Columns, notes: list[Note]) -> pd.Series:
    """Return the origin of each incident; missing where the file does not say.

    Parameters
    ----------
    notes : list of Note
        Grows by one when something written is not understood.
    """
    if "origin" not in columns:
        return pd.Series(pd.NA, index=cells.index, dtype="str")
    text = as_text(cells[columns["origin"]])
    numbers, words = pd.factorize(text)
    meaning = [origin_of(word) for word in words]
    unknown = [word for word, origin in zip(words, meaning, strict=True) if origin is None]
    if unknown:
        notes.append(
            Note(
                _("Origins that were not understood count as other: {words}."),
                words=", ".join(unknown[:10]),
            )
        )
    known = pd.Series([*(origin or "other" for origin in meaning), pd.NA], dtype="str")
    return known.take(numbers).set_axis(text.index)


def origin_of(text: str) -> str | None:
    """Return ``citizen``, ``patrol`` or ``other``; None when the words say nothing.

    Examples
    --------
    >>> origin_of("oznámení občana"), origin_of("Vlastní zjištění"), origin_of("kamerový systém")
    ('citizen', 'patrol', 'other')
    >>> origin_of("vl. zjištění"), origin_of("vlast. zj.")
    ('patrol', 'patrol')
    """
    folded = slug(text)
    for origin, words in _WORDS:
        own = origin == "patrol" and _OWN_FINDING.search(folded)
        if own or any(word in folded for word in words):
            return origin
    return None
