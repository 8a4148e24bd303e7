"""What is published of patrols is never the work of one person, nor gives it back."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.demo import write_modelov
from apkgeo.errors import InputError
from apkgeo.patrols.dosage import PatrolDosage, patrol_dosage
from apkgeo.patrols.totals import EVERYWHERE, PatrolTotals, patrol_hours, patrol_totals
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.patrols import read_patrols

PLACES = gpd.GeoDataFrame(
    {"code": ["A", "B"], "name": ["Alej", "Brod"]},
    geometry=[box(0, 0, 100, 100), box(200, 0, 300, 100)],
    crs=5514,
)
NAMES = PLACES.set_index("code")["name"]


def stays(*rows: tuple[str, str, str, float]) -> PatrolDosage:
    """Units that stand in a place from a time on, for hours (at most one each)."""
    fixes = []
    for unit, code, start, hours in rows:
        x = 50 if code == "A" else 250
        begin = pd.Timestamp(start, tz="Europe/Prague")
        fixes += [(unit, begin + pd.Timedelta(hours=share * hours), x) for share in (0, 0.5, 1)]
    frame = pd.DataFrame(fixes, columns=["unit", "recorded", "x"])
    points = gpd.points_from_xy(frame.pop("x"), [50] * len(frame), crs=5514)
    return patrol_dosage(gpd.GeoDataFrame(frame, geometry=points), PLACES, gap_after=3600)


def week(unit: str, code: str, month: str, hour: int = 9) -> list[tuple[str, str, str, float]]:
    return [(unit, code, f"2015-{month}-{day:02} {hour:02}:00", 1.0) for day in range(1, 6)]


def test_where_several_units_walk_months_and_shifts_are_shown() -> None:
    rows = [*week("u1", "A", "03"), *week("u2", "A", "03"), *week("u1", "A", "04", 15)]
    rows += [*week("u2", "A", "04", 15)]
    totals = patrol_totals(stays(*rows), NAMES).places
    shown = totals[totals["hours"].notna()]
    assert shown.drop(columns="hours").values.tolist() == [
        ["A", "Alej", "2015-03", "morning", 2],
        ["A", "Alej", "2015-04", "afternoon", 2],
    ]
    assert shown["hours"].tolist() == pytest.approx([10, 10])


def test_units_that_take_turns_by_months_are_summed_to_quarters() -> None:
    rows = [*week("u1", "A", "01"), *week("u2", "A", "02"), *week("u1", "A", "03")]
    totals = patrol_totals(stays(*rows), NAMES).places
    assert totals["month"].tolist() == ["2015-Q1"]
    assert totals["hours"].tolist() == pytest.approx([15])


def test_units_with_a_place_each_are_summed_over_places() -> None:
    rows = [*week("u1", "A", "01"), *week("u2", "B", "01")]
    found = patrol_totals(stays(*rows), NAMES, language="cs")
    totals = found.places
    (row,) = totals[totals["hours"].notna()].to_dict("records")
    assert (row["area"], row["name"]) == (EVERYWHERE, "Všechny lokality dohromady")
    assert row["month"] == "2015-01"
    assert row["hours"] == pytest.approx(10)
    assert "v jediné lokalitě" in found.notes[0].text("cs")


def test_one_unit_alone_is_never_shown_nor_when_it_was_away() -> None:
    found = patrol_totals(stays(*week("u1", "A", "01"), *week("u1", "A", "05")), NAMES)
    assert found.places["hours"].isna().all()
    assert found.notes[0].startswith("No hours can be shown")
    # u1 is the only one in B, and away in February: hidden like the months when it was there.
    rows = [
        line for month in ("01", "02", "03") for u in ("u2", "u3") for line in week(u, "A", month)
    ]
    rows += [*week("u1", "B", "01")[:1], *week("u1", "B", "03")[:1]]
    totals = patrol_totals(stays(*rows), NAMES).places
    assert set(totals["area"]) == {"A", "B"}
    assert totals.loc[totals["area"] == "B", "hours"].isna().all()
    assert sorted(totals.loc[totals["area"] == "B", "month"]) == ["2015-01", "2015-02", "2015-03"]


def test_a_unit_that_looked_in_for_some_minutes_is_no_screen_for_another() -> None:
    rows = [*week("u1", "A", "01"), ("u2", "A", "2015-01-07 09:00", 0.2)]
    assert patrol_totals(stays(*rows), NAMES).places["hours"].isna().all()


def test_too_few_days_are_not_shown() -> None:
    rows = [*week("u1", "A", "01")[:2], *week("u2", "A", "01")[:2]]
    assert patrol_totals(stays(*rows), NAMES).places["hours"].isna().all()
    assert patrol_totals(stays(*rows), NAMES, min_days=4).places["hours"].tolist() == pytest.approx(
        [4]
    )


def test_a_night_over_midnight_is_one_day_of_work() -> None:
    # Two nights of each of two units are four days of work, not eight.
    starts = [f"2015-03-{day:02} {clock}" for day in (1, 2) for clock in ("23:00", "23:59")]
    rows = [(unit, "A", start, 0.98) for unit in ("u1", "u2") for start in starts]
    dosage = stays(*rows)
    assert dosage.minutes["day"].nunique() == 3
    assert patrol_totals(dosage, NAMES, min_days=4).places["hours"].notna().any()
    assert patrol_totals(dosage, NAMES, min_days=5).places["hours"].isna().all()


def test_internal_tables_show_everything() -> None:
    dosage = stays(*week("u1", "A", "01"), *week("u2", "B", "02"))
    totals = patrol_totals(dosage, NAMES, min_units=1).places
    shown = totals.set_index(["area", "month"])["hours"].to_dict()
    expected = {("A", "2015-01"): 5, ("A", "2015-02"): 0, ("B", "2015-01"): 0, ("B", "2015-02"): 5}
    assert shown == pytest.approx(expected)
    hours = patrol_hours(dosage, NAMES)
    assert hours.columns.tolist() == ["area", "name", "month", "shift", "unit", "hours"]
    assert hours["hours"].tolist() == pytest.approx([5, 5])


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["u1", "u2", "u3"]),
            st.sampled_from("AB"),
            st.integers(0, 89),
            st.sampled_from([8, 15]),
        ),
        min_size=1,
        max_size=80,
        unique_by=lambda row: (row[0], row[2], row[3]),
    )
)
def test_every_number_shown_has_two_units_with_a_tenth_each(
    rows: list[tuple[str, str, int, int]],
) -> None:
    start = pd.Timestamp("2015-01-01")
    made = [
        (unit, code, str(start + pd.Timedelta(days=day, hours=hour)), 0.5)
        for unit, code, day, hour in rows
    ]
    dosage = stays(*made)
    totals = patrol_totals(dosage, NAMES)
    inside = dosage.minutes[dosage.minutes["where"] == "area"]
    for row in totals.places[totals.places["hours"].notna()].itertuples():
        those = behind(inside, row.month, row.area, row.shift)
        assert row.hours * 60 == pytest.approx(those["minutes"].sum())
        assert belongs_to_several(those)
    # The numbers are parts of one whole: no row contains another.
    assert not totals.places.duplicated(["area", "month", "shift"]).any()
    assert totals.places["month"].str.len().nunique() <= 1
    assert EVERYWHERE not in set(totals.places["area"]) or totals.places["area"].nunique() == 1
    check_shifts(totals, inside)


def behind(inside: pd.DataFrame, month: str, area: str, shift: str) -> pd.DataFrame:
    """The minutes behind a number."""
    months = inside["day"].dt.strftime("%Y-%m")
    if "Q" in month:
        months = inside["day"].dt.to_period("Q").astype(str).str.replace("Q", "-Q")
    elif len(month) == 4:
        months = inside["day"].dt.strftime("%Y")
    those = inside[months == month]
    if area != EVERYWHERE:
        those = those[those["area"] == area]
    return those if shift == "day" else those[those["shift"] == shift]


def belongs_to_several(those: pd.DataFrame) -> bool:
    by_unit = those.groupby("unit")["minutes"].sum()
    enough = (by_unit >= 0.1 * by_unit.sum() - 1e-9).sum() >= 2
    return bool(enough) and len(those.drop_duplicates(["unit", "day"])) >= 5


def check_shifts(totals: PatrolTotals, inside: pd.DataFrame) -> None:
    """What a reader gets by subtracting shifts from the sums by place is nobody's work alone."""
    for month, own in totals.shifts.groupby("month"):
        shown = totals.places[totals.places["hours"].notna() & (totals.places["month"] == month)]
        whole = [behind(inside, month, area, "day") for area in shown["area"]]
        if not whole:
            assert own["hours"].isna().all()
            continue
        those = pd.concat(whole)
        told = own[own["hours"].notna()]
        for row in told.itertuples():
            part = those[those["shift"] == row.shift]
            assert row.hours * 60 == pytest.approx(part["minutes"].sum())
            assert belongs_to_several(part)
        rest = those[~those["shift"].isin(told["shift"])]
        assert len(told) in (0, len(own)) or belongs_to_several(rest)


