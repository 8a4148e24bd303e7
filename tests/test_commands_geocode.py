"""The command that places a table's rows by their addresses, on a register of four houses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from apkgeo.commands.geocode import register
from apkgeo.errors import InputError
from apkgeo.sources.incidents import read_incidents
from tests.sources.seeds import REGISTER

# Resslova 199/5 stands in the register's file at Y 822468.13, X 1070219.83; DATA.md says how such
# a pair is turned: EPSG:5514 with (−Y, −X).
RESSLOVA = gpd.GeoSeries.from_xy([-822468.13], [-1070219.83], crs=5514).to_crs(4326)[0]

TABLE = """Číslo;Datum;Místo události
1;1.7.2013;Resslova 5
2;1.7.2013;Tylova
3;1.7.2013;
4;1.7.2013;Xyzzyho 7
5;1.7.2013;resslova 199, Plzeň
6;1.7.2013;Jižní Předměstí
"""


def command(*words: str | Path) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)  # so that the command keeps its name among others
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "adresy.csv").write_text(REGISTER, encoding="cp1250")
    (tmp_path / "udalosti.csv").write_text(TABLE, encoding="cp1250")
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))


def test_every_row_and_column_stays_and_gets_its_point(folder: Path) -> None:
    done = command("geocode", folder / "udalosti.csv", "--addresses", folder / "adresy.csv")
    assert done.exit_code == 0, done.output
    assert "Umístěno: 4 (66,7 %), z toho podle adresy 2, podle ulice 1" in done.output.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    made = rows(folder / "udalosti_points.csv")
    assert [row["Číslo"] for row in made] == list("123456")
    assert [row["precision"] for row in made] == ["address", "street", "", "", "address", "part"]
    assert made[0]["matched_address"] == "Resslova 199/5, Jižní Předměstí, 301 00 Plzeň"
    assert float(made[0]["lon"]) == pytest.approx(RESSLOVA.x, abs=1e-7)
    assert float(made[0]["lat"]) == pytest.approx(RESSLOVA.y, abs=1e-7)
    assert [made[2]["reason"], made[3]["reason"]] == [
        "Řádek nemá adresu.",
        "V registru nic takového není.",
    ]
    assert made[3]["lon"] == made[3]["lat"] == ""


def test_no_file_that_is_read_is_written_over(folder: Path) -> None:
    table, register_file = folder / "udalosti.csv", folder / "adresy.csv"
    before = table.read_bytes(), register_file.read_bytes()
    for output in (table, folder / "." / "udalosti.csv", register_file):
        done = command("geocode", table, "--addresses", register_file, "--output", output)
        assert isinstance(done.exception, InputError)
        assert "is a file that is read; give another name" in str(done.exception)
    assert (table.read_bytes(), register_file.read_bytes()) == before


def test_what_was_written_is_read_as_incidents(folder: Path) -> None:
    command("geocode", folder / "udalosti.csv", "--addresses", folder / "adresy.csv")
    frame = read_incidents(folder / "udalosti_points.csv").frame
    assert frame["precision"].fillna("").tolist() == ["address", "street", "", "address", "part"]
    assert frame.geometry[0].x == pytest.approx(RESSLOVA.x, abs=1e-7)


def test_json_accounts_for_every_row(folder: Path) -> None:
    done = command(
        "geocode", folder / "udalosti.csv", "--addresses", folder / "adresy.csv",
        "--output", folder / "body.geojson", "--json", "--least", "0.99",
    )  # fmt: skip
    account = json.loads(done.output)
    assert (account["rows"], account["placed"]) == (6, sum(account["precision"].values()))
    assert account["not_placed"] == {"no_address": 1, "not_found": 1, "unsure": 1}
    assert account["placed"] + sum(account["not_placed"].values()) == account["rows"]
    layer = gpd.read_file(folder / "body.geojson")
    assert layer.crs.to_epsg() == 4326
    assert len(layer) == 6
    assert layer.geometry.notna().tolist() == [True, True, False, False, False, True]


@pytest.mark.parametrize("ending", [".gpkg", ".parquet"])
def test_layers_are_written(folder: Path, ending: str) -> None:
    target = folder / f"body{ending}"
    command(
        "geocode", folder / "udalosti.csv", "--addresses", folder / "adresy.csv",
        "--output", target,
    )  # fmt: skip
    layer = gpd.read_parquet(target) if ending == ".parquet" else gpd.read_file(target)
    assert layer.geometry.notna().sum() == 4


def test_a_workbook_with_the_address_in_pieces_is_placed(folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Výkaz"], [], ["Ulice", "č.p.", "č.o."], ["Resslova", 199, 5], ["Tylova", 13, 1]):
        book.active.append(row)
    book.save(folder / "vykaz.xlsx")
    done = command("geocode", folder / "vykaz.xlsx", "--addresses", folder / "adresy.csv")
    assert done.exit_code == 0, done.output
    made = rows(folder / "vykaz_points.csv")
    assert [row["precision"] for row in made] == ["address", "address"]
    assert made[0]["č.p."] == "199"


def test_a_study_gives_its_addresses_and_none_found_is_told_by_the_exit(folder: Path) -> None:
    study = folder / "study.toml"
    study.write_text(
        """name = "a"
outcomes = { a = ["*"] }
sources = { incidents = "a.csv", localities = "b.geojson", addresses = "adresy.csv" }
deployments = [{ locality = "plac", start = 2014-07-14 }]
"""
    )
    (folder / "cizi.csv").write_text("adresa\nXyzzyho 7\n", encoding="utf-8")
    done = command("geocode", folder / "cizi.csv", "--study", study, "--language", "en")
    assert done.exit_code == 1
    assert "Not placed: 1. Why stands in the column reason." in done.output
    study.write_text(study.read_text().replace(', addresses = "adresy.csv"', ""))
    done = command("geocode", folder / "cizi.csv", "--study", study)
    assert "names no addresses; add them under [sources], or give --addresses" in str(
        done.exception
    )


@pytest.mark.parametrize(
    ("words", "text", "message"),
    [
        (["--column", "kde"], "a;b\n1;2\n", "no column 'kde': got columns a, b"),
        ([], "a;b\n1;2\n", "no column for the address: expected a column such as adresa"),
        (["--output", "x.xls"], "adresa\nResslova 5\n", "expected a name that ends in"),
        ([], "adresa;b\nResslova 5;1\nResslova 5;1;2\n", "row 2: The row has more fields than"),
    ],
)
def test_misuse_is_told_and_nothing_is_written(
    folder: Path, words: list[str], text: str, message: str
) -> None:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    done = command("geocode", folder / "t.csv", "--addresses", folder / "adresy.csv", *words)
    assert isinstance(done.exception, InputError)
    assert message in str(done.exception)
    assert not (folder / "t_points.csv").exists()


def test_a_header_of_two_rows_keeps_every_column_of_a_workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Č.j.", "Místo", "Souřadnice", None])
    sheet.append([None, None, "X", "Y"])
    sheet.append(["MP-1", "Resslova 5", 822380.44, 1069630.42])
    book.save(folder / "a.xlsx")
    done = command("geocode", folder / "a.xlsx", "--addresses", folder / "adresy.csv")
    assert done.exit_code == 0, done.output
    (row,) = rows(folder / "a_points.csv")
    assert (row["Č.j."], row["X"], row["Y"]) == ("MP-1", "822380.44", "1069630.42")
