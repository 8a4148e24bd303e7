"""Joint patrols count once as presence and for each unit as person-minutes, minute by minute."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.patrols.dosage import PatrolDosage, patrol_dosage
from apkgeo.patrols.presence import programme_presence
from tests.patrols.test_coverage import CELLS, stands

DAY = "2015-07-01 "
PROGRAMMES = {"a1": "assistants", "a2": "assistants", "d1": "caretakers"}


def walked(*visits: tuple[str, str, float]) -> PatrolDosage:
    """Units that stand in cell A from a time on, for minutes."""
    patrols = pd.concat(
        [stands(("A", DAY + start, minutes), unit=unit) for unit, start, minutes in visits],
        ignore_index=True,
    )
    patrols["programme"] = patrols["unit"].map(PROGRAMMES)
    return patrol_dosage(patrols, CELLS, gap_after=7000, new_outing_after=7000)


def test_a_pair_is_there_once_and_works_twice() -> None:
    table = programme_presence(walked(("a1", "08:00", 30), ("a2", "08:00", 30)))
    row = table.set_index("programme").loc["assistants"]
    assert row[["person_minutes", "presence", "joint"]].tolist() == pytest.approx([60, 30, 30])


def test_two_programmes_stand_side_by_side() -> None:
    table = programme_presence(
        walked(("a1", "08:00", 30), ("a2", "08:20", 20), ("d1", "08:25", 30))
    ).set_index("programme")
    columns = ["units", "visits", "person_minutes", "presence", "joint"]
    assert table.loc["assistants", columns].tolist() == pytest.approx([2, 2, 50, 40, 10])
    assert table.loc["caretakers", columns].tolist() == pytest.approx([1, 1, 30, 30, 0])
    assert table.loc["", columns].tolist() == pytest.approx([3, 3, 80, 55, 20])
    # From 8:25 to 8:40 assistants and a caretaker were there at once.
    assert table.loc["", "mixed"] == pytest.approx(15)
    assert table.loc[["assistants", "caretakers"], "mixed"].isna().all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(PROGRAMMES)), st.integers(0, 40), st.integers(1, 30)),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[0],
    )
)
def test_presence_is_what_counting_every_minute_gives(
    rows: list[tuple[str, int, int]],
) -> None:
    table = programme_presence(walked(*[(u, f"08:{b:02}", m) for u, b, m in rows]))
    there = np.zeros((3, 80), dtype=int)
    for unit, begin, minutes in rows:
        there[sorted(PROGRAMMES).index(unit), begin : begin + minutes] = 1
    for row in table.itertuples():
        own = [u for u in sorted(PROGRAMMES) if row.programme in ("", PROGRAMMES[u])]
        depth = there[[sorted(PROGRAMMES).index(unit) for unit in own]].sum(axis=0)
        assert row.person_minutes == pytest.approx(depth.sum())
        assert row.presence == pytest.approx((depth > 0).sum())
        assert row.joint == pytest.approx((depth > 1).sum())
        assert row.presence <= row.person_minutes + 1e-9


def test_units_without_a_programme_have_none_and_nobody_gives_no_rows() -> None:
    patrols = stands(("A", DAY + "08:00", 10))
    dosage = patrol_dosage(patrols, CELLS)
    assert programme_presence(dosage)["programme"].tolist() == ["", "–"]
    assert programme_presence(patrol_dosage(patrols[:0], CELLS)).empty


def test_a_unit_has_one_programme() -> None:
    patrols: gpd.GeoDataFrame = stands(("A", DAY + "08:00", 10))
    patrols["programme"] = ["assistants", "caretakers"]
    with pytest.raises(InputError, match="programme: expected one for each unit, got several"):
        patrol_dosage(patrols, CELLS)
