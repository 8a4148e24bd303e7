"""How many incidents, where, in which period: every incident of an outcome is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta
from numpy.typing import NDArray

from apkgeo.errors import StudyError
from apkgeo.evaluation.areas import Layout
from apkgeo.places.locate import locate
from apkgeo.study import Deployment, Period, Study

# How many periods further back are used where the records reach them.
EARLIER = 3
EVERY = "*"


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
        return np.asarray(self.frame["offence"].isin(list(codes)))

    def within(self, period: Period) -> NDArray[np.bool_]:
        """Return which incidents fell into a period."""
        day = self.frame["day"]
        return np.asarray((day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end)))


def local_days(incidents: gpd.GeoDataFrame, study: Study) -> pd.Series:
    """Return the local date of each incident; missing where its time is."""
    local = incidents["occurred"].dt.tz_convert(study.time_zone)
    return local.dt.tz_localize(None).dt.normalize()


def recorded(incidents: gpd.GeoDataFrame, study: Study, layout: Layout) -> Records:
    """Return the incidents with local date and area.

    Raises
    ------
    StudyError
        When no incident has a time, or none falls into any compared period.
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
    return Records(placed, span)


def earlier_periods(before: Period, span: Period) -> list[Period]:
    """Return the periods of the same length before `before` that the records cover wholly.

    Examples
    --------
    >>> from datetime import date
    >>> year = Period(date(2014, 1, 1), date(2015, 1, 1))
    >>> [str(p.start) for p in earlier_periods(year, Period(date(2012, 1, 1), date(2016, 1, 1)))]
    ['2013-01-01', '2012-01-01']
    """
    months = _months(before)
    found: list[Period] = []
    while len(found) < EARLIER:
        end = found[-1].start if found else before.start
        start = before.start - relativedelta(months=months * (len(found) + 1))
        if not months or start < span.start:
            break
        found.append(Period(start=start, end=end))
    return found


def _months(period: Period) -> int:
    """Return the length in months; 0 when it is not whole months."""
    delta = relativedelta(period.end, period.start)
    return 0 if delta.days else delta.years * 12 + delta.months


def panel(
    study: Study, layout: Layout, records: Records, deployment: Deployment, mask: NDArray[np.bool_]
) -> pd.DataFrame:
    """Count the chosen incidents by area for one deployment.

    Returns
    -------
    pandas.DataFrame
        Index: the areas' codes. ``role``, ``locality``, ``before``, ``after``, ``days_before``,
        ``days_after``, and ``earlier_1`` … where the records reach so far.
    """
    before, after = study.periods(deployment)
    first = layout.frame.drop_duplicates("code").set_index("code")
    table = pd.DataFrame({"role": first["role"], "locality": first["locality"]})
    spans = {"before": before, "after": after}
    for number, period in enumerate(earlier_periods(before, records.span), start=1):
        spans[f"earlier_{number}"] = period
    for name, period in spans.items():
        chosen = records.frame.loc[mask & records.within(period), "area"].dropna()
        table[name] = chosen.value_counts().reindex(table.index, fill_value=0).astype(int)
        table[f"days_{name}"] = layout.days(period).reindex(table.index)
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
    placed = np.asarray(~(frame.geometry.isna() | frame.geometry.is_empty))
    located = np.asarray(frame["area"].notna())
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
