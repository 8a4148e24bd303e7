"""Text that came with the data runs nothing, wherever it stands, and the map is still drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import branca.colormap
import folium
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apkgeo.pages import markup
from apkgeo.pages.export import map_fragment, save_map
from apkgeo.pages.shell import document
from tests.pages.browser import Opened
from tests.pages.maps import districts

HOSTILE = [
    "<img src=x onerror=\"window.hacked='img'\">",
    "<svg onload=\"window.hacked='svg'\"></svg><math><mi xlink:href='javascript:alert(1)'>",
    "</script><script>window.hacked='script'</script>",
    "${window.hacked='template'}",
    "`+(window.hacked='backtick')+`",
    "\\`${window.hacked='escaped'}\\`",
    "C:\\data\\2019\\x41 \\u0041",
    "{{ 7*7 }}{% raw %}",
    "line\u2028paragraph\u2029",
    "\u202ertl \u2067isolate",
    "\"'><b onmouseover=\"window.hacked='attribute'\">x</b>",
    "<a href=\"javascript:window.hacked='link'\">odkaz</a>",
    "<iframe srcdoc=\"<script>parent.hacked='frame'</script>\"></iframe>",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil.example>",
    '<div style="background:url(https://evil.example/x.png);position:fixed">styl</div>',
    "<!-- --><![CDATA[ x ]]> --> ]]>",
    "<form action=//evil.example><input autofocus onfocus=\"window.hacked='focus'\"></form>",
    "<noscript><p title=\"</noscript><img src=x onerror=window.hacked='mxss'>\">",
]


def hostile_map(text: str) -> folium.Map:
    """Return a map with `text` in every place that takes text."""
    data = districts(2, 2, _label=text, _key=text, _class=text, _card=text, text=text)
    data["features"][0]["properties"][text] = text
    for feature in data["features"]:
        feature["properties"].setdefault(text, None)
    town = folium.Map([49.748, 13.37], zoom_start=14, tiles=None)
    folium.GeoJson(
        data,
        name=text,
        style_function=lambda _feature: {"fillColor": text, "className": text, "dashArray": text},
        tooltip=folium.GeoJsonTooltip(["text", text], aliases=[text, text], style=text),
        popup=folium.GeoJsonPopup(["text"], aliases=[text]),
    ).add_to(town)
    folium.Choropleth(
        data,
        data={"00": 1, "01": 2, "10": 3, "11": 4},
        key_on="feature.properties.code",
        legend_name=text,
        name=text,
    ).add_to(town)
    group = folium.FeatureGroup(text).add_to(town)
    for place, kind in enumerate((folium.Marker, folium.CircleMarker, folium.Circle)):
        at = [49.745 + place * 0.002, 13.365]
        kind(at, popup=text, tooltip=folium.Tooltip(text, style=text)).add_to(group)
    folium.Marker(
        [49.75, 13.375], title=text, alt=text, popup=folium.Popup(text, show=True)
    ).add_to(group)
    folium.Marker([49.752, 13.375], icon=folium.DivIcon(html=text, class_name=text)).add_to(group)
    folium.PolyLine([[49.74, 13.36], [49.76, 13.38]], color=text, tooltip=text).add_to(town)
    branca.colormap.linear.viridis.scale(0, 9).add_to(town).caption = text
    folium.LayerControl(collapsed=False).add_to(town)
    return town


def assert_harmless(opened: Opened) -> None:
    """Touch everything that shows text, and see that nothing ran."""
    page = opened.page
    assert opened.painted() >= 4
    for shape in page.locator("#map path.leaflet-interactive").all()[:6]:
        shape.dispatch_event("mouseover")
        shape.dispatch_event("click")
    for pin in page.locator("#map .leaflet-marker-icon").all():
        pin.dispatch_event("mouseover")
        pin.dispatch_event("click")
    for box in page.locator(".apk-layers input").all():
        box.click()
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('#map img, iframe, form, math').length") == 0
    assert page.evaluate("Array.from(document.styleSheets).every((s) => s.href === null)")
    opened.assert_quiet()


@pytest.mark.browser
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_place_of_a_map_runs_nothing(
    tmp_path: Path, open_page: Callable[..., Opened], text: str
) -> None:
    saved = save_map(hostile_map(text), tmp_path / "map.html", title=text)
    assert_harmless(open_page(saved))


@pytest.mark.browser
def test_hostile_text_around_a_map_in_a_page_runs_nothing(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    text = "".join(HOSTILE)
    town = folium.Map(tiles=None)
    layers = tuple(folium.GeoJson(districts(2, 2), name=text).add_to(town) for _side in range(2))
    fragment = map_fragment(
        town, language="cs", label=text, compare=layers, compare_labels=(text, text)
    )
    path = tmp_path / "page.html"
    path.write_text(document(title=text, language="cs", fragments=[fragment]), encoding="utf-8")
    opened = open_page(path)
    opened.page.get_by_role("slider").press("End")
    assert_harmless(opened)


@pytest.mark.browser
def test_text_that_looks_like_code_is_shown_as_it_is(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    text = r"`${1+1}` {{ 7*7 }} C:\data\2019 a < b"
    town = folium.Map([49.75, 13.38], tiles=None)
    popup = folium.Popup(text, show=True)
    folium.Marker([49.75, 13.38], popup=popup).add_to(town)
    opened = open_page(save_map(town, tmp_path / "map.html"))
    assert opened.page.locator(".leaflet-popup-content").inner_text() == text
    opened.assert_quiet()


def tags(nodes: list[markup.Node]) -> set[str]:
    """Return all tags of a tree."""
    found: set[str] = set()
    for node in nodes:
        if not isinstance(node, str):
            found |= {node[0]} | tags(node[2:])
    return found


@given(st.text(alphabet=st.sampled_from("<>/=\"'` abimgscrpton:;&#x0(){}$\\!-"), max_size=60))
@example("<scr<script>ipt>alert(1)</script>")
@example("<b style='color:red;background:url(x)'>")
def test_whatever_the_markup_only_harmless_elements_are_left(text: str) -> None:
    assert tags(markup.tree(text)) <= markup.TAGS


@given(st.text(alphabet=st.characters(exclude_characters="<>&\r\0", exclude_categories=["Cs"])))
def test_plain_text_goes_through_unchanged(text: str) -> None:
    assert "".join(map(str, markup.tree(text))) == text
