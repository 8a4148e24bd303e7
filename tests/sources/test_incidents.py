"""Incidents from tables as cities write them; counts and values are read off the tables by eye."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apkgeo.errors import ApkgeoError, CRSError, InputError, MissingFileError
from apkgeo.frames import check_frame
from apkgeo.quality import examine
from apkgeo.sources.incidents import NO_PLACE, read_incidents
from apkgeo.sources.repeats import DUPLICATE, IN_ANOTHER
from apkgeo.study import Source

PRAHA = """SPÁCHÁNO;OBLAST;ULICE;ČÍSLO;TYP_PŘESTUPKU;adresa;X;Y
20130601083000;P4;Nuselská;736/14;§ 47 zákona č. 200/1990 Sb.;Nuselská 736/14;-741000,5;-1046000
20130601093000;P4;Nuselská;736/14;šikana žáků;;;
20130601240000;P4;;;§ 49;;;
"""
BRNO = """datum_a_čas_přestupku,místo_přestupku,typ_přestupku,X,Y
2013-07-02 12:42:00.000,"V aleji 49, Brno-Holásky",§ 18 z. č. 361/2000 Sb.|§ 125c,-598000,-1165000
"""
TEPLICE = """Městská policie Teplice

dne\tčas\tmísto\tdůvod\tparagraf\tX\tY
1.7.2013\t9:25\tnám. Svobody\tparkování\t27/1d\t50.64\t13.82
2.7.2013\t\tnám. Svobody\trušení klidu\t47/1c\t50.65\t13.83
2.7.2013\t24:00\t\tjiné\t\t50.65\t13.83\tnavíc
"""


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "incidents.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "iso-8859-2", "utf-16"])
def test_prague_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    reading = read_incidents(write(tmp_path, PRAHA, encoding))
    frame = reading.frame
    check_frame(frame, "incidents")
    assert frame["offence"].tolist() == ["public_order", "sikana_zaku"]
    assert frame["address"].tolist() == ["Nuselská 736/14", "Nuselská 736/14"]
    assert frame["occurred"][0] == pd.Timestamp("2013-06-01T08:30+02:00")
    assert (frame.geometry[0].x, frame.geometry[0].y) == (-741000.5, -1046000)
    assert frame.geometry[1] is None
    assert frame["precision"].isna().tolist() == [False, True]
    assert frame.crs.to_epsg() == 5514
    assert reading.rejected[["row", "reason"]].values.tolist() == [[3, NO_PLACE]]
    assert any(encoding in note for note in reading.notes)


def test_brno_is_read(tmp_path: Path) -> None:
    frame = read_incidents(write(tmp_path, BRNO)).frame
    assert frame["offence"][0] == "road_safety"
    assert frame["offence_text"][0] == "§ 18 z. č. 361/2000 Sb.|§ 125c"
    assert frame["address"][0] == "V aleji 49, Brno-Holásky"


def test_teplice_is_read_below_its_title(tmp_path: Path) -> None:
    reading = read_incidents(write(tmp_path, TEPLICE, "iso-8859-2"))
    frame = reading.frame
    assert frame["offence"].tolist() == ["parkovani", "public_order"]
    assert frame["occurred"][0] == pd.Timestamp("2013-07-01T09:25+02:00")
    assert frame["occurred_to"][1] == pd.Timestamp("2013-07-03T00:00+02:00")
    assert frame.geometry.x.tolist() == [13.82, 13.83]
    row = reading.rejected.iloc[0]
    assert (row["row"], row["value"]) == (3, "navíc")
    assert "more fields than the header" in row["reason"]


def test_memphis_is_read_as_local_time_and_told(shared: Path) -> None:
    path = shared / "memphis" / "memphis_robberies.geojson"
    reading = read_incidents(path, time_zone="America/Chicago")
    assert len(reading.frame) == 2245  # REFERENCE: 2,245 robberies
    assert reading.rejected.empty
    assert reading.frame["occurred"][0] == pd.Timestamp("2019-01-01T01:30-06:00")
    assert set(reading.frame["offence"]) >= {"personal_robbery"}
    assert reading.frame["incident_id"][0] == "15213800"
    assert any("date_utc says UTC" in note for note in reading.notes)


def test_chicago_is_read_in_the_crs_that_is_named(shared: Path) -> None:
    path = shared / "chicago" / "burglary_2016.csv.gz"
    reading = read_incidents(path, crs="EPSG:26971", time_zone="America/Chicago")
    assert len(reading.frame) == 11701
    # Chicago's rectangle, longitude and latitude.
    west, south, east, north = reading.frame.to_crs(4326).total_bounds
    assert -88 < west < east < -87.4
    assert 41.6 < south < north < 42.1
    with pytest.raises(CRSError, match="name it in the study"):
        read_incidents(path)


def test_a_hand_made_workbook_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Obsah"
    first.append(["Výkaz za rok 2015"])
    rows = [
        ["Přehled událostí", None, None, None, None],
        [],
        ["Datum", "Čas", "Místo události", "GPS N", "GPS E"],
    ]
    for title, day in (("leden", 5), ("únor", 6)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.append([pd.Timestamp(2015, day, 1).to_pydatetime(), 0.75, "Resslova 5", 49.74, 13.37])
        sheet.append([None, 0.5, "Resslova 7", "49,75", "13,38"])
        sheet.merge_cells("A4:A5")
    path = tmp_path / "vykaz.xlsx"
    book.save(path)
    reading = read_incidents(path)
    assert reading.rejected.empty
    assert reading.frame["occurred"].tolist() == [
        pd.Timestamp(f"2015-{month:02}-01T{hour}:00+02:00") for month in (5, 6) for hour in (18, 12)
    ]
    assert reading.frame.geometry.x.tolist() == [13.37, 13.38, 13.37, 13.38]
    together = "Sheets with the same header were read together, with these rows: leden (1–2), "
    assert f"{together}únor (3–4)." in reading.notes
    assert len(read_incidents(path, sheet="únor").frame) == 2
    with pytest.raises(InputError, match="no sheet 'duben': got sheets Obsah, leden, únor"):
        read_incidents(path, sheet="duben")


def test_a_header_of_two_rows_with_merged_cells_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Přestupky za rok 2014"])
    sheet.merge_cells("A1:E1")
    sheet.append(["Č.j.", "Datum", "Typ\npřestupku", "Souřadnice", None])
    sheet.append([None, None, None, "X", "Y"])
    for merged in ("A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        sheet.merge_cells(merged)
    sheet.append(["MP-1", 41822.75, "§ 47", "822\N{NO-BREAK SPACE}380,44", "1 069 630,42"])
    sheet.append([])
    sheet.append(["Celkem", 1, None, None, None])
    book.save(tmp_path / "a.xlsx")
    reading = read_incidents(tmp_path / "a.xlsx")
    assert "Lines above the header, left out: 1." in reading.notes
    # Day 41,822 of Excel is 2 July 2014.
    assert reading.frame["occurred"].tolist() == [pd.Timestamp("2014-07-02T18:00+02:00")]
    assert reading.frame["offence"].tolist() == ["public_order"]
    assert reading.frame.geometry.x.tolist() == [-822380.44]
    assert reading.rejected[["row", "value"]].values.tolist() == [[2, "1"]]


def test_what_stands_beside_the_header_of_a_sheet_is_kept(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Datum", "X", "Y"])
    sheet.append(["1.7.2013 9:25", 13.4, 49.7, None, "vedle"])
    sheet["XFD2"] = "daleko"
    book.save(tmp_path / "a.xlsx")
    frame = read_incidents(tmp_path / "a.xlsx").frame
    assert frame[["column 5", "column 16384"]].values.tolist() == [["vedle", "daleko"]]
    assert "column 4" not in frame


@pytest.mark.parametrize("ending", ["gpkg", "shp", "parquet", "geojson"])
def test_map_files_are_read(tmp_path: Path, ending: str) -> None:
    frame = gpd.GeoDataFrame(
        {"Datum": ["1.7.2013 9:25", "2.7.2013 9:25"], "Typ": ["§ 47", "rvačka"]},
        geometry=gpd.points_from_xy([-822380.44] * 2, [-1069630.42] * 2),
        crs=5514,
    )
    path = tmp_path / f"incidents.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_crs(4326 if ending == "geojson" else 5514).to_file(path)
    read = read_incidents(path).frame
    assert read["offence"].tolist() == ["public_order", "rvacka"]
    assert read.to_crs(5514).geometry.x.tolist() == pytest.approx([-822380.44] * 2, abs=0.01)


def test_a_layer_of_other_shapes_keeps_the_account(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"date": ["2013-07-01", "2013-07-01"]},
        geometry=gpd.GeoSeries.from_wkt(["POINT (13.4 49.7)", "LINESTRING (13 49, 13 50)"]),
        crs=4326,
    )
    frame.to_file(tmp_path / "mixed.gpkg")
    reading = read_incidents(tmp_path / "mixed.gpkg")
    assert len(reading.frame) == 1
    assert reading.rejected["reason"].tolist() == ["The geometry is not a point."]


def test_metres_in_a_geojson_that_says_degrees_are_put_right(tmp_path: Path) -> None:
    text = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":'
        '{"datum":"1.7.2013 9:25"},"geometry":{"type":"Point","coordinates":'
        "[-822380.44,-1069630.42]}}]}"
    )
    frame = read_incidents(write(tmp_path, text, name="a.geojson")).frame
    assert frame.crs.to_epsg() == 5514


def test_a_location_in_words_is_an_address_and_in_numbers_a_place(tmp_path: Path) -> None:
    words = write(tmp_path, "date,location\n2019-03-01 10:00,Resslova 5\n", name="words.csv")
    assert read_incidents(words).frame["address"].tolist() == ["Resslova 5"]
    numbers = write(tmp_path, 'date,location\n2019-03-01 10:00,"49.7, 13.4"\n', name="numbers.csv")
    assert read_incidents(numbers).frame.geometry.x.tolist() == [13.4]


def test_coordinates_out_of_this_world_are_rejected(tmp_path: Path) -> None:
    reading = read_incidents(write(tmp_path, "date,x,y\n1.1.2019,1e308,1\n1.1.2019,13.4,49.7\n"))
    assert reading.rejected[["row", "value"]].values.tolist() == [[1, "1e308, 1"]]
    assert "outside the range" in reading.rejected["reason"][0]


def test_duplicates_are_rejected_and_repeats_are_kept(tmp_path: Path) -> None:
    text = """Číslo jednací;Datum;Čas;Druh události;Ulice;č.p.;č.o.;Zdroj oznámení
