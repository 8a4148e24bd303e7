"""What a sum over a neighbourhood would be if the cells' values were shuffled.

Three answers: by drawing (`permutation_p`), exactly for counts (`count_tails`), and a bound that
always holds (`bounded_tails`). The two latter say what the normal approximation cannot: how likely
a sum far out in the tail is, where values are skewed and most cells are empty.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special, stats

from apkgeo.statistics._cells import Floats, Ints

# Multiplications that an exact distribution may take before the bound is used instead.
_MOST_WORK = 3e8

# Exponents of the bound, in standard deviations of the sum.
_TILTS = np.geomspace(0.05, 16, 32)


def permutation_p(
    values: Floats, sums: Floats, sizes: Ints, permutations: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return for each cell how often a shuffled sum is at most, and at least, the observed one.

    The cell's own value stays; `sizes` others are drawn without replacement. Both shares count
    the observed sum itself, so that neither is 0. All cells share their draws: the first `size`
    drawn cells that are not the cell itself are its neighbours.
    """
    most = int(sizes.max(initial=0)) + 1
    if most > len(values):
        most = len(values)
    drawn = np.stack(
        [rng.choice(len(values), size=most, replace=False) for _ in range(permutations)]
    )
    running = np.cumsum(values[drawn], axis=1)
    tie = 1e-9 * float(np.abs(values).max(initial=0.0))
    at_most, at_least = np.zeros(len(values)), np.zeros(len(values))
    for size in np.unique(sizes):
        cells = np.flatnonzero(sizes == size)
        if size == 0 or size >= len(values):
            at_most[cells] = at_least[cells] = permutations
            continue
        plain = np.sort(running[:, size - 1])
        low, high = sums[cells] - tie, sums[cells] + tie
        at_least[cells] = permutations - np.searchsorted(plain, low, side="left")
        at_most[cells] = np.searchsorted(plain, high, side="right")
        # A draw that holds the cell itself takes the next one instead.
        draw, place = np.divmod(np.arange(permutations * size), size)
        own = drawn[draw, place]
        before = running[draw, size - 1]
        after = before - values[own] + values[drawn[draw, size]]
        for count, sign in ((at_least, 1), (at_most, -1)):
            limit = sums[own] - sign * tie
            change = (sign * after >= sign * limit) * 1 - (sign * before >= sign * limit) * 1
            shift = np.bincount(own, weights=change, minlength=len(values))
            count[cells] += shift[cells]
    return (at_most + 1) / (permutations + 1), (at_least + 1) / (permutations + 1)


def tails(values: Floats, sums: Floats, sizes: Ints, z: Floats, *, own: bool) -> Floats:
    """Return two-sided p-values of sums over `sizes` cells drawn from all (or all others).

    Exact where the values are counts and the work is bearable, else a bound: never too small (1
    where `z`, the sums' z-scores, are within 1.5, as the bound has nothing to say there).
    With `own` the cell itself may be among those drawn (Gi*); without, its value is left out of
    both the sum and what is drawn from (Gi).
    """
    drawn_from = len(values) - (not own)
    p = np.full(len(sums), np.nan)
    tested = np.flatnonzero((sizes > 0) & (sizes < drawn_from))
    if not len(tested):
        return p
    rounds = 1 if own else len(np.unique(values[tested]))
    if not are_counts(values) or rounds * _work(values, sums[tested], sizes[tested]) > _MOST_WORK:
        p[tested] = 1.0
        far = tested[np.abs(z[tested]) > 1.5]
        low, high = bounded_tails(values, sums[far], sizes[far], None if own else far)
        p[far] = np.minimum(1.0, 2 * np.minimum(low, high))
        return p
    groups = [(None, tested)] if own else _by_value(values, tested)
    for left_out, cells in groups:
        rest = values if left_out is None else np.delete(values, left_out)
        low, high = count_tails(rest, sums[cells], sizes[cells])
        p[cells] = np.minimum(1.0, 2 * np.minimum(low, high))
    return p


