"""Figures of an evaluation as files: what is there, what is hidden, in both languages."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from apkgeo.evaluation import Evaluation, evaluate_areas
from apkgeo.pages.evaluation_figures import evaluation_figures
from apkgeo.study import Privacy
from tests import town


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    points = town.incidents(np.random.default_rng(1), mean=120, ratios={0: 0.4})
    days = pd.DatetimeIndex(["2015-06-01"] * 40 + ["2016-06-01"] * 35)
    north = np.full(75, town.SOUTH + 100.0)
    around = [town.frame(np.full(75, town.WEST - away), north, days) for away in (60.0, 200.0)]
    return evaluate_areas(town.study(), pd.concat([points, *around]), town.areas())


def words(svg: bytes) -> list[str]:
    """Return the texts of a picture."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()).replace("\N{NO-BREAK SPACE}", " ") for text in texts]


def test_each_figure_is_there_as_svg_and_png(evaluation: Evaluation) -> None:
    files = evaluation_figures(evaluation, "en", sources=["City police"])
    stems = {"rings", "recording", "event_study_1"}
    assert set(files) == {f"{stem}.{form}" for stem in stems for form in ("svg", "png")}
    assert all(files[name].startswith(b"\x89PNG") for name in files if name.endswith("png"))
    assert "0 to 150 m around" in words(files["rings.svg"])
    assert "together" in words(files["rings.svg"])
    assert "Source: City police" in words(files["recording.svg"])


def test_what_would_explain_a_fall_is_written_beside_it(evaluation: Evaluation) -> None:
    bound = evaluation.findings[0].tipping_point.bound
    svg = evaluation_figures(evaluation, "en")["recording.svg"]
    assert f"in doubt if recording changed {bound:.2f}×" in words(svg)


def test_czech_figures_have_no_english_word(evaluation: Evaluation) -> None:
    files = evaluation_figures(evaluation, "cs")
    assert "dohromady" in words(files["rings.svg"])
    assert "together" not in words(files["rings.svg"])
    assert "všechny záznamy" in words(files["recording.svg"])


def test_rings_with_a_small_count_are_not_drawn_nor_the_sum(evaluation: Evaluation) -> None:
    finding = evaluation.findings[0]
    small = finding.rings.assign(before=[40, 2])
    hidden = replace(evaluation, findings=(replace(finding, rings=small),))
    told = words(evaluation_figures(hidden, "en")["rings.svg"])
    assert "150 to 300 m around" not in told
    assert "together" not in told


def test_half_years_with_a_small_count_are_not_drawn(evaluation: Evaluation) -> None:
    finding = evaluation.findings[0]
    few = replace(finding, beside=replace(finding.beside, lowest=4))
    assert "event_study_1.svg" not in evaluation_figures(replace(evaluation, findings=(few,)), "en")
    inside = evaluation.study.model_copy(update={"privacy": Privacy(audience="internal")})
    shown = replace(evaluation, findings=(few,), study=inside)
    assert "event_study_1.svg" in evaluation_figures(shown, "en")
