"""The register's address files. Counts are DATA.md's, taken from the files independently."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest

from apkgeo.errors import InputError
from apkgeo.frames import check_frame
from apkgeo.sources.addresses import NO_COORDINATES, read_addresses

HEADER = (
    "Kód ADM;Kód obce;Název obce;Kód MOMC;Název MOMC;Kód obvodu Prahy;Název obvodu Prahy;"
    "Kód části obce;Název části obce;Kód ulice;Název ulice;Typ SO;Číslo domovní;"
    "Číslo orientační;Znak čísla orientačního;PSČ;Souřadnice Y;Souřadnice X;Platí Od"
)
OLDER = (
    "Kód ADM;Kód obce;Název obce;Název části obce;Název ulice;Typ SO;Číslo domovní;"
    "Číslo orientační;Znak čísla orientačního;PSČ;Souřadnice X;Souřadnice Y;Platí Od"
)


def write(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "adr.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode("cp1250"))
    return path


@pytest.fixture(scope="module")
def plzen(shared: Path) -> gpd.GeoDataFrame:
    reading = read_addresses(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip")
    assert reading.rejected.empty
    return reading.frame


def test_plzen_has_every_address(plzen: gpd.GeoDataFrame) -> None:
    check_frame(plzen, "addresses")
    assert len(plzen) == 27_207
    assert plzen["house_number_kind"].value_counts().to_dict() == {"č.p.": 23_679, "č.ev.": 3_528}
    assert plzen["street"].nunique() == 1_192
    assert plzen["part"].nunique() == 25
    assert plzen["street"].isna().sum() == 1_771
    assert plzen["orientation_number"].isna().sum() == 2_831
    assert plzen["orientation_letter"].notna().sum() == 1_044
    assert plzen["address_code"].is_unique


def test_plzen_lies_where_the_register_says(plzen: gpd.GeoDataFrame) -> None:
    assert plzen.crs.to_epsg() == 5514
    west, south, east, north = plzen.total_bounds
    assert (round(-east), round(-west)) == (815_584, 828_665)
    assert (round(-north), round(-south)) == (1_063_809, 1_077_737)


def test_plzen_has_763_numbers_of_both_kinds(plzen: gpd.GeoDataFrame) -> None:
    streets = plzen[plzen["street"].notna()]
    numbered = streets[streets["orientation_number"].notna()]
    of_houses = set(zip(streets["street"], streets["house_number"], strict=True))
    of_street = set(zip(numbered["street"], numbered["orientation_number"], strict=True))
    assert len(of_houses & of_street) == 763


def test_numbers_of_plzen_are_unique_in_their_street(plzen: gpd.GeoDataFrame) -> None:
    streets = plzen[plzen["street"].notna()]
    numbered = streets[streets["orientation_number"].notna()]
    assert not numbered.duplicated(["street", "orientation_number", "orientation_letter"]).any()
    assert not numbered.duplicated(
        ["street", "house_number", "orientation_number", "orientation_letter"]
    ).any()


def test_some_streets_of_plzen_lie_in_several_districts_or_parts(plzen: gpd.GeoDataFrame) -> None:
    streets = plzen[plzen["street"].notna()].groupby("street")
    assert (streets["city_district"].nunique() > 1).sum() == 22
    assert (streets["part"].nunique() > 1).sum() == 93


def test_99_percent_of_plzen_lie_in_their_own_district(
    plzen: gpd.GeoDataFrame, shared: Path
) -> None:
    districts = gpd.read_file(shared / "plzen" / "mestske_obvody.geojson").to_crs(5514)
    joined = plzen[["city_district", "geometry"]].sjoin(districts[["NAZEV", "geometry"]])
    own = joined[joined["city_district"] == joined["NAZEV"]]
    assert own.index.nunique() == 26_993
    found = joined.groupby(joined.index).size()
    assert (len(plzen) - len(found), int((found > 1).sum())) == (7, 1)


def test_namesti_republiky_is_where_it_is_on_a_map(plzen: gpd.GeoDataFrame) -> None:
    one = plzen[(plzen["street"] == "náměstí Republiky") & (plzen["orientation_number"] == 1)]
    point = one.to_crs(4326).geometry.iloc[0]
    assert (round(point.x, 5), round(point.y, 5)) == (13.37771, 49.74812)


def test_a_village_and_a_header_without_rows(shared: Path) -> None:
    village = read_addresses(shared / "decany" / "20231231_OB_564729_ADR.csv").frame
    assert len(village) == 212
    assert village["street"].isna().all()
    empty = read_addresses(shared / "decany" / "20231231_OB_503941_ADR.csv")
    assert (len(empty.frame), empty.rows_in) == (0, 0)
    check_frame(empty.frame, "addresses")


def test_the_first_row_of_the_documentation(tmp_path: Path) -> None:
    row = (
        "24531464;554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;397407;Resslova;č.p.;199;"
        "5;;30100;822468.13;1070219.83;2013-12-10T00:00:00"
    )
    address = read_addresses(write(tmp_path, row)).frame.iloc[0]
    assert (address["street"], address["house_number"]) == ("Resslova", 199)
    assert (address["orientation_number"], address["postcode"]) == (5, "30100")
    assert (address["part"], address["city_district"]) == ("Jižní Předměstí", "Plzeň 3")
    assert (address.geometry.x, address.geometry.y) == (-822468.13, -1070219.83)


def test_the_report_with_other_order_and_decimal_commas_is_read(tmp_path: Path) -> None:
    row = "1;2;Lhota;Lhota;;č.ev.;10,0;;;301 00;1070219,83;822468,13;29.06.2017"
    reading = read_addresses(write(tmp_path, row, header=OLDER))
    address = reading.frame.iloc[0]
    assert (address["house_number"], address["house_number_kind"]) == (10, "č.ev.")
    assert (address["postcode"], address.geometry.x) == ("30100", -822468.13)
    assert any("older form" in note for note in reading.notes)


def test_rows_that_cannot_be_used_are_rejected(tmp_path: Path) -> None:
    good = "1;2;L;;;;;;L;;;č.p.;10;;;30100;822468.13;1070219.83;"
    without = "2;2;L;;;;;;L;;;č.p.;10;;;30100;;;"
    wrong = "3;2;L;;;;;;L;;;č.p.;deset;;;30100;822468.13;1070219.83;"
    reading = read_addresses(write(tmp_path, good, without, wrong))
    assert len(reading.frame) == 1
    assert reading.rejected["reason"].tolist() == [
        NO_COORDINATES,
        "The house number is missing or cannot be read.",
    ]
    assert reading.rejected["row"].tolist() == [2, 3]


def test_an_archive_of_several_municipalities_is_read_together(tmp_path: Path) -> None:
    row = "{};2;L;;;;;;L;;;č.p.;10;;;30100;822468.13;1070219.83;"
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in (1, 2):
            text = f"{HEADER}\n{row.format(number)}\n"
            archive.writestr(f"CSV/2023_OB_{number}_ADR.csv", text.encode("cp1250"))
        archive.writestr("CSV/2023_OB_3_ADR.csv", HEADER.encode("cp1250"))
    assert read_addresses(path).frame["address_code"].tolist() == ["1", "2"]
    packed = tmp_path / "one.csv.gz"
    packed.write_bytes(gzip.compress(f"{HEADER}\n{row.format(7)}\n".encode("cp1250")))
    assert read_addresses(packed).frame["address_code"].tolist() == ["7"]


def test_another_table_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "1;2", header="a;b")
    with pytest.raises(InputError, match=r"adr\.csv is not an address file of RÚIAN: expected"):
        read_addresses(path)
