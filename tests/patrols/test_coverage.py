"""Patrol time beside incidents, counted by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.dosage import patrol_dosage

CODES = list("ABCDE")
CELLS = gpd.GeoDataFrame(
    {"code": CODES}, geometry=[box(100 * n, 0, 100 * n + 100, 100) for n in range(5)], crs=5514
)


def stands(*rows: tuple[str, str, float], unit: str = "u1") -> gpd.GeoDataFrame:
    """A unit that stands in a cell from a local time on, for minutes."""
    fixes = []
    for code, start, minutes in rows:
        begin = pd.Timestamp(start, tz="Europe/Prague")
        x = 100 * CODES.index(code) + 50
        fixes += [(unit, begin, x), (unit, begin + pd.Timedelta(minutes=minutes), x)]
    frame = pd.DataFrame(fixes, columns=["unit", "recorded", "x"])
    points = gpd.points_from_xy(frame.pop("x"), [50] * len(fixes), crs=5514)
    return gpd.GeoDataFrame(frame, geometry=points)


def events(*rows: tuple[str, str], **columns: Any) -> gpd.GeoDataFrame:
    codes = [CODES.index(code) * 100 + 50 for code, _ in rows]
    times = pd.to_datetime([time for _, time in rows]).tz_localize("Europe/Prague")
    points = gpd.points_from_xy(codes, [50] * len(rows), crs=5514)
    return gpd.GeoDataFrame({"occurred": times, **columns}, geometry=points)


PATROLS = stands(
    ("A", "2015-07-01 08:00", 12),
    ("A", "2015-07-01 10:12", 30),
    ("B", "2015-07-01 13:00", 10),
    ("A", "2015-07-02 08:10", 8),
)
RULES = {"gap_after": 3600, "new_outing_after": 3600}
INCIDENTS = events(
    *[("A", "2015-07-01 08:30")] * 4, *[("C", "2015-07-01 22:10")] * 3, ("B", "2015-07-02 13:59")
)


def test_shares_in_the_worst_cell_hours_are_those_counted_by_hand() -> None:
    coverage = patrol_coverage(PATROLS, INCIDENTS, CELLS, **RULES)
    table = coverage.cell_hours.set_index(["cell", "hour"])
    assert len(table) == 5 * 24
    assert table.loc[("A", 8), ["incidents", "minutes"]].tolist() == pytest.approx([4, 20])
    assert table.loc[("A", 10), ["incidents", "minutes"]].tolist() == pytest.approx([0, 30])
    # One cell-hour of 120: A at 8. Two: C at 22, too, where nobody walked. Three: B at 13.
    assert coverage.share(1 / 120) == pytest.approx((4 / 8, 20 / 60))
    assert coverage.share(2 / 120) == pytest.approx((7 / 8, 20 / 60))
    assert coverage.share(3 / 120) == pytest.approx((1, 30 / 60))
    assert coverage.share(1.5 / 120) == pytest.approx((5.5 / 8, 20 / 60))
    # The other 117 are alike, and have the 30 minutes of A at 10 among them.
    assert coverage.share((3 + 58.5) / 120) == pytest.approx((1, 45 / 60))
    assert (coverage.share(0), coverage.share(1)) == ((0, 0), (1, 1))


def test_hotspots_tell_visits_their_lengths_and_returns() -> None:
    coverage = patrol_coverage(PATROLS, INCIDENTS, CELLS, hotspot_share=0.4, **RULES)
    spots = coverage.hotspots
    assert spots.index.tolist() == ["A", "C"]
    # A: visits of 12, 30 and 8 minutes; away from 8:12 to 10:12 and from 10:42 to 8:10 next day.
    assert spots.loc["A"].tolist() == pytest.approx(
        [4, 3, 50, 12, 1 / 3, np.median([2, 21 + 28 / 60])]
    )
    assert spots.loc["C", ["incidents", "visits", "minutes"]].tolist() == [3, 0, 0]
    assert spots.loc["C", ["visit_minutes", "recommended", "return_hours"]].isna().all()
    assert coverage.unvisited == ["C"]


def test_units_that_are_there_together_are_one_absence() -> None:
    together = pd.concat(
        [
            stands(("A", "2015-07-01 08:00", 60), ("A", "2015-07-01 12:00", 10)),
            stands(("A", "2015-07-01 08:10", 10), unit="u2"),
            stands(("A", "2015-07-01 08:30", 40), unit="u3"),
        ]
    )
    spots = patrol_coverage(together, INCIDENTS, CELLS, hotspot_share=0.2, **RULES).hotspots
    assert spots.loc["A", "return_hours"] == pytest.approx(2 + 50 / 60)


def test_earlier_incidents_may_tell_the_worst() -> None:
    earlier = events(*[("B", "2014-07-01 13:30")] * 9)
    coverage = patrol_coverage(PATROLS, INCIDENTS, CELLS, earlier=earlier, **RULES)
    assert coverage.share(1 / 120) == pytest.approx((1 / 8, 10 / 60))
    assert coverage.hotspots.index.tolist() == ["B"]
    assert coverage.hotspots.loc["B", "incidents"] == 1
    assert "worst places are told by the same" not in coverage.summary()


def test_a_week_has_168_hours_of_which_monday_is_the_first() -> None:
    coverage = patrol_coverage(PATROLS, INCIDENTS, CELLS, cycle="week", **RULES)
    table = coverage.cell_hours.set_index(["cell", "weekday", "hour"])
    assert len(table) == 5 * 168
    # 1 July 2015 was a Wednesday.
    assert table.loc[("A", 2, 8), "minutes"] == pytest.approx(12)
    assert table.loc[("A", 3, 8), "minutes"] == pytest.approx(8)
    assert table.loc[("A", 2, 8), "incidents"] == 4


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(CODES), min_size=1, max_size=30), st.randoms())
def test_shares_rise_to_one_whatever_the_order_of_rows_and_cells(
    where: list[str], random: Any
) -> None:
    incidents = events(*[(code, f"2015-07-01 {n % 24:02}:30") for n, code in enumerate(where)])
    coverage = patrol_coverage(PATROLS, incidents, CELLS, **RULES)
    order = random.sample(range(5), 5)
    other = patrol_coverage(
        PATROLS, incidents.sample(frac=1, random_state=1), CELLS.iloc[order], **RULES
    )
    shares = np.linspace(0, 1, 25)
    curve = np.array([coverage.share(float(share)) for share in shares])
    assert curve == pytest.approx(np.array([other.share(float(share)) for share in shares]))
    assert (np.diff(curve, axis=0) >= -1e-12).all()
    assert curve[-1] == pytest.approx([1, 1])
    # The worst are the worst: never fewer incidents than in so many at random.
    assert (curve[:, 0] >= shares - 1e-12).all()


def test_what_is_left_out_and_what_cannot_be_said_is_told() -> None:
    incidents = events(
        *[("A", "2015-07-01 08:30")] * 2, ("B", "2015-08-01 09:00"), ("C", "2015-07-01 09:00"),
        ("D", "2015-07-01 09:00"), origin=["patrol", "citizen", None, None, None],
    )  # fmt: skip
    incidents.loc[3, "occurred"] = pd.NaT
    incidents.loc[[4], "geometry"] = None
    coverage = patrol_coverage(PATROLS, incidents, CELLS, **RULES)
    assert coverage.notes[0].startswith("This describes and does not test")
    assert list(coverage.notes[1:]) == [
        "Incidents left out, outside the cells or without a place: 1.",
        "Incidents left out, without a time: 1.",
        coverage.notes[3],
        "Incidents that the patrols recorded themselves are among those counted: 1. They follow "
        "the patrols.",
        "Incidents before the first or after the last day of the patrols’ records: 1.",
    ]
    assert coverage.cell_hours["incidents"].sum() == 3
    english, czech = coverage.summary("en"), coverage.summary("cs")
    assert "Koper (1995)" in english
    assert "asistenti chodí tam, kde jsou potíže" in czech


def test_without_incidents_or_patrols_there_is_no_share() -> None:
    coverage = patrol_coverage(PATROLS[:0], INCIDENTS[:0], CELLS)
    assert np.isnan(coverage.share(0.5)).all()
    assert coverage.hotspots.empty
    assert coverage.unvisited == []
    assert "Hotspots: 0" in coverage.summary()


def test_a_dosage_in_the_same_cells_will_do() -> None:
    dosage = patrol_dosage(PATROLS, CELLS, **RULES)
    one = patrol_coverage(dosage, INCIDENTS, CELLS)
    other = patrol_coverage(PATROLS, INCIDENTS, CELLS, **RULES)
    pd.testing.assert_frame_equal(one.curve, other.curve)
    with pytest.raises(InputError, match="expected a dosage in these cells"):
        patrol_coverage(dosage, INCIDENTS, CELLS[:3])
    with pytest.raises(InputError, match="options drift: expected none"):
        patrol_coverage(dosage, INCIDENTS, CELLS, drift=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cycle": "month"}, "cycle: expected 'day' or 'week', got 'month'"),
        ({"shares": [0]}, "shares: expected shares above 0 and up to 1, got 0"),
        ({"hotspot_share": 2}, "hotspot_share: expected shares above 0 and up to 1, got 2"),
        ({"recommended": (16, 10)}, "recommended: expected two lengths, increasing"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        patrol_coverage(PATROLS, INCIDENTS, CELLS, **options)


def test_frames_that_do_not_fit_are_refused() -> None:
    with pytest.raises(
        CRSError, match="the cells and the incidents have different CRSs: expected EPSG:5514"
    ):
        patrol_coverage(PATROLS, INCIDENTS.to_crs(4326), CELLS)
    with pytest.raises(InputError, match="expected a column occurred with zone-aware times"):
        patrol_coverage(PATROLS, INCIDENTS.drop(columns="occurred"), CELLS)
    with pytest.raises(InputError, match="worst: expected a share from 0 to 1, got 5"):
        patrol_coverage(PATROLS, INCIDENTS, CELLS).share(5)
