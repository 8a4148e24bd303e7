"""What a look-up may assume, each with the sentence that says so.

The page's script gives the same answers and takes its sentences from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from apkgeo.language import Language, Note, _

ASSUMPTIONS: dict[str, str] = {
    "case": _("Capital and small letters were not told apart."),
    "diacritics": _("The name was written without its diacritics."),
    "abbreviation": _("An abbreviation was written out: {value}."),
    "initials": _("First names were completed: {value}."),
    "order": _("The words stood in another order: {value}."),
    "shortened": _("The name was completed: {value}."),
    "spelling": _("Looked for as: {value}."),
    "co": _(
        "The number {value} was taken for the orientation number (č. o.); another house here has "
        "it as its house number (č. p. or č. ev.)."
    ),
    "cp": _("The number {value} was taken for the house number (č. p.)."),
    "ev": _("The number {value} was taken for the registration number (č. ev.)."),
    "street_left_out": _("The street, which was not written, is part of this address."),
    "kind": _("The house number is of the other kind (č. p. or č. ev.) than was written."),
    "letter_added": _("The number {value} is here only with a letter."),
    "letter_differs": _("The number {value} is here only with another letter."),
    "letter_left_out": _(
        "The number {value} is not in the register here; the letter was left out."
    ),
    "swapped": _("House and orientation number were written in the other order."),
    "house_differs": _("The house number (č. p.) in the register is another one."),
    "orientation_differs": _("The orientation number (č. o.) in the register is another one."),
    "number_unknown": _("The number {value} is not in the register."),
    "places_differ": _("The town or part that was written is another one in the register."),
    "postcode_differs": _("The postcode in the register is another one."),
    "place_unknown": _("The town “{place}” is not in this look-up; only “{value}” was looked for."),
    "ignored": _("Left out: {value}."),
    "degrees": _("Read as coordinates in degrees (WGS 84): {value}."),
    "s_jtsk": _("Read as coordinates in S-JTSK (EPSG:5514): {value}."),
    "own_coordinates": _("Read as coordinates in the system of the addresses: {value}."),
    "turned": _("The number for the east was written first."),
    "nearest": _("The nearest address is {address}, {metres} m away."),
    "far": _("The point lies far from all addresses of this look-up."),
    "crossing": _(
        "The place where {street} and {other} meet was worked out from their addresses, the "
        "nearest of which are {metres} m apart."
    ),
    "crossing_doubtful": _(
        "The nearest addresses of {street} and {other} are {metres} m apart: whether the two meet "
        "there is not certain."
    ),
    "at_border": _("The districts' border runs here; each of them is given."),
}
# What makes the answer one to something else than was written: told before it.
FIRST = (
    "place_unknown", "ignored", "places_differ", "number_unknown", "letter_left_out",
    "letter_differs", "kind", "house_differs", "orientation_differs", "far", "crossing_doubtful",
    "at_border",
)  # fmt: skip
_FIRST = frozenset(ASSUMPTIONS[code] for code in FIRST)
_NAMED = re.compile(r"\{(\w+)\}")
# The names of the values in each sentence, in the order in which they are kept.
VALUES: dict[str, list[str]] = {
    code: list(dict.fromkeys(_NAMED.findall(message))) for code, message in ASSUMPTIONS.items()
}


def note(code: str, value: str) -> Note:
    """Return the sentence of an assumption about `value`: a name, a number, or several in lines.

    Examples
    --------
    >>> note("cp", "199")
    'The number 199 was taken for the house number (č. p.).'
    """
    names = VALUES[code]
    return Note(ASSUMPTIONS[code], **dict(zip(names, value.split("\n"), strict=False)))


def in_order(assumed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return assumptions with those first that are told before the answer."""
    rank = {code: i for i, code in enumerate(FIRST)}
    return sorted(assumed, key=lambda one: rank.get(one[0], len(rank)))


def around(answer: str, notes: Sequence[Note], language: Language) -> str:
    """Return `answer` between what is told before it and what is told after it."""
    before = [one.text(language) for one in notes if one.message in _FIRST]
    after = [one.text(language) for one in notes if one.message not in _FIRST]
    return " ".join([*before, answer, *after])
