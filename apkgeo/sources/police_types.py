"""The state police's tree of types: twelve roots, whose descendants follow them by number."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from apkgeo.sources.columns import fold
from apkgeo.sources.files import Part
from apkgeo.sources.tables import as_text, read_table

# Root -> code. Of an incident with several roots the first here counts: a deed that is a crime is
# one even where a misdemeanour is recorded with it.
ROOTS: Mapping[int, str] = {
    1: "violence",
    13: "fire_explosion",
    18: "burglary",
    35: "theft",
    54: "fraud",
    55: "other_property",
    63: "public_danger",
    79: "traffic_accident",
    80: "drugs",
    84: "weapons",
    96: "extremism",
    97: "misdemeanour",
}
_STARTS = sorted(ROOTS)
_ORDER = {root: place for place, root in enumerate(ROOTS)}
_NAMES: Mapping[int, str] = {
    1: "násilné činy",
    13: "požár, výbuch",
    18: "vloupání",
    35: "krádež",
    37: "krádež motocyklu",
    42: "krádež kola",
    54: "podvod",
    55: "jiný majetkový čin",
    63: "ohrožení veřejnosti",
    79: "dopravní nehoda",
    80: "drogy",
    84: "zbraně",
    96: "extremismus",
    97: "přestupek",
}
_ID = ("id", "kod", "code", "typ", "type")
_NAME = ("name", "nazev", "popis", "title", "label")
_PARENT = ("parentid", "parent", "parentid1", "rodic", "idrodice", "nadrazeny", "nadtyp")


@dataclass(frozen=True)
class TypeTree:
    """Names and parents of types, as far as a list of them came with the data.

    Attributes
    ----------
    names : mapping of int to str
    parents : mapping of int to int
    """

    names: Mapping[int, str] = field(default_factory=dict)
    parents: Mapping[int, int] = field(default_factory=dict)

    def root(self, number: int) -> int | None:
        """Return the root of a type: by its parents where they are known, else by its number.

        Examples
        --------
        >>> TypeTree().root(42), TypeTree(parents={42: 18}).root(42), TypeTree().root(0)
        (35, 18, None)
        """
        seen: set[int] = set()
        while number not in ROOTS and number in self.parents and number not in seen:
            seen.add(number)
            number = self.parents[number]
        if number in ROOTS:
            return number
        place = bisect_right(_STARTS, number)
        return _STARTS[place - 1] if place else None

    def main_root(self, types: Collection[int]) -> int | None:
        """Return the root that an incident of `types` is counted under; None without a type.

        The data list the ancestors of each type: where a root is among them, it alone counts.

        Examples
        --------
        >>> TypeTree().main_root((75, 97, 115)), TypeTree().main_root((42,))
        (97, 35)
        """
        named = [number for number in types if number in ROOTS]
        roots = named or [root for number in types if (root := self.root(number)) is not None]
        return min(roots, key=lambda root: _ORDER[root], default=None)

    def text(self, types: Collection[int]) -> str | None:
        """Return the names of the narrowest types; of their root where they have none."""
        above = {self.parents[number] for number in types if number in self.parents}
        narrow = [number for number in types if number not in above]
        known = self.names or _NAMES
        if not self.parents and len(narrow) > 1:  # which are ancestors is not known
            narrow = [number for number in narrow if number not in ROOTS] or narrow
        named = [known[number] for number in narrow if number in known]
        if named:
            return "|".join(dict.fromkeys(named))
        root = self.main_root(types)
        return None if root is None else known.get(root, _NAMES[root])


def is_list(part: Part) -> bool:
    """Return whether a part of the download lists types or states and holds no incidents."""
    return fold(part.stem) in {"types", "states"}


def read_type_tree(pieces: Collection[Part]) -> TypeTree:
    """Return the tree from the list of types among `pieces`, empty when there is none."""
    for part in pieces:
        if fold(part.stem) != "types":
            continue
        cells = _cells(part)
        columns = {fold(str(column)): column for column in cells.columns}
        number = next((columns[name] for name in _ID if name in columns), None)
        if number is None:
            continue
        numbers = pd.to_numeric(as_text(cells[number]), errors="coerce")
        return TypeTree(
            {
                int(key): str(text)
                for key, text in _column(cells, columns, _NAME, numbers)
                if isinstance(text, str)
            },
            {
                int(key): int(parent)
                for key, parent in _column(cells, columns, _PARENT, numbers)
                if isinstance(parent, str) and parent.isdigit() and int(parent) != int(key)
            },
        )
    return TypeTree()


def _cells(part: Part) -> pd.DataFrame:
    if part.format == "vector":
        try:
            with open(part.location, encoding="utf-8-sig") as file:  # noqa: PTH123 (as GDAL names it)
                found = json.load(file)
        except (OSError, ValueError, RecursionError):
            return pd.DataFrame()
        rows = found.get("data", found.get("types", [])) if isinstance(found, dict) else found
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return pd.DataFrame(rows)
    return read_table(part, frozenset({*_ID, *_NAME, *_PARENT})).cells


def _column(
    cells: pd.DataFrame, columns: Mapping[str, str], names: Collection[str], numbers: pd.Series
) -> list[tuple[float, object]]:
    column = next((columns[name] for name in names if name in columns), None)
    if column is None:
        return []
    pairs = zip(numbers, as_text(cells[column]), strict=True)
    return [(key, value) for key, value in pairs if pd.notna(key)]
