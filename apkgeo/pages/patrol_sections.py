"""Parts of the patrols' page beside the hours: coverage, visits, programmes, what followed.

The stated rule. Public pages have none of them. Council pages have sums over all localities only,
and of these only such as two units or more gave a tenth of the time to, in the sum, in what it
adds to the one before it and in what it leaves; a share of incidents is hidden where their number,
what it adds to the one before it, or what it leaves is below the study's ``min_count``. Tables by
place, by programme and by length of visits are for internal pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from apkgeo.language import Language, Note, _, number, percent
from apkgeo.pages.content import Patrols, SiteContent
from apkgeo.pages.parts import Table
from apkgeo.pages.privacy import limit
from apkgeo.pages.shell import typeset
from apkgeo.pages.words import PROGRAMMES, say
from apkgeo.patrols.coverage import LEFT_OUT, PatrolCoverage
from apkgeo.patrols.presence import NAMELESS, TOGETHER, programme_presence
from apkgeo.patrols.response import MOMENTS, DoseResponse
from apkgeo.patrols.totals import CONTRIBUTION

MIN_UNITS = 2


@dataclass(frozen=True)
class Section:
    """A part of a page: words first, then tables, then what to bear in mind."""

    anchor: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    picture: Markup | None = None


def sections(content: SiteContent, told: Patrols) -> list[Section]:
    """Return the parts that the audience of `content` may see."""
    audience, language = content.study.privacy.audience, content.study.language
    made: list[Section | None] = []
    if told.coverage is not None and audience != "public":
        least = limit(content.study.privacy)
        made.append(coverage_section(told.coverage, least, language))
        if not least:
            made.append(_visits(told.coverage, told.names, language))
    if audience == "internal":
        made.append(_presence(told, language))
        if told.response is not None:
            made.append(_response(told.response, language))
    return [one for one in made if one is not None]


def shown_curve(coverage: PatrolCoverage, least: int) -> pd.DataFrame:
    """Return the shares of a coverage, missing where they would tell of one unit or few incidents.

    Parameters
    ----------
    coverage : PatrolCoverage
        From `patrol_coverage`.
    least : int
        Smallest number of incidents that may be told; 0 shows everything.
    """
    curve = coverage.curve.copy()
    if not least:
        return curve
    table = coverage.cell_hours
    total = float(table["incidents"].sum())
    counted, walked = 0.0, pd.Series(False, index=table.index)
    for row in curve.sort_values("share").itertuples():
        count = row.incidents * total
        if min(count - counted, total - count) < least:
            curve.loc[row.Index, "incidents"] = np.nan
        else:
            counted = count
        rank = np.sort(table["ranked"])[::-1][max(round(row.share * len(table)) - 1, 0)]
        worst = table["ranked"] >= rank
        if _several(coverage, table[worst & ~walked]) and _several(coverage, table[~worst]):
            walked = worst
        else:
            curve.loc[row.Index, "patrols"] = np.nan
    return curve


def _several(coverage: PatrolCoverage, part: pd.DataFrame) -> bool:
    """Whether two units or more gave a tenth of the minutes in some cell-hours."""
    minutes = coverage.dosage.minutes
    minutes = minutes[minutes["where"] == "area"]
    keys = ["cell", *(["weekday"] if "weekday" in part.columns else []), "hour"]
    own = minutes.assign(cell=minutes["area"], weekday=minutes["day"].dt.day_of_week)
    inside = pd.MultiIndex.from_frame(own[keys]).isin(pd.MultiIndex.from_frame(part[keys]))
    return _units(own[inside]) >= MIN_UNITS


def _units(minutes: pd.DataFrame) -> int:
    """Return how many units gave a tenth or more of some minutes."""
    by_unit = minutes.groupby("unit")["minutes"].sum()
    return int((by_unit >= CONTRIBUTION * by_unit.sum()).sum())


def coverage_section(coverage: PatrolCoverage, least: int, language: Language) -> Section | None:
    """Return the part on whether patrols are where and when the incidents are."""
    curve = shown_curve(coverage, least)
    if curve["patrols"].isna().all():
        return None
    sentences = [
        say(
            _(
                "In the hours and places with the most incidents ({share} of all) there were "
                "{incidents} of the incidents, and {patrols} of the patrols’ time."
            ),
            language,
            share=percent(row.share, language),
            incidents=percent(row.incidents, language),
            patrols=percent(row.patrols, language),
        )
        for row in curve.dropna().iloc[-1:].itertuples()
    ]
    visits = coverage.dosage.visits
    if not least or _units(visits) >= MIN_UNITS:
        sentences += _visit_sentences(coverage, language)
    return Section(
        "h-coverage",
        say(_("Are patrols where the incidents are?"), language),
        sentences,
        [coverage_table(curve, {"patrols": say(_("Patrols’ time"), language)}, language)],
        [typeset(note.text(language), language) for note in coverage.notes if _open(note, least)],
    )


def _open(note: Note, least: int) -> bool:
    """Whether a note says how to read the numbers, with no number that is too small to be told."""
    return note.message not in LEFT_OUT and note.values.get("count", least) >= least


def coverage_table(curve: pd.DataFrame, columns: dict[str, str], language: Language) -> Table:
    """Return shares of incidents and of patrols' time as a table; missing ones are hidden."""
    heads = [_("Busiest hours and places"), _("Incidents")]
    hidden = say(_("hidden"), language)

    def told(value: float) -> str:
        return percent(value, language) if np.isfinite(value) else hidden

    return Table(
        say(_("Share of incidents and of patrols’ time in the busiest hours and places"), language),
        (*(say(head, language) for head in heads), *columns.values()),
        tuple(
            (
                percent(row["share"], language),
                *(told(float(row[name])) for name in ("incidents", *columns)),
            )
            for _place, row in curve.iterrows()
        ),
        frozenset(range(1, 2 + len(columns))),
    )


