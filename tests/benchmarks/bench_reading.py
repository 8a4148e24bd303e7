"""Reading a million incidents, and a year of police rows by the month, each in a new process.

    python -m tests.benchmarks.bench_reading [--incidents 1000000] [--repeat 3]

Cold: starting Python and importing are part of the time. The rival is what an analyst writes with
pandas and geopandas: the named columns read with the right options, times parsed in the known form,
points made. It judges nothing, rejects nothing and tells nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from tests.benchmarks.table import record

AIMS = {"CSV": "< 10 s", "Parquet": "< 2 s", "GeoParquet": "< 2 s"}
OURS = "import apkgeo; apkgeo.read_{reader}({path!r})"
CSV = """
import pandas as pd, geopandas as gpd
t = pd.read_csv({path!r}, sep=";", encoding="cp1250", dtype=str)
when = pd.to_datetime(t["Datum"], format="%d.%m.%Y %H:%M")
t["occurred"] = when.dt.tz_localize("Europe/Prague", ambiguous="NaT", nonexistent="NaT")
x, y = t["X"].astype(float), t["Y"].astype(float)
gpd.GeoDataFrame(t, geometry=gpd.points_from_xy(x, y), crs=5514)
"""
PARQUET = """
import pandas as pd, geopandas as gpd
t = pd.read_parquet({path!r})
t["occurred"] = t["Datum"].dt.tz_localize("Europe/Prague", ambiguous="NaT", nonexistent="NaT")
gpd.GeoDataFrame(t, geometry=gpd.points_from_xy(t["X"], t["Y"]), crs=5514)
"""
GEOPARQUET = "import geopandas as gpd; gpd.read_parquet({path!r})"
POLICE = """
import glob, pandas as pd, geopandas as gpd, zipfile
t = pd.concat(pd.read_csv(zipfile.ZipFile(f).open(f[-10:-4] + ".csv")) for f in glob.glob({path!r}))
one = t.groupby("id").agg(dict(x="first", y="first", date="first", state="first", types=tuple))
one["occurred"] = pd.to_datetime(one["date"], utc=True).dt.tz_convert("Europe/Prague")
gpd.GeoDataFrame(one, geometry=gpd.points_from_xy(one["x"], one["y"]), crs=4326)
"""


def incidents(count: int) -> pd.DataFrame:
    """Invent a municipal police's export."""
    rng = np.random.default_rng(1)
    day = pd.Timestamp("2013-01-01") + pd.to_timedelta(rng.integers(0, 2_628_000, count), unit="m")
    kinds = ["§ 47 zákona č. 200/1990 Sb.", "§ 5 odst. 1", "rušení klidu", "rvačka", "§ 125c"]
    return pd.DataFrame(
        {
            "Číslo jednací": [f"MP-{number:07d}" for number in range(count)],
            "Datum": day,
            "Druh": rng.choice(kinds, count),
            "X": (-822_380 + rng.normal(0, 2_000, count)).round(2),
            "Y": (-1_069_630 + rng.normal(0, 2_000, count)).round(2),
        }
    )


def write_incidents(folder: Path, count: int) -> dict[str, tuple[str, str]]:
    """Write the export in three formats; return format -> (path, rival)."""
    table = incidents(count)
    table.to_parquet(folder / "i.parquet")
    points = gpd.points_from_xy(table["X"], table["Y"])
    gpd.GeoDataFrame(table.drop(columns=["X", "Y"]), geometry=points, crs=5514).to_parquet(
        folder / "g.parquet"
    )
    written = table.assign(Datum=table["Datum"].dt.strftime("%d.%m.%Y %H:%M"))
    written.to_csv(folder / "i.csv", sep=";", index=False, encoding="cp1250")
    return {
        "CSV": (str(folder / "i.csv"), CSV),
        "Parquet": (str(folder / "i.parquet"), PARQUET),
        "GeoParquet": (str(folder / "g.parquet"), GEOPARQUET),
    }


def write_police(folder: Path, count: int, months: int = 60) -> str:
    """Write the state police's months, three rows an incident; return their pattern."""
    rng = np.random.default_rng(2)
    for month in range(months):
        size = count // 3 // months
        number = 2_000_000 + month * size + np.arange(size)
        name = f"{2014 + month // 12}{1 + month % 12:02d}"
        rows = pd.DataFrame(
            {
                "id": number,
                "x": (13.37 + rng.normal(0, 0.03, size)).round(6),
                "y": (49.74 + rng.normal(0, 0.02, size)).round(6),
                "mp": False,
                "date": f"{name[:4]}-{name[4:]}-11T00:35:00.0000+02:00",
                "state": rng.integers(1, 5, size),
                "relevance": 4,
            }
        )
        rows = rows.loc[rows.index.repeat(3)].assign(types=np.tile([75, 97, 115], size))
        with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.csv", rows.to_csv(index=False))
            archive.writestr("types.csv", "id,name,parent_id\n")
    return str(folder / "??????.zip")


def seconds(script: str, repeat: int) -> list[float]:
    """Return how long a script takes in a new process, each time."""
    took = []
    for _ in range(repeat):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        took.append(time.perf_counter() - start)
    return took


def main() -> None:
    """Record every contest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    count, repeat = options.incidents, options.repeat
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        works = {
            f"{count:,} incidents from {form}, cold": ("incidents", path, rival, AIMS[form])
            for form, (path, rival) in write_incidents(folder, count).items()
        }
        pattern = write_police(folder, count)
        works[f"{count:,} police rows from 60 ZIPs, cold"] = ("police_cr", pattern, POLICE, "")
        for work, (reader, path, rival, aim) in works.items():
            record(
                work,
                seconds(OURS.format(reader=reader, path=path), repeat),
                rival="pandas and geopandas",
                theirs=seconds(rival.format(path=path), repeat),
                aim=aim if count == 1_000_000 else "",
            )


if __name__ == "__main__":
    main()
