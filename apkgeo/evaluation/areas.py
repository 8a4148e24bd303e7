"""Where is counted: treated localities, the rings around them, and what they are compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from apkgeo.crs import as_crs, metric_crs
from apkgeo.errors import StudyError
from apkgeo.frames import check_frame
from apkgeo.language import Note, _
from apkgeo.places.grid import square_grid
from apkgeo.places.locate import AreaIndex, area_index, locate
from apkgeo.places.overlap import disjoint
from apkgeo.places.rings import rings
from apkgeo.study import Period, Study

_EPOCH = date(1970, 1, 1)

COLUMNS = ["code", "name", "role", "locality", "inner", "outer", "valid_from", "valid_to"]

# A locality of which more lies within the rings' reach is no comparison: displacement from the
# treated place would be counted as its own change. Of less than this it sees little.
_IN_RINGS = 0.25
# Of a cell cut by localities, rings or the city's border, at least this share must be left.
_LEFT_OF_CELL = 0.5


@dataclass(frozen=True)
class StudyAreas:
    """The boundaries of a study, as tidy frames in any CRS.

    Attributes
    ----------
    localities : geopandas.GeoDataFrame
        The areas that deployments name by ``code``, and others of their kind.
    districts, city : geopandas.GeoDataFrame, optional
        Police districts, and the city.
    """

    localities: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame | None = None
    city: gpd.GeoDataFrame | None = None

    def checked(self, study: Study) -> tuple[StudyAreas, CRS]:
        """Return the areas in the working CRS, having checked them once.

        Raises
        ------
        InputError
            When a frame is not tidy, or localities overlap.
        StudyError
            When a deployment names a locality that is not there.
        """
        check_frame(self.localities, "boundaries", what="the localities")
        crs = as_crs(study.crs) if study.crs else metric_crs(self.localities)
        localities = self.localities.to_crs(crs)
        known = list(dict.fromkeys(localities["code"].dropna().astype(str)))
        for deployment in study.deployments:
            if deployment.locality not in known:
                raise StudyError(
                    f"deployment of {deployment.programme!r} from {deployment.start}",
                    expected=f"one of the localities {', '.join(known)}",
                    came=repr(deployment.locality),
                    remedy="mend 'locality' in the study, or add the area to its localities",
                )
        disjoint(localities)
        others = {}
        for name in ("districts", "city"):
            frame = getattr(self, name)
            if frame is not None:
                check_frame(frame, "boundaries", what=f"the {name}")
                frame = frame.to_crs(crs)
            others[name] = frame
        return StudyAreas(localities, **others), crs


@dataclass(frozen=True)
class Layout:
    """All areas that are counted, disjoint, in the working CRS.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        ``code``, ``name``, ``role`` (``treated``, ``untreated``, ``ring``, ``comparison``),
        ``locality``, ``inner`` and ``outer`` (of a ring), ``valid_from``, ``valid_to``, geometry.
        A code has several rows when the area has several parts, or was redrawn.
    notes : tuple of Note
        Which areas were left out of the comparison, and why.
    """

    frame: gpd.GeoDataFrame
    notes: tuple[Note, ...]

    def codes(self, role: str) -> list[str]:
        """Return the codes of a role, each once."""
        return list(dict.fromkeys(self.frame.loc[self.frame["role"] == role, "code"]))

    def rings_of(self, locality: str) -> gpd.GeoDataFrame:
        """Return the rings around a locality, from the inside."""
        frame = self.frame
        return frame[(frame["role"] == "ring") & (frame["locality"] == locality)]

    def days(self, period: Period) -> pd.Series:
        """Return on how many days of `period` each area was valid, by its code."""
        first, last = ((day - _EPOCH).days for day in (period.start, period.end))
        return pd.Series(self._index.days_valid(first, last), index=self._index.unique_codes)

    @cached_property
    def _index(self) -> AreaIndex:
        return area_index(self.frame)

    @property
    def shown(self) -> gpd.GeoDataFrame:
        """The areas as an `Evaluation` has them."""
        return self.frame.drop(columns=["inner", "outer"]).reset_index(drop=True)


def lay_out(study: Study, areas: StudyAreas, incidents: gpd.GeoDataFrame) -> Layout:
    """Return treated localities, rings and comparison areas of a study.

    Parameters
    ----------
    study : Study
    areas : StudyAreas
        As `StudyAreas.checked` returns them.
    incidents : geopandas.GeoDataFrame
        The primary outcome's incidents **before the first deployment**, in the same CRS: cells
        are kept by them, so that the choice never sees the period after.
    """
    given = areas.localities
    localities = given.assign(
        code=given["code"].astype(str), name=given["name"].fillna(given["code"])
    )
    starts: dict[str, date] = {}
    for deployment in study.deployments:
        starts[deployment.locality] = min(
            deployment.start, starts.get(deployment.locality, date.max)
        )
    treated = localities["code"].isin(list(starts))
    at_start = _at_start(localities, starts)
    around = _rings(localities, at_start, study.ring_distances)
    reach = shapely.union_all(around.geometry.to_numpy())
    own = localities.assign(role=np.where(treated, "treated", "untreated"), locality=pd.NA)
    kind = study.comparison.kind
    if study.comparison.areas and kind == "cells":
        raise StudyError(
            "key comparison.areas: cells have no names",
            remedy="set kind to localities or districts",
        )
    if kind == "localities":
        own, notes = _untreated_localities(study, own)
        parts = [own, around]
    elif kind == "districts":
        others, notes = _districts(study, areas, own, reach)
        parts = [own, around, others]
    else:
        size = math.sqrt(float(at_start.area.mean()))
        taken = shapely.union_all([reach, *localities.geometry])
        others, notes = _cells(areas, taken, size, incidents)
        parts = [own, around, others]
    frame = pd.concat([_columns(part) for part in parts], ignore_index=True)
    return Layout(gpd.GeoDataFrame(frame, geometry="geometry", crs=localities.crs), notes)


def require_valid(study: Study, layout: Layout) -> None:
    """Raise StudyError when a treated locality is valid on no day of a compared period."""
    for deployment in study.deployments:
        rows = layout.frame[layout.frame["code"] == deployment.locality]
        for name, period in zip(("before", "after"), study.periods(deployment), strict=True):
            if layout.days(period)[deployment.locality]:
                continue
            spans = [
                " ".join(
                    f"{word} {day.date()}"
                    for word, day in (("from", row.valid_from), ("to", row.valid_to))
                    if not pd.isna(day)
                )
                for row in rows.itertuples()
            ]
            raise StudyError(
                f"deployment of {deployment.programme!r} from {deployment.start}",
                expected=f"boundaries of {deployment.locality!r} that are valid in the period "
                f"{name}, {period.start} to {period.end}",
                came=f"boundaries valid {', '.join(dict.fromkeys(spans))}",
                remedy="mend valid_from and valid_to of the locality, or the deployment's periods",
            )


def _at_start(localities: gpd.GeoDataFrame, starts: dict[str, date]) -> gpd.GeoDataFrame:
    """Return the treated localities as they were at the start, a row each."""
    versions = [_as_on(localities[localities["code"] == code], day) for code, day in starts.items()]
    return pd.concat(versions, ignore_index=True).dissolve("code", as_index=False, sort=False)


def _rings(
    localities: gpd.GeoDataFrame, at_start: gpd.GeoDataFrame, distances: tuple[float, ...]
) -> gpd.GeoDataFrame:
    """Return rings around the treated localities as they were at the start, outside of all."""
    if not distances:
        return localities.head(0).assign(role="ring", locality=pd.NA)
    drawn = rings(at_start, distances)
    taken = shapely.union_all(localities.geometry.to_numpy())
    drawn = drawn.set_geometry(drawn.geometry.difference(taken))
    names = dict(zip(localities["code"], localities["name"], strict=True))
    return drawn.assign(role="ring", name=drawn["locality"].map(names))


def _as_on(rows: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """Return the rows of an area that held on a day; those that began last when none did."""
    first, last = _days(rows["valid_from"]), _days(rows["valid_to"])
    held = (first.isna() | (first <= pd.Timestamp(day))) & (
        last.isna() | (last > pd.Timestamp(day))
    )
    order = first.rank(method="min", na_option="top")
    return rows[held if held.any() else order == order.max()]


def _days(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column)


def _untreated_localities(
    study: Study, own: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Give the role of comparison to localities that no deployment treats, away from rings."""
    _known(study, own["code"])
    distance = max(study.ring_distances, default=0.0)
    treated = shapely.union_all(own.geometry[own["role"] == "treated"].to_numpy())
    within = _of_code(own, own.geometry.intersection(treated.buffer(distance)).area)
    near = within / _of_code(own, own.area)
    fit = (own["role"] == "untreated") & (near <= _IN_RINGS)
    if study.comparison.areas:
        fit &= own["code"].isin(study.comparison.areas)
    left_out = own.loc[(own["role"] == "untreated") & (near > _IN_RINGS), "name"]
    notes = (
        Note(
            _(
                "Left out of the comparison, because they lie within the rings around treated "
                "places: {names}."
            ),
            names=", ".join(dict.fromkeys(left_out)),
        ),
    )
    role = own["role"].where(~fit, "comparison")
    return own.assign(role=role), notes if len(left_out) else ()


