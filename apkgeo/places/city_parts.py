"""The part of the city that a written address lies in, also where the address was not found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from apkgeo.places.gazetteer import Gazetteer

# Between the street and the part, and between the city and its part.
_BETWEEN = re.compile(r"[,;()]|\s[-–]\s")
_SURE = 0.9


def city_parts(
    texts: pd.Series, found: gpd.GeoDataFrame, gazetteer: Gazetteer, addresses: gpd.GeoDataFrame
) -> pd.Series:
    """Return the city district of each written address, or its part where districts do not tell.

    Parameters
    ----------
    texts : pandas.Series of str
        Addresses as people wrote them.
    found : geopandas.GeoDataFrame
        What `Gazetteer.geocode` returned for them.
    gazetteer : Gazetteer
    addresses : geopandas.GeoDataFrame
        The register that `gazetteer` was made of.

    Returns
    -------
    pandas.Series of str
        On the index of `texts`; missing where neither the address nor the words beside it tell.

    Notes
    -----
    The part comes from the address that was found; of one that was not, from the words behind its
    street ("Neznámá 7, Plzeň 3"). So a match rate can be told by district for what has no point.
    """
    register = addresses.drop_duplicates("address_code").set_index("address_code")
    district = register["city_district"].fillna(register["part"])
    part = found["address_code"].map(district).astype("object")
    named: dict[str, str | None] = {}
    for row in np.flatnonzero(part.isna().to_numpy() & texts.notna().to_numpy()):
        text = str(texts.iloc[row])
        if text not in named:
            told = _told(text, gazetteer) if found["precision"].iloc[row] else None
            named[text] = told or _beside(text, gazetteer)
        part.iloc[row] = named[text]
    return part.astype("str")


def _told(text: str, gazetteer: Gazetteer) -> str | None:
    """Return the one district, or else the one part, of a street or part that was found."""
    for match in gazetteer.find(text, limit=1):
        return match.city_district or match.part
    return None


def _beside(text: str, gazetteer: Gazetteer) -> str | None:
    """Return the district or the part that the words of a text name, the last of them first."""
    for piece in reversed([one.strip() for one in _BETWEEN.split(text)][1:]):
        for match in gazetteer.find(piece, limit=1) if piece else ():
            place = match.city_district or match.part
            if match.precision == "part" and match.score >= _SURE and place:
                return place
    return None
