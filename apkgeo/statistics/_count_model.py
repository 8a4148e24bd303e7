"""The count after as it follows from the count before: levels that last, drift, and chance.

Every area has a logarithmic rate x₁ before and x₂ after (relative to the mean of all areas); the
counts are Poisson around them. Their average s = (x₁ + x₂) / 2 is the level that lasts. Over the
areas it follows Prentice's log-gamma distribution, which holds the gamma distribution of levels
and the lognormal one among its members, so that the data say how heavy the tail of bad places is.
The difference d = x₂ − x₁ is normal with mean φ s and standard deviation τ exp(h s): drift, and
whatever else makes an area's rate other in one period than in the next; h lets the variance beyond
Poisson's grow slower or faster than with the square of the mean. A common factor exp(γ) is the
general change. Of several periods before, their sum is the count before; exp(ψ δ) says how much
the last one's departure δ from it tells of the count after.

The parameters maximise the likelihood of both counts of the untreated areas **and of the counts
before of the treated ones**, less weak penalties that keep few areas calm. The treated are chosen
by their past, which the model knows; their counts after are missing at random given it, so that
the choice does not bias the fit. Sums over a lattice of (x₁, x₂), spaced finer than the counts can
tell apart, stand for the integrals: the likelihood of an area is then a product of two matrices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Array = NDArray[np.float64]

# The parameters: centre, log of the spread and shape (1/√k of a gamma with shape k, 0 of a
# lognormal) of the levels; log τ, h, φ; γ; ψ. What is held likely beforehand, by mean and standard
# deviation: places of one kind differ by about a factor of two, a level drifts by a quarter
# between two periods (each 0.5 to 2 times that), drift is as likely to push up as down.
_LIKELY = np.array([0.0, math.log(0.8), 0.35, math.log(0.25), 0.0, 0.0, 0.0, 0.0])
_UNSURE = np.array([2.0, 0.7, 0.5, 0.7, 0.2, 0.1, 2.0, 0.5])
_LOWEST = np.array([-5.0, -3.0, -1.5, -4.0, -1.0, -0.6, -3.0, -2.0])
_HIGHEST = np.array([3.0, 2.0, 2.5, 1.0, 1.0, 0.6, 3.0, 2.0])
_START = np.array([-0.2, math.log(0.8), 0.35, math.log(0.25), 0.0, 0.0, 0.0, 0.0])
# About how far some hundred areas leave them open: in these units all are as hard to find.
_SCALE = np.array([0.15, 0.06, 0.13, 0.2, 0.13, 0.005, 0.01, 0.15])
# Steps of the numerical second derivatives.
_NUDGE = np.array([0.01, 0.01, 0.02, 0.02, 0.01, 0.005, 0.005, 0.01])

# The lattice's step as a share of a count's standard deviation, and its smallest step in log rate.
_STEP, _FINEST = 0.7, 0.025
_LOWEST_COUNT = 0.05
_TINY = 1e-300
# Shapes nearer to 0 are taken by the series about it.
_NORMAL = 0.02
# What is likely so many times less than the likeliest is left out of sums.
_NOUGHT = 1e-100
# So many areas of like levels are summed together; BLAS needs no threads for so few.
_ALIKE = 48


@dataclass(frozen=True)
class Counts:
    """What the model is fitted to; everything in shares of what an average area counts.

    Attributes
    ----------
    past, past_exposure : array of (areas,)
        Counts before, and what an average area would have counted in their time.
    after, after_exposure : array of (areas,)
        The same of the period after.
    recent : array of (areas,)
        δ, the last period's departure from the whole past; noughts where that is one period.
    seen : array of bool (areas,)
        The untreated areas; the others' counts after are not looked at.
    """

    past: Array
    past_exposure: Array
    after: Array
    after_exposure: Array
    recent: Array
    seen: NDArray[np.bool_]


@dataclass(frozen=True)
class CountModel:
    """A fit.

    Attributes
    ----------
    counts : Counts
        What it was fitted to.
    parameters : array of (8,)
        In the order of this module's docstring.
    root : array of (8, 8)
        A root of their covariance.
    past : array of (areas, nodes)
        Each area's likelihood of its count before at every node, up to a factor.
    lattice : Lattice
        The nodes.
    """

    counts: Counts
    parameters: Array
    root: Array
    past: Array
    lattice: Lattice

    def drawn(self, normal: Array) -> Array:
        """Return parameters (rows) from standard normal numbers: what the fit leaves open."""
        return np.clip(self.parameters + normal @ self.root, _LOWEST, _HIGHEST)

    def after(
        self, parameters: Array, areas: NDArray[np.bool_] | slice = slice(None)
    ) -> tuple[Array, Array]:
        """Return Poisson means after of areas (rows) at the nodes, and how likely each is."""
        past = self.past[areas]
        rows = _support(past > _NOUGHT)
        chances = past[:, rows] @ self.lattice.density(parameters, rows).joint
        chances /= np.maximum(chances.sum(axis=1, keepdims=True), _TINY)
        counts = self.counts
        change = np.exp(parameters[6] + parameters[7] * counts.recent[areas])
        return (counts.after_exposure[areas] * change)[:, None] * self.lattice.rates, chances

    def moments(self) -> tuple[Array, Array]:
        """Return mean and variance of every area's Poisson mean after."""
        means, chances = self.after(self.parameters)
        mean = (chances * means).sum(axis=1)
        return mean, (chances * means**2).sum(axis=1) - mean**2


