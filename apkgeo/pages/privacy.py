"""What may be shown to whom: the only door between results and pages.

The stated rule. On public and council pages a count below the study's ``min_count`` is hidden, zero
included, **with everything computed from it**: its rate, ratio, interval, figure, grade, and every
doubt that holds a number. A count is hidden too when it would give a hidden one back:

- an outcome that contains another, when what remains of it is below the limit;
- the displacement of a locality, when its own, a ring's or the comparison's count is hidden;
- in a table with totals, further cells of a line, the smallest first, until at least two are hidden
  there and together they are not below the limit; hidden for either reason, cells look alike.

Cells of a grid show a class of rates only. Whether a cell changed is tested on what is shown: in
place of a hidden count stands the value below the limit that is least favourable to a change, so
that the answer says nothing about the hidden count. Internal pages show everything, and say on
every page that they must not leave the office.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from apkgeo.evaluation import Estimate, Evaluation, Finding, Grade
from apkgeo.language import Note
from apkgeo.pages.shell import typeset
from apkgeo.statistics.change import hotspot_change
from apkgeo.study import Deployment, Period, Privacy, Study


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
    moved : tuple of str
        Displacement in words.
    rings : pandas.DataFrame
        As in `Finding`, missing where hidden.
    grade : Grade or None
    doubts : tuple of Note
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
    moved: tuple[str, ...]
    rings: pd.DataFrame
    grade: Grade | None
    doubts: tuple[Note, ...]

    @property
    def hidden(self) -> bool:
        """Whether a count of the place is hidden, and with it every result."""
        return self.count_before is None or self.count_after is None

    @property
    def main(self) -> Shown | None:
        """The estimate that the verdict rests on: the strictest one there is."""
        return self.expectation or self.relative or self.naive


def limit(privacy: Privacy) -> int:
    """Return the smallest count that may be shown; 0 when all may.

    Examples
    --------
    >>> limit(Privacy(audience="council", min_count=5)), limit(Privacy(audience="internal"))
    (5, 0)
    """
    return 0 if privacy.audience == "internal" else privacy.min_count


def shown_findings(evaluation: Evaluation) -> tuple[ShownFinding, ...]:
    """Return the findings as the study's audience may see them."""
    least = limit(evaluation.study.privacy)
    hidden = _hidden_outcomes(evaluation, least)
    return tuple(_shown(finding, evaluation, least, hidden) for finding in evaluation.findings)


def _shown(
    finding: Finding, evaluation: Evaluation, least: int, hidden: set[tuple[Deployment, str, str]]
) -> ShownFinding:
    key = (finding.deployment, finding.outcome)
    before = None if (*key, "before") in hidden else finding.count_before
    after = None if (*key, "after") in hidden else finding.count_after
    known = before is not None and after is not None
    compared = known and _comparison_is_large(evaluation, finding.outcome, least)
    rings, enough = _shown_rings(finding.rings, least)
    moved = (finding.displacement, finding.quotient) if compared and enough else ()
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
        moved=tuple(typeset(one.summary(language), language) for one in moved if one),
        rings=rings,
        grade=finding.grade if known else None,
        doubts=_shown_doubts(finding, least, known=known),
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


def _shown_rings(rings: pd.DataFrame, least: int) -> tuple[pd.DataFrame, bool]:
    """Return rings without small counts and what follows from them; whether all were enough."""
    shown = rings[["inner", "outer", "before", "after", "ratio", "low", "high"]].astype(float)
    small = shown[["before", "after"]] < least
    shown[["before", "after"]] = shown[["before", "after"]].mask(small)
    derived = ["ratio", "low", "high"]
    shown[derived] = shown[derived].mask(small.any(axis=1))
    return shown, not bool(small.to_numpy().any())


# Values of a note that are counts of incidents in one place.
_COUNTS = ("before", "after", "earlier", "count", "observed", "expected")


def _shown_doubts(finding: Finding, least: int, *, known: bool) -> tuple[Note, ...]:
    """Return the doubts that tell no hidden count.

    Where the result is hidden, a doubt with any number is; elsewhere, one with a count below the
    limit, or with a share of which a count below the limit follows.
    """
    if not least:
        return finding.doubts
    if not known:
        return tuple(note for note in finding.doubts if not _has_number(note))
    return tuple(note for note in finding.doubts if not _tells_small(note, finding, least))


def _has_number(note: Note) -> bool:
    return any(letter.isdigit() for value in note.values.values() for letter in str(value))


def _tells_small(note: Note, finding: Finding, least: int) -> bool:
    values = {k: v for k, v in note.values.items() if isinstance(v, (int, float))}
    counts = [values[name] for name in _COUNTS if name in values]
    for name, whole in (("first", finding.count_before), ("second", finding.count_after)):
        if f"{{{name}}}%" in note.message and name in values:
            counts.append(values[name] / 100 * whole)
    return any(count < least for count in counts)


def _hidden_outcomes(evaluation: Evaluation, least: int) -> set[tuple[Deployment, str, str]]:
    """Return which (deployment, outcome, period) are hidden, by size or by subtraction."""
    hidden: set[tuple[Deployment, str, str]] = set()
    for deployment in dict.fromkeys(finding.deployment for finding in evaluation.findings):
        findings = [one for one in evaluation.findings if one.deployment == deployment]
        for period in ("before", "after"):
            counts = {one.outcome: int(getattr(one, f"count_{period}")) for one in findings}
            names = {name for name, count in counts.items() if count < least}
            names |= _given_back(evaluation.study, counts, names, least)
            hidden |= {(deployment, name, period) for name in names}
    return hidden


