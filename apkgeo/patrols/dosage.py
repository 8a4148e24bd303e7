"""How long patrols were in each area, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.crs import require_metric, require_same_crs
from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _, number, translate
from apkgeo.patrols.bounds import bounds_table, spread_table
from apkgeo.patrols.cutting import OUTSIDE, UNKNOWN, Doubts, Pieces, cut, locate_fixes
from apkgeo.patrols.rests import rests, settle
from apkgeo.patrols.rules import rule_notes, rules_table
from apkgeo.patrols.tables import SHIFTS, check_shifts, minutes_table, visits_table
from apkgeo.patrols.track import (
    Fixes,
    Steps,
    excursions,
    read_fixes,
    steps_between,
)
from apkgeo.places.locate import AreaIndex, area_index


@dataclass(frozen=True, eq=False)
class PatrolDosage:
    """Visits and minutes of patrols in areas.

    Attributes
    ----------
    areas : pandas.DataFrame
        One row an area, on its ``code``, in the order of the areas given: ``minutes`` and their
        bounds ``low`` and ``high``, ``visits``, ``days`` (with a visit), ``units``.
    minutes : pandas.DataFrame
        One row for each place, unit and local hour in which there are minutes: ``where``
        (``"area"``, ``"outside"``, ``"unknown"``), ``area`` (code; missing for the other two),
        ``unit``, ``day`` (local midnight, without zone), ``shift``, ``shift_day`` (on which the
        shift began: of a night, the day before midnight), ``hour`` (0 to 23), ``minutes``.
    visits : pandas.DataFrame
        One row a visit: ``area``, ``unit``, ``arrived``, ``left`` (local time), ``minutes``
        (inside), ``bridged`` (of these, minutes of gaps whose ends both lie in the area),
        ``complete`` (both arrival and departure were recorded).
    bounds : pandas.DataFrame
        One row for each area and unit: ``area``, ``unit``, ``minutes``, ``low``, ``high``.
    units : pandas.DataFrame
        One row a unit: ``fixes``, ``refresh`` (usual seconds between fixes), ``gap_after``
        (seconds), ``outings``, ``minutes`` (recorded), and ``programme`` when the patrols had it.
    rules : pandas.DataFrame
        What each rule did, on its name: ``cases``, ``minutes`` (that it concerns), ``in_areas``
        (by how much it changed the minutes in areas).
    recorded, outside, unknown : float
        Minutes from the first to the last fix of all outings, and those of them outside all
        areas and at an unknown place. What remains is in areas.
    notes : tuple of Note
        The rules as sentences, with their effect on the total.
    """

    areas: pd.DataFrame
    minutes: pd.DataFrame
    visits: pd.DataFrame
    bounds: pd.DataFrame
    units: pd.DataFrame
    rules: pd.DataFrame
    recorded: float
    outside: float
    unknown: float
    notes: tuple[Note, ...]
    _spread: pd.DataFrame

    @property
    def in_areas(self) -> float:
        """Minutes in all areas together."""
        return float(self.areas["minutes"].sum())

    def interval(self, level: float = 0.95) -> pd.DataFrame:
        """Return an interval of each area's minutes: narrower than the bounds, but not certain.

        Parameters
        ----------
        level : float
            Probability with which the interval holds the truth, at least.

        Returns
        -------
        pandas.DataFrame
            ``low`` and ``high``, on the areas' codes, within the bounds of `areas`.

        Notes
        -----
        The bounds assume the worst at every crossing. Between fixes at the usual rate the errors
        of the straight line fall to both sides; with errors that are zero on average and
        independent from one stretch of two minutes to the next, Hoeffding's inequality bounds
        their sum. Gaps and jumps keep their bounds in full, since nothing says that theirs are
        zero on average.

        References
        ----------
        Hoeffding 1963, Journal of the American Statistical Association 58:13-30,
        doi:10.1080/01621459.1963.10500830.
        """
        if not 0 < level < 1:
            raise InputError("level", expected="a number between 0 and 1", came=repr(level))
        areas, spread = self.areas, self._spread
        reach = np.sqrt(np.log(2 / (1 - level)) / 2 * spread["squares"])
        low = areas["minutes"] - reach - spread["below"]
        high = areas["minutes"] + reach + spread["above"]
        return pd.DataFrame(
            {
                "low": np.maximum(low, areas["low"]),
                "high": np.minimum(high, areas["high"]),
            },
            index=areas.index,
        )

    def summary(self, language: Language = "en") -> str:
        """Return the totals and the rules' effects as text."""
        told = translate(
            _(
                "Minutes recorded: {recorded}, of them {inside} in areas, {outside} outside, "
                "{unknown} at an unknown place. Possible in the areas: {low} to {high} minutes."
            ),
            language,
        ).format(
            recorded=number(self.recorded, language, digits=0),
            inside=number(self.in_areas, language, digits=0),
            outside=number(self.outside, language, digits=0),
            unknown=number(self.unknown, language, digits=0),
            low=number(self.areas["low"].sum(), language, digits=0),
            high=number(min(self.areas["high"].sum(), self.recorded), language, digits=0),
        )
        return " ".join([told, *(note.text(language) for note in self.notes)])


