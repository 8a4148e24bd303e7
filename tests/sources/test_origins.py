"""Who reported: the words of hand-made exports, whole and shortened."""

from __future__ import annotations

import pandas as pd
import pytest

from apkgeo.language import Note
from apkgeo.sources.columns import INCIDENTS, recognise
from apkgeo.sources.origins import origin_of, read_origins


@pytest.mark.parametrize(
    "text",
    [
        *("vlastní zjištění", "Vlastní zjištění hlídky", "vl. zjištění", "vl.zjištění", "vl. zj."),
        *("VL. ZJIŠTĚNÍ", "vlast. zjištění", "vlast. zj.", "v. zjišt.", "vl.\N{NO-BREAK SPACE}zj"),
        *("VZ", "vlastni zjisteni", "zjištěno hlídkou", "strážníci", "hlídka MP", "asistent"),
    ],
)
def test_what_officers_find_themselves_is_of_a_patrol(text: str) -> None:
    assert origin_of(text) == "patrol"


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("hlídka PČR", "other"),
        ("kamera – vlastní zjištění operátora", "other"),
        ("oznámení občana", "citizen"),
        ("výzva zjištěna jinak", "other"),
        ("zvz 3", None),
        ("???", None),
    ],
)
def test_other_words_are_not_taken_for_a_patrol(text: str, origin: str | None) -> None:
    assert origin_of(text) == origin


def test_words_not_understood_are_told_and_count_as_other() -> None:
    cells = pd.DataFrame({"zdroj": ["vl. zj.", "xyz", None]})
    notes: list[Note] = []
    found = read_origins(cells, recognise(["zdroj"], INCIDENTS, {}, "a.csv"), notes)
    assert found.tolist()[:2] == ["patrol", "other"]
    assert found.isna().tolist() == [False, False, True]
    assert notes == ["Origins that were not understood count as other: xyz."]
