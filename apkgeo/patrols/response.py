"""What followed visits of different lengths, and weeks of different dosage: described, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.crs import require_same_crs
from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _, number, percent, translate
from apkgeo.patrols.coverage import dosage_in
from apkgeo.patrols.dosage import PatrolDosage
from apkgeo.patrols.incident_hours import require_times
from apkgeo.patrols.survival import kaplan_meier
from apkgeo.places.locate import AreaIndex, area_index

# Minutes that part visits by their length: driving through, shorter than recommended, as
# recommended by Koper (1995), longer.
LENGTHS = (5.0, 10.0, 16.0)

# Minutes after a departure at which the share of places still quiet is told.
MOMENTS = (30.0, 60.0, 120.0)

_DESCRIPTIVE = _(
    "This describes and proves nothing: assistants go where and when trouble is, so places and "
    "weeks with more patrols would have had more incidents without them, too. Whether patrols "
    "changed anything, only a comparison with an expectation can tell."
)
_LENGTH = _(
    "After visits of {length} minutes ({visits}), {share} of the places were still quiet after "
    "{minutes} minutes (95% interval {low} to {high})."
)
_NONE = _(
    "After visits of {length} minutes ({visits}) no incident was seen within {minutes} minutes."
)
_WEEKS = _(
    "In weeks without a visit ({none}) there were {quiet} incidents in a place on average; in the "
    "third of the visited weeks with the most patrols ({most}) there were {busy}, and {before} in "
    "the weeks before these."
)
_CENSORED = _(
    "Quiet times that ended with the next visit or after {hours} hours, not with an incident: "
    "{count} of {visits}. They count as quiet up to then (Kaplan and Meier)."
)
_INTERVAL = _("Incidents left out, of which only an interval of time is known: {count}.")
_OWN = _(
    "Incidents that patrols recorded themselves are among those counted: {count}. Longer visits "
    "find more of them."
)


@dataclass(frozen=True, eq=False)
class DoseResponse:
    """Quiet after visits by their length, and incidents in weeks by their dosage.

    Attributes
    ----------
    visits : pandas.DataFrame
        One row for each time that somebody was in an area, visits of several units that overlap
        as one: ``area``, ``arrived``, ``left``, ``minutes``, ``length`` (its class), ``quiet``
        (minutes from the departure on), ``ended`` (``"incident"``, ``"visit"`` when the next one
        began first, ``"time"`` when none of the two came in time).
    lengths : pandas.DataFrame
        One row for each class of length: ``visits``, ``incidents`` (quiet times that ended with
        one), and for each moment the share still quiet, ``quiet_30``, with ``low_30`` and
        ``high_30`` (95 %).
    survival : pandas.DataFrame
        The curves behind: ``length`` and the columns of `kaplan_meier`.
    weeks : pandas.DataFrame
        One row for each area and recorded week (from Monday): ``area``, ``week``, ``minutes``,
        ``visits``, ``incidents``, ``before`` (incidents of the week before), ``dosage`` (class).
    dosages : pandas.DataFrame
        One row for each class of dosage: ``weeks``, and the means ``minutes``, ``incidents``,
        ``before``.
    follow : float
        Minutes for which a place was watched after a departure.
    notes : tuple of Note
        What was left out, and what the numbers cannot say.
    """

    visits: pd.DataFrame
    lengths: pd.DataFrame
    survival: pd.DataFrame
    weeks: pd.DataFrame
    dosages: pd.DataFrame
    follow: float
    notes: tuple[Note, ...]

    def warning(self, language: Language = "en") -> str:
        """Return what these numbers are not."""
        return translate(_DESCRIPTIVE, language)

    def summary(self, language: Language = "en") -> str:
        """Return the findings as text; the first sentence says that they prove nothing."""
        told = [self.warning(language)]
        moment = MOMENTS[1]
        for length, row in self.lengths[self.lengths["visits"] > 0].iterrows():
            values = {
                "length": str(length),
                "visits": number(row["visits"], language),
                "minutes": number(moment, language, digits=0),
            }
            share = row[f"quiet_{moment:g}"]
            if np.isnan(row[f"low_{moment:g}"]):
                told.append(translate(_NONE, language).format(**values))
                continue
            told.append(
                translate(_LENGTH, language).format(
                    **values,
                    share=percent(share, language),
                    low=percent(row[f"low_{moment:g}"], language),
                    high=percent(row[f"high_{moment:g}"], language),
                )
            )
        weeks = self.dosages
        if {"none", "most"} <= set(weeks.index[weeks["weeks"] > 0]):
            told.append(
                translate(_WEEKS, language).format(
                    none=number(weeks.loc["none", "weeks"], language),
                    quiet=number(weeks.loc["none", "incidents"], language, digits=2),
                    most=number(weeks.loc["most", "weeks"], language),
                    busy=number(weeks.loc["most", "incidents"], language, digits=2),
                    before=number(weeks.loc["most", "before"], language, digits=2),
                )
            )
        return " ".join([*told, *(note.text(language) for note in self.notes)])


def dose_response(
    patrols: gpd.GeoDataFrame | PatrolDosage,
    incidents: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    lengths: Sequence[float] = LENGTHS,
    follow: float = 240.0,
    **rules: Any,
) -> DoseResponse:
    """Describe how long places stayed quiet after visits, and incidents in weeks by dosage.

    Parameters
    ----------
    patrols : geopandas.GeoDataFrame or PatrolDosage
        Patrols as for `patrol_dosage`, or the dosage in these very areas.
    incidents : geopandas.GeoDataFrame
        ``occurred`` (zone-aware) and points, in the CRS of the areas. Those with an
        ``occurred_to`` later than that are left out.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``.
    lengths : sequence of float
        Minutes that part visits into classes, increasing.
    follow : float
        Minutes for which a place is watched after a departure.
    **rules
        Options of `patrol_dosage`, when `patrols` are points.

    Returns
    -------
    DoseResponse

    Raises
    ------
    InputError, CRSError
        When a frame is not of its kind, CRSs differ, a dosage is of other areas, or an option
        makes no sense.

    Notes
    -----
    *Descriptive only.* Nothing here is an effect: visits are not made at random, long ones are
    made where much goes on, and the classes are not alike in place or hour.

    *Quiet time* runs from a departure to the first incident in the area. It is censored by the
    next arrival of any unit, after `follow` minutes, and at the last incident of the data; an
    incident during a visit ends no quiet time. Koper (1995) did so for stops of police cars, and
    found that a stop had to last 10 minutes to do more than driving through, and that the longest
    quiet per minute followed stops of 11 to 15 minutes.

    *Weeks* are those in which patrols recorded anything anywhere, and whose days (and those of
    the week before) lie between the first and the last incident. Their classes are ``none``, and
    thirds of the visited area-weeks by minutes: ``least``, ``middle``, ``most``.

    References
    ----------
    Koper 1995, Justice Quarterly 12:649-672, doi:10.1080/07418829500096231.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> area = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 100, 100)], crs=5514)
    >>> start = pd.Timestamp("2015-07-01 08:00", tz="Europe/Prague")
    >>> walk = gpd.GeoDataFrame(
    ...     {"unit": "A1", "recorded": start + pd.to_timedelta([0, 1, 11, 12], unit="min")},
    ...     geometry=gpd.points_from_xy([-50, 50, 50, 150], [50] * 4, crs=5514),
    ... )
    >>> events = gpd.GeoDataFrame(
    ...     {"occurred": start + pd.to_timedelta([41.5, 600], unit="min")},
    ...     geometry=gpd.points_from_xy([50, 50], [50, 50], crs=5514),
    ... )
    >>> response = dose_response(walk, events, area, gap_after=900)
    >>> response.visits[["minutes", "length", "quiet", "ended"]].values.tolist()
    [[11.0, '10–16', 30.0, 'incident']]
    """
    _check(lengths, follow)
    index = area_index(areas)
    dosage = dosage_in(patrols, index, rules)
    require_times(incidents, "the incidents")
    require_same_crs(
        gpd.GeoSeries([], crs=index.areas.crs), incidents, ("the areas", "the incidents")
    )
    zone = dosage.visits["arrived"].dt.tz
    exact, notes = _exact(incidents)
    place = index.place(exact)
    used = (place >= 0) & exact["occurred"].notna().to_numpy()
    events = pd.DataFrame(
        {
            "area": index.unique_codes.take(place[used]).array,
            "occurred": exact.loc[used, "occurred"].dt.tz_convert(zone).dt.as_unit("us").array,
        }
    ).sort_values("occurred", ignore_index=True)
    last = incidents["occurred"].max()
    visits = _quiet(_presences(dosage.visits), events, last, follow)
    edges = list(lengths)
    visits["length"] = pd.Categorical.from_codes(
        np.searchsorted(edges, visits["minutes"], side="right"), _names(edges), ordered=True
    )
    survival, table = _by_length(visits)
    weeks = _weeks(dosage, events, index, incidents["occurred"])
    censored = int((visits["ended"] != "incident").sum())
    if len(visits):
        notes.append(Note(_CENSORED, hours=follow / 60, count=censored, visits=len(visits)))
    if "origin" in exact.columns and (own := int((exact["origin"][used] == "patrol").sum())):
        notes.append(Note(_OWN, count=own))
    return DoseResponse(
        visits=visits[["area", "arrived", "left", "minutes", "length", "quiet", "ended"]],
        lengths=table,
        survival=survival,
        weeks=weeks,
        dosages=_by_dosage(weeks),
        follow=follow,
        notes=tuple(notes),
    )


def _check(lengths: Sequence[float], follow: float) -> None:
    edges = [0.0, *lengths]
    if len(edges) < 2 or not all(a < b for a, b in pairwise(edges)):
        raise InputError("lengths", expected="positive minutes, increasing", came=repr(lengths))
    if not 0 < follow < np.inf:
        raise InputError("follow", expected="a positive number of minutes", came=repr(follow))


def _names(edges: Sequence[float]) -> list[str]:
    """Write the classes of length.

    Examples
    --------
    >>> _names([5.0, 10.0, 16.0])
    ['<5', '5–10', '10–16', '>16']
    """
    inner = [f"{a:g}–{b:g}" for a, b in pairwise(edges)]
    return [f"<{edges[0]:g}", *inner, f">{edges[-1]:g}"]


def _exact(incidents: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Return the incidents whose time is known, not only an interval of it."""
    if "occurred_to" not in incidents.columns:
        return incidents, []
    wide = (incidents["occurred_to"] > incidents["occurred"]).to_numpy(dtype=bool)
    notes = [Note(_INTERVAL, count=int(wide.sum()))] if wide.any() else []
    return incidents[~wide], notes


