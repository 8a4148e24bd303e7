"""Which police district an address lies in, who looks after it, and how near its border is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from apkgeo.errors import InputError
from apkgeo.language import Note
from apkgeo.places.address_index import AddressIndex
from apkgeo.places.addresses import LONGEST
from apkgeo.places.assumptions import in_order
from apkgeo.places.district_matches import DETAILS, District, DistrictMatch
from apkgeo.places.epochs import (
    Epoch,
    change,
    epoch_on,
    present,
    this_day,
    turning_day,
)
from apkgeo.places.folding import fold
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.house_numbers import NumberRange, number_ranges
from apkgeo.places.matches import Found
from apkgeo.places.outlines import Outlines

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from apkgeo.frames import Reading

# A district asked for by its code or name, in folded words.
NAMED_DISTRICT = re.compile("(?:police district|district|okrsek|obvod) (?:c ?\\.? ?)?(.+)$")
# What an address scores below this does not stand before a district's own code.
PLAIN = 900
HOUSES_AFTER = 1_000_000
# With these another place may be meant than the one that was found.
ELSEWHERE = ("place_unknown", "places_differ")


class _Answer(NamedTuple):
    """One district of a candidate, with the candidate's rows that lie in it."""

    found: Found
    area: int
    rows: NDArray[np.int64]


