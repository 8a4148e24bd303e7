"""Every sentence of the program has its Czech one."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import apkgeo

PACKAGE = Path(apkgeo.__file__).parent
CATALOGUES = sorted((PACKAGE / "translations" / "cs").glob("*.po"))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def catalogue(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale="cs")


def messages() -> dict[tuple[str, ...], str]:
    """Return every marked message and the file that it stands in."""
    found = extract_from_dir(
        str(PACKAGE),
        METHODS,
        keywords={"_": None, "N_": (1, 2)},
        options_map={"**/templates/**.html": {"silent": "false"}},
    )
    return {
        (message,) if isinstance(message, str) else tuple(message): file
        for file, _line, message, _comments, _context in found
    }


def translated() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in CATALOGUES:
        for message in catalogue(path):
            if not message.id or message.fuzzy:
                continue
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            found[key] = forms
    return found


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_sentence_is_translated_with_the_same_places():
    czech = translated()
    wrong = []
    for message, file in messages().items():
        forms = czech.get(message[0], ())
        if len(forms) != (3 if len(message) == 2 else 1) or not all(forms):
            wrong.append(f"{file}: {message[0]!r} has no Czech sentence")
        wrong += [
            f"{file}: {form!r} has other places than {message[0]!r}"
            for form in forms
            if places(form) != places(message[-1]) and places(form) != places(message[0])
        ]
    assert wrong == []


def test_no_czech_sentence_is_left_over():
    """What no part of the program says any more would be mended in vain."""
    said = {message[0] for message in messages()}
    assert [message for message in translated() if message not in said] == []


def test_the_pages_have_sentences_to_translate():
    found = messages()
    assert ("What we do not know",) in found  # from a template
    assert ("Where incidents concentrate",) in found  # from a module
    assert len(found) > 100


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_is_sound(path):
    read = catalogue(path)
    assert read.num_plurals == 3
    assert not any(message.fuzzy for message in read if message.id)
    for message in read:
        for form in message.string if isinstance(message.string, tuple) else (message.string,):
            assert "..." not in form, form
            assert not re.search(r"\d%|\d \d{3}\b", form.replace("95% interval", "")), form
            if message.id:
                assert '"' not in re.sub(r'= "\w+"', "", form), form  # but in a setting
