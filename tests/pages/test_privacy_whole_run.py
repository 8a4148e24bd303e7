"""Everything that a run gives out, attacked: all pages and all files of ``maps`` and ``results``.

Four attacks. What is hidden is changed, and not a byte of pages, tables, pictures and layers may
change with it. What the pages' tables tell in numbers is read back into counts, and may be no more
than the table of counts tells. And a reader who has the squares' classes, densities and hotspots,
the hours' classes, the shares and the counts of places, tries by linear programming to narrow down
what a hidden square may hold. Hours of patrols are looked at for the work of one unit, as their own
rule says (`apkgeo.patrols.totals`).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from apkgeo.evaluation import Finding
from apkgeo.evaluation.hotspots import SHIFTS, Hotspots
from apkgeo.pages.compared import comparison_sums, shown_comparison
from apkgeo.pages.content import Cells, SiteContent
from apkgeo.pages.maps import comparison_map
from apkgeo.pages.parts import heading, primary
from apkgeo.pages.privacy import PERIODS, enough_addresses, limit
from apkgeo.pages.shown import shown_findings
from apkgeo.pages.shown_grid import BLOCK, shown_grid
from apkgeo.pages.site import build_site
from apkgeo.pages.suppression import room
from apkgeo.run_files import write_run
from tests.pages.made import Told
from tests.pages.reading import Page
from tests.pages.studies import Built, Studies, for_audience

GIVEN_OUT = [
    pytest.param(("modelov", "council", 25)),
    pytest.param(("modelov", "council", 5), marks=pytest.mark.slow),
    pytest.param(("modelov", "public", 5), marks=pytest.mark.slow),
    pytest.param(("modelov", "public", 40), marks=pytest.mark.slow),
    pytest.param(("memphis", "public", 5), marks=pytest.mark.slow),
    pytest.param(("memphis", "council", 5), marks=pytest.mark.slow),
    pytest.param(("many", "public", 5), marks=pytest.mark.slow),
    pytest.param(("many", "council", 5), marks=pytest.mark.slow),
    pytest.param(("many", "council", 200), marks=pytest.mark.slow),
]
everything = pytest.mark.parametrize("given_out", GIVEN_OUT, indirect=True)


@pytest.fixture
def given_out(request: pytest.FixtureRequest, studies: Studies) -> Built:
    made = studies.built(*request.param)
    if made is None:
        pytest.skip("the files of this study are not beside the project (../shared/data)")
    return made


@pytest.fixture
def run(given_out: Built) -> Path:
    """The folder with all files of the run, written when it is first asked for."""
    folder = given_out.folder / "run"
    if not folder.exists():
        write_run(folder, given_out.content, given_out.pages, given_out.inputs.readings)
    return folder


def small_as(count: int, least: int) -> int:
    """Return another count below the limit."""
    return int((count + 1 + least // 2) % least)


def other_findings(content: SiteContent) -> SiteContent:
    """Return the results with other small counts, and other estimates where they are hidden."""
    evaluation = content.evaluation
    least = limit(content.study.privacy)
    wrong = Told(0.3137, 0.2137, 0.4137, 0.0137)
    changed = []
    for one, shown in zip(evaluation.findings, shown_findings(evaluation), strict=True):
        values: dict[str, Any] = {
            f"count_{period}": small_as(getattr(one, f"count_{period}"), least)
            for period in PERIODS
            if getattr(one, f"count_{period}") < least
        }
        if shown.hidden:
            values |= {"naive": wrong, "grade": "clear_fall", "displacement": None}
            values |= {
                name: wrong
                for name in ("relative", "expectation", "reported", "quotient")
                if isinstance(getattr(one, name), Told)
            }
        rings = one.rings.copy()
        for period in PERIODS:
            rings[period] = [n if n >= least else small_as(int(n), least) for n in rings[period]]
        numbers = [name for name in ("ratio", "low", "high") if name in rings]
        rings.loc[shown.rings["ratio"].isna().to_numpy(), numbers] = 7.137
        changed.append(replace(one, rings=rings, **values))
    return replace(content, evaluation=replace(evaluation, findings=tuple(changed)))


def other_cells(content: SiteContent) -> SiteContent:
    """Return the squares and hours with other values wherever theirs are hidden."""
    cells = content.cells
    assert cells is not None
    study, grid = content.study, shown_grid(cells, content.study)
    least = limit(study.privacy)
    frame = cells.frame.copy()
    for period, span in zip(PERIODS, (cells.before, cells.after), strict=True):
        # The largest count that is hidden: its rate is below the lowest class.
        top = math.ceil(grid.classes.edges[0] * span.days / 365 - 1e-9)
        hidden = (grid.frame[f"{period}_class"] < 0).to_numpy() & (frame[period] < top).to_numpy()
        frame.loc[hidden, period] = (frame.loc[hidden, period] + 1 + top // 2) % top
    found = None if cells.found is None else other_hotspots(cells.found, frame, content, least)
    return replace(content, cells=Cells(frame, cells.before, cells.after, found))


def other_hotspots(
    found: Hotspots, counts: gpd.GeoDataFrame, content: SiteContent, least: int
) -> Hotspots:
    assert content.cells is not None
    told = found.cells.copy()
    for period in PERIODS:
        told[period] = counts[period].to_numpy()
    unseen = ~enough_addresses(told["addresses"], content.study.privacy).to_numpy()
    for name in (*PERIODS, *SHIFTS):
        small = unseen | (told[f"around_{name}"] < least).to_numpy()
        told[f"hot_{name}"] = told[f"hot_{name}"].to_numpy() ^ small
        told.loc[small, f"around_{name}"] = (told.loc[small, f"around_{name}"] + 1) % least
        if name in PERIODS:
            few = unseen | (told[f"within_{name}"] < least).to_numpy()
            told.loc[few, f"density_{name}"] = told.loc[few, f"density_{name}"] * 3 + 17
    few = unseen | (told["around_steps"] < least).to_numpy()
    told.loc[few, "category"] = "new hot spot"
    fields = shown_grid(content.cells, content.study).found
    assert fields is not None
    profiles = {}
    for name in PERIODS:
        places = fields.fields[fields.fields["period"] == name]["place"].to_numpy().reshape(7, -1)
        values = found.profiles[name].to_numpy().reshape(7, -1, BLOCK)
        # Hours within a block may be exchanged; what is hidden as a whole may be nothing.
        values = np.where(places[..., None] >= 0, values[..., ::-1], 0.0).reshape(7, 24)
        profiles[name] = pd.DataFrame(values, found.profiles[name].index, range(24))
    return replace(found, cells=told, profiles=profiles)


def given(folder: Path) -> dict[str, bytes]:
    """Return the files that leave the office."""
    paths = (path for name in ("maps", "results") for path in (folder / name).rglob("*"))
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(paths) if p.is_file()}


@everything
def test_no_byte_that_leaves_the_office_depends_on_what_is_hidden(
    given_out: Built, run: Path, tmp_path: Path
) -> None:
    """Pages, SVG titles and shapes, JSON, CSV, pictures, GeoPackage: all of the run's files."""
    changed = other_findings(given_out.content)
    if changed.cells is not None:
        changed = other_cells(changed)
    write_run(tmp_path, changed, build_site(changed), given_out.inputs.readings)
    files, others = given(run), given(tmp_path)
    assert {"results/apkgeo.gpkg", "results/counts.csv", "maps/method.html"} <= set(files)
    assert files.keys() == others.keys()
    assert [name for name, data in files.items() if data != others[name]] == []
    # What stays in the office does tell the difference, where something hidden was changed.
    least = limit(given_out.content.study.privacy)
    small = any(
        min(one.count_before, one.count_after) < least for one in given_out.evaluation.findings
    )
    for name, was_hidden in (("evaluation.json", small), ("hotspots.csv", True)):
        if was_hidden and (run / "internal" / name).exists():
            inside = [(folder / "internal" / name).read_bytes() for folder in (run, tmp_path)]
            assert inside[0] != inside[1], name


