"""What every exported page is held to, point by point, in a real browser.

Three studies (the demo, real robberies in English, a hundred thousand made-up incidents) for three
audiences. The demo as the council gets it is always looked at; the others are marked slow.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from apkgeo.language import _translations
from apkgeo.pages.site import build_site
from tests.pages.browser import Opened, open_in
from tests.pages.reading import Page
from tests.pages.studies import AUDIENCES, STUDIES, Built, Studies
from tests.pages.test_site_palettes import lab

pytestmark = pytest.mark.browser

FILES = (
    "index.html", "localities.html", "hotspots.html", "patrols.html", "method.html", "lookup.html",
)  # fmt: skip
SITES = [
    pytest.param(
        (name, audience),
        id=f"{name}-{audience}",
        marks=() if (name, audience) == ("modelov", "council") else pytest.mark.slow,
    )
    for name in STUDIES
    for audience in AUDIENCES
]
sites = pytest.mark.parametrize("site", SITES)
files = pytest.mark.parametrize("file", FILES)


@pytest.fixture
def built(site: tuple[str, str], studies: Studies) -> Built:
    made = studies.built(*site)
    if made is None:
        pytest.skip(f"the files of {site[0]} are not beside the project (../shared/data)")
    return made


@pytest.fixture
def path(built: Built, file: str) -> Path:
    if file not in built.pages:
        pytest.skip(f"this study has no {file}")
    return built.folder / file


@pytest.fixture(scope="session")
def kept(chromium: Browser) -> Iterator[dict[Path, Opened]]:
    """Pages that stay open for all tests that only look at them."""
    open_ones: dict[Path, Opened] = {}
    yield open_ones
    for one in open_ones.values():
        one.page.context.close()


@pytest.fixture
def seen(path: Path, kept: dict[Path, Opened], chromium: Browser) -> Opened:
    """The page, open at a desk."""
    if path not in kept:
        kept[path] = open_in(chromium, path)
        kept[path].page.wait_for_timeout(400)
    return kept[path]


def maps_of(opened: Opened) -> list[str]:
    """Return the ids of the maps on a page."""
    found: list[str] = opened.page.evaluate(
        "Array.from(document.querySelectorAll('[data-apk-map]'), (map) => map.id)"
    )
    return found


@sites
@files
def test_1_nothing_is_asked_for_whatever_is_touched(
    path: Path, open_page: Callable[..., Opened]
) -> None:
    opened = open_page(path)
    opened.page.wait_for_timeout(300)
    for name in maps_of(opened):
        box = opened.page.locator(f"#{name}")
        box.scroll_into_view_if_needed()
        place = box.bounding_box()
        assert place is not None
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        opened.page.mouse.move(x, y)
        opened.page.mouse.down()
        opened.page.mouse.move(x - 80, y - 40, steps=3)
        opened.page.mouse.up()
        for button in box.locator(".leaflet-control-zoom a").all():
            button.dispatch_event("click")
        for layer in box.locator(".apk-layers input").all():
            layer.dispatch_event("click")
    for part in opened.page.locator("summary").all():
        part.dispatch_event("click")
    opened.page.wait_for_timeout(100)
    assert opened.requests == []
    assert opened.errors == []


@sites
@files
def test_2_a_page_is_small(path: Path) -> None:
    assert path.stat().st_size <= 2_000_000


@sites
@files
def test_3_maps_are_painted_inside_their_box(seen: Opened, file: str) -> None:
    names = maps_of(seen)
    assert bool(names) == (file in {"localities.html", "hotspots.html"})
    for name in names:
        seen.page.locator(f"#{name}").scroll_into_view_if_needed()
        seen.page.wait_for_timeout(150)
        assert seen.painted(f"#{name}") >= 1


@sites
@files
def test_4_and_11_there_is_no_error_and_the_policy_refused_nothing(seen: Opened) -> None:
    seen.assert_quiet()
    policy = seen.page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content") or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


@sites
@files
def test_5_maps_are_painted_where_webgl_is_forbidden_and_none_asks_for_it(
    seen: Opened, file: str
) -> None:
    """The browser of all these tests refuses it; every kind of drawing asked for is noted."""
    maps = maps_of(seen)
    for name in maps:
        seen.page.locator(f"#{name}").scroll_into_view_if_needed()
        seen.page.wait_for_timeout(150)
        assert seen.painted(f"#{name}") >= 1
    assert bool(maps) == (file in {"localities.html", "hotspots.html"})
    asked = seen.page.evaluate("window.drawingAsked.slice()")
    assert not [kind for kind in asked if "gl" in kind or "gpu" in kind]
    for kind in ("webgl", "webgl2", "experimental-webgl"):
        made = seen.page.evaluate(f"document.createElement('canvas').getContext('{kind}')")
        assert made is None
    assert "webgl2" in seen.page.evaluate("window.drawingAsked")


@sites
@files
def test_6_nothing_is_against_wcag(seen: Opened) -> None:
    assert seen.axe() == []


@sites
@pytest.mark.parametrize("file", ["localities.html", "hotspots.html"])
def test_7_the_keyboard_reaches_an_area_opens_it_closes_it_and_leaves(
    path: Path, open_page: Callable[..., Opened]
) -> None:
    opened = open_page(path)
    opened.page.wait_for_timeout(400)
    areas = "#{} [role=button][aria-label]:not(.leaflet-control *)"
    if not any(opened.page.locator(areas.format(name)).count() for name in maps_of(opened)):
        pytest.skip("no area of this map opens anything")

    def at_area(at: dict[str, Any]) -> bool:
        return bool(at["inMap"] and at["role"] == "button" and at["tag"] != "a" and at["label"])

    opened.tab_to(at_area, within=15)
    label = opened.focused()["label"]
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_timeout(150)
    assert not at_area(opened.focused())
    assert opened.focused()["text"]
    opened.page.keyboard.press("Escape")
    opened.page.wait_for_timeout(150)
    assert opened.focused()["label"] == label
    opened.tab_to(lambda at: not at["inMap"], within=15)
    assert opened.errors == []


@sites
@files
def test_8_every_word_is_in_the_language_of_the_page(
    seen: Opened, built: Built, path: Path
) -> None:
    language = built.content.study.language
    assert seen.page.get_attribute("html", "lang") == language
    catalog = getattr(_translations("cs"), "_catalog", {})
    pairs = [(str(one), str(other)) for one, other in catalog.items() if isinstance(one, str)]
    foreign = {one if language == "cs" else other for one, other in pairs if one != other}
    own = {other if language == "cs" else one for one, other in pairs}
    said = set(Page(path.read_text(encoding="utf-8")).words) | set(
        seen.page.evaluate(
            """() => Array.from(document.querySelectorAll('[aria-label],[title],[alt]'))
          .flatMap((e) => ['aria-label', 'title', 'alt'].map((n) => e.getAttribute(n)))
          .filter(Boolean)"""
        )
    )
    plain = {re.sub(r"\s+", " ", words).strip() for words in said}
    assert {words for words in plain & (foreign - own) if len(words) > 3} == set()


@sites
@files
def test_9_without_scripts_the_pictures_and_tables_are_there(
    path: Path, file: str, open_page: Callable[..., Opened]
) -> None:
    page = open_page(path, javascript=False).page
    assert page.locator("h1").is_visible()
    if file in {"localities.html", "hotspots.html"}:
        assert any(picture.is_visible() for picture in page.locator("main svg[role=img]").all())
        assert page.locator("table").count() >= 1
    assert page.locator("[data-apk-map]:visible").count() == 0


@sites
@files
@pytest.mark.skipif(not shutil.which("pdfimages"), reason="poppler-utils is not installed")
def test_10_paper_gets_text_and_no_bitmaps_and_internal_sheets_say_what_they_are(
    seen: Opened, built: Built, site: tuple[str, str], tmp_path: Path
) -> None:
    warnings = {"cs": "Jen pro vnitřní potřebu", "en": "For internal use only"}
    warning = warnings[built.content.study.language]
    for size in ("A4", "A3"):
        printed = tmp_path / f"{size}.pdf"
        seen.page.pdf(path=printed, format=size)
        images = subprocess.run(["pdfimages", "-list", printed], capture_output=True, text=True)
        assert len(images.stdout.splitlines()) == 2  # the two lines of the heading
        text = subprocess.run(["pdftotext", printed, "-"], capture_output=True, text=True).stdout
        sheets = text.split("\f")[:-1]
        assert sum(len(sheet.split()) for sheet in sheets) > 30
        told = [warning in sheet.replace("\N{NO-BREAK SPACE}", " ") for sheet in sheets]
        assert all(told) if site[1] == "internal" else not any(told)


@sites
def test_14_two_builds_are_equal_to_the_byte(built: Built) -> None:
    assert build_site(built.content) == built.pages


@sites
@files
def test_15_a_phone_can_use_the_page(path: Path, open_page: Callable[..., Opened]) -> None:
    page = open_page(path, width=360, height=740, touch=True).page
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "user-scalable" not in (page.get_attribute("meta[name=viewport]", "content") or "")
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll(
            'nav a, button, input, select, summary, .leaflet-control-zoom a'))
          .filter((e) => e.checkVisibility() && !e.closest('.apk-hidden'))
          .map((e) => [e.outerHTML.slice(0, 80), e.closest('label') ? e.closest('label') : e])
          .map(([html, e]) => [html, e.getBoundingClientRect()])
          .filter(([, r]) => r.width > 0 && Math.min(r.width, r.height) < 24)
          .map(([html]) => html)"""
    )
    assert small == []


