"""One judgement for a column pair. The point is náměstí Republiky 1/1 in Plzeň, as the register
has it (Y 822380.44, X 1069630.42), which is 13.37771 E 49.74812 N."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from apkgeo.crs import as_crs
from apkgeo.errors import CRSError
from apkgeo.sources.accounting import Sieve
from apkgeo.sources.coordinates import (
    NULL_ISLAND,
    OUTLIER,
    Placed,
    judge_coordinates,
    reject_misplaced,
)
from apkgeo.sources.numbers import read_numbers, read_pairs

Y, X = 822380.44, 1069630.42


def judge(first: list[float], second: list[float], **options: object) -> Placed:
    return judge_coordinates(np.array(first, float), np.array(second, float), **options)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (-Y, -X, "EPSG:5514."),
        (X, Y, "order swapped, signs added"),
        (Y, X, "signs added"),
        (-X, -Y, "order swapped."),
    ],
)
def test_s_jtsk_is_read_in_any_order_and_sign(first: float, second: float, told: str) -> None:
    placed = judge([first] * 3, [second] * 3)
    assert placed.crs.to_epsg() == 5514
    assert placed.x[0] == -Y
    assert placed.y[0] == -X
    assert told in placed.notes[0]


@pytest.mark.parametrize("pair", [(13.37771, 49.74812), (49.74812, 13.37771)])
def test_degrees_are_read_in_either_order(pair: tuple[float, float]) -> None:
    placed = judge([pair[0]] * 2, [pair[1]] * 2)
    assert placed.crs.to_epsg() == 4326
    assert (placed.x[0], placed.y[0]) == (13.37771, 49.74812)


def test_single_points_written_otherwise_are_turned_to_the_rest_and_counted() -> None:
    placed = judge([-Y, -Y, -Y, X, 13.37771], [-X, -X, -X, Y, 49.74812])
    assert placed.x == pytest.approx(np.full(5, -Y), abs=2)
    assert placed.y == pytest.approx(np.full(5, -X), abs=2)
    assert placed.notes[1].values == {"count": 2}


def test_a_swapped_point_outside_czechia_is_turned_to_the_rest() -> None:
    placed = judge([-90.0] * 5 + [35.1], [35.1] * 5 + [-90.0])
    assert (placed.x[5], placed.y[5]) == (-90.0, 35.1)


def test_southing_and_westing_that_the_user_names_are_turned_to_east_and_north() -> None:
    placed = judge([X], [Y], crs=as_crs("EPSG:5513"))
    assert (placed.x[0], placed.y[0], placed.crs.to_epsg()) == (-Y, -X, 5514)


@pytest.mark.parametrize("crs", ["ESRI:102067", "EPSG:5514"])
@pytest.mark.parametrize("pair", [(-Y, -X), (Y, X), (X, Y), (-X, -Y)])
def test_krovak_by_any_of_its_codes_is_the_same_place(crs: str, pair: tuple[float, float]) -> None:
    placed = judge([pair[0]], [pair[1]], crs=as_crs(crs))
    assert (placed.x[0], placed.y[0]) == (-Y, -X)


def test_points_as_text_with_the_latitude_first_are_turned() -> None:
    # As one city's open data have it; the point is in Hradec Králové, not in the Gulf of Aden.
    first, second = read_pairs(pd.Series(["POINT(50.2013 15.7779)"] * 2))
    placed = judge_coordinates(first.values, second.values)
    assert (placed.x[0], placed.y[0]) == (15.7779, 50.2013)
    assert "order swapped" in placed.notes[0]


def test_a_named_crs_wins_over_judgement() -> None:
    placed = judge([350353.4], [578924.3], crs=as_crs("EPSG:26971"))
    assert placed.crs.to_epsg() == 26971
    assert placed.x[0] == 350353.4


def test_unknown_metres_ask_for_the_crs() -> None:
    with pytest.raises(CRSError, match=r"cannot be told: got e\.g\. 350353, 578924; name it"):
        judge([350353.0], [578924.0])


def test_numbers_that_the_named_crs_cannot_have_are_refused() -> None:
    with pytest.raises(CRSError, match="expected values of EPSG:5514"):
        judge([13.4], [49.7], crs=as_crs("EPSG:5514"))


def test_null_island_and_a_far_point_are_rejected_with_their_reason() -> None:
    x = np.array([13.37] * 6 + [0.0, 19.0])
    y = np.array([49.74] * 6 + [0.0, 49.0])
    sieve = Sieve(pd.RangeIndex(1, 9))
    reject_misplaced(judge(list(x), list(y)), sieve, "x, y", None)
    assert sieve.table()[["row", "reason"]].values.tolist() == [[7, NULL_ISLAND], [8, OUTLIER]]


def test_two_towns_are_not_outliers_of_each_other() -> None:
    # 45 km apart, a third of the points in the second.
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.normal(-822_000, 500, 200), rng.normal(-777_000, 500, 100)])
    sieve = Sieve(pd.RangeIndex(1, 301))
    reject_misplaced(Placed(x, np.full(300, -1_070_000.0), as_crs(5514), ()), sieve, "", None)
    assert sieve.good.all()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("822380,44", 822380.44),
        ("822 380,44", 822380.44),
        ("822 380.44", 822380.44),
        ("822,380.44", 822380.44),
        ("-822380.44", -822380.44),
        ("49.74812N", 49.74812),
        ("89.5° W", -89.5),
        ("49°44'53.2\"N", 49 + 44 / 60 + 53.2 / 3600),
    ],
)
def test_a_written_number_is_read(written: str, meant: float) -> None:
    assert read_numbers(pd.Series([written])).values[0] == pytest.approx(meant)


def test_words_mean_no_coordinate_and_broken_digits_an_unreadable_one() -> None:
    numbers = read_numbers(pd.Series(["nezjištěno", "12..5", "", "1e999"]))
    assert numbers.unreadable.tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    "written",
    [
        "POINT(50.2013 15.7779)",
        "50.2013, 15.7779",
        "50,2013; 15,7779",
        "50,2013 15,7779",
        "50,2013, 15,7779",
        "50.2013N, 15.7779E",
        "N 50.2013 E 15.7779",
        "(50.2013, 15.7779)",
    ],
)
def test_two_numbers_in_one_column_are_read(written: str) -> None:
    first, second = read_pairs(pd.Series([written]))
    assert (first.values[0], second.values[0]) == (50.2013, 15.7779)
