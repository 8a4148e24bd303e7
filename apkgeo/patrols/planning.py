"""The plan of one day as a flow of teams through places and time, and its best solution."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from apkgeo.errors import InputError
from apkgeo.patrols.track import Floats, Ints

VISIT, BREAK, WALK, WAIT, END = range(5)

# Where a team is, it is ready for a visit, or has just done one: then it walks on, or waits until
# the place may be visited again. A team that has done with a place and stays there thus cannot
# visit it at once again, which keeps the relaxed problem close to the true one.
READY, DONE = range(2)

# A slot on the way costs this part of the greatest weight: of plans that are equally good the one
# with less walking to and fro is taken.
WAY = 1e-3


@dataclass(frozen=True)
class Watch:
    """A shift in slots, counted from midnight.

    Attributes
    ----------
    begin, end : int
        First slot, and the first one after.
    teams : int
        How many teams walk.
    pause : int
        Slots of the break, 0 for none.
    earliest, latest : int
        First and last slot in which the break may begin.
    """

    begin: int
    end: int
    teams: int
    pause: int
    earliest: int
    latest: int


@dataclass(frozen=True, eq=False)
class Day:
    """What a day's plan is made of; all times in slots.

    Attributes
    ----------
    weights : numpy.ndarray of float64
        What the first visit in an hour is worth, by place and by hour from midnight on. Places
        without any (such as the base) are only walked to.
    walks : numpy.ndarray of int64
        Slots on the way from place to place.
    watches : tuple of Watch
        The shifts.
    visit, free : int
        Length of a visit, and of the time after it in which nobody comes back.
    hour : int
        Slots of an hour.
    diminish : float
        What each further visit in the same hour is worth, against the one before.
    base : int
        The place where shifts begin and end; -1 when anywhere.
    """

    weights: Floats
    walks: Ints
    watches: tuple[Watch, ...]
    visit: int
    free: int
    hour: int
    diminish: float
    base: int


@dataclass(frozen=True, eq=False)
class Arcs:
    """What a team may do: from a node (place, slot, state, break had or not) to a later one."""

    watch: Ints
    kind: Ints
    place: Ints
    other: Ints
    begin: Ints
    length: Ints
    tail: Ints
    head: Ints

    def take(self, rows: Ints) -> Arcs:
        """Return some of the arcs."""
        return Arcs(*(getattr(self, one.name)[rows] for one in fields(self)))


@dataclass(frozen=True, eq=False)
class DayPlan:
    """The best plan of a day.

    Attributes
    ----------
    teams : list of tuple (int, int, Arcs)
        Number of the watch and of the team, and what it does, in order.
    worth, bound : float
        What was reached of the objective, and what no plan can exceed.
    finished : bool
        Whether the solver proved the gap; False when it ran out of time.
    """

    teams: list[tuple[int, int, Arcs]]
    worth: float
    bound: float
    finished: bool


def solve_day(day: Day, *, gap: float, time_limit: float) -> DayPlan:
    """Return the plan with the greatest worth, within `gap` of what is possible.

    Raises
    ------
    InputError
        When no plan is possible, or none was found in time.
    """
    arcs, supply = _arcs(day)
    visits = np.flatnonzero(arcs.kind == VISIT)
    slots, gain, link = _gains(day, arcs, visits)
    count = len(arcs.kind)
    total = count + len(gain)
    rows = np.arange(count)
    balance = coo_array(
        (
            np.concatenate([np.ones(count), -np.ones(count)]),
            (np.concatenate([arcs.tail, arcs.head]), np.concatenate([rows, rows])),
        ),
        shape=(len(supply), total),
    )
    apart = _apart(day, arcs, visits, total)
    way = WAY * day.weights.max(initial=0.0)
    cost = np.concatenate([np.where(arcs.kind == WALK, way * arcs.length, 0.0), -gain])
    most = np.array([watch.teams for watch in day.watches])[arcs.watch]
    most = np.where(arcs.kind == VISIT, 1, most)
    found = milp(
        cost,
        integrality=np.concatenate([np.ones(count), np.zeros(len(gain))]),
        bounds=Bounds(0, np.concatenate([most, np.ones(len(gain))])),
        constraints=[
            LinearConstraint(balance.tocsr(), supply, supply),
            LinearConstraint(vstack([link, apart]).tocsr(), *_sides(slots, apart.shape[0])),
        ],
        options={"mip_rel_gap": gap, "time_limit": time_limit},
    )
    if found.x is None:
        raise InputError(
            "no plan was found",
            came="shifts too short for their break and the way, or too little time for the solver",
            remedy="lengthen the shifts, or the time limit",
        )
    flow = np.round(found.x[:count]).astype(np.int64)
    bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    return DayPlan(_teams(day, arcs, flow), -float(found.fun), -float(bound), found.status == 0)


def _sides(slots: int, apart: int) -> tuple[Floats, Floats]:
    """Return the sides of the constraints: as many visits as gains; one visit at a time."""
    low = np.concatenate([np.zeros(slots), np.full(apart, -np.inf)])
    return low, np.concatenate([np.zeros(slots), np.ones(apart)])


def _arcs(day: Day) -> tuple[Arcs, Floats]:
    """Return all arcs, and how many teams start (positive) and end at each node."""
    parts: list[list[Ints]] = []
    supply: list[Floats] = []
    first = 0
    for number, watch in enumerate(day.watches):
        made, nodes = _watch_arcs(day, watch)
        for kind, place, other, begin, length, tail, head in made:
            size = len(begin)
            parts.append(
                [
                    np.full(size, number),
                    np.full(size, kind),
                    np.broadcast_to(place, size),
                    np.broadcast_to(other, size),
                    begin + watch.begin,
                    np.full(size, length),
                    tail + first,
                    head + first,
                ]
            )
        balance = np.zeros(nodes)
        balance[-2], balance[-1] = watch.teams, -watch.teams
        supply.append(balance)
        first += nodes
    columns = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return Arcs(*columns), np.concatenate(supply)


Made = tuple[int, int, int, Ints, int, Ints, Ints]
# State, whether the break was had, and place.
Spot = tuple[int, int, int]


def _watch_arcs(day: Day, watch: Watch) -> tuple[list[Made], int]:
    """Return the arcs of one shift and its number of nodes; the last two are start and end."""
    length = watch.end - watch.begin
    places, layers = len(day.walks), 2 if watch.pause else 1
    start = 2 * layers * places * (length + 1)
    stop = start + 1

    def node(state: int, layer: int, place: int, slot: Ints) -> Ints:
        return ((state * layers + layer) * places + place) * (length + 1) + slot

    made: list[Made] = []

    def add(kind: int, one: Spot, other: Spot, begin: Ints, took: int) -> None:
        begin = begin[begin + took <= length]
        tail, head = node(*one, begin), node(*other, begin + took)
        made.append((kind, one[2], other[2], begin, took, tail, head))

    every = np.arange(length + 1)
    hour = np.minimum((every + watch.begin) // day.hour, day.weights.shape[1] - 1)
    for layer in range(layers):
        for place in range(places):
            ready, done = (READY, layer, place), (DONE, layer, place)
            add(VISIT, ready, done, every[day.weights[place, hour] > 0], day.visit)
            add(WAIT, ready, ready, every, 1)
            rest = 0 if place == day.base else day.free
            add(WAIT, done, ready, every, rest)
            for left in range(1, rest):  # too late to be ready again within the shift
                add(WAIT, done, ready, every[[length - left]], left)
            for other in range(places):
                if other != place:
                    add(WALK, done, (READY, layer, other), every, int(day.walks[place, other]))
    zero, leave = np.zeros(1, dtype=np.int64), np.array([length])
    for place in range(places):
        if watch.pause:
            may = np.arange(watch.earliest - watch.begin, watch.latest - watch.begin + 1)
            for state in (READY, DONE):
                add(BREAK, (state, 0, place), (state, 1, place), may, watch.pause)
        if day.base in (-1, place):
            state = READY if day.base < 0 else DONE
            made.append((END, place, place, zero, 0, zero + start, node(state, 0, place, zero)))
            last = node(READY, layers - 1, place, leave)
            made.append((END, place, place, leave, 0, last, zero + stop))
            last = node(DONE, layers - 1, place, leave)
            made.append((END, place, place, leave, 0, last, zero + stop))
    return made, stop + 1


def _gains(day: Day, arcs: Arcs, visits: Ints) -> tuple[int, Floats, coo_array]:
    """Return for each place and hour what the first, second, … visit is worth.

    The matrix says that as many of these are taken as visits begin in that hour.
    """
    hours = day.weights.shape[1]
    key = arcs.place[visits] * hours + np.minimum(arcs.begin[visits] // day.hour, hours - 1)
    keys, row = np.unique(key, return_inverse=True)
    most = -(-day.hour // (day.visit + day.free))
    worth = day.weights.ravel()[keys]
    gain = (worth[:, None] * day.diminish ** np.arange(most)).ravel()
    count = len(arcs.kind)
    taken = np.arange(len(gain))
    link = coo_array(
        (
            np.concatenate([np.ones(len(visits)), -np.ones(len(gain))]),
            (
                np.concatenate([row, taken // most]),
                np.concatenate([visits, count + taken]),
            ),
        ),
        shape=(len(keys), count + len(gain)),
    )
    return len(keys), gain, link


def _apart(day: Day, arcs: Arcs, visits: Ints, total: int) -> coo_array:
    """Return the rows that let one visit begin in every stretch of a visit and its quiet time."""
    stretch = day.visit + day.free
    place, begin = arcs.place[visits], arcs.begin[visits]
    rows, columns, number = [], [], 0
    for one in np.unique(place):
        own = visits[place == one]
        when = begin[place == one]
        for first in np.unique(when):
            inside = own[(when >= first) & (when < first + stretch)]
            rows.append(np.full(len(inside), number))
            columns.append(inside)
            number += 1
    if not number:
        return coo_array((0, total))
    column = np.concatenate(columns)
    return coo_array((np.ones(len(column)), (np.concatenate(rows), column)), shape=(number, total))


def _teams(day: Day, arcs: Arcs, flow: Ints) -> list[tuple[int, int, Arcs]]:
    """Part the flow into what each team does."""
    left = flow.copy()
    order = np.lexsort((arcs.other, arcs.kind, arcs.tail))
    order = order[left[order] > 0]
    leaving: dict[int, list[int]] = {}
    for arc in order.tolist():
        leaving.setdefault(int(arcs.tail[arc]), []).append(arc)
    starts = {int(arcs.watch[arc]): int(arcs.tail[arc]) for arc in _firsts(day, arcs, order)}
    teams = []
    for number, watch in enumerate(day.watches):
        for team in range(watch.teams):
            node, done = starts[number], []
            while node in leaving:
                arc = next(one for one in leaving[node] if left[one] > 0)
                left[arc] -= 1
                done.append(arc)
                node = int(arcs.head[arc])
            acts = np.array([one for one in done if arcs.kind[one] != END], dtype=np.int64)
            teams.append((number, team, arcs.take(acts)))
    return teams


def _firsts(day: Day, arcs: Arcs, order: Ints) -> list[int]:
    """Return the arcs with which teams enter their shift."""
    begins = np.array([watch.begin for watch in day.watches])
    entering = (arcs.kind[order] == END) & (arcs.begin[order] == begins[arcs.watch[order]])
    return [int(arc) for arc in order[entering]]
