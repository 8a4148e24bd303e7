"""Sentences about several findings, and about what one finding cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apkgeo.evaluation import Grade
from apkgeo.language import N_, Language, _, number, percent, translate_plural
from apkgeo.pages.shell import typeset
from apkgeo.pages.shown import Shown, ShownFinding, ShownWhole
from apkgeo.pages.words import by_direction, outcome, programme, say, say_count, shares, tell
from apkgeo.study import Study

TALLY: dict[Grade, tuple[str, str]] = {
    "clear_fall": N_(
        "Incidents clearly fell in {count} locality.",
        "Incidents clearly fell in {count} localities.",
    ),
    "likely_fall": N_(
        "Incidents probably fell in {count} locality.",
        "Incidents probably fell in {count} localities.",
    ),
    "uncertain": N_(
        "In {count} locality the change cannot be told from chance.",
        "In {count} localities the change cannot be told from chance.",
    ),
    "likely_rise": N_(
        "Incidents probably rose in {count} locality.",
        "Incidents probably rose in {count} localities.",
    ),
    "clear_rise": N_(
        "Incidents clearly rose in {count} locality.",
        "Incidents clearly rose in {count} localities.",
    ),
}
# Where several programmes ran in one locality, cases are counted.
CASES_TALLY: dict[Grade, tuple[str, str]] = {
    "clear_fall": N_(
        "In {count} case (a programme in a locality) incidents clearly fell.",
        "In {count} cases (a programme in a locality) incidents clearly fell.",
    ),
    "likely_fall": N_(
        "In {count} case (a programme in a locality) incidents probably fell.",
        "In {count} cases (a programme in a locality) incidents probably fell.",
    ),
    "uncertain": N_(
        "In {count} case (a programme in a locality) the change cannot be told from chance.",
        "In {count} cases (a programme in a locality) the change cannot be told from chance.",
    ),
    "likely_rise": N_(
        "In {count} case (a programme in a locality) incidents probably rose.",
        "In {count} cases (a programme in a locality) incidents probably rose.",
    ),
    "clear_rise": N_(
        "In {count} case (a programme in a locality) incidents clearly rose.",
        "In {count} cases (a programme in a locality) incidents clearly rose.",
    ),
}
NONE_TOLD = N_(
    "In the {count} locality the change cannot be told from chance.",
    "In none of the {count} localities can the change be told from chance.",
)
NO_CASE_TOLD = N_(
    "In the {count} case (a programme in a locality) the change cannot be told from chance.",
    "In none of the {count} cases (a programme in a locality) can the change be told from chance.",
)
WHOLE: dict[Grade, str] = {
    "clear_fall": _("In all localities together incidents clearly fell."),
    "likely_fall": _("In all localities together incidents probably fell."),
    "uncertain": _("In all localities together the change cannot be told from chance."),
    "likely_rise": _("In all localities together incidents probably rose."),
    "clear_rise": _("In all localities together incidents clearly rose."),
}
POOLED_CHANGE = (
    _("That is {share} fewer (95% interval from {low} to {high})."),
    _("That is {share} more (95% interval from {low} to {high})."),
    _("That is a change of {change} (95% interval from {low} to {high})."),
)
RING_STANDS_OUT = (
    _(
        "The ring from {inner} to {outer} m stands out by itself: there were {share} fewer "
        "incidents there than the comparison areas lead us to expect (95% interval from {low} to "
        "{high}). Of several rings, one may stand out by chance alone."
    ),
    _(
        "The ring from {inner} to {outer} m stands out by itself: there were {share} more "
        "incidents there than the comparison areas lead us to expect (95% interval from {low} to "
        "{high}). Of several rings, one may stand out by chance alone."
    ),
    _(
        "The ring from {inner} to {outer} m stands out by itself: against the comparison areas "
        "the change was {change} (95% interval from {low} to {high}). Of several rings, one may "
        "stand out by chance alone."
    ),
)

COMPARED = {
    "localities": _(
        "The comparison areas are the localities of the same kind where no programme ran."
    ),
    "districts": _("The comparison areas are the police districts without a treated locality."),
    "cells": _("The comparison areas are squares of a similar size elsewhere in the city."),
}


def tally(findings: Sequence[ShownFinding], language: Language) -> list[str]:
    """Say in how many localities, or of how many programmes in them, each grade was found."""
    places = len({finding.deployment.locality for finding in findings})
    cases = places < len(findings)
    if len(findings) > 1 and all(one.grade == "uncertain" for one in findings):
        return [say_count(NO_CASE_TOLD if cases else NONE_TOLD, len(findings), language)]
    sentences = []
    for grade, forms in (CASES_TALLY if cases else TALLY).items():
        count = sum(finding.grade == grade for finding in findings)
        if count:
            sentences.append(say_count(forms, count, language))
    few = sum(finding.hidden for finding in findings)
    if few:
        forms = N_(
            "In {count} case there are too few incidents for a result to be shown.",
            "In {count} cases there are too few incidents for a result to be shown.",
        )
        if not cases:
            forms = N_(
                "In {count} locality there are too few incidents for a result to be shown.",
                "In {count} localities there are too few incidents for a result to be shown.",
            )
        sentences.append(say_count(forms, few, language))
    return sentences


def tally_of_localities(findings: Sequence[ShownFinding], language: Language) -> list[str]:
    """Say the same by localities, where no change in any of them can be told from chance."""
    places = len({finding.deployment.locality for finding in findings})
    if places > 1 and all(one.grade == "uncertain" for one in findings):
        return [say_count(NONE_TOLD, places, language)]
    return tally(findings, language)


def whole(result: ShownWhole, language: Language) -> list[str]:
    """Return the result of all localities together: the grade, the numbers, the main doubt."""
    where = N_("In {count} locality", "In {count} localities")
    incidents = N_("there was {count} incident", "there were {count} incidents")
    counts = {
        "where": say_count(where, result.places, language),
        "incidents": say_count(incidents, result.observed, language),
        "expected": number(result.expected.estimate, language, digits=0),
        "least": number(result.expected.low, language, digits=0),
        "most": number(result.expected.high, language, digits=0),
    }
    if result.months is None:
        message = _(
            "{where} {incidents} after the first programme began; without a programme about "
            "{expected} were to be expected ({least} to {most})."
        )
    else:
        message = _(
            "{where} {incidents} within {months} of the first programme’s start; without a "
            "programme about {expected} were to be expected ({least} to {most})."
        )
        months = N_("{count} month", "{count} months")
        counts["months"] = say_count(months, result.months, language)
    numbers = [
        say(message, language, **counts),
        say(
            by_direction(POOLED_CHANGE, result.ratio.estimate),
            language,
            **shares(result.ratio, language),
        ),
    ]
    if result.later:
        numbers.append(
            say(_("A second programme in the same locality does not enter into the sum."), language)
        )
    return [say(WHOLE[result.grade], language), " ".join(numbers), *_caution(result, language)]


def _caution(result: ShownWhole, language: Language) -> list[str]:
    if result.caution is None:
        return []
    doubt, names = tell(result.caution, language), ", ".join(result.cautioned)
    if not names:
        return [say(_("The main reason for caution: {doubt}"), language, doubt=doubt)]
    if result.alike:
        message = _("The main reason for caution (it concerns {names}): {doubt}")
        return [say(message, language, names=names, doubt=doubt)]
    message = _(
        "The main reason for caution (it concerns {names}; the numbers are those of {first}): "
        "{doubt}"
    )
    return [say(message, language, names=names, first=result.cautioned[0], doubt=doubt)]


def power(
    findings: Sequence[ShownFinding], together: ShownWhole | None, language: Language
) -> list[str]:
    """Say what a change that cannot be told from chance does not mean; nothing where all can."""
    open_ = [one for one in findings if one.grade == "uncertain" and one.detectable]
    if not open_:
        return []
    falls = [one.detectable[0] for one in open_ if one.detectable]
    known = [fall for fall in falls if math.isfinite(fall)]
    if not known:
        return [
            say(
                _(
                    "Where the change cannot be told from chance, the programme may still have an "
                    "effect: with so few incidents, not even a fall to nothing would reliably "
                    "have been found in a single locality."
                ),
                language,
            )
        ]
    every = all(one.grade == "uncertain" for one in findings if one.grade)
    if every and (together is None or together.grade == "uncertain"):
        message = _(
            "This does not mean that the programme has no effect: with these counts, only a fall "
            "of about {fall} or more would reliably have been found in a single locality."
        )
    else:
        message = _(
            "Where the change cannot be told from chance, the programme may still have an effect: "
            "with these counts, only a fall of about {fall} or more would reliably have been "
            "found in a single locality."
        )
    return [say(message, language, fall=percent(1 - max(known), language))]


def detectable(found: tuple[float, float, float], language: Language) -> str:
    """Say how large a change would probably have been found at all."""
    fall, rise, chance = found
    if math.isnan(fall):
        message = _(
            "There were so few incidents that (with a probability of {power}) not even a fall to "
            "nothing would have been found, and only a rise of {rise} or more."
        )
    else:
        message = _(
            "With so many incidents, only a fall of {fall} or a rise of {rise} would have been "
            "found (with a probability of {power}); a smaller change would stay hidden in chance."
        )
    return say(
        message,
        language,
        power=percent(chance, language),
        fall=percent(0 if math.isnan(fall) else 1 - fall, language),
        rise=percent(rise - 1, language),
    )


def moved(estimate: Shown, reach: float, language: Language) -> str:
    """Say whether incidents moved next door.

    Parameters
    ----------
    estimate : Shown
        Incidents a year in the surroundings, less what the comparison areas lead to expect.
    reach : float
        How far the surroundings reach, in metres.
    language : {"cs", "en"}
    """
    if estimate.low > 0:
        message = _(
            "In the surroundings (up to {reach} m) there were more incidents than the comparison "
            "areas lead us to expect: {amount} (95% interval: from {low} to {high}). A part may "
            "have moved there."
        )
    elif estimate.high < 0:
        message = _(
            "In the surroundings (up to {reach} m) there were fewer incidents than the comparison "
            "areas lead us to expect: {amount} (95% interval: from {low} to {high}). They may have "
            "gained, too."
        )
    else:
        message = _(
            "It cannot be told from chance whether incidents moved to the surroundings (up to "
            "{reach} m): against the comparison areas there were {amount} (95% interval: from "
            "{low} to {high})."
        )
    return say(
        message,
        language,
        reach=number(reach, language),
        amount=_amount(round(estimate.estimate), language),
        low=_bound(round(estimate.low), language),
        high=_bound(round(estimate.high), language),
    )


def _amount(count: int, language: Language) -> str:
    if not count:
        return say(_("neither more nor fewer incidents"), language)
    more = N_("about {count} incident a year more", "about {count} incidents a year more")
    fewer = N_("about {count} incident a year fewer", "about {count} incidents a year fewer")
    return say_count(more if count > 0 else fewer, abs(count), language)


def _bound(count: int, language: Language) -> str:
    if not count:
        return number(0, language)
    message = _("{count} more") if count > 0 else _("{count} fewer")
    return say(message, language, count=number(abs(count), language))


def ring_standing_out(finding: ShownFinding, language: Language) -> list[str]:
    """Name each ring that stands out against the comparison where the surroundings do not."""
    told = finding.moved
    if told is None or not told.low <= 0 <= told.high:
        return []
    sentences = []
    for ring in finding.rings.itertuples():
        one = Shown(float(ring.relative), float(ring.relative_low), float(ring.relative_high))
        if one.low > 1 or one.high < 1:
            sentences.append(
                say(
                    by_direction(RING_STANDS_OUT, one.estimate),
                    language,
                    inner=number(ring.inner, language),
                    outer=number(ring.outer, language),
                    **shares(one, language),
                )
            )
    return sentences


def counted(study: Study, findings: Sequence[ShownFinding], language: Language) -> list[str]:
    """Say what was counted, where and when."""
    months = N_("{count} month", "{count} months")
    programmes = list(dict.fromkeys(programme(one.deployment, language) for one in findings))
    sentences = [
        say(
            _(
                "Counted are incidents of the outcome “{outcome}” inside each locality: "
                "{before} before the programme began and {after} after."
            ),
            language,
            outcome=outcome(study.primary_outcome, language),
            before=translate_plural(months, study.months_before, language),
            after=translate_plural(months, study.months_after, language),
        ),
    ]
    if study.washout_days:
        forms = N_(
            "The first day of each programme counts as neither before nor after.",
            "The first {count} days of each programme count as neither before nor after.",
        )
        sentences.append(typeset(translate_plural(forms, study.washout_days, language), language))
    if len(programmes) > 1:
        sentences.append(say(_("Programmes: {names}."), language, names=", ".join(programmes)))
    others = [outcome(name, language) for name in list(study.outcomes)[1:]]
    if others:
        sentences.append(
            say(
                _("Besides, for comparison: {names}. They stand on the page of each locality."),
                language,
                names=", ".join(others),
            )
        )
    return sentences


def comparison(study: Study, language: Language) -> list[str]:
    """Say what it is compared with, and what for."""
    purpose = _(
        "They are no twins of the localities. From them we learn how the number of incidents "
        "changes where no programme runs."
    )
    return [say(COMPARED[study.comparison.kind], language), say(purpose, language)]
