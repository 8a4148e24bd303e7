"""The exchange file of a village against the CSV of the same village, ten years apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from apkgeo.frames import check_frame
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries


@pytest.fixture(scope="module")
def vfr(shared: Path) -> Path:
    return shared / "decany" / "20140331_OB_564729_UKSH.xml.gz"


def test_the_village_agrees_with_its_csv(vfr: Path, shared: Path) -> None:
    reading = read_addresses(vfr)
    check_frame(reading.frame, "addresses")
    other = read_addresses(shared / "decany" / "20231231_OB_564729_ADR.csv").frame
    # DATA: 206 codes in common, of which 204 have a point, the median distance being 0.00 m.
    rejected = reading.rows_in - len(reading.frame)
    assert (reading.rows_in, rejected) == (221, 9)
    both = reading.frame.merge(other, on="address_code", suffixes=("", "_csv"))
    assert len(both) == 204
    distance = np.hypot(
        both["geometry"].x - both["geometry_csv"].x, both["geometry"].y - both["geometry_csv"].y
    )
    assert np.median(distance) < 0.005
    for column in ("house_number", "house_number_kind", "part", "municipality", "postcode"):
        assert (both[column] == both[f"{column}_csv"]).mean() > 0.98


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("city", {"Děčany"}),
        ("district", {"Děčany"}),  # a village has no boroughs
        ("cadastre", {"Děčany", "Solany", "Lukohořany", "Semeč"}),
    ],
)
def test_areas_are_polygons_of_the_level_asked_for(vfr: Path, level: str, names: set[str]) -> None:
    frame = read_boundaries(vfr, level=level).frame
    check_frame(frame, "boundaries")
    assert set(frame["name"]) == names
    # The village lies around Y 773, X 998 km; it has some 9 square kilometres.
    assert 8e6 < frame.area.sum() < 14e6
    assert frame.crs.to_epsg() == 5514
