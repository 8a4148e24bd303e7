"""The look-up beside what a user would write today, in one run on the register of Plzeň.

    python -m tests.benchmarks.bench_lookup

Seconds of processor time a text; the remark says which share of answers is right.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz, process

from apkgeo.commands.lookup_table import answered
from apkgeo.demo import write_modelov
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.stored import load_lookup, save_lookup
from tests.benchmarks.table import record
from tests.places.register import city_districts, misspelt, read_register
from tests.places.test_gazetteer import both, lone, records

PLZEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "plzen"
AIMS = {"exact": "50 µs", "misspelt": "2 ms"}


def each(work: Callable[[str], object], texts: list[str]) -> float:
    """Seconds of processor time a text."""
    work(texts[0])
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts)


def main() -> None:
    """Record every contest."""
    if not PLZEN.exists():
        print("the register of Plzeň is not on this machine")
        return
    register = read_register(PLZEN / "20231231_OB_554791_ADR.csv.zip")
    start = time.perf_counter()
    gazetteer = Gazetteer(register)
    record(f"index of {len(register):,} addresses", time.perf_counter() - start)
    rng = random.Random(1)
    rows = [row for row in rng.sample(records(register, 1), 400) if isinstance(row.street, str)]
    exact = [f"{row.street} {both(row)}" for row in rows]
    everyday = [f"{row.street} {lone(row)}" for row in rows]
    wrong = [f"{misspelt(row.street, rng)} {both(row)}" for row in rows]
    written = [f"{row.street} {both(row)}" for row in records(register, 1)]
    codes = register.address_code.tolist()
    wanted = [row.address_code for row in rows]

    base = sqlite3.connect(":memory:")
    base.execute("create virtual table a using fts5(code unindexed, text, tokenize='trigram')")
    base.executemany("insert into a values (?, ?)", zip(codes, written, strict=True))

    def by_sqlite(text: str) -> str | None:
        pieces = [text[i : i + 3] for i in range(len(text) - 2)]
        query = " OR ".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
        found = base.execute("select code from a where a match ? order by rank limit 1", [query])
        row = found.fetchone()
        return row[0] if row else None

    def by_scan(text: str) -> str:
        return codes[process.extractOne(text, written, scorer=fuzz.ratio)[2]]

    def ours(text: str) -> str | None:
        found = gazetteer.find(text)
        return found[0].address_code if found else None

    rivals = (("rapidfuzz scan", by_scan), ("SQLite FTS5", by_sqlite))
    for form, texts in (("exact", exact), ("č.o. only", everyday), ("misspelt", wrong)):
        mine, right = each(ours, texts), share(ours, texts, wanted)
        for name, rival in rivals:
            theirs = share(rival, texts[:60], wanted)
            record(
                f"one address among {len(register):,}, {form}",
                mine,
                rival=name,
                theirs=each(rival, texts[:60]),
                aim=AIMS.get(form, ""),
                remark=f"{right:.1%} right, the rival {theirs:.1%}",
            )
    base.close()

    lookup = DistrictLookup(gazetteer, city_districts(PLZEN / "mestske_obvody.geojson"))
    record("district of one address", each(lookup.find, exact))
    points = [f"Y {-one.x:.2f}, X {-one.y:.2f}" for one in register.geometry[:400]]
    names = sorted(register.street.dropna().unique())
    corners = [" × ".join(rng.sample(names, 2)) for _ in range(400)]
    record("district of coordinates", each(lookup.find, points))
    record("district of a street crossing", each(lookup.find, corners))
    table = pd.Series([f"{text}, {n:05d} Plzeň" for n in range(4) for text in written])[:100_000]
    start = time.process_time()
    answers = answered(lookup, table)
    record(f"a table of {len(answers):,} addresses", time.process_time() - start)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "lookup.npz"
        save_lookup(lookup, kept)
        start = time.perf_counter()
        assert load_lookup(kept) is not None
        record("a kept look-up read from its file", time.perf_counter() - start)
    record("a cold command, apkgeo lookup ADDRESS", cold_command(), aim="< 0.5 s")


def cold_command() -> list[float]:
    """Seconds of the whole command, from its start to its end, on the demo's town."""
    with tempfile.TemporaryDirectory() as folder:
        write_modelov(Path(folder))
        study = str(Path(folder) / "study.toml")
        command = [sys.executable, "-m", "apkgeo", "lookup", "husvoa 5", "--study", study]
        took = []
        for _ in range(6):
            start = time.perf_counter()
            subprocess.run(command, check=False, capture_output=True)
            took.append(time.perf_counter() - start)
    # The first builds the look-up and keeps it.
    return took[1:]


def share(work: Callable[[str], str | None], texts: list[str], wanted: list[str]) -> float:
    """The share of texts answered by the address that is meant."""
    right = [work(text) == code for text, code in zip(texts, wanted, strict=False)]
    return sum(right) / len(right)


if __name__ == "__main__":
    main()
