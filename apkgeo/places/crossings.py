"""Where two streets cross, worked out from their addresses.

The register has no lines of streets. Where houses of both stand near one another the streets meet,
or nearly do: the middle between the nearest of them is within a house or two of the corner. How
near they come is always told. The same steps stand in ``pages/static/lookup_crossings.js``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from apkgeo.places.assumptions import VALUES
from apkgeo.places.candidates import LEAST, answers
from apkgeo.places.matches import Found
from apkgeo.places.names import loose_names
from apkgeo.places.typed import quiet
from apkgeo.places.ways import ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apkgeo.places.address_index import AddressIndex

Search = Callable[[str], list[Found]]

# Words that announce a crossing; what stands between its streets is any of the two kinds then.
CORNER = re.compile(
    "(?:(?:[Nn]a|[UuVv]) )?(?:[Rr]ohu?|[Nn][aá]ro[zž][ií]|[Kk][rř]i[zž](?:ovat(?:ka|ky|ku|ce)|\\.)"
    "|[Kk][rř][ií][zž]en[ií]|[Cc]orner(?: of)?|[Cc]rossing(?: of)?|[Ii]ntersection(?: of)?)"
    "(?: ulice?| ul\\.)? ",
)
# What always means a crossing, and what may be a part of a street's name.
ALWAYS = re.compile(
    " ?[×✕✖&+] ?| (?:[xX]|[Rr]oh) "
    "|(?<=[a-zA-Zá-žÁ-Ž.]) ?/ ?(?=[a-zA-Zá-žÁ-Ž]|[0-9]+\\. ?[a-zA-Zá-žÁ-Ž])"
)
MAYBE = re.compile(" (?:a|A|s|and|at|with|[-\\u2013]) |, ?")
# Between two names only a word for a crossing makes a dash without spaces part them.
DASH = re.compile("[-\\u2013]")
# Endings of the genitive that follows "roh": Korandovy, Americké třídy.
GENITIVE = re.compile("(?<=[a-zá-ž])[yeé](?= |,|$)")
SADU = re.compile("(?<=[Ss]ad)ů(?= |,|$)")

# An estimated place is never as sure as an address.
CROSSING_COST = 50
# Metres between the nearest addresses up to which nothing more is in doubt, and beyond which the
# streets do not meet. Each metre between takes two thousandths.
NEAR_EACH_OTHER, TOO_FAR, METRE_COST = 60, 120, 2
# Metres over which the nearest pairs may be strewn: streets that stay as near each other over a
# longer stretch run side by side.
LONGEST_CORNER = 150
# Pairs of addresses count too that are this many times as far apart as the nearest ones, or so
# many metres farther.
ALSO_NEAR, METRES_FARTHER = 1.25, 15
# Metres around the corner in which it may lie.
LEAST_REACH = 25
INFLECTED_COST = 20
# A name with which any of these was assumed is no name of a street that crosses.
_UNSURE = ("ignored", "elsewhere", "place_unknown", "number_unknown")
# Ways to part a text that are tried.
MOST_SPLITS = 6
# Rows of two streets that are compared at once.
MOST_PAIRS = 4_000_000


class Meeting(NamedTuple):
    """How near two streets come.

    Attributes
    ----------
    metres : int
        Between their nearest addresses.
    x, y : int
        The middle between those that are nearest, in decimetres.
    rows : tuple of int
        Those addresses.
    alongside : bool
        Whether they come as near each other over a long stretch.
    """

    metres: int
    x: int
    y: int
    rows: tuple[int, ...]
    alongside: bool


class Apart(NamedTuple):
    """Two streets that do not meet.

    `metres` is how far apart their nearest addresses are, -1 where that is not known or they lie
    in different towns; `alongside` says that they run side by side.
    """

    street: str
    other: str
    metres: int
    alongside: bool


class Crossings(NamedTuple):
    """The crossings that a text can mean.

    Attributes
    ----------
    found : list of Found
        Those that there are.
    apart : Apart or None
        Two streets that were understood, and do not meet.
    """

    found: list[Found]
    apart: Apart | None


_NONE = Crossings([], None)


def splits(text: str, *, always: bool) -> Iterator[tuple[str, str]]:
    """Return the two names that a text can join.

    Parameters
    ----------
    text : str
        As `apkgeo.places.typed.clean` gives it.
    always : bool
        Whether to split only where a crossing is meant without doubt.

    Examples
    --------
    >>> list(splits("roh Korandovy a Plachého", always=True))
    [('Korandovy', 'Plachého')]
    >>> list(splits("Korandova a Plachého", always=True))
    []
    """
    text = quiet(text)
    corner = CORNER.match(text)
    if corner:
        text = text[corner.end() :]
    kinds = (ALWAYS, MAYBE, DASH) if corner else (ALWAYS,) if always else (ALWAYS, MAYBE)
    for kind in kinds:
        for cut in kind.finditer(text):
            left, right = text[: cut.start()].strip(" "), text[cut.end() :].strip(" ")
            if left and right:
                yield left, right


def crossings(index: AddressIndex, text: str, search: Search, *, always: bool) -> Crossings:
    """Return the crossings that a text can mean, the likeliest first.

    Parameters
    ----------
    search : callable
        What returns the candidates that the name of one street can mean.
    always : bool
        As of `splits`.
    """
    pairs = list(islice(splits(text, always=always), MOST_SPLITS))
    if not pairs:
        return _NONE
    apart: Apart | None = None
    # A name that goes on in the register, Klatovská třída, only when the plain one meets nothing.
    for loosely in (False, True):
        best: dict[tuple[int, int], Found] = {}
        for one, other in _couples(index, pairs, search, loosely=loosely):
            a, b = index.group_of(one.rows[0]), index.group_of(other.rows[0])
            same = a.municipality == b.municipality
            met = meeting(index, one.rows, other.rows) if same else None
            if met is None or met.alongside or met.metres > TOO_FAR:
                metres = met.metres if met else -1
                alongside = met is not None and met.alongside and metres <= TOO_FAR
                if apart is None or (metres >= 0 and (apart.metres < 0 or metres < apart.metres)):
                    apart = Apart(a.name, b.name, metres, alongside)
                continue
            found = _found(one, other, met, (a.name, b.name))
            key = (min(a.start, b.start), max(a.start, b.start))
            if found.score >= LEAST and (key not in best or best[key].score < found.score):
                best[key] = found
        if best:
            ordered = sorted(best.values(), key=lambda found: (-found.score, found.rows[0]))
            return Crossings(ordered, None)
    return Crossings([], apart)


def _couples(
    index: AddressIndex, pairs: Iterable[tuple[str, str]], search: Search, *, loosely: bool
) -> Iterator[tuple[Found, Found]]:
    """Return every two streets that two names can mean."""
    for left, right in pairs:
        others = _streets(index, right, search, loosely=loosely)
        for one in _streets(index, left, search, loosely=loosely):
            for other in others:
                if index.group_of(one.rows[0]) != index.group_of(other.rows[0]):
                    yield one, other


def _streets(index: AddressIndex, text: str, search: Search, *, loosely: bool) -> list[Found]:
    """Return the streets that a name can mean, in the case that follows "roh" too."""
    best: dict[int, Found] = {}
    nominative = SADU.sub("y", GENITIVE.sub("a", text))
    accented = SADU.sub("y", GENITIVE.sub(lambda end: "á" if end[0] == "é" else "a", text))
    for written in dict.fromkeys((text, accented, nominative)):
        more = _shortened(index, written) if loosely else []
        for found in (*search(written), *more):
            if found.precision != "street" or any(code in _UNSURE for code, _ in found.assumed):
                continue
            if written != text:
                told = (("spelling", found.name),) if found.kind != "fuzzy" else ()
                found = found._replace(
                    score=found.score - INFLECTED_COST, assumed=(*told, *found.assumed)
                )
            if found.rows[0] not in best or best[found.rows[0]].score < found.score:
                best[found.rows[0]] = found
    return list(best.values())


def _shortened(index: AddressIndex, text: str) -> list[Found]:
    """Return the streets whose name goes on beyond what was written."""
    return [
        found
        for group in ways(index, text)[0]
        for written in group
        if written.number is None
        for target in loose_names(index, written)
        for found in answers(index, written, target, 0)
    ]


def _found(one: Found, other: Found, met: Meeting, names: tuple[str, str]) -> Found:
    """Return a crossing as a candidate."""
    doubt = max(met.metres - NEAR_EACH_OTHER, 0)
    assumed: dict[tuple[str, str], tuple[str, str]] = {}
    for code, value in (*one.assumed, *other.assumed):
        assumed.setdefault((code, value if VALUES[code] else ""), (code, value))
    code = "crossing_doubtful" if doubt else "crossing"
    told = (code, f"{names[0]}\n{names[1]}\n{met.metres}")
    return Found(
        one.score + other.score - 1000 - CROSSING_COST - METRE_COST * doubt, "crossing",
        min(one.kind, other.kind, key=KINDS.index), met.rows, f"{names[0]} × {names[1]}",
        (*assumed.values(), told), (met.x, met.y), max(LEAST_REACH, (met.metres + 1) // 2),
    )  # fmt: skip


KINDS = ("fuzzy", "shortened", "abbreviated", "folded", "exact", "code", "coordinates")


def meeting(index: AddressIndex, one: object, other: object) -> Meeting | None:
    """Return how near two streets come; None where the register has no points of one.

    Parameters
    ----------
    one, other : sequence of int
        Rows of the index.
    """
    rows = [_placed(index, np.asarray(some, dtype=np.int64)) for some in (one, other)]
    if not len(rows[0]) or not len(rows[1]):
        return None
    (ax, ay), (bx, by) = (index.metres(some) for some in rows)
    nearest = _nearest(ax, ay, bx, by)
    least = min(nearest)
    # Squares of whole metres: exact here and in the page.
    metres = int(np.floor(np.sqrt(least) + 0.5))
    most = max(int(least * ALSO_NEAR * ALSO_NEAR), (metres + METRES_FARTHER) ** 2)
    sums: list[tuple[int, int]] = []
    near: set[int] = set()
    for i in range(len(ax)):
        if nearest[i] > most:
            continue
        squares = (bx - ax[i]) ** 2 + (by - ay[i]) ** 2
        for j in np.flatnonzero(squares <= most).tolist():
            sums.append((int(ax[i] + bx[j]), int(ay[i] + by[j])))
            near.update((int(rows[0][i]), int(rows[1][j])))
    by_x, by_y = zip(*sums, strict=True)
    spread = (max(by_x) - min(by_x)) ** 2 + (max(by_y) - min(by_y)) ** 2
    # Half the sum of two coordinates in metres is their mean, five times the sum in decimetres.
    x, y = (int(np.floor(5 * sum(one) / len(one) + 0.5)) for one in (by_x, by_y))
    alongside = spread > (2 * LONGEST_CORNER) ** 2
    return Meeting(metres, x, y, tuple(sorted(near)), alongside)


def _placed(index: AddressIndex, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[~np.isnan(index.x[rows])]


def _nearest(
    ax: NDArray[np.int64], ay: NDArray[np.int64], bx: NDArray[np.int64], by: NDArray[np.int64]
) -> list[int]:
    """Return for each of the first points the square of the distance to the nearest second one."""
    step = max(MOST_PAIRS // len(bx), 1)
    nearest: list[int] = []
    for start in range(0, len(ax), step):
        x, y = ax[start : start + step, None], ay[start : start + step, None]
        nearest += ((x - bx) ** 2 + (y - by) ** 2).min(axis=1).tolist()
    return nearest
