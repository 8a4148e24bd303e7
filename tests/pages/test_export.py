"""Any Folium map becomes one file that asks for nothing, runs nothing and shows its shapes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import folium
import pytest

from apkgeo.errors import InputError, MissingFileError, UnsupportedMapError
from apkgeo.pages.export import map_fragment, save_map
from apkgeo.pages.shell import Fragment, document
from tests.pages.browser import Opened
from tests.pages.maps import analysts_map, districts

OpenPage = Callable[..., Opened]

browser = pytest.mark.browser


TILES = "https://{s}.tiles.example/{z}/{x}/{y}.png"
CREDIT = '&copy; <a href="https://tiles.example">Mapped</a> &amp; Sons'


def outlined(**properties: object) -> folium.Map:
    """Return a map of nothing but districts."""
    town = folium.Map(tiles=None)
    folium.GeoJson(districts(**properties), name="Okrsky").add_to(town)
    return town


@browser
def test_an_analysts_map_paints_and_asks_for_nothing_whatever_is_touched(
    tmp_path: Path, open_page: OpenPage
) -> None:
    saved = save_map(analysts_map(), tmp_path / "map.html")
    opened = open_page(saved)
    # 12 + 12 districts, circle marker, circle, line, rectangle, polygon, pin and text
    assert opened.painted() >= 31
    page = opened.page
    page.click(".leaflet-control-zoom-in")
    page.mouse.move(600, 400)
    page.mouse.down()
    page.mouse.move(500, 300, steps=4)
    page.mouse.up()
    page.click(".apk-layers__button")
    for box in page.query_selector_all(".apk-layers input"):
        box.click()
        box.click()
    assert page.locator(".apk-layers input").count() == 3
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
    assert opened.painted() > 0
    opened.assert_quiet()


@browser
def test_the_overhead_of_a_saved_map_is_below_400_kilobytes(tmp_path: Path) -> None:
    assert save_map(analysts_map(), tmp_path / "map.html").size < 400_000


def test_two_maps_of_the_same_content_are_the_same_bytes(tmp_path: Path) -> None:
    first = save_map(analysts_map(), tmp_path / "a.html").path.read_bytes()
    second = save_map(analysts_map(), tmp_path / "b.html").path.read_bytes()
    assert first == second


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; from apkgeo.pages.export import save_map; "
        "from tests.pages.maps import analysts_map; save_map(analysts_map(), sys.argv[1])"
    )
    for name, seed in (("a.html", "1"), ("b.html", "2")):
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_a_map_that_was_shown_in_a_notebook_is_saved_as_if_it_was_not(tmp_path: Path) -> None:
    town = analysts_map()
    before = save_map(town, tmp_path / "a.html").path.read_bytes()
    town.get_root().render()
    assert save_map(town, tmp_path / "b.html").path.read_bytes() == before


@browser
def test_a_map_in_a_hidden_container_paints_when_it_is_shown(
    tmp_path: Path, open_page: OpenPage
) -> None:
    inner = map_fragment(outlined(), language="cs", label="Okrsky")
    page = Fragment(
        f'<div id="tab" hidden>{inner.html}</div>', inner.styles, inner.scripts, inner.data
    )
    path = tmp_path / "hidden.html"
    path.write_text(document(title="t", language="cs", fragments=[page]), encoding="utf-8")
    opened = open_page(path)
    assert opened.painted() == 0
    opened.page.evaluate("document.getElementById('tab').hidden = false")
    opened.page.wait_for_selector("#map path")
    assert opened.painted() == 12
    opened.assert_quiet()


@browser
def test_without_javascript_a_still_picture_shows_the_same_shapes(
    tmp_path: Path, open_page: OpenPage
) -> None:
    saved = save_map(outlined(), tmp_path / "map.html", title="Okrsky")
    page = open_page(saved, javascript=False).page
    still = page.locator("svg.apk-still")
    assert still.is_visible()
    assert still.get_attribute("aria-label") == "Okrsky"
    assert still.locator("path").count() == 12
    assert not page.locator("#map").is_visible()


@browser
@pytest.mark.skipif(not shutil.which("pdfimages"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("size", ["A4", "A3"])
def test_paper_gets_text_and_vectors_not_bitmaps(
    tmp_path: Path, open_page: OpenPage, size: str
) -> None:
    saved = save_map(analysts_map(), tmp_path / "map.html")
    printed = tmp_path / "map.pdf"
    opened = open_page(saved)
    opened.page.pdf(path=printed, format=size)
    images = subprocess.run(["pdfimages", "-list", printed], capture_output=True, text=True)
    assert len(images.stdout.splitlines()) == 2  # the two lines of the heading
    text = subprocess.run(["pdftotext", printed, "-"], capture_output=True, text=True).stdout
    assert "Události na km²" in text
    assert "Petrohrad" in text


@browser
def test_the_keyboard_reaches_an_area_opens_it_closes_it_and_leaves(
    tmp_path: Path, open_page: OpenPage
) -> None:
    opened = open_page(save_map(analysts_map(), tmp_path / "map.html"))
    keyboard, page = opened.page.keyboard, opened.page
    opened.tab_to(lambda at: at["tag"] == "path" and "Okrsek" in at["label"])
    assert opened.focused()["label"] == "Název: Okrsek 00, Počet: 0"
    keyboard.press("ArrowRight")
    assert opened.focused()["label"] == "Název: Okrsek 10, Počet: 7"
    keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    assert "Okrsek 10" in dialog.inner_text()
    assert opened.focused()["role"] == "dialog"
    keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert opened.focused()["label"] == "Název: Okrsek 10, Počet: 7"
    opened.tab_to(lambda at: not at["inMap"])
    opened.assert_quiet()


@browser
def test_a_popup_is_wide_enough_for_its_words_and_breaks_only_what_is_longer(
    tmp_path: Path, open_page: OpenPage
) -> None:
    town = folium.Map([49.75, 13.38], zoom_start=13, tiles=None)
    ring = [[13.3, 49.7], [13.5, 49.7], [13.4, 49.8], [13.3, 49.7]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    told = {"name": "Severní Předměstí", "code": "x" * 120}
    popup = folium.GeoJsonPopup(["name", "code"])
    feature = {"type": "Feature", "geometry": shape, "properties": told}
    folium.GeoJson(feature, popup=popup).add_to(town)
    page = open_page(save_map(town, tmp_path / "map.html"), width=1000, height=700).page
    page.mouse.click(500, 350)
    page.wait_for_selector(".leaflet-popup")
    head, box, table = (
        page.locator(f".leaflet-popup-content {part}").first.bounding_box()
        for part in ("th", ".apk-content", "table")
    )
    assert head is not None
    assert box is not None
    assert table is not None
    assert head["height"] < 30  # one line
    assert 250 < box["width"] <= 301
    assert table["width"] <= box["width"] + 1


@browser
def test_a_card_of_the_page_opens_with_its_area_and_gives_the_focus_back(
    tmp_path: Path, open_page: OpenPage
) -> None:
    town = outlined(_label="Jedna oblast", _card="card", _key="k", _class="is-sure")
    inner = map_fragment(town, language="cs", label="Okrsky")
    card = Fragment(
        '<section id="card" hidden><h2>Oblast</h2><button data-close>×</button></section>'
    )
    path = tmp_path / "cards.html"
    page = document(title="t", language="cs", fragments=[inner, card])
    path.write_text(page, encoding="utf-8")
    opened = open_page(path)
    opened.tab_to(lambda at: at["label"] == "Jedna oblast")
    assert opened.focused()["role"] == "button"
    opened.page.keyboard.press("Enter")
    assert opened.focused()["id"] == "card"
    opened.page.keyboard.press("Escape")
    assert not opened.page.locator("#card").is_visible()
    assert opened.focused()["label"] == "Jedna oblast"
    shape = opened.page.locator("#map path.is-sure").first
    assert shape.get_attribute("data-key") == "k"
    opened.assert_quiet()


@browser
@pytest.mark.parametrize(("language", "word"), [("cs", "Přiblížit"), ("en", "Zoom in")])
def test_every_word_of_the_page_is_in_its_language(
    tmp_path: Path, open_page: OpenPage, language: str, word: str
) -> None:
    opened = open_page(save_map(analysts_map(), tmp_path / "map.html", language=language))
    page = opened.page
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute(".leaflet-control-zoom-in", "aria-label") == word
    page.locator("#map path[aria-haspopup]").nth(4).click()
    page.wait_for_selector(".leaflet-popup")
    words = page.evaluate(
        """() => Array.from(document.querySelectorAll('#map *, #map'))
          .flatMap((e) => ['aria-label', 'title', 'alt'].map((n) => e.getAttribute(n)))
          .filter(Boolean).join('|')"""
    )
    english = ["Zoom in", "Zoom out", "Close popup", "Layers", "Marker"]
    czech = ["Přiblížit", "Oddálit", "Zavřít", "Vrstvy"]
    absent, present = (english, czech) if language == "cs" else (["popup", *czech], english[:2])
    assert [word for word in absent if word in words] == []
    assert [word for word in present if word not in words] == []


@browser
def test_nothing_is_against_wcag(tmp_path: Path, open_page: OpenPage) -> None:
    opened = open_page(save_map(analysts_map(), tmp_path / "map.html", title="Město"))
    assert opened.axe() == []
    opened.page.click(".apk-layers__button")
    opened.page.locator("#map path[aria-haspopup]").nth(4).click()
    opened.page.wait_for_timeout(300)
    assert opened.axe() == []


@browser
def test_a_phone_can_use_the_map(tmp_path: Path, open_page: OpenPage) -> None:
    saved = save_map(analysts_map(), tmp_path / "map.html", title="Město")
    opened = open_page(saved, width=360, height=740, touch=True)
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert "user-scalable" not in page.get_attribute("meta[name=viewport]", "content")
    page.locator(".apk-layers__button").tap()
    for target in page.locator("#map a:visible, #map button:visible, #map label:visible").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    assert opened.painted() > 20
    opened.assert_quiet()


@browser
def test_the_wheel_scrolls_a_composed_page_until_the_map_has_the_focus(
    tmp_path: Path, open_page: OpenPage
) -> None:
    inner = map_fragment(outlined(), language="cs", label="Okrsky")
    tall = Fragment("<p>.</p>" * 100)
    path = tmp_path / "tall.html"
    page_html = document(title="t", language="cs", fragments=[inner, tall])
    path.write_text(page_html, encoding="utf-8")
    page = open_page(path).page
    width = "document.querySelector('#map path').getBoundingClientRect().width"
    before = page.evaluate(width)
    page.mouse.move(600, 300)
    page.mouse.wheel(0, 200)
    page.wait_for_function("window.scrollY > 100")
    assert page.evaluate(width) == before
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    page.wait_for_function(f"{width} > {before} * 1.2")


def compared(path: Path, only: int | None = None) -> Path:
    """Write a page with two layers to compare, or with one of them alone."""
    town = folium.Map(tiles=None)
    colours = ("#ffffcc", "#225ea8")
    layers = [
        folium.GeoJson(
            districts(_label=label),
            style_function=lambda _f, colour=colour: {"fillColor": colour, "fillOpacity": 0.8},
        )
        for label, colour in zip(("Před", "Po"), colours, strict=True)
    ]
    for place, layer in enumerate(layers):
        if only in (None, place):
            layer.add_to(town)
    options = (
        {} if only is not None else {"compare": tuple(layers), "compare_labels": ("2013", "2015")}
    )
    fragment = map_fragment(town, language="cs", label="Mapa", **options)
    path.write_text(document(title="t", language="cs", fragments=[fragment]), encoding="utf-8")
    return path


@browser
def test_the_ends_of_the_slider_are_the_maps_of_one_period(
    tmp_path: Path, open_page: OpenPage
) -> None:
    both = open_page(compared(tmp_path / "both.html"))
    slider = both.page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "2013: 50 %, 2015: 50 %"
    slider.focus()
    for key, place, label, text in (("End", 0, "Před", "2013"), ("Home", 1, "Po", "2015")):
        both.page.keyboard.press(key)
        assert slider.get_attribute("aria-valuetext") == text
        alone = open_page(compared(tmp_path / f"{place}.html", only=place))
        both.page.wait_for_timeout(100)
        shot = both.page.locator("#map").screenshot()
        assert shot == alone.page.locator("#map").screenshot()
        reachable = both.page.locator("#map [tabindex='0'][aria-label]:not(#map)")
        assert reachable.first.get_attribute("aria-label") == label
    assert both.axe() == []
    both.assert_quiet()


@browser
def test_the_slider_follows_when_the_map_is_moved(tmp_path: Path, open_page: OpenPage) -> None:
    opened = open_page(compared(tmp_path / "both.html"))
    page = opened.page
    page.mouse.move(640, 300)
    page.mouse.down()
    page.mouse.move(740, 320, steps=5)
    page.mouse.up()
    page.wait_for_timeout(600)
    colours = [
        page.evaluate(
            f"getComputedStyle(document.elementsFromPoint({x}, 300)"
            ".find((e) => e.matches('path.leaflet-interactive'))).fill"
        )
        for x in (560, 720)
    ]
    assert colours == ["rgb(255, 255, 204)", "rgb(34, 94, 168)"]


@browser
def test_ten_thousand_points_fit_in_a_megabyte(tmp_path: Path, open_page: OpenPage) -> None:
    town = folium.Map([49.75, 13.38], zoom_start=12)
    for n in range(10_000):
        at = [49.70 + (n * 7919 % 10_007) / 100_070, 13.30 + (n * 104_729 % 10_009) / 62_556]
        folium.CircleMarker(at, radius=3, fill=True, tooltip=f"Bod {n}").add_to(town)
    saved = save_map(town, tmp_path / "points.html")
    assert saved.size < 1_000_000
    opened = open_page(saved)
    inked = """() => { const c = document.querySelector('#map canvas');
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n; }"""
    assert opened.page.evaluate(inked) > 50_000
    opened.assert_quiet()


def test_a_basemap_is_allowed_by_name_only_when_asked_for(tmp_path: Path) -> None:
    town = folium.Map([49.75, 13.38], tiles=TILES, attr=CREDIT)
    with pytest.raises(UnsupportedMapError, match=r"asks s.tiles.example for pictures"):
        save_map(town, tmp_path / "map.html")
    page = save_map(town, tmp_path / "map.html", basemap=True).path.read_text(encoding="utf-8")
    policy = re.search(r"img-src ([^;]*);", page)
    assert policy is not None
    hosts = [f"https://{s}.tiles.example" for s in "abc"]
    assert policy.group(1).split() == ["data:", *hosts]
    assert 'name="referrer" content="strict-origin-when-cross-origin"' in page
    assert r"© Mapped \u0026 Sons" in page


@browser
def test_a_basemap_asks_only_its_own_servers(tmp_path: Path, open_page: OpenPage) -> None:
    town = folium.Map([49.75, 13.38], tiles=TILES, attr=CREDIT)
    opened = open_page(save_map(town, tmp_path / "map.html", basemap=True))
    opened.page.wait_for_timeout(300)
    assert opened.requests != []
    assert all(".tiles.example/" in address for address in opened.requests)
    assert opened.violations() == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="expected a folder that exists"):
        save_map(folium.Map(), tmp_path / "nowhere" / "map.html")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected the name of a file, got folder"):
        save_map(folium.Map(), tmp_path)


def test_the_figure_around_a_map_is_saved_as_the_map_with_its_title(tmp_path: Path) -> None:
    town = outlined()
    figure = folium.Figure(title="Modelov")
    figure.add_child(town)
    page = save_map(figure, tmp_path / "figure.html").path.read_text(encoding="utf-8")
    assert "<title>Modelov</title>" in page
    assert page == save_map(town, tmp_path / "map.html").path.read_text(encoding="utf-8")


def test_the_saved_map_can_be_used_as_its_path(tmp_path: Path) -> None:
    saved = save_map(outlined(), str(tmp_path / "map.html"))
    assert Path(saved) == saved.path
    assert saved.size == saved.path.stat().st_size


@browser
def test_two_maps_live_on_one_page(tmp_path: Path, open_page: OpenPage) -> None:
    parts = [map_fragment(outlined(), language="cs", label=n, name=n) for n in ("first", "second")]
    path = tmp_path / "two.html"
    path.write_text(document(title="t", language="cs", fragments=parts), encoding="utf-8")
    assert path.stat().st_size < 400_000
    opened = open_page(path)
    assert [opened.painted("#first"), opened.painted("#second")] == [12, 12]
    ids = opened.page.evaluate("Array.from(document.querySelectorAll('[id]')).map((e) => e.id)")
    assert len(ids) == len(set(ids))
    opened.assert_quiet()


def test_what_is_compared_must_be_two_layers_of_the_map() -> None:
    town = folium.Map(tiles=None)
    layer = folium.GeoJson(districts()).add_to(town)
    with pytest.raises(InputError, match="two different layers that were added to the map"):
        map_fragment(town, language="cs", label="x", compare=(layer, layer))


@browser
def test_layers_are_ticked_on_and_off_by_the_keyboard(tmp_path: Path, open_page: OpenPage) -> None:
    town = folium.Map(tiles=None)
    folium.GeoJson(districts(2, 2), name="Okrsky").add_to(town)
    late = folium.FeatureGroup("<b>Pozdější</b>", show=False).add_to(town)
    folium.GeoJson(districts(1, 3)).add_to(late)
    folium.FeatureGroup().add_to(town)
    folium.LayerControl().add_to(town)
    opened = open_page(save_map(town, tmp_path / "map.html"))
    assert opened.painted() == 4
    opened.tab_to(lambda at: at["text"] == "Vrstvy")
    keyboard = opened.page.keyboard
    keyboard.press("Enter")
    labels = opened.page.locator(".apk-layers label")
    assert labels.all_inner_texts() == ["Okrsky", "Pozdější", "Vrstva 1"]
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Space")
    assert opened.painted() == 7
    keyboard.press("Escape")
    assert not labels.first.is_visible()
    assert opened.focused()["text"] == "Vrstvy"
    opened.assert_quiet()


@browser
def test_base_layers_take_each_others_place(tmp_path: Path, open_page: OpenPage) -> None:
    town = folium.Map(tiles=None)
    for name, columns in (("Rok 2013", 2), ("Rok 2015", 3)):
        folium.GeoJson(districts(columns, 1), name=name, overlay=False).add_to(town)
    folium.LayerControl(collapsed=False).add_to(town)
    opened = open_page(save_map(town, tmp_path / "map.html"))
    assert opened.painted() == 3
    opened.page.get_by_label("Rok 2013").check()
    assert opened.painted() == 2


@browser
def test_an_area_is_highlighted_under_the_mouse_and_then_as_before(
    tmp_path: Path, open_page: OpenPage
) -> None:
    town = folium.Map(tiles=None)
    folium.GeoJson(
        districts(1, 1),
        style_function=lambda _feature: {"color": "#225ea8", "weight": 1},
        highlight_function=lambda _feature: {"color": "#3388ff", "weight": 5},
    ).add_to(town)
    opened = open_page(save_map(town, tmp_path / "map.html"))
    shape = opened.page.locator("#map path.leaflet-interactive")
    looks = []
    for at in ((640, 400), (2, 790)):
        opened.page.mouse.move(*at)
        looks.append((shape.get_attribute("stroke"), shape.get_attribute("stroke-width")))
    assert looks == [("#3388ff", "5"), ("#225ea8", "1")]


@browser
def test_the_page_can_bring_an_area_into_view_by_its_key(
    tmp_path: Path, open_page: OpenPage
) -> None:
    data = districts()
    for feature in data["features"]:
        code = feature["properties"]["code"]
        feature["properties"] |= {"_key": code, "_label": f"Okrsek {code}"}
    town = folium.Map(tiles=None)
    folium.GeoJson(data).add_to(town)
    opened = open_page(save_map(town, tmp_path / "map.html"))
    opened.page.evaluate(
        "document.getElementById('map').dispatchEvent("
        "new CustomEvent('apk:show', {detail: {key: '21'}}))"
    )
    assert opened.focused()["label"] == "Okrsek 21"
