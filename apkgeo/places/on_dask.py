"""Points in the partitions of a Dask frame: the same joins and the same counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dask
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from apkgeo.errors import InputError
from apkgeo.places.counting import count_points, labels_of
from apkgeo.places.locate import AreaIndex


def as_points(part: pd.DataFrame, index: AreaIndex) -> gpd.GeoDataFrame | gpd.GeoSeries:
    """Return one partition as points.

    A partition with geometry is taken as it is; of a plain table the column ``geometry`` (WKB) or
    the columns ``x`` and ``y`` are read, in the CRS of the areas.

    Raises
    ------
    InputError
        When it has neither.
    """
    if isinstance(part, (gpd.GeoDataFrame, gpd.GeoSeries)):
        return part
    if isinstance(part, pd.DataFrame) and "geometry" in part.columns:
        made = shapely.from_wkb(part["geometry"].to_numpy(dtype=object, na_value=None))
    elif isinstance(part, pd.DataFrame) and {"x", "y"} <= set(part.columns):
        x, y = (part[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("x", "y"))
        made = shapely.points(x, y)
        made[np.isnan(x) | np.isnan(y)] = None
    else:
        raise InputError(
            "the points",
            expected="partitions with geometry, or with columns x and y",
            came=f"columns {', '.join(map(str, getattr(part, 'columns', [])))}",
            remedy="rename the columns of the coordinates to x and y",
        )
    rest = part.drop(columns=[c for c in ("geometry",) if c in part.columns])
    return gpd.GeoDataFrame(rest, geometry=made, crs=index.areas.crs)


def locate_partitions(points: Any, index: AreaIndex, on: str | date | None) -> Any:
    """Return the code of the area of each point, partition by partition, as a Dask Series."""
    meta = pd.Series(index.areas.codes[:0], name="code", index=points._meta.index)
    return points.map_partitions(_located, _shared(index), on, meta=meta)


def count_partitions(points: Any, index: AreaIndex, by: Any, on: str | None) -> Any:
    """Count each partition where it is, and add the counts here; see `apkgeo.count_points`.

    Raises
    ------
    InputError
        When `by` names no columns: labels of single points would have to be parted like them.
    """
    if not all(isinstance(key, (str, pd.Grouper, type(None))) for key in _keys(by)):
        raise InputError(
            "by",
            expected="columns of the points, or a frequency",
            came=f"a {type(by).__name__}",
            remedy="add the labels to the points as a column",
        )
    shared, counted = _shared(index), dask.delayed(_counted)
    parts = dask.compute(*(counted(part, shared, by, on) for part in points.to_delayed()))
    if by is None:
        total = parts[0].copy()
        for part in parts[1:]:
            total += part
        total.attrs["outside"] = sum(part.attrs["outside"] for part in parts)
        return total
    ordered = [key for key in _keys(by) if isinstance(points._meta.get(key), pd.Series)]
    ordered = [key for key in ordered if isinstance(points._meta[key].dtype, pd.CategoricalDtype)]
    return _together(parts, by, ordered)


def _keys(by: Any) -> list[Any]:
    return by if isinstance(by, list) else [by]


def _shared(index: AreaIndex) -> Any:
    """Return the index as one value of the graph, which each worker gets once."""
    return dask.delayed(index, pure=False, traverse=False)


def _located(part: Any, index: AreaIndex, on: str | date | None) -> pd.Series:
    return index.locate(as_points(part, index), on=on)


def _counted(part: Any, index: AreaIndex, by: Any, on: str | None) -> Any:
    return count_points(as_points(part, index), index, by=by, on=on)


def _together(parts: Sequence[pd.DataFrame], by: Any, ordered: Sequence[str]) -> pd.DataFrame:
    """Add tables whose columns are the labels that occur in each, as if counted at once.

    The keys in `ordered` have categories: they keep their order.
    """
    names = [key.key if isinstance(key, pd.Grouper) else key for key in _keys(by)]
    written = [part.columns.to_frame(index=False) for part in parts]
    for table in written:
        table.columns = pd.Index(names)
    label = pd.concat(written, ignore_index=True)
    for key in ordered:
        label[key] = pd.Categorical(label[key], categories=label[key].dropna().unique())
    number, labels = labels_of(label, by)
    total = np.zeros((len(parts[0]), len(labels)), dtype=np.int64)
    outside = np.zeros(len(labels), dtype=np.int64)
    np.add.at(total.T, number, np.concatenate([part.to_numpy().T for part in parts]))
    np.add.at(outside, number, np.concatenate([_outside(part) for part in parts]))
    frame = pd.DataFrame(total, index=parts[0].index, columns=labels)
    frame.attrs["outside"] = int(outside.sum())
    frame.attrs["outside_by"] = dict(zip(labels, outside.tolist(), strict=True))
    return frame


def _outside(part: pd.DataFrame) -> Any:
    return np.array(list(part.attrs["outside_by"].values()), dtype=np.int64)
