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

Precision = Literal["address", "street", "part", "crossing", "point", "district"]


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """An address, a street, a part, a crossing or a point that a text can mean.

    Attributes
    ----------
    text : str
        The address in its full postal form; the names of streets, or the coordinates as they
        were understood.
    score : float
        From 0 to 1; 1 is the register's own way of writing. A misspelt name stays below 0.9.
    precision : {"address", "street", "part", "crossing", "point", "district"}
        What was found: one address, or all those of a street or a part; where two streets meet;
        a point whose coordinates were written; ``"district"`` only as the answer of a
        `DistrictLookup` to a district's own code.
    kind : {"exact", "folded", "abbreviated", "shortened", "fuzzy", "code", "coordinates"}
        How the name was found; ``"code"`` when the text is the code of an address point.
    assumed : tuple of Note
        What was assumed, in sentences; ``Note.text("cs")`` tells them in Czech.
    address_code : str or None
        Code of the address point (kód adresního místa). For a point this, and whatever else
        belongs to an address, is of the nearest one; missing where none is within a kilometre.
    x, y : float
        Coordinates in `crs`: of the address or the point, or of the address nearest the middle of
        those found; NaN where there are none.
    rows : sequence of int
        Rows of the gazetteer's index that it stands for.
    """

    text: str
    score: float
    precision: Precision
    kind: Kind
    assumed: tuple[Note, ...]
    address_code: str | None = None
    street: str | None = None
    house_number: int | None = None
    house_number_kind: str | None = None
    orientation_number: int | None = None
    orientation_letter: str | None = None
    part: str | None = None
    municipality: str | None = None
    city_district: str | None = None
    postcode: str | None = None
    x: float = float("nan")
    y: float = float("nan")
    crs: str = field(default="", repr=False)
    rows: Sequence[int] = field(default=(), repr=False, compare=False)

    @property
    def geometry(self) -> Point:
        """The point, in the CRS of the addresses; empty where the register has none."""
        from shapely import Point

        return Point(self.x, self.y) if self.x == self.x else Point()

    def summary(self, language: Language = "en") -> str:
        """Return the address and what was assumed, in a line; what was left out comes first."""
        return around(spaced(self.text), self.assumed, language)


class Found(NamedTuple):
    """A candidate before it is told.

    Attributes
    ----------
    score : int
        In thousandths.
    rows : sequence of int
        Rows of the index that it stands for; of a crossing those nearest to it, of a point the
        nearest one, or none.
    name : str
        The street, the part, the two streets of a crossing, or the coordinates.
    assumed : tuple of (str, str)
        Codes of what was assumed, each with the value that it was assumed of.
    point : (int, int) or None
        Where a crossing or a point lies, in decimetres.
    reach : int
        Metres around a crossing in which its corner may lie.
    """

    score: int
    precision: Precision
    kind: Kind
    rows: Sequence[int]
    name: str
    assumed: tuple[tuple[str, str], ...]
    point: tuple[int, int] | None = None
    reach: int = 0
