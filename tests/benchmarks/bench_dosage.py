"""Minutes of patrols in areas: apkgeo.patrol_dosage beside geopandas and movingpandas, in one run.

    python -m tests.benchmarks.bench_dosage [--points 3000000] [--areas 50] [--rival 10]

Ten units walk for a year in and around places of a town, a fix every 10 seconds. The rivals are
given the part ``1/rival`` of the fixes, movingpandas only ``1/moving``: it needs minutes for some
thousands of them. The geopandas way draws every step as a line, overlays the
lines with the areas (``geopandas.overlay``, as in a notebook) and shares each step's time by
length; the movingpandas way splits trajectories at gaps and clips them by every area. Neither
knows rests, bounds or visits. Seconds are of the process's own time, so that other work on the
machine does not count; peak memory is that of the process while ours runs, data included.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.patrols.dosage import patrol_dosage
from tests.benchmarks.table import record

SIDE = 8_000.0
UNITS = 10
EVERY = 10


def town(count: int, *, seed: int = 0) -> gpd.GeoDataFrame:
    """Places of 150 to 300 m with 40 corners, on a loose lattice so that none overlap."""
    rng = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(count)))
    step = SIDE / across
    shapes = []
    for number in range(count):
        middle = (np.array(divmod(number, across)) + rng.uniform(0.3, 0.7, 2)) * step
        angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        radii = rng.uniform(75, 150) * rng.uniform(0.85, 1.15, 40)
        shapes.append(
            shapely.Polygon(middle + np.c_[np.cos(angles), np.sin(angles)] * radii[:, None])
        )
    codes = [f"p{number:02d}" for number in range(count)]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=5514)


def year(areas: gpd.GeoDataFrame, points: int, *, seed: int = 0) -> gpd.GeoDataFrame:
    """Ten units' fixes: shifts of six hours between waypoints in and around five places each."""
    rng = np.random.default_rng(seed)
    middles = np.c_[areas.centroid.x, areas.centroid.y]
    own = points // UNITS
    frames = []
    for unit in range(UNITS):
        home = middles[rng.integers(len(middles))]
        beat = middles[np.argsort(np.hypot(*(middles - home).T))[:5]]
        legs = own // 20 + 2
        way = beat[np.repeat(rng.integers(5, size=legs // 12 + 1), 12)[:legs]]
        way = way + rng.normal(0, 90, way.shape)
        metres = np.hypot(*np.diff(way, axis=0).T)
        rest = np.where(rng.random(legs - 1) < 0.4, rng.exponential(120, legs - 1), 0)
        begins = np.concatenate([[0], np.cumsum(metres / 1.2 + rest)])
        arrive = begins[:-1] + metres / 1.2
        known = np.c_[begins[:-1], arrive].ravel()
        spots = np.stack([way[:-1], way[1:]], axis=1).reshape(-1, 2)
        seconds = np.arange(own) * EVERY
        xy = np.c_[[np.interp(seconds, known, spots[:, axis]) for axis in (0, 1)]].T
        xy += rng.normal(0, 3, xy.shape)
        shift = seconds // (6 * 3600)
        start = np.datetime64("2015-01-01T08:00")
        when = start + (seconds + shift * 18 * 3600).astype("timedelta64[s]")
        frames.append(
            pd.DataFrame({"unit": f"u{unit}", "recorded": when, "x": xy[:, 0], "y": xy[:, 1]})
        )
    frame = pd.concat(frames, ignore_index=True)
    frame = frame[rng.random(len(frame)) > 0.01]
    recorded = frame["recorded"].dt.tz_localize("UTC").dt.tz_convert("Europe/Prague")
    return gpd.GeoDataFrame(
        {"unit": frame["unit"], "recorded": recorded},
        geometry=gpd.points_from_xy(frame["x"], frame["y"]),
        crs=5514,
    )


def plain(patrols: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """The plain way: lines between fixes, overlaid with the areas."""
    frame = patrols.sort_values(["unit", "recorded"]).reset_index(drop=True)
    following = frame.groupby("unit").shift(-1)
    seconds = (following["recorded"] - frame["recorded"]).dt.total_seconds()
    kept = (seconds > 0) & (seconds <= 3600)
    xy = shapely.get_coordinates(frame.geometry.values)
    lines = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    steps = gpd.GeoDataFrame(
        {"unit": frame["unit"][:-1], "seconds": seconds[:-1]}, geometry=lines, crs=frame.crs
    )[kept[:-1]]
    steps["length"] = steps.length
    parts = gpd.overlay(steps, areas[["code", "geometry"]], keep_geom_type=True)
    share = parts.length / parts["length"]
    return (parts["seconds"] * share).groupby(parts["code"]).sum() / 60


def clipped(patrols: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """The way of movingpandas: trajectories split at gaps, and clipped by every area."""
    import movingpandas

    naive = patrols.assign(recorded=patrols["recorded"].dt.tz_convert("UTC").dt.tz_localize(None))
    whole = movingpandas.TrajectoryCollection(naive, traj_id_col="unit", t="recorded")
    walks = movingpandas.ObservationGapSplitter(whole).split(gap=timedelta(hours=1))
    minutes = {
        code: sum(part.get_duration().total_seconds() for part in walks.clip(shape).trajectories)
        / 60
        for code, shape in zip(areas["code"], areas.geometry, strict=True)
    }
    return pd.Series(minutes)


def timed(
    work: Callable[[gpd.GeoDataFrame, gpd.GeoDataFrame], pd.Series],
    patrols: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
) -> tuple[pd.Series, float]:
    """Return minutes by area, and the processor's seconds that they took."""
    start = time.process_time()
    minutes = work(patrols, areas)
    return minutes.reindex(areas["code"], fill_value=0.0), time.process_time() - start


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=3_000_000)
    parser.add_argument("--areas", type=int, default=50)
    parser.add_argument("--rival", type=int, default=10)
    parser.add_argument("--moving", type=int, default=1000)
    options = parser.parse_args()
    areas = town(options.areas)
    patrols = year(areas, options.points)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors; "
        f"geopandas {gpd.__version__}, shapely {shapely.__version__}"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    dosage = patrol_dosage(patrols, areas)
    took = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    record(
        f"dosage of {len(patrols):,} fixes in {len(areas)} areas",
        took,
        aim="15 s, 2 GB",
        remark=f"peak {peak:.0f} MB, {before:.0f} MB of them data",
    )
    print(dosage.summary())
    if not options.rival:
        return
    one = patrols[patrols["unit"] == "u0"]
    contests = (("geopandas", plain, options.rival), ("movingpandas", clipped, options.moving))
    for name, way, part in contests:
        if find_spec(name) is None:
            print(f"{name} is not installed: make bench installs tests/benchmarks/rivals.txt")
            continue
        few = one.iloc[: len(patrols) // part]
        ours, own = timed(lambda p, a: patrol_dosage(p, a, drift=0).areas["minutes"], few, areas)
        theirs, other = timed(way, few, areas)
        gap = (ours - theirs).abs().max()
        record(
            f"dosage of {len(few):,} fixes in {len(areas)} areas",
            own,
            rival=name,
            theirs=other,
            remark=f"largest difference {gap:.1f} of {ours.max():.0f} minutes",
        )


if __name__ == "__main__":
    main()
