"""Counting files of incidents with one worker and with two, on each engine.

    python -m tests.benchmarks.bench_cluster [--points 4000000] [--areas 600]

Parquet in (250,000 rows a row group), counts by area, month and offence out: reading as
`read_incidents` reads, transforming, joining and counting. A quarter of the same rows is counted
out of CSV files too. Clusters are started, and have imported what they need, before the clock runs.
From these rows comes the calculation in docs/scale.md.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from distributed import Client, LocalCluster

from apkgeo.counts.incidents import count_incidents
from tests.benchmarks.bench_locate import SIDE, wiggly_areas
from tests.benchmarks.table import record

GROUP = 250_000
KINDS = np.array(["public_order", "property", "alcohol_tobacco", "road_safety", "noise"])
EAST, NORTH = -830_000.0, -1_080_000.0


@dataclass(frozen=True)
class Way:
    """One way to count: how long it took, what came out, and what its workers are."""

    name: str
    seconds: float
    table: pd.DataFrame
    workers: int = 1
    megabytes: float = 0.0


def groups(points: int) -> Iterator[pd.DataFrame]:
    """Generate incidents, a row group at a time."""
    rng = np.random.default_rng(1)
    for first in range(0, points, GROUP):
        size = min(GROUP, points - first)
        seconds = rng.integers(0, 5 * 365 * 86_400, size)
        yield pd.DataFrame(
            {
                "incident_id": np.arange(first, first + size),
                "occurred": np.datetime64("2013-01-01", "us") + seconds * 1_000_000,
                "offence": KINDS[rng.integers(0, len(KINDS), size)],
                "x": (EAST + rng.uniform(0, SIDE, size)).round(2),
                "y": (NORTH + rng.uniform(0, SIDE, size)).round(2),
            }
        )


def write(folder: Path, points: int) -> dict[str, tuple[str, int, int]]:
    """Write the files; return pattern, rows and bytes of each form."""
    writers: dict[int, pq.ParquetWriter] = {}
    few = 0
    for number, group in enumerate(groups(points)):
        table = pa.Table.from_pandas(group, preserve_index=False)
        file = number // 8
        if file not in writers:
            writers[file] = pq.ParquetWriter(folder / f"part{file:03d}.parquet", table.schema)
        writers[file].write_table(table)
        if number % 4 == 0:
            group.to_csv(folder / f"part{number:03d}.csv", index=False)
            few += len(group)
        if number < 8:
            group.head(500).to_csv(folder / f"warm{number}.txt", index=False)
    for writer in writers.values():
        writer.close()
    rows = {"parquet": points, "csv": few}
    return {
        form: (
            f"{folder}/*.{form}",
            number,
            sum(path.stat().st_size for path in folder.glob(f"*.{form}")),
        )
        for form, number in rows.items()
    }


def timed(files: str, areas: gpd.GeoDataFrame, **how: Any) -> tuple[float, pd.DataFrame]:
    """Count once; return the seconds and the table."""
    start = time.perf_counter()
    counts = count_incidents(files, areas, **how)
    return time.perf_counter() - start, counts.frame


def most_memory() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def each_way(files: str, warm: str, areas: gpd.GeoDataFrame) -> Iterator[Way]:
    """Count in every way in turn; starting processes is timed, starting a cluster is not."""
    count_incidents(warm, areas)
    yield Way("one process", *timed(files, areas))
    yield Way("two processes", *timed(files, areas, workers=2), workers=2)
    for workers in (1, 2):
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster:
            how: Any = {"engine": "dask", "scheduler": cluster.scheduler_address}
            count_incidents(warm, areas, **how)
            took, table = timed(files, areas, **how)
            with Client(cluster) as client:
                held = max(client.run(most_memory).values())
        name = "Dask, 1 worker" if workers == 1 else f"Dask, {workers} workers"
        yield Way(name, took, table, workers, held)


def main() -> None:
    """Record each way; every one gives the same table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=4_000_000)
    parser.add_argument("--areas", type=int, default=600)
    options = parser.parse_args()
    areas = wiggly_areas(options.areas)
    areas["geometry"] = areas.geometry.translate(EAST, NORTH)
    with tempfile.TemporaryDirectory() as folder:
        written = write(Path(folder), options.points)
        warm = f"{folder}/*.txt"
        files, rows, size = written["parquet"]
        first = None
        for way in each_way(files, warm, areas):
            first = way.table if first is None else first
            assert way.table.equals(first)
            memory = f", a worker holds {way.megabytes:.0f} MB" if way.megabytes else ""
            record(
                f"{rows:,} incidents of Parquet files ({size / rows:.1f} bytes a row) counted by "
                f"{options.areas} areas, month and offence: {way.name}",
                way.seconds,
                remark=f"{rows / way.seconds / 1e6:.2f} million a second, the same table{memory}",
                figures={
                    "rows": rows,
                    "bytes": size,
                    "workers": way.workers,
                    "megabytes": way.megabytes,
                },
            )
        files, rows, size = written["csv"]
        took, _table = timed(files, areas)
        record(
            f"{rows:,} incidents of CSV files ({size / rows:.1f} bytes a row) counted alike: "
            "one process",
            took,
            remark=f"{rows / took / 1e6:.2f} million a second",
            figures={"rows": rows, "bytes": size, "workers": 1, "csv": 1},
        )


if __name__ == "__main__":
    main()
