"""Every sentence of the statistics and the verdict is told in Czech."""

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
CATALOG = read_po(
    io.BytesIO((PACKAGE / "translations" / "cs" / "verdict.po").read_bytes()), locale="cs"
)


def _marked() -> list[tuple[str, ...]]:
    """Return the messages marked in the area's modules, read from their source."""
    modules = [*(PACKAGE / "statistics").glob("*.py"), *(PACKAGE / "evaluation").glob("*.py")]
    calls = (
        node
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "N_"}
    )
    return [tuple(ast.literal_eval(argument) for argument in call.args) for call in calls]


MARKED = _marked()


@pytest.mark.parametrize("forms", MARKED, ids=lambda forms: forms[0][:40])
def test_is_told_in_czech_with_the_same_values(forms: tuple[str, ...]) -> None:
    message = CATALOG.get(forms[0])
    assert message is not None, forms[0]
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    assert len(texts) == (3 if len(forms) == 2 else 1)
    for text in texts:
        assert text
        assert _fields(text) == _fields(forms[-1])


def test_translates_nothing_that_nobody_says() -> None:
    said = {forms[0] for forms in MARKED}
    told = {m.id[0] if isinstance(m.id, tuple) else m.id for m in CATALOG if m.id}
    assert told <= said


def test_one_letter_prepositions_do_not_end_a_line() -> None:
    for message in CATALOG:
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            assert message.id == "" or not re.search(r"\b[ksvzouai] \w", text), text


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
