"""What is found of hotspots, in sentences; never a change without how far chance would do it."""

from __future__ import annotations

import math
from datetime import timedelta

from apkgeo.language import N_, Language, _, day, number, percent
from apkgeo.pages.shown_grid import ShownFound, ShownGrid
from apkgeo.pages.words import say, say_count

_LEVEL = 0.05


def found_lead(grid: ShownGrid, language: Language) -> list[str]:
    """Return what a reader should know first: how concentrated, and whether hotspots stayed."""
    found = grid.found
    if found is None:
        return []
    sentences = []
    if not math.isnan(found.half[1]):
        sentences.append(
            say(
                _("Half of the incidents after the start happened on {half} of the city’s area."),
                language,
                half=percent(found.half[1], language, digits=1),
            )
        )
    sets = found.sets
    if sets.vanished + sets.stayed:
        sentences.append(
            say(
                _(
                    "Of {before} squares that were hotspots before the start, {stayed} still are; "
                    "{appeared} have become one."
                ),
                language,
                before=number(sets.vanished + sets.stayed, language),
                stayed=number(sets.stayed, language),
                appeared=number(sets.appeared, language),
            )
        )
    return [" ".join(sentences)] if sentences else []


def hot_words(language: Language) -> list[str]:
    """Say what a hotspot is."""
    return [
        say(
            _(
                "A square with a dark edge is a hotspot: in it and around it there were clearly "
                "more incidents than if they fell evenly over the whole city. Where many people "
                "live or meet, that is to be expected; it says where to look, not who is to blame."
            ),
            language,
        )
    ]


def set_words(found: ShownFound, language: Language) -> list[str]:
    """Say which hotspots stayed and how far their middle moved, each beside chance."""
    sets, shift = found.sets, found.source.shift
    ever = sets.vanished + sets.stayed + sets.appeared
    if not sets.vanished + sets.stayed or not sets.stayed + sets.appeared:
        return [
            say(
                _("In at least one of the two periods no square stands out, so nothing can move."),
                language,
            )
        ]
    sentences = [
        say(
            _(
                "Of all {ever} squares that were a hotspot in either period, {stayed} were one in "
                "both. {chance}"
            ),
            language,
            ever=number(ever, language),
            stayed=number(sets.stayed, language),
            chance=_chance(shift.p_overlap, language, _STAYED),
        ),
        say(
            _(
                "The middle of the hotspots moved by {moved} m, their spread was {before} m before "
                "and {after} m after. {chance}"
            ),
            language,
            moved=number(round(sets.moved, -1), language),
            before=number(round(sets.spread_before, -1), language),
            after=number(round(sets.spread_after, -1), language),
            chance=_chance(shift.p_moved, language, _MOVED),
        ),
    ]
    if min(shift.p_overlap, shift.p_moved) <= _LEVEL:
        sentences.append(
            say(
                _(
                    "Incidents come in series, so that chance does more than is reckoned here: "
                    "this is a reason to look there, not a proof."
                ),
                language,
            )
        )
    return sentences


# What is said of a p-value: when chance would do it often, and when it would not.
_STAYED = (
    _(
        "If nothing had moved, so few would stay in {cases} of cases: that cannot be told from "
        "chance."
    ),
    _("If nothing had moved, so few would stay in only {cases} of cases."),
)
_MOVED = (
    _(
        "If nothing had moved, chance would shift the middle as far in {cases} of cases: that "
        "cannot be told from chance."
    ),
    _("If nothing had moved, chance would shift the middle as far in only {cases} of cases."),
)


def _chance(p: float, language: Language, told: tuple[str, str]) -> str:
    """Say in how many of a hundred cases chance would do as much."""
    cases = percent(p, language, digits=1 if p < 0.1 else 0)
    return say(told[0] if p > _LEVEL else told[1], language, cases=cases)


def since_words(found: ShownFound, language: Language) -> list[str]:
    """Say which time was followed, and in what steps."""
    steps = found.source.steps
    forms = N_("{count} quarter of a year", "{count} quarters of a year")
    return [
        say(
            _(
                "We followed {quarters}, from {first} to {last}, and asked of each which squares "
                "were hotspots. A square that was one off and on may owe it to chance; one that "
                "was nearly always one hardly does."
            ),
            language,
            quarters=say_count(forms, len(steps), language),
            first=day(steps[0].start, language),
            last=day(steps[-1].end - timedelta(days=1), language),
        )
    ]


def hours_words(found: ShownFound, language: Language) -> list[str]:
    """Say whether incidents happen at other hours than before."""
    hours = found.source.hours
    changed = [str(hour) for hour in hours.table.index[hours.table["changed"]]]
    if hours.p_value > _LEVEL:
        return [
            say(
                _(
                    "Whether incidents happen at other hours than before cannot be told from "
                    "chance."
                ),
                language,
            )
        ]
    if not changed:
        return [
            say(
                _(
                    "Incidents happen at somewhat other hours than before, but at which cannot be "
                    "told from chance."
                ),
                language,
            )
        ]
    return [
        say(
            _("By more than chance, the share of incidents changed in the hours from {hours}."),
            language,
            hours=", ".join(changed),
        )
    ]


def share_words(found: ShownFound, language: Language) -> list[str]:
    """Say how concentrated incidents are, and whether that changed."""
    row = found.shares.set_index("share").loc[0.05]
    shift = found.source.shift
    told = say(
        _(
            "The busiest {part} of the city’s area held {before} of the incidents before the start "
            "and {after} after it (Gini coefficient {gini_before} and {gini_after})."
        ),
        language,
        part=percent(0.05, language),
        before=percent(row["before"], language),
        after=percent(row["after"], language),
        gini_before=number(shift.before.gini, language, digits=2),
        gini_after=number(shift.after.gini, language, digits=2),
    )
    verdict = (
        _("Whether incidents are more or less concentrated than before cannot be told from chance.")
        if shift.p_gini > _LEVEL
        else _("The difference is larger than chance alone would make.")
    )
    return [told, say(verdict, language)]


def how_found(grid: ShownGrid, language: Language) -> list[str]:
    """Explain what the maps and charts of hotspots rest on."""
    found = grid.found
    if found is None:
        return []
    sentences = [
        say(
            _(
                "The density around each square is reckoned from all incidents up to {reach} m "
                "away, the nearer ones counting more, and corrected at the city’s border. Hotspots "
                "are found by the statistic Gi* of each square and its eight neighbours, again "
                "made stricter for the number of squares."
            ),
            language,
            reach=number(round(found.source.bandwidth), language),
        ),
        say(
            _(
                "Squares are called by the letter of their column and the number of their row, "
                "which stand at the edges of the map, and by the street with most addresses in "
                "them."
            ),
            language,
        ),
    ]
    if grid.least:
        sentences.append(
            say(
                _(
                    "Shares are rounded and hours have ranges, so that small counts cannot be "
                    "reckoned back."
                ),
                language,
            )
        )
    if grid.sparse:
        sentences.append(
            say(
                _(
                    "Nothing is shown of squares with fewer than eight addresses: it would tell "
                    "of single homes."
                ),
                language,
            )
        )
    return sentences
