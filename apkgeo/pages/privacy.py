"""What may be shown to whom: the only door between results and pages.

The stated rule. On public and council pages a count below the study's ``min_count`` is hidden, zero
included, **with everything computed from it**: its rate, ratio, interval, figure, grade, and every
doubt that holds a number. A count is hidden too when it would give a hidden one back:

- an outcome that contains another, when what remains of it is below the limit;
- in one place, a period that lies within others (of another programme), when what remains of
  those is below the limit; the same holds for each ring;
- the displacement of a locality, when its own, a ring's or the comparison's count is hidden;
- the result of all places together, when one of the places is hidden, and how many results stand
  out, when one of them is;
- the doubt that a control outcome changed too, when that outcome's result is hidden;
- a result without the patrols' records, when these or the other records are below the limit.

No table of incidents has a line of totals: nothing can be subtracted from one.

Hours of patrols never tell what one unit did, nor when it did not walk. For a place, a month and a
shift they are hidden

- where they are the work of one unit;
- in a place that only one unit walked in some month: in every month with fewer than two units,
  those without any record included, so that its months cannot be told from months without it;
- for all places together, where something is hidden and what is left of the sum, less the places
  that are shown, is the work of one unit or of none.

A place where nothing can be shown has no table of months at all.

Cells of a grid show a class of rates only. Whether a cell changed is tested on what is shown: in
place of a hidden count stands the value below the limit that is least favourable to a change, so
that the answer says nothing about the hidden count. Internal pages show everything, and say on
every page that they must not leave the office. Of hotspots,

- the density of a place is shown where at least as many incidents as may be shown lie within the
  kernel's radius;
- a cell is marked as hot, or put into a category, for the sum over it and its neighbours, where
  that sum may be shown; the sum itself is not told;
- weekdays and hours have a class of rates, hidden below the limit;
- shares of incidents are rounded to a whole percent, or to five, of which one holds at least as
  many incidents as may be shown; else they are left out;
- on public pages nothing is told of a cell with fewer than eight addresses, where a register says
  how many there are: its incidents would be those of a few homes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from apkgeo.evaluation import Evaluation, Finding
from apkgeo.statistics.change import hotspot_change
from apkgeo.study import Deployment, Period, Privacy, Study

PERIODS = ("before", "after")
# A cell with fewer addresses is not on public pages.
FEWEST_ADDRESSES = 8
# A count of a place or a ring: deployment, outcome, and the period as `ring_period` names it.
Told = tuple[Deployment, str, str]
Slot = tuple[Deployment, str]


def limit(privacy: Privacy) -> int:
    """Return the smallest count that may be shown; 0 when all may.

    Examples
    --------
    >>> limit(Privacy(audience="council", min_count=5)), limit(Privacy(audience="internal"))
    (5, 0)
    """
    return 0 if privacy.audience == "internal" else privacy.min_count


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


def lowest_density(least: int, bandwidth: float, days: tuple[int, int]) -> float:
    """Return the lower edge of the classes of density: round, a year and square kilometre.

    About that where `least` incidents of the shorter period lie at one point, smoothed by a
    quartic kernel of radius `bandwidth` in metres.

    Examples
    --------
    >>> lowest_density(5, 300, (365, 365))  # 5 · 3 / (π · 0.3²) = 53
    50.0
    """
    peak = least * 3 / (math.pi * (bandwidth / 1000) ** 2) * 365 / min(days)
    power = 10.0 ** math.floor(math.log10(peak))
    return max(step * power for step in (1, 2, 5) if step * power <= peak)


def enough_addresses(addresses: pd.Series, privacy: Privacy) -> pd.Series:
    """Return which cells an audience may see, by their number of addresses (missing: unknown).

    Examples
    --------
    >>> counts = pd.Series([7, 8, None], dtype="Int64")
    >>> enough_addresses(counts, Privacy(audience="public")).tolist()
    [False, True, True]
    >>> enough_addresses(counts, Privacy(audience="council")).tolist()
    [True, True, True]
    """
    if privacy.audience != "public":
        return pd.Series(True, index=addresses.index)
    return addresses.isna() | (addresses.astype("Int64") >= FEWEST_ADDRESSES).fillna(True)


def shown_share(incidents: int, least: int) -> float | None:
    """Return to what shares of `incidents` are rounded: 1 % or 5 %; None when they are hidden.

    Examples
    --------
    >>> [shown_share(incidents, 5) for incidents in (500, 499, 100, 99)]
    [0.01, 0.05, 0.05, None]
    """
    return next((step for step in (0.01, 0.05) if incidents * step >= least - 1e-9), None)


def ring_period(period: str, outer: float) -> str:
    """Name a period's count in the ring that ends at `outer` metres."""
    return f"{period}, ring to {outer:g} m"