class DistrictLookup:
    """Addresses and districts, ready to be asked which lies in which.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame, Reading or Gazetteer
        The tidy frame of addresses, in a CRS in metres.
    districts : geopandas.GeoDataFrame or Reading
        Boundaries with ``code`` and ``name`` and, where known, ``station``, ``officer``, ``phone``
        and ``state_police``, in any CRS; ``valid_from`` and ``valid_to`` where they change.
    on : datetime.date, optional
        The day whose districts are asked for; today, or the last day on which any were valid,
        when not given.

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
        from apkgeo.places.district_areas import district_areas, place_in_epochs
        from apkgeo.places.outlines import outlines

        self.gazetteer = addresses if isinstance(addresses, Gazetteer) else Gazetteer(addresses)
        areas = district_areas(getattr(districts, "frame", districts), self.index.crs)
        self.districts = tuple(
            District(**row) for row in areas.drop(columns="geometry").to_dict("records")
        )
        self.epochs = place_in_epochs(self.index, areas)
        self.outlines = outlines(areas.geometry.to_numpy())
        self.on = on
        self._asked(on)

    @classmethod
    def of(
        cls,
        gazetteer: Gazetteer,
        districts: tuple[District, ...],
        epochs: tuple[Epoch, ...],
        outlines: Outlines,
    ) -> DistrictLookup:
        """Return a look-up put together from what was worked out before."""
        made = cls.__new__(cls)
        made.gazetteer, made.districts = gazetteer, districts
        made.epochs, made.outlines, made.on = epochs, outlines, None
        return made

    @property
    def index(self) -> AddressIndex:
        """The addresses."""
        return self.gazetteer.index

    @property
    def area(self) -> NDArray[np.int32]:
        """The district of each address on the day of the look-up; -1 outside."""
        return self._asked(self.on).area

    @property
    def distance(self) -> NDArray[np.float64]:
        """Metres from each address to its district's border on the day of the look-up."""
        return self._asked(self.on).distance

    def _asked(self, on: date | None, today: date | None = None) -> Epoch:
        """Return the epoch of a day, or today's; raise InputError where there is none."""
        if on is None:
            if len(self.epochs) == 1:
                return self.epochs[0]
            return present(self.epochs, today or this_day())
        epoch = epoch_on(self.epochs, on)
        if epoch is None:
            first, last = self.epochs[0].start, self.epochs[-1].stop
            known = " ".join(
                [f"from {first}" if first else "", f"until {last}" if last else ""]
            ).strip()
            raise InputError(
                "the districts", expected=f"at least one valid district on {on}", came="none",
                remedy=f"give another day; districts are known {known or 'with gaps'}",
            )  # fmt: skip
        return epoch

    def find(
        self,
        text: str,
        limit: int = 5,
        *,
        on: date | None = None,
        today: date | None = None,
    ) -> list[DistrictMatch]:
        """Return the districts in which `text` can lie, the likeliest first.

        Parameters
        ----------
        text : str
            An address, a street, a part, a crossing or coordinates as people write them; see
            `Gazetteer.find`.
        limit : int
            How many answers at most.
        on : datetime.date, optional
            The day whose districts are asked for; that of the look-up when not given.
        today : datetime.date, optional
            The day that counts as today; by the machine's clock when not given.

        Raises
        ------
        InputError
            When no district is valid on the day.

        Notes
        -----
        A street in several districts gives an answer for each, with its house numbers, in the
        order of the numbers. A crossing at the border of districts gives each of them. ``2B`` and
        ``okrsek 2B`` give the district of that code. Where the districts have validity, the
        answers tell what differs today or later.
        """
        day = on or self.on
        if len(self.epochs) > 1:
            today = today or this_day()
        epoch = self._asked(day, today)
        candidates = self.gazetteer.search(text)
        named = self._named(text, epoch, bare=not candidates or candidates[0].score < PLAIN)
        limit = max(limit, 0)
        shown = day if len(self.epochs) > 1 else None
        if named:
            certain = len(named) == 1
            return [self._whole(one, epoch, certain, shown) for one in named[:limit]]
        answers = [one for found in candidates for one in self._answers(found, epoch)]
        certain = len({one.area for one in answers}) == 1 and answers[0].area >= 0
        certain &= not any(code in ELSEWHERE for one in candidates for code, _ in one.assumed)
        return [self._told(one, epoch, certain, shown, today) for one in answers[:limit]]

    def suggest(self, text: str, limit: int = 5) -> list[str]:
        """Return names like the one in `text`; see `Gazetteer.suggest`."""
        return self.gazetteer.suggest(text, limit)

    def explain(self, text: str) -> Note:
        """Return why a text has no answer; see `Gazetteer.explain`."""
        return self.gazetteer.explain(text)

    def _answers(self, found: Found, epoch: Epoch) -> list[_Answer]:
        """Return the districts in which a candidate lies, in the order in which they are told."""
        rows = np.asarray(found.rows, dtype=np.int64)
        if found.precision in ("point", "crossing"):
            around = self._around(found, epoch)
            if len(around) > 1:
                assumed = tuple(in_order((*found.assumed, ("at_border", ""))))
                found = found._replace(assumed=assumed)
            return [_Answer(found, one, rows) for one in around]
        area = epoch.area[rows]
        # By the first house number, or the most addresses; outside comes last.
        if found.precision == "street":
            numbers = self._sorting_numbers(rows)
            rank = {int(one): int(numbers[area == one].min()) for one in np.unique(area)}
        else:
            rank = {int(one): -int((area == one).sum()) for one in np.unique(area)}
        ordered = sorted(rank, key=lambda one: (one < 0, rank[one], one))
        return [_Answer(found, one, rows[area == one]) for one in ordered]

    def _around(self, found: Found, epoch: Epoch) -> list[int]:
        """Return the district of a point, and those that a crossing's corner may lie in too."""
        if found.point is None:
            return [-1]
        x, y = found.point
        first = self.outlines.holding(x, y, epoch.members)[:1]
        if not found.reach:
            return first or [-1]
        near = sorted(
            (self.outlines.metres(x, y, one), one) for one in epoch.members if one not in first
        )
        return [*first, *(one for metres, one in near if metres <= found.reach)] or [-1]

    def _sorting_numbers(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return orientation numbers, and after them all the numbers of houses without one."""
        orientation = self.index.orientation[rows].astype(np.int64)
        house = self.index.house[rows].astype(np.int64)
        return np.where(orientation > 0, orientation, HOUSES_AFTER + house)

    def _named(self, text: Any, epoch: Epoch, *, bare: bool) -> list[int]:
        """Return the districts whose code or name the text is, where it says that it is one."""
        if not isinstance(text, str) or len(text) > LONGEST:
            return []
        asked = fold(text)
        said = NAMED_DISTRICT.match(asked)
        if not said and not bare:
            return []
        wanted = {asked, said[1]} if said else {asked}
        found = []
        for number in epoch.members:
            one = self.districts[number]
            names = (one.code, one.title, one.name) if said else (one.code, one.title)
            if wanted & {fold(name) for name in names if name}:
                found.append(number)
        return found

    def _whole(self, area: int, epoch: Epoch, certain: bool, on: date | None) -> DistrictMatch:
        """Return a district itself as an answer."""
        district = self.districts[area]
        rows = np.flatnonzero(epoch.area == area)
        x, y = self.index.x[rows], self.index.y[rows]
        return DistrictMatch(
            address=district.title,
            **{name: getattr(district, name) for name in ("code", "name", *DETAILS)},
            city_district=None, score=1.0, precision="district", kind="code", assumed=(),
            distance=float("nan"), in_district=True, certain=certain, numbers=(),
            address_code=None,
            x=float(x.mean()) if len(rows) else float("nan"),
            y=float(y.mean()) if len(rows) else float("nan"),
            crs=self.index.crs, on=on,
        )  # fmt: skip

    def _told(
        self, answer: _Answer, epoch: Epoch, certain: bool, on: date | None, today: date | None
    ) -> DistrictMatch:
        """Return an answer with everything that is known about the district."""
        found, area, rows = answer
        whole = len(rows) == len(found.rows)
        match = self.gazetteer.told(found if whole else found._replace(rows=tuple(rows.tolist())))
        district = self.districts[area] if area >= 0 else None
        numbers: tuple[NumberRange, ...] = ()
        if found.precision == "street" and not whole:
            every: Sequence[int] = list(found.rows)
            numbers = number_ranges(self.index, every, epoch.area[every].tolist())[area]
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
            distance=self._metres(answer, epoch),
            in_district=area >= 0,
            certain=certain,
            numbers=numbers,
            address_code=match.address_code,
            x=match.x,
            y=match.y,
            crs=match.crs,
            on=on,
            changes=self._changes(found, epoch, today),
        )

    def _metres(self, answer: _Answer, epoch: Epoch) -> float:
        """Return the distance to the border, to a tenth of a metre."""
        found, area, rows = answer
        if found.point is not None:
            among = (area,) if area >= 0 else epoch.members
            return min(self.outlines.metres(*found.point, one) for one in among)
        distances = epoch.distance[rows]
        known = distances[~np.isnan(distances)]
        return round(float(known.min()), 1) if len(known) else float("nan")

    def _changes(self, found: Found, asked: Epoch, today: date | None) -> tuple[Note, ...]:
        """Return what the answer is today and later, where that is another one."""
        if (
            today is None
            or len(self.epochs) < 2
            or (found.precision == "point" and found.point is None)
        ):
            return ()
        said = [self._lies_in(found, one) for one in self.epochs]
        now = next((i for i, one in enumerate(self.epochs) if one.holds(today)), None)
        at = next(i for i, one in enumerate(self.epochs) if one is asked)
        if now is None:
            return ()
        if said[now] != said[at]:
            same = [one == said[now] for one in said]
            return self._change(
                "today", said[at], said[now], turning_day(self.epochs, same, at, now)
            )
        later = next((i for i in range(now + 1, len(said)) if said[i] != said[now]), None)
        if later is None or at != now:
            return ()
        return self._change("later", said[now], said[later], self.epochs[later].start)

    def _lies_in(self, found: Found, epoch: Epoch) -> tuple[int, ...]:
        """Return the districts of a candidate's rows in an epoch, equal ones as one."""
        if found.point is not None:
            areas = self._around(found, epoch)
        else:
            areas = epoch.area[np.asarray(found.rows, dtype=np.int64)].tolist()
        return tuple(self.first_alike[one] for one in areas)

    @cached_property
    def first_alike(self) -> dict[int, int]:
        """Each district -> the first one with the same code, name and contacts."""
        seen: dict[District, int] = {}
        alike = {-1: -1}
        for number, one in enumerate(self.districts):
            alike[number] = seen.setdefault(replace(one, valid_from=None, valid_to=None), number)
        return alike

    def _change(
        self, when: str, before: tuple[int, ...], after: tuple[int, ...], day: date | None
    ) -> tuple[Note, ...]:
        """Return the sentence of what the districts `after` differ in from those `before`."""
        if day is None:
            return ()
        if len(set(after)) > 1:
            return (change(f"{when}_split", day),)
        if after[0] < 0:
            return (change(f"{when}_none", day),)
        district = self.districts[after[0]]
        titles = {self.districts[one].title if one >= 0 else None for one in before}
        if titles == {district.title}:
            return (change(f"{when}_contacts", day),)
        return (change(f"{when}_other", day, district.title),)