def _given_back(study: Study, counts: dict[str, int], hidden: set[str], least: int) -> set[str]:
    """Return the outcomes whose difference from outcomes within them would be below `least`."""
    more: set[str] = set()
    for whole in counts:
        parts = [part for part in counts if part != whole and _within(study, part, whole)]
        for size in range(1, len(parts) + 1):
            for group in combinations(parts, size):
                if {whole, *group} & (hidden | more) or not _disjoint(study, group):
                    continue
                if counts[whole] - sum(counts[part] for part in group) < least:
                    primary = whole == study.primary_outcome
                    more.add(min(group, key=lambda part: counts[part]) if primary else whole)
    return more


def _within(study: Study, part: str, whole: str) -> bool:
    inner, outer = set(study.outcomes[part]), set(study.outcomes[whole])
    return inner != outer and ("*" in outer or inner < outer)


def _disjoint(study: Study, outcomes: Sequence[str]) -> bool:
    return all(
        "*" not in (*study.outcomes[one], *study.outcomes[other])
        and not set(study.outcomes[one]) & set(study.outcomes[other])
        for one, other in combinations(outcomes, 2)
    )


def _comparison_is_large(evaluation: Evaluation, outcome: str, least: int) -> bool:
    counts = evaluation.counts
    mine = counts[(counts["role"] == "comparison") & (counts["outcome"] == outcome)]
    totals = mine.groupby(["deployment", "period"])["count"].sum()
    return bool((totals >= least).all())


def lowest_rate(least: int, days: tuple[int, int]) -> float:
    """Return the smallest rate of a year that is shown for cells: a half or a whole number.

    It is the rate of `least` incidents in the shorter period, and every count below `least` in
    either period has a lower one. One bound for both periods keeps their maps comparable.

    Examples
    --------
    >>> lowest_rate(5, (365, 365)), lowest_rate(5, (730, 365)), lowest_rate(5, (730, 731))
    (5.0, 5.0, 2.5)
    >>> lowest_rate(0, (365, 365))
    0.0
    """
    if not least:
        return 0.0
    year = 365 / min(days)
    near = round(least * year * 2) / 2
    return near if near > (least - 1) * year else math.ceil(least * year * 2) / 2


def shown_cells(
    before: pd.Series, after: pd.Series, *, days: tuple[int, int], lowest: float
) -> pd.DataFrame:
    """Return the cells' rates with low ones missing, and which changed by more than chance.

    Parameters
    ----------
    before, after : pandas.Series of int
        Incidents in each cell, on one index.
    days : tuple of int
        Lengths of the two periods.
    lowest : float
        The smallest rate of a year that may be shown, from `lowest_rate`.

    Returns
    -------
    pandas.DataFrame
        ``before``, ``after`` (incidents in 365 days, missing where hidden) and ``change``:
        ``fall``, ``rise``, ``uncertain``, or ``few`` where both are hidden or zero.

    Examples
    --------
    >>> cells = shown_cells(
    ...     pd.Series([60, 3, 8]), pd.Series([2, 1, 9]), days=(365, 365), lowest=5
    ... )
    >>> cells["after"].tolist(), cells["change"].tolist()
    ([nan, nan, 9.0], ['fall', 'few', 'uncertain'])
    """
    counts = pd.DataFrame({"before": before, "after": after})
    lengths = pd.Series({"before": days[0], "after": days[1]})
    rates = counts * 365 / lengths
    small = (rates < lowest) | (counts == 0)
    # In place of a hidden count stands the one that is nearest to the other period's rate.
    most = np.maximum(np.ceil(lowest * lengths / 365) - 1, 0)
    neutral = (counts[["after", "before"]] * [days[0] / days[1], days[1] / days[0]]).round()
    neutral.columns = ["before", "after"]
    tested = counts.where(~small, neutral.clip(upper=most, axis=1))
    few = small.all(axis=1)
    tested = tested.mask(few, 0)
    change = hotspot_change(tested["before"], tested["after"], exposure=days)
    said = np.select([few, change["fall"], change["rise"]], ["few", "fall", "rise"], "uncertain")
    return rates.mask(small).assign(change=said)


def hide_in_table(table: pd.DataFrame, hidden: pd.DataFrame, *, least: float) -> pd.DataFrame:
    """Return `table` with hidden cells missing, and more of them where totals would tell.

    Parameters
    ----------
    table : pandas.DataFrame of numbers
        A table of which every row's and every column's total is published.
    hidden : pandas.DataFrame of bool
        Cells that must not be seen, of the same shape.
    least : float
        What the hidden cells of one line must reach together.

    Examples
    --------
    >>> table = pd.DataFrame({"day": [20, 30, 9], "night": [2, 40, 8]}, index=["a", "b", "c"])
    >>> hide_in_table(table, table < 5, least=5)
        day  night
    a   NaN    NaN
    b  30.0   40.0
    c   NaN    NaN
    """
    numbers = table.to_numpy(dtype=float)
    masked = hidden.to_numpy(dtype=bool).copy()
    lines: list[Any] = [(i, slice(None)) for i in range(numbers.shape[0])]
    lines += [(slice(None), j) for j in range(numbers.shape[1])]
    changed = True
    while changed:
        changed = False
        for line in lines:
            values, mask = numbers[line], masked[line]
            if not mask.any() or mask.all():
                continue
            if mask.sum() < 2 or values[mask].sum() < least:
                open_cells = np.flatnonzero(~mask)
                mask[open_cells[np.argmin(values[open_cells])]] = True
                changed = True
    return table.astype(float).mask(masked)
