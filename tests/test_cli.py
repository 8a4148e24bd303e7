"""The command line: one clear line when something is wrong, exit codes that scripts can trust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from apkgeo.cli import app

ROOT = Path(__file__).parents[1]


def apkgeo(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, in `folder`."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "apkgeo", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )


def fails_in_one_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    lines = result.stderr.strip().splitlines()
    assert result.returncode == 2, result.stderr
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("apkgeo: ")
    for word in words:
        assert word in lines[0]
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["demo", "init", "check", "run", "lookup"])
def test_every_command_helps_with_an_example(command: str, tmp_path: Path) -> None:
    result = apkgeo(command, "--help", folder=tmp_path)
    assert result.returncode == 0
    assert f"Example: apkgeo {command}" in result.stdout


def test_the_version_and_the_list_of_commands(tmp_path: Path) -> None:
    assert apkgeo("--version", folder=tmp_path).stdout.startswith("apkgeo 0.")
    listed = apkgeo("--help", folder=tmp_path).stdout
    assert all(command in listed for command in ("demo", "init", "check", "run", "lookup"))


@pytest.mark.parametrize("words", [["no-such-command"], ["run", "--no-such-option"], ["lookup"]])
def test_misuse_is_told_with_the_usage(words: list[str], tmp_path: Path) -> None:
    result = apkgeo(*words, folder=tmp_path)
    assert result.returncode == 2
    assert "Usage: apkgeo" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_study_is_one_line(tmp_path: Path) -> None:
    for command in ("check", "run"):
        fails_in_one_line(
            apkgeo(command, folder=tmp_path), "no study study.toml", "apkgeo init DIR"
        )
    fails_in_one_line(apkgeo("lookup", "Resslova 5", folder=tmp_path), "no study study.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_demo_into_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fails_in_one_line(apkgeo("demo", "file", folder=tmp_path), "cannot write into file")


def test_a_demo_spares_what_somebody_else_keeps_in_the_folder(tmp_path: Path) -> None:
    for name in ("study.toml", "adresy.csv"):
        folder = tmp_path / name.split(".")[0]
        folder.mkdir()
        (folder / name).write_text("mine", encoding="utf-8")
        fails_in_one_line(
            apkgeo("demo", folder.name, folder=tmp_path), f"{name} exists already", "another folder"
        )
        assert [path.name for path in folder.iterdir()] == [name]
        assert (folder / name).read_text(encoding="utf-8") == "mine"


def test_a_seed_below_zero_is_misuse(tmp_path: Path) -> None:
    result = apkgeo("demo", "town", "--seed", "-1", folder=tmp_path)
    assert (result.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "greater than or equal to 0" in result.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    result = apkgeo("run", "--debug", folder=tmp_path)
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "MissingFileError" in result.stderr


@pytest.mark.parametrize("language", ["cs", "en"])
def test_init_writes_a_study_that_check_understands(language: str, tmp_path: Path) -> None:
    made = apkgeo("init", "plac", "--language", language, folder=tmp_path)
    assert made.returncode == 0
    assert "apkgeo check" in made.stdout
    study = str(Path("plac") / "study.toml")
    fails_in_one_line(
        apkgeo("check", study, folder=tmp_path),
        "2 files of the study are missing",
        "[sources]",
    )
    fails_in_one_line(apkgeo("init", "plac", folder=tmp_path), "exists already")


STUDY = """
name = "Plac"
[sources]
incidents = "incidents.csv"
localities = "localities.geojson"
[outcomes]
all = "*"
[[deployments]]
locality = "{locality}"
start = 2015-01-01
"""
LOCALITIES = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "plac", "name": "Plac"},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [
                            [13.37, 49.74],
                            [13.38, 49.74],
                            [13.38, 49.75],
                            [13.37, 49.75],
                            [13.37, 49.74],
                        ]
                    ],
                },
            }
        ],
    }
)
INCIDENTS = "id;datum;druh;lat;lon\n" + "".join(
    f"{n};{1 + n % 28}.{1 + n % 12}.{2014 + n % 2};rušení nočního klidu;49.745;13.375\n"
    for n in range(60)
)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY.format(locality="plac"), encoding="utf-8")
    (tmp_path / "localities.geojson").write_text(LOCALITIES, encoding="utf-8")
    (tmp_path / "incidents.csv").write_text(INCIDENTS, encoding="cp1250")
    return tmp_path


def test_check_tells_what_was_read_and_assumed(study: Path) -> None:
    result = apkgeo("check", folder=study)
    assert result.returncode == 0, result.stderr
    assert "Události: použito 60 z 60 řádků" in result.stdout
    assert "cp1250" in result.stdout
    report = json.loads(apkgeo("check", "--json", folder=study).stdout)
    assert report["incidents"]["rows_in"] == 60
    assert report["localities"]["rows_used"] == 1


def test_counts_are_never_written_over_the_incidents(study: Path) -> None:
    before = (study / "incidents.csv").read_bytes()
    for files, output in (
        ("incid*.csv", "incidents.csv"),
        ("incidents.csv", study / "incidents.csv"),
    ):
        words = ["count", files, "--areas", "localities.geojson", "--output", str(output)]
        fails_in_one_line(apkgeo(*words, folder=study), "incidents.csv is a file that is read")
    assert (study / "incidents.csv").read_bytes() == before


def test_a_file_that_is_no_map_is_told_without_advice_for_programmers(study: Path) -> None:
    (study / "truth.json").write_text('{"a": 1}', encoding="utf-8")
    result = apkgeo("count", "truth.json", "--areas", "localities.geojson", folder=study)
    fails_in_one_line(result, "truth.json is not a readable map file", "check it in QGIS")
    assert "driver" not in result.stderr


def test_a_run_says_in_the_studys_language_which_page_to_open(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apkgeo.pipeline.run", lambda *_study, **_how: study / "index.html")
    file = study / "study.toml"
    for language, said in (("cs", "Otevřete v prohlížeči"), ("en", "Open this page")):
        file.write_text(f'language = "{language}"\n' + STUDY.format(locality="plac"), "utf-8")
        assert CliRunner().invoke(app, ["run", str(file)]).output.startswith(said)


def test_an_unknown_locality_is_told_with_the_known_ones(study: Path) -> None:
    (study / "study.toml").write_text(STUDY.format(locality="plca"), encoding="utf-8")
    fails_in_one_line(apkgeo("run", folder=study), "plca", "plac")
    checked = apkgeo("check", folder=study)
    assert (checked.returncode, checked.stderr.count("\n")) == (2, 1)
    assert "plca" in checked.stderr


def test_a_file_of_which_no_row_can_be_used_is_told_with_the_reason(study: Path) -> None:
    shifted = INCIDENTS.replace(";rušení nočního klidu;", ";;").replace(".2014;", ".20x4;")
    (study / "incidents.csv").write_text(shifted.replace(".2015;", ".20x5;"), encoding="cp1250")
    fails_in_one_line(
        apkgeo("run", folder=study), "not one of the 60 rows of incidents.csv", "'datum'"
    )
    point = {"type": "Point", "coordinates": [13.37, 49.74]}
    feature = {"type": "Feature", "properties": {"code": "plac"}, "geometry": point}
    points = {"type": "FeatureCollection", "features": [feature]}
    (study / "incidents.csv").write_text(INCIDENTS, encoding="cp1250")
    (study / "localities.geojson").write_text(json.dumps(points), encoding="utf-8")
    fails_in_one_line(apkgeo("run", folder=study), "not one of the 1 rows of localities.geojson")


def test_incidents_of_another_town_are_told(study: Path) -> None:
    elsewhere = INCIDENTS.replace("49.745;13.375", "49.195;16.608")
    (study / "incidents.csv").write_text(elsewhere, encoding="cp1250")
    fails_in_one_line(apkgeo("run", folder=study), "no incident lies within 10 km", "CRS")


def test_a_folder_stands_for_the_study_in_it(study: Path) -> None:
    assert apkgeo("check", ".", "--quiet", folder=study).returncode == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["incidents.csv"]),
        (b"id;datum;druh;lat;lon\n", ["incidents.csv"]),
        (b"\x00\x01\x02\xff" * 400, ["incidents.csv"]),
        ("číslo;barva\n1;modrá\n".encode(), ["číslo", "barva"]),
    ],
    ids=["empty", "header only", "binary", "other columns"],
)
def test_an_export_without_incidents_is_one_line(
    study: Path, content: bytes, words: list[str]
) -> None:
    (study / "incidents.csv").write_bytes(content)
    fails_in_one_line(apkgeo("run", folder=study), *words)
    assert not (study / "maps").exists()
