"""Hostile text in every column of every source of a study runs nothing on any page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from apkgeo.demo import write_modelov
from apkgeo.pages.site import build_site
from apkgeo.pipeline import evaluate_inputs, read_inputs, site_content
from apkgeo.study import Study
from tests.pages.browser import Opened
from tests.pages.studies import for_audience

HOSTILE = (
    "<img src=x onerror=\"window.hacked='img'\"></script><script>window.hacked='script'</script>"
    "${window.hacked='template'}`+(window.hacked='tick')+`{{ 7*7 }}{% raw %}C:\\data\\2019 "
    "\"' onfocus=\"window.hacked='focus'\" autofocus x=\"'"
)
ROWS = 12


def spoil_table(path: Path) -> int:
    """Put hostile text into each column of a CSV, in a few rows of its own; return the columns."""
    text = path.read_bytes().decode("cp1250")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    width = len(rows[0])
    for column in range(width):
        for row in rows[1 + ROWS * column : 1 + ROWS * (column + 1)]:
            if column < len(row):
                row[column] = HOSTILE
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows(rows)
    path.write_bytes(written.getvalue().encode("cp1250"))
    return width


def spoil_boundaries(path: Path) -> int:
    """Put hostile text behind every text of every feature; return how many there were."""
    told = json.loads(path.read_text(encoding="utf-8"))
    spoilt = 0
    for feature in told["features"]:
        for name, value in feature["properties"].items():
            dated = name.startswith("valid")
            if isinstance(value, str) and not dated and name not in {"code", "kod"}:
                feature["properties"][name] = value + HOSTILE
                spoilt += 1
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return spoilt


def spoil_tracks(path: Path) -> None:
    """Name the track after the attack."""
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("<trkseg>", f"<name>{escape(HOSTILE)}</name><trkseg>", 1), encoding="utf-8"
    )


@pytest.mark.slow
@pytest.mark.browser
def test_hostile_text_in_every_column_of_every_source_runs_nothing(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    file = write_modelov(tmp_path)
    tables = [*tmp_path.glob("udalosti*.csv"), tmp_path / "adresy.csv"]
    assert min(spoil_table(path) for path in tables) > 5
    assert sum(spoil_boundaries(path) for path in (tmp_path / "hranice").glob("*.geojson")) > 30
    for path in sorted((tmp_path / "hlidky").glob("*.gpx"))[:3]:
        spoil_tracks(path)
    study = Study.from_toml(file).model_copy(update={"name": HOSTILE})
    inputs = read_inputs(study)
    content = site_content(inputs, evaluate_inputs(inputs))
    for audience in ("public", "internal"):
        pages = build_site(for_audience(content, audience))
        assert any("onerror" in html for html in pages.values())
        for name, html in pages.items():
            written = tmp_path / f"{audience}-{name}"
            written.write_text(html, encoding="utf-8")
            opened = open_page(written)
            page = opened.page
            page.wait_for_timeout(300)
            if name in {"localities.html", "hotspots.html"}:
                first = page.locator("[data-apk-map]").first
                first.scroll_into_view_if_needed()
                assert opened.painted("#" + str(first.get_attribute("id"))) >= 1
            for thing in page.locator("[data-apk-map] [role=button], summary").all()[:30]:
                thing.dispatch_event("mouseover")
                thing.dispatch_event("click")
            for box in page.locator("main input[type=search], main input[type=text]").all():
                box.fill("Husova")
                box.press("Enter")
            page.wait_for_timeout(100)
            assert page.evaluate("window.hacked") is None
            assert "49" not in page.locator("h1").first.inner_text()
            opened.assert_quiet()
