"""What may be shown to whom: the only door between results and pages.

The stated rule. On public and council pages a count below the study's ``min_count`` is hidden, zero
included, **with everything computed from it**: its rate, ratio, interval, figure, grade, and every
doubt that holds a number. A count is hidden too when it would give a hidden one back:

- an outcome that contains another, when what remains of it is below the limit;
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
every page that they must not leave the office.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from apkgeo.statistics.change import hotspot_change
from apkgeo.study import Privacy


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
