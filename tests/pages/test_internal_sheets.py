"""What must not leave the office says so on every sheet, on the screen and in print."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from apkgeo.pages.site import build_site
from tests.pages import made

MARK = "nesmí opustit úřad"


@pytest.mark.parametrize("audience", ["public", "council"])
def test_pages_for_others_do_not_bear_the_mark(audience: str) -> None:
    for html in build_site(made.content("cs", audience)).values():
        assert MARK not in html


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (poppler-utils)")
@pytest.mark.parametrize("sheet", ["A4", "A3"])
def test_every_printed_sheet_bears_the_mark(sheet: str, tmp_path: Path, chromium: Browser) -> None:
    for name, html in build_site(made.content("cs", "internal")).items():
        path = tmp_path / name
        path.write_text(html, encoding="utf-8")
        page = chromium.new_page()
        page.goto(path.as_uri())
        assert page.locator(".internal").first.is_visible()
        page.pdf(path=str(path.with_suffix(".pdf")), format=sheet)
        page.close()
        told = subprocess.run(
            ["pdftotext", str(path.with_suffix(".pdf")), "-"], capture_output=True, check=True
        ).stdout.decode()
        sheets = told.split("\f")[:-1]
        assert sheets
        for number, text in enumerate(sheets, start=1):
            flat = " ".join(text.split())
            assert MARK in flat, f"{name}, sheet {number}"
