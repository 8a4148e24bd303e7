"""What a Folium element is: it is judged by the template that draws it."""

from __future__ import annotations

from typing import Any

from branca.element import Element
from folium.utilities import camelize

from apkgeo.errors import UnsupportedMapError

Item = dict[str, Any]

NO_SCRIPTS = "scripts of one's own (JsCode) do not run in a saved map; use popups and tooltips"
_REMEDY = (
    "remove it, or draw the same with GeoJson, Choropleth, FeatureGroup, Marker, CircleMarker, "
    "Circle, PolyLine, Polygon, Rectangle, Popup, Tooltip or a colour scale of branca"
)
_REMEDIES = {
    "EventHandler": NO_SCRIPTS,
    "JsCode": NO_SCRIPTS,
    "Element": "HTML and scripts around the map are not copied; give a title with "
    "save_map(..., title=...), and make GeoDataFrame.explore(legend=False)",
    "MacroElement": "elements with a template of their own are not copied; for a legend use "
    "branca.colormap, and GeoDataFrame.explore(legend=False)",
    "WmsTileLayer": "draw the boundaries themselves with GeoJson",
    "VegaLite": "show the figure beside the map, as SVG",
    "Vega": "show the figure beside the map, as SVG",
    "IFrame": "write its content into the popup as simple HTML",
    "Control": "it runs a script of its own; use one of the controls in folium.plugins",
    "VideoOverlay": "show a picture with ImageOverlay, or the film beside the map",
}
# The plugins that cannot work without a network, or not without telling where the reader is; a
# test goes through all of folium.plugins and wants each to be drawn or to stand here.
REFUSED_PLUGINS = {
    "GeoMan": "use folium.plugins.Draw, which draws, deletes and saves shapes without a network",
    "Geocoder": "it sends what is typed to another company; use folium.plugins.Search for the "
    "areas of the map, or apkgeo's look-up page for addresses",
    "LocateControl": "it asks the browser's maker where the reader is; use folium.plugins.Search, "
    "or apkgeo's look-up page for addresses",
    "OverlappingMarkerSpiderfier": "use folium.plugins.MarkerCluster, which spreads markers of "
    "one place when it is clicked",
    "Realtime": "it asks a server again and again; take what it shows now as GeoJson",
    "Terminator": "it draws where it is night at this moment; draw a fixed line with PolyLine",
    "TimestampedWmsTileLayers": "its pictures come from a server; use TimeSliderChoropleth or "
    "TimestampedGeoJson with the shapes themselves",
    "VectorGridProtobuf": "its tiles come from a server; read them with geopandas.read_file and "
    "use GeoJson",
}


def drawn_as(element: Any) -> type | None:
    """Return the class whose template draws `element`; None when it brings its own."""
    if not isinstance(element, Element) or "_template" in vars(element):
        return None
    return next((kind for kind in type(element).__mro__ if "_template" in vars(kind)), None)


def refuse(element: Any) -> UnsupportedMapError:
    """Return the error for what cannot be shown: its name, and what to use instead."""
    kind = type(element)
    return UnsupportedMapError(
        f"the map holds {kind.__module__.partition('.')[0]}'s {kind.__name__}",
        expected="what can be shown without a network and without a script of its own",
        remedy=(_REMEDIES | REFUSED_PLUGINS).get(kind.__name__, _REMEDY),
    )


def corner(value: object, usual: str) -> str:
    """Return a corner of the map in Leaflet's words."""
    return str(value) if value in {"topleft", "topright", "bottomleft", "bottomright"} else usual


def options_of(element: Any) -> dict[str, Any]:
    """Return the options of an element under Leaflet's own names."""
    for value in element.options.values():
        if type(value).__name__ == "JsCode":
            raise refuse(value)
    return {camelize(name): value for name, value in element.options.items()}
