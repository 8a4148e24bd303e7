"""What each method says of a simulated town."""

from __future__ import annotations

import numpy as np
import pandas as pd

from apkgeo.statistics.detection import recording_of
from apkgeo.statistics.differences import difference_in_differences
from apkgeo.statistics.displacement import displacement_difference
from apkgeo.statistics.effectiveness import EffectivenessIndex, tails
from apkgeo.statistics.expectation import empirical_bayes_before_after
from apkgeo.statistics.rates import rate_ratio, relative_rate_ratio
from apkgeo.statistics.verdict import Evidence, Grade, grade
from tests.simulations.worlds import Town

METHODS = ("bare", "WDD", "ratios", "DiD", "DiD rand.", "apkgeo")
_SURE = 0.05


def say(
    town: Town, ratio: float, rng: np.random.Generator, index: EffectivenessIndex | None = None
):
    """Return which methods declare a fall, apkgeo's grade, and whether its interval holds.

    Of the treated areas' incidents after, each is kept with the chance `ratio`: its true effect.
    All are two-sided at 5% and a fall, but for the displacement difference, which is published
    as one-tailed.
    """
    after = town.counts["after"].to_numpy().copy()
    halves = town.halves.copy()
    late = halves[np.ix_(town.treated, range(town.first_after, halves.shape[1]))]
    if ratio != 1:
        kept = rng.binomial(late, ratio)
        halves[np.ix_(town.treated, range(town.first_after, halves.shape[1]))] = kept
        after[town.treated] = kept.sum(axis=1)
    before = town.counts["before"].to_numpy()
    others = np.setdiff1d(np.arange(len(before)), town.treated)
    own = int(before[town.treated].sum()), int(after[town.treated].sum())
    rest = int(before[others].sum()), int(after[others].sum())
    bare = rate_ratio(*own, exposure=town.exposure)
    # As many comparison areas as are treated, picked at random.
    picked = rng.choice(others, len(town.treated), replace=False)
    moved = displacement_difference(
        own,
        (int(before[picked].sum()), int(after[picked].sum())),
        town.buffer,
        town.buffer_comparison,
        period_weights=town.exposure,
    )
    ratios = relative_rate_ratio(own, rest)
    regression = {
        name: _regression(town, halves, inference)
        for name, inference in (("DiD", "cluster"), ("DiD rand.", "randomisation"))
    }
    index = index or empirical_bayes_before_after(town.counts, town.treated, rng=rng)
    verdict, held = graded(town, index, own, ratio)
    falls = {
        "bare": bare.p_value < _SURE and bare.estimate < 1,
        "WDD": moved.p_value < _SURE,
        "ratios": ratios.p_value < _SURE and ratios.estimate < 1,
        **regression,
        "apkgeo": verdict in ("clear_fall", "likely_fall"),
    }
    return falls, verdict, held, index


def graded(
    town: Town,
    index: EffectivenessIndex,
    own: tuple[int, int],
    ratio: float,
) -> tuple[Grade, bool]:
    """Return the grade, and whether the 95% interval holds the true ratio.

    The expectation does not depend on what the treated areas counted after, so that one fit
    serves every true effect.
    """
    lower, upper = tails(own[1], index.draws)
    low, high = tails(own[1], index.draws * ratio)
    recording, rose = "unknown", None
    if town.patrols is not None and ratio == 1:
        recording = recording_of(town.patrols, np.subtract(own, town.patrols))
        if upper < _SURE / 2:
            others = empirical_bayes_before_after(town.reported, town.treated)
            rose = others.p_value < _SURE and others.estimate > 1
    verdict = grade(
        Evidence(
            basis="expectation",
            ratio=own[1] / index.expected,
            p_value=min(1.0, 2 * min(lower, upper)),
            randomization_p_value=index.randomization_p_value,
            recording=recording,
            reported_rose=rose,
        )
    )
    return verdict, min(low, high) > 0.025


def _regression(town: Town, halves: np.ndarray, inference: str) -> bool:
    """Return whether a Poisson difference in differences by half-years declares a fall."""
    areas, periods = halves.shape
    used = np.arange(town.first_after - round(2 * town.exposure[0]), periods)
    area, period = np.repeat(np.arange(areas), len(used)), np.tile(used, areas)
    panel = pd.DataFrame(
        {
            "area": area,
            "period": period,
            "count": halves[:, used].ravel(),
            "treated": np.isin(area, town.treated),
            "after": np.isin(area, town.treated) & (period >= town.first_after),
        }
    )
    if not halves[np.ix_(town.treated, used)].any():
        return False
    found = difference_in_differences(panel, inference=inference, randomisations=499)
    return found.p_value < _SURE and found.estimate < 1
