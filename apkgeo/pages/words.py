"""Results in words: grades, changes, intervals, dates, as both languages write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from apkgeo.evaluation import Grade
from apkgeo.language import N_, Language, Note, _, day, number, percent, translate, translate_plural
from apkgeo.pages.shell import NO_BREAK, typeset
from apkgeo.pages.shown import Shown, ShownFinding, ShownWhole
from apkgeo.study import Deployment, Period

GRADES: dict[Grade, str] = {
    "clear_fall": _("clear fall"),
    "likely_fall": _("likely fall"),
    "uncertain": _("cannot be told from chance"),
    "likely_rise": _("likely rise"),
    "clear_rise": _("clear rise"),
}
SENTENCES: dict[Grade, str] = {
    "clear_fall": _("{name}: incidents clearly fell."),
    "likely_fall": _("{name}: incidents probably fell."),
    "uncertain": _("{name}: the change cannot be told from chance."),
    "likely_rise": _("{name}: incidents probably rose."),
    "clear_rise": _("{name}: incidents clearly rose."),
}
TALLY: dict[Grade, tuple[str, str]] = {
    "clear_fall": N_(
        "Incidents clearly fell in {count} place.", "Incidents clearly fell in {count} places."
    ),
    "likely_fall": N_(
        "Incidents probably fell in {count} place.", "Incidents probably fell in {count} places."
    ),
    "uncertain": N_(
        "In {count} place the change cannot be told from chance.",
        "In {count} places the change cannot be told from chance.",
    ),
    "likely_rise": N_(
        "Incidents probably rose in {count} place.", "Incidents probably rose in {count} places."
    ),
    "clear_rise": N_(
        "Incidents clearly rose in {count} place.", "Incidents clearly rose in {count} places."
    ),
}
# Where several programmes ran in one place, programmes are counted.
PROGRAMMES_TALLY: dict[Grade, tuple[str, str]] = {
    "clear_fall": N_(
        "With {count} programme in a place incidents clearly fell.",
        "With {count} programmes in a place incidents clearly fell.",
    ),
    "likely_fall": N_(
        "With {count} programme in a place incidents probably fell.",
        "With {count} programmes in a place incidents probably fell.",
    ),
    "uncertain": N_(
        "With {count} programme in a place the change cannot be told from chance.",
        "With {count} programmes in a place the change cannot be told from chance.",
    ),
    "likely_rise": N_(
        "With {count} programme in a place incidents probably rose.",
        "With {count} programmes in a place incidents probably rose.",
    ),
    "clear_rise": N_(
        "With {count} programme in a place incidents clearly rose.",
        "With {count} programmes in a place incidents clearly rose.",
    ),
}
WHOLE: dict[Grade, str] = {
    "clear_fall": _("In all places together incidents clearly fell."),
    "likely_fall": _("In all places together incidents probably fell."),
    "uncertain": _("In all places together the change cannot be told from chance."),
    "likely_rise": _("In all places together incidents probably rose."),
    "clear_rise": _("In all places together incidents clearly rose."),
}
PROGRAMMES = {
    "assistants": _("Crime prevention assistants"),
    "caretakers": _("Caretakers"),
}
OUTCOMES = {
    "public_order": _("public order"),
    "disorder": _("public order"),
    "civil_coexistence": _("civil coexistence"),
    "property": _("property"),
    "alcohol_tobacco": _("alcohol and tobacco"),
    "road_safety": _("road safety"),
    "bylaws": _("municipal bylaws"),
    "municipal_bylaws": _("municipal bylaws"),
    "all": _("all incidents"),
}
AGAINST = {
    "expectation": _("against what the place’s own past led us to expect"),
    "relative": _("against the comparison areas"),
    "naive": _("after against before, with nothing taken into account"),
}
BASIS = {
    "expectation": _(
        "Against what the place’s own past led us to expect: {change} "
        "(95% interval from {low} to {high})."
    ),
    "relative": _("Against the comparison areas: {change} (95% interval from {low} to {high})."),
    "naive": _(
        "After against before alone: {change} (95% interval from {low} to {high}); "
        "this takes neither the general trend nor chance highs before into account."
    ),
}


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY = re.compile(r"[a-z]+(?:_[a-z]+)+")


def say(message: str, language: Language, **values: str) -> str:
    """Return a marked message in `language`, its values filled in and its lines tied."""
    return typeset(translate(message, language).format(**values), language)


def change(ratio: float, language: Language) -> str:
    """Write a ratio as a change in percent; beyond tenfold as a multiple.

    Examples
    --------
    >>> change(0.72, "en"), change(1.0, "en"), change(25, "en")
    ('−28%', '0%', '25×')
    """
    if math.isnan(ratio):
        return translate(_("unknown"), language)
    if math.isinf(ratio):
        return translate(_("no upper bound"), language)
    if ratio > 10:
        return f"{percent(ratio / 100, language).rstrip('% ' + NO_BREAK)}×"
    return percent(ratio - 1, language, signed=round(ratio - 1, 2) != 0)


def interval(bounds: tuple[float, float], language: Language) -> str:
    """Write an interval of a ratio: ``−45% to +10%``."""
    low, high = (change(bound, language) for bound in bounds)
    return say(_("{low} to {high}"), language, low=low, high=high)


def span(period: Period, language: Language) -> str:
    """Write a period by its first and its last day."""
    first, last = day(period.start, language), day(period.end - timedelta(days=1), language)
    return say(_("{first} to {last}"), language, first=first, last=last)


def outcome(name: str, language: Language) -> str:
    """Return an outcome's name as a reader should see it: known codes in words.

    Examples
    --------
    >>> outcome("public_order", "en"), outcome("noise_at_night", "en")
    ('public order', 'noise at night')
    """
    known = OUTCOMES.get(name)
    return translate(known, language) if known else typeset(name.replace("_", " "), language)


def programme(deployment: Deployment, language: Language) -> str:
    """Return the name of what works in a locality."""
    known = PROGRAMMES.get(deployment.programme)
    return translate(known, language) if known else deployment.programme


def since(deployment: Deployment, language: Language) -> str:
    """Say what works there, and since when."""
    name, start = programme(deployment, language), day(deployment.start, language)
    if deployment.end is None:
        return say(_("{programme} since {start}"), language, programme=name, start=start)
    end = day(deployment.end - timedelta(days=1), language)
    return say(
        _("{programme} from {start} to {end}"), language, programme=name, start=start, end=end
    )


def main_kind(finding: ShownFinding) -> str:
    """Return which comparison the finding's verdict rests on."""
    if finding.expectation:
        return "expectation"
    return "relative" if finding.relative else "naive"


