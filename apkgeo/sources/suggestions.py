"""Misspelt kinds of offence: suggestions that an analyst accepts or changes, never merged silently.

Rows without a paragraph have only words, and words are mistyped. What other rows with the same or
similar words and a paragraph say is suggested in a table kept beside the study; only what the
analyst accepts there is applied on reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from apkgeo.errors import InputError, MissingFileError
from apkgeo.language import Language, Note, _
from apkgeo.sources.columns import fold
from apkgeo.sources.files import parts
from apkgeo.sources.offences import CODES, slug
from apkgeo.sources.tables import as_text, read_table

COLUMNS = ("text", "rows", "suggested", "similarity", "why", "accept")
_SIMILAR = 0.85
_SHORTEST = 5
_AGREED = 0.8
_OFTEN = 5
_YES = {"ano", "a", "yes", "y", "x", "1", "true", "pravda"}
_NO = {"", "ne", "n", "no", "0", "false", "nepravda"}
# The paragraph behind the words: in brackets, where a column of its own has it, or as it stands.
_LAW = re.compile(r"[\s,;:–-]*(?:\s\((?:§|par|\d|zák|z\.).*\)|§.*)$", re.IGNORECASE | re.DOTALL)
_DIGITS = re.compile(r"\d+")


def suggest_offences(frame: gpd.GeoDataFrame | pd.DataFrame) -> pd.DataFrame:
    """Suggest a code for each written offence that has no paragraph.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents with ``offence`` and ``offence_text``.

    Returns
    -------
    pandas.DataFrame
        One row for each kind that is not one of the known codes, the commonest first: ``text`` (its
        commonest spelling), ``rows``, ``suggested`` (a code, or the commoner spelling of the kind;
        empty when nothing is like it), ``similarity`` (1 the same words), ``why`` and ``accept``
        (empty: nothing is applied until the analyst writes there).

    Notes
    -----
    The same words with a paragraph count first, where four in five of their rows agree on its
    code; then the most similar words (at least 0.85 by edit distance, or with their order
    changed), then a spelling that is at least five times as common. Words shorter than five
    letters, or with other numbers in them, are never taken for alike.

    References
    ----------
    L. Boytsov, Indexing methods for approximate dictionary searching, ACM Journal of Experimental
    Algorithmics 16 (2011), https://doi.org/10.1145/1963190.1963191 (optimal string alignment).

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "offence": ["public_order", "ruseni_nocniho_kidu"],
    ...         "offence_text": ["rušení nočního klidu (§ 47/1b)", "rušení nočního kidu"],
    ...     }
    ... )
    >>> suggest_offences(frame)[["text", "suggested", "similarity"]].values.tolist()
    [['rušení nočního kidu', 'public_order', 0.95]]
    """
    given = frame[["offence", "offence_text"]].dropna(subset=["offence"])
    counted = given.fillna({"offence_text": ""}).value_counts(sort=False).reset_index()
    counted["words"] = [_LAW.sub("", text) for text in counted["offence_text"]]
    known = counted["offence"].isin(CODES)
    learnt = _learnt(counted[known])
    unknown = _kinds(counted[~known])
    rows = [
        (text, count, *_suggested(kind, count, learnt, unknown), "")
        for kind, (text, count) in unknown.items()
    ]
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    made["why"] = pd.Series([row[4] for row in rows], dtype="object")  # notes, not bare text
    return made.sort_values(["rows", "text"], ascending=[False, True], ignore_index=True)


def _learnt(counted: pd.DataFrame) -> dict[str, tuple[str, str, int, int]]:
    """Return, by the folded words: their spelling, code, rows with the code, and rows in all."""
    counted = counted.assign(kind=[slug(words) for words in counted["words"]])
    found = {}
    for kind, rows in counted[counted["kind"] != ""].groupby("kind", sort=True):
        by_code = rows.groupby("offence")["count"].sum()
        spelling = rows.sort_values(["count", "words"], ascending=[False, True])["words"].iloc[0]
        total = int(by_code.sum())
        if by_code.max() >= _AGREED * total:
            found[str(kind)] = (str(spelling), str(by_code.idxmax()), int(by_code.max()), total)
    return found


def _kinds(counted: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Return the commonest spelling and the rows of each kind that has no known code."""
    found = {}
    for kind, rows in counted.groupby("offence", sort=True):
        best = rows.sort_values(["count", "words"], ascending=[False, True])["words"].iloc[0]
        spelling = str(best).strip() if slug(str(best)) == kind else str(kind)
        found[str(kind)] = (spelling, int(rows["count"].sum()))
    return found


def _suggested(
    kind: str,
    count: int,
    learnt: Mapping[str, tuple[str, str, int, int]],
    unknown: Mapping[str, tuple[str, int]],
) -> tuple[str, float, str]:
    """Return what to suggest for `kind`, how alike it is, and why."""
    if kind in learnt:
        _spelling, code, agreed, total = learnt[kind]
        same = _("The same words have this code in {agreed} of {total} rows with a paragraph.")
        return code, 1.0, Note(same, agreed=agreed, total=total)
    like, score = _most_similar(kind, learnt)
    if like is not None:
        spelling, code, agreed, total = learnt[like]
        similar = _(
            "Similar words, “{text}”, have this code in {agreed} of {total} rows with a paragraph."
        )
        return code, score, Note(similar, text=spelling, agreed=agreed, total=total)
    common = {other: one for other, one in unknown.items() if one[1] >= _OFTEN * count}
    like, score = _most_similar(kind, common)
    if like is not None:
        spelling, rows = unknown[like]
        commoner = _("Similar words, “{text}”, stand in {rows} rows.")
        return like, score, Note(commoner, text=spelling, rows=rows)
    return "", 0.0, ""


