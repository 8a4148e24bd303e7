"""Hotspots side by side with what a user has today.

Run with ``python -m tests.benchmarks.bench_hotspots``; the rivals (esda, libpysal, scikit-learn,
pointpats) must be installed. Each contest runs in a process of its own, so that its peak memory is
its own, and both sides count by the median of several runs.
"""

from __future__ import annotations

import gzip
import multiprocessing
import resource
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.places.grid import square_grid
from apkgeo.statistics.density import choose_bandwidth, kernel_density
from apkgeo.statistics.getis_ord import getis_ord
from apkgeo.statistics.knox import knox
from tests.benchmarks.table import record

CHICAGO = Path(__file__).resolve().parents[3] / "shared" / "data" / "chicago"


def runs_of(work: Callable[[], object], runs: int) -> list[float]:
    """Return the seconds of each of some runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return times


def contest(
    name: str,
    ours: float | list[float],
    theirs: float | list[float],
    rival: str,
    aim: str,
    remark: str = "",
) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = f"peak memory {peak:.0f} MB"
    record(
        name,
        ours,
        rival=rival,
        theirs=theirs,
        aim=aim,
        remark="; ".join(filter(None, [remark, told])),
    )


def gi_star() -> None:
    """Gi* of 20,000 squares, from the frame to the frame; esda gets its weights for nothing."""
    import esda
    from libpysal.weights import DistanceBand

    cells = square_grid(gpd.GeoSeries([shapely.box(0, 0, 20_000, 10_000)], crs=5514), 100)
    counts = np.random.default_rng(1).poisson(2.0, len(cells))
    centres = np.c_[cells.centroid.x, cells.centroid.y]
    w = DistanceBand(centres, 150, silence_warnings=True)

    def rival() -> esda.G_Local:
        return esda.G_Local(counts.astype(float), w, transform="B", star=True, permutations=0)

    ours = runs_of(lambda: getis_ord(cells, counts, 150), 30)
    theirs = runs_of(rival, 3)
    assert np.abs(getis_ord(cells, counts, 150)["z"] - rival().Zs).max() < 1e-9
    contest("Gi* on 20,000 cells", ours, theirs, "esda", "20 times, < 20 ms")
    permuted = runs_of(lambda: getis_ord(cells, counts, 150, permutations=999, rng=1), 3)
    record("Gi* on 20,000 cells with 999 conditional permutations", permuted)
    shifted = centres + np.random.default_rng(3).normal(0, 1, centres.shape)
    scattered = gpd.GeoSeries.from_xy(shifted[:, 0], shifted[:, 1], crs=5514)
    irregular = runs_of(lambda: getis_ord(scattered, counts, 150), 10)
    record("Gi* on 20,000 cells that lie on no raster", irregular)


def density() -> None:
    """Density of 100,000 points on 160 × 160 squares, the same kernel and bandwidth."""
    from sklearn.neighbors import KernelDensity

    cells = square_grid(gpd.GeoSeries([shapely.box(0, 0, 16_000, 16_000)], crs=5514), 100)
    xy = np.random.default_rng(1).normal(8000, 2000, (100_000, 2))
    points = gpd.GeoSeries.from_xy(xy[:, 0], xy[:, 1], crs=5514)
    centres = np.c_[cells.centroid.x, cells.centroid.y]
    for name, kernel, rival_kernel, bandwidth in (
        ("Gaussian", "gaussian", "gaussian", choose_bandwidth(points, kernel="gaussian")),
        ("compact, 200 m", "quartic", "epanechnikov", 200.0),
        ("compact, Scott", "quartic", "epanechnikov", choose_bandwidth(points)),
    ):
        ours = runs_of(lambda b=bandwidth, k=kernel: kernel_density(points, cells, b, kernel=k), 12)
        model = KernelDensity(
            bandwidth=bandwidth, kernel=rival_kernel, rtol=1e-4 if kernel == "gaussian" else 0
        )
        theirs = runs_of(lambda m=model: np.exp(m.fit(xy).score_samples(centres)), 1)
        contest(
            f"density of 100,000 points on 25,600 cells, {name}",
            ours,
            theirs,
            f"scikit-learn ({rival_kernel})",
            "10 times, < 50 ms",
        )


def near_repeats() -> None:
    """Knox's table of 12 cells, 999 permutations, on the burglaries of Chicago in 2016."""
    from pointpats.spacetime import Knox

    path = CHICAGO / "burglary_2016.csv.gz"
    if not path.exists():
        print("Knox: the burglaries of Chicago are not on this machine")
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        events = pd.read_csv(file, parse_dates=["date_single"])
    xy = events[["x", "y"]].to_numpy()
    days = (events["date_single"] - events["date_single"].min()).dt.days.to_numpy()
    distances, durations = [0, 0.1, 200, 400, 600], [0, 7, 14, 21]

    def run(permutations: int) -> float:
        return min(
            runs_of(
                lambda: knox(xy, days, distances, durations, permutations=permutations, rng=1), 2
            )
        )

    whole, bare = run(999), run(0)
    ours = (whole - bare) / 999
    # The rival takes one cell at a time, and fewer events fit into a sensible time.
    some = slice(0, 5000)
    arguments = xy[some], days[some, None].astype(float)

    def rival(permutations: int) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return runs_of(
                lambda: Knox(*arguments, delta=600, tau=21, permutations=permutations), 1
            )[0]

    theirs = (rival(99) - rival(0)) / 99
    contest(
        "Knox, one permutation (12 cells of 11,701 events; the rival 1 cell of 5,000)",
        ours,
        theirs,
        "pointpats",
        "20 times",
    )
    record("Knox, 999 permutations in all", whole, aim="10 s")


def main() -> None:
    """Run each contest in a process of its own."""
    for work in (gi_star, density, near_repeats):
        process = multiprocessing.get_context("spawn").Process(target=work)
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
