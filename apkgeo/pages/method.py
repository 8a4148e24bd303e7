"""The page on method and data: what was counted, by which rule it was judged, what is not known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from apkgeo import __version__
from apkgeo.language import Language, Note, _, number, percent, translate
from apkgeo.pages.compared import comparison_is_large
from apkgeo.pages.content import SiteContent, SourceQuality
from apkgeo.pages.maps import comparison_map
from apkgeo.pages.parts import Table, heading, opening, primary, render
from apkgeo.pages.privacy import limit
from apkgeo.pages.sentences import comparison, counted
from apkgeo.pages.shell import Fragment, typeset
from apkgeo.pages.shown import ShownFinding
from apkgeo.pages.words import GRADES, outcome, say, tell
from apkgeo.statistics.verdict import CLEAR, LIKELY
from apkgeo.study import Audience

SOURCES = {
    "incidents": _("Incidents"),
    "localities": _("Localities"),
    "districts": _("Police districts"),
    "city": _("City boundary"),
    "addresses": _("Addresses"),
    "patrols": _("Patrol tracks"),
    "water": _("Water"),
    "railways": _("Railways"),
    "streets": _("Streets"),
}
EXPECTED = (
    _(
        "A locality is chosen because it is bad. After an unusually bad time a better one mostly "
        "follows by itself, and besides, incidents rise or fall in the whole city. A bare "
        "comparison of after with before would credit both to the programme."
    ),
    _(
        "From the comparison areas we therefore learn how the number of incidents in one period "
        "follows from that of the period before, and how much it varies. From this we reckon how "
        "many incidents were to be expected in the locality without the programme, and how far "
        "chance would carry the number from there."
    ),
    _(
        "The 95% interval holds the changes that the data are compatible with. Reckoned in this "
        "way again and again, it would miss the true change about once in twenty times."
    ),
)
RULE = (
    _(
        "Where there are too few comparison areas to learn from, the change is compared with them "
        "directly, and no finding is then called clear. A bare comparison of after with before "
        "decides nothing."
    ),
    _(
        "Several localities and programmes are judged at once, and one of many would stand out by "
        "chance alone. The limits are therefore made stricter for their number (Holm’s method)."
    ),
    _(
        "A reason for doubt that could explain the whole change by itself lowers the finding. "
        "Patrols record what they see, so that a rise is likely at the most while it is not known "
        "who reported the incidents."
    ),
)
LIMITS = (
    _(
        "Counted is what somebody reported and somebody recorded, not everything that happened. "
        "When people report more, or the police records otherwise, the numbers change though "
        "the streets do not."
    ),
    _(
        "A comparison over time cannot exclude that something else changed in a locality at the "
        "same time as the programme began."
    ),
    _("What moved farther than the last ring cannot be seen in these numbers."),
    _(
        "“Cannot be told from chance” does not mean “without effect”: where incidents are few, "
        "even a considerable change stays hidden."
    ),
    _(
        "The findings are about places and periods. They say nothing about the people who live "
        "there, nor about any single event."
    ),
)
HIDDEN: dict[Audience, tuple[str, ...]] = {
    "public": (
        _(
            "Counts below {least} are hidden, with everything that would give them back: rates, "
            "changes, intervals, sums and figures."
        ),
        _(
            "No map shows the place of a single incident, and the localities are drawn only when "
            "they are switched on."
        ),
        _("Of patrols there are totals only, and none that would be the work of one unit."),
    ),
    "council": (
        _(
            "Counts below {least} are hidden, with everything that would give them back: rates, "
            "changes, intervals, sums and figures."
        ),
        _("No map shows the place of a single incident."),
        _("Of patrols there are totals only, and none that would be the work of one unit."),
    ),
    "internal": (
        _(
            "Nothing is hidden here: the pages hold small counts, too, and must not leave the "
            "office. For the council and the public, the same pages are made without them."
        ),
    ),
}
LITERATURE = _(
    "Methods: for what was to be expected Hauer (1997); for what moved next door Wheeler and "
    "Ratcliffe (2018, doi:10.1186/s40163-018-0085-5); for many comparisons at once Holm (1979) and "
    "Benjamini and Yekutieli (2001, doi:10.1214/aos/1013699998)."
)


def method(content: SiteContent, findings: Sequence[ShownFinding]) -> list[Fragment]:
    """Return the parts of ``method.html``.

    Parameters
    ----------
    content : SiteContent
        What the site is made of.
    findings : sequence of ShownFinding
        The findings as the audience may see them.
    """
    study, language = content.study, content.study.language
    main = primary(findings)
    lead = _(
        "What was counted, what it is compared with, by which rule the findings get their names, "
        "and what cannot be read from them."
    )
    least = number(study.privacy.min_count, language)
    return [
        opening(
            content,
            language,
            kicker=study.name,
            title=say(_("Method and data"), language),
            lead=[say(lead, language)],
        ),
        render(
            "method.html",
            language,
            counted=counted(study, main, language),
            outcomes=_outcomes(content, language),
            quality=_quality(content.quality, language),
            rejected=_rejected(content.quality, language),
            notes=_notes(content.quality, language),
            compared=comparison(study, language),
            balance=_balance(content, main, language),
            picture=comparison_map(content),
            expected=[say(sentence, language) for sentence in EXPECTED],
            grades=_grades(language),
            rule=[say(sentence, language) for sentence in RULE],
            limits=[say(sentence, language) for sentence in LIMITS],
            hidden=[say(told, language, least=least) for told in HIDDEN[study.privacy.audience]],
            licences=[typeset(text, language) for text in content.licences],
            program=say(
                _("Reckoned and drawn by apkgeo {version}."), language, version=__version__
            ),
            literature=say(LITERATURE, language),
        ),
    ]


def _outcomes(content: SiteContent, language: Language) -> Table:
    """Return what each outcome holds, and what it is for."""
    study = content.study
    rows = []
    for name, codes in study.outcomes.items():
        part = _("for comparison")
        if name == study.primary_outcome:
            part = _("primary: the findings rest on it")
        elif name == study.negative_control:
            part = _("control: the programme cannot affect it")
        kinds = ["all" if code == "*" else code for code in codes]
        held = ", ".join(outcome(code, language) for code in kinds)
        rows.append((outcome(name, language), held, say(part, language)))
    heads = (_("Outcome"), _("Kinds of incidents in it"), _("What it is for"))
    return Table(
        say(_("Outcomes"), language), tuple(say(head, language) for head in heads), tuple(rows)
    )


def _quality(sources: Sequence[SourceQuality], language: Language) -> Table:
    heads = (_("Source"), _("Rows"), _("Used"), _("Not used"))
    return Table(
        say(_("Rows read from each source"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                _name(source, language),
                number(source.rows_in, language),
                number(source.rows_used, language),
                number(source.rows_in - source.rows_used, language),
            )
            for source in sources
        ),
        frozenset({1, 2, 3}),
    )


def _rejected(sources: Sequence[SourceQuality], language: Language) -> Table:
    heads = (_("Source"), _("Why it was not used"), _("Rows"))
    return Table(
        say(_("Rows that were not used"), language),
        tuple(say(head, language) for head in heads),
        tuple(
            (
                _name(source, language),
                tell(reason, language)
                if isinstance(reason, Note)
                else typeset(translate(reason, language), language),
                number(rows, language),
            )
            for source in sources
            for reason, rows in source.rejected.items()
        ),
        frozenset({2}),
    )


def _notes(sources: Sequence[SourceQuality], language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": _name(source, language),
            "lines": [tell(note, language) for note in source.notes],
        }
        for source in sources
        if source.notes
    ]


def _name(source: SourceQuality, language: Language) -> str:
    known = SOURCES.get(source.name)
    return say(known, language) if known else source.name


def _balance(
    content: SiteContent, findings: Sequence[ShownFinding], language: Language
) -> Table | None:
    """Return the localities beside their comparison areas, as the audience may see them."""
    frame = content.evaluation.balance
    if frame.empty:
        return None
    least, study = limit(content.study.privacy), content.study
    large = comparison_is_large(content.evaluation, study.primary_outcome, least)
    numbers = frame[frame["outcome"] == study.primary_outcome].set_index("deployment")
    hidden = say(_("hidden"), language)
    rows = []
    for one in findings:
        row = numbers.loc[study.deployments.index(one.deployment)]
        areas, mean = int(row["comparison_areas"]), float(row["comparison_mean"])
        most = int(row["comparison_highest"])
        total = round(mean * areas) if areas else 0
        # What is left of the total without the largest area must not tell of a small one.
        shown = large and total >= least
        told = shown and most >= least and (not least or areas == 1 or total - most >= least)
        count = one.count_before
        rows.append(
            (
                heading(one, findings, language),
                hidden if count is None else number(count, language),
                number(areas, language),
                "–" if math.isnan(mean) else number(mean, language, digits=1) if shown else hidden,
                "–" if not areas else number(most, language) if told else hidden,
            )
        )
    heads = (
        _("Locality"),
        _("Incidents before"),
        _("Comparison areas"),
        _("Their mean"),
        _("The most in one of them"),
    )
    return Table(
        say(_("Incidents before the programme began, here and in the comparison areas"), language),
        tuple(say(head, language) for head in heads),
        tuple(rows),
        frozenset({1, 2, 3, 4}),
    )


def _grades(language: Language) -> Table:
    clear, likely = percent(CLEAR, language), percent(LIKELY, language)
    rows = (
        (
            ("clear_fall", "clear_rise"),
            _(
                "Chance would bring so great a departure from the expectation with a probability "
                "below {clear}, and no more than {likely} of the areas without a programme "
                "departed as far from theirs."
            ),
        ),
        (
            ("likely_fall", "likely_rise"),
            _("Chance would bring so great a departure with a probability below {likely}."),
        ),
        (("uncertain",), _("All other cases, and those in which counts are too small to answer.")),
    )
    return Table(
        say(_("The five findings and when each is given"), language),
        (say(_("Finding"), language), say(_("When it is given"), language)),
        tuple(
            (
                ", ".join(say(GRADES[grade], language) for grade in grades),  # type: ignore[index]
                say(words, language, clear=clear, likely=likely),
            )
            for grades, words in rows
        ),
    )
