"""Lhotín with incidents, so that hotspots can be found there: two quarters, one of which moves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from apkgeo.evaluation.hotspots import find_hotspots
from apkgeo.language import Language
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.hotspots import count_cells
from apkgeo.places.grid import square_grid
from tests.pages import made

CITY = gpd.GeoSeries(
    [box(made.WEST, made.SOUTH, made.WEST + 5000, made.SOUTH + 3600)], crs=made.CRS
)


def incidents(seed: int = 9) -> gpd.GeoDataFrame:
    """About 4,000 incidents from 2014 to 2019: mostly in the evening, in two quarters and rarely
    elsewhere; at the start the western quarter moves a kilometre to the east."""
    rng = np.random.default_rng(seed)
    times = pd.Timestamp("2014-04-01") + pd.to_timedelta(
        rng.integers(0, 2009, 4000) * 24 + np.clip(rng.normal(17, 4, 4000), 0, 23.9), "h"
    )
    late = times >= pd.Timestamp("2018-04-01")
    kind = rng.choice(3, 4000, p=[0.3, 0.3, 0.4])
    west = np.where(late, 2300, 1300)
    x = np.select([kind == 0, kind == 1], [rng.normal(west, 150), rng.normal(3900, 150, 4000)])
    y = np.select([kind == 0, kind == 1], [rng.normal(2200, 150, 4000), rng.normal(900, 150, 4000)])
    x = np.where(kind == 2, rng.uniform(0, 5000, 4000), x).clip(1, 4999)
    y = np.where(kind == 2, rng.uniform(0, 3600, 4000), y).clip(1, 3599)
    known = pd.Series(times).dt.tz_localize("Europe/Prague", nonexistent="shift_forward",
                                            ambiguous=True)  # fmt: skip
    return gpd.GeoDataFrame(
        {"occurred": known, "offence": "public_order"},
        geometry=gpd.points_from_xy(made.WEST + x, made.SOUTH + y),
        crs=made.CRS,
    )


def addresses() -> gpd.GeoDataFrame:
    """Ten addresses in each square of the west; three in those of the east, beyond 3,000 m."""
    rng = np.random.default_rng(1)
    rows = [
        (f"Alley {x // 1000}{y // 1000}", x + rng.uniform(1, 199), y + rng.uniform(1, 199))
        for x in range(0, 5000, 200)
        for y in range(0, 3600, 200)
        for _ in range(10 if x < 3000 else 3)
    ]
    street, east, north = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"street": street},
        geometry=gpd.points_from_xy(made.WEST + np.array(east), made.SOUTH + np.array(north)),
        crs=made.CRS,
    )


@cache
def cells() -> Cells:
    """Return the counted squares with all that is found there."""
    study, happened = made.study(), incidents()
    squares = square_grid(CITY, 200)
    found = find_hotspots(
        happened,
        squares,
        study,
        addresses=addresses(),
        districts=made.context().districts,
        permutations=49,
    )
    return replace(count_cells(happened, squares, study), found=found)


def content(language: Language = "cs", audience: str = "council") -> SiteContent:
    return made.content(language, audience, cells=cells())
