"""One group of areas in one period against areas without a programme, and sums of such cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from apkgeo.statistics._panel import Array, Mask, Panel
from apkgeo.statistics._randomisation import assignments, extra_variance, share_as_far

# Clustered errors are left to themselves from so many treated, and comparison, clusters on.
MIN_CLUSTERS = 10


@dataclass(frozen=True, eq=False)
class Cell:
    """A group in a period: who is compared with whom, and with what time.

    Attributes
    ----------
    group : int
        Number of the group, from 1.
    members, controls : array of bool (areas,)
    base : array of bool (periods,)
    period, relative : int
        The period's place, and its distance from the start.
    programme : str
        What runs in it.
    """

    group: int
    members: Mask
    controls: Mask
    base: Mask
    period: int
    relative: int
    programme: str


@dataclass(frozen=True, eq=False)
class Pooled:
    """Observed and expected counts of some cells.

    `critical` holds the standardised statistics of a randomisation, the observed first; None where
    errors are clustered, with `freedom` degrees.
    """

    observed: int
    expected: float
    std_error: float
    areas: int
    comparison: int
    freedom: float
    critical: Array | None

    @property
    def estimate(self) -> float:
        """Observed ÷ expected."""
        if self.expected:
            return self.observed / self.expected
        return math.inf if self.observed else math.nan

    @property
    def coefficient(self) -> float:
        """Its logarithm."""
        with np.errstate(divide="ignore"):
            return float(np.log(self.estimate))

    @property
    def p_value(self) -> float:
        """Two-sided."""
        if not math.isfinite(self.std_error) or not self.expected:
            return math.nan
        if self.critical is not None:
            return share_as_far(np.abs(self.critical))
        return float(2 * stats.t.sf(abs(self.coefficient) / self.std_error, self.freedom))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of the ratio."""
        if not math.isfinite(self.std_error) or not self.expected:
            return 0.0, math.inf
        if self.critical is None:
            factor = float(stats.t.isf((1 - level) / 2, self.freedom))
        else:
            # The observed one itself stands among them: too few others leave no bound.
            others = np.sort(np.abs(self.critical[1:]))[::-1]
            allowed = math.floor((1 - level) * len(self.critical) + 1e-9)
            if allowed < 1:
                return 0.0, math.inf
            factor = float(others[allowed - 1])
        middle = math.log(max(self.observed, 0.5) / self.expected)
        low, high = np.exp(np.clip(middle + np.array([-1, 1]) * factor * self.std_error, -700, 700))
        return (float(low) if self.observed else 0.0), float(high)


def cells_of(
    panel: Panel,
    starts: NDArray[np.int64],
    labels: NDArray[np.object_],
    comparison: str,
    base: str,
) -> tuple[list[Cell], list[Mask]]:
    """Return the cells of all groups, and the groups' members.

    A group starts in the same period and has the same programmes throughout.
    """
    groups = _groups(panel, starts, labels)
    places = np.arange(len(panel.periods))
    cells = []
    for number, members in enumerate(groups, start=1):
        start = int(starts[members][0])
        for period in range(len(places)):
            before = places < start if base == "all" else places == start - 1
            before = before & (places != period)
            controls = _controls(starts, members, max(period, start - 1), comparison)
            if not before.any() or not _usable(panel, members, controls, before, period):
                continue
            names = labels[members, period]
            name = next((name for name in names if name), "")
            cells.append(Cell(number, members, controls, before, period, period - start, name))
    return cells, groups


def added_cells(
    panel: Panel,
    starts: NDArray[np.int64],
    labels: NDArray[np.object_],
    groups: Sequence[Mask],
    comparison: str,
) -> dict[str, Sequence[Cell]]:
    """Return the cells in which another programme runs than at first, with that time as base."""
    found: dict[str, list[Cell]] = {}
    for number, members in enumerate(groups, start=1):
        start = int(starts[members][0])
        names = [next((n for n in column if n), "") for column in labels[members].T]
        for period in range(start, len(names)):
            earlier = [k for k in range(start, period) if names[k] != names[period]]
            if not names[period] or not earlier:
                continue
            first = names[earlier[-1]]
            base = np.array([k < period and name == first for k, name in enumerate(names)])
            controls = _controls(starts, members, period, comparison)
            if _usable(panel, members, controls, base, period):
                key = f"{first} → {names[period]}"
                cell = Cell(number, members, controls, base, period, period - start, key)
                found.setdefault(key, []).append(cell)
    return dict(found)


