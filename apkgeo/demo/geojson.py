"""Write frames as GeoJSON (RFC 7946), always with the same bytes."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import mapping

DIGITS = 7  # decimals of a degree: one centimetre


def geojson_text(frame: gpd.GeoDataFrame, name: str) -> str:
    """Return `frame` as the text of a GeoJSON file, one feature a line.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        In WGS 84, coordinates already rounded. A missing value becomes ``null``.
    name : str
        Name of the collection.
    """
    columns = [column for column in frame.columns if column != frame.geometry.name]
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {c: _plain(row[c]) for c in columns},
                "geometry": _rounded(mapping(row[frame.geometry.name])),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for row in frame.to_dict("records")
    ]
    head = f'{{"type":"FeatureCollection","name":{json.dumps(name)},"features":[\n'
    return head + ",\n".join(lines) + "\n]}\n"


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else getattr(value, "item", lambda: value)()


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    return round(value, DIGITS) if isinstance(value, float) else value
