"""``python -m tests.simulations [runs] [part of a world's name …]``: the whole table."""

from __future__ import annotations

import os
import sys
import time

# One thread a process: the processes are what runs in parallel.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.simulations.table import simulate, text
from tests.simulations.worlds import WORLDS

RUNS = 1_000


def main(arguments: list[str]) -> int:
    """Simulate and print."""
    runs = int(arguments[0]) if arguments else RUNS
    asked = arguments[1:]
    worlds = [one for one in WORLDS if not asked or any(part in one.name for part in asked)]
    began = time.monotonic()

    def tell(message: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{message:70}")
            sys.stderr.flush()

    rows = list(simulate(worlds, runs, tell=tell))
    tell("")
    sys.stdout.write(f"{text(rows)}\n\n{runs} towns of each world, ")
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
