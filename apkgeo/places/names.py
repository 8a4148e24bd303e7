"""What a written name can stand for: streets and places of the register.

Three rules, each asked only when the one before finds nothing: the same name up to case,
diacritics and abbreviations; a name shortened or in another order; a name with other letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from apkgeo.places.address_index import MUNICIPALITY, AddressIndex, Group, Place
from apkgeo.places.addresses import Written
from apkgeo.places.folding import GENERIC_WORDS, STREET_WORDS, TITLE_WORDS, words, written_out

Kind = Literal["exact", "folded", "abbreviated", "shortened", "fuzzy", "code", "coordinates"]

# What each way of reading a name takes from a score of 1000.
CASE_COST, DIACRITICS_COST, BOTH_COST = 5, 15, 20
ABBREVIATION_COST, INITIALS_COST, ORDER_COST, SHORTENED_COST = 40, 60, 80, 180
# Who writes "Školní náměstí", which there is, hardly means Školní: less sure than a number that is
# not in the register.
DROPPED_COST = 360
# A misspelt name has at most 900, less its share of wrong letters.
FUZZY_BASE = 900
# Names of fewer letters are like too many others.
SHORTEST_SIMILAR = 4

GAPS = re.compile(
    "[\\x00-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2010-\\u2015\\u2028\\u2029\\u202f\\u205f"
    "\\u2212\\u3000.-]+"
)
_MARKS = re.compile("[\\u0300-\\u036f]")
_DIGITS = re.compile("[0-9]+")
_LOOSE: dict[str, tuple[int, Kind]] = {
    "initials": (INITIALS_COST, "abbreviated"),
    "order": (ORDER_COST, "abbreviated"),
    "shortened": (SHORTENED_COST, "shortened"),
    "fewer": (SHORTENED_COST, "shortened"),
    "dropped": (DROPPED_COST, "shortened"),
}


class Target(NamedTuple):
    """What a name can stand for, and what reading it so costs and assumes."""

    what: Group | Place
    cost: int
    kind: Kind
    assumed: tuple[tuple[str, str], ...]


def plain(text: str) -> str:
    """Return `text` with every gap, full stop and dash as one space, its letters as they are."""
    return GAPS.sub(" ", unicodedata.normalize("NFC", text))


def exact_names(index: AddressIndex, written: Written, text: str) -> list[Target]:
    """Return what has the written name, up to case, diacritics and abbreviations.

    Parameters
    ----------
    text : str
        The whole text as `plain` gives it: what was written differently is told from it.
    """
    key = written_out(written.name)
    targets = []
    for number in index.street_keys.get(key, ()):
        group = index.groups[number]
        targets.append(_as_written(group, group.name, group.key, written, text))
    places = [index.places[number] for number in index.place_keys.get(key, ())]
    parts = {place.name for place in places if place.rank != MUNICIPALITY}
    for place in places:
        # A municipality stands for its part of the same name, where there is one.
        if place.rank != MUNICIPALITY or place.name not in parts:
            name = " ".join(words(place.name))
            targets.append(_as_written(place, place.name, name, written, text))
    return targets


def _as_written(what: Group | Place, name: str, key: str, written: Written, text: str) -> Target:
    """Return the target with what sets its name apart from the written one."""
    register = plain(name)
    if register in text:
        return Target(what, 0, "exact", ())
    bare = " ".join(word for word in written.name if word not in STREET_WORDS)
    if key not in (bare, " ".join(written.name)):
        if isinstance(what, Place):
            # A city district called by its number or by its name alone.
            return Target(what, 0, "exact", ())
        return Target(what, ABBREVIATION_COST, "abbreviated", (("abbreviation", name),))
    if register.lower() in text.lower():
        return Target(what, CASE_COST, "folded", (("case", name),))
    if _bare(register) in _bare(text):
        return Target(what, DIACRITICS_COST, "folded", (("diacritics", name),))
    return Target(what, BOTH_COST, "folded", (("case", name), ("diacritics", name)))


def _bare(text: str) -> str:
    """Return `text` without diacritics."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text))