@sites
@files
def test_16_colours_of_a_legend_are_apart_in_grey_or_have_a_second_cue(seen: Opened) -> None:
    legends = seen.page.evaluate(
        """() => Array.from(document.querySelectorAll('.apk-legend ul, .legend ul'), (list) =>
          Array.from(list.querySelectorAll('li'), (row) => {
            const rect = row.querySelector('rect');
            return { fill: rect ? rect.getAttribute('fill') : null,
                     cue: row.querySelectorAll('path, line, text, pattern, circle').length }; }))"""
    )
    for rows in legends:
        plain = [row["fill"] for row in rows if re.fullmatch("#[0-9a-f]{6}", row["fill"] or "")]
        cues = sum(row["cue"] for row in rows)
        for eye in ("protanopia", "deuteranopia", "tritanopia"):
            for one, other in pairwise(plain):
                apart = np.linalg.norm(lab(one, eye) - lab(other, eye))
                assert apart >= 6 or cues


@sites
@files
@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
def test_17_a_room_can_read_the_page_on_a_projector(seen: Opened, size: tuple[int, int]) -> None:
    page = seen.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(150)
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        body = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert body >= 16
        smallest = page.evaluate(
            """() => Math.min(...Array.from(document.querySelectorAll('main td, main th, main li'))
              .filter((e) => e.checkVisibility())
              .map((e) => parseFloat(getComputedStyle(e).fontSize)), 99)"""
        )
        assert smallest >= 11
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


