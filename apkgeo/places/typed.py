"""What was typed, told again as it was typed: the words that an answer left out.

The gazetteer reads folded words; a person wants to see their own. The same steps, with the same
patterns, stand in ``pages/static/lookup_*.js``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from apkgeo.places.folding import COUNTRY_WORDS, fold
from apkgeo.places.towns import TOWNS

# Characters between words; the ranges are those of ASCII without letters and digits.
_APART = (
    "\\x00-/:-@\\[-`{-\\xa0\\xa7\\xab\\xb0\\xbb\\xd7\\u1680\\u2000-\\u200a\\u2010-\\u201f"
    "\\u2028\\u2029\\u202f\\u2032\\u2033\\u2039\\u203a\\u205f\\u2212\\u3000"
)
# A number with its letter, a number, a word.
PIECE = re.compile(rf"[0-9]+[^{_APART}0-9](?![^{_APART}])|[0-9]+|[^{_APART}0-9]+")
GAP = re.compile("[\\x00-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]+")
LINES = re.compile("[\\r\\n\\u2028\\u2029]+")
BETWEEN = re.compile("[,;()\\u2010-\\u2015-]")
_TAIL = "[ ,;(\\u2010-\\u2015-]*"
END = re.compile(f"{_TAIL}(?:(?:[Pp][Ss][Čč] ?)?(?<![0-9/])[0-9]{{3}} ?[0-9]{{2}}{_TAIL})?$")
START = re.compile("^[ ,;)\\u2010-\\u2015-]+")
KINDS = re.compile("č\\.(p|ev|o)\\.( (?=[0-9]))?")
# Where something is told to be, before or beside the address: "před domem", "v ulici", "u č.p.".
_BY = (
    "[vV]e?|[uU]|[nN]a|[zZ]a|[pP][rř]ed|[nN]aproti|[pP]roti|[vV]edle|[pP]obl[ií][zž]|[nN]edaleko"
    "|[kK]olem|[oO]kolo"
)
AROUND = re.compile(
    f"(?:^|(?<=[ ,]))(?:(?:(?:{_BY}) )+"
    "(?:dom(?:u|em|ech|ů|ě)|objekt(?:u|em)|ulic[ei]|ul\\.?)(?= ?[^a-zá-ž]|$)"
    f"|(?:{_BY})(?= (?:č|c\\.|[0-9])))"
    "|^(?:[nN]aproti|[vV]edle|[pP]obl[ií][zž]|[nN]edaleko)(?= )"
)
# Folded words that begin something else than a town: a flat, an entrance, a person.
NOT_PLACES = frozenset(
    {"blok", "byt", "budova", "dum", "dvere", "dvur", "firma", "garaz", "hala", "hotel", "hriste"}
    | {"kolem", "naproti", "nedaleko", "obchod", "objekt", "okres", "pan", "pani", "park", "patro"}
    | {"parkoviste", "pobliz", "podlazi", "pred", "prizemi", "proti", "restaurace", "roh"}
    | {"schodiste", "skola", "sluzebna", "ubytovna", "vchod", "vedle", "vlevo", "vpravo", "zadni"}
    | {"zastavka"}
)


def clean(text: str) -> str:
    """Return a text with every gap as one space, and none around it."""
    return GAP.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def quiet(text: str) -> str:
    """Return a text that is all in capitals in small letters; any other as it is."""
    return text.lower() if text == text.upper() else text


class LeftOut(NamedTuple):
    """Words that were left out, as typed.

    `place` is what stands at the end as the name of a town would, or a known town that stands at
    the beginning, `rest` the text beside it; both are empty where nothing does. `others` are the
    other words.
    """

    others: str
    place: str
    rest: str


def left_out(text: str, ignored: Sequence[str]) -> LeftOut:
    """Return the folded words `ignored` as they stand in `text`.

    Examples
    --------
    >>> left_out("Pražská 1, Praha 5", ["praha", "5"])
    LeftOut(others='', place='Praha 5', rest='Pražská 1')
    >>> left_out("Praha 5, Pražská 1", ["praha", "5"])
    LeftOut(others='', place='Praha 5', rest='Pražská 1')
    >>> left_out("Pražská 1, vchod B", ["vchod", "b"])
    LeftOut(others='vchod B', place='', rest='')
    """
    typed = GAP.sub(" ", LINES.sub(", ", unicodedata.normalize("NFC", text)))
    pieces = [(found.start(), found.end(), fold(found[0])) for found in PIECE.finditer(typed)]
    taken: set[int] = set()
    unseen: list[str] = []
    for word in [part for one in ignored for part in one.split("/")][::-1]:
        at = next(
            (i for i in reversed(range(len(pieces))) if i not in taken and pieces[i][2] == word), -1
        )
        if at < 0:
            unseen.insert(0, word)
        else:
            taken.add(at)
    runs: list[list[int]] = []
    for i in sorted(taken):
        if runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    told = [typed[pieces[first][0] : pieces[last][1]] for first, last in runs]
    if runs and _is_place(typed, pieces, *runs[-1]):
        rest = END.sub("", typed[: pieces[runs[-1][0]][0]]).strip(" ")
        return LeftOut(", ".join([*told[:-1], *unseen]), told[-1], rest)
    if runs and runs[0][0] == 0 and _is_town([piece[2] for piece in pieces[: runs[0][1] + 1]]):
        rest = START.sub("", typed[pieces[runs[0][1]][1] :]).strip(" ")
        return LeftOut(", ".join([*told[1:], *unseen]), told[0], rest)
    return LeftOut(", ".join([*told, *unseen]), "", "")


def _is_town(words: list[str]) -> bool:
    """Whether folded words are a known town's, with a number of its part at most."""
    name = words[:-1] if words[-1].isdigit() else words
    return " ".join(name) in TOWNS


def _is_place(typed: str, pieces: list[tuple[int, int, str]], first: int, last: int) -> bool:
    """Whether the pieces from `first` to `last` stand at the end as a town's name would."""
    if not first:
        return False
    name = pieces[first][2]
    if len(name) < 3 or name[0].isdigit() or name in NOT_PLACES:
        return False
    after = [piece[2] for piece in pieces[last + 1 :] if piece[2] not in COUNTRY_WORDS]
    if after and not (len("".join(after)) == 5 and all(one.isdigit() for one in after)):
        return False
    start, end = pieces[first][0], pieces[first - 1][1]
    return pieces[first - 1][2][:1].isdigit() or BETWEEN.search(typed[end:start]) is not None


def spaced(text: str) -> str:
    """Return `text` with the kinds of numbers as people write them, ``č. p.``, on one line.

    Examples
    --------
    >>> spaced("č.p. 6, Lhotka")
    'č.\\xa0p.\\xa06, Lhotka'
    """
    return KINDS.sub(lambda kind: f"č.\xa0{kind[1]}.{chr(0xA0) if kind[2] else ''}", text)
