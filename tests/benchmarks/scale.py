"""What a country would need, worked out from what `bench_cluster` measured.

The counts of records are stated in docs/scale.md; the rest is arithmetic on the recorded rows, so
that page and benchmark never disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from tests.benchmarks.table import Row

# Registered crimes of Czechia by year (Police of the Czech Republic, statistical overviews).
CRIMES = {
    2013: 325_366,
    2014: 288_660,
    2015: 247_628,
    2016: 218_162,
    2017: 202_303,
    2018: 192_405,
    2019: 199_221,
}
YEARS = 13
# Assumed, and to be replaced by who knows better.
MISDEMEANOURS_A_CRIME = 4
ROWS_AN_INCIDENT = 3
TOWNS, RECORDS_A_TOWN = 100, 50_000
# A worker takes longer over the network and over fuller files than here.
RESERVE = 3
HOUR, NIGHT = 3600, 8 * 3600


@dataclass(frozen=True)
class Load:
    """Rows to be counted: what they are, and how many."""

    name: str
    rows: int
    how: str


@dataclass(frozen=True)
class Pace:
    """What was measured: seconds for a million rows in all, bytes a row, and MB a worker."""

    seconds: float
    bytes_a_row: float
    workers: int
    megabytes: float


def loads() -> list[Load]:
    """Return what there is to count, and how it was reckoned."""
    mean = sum(CRIMES.values()) // len(CRIMES)
    crimes = mean * YEARS
    incidents = crimes * (1 + MISDEMEANOURS_A_CRIME)
    police = incidents * ROWS_AN_INCIDENT
    towns = TOWNS * RECORDS_A_TOWN * YEARS
    return [
        Load(
            "the state police",
            police,
            f"{mean:,} crimes a year × {YEARS} years × {1 + MISDEMEANOURS_A_CRIME} "
            f"(with misdemeanours) × {ROWS_AN_INCIDENT} rows an incident",
        ),
        Load(
            "a hundred towns' own police",
            towns,
            f"{TOWNS} × {RECORDS_A_TOWN:,} records a year × {YEARS} years",
        ),
        Load("both together", police + towns, "the sum"),
    ]


def paces(rows: Sequence[Row]) -> dict[str, Pace]:
    """Return the pace of each way that was measured, by its name."""
    found = {}
    for row in rows:
        if "rows" not in row.figures:
            continue
        figures = row.figures
        name = "CSV" if figures.get("csv") else row.work.rsplit(": ", 1)[-1]
        found[name] = Pace(
            row.ours / figures["rows"] * 1e6,
            figures["bytes"] / figures["rows"],
            int(figures["workers"]),
            figures.get("megabytes", 0.0),
        )
    return found


def arithmetic(rows: Sequence[Row]) -> str:
    """Return the calculation in Markdown."""
    pace = paces(rows)
    one, two = pace["Dask, 1 worker"], pace["Dask, 2 workers"]
    here, text = pace["one process"], pace["CSV"]
    total = loads()[-1].rows
    measured = [
        "| measured | seconds for 1,000,000 rows | bytes a row | memory of a worker |",
        "|---|---:|---:|---:|",
    ]
    for name, way in pace.items():
        memory = f"{way.megabytes:.0f} MB" if way.megabytes else ""
        measured.append(f"| {name} | {way.seconds:.2f} | {way.bytes_a_row:.1f} | {memory} |")
    needed = [
        "| to be counted | rows | reckoned as | Parquet | one process, no Dask | one worker "
        f"| workers for one hour, reserve ×{RESERVE} | workers for one night (8 h), "
        f"reserve ×{RESERVE} |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for load in loads():
        work = load.rows / 1e6 * one.seconds
        needed.append(
            f"| {load.name} | {load.rows:,} | {load.how} | {load.rows * one.bytes_a_row / 1e9:.1f} "
            f"GB | {minutes(load.rows / 1e6 * here.seconds)} | {minutes(work)} | "
            f"{ceil(RESERVE * work / HOUR)} | {ceil(RESERVE * work / NIGHT)} |"
        )
    work = total / 1e6 * one.seconds
    sums = [
        f"- Time of one worker: {total:,} rows ÷ 1,000,000 × {one.seconds:.2f} s = {work:,.0f} s = "
        f"{minutes(work)}.",
        f"- Two workers took {two.seconds:.2f} s for a million rows where one took "
        f"{one.seconds:.2f} s: {one.seconds / two.seconds:.2f} times the throughput. So two do all "
        f"in {minutes(total / 1e6 * two.seconds)}.",
        f"- In one hour, with a reserve of {RESERVE}: {work:,.0f} s × {RESERVE} ÷ {HOUR:,} s = "
        f"{RESERVE * work / HOUR:.2f}, that is {workers(RESERVE * work / HOUR)}; overnight "
        f"{RESERVE * work / NIGHT:.2f}, that is {workers(RESERVE * work / NIGHT)}.",
        f"- Memory: {workers(RESERVE * work / HOUR)} × {max(one.megabytes, two.megabytes):.0f}"
        f" MB = {ceil(RESERVE * work / HOUR) * max(one.megabytes, two.megabytes) / 1000:.1f} GB in "
        "all, whatever the number of rows: a worker holds one piece at a time.",
        f"- Disk: {total:,} × {one.bytes_a_row:.1f} bytes = "
        f"{total * one.bytes_a_row / 1e9:.1f} GB of Parquet, or × {text.bytes_a_row:.1f} bytes = "
        f"{total * text.bytes_a_row / 1e9:.1f} GB of CSV, which takes "
        f"{text.seconds / here.seconds:.1f} times as long to count "
        f"({minutes(total / 1e6 * text.seconds)} in one process).",
        f"- A month's new records: {total:,} ÷ {12 * YEARS} months = {total // (12 * YEARS):,} "
        f"rows = {total / (12 * YEARS) / 1e6 * here.seconds:.0f} s in one process.",
    ]
    return "\n".join([*measured, "", *needed, "", *sums, ""])


def workers(needed: float) -> str:
    """Return how many whole workers that is."""
    return "1 worker" if needed <= 1 else f"{ceil(needed)} workers"


def minutes(seconds: float) -> str:
    """Return a span in the unit in which it is read most easily."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
