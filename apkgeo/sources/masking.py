"""Were the points moved to the middle of cells before they were published?

A publisher who must not tell a house moves every point to the middle of its cell. Such points lie
in the wrong place by up to half a cell: fair for large areas, worthless for a single courtyard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.crs import metric_crs, require_crs
from apkgeo.language import Note, _

Level = Literal["city_district", "district", "locality"]
Carry = Literal["fair", "doubtful", "unsafe"]
Reason = Literal["declared", "few_places", "regular"]

# Metres across a usual area of each level; a police district is an okrsek.
ACROSS: Mapping[Level, float] = {"city_district": 4_000.0, "district": 1_000.0, "locality": 150.0}
_FAIR, _DOUBTFUL = 0.25, 0.75
_ENOUGH = 50
_SHARED = 2 / 3
_FEW_PLACES = 0.1
# Of scattered places a share 1 - 2**-(c * c) has a neighbour nearer than c times the median.
_CLOSE = (0.4, 0.8)
_SURE = 0.001
_FROM_ADDRESS = ("address", "street", "part")
_GRADES: tuple[Carry, ...] = ("fair", "doubtful", "unsafe")
# What a publisher who moves points leaves at best.
_BEST: Mapping[Level, Carry] = {
    "city_district": "fair",
    "district": "doubtful",
    "locality": "unsafe",
}
_TOLD: Mapping[tuple[Level, Carry], str] = {
    ("city_district", "fair"): _("Such points are fair for city districts."),
    ("city_district", "doubtful"): _("Such points are doubtful for city districts."),
    ("city_district", "unsafe"): _("Such points are unsafe even for city districts."),
    ("district", "fair"): _("They are fair for police districts."),
    ("district", "doubtful"): _("They are doubtful for police districts."),
    ("district", "unsafe"): _("They are unsafe for police districts."),
    ("locality", "fair"): _("They are fair for single localities."),
    ("locality", "doubtful"): _("They are doubtful for single localities."),
    ("locality", "unsafe"): _("They are unsafe for single localities."),
}


@dataclass(frozen=True)
class Masking:
    """How points share places, and which level of area they can carry.

    Attributes
    ----------
    points, places : int
        How many points, and on how many distinct places they stand.
    spacing : float
        Median distance from a place to the nearest other one, in metres; NaN when the points share
        too few places for it to matter.
    reason : {"declared", "few_places", "regular"} or None
        Why the points count as moved: their precision says so, ten or more share a place, or their
        places keep apart more evenly than scattered ones. None when they do not.
    """

    points: int
    places: int
    spacing: float
    reason: Reason | None

    @property
    def masked(self) -> bool:
        """Whether the points were moved."""
        return self.reason is not None

    def carries(self) -> dict[Level, Carry]:
        """Return for each level of area whether counts by it can be believed.

        Notes
        -----
        Fair where the places' spacing is under a quarter of the width of a usual area (4 km a city
        district, 1 km a police district, 150 m a locality), doubtful under three quarters. Moved
        points are never better than doubtful for police districts and unsafe for localities, since
        their dense parts hide how far the others were moved.
        """
        found: dict[Level, Carry] = {}
        for level, across in ACROSS.items():
            if not self.masked:
                found[level] = "fair"
                continue
            share = self.spacing / across
            grade = 0 if share < _FAIR else 1 if share < _DOUBTFUL else 2
            if np.isnan(share):
                grade = 0
            found[level] = _GRADES[max(grade, _GRADES.index(_BEST[level]))]
        return found

    def notes(self) -> tuple[Note, ...]:
        """Return what was found in sentences; nothing when the points were not moved."""
        if not self.masked:
            return ()
        if np.isnan(self.spacing):
            first = Note(
                _("The points were moved by their publisher: {points} points on {places} places."),
                places=self.places,
                points=self.points,
            )
        else:
            first = Note(
                _(
                    "The points were moved by their publisher: {points} points stand on {places} "
                    "places, typically {spacing} m apart."
                ),
                places=self.places,
                points=self.points,
                spacing=round(self.spacing),
            )
        return (first, *(Note(_TOLD[level, grade]) for level, grade in self.carries().items()))


def detect_masking(points: gpd.GeoDataFrame | gpd.GeoSeries) -> Masking:
    """Judge whether points were moved to the middle of cells.

    Parameters
    ----------
    points : geopandas.GeoDataFrame or GeoSeries
        Points in any CRS; missing ones are left out. With a column ``precision``, points that
        stand for an address, a street or a part of a town are left out, since these repeat by
        nature, and ``masked`` says that the publisher moved them.

    Returns
    -------
    Masking

    Raises
    ------
    CRSError
        When the points have no CRS.

    Notes
    -----
    Fewer than 50 points tell nothing. Points count as moved when most are marked ``masked``; when
    there are fewer places than a tenth of the points; or when at most two thirds as many places as
    points keep apart more evenly than chance has it: of scattered places, however dense here and
    sparse there, about one in ten has a neighbour nearer than 0.4 of the median distance.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> cells = 500 * rng.integers(0, 12, (1_000, 2)) + [-822_000, -1_070_000]
    >>> found = detect_masking(gpd.GeoSeries.from_xy(*cells.T, crs=5514))
    >>> found.masked, found.spacing, found.carries()["locality"]
    (True, 500.0, 'unsafe')
    """
    require_crs(points, "the points")
    geometry = points.geometry
    kept = ~(shapely.is_missing(geometry.to_numpy()) | shapely.is_empty(geometry.to_numpy()))
    declared = False
    if isinstance(points, gpd.GeoDataFrame) and "precision" in points.columns:
        kept &= ~points["precision"].isin(_FROM_ADDRESS).to_numpy(dtype=bool)
        marked = points["precision"].eq("masked").fillna(False).to_numpy(dtype=bool)
        declared = bool(kept.any()) and float(marked[kept].mean()) >= 0.5
    geometry = geometry[kept]
    first = _first_at_their_place(geometry)
    count, places = len(geometry), int(first.sum())
    if not declared and (count < _ENOUGH or places > _SHARED * count):
        return Masking(count, places, np.nan, None)
    nearest = _nearest(geometry[first]) if places > 1 else np.array([np.nan])
    spacing = float(np.median(nearest))
    if declared:
        return Masking(count, places, spacing, "declared")
    if places < _FEW_PLACES * count:
        return Masking(count, places, spacing, "few_places")
    return Masking(count, places, spacing, "regular" if _is_regular(nearest) else None)


def _first_at_their_place(geometry: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    x, y = shapely.get_coordinates(geometry.to_numpy()).T
    return np.asarray(~pd.Series(x + 1j * y).duplicated().to_numpy())


def _nearest(places: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return metres from each place to the nearest other one."""
    from scipy.spatial import cKDTree

    metric = places.to_crs(metric_crs(places))
    xy = np.column_stack([metric.x.to_numpy(), metric.y.to_numpy()])
    distance, _which = cKDTree(xy).query(xy, k=2)
    return np.asarray(distance[:, 1], dtype="float64")


def _is_regular(nearest: npt.NDArray[np.float64]) -> bool:
    """Return whether places keep apart: far fewer close neighbours than scattered ones have."""
    from scipy.stats import binom

    middle = np.median(nearest)
    # Two places may be each other's nearest: as many trials as there are independent distances.
    trials = int(0.6 * len(nearest))
    chances = [
        binom.cdf(int((nearest < near * middle).sum()), trials, 1 - 2 ** -(near**2))
        for near in _CLOSE
    ]
    return bool(min(chances) < _SURE / len(_CLOSE))
