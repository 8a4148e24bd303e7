"""Findings as their readers may see them: `apkgeo.pages.privacy` states the rule.

The pages are made of these alone; nothing behind a shown number can be reached from them.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from apkgeo.evaluation import Estimate, Evaluation, Finding, Grade
from apkgeo.evaluation.counting import past
from apkgeo.evaluation.doubts import most_common, of_control
from apkgeo.language import Note
from apkgeo.pages.compared import comparison_counts, comparison_is_large
from apkgeo.pages.privacy import PERIODS, hidden_counts, limit, ring_period
from apkgeo.pages.remembered import remembered
from apkgeo.pages.shell import typeset
from apkgeo.statistics.displacement import DisplacementDifference
from apkgeo.statistics.effectiveness import EffectivenessIndex
from apkgeo.study import Deployment, Period


@dataclass(frozen=True)
class Shown:
    """An estimate as it is shown: its value and its 95% interval, and nothing behind them."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class ShownFinding:
    """A `Finding` without what its readers must not see; None stands for what is hidden.

    Attributes
    ----------
    count_before, count_after : int or None
        Incidents in the place.
    naive, relative, expectation : Shown or None
        Ratios.
    expected : Shown or None
        The count that was expected after, with the limits within which it would lie.
    reported : Shown or None
        The ratio to the expectation for incidents that patrols did not report.
    moved : Shown or None
        By how many incidents a year the surroundings changed, less the comparison areas.
    detectable : tuple of float, optional
        The ratios of a fall and of a rise that would probably have been found, and how probably.
    rings : pandas.DataFrame
        As in `Finding`, missing where hidden.
    grade : Grade or None
    doubts : tuple of Note
    total : Shown or None
        The ratio to the expectation of the place and its rings together.
    tipping : float or None
        By what ratio recording would have to change for the result to be in doubt.
    course : bool
        Whether the change by half-years may be shown.
    """

    deployment: Deployment
    name: str
    outcome: str
    primary: bool
    before: Period
    after: Period
    count_before: int | None
    count_after: int | None
    naive: Shown | None
    relative: Shown | None
    expectation: Shown | None
    expected: Shown | None
    reported: Shown | None
    moved: Shown | None
    detectable: tuple[float, float, float] | None
    rings: pd.DataFrame
    grade: Grade | None
    doubts: tuple[Note, ...]
    total: Shown | None = None
    tipping: float | None = None
    course: bool = False

    @property
    def hidden(self) -> bool:
        """Whether a count of the place is hidden, and with it every result."""
        return self.count_before is None or self.count_after is None

    @property
    def main(self) -> Shown | None:
        """The estimate that the verdict rests on: the strictest one there is."""
        return self.expectation or self.relative or self.naive


@dataclass(frozen=True)
class ShownWhole:
    """All treated places together.

    Attributes
    ----------
    grade : Grade
    observed : int
        Incidents after.
    expected : Shown
        The count that was expected.
    ratio : Shown
        Observed to expected.
    places : int
        How many places are pooled.
    months : int or None
        For how long each was counted, where that is the same number of months for all.
    later : bool
        Whether a later programme in one of the places is left out of the sum.
    caution : Note or None
        The doubt that touches most of what is pooled, the weightiest of these.
    cautioned : tuple of str
        The places that it concerns; none where it concerns the whole.
    alike : bool
        Whether it is the same in all of them, its numbers included.
    """

    grade: Grade
    observed: int
    expected: Shown
    ratio: Shown
    places: int
    months: int | None
    later: bool
    caution: Note | None
    cautioned: tuple[str, ...] = ()
    alike: bool = True


@remembered
def shown_whole(evaluation: Evaluation) -> ShownWhole | None:
    """Return the result of all places together, if there is one and it tells no hidden count.

    With a place hidden, it would give that place back by subtraction.
    """
    pooled = evaluation.pooled
    primary = [one for one in shown_findings(evaluation) if one.primary]
    ordered = sorted(primary, key=lambda one: one.deployment.start, reverse=True)
    first = {one.deployment.locality: one for one in ordered}
    if pooled is None or len(first) < 2 or any(one.hidden for one in primary):
        return None
    months = evaluation.study.months_after
    whole = not evaluation.study.washout_days and all(
        one.after.start + relativedelta(months=months) == one.after.end for one in first.values()
    )
    caution, cautioned, alike = _main_caution(evaluation, list(first.values()))
    return ShownWhole(
        grade=evaluation.grade,
        observed=pooled.observed,
        expected=Shown(pooled.expected, *pooled.expected_interval(0.95)),
        ratio=Shown(pooled.estimate, *pooled.interval(0.95)),
        places=len(first),
        months=months if whole else None,
        later=len(first) < len(primary),
        caution=caution,
        cautioned=cautioned,
        alike=alike,
    )


