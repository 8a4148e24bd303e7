"""The data-quality report for a terminal, in the language of the study."""

from __future__ import annotations

import shapely

from apkgeo.frames import Reading
from apkgeo.language import Language, Note, _, number
from apkgeo.pages.method import SOURCES
from apkgeo.pages.words import say
from apkgeo.quality.examination import Examination
from apkgeo.quality.report import counted_reasons, told_reason


def quality_text(found: Examination, *, language: Language = "en", most: int = 12) -> str:
    """Return an examination as text, a paragraph a source.

    Parameters
    ----------
    language : {"cs", "en"}
        Of every sentence.
    most : int
        Codes of offences that are listed.
    """
    paragraphs = [
        [*_used(name, reading, language), *_told(found, name, language)]
        for name, reading in found.readings.items()
    ]
    if "incidents" in found.readings:
        paragraphs[list(found.readings).index("incidents")] += _codes(found, language, most)
    missing = [
        Note(_("missing: {note}"), note=note.text(language)).text(language)
        for note in found.missing()
    ]
    return "\n\n".join("\n".join(lines) for lines in [*paragraphs, missing] if lines)


def _used(name: str, reading: Reading, language: Language) -> list[str]:
    """Return how many rows of a source were used, and why others were not."""
    known = SOURCES.get(name)
    source = say(known, language) if known else name
    head = Note(
        _("{source}: {used} of {rows} rows used"),
        source=source,
        used=len(reading.frame),
        rows=reading.rows_in,
    )
    lines = [head.text(language)]
    lines += [
        "  " + Note(_("not used, {count}: {reason}"), count=count, reason=reason).text(language)
        for reason, count in (
            (told_reason(reason, language), count) for reason, count in counted_reasons(reading)
        )
    ]
    if name == "incidents":
        lost = int(shapely.is_missing(reading.frame.geometry.to_numpy()).sum())
        without = _("used, but without a place: {count}")
        lines += ["  " + Note(without, count=lost).text(language)] if lost else []
    return lines


def _told(found: Examination, name: str, language: Language) -> list[str]:
    """Return what to bear in mind, and what was assumed on reading."""
    warnings = found.warnings() if name == "incidents" else []
    lines = [
        "  " + Note(_("warning: {note}"), note=note.text(language)).text(language)
        for note in warnings
    ]
    notes = found.readings[name].notes
    return lines + [
        "  " + Note(_("note: {note}"), note=note.text(language)).text(language) for note in notes
    ]


def _codes(found: Examination, language: Language, most: int) -> list[str]:
    kinds = found.readings["incidents"].frame["offence"].value_counts(sort=False)
    ordered = sorted(kinds.items(), key=lambda item: (-int(item[1]), str(item[0])))
    if not ordered:
        return []
    named = ", ".join(f"{kind} {number(int(count), language)}" for kind, count in ordered[:most])
    lines = ["  " + Note(_("offence codes: {codes}"), codes=named).text(language)]
    if len(ordered) > most:
        more = _("… and {count} more codes ('apkgeo check --json')")
        lines.append("  " + Note(more, count=len(ordered) - most).text(language))
    return lines
