"""What a look-up of districts answers: the district, who looks after it, how near its border is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from apkgeo.language import Language, Note, _, day, number, translate
from apkgeo.places.assumptions import around
from apkgeo.places.epochs import DISTRICT, LONGEST_CODE, is_bare
from apkgeo.places.house_numbers import NumberRange
from apkgeo.places.matches import Precision
from apkgeo.places.names import Kind
from apkgeo.places.typed import spaced

# What has one place, whose distance to the border is that of the answer.
EXACT = ("address", "point", "crossing")
DETAILS = ("station", "officer", "phone", "state_police")


@dataclass(frozen=True)
class District:
    """A police district and who looks after it.

    Attributes
    ----------
    code, name : str
        As in the boundaries.
    station, officer, phone, state_police : str or None
        The municipal police's station, its officer, the phone number, and the contact at the
        state police, where the boundaries tell them.
    valid_from, valid_to : datetime.date or None
        Its first day and the day after its last one, where the boundaries tell them.
    """

    code: str
    name: str
    station: str | None = None
    officer: str | None = None
    phone: str | None = None
    state_police: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def title(self) -> str:
        """The name, after its code where that is a short one: ``1A Staré Město``."""
        return titled(self.code, self.name)


def titled(code: str | None, name: str | None) -> str:
    """Return how a district is called: its name, after its code where people use that.

    Examples
    --------
    >>> titled("1A", "Staré Město"), titled("546003", "Plzeň 3"), titled("D", "okrsek D")
    ('1A Staré Město', 'Plzeň 3', 'okrsek D')
    """
    if not code or not name or len(code) > LONGEST_CODE or code in name.split():
        return name or code or ""
    return f"{code} {name}"


def called(title: str, language: Language) -> str:
    """Return a district's title in a sentence, with the word for district before a bare code.

    Examples
    --------
    >>> called("4", "cs"), called("1A Staré Město", "cs"), called("okrsek D", "cs")
    ('okrsek 4', '1A Staré Město', 'okrsek D')
    """
    return translate(DISTRICT, language).format(district=title) if is_bare(title) else title


@dataclass(frozen=True, slots=True)
class DistrictMatch:
    """A district in which the address that was written can lie.

    Attributes
    ----------
    address : str
        The address in its full postal form, or the street or part.
    code, name : str or None
        The district; None where the address lies in none.
    station, officer, phone, state_police : str or None
        Who looks after it.
    city_district : str or None
        The city district (městský obvod) by the register.
    score : float
        From 0 to 1, as of `AddressMatch`.
    assumed : tuple of Note
        What was assumed.
    distance : float
        Distance to the district's border in metres, to a tenth; for an address outside, to the
        border of the nearest district; for a street, of its address nearest to the border. NaN
        where the register has no point.
    in_district : bool
        Whether it lies in any of the districts.
    certain : bool
        Whether everything that the text can mean lies in this district; never where a town was
        written that is not known, or a part in which the address is not.
    numbers : tuple of NumberRange
        For a street in several districts: the house numbers in this one.
    address_code : str or None
        Code of the address point; for a point, of the nearest one.
    x, y : float
        Coordinates in the CRS of the addresses.
    on : datetime.date or None
        The day that was asked for; None for today, and where the districts have no validity.
    changes : tuple of Note
        What the answer is today, where that is another one, and what it will be.
    """

    address: str
    code: str | None
    name: str | None
    station: str | None
    officer: str | None
    phone: str | None
    state_police: str | None
    city_district: str | None
    score: float
    precision: Precision
    kind: Kind
    assumed: tuple[Note, ...]
    distance: float
    in_district: bool
    certain: bool
    numbers: tuple[NumberRange, ...]
    address_code: str | None
    x: float
    y: float
    crs: str = field(repr=False)
    on: date | None = None
    changes: tuple[Note, ...] = ()

    @property
    def district(self) -> str | None:
        """The district's code."""
        return self.code

    def summary(self, language: Language = "en") -> str:
        """Return the answer in a few sentences; what was left out of it comes first."""
        said = [spaced(self.address) + "."]
        if self.on:
            said.append(translate(AS_OF, language).format(day=day(self.on, language)))
        title = titled(self.code, self.name)
        if not self.in_district:
            said.append(translate(OUTSIDE, language))
        elif self.numbers:
            numbers = ranges_in_words(self.numbers, language)
            district = called(title, language)
            said.append(translate(NUMBERS, language).format(numbers=numbers, district=district))
        else:
            said.append(translate(LIES_IN, language).format(district=_WORD.sub("", title)))
        said += [one.text(language) for one in self.changes]
        for message, value in (
            (STATION, self.station),
            (OFFICER, self.officer),
            (PHONE, self.phone),
            (STATE_POLICE, self.state_police),
        ):
            if value:
                said.append(translate(message, language).format(value=value))
        if self.precision in EXACT and self.distance == self.distance:
            metres = number(self.distance, language, digits=1)
            message = DISTANCE if self.in_district else NEAREST
            said.append(translate(message, language).format(metres=metres))
        return around(" ".join(said), self.assumed, language)


# The word for a district, which the sentence has already.
_WORD = re.compile("^(?:okrsek|police district|district) (?=.)", re.IGNORECASE)
OUTSIDE = _("It lies in none of the districts.")
LIES_IN = _("District: {district}.")
NUMBERS = _("Numbers {numbers}: {district}.")
AS_OF = _("As of {day}.")
STATION = _("Station: {value}.")
OFFICER = _("Officer: {value}.")
PHONE = _("Phone: {value}.")
STATE_POLICE = _("At the state police: {value}.")
DISTANCE = _("The district's border is {metres} m away.")
NEAREST = _("The nearest district is {metres} m away.")
ODD = _("odd {numbers}")
EVEN = _("even {numbers}")
OF_KIND = _("{numbers} ({kind})")


def ranges_in_words(ranges: Sequence[NumberRange], language: Language) -> str:
    """Return house numbers in words: ``odd 1–29, even 2–40``.

    Examples
    --------
    >>> ranges = [NumberRange("odd", "č.o.", 1, 29), NumberRange("odd", "č.o.", 33, 33)]
    >>> ranges_in_words(ranges, "en")
    'odd 1–29, 33'
    """
    said = []
    for parity, kind in dict.fromkeys((one.parity, one.kind) for one in ranges):
        runs = [
            f"{one.first}–{one.last}" if one.first < one.last else f"{one.first}"
            for one in ranges
            if (one.parity, one.kind) == (parity, kind)
        ]
        text = translate(ODD if parity == "odd" else EVEN, language).format(numbers=", ".join(runs))
        if kind != "č.o.":
            text = translate(OF_KIND, language).format(numbers=text, kind=spaced(kind))
        said.append(text)
    return ", ".join(said)
