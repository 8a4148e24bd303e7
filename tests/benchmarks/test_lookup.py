"""The look-up beside what a user would write today, in one run on the register of Plzeň.

Run with ``python -m pytest -m benchmark tests/benchmarks/test_lookup.py -s``.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rapidfuzz import fuzz, process

from apkgeo.commands.lookup_table import answered
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.stored import load_lookup, save_lookup
from tests.places.register import city_districts, misspelt, read_register
from tests.places.test_gazetteer import both, lone, records

pytestmark = pytest.mark.benchmark


def each(work: Callable[[str], object], texts: list[str]) -> float:
    """Microseconds of processor time a text."""
    work(texts[0])
    start = time.process_time()
    for text in texts:
        work(text)
    return (time.process_time() - start) / len(texts) * 1e6


def test_looking_up_one_address(shared: Path, tmp_path: Path) -> None:
    folder = shared / "plzen"
    register = read_register(folder / "20231231_OB_554791_ADR.csv.zip")
    start = time.perf_counter()
    gazetteer = Gazetteer(register)
    built = time.perf_counter() - start
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

    print(f"\nindex of {len(register):,} addresses: {built:.2f} s")
    rivals = (
        ("apkgeo", ours, 400),
        ("rapidfuzz scan", by_scan, 60),
        ("SQLite FTS5", by_sqlite, 60),
    )
    for name, work, count in rivals:
        for form, texts in (("exact", exact), ("č.o. only", everyday), ("misspelt", wrong)):
            right = sum(
                work(text) == code for text, code in zip(texts[:count], wanted[:count], strict=True)
            )
            share = right / len(texts[:count])
            print(f"{name:15} {form:10} {each(work, texts[:count]):9.0f} µs, {share:6.1%} right")
    base.close()

    districts = city_districts(folder / "mestske_obvody.geojson")
    start = time.perf_counter()
    lookup = DistrictLookup(gazetteer, districts)
    print(f"districts of all addresses: {time.perf_counter() - start:.2f} s")
    print(f"district of one address: {each(lookup.find, exact):.0f} µs")
    points = [f"Y {-one.x:.2f}, X {-one.y:.2f}" for one in register.geometry[:400]]
    names = sorted(register.street.dropna().unique())
    corners = [" × ".join(rng.sample(names, 2)) for _ in range(400)]
    print(f"coordinates: {each(lookup.find, points):.0f} µs")
    print(f"a crossing: {each(lookup.find, corners):.0f} µs")
    table = pd.Series([f"{text}, {n:05d} Plzeň" for n in range(4) for text in written])[:100_000]
    start = time.process_time()
    answers = answered(lookup, table)
    took = time.process_time() - start
    print(f"a table of {len(answers):,} rows: {took:.1f} s of processor time")
    save_lookup(lookup, tmp_path / "lookup.npz")
    start = time.perf_counter()
    assert load_lookup(tmp_path / "lookup.npz") is not None
    print(f"read from its file: {time.perf_counter() - start:.3f} s")
