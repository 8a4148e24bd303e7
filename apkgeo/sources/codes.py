"""Codes of areas, each once: qualified by a borough, or numbered, and always told."""

from __future__ import annotations

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Mask
from apkgeo.sources.columns import QUALIFIERS, Columns, fold, listing
from apkgeo.sources.tables import as_text


def area_codes(
    cells: pd.DataFrame,
    columns: Columns,
    made: pd.DataFrame,
    joined: str,
    good: Mask,
    file: str,
    notes: list[Note],
) -> pd.Series:
    """Return a code for each area, unique among those that are valid at one time.

    Parameters
    ----------
    made : pandas.DataFrame
        With ``code`` as written and the validity.
    joined : str
        Several columns with a plus between them, as the user says; empty when nothing is said.
    notes : list of Note
        Grows by what was done.

    Raises
    ------
    InputError
        When a column of `joined` does not exist.
    """
    code = _joined(cells, joined, file) if joined else made["code"]
    if code.isna().all():
        notes.append(Note(_("No column names the areas: they were numbered.")))
    rows = pd.Series(code.index.astype("str"), index=code.index, dtype="str")
    code = code.fillna(rows)
    if not _repeated(code, made, good).any():
        return code
    qualifier = None if joined else _qualifier(cells, columns, code, made, good)
    if qualifier is not None:
        notes.append(
            Note(
                _("{column} alone repeats: the codes were made of {qualifier} and {column}."),
                column=columns.found.get("code", "code"),
                qualifier=qualifier,
            )
        )
        return as_text(cells[qualifier]).fillna("") + "-" + code
    return _numbered(code, _repeated(code, made, good), notes)


def _joined(cells: pd.DataFrame, joined: str, file: str) -> pd.Series:
    folded = {fold(column): column for column in cells.columns}
    pieces = []
    for name in joined.split("+"):
        column = folded.get(fold(name))
        if column is None:
            raise InputError(
                f"{file}: no column {name.strip()!r} for 'code'",
                came=f"columns {listing(cells.columns)}",
                remedy="mend the name in the study, or in the argument columns",
            )
        pieces.append(as_text(cells[column]).fillna(""))
    code = pieces[0]
    for piece in pieces[1:]:
        code = code + "-" + piece
    return code


def _repeated(code: pd.Series, made: pd.DataFrame, good: Mask) -> pd.Series:
    """Return where a code stands for the second time, unless the validities are disjoint."""
    known = code[good]
    again = known[known.duplicated(keep=False)]
    wrong = pd.Series(False, index=code.index)
    for _code, rows in again.groupby(again):
        spans = made.loc[rows.index, ["valid_from", "valid_to"]].sort_values("valid_from")
        ends, starts = spans["valid_to"].iloc[:-1], spans["valid_from"].iloc[1:]
        disjoint = ends.notna().all() and starts.notna().all()
        disjoint = disjoint and bool((ends.to_numpy() <= starts.to_numpy()).all())
        if not disjoint:
            wrong[rows.index[1:]] = True
    return wrong


def _qualifier(
    cells: pd.DataFrame, columns: Columns, code: pd.Series, made: pd.DataFrame, good: Mask
) -> str | None:
    """Return the column that makes the codes unique, such as the borough."""
    folded = {fold(column): column for column in reversed(list(cells.columns))}
    for name in QUALIFIERS:
        column = folded.get(name)
        if column is None or column == columns.found.get("code"):
            continue
        whole = as_text(cells[column])
        together = whole.fillna("") + "-" + code
        if whole[good].notna().all() and not _repeated(together, made, good).any():
            return str(column)
    return None


def unique_codes(frame: pd.DataFrame) -> tuple[pd.Series, list[Note]]:
    """Return the codes of areas from several files, each once, and a note when any was changed."""
    notes: list[Note] = []
    good = np.ones(len(frame), dtype=bool)
    repeated = _repeated(frame["code"], frame, good)
    if not repeated.any():
        return frame["code"], notes
    return _numbered(frame["code"], repeated, notes), notes


def _numbered(code: pd.Series, wrong: pd.Series, notes: list[Note]) -> pd.Series:
    """Number every area of a repeated code: a study that names the bare code is asked which."""
    made = code.copy()
    taken = set(code)
    again = code.isin(code[wrong])
    for row in code.index[again.to_numpy()]:
        count = 1
        while f"{code[row]}-{count}" in taken:
            count += 1
        made[row] = f"{code[row]}-{count}"
        taken.add(made[row])
    notes.append(
        Note(
            _("Codes that several areas have and that were numbered: {codes}."),
            codes=listing(made[again], 8),
        )
    )
    return made
