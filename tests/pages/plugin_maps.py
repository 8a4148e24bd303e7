"""Maps with each of Folium's plugins that can be exported, on the chessboard of `maps`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import folium
import numpy as np
from folium import plugins

from tests.pages.maps import districts

HERE = [49.752, 13.38]
LINE = [[49.745, 13.365], [49.755, 13.38], [49.75, 13.395]]
BLUE = "#225ea8"


def encode(places: list[list[float]]) -> str:
    """Write places as Google's polyline algorithm says, step by step."""
    text = ""
    last = [0, 0]
    for place in places:
        for axis, degrees in enumerate(place):
            step = round(degrees * 1e5) - last[axis]
            last[axis] += step
            bits = ~(step << 1) if step < 0 else step << 1
            while bits >= 32:
                text += chr((32 | bits & 31) + 63)
                bits >>= 5
            text += chr(bits + 63)
    return text


def points(count: int) -> list[list[float]]:
    """Return places around the middle, the same ones every time."""
    rng = np.random.default_rng(1)
    across, up = rng.normal(0, 0.006, count), rng.normal(0, 0.009, count)
    return np.column_stack([HERE[0] + across, HERE[1] + up]).round(6).tolist()


def base() -> folium.Map:
    """Return the chessboard in the middle of the map."""
    town = folium.Map(HERE, zoom_start=14, tiles=None)
    folium.GeoJson(
        districts(), name="Okrsky", tooltip=folium.GeoJsonTooltip(["name"], labels=False)
    ).add_to(town)
    return town


def two_groups(town: folium.Map) -> tuple[folium.FeatureGroup, folium.FeatureGroup]:
    """Add two named groups with a shape each."""
    one, two = (folium.FeatureGroup(name).add_to(town) for name in ("Jedna", "Dvě"))
    folium.CircleMarker(HERE, popup="a", color="red").add_to(one)
    folium.Circle([49.75, 13.37], 300, color="green").add_to(two)
    return one, two


def ant_path(town: folium.Map, text: str) -> None:
    plugins.AntPath(LINE, tooltip=text, popup=text, reverse=True).add_to(town)


def badges(town: folium.Map, text: str) -> None:
    for place, shape in enumerate(["circle", "marker", "rectangle-dot", "doughnut"]):
        icon = plugins.BeautifyIcon(number=text, icon_shape=shape, border_color="#b30000")
        folium.Marker([49.75, 13.37 + 0.005 * place], popup=text, icon=icon).add_to(town)


def boat(town: folium.Map, text: str) -> None:
    plugins.BoatMarker(HERE, heading=45, popup=text, color="red").add_to(town)


def patterns(town: folium.Map, _text: str) -> None:
    dots, stripes = plugins.CirclePattern(), plugins.StripePattern(angle=45)
    dots.add_to(town)
    stripes.add_to(town)
    folium.GeoJson(
        districts(2, 1),
        style_function=lambda feature: {
            "fillPattern": dots if feature["properties"]["code"] == "00" else stripes,
            "fillOpacity": 1,
        },
    ).add_to(town)


def draw(town: folium.Map, text: str) -> None:
    kept = folium.FeatureGroup(text).add_to(town)
    plugins.Draw(export=True, filename=text, feature_group=kept).add_to(town)


def fast_cluster(town: folium.Map, text: str) -> None:
    plugins.FastMarkerCluster(points(3000), name=text).add_to(town)
    folium.LayerControl(collapsed=False).add_to(town)


def sub_groups(town: folium.Map, text: str) -> None:
    whole = plugins.MarkerCluster(control=False).add_to(town)
    for place, name in enumerate((text, "druhá")):
        part = plugins.FeatureGroupSubGroup(whole, name).add_to(town)
        for at in points(30)[place::2]:
            folium.Marker(at, popup=name).add_to(part)
    folium.LayerControl(collapsed=False).add_to(town)


def float_image(town: folium.Map, _text: str) -> None:
    picture = folium.utilities.image_to_url(np.ones((20, 40, 3)))
    plugins.FloatImage(picture, bottom=5, left=80, width="60px").add_to(town)


def grouped(town: folium.Map, text: str) -> None:
    plugins.GroupedLayerControl({text: list(two_groups(town))}, collapsed=False).add_to(town)


def tree(town: folium.Map, text: str) -> None:
    one, two = two_groups(town)
    pin = folium.Marker([49.748, 13.37], popup=text).add_to(town)
    inner = [{"label": "Dvě", "layer": two}, {"label": "Značka", "layer": pin}]
    branches = [{"label": "Jedna", "layer": one}, {"label": text, "children": inner}]
    plugins.TreeLayerControl(
        overlay_tree={"label": text, "selectAllCheckbox": True, "children": branches},
        collapsed=False,
    ).add_to(town)


