"""Tell how far long work is: on a terminal only, on the error stream."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str], None]


def silent(step: str) -> None:
    """Say nothing."""


@contextmanager
def counter(what: str, total: int, wanted: bool = True) -> Iterator[Callable[[int], None]]:
    """Give a function that takes how many more of `total` are done, and show a bar meanwhile.

    Where the error stream is not a terminal, nothing is written.
    """
    if not wanted or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True, highlight=False)) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)


@contextmanager
def reporter(wanted: bool = True) -> Iterator[Tell]:
    """Give a function that takes the name of each step as it begins.

    On a terminal a spinner shows the step under way, and each finished one stays with its time.
    Where the error stream is not a terminal, nothing is written.
    """
    if not wanted or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, highlight=False)
    current: list[tuple[str, float]] = []

    def finish() -> None:
        if current:
            step, began = current.pop()
            console.print(f"  [green]✓[/] {escape(step)} [dim]{time.monotonic() - began:.1f} s[/]")

    with console.status("…") as status:

        def tell(step: str) -> None:
            finish()
            current.append((step, time.monotonic()))
            status.update(f"{escape(step)} …")

        yield tell
        finish()
