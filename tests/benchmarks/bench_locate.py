"""Points into areas: apkgeo.locate beside geopandas.sjoin and SedonaDB, in one run.

    python -m tests.benchmarks.bench_locate

Two calls of ours are timed, *first* (areas never seen before: their validity checked, which the
rival does not do, indexed and asked) and *again* (the same areas in another call), and two of
``geopandas.sjoin`` with ``how="left"``: ``intersects``, its default, which finds the points on
borders as ours does, and ``within``, which loses them. SedonaDB holds the points already; it gets
the areas, and gives a frame. Every way gets the same points and freshly made polygons, in turn, and
counts by its median. Ours takes every processor, as SedonaDB does; the remark has the seconds of
processors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Voronoi

from apkgeo.places.locate import locate
from tests.benchmarks.bench_country import memory
from tests.benchmarks.table import record, told

AIMS = {"sjoin, within": "15 times", "sjoin, intersects": "15 times", "SedonaDB": "2.5 times"}
# Areas, corners, and how many points are laid into them.
CASES = (
    (600, 79_000, (1_000, 2_000, 5_000, 10_000, 1_000_000)),
    (60, 8_000, (1_000, 10_000)),
    (10, 2_000, (1_000, 10_000)),
    (1, 1_000, (1_000, 10_000)),
    (10, 79_000, (1_000, 10_000)),
)
MANY, MEMORY, JAGGED = 1_000_000, 10_000_000, 5_000
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


@dataclass(frozen=True)
class Took:
    """Seconds of one call, by the clock and of processors."""

    clock: float
    processor: float


def bench(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, repeat: int) -> dict[str, list[Took]]:
    """What each way took, one after the other in each round; the first round is not counted."""
    ways: dict[str, Callable[[gpd.GeoDataFrame], object]] = {
        "sjoin, intersects": lambda those: by_sjoin(points, those, "intersects"),
        "sjoin, within": lambda those: by_sjoin(points, those, "within"),
        "first": lambda those: locate(points, those),
        "again": lambda those: locate(points, those),
    }
    if len(points) == MANY and (join := sedona(points)):
        ways["SedonaDB"] = join
    times: dict[str, list[Took]] = {name: [] for name in ways}
    for number in range(repeat + 1):
        those = fresh(areas)
        for name, way in ways.items():
            # "again" is asked about the areas that "first" has just seen.
            those = those if name == "again" else fresh(areas)
            start, spent = time.perf_counter(), time.process_time()
            way(those)
            took = Took(time.perf_counter() - start, time.process_time() - spent)
            if number:
                times[name].append(took)
    return times


def random_points(count: int) -> gpd.GeoDataFrame:
    """Points all over the square."""
    xy = np.random.default_rng(count).random((2, count)) * SIDE
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy, crs=5514))


def aim_of(rival: str, points: int, corners: float) -> str:
    """Return what is aimed at; checking thousands of jagged corners costs more than `within`."""
    if points == MANY:
        return AIMS[rival]
    return "" if rival == "sjoin, within" and corners > JAGGED else "never slower"


def areas_of(areas: gpd.GeoDataFrame) -> str:
    """Return how many areas there are."""
    return "1 area" if len(areas) == 1 else f"{len(areas)} areas"


def contests(areas: gpd.GeoDataFrame, number: int) -> None:
    """Record the contests over `number` points."""
    vertices = shapely.get_num_coordinates(areas.geometry.values).sum()
    took = bench(random_points(number), areas, 5 if number == MANY else 15)
    spent = {way: median(one.processor for one in of) for way, of in took.items()}
    for way in ("first", "again") if number == MANY else ("first",):
        for rival, theirs in took.items():
            if rival in {"first", "again"}:
                continue
            record(
                f"{number:,} points into {areas_of(areas)} ({vertices:,} vertices), "
                + ("areas never seen before" if way == "first" else "the same areas again"),
                [one.clock for one in took[way]],
                rival=rival,
                theirs=[one.clock for one in theirs],
                aim=aim_of(rival, number, vertices / len(areas)),
                remark=f"of processors {told(spent[way])} and {told(spent[rival])}",
            )


def most_memory(areas: gpd.GeoDataFrame) -> None:
    """Record what ten million points take beyond the frame that holds them."""
    points = random_points(MEMORY)
    memory()
    held, _most = memory()
    start = time.perf_counter()
    locate(points, areas)
    took = time.perf_counter() - start
    _now, most = memory()
    record(
        f"{MEMORY:,} points into {areas_of(areas)}",
        took,
        aim="1 GB beyond the input",
        remark=f"{most - held:.0f} MB beyond the {held:.0f} MB of the process with the points",
    )


def main() -> None:
    """Record every contest."""
    for count, vertices, numbers in CASES:
        areas = wiggly_areas(count, vertices=vertices)
        for number in numbers:
            contests(areas, number)
    if Path("/proc/self/clear_refs").exists():
        most_memory(wiggly_areas(600))


if __name__ == "__main__":
    main()
