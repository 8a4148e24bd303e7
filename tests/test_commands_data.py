"""The commands that make a study's files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import typer
from typer.testing import CliRunner, Result

from apkgeo.commands.data import register, write_outlines
from apkgeo.errors import DownloadError, InputError
from apkgeo.sources import download as work
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.fetching import Fetcher
from tests.sources.publisher import Publisher, archive, exchange_file, running, web_page
from tests.sources.test_download import ADDRESSES, CRIMES, HEADER

HOUSES = HEADER + "".join(
    f"\n{name}{n};554791;Plzeň;546003;Plzeň 3;;;406368;Jižní Předměstí;1;{street};č.p.;"
    f"{100 + n};{n};;30100;{822468 - 15 * n}.0;{1070219 + 40 * name}.0;2013-12-10T00:00:00"
    for name, street in enumerate(["Resslova", "Plachého"], 1)
    for n in range(1, 7)
)


def command(*words: str | Path) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "adresy.csv").write_bytes(HOUSES.encode("cp1250"))
    return tmp_path


def draw(folder: Path, text: str, *words: str) -> Result:
    (folder / "okrsky.txt").write_text(text, encoding="utf-8")
    return command(
        "areas", folder / "okrsky.txt", "--addresses", folder / "adresy.csv",
        "--output", folder / "out" / "okrsky.geojson", *words,
    )  # fmt: skip


def test_areas_are_written_and_read_back_the_same(folder: Path) -> None:
    made = draw(folder, "Okrsek 1: Resslova\nvalid_from = 2016-01-01\nOkrsek 2: Plachého 1–5 lichá")
    assert made.exit_code == 0, made.output
    assert "Použité položky: 2 z 2, adres v nich: 9; nepoužité položky: 0." in made.output
    assert "počet území: 2." in made.output
    reading = read_boundaries(folder / "out" / "okrsky.geojson")
    assert reading.frame["code"].tolist() == ["1", "2"]
    assert str(reading.frame["valid_from"].iloc[0].date()) == "2016-01-01"
    shapes = reading.frame.to_crs(5514).geometry.to_numpy()
    resslova = [shapely.Point(-822468 + 15 * n, -1070219 - 40) for n in range(1, 7)]
    assert all(shapes[0].contains(point) for point in resslova)
    assert shapes[0].intersection(shapes[1]).area < 0.5
    before = (folder / "out" / "okrsky.geojson").read_bytes()
    draw(folder, "Okrsek 1: Resslova\nvalid_from = 2016-01-01\nOkrsek 2: Plachého 1–5 lichá")
    assert (folder / "out" / "okrsky.geojson").read_bytes() == before


def test_what_was_not_used_is_listed_and_the_exit_says_so(folder: Path) -> None:
    made = draw(folder, "[a] Střed\nResslova\nPlacheho 99\nPlachho")
    assert made.exit_code == 1
    assert "  řádek 3, a: Placheho 99 – Ulice žádné z těchto čísel nemá." in made.output
    assert "řádek 4, a: Plachho – Taková ulice v registru není; podobné názvy: Plachého." in (
        made.output
    )
    told = draw(folder, "[a] Střed\nResslova\nPlachho", "--language", "en").output
    assert "line 3, a: Plachho – The register has no such street; similar names: Plachého." in told


def test_the_outline_is_not_written_over(folder: Path) -> None:
    town = folder / "mesto.geojson"
    town.write_text("{}", encoding="utf-8")
    done = draw(folder, "[a] Střed\nResslova", "--within", str(town), "--output", str(town))
    assert isinstance(done.exception, InputError)
    assert "mesto.geojson is a file that is read" in str(done.exception)
    assert town.read_text(encoding="utf-8") == "{}"


def test_the_account_as_json(folder: Path) -> None:
    made = draw(folder, "[a] Střed\nResslova\nPlachho", "--json")
    told = json.loads(made.stdout)
    assert (told["rows_in"], told["rows_used"], len(told["rejected"])) == (2, 1, 1)
    assert told["rejected"][0]["line"] == 3
    assert told["areas"] == [{"code": "a", "name": "Střed", "addresses": 6}]


def test_misuse_of_areas_is_told(folder: Path) -> None:
    (folder / "okrsky.txt").write_text("[a]\nResslova", encoding="utf-8")
    words = ["areas", folder / "okrsky.txt", "--addresses", folder / "adresy.csv", "--output"]
    made = command(*words, folder / "x.shp")
    assert isinstance(made.exception, InputError)
    assert "expected a name that ends in .geojson" in str(made.exception)
    (folder / "file").write_text("", encoding="utf-8")
    assert "cannot write" in str(command(*words, folder / "file" / "x.geojson").exception)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with running() as one:
        year = datetime.now(UTC).year
        for end in work.month_ends(datetime.now(UTC).date(), 2):
            one.serves(
                f"/vymenny_format/csv/{end:%Y%m%d}_OB_554791_ADR.csv.zip",
                archive({"x_ADR.csv": ADDRESSES}),
            )
            one.serves(
                f"/vymenny_format/soucasna/{end:%Y%m%d}_OB_554791_UKSH.xml.zip",
                archive({"x.xml": exchange_file(2)}),
            )
        for one_year in (2014, 2015, 2016, *range(year - 5, year)):
            one.serves(f"/api/v2/downloads/{one_year}_554791.csv", CRIMES)
        monkeypatch.setattr(work, "PUBLISHERS", one.publishers)
        monkeypatch.setattr(work, "FETCHER", Fetcher(pause=0.0, sleep=lambda seconds: None))
        yield one


def test_a_town_is_downloaded(publisher: Publisher, tmp_path: Path) -> None:
    made = command("download", "plzen", tmp_path / "data", "--years", "2014-2016")
    assert made.exit_code == 0, made.output
    lines = made.output.splitlines()
    assert len(lines) == 7
    assert lines[5].endswith("OB_554791_mesto.geojson: nakresleno z území v registru.")
    assert "OB_554791_ADR.csv: staženo, stav " in lines[0]
    assert lines[0].endswith("RÚIAN, © ČÚZK, CC BY 4.0.")
    assert "Policie ČR; zdroj nutno uvést" in lines[4]
    assert (tmp_path / "data" / "2016_554791.csv").read_bytes() == CRIMES
    again = command("download", "plzen", tmp_path / "data", "--only", "police", "--years", "2014")
    assert "už tu je, stav 2014" in again.output


def test_the_outlines_are_drawn_from_the_registers_areas(
    publisher: Publisher, tmp_path: Path
) -> None:
    command("download", "plzen", tmp_path, "--only", "boundaries")
    town = gpd.read_file(tmp_path / "OB_554791_mesto.geojson").to_crs(5514)
    assert town[["code", "name", "level"]].to_numpy().tolist() == [["554791", "Plzeň", "city"]]
    assert town.area.iloc[0] == pytest.approx(1e6, rel=1e-4)
    districts = gpd.read_file(tmp_path / "OB_554791_obvody.geojson").to_crs(5514)
    assert districts["name"].tolist() == ["Plzeň 1", "Plzeň 2"]
    assert districts.area.tolist() == pytest.approx([5e5, 5e5], rel=1e-4)


def test_a_town_without_city_districts_has_only_its_outline(tmp_path: Path) -> None:
    path = tmp_path / "OB_554791_UKSH.xml"
    path.write_bytes(exchange_file(0))
    assert [one.name for one in write_outlines(path)] == ["OB_554791_mesto.geojson"]


def test_the_record_as_json(publisher: Publisher, tmp_path: Path) -> None:
    made = command("download", "554791", tmp_path, "--only", "addresses", "--json")
    told = json.loads(made.stdout)
    (one,) = told["files"]
    assert told["outlines"] == []
    assert (one["file"], one["bytes"], one["fresh"]) == ("OB_554791_ADR.csv", len(ADDRESSES), True)


def test_misuse_of_download_is_told(publisher: Publisher, tmp_path: Path) -> None:
    for years in ("minulý", "2016-2014", ""):
        made = command("download", "plzen", tmp_path, "--years", years)
        assert "--years: expected 2014, 2012-2018 or 2012,2014" in str(made.exception)
    publisher.serves("/api/v2/downloads/2014_554791.csv", web_page("Údržba"))
    made = command("download", "plzen", tmp_path, "--only", "police", "--years", "2014")
    assert isinstance(made.exception, DownloadError)


def test_the_real_register_draws_the_localities(shared: Path, tmp_path: Path) -> None:
    lists = Path(__file__).parents[1] / "data" / "boundaries" / "plzen" / "lokality.txt"
    register_file = shared / "plzen" / "20231231_OB_554791_ADR.csv.zip"
    output = tmp_path / "lokality.geojson"
    made = command("areas", lists, "--addresses", register_file, "--output", output)
    assert made.exit_code == 0, made.output
    areas = gpd.read_file(output).set_index("code")
    # 360 addresses of the same streets, chosen independently of this project.
    points = gpd.read_file(shared / "plzen" / "svl_street_addresses.geojson").to_crs(areas.crs)
    assert areas["addresses"].sum() == len(points) == 360
    within = points.sjoin(areas.reset_index()[["code", "geometry"]], predicate="within")
    assert within.index.is_unique
    expected = {
        "Plachého": "plac", "Korandova": "plac", "Husovo náměstí": "plac",
        "Tylova": "okoli-placu", "Husova": "okoli-placu", "Kotkova": "okoli-placu",
        "Koperníkova": "okoli-placu", "Resslova": "resslova", "Jateční": "jatecni-duchcovska",
        "Duchcovská": "jatecni-duchcovska", "Nádražní": "nadrazni", "Plynární": "plynarni",
        "Železniční": "zeleznicni",
    }  # fmt: skip
    assert (within["ulice"].map(expected) == within["code"]).all()
    assert len(within) == 360
