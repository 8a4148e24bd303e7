"""Doubtful positions. In EPSG:5514 a step of so many metres in so many seconds is plain arithmetic:
more than 50 m/s and 100 m is no patrol's."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.sources.fixes import mark_fixes

START = pd.Timestamp("2015-07-01T08:00", tz="Europe/Prague")


def walk(seconds: list[float], metres: list[float], unit: str = "a") -> gpd.GeoDataFrame:
    """A walk to the east from a corner in Plzeň."""
    times = START + pd.to_timedelta(seconds, unit="s")
    places = gpd.points_from_xy(
        np.asarray(metres, dtype=float) - 822_000, [-1_070_000] * len(times)
    )
    return gpd.GeoDataFrame({"unit": unit, "recorded": times}, geometry=places, crs=5514)


def marks(frame: gpd.GeoDataFrame) -> list[str]:
    return mark_fixes(frame)[0].fillna("").tolist()


@pytest.mark.parametrize(
    ("seconds", "metres", "expected"),
    [
        # In 30 s up to 1,600 m can be gone, in 60 s up to 3,100 m.
        ([0, 30, 60, 90], [0, 40, 5000, 120], ["", "", "jump", ""]),
        ([0, 30, 60, 90, 120], [0, 40, 5000, 5010, 160], ["", "", "jump", "jump", ""]),
        ([0, 30, 60], [0, 1500, 3000], ["", "", ""]),
        ([0, 30, 60], [0, 1700, 3400], ["", "jump", "jump"]),
        # The first position of a cold start is wrong, those after it agree.
        ([0, 30, 60, 90], [9000, 0, 30, 60], ["jump", "", "", ""]),
        # Two points alone: nothing says which is wrong, the later one is told.
        ([0, 30], [0, 5000], ["", "jump"]),
        # Taken elsewhere with the device off: an hour is enough for ten kilometres.
        ([0, 30, 3630, 3660], [0, 40, 10_000, 10_040], ["", "", "", ""]),
    ],
)
def test_jumps_are_marked(seconds: list[float], metres: list[float], expected: list[str]) -> None:
    frame = walk(seconds, metres)
    assert marks(frame) == expected
    assert marks(frame.to_crs(4326)) == expected


def test_who_stays_where_they_jumped_to_is_there() -> None:
    away = list(range(60, 60 + 30 * 60, 30))
    frame = walk([0, 30, *away], [0, 40, *[50_000 + s for s in away]])
    assert marks(frame) == ["", "", "jump", *[""] * (len(away) - 1)]


def test_a_position_told_again_and_again_is_stale() -> None:
    # Ten minutes at the same digits; trembling by a decimetre, or for a shorter time, is rest.
    frame = walk([0, 300, 600, 660], [0, 0, 0, 50])
    assert marks(frame) == ["", "stale", "stale", ""]
    assert marks(walk([0, 300, 599, 660], [0, 0, 0, 50])) == [""] * 4
    assert marks(walk([0, 300, 600, 660], [0, 0.1, 0, 50])) == [""] * 4
    assert marks(walk([0, 0, 30], [0, 0, 40])) == ["", "stale", ""]


def test_units_are_judged_apart_in_any_order_and_the_note_counts() -> None:
    one = walk([0, 30, 60, 90], [0, 40, 5000, 120])
    other = walk([0, 300, 600], [7000, 7000, 7000], unit="b")
    frame = pd.concat([one, other], ignore_index=True).sample(frac=1, random_state=1)
    told, notes = mark_fixes(frame)
    assert told.sort_index().fillna("").tolist() == ["", "", "jump", "", "", "stale", "stale"]
    assert notes == (
        "Points marked as doubtful: impossible jumps 1, the same position again and again 2; none "
        "of them was left out.",
    )
    assert mark_fixes(one.iloc[:2])[1] == ()
    assert mark_fixes(one.iloc[:0])[0].empty


@given(
    st.lists(st.tuples(st.floats(0, 1e5), st.floats(-1e6, 1e6), st.sampled_from("ab")), max_size=30)
)
def test_no_point_is_lost_and_a_slow_walk_has_no_jump(
    points: list[tuple[float, float, str]],
) -> None:
    frame = walk([p[0] for p in points], [p[1] for p in points])
    frame["unit"] = [p[2] for p in points]
    told, _notes = mark_fixes(frame)
    assert told.index.equals(frame.index)
    assert set(told.dropna()) <= {"jump", "stale"}
    slow = walk([p[0] for p in points], [p[0] for p in points])  # one metre a second
    assert "jump" not in set(mark_fixes(slow)[0].dropna())
