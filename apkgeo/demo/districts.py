"""The boundaries of Modelov: city, police districts, excluded localities, and what lies around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, MultiLineString, Polygon

from apkgeo.crs import WGS84
from apkgeo.demo import plan
from apkgeo.demo.geojson import geojson_text
from apkgeo.demo.town import Points, Town, draw_town, to_wgs84

CITY_CODE = "999014"
VALID_FROM = "2010-01-01"
# The stations of the municipal police, in the order of their numbers.
STATIONS = ("Střed", "Sever", "Předměstí", "Východ")


@dataclass(frozen=True)
class Boundaries:
    """What is drawn on the map of Modelov, in WGS 84 with seven decimals.

    Attributes
    ----------
    city, districts, localities : geopandas.GeoDataFrame
        Polygons with the columns of `apkgeo.frames` for boundaries. The districts tile the city:
        two neighbours hold the same vertices on their common border.
    water, railway, streets : geopandas.GeoDataFrame
        Context: polygons of the river and the pond, the railway line, one feature a street name.
    """

    city: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    localities: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    railway: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame

    def files(self) -> dict[str, str]:
        """Return the text of each GeoJSON file by its name."""
        frames = {
            "mesto": self.city,
            "okrsky": self.districts,
            "lokality": self.localities,
            "voda": self.water,
            "zeleznice": self.railway,
            "ulice": self.streets,
        }
        return {f"{name}.geojson": geojson_text(frame, name) for name, frame in frames.items()}


def draw_modelov(seed: int = 2014) -> Boundaries:
    """Draw the boundaries of Modelov.

    Parameters
    ----------
    seed : int
        Moves the minor streets, and the localities between them, by a few metres. The city, the
        districts, the river and the railway are the same for every seed.

    Returns
    -------
    Boundaries
        Frames in WGS 84.

    Examples
    --------
    >>> boundaries = draw_modelov(2014)
    >>> len(boundaries.districts), len(boundaries.localities)
    (13, 6)
    """
    return boundaries_of(draw_town(seed))


def boundaries_of(town: Town) -> Boundaries:
    """Return the boundaries of a town that is already drawn."""
    return Boundaries(
        city=_city(town),
        districts=_districts(town),
        localities=_localities(town),
        water=_frame(
            [("V1", "Modlava", "water", _polygon(town.river)),
             ("V2", "Kaplický rybník", "water", _polygon(town.pond))]
        ),
        railway=_frame([("Z1", "Železniční trať", "railway", LineString(to_wgs84(town.railway)))]),
        streets=_streets(town),
    )  # fmt: skip


def locality_ring(locality: plan.Locality, town: Town) -> Points:
    """Return the closed ring of a locality in metres of the plan."""
    quarter = town.quarters[locality.quarter]
    across = {"west": 0.0, "east": 1.0, **quarter.across}
    along = {"south": 0.0, "north": 1.0, **quarter.along}
    u0, u1 = (across[name] for name in locality.across)
    v0, v1 = (along[name] for name in locality.along)
    return np.round(quarter.block((u0, u1), (v0, v1)), 2)


def _city(town: Town) -> gpd.GeoDataFrame:
    border = next(line for line in plan.LINES if line.kind == "border")
    nodes = [word for word in border.through.split() if word in plan.NODES]
    population = sum(district.population for district in plan.DISTRICTS)
    row = (CITY_CODE, "Modelov", "city", _polygon(town.path(" ".join(nodes))))
    return _frame([row]).assign(population=population).pipe(_geometry_last)


def _districts(town: Town) -> gpd.GeoDataFrame:
    frame = _frame(
        [(d.code, d.name, "district", _polygon(town.path(d.border))) for d in plan.DISTRICTS]
    )
    station = [d.station for d in plan.DISTRICTS]
    phones = [f"000 000 {100 + number}" for number in range(1, len(plan.DISTRICTS) + 1)]
    return frame.assign(
        station=station,
        officer=[f"strážník okrskář okrsku {d.code}" for d in plan.DISTRICTS],
        phone=phones,
        state_police=[
            f"inspektor Obvodního oddělení Modelov {1 + STATIONS.index(d.station) // 2}"
            for d in plan.DISTRICTS
        ],
        population=[d.population for d in plan.DISTRICTS],
    ).pipe(_geometry_last)


def _localities(town: Town) -> gpd.GeoDataFrame:
    rows = [
        (one.code, one.name, "locality", _polygon(locality_ring(one, town)))
        for one in plan.LOCALITIES
    ]
    return (
        _frame(rows)
        .assign(
            valid_from=[one.valid_from for one in plan.LOCALITIES],
            valid_to=[one.valid_to for one in plan.LOCALITIES],
            population=[one.population for one in plan.LOCALITIES],
        )
        .pipe(_geometry_last)
    )


def _streets(town: Town) -> gpd.GeoDataFrame:
    lines: dict[str, list[Points]] = {}
    for street in town.streets:
        lines.setdefault(street.name, []).append(to_wgs84(street.points))
    rows = []
    for number, (name, pieces) in enumerate(lines.items(), start=1):
        shape = LineString(pieces[0]) if len(pieces) == 1 else MultiLineString(pieces)
        rows.append((f"U{number:03}", name or None, "street", shape))
    return _frame(rows)


def _polygon(ring: Points) -> Polygon:
    """Return the polygon of a closed ring, in WGS 84, its outside counter-clockwise."""
    return shapely.geometry.polygon.orient(Polygon(to_wgs84(ring)))


def _frame(rows: Sequence[tuple[str, str | None, str, shapely.Geometry]]) -> gpd.GeoDataFrame:
    code, name, level, geometry = zip(*rows, strict=True)
    values = {
        "code": code,
        "name": name,
        "level": level,
        "valid_from": [VALID_FROM] * len(rows),
        "valid_to": [None] * len(rows),
    }
    return gpd.GeoDataFrame(values, geometry=list(geometry), crs=WGS84)


def _geometry_last(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame[[*frame.columns.drop("geometry"), "geometry"]]
