"""Share the addresses of the register among areas that list them, and account for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from apkgeo.frames import REJECTED_COLUMNS
from apkgeo.language import Note, _
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.street_entries import Row
from apkgeo.places.street_sections import Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOWHERE = -1
_NAMED = 8

TAKEN = _("Its addresses are already listed in {area}, line {line}.")
PARTLY_TAKEN = _(
    "{text} (line {line}): addresses already listed in {area} were left there: {count}."
)
MORE_EXACT = _("{text} (line {line}): {count} addresses go to areas that list them by number.")
BOTH_SIDES = _("{text} (line {line}) was read as odd and even numbers alike.")
ODD_SIDE = _(
    "{text} (line {line}) was read as odd numbers, since a range of even ones overlaps it."
)
EVEN_SIDE = _(
    "{text} (line {line}) was read as even numbers, since a range of odd ones overlaps it."
)
ASSUMED = _("{text} (line {line}): {assumed}")
UNLISTED = _("Addresses of the register in no list: {count} of {total}.")
STREETS_UNLISTED = _("Streets in no list: {count} ({names}).")
STREETS_DIVIDED = _("Streets only partly listed: {count} ({names}).")


@dataclass(frozen=True)
class Shares:
    """Which address belongs to which area, and what became of each row."""

    area: NDArray[np.int64]
    rows: list[Row]
    notes: list[Note]


def share_addresses(rows: Sequence[Row], sections: Sequence[Section], count: int) -> Shares:
    """Give each address to the area that lists it most exactly, else to the first."""
    area = np.full(count, NOWHERE, dtype=np.int64)
    rank = np.full(count, -1)
    owner = np.full(count, -1)
    order = sorted(range(len(rows)), key=lambda i: (-_rank(rows[i]), i))
    made: dict[int, Row] = {}
    notes: list[Note] = []
    for i in order:
        row = rows[i]
        made[i] = row
        if row.reason is not None or row.item.excluded:
            continue
        listed = row.rows
        other = listed[(area[listed] != NOWHERE) & (area[listed] != row.entry.area)]
        free = listed[area[listed] == NOWHERE]
        area[free], rank[free], owner[free] = row.entry.area, _rank(row), i
        if not len(other):
            continue
        alike = other[rank[other] == _rank(row)]
        mine = int((area[listed] == row.entry.area).sum())
        first = rows[int(owner[other[0]])]
        taken = {"area": sections[first.entry.area].name, "line": first.entry.line}
        if not mine:
            made[i] = Row(row.entry, row.item, row.rows, Note(TAKEN, **taken))
        elif len(alike):
            first = rows[int(owner[alike[0]])]
            notes.append(
                Note(
                    PARTLY_TAKEN,
                    text=row.text,
                    line=row.entry.line,
                    count=len(alike),
                    area=sections[first.entry.area].name,
                )
            )
        else:
            notes.append(Note(MORE_EXACT, text=row.text, line=row.entry.line, count=len(other)))
    told = [*notes, *_assumed(rows)]
    return Shares(area, [made[i] for i in range(len(rows))], told)


def _rank(row: Row) -> int:
    """Return how exactly a row names its addresses; a part of the town the least."""
    target = row.entry.target
    place = target is not None and not hasattr(target.what, "start")
    return row.item.rank - (4 if place and row.item.shape == "whole" else 0)


def _assumed(rows: Sequence[Row]) -> list[Note]:
    """Return what was assumed on each entry, once."""
    notes: dict[str, Note] = {}
    for row in rows:
        if row.reason is not None:
            continue
        entry, item = row.entry, row.item
        for one in entry.notes:
            said = Note(ASSUMED, text=entry.text, line=entry.line, assumed=one)
            notes.setdefault(str(said), said)
        ends = (item.first, item.last)
        same = all(end is not None for end in ends) and (
            len({end.value % 2 for end in ends if end is not None}) == 1
        )
        if item.shape == "range" and item.parity is None and same and ends[0] != ends[1]:
            said = Note(BOTH_SIDES, text=row.text, line=entry.line)
            notes.setdefault(str(said), said)
        elif item.by_ends:
            side = ODD_SIDE if item.parity else EVEN_SIDE
            said = Note(side, text=row.text, line=entry.line)
            notes.setdefault(str(said), said)
    return list(notes.values())


def rejected_rows(rows: Sequence[Row], sections: Sequence[Section]) -> pd.DataFrame:
    """Return the table of the rows that were not used."""
    table = [
        {
            "row": number,
            "column": "street" if row.entry.rows is None else "number",
            "value": row.text,
            "reason": row.reason,
            "line": row.entry.line,
            "area": sections[row.entry.area].code,
        }
        for number, row in enumerate(rows, 1)
        if row.reason is not None
    ]
    columns = [*REJECTED_COLUMNS, "line", "area"]
    # Reasons stay notes, which can be told again in Czech.
    made = pd.DataFrame(table, columns=columns, dtype="object")
    return made.astype({"row": "int64", "line": "int64"})


def unlisted(index: AddressIndex, area: NDArray[np.int64]) -> list[Note]:
    """Tell how much of the register is in no list, street by street."""
    missing = area == NOWHERE
    if not missing.any():
        return []
    notes = [Note(UNLISTED, count=int(missing.sum()), total=len(area))]
    whole: list[str] = []
    partly: list[str] = []
    for group in index.groups:
        out = int(missing[group.start : group.stop].sum())
        if group.name and out:
            (whole if out == group.stop - group.start else partly).append(group.name)
    for message, names in ((STREETS_DIVIDED, partly), (STREETS_UNLISTED, whole)):
        if names:
            said = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
            notes.append(Note(message, count=len(names), names=said))
    return notes
