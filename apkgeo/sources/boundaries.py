"""Read areas: police districts, localities, a city; repaired, in the right place, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve, read_each
from apkgeo.sources.codes import area_codes, unique_codes
from apkgeo.sources.columns import BOUNDARIES, Columns, recognise
from apkgeo.sources.coordinates import IMPOSSIBLE
from apkgeo.sources.files import Part, PathLike, requested
from apkgeo.sources.layers import read_shapes, settle_crs
from apkgeo.sources.tables import as_text
from apkgeo.sources.times import read_days
from apkgeo.sources.topology import fit_notes
from apkgeo.sources.vfr import is_vfr, read_vfr_areas

NO_GEOMETRY = _("The area has no geometry.")
NOT_A_POLYGON = _("The geometry is not a polygon.")
NOTHING_LEFT = _("The polygon crosses itself and nothing is left after repair.")
BAD_DATE = _("The date of validity cannot be read.")
NEVER_VALID = _("The area ceases to be valid before it begins.")
_TEXTS = ("station", "officer", "phone", "state_police")
_ORDER = ("code", "name", "level", "valid_from", "valid_to")


def read_boundaries(
    path: PathLike,
    *,
    level: str = "district",
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    encoding: str | None = None,
) -> Reading:
    """Read areas from GeoJSON, GeoPackage, SHP, GML, KML, GeoParquet or the register's VFR.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        Files; a pattern such as ``"okrsky/*.geojson"`` stands for all that match.
    level : str
        What the areas are: ``"district"``, ``"locality"``, ``"city"``, … In VFR it says which are
        read: ``"city"``, ``"district"``, ``"cadastre"`` or ``"settlement"``.
    columns : mapping of str to str, optional
        Our column (``code``, ``name``, ``valid_from``, ``station``, …) -> the file's. A code made
        of several columns is written with a plus: ``{"code": "MC_PRAHA+OKRSEK"}``.
    crs : str or pyproj.CRS, optional
        Where the file does not say and it cannot be judged.
    encoding : str, optional
        Of a shapefile's texts, where it cannot be judged.

    Returns
    -------
    Reading
        The frame has ``code`` (each once, unless its validities follow one another), ``name``,
        ``level``, ``valid_from``, ``valid_to`` (NaT where open), where present ``station``,
        ``officer``, ``phone``, ``state_police``, ``population``, every other column of the file,
        and polygons. The notes tell repairs, overlaps and gaps in square metres.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When it is unreadable or holds no areas.
    CRSError
        When the CRS can be neither judged nor is named.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "okrsky.geojson"
    ...     okrsky = gpd.GeoDataFrame({"okrsek": ["12"]}, geometry=[box(13.3, 49.7, 13.4, 49.8)])
    ...     okrsky.set_crs(4326).to_file(path)
    ...     reading = read_boundaries(path)
    >>> reading.frame[["code", "name", "level"]].values.tolist()
    [['12', '12', 'district']]
    """
    request = requested(path, columns=columns, crs=crs, encoding=encoding)
    reading = read_each(
        request,
        lambda part: _boundaries(part, level, request.columns, request.crs, request.encoding),
        "boundaries",
    )
    codes, notes = unique_codes(reading.frame)
    if not notes:
        return reading
    return Reading(reading.frame.assign(code=codes), reading.rejected, (*reading.notes, *notes))


def _boundaries(
    part: Part, level: str, named: Mapping[str, str], crs: CRS | None, encoding: str | None
) -> Reading:
    if is_vfr(part):
        frame, read_notes = read_vfr_areas(part, level)
    else:
        frame, read_notes = read_shapes(part, encoding, polygons=True)
    frame, place_notes = settle_crs(frame, crs, part.name)
    cells = pd.DataFrame(frame.drop(columns="geometry"))
    cells.columns = cells.columns.astype(str)
    joined = str(named.get("code", "")) if "+" in str(named.get("code", "")) else ""
    simple = {key: column for key, column in named.items() if not (joined and key == "code")}
    columns = recognise(list(cells.columns), BOUNDARIES, simple, part.name)
    notes = [*read_notes, *place_notes, *columns.notes]
    sieve = Sieve(frame.index)
    made = _attributes(cells, columns, level, sieve)
    made["name"], made["code"] = _names(cells, columns)
    shapes = _polygons(frame.geometry, made["name"].fillna(made["code"]), sieve, notes)
    made["code"] = area_codes(cells, columns, made, joined, sieve.good, part.name, notes)
    made["name"] = made["name"].fillna(made["code"])
    used = set(columns.found.values())
    others = [c for c in cells.columns if c not in used and c not in {*made.columns, "geometry"}]
    order = [*_ORDER, *[column for column in made.columns if column not in _ORDER]]
    table = pd.concat([made[order], cells[others]], axis=1)[sieve.good]
    areas = gpd.GeoDataFrame(table, geometry=shapes[sieve.good], crs=frame.crs)
    notes += fit_notes(areas)
    return Reading(areas.reset_index(drop=True), sieve.table(), tuple(notes))


def _names(cells: pd.DataFrame, columns: Columns) -> tuple[pd.Series, pd.Series]:
    """Return names and codes as written; where the file has only one of them, it serves as both."""
    nothing = pd.Series(pd.NA, index=cells.index, dtype="str")
    code = as_text(cells[columns["code"]]) if "code" in columns else nothing
    name = as_text(cells[columns["name"]]) if "name" in columns else nothing
    return name, code.fillna(name)


def _attributes(cells: pd.DataFrame, columns: Columns, level: str, sieve: Sieve) -> pd.DataFrame:
    made = pd.DataFrame({"level": level}, index=cells.index)
    made["level"] = made["level"].astype("str")
    for field in ("valid_from", "valid_to"):
        made[field] = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[us]")
        if field in columns:
            column = cells[columns[field]]
            made[field] = read_days(column)
            bad = made[field].isna() & as_text(column).notna()
            sieve.reject(bad, columns[field], column, BAD_DATE)
    if "valid_to" in columns:
        never = made["valid_to"] < made["valid_from"]
        sieve.reject(never, columns["valid_to"], cells[columns["valid_to"]], NEVER_VALID)
    for field in _TEXTS:
        if field in columns:
            made[field] = as_text(cells[columns[field]])
    if "population" in columns:
        digits = as_text(cells[columns["population"]]).str.replace(r"\s", "", regex=True)
        made["population"] = pd.to_numeric(digits, errors="coerce").astype("Float64")
    return made


def _polygons(
    geometry: gpd.GeoSeries, names: pd.Series, sieve: Sieve, notes: list[Note]
) -> gpd.GeoSeries:
    """Return valid polygons; what is none is rejected, what crosses itself is mended."""
    shapes = shapely.force_2d(geometry.to_numpy())
    nothing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    sieve.reject(nothing, "geometry", None, NO_GEOMETRY)
    _reject_wild(shapes, geometry, sieve)
    kinds = shapely.get_type_id(shapes)
    plain = np.isin(kinds, [3, 6, 7])
    sieve.reject(~plain & ~nothing, "geometry", geometry.geom_type, NOT_A_POLYGON)
    broken = plain & ~nothing & (~shapely.is_valid(shapes) | (kinds == 7))
    for place in map(int, np.flatnonzero(broken)):
        was = shapes[place]
        shapes[place] = _mended(was)
        if shapes[place] is None:
            continue
        if kinds[place] != 7:
            notes.append(
                Note(
                    _(
                        "The polygon of {area} crosses itself; it was repaired, its area changed "
                        "by {share} %."
                    ),
                    area=_label(names, place),
                    share=_change(was, shapes[place]),
                )
            )
    lost = plain & ~nothing & shapely.is_missing(shapes)
    sieve.reject(lost, "geometry", None, NOTHING_LEFT)
    return gpd.GeoSeries(shapes, index=geometry.index, crs=geometry.crs)


def _reject_wild(shapes: Any, geometry: gpd.GeoSeries, sieve: Sieve) -> None:
    """Reject what lies outside the world, so that nothing is measured on it."""
    west, south, east, north = shapely.bounds(shapes).T
    geographic = CRS(geometry.crs).is_geographic
    wide, high = (180.001, 90.001) if geographic else (1e8, 1e8)
    far = np.fmax(np.abs(west), np.abs(east)) > wide
    far |= np.fmax(np.abs(south), np.abs(north)) > high
    sieve.reject(far, "geometry", None, IMPOSSIBLE)


def _label(names: pd.Series, place: int) -> str:
    name = names.iloc[place]
    return str(name) if isinstance(name, str) else str(place + 1)


def _change(was: Any, now: Any) -> float:
    before, after = shapely.area(was), shapely.area(now)
    return round(float(abs(after - before) / after * 100), 3) if after else 0.0


def _mended(shape: Any) -> Any:
    """Return the polygons of a repaired shape; None when there are none."""
    try:
        valid = shapely.make_valid(shape)
    except shapely.GEOSException:  # coordinates that are no numbers
        return None
    parts = shapely.get_parts(shapely.get_parts([valid]))
    parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]
    if not len(parts):
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)