def loose_names(index: AddressIndex, written: Written) -> list[Target]:
    """Return the streets whose name this may be with words left out, shortened or moved."""
    key = written_out(written.name)
    every = key.split()
    best: dict[int, str] = {}
    for one in (key, "~" + " ".join(sorted(every))):
        for number, how in index.loose_keys.get(one, ()):
            best.setdefault(number, how)
    bare = " ".join(word for word in every if word not in GENERIC_WORDS | TITLE_WORDS)
    if bare != key:
        how = "dropped" if key in index.street_keys else "fewer"
        for number in index.street_keys.get(bare, ()):
            best.setdefault(number, how)
        for number, _ in index.loose_keys.get(bare, ()):
            best.setdefault(number, how)
    return [_loosely(index.groups[number], how) for number, how in best.items()]


def _loosely(group: Group, how: str) -> Target:
    """Return a street whose name differs from the written one in the way `how`."""
    told = "spelling" if how in ("fewer", "dropped") else how
    return Target(group, *_LOOSE[how], ((told, group.name),))


def most_letters(length: int) -> int:
    """Return how many letters of a name of this length may be wrong.

    Examples
    --------
    >>> [most_letters(n) for n in (2, 3, 7, 8, 13, 14)]
    [0, 1, 1, 2, 2, 3]
    """
    return 0 if length < 3 else 1 if length < 8 else 2 if length < 14 else 3


def misspelt_names(index: AddressIndex, written: Written) -> list[Target]:
    """Return the streets and places whose name differs in few letters.

    Letters are counted as optimal string alignment does: one left out, added, replaced, or two
    neighbours exchanged count as one. The digits of a name must be right. How many may be wrong is
    told by the name without its word for square or avenue, which is the same in many.
    """
    key = written_out(written.name)
    own = " ".join(word for word in key.split() if word not in GENERIC_WORDS)
    most = most_letters(len(own or key))
    if not most:
        return []
    digits = _DIGITS.findall(key)
    close = process.extract(
        key, index.names, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    targets = []
    for name, distance, _ in sorted(close, key=lambda one: one[2]):
        if _DIGITS.findall(name) != digits:
            continue
        cost = 1000 - FUZZY_BASE + FUZZY_BASE * distance // max(len(key), len(name))
        for number in index.street_keys.get(name, ()):
            group = index.groups[number]
            targets.append(Target(group, cost, "fuzzy", (("spelling", group.name),)))
        for number in index.place_keys.get(name, ()):
            place = index.places[number]
            targets.append(Target(place, cost, "fuzzy", (("spelling", place.name),)))
    return targets


def similar_names(index: AddressIndex, keys: Iterable[str]) -> list[str]:
    """Return the names of streets and places that are like one of the written keys.

    The most alike come first. A name that is a part of the written one, or has it as a part,
    counts as one letter away; otherwise a third of the letters may be wrong. Where a name is
    written as it stands, only such names are returned.
    """
    close: dict[str, int] = {}
    for key in dict.fromkeys(keys):
        if len(key) < SHORTEST_SIMILAR:
            continue
        most = max(2, len(key) // 3)
        found = process.extract(
            key, index.names, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
        )
        distances = {name: distance for name, distance, _ in found}
        for name in index.names:
            if len(name) >= SHORTEST_SIMILAR and (name in key or key in name):
                distances[name] = min(distances.get(name, 1), 1)
        for name, distance in distances.items():
            close[name] = min(close.get(name, distance), distance)
    if 0 in close.values():
        close = {name: distance for name, distance in close.items() if distance == 0}
    place = {name: i for i, name in enumerate(index.names)}
    names = []
    for name in sorted(close, key=lambda name: (close[name], place[name])):
        groups = index.street_keys.get(name)
        number = index.place_keys.get(name, (0,))[0]
        names.append(index.groups[groups[0]].name if groups else index.places[number].name)
    return list(dict.fromkeys(names))
