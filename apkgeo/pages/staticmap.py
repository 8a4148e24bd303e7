"""The maps once more as plain SVG, for print and for readers without scripts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from markupsafe import Markup
from pyproj import CRS, Transformer

from apkgeo.language import Language, number
from apkgeo.pages.content import Context, areas_and_lines
from apkgeo.pages.figures import svg, tag
from apkgeo.pages.palettes import DISTRICT, INK, MUTED, RAIL, STREET, WATER

# What is smaller than this part of a picture's unit is not drawn.
_DETAIL = 0.4
# Height of the strip under the map for the scale and the arrow to the north.
_BAND = 26.0


@dataclass(frozen=True)
class Sheet:
    """A piece of ground in metres, turned with north up and scaled onto a picture.

    Attributes
    ----------
    crs : pyproj.CRS
        The working CRS.
    turn : float
        By how many degrees, anticlockwise, its grid is turned so that north is up.
    west, north : float
        The upper left corner, in turned metres.
    scale : float
        Units of the picture for a metre.
    width, height : float
        Of the picture.
    """

    crs: CRS
    turn: float
    west: float
    north: float
    scale: float
    width: float
    height: float

    @classmethod
    def over(cls, frame: gpd.GeoDataFrame | gpd.GeoSeries, crs: CRS, *, width: float) -> Sheet:
        """Return the sheet that holds `frame` with a small margin."""
        placed = frame.to_crs(crs).geometry
        turn = _convergence(crs, placed)
        west, south, east, north = shapely.total_bounds(_turned(np.asarray(placed.values), turn))
        margin = 0.03 * max(east - west, north - south, 1.0)
        scale = width / (east - west + 2 * margin)
        height = (north - south + 2 * margin) * scale + _BAND
        return cls(crs, turn, west - margin, north + margin, scale, width, height)

    @property
    def ground_height(self) -> float:
        """The picture's height without the strip for the scale."""
        return self.height - _BAND

    def pixels(self, frame: gpd.GeoDataFrame | gpd.GeoSeries) -> Any:
        """Return the geometries in units of the picture, without what is too small to see."""
        placed = np.asarray(frame.to_crs(self.crs).geometry.values)
        placed = placed[~(shapely.is_missing(placed) | shapely.is_empty(placed))]
        corner, scale = np.array([self.west, self.north]), np.array([self.scale, -self.scale])
        turned = _turned(placed, self.turn)
        return shapely.simplify(
            shapely.transform(turned, lambda xy: (xy - corner) * scale), _DETAIL
        )

    def metres(self) -> float:
        """Return a round length of about a fifth of the picture."""
        aim = self.width / self.scale / 5
        power = 10.0 ** math.floor(math.log10(aim))
        return max(step * power for step in (1, 2, 5) if step * power <= aim)


def _turned(shapes: Any, degrees: float) -> Any:
    """Turn shapes anticlockwise around the origin."""
    angle = math.radians(degrees)
    matrix = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    return shapely.transform(shapes, lambda xy: xy @ matrix)


def _convergence(crs: CRS, placed: gpd.GeoSeries) -> float:
    """Return how far true north is turned clockwise from the grid's north, in degrees."""
    west, south, east, north = placed.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    there = Transformer.from_crs(crs, 4326, always_xy=True)
    longitude, latitude = there.transform(x, y)
    to_x, to_y = there.transform(longitude, latitude + 0.01, direction="INVERSE")
    return math.degrees(math.atan2(to_x - x, to_y - y))


def path(geometries: Iterable[Any]) -> str:
    """Return shapes as the data of one SVG path, to a tenth of a unit."""
    parts: list[str] = []
    for geometry in geometries:
        for line, closed in _lines(geometry):
            points = [f"{x:.1f} {y:.1f}".replace(".0 ", " ").removesuffix(".0") for x, y in line]
            kept = [
                point
                for place, point in enumerate(points)
                if not place or point != points[place - 1]
            ]
            if len(kept) > 1:
                parts.append(
                    "M" + "L".join(kept[:-1] if closed else kept) + ("Z" if closed else "")
                )
    return "".join(parts)


