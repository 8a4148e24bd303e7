"""Where, since when and when in the week incidents gather, and whether that moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta
from scipy.spatial import cKDTree

from apkgeo.crs import require_metric, require_same_crs
from apkgeo.errors import InputError
from apkgeo.evaluation.counting import primary_incidents
from apkgeo.places.cell_names import name_cells
from apkgeo.places.counting import count_by_period
from apkgeo.places.locate import AreaIndex, area_index
from apkgeo.statistics._cells import coordinates
from apkgeo.statistics.aoristic import (
    ProfileChange,
    aoristic_weights,
    hour_weekday_profile,
    profile_change,
)
from apkgeo.statistics.density import choose_bandwidth, kernel_density
from apkgeo.statistics.emerging import NO_PATTERN, emerging_hotspots, hotspots_by_step
from apkgeo.statistics.getis_ord import getis_ord
from apkgeo.statistics.hot_shift import HotspotShift, hotspot_shift
from apkgeo.statistics.neighbours import Neighbours, neighbours_within
from apkgeo.study import Period, Study

PERIODS = ("before", "after")

# First hour of each part of the day, as patrols' shifts begin.
SHIFTS = {"morning": 6, "afternoon": 14, "night": 22}

# A step of the space-time cube in months, and how many of them are needed at least.
_STEP_MONTHS, _FEWEST_STEPS = 3, 6

# The record is taken to begin up to so long before its first incident.
_QUIET = timedelta(days=14)

# Whole squares that touch, by a side or by a corner, have centres at most √2 widths apart.
_REACH = 1.5

# A kernel narrower than so many widths of a cell is too coarse for the correction at the border.
_NARROWEST = 2.0


@dataclass(frozen=True)
class Hotspots:
    """Everything that the maps, tables and figures of hotspots need.

    Attributes
    ----------
    cells : geopandas.GeoDataFrame
        One row a cell: ``code``; ``reference``, ``street``, ``district``, ``addresses`` (as
        `apkgeo.places.cell_names.name_cells`); for each of ``before`` and ``after`` the count
        (``before``), its density (``density_before``, incidents a year on a square kilometre),
        how many incidents lie within the bandwidth of its middle (``within_before``), whether the
        cell is hot (``hot_before``) and how many incidents are in its neighbourhood
        (``around_before``); for each shift ``hot_morning``, ``around_morning``, … in the period
        after; ``category`` of emerging hot spots with ``hot_steps`` and ``around_steps``, the
        incidents of all steps in the neighbourhood; geometry.
    before, after : Period
        The two periods: before the first programme, and after the last one began.
    distance : float
        Up to so many metres apart, cells are neighbours.
    bandwidth : float
        Radius of the quartic kernel in metres.
    shift : HotspotShift
        Which hot cells vanished, stayed, appeared; concentration; and the test of both.
    hours : ProfileChange
        Incidents by hour of the day, before and after.
    profiles : mapping of str to pandas.DataFrame
        ``before``, ``after``: incidents by weekday (rows, Monday 0) and hour (columns).
    steps : tuple of Period
        The steps of the cube; empty when the records are too short.
    """

    cells: gpd.GeoDataFrame
    before: Period
    after: Period
    distance: float
    bandwidth: float
    shift: HotspotShift
    hours: ProfileChange
    profiles: Mapping[str, pd.DataFrame]
    steps: tuple[Period, ...]


def whole_periods(study: Study) -> tuple[Period, Period]:
    """Return the period before of the first deployment and the period after of the last one.

    No deployment begins inside either.
    """
    ordered = sorted(study.deployments, key=lambda one: one.start)
    return study.periods(ordered[0])[0], study.periods(ordered[-1])[1]


def find_hotspots(
    incidents: gpd.GeoDataFrame,
    cells: gpd.GeoDataFrame,
    study: Study,
    *,
    addresses: gpd.GeoDataFrame | None = None,
    districts: gpd.GeoDataFrame | None = None,
    permutations: int = 199,
) -> Hotspots | None:
    """Find where the primary outcome gathers, since when, at which hours, and whether it moved.

    Parameters
    ----------
    incidents : geopandas.GeoDataFrame
        Tidy incidents.
    cells : geopandas.GeoDataFrame
        Polygons with ``code``, of `square_grid`, `hex_grid` or `street_cells`, in the incidents'
        CRS, in metres.
    study : Study
        Gives the outcome, the periods (`whole_periods`), the time zone and the seed.
    addresses, districts : geopandas.GeoDataFrame, optional
        For the names of cells and their numbers of addresses; in any CRS.
    permutations : int, default 199
        Maps and profiles drawn for the tests of change.

    Returns
    -------
    Hotspots or None
        None when one of the periods has fewer than two incidents in the cells, or all at one
        place: there is nothing to find.

    Raises
    ------
    InputError
        When the cells have no ``code``, or the incidents no ``offence`` or zone-aware ``occurred``.
    CRSError
        When the CRS is not in metres, or the CRSs differ.

    Notes
    -----
    All choices in one place: neighbours' middles are at most one and a half widths apart (in a
    grid, cells that touch by a side or a corner; where the border clips them, a few pairs in a
    hundred differ); Gi* against incidents that fall evenly over the area, corrected after
    Benjamini and Yekutieli over all cells (and steps); quartic density, corrected at the border,
    with one bandwidth for both periods: the robust rule of `choose_bandwidth`, but not below two
    widths of a cell; the cube in quarters of a year, from the first whole one to the end of the
    period after; shifts from 6, 14 and 22 o'clock, of the incidents whose moment is known.
    """
    require_codes(cells)
    crs = require_metric(cells, "the cells")
    require_same_crs(incidents, cells, ("incidents", "cells"))
    mine = primary_incidents(incidents, study)
    mine = mine[~(mine.geometry.isna() | mine.geometry.is_empty)]
    index = area_index(cells)
    mine = mine[index.locate(mine).notna().to_numpy()]
    before, after = whole_periods(study)
    parts = {"before": _within(mine, before), "after": _within(mine, after)}
    if any(_at_one_place(part) for part in parts.values()):
        return None
    width = float(cells.attrs.get("cell_size") or np.sqrt(cells.area.max()))
    distance = _REACH * width
    frame = _named(cells, addresses, districts, crs)
    counts = _counts(mine, index, {"before": before, "after": after})
    frame["before"], frame["after"] = counts["before"].to_numpy(), counts["after"].to_numpy()
    near = neighbours_within(cells, distance)
    bandwidth = _add_densities(frame, parts, (before, after), width)
    _add_hot(frame, near)
    rng = np.random.default_rng(study.seed)
    shift = hotspot_shift(frame, "before", "after", near, permutations=permutations, rng=rng)
    _add_shifts(frame, parts["after"], index, near)
    steps = _quarters(mine, after.end)
    _add_categories(frame, mine, steps, index, near)
    return Hotspots(
        cells=frame,
        before=before,
        after=after,
        distance=distance,
        bandwidth=bandwidth,
        shift=shift,
        hours=_hours(parts, (before.days, after.days), permutations, rng),
        profiles={
            name: hour_weekday_profile(part["occurred"], _ends(part))
            for name, part in parts.items()
        },
        steps=steps,
    )


def require_codes(cells: gpd.GeoDataFrame) -> None:
    """Raise InputError unless each cell has a code of its own."""
    if "code" not in cells.columns:
        raise InputError(
            "the cells", expected="a column code", came=", ".join(map(str, cells.columns))
        )
    twice = cells["code"].duplicated()
    if twice.any():
        raise InputError(
            "the cells",
            expected="a code of its own for each",
            came=f"{cells['code'][twice].iloc[0]!r} twice",
        )


def _within(incidents: gpd.GeoDataFrame, period: Period) -> gpd.GeoDataFrame:
    local = incidents["occurred"].dt.tz_localize(None)
    return incidents[(local >= pd.Timestamp(period.start)) & (local < pd.Timestamp(period.end))]


def _at_one_place(incidents: gpd.GeoDataFrame) -> bool:
    west, south, east, north = incidents.total_bounds
    return not (east > west or north > south)


def _ends(incidents: gpd.GeoDataFrame) -> pd.Series | None:
    return incidents["occurred_to"] if "occurred_to" in incidents.columns else None


def _named(
    cells: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame | None,
    districts: gpd.GeoDataFrame | None,
    crs: Any,
) -> gpd.GeoDataFrame:
    """Return the cells with their names, on an index of their own."""
    bare = gpd.GeoDataFrame(
        {"code": cells["code"].astype(str).to_numpy()}, geometry=cells.geometry.array, crs=crs
    )
    names = name_cells(
        bare,
        addresses=None if addresses is None else addresses.to_crs(crs),
        districts=None if districts is None else districts.to_crs(crs),
    )
    frame = gpd.GeoDataFrame(pd.concat([bare[["code"]], names], axis=1), geometry=bare.geometry)
    if "name" in cells.columns:  # cells of streets are called by them
        frame["reference"] = cells["name"].astype(str).to_numpy()
        frame["street"] = ""
    return frame


def _counts(
    incidents: gpd.GeoDataFrame, index: AreaIndex, periods: Mapping[str, Period]
) -> pd.DataFrame:
    """Return the incidents of each cell (in order) and period."""
    counts = count_by_period(incidents, index, periods)
    table = counts.pivot(index="area", columns="period", values="count")
    return table.reindex(index.unique_codes)[list(periods)].reset_index(drop=True)


def _add_densities(
    frame: gpd.GeoDataFrame,
    parts: Mapping[str, gpd.GeoDataFrame],
    periods: tuple[Period, Period],
    width: float,
) -> float:
    """Add the yearly density of both periods; return the bandwidth."""
    both = gpd.GeoSeries(pd.concat([part.geometry for part in parts.values()]), crs=frame.crs)
    bandwidth = max(choose_bandwidth(both, rule="robust"), _NARROWEST * width)
    for (name, part), period in zip(parts.items(), periods, strict=True):
        found = kernel_density(part.geometry, frame, bandwidth, edge_correction=True)
        frame[f"density_{name}"] = (found["density"] * 1e6 * 365 / period.days).to_numpy()
        reached = cKDTree(coordinates(part.geometry, "incidents")).query_ball_point(
            coordinates(frame, "cells"), bandwidth, return_length=True
        )
        frame[f"within_{name}"] = np.asarray(reached, dtype=np.int64)
    return bandwidth


def _add_hot(frame: gpd.GeoDataFrame, near: Neighbours) -> None:
    for name in PERIODS:
        frame[f"hot_{name}"] = getis_ord(frame, name, near)["hot"]
        frame[f"around_{name}"] = near.sums(frame[name].to_numpy(dtype=float)).astype(np.int64)


def _add_shifts(
    frame: gpd.GeoDataFrame, incidents: gpd.GeoDataFrame, index: AreaIndex, near: Neighbours
) -> None:
    """Add which cells are hot in each shift, of the incidents whose moment is known."""
    ends = _ends(incidents)
    known = incidents if ends is None else incidents[ends.isna()]
    first = np.array(sorted(SHIFTS.values()))
    names = sorted(SHIFTS, key=lambda name: SHIFTS[name])
    shift = np.searchsorted(first, known["occurred"].dt.hour.to_numpy(), side="right") - 1
    place = index.place(known)
    counts = pd.DataFrame(index=frame.index)
    for number, name in enumerate(names):
        # Hours before the first shift belong to the last one, of the night.
        mine = shift % len(names) == number
        counts[name] = np.bincount(place[mine], minlength=len(frame))
    hot = hotspots_by_step(frame, counts, near).hot
    for name in names:
        frame[f"hot_{name}"] = hot[name]
        frame[f"around_{name}"] = near.sums(counts[name].to_numpy(dtype=float)).astype(np.int64)


def _quarters(incidents: gpd.GeoDataFrame, end: date) -> tuple[Period, ...]:
    """Return whole steps of time back from `end` to the first incident."""
    first = incidents["occurred"].min().date()
    steps: list[Period] = []
    while True:
        start = end - relativedelta(months=_STEP_MONTHS * (len(steps) + 1))
        if start < first - _QUIET:
            break
        steps.append(Period(start=start, end=end - relativedelta(months=_STEP_MONTHS * len(steps))))
    return tuple(reversed(steps)) if len(steps) >= _FEWEST_STEPS else ()


def _add_categories(
    frame: gpd.GeoDataFrame,
    incidents: gpd.GeoDataFrame,
    steps: tuple[Period, ...],
    index: AreaIndex,
    near: Neighbours,
) -> None:
    frame["category"], frame["hot_steps"], frame["around_steps"] = NO_PATTERN, 0, 0
    if not steps:
        return
    counts = _counts(incidents, index, {str(one.start): one for one in steps})
    found = emerging_hotspots(frame, counts, near)
    frame["category"], frame["hot_steps"] = found["category"], found["hot_steps"]
    whole = counts.sum(axis=1).to_numpy(dtype=float)
    frame["around_steps"] = near.sums(whole).astype(np.int64)


def _hours(
    parts: Mapping[str, gpd.GeoDataFrame],
    days: tuple[int, int],
    permutations: int,
    rng: np.random.Generator,
) -> ProfileChange:
    weights = [aoristic_weights(part["occurred"], _ends(part)) for part in parts.values()]
    return profile_change(*weights, exposure=days, permutations=max(permutations, 1), rng=rng)