def heat(town: folium.Map, text: str) -> None:
    rows = [[*at, 1 + place % 3] for place, at in enumerate(points(2000))]
    plugins.HeatMap(rows, name=text, radius=15).add_to(town)
    folium.LayerControl(collapsed=False).add_to(town)


def heat_with_time(town: folium.Map, text: str) -> None:
    frames = [points(200)[40 * year : 40 * year + 40] for year in range(5)]
    plugins.HeatMapWithTime(frames, index=[f"{text} {year}" for year in range(5)]).add_to(town)


def cluster(town: folium.Map, text: str) -> None:
    places = [*points(200), [49.7441, 13.3651], [49.7441, 13.3651]]
    plugins.MarkerCluster(places, popups=[text] * len(places), name=text).add_to(town)


def measure(town: folium.Map, _text: str) -> None:
    plugins.MeasureControl(primary_length_unit="kilometers", primary_area_unit="hectares").add_to(
        town
    )


def encoded_line(town: folium.Map, _text: str) -> None:
    plugins.PolyLineFromEncoded(encode(LINE), color="red").add_to(town)


def encoded_polygon(town: folium.Map, _text: str) -> None:
    plugins.PolygonFromEncoded(encode(LINE), color="red").add_to(town)


def beside(town: folium.Map, text: str) -> None:
    folium.PolyLine(LINE, color=BLUE).add_to(town)
    plugins.PolyLineOffset(LINE, offset=12, color="red", popup=text).add_to(town)


def written(town: folium.Map, text: str) -> None:
    line = folium.PolyLine(LINE, weight=8).add_to(town)
    plugins.PolyLineTextPath(
        line, text, repeat=True, offset=-6, attributes={"font-size": "18", "fill": "#b30000"}
    ).add_to(town)


def search(town: folium.Map, text: str) -> None:
    data = districts(2, 2)
    data["features"][0]["properties"]["name"] = text
    areas = folium.GeoJson(data, popup=folium.GeoJsonPopup(["name"], labels=False)).add_to(town)
    plugins.Search(areas, search_label="name", geom_type="Polygon", placeholder=text).add_to(town)


def sector(town: folium.Map, text: str) -> None:
    plugins.SemiCircle(HERE, 500, direction=90, arc=60, popup=text, color="red").add_to(town)


def side_by_side(town: folium.Map, text: str) -> None:
    sides = [
        folium.GeoJson(
            districts(),
            name=name,
            style_function=lambda _feature, paint=paint: {"fillColor": paint, "fillOpacity": 1},
        ).add_to(town)
        for name, paint in ((text, "#ffffcc"), ("2015", BLUE))
    ]
    plugins.SideBySideLayers(*sides).add_to(town)


def tags(town: folium.Map, text: str) -> None:
    for place, at in enumerate(points(20)):
        folium.Marker(at, popup=text, tags=[text if place % 4 == 0 else "jiné"]).add_to(town)
    plugins.TagFilterButton([text, "jiné"]).add_to(town)


def choropleth_in_time(town: folium.Map, text: str) -> None:
    data = districts()
    for place, feature in enumerate(data["features"]):
        feature["id"] = str(place)
    # 13 May, 12 June, 12 July 2014
    days = [1_400_000_000 + 86_400 * 30 * month for month in range(3)]
    colours = ["#ffffcc", "#41b6c4", BLUE]
    styles = {
        str(place): {
            str(day): {"color": colours[(place + month) % 3], "opacity": 0.8}
            for month, day in enumerate(days)
        }
        for place in range(12)
    }
    plugins.TimeSliderChoropleth(data, styles, date_options="D. MMMM YYYY", name=text).add_to(town)


def timeline(town: folium.Map, text: str) -> None:
    data = districts(3, 1, text=text)
    for month, feature in enumerate(data["features"], start=1):
        feature["properties"] |= {"start": f"2014-0{month}-01", "end": f"2014-0{month + 1}-15"}
    layer = plugins.Timeline(data)
    layer.add_child(folium.GeoJsonTooltip(["text"]))
    layer.add_to(town)
    slider = plugins.TimelineSlider(auto_play=False, date_options="D. M. YYYY")
    slider.add_timelines(layer).add_to(town)


