"""Are patrols where and when the incidents are?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _, number, percent, translate
from apkgeo.patrols.dosage import PatrolDosage, patrol_dosage
from apkgeo.patrols.incident_hours import (
    HOURS,
    OUT,
    UNDATED,
    Cycle,
    count_by_hour,
    hour_of_cycle,
)
from apkgeo.patrols.track import Floats
from apkgeo.places.locate import AreaIndex, area_index

# Minutes of a visit that Koper (1995) found to keep a hotspot quiet the longest for what they cost.
RECOMMENDED = (10.0, 16.0)


@dataclass(frozen=True, eq=False)
class PatrolCoverage:
    """Patrol time beside incidents, by cell and hour.

    Attributes
    ----------
    cell_hours : pandas.DataFrame
        One row for each cell and hour of the cycle, zeros included: ``cell``, ``weekday`` (0 is
        Monday; only in a week's cycle), ``hour``, ``ranked`` (the incidents by which the worst
        are told), ``incidents``, ``minutes``.
    curve : pandas.DataFrame
        One row for each ``share`` of the cell-hours, the worst first: ``incidents`` and
        ``patrols``, the shares of all incidents and of all patrol time that fall into them.
    hotspots : pandas.DataFrame
        The worst cells over all hours, on their ``cell``, in the order of the cells given:
        ``incidents``, ``visits``, ``minutes``, ``visit_minutes`` (median length of a visit),
        ``recommended`` (share of visits of the recommended length), ``return_hours`` (median
        from the last departure to the next arrival of any unit).
    recommended : tuple of float
        Fewest and most minutes of a visit of the recommended length.
    dosage : PatrolDosage
        The minutes in the cells.
    notes : tuple of Note
        What was left out, and what the numbers cannot say.
    """

    cell_hours: pd.DataFrame
    curve: pd.DataFrame
    hotspots: pd.DataFrame
    recommended: tuple[float, float]
    dosage: PatrolDosage
    notes: tuple[Note, ...]

    @property
    def unvisited(self) -> list[Any]:
        """The hotspots that no unit ever visited."""
        return list(self.hotspots.index[self.hotspots["visits"] == 0])

    def share(self, worst: float) -> tuple[float, float]:
        """Return the shares of incidents and of patrol time in the worst part of the cell-hours.

        Parameters
        ----------
        worst : float
            Part of all cell-hours, 0 to 1. Of cell-hours with equally many incidents a part is
            taken evenly from all, so that no order of theirs decides.
        """
        if not 0 <= worst <= 1:
            raise InputError("worst", expected="a share from 0 to 1", came=repr(worst))
        table = self.cell_hours
        return (
            _worst(table["ranked"], table["incidents"], worst),
            _worst(table["ranked"], table["minutes"], worst),
        )

    def summary(self, language: Language = "en") -> str:
        """Return the findings as text, with what they cannot say."""
        visited = self.hotspots[self.hotspots["visits"] > 0]
        sentences = [
            translate(_WORST, language).format(
                share=percent(row.share, language),
                incidents=percent(row.incidents, language),
                patrols=percent(row.patrols, language),
            )
            for row in self.curve.itertuples()
            if np.isfinite(row.incidents) and np.isfinite(row.patrols)
        ]
        sentences.append(
            translate(_HOTSPOTS, language).format(
                hotspots=number(len(self.hotspots), language),
                unvisited=number(len(self.unvisited), language),
            )
        )
        if len(visited):
            sentences.append(
                translate(_VISITS, language).format(
                    minutes=number(visited["visit_minutes"].median(), language, digits=0),
                    low=number(self.recommended[0], language),
                    high=number(self.recommended[1], language),
                    share=percent(
                        np.average(visited["recommended"], weights=visited["visits"]), language
                    ),
                )
            )
        if visited["return_hours"].notna().any():
            hours = number(visited["return_hours"].median(), language, digits=1)
            sentences.append(translate(_RETURN, language).format(hours=hours))
        return " ".join([*sentences, *(note.text(language) for note in self.notes)])


_WORST = _(
    "In the busiest {share} of places and hours there were {incidents} of the incidents and "
    "{patrols} of the patrols’ time."
)
_HOTSPOTS = _("Hotspots: {hotspots}, of them never visited: {unvisited}.")
_VISITS = _(
    "A visit to a hotspot took {minutes} minutes (median); {share} of the visits took from {low} "
    "to {high} minutes, which Koper (1995) found to keep a place quiet the longest for their cost."
)
_RETURN = _("From one visit to the next, {hours} hours passed (median).")
_DESCRIPTIVE = _(
    "This describes and does not test: assistants go where trouble is, so that more patrols beside "
    "more incidents say nothing about an effect."
)
_SAME = _(
    "The worst places are told by the same incidents that are counted in them, so that by chance "
    "they look worse than they are; earlier incidents would tell them without that."
)
_RECORDED = _(
    "Incidents that the patrols recorded themselves are among those counted: {count}. They follow "
    "the patrols."
)
_BEYOND = _("Incidents before the first or after the last day of the patrols’ records: {count}.")

# Sentences that account for rows, where others say how the numbers are to be read.
LEFT_OUT = (OUT, UNDATED, _BEYOND)


def patrol_coverage(
    patrols: gpd.GeoDataFrame | PatrolDosage,
    incidents: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame | AreaIndex,
    *,
    earlier: gpd.GeoDataFrame | None = None,
    cycle: Cycle = "day",
    shares: Sequence[float] = (0.01, 0.05, 0.1, 0.2),
    hotspot_share: float = 0.05,
    recommended: tuple[float, float] = RECOMMENDED,
    **rules: Any,
) -> PatrolCoverage:
    """Set the time of patrols beside the incidents of the same places and hours.

    Parameters
    ----------
    patrols : geopandas.GeoDataFrame or PatrolDosage
        Patrols as for `patrol_dosage`, or the dosage in these very cells.
    incidents : geopandas.GeoDataFrame
        ``occurred`` (zone-aware; the hours are those of the patrols' clock) and points, in the
        CRS of the cells.
    cells : geopandas.GeoDataFrame or AreaIndex
        Cells of a grid, or any areas, with ``code``.
    earlier : geopandas.GeoDataFrame, optional
        Incidents by which to tell the worst cells and hours. Without it `incidents` tell them.
    cycle : {"day", "week"}
        24 hours of a day, or 168 of a week.
    shares : sequence of float
        Parts of the cell-hours for `PatrolCoverage.curve`.
    hotspot_share : float
        Hotspots are so large a part of the cells, those with the most incidents over all hours;
        all that have as many as the last of them, none without incidents.
    recommended : tuple of float
        Fewest and most minutes of a visit of the recommended length.
    **rules
        Options of `patrol_dosage`, when `patrols` are points.

    Returns
    -------
    PatrolCoverage

    Raises
    ------
    InputError, CRSError
        When a frame is not of its kind, CRSs differ, a dosage is of other cells, or an option
        makes no sense.

    Notes
    -----
    Koper (1995) timed how long 100 hotspots of Minneapolis stayed quiet after patrols' stops: a
    stop had to last about 10 minutes to do more than driving through, the best length was 11 to
    15 minutes, and what came after that added less and less. These were armed police in patrol
    cars; that the same holds for assistants on foot is an assumption.

    References
    ----------
    Koper 1995, Justice Quarterly 12:649-672, doi:10.1080/07418829500096231.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> cells = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=5514
    ... )
    >>> times = pd.date_range("2015-07-01 08:00", periods=13, freq="min", tz="Europe/Prague")
    >>> walk = gpd.GeoDataFrame(
    ...     {"unit": "A1", "recorded": times},
    ...     geometry=gpd.points_from_xy([50] * 13, [50] * 13, crs=5514),
    ... )
    >>> events = gpd.GeoDataFrame(
    ...     {"occurred": pd.to_datetime([f"2015-07-01 {hour}:30+02:00" for hour in (8, 8, 22)])},
    ...     geometry=gpd.points_from_xy([50, 50, 150], [50, 50, 50], crs=5514),
    ... )
    >>> coverage = patrol_coverage(walk, events, cells, hotspot_share=0.5)
    >>> [round(share, 3) for share in coverage.share(1 / 48)]
    [0.667, 1.0]
    >>> coverage.hotspots[["incidents", "visits", "minutes"]].loc["A"].tolist()
    [2.0, 1.0, 12.0]
    """
    index = area_index(cells)
    dosage = dosage_in(patrols, index, rules)
    _check(cycle, shares, hotspot_share, recommended)
    zone = dosage.visits["arrived"].dt.tz
    counted, notes = count_by_hour(incidents, index, cycle, zone, "the incidents")
    ranked = counted
    if earlier is not None:
        ranked, more = count_by_hour(earlier, index, cycle, zone, "the earlier incidents")
        notes += more
    else:
        notes.append(Note(_SAME))
    table = _cell_hours(index, cycle, ranked, counted, _minutes(dosage, index, cycle))
    notes += _doubts(incidents[index.place(incidents) >= 0], dosage, zone)
    return PatrolCoverage(
        cell_hours=table,
        curve=pd.DataFrame(
            {
                "share": list(shares),
                "incidents": [_worst(table["ranked"], table["incidents"], s) for s in shares],
                "patrols": [_worst(table["ranked"], table["minutes"], s) for s in shares],
            }
        ),
        hotspots=_hotspots(
            ranked.sum(axis=1), counted.sum(axis=1), index, dosage, hotspot_share, recommended
        ),
        recommended=recommended,
        dosage=dosage,
        notes=(Note(_DESCRIPTIVE), *notes),
    )


def _check(
    cycle: str, shares: Sequence[float], hotspot_share: float, recommended: tuple[float, float]
) -> None:
    if cycle not in HOURS:
        raise InputError("cycle", expected="'day' or 'week'", came=repr(cycle))
    for name, value in [("shares", share) for share in shares] + [("hotspot_share", hotspot_share)]:
        if not 0 < value <= 1:
            raise InputError(name, expected="shares above 0 and up to 1", came=repr(value))
    if not 0 <= recommended[0] < recommended[1]:
        raise InputError("recommended", expected="two lengths, increasing", came=repr(recommended))


def dosage_in(
    patrols: gpd.GeoDataFrame | PatrolDosage, index: AreaIndex, rules: dict[str, Any]
) -> PatrolDosage:
    """Return the dosage of points in the areas of an index, or a dosage that is of these areas.

    Raises
    ------
    InputError
        When a dosage is of other areas, or comes with options.
    """
    if not isinstance(patrols, PatrolDosage):
        return patrol_dosage(patrols, index, **rules)
    if rules:
        raise InputError(
            f"options {', '.join(rules)}",
            expected="none, since the patrols are a dosage",
            came="some",
            remedy="give them to patrol_dosage",
        )
    if not patrols.areas.index.equals(index.unique_codes):
        raise InputError(
            "the patrols",
            expected="a dosage in these cells",
            came="one in other areas",
            remedy="make it with patrol_dosage(patrols, cells)",
        )
    return patrols


def _minutes(dosage: PatrolDosage, index: AreaIndex, cycle: Cycle) -> Any:
    """Return patrol minutes by cell (rows) and hour of the cycle."""
    inside = dosage.minutes[dosage.minutes["where"] == "area"]
    hour = hour_of_cycle(inside["hour"], inside["day"].dt.day_of_week, cycle)
    key = index.unique_codes.get_indexer(inside["area"]) * HOURS[cycle] + hour
    size = len(index.unique_codes) * HOURS[cycle]
    return np.bincount(key, inside["minutes"], size).reshape(-1, HOURS[cycle])


def _cell_hours(
    index: AreaIndex, cycle: Cycle, ranked: Any, counted: Any, minutes: Any
) -> pd.DataFrame:
    hour = np.tile(np.arange(HOURS[cycle]), len(index.unique_codes))
    columns: dict[str, Any] = {"cell": index.unique_codes.repeat(HOURS[cycle]).array}
    if cycle == "week":
        columns["weekday"] = hour // 24
    columns |= {
        "hour": hour % 24,
        "ranked": ranked.ravel(),
        "incidents": counted.ravel(),
        "minutes": minutes.ravel(),
    }
    return pd.DataFrame(columns)


def _worst(ranked: pd.Series, values: pd.Series, share: float) -> float:
    """Return what part of `values` falls into the rows with the highest ranks."""
    rank, value = ranked.to_numpy(), values.to_numpy(dtype=float)
    if not value.sum():
        return float("nan")
    _ranks, tie = np.unique(-rank, return_inverse=True)
    rows: Floats = np.concatenate([[0.0], np.cumsum(np.bincount(tie))])
    sums: Floats = np.concatenate([[0.0], np.cumsum(np.bincount(tie, weights=value))])
    return float(np.interp(share * len(rank), rows, sums) / value.sum())


def _hotspots(
    ranked: Any,
    counted: Any,
    index: AreaIndex,
    dosage: PatrolDosage,
    share: float,
    recommended: tuple[float, float],
) -> pd.DataFrame:
    least = max(1, np.sort(ranked)[::-1][max(1, round(share * len(ranked))) - 1])
    chosen = np.flatnonzero(ranked >= least)
    codes = index.unique_codes.take(chosen)
    visits = dosage.visits[dosage.visits["area"].isin(codes)]
    right = visits["minutes"].between(*recommended)
    frame = pd.DataFrame(
        {
            "incidents": counted[chosen],
            "visits": dosage.areas["visits"].to_numpy()[chosen],
            "minutes": dosage.areas["minutes"].to_numpy()[chosen],
        },
        index=codes.rename("cell"),
    )
    frame["visit_minutes"] = visits.groupby("area")["minutes"].median().reindex(codes).to_numpy()
    frame["recommended"] = right.groupby(visits["area"]).mean().reindex(codes).to_numpy(float)
    frame["return_hours"] = _returns(visits).reindex(codes).to_numpy(float)
    return frame


def _returns(visits: pd.DataFrame) -> pd.Series:
    """Return the median hours between a departure and the next arrival, by area.

    Visits that overlap are one: what counts is how long nobody is there.
    """
    ordered = visits.sort_values(["area", "arrived"], kind="stable")
    left = ordered["left"].groupby(ordered["area"]).cummax()
    last = left.groupby(ordered["area"]).shift()
    hours = (ordered["arrived"] - last).dt.total_seconds() / 3600
    alone = hours > 0
    return hours[alone].groupby(ordered["area"][alone]).median()


def _doubts(incidents: gpd.GeoDataFrame, dosage: PatrolDosage, zone: Any) -> list[Note]:
    """Return what is doubtful about incidents in the cells."""
    notes = []
    if "origin" in incidents.columns:
        own = int((incidents["origin"] == "patrol").sum())
        notes += [Note(_RECORDED, count=own)] if own else []
    if len(dosage.minutes):
        days = incidents["occurred"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        first, last = dosage.minutes["day"].min(), dosage.minutes["day"].max()
        beyond = int(((days < first) | (days > last)).sum())
        notes += [Note(_BEYOND, count=beyond)] if beyond else []
    return notes
