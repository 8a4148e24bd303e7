"""Every sentence about hotspots is told in Czech, with the same values and good typography."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import apkgeo

PACKAGE = Path(apkgeo.__file__).parent
MODULES = ("concentration", "knox", "local_moran", "mann_kendall", "point_pattern")
CATALOG = {
    message.id: message.string
    for message in read_po(
        io.BytesIO((PACKAGE / "translations" / "cs" / "hotspots.po").read_bytes()), locale="cs"
    )
    if message.id
}


def said() -> list[str]:
    sources = [(PACKAGE / "statistics" / f"{name}.py").read_text("utf-8") for name in MODULES]
    return [
        str(ast.literal_eval(node.args[0]))
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
    ]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("sentence", said(), ids=lambda text: text[:40])
def test_a_sentence_is_told_in_czech_with_the_same_values(sentence: str):
    assert places(CATALOG[sentence]) == places(sentence)


def test_nothing_is_translated_that_nobody_says():
    assert set(CATALOG) == set(said())


def test_one_letter_prepositions_do_not_end_a_line():
    assert [text for text in CATALOG.values() if re.search(r"\b[ksvzouaiKSVZOUAI] \S", text)] == []
