"""Czech and English: messages, numbers, dates.

A message's identity is its English sentence; the Czech one stands in ``translations/cs/*.po``, a
file for each part of the program. No sentence is put together from pieces: values go into named
places of a whole sentence.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

from apkgeo.errors import InputError

Language = Literal["cs", "en"]
LANGUAGES: tuple[Language, ...] = ("cs", "en")


def _(message: str) -> str:
    """Mark `message` for translation; it is translated where it is shown."""
    return message


def N_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 (gettext's own name)
    """Mark a message with plural forms for translation."""
    return singular, plural


class Note(str):
    """A sentence with named values that can be told again in another language.

    It is its English text; `message` and `values` keep what it was made of.

    Examples
    --------
    >>> note = Note("Read as {encoding}.", encoding="cp1250")
    >>> note
    'Read as cp1250.'
    >>> note.message, note.values
    ('Read as {encoding}.', {'encoding': 'cp1250'})
    """

    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, **values: Any) -> Note:
        """Make the English text and keep its parts."""
        note = super().__new__(cls, message.format(**values))
        note.message = message
        note.values = values
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the parts."""
        return _note, (self.message, self.values)

    def text(self, language: Language) -> str:
        """Return the sentence in `language`, numbers and dates written as it writes them."""
        values = {name: _written(value, language) for name, value in self.values.items()}
        return translate(self.message, language).format(**values)


def _written(value: Any, language: Language) -> Any:
    if isinstance(value, Note):
        return value.text(language)
    if isinstance(value, date):
        return day(value, language)
    return number(value, language) if isinstance(value, (int, float)) else value


def _note(message: str, values: Mapping[str, Any]) -> Note:
    return Note(message, **values)


@cache
def _translations(language: Language) -> gettext.NullTranslations:
    """Return the messages of all .po files of `language`, compiled in memory."""
    if language == "en":
        return gettext.NullTranslations()
    if language not in LANGUAGES:
        raise InputError("language", expected="'cs' or 'en'", came=repr(language))
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    folder = resources.files("apkgeo") / "translations" / language
    merged = None
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if not path.name.endswith(".po"):
            continue
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=language)
        if merged is None:
            merged = catalog
            continue
        for message in catalog:
            if message.id:
                merged[message.id] = message
    compiled = io.BytesIO()
    if merged is not None:
        write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled) if merged is not None else gettext.NullTranslations()


def translate(message: str, language: Language) -> str:
    """Return `message` (an English sentence marked with `_`) in `language`."""
    return _translations(language).gettext(message) if message else ""


def translate_plural(forms: tuple[str, str], count: int, language: Language) -> str:
    """Return the form of a message that goes with `count`, with ``{count}`` filled in."""
    text = _translations(language).ngettext(forms[0], forms[1], count)
    return text.format(count=number(count, language))


def number(value: float, language: Language, *, digits: int | None = None) -> str:
    """Write a number as `language` does: ``1 234,5`` (no-break space) or ``1,234.5``.

    Parameters
    ----------
    digits : int, optional
        Decimal places; as many as needed (three at most) when not given.

    Examples
    --------
    >>> number(1234.5, "en"), number(0.25, "cs", digits=2)
    ('1,234.5', '0,25')
    """
    return _formatted(value or 0, language, digits)


@lru_cache(maxsize=10_000)
def _formatted(value: float, language: Language, digits: int | None) -> str:
    """Write a number; pages ask for the same ones many times."""
    from babel.numbers import format_decimal

    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=language))


def percent(share: float, language: Language, *, digits: int = 0, signed: bool = False) -> str:
    """Write a share as a percentage: 0.25 is ``25 %`` in Czech, ``25%`` in English.

    Examples
    --------
    >>> percent(-0.304, "en", signed=True), percent(0.1, "en", signed=True)
    ('−30%', '+10%')
    """
    sign = "−" if round(share * 100, digits) < 0 else "+" if signed and share > 0 else ""
    space = "\N{NO-BREAK SPACE}" if language == "cs" else ""
    return f"{sign}{number(abs(share) * 100, language, digits=digits)}{space}%"


def day(value: date, language: Language) -> str:
    """Write a date in full: ``14. července 2014``, ``14 July 2014``.

    Examples
    --------
    >>> from datetime import date
    >>> day(date(2014, 7, 14), "en")
    '14 July 2014'
    """
    from babel.dates import format_date

    if language == "en":
        return str(format_date(value, "d MMMM yyyy", locale="en"))
    return str(format_date(value, "d.\N{NO-BREAK SPACE}MMMM\N{NO-BREAK SPACE}yyyy", locale="cs"))
