"""A cluster counts what one machine counts, also when it loses a worker."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import dask
import dask.dataframe as dd
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from apkgeo.counts.incidents import count_incidents
from apkgeo.errors import InputError
from apkgeo.places.counting import count_points
from apkgeo.places.locate import locate
from tests.counts.test_incidents import AREAS, KINDS, table

WORKERS = 2
LIMIT = 768 * 1024**2


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two worker processes of this machine with the memory of `LIMIT` each."""
    with (
        LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            processes=True,
            memory_limit=LIMIT,
            dashboard_address=":0",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def write(folder: Path, rows: int, *, file_rows: int, group_rows: int) -> tuple[str, int]:
    """Write generated incidents group by group; return the files' pattern, and bytes in memory."""
    size_in_memory = 0
    rng = np.random.default_rng(8)
    kinds = np.array(KINDS)
    moment = np.datetime64("2013-01-01", "us")
    for number, start in enumerate(range(0, rows, file_rows)):
        writer = None
        for first in range(start, min(start + file_rows, rows), group_rows):
            size = min(group_rows, rows - first)
            group = pa.table(
                {
                    "incident_id": np.arange(first, first + size),
                    "occurred": moment + rng.integers(0, 730 * 86_400, size) * 1_000_000,
                    "offence": kinds[rng.integers(0, len(kinds), size)],
                    "x": rng.uniform(-822_500, -817_500, size).round(2),
                    "y": rng.uniform(-1_070_200, -1_068_800, size).round(2),
                }
            )
            if writer is None:
                writer = pq.ParquetWriter(folder / f"part{number:03d}.parquet", group.schema)
            writer.write_table(group)
            size_in_memory += group.nbytes
        assert writer is not None
        writer.close()
    return f"{folder}/*.parquet", size_in_memory


def counted_with_a_loss(client: Client, files: str, **options: int) -> pd.DataFrame:
    """Count on the cluster, killing one of its workers after the first piece."""
    victim = next(iter(client.run(os.getpid).values()))
    pieces: list[int] = []

    def kill(done: int, size: int) -> None:
        if not pieces:
            os.kill(victim, signal.SIGKILL)
        pieces.append(done)

    scheduler = client.scheduler_info()["address"]
    counts = count_incidents(
        files, AREAS, engine="dask", scheduler=scheduler, progress=kill, **options
    )
    assert len(pieces) > WORKERS
    assert victim not in client.run(os.getpid).values()
    return counts.frame


def test_a_cluster_that_loses_a_worker_counts_what_one_process_counts(
    client: Client, tmp_path: Path
) -> None:
    files, _size = write(tmp_path, 240_000, file_rows=80_000, group_rows=20_000)
    here = count_incidents(files, AREAS, rows_at_once=20_000)
    lost = counted_with_a_loss(client, files, rows_at_once=20_000)
    pd.testing.assert_frame_equal(lost, here.frame)
    assert int(lost["count"].sum()) == 240_000


def test_files_of_text_are_parted_by_file(client: Client, tmp_path: Path) -> None:
    for number in range(3):
        table(400, seed=number).to_csv(tmp_path / f"{number}.csv", sep=";", index=False)
    scheduler = client.scheduler_info()["address"]
    files = f"{tmp_path}/*.csv"
    there = count_incidents(files, AREAS, engine="dask", scheduler=scheduler)
    pd.testing.assert_frame_equal(there.frame, count_incidents(files, AREAS).frame)
    assert there.rows == 1200


def test_threads_of_this_process_count_alike(tmp_path: Path) -> None:
    files, _size = write(tmp_path, 40_000, file_rows=20_000, group_rows=5_000)
    here = count_incidents(files, AREAS, rows_at_once=5_000)
    there = count_incidents(files, AREAS, rows_at_once=5_000, engine="dask", threads=3)
    pd.testing.assert_frame_equal(there.frame, here.frame)


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_a_frame_is_worked_on_as_dask_is_told(
    points: gpd.GeoDataFrame, parts: dd.DataFrame, scheduler: str
) -> None:
    with dask.config.set(scheduler=scheduler, num_workers=2):
        there = count_points(parts, AREAS, by="offence")
    assert there.equals(count_points(points, AREAS, by="offence"))


def test_a_file_that_cannot_be_read_is_told_from_the_worker(client: Client, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    scheduler = client.scheduler_info()["address"]
    with pytest.raises(InputError, match=r"none.csv: no column for the time"):
        count_incidents(tmp_path / "none.csv", AREAS, engine="dask", scheduler=scheduler)


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path) -> None:
    table(10).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(InputError, match=r"no scheduler of Dask answers at tcp://127\.0\.0\.1:9"):
        count_incidents(tmp_path / "a.csv", AREAS, engine="dask", scheduler="tcp://127.0.0.1:9")


@pytest.fixture(scope="module")
def points() -> gpd.GeoDataFrame:
    rows = table(3000)
    rows["offence"] = pd.Series(rows["offence"].mask(rows["offence"] == "noise"), dtype="string")
    rows["sort"] = pd.Categorical(rows["offence"], categories=["theft", "fire", "public_order"])
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["x"], rows["y"], crs=5514))


@pytest.fixture(scope="module")
def parts(points: gpd.GeoDataFrame) -> dd.DataFrame:
    """The same rows in seven partitions, without geometry."""
    return dd.from_pandas(pd.DataFrame(points.drop(columns="geometry")), npartitions=7)


@pytest.mark.parametrize("on", [None, "occurred"])
def test_locate_answers_by_partition(
    client: Client, points: gpd.GeoDataFrame, parts: dd.DataFrame, on: str | None
) -> None:
    there = locate(parts, AREAS, on=on).compute()
    pd.testing.assert_series_equal(there, locate(points, AREAS, on=on))


@pytest.mark.parametrize(
    "by",
    [None, "offence", ["offence", "sort"], "sort", pd.Grouper(key="occurred", freq="MS")],
    ids=str,
)
def test_count_points_adds_the_partitions(
    client: Client, points: gpd.GeoDataFrame, parts: dd.DataFrame, by: object
) -> None:
    here = count_points(points, AREAS, by=by)  # type: ignore[arg-type]
    there = count_points(parts, AREAS, by=by)  # type: ignore[arg-type]
    assert type(there) is type(here)
    assert there.equals(here)
    assert repr(there.attrs) == repr(here.attrs)


def test_labels_of_single_points_are_refused_for_partitions(parts: dd.DataFrame) -> None:
    with pytest.raises(InputError, match="add the labels to the points as a column"):
        count_points(parts, AREAS, by=pd.Series(["a"]))


@pytest.mark.slow
def test_fifty_million_points_are_counted_in_less_memory_than_they_take(
    client: Client, tmp_path: Path
) -> None:
    """Their columns alone, before a point is made of any, are larger than both workers."""
    files, size = write(tmp_path, 50_000_000, file_rows=5_000_000, group_rows=250_000)
    assert size > WORKERS * LIMIT
    frame = counted_with_a_loss(client, files)
    assert int(frame["count"].sum()) == 50_000_000
    # Uniform: each area holds 1 of 5 × 1.4 square kilometres; A only half of the time.
    total = frame.groupby("area")["count"].sum() / 50_000_000
    assert total[["10", "9", "B"]].to_numpy() == pytest.approx(1 / 7, abs=5e-4)
    assert total["A"] == pytest.approx(1 / 14, abs=5e-4)
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert here < 1024, f"{here:.0f} MB in the process that asks"
