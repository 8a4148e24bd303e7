"""A browser for the tests of pages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.pages.browser import Opened, find_chromium, launched, open_in
from tests.pages.studies import Studies


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests; they are skipped where there is none, but never in CI."""
    if find_chromium() is None:
        reason = "no Chromium on this machine (install the package chromium)"
        if os.environ.get("CI") == "true" or os.environ.get("APKGEO_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    """Open a file: ``open_page(path, javascript=True, width=1280, height=800, slow=1)``."""
    opened: list[Opened] = []

    def open_one(path: str | os.PathLike[str], **options: Any) -> Opened:
        opened.append(open_in(chromium, Path(path), **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.page.context.close()


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Studies:
    """Three studies, each evaluated and drawn when it is first asked for."""
    shared = Path(__file__).parents[3] / "shared" / "data"
    there = shared if (shared / "memphis").is_dir() else None
    return Studies(tmp_path_factory.mktemp("studies"), there)
