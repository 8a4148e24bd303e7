"""Patrol tracks of assistants and caretakers: walks along streets, as GPX 1.1 with UTC times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from apkgeo.demo import plan, truth
from apkgeo.demo.districts import locality_ring
from apkgeo.demo.town import Points, Town, along, lengths, to_wgs84
from apkgeo.demo.truth import Effect

SPEED = 52.0  # metres a minute: a slow walk
NOISE = 3.0  # metres: standard deviation of a fix
REACH = 320.0  # metres around the locality that a shift may go
STARTS = (8, 13, 16)  # local hours at which a shift may begin
MINUTES = 330
TURNS = 3  # so many days of a week a unit walks in its own locality
_ZONE = ZoneInfo("Europe/Prague")


@dataclass(frozen=True)
class Ground:
    """The street net that a unit walks on: points, ways between them, points in the locality."""

    points: Points
    before: npt.NDArray[np.int32]  # predecessor of each point on the way from each other one
    inside: npt.NDArray[np.int64]


def write_tracks(town: Town, effects: tuple[Effect, ...], seed: int) -> dict[str, str]:
    """Return the text of each GPX file by its name: one for each unit and quarter of a year.

    The tracks are a sample: one week of each quarter. The units of a programme take turns: on the
    last two of the five days each walks in the next one's locality.
    """
    rng = np.random.default_rng([seed, 7])
    grounds = {effect.locality: _ground(town, effect.locality) for effect in effects}
    files: dict[str, str] = {}
    for effect in effects:
        for unit in effect.units:
            for year, quarter in _quarters(effect.start):
                days = _days(year, quarter, effect, rng)
                shifts = [
                    _shift(day, grounds[_locality(effect, effects, day, number)], rng)
                    for number, day in enumerate(days)
                ]
                files[f"{unit}_{year}-q{quarter + 1}.gpx"] = _gpx(unit, [s for s in shifts if s])
    return files


def _locality(own: Effect, effects: tuple[Effect, ...], day: date, number: int) -> str:
    """Return where a unit walks on the day of that number in its week."""
    if number < TURNS:
        return own.locality
    works = [one for one in effects if one.programme == own.programme and one.start <= day]
    return works[(works.index(own) + 1) % len(works)].locality


def _quarters(start: date) -> list[tuple[int, int]]:
    first = 4 * start.year + (start.month - 1) // 3
    return [divmod(n, 4) for n in range(first, 4 * (truth.LAST_YEAR + 1))]


def _days(year: int, quarter: int, effect: Effect, rng: np.random.Generator) -> list[date]:
    """Return five working days in a row, Tuesday to Saturday, of a quarter (counted from 0)."""
    first = max(date(year, 3 * quarter + 1, 1), effect.start)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7)
    last = date(year, 3 * quarter + 3, 22)
    weeks = max(1, (last - tuesday).days // 7)
    tuesday += timedelta(weeks=int(rng.integers(weeks)))
    return [tuesday + timedelta(days=n) for n in range(5)]


def _ground(town: Town, locality: str) -> Ground:
    """Return the street net in and around a locality: points every few metres, linked."""
    one = next(item for item in plan.LOCALITIES if item.code == locality)
    ring = locality_ring(one, town)
    area = shapely.Polygon(ring)
    points: list[Points] = []
    ends: list[tuple[int, int]] = []
    for line in [*(street.points for street in town.streets), *_courtyards(ring)]:
        length = lengths(line)[-1]
        steps = along(line, np.linspace(0, length, max(2, int(length / 9))))
        near = shapely.distance(area, shapely.points(steps)) < REACH
        first = sum(len(part) for part in points)
        points.append(steps[near])
        kept = np.flatnonzero(near)
        ends += [(first + i, first + i + 1) for i in np.flatnonzero(np.diff(kept) == 1).tolist()]
    net = np.concatenate(points)
    crossing = cKDTree(net).query_pairs(8.0, output_type="ndarray")
    links = np.unique(np.concatenate([np.array(ends), crossing]), axis=0)
    weight = np.sqrt(((net[links[:, 0]] - net[links[:, 1]]) ** 2).sum(axis=1)) + 0.01
    graph = csr_matrix((weight, (links[:, 0], links[:, 1])), shape=(len(net), len(net)))
    away, before = dijkstra(graph, directed=False, return_predecessors=True)
    inside = np.flatnonzero(shapely.distance(area, shapely.points(net)) < 15.0)
    reachable = np.isfinite(away[inside[0]])
    return Ground(net, np.where(reachable, before, -9999), inside[reachable[inside]])


def _courtyards(ring: Points) -> list[Points]:
    """Return the footpaths within a locality: around its middle, and out to the streets."""
    middle = ring[:-1].mean(axis=0)
    inner = middle + 0.6 * (ring - middle)
    ways = [ring[i] + (middle - ring[i]) * np.array([[0.0], [1.0]]) for i in range(0, 32, 4)]
    return [inner, *ways]


def _shift(
    day: date, ground: Ground, rng: np.random.Generator
) -> list[tuple[float, float, datetime]]:
    """Walk for a shift: mostly within the locality, now and then around it, with rests."""
    hour = STARTS[int(rng.integers(len(STARTS)))]
    start = datetime(day.year, day.month, day.day, hour, tzinfo=_ZONE).astimezone(UTC)
    start += timedelta(minutes=int(rng.integers(25)))
    anywhere = np.flatnonzero(ground.before[ground.inside[0]] != -9999)
    here = int(rng.choice(ground.inside))
    fixes: list[Points] = []
    while sum(len(part) for part in fixes) < MINUTES:
        target = int(rng.choice(ground.inside if rng.random() < 0.72 else anywhere))
        way = _way(ground, here, target)
        if len(way) > 1:
            fixes.append(along(way, np.arange(0, lengths(way)[-1], SPEED)))
        rest = int(rng.integers(0, 14))
        fixes.append(np.repeat(ground.points[target][None], rest, axis=0))
        here = target
    walked = np.concatenate(fixes)[:MINUTES]
    walked = walked + rng.normal(0, NOISE, walked.shape)
    heard = rng.random(len(walked)) > 0.02  # some fixes are lost between the houses
    place = to_wgs84(walked)[heard]
    seconds = (60 * np.flatnonzero(heard) + rng.integers(0, 9, int(heard.sum()))).tolist()
    return [
        (longitude, latitude, start + timedelta(seconds=second))
        for (longitude, latitude), second in zip(place.tolist(), seconds, strict=True)
    ]


def _way(ground: Ground, here: int, target: int) -> Points:
    """Return the shortest way along streets."""
    steps = [target]
    while steps[-1] != here and ground.before[here, steps[-1]] >= 0:
        steps.append(int(ground.before[here, steps[-1]]))
    return ground.points[steps[::-1]]


def _gpx(unit: str, shifts: list[list[tuple[float, float, datetime]]]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Modelov" xmlns="http://www.topografix.com/GPX/1/1">',
    ]
    for shift in shifts:
        lines.append(f"<trk><name>{unit}</name><trkseg>")
        lines += [
            f'<trkpt lat="{latitude:.6f}" lon="{longitude:.6f}">'
            f"<time>{moment:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
            for longitude, latitude, moment in shift
        ]
        lines.append("</trkseg></trk>")
    return "\n".join([*lines, "</gpx>", ""])
