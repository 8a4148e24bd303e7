"""The report's files: JSON, a page, the rows to mend, and the offences to decide on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from apkgeo.errors import InputError
from apkgeo.frames import REJECTED_COLUMNS, Reading
from apkgeo.language import Language
from apkgeo.quality.examination import Examination, examine
from apkgeo.quality.page import examination_page
from apkgeo.quality.report import examination_report, told_reason
from apkgeo.sources.suggestions import write_suggestions
from apkgeo.study import Source, Study

REPORT, PAGE = "data_quality.json", "data_quality.html"
REJECTED, SUGGESTIONS = "rejected_rows.csv", "offence_suggestions.csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rejected_rows(
    readings: Mapping[str, Reading],
    *,
    study: Study | None = None,
    language: Language = "en",
) -> pd.DataFrame:
    """Return every rejected row of every source, to be found in its file and mended.

    Parameters
    ----------
    readings : mapping of str to Reading
    study : Study, optional
        Names the file where a source has only one.
    language : {"cs", "en"}
        Of the reasons.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``file``, ``row`` (the first row of data is 1), ``column``, ``value``,
        ``reason``; as many rows as the readings' tables of rejected rows together.
    """
    pieces = []
    for name, reading in readings.items():
        table = reading.rejected
        file = table["file"] if "file" in table.columns else _only_file(study, name)
        reasons = [told_reason(reason, language) for reason in table["reason"]]
        made = table[list(REJECTED_COLUMNS)].assign(source=name, file=file, reason=reasons)
        pieces.append(made[["source", "file", *REJECTED_COLUMNS]].astype("object"))
    if not pieces:
        return pd.DataFrame(columns=["source", "file", *REJECTED_COLUMNS])
    return pd.concat(pieces, ignore_index=True)


def _only_file(study: Study | None, name: str) -> str:
    source = getattr(study.sources, name, None) if study else None
    files = source.files() if isinstance(source, Source) else ()
    return files[0].name if len(files) == 1 else ""


def write_quality(
    folder: str | Path,
    readings: Mapping[str, Reading],
    study: Study,
    *,
    suggestions: str | Path | None = None,
    found: Examination | None = None,
) -> list[Path]:
    """Write the whole report into a folder.

    Parameters
    ----------
    folder : str or Path
        Made when missing; files of an earlier report are replaced.
    readings : mapping of str to Reading
    study : Study
    suggestions : str or Path, optional
        Where the suggested offences go, ``offence_suggestions.csv`` in the folder when not given
        and the study names none; decisions already written there are kept.
    found : Examination, optional
        What `examine` returned for the same readings, when it is at hand.

    Returns
    -------
    list of Path
        ``data_quality.json``, ``data_quality.html``, ``rejected_rows.csv`` (when rows were
        rejected) and the table of suggestions (when there is something to decide).

    Raises
    ------
    InputError
        When a file cannot be written.
    """
    folder = Path(folder)
    found = found or examine(readings, study)
    table = rejected_rows(readings, study=study, language=study.language)
    written = [folder / REPORT, folder / PAGE]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        values = json.dumps(
            examination_report(found), ensure_ascii=False, indent=2, allow_nan=False
        )
        page = examination_page(found, study)
        (folder / REPORT).write_text(values + "\n", encoding="utf-8", newline="\n")
        (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")
        if len(table):
            text = table.map(_harmless).to_csv(index=False, sep=";", lineterminator="\n")
            (folder / REJECTED).write_text(text, encoding="utf-8-sig", newline="\n")
            written.append(folder / REJECTED)
        else:
            (folder / REJECTED).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror}",
            remedy="choose another folder, or close its files in other programs",
        ) from error
    target = Path(suggestions or study.sources.incidents.offences or folder / SUGGESTIONS)
    if len(found.suggestions) and (found.suggestions["suggested"] != "").any():
        write_suggestions(target, found.suggestions, language=study.language)
        written.append(target)
    return written


def _harmless(value: object) -> object:
    """Return a text that a spreadsheet would take for a formula with an apostrophe before it."""
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    try:
        float(value.replace(",", "."))
    except ValueError:
        return f"'{value}"
    return value
