"""Find what a text can mean: coordinates, a crossing, an address, a street, a part or a code.

An exact name beats one that differs in case or diacritics, which beats an abbreviation, which beats
a shortened name, which beats a misspelt one. Scores are whole thousandths and every choice among
equals is settled by the order of the register, so that ``pages/static/lookup_search.js``, which
follows the same steps, gives the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from apkgeo.places.address_index import AddressIndex
from apkgeo.places.addresses import CODE, LONGEST, Written
from apkgeo.places.assumptions import in_order
from apkgeo.places.candidates import answers
from apkgeo.places.crossings import crossings
from apkgeo.places.folding import fold
from apkgeo.places.matches import Found
from apkgeo.places.names import Target, exact_names, loose_names, misspelt_names, plain
from apkgeo.places.typed import AROUND, LeftOut, clean, left_out, quiet
from apkgeo.places.typed_points import TypedPoint, typed_point
from apkgeo.places.ways import ways

# A town that is not in the register: no confident answer, so that none is geocoded.
ELSEWHERE_COST = 250
# What scores this much needs no more forgiving rule.
SURE = 701
# A point far from all addresses, and how far in metres one may be and still be told beside it.
FAR_COST, NEAREST_MOST = 500, 1000

_PRECISIONS = ("address", "street", "part", "crossing", "point")


def search(index: AddressIndex, text: Any) -> list[Found]:
    """Return what a text can mean, the likeliest first, not yet told."""
    if not isinstance(text, str) or len(text) > LONGEST or "<" in text or ">" in text:
        return []
    tidy = clean(text)
    point = typed_point(tidy, index.ground)
    if point is not None:
        return [_at_point(index, point)]
    met = crossings(index, tidy, lambda name: addresses(index, name), always=True)
    if met.found or met.apart:
        return met.found
    found = addresses(index, text)
    if not found or found[0].score < SURE or _left_out_beside_a_street(found[0]):
        met = crossings(index, tidy, lambda name: addresses(index, name), always=False)
        found = met.found or found
    if not found or found[0].score < SURE:
        found = max(found, _without_surroundings(index, tidy), key=_best)
    return found or by_code(index, text)


def _left_out_beside_a_street(found: Found) -> bool:
    """Whether a street was found by leaving words out, which may be a street that crosses it."""
    return found.precision == "street" and any(code == "ignored" for code, _ in found.assumed)


def _without_surroundings(index: AddressIndex, text: str) -> list[Found]:
    """Return what a text means when what tells where beside the address it is stands apart."""
    parted = AROUND.sub(r", \g<0>, ", quiet(text))
    return addresses(index, parted) if len(parted) > len(text) else []


def _best(found: list[Found]) -> int:
    return found[0].score if found else 0


def _at_point(index: AddressIndex, point: TypedPoint) -> Found:
    """Return typed coordinates as a candidate, with the address that is nearest."""
    if point.x is None or point.y is None:
        return Found(
            1000 - FAR_COST, "point", "coordinates", (), point.name, tuple(in_order(point.assumed))
        )
    row, metres = index.nearest(point.x, point.y)
    assumed = point.assumed
    near = row >= 0 and metres <= NEAREST_MOST
    if near:
        assumed = (*assumed, ("nearest", f"{index.postal(row)}\n{metres}"))
    rows = (row,) if near else ()
    return Found(
        1000, "point", "coordinates", rows, point.name, tuple(in_order(assumed)), (point.x, point.y)
    )


def addresses(index: AddressIndex, text: Any) -> list[Found]:
    """Return the addresses, streets and parts that a text can mean, the likeliest first."""
    found_ways, postcode = ways(index, text)
    if not found_ways:
        return []
    as_typed = plain(text)
    rules: tuple[Callable[[Written], list[Target]], ...] = (
        lambda written: exact_names(index, written, as_typed),
        lambda written: loose_names(index, written),
        lambda written: misspelt_names(index, written),
    )
    best: dict[tuple[int, int, int], Found] = {}
    for rule in rules:
        # A name that is known beats a misspelt one, unless both numbers speak for that.
        known = bool(best) and rule is rules[-1]
        for group in found_ways:
            for written in group:
                if known and not (written.number and written.number.other):
                    continue
                for target in rule(written):
                    for one in answers(index, written, target, postcode):
                        key = (one.rows[0], one.rows[-1], len(one.rows))
                        if key not in best or best[key].score < one.score:
                            best[key] = one
            if any(one.score >= SURE for one in best.values()):
                return _as_typed(best.values(), text)
    return _as_typed(best.values(), text)


def by_code(index: AddressIndex, text: Any) -> list[Found]:
    """Return the address whose code the text is."""
    code = CODE.match(fold(text)) if isinstance(text, str) and len(text) <= LONGEST else None
    rows = index.rows_of_code(code[1]) if code else []
    return [Found(1000, "address", "code", (row,), "", ()) for row in rows]


def _as_typed(candidates: Iterable[Found], text: str) -> list[Found]:
    """Return candidates in order, the words they left out told as they were typed."""
    said: dict[str, LeftOut] = {}
    told = []
    for one in candidates:
        assumed: list[tuple[str, str]] = []
        score = one.score
        for code, value in one.assumed:
            if code not in ("ignored", "elsewhere"):
                assumed.append((code, value))
                continue
            if value not in said:
                said[value] = left_out(text, value.split(" "))
            others, place, rest = said[value]
            if place and rest and code == "elsewhere":
                assumed.append(("place_unknown", f"{place}\n{rest}"))
                score = max(score - ELSEWHERE_COST, 1)
            elif place:
                others = ", ".join(filter(None, [others, place]))
            if others:
                assumed.append(("ignored", others))
        told.append(one._replace(score=score, assumed=tuple(in_order(assumed))))
    return sorted(told, key=_order)


def _order(found: Found) -> tuple[int, int, int]:
    return -found.score, _PRECISIONS.index(found.precision), found.rows[0]
