"""One GeoPackage holds every layer with a style that QGIS finds, and nothing hidden."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import Point

from apkgeo.pages.geopackage import write_geopackage
from tests.pages import made

DRAWN = {
    "localities", "rings", "cells", "districts", "city", "water", "railways", "streets",
}  # fmt: skip
# The columns of the table as QGIS' own provider makes it (qgsogrproviderutils, saveStyle).
COLUMNS = [
    "id", "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName",
    "styleQML", "styleSLD", "useAsDefault", "description", "owner", "ui", "update_time",
]  # fmt: skip

Written = Callable[..., Path]


def incidents() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "incident_id": ["1", "2"],
            "occurred": pd.to_datetime(["2018-05-01 20:00", "2018-05-02 21:30"]).tz_localize(
                "Europe/Prague"
            ),
            "offence": ["public_order", None],
        },
        geometry=[Point(made.WEST + 100, made.SOUTH + 100), None],
        crs=made.CRS,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    files: dict[str, Path] = {}

    def one(audience: str = "council") -> Path:
        if audience not in files:
            path = tmp_path_factory.mktemp("gpkg") / "apkgeo.gpkg"
            content = made.content("cs", audience)
            files[audience] = write_geopackage(path, content, incidents=incidents())
        return files[audience]

    return one


def query(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return list(database.execute(sql))


def test_every_layer_is_there_in_the_working_crs(written: Written) -> None:
    names = {name for name, kind in pyogrio.list_layers(written()) if kind is not None}
    assert names == DRAWN
    for name in names:
        assert pyogrio.read_info(written(), layer=name)["crs"] == "EPSG:5514"
    assert query(written(), "PRAGMA integrity_check") == [("ok",)]
    assert query(written(), "PRAGMA application_id") == [(0x47504B47,)]  # "GPKG"


def test_points_of_incidents_are_there_on_internal_runs_alone(written: Written) -> None:
    assert len(pyogrio.read_dataframe(written("internal"), layer="incidents")) == 1
    for audience in ("public", "council"):
        kinds = dict(pyogrio.list_layers(written(audience)))
        assert "incidents" not in kinds
        assert not any("Point" in str(kind) for kind in kinds.values())


def test_hidden_counts_are_missing_with_all_that_follows(written: Written) -> None:
    """Cihelna had 9 incidents before and 3 after, in a study that hides counts below five."""
    told = pyogrio.read_dataframe(written(), layer="localities").set_index("name")
    derived = ["after", "ratio", "ratio_low", "ratio_high", "expected", "grade", "finding"]
    assert told.loc["Cihelna", derived].isna().all()
    assert told.loc["Žižkova", "after"] == 52
    rings = pyogrio.read_dataframe(written(), layer="rings")
    small = rings[(rings["name"] == "Cihelna")]
    assert small[["ratio", "low", "high"]].isna().all(axis=None)
    everything = pyogrio.read_dataframe(written("internal"), layer="localities")
    assert everything.set_index("name").loc["Cihelna", "after"] == 3


def test_cells_tell_classes_in_words_and_no_count(written: Written) -> None:
    cells = pyogrio.read_dataframe(written(), layer="cells").drop(columns="geometry")
    assert list(cells.columns) == ["code", "name", "district", "change", "before", "after"]
    assert set(cells["change"]) <= {"fall", "rise", "uncertain", "few"}
    assert {"méně než 5", "5–10"} <= set(cells["before"])


def test_qgis_finds_a_default_style_for_each_layer(written: Written) -> None:
    columns = [row[1] for row in query(written(), "PRAGMA table_info(layer_styles)")]
    assert columns == COLUMNS
    rows = query(
        written(),
        "SELECT f_table_name, f_geometry_column FROM layer_styles "
        "WHERE useAsDefault AND f_table_schema = '' AND f_table_catalog = ''",
    )
    geometry = query(written(), "SELECT table_name, column_name FROM gpkg_geometry_columns")
    assert sorted(rows) == sorted(geometry)
    registered = query(
        written(), "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
    )
    assert registered == [("attributes",)]


def test_a_style_names_only_fields_and_symbols_that_exist(written: Written) -> None:
    for layer, text in query(written(), "SELECT f_table_name, styleQML FROM layer_styles"):
        root = ET.fromstring(text)
        fields = {"geom", *pyogrio.read_info(written(), layer=layer)["fields"]}
        (renderer,) = root.iter("renderer-v2")
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        if renderer.get("type") == "categorizedSymbol":
            attribute = renderer.get("attr")
            assert attribute in fields
            values = set(pyogrio.read_dataframe(written(), layer=layer)[attribute])
            assert values <= {one.get("value") for one in renderer.iter("category")}
            assert {one.get("symbol") for one in renderer.iter("category")} == symbols
        else:
            assert symbols == {"0"}
        for style in root.iter("text-style"):
            text = style.get("fieldName") or ""
            named = re.findall('"(.*?)"', text) if style.get("isExpression") == "1" else [text]
            assert named
            assert set(named) <= fields
            assert root.get("labelsEnabled") == "1"
        kind = pyogrio.read_info(written(), layer=layer)["geometry_type"]
        expected = {"MultiPolygon": "2", "MultiLineString": "1", "Point": "0"}[kind]
        assert root.findtext("layerGeometryType") == expected


def test_equal_content_gives_equal_bytes(written: Written, tmp_path: Path) -> None:
    again = write_geopackage(tmp_path / "again.gpkg", made.content("cs"), incidents=incidents())
    assert again.read_bytes() == written().read_bytes()


def test_it_says_for_whom_it_is(written: Written) -> None:
    told = dict(query(written("internal"), "SELECT name, value FROM about"))
    assert told["audience"] == "internal"
    assert "nesmí opustit úřad" in told["warning"]
    assert "warning" not in dict(query(written(), "SELECT name, value FROM about"))
