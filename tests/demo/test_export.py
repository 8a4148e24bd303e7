"""The municipal police's export is messy in known ways, and tells what happened."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from apkgeo.demo import write_modelov

HEADER = [
    "Číslo jednací", "Datum", "Čas", "Druh události", "Kvalifikace", "Ulice", "Číslo",
    "Souřadnice Y", "Souřadnice X", "Zdroj oznámení", "Způsob vyřízení",
]  # fmt: skip


def day(text: str) -> datetime:
    """Read a date in any of the forms that the export uses."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text)
    d, m, y = re.fullmatch(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})", text).groups()  # type: ignore[union-attr]
    return datetime.fromisoformat(f"{y}-{int(m):02}-{int(d):02}")


@pytest.fixture(scope="module")
def sheet(folder: Path) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(folder / "udalosti_2018.xlsx")
    assert len(book.sheetnames) == 1
    return list(book.active.iter_rows(values_only=True))


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    told: list[str] = []
    again = write_modelov(tmp_path / "new" / "folder", progress=told.append).parent
    assert len(told) == 4  # a sentence before each step
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(p.relative_to(again) for p in again.rglob("*") if p.is_file())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def test_another_seed_writes_another_history(folder: Path, tmp_path: Path) -> None:
    other = write_modelov(tmp_path, seed=7).parent
    for name in ("adresy.csv", "udalosti_2014-2017.csv", "hranice/lokality.geojson"):
        assert (folder / name).read_bytes() != (other / name).read_bytes(), name
    for name in ("hranice/okrsky.geojson", "hranice/mesto.geojson"):
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name


def test_the_csv_is_of_a_czech_office(folder: Path) -> None:
    content = (folder / "udalosti_2014-2017.csv").read_bytes()
    lines = content.decode("cp1250").split("\r\n")
    assert lines[0].split(";") == HEADER
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_the_workbook_has_a_title_above_its_header(sheet: list[tuple[Any, ...]]) -> None:
    assert str(sheet[0][0]).startswith("Městská policie Modelov")
    assert not any(sheet[1])
    assert list(sheet[2]) == HEADER
    rows = sheet[3:]
    assert all(isinstance(row[1], datetime) and row[1].year == 2018 for row in rows)
    assert {type(row[2]) for row in rows} == {time, str, type(None)}
    assert {type(row[7]) for row in rows} >= {float, str}


def test_the_workbook_does_not_tell_when_it_was_written(folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((folder / "udalosti_2018.xlsx").read_bytes())) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2019, 1, 7, 8, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_there_are_five_years_of_thirty_thousand_incidents(
    export: pd.DataFrame, sheet: list[tuple[Any, ...]], truth: dict[str, Any]
) -> None:
    told = truth["export"]
    assert 25_000 < told["incidents"] < 35_000
    assert len(export) == told["rows_csv"]
    assert len(sheet) - 3 == told["rows_xlsx"]
    numbers = [*export["Číslo jednací"], *(str(row[0]) for row in sheet[3:])]
    assert len(set(numbers)) == told["incidents"]
    assert len(numbers) - len(set(numbers)) == told["defects"]["duplicate"]
    assert {day(text).year for text in export["Datum"]} == {2014, 2015, 2016, 2017}


def test_a_row_written_twice_is_equal_in_every_column(export: pd.DataFrame) -> None:
    twice = export[export.duplicated("Číslo jednací", keep=False)]
    assert len(twice) > 100
    assert twice.drop_duplicates().groupby("Číslo jednací").size().eq(1).all()


def test_dates_and_times_come_in_all_the_forms_that_people_use(export: pd.DataFrame) -> None:
    for form in (r"\d\.\d\.\d{4}", r"\d\d\.\d\d\.\d{4}", r"\d\. \d\. \d{4}", r"\d{4}-\d\d-\d\d"):
        assert export["Datum"].str.fullmatch(form).sum() > 100, form
    for form in (r"\d:\d\d", r"0\d:\d\d", r"\d+\.\d\d", r"24:00", r""):
        assert export["Čas"].str.fullmatch(form).sum() > 20, form


def test_no_time_falls_into_the_hour_that_summer_time_skips(export: pd.DataFrame) -> None:
    times = export["Čas"].str.replace(".", ":").where(export["Čas"] != "24:00", "23:59")
    known = export[times != ""]
    texts = [
        f"{day(d):%Y-%m-%d} {t}" for d, t in zip(known["Datum"], times[times != ""], strict=True)
    ]
    moments = pd.Series(pd.to_datetime(texts, format="%Y-%m-%d %H:%M"))
    local = moments.dt.tz_localize("Europe/Prague", nonexistent="NaT", ambiguous=True)
    assert local.notna().all()


def test_the_act_changes_on_the_first_of_july_2017(export: pd.DataFrame) -> None:
    days = export["Datum"].map(day)
    old = export["Kvalifikace"].str.contains("200/1990")
    new = export["Kvalifikace"].str.contains("251/2016|65/2017")
    assert not new[days < "2017-07-01"].any()
    assert not old[days >= "2017-08-01"].any()
    july = days.between("2017-07-01", "2017-07-31")
    assert 0 < old[july].sum() < 0.1 * july.sum()  # habit
    for paragraph in ("§ 47/1c z.č. 200/1990 Sb.", "§ 5 odst. 1 písm. f) z.č. 251/2016 Sb."):
        assert (export["Kvalifikace"] == paragraph).any(), paragraph
    assert (export["Kvalifikace"] == "").mean() == pytest.approx(0.04, abs=0.01)


