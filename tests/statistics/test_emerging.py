"""Each category of emerging hotspots, by a series made for it."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from apkgeo.errors import InputError
from apkgeo.statistics.emerging import classify, emerging_hotspots, hotspots_by_step
from apkgeo.statistics.getis_ord import getis_ord
from tests.statistics.hotspot_cases import city_grid, plane

# h hot, c cold, . neither; trend of z: 1, -1, 0.
MADE = [
    (".........h", 0, "new hot spot"),
    ("....cc...h", 0, "new hot spot"),
    (".......hhh", 0, "consecutive hot spot"),
    (".......hhh", 1, "consecutive hot spot"),
    ("c......hhh", 0, "consecutive hot spot"),
    ("..hhhhhhhh", 0, "consecutive hot spot"),
    ("hhhhhhhhhh", 1, "intensifying hot spot"),
    (".hhhhhhhhh", 1, "intensifying hot spot"),
    (".hhhhhhhhh", 0, "persistent hot spot"),
    ("hhhh.hhhhh", -1, "diminishing hot spot"),
    (".h..h..hhh", 0, "sporadic hot spot"),
    ("hhhhhhh..h", 0, "sporadic hot spot"),
    ("hhhhh.hhh.h", 0, "sporadic hot spot"),
    (".c..h..hhh", 0, "oscillating hot spot"),
    ("chhhhhhhhh", 0, "persistent hot spot"),
    ("hhhhhhhhh.", 0, "historical hot spot"),
    ("hhhhhhhhhc", 0, "new cold spot"),
    ("ccccccccch", 0, "new hot spot"),
    ("hhhhhhhh..", 0, "no pattern detected"),
    ("....hh....", 0, "no pattern detected"),
    ("..........", 1, "no pattern detected"),
    (".........c", 0, "new cold spot"),
    (".......ccc", 0, "consecutive cold spot"),
    (".ccccccccc", -1, "intensifying cold spot"),
    (".ccccccccc", 0, "persistent cold spot"),
    ("cccccccccc", 1, "diminishing cold spot"),
    (".c..c..ccc", 0, "sporadic cold spot"),
    (".h..c..ccc", 0, "oscillating cold spot"),
    ("ccccccccc.", 0, "historical cold spot"),
]


@pytest.mark.parametrize(("steps", "trend", "category"), MADE)
def test_a_series_made_for_a_category_is_put_there(steps, trend, category):
    letters = np.array([list(steps)])
    assert classify(letters == "h", letters == "c", np.array([float(trend)])) == [category]


@pytest.mark.parametrize(("steps", "trend", "category"), MADE)
def test_counts_made_for_a_category_put_the_middle_of_their_block_there(steps, trend, category):
    cells, background = plane(15, 15), 20 + np.arange(225) % 3
    row, column = (place.ravel() for place in np.indices((15, 15)))
    block = (abs(row - 7) <= 2) & (abs(column - 7) <= 2)
    counts = {}
    for step, letter in enumerate(steps):
        # Of counts in the block, those of hot steps rise with the trend, as do those of cold ones.
        grown = step if trend >= 0 else len(steps) - 1 - step
        inside = {"h": 100 + 10 * grown * abs(trend), "c": grown * abs(trend), ".": background}
        counts[step] = np.where(block, inside[letter], background)
    found = emerging_hotspots(cells, pd.DataFrame(counts, index=cells.index), 150).iloc[112]

    assert (found["hot_steps"], found["cold_steps"]) == (steps.count("h"), steps.count("c"))
    assert found["category"] == category


def published(steps: str, trend: int) -> list[str]:
    """Return what kinds of hot spot ten steps are, by Esri's published words on ArcGIS Pro.

    Read from "How Emerging Hot Spot Analysis works" as of 2025. Its words on persistent hot spots
    alone do not ask for the last step; those that lack it are historical in the words for these.
    """
    hot, last = steps.count("h"), steps.endswith("h")
    on_and_off = re.search("h[.c]+h", steps) is not None
    words = {
        # Hot in the final step, and never before.
        "new": last and hot == 1,
        # One uninterrupted run of at least two in the final steps, never hot before it, < 90 %.
        "consecutive": re.fullmatch("[.c]*hh+", steps) is not None and hot < 9,
        # Hot in 90 % of the steps, the final one included, and z rises significantly.
        "intensifying": hot >= 9 and last and trend > 0,
        # Hot in 90 % of the steps, without a trend.
        "persistent": hot >= 9 and last and trend == 0,
        # Hot in 90 % of the steps, the final one included, and z falls significantly.
        "diminishing": hot >= 9 and last and trend < 0,
        # Hot in the final step, on and off before, < 90 %, never cold.
        "sporadic": last and on_and_off and hot < 9 and "c" not in steps,
        # Hot in the final step, cold in some step before, < 90 %.
        "oscillating": last and "c" in steps and hot < 9,
        # Not hot in the final step, but in at least 90 %.
        "historical": not last and hot >= 9,
    }
    return [name for name, fits in words.items() if fits]


def test_every_series_of_ten_steps_has_the_category_of_the_published_words():
    series = ["".join(letters) for letters in product(".hc", repeat=10)]
    letters = np.array([list(steps) for steps in series])
    mirrored = str.maketrans("hc", "ch")
    for trend in (-1, 0, 1):
        found = classify(letters == "h", letters == "c", np.full(len(series), float(trend)))
        for steps, category in zip(series, found, strict=True):
            fitting = {
                "hot spot": published(steps, trend),
                "cold spot": published(steps.translate(mirrored), -trend),
            }
            # The last step decides where it tells of both.
            last = {"h": "hot spot", "c": "cold spot"}.get(steps[-1])
            told = [f"{kinds[0]} {of}" for of, kinds in fitting.items() if kinds and of == last]
            told += [f"{kinds[0]} {of}" for of, kinds in fitting.items() if kinds]
            assert category == (told[0] if told else "no pattern detected")


def rising_quarter(steps=10, seed=3):
    """Return quiet cells, and a quarter whose counts rise from step to step."""
    cells, rng = plane(25, 25), np.random.default_rng(seed)
    row, column = (place.ravel() for place in np.indices((25, 25)))
    quarter = (row < 6) & (column < 6)
    counts = {
        f"month {step}": rng.poisson(np.where(quarter, 4.0 + 3 * step, 0.5))
        for step in range(steps)
    }
    return cells, pd.DataFrame(counts, index=cells.index), quarter


def test_a_quarter_that_grows_while_the_city_grows_too_is_intensifying():
    cells, counts, quarter = rising_quarter()
    found = emerging_hotspots(cells, counts, 150, population="cube")
    inner = found[quarter].iloc[7]

    assert inner["category"] in {"intensifying hot spot", "consecutive hot spot"}
    assert inner["tau"] > 0.8 and inner["trend_p"] < 0.01
    far = found[~quarter].iloc[300:]
    assert (far["category"] == "no pattern detected").mean() > 0.95
    assert found.crs == cells.crs and found.index.equals(cells.index)


def test_each_step_alone_equals_getis_ord():
    cells, counts, _quarter = rising_quarter(steps=3)
    found = hotspots_by_step(cells, counts, 150, correction="none")
    for step in counts.columns:
        alone = getis_ord(cells, counts[step], 150, correction="none")
        np.testing.assert_allclose(found.z[step], alone["z"], atol=1e-9)
        assert found.hot[step].equals(alone["hot"])


def test_earlier_steps_in_the_neighbourhood_equal_the_plain_formula():
    cells, counts, _quarter = rising_quarter(steps=4)
    found = hotspots_by_step(cells, counts, 150, time_lag=1, population="cube")
    cube = counts.to_numpy().reshape(25, 25, 4)
    # By hand for an inner cell: 3 × 3 cells in steps 2 and 3, of 25 × 25 × 4.
    window, size, everything = cube[9:12, 9:12, 2:4].sum(), 18, cube.ravel()
    spread = np.sqrt((len(everything) * size - size**2) / (len(everything) - 1))
    z = (window - size * everything.mean()) / (everything.std() * spread)
    assert found.z.to_numpy().reshape(25, 25, 4)[10, 10, 3] == pytest.approx(z)


def test_chance_seldom_makes_a_pattern(shared):
    rng = np.random.default_rng(8)
    cells = city_grid(shared, 1000)
    share = cells["share"] / cells["share"].sum()
    maps = []
    for _ in range(20):
        counts = pd.DataFrame(rng.multinomial(150, share, size=12).T, index=cells.index)
        found = emerging_hotspots(cells, counts, 1500)
        maps.append(bool((found["hot_steps"] + found["cold_steps"]).any()))
    assert np.mean(maps) <= 0.05


def test_unusable_input_is_told_in_one_line():
    cells, counts, _quarter = rising_quarter(steps=3)
    with pytest.raises(InputError, match="a table with at least three steps, got 2 steps"):
        emerging_hotspots(cells, counts.iloc[:, :2], 150)
    for lag in (-1, 0.5, "1 month"):
        with pytest.raises(InputError, match="time_lag: expected a whole number of steps, got"):
            emerging_hotspots(cells, counts, 150, time_lag=lag)
    with pytest.raises(InputError, match="persistence: expected a share up to 1, got 90"):
        emerging_hotspots(cells, counts, 150, persistence=90)
    with pytest.raises(InputError, match="index of counts of month 0: expected the cells' index"):
        emerging_hotspots(cells, counts.set_index(counts.index + 5), 150)
