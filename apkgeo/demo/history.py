"""What happens in Modelov: levels, drift, who is chosen for a programme, and true effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from apkgeo.demo import plan, truth
from apkgeo.demo.districts import locality_ring
from apkgeo.demo.plan import Style
from apkgeo.demo.town import Town
from apkgeo.demo.truth import MODEL, OFFENCES, ORIGINS, PRIMARY, Effect, Model, Wave

Array = npt.NDArray[np.float64]

# How much happens at an address of each kind of quarter, relative to the others.
_WEIGHT: dict[Style, float] = {
    "core": 3.0, "blocks": 1.0, "houses": 0.45, "gardens": 0.2, "slabs": 3.5, "works": 0.7,
    "huts": 0.15, "village": 0.25,
}  # fmt: skip
# Places where people meet: the square, the station, the bus stops of the estates.
_BUSY = ((0.0, 120.0, 2.5), (30.0, -860.0, 4.0), (-850.0, 930.0, 2.5), (880.0, 500.0, 2.5),
         (0.0, -640.0, 2.0), (250.0, 270.0, 2.0))  # fmt: skip
# Added to the seed of the localities' streams. It was looked for, so that the demo's own seed shows
# in one town what happens over many: a place that falls without an effect, because it was chosen
# after its worst year, beside one that falls through its effect. The truth is stated either way.
_STREAM, _TOWN_STREAM = 48029, 15000
# What surrounds a locality is busier than the same houses elsewhere.
_NEAR = 2.2
_CELL = 200.0  # metres: the side of the squares that have a level of their own


@dataclass(frozen=True)
class Areas:
    """The areas that have a level of their own, and the addresses in them.

    Attributes
    ----------
    of_address : array of int
        Number of the area of each address.
    locality : list of str
        Code of the locality that an area is, or nothing.
    near : list of str
        Code of the locality in whose strip an area lies, or nothing.
    weight : array of float
        Sum of the addresses' weights, of each area.
    share : array of float
        Weight of each address in its area.
    """

    of_address: npt.NDArray[np.int64]
    locality: list[str]
    near: list[str]
    weight: Array
    share: Array


@dataclass(frozen=True)
class History:
    """What happened: the counts, who was chosen, and the incidents.

    Attributes
    ----------
    areas : Areas
        Where.
    effects : tuple of Effect
        The programmes, with their true ratios.
    counts : array
        Incidents by area × month × offence × origin.
    without : array
        The same as they would have been without any programme.
    """

    areas: Areas
    effects: tuple[Effect, ...]
    counts: npt.NDArray[np.int64]
    without: npt.NDArray[np.int64]


def divide(addresses: pd.DataFrame, town: Town, seed: int, model: Model = MODEL) -> Areas:
    """Divide the town into areas: the localities first, then squares and strips around them."""
    x, y = addresses["x"].to_numpy(), addresses["y"].to_numpy()
    points = shapely.points(x, y)
    keys = [f"{int(a // _CELL)}:{int(b // _CELL)}|" for a, b in zip(x, y, strict=True)]
    localities = [one.code for one in plan.LOCALITIES]
    for one in plan.LOCALITIES:
        away = shapely.distance(shapely.Polygon(locality_ring(one, town)), points)
        for address in np.flatnonzero(away <= model.near).tolist():
            keys[address] = one.code if away[address] == 0 else keys[address] + one.code
    codes, names = pd.factorize(np.array([*localities, *keys], dtype=object))
    codes = codes[len(localities) :]
    weight = addresses["style"].map(_WEIGHT).to_numpy(float, copy=True)
    for px, py, times in _BUSY:
        weight[np.hypot(x - px, y - py) < 90] *= times
    weight[["|L" in key for key in keys]] *= _NEAR
    rng = np.random.default_rng([seed + _TOWN_STREAM, 4, 0])
    weight *= np.exp(rng.normal(0, model.address_spread, len(weight)))
    totals = np.bincount(codes, weight, minlength=len(names)).astype(np.float64)
    return Areas(
        of_address=codes,
        locality=[name if name in localities else "" for name in names],
        near=[name.partition("|")[2] for name in names],
        weight=totals,
        share=weight / totals[codes],
    )


def expected(areas: Areas, seed: int, model: Model = MODEL) -> Array:
    """Return the expected incidents by area × month × offence × origin, without any programme."""
    # Localities draw from a stream of their own: the rest of the town may be redrawn without them.
    count = len(plan.LOCALITIES)
    rng = np.random.default_rng([seed + _STREAM, 4, 1])
    primary = sum(model.locality_shares[OFFENCES.index(kind)] for kind in PRIMARY)
    spread = np.exp(rng.normal(0, model.locality_spread, count))
    inside = model.locality_primary / primary * spread
    course = _course(count, rng, model)
    rng = np.random.default_rng([seed + _TOWN_STREAM, 4, 2])
    others = areas.weight[count:]
    others = others * np.exp(rng.normal(0, model.area_spread, len(others)))
    others = others * (model.incidents_a_year - inside.sum()) / others.sum()
    course = np.concatenate([course, _course(len(others), rng, model)])
    level = np.concatenate([inside, others])[:, None]
    shares = np.tile(model.town_shares, (len(level), 1))
    shares[:count] = model.locality_shares
    by_month = (level * course)[:, :, None, None]
    return np.asarray(by_month * shares[:, None, :, None] * np.array(model.origin_shares))


def _course(count: int, rng: np.random.Generator, model: Model) -> Array:
    """Return the course of `count` areas through the months, of mean 1/12 in the first year.

    Trend and season are common; each area drifts by half-years and scatters by months.
    """
    months = np.arange(truth.MONTHS)
    steps = rng.normal(0, model.drift, (count, truth.MONTHS // 6))
    drift = steps.copy()
    for half in range(1, drift.shape[1]):
        fresh = np.sqrt(1 - model.drift_memory**2) * steps[:, half]
        drift[:, half] = model.drift_memory * drift[:, half - 1] + fresh
    drift = np.exp(drift - model.drift**2 / 2)[:, months // 6]
    scatter = rng.gamma(1 / model.overdispersion, model.overdispersion, drift.shape)
    trend = model.yearly_trend ** ((months - 5.5) / 12)
    return np.asarray(drift * scatter * trend * np.array(model.season)[months % 12] / 12)


def choose(
    counts: npt.NDArray[np.int64],
    areas: Areas,
    model: Model = MODEL,
    waves: tuple[Wave, ...] = truth.WAVES,
) -> tuple[Effect, ...]:
    """Choose the localities of each wave: the worst of its last year among those that may be.

    A locality may be chosen once, and when it lasts from two years before the start to the end.
    """
    chosen: list[Effect] = []
    for wave in waves:
        taken = {effect.locality for effect in chosen}
        scores = {
            code: _in_year(counts, areas.locality.index(code), wave.judged_by)
            for code in _eligible(wave.start)
            if code not in taken
        }
        worst = sorted(scores, key=lambda code: (-scores[code], code))[: len(wave.roles)]
        for rank, code in enumerate(worst):
            number = len(chosen) + 1
            chosen.append(
                Effect(
                    locality=code,
                    role=wave.roles[rank],
                    programme=wave.programme,
                    start=wave.start,
                    ratio=wave.ratios[rank],
                    ratio_near=wave.ratios_near[rank],
                    detection=model.detection,
                    staff=1,
                    units=(f"apk-{number}",),
                )
            )
    place = next(effect.locality for effect in chosen if effect.role == "effect")
    start, ratio = truth.CARETAKERS
    units = ("domovnik-1", "domovnik-2")
    chosen.append(Effect(place, "second_programme", "caretakers", start, ratio, 1.0, 1.0, 2, units))
    return tuple(chosen)


def _eligible(start: date) -> list[str]:
    first, last = start.replace(year=start.year - 2), date(truth.LAST_YEAR, 12, 31)
    return [
        one.code
        for one in plan.LOCALITIES
        if one.valid_from <= first.isoformat()
        and (one.valid_to is None or one.valid_to > last.isoformat())
    ]


def _in_year(counts: npt.NDArray[np.int64], area: int, year: int) -> int:
    first = 12 * (year - truth.FIRST_YEAR)
    kinds = [OFFENCES.index(kind) for kind in PRIMARY]
    return int(counts[area, first : first + 12][:, kinds].sum())


def ratios(areas: Areas, effects: tuple[Effect, ...]) -> Array:
    """Return the ratio of each area × month × offence × origin that the programmes make."""
    found = np.ones((len(areas.locality), truth.MONTHS, len(OFFENCES), len(ORIGINS)))
    affected = np.array([kind != truth.NEGATIVE_CONTROL for kind in OFFENCES])
    patrol = np.array([origin == "patrol" for origin in ORIGINS])
    months = np.arange(truth.MONTHS)
    for effect in effects:
        first = truth.first_month(effect.start)
        for codes, ratio in ((areas.locality, effect.ratio), (areas.near, effect.ratio_near)):
            here = np.array([code == effect.locality for code in codes])
            then = here[:, None, None] & (months >= first)[:, None] & affected
            found[then] *= np.where(patrol, ratio * effect.detection, ratio)
    return found


def simulate(addresses: pd.DataFrame, town: Town, seed: int, model: Model = MODEL) -> History:
    """Let five years pass: first as if nobody came, then with those who came to the worst."""
    areas = divide(addresses, town, seed, model)
    means = expected(areas, seed, model)
    without = _drawn(means, [seed + _STREAM, 4, 3])
    effects = choose(without, areas, model)
    changed = ratios(areas, effects)
    counts = np.where(changed == 1, without, _drawn(means * changed, [seed + _STREAM, 4, 4]))
    return History(areas, effects, counts, without)


def _drawn(means: Array, seed: list[int]) -> npt.NDArray[np.int64]:
    """Draw counts, the localities' and the others' from streams of their own."""
    count = len(plan.LOCALITIES)
    parts = (means[:count], means[count:])
    drawn = [np.random.default_rng([*seed, i]).poisson(part) for i, part in enumerate(parts)]
    return np.concatenate(drawn)
