"""A small study with invented readings, for the report on them."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box
from shapely.affinity import translate

from apkgeo.frames import Reading, rejections
from apkgeo.language import Note
from apkgeo.study import Deployment, Study

START = date(2015, 1, 1)


def study(**values: Any) -> Study:
    made = {
        "name": "Plac",
        "sources": {"incidents": "i.csv", "localities": "l.geojson"},
        "outcomes": {"disorder": ["public_order"]},
        "deployments": [Deployment(locality="plac", start=START, staff=2)],
        **values,
    }
    return Study(**made)


def incidents(count: int = 1_000, seed: int = 3) -> gpd.GeoDataFrame:
    """Return incidents of 2014 and 2015, all of them with coordinates of their own."""
    rng = np.random.default_rng(seed)
    occurred = pd.Timestamp("2014-01-01", tz="Europe/Prague") + pd.to_timedelta(
        np.sort(rng.integers(0, 730 * 24 * 60, count)), unit="min"
    )
    return gpd.GeoDataFrame(
        {
            "incident_id": [str(n) for n in range(count)],
            "occurred": occurred,
            "offence": rng.choice(["public_order", "property"], count),
            "offence_text": "…",
            "origin": pd.Series(None, index=range(count), dtype="str"),
            "precision": "measured",
        },
        geometry=gpd.points_from_xy(
            rng.uniform(-823_000, -821_000, count), rng.uniform(-1_071_000, -1_069_000, count)
        ),
        crs=5514,
    )


def areas(*boxes: tuple[float, float, float, float]) -> Reading:
    frame = gpd.GeoDataFrame(
        {
            "code": [f"A{n}" for n in range(len(boxes))],
            "name": "…",
            "level": "district",
            "valid_from": pd.NaT,
            "valid_to": pd.NaT,
        },
        geometry=[translate(box(*one), -822_000, -1_070_000) for one in boxes],
        crs=5514,
    )
    return Reading(frame, rejections())


def reading(frame: gpd.GeoDataFrame) -> Reading:
    lost = rejections([
        (7, "Datum", "31.2.2014", "The time cannot be read."),
        (9, "Typ", "=HYPERLINK(\"x\")", "The time cannot be read."),
        (12, "X", "-822000,5", "The coordinates cannot be read."),
    ])  # fmt: skip
    return Reading(frame, lost, (Note("The text is in the encoding {encoding}.", encoding="x"),))
