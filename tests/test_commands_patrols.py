"""The commands plan and sheet, on a study of two places and a week of walks."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import gpxpy
import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from apkgeo.commands.patrols import read_shift, register
from apkgeo.errors import InputError

STUDY = """
name = "Plac"
language = "cs"
[sources]
incidents = "incidents.csv"
localities = "localities.geojson"
patrols = { path = "walks.csv", programmes = { assistants = "apk*" } }
[outcomes]
disorder = ["*"]
[[deployments]]
locality = "plac"
start = 2015-01-01
[privacy]
audience = "internal"
"""


def square(code: str, name: str, west: float) -> dict[str, Any]:
    corners = [(0, 0), (0.002, 0), (0.002, 0.001), (0, 0.001), (0, 0)]
    ring = [[west + x, 49.745 + y] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    incidents = [
        f"{n};{1 + n % 28}.{1 + n % 12}.2015;{9 + n % 4}:10;rušení nočního klidu;49.7455;"
        f"{13.371 if n % 3 else 13.381}"
        for n in range(90)
    ]
    walks = [
        f"{unit},2015-07-0{day}T{hour:02}:{minute:02}:00+02:00,49.7455,13.371"
        for unit in ("apk1", "apk2")
        for day in (1, 2)
        for hour in (9, 15)
        for minute in range(0, 30, 5)
    ]
    files = {
        "study.toml": STUDY,
        "localities.geojson": collection(
            square("plac", "Plac", 13.370), square("alej", "Alej", 13.380)
        ),
        "schools.geojson": collection(square("skola", "1. ZŠ", 13.375)),
        "incidents.csv": "\n".join(["id;datum;čas;druh;lat;lon", *incidents]) + "\n",
        "walks.csv": "\n".join(["unit,time,lat,lon", *walks]) + "\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def command(*words: str | Path) -> Result:
    app = typer.Typer()
    register(app)
    return CliRunner().invoke(app, [str(word) for word in words])


def failure(*words: str | Path) -> str:
    """What is said of words that cannot be carried out; ``apkgeo`` prints it as one line."""
    result = command(*words)
    assert isinstance(result.exception, InputError)
    return str(result.exception)


def test_plan_writes_page_table_workbook_and_gpx(folder: Path) -> None:
    done = command("plan", folder, "--shift", "ranní=8-12x2@1-2", "--quiet")
    assert done.exit_code == 0, done.output
    assert "Žádný plán podle těchto pravidel nemůže být lepší o víc než" in done.output
    assert "podle plánu by to bylo" in done.output
    assert "\nZapsáno:\n  " in done.output
    rows = list(csv.DictReader(io.StringIO((folder / "plan/plan.csv").read_text("utf-8"))))
    assert {row["Den v týdnu"] for row in rows} == {"pondělí", "úterý"}
    assert {row["Místo"] for row in rows} == {"Plac", "Alej"}
    page = (folder / "plan" / "plan.html").read_text("utf-8")
    assert "Jen pro vnitřní potřebu" in page
    assert "Co by plán změnil" in page
    gpx = gpxpy.parse((folder / "plan" / "plan.gpx").read_text("utf-8"))
    assert {point.name for point in gpx.waypoints} == {"Plac", "Alej"}
    assert openpyxl.load_workbook(folder / "plan/plan.xlsx").sheetnames == ["pondělí", "úterý"]


def test_schools_are_planned_for_in_their_hours(folder: Path) -> None:
    words = ("--shift", "8-14x2@1-1", "--schools", folder / "schools.geojson")
    done = command("plan", folder, *words, "--school-hours", "12-14", "--quiet")
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO((folder / "plan/plan.csv").read_text("utf-8"))))
    visits = [row for row in rows if row["Místo"] == "1. ZŠ" and row["Činnost"] == "návštěva"]
    assert visits
    assert all(12 <= int(row["Od"].split(":")[0]) < 14 for row in visits)


def test_sheet_writes_the_months_workbook(folder: Path) -> None:
    done = command("sheet", folder, "--quiet")
    assert done.exit_code == 0, done.output
    path = folder / "sheets" / "patrols_2015-07.xlsx"
    assert f"Zapsáno: {path}" in done.output
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Souhrn", "hlídka 1", "hlídka 2"]
    assert "apk" not in str([list(sheet.values) for sheet in book])
    other = command("sheet", folder, "--month", "2015-07", "--output", folder / "a.xlsx", "-q")
    assert other.exit_code == 0
    assert (folder / "a.xlsx").read_bytes() == path.read_bytes()


def test_what_cannot_be_understood_is_refused(folder: Path) -> None:
    assert failure("plan", folder, "--shift", "morning") == (
        "--shift: expected hours, x and assistants, such as 14-20x2@1-5, got 'morning'"
    )
    assert "days from first to last" in failure("plan", folder, "--shift", "8-9x2@5-1")
    assert "--school-hours" in failure("plan", folder, "--school-hours", "13-8")
    assert "the month 2016-01" in failure("sheet", folder, "--month", "2016-01")
    study = (folder / "study.toml").read_text("utf-8").replace("patrols = {", "# {")
    (folder / "study.toml").write_text(study, encoding="utf-8")
    result = command("sheet", folder)
    assert "the study has no patrols" in str(result.exception)


def test_a_study_without_patrols_is_planned_for_without_a_comparison(folder: Path) -> None:
    study = (folder / "study.toml").read_text("utf-8").replace("patrols = {", "# {")
    (folder / "study.toml").write_text(study, encoding="utf-8")
    done = command("plan", folder, "--shift", "8-12x2@1-1", "--quiet", "--output", folder / "p")
    assert done.exit_code == 0, done.output
    assert "podle plánu by to bylo" not in done.output
    assert (folder / "p" / "plan.html").is_file()


def test_a_shift_over_midnight_ends_the_next_day() -> None:
    shift = read_shift("noční=22:30-6x4@5-7")
    assert (shift.name, shift.start, shift.end) == ("noční", 22.5, 30)
    assert (shift.assistants, shift.weekdays) == (4, (4, 5, 6))


@pytest.mark.parametrize("name", ["plan", "sheet"])
def test_both_help_with_an_example(name: str) -> None:
    assert f"Example: apkgeo {name} study.toml" in command(name, "--help").output
