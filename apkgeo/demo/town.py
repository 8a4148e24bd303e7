"""Draw the town from its plan: streets, quarters, river, railway.

Coordinates are metres of the plan (east, north) until `to_s_jtsk` lays it on Czechia. Only
arithmetic is used, no overlay of geometries, so that the drawing is the same on every machine.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from apkgeo.demo import plan
from apkgeo.demo.plan import Kind, Style

Points = npt.NDArray[np.float64]  # n × 2

# The operation is written out, because the one that PROJ would choose depends on its database:
# inverse Křovák, then EPSG's transformation S-JTSK to WGS 84 (5).
_TO_WGS84 = (
    "+proj=pipeline +step +inv +proj=krovak +lat_0=49.5 +lon_0=24.8333333333333"
    " +alpha=30.2881397527778 +k=0.9999 +x_0=0 +y_0=0 +ellps=bessel"
    " +step +proj=push +v_3 +step +proj=cart +ellps=bessel"
    " +step +proj=helmert +x=572.213 +y=85.334 +z=461.94 +rx=-4.9732 +ry=-1.529 +rz=-5.2484"
    " +s=3.5378 +convention=coordinate_frame +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
_STEP = 20.0  # metres between the vertices of a curved line
# How far the streets of a quarter are bent in its middle, in metres: old and new gardens most.
_BEND: dict[Style, float] = {
    "core": 0, "blocks": 14, "houses": 30, "gardens": 38, "slabs": 24, "works": 34, "huts": 30,
    "village": 0,
}  # fmt: skip
_HALF_RIVER = (17.0, 25.0)  # half the river's width where it comes and where it leaves


@dataclass(frozen=True)
class Street:
    """The centre line of a street, or of a part of it; ``name`` is empty in the village."""

    name: str
    points: Points


@dataclass(frozen=True)
class Quarter:
    """A quarter as a patch: `place` maps shares of its width and depth to metres.

    Attributes
    ----------
    across, along : dict of str to float
        Share of the width (depth) at which each inner street lies.
    bend : array of 3 × 2
        By how many metres the middle is moved, and how this changes eastwards and northwards;
        the sides stay where they are.
    """

    code: str
    part: str
    style: Style
    sides: tuple[Points, Points, Points, Points]
    across: dict[str, float]
    along: dict[str, float]
    bend: Points

    def place(self, u: npt.ArrayLike, v: npt.ArrayLike) -> Points:
        """Return the points at shares `u` of the width and `v` of the depth (a Coons patch)."""
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        south, east, north, west = self.sides
        u1, v1 = u[..., None], v[..., None]
        ruled = (1 - v1) * _at(south, u) + v1 * _at(north, u)
        ruled = ruled + (1 - u1) * _at(west, v) + u1 * _at(east, v)
        corners = (1 - u1) * ((1 - v1) * south[0] + v1 * north[0])
        corners = corners + u1 * ((1 - v1) * south[-1] + v1 * north[-1])
        swell = 16 * u1 * (1 - u1) * v1 * (1 - v1)
        bend = self.bend[0] + (2 * u1 - 1) * self.bend[1] + (2 * v1 - 1) * self.bend[2]
        return np.asarray(ruled - corners + swell * bend, dtype=np.float64)

    def block(self, across: tuple[float, float], along: tuple[float, float]) -> Points:
        """Return the closed ring around the patch between two shares each way."""
        (u0, u1), (v0, v1) = across, along
        steps = np.linspace(0, 1, 9)[:-1]
        u = np.concatenate([u0 + (u1 - u0) * steps, u1 + 0 * steps, u1 + (u0 - u1) * steps])
        v = np.concatenate([v0 + 0 * steps, v0 + (v1 - v0) * steps, v1 + 0 * steps])
        u = np.concatenate([u, u0 + 0 * steps])
        v = np.concatenate([v, v1 + (v0 - v1) * steps])
        ring = self.place(u, v)
        return np.concatenate([ring, ring[:1]])

    @property
    def ring(self) -> Points:
        """The closed ring of the four sides."""
        south, east, north, west = self.sides
        return np.concatenate([south[:-1], east[:-1], north[::-1][:-1], west[::-1]])


@dataclass(frozen=True)
class Town:
    """The town as drawn."""

    streets: tuple[Street, ...]
    quarters: dict[str, Quarter]
    river: Points
    pond: Points
    railway: Points
    paths: dict[tuple[str, str], Points]

    def path(self, nodes: str) -> Points:
        """Return the polyline from node to node along the plan's lines."""
        names = nodes.split()
        pieces = [self.paths[a, b] for a, b in itertools.pairwise(names)]
        return np.concatenate([pieces[0][:1], *[piece[1:] for piece in pieces]])