@sites
@pytest.mark.parametrize("file", ["hotspots.html"])
def test_18_each_end_of_the_slider_is_the_map_of_one_period(seen: Opened) -> None:
    page = seen.page
    slider = page.locator("#rates-slider")
    slider.focus()
    count = """(side) => {
      const pane = document.querySelector(`#rates .leaflet-apk-side-${side}-pane`);
      return [pane.style.visibility !== 'hidden',
              pane.querySelectorAll('path.leaflet-interactive').length]; }"""
    told = page.evaluate("JSON.parse(document.getElementById('rates-data').textContent)")
    for key, side in (("Home", 1), ("End", 0)):
        slider.press(key)
        page.wait_for_timeout(100)
        (seen_here, shapes), (other, _) = page.evaluate(count, side), page.evaluate(count, 1 - side)
        assert seen_here
        assert not other
        assert shapes == len(told["layers"][told["compare"][side]]["items"])
    slider.press("Home")
    names = {"cs": ("Po", "Před"), "en": ("After", "Before")}[page.get_attribute("html", "lang")]
    assert slider.get_attribute("aria-valuetext") == names[0]
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == names[1]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("HUSOVA 5", "Husova"),
        ("husova 5", "Husova"),
        ("husvoa 5", "Husova"),
        ("Husova", "Husova"),
        ("zzzzqqq 1", ""),
    ],
)
@pytest.mark.parametrize("site", [("modelov", "council")])
@pytest.mark.parametrize("file", ["lookup.html"])
def test_19_the_look_up_answers_and_says_so(
    path: Path, written: str, answer: str, open_page: Callable[..., Opened]
) -> None:
    opened = open_page(path)
    page = opened.page
    field = page.locator("main input").first
    field.fill(written)
    field.press("Enter")
    page.wait_for_timeout(200)
    spoken = page.locator("[aria-live], [role=status]").all_text_contents()
    assert any(text.strip() for text in spoken)
    assert answer in page.locator("main").inner_text()
    opened.assert_quiet()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@sites