def patrol_dosage(
    patrols: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | AreaIndex,
    *,
    shifts: Mapping[str, int] = SHIFTS,
    gap_after: float | None = None,
    new_outing_after: float = 3600.0,
    bridge: float = 900.0,
    fastest: float = 4.0,
    walking_speed: float = 2.0,
    accuracy: float = 10.0,
    drift: float = 20.0,
    rest: float = 300.0,
    rejoin: float = 60.0,
) -> PatrolDosage:
    """Turn timed points into visits and minutes by area, unit, shift, day and hour.

    Parameters
    ----------
    patrols : geopandas.GeoDataFrame
        ``unit``, ``recorded`` (zone-aware: days and hours are those of its zone), optionally
        ``programme`` (one for each unit), and points, in the CRS of the areas, as
        `apkgeo.read_patrols` returns after ``.to_crs``.
    areas : geopandas.GeoDataFrame or AreaIndex
        Areas with ``code``, optionally ``valid_from`` and ``valid_to``, in a CRS in metres.
    shifts : mapping of str to int
        Name of each part of the day -> local hour at which it begins.
    gap_after : float, optional
        Seconds between two fixes from which on the way between them is a gap. When not given,
        3.5 times the median of each unit's own intervals, and at least 60.
    new_outing_after : float
        Seconds without a fix after which a new outing begins. The time between is not recorded.
    bridge : float
        Gaps up to so many seconds whose ends lie in the same place are counted there.
    fastest : float
        Metres a second: a faster step is a jump.
    walking_speed : float
        Metres a second that a unit on foot may reach between two fixes: for the bounds.
    accuracy : float
        Metres from its fix within which a unit nearly always is.
    drift, rest : float
        Metres and seconds: a device that keeps within `drift` of a middle for so long, to and
        fro, is taken to rest. ``drift=0`` leaves every fix as it is.
    rejoin : float
        Seconds: a shorter absence does not end a visit.

    Returns
    -------
    PatrolDosage

    Raises
    ------
    InputError, CRSError
        When a frame is not of its kind, the CRSs differ or are not in metres, or an option makes
        no sense.

    Notes
    -----
    *Between two fixes* a unit is taken to walk straight on at a steady pace; the step is cut
    where it crosses the border of an area. Where areas overlap the first by code has the time.

    *Time is conserved*: minutes in areas, outside and unknown add up to the recorded minutes,
    that is from the first to the last fix of each outing. Nothing is added before and after, so
    that each outing may be short of up to one interval at both ends.

    *Gaps and jumps.* When both ends of a gap lie in one area, or outside with no area on the
    straight line between, and it is no longer than `bridge`, its time counts there; else it is
    unknown. The same holds for single steps faster than `fastest`. Fixes to which a unit jumps
    and from which it jumps back within five minutes are left out.

    *Rests.* A rest that several places share counts where most of it was.

    *How good the minutes are.* On simulated walks along streets they are within 1 % of the truth
    with exact fixes every 10 s and within 5 % every 60 s. Fixes that err by 3 m (standard
    deviation) change that little where less than a tenth of the time in an area is spent within
    3 m of its border (0.4 % on average and 1.1 % at most, every 10 s). A street or a place of rest
    right on the border cannot be told apart by such fixes: the error then grows with the time
    spent there (1.2 % on average, up to 15 % where a third of it was). Counting rests by their
    middle or by shorter stretches did not make it smaller; the bounds and the interval hold it.

    *Bounds.* On the way from fix to fix a unit can have been at every point from which the way to
    both is short enough (the space-time prism). An area's ``low`` is the time that it must, its
    ``high`` the time that it may have been there, added up over all steps, so that all of them
    would have to be at their worst for the truth to reach a bound. `PatrolDosage.interval` says
    what is likely.

    References
    ----------
    Miller 1991, International Journal of Geographical Information Systems 5:287-301,
    doi:10.1080/02693799108927856.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> area = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 100, 100)], crs=5514)
    >>> times = pd.date_range("2015-07-01 08:59", periods=3, freq="min", tz="Europe/Prague")
    >>> walk = gpd.GeoDataFrame(
    ...     {"unit": "A1", "recorded": times},
    ...     geometry=gpd.points_from_xy([-60, 20, 60], [50, 50, 50], crs=5514),
    ... )
    >>> dosage = patrol_dosage(walk, area)
    >>> dosage.areas["minutes"].to_dict(), dosage.outside, dosage.recorded
    ({'plac': 1.25}, 0.75, 2.0)
    >>> dosage.minutes[["where", "shift", "hour", "minutes"]].values.tolist()
    [['area', 'morning', 8, 0.25], ['area', 'morning', 9, 1.0], ['outside', 'morning', 8, 0.75]]
    """
    _check(gap_after, new_outing_after, bridge, fastest, walking_speed, accuracy, drift, rest)
    check_shifts(shifts)
    index = area_index(areas)
    # Both frames are checked at the door; everything after that trusts them.
    empty = gpd.GeoSeries([], crs=index.areas.crs)
    require_metric(empty, "the areas")
    fixes = read_fixes(patrols)
    require_same_crs(patrols, empty, ("the patrols", "the areas"))
    speeds = {"fastest": fastest, "accuracy": accuracy}
    limits = {"gap_after": gap_after, "new_outing_after": new_outing_after}
    steps = steps_between(fixes, **limits, **speeds)  # type: ignore[arg-type]
    away = excursions(fixes, steps, **speeds, longest=300.0)
    if away.any():
        fixes = fixes.take(~away)
        steps = steps_between(fixes, **limits, **speeds)  # type: ignore[arg-type]
    fixes = replace(fixes, place=locate_fixes(fixes, index))
    pieces, doubts = cut(
        fixes, steps, index, walking_speed=walking_speed, accuracy=accuracy, bridge=bridge
    )
    resting = rests(fixes, steps, drift=drift, shortest=rest)
    settled = settle(pieces, steps, resting)
    units = _units(fixes, steps, patrols)
    rules = rules_table(fixes, steps, pieces, settled, int(away.sum()), units)
    return _result(fixes, steps, settled, doubts, units, rules, index, shifts, rejoin)


