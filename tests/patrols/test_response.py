"""Quiet after visits and weeks by dosage, counted by hand; and a town in which nothing works."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from apkgeo.errors import CRSError, InputError
from apkgeo.patrols.dosage import patrol_dosage
from apkgeo.patrols.response import DoseResponse, dose_response
from tests.patrols.test_coverage import CELLS, events, stands

RULES = {"gap_after": 1250, "new_outing_after": 1250}
DAY = "2015-07-01 "


def respond(*visits: tuple[str, str, float], after: gpd.GeoDataFrame) -> DoseResponse:
    return dose_response(stands(*visits), after, CELLS, **RULES)


def test_quiet_ends_with_the_first_incident_after_the_departure() -> None:
    response = respond(
        ("A", DAY + "08:00", 12),
        after=events(
            ("A", DAY + "08:05"), ("B", DAY + "08:20"), ("A", DAY + "08:42"), ("A", DAY + "09:00")
        ),
    )
    (visit,) = response.visits.to_dict("records")
    assert (visit["length"], visit["ended"]) == ("10–16", "incident")
    assert visit["minutes"] == pytest.approx(12)
    assert visit["quiet"] == pytest.approx(30)
    assert response.lengths.loc["10–16", ["visits", "incidents"]].tolist() == [1, 1]
    assert response.lengths.loc["10–16", "quiet_60"] == 0
    assert response.lengths["visits"].sum() == 1


def test_quiet_is_cut_short_by_the_next_visit_by_time_and_by_the_end_of_the_data() -> None:
    response = respond(
        ("A", DAY + "08:00", 4),
        ("A", DAY + "08:30", 10),
        ("B", DAY + "13:00", 20),
        ("C", DAY + "21:00", 7),
        after=events(("A", DAY + "20:00"), ("D", DAY + "22:00")),
    )
    told = response.visits.set_index(["area", "length"])[["quiet", "ended"]]
    assert told.loc[("A", "<5")].tolist() == [pytest.approx(26), "visit"]
    assert told.loc[("A", "10–16")].tolist() == [pytest.approx(240), "time"]
    assert told.loc[("B", ">16")].tolist() == [pytest.approx(240), "time"]
    assert told.loc[("C", "5–10")].tolist() == [pytest.approx(53), "time"]
    # Watched for 26 minutes only, nobody knows about 30; watched for 240, all were quiet.
    assert np.isnan(response.lengths.loc["<5", "quiet_30"])
    assert response.lengths.loc["10–16", "quiet_120"] == 1


@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_incidents_may_be_in_another_time_zone_and_precision(unit: str) -> None:
    local = events(("A", DAY + "08:42"), ("A", DAY + "23:30"))
    other = local.assign(occurred=local["occurred"].dt.tz_convert("UTC").dt.as_unit(unit))
    one, same = (respond(("A", DAY + "08:00", 12), after=after) for after in (local, other))
    assert same.visits["quiet"].tolist() == one.visits["quiet"].tolist() == [pytest.approx(30)]
    pd.testing.assert_frame_equal(same.weeks, one.weeks)


def test_units_that_are_there_together_are_one_visit() -> None:
    patrols = pd.concat(
        [
            stands(("A", DAY + "08:00", 12)),
            stands(("A", DAY + "08:10", 8), unit="u2"),
            stands(("A", DAY + "09:00", 3), unit="u2"),
        ]
    )
    response = dose_response(patrols, events(("A", DAY + "12:00")), CELLS, **RULES)
    assert response.visits["minutes"].tolist() == pytest.approx([18, 3])
    assert response.visits["quiet"].tolist() == pytest.approx([42, 177])


def test_incidents_of_which_only_an_interval_is_known_are_left_out_and_told() -> None:
    times = pd.to_datetime([DAY + "09:00", DAY + "09:30"]).tz_localize("Europe/Prague")
    after = events(("A", DAY + "08:20"), ("A", DAY + "09:30"), occurred_to=times)
    response = respond(("A", DAY + "08:00", 12), after=after)
    assert response.visits["quiet"].tolist() == pytest.approx([78])
    assert "Incidents left out, of which only an interval of time is known: 1." in response.notes
    own = events(("A", DAY + "09:30"), origin=["patrol"])
    assert any("themselves" in note for note in respond(("A", DAY + "08:00", 12), after=own).notes)


def test_weeks_are_counted_by_area_and_put_into_thirds() -> None:
    # Mondays 6 and 13 July 2015 are recorded; 29 June lies before the first incident.
    patrols = stands(
        ("A", "2015-06-29 08:00", 15),
        ("A", "2015-07-06 08:00", 10),
        ("B", "2015-07-07 08:00", 20),
        ("A", "2015-07-13 08:00", 20.5),
    )
    after = events(
        ("E", "2015-06-29 00:10"),
        ("A", "2015-06-30 12:00"),
        ("A", "2015-07-08 12:00"),
        ("A", "2015-07-19 12:00"),
        ("A", "2015-07-19 13:00"),
    )
    response = dose_response(patrols, after, CELLS, **RULES)
    weeks = response.weeks.set_index(["area", "week"])
    assert len(weeks) == 5 * 2
    first, second = pd.Timestamp("2015-07-06"), pd.Timestamp("2015-07-13")
    columns = ["minutes", "visits", "incidents", "before", "dosage"]
    assert weeks.loc[("A", first), columns].tolist() == [pytest.approx(10), 1, 1, 1, "least"]
    assert weeks.loc[("A", second), columns].tolist() == [pytest.approx(20.5), 1, 2, 1, "most"]
    assert weeks.loc[("B", first), columns].tolist() == [pytest.approx(20), 1, 0, 0, "middle"]
    assert response.dosages["weeks"].to_dict() == {"none": 7, "least": 1, "middle": 1, "most": 1}
    assert response.dosages.loc["most", ["incidents", "before"]].tolist() == [2, 1]


def test_where_assistants_follow_trouble_more_patrols_stand_beside_more_incidents() -> None:
    """Nothing has an effect here; the longer visits are made in the worse places."""
    rng = np.random.default_rng(1)
    begin = pd.Timestamp("2015-07-06 08:00", tz="Europe/Prague")
    visits, incidents = [], []
    for place, code in enumerate("ABCDE"):
        rate = 1 + 3 * place  # incidents a day
        for day in range(100):
            start = begin + pd.Timedelta(days=day, minutes=30 * place)
            visits.append((code, start.strftime("%F %T"), 4 + 4 * place))
            midnight = start.normalize()
            minutes = pd.to_timedelta(rng.uniform(0, 1440, rng.poisson(rate)), unit="min")
            incidents += [(code, moment.strftime("%F %T")) for moment in midnight + minutes]
    response = respond(*visits, after=events(*incidents))
    lengths = response.lengths
    assert lengths.loc["<5", "quiet_120"] > lengths.loc[">16", "quiet_120"] + 0.2
    # Without an effect a place is quiet for two hours with probability exp(-rate / 12).
    expected = np.exp(-1 / 12)
    assert lengths.loc["<5", "low_120"] < expected < lengths.loc["<5", "high_120"]
    assert (
        response.dosages.loc["most", "incidents"] > 2 * response.dosages.loc["least", "incidents"]
    )
    assert "proves nothing: assistants go where and when trouble is" in response.summary("en")
    assert response.summary("cs").startswith("Jde jen o popis, který nic nedokazuje")
    assert "5–10 minut" in response.summary("cs")


def test_no_visits_and_no_incidents_give_empty_tables() -> None:
    nothing = stands(("A", DAY + "08:00", 12))[:0]
    response = dose_response(nothing, events(("A", DAY + "09:00")), CELLS)
    assert response.visits.empty
    assert response.weeks.empty
    assert response.lengths["visits"].sum() == 0
    quiet = respond(("A", DAY + "08:00", 12), after=events(("A", DAY + "09:00"))[:0])
    assert quiet.visits.empty
    assert quiet.summary("en").startswith("This describes and proves nothing")


def test_what_makes_no_sense_is_refused() -> None:
    walk, after = stands(("A", DAY + "08:00", 12)), events(("A", DAY + "09:00"))
    with pytest.raises(InputError, match="lengths: expected positive minutes, increasing"):
        dose_response(walk, after, CELLS, lengths=(10, 5))
    with pytest.raises(InputError, match="follow: expected a positive number of minutes, got 0"):
        dose_response(walk, after, CELLS, follow=0)
    with pytest.raises(InputError, match="the incidents: expected a column occurred"):
        dose_response(walk, after.drop(columns="occurred"), CELLS)
    with pytest.raises(CRSError, match="the areas and the incidents have different CRSs"):
        dose_response(walk, after.to_crs(32633), CELLS)
    with pytest.raises(InputError, match="a dosage in these cells, got one in other areas"):
        dose_response(patrol_dosage(walk, CELLS[:2]), after, CELLS)
