"""Counting files of incidents with one worker and with two, on each engine.

    python -m tests.benchmarks.bench_count [--points 4000000] [--areas 600]

Parquet in (250,000 rows a row group), counts by area, month and offence out: reading as
`read_incidents` reads, transforming, joining and counting.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import LocalCluster

from apkgeo.counts.incidents import count_incidents
from tests.benchmarks.bench_locate import SIDE, wiggly_areas
from tests.benchmarks.table import record

GROUP = 250_000
KINDS = np.array(["public_order", "property", "alcohol_tobacco", "road_safety", "noise"])
EAST, NORTH = -830_000.0, -1_080_000.0


def write(folder: Path, points: int) -> None:
    """Write generated incidents, eight row groups a file."""
    rng = np.random.default_rng(1)
    for number, start in enumerate(range(0, points, 8 * GROUP)):
        writer = None
        for first in range(start, min(start + 8 * GROUP, points), GROUP):
            size = min(GROUP, points - first)
            seconds = rng.integers(0, 5 * 365 * 86_400, size)
            group = pa.table(
                {
                    "incident_id": np.arange(first, first + size),
                    "occurred": np.datetime64("2013-01-01", "us") + seconds * 1_000_000,
                    "offence": KINDS[rng.integers(0, len(KINDS), size)],
                    "x": EAST + rng.uniform(0, SIDE, size),
                    "y": NORTH + rng.uniform(0, SIDE, size),
                }
            )
            writer = writer or pq.ParquetWriter(folder / f"part{number:03d}.parquet", group.schema)
            writer.write_table(group)
        if writer is not None:
            writer.close()


def timed(files: str, areas: gpd.GeoDataFrame, **how: Any) -> tuple[float, pd.DataFrame]:
    """Count once; return the seconds and the table."""
    start = time.perf_counter()
    counts = count_incidents(files, areas, **how)
    return time.perf_counter() - start, counts.frame


def each_way(
    files: str, areas: gpd.GeoDataFrame
) -> Iterator[tuple[str, tuple[float, pd.DataFrame]]]:
    """Count in every way in turn; starting a cluster is not timed, starting processes is."""
    yield "one process", timed(files, areas)
    yield "two processes", timed(files, areas, workers=2)
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            address = cluster.scheduler_address
            name = "Dask, 1 worker" if workers == 1 else f"Dask, {workers} workers"
            yield name, timed(files, areas, engine="dask", scheduler=address)


def main() -> None:
    """Record each way; every one gives the same table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=4_000_000)
    parser.add_argument("--areas", type=int, default=600)
    options = parser.parse_args()
    areas = wiggly_areas(options.areas)
    areas["geometry"] = areas.geometry.translate(EAST, NORTH)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), options.points)
        first = None
        for name, (took, table) in each_way(f"{folder}/*.parquet", areas):
            first = table if first is None else first
            assert table.equals(first)
            record(
                f"{options.points:,} incidents of Parquet files counted by {options.areas} areas, "
                f"month and offence: {name}",
                took,
                remark=f"{options.points / took / 1e6:.2f} million a second, the same table",
            )


if __name__ == "__main__":
    main()
