"""A table of addresses: the district of every row, or why it has none."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from apkgeo.commands.geocode import read_written
from apkgeo.commands.shared import json_text, spare_inputs
from apkgeo.errors import InputError, MissingFileError
from apkgeo.language import N_, Language, Note, _, translate, translate_plural
from apkgeo.places.district_matches import DistrictMatch, called, ranges_in_words, titled

if TYPE_CHECKING:
    import pandas as pd

    from apkgeo.places.districts import DistrictLookup

COLUMNS = (
    "district", "district_name", "station", "officer", "phone", "state_police", "city_district",
    "matched_address", "address_code", "precision", "score", "certain", "border_distance",
    "other_answers", "assumed", "reason",
)  # fmt: skip
# Where several districts share one of these, none of them is the answer.
_SHARED = ("street", "part", "crossing")
_MOST_OTHERS = 20

SHARED = _("It lies in several districts. {districts}.")
SIMILAR = _("{reason} Similar names: {names}.")
ROWS = N_("{count} row was read.", "{count} rows were read.")
COUNTED = _("With a district: {found}; outside all of them: {outside}; without an answer: {lost}.")
WRITTEN = _("Wrote {file}.")
STANDARD = "-"


def answer_table(
    finder: DistrictLookup,
    table: Path,
    *,
    column: str | None,
    out: Path | None,
    on: date | None,
    language: Language,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """Write a table with the answer beside each row, and leave with 0 when all have one, else 1."""
    if out is not None and str(out) == STANDARD:
        out = None
    spare_inputs("--out", out, [table])
    with _named(table) as path:
        cells, texts, notes = read_written(path, column, None)
    answers = answered(finder, texts, on=on, language=language, quiet=quiet or as_json)
    _write(cells, answers, out)
    lost, found = (int((answers[name] != "").sum()) for name in ("reason", "district"))
    account = {
        "output": None if out is None else str(out),
        "rows": len(answers),
        "found": found,
        "outside": len(answers) - found - lost,
        "not_answered": lost,
    }
    if as_json:
        typer.echo(json_text(account | {"notes": [str(note) for note in notes]}), err=out is None)
    elif not quiet:
        counted = translate(COUNTED, language).format(
            found=account["found"], outside=account["outside"], lost=lost
        )
        lines = [*(note.text(language) for note in notes)]
        lines += [translate_plural(ROWS, len(answers), language), counted]
        if out is not None:
            lines.append(Note(WRITTEN, file=out).text(language))
        typer.echo("\n".join(lines), err=out is None)
    raise typer.Exit(1 if lost else 0)


@contextmanager
def _named(table: Path) -> Iterator[Path]:
    """Give the file of a table; what comes through a pipe is put into one for the time."""
    if str(table) != STANDARD:
        if not table.exists():
            raise MissingFileError(f"no file {table}", remedy="look at the name after --csv")
        yield table
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stdin.csv"
        path.write_bytes(sys.stdin.buffer.read())
        yield path


def answered(
    finder: DistrictLookup,
    texts: pd.Series,
    *,
    on: date | None = None,
    language: Language = "cs",
    quiet: bool = True,
) -> pd.DataFrame:
    """Return the answer to each text as a row of plain values.

    Parameters
    ----------
    texts : pandas.Series of str
        Addresses as people wrote them; a missing one is explained as such.
    on : datetime.date, optional
        The day whose districts are asked for; today when not given.

    Returns
    -------
    pandas.DataFrame
        On the index of `texts`, with `COLUMNS` as text. Either ``district`` is filled, or
        ``reason`` says why it is not, or the address is outside all districts.
    """
    import pandas as pd

    from apkgeo.progress import counter

    rows: list[tuple[str, ...]] = []
    known: dict[Any, tuple[str, ...]] = {}
    title = translate(_("looking up addresses"), language)
    with counter(title, len(texts), not quiet) as done:
        for place, text in enumerate(texts):
            key = text if isinstance(text, str) else ""
            if key not in known:
                known[key] = _row(finder, key, on, language)
            rows.append(known[key])
            if place % _STEP == _STEP - 1:
                done(_STEP)
    return pd.DataFrame(rows, index=texts.index, columns=list(COLUMNS), dtype="object")


_STEP = 500


def _row(finder: DistrictLookup, text: str, on: date | None, language: Language) -> tuple[str, ...]:
    """Return the cells of one answer."""
    matches = finder.find(text, limit=_MOST_OTHERS, on=on)
    if not matches:
        reason = finder.explain(text).text(language)
        names = ", ".join(finder.suggest(text, limit=3))
        if names:
            reason = translate(SIMILAR, language).format(reason=reason, names=names)
        return (*[""] * (len(COLUMNS) - 1), reason)
    first = matches[0]
    if first.precision in _SHARED:
        sharing = [one for one in matches if _same_place(one, first)]
        if len(sharing) > 1:
            districts = "; ".join(_part(one, language) for one in sharing)
            reason = translate(SHARED, language).format(districts=districts)
            return _cells(first, matches, sharing, language, reason)
    return _cells(first, matches, [first], language, "")


def _same_place(one: DistrictMatch, first: DistrictMatch) -> bool:
    """Whether two answers are districts of one street, part or crossing."""
    return one.precision == first.precision and one.score == first.score


def _part(match: DistrictMatch, language: Language) -> str:
    """Return one of the districts of a street: ``lichá 1–29: okrsek 4``."""
    district = _title(match, language)
    numbers = ranges_in_words(match.numbers, language)
    return f"{numbers}: {district}" if numbers else district


def _title(match: DistrictMatch, language: Language) -> str:
    if not match.in_district:
        return translate(OUTSIDE, language)
    return called(titled(match.code, match.name), language)


OUTSIDE = _("outside the districts")


def _cells(
    first: DistrictMatch,
    matches: Iterable[DistrictMatch],
    told: list[DistrictMatch],
    language: Language,
    reason: str,
) -> tuple[str, ...]:
    """Return the cells of a row; the district stays empty where there is a reason."""
    place = (first.code, first.name, first.station, first.officer, first.phone, first.state_police)
    others = dict.fromkeys(
        f"{one.address}: {_title(one, language)}" for one in matches if one not in told
    )
    assumed = " ".join(note.text(language) for note in (*first.assumed, *first.changes))
    distance = "" if first.distance != first.distance else f"{first.distance:.1f}"
    return (
        *("" if reason or not value else value for value in place),
        first.city_district or "", first.address, first.address_code or "", first.precision,
        f"{first.score:.3f}", "1" if first.certain else "0", "" if reason else distance,
        "; ".join(others), assumed, reason,
    )  # fmt: skip


def _write(cells: pd.DataFrame, answers: pd.DataFrame, out: Path | None) -> None:
    """Write the table with its answers; a file whole or not at all."""
    import pandas as pd

    from apkgeo.sources.tables import as_text
    from apkgeo.sources.text import unique_names

    plain = pd.DataFrame({name: as_text(cells[name]) for name in cells.columns}, index=cells.index)
    together = pd.concat([plain, answers], axis=1)
    together.columns = pd.Index(unique_names(list(together.columns)))
    if out is None:
        sys.stdout.write(together.to_csv(index=False, sep=";", lineterminator="\n"))
        return
    temporary = out.with_name(f".{out.name}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # With a mark of its encoding, as spreadsheets expect it.
        together.to_csv(temporary, index=False, sep=";", encoding="utf-8-sig")
        temporary.replace(out)
    except OSError as error:
        raise InputError(
            f"cannot write {out}: {error.strerror or error}", remedy="choose another folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
