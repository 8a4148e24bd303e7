"""The first page: the verdict, how sure it is, and what is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apkgeo.language import Language, Note, _, number
from apkgeo.pages.content import SiteContent
from apkgeo.pages.figures import Row, forest
from apkgeo.pages.parts import Table, anchor, heading, opening, primary, render
from apkgeo.pages.privacy import limit
from apkgeo.pages.sentences import comparison, counted, power, tally, whole
from apkgeo.pages.shell import Fragment, typeset
from apkgeo.pages.shown import ShownFinding, ShownWhole, shown_doubts
from apkgeo.pages.words import (
    AGAINST,
    GRADES,
    basis,
    change,
    interval,
    main_kind,
    outcome,
    programme,
    say,
    since,
    span,
    tell,
    tell_together,
    verdict,
)
from apkgeo.study import Period

ABOUT = {
    "localities.html": _(
        "The page shows each locality on the map and in figures: before, after, and next door."
    ),
    "hotspots.html": _(
        "The maps show where incidents concentrate, and where that changed by "
        "more than chance explains."
    ),
    "patrols.html": _("The tables show when and where patrols walked."),
    "method.html": _(
        "The page says what was counted, by which rule it was judged, and where the data come from."
    ),
    "lookup.html": _("Which police district is an address in, and who is its officer?"),
}


def overview(
    content: SiteContent,
    findings: Sequence[ShownFinding],
    together: ShownWhole | None,
    links: Sequence[tuple[str, str]],
) -> list[Fragment]:
    """Return the parts of ``index.html``.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    findings : sequence of ShownFinding
        The findings as the audience may see them.
    together : ShownWhole, optional
        The result of all places together, if it may be seen.
    links : sequence of (file, text)
        The other pages.
    """
    language = content.study.language
    main = primary(findings)
    lead, told = " ".join(tally(main, language)), list[str]()
    if len(main) == 1:
        lead = f"{verdict(main[0], main[0].name, language)} {basis(main[0], language)}".strip()
    if together is not None:
        first, *told = whole(together, language)
        lead = f"{first} {lead}"
    kicker = say(_("Evaluation of crime prevention"), language)
    if content.data:
        kicker += " · " + say(
            _("incidents from {span}"), language, span=span(content.data, language)
        )
    return [
        opening(
            content,
            language,
            kicker=kicker,
            title=content.study.name,
            lead=[lead, *power(main, together, language)],
        ),
        render(
            "overview.html",
            language,
            together=told,
            question=say(
                _("Primary outcome: {outcome}. Localities are listed alphabetically."),
                language,
                outcome=outcome(content.study.primary_outcome, language),
            ),
            wide=_chart(main, language, 860),
            narrow=_chart(main, language, 330),
            findings=[
                {
                    "anchor": anchor(one.deployment.locality),
                    "verdict": verdict(one, heading(one, main, language), language),
                    "basis": basis(one, language),
                }
                for one in main
            ],
            results=_results(main, language),
            hidden_note=hidden_note(content, language),
            doubts=_doubts(content, main, language),
            counted=counted(content.study, main, language)
            + comparison(content.study, language)[:1],
            links=[
                {"href": file, "text": text, "about": say(ABOUT[file], language)}
                for file, text in links
            ],
            licences=[typeset(text, language) for text in content.licences],
        ),
    ]


def _chart(findings: Sequence[ShownFinding], language: Language, width: int) -> object:
    rows = []
    for one in findings:
        several = heading(one, findings, language) != one.name
        detail = programme(one.deployment, language) if several else ""
        if one.main is None or one.grade is None:
            rows.append(Row(one.name, detail, say(_("too few to be shown"), language), None))
            continue
        told = one.main
        note, certain = say(GRADES[one.grade], language), one.grade != "uncertain"
        rows.append(Row(one.name, detail, note, told.estimate, told.low, told.high, certain))
    title = say(_("Estimated change in each locality with its 95% interval"), language)
    return forest(rows, language, title=title, width=width)


def hidden_note(content: SiteContent, language: Language) -> str:
    """Say which counts are not shown, and why; empty where all are."""
    least = limit(content.study.privacy)
    if not least:
        return ""
    return say(
        _(
            "Counts below {least}, and whatever would give them back, are not shown, "
            "so that no one can be recognised."
        ),
        language,
        least=number(least, language),
    )


def _results(findings: Sequence[ShownFinding], language: Language) -> Table:
    heads = (
        _("Locality"),
        _("Per year, before"),
        _("Per year, after"),
        *heads_of_change(findings),
        _("95% interval"),
        _("Finding"),
        _("Programme"),
    )
    expected = len(heads) == 8
    rows = []
    for one in findings:
        told = one.main
        grade = say(GRADES[one.grade], language) if one.grade else say(_("not shown"), language)
        rows.append(
            (
                one.name,
                rate(one.count_before, one.before, language),
                rate(one.count_after, one.after, language),
                *([expected_rate(one, language)] if expected else []),
                change(told.estimate, language) if told else "–",
                interval((told.low, told.high), language) if told else "–",
                grade,
                since(one.deployment, language),
            )
        )
    kinds = {main_kind(one) for one in findings if one.main}
    caption = (
        say(
            _("Results by locality; the change is {against}"),
            language,
            against=say(AGAINST[kinds.pop()], language),
        )
        if len(kinds) == 1
        else say(
            _("Results by locality; each change against the strictest comparison there is"),
            language,
        )
    )
    numeric = frozenset(range(1, len(heads) - 2))
    return Table(caption, tuple(say(head, language) for head in heads), tuple(rows), numeric)


def heads_of_change(findings: Sequence[ShownFinding]) -> tuple[str, ...]:
    """Return the heads of the columns of change: with what was expected, where anything was."""
    kinds = {main_kind(one) for one in findings if one.main}
    if kinds == {"expectation"}:
        return _("Expected"), _("Change against expectation")
    return (_("Expected"), _("Change")) if "expectation" in kinds else (_("Change"),)


def expected_rate(finding: ShownFinding, language: Language) -> str:
    """Write the count that was expected after as a rate of a year."""
    told = finding.expected
    return rate(told.estimate, finding.after, language) if told else "–"


def rate(count: float | None, period: Period, language: Language) -> str:
    """Write a count as a rate of a year, or that it is hidden."""
    if count is None or math.isnan(count):
        return say(_("hidden"), language)
    return number(count * 365 / period.days, language, digits=1)


def _doubts(
    content: SiteContent, findings: Sequence[ShownFinding], language: Language
) -> list[str]:
    """Return the study's doubts, then the localities', each kind once."""
    whole = shown_doubts(content.evaluation)
    kinds: dict[str, list[tuple[str, Note]]] = {}
    for one in findings:
        for note in one.doubts:
            if note not in whole:
                name = heading(one, findings, language)
                kinds.setdefault(getattr(note, "message", str(note)), []).append((name, note))
    doubts = [tell(note, language) for note in dict.fromkeys(whole)]
    for told in kinds.values():
        text = tell_together([note for _name, note in told], language)
        everywhere = len(told) == len(findings)
        names = ", ".join(dict.fromkeys(name for name, _note in told))
        doubts.append(text if everywhere else f"{names}: {text}")
    standing = say(
        _(
            "A comparison over time cannot exclude that something else changed in a "
            "locality at the same time as the programme began."
        ),
        language,
    )
    return [*doubts, standing]
