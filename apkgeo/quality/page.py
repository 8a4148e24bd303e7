"""The data-quality report as a page: for the analyst, in the site's look, asking for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from apkgeo.frames import CITY_PART, Reading
from apkgeo.language import N_, Language, _, number, percent, translate_plural
from apkgeo.pages.method import SOURCES
from apkgeo.pages.parts import Table, render
from apkgeo.pages.shell import document, typeset
from apkgeo.pages.words import outcome, say, since, span, tell
from apkgeo.quality.coverage import Coverage
from apkgeo.quality.examination import Examination, examine
from apkgeo.quality.geocoding import OTHER, UNKNOWN, Geocoding
from apkgeo.quality.report import counted_reasons, told_reason
from apkgeo.sources.masking import Masking
from apkgeo.study import Study

REJECTED_FILE = "rejected_rows.csv"
_MOST = 40
_DASH = "–"


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, sentences, tables."""

    id: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    kind: str = ""


def quality_page(readings: Mapping[str, Reading], study: Study) -> str:
    """Return the data-quality report as one HTML document that asks for nothing.

    Parameters
    ----------
    readings : mapping of str to Reading
        Source -> what its reader returned.
    study : Study
        Gives the title, the language, the time looked at and the deployments.

    Notes
    -----
    The page is for the analyst: it shows small counts. It names no unit of the patrols.
    """
    return examination_page(examine(readings, study), study)


def examination_page(found: Examination, study: Study) -> str:
    """Return an examination as a page."""
    language = study.language
    name = typeset(study.name, language)
    title = say(_("Quality of the data"), language)
    warnings = [tell(note, language) for note in [*found.warnings(), *found.missing()]]
    count = N_("There is {count} thing to know.", "There are {count} things to know.")
    lead = [typeset(translate_plural(count, len(warnings), language), language)] if warnings else []
    opening = render(
        "opening.html",
        language,
        internal=True,
        kicker=name,
        title=title,
        lead=[*_used(found), *lead],
    )
    body = render(
        "quality.html",
        language,
        warnings=warnings,
        sources=_sources(found.readings, language),
        rejected=_rejected(found.readings, language),
        rejected_file=REJECTED_FILE,
        sections=_sections(found, language),
        notes=[
            {"name": _name(source, language), "lines": [tell(n, language) for n in reading.notes]}
            for source, reading in found.readings.items()
            if reading.notes
        ],
    )
    return document(
        title=f"{title} – {name}",
        language=language,
        fragments=[opening, body],
        description=say(_("What was read for the study {study}."), language, study=name),
        footer=say(
            _("Made with apkgeo. The page works without a network and loads nothing."), language
        ),
    )


def _used(found: Examination) -> list[str]:
    incidents = found.readings.get("incidents")
    if incidents is None or found.study is None:
        return []
    language = found.study.language
    message = _("Of {rows} incidents {used} could be used.")
    rows, used = number(incidents.rows_in, language), number(len(incidents.frame), language)
    return [say(message, language, rows=rows, used=used)]


def _name(source: str, language: Language) -> str:
    known = SOURCES.get(source)
    return say(known, language) if known else source


def _made(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    language: Language,
    words: int,
) -> Table:
    """Return a table whose columns from `words` on are numbers."""
    return Table(
        say(caption, language),
        tuple(say(head, language) for head in heads),
        tuple(tuple(row) for row in rows),
        frozenset(range(words, len(heads))),
    )


def _sources(readings: Mapping[str, Reading], language: Language) -> Table:
    rows = [
        (
            _name(source, language),
            number(reading.rows_in, language),
            number(len(reading.frame), language),
            number(len(reading.rejected), language),
        )
        for source, reading in readings.items()
    ]
    heads = (_("Source"), _("Rows"), _("Used"), _("Not used"))
    return _made(_("Rows read from each source"), heads, rows, language, 1)


def _rejected(readings: Mapping[str, Reading], language: Language) -> Table:
    rows = []
    for source, reading in readings.items():
        rows += [
            (
                _name(source, language),
                number(count, language),
                typeset(told_reason(reason, language), language),
            )
            for reason, count in counted_reasons(reading)
        ]
    made = _made(
        _("Rows not used, by reason"), (_("Source"), _("Rows"), _("Reason")), rows, language, 3
    )
    return Table(made.caption, made.columns, made.rows, frozenset({1}))


def _sections(found: Examination, language: Language) -> list[Section]:
    sections = []
    if found.coverage is not None:
        sections.append(_months(found.coverage, language))
    if found.geocoding is not None:
        names = _names(found.readings.get("localities"))
        sections.append(_geocoding(found.geocoding, names, language))
    if found.masking is not None:
        sections.append(_points(found.masking, language))
    if len(found.suggestions):
        sections.append(_suggestions(found.suggestions, language))
    pairs = {name: table for name, table in found.overlaps.items() if len(table)}
    if pairs:
        sections.append(_overlaps(pairs, language))
    return sections


def _months(found: Coverage, language: Language) -> Section:
    cells = {month: number(count, language) for month, count in found.months.items()}
    table = _calendar(_("Incidents by year and month"), cells, language)
    totals = pd.Series(dict(found.months)).groupby(lambda month: month[:4]).sum()
    table = Table(
        table.caption,
        (*table.columns, say(_("Whole year"), language)),
        tuple((*row, number(int(totals[row[0]]), language)) for row in table.rows),
        frozenset(range(1, 14)),
    )
    covered = say(_("The records cover {span}."), language, span=span(found.span, language))
    return Section("h-months", say(_("Time covered"), language), [covered], [table])