@dataclass(frozen=True)
class Density:
    """The joint density of (x₁, x₂) on some rows (x₁) of a lattice, up to a factor.

    Attributes
    ----------
    joint : array of (rows, nodes)
        The density; its highest value is 1.
    parameters, level, capped, standard, value, by_standard, precision, rest : array
        What it follows from: the parameters, the levels s and those that drift is taken at, the
        levels' standardised value w with Prentice's logarithm and its derivative, 1 / (standard
        deviation of d), and d's standardised departure from its mean.
    """

    joint: Array
    parameters: Array
    level: Array
    capped: Array
    standard: Array
    value: Array
    by_standard: Array
    precision: Array
    rest: Array

    def slopes(self, weight: Array) -> list[float]:
        """Return the weighted sums of the derivatives of the logarithm, but for a constant."""
        _centre, spread, shape = self.parameters[:3].tolist()
        by_shape = _by_shape(self.standard, shape, self.value, self.by_standard)
        by_level, by_scale = weight * self.by_standard, weight * (self.rest**2 - 1)
        return [
            -math.exp(-spread) * float(by_level.sum()),
            -_product(by_level, self.standard),
            _product(weight, by_shape),
            float(by_scale.sum()),
            _product(by_scale, self.capped),
            _product(weight, self.rest * self.level * self.precision),
        ]


def _product(one: Array, other: Array) -> float:
    # Not by BLAS, which would begin threads of its own for so little.
    return float(np.einsum("ij,ij->", one, other))


class Lattice:
    """The nodes and the joint density of (x₁, x₂) on them."""

    def __init__(self, nodes: Array) -> None:
        self.nodes, self.rates = nodes, np.exp(nodes)
        width = np.log(np.gradient(nodes))
        self.level = (nodes[:, None] + nodes[None, :]) / 2
        self.difference = nodes[None, :] - nodes[:, None]
        self.cell = width[:, None] + width[None, :]
        # The drift of the emptiest areas is taken as that of areas with an eighth of the mean.
        self.capped = np.maximum(self.level, -2.0)

    def density(self, parameters: Array, rows: slice = slice(None)) -> Density:
        """Return the density on some of the rows."""
        centre, spread, shape, drift, growth, slope = parameters[:6].tolist()
        level, capped = self.level[rows], self.capped[rows]
        standard = (level - centre) * math.exp(-spread)
        value, by_standard = _log_gamma(standard, shape)
        log_scale = drift + growth * capped
        precision = np.exp(-log_scale)
        rest = (self.difference[rows] - slope * level) * precision
        logarithm = value - rest**2 / 2 - log_scale + self.cell[rows]
        joint = np.exp(logarithm - logarithm.max())
        return Density(
            joint, parameters, level, capped, standard, value, by_standard, precision, rest
        )


