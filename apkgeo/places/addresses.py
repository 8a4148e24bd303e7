"""Read an address as people write it.

The text, folded before, is cut into words, numbers and commas, and read in every way that makes
sense: which words name the street, which number is the house's, which words name the town or its
part. Which reading is right only the register can tell; that is the gazetteer's work. The same
steps, in the same order, stand in ``pages/static/lookup_*.js``.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import NamedTuple

from apkgeo.places.folding import ABBREVIATIONS, COUNTRY_WORDS, FOREIGN, STREET_WORDS, written_out

LONGEST = 300
MOST_SEGMENTS = 4
COUNTRY_BEGINNINGS = frozenset(name.split()[0] for name in COUNTRY_WORDS)

_MARK = (
    r"c ?\.? ?p ?\.?|cislo popisne|"
    r"c ?\.? ?ev ?\.?|ev ?\.? ?c ?\.?|e ?\.? ?c ?\.?|c ?\.? ?e ?\.?|"
    r"cislo evidencni|evidencni cislo|ev ?\.?|"
    r"c ?\.? ?or? ?\.?|cislo orientacni|c ?\.|c|cislo"
)
_LETTER = r"(?:/?([a-z])(?![a-z0-9])|[ -]([a-z])(?= ?(?:[,-]|$)))?"
TOKEN = re.compile(
    r"([,×-])"
    r"|psc ?(\d{3} ?\d{2})(?![0-9a-z])"
    r"|(\d{3} ?\d{2})(?![0-9a-z./]| ?/)"
    rf"|(?:({_MARK}) ?)?(\d+){_LETTER}(?: ?/ ?(?:{_MARK})? ?(\d+){_LETTER})?(\.(?= ?[a-z]))?"
    rf"|([a-z{FOREIGN}]+)"
)


# A code of an address point stands alone; house numbers and postcodes are shorter.
CODE = re.compile(r"(?:(?:ruian|kod|adm|adresniho|mista|adresni|misto|id|c\.?) )*(\d{6,9})$")


class Number(NamedTuple):
    """A number as it was written.

    `mark` is ``"p"`` (č.p.), ``"e"`` (č.ev.), ``"o"`` (č.o.) or empty; `other` is what follows the
    slash; `ordinal` says that a full stop and a word follow, as in ``17. listopadu``. A number
    that is missing is 0.
    """

    value: int
    letter: str = ""
    other: int = 0
    other_letter: str = ""
    mark: str = ""
    ordinal: bool = False

    @property
    def plain(self) -> bool:
        """Whether it can be a part of a street's name, as in ``17. listopadu``."""
        return not (self.letter or self.other or self.mark)

    @property
    def marked(self) -> str:
        """The number with its mark, as it is told: ``č. ev. 12``."""
        mark = {"p": "č.\xa0p.\xa0", "e": "č.\xa0ev.\xa0"}.get(self.mark, "")
        return f"{mark}{self}"

    def __str__(self) -> str:
        """Write it in the usual way: ``1873/42a``."""
        tail = f"/{self.other}{self.other_letter}" if self.other else ""
        return f"{self.value}{self.letter}{tail}"


Token = str | Number


class Written(NamedTuple):
    """One way to read an address.

    Attributes
    ----------
    name : tuple of str
        Folded words of the street or the part.
    number : Number or None
        The house's number.
    places : tuple of str
        Keys of towns, parts and city districts that are named beside it.
    ignored : tuple of str
        Folded words and numbers that fit nowhere in this reading.
    """

    name: tuple[str, ...]
    number: Number | None
    places: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def tokens(folded: str, postcodes: Container[int] = ()) -> tuple[list[Token], int]:
    """Cut a folded text into words, numbers and separators; return them and the postcode (or 0)."""
    found: list[Token] = []
    postcode = 0
    for match in TOKEN.finditer(folded):
        separator, psc, bare, mark, value, letter, spaced, other, letter2, spaced2, dot, word = (
            match.groups()
        )
        if word:
            found.append(word)
        elif value:
            number = Number(
                _whole(value), letter or spaced or "", _whole(other), letter2 or spaced2 or "",
                _kind(mark), dot is not None,
            )  # fmt: skip
            found.append(number)
        elif separator:
            found.append(separator)
        else:
            digits = psc or bare
            code = int(digits.replace(" ", ""))
            if psc or code in postcodes or _is_postcode(digits, found):
                postcode = code
                found.append(",")
            else:
                found.extend(Number(int(part)) for part in digits.split())
    return _joined(found), postcode


