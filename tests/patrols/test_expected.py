"""Demand, what a plan would change, and the files that one takes along."""

from __future__ import annotations

import io
from datetime import date

import geopandas as gpd
import gpxpy
import numpy as np
import openpyxl
import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.demand import hourly_demand, task_demand
from apkgeo.patrols.expected import compare_coverage, planned_dosage
from apkgeo.patrols.plan import PatrolPlan, plan_patrols
from apkgeo.patrols.plan_files import plan_gpx, plan_table, plan_workbook
from apkgeo.patrols.plan_rules import Shift
from tests.patrols.test_coverage import CELLS, events, stands

NAMES = pd.Series({"A": "Plac", "B": "<Brod> & spol.", "C": "C", "D": "D", "E": "E"})
MONDAY = date(2015, 7, 6)
INCIDENTS = events(
    *[("A", "2015-07-06 08:10")] * 4, *[("B", "2015-07-06 08:40")] * 3, ("E", "2015-07-07 23:30")
)


def plan(**options: object) -> PatrolPlan:
    given = {"shifts": [Shift("ranní", 8, 9, weekdays=(0,)), Shift("noční", 23, 25, 2, (1,))]}
    return plan_patrols(hourly_demand(INCIDENTS, CELLS, smooth=0), CELLS, **{**given, **options})


def test_demand_is_the_count_of_incidents_and_smoothing_keeps_its_sum() -> None:
    plain = hourly_demand(INCIDENTS, CELLS, smooth=0)
    assert len(plain) == 5 * 168
    told = plain[plain["weight"] > 0].set_index(["area", "weekday", "hour"])["weight"]
    assert told.to_dict() == {("A", 0, 8): 4, ("B", 0, 8): 3, ("E", 1, 23): 1}
    even = hourly_demand(INCIDENTS, CELLS, smooth=2).set_index(["area", "weekday", "hour"])
    # Binomial weights of five hours: 1, 4, 6, 4, 1 sixteenths; Tuesday runs on into Wednesday.
    late = [("E", 1, 21), ("E", 1, 22), ("E", 1, 23), ("E", 2, 0), ("E", 2, 1)]
    assert even.loc[late, "weight"].tolist() == pytest.approx(
        [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]
    )
    assert even.groupby("area")["weight"].sum().to_dict() == pytest.approx(
        {"A": 4, "B": 3, "C": 0, "D": 0, "E": 1}
    )
    with pytest.raises(InputError, match="smooth: expected a number of hours from 0 up, got -1"):
        hourly_demand(INCIDENTS, CELLS, smooth=-1)


def test_schools_are_visited_in_their_hours() -> None:
    school = task_demand(["D"], hours=[8], weight=10, weekdays=[0])
    table = pd.concat([hourly_demand(INCIDENTS, CELLS, smooth=0), school])
    made = plan_patrols(table, CELLS, shifts=[Shift("ranní", 8, 9, weekdays=(0,))])
    assert "D" in set(made.visits["area"])


def test_a_plan_is_walked_to_the_minute() -> None:
    made = plan()
    dosage = planned_dosage(made, CELLS, monday=MONDAY, weeks=2)
    visits = made.visits.groupby("area").size()
    assert dosage.areas["visits"].reindex(visits.index).tolist() == (2 * visits).tolist()
    assert dosage.areas.loc["A", "minutes"] == 15 * dosage.areas.loc["A", "visits"]
    assert dosage.in_areas + dosage.outside == pytest.approx(dosage.recorded)
    assert dosage.recorded == pytest.approx(2 * (60 + 120))
    by_hour = dosage.minutes[dosage.minutes["where"] == "area"].groupby(["area", "hour"])
    assert by_hour["minutes"].sum().sum() == pytest.approx(dosage.in_areas)
    night = dosage.minutes[dosage.minutes["hour"] == 0]
    assert set(night["day"]) == {pd.Timestamp("2015-07-08"), pd.Timestamp("2015-07-15")}
    first = dosage.visits.iloc[0]
    assert first["arrived"].tz is not None
    with pytest.raises(InputError, match="expected a Monday"):
        planned_dosage(made, CELLS, monday=date(2015, 7, 7))
    with pytest.raises(InputError, match="the areas: expected those of the plan, got no 'A'"):
        planned_dosage(made, CELLS[1:], monday=MONDAY)


