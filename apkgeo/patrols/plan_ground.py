"""What a plan of walks stands on: the demand of a week, its places, and the ways between them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.errors import InputError
from apkgeo.patrols.plan_rules import DAYS
from apkgeo.patrols.track import Floats, Ints
from apkgeo.places.locate import AreaIndex

# Streets make a way so much longer than a straight line.
DETOUR = 1.3


def weekly_demand(demand: pd.DataFrame, index: AreaIndex) -> pd.DataFrame:
    """Return the weight of every area, weekday and hour that has any."""
    missing = [name for name in ("area", "hour", "weight") if name not in demand.columns]
    if missing:
        raise InputError(
            "the demand",
            expected="columns area, hour and weight",
            came=f"no {missing[0]}",
            remedy="make it with hourly_demand",
        )
    strange = sorted(set(demand["area"]) - set(index.unique_codes), key=str)
    if strange:
        raise InputError("the demand", expected="the areas' codes", came=repr(strange[0]))
    weight = demand["weight"].astype(float)
    if not demand["hour"].isin(range(24)).all() or not ((weight >= 0) & np.isfinite(weight)).all():
        raise InputError("the demand", expected="hours 0 to 23, weights from 0 up", came="others")
    if not (weight > 0).any():
        raise InputError(
            "the demand",
            expected="an area and an hour with a weight above 0",
            came="none",
            remedy="count the incidents of more months, or of more offences",
        )
    table = demand[["area", "hour", "weight"]].astype({"hour": "int64"})
    if "weekday" in demand.columns:
        if not demand["weekday"].isin(range(DAYS)).all():
            raise InputError("the demand", expected="weekdays 0 (Monday) to 6", came="others")
        table = table.assign(weekday=demand["weekday"].astype("int64"))
    else:
        table = table.merge(pd.DataFrame({"weekday": range(DAYS)}), how="cross")
    keys = ["area", "weekday", "hour"]
    summed = table.groupby(keys, as_index=False)["weight"].sum()
    return summed[summed["weight"] > 0].reset_index(drop=True)


def plan_points(
    index: AreaIndex, demand: pd.DataFrame, base: shapely.Point | None
) -> gpd.GeoDataFrame:
    """Return a point within each area that has demand, and the base behind them."""
    codes = [code for code in index.unique_codes if code in set(demand["area"])]
    place = index.unique_codes.get_indexer(index.areas.codes)
    shapes = pd.Series(list(index.areas.geometry)).groupby(place).agg(list)
    inner = [
        shapely.union_all(shapes[index.unique_codes.get_loc(code)]).representative_point()
        for code in codes
    ]
    points = [*inner, *([] if base is None else [base])]
    names = pd.Index([*codes, *([] if base is None else [None])], dtype=object, name="area")
    return gpd.GeoDataFrame(index=names, geometry=points, crs=index.areas.crs)


def walking_slots(
    points: gpd.GeoDataFrame, speed: float, given: pd.DataFrame | None, slot: float
) -> Ints:
    """Return the slots on the way between places, at least one."""
    if not 0 < speed < np.inf:
        raise InputError("walking_speed", expected="a positive number", came=repr(speed))
    xy = np.c_[points.geometry.x, points.geometry.y]
    metres = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    minutes = metres * DETOUR / speed / 60
    if given is not None:
        lacking = sorted(set(points.index.dropna()) - (set(given.index) & set(given.columns)))
        if lacking:
            raise InputError("walking_minutes", expected="all areas", came=f"no {lacking[0]!r}")
        areas = np.flatnonzero(points.index.notna())
        codes = points.index[areas]
        minutes[np.ix_(areas, areas)] = given.loc[codes, codes].to_numpy(float)
        if not (minutes >= 0).all():
            raise InputError("walking_minutes", expected="numbers from 0 up", came="others")
    return np.asarray(np.maximum(np.ceil(minutes / slot - 1e-9), 1), dtype=np.int64)


def hourly_weights(demand: pd.DataFrame, points: gpd.GeoDataFrame) -> Floats:
    """Return the weights by place, weekday and hour."""
    weights = np.zeros((len(points), DAYS, 24))
    place = points.index.get_indexer(demand["area"])
    weights[place, demand["weekday"], demand["hour"]] = demand["weight"]
    return weights