def hidden_counts(evaluation: Evaluation) -> set[Told]:
    """Return which counts of places are hidden: by size, or because others follow from them.

    The counts of rings are among them where they follow from periods within each other; small
    ones are not.
    """
    least = limit(evaluation.study.privacy)
    hidden: set[Told] = set()
    if not least:
        return hidden
    for deployment in dict.fromkeys(finding.deployment for finding in evaluation.findings):
        findings = [one for one in evaluation.findings if one.deployment == deployment]
        for period in PERIODS:
            counts = {one.outcome: int(getattr(one, f"count_{period}")) for one in findings}
            names = {name for name, count in counts.items() if count < least}
            names |= _given_back(evaluation.study, counts, names, least)
            hidden |= {(deployment, name, period) for name in names}
    for place in dict.fromkeys(finding.deployment.locality for finding in evaluation.findings):
        here = [one for one in evaluation.findings if one.deployment.locality == place]
        hidden |= _given_back_in_time(evaluation.study, here, hidden, least)
    return hidden


def _given_back(study: Study, counts: dict[str, int], hidden: set[str], least: int) -> set[str]:
    """Return the outcomes whose difference from outcomes within them would be below `least`."""
    more: set[str] = set()
    for whole, group in _remainders(study, list(counts)):
        if not group or {whole, *group} & (hidden | more):
            continue
        if counts[whole] - sum(counts[part] for part in group) < least:
            primary = whole == study.primary_outcome
            more.add(min(group, key=lambda part: counts[part]) if primary else whole)
    return more


def _remainders(study: Study, outcomes: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each outcome and every group of disjoint outcomes within it, the empty one first."""
    for whole in outcomes:
        parts = [part for part in outcomes if part != whole and _within(study, part, whole)]
        for size in range(len(parts) + 1):
            for group in combinations(parts, size):
                if _disjoint(study, group):
                    yield whole, group


def _within(study: Study, part: str, whole: str) -> bool:
    inner, outer = set(study.outcomes[part]), set(study.outcomes[whole])
    return inner != outer and ("*" in outer or inner < outer)


def _disjoint(study: Study, outcomes: Sequence[str]) -> bool:
    return all(
        "*" not in (*study.outcomes[one], *study.outcomes[other])
        and not set(study.outcomes[one]) & set(study.outcomes[other])
        for one, other in combinations(outcomes, 2)
    )


def _given_back_in_time(
    study: Study, findings: Sequence[Finding], hidden: set[Told], least: int
) -> set[Told]:
    """Return the counts of one place that, taken from longer periods, leave less than `least`.

    Periods overlap where several programmes ran in the place. What is compared is each outcome,
    and what remains of it without outcomes within it.
    """
    nested = _nested({(one.deployment, t): getattr(one, t) for one in findings for t in PERIODS})
    if not nested:
        return set()
    counts = _counts(findings)
    outcomes = list(dict.fromkeys(one.outcome for one in findings))
    inside = [(*names, "{}") for names in _remainders(study, outcomes)]
    rings = dict.fromkeys(outer for one in findings for outer in one.rings["outer"])
    around = [(study.primary_outcome, (), ring_period("{}", outer)) for outer in rings]
    more: set[Told] = set()
    for longer, shorter in nested:
        for whole, group, where in (*inside, *around):
            left = 0
            for sign, slots in ((1, longer), (-1, shorter)):
                keys = [(d, name, where.format(t)) for d, t in slots for name in (whole, *group)]
                if any(counts.get(key, 0) < least or key in hidden | more for key in keys):
                    break
                left += sign * sum(counts[key] * (1 if key[1] == whole else -1) for key in keys)
            else:
                if left < least:
                    names = group if group and whole == study.primary_outcome else (whole,)
                    keys = [(d, name, where.format(t)) for d, t in shorter for name in names]
                    more.add(min(keys, key=lambda key: counts[key]))
    return more


def _counts(findings: Sequence[Finding]) -> dict[Told, int]:
    """Return every count of places and rings."""
    found: dict[Told, int] = {}
    for one in findings:
        for period in PERIODS:
            found[one.deployment, one.outcome, period] = int(getattr(one, f"count_{period}"))
            for outer, count in zip(one.rings["outer"], one.rings[period], strict=True):
                found[one.deployment, one.outcome, ring_period(period, outer)] = int(count)
    return found


def _nested(spans: dict[Slot, Period]) -> list[tuple[tuple[Slot, ...], tuple[Slot, ...]]]:
    """Return which one or two periods cover which others, and more than these."""
    days = {
        slot: frozenset(range(span.start.toordinal(), span.end.toordinal()))
        for slot, span in spans.items()
    }
    groups = {(slot,): held for slot, held in days.items()} | {
        pair: days[pair[0]] | days[pair[1]]
        for pair in combinations(days, 2)
        if not days[pair[0]] & days[pair[1]]
    }
    return [
        (longer, shorter)
        for longer in groups
        for shorter in groups
        if not set(longer) & set(shorter) and groups[shorter] < groups[longer]
    ]