@remembered
def shown_doubts(evaluation: Evaluation) -> tuple[Note, ...]:
    """Return the doubts about the study as a whole that tell nothing hidden.

    How many results stand out tells of a hidden one, less those that are shown. A value named
    ``count`` is a number of areas here, not of incidents.
    """
    least = limit(evaluation.study.privacy)
    if not least:
        return evaluation.doubts
    tallies = {"alone", "allowed"} if any(x.hidden for x in shown_findings(evaluation)) else set()
    counts = set(_COUNTS) - {"count"}
    return tuple(
        note
        for note in evaluation.doubts
        if not tallies & set(note.values)
        and not any(value < least for name, value in _numbers(note).items() if name in counts)
    )


def _main_caution(
    evaluation: Evaluation, pooled: Sequence[ShownFinding]
) -> tuple[Note | None, tuple[str, ...], bool]:
    """Return the doubt that touches most of the pooled places, these, and whether it is one.

    A doubt about the whole study touches all. Of doubts that touch equally many places, the one
    that is the weightiest in its place comes first.
    """
    whole = shown_doubts(evaluation)
    if evaluation.caution is None or evaluation.caution in whole:
        return evaluation.caution, (), True
    found = most_common({one.name: one.doubts for one in pooled})
    return found if found[0] is not None else (next(iter(whole), None), (), True)


@remembered
def shown_findings(evaluation: Evaluation) -> tuple[ShownFinding, ...]:
    """Return the findings as the study's audience may see them."""
    least = limit(evaluation.study.privacy)
    hidden = hidden_counts(evaluation)
    return tuple(_shown(finding, evaluation, least, hidden) for finding in evaluation.findings)


def _shown(
    finding: Finding, evaluation: Evaluation, least: int, hidden: set[Hashable]
) -> ShownFinding:
    key = (finding.deployment, finding.outcome)
    before = None if (*key, "before") in hidden else finding.count_before
    after = None if (*key, "after") in hidden else finding.count_after
    known = before is not None and after is not None
    large = comparison_is_large(evaluation, finding.outcome, least)
    compared = known and large
    rings, enough = _shown_rings(finding, least, hidden, compared=large)
    language = evaluation.study.language
    return ShownFinding(
        deployment=finding.deployment,
        name=typeset(finding.name, language),
        outcome=finding.outcome,
        primary=finding.primary,
        before=finding.before,
        after=finding.after,
        count_before=before,
        count_after=after,
        naive=_told(finding.naive, known),
        relative=_told(finding.relative, compared),
        expectation=_told(finding.expectation, known),
        expected=_expected(finding) if known else None,
        reported=_reported(finding, least) if known else None,
        moved=_moved(finding) if compared and enough else None,
        detectable=_detectable(finding) if known else None,
        rings=rings,
        grade=finding.grade if known and (large or finding.basis != "relative") else None,
        doubts=_shown_doubts(finding, evaluation, least, hidden, known=known),
        total=_told(finding.total, compared and enough),
        tipping=_tipping(finding) if known else None,
        course=compared and _course(finding, least),
    )


def _told(estimate: Estimate | None, shown: bool) -> Shown | None:
    if estimate is None or not shown:
        return None
    return Shown(estimate.estimate, *estimate.interval(0.95))


def _expected(finding: Finding) -> Shown | None:
    """Return the expected count: as the estimate tells it, or from the observed one."""
    told = finding.expectation
    if told is None:
        return None
    if isinstance(told, _Expectation):
        return Shown(told.expected, *told.expected_interval(0.95))
    count = finding.count_after / told.estimate if told.estimate > 0 else math.nan
    return Shown(count, math.nan, math.nan) if count > 0 else None


@runtime_checkable
class _Expectation(Protocol):
    """An estimate that knows the count it expected."""

    expected: float

    def expected_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the limits of the count without the programme."""


def _reported(finding: Finding, least: int) -> Shown | None:
    """Return the ratio without the patrols' records, unless these or the others are too few."""
    index = finding.reported
    if not isinstance(index, EffectivenessIndex):
        return None
    before, after = int(index.treated["before"].sum()), index.observed
    counts = (before, after, finding.count_before - before, finding.count_after - after)
    return _told(index, min(counts) >= least)