def _groups(panel: Panel, starts: NDArray[np.int64], labels: NDArray[np.object_]) -> list[Mask]:
    paths: dict[tuple[Any, ...], list[int]] = {}
    for area in np.flatnonzero(panel.treated):
        own = [name for name in labels[area] if name]
        changes = tuple(name for k, name in enumerate(own) if k == 0 or name != own[k - 1])
        when = tuple(
            k for k in range(1, len(labels[area])) if labels[area, k] != labels[area, k - 1]
        )
        paths.setdefault((int(starts[area]), when[1:], changes), []).append(int(area))
    return [np.isin(np.arange(len(panel.areas)), own) for _key, own in sorted(paths.items())]


def _controls(starts: NDArray[np.int64], members: Mask, until: int, comparison: str) -> Mask:
    later = starts > until
    if comparison == "never":
        later = starts == starts.max()  # read_panel has made sure that there are such areas
    return np.asarray(later & ~members)


def _usable(panel: Panel, members: Mask, controls: Mask, base: Mask, period: int) -> bool:
    """Return whether both sides were observed, and the comparison counted something, both times."""
    seen = panel.observed
    both = seen[:, base].any(axis=1) & seen[:, period]
    counts = panel.counts[controls & both]
    return bool(
        (members & both).any() and counts[:, base].sum() > 0 and counts[:, period].sum() > 0
    )


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the cells of one group come to, for every area.

    `observed`, `expected`; `error`: what Poisson's chance in the base adds to their difference's
    variance; `change`: each area's influence on the comparison's change, weighted by expected.
    """

    observed: Array
    expected: Array
    error: Array
    change: Array
    members: Mask
    controls: Mask


def _sums(panel: Panel, cells: Sequence[Cell], *, null: bool) -> _Sums:
    """Sum a group's cells; with `null` the group itself helps to tell the general change."""
    size = len(panel.areas)
    observed, expected, error, change = np.zeros((4, size))
    controls = np.ones(size, dtype=bool)
    factor = np.zeros(size)
    for cell in cells:
        days = panel.exposure[:, cell.base].sum(axis=1)
        late = panel.exposure[:, cell.period]
        seen = (days > 0) & (late > 0)
        share = np.divide(late, days, out=np.zeros(size), where=seen)
        own = np.where(seen, panel.counts[:, cell.period], 0.0)
        past = panel.counts[:, cell.base].sum(axis=1) * share
        known = cell.controls | cell.members if null else cell.controls
        rate = own[known].sum() / past[known].sum()
        total = (rate * past)[cell.members].sum()
        observed += own
        expected += rate * past
        factor += rate * share
        change += np.where(
            cell.controls, total * (own / own[known].sum() - past / past[known].sum()), 0.0
        )
        controls &= cell.controls
    error = expected * factor
    return _Sums(observed, expected, error, change, cells[0].members, controls)


def pooled(
    panel: Panel,
    cells: Sequence[Cell],
    inference: str,
    draws: int,
    rng: np.random.Generator,
) -> Pooled:
    """Sum cells over groups and periods, with the error of the sum."""
    groups: dict[int, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.group, []).append(cell)
    parts = [_sums(panel, own, null=False) for own in groups.values()]
    observed = sum(float(one.observed[one.members].sum()) for one in parts)
    expected = sum(float(one.expected[one.members].sum()) for one in parts)
    treated = np.any([one.members for one in parts], axis=0)
    fewest = min(int(cell.controls.sum()) for cell in cells)
    comparison = min(len(np.unique(panel.clusters[cell.controls])) for cell in cells)
    enough = min(len(np.unique(panel.clusters[treated])), comparison) >= MIN_CLUSTERS
    clustered = inference == "cluster" or (inference == "auto" and enough)
    result = {
        "observed": round(observed),
        "expected": expected,
        "areas": int(treated.sum()),
        "comparison": fewest,
    }
    if not expected or (clustered and not observed):
        return Pooled(std_error=math.inf, freedom=1.0, critical=None, **result)  # type: ignore[arg-type]
    if clustered:
        error, freedom = _clustered(panel, parts, observed, expected)
        return Pooled(std_error=error, freedom=freedom, critical=None, **result)  # type: ignore[arg-type]
    error, statistics = _randomised(panel, list(groups.values()), parts, draws, rng)
    return Pooled(std_error=error, freedom=1.0, critical=statistics, **result)  # type: ignore[arg-type]


