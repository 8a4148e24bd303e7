"""Overlaps: found where areas exist at the same time, named, and slivers forgiven."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from apkgeo.errors import InputError
from apkgeo.places.overlap import disjoint, overlaps

# Two squares of 100 m² that share 10 m², and one inside the second.
THREE = gpd.GeoDataFrame(
    {"code": ["b", "a", "inner"]},
    geometry=[box(9, 0, 19, 10), box(0, 0, 10, 10), box(15, 2, 17, 4)],
    crs=5514,
)


def test_each_pair_is_listed_once_by_the_share_of_the_smaller():
    assert overlaps(THREE).to_dict("records") == [
        {"code": "b", "other": "inner", "area": 4.0, "share": 1.0},
        {"code": "a", "other": "b", "area": 10.0, "share": 0.1},
    ]


def test_overlapping_areas_are_named():
    with pytest.raises(InputError, match=r"areas 'b' and 'inner' overlap \(and 1 more pair.*100"):
        disjoint(THREE)


def test_touching_areas_and_slivers_are_disjoint():
    touching = THREE.iloc[:2].assign(geometry=[box(10, 0, 20, 10), box(0, 0, 10, 10)])
    disjoint(touching)
    sliver = touching.assign(geometry=[box(9.999, 0, 20, 10), box(0, 0, 10, 10)])
    disjoint(sliver)
    with pytest.raises(InputError, match="overlap"):
        disjoint(sliver, tolerance=0)


def test_areas_of_different_times_do_not_overlap():
    day = pd.Timestamp("2014-07-01")
    redrawn = THREE.iloc[:2].assign(valid_to=[day, pd.NaT], valid_from=[pd.NaT, day])
    disjoint(redrawn)
    with pytest.raises(InputError, match="'a' and 'b' overlap"):
        disjoint(redrawn.assign(valid_to=pd.NaT))


def test_areas_without_a_shape_overlap_nothing():
    shapeless = THREE.iloc[:2].assign(geometry=[None, box(0, 0, 1, 1)])
    disjoint(shapeless)
    assert overlaps(shapeless).empty