def test_today_and_plan_are_measured_alike() -> None:
    # Today the only visit is to C, where nothing happens.
    options = {"cycle": "week", "shares": (2 / 840,), "hotspot_share": 0.4}
    today = patrol_coverage(stands(("C", "2015-07-06 08:00", 20)), INCIDENTS, CELLS, **options)
    planned = patrol_coverage(
        planned_dosage(plan(), CELLS, monday=MONDAY), INCIDENTS, CELLS, **options
    )
    change = compare_coverage(today, planned)
    visits = plan().visits
    mornings = (visits["weekday"] == 0).sum()
    assert change.curve.iloc[0].tolist() == pytest.approx(
        [2 / 840, 7 / 8, 0, mornings / len(visits)]
    )
    assert change.hotspots.loc[["A", "B"], "minutes_today"].tolist() == [0, 0]
    assert (change.hotspots.loc[["A", "B"], "minutes_planned"] > 0).all()
    assert (change.hotspots["recommended_planned"] == 1).all()
    assert change.inside[0] == 1
    assert "0% of the patrols’ time fell there so far" in change.summary("en")
    assert "bez jediné návštěvy dosud: 2, podle plánu: 0" in change.summary("cs")
    with pytest.raises(InputError, match="the same incidents, cells and shares"):
        compare_coverage(today, patrol_coverage(planned.dosage, INCIDENTS, CELLS))


def test_the_table_reads_as_an_order_of_the_day() -> None:
    table = plan_table(plan(), NAMES)
    assert table.columns.tolist() == [
        "Den v týdnu", "Směna", "Hlídka", "Od", "Do", "Činnost", "Místo",
    ]  # fmt: skip
    visits = table[table["Činnost"] == "návštěva"]
    assert set(visits["Místo"]) == {"Plac", "<Brod> & spol.", "E"}
    night = table[table["Směna"] == "noční"]
    assert night["Do"].iloc[-1] == "1:00"


def test_the_workbook_has_a_sheet_a_weekday() -> None:
    content = plan_workbook(plan(), NAMES, title="Plán", language="cs")
    made = openpyxl.load_workbook(io.BytesIO(content))
    assert made.sheetnames == ["pondělí", "úterý"]
    assert [cell.value for cell in made["pondělí"][4]][:3] == ["Směna", "Hlídka", "Od"]
    assert content == plan_workbook(plan(), NAMES, title="Plán", language="cs")


def test_gpx_reads_back_with_places_and_routes() -> None:
    # In Plzeň, where S-JTSK is at home.
    town = CELLS.set_geometry(CELLS.translate(-822_380, -1_069_630))
    there = INCIDENTS.set_geometry(INCIDENTS.translate(-822_380, -1_069_630))
    shifts = [Shift("ranní", 8, 9, weekdays=(0,)), Shift("noční", 23, 25, 2, (1,))]
    made = plan_patrols(hourly_demand(there, town, smooth=0), town, shifts=shifts)
    gpx = gpxpy.parse(plan_gpx(made, NAMES, monday=MONDAY))
    assert (gpx.version, gpx.creator) == ("1.1", "apkgeo")
    assert {point.name for point in gpx.waypoints} == {"Plac", "<Brod> & spol.", "E"}
    assert [route.name for route in gpx.routes] == ["pondělí – ranní – 1", "úterý – noční – 1"]
    stops = made.itinerary[made.itinerary["activity"] != "walk"]
    points = [point for route in gpx.routes for point in route.points]
    assert len(points) == len(stops)
    assert points[0].time.isoformat() == "2015-07-06T06:00:00+00:00"
    spots = gpd.GeoSeries(
        gpd.points_from_xy([p.longitude for p in points], [p.latitude for p in points]), crs=4326
    ).to_crs(5514)
    places = town.set_index("code").geometry
    for spot, code in zip(spots, stops["area"], strict=True):
        assert places[code].contains(spot)
    assert gpxpy.parse(plan_gpx(made, NAMES)).routes[0].points[0].time is None


def test_gpx_holds_elements_in_the_order_of_its_schema() -> None:
    """GPX 1.1 (topografix.com/GPX/1/1/gpx.xsd): wpt before rte; time, name, desc within a point."""
    import xml.etree.ElementTree as ElementTree

    root = ElementTree.fromstring(plan_gpx(plan(), NAMES, monday=MONDAY))
    space = "{http://www.topografix.com/GPX/1/1}"
    tags = [child.tag.removeprefix(space) for child in root]
    assert tags == sorted(tags, key=["metadata", "wpt", "rte", "trk"].index)
    for point in root.iter(f"{space}rtept"):
        assert [child.tag.removeprefix(space) for child in point] == ["time", "name", "desc"]
        assert -90 <= float(point.attrib["lat"]) <= 90
        assert np.isfinite(float(point.attrib["lon"]))
