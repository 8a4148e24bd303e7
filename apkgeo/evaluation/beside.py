"""What other methods say beside the expectation, and whether they agree with it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta
from numpy.typing import NDArray

from apkgeo.errors import InputError
from apkgeo.evaluation.areas import Layout
from apkgeo.evaluation.counting import Records, months_of
from apkgeo.statistics.event_study import EventStudy, event_study
from apkgeo.statistics.group_time import GroupTimeEffects, group_time_effects
from apkgeo.statistics.synthetic_control import SyntheticControl, synthetic_control
from apkgeo.statistics.time_series import InterruptedTimeSeries, interrupted_time_series
from apkgeo.study import Deployment, Period, Study

# Steps of time are so many months, where the period after can be divided by them.
_STEP_MONTHS = 6
_MOST_STEPS = 6
_RANDOMISATIONS = 999
# So many comparison areas are used: those whose level before is nearest.
_DONORS = 40

Result = TypeVar("Result")
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Beside:
    """The primary outcome of one deployment by other methods; None where one cannot be had.

    Attributes
    ----------
    event : EventStudy or None
        Difference in differences by half-years against the comparison areas (its ``overall`` is
        the one of all periods), with the test of the time before.
    lowest : int
        The lowest count of the place in a half-year.
    series : InterruptedTimeSeries or None
        The place's own months against the continuation of their past, without a comparison.
    synthetic : SyntheticControl or None
        Against a mixture of comparison areas that matches the place's past.
    """

    event: EventStudy | None = None
    lowest: int = 0
    series: InterruptedTimeSeries | None = None
    synthetic: SyntheticControl | None = None


def beside(
    study: Study, layout: Layout, records: Records, deployment: Deployment, mask: Mask
) -> Beside:
    """Return what other methods say of one deployment."""
    before, after = study.periods(deployment)
    steps = _steps(before, after, records.span)
    panel = _panel(layout, records, mask, [deployment.locality], steps)
    if panel is None:
        return Beside(series=_series(records, deployment.locality, mask, before, after))
    treated = panel["area"] == deployment.locality
    panel = panel.assign(treated=treated, after=treated & (panel["period"] >= after.start))
    near = _alike(panel)
    if not near[~near["treated"]].groupby("period")["count"].sum().all():
        return Beside(series=_series(records, deployment.locality, mask, before, after))
    return Beside(
        event=_given(
            lambda: event_study(near, randomisations=_RANDOMISATIONS, rng=study.seed),
        ),
        lowest=int(panel.loc[treated, "count"].min()),
        series=_series(records, deployment.locality, mask, before, after),
        synthetic=_given(
            lambda: synthetic_control(near, relative=True, rng=study.seed),
        ),
    )


def staggered(
    study: Study, layout: Layout, records: Records, mask: Mask
) -> GroupTimeEffects | None:
    """Return the effects of all localities by their start; None where there is but one."""
    starts: dict[str, list[Deployment]] = {}
    for one in sorted(study.deployments, key=lambda one: one.start):
        starts.setdefault(one.locality, []).append(one)
    if len(starts) < 2:
        return None
    periods = [study.periods(one) for one in study.deployments]
    first = min((before for before, _after in periods), key=lambda period: period.end)
    last = max(after.end for _before, after in periods)
    steps = [*_back(first, records.span), *_forward(first.end, min(last, records.span.end))]
    panel = _panel(layout, records, mask, list(starts), steps)
    if panel is None or not set(starts) & set(panel["area"]):
        return None
    own = panel["area"].map({code: runs[0].start for code, runs in starts.items()})
    treated = own.notna()
    # The step in which a programme begins, and the time it needs to settle, are neither.
    settled = pd.to_datetime(own) + pd.Timedelta(days=study.washout_days)
    began, ended = pd.to_datetime(panel["period"]), pd.to_datetime(panel["end"])
    after = treated & (began >= settled)
    neither = treated & ~after & (ended > pd.to_datetime(own))
    names = [
        " + ".join(dict.fromkeys(d.programme for d in starts.get(area, []) if d.start < end))
        for area, end in zip(panel["area"], panel["end"], strict=True)
    ]
    told = panel.assign(treated=treated, after=after, programme=names)[~neither]
    return _given(lambda: group_time_effects(told, randomisations=_RANDOMISATIONS, rng=study.seed))


def _alike(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the treated area with the comparison areas nearest to its level before the start."""
    start = panel.loc[panel["after"], "period"].min()
    level = panel[panel["period"] < start].groupby("area")["count"].sum()
    own = level[panel.loc[panel["treated"], "area"].iloc[0]]
    away = np.abs(np.log((level + 1) / (own + 1))).sort_values(kind="stable")
    return panel[panel["area"].isin(away.index[: _DONORS + 1])]


