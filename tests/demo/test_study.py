"""Modelov's study is one that apkgeo reads, and agrees with the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from apkgeo.study import Source, Study


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    return Study.from_toml(folder / "study.toml")


def test_the_study_asks_about_public_order_first(study: Study) -> None:
    assert study.language == "cs"
    assert list(study.outcomes) == ["veřejný pořádek", "majetek", "alkohol", "doprava"]
    assert study.outcomes[study.primary_outcome] == ("public_order", "civil_coexistence")
    assert study.negative_control == "doprava"


def test_every_file_that_the_study_names_is_there(study: Study) -> None:
    sources = study.sources
    named = [getattr(sources, name) for name in type(sources).model_fields if name != "context"]
    for source in [*named, *sources.context.values()]:
        assert isinstance(source, Source)
        assert source.files()
    assert len(sources.incidents.files()) == 2


def test_the_deployments_are_the_true_programmes(study: Study, truth: dict[str, Any]) -> None:
    asked = [(d.locality, d.start.isoformat(), d.programme, d.staff) for d in study.deployments]
    true = [(p["locality"], p["start"], p["programme"], p["staff"]) for p in truth["programmes"]]
    assert asked == true
    assert len({d.locality for d in study.deployments}) == 3
    assert len({d.start for d in study.deployments if d.programme == "assistants"}) == 2


def test_every_compared_period_lies_within_the_five_years(study: Study) -> None:
    for deployment in study.deployments:
        before, after = study.periods(deployment)
        assert before.start.year >= 2014
        assert after.end.isoformat() <= "2019-01-01"


def test_the_true_programmes_are_the_ones_of_the_design(truth: dict[str, Any]) -> None:
    true = {p["role"]: (p["ratio"], p["ratio_near"], p["detection"]) for p in truth["programmes"]}
    assert true == {
        "no_effect": (1.0, 1.0, 1.15),
        "effect": (0.7, 1.0, 1.15),
        "effect_and_displacement": (0.75, 1.25, 1.15),
        "second_programme": (0.9, 1.0, 1.0),
    }
