"""The incidents of Modelov follow the truth that is stated about them."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from apkgeo.demo import plan
from apkgeo.demo.history import History, divide, expected, simulate
from apkgeo.demo.incidents import incidents_of
from apkgeo.demo.town import Town
from apkgeo.demo.truth import MODEL, OFFENCES, ORIGINS, PRIMARY, Effect

SEEDS = range(40)
KINDS = [OFFENCES.index(kind) for kind in PRIMARY]


@pytest.fixture(scope="module")
def histories(addresses: pd.DataFrame, town: Town) -> list[History]:
    """The same town's five years, many times over."""
    return [simulate(addresses, town, seed) for seed in SEEDS]


def year_after(start: Any) -> slice:
    first = 12 * (start.year - 2014) + start.month - 1
    return slice(first, min(first + 12, 60))


def effect_of(history: History, role: str) -> Effect:
    return next(effect for effect in history.effects if effect.role == role)


def sums(
    histories: list[History], role: str, origin: str | None = None, *, near: bool = False
) -> tuple[int, int]:
    """Return the primary outcome in the year after the start: as it was, and without anyone."""
    as_it_was = without = 0
    origins = [ORIGINS.index(origin)] if origin else [0, 1, 2]
    for history in histories:
        effect = effect_of(history, role)
        codes = history.areas.near if near else history.areas.locality
        here = [i for i, code in enumerate(codes) if code == effect.locality]
        months = np.arange(60)[year_after(effect.start)]
        cells = np.ix_(here, months, KINDS, origins)
        as_it_was += int(history.counts[cells].sum())
        without += int(history.without[cells].sum())
    return as_it_was, without


def close(counts: tuple[int, int], ratio: float) -> bool:
    """Whether a ratio of two Poisson counts is within three standard errors of the true one."""
    return abs(log(counts[0] / counts[1]) - log(ratio)) < 3 * sqrt(1 / counts[0] + 1 / counts[1])


# By hand, for patrols' share 0.32 and detection 1.15: 0.68 + 0.32 × 1.15 = 1.048.
@pytest.mark.parametrize(
    ("role", "origin", "ratio"),
    [
        ("effect", "citizen", 0.70),
        ("effect", "patrol", 0.70 * 1.15),
        ("effect", None, 0.70 * 1.048),
        ("no_effect", "citizen", 1.0),
        ("no_effect", "patrol", 1.15),
        ("effect_and_displacement", "citizen", 0.75),
        ("second_programme", "citizen", 0.7 * 0.9),
    ],
)
def test_the_true_ratio_comes_out_over_many_histories(
    histories: list[History], role: str, origin: str | None, ratio: float
) -> None:
    counts = sums(histories, role, origin)
    assert close(counts, ratio)
    assert counts[1] > 1_000 or origin == "patrol"  # enough to tell 0.7 from 1


@pytest.mark.parametrize(
    ("role", "ratio"), [("effect_and_displacement", 1.25), ("effect", 1.0), ("no_effect", 1.0)]
)
def test_offences_move_next_door_only_where_they_are_said_to(
    histories: list[History], role: str, ratio: float
) -> None:
    counts = sums(histories, role, "citizen", near=True)
    assert close(counts, ratio)


def test_the_negative_control_is_the_same_with_and_without(histories: list[History]) -> None:
    road = OFFENCES.index("road_safety")
    for history in histories:
        assert (history.counts[:, :, road] == history.without[:, :, road]).all()


def test_nothing_changes_before_a_programme_or_far_from_it(histories: list[History]) -> None:
    for history in histories:
        assert (history.counts[:, :26] == history.without[:, :26]).all()  # until February 2016
        treated = {effect.locality for effect in history.effects}
        pairs = zip(history.areas.locality, history.areas.near, strict=True)
        far = [i for i, codes in enumerate(pairs) if not treated & set(codes)]
        assert (history.counts[far] == history.without[far]).all()


