"""A made-up town of squares for the tests of the evaluation."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from apkgeo.evaluation import StudyAreas
from apkgeo.study import Deployment, Study

CRS = "EPSG:5514"
# The squares lie somewhere in Bohemia.
WEST, SOUTH = -823_000.0, -1_071_000.0
SIDE, STEP, ROW = 200.0, 1_000.0, 6
START = date(2016, 3, 1)


def square(number: int) -> Any:
    """Return the square of a locality."""
    x, y = WEST + STEP * (number % ROW), SOUTH + STEP * (number // ROW)
    return box(x, y, x + SIDE, y + SIDE)


def boundaries(codes: list[str], shapes: list[Any], level: str = "locality") -> gpd.GeoDataFrame:
    """Return a tidy frame of areas."""
    nothing = pd.Series(pd.NaT, index=range(len(codes)), dtype="datetime64[us]")
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "name": [f"Place {code}" for code in codes],
            "level": level,
            "valid_from": nothing,
            "valid_to": nothing,
        },
        geometry=shapes,
        crs=CRS,
    )


def localities(count: int = 30) -> gpd.GeoDataFrame:
    """Return localities on a grid, 800 m apart."""
    return boundaries([f"p{n}" for n in range(count)], [square(n) for n in range(count)])


def areas(count: int = 30) -> StudyAreas:
    """Return localities with four districts and a city over them."""
    rows = -(-count // ROW)
    west, south = WEST - 400, SOUTH - 400
    east, north = WEST + STEP * ROW, SOUTH + STEP * rows
    x, y = (west + east) / 2, (south + north) / 2
    quarters = [box(west, south, x, y), box(x, south, east, y)]
    quarters += [box(west, y, x, north), box(x, y, east, north)]
    return StudyAreas(
        localities(count),
        boundaries(["a", "b", "c", "d"], quarters, "district"),
        boundaries(["city"], [box(west, south, east, north)], "city"),
    )


def incidents(
    rng: np.random.Generator,
    *,
    count: int = 30,
    first: date = date(2014, 3, 1),
    last: date = date(2017, 3, 1),
    mean: float = 60.0,
    ratios: dict[int, float] | None = None,
    change: float = 0.9,
    since: date = START,
    offence: str = "public_order",
) -> gpd.GeoDataFrame:
    """Draw incidents in the localities; from `since` on all change, and some by more."""
    days = (last - first).days
    level = mean * rng.gamma(6.0, 1 / 6.0, count)
    place, day = [], []
    for number in range(count):
        when = rng.integers(0, days, rng.poisson(level[number] * days / 365))
        later = when >= (since - first).days
        share = change * (ratios or {}).get(number, 1.0)
        kept = when[~later | (rng.random(len(when)) < share)]
        day.append(kept)
        place.append(np.full(len(kept), number))
    where, when = np.concatenate(place), np.concatenate(day)
    x = WEST + STEP * (where % ROW) + rng.uniform(1, SIDE - 1, len(where))
    y = SOUTH + STEP * (where // ROW) + rng.uniform(1, SIDE - 1, len(where))
    times = pd.Timestamp(first) + pd.to_timedelta(when, unit="D") + pd.Timedelta(hours=12)
    return frame(x, y, pd.DatetimeIndex(times), offence)


def frame(x: Any, y: Any, times: pd.DatetimeIndex, offence: Any = "public_order") -> Any:
    """Return tidy incidents at given points and local times."""
    made = gpd.GeoDataFrame(
        {
            "incident_id": [str(n) for n in range(len(times))],
            "occurred": times.tz_localize("Europe/Prague"),
            "offence": offence,
            "offence_text": "",
            "origin": pd.NA,
            "precision": "measured",
        },
        geometry=gpd.points_from_xy(x, y, crs=CRS),
    )
    return made.astype({"origin": "str"})


def study(**values: Any) -> Study:
    """Return a study of locality p0 treated from START."""
    made: dict[str, Any] = {
        "name": "Town",
        "sources": {"incidents": "incidents.csv", "localities": "localities.geojson"},
        "outcomes": {"disorder": ["public_order"]},
        "deployments": [Deployment(locality="p0", start=START)],
    }
    return Study(**{**made, **values})
