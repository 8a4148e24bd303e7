"""A Folium map as one file that asks for nothing, or as a part of a page.

Folium's own export asks four hosts for ten files and lets the data run scripts. Here the map is
read into plain values (:mod:`apkgeo.pages.folium_reader`) and drawn by ``static/map.js`` on the
Leaflet that is shipped with the package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from branca.element import Figure
from folium.plugins import DualMap
from markupsafe import Markup

from apkgeo.errors import InputError, MissingFileError
from apkgeo.language import Language, Note, _, translate
from apkgeo.pages.folium_elements import drawn_as
from apkgeo.pages.folium_reader import MapDescription, read_map
from apkgeo.pages.map_legend import legends_html
from apkgeo.pages.map_still import still_pictures
from apkgeo.pages.shell import Fragment, asset, document, environment, inert_json

Audience = Literal["public", "council", "internal"]

_LEAFLET = "vendor/leaflet-1.9.4/"
_CLUSTERS = "vendor/leaflet.markercluster-1.5.3/leaflet.markercluster.js"
_RUNTIME = ("map", "map_points", "map_access", "map_controls")
# Parts of the script that only some maps need, in the order in which they build on each other.
_PARTS = ("clusters", "heat", "lines", "time", "tools", "search", "sketch", "twin")
# Words of the controls that only some maps have, by the part of the script that draws them.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "clusters": {"cluster": _("Markers close together: {count}. Enter opens them.")},
    "time": {"time": _("Time"), "play": _("Play"), "pause": _("Pause")},
    "tools": {
        "fullscreen": _("Full screen"),
        "leaveFullscreen": _("Leave full screen"),
        "wheelSwitch": _("Zoom with the wheel"),
        "overview": _("Overview map"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
        "marker": _("Marker"),
    },
    "search": {
        "search": _("Search the map"),
        "found": _("Found: {count}"),
        "tags": _("Show only"),
    },
    "sketch": {
        "measure": _("Measure a distance or an area"),
        "length": _("Length"),
        "surface": _("Area"),
        "sketchHelp": _("Click on the map, or move it with the arrow keys and add points."),
        "addPoint": _("Add the point in the middle"),
        "finish": _("Finish"),
        "cancel": _("Cancel"),
        "polyline": _("Draw a line"),
        "polygon": _("Draw an area"),
        "rectangle": _("Draw a rectangle"),
        "circle": _("Draw a circle"),
        "circlemarker": _("Draw a dot"),
        "remove": _("Delete what is clicked"),
        "save": _("Save what was drawn"),
        "marker": _("Marker"),
    },
}
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


@dataclass(frozen=True)
class SavedMap:
    """A map that was saved; it can be used wherever its path can.

    Attributes
    ----------
    path : Path
        The file.
    size : int
        Its length in bytes.
    notes : tuple of Note
        What was left out or assumed.
    """

    path: Path
    size: int
    notes: tuple[Note, ...]

    def __fspath__(self) -> str:
        """Return the path, for ``open`` and ``Path``."""
        return str(self.path)


def save_map(
    folium_map: Any,
    path: str | PathLike[str],
    *,
    language: Language = "cs",
    title: str | None = None,
    basemap: bool = False,
    digits: int = 6,
) -> SavedMap:
    """Save a Folium map as one HTML file that asks for nothing and runs nothing of the data.

    Parameters
    ----------
    folium_map : folium.Map
        Any map made of markers, circles, lines, polygons, GeoJson, TopoJson, Choropleth, groups,
        popups, tooltips, layer control and colour scales, and of those of Folium's plugins that
        can work without a network; or a DualMap. It is not changed.
    path : path
        The file to write; its folder must exist.
    language : {"cs", "en"}
        The language of the page's own words and numbers.
    title : str, optional
        The page's title; that of the map's figure, or "Map", when not given.
    basemap : bool
        Let the page ask the servers of the map's tile layers for pictures. Otherwise Folium's
        default background map is left out, and any other tile layer raises.
    digits : int
        Decimal places of a degree that are kept: 6 is a decimetre, 5 a metre.

    Returns
    -------
    SavedMap
        Where it is, how long, and notes on what was left out.

    Raises
    ------
    UnsupportedMapError
        For an element that cannot be shown without a network or a script of its own.
    MissingFileError
        When the folder does not exist.
    InputError
        When `path` is a folder.

    Notes
    -----
    A map that was given neither a place nor bounds opens on its content. The same content gives
    the same bytes. Only those properties of GeoJSON features that a popup or a tooltip shows are
    in the file.

    Examples
    --------
    >>> import folium, tempfile
    >>> town = folium.Map([49.7477, 13.3776], zoom_start=14)
    >>> _ = folium.Marker([49.7477, 13.3776], popup="<b>Square</b>").add_to(town)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = save_map(town, Path(folder) / "map.html", language="en")
    >>> saved.size < 400_000, saved.notes
    (True, ('The online background map was left out: this page asks for nothing.',))
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise MissingFileError(
            f"the folder of {target}", expected="a folder that exists", remedy="make it first"
        )
    if target.is_dir():
        raise InputError("path of a map", expected="the name of a file", came=f"folder {target}")
    both = _maps_of(folium_map)
    described = [
        read_map(one, language=language, basemap=basemap, digits=digits, besides=besides)
        for one, besides in both
    ]
    title = title or described[0].title
    label = title or translate(_("Map"), language)
    fragments = [
        _fragment(
            one,
            name="map" if place == 0 else f"map-{place + 1}",
            language=language,
            label=label if place == 0 else translate(_("Second map"), language),
            page=True,
            title=title if len(both) == 1 else "",
            compare=one.compare_names,
            twin=f"map-{2 - place}".removesuffix("-1") if len(both) > 1 else "",
        )
        for place, one in enumerate(described)
    ]
    if len(fragments) > 1:
        (first, _none), (second, _besides) = both
        fragments = [_side_by_side(fragments, upright=first.left == second.left)]
    page = document(title=label, language=language, fragments=fragments).encode("utf-8")
    target.write_bytes(page)
    notes = dict.fromkeys(note for one in described for note in one.notes)
    return SavedMap(target, len(page), tuple(notes))