def _districts(
    study: Study, areas: StudyAreas, own: gpd.GeoDataFrame, reach: shapely.Geometry
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the districts without a treated locality, less rings and other localities."""
    if areas.districts is None:
        raise StudyError(
            "comparison by districts needs the districts' boundaries",
            remedy="name them under [sources] as districts, or set another comparison kind",
        )
    districts = areas.districts.assign(code=areas.districts["code"].astype(str))
    _known(study, districts["code"])
    treated = own[own["role"] == "treated"]
    held = districts.geometry.intersection(shapely.union_all(treated.geometry.to_numpy())).area
    inside = _of_code(districts, held)
    sliver = 0.001 * np.minimum(_of_code(districts, districts.area), treated.area.min())
    fit = inside <= sliver
    if study.comparison.areas:
        fit &= districts["code"].isin(study.comparison.areas)
    taken = shapely.union_all([reach, *own.geometry])
    kept = districts[fit]
    kept = kept.set_geometry(kept.geometry.difference(taken))
    kept = kept[kept.area > 0]
    return kept.assign(code="district:" + kept["code"], role="comparison", locality=pd.NA), ()


def _of_code(areas: gpd.GeoDataFrame, values: pd.Series) -> pd.Series:
    """Return the sum over all rows of an area beside each of them: it is in or out as a whole."""
    return values.groupby(areas["code"]).transform("sum")


def _known(study: Study, codes: pd.Series) -> None:
    unknown = [code for code in study.comparison.areas if code not in set(codes)]
    if unknown:
        raise StudyError(
            "key comparison.areas",
            expected=f"some of {', '.join(dict.fromkeys(codes))}",
            came=", ".join(unknown),
        )


def _cells(
    areas: StudyAreas, taken: shapely.Geometry, size: float, incidents: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return squares of the localities' mean size that had an incident before any deployment."""
    ground = areas.city if areas.city is not None else areas.districts
    if ground is None:
        raise StudyError(
            "comparison by cells needs the city's or the districts' boundaries",
            remedy="name them under [sources] as city, or set another comparison kind",
        )
    whole = gpd.GeoSeries([shapely.union_all(ground.geometry.to_numpy())], crs=ground.crs)
    cells = square_grid(whole, size)
    free = shapely.difference(cells.geometry.to_numpy(), taken)
    cells = cells.set_geometry(gpd.GeoSeries(free, index=cells.index, crs=cells.crs))
    cells = cells[cells.area >= _LEFT_OF_CELL * size**2]
    used = set(locate(incidents, cells).dropna()) if len(cells) else set()
    kept = cells[cells["code"].isin(used)]
    note = Note(
        _(
            "Compared with squares of {size} m over the city, outside of all localities and "
            "rings, which had at least one incident before the first programme began: {count}."
        ),
        size=round(size),
        count=len(kept),
    )
    named = kept.assign(
        name=kept["code"], code="cell:" + kept["code"], role="comparison", locality=pd.NA
    )
    return named, (note,)


def _columns(part: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the layout's columns of a part; those that it lacks are empty."""
    missing = {"valid_from": pd.NaT, "valid_to": pd.NaT, "inner": np.nan, "outer": np.nan}
    filled = part.assign(**{k: v for k, v in missing.items() if k not in part.columns})
    filled = filled[[*COLUMNS, "geometry"]]
    for column in ("valid_from", "valid_to"):
        filled[column] = _days(filled[column]).astype("datetime64[us]")
    return pd.DataFrame(filled).astype({"code": "str", "name": "str", "locality": "str"})
