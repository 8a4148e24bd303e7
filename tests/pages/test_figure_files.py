"""Every map of the pages is a file of its own, as SVG and as PNG, with what it needs to be read."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from apkgeo.language import Language
from apkgeo.pages.figure_files import figure_files
from apkgeo.pages.raster import png
from apkgeo.pages.site import build_site
from tests.pages import made

MAPS = {"localities_map", "hotspots_rates_1", "hotspots_rates_2", "hotspots_change"}


def words(svg: bytes) -> list[str]:
    """The texts of a picture, as an XML parser finds them."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()).replace("\u00a0", " ") for text in texts]


@pytest.fixture(scope="module")
def czech() -> dict[str, bytes]:
    return figure_files(build_site(made.content("cs")), "cs", sources=["© ČÚZK, CC BY 4.0"])


def test_each_map_and_chart_is_there_as_a_drawing_and_as_a_picture(czech) -> None:
    names = {name.rpartition(".")[0] for name in czech}
    assert names >= MAPS | {"change", "before_after_1", "patrols_places_1"}
    assert {f"{name}.{form}" for name in names for form in ("svg", "png")} == set(czech)


@pytest.mark.parametrize("language", ["cs", "en"])
def test_a_map_has_a_title_a_legend_a_scale_and_its_source(language: Language) -> None:
    files = figure_files(
        build_site(made.content(language)), language, sources=["© ČÚZK, CC BY 4.0"]
    )
    source = {"cs": "Zdroj: © ČÚZK, CC BY 4.0", "en": "Source: © ČÚZK, CC BY 4.0"}[language]
    legend = {"cs": "Hranice policejního okrsku", "en": "Border of a police district"}[language]
    for name in MAPS - {"hotspots_change"}:
        told = words(files[f"{name}.svg"])
        assert source in told
        assert legend in told
        assert any(re.fullmatch(r"[\d,.]+ k?m", text) for text in told)
    assert {"cs": "Mapa lokalit a pásů kolem nich", "en": "Map of the localities and the rings"}[
        language
    ] in " ".join(words(files["localities_map.svg"]))


def test_the_picture_is_as_large_as_the_drawing_and_not_blank(czech) -> None:
    for name in MAPS:
        root = ET.fromstring(czech[f"{name}.svg"])
        picture = Image.open(io.BytesIO(czech[f"{name}.png"])).convert("L")
        size = [round(2 * float(root.get(side, "0"))) for side in ("width", "height")]
        assert picture.size == pytest.approx(tuple(size), abs=2)
        assert picture.getextrema()[0] < 60 < 250 < picture.getextrema()[1]


def test_colours_lie_where_the_drawing_says() -> None:
    """A red square in the lower right quarter, and a white letterless ground elsewhere."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="80">'
        '<g transform="translate(50 40)"><path d="M10 10h30v20h-30Z" fill="#ff0000"/></g></svg>'
    )
    picture = Image.open(io.BytesIO(png(drawn, scale=1))).convert("RGB")
    assert picture.getpixel((75, 60)) == (255, 0, 0)
    assert picture.getpixel((25, 20)) == (255, 255, 255)
    assert picture.getpixel((95, 75)) == (255, 255, 255)


def test_the_same_pages_give_the_same_bytes(czech) -> None:
    again = figure_files(build_site(made.content("cs")), "cs", sources=["© ČÚZK, CC BY 4.0"])
    assert again == czech


def test_a_locality_with_a_hidden_count_has_no_chart(czech) -> None:
    """Of the four localities of the made-up place one has a count below five."""
    assert "before_after_3.svg" in czech
    assert "before_after_4.svg" not in czech
    everything = figure_files(build_site(made.content("cs", "internal")), "cs")
    assert "before_after_4.svg" in everything


def test_text_of_the_data_is_text_in_a_picture() -> None:
    content = made.content("cs")
    hostile = "<script>alert(1)</script> & „Žabí“"
    findings = tuple(replace(one, name=hostile) for one in content.evaluation.findings)
    named = content.evaluation.areas.assign(name=hostile)
    evaluation = replace(content.evaluation, findings=findings, areas=named)
    files = figure_files(build_site(replace(content, evaluation=evaluation)), "cs")
    for name, content_ in files.items():
        if name.endswith(".svg"):
            assert not list(ET.fromstring(content_).iter("{http://www.w3.org/2000/svg}script"))
    assert any(hostile in text for text in words(files["change.svg"]))
