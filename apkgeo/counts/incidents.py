"""Count incidents by area, period and kind, piece by piece, on one machine or on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any, Literal, TypeAlias

import geopandas as gpd
import pandas as pd

from apkgeo.counts.pieces import ROWS, Piece, pieces, read_piece
from apkgeo.counts.tally import OUTSIDE, STEPS, Step, Tally, step_name, tally
from apkgeo.crs import metric_crs
from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.places.locate import AreaIndex
from apkgeo.sources.files import PathLike, Request, requested

Engine: TypeAlias = Literal["local", "dask"]
Told: TypeAlias = Callable[[int, int], None]

# Gives the tally of each piece, in any order, each once.
Runner: TypeAlias = Callable[[Sequence[Piece], Callable[[Piece, AreaIndex], Tally], AreaIndex], Any]

ACCOUNT = _(
    "{rows} rows: {counted} in areas, {outside} outside all areas, {without_place} without a "
    "point, {rejected} rejected."
)


@dataclass(frozen=True, eq=False)
class IncidentCounts:
    """Counts of incidents, and where every row went.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``area``, ``period`` (text such as ``"2015-03"``), the column that was counted by (when one
        was), and ``count``: one row for each combination that occurs, in order. ``area`` is missing
        for incidents outside all areas.
    without_place : int
        Incidents with an address and no coordinates.
    rejected : dict of str to int
        Reason -> rows that could not be read.
    notes : tuple of Note
        What was assumed in reading.
    """

    frame: pd.DataFrame
    without_place: int
    rejected: Mapping[str, int]
    notes: tuple[Note, ...]

    @property
    def counted(self) -> int:
        """Incidents in areas."""
        return int(self.frame.loc[self.frame["area"].notna(), "count"].sum())

    @property
    def outside(self) -> int:
        """Incidents with a point outside all areas."""
        return int(self.frame.loc[self.frame["area"].isna(), "count"].sum())

    @property
    def rows(self) -> int:
        """Rows of all sources: counted, outside, without a place, and rejected."""
        return self.counted + self.outside + self.without_place + sum(self.rejected.values())

    def summary(self, language: Language = "en") -> str:
        """Return where the rows went, in a sentence."""
        return Note(
            ACCOUNT,
            rows=self.rows,
            counted=self.counted,
            outside=self.outside,
            without_place=self.without_place,
            rejected=sum(self.rejected.values()),
        ).text(language)


def count_incidents(
    path: PathLike,
    areas: gpd.GeoDataFrame,
    *,
    period: Step = "month",
    by: str | None = "offence",
    engine: Engine = "local",
    workers: int = 1,
    threads: int = 1,
    scheduler: str | None = None,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    encoding: str | None = None,
    time_zone: str = "Europe/Prague",
    rows_at_once: int = ROWS,
    progress: Told | None = None,
) -> IncidentCounts:
    """Count incidents of any number of files by area × period × kind, in bounded memory.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        Files as `apkgeo.read_incidents` takes them; a pattern such as ``"years/*.parquet"``
        stands for all that match, a folder for the Parquet and CSV files in it and below it.
    areas : geopandas.GeoDataFrame
        Areas with ``code``, optionally ``valid_from`` and ``valid_to``, in any CRS. They are
        joined in the working CRS (EPSG:5514 in Czechia, otherwise the UTM zone).
    period : {"all", "year", "quarter", "month", "week", "day"}
        What the time is parted into, by local dates; weeks are those of ISO 8601.
    by : str, optional
        Column of the tidy incidents to count by; None for all together.
    engine : {"local", "dask"}
        ``"local"`` works in this process, or in `workers` processes of this machine; ``"dask"``
        on a cluster of Dask, which needs ``pip install 'apkgeo[dask]'``.
    workers : int
        Processes to work in; with a `scheduler` its workers count.
    threads : int
        Threads of each process of a cluster of Dask on this machine; with one worker they are
        threads of this process.
    scheduler : str, optional
        Address of a running scheduler of Dask, e.g. ``"tcp://10.0.0.5:8786"``; without one the
        engine ``"dask"`` starts a cluster on this machine and closes it. The workers must see the
        files under the same paths.
    columns, crs, encoding, time_zone
        As in `apkgeo.read_incidents`.
    rows_at_once : int
        Parquet files are read by so many rows at once, as far as their row groups allow.
    progress : callable, optional
        Told the bytes done and the bytes in all after each piece.

    Returns
    -------
    IncidentCounts

    Raises
    ------
    MissingFileError, InputError, CRSError
        As the readers and `apkgeo.locate`.
    MissingExtraError
        When Dask is asked for and not installed.

    Notes
    -----
    A piece (a file, or some row groups of a Parquet file) is read by a judgement of its own, as
    `apkgeo.read_incidents` reads each of several files: the same pieces give the same numbers on
    every engine, to the last one. Incidents that are repeated in two pieces count in both.
    Only counts leave a worker, and the memory that is needed is that of one piece for each worker.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame({"code": ["A"]}, geometry=[box(13, 49, 14, 50)], crs=4326)
    >>> table = "Datum;X;Y;Typ\\n1.7.2013;13.4;49.7;§ 47\\n2.8.2013;15.4;49.7;§ 47\\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "incidents.csv"
    ...     written = path.write_text(table, encoding="utf-8")
    ...     counts = count_incidents(path, areas)
    >>> counts.frame.astype(object).values.tolist()
    [['A', '2013-07', 'public_order', 1], [nan, '2013-08', 'public_order', 1]]
    """
    if period not in STEPS:
        raise InputError(f"period {period!r}", expected=" or ".join(STEPS))
    if min(workers, threads) < 1:
        name, came = ("workers", workers) if workers < 1 else ("threads", threads)
        raise InputError(name, expected="at least 1", came=str(came))
    request = requested(path, columns=columns, crs=crs, encoding=encoding)
    todo = pieces(request.files, rows=rows_at_once)
    index = AreaIndex(areas.to_crs(metric_crs(areas)), expected=rows_at_once * len(todo))
    work = partial(_work, request=request, time_zone=time_zone, period=period, by=by)
    total = Tally()
    done, size = 0, sum(piece.size for piece in todo)
    with closing(_runner(engine, workers, threads, scheduler)(todo, work, index)) as results:
        for piece, made in results:
            total.add(made)
            done += piece.size
            if progress is not None:
                progress(done, size)
    return _counts(total, index, period, by)


def _work(
    piece: Piece, index: AreaIndex, request: Request, time_zone: str, period: Step, by: str | None
) -> Tally:
    """Read and count one piece; an error says of which piece it is."""
    reading = read_piece(piece, request, time_zone)
    return tally(reading, index, period=period, by=by)


def _runner(engine: Engine, workers: int, threads: int, scheduler: str | None) -> Runner:
    if engine == "dask":
        from apkgeo.counts.on_dask import on_dask

        return partial(on_dask, workers=workers, threads=threads, scheduler=scheduler)
    if engine != "local":
        raise InputError(f"engine {engine!r}", expected="local or dask")
    if scheduler is not None:
        raise InputError(
            "a scheduler", expected="engine dask", came="engine local", remedy="ask for dask"
        )
    if threads > 1:
        raise InputError(
            "threads", expected="engine dask", came="engine local", remedy="ask for dask"
        )
    return _here if workers == 1 else partial(_in_processes, workers=workers)


def _here(
    todo: Sequence[Piece], work: Callable[[Piece, AreaIndex], Tally], index: AreaIndex
) -> Iterator[tuple[Piece, Tally]]:
    for piece in todo:
        yield piece, work(piece, index)


_index_of_process: AreaIndex


def _begin(index: AreaIndex) -> None:
    """Keep the index, which each process gets once."""
    global _index_of_process
    _index_of_process = index


def _in_process(piece: Piece, work: Callable[[Piece, AreaIndex], Tally]) -> Tally:
    return work(piece, _index_of_process)


def _in_processes(
    todo: Sequence[Piece],
    work: Callable[[Piece, AreaIndex], Tally],
    index: AreaIndex,
    *,
    workers: int,
) -> Iterator[tuple[Piece, Tally]]:
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(index,)
    )
    with pool:
        futures = {pool.submit(_in_process, piece, work): piece for piece in todo}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _counts(total: Tally, index: AreaIndex, period: Step, by: str | None) -> IncidentCounts:
    """Return the tally as a table in order: areas by code, those outside last."""
    codes = index.unique_codes
    ranks = pd.Series(range(len(codes)), index=codes.argsort()).sort_index().to_numpy()

    def order(key: tuple[int, int, Any]) -> tuple[Any, ...]:
        area, step, kind = key
        place = len(codes) if area == OUTSIDE else int(ranks[area])
        return place, step, kind is None, "" if kind is None else str(kind)

    keys = sorted(total.counts, key=order)
    area = [key[0] for key in keys]
    columns = {
        "area": pd.Series(codes.array.take(area, allow_fill=True)),
        "period": pd.Series([step_name(key[1], period) for key in keys], dtype="str"),
        by: pd.Series([key[2] for key in keys], dtype="object").infer_objects(),
        "count": pd.Series([total.counts[key] for key in keys], dtype="int64"),
    }
    columns.pop(None, None)
    return IncidentCounts(
        frame=pd.DataFrame(columns),
        without_place=total.without_place,
        rejected=dict(total.rejected.most_common()),
        notes=total.told(),
    )
