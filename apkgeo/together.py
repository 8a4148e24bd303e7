"""Do parts of the work that do not need each other at the same time.

They run in threads of one process: reading, counting and fitting spend their time in numpy, Arrow,
GEOS and PROJ, which let another thread go on meanwhile. Nothing is to be started, sent or cleaned
up, and every system, notebook and embedding program can do it. With a single processor everything
is done one after another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")

# More threads than this only wait for each other.
_MOST = 2


def workers() -> int:
    """Return how many threads are worth having: at most as many as this process has processors."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)


@contextmanager
def meanwhile(work: Callable[[], Value]) -> Iterator[Callable[[], Value]]:
    """Begin some work, and give the function that waits for its result.

    The block goes on beside the work. Leaving it, by an error or an interrupt, too, waits until the
    work has ended. What the work raises, the function raises; unless it is called, nobody hears.

    Examples
    --------
    >>> with meanwhile(lambda: sum(range(10))) as total:
    ...     longest = max(["one", "three"], key=len)
    ...     longest, total()
    ('three', 45)
    """
    if workers() < 2:
        yield work
        return
    with ThreadPoolExecutor(1, thread_name_prefix="apkgeo") as pool:
        yield pool.submit(work).result


def each(work: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
    """Return the results of `work` for every item, in the items' order.

    The first item (in that order) for which it raises tells the error; what has not begun by then
    is not done.

    Examples
    --------
    >>> each(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    wanted = list(items)
    if workers() < 2 or len(wanted) < 2:
        return [work(item) for item in wanted]
    with ThreadPoolExecutor(workers(), thread_name_prefix="apkgeo") as pool:
        # On an error, the iterator of `map` cancels what waits.
        return list(pool.map(work, wanted))