def verdict(finding: ShownFinding, name: str, language: Language) -> str:
    """Return the grade of a finding as a sentence."""
    if finding.grade is None:
        return say(_("{name}: too few incidents for a result to be shown."), language, name=name)
    return say(SENTENCES[finding.grade], language, name=name)


def basis(finding: ShownFinding, language: Language) -> str:
    """Return the number behind the grade, always with its interval; empty when hidden."""
    estimate = finding.main
    if estimate is None:
        return ""
    return say(
        BASIS[main_kind(finding)],
        language,
        change=change(estimate.estimate, language),
        low=change(estimate.low, language),
        high=change(estimate.high, language),
    )


def tell(note: Note | str, language: Language) -> str:
    """Return a note in `language`: its days, programmes and outcomes as a reader writes them."""
    if not isinstance(note, Note):
        return typeset(note, language)
    values = {name: _value(value, language) for name, value in note.values.items()}
    return typeset(Note(note.message, **values).text(language), language)


def _value(value: Any, language: Language) -> Any:
    if isinstance(value, date):
        return day(value, language)
    if not isinstance(value, str):
        return value
    if _ISO_DAY.fullmatch(value):
        return day(date.fromisoformat(value), language)
    if value in PROGRAMMES:
        return translate(PROGRAMMES[value], language)
    return outcome(value, language) if _KEY.fullmatch(value) else value


def whole(result: ShownWhole, language: Language) -> list[str]:
    """Return the result of all places together: the grade, the numbers, the main doubt."""
    low, high = change(result.ratio.low, language), change(result.ratio.high, language)
    sentences = [
        say(WHOLE[result.grade], language),
        say(
            _(
                "There were {observed} incidents; without the programme about {expected} were to "
                "be expected ({least} to {most}). That is {change} (95% interval from {low} to "
                "{high})."
            ),
            language,
            observed=number(result.observed, language),
            expected=number(result.expected.estimate, language, digits=0),
            least=number(result.expected.low, language, digits=0),
            most=number(result.expected.high, language, digits=0),
            change=change(result.ratio.estimate, language),
            low=low,
            high=high,
        ),
    ]
    if result.caution is not None:
        doubt = tell(result.caution, language)
        sentences.append(say(_("The main reason for caution: {doubt}"), language, doubt=doubt))
    return sentences


def moved(estimate: Shown, language: Language) -> str:
    """Say whether incidents moved next door."""
    if estimate.low > 0:
        message = _(
            "In the surroundings there were more incidents than the comparison areas lead to "
            "expect: {change} (95% interval from {low} to {high}). A part may have moved there."
        )
    elif estimate.high < 0:
        message = _(
            "In the surroundings there were fewer incidents than the comparison areas lead to "
            "expect: {change} (95% interval from {low} to {high}). They may have gained, too."
        )
    else:
        message = _(
            "It cannot be told from chance whether incidents moved to the surroundings: against "
            "the comparison areas {change} incidents (95% interval from {low} to {high})."
        )
    return say(
        message,
        language,
        change=signed(estimate.estimate, language),
        low=signed(estimate.low, language),
        high=signed(estimate.high, language),
    )


def detectable(found: tuple[float, float, float], language: Language) -> str:
    """Say how large a change would probably have been found at all."""
    fall, rise, power = found
    if math.isnan(fall):
        message = _(
            "There were so few incidents that with a probability of {power} not even a fall to "
            "nothing would have been found, and only a rise of {rise} or more."
        )
    else:
        message = _(
            "With a probability of {power}, only a fall of {fall} or more, or a rise of {rise} or "
            "more, would have been found."
        )
    return say(
        message,
        language,
        power=percent(power, language),
        fall=percent(0 if math.isnan(fall) else 1 - fall, language),
        rise=percent(rise - 1, language),
    )


def signed(value: float, language: Language) -> str:
    """Write a difference of counts with its sign."""
    sign = "−" if round(value) < 0 else "+" if round(value) > 0 else ""
    return sign + number(abs(round(value)), language)


def tally(findings: Sequence[ShownFinding], language: Language) -> list[str]:
    """Say in how many places, or of how many programmes in places, each grade was found."""
    places = len({finding.deployment.locality for finding in findings})
    forms_of = TALLY if places == len(findings) else PROGRAMMES_TALLY
    sentences = []
    for grade, forms in forms_of.items():
        count = sum(finding.grade == grade for finding in findings)
        if count:
            sentences.append(typeset(translate_plural(forms, count, language), language))
    few = sum(finding.hidden for finding in findings)
    if few:
        forms = N_(
            "In {count} place there are too few incidents for a result to be shown.",
            "In {count} places there are too few incidents for a result to be shown.",
        )
        sentences.append(typeset(translate_plural(forms, few, language), language))
    return sentences
