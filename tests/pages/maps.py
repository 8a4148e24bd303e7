"""Folium maps as an analyst would make them, on an invented town."""

from __future__ import annotations

from typing import Any

import branca.colormap
import folium

WEST, SOUTH = 13.36, 49.74
ACROSS, UP = 0.01, 0.008


def district(column: int, row: int, **properties: Any) -> dict[str, Any]:
    """Return a rectangle of a chessboard as a GeoJSON feature."""
    west, south = WEST + column * ACROSS, SOUTH + row * UP
    east, north = west + ACROSS, south + UP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {
            "code": f"{column}{row}",
            "name": f"Okrsek {column}{row}",
            "count": 7 * column + row,
            **properties,
        },
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def districts(columns: int = 4, rows: int = 3, **properties: Any) -> dict[str, Any]:
    """Return a chessboard of districts as a GeoJSON collection."""
    features = [district(c, r, **properties) for c in range(columns) for r in range(rows)]
    return {"type": "FeatureCollection", "features": features}


def analysts_map() -> folium.Map:
    """Return a map with one of everything that can be exported."""
    data = districts()
    town = folium.Map([49.752, 13.38], zoom_start=14, control_scale=True)
    folium.Choropleth(
        data,
        data={f["properties"]["code"]: f["properties"]["count"] for f in data["features"]},
        key_on="feature.properties.code",
        fill_color="YlGnBu",
        bins=4,
        name="Hustota",
        legend_name="Události na km²",
    ).add_to(town)
    folium.GeoJson(
        data,
        name="Okrsky",
        style_function=lambda feature: {"fillOpacity": 0, "weight": 1, "color": "#333333"},
        highlight_function=lambda feature: {"weight": 4},
        tooltip=folium.GeoJsonTooltip(["name", "count"], aliases=["Název", "Počet:"]),
        popup=folium.GeoJsonPopup(["name", "count"], aliases=["Název", "Počet"]),
    ).add_to(town)
    stations = folium.FeatureGroup("Služebny").add_to(town)
    folium.Marker(
        [49.752, 13.38],
        popup="<b>Střed</b><br>Perlová 3",
        tooltip="Služebna Střed",
        icon=folium.Icon(color="purple"),
    ).add_to(stations)
    folium.CircleMarker([49.75, 13.37], radius=9, popup="Bod", fill=True).add_to(stations)
    folium.Circle([49.748, 13.39], radius=300, tooltip="300 m").add_to(town)
    folium.PolyLine([[49.74, 13.36], [49.76, 13.40]], tooltip="Trasa").add_to(town)
    folium.Rectangle([[49.742, 13.362], [49.745, 13.366]], popup="Obdélník").add_to(town)
    folium.Polygon([[49.76, 13.365], [49.764, 13.37], [49.76, 13.375]], fill=True).add_to(town)
    folium.Marker(
        [49.758, 13.366],
        icon=folium.DivIcon(html="<div style='font-size:14px; width:80px'>Petrohrad</div>"),
    ).add_to(town)
    branca.colormap.linear.viridis.scale(0, 20).add_to(town)
    folium.LayerControl().add_to(town)
    return town
