"""Minutes of patrols in areas: apkgeo.patrol_dosage beside a plain geopandas way, in one run.

    python tests/benchmarks/bench_dosage.py [--points 3000000] [--areas 50] [--rival 10]

Ten units walk for a year in and around places of a town, a fix every 10 seconds. The rival, given
the part ``1/rival`` of the fixes, draws every step as a line, overlays the lines with the areas
(``geopandas.overlay``, as in a notebook) and shares each step's time by length; it knows neither
rests nor bounds nor visits. Peak memory is that of the process while ours runs, data included.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.patrols.dosage import patrol_dosage

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


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=3_000_000)
    parser.add_argument("--areas", type=int, default=50)
    parser.add_argument("--rival", type=int, default=10)
    options = parser.parse_args()
    areas = town(options.areas)
    patrols = year(areas, options.points)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors; "
        f"geopandas {gpd.__version__}, shapely {shapely.__version__}"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    dosage = patrol_dosage(patrols, areas)
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"apkgeo: {len(patrols)} points, {len(areas)} areas: {took:.1f} s")
    print(f"peak of the process {peak:.0f} MB ({before:.0f} MB with the data alone)")
    print(dosage.summary())
    if not options.rival:
        return
    few = patrols[patrols["unit"] == "u0"]
    few = few.iloc[: len(patrols) // options.rival]
    start = time.perf_counter()
    ours = patrol_dosage(few, areas, drift=0)
    ours_took = time.perf_counter() - start
    start = time.perf_counter()
    theirs = plain(few, areas)
    theirs_took = time.perf_counter() - start
    gap = (ours.areas["minutes"] - theirs.reindex(areas["code"], fill_value=0)).abs().max()
    print(
        f"on {len(few)} points: apkgeo {ours_took:.2f} s, geopandas {theirs_took:.2f} s "
        f"({theirs_took / ours_took:.1f}×); largest difference {gap:.3f} minutes"
    )


if __name__ == "__main__":
    main()
