"""The fit of levels, drift and chance against sums and differences taken without any shortcut."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from apkgeo.statistics import _count_model as model

START = np.array([-0.2, -0.2, 0.35, -1.4, 0.0, 0.0, 0.0, 0.0])
POINTS = {
    "start": START,
    "drift and change": np.array([-0.5, 0.3, 0.6, -2.0, -0.2, 0.1, 0.15, 0.4]),
    "lognormal levels": np.array([0.1, -0.1, 0.0, -1.0, 0.3, -0.1, -0.2, -0.3]),
}


def counted(most: float) -> model.Counts:
    """Return invented counts of 90 areas, of which the two highest are treated."""
    rng = np.random.default_rng(7)
    level = most * rng.gamma(1.5, 1.0, 90)
    past, after = rng.poisson(level).astype(float), rng.poisson(0.8 * level).astype(float)
    seen = np.argsort(np.argsort(past)) < 88
    return model.Counts(
        past=past,
        past_exposure=np.full(90, past[seen].mean()),
        after=after,
        after_exposure=np.full(90, after[seen].mean()),
        recent=rng.normal(0, 0.2, 90),
        seen=seen,
    )


def problem(counts: model.Counts) -> model._Problem:
    found = model.fit(counts)
    return model._Problem(found.lattice, found.past, counts)


@pytest.mark.parametrize("parameters", POINTS.values(), ids=POINTS)
@pytest.mark.parametrize("most", [3.0, 60.0])
def test_the_likelihood_is_the_plain_sum_over_all_nodes(
    most: float, parameters: np.ndarray
) -> None:
    counts = counted(most)
    found = model.fit(counts)
    joint = found.lattice.density(parameters).joint
    joint = joint / joint.sum()
    rates = found.lattice.rates
    total = 0.0
    for area in range(len(counts.past)):
        before = stats.poisson.pmf(counts.past[area], counts.past_exposure[area] * rates)
        change = np.exp(parameters[6] + parameters[7] * counts.recent[area])
        later = counts.after_exposure[area] * change * rates
        after = stats.poisson.pmf(counts.after[area], later) if counts.seen[area] else 1.0
        # A factor that no parameter moves: the likelihood before is told up to its highest value.
        total += np.log((before[:, None] * joint * after).sum() / before.max())
    off = (parameters - model._LIKELY) / model._UNSURE
    value, _gradient = problem(counts).loss(parameters)
    assert -value == pytest.approx(total - off @ off / 2, rel=1e-10)


@pytest.mark.parametrize("parameters", POINTS.values(), ids=POINTS)
def test_the_gradient_is_the_slope(parameters: np.ndarray) -> None:
    of = problem(counted(20.0))
    _value, gradient = of.loss(parameters)
    for place, slope in enumerate(gradient):
        step = np.zeros(8)
        step[place] = 1e-5
        ahead, behind = of.loss(parameters + step)[0], of.loss(parameters - step)[0]
        assert (ahead - behind) / 2e-5 == pytest.approx(slope, rel=1e-5, abs=1e-4)


def test_the_fit_ends_where_nothing_near_is_better() -> None:
    counts = counted(20.0)
    of, found = problem(counts), model.fit(counts)
    best = of.loss(found.parameters)[0]
    rng = np.random.default_rng(3)
    for _try in range(50):
        near = found.parameters + rng.normal(0, 0.2, 8) * model._SCALE
        assert of.loss(near)[0] > best - 1e-4


def test_draws_of_some_areas_are_those_of_all() -> None:
    counts = counted(20.0)
    found = model.fit(counts)
    means, chances = found.after(found.parameters)
    some = ~counts.seen
    own_means, own_chances = found.after(found.parameters, some)
    assert np.array_equal(own_means, means[some])
    assert own_chances == pytest.approx(chances[some], abs=1e-12)