def value(text: str, language: str) -> float | None:
    """Return a number as a table of the page writes it; None where there is none."""
    plain = re.sub(r"\s", "", text)
    plain = plain.replace(",", ".") if language == "cs" else plain.replace(",", "")
    return float(plain) if re.fullmatch(r"\d+(\.\d+)?", plain) else None


def told_counts(made: Built) -> dict[tuple[str, ...], int]:
    """Return what the table of counts tells, empty for what it hides."""
    return {
        (row["programme"], row["start"], row["outcome"], row["area"], row["period"]): int(
            row["count"]
        )
        for row in csv.DictReader(io.StringIO(made.results["counts.csv"]))
        if row["count"]
    }


@everything
def test_no_table_of_a_page_tells_a_count_that_the_table_of_counts_hides(given_out: Built) -> None:
    """Yearly rates with one decimal are turned back into the counts of places and rings."""
    language = given_out.content.study.language
    told = told_counts(given_out)
    findings = shown_findings(given_out.evaluation)
    mains = primary(findings)
    tables = Page(given_out.pages["localities.html"]).tables
    overview = next(iter(Page(given_out.pages["index.html"]).tables.values()))[1:]
    looked = 0
    for one in mains:
        deployment = one.deployment
        place = re.sub(r"\s+", " ", str(heading(one, mains, language)))
        mine = [other for other in findings if other.deployment == deployment and not other.primary]
        numbered: list[tuple[str, str, list[str]]] = []
        for caption, rows in tables.items():
            if not caption.startswith(f"{place}: "):
                continue
            if all(re.match(r"\d+–\d+ m$", row[0]) for row in rows[1:]):
                names = [
                    f"{deployment.locality}+{re.findall(r'[0-9]+', r[0])[1]}" for r in rows[1:]
                ]
                numbered += [(one.outcome, n, r) for n, r in zip(names, rows[1:], strict=True)]
            elif len(rows) == len(mine) + 1 and len(rows[0]) >= 5:
                pairs = zip(mine, rows[1:], strict=True)
                numbered += [(other.outcome, deployment.locality, r) for other, r in pairs]
        heads = {row[0] for row in overview}
        numbered += [
            (one.outcome, deployment.locality, row)
            for row in overview
            if row[0] == place or (row[0] == str(one.name) and place not in heads)
            if len([m for m in mains if m.name == one.name]) == 1
        ]
        for outcome, area, row in numbered:
            for column, period in ((1, "before"), (2, "after")):
                key = (deployment.programme, deployment.start.isoformat(), outcome, area, period)
                rate = value(row[column], language)
                days = getattr(one, period).days
                count = None if rate is None else rate * days / 365
                looked += 1
                if count is None:
                    assert key not in told, (place, key)
                else:
                    assert count == pytest.approx(told[key], abs=0.06 * days / 365), (place, key)
    assert looked >= 4


