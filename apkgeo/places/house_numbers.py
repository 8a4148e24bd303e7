"""Which houses of a street a written number can mean, and numbers told in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from apkgeo.places.addresses import Number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apkgeo.places.address_index import AddressIndex

# What an assumption about the number takes from a score of 1000.
HOUSE_COST = 10
REGISTRATION_COST = 20
LETTER_COST = 60
SWAPPED_COST = 60
KIND_COST = 100
# Without a street č.p. 5 and č.ev. 5 are two houses; it is less sure than the place as a whole.
OTHER_HOUSE_COST = 350
STREET_LEFT_OUT_COST = 30
HOUSE_DIFFERS_COST = 120
ORIENTATION_DIFFERS_COST = 150


class House(NamedTuple):
    """A house that a number can mean: its row, what that costs, and what was assumed."""

    row: int
    cost: int
    assumed: tuple[str, ...] = ()


class _Rows:
    """Some rows of the index with their numbers at hand."""

    def __init__(self, index: AddressIndex, rows: slice | NDArray[np.int64]) -> None:
        self.rows = rows
        self.house = index.house[rows]
        self.orientation = index.orientation[rows]
        self.letter = index.letter[rows]
        self.registered = index.registered[rows]
        self.in_street = index.in_street[rows]
        self.letters = index.letters

    def where(self, mask: NDArray[np.bool_], cost: int = 0, *assumed: str) -> list[House]:
        """Return the rows where `mask` holds, as houses."""
        chosen = mask.nonzero()[0]
        if isinstance(self.rows, slice):
            first = self.rows.start
            return [House(first + i, cost, assumed) for i in chosen.tolist()]
        return [House(i, cost, assumed) for i in self.rows[chosen].tolist()]

    def has_letter(self, letter: str) -> NDArray[np.bool_]:
        """Return which rows have the letter, or no letter where it is empty."""
        wanted = self.letters.index(letter) if letter in self.letters else 255
        return np.asarray(self.letter == wanted)


def houses(
    index: AddressIndex, rows: slice | NDArray[np.int64], number: Number, *, in_street: bool
) -> list[House]:
    """Return the houses among `rows` that `number` can mean, the likeliest first.

    A lone number is an orientation number (č.o.) in a street and, where another house has it as
    its house number (č.p.), that one too; without streets it is the house number.
    """
    found = _houses(index, rows, number, in_street=in_street)
    return [_with_letter(index, number, one) if "letter" in one.assumed else one for one in found]


def _houses(
    index: AddressIndex, rows: slice | NDArray[np.int64], number: Number, *, in_street: bool
) -> list[House]:
    """Return the same with the code "letter" for any other letter than was written."""
    at = _Rows(index, rows)
    if number.value <= 0:
        return []
    if number.other:
        return _pair(at, number)
    if number.mark in ("p", "e"):
        same = at.house == number.value
        right = same & (at.registered == (number.mark == "e"))
        other = KIND_COST if in_street else OTHER_HOUSE_COST
        return at.where(right) or at.where(same, other, "kind")
    if number.mark == "o":
        same = at.orientation == number.value
        return at.where(same & at.has_letter(number.letter)) or at.where(
            same, LETTER_COST, "letter"
        )
    return _lone(at, number, in_street=in_street)


def _with_letter(index: AddressIndex, number: Number, house: House) -> House:
    """Return a house with what happened to the letter of the number."""
    code = "letter_added"
    if number.other_letter if number.other else number.letter:
        # A house number (č.p.) has no letter.
        kept = "cp" not in house.assumed and index.letters[index.letter[house.row]]
        code = "letter_differs" if kept else "letter_left_out"
    assumed = tuple(code if one == "letter" else one for one in house.assumed)
    return house._replace(assumed=assumed)


def _lone(at: _Rows, number: Number, *, in_street: bool) -> list[House]:
    """Return the houses that a number without a mark can mean."""
    same = at.orientation == number.value
    numbered = at.house == number.value
    if number.letter:
        exact = at.where(same & at.has_letter(number.letter)) if in_street else []
        close = at.where(same, LETTER_COST, "letter") if in_street else []
        return exact or close or at.where(numbered, LETTER_COST + HOUSE_COST, "letter", "cp")
    if not in_street:
        # Who names the part and no street means a house that is in none.
        alone = numbered & ~at.in_street
        return [
            *at.where(alone & ~at.registered),
            *at.where(alone & at.registered, REGISTRATION_COST, "ev"),
            *at.where(numbered & at.in_street, STREET_LEFT_OUT_COST, "street_left_out"),
        ]
    by_orientation = at.where(same & at.has_letter(""))
    numbered &= ~(same & at.has_letter(""))
    by_house = [
        *at.where(numbered & ~at.registered, HOUSE_COST, "cp"),
        *at.where(numbered & at.registered, REGISTRATION_COST, "ev"),
    ]
    if by_orientation and by_house:
        by_orientation = [House(one.row, 0, ("co",)) for one in by_orientation]
    lettered = [] if by_orientation else at.where(same & ~numbered, LETTER_COST, "letter")
    return by_orientation + by_house + lettered


def _pair(at: _Rows, number: Number) -> list[House]:
    """Return the houses that ``1873/42a`` can mean, the first of the ways that finds any."""
    house = at.house == number.value
    if number.mark in ("p", "e"):
        house &= at.registered == (number.mark == "e")
    orientation = at.orientation == number.other
    exact = orientation & at.has_letter(number.other_letter)
    swapped = (at.house == number.other) & (at.orientation == number.value)
    return (
        at.where(house & exact)
        or at.where(house & orientation, LETTER_COST, "letter")
        or at.where(swapped & at.has_letter(number.letter), SWAPPED_COST, "swapped")
        or at.where(exact, HOUSE_DIFFERS_COST, "house_differs")
        or at.where(house, ORIENTATION_DIFFERS_COST, "orientation_differs")
    )


class NumberRange(NamedTuple):
    """House numbers that follow one another: ``odd 1–29``.

    `parity` is ``"odd"`` or ``"even"``; `kind` says which numbers they are: ``"č.o."``, or
    ``"č.p."`` and ``"č.ev."`` for houses without an orientation number.
    """

    parity: str
    kind: str
    first: int
    last: int


_KINDS = ("č.o.", "č.p.", "č.ev.")


def number_ranges(
    index: AddressIndex, rows: Sequence[int], area: Sequence[int]
) -> dict[int, tuple[NumberRange, ...]]:
    """Split the house numbers of a street among the areas in which they lie.

    Parameters
    ----------
    rows : sequence of int
        Rows of the index, all of one street.
    area : sequence of int
        The area of each.

    Returns
    -------
    dict of int to tuple of NumberRange
        For each area the runs of odd, then of even numbers between which no other area's number
        of the same kind and parity lies. A number that two areas share ends a run in both.
    """
    numbers: dict[tuple[int, int], dict[int, set[int]]] = {}
    for row, where in zip(rows, area, strict=True):
        orientation = int(index.orientation[row])
        kind = 0 if orientation else 2 if index.registered[row] else 1
        number = orientation or int(index.house[row])
        numbers.setdefault((kind, 1 - number % 2), {}).setdefault(number, set()).add(where)
    ranges: dict[int, list[NumberRange]] = {where: [] for where in sorted(set(area))}
    for kind, parity in sorted(numbers):
        in_order = sorted(numbers[kind, parity].items())
        for where, runs in ranges.items():
            open_run = False
            for number, areas in in_order:
                if where not in areas:
                    open_run = False
                    continue
                if open_run:
                    runs[-1] = runs[-1]._replace(last=number)
                else:
                    name = "even" if parity else "odd"
                    runs.append(NumberRange(name, _KINDS[kind], number, number))
                open_run = len(areas) == 1
    return {where: tuple(runs) for where, runs in ranges.items()}
