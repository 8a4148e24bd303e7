"""The template of Plzeň is a sound study that holds what public sources tell."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from apkgeo.errors import InputError, MissingFileError
from apkgeo.pipeline import read_inputs, run
from apkgeo.quality import examine
from apkgeo.study import Study
from apkgeo.template import write_plzen

ROOT = Path(__file__).parents[1]


@pytest.fixture(params=["cs", "en"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Study:
    return Study.from_toml(write_plzen(tmp_path / "plzen", request.param))


def test_it_holds_the_deployments_that_are_known(study: Study) -> None:
    told = [(one.locality, one.start, one.programme, one.staff) for one in study.deployments]
    assert told == [
        ("plac", date(2014, 7, 14), "assistants", 2),
        ("okoli-placu", date(2016, 1, 1), "assistants", 2),
        ("plac", date(2016, 1, 1), "caretakers", None),
    ]


def test_a_year_whose_day_is_not_known_counts_neither_before_nor_after(study: Study) -> None:
    for deployment in study.deployments[1:]:
        before, after = study.periods(deployment)
        assert before.end <= date(2016, 1, 1)
        assert after.start == date(2017, 1, 1)
        assert (before.days, after.days) == (365, 365)


def test_both_languages_are_the_same_design(tmp_path: Path) -> None:
    czech, english = (
        Study.from_toml(write_plzen(tmp_path / language, language)) for language in ("cs", "en")
    )
    assert czech.deployments == english.deployments
    assert list(czech.outcomes.values()) == list(english.outcomes.values())
    assert (czech.language, english.language) == ("cs", "en")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("cs", ["Petrohrad", "2017-03-20", "seznamy ulic policejních okrsků", "soubor s událostmi",
                "30. 6. 2014", "1. 7. 2017", "Křimice", "300 Střed"]),
        ("en", ["Petrohrad", "2017-03-20", "street lists of the police districts",
                "file of incidents", "30 June 2014", "1 July 2017", "Křimice", "300 Střed"]),
    ],
)  # fmt: skip
def test_it_says_what_confounds_and_what_is_missing(
    language: str, words: list[str], tmp_path: Path
) -> None:
    text = write_plzen(tmp_path, language).read_text(encoding="utf-8")  # type: ignore[arg-type]
    assert [word for word in words if word not in text] == []


def test_every_treated_locality_is_in_the_street_list(study: Study) -> None:
    text = (study.folder / "hranice" / "lokality.txt").read_text(encoding="utf-8")
    for deployment in study.deployments:
        assert f"\n[{deployment.locality}] " in text


def test_the_list_is_the_one_that_the_project_publishes(study: Study) -> None:
    published = ROOT / "data" / "boundaries" / "plzen" / "lokality.txt"
    assert (study.folder / "hranice" / "lokality.txt").read_bytes() == published.read_bytes()


def test_a_study_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    study = write_plzen(tmp_path)
    study.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        write_plzen(tmp_path)
    assert study.read_text(encoding="utf-8") == "mine"
    with pytest.raises(InputError, match="language: expected cs or en, got 'de'"):
        write_plzen(tmp_path / "other", "de")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot write into"):
        write_plzen(tmp_path / "file" / "x")


def test_before_the_download_every_missing_file_is_named(study: Study) -> None:
    message = (
        r"3 files of the study are missing: .*OB_554791_ADR\.csv; .*OB_554791_mesto\.geojson; "
        r".*udalosti\.csv; put them there, or mend the paths"
    )
    with pytest.raises(MissingFileError, match=message):
        read_inputs(study)


@pytest.fixture
def plzen(shared: Path, tmp_path: Path) -> Path:
    """The template's study with the files of a download in place, and invented incidents."""
    path = write_plzen(tmp_path)
    data = tmp_path / "data"
    with zipfile.ZipFile(shared / "plzen" / "20231231_OB_554791_ADR.csv.zip") as archive:
        (data / "OB_554791_ADR.csv").write_bytes(archive.read(archive.namelist()[0]))
    # The register's areas of Plzeň are not at hand: its city districts stand for its outline here.
    districts = shared / "plzen" / "mestske_obvody.geojson"
    (data / "OB_554791_mesto.geojson").write_bytes(districts.read_bytes())
    streets = ["Resslova", "Korandova", "Tylova", "Klatovská třída", "Slovanská třída"]
    rows = [
        f"{n};{1 + n % 28}.{1 + n % 12}.{2013 + n % 6};"
        f"{'rušení nočního klidu § 47' if n % 3 else '§ 125c'};{streets[n % 5]} {1 + n % 20}"
        for n in range(3000)
    ]
    table = "\n".join(["id;datum;druh;místo", *rows, "3000;1.1.2015;§ 47;Neznámá 7, Plzeň 3"])
    (data / "udalosti.csv").write_text(table + "\n", encoding="cp1250")
    return path


def test_it_reads_as_soon_as_the_incidents_are_there(plzen: Path) -> None:
    inputs = read_inputs(Study.from_toml(plzen))
    localities = inputs.readings["localities"]
    assert len(localities.frame) == 7
    assert localities.rejected.empty
    assert any(note.startswith("13 of 13 entries name") for note in localities.notes)
    assert len(inputs.readings["city"].frame) == 10
    assert "districts" not in inputs.readings
    assert inputs.incidents.geometry.notna().sum() > 2900
    # Of an address that is not in the register the words behind the street tell the district.
    lost = inputs.incidents[inputs.incidents["address"] == "Neznámá 7, Plzeň 3"]
    assert lost["city_part"].tolist() == ["Plzeň 3"]
    placing = examine(inputs.readings, inputs.study).geocoding
    assert placing is not None
    assert placing.district_column == "city_part"
    assert placing.by_district.loc["Plzeň 3", "matched"] > 0


def test_it_runs_as_soon_as_the_incidents_are_there(plzen: Path) -> None:
    index = run(plzen, progress=False)
    assert "Asistenti prevence kriminality v\N{NO-BREAK SPACE}Plzni" in index.read_text("utf-8")


def test_a_list_without_addresses_says_what_to_do(plzen: Path) -> None:
    text = plzen.read_text(encoding="utf-8")
    plzen.write_text(re.sub("(?m)^addresses = .*$", "", text), encoding="utf-8")
    with pytest.raises(InputError, match=r"lokality\.txt is a list of streets.*name the register"):
        read_inputs(Study.from_toml(plzen))