@everything
def test_the_totals_of_the_comparison_areas_tell_no_small_piece(given_out: Built) -> None:
    """Those of counts.csv together, and the means of the page on the method."""
    evaluation, language = given_out.evaluation, given_out.content.study.language
    least = limit(given_out.content.study.privacy)
    told = told_counts(given_out)
    read = []
    for one in comparison_sums(evaluation):
        outcome, number, period = one.key  # type: ignore[misc]
        deployment = evaluation.study.deployments[number]
        key = (deployment.programme, deployment.start.isoformat(), outcome, "", period)
        if key in told:
            assert told[key] == one.count
            read.append(one)
    assert all(high >= least for _low, high in room(read).values())
    for rows in Page(given_out.pages["method.html"]).tables.values():
        if len(rows[0]) != 5 or not rows[1:]:
            continue
        for row in rows[1:]:
            own, areas, mean, most = (value(cell, language) for cell in row[1:])
            if mean is None or areas is None:
                continue
            assert own is None or own >= least
            assert (mean + 0.05) * areas >= least
            if most is not None and areas > 1:
                assert most >= least
                assert (mean + 0.05) * areas - most >= least


@everything
def test_it_is_not_told_in_which_squares_of_the_comparison_there_was_an_incident(
    given_out: Built,
) -> None:
    """Squares are compared with where there was one: every other square had none."""
    content = given_out.content
    if content.study.comparison.kind != "cells":
        pytest.skip("this study is compared with areas that were not chosen by their incidents")
    areas = content.evaluation.areas
    squares = areas.index[areas["role"] == "comparison"]
    fewer = areas.drop(index=squares[::2])
    other = replace(content, evaluation=replace(content.evaluation, areas=fewer))
    assert shown_comparison(other).equals(shown_comparison(content))
    assert comparison_map(other) == comparison_map(content)
    inside = for_audience(content, "internal")
    assert len(shown_comparison(inside)) == len(squares)