def _lines(geometry: Any) -> list[tuple[list[tuple[float, float]], bool]]:
    if geometry.is_empty:
        return []
    if geometry.geom_type == "Polygon":
        return [(list(ring.coords), True) for ring in (geometry.exterior, *geometry.interiors)]
    if geometry.geom_type in ("LineString", "LinearRing"):
        return [(list(geometry.coords), False)]
    return [line for part in getattr(geometry, "geoms", ()) for line in _lines(part)]


def shapes(
    sheet: Sheet, frame: gpd.GeoDataFrame | None, **attributes: str | float | None
) -> Markup:
    """Draw all of a frame as one path; nothing when there is nothing."""
    if frame is None or not len(frame):
        return Markup("")
    data = path(sheet.pixels(frame))
    return tag("path", d=data, **attributes) if data else Markup("")


def ground(sheet: Sheet, context: Context) -> list[Markup]:
    """Draw what lies beneath the data: water, streets, railways."""
    return [
        _water(sheet, context.water),
        shapes(sheet, context.streets, fill="none", stroke=STREET, stroke_width=0.9),
        shapes(
            sheet,
            context.railways,
            fill="none",
            stroke=RAIL,
            stroke_width=1.1,
            stroke_dasharray="5 3",
        ),
    ]


def _water(sheet: Sheet, water: gpd.GeoDataFrame | None) -> Markup:
    lakes, rivers = areas_and_lines(water)
    return Markup("").join(
        [
            shapes(sheet, lakes, fill=WATER),
            shapes(
                sheet,
                rivers,
                fill="none",
                stroke=WATER,
                stroke_width=4,
                stroke_linejoin="round",
            ),
        ]
    )


def borders(sheet: Sheet, context: Context) -> list[Markup]:
    """Draw the districts' and the city's borders over the data."""
    return [
        shapes(sheet, context.districts, fill="none", stroke=DISTRICT, stroke_width=0.9),
        shapes(sheet, context.city, fill="none", stroke=MUTED, stroke_width=1.6),
    ]


def labels(
    sheet: Sheet,
    frame: gpd.GeoDataFrame,
    texts: Iterable[Any],
    *,
    below: bool = False,
    **attributes: str | float | None,
) -> Markup:
    """Write a name in, or just below, each shape."""
    parts = []
    for shape, text in zip(frame.to_crs(sheet.crs).geometry, texts, strict=True):
        if shape is None or shape.is_empty:
            continue
        inside = shape.representative_point()
        (place,) = sheet.pixels(gpd.GeoSeries([inside], crs=sheet.crs))
        x, y = place.x, place.y + 4
        if below:
            (drawn,) = sheet.pixels(gpd.GeoSeries([shape], crs=sheet.crs))
            west, _top, east, bottom = drawn.bounds
            x, y = (west + east) / 2, bottom + 13
        edge = min(30.0, 6.0 + 3.5 * len(str(text)))
        x = min(max(x, edge), sheet.width - edge)
        y = min(max(y, 11.0), sheet.height - _BAND)
        parts.append(tag("text", str(text), x=x, y=y, text_anchor="middle"))
    return tag("g", *parts, class_="halo", **attributes)


def scale_bar(sheet: Sheet, language: Language) -> Markup:
    """Draw a bar of a round length, and where north is."""
    metres = sheet.metres()
    length = metres * sheet.scale
    text = (
        f"{number(metres / 1000, language)} km"
        if metres >= 1000
        else f"{number(metres, language)} m"
    )
    x, y = 14.0, sheet.height - 10
    return tag(
        "g",
        tag(
            "path",
            d=f"M{x:.1f} {y - 5:.1f}v5h{length:.1f}v-5",
            fill="none",
            stroke=INK,
            stroke_width=1.2,
        ),
        tag("text", text.replace(" ", "\N{NO-BREAK SPACE}"), x=x + length + 7, y=y, fill=INK),
        tag(
            "path",
            d="M0 -11L4 5L0 2L-4 5Z",
            fill=INK,
            transform=f"translate({sheet.width - 20:.1f} {y - 6:.1f})",
        ),
        font_size=11,
    )


def picture(sheet: Sheet, title: str, *parts: Markup | Sequence[Markup]) -> Markup:
    """Put the layers together, the first one lowest."""
    flat: list[Markup] = []
    for part in parts:
        flat.extend([part] if isinstance(part, Markup) else part)
    return svg(sheet.width, sheet.height, title, *flat, class_="figure map-figure")