def _most_similar(kind: str, among: Mapping[str, object]) -> tuple[str | None, float]:
    if len(kind) < _SHORTEST:
        return None, 0.0
    numbers = _DIGITS.findall(kind)
    choices = [other for other in among if other != kind and len(other) >= _SHORTEST]
    choices = [other for other in choices if _DIGITS.findall(other) == numbers]
    best: tuple[str | None, float] = (None, 0.0)
    for arranged in (str, _sorted_words):
        spelt = {other: arranged(other) for other in choices}
        found = process.extractOne(
            arranged(kind), spelt, scorer=OSA.normalized_similarity, score_cutoff=_SIMILAR
        )
        if found is not None and found[1] > best[1]:
            best = (found[2], round(float(found[1]), 2))
    return best


def _sorted_words(kind: str) -> str:
    return "_".join(sorted(kind.split("_")))


def write_suggestions(path: str | Path, table: pd.DataFrame, *, language: Language = "en") -> None:
    """Write suggestions as a CSV that a spreadsheet opens, keeping what was decided in it before.

    Parameters
    ----------
    path : str or Path
        The file; when it exists, rows in which ``accept`` is filled in stay as they are.
    table : pandas.DataFrame
        As `suggest_offences` returns it.
    language : {"cs", "en"}
        Of the reasons.

    Raises
    ------
    InputError
        When the file exists and is no such table, or cannot be written.
    """
    path = Path(path)
    why = [one.text(language) if isinstance(one, Note) else one for one in table["why"]]
    table = table.assign(why=why)
    if path.exists():
        before = _read(path)
        decided = before[before["accept"] != ""]
        kinds = {slug(text) for text in decided["text"]}
        fresh = table[[slug(text) not in kinds for text in table["text"]]]
        table = pd.concat([decided, fresh.astype({"rows": "str"})], ignore_index=True)
    shown = table.assign(text=[_guarded(text) for text in table["text"]])
    text = shown[list(COLUMNS)].to_csv(index=False, sep=";", lineterminator="\n")
    try:
        path.write_text(text, encoding="utf-8-sig", newline="\n")
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror}", remedy="close it in other programs"
        ) from error


def _guarded(text: str) -> str:
    """Return `text` so that a spreadsheet takes it for no formula; the words stay the same."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def read_decisions(path: str | Path) -> dict[str, str]:
    """Return what the analyst accepted: folded words -> code.

    Parameters
    ----------
    path : str or Path
        A table with ``text``, ``suggested`` and ``accept``: "yes", "ano" or "x" accepts the
        suggestion, "no", "ne" or nothing leaves the words alone, anything else is the code to use.

    Raises
    ------
    MissingFileError
        When there is no such file.
    InputError
        When it is no such table, or accepts where nothing is suggested.
    """
    path = Path(path)
    if not path.is_file():
        raise MissingFileError(
            f"no file {path} with offences",
            remedy="leave the key out of the study and run 'apkgeo check', which writes one",
        )
    found: dict[str, str] = {}
    for text, suggested, accept in _read(path)[["text", "suggested", "accept"]].values.tolist():
        kind, answer = slug(text), fold(accept)
        if not kind or (answer in _NO and slug(accept) in _NO):
            continue
        code = suggested if answer in _YES else accept
        if not slug(code):
            raise InputError(
                f"{path.name}: {text!r} is accepted, but nothing is suggested",
                remedy="write the code itself into the column accept",
            )
        found[kind] = slug(code)
    return found


def _read(path: Path) -> pd.DataFrame:
    (part,) = parts(path)[:1]
    cells = read_table(part, frozenset(COLUMNS)).cells
    columns = {fold(str(column)): column for column in cells.columns}
    missing = [name for name in ("text", "suggested", "accept") if name not in columns]
    if missing:
        raise InputError(
            f"{path.name} is no table of suggested offences",
            expected=f"columns {', '.join(COLUMNS)}",
            came=f"a table without {', '.join(missing)}",
            remedy="let 'apkgeo check' write it anew",
        )
    made = {
        name: as_text(cells[columns[name]]).fillna("") if name in columns else ""
        for name in COLUMNS
    }
    return pd.DataFrame(made, index=cells.index).astype("str")


def decided_codes(
    codes: pd.Series, decisions: Mapping[str, str], file: str, notes: list[Note]
) -> pd.Series:
    """Return codes with the analyst's in the place of folded words; known codes stay.

    Parameters
    ----------
    notes : list of Note
        Grows by how many rows were changed.
    """
    found = codes.map(decisions).where(~codes.isin(CODES))
    changed = int(found.notna().sum())
    told = _("Offences that got their code from the accepted suggestions in {file}: {count} rows.")
    notes.append(Note(told, file=file, count=changed))
    return found.where(found.notna(), codes).astype("str")
