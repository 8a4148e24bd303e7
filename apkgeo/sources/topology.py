"""How areas fit together: where they overlap and where they leave gaps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from apkgeo.crs import metric_crs
from apkgeo.errors import ApkgeoError
from apkgeo.language import Note, _

# Below this, neighbours drawn by hand are taken to touch.
SLIVER = 1.0
_NAMED = 5


def fit_notes(areas: gpd.GeoDataFrame) -> list[Note]:
    """Return notes on overlaps and gaps between areas, in square metres; none when they fit.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        With ``code``, ``valid_from``, ``valid_to`` and valid polygons in any CRS.

    Notes
    -----
    Areas that are not valid at the same time may overlap. A gap is a hole in the union of all:
    land between them that none of them holds. What is smaller than 1 m² is not told.
    """
    if len(areas) < 2:
        return []
    try:
        metric = areas.geometry.to_crs(metric_crs(areas))
    except (RuntimeError, ApkgeoError):  # no metric system there, such as at a pole
        return [Note(_("Overlaps and gaps were not measured: no CRS in metres fits the areas."))]
    shapes = metric.to_numpy()
    if not np.isfinite(metric.total_bounds).all():
        return [Note(_("Overlaps and gaps were not measured: no CRS in metres fits the areas."))]
    if not shapely.is_valid(shapes).all():
        shapes = shapely.make_valid(shapes)
    return [*_overlaps(areas, shapes), *_gaps(shapes)]


def _overlaps(areas: gpd.GeoDataFrame, shapes: np.ndarray) -> list[Note]:
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    if not len(one):
        return []
    start, end = (areas[column].to_numpy() for column in ("valid_from", "valid_to"))
    start = np.where(np.isnat(start), np.datetime64("0001-01-01"), start)
    end = np.where(np.isnat(end), np.datetime64("9999-12-31"), end)
    together = (start[one] < end[other]) & (start[other] < end[one])
    one, other = one[together], other[together]
    size = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    wide = size > SLIVER
    if not wide.any():
        return []
    codes = areas["code"].to_numpy()
    order = np.argsort(-size[wide], kind="stable")[:_NAMED]
    worst = ", ".join(f"{codes[one[wide][i]]} × {codes[other[wide][i]]}" for i in order)
    return [
        Note(
            _("Pairs of areas that overlap: {count}, by {size} m² in all; the largest: {pairs}."),
            count=int(wide.sum()),
            size=round(float(size[wide].sum())),
            pairs=worst,
        )
    ]


def _gaps(shapes: np.ndarray) -> list[Note]:
    union = shapely.union_all(shapes)
    bodies = shapely.get_parts([union])
    bodies = bodies[shapely.get_type_id(bodies) == 3]
    rings = [ring for body in bodies for ring in body.interiors]
    size = shapely.area(shapely.polygons(rings)) if rings else np.array([])
    wide = size > SLIVER
    if not wide.any():
        return []
    return [
        Note(
            _("Gaps between the areas: {count}, {size} m² in all."),
            count=int(wide.sum()),
            size=round(float(size[wide].sum())),
        )
    ]
