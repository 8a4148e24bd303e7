"""Entries of a list of streets, resolved against the register of addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from apkgeo.language import Note, _
from apkgeo.places.address_index import AddressIndex, Group, Place
from apkgeo.places.addresses import Number, Written
from apkgeo.places.assumptions import note
from apkgeo.places.folding import fold, words
from apkgeo.places.house_numbers import houses
from apkgeo.places.names import (
    Target,
    exact_names,
    loose_names,
    misspelt_names,
    plain,
    similar_names,
)
from apkgeo.places.street_numbers import START, Item, State, joined, pieces, read_numbers, settled

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_STREET = _("The register has no such street.")
SIMILAR = _("The register has no such street; similar names: {names}.")
SEVERAL = _("The name can mean several streets: {names}; write the one that is meant in full.")
NO_NUMBERS = _("The street has none of these numbers.")
OTHER_STREET = _("The street has none of these numbers; a similar one has them: {names}.")
OTHER_NUMBER = _("The register has this number only as {addresses}.")
NOT_UNDERSTOOD = _("The words after the street's name are not understood; write house numbers.")
TOO_LONG = _("The text is too long for a street; put commas between streets.")
NUMBERS_ALONE = _("House numbers without a street before them.")
STREET_TAKEN = _("{name} is a street and a part of the town; the street was taken.")
ELSEWHERE = _("The street is not in {place}.")

# Words before a street's name that add nothing to it, and those that a part's name may follow.
_BEFORE = re.compile(
    r"^(?:(?:cast ulice|cela ulice|cele ulice|cela|cely|cele|cast|ulice|ul\.?|a|i|dale|take|oblast)"
    r"(?![a-z]) ?)+"
)
_PART = re.compile(
    r"^(?:cela |cele |cely )?(?:mestska cast|mistni cast|cast obce|cast mesta|m ?\. ?c ?\."
    r"|cast(?! ulice)|obec|sidliste|ctvrt|mestsky obvod)(?![a-z]) ?"
)
_WHOLE_PART = re.compile(r"cela (?:mestska |mistni )?cast(?: mesta| obce)?")
_CUTS = re.compile(r" |(?=[-(])|(?<=[.a-z])(?=\d)")
_PARENTHESES = re.compile(r"\(([^()]*)\)")
# A street with its numbers is never longer; what is, is no entry.
LONGEST = 300


@dataclass
class Entry:
    """A street or a part, and which of its numbers.

    Attributes
    ----------
    line : int
        Where it stands in the list.
    area : int
        The area that lists it.
    text : str
        As it was written.
    """

    line: int
    area: int
    text: str
    target: Target | None = None
    rows: NDArray[np.int64] | None = None
    items: list[Item] = field(default_factory=list)
    state: State = START
    problem: Note | None = None
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One row of the accounting: a street, or one number or range of numbers of it.

    Attributes
    ----------
    rows : numpy.ndarray of int
        Rows of the index that it names; none when it is rejected.
    reason : Note or None
        Why it is rejected.
    """

    entry: Entry
    item: Item
    rows: NDArray[np.int64]
    reason: Note | None = None

    @property
    def text(self) -> str:
        """What it says, with the street that it belongs to."""
        if self.entry.target is None or len(self.entry.items) < 2:
            return self.entry.text
        return f"{self.entry.target.what.name} {self.item.text}".strip()


