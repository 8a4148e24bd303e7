"""What happens to files on their way: cut, mangled, mixed up, re-encoded, packed by an enemy."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from tests.sources.seeds import Files, packed

Random = np.random.Generator
Mutation = Callable[[bytes, Random, Sequence[bytes]], bytes]

_ENDINGS = (".csv", ".tsv", ".txt", ".toml", ".log", ".json", ".geojson", ".gpx", ".kml", ".gml")
_PACKED = (".zip", ".xlsx")
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1250", "iso-8859-2")
_NUMBERS = (
    *("0", "-0", "1e308", "1e309", "-1e308", "nan", "NaN", "inf", "-inf", "1e-320", "9" * 40),
    *("9" * 4000, "2147483648", "9223372036854775808", "0x1F", "1_000", "1,5", "1.5.5", "٣", "½"),
)
_DATES = (
    *("0000-00-00", "9999-12-31T23:59:59Z", "31.2.2013", "29.2.2013 24:00", "2013-03-31 02:30"),
    *("2013-10-27 02:30", "1.1.1", "24:00", "25:61", "2013-07-01T10:00:00+99:99", "-1", "60"),
    *("2013-W01-1", "1e5", "0001-01-01", "292277026596-12-04", "2013-07-01T10:00:60Z"),
)
_WORDS = (
    *("", " ", '"', '""', "'", ";", ",", "\t", "|", "\\", "\0", "\x1a", "\r", "\n", "\ufeff"),
    *("=1+1", "@x", "{", "}", "[", "]", "<", ">", "&", "&amp;", "]]>", "<!--", "%s", "{0}", "{x}"),
    *(
        "%(a)s",
        "../../etc/passwd",
        "null",
        "None",
        "true",
        "😀",
        "e\u0301" * 50,
        "\u202e",
        "a" * 9000,
    ),
    *("POINT EMPTY", "POINT(1 2 3 4)", "LINESTRING(0 0,1 1)", "§" * 300, "1-999999999", "1–99999"),
    *("<!DOCTYPE a [<!ENTITY b 'c'>]>", "\ud7ff", "\u2028", "\xa0", "-", "--", "#", "[a]", "a.b.c"),
)
_TOKENS = (*_NUMBERS, *_DATES, *_WORDS)


def _place(data: bytes, rng: Random) -> int:
    return int(rng.integers(0, len(data) + 1))


def _flip(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    made = bytearray(data)
    for _ in range(int(rng.integers(1, 9)) if made else 0):
        made[int(rng.integers(0, len(made)))] = int(rng.integers(0, 256))
    return bytes(made)


def _truncate(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    return data[: _place(data, rng)]


def _remove(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    start = _place(data, rng)
    return data[:start] + data[start + int(rng.integers(1, 200)) :]


def _repeat(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    start = _place(data, rng)
    piece = data[start : start + int(rng.integers(1, 200))]
    return data[:start] + piece * int(rng.integers(2, 50)) + data[start:]


def _splice(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    other = others[int(rng.integers(0, len(others)))]
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _insert(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    place = _place(data, rng)
    return data[:place] + rng.bytes(int(rng.integers(1, 40))) + data[place:]


def _insert_word(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    place = _place(data, rng)
    return data[:place] + _token(rng).encode() + data[place:]


def _token(rng: Random) -> str:
    return str(_TOKENS[int(rng.integers(0, len(_TOKENS)))])


def _lines(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    """Double, lose, shuffle or join lines."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one = int(rng.integers(0, len(lines)))
    how = int(rng.integers(0, 5))
    if how == 0:
        lines[one:one] = [lines[one]] * int(rng.integers(1, 30))
    elif how == 1:
        del lines[one]
    elif how == 2:
        lines = [lines[i] for i in rng.permutation(len(lines))]
    elif how == 3:
        lines[one] = lines[one].rstrip(b"\r\n")
    else:
        lines = [line.rstrip(b"\r\n") + b"\r" for line in lines]
    return b"".join(lines)


