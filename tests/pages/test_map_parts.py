"""The pieces a saved map is made of: Leaflet itself, legends, still pictures, words."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import re
from importlib import resources

import branca.colormap
import folium
import numpy as np
import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from apkgeo.pages.folium_reader import read_map
from apkgeo.pages.map_legend import legend_html, read_legend, tick_labels
from apkgeo.pages.map_still import Frame, still_pictures
from tests.pages.maps import districts

PAGES = resources.files("apkgeo") / "pages"


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # The integrity values of leafletjs.com/download.html for version 1.9.4.
        ("leaflet.js", "20nQCchB9co0qIjJZRGuk2/Z9VM+kNiyxNV1lvTlZBo="),
        ("leaflet.css", "p4NxAoJBhIIN+hmNHrzRCf9tD/miZyoHS5obTRR9BMY="),
    ],
)
def test_leaflet_is_the_published_version(name: str, published: str) -> None:
    text = (PAGES / "vendor" / "leaflet-1.9.4" / name).read_bytes()
    assert base64.b64encode(hashlib.sha256(text).digest()).decode() == published


def test_the_library_of_clusters_is_that_of_its_npm_package() -> None:
    # sha256 of dist/leaflet.markercluster.js in leaflet.markercluster-1.5.3.tgz of npm.
    script = PAGES / "vendor" / "leaflet.markercluster-1.5.3" / "leaflet.markercluster.js"
    packed = "Hk4dIpcqOSb0hZjgyvFOP+cEmDXUKKNE/tT542ZbNQg="
    assert base64.b64encode(hashlib.sha256(script.read_bytes()).digest()).decode() == packed


def test_every_class_of_a_choropleth_is_in_its_legend_with_its_values() -> None:
    counts = {"00": 0.0, "01": 4.0, "10": 5.0, "11": 20.0}
    town = folium.Map(tiles=None)
    folium.Choropleth(
        districts(2, 2),
        data=counts,
        key_on="feature.properties.code",
        bins=[0, 5, 10, 20],
        fill_color="YlGnBu",
        legend_name="Události",
    ).add_to(town)
    described = read_map(town, language="en")
    colours = [
        described.specification["styles"][item["s"]]["fillColor"]
        for item in described.specification["layers"][0]["items"][0]["items"]
    ]
    (legend,) = described.legends
    # ColorBrewer's YlGnBu with three classes.
    assert legend.classes == (("#edf8b1", "0–5"), ("#7fcdbb", "5–10"), ("#2c7fb8", "10–20"))
    assert colours == ["#edf8b1", "#edf8b1", "#7fcdbb", "#2c7fb8"]


def test_a_continuous_scale_has_ticks_and_colours_at_their_place() -> None:
    scale = branca.colormap.LinearColormap(["#000000", "#ffffff"], vmin=0, vmax=10, caption="x")
    legend = read_legend(scale, "en")
    assert legend.ticks == ((0.0, "0"), (1.0, "10"))
    assert legend.stops[0] == (0.0, "#000000")
    assert legend.stops[-1] == (1.0, "#ffffff")
    assert legend.stops[6] == (0.5, "#7f7f7f")
    html = legend_html(legend, key="k", language="en")
    assert 'fill="url(#k-ramp)"' in html


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0, 1, 2], ["0", "1", "2"]),
        ([0, 0.25, 1], ["0,00", "0,25", "1,00"]),
        ([-0.0001, 1000, 2000], ["0", "1\N{NO-BREAK SPACE}000", "2\N{NO-BREAK SPACE}000"]),
        ([3, 3], ["3", "3"]),
    ],
)
def test_ticks_have_no_more_places_than_they_need(values: list[float], labels: list[str]) -> None:
    assert tick_labels(values, "cs") == labels


@given(st.floats(-80, 80), st.floats(-179, 179))
def test_the_still_picture_lies_on_the_plane_of_the_webs_mercator(
    latitude: float, longitude: float
) -> None:
    # PROJ is the reference: EPSG:3857 measures metres from the middle of the same square.
    to_plane = Transformer.from_crs(4326, 3857, always_xy=True)
    half = 20_037_508.342789244
    x, y = to_plane.transform(longitude, latitude)
    frame = Frame(west=0, north=0, scale=1e6, width=1e6, height=1e6)
    expected = np.array([(x + half) / (2 * half) * 1e6, (half - y) / (2 * half) * 1e6])
    assert np.abs(np.array(frame.point(latitude, longitude)) - expected).max() < 0.51


def test_a_layer_that_is_off_is_not_in_the_still_picture() -> None:
    town = folium.Map(tiles=None)
    folium.GeoJson(districts(2, 2)).add_to(town)
    folium.GeoJson(districts(3, 3), show=False).add_to(town)
    specification = read_map(town).specification
    ((caption, picture),) = still_pictures(specification, name="map", label="Okrsky")
    assert caption == ""
    assert picture.count("<path") == 4


def test_every_message_of_the_map_has_its_czech_words() -> None:
    catalog = read_po(io.BytesIO((PAGES.parent / "translations" / "cs" / "export.po").read_bytes()))
    names = ["export.py", "folium_reader.py", "folium_shapes.py", "folium_features.py"]
    marked = [
        call.args[0].value
        for name in [*names, "map_parts.py", "map_legend.py", "map_still.py"]
        for call in ast.walk(ast.parse((PAGES / name).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_"
    ]
    template = (PAGES / "templates" / "map.html").read_text(encoding="utf-8")
    marked += re.findall(r'_\("([^"]+)"', template)
    assert len(marked) >= 19
    assert [message for message in marked if not catalog.get(message)] == []
    for message in marked:
        czech = catalog.get(message).string
        assert set(re.findall(r"{\w+}", message)) == set(re.findall(r"{\w+}", czech))
