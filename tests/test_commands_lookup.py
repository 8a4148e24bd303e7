"""The command that tells a district: of one text or a table, to people and to scripts."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import typer
from shapely import box
from typer.testing import CliRunner, Result

from apkgeo.commands.lookup import register
from apkgeo.commands.lookup_table import COLUMNS, answered
from apkgeo.errors import InputError, MissingFileError
from apkgeo.places.districts import DistrictLookup
from tests.places.register import halves, town
from tests.sources.seeds import REGISTER

CSV = [
    ("7", "Resslova 5"),
    ("3", "Tylova"),
    ("", ""),
    ("x", "Xyzzyho 7"),
    ("1", "resslova 199, Plzeň"),
    ("2", "Resslova 5"),
    ("9", "Y 822468.13, X 1070219.83"),
]


def command(*words: str | Path, stdin: bytes | None = None) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "adresy.csv").write_text(REGISTER, encoding="cp1250")
    # The two halves of the world, a metre east of Resslova 5; the western one until 2016 is "A".
    west = box(-823_468.13, -1_071_219.83, -822_467.13, -1_069_219.83)
    gpd.GeoDataFrame(
        {
            "code": ["A", "B"],
            "name": ["A", "B"],
            "phone": ["+420 378 000 001", "+420 378 000 002"],
            "valid_from": [None, "2016-01-01"],
            "valid_to": ["2016-01-01", None],
        },
        geometry=[west, west],
        crs=5514,
    ).to_crs(4326).to_file(tmp_path / "okrsky.geojson")
    lines = ["č;Adresa", *(f"{number};{text}" for number, text in CSV)]
    (tmp_path / "seznam.csv").write_text("\n".join(lines) + "\n", encoding="cp1250")
    return tmp_path


def ask(folder: Path, *words: str | Path, stdin: bytes | None = None) -> Result:
    files = ["--addresses", folder / "adresy.csv", "--districts", folder / "okrsky.geojson"]
    return command("lookup", *words, *files, stdin=stdin)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_an_address_is_answered_in_both_languages(folder: Path) -> None:
    czech = ask(folder, "Resslova 5")
    assert czech.exit_code == 0
    assert czech.output.replace("\xa0", " ") == (
        "Resslova 199/5, Jižní Předměstí, 301 00 Plzeň. Okrsek: B. Telefon: +420 378 000 002. "
        "Hranice okrsku je vzdálena 1,0 m.\n"
    )
    english = ask(folder, "Resslova 5", "--language", "en")
    assert "District: B. Phone: +420 378 000 002." in english.output


def test_another_day_is_answered_with_its_district_and_todays(folder: Path) -> None:
    for written in ("2015-12-31", "31.12.2015"):
        done = ask(folder, "Resslova 5", "--date", written)
        said = done.output.replace("\xa0", " ")
        assert "Stav ke dni 31. prosince 2015. Okrsek: A." in said
        assert "Dnes platí jiná odpověď: okrsek B (změna ke dni 1. ledna 2016)." in said
    told = json.loads(ask(folder, "Resslova 5", "--date", "2015-12-31", "--json").output)
    assert (told["date"], told["matches"][0]["code"], told["matches"][0]["on"]) == (
        "2015-12-31",
        "A",
        "2015-12-31",
    )
    assert len(told["matches"][0]["changes"]) == 1
    assert ask(folder, "Resslova 5", "--date", "yesterday").exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nic nebylo napsáno."),
        ("   ", "Nic nebylo napsáno."),
        ("Ресслова 5", "Napište název latinkou."),
        ("x" * 4000, "Text je delší než 300 znaků."),
        ("'; DROP TABLE adresy; --", "Ulice ani část obce tohoto názvu"),
        ("<script>alert(1)</script>", "Znaky < a > do adresy nepatří."),
        ("\x1b[31mčervená\x07", "Ulice ani část obce tohoto názvu"),
        ("99999999", "Žádná zdejší adresa nemá kód 99999999."),
        ("42", "Napište také ulici nebo část obce."),
        ("🙂", "Napište název latinkou."),
    ],
)
def test_what_is_no_address_gets_a_plain_line(folder: Path, text: str, said: str) -> None:
    done = ask(folder, text)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert said in done.output.replace("\xa0", " ")
    assert "\x1b" not in done.output
    assert len(done.output) < 300
    told = json.loads(ask(folder, text, "--json").output)
    assert (told["matches"], said in told["reason"].replace("\xa0", " ")) == ([], True)


def test_every_row_of_a_table_is_answered_or_explained_in_its_order(folder: Path) -> None:
    out = folder / "okrsky.csv"
    done = ask(folder, "--csv", folder / "seznam.csv", "--column", "Adresa", "--out", out)
    assert done.exit_code == 1
    assert "S okrskem: 5; mimo všechny okrsky: 0; bez odpovědi: 2." in done.output.replace(
        "\xa0", " "
    )
    made = rows(out.read_text(encoding="utf-8-sig"))
    assert [(row["č"], row["Adresa"]) for row in made] == CSV
    assert list(made[0]) == ["č", "Adresa", *COLUMNS]
    assert [row["district"] for row in made] == ["B", "B", "", "", "B", "B", "B"]
    assert [bool(row["reason"]) for row in made] == [False, False, True, True, False, False, False]
    assert made[2]["reason"] == "Nic nebylo napsáno."
    assert made[0]["matched_address"] == "Resslova 199/5, Jižní Předměstí, 301 00 Plzeň"
    assert [made[i]["precision"] for i in (0, 1, 6)] == ["address", "street", "point"]
    assert "Nejbližší adresa je Resslova 199/5" in made[6]["assumed"]


def test_a_table_comes_through_a_pipe_and_goes_on_through_one(folder: Path) -> None:
    content = (folder / "seznam.csv").read_bytes()
    done = ask(folder, "--csv", "-", "--date", "2015-01-01", "--quiet", stdin=content)
    assert [row["district"] for row in rows(done.stdout)] == ["A", "A", "", "", "A", "A", "A"]


def test_a_table_in_another_encoding_with_commas_is_read_too(folder: Path) -> None:
    table = folder / "carky.csv"
    table.write_text('id,adresa\n1,"Resslova 5"\n2,"Xyzzyho 7, Plzeň"\n', encoding="utf-8-sig")
    done = ask(folder, "--csv", table, "--out", folder / "ven.csv")
    made = rows((folder / "ven.csv").read_text(encoding="utf-8-sig"))
    assert ([row["id"] for row in made], done.exit_code) == (["1", "2"], 1)


def test_the_table_itself_is_never_written_over(folder: Path) -> None:
    before = (folder / "seznam.csv").read_bytes()
    for out in (folder / "seznam.csv", folder / "." / "seznam.csv"):
        done = ask(folder, "--csv", folder / "seznam.csv", "--out", out)
        assert isinstance(done.exception, InputError)
        assert "is a file that is read; give another name" in str(done.exception)
    assert (folder / "seznam.csv").read_bytes() == before


def test_a_column_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    done = ask(folder, "--csv", folder / "seznam.csv", "--column", "kde")
    assert isinstance(done.exception, InputError)
    assert "no column 'kde': got columns č, Adresa" in str(done.exception)
    missing = ask(folder, "--csv", folder / "neni.csv")
    assert isinstance(missing.exception, MissingFileError)


@pytest.mark.parametrize(
    "words", [[], ["Resslova 5", "--csv", "x.csv"], ["Resslova 5", "--out", "x.csv"]]
)
def test_an_address_or_a_table_is_asked_for_and_not_both(folder: Path, words: list[str]) -> None:
    done = ask(folder, *words)
    assert done.exit_code == 2


def test_a_street_of_several_districts_has_no_single_one_and_says_which_numbers_lie_where() -> None:
    lookup = DistrictLookup(town(), halves())
    texts = pd.Series(["Dlouhá", "Dlouhá 3", "Samota 1", "Dlouhá 10/1, Praha"])
    made = answered(lookup, texts, language="cs")
    assert made.district.tolist() == ["", "W", "", "W"]
    assert made.reason[0] == (
        "Leží ve více okrscích. lichá 1–3, sudá 2: W Západ; lichá 5–7, sudá 4: E Východ."
    )
    assert (made.certain[1], made.other_answers[1]) == (
        "0",
        "Dlouhá 3/5, Staré Město, 330 00 Městec: E Východ",
    )
    assert (made.reason[2], made.matched_address[2]) == ("", "č.p. 1, Samota, 330 00 Městec")
    assert made.assumed[3].startswith("Obec „Praha“ v\xa0tomto vyhledávání není")


def test_a_bare_minus_stands_after_two_dashes_and_the_index_is_kept(folder: Path) -> None:
    done = ask(folder, "--json", "--", "-822468.13 -1070219.83")
    # Options after the two dashes would be taken for words.
    assert done.exit_code in (0, 2)
    files = ["--addresses", folder / "adresy.csv", "--districts", folder / "okrsky.geojson"]
    told = command("lookup", *files, "--", "-822468.13 -1070219.83")
    assert "Okrsek: B." in told.output
    assert [path.suffix for path in (folder / ".apkgeo").iterdir()] == [".lookup"]


def test_a_kept_answer_needs_neither_pandas_nor_a_gis(folder: Path) -> None:
    ask(folder, "Resslova 5")
    script = (
        "import sys; from apkgeo.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'geopandas', 'shapely', 'pyproj'} & set(sys.modules)))"
    )
    words = ["lookup", "49.7434 13.3776", "--addresses", "adresy.csv", "--districts"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words, "okrsky.geojson"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