def _log_gamma(w: Array, shape: float) -> tuple[Array, Array]:
    """Return Prentice's log density but for a constant, and its derivative by w."""
    if abs(shape) < _NORMAL:  # the limit at 0, which is the normal one, and the first terms beyond
        value = -(w**2) / 2 - shape * w**3 / 6 - shape**2 * w**4 / 24
        return value, -w - shape * w**2 / 2 - shape**2 * w**3 / 6
    by_w = (1 - np.exp(np.minimum(shape * w, 30.0))) / shape
    return (w + by_w) / shape, by_w


def _by_shape(w: Array, shape: float, value: Array, by_w: Array) -> Array:
    """Return the derivative of Prentice's log density by its shape."""
    if abs(shape) < _NORMAL:
        return -(w**3) / 6 - shape * w**4 / 12
    return (w * by_w - 2 * value) / shape


def fit(counts: Counts) -> CountModel:
    """Fit the model."""
    seen = counts.seen
    nodes = _nodes(
        np.concatenate([counts.past, counts.after[seen]]),
        np.concatenate([counts.past_exposure, counts.after_exposure[seen]]),
    )
    past = _likelihood(counts.past, counts.past_exposure, nodes)
    past = np.exp(past - past.max(axis=1, keepdims=True))
    lattice = Lattice(nodes)
    problem = _Problem(lattice, past, counts)
    best = problem.lowest(problem.lowest(_START, np.ones(len(_START)), 1e-6), _SCALE, 1e-10)
    return CountModel(counts, best, _root(problem, best), past, lattice)


def _nodes(counts: Array, exposures: Array) -> Array:
    """Return nodes from below the lowest to above the highest rate that any count may come from."""
    reach = 4 * np.sqrt(counts) + 4
    scale = float(exposures.max())
    lowest = float(np.log(np.maximum(counts - reach, _LOWEST_COUNT) / exposures).min())
    highest = float(np.log((counts + reach) / exposures).max())
    nodes = [max(lowest - 1.0, math.log(_LOWEST_COUNT / scale))]
    while nodes[-1] < highest:
        nodes.append(nodes[-1] + max(_STEP / math.sqrt(1 + scale * math.exp(nodes[-1])), _FINEST))
    return np.array([*nodes, nodes[-1] + _FINEST])


def _likelihood(counts: Array, exposures: Array, nodes: Array) -> Array:
    """Return the logarithm of Poisson's likelihood of counts (rows) at the nodes.

    A count so large that its likelihood would fall between two nodes is taken as less exact.
    """
    logarithm = np.log(exposures)[:, None] + nodes
    values = counts[:, None] * logarithm - np.exp(logarithm) - special.gammaln(counts + 1)[:, None]
    return np.asarray(_exactness(counts)[:, None] * values)


def _exactness(counts: Array) -> Array:
    return np.minimum(1.0, 1 / np.maximum(counts * (1.2 * _FINEST) ** 2, _TINY))


def _support(there: NDArray[np.bool_]) -> slice:
    """Return the columns from the first to the last one in which any row holds."""
    columns = np.flatnonzero(there.any(axis=0))
    return slice(int(columns[0]), int(columns[-1]) + 1) if len(columns) else slice(0, 0)


