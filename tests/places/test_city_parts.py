"""Parts of the city by what was written; the register is four invented rows."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest

from apkgeo.places.city_parts import city_parts
from apkgeo.places.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def addresses() -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "address_code": ["1", "2", "3", "4"],
            "street": ["Dlouhá", "Dlouhá", "Krátká", None],
            "house_number": [1, 2, 3, 4],
            "house_number_kind": "č.p.",
            "orientation_number": [1, 2, 1, None],
            "orientation_letter": None,
            "part": ["Horní", "Dolní", "Dolní", "Ves"],
            "municipality": "Město",
            "city_district": ["Město 1", "Město 2", "Město 2", None],
            "postcode": "30000",
        }
    )
    points = gpd.points_from_xy([-822000, -821000, -821100, -820000], [-1_070_000] * 4)
    return gpd.GeoDataFrame(table, geometry=points, crs=5514)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dlouhá 1", "Město 1"),
        ("Krátká", "Město 2"),
        ("Dlouhá", None),  # in two districts and two parts
        ("Ves 4", "Ves"),
        ("Neznámá 7, Město 2", "Město 2"),
        ("Neznámá 7, Město - Horní", "Město 1"),
        ("Neznámá 7 (Ves)", "Ves"),
        ("Neznámá 7, Město", None),
        ("Neznámá 7", None),
        (None, None),
    ],
)
def test_the_part_is_told(addresses: gpd.GeoDataFrame, text: str, expected: str | None) -> None:
    gazetteer = Gazetteer(addresses)
    texts = pd.Series([text], index=[7], dtype="object")
    made = city_parts(texts, gazetteer.geocode(texts), gazetteer, addresses)
    assert made.index.tolist() == [7]
    assert made.astype("object").where(made.notna(), None).tolist() == [expected]
