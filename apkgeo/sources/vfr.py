"""The exchange format of the register RÚIAN (VFR): a municipality's areas and addresses in one XML.

GDAL gives the definition point as the geometry of an area; its polygon is asked for by name.
"""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from apkgeo.frames import rejections
from apkgeo.language import Note, _
from apkgeo.sources.files import Part
from apkgeo.sources.tables import Table, as_text
from apkgeo.sources.vector import opened

# What the areas are -> the layer that has them; each is tried in turn until one has any.
_LAYERS = {
    "city": ("Obce",),
    "municipality": ("Obce",),
    "district": ("Momc", "Obce"),
    "borough": ("Momc", "Obce"),
    "cadastre": ("KatastralniUzemi",),
    "settlement": ("Zsj",),
}
_AREAS = "SELECT OriginalniHranice, Kod, Nazev, PlatiOd, PlatiDo FROM {layer}"
_POINTS = (
    "SELECT AdresniBod, Kod, CisloDomovni, CisloOrientacni, CisloOrientacniPismeno, Psc, "
    "StavebniObjektKod, UliceKod FROM AdresniMista"
)
_KINDS = {"1": "č.p.", "2": "č.ev."}


def is_vfr(part: Part) -> bool:
    """Whether a map file is an exchange file of the register."""
    if part.format != "vector" or ".xml" not in part.name.lower():
        return False
    layers = {str(name) for name, _kind in opened(part, lambda: pyogrio.list_layers(part.location))}
    return {"Obce", "AdresniMista"} <= layers


def read_vfr_areas(part: Part, level: str) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the areas of `level`: city, district (městské obvody), cadastre or settlement."""
    frame = gpd.GeoDataFrame()
    layer = ""
    for layer in _LAYERS.get(level, ("Obce",)):
        read = partial(pyogrio.read_dataframe, part.location, datetime_as_string=True)
        frame = opened(part, partial(read, sql=_AREAS.format(layer=layer)))
        if len(frame):
            break
    note = Note(_("The areas are those of the register's layer {layer}."), layer=layer)
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1)), (note,)


def read_vfr_addresses(part: Part) -> Table:
    """Return the addresses under the names of columns that the register's CSV has."""
    points = opened(part, lambda: pyogrio.read_dataframe(part.location, sql=_POINTS))
    points.index = pd.RangeIndex(1, len(points) + 1)
    houses = _layer(part, "StavebniObjekty").set_index("Kod")
    house = as_text(points["StavebniObjektKod"])
    kind = house.map(as_text(houses["TypStavebnihoObjektuKod"])).map(_KINDS)
    section = house.map(as_text(houses["CastObceKod"]))
    borough = house.map(as_text(houses["MomcKod"]))
    town = _layer(part, "Obce")
    cells = pd.DataFrame(
        {
            "Kód ADM": as_text(points["Kod"]),
            "Kód obce": str(town["Kod"].iloc[0]) if len(town) else "",
            "Název obce": str(town["Nazev"].iloc[0]) if len(town) else "",
            "Kód MOMC": borough,
            "Název MOMC": borough.map(_names(part, "Momc")),
            "Kód části obce": section,
            "Název části obce": section.map(_names(part, "CastiObci")),
            "Kód ulice": as_text(points["UliceKod"]),
            "Název ulice": as_text(points["UliceKod"]).map(_names(part, "Ulice")),
            "Typ SO": kind,
            "Číslo domovní": as_text(points["CisloDomovni"]),
            "Číslo orientační": as_text(points["CisloOrientacni"]),
            "Znak čísla orientačního": as_text(points["CisloOrientacniPismeno"]),
            "PSČ": as_text(points["Psc"]),
            "Souřadnice Y": -shapely.get_x(points.geometry.to_numpy()),
            "Souřadnice X": -shapely.get_y(points.geometry.to_numpy()),
        },
        index=points.index,
    )
    return Table(part.name, cells, None, rejections(), ())


def _layer(part: Part, name: str) -> pd.DataFrame:
    frame = opened(
        part,
        lambda: pyogrio.read_dataframe(part.location, layer=name, read_geometry=False),
    )
    # A code that stands twice, in a damaged file, would give every row two of its names.
    return frame.assign(Kod=as_text(frame["Kod"])).drop_duplicates("Kod")


def _names(part: Part, layer: str) -> pd.Series:
    named = _layer(part, layer)
    return as_text(named["Nazev"]).set_axis(named["Kod"])
