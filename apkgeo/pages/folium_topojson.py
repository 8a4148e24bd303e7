"""TopoJSON into GeoJSON, as its specification says (github.com/topojson/topojson-specification)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apkgeo.errors import UnsupportedMapError

_DEPTHS = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}


def features_of(topology: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return an object of a topology as a GeoJSON collection.

    Parameters
    ----------
    topology : dict
        The TopoJSON.
    path : str
        Where the object stands, e.g. ``"objects.districts"``.

    Raises
    ------
    UnsupportedMapError
        When there is no such object.

    Examples
    --------
    >>> square = {"type": "Polygon", "arcs": [[0, ~1]], "properties": {"name": "a"}}
    >>> topology = {
    ...     "transform": {"scale": [1, 1], "translate": [10, 50]},
    ...     "arcs": [[[0, 0], [2, 0], [0, 1]], [[0, 0], [0, 1], [2, 0]]],
    ...     "objects": {"d": square},
    ... }
    >>> features_of(topology, "objects.d")["features"][0]["geometry"]["coordinates"]
    [[[10, 50], [12, 50], [12, 51], [10, 51], [10, 50]]]
    """
    found: Any = topology
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise UnsupportedMapError(f"TopoJson has no {path!r}", expected="an object's path")
        found = found[name]
    arcs = [list(_placed(arc, topology.get("transform"))) for arc in topology["arcs"]]
    members = found["geometries"] if found["type"] == "GeometryCollection" else [found]
    features = [
        {
            "type": "Feature",
            "id": member.get("id"),
            "properties": dict(member.get("properties") or {}),
            "geometry": _geometry(member, arcs, topology.get("transform")),
        }
        for member in members
    ]
    return {"type": "FeatureCollection", "features": features}


def _placed(arc: Sequence[Any], transform: Any) -> Iterator[list[float]]:
    """Yield the positions of an arc; where they are quantised, each is a step from the last."""
    if not transform:
        yield from (list(position[:2]) for position in arc)
        return
    x = y = 0
    for position in arc:
        x, y = x + position[0], y + position[1]
        yield _scaled(x, y, transform)


def _scaled(x: float, y: float, transform: Mapping[str, Any]) -> list[float]:
    (across, up), (west, south) = transform["scale"], transform["translate"]
    return [x * across + west, y * up + south]


def _geometry(member: Mapping[str, Any], arcs: Any, transform: Any) -> dict[str, Any] | None:
    kind = member.get("type")
    if kind in {"Point", "MultiPoint"}:
        single = kind == "Point"
        places = [member["coordinates"]] if single else member["coordinates"]
        moved = [_scaled(place[0], place[1], transform) if transform else place for place in places]
        return {"type": kind, "coordinates": moved[0] if single else moved}
    if kind == "GeometryCollection":
        parts = [_geometry(part, arcs, transform) for part in member["geometries"]]
        return {"type": kind, "geometries": [part for part in parts if part]}
    if kind not in _DEPTHS:
        return None
    return {"type": kind, "coordinates": _joined(member["arcs"], arcs, _DEPTHS[kind])}


def _joined(places: Any, arcs: Any, depth: int) -> Any:
    if depth:
        return [_joined(part, arcs, depth - 1) for part in places]
    line: list[list[float]] = []
    for place in places:
        arc = arcs[place] if place >= 0 else arcs[~place][::-1]
        line += arc[1:] if line else arc
    return line
