"""Figures of an evaluation for reports and slides: rings, recording, and the time before."""

from __future__ import annotations

from collections.abc import Sequence

from apkgeo.evaluation import Evaluation
from apkgeo.language import Language, _, number
from apkgeo.pages.figures import Row, forest
from apkgeo.pages.figures_regressions import event_study_figure
from apkgeo.pages.parts import heading, primary
from apkgeo.pages.pictures import sheet_of
from apkgeo.pages.raster import png
from apkgeo.pages.shown import Shown, ShownFinding, shown_findings
from apkgeo.pages.words import outcome, programme, say

_WIDTH = 720


def evaluation_figures(
    evaluation: Evaluation, language: Language, *, sources: Sequence[str] = ()
) -> dict[str, bytes]:
    """Draw what the verdict's figures show beside the pages' own.

    Parameters
    ----------
    evaluation : Evaluation
        The results; counts below the study's limit are left out with all that rests on them.
    language : {"cs", "en"}
        Language of every word in them.
    sources : sequence of str
        Whom to name: one sentence each, beneath every picture.

    Returns
    -------
    dict of str to bytes
        File name -> content, each as ``.svg`` and ``.png``: ``rings`` (each place, its
        surroundings and both together against their expectation), ``recording`` (the results with
        and without what patrols recorded, and what recording would have to have done to explain
        them) and ``event_study_1``, … (half-years about the start against the comparison areas,
        the localities in the order of the pages). What has nothing to show is left out.
    """
    findings = [one for one in primary(shown_findings(evaluation)) if not one.hidden and one.main]
    if not findings:
        return {}
    name = outcome(findings[0].outcome, language)
    notes = [say(_("Source: {source}"), language, source=source) for source in sources]
    charts = {
        "rings": (
            say(_("{outcome}: the place, its surroundings, and both together"), language,
                outcome=name),
            say(_("Change against the expectation, with its 95% interval."), language),
            rings_rows(findings, language),
        ),
        "recording": (
            say(_("{outcome}: would a change in recording explain the result?"), language,
                outcome=name),
            say(_("Change with its 95% interval."), language),
            recording_rows(findings, language),
        ),
    }  # fmt: skip
    files: dict[str, bytes] = {}
    for stem, (title, subtitle, rows) in charts.items():
        if not rows:
            continue
        drawn = forest(rows, language, title=title, width=_WIDTH)
        svg = sheet_of(str(drawn), title=title, subtitle=subtitle, notes=notes)
        files[f"{stem}.svg"], files[f"{stem}.png"] = svg.encode("utf-8"), png(svg)
    return files | _event_studies(evaluation, findings, language)


def rings_rows(findings: Sequence[ShownFinding], language: Language) -> list[Row]:
    """Return a row for each place, ring, and all of it together."""
    rows = []
    for one in findings:
        known = one.rings[one.rings["index"].notna()]
        if one.expectation is None or known.empty:
            continue
        name, note = one.name, _beside(one, findings, language)
        rows.append(_row(name, say(_("the place itself"), language), one.expectation, note))
        for ring in known.to_dict("records"):
            place = say(
                _("{inner} to {outer} m around"),
                language,
                inner=number(ring["inner"], language),
                outer=number(ring["outer"], language),
            )
            shown = Shown(ring["index"], ring["index_low"], ring["index_high"])
            rows.append(_row(name, place, shown))
        if one.total is not None:
            rows.append(_row(name, say(_("together"), language), one.total))
    return rows


def recording_rows(findings: Sequence[ShownFinding], language: Language) -> list[Row]:
    """Return each result with and without what patrols recorded, and what would explain it."""
    rows = []
    for one in findings:
        if one.main is None or (one.reported is None and one.tipping is None):
            continue
        name = one.name
        note = _tipping(one, language) or _beside(one, findings, language)
        rows.append(_row(name, say(_("all records"), language), one.main, note))
        if one.reported is not None:
            rows.append(_row(name, say(_("without what patrols recorded"), language), one.reported))
    return rows


def _beside(one: ShownFinding, findings: Sequence[ShownFinding], language: Language) -> str:
    """Name the programme where a place has several."""
    several = heading(one, findings, language) != one.name
    return programme(one.deployment, language) if several else ""


def _tipping(one: ShownFinding, language: Language) -> str:
    """Say by what ratio recording would have to have changed for the result to be in doubt."""
    if one.tipping is None:
        return ""
    ratio = number(one.tipping, language, digits=2)
    return say(_("in doubt if recording changed {ratio}×"), language, ratio=ratio)


def _row(label: str, detail: str, told: Shown, note: str = "") -> Row:
    certain = not told.low <= 1 <= told.high
    return Row(label, detail, note, told.estimate, told.low, told.high, certain=certain)


def _event_studies(
    evaluation: Evaluation, findings: Sequence[ShownFinding], language: Language
) -> dict[str, bytes]:
    """Draw the half-years of each place of which none has too few incidents to be told."""
    behind = {(one.deployment, one.outcome): one.beside.event for one in evaluation.findings}
    files = {}
    for place, one in enumerate(findings, start=1):
        event = behind[one.deployment, one.outcome]
        if not one.course or event is None:
            continue
        for name, content in event_study_figure(event, language).items():
            files[name.replace("event_study", f"event_study_{place}")] = content
    return files
