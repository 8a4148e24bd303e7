"""Three million generated addresses: how long the index takes to build, and how much memory.

The memory is that of a whole process, as the system counts it (its resident set), in two
processes: one that holds the frame of addresses and builds the index from it, and one that reads
the look-up kept in a file, as a command does. Nothing is left out: the interpreter, the libraries
and, in the first, the frame are in the numbers.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

COUNT, TOWNS, NAMES = 3_000_000, 6_000, 40_000


def memory() -> tuple[float, float]:
    """Return what the process holds now and has held at the most since the last call, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    told = dict(line.split(":", 1) for line in status.splitlines())
    now, most = (int(told[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return now, most


def country() -> gpd.GeoDataFrame:
    """Return the generated frame: 6,000 towns of sixty streets each, in S-JTSK."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(1)
    syllables = ["ka", "ro", "li", "mě", "sto", "vá", "ře", "no", "dvo", "bra", "ti", "šu"]
    names = [
        "".join(syllables[one] for one in rng.integers(0, 12, 4)).capitalize() + f" {number}"
        for number in range(NAMES)
    ]
    town = rng.integers(0, TOWNS, COUNT)
    street = (town * 7 + rng.integers(0, 60, COUNT)) % NAMES
    parts, towns = ([f"{what} {one}" for one in range(TOWNS)] for what in ("Část", "Obec"))

    def all_of(value: str | None) -> pd.Categorical:
        """Return a column in which every row has the same value."""
        code = 0 if value else -1
        return pd.Categorical.from_codes(np.full(COUNT, code, dtype=np.int8), [value or "-"])

    x, y = rng.uniform(-900_000, -440_000, COUNT), rng.uniform(-1_220_000, -940_000, COUNT)
    return gpd.GeoDataFrame(
        {
            "address_code": pd.Series(np.arange(COUNT) + 10_000_000).astype("str"),
            "street": pd.Categorical.from_codes(street, names),
            "house_number": rng.integers(1, 3000, COUNT, dtype=np.int32),
            "house_number_kind": all_of("č.p."),
            "orientation_number": rng.integers(1, 150, COUNT, dtype=np.int32),
            "orientation_letter": all_of(None),
            "part": pd.Categorical.from_codes(town, parts),
            "municipality": pd.Categorical.from_codes(town, towns),
            "city_district": all_of(None),
            "postcode": all_of("30100"),
        },
        geometry=gpd.points_from_xy(x, y),
        crs=5514,
    )


def build(kept: Path) -> dict[str, float]:
    """Build the look-up in this process, keep it in a file, and return what it took."""
    import geopandas as gpd
    from shapely import box

    from apkgeo.places.districts import DistrictLookup
    from apkgeo.places.gazetteer import Gazetteer
    from apkgeo.places.stored import save_lookup

    libraries, _ = memory()
    frame = country()
    with_frame, _ = memory()
    start = time.process_time()
    gazetteer = Gazetteer(frame)
    built = time.process_time() - start
    after, peak = memory()
    halves = gpd.GeoDataFrame(
        {"code": ["W", "E"], "name": ["West", "East"]},
        geometry=[
            box(-910_000, -1_230_000, -670_000, -930_000),
            box(-670_000, -1_230_000, -430_000, -930_000),
        ],
        crs=5514,
    )
    del frame
    save_lookup(DistrictLookup(gazetteer, halves), kept)
    return {
        "libraries": libraries, "frame": with_frame - libraries, "seconds": built,
        "peak of the building": peak - with_frame, "index": after - with_frame, "peak": peak,
    }  # fmt: skip


def ask(kept: Path) -> dict[str, float]:
    """Read the look-up in this process, ask it, and return what that took."""
    from apkgeo.places.stored import load_lookup

    memory()
    start = time.process_time()
    lookup = load_lookup(kept)
    assert lookup is not None
    read = time.process_time() - start
    groups = lookup.index.groups
    texts = [
        f"{one.name} {lookup.index.orientation[one.start]}, {one.municipality}"
        for one in groups[:: len(groups) // 50]
    ]
    start = time.process_time()
    lookup.find(texts[0])
    first = time.process_time() - start
    start = time.process_time()
    found = [lookup.find(text)[0].score for text in texts]
    each = (time.process_time() - start) / len(texts)
    assert min(found) > 0.95
    wrong = [text[:3] + text[4:] for text in texts]
    lookup.find(wrong[0])
    start = time.process_time()
    for text in wrong[:20]:
        lookup.find(text)
    fuzzy = (time.process_time() - start) / 20
    return {
        "read": read, "first": first, "each": each * 1e6, "misspelt": fuzzy * 1e3,
        "peak": memory()[1],
    }  # fmt: skip


def main() -> None:
    """Run both processes and print what they took."""
    if len(sys.argv) == 3:
        print(json.dumps({"build": build, "ask": ask}[sys.argv[1]](Path(sys.argv[2]))))
        return
    if not Path("/proc/self/clear_refs").exists():
        print("the memory of a process is read from /proc, which only Linux has")
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "country.lookup"
        told = []
        for part in ("build", "ask"):
            command = [sys.executable, __file__, part, str(kept)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told.append(json.loads(done.stdout))
        built, asked = told
        size = kept.stat().st_size / 1e6
    from tests.benchmarks.table import record

    record(
        f"index of {COUNT:,} addresses in {TOWNS:,} towns, built (processor time)",
        built["seconds"],
        aim="2 min, 1 GB",
        remark=f"building takes {built['peak of the building']:.0f} MB; peak of the process "
        f"{built['peak']:.0f} MB with libraries ({built['libraries']:.0f}) and the frame "
        f"({built['frame']:.0f}); {size:.0f} MB in its file",
    )
    record(
        f"one address among {COUNT:,}",
        asked["each"] / 1e6,
        remark=f"misspelt {asked['misspelt']:.0f} ms; read from its file in {asked['read']:.1f} s, "
        f"peak of that process {asked['peak']:.0f} MB",
    )


if __name__ == "__main__":
    main()
