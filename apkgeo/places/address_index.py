"""The register of addresses, laid out for looking up: plain arrays, a row for each address.

Rows are sorted by municipality, street and number, so that a street is a slice. The same order is
used by the page, whose index is packed from this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from apkgeo.places.folding import GENERIC_WORDS, STREET_WORDS, words, written_out
from apkgeo.places.ground import Ground

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART, CITY_DISTRICT, MUNICIPALITY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Group:
    """The addresses of one street, or those of one part that has no street.

    Attributes
    ----------
    name : str
        The street; empty for addresses without one.
    municipality : str
        Where it lies.
    part : str
        The part of the municipality, for addresses without a street.
    key : str
        The folded words of the name.
    start, stop : int
        Its rows.
    """

    name: str
    municipality: str
    part: str
    key: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality, a part of one or a city district: its rank, its name and its municipality."""

    rank: int
    name: str
    municipality: str


@dataclass(frozen=True)
class AddressIndex:
    """Addresses as arrays.

    Attributes
    ----------
    groups : tuple of Group
        Streets, and parts without streets, in the order of the rows.
    house, orientation : numpy.ndarray of int32
        House and orientation number of each row; 0 where there is none.
    registered : numpy.ndarray of bool
        Whether the house number is a registration number (č.ev.) and not a descriptive one (č.p.).
    letter : numpy.ndarray of uint8
        Which of `letters` follows the orientation number.
    profile : numpy.ndarray of int32
        Which of `profiles` the row has.
    profiles : tuple of (str, str, str, int)
        Part, municipality, city district and postcode that occur together.
    x, y : numpy.ndarray of float64
        Coordinates in `crs`; NaN where the address has no point.
    code : numpy.ndarray
        Code of each address: int64 where all are plain numbers, otherwise text.
    crs : str
        CRS of the coordinates, as WKT or an authority's code.
    ground : Ground or None
        How typed coordinates come to lie among the addresses; None where they cannot.
    """

    groups: tuple[Group, ...]
    house: NDArray[np.int32]
    orientation: NDArray[np.int32]
    registered: NDArray[np.bool_]
    letter: NDArray[np.uint8]
    letters: tuple[str, ...]
    profile: NDArray[np.int32]
    profiles: tuple[tuple[str, str, str, int], ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    code: NDArray[Any]
    crs: str
    ground: Ground | None = None

    def __len__(self) -> int:
        """Return how many addresses there are."""
        return len(self.house)

    def rows_of_code(self, code: str) -> list[int]:
        """Return the rows whose address point has this code."""
        wanted = int(code) if self.code.dtype.kind == "i" else code
        rows: list[int] = np.flatnonzero(self.code == wanted).tolist()
        return rows

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """First row of each group."""
        return np.array([group.start for group in self.groups], dtype=np.int64)

    @cached_property
    def in_street(self) -> NDArray[np.bool_]:
        """Whether each row has a street."""
        lengths = [group.stop - group.start for group in self.groups]
        return np.repeat([bool(group.name) for group in self.groups], lengths)

    def group_of(self, row: int) -> Group:
        """Return the street of a row."""
        return self.groups[int(np.searchsorted(self.starts, row, side="right")) - 1]

    def metres(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the points of rows to the metre, as the page knows them too; 0 where none is."""
        x, y = (np.floor(np.nan_to_num(one[rows]) + 0.5) for one in (self.x, self.y))
        return x.astype(np.int64), y.astype(np.int64)

    def nearest(self, x: int, y: int) -> tuple[int, int]:
        """Return the row nearest a point in decimetres, and how many metres away it is.

        The first of several equally near; -1 where no row has a point.
        """
        dx = np.floor(self.x + 0.5) * 10 - x
        dy = np.floor(self.y + 0.5) * 10 - y
        squares = dx * dx + dy * dy
        if np.isnan(squares).all():
            return -1, 0
        row = int(np.nanargmin(squares))
        return row, int(np.floor(np.sqrt(squares[row]) / 10 + 0.5))

    def postal(self, row: int) -> str:
        """Return an address in full: ``Resslova 199/5, Jižní Předměstí, 301 00 Plzeň``."""
        street = self.group_of(row).name
        part, municipality, _, postcode = self.profiles[self.profile[row]]
        house, orientation = self.house[row], self.orientation[row]
        kind = "č.ev. " if self.registered[row] else "" if street else "č.p. "
        number = f"{kind}{house}" if house else ""
        if orientation:
            tail = f"{orientation}{self.letters[self.letter[row]]}"
            number = f"{number}/{tail}" if number else tail
        town = (
            f"{postcode // 100} {postcode % 100:02d} {municipality}" if postcode else municipality
        )
        first = f"{street} {number}".strip()
        return ", ".join(filter(None, [first, part if part != municipality else "", town]))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every municipality, part and city district, in the order of the profiles."""
        found: dict[Place, None] = {}
        for part, municipality, district, _ in self.profiles:
            found.setdefault(Place(PART, part, municipality))
            found.setdefault(Place(CITY_DISTRICT, district, municipality))
            found.setdefault(Place(MUNICIPALITY, municipality, municipality))
        return tuple(place for place in found if place.name)

    @cached_property
    def place_keys(self) -> dict[str, tuple[int, ...]]:
        """Key -> numbers of the places that are called so."""
        keys: dict[str, list[int]] = {}
        aliases: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            name = words(place.name)
            keys.setdefault(written_out(name), []).append(number)
            if place.rank == CITY_DISTRICT:
                for alias in short_names(name):
                    aliases.setdefault(alias, []).append(number)
        for alias, numbers in aliases.items():
            keys.setdefault(alias, numbers)
        return {key: tuple(numbers) for key, numbers in keys.items()}

    @cached_property
    def place_ranks(self) -> dict[str, int]:
        """Key -> the lowest rank of the places that are called so."""
        return {
            key: min(self.places[number].rank for number in numbers)
            for key, numbers in self.place_keys.items()
        }

    @cached_property
    def place_beginnings(self) -> frozenset[str]:
        """The first word of each place's key, and the words that a key leaves out."""
        return frozenset({*(key.split()[0] for key in self.place_keys if key), *STREET_WORDS})

    @cached_property
    def profile_keys(self) -> tuple[frozenset[str], ...]:
        """Keys of the places that each profile lies in."""
        named: dict[Place, set[str]] = {}
        for key, numbers in self.place_keys.items():
            for number in numbers:
                named.setdefault(self.places[number], set()).add(key)
        none: set[str] = set()
        return tuple(
            frozenset().union(
                *(
                    named.get(Place(rank, name, municipality), none)
                    for rank, name in enumerate((part, district, municipality))
                )
            )
            for part, municipality, district, _ in self.profiles
        )

    @cached_property
    def postcodes(self) -> frozenset[int]:
        """Every postcode."""
        return frozenset(profile[3] for profile in self.profiles if profile[3])

    @cached_property
    def street_keys(self) -> dict[str, tuple[int, ...]]:
        """Key -> numbers of the groups whose name it is, written out or as it stands."""
        keys: dict[str, list[int]] = {}
        for number, group in enumerate(self.groups):
            if group.name:
                for key in dict.fromkeys((written_out(tuple(group.key.split())), group.key)):
                    keys.setdefault(key, []).append(number)
        return {key: tuple(numbers) for key, numbers in keys.items()}

    @cached_property
    def loose_keys(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """Key -> groups that it may stand for when nothing else is found, and how it does.

        ``initials``: first names shortened; ``order``: the words in another order; ``shortened``:
        the word for square or avenue, or the first names, left out.
        """
        keys: dict[str, dict[int, str]] = {}
        for number, group in enumerate(self.groups):
            if not group.name:
                continue
            name = tuple(written_out(tuple(group.key.split())).split())
            for key, how in loose_names(name):
                keys.setdefault(key, {}).setdefault(number, how)
        return {key: tuple(found.items()) for key, found in keys.items()}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every key of a street or a place, once: what a misspelt name is compared with."""
        return tuple(dict.fromkeys((*self.street_keys, *self.place_keys)))

    @cached_property
    def rows_by_part(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows sorted by place of rank part, and where each of `places` starts among them."""
        number = {place: i for i, place in enumerate(self.places)}
        nowhere = len(self.places)
        of_profile = np.array(
            [number.get(Place(PART, p, m), nowhere) for p, m, _, _ in self.profiles]
        )
        part = of_profile[self.profile]
        order = np.argsort(part, kind="stable")
        return order, np.searchsorted(part[order], np.arange(len(self.places) + 2))

    def rows_in(self, place: Place) -> NDArray[np.int64]:
        """Return the rows that lie in a place, in their order."""
        if place.rank == PART:
            order, starts = self.rows_by_part
            number = self.places.index(place)
            return order[starts[number] : starts[number + 1]]
        inside = np.array(
            [
                municipality == place.municipality
                and (place.rank == MUNICIPALITY or district == place.name)
                for _, municipality, district, _ in self.profiles
            ]
        )
        return np.flatnonzero(inside[self.profile])


def short_names(name: Sequence[str]) -> Iterable[str]:
    """Return other keys of a city district: ``plzen 2`` and ``slovany`` for Plzeň 2-Slovany."""
    where = [i for i, word in enumerate(name) if word.isdigit()]
    if where and where[0] > 0 and where[0] + 1 < len(name):
        yield " ".join(name[: where[0] + 1])
        yield " ".join(name[where[0] + 1 :])


def loose_names(name: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    """Return the other keys of a street's written-out words, and what was done to them.

    Keys of sorted words begin with a tilde, so that they meet only sorted words.

    Examples
    --------
    >>> list(loose_names(("namesti", "milady", "horakove")))[:2]
    [('namesti m horakove', 'initials'), ('~horakove milady namesti', 'order')]
    """
    if len(name) < 2:
        return
    initials = [word if word in GENERIC_WORDS else word[0] for word in name[:-1]]
    yield " ".join([*initials, name[-1]]), "initials"
    yield "~" + " ".join(sorted(name)), "order"
    bare = [word for word in name if word not in GENERIC_WORDS]
    if bare:
        yield " ".join(bare), "shortened"
        if not bare[-1].isdigit():
            yield bare[-1], "shortened"
