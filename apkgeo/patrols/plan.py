"""Which localities to visit when: the best plan of walks for given shifts and hours of trouble."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.language import Language, Note, _, number, percent, translate
from apkgeo.patrols.coverage import RECOMMENDED
from apkgeo.patrols.plan_ground import (
    DETOUR,
    hourly_weights,
    plan_points,
    walking_slots,
    weekly_demand,
)
from apkgeo.patrols.plan_rules import DAYS, Rules, Shift
from apkgeo.patrols.planning import BREAK, VISIT, WAIT, WALK, Arcs, Day, solve_day
from apkgeo.places.locate import AreaIndex, area_index

ACTIVITIES = {VISIT: "visit", BREAK: "break", WALK: "walk", WAIT: "free"}


@dataclass(frozen=True, eq=False)
class PatrolPlan:
    """A week of walks.

    Attributes
    ----------
    itinerary : pandas.DataFrame
        One row for each thing that a team does, in order: ``weekday`` (of the shift's start, 0 is
        Monday), ``shift``, ``team`` (from 1), ``activity`` (``"visit"``, ``"walk"``, ``"break"``,
        ``"free"``), ``area`` (where, or where to; missing at the base), ``begin`` and ``end``
        (minutes from that day's midnight), ``weight`` (of a visit).
    days : pandas.DataFrame
        One row a weekday with shifts: ``visits``, ``weight`` (covered), ``worth`` and ``bound``
        (of the objective), ``gap`` (by how much of the bound a better plan could be better),
        ``proved`` (that the gap is as small as was asked).
    demand : pandas.DataFrame
        ``area``, ``weekday``, ``hour``, ``weight``: all of a week.
    places : geopandas.GeoDataFrame
        The point of each area, on its code; the base has the code None.
    shifts : tuple of Shift
        The shifts planned for.
    together : int
        How many walk in a team.
    notes : tuple of Note
        What was assumed.
    """

    itinerary: pd.DataFrame
    days: pd.DataFrame
    demand: pd.DataFrame
    places: gpd.GeoDataFrame
    shifts: tuple[Shift, ...]
    together: int
    notes: tuple[Note, ...]

    @property
    def visits(self) -> pd.DataFrame:
        """The rows of the itinerary that are visits."""
        return self.itinerary[self.itinerary["activity"] == "visit"].reset_index(drop=True)

    @property
    def gap(self) -> float:
        """By how much of the bound a better week could be better."""
        bound = float(self.days["bound"].sum())
        return (bound - float(self.days["worth"].sum())) / bound if bound > 0 else 0.0

    def summary(self, language: Language = "en") -> str:
        """Return what the plan holds, how good it is, and what was assumed, as text."""
        return " ".join([self.told(language), *(note.text(language) for note in self.notes)])

    def told(self, language: Language = "en") -> str:
        """Return what the plan holds and how good it is."""
        minutes = self.itinerary.assign(length=self.itinerary["end"] - self.itinerary["begin"])
        spent = minutes.groupby("activity")["length"].sum()
        told = translate(_PLAN, language).format(
            visits=number(len(self.visits), language),
            areas=number(self.visits["area"].nunique(), language),
            visiting=percent(spent.get("visit", 0) / max(spent.sum(), 1), language),
            walking=percent(spent.get("walk", 0) / max(spent.sum(), 1), language),
            free=percent(spent.get("free", 0) / max(spent.sum(), 1), language),
        )
        # What rounds to 0.0 % is nothing to be told.
        best = translate(_BEST if self.gap >= 0.0005 else _BEST_OF_ALL, language)
        return f"{told} {best.format(gap=percent(self.gap, language, digits=1))}"


_PLAN = _(
    "The plan has {visits} visits to {areas} places in a week. Visits take {visiting} of the time, "
    "ways {walking}; {free} is left for other tasks."
)
_BEST = _("No plan within these rules could be better by more than {gap}.")
_BEST_OF_ALL = _("No plan within these rules could be better.")
_RULES = _(
    "Visits take {visit} minutes, nobody returns within {free} minutes, ways are walked at {speed} "
    "km/h and taken {detour} times as long as the straight line, teams have {together} members."
)
_ALONE = _("Assistants left without a companion, not planned for: {count}.")
_STOPPED = _(
    "On {days} of the days the time for the calculation ran out; a longer one might find a better "
    "plan."
)
_CLOCK = _(
    "The plan follows the hours of past incidents. It says where presence would meet most of them, "
    "not that presence would prevent them."
)


def plan_patrols(
    demand: pd.DataFrame,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    shifts: Sequence[Shift],
    together: int = 2,
    visit_minutes: float = 15.0,
    return_after: float = 45.0,
    diminish: float = 0.5,
    walking_speed: float = 1.2,
    walking_minutes: pd.DataFrame | None = None,
    base: shapely.Point | None = None,
    slot: float = 5.0,
    gap: float = 0.01,
    time_limit: float = 120.0,
    progress: Callable[[str], None] | None = None,
) -> PatrolPlan:
    """Propose which areas teams visit when, so that they meet as much of the demand as they can.

    Parameters
    ----------
    demand : pandas.DataFrame
        ``area``, ``hour`` (local, 0 to 23), ``weight`` (0 or more, such as incidents), optionally
        ``weekday`` (0 is Monday; without it every day is alike). `hourly_demand` counts it from
        incidents, `task_demand` from tasks such as truancy around schools; rows of one area and
        hour are added up. Hours without weight are not visited.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code`` (localities, schools), in a CRS in metres.
    shifts : sequence of Shift
        When how many assistants walk.
    together : int
        How many walk together: a pair by default.
    visit_minutes : float
        Length of a visit, rounded to whole slots: 10 to 16 minutes are recommended.
    return_after : float
        Minutes after a visit within which no team returns.
    diminish : float
        What a further visit to an area in the same hour is worth, against the one before it, 0
        to 1.
    walking_speed : float
        Metres a second, along streets taken 1.3 times as long as the straight line.
    walking_minutes : pandas.DataFrame, optional
        Minutes on foot between areas (codes as index and columns) in place of these ways.
    base : shapely.Point, optional
        Where every shift begins and ends; anywhere when not given.
    slot : float
        Minutes of the plan's clock. Ways are rounded up to it.
    gap : float
        By how much of the bound the plan of a day may miss the best one.
    time_limit : float
        Seconds for each day.
    progress : callable, optional
        Is told each step.

    Returns
    -------
    PatrolPlan

    Raises
    ------
    InputError
        When demand, areas, shifts or an option make no sense together, or no plan exists.

    Notes
    -----
    *The model.* Each weekday is a mixed-integer linear programme, solved by HiGHS through
    `scipy.optimize.milp`. A team's shift is a path through a network of places × slots; its arcs
    are a visit, a way, a slot to spare and the break. Teams of a shift are alike, so the flow on
    an arc is how many of them take it, with all of them starting and ending at the base, or
    anywhere. The greatest sum is sought of

        weight(area, hour) × (1 + diminish + diminish² + …, a term for each visit begun in it),

    less a thousandth of the greatest weight for each slot on the way, such that

    - each area has at most one visit beginning within `visit_minutes` + `return_after`, over all
      teams and shifts of the day;
    - shifts longer than six hours have a break of 30 minutes in their middle third, at a place
      where the team is, so that nobody works longer than six hours in one go (section 88 of the
      Czech labour code).

    As `diminish` is at most 1, terms are taken in order without further variables.

    *What it is not.* Days are planned one by one: a return over midnight is not forbidden. The
    same plan every week can be learnt by whom it concerns; the order of visits is better changed
    than the hours.

    *The same input gives the same plan* with the same version of HiGHS, unless the time limit
    ends the search, which the plan then says.

    References
    ----------
    Koper 1995, Justice Quarterly 12:649-672, doi:10.1080/07418829500096231 (length of visits).
    Huangfu and Hall 2018, Mathematical Programming Computation 10:119-142,
    doi:10.1007/s12532-017-0130-5 (HiGHS).

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=[box(0, 0, 99, 99), box(500, 0, 599, 99)], crs=5514
    ... )
    >>> demand = pd.DataFrame({"area": ["A", "B"], "hour": [8, 9], "weight": [3, 2]})
    >>> shift = Shift("morning", 8 + 2 / 3, 9 + 1 / 3, weekdays=(0,))
    >>> plan = plan_patrols(demand, areas, shifts=[shift])
    >>> plan.itinerary[["activity", "area", "begin", "end"]].values.tolist()
    [['visit', 'A', 520.0, 535.0], ['walk', 'B', 535.0, 545.0], ['visit', 'B', 545.0, 560.0]]
    """
    index = area_index(areas)
    table = weekly_demand(demand, index)
    rules = Rules(visit_minutes, return_after, diminish, slot, gap, time_limit)
    rules.check(shifts, together)
    points = plan_points(index, table, base)
    walks = walking_slots(points, walking_speed, walking_minutes, slot)
    weights = hourly_weights(table, points)
    rows, days = [], []
    for weekday in sorted({day for shift in shifts for day in shift.weekdays}):
        if progress is not None:
            progress(f"planning day {weekday + 1} of the week")
        at_work = [one for one in shifts if weekday in one.weekdays]
        day = Day(
            # The hours after midnight are those of the next day.
            weights=np.concatenate([weights[:, weekday], weights[:, (weekday + 1) % DAYS]], axis=1),
            walks=walks,
            watches=tuple(rules.watch(one, together) for one in at_work),
            visit=round(visit_minutes / slot),
            free=int(np.ceil(return_after / slot)),
            hour=round(60 / slot),
            diminish=diminish,
            base=-1 if base is None else len(points) - 1,
        )
        solved = solve_day(day, gap=gap, time_limit=time_limit)
        own = [
            row
            for watch, team, acts in solved.teams
            for row in _rows(day, acts, points.index, weekday, at_work[watch].name, team, slot)
        ]
        rows += own
        days.append(
            {
                "weekday": weekday,
                "visits": sum(row["activity"] == "visit" for row in own),
                "weight": sum(row["weight"] for row in own if row["activity"] == "visit"),
                "worth": solved.worth,
                "bound": solved.bound,
                "gap": max(0.0, 1 - solved.worth / solved.bound) if solved.bound > 0 else 0.0,
                "proved": solved.finished,
            }
        )
    return PatrolPlan(
        itinerary=pd.DataFrame(rows, columns=COLUMNS).astype({"begin": float, "end": float}),
        days=pd.DataFrame(days).set_index("weekday"),
        demand=table,
        places=points,
        shifts=tuple(shifts),
        together=together,
        notes=_notes(rules, shifts, together, walking_speed, days),
    )


COLUMNS = ["weekday", "shift", "team", "activity", "area", "begin", "end", "weight"]


def _rows(
    day: Day, acts: Arcs, codes: pd.Index, weekday: int, shift: str, team: int, slot: float
) -> list[dict[str, Any]]:
    """Return what a team does as rows of the itinerary, slots to spare in a row as one."""
    rows: list[dict[str, Any]] = []
    for kind, other, begin, length in zip(
        acts.kind.tolist(), acts.other.tolist(), acts.begin.tolist(), acts.length.tolist(),
        strict=True,
    ):  # fmt: skip
        if not length:  # where a visit may follow a visit at once
            continue
        if kind == WAIT and rows and rows[-1]["activity"] == "free":
            rows[-1]["end"] = (begin + length) * slot
            continue
        worth = float(day.weights[other, begin // day.hour]) if kind == VISIT else 0.0
        rows.append(
            {
                "weekday": weekday,
                "shift": shift,
                "team": team + 1,
                "activity": ACTIVITIES[kind],
                "area": codes[other],
                "begin": begin * slot,
                "end": (begin + length) * slot,
                "weight": worth,
            }
        )
    return rows


def _notes(
    rules: Rules,
    shifts: Sequence[Shift],
    together: int,
    speed: float,
    days: Sequence[Mapping[str, Any]],
) -> tuple[Note, ...]:
    notes = [
        Note(
            _RULES,
            visit=rules.visit,
            free=rules.free,
            speed=round(speed * 3.6, 1),
            detour=DETOUR,
            together=together,
        ),
        Note(_CLOCK),
    ]
    if not RECOMMENDED[0] <= rules.visit <= RECOMMENDED[1]:
        notes.append(Note(_LENGTH, low=RECOMMENDED[0], high=RECOMMENDED[1]))
    alone = sum(one.assistants % together for one in shifts)
    if alone:
        notes.append(Note(_ALONE, count=alone))
    stopped = sum(not one["proved"] for one in days)
    if stopped:
        notes.append(Note(_STOPPED, days=stopped))
    return tuple(notes)


_LENGTH = _(
    "Visits of {low} to {high} minutes are recommended (Koper 1995); these are of another length."
)
