"""What the benchmarks measured, as lines on the screen and as a table in the docs.

A script calls `record` for each contest. When ``python -m tests.benchmarks`` runs it, the rows are
gathered through the file that ``APKGEO_BENCH_ROWS`` names.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROWS = "APKGEO_BENCH_ROWS"
PACKAGES = (
    "numpy",
    "pandas",
    "geopandas",
    "shapely",
    "scipy",
    "esda",
    "scikit-learn",
    "pointpats",
    "sedonadb",
    "movingpandas",
    "rapidfuzz",
    "dask",
)


@dataclass(frozen=True)
class Row:
    """One contest: seconds are medians of `runs`; a work without a rival has only ours.

    `figures` are numbers from which others are worked out (`tests.benchmarks.scale`).
    """

    work: str
    ours: float
    rival: str = ""
    theirs: float | None = None
    aim: str = ""
    remark: str = ""
    runs: int = 1
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times quicker than the rival."""
        return None if self.theirs is None else self.theirs / self.ours


def record(
    work: str,
    ours: float | Sequence[float],
    *,
    rival: str = "",
    theirs: float | Sequence[float] | None = None,
    aim: str = "",
    remark: str = "",
    figures: Mapping[str, float] | None = None,
) -> Row:
    """Print a contest, and keep it for the table. Several seconds count by their median."""
    row = Row(
        work,
        _median(ours),
        rival,
        None if theirs is None else _median(theirs),
        aim,
        remark,
        1 if isinstance(ours, float) else len(ours),
        figures or {},
    )
    ratio = "" if row.ratio is None else f", {rival} {told(row.theirs)}: {row.ratio:.1f}×"
    print(f"{work}: apkgeo {told(row.ours)}{ratio}{_in_brackets(aim, remark)}", flush=True)
    if name := os.environ.get(ROWS):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    return row


def in_turn(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Time each way in turn, `runs` rounds, after one round that is not counted."""
    for way in ways.values():
        way()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(runs):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - start)
    return times


def told(seconds: float | None) -> str:
    """Return seconds in the unit in which they are read most easily."""
    if seconds is None:
        return ""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def read_rows(path: Path) -> list[Row]:
    """Return what the scripts recorded."""
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def page(rows: Sequence[Row]) -> str:
    """Return the table in Markdown, with the machine on which it was made."""
    lines = [
        "| work | apkgeo | rival | rival takes | ratio | aim | remark |",
        "|---|---:|---|---:|---:|---|---|",
    ]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}×"
        cells = (row.work, told(row.ours), row.rival, told(row.theirs), ratio, row.aim, row.remark)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*_machine(), "", *lines, ""])


def _machine() -> list[str]:
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return [
        f"{_processor()}, {os.cpu_count()} processors, {_memory():.0f} GB of memory, "
        f"{platform.system()}; Python {platform.python_version()}, {', '.join(found)}."
    ]


def _processor() -> str:
    try:
        shown = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in shown.splitlines() if "Model name" in line]
    return names[0] if names else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _median(seconds: float | Sequence[float]) -> float:
    return seconds if isinstance(seconds, float) else statistics.median(seconds)


def _in_brackets(*texts: str) -> str:
    told = "; ".join(filter(None, texts))
    return f" ({told})" if told else ""
