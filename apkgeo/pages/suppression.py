"""Cells of linked tables hidden so that no small one can be worked out: suppression and its audit.

Every number that is published is a sum of the smallest pieces that any of them is made of. A piece
is known to be small when the published sums, taken together, leave no room for it to reach the
limit; that room is found by linear programming, as the audit of tau-ARGUS does, and then in whole
numbers, since an attacker knows that incidents are whole, too.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, eye, hstack

_EXACT = 1e-6


@dataclass(frozen=True)
class Sum:
    """A count that stands in a table, as the sum of pieces.

    Attributes
    ----------
    key : hashable
        What it is called.
    parts : frozenset
        The pieces that it adds up.
    count : int
        Its true value.
    worth : tuple
        Of several that could be hidden, the one with the lowest worth is.
    """

    key: Hashable
    parts: frozenset[Hashable]
    count: int
    worth: tuple[Any, ...] = ()


def suppressed(sums: Iterable[Sum], least: int) -> set[Hashable]:
    """Choose which sums must be hidden so that no piece is known to be below the limit.

    Parameters
    ----------
    sums : iterable of Sum
        Everything that would be published: cells, totals, differences in time.
    least : int
        The smallest count that may be shown; 0 when all may.

    Returns
    -------
    set
        Keys: first the sums below the limit (primary suppression), then, one after another,
        the least worthy of the sums that together give a small piece away (secondary).

    Notes
    -----
    After it, for every piece, and so for every sum of pieces, what is published allows a value of
    `least` or more wherever the true one may be below it. A remainder (a total less its shown
    parts) is a piece or a sum of pieces, too. The choice is greedy: safe, not the smallest
    possible (that is the NP-hard problem of complementary cell suppression).

    References
    ----------
    Fischetti, M. & Salazar, J. J. (2001). Solving the cell suppression problem on tabular data
    with linear constraints. Management Science 47, 1008–1027. doi:10.1287/mnsc.47.7.1008.9805
    Hundepool, A. et al. (2012). Statistical Disclosure Control. Wiley, chapter 4.
    doi:10.1002/9781118348239

    Examples
    --------
    A total of 20, of which 17 and 3: the 3 is hidden, and one more, or the 3 would be 20 − 17.

    >>> cells = [Sum("a", frozenset("a"), 17, (17,)), Sum("b", frozenset("b"), 3, (3,))]
    >>> total = Sum("all", frozenset("ab"), 20, (20,))
    >>> sorted(suppressed([*cells, total], 5))
    ['a', 'b']
    """
    return set(_suppressed(tuple(sums), least)) if least else set()


@lru_cache(maxsize=16)
def _suppressed(sums: tuple[Sum, ...], least: int) -> frozenset[Hashable]:
    """Each page of a run asks for the same answer."""
    hidden: set[Hashable] = {one.key for one in sums if one.count < least}
    for group in _linked(sums):
        if len(group) > 1:
            hidden |= _hidden_in(group, least)
    return frozenset(hidden)


def _hidden_in(group: Sequence[Sum], least: int) -> set[Hashable]:
    """Return what is hidden among sums that share pieces."""
    hidden: set[Hashable] = {one.key for one in group if one.count < least}
    pieces = sorted({part for one in group for part in one.parts}, key=repr)
    safe: set[Hashable] = set()
    while True:
        shown = [one for one in group if one.key not in hidden]
        given = _first_given(shown, [piece for piece in pieces if piece not in safe], least, safe)
        if not given:
            return hidden
        hidden.add(min(given, key=lambda one: one.worth).key)


def _first_given(
    shown: Sequence[Sum], pieces: Sequence[Hashable], least: int, safe: set[Hashable]
) -> list[Sum]:
    """Return the sums that together tell of one piece that it is small; add to `safe` on the way.

    Hiding more only widens the room of a piece: what is safe stays safe.
    """
    problem = _Problem(shown)
    for piece in pieces:
        highest, tight = problem.highest(piece)
        if highest >= least - _EXACT:
            safe.add(piece)
        else:
            return tight
    return []


def room(sums: Iterable[Sum]) -> dict[Hashable, tuple[float, float]]:
    """Return between which values published sums leave each piece: the audit.

    Examples
    --------
    >>> shown = [Sum("all", frozenset("ab"), 20), Sum("a", frozenset("a"), 17)]
    >>> room(shown)
    {'a': (17.0, 17.0), 'b': (3.0, 3.0)}
    """
    told = list(sums)
    found: dict[Hashable, tuple[float, float]] = {}
    for group in _linked(told):
        problem = _Problem(group)
        for piece in sorted({part for one in group for part in one.parts}, key=repr):
            low, high = problem.lowest(piece), problem.highest(piece)[0]
            found[piece] = (round(low, 6) + 0.0, round(high, 6))
    return found


def _linked(sums: Sequence[Sum]) -> list[list[Sum]]:
    """Part sums into groups that share no piece."""
    groups: list[tuple[set[Hashable], list[Sum]]] = []
    for one in sums:
        mine = [group for group in groups if group[0] & one.parts]
        parts = set(one.parts).union(*(group[0] for group in mine))
        members = [each for group in mine for each in group[1]] + [one]
        groups = [group for group in groups if not any(group is other for other in mine)]
        groups.append((parts, members))
    return [members for _parts, members in groups]


class _Problem:
    """The pieces that published sums allow.

    Where the sums contradict each other (two tables counted differently), they are taken to be as
    nearly true as can be: the sum of what each is off by is the least possible one.
    """

    def __init__(self, shown: Sequence[Sum]) -> None:
        self._shown = list(shown)
        pieces = sorted({part for one in shown for part in one.parts}, key=repr)
        self._limits: dict[str, Any] = {}
        self._place: Mapping[Hashable, int] = {piece: place for place, piece in enumerate(pieces)}
        if not self._shown:
            return
        rows = [place for place, one in enumerate(self._shown) for _part in one.parts]
        columns = [self._place[part] for one in self._shown for part in one.parts]
        count, width = len(self._shown), len(pieces)
        matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, width))
        self._values = np.array([one.count for one in self._shown], dtype=float)
        sums = hstack([matrix, eye(count), -eye(count)], format="csr")
        off = np.concatenate([np.zeros(width), np.ones(2 * count)])
        least = linprog(off, A_eq=sums, b_eq=self._values, method="highs").fun
        self._sums = matrix
        if least > _EXACT:
            self._sums = sums
            self._limits = {"A_ub": csr_matrix(off), "b_ub": [least + _EXACT]}

    def _extreme(self, piece: Hashable, sign: float) -> tuple[float, NDArray[np.float64]]:
        costs = np.zeros(self._sums.shape[1])
        costs[self._place[piece]] = sign
        found = linprog(costs, A_eq=self._sums, b_eq=self._values, method="highs", **self._limits)
        if found.status == 3:  # no published sum holds the piece back
            return math.inf, np.zeros(len(self._shown))
        return float(found.fun), np.asarray(found.eqlin.marginals)

    def _highest_whole(self, piece: Hashable) -> float:
        """Return the largest whole value of a piece, all others being whole, too."""
        costs = np.zeros(self._sums.shape[1])
        costs[self._place[piece]] = -1.0
        exact = LinearConstraint(self._sums, self._values, self._values)
        found = milp(costs, constraints=exact, integrality=np.ones(len(costs)))
        return -float(found.fun) if found.success else math.inf

    def highest(self, piece: Hashable) -> tuple[float, list[Sum]]:
        """Return the largest value of a piece, and the sums that hold it there."""
        if piece not in self._place:
            return math.inf, []
        value, prices = self._extreme(piece, -1.0)
        if math.isinf(value):
            return math.inf, []
        tight = [one for one, price in zip(self._shown, prices, strict=True) if abs(price) > _EXACT]
        highest = -value if self._limits else min(-value, self._highest_whole(piece))
        return highest, tight or [one for one in self._shown if piece in one.parts]

    def lowest(self, piece: Hashable) -> float:
        """Return the smallest value of a piece."""
        return self._extreme(piece, 1.0)[0]
