"""The look-up beside what a user would write today, in one run on the register of Plzeň.

Run with ``python -m pytest -m benchmark tests/benchmarks/test_lookup.py -s``.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from rapidfuzz import fuzz, process

from apkgeo.places.districts import DistrictLookup
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.stored import load_lookup, save_lookup
from tests.places.register import city_districts, misspelt, read_register
from tests.places.test_gazetteer import both, lone, records

pytestmark = pytest.mark.benchmark


def each(work: Callable[[str], object], texts: list[str]) -> float:
    """Microseconds a text."""
    work(texts[0])
    start = time.perf_counter()
    for text in texts:
        work(text)
    return (time.perf_counter() - start) / len(texts) * 1e6


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
    save_lookup(lookup, tmp_path / "lookup.npz")
    start = time.perf_counter()
    assert load_lookup(tmp_path / "lookup.npz") is not None
    print(f"read from its file: {time.perf_counter() - start:.3f} s")


def test_three_million_addresses() -> None:
    rng = np.random.default_rng(1)
    count, towns = 3_000_000, 6_000
    syllables = np.array(
        ["ka", "ro", "li", "mě", "sto", "vá", "ře", "no", "dvo", "bra", "ti", "šu"]
    )
    names = ["".join(syllables[rng.integers(0, 12, 4)]).capitalize() for _ in range(40_000)]
    municipality = rng.integers(0, towns, count)
    street = (municipality * 7 + rng.integers(0, 60, count)) % len(names)
    frame = gpd.GeoDataFrame(
        {
            "address_code": pd.array(np.arange(count) + 10_000_000).astype("str"),
            "street": pd.Categorical.from_codes(street, pd.Index(names).unique()[:0].append(
                pd.Index([f"{name} {i}" for i, name in enumerate(names)]))),
            "house_number": rng.integers(1, 3000, count),
            "house_number_kind": "č.p.",
            "orientation_number": rng.integers(1, 150, count),
            "orientation_letter": None,
            "part": pd.Categorical.from_codes(municipality, [f"Část {i}" for i in range(towns)]),
            "municipality": pd.Categorical.from_codes(
                municipality, [f"Obec {i}" for i in range(towns)]
            ),
            "city_district": None,
            "postcode": "30100",
        },
        geometry=gpd.points_from_xy(
            rng.uniform(-900_000, -440_000, count), rng.uniform(-1_220_000, -940_000, count)
        ),
        crs=5514,
    )  # fmt: skip
    start = time.perf_counter()
    gazetteer = Gazetteer(frame)
    built = time.perf_counter() - start
    index = gazetteer.index
    arrays = sum(
        getattr(index, name).nbytes
        for name in ("house", "orientation", "registered", "letter", "profile", "x", "y", "code")
    )
    start = time.perf_counter()
    gazetteer.find(f"{index.groups[0].name} 5, {index.groups[0].municipality}")
    first = time.perf_counter() - start
    texts = [
        f"{group.name} {index.orientation[group.start]}, {group.municipality}"
        for group in index.groups[:: len(index.groups) // 50]
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{count:,} addresses in {len(index.groups):,} streets: built in {built:.0f} s")
    print(f"arrays {arrays / 1e6:.0f} MB, peak of the process with its frame {peak:.2f} GB")
    print(f"first look-up {first:.2f} s, then {each(gazetteer.find, texts):.0f} µs")
