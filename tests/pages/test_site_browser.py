"""The built pages as a reader meets them: in a browser, from a file, without a network."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest

from apkgeo.pages.site import build_site
from tests.pages import made
from tests.pages.browser import Opened

pytestmark = pytest.mark.browser

Opener = Callable[..., Opened]
FILES = ("index.html", "localities.html", "hotspots.html", "patrols.html", "method.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_in = tmp_path_factory.mktemp("site")
    for language in ("cs", "en"):
        for audience in ("public", "council", "internal"):
            here = made_in / language / audience
            here.mkdir(parents=True)
            for file, html in build_site(made.content(language, audience)).items():
                (here / file).write_text(html, encoding="utf-8")
    return made_in


@pytest.mark.parametrize("file", FILES)
def test_a_page_is_quiet_and_accessible(file: str, folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / "cs" / "council" / file)
    opened.page.wait_for_timeout(200)
    assert opened.axe() == []
    opened.assert_quiet()


@pytest.mark.parametrize(
    ("path", "maps"),
    [("cs/council/localities.html", ["#map"]), ("cs/public/localities.html", ["#map"]),
     ("en/internal/hotspots.html", ["#rates", "#change"])],
)  # fmt: skip
def test_maps_are_painted(path: str, maps: list[str], folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / path)
    opened.page.wait_for_timeout(200)
    for selector in maps:
        opened.page.locator(selector).scroll_into_view_if_needed()
        assert opened.painted(selector) >= 4
    assert opened.axe() == []
    opened.assert_quiet()


def test_a_place_is_reached_by_tab_and_opens_and_closes_its_card(
    folder: Path, open_page: Opener
) -> None:
    opened = open_page(folder / "cs" / "council" / "localities.html")
    opened.page.wait_for_timeout(200)
    opened.tab_to(lambda seen: seen["inMap"] and seen["label"].startswith("Cihelna"))
    opened.page.keyboard.press("Enter")
    card = opened.page.locator("#area-cihelna-card")
    assert card.is_visible()
    assert "výsledek neuvádíme" in opened.focused()["text"].replace("\N{NO-BREAK SPACE}", " ")
    assert opened.axe() == []
    opened.page.keyboard.press("Escape")
    assert not card.is_visible()
    assert opened.focused()["label"].startswith("Cihelna")


def test_choosing_a_place_on_the_map_opens_its_card_with_a_link_to_all(
    folder: Path, open_page: Opener
) -> None:
    opened = open_page(folder / "en" / "council" / "localities.html")
    opened.page.locator("[data-key=zizkova]").click()
    card = opened.page.locator("#area-zizkova-card")
    assert "Mill Row: incidents clearly fell." in card.inner_text()
    card.get_by_role("link").click()
    assert opened.page.url.endswith("#area-zizkova")


def test_a_square_tells_its_classes_by_keyboard(folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / "en" / "council" / "hotspots.html")
    opened.page.wait_for_timeout(200)
    opened.tab_to(lambda seen: seen["inMap"] and seen["label"].startswith("Square:"))
    label = opened.focused()["label"]
    opened.page.keyboard.press("Enter")
    popup = opened.page.locator(".leaflet-popup")
    assert popup.is_visible()
    for value in re.findall(r": ([^,]+)", label):
        assert value in popup.inner_text()


def test_the_ends_of_the_slider_show_one_period_each(folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / "en" / "council" / "hotspots.html")
    slider = opened.page.locator("#rates-slider")
    slider.focus()
    opened.page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "After"
    opened.page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "Before"


@pytest.mark.parametrize("file", FILES)
def test_no_page_scrolls_sideways(file: str, folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / "cs" / "council" / file)
    for width in (360, 768, 1024, 1366, 1920):
        opened.page.set_viewport_size({"width": width, "height": 740})
        opened.page.wait_for_timeout(100)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("file", ["index.html", "localities.html"])
def test_tables_that_are_stacked_on_a_phone_remain_tables(
    file: str, folder: Path, open_page: Opener
) -> None:
    opened = open_page(folder / "en" / "council" / file, width=360, height=740, touch=True)
    opened.page.wait_for_timeout(200)
    assert opened.axe() == []
    table = opened.page.locator(".stack").first
    assert table.get_attribute("role") == "table"
    assert table.get_by_role("columnheader").count() >= 4
    assert table.get_by_role("row").count() >= 2
    scrolled = opened.page.evaluate(
        """() => Array.from(document.querySelectorAll('.stack'))
          .filter((e) => e.scrollWidth > e.parentElement.clientWidth).length"""
    )
    assert scrolled == 0


def test_targets_are_large_enough_on_a_phone(folder: Path, open_page: Opener) -> None:
    opened = open_page(folder / "cs" / "council" / "index.html", width=360, height=740, touch=True)
    small = opened.page.evaluate(
        """() => Array.from(document.querySelectorAll('nav a, .cards a, summary, button'))
          .map((e) => e.getBoundingClientRect())
          .filter((r) => r.height < 24 || r.width < 24).length"""
    )
    assert small == 0


def test_without_scripts_the_picture_and_the_tables_are_there(
    folder: Path, open_page: Opener
) -> None:
    for file in ("localities.html", "hotspots.html"):
        opened = open_page(folder / "cs" / "council" / file, javascript=False)
        assert opened.page.locator(".static-maps svg").first.is_visible()
        assert opened.page.locator("table").first.is_visible()
    with_scripts = open_page(folder / "cs" / "council" / "localities.html")
    with_scripts.page.wait_for_timeout(200)
    assert not with_scripts.page.locator(".static-maps svg").first.is_visible()


@pytest.mark.parametrize("file", FILES)
def test_print_is_text_and_lines_without_bitmaps(
    file: str, folder: Path, open_page: Opener, tmp_path: Path
) -> None:
    if which("pdftotext") is None:
        pytest.skip("pdftotext (package poppler-utils) is not on this machine")
    opened = open_page(folder / "cs" / "council" / file)
    opened.page.wait_for_timeout(200)
    for paper in ("A4", "A3"):
        opened.page.pdf(path=tmp_path / "page.pdf", format=paper, print_background=True)
        text = _run("pdftotext", "-layout", str(tmp_path / "page.pdf"), "-")
        images = _run("pdfimages", "-list", str(tmp_path / "page.pdf"))
        assert len(images.splitlines()) == 2  # the two lines of its head
        if file == "localities.html":
            assert "Žižkova" in text
            assert "1 km" in text.replace("\N{NO-BREAK SPACE}", " ")


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


HOSTILE = (
    "<img src=x onerror=\"document.title='hit'\">"
    "</script><script>document.title='hit'</script>"
    "${document.title='hit'}`{{ 7*7 }}{% raw %}"
    "C:\\data\\2019 \u2028 \\u003c"
    '"\' onfocus="document.title=\'hit\'" autofocus x="'
)


def test_hostile_text_in_any_name_runs_nothing(tmp_path: Path, open_page: Opener) -> None:
    text = HOSTILE
    content = made.content("en")
    study = made.study("en", name=text, outcomes={text: ("a",), f"{text}2": ("b",)})
    results = made.evaluation("en", outcomes={text: ("a",), f"{text}2": ("b",)})
    districts = content.context.districts.assign(name=text)
    quality = tuple(replace(one, name=text, rejected={text: 6}) for one in content.quality)
    patrols = made.patrols()
    minutes = patrols.dosage.minutes.assign(shift=text)
    dosage = replace(patrols.dosage, minutes=minutes)
    patrols = replace(patrols, dosage=dosage, names=patrols.names.map(lambda name: text))
    content = replace(
        content,
        evaluation=replace(
            results,
            study=study,
            areas=results.areas.assign(name=text),
            findings=tuple(replace(one, name=text) for one in results.findings),
        ),
        cells=replace(content.cells, frame=content.cells.frame.assign(
            code=[f"{text}{n}" for n in range(len(content.cells.frame))])),
        context=replace(content.context, districts=districts),
        quality=quality,
        patrols=patrols,
        licences=(text,),
    )  # fmt: skip
    for file, html in build_site(content).items():
        (tmp_path / file).write_text(html, encoding="utf-8")
        opened = open_page(tmp_path / file)
        opened.page.wait_for_timeout(150)
        assert opened.page.title() != "hit"
        opened.assert_quiet()
        assert "49" not in re.findall(r"\d+", opened.page.locator("h1").inner_text())
        for selector in {"localities.html": ["#map"], "hotspots.html": ["#rates"]}.get(file, []):
            assert opened.painted(selector) >= 4
