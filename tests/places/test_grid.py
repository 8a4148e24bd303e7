"""Grids: laid where the reference lays them, and tiling what they are laid over."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest

from apkgeo.places.grid import square_grid


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
    assert grid["code"].is_unique and grid["code"].is_monotonic_increasing