@pytest.mark.parametrize("file", ["hotspots.html"])
def test_20_tables_picture_and_live_map_show_the_same_squares(seen: Opened, path: Path) -> None:
    """As many of each class in both tables, the still picture, the map's data and its paint."""
    page = Page(path.read_text(encoding="utf-8"))
    wide = [table for table in page.tables.values() if len(table[0]) > 5]
    every = [table for table in wide if table[0][0] in {"Čtverec", "Square"}]
    if not every:
        pytest.skip("this study has no densities of squares")
    ((_heads, *rows),) = every
    told = page.data["rates-data"]
    cards = [tuple(map(plain, one["v"])) for one in told["contents"] if "v" in one]
    assert cards
    assert set(cards) <= {tuple(row) for row in rows}
    legends = seen.page.evaluate(
        """() => Array.from(document.querySelectorAll('.legend ul'), (list) =>
          Object.fromEntries(Array.from(list.querySelectorAll('li:has(rect)'),
            (row) => [row.textContent, row.querySelector('rect').getAttribute('fill')])))"""
    )
    for side, layer in enumerate(told["compare"]):
        listed = Counter(row[4].split(" → ")[side] for row in rows)
        del listed["–"]
        colours = next(
            {plain(words): fill for words, fill in legend.items()}
            for legend in legends
            if set(listed) <= set(map(plain, legend))
        )
        (summed,) = [
            {
                row[0]: int(plain(row[1 + side]).replace(" ", "").replace(",", ""))
                for row in table[1:]
            }
            for table in page.tables.values()
            if set(listed) <= {row[0] for row in table[1:]} and len(table[0]) == 3
        ]
        assert {words: n for words, n in summed.items() if n and words in listed} == listed
        squares = Counter({colours[words]: n for words, n in listed.items()})
        items = told["layers"][layer]["items"]
        assert Counter(told["styles"][one["s"]]["fillColor"] for one in items) == squares
        painted, still = seen.page.evaluate(
            """(side) => [
              Array.from(document.querySelectorAll(
                `#rates .leaflet-apk-side-${side}-pane path.leaflet-interactive`),
                (path) => path.getAttribute('fill')),
              Array.from(document.querySelectorAll('svg.map-figure')[side].querySelectorAll('path'),
                (path) => [path.getAttribute('fill'), path.getAttribute('d').split('M').length - 1])
            ]""",
            side,
        )
        assert Counter(painted) == squares
        assert {fill: n for fill, n in still if fill in squares} == squares


@sites
@pytest.mark.parametrize("file", ["localities.html"])
def test_20_table_charts_and_live_map_show_the_same_of_each_locality(
    seen: Opened, built: Built, path: Path
) -> None:
    """The overview's rates, rounded, stand in the charts; the maps' words in card and text."""
    language = built.content.study.language
    overview = next(iter(Page(built.pages["index.html"]).tables.values()))[1:]
    told = Page(path.read_text(encoding="utf-8")).data["map-data"]
    groups = [item for layer in told["layers"] for item in layer.get("items", [])]
    shapes = [one for one in leaves(groups) if "c" in one]
    assert {one["l"].split(":")[0] for one in shapes} == {row[0] for row in overview}
    for one in shapes:
        for selector in (f"#{one['c']}", f"#{one['c'].removesuffix('-card')}"):
            assert plain(one["l"]) in plain(seen.page.locator(selector).text_content() or "")
    charts: list[list[str]] = seen.page.evaluate(
        """() => Array.from(document.querySelectorAll('article.place'), (place) =>
          Array.from(place.querySelectorAll('svg.figure'), (chart) => [
            place.querySelector('h3').textContent,
            ...Array.from(chart.querySelectorAll('text[text-anchor=end]'), (t) => t.textContent)]))
          .flat()"""
    )

    def value(text: str) -> float:
        return float(plain(text).replace(" ", "").replace(",", "." if language == "cs" else ""))

    rows = [
        (row[0], [value(cell) for cell in row[1:4]])
        for row in overview
        if all(re.match(r"\d", cell) for cell in row[1:4])
    ]
    assert len(charts) == len(rows)
    for name, *numbers in charts:
        same = [rates for place, rates in rows if place == plain(name)]
        # Of one decimal rounded to whole numbers.
        assert any(np.allclose(list(map(value, numbers)), rates, atol=0.551) for rates in same)


def leaves(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in items:
        yield from leaves(one["items"]) if "items" in one else [one]
