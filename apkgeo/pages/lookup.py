"""The page that answers in which police district an address lies, without a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Transformer

from apkgeo.crs import WGS84
from apkgeo.language import Language, _, translate
from apkgeo.pages.lookup_index import GRAIN, pack, sentences
from apkgeo.pages.shell import NO_BREAK, Fragment, asset, environment
from apkgeo.places.district_areas import district_areas
from apkgeo.places.districts import District, DistrictLookup

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    from numpy.typing import NDArray

    from apkgeo.frames import Reading
    from apkgeo.places.address_index import AddressIndex
    from apkgeo.places.gazetteer import Gazetteer

RUIAN_ATTRIBUTION = _(
    "Addresses: RÚIAN, © ČÚZK, licence CC BY 4.0. Districts by the position of each address point."
)
COLUMNS = {
    "station": _("Station"),
    "officer": _("Officer"),
    "phone": _("Phone"),
    "state_police": _("At the state police"),
}
# Letters of a line on the map; a name that does not fit in two lines is told by its code.
LONGEST_LINE = 12
# The word for a district and its code; the same in the page's script.
CODE_TIES = re.compile(
    r"((?:^|\s)(?:[Oo]krsek|okrsku|okrskem|[Dd]istrict)) (?=[0-9A-Z][0-9A-Za-z]{0,3}(?:[\s,.]|$))"
)
# The script in the order of its ideas: the index, reading, finding, answering, showing.
SCRIPTS = (
    "lookup_index", "lookup_text", "lookup_reading", "lookup_names", "lookup_houses",
    "lookup_search", "lookup_answers", "lookup_page",
)  # fmt: skip
# How near its district's border an address is worth a word of caution, in metres.
NEAR = 25

WORDS = {
    "district": _("Police district"),
    **COLUMNS,
    "city_district": _("City district"),
    "distance": _("Distance to the district's border"),
    "metres": _("{value} m"),
    "near": _("The border of the district is very near. If in doubt, ask the officer."),
    "assumed": _("How we understood it"),
    "outside": _("Outside all districts"),
    "outside_more": _("This address lies in none of the districts of this look-up."),
    "same": _("The text can mean several addresses; all of them lie in this district:"),
    "choose": _("Which one is it?"),
    "choose_more": _("The text can mean several addresses, and they lie in different districts."),
    "others": _("It can also mean"),
    "split": _("The answer depends on the house number"),
    "split_place": _("This place lies in several districts. Write a street and a number too."),
    "numbers": _("House numbers"),
    "none": _("No such address was found"),
    "none_more": _("Check the name of the street, or choose the district from the table below."),
    "similar": _("Similar names"),
    "link": _("Link to this answer"),
    "map": _("Map of the districts; highlighted: {value}"),
    "map_none": _("Map of the districts"),
    "suggested": _("Suggestions: {value}. Choose with the arrow keys."),
    "said": _("{address}: police district {district}."),
    "said_phone": _("{address}: police district {district}, phone {phone}."),
    "said_district": _("Police district {district}."),
    "said_district_phone": _("Police district {district}, phone {phone}."),
    "said_outside": _("{address}: outside all districts."),
    "said_split": _("{address}: the district depends on the house number."),
    "said_split_place": _("{address}: several districts. Write a street and a number too."),
    "said_none": _("The address “{address}” was not found."),
    "said_none_similar": _("The address “{address}” was not found. Similar names: {names}."),
    "empty": _("Write a street and a number."),
    "street": _("Street {value}"),
    "by_number": _("by house number"),
    "no_district": _("outside the districts"),
}


def lookup_fragment(
    addresses: gpd.GeoDataFrame | Reading | Gazetteer,
    districts: gpd.GeoDataFrame | Reading,
    *,
    language: Language,
    study_name: str,
    heading: bool = True,
    attribution: str = "",
    on: date | None = None,
) -> Fragment:
    """Return the look-up of police districts as a part of a page.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame, Reading or Gazetteer
        The tidy frame of addresses, in a CRS in metres.
    districts : geopandas.GeoDataFrame or Reading
        Boundaries with ``code`` and ``name``, and ``station``, ``officer``, ``phone`` and
        ``state_police`` where known, in any CRS.
    language : {"cs", "en"}
        The language of every word of the page.
    study_name : str
        Shown above the heading.
    heading : bool
        Whether the part begins with a heading of its own.
    attribution : str
        Where the addresses come from, in plain text; `RUIAN_ATTRIBUTION` for the register.
    on : datetime.date, optional
        The day whose districts are meant.

    Returns
    -------
    Fragment
        With the packed register in its data. Nothing is asked for from elsewhere, and nothing
        typed leaves the page. ``#q=`` followed by an address opens its answer.

    Notes
    -----
    The same rule as `DistrictLookup.find` is followed in the browser and gives the same answers.
    Address points are known to the page to ten metres, districts and distances exactly.
    """
    lookup = DistrictLookup(addresses, districts, on=on)
    areas = district_areas(getattr(districts, "frame", districts), lookup.index.crs, on=on)
    points, drawn = _drawing(lookup, areas)
    present = [name for name in COLUMNS if any(getattr(one, name) for one in lookup.districts)]
    html = (
        environment(language)
        .get_template("lookup.html")
        .render(
            heading=heading,
            study_name=study_name,
            example=_example(lookup.index),
            map=drawn,
            columns=[translate(COLUMNS[name], language) for name in present],
            rows=[
                [one.title, *((name, _tied(getattr(one, name))) for name in present)]
                for one in lookup.districts
            ],
            attribution=translate(attribution, language),
        )
    )
    return Fragment(
        html=html,
        styles=(asset("static/lookup.css"),),
        scripts=tuple(asset(f"static/{name}.js") for name in SCRIPTS),
        data={
            "lookup-index": pack(lookup, points),
            "lookup-words": {
                "language": language,
                "near": NEAR,
                "page": {name: translate(text, language) for name, text in WORDS.items()},
                "sentences": {
                    name: translate(text, language) for name, text in sentences().items()
                },
            },
        },
    )


def _example(index: AddressIndex) -> str:
    """Return an address to show how one is written: the first of the busiest street."""
    streets = [group for group in index.groups if group.name]
    if not streets:
        return f"{index.profiles[0][0]} {index.house[0]}"
    numbered = [int(np.count_nonzero(index.orientation[g.start : g.stop])) for g in streets]
    busiest = streets[int(np.argmax(numbered))]
    rows = range(busiest.start, busiest.stop)
    row = next((row for row in rows if index.orientation[row]), busiest.start)
    return f"{busiest.name} {index.orientation[row] or index.house[row]}"


def _tied(cell: str | None) -> str | None:
    """Return a cell of the table with a district's code on one line with the word before it."""
    return cell and CODE_TIES.sub(rf"\1{NO_BREAK}", cell)