def timestamped(town: folium.Map, text: str) -> None:
    track = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[east, north] for north, east in LINE]},
        "properties": {
            "times": ["2014-07-01", "2014-07-03", "2014-07-06"],
            "tooltip": text,
            "style": {"color": "red"},
        },
    }
    point = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": HERE[::-1]},
        "properties": {
            "times": ["2014-07-02"],
            "popup": text,
            "icon": "circle",
            "iconstyle": {"radius": 12, "fillColor": text, "fillOpacity": 0.9},
        },
    }
    plugins.TimestampedGeoJson(
        {"type": "FeatureCollection", "features": [track, point]},
        auto_play=False,
        add_last_point=False,
        date_options="D. M. YYYY",
        duration="P3D",
    ).add_to(town)


def simple(element: Callable[[], Any]) -> Callable[[folium.Map, str], None]:
    """Return what adds one element that takes no text."""

    def add(town: folium.Map, _text: str) -> None:
        element().add_to(town)

    return add


def pins_at_clicks(town: folium.Map, text: str) -> None:
    folium.ClickForMarker(text + " <b>${lat}</b>").add_to(town)


def colour_line(town: folium.Map, _text: str) -> None:
    folium.ColorLine([tuple(at) for at in LINE], [1, 2], weight=6).add_to(town)


def pentagon(town: folium.Map, text: str) -> None:
    folium.RegularPolygonMarker(
        HERE, number_of_sides=5, radius=20, popup=text, fill_color="red"
    ).add_to(town)


def topology(town: folium.Map, text: str) -> None:
    """Add a square of two arcs, the second one run through backwards."""
    square = {"type": "Polygon", "arcs": [[0, -2]], "properties": {"name": text}}
    data = {
        "type": "Topology",
        "arcs": [
            [[13.37, 49.75], [13.38, 49.75], [13.38, 49.76]],
            [[13.37, 49.75], [13.37, 49.76], [13.38, 49.76]],
        ],
        "objects": {"squares": {"type": "GeometryCollection", "geometries": [square]}},
    }
    folium.TopoJson(
        data,
        "objects.squares",
        style_function=lambda _feature: {"color": "red"},
        tooltip=folium.GeoJsonTooltip(["name"]),
    ).add_to(town)


SUPPORTED: dict[str, Callable[[folium.Map, str], None]] = {
    "AntPath": ant_path,
    "BeautifyIcon": badges,
    "BoatMarker": boat,
    "CirclePattern": patterns,
    "Draw": draw,
    "FastMarkerCluster": fast_cluster,
    "FeatureGroupSubGroup": sub_groups,
    "FloatImage": float_image,
    "Fullscreen": simple(plugins.Fullscreen),
    "GroupedLayerControl": grouped,
    "HeatMap": heat,
    "HeatMapWithTime": heat_with_time,
    "MarkerCluster": cluster,
    "MeasureControl": measure,
    "MiniMap": simple(lambda: plugins.MiniMap(toggle_display=True)),
    "MousePosition": simple(plugins.MousePosition),
    "PolyLineFromEncoded": encoded_line,
    "PolyLineOffset": beside,
    "PolyLineTextPath": written,
    "PolygonFromEncoded": encoded_polygon,
    "ScrollZoomToggler": simple(plugins.ScrollZoomToggler),
    "Search": search,
    "SemiCircle": sector,
    "SideBySideLayers": side_by_side,
    "StripePattern": patterns,
    "TagFilterButton": tags,
    "TimeSliderChoropleth": choropleth_in_time,
    "Timeline": timeline,
    "TimelineSlider": timeline,
    "TimestampedGeoJson": timestamped,
    "TreeLayerControl": tree,
}
FEATURES: dict[str, Callable[[folium.Map, str], None]] = {
    "ClickForLatLng": simple(folium.ClickForLatLng),
    "ClickForMarker": pins_at_clicks,
    "ColorLine": colour_line,
    "LatLngPopup": simple(folium.LatLngPopup),
    "RegularPolygonMarker": pentagon,
    "TopoJson": topology,
}


def with_plugin(name: str, text: str = "text") -> folium.Map:
    """Return the chessboard with one plugin, `text` wherever it takes text."""
    town = base()
    (SUPPORTED | FEATURES)[name](town, text)
    return town


def dual(text: str = "text") -> plugins.DualMap:
    """Return two maps that move together."""
    both = plugins.DualMap(HERE, tiles=None, zoom_start=14)
    folium.GeoJson(districts(), name=text).add_to(both)
    folium.Marker(HERE, popup=text).add_to(both.m1)
    folium.Circle(HERE, 400, tooltip=text).add_to(both.m2)
    folium.LayerControl().add_to(both)
    return both