class EntryReader:
    """Reads lines of a list with the register at hand."""

    def __init__(self, index: AddressIndex) -> None:
        self.index = index

    def is_street(self, head: str, rest: str) -> bool:
        """Whether `head` is a street's name and `rest`, up to the first comma, its numbers."""
        if len(head) > LONGEST or len(rest) > LONGEST * LONGEST:
            return False
        if rest:
            numbers = read_numbers(fold(pieces(rest)[0]))
            if numbers is None or not numbers[0]:
                return False
        return self._named(head)

    def entries(self, lines: Sequence[tuple[int, str]], area: int) -> list[Entry]:
        """Return the entries of an area's lines."""
        made: list[Entry] = []
        for line, text in lines:
            for piece in pieces(text):
                said = piece.strip(" :\t")
                if words(said):
                    self._add(made, said, line, area)
        for entry in made:
            entry.items = settled(entry.items) or [Item("whole")]
        return made

    def _add(self, made: list[Entry], said: str, line: int, area: int) -> None:
        numbers = (
            read_numbers(fold(said), made[-1].state if made else START)
            if len(said) <= LONGEST
            else None
        )
        if numbers is not None and numbers[0] and not self._named(said):
            if made:
                made[-1].items = joined(made[-1].items, numbers[0])
                made[-1].state = numbers[1]
                made[-1].text += f", {said}"
            else:
                made.append(Entry(line, area, said, problem=Note(NUMBERS_ALONE)))
            return
        made.extend(self._entries(said, line, area))

    def _named(self, said: str) -> bool:
        """Whether the whole text is the name of a street."""
        return bool(_streets(exact_names(self.index, Written(words(said), None), plain(said))))

    def _entries(self, said: str, line: int, area: int) -> Iterator[Entry]:
        """Return the entry of a piece, or those of its halves where an "a" joins two streets."""
        whole = self._entry(said, line, area)
        if whole.problem is not None and len(said) <= LONGEST:
            for match in re.finditer(r"\s(?:a|i)\s|\s\+\s", said):
                halves = (said[: match.start()], said[match.end() :])
                entries = [self._entry(half.strip(), line, area) for half in halves]
                if all(entry.problem is None for entry in entries):
                    yield from entries
                    return
        yield whole

    def _entry(self, said: str, line: int, area: int) -> Entry:
        entry = Entry(line, area, said)
        if len(said) > LONGEST:
            entry.text, entry.problem = f"{said[:LONGEST]}…", Note(TOO_LONG)
            return entry
        inside = _PARENTHESES.findall(said)
        outside = " ".join(_PARENTHESES.sub(" ", said).split())
        part = [text for text in inside if _WHOLE_PART.fullmatch(fold(text))]
        if part and self._recognise_part(entry, fold(outside), outside):
            return entry
        if not self._recognise(entry, outside):
            return entry
        for text in inside:
            self._parenthesis(entry, text)
        return entry

    def _recognise(self, entry: Entry, said: str) -> bool:
        """Find the longest beginning of `said` that is a name, followed by numbers."""
        folded = fold(said)
        bare = _BEFORE.sub("", folded)
        rules: tuple[Callable[[tuple[str, ...]], list[Target]], ...] = (
            lambda name: exact_names(self.index, Written(name, None), plain(said)),
            lambda name: loose_names(self.index, Written(name, None)),
        )
        part = _PART.match(folded)
        if part and self._recognise_part(entry, folded[part.end() :], said):
            return entry.problem is None
        for rule in rules:
            for text in dict.fromkeys((folded, bare)):
                for cut in self._cuts(text):
                    numbers = read_numbers(text[cut:].strip(" -:"))
                    name = words(text[:cut])
                    if numbers is None or not name:
                        continue
                    targets = rule(name)
                    if targets and self._settle(entry, targets, numbers):
                        return entry.problem is None
        entry.problem = self._unknown(bare)
        return False

    def _recognise_part(self, entry: Entry, text: str, said: str) -> bool:
        for cut in self._cuts(text):
            numbers = read_numbers(text[cut:].strip(" -:"))
            targets = [
                target
                for target in exact_names(self.index, Written(words(text[:cut]), None), plain(said))
                if isinstance(target.what, Place)
            ]
            if numbers is not None and targets:
                return self._settle(entry, targets, numbers)
        return False

    @staticmethod
    def _cuts(text: str) -> list[int]:
        """Return where a name may end, the longest first."""
        return sorted({len(text), *(m.start() for m in _CUTS.finditer(text) if m.start())})[::-1]

    def _settle(
        self, entry: Entry, targets: list[Target], numbers: tuple[list[Item], State]
    ) -> bool:
        """Take the one target that is meant; several streets are a problem."""
        chosen = _streets(targets)
        if chosen and len(chosen) < len(targets):
            entry.notes.append(Note(STREET_TAKEN, name=chosen[0].what.name))
        if not chosen:
            rank = {id(one): one.what.rank for one in targets if isinstance(one.what, Place)}
            chosen = [one for one in targets if rank[id(one)] == min(rank.values())]
        least = min(target.cost for target in chosen)
        chosen = [target for target in chosen if target.cost == least]
        entry.items, entry.state = numbers[0], numbers[1]
        names = [self._title(target.what) for target in chosen]
        if len({target.what.name for target in chosen}) > 1:
            entry.problem = Note(SEVERAL, names=", ".join(names))
            return True
        entry.target = chosen[0]
        entry.notes += [note(code, value) for code, value in chosen[0].assumed if code != "case"]
        rows = [self._rows(target.what) for target in chosen]
        entry.rows = np.concatenate(rows)
        return True

    def _title(self, what: Group | Place) -> str:
        return f"{what.name} ({what.municipality})" if what.municipality else what.name

    def _rows(self, what: Group | Place) -> NDArray[np.int64]:
        if isinstance(what, Group):
            return np.arange(what.start, what.stop)
        return self.index.rows_in(what)

    def _parenthesis(self, entry: Entry, text: str) -> None:
        """Read what stands in parentheses: a part of the town, or numbers."""
        assert entry.rows is not None
        bare = _PART.sub("", fold(text))
        key = " ".join(words(bare))
        numbers = self.index.place_keys.get(key, ())
        if numbers:
            places = [self.index.places[number] for number in numbers]
            profiles = [
                i
                for i, (part, town, district, _postcode) in enumerate(self.index.profiles)
                if any(place.name == (part, district, town)[place.rank] for place in places)
            ]
            inside = entry.rows[np.isin(self.index.profile[entry.rows], profiles)]
            if not len(inside):
                entry.problem = Note(ELSEWHERE, place=places[0].name)
            entry.rows = inside
            return
        for piece in pieces(text):
            read = read_numbers(fold(piece), entry.state)
            if read is None:
                entry.problem = Note(NOT_UNDERSTOOD)
                return
            entry.items = joined(entry.items, read[0])
            entry.state = read[1]

    def _unknown(self, folded: str) -> Note:
        """Say why nothing fits: an unknown name with those like it, or words after a known one."""
        for cut in self._cuts(folded)[1:]:
            name = words(folded[:cut])
            if name and _streets(exact_names(self.index, Written(name, None), folded)):
                return Note(NOT_UNDERSTOOD)
        ends = (cut for cut in self._cuts(folded)[::-1] if read_numbers(folded[cut:].strip(" -:")))
        name = words(folded[: next(ends, len(folded))])
        written = Written(name, None)
        likely = [target.what.name for target in misspelt_names(self.index, written)]
        likely = likely or similar_names(self.index, [" ".join(name)])
        names = list(dict.fromkeys(likely))[:3]
        return Note(SIMILAR, names=", ".join(names)) if names else Note(NO_STREET)

    def rows(self, entry: Entry) -> list[Row]:
        """Return the rows of the accounting that an entry makes."""
        nothing = np.array([], dtype=np.int64)
        if entry.problem is not None or entry.rows is None:
            problem = entry.problem or Note(NO_STREET)
            return [Row(entry, Item("whole"), nothing, problem)]
        assert entry.target is not None
        profiles = np.unique(self.index.profile[entry.rows])
        towns = sorted({self.index.profiles[one][1] for one in profiles.tolist()})
        if len(towns) > 1:
            names = ", ".join(f"{entry.target.what.name} ({town})" for town in towns)
            return [Row(entry, Item("whole"), nothing, Note(SEVERAL, names=names))]
        made = [self._told(self._row(entry, item)) for item in entry.items]
        out = [row.rows for row in made if row.item.excluded]
        if not out:
            return made
        gone = np.concatenate(out)
        return [
            row
            if row.item.excluded
            else Row(entry, row.item, row.rows[~np.isin(row.rows, gone)], row.reason)
            for row in made
        ]

    def _told(self, row: Row) -> Row:
        """Name the streets of a similar name that have the numbers which this one lacks."""
        entry = row.entry
        if row.reason != NO_NUMBERS or entry.target is None:
            return row
        name = tuple(words(entry.target.what.name))
        names = []
        for target in loose_names(self.index, Written(name, None)):
            other = Entry(entry.line, entry.area, entry.text, target, self._rows(target.what))
            if self._row(other, row.item).reason is None:
                names.append(target.what.name)
        reason = Note(OTHER_STREET, names=", ".join(names[:3])) if names else row.reason
        return Row(entry, row.item, row.rows, reason)

    def _row(self, entry: Entry, item: Item) -> Row:
        assert entry.rows is not None and entry.target is not None
        if item.shape == "one" and item.number is not None:
            return self._one(entry, item, item.number)
        number, letter = self._numbers(entry, item)
        inside = np.ones(len(entry.rows), dtype=bool) if item.shape == "whole" else number > 0
        if item.parity is not None:
            inside &= (number > 0) & (number % 2 == item.parity)
        if item.first is not None:
            after = letter >= item.first.letter if item.first.letter else np.ones_like(inside)
            inside &= (number > item.first.value) | ((number == item.first.value) & after)
        if item.last is not None:
            before = letter <= item.last.letter if item.last.letter else np.ones_like(inside)
            inside &= (number < item.last.value) | ((number == item.last.value) & before)
        found = entry.rows[inside]
        return Row(entry, item, found, None if len(found) else Note(NO_NUMBERS))

    def _numbers(self, entry: Entry, item: Item) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Return the numbers that a range counts: č.o., or č.p. where there is none or it says."""
        index, rows = self.index, entry.rows
        assert rows is not None
        house = index.house[rows].astype(np.int64)
        orientation = index.orientation[rows].astype(np.int64)
        letters = np.array(index.letters)[index.letter[rows]]
        if item.mark in ("p", "e"):
            right = index.registered[rows] == (item.mark == "e")
            return np.where(right, house, 0), np.full(len(rows), "")
        if item.mark == "o":
            return orientation, letters
        number = np.where(orientation > 0, orientation, house)
        if entry.target is not None and isinstance(entry.target.what, Place):
            number = np.where(index.in_street[rows], 0, house)
        return number, letters

    def _one(self, entry: Entry, item: Item, number: Number) -> Row:
        assert entry.rows is not None and entry.target is not None
        nothing = np.array([], dtype=np.int64)
        in_street = isinstance(entry.target.what, Group)
        found = houses(self.index, entry.rows, number, in_street=in_street)
        if not found:
            return Row(entry, item, nothing, Note(NO_NUMBERS))
        least = min(one.cost for one in found)
        best = [one for one in found if one.cost == least]
        codes = dict.fromkeys(code for one in best for code in one.assumed)
        doubtful = {"kind", "house_differs", "orientation_differs", "street_left_out"}
        if doubtful.intersection(codes):
            said = ", ".join(self._written(one.row) for one in best[:3])
            return Row(entry, item, nothing, Note(OTHER_NUMBER, addresses=said))
        entry.notes += [note(code, str(number)) for code in codes]
        return Row(entry, item, np.array([one.row for one in best], dtype=np.int64))

    def _written(self, row: int) -> str:
        index = self.index
        tail = f"{index.orientation[row]}{index.letters[index.letter[row]]}"
        kind = "č.ev. " if index.registered[row] else ""
        number = f"{kind}{index.house[row]}"
        return f"{index.group_of(row).name} {number}/{tail}" if index.orientation[row] else number


def _streets(targets: Sequence[Target]) -> list[Target]:
    return [target for target in targets if isinstance(target.what, Group)]
