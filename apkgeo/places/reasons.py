"""Why a text has no answer, in a plain sentence.

The same steps stand in ``pages/static/lookup_search.js``.
"""

from __future__ import annotations

import re
from typing import Any

from apkgeo.language import Note, _
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.addresses import CODE, LONGEST
from apkgeo.places.crossings import crossings
from apkgeo.places.folding import FOREIGN, fold
from apkgeo.places.search import addresses
from apkgeo.places.typed import clean

REASONS: dict[str, str] = {
    "empty": _("Nothing was written."),
    "too_long": _("The text is longer than {most} characters."),
    "markup": _("The signs < and > do not belong to an address."),
    "alphabet": _("Write the name in Latin letters."),
    "code_unknown": _("No address here has the code {value}."),
    "no_name": _("Write the street or the part of the town, too."),
    "apart": _("{street} and {other} do not meet: their nearest addresses are {metres} m apart."),
    "apart_towns": _("{street} and {other} do not meet."),
    "alongside": _("{street} and {other} run side by side. Write a street and a number."),
    "unknown": _("No street and no part of this name is in this look-up."),
}
_LETTER = re.compile("[a-z]")
_DIGIT = re.compile("[0-9]")


def reason(index: AddressIndex, text: Any) -> Note:
    """Return why `text`, which has no answer, has none.

    Examples
    --------
    >>> Note(REASONS["too_long"], most=LONGEST).text("en")
    'The text is longer than 300 characters.'
    """
    code, values = _reason(index, text)
    return Note(REASONS[code], **values)


def _reason(index: AddressIndex, text: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(text, str) or not text.strip(" \t\r\n\xa0"):
        return "empty", {}
    if len(text) > LONGEST:
        return "too_long", {"most": LONGEST}
    if "<" in text or ">" in text:
        return "markup", {}
    folded = fold(text)
    code = CODE.match(folded)
    if code:
        return "code_unknown", {"value": code[1]}
    if not _LETTER.search(folded):
        if FOREIGN in folded:
            return "alphabet", {}
        return ("no_name" if _DIGIT.search(folded) else "empty"), {}
    apart = crossings(index, clean(text), lambda name: addresses(index, name), always=True).apart
    if apart is None:
        return "unknown", {}
    names = {"street": apart.street, "other": apart.other}
    if apart.alongside:
        return "alongside", names
    if apart.metres < 0:
        return "apart_towns", names
    return "apart", {**names, "metres": f"{apart.metres}"}