def _is_postcode(digits: str, found: list[Token]) -> bool:
    """Whether digits that are no postcode here are one of elsewhere, and no house numbers."""
    if " " not in digits:
        return any(isinstance(one, Number) for one in found)
    return digits[-2] == "0" or (bool(found) and found[-1] == ",")


def _whole(digits: str | None) -> int:
    """Return the number that `digits` write; one too long for any house is -1."""
    if not digits:
        return 0
    return int(digits) if len(digits) <= 9 else -1


def _kind(mark: str | None) -> str:
    """Return "p", "e", "o" or nothing for a mark such as ``c. ev.``."""
    if not mark:
        return ""
    if "e" in mark.replace("popisne", ""):
        return "o" if "orient" in mark else "e"
    return "p" if "p" in mark else "o" if "o" in mark.replace("cislo", "") else ""


def _joined(found: list[Token]) -> list[Token]:
    """Join ``č.p. 1873, č.o. 42`` into one number."""
    for i, token in enumerate(found):
        if not (isinstance(token, Number) and token.mark in ("p", "e") and not token.other):
            continue
        j = i + 2 if i + 1 < len(found) and found[i + 1] == "," else i + 1
        after = found[j] if j < len(found) else ""
        if isinstance(after, Number) and after.mark == "o" and not after.other:
            joined = Number(token.value, token.letter, after.value, after.letter, token.mark)
            return [*found[:i], joined, *found[j + 1 :]]
    return found


def readings(
    found: list[Token], places: Mapping[str, int], beginnings: Container[str]
) -> list[list[Written]]:
    """Return the ways to read the tokens, in groups: the first that is answered is right.

    Parameters
    ----------
    found : list of str or Number
        What `tokens` returned.
    places : mapping of str to int
        Keys of the places that are known, each with its rank: 0 for a part, 1 for a city
        district, 2 for a municipality.
    beginnings : container of str
        The first words of those keys.
    """
    spans = _spans(found, places, beginnings)
    if not spans:
        group = list(dict.fromkeys(_with_places(found, {}, places)))
        return [group] if group else []
    groups: list[list[Written]] = []
    seen: set[Written] = set()
    for taken in (_standing_alone(found, spans), _at_the_ends(found, spans)):
        group = [one for one in _with_places(found, taken, places) if one not in seen]
        seen.update(group)
        if group:
            groups.append(group)
    return groups


def _spans(
    found: list[Token], places: Mapping[str, int], beginnings: Container[str]
) -> dict[int, tuple[int, str]]:
    """Return start -> (end, key) of the longest place named from each token on."""
    spans: dict[int, tuple[int, str]] = {}
    for start, first in enumerate(found):
        if not isinstance(first, str) or first in ",-×":
            continue
        beginning = ABBREVIATIONS.get(first, first)
        if not (beginning in beginnings or beginning in COUNTRY_BEGINNINGS or " " in beginning):
            continue
        name: list[str] = []
        for end in range(start, min(start + 9, len(found))):
            token = found[end]
            if token == "-":
                continue
            if isinstance(token, Number):
                if not token.plain:
                    break
                name.append(str(token.value))
            elif token in ",×":
                break
            else:
                name.append(token)
            if token in STREET_WORDS:  # begins the street that follows: Plzeň - ul. Tylova
                continue
            key = written_out(tuple(name))
            if key in places or key in COUNTRY_WORDS:
                spans[start] = (end + 1, key)
    return spans


