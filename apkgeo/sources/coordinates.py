"""Judge two columns of coordinates as a whole: which system, which order, which signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from apkgeo.crs import S_JTSK, WGS84, same_crs
from apkgeo.errors import CRSError
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Mask, Sieve
from apkgeo.sources.numbers import Floats

System = Literal["wgs84", "s-jtsk", "utm33", "mercator"]

WEB_MERCATOR = CRS.from_epsg(3857)
UTM33 = CRS.from_epsg(32633)
CRS_OF: dict[System, CRS] = {
    "wgs84": WGS84,
    "s-jtsk": S_JTSK,
    "utm33": UTM33,
    "mercator": WEB_MERCATOR,
}
# Absolute east and north of Czechia in each system, with a margin; no two systems overlap, and in
# none do east and north, so that the magnitudes alone tell the reading of a single point.
_RANGES: dict[System, tuple[float, float, float, float]] = {
    "wgs84": (11.8, 19.2, 48.2, 51.4),
    "s-jtsk": (425_000, 910_000, 925_000, 1_235_000),
    "utm33": (260_000, 830_000, 5_350_000, 5_680_000),
    "mercator": (1_310_000, 2_140_000, 6_130_000, 6_690_000),
}
_SYSTEMS: tuple[System, ...] = tuple(_RANGES)
# Czech codes of the same system with other axes: southing and westing, positive.
_KROVAK = {2065, 5513, 5514, 102065, 102066, 102067}
NULL_ISLAND = _("The coordinates are 0, 0, which is in the Atlantic Ocean.")
OUTLIER = _("The point lies far away from all the others.")
UNREADABLE = _("The coordinates cannot be read.")
HALF = _("Only one of the two coordinates is given.")
IMPOSSIBLE = _("The coordinates lie outside the range of their system.")
# Metres from the median point, and multiples of the median distance, beyond which a point is an
# outlier: anywhere, and where fewer than one in a hundred points lie so far from a town.
_FAR, _SPREADS = 100_000.0, 20.0
_NEAR, _NEAR_SPREADS, _RARE = 30_000.0, 15.0, 0.01


@dataclass(frozen=True)
class Placed:
    """Points in one system.

    Attributes
    ----------
    x, y : numpy.ndarray of float
        East and north as the CRS has them; NaN where there is no point.
    crs : pyproj.CRS
    notes : tuple of Note
    """

    x: Floats
    y: Floats
    crs: CRS
    notes: tuple[Note, ...]


def judge_coordinates(
    first: Floats, second: Floats, *, crs: CRS | None = None, names: str = "x, y", file: str = ""
) -> Placed:
    """Return points from two columns of numbers, by one judgement for the whole pair.

    Parameters
    ----------
    first, second : numpy.ndarray of float
        The column that is called east and the one called north; NaN where nothing is written.
    crs : pyproj.CRS, optional
        What the user says; it wins, only the order and the signs of S-JTSK are then judged.
    names : str
        The columns, for messages.

    Raises
    ------
    CRSError
        When the numbers fit no system and none was named.

    Notes
    -----
    Within Czechia the magnitudes tell system, order and signs of each point. The reading of most
    points is that of the column; single points in another one are repaired, and counted.
    """
    written = ~(np.isnan(first) | np.isnan(second)) & ~((first == 0) & (second == 0))
    if not written.any():
        return Placed(first, second, crs or S_JTSK, ())
    if crs is not None and not _is_krovak(crs):
        return _as_named(first, second, crs, written, names)
    readings = classify(first, second)
    counts = {int(code): int((readings == code).sum()) for code in np.unique(readings[written])}
    counts = {
        code: count
        for code, count in counts.items()
        if code >= 0 and (crs is None or _reading(code)[0] == "s-jtsk")
    }
    best = max(counts, key=lambda code: counts[code], default=-1)
    if crs is not None and best < 0:
        raise CRSError(
            f"{file}: coordinates {names}",
            expected=f"values of {crs.to_string()}",
            came=_example(first, second, written),
            remedy="name the CRS that they are in",
        )
    if best < 0 or sum(counts.values()) * 2 < written.sum():
        return _elsewhere(first, second, written, names, file)
    return _in_czechia(first, second, readings, best, names)


def classify(first: Floats, second: Floats) -> npt.NDArray[np.int8]:
    """Return the reading of each pair as a code for `_reading`; -1 where none fits Czechia."""
    found = np.full(len(first), -1, dtype="int8")
    signs = (first < 0) + 2 * (second < 0)
    for place, (west, east, south, north) in enumerate(_RANGES.values()):
        for swapped, (a, b) in enumerate([(first, second), (second, first)]):
            x, y = np.abs(a), np.abs(b)
            with np.errstate(invalid="ignore"):
                fits = (x >= west) & (x <= east) & (y >= south) & (y <= north)
            if _SYSTEMS[place] != "s-jtsk":
                fits &= signs == 0
            found[fits] = (place * 8 + swapped * 4 + signs)[fits]
    return found


def _reading(code: int) -> tuple[System, bool, bool]:
    """Return a reading's system, whether its columns are swapped and its signs lost."""
    system = _SYSTEMS[code // 8]
    return system, bool(code // 4 % 2), system == "s-jtsk" and code % 4 != 3


def _in_czechia(
    first: Floats, second: Floats, readings: npt.NDArray[np.int8], best: int, names: str
) -> Placed:
    system, swapped, unsigned = _reading(best)
    target = CRS_OF[system]
    x, y = _east_north(first, second, system, swapped)
    repaired = 0
    for code in np.unique(readings[(readings >= 0) & (readings != best)]):
        rows = readings == code
        other, its_swap, _unsigned = _reading(int(code))
        a, b = _east_north(first[rows], second[rows], other, its_swap)
        if other != system:
            move = Transformer.from_crs(CRS_OF[other], target, always_xy=True)
            a, b = move.transform(a, b)
        x[rows], y[rows] = a, b
        repaired += int(rows.sum())
    return Placed(x, y, target, (_told(target, names, swapped, unsigned), *_repaired(repaired)))


def _east_north(
    first: Floats, second: Floats, system: System, swapped: bool
) -> tuple[Floats, Floats]:
    x, y = (second, first) if swapped else (first, second)
    return (-np.abs(x), -np.abs(y)) if system == "s-jtsk" else (x.copy(), y.copy())


def _repaired(count: int) -> tuple[Note, ...]:
    message = _(
        "Points written in another order, with other signs or in another system "
        "than the rest, and turned: {count}."
    )
    return (Note(message, count=count),) if count else ()


def _told(crs: CRS, names: str, swapped: bool, unsigned: bool) -> Note:
    message = {
        (False, False): _("Coordinates {names} were read as {crs}."),
        (True, False): _("Coordinates {names} were read as {crs}: order swapped."),
        (False, True): _("Coordinates {names} were read as {crs}: signs added."),
        (True, True): _("Coordinates {names} were read as {crs}: order swapped, signs added."),
    }[swapped, unsigned]
    return Note(message, names=names, crs=crs.to_string())


def _elsewhere(first: Floats, second: Floats, written: Mask, names: str, file: str) -> Placed:
    """Read degrees outside Czechia in the order of the columns' names."""
    a, b = np.abs(first[written]), np.abs(second[written])
    straight = float(((a <= 180) & (b <= 90)).mean())
    turned = float(((a <= 90) & (b <= 180)).mean())
    if max(straight, turned) < 0.5:
        raise CRSError(
            f"{file}: the system of coordinates {names} cannot be told",
            came=_example(first, second, written),
            remedy="name it in the study: crs = 'EPSG:…'",
        )
    swapped = turned > straight
    x, y = (second, first) if swapped else (first, second)
    x, y, repaired = _turned(x, y, WGS84)
    return Placed(x, y, WGS84, (_told(WGS84, names, swapped, False), *_repaired(repaired)))


def _turned(x: Floats, y: Floats, crs: CRS) -> tuple[Floats, Floats, int]:
    """Turn single points that fall among the others only in another order or with another sign."""
    x, y = x.copy(), y.copy()
    distance = _distance_from(x, y, x, y, crs)
    with np.errstate(invalid="ignore"):
        away = (distance > _limit(distance)) & ~((x == 0) & (y == 0))
    readings = [(y, x), (-x, y), (x, -y), (-x, -y), (-y, x), (y, -x), (-y, -x)]
    inside = np.array(
        [_distance_from(a[away], b[away], x, y, crs) < _FAR for a, b in readings], dtype=bool
    )
    single = inside.sum(axis=0) == 1
    rows = np.flatnonzero(away)[single]
    for row, which in zip(rows, inside.argmax(axis=0)[single], strict=True):
        a, b = readings[which]
        x[row], y[row] = float(a[row]), float(b[row])
    return x, y, len(rows)


def _distance_from(a: Floats, b: Floats, x: Floats, y: Floats, crs: CRS) -> Floats:
    """Return metres from the median of (x, y) to each (a, b), as good as outliers need."""
    use = ~(np.isnan(x) | np.isnan(y) | ((x == 0) & (y == 0)))
    middle_x, middle_y = (np.median(x[use]), np.median(y[use])) if use.any() else (0.0, 0.0)
    narrow = float(np.cos(np.radians(middle_y))) if crs.is_geographic else 1.0
    metres = 111_195.0 if crs.is_geographic else 1.0
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that are no place at all
        distance = np.hypot((a - middle_x) * narrow, b - middle_y) * metres
    return np.asarray(distance, dtype="float64")


def _limit(distance: Floats) -> float:
    known = distance[~np.isnan(distance)]
    if len(known) < 4:
        return np.inf
    middle = float(np.median(known))
    near = max(_NEAR, _NEAR_SPREADS * middle)
    rare = float((known > near).mean()) <= _RARE
    return near if rare else max(_FAR, _SPREADS * middle)


def _as_named(first: Floats, second: Floats, crs: CRS, written: Mask, names: str) -> Placed:
    """Take the user's CRS; swap the columns when only so they lie where it is used."""
    straight, turned = (_share_inside(a, b, crs) for a, b in _orders(first, second, written))
    swapped = turned > 0.5 > straight
    x, y = (second, first) if swapped else (first, second)
    x, y, repaired = _turned(x, y, crs)
    return Placed(x, y, crs, (_told(crs, names, swapped, False), *_repaired(repaired)))


def _orders(first: Floats, second: Floats, written: Mask) -> list[tuple[Floats, Floats]]:
    return [(first[written], second[written]), (second[written], first[written])]


def _share_inside(x: Floats, y: Floats, crs: CRS) -> float:
    area = crs.area_of_use
    if area is None:
        return 1.0
    try:
        lon, lat = Transformer.from_crs(crs, WGS84, always_xy=True).transform(x, y)
    except ProjError:
        return 0.0
    inside = (lon >= area.west - 1) & (lon <= area.east + 1)
    inside &= (lat >= area.south - 1) & (lat <= area.north + 1)
    if same_crs(crs, WGS84):
        # All the world is its area: the place of the bulk decides, Czechia first.
        west, east, south, north = _RANGES["wgs84"]
        czech = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        mirrored = (y >= west) & (y <= east) & (x >= south) & (x <= north)
        if czech.mean() > 0.5 or mirrored.mean() > 0.5:
            return float(czech.mean())
    return float(np.mean(inside))


def _is_krovak(crs: CRS) -> bool:
    return same_crs(crs, S_JTSK) or crs.to_epsg(20) in _KROVAK or "Krovak" in crs.name


def _example(first: Floats, second: Floats, written: Mask) -> str:
    place = int(np.flatnonzero(written)[0])
    return f"e.g. {first[place]:g}, {second[place]:g}"


def reject_misplaced(placed: Placed, sieve: Sieve, column: str, values: object) -> None:
    """Reject null island, impossible values, and points far outside the bulk.

    Notes
    -----
    Far is more than 100 km from the median point and more than 20 times the median distance; or,
    when fewer than one point in a hundred is, more than 30 km and 15 times.
    """
    x, y = placed.x, placed.y
    here = ~(np.isnan(x) | np.isnan(y))
    sieve.reject(here & (x == 0) & (y == 0), column, values, NULL_ISLAND)
    if placed.crs.is_geographic:
        with np.errstate(invalid="ignore"):
            sieve.reject(here & ((np.abs(x) > 180) | (np.abs(y) > 90)), column, values, IMPOSSIBLE)
            tiny = here & (np.abs(x) < 0.01) & (np.abs(y) < 0.01)
        sieve.reject(tiny, column, values, NULL_ISLAND)
    use = here & sieve.good
    distance = _distance_from(x, y, x[use], y[use], placed.crs)
    with np.errstate(invalid="ignore"):
        sieve.reject(use & (distance > _limit(distance[use])), column, values, OUTLIER)
