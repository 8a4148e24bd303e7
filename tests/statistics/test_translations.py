"""Every sentence of the statistics and the verdict is told in Czech."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

import apkgeo

PACKAGE = Path(apkgeo.__file__).parent
CATALOGUES = ("verdict", "hotspots", "regressions")


def _messages(pattern: str) -> list[Message]:
    """Return the messages of the catalogues whose names fit."""
    folder = PACKAGE / "translations" / "cs"
    files = [io.BytesIO(path.read_bytes()) for path in sorted(folder.glob(f"{pattern}.po"))]
    return [message for file in files for message in read_po(file, locale="cs") if message.id]


def _by_english(messages: list[Message]) -> dict[str, Message]:
    return {one.id[0] if isinstance(one.id, tuple) else one.id: one for one in messages}


def _texts(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


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
MESSAGES = [message for name in CATALOGUES for message in _messages(name)]
TOLD = _by_english(MESSAGES)
# All catalogues are one when the program runs.
EVERYWHERE = _by_english(_messages("*"))


@pytest.mark.parametrize("forms", MARKED, ids=lambda forms: forms[0][:40])
def test_is_told_in_czech_with_the_same_values(forms: tuple[str, ...]) -> None:
    texts = _texts(EVERYWHERE[forms[0]])
    assert len(texts) == (3 if len(forms) == 2 else 1)
    for text in texts:
        assert text
        assert _fields(text) == _fields(forms[-1])


def test_translates_nothing_that_nobody_says() -> None:
    # The pages of hotspots have their sentences in the same catalogue; `tests/pages` checks that
    # each of theirs is translated.
    sources = [*(PACKAGE / "pages").rglob("*.py"), *(PACKAGE / "pages").rglob("hotspot*.html")]
    # A long sentence is written in pieces.
    pages = "".join(re.sub(r'"\s+"', "", path.read_text(encoding="utf-8")) for path in sources)
    said = {forms[0] for forms in MARKED}
    assert [text for text in TOLD if text not in said and text not in pages] == []


def test_translates_nothing_twice() -> None:
    assert len(TOLD) == len(MESSAGES)


def test_one_letter_prepositions_do_not_end_a_line() -> None:
    texts = [text for message in MESSAGES for text in _texts(message)]
    assert [text for text in texts if re.search(r"\b[ksvzouaiKSVZOUAI] \S", text)] == []


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
