"""Results in words: grades, changes, intervals, dates, as both languages write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from apkgeo.evaluation import Grade
from apkgeo.language import (
    Language,
    Note,
    _,
    day,
    number,
    percent,
    translate,
    translate_plural,
)
from apkgeo.pages.shell import NO_BREAK, typeset
from apkgeo.pages.shown import Shown, ShownFinding
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
    "expectation": _("against what the locality’s own past led us to expect"),
    "relative": _("against the comparison areas"),
    "naive": _("after against before, with nothing taken into account"),
}
# A change against each comparison: fewer, more, and neither (or many times as many).
BASIS: dict[str, tuple[str, str, str]] = {
    "expectation": (
        _(
            "There were {share} fewer incidents than the years before and the trend in the city "
            "led us to expect (95% interval from {low} to {high})."
        ),
        _(
            "There were {share} more incidents than the years before and the trend in the city "
            "led us to expect (95% interval from {low} to {high})."
        ),
        _(
            "Against what the years before and the trend in the city led us to expect, the change "
            "was {change} (95% interval from {low} to {high})."
        ),
    ),
    "relative": (
        _(
            "There were {share} fewer incidents than the comparison areas lead us to expect "
            "(95% interval from {low} to {high})."
        ),
        _(
            "There were {share} more incidents than the comparison areas lead us to expect "
            "(95% interval from {low} to {high})."
        ),
        _(
            "Against the comparison areas the change was {change} (95% interval from {low} to "
            "{high})."
        ),
    ),
    "naive": (
        _(
            "There were {share} fewer incidents than before (95% interval from {low} to {high}); "
            "this takes neither the general trend nor chance highs before into account."
        ),
        _(
            "There were {share} more incidents than before (95% interval from {low} to {high}); "
            "this takes neither the general trend nor chance highs before into account."
        ),
        _(
            "After against before alone, the change was {change} (95% interval from {low} to "
            "{high}); this takes neither the general trend nor chance highs before into account."
        ),
    ),
}


_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY = re.compile(r"[a-z]+(?:_[a-z]+)+")


def say(message: str, language: Language, **values: str) -> str:
    """Return a marked message in `language`, its values filled in and its lines tied."""
    return typeset(translate(message, language).format(**values), language)


def say_count(forms: tuple[str, str], count: int, language: Language) -> str:
    """Return the form of a marked message that goes with `count`, its lines tied."""
    return typeset(translate_plural(forms, count, language), language)


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


def by_direction(forms: tuple[str, str, str], ratio: float) -> str:
    """Return the one of three messages (fewer, more, otherwise) that goes with a ratio."""
    if not math.isfinite(ratio) or ratio > 10 or round(ratio - 1, 2) == 0:
        return forms[2]
    return forms[0] if ratio < 1 else forms[1]


def shares(told: Shown, language: Language) -> dict[str, str]:
    """Return an estimate's values for a sentence: its share without a sign, change, interval."""
    return {
        "share": percent(abs(told.estimate - 1), language) if math.isfinite(told.estimate) else "",
        "change": change(told.estimate, language),
        "low": change(told.low, language),
        "high": change(told.high, language),
    }


def basis(finding: ShownFinding, language: Language) -> str:
    """Return the number behind the grade, always with its interval; empty when hidden."""
    estimate = finding.main
    if estimate is None:
        return ""
    message = by_direction(BASIS[main_kind(finding)], estimate.estimate)
    return say(message, language, **shares(estimate, language))


def tell(note: Note | str, language: Language) -> str:
    """Return a note in `language`: its days, programmes and outcomes as a reader writes them."""
    if not isinstance(note, Note):
        return typeset(note, language)
    values = {name: _value(value, language) for name, value in note.values.items()}
    return typeset(Note(note.message, **values).text(language), language)


def tell_together(notes: Sequence[Note], language: Language) -> str:
    """Return notes that differ in their values alone as one, with ranges of numbers.

    Examples
    --------
    >>> few = [Note("There were {count} incidents.", count=count) for count in (7, 3, 5)]
    >>> tell_together(few, "en").replace("\\xa0", " ")
    'There were 3 to 7 incidents.'
    """
    first = notes[0]
    if len(set(notes)) == 1 or not isinstance(first, Note):
        return tell(first, language)
    values: dict[str, Any] = {}
    for name, value in first.values.items():
        told = list(dict.fromkeys(note.values[name] for note in notes))
        if len(told) == 1:
            values[name] = value
        elif all(isinstance(one, (int, float)) for one in told):
            ends = {"low": number(min(told), language), "high": number(max(told), language)}
            values[name] = say(_("{low} to {high}"), language, **ends)
        else:
            values[name] = ", ".join(str(_plainly(one, language)) for one in told)
    return tell(Note(first.message, **values), language)


def _plainly(value: Any, language: Language) -> Any:
    value = _value(value, language)
    return number(value, language) if isinstance(value, (int, float)) else value


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
