"""Find written addresses in the register: instantly, forgivingly, saying what was assumed.

An exact name beats one that differs in case or diacritics, which beats an abbreviation, which beats
a shortened name, which beats a misspelt one. Scores are whole thousandths and every choice among
equals is settled by the order of the register, so that ``pages/static/lookup_*.js``, which follows
the same steps, gives the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from apkgeo.places.address_index import PART, AddressIndex, Group, build_index
from apkgeo.places.addresses import CODE, LONGEST, Written, readings, tokens
from apkgeo.places.assumptions import in_order, note
from apkgeo.places.folding import fold, written_out
from apkgeo.places.house_numbers import houses, letter_code
from apkgeo.places.matches import AddressMatch, Found, Precision
from apkgeo.places.names import (
    Target,
    exact_names,
    loose_names,
    misspelt_names,
    plain,
    similar_names,
)
from apkgeo.places.typed import LeftOut, left_out

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from apkgeo.frames import Reading

UNKNOWN_NUMBER_COST = 300
PLACE_COST, POSTCODE_COST = 150, 30
IGNORED_COST, UNKNOWN_PLACE_COST = 20, 200
# A town that is not in the register: no confident answer, so that none is geocoded.
ELSEWHERE_COST = 250
WHOLE_TOWN_COST = 300
# What scores less is no answer; what scores this much needs no more forgiving rule.
LEAST, SURE = 500, 701

_PRECISIONS = ("address", "street", "part")


class Gazetteer:
    """The register of addresses, ready to be asked.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame, Reading or AddressIndex
        The tidy frame of addresses (see `apkgeo.read_addresses`), in a CRS in metres, or an index
        made before by `apkgeo.places.address_index.build_index`.

    Raises
    ------
    InputError
        When it is no frame of addresses, or an empty one.
    """

    def __init__(self, addresses: gpd.GeoDataFrame | Reading | AddressIndex) -> None:
        if isinstance(addresses, AddressIndex):
            self.index = addresses
        else:
            self.index = build_index(getattr(addresses, "frame", addresses))

    def find(self, text: str, limit: int = 5) -> list[AddressMatch]:
        """Return what `text` can mean, the likeliest first; nothing when it means nothing here.

        Parameters
        ----------
        text : str
            An address as people write it: ``Resslova 5``, ``nám. Republiky 1/1, Plzeň 3``,
            ``č.ev. 12, Litice``, a street or a part without a number, or an address point's code.
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
        ways = self._ways(text)[0]
        keys = [written_out(written.name) for group in ways for written in group]
        return similar_names(self.index, keys)[: max(limit, 0)]

    def geocode(self, series: pd.Series, *, least: float = 0.6) -> gpd.GeoDataFrame:
        """Return the likeliest address of each text.

        Parameters
        ----------
        series : pandas.Series of str
            Addresses as people wrote them; a missing one is not found.
        least : float
            A likeliest answer that scores less is not taken.

        Returns
        -------
        geopandas.GeoDataFrame
            On the index of `series`, in the CRS of the addresses: ``matched`` (the address in its
            full postal form), ``address_code`` (missing for a street or a part), ``score`` (0
            where nothing was found), ``precision`` (``address``, ``street``, ``part`` or missing),
            ``assumed`` (a tuple of Note), ``candidates`` (how many addresses, streets or parts the
            text can mean) and geometry, missing where nothing was found.

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

        answers: dict[Any, tuple[Any, ...]] = {}
        nothing = (None, None, 0.0, None, (), 0, None)
        for text in series.dropna().unique():
            candidates = self.search(text)
            if not candidates or candidates[0].score < 1000 * least:
                answers[text] = nothing
                continue
            one = self.told(candidates[0])
            answers[text] = (
                one.text, one.address_code, one.score, one.precision, one.assumed,
                len(candidates), one.geometry,
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

    def search(self, text: Any) -> list[Found]:
        """Return the candidates of `find` in their order, not yet told."""
        index = self.index
        ways, postcode = self._ways(text)
        if not ways:
            return self._by_code(text)
        as_typed = plain(text)
        rules: tuple[Callable[[Written], list[Target]], ...] = (
            lambda written: exact_names(index, written, as_typed),
            lambda written: loose_names(index, written),
            lambda written: misspelt_names(index, written),
        )
        best: dict[tuple[int, int, int], Found] = {}
        for rule in rules:
            # A name that is known beats a misspelt one, unless both numbers speak for that.
            known = bool(best) and rule is rules[-1]
            for group in ways:
                for written in group:
                    if known and not (written.number and written.number.other):
                        continue
                    for target in rule(written):
                        for one in self._answers(written, target, postcode):
                            key = (one.rows[0], one.rows[-1], len(one.rows))
                            if key not in best or best[key].score < one.score:
                                best[key] = one
                if any(one.score >= SURE for one in best.values()):
                    return self._as_typed(best.values(), text)
        return self._as_typed(best.values(), text) or self._by_code(text)

    def _as_typed(self, candidates: Iterable[Found], text: str) -> list[Found]:
        """Return candidates in order, the words they left out told as they were typed."""
        said: dict[str, LeftOut] = {}
        told = []
        for one in candidates:
            assumed: list[tuple[str, str]] = []
            score = one.score
            for code, value in one.assumed:
                if code not in ("ignored", "elsewhere"):
                    assumed.append((code, value))
                    continue
                if value not in said:
                    said[value] = left_out(text, value.split(" "))
                others, place, rest = said[value]
                if place and rest and code == "elsewhere":
                    assumed.append(("place_unknown", f"{place}\n{rest}"))
                    score = max(score - ELSEWHERE_COST, 1)
                elif place:
                    others = ", ".join(filter(None, [others, place]))
                if others:
                    assumed.append(("ignored", others))
            told.append(one._replace(score=score, assumed=tuple(in_order(assumed))))
        return sorted(told, key=_order)

    def _by_code(self, text: Any) -> list[Found]:
        """Return the address whose code the text is."""
        code = CODE.match(fold(text)) if isinstance(text, str) and len(text) <= LONGEST else None
        rows = self.index.rows_of_code(code[1]) if code else []
        return [Found(1000, "address", "code", (row,), "", ()) for row in rows]

    def _ways(self, text: Any) -> tuple[list[list[Written]], int]:
        """Return the ways to read a text, and its postcode; none where it is no address."""
        if not isinstance(text, str) or len(text) > LONGEST or "<" in text or ">" in text:
            return [], 0
        found, postcode = tokens(fold(text), self.index.postcodes)
        if not any(isinstance(token, str) and token not in ",-×" for token in found):
            return [], 0
        index = self.index
        return readings(found, index.place_ranks, index.place_beginnings), postcode

    def _answers(self, written: Written, target: Target, postcode: int) -> Iterator[Found]:
        """Return what a name that was recognised means together with its number and place."""
        index = self.index
        what, number = target.what, written.number
        if isinstance(what, Group):
            rows: slice | np.ndarray[Any, Any] = slice(what.start, what.stop)
            precision: Precision = "street"
        else:
            rows = index.rows_in(what)
            precision = "part"
        cost = target.cost
        if number is not None:
            if not isinstance(what, Group) and what.rank != PART:
                cost += WHOLE_TOWN_COST
            hit = False
            for house in houses(index, rows, number, in_street=isinstance(what, Group)):
                assumed = tuple(
                    (letter_code(index, number, house) if code == "letter" else code, str(number))
                    for code in house.assumed
                )
                extra, more = self._beside(written, int(index.profile[house.row]), postcode)
                score = 1000 - cost - house.cost - extra
                if score >= LEAST:
                    hit = True
                    yield Found(
                        score, "address", target.kind, (house.row,), what.name,
                        target.assumed + assumed + more,
                    )  # fmt: skip
            if hit:
                return
            cost += UNKNOWN_NUMBER_COST
        yield from self._whole(written, target, cost, rows, precision, postcode)

    def _whole(
        self,
        written: Written,
        target: Target,
        cost: int,
        rows: slice | np.ndarray[Any, Any],
        precision: Precision,
        postcode: int,
    ) -> Iterator[Found]:
        """Return the street or the part as a whole, as far as it fits what else was written."""
        profile = self.index.profile[rows]
        present = np.unique(profile).tolist()
        beside = {one: self._beside(written, one, postcode) for one in present}
        least = min(extra for extra, _ in beside.values())
        fitting = [one for one in present if beside[one][0] == least]
        inside: Sequence[int]
        if len(fitting) == len(present) and isinstance(rows, slice):
            inside = range(rows.start, rows.stop)
        else:
            chosen = np.flatnonzero(np.isin(profile, fitting))
            chosen = chosen + rows.start if isinstance(rows, slice) else rows[chosen]
            inside = _span(chosen)
        assumed = target.assumed + beside[fitting[0]][1]
        if written.number is not None:
            assumed += (("number_unknown", str(written.number)),)
        score = 1000 - cost - least
        if score >= LEAST:
            yield Found(score, precision, target.kind, inside, target.what.name, assumed)

    def _beside(
        self, written: Written, profile: int, postcode: int
    ) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Return what the town, the postcode and the words left over cost, and assume."""
        cost, assumed = 0, []
        keys = self.index.profile_keys[profile]
        wrong = [key for key in written.places if key not in keys]
        known = len(wrong) < len(written.places)
        if wrong:
            cost += PLACE_COST * len(wrong)
            assumed.append(("places_differ", ""))
        if postcode:
            if self.index.profiles[profile][3] == postcode:
                known = True
            else:
                cost += POSTCODE_COST
                assumed.append(("postcode_differs", ""))
        if written.ignored:
            worded = any(not word[0].isdigit() for word in written.ignored)
            elsewhere = worded and not known
            cost += UNKNOWN_PLACE_COST if elsewhere else IGNORED_COST
            assumed.append(("elsewhere" if elsewhere else "ignored", " ".join(written.ignored)))
        return cost, tuple(assumed)

    def told(self, found: Found) -> AddressMatch:
        """Return a candidate with everything that the register says about it."""
        index = self.index
        row = found.rows[0] if found.precision == "address" else self._middle(found.rows)
        group = index.group_of(row)
        part, municipality, district, postcode = index.profiles[index.profile[row]]
        assumed = tuple(note(code, value) for code, value in found.assumed)
        x, y = float(index.x[row]), float(index.y[row])
        score = found.score / 1000
        if found.precision == "address":
            return AddressMatch(
                self.postal(row), score, "address", found.kind, assumed, str(index.code[row]),
                group.name or None, int(index.house[row]) or None,
                "č.ev." if index.registered[row] else "č.p.",
                int(index.orientation[row]) or None, index.letters[index.letter[row]] or None,
                part or None, municipality or None, district or None,
                f"{postcode:05d}" if postcode else None, x, y, index.crs, found.rows,
            )  # fmt: skip
        if isinstance(found.rows, range) and len(found.rows) > 100_000:
            common = [(part, municipality, district, postcode)]
        else:
            common = [index.profiles[i] for i in np.unique(index.profile[list(found.rows)])]
        one = [
            values.pop() if len(values) == 1 else None
            for values in map(set, zip(*common, strict=True))
        ]
        parts = [found.name, *(name for name in (one[0], one[1]) if name and name != found.name)]
        return AddressMatch(
            ", ".join(parts), score, found.precision, found.kind, assumed, None,
            found.name if found.precision == "street" else None, None, None, None, None,
            one[0] or None, one[1] or None, one[2] or None,
            f"{one[3]:05d}" if one[3] else None, x, y, index.crs, found.rows,
        )  # fmt: skip

    def _middle(self, rows: Sequence[int]) -> int:
        """Return the row nearest the mean point of `rows`."""
        chosen = np.asarray(rows)
        x, y = self.index.x[chosen], self.index.y[chosen]
        placed = ~np.isnan(x)
        if not placed.any():
            return int(chosen[0])
        distance = np.hypot(x - x[placed].mean(), y - y[placed].mean())
        return int(chosen[np.nanargmin(distance)])

    def postal(self, row: int) -> str:
        """Return an address in full: ``Resslova 199/5, Jižní Předměstí, 301 00 Plzeň``."""
        index = self.index
        street = index.group_of(row).name
        part, municipality, _, postcode = index.profiles[index.profile[row]]
        house, orientation = index.house[row], index.orientation[row]
        kind = "č.ev. " if index.registered[row] else "" if street else "č.p. "
        number = f"{kind}{house}" if house else ""
        if orientation:
            tail = f"{orientation}{index.letters[index.letter[row]]}"
            number = f"{number}/{tail}" if number else tail
        town = (
            f"{postcode // 100} {postcode % 100:02d} {municipality}" if postcode else municipality
        )
        first = f"{street} {number}".strip()
        return ", ".join(filter(None, [first, part if part != municipality else "", town]))


def _order(found: Found) -> tuple[int, int, int]:
    return -found.score, _PRECISIONS.index(found.precision), found.rows[0]


def _span(rows: np.ndarray[Any, Any]) -> Sequence[int]:
    """Return sorted rows, as a range where they follow one another."""
    first, last = int(rows[0]), int(rows[-1])
    return range(first, last + 1) if last - first + 1 == len(rows) else tuple(rows.tolist())