def draw_town(seed: int) -> Town:
    """Draw the town: its roads stand in the plan, the seed moves the streets between them a bit."""
    rng = np.random.default_rng([seed, 1])
    lines = [(line, *_trace(line.through, line.curved)) for line in plan.LINES]
    paths: dict[tuple[str, str], Points] = {}
    for _, points, at in lines:
        paths.update(_pieces(points, at))
    town = Town((), {}, np.empty((0, 2)), np.empty((0, 2)), np.empty((0, 2)), paths)
    quarters = {one.code: _quarter(one, town, rng) for one in plan.QUARTERS}
    core = Quarter("core", "Staré Město", "core", _ring_sides(town), {}, {}, np.zeros((3, 2)))
    settlements = {
        one.code: Quarter(
            one.code, one.part, one.style, _four_sides(one.ring), {}, {}, np.zeros((3, 2))
        )
        for one in plan.SETTLEMENTS
    }
    roads = [Street(line.name, points) for line, points, _ in lines if line.kind == "street"]
    inner = [street for one in plan.QUARTERS for street in _streets(one, quarters[one.code])]
    lanes = _lanes([points for line, points, _ in lines if line.kind == "street"])
    kinds: dict[Kind, Points] = {line.kind: points for line, points, _ in lines}
    return Town(
        streets=(*lanes, *roads, *inner),
        quarters={"core": core, **quarters, **settlements},
        river=_band(kinds["river"], _HALF_RIVER),
        pond=np.round(_curve(_numbers(plan.POND), closed=True), 2),
        railway=kinds["railway"],
        paths=paths,
    )


def to_s_jtsk(points: Points) -> Points:
    """Return metres of the plan as S-JTSK east and north (EPSG:5514), rounded to centimetres."""
    cos, sin = plan.NORTH
    x, y = points[..., 0], points[..., 1]
    east = plan.ORIGIN[0] + cos * x + sin * y
    north = plan.ORIGIN[1] - sin * x + cos * y
    return np.asarray(np.round(np.stack([east, north], axis=-1), 2), dtype=np.float64)


def to_wgs84(points: Points) -> Points:
    """Return metres of the plan as longitude and latitude, rounded to seven decimals (1 cm)."""
    s_jtsk = to_s_jtsk(points)
    transformer = Transformer.from_pipeline(_TO_WGS84)
    longitude, latitude = transformer.transform(s_jtsk[..., 0], s_jtsk[..., 1])
    return np.round(np.stack([longitude, latitude], axis=-1), 7)


def lengths(points: Points) -> npt.NDArray[np.float64]:
    """Return how far along the line each of its points lies, in metres."""
    steps = np.sqrt((np.diff(points, axis=0) ** 2).sum(axis=1))
    return np.concatenate([[0.0], np.cumsum(steps)])


def along(points: Points, metres: npt.ArrayLike) -> Points:
    """Return the points of a line that lie `metres` along it."""
    at = lengths(points)
    metres = np.asarray(metres, float)
    return np.stack([np.interp(metres, at, points[:, i]) for i in (0, 1)], axis=-1)


def normals(points: Points, metres: npt.ArrayLike) -> Points:
    """Return the unit vectors to the left of a line at `metres` along it."""
    metres = np.asarray(metres, float)
    way = along(points, metres + 1.0) - along(points, metres - 1.0)
    way = way / np.sqrt((way**2).sum(axis=-1, keepdims=True))
    return np.stack([-way[..., 1], way[..., 0]], axis=-1)


def _at(side: Points, shares: npt.NDArray[np.float64]) -> Points:
    return along(side, shares * lengths(side)[-1])


def _numbers(text: str) -> Points:
    """Return the points of ``x,y`` and node names."""
    return np.array(
        [plan.NODES.get(word) or tuple(map(float, word.split(","))) for word in text.split()]
    )


def _trace(through: str, curved: bool) -> tuple[Points, dict[str, int]]:
    """Return a line's points and where its nodes are among them."""
    words = through.split()
    corners = _numbers(through)
    if not curved:
        points, at = corners, list(range(len(words)))
    else:
        closed = words[0] == words[-1]
        points, at = _spline(corners, closed)
    return np.round(points, 2), {w: i for w, i in zip(words, at, strict=True) if w in plan.NODES}


def _spline(corners: Points, closed: bool = False) -> tuple[Points, list[int]]:
    """Return a Catmull–Rom curve through the corners, and where they are on it."""
    if closed:
        padded = np.concatenate([corners[-2:-1], corners, corners[1:2]])
    else:
        first, last = 2 * corners[0] - corners[1], 2 * corners[-1] - corners[-2]
        padded = np.concatenate([[first], corners, [last]])
    pieces, at = [corners[:1]], [0]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(2, int(np.sqrt(((p2 - p1) ** 2).sum()) / _STEP))
        t = np.arange(1, steps + 1)[:, None] / steps
        curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        pieces.append((curve + (3 * p1 - p0 - 3 * p2 + p3) * t**3) / 2)
        pieces[-1][-1] = p2
        at.append(at[-1] + steps)
    return np.concatenate(pieces), at