def test_the_worst_of_the_last_year_is_chosen(histories: list[History]) -> None:
    for history in histories:
        judged = history.without[:, 12:24][:, :, KINDS].sum(axis=(1, 2, 3))
        # L3 ceases before the end, and L6 begins less than two years before the start.
        lasting = [one for one in plan.LOCALITIES if one.code not in {"L3", "L6"}]
        scores = {one.code: judged[plan.LOCALITIES.index(one)] for one in lasting}
        first = [e.locality for e in history.effects if e.role in {"no_effect", "effect"}]
        assert sorted(scores.values(), reverse=True)[:2] == [scores[code] for code in first]


def test_the_chosen_get_better_by_themselves_and_the_others_do_not(
    histories: list[History],
) -> None:
    """Regression to the mean: without any programme, the worst of 2015 falls more than the trend.

    From 2015 to March 2016 – February 2017 the trend alone makes 0.95 ** (14 / 12) = 0.942.
    """
    falls: dict[bool, list[int]] = {True: [0, 0], False: [0, 0]}
    for history in histories:
        worst = effect_of(history, "no_effect").locality
        for area, one in enumerate(plan.LOCALITIES):
            primary = history.without[area][:, KINDS].sum(axis=(1, 2))
            falls[one.code == worst][0] += int(primary[12:24].sum())
            falls[one.code == worst][1] += int(primary[26:38].sum())
    chosen = falls[True][1] / falls[True][0]
    others = falls[False][1] / falls[False][0]
    assert chosen < 0.85
    assert others > 0.942


def test_everything_falls_by_five_percent_a_year(histories: list[History]) -> None:
    years = sum(h.without.reshape(len(h.without), 5, 12, -1).sum(axis=(0, 2, 3)) for h in histories)
    # Drift leaves a standard error of about 0.007 over this many towns.
    assert np.asarray(years[1:] / years[:-1]) == pytest.approx(0.95, abs=0.02)


def test_summer_is_busier_than_winter(histories: list[History]) -> None:
    months = sum(
        h.without.reshape(len(h.without), 5, 12, -1).sum(axis=(0, 1, 3)) for h in histories
    )
    share = months / months.mean()
    # July against January: 1.22 / 0.78, and half a year of the trend: 0.95 ** 0.5.
    assert share[6] / share[0] == pytest.approx(1.22 / 0.78 * 0.95**0.5, rel=0.03)


def test_the_variance_is_the_mean_and_alpha_times_its_square(
    addresses: pd.DataFrame, town: Town
) -> None:
    """With drift and lasting levels taken away, every locality has the same known mean."""
    plain = replace(MODEL, drift=0.0, locality_spread=0.0)
    areas = divide(addresses, town, 2014)
    months = np.arange(60)
    course = 0.95 ** ((months - 5.5) / 12) * np.array(MODEL.season)[months % 12] / 12
    mean = MODEL.locality_primary * course
    excess, square = 0.0, 0.0
    for seed in range(150):
        means = expected(areas, seed, plain)[: len(plan.LOCALITIES)][:, :, KINDS].sum(axis=(2, 3))
        counts = np.random.default_rng(seed).poisson(means)
        excess += float(((counts - mean) ** 2 - mean).sum())
        square += float((mean**2).sum()) * len(plan.LOCALITIES)
    assert excess / square == pytest.approx(MODEL.overdispersion, rel=0.05)


def test_the_incidents_are_the_counts_one_by_one(addresses: pd.DataFrame, town: Town) -> None:
    history = simulate(addresses, town, 2014)
    frame = incidents_of(history, addresses, 2014)
    month = 12 * (frame["occurred"].dt.year - 2014) + frame["occurred"].dt.month - 1
    again = np.zeros_like(history.counts)
    offence = frame["offence"].map(OFFENCES.index)
    origin = frame["origin"].map(ORIGINS.index)
    np.add.at(again, (frame["area"], month, offence, origin), 1)
    assert (again == history.counts).all()
    assert (history.areas.of_address[frame["address"]] == frame["area"]).all()
    assert frame["occurred"].is_monotonic_increasing


def test_localities_have_counts_of_a_real_size(truth: dict[str, Any]) -> None:
    for programme in truth["programmes"]:
        years = truth["counts"][programme["locality"]]
        for kinds in years.values():
            assert 40 <= sum(kinds[kind] for kind in PRIMARY) <= 150
