"""A curious reader takes everything that a run gives out and tries to work out small counts.

Read are the tables of counts and findings, the JSON beside them, the overview's table, and every
position in the maps. The truth is what the full evaluation holds; each count that can be read off
is an equation, and the room that all of them together leave each smallest piece is found by linear
programming. `tests.pages.test_privacy_whole_run` attacks the other pages and files.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from apkgeo.evaluation import Evaluation
from apkgeo.language import number, percent
from apkgeo.outputs import FOLDERS, INTERNAL
from apkgeo.pages.points import decoded
from apkgeo.pages.privacy import PERIODS, published_sums, ring_period
from apkgeo.pages.results import result_files
from apkgeo.pages.shown import shown_findings
from apkgeo.pages.site import build_site
from apkgeo.pages.suppression import Sum, room
from tests.pages.reading import Page
from tests.pages.studies import Built, Studies, for_audience

GIVEN_OUT = [
    pytest.param(("modelov", "council", 5)),
    pytest.param(("modelov", "public", 40), marks=pytest.mark.slow),
    pytest.param(("modelov", "council", 25), marks=pytest.mark.slow),
    pytest.param(("modelov", "public", 5), marks=pytest.mark.slow),
    pytest.param(("memphis", "public", 5), marks=pytest.mark.slow),
    pytest.param(("memphis", "council", 5), marks=pytest.mark.slow),
    pytest.param(("many", "public", 5), marks=pytest.mark.slow),
    pytest.param(("many", "council", 5), marks=pytest.mark.slow),
    pytest.param(("many", "public", 400), marks=pytest.mark.slow),
]


@pytest.fixture
def given_out(
    request: pytest.FixtureRequest,
    studies: Studies,
) -> Built:
    made = studies.built(*request.param)
    if made is None:
        pytest.skip("the files of this study are not beside the project (../shared/data)")
    return made


everywhere = pytest.mark.parametrize("given_out", GIVEN_OUT, indirect=True)


def read_counts(results: dict[str, str]) -> dict[tuple[str, ...], int]:
    """Return every count in the tables: (programme, start, outcome, area, period) -> count."""
    rows = csv.DictReader(io.StringIO(results["counts.csv"]))
    return {
        (row["programme"], row["start"], row["outcome"], row["area"], row["period"]): int(
            row["count"]
        )
        for row in rows
        if row["count"] and row["role"] != "comparison"
    }


def equations(evaluation: Evaluation, results: dict[str, str]) -> list[Sum]:
    """Return the sums whose count a reader has, as read, not as meant."""
    told = read_counts(results)
    found = []
    for one in published_sums(evaluation):
        deployment, outcome, name = one.key
        period = name.split(",")[0]
        ring = re.search(r"ring to (\S+) m", name)
        area = deployment.locality + (f"+{ring.group(1)}" if ring else "")
        key = (deployment.programme, deployment.start.isoformat(), outcome, area, period)
        if key in told:
            assert told[key] == one.count
            found.append(replace(one, count=told[key]))
    return found


@everywhere
def test_no_piece_is_known_to_be_small(given_out: Built) -> None:
    evaluation = given_out.evaluation
    least = evaluation.study.privacy.min_count
    shown = equations(evaluation, given_out.results)
    assert all(one.count >= least for one in shown)
    for piece, (_low, high) in room(shown).items():
        assert high >= least, piece


@everywhere
def test_a_hidden_result_leaves_no_number_on_any_page(given_out: Built) -> None:
    """Its rates, ratio and interval are looked for in every row that names its place."""
    evaluation = given_out.evaluation
    language = evaluation.study.language
    pairs = list(zip(evaluation.findings, shown_findings(evaluation), strict=True))
    index = Page(given_out.pages["index.html"])
    rows = [row for table in index.tables.values() for row in table]
    for finding, shown in pairs:
        if not (shown.hidden and finding.primary):
            continue
        secret = set()
        for period in PERIODS:
            if getattr(shown, f"count_{period}") is None:
                rate = getattr(finding, f"count_{period}") * 365 / getattr(finding, period).days
                secret.add(number(rate, language, digits=1))
        for estimate in (finding.naive, finding.relative, finding.expectation):
            if estimate is not None and math.isfinite(estimate.estimate):
                secret.add(percent(estimate.estimate - 1, language, signed=True))
        mine = [row for row in rows if row and row[0].startswith(shown.name.replace("\xa0", " "))]
        same = {row[0] for row in mine}
        if sum(other.name == finding.name and other.primary for other, _ in pairs) == 1:
            assert same
            assert not secret & {cell for row in mine for cell in row[1:]}


@everywhere
def test_the_json_beside_the_pages_holds_nothing_of_a_hidden_result(given_out: Built) -> None:
    told = json.loads(given_out.results["evaluation.json"])["findings"]
    least = given_out.evaluation.study.privacy.min_count
    for row in told:
        counts = [row[period]["count"] for period in PERIODS]
        assert all(count is None or count >= least for count in counts)
        if None in counts:
            assert row["grade"] is None
            assert row["p_value"] is None
            assert row["expected"] is None
            assert set(row["estimates"].values()) == {None}
            assert row["displacement_per_year"] is None
        for ring in row["rings"]:
            if None in (ring["before"], ring["after"]):
                assert {ring["ratio"], ring["low"], ring["high"], ring["relative"]} == {None}


def places_in(value: Any, unit: int, found: list[tuple[float, float]]) -> None:
    """Add every position in the description of a map."""
    if isinstance(value, dict):
        if isinstance(value.get("b"), str):
            scale = 10 ** value.get("digits", 5)
            found += [(lat / scale, lon / scale) for lat, lon in decoded(value["b"])]
        for one in value.values():
            places_in(one, unit, found)
    elif isinstance(value, list) and value and all(type(one) is int for one in value):
        steps = np.array(value[: len(value) // 2 * 2]).reshape(-1, 2).cumsum(axis=0) / unit
        found += [(float(lat), float(lon)) for lat, lon in steps]
    elif isinstance(value, list):
        for one in value:
            places_in(one, unit, found)


@everywhere
def test_no_incident_s_place_is_in_any_map(given_out: Built) -> None:
    """Five decimals of a degree are a metre: incidents are looked for at that distance."""
    points = given_out.inputs.incidents.to_crs(4326).geometry
    points = points[~points.is_empty & points.notna()]
    real = {(round(y, 5), round(x, 5)) for x, y in zip(points.x, points.y, strict=True)}
    for file, html in given_out.pages.items():
        drawn: list[tuple[float, float]] = []
        kinds = set()
        for name, told in Page(html).data.items():
            if name.endswith("-data") and "layers" in told:
                unit = 10 ** told["digits"]
                for shapes in (told["shapes"], told["layers"]):
                    places_in(shapes, unit, drawn)
                kinds |= {item["k"] for layer in told["layers"] for item in layer.get("items", [])}
        assert not kinds & {"dot", "points", "run", "heat", "cluster"}, file
        found = {(round(lat, 5), round(lon, 5)) for lat, lon in drawn} & real
        # Corners of streets and areas may coincide with a few of many thousand incidents.
        assert len(found) <= 0.002 * len(real) + 2, file


@everywhere
def test_no_unit_of_a_patrol_is_named(given_out: Built) -> None:
    patrols = given_out.inputs.frame("patrols")
    if patrols is None:
        pytest.skip("this study has no patrols")
    for html in given_out.pages.values():
        for unit in patrols["unit"].unique():
            assert not re.search(rf"\b{re.escape(str(unit))}\b", html)


@everywhere
def test_every_place_tells_the_same_count_of_the_same_thing(given_out: Built) -> None:
    """Pages and tables of one run are consistent: hidden in one, hidden in all."""
    shown = shown_findings(given_out.evaluation)
    told = pd.read_csv(io.StringIO(given_out.results["findings.csv"]))
    for period in PERIODS:
        pages = [getattr(one, f"count_{period}") for one in shown]
        tables = [None if pd.isna(n) else int(n) for n in told[f"count_{period}"]]
        assert pages == tables


@pytest.mark.slow
def test_whatever_the_limit_no_piece_is_known_to_be_small(studies: Studies) -> None:
    """A hundred thousand incidents, three outcomes that overlap, two programmes in one place."""
    made = studies.built("many", "council")
    assert made is not None
    hidden = set()
    for least in (10, 60, 150, 210, 300, 420):
        content = for_audience(made.content, "council", least)
        shown = equations(content.evaluation, result_files(content.evaluation))
        hidden.add(len(shown))
        assert all(high >= least for _low, high in room(shown).values())
    assert len(hidden) > 2


def test_an_internal_run_tells_everything(studies: Studies) -> None:
    """The attack finds what is there when nothing is hidden: it is not blind."""
    made = studies.built("modelov", "council")
    assert made is not None
    content = for_audience(made.content, "council", 25)
    open_ones = published_sums(content.evaluation)
    small = [high for _low, high in room(open_ones).values() if high < 25]
    assert small
    assert build_site(content).keys() == made.pages.keys()
    assert ring_period("before", 150) in {key for _d, _o, key in (one.key for one in open_ones)}


def test_the_folder_of_the_office_is_no_part_of_what_is_given_out() -> None:
    assert set(FOLDERS) == {"maps", "results", INTERNAL}
