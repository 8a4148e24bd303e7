"""The page that answers in which police district an address lies, without a server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from apkgeo.language import Language, _, translate
from apkgeo.pages.lookup_index import pack, sentences
from apkgeo.pages.lookup_map import drawing
from apkgeo.pages.shell import NO_BREAK, Fragment, asset, environment
from apkgeo.places.district_areas import district_areas
from apkgeo.places.district_matches import AS_OF
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.epochs import DISTRICT, epoch_on

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

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
# The word for a district and its code; the same in the page's script.
CODE_TIES = re.compile(
    r"((?:^|\s)(?:[Oo]krsek|okrsku|okrskem|[Dd]istrict)) (?=[0-9A-Z][0-9A-Za-z]{0,3}(?:[\s,.]|$))"
)
# The script in the order of its ideas: the index, reading, finding, answering, showing.
SCRIPTS = (
    "lookup_index", "lookup_text", "lookup_reading", "lookup_names", "lookup_houses",
    "lookup_points", "lookup_crossings", "lookup_search", "lookup_answers", "lookup_words",
    "lookup_suggestions", "lookup_cards", "lookup_map", "lookup_page",
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
    "split_crossing": _("The border of districts runs here"),
    "called": DISTRICT,
    "agreement": _("Agreement with the register"),
    "percent": _("{value}%"),
    "agreeing": _("agreement {value}%"),
    "to_nearest": _("Distance to the nearest district"),
    "at_border": _("at the border of districts"),
    "as_of": AS_OF,
    "no_day": _("No districts are known for this day. Choose another one."),
    "none": _("No such address was found"),
    "none_more": _("Check what you wrote, or choose the district from the table below."),
    "similar": _("Similar names"),
    "link": _("Link to this answer"),
    "link_open": _("Open this answer in a page of its own"),
    "map": _("Map of the districts; highlighted: {value}"),
    "map_none": _("Map of the districts"),
    "suggested": _("Suggestions: {value}. Choose with the arrow keys."),
    "said": _("{address}: police district {district}."),
    "said_phone": _("{address}: police district {district}, phone {phone}."),
    "said_district": _("Police district {district}."),
    "said_district_phone": _("Police district {district}, phone {phone}."),
    "said_outside": _("{address}: outside all districts."),
    "said_split": _("{address}: the district depends on the house number."),
    "said_border": _("{address}: the border of districts runs here."),
    "said_split_place": _("{address}: several districts. Write a street and a number too."),
    "said_none": _("“{address}” was not found. {reason}"),
    "said_none_similar": _("“{address}” was not found. {reason} Similar names: {names}."),
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
        The day with which the page opens, where the districts change; the reader's today when not
        given.

    Returns
    -------
    Fragment
        With the packed register in its data. Nothing is asked for from elsewhere, and nothing
        typed leaves the page. ``#q=`` followed by an address opens its answer.

    Notes
    -----
    The same rule as `DistrictLookup.find` is followed in the browser and gives the same answers.
    Address points and distances are known to the page to the metre, districts exactly. Where the
    districts have validity a field asks for the day; today is the reader's.
    """
    lookup = DistrictLookup(addresses, districts, on=on)
    areas = district_areas(getattr(districts, "frame", districts), lookup.index.crs)
    # Without a clock: the reader's day decides in the page.
    shown = lookup.epochs[-1] if on is None else epoch_on(lookup.epochs, on) or lookup.epochs[-1]
    drawn = drawing(lookup, areas)
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
                (
                    number in shown.members,
                    one.title,
                    [(name, _tied(getattr(one, name))) for name in present],
                )
                for number, one in enumerate(lookup.districts)
            ],
            shown=shown.members,
            dated=len(lookup.epochs) > 1,
            attribution=translate(attribution, language),
        )
    )
    return Fragment(
        html=html,
        styles=(asset("static/lookup.css"),),
        scripts=tuple(asset(f"static/{name}.js") for name in SCRIPTS),
        data={
            "lookup-index": pack(lookup),
            "lookup-words": {
                "language": language,
                "near": NEAR,
                "ground": drawn["ground"],
                "on": on.isoformat() if on else "",
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
