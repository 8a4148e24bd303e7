"""Towns brought together: the truth that was put into them lies in the pooled intervals."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.evaluation import Evaluation
from apkgeo.evaluation.pooling import pool
from apkgeo.statistics.effectiveness import log_indices
from apkgeo.statistics.expectation import empirical_bayes_before_after
from apkgeo.statistics.pooling import PooledEstimate, pool_estimates
from tests import towns

MEAN, SPREAD = math.log(0.75), 0.2


@functools.cache
def evaluations(number: int) -> tuple[dict[str, Evaluation], np.ndarray]:
    """Return so many invented towns with staggered starts, and their true ratios."""
    rng = np.random.default_rng(48)
    true = towns.effects(rng, number, mean=0.75, spread=SPREAD)
    names = [f"Town {place + 1}" for place in range(number)]
    found = {name: towns.evaluated(rng, name, one) for name, one in zip(names, true, strict=True)}
    return found, true


def counted(rng: np.random.Generator) -> PooledEstimate:
    """Pool 48 towns of 40 areas; in half of them the two worst were treated."""
    estimates = []
    for town in range(48):
        true = rng.normal(MEAN, SPREAD)
        level = rng.gamma(2, 10, 40)
        before = rng.poisson(2 * level)
        treated = np.argsort(-before)[:2] if town % 2 else rng.choice(40, 2, replace=False)
        mean = level * rng.uniform(0.8, 1.1) * np.exp(rng.normal(0, 0.15, 40))
        mean[treated] *= np.exp(true)
        counts = pd.DataFrame(
            {"before": before, "after": rng.poisson(mean), "exposure_before": 2.0}
        )
        estimates.append(empirical_bayes_before_after(counts, treated.tolist(), rng=0))
    return pool_estimates(*log_indices(estimates))


def test_a_few_towns_are_pooled_under_their_names_with_their_weights() -> None:
    found, _true = evaluations(2)
    pooled = pool(found)
    assert list(pooled.table.index) == ["Town 1", "Town 2"]
    assert pooled.table["weight"].sum() == pytest.approx(1)
    main = [one.main for one in found.values()]
    logs = [math.log((one.observed + 0.5) / one.expected) for one in main]
    assert pooled.table["log_estimate"].tolist() == pytest.approx(logs)
    again = pool(list(found.values()))
    assert again.table.equals(pooled.table)  # the studies' names
    twice = pool([next(iter(found.values()))] * 2)
    assert list(twice.table.index) == ["Town 1", "Town 1 (2)"]


def test_deployments_are_pooled_one_by_one_when_asked() -> None:
    found, _true = evaluations(2)
    pooled = pool(found, by="locality")
    assert list(pooled.table.index[:2]) == ["Town 1, p0", "Town 1, p1"]
    assert "share their comparison areas" in pooled.notes[0]
    assert pool(found, by="locality", programme="assistants").table.equals(pooled.table)
    with pytest.raises(InputError, match="at least two usable estimates, got 0"):
        pool(found, by="locality", programme="caretakers")
    with pytest.raises(InputError, match="programme: expected by='locality' with it"):
        pool(found, programme="assistants")


def test_fortyeight_towns_give_back_the_distribution_of_their_true_effects() -> None:
    pooled = counted(np.random.default_rng(1))
    low, high = np.log(pooled.interval())
    assert low <= MEAN <= high
    assert high - low < 0.25
    low, high = pooled.heterogeneity_interval()
    assert low <= SPREAD <= high
    low, high = np.log(pooled.prediction_interval())
    others = np.random.default_rng(2).normal(MEAN, SPREAD, 2000)
    # One run of 48; on average over many it is the 95% that the slow test asks for.
    assert ((low <= others) & (others <= high)).mean() >= 0.85


@pytest.mark.slow
def test_fortyeight_evaluated_towns_with_staggered_starts() -> None:
    found, true = evaluations(48)
    pooled = pool(found)
    low, high = np.log(pooled.interval())
    assert low <= np.log(true).mean() <= high
    assert low <= MEAN <= high
    low, high = pooled.prediction_interval()
    assert ((low <= true) & (true <= high)).mean() >= 0.9


@pytest.mark.slow
def test_the_interval_of_fortyeight_towns_covers_the_mean_effect() -> None:
    runs, mean, following = 40, 0, []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        pooled = counted(rng)
        low, high = np.log(pooled.interval())
        mean += low <= MEAN <= high
        low, high = np.log(pooled.prediction_interval())
        others = rng.normal(MEAN, SPREAD, 500)
        following.append(((low <= others) & (others <= high)).mean())
    # 95% ± 3 × 3.4%. The single towns' errors are on the safe side, so that less is left for
    # their true effects to differ by: on average 92% of further towns were held.
    assert mean / runs >= 0.85
    assert np.mean(following) >= 0.89
