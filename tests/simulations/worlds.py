"""Simulated towns of known truth, as counts of areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

HALVES = 8  # half-years: six before the start, of which the study uses what it says, two after


@dataclass(frozen=True)
class World:
    """How counts come about where the programme does nothing.

    An area's expected count in a half-year is its lasting level × its drift × what all areas have
    in common; counts are Poisson.

    Attributes
    ----------
    areas, treated : int
    mean : float
        Incidents of an average area in a year.
    shape, lognormal : float
        Of the levels: gamma with this shape, or lognormal with this standard deviation if given.
    drift, memory : float
        Standard deviation of the logarithm by half-years, correlation of a half-year and the next.
    scatter : float
        α of a half-year's own scatter: variance = mean + α mean².
    trend : float
        The year after ÷ the year before, in all areas.
    season : float
        Share by which the first half of each year has more than the average, the other less.
    chosen : {"worst", "random", "last_year"}
        Who is treated: the worst of the period before, anyone, or the worst of the last year.
    before, after : int
        Half-years compared.
    earlier : int
        How many earlier periods, each as long as the one before, are known.
    recorded : float
        What recording is multiplied with in the treated areas after the start.
    patrols : float or None
        Share of records by patrols, to which the change of recording belongs; None where it is
        not known who reported.
    ring : float
        Level of the treated areas' surroundings against their own, 0 for none.
    moved : float
        The ring's count after ÷ what it would have been.
    """

    name: str
    areas: int = 150
    treated: int = 2
    mean: float = 12.0
    shape: float = 2.0
    lognormal: float | None = None
    drift: float = 0.2
    memory: float = 0.5
    scatter: float = 0.0
    trend: float = 0.85
    season: float = 0.0
    chosen: Literal["worst", "random", "last_year"] = "worst"
    before: int = 2
    after: int = 2
    earlier: int = 0
    recorded: float = 1.0
    patrols: float | None = None
    ring: float = 0.0
    moved: float = 1.0
    detection: bool = field(default=False)


WORLDS: tuple[World, ...] = (
    World("Poisson, treated at random", drift=0.0, chosen="random"),
    World("Poisson, treated the worst", drift=0.0),
    World("overdispersed", drift=0.0, scatter=0.3),
    World("drifting", drift=0.2),
    World("drifting, treated at random", drift=0.2, chosen="random"),
    World("drifting strongly", drift=0.4),
    World("drifting strongly, 2 years more", drift=0.4, earlier=2),
    World("drifting, more incidents", mean=40.0),
    World("seasonal, half-years compared", season=0.3, before=1, after=1),
    World("rising by 25%", trend=1.25),
    World("falling by 30%", trend=0.7),
    World("heavy tail of levels", lognormal=1.0, areas=300),
    World("20 areas", areas=20, treated=1),
    World("one treated area", treated=1),
    World("chosen by the last year only", before=2, earlier=1, chosen="last_year", drift=0.4),
    World("displacement without effect", ring=1.5, moved=1.25),
    World("recording +15%, origins unknown", recorded=1.15, detection=True, mean=40.0),
    World("recording +15%, origins known", recorded=1.15, patrols=0.3, detection=True, mean=40.0),
    World("two years before, one after", before=4, after=2),
)


@dataclass(frozen=True)
class Town:
    """Counts of one simulated town.

    Attributes
    ----------
    counts : pandas.DataFrame
        As `empirical_bayes_before_after` takes them.
    treated : list of int
    halves : array of (areas, half-years)
        The same counts by half-years, those compared only.
    first_after : int
        The first half-year after.
    buffer, buffer_comparison : tuple of int
        Counts (before, after) of the rings around the treated areas and around as many others.
    patrols : tuple of int or None
        Patrols' records (before, after) in the treated areas, where that is known.
    reported : pandas.DataFrame or None
        Counts as above without what patrols recorded.
    exposure : tuple of float
    """

    counts: pd.DataFrame
    treated: list[int]
    halves: np.ndarray
    first_after: int
    buffer: tuple[int, int]
    buffer_comparison: tuple[int, int]
    patrols: tuple[int, int] | None
    reported: pd.DataFrame | None
    exposure: tuple[float, float]


def draw(world: World, rng: np.random.Generator) -> Town:
    """Draw a town in which nothing was done."""
    used = world.before * (1 + world.earlier) + world.after
    rate = _levels(world, rng)[:, None] * world.mean / 2 * _course(world, used, rng)
    if world.scatter:
        rate = rate * rng.gamma(1 / world.scatter, world.scatter, rate.shape)
    recorded = rng.poisson(rate)
    start = used - world.after
    sums = [
        recorded[:, start - world.before * (k + 1) : start - world.before * k].sum(axis=1)
        for k in range(world.earlier + 1)
    ]
    treated = _chosen(world, recorded, sums[0], start, rng)
    more = rng.poisson(rate[treated, start:] * (world.recorded - 1))
    halves = recorded.copy()
    halves[treated, start:] += more
    after = halves[:, start:].sum(axis=1)
    names = ["before", *(f"earlier_{k}" for k in range(1, world.earlier + 1))]
    counts = pd.DataFrame(dict(zip(names, sums, strict=True)) | {"after": after})
    exposure = (world.before / 2, world.after / 2)
    counts = counts.assign(exposure_before=exposure[0], exposure_after=exposure[1])
    patrols, reported = None, None
    if world.patrols is not None:
        first = start - world.before
        rest = rng.binomial(recorded, 1 - world.patrols)
        names = {"before": slice(first, start), "after": slice(start, None)}
        reported = pd.DataFrame({name: rest[:, span].sum(axis=1) for name, span in names.items()})
        seen = (counts - reported).loc[treated, ["before", "after"]].sum()
        patrols = int(seen["before"]), int(seen["after"])
    others = rng.choice(np.setdiff1d(np.arange(world.areas), treated), len(treated), replace=False)
    buffer, beside = (
        _ring(world, rate[areas], start, moved, rng)
        for areas, moved in ((treated, world.moved), (others, 1.0))
    )
    return Town(counts, list(treated), halves, start, buffer, beside, patrols, reported, exposure)


def _levels(world: World, rng: np.random.Generator) -> np.ndarray:
    if world.lognormal is not None:
        return rng.lognormal(-(world.lognormal**2) / 2, world.lognormal, world.areas)
    return rng.gamma(world.shape, 1 / world.shape, world.areas)


def _course(world: World, halves: int, rng: np.random.Generator) -> np.ndarray:
    """Return drift × trend × season by area and half-year."""
    fresh = rng.normal(0, world.drift, (world.areas, halves))
    drift = fresh.copy()
    for half in range(1, halves):
        drift[:, half] = world.memory * drift[:, half - 1]
        drift[:, half] += np.sqrt(1 - world.memory**2) * fresh[:, half]
    common = np.ones(halves)
    common[-world.after :] *= world.trend
    common *= np.where(np.arange(halves) % 2, 1 - world.season, 1 + world.season)
    return np.exp(drift - world.drift**2 / 2) * common


def _chosen(
    world: World, counts: np.ndarray, before: np.ndarray, start: int, rng: np.random.Generator
) -> np.ndarray:
    if world.chosen == "random":
        return rng.choice(world.areas, world.treated, replace=False)
    score = counts[:, start - 2 : start].sum(axis=1) if world.chosen == "last_year" else before
    return np.argsort(-(score + rng.random(world.areas)))[: world.treated]


def _ring(
    world: World, rate: np.ndarray, start: int, moved: float, rng: np.random.Generator
) -> tuple[int, int]:
    """Return counts of surroundings that follow their places."""
    counts = rng.poisson(rate * world.ring)
    after = rng.poisson(rate[:, start:] * world.ring * moved)
    return int(counts[:, start - world.before : start].sum()), int(after.sum())