def _visit_sentences(coverage: PatrolCoverage, language: Language) -> list[str]:
    visits = coverage.dosage.visits
    if visits.empty:
        return []
    low, high = coverage.recommended
    right = visits["minutes"].between(low, high).mean()
    told = [
        say(
            _(
                "Half of the visits took {minutes} minutes or more; {share} took {low} to {high} "
                "minutes, the length that research on hotspots recommends (Koper 1995)."
            ),
            language,
            minutes=number(visits["minutes"].median(), language, digits=0),
            share=percent(right, language),
            low=number(low, language),
            high=number(high, language),
        )
    ]
    hours = coverage.hotspots["return_hours"].median()
    if np.isfinite(hours):
        sentence, value = (
            (_("As a rule, {time} hours passed until the next visit (median)."), hours)
            if hours >= 2
            else (_("As a rule, {time} minutes passed until the next visit (median)."), 60 * hours)
        )
        told.append(say(sentence, language, time=number(value, language, digits=0)))
    return told


def _visits(coverage: PatrolCoverage, names: pd.Series, language: Language) -> Section:
    heads = [
        _("Locality"),
        _("Incidents"),
        _("Visits"),
        _("Hours"),
        _("Usual visit (minutes)"),
        _("Visits of 10–16 minutes"),
        _("Usual return (hours)"),
    ]

    def told(value: float, digits: int) -> str:
        return number(value, language, digits=digits) if np.isfinite(value) else "–"

    rows = [
        (
            str(names.get(code, code)),
            number(row["incidents"], language),
            number(row["visits"], language),
            told(row["minutes"] / 60, 0),
            told(row["visit_minutes"], 0),
            percent(row["recommended"], language) if np.isfinite(row["recommended"]) else "–",
            told(row["return_hours"], 1),
        )
        for code, row in coverage.hotspots.iterrows()
    ]
    return Section(
        "h-visits",
        say(_("Visits and returns"), language),
        tables=[
            Table(
                say(_("Visits to the localities and the time between them"), language),
                tuple(say(head, language) for head in heads),
                tuple(rows),
                frozenset(range(1, len(heads))),
            )
        ],
    )


def _presence(told: Patrols, language: Language) -> Section | None:
    table = programme_presence(told.dosage)
    if table.empty:
        return None
    heads = [
        _("Locality"),
        _("Programme"),
        _("Person-hours"),
        _("Hours with somebody there"),
        _("Of these, two or more"),
    ]
    rows = [
        (
            str(told.names.get(row.area, row.area)),
            _programme(row.programme, language),
            *(number(one / 60, language, digits=0)
              for one in (row.person_minutes, row.presence, row.joint)),
        )
        for row in table.itertuples()
    ]  # fmt: skip
    return Section(
        "h-programmes",
        say(_("Programmes side by side"), language),
        [
            say(
                _(
                    "Patrols that are in a place at the same time count once as presence, and "
                    "each of them in the person-hours."
                ),
                language,
            )
        ],
        [
            Table(
                say(_("Person-hours and presence by programme"), language),
                tuple(say(head, language) for head in heads),
                tuple(rows),
                frozenset(range(2, len(heads))),
            )
        ],
    )


def _programme(name: str, language: Language) -> str:
    if name == TOGETHER:
        return say(_("all together"), language)
    if name == NAMELESS:
        return say(_("without a programme"), language)
    return say(PROGRAMMES[name], language) if name in PROGRAMMES else name


def _response(response: DoseResponse, language: Language) -> Section:
    heads = [_("Visit (minutes)"), _("Visits")]
    moments = [
        say(_("Quiet after {minutes} min"), language, minutes=number(one, language))
        for one in MOMENTS
    ]

    def told(row: pd.Series, moment: float) -> str:
        values = [row[f"{name}_{moment:g}"] for name in ("quiet", "low", "high")]
        if not np.isfinite(values).all():
            return percent(values[0], language) if np.isfinite(values[0]) else "–"
        share, low, high = (percent(value, language) for value in values)
        return say(_("{share} ({low} to {high})"), language, share=share, low=low, high=high)

    first, *rest = _paragraphs(response, language)
    return Section(
        "h-response",
        say(_("What followed visits"), language),
        [first],
        [
            Table(
                say(_("Share of places still quiet after visits of different lengths"), language),
                (*(say(head, language) for head in heads), *moments),
                tuple(
                    (
                        str(length),
                        number(row["visits"], language),
                        *(told(row, moment) for moment in MOMENTS),
                    )
                    for length, row in response.lengths.iterrows()
                ),
                frozenset(range(1, 2 + len(moments))),
            )
        ],
        rest,
    )


def _paragraphs(response: DoseResponse, language: Language) -> list[str]:
    """Return the warning, and what was left out."""
    return [
        typeset(response.warning(language), language),
        *(typeset(note.text(language), language) for note in response.notes),
    ]
