"""The verdict in words that a council member understands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from apkgeo.language import Language, Note, _, number, percent
from apkgeo.statistics._text import tell
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.statistics.power import MinimumDetectableRatio
from apkgeo.statistics.verdict import Grade

if TYPE_CHECKING:
    from apkgeo.evaluation.results import Evaluation, Finding

_FINDING: dict[Grade, str] = {
    "clear_fall": _("{name}, {outcome}: a clear fall."),
    "likely_fall": _("{name}, {outcome}: a likely fall."),
    "uncertain": _("{name}, {outcome}: a change cannot be told from chance."),
    "likely_rise": _("{name}, {outcome}: a likely rise."),
    "clear_rise": _("{name}, {outcome}: a clear rise."),
}
_WHOLE: dict[Grade, str] = {
    "clear_fall": _("All places with a programme together, {outcome}: a clear fall."),
    "likely_fall": _("All places with a programme together, {outcome}: a likely fall."),
    "uncertain": _(
        "All places with a programme together, {outcome}: a change cannot be told from chance."
    ),
    "likely_rise": _("All places with a programme together, {outcome}: a likely rise."),
    "clear_rise": _("All places with a programme together, {outcome}: a clear rise."),
}


def of_finding(finding: Finding, language: Language, caution: Note | None = None) -> str:
    """Return grade, numbers and the weightiest doubt of a finding.

    `caution` is told instead of the finding's own weightiest doubt, when given.
    """
    own = finding.doubts[0] if finding.doubts else None
    return " ".join(
        [
            tell(
                _FINDING[finding.grade],
                language,
                name=finding.name,
                outcome=_named(finding.outcome),
            ),
            _evidence(finding.main, finding, language),
            *_hidden(finding.grade, finding.detectable, language),
            *_doubt(caution or own, language),
        ]
    )


def of_evaluation(evaluation: Evaluation, language: Language) -> str:
    """Return the grade of the whole study, its numbers and the weightiest doubt."""
    primary = [finding for finding in evaluation.findings if finding.primary]
    alone = len({finding.deployment.locality for finding in primary}) == 1
    if evaluation.pooled is None or alone:
        cautions = [evaluation.caution if alone else None] * len(primary)
        return " ".join(
            of_finding(finding, language, caution)
            for finding, caution in zip(primary, cautions, strict=True)
        )
    return " ".join(
        [
            tell(_WHOLE[evaluation.grade], language, outcome=_named(primary[0].outcome)),
            _expectation(evaluation.pooled, language),
            *_hidden(evaluation.grade, evaluation.pooled.detectable(), language),
            *_doubt(evaluation.caution, language, evaluation.cautioned),
        ]
    )


def _named(outcome: str) -> str:
    """Return an outcome's name as words: it is a key in the study's file."""
    return outcome.replace("_", " ")


def _evidence(estimate: Any, finding: Finding, language: Language) -> str:
    """Return the sentence with the numbers behind a grade."""
    if isinstance(estimate, EffectivenessIndex):
        return _expectation(estimate, language)
    message = (
        _(
            "There were {before} incidents before and {after} after; against the comparison areas "
            "that is {change}, with a 95% interval from {low} to {high}."
        )
        if finding.relative is not None
        else _(
            "There were {before} incidents before and {after} after; by themselves, without a "
            "comparison, that is {change}, with a 95% interval from {low} to {high}."
        )
    )
    return tell(
        message,
        language,
        before=number(finding.count_before, language),
        after=number(finding.count_after, language),
        **_change(estimate, language),
    )


def _expectation(index: EffectivenessIndex, language: Language) -> str:
    low, high = index.expected_interval()
    return tell(
        _(
            "There were {observed} incidents; without the programme about {expected} were to be "
            "expected ({least} to {most}). Against the expectation that is {change}, with a 95% "
            "interval from {low} to {high}."
        ),
        language,
        observed=number(index.observed, language),
        expected=number(index.expected, language, digits=0 if index.expected >= 10 else 1),
        least=number(low, language, digits=0),
        most=number(high, language, digits=0),
        **_change(index, language),
    )


def _hidden(
    grade: Grade, detectable: MinimumDetectableRatio | None, language: Language
) -> list[str]:
    """Say how large a fall would have been found, where none was told from chance."""
    if grade != "uncertain" or detectable is None or math.isnan(detectable.fall):
        return []
    message = _(
        "With a probability of {power} only a fall of about {fall} or more would have been found; "
        "a smaller one stays hidden in chance."
    )
    power, fall = percent(detectable.power, language), percent(1 - detectable.fall, language)
    return [tell(message, language, power=power, fall=fall)]


def _change(estimate: Any, language: Language) -> dict[str, str]:
    """Return a ratio and its interval as changes in per cent."""
    low, high = estimate.interval()
    return {
        "change": as_change(estimate.estimate, language),
        "low": as_change(low, language),
        "high": as_change(high, language),
    }


def as_change(ratio: float, language: Language) -> str:
    """Write a ratio as a change: 0.7 is ``−30%``.

    Examples
    --------
    >>> as_change(0.7, "en"), as_change(1.25, "en"), as_change(float("inf"), "en")
    ('−30%', '+25%', '∞')
    """
    if math.isnan(ratio):
        return "–"
    return "∞" if math.isinf(ratio) else percent(ratio - 1, language, signed=True)


def _doubt(note: Note | None, language: Language, names: tuple[str, ...] = ()) -> list[str]:
    """Return a doubt as a sentence, if there is one, and the places that it concerns."""
    if note is None:
        return []
    message = _("The main reason for caution: {doubt}")
    if names:
        message = _("The main reason for caution (it concerns {names}): {doubt}")
    return [tell(message, language, doubt=note.text(language), names=", ".join(names))]
