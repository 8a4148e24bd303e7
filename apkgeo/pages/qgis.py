"""How QGIS draws a layer: its style as QML, in the colours and lines of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

# The oldest QGIS with long-term support that reads these elements.
_VERSION = "3.22.0"
_GEOMETRY = {"marker": "0", "line": "1", "fill": "2"}
_KINDS = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}
# Where QGIS writes a label: inside an area, along a line, beneath or on the middle of an area.
_PLACES: Mapping[str, Mapping[str, str]] = {
    "inside": {"placement": "4", "priority": "7"},
    "along": {"placement": "2", "placementFlags": "9", "priority": "3"},
    "beneath": {"placement": "1", "quadOffset": "7", "yOffset": "3.5", "priority": "10"},
    "middle": {"placement": "1", "quadOffset": "4", "priority": "10"},
}


@dataclass(frozen=True)
class Symbol:
    """A symbol of QGIS.

    Attributes
    ----------
    kind : {"fill", "line", "marker"}
    properties : mapping of str to str
        Of its only layer, under QGIS' names.
    expressions : mapping of str to str
        Properties that differ between features, and how QGIS works them out.
    """

    kind: str
    properties: Mapping[str, str]
    expressions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """What is written on a layer's features.

    Attributes
    ----------
    text : str
        A field; with `expression` what QGIS works out.
    place : {"inside", "along", "beneath", "middle"}
        Where. What is beneath or in the middle is written in any case, the rest where there is
        room.
    colour, size, bold
        How; the size in points.
    expression : bool
        Whether `text` is an expression.
    """

    text: str
    place: str = "inside"
    colour: str = "#1c2430"
    size: float = 9.0
    bold: bool = False
    expression: bool = False


def colour(value: str, opacity: float = 1.0) -> str:
    """Return a colour as QGIS writes it.

    Examples
    --------
    >>> colour("#1d4f91", 0.12)
    '29,79,145,31'
    """
    parts = [int(value[place : place + 2], 16) for place in (1, 3, 5)]
    return ",".join(map(str, [*parts, round(opacity * 255)]))


def fill(
    inside: str | None,
    outline: str | None,
    *,
    width: float = 0.26,
    opacity: float = 1.0,
    dashed: bool = False,
) -> Symbol:
    """Return a filled area; None stands for no filling or no outline. Widths in millimetres."""
    style = "no" if outline is None else "dash" if dashed else "solid"
    properties = {
        "color": colour(inside or "#ffffff", opacity),
        "style": "solid" if inside else "no",
        "outline_color": colour(outline or "#000000"),
        "outline_style": style,
        "outline_width": f"{width:g}",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return Symbol("fill", properties)


def line(stroke: str, *, width: float = 0.26, dashed: bool = False) -> Symbol:
    """Return a line; its width in millimetres."""
    properties = {
        "line_color": colour(stroke),
        "line_style": "dash" if dashed else "solid",
        "line_width": f"{width:g}",
        "line_width_unit": "MM",
        "joinstyle": "round",
        "capstyle": "round",
    }
    return Symbol("line", properties)


def marker(inside: str, *, size: float = 1.4) -> Symbol:
    """Return a dot; its size in millimetres."""
    properties = {
        "name": "circle",
        "color": colour(inside, 0.7),
        "outline_style": "no",
        "size": f"{size:g}",
        "size_unit": "MM",
    }
    return Symbol("marker", properties)


def qml(
    symbol: Symbol | None = None,
    *,
    attribute: str = "",
    categories: Sequence[tuple[str, str, Symbol]] = (),
    label: Label | None = None,
) -> str:
    """Return a layer's style.

    Parameters
    ----------
    symbol : Symbol, optional
        For every feature alike.
    attribute : str
        Instead: the field whose values the categories are.
    categories : sequence of (value, words, Symbol)
        With `attribute`.
    label : Label, optional
        What is written on a feature.

    Examples
    --------
    >>> text = qml(line("#8a8f98"))
    >>> text.startswith("<!DOCTYPE qgis"), 'class="SimpleLine"' in text
    (True, True)
    """
    first = symbol or categories[0][2]
    root = ET.Element("qgis", version=_VERSION, styleCategories="Symbology|Labeling")
    root.set("labelsEnabled", "1" if label else "0")
    shared = {"symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    if symbol is not None:
        renderer = ET.SubElement(root, "renderer-v2", {"type": "singleSymbol", **shared})
        _symbols(renderer, [symbol])
    else:
        kind = {"type": "categorizedSymbol", "attr": attribute}
        renderer = ET.SubElement(root, "renderer-v2", {**kind, **shared})
        listed = ET.SubElement(renderer, "categories")
        for place, (value, words, _symbol) in enumerate(categories):
            ET.SubElement(
                listed,
                "category",
                value=value,
                label=words,
                symbol=str(place),
                render="true",
                type="string",
            )
        _symbols(renderer, [one for _value, _words, one in categories])
    if label:
        _labels(root, label)
    ET.SubElement(root, "layerGeometryType").text = _GEOMETRY[first.kind]
    ET.indent(root, " ")
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + ET.tostring(root, encoding="unicode") + "\n"


def _symbols(renderer: ET.Element, symbols: Sequence[Symbol]) -> None:
    listed = ET.SubElement(renderer, "symbols")
    for place, one in enumerate(symbols):
        symbol = ET.SubElement(
            listed,
            "symbol",
            type=one.kind,
            name=str(place),
            alpha="1",
            clip_to_extent="1",
            force_rhr="0",
        )
        layer = ET.SubElement(
            symbol, "layer", {"class": _KINDS[one.kind], "enabled": "1", "locked": "0", "pass": "0"}
        )
        options = ET.SubElement(layer, "Option", type="Map")
        for name, value in one.properties.items():
            ET.SubElement(options, "Option", type="QString", name=name, value=value)
        for name, value in one.properties.items():  # as QGIS before 3.26 reads them
            ET.SubElement(layer, "prop", k=name, v=value)
        if one.expressions:
            _expressions(layer, one.expressions)


def _expressions(layer: ET.Element, told: Mapping[str, str]) -> None:
    whole = ET.SubElement(
        ET.SubElement(layer, "data_defined_properties"), "Option", {"type": "Map"}
    )
    ET.SubElement(whole, "Option", name="name", type="QString", value="")
    listed = ET.SubElement(whole, "Option", {"name": "properties", "type": "Map"})
    for name, expression in told.items():
        one = ET.SubElement(listed, "Option", {"name": name, "type": "Map"})
        ET.SubElement(one, "Option", name="active", type="bool", value="true")
        ET.SubElement(one, "Option", name="expression", type="QString", value=expression)
        ET.SubElement(one, "Option", name="type", type="int", value="3")
    ET.SubElement(whole, "Option", name="type", type="QString", value="collection")


def _labels(root: ET.Element, label: Label) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings,
        "text-style",
        fieldName=label.text,
        isExpression="1" if label.expression else "0",
        fontSize=f"{label.size:g}",
        fontSizeUnit="Point",
        fontWeight="75" if label.bold else "50",
        namedStyle="Bold" if label.bold else "Regular",
        textColor=colour(label.colour),
        textOpacity="1",
    )
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=colour("#ffffff"),
        bufferOpacity="1",
    )
    ET.SubElement(settings, "placement", dict(_PLACES[label.place]))
    always = "1" if label.place in {"beneath", "middle"} else "0"
    ET.SubElement(settings, "rendering", obstacle="0", displayAll=always, mergeLines="1")