def test_sums_by_shift_stand_beside_whole_days_by_place() -> None:
    # Mornings are shared, the afternoons of A are u1's alone: whole days by place can be shown.
    rows = [*week("u1", "A", "01"), *week("u2", "A", "01"), *week("u1", "B", "02")]
    rows += [*week("u2", "B", "03"), *week("u1", "A", "02", 15), *week("u1", "A", "03", 15)]
    rows += week("u2", "B", "01", 15)
    totals = patrol_totals(stays(*rows), NAMES)
    assert totals.places[["area", "month", "shift"]].values.tolist() == [
        ["A", "2015-Q1", "day"],
        ["B", "2015-Q1", "day"],
    ]
    assert totals.places["hours"].tolist() == pytest.approx([20, 15])
    assert totals.shifts["shift"].tolist() == ["afternoon", "morning"]
    assert totals.shifts["hours"].tolist() == pytest.approx([15, 20])
    # With u2's afternoons away, the afternoons are u1's: hidden, and with them the mornings,
    # which with the sum of the places would give them back.
    alone = patrol_totals(stays(*rows[:-5]), NAMES)
    assert alone.places["hours"].tolist() == pytest.approx([20, 10])
    assert alone.shifts["hours"].isna().all()


def test_the_demo_shows_localities_by_quarters_and_the_shifts_beside_them(tmp_path: Path) -> None:
    folder = write_modelov(tmp_path).parent
    fixes = read_patrols(str(folder / "hlidky" / "*.gpx")).frame.to_crs(5514)
    localities = read_boundaries(folder / "hranice" / "lokality.geojson").frame.to_crs(5514)
    dosage = patrol_dosage(fixes, localities)
    assert dosage.in_areas + dosage.outside + dosage.unknown == pytest.approx(dosage.recorded)
    # The units keep to their localities for a little over half of their time.
    assert set(dosage.areas.index[dosage.areas["minutes"] > 0]) == {"L1", "L2", "L5"}
    assert 0.5 < dosage.in_areas / dosage.recorded < 0.65
    found = patrol_totals(dosage, localities.set_index("code")["name"])
    totals = found.places
    assert set(totals["area"]) == {"L1", "L2", "L5"}
    assert found.shifts["hours"].notna().mean() > 0.6
    assert set(totals["month"]) == {f"{y}-Q{q}" for y in (2016, 2017, 2018) for q in (1, 2, 3, 4)}
    assert totals["hours"].notna().mean() > 0.8
    assert totals["hours"].sum() * 60 <= dosage.in_areas + 1e-6


@pytest.mark.parametrize("limits", [{"min_units": 0}, {"min_days": 0}])
def test_limits_below_one_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(InputError, match="min_units and min_days: expected 1 or more"):
        patrol_totals(stays(*week("u1", "A", "01")), NAMES, **limits)


def test_every_area_needs_a_name() -> None:
    with pytest.raises(InputError, match="names: expected a name for every area, got none for 'A'"):
        patrol_totals(stays(*week("u1", "A", "01")), NAMES[["B"]])
