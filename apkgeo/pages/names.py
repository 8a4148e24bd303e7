"""Names on maps: which there are room for, and where each is written.

Names are placed one after another, the weightier first; one that would touch a name already placed
tries the next of its places, and is left out when none is free (the greedy way of Imhof and of
Yoeli, 1972). Districts are written inside themselves, streets and rivers along their course.

References
----------
Yoeli 1972, The Cartographic Journal 9:99-108, doi:10.1179/caj.1972.9.2.99.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from apkgeo.pages.content import Context, areas_and_lines
from apkgeo.pages.figures import tag
from apkgeo.pages.palettes import MUTED, RIVER, ROAD
from apkgeo.pages.pictures import text_width
from apkgeo.pages.staticmap import Sheet

# Names of more districts than this would cover the map.
_MOST_DISTRICTS = 40
# How far a street may bend under its name, in units of the picture.
_BEND = 3.0
# Letters of street names on a sheet 720 wide: more would hide the streets.
_STREETS_OF_720 = 26


@dataclass(frozen=True)
class Spot:
    """A place for a name: its middle and its turn, clockwise in degrees."""

    x: float
    y: float
    turn: float = 0.0


def named(frame: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame | None:
    """Return the rows with a name, None when there are none."""
    if frame is None or "name" not in frame.columns:
        return None
    texts = frame["name"].astype("str").str.strip()
    kept = frame[frame["name"].notna() & ~texts.isin(["", "nan", "None", "<NA>"])]
    return kept if len(kept) else None


def by_length(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row for each name, its parts joined, the longest street first.

    Parameters
    ----------
    lines : geopandas.GeoDataFrame
        ``name`` and lines, in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        ``name``, ``length`` of all its parts in metres, and its longest part as geometry.

    Examples
    --------
    >>> from shapely import LineString
    >>> two = [LineString([(0, 0), (100, 0)]), LineString([(100, 0), (250, 0)])]
    >>> short = LineString([(0, 50), (60, 50)])
    >>> frame = gpd.GeoDataFrame({"name": ["Dlouhá"] * 2 + ["Krátká"]}, geometry=[*two, short],
    ...                          crs=5514)
    >>> joined = by_length(frame)
    >>> list(joined["name"]), list(joined["length"])
    (['Dlouhá', 'Krátká'], [250.0, 60.0])
    """
    joined = lines[["name", lines.geometry.name]].dissolve("name").geometry
    merged = [shapely.line_merge(shape) for shape in joined]
    longest = [max(_parts(shape), key=lambda part: part.length) for shape in merged]
    frame = gpd.GeoDataFrame(
        {"name": joined.index.astype("str"), "length": [shape.length for shape in merged]},
        geometry=longest,
        crs=lines.crs,
    )
    return frame.sort_values(["length", "name"], ascending=[False, True], ignore_index=True)


def _parts(shape: Any) -> list[Any]:
    return list(getattr(shape, "geoms", [shape]))


def name_marks(
    sheet: Sheet, context: Context, *, taken: Sequence[Any] = (), streets: bool = True
) -> list[Markup]:
    """Write the names of districts, waters and main streets where there is room.

    Parameters
    ----------
    sheet : Sheet
        The ground, and how it lies on the picture.
    context : Context
        What there is to name.
    taken : sequence of shapely geometries
        What must stay free, in units of the picture.
    streets : bool
        Whether streets are named, too.
    """
    held = [shape for shape in taken if not shape.is_empty]
    parts: list[Markup] = []
    frame = named(context.districts)
    if frame is not None and len(frame) <= _MOST_DISTRICTS:
        rows = zip(frame["name"].astype("str"), sheet.pixels(frame), strict=True)
        spots = [(name, _inside(shape, name, 11.5)) for name, shape in rows]
        parts.append(_written(sheet, spots, held, size=11.5, fill=MUTED))
    lakes, rivers = areas_and_lines(named(context.water))
    waters = [(name, _along(line, name, 10.5)) for name, line in _lines(sheet, rivers)]
    waters += [(name, _within(shape, name, 10.5)) for name, shape in _shapes(sheet, lakes)]
    parts.append(_written(sheet, waters, held, size=10.5, fill=RIVER, italic=True))
    roads = named(context.streets)
    if streets and roads is not None:
        most = round(_STREETS_OF_720 * (sheet.width / 720) ** 2)
        tried = [(name, _along(line, name, 9.0)) for name, line in _lines(sheet, roads)]
        parts.append(_written(sheet, tried, held, size=9.0, fill=ROAD, most=most))
    return [part for part in parts if part]


def _lines(sheet: Sheet, frame: gpd.GeoDataFrame | None) -> Iterator[tuple[str, Any]]:
    """Give lines in units of the picture, with their names, the longest first."""
    if frame is None or not len(frame):
        return
    ordered = by_length(frame.to_crs(sheet.crs))
    yield from zip(ordered["name"], sheet.pixels(ordered), strict=True)


def _shapes(sheet: Sheet, frame: gpd.GeoDataFrame | None) -> Iterator[tuple[str, Any]]:
    if frame is None or not len(frame):
        return
    whole = frame[["name", frame.geometry.name]].dissolve("name")
    yield from zip(whole.index.astype("str"), sheet.pixels(whole), strict=True)


