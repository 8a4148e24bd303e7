"""An English study on real robberies, from GeoJSON files to pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from apkgeo.frames import Reading
from apkgeo.pipeline import run
from apkgeo.places.locate import locate
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.incidents import read_incidents
from apkgeo.study import Deployment, Study

# apkgeo-independent counts: geopandas.sjoin, Appling Farms repaired.
IN_PRECINCTS = {
    "Mt. Moriah": 368,
    "Crump": 317,
    "Tillman": 301,
    "Raines": 273,
    "Ridgeway": 220,
    "Austin Peay": 219,
    "Airways": 204,
    "North Main": 189,
    "Appling Farms": 153,
}


@pytest.fixture(scope="module")
def robberies(shared: Path) -> Reading:
    return read_incidents(
        shared / "memphis" / "memphis_robberies.geojson", time_zone="America/Chicago"
    )


def test_all_robberies_are_located_in_the_nine_precincts(shared: Path, robberies: Reading) -> None:
    precincts = read_boundaries(shared / "memphis" / "memphis_precincts.geojson").frame
    assert (len(robberies.frame), len(robberies.rejected)) == (2245, 0)
    found = locate(robberies.frame, precincts.to_crs(robberies.frame.crs))
    names = found.map(precincts.set_index("code")["name"])
    assert names.value_counts().to_dict() == IN_PRECINCTS
    assert int(names.isna().sum()) == 1


@pytest.fixture(scope="module")
def memphis(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("memphis")
    study = Study(
        name="Memphis robberies",
        language="en",
        time_zone="America/Chicago",
        sources={
            "incidents": shared / "memphis" / "memphis_robberies.geojson",
            "localities": shared / "memphis" / "memphis_precincts.geojson",
        },
        outcomes={"robbery": "*"},
        deployments=[Deployment(locality="Crump", start=date(2019, 7, 1), programme="patrols")],
        months_before=6,
        months_after=6,
    )
    return run(study, progress=False, output=folder).parent.parent


def test_the_study_runs_to_pages_in_english(memphis: Path) -> None:
    pages = {path.name: path.read_text(encoding="utf-8") for path in memphis.glob("maps/*.html")}
    assert {"index.html", "localities.html", "hotspots.html"} <= set(pages)
    for name, html in pages.items():
        assert '<html lang="en">' in html, name
        assert "Crump" in html or name == "hotspots.html"


def test_both_halves_of_the_year_are_counted(memphis: Path, robberies: Reading) -> None:
    import json

    result = json.loads((memphis / "results" / "evaluation.json").read_text(encoding="utf-8"))
    finding = result["findings"][0]
    counted = finding["before"]["count"] + finding["after"]["count"]
    assert counted == IN_PRECINCTS["Crump"]
