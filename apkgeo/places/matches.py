"""What a look-up answers: the address, street or part that a text can mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from apkgeo.language import Language, Note
from apkgeo.places.assumptions import around
from apkgeo.places.names import Kind
from apkgeo.places.typed import spaced

if TYPE_CHECKING:
    from shapely import Point

Precision = Literal["address", "street", "part", "district"]


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """An address, a street or a part that a text can mean.

    Attributes
    ----------
    text : str
        The address in its full postal form.
    score : float
        From 0 to 1; 1 is the register's own way of writing. A misspelt name stays below 0.9.
    precision : {"address", "street", "part", "district"}
        What was found: one address, or all those of a street or a part; ``"district"`` only as
        the answer of a `DistrictLookup` to a district's own code.
    kind : {"exact", "folded", "abbreviated", "shortened", "fuzzy", "code"}
        How the name was found; ``"code"`` when the text is the code of an address point.
    assumed : tuple of Note
        What was assumed, in sentences; ``Note.text("cs")`` tells them in Czech.
    address_code : str or None
        Code of the address point (kód adresního místa).
    x, y : float
        Coordinates in `crs`: of the address, or of the one nearest the middle of those found.
    rows : sequence of int
        Rows of the gazetteer's index that it stands for.
    """

    text: str
    score: float
    precision: Precision
    kind: Kind
    assumed: tuple[Note, ...]
    address_code: str | None
    street: str | None
    house_number: int | None
    house_number_kind: str | None
    orientation_number: int | None
    orientation_letter: str | None
    part: str | None
    municipality: str | None
    city_district: str | None
    postcode: str | None
    x: float
    y: float
    crs: str = field(repr=False)
    rows: Sequence[int] = field(repr=False, compare=False)

    @property
    def geometry(self) -> Point:
        """The point, in the CRS of the addresses; empty where the register has none."""
        from shapely import Point

        return Point(self.x, self.y) if self.x == self.x else Point()

    def summary(self, language: Language = "en") -> str:
        """Return the address and what was assumed, in a line; what was left out comes first."""
        return around(spaced(self.text), self.assumed, language)


class Found(NamedTuple):
    """A candidate before it is told: its score, its rows, and the codes of what was assumed."""

    score: int
    precision: Precision
    kind: Kind
    rows: Sequence[int]
    name: str
    assumed: tuple[tuple[str, str], ...]
