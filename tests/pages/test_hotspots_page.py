"""The page of hotspots: the same classes on maps, charts and in tables, and nothing hidden told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from apkgeo.evaluation.hotspots import find_hotspots
from apkgeo.pages.drawing import figure_bytes
from apkgeo.pages.hotspot_figures import hotspot_figures
from apkgeo.pages.shown_grid import shown_grid
from apkgeo.pages.site import build_site, count_cells
from apkgeo.places.grid import square_grid
from apkgeo.study import Privacy
from tests.pages import hotspot_town, made
from tests.pages.browser import Opened
from tests.pages.reading import Page

MAPS = ("rates", "hotset", "change", "since")


def page_of(language: str = "en", audience: str = "council") -> Page:
    content = hotspot_town.content(language, audience)
    return Page(build_site(content)["hotspots.html"])


@pytest.fixture(scope="module")
def english() -> Page:
    return page_of()


@pytest.fixture(scope="module")
def public() -> Page:
    return page_of(audience="public")


def told_by(page: Page, name: str) -> dict[str, list[str]]:
    """What the live map tells of each square."""
    return {content["v"][0]: content["v"][1:] for content in page.data[f"{name}-data"]["contents"]}


def test_squares_have_names_that_people_find(english):
    rows = english.table("Every square that is on the maps")
    names = [row["Square"] for row in rows]
    assert all(re.fullmatch(r"[A-Y]\d+ · Alley \d\d", name) for name in names)
    assert len(set(names)) == len(names)
    assert {row["District"] for row in rows} <= {f"L-{number}" for number in range(1, 7)}
    # By hand: the square at 1,300 m east and 2,200 m north is in the 7th column from the west
    # and, of 18 rows, in the 12th from the south, which is the 7th from the north.
    assert "G7 · Alley 12" in names


def test_the_quarter_that_moved_is_seen_to_have_moved(english):
    rows = {row["Square"]: row for row in english.table("Every square that is on the maps")}
    assert rows["G7 · Alley 12"]["Hotspot"] == "hotspot before only"
    assert rows["L7 · Alley 22"]["Hotspot"] == "hotspot after only"
    assert rows["T14 · Alley 30"]["Hotspot"] == "hotspot before and after"
    assert "If nothing had moved, so few would stay in only" in english.text()


def test_map_table_and_frame_agree_on_every_square(english):
    grid = shown_grid(hotspot_town.cells(), made.study("en"))
    rows = {row["Square"]: list(row.values())[1:] for row in english.table("Every square")}
    for name in MAPS:
        told = told_by(english, name)
        assert told
        assert {square: values for square, values in told.items() if square in rows} == {
            square: rows[square] for square in told if square in rows
        }
    assert set(told_by(english, "hotset")) == set(grid.frame["name"][grid.frame["set"] != ""])
    assert set(told_by(english, "since")) == set(grid.frame["name"][grid.frame["pattern"] != ""])


def test_the_tallies_are_those_of_the_squares_found(english):
    found = hotspot_town.cells().found
    change = found.shift.change
    rows = {row["Hotspot"]: int(row["Squares"]) for row in english.table("Hotspots before")}
    assert rows == {
        "hotspot before and after": change.stayed,
        "hotspot before only": change.vanished,
        "hotspot after only": change.appeared,
    }
    kinds = {row["Kind"]: int(row["Squares"]) for row in english.table("Hotspots by time")}
    categories = found.cells["category"].value_counts()
    assert kinds["lasting hotspot"] == categories.get("persistent hot spot", 0) > 0
    assert kinds["sporadic hotspot"] == categories.get("sporadic hot spot", 0)
    shares = {row["Busiest part of the city"]: row for row in english.table("Share of incidents")}
    # Half a percent of this town's incidents is below the limit: shares are to the nearest 5 %.
    assert found.shift.after.incidents * 0.005 < 5
    share = 5 * round(found.shift.after.share_of_worst(0.05) * 20)
    assert shares["5%"]["After"] == f"{share}%"


def test_weekdays_and_hours_have_the_classes_of_their_counts(english):
    found = hotspot_town.cells().found
    counts = found.profiles["after"].to_numpy().reshape(7, 8, 3).sum(axis=2)
    for row, expected in zip(
        english.table("Incidents by weekday and hour after"), counts, strict=True
    ):
        for label, count in zip(list(row.values())[1:], expected, strict=True):
            if label == "fewer":
                assert count < 5
            else:
                low = float(re.match(r"\d+", label)[0])
                high = float(label.split("–")[1]) if "–" in label else np.inf
                assert low <= count < high


@pytest.mark.parametrize("language", ["en", "cs"])
def test_every_section_is_in_one_language(language):
    page = page_of(language)
    if language == "en":
        assert re.findall(r"\w*[ěščřžýáíéúůťďň]\w*", page.text()) == []
    else:
        english = r"\b(the|and|of|with|from|before|after|square|hotspots?|incidents?|hours)\b"
        assert re.findall(english, page.text()) == []
        assert "nelze rozlišit od náhody" in page.text().replace("\N{NO-BREAK SPACE}", " ")
    for place in ("h-rates", "h-hotset", "h-change", "h-since", "h-hours", "h-share"):
        assert place in page.ids


def test_no_count_stands_on_the_page():
    cells = hotspot_town.cells()
    frame = cells.found.cells
    large = {
        name: np.where(frame[name] >= 5, 771_770 + number, frame[name])
        for number, name in enumerate(frame.columns)
        if re.match(r"(around|within)_|before$|after$", name)
    }
    content = replace(
        hotspot_town.content("en"),
        cells=replace(cells, found=replace(cells.found, cells=frame.assign(**large))),
    )
    html = build_site(content)["hotspots.html"]
    assert re.findall(r"7717\d\d", html) == []
    for name in MAPS:
        assert "around" not in json.dumps(Page(html).data[f"{name}-data"])


def test_density_is_hidden_where_too_few_lie_within_reach():
    cells, study = hotspot_town.cells(), made.study("en")
    grid = shown_grid(cells, study)
    found = cells.found.cells
    for name in ("before", "after"):
        few = found[f"within_{name}"].to_numpy() < 5
        assert few.any()
        assert (grid.frame[f"density_{name}"][few] == -1).all()
        hot = grid.frame[f"hot_{name}"].to_numpy()
        assert (found[f"around_{name}"][hot] >= 5).all()
    everything = shown_grid(
        cells, study.model_copy(update={"privacy": Privacy(audience="internal")})
    )
    assert (everything.frame["density_before"] >= 0).sum() > (
        grid.frame["density_before"] >= 0
    ).sum()


def test_public_pages_tell_nothing_of_squares_with_few_addresses(public):
    frame = hotspot_town.cells().found.cells
    east = set(frame["reference"][frame["addresses"] < 8])
    assert east
    for name in MAPS:
        assert not {square.split(" ")[0] for square in told_by(public, name)} & east
    for rows in (public.table("Every square"), public.table("Hotspots after the start")):
        assert not {row["Square"].split(" ")[0] for row in rows} & east
    assert "fewer than eight addresses" in public.text()
    assert "T14 · Alley 30" not in public.html


def test_no_incidents_place_is_in_the_page(public):
    points = shapely.get_coordinates(hotspot_town.incidents().to_crs(4326).geometry.values)
    numbers = set(re.findall(r"\d+\.\d{5,}", public.html))
    told = {f"{value:.{digits}f}" for value in points.ravel()[:200] for digits in (5, 6)}
    assert not numbers & told


def test_a_short_record_has_no_quarters_and_no_section_on_them():
    cells = hotspot_town.cells()
    short = replace(cells, found=replace(cells.found, steps=()))
    page = Page(build_site(replace(hotspot_town.content("en"), cells=short))["hotspots.html"])
    assert "h-since" not in page.ids
    assert "#h-since" not in page.links


def test_a_town_with_hardly_any_incident_still_has_a_page():
    squares, study = square_grid(hotspot_town.CITY, 200), made.study("en")
    few = hotspot_town.incidents().iloc[:30]
    cells = replace(
        count_cells(few, squares, study), found=find_hotspots(few, squares, study, permutations=9)
    )
    page = Page(build_site(made.content("en", cells=cells))["hotspots.html"])
    assert "h-share" not in page.ids  # a hundredth of so few is less than one incident
    assert "no square stands out, so nothing can move" in page.text()
    hours = page.table("Incidents by weekday and hour after")
    assert {value for row in hours for value in list(row.values())[1:]} == {"fewer"}
    assert "hotspots_concentration" not in hotspot_figures(cells, study)


def words(svg: bytes) -> str:
    return " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", svg.decode("utf-8")))


def test_figures_are_drawn_in_both_languages_with_the_same_bytes_each_time():
    content = hotspot_town.content("cs")
    figures = hotspot_figures(content.cells, content.study, context=content.context)
    assert sorted(figures) == [
        "hotspots_change",
        "hotspots_concentration",
        "hotspots_density",
        "hotspots_hours",
        "hotspots_moved",
        "hotspots_shifts",
        "hotspots_since",
    ]
    density = figure_bytes(figures["hotspots_density"], "svg")
    assert "Události za rok na kilometr čtvereční" in words(density).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    english = hotspot_figures(content.cells, content.study, language="en")
    assert "hotspot before only" in words(figure_bytes(english["hotspots_moved"], "svg"))
    again = hotspot_figures(content.cells, content.study, context=content.context)
    for name in ("hotspots_hours", "hotspots_moved"):
        assert figure_bytes(again[name], "svg") == figure_bytes(figures[name], "svg")
    assert figure_bytes(figures["hotspots_concentration"], "png").startswith(b"\x89PNG")
    bare = hotspot_figures(content.cells.found, content.study, context=content.context)
    assert figure_bytes(bare["hotspots_moved"], "svg") == figure_bytes(
        figures["hotspots_moved"], "svg"
    )
    for figure in figures.values():
        figure_bytes(figure, "png")
        drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
        assert min(drawn.x0, drawn.y0, width - drawn.x1, height - drawn.y1) > 0


def test_without_findings_there_is_no_figure():
    assert hotspot_figures(made.cells(), made.study()) == {}


@pytest.mark.browser
def test_a_reader_meets_every_map_painted_and_accessible(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    file = tmp_path / "hotspots.html"
    file.write_text(build_site(hotspot_town.content())["hotspots.html"], encoding="utf-8")
    opened = open_page(file)
    for name in MAPS:
        opened.page.locator(f"#{name}").scroll_into_view_if_needed()
        assert opened.painted(f"#{name}") >= 4
    assert opened.axe() == []
    opened.page.reload()
    opened.tab_to(lambda seen: seen["inMap"] and seen["label"].startswith("Čtverec: "))
    for width in (360, 1024, 1920):
        opened.page.set_viewport_size({"width": width, "height": 740})
        opened.page.wait_for_timeout(100)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.assert_quiet()
    assert len(file.read_bytes()) < 1_000_000
