"""Areas in each format seen; counts and extents from the files' own descriptions (DATA.md)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from apkgeo.errors import CRSError, InputError, MissingFileError
from apkgeo.frames import check_frame
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.layers import read_layer
from apkgeo.study import Source

BOWTIE = Polygon([(13.4, 49.7), (13.5, 49.8), (13.5, 49.7), (13.4, 49.8)])
PLZEN = box(-822_000, -1_070_000, -821_000, -1_069_000)


def write(folder: Path, rows: list[dict[str, object]], crs: object = 4326) -> Path:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
    path = folder / "areas.gpkg"
    frame.to_file(path)
    return path


def test_prague_lies_in_prague_and_its_codes_are_qualified(shared: Path) -> None:
    reading = read_boundaries(shared / "praha" / "BEZ_OkrskyMPP_p.gml")
    frame = reading.frame
    check_frame(frame, "boundaries")
    west, south, east, north = frame.to_crs(4326).total_bounds
    assert 14.2 < west < east < 14.71
    assert 49.9 < south < north < 50.2
    assert frame["code"].nunique() == 226
    assert "4-12" in set(frame["code"])
    assert any("made of MC_PRAHA and OKRSEK" in note for note in reading.notes)


def test_prague_without_its_schema_lies_there_too(shared: Path, tmp_path: Path) -> None:
    copy = shutil.copy(shared / "praha" / "BEZ_OkrskyMPP_p.gml", tmp_path / "okrsky.gml")
    west, south, _east, _north = read_boundaries(copy).frame.to_crs(4326).total_bounds
    assert (round(west, 1), round(south, 1)) == (14.2, 49.9)
    assert [path.name for path in tmp_path.iterdir()] == ["okrsky.gml"]


def test_a_code_of_several_columns_is_joined(shared: Path) -> None:
    path = shared / "praha" / "BEZ_OkrskyMPP_p.gml"
    frame = read_boundaries(path, columns={"code": "MC_PRAHA+OKRSEK"}).frame
    assert frame["code"].nunique() == 226
    with pytest.raises(InputError, match="no column 'NIC' for 'code': got columns gml_id"):
        read_boundaries(path, columns={"code": "NIC+OKRSEK"})


def test_kadan_is_read_right_without_a_code_page(shared: Path) -> None:
    reading = read_boundaries(shared / "czech_orp" / "ORP_P.shp", level="region")
    assert len(reading.frame) == 206
    assert {"Kadaň", "Žďár nad Sázavou", "Česká Třebová"} <= set(reading.frame["name"])
    assert reading.frame.crs.to_epsg() == 5514
    assert set(reading.frame["level"]) == {"region"}


def test_memphis_has_one_polygon_repaired_and_named(shared: Path) -> None:
    reading = read_boundaries(shared / "memphis" / "memphis_precincts.geojson")
    assert len(reading.frame) == 9
    assert reading.frame.geometry.is_valid.all()
    assert reading.frame["code"].tolist() == reading.frame["name"].tolist()
    repaired = [note for note in reading.notes if "crosses itself" in note]
    assert len(repaired) == 1
    assert "Appling Farms" in repaired[0]


def test_plzen_has_its_ten_districts(shared: Path) -> None:
    frame = read_boundaries(shared / "plzen" / "mestske_obvody.geojson").frame
    names = dict(zip(frame["code"], frame["name"], strict=True))
    assert names["546003"] == "Plzeň 3"
    assert len(names) == 10


def test_a_bow_tie_becomes_its_two_triangles(tmp_path: Path) -> None:
    path = write(tmp_path, [{"kod": "A", "geometry": BOWTIE}])
    reading = read_boundaries(path)
    shape = reading.frame.geometry[0]
    assert shape.area == pytest.approx(0.005)  # two of base 0.1, height 0.05
    assert "The polygon of A crosses itself" in reading.notes[1]


def test_what_is_no_polygon_is_rejected_with_its_reason(tmp_path: Path) -> None:
    line = gpd.GeoSeries.from_wkt(["LINESTRING (13 49, 14 50)"])[0]
    rows = [
        {"kod": "A", "geometry": box(13.4, 49.7, 13.5, 49.8)},
        {"kod": "B", "geometry": line},
        {"kod": "C", "geometry": None},
        {"kod": "D", "geometry": Polygon([(13, 49), (14, 50), (13, 49)])},
    ]
    reading = read_boundaries(write(tmp_path, rows))
    assert reading.frame["code"].tolist() == ["A"]
    assert reading.rejected["row"].tolist() == [2, 3, 4]
    assert "not a polygon" in reading.rejected["reason"][0]
    assert "no geometry" in reading.rejected["reason"][1]
    assert "nothing is left" in reading.rejected["reason"][2]


def test_overlaps_and_gaps_are_measured_in_square_metres(tmp_path: Path) -> None:
    # A ring of four around a hole of 100 x 100 m; the first laps 10 x 300 m over the second.
    x, y = -822_000, -1_070_000
    rows = [
        {"code": "W", "geometry": box(x, y, x + 110, y + 300)},
        {"code": "N", "geometry": box(x + 100, y + 200, x + 300, y + 300)},
        {"code": "E", "geometry": box(x + 200, y, x + 300, y + 200)},
        {"code": "S", "geometry": box(x + 100, y, x + 200, y + 100)},
    ]
    notes = read_boundaries(write(tmp_path, rows, 5514)).notes
    overlap = next(note for note in notes if "overlap" in note)
    assert overlap.values["size"] == 10 * 100 + 10 * 100
    assert "W × N" in overlap
    gap = next(note for note in notes if "Gaps" in note)
    assert gap.values == {"count": 1, "size": 90 * 100}


def test_areas_of_different_times_may_overlap_and_share_a_code(tmp_path: Path) -> None:
    rows = [
        {"code": "A", "plati_od": "1.1.2010", "plati_do": "2015-01-01", "geometry": PLZEN},
        {"code": "A", "plati_od": "1.1.2015", "plati_do": None, "geometry": PLZEN},
    ]
    reading = read_boundaries(write(tmp_path, rows, 5514), level="locality")
    assert reading.frame["code"].tolist() == ["A", "A"]
    assert reading.frame["valid_to"].tolist() == [pd.Timestamp("2015-01-01"), pd.NaT]
    assert not any("overlap" in note for note in reading.notes)


def test_repeated_codes_are_numbered_and_told(tmp_path: Path) -> None:
    shifted = box(-820_000, -1_070_000, -819_000, -1_069_000)
    rows = [{"code": "A", "geometry": PLZEN}, {"code": "A", "geometry": shifted}]
    reading = read_boundaries(write(tmp_path, rows, 5514))
    assert reading.frame["code"].tolist() == ["A-1", "A-2"]
    assert any("were numbered: A-1, A-2" in note for note in reading.notes)


def test_codes_that_repeat_in_several_files_are_numbered_and_told(tmp_path: Path) -> None:
    for name, code in (("a", "A"), ("b", "A"), ("c", "C")):
        write(tmp_path, [{"code": code, "geometry": PLZEN}], 5514).rename(tmp_path / f"{name}.gpkg")
    reading = read_boundaries(tmp_path / "*.gpkg")
    assert reading.frame["code"].tolist() == ["A-1", "A-2", "C"]
    assert any("were numbered: A-1, A-2" in note for note in reading.notes)


def test_czech_columns_are_recognised(tmp_path: Path) -> None:
    row = {
        "Okrsek": "12",
        "Název": "Střed",
        "Služebna": "Perlová",
        "Strážník okrskář": "okrskář 12",
        "Telefon": "000 000 012",
        "Policie ČR": "OOP Střed",
        "Počet obyvatel": "1 250",
        "Poznámka": "zůstane",
        "geometry": PLZEN,
    }
    frame = read_boundaries(write(tmp_path, [row], 5514)).frame
    wanted = {
        "code": "12",
        "name": "Střed",
        "station": "Perlová",
        "officer": "okrskář 12",
        "phone": "000 000 012",
        "state_police": "OOP Střed",
        "population": 1250,
        "Poznámka": "zůstane",
    }
    assert frame.loc[0, list(wanted)].to_dict() == wanted


@pytest.mark.parametrize("ending", ["shp", "geojson", "fgb"])
def test_each_format_gives_the_same_area(tmp_path: Path, ending: str) -> None:
    shape = gpd.GeoSeries([PLZEN], crs=5514).to_crs(4326)
    path = tmp_path / f"areas.{ending}"
    gpd.GeoDataFrame({"Name": ["Střed"]}, geometry=shape).to_file(path)
    reading = read_boundaries(Source(path=(path,)))
    assert reading.frame["name"].tolist() == ["Střed"]
    assert reading.frame.to_crs(5514).area[0] == pytest.approx(1e6, rel=1e-6)


def test_kml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "areas.kml"
    path.write_text(
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>'
        "<name>okrsky</name><Placemark><name>Střed</name><Polygon><outerBoundaryIs><LinearRing>"
        "<coordinates>13.4,49.7,0 13.5,49.7,0 13.5,49.8,0 13.4,49.7,0</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>",
        encoding="utf-8",
    )
    frame = read_boundaries(path).frame
    assert frame["name"].tolist() == ["Střed"]
    assert frame.total_bounds.tolist() == [13.4, 49.7, 13.5, 49.8]


def test_a_missing_crs_is_judged_by_magnitude(tmp_path: Path) -> None:
    swapped = box(1_069_000, 821_000, 1_070_000, 822_000)  # southing before westing
    frame = gpd.GeoDataFrame({"code": ["A"]}, geometry=[swapped])
    path = tmp_path / "areas.shp"
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        frame.to_file(path)
    reading = read_boundaries(path)
    assert reading.frame.total_bounds.tolist() == list(PLZEN.bounds)
    assert any("order swapped, signs added" in note for note in reading.notes)
    unknown = gpd.GeoDataFrame({"code": ["A"]}, geometry=[box(3e5, 5e5, 3.1e5, 5.1e5)])
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        unknown.to_file(path)
    with pytest.raises(CRSError, match=r"areas\.shp: the system of coordinates x, y cannot"):
        read_boundaries(path)
    assert read_boundaries(path, crs="EPSG:26971").frame.crs.to_epsg() == 26971


def test_latitude_first_in_a_geojson_is_swapped(tmp_path: Path) -> None:
    ring = [[49.7, 13.4], [49.8, 13.4], [49.8, 13.5], [49.7, 13.4]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": "A"}, "geometry": shape}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert read_boundaries(path).frame.total_bounds.tolist() == [13.4, 49.7, 13.5, 49.8]


def test_malformed_geojson_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection",\n"features": [{"nazev": "U "Kance""}]}')
    with pytest.raises(InputError, match=r"a\.geojson is not a readable.*breaks at line 2, col"):
        read_boundaries(path)


def test_other_kinds_of_files_are_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code;name\n1;x\n")
    with pytest.raises(InputError, match=r"a\.csv is not a map layer: expected GeoJSON.*a table"):
        read_boundaries(path)
    with pytest.raises(MissingFileError, match="no file"):
        read_boundaries(tmp_path / "nic.geojson")
    (tmp_path / "b.gpkg").write_bytes(b"SQLite format 3\0" + bytes(200))
    with pytest.raises(InputError, match=r"b\.gpkg is not a readable map file"):
        read_boundaries(tmp_path / "b.gpkg")


def test_a_layer_of_lines_is_read_for_the_background(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"nazev": ["Mže", None, "nic"]},
        geometry=gpd.GeoSeries.from_wkt(
            ["LINESTRING (13.3 49.7, 13.4 49.7)", "POINT (13.4 49.7)", None]
        ),
        crs=4326,
    )
    frame.to_file(tmp_path / "water.gpkg")
    layer = read_layer(tmp_path / "water.gpkg")
    assert layer["name"].tolist()[0] == "Mže"
    assert layer["name"].isna().tolist() == [False, True]
    assert layer.crs.to_epsg() == 4326


def test_parts_of_a_collection_are_kept(tmp_path: Path) -> None:
    two = MultiPolygon([PLZEN, box(-820_000, -1_070_000, -819_000, -1_069_000)])
    frame = read_boundaries(write(tmp_path, [{"code": "A", "geometry": two}], 5514)).frame
    assert frame.geometry[0].equals(two)


def test_quotation_marks_that_break_a_geojson_are_told_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [{"name": "ulice "Dlouhá""}]}')
    with pytest.raises(InputError, match=r"the JSON breaks at line 1, column 61 \(Expecting ','"):
        read_boundaries(path)


def test_an_area_that_is_valid_at_no_time_is_rejected(tmp_path: Path) -> None:
    areas = gpd.GeoDataFrame(
        {
            "kod": [1, 2, 3],
            "plati_od": ["1.1.2014"] * 3,
            "plati_do": ["2013-12-31", "1.1.2015", ""],
        },
        geometry=[box(x, 0, x + 1, 1) for x in (0, 1, 2)],
        crs=5514,
    )
    areas.to_file(tmp_path / "a.gpkg")
    reading = read_boundaries(tmp_path / "a.gpkg")
    assert reading.frame["code"].tolist() == ["2", "3"]
    assert reading.rejected[["row", "column", "value", "reason"]].values.tolist() == [
        [1, "plati_do", "2013-12-31", "The area ceases to be valid before it begins."]
    ]
