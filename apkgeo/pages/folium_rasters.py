"""Read layers of pictures: tiles, which only a server can give, and pictures in the map itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apkgeo.errors import UnsupportedMapError
from apkgeo.language import Note, _
from apkgeo.pages import markup
from apkgeo.pages.folium_elements import Item, options_of
from apkgeo.pages.map_parts import Draft

_OSM = "tile.openstreetmap.org"
_TILE_OPTIONS = (
    "minZoom", "maxZoom", "maxNativeZoom", "noWrap", "tms", "opacity", "subdomains",
    "detectRetina",
)  # fmt: skip


def read_tiles(layer: Any, draft: Draft) -> list[Item]:
    """Return a tile layer where a basemap was asked for; Folium's own is left out elsewhere."""
    url = str(layer.tiles)
    host = urlsplit(url.replace("{s}", "s")).netloc
    name = f"the tile layer {layer.tile_name!r}"
    if not draft.basemap:
        if host != _OSM:
            remedy = "use tiles=None and draw the boundaries, or save_map(..., basemap=True)"
            raise UnsupportedMapError(f"{name} asks {host or url[:60]} for pictures", remedy=remedy)
        draft.note(Note(_("The online background map was left out: this page asks for nothing.")))
        return []
    if not url.startswith("https://"):
        raise UnsupportedMapError(name, expected="an address with https://", came=url[:60])
    if host == _OSM:
        draft.note(
            Note(
                _(
                    "OpenStreetMap shows its background map only to pages read from a web server, "
                    "not to a file opened from a disk."
                )
            )
        )
    given = options_of(layer)
    for subdomain in given.get("subdomains", "abc") if "{s}" in url else ["s"]:
        origin = "https://" + urlsplit(url.replace("{s}", subdomain)).netloc
        if origin not in draft.hosts:
            draft.hosts.append(origin)
    options = {name: given[name] for name in _TILE_OPTIONS if name in given}
    credit = markup.plain(markup.tree(str(given.get("attribution", ""))))
    return [{"k": "tiles", "url": url, "o": options, "credit": credit}]


def read_image(layer: Any, draft: Draft) -> list[Item]:
    """Return a picture laid over the map, when the map holds it."""
    if not markup.is_inline_image(str(layer.url)):
        raise UnsupportedMapError(
            f"an image layer asks for {str(layer.url)[:60]}",
            remedy="give ImageOverlay the picture itself (an array or a file)",
        )
    corners = [[float(edge) for edge in corner] for corner in layer.bounds]
    for latitude, longitude in corners:
        draft.meet(latitude, longitude)
    given = options_of(layer)
    options = {"opacity": float(given.get("opacity", 1)), "alt": str(given.get("alt", ""))}
    picture = {"url": layer.url, "bounds": corners, "sharp": int(layer.pixelated), "o": options}
    return [{"k": "image", **picture}]
