"""Synthetic controls: weights as another solver finds them, and honest placebo ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from apkgeo.errors import InputError
from apkgeo.statistics.synthetic_control import synthetic_control
from tests.statistics import panels


def made(
    rng: np.random.Generator, *, areas: int = 20, ratio: float = 1.0, treated: int = 1
) -> pd.DataFrame:
    """Areas between two common movements; the first ones are mixtures of the others."""
    time = np.arange(16)
    share = rng.uniform(0.2, 0.8, areas)[:, None]
    mean = 60 * (share * (1 + 0.5 * np.sin(time)) + (1 - share) * (1 + 0.5 * np.cos(time / 2)))
    mean[:treated, 10:] *= ratio
    return panels.tidy(rng.poisson(mean), np.arange(areas) < treated, time >= 10)


def test_weights_are_those_of_another_solver() -> None:
    panel = made(np.random.default_rng(1), areas=7)
    result = synthetic_control(panel)
    paths = panel.pivot(index="area", columns="period", values="count").to_numpy(float)
    target, donors = paths[0, :10], paths[1:, :10]
    other = optimize.minimize(
        lambda w: ((target - w @ donors) ** 2).sum(),
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert result.weights.to_numpy() == pytest.approx(other.x, abs=1e-4)
    assert result.weights.sum() == pytest.approx(1)
    assert result.rmspe_before == pytest.approx(np.sqrt(other.fun / 10), rel=1e-6)


def test_finds_a_fall_by_its_rank() -> None:
    result = synthetic_control(made(np.random.default_rng(2), areas=40, ratio=0.5))
    assert result.estimate == pytest.approx(0.5, abs=0.1)
    assert result.p_value == 1 / 40
    low, high = result.interval()
    assert low < 0.5 < high < 1
    assert (type(low), type(high)) == (float, float)
    assert "syntetick" in result.summary("cs")


def test_without_effect_the_rank_is_as_good_as_any_other() -> None:
    rng = np.random.default_rng(3)
    found = [synthetic_control(made(rng, areas=20)).p_value for _ in range(150)]
    # Uniform on 1/20 … 1: mean 0.525 ± 3 × 0.024, and 5% at most at the smallest.
    assert np.mean(found) == pytest.approx(0.525, abs=0.075)
    assert np.mean(np.array(found) <= 0.05) <= 0.05 + 3 * 0.018


def test_the_interval_holds_the_ratios_that_are_not_outstanding() -> None:
    panel = made(np.random.default_rng(4), areas=40, ratio=0.6)
    result = synthetic_control(panel)
    for bound, inside in zip(result.interval(0.9), (1.001, 0.999), strict=True):
        for factor, rejected in ((inside, False), (2 - inside, True)):
            path = result.path
            late = path[path["after"]]
            gap = np.sqrt(((late["treated"] / (bound * factor) - late["synthetic"]) ** 2).mean())
            ranks = result.placebos["rmspe_ratio"] >= gap / max(result.rmspe_before, result.noise)
            assert ((1 + ranks.sum()) / 40 <= 0.1) == rejected


def test_an_area_above_all_others_is_refused_unless_matched_relative_to_its_level() -> None:
    panel = made(np.random.default_rng(5), ratio=0.7)
    panel.loc[panel["treated"], "count"] *= 4
    with pytest.raises(InputError, match=r"mixed to the treated areas' rate of .* match relative"):
        synthetic_control(panel)
    assert synthetic_control(panel, relative=True).estimate == pytest.approx(0.7, abs=0.12)


def test_a_bad_fit_is_told() -> None:
    panel = made(np.random.default_rng(6))
    odd = panel["treated"] & (panel["period"] % 3 == 0)
    panel.loc[odd, "count"] = panel.loc[odd, "count"] * 2
    panel.loc[panel["treated"] & ~odd, "count"] //= 2
    assert "the fit is bad" in synthetic_control(panel).notes[-1]


def test_several_treated_areas_are_compared_with_groups_of_as_many() -> None:
    panel = made(np.random.default_rng(7), areas=30, ratio=0.6, treated=3)
    result = synthetic_control(panel, placebos=99)
    assert len(result.placebos) == 99
    assert result.p_value <= 0.03
    assert result.estimate == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p[p.index != 33], "no row for area 2 in period 1; leave the area out"),
        (lambda p: p[p["period"] > 6], "at least 4 periods before the start to match, got 3"),
        (lambda p: p[p["area"] < 3], "at least 3 untreated areas, got 2"),
        (lambda p: p.drop(columns="after"), "a frame with columns area, period, count"),
    ],
)
def test_bad_panels_are_refused(change, message: str) -> None:
    with pytest.raises(InputError, match=message):
        synthetic_control(change(made(np.random.default_rng(1))))
