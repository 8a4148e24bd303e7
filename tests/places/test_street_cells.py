"""Cells of streets: every address in one, none too small, and the land to the nearest address."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.places.counting import count_points
from apkgeo.places.locate import locate
from apkgeo.places.street_areas import SMOOTHING
from apkgeo.places.street_cells import street_cells
from apkgeo.statistics.smoothed_rates import empirical_bayes_rates
from tests.places.register import city_districts, read_register


def homes(streets: dict[str, list[tuple[float, float]]], **columns) -> gpd.GeoDataFrame:
    rows = [(street, x, y) for street, places in streets.items() for x, y in places]
    names, x, y = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {"street": list(names), **columns}, geometry=gpd.points_from_xy(x, y), crs=5514
    )


def row_of(count: int, y: float = 0.0, start: float = 0.0) -> list[tuple[float, float]]:
    return [(start + 20.0 * place, y) for place in range(count)]


def test_a_long_street_is_cut_across_and_a_short_one_joins_its_neighbour():
    # By hand: 30 homes along Dolní make two pieces of 15; the 3 homes of Krátká stand beside its
    # eastern end and are too few.
    cells = street_cells(homes({"Dolní": row_of(30), "Krátká": row_of(3, start=640)}), most=20)

    assert cells["name"].tolist() == ["Dolní 1/2", "Dolní 2/2"]
    assert cells["addresses"].tolist() == [15, 18]
    assert cells["streets"].tolist() == ["Dolní", "Dolní, Krátká"]
    west, east = cells.bounds.itertuples()
    assert west.maxx == pytest.approx(290, abs=SMOOTHING)  # between the homes at 280 and 300 m
    assert east.minx == pytest.approx(290, abs=SMOOTHING)


def test_within_a_city_the_cells_cover_it_and_addresses_beyond_are_told():
    city = gpd.GeoSeries([box(-50, -50, 1000, 500)], crs=5514)
    register = homes({"Dolní": row_of(20), "Horní": row_of(20, 300), "Daleká": row_of(9, 9000)})
    cells = street_cells(register, within=city)

    assert cells.area.sum() == pytest.approx(city.area.sum())
    assert cells["addresses"].sum() == 40
    assert cells.attrs == {"least": 8, "most": 40, "unplaced": 9}


def test_streets_of_one_name_in_two_villages_are_two_and_a_village_without_streets_is_one():
    register = homes(
        {"Hlavní": [*row_of(10), *row_of(10, 5000)], "": row_of(12, 9000)},
        municipality=["Lhota"] * 10 + ["Újezd"] * 22,
        part=["Lhota"] * 10 + ["Újezd"] * 10 + ["Samoty"] * 12,
    )
    cells = street_cells(register)
    assert cells["name"].tolist() == ["Hlavní", "Hlavní", "Samoty"]
    assert cells["addresses"].tolist() == [10, 10, 12]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 40))
def test_every_address_is_in_one_cell_that_is_large_enough(seed, least, more):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1500, (120, 2)).round(1)
    names = rng.choice(["Bílá", "Černá", "Dlouhá", "Krátká", "Nová"], 120)
    register = gpd.GeoDataFrame({"street": names}, geometry=gpd.points_from_xy(*xy.T), crs=5514)
    cells = street_cells(register, least=least, most=least + more)

    assert cells["addresses"].min() >= least
    assert cells["addresses"].sum() == 120
    assert locate(register, cells).notna().all()
    assert shapely.coverage_is_valid(cells.geometry.values)


@pytest.fixture(scope="module")
def pilsen(shared: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """A district of the real register, and its cells."""
    register = read_register(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip")
    district = city_districts(shared / "plzen" / "mestske_obvody.geojson").to_crs(5514).iloc[[2]]
    cells = street_cells(register, within=district)
    return register[register.intersects(district.union_all())], cells


def test_the_land_of_a_real_city_goes_to_the_nearest_address(pilsen):
    register, cells = pilsen
    assert len(register) > 1000
    assert cells["addresses"].sum() == len(register)
    assert cells["addresses"].min() >= 8
    # Brute force: random places lie in the cell of their nearest address, but for smoothing.
    west, south, east, north = cells.total_bounds
    places = np.random.default_rng(3).uniform((west, south), (east, north), (20_000, 2))
    inside = locate(gpd.GeoSeries.from_xy(*places.T, crs=5514), cells)
    places, inside = places[inside.notna()], inside.dropna().to_numpy()
    homes_xy = shapely.get_coordinates(register.geometry.values)
    of_home = locate(register, cells).to_numpy()
    _, nearest = cKDTree(homes_xy).query(places)
    assert (of_home[nearest] == inside).mean() > 0.99


def test_addresses_are_the_population_of_rates(pilsen):
    register, cells = pilsen
    # An incident at every tenth address: a rate of a tenth everywhere, but for rounding.
    counts = count_points(register.iloc[::10], cells)
    rates = empirical_bayes_rates(
        cells.set_index("code"), counts, cells.set_index("code")["addresses"]
    )
    assert counts.sum() / cells["addresses"].sum() == pytest.approx(0.1, abs=1e-3)
    assert rates["rate"].std() < rates["crude"].std()
    assert rates["rate"].mean() == pytest.approx(0.1, abs=0.01)


def test_unusable_input_is_told_in_one_line():
    register = homes({"Dolní": row_of(9)})
    with pytest.raises(InputError, match="the addresses: expected a column street"):
        street_cells(register.drop(columns="street"))
    with pytest.raises(InputError, match=r"1 ≤ least ≤ most addresses, got 9 and 3"):
        street_cells(register, least=9, most=3)
    with pytest.raises(InputError, match="at least one with a point, got none"):
        street_cells(register, within=gpd.GeoSeries([box(9e4, 9e4, 1e5, 1e5)], crs=5514))
    with pytest.raises(CRSError, match=r"metres.*EPSG:4326"):
        street_cells(register.set_crs(4326, allow_override=True))
    with pytest.raises(CRSError, match="addresses and within have different CRSs"):
        street_cells(register, within=gpd.GeoSeries([box(0, 0, 1, 1)], crs=32633))
    nowhere = pd.concat([register, register.iloc[:2].assign(geometry=None)])
    assert street_cells(gpd.GeoDataFrame(nowhere, crs=5514)).attrs["unplaced"] == 2