def _clustered(
    panel: Panel, parts: Sequence[_Sums], observed: float, expected: float
) -> tuple[float, float]:
    """Return the error from the areas' influence on log observed − log expected.

    And its degrees of freedom: the treated clusters' effective number less 1.
    """
    influence = np.zeros(len(panel.areas))
    for one in parts:
        influence += np.where(one.members, one.observed / observed - one.expected / expected, 0.0)
        influence -= one.change / expected
    sums = np.bincount(panel.clusters, weights=influence)
    groups = int((sums != 0).sum())
    share = np.bincount(
        panel.clusters,
        weights=np.sum([np.where(one.members, one.expected, 0.0) for one in parts], axis=0),
    )
    effective = share.sum() ** 2 / (share**2).sum()
    return math.sqrt(groups / max(groups - 1, 1) * float(sums @ sums)), max(effective - 1, 1.0)


def _randomised(
    panel: Panel,
    groups: Sequence[Sequence[Cell]],
    parts: Sequence[_Sums],
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, Array]:
    """Return the error, and the standardised logarithms of all stand-ins, the observed first."""
    null = [_sums(panel, own, null=True) for own in groups]
    extra = _scatter(null)
    observed = sum(float(one.observed[one.members].sum()) for one in parts)
    expected = sum(float(one.expected[one.members].sum()) for one in parts)
    error = sum(float(one.error[one.members].sum()) for one in parts)
    squares = sum(float((one.expected[one.members] ** 2).sum()) for one in parts)
    general = float((np.sum([one.change for one in parts], axis=0) ** 2).sum())
    own_error = math.sqrt(
        1 / max(observed, 0.5) + (error + extra * squares + general) / expected**2
    )
    alone = len(null) == 1
    drawn = [_stand_ins(one, draws, rng, exhaust=alone) for one in null]
    o = np.sum([_of(one.observed, some) for one, some in zip(null, drawn, strict=True)], axis=0)
    e = np.sum([_of(one.expected, some) for one, some in zip(null, drawn, strict=True)], axis=0)
    held, e = np.maximum(o, 0.5), np.maximum(e, 0.5)
    variance = np.zeros(len(e))
    for one, some in zip(null, drawn, strict=True):
        part = _of(one.expected, some)
        pool = one.members | one.controls
        rest = 1 - part / one.expected[pool].sum()
        chance = _of(one.error, some) + extra * _of(one.expected**2, some)
        variance += np.maximum(rest, 1e-9) * (part / e / held + chance / e**2)
    return own_error, np.asarray(np.log(held / e) / np.sqrt(np.maximum(variance, 1e-300)))


def _of(values: Array, drawn: NDArray[np.int64]) -> Array:
    return np.asarray(values[drawn].sum(axis=1))


def _scatter(null: Sequence[_Sums]) -> float:
    """Return the variance of the comparison areas' own changes, beyond Poisson's."""
    scores, information, freedom = [], [], 0
    for one in null:
        used = one.controls & (one.expected > 0)
        expected = one.expected[used]
        relative = (expected + one.error[used]) / expected**2
        scores.append((one.observed[used] - expected) / expected / relative)
        information.append(1 / relative)
        freedom += max(int(used.sum()) - 1, 0)
    return extra_variance(np.concatenate(scores), np.concatenate(information), freedom)


def _stand_ins(
    one: _Sums, draws: int, rng: np.random.Generator, *, exhaust: bool
) -> NDArray[np.int64]:
    """Return groups of as many areas as are treated, from them and the comparison."""
    pool = np.flatnonzero(one.members | one.controls)
    strata = np.zeros(len(pool), dtype=np.int64)
    return pool[assignments(one.members[pool], strata, draws, rng, exhaust=exhaust)[0]]
