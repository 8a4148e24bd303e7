"""How many incidents, where, in which period: every incident of an outcome is accounted for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from dateutil.relativedelta import relativedelta
from numpy.typing import NDArray

from apkgeo.errors import InputError, StudyError
from apkgeo.evaluation.areas import Layout
from apkgeo.frames import require_zone
from apkgeo.places.locate import locate
from apkgeo.study import Deployment, Period, Study

# How many stretches of the past are used at most.
STRETCHES = 4
# How many codes an error lists at most.
_CODES_SHOWN = 10
EVERY = "*"


@dataclass(frozen=True)
class Kinds:
    """A column of few different values.

    Attributes
    ----------
    numbers : array of int
        Which of the names each row holds; −1 where it holds none.
    names : pandas.Index
    """

    numbers: NDArray[np.intp]
    names: pd.Index

    def among(self, wanted: Collection[str]) -> NDArray[np.bool_]:
        """Return which rows hold one of the wanted names."""
        return np.append(self.names.isin(list(wanted)), False)[self.numbers]


@dataclass(frozen=True)
class Records:
    """Incidents in local time and in the working CRS, and the area of each.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        The incidents, all of them, with ``day`` (local date) and ``area`` (code, or missing).
    span : Period
        From the first to the last recorded day.
    """

    frame: gpd.GeoDataFrame
    span: Period

    def of(self, codes: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which incidents belong to an outcome."""
        if EVERY in codes:
            return np.ones(len(self.frame), dtype=bool)
        return self.offences.among(codes)

    def counted(self, chosen: NDArray[np.bool_], areas: pd.Index) -> pd.Series:
        """Count the chosen incidents in each of the areas."""
        numbers = self.areas.numbers[chosen]
        counts = np.bincount(numbers[numbers >= 0], minlength=len(self.areas.names))
        return pd.Series(counts, self.areas.names).reindex(areas, fill_value=0).astype(int)

    @cached_property
    def areas(self) -> Kinds:
        """The area in which each incident lies."""
        return self._kinds("area")

    @cached_property
    def offences(self) -> Kinds:
        """The code of each incident."""
        return self._kinds("offence")

    @cached_property
    def origins(self) -> Kinds:
        """Who reported each incident."""
        return self._kinds("origin")

    def _kinds(self, column: str) -> Kinds:
        return Kinds(*pd.factorize(self.frame[column]))

    @cached_property
    def placed(self) -> NDArray[np.bool_]:
        """Which incidents have a place."""
        points = self.frame.geometry.to_numpy()
        return np.asarray(~(shapely.is_missing(points) | shapely.is_empty(points)))

    def within(self, period: Period) -> NDArray[np.bool_]:
        """Return which incidents fell into a period."""
        first, end = np.datetime64(period.start), np.datetime64(period.end)
        return np.asarray((self._day >= first) & (self._day < end))

    @cached_property
    def _day(self) -> NDArray[np.datetime64]:
        return np.asarray(self.frame["day"].to_numpy("datetime64[D]"))


