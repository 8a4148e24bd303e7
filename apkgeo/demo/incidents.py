"""Five years of incidents in Modelov, from true levels and true effects."""

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
    "core": 2.4, "blocks": 1.0, "houses": 0.45, "gardens": 0.25, "slabs": 3.0, "works": 0.7,
    "huts": 0.15, "village": 0.25,
}  # fmt: skip
# Places where people meet: the square, the station, the bus stops of the estates.
_BUSY = ((0.0, 120.0, 2.5), (30.0, -860.0, 4.0), (-850.0, 930.0, 2.5), (880.0, 500.0, 2.5),
         (0.0, -640.0, 2.0), (250.0, 270.0, 2.0))  # fmt: skip
_CELL = 150.0  # metres: the side of the squares that have a level of their own
_SHIFT = 4.0  # metres between an address and what happened there, at most
# Relative frequency by hour, and by day of the week from Monday.
_HOURS = {
    "public_order": "9 8 6 4 3 2 2 3 4 5 6 7 8 8 8 9 10 11 12 13 14 15 15 13",
    "civil_coexistence": "5 4 3 2 1 1 2 4 5 6 7 8 8 8 9 10 12 13 14 14 13 11 9 7",
    "property": "4 4 4 3 2 2 3 4 6 8 10 10 10 10 11 12 12 11 9 8 7 6 5 4",
    "alcohol_tobacco": "7 5 4 2 1 1 1 3 5 7 8 9 9 10 11 12 12 12 12 12 12 12 11 9",
    "road_safety": "2 1 1 1 1 2 4 9 12 12 11 10 10 10 10 10 9 8 6 5 4 3 3 2",
    "bylaws": "1 1 1 1 1 2 4 6 8 9 9 9 8 8 8 8 8 7 6 5 4 3 2 1",
}
_WEEK = (0.93, 0.92, 0.94, 0.97, 1.12, 1.15, 0.97)


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


def divide(addresses: pd.DataFrame, town: Town, rng: np.random.Generator) -> Areas:
    """Divide the town into areas: localities, strips around them, squares elsewhere."""
    x, y = addresses["x"].to_numpy(), addresses["y"].to_numpy()
    inside = np.full(len(addresses), "", dtype="U4")
    near = np.full(len(addresses), "", dtype="U4")
    points = shapely.points(x, y)
    for locality in plan.LOCALITIES:
        polygon = shapely.Polygon(locality_ring(locality, town))
        away = shapely.distance(polygon, points)
        inside[away == 0] = locality.code
        near[(away > 0) & (away <= MODEL.near)] = locality.code
    square = [f"{int(a // _CELL)}:{int(b // _CELL)}" for a, b in zip(x, y, strict=True)]
    keys = np.where(inside != "", inside, np.char.add(np.array(square), near))
    codes, _names = pd.factorize(keys)
    weight = addresses["style"].map(_WEIGHT).to_numpy(float, copy=True)
    for px, py, times in _BUSY:
        weight[np.hypot(x - px, y - py) < 90] *= times
    weight *= np.exp(rng.normal(0, 0.8, len(weight)))
    totals = np.bincount(codes, weight).astype(np.float64)
    first = np.unique(codes, return_index=True)[1]
    share = weight / totals[codes]
    return Areas(codes, inside[first].tolist(), near[first].tolist(), np.asarray(totals), share)


