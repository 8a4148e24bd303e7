"""Walks of which every second is known, and the minutes counted second by second."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

START = pd.Timestamp("2015-07-01 08:00", tz="Europe/Prague")


@dataclass(frozen=True)
class Walk:
    """Where a unit was at every second."""

    xy: np.ndarray

    def fixes(
        self,
        every: int,
        *,
        unit: str = "A1",
        noise: float = 0.0,
        memory: float = 0.0,
        seed: int = 0,
        start: pd.Timestamp = START,
    ) -> gpd.GeoDataFrame:
        """What a device records: a fix every so many seconds, its errors alike for a while."""
        rng = np.random.default_rng(seed)
        seconds = np.arange(0, len(self.xy), every)
        errors = rng.normal(0, noise, (len(seconds), 2))
        kept = np.exp(-every / memory) if memory else 0.0
        for one in range(1, len(errors)):
            errors[one] = kept * errors[one - 1] + np.sqrt(1 - kept**2) * errors[one]
        points = gpd.points_from_xy(*(self.xy[seconds] + errors).T, crs=5514)
        recorded = start + pd.to_timedelta(seconds, unit="s")
        return gpd.GeoDataFrame({"unit": unit, "recorded": recorded}, geometry=points)

    def minutes(self, areas: gpd.GeoDataFrame, *, until: int) -> dict[str, float]:
        """Minutes in each area, every second (of those before `until`) asked on its own."""
        middle = (self.xy[1 : until + 1] + self.xy[:until]) / 2
        return {
            code: float(shapely.contains_xy(shape, *middle.T).sum()) / 60
            for code, shape in zip(areas["code"], areas.geometry, strict=True)
        }


def stroll(hours: float, *, seed: int, side: float = 900.0, block: float = 60.0) -> Walk:
    """Walk along the streets of a town of blocks at about 1.2 m/s, with rests."""
    rng = np.random.default_rng(seed)
    size = int(hours * 3600)
    corners = int(side / block)
    here = rng.integers(0, corners + 1, 2)
    parts: list[np.ndarray] = []
    count = 0
    while count <= size:
        target = rng.integers(0, corners + 1, 2)
        for axis in rng.permutation(2):
            while here[axis] != target[axis]:
                step = np.zeros(2, dtype=int)
                step[axis] = np.sign(target[axis] - here[axis])
                seconds = int(block / rng.uniform(0.9, 1.4))
                share = np.arange(seconds)[:, None] / seconds
                parts.append((here + share * step) * block)
                here = here + step
                count += seconds
        rest = int(rng.exponential(240)) if rng.random() < 0.6 else 0
        parts.append(np.repeat(here[None] * block, rest, axis=0))
        count += rest
    return Walk(np.concatenate(parts)[: size + 1].astype(float))


def places(count: int, *, seed: int, side: float = 900.0) -> gpd.GeoDataFrame:
    """Places of about 200 m, with corners that are nowhere near right angles."""
    rng = np.random.default_rng(seed)
    shapes: list[shapely.Polygon] = []
    while len(shapes) < count:
        middle = rng.uniform(150, side - 150, 2)
        angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
        radii = rng.uniform(80, 140, 9)
        ring = middle + np.c_[np.cos(angles), np.sin(angles)] * radii[:, None]
        shape = shapely.Polygon(ring)
        if shape.is_valid and shape.area > 15_000 and not any(map(shape.intersects, shapes)):
            shapes.append(shape)
    codes = [f"p{number}" for number in range(count)]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=5514)
