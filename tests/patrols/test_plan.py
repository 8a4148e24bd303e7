"""Plans are the best there are, by brute force, and keep every rule they state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from apkgeo.errors import InputError
from apkgeo.patrols.plan import PatrolPlan, plan_patrols
from apkgeo.patrols.plan_rules import Shift
from apkgeo.patrols.planning import WAY

# Middles 600 m apart: 600 m × 1.3 at 1.3 m/s are 10 minutes, two slots of five.
LINE = gpd.GeoDataFrame(
    {"code": ["A", "B", "C"]},
    geometry=[box(600 * n - 50, -50, 600 * n + 50, 50) for n in range(3)],
    crs=5514,
)
SPEED = 1.3


def demand(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "hour", "weight"])


def paths(
    length: int, ways: np.ndarray, visit: int
) -> list[tuple[tuple[tuple[int, int], ...], int]]:
    """Every way of spending a shift of slots: visits (place, slot), and slots on the way."""

    @cache
    def rest(place: int, slot: int) -> tuple[tuple[tuple[tuple[int, int], ...], int], ...]:
        found: set[tuple[tuple[tuple[int, int], ...], int]] = {((), 0)}
        if slot + 1 <= length:
            found |= set(rest(place, slot + 1))
        if slot + visit <= length:
            found |= {(((place, slot), *v), w) for v, w in rest(place, slot + visit)}
        for other, way in enumerate(ways[place].tolist()):
            if other != place and slot + way <= length:
                found |= {(v, w + way) for v, w in rest(other, slot + way) if v}
        return tuple(found)

    return list({path for place in range(len(ways)) for path in rest(place, 0)})


def best_by_brute_force(
    weights: np.ndarray, length: int, ways: np.ndarray, *, teams: int, free: int, diminish: float,
    hour: int,
) -> float:  # fmt: skip
    """Try all combinations of paths."""
    options = paths(length, ways, 3)

    def worth(combined: list[tuple[int, int]], way: int) -> float:
        total = -WAY * weights.max() * way
        for place in range(len(weights)):
            slots = sorted(slot for one, slot in combined if one == place)
            if any(b - a < 3 + free for a, b in pairwise(slots)):
                return -np.inf
            for h in range(weights.shape[1]):
                n = sum(slot // hour == h for slot in slots)
                if n and not weights[place, h]:
                    return -np.inf
                total += weights[place, h] * sum(diminish**k for k in range(n))
        return total

    def combine(left: int, first: int) -> Iterator[tuple[list[tuple[int, int]], int]]:
        if not left:
            yield [], 0
            return
        for number in range(first, len(options)):
            visits, way = options[number]
            for more, longer in combine(left - 1, number):
                yield [*visits, *more], way + longer

    return max(worth(*one) for one in combine(teams, 0))


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.integers(0, 6), min_size=6, max_size=6).filter(any),
    st.sampled_from([(1, 16), (1, 18), (2, 10)]),
    st.sampled_from([0, 15, 30]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_no_plan_is_better(
    weights: list[int], size: tuple[int, int], free: int, diminish: float
) -> None:
    teams, length = size
    table = demand(*[("ABC"[n % 3], 8 + n // 3, w) for n, w in enumerate(weights)])
    plan = plan_patrols(
        table,
        LINE,
        shifts=[Shift("s", 8, 8 + length / 12, assistants=teams, weekdays=(2,))],
        together=1,
        return_after=free,
        diminish=diminish,
        walking_speed=SPEED,
        gap=0.0,
    )
    ways = np.array([[1, 2, 4], [2, 1, 2], [4, 2, 1]])
    used = np.array(weights, dtype=float).reshape(2, 3).T
    kept = used.any(axis=1)
    expected = best_by_brute_force(
        used[kept], length, ways[np.ix_(kept, kept)], teams=teams, free=free // 5,
        diminish=diminish, hour=12,
    )  # fmt: skip
    assert plan.days.loc[2, "worth"] == pytest.approx(expected, abs=1e-6)
    assert plan.days.loc[2, "bound"] >= expected - 1e-6
    assert plan.gap == pytest.approx(0, abs=1e-6)
    check_rules(plan, free=free)


def check_rules(plan: PatrolPlan, *, free: float, visit: float = 15, speed: float = SPEED) -> None:
    """Whatever the plan is worth, it can be walked and keeps what it promises."""
    points = list(plan.places.geometry)
    places = dict(zip(plan.places.index.fillna("base"), points, strict=True))
    weights = plan.demand.set_index(["area", "weekday", "hour"])["weight"]
    shifts = {shift.name: shift for shift in plan.shifts}
    for (weekday, shift, _team), own in plan.itinerary.groupby(["weekday", "shift", "team"]):
        begin, end = shifts[shift].start * 60, shifts[shift].end * 60
        assert own["begin"].iloc[0] == begin
        assert own["end"].iloc[-1] == end
        assert (own["begin"].iloc[1:].to_numpy() == own["end"].iloc[:-1].to_numpy()).all()
        own = own.fillna({"area": "base"})
        here = own["area"].iloc[0] if own["activity"].iloc[0] != "walk" else "base"
        work = begin
        for row in own.itertuples():
            if row.activity == "walk":
                metres = places[here].distance(places[row.area])
                assert row.end - row.begin >= metres * 1.3 / speed / 60 - 1e-9
            else:
                assert row.area == here
            if row.activity == "visit":
                assert row.end - row.begin == visit
                hour = int(row.begin // 60)
                key = (row.area, (weekday + hour // 24) % 7, hour % 24)
                assert weights[key] == row.weight
            if row.activity == "break":
                assert row.end - row.begin == 30
                assert row.begin - work <= 360
                work = row.end
            here = row.area
        assert end - work <= 360
    for _, own in plan.visits.groupby(["weekday", "area"]):
        ordered = own.sort_values("begin")
        assert (ordered["begin"].diff().dropna() >= visit + free).all()


def week() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (area, day, hour, float(rng.poisson(2)))
        for area in "ABC"
        for day in range(7)
        for hour in range(24)
    ]
    return pd.DataFrame(rows, columns=["area", "weekday", "hour", "weight"])


SHIFTS = [
    Shift("early", 8, 16.5, assistants=4, weekdays=(0, 1)),
    Shift("late", 20, 26, weekdays=(1, 6)),
]


def test_a_week_of_pairs_keeps_breaks_ways_and_returns_and_repeats_itself() -> None:
    plan = plan_patrols(week(), LINE, shifts=SHIFTS, walking_speed=SPEED, gap=0.05, slot=15)
    check_rules(plan, free=45)
    assert plan.itinerary.groupby(["weekday", "shift"])["team"].nunique().to_dict() == {
        (0, "early"): 2, (1, "early"): 2, (1, "late"): 1, (6, "late"): 1,
    }  # fmt: skip
    assert (plan.itinerary["activity"] == "break").sum() == 4  # six hours need none
    assert plan.gap <= 0.05 + 1e-9
    again = plan_patrols(
        week().sample(frac=1, random_state=1),
        LINE,
        shifts=SHIFTS,
        walking_speed=SPEED,
        gap=0.05,
        slot=15,
    )
    pd.testing.assert_frame_equal(plan.itinerary, again.itinerary)
    # After midnight the hours of the next day count.
    late = plan.visits[(plan.visits["begin"] >= 24 * 60) & (plan.visits["weekday"] == 6)]
    weights = week().set_index(["area", "weekday", "hour"])["weight"]
    assert len(late)
    for row in late.itertuples():
        assert row.weight == weights[row.area, 0, int(row.begin // 60) - 24]


def test_shifts_begin_and_end_at_the_base() -> None:
    base = Point(0, 600)
    plan = plan_patrols(
        week(), LINE, shifts=[Shift("s", 8, 11, weekdays=(0,))], base=base, walking_speed=SPEED
    )
    first, last = plan.itinerary.iloc[0], plan.itinerary.iloc[-1]
    assert first["activity"] in ("walk", "free")
    walks = plan.itinerary[plan.itinerary["activity"] == "walk"]
    assert pd.isna(walks["area"].iloc[-1])
    assert pd.isna(last["area"])
    check_rules(plan, free=45)


def test_given_ways_replace_the_straight_lines() -> None:
    far = pd.DataFrame(55.0, index=list("ABC"), columns=list("ABC"))
    table = demand(("A", 8, 3), ("B", 8, 2), ("B", 9, 2))
    plan = plan_patrols(
        table, LINE, shifts=[Shift("s", 8, 9.5, weekdays=(0,))], walking_minutes=far
    )
    assert plan.visits[["area", "begin"]].values.tolist() == [["A", 480.0], ["B", 550.0]]


def test_weights_of_one_hour_add_up_and_every_day_is_alike_without_weekdays() -> None:
    table = demand(("A", 8, 1), ("A", 8, 2), ("B", 9, 0))
    plan = plan_patrols(table, LINE, shifts=[Shift("s", 8, 10, weekdays=(0, 6))])
    assert plan.demand["weight"].tolist() == [3.0] * 7
    assert plan.visits[["weekday", "area", "weight"]].values.tolist() == [
        [0, "A", 3.0],
        [6, "A", 3.0],
    ]


def test_the_summary_says_how_good_the_plan_is_and_what_was_assumed() -> None:
    table = demand(("A", 8, 3), ("B", 9, 2))
    shifts = [Shift("s", 8, 10, assistants=3, weekdays=(0,))]
    plan = plan_patrols(table, LINE, shifts=shifts, visit_minutes=20)
    english = plan.summary("en")
    assert "No plan within these rules could be better." in english
    assert "Assistants left without a companion, not planned for: 1." in english
    assert "these are of another length" in english
    assert plan.summary("cs").startswith("Počet návštěv za týden: 2, počet míst: 2.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slot": 7}, "slot: expected minutes of which an hour is a multiple, got 7"),
        ({"visit_minutes": 12}, "visit_minutes: expected a multiple of the slot of 5 minutes"),
        ({"diminish": 2}, "diminish: expected a number in its range, got 2"),
        ({"together": 3}, "together: expected at least one, and no more than walk in a shift"),
        ({"walking_speed": 0}, "walking_speed: expected a positive number, got 0"),
        ({"shifts": []}, "shifts: expected at least one, got none"),
        ({"shifts": [Shift("s", 8, 21)]}, "the shift 's': expected at most 12.5 hours"),
        ({"shifts": [Shift("s", 8, 9)] * 2}, "shifts: expected different names"),
    ],
)
def test_rules_that_make_no_plan_are_refused(options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"shifts": [Shift("s", 8, 10)], **options}
    with pytest.raises(InputError, match=message):
        plan_patrols(demand(("A", 8, 1)), LINE, **given)


def test_a_demand_without_weight_and_a_shift_too_short_are_refused() -> None:
    early = Shift("early", 8, 10, weekdays=(0,))
    for table in (demand(("A", 8, 0)), demand(("A", 8, 1)).iloc[:0]):
        with pytest.raises(InputError, match="expected an area and an hour with a weight above 0"):
            plan_patrols(table, LINE, shifts=[early])
    with pytest.raises(InputError, match="at least as long as a visit of 15 minutes, got 6 min"):
        plan_patrols(demand(("A", 8, 1)), LINE, shifts=[Shift("brief", 8, 8.1, weekdays=(0,))])


def test_hours_may_be_numbers_with_a_point_and_visits_follow_at_once() -> None:
    early = Shift("early", 8, 9, weekdays=(0,))
    table = demand(("A", 8, 1)).astype({"hour": "float64"})
    plan = plan_patrols(table, LINE, shifts=[early], return_after=0)
    # Four visits of a quarter of an hour, and nothing between them.
    assert plan.itinerary[["activity", "begin"]].values.tolist() == [
        ["visit", 480], ["visit", 495], ["visit", 510], ["visit", 525],
    ]  # fmt: skip


def test_shifts_and_demand_are_checked() -> None:
    with pytest.raises(InputError, match="add 24 to an end after midnight"):
        Shift("night", 22, 6)
    with pytest.raises(InputError, match="days from 0"):
        Shift("s", 8, 9, weekdays=(7,))
    shifts = [Shift("s", 8, 10)]
    with pytest.raises(InputError, match="the demand: expected the areas' codes, got 'X'"):
        plan_patrols(demand(("X", 8, 1)), LINE, shifts=shifts)
    with pytest.raises(InputError, match="hours 0 to 23, weights from 0 up"):
        plan_patrols(demand(("A", 8, -1)), LINE, shifts=shifts)
    with pytest.raises(InputError, match="no weight"):
        plan_patrols(demand(("A", 8, 1)).drop(columns="weight"), LINE, shifts=shifts)
    with pytest.raises(InputError, match="no plan was found"):
        plan_patrols(
            week(), LINE, shifts=[Shift("s", 8, 16)], time_limit=1e-9, walking_speed=SPEED
        )  # fmt: skip