def _curve(corners: Points, *, closed: bool) -> Points:
    return _spline(np.concatenate([corners, corners[:1]]) if closed else corners, closed)[0]


def _pieces(points: Points, at: dict[str, int]) -> dict[tuple[str, str], Points]:
    """Return the polyline between each two nodes that follow each other, both ways."""
    found: dict[tuple[str, str], Points] = {}
    nodes = list(at.items())
    if np.array_equal(points[0], points[-1]):  # a closed line: its first node is its last, too
        first = next(name for name, i in nodes if i == len(points) - 1)
        nodes = [(first, 0), *[(n, i) for n, i in nodes if n != first], (first, len(points) - 1)]
    for (a, i), (b, j) in itertools.pairwise(nodes):
        found[a, b] = points[i : j + 1]
        found[b, a] = points[i : j + 1][::-1]
    return found


def _ring_sides(town: Town) -> tuple[Points, Points, Points, Points]:
    south, east = town.path("k_sw k_s k_se"), town.path("k_se k_e k_ne")
    return south, east, town.path("k_nw k_n k_ne"), town.path("k_sw k_w k_nw")


def _four_sides(ring: str) -> tuple[Points, Points, Points, Points]:
    points = np.round(_curve(_numbers(ring), closed=True), 2)
    at = np.arange(5) * (len(points) - 1) // 4
    first, second, third, fourth = (points[i : j + 1] for i, j in itertools.pairwise(at.tolist()))
    return first, second, third[::-1], fourth[::-1]


def _quarter(one: plan.Quarter, town: Town, rng: np.random.Generator) -> Quarter:
    south, east, north, west = (town.path(side) for side in one.sides)
    across, lengthwise = _moved(one.across, rng), _moved(one.along, rng)
    bend = rng.uniform(-1, 1, (3, 2)) * _BEND[one.style]
    sides = (south, east, north, west)
    return Quarter(one.code, one.part, one.style, sides, across, lengthwise, bend)


def _moved(streets: tuple[str, ...], rng: np.random.Generator) -> dict[str, float]:
    """Return the share at which each street lies, moved a bit where it ends with the quarter."""
    given = {words[1]: float(words[0]) for words in map(_words, streets)}
    moves = rng.uniform(-0.012, 0.012, len(given)).tolist()
    return {
        name: share if _goes_on(name) else round(share + move, 4)
        for (name, share), move in zip(given.items(), moves, strict=True)
    }


def _goes_on(name: str) -> bool:
    """Whether a street runs through several quarters, which then must meet."""
    return sum(_words(s)[1] == name for q in plan.QUARTERS for s in (*q.across, *q.along)) > 1


def _words(street: str) -> tuple[str, str, float, float]:
    """Return share, name, from and to of a street of a quarter."""
    share, *rest = street.split()
    ends = (0.0, 1.0)
    if rest[-1].replace(".", "").isdigit():
        ends = (float(rest[-2]), float(rest[-1]))
        rest = rest[:-2]
    return share, " ".join(rest), *ends


def _streets(one: plan.Quarter, quarter: Quarter) -> list[Street]:
    """Return the inner streets of a quarter."""
    found = []
    for streets, shares, other in (
        (one.across, quarter.across, quarter.along),
        (one.along, quarter.along, quarter.across),
    ):
        for _, name, start, end in map(_words, streets):
            ends = _snapped(np.array([start, end]), other)
            steps = np.linspace(ends[0], ends[1], 25)
            fixed = np.full_like(steps, shares[name])
            points = quarter.place(*((fixed, steps) if streets is one.across else (steps, fixed)))
            found.append(Street(name, np.round(points, 2)))
    return found


def _snapped(ends: npt.NDArray[np.float64], shares: dict[str, float]) -> npt.NDArray[np.float64]:
    """Move the end of a partial street to the street that it ends at."""
    stops = np.array([0.0, 1.0, *shares.values()])
    return np.asarray(stops[np.abs(stops[None, :] - ends[:, None]).argmin(axis=1)])


def _lanes(roads: Sequence[Points]) -> list[Street]:
    """Return the streets drawn one by one, their ends moved to the road that they reach."""
    targets = np.concatenate(roads)
    found = []
    for name, through in plan.LANES:
        corners = _numbers(through)
        for end in (0, -1):
            away = np.sqrt(((targets - corners[end]) ** 2).sum(axis=1))
            if away.min() < 30:
                corners[end] = targets[away.argmin()]
        points = corners if name == plan.SQUARE else _curve(corners, closed=False)
        found.append(Street(name, np.round(points, 2)))
    return found


def _band(line: Points, half_widths: tuple[float, float]) -> Points:
    """Return the closed ring of a line with a width that grows along it."""
    at = lengths(line)
    half = np.interp(at, [0, at[-1]], half_widths)[:, None]
    side = normals(line, np.clip(at, 1.0, at[-1] - 1.0)) * half
    ring = np.concatenate([line + side, (line - side)[::-1]])
    return np.round(np.concatenate([ring, ring[:1]]), 2)
