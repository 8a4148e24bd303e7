"""Encodings told by their bytes; Python's own codecs write the texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.sources.encoding import decode, judge

TELLING = "Šťáhlavy; Žižkova třída; rušení; požár; „Na Růžku“ – ťuk"
PLAIN = "Korandova; veřejný pořádek; Plachého náměstí"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250", "utf-8-sig", "utf-16", "utf-16-le"])
def test_czech_text_is_told(encoding: str) -> None:
    assert judge(TELLING.encode(encoding)) == encoding
    assert decode(TELLING.encode(encoding), None, "a")[0] == TELLING


def test_iso_8859_2_is_told_from_cp1250_by_its_letters() -> None:
    text = "Šťáhlavy; Žižkova třída; rušení; požár"
    assert judge(text.encode("iso-8859-2")) == "iso-8859-2"
    assert judge(text.encode("cp1250")) == "cp1250"


def test_letters_that_both_share_are_read_alike_and_said() -> None:
    assert PLAIN.encode("cp1250") == PLAIN.encode("iso-8859-2")
    text, notes = decode(PLAIN.encode("cp1250"), None, "a")
    assert text == PLAIN
    assert "iso-8859-2 would read the same letters" in notes[0]


def test_one_broken_byte_does_not_turn_utf_8_into_another_encoding() -> None:
    data = (TELLING * 20).encode() + b"\xc5;"
    text, notes = decode(data, None, "a")
    assert text.startswith(TELLING)
    assert notes[1].values == {"count": 1}


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x00\x01\x02\x03" * 50, b"MZ\x90\x00"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="a is not a text file"):
        decode(data, None, "a")


@given(st.text(alphabet="aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzžAŠŽ ;,.0123456789", min_size=1))
def test_any_czech_text_survives_cp1250(text: str) -> None:
    assert decode(text.encode("cp1250"), "cp1250", "a")[0] == text
    assert decode(text.encode("utf-8"), None, "a")[0] == text
