"""What may be shown to whom: the only door between results and pages.

The stated rule. On public and council pages a count below the study's ``min_count`` is hidden, zero
included, **with everything computed from it**: its rate, ratio, interval, figure, grade, and every
doubt that holds a number. A count is hidden too when it would help to give a small one back.
`apkgeo.pages.suppression` finds these by linear programming over everything that is told of one
place and its rings: outcomes that contain each other or overlap in part, periods of several
programmes that contain each other or overlap in part, and what remains of any of them. Of several
counts that could be hidden, the primary outcome's stay as long as possible, then the larger ones.
Beside the counts themselves,

- a grade is hidden when it rests on a comparison that is;
- the displacement of a locality, when its own, a ring's or the comparison's count is hidden;
- the result of all places together, when one of the places is hidden, and how many results stand
  out, when one of them is;
- the doubt that a control outcome changed too, when that outcome's result is hidden;
- the totals of the comparison areas follow the same rule (`apkgeo.pages.compared`); where one of an
  outcome is hidden, so is every estimate of it that rests on them; squares that are compared with
  because there was an incident are not drawn one by one, for every other one would have had none;
- a result without the patrols' records, when these or the other records are below the limit.

The same rule holds for the tables and the JSON in ``results`` (`apkgeo.pages.results`), so that all
that a run gives to one audience is consistent. Every count is in ``internal`` only.

Rows that were not used are counted by their reason, however few: they tell of a file, not of a
place.

What is told of patrols follows the rules of `apkgeo.patrols.totals` (hours) and of
`apkgeo.pages.patrol_sections` (everything else).

Cells of a grid show a class of rates only. Whether a cell changed is tested on what is shown: in
place of a hidden count stands the value below the limit that is least favourable to a change, so
that the answer says nothing about the hidden count. Internal pages show everything, and say on
every page that they must not leave the office. Of hotspots,

- the density of a place is shown where at least as many incidents as may be shown lie within the
  kernel's radius;
- a cell is marked as hot, or put into a category, for the sum over it and its neighbours, where
  that sum may be shown; the sum itself is not told;
- weekdays and hours have a class of rates, hidden below the limit;
- shares of incidents are rounded to a whole percent, or to five, of which a half holds at least as
  many incidents as may be shown, so that 100 % does not tell that next to none is left; else they
  are left out;
- on public pages nothing is told of a cell with fewer than eight addresses, where a register says
  how many there are: its incidents would be those of a few homes.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from datetime import date

import numpy as np
import pandas as pd

from apkgeo.evaluation import Evaluation
from apkgeo.pages.suppression import Sum, suppressed
from apkgeo.statistics.change import hotspot_change
from apkgeo.study import Deployment, Period, Privacy, Study

PERIODS = ("before", "after")
# A cell with fewer addresses is not on public pages.
FEWEST_ADDRESSES = 8
# A count of a place or a ring: deployment, outcome, and the period as `ring_period` names it.
Told = tuple[Deployment, str, str]


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

    What is rounded to 0 % or to 100 % leaves half a step: no fewer than `least` incidents.

    Examples
    --------
    >>> [shown_share(incidents, 5) for incidents in (1000, 999, 200, 199)]
    [0.01, 0.05, 0.05, None]
    """
    return next((step for step in (0.01, 0.05) if incidents * step / 2 >= least - 1e-9), None)


def ring_period(period: str, outer: float) -> str:
    """Name a period's count in the ring that ends at `outer` metres."""
    return f"{period}, ring to {outer:g} m"


def hidden_counts(evaluation: Evaluation) -> set[Hashable]:
    """Return which counts of places and their rings are hidden: by size, or with small ones.

    Every count is a sum of pieces: what several outcomes share of the kinds of offences, in what
    several periods share of the days. `apkgeo.pages.suppression` hides further counts until no
    piece is known to be small.
    """
    return suppressed(published_sums(evaluation), limit(evaluation.study.privacy))


def published_sums(evaluation: Evaluation) -> list[Sum]:
    """Return the counts that pages and results tell, each as the sum of its pieces."""
    study = evaluation.study
    shares = outcome_parts(study)
    sums: list[Sum] = []
    for place in dict.fromkeys(finding.deployment.locality for finding in evaluation.findings):
        here = [one for one in evaluation.findings if one.deployment.locality == place]
        cuts = sorted({day for one in here for t in PERIODS for day in _ends(getattr(one, t))})
        for one in here:
            for t in PERIODS:
                span = getattr(one, t)
                times = [start for start in cuts if span.start <= start < span.end]
                counted = [(t, place, int(getattr(one, f"count_{t}")))]
                rings = zip(one.rings["outer"], one.rings[t], strict=True)
                counted += [
                    (ring_period(t, r), f"{place}, ring to {r:g}", int(n)) for r, n in rings
                ]
                worth = (one.primary, span.days)
                for name, where, count in counted:
                    parts = {
                        (where, share, time) for share in shares[one.outcome] for time in times
                    }
                    key = one.deployment, one.outcome, name
                    sums.append(
                        Sum(key, frozenset(parts), count, (worth[0], count, worth[1], str(key)))
                    )
    return sums


def _ends(span: Period) -> tuple[date, date]:
    return span.start, span.end


def outcome_parts(study: Study) -> dict[str, set[frozenset[str]]]:
    """Return for each outcome its smallest parts, each named by the outcomes that hold it."""
    kinds = {kind for codes in study.outcomes.values() for kind in codes if kind != "*"}
    holders = [
        frozenset(name for name, codes in study.outcomes.items() if "*" in codes or kind in codes)
        for kind in (*kinds, "*")
    ]
    return {name: {each for each in holders if name in each} for name in study.outcomes}
