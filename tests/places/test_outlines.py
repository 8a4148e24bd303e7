"""Outlines in whole decimetres hold the points, and are as far, as shapely says."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from apkgeo.places.outlines import outlines

RING = Polygon([(0, 0), (60, 0), (60, 50), (0, 50)], [[(20, 10), (40, 10), (40, 30), (20, 30)]])
STAR = Polygon(
    [
        (round(10 * np.cos(i) * (3 + i % 2), 1), round(10 * np.sin(i) * (3 + i % 2), 1))
        for i in np.linspace(0, 2 * np.pi, 13)[:-1]
    ]
)
SHAPES = [RING, STAR, MultiPolygon([box(100, 0, 120, 20), box(130, 5, 150, 45)])]


@pytest.mark.parametrize("district", [0, 1, 2])
def test_every_point_of_a_grid_is_where_shapely_has_it(district: int) -> None:
    lines, shape = outlines(SHAPES), SHAPES[district]
    west, south, east, north = (int(one) for one in shape.bounds)
    for x in range(west - 3, east + 4, 3):
        for y in range(south - 3, north + 4, 3):
            point = Point(x, y)
            held = bool(lines.holding(x * 10, y * 10, [district]))
            # On a slanting side a corner's rounding decides; elsewhere the two are equal.
            if shape.boundary.distance(point) > 0.1 or district != 1:
                assert held == shapely.intersects(shape, point), (x, y)
            assert lines.metres(x * 10, y * 10, district) == pytest.approx(
                shape.boundary.distance(point), abs=0.11
            )


def test_the_border_belongs_to_both_neighbours() -> None:
    lines = outlines([box(0, 0, 10, 10), box(10, 0, 20, 10)])
    assert lines.holding(100, 50, [0, 1]) == [0, 1]
    assert lines.holding(100, 50, [1]) == [1]
    assert lines.holding(0, 0, [0, 1]) == [0]
    assert lines.holding(205, 50, [0, 1]) == []