def _presences(visits: pd.DataFrame) -> pd.DataFrame:
    """Return from when to when somebody was in an area: overlapping visits as one."""
    ordered = visits.sort_values(["area", "arrived"], kind="stable")
    latest = ordered.groupby("area")["left"].cummax()
    before = latest.groupby(ordered["area"]).shift()
    begins = ~(ordered["arrived"] <= before)
    groups = ordered.groupby(begins.cumsum().to_numpy())
    found = groups.agg(area=("area", "first"), arrived=("arrived", "first"), left=("left", "max"))
    found["minutes"] = (found["left"] - found["arrived"]).dt.total_seconds() / 60
    return found.reset_index(drop=True)


def _quiet(
    presences: pd.DataFrame, events: pd.DataFrame, last: pd.Timestamp, follow: float
) -> pd.DataFrame:
    """Return presences with how long it was quiet after each, and what ended that.

    A departure at the very moment of the next arrival, or of the last incident, leaves no time
    to watch.
    """
    limit = presences["left"] + pd.Timedelta(minutes=follow)
    frame = presences.assign(
        next=presences.groupby("area")["arrived"].shift(-1),
        limit=limit.where(limit <= last, last),
    )
    frame = frame.sort_values("left", kind="stable")
    # The first incident that is later than the departure.
    found = pd.merge_asof(
        frame,
        events.assign(first=events["occurred"]),
        left_on="left",
        right_on="occurred",
        by="area",
        direction="forward",
        allow_exact_matches=False,
    )
    end = found["limit"].where(~(found["next"] < found["limit"]), found["next"])
    hit = found["first"] <= end
    ended = np.where(hit, "incident", np.where(found["next"] <= end, "visit", "time"))
    quiet = (found["first"].where(hit, end) - found["left"]).dt.total_seconds() / 60
    found = found.assign(quiet=quiet, ended=ended)
    found = found[found["quiet"] > 0]
    return found.sort_values(["area", "arrived"], kind="stable", ignore_index=True)