def expected(areas: Areas, rng: np.random.Generator, model: Model = MODEL) -> Array:
    """Return the expected incidents by area × month × offence × origin, without any programme."""
    is_locality = np.array([bool(code) for code in areas.locality])
    level = areas.weight * np.exp(rng.normal(0, model.area_spread, len(is_locality)))
    primary = sum(model.locality_shares[OFFENCES.index(kind)] for kind in PRIMARY)
    spread = np.exp(rng.normal(0, model.locality_spread, len(is_locality)))
    level[is_locality] = model.locality_primary / primary * spread[is_locality]
    others = model.incidents_a_year - level[is_locality].sum()
    level[~is_locality] *= others / level[~is_locality].sum()
    shares = np.where(
        is_locality[:, None], np.array(model.locality_shares), np.array(model.town_shares)
    )
    months = np.arange(truth.MONTHS)
    course = model.yearly_trend ** ((months - 5.5) / 12) * np.array(model.season)[months % 12] / 12
    drift = np.exp(_drift(len(level), rng, model))[:, months // 6]
    gamma = rng.gamma(1 / model.overdispersion, model.overdispersion, drift.shape)
    return np.asarray(
        (level[:, None] * drift * gamma * course)[:, :, None, None]
        * shares[:, None, :, None]
        * np.array(model.origin_shares)
    )


def _drift(count: int, rng: np.random.Generator, model: Model) -> Array:
    """Return an autoregressive fluctuation of the log-level by half-years, of mean ratio one."""
    halves = truth.MONTHS // 6
    steps = rng.normal(0, model.drift, (count, halves))
    drift = np.empty_like(steps)
    drift[:, 0] = steps[:, 0]
    for half in range(1, halves):
        fresh = np.sqrt(1 - model.drift_memory**2) * steps[:, half]
        drift[:, half] = model.drift_memory * drift[:, half - 1] + fresh
    return drift - model.drift**2 / 2


def choose(
    counts: npt.NDArray[np.int64], areas: Areas, waves: tuple[Wave, ...] = truth.WAVES
) -> tuple[Effect, ...]:
    """Choose the localities of each wave: the worst of its last year among those that may be.

    A locality may be chosen once, and when it lasts through two years before the start and one
    after.
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
                    detection=MODEL.detection,
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
    first, last = start.replace(year=start.year - 2), start.replace(year=start.year + 1)
    return [
        one.code
        for one in plan.LOCALITIES
        if one.valid_from <= first.isoformat()
        and (one.valid_to is None or one.valid_to >= last.isoformat())
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
        first = 12 * (effect.start.year - truth.FIRST_YEAR) + effect.start.month - 1
        for codes, ratio in ((areas.locality, effect.ratio), (areas.near, effect.ratio_near)):
            here = np.array([code == effect.locality for code in codes])
            then = here[:, None, None] & (months >= first)[:, None] & affected
            found[then] *= np.where(patrol, ratio * effect.detection, ratio)
    return found


def simulate(addresses: pd.DataFrame, town: Town, seed: int, model: Model = MODEL) -> History:
    """Let five years pass."""
    rng = np.random.default_rng([seed, 4])
    areas = divide(addresses, town, rng)
    means = expected(areas, rng, model)
    without = rng.poisson(means)
    effects = choose(without, areas)
    changed = ratios(areas, effects)
    counts = np.where(changed == 1, without, rng.poisson(means * changed))
    return History(areas, effects, counts, without)


def incidents_of(history: History, addresses: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row for each incident, in the order of time.

    Returns
    -------
    pandas.DataFrame
        ``number`` (within the year), ``occurred`` (local time), ``offence``, ``origin``,
        ``address`` (row of `addresses`), ``x``, ``y`` (metres of the plan), ``area``,
        ``locality``.
    """
    rng = np.random.default_rng([seed, 5])
    area, month, offence, origin = (
        np.repeat(index, history.counts[history.counts > 0]) for index in np.nonzero(history.counts)
    )
    count = len(area)
    address = _addresses_for(area, history.areas, rng)
    shift = rng.uniform(-_SHIFT, _SHIFT, (count, 2)) / np.sqrt(2)
    place = addresses[["x", "y"]].to_numpy()[address] + shift
    frame = pd.DataFrame(
        {
            "occurred": _times(month, offence, rng),
            "offence": np.array(OFFENCES)[offence],
            "origin": np.array(ORIGINS)[origin],
            "address": address,
            "x": place[:, 0].round(2),
            "y": place[:, 1].round(2),
            "area": area,
            "locality": np.array(history.areas.locality)[area],
        }
    )
    frame = frame.sort_values("occurred", kind="stable", ignore_index=True)
    number = frame.groupby(frame["occurred"].dt.year).cumcount() + 1
    return frame.assign(number=number)


def _addresses_for(
    area: npt.NDArray[np.int64], areas: Areas, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Draw an address in each incident's area, by the addresses' shares."""
    order = np.argsort(areas.of_address, kind="stable")
    # The shares of an area add up to one, so that area 7 has the edges from 7 to 8.
    edges = np.cumsum(areas.share[order])
    drawn = area + 1e-9 + rng.random(len(area)) * (1 - 2e-9)
    at = np.searchsorted(edges, drawn, side="right")
    return np.asarray(order[np.minimum(at, len(order) - 1)])


def _times(
    month: npt.NDArray[np.int64], offence: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.datetime64]:
    """Draw a day of the month by the week's course, and an hour by the offence's."""
    count = len(month)
    start = np.datetime64(f"{truth.FIRST_YEAR}-01", "M") + month
    first = start.astype("datetime64[D]")
    days = ((start + 1).astype("datetime64[D]") - first).astype(int)
    tries = (rng.random((count, 4)) * days[:, None]).astype(int)
    weekday = ((first.astype(int)[:, None] + tries) + 3) % 7
    kept = rng.random((count, 4)) * max(_WEEK) < np.array(_WEEK)[weekday]
    day = first + np.take_along_axis(tries, kept.argmax(axis=1)[:, None], axis=1)[:, 0]
    hour = np.zeros(count, dtype=int)
    for kind, name in enumerate(OFFENCES):
        rows = np.flatnonzero(offence == kind)
        share = np.cumsum([int(hour) for hour in _HOURS[name].split()])
        hour[rows] = np.searchsorted(share / share[-1], rng.random(len(rows)), side="right")
    minute = rng.integers(0, 60, count)
    rounded = rng.random(count) < 0.6  # most times are written down to five minutes
    minute = np.where(rounded, minute // 5 * 5, minute)
    return np.asarray(
        day.astype("datetime64[m]") + (60 * hour + minute).astype("timedelta64[m]")
    ).astype("datetime64[s]")
