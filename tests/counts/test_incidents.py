"""Counting in pieces gives what counting at once gives, and every row is accounted for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from apkgeo.counts.incidents import IncidentCounts, count_incidents
from apkgeo.counts.pieces import pieces
from apkgeo.errors import CRSError, InputError, MissingFileError
from apkgeo.places.locate import locate
from apkgeo.sources.incidents import read_incidents

KINDS = ["public_order", "theft", "noise"]

# Four fields of a kilometre near Plzeň, the last one only from 2014 on.
AREAS = gpd.GeoDataFrame(
    {
        "code": ["10", "9", "B", "A"],
        "valid_from": pd.to_datetime([None, None, None, "2014-01-01"]),
        "valid_to": pd.to_datetime([None, None, None, None]),
    },
    geometry=[
        box(-822_000 + 1000 * column, -1_070_000, -821_000 + 1000 * column, -1_069_000)
        for column in range(4)
    ],
    crs=5514,
)


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Tidy incidents in and around the areas, over two years."""
    rng = np.random.default_rng(seed)
    moments = pd.Timestamp("2013-01-01") + pd.to_timedelta(
        rng.integers(0, 730 * 1440, rows), unit="min"
    )
    return pd.DataFrame(
        {
            "incident_id": [f"{seed}-{number}" for number in range(rows)],
            "occurred": moments.as_unit("us"),
            "offence": rng.choice(KINDS, rows),
            "x": rng.uniform(-822_500, -817_500, rows).round(2),
            "y": rng.uniform(-1_070_200, -1_068_800, rows).round(2),
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five files of Parquet, the first of several row groups."""
    made = tmp_path_factory.mktemp("parquet")
    for number in range(5):
        rows = table(3000 if number == 0 else 500, seed=number)
        rows.to_parquet(made / f"part{number}.parquet", row_group_size=700)
    return made


def by_hand(path: str) -> dict[tuple[object, str, str], int]:
    """The same counts from one frame of everything, by pandas."""
    frame = read_incidents(path).frame
    area = locate(frame.to_crs(5514), AREAS, on="occurred").fillna("outside")
    month = frame["occurred"].dt.strftime("%Y-%m")
    return frame.groupby([area, month, frame["offence"]]).size().to_dict()


def as_dict(counts: IncidentCounts) -> dict[tuple[object, str, str], int]:
    frame = counts.frame.assign(area=counts.frame["area"].fillna("outside"))
    return frame.set_index(["area", "period", "offence"])["count"].to_dict()


def test_counts_in_pieces_equal_counts_at_once(folder: Path) -> None:
    files = f"{folder}/*.parquet"
    assert len(pieces(sorted(folder.glob("*.parquet")), rows=700)) == 9
    counts = count_incidents(files, AREAS, rows_at_once=700)
    assert as_dict(counts) == by_hand(files)
    assert counts.rows == 5000
    assert counts.counted + counts.outside == 5000


def test_two_processes_give_the_table_of_one(folder: Path) -> None:
    files = f"{folder}/*.parquet"
    one = count_incidents(files, AREAS, rows_at_once=700)
    two = count_incidents(files, AREAS, rows_at_once=700, workers=2)
    pd.testing.assert_frame_equal(one.frame, two.frame)


def test_areas_come_in_their_order_and_those_outside_last(folder: Path) -> None:
    areas = count_incidents(f"{folder}/*.parquet", AREAS, period="all").frame["area"]
    assert areas.drop_duplicates().fillna("outside").tolist() == ["10", "9", "A", "B", "outside"]


def test_an_area_counts_only_while_it_is_valid(folder: Path) -> None:
    years = count_incidents(f"{folder}/*.parquet", AREAS, period="year", by=None).frame
    assert years.loc[years["area"] == "A", "period"].tolist() == ["2014"]


def test_every_row_of_a_messy_table_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(
        "Datum;X;Y;Typ;Místo\n"
        "1.7.2013 9:25;-821500;-1069500;§ 47;\n"
        "1.7.2013 9:26;;;§ 47;Korandova 4\n"
        "nevím;-821500;-1069500;§ 47;\n"
        ";;;;\n",
        encoding="cp1250",
    )
    (tmp_path / "two.csv").write_text(
        "date,lon,lat,type\n2013-08-01 10:00,13.3,49.7,§ 47\n", encoding="utf-8"
    )
    counts = count_incidents([tmp_path / "one.csv", tmp_path / "two.csv"], AREAS)
    assert as_dict(counts) == {
        ("10", "2013-07", "public_order"): 1,
        ("outside", "2013-08", "public_order"): 1,
    }
    assert (counts.rows, counts.without_place, sum(counts.rejected.values())) == (5, 1, 2)
    assert counts.summary("cs") == (
        "Řádků celkem 5: 1 v oblastech, 1 mimo všechny oblasti, 1 bez bodu, 2 odmítnutých."
    )
    many = replace(counts, without_place=27627)
    assert many.summary("cs").startswith("Řádků celkem 27\N{NO-BREAK SPACE}631: 1 ")


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("all", ""),
        ("year", "2012"),
        ("quarter", "2012-Q4"),
        ("month", "2012-12"),
        ("week", "2013-W01"),  # the Monday of the week of 3 January 2013 (ISO 8601)
        ("day", "2012-12-31"),
    ],
)
def test_periods_are_those_of_the_local_calendar(tmp_path: Path, period: str, name: str) -> None:
    late = "date,x,y\n2012-12-31T22:30:00Z,-821500,-1069500\n"  # 23:30 in Prague
    path = tmp_path / "late.csv"
    path.write_text(late, encoding="utf-8")
    counts = count_incidents(path, AREAS, period=period, by=None)  # type: ignore[arg-type]
    assert counts.frame["period"].tolist() == [name]


def test_what_was_assumed_is_told_once_with_its_numbers_added(folder: Path) -> None:
    notes = [str(note) for note in count_incidents(f"{folder}/*.parquet", AREAS).notes]
    assert len(notes) == len(set(notes))
    assert sum("EPSG:5514" in note for note in notes) == 1


def test_progress_is_told_after_each_piece(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    count_incidents(f"{folder}/*.parquet", AREAS, progress=lambda *done: told.append(done))
    assert len(told) == 5
    assert told[-1][0] == told[-1][1]


def test_misuse_is_told_in_one_line(folder: Path, tmp_path: Path) -> None:
    files = f"{folder}/*.parquet"
    with pytest.raises(InputError, match=r"period 'decade': expected all or year or quarter"):
        count_incidents(files, AREAS, period="decade")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"by='kind': expected a column of the incidents"):
        count_incidents(files, AREAS, by="kind")
    with pytest.raises(InputError, match=r"workers: expected at least 1, got 0"):
        count_incidents(files, AREAS, workers=0)
    with pytest.raises(InputError, match=r"a scheduler: expected engine dask"):
        count_incidents(files, AREAS, scheduler="tcp://localhost:1")
    with pytest.raises(MissingFileError, match="no file"):
        count_incidents(tmp_path / "*.parquet", AREAS)
    with pytest.raises(CRSError, match="has no CRS"):
        count_incidents(files, AREAS.set_crs(None, allow_override=True))
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InputError, match=r"broken.parquet is not a readable Parquet file"):
        count_incidents(broken, AREAS)


def test_a_folder_stands_for_the_tables_in_it_and_below(folder: Path, tmp_path: Path) -> None:
    whole = tmp_path / "incidents.parquet"
    for number, path in enumerate(sorted(folder.glob("*.parquet"))):
        year = whole / f"year={2013 + number}"
        year.mkdir(parents=True)
        (year / "part.0.parquet").write_bytes(path.read_bytes())
    (whole / "_metadata.parquet").write_bytes(b"of its keeper")
    (whole / ".counts.csv").write_text("a;b", encoding="utf-8")

    counts = count_incidents(whole, AREAS)

    pd.testing.assert_frame_equal(counts.frame, count_incidents(f"{folder}/*.parquet", AREAS).frame)


def test_a_column_in_the_names_of_folders_would_be_lost(tmp_path: Path) -> None:
    kind = tmp_path / "incidents" / "offence=theft"
    kind.mkdir(parents=True)
    table(10).drop(columns="offence").to_parquet(kind / "part.0.parquet")
    with pytest.raises(InputError, match=r"'offence' is kept in the names.*without a partition"):
        count_incidents(tmp_path / "incidents", AREAS)
    with pytest.raises(InputError, match=r"none holds no file that ends in \.parquet or \.csv"):
        (tmp_path / "none").mkdir()
        count_incidents(tmp_path / "none", AREAS)


def test_threads_are_those_of_dask(folder: Path) -> None:
    with pytest.raises(InputError, match="threads: expected engine dask"):
        count_incidents(f"{folder}/*.parquet", AREAS, threads=2)
    with pytest.raises(InputError, match="threads: expected at least 1, got 0"):
        count_incidents(f"{folder}/*.parquet", AREAS, threads=0)
