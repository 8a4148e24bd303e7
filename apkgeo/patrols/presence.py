"""Several programmes side by side: who was there, and when somebody was there at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from apkgeo.patrols.dosage import PatrolDosage

# The name of the row for all programmes together, and of units without one.
TOGETHER, NAMELESS = "", "–"


def programme_presence(dosage: PatrolDosage) -> pd.DataFrame:
    """Return presence and person-minutes by area and programme, joint patrols counted once.

    Parameters
    ----------
    dosage : PatrolDosage
        From `patrol_dosage`. The programme of each unit is in ``units["programme"]`` when the
        patrols had one.

    Returns
    -------
    pandas.DataFrame
        One row for each area and programme (``""`` for all together): ``area``, ``programme``,
        ``units``, ``visits``, ``person_minutes``, ``presence`` (minutes with somebody there),
        ``joint`` (minutes with two units or more), ``mixed`` (minutes with two programmes or
        more; only of all together).

    Notes
    -----
    *The rule.* Units that are in an area at the same time are a joint patrol as long as that
    lasts: it counts **once** as presence, and **for each of them** as person-minutes. Both run
    from the arrivals to the departures of `PatrolDosage.visits`, so that an absence too short to
    end a visit counts in both. Presence of two programmes at once is presence of each.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from shapely import box
    >>> from apkgeo.patrols.dosage import patrol_dosage
    >>> area = gpd.GeoDataFrame({"code": ["plac"]}, geometry=[box(0, 0, 99, 99)], crs=5514)
    >>> start = pd.Timestamp("2015-07-01 08:00", tz="Europe/Prague")
    >>> minutes = {"A": (0, 10), "B": (5, 20)}
    >>> rows = [(u, start + pd.Timedelta(minutes=m)) for u, ends in minutes.items() for m in ends]
    >>> walk = gpd.GeoDataFrame(
    ...     pd.DataFrame(rows, columns=["unit", "recorded"]),
    ...     geometry=gpd.points_from_xy([50] * 4, [50] * 4, crs=5514),
    ... )
    >>> table = programme_presence(patrol_dosage(walk, area, gap_after=1000))
    >>> table[["person_minutes", "presence", "joint"]].iloc[0].tolist()
    [25.0, 20.0, 5.0]
    """
    visits = dosage.visits
    programme = np.array([programme_of(dosage, unit) for unit in visits["unit"]], dtype=object)
    zero = pd.Timestamp(0, tz="UTC")
    begin, end = (
        ((visits[name].dt.tz_convert("UTC") - zero) / pd.Timedelta(minutes=1)).to_numpy()
        for name in ("arrived", "left")
    )
    rows = []
    for area in dict.fromkeys(visits["area"]):
        here = (visits["area"] == area).to_numpy()
        names = sorted(set(programme[here]))
        for name in [TOGETHER, *names]:
            own = here & ((programme == name) | (name == TOGETHER))
            depth, minutes = _depths(begin[own], end[own])
            rows.append(
                {
                    "area": area,
                    "programme": name,
                    "units": visits.loc[own, "unit"].nunique(),
                    "visits": int(own.sum()),
                    "person_minutes": float((end[own] - begin[own]).sum()),
                    "presence": float(minutes[depth >= 1].sum()),
                    "joint": float(minutes[depth >= 2].sum()),
                    "mixed": _mixed(begin[here], end[here], programme[here])
                    if name == TOGETHER
                    else np.nan,
                }
            )
    columns = ["area", "programme", "units", "visits"]
    columns += ["person_minutes", "presence", "joint", "mixed"]
    return pd.DataFrame(rows, columns=columns)


def programme_of(dosage: PatrolDosage, unit: str) -> str:
    """Return a unit's programme, a dash when it has none."""
    if "programme" not in dosage.units.columns or unit not in dosage.units.index:
        return NAMELESS
    name = dosage.units.at[unit, "programme"]
    return NAMELESS if pd.isna(name) else str(name)


def _depths(begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many spans overlap between each two ends that follow, and for how long."""
    times = np.concatenate([begin, end])
    change = np.repeat([1, -1], [len(begin), len(end)])
    order = np.argsort(times, kind="stable")
    return np.cumsum(change[order])[:-1], np.diff(times[order])


def _mixed(begin: np.ndarray, end: np.ndarray, programme: np.ndarray) -> float:
    """Return the minutes in which units of two programmes or more are there."""
    starts, stops = [], []
    for name in set(programme.tolist()):
        own = programme == name
        depth, _minutes = _depths(begin[own], end[own])
        times = np.sort(np.concatenate([begin[own], end[own]]))
        there = depth > 0
        starts.append(times[:-1][there])
        stops.append(times[1:][there])
    depth, minutes = _depths(np.concatenate(starts), np.concatenate(stops))
    return float(minutes[depth >= 2].sum())
