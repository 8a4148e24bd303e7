"""An online map is fetched only when the study asks for it, and the page says so."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from apkgeo.language import Language
from apkgeo.pages.site import build_site
from apkgeo.study import MapOptions
from tests.pages import made

TILES = MapOptions(
    basemap="https://tiles.example.org/{z}/{x}/{y}.png", attribution="© Dlaždice & <spol.>"
)


def pages(language: Language = "cs", online: MapOptions | None = None) -> dict[str, str]:
    content = made.content(language)
    study = content.study.model_copy(update={"map": online or MapOptions()})
    return build_site(replace(content, evaluation=replace(content.evaluation, study=study)))


def policy(html: str) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    return found[1]


def test_without_being_asked_no_page_may_fetch_anything() -> None:
    for html in pages().values():
        assert "img-src data:;" in policy(html)
        assert "tiles.example" not in html


def test_only_the_map_of_the_localities_may_ask_that_one_server() -> None:
    made_pages = pages(online=TILES)
    assert "img-src data: https://tiles.example.org;" in policy(made_pages["localities.html"])
    assert "default-src &#39;none&#39;" in policy(made_pages["localities.html"])
    for name, html in made_pages.items():
        if name != "localities.html":
            assert "tiles.example.org" not in html


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("cs", "načítá ze serveru tiles.example.org"),
        ("en", "is fetched from the server tiles.example.org"),
    ],
)
def test_the_page_says_who_learns_of_its_reader(language: Language, words: str) -> None:
    text = pages(language, TILES)["localities.html"].replace("\u00a0", " ")
    assert words in text
    assert {"cs": "nic nenačítá", "en": "loads nothing"}[language] not in text


@pytest.mark.browser
def test_the_credit_is_text_and_the_map_paints_without_the_network(
    tmp_path: Path, open_page
) -> None:
    path = tmp_path / "localities.html"
    path.write_text(pages(online=TILES)["localities.html"], encoding="utf-8")
    opened = open_page(path)
    assert opened.painted("#map") > 10
    credit = opened.page.locator(".leaflet-control-attribution").inner_text()
    assert "© Dlaždice & <spol.>" in credit
    asked = {re.sub(r"/\d+/\d+/\d+\.png", "", url) for url in opened.requests}
    assert asked <= {"https://tiles.example.org"}