@everything
def test_public_files_hold_no_outline_of_a_locality_without_a_programme(
    given_out: Built, run: Path
) -> None:
    layers = {str(name) for name, _kind in pyogrio.list_layers(run / "results" / "apkgeo.gpkg")}
    public = given_out.content.study.privacy.audience == "public"
    assert ("comparison_areas" in layers) != public


@everything
def test_the_report_on_the_data_tells_no_small_cell_of_a_table(given_out: Built, run: Path) -> None:
    """Rows that were not used are counted by reason: they are of a file, not of a place."""
    least = limit(given_out.content.study.privacy)
    report = json.loads((run / "results" / "data_quality.json").read_text(encoding="utf-8"))
    tables = {
        (source, name): table
        for source, told in report.items()
        for name, table in told.items()
        if isinstance(table, dict) and name != "rejected"
    }
    for where, table in tables.items():
        counts = [n for n in table.values() if isinstance(n, int)]
        assert all(n >= least for n in counts), where
        assert list(table.values()).count(None) != 1, where


@everything
def test_hours_on_foot_are_never_one_unit_s_alone_nor_is_what_they_leave(
    given_out: Built, run: Path
) -> None:
    """Of each sum told by place, and of each remainder of a period, two units gave a tenth."""
    told = given_out.content.patrols
    if told is None:
        pytest.skip("this study has no patrols")
    places = pd.read_csv(run / "results" / "patrols.csv", dtype={"month": str})
    minutes = told.dosage.minutes[told.dosage.minutes["where"] == "area"]
    frequency = (
        "Q" if "Q" in places["month"].iloc[0] else "M" if "-" in places["month"].iloc[0] else "Y"
    )
    periods = minutes["day"].dt.to_period(frequency).astype(str).str.replace("Q", "-Q")
    own = minutes.assign(month=periods)

    def several(part: pd.DataFrame) -> bool:
        share = part.groupby("unit")["minutes"].sum() / part["minutes"].sum()
        return bool((share >= 0.1).sum() >= 2)

    def of(row: Any, part: pd.DataFrame) -> pd.DataFrame:
        mine = part[part["month"] == row.month]
        if getattr(row, "shift", "day") != "day":
            mine = mine[mine["shift"] == row.shift]
        area = getattr(row, "area", "")
        return mine[mine["area"] == area] if isinstance(area, str) and area else mine

    shown = places[places["hours"].notna()]
    for row in shown.itertuples():
        assert several(of(row, own))
        assert of(row, own)["minutes"].sum() / 60 == pytest.approx(row.hours, abs=1e-3)
    file = run / "results" / "patrols_by_shift.csv"
    if file.exists():
        shifts = pd.read_csv(file, dtype={"month": str})
        # The shifts are summed over those places and periods that are shown, and over no other.
        for month, rows in shifts.groupby("month"):
            open_ones = shown[shown["month"] == month]
            base = pd.concat([of(row, own) for row in open_ones.itertuples()] or [own[:0]])
            seen = rows[rows["hours"].notna()]
            for row in seen.itertuples():
                part = base[base["shift"] == row.shift]
                assert several(part)
                assert part["minutes"].sum() / 60 == pytest.approx(row.hours, abs=1e-3)
            rest = base[~base["shift"].isin(seen["shift"])]
            assert rest.empty or several(rest)


