"""Which police district an address lies in, who looks after it, and how near its border is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from apkgeo.language import Language, Note, _, number, translate
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.addresses import LONGEST
from apkgeo.places.assumptions import around
from apkgeo.places.folding import fold
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.house_numbers import NumberRange, number_ranges
from apkgeo.places.matches import Found, Precision
from apkgeo.places.names import Kind
from apkgeo.places.typed import spaced

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from apkgeo.frames import Reading

# A longer code is a register's, not one that people use.
LONGEST_CODE = 4
# A district asked for by its code or name, in folded words.
NAMED_DISTRICT = re.compile("(?:police district|district|okrsek|obvod) (?:c ?\\.? ?)?(.+)$")
# What an address scores below this does not stand before a district's own code.
PLAIN = 900
HOUSES_AFTER = 1_000_000
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
    """

    code: str
    name: str
    station: str | None = None
    officer: str | None = None
    phone: str | None = None
    state_police: str | None = None

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
        written that is not known.
    numbers : tuple of NumberRange
        For a street in several districts: the house numbers in this one.
    address_code : str or None
        Code of the address point.
    x, y : float
        Coordinates in the CRS of the addresses.
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

    @property
    def district(self) -> str | None:
        """The district's code."""
        return self.code

    def summary(self, language: Language = "en") -> str:
        """Return the answer in a few sentences; what was left out of it comes first."""
        said = [spaced(self.address) + "."]
        if not self.in_district:
            said.append(translate(OUTSIDE, language))
        else:
            said.append(translate(LIES_IN, language).format(district=titled(self.code, self.name)))
        if self.numbers:
            numbers = ranges_in_words(self.numbers, language)
            said.append(translate(NUMBERS, language).format(numbers=numbers))
        for message, value in (
            (STATION, self.station),
            (OFFICER, self.officer),
            (PHONE, self.phone),
            (STATE_POLICE, self.state_police),
        ):
            if value:
                said.append(translate(message, language).format(value=value))
        if self.precision == "address" and self.distance == self.distance:
            metres = number(self.distance, language, digits=1)
            message = DISTANCE if self.in_district else NEAREST
            said.append(translate(message, language).format(metres=metres))
        return around(" ".join(said), self.assumed, language)


OUTSIDE = _("It lies in none of the districts.")
LIES_IN = _("District: {district}.")
NUMBERS = _("House numbers: {numbers}.")
STATION = _("Station: {value}.")
OFFICER = _("Officer: {value}.")
PHONE = _("Phone: {value}.")
STATE_POLICE = _("At the state police: {value}.")
DISTANCE = _("The district's border is {metres} m away.")
NEAREST = _("The nearest district is {metres} m away.")
ODD = _("odd {numbers}")
EVEN = _("even {numbers}")
OF_KIND = _("{numbers} ({kind})")