def _check(gap_after: float | None, *others: float) -> None:
    names = (
        "new_outing_after",
        "bridge",
        "fastest",
        "walking_speed",
        "accuracy",
        "drift",
        "rest",
    )
    positive = {"new_outing_after", "fastest", "walking_speed", "rest", "gap_after"}
    values: dict[str, Any] = dict(zip(names, others, strict=True))
    if gap_after is not None:
        values["gap_after"] = gap_after
    for name, value in values.items():
        least = "a positive number" if name in positive else "a number from 0 up"
        if not np.isfinite(value) or value < 0 or (name in positive and value == 0):
            raise InputError(name, expected=least, came=repr(value))


def _result(
    fixes: Fixes,
    steps: Steps,
    pieces: Pieces,
    doubts: Doubts,
    units: pd.DataFrame,
    rules: pd.DataFrame,
    index: AreaIndex,
    shifts: Mapping[str, int],
    rejoin: float,
) -> PatrolDosage:
    codes = index.unique_codes
    minutes = minutes_table(fixes, steps, pieces, codes, shifts)
    visits = visits_table(fixes, steps, pieces, codes, rejoin)
    bounds = bounds_table(fixes, steps, pieces, doubts, codes)
    seconds = pieces.seconds
    return PatrolDosage(
        areas=_areas(bounds, visits, minutes, codes),
        minutes=minutes,
        visits=visits,
        bounds=bounds,
        units=units,
        rules=rules,
        recorded=float(steps.seconds.sum()) / 60,
        outside=float(seconds[pieces.place == OUTSIDE].sum()) / 60,
        unknown=float(seconds[pieces.place == UNKNOWN].sum()) / 60,
        notes=rule_notes(rules),
        _spread=spread_table(fixes, steps, pieces, doubts, codes),
    )


def _areas(
    bounds: pd.DataFrame, visits: pd.DataFrame, minutes: pd.DataFrame, codes: pd.Index
) -> pd.DataFrame:
    sums = bounds.groupby("area", sort=False)[["minutes", "low", "high"]].sum()
    frame = sums.reindex(codes, fill_value=0.0)
    frame.index.name = "code"
    inside = minutes[minutes["where"] == "area"].groupby("area")
    counts = {
        "visits": visits.groupby("area").size(),
        "days": inside["day"].nunique(),
        "units": inside["unit"].nunique(),
    }
    for name, count in counts.items():
        frame[name] = count.reindex(codes, fill_value=0).to_numpy().astype(np.int64)
    return frame


def _units(fixes: Fixes, steps: Steps, patrols: gpd.GeoDataFrame) -> pd.DataFrame:
    unit = fixes.unit[steps.fix]
    count = len(fixes.units)
    starts = np.ones(len(steps), dtype=bool)
    starts[1:] = np.diff(steps.fix) > 1
    frame = pd.DataFrame(
        {
            "fixes": np.bincount(fixes.unit, minlength=count),
            "refresh": steps.refresh,
            "gap_after": steps.limit,
            "outings": np.bincount(unit[starts], minlength=count),
            "minutes": np.bincount(unit, weights=steps.seconds, minlength=count) / 60,
        },
        index=fixes.units,
    )
    if "programme" in patrols.columns:
        named = patrols["programme"].groupby(patrols["unit"].astype(str))
        several = named.nunique() > 1
        if several.any():
            raise InputError(
                "programme",
                expected="one for each unit",
                came=f"several for {several.index[several][0]!r}",
                remedy="give a unit another name in each programme",
            )
        frame["programme"] = named.first().reindex(frame.index).astype("str")
    return frame
