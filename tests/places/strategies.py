"""Areas and points that hypothesis draws: on a lattice, so that points on borders are common."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import strategies as st

SIDE = 12
whole = st.integers(0, SIDE)
corner = st.tuples(whole, whole)
# Places at which the same map is laid: S-JTSK, UTM and a CRS in degrees.
origins = st.sampled_from([(0, 0), (-822380, -1069630), (500000, 5500000), (13, 50)])


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Geometry:
    """A polygon or several, often with holes and sharp corners, sometimes none at all."""
    triangles = draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=4))
    faces = [shapely.Polygon(triangle) for triangle in triangles]
    faces = [face for face in faces if face.area > 0]
    boxes = [shapely.box(*np.sort([a, b], axis=0).ravel()) for a, b, _ in triangles]
    boxes = [face for face in boxes if face.area > 0]
    shape = shapely.union_all(boxes if draw(st.booleans()) else faces)
    if draw(st.booleans()) and faces:
        shape = shape.difference(faces[0].buffer(-0.5))
    return shape if shape.is_valid else shape.buffer(0)


@st.composite
def areas(draw: st.DrawFn, *, dated: bool = False) -> gpd.GeoDataFrame:
    """Areas that may overlap, touch, or lie in each other's holes."""
    geometry = draw(st.lists(shapes(), min_size=1, max_size=6))
    codes = draw(st.permutations([f"a{number}" for number in range(len(geometry))]))
    frame = gpd.GeoDataFrame({"code": codes}, geometry=geometry, crs=5514)
    if dated:
        bound = st.none() | st.dates(date(2014, 1, 1), date(2014, 1, 8))
        for column in ("valid_from", "valid_to"):
            values = draw(st.lists(bound, min_size=len(frame), max_size=len(frame)))
            frame[column] = pd.to_datetime(pd.Series(values, dtype=object))
    return frame


@st.composite
def points(draw: st.DrawFn, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Points of the lattice, corners of the areas and middles of their sides, and none."""
    half = st.integers(-2, 2 * SIDE + 2).map(lambda number: number / 2)
    free = draw(st.lists(st.tuples(half, half), max_size=30))
    corners = shapely.get_coordinates(frame.geometry.values)
    middles = (corners[1:] + corners[:-1]) / 2
    geometry: list[Any] = list(
        shapely.points(np.vstack([np.reshape(free, (-1, 2)), corners, middles]))
    )
    geometry += [None, shapely.Point()]
    labels = draw(st.lists(st.integers(0, 3), min_size=len(geometry), max_size=len(geometry)))
    days = draw(st.lists(st.integers(-1, 9), min_size=len(geometry), max_size=len(geometry)))
    times = [pd.Timestamp(date(2014, 1, 1) + timedelta(day)) if day < 9 else pd.NaT for day in days]
    return gpd.GeoDataFrame(
        {"occurred": pd.Series(times).to_numpy()}, geometry=geometry, index=labels, crs=5514
    )


def brute_force(points: gpd.GeoDataFrame, frame: gpd.GeoDataFrame, *, dated: bool) -> list[Any]:
    """The rule of `locate` word by word: the first area, by code, that covers the point."""
    found = []
    ordered = frame.sort_values("code").to_dict("records")
    for point, when in zip(points.geometry, points["occurred"], strict=True):
        code = None
        for area in ordered:
            begins, ends = area.get("valid_from"), area.get("valid_to")
            if pd.isna(when):
                valid = pd.isna(begins) and pd.isna(ends)
            else:
                valid = (pd.isna(begins) or begins <= when) and (pd.isna(ends) or when < ends)
            held = point is not None and area["geometry"].covers(point)
            if code is None and held and (valid or not dated):
                code = area["code"]
        found.append(code)
    return found
