"""What a name that was recognised means together with its number and its place.

The same steps, with the same costs, stand in ``pages/static/lookup_search.js``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from apkgeo.places.address_index import PART, AddressIndex, Group
from apkgeo.places.addresses import Written
from apkgeo.places.house_numbers import houses
from apkgeo.places.matches import Found, Precision
from apkgeo.places.names import Target

UNKNOWN_NUMBER_COST = 300
PLACE_COST, POSTCODE_COST = 150, 30
IGNORED_COST, UNKNOWN_PLACE_COST = 20, 200
WHOLE_TOWN_COST = 300
# What scores less is no answer.
LEAST = 500


def answers(
    index: AddressIndex, written: Written, target: Target, postcode: int
) -> Iterator[Found]:
    """Return what a name that was recognised means together with its number and place."""
    what, number = target.what, written.number
    if isinstance(what, Group):
        rows: slice | np.ndarray[Any, Any] = slice(what.start, what.stop)
        precision: Precision = "street"
    else:
        rows = index.rows_in(what)
        precision = "part"
    cost = target.cost
    if number is not None:
        if not isinstance(what, Group) and what.rank != PART:
            cost += WHOLE_TOWN_COST
        hit = False
        for house in houses(index, rows, number, in_street=isinstance(what, Group)):
            assumed = tuple((code, str(number)) for code in house.assumed)
            extra, more = beside(index, written, int(index.profile[house.row]), postcode)
            score = 1000 - cost - house.cost - extra
            if score >= LEAST:
                hit |= precision == "street" or "kind" not in house.assumed
                yield Found(
                    score, "address", target.kind, (house.row,), what.name,
                    target.assumed + assumed + more,
                )  # fmt: skip
        if hit:
            return
        cost += UNKNOWN_NUMBER_COST
    yield from _whole(index, written, target, cost, rows, precision, postcode)


def _whole(
    index: AddressIndex,
    written: Written,
    target: Target,
    cost: int,
    rows: slice | np.ndarray[Any, Any],
    precision: Precision,
    postcode: int,
) -> Iterator[Found]:
    """Return the street or the part as a whole, as far as it fits what else was written."""
    profile = index.profile[rows]
    present = np.unique(profile).tolist()
    around = {one: beside(index, written, one, postcode) for one in present}
    least = min(extra for extra, _ in around.values())
    fitting = [one for one in present if around[one][0] == least]
    inside: Sequence[int]
    if len(fitting) == len(present) and isinstance(rows, slice):
        inside = range(rows.start, rows.stop)
    else:
        chosen = np.flatnonzero(np.isin(profile, fitting))
        chosen = chosen + rows.start if isinstance(rows, slice) else rows[chosen]
        inside = _span(chosen)
    assumed = target.assumed + around[fitting[0]][1]
    if written.number is not None:
        assumed += (("number_unknown", written.number.marked),)
    score = 1000 - cost - least
    if score >= LEAST:
        yield Found(score, precision, target.kind, inside, target.what.name, assumed)


def beside(
    index: AddressIndex, written: Written, profile: int, postcode: int
) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Return what the town, the postcode and the words left over cost, and assume."""
    cost, assumed = 0, []
    keys = index.profile_keys[profile]
    wrong = [key for key in written.places if key not in keys]
    known = len(wrong) < len(written.places)
    if wrong:
        cost += PLACE_COST * len(wrong)
        assumed.append(("places_differ", ""))
    if postcode:
        if index.profiles[profile][3] == postcode:
            known = True
        else:
            cost += POSTCODE_COST
            assumed.append(("postcode_differs", ""))
    if written.ignored:
        worded = any(not word[0].isdigit() for word in written.ignored)
        elsewhere = worded and not known
        cost += UNKNOWN_PLACE_COST if elsewhere else IGNORED_COST
        assumed.append(("elsewhere" if elsewhere else "ignored", " ".join(written.ignored)))
    return cost, tuple(assumed)


def _span(rows: np.ndarray[Any, Any]) -> Sequence[int]:
    """Return sorted rows, as a range where they follow one another."""
    first, last = int(rows[0]), int(rows[-1])
    return range(first, last + 1) if last - first + 1 == len(rows) else tuple(rows.tolist())
