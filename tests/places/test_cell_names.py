"""What readers call a square: its field as in an atlas, its street, its district."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.places.cell_names import name_cells
from apkgeo.places.grid import hex_grid, square_grid

CITY = gpd.GeoSeries([box(0, 0, 300, 200)], crs=5514)
DISTRICTS = gpd.GeoDataFrame(
    {"code": ["1A", "1B"], "name": ["Západ", "Východ"]},
    geometry=[box(0, 0, 140, 200), box(140, 0, 300, 200)],
    crs=5514,
)


def homes(places):
    street, x, y = zip(*places, strict=True)
    return gpd.GeoDataFrame({"street": street}, geometry=gpd.points_from_xy(x, y), crs=5514)


def test_letters_run_from_the_west_and_numbers_from_the_north():
    names = name_cells(square_grid(CITY, 100))
    assert names["reference"].tolist() == ["A2", "B2", "C2", "A1", "B1", "C1"]
    assert names["addresses"].isna().all()
    assert (names[["street", "district"]] == "").all(axis=None)
    assert name_cells(hex_grid(CITY, 100))["reference"].is_unique


def test_a_square_bears_the_street_with_most_addresses_or_the_nearest_one():
    register = homes(
        [("Nová", 10, 10), ("Nová", 20, 10), ("Dolní", 30, 10), (None, 40, 10), ("Horní", 210, 150)]
    )
    names = name_cells(square_grid(CITY, 100), addresses=register, districts=DISTRICTS)
    assert names["street"].tolist() == ["Nová", "Horní", "Horní", "Dolní", "Horní", "Horní"]
    assert names["addresses"].tolist() == [4, 0, 0, 0, 0, 1]
    assert names["district"].tolist() == ["Západ", "Východ", "Východ"] * 2


def test_a_square_far_from_any_address_has_no_street():
    names = name_cells(square_grid(CITY, 100), addresses=homes([("Daleká", 900, 900)]))
    assert (names["street"] == "").all()
    without = homes([("Nová", 10, 10)]).drop(columns="street")
    assert (name_cells(square_grid(CITY, 100), addresses=without)["street"] == "").all()


def test_cells_of_another_kind_keep_their_code():
    assert name_cells(DISTRICTS)["reference"].tolist() == ["1A", "1B"]


def test_unusable_input_is_told_in_one_line():
    cells = square_grid(CITY, 100)
    with pytest.raises(InputError, match="the cells: expected a column code"):
        name_cells(cells.drop(columns="code"))
    with pytest.raises(CRSError, match="cells and districts have different CRSs"):
        name_cells(cells, districts=DISTRICTS.to_crs(32633))
