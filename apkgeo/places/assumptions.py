"""What a look-up may assume, each with the sentence that says so.

The page's script gives the same answers and takes its sentences from here.
"""

from __future__ import annotations

from apkgeo.language import Note, _

ASSUMPTIONS: dict[str, str] = {
    "case": _("Capital and small letters were not told apart."),
    "diacritics": _("The name was written without its diacritics."),
    "abbreviation": _("An abbreviation was written out: {value}."),
    "initials": _("First names were completed: {value}."),
    "order": _("The words stood in another order: {value}."),
    "shortened": _("The name was completed: {value}."),
    "spelling": _("The spelling was mended: {value}."),
    "co": _(
        "The number {value} was taken for the orientation number (č.o.); another house here has "
        "it as its house number (č.p. or č.ev.)."
    ),
    "cp": _("The number {value} was taken for the house number (č.p.)."),
    "ev": _("The number {value} was taken for the registration number (č.ev.)."),
    "street_left_out": _("The street, which was not written, is part of this address."),
    "kind": _("The house number is of the other kind (č.p. or č.ev.) than was written."),
    "letter": _("The number {value} is here only with another letter or without one."),
    "swapped": _("House and orientation number were written in the other order."),
    "house_differs": _("The house number (č.p.) in the register is another one."),
    "orientation_differs": _("The orientation number (č.o.) in the register is another one."),
    "number_unknown": _("The number {value} is not in the register here."),
    "places_differ": _("The town or part that was written is another one in the register."),
    "postcode_differs": _("The postcode in the register is another one."),
    "ignored": _("Left out: {value}."),
}


def note(code: str, value: str) -> Note:
    """Return the sentence of an assumption about `value`, a name or a number.

    Examples
    --------
    >>> note("cp", "199")
    'The number 199 was taken for the house number (č.p.).'
    """
    message = ASSUMPTIONS[code]
    return Note(message, value=value) if "{value}" in message else Note(message)
