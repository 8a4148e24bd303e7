"""Invented towns with known true effects, for what is said of many of them."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from apkgeo.evaluation import Evaluation
from apkgeo.evaluation.areas import StudyAreas
from apkgeo.evaluation.evaluate import evaluate_areas
from apkgeo.study import Deployment, Study

AREAS = 24


def effects(rng: np.random.Generator, towns: int, *, mean: float, spread: float) -> np.ndarray:
    """Draw the towns' true ratios: their logarithms are normal."""
    return np.exp(rng.normal(np.log(mean), spread, towns))


def evaluated(rng: np.random.Generator, name: str, ratio: float) -> Evaluation:
    """Draw a town with two staggered deployments of a true effect, and evaluate it."""
    starts = [date(int(rng.integers(2015, 2018)), int(rng.integers(1, 13)), 1) for _ in range(2)]
    study = Study(
        name=name,
        sources={"incidents": "incidents.csv", "localities": "localities.geojson"},
        outcomes={"disorder": ["public_order"]},
        deployments=[
            Deployment(locality=f"p{place}", start=start) for place, start in enumerate(starts)
        ],
        seed=1,
    )
    return evaluate_areas(study, _incidents(rng, starts, ratio), StudyAreas(_localities()))


def _localities() -> gpd.GeoDataFrame:
    codes = [f"p{place}" for place in range(AREAS)]
    never = pd.Series(pd.NaT, index=range(AREAS), dtype="datetime64[us]")
    columns = {"code": codes, "name": codes, "level": "locality"}
    return gpd.GeoDataFrame(
        columns | dict.fromkeys(["valid_from", "valid_to"], never),
        geometry=[box(1000 * place, 0, 1000 * place + 200, 200) for place in range(AREAS)],
        crs="EPSG:32633",
    )


def _incidents(rng: np.random.Generator, starts: list[date], ratio: float) -> gpd.GeoDataFrame:
    """Draw five years of incidents: levels differ, all fall by 5% a year."""
    days = pd.date_range("2014-01-01", "2018-12-31")
    level = rng.gamma(3, 25, AREAS) / 365
    mean = level[:, None] * 0.95 ** (np.arange(len(days)) / 365)
    for place, start in enumerate(starts):
        mean[place, days >= pd.Timestamp(start)] *= ratio
    area, day = np.nonzero(rng.random(mean.shape) < mean)
    return gpd.GeoDataFrame(
        {"incident_id": range(len(area)), "occurred": days[day].tz_localize("Europe/Prague")}
        | {"offence": "public_order", "offence_text": "", "origin": None}
        | {"precision": "measured"},
        geometry=gpd.points_from_xy(
            1000 * area + rng.uniform(1, 199, len(area)), rng.uniform(1, 199, len(area))
        ),
        crs="EPSG:32633",
    )