def _standing_alone(
    found: list[Token], spans: dict[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """Return the places between separators or numbers, and chains of them."""
    taken: dict[int, tuple[int, str]] = {}
    start = 0
    while start < len(found):
        before = found[start - 1] if start else ","
        chain: dict[int, tuple[int, str]] = {}
        end = start
        if isinstance(before, Number) or before in (",", "-"):
            while end in spans:
                chain[end] = spans[end]
                end = spans[end][0]
                while end < len(found) and found[end] == "-" and end + 1 in spans:
                    end += 1
        after = found[end] if end < len(found) else ","
        if chain and (isinstance(after, Number) or after in (",", "-")):
            taken.update(chain)
            start = end
        else:
            start += 1
    return taken


def _at_the_ends(
    found: list[Token], spans: dict[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """Return those that stand alone, and places at either end of the words beside them."""
    taken = dict(_standing_alone(found, spans))
    covered = {i for start, (end, _) in taken.items() for i in range(start, end)}
    for start, (end, key) in spans.items():
        if covered.intersection(range(start, end)):
            continue
        before = found[start - 1] if start and start - 1 not in covered else ","
        after = found[end] if end < len(found) and end not in covered else ","
        if any(isinstance(one, Number) or one in (",", "-") for one in (before, after)):
            taken[start] = (end, key)
            covered.update(range(start, end))
    return taken


def _with_places(
    found: list[Token], taken: dict[int, tuple[int, str]], places: Mapping[str, int]
) -> list[Written]:
    """Return the readings in which the places `taken` are places and nothing else is."""
    segments: list[list[Token]] = [[]]
    i = 0
    while i < len(found):
        if i in taken:
            segments.append([])
            i = taken[i][0]
            continue
        token = found[i]
        if isinstance(token, Number) or token not in (",", "-", "×"):
            segments[-1].append(token)
        else:
            segments.append([])
        i += 1
    segments = [segment for segment in segments if segment]
    named = [key for _, key in sorted(taken.values()) if key in places]
    worded = [segment for segment in segments if any(isinstance(one, str) for one in segment)]
    if worded:
        return [
            written
            for name in worded[:MOST_SEGMENTS]
            for written in _within(name, [one for one in segments if one is not name], tuple(named))
        ]
    if not named:
        return _within([], segments, ()) if segments else []
    # No street: the most exact of the places is what is asked for.
    asked = min(named, key=lambda key: places[key])
    named.remove(asked)
    numbers = [one for segment in segments for one in segment if isinstance(one, Number)]
    number = numbers[0] if numbers else None
    ignored = tuple(str(one) for one in numbers[1:])
    return [Written(tuple(asked.split()), number, tuple(named), ignored)]


def _within(
    segment: list[Token], rest: list[list[Token]], places: tuple[str, ...]
) -> list[Written]:
    """Return the readings of the tokens that hold the street's name."""
    found: list[Written] = []

    def add(name: list[Token], number: Number | None, ignored: list[Token]) -> None:
        if all(isinstance(one, str) or one.plain for one in name):
            key = tuple(one if isinstance(one, str) else str(one.value) for one in name)
            found.append(Written(key, number, places, tuple(str(one) for one in ignored)))

    outside = [one for other in rest for one in other]
    where = [i for i, one in enumerate(segment) if isinstance(one, Number)]
    for i in reversed(where):
        number = segment[i]
        before = segment[i - 1] if i else ""
        if not isinstance(number, Number) or not any(isinstance(one, str) for one in segment[:i]):
            continue
        if isinstance(before, Number) and before.plain and not (number.other or number.mark):
            pair = Number(before.value, "", number.value, number.letter)
            add(segment[: i - 1], pair, segment[i + 1 :] + outside)
        add(segment[:i], number, segment[i + 1 :] + outside)
    first = next((one for one in outside if isinstance(one, Number)), None)
    add(segment, first, [one for one in outside if one is not first])
    number = segment[0] if segment else ""
    if len(where) == 1 and isinstance(number, Number) and not number.ordinal:
        add(segment[1:], number, outside)
    return found
