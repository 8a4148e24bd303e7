"""A Folium map is read element by element; what cannot be shown offline is refused by name."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import branca.element
import folium
import folium.plugins
import geopandas
import numpy as np
import pytest
from folium.utilities import JsCode
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from apkgeo.errors import UnsupportedMapError
from apkgeo.pages.export import map_fragment, save_map
from apkgeo.pages.folium_reader import read_map
from apkgeo.pages.map_parts import Draft, expand_run, merge_runs
from tests.pages.maps import analysts_map, districts

HERE = [49.75, 13.38]


def with_added(element: Any) -> folium.Map:
    """Return a map with one element."""
    town = folium.Map(HERE, tiles=None)
    element.add_to(town)
    return town


def own_template() -> branca.element.MacroElement:
    """Return an element that an analyst wrote a script for."""
    element = branca.element.MacroElement()
    element._template = branca.element.Template("{% macro script(this, kwargs) %}x{% endmacro %}")
    return element


REFUSED = {
    "Control": folium.Control("Zoom"),
    "JsCode": folium.FeatureGroup(x=JsCode("alert(1)")),
    "WmsTileLayer": folium.WmsTileLayer("https://wms.example/", "layers"),
    "VideoOverlay": folium.raster_layers.VideoOverlay(
        "https://v.example/v.mp4", [[49, 13], [50, 14]]
    ),
    "MacroElement": own_template(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_is_refused_by_its_name_with_a_way_out(name: str) -> None:
    with pytest.raises(UnsupportedMapError) as caught:
        read_map(with_added(copy.copy(REFUSED[name])))
    message = str(caught.value)
    assert name in message
    assert "; " in message
    assert "\n" not in message


def test_a_second_map_beside_the_first_is_refused() -> None:
    with pytest.raises(UnsupportedMapError, match=r"expected a folium\.Map, got DualMap"):
        read_map(folium.plugins.DualMap())


def test_scripts_of_ones_own_are_refused() -> None:
    town = folium.Map(HERE, tiles=None)
    town.on(click=JsCode("function() { alert(1) }"))
    with pytest.raises(UnsupportedMapError, match="EventHandler"):
        read_map(town)
    feature = folium.GeoJson(districts(), on_each_feature=JsCode("(f, l) => alert(f)"))
    with pytest.raises(UnsupportedMapError, match="JsCode"):
        read_map(with_added(feature))
    with pytest.raises(UnsupportedMapError, match="JsCode"):
        read_map(with_added(folium.FeatureGroup(x=JsCode("alert(1)"))))


def test_a_frame_in_a_popup_is_refused() -> None:
    frame = branca.element.IFrame("<p>x</p>")
    with pytest.raises(UnsupportedMapError, match=r"IFrame.*write its content into the popup"):
        read_map(with_added(folium.Marker(HERE, popup=folium.Popup(frame))))


def test_html_and_links_around_the_map_are_refused() -> None:
    town = folium.Map(HERE, tiles=None)
    town.get_root().html.add_child(folium.Element("<h3>Title</h3>"))
    with pytest.raises(UnsupportedMapError, match=r"give a title with save_map"):
        read_map(town)
    town = folium.Map(HERE, tiles=None)
    town.get_root().header.add_child(branca.element.CssLink("https://x.example/a.css"))
    with pytest.raises(UnsupportedMapError, match="CssLink"):
        read_map(town)


def test_icons_and_pictures_from_elsewhere_are_refused_and_inline_ones_are_kept() -> None:
    elsewhere = folium.CustomIcon("https://x.example/pin.png", icon_size=(10, 10))
    with pytest.raises(UnsupportedMapError, match=r"an icon asks for https://x\.example/pin\.png"):
        read_map(with_added(folium.Marker(HERE, icon=elsewhere)))
    remote = folium.raster_layers.ImageOverlay("https://x.example/a.png", [[49, 13], [50, 14]])
    with pytest.raises(UnsupportedMapError, match=r"an image layer asks for https://x\.example"):
        read_map(with_added(remote))
    picture = folium.raster_layers.ImageOverlay(np.zeros((2, 2)), [[49, 13], [50, 14]])
    assert read_map(with_added(picture)).specification["layers"][0]["url"].startswith("data:image")


def test_the_default_background_is_left_out_with_a_note() -> None:
    described = read_map(folium.Map(HERE))
    assert described.specification["layers"] == []
    assert [note.text("cs") for note in described.notes] == [
        "Podkladová mapa z internetu byla vynechána: stránka se ničeho nedotazuje."
    ]


def test_a_subclass_without_a_template_of_its_own_is_read_as_its_base() -> None:
    class Station(folium.Marker):
        """A marker by another name."""

    layer = read_map(with_added(Station(HERE, popup="x"))).specification["layers"][0]
    assert layer["k"] == "marker"


def test_an_unknown_colour_or_a_font_icon_is_told() -> None:
    town = folium.Map(HERE, tiles=None)
    folium.Marker(HERE, icon=folium.Icon(icon="home", prefix="fa")).add_to(town)
    folium.PolyLine([HERE, [49.76, 13.39]], color="url(https://x.example)").add_to(town)
    assert [str(note) for note in read_map(town).notes] == [
        "Pins are drawn without the little pictures of an icon font.",
        "A style was left out: “url(https://x.example)” is no value of color.",
    ]


def test_the_map_is_not_changed_by_being_read() -> None:
    town = analysts_map()
    before = [element.get_name() for element in town._children.values()]
    features = copy.deepcopy([c.data for c in town._children.values() if hasattr(c, "data")])
    read_map(town)
    assert [element.get_name() for element in town._children.values()] == before
    assert [c.data for c in town._children.values() if hasattr(c, "data")] == features


def test_only_what_is_shown_of_a_feature_is_in_the_file(tmp_path: Path) -> None:
    data = districts(secret="nepublikovat", shown="ukázat")
    layer = folium.GeoJson(data, tooltip=folium.GeoJsonTooltip(["shown"]))
    page = save_map(with_added(layer), tmp_path / "map.html").path.read_text(encoding="utf-8")
    assert "ukázat" in page
    assert "nepublikovat" not in page
    assert "secret" not in page


def test_a_field_that_is_not_there_is_named() -> None:
    layer = folium.GeoJson(districts(), tooltip=folium.GeoJsonTooltip(["rate"]))
    with pytest.raises(UnsupportedMapError, match=r"'rate'.*'code', 'name', 'count'"):
        read_map(with_added(layer))


def test_numbers_of_a_localised_table_are_written_in_the_pages_language() -> None:
    detail = {"fields": ["count"], "localize": True}
    for language, text in (("cs", "1\N{NO-BREAK SPACE}234,5"), ("en", "1,234.5")):
        layer = folium.GeoJson(districts(1, 1), tooltip=folium.GeoJsonTooltip(**detail))
        layer.data["features"][0]["properties"]["count"] = 1234.5
        contents = read_map(with_added(layer), language=language).specification["contents"]
        assert contents == [{"h": 0, "v": [text]}]


def test_empty_geometries_are_counted_in_a_note() -> None:
    data = districts(2, 1)
    data["features"][0]["geometry"] = None
    notes = read_map(with_added(folium.GeoJson(data))).notes
    assert [str(note) for note in notes] == ["Features without a geometry that were left out: 1."]


def test_all_kinds_of_geometry_are_drawn() -> None:
    line = [[13.3, 49.7], [13.4, 49.8]]
    ring = [[13.3, 49.7], [13.4, 49.7], [13.4, 49.8], [13.3, 49.7]]
    geometries = [
        {"type": "Point", "coordinates": [13.3, 49.7, 320.0]},
        {"type": "MultiPoint", "coordinates": line},
        {"type": "LineString", "coordinates": line},
        {"type": "MultiLineString", "coordinates": [line, line]},
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "MultiPolygon", "coordinates": [[ring], [ring]]},
    ]
    geometries.append({"type": "GeometryCollection", "geometries": geometries[:2]})
    kinds = [
        [
            item["k"]
            for item in read_map(with_added(folium.GeoJson(g))).specification["layers"][0]["items"]
        ]
        for g in geometries
    ]
    marker, line_kind = ["marker"], ["line"]
    assert kinds == [
        marker, marker * 2, line_kind, line_kind, ["polygon"], ["polygon"], marker * 3,
    ]  # fmt: skip


def test_geopandas_explore_can_be_saved() -> None:
    pytest.importorskip("mapclassify", reason="GeoDataFrame.explore needs mapclassify")
    squares = geopandas.GeoDataFrame(
        {"name": ["a", "b"], "rate": [1.5, 2.5]},
        geometry=[
            Point(13.3, 49.7).buffer(0.01),
            Polygon([(13.4, 49.7), (13.5, 49.7), (13.5, 49.8)]),
        ],
        crs=4326,
    )
    described = read_map(squares.explore("rate", cmap="viridis", tooltip=["name"]))
    kinds = [item["k"] for item in described.specification["layers"][0]["items"]]
    assert kinds == ["polygon", "polygon"]
    assert described.legends[0].caption == "rate"


def test_coordinates_are_rounded_to_what_was_asked() -> None:
    town = with_added(folium.Marker([49.7477123456, 13.3776987654]))
    layer = read_map(town, digits=4).specification["layers"][0]
    assert layer["at"] == [497477, 133777]


def test_points_on_a_page_for_the_council_are_refused_except_public_places() -> None:
    town = folium.Map(HERE, tiles=None)
    stations = folium.FeatureGroup("Služebny").add_to(town)
    folium.Marker(HERE).add_to(stations)
    map_fragment(town, language="cs", label="x", audience="council", places=(stations,))
    map_fragment(town, language="cs", label="x", audience="internal")
    with pytest.raises(UnsupportedMapError, match="expected counts by area, not points"):
        map_fragment(town, language="cs", label="x", audience="council")
    folium.CircleMarker(HERE).add_to(town)
    with pytest.raises(UnsupportedMapError, match="a CircleMarker on a page for the public"):
        map_fragment(town, language="cs", label="x", audience="public", places=(stations,))


positions = st.tuples(st.floats(-85, 85), st.floats(-180, 180))


@given(st.lists(positions, min_size=1))
def test_steps_give_back_every_position_to_half_a_unit(places: list[tuple[float, float]]) -> None:
    steps = np.array(Draft("en").steps(places)).reshape(-1, 2).cumsum(axis=0) / 1e6
    assert np.abs(steps - np.array(places)).max() <= 5.1e-7


points = st.builds(
    lambda at, r, p: {"k": "dot", "at": list(at), "r": r, **({} if p is None else {"p": p})},
    st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    st.integers(1, 3),
    st.none() | st.integers(0, 3),
)


@given(st.lists(points | st.just({"k": "line", "at": [[0, 0, 1, 1]]}), max_size=40))
def test_points_written_as_runs_are_the_same_points(items: list[dict[str, Any]]) -> None:
    merged = merge_runs(items)
    back = [one for item in merged for one in (expand_run(item) if item["k"] == "run" else [item])]
    assert json.dumps(back, sort_keys=True) == json.dumps(items, sort_keys=True)
