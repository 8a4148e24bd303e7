"""Figures of regressions and of many towns: texts are texts, in the language asked for."""

from __future__ import annotations

import re

import numpy as np
import pytest

from apkgeo.language import Language
from apkgeo.pages.figures_regressions import event_study_figure, forest_figure, series_figure
from apkgeo.statistics.event_study import event_study
from apkgeo.statistics.group_time import group_time_effects
from apkgeo.statistics.pooling import pool_estimates
from apkgeo.statistics.synthetic_control import synthetic_control
from apkgeo.statistics.time_series import interrupted_time_series
from tests.statistics import panels, test_group_time, test_synthetic_control, test_time_series


def words(svg: bytes) -> str:
    """The texts of a picture."""
    return " | ".join(re.findall(r"<text[^>]*>([^<]+)</text>", svg.decode("utf-8")))


def drawn(kind: str, language: Language) -> dict[str, bytes]:
    rng = np.random.default_rng(1)
    if kind == "event_study":
        panel = panels.drawn(rng, areas=30, treated=3, periods=8)
        return event_study_figure(event_study(panel, randomisations=99), language)
    if kind == "group_time":
        panel = test_group_time.made(rng, [3, 4])
        return event_study_figure(group_time_effects(panel, randomisations=99), language)
    if kind == "forest":
        pooled = pool_estimates([-0.3, -0.1, 0.2], [0.1, 0.2, 0.3], labels=["A", "B", "C"])
        return forest_figure(pooled, language)
    if kind == "synthetic":
        return series_figure(synthetic_control(test_synthetic_control.made(rng)), language)
    series = test_time_series.made(rng)
    return series_figure(interrupted_time_series(series, test_time_series.START), language)


@pytest.mark.parametrize(
    ("kind", "english", "czech"),
    [
        ("event_study", "against period −1, 95% interval", "proti období −1, 95% interval"),
        ("group_time", "starts at different times", "začátky v\N{NO-BREAK SPACE}různou dobu"),
        ("forest", "another such place", "další takové místo"),
        ("synthetic", "expected without the programme", "očekáváno bez programu"),
        ("series", "fitted", "model"),
    ],
)
def test_each_figure_is_a_drawing_and_a_picture_in_both_languages(kind, english, czech) -> None:
    for language, text in (("en", english), ("cs", czech)):
        figures = drawn(kind, language)
        svg = next(content for name, content in figures.items() if name.endswith("svg"))
        png = next(content for name, content in figures.items() if name.endswith("png"))
        assert text in words(svg)
        assert png.startswith(b"\x89PNG")


def test_the_same_results_give_the_same_bytes() -> None:
    assert drawn("forest", "cs") == drawn("forest", "cs")


def test_the_forest_names_every_place_with_its_weight_and_the_mean_with_its_interval() -> None:
    pooled = pool_estimates([-0.3, -0.1, 0.2], [0.1, 0.2, 0.3], labels=["A", "B", "C"])
    told = words(forest_figure(pooled, "en")["forest.svg"])
    assert all(f"| {name} |" in f"| {told} |" for name in "ABC")
    for weight in pooled.table["weight"]:
        assert f"{weight * 100:.1f}%" in told
    low, high = pooled.interval()
    assert f"{(high - 1) * 100:+.0f}%".replace("-", "−") in told
    assert f"{(low - 1) * 100:+.0f}%".replace("-", "−") in told


def test_an_effect_without_a_bound_stays_within_the_picture() -> None:
    panel = panels.drawn(np.random.default_rng(2), areas=40, treated=2)
    panel.loc[panel["treated"] & (panel["period"] == 4), "count"] = 0
    svg = event_study_figure(event_study(panel, randomisations=99), "en")["event_study.svg"]
    assert "no change" in words(svg)
    height = float(re.search(rb'viewBox="0 0 \S+ ([\d.]+)"', svg)[1])
    marks = re.findall(rb'<use xlink:href="#\w+" x="[\d.]+" y="(-?[\d.]+|nan|-?inf)"', svg)
    assert len(marks) >= 6
    assert all(0 <= float(place) <= height for place in marks)