MP-1;1.7.2013;22:15;rvačka;Resslova;199;5;oznámení občana
MP-1;1.7.2013;22:15;rvačka;Resslova;199;5;oznámení občana
MP-2;1.7.2013;22:15;rvačka;Resslova;199;5;kamerový systém
MP-1;1.7.2013;23:15;rvačka;Resslova;;;vlastní zjištění
"""
    reading = read_incidents(write(tmp_path, text, "cp1250"))
    assert reading.frame["incident_id"].tolist() == ["MP-1", "MP-2", "MP-1"]
    assert reading.frame["origin"].tolist() == ["citizen", "other", "patrol"]
    assert reading.frame["address"].tolist() == ["Resslova 199/5"] * 2 + ["Resslova"]
    assert reading.rejected[["row", "value", "reason"]].values.tolist() == [[2, "MP-1", DUPLICATE]]
    assert any("share moment and place with another: 1" in note for note in reading.notes)


@pytest.mark.parametrize("archived", [False, True])
def test_a_row_of_two_exports_that_overlap_counts_once(tmp_path: Path, archived: bool) -> None:
    head = "Č.j.;Datum;X;Y;Typ;Místo\n"
    kept = "MP-2;2.7.2013 9:25;13.4;49.7;a;\n"
    place = "MP-3;3.7.2013 9:25;;;a;Resslova 5\n"
    bare = ";4.7.2013 9:25;13.4;49.7;a;\n"  # without a number nothing tells that it is the same
    tables = {
        "a.csv": f"{head}MP-1;1.7.2013 9:25;13.4;49.7;a;\n{kept}{place}{bare}",
        "b.csv": f"{head}{place}{kept}MP-2;2.7.2013 9:26;13.4;49.7;a;\n{bare}",
    }
    if archived:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for name, text in tables.items():
                archive.writestr(name, text)
            archive.writestr("__MACOSX/._a.csv", b"\0\5\x16\7")  # as a Mac packs
        reading = read_incidents(tmp_path / "a.zip")
    else:
        for name, text in tables.items():
            write(tmp_path, text, name=name)
        reading = read_incidents(tmp_path / "*.csv")
    assert reading.rows_in == 8
    assert reading.rejected[["file", "row", "value", "reason"]].values.tolist() == [
        ["b.csv", 1, "MP-3", IN_ANOTHER],
        ["b.csv", 2, "MP-2", IN_ANOTHER],
    ]


def test_rows_alike_without_a_number_are_kept_and_told(tmp_path: Path) -> None:
    row = "1.7.2013 9:25;13.4;49.7"
    reading = read_incidents(write(tmp_path, f"datum;x;y;typ\n{row};a\n{row};a\n{row};b\n"))
    assert len(reading.frame) == 3
    assert sum("like one above in moment, place and offence: 1;" in n for n in reading.notes) == 1
    assert sum("share moment and place with another: 1;" in n for n in reading.notes) == 1


def test_ends_of_intervals_are_read(tmp_path: Path) -> None:
    text = """datum od;datum do;x;y