def _inside(shape: Any, name: str, size: float) -> Iterator[Spot]:
    """Give places inside an area: first those where the name stays within its borders.

    Among these come its innermost point, then the points of a grid, the nearest to it first.
    """
    if shape.is_empty:
        return
    centre = shapely.get_point(shapely.maximum_inscribed_circle(shape, tolerance=2.0), 0)
    west, south, east, north = shape.bounds
    columns, rows = np.meshgrid(np.arange(west, east, 9), np.arange(south, north, 9))
    grid = shapely.points(columns.ravel(), rows.ravel())
    kept = np.append(shape.representative_point(), grid[shapely.contains(shape, grid)])
    order = np.argsort(shapely.distance(kept, centre), kind="stable")
    points = [centre, *kept[order]]
    half = text_width(name, size) / 2
    boxes = [
        shapely.box(point.x - half, point.y - size / 2, point.x + half, point.y + size / 2)
        for point in points
    ]
    inside = shapely.contains(shape, boxes)
    for wanted in (True, False):
        for point, held in zip(points, inside, strict=True):
            if held == wanted:
                yield Spot(point.x, point.y)


def _within(shape: Any, name: str, size: float) -> Iterator[Spot]:
    """Give places for a water's name: along it where it is long, else in or beneath it."""
    spine = _spine(shape)
    if spine is not None:
        yield from _along(spine, name, size)
    west, _top, east, bottom = shape.bounds
    if east - west < text_width(name, size):
        yield Spot((west + east) / 2, bottom + size)
    else:
        middle = shape.representative_point()
        yield Spot(middle.x, middle.y)


def _spine(shape: Any) -> Any | None:
    """Return a line along the middle of a long, thin area; None for a round one."""
    west, top, east, bottom = shape.bounds
    if shape.area > 0.25 * (east - west) * (bottom - top) or east - west < 60:
        return None
    points = []
    for x in np.linspace(west + 4, east - 4, 48):
        cut = shape.intersection(shapely.LineString([(x, top - 1), (x, bottom + 1)]))
        if not cut.is_empty:
            points.append((x, cut.centroid.y))
    return shapely.LineString(points) if len(points) > 1 else None


def _along(line: Any, name: str, size: float) -> Iterator[Spot]:
    """Give places on a line where it is straight for the length of the name."""
    needed = text_width(name, size) + 4
    if line.is_empty or line.length < needed:
        return
    free = (line.length - needed) / line.length
    for share in (0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95):
        start = free * share * line.length
        part = shapely.ops.substring(line, start, start + needed)
        (x0, y0), (x1, y1) = part.coords[0], part.coords[-1]
        chord = shapely.LineString([(x0, y0), (x1, y1)])
        if chord.length < 0.9 * needed or part.hausdorff_distance(chord) > _BEND:
            continue
        turn = math.degrees(math.atan2(y1 - y0, x1 - x0))
        turn = turn - 180 if turn > 90 else turn + 180 if turn < -90 else turn
        yield Spot((x0 + x1) / 2, (y0 + y1) / 2, round(turn, 1))


def _written(
    sheet: Sheet,
    tried: Sequence[tuple[str, Iterator[Spot]]],
    held: list[Any],
    *,
    size: float,
    fill: str,
    italic: bool = False,
    most: int | None = None,
) -> Markup:
    """Write each name at the first of its places that is free; what it covers is then taken."""
    frame = shapely.box(0, 0, sheet.width, sheet.ground_height)
    parts: list[Markup] = []
    for name, spots in tried:
        if most is not None and len(parts) >= most:
            break
        half = text_width(name, size) / 2 + 2
        for spot in spots:
            covered = shapely.affinity.rotate(
                shapely.box(spot.x - half, spot.y - size * 0.7, spot.x + half, spot.y + size * 0.7),
                spot.turn,
                origin=(spot.x, spot.y),
            )
            if not frame.contains(covered) or any(covered.intersects(one) for one in held):
                continue
            held.append(covered)
            parts.append(_text(name, spot, size))
            break
    if not parts:
        return Markup("")
    style = "italic" if italic else None
    return tag(
        "g",
        *parts,
        class_="halo",
        fill=fill,
        font_size=size,
        font_style=style,
        text_anchor="middle",
    )


def _text(name: str, spot: Spot, size: float) -> Markup:
    y = spot.y + size * 0.35
    if not spot.turn:
        return tag("text", name, x=spot.x, y=y)
    turn = f"rotate({spot.turn:g} {spot.x:.1f} {spot.y:.1f})"
    return tag("text", name, x=spot.x, y=y, transform=turn)


def street_points(streets: gpd.GeoDataFrame | None, crs: Any, most: int) -> gpd.GeoSeries:
    """Return the middles of the longest streets by name, in the order of their length."""
    roads = named(streets)
    if roads is None:
        return gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs=crs)
    ordered = by_length(roads.to_crs(crs)).head(most)
    middles = ordered.geometry.interpolate(0.5, normalized=True)
    return gpd.GeoSeries(middles.to_numpy(), index=ordered["name"], crs=crs)
