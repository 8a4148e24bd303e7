"""The report is a document that a council can print, search, and read aloud."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from apkgeo.pages.blocks import Picture, page_blocks
from apkgeo.pages.parts import PAGES
from apkgeo.pages.report import build_report
from apkgeo.pages.site import build_site
from tests.pages.made import content

# Poppler is the other program that says what a reader of PDF finds in the file.
pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="no pdftotext on this machine (poppler-utils)"
)

Told = Callable[..., str]


def poppler(tool: str, path: Path, *options: str) -> str:
    done = subprocess.run(
        [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, dict[str, str]]]:
    made: dict[tuple[str, str], tuple[Path, dict[str, str]]] = {}

    def one(language: str = "cs", audience: str = "council") -> tuple[Path, dict[str, str]]:
        key = language, audience
        if key not in made:
            pages = build_site(content(language, audience))
            path = tmp_path_factory.mktemp("report") / "report.pdf"
            path.write_bytes(build_report(pages))
            made[key] = path, pages
        return made[key]

    return one


def sheets(path: Path) -> list[str]:
    return poppler("pdftotext", path, "-layout").split("\f")[:-1]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_verdict_comes_first_in_words_that_can_be_selected(report) -> None:
    path, pages = report()
    first = flat(sheets(path)[0])
    assert "Asistenti v Lhotíně" in first
    lead = re.search(r'<p class="lead">(.*?)</p>', pages["index.html"], re.DOTALL)
    assert lead is not None
    assert flat(lead[1]) in first
    assert first.index(flat(lead[1])) < first.index("Obsah")


def test_the_contents_name_every_chapter_with_its_page(report) -> None:
    path, _ = report()
    told = sheets(path)
    for chapter in ("Přehled", "Lokality a jejich okolí", "Kde se události soustřeďují"):
        found = re.search(rf"^\s*{chapter}\s+(\d+)$", told[0], re.MULTILINE)
        assert found is not None, chapter
        assert chapter in flat(told[int(found[1]) - 1])
    for number, sheet in enumerate(told, start=1):
        assert f"Strana {number} z {len(told)}" in flat(sheet)


@pytest.mark.parametrize("language", ["cs", "en"])
def test_it_is_a4_with_title_and_language_and_without_bitmaps(language: str, report) -> None:
    path, _ = report(language)
    facts = poppler("pdfinfo", path)
    assert re.search(r"Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)", facts)
    assert re.search(r"Title:\s+(Asistenti v|Assistants in)", facts)
    assert {"cs": b"/Lang (cs-CZ)", "en": b"/Lang (en-GB)"}[language] in path.read_bytes()
    images = subprocess.run(["pdfimages", "-list", str(path)], capture_output=True, check=True)
    assert len(images.stdout.splitlines()) == 2  # the two lines of the head
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode()
    assert fonts.count("DejaVuSans") == 2
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts.splitlines()[2:])


def test_every_number_of_the_report_stands_on_the_pages(report) -> None:
    """What the pages hide cannot come back on paper."""
    path, pages = report()
    page_words = " ".join(pages[name] for name in PAGES if name in pages).replace("\u00a0", " ")
    known = set(re.findall(r"\d+", page_words))
    told = sheets(path)
    for sheet in told[1:]:
        body = re.sub(r"Strana \d+ z \d+", "", sheet)
        assert set(re.findall(r"\d+", body)) - known == set()


def test_every_table_heading_and_bullet_of_the_pages_is_on_paper(report) -> None:
    path, pages = report()
    text = flat(poppler("pdftotext", path, "-raw"))
    squeezed = text.replace(" ", "")
    for name, html in pages.items():
        if name == "lookup.html":
            continue
        for block in page_blocks(html):
            if isinstance(block, Picture):
                continue
            caption = getattr(block, "caption", "") or getattr(block, "title", "")
            assert caption.replace("\u00a0", "").replace(" ", "") in squeezed, caption


def test_internal_reports_say_on_every_sheet_that_they_must_not_leave_the_office(report) -> None:
    path, _ = report("cs", "internal")
    for sheet in sheets(path):
        assert "nesmí opustit úřad" in sheet
    path, _ = report("cs", "council")
    assert not any("nesmí opustit úřad" in sheet for sheet in sheets(path))


def test_equal_pages_give_equal_bytes(report) -> None:
    path, pages = report()
    assert build_report(pages) == path.read_bytes()