1.7.2013 22:00;2.7.2013 6:00;13.4;49.7
1.7.2013 22:00;1.7.2013 21:00;13.4;49.7
1.7.2013 22:00;;13.4;49.7
"""
    reading = read_incidents(write(tmp_path, text))
    ends = reading.frame["occurred_to"]
    assert ends[0] == pd.Timestamp("2013-07-02T06:00+02:00")
    assert ends.isna().tolist() == [False, True, True]
    assert any("end before they begin: 1" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("written", "begin", "end"),
    [
        ("1.7.2013 22:00 - 2.7.2013 6:00", "01T22:00", "02T06:00"),
        ("od 1.7.2013 22:00 do 2.7.2013 06:00", "01T22:00", "02T06:00"),
        ("1.7. 22:00 – 3.7.2013 8:00", "01T22:00", "03T08:00"),
        ("2013-07-01 10:00 - 2013-07-02 11:00", "01T10:00", "02T11:00"),
        ("1.7.2013 22:00-23:30", "01T22:00", "01T23:30"),  # no zone west of Greenwich
        ("1.7.2013 22:00-2:00", "01T22:00", "02T02:00"),
        # Days end at the next midnight.
        ("mezi 1.7. a 3.7.2013", "01T00:00", "04T00:00"),
        ("1.-3.7.2013", "01T00:00", "04T00:00"),
        ("1.7.2013", "01T00:00", "02T00:00"),
        ("1.7.2013 neznámo", "01T00:00", "02T00:00"),
        ("1.7.2013 (v noci)", "01T00:00", "02T00:00"),
    ],
)
def test_unknown_times_are_intervals(tmp_path: Path, written: str, begin: str, end: str) -> None:
    frame = read_incidents(write(tmp_path, f"datum;x;y\n{written};13.4;49.7\n")).frame
    assert frame["occurred"].tolist() == [pd.Timestamp(f"2013-07-{begin}+02:00")]
    assert frame["occurred_to"].tolist() == [pd.Timestamp(f"2013-07-{end}+02:00")]


def test_a_time_in_a_column_of_its_own_may_be_unknown_or_a_span(tmp_path: Path) -> None:
    rows = "".join(f"1.7.2013;{clock};13.4;49.7\n" for clock in ("neznámo", "22:00-2:00", "22:00"))
    reading = read_incidents(write(tmp_path, f"datum;čas;x;y\n{rows}"))
    assert reading.frame["occurred_to"].fillna(pd.Timestamp(0, tz="UTC")).tolist() == [
        pd.Timestamp("2013-07-02T00:00+02:00"),
        pd.Timestamp("2013-07-02T02:00+02:00"),
        pd.Timestamp(0, tz="UTC"),
    ]
    assert "Spans of time written in one cell and read as intervals: 1." in reading.notes
    both = "1.7.2013 22:00;2.7.2013 6:00;13.4;49.7\n1.-3.7.2013;;13.4;49.7\n"
    ends = read_incidents(write(tmp_path, f"datum;datum do;x;y\n{both}")).frame["occurred_to"]
    assert ends.tolist() == [
        pd.Timestamp("2013-07-02T06:00+02:00"), pd.Timestamp("2013-07-04T00:00+02:00")
    ]  # fmt: skip
    wrong = read_incidents(write(tmp_path, "datum;x;y\n3.7.2013 - 1.7.2013;13.4;49.7\n"))
    assert wrong.rejected["reason"].tolist() == ["The time cannot be read."]


def test_columns_are_named_where_they_are_not_recognised(tmp_path: Path) -> None:
    path = write(tmp_path, "k1;k2;k3;k4\n1.7.2013;49.7;13.4;§ 47\n")
    named = {"occurred": "k1", "lat": "k2", "lon": "k3", "offence": "K4"}
    frame = read_incidents(path, columns=named).frame
    assert (frame.geometry[0].x, frame["offence"][0]) == (13.4, "public_order")
    source = Source(path=(path,), columns=named)
    assert read_incidents(source).frame["offence"][0] == "public_order"
    with pytest.raises(InputError, match=r"no column 'k9' for 'occurred': got columns k1, k2"):
        read_incidents(path, columns={"occurred": "k9"})
    with pytest.raises(InputError, match=r"'kdyz' is no column of ours: expected one of inc"):
        read_incidents(path, columns={"kdyz": "k1"})


def test_several_files_are_accounted_together(tmp_path: Path) -> None:
    write(tmp_path, "datum;x;y\n1.7.2013;13.4;49.7\n;13.4;49.7\n", name="a.csv")
    write(tmp_path, "datum;x;y\n1.8.2013;-822380;-1069630\n", name="b.csv")
    reading = read_incidents(tmp_path / "*.csv")
    assert (len(reading.frame), reading.rows_in) == (2, 3)
    assert reading.rejected[["file", "row"]].values.tolist() == [["a.csv", 2]]
    assert reading.frame.crs.to_epsg() == 4326
    assert reading.frame.geometry.x.tolist() == pytest.approx([13.4, 13.378], abs=0.01)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"bad\.csv is empty; export it again"),
        (b"datum;x;y\n", r"bad\.csv: a header but not one row of incidents; export it again"),
        (b"a;b\n1;2\n", r"no column for the time: expected a column such as Datum.*got columns a"),
        (b"datum;b\n1.1.2013;2\n", r"no column for the place: expected columns such as X and Y"),
        (b"1.7.2013;9:25;50.6;13.8\n", r"bad\.csv has no header: expected names of columns"),
        (bytes(range(256)) * 8, r"bad\.csv is not a text file; export it as CSV"),
        (b"\xd0\xcf\x11\xe0 xls", r"bad\.csv is an old Excel workbook \(\.xls\); save it as"),
        (b"PK\x03\x04 broken", r"bad\.csv is a damaged archive"),
        (b'{"type": "FeatureCollection"}', r"bad\.csv holds JSON, not a table; export it again"),
        (b"<html><body>404</body></html>", r"bad\.csv holds XML or a web page, not a table"),
        (b'[{"datum": "1.1.2013"}]', r"bad\.csv holds JSON, not a table; save it as CSV"),
        (b"<gpx></gpx>", r"bad\.csv is a GPX track; read it with read_patrols"),
    ],
)
def test_bad_input_gets_one_clear_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_incidents(path)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_wrong_encoding_names_the_likely_one(tmp_path: Path) -> None:
    path = write(tmp_path, PRAHA, "cp1250")
    with pytest.raises(InputError, match=r"not in utf-8.*it looks like cp1250"):
        read_incidents(path, encoding="utf-8")
    with pytest.raises(InputError, match="encoding 'utf-7000' is unknown"):
        read_incidents(path, encoding="utf-7000")


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"no file '.*nowhere\.csv'; check the path"):
        read_incidents(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match=r"is a folder; name a file in it, or a pattern"):
        read_incidents(tmp_path)
    with pytest.raises(InputError, match="time_zone 'Praha': expected a time zone"):
        read_incidents(tmp_path, time_zone="Praha")


HEADERS = st.lists(
    st.sampled_from(["Číslo jednací", "Datum", "Čas", "X", "Y", "adresa", "typ", "Datum do", "?"]),
    min_size=2,
    max_size=9,
    unique=True,
)
CELLS = st.one_of(
    st.sampled_from(["", "1.7.2013", "9:25", "24:00", "-822380,44", "1069630.42", "13.4", "0"]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)


@given(st.data(), HEADERS, st.sampled_from(";,\t|"))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_table_loses_a_row(
    tmp_path: Path, data: st.DataObject, header: list[str], delimiter: str
) -> None:
    size = len(header)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=size, max_size=size), max_size=6))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *rows])
    path = write(tmp_path, text.getvalue())
    try:
        reading = read_incidents(path)
    except ApkgeoError:
        return
    check_frame(reading.frame, "incidents")
    assert len(reading.frame) + len(reading.rejected) == len(rows)


def test_damaged_text_in_parquet_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame({"Datum": ["1.7.2013 9:25"] * 2, "X": [13.4] * 2, "Y": [49.7] * 2})
    frame.to_parquet(path, compression=None)
    path.write_bytes(path.read_bytes().replace(b"9:25", b"9\xff25"))
    with pytest.raises(InputError, match=r"a\.parquet is not a readable Parquet file"):
        read_incidents(path)


def test_points_of_a_geoparquet_are_decoded_as_geopandas_decodes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    places = gpd.GeoSeries.from_wkt(["POINT (13.4 49.7)", None, "POINT EMPTY", "POINT (13.5 49.8)"])
    frame = gpd.GeoDataFrame(
        {"date": ["2013-07-01 10:00"] * 4, "n": [1, 2, 3, 4]}, geometry=places, crs=4326
    )
    frame.to_parquet(path, row_group_size=2)
    reading = read_incidents(path)
    other = gpd.read_parquet(path)
    assert reading.frame.geometry.tolist() == [other.geometry[0], other.geometry[3]]
    assert reading.rejected[["row", "reason"]].values.tolist() == [[2, NO_PLACE], [3, NO_PLACE]]
    assert reading.frame["n"].tolist() == [1, 4]
    # Other shapes, and a geometry in columns of numbers, are read by geopandas itself.
    frame.iloc[[0, 3]].to_parquet(path, geometry_encoding="geoarrow")
    assert len(read_incidents(path).frame) == 2
    lines = gpd.GeoSeries.from_wkt(["LINESTRING (13 49, 14 50)"] * 4, crs=4326)
    frame.set_geometry(lines).to_parquet(path)
    assert set(read_incidents(path).rejected["reason"]) == {"The geometry is not a point."}


def test_of_several_files_the_one_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    write(tmp_path, "datum;x;y\n1.7.2013;13.4;49.7\n", name="a.csv")
    write(tmp_path, "datum;x;y\n1.7.20x3;13.4;49.7\n2.7.20x3;13.4;49.7\n", name="b.csv")
    reading = read_incidents(tmp_path / "*.csv")
    assert (len(reading.frame), len(reading.rejected)) == (1, 2)
    told = "b.csv: Not one of its 2 rows can be used; mostly: The time cannot be read."
    assert told in reading.notes
    note = reading.notes[reading.notes.index(told)]
    assert note.text("cs") == (
        "b.csv: Z 2 řádků nelze použít ani jeden; nejčastější důvod: Čas nelze přečíst."
    )
    # It is the first thing to know about the data.
    assert examine({"incidents": reading}).warnings()[0] == told
