"""Fold names and addresses so that two ways of writing one thing become equal.

The same steps, with the same tables, stand in ``pages/static/lookup_*.js``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

FOREIGN = "\N{REPLACEMENT CHARACTER}"

# Folded word -> the words it stands for. Both a typed address and the register's name are written
# out with this table, so that "Gen. Lišky" and "Generála Lišky" meet.
ABBREVIATIONS: Mapping[str, str] = {
    "akad": "akademika",
    "br": "bratri",
    "bri": "bratri",
    "dr": "doktora",
    "gen": "generala",
    "general": "generala",
    "hl": "hlavni",
    "ing": "inzenyra",
    "inz": "inzenyra",
    "kap": "kapitana",
    "kpt": "kapitana",
    "kard": "kardinala",
    "mar": "marsala",
    "mars": "marsala",
    "mjr": "majora",
    "nab": "nabrezi",
    "nabr": "nabrezi",
    "nam": "namesti",
    "namest": "namesti",
    "plk": "plukovnika",
    "por": "porucika",
    "prez": "prezidenta",
    "prof": "profesora",
    "sid": "sidliste",
    "sidl": "sidliste",
    "sv": "svateho",
    "svata": "svateho",
    "svate": "svateho",
    "svatemu": "svateho",
    "svaty": "svateho",
    "tgm": "t g masaryka",
    "tr": "trida",
    "trid": "trida",
}
# Words that say what kind of street it is. "ulice" is never needed; the others may be dropped only
# when nothing else is found.
STREET_WORDS = frozenset({"ul", "ulice"})
GENERIC_WORDS = frozenset({"alej", "cesta", "nabrezi", "namesti", "naves", "sady", "trida"})
# Ranks and degrees, which people add or leave out; these, too, only when nothing else is found.
TITLE_WORDS = frozenset(
    {"akademika", "doktora", "generala", "inzenyra", "kapitana", "kardinala", "majora"}
    | {"marsala", "plukovnika", "porucika", "prezidenta", "profesora"}
)
COUNTRY_WORDS = frozenset({"cz", "cr", "cesko", "ceska republika", "czech republic", "czechia"})

_LETTERS = {"ß": "ss", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i"}
_KEPT = "abcdefghijklmnopqrstuvwxyz0123456789./"
_COMMAS = ",;()[]|\n\r"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_CROSSINGS = "×&+"
_SPACES = (
    "\u00a7\u00ab\u00b0\u00bb\u1680\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
    "\u2028\u2029\u2032\u2033\u2039\u203a"
)
# Diacritics, the soft hyphen, joiners and marks of direction: they leave no trace.
_UNSEEN = (
    *range(0x300, 0x370), 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060,
    *range(0x2066, 0x206A), 0xFEFF,
)  # fmt: skip


class _Folding(dict[int, str]):
    """Code point -> what it is read as, worked out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in _KEPT:
            read = character
        elif character in _COMMAS:
            read = ","
        elif character in _DASHES:
            read = "-"
        elif character in _CROSSINGS:
            read = "×"
        elif code in _UNSEEN:
            read = ""
        elif code < 0xA0 or character in _SPACES:
            read = " "
        else:
            read = _LETTERS.get(character, FOREIGN)
        self[code] = read
        return read


_FOLDING = _Folding()


def tables() -> dict[str, object]:
    """Return what each character is folded to, for another implementation of `fold`."""
    return {
        "kept": _KEPT,
        "commas": _COMMAS,
        "dashes": _DASHES,
        "crossings": _CROSSINGS,
        "spaces": _SPACES,
        "unseen": "".join(map(chr, _UNSEEN)),
        "letters": _LETTERS,
    }


def fold(text: str) -> str:
    """Return `text` in lower case without diacritics, with plain spaces, dashes and commas.

    Letters of other alphabets become one replacement character each.

    Examples
    --------
    >>> fold("  NÁMĚSTÍ   Republiky\\u00a01 – Plzeň")
    'namesti republiky 1 - plzen'
    """
    folded = unicodedata.normalize("NFKD", text.lower()).lower().translate(_FOLDING)
    return " ".join(folded.split())


def words(text: str) -> tuple[str, ...]:
    """Return the folded words and numbers of a name.

    Examples
    --------
    >>> words("Plzeň 2-Slovany"), words("17. listopadu")
    (('plzen', '2', 'slovany'), ('17', 'listopadu'))
    """
    return tuple(re.findall(rf"\d+|[a-z{FOREIGN}]+", fold(text)))


def written_out(name: tuple[str, ...]) -> str:
    """Return the key of a name: abbreviations written out, the word for street left out.

    Examples
    --------
    >>> written_out(("nam", "gen", "piky"))
    'namesti generala piky'
    >>> written_out(("ul", "resslova"))
    'resslova'
    """
    kept = [word for word in name if word not in STREET_WORDS] or name
    return " ".join([ABBREVIATIONS.get(word, word) for word in kept])