def of_outcome(incidents: gpd.GeoDataFrame, codes: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which incidents have one of an outcome's codes."""
    if EVERY in codes:
        return np.ones(len(incidents), dtype=bool)
    return np.asarray(incidents["offence"].isin(list(codes)))


def primary_incidents(incidents: gpd.GeoDataFrame, study: Study) -> gpd.GeoDataFrame:
    """Return places and local times of the incidents of the study's primary outcome.

    Raises
    ------
    InputError
        When there is no ``occurred`` or ``offence``, or times have no zone.
    """
    missing = [name for name in ("occurred", "offence") if name not in incidents.columns]
    if missing:
        raise InputError(
            "the incidents",
            expected="columns occurred and offence",
            came=f"a frame without {' and '.join(missing)}",
            remedy="read them with apkgeo.read_incidents, or rename their columns",
        )
    require_zone(incidents["occurred"], "the incidents")
    times = [name for name in ("occurred", "occurred_to") if name in incidents.columns]
    mine = of_outcome(incidents, study.outcomes[study.primary_outcome])
    chosen = incidents.loc[mine, [*times, incidents.geometry.name]]
    return chosen.assign(**{name: chosen[name].dt.tz_convert(study.time_zone) for name in times})


def local_days(incidents: gpd.GeoDataFrame, study: Study) -> pd.Series:
    """Return the local date of each incident; missing where its time is."""
    local = incidents["occurred"].dt.tz_convert(study.time_zone)
    return local.dt.tz_localize(None).dt.normalize()


def recorded(incidents: gpd.GeoDataFrame, study: Study, layout: Layout) -> Records:
    """Return the incidents with local date and area.

    Raises
    ------
    StudyError
        When no incident has a time, none falls into any compared period, or none has a code of
        the primary outcome.
    """
    local = incidents["occurred"].dt.tz_convert(study.time_zone)
    frame = incidents.assign(occurred=local, day=local_days(incidents, study))
    placed = frame.assign(area=locate(frame, layout.frame, on="occurred"))
    days = placed["day"].dropna()
    if days.empty:
        raise StudyError("the incidents", expected="times", came="none with a time")
    span = Period(start=days.min().date(), end=(days.max() + pd.Timedelta(days=1)).date())
    periods = [period for d in study.deployments for period in study.periods(d)]
    if not any(span.overlaps(period) for period in periods):
        raise StudyError(
            "the incidents and the compared periods do not meet",
            expected=f"incidents between {min(p.start for p in periods)} and "
            f"{max(p.end for p in periods)}",
            came=f"incidents from {span.start} to {span.end}",
            remedy="name the right incident files, or mend the deployments' dates",
        )
    records = Records(placed, span)
    _require_outcome(study, records)
    return records


def _require_outcome(study: Study, records: Records) -> None:
    """Raise StudyError when no incident has a code of the primary outcome."""
    codes = study.outcomes[study.primary_outcome]
    if records.of(codes).any():
        return
    kinds = records.frame["offence"].dropna().value_counts()
    ordered = sorted(kinds.items(), key=lambda item: (-item[1], str(item[0])))
    shown = ", ".join(f"{code} ({count})" for code, count in ordered[:_CODES_SHOWN])
    more = len(ordered) - _CODES_SHOWN
    raise StudyError(
        f"outcome {study.primary_outcome!r}",
        expected=f"incidents with a code of {', '.join(codes) or 'the outcome, which names none'}",
        came=(shown or "none with a code") + (f" and {more} more" if more > 0 else ""),
        remedy="write codes of the records in the outcome ('apkgeo check' lists them), "
        'or "*" for every incident',
    )


def past(before: Period, span: Period) -> list[Period]:
    """Return stretches of the past of equal length, the latest first.

    The period before is taken apart into years where it is whole years long: a place is chosen
    by its last year, which therefore counts on its own. Stretches further back follow as far as
    the records cover them wholly, four stretches in all.

    Examples
    --------
    >>> from datetime import date
    >>> two_years = Period(date(2014, 1, 1), date(2016, 1, 1))
    >>> [str(p.start) for p in past(two_years, Period(date(2013, 1, 1), date(2018, 1, 1)))]
    ['2015-01-01', '2014-01-01', '2013-01-01']
    """
    months = months_of(before)
    if not months:
        return [before]
    step = 12 if months % 12 == 0 else months
    found: list[Period] = []
    while len(found) < max(STRETCHES, months // step):
        start = before.end - relativedelta(months=step * (len(found) + 1))
        if start < before.start and start < span.start:
            break
        found.append(Period(start=start, end=found[-1].start if found else before.end))
    return found


def months_of(period: Period) -> int:
    """Return the length in months, counted back from its end; 0 when it is not whole months."""
    delta = relativedelta(period.end, period.start)
    months = delta.years * 12 + delta.months
    return months if period.end - relativedelta(months=months) == period.start else 0


def panel(
    study: Study, layout: Layout, records: Records, deployment: Deployment, mask: NDArray[np.bool_]
) -> pd.DataFrame:
    """Count the chosen incidents by area for one deployment.

    Returns
    -------
    pandas.DataFrame
        Index: the areas' codes. ``role``, ``locality``; counts ``before``, ``after``, and
        ``past_1``, ``past_2`` … (the stretches of `past`); for each of them ``days_before`` …, on
        how many days the area was valid, and ``whole_before`` …, whether it was throughout.
    """
    before, after = study.periods(deployment)
    first = layout.frame.drop_duplicates("code").set_index("code")
    table = pd.DataFrame({"role": first["role"], "locality": first["locality"]})
    spans = {"before": before, "after": after}
    for number, period in enumerate(past(before, records.span), start=1):
        spans[f"past_{number}"] = period
    for name, period in spans.items():
        table[name] = records.counted(mask & records.within(period), table.index)
        table[f"days_{name}"] = layout.days(period).reindex(table.index)
        table[f"whole_{name}"] = table[f"days_{name}"] == period.days
    return table


def long_table(panels: dict[tuple[int, str], pd.DataFrame]) -> pd.DataFrame:
    """Return all panels as one long table of counts."""
    parts = [
        pd.DataFrame(
            {
                "area": table.index,
                "role": table["role"].to_numpy(),
                "deployment": deployment,
                "outcome": outcome,
                "period": period,
                "count": table[period].to_numpy(),
                "days": table[f"days_{period}"].to_numpy(),
            }
        )
        for (deployment, outcome), table in panels.items()
        for period in ("before", "after")
    ]
    return pd.concat(parts, ignore_index=True)


def accounted(
    study: Study, records: Records, deployment: Deployment, mask: NDArray[np.bool_]
) -> dict[str, int]:
    """Return where each incident of an outcome went: the parts add up to ``incidents``."""
    frame = records.frame
    before, after = study.periods(deployment)
    timed = np.asarray(frame["day"].notna())
    inside = records.within(before) | records.within(after)
    placed = records.placed
    located = records.areas.numbers >= 0
    return {
        "incidents": int(mask.sum()),
        "counted": int((mask & inside & located).sum()),
        "outside_areas": int((mask & inside & placed & ~located).sum()),
        "outside_periods": int((mask & timed & ~inside).sum()),
        "without_place": int((mask & inside & ~placed).sum()),
        "without_time": int((mask & ~timed).sum()),
    }


def first_start(study: Study) -> date:
    """Return the day on which the first deployment began."""
    return min(deployment.start for deployment in study.deployments)