def _given(method: Callable[[], Result]) -> Result | None:
    """Return a method's result, None where its own checks say that the counts cannot give it."""
    try:
        return method()
    except InputError:
        return None


def _steps(before: Period, after: Period, span: Period) -> list[Period]:
    """Return periods of half a year about a start, back to the beginning of the records.

    Where a period is no whole number of half-years, there is one step before and one after.
    """
    lengths = months_of(before), months_of(after)
    if not all(lengths) or any(months % _STEP_MONTHS for months in lengths):
        return [before, after]
    return [*_back(before, span), *_forward(after.start, after.end)]


def _back(before: Period, span: Period) -> list[Period]:
    """Return half-years up to a start: those compared, and more as far as the records go."""
    found: list[Period] = []
    while len(found) < _MOST_STEPS:
        start = before.end - relativedelta(months=_STEP_MONTHS * (len(found) + 1))
        if start < before.start and start < span.start:
            break
        found.append(Period(start=start, end=found[-1].start if found else before.end))
    return found[::-1]


def _forward(start: date, end: date) -> list[Period]:
    """Return the whole half-years from a start to an end."""
    edges = [start]
    while (edge := start + relativedelta(months=_STEP_MONTHS * len(edges))) <= end:
        edges.append(edge)
    return [Period(start=one, end=other) for one, other in itertools.pairwise(edges)]


def _panel(
    layout: Layout, records: Records, mask: Mask, treated: Sequence[str], steps: Sequence[Period]
) -> pd.DataFrame | None:
    """Return the counts of treated and comparison areas that were there in every step."""
    codes = [*treated, *layout.codes("comparison")]
    days = pd.DataFrame({step.start: layout.days(step).reindex(codes) for step in steps})
    whole = (days == [step.days for step in steps]).all(axis=1)
    kept = [code for code in codes if whole[code]]
    if not set(treated) & set(kept) or len(kept) < 2 + len(treated):
        return None
    parts = []
    for step in steps:
        counted = records.counted(mask & records.within(step), pd.Index(kept))
        parts.append(
            pd.DataFrame(
                {
                    "area": kept,
                    "period": step.start,
                    "end": step.end,
                    "count": counted.to_numpy(int),
                    "exposure": float(step.days),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _series(
    records: Records, locality: str, mask: Mask, before: Period, after: Period
) -> InterruptedTimeSeries | None:
    """Return the place's months as an interrupted series."""
    frame = records.frame
    here = mask & records.areas.among([locality])
    months = pd.period_range(before.start, after.end, freq="M")
    counts = frame.loc[here, "day"].dropna().dt.to_period("M").value_counts()
    told = counts.reindex(months, fill_value=0).sort_index()
    inside = (months.start_time >= pd.Timestamp(before.start)) & (
        (months.end_time < pd.Timestamp(before.end))
        | (months.start_time >= pd.Timestamp(after.start))
    )
    told = told[inside & (months.end_time < pd.Timestamp(after.end))]
    start = pd.Period(after.start, "M")
    return _given(
        lambda: interrupted_time_series(told, start, exposure=told.index.days_in_month, slope=False)
    )