class DistrictLookup:
    """Addresses and districts, ready to be asked which lies in which.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame, Reading or Gazetteer
        The tidy frame of addresses, in a CRS in metres.
    districts : geopandas.GeoDataFrame or Reading
        Boundaries with ``code`` and ``name`` and, where known, ``station``, ``officer``, ``phone``
        and ``state_police``, in any CRS.
    on : datetime.date, optional
        The day whose districts are asked for, where the boundaries tell ``valid_from`` and
        ``valid_to``; those without an end when not given.

    Raises
    ------
    InputError
        When a frame is not what it should be, or no district is valid on the day.
    CRSError
        When a frame has no CRS.
    """

    def __init__(
        self,
        addresses: gpd.GeoDataFrame | Reading | Gazetteer,
        districts: gpd.GeoDataFrame | Reading,
        *,
        on: date | None = None,
    ) -> None:
        from apkgeo.places.district_areas import district_areas, place_in_districts

        self.gazetteer = addresses if isinstance(addresses, Gazetteer) else Gazetteer(addresses)
        areas = district_areas(getattr(districts, "frame", districts), self.index.crs, on=on)
        self.districts = tuple(
            District(**row) for row in areas.drop(columns="geometry").to_dict("records")
        )
        self.area, self.distance = place_in_districts(self.index, areas)

    @classmethod
    def of(
        cls,
        gazetteer: Gazetteer,
        districts: tuple[District, ...],
        area: NDArray[np.int32],
        distance: NDArray[np.float64],
    ) -> DistrictLookup:
        """Return a look-up put together from what was worked out before."""
        made = cls.__new__(cls)
        made.gazetteer, made.districts = gazetteer, districts
        made.area, made.distance = area, distance
        return made

    @property
    def index(self) -> AddressIndex:
        """The addresses."""
        return self.gazetteer.index

    def find(self, text: str, limit: int = 5) -> list[DistrictMatch]:
        """Return the districts in which `text` can lie, the likeliest first.

        Parameters
        ----------
        text : str
            An address, a street or a part as people write it; see `Gazetteer.find`.
        limit : int
            How many answers at most.

        Notes
        -----
        A street in several districts gives an answer for each, with its house numbers, in the
        order of the numbers. ``2B`` and ``okrsek 2B`` give the district of that code.
        """
        candidates = self.gazetteer.search(text)
        named = self._named(text, bare=not candidates or candidates[0].score < PLAIN)
        if named:
            certain = len(named) == 1
            return [self._whole(one, certain) for one in named[: max(limit, 0)]]
        answers: list[tuple[Found, int, NDArray[np.int64]]] = []
        for found in candidates:
            rows = np.asarray(found.rows)
            area = self.area[rows]
            # By the first house number, or the most addresses; outside comes last.
            if found.precision == "street":
                numbers = self._sorting_numbers(rows)
                rank = {int(one): int(numbers[area == one].min()) for one in np.unique(area)}
            else:
                rank = {int(one): -int((area == one).sum()) for one in np.unique(area)}
            in_order = sorted(rank, key=lambda one: (one < 0, rank[one], one))
            answers.extend((found, one, rows[area == one]) for one in in_order)
        certain = len({one for _, one, _ in answers}) == 1 and answers[0][1] >= 0
        certain &= not any(code == "place_unknown" for one in candidates for code, _ in one.assumed)
        return [
            self._told(found, one, rows, certain) for found, one, rows in answers[: max(limit, 0)]
        ]

    def suggest(self, text: str, limit: int = 5) -> list[str]:
        """Return names like the one in `text`; see `Gazetteer.suggest`."""
        return self.gazetteer.suggest(text, limit)

    def _sorting_numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return orientation numbers, and after them all the numbers of houses without one."""
        orientation = self.index.orientation[rows].astype(np.int64)
        house = self.index.house[rows].astype(np.int64)
        return np.where(orientation > 0, orientation, HOUSES_AFTER + house)

    def _named(self, text: Any, *, bare: bool) -> list[int]:
        """Return the districts whose code or name the text is, where it says that it is one."""
        if not isinstance(text, str) or len(text) > LONGEST:
            return []
        asked = fold(text)
        said = NAMED_DISTRICT.match(asked)
        if not said and not bare:
            return []
        wanted = {asked, said[1]} if said else {asked}
        found = []
        for i, one in enumerate(self.districts):
            names = (one.code, one.title, one.name) if said else (one.code, one.title)
            if wanted & {fold(name) for name in names if name}:
                found.append(i)
        return found

    def _whole(self, area: int, certain: bool) -> DistrictMatch:
        """Return a district itself as an answer."""
        district = self.districts[area]
        rows = np.flatnonzero(self.area == area)
        x, y = self.index.x[rows], self.index.y[rows]
        return DistrictMatch(
            address=district.title,
            **{name: getattr(district, name) for name in ("code", "name", *DETAILS)},
            city_district=None, score=1.0, precision="district", kind="code", assumed=(),
            distance=float("nan"), in_district=True, certain=certain, numbers=(),
            address_code=None,
            x=float(x.mean()) if len(rows) else float("nan"),
            y=float(y.mean()) if len(rows) else float("nan"),
            crs=self.index.crs,
        )  # fmt: skip

    def _told(
        self, found: Found, area: int, rows: NDArray[np.int64], certain: bool
    ) -> DistrictMatch:
        """Return an answer with everything that is known about the district."""
        whole = len(rows) == len(found.rows)
        match = self.gazetteer.told(found if whole else found._replace(rows=tuple(rows.tolist())))
        district = self.districts[area] if area >= 0 else None
        numbers: tuple[NumberRange, ...] = ()
        if found.precision == "street" and not whole:
            every: Sequence[int] = list(found.rows)
            numbers = number_ranges(self.index, every, self.area[every].tolist())[area]
        distances = self.distance[rows]
        known = distances[~np.isnan(distances)]
        detail: dict[str, Any] = {
            name: getattr(district, name, None) for name in ("code", "name", *DETAILS)
        }
        return DistrictMatch(
            address=match.text,
            **detail,
            city_district=match.city_district,
            score=match.score,
            precision=match.precision,
            kind=match.kind,
            assumed=match.assumed,
            distance=round(float(known.min()), 1) if len(known) else float("nan"),
            in_district=area >= 0,
            certain=certain,
            numbers=numbers,
            address_code=match.address_code,
            x=match.x,
            y=match.y,
            crs=match.crs,
        )


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
