"""Work on a cluster of Dask: pieces go out, counts come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

from apkgeo.counts.pieces import Piece
from apkgeo.counts.tally import Tally
from apkgeo.errors import InputError, MissingExtraError
from apkgeo.places.locate import AreaIndex

try:
    from distributed import Client, LocalCluster, WorkerPlugin, as_completed, get_worker
except ImportError as error:
    raise MissingExtraError(
        "counting on a cluster needs Dask", remedy="pip install 'apkgeo[dask]'"
    ) from error

# Pieces that each worker has ahead of it.
AHEAD = 4

Work = Callable[[Piece, AreaIndex], Tally]


class _Index(WorkerPlugin):  # type: ignore[misc]
    """The index of the areas: each worker gets it once, also one that joins or starts again."""

    idempotent = True

    def __init__(self, index: AreaIndex) -> None:
        self.index = index


def _on_worker(piece: Piece, work: Work, name: str) -> Tally:
    return work(piece, get_worker().plugins[name].index)


def on_dask(
    todo: Sequence[Piece],
    work: Work,
    index: AreaIndex,
    *,
    workers: int,
    threads: int,
    scheduler: str | None,
) -> Iterator[tuple[Piece, Tally]]:
    """Give the tally of each piece as it comes from the workers.

    Only a few pieces for each worker are under way at a time, so that the scheduler stays small.
    A worker that is lost is made up for: its pieces are counted again by the others.
    """
    with ExitStack() as stack:
        client = stack.enter_context(_client(workers, threads, scheduler, stack))
        name = f"apkgeo-areas-{uuid4().hex}"
        client.register_plugin(_Index(index), name=name)
        # A scheduler that goes on need not keep the areas.
        stack.callback(client.unregister_worker_plugin, name)
        waiting = iter(todo)
        of_future: dict[Any, Piece] = {}

        def submit() -> Any | None:
            piece = next(waiting, None)
            if piece is None:
                return None
            future = client.submit(_on_worker, piece, work, name, pure=False)
            of_future[future] = piece
            return future

        known = client.scheduler_info(n_workers=-1)["workers"].values()
        count = AHEAD * max(workers, sum(worker["nthreads"] for worker in known))
        first = [submit() for _number in range(min(count, len(todo)))]
        done = as_completed([future for future in first if future is not None])
        for future in done:
            made = future.result()
            piece = of_future.pop(future)
            further = submit()
            if further is not None:
                done.add(further)
            future.release()
            yield piece, made


def _client(workers: int, threads: int, scheduler: str | None, stack: ExitStack) -> Client:
    if scheduler is None:
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=threads,
            processes=workers > 1 or threads == 1,
            # Any port for the page that watches the work: the usual one may be taken.
            dashboard_address=":0",
        )
        return Client(stack.enter_context(cluster))
    try:
        return Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no scheduler of Dask answers at {scheduler}",
            expected="an address such as tcp://10.0.0.5:8786",
            remedy="start one with 'dask scheduler', or leave --scheduler out",
        ) from error