class _Alike:
    """Untreated areas of like levels, whose counts come from a part of the lattice only."""

    def __init__(self, past: Array, counts: Counts, areas: NDArray[np.intp]) -> None:
        self.rows = _support(past[areas] > _NOUGHT)
        self.past = np.ascontiguousarray(past[areas, self.rows])
        self.after, self.recent = counts.after[areas], counts.recent[areas]
        self.exposure, self.exactness = counts.after_exposure[areas], _exactness(self.after)

    def add(
        self, parameters: Array, lattice: Lattice, joint: Array, weight: Array
    ) -> tuple[float, float, float]:
        """Add to the nodes' weights; return the log-likelihood, and its slopes by γ and ψ."""
        exposure = self.exposure * np.exp(parameters[6] + parameters[7] * self.recent)
        logarithm = _likelihood(self.after, exposure, lattice.nodes)
        near = logarithm > logarithm.max(axis=1, keepdims=True) + math.log(_NOUGHT)
        columns = _support(near)
        after = np.exp(logarithm[:, columns])
        both = (self.past @ joint[self.rows, columns]) * after
        seen = both.sum(axis=1) + _TINY
        weight[self.rows, columns] += (self.past / seen[:, None]).T @ after
        excess = self.after - exposure * ((both @ lattice.rates[columns]) / seen)
        excess *= self.exactness
        return float(np.log(seen).sum()), float(excess.sum()), float(excess @ self.recent)


class _Problem:
    """The penalised likelihood and its gradient."""

    def __init__(self, lattice: Lattice, past: Array, counts: Counts) -> None:
        seen = np.flatnonzero(counts.seen)
        ordered = seen[np.argsort(counts.past[seen] / counts.past_exposure[seen], kind="stable")]
        groups = np.array_split(ordered, math.ceil(len(ordered) / _ALIKE))
        self.lattice, self.size = lattice, len(past)
        self.alike = [_Alike(past, counts, group) for group in groups]
        self.treated = past[~counts.seen]

    def loss(self, parameters: Array) -> tuple[float, Array]:
        """Return what is minimised, and its gradient."""
        density = self.lattice.density(parameters)
        joint = density.joint / density.joint.sum()
        unseen = self.treated @ joint.sum(axis=1) + _TINY
        weight = np.zeros_like(joint)
        weight += (self.treated / unseen[:, None]).sum(axis=0)[:, None] - self.size
        parts = [one.add(parameters, self.lattice, joint, weight) for one in self.alike]
        likelihood, change, recent = (math.fsum(part) for part in zip(*parts, strict=True))
        gradient = np.array([*density.slopes(weight * joint), change, recent])
        off = (parameters - _LIKELY) / _UNSURE
        value = likelihood + float(np.log(unseen).sum() - off @ off / 2)
        return -value, -(gradient - off / _UNSURE)

    def lowest(self, start: Array, units: Array, tolerance: float) -> Array:
        """Return the parameters at the end of the way down from `start`, searched in `units`.

        In the parameters' own units the steps are short and end near the right valley; in those of
        `_SCALE` its floor is found soon.
        """

        def loss(scaled: Array) -> tuple[float, Array]:
            value, gradient = self.loss(scaled * units)
            return value, gradient * units

        found = optimize.minimize(
            loss,
            start / units,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(_LOWEST / units, _HIGHEST / units, strict=True)),
            options={"maxiter": 100, "ftol": tolerance},
        )
        return np.asarray(found.x * units)


def _root(problem: _Problem, best: Array) -> Array:
    """Return a root of the parameters' covariance, from the gradient's slopes.

    It is symmetric in the penalties' units, so that like fits draw like parameters from the same
    numbers.
    """
    steps = np.diag(_NUDGE)
    slopes = [
        (problem.loss(best + step)[1] - problem.loss(best - step)[1]) / (2 * nudge)
        for step, nudge in zip(steps, _NUDGE, strict=True)
    ]
    scaled = np.array(slopes) * _UNSURE[:, None] * _UNSURE
    values, vectors = np.linalg.eigh((scaled + scaled.T) / 2)
    # No direction is less known than before the data, where the penalty alone holds it at 1.
    root = (vectors / np.sqrt(np.maximum(values, 1.0))) @ vectors.T
    return np.asarray(root * _UNSURE)
