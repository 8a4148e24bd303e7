"""The design of an evaluation checks itself and names what is wrong."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import MissingFileError, StudyError
from apkgeo.study import Deployment, Period, Source, Study

PLACE: dict[str, Any] = {
    "name": "Plac",
    "sources": {"incidents": "incidents.csv", "localities": "localities.geojson"},
    "outcomes": {"disorder": ["public_order"], "traffic": "road_safety"},
    "deployments": [{"locality": "plac", "start": date(2014, 7, 14)}],
}


def study(**changes: Any) -> Study:
    return Study(**{**PLACE, **changes})


def test_a_period_is_half_open_and_counts_its_days() -> None:
    leap = Period(start=date(2016, 1, 1), end=date(2017, 1, 1))
    assert leap.days == 366
    assert not leap.overlaps(Period(start=date(2017, 1, 1), end=date(2017, 1, 2)))
    assert leap.overlaps(Period(start=date(2016, 12, 31), end=date(2017, 1, 2)))


def test_compared_periods_follow_from_the_months_and_the_wash_out() -> None:
    made = study(months_before=6, months_after=12, washout_days=14)
    before, after = made.periods(made.deployments[0])
    assert (before.start, before.end) == (date(2014, 1, 14), date(2014, 7, 14))
    assert (after.start, after.end) == (date(2014, 7, 28), date(2015, 7, 28))


def test_a_deployment_that_ends_cuts_the_period_after() -> None:
    made = study(
        deployments=[{"locality": "p", "start": date(2014, 7, 14), "end": date(2015, 1, 1)}]
    )
    assert made.periods(made.deployments[0])[1].end == date(2015, 1, 1)


def test_the_first_outcome_is_the_primary_one_and_a_single_code_may_stand_alone() -> None:
    assert study().primary_outcome == "disorder"
    assert study().outcomes["traffic"] == ("road_safety",)


def test_a_study_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        study().name = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, r"key colour: unknown; the known ones are name, sources"),
        ({"deployments": [{"locality": "plac"}]}, r"key deployments\[1\]\.start: missing"),
        ({"deployments": []}, r"key deployments: .*at least 1"),
        (
            {"deployments": [{"locality": "plac", "start": "14.7.2014"}]},
            r"deployments\[1\]\.start: expected a date written as 2014-07-14, got .14\.7\.2014",
        ),
        ({"ring_distances": [300, 150]}, r"ring_distances: .*increasing"),
        ({"ring_distances": [150, float("inf")]}, r"ring_distances: .*increasing"),
        ({"outcomes": {"disorder": []}}, r"outcomes\.disorder: .*at least 1"),
        ({"crs": "EPSG:4326"}, r"crs: .*in degrees"),
        ({"crs": "EPSG:nonsense"}, r"crs: .*expected a known system"),
        ({"time_zone": "Plzeň"}, r"time_zone: 'Plzeň' is no time zone"),
        ({"negative_control": "theft"}, r"'theft' is none of the outcomes disorder, traffic"),
        ({"negative_control": "disorder"}, r"must not be the first"),
        ({"privacy": {"min_count": 0}}, r"privacy\.min_count"),
        ({"privacy": {"audience": "press"}}, r"privacy\.audience.*'press'"),
        (
            {"sources": {"incidents": {"path": "a.csv", "colums": {}}, "localities": "b"}},
            r"sources\.incidents\.colums: unknown; the known ones are path, columns",
        ),
        ({"sources": {"incidents": "a.csv"}}, r"sources\.localities: missing"),
        (
            {
                "deployments": [
                    {"locality": "plac", "start": date(2014, 7, 14)},
                    {"locality": "plac", "start": date(2016, 1, 1)},
                ]
            },
            r"deployments of 'assistants' in 'plac' overlap: from 2014-07-14 to now",
        ),
        (
            {
                "deployments": [
                    {
                        "locality": "plac",
                        "start": date(2014, 7, 14),
                        "before": {"start": date(2013, 7, 14), "end": date(2014, 8, 1)},
                    }
                ]
            },
            r"deployments\[1\]: the period before ends on 2014-08-01, after the start",
        ),
        (
            {
                "deployments": [
                    {"locality": "p", "start": date(2014, 7, 14), "end": date(2014, 8, 1)}
                ],
                "washout_days": 30,
            },
            r"ends on 2014-08-01, before its wash-out of 30 days is over",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_by_its_key(
    changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(StudyError, match=message) as caught:
        study(**changes)
    assert "\n" not in str(caught.value)


def test_two_programmes_may_overlap_in_one_place() -> None:
    made = study(
        deployments=[
            {"locality": "plac", "start": date(2014, 7, 14)},
            {"locality": "plac", "start": date(2016, 1, 1), "programme": "caretakers"},
        ]
    )
    assert len(made.deployments) == 2


def test_deployments_and_periods_may_be_given_as_objects() -> None:
    place = Deployment(
        locality="plac",
        start=date(2014, 7, 14),
        after=Period(start=date(2015, 1, 1), end=date(2015, 7, 1)),
    )
    assert study(deployments=[place]).periods(place)[1].days == 181


TOML = """
name = "Plac"
[sources]
incidents = "data/incidents.csv"
localities = { path = "localities.geojson", columns = { code = "KOD" } }
[sources.context]
water = "water.geojson"
[outcomes]
disorder = ["public_order"]
[[deployments]]
locality = "plac"
start = 2014-07-14
"""


def test_paths_in_a_file_start_from_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(TOML, encoding="utf-8")
    made = Study.from_toml(file)
    assert made.sources.incidents.path == (tmp_path / "data/incidents.csv",)
    assert made.sources.localities.path == (tmp_path / "localities.geojson",)
    assert made.sources.localities.columns == {"code": "KOD"}
    assert made.sources.context["water"].path == (tmp_path / "water.geojson",)
    assert made.folder == tmp_path


def test_a_file_saved_by_windows_notepad_is_read(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(TOML, encoding="utf-8-sig")
    assert Study.from_toml(file).name == "Plac"


def test_errors_of_a_file_name_the_file_and_the_key(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text(TOML.replace("start =", "begin ="), encoding="utf-8")
    with pytest.raises(StudyError, match=r"study\.toml, key deployments\[1\]\.begin: unknown"):
        Study.from_toml(file)
    file.write_text("name = \n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"study\.toml is not TOML: .*line 1"):
        Study.from_toml(file)
    file.write_bytes(TOML.replace("Plac", "Plac žluťoučký").encode("cp1250"))
    with pytest.raises(StudyError, match=r"line 2: expected text in UTF-8.*save the file as UTF-8"):
        Study.from_toml(file)
    with pytest.raises(MissingFileError, match=r"no study .*apkgeo init"):
        Study.from_toml(tmp_path / "none.toml")


def test_a_pattern_stands_for_its_files_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b.gpx", "a.gpx", "c.csv"):
        (tmp_path / name).touch()
    assert [f.name for f in Source(path=str(tmp_path / "*.gpx")).files()] == ["a.gpx", "b.gpx"]
    with pytest.raises(MissingFileError, match=r"no file .*none\.gpx.*\[sources\]"):
        Source(path=str(tmp_path / "none.gpx")).files()


def test_brackets_in_a_folder_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "data [2019]"
    folder.mkdir()
    (folder / "a.csv").touch()
    source = Source(path=[str(folder / "a.csv"), str(tmp_path / "data*" / "*.csv")])
    assert source.files() == (folder / "a.csv",)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 60), st.integers(0, 400))
def test_the_compared_periods_never_overlap(start: date, months: int, washout: int) -> None:
    made = study(
        deployments=[{"locality": "p", "start": start}],
        months_before=months,
        months_after=months,
        washout_days=washout,
    )
    before, after = made.periods(made.deployments[0])
    assert before.end <= after.start
    assert (after.start - start).days == washout


def test_the_table_of_offences_starts_from_the_studys_folder(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(
        'name = "Plac"\n[sources]\nlocalities = "l.geojson"\n'
        'incidents = { path = "i.csv", offences = "druhy.csv" }\n[outcomes]\nall = "*"\n'
        '[[deployments]]\nlocality = "plac"\nstart = 2015-01-01\n',
        encoding="utf-8",
    )
    assert Study.from_toml(tmp_path / "study.toml").sources.incidents.offences == (
        tmp_path / "druhy.csv"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("months_before = 99999999", "the study: year -8331319 is out of range"),
        ("washout_days = 9999999", "the periods around 2014-07-14 reach beyond the calendar"),
        (f"seed = {'9' * 5000}", "is not TOML: Exceeds the limit"),
    ],
)
def test_numbers_beyond_all_measure_are_told(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(
        f"""name = "a"
{line}
outcomes = {{ a = ["*"] }}
sources = {{ incidents = "a.csv", localities = "b.geojson" }}
deployments = [{{ locality = "plac", start = 2014-07-14 }}]
"""
    )
    with pytest.raises(StudyError, match=message):
        Study.from_toml(path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"basemap": "http://tiles.example/{z}/{x}/{y}.png", "attribution": "x"}, "https"),
        ({"basemap": "https://tiles.example/map.png", "attribution": "x"}, "{z}"),
        (
            {"basemap": "https://tile.openstreetmap.org/{z}/{x}/{y}.png", "attribution": "© OSM"},
            "refuses pages that are opened from a file",
        ),
        ({"basemap": "https://tiles.example/{z}/{x}/{y}.png"}, "attribution"),
    ],
)
def test_an_online_map_that_cannot_be_shown_is_refused(options: dict[str, str], words: str) -> None:
    with pytest.raises(StudyError, match=re.escape(words)):
        study(map=options)


def test_no_server_is_asked_unless_the_study_names_one() -> None:
    assert study().map.host == ""
    asked = study(map={"basemap": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "© T"})
    assert asked.map.host == "tiles.example"
