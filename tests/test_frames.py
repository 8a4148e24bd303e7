"""A frame is checked once, at the door."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

from apkgeo.crs import metric_crs, require_metric, require_same_crs, same_crs
from apkgeo.errors import CRSError, InputError
from apkgeo.frames import Reading, check_frame, rejections


def incidents(**columns: object) -> gpd.GeoDataFrame:
    values: dict[str, object] = {
        "incident_id": ["1"],
        "occurred": pd.to_datetime(["2015-01-01"]).tz_localize("Europe/Prague"),
        "offence": ["public_order"],
        "offence_text": ["§ 47"],
        "origin": ["citizen"],
        "precision": ["measured"],
        **columns,
    }
    return gpd.GeoDataFrame(values, geometry=[Point(13.4, 49.7)], crs=4326)


def test_a_tidy_frame_passes() -> None:
    check_frame(incidents(), "incidents")


def test_every_missing_column_is_named() -> None:
    frame = incidents().drop(columns=["occurred", "origin"])
    with pytest.raises(InputError, match="a frame without occurred, origin; read it with"):
        check_frame(frame, "incidents")


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(InputError, match=r"'occurred'.*with a time zone.*tz_localize"):
        check_frame(incidents(occurred=pd.to_datetime(["2015-01-01"])), "incidents")


def test_a_plain_table_and_a_wrong_geometry_are_refused() -> None:
    with pytest.raises(InputError, match="expected a GeoDataFrame, got a DataFrame"):
        check_frame(pd.DataFrame(), "incidents")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="row 0: expected Point, got Polygon"):
        check_frame(incidents().set_geometry([box(0, 0, 1, 1)], crs=4326), "incidents")


def test_a_frame_without_a_crs_is_refused() -> None:
    with pytest.raises(CRSError, match="has no CRS"):
        check_frame(incidents().set_crs(None, allow_override=True), "incidents")


def test_rows_in_are_rows_used_and_rows_rejected() -> None:
    rejected = rejections([(7, "occurred", "31.2.2015", "No such day.")])
    assert Reading(incidents(), rejected).rows_in == 2
    assert list(rejections().columns) == ["row", "column", "value", "reason"]


def test_different_systems_are_named_both() -> None:
    one, other = incidents(), incidents().to_crs(5514)
    with pytest.raises(CRSError, match=r"points and areas .*EPSG:4326.*EPSG:5514"):
        require_same_crs(one, other, ("points", "areas"))
    assert same_crs(one.crs, gpd.GeoSeries([], crs="OGC:CRS84").crs)


def test_degrees_are_not_metres() -> None:
    with pytest.raises(CRSError, match=r"must be in metres.*EPSG:4326 \(degree\)"):
        require_metric(incidents(), "incidents")
    assert metric_crs(incidents()).to_epsg() == 5514


def test_empty_points_pass_in_silence() -> None:
    check_frame(incidents().set_geometry([Point()], crs=4326), "incidents")