def _by_length(visits: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves, and what they say at some moments."""
    curves, rows = [], {}
    for length, group in visits.groupby("length", observed=False):
        hits = group["ended"] == "incident"
        curve = kaplan_meier(group["quiet"], hits)
        curves.append(curve.assign(length=length))
        row: dict[str, float] = {"visits": len(group), "incidents": int(hits.sum())}
        for moment in MOMENTS:
            seen = curve[curve["duration"] <= moment]
            there = seen.iloc[-1] if len(seen) else None
            # Nobody watched for so long tells nothing about it.
            known = there is not None or bool((group["quiet"] >= moment).any())
            row[f"quiet_{moment:g}"] = (
                float(there["share"]) if there is not None else 1.0 if known else np.nan
            )
            for side in ("low", "high"):
                row[f"{side}_{moment:g}"] = float(there[side]) if there is not None else np.nan
        rows[length] = row
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("length")
    table = table.astype({"visits": "int64", "incidents": "int64"})
    columns = ["length", "duration", "at_risk", "ended", "share", "std_error", "low", "high"]
    return pd.concat(curves, ignore_index=True)[columns], table


def _weeks(
    dosage: PatrolDosage, events: pd.DataFrame, index: AreaIndex, occurred: pd.Series
) -> pd.DataFrame:
    """Return minutes, visits and incidents of every area in every recorded week."""
    zone = dosage.visits["arrived"].dt.tz

    def monday(days: Any) -> Any:
        return days - pd.to_timedelta(days.dt.day_of_week, unit="D")

    recorded = monday(dosage.minutes["day"])
    times = occurred.dropna().dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    kept = [
        week
        for week in sorted(recorded.unique())
        if len(times)
        and times.min() <= week - pd.Timedelta(days=7)
        and times.max() >= week + pd.Timedelta(days=6)
    ]
    keys = ["area", "week"]
    every = pd.MultiIndex.from_product([index.unique_codes, pd.DatetimeIndex(kept)], names=keys)
    inside = dosage.minutes["where"] == "area"
    minutes = dosage.minutes[inside].assign(week=recorded[inside]).groupby(keys)["minutes"].sum()

    def count(moments: pd.Series, area: pd.Series, *, later: int = 0) -> pd.Series:
        local = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
        week = monday(local) + pd.Timedelta(days=7 * later)
        return pd.DataFrame({"area": area, "week": week}).groupby(keys).size()

    columns = {
        "minutes": minutes,
        "visits": count(dosage.visits["arrived"], dosage.visits["area"]),
        "incidents": count(events["occurred"], events["area"]),
        "before": count(events["occurred"], events["area"], later=1),
    }
    frame = pd.DataFrame({n: c.reindex(every, fill_value=0) for n, c in columns.items()})
    frame = frame.astype(dict.fromkeys(["visits", "incidents", "before"], "int64"))
    visited = frame["minutes"] > 0
    thirds = frame.loc[visited, "minutes"].rank(method="first", pct=True)
    place = np.ceil(thirds.reindex(frame.index).fillna(0) * 3 - 1e-9).astype(int)
    frame["dosage"] = pd.Categorical.from_codes(place, ["none", "least", "middle", "most"])
    return frame.reset_index()


def _by_dosage(weeks: pd.DataFrame) -> pd.DataFrame:
    grouped = weeks.groupby("dosage", observed=False)
    means = grouped[["minutes", "incidents", "before"]].mean()
    means.insert(0, "weeks", grouped.size())
    return means
