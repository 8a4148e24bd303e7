"""Every plugin of Folium either works in a file without a network, or is refused by its name."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import pytest
from folium import plugins
from folium.utilities import JsCode

from apkgeo.errors import UnsupportedMapError
from apkgeo.pages.export import map_fragment, save_map
from apkgeo.pages.folium_elements import REFUSED_PLUGINS
from apkgeo.pages.folium_marks import _decoded
from apkgeo.pages.folium_reader import read_map
from apkgeo.pages.shell import document
from tests.pages import plugin_maps
from tests.pages.browser import Opened
from tests.pages.plugin_maps import FEATURES, HERE, LINE, SUPPORTED, with_plugin
from tests.pages.test_hostile_text import HOSTILE

OpenPage = Callable[..., Opened]

# One of each that is refused, as an analyst would make it.
MADE: dict[str, Callable[[], Any]] = {
    "GeoMan": plugins.GeoMan,
    "Geocoder": plugins.Geocoder,
    "LocateControl": plugins.LocateControl,
    "OverlappingMarkerSpiderfier": plugins.OverlappingMarkerSpiderfier,
    "Realtime": lambda: plugins.Realtime("https://x.example/a.json"),
    "Terminator": plugins.Terminator,
    "TimestampedWmsTileLayers": lambda: plugins.TimestampedWmsTileLayers(
        folium.WmsTileLayer("https://x.example/", "a")
    ),
    "VectorGridProtobuf": lambda: plugins.VectorGridProtobuf("https://x.example/{z}.pbf"),
}


def test_every_plugin_of_folium_is_supported_or_refused_by_name() -> None:
    known = set(SUPPORTED) | {"DualMap"}
    assert known & set(REFUSED_PLUGINS) == set()
    assert known | set(REFUSED_PLUGINS) == set(plugins.__all__)
    assert set(MADE) == set(REFUSED_PLUGINS)


@pytest.mark.parametrize("name", sorted(REFUSED_PLUGINS))
def test_a_plugin_that_needs_a_network_is_refused_with_what_to_use_instead(name: str) -> None:
    town = folium.Map(HERE, tiles=None)
    MADE[name]().add_to(town)
    with pytest.raises(UnsupportedMapError) as caught:
        read_map(town)
    message = str(caught.value)
    assert name in message
    assert REFUSED_PLUGINS[name] in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("element", "said"),
    [
        (lambda: plugins.MarkerCluster(icon_create_function="c => 1"), "icon_create_function"),
        (lambda: plugins.FastMarkerCluster([HERE], callback="function(r){}"), "with a callback"),
        (lambda: plugins.MousePosition(lat_formatter="function(n){}"), "with a formatter"),
        (lambda: plugins.Draw(on={"click": JsCode("x")}), "on="),
        (lambda: plugins.FloatImage("https://x.example/a.png"), "image_to_url"),
        (lambda: folium.ClickForLatLng("alert(lat)"), "format_str"),
        (lambda: plugins.Timeline({"type": "FeatureCollection", "features": []}), "TimelineSlider"),
        (lambda: plugins.TimestampedGeoJson("https://x.example/a.json"), "the GeoJSON itself"),
        (lambda: plugins.Search(folium.FeatureGroup()), "added to the map itself"),
    ],
)  # fmt: skip
def test_scripts_and_addresses_in_a_supported_plugin_are_refused(
    element: Callable[[], Any], said: str
) -> None:
    town = folium.Map(HERE, tiles=None)
    element().add_to(town)
    with pytest.raises(UnsupportedMapError, match=re.escape(said)):
        read_map(town)


def test_points_in_clusters_and_heat_stay_off_pages_that_leave_the_office() -> None:
    for name in ("MarkerCluster", "FastMarkerCluster", "HeatMap", "HeatMapWithTime", "SemiCircle",
                 "TimestampedGeoJson", "BoatMarker", "RegularPolygonMarker"):  # fmt: skip
        with pytest.raises(UnsupportedMapError, match="expected counts by area, not points"):
            map_fragment(with_plugin(name), language="cs", label="x", audience="council")


def test_a_line_in_googles_encoding_is_read_as_google_documents_it() -> None:
    # The example of developers.google.com/maps/documentation/utilities/polylinealgorithm
    places = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert list(_decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@")) == places


@pytest.mark.parametrize("name", sorted(SUPPORTED | FEATURES))
def test_a_map_with_a_plugin_is_the_same_bytes_twice_and_is_not_changed(
    name: str, tmp_path: Path
) -> None:
    town = with_plugin(name)
    first = save_map(town, tmp_path / "a.html").path.read_bytes()
    assert save_map(town, tmp_path / "b.html").path.read_bytes() == first
    assert save_map(with_plugin(name), tmp_path / "c.html").path.read_bytes() == first


def test_only_a_map_with_clusters_holds_the_library_of_clusters(tmp_path: Path) -> None:
    for name in ("MarkerCluster", "HeatMap", "Search"):
        page = save_map(with_plugin(name), tmp_path / "map.html").path.read_text(encoding="utf-8")
        assert ("markerClusterGroup=" in page) is (name == "MarkerCluster")
        assert ("rampOf" in page) is (name == "HeatMap")
        assert ("normalize" in page) is (name == "Search")


@pytest.mark.parametrize("name", ["HeatMap", "FastMarkerCluster", "MarkerCluster"])
def test_a_still_picture_of_many_points_is_drawn_for_paper(name: str, tmp_path: Path) -> None:
    page = save_map(with_plugin(name), tmp_path / "map.html").path.read_text(encoding="utf-8")
    still = page.split('class="apk-still"')[1].split("</svg>")[0]
    marks = {"HeatMap": "<circle", "FastMarkerCluster": "h0m", "MarkerCluster": "<g transform"}
    assert still.count(marks[name]) > 100


# ---- what each plugin does, seen in the browser ----


def ink(opened: Opened, pane: str = "canvas") -> int:
    """Return how many pixels of a canvas on the map are painted."""
    return int(
        opened.page.evaluate(
            """(pane) => { const shown = document.querySelector('#map ' + pane);
          const c = document.createElement('canvas');
          [c.width, c.height] = [shown.width, shown.height];
          const pen = c.getContext('2d', { willReadFrequently: true });
          pen.drawImage(shown, 0, 0);
          const d = pen.getImageData(0, 0, c.width, c.height).data;
          let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n += 1; return n; }""",
            pane,
        )
    )


def paths(opened: Opened, stroke: str) -> int:
    """Return how many shapes of a colour are on the map."""
    return opened.page.locator(f"#map path[stroke='{stroke}']").count()


def attributes(opened: Opened, selector: str, name: str) -> list[str | None]:
    """Return an attribute of all elements that a selector finds on the map."""
    return [found.get_attribute(name) for found in opened.page.locator(f"#map {selector}").all()]


def click_map(opened: Opened, x: int = 640, y: int = 330) -> None:
    opened.page.mouse.click(x, y)
    opened.page.wait_for_timeout(120)


def sees_ants(opened: Opened) -> None:
    assert opened.page.locator("#map path.apk-ants--back").count() == 1
    moving = "getComputedStyle(document.querySelector('#map .apk-ants')).animationName"
    assert opened.page.evaluate(moving) == "apk-ants"


def sees_badges(opened: Opened) -> None:
    icons = opened.page.locator("#map .leaflet-marker-icon")
    assert [icon.text_content() for icon in icons.all()] == ["text"] * 4


def sees_mark(opened: Opened) -> None:
    mark = opened.page.locator("#map .apk-mark svg").bounding_box()
    assert mark is not None
    assert mark["width"] > 20
    opened.page.locator("#map .apk-mark").click()
    assert opened.page.get_by_role("dialog").inner_text().strip().startswith("text")


def sees_patterns(opened: Opened) -> None:
    assert len(set(attributes(opened, "path[fill^=url]", "fill"))) == 2
    assert opened.page.locator("#map pattern circle").count() == 1
    assert opened.page.locator("#map pattern rect").count() == 2


def draws_and_saves(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("button", name="Nakreslit plochu").click()
    for x, y in ((500, 250), (700, 250), (700, 400)):
        click_map(opened, x, y)
    page.get_by_role("button", name="Dokončit").click()
    page.get_by_role("button", name="Značka").click()
    click_map(opened, 600, 500)
    # The keyboard alone: a line between two places in the middle of the map.
    page.get_by_role("button", name="Nakreslit čáru").press("Enter")
    page.get_by_role("button", name="Přidat bod uprostřed").press("Enter")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="Přidat bod uprostřed").press("Enter")
    page.get_by_role("button", name="Dokončit").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("button", name="Uložit nakreslené").click()
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    kinds = [feature["geometry"]["type"] for feature in kept["features"]]
    assert kinds == ["Polygon", "Point", "LineString"]
    page.get_by_role("button", name="Smazat, na co kliknete").click()
    page.locator("#map .apk-pin").click()
    assert page.locator("#map .apk-pin").count() == 0


def opens_clusters(opened: Opened) -> None:
    page = opened.page
    counts = [int(n or 0) for n in page.locator(".apk-cluster__count").all_text_contents()]
    assert max(counts) > 5
    page.locator("#map .apk-cluster").last.focus()
    assert opened.focused()["label"].startswith("Značky blízko sebe")
    page.keyboard.press("Enter")
    # The old clusters leave when the map has moved, however long that takes.
    page.wait_for_function(
        """(before) => [...document.querySelectorAll(".apk-cluster__count")]
          .reduce((sum, one) => sum + Number(one.textContent), 0) < before""",
        arg=sum(counts),
    )


def gathers_many(opened: Opened) -> None:
    counts = opened.page.locator(".apk-cluster__count")
    assert counts.count() > 5
    opened.page.get_by_label("text").click()
    assert counts.count() == 0


def toggles_sub_groups(opened: Opened) -> None:
    def gathered() -> int:
        texts = opened.page.locator(".apk-cluster__count").all_text_contents()
        return sum(map(int, texts)) + opened.page.locator("#map .apk-pin").count()

    before = gathered()
    assert before == 30
    opened.page.get_by_role("checkbox", name="druhá").click()
    opened.page.wait_for_timeout(300)
    assert 0 < gathered() < before


def sees_picture(opened: Opened) -> None:
    box = opened.page.locator("#map img.apk-float").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (60, 30)


def fills_the_screen(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("button", name="Na celou obrazovku").click()
    page.get_by_role("button", name="Opustit celou obrazovku").wait_for()
    box = page.locator("#map").bounding_box()
    assert box is not None
    assert box["width"] >= 1270
    page.get_by_role("button", name="Opustit celou obrazovku").click()
    page.get_by_role("button", name="Na celou obrazovku").wait_for()


def shows_one_of_a_group(opened: Opened) -> None:
    assert (paths(opened, "red"), paths(opened, "green")) == (1, 0)
    opened.page.get_by_label("Dvě").click()
    assert (paths(opened, "red"), paths(opened, "green")) == (0, 1)


def walks_the_tree(opened: Opened) -> None:
    page = opened.page
    assert (paths(opened, "red"), paths(opened, "green")) == (1, 1)
    page.get_by_label("Vše").uncheck()
    assert (paths(opened, "red"), paths(opened, "green")) == (0, 0)
    assert page.locator("#map .apk-pin").count() == 0
    page.get_by_label("Značka").check()
    assert page.locator("#map .apk-pin").count() == 1
    assert page.evaluate("document.querySelector('.apk-layers input').indeterminate")


def glows(opened: Opened) -> None:
    assert ink(opened) > 40_000
    opened.page.get_by_label("text").click()
    assert opened.page.locator("#map canvas").count() == 0


def glows_in_time(opened: Opened) -> None:
    slider = opened.page.get_by_role("slider")
    seen = []
    for _year in range(2):
        opened.page.wait_for_timeout(100)
        seen.append((slider.get_attribute("aria-valuetext"), ink(opened)))
        slider.press("ArrowRight")
    assert [text for text, _ink in seen] == ["text 0", "text 1"]
    assert seen[0][1] != seen[1][1]
    assert min(amount for _text, amount in seen) > 2000


def measures(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("button", name="Změřit").click()
    # One column of the chessboard: 0.01° of longitude and 0.008° of latitude at 49.75° N,
    # that is 718 m by 890 m on a sphere of 6,371 km.
    areas = page.locator("#map path.leaflet-interactive").first.bounding_box()
    assert areas is not None
    left, top = areas["x"] + 1.5, areas["y"] + 1.5
    right, bottom = left + areas["width"] - 3, top + areas["height"] - 3
    for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
        page.mouse.click(x, y)
        page.wait_for_timeout(100)
    page.get_by_role("button", name="Dokončit").click()
    told = (page.locator(".apk-measured").text_content() or "").replace("\N{NO-BREAK SPACE}", " ")
    found = re.search(r"Délka: ([\d,]+) km .*Plocha: ([\d,]+) ha", told)
    assert found, told
    length, surface = (float(text.replace(",", ".")) for text in found.groups())
    assert length == pytest.approx(2 * 0.718 + 0.890, abs=0.06)
    assert surface == pytest.approx(71.8 * 0.890, rel=0.03)


def overviews(opened: Opened) -> None:
    view = opened.page.locator(".apk-overview rect")
    opened.page.click(".leaflet-control-zoom-in")
    opened.page.wait_for_timeout(500)
    before = float(view.get_attribute("width") or 0)
    opened.page.click(".leaflet-control-zoom-in")
    opened.page.wait_for_timeout(500)
    assert float(view.get_attribute("width") or 0) < before
    opened.page.locator(".apk-overview__fold").click()
    assert not opened.page.locator(".apk-overview svg").is_visible()


def tells_the_pointer(opened: Opened) -> None:
    opened.page.mouse.move(640, 350)
    text = opened.page.locator(".apk-position").text_content() or ""
    assert re.fullmatch(r"49,\d{5} : 13,\d{5}", text)


def sees_red(opened: Opened) -> None:
    box = opened.page.locator("#map path[stroke=red]").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 40


def runs_beside(opened: Opened) -> None:
    red, blue = (
        opened.page.locator(f"#map path[stroke='{paint}']").bounding_box()
        for paint in ("red", plugin_maps.BLUE)
    )
    assert red is not None
    assert blue is not None
    # To the right of a line that runs north-east and then south-east is below it.
    assert red["y"] + red["height"] > blue["y"] + blue["height"] + 4


def reads_along(opened: Opened) -> None:
    text = opened.page.locator("#map textPath")
    assert (text.text_content() or "").count("text") > 3
    opened.page.click(".leaflet-control-zoom-in")
    opened.page.wait_for_timeout(500)
    assert opened.page.locator("#map textPath").count() == 1


def switches_the_wheel(opened: Opened) -> None:
    button = opened.page.get_by_role("button", name="Přibližovat kolečkem")
    assert button.get_attribute("aria-pressed") == "false"
    width = "document.querySelector('#map path').getBoundingClientRect().width"
    before = opened.page.evaluate(width)
    opened.page.mouse.move(640, 350)
    opened.page.mouse.wheel(0, -300)
    opened.page.wait_for_timeout(400)
    assert opened.page.evaluate(width) == before
    button.click()
    opened.page.mouse.move(640, 350)
    opened.page.mouse.wheel(0, -300)
    opened.page.wait_for_function(f"() => {width} > {before} * 1.1")


def finds(opened: Opened) -> None:
    box = opened.page.get_by_role("searchbox")
    box.type("OKRSEK 1")
    assert opened.page.locator(".apk-search li").all_text_contents() == ["Okrsek 10", "Okrsek 11"]
    assert opened.page.locator(".apk-search [role=status]").text_content() == "Nalezeno: 2"
    box.press("Enter")
    assert "Okrsek 10" in opened.page.get_by_role("dialog").inner_text()


def parts_two_layers(opened: Opened) -> None:
    slider = opened.page.get_by_role("slider")
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext") == "2015"
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "text"


def filters_tags(opened: Opened) -> None:
    page = opened.page
    assert page.locator("#map .apk-pin").count() == 20
    page.get_by_text("Zobrazit jen").click()
    page.get_by_role("checkbox", name="text").check()
    assert page.locator("#map .apk-pin").count() == 5
    page.get_by_role("checkbox", name="jiné").check()
    assert page.locator("#map .apk-pin").count() == 20


def paints_in_time(opened: Opened) -> None:
    slider = opened.page.get_by_role("slider")
    areas = "path[stroke='#FFFFFF']"
    assert slider.get_attribute("aria-valuetext") == "13. května 2014"
    first = attributes(opened, areas, "fill")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "12. června 2014"
    colours = ["#ffffcc", "#41b6c4", plugin_maps.BLUE]
    expected = [colours[(place + 1) % 3] for place in range(12)]
    assert attributes(opened, areas, "fill") == expected
    assert first == [colours[place % 3] for place in range(12)]


def seen_in_time(opened: Opened) -> None:
    """January to 15 February, February to 15 March, March to 15 April."""
    slider = opened.page.get_by_role("slider")
    seen = []
    for _step in range(6):
        seen.append((slider.get_attribute("aria-valuetext"),
                     opened.page.locator("#map [aria-label='text: text']").count()))  # fmt: skip
        slider.press("ArrowRight")
    assert seen == [
        ("1. 1. 2014", 1), ("1. 2. 2014", 2), ("15. 2. 2014", 2), ("1. 3. 2014", 2),
        ("15. 3. 2014", 2), ("15. 4. 2014", 1),
    ]  # fmt: skip


def grows_in_time(opened: Opened) -> None:
    """A line through the 1st, 3rd and 6th, each part kept for three days; a point on the 2nd."""
    slider = opened.page.get_by_role("slider")
    seen = []
    for _day in range(6):
        lines = opened.page.locator("#map path[stroke=red]").count()
        dots = opened.page.locator("#map [aria-haspopup=dialog]").count()
        seen.append((slider.get_attribute("aria-valuetext"), lines, dots))
        slider.press("ArrowRight")
    assert [day for day, _lines, _dots in seen] == [f"{day}. 7. 2014" for day in range(1, 7)]
    assert [(lines, dots) for _day, lines, dots in seen] == [
        (0, 0), (0, 1), (1, 1), (1, 1), (1, 1), (2, 0),
    ]  # fmt: skip


def tells_where(opened: Opened) -> None:
    click_map(opened)
    text = opened.page.locator(".leaflet-popup-content").inner_text()
    assert re.search(r"49[.,]\d+", text)
    assert re.search(r"13[.,]\d+", text)


def sets_pins(opened: Opened) -> None:
    click_map(opened)
    opened.page.locator("#map .apk-pin").click()
    text = opened.page.locator(".leaflet-popup-content").inner_text()
    assert re.fullmatch(r"text 49\.\d{4}", text.strip())


def sees_colours(opened: Opened) -> None:
    assert len(set(attributes(opened, "path", "stroke"))) == 3


CHECKS: dict[str, Callable[[Opened], None]] = {
    "AntPath": sees_ants,
    "BeautifyIcon": sees_badges,
    "BoatMarker": sees_mark,
    "CirclePattern": sees_patterns,
    "Draw": draws_and_saves,
    "FastMarkerCluster": gathers_many,
    "FeatureGroupSubGroup": toggles_sub_groups,
    "FloatImage": sees_picture,
    "Fullscreen": fills_the_screen,
    "GroupedLayerControl": shows_one_of_a_group,
    "HeatMap": glows,
    "HeatMapWithTime": glows_in_time,
    "MarkerCluster": opens_clusters,
    "MeasureControl": measures,
    "MiniMap": overviews,
    "MousePosition": tells_the_pointer,
    "PolyLineFromEncoded": sees_red,
    "PolyLineOffset": runs_beside,
    "PolyLineTextPath": reads_along,
    "PolygonFromEncoded": sees_red,
    "ScrollZoomToggler": switches_the_wheel,
    "Search": finds,
    "SemiCircle": sees_red,
    "SideBySideLayers": parts_two_layers,
    "StripePattern": sees_patterns,
    "TagFilterButton": filters_tags,
    "TimeSliderChoropleth": paints_in_time,
    "Timeline": seen_in_time,
    "TimelineSlider": seen_in_time,
    "TimestampedGeoJson": grows_in_time,
    "TreeLayerControl": walks_the_tree,
    "ClickForLatLng": tells_where,
    "ClickForMarker": sets_pins,
    "ColorLine": sees_colours,
    "LatLngPopup": tells_where,
    "RegularPolygonMarker": sees_mark,
    "TopoJson": sees_red,
}


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_a_plugin_does_its_work_without_a_network(
    name: str, tmp_path: Path, open_page: OpenPage
) -> None:
    opened = open_page(save_map(with_plugin(name), tmp_path / "map.html", title="Město"))
    opened.page.wait_for_timeout(150)
    assert opened.painted() >= 12
    assert opened.axe() == []
    CHECKS[name](opened)
    opened.assert_quiet()


def test_every_supported_plugin_has_a_check() -> None:
    assert set(CHECKS) == set(SUPPORTED | FEATURES)


@pytest.mark.browser
def test_two_maps_of_a_dual_map_move_together(tmp_path: Path, open_page: OpenPage) -> None:
    saved = save_map(plugin_maps.dual(), tmp_path / "map.html", title="Město")
    opened = open_page(saved)
    page = opened.page
    page.wait_for_timeout(200)
    assert opened.painted("#map") == 14  # the pin is counted with its picture
    assert opened.painted("#map-2") == 13
    assert opened.axe() == []
    where = """(id) => { const map = document.getElementById(id).getBoundingClientRect();
      const areas = document.querySelectorAll(`#${id} path.leaflet-interactive`);
      const area = areas[areas.length - 1].getBoundingClientRect();
      return [area.left - map.left, area.top - map.top, area.width]; }"""
    before = page.evaluate(where, "map")
    page.locator("#map-2 .leaflet-control-zoom-in").click()
    page.wait_for_timeout(500)
    page.mouse.move(900, 400)
    page.mouse.down()
    page.mouse.move(840, 370, steps=4)
    page.mouse.up()
    page.wait_for_timeout(500)
    # each map of the pair rounds its own origin to a whole pixel
    assert page.evaluate(where, "map") == pytest.approx(page.evaluate(where, "map-2"), abs=1.0)
    assert page.evaluate(where, "map") != pytest.approx(before, abs=10)
    opened.assert_quiet()
    assert save_map(plugin_maps.dual(), tmp_path / "b.html", title="Město").path.read_bytes() == (
        saved.path.read_bytes()
    )


@pytest.mark.browser
def test_maps_that_need_different_scripts_share_a_page(tmp_path: Path, open_page: OpenPage) -> None:
    parts = [
        map_fragment(with_plugin(plugin), language="cs", label=plugin, name=f"m{place}")
        for place, plugin in enumerate(("AntPath", "HeatMap", "AntPath"))
    ]
    path = tmp_path / "page.html"
    path.write_text(document(title="t", language="cs", fragments=parts), encoding="utf-8")
    opened = open_page(path)
    for place in range(3):
        box = opened.page.locator(f"#m{place}")
        box.scroll_into_view_if_needed()
        assert box.locator(".leaflet-map-pane").count() == 1
        assert opened.painted(f"#m{place}") >= 12
    opened.assert_quiet()


def assert_harmless(opened: Opened, page_title: str) -> None:
    """Touch everything that shows text, and see that nothing ran."""
    page = opened.page
    page.wait_for_timeout(100)
    assert opened.painted() >= 12
    for thing in page.locator("#map .leaflet-marker-icon, #map path[aria-haspopup]").all()[:25]:
        thing.dispatch_event("mouseover")
        thing.dispatch_event("click")
    for box in page.locator(".apk-layers input, .apk-tags input").all():
        box.dispatch_event("click")
    for field in page.locator(".apk-search input").all():
        field.fill("img")
        field.dispatch_event("input")
    click_map(opened)
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.title() == page_title
    assert page.locator("#map iframe, #map form, #map math, #map script").count() == 0
    opened.assert_quiet()


@pytest.mark.browser
def test_hostile_text_in_all_plugins_at_once_runs_nothing(
    tmp_path: Path, open_page: OpenPage
) -> None:
    text = "".join(HOSTILE)
    town = plugin_maps.base()
    for add in dict.fromkeys([*SUPPORTED.values(), *FEATURES.values()]):
        add(town, text)
    assert_harmless(open_page(save_map(town, tmp_path / "map.html", title="Město")), "Město")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", sorted({*SUPPORTED, *FEATURES} - {"StripePattern", "Timeline"}))
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_plugin_runs_nothing(
    text: str, name: str, tmp_path: Path, open_page: OpenPage
) -> None:
    saved = save_map(with_plugin(name, text), tmp_path / "map.html", title="Město")
    assert_harmless(open_page(saved), "Město")


@pytest.mark.browser
def test_a_hundred_thousand_points_gather_in_a_page_of_a_megabyte_and_a_half(
    tmp_path: Path, open_page: OpenPage
) -> None:
    town = folium.Map(HERE, zoom_start=13, tiles=None)
    plugins.FastMarkerCluster(plugin_maps.points(100_000)).add_to(town)
    saved = save_map(town, tmp_path / "map.html")
    assert saved.size < 1_500_000
    opened = open_page(saved)
    opened.page.wait_for_selector(".apk-cluster__count")
    opened.assert_quiet()


def test_reading_a_plugin_leaves_it_as_it_was() -> None:
    line = plugins.AntPath(LINE, tooltip="x")
    town = folium.Map(HERE, tiles=None)
    line.add_to(town)
    before = copy.deepcopy(line.options)
    read_map(town)
    assert line.options == before
    assert len(line._children) == 1