def classes_of(labels: pd.Series, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the fewest and the most incidents that a class of yearly rates stands for."""
    low, high = np.zeros(len(labels)), np.full(len(labels), np.inf)
    for place, label in enumerate(labels):
        found = [float(n) for n in re.findall(r"\d+", re.sub(r"(?<=\d)[\s,](?=\d)", "", label))]
        if re.match(r"\d", label):
            low[place] = math.ceil(found[0] * days / 365 - 1e-9)
            high[place] = math.ceil(found[1] * days / 365 - 1e-9) - 1 if len(found) > 1 else np.inf
        elif found:
            high[place] = math.ceil(found[0] * days / 365 - 1e-9) - 1
    return low, high


def _shape(areas: gpd.GeoDataFrame, code: str, finding: Finding) -> BaseGeometry:
    """Return the outline of a place, or of a ring about it, as ``L5+300``."""
    place, _plus, outer = code.partition("+")
    if not outer:
        return areas.set_index("code").geometry[place]
    rings = areas[(areas["role"] == "ring") & (areas["locality"] == place)].geometry
    order = [f"{r:g}" for r in finding.rings["outer"]].index(outer)
    return sorted(rings, key=lambda shape: shape.envelope.area)[order]


class Reader:
    """What the squares may hold in one period, after all that a reader knows of them."""

    def __init__(self, made: Built, layers: Path, period: str) -> None:
        content, study = made.content, made.content.study
        assert content.cells is not None
        assert content.cells.found is not None
        self.found, self.period = content.cells.found, period
        self.span = getattr(self.found, period)
        self.cells = gpd.read_file(layers, layer="cells").set_index("code")
        truth = self.found.cells.set_index("code")
        self.cells = self.cells.loc[truth.index]
        self.truth = truth[period].to_numpy(dtype=float)
        self.low, self.high = classes_of(self.cells[period], self.span.days)
        self.count = len(self.cells)
        # Beside the squares' counts: the sum that divides hot squares from others.
        self.width = self.count + 1
        self.rows: list[tuple[dict[int, float], float]] = []
        self.least = limit(study.privacy)
        self._places(made, layers)
        if not (self.cells[period] == "").any():
            self._hotspots()
        self._densities()
        self._shares(made)

    def at_most(self, terms: dict[int, float], bound: float) -> None:
        """Note that a weighted sum of squares is no more than a bound; the truth obeys it."""
        known = {place: weight for place, weight in terms.items() if place < self.count}
        if len(known) == len(terms):
            assert sum(w * self.truth[place] for place, w in known.items()) <= bound + 1e-6
        self.rows.append((terms, bound))

    def _places(self, made: Built, layers: Path) -> None:
        """A place of 20 incidents: in the squares that it touches are 20 or more."""
        told, outcome = told_counts(made), made.content.study.primary_outcome
        areas = made.evaluation.areas.to_crs(self.cells.crs)
        whole = self.cells.union_all()
        for (programme, start, of, area, period), count in told.items():
            if of != outcome or not area:
                continue
            one = next(
                f
                for f in made.evaluation.findings
                if (f.deployment.programme, f.deployment.start.isoformat()) == (programme, start)
                and f.deployment.locality == area.split("+")[0]
            )
            span = getattr(one, period)
            shape = _shape(areas, area, one)
            touched = np.flatnonzero(self.cells.intersects(shape).to_numpy())
            inside = np.flatnonzero(self.cells.within(shape).to_numpy())
            within = self.span.start <= span.start and span.end <= self.span.end
            if within and shape.within(whole):
                self.at_most({int(n): -1.0 for n in touched}, -count)
            if span.start <= self.span.start and self.span.end <= span.end and len(inside):
                self.at_most({int(n): 1.0 for n in inside}, count)

    def _hotspots(self) -> None:
        """Of squares with equally many neighbours, the hot ones have more about them."""
        middles = np.c_[self.cells.centroid.x, self.cells.centroid.y]
        near = cKDTree(middles).query_ball_point(middles, self.found.distance)
        full = max(map(len, near))
        hot = self.cells[f"hot_{self.period}"].astype(bool).to_numpy()
        for place, around in enumerate(near):
            if hot[place]:
                self.at_most(dict.fromkeys(around, -1.0), -self.least)
            if len(around) == full:
                sign = -1.0 if hot[place] else 1.0
                self.at_most({**dict.fromkeys(around, sign), self.count: -sign}, 0.0)

    def _densities(self) -> None:
        """An incident adds to a density by its distance: the nearest and farthest are known."""
        reach, shapes = self.found.bandwidth, self.cells.geometry.array
        inner = self.cells.union_all().buffer(-2 * reach)
        peak = 3 / (math.pi * (reach / 1000) ** 2) * 365 / self.span.days
        labels = self.cells[f"density_{self.period}"]
        for place, label in enumerate(labels):
            middle = shapes[place].centroid
            if not re.match(r"\d", label) or not middle.within(inner):
                continue
            bounds = [float(n) for n in re.findall(r"\d+", re.sub(r"(?<=\d)\s(?=\d)", "", label))]
            nearest = shapes.distance(middle)
            farthest = np.array(
                [middle.hausdorff_distance(s) if d < reach else np.inf
                 for s, d in zip(shapes, nearest, strict=True)]
            )  # fmt: skip
            most = peak * np.clip(1 - (nearest / reach) ** 2, 0, None) ** 2
            fewest = peak * np.clip(1 - (farthest / reach) ** 2, 0, None) ** 2
            self.at_most({int(n): -most[n] for n in np.flatnonzero(most)}, -bounds[0])
            if len(bounds) > 1:
                self.at_most({int(n): fewest[n] for n in np.flatnonzero(fewest)}, bounds[1])

    def _shares(self, made: Built) -> None:
        """The worst part of the city holds a share of all: no as many squares hold more."""
        column = 1 + PERIODS.index(self.period)
        part = re.compile(r"(\d+)\s?%$")
        order = np.argsort(-self.high, kind="stable")
        sizes = self.cells.area.to_numpy()
        step = 0.05 if self.truth.sum() * 0.005 < self.least else 0.01
        for rows in Page(made.pages["hotspots.html"]).tables.values():
            for row in rows[1:]:
                if len(row) != 3 or not all(part.match(cell) for cell in row):
                    continue
                share, told = (float(part.findall(row[n])[0]) / 100 for n in (0, column))
                chosen = order[np.cumsum(sizes[order]) <= share * sizes.sum()]
                terms = dict.fromkeys(range(self.count), -(told + step / 2))
                for n in chosen:
                    terms[int(n)] += 1
                self.at_most(terms, 0.0)

    def may_be(self, place: int) -> tuple[float, float]:
        """Return the fewest and the most incidents that a square may hold."""
        matrix = lil_matrix((len(self.rows), self.width))
        for number, (terms, _bound) in enumerate(self.rows):
            for column, weight in terms.items():
                matrix[number, column] = weight
        limits = [bound for _terms, bound in self.rows]
        spans = [*zip(self.low, self.high, strict=True), (0, None)]
        found = []
        for sign in (1.0, -1.0):
            costs = np.zeros(self.width)
            costs[place] = sign
            best = linprog(costs, matrix.tocsr(), limits, bounds=spans, method="highs")
            assert best.status == 0
            found.append(sign * best.fun)
        return found[0], found[1]


@everything
@pytest.mark.parametrize("period", PERIODS)
def test_what_is_told_of_squares_and_places_narrows_no_hidden_square(
    given_out: Built, period: str, run: Path
) -> None:
    """A hidden square may hold nothing, or all that is hidden in a class, whatever else is told."""
    cells = given_out.content.cells
    if cells is None or cells.found is None:
        pytest.skip("this study has no hotspots")
    reader = Reader(given_out, run / "results" / "apkgeo.gpkg", period)
    hidden = np.flatnonzero(reader.low == 0)
    # Where places are, and elsewhere.
    treated = given_out.evaluation.areas
    close = treated[treated["role"].isin(["treated", "ring"])].to_crs(reader.cells.crs).union_all()
    near = [n for n in hidden if reader.cells.geometry.iloc[n].intersects(close)]
    rng = np.random.default_rng(1)
    chosen = {*rng.choice(near, min(len(near), 12), replace=False)} if near else set()
    chosen |= {*rng.choice(hidden, min(len(hidden), 8), replace=False)}
    for place in sorted(map(int, chosen)):
        low, high = reader.may_be(place)
        assert low <= 1e-6, (reader.cells.index[place], low)
        assert high >= min(reader.high[place], limit(given_out.content.study.privacy)) - 1e-6
