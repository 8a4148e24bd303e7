"""Grids: laid where the reference lays them, and tiling what they are laid over."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from apkgeo.errors import CRSError, InputError
from apkgeo.places.grid import choose_cell_size, hex_grid, square_grid

GRIDS = (square_grid, hex_grid)
both = pytest.mark.parametrize("grid", GRIDS, ids=["squares", "hexagons"])
LAKE = shapely.Polygon([(0, 0), (1000, 0), (1000, 700), (400, 900), (0, 600)]).difference(
    box(300, 300, 500, 500)
)


@pytest.fixture
def january(shared: Path) -> gpd.GeoDataFrame:
    frame = gpd.read_file(shared / "memphis" / "memphis_robberies_jan.geojson")
    return frame.to_crs(32615)


def test_squares_over_points_lie_as_in_the_published_example(january):
    # sfhotspot's reference page: 2,715 cells of 500 m, bounds told to a tenth of a metre.
    grid = square_grid(january, 500)

    assert len(grid) == 2715
    assert grid.total_bounds == pytest.approx([761986.18, 3876435.5, 794486.18, 3905935.5], abs=0.1)
    corners = grid.bounds[["miny", "minx"]]
    assert corners.equals(corners.sort_values(["miny", "minx"]))
    assert grid.crs == january.crs
    assert list(grid.columns) == ["code", "geometry"]


def test_squares_start_half_a_cell_from_the_corner_of_the_points():
    # By hand: points 0..200 m, cells of 100 m from -50, hull buffered by 50 m, so 3 by 3:
    # the rounded corners still meet the corner cells.
    points = shapely.MultiPoint([(0, 0), (200, 0), (0, 200), (200, 200)])
    grid = square_grid(points, 100)
    assert grid.total_bounds.tolist() == [-50, -50, 250, 250]
    assert len(grid) == 9
    assert grid["code"].to_list()[:4] == ["r001c001", "r001c002", "r001c003", "r002c001"]


def test_one_point_has_one_square_around_it():
    grid = square_grid(gpd.GeoSeries.from_xy([10], [20], crs=5514), 100)
    assert grid.geometry.iloc[0].equals(box(-40, -30, 60, 70))


@both
def test_cells_tile_the_polygon_without_gap_or_overlap(grid):
    cells = grid(LAKE, 90)
    assert cells.area.sum() == pytest.approx(LAKE.area, rel=1e-12)
    assert cells.union_all().symmetric_difference(LAKE).area == pytest.approx(0, abs=1e-6)
    assert (cells.geom_type.isin(["Polygon", "MultiPolygon"])).all()
    assert cells["code"].is_unique


@both
def test_share_is_what_clipping_left_of_the_full_cell(grid):
    cells = grid(LAKE, 90)
    full = 90**2 if grid is square_grid else 90**2 * np.sqrt(3) / 2
    assert cells["share"].to_numpy() == pytest.approx(cells.area.to_numpy() / full)
    assert cells["share"].max() == 1.0
    assert cells["share"].min() > 0


@both
def test_neighbours_share_their_corners_to_the_last_bit(grid):
    cells = grid(
        gpd.GeoSeries.from_xy([-822380.44, -821000.13], [-1069630.42, -1068000.7], crs=5514), 99.9
    )
    corners = np.unique(shapely.get_coordinates(cells.geometry.values), axis=0)
    gaps = shapely.STRtree(shapely.points(corners)).query(
        shapely.points(corners), predicate="dwithin", distance=1e-3
    )
    assert gaps.shape[1] == len(corners)


def test_hexagons_are_regular_and_as_wide_as_told():
    cells = hex_grid(box(0, 0, 1000, 1000), 100)
    whole = cells[cells["share"] == 1]
    sides = shapely.get_coordinates(whole.geometry.values).reshape(-1, 7, 2)
    lengths = np.hypot(*np.diff(sides, axis=1).T)
    assert lengths == pytest.approx(np.full_like(lengths, 100 / np.sqrt(3)))
    assert (whole.bounds["maxx"] - whole.bounds["minx"]).to_numpy() == pytest.approx(100)


@both
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=20),
    st.floats(300, 5000),
)
def test_every_point_lies_in_a_cell(grid, xy, size):
    points = gpd.GeoSeries.from_xy(*zip(*xy, strict=True), crs=5514)
    cells = grid(points, size)
    assert points.map(lambda point: cells.intersects(point).any()).all()


@both
def test_several_polygons_are_covered_as_one(grid):
    halves = gpd.GeoDataFrame(geometry=[box(0, 0, 500, 1000), box(500, 0, 1000, 1000)], crs=5514)
    assert grid(halves, 150).geom_equals(grid(box(0, 0, 1000, 1000), 150).set_crs(5514)).all()


@both
@pytest.mark.parametrize("size", [0, -5, float("nan"), float("inf"), "100"])
def test_a_cell_size_is_a_positive_number(grid, size):
    with pytest.raises(InputError, match="cell_size: expected a positive number of metres, got"):
        grid(LAKE, size)


def test_without_a_size_the_published_grid_of_memphis_comes_out(january):
    # sfhotspot chooses 500 m for these points: 50 cells on the shorter side of 29 km, which is
    # 580 m, rounded down to hundreds.
    chosen = square_grid(january)

    assert chosen.attrs["cell_size"] == choose_cell_size(january) == 500
    assert chosen.geometry.geom_equals(square_grid(january, 500).geometry).all()
    assert square_grid(january, 400).attrs["cell_size"] == 400


@both
@pytest.mark.parametrize(
    ("sides", "size"),
    [((5_000, 9e4), 100), ((9e4, 4_999.9), 90), ((12_345, 1e5), 200), ((450, 1e3), 9)],
)
def test_a_chosen_size_puts_fifty_cells_on_the_shorter_side(grid, sides, size):
    cells = grid(gpd.GeoSeries([box(100, 200, 100 + sides[0], 200 + sides[1])], crs=5514))
    assert cells.attrs["cell_size"] == pytest.approx(size)
    assert cells.area.sum() == pytest.approx(sides[0] * sides[1])


@both
def test_no_size_can_be_chosen_for_points_on_a_line(grid):
    with pytest.raises(InputError, match=r"got points on one line; give cell_size in metres"):
        grid(gpd.GeoSeries.from_xy([0, 50, 90], [7, 7, 7], crs=5514))
    with pytest.raises(InputError, match=r"got one place; give cell_size in metres"):
        grid(gpd.GeoSeries.from_xy([5], [7], crs=5514))


@both
def test_metres_are_never_degrees(grid):
    with pytest.raises(CRSError, match=r"metres.*EPSG:4326"):
        grid(gpd.GeoSeries([box(13, 49, 14, 50)], crs=4326), 100)


@both
def test_too_many_cells_are_refused_with_a_size_that_would_do(grid):
    with pytest.raises(
        InputError, match=r"at most 5,000,000 cells.*take cells of at least \d"
    ) as e:
        grid(box(0, 0, 100_000, 100_000), 1)
    enough = float(str(e.value).split("at least ")[1].split()[0])
    assert 40 < enough < 60  # 1e10 m² in 5e6 cells is 2,000 m² a cell: 45 m


@both
def test_an_extent_is_points_or_polygons(grid):
    with pytest.raises(InputError, match="got none"):
        grid(gpd.GeoSeries([], crs=5514), 100)
    with pytest.raises(InputError, match="points only or polygons only, got LineString"):
        grid(shapely.LineString([(0, 0), (1, 1)]), 100)
    with pytest.raises(InputError, match="a GeoDataFrame, a GeoSeries or a shapely geometry"):
        grid([0, 0, 1, 1], 100)
    with pytest.raises(InputError, match=r"valid polygons.*make_valid"):
        grid(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), 100)
