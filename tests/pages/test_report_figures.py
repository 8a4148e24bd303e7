"""Figures for reports hold what the audience may see, and the same bytes every time."""

from __future__ import annotations

import re

from apkgeo.evaluation import Evaluation
from apkgeo.pages.report_figures import report_figures
from tests.pages import made


def words(svg: bytes) -> str:
    """The texts of a picture."""
    return " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", svg.decode("utf-8")))


def test_each_figure_is_there_as_a_drawing_and_as_a_picture() -> None:
    figures = report_figures(made.evaluation("en"), "en")
    assert sorted(figures) == [
        "before_after.png",
        "before_after.svg",
        "change.png",
        "change.svg",
    ]
    assert all(figures[name].startswith(b"\x89PNG") for name in figures if name.endswith("png"))


def test_texts_are_texts_in_the_language_asked_for() -> None:
    told = words(report_figures(made.evaluation("cs"), "cs")["change.svg"])
    assert "odhad změny s\N{NO-BREAK SPACE}95% intervalem" in told
    assert "beze změny" in told
    english = words(report_figures(made.evaluation("en"), "en")["change.svg"])
    assert "no change" in english


def test_the_same_results_give_the_same_bytes() -> None:
    assert report_figures(made.evaluation(), "cs") == report_figures(made.evaluation(), "cs")


def test_a_place_with_a_hidden_count_is_not_drawn() -> None:
    def places(evaluation: Evaluation) -> set[str]:
        told = words(report_figures(evaluation, "cs")["before_after.svg"])
        return {one.name for one in evaluation.findings if one.name in told}

    everything = places(made.evaluation(audience="internal"))
    least = min(
        count
        for one in made.evaluation().findings
        if one.primary
        for count in (one.count_before, one.count_after)
    )
    limit = {"audience": "council", "min_count": least + 1}
    hidden = places(made.evaluation(privacy=limit))
    assert hidden < everything
