"""Cells and counts on which the statistics of hotspots are tried, and slow but plain answers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.places.grid import square_grid


def points_in_cells(points: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> pd.Series:
    """Count points in cells by geopandas' own join."""
    joined = gpd.sjoin(points[["geometry"]], cells[["geometry"]], predicate="intersects")
    joined = joined[~joined.index.duplicated()]
    return joined.groupby("index_right").size().reindex(cells.index, fill_value=0)


def memphis(shared: Path, name: str = "memphis_robberies_jan") -> gpd.GeoDataFrame:
    """Return the robberies in metres."""
    return gpd.read_file(shared / "memphis" / f"{name}.geojson").to_crs(32615)


def memphis_city(shared: Path) -> gpd.GeoSeries:
    """Return the city's shape, as one geometry."""
    precincts = gpd.read_file(shared / "memphis" / "memphis_precincts.geojson").to_crs(32615)
    return gpd.GeoSeries([precincts.geometry.make_valid().union_all()], crs=32615)


def city_grid(shared: Path, cell_size: float) -> gpd.GeoDataFrame:
    """Return squares clipped to Memphis."""
    return square_grid(memphis_city(shared), cell_size)


def plane(rows: int, columns: int, size: float = 100.0) -> gpd.GeoDataFrame:
    """Return a rectangle of squares, none clipped."""
    return square_grid(
        gpd.GeoSeries([shapely.box(0, 0, columns * size, rows * size)], crs=5514), size
    )


def weights(xy: np.ndarray, distance: float) -> np.ndarray:
    """Return the full matrix of binary weights, nought on the diagonal."""
    apart = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(axis=2))
    matrix = (apart <= distance * (1 + 1e-9)).astype(float)
    np.fill_diagonal(matrix, 0.0)
    return matrix


def plain_gi(
    values: np.ndarray, xy: np.ndarray, distance: float, *, star: bool, every: int = 1
) -> np.ndarray:
    """Return Gi* or Gi cell by cell, as Ord and Getis (1995, equations 14 and 15) write them."""
    z = []
    for i in range(0, len(values), every):
        near = np.sqrt(((xy - xy[i]) ** 2).sum(axis=1)) <= distance * (1 + 1e-9)
        near[i] = star
        others = values if star else np.delete(values, i)
        n, total = len(others), near.sum()
        error = others.std() * np.sqrt((n * total - total**2) / (n - 1))
        enough = error > 1e-12
        z.append((values[near].sum() - others.mean() * total) / error if enough else np.nan)
    return np.array(z)
