"""Find written addresses in the register: instantly, forgivingly, saying what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.assumptions import note
from apkgeo.places.folding import written_out
from apkgeo.places.matches import AddressMatch, Found
from apkgeo.places.names import similar_names
from apkgeo.places.reasons import reason
from apkgeo.places.search import search
from apkgeo.places.ways import ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from apkgeo.frames import Reading

AS_LIKELY = _("Another answer is as likely: {other}.")

# What frames of incidents call the precision of a point that came from such an answer.
_AS_INCIDENTS: dict[str, str] = {"point": "measured", "crossing": "street"}


class Gazetteer:
    """The register of addresses, ready to be asked.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame, Reading or AddressIndex
        The tidy frame of addresses (see `apkgeo.read_addresses`), in a CRS in metres, or an index
        made before by `apkgeo.places.index_building.build_index`.

    Raises
    ------
    InputError
        When it is no frame of addresses, or an empty one.
    """

    def __init__(self, addresses: gpd.GeoDataFrame | Reading | AddressIndex) -> None:
        if isinstance(addresses, AddressIndex):
            self.index = addresses
        else:
            from apkgeo.places.index_building import build_index

            self.index = build_index(getattr(addresses, "frame", addresses))

    def find(self, text: str, limit: int = 5) -> list[AddressMatch]:
        """Return what `text` can mean, the likeliest first; nothing when it means nothing here.

        Parameters
        ----------
        text : str
            An address as people write it: ``Resslova 5``, ``nám. Republiky 1/1, Plzeň 3``,
            ``č.ev. 12, Litice``, a street or a part without a number, a crossing (``Korandova ×
            Plachého``), coordinates (WGS 84 or S-JTSK in either order) or an address point's code.
        limit : int
            How many answers at most.

        Notes
        -----
        A lone number that is one house's č.o. and another's č.p. gives both, č.o. first. A street
        that is not known gives nothing, unless its name is a misspelling of one that is.
        """
        return [self.told(found) for found in self.search(text)[: max(limit, 0)]]

    def suggest(self, text: str, limit: int = 5) -> list[str]:
        """Return names of streets and places like the one in `text`, the most alike first.

        For a text that `find` has no answer to; none of the names is claimed to be meant.
        """
        found = ways(self.index, text)[0]
        keys = [written_out(written.name) for group in found for written in group]
        return similar_names(self.index, keys)[: max(limit, 0)]

    def explain(self, text: str) -> Note:
        """Return why a text that `find` has no answer to has none, in a plain sentence."""
        return reason(self.index, text)

    def geocode(
        self, series: pd.Series | Sequence[str | None], *, least: float = 0.6
    ) -> gpd.GeoDataFrame:
        """Return the likeliest address of each text.

        Parameters
        ----------
        series : pandas.Series of str
            Addresses as people wrote them; a missing one is not found. A list or an array does as
            well.
        least : float
            A likeliest answer that scores less is not taken.

        Returns
        -------
        geopandas.GeoDataFrame
            On the index of `series`, in the CRS of the addresses: ``matched`` (the address in its
            full postal form), ``address_code`` (missing for a street, a part or a crossing),
            ``score`` (0 where nothing was found), ``precision`` as incidents have it (``address``,
            ``street``, also for a crossing, ``part``, ``measured`` where coordinates were
            written, or missing),
            ``assumed`` (a tuple of Note, which says too when another answer is as likely),
            ``candidates`` (how many addresses, streets or parts the text can mean) and geometry,
            missing where nothing was found.

        Raises
        ------
        InputError
            When it is no column of texts.

        Examples
        --------
        >>> import geopandas as gpd
        >>> import pandas as pd
        >>> row = {"address_code": "1", "street": None, "house_number": 2, "part": "Lhotka",
        ...        "house_number_kind": "č.p.", "orientation_number": None,
        ...        "orientation_letter": None, "municipality": "Lhotka", "city_district": None,
        ...        "postcode": "33000"}
        >>> points = gpd.points_from_xy([-822000], [-1070000])
        >>> village = gpd.GeoDataFrame([row], geometry=points, crs=5514)
        >>> Gazetteer(village).geocode(pd.Series(["Lhotka 2", "Praha"])).matched.tolist()
        ['č.p. 2, 330 00 Lhotka', None]
        """
        import geopandas as gpd
        import pandas as pd

        series = _column(series)
        answers: dict[Any, tuple[Any, ...]] = {}
        nothing = (None, None, 0.0, None, (), 0, None)
        for text in series.dropna().unique():
            candidates = self.search(text)
            if not candidates or candidates[0].score < 1000 * least:
                answers[text] = nothing
                continue
            one = self.told(candidates[0])
            precision = _AS_INCIDENTS.get(one.precision, one.precision)
            answers[text] = (
                one.text, one.address_code, one.score, precision,
                (*one.assumed, *self._as_likely(candidates)), len(candidates), one.geometry,
            )  # fmt: skip
        rows = [answers.get(text, nothing) if pd.notna(text) else nothing for text in series]
        columns = ["matched", "address_code", "score", "precision", "assumed", "candidates"]
        table = pd.DataFrame(
            {name: pd.Series([row[i] for row in rows], index=series.index, dtype="object")
             for i, name in enumerate(columns)},
            index=series.index,
        ).astype({"score": "float64", "candidates": "int64"})  # fmt: skip
        return gpd.GeoDataFrame(
            table,
            geometry=gpd.GeoSeries([row[-1] for row in rows], index=series.index),
            crs=self.index.crs,
        )

    def _as_likely(self, candidates: Sequence[Found]) -> tuple[Note, ...]:
        """Tell of the next candidate when nothing but the order of the register is against it."""
        if len(candidates) < 2 or candidates[1].score < candidates[0].score:
            return ()
        return (Note(AS_LIKELY, other=self.told(candidates[1]).text),)

    def search(self, text: Any) -> list[Found]:
        """Return the candidates of `find` in their order, not yet told."""
        return search(self.index, text)

    def told(self, found: Found) -> AddressMatch:
        """Return a candidate with everything that the register says about it."""
        assumed = tuple(note(code, value) for code, value in found.assumed)
        if found.precision == "address":
            return self._address(found, found.rows[0], assumed)
        part, municipality, district, postcode = self._common(found.rows)
        x, y = self._place(found)
        text = found.name
        house: dict[str, Any]
        if found.precision == "point":
            house = self._house(found.rows[0]) if len(found.rows) else {}
        else:
            beside = (name for name in (part, municipality) if name and name != found.name)
            text = ", ".join([found.name, *beside])
            house = {"street": found.name} if found.precision == "street" else {}
        return AddressMatch(
            text=text, score=found.score / 1000, precision=found.precision, kind=found.kind,
            assumed=assumed, part=part or None, municipality=municipality or None,
            city_district=district or None, postcode=f"{postcode:05d}" if postcode else None,
            x=x, y=y, crs=self.index.crs, rows=found.rows, **house,
        )  # fmt: skip

    def _address(self, found: Found, row: int, assumed: tuple[Note, ...]) -> AddressMatch:
        """Return one address with everything that the register says about it."""
        index = self.index
        part, municipality, district, postcode = index.profiles[index.profile[row]]
        return AddressMatch(
            index.postal(row), found.score / 1000, "address", found.kind, assumed,
            part=part or None, municipality=municipality or None, city_district=district or None,
            postcode=f"{postcode:05d}" if postcode else None, x=float(index.x[row]),
            y=float(index.y[row]), crs=index.crs, rows=found.rows, **self._house(row),
        )  # fmt: skip

    def _place(self, found: Found) -> tuple[float, float]:
        """Return where a candidate lies; NaN where that is not known."""
        if found.point is not None:
            return found.point[0] / 10, found.point[1] / 10
        row = -1 if found.precision == "point" else self._middle(found.rows)
        if row < 0:
            return float("nan"), float("nan")
        return float(self.index.x[row]), float(self.index.y[row])

    def _house(self, row: int) -> dict[str, Any]:
        """Return what belongs to one address alone."""
        index = self.index
        return {
            "address_code": str(index.code[row]),
            "street": index.group_of(row).name or None,
            "house_number": int(index.house[row]) or None,
            "house_number_kind": "č.ev." if index.registered[row] else "č.p.",
            "orientation_number": int(index.orientation[row]) or None,
            "orientation_letter": index.letters[index.letter[row]] or None,
        }

    def _common(self, rows: Sequence[int]) -> tuple[Any, Any, Any, Any]:
        """Return part, municipality, city district and postcode, as far as rows share them."""
        if not len(rows):
            return None, None, None, None
        if len(rows) == 1:
            return self.index.profiles[self.index.profile[rows[0]]]
        chosen = slice(rows.start, rows.stop) if isinstance(rows, range) else list(rows)
        present = [self.index.profiles[i] for i in np.unique(self.index.profile[chosen])]
        part, municipality, district, postcode = (
            values.pop() if len(values) == 1 else None
            for values in map(set, zip(*present, strict=True))
        )
        return part, municipality, district, postcode

    def _middle(self, rows: Sequence[int]) -> int:
        """Return the row nearest the mean point of `rows`; -1 where there is none."""
        if not len(rows):
            return -1
        chosen = np.asarray(rows)
        x, y = self.index.x[chosen], self.index.y[chosen]
        placed = ~np.isnan(x)
        if not placed.any():
            return int(chosen[0])
        distance = np.hypot(x - x[placed].mean(), y - y[placed].mean())
        return int(chosen[np.nanargmin(distance)])


def _column(texts: Any) -> pd.Series:
    """Return texts as a column.

    Raises
    ------
    InputError
        When they are none: one text, or a table.
    """
    import pandas as pd

    if isinstance(texts, pd.Series):
        return texts
    if isinstance(texts, (str, bytes)) or np.ndim(texts) != 1:
        raise InputError(
            "the addresses to geocode", expected="a Series or a list of texts",
            came=f"a {type(texts).__name__}", remedy="name the column, or ask find for one text",
        )  # fmt: skip
    return pd.Series(texts, dtype="object")
