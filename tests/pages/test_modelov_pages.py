"""The demo, from invented files to pages that a council opens without a network."""

from __future__ import annotations

import hashlib
import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from apkgeo.demo import write_modelov
from apkgeo.outputs import digest
from apkgeo.pipeline import read_inputs, run
from apkgeo.study import Study
from tests.pages.browser import Opened

Opener = Callable[..., Opened]
PAGES = (
    "index.html",
    "localities.html",
    "hotspots.html",
    "patrols.html",
    "method.html",
    "lookup.html",
)
MAPS = {"localities.html": ["#map"], "hotspots.html": ["#rates", "#hotset", "#change", "#since"]}
ROOT = Path(__file__).parents[2]


def refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("the network was asked for something")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's folder, made and run with every connection refused."""
    made = tmp_path_factory.mktemp("modelov")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        run(Study.from_toml(write_modelov(made)), progress=False)
    yield made


def test_every_row_is_used_or_rejected_with_a_reason(folder: Path) -> None:
    quality = json.loads((folder / "results" / "data_quality.json").read_text(encoding="utf-8"))
    assert set(quality) == {
        "incidents",
        "localities",
        "districts",
        "city",
        "addresses",
        "patrols",
    }
    for source in quality.values():
        assert source["rows_in"] == source["rows_used"] + sum(source["rejected"].values())
    text = (folder / "udalosti_2014-2017.csv").read_bytes().decode("cp1250")
    in_csv = len(text.strip().splitlines()) - 1
    assert in_csv < quality["incidents"]["rows_in"] < in_csv + 20_000


def test_the_study_finds_what_is_true_within_its_intervals(folder: Path) -> None:
    """Each true ratio of records lies within the interval around its estimate."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    true = {(one["locality"], one["start"]): one["recorded_ratio"] for one in truth["programmes"]}
    findings = json.loads((folder / "results" / "evaluation.json").read_text(encoding="utf-8"))
    primary = [one for one in findings["findings"] if one["primary"]]
    assert len(primary) == len(true) == 4
    for finding in primary:
        estimate = finding["estimates"]["expectation"]
        assert estimate["low"] < true[finding["locality"], finding["start"]] < estimate["high"]


def test_a_second_run_gives_the_same_bytes_and_the_manifest_their_hashes(
    folder: Path, tmp_path: Path
) -> None:
    study = Study.from_toml(folder / "study.toml")
    run(study, progress=False, output=tmp_path)
    made = [p for name in ("maps", "results", "internal") for p in (folder / name).rglob("*.*")]
    first = {p.relative_to(folder): digest(p) for p in made}
    again = {p.relative_to(tmp_path): digest(p) for p in tmp_path.rglob("*.*") if p.is_file()}
    assert first == again
    manifest = json.loads((tmp_path / "results" / "manifest.json").read_text(encoding="utf-8"))
    for name, hashed in manifest["outputs"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == hashed
    tracks = manifest["inputs"].pop("patrols")
    assert len(tracks) == 64
    assert "apk-" not in str(manifest)
    for name, hashed in manifest["inputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == hashed


def test_the_committed_maps_are_those_of_the_demo(folder: Path) -> None:
    for page in PAGES:
        committed = (ROOT / "maps" / page).read_bytes()
        # Not compared in the assertion: telling how two pages differ takes minutes.
        same = committed == (folder / "maps" / page).read_bytes()
        assert same, f"run make maps: {page}"


def test_what_is_known_of_hotspots_is_written_as_files(folder: Path) -> None:
    # The demo's pages are for the council: every count stays in the office.
    assert not (folder / "results" / "hotspots.csv").exists()
    cells = gpd.read_file(folder / "internal" / "hotspots.geojson")
    table = pd.read_csv(folder / "internal" / "hotspots.csv")
    assert table["code"].tolist() == cells["code"].tolist()
    assert {"street", "hot_before", "hot_after", "density_after", "category"} <= set(table.columns)
    hours = pd.read_csv(folder / "internal" / "hotspot_hours.csv")
    # Each incident in a cell is at some hour of some weekday, or in parts at several.
    assert hours["before"].sum() == pytest.approx(table["before"].sum())
    figures = {path.name for path in (folder / "results" / "figures").glob("hotspots_*")}
    kinds = ("rates_1", "rates_2", "change", "hotset", "since", "hours_1", "share")
    assert {f"hotspots_{kind}.{form}" for kind in kinds for form in ("svg", "png")} <= figures


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_for_nothing_and_anyone_can_read_it(
    page: str, folder: Path, open_page: Opener
) -> None:
    opened = open_page(folder / "maps" / page)
    assert opened.page.evaluate("document.documentElement.lang") == "cs"
    assert opened.page.title()
    assert opened.axe() == []
    for selector in MAPS.get(page, []):
        assert opened.painted(selector) > 10
    opened.assert_quiet()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_tells_no_unit_and_is_small(page: str, folder: Path) -> None:
    html = (folder / "maps" / page).read_text(encoding="utf-8")
    assert len(html.encode()) < 1_000_000
    assert not re.search(r"apk-\d|domovnik-\d", html)
    assert "Modelov je vymyšlené město" in html or page != "index.html"


@pytest.mark.browser
def test_the_officer_finds_a_district_by_a_misspelt_address(
    folder: Path, open_page: Opener
) -> None:
    opened = open_page(folder / "maps" / "lookup.html")
    opened.page.keyboard.press("Tab")
    opened.tab_to(lambda element: element["tag"] == "input")
    opened.page.keyboard.type("husvoa 5")
    opened.page.keyboard.press("Enter")
    answer = opened.page.locator("main").inner_text()
    assert "Husova" in answer
    assert "Předměstí – Dvory" in answer
    opened.assert_quiet()


def test_a_crash_leaves_the_pages_of_the_run_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {page: digest(folder / "maps" / page) for page in PAGES}
    monkeypatch.setattr("apkgeo.run_files.write_json", refuse)
    with pytest.raises(AssertionError):
        run(Study.from_toml(folder / "study.toml"), progress=False)
    assert {page: digest(folder / "maps" / page) for page in PAGES} == before
    assert [p.name for p in folder.iterdir() if p.name.startswith(".apkgeo-")] == []


def test_incidents_without_coordinates_are_placed_by_their_address(folder: Path) -> None:
    inputs = read_inputs(Study.from_toml(folder / "study.toml"))
    frame = inputs.incidents
    by_address = frame[frame["precision"] == "address"]
    assert len(by_address) > 1000
    assert by_address.geometry.notna().all()
    assert frame.crs.to_epsg() == 5514
