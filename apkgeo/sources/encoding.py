"""Tell the encoding of a Czech text by its bytes."""

from __future__ import annotations

import codecs
import re

from apkgeo.errors import InputError
from apkgeo.language import Note, _

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The two Central European encodings differ in these letters (Š Ť Ž Ś Ź and small), and in that
# 80–9F are quotation marks and dashes in the one and control characters in the other.
_WINDOWS = bytes(range(0x80, 0xA0))
_ISO_LETTERS = re.compile(
    rb"(?<=[A-Za-z\xc0-\xfe])[\xa9\xab\xae\xb9\xbb\xbe]|[\xa9\xab\xae\xb9\xbb\xbe](?=[a-z\xe0-\xfe])"
)
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_SAMPLE = 4 * 1024**2


def decode(data: bytes, encoding: str | None, name: str) -> tuple[str, tuple[Note, ...]]:
    """Return the text of `data`, and a note on how it was read.

    Parameters
    ----------
    encoding : str or None
        What the user says; judged when None.
    name : str
        The file, for messages.

    Raises
    ------
    InputError
        When it is no text, or not in the encoding that was named.
    """
    if encoding is not None:
        return _as_told(data, encoding, name), ()
    judged = judge(data)
    if judged is None:
        raise InputError(
            f"{name} is not a text file", remedy="export it as CSV in UTF-8, or as .xlsx"
        )
    text = data.decode(judged, errors="replace")
    lost = text.count("\N{REPLACEMENT CHARACTER}") if judged.startswith("utf") else 0
    notes = [Note(_("The text is in the encoding {encoding}."), encoding=judged)]
    if judged == "cp1250" and not _telling(data):
        notes = [
            Note(_("The text is in the encoding cp1250 (iso-8859-2 would read the same letters)."))
        ]
    if lost:
        notes.append(
            Note(_("Characters that could not be decoded and read �: {count}."), count=lost)
        )
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), tuple(notes)


def _as_told(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError:
        raise InputError(
            f"encoding {encoding!r} is unknown", remedy="write e.g. 'cp1250' or 'utf-8'"
        ) from None
    except (UnicodeError, ValueError) as error:
        other = judge(data)
        remedy = f"it looks like {other}; leave encoding out" if other else "it is not a text"
        reason = getattr(error, "reason", str(error))
        raise InputError(f"{name} is not in {encoding}: {reason}", remedy=remedy) from None
    if "\0" in text:
        raise InputError(f"{name} is not a text in {encoding}", remedy="leave encoding out")
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")


def judge(data: bytes) -> str | None:
    """Return the encoding of `data`; None when it is no text.

    Examples
    --------
    >>> judge("příliš žluťoučký".encode("cp1250")), judge("příliš žluťoučký".encode("iso-8859-2"))
    ('cp1250', 'iso-8859-2')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        return _wide(sample)
    controls = sum(sample.count(bytes([c])) for c in range(32) if c not in (9, 10, 11, 12, 13, 26))
    if controls > len(sample) / 100:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        high = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
        inside = sum(len(match) for match in _MULTIBYTE.findall(sample))
        if inside > 8 and inside > 0.95 * high:
            return "utf-8"
    else:
        return "utf-8"
    windows = len(sample) - len(sample.translate(None, _WINDOWS))
    return "iso-8859-2" if len(_ISO_LETTERS.findall(sample)) > windows else "cp1250"


def _telling(data: bytes) -> bool:
    """Whether `data` has a byte that is a letter in one of the two encodings only."""
    sample = data[:_SAMPLE]
    return bool(_ISO_LETTERS.search(sample)) or len(sample) != len(sample.translate(None, _WINDOWS))


def _wide(sample: bytes) -> str | None:
    """Return UTF-16 without a mark, told by where its zero bytes stand."""
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None