def count_tails(population: Floats, sums: Floats, sizes: Ints) -> tuple[Floats, Floats]:
    """Return P(S ≤ sum) and P(S ≥ sum) of a draw of `sizes` counts without replacement.

    Each cell is taken with probability q, independently; the table holds the probability of how
    many were taken and what they sum to. Given how many, this is the draw without replacement.
    """
    most, largest = int(sizes.max()), int(sums.max())
    share = float(np.clip(sizes.mean() / len(population), 1e-12, 0.5))
    kinds, times = np.unique(population.astype(np.int64), return_counts=True)
    table = np.zeros((most + 1, largest + 1))
    table[0, 0] = 1.0
    for value, count in zip(kinds.tolist(), times.tolist(), strict=True):
        if value > largest:
            table *= (1 - share) ** count
            continue
        limit = _limit(value, count, most, largest)
        taken = stats.binom.pmf(np.arange(limit + 1), count, share)
        grown = table * taken[0]
        for number in range(1, limit + 1):
            shift = number * value
            grown[number:, shift:] += (
                taken[number] * table[: most + 1 - number, : largest + 1 - shift]
            )
        table = grown
    size = np.arange(most + 1)
    chance = stats.binom.pmf(size, len(population), share)
    # Far from the usual size nothing is left to divide by: such cells are told nothing.
    known = chance > 1e-280
    table[known] /= chance[known, None]
    below = np.cumsum(table, axis=1)
    at = sums.astype(np.int64)
    low = np.where(known[sizes], below[sizes, at], 1.0)
    high = 1.0 - np.where(known[sizes] & (at > 0), below[sizes, np.maximum(at - 1, 0)], 0.0)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def bounded_tails(
    population: Floats, sums: Floats, sizes: Ints, left_out: Ints | None = None
) -> tuple[Floats, Floats]:
    """Return bounds of P(S ≤ sum) and P(S ≥ sum), after Chernoff and Hoeffding.

    The exponential moment of a draw without replacement is at most that of one with replacement.
    `left_out` holds for each sum the position that is not drawn from.
    """
    spread = float(population.std())
    if spread == 0 or not len(sums):
        return np.ones(len(sums)), np.ones(len(sums))
    centred = (population - population.mean()) / spread
    excess = (sums - sizes * population.mean()) / spread
    typical = np.sqrt(float(sizes.mean()))
    bounds = []
    for sign in (-1.0, 1.0):
        least = np.zeros(len(sums))
        for tilt in sign * _TILTS / typical:
            top = float((tilt * centred).max())
            grown = np.exp(tilt * centred - top)
            mean = grown.mean()
            if left_out is not None:
                others = grown.sum() - grown[left_out]
                mean = np.maximum(others, np.finfo(float).tiny) / (len(population) - 1)
            least = np.minimum(least, sizes * (np.log(mean) + top) - tilt * excess)
        bounds.append(np.exp(least))
    return bounds[0], bounds[1]


def area_tails(counts: Floats, sums: Floats, areas: Floats, covered: Floats) -> Floats:
    """Return two-sided p-values of counts in windows, incidents falling evenly over the area.

    Parameters
    ----------
    counts, areas : ndarray, shape (n,)
        What is left to fall, and where: totals, one a cell (they differ when a cell is left out).
    sums, covered : ndarray, shape (n,)
        Incidents in each window, and its area.
    """
    # The only cell there is has no other area: nothing can fall there.
    share = np.divide(covered, areas, out=np.zeros(len(covered)), where=areas > 0)
    share = np.round(np.clip(share, 0.0, 1.0), 15)
    # Most cells of a grid ask the same few questions.
    shares, which = np.unique(share, return_inverse=True)
    trials, how_many = np.unique(counts.astype(np.int64), return_inverse=True)
    question = which * len(trials) + how_many
    highest = int(sums.max(initial=0.0)) + 1
    asked, answer = np.unique(question * highest + sums.astype(np.int64), return_inverse=True)
    kind, found = np.divmod(asked, highest)
    of, in_share = trials[kind % len(trials)], shares[kind // len(trials)]
    low = special.bdtr(found.astype(float), of, in_share)
    high = special.bdtrc(np.maximum(found - 1, 0).astype(float), of, in_share)
    high = np.where(found > 0, high, 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(low, high))[answer])


def _by_value(values: Floats, cells: Ints) -> Iterator[tuple[int, Ints]]:
    """Yield one position of each value and all of the cells that have it."""
    _, first, which = np.unique(values[cells], return_index=True, return_inverse=True)
    for number, position in enumerate(first):
        yield int(cells[position]), cells[which == number]


def are_counts(values: Floats) -> bool:
    """Whether all values are whole and not negative."""
    return bool((values >= 0).all() and (values == np.floor(values)).all())


def _limit(value: int, count: int, most: int, largest: int) -> int:
    """Return how many cells of a value may be taken."""
    return min(count, most, largest // value if value else most)


def _work(population: Floats, sums: Floats, sizes: Ints) -> float:
    most, largest = int(sizes.max()), int(sums.max())
    kinds, times = np.unique(population, return_counts=True)
    steps = sum(
        _limit(int(value), int(count), most, largest)
        for value, count in zip(kinds, times, strict=True)
        if value <= largest
    )
    return float(steps) * (most + 1) * (largest + 1)