def test_kinds_of_offence_are_misspelt(export: pd.DataFrame) -> None:
    kinds = export["Druh události"].value_counts()
    assert kinds["rušení nočního klidu"] > 1_000
    assert 0 < kinds["rušení nočniho klidu"] < 0.1 * kinds["rušení nočního klidu"]
    assert len(kinds) > 60  # of twenty that are meant


def test_some_rows_have_no_coordinates_and_a_few_no_place_at_all(
    export: pd.DataFrame, truth: dict[str, Any]
) -> None:
    without = (export["Souřadnice Y"] == "") & (export["Souřadnice X"] == "")
    nowhere = without & (export["Ulice"] == "")
    assert without.mean() == pytest.approx(0.064, abs=0.006)
    assert 0 < nowhere.mean() < 0.01
    assert (export.loc[without & ~nowhere, "Číslo"] != "").all()


def test_wrong_coordinates_are_wrong_in_the_stated_ways(
    export: pd.DataFrame, truth: dict[str, Any]
) -> None:
    known = export[export["Souřadnice Y"] != ""]
    y, x = (known[f"Souřadnice {axis}"].str.replace(",", ".").astype(float) for axis in ("Y", "X"))
    good = y.between(780_000, 800_000) & x.between(1_070_000, 1_090_000)
    swapped = x.between(780_000, 800_000) & y.between(1_070_000, 1_090_000)
    signed = (y < 0) & (x < 0)
    null = (y == 0) & (x == 0)
    rest = ~(good | swapped | signed | null)
    share = {"swapped": swapped, "sign_lost": signed, "null_island": null, "far_outlier": rest}
    for name, rows in share.items():
        assert rows.sum() > 10, name
        assert rows.mean() == pytest.approx(truth["export"]["shares"][name], rel=0.5), name
    assert good.mean() > 0.98
    assert known["Souřadnice Y"].str.contains(",").mean() == pytest.approx(0.18, abs=0.02)


def test_the_same_house_is_written_in_several_ways(export: pd.DataFrame) -> None:
    for form in (r"\d+/\d+", r"\d+/\d+[a-c]", r"\d+", r"č\.ev\. \d+", r"č\.p\. \d+", r""):
        assert export["Číslo"].str.fullmatch(form).sum() > 20, form


def test_patrols_and_citizens_reports_can_be_told_apart(export: pd.DataFrame) -> None:
    words = set(export["Zdroj oznámení"])
    assert {
        "linka 156",
        "oznámení občana",
        "vlastní zjištění",
        "hlídka",
        "kamerový systém",
    } <= words


def test_points_counted_in_localities_are_the_true_ones_but_for_the_defects(
    folder: Path, export: pd.DataFrame, truth: dict[str, Any]
) -> None:
    """An independent count by geopandas: rows with sound coordinates, each case once."""
    once = export.drop_duplicates("Číslo jednací")
    y, x = (
        pd.to_numeric(once[f"Souřadnice {axis}"].str.replace(",", "."), errors="coerce")
        for axis in ("Y", "X")
    )
    sound = y.between(780_000, 800_000) & x.between(1_070_000, 1_090_000)
    points = gpd.GeoDataFrame(
        {"year": once["Datum"].map(day).map(lambda moment: moment.year)[sound]},
        geometry=gpd.points_from_xy(-y[sound], -x[sound]),
        crs=5514,
    )
    localities = gpd.read_file(folder / "hranice" / "lokality.geojson").to_crs(5514)
    inside = gpd.sjoin(points, localities[["code", "geometry"]], predicate="within")
    found = inside.groupby(["code", "year"]).size()
    for (code, year), count in found.items():
        true = sum(truth["counts"][code][str(year)].values())
        assert 0.82 * true <= count <= true, (code, year)
    total = sum(sum(truth["counts"][code][str(year)].values()) for code, year in found.index)
    assert found.sum() == pytest.approx(0.92 * total, rel=0.02)


def test_the_observed_counts_of_a_programme_are_those_of_its_locality(
    truth: dict[str, Any],
) -> None:
    """For the caretakers, who begin with a year, the periods are whole years."""
    caretakers = next(p for p in truth["programmes"] if p["programme"] == "caretakers")
    years = truth["counts"][caretakers["locality"]]
    primary = {
        year: sum(kinds[kind] for kind in truth["outcomes"]["primary"])
        for year, kinds in years.items()
    }
    assert caretakers["start"] == "2018-01-01"
    assert caretakers["observed"] == {
        "months_before": 24,
        "before": primary["2016"] + primary["2017"],
        "months_after": 12,
        "after": primary["2018"],
    }


def test_there_is_no_word_on_persons(export: pd.DataFrame) -> None:
    assert list(export.columns) == HEADER
    for column in ("Druh události", "Zdroj oznámení", "Způsob vyřízení"):
        assert export[column].str.strip().str.lower().nunique() < 80  # chosen words, no free text