def _moved(finding: Finding) -> Shown | None:
    told = finding.displacement
    if not isinstance(told, DisplacementDifference):
        return None
    # The effect is a count in a period as long as the one before.
    year = 365 / finding.before.days
    low, high = told.interval(0.95, part="displacement")
    return Shown(told.displacement * year, low * year, high * year)


def _detectable(finding: Finding) -> tuple[float, float, float] | None:
    told = finding.detectable
    return None if told is None else (told.fall, told.rise, told.power)


def _tipping(finding: Finding) -> float | None:
    point = finding.tipping_point
    return point.bound if point and math.isfinite(point.bound) and point.bound != 1 else None


def _course(finding: Finding, least: int) -> bool:
    """Whether there are half-years, and none of them has too few incidents to be told."""
    return finding.beside.event is not None and finding.beside.lowest >= least


_AGAINST = ["relative", "relative_low", "relative_high"]
_AGAINST += ["expected", "index", "index_low", "index_high"]


def _shown_rings(
    finding: Finding, least: int, hidden: set[Hashable], *, compared: bool
) -> tuple[pd.DataFrame, bool]:
    """Return rings without hidden counts and what follows from them; whether all are shown.

    The change against the comparison areas is missing where these have too few incidents, too.
    """
    derived = ["ratio", "low", "high"]
    names = ["inner", "outer", "before", "after", *derived, *_AGAINST]
    shown = finding.rings.reindex(columns=names).astype(float)
    small = shown[["before", "after"]] < least
    key = finding.deployment, finding.outcome
    for period in PERIODS:
        given_back = [(*key, ring_period(period, outer)) in hidden for outer in shown["outer"]]
        small[period] |= np.array(given_back, dtype=bool)
    shown[["before", "after"]] = shown[["before", "after"]].mask(small)
    shown[derived] = shown[derived].mask(small.any(axis=1))
    shown[_AGAINST] = shown[_AGAINST].mask(small.any(axis=1) | (not compared))
    return shown, not bool(small.to_numpy().any())


# Values of a note that are counts of incidents in one place.
_COUNTS = ("before", "after", "last", "earlier", "count", "observed", "expected")


def _shown_doubts(
    finding: Finding,
    evaluation: Evaluation,
    least: int,
    hidden: set[Hashable],
    *,
    known: bool,
) -> tuple[Note, ...]:
    """Return the doubts that tell no hidden count.

    What a control outcome with a hidden result did is not told. Where the result is hidden, a doubt
    with any number is; elsewhere, one with a count below the limit, with a share (or a last year of
    several) that leaves a count below it on either side, or with the comparison areas' mean, where
    together they had fewer.
    """
    if not least:
        return finding.doubts
    controls = _hidden_controls(finding, evaluation, least, hidden)
    doubts = tuple(note for note in finding.doubts if note not in controls)
    if not known:
        return tuple(note for note in doubts if not _has_number(note))
    counts = comparison_counts(evaluation, finding.outcome)
    fewest = counts.groupby("deployment")["area"].nunique().min()
    return tuple(
        note
        for note in doubts
        if not _tells_small(note, finding, least)
        and ("mean" not in note.values or note.values["mean"] * fewest >= least)
    )


def _hidden_controls(
    finding: Finding,
    evaluation: Evaluation,
    least: int,
    hidden: set[Hashable],
) -> set[Note]:
    """Return what would be said of the deployment's outcomes whose result is hidden."""
    found: set[Note] = set()
    for other in evaluation.findings:
        if other.deployment != finding.deployment:
            continue
        small = any((other.deployment, other.outcome, period) in hidden for period in PERIODS)
        only_compared = other.expectation is None
        if small or (only_compared and not comparison_is_large(evaluation, other.outcome, least)):
            found |= {of_control(other.outcome, ratio).note for ratio in (0.5, 2.0)}
    return found


def _has_number(note: Note) -> bool:
    return any(letter.isdigit() for value in note.values.values() for letter in str(value))


def _numbers(note: Note) -> dict[str, float]:
    return {k: v for k, v in note.values.items() if isinstance(v, (int, float))}


def _tells_small(note: Note, finding: Finding, least: int) -> bool:
    values = _numbers(note)
    counts = [values[name] for name in _COUNTS if name in values]
    for name, whole in (("first", finding.count_before), ("second", finding.count_after)):
        if f"{{{name}}}%" in note.message and name in values:
            share = values[name] / 100 * whole
            counts += [share, whole - share]
    if "last" in values and len(past(finding.before, finding.before)) > 1:
        counts.append(finding.count_before - values["last"])
    return any(count < least for count in counts)
