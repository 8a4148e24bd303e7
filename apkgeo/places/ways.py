"""The ways to read a text as an address of a register."""

from __future__ import annotations

from typing import Any

from apkgeo.places.address_index import AddressIndex
from apkgeo.places.addresses import LONGEST, Written, readings, tokens
from apkgeo.places.folding import fold


def ways(index: AddressIndex, text: Any) -> tuple[list[list[Written]], int]:
    """Return the ways to read a text, and its postcode; none where it is no address."""
    if not isinstance(text, str) or len(text) > LONGEST or "<" in text or ">" in text:
        return [], 0
    found, postcode = tokens(fold(text), index.postcodes)
    if not any(isinstance(token, str) and token not in ",-×" for token in found):
        return [], 0
    return readings(found, index.place_ranks, index.place_beginnings), postcode
