"""What is hidden cannot be worked out: attacked by trying every table that fits what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.pages.suppression import Sum, room, suppressed

LEAST = 3


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """Return true pieces, and sums of any of them that someone wants to publish."""
    pieces = {name: draw(st.integers(0, 7)) for name in "abcd"[: draw(st.integers(2, 4))]}
    subsets = st.sets(st.sampled_from(sorted(pieces)), min_size=1)
    wanted = draw(st.lists(subsets, min_size=1, max_size=6))
    sums = []
    for number, parts in enumerate(wanted):
        count = sum(pieces[part] for part in parts)
        sums.append(Sum(number, frozenset(parts), count, (count, number)))
    return pieces, sums


def fitting(pieces: dict[str, int], shown: list[Sum]) -> list[dict[str, int]]:
    """Try every table of pieces up to twice the limit above the largest: which fit?"""
    names = sorted(pieces)
    held = {name for one in shown for name in one.parts}
    highest = max([one.count for one in shown], default=0)
    ranges = [range(highest + 1) if name in held else range(LEAST + 1) for name in names]
    found = []
    for values in product(*ranges):
        table = dict(zip(names, values, strict=True))
        if all(sum(table[part] for part in one.parts) == one.count for one in shown):
            found.append(table)
    return found


@settings(deadline=None, max_examples=60)
@given(tables())
def test_every_small_piece_may_be_large_for_all_that_is_shown(
    made: tuple[dict[str, int], list[Sum]],
) -> None:
    pieces, sums = made
    hidden = suppressed(sums, LEAST)
    shown = [one for one in sums if one.key not in hidden]
    assert all(one.count >= LEAST for one in shown)
    possible = fitting(pieces, shown)
    assert pieces in [
        {name: table[name] if any(name in one.parts for one in shown) else pieces[name]
         for name in pieces}
        for table in possible
    ]  # fmt: skip
    for name in pieces:
        if any(name in one.parts for one in sums):
            assert max(table[name] for table in possible) >= LEAST


@settings(deadline=None, max_examples=60)
@given(tables())
def test_the_audit_gives_the_room_that_trying_every_table_gives(
    made: tuple[dict[str, int], list[Sum]],
) -> None:
    pieces, sums = made
    possible = fitting(pieces, sums)
    for name, (low, high) in room(sums).items():
        values = [table[name] for table in possible]
        # The room may be a fraction wider below: its lower end is not made whole.
        assert low <= min(values)
        assert high == max(values)


@settings(deadline=None, max_examples=40)
@given(tables())
def test_nothing_large_is_hidden_where_nothing_small_is_told(
    made: tuple[dict[str, int], list[Sum]],
) -> None:
    _pieces, sums = made
    if all(high >= LEAST for _low, high in room(sums).values()):
        assert suppressed(sums, LEAST) == {one.key for one in sums if one.count < LEAST}


def test_a_table_with_two_totals_is_suppressed_as_by_hand() -> None:
    """One small cell in a table with margins needs three more hidden, in a rectangle with it."""
    table = {("r1", "c1"): 2, ("r1", "c2"): 40, ("r2", "c1"): 30, ("r2", "c2"): 50,
             ("r3", "c1"): 60, ("r3", "c2"): 70}  # fmt: skip
    sums = [Sum(cell, frozenset([cell]), n, (0, n)) for cell, n in table.items()]
    for line in ("r1", "r2", "r3", "c1", "c2"):
        cells = frozenset(cell for cell in table if line in cell)
        sums.append(Sum(line, cells, sum(table[cell] for cell in cells), (1, 0)))
    # The cheapest rectangle with the small cell: 40, 30 and 50 rather than 40, 60 and 70.
    hidden = suppressed(sums, 5)
    assert hidden == {("r1", "c1"), ("r1", "c2"), ("r2", "c1"), ("r2", "c2")}


def test_outcomes_that_overlap_in_part_are_no_way_to_a_small_count() -> None:
    # Kinds x, y, z: 20, 1, 30. Shown: x+y = 21, y+z = 31, x = 20 would tell y = 1.
    sums = [
        Sum("xy", frozenset("xy"), 21, (21,)),
        Sum("yz", frozenset("yz"), 31, (31,)),
        Sum("x", frozenset("x"), 20, (20,)),
    ]
    assert suppressed(sums, 5) == {"x"}
    assert suppressed(sums[:2], 5) == set()


def test_sums_that_contradict_each_other_are_taken_as_nearly_true() -> None:
    sums = [Sum("whole", frozenset("ab"), 20, (20,)), Sum("a", frozenset("a"), 26, (26,))]
    # Taken as nearly true, nothing is left for b; the smaller sum goes.
    assert suppressed(sums, 5) == {"whole"}


@pytest.mark.parametrize("least", [0, 1])
def test_without_a_limit_everything_is_shown(least: int) -> None:
    sums = [Sum("a", frozenset("a"), 1), Sum("all", frozenset("ab"), 1)]
    assert suppressed(sums, 0) == set()
    assert suppressed(sums[:1], least) == set()
