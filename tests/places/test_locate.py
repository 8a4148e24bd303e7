"""Locating points: every point in the area that holds it, in one only, and none lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from apkgeo.errors import InputError
from apkgeo.places.counting import count_points
from apkgeo.places.locate import locate

# REFERENCE: sf/geopandas, memphis_robberies in memphis_precincts with Appling Farms repaired.
MEMPHIS = {
    "Airways": 204,
    "Appling Farms": 153,
    "Austin Peay": 219,
    "Crump": 317,
    "Mt. Moriah": 368,
    "North Main": 189,
    "Raines": 273,
    "Ridgeway": 220,
    "Tillman": 301,
}


@pytest.fixture
def precincts(shared: Path) -> gpd.GeoDataFrame:
    """The nine precincts of Memphis as published: Appling Farms crosses itself."""
    frame = gpd.read_file(shared / "memphis" / "memphis_precincts.geojson")
    return frame.rename(columns={"precinct": "code"})


@pytest.fixture
def robberies(shared: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(shared / "memphis" / "memphis_robberies.geojson")


@pytest.mark.parametrize("crs", [4326, 32615])
def test_robberies_of_memphis_fall_into_precincts_as_published(precincts, robberies, crs):
    precincts["geometry"] = precincts.make_valid()
    areas, points = precincts.to_crs(crs), robberies.to_crs(crs)

    counts = count_points(points, areas)

    assert counts.to_dict() == MEMPHIS
    assert counts.attrs["outside"] == 1
    assert locate(points, areas).notna().sum() == 2244


def test_an_area_that_crosses_itself_is_named_with_the_remedy(precincts, robberies):
    with pytest.raises(InputError, match=r"'Appling Farms'.*Self-intersection.*make_valid"):
        locate(robberies, precincts)
