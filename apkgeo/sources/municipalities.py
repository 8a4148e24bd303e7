"""Codes of municipalities by their names, from the register's own list."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from apkgeo.errors import InputError
from apkgeo.sources.columns import fold

# Those that need no look-up: the town that the project began with.
BUILT_IN: Mapping[str, tuple[str, str]] = {"plzen": ("554791", "Plzeň")}
_CODE = 6


def is_code(text: str) -> bool:
    """Whether `text` is a municipality's code in the register.

    Examples
    --------
    >>> is_code("554791"), is_code("Plzeň")
    (True, False)
    """
    return len(text) == _CODE and text.isascii() and text.isdigit()


def built_in(text: str) -> tuple[str, str] | None:
    """Return code and name of a municipality that is known without a look-up.

    Examples
    --------
    >>> built_in("PLZEN")
    ('554791', 'Plzeň')
    """
    known = BUILT_IN.get(fold(text))
    return known or next((pair for pair in BUILT_IN.values() if pair[0] == text.strip()), None)


def find_municipality(text: str, path: Path) -> tuple[str, str]:
    """Return code and name of the municipality called `text` in the register's list.

    Parameters
    ----------
    path : Path
        ``UI_OBEC.csv``: cp1250, semicolons, columns KOD, NAZEV, OKRES_KOD, PLATI_DO.

    Raises
    ------
    InputError
        When none has the name (similar ones are told) or several have it (their codes are told).
    """
    rows = list(csv.DictReader(io.StringIO(_decoded(path)), delimiter=";"))
    if not rows or not {"KOD", "NAZEV"} <= set(rows[0]):
        raise InputError(
            f"{path.name} is not the register's list of municipalities",
            expected="columns KOD and NAZEV", remedy="give the municipality's code instead",
        )  # fmt: skip
    valid = [row for row in rows if not (row.get("PLATI_DO") or "").strip()]
    key = fold(text)
    found = [row for row in valid if fold(row["NAZEV"]) == key]
    exact = [row for row in found if row["NAZEV"].casefold() == text.strip().casefold()]
    found = exact or found
    if len(found) == 1:
        return found[0]["KOD"], found[0]["NAZEV"]
    if found:
        told = ", ".join(
            f"{row['KOD']} (okres {row['OKRES_KOD']})" if row.get("OKRES_KOD") else row["KOD"]
            for row in found[:12]
        )
        raise InputError(
            f"{len(found)} municipalities are called {found[0]['NAZEV']}",
            remedy=f"give the code of the one that is meant: {told}",
        )
    names = {fold(row["NAZEV"]): row["NAZEV"] for row in valid}
    near = process.extract(key, list(names), scorer=OSA.distance, score_cutoff=2, limit=3)
    similar = ", ".join(names[one[0]] for one in near)
    raise InputError(
        f"no municipality is called {text!r}",
        remedy=f"similar ones: {similar}" if similar else "give its code in the register",
    )


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1250", errors="replace")
