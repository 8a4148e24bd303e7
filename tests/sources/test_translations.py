"""Every sentence of the readers stands in Czech, with the same named values."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import apkgeo.sources
from apkgeo.language import Note
from apkgeo.sources.accounting import FileNote

FOLDER = Path(apkgeo.sources.__file__).parent
CATALOG = FOLDER.parent / "translations" / "cs" / "sources.po"


def marked() -> set[str]:
    found = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                (argument,) = node.args
                assert isinstance(argument, ast.Constant)
                found.add(argument.value)
    return found


def fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


def test_the_catalogue_has_just_the_sentences_of_the_code() -> None:
    with CATALOG.open("rb") as file:
        catalog = {message.id: message.string for message in read_po(file) if message.id}
    assert set(catalog) == marked()
    for message, czech in catalog.items():
        assert czech
        assert fields(czech) == fields(message)


@pytest.mark.parametrize(("language", "told"), [("en", "a.csv: 1"), ("cs", "a.csv: 1")])
def test_a_note_on_one_of_several_files_names_it(language: str, told: str) -> None:
    note = FileNote("a.csv", Note("{count}", count=1))
    assert note.text(language) == told == str(note)
