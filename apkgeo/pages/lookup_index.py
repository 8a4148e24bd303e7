"""The register and the districts, packed for the page: every house number in few bytes.

Columns are differences from the row before, written as variable-length integers (seven bits a
byte) and base64; what seldom changes is written as runs. The page's script reads them with the
rules that stand beside them, so that both implementations have one table of abbreviations and one
of costs.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from apkgeo.places import (
    addresses,
    candidates,
    crossings,
    districts,
    folding,
    house_numbers,
    names,
    search,
    towns,
    typed,
    typed_points,
)
from apkgeo.places.assumptions import ASSUMPTIONS, FIRST, VALUES
from apkgeo.places.district_matches import EVEN, ODD, OF_KIND
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.epochs import CHANGES, Epoch
from apkgeo.places.ground import Ground
from apkgeo.places.reasons import REASONS


def varints(values: Iterable[int]) -> str:
    """Return non-negative numbers as base64 of seven bits a byte, the low ones first.

    Examples
    --------
    >>> varints([1, 300])
    'AawC'
    """
    packed = bytearray()
    for value in values:
        while value > 127:
            packed.append(value & 127 | 128)
            value >>= 7
        packed.append(value)
    return base64.b64encode(bytes(packed)).decode("ascii")


def signed(values: Iterable[int]) -> list[int]:
    """Return numbers folded to non-negative ones: 0, −1, 1, −2 become 0, 1, 2, 3.

    Examples
    --------
    >>> signed([0, -1, 1, -2])
    [0, 1, 2, 3]
    """
    return [value << 1 if value >= 0 else (-value << 1) - 1 for value in values]


def runs(values: Sequence[int]) -> list[int]:
    """Return numbers as value, length, value, length …

    Examples
    --------
    >>> runs([7, 7, 7, 2])
    [7, 3, 2, 1]
    """
    told: list[int] = []
    for value in values:
        if told and told[-2] == value:
            told[-1] += 1
        else:
            told += [value, 1]
    return told


def rules() -> dict[str, Any]:
    """Return the tables and the costs by which addresses are read and matched."""
    costs = {
        name.lower(): getattr(module, name)
        for module in (house_numbers, names, candidates, search, crossings)
        for name in vars(module)
        if name.endswith("_COST") or name in ("FUZZY_BASE", "LEAST", "SURE", "SHORTEST_SIMILAR")
    }
    return {
        "longest": addresses.LONGEST,
        "segments": addresses.MOST_SEGMENTS,
        "code": addresses.CODE.pattern,
        "token": addresses.TOKEN.pattern,
        "gaps": names.GAPS.pattern,
        "typed": {
            name: getattr(typed, name.upper()).pattern
            for name in ("piece", "gap", "lines", "between", "start", "end", "kinds", "around")
        },
        "notPlaces": sorted(typed.NOT_PLACES),
        "towns": sorted(towns.TOWNS),
        "first": list(FIRST),
        "values": VALUES,
        "points": {
            "piece": typed_points.PIECE.pattern,
            "joined": typed_points.JOINED.pattern,
            "longest": typed_points.LONGEST_POINT,
            "easting": typed_points.EASTING,
            "northing": typed_points.NORTHING,
            "nearestMost": search.NEAREST_MOST,
        },
        "crossing": {
            **{
                name: getattr(crossings, name.upper()).pattern
                for name in ("corner", "always", "maybe", "dash", "genitive", "sadu")
            },
            "kinds": crossings.KINDS,
            "nearEachOther": crossings.NEAR_EACH_OTHER,
            "tooFar": crossings.TOO_FAR,
            "longestCorner": crossings.LONGEST_CORNER,
            "alsoNear": crossings.ALSO_NEAR,
            "metresFarther": crossings.METRES_FARTHER,
            "leastReach": crossings.LEAST_REACH,
            "mostSplits": crossings.MOST_SPLITS,
        },
        "namedDistrict": districts.NAMED_DISTRICT.pattern,
        "plain": districts.PLAIN,
        "elsewhere": list(districts.ELSEWHERE),
        "housesAfter": districts.HOUSES_AFTER,
        "foreign": folding.FOREIGN,
        "abbreviations": dict(folding.ABBREVIATIONS),
        "street": sorted(folding.STREET_WORDS),
        "generic": sorted(folding.GENERIC_WORDS),
        "title": sorted(folding.TITLE_WORDS),
        "country": sorted(folding.COUNTRY_WORDS),
        "folding": folding.tables(),
        "costs": costs,
    }


def pack(lookup: DistrictLookup) -> dict[str, Any]:
    """Return the index of a look-up as a value for the page.

    Coordinates are whole metres from the corner ``origin``, outlines whole decimetres.
    """
    index = lookup.index
    starts = index.starts.tolist()
    orientation = index.orientation.astype(np.int64)
    steps = np.diff(orientation, prepend=0)
    steps[starts] = orientation[starts]
    pointless = np.flatnonzero(np.isnan(index.x) | np.isnan(index.y))
    points = np.column_stack(index.metres(np.arange(len(index))))
    placed = np.delete(points, pointless, axis=0)
    origin = placed.min(axis=0) if len(placed) else np.zeros(2, dtype=np.int64)
    points[pointless] = origin
    moves = np.diff(points - origin, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    kinds = index.letter.astype(np.int64) * 2 + index.registered
    parts, towns, city_districts = (
        list(dict.fromkeys(profile[i] for profile in index.profiles)) for i in range(3)
    )
    return {
        "rules": rules(),
        "streets": "\n".join(group.name for group in index.groups),
        "sizes": varints(group.stop - group.start for group in index.groups),
        "parts": parts,
        "towns": towns,
        "cityDistricts": city_districts,
        "profiles": [
            [parts.index(part), towns.index(town), city_districts.index(district), postcode]
            for part, town, district, postcode in index.profiles
        ],
        "letters": list(index.letters),
        "orientation": varints(signed(steps.tolist())),
        "house": varints(signed(np.diff(index.house, prepend=0).tolist())),
        "code": _codes(index.code),
        "kind": varints(runs(kinds.tolist())),
        "profile": varints(runs(index.profile.tolist())),
        "origin": origin.tolist(),
        "x": varints(signed(moves[:, 0].tolist())),
        "y": varints(signed(moves[:, 1].tolist())),
        "pointless": pointless.tolist(),
        "ground": _ground(index.ground),
        "epochs": _epochs(lookup.epochs),
        "outlines": _outlines(lookup, origin),
        "districts": [
            [one.code, one.title, one.station, one.officer, one.phone, one.state_police, one.name]
            for one in lookup.districts
        ],
        "alike": [lookup.first_alike[i] for i in range(len(lookup.districts))],
    }


def _ground(ground: Ground | None) -> dict[str, Any] | None:
    if ground is None:
        return None
    return {
        "box": ground.box,
        "degrees": ground.degrees,
        "s_jtsk": ground.s_jtsk,
        "own": ground.is_s_jtsk,
    }


def _epochs(epochs: Sequence[Epoch]) -> list[dict[str, Any]]:
    """Return the spans of time; distances in metres, as steps from the span and row before."""
    told = []
    before: np.ndarray[Any, Any] = np.zeros(len(epochs[0].area), dtype=np.int64)
    for one in epochs:
        # Rounded twice, as the answer of `DistrictLookup` and then the page's are.
        tenths = np.round(np.nan_to_num(one.distance), 1)
        metres = np.floor(tenths + 0.5).astype(np.int64)
        steps = np.diff(metres - before, prepend=0)
        before = metres
        told.append(
            {
                "start": one.start and one.start.isoformat(),
                "stop": one.stop and one.stop.isoformat(),
                "members": list(one.members),
                "area": varints(runs((one.area + 1).tolist())),
                "distance": varints(signed(steps.tolist())),
            }
        )
    return told


def _outlines(lookup: DistrictLookup, origin: np.ndarray[Any, Any]) -> list[list[str]]:
    """Return each district's rings, each corner as steps from the one before."""
    lines = lookup.outlines
    told: list[list[str]] = [[] for _ in lookup.districts]
    for number, owner in enumerate(lines.owner.tolist()):
        part = slice(int(lines.ring[number]), int(lines.ring[number + 1]))
        corners = np.column_stack([lines.x[part], lines.y[part]])
        steps = np.diff(corners, axis=0, prepend=[origin * 10])
        told[owner].append(varints(signed(steps.ravel().tolist())))
    return told


def _codes(codes: np.ndarray[Any, Any]) -> str:
    """Return the codes of the address points, where they are numbers that the script can add."""
    if codes.dtype.kind != "i" or not len(codes) or codes.max() >= 1 << 29:
        return ""
    return varints(signed(np.diff(codes, prepend=0).tolist()))


def sentences() -> dict[str, str]:
    """Return the sentences, in English, that the script fills in itself."""
    return {**ASSUMPTIONS, **CHANGES, **REASONS, "odd": ODD, "even": EVEN, "of_kind": OF_KIND}
