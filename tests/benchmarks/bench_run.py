"""A whole study on a million incidents: ``apkgeo run`` beside a script of pandas and folium.

    python -m tests.benchmarks.bench_run [--incidents 1000000] [--keep DIR]

The town is Modelov; its incidents are multiplied with other days and places, and a tenth of them
has an address and no coordinates. The rival reads the same file, looks addresses up by equality,
joins with ``geopandas.sjoin``, counts, and saves a choropleth and a clustered map with folium: it
has no expectation, no interval, and its pages need a network.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from apkgeo.demo import write_modelov
from tests.benchmarks.table import record

SMALL = "udalosti_2014-2017.csv"
LARGE = "udalosti.csv"


def multiply(folder: Path, incidents: int) -> None:
    """Write the many incidents beside the town's own, and name them in the study."""
    rng = np.random.default_rng(9)
    table = pd.read_csv(
        folder / SMALL, sep=";", encoding="cp1250", dtype=str, keep_default_na=False
    )
    east = table["Souřadnice Y"].str.replace(",", ".")
    north = table["Souřadnice X"].str.replace(",", ".")
    right = pd.to_numeric(east, errors="coerce").between(780_000, 800_000)
    right &= pd.to_numeric(north, errors="coerce").between(1_070_000, 1_090_000)
    right &= table["Číslo"].ne("")
    rows = rng.choice(np.flatnonzero(right), incidents)
    many = table.iloc[rows].reset_index(drop=True)
    day = pd.Timestamp("2014-01-01") + pd.to_timedelta(rng.integers(0, 1826, incidents), unit="D")
    many["Číslo jednací"] = [f"X-{number:07d}" for number in range(incidents)]
    many["Datum"] = day.strftime("%d.%m.%Y")
    many["Čas"] = [
        f"{minute // 60}:{minute % 60:02d}" for minute in rng.integers(0, 1440, incidents)
    ]
    addressed = rng.random(incidents) < 0.1
    for column, values in (("Souřadnice Y", east), ("Souřadnice X", north)):
        moved = values.iloc[rows].astype(float).to_numpy() + rng.normal(0, 40, incidents)
        written = pd.Series(moved).map("{:.2f}".format)
        many[column] = written.mask(addressed, "").to_numpy()
    many.to_csv(folder / LARGE, sep=";", index=False, encoding="cp1250")
    study = folder / "study.toml"
    text = study.read_text(encoding="utf-8")
    named = f'path = ["{SMALL}", "udalosti_2018.xlsx"]'
    assert named in text
    study.write_text(text.replace(named, f'path = "{LARGE}"'), encoding="utf-8")


RIVAL = """
import sys
from pathlib import Path
import folium, geopandas as gpd, pandas as pd
from folium.plugins import FastMarkerCluster

folder = Path(sys.argv[1])
table = pd.read_csv(folder / "udalosti.csv", sep=";", encoding="cp1250", dtype=str)
table["when"] = pd.to_datetime(table["Datum"] + " " + table["Čas"], format="%d.%m.%Y %H:%M")
register = pd.read_csv(folder / "adresy.csv", sep=";", encoding="cp1250", dtype=str)
house, number = register["Číslo domovní"], register["Číslo orientační"]
register["written"] = register["Název ulice"] + " " + house + "/" + number.fillna("")
register = register.drop_duplicates("written").set_index("written")
written = table["Ulice"] + " " + table["Číslo"]
x = -table["Souřadnice Y"].astype(float)
y = -table["Souřadnice X"].astype(float)
x = x.fillna(-written.map(register["Souřadnice Y"]).astype(float))
y = y.fillna(-written.map(register["Souřadnice X"]).astype(float))
points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=5514)
for name in ("lokality", "okrsky"):
    areas = gpd.read_file(folder / "hranice" / f"{name}.geojson").to_crs(5514)
    held = gpd.sjoin(points, areas[["code", "geometry"]], how="left")
    counts = held.groupby(["code", held["when"].dt.to_period("M"), "Kvalifikace"]).size()
    counts.to_csv(folder / f"counts_{name}.csv")
total = held.groupby("code").size().rename("count").reset_index()
drawn = areas[["code", "geometry"]].to_crs(4326)
middle = drawn.union_all().centroid
page = folium.Map([middle.y, middle.x], zoom_start=13)
key = "feature.properties.code"
folium.Choropleth(drawn, data=total, columns=["code", "count"], key_on=key).add_to(page)
few = points[points.geometry.notna()].sample(10_000, random_state=1).to_crs(4326)
FastMarkerCluster(list(zip(few.geometry.y, few.geometry.x))).add_to(page)
page.save(folder / "rival.html")
"""


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds, seconds of a processor, and its peak of memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def timed(command: list[str], folder: Path) -> Cost:
    """Run a command to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:4])} … failed with {process.returncode}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Record the contest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the town in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        write_modelov(folder)
        multiply(folder, options.incidents)
        run = [sys.executable, "-m", "apkgeo", "run", str(folder / "study.toml"), "--quiet"]
        here = Path(__file__).parents[2]
        ours = [timed(run, here) for _round in range(3)]
        theirs = timed([sys.executable, "-c", RIVAL, str(folder)], here)
    peak = max(cost.megabytes for cost in ours)
    processor = sorted(cost.processor for cost in ours)[1]
    record(
        f"a whole study on {options.incidents:,} incidents, a tenth of them to geocode",
        [cost.seconds for cost in ours],
        rival="a script of pandas, sjoin and folium, without any test",
        theirs=theirs.seconds,
        aim="20 s, 2 GB",
        remark=f"{processor:.1f} s of a processor, {peak:.0f} MB; "
        f"the rival {theirs.processor:.1f} s, {theirs.megabytes:.0f} MB",
    )


if __name__ == "__main__":
    main()
