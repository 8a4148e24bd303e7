"""Points into areas: apkgeo.locate beside geopandas.sjoin and SedonaDB, in one run.

    python -m tests.benchmarks.bench_locate [--points 1000 1000000] [--areas 600] [--repeat 5]

Two calls of ours are timed, *first* (areas never seen before: their validity checked, which the
rival does not do, indexed and asked) and *again* (the same areas in another call), and two of
``geopandas.sjoin`` with ``how="left"``: ``intersects``, its default, and ``within``. SedonaDB holds
the points already; it gets the areas, and gives a frame. Every way gets the same points and
freshly made polygons, in turn, and counts by its median.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Voronoi

from apkgeo.places.locate import locate
from tests.benchmarks.table import record

AIMS = {
    (1_000_000, 600, "sjoin, within"): "15 times",
    (1_000_000, 600, "sjoin, intersects"): "15 times",
    (1_000_000, 600, "SedonaDB"): "2.5 times",
}
SIDE = 20_000.0
VERTICES = 79_000


def wiggly_areas(count: int, *, vertices: int = VERTICES, seed: int = 0) -> gpd.GeoDataFrame:
    """Tile a square with areas whose common borders wiggle, exactly alike on both sides."""
    rng = np.random.default_rng(seed)
    seeds = rng.random((count, 2)) * SIDE
    mirrored = [seeds]
    for axis in (0, 1):
        for wall in (0.0, SIDE):
            image = seeds.copy()
            image[:, axis] = 2 * wall - image[:, axis]
            mirrored.append(image)
    diagram = Voronoi(np.vstack(mirrored))
    regions = [diagram.regions[diagram.point_region[number]] for number in range(count)]
    steps = round(vertices / sum(map(len, regions)))
    borders: dict[tuple[int, int], np.ndarray] = {}

    def border(one: int, other: int) -> np.ndarray:
        key = (min(one, other), max(one, other))
        if key not in borders:
            start, end = diagram.vertices[list(key)]
            along = np.linspace(0, 1, steps + 1)[:, None]
            across = np.array([start[1] - end[1], end[0] - start[0]])
            noise = rng.normal(0, 0.015, steps + 1) * np.sin(np.pi * along[:, 0]) ** 2
            on_wall = np.isclose(start, end).any() and np.isclose((start, end), (0, SIDE)).any()
            borders[key] = start + along * (end - start) + across * noise[:, None] * (not on_wall)
        return borders[key] if key[0] == one else borders[key][::-1]

    polygons = [
        shapely.Polygon(
            np.vstack([border(a, b)[:-1] for a, b in zip(r, r[1:] + r[:1], strict=True)])
        )
        for r in regions
    ]
    codes = [f"a{number:04d}" for number in range(count)]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=polygons, crs=5514)
    assert frame.is_valid.all()
    return frame


def fresh(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The same areas as objects on which nothing was computed yet."""
    polygons = shapely.from_wkb(shapely.to_wkb(areas.geometry.values))
    return gpd.GeoDataFrame({"code": areas["code"]}, geometry=polygons, crs=areas.crs)


def by_sjoin(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, predicate: str) -> object:
    """What is written in most notebooks."""
    return gpd.sjoin(points, areas, how="left", predicate=predicate)


def sedona(points: gpd.GeoDataFrame) -> Callable[[gpd.GeoDataFrame], object] | None:
    """A join by SedonaDB of points that it holds already; None where it is not installed."""
    try:
        import sedonadb
    except ImportError:
        return None
    context = sedonadb.connect()
    numbered = points.assign(number=np.arange(len(points)))
    context.create_data_frame(numbered).to_view("points")

    def join(areas: gpd.GeoDataFrame) -> object:
        context.create_data_frame(areas).to_view("areas", overwrite=True)
        return context.sql(
            "SELECT points.number, areas.code FROM points JOIN areas "
            "ON ST_Intersects(areas.geometry, points.geometry)"
        ).to_pandas()

    return join


def bench(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, repeat: int) -> dict[str, list[float]]:
    """Seconds of each way, one after the other in each round."""
    # Whole polygons of 7,900 corners asked one by one: hours, and "within" says the same.
    slow = len(points) * VERTICES / len(areas) > 3e8
    ways: dict[str, Callable[[gpd.GeoDataFrame], object]] = {
        "sjoin, intersects": lambda those: by_sjoin(points, those, "intersects"),
        "sjoin, within": lambda those: by_sjoin(points, those, "within"),
        "first": lambda those: locate(points, those),
        "again": lambda those: locate(points, those),
    }
    if slow:
        del ways["sjoin, intersects"]
    if join := sedona(points):
        ways["SedonaDB"] = join
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeat):
        those = fresh(areas)
        for name, way in ways.items():
            # "again" is asked about the areas that "first" has just seen.
            those = those if name == "again" else fresh(areas)
            start = time.perf_counter()
            way(those)
            times[name].append(time.perf_counter() - start)
    return times


def main() -> None:
    """Record every contest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="+", default=[1_000, 30_000, 1_000_000])
    parser.add_argument("--areas", type=int, nargs="+", default=[100, 600])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    for count in options.areas:
        areas = wiggly_areas(count)
        vertices = shapely.get_num_coordinates(areas.geometry.values).sum()
        for number in options.points:
            xy = np.random.default_rng(number).random((2, number)) * SIDE
            points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=5514))
            took = bench(points, areas, options.repeat)
            for way in ("first", "again"):
                ours = took[way]
                for rival, theirs in took.items():
                    if rival in {"first", "again"}:
                        continue
                    record(
                        f"{number:,} points into {count} areas ({vertices:,} vertices), "
                        + ("areas never seen before" if way == "first" else "the same areas again"),
                        ours,
                        rival=rival,
                        theirs=theirs,
                        aim=AIMS.get((number, count, rival), ""),
                    )


if __name__ == "__main__":
    main()