def _drawing(
    lookup: DistrictLookup, areas: gpd.GeoDataFrame
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Return where each address stands on a map with north up, and the map's shapes.

    The unit is `GRAIN` metres; the origin is the north-western corner.
    """
    index = lookup.index
    turn = _convergence(index.crs, areas)
    west, south, east, north = areas.total_bounds
    middle = np.array([(west + east) / 2, (south + north) / 2])

    def turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = (points - middle).T
        return np.column_stack(
            [x * np.cos(turn) - y * np.sin(turn), -x * np.sin(turn) - y * np.cos(turn)]
        )

    shapes = shapely.transform(areas.geometry.to_numpy(), turned)
    corner = shapely.total_bounds(shapes)[:2] - 4 * GRAIN
    size = (shapely.total_bounds(shapes)[2:] - corner) / GRAIN + 4
    width, height = (int(np.ceil(one)) for one in size)
    shapes = shapely.transform(shapes, lambda points: (points - corner) / GRAIN)
    # One step on a screen of 600 pixels; shared borders stay shared.
    simple = shapely.coverage_simplify(shapes, max(width, height) / 600)
    placed = np.nan_to_num(np.column_stack([index.x, index.y]), nan=0.0)
    points = np.rint((turned(placed) - corner) / GRAIN).astype(np.int64)
    points[np.isnan(index.x)] = 0
    text = max(width, height) / 34
    drawn = {
        "width": width,
        "height": height,
        "text": round(text, 1),
        "dot": round(max(width, height) / 130, 2),
        "shapes": [
            {"path": _path(shape), "lines": _lines(one), "x": round(at.x, 1), "y": round(at.y, 1)}
            for shape, one, at in zip(
                simple, lookup.districts, map(_inner_point, shapes), strict=True
            )
        ],
    }
    return points, drawn


def _lines(district: District) -> list[str]:
    """Return a district's name in the one or two lines that stand on the map."""
    name = district.name
    if district.title != name:
        return [district.code]
    if len(name) <= LONGEST_LINE:
        return [name]
    cuts = [i + 1 for i, letter in enumerate(name) if letter in " -–"]
    best = min(cuts, key=lambda cut: max(cut, len(name) - cut), default=0)
    lines = [name[:best].strip(), name[best:].strip()]
    return lines if best and max(map(len, lines)) <= LONGEST_LINE else [district.code]


def _inner_point(shape: Any) -> Any:
    """Return a point well inside a shape: the middle of the largest circle in it."""
    parts = shapely.get_parts(shape)
    largest = parts[np.argmax(shapely.area(parts))]
    return shapely.get_point(shapely.maximum_inscribed_circle(largest, 1.0), 0)


def _convergence(crs: str, areas: gpd.GeoDataFrame) -> float:
    """Return the angle in radians by which the map is turned so that north is up."""
    west, south, east, north = areas.total_bounds
    x, y = (west + east) / 2, (south + north) / 2
    to_degrees = Transformer.from_crs(crs, WGS84, always_xy=True)
    back = Transformer.from_crs(WGS84, crs, always_xy=True)
    longitude, latitude = to_degrees.transform(x, y)
    up_x, up_y = back.transform(longitude, latitude + 0.01)
    return float(np.arctan2(up_x - x, up_y - y))


def _path(shape: Any) -> str:
    """Return the rings of a shape as an SVG path in whole units, each step from the one before."""
    told = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = np.rint(np.asarray(ring.coords)[:-1]).astype(int)
            steps = np.diff(points, axis=0)
            moved = steps[(steps != 0).any(axis=1)]
            moves = " ".join(f"{x} {y}" for x, y in moved.tolist())
            told.append(f"M{points[0][0]} {points[0][1]}l{moves}z")
    return "".join(told)
