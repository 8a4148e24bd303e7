"""House numbers as lists of streets write them: ``1–29 lichá``, ``č. 2, 4, 6–10``, ``od č. 15``.

The text is folded before (see `apkgeo.places.folding`). What is read here is only which numbers
are meant; whether a street has them is the register's matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from apkgeo.places.addresses import Number

ODD, EVEN = 1, 0
_MARKS = (
    ("p", r"c ?\.? ?p\b\.?|(?:cisl[ao]|cisel) popisn[a-z]+|popisn[a-z]+"),
    (
        "e",
        r"c ?\.? ?ev\b\.?|ev ?\. ?c\b\.?|e ?\. ?c\b\.?"
        r"|(?:cisl[ao]|cisel) evidencni\w*|evidencni\w*",
    ),
    ("o", r"c ?\.? ?or?\b\.?|(?:cisl[ao]|cisel) orientacni\w*|orientacni\w*"),
    ("", r"c\b ?\.?|cis\b\.?|cisl[oay]\b|cisel\b|cisly\b"),
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("parity", r"lich[aeyo]\w*|sud[aeyo](?:u|ch|mi)?\b"),
    ("except", r"krome\b|mimo\b|vyjma\b|bez\b|s vyjimkou\b|vyjimka\b|ne\b"),
    ("up", r"(?:a )?(?:vyse|vys|dale|dal|vyssi|nahoru)\b|(?:do )?kon(?:ec|ce)\b|\+"),
    ("from", r"od\b"),
    ("to", r"az do\b|az po\b|az\b|do\b|po\b|-"),
    ("whole", r"cel[ayeou]\b|cele ulice|vsechn[aoy]\b|vse\b|obe strany|oboustranne"),
    ("noise", r"stran[aeuy]\b|str\b\.?|ulice\b|domy\b|dum\b|objekty?\b|budovy?\b|jen\b|pouze\b"),
    ("noise", r"zacatku?\b|cast\b|vcetne\b|[ai]\b|[.,;:]"),
)
_TOKEN = re.compile(
    "|".join(
        [
            r"(?P<number>\d{1,9}(?P<letter>[a-z](?![a-z0-9]))?"
            r"(?: ?/ ?(?:(?P<other>\d{1,9})(?P<other_letter>[a-z](?![a-z0-9]))?"
            r"|(?P<lone>[a-z](?![a-z0-9]))))?(?![a-z0-9]))",
            *(f"(?P<mark{i}>{pattern})" for i, (_, pattern) in enumerate(_MARKS)),
            *(f"(?P<word{i}>{pattern})" for i, (_, pattern) in enumerate(_WORDS)),
            r"(?P<gap> +)",
        ]
    )
)

Shape = Literal["whole", "range", "one"]
# How exactly an item names an address: a house beats a range, a range beats a whole street.
RANKS = {"one": 3, "range": 2, "whole": 1}


class Bound(NamedTuple):
    """An end of a range: a number and its letter."""

    value: int
    letter: str = ""


@dataclass(frozen=True)
class Item:
    """One statement on a street's numbers.

    Attributes
    ----------
    shape : {"whole", "range", "one"}
        The whole street, the numbers between two, or one number.
    text : str
        As it was written, folded.
    number : Number or None
        The one number.
    first, last : Bound or None
        The ends of the range; None where it is open.
    parity : int or None
        1 for odd, 0 for even numbers only.
    mark : str
        ``"p"`` (č.p.), ``"e"`` (č.ev.), ``"o"`` (č.o.) or empty.
    excluded : bool
        Whether the numbers are taken out instead.
    by_ends : bool
        Whether the parity is that of the ends and was not written; see `settled`.
    """

    shape: Shape
    text: str = ""
    number: Number | None = None
    first: Bound | None = None
    last: Bound | None = None
    parity: int | None = None
    mark: str = ""
    excluded: bool = False
    by_ends: bool = False

    @property
    def rank(self) -> int:
        """How exactly the item names its addresses."""
        return 2 if self.shape == "whole" and self.parity is not None else RANKS[self.shape]

    def fits(self, parity: int) -> bool:
        """Whether neither end of the range is of the other parity."""
        return all(end is None or end.value % 2 == parity for end in (self.first, self.last))


class State(NamedTuple):
    """What one piece of a list hands on to the next: ``č.p. 5, 7`` and ``lichá 1–9, 15–29``."""

    parity: int | None = None
    mark: str = ""
    excluded: bool = False


class _Token(NamedTuple):
    kind: str
    text: str
    value: Number | None = None


START = State()


def read_numbers(folded: str, state: State = START) -> tuple[list[Item], State] | None:
    """Read what is said of a street's numbers; None when it says something else.

    Parameters
    ----------
    folded : str
        The text after the street's name, folded, without commas.
    state : State
        What the piece before it handed on.

    Examples
    --------
    >>> items, _ = read_numbers("licha 1-29")
    >>> items[0].shape, items[0].first, items[0].last, items[0].parity
    ('range', Bound(value=1, letter=''), Bound(value=29, letter=''), 1)
    >>> read_numbers("listopadu") is None
    True
    """
    tokens = _tokens(folded)
    if tokens is None:
        return None
    reader = _Reader(tokens, state)
    reader.read()
    return None if reader.failed else (reader.items, reader.state)


def _tokens(folded: str) -> list[_Token] | None:
    found: list[_Token] = []
    place = 0
    while place < len(folded):
        match = _TOKEN.match(folded, place)
        if match is None or match.end() == place:
            return None
        # A word ends where letters end: "dolu" is no "do".
        if match.lastgroup != "gap":
            after = folded[match.end() : match.end() + 1]
            if match.group()[-1].isalpha() and after.isalpha():
                return None
            found.append(_token(match))
        place = match.end()
    return [token for token in found if token.kind != "noise"]


def _token(match: re.Match[str]) -> _Token:
    text = match.group()
    if match["number"]:
        value = re.match(r"\d+", text)
        assert value is not None
        number = Number(
            int(value.group()),
            match["letter"] or match["lone"] or "",
            int(match["other"] or 0),
            match["other_letter"] or "",
        )
        return _Token("number", text, number)
    for i, (mark, _) in enumerate(_MARKS):
        if match[f"mark{i}"]:
            return _Token("mark", mark)
    kind = next(name for i, (name, _) in enumerate(_WORDS) if match[f"word{i}"])
    return _Token(kind, text)


class _Reader:
    """The tokens of one piece, read from left to right."""

    def __init__(self, tokens: list[_Token], state: State) -> None:
        self.tokens = tokens
        self.place = 0
        self.items: list[Item] = []
        self.failed = False
        self.handed = state.parity
        self.parity: int | None = None
        self.leading: bool | None = None
        self.mark, self.excluded = state.mark, state.excluded

    @property
    def state(self) -> State:
        parity = self.parity if self.leading else self.handed if self.leading is None else None
        return State(parity, self.mark, self.excluded)

    def _next(self, kind: str) -> _Token | None:
        """Take the next token when it is of `kind`."""
        if self.place < len(self.tokens) and self.tokens[self.place].kind == kind:
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def _marked_number(self) -> Number | None:
        """Take a number, with its mark if there is one; give back the mark if there is none."""
        start = self.place
        mark = self._next("mark")
        found = self._next("number")
        if found is None:
            self.place = start
            return None
        if mark is not None:
            self.mark = mark.text
        return found.value

    def read(self) -> None:
        while self.place < len(self.tokens) and not self.failed:
            token = self.tokens[self.place]
            if token.kind == "parity":
                self.place += 1
                self._parity(ODD if token.text.startswith("l") else EVEN)
            elif token.kind == "except":
                self.place += 1
                self.excluded = True
                self.failed = self.place == len(self.tokens)
            elif token.kind == "whole":
                self.place += 1
                self._add("whole", token.text)
            elif token.kind == "mark" and not self._numbers_follow():
                self.place += 1
                self.mark = token.text
            else:
                self._range()

    def _numbers_follow(self) -> bool:
        after = self.tokens[self.place + 1 : self.place + 2]
        return bool(after) and after[0].kind == "number"

    def _range(self) -> None:
        """Read ``od 5 do 9``, ``5–9``, ``od 5``, ``do 9``, ``5 a výše`` or ``5``."""
        start = self.place
        opened = self._next("from") is not None
        first = self._marked_number()
        if first is None and self._next("to"):
            last = self._marked_number()
            if last is None or (start and self.tokens[start].text == "-"):
                self.failed = True
                return
            self._add("range", self._said(start), last=_bound(last))
            return
        if first is None or (opened and first.other):
            self.failed = True
            return
        if self._next("up"):
            self._add("range", self._said(start), first=_bound(first))
            return
        before = self.place
        if self._next("to"):
            last = self._marked_number()
            if last is None and not self._next("up"):
                self.place, self.failed = before, True
                return
            end = None if last is None else _bound(last)
            self._add("range", self._said(start), first=_bound(first), last=end)
        elif opened:
            self._add("range", self._said(start), first=_bound(first))
        else:
            number = first._replace(mark=self.mark)
            self.items.append(
                Item("one", self._said(start), number, mark=self.mark, excluded=self.excluded)
            )

    def _said(self, start: int) -> str:
        said = " ".join(
            token.text for token in self.tokens[start : self.place] if token.kind != "mark"
        )
        return said.replace(" - ", "–").replace(" +", "+")

    def _add(
        self, shape: Shape, text: str, *, first: Bound | None = None, last: Bound | None = None
    ) -> None:
        if first is not None and last is not None and last < first:
            self.failed = True
            return
        item = Item(
            shape, text, first=first, last=last, mark=self.mark, excluded=self.excluded,
        )  # fmt: skip
        parity = self.parity if self.leading else self.handed if self.leading is None else None
        if shape == "range" and parity is not None and item.fits(parity):
            item = replace(item, parity=parity)
        self.items.append(item)

    def _parity(self, parity: int) -> None:
        """Take ``lichá`` for what follows it, for what stands before it, or for the street."""
        rest = (token.kind for token in self.tokens[self.place :] if token.kind != "mark")
        ahead = next(rest, "") in {"number", "from", "to"}
        if self.leading is None:
            self.leading = ahead and not any(item.shape == "range" for item in self.items)
        if self.leading and ahead:
            self.parity = parity
            return
        given = _given(self.items, parity)
        if given is not None:
            self.items = given
        elif not any(item.shape != "whole" for item in self.items):
            text = "lichá" if parity else "sudá"
            self.items.append(Item("whole", text, parity=parity, excluded=self.excluded))


def _given(items: list[Item], parity: int) -> list[Item] | None:
    """Return items with a parity given to the ranges that it can mean; None when it means none."""
    made = [
        replace(item, parity=parity)
        if item.shape == "range" and item.parity is None and item.fits(parity)
        else item
        for item in items
    ]
    return made if made != items else None


def joined(items: list[Item], more: list[Item]) -> list[Item]:
    """Return an entry's items, to which those of its next piece were added.

    A piece that says only ``lichá`` speaks of the ranges before it: ``1–45 (lichá)``.
    """
    if len(more) == 1 and more[0].shape == "whole" and not more[0].excluded:
        parity = more[0].parity
        given = None if parity is None else _given(items, parity)
        if given is not None:
            return given
    items.extend(more)
    return items


def _bound(number: Number) -> Bound:
    """Return a range's end; of ``24/3`` the second number, as people count along a street."""
    if number.other:
        return Bound(number.other, number.other_letter)
    return Bound(number.value, number.letter)


