"""The page of places: where, what was found, how it compares, what next door did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from apkgeo.language import N_, Language, _, number, translate_plural
from apkgeo.pages.content import SiteContent
from apkgeo.pages.figures import Level, levels, yearly
from apkgeo.pages.overview import expected_rate, heads_of_change, hidden_note, rate
from apkgeo.pages.parts import Table, anchor, by_name, opening, primary, render
from apkgeo.pages.sentences import detectable, moved, ring_standing_out, tally_of_localities
from apkgeo.pages.shell import Fragment
from apkgeo.pages.shown import Shown, ShownFinding
from apkgeo.pages.words import (
    GRADES,
    basis,
    change,
    interval,
    say,
    since,
    span,
    tell,
    verdict,
)

COMPARISONS = {
    "naive": (_("After against before"), _("Takes nothing else into account.")),
    "relative": (
        _("Against the comparison areas"),
        _(
            "Takes the general trend into account, "
            "but not that a bad year is followed by a better one."
        ),
    ),
    "expectation": (
        _("Against the locality’s own past"),
        _("Takes the general trend into account, and that a bad year is followed by a better one."),
    ),
    "reported": (
        _("The same without the patrols’ records"),
        _("Takes into account, besides, that those who patrol see and record more."),
    ),
}


def localities(
    content: SiteContent, findings: Sequence[ShownFinding], map_part: Sequence[Fragment]
) -> list[Fragment]:
    """Return the parts of ``localities.html``.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    findings : sequence of ShownFinding
        The findings as the audience may see them.
    map_part : sequence of Fragment
        The map, between the lead and the places.
    """
    language = content.study.language
    main = primary(findings)
    places = [
        {
            "anchor": anchor(code),
            "name": members[0].name,
            "parts": [_part(one, findings, language) for one in members],
        }
        for code, members in (
            (code, list(group))
            for code, group in groupby(main, key=lambda one: one.deployment.locality)
        )
    ]
    return [
        opening(
            content,
            language,
            kicker=content.study.name,
            title=say(_("Localities and their surroundings"), language),
            lead=_lead(main, language),
        ),
        *map_part,
        render(
            "localities.html",
            language,
            places=places,
            hidden_note=hidden_note(content, language),
        ),
    ]


def _lead(findings: Sequence[ShownFinding], language: Language) -> list[str]:
    if len(findings) == 1:
        (one,) = findings
        return [f"{verdict(one, one.name, language)} {basis(one, language)}".strip()]
    return [" ".join(tally_of_localities(findings, language))]


def _part(
    finding: ShownFinding, findings: Sequence[ShownFinding], language: Language
) -> dict[str, object]:
    others = [
        one for one in by_name(findings) if one.deployment == finding.deployment and not one.primary
    ]
    return {
        "since": since(finding.deployment, language),
        "verdict": verdict(finding, finding.name, language),
        "basis": basis(finding, language),
        "grades": [
            {"text": say(words, language), "here": finding.grade == grade}
            for grade, words in GRADES.items()
        ]
        if finding.grade
        else [],
        "figure": _figure(finding, language),
        "figure_caption": say(
            _(
                "The marks are incidents a year; the lines are 95% intervals (those of "
                "both counts allow for chance only), the diamond is the expected count."
            )
            if finding.expectation
            else _(
                "The marks are incidents a year; the lines are 95% intervals that allow "
                "for chance only."
            ),
            language,
        ),
        "before": _period(finding, "before", language),
        "after": _period(finding, "after", language),
        "comparisons": _comparisons(finding, language),
        "outcomes": _outcomes(others, finding.name, language),
        "rings": _rings(finding, language),
        "displacement": _displacement(finding, language),
        "detectable": detectable(finding.detectable, language) if finding.detectable else "",
        "doubts": [tell(note, language) for note in finding.doubts],
    }


def _period(finding: ShownFinding, which: str, language: Language) -> str:
    value = finding.count_before if which == "before" else finding.count_after
    period = finding.before if which == "before" else finding.after
    if value is None:
        return say(_("{span}: hidden"), language, span=span(period, language))
    return say(
        _("{span}: {incidents} ({rate} a year)"),
        language,
        span=span(period, language),
        incidents=translate_plural(N_("{count} incident", "{count} incidents"), value, language),
        rate=number(value * 365 / period.days, language, digits=1),
    )


def _figure(finding: ShownFinding, language: Language) -> Markup | None:
    if finding.count_before is None or finding.count_after is None:
        return None
    rows = [
        yearly(finding.count_before, finding.before.days, say(_("before"), language), "before"),
        yearly(finding.count_after, finding.after.days, say(_("after"), language), "after"),
    ]
    expected = _expected(finding, say(_("expected"), language))
    if expected is not None:
        rows.append(expected)
    title = say(_("Incidents a year in the locality {name}"), language, name=finding.name)
    return levels(rows, language, title=title)


def _expected(finding: ShownFinding, label: str) -> Level | None:
    told = finding.expected
    if told is None:
        return None
    year = 365 / finding.after.days
    known = math.isfinite(told.low) and math.isfinite(told.high)
    low, high = (told.low * year, told.high * year) if known else (None, None)
    return Level(label, told.estimate * year, low, high, "expected")


def _comparisons(finding: ShownFinding, language: Language) -> Table | None:
    estimates = {
        "naive": finding.naive,
        "relative": finding.relative,
        "expectation": finding.expectation,
        "reported": finding.reported,
    }
    rows = [
        (
            say(COMPARISONS[kind][0], language),
            change(estimate.estimate, language),
            interval((estimate.low, estimate.high), language),
            say(COMPARISONS[kind][1], language),
        )
        for kind, estimate in estimates.items()
        if estimate is not None
    ]
    if not rows:
        return None
    heads = (_("Comparison"), _("Change"), _("95% interval"), _("What it takes into account"))
    return Table(
        say(_("{name}: the same change, compared in several ways"), language, name=finding.name),
        tuple(say(head, language) for head in heads),
        tuple(rows),
        frozenset({1, 2}),
    )


def _outcomes(findings: Sequence[ShownFinding], name: str, language: Language) -> Table:
    heads = (
        _("Outcome"),
        _("Per year, before"),
        _("Per year, after"),
        *heads_of_change(findings),
        _("95% interval"),
    )
    expected = len(heads) == 6
    return Table(
        say(_("{name}: other outcomes"), language, name=name),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                one.outcome,
                rate(one.count_before, one.before, language),
                rate(one.count_after, one.after, language),
                *([expected_rate(one, language)] if expected else []),
                *_told(one.main, language),
            )
            for one in findings
        ),
        frozenset(range(1, len(heads))),
    )


def _told(estimate: Shown | None, language: Language) -> tuple[str, str]:
    if estimate is None:
        return "–", "–"
    return change(estimate.estimate, language), interval((estimate.low, estimate.high), language)


def _displacement(finding: ShownFinding, language: Language) -> list[str]:
    if finding.moved is None:
        return []
    reach = float(finding.rings["outer"].max())
    return [moved(finding.moved, reach, language), *ring_standing_out(finding, language)]


def _rings(finding: ShownFinding, language: Language) -> Table:
    """Return the rings: against the comparison areas, or alone where these tell nothing."""
    heads = (
        _("Distance"),
        _("Per year, before"),
        _("Per year, after"),
        _("Change"),
        _("95% interval"),
    )
    compared = bool(finding.rings["relative"].notna().any())
    names = ["relative", "relative_low", "relative_high"] if compared else ["ratio", "low", "high"]
    rows = []
    for ring in finding.rings.to_dict("records"):
        ratio, low, high = (float(ring[name]) for name in names)
        distance = _("{inner}–{outer} m")
        ends = {name: number(ring[name], language) for name in ("inner", "outer")}
        rows.append(
            (
                say(distance, language, **ends),
                rate(ring["before"], finding.before, language),
                rate(ring["after"], finding.after, language),
                *_told(None if math.isnan(ratio) else Shown(ratio, low, high), language),
            )
        )
    caption = (
        _(
            "{name}: incidents in the rings around it; the change is against the comparison "
            "areas, intervals allow for chance only"
        )
        if compared
        else _(
            "{name}: incidents in the rings around it; the change is after against before alone, "
            "without the comparison areas"
        )
    )
    return Table(
        say(caption, language, name=finding.name),
        tuple(say(head, language) for head in heads),
        tuple(rows),
        frozenset({1, 2, 3, 4}),
    )
