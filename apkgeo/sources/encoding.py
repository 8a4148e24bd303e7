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
_ISO = bytes([0xA9, 0xAB, 0xAE, 0xB9, 0xBB, 0xBE])
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1a")
_SAMPLE, _NEAR = 4 * 1024**2, 64 * 1024


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
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _mostly_utf8(data[max(0, error.start - _NEAR) : error.start + _NEAR]):
            return "utf-8"
    else:
        return "utf-8"
    if _count(sample, _CONTROLS) > len(sample) / 100:
        return None
    return "iso-8859-2" if _iso_letters(sample) > _count(sample, _WINDOWS) else "cp1250"


def _count(sample: bytes, which: bytes) -> int:
    """Count the bytes of `sample` that are among `which`."""
    return len(sample) - len(sample.translate(None, which))


def _iso_letters(sample: bytes) -> int:
    """Count the letters of iso-8859-2 that cp1250 has elsewhere, where they stand in words."""
    return len(_ISO_LETTERS.findall(sample)) if _count(sample, _ISO) else 0


def _mostly_utf8(sample: bytes) -> bool:
    inside = sum(len(match) for match in _MULTIBYTE.findall(sample))
    return inside > 8 and inside > 0.95 * _count(sample, bytes(range(0x80, 0x100)))


def _telling(data: bytes) -> bool:
    """Whether `data` has a byte that is a letter in one of the two encodings only."""
    sample = data[:_SAMPLE]
    return _count(sample, _WINDOWS) > 0 or _iso_letters(sample) > 0


def _wide(sample: bytes) -> str | None:
    """Return UTF-16 without a mark, told by where its zero bytes stand."""
    half = max(len(sample) // 2, 1)
    if sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None