def settled(items: list[Item]) -> list[Item]:
    """Return an entry's items with a trailing ``lichá`` given to all ranges that it can mean.

    ``2–6, 10–14 sudá`` are even numbers twice, and ``1–19, 2–40`` are two sides of a street. An
    entry that only takes numbers out begins with the whole street.
    """
    trailing = items[-1].parity if items and items[-1].shape == "range" else None
    made = [
        replace(item, parity=trailing)
        if trailing is not None
        and item.shape == "range"
        and item.parity is None
        and item.first is not None
        and item.last is not None
        and item.fits(trailing)
        else item
        for item in items
    ]
    made = _by_sides(made)
    parities = [item for item in made if not (item.shape == "whole" and item.parity is None)]
    if any(not item.excluded for item in parities):
        return parities if len(parities) < len(made) and _only_parity(parities) else made
    return [Item("whole"), *made] if not any(not item.excluded for item in made) else made


def _by_sides(items: list[Item]) -> list[Item]:
    """Give ranges the parity of their ends where a range of odd ends overlaps one of even ends."""
    ends = {
        place: (item.first.value, item.last.value)
        for place, item in enumerate(items)
        if item.shape == "range" and item.parity is None and item.first and item.last
        if not item.excluded and item.first.value % 2 == item.last.value % 2
    }
    odd, even = ([pair for pair in ends.values() if pair[0] % 2 == side] for side in (ODD, EVEN))
    if not any(a[0] < b[1] and b[0] < a[1] for a in odd for b in even):
        return items
    return [
        replace(item, parity=ends[place][0] % 2, by_ends=True) if place in ends else item
        for place, item in enumerate(items)
    ]


def _only_parity(items: list[Item]) -> bool:
    """Whether the items say no more than odd or even: ``celá lichá strana``."""
    return all(item.shape == "whole" for item in items if not item.excluded)


def pieces(text: str) -> list[str]:
    """Return what stands between commas and semicolons outside of parentheses.

    Examples
    --------
    >>> pieces("Dlouhá (1, 3), 5; Lesní")
    ['Dlouhá (1, 3)', ' 5', ' Lesní']
    """
    found, start, depth = [], 0, 0
    closing = text.rfind(")")
    for place, character in enumerate(text):
        if character == "(" and place < closing:
            depth += 1
        elif character == ")":
            depth = max(depth - 1, 0)
        elif character in ",;" and not depth:
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]