def _cells(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    """Swap columns or write something else into a cell of a table."""
    delimiter = max((b";", b",", b"\t", b"|"), key=data.count)
    rows = [line.split(delimiter) for line in data.split(b"\n")]
    width = max(map(len, rows))
    one, other = (int(i) for i in rng.integers(0, width, 2))
    if rng.random() < 0.4:
        first = int(rng.integers(0, 2))  # with the header, or without it
        for row in rows[first:]:
            if max(one, other) < len(row):
                row[one], row[other] = row[other], row[one]
    else:
        chosen = rows if rng.random() < 0.2 else [rows[int(rng.integers(0, len(rows)))]]
        word = _token(rng).encode()
        for row in chosen:
            if one < len(row):
                row[one] = word
    return b"\n".join(delimiter.join(row) for row in rows)


def _numbers(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    """Write something else in the place of a number."""
    text = data.decode("latin-1")
    places = [i for i, letter in enumerate(text) if letter.isdigit() and letter.isascii()]
    if not places:
        return data
    start = places[int(rng.integers(0, len(places)))]
    end = start
    while end < len(text) and (text[end].isdigit() or text[end] in ".,-"):
        end += 1
    return data[:start] + _token(rng).encode() + data[end:]


def _encode(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    """Write the text in another encoding."""
    for encoding in ("utf-8-sig", "cp1250", "latin-1"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    target = _ENCODINGS[int(rng.integers(0, len(_ENCODINGS)))]
    return text.encode(target, errors="replace")


def _repack(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    """Mangle a member of an archive, and pack it well again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError):
        return _flip(data, rng, others)
    if not members:
        return data
    names = list(members)
    one = names[int(rng.integers(0, len(names)))]
    how = int(rng.integers(0, 8))
    if how == 0:
        del members[one]
    elif how == 1:
        members["../" * 3 + one] = members.pop(one)
    elif how == 2:
        members[one] = bytes(30_000_000)
    elif how == 3:
        members[one] = packed({one: members[one]})
    elif how == 4:
        members[one] = others[int(rng.integers(0, len(others)))]
    else:
        members[one] = mangled_once(members[one], rng, others)
    return packed(members)


def _lying(data: bytes, rng: Random, _others: Sequence[bytes]) -> bytes:
    """Let an archive tell other sizes, methods or flags than it has."""
    made = bytearray(data)
    place = made.find(b"PK\x01\x02")
    if place < 0:
        return _flip(data, rng, _others)
    field, form = [(8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (42, "<I")][
        int(rng.integers(0, 6))
    ]
    most = 2**16 if form == "<H" else 2**32
    if place + field + 4 > len(made):
        return data[:place]
    struct.pack_into(form, made, place + field, int(rng.integers(0, most)))
    return bytes(made)


def _regzip(data: bytes, rng: Random, others: Sequence[bytes]) -> bytes:
    try:
        inside = gzip.decompress(data)
    except (OSError, EOFError, ValueError, zlib.error):
        return _flip(data, rng, others)
    return gzip.compress(mangled_once(inside, rng, others), mtime=0)


_BYTES: tuple[Mutation, ...] = (_flip, _truncate, _remove, _repeat, _splice, _insert, _insert_word)
_TEXT: tuple[Mutation, ...] = (*_BYTES, _lines, _cells, _numbers, _encode, _cells, _numbers)


def mangled_once(data: bytes, rng: Random, others: Sequence[bytes], name: str = "") -> bytes:
    """Return `data` with one thing wrong."""
    ending = "." + name.rsplit(".", 1)[-1]
    if ending in _PACKED:
        rules: Sequence[Mutation] = (*_BYTES, _lying, *[_repack] * 6)
    elif ending == ".gz":
        rules = (*_BYTES, *[_regzip] * 6)
    elif b"\0" in data[:200]:
        rules = _BYTES
    else:
        rules = _TEXT
    return rules[int(rng.integers(0, len(rules)))](data, rng, others)


def mangled(files: Files, rng: Random, others: Sequence[bytes]) -> Files:
    """Return `files` with one to four things wrong, in the first of them or in one beside it."""
    made = dict(files)
    names = list(files)
    for _ in range(int(rng.integers(1, 5))):
        name = names[int(rng.integers(0, len(names)))] if rng.random() < 0.5 else names[0]
        if name in made and len(made) > 1 and rng.random() < 0.1 and name != names[0]:
            del made[name]
        elif name in made:
            made[name] = mangled_once(made[name], rng, others, name)
    if rng.random() < 0.03 and len(made) == 1:  # called by another kind's name
        ending = _ENDINGS[int(rng.integers(0, len(_ENDINGS)))]
        made = {f"b{ending}": made[names[0]]}
    return made