def _maps_of(folium_map: Any) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return a map, or the two of a DualMap, and what the second one shall show as well."""
    if isinstance(folium_map, Figure):
        pairs = [child for child in folium_map._children.values() if drawn_as(child) is DualMap]
        folium_map = pairs[0] if pairs else folium_map
    if drawn_as(folium_map) is not DualMap:
        return [(folium_map, ())]
    copied = folium_map.children_for_m2_copied
    besides = [one for one, _name, _at in folium_map.children_for_m2 if one._id not in copied]
    return [(folium_map.m1, ()), (folium_map.m2, tuple(besides))]


def _side_by_side(fragments: list[Fragment], *, upright: bool) -> Fragment:
    """Return two maps beside each other, or one above the other, as one part of a page."""
    way = "apk-dual apk-dual--vertical" if upright else "apk-dual"
    inner = Markup("").join(Markup(part.html) for part in fragments)
    return Fragment(
        html=Markup('<div class="{}">{}</div>').format(way, inner),
        styles=tuple(dict.fromkeys([style for part in fragments for style in part.styles])),
        scripts=tuple(dict.fromkeys([script for part in fragments for script in part.scripts])),
        data={name: told for part in fragments for name, told in (part.data or {}).items()},
        hosts=tuple(dict.fromkeys([host for part in fragments for host in part.hosts])),
    )


def map_fragment(
    folium_map: Any,
    *,
    language: Language,
    label: str,
    name: str = "map",
    audience: Audience = "internal",
    places: tuple[Any, ...] = (),
    compare: tuple[Any, Any] | None = None,
    compare_labels: tuple[str, str] | None = None,
    basemap: bool = False,
    digits: int = 6,
    still: bool = True,
) -> Fragment:
    """Return a Folium map as a part of a page.

    Parameters
    ----------
    folium_map : folium.Map
        As for `save_map`.
    label : str
        What the map shows, for screen readers; plain text.
    name : str
        Sets the ids of this map apart from those of other maps on the page.
    audience : {"public", "council", "internal"}
        On public and council pages a point raises, unless its layer is one of `places`.
    places : tuple of folium layers
        Layers whose points are public places, such as police stations.
    compare : pair of folium layers, optional
        Two layers of the map, before and after, parted by a slider: at its left end only the
        second is seen, at its right end only the first.
    compare_labels : pair of str, optional
        What the two layers show, as plain text; "Before" and "After" when not given.
    basemap, digits
        As for `save_map`.
    still : bool
        Draw a still picture for paper and for browsers without scripts; a page that has a picture
        of its own says no.

    Raises
    ------
    UnsupportedMapError
        As `save_map`, and for points that the audience must not see.
    """
    if not _NAME.match(name):
        raise InputError("name of a map", expected="small letters, digits, hyphens", came=name)
    allowed = None if audience == "internal" else places
    described = read_map(
        folium_map, language=language, basemap=basemap, digits=digits, places=allowed
    )
    if compare is None:
        sides = described.compare_names
        return _fragment(
            described, name=name, language=language, label=label, compare=sides, still=still
        )
    described.specification["compare"] = _compared(compare, described)
    labels = compare_labels or (translate(_("Before"), language), translate(_("After"), language))
    return _fragment(
        described, name=name, language=language, label=label, compare=labels, still=still
    )


def _compared(compare: tuple[Any, Any], described: MapDescription) -> list[int]:
    """Return the places of the two layers among the layers of the specification."""
    places = [described.layer_places.get(id(layer)) for layer in compare]
    if None in places or places[0] == places[1]:
        raise InputError(
            "compare",
            expected="two different layers that were added to the map itself",
            came=", ".join(type(layer).__name__ for layer in compare),
        )
    return [place for place in places if place is not None]


def _fragment(
    described: MapDescription,
    *,
    name: str,
    language: Language,
    label: str,
    page: bool = False,
    title: str = "",
    compare: tuple[str, str] | None = None,
    still: bool = True,
    twin: str = "",
) -> Fragment:
    parts = described.parts | ({"twin"} if twin else set())
    specification = described.specification | {"words": _words(language, parts)}
    if twin:
        specification |= {"twin": twin, "parts": sorted(parts)}
    if compare is not None:
        usual = (translate(_("Before"), language), translate(_("After"), language))
        compare = (compare[0] or usual[0], compare[1] or usual[1])
    if page:
        specification["options"] = {"wheel": 1, **described.specification["options"]}
    template = environment(language).get_template("map.html")
    legends = legends_html(described.legends, key=name, language=language)
    stills = []
    if still:
        stills = still_pictures(described.specification, name=name, label=label, compare=compare)
    html = template.render(
        name=name,
        label=label,
        page=page,
        title=title,
        compare=compare,
        legends=legends,
        stills=stills,
    )
    return Fragment(
        html=Markup(html),
        styles=(
            _leaflet_css(),
            asset("static/map.css"),
            *([asset("static/map_tools.css")] if parts else []),
        ),
        scripts=(
            _leaflet_js(),
            *([_library(_CLUSTERS)] if "clusters" in parts else []),
            _runtime(parts),
        ),
        data={f"{name}-data": specification},
        hosts=described.hosts,
    )


def _runtime(needed: frozenset[str]) -> str:
    """Return our own script: its parts share one scope and leave nothing outside it."""
    names = [*_RUNTIME, *(f"map_{part}" for part in _PARTS if part in needed), "map_begin"]
    scripts = "\n".join(asset(f"static/{name}.js") for name in names)
    parts = f"const PARTS = new Set({inert_json(sorted(needed))});"
    return f'(function () {{\n"use strict";\n{parts}\n{scripts}}})();\n'


def _leaflet_js() -> str:
    return _library(_LEAFLET + "leaflet.js")


def _library(name: str) -> str:
    """Return a script of others without the address of its source map."""
    return re.sub(r"\n?//# sourceMappingURL=.*", "", asset(name))


def _leaflet_css() -> str:
    """Return Leaflet's style sheet without the pictures that stand beside it."""
    return re.sub(r"[\w-]+:\s*url\([^)]*\);", "", asset(_LEAFLET + "leaflet.css"))


def _words(language: Language, parts: frozenset[str]) -> dict[str, str]:
    """Return the words of the map's controls."""
    words = {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "layers": _("Layers"),
        "layer": _("Layer {number}"),
        "all": _("All"),
        "close": _("Close"),
        "details": _("Details"),
        "wheel": _("Hold Ctrl and turn the wheel to zoom the map."),
    }
    for part in sorted(parts):
        words |= _WORDS.get(part, {})
    return {name: translate(message, language) for name, message in words.items()}
