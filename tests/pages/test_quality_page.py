"""The report as a page: one language, nothing loaded, hostile text harmless."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apkgeo.quality import quality_page
from tests.pages.browser import Opened
from tests.quality import made

Opener = Callable[..., Opened]
HOSTILE = '<img src=x onerror="document.title=1">${1}`</script>'


def page(language: str, text: str = "rušení kldu") -> str:
    frame = made.incidents()
    frame["offence_text"] = "rušení klidu (§ 47)"
    frame["offence"] = "public_order"
    frame.loc[::9, ["offence", "offence_text"]] = ["ruseni_kldu", text]
    frame.loc[::4, "geometry"] = None
    frame["Okrsek"] = [text if n % 2 else "7" for n in range(len(frame))]
    readings = {
        "incidents": made.reading(frame),
        "districts": made.areas((0, 0, 10, 10), (9, 0, 19, 10)),
    }
    return quality_page(readings, made.study(language=language, name=f"Plac {text[:9]}"))


def test_the_page_says_what_the_report_says() -> None:
    html = page("cs")
    for words in ("Kvalita dat", "Čas nelze přečíst.", "Pokrytá doba", "Umístění podle adresy"):
        assert words in html
    assert "The " not in html.split("<main", 1)[1]
    english = page("en")
    assert "Quality of the data" in english
    assert "rejected_rows.csv" in english
    assert html == page("cs")
    assert "Nothing suggests that their publisher moved them." in english


@pytest.mark.browser
@pytest.mark.parametrize("language", ["cs", "en"])
def test_the_page_opens_without_a_request_or_a_barrier(
    language: str, tmp_path: Path, open_page: Opener
) -> None:
    path = tmp_path / "data_quality.html"
    path.write_text(page(language, HOSTILE), encoding="utf-8")
    opened = open_page(path)
    assert opened.page.evaluate("document.documentElement.lang") == language
    assert opened.axe() == []
    opened.page.set_viewport_size({"width": 360, "height": 740})
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 360
    assert opened.page.locator("main img").count() == 0
    assert HOSTILE in opened.page.inner_text("main")
    opened.assert_quiet()