def _calendar(caption: str, cells: Mapping[str, str], language: Language) -> Table:
    """Return what is known by month (``"2015-03"``) as a row a year and a column a month."""
    years = sorted({month[:4] for month in cells})
    months = range(1, 13)
    return Table(
        say(caption, language),
        (say(_("Year"), language), *map(str, months)),
        tuple(
            (year, *(cells.get(f"{year}-{month:02}", _DASH) for month in months)) for year in years
        ),
        frozenset(range(1, 13)),
    )


def _geocoding(found: Geocoding, names: Mapping[str, str], language: Language) -> Section:
    title = say(_("Placing by address"), language)
    if not found.wanting:
        every = say(_("Every incident came with coordinates."), language)
        return Section("h-placing", title, [every])
    sentence = say(
        _(
            "Of {incidents} incidents {wanting} came without coordinates; their address placed "
            "{matched} of these ({share})."
        ),
        language,
        incidents=number(found.incidents, language),
        wanting=number(found.wanting, language),
        matched=number(found.matched, language),
        share=percent(found.rate, language),
    )
    tables = [
        _groups(
            _("Placing by kind of offence"),
            _("Kind of offence"),
            found.by_offence,
            [
                say(_("other kinds"), language) if kind == OTHER else outcome(kind, language)
                for kind in found.by_offence.index.astype(str)
            ],
            language,
        )
    ]
    if len(found.by_district):
        told = [
            say(_("not told"), language) if name == UNKNOWN else name
            for name in found.by_district.index.astype(str)
        ]
        caption, head = _("Placing by district"), _("District")
        if found.district_column == CITY_PART:
            caption, head = _("Placing by part of the city"), _("Part of the city")
        tables.append(_groups(caption, head, found.by_district, told, language))
    shares = {
        str(month): percent(row["matched"] / row["wanting"], language)
        for month, row in found.by_month.iterrows()
        if row["wanting"]
    }
    tables.append(_calendar(_("Share placed by address, by year and month"), shares, language))
    if found.changes:
        tables.insert(0, _changes(found, names, language))
    return Section("h-placing", title, [sentence], tables)


def _points(found: Masking, language: Language) -> Section:
    """Return whether the points were moved, and which areas they can carry."""
    title = say(_("Where the points stand"), language)
    if found.masked:
        return Section("h-points", title, [tell(note, language) for note in found.notes()])
    message = _(
        "The points stand on {places} places ({points} points). Nothing suggests that their "
        "publisher moved them."
    )
    places, points = number(found.places, language), number(found.points, language)
    return Section("h-points", title, [say(message, language, places=places, points=points)])


def _groups(
    caption: str, head: str, table: pd.DataFrame, names: Sequence[str], language: Language
) -> Table:
    rows = [
        (
            name,
            number(int(row["incidents"]), language),
            number(int(row["wanting"]), language),
            number(int(row["matched"]), language),
            percent(row["matched"] / row["wanting"], language) if row["wanting"] else _DASH,
        )
        for name, row in zip(names, table.to_dict("records"), strict=True)
    ]
    heads = (head, _("Incidents"), _("Without coordinates"), _("Placed"), _("Share"))
    return _made(caption, heads, rows, language, 1)


def _names(areas: Reading | None) -> dict[str, str]:
    """Return the names of areas by their codes."""
    if areas is None or "name" not in areas.frame.columns:
        return {}
    named = areas.frame[areas.frame["name"].notna()]
    return dict(zip(named["code"].astype(str), named["name"].astype(str), strict=True))


def _changes(found: Geocoding, names: Mapping[str, str], language: Language) -> Table:
    places = [str(change.deployment.locality) for change in found.changes]
    rows = [
        (
            f"{typeset(names.get(place, place), language)} · {since(change.deployment, language)}",
            *(
                f"{number(matched, language)} / {number(total, language)}"
                for matched, total in (change.before, change.after)
            ),
            number(change.p_value, language, digits=3),
        )
        for place, change in zip(places, found.changes, strict=True)
    ]
    heads = (_("Deployment"), _("Placed before"), _("Placed after"), _("p if nothing changed"))
    return _made(_("Placing before and after each deployment"), heads, rows, language, 1)


def _suggestions(table: pd.DataFrame, language: Language) -> Section:
    rows = [
        (
            str(row["text"]),
            number(int(row["rows"]), language),
            outcome(row["suggested"], language) if row["suggested"] else _DASH,
            tell(row["why"], language) if row["why"] else _DASH,
        )
        for row in table.head(_MOST).to_dict("records")
    ]
    heads = (_("Words"), _("Rows"), _("Suggested"), _("Why"))
    made = _made(_("Offences without a recognised paragraph"), heads, rows, language, 4)
    sentences = [
        say(
            _(
                "Nothing of this is applied: accept or change it in the table beside the study, "
                "and name that table there as “offences” of the incidents."
            ),
            language,
        )
    ]
    if len(table) > _MOST:
        more = _("Further spellings stand in the table: {count}.")
        sentences.append(say(more, language, count=number(len(table) - _MOST, language)))
    return Section(
        "h-offences",
        say(_("Offences to decide on"), language),
        sentences,
        [Table(made.caption, made.columns, made.rows, frozenset({1}))],
        "wordy",
    )


def _overlaps(pairs: Mapping[str, pd.DataFrame], language: Language) -> Section:
    rows = [
        (
            _name(name, language),
            f"{pair['code']} – {pair['other']}",
            number(round(float(pair["area"])), language),
            percent(float(pair["share"]), language, digits=1),
        )
        for name, table in pairs.items()
        for pair in table.head(_MOST).to_dict("records")
    ]
    heads = (_("Source"), _("Areas"), _("In common, m²"), _("Of the smaller one"))
    made = _made(_("Areas that overlap"), heads, rows, language, 2)
    return Section("h-overlaps", say(_("Overlapping areas"), language), [], [made])
