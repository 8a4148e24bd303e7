"""Points moved to the middle of cells, told from points that repeat by nature."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from apkgeo.errors import CRSError
from apkgeo.sources.masking import Masking, detect_masking

HOME = np.array([-822_000.0, -1_070_000.0])


def points(xy: np.ndarray, precision: str = "measured") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"precision": precision}, geometry=gpd.points_from_xy(*(xy + HOME).T), crs=5514,
        index=range(len(xy)),
    )  # fmt: skip


def cells(count: int, side: float, rng: np.random.Generator) -> np.ndarray:
    return side * rng.integers(0, 12, (count, 2)).astype(float)


@pytest.mark.parametrize("side", [60.0, 500.0])
@pytest.mark.parametrize("crs", [5514, 4326])
def test_points_in_the_middle_of_cells_are_found(side: float, crs: int) -> None:
    found = detect_masking(points(cells(400, side, np.random.default_rng(1))).to_crs(crs))
    assert found.masked
    assert found.reason == "regular"
    assert found.spacing == pytest.approx(side, rel=0.001)


def test_cells_of_unequal_size_are_found() -> None:
    rng = np.random.default_rng(2)
    kept: list[np.ndarray] = []
    for place in rng.uniform(0, 10_000, (4_000, 2)):
        gap = 150 + 0.06 * place[0]  # large in the east
        if all(np.hypot(*(place - other)) > gap for other in kept):
            kept.append(place)
    seeds = np.array(kept)
    assert detect_masking(points(seeds[rng.integers(0, len(seeds), 4 * len(seeds))])).masked


@pytest.mark.parametrize("seed", range(5))
def test_scattered_and_gathered_points_are_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scattered = rng.uniform(0, 10_000, (300, 2))
    gathered = rng.normal(0, 200, (300, 2)) + rng.uniform(0, 10_000, (6, 2))[np.arange(300) % 6]
    for places in (scattered, gathered):
        assert not detect_masking(points(places)).masked
        assert not detect_masking(points(np.repeat(places, 3, axis=0))).masked


def test_points_of_addresses_repeat_by_nature() -> None:
    xy = cells(400, 500, np.random.default_rng(1))
    found = detect_masking(points(xy, "address"))
    assert (found.points, found.masked) == (0, False)


def test_what_the_publisher_says_counts() -> None:
    xy = np.random.default_rng(1).uniform(0, 10_000, (60, 2))
    assert detect_masking(points(xy, "masked")).reason == "declared"
    assert not detect_masking(points(xy)).masked


def test_ten_points_a_place_are_too_many() -> None:
    xy = np.random.default_rng(1).uniform(0, 10_000, (20, 2))
    assert detect_masking(points(np.repeat(xy, 11, axis=0))).reason == "few_places"


def test_few_or_no_points_tell_nothing() -> None:
    xy = cells(49, 500, np.random.default_rng(1))
    assert not detect_masking(points(xy)).masked
    nothing = detect_masking(points(xy[:0]))
    assert (nothing.points, nothing.places, nothing.masked, nothing.notes()) == (0, 0, False, ())
    with_gaps = points(cells(400, 500, np.random.default_rng(1)))
    with_gaps.loc[::2, "geometry"] = None
    assert detect_masking(with_gaps).points == 200


def test_one_place_has_no_spacing() -> None:
    found = detect_masking(points(np.zeros((60, 2)), "masked"))
    assert found.notes()[0] == ("The points were moved by their publisher: 60 points on 1 places.")


def test_the_plzen_points_are_fair_for_city_districts_only() -> None:
    """The real ones: 366 points on 131 places, 493 m apart."""
    assert Masking(366, 131, 493.0, "declared").carries() == {
        "city_district": "fair",
        "district": "doubtful",
        "locality": "unsafe",
    }
    assert set(Masking(366, 300, np.nan, None).carries().values()) == {"fair"}
    assert set(Masking(366, 20, 4_000.0, "regular").carries().values()) == {"unsafe"}


def test_points_without_a_crs_are_refused() -> None:
    with pytest.raises(CRSError, match="the points has no CRS"):
        detect_masking(gpd.GeoSeries.from_xy([1.0], [2.0]))
