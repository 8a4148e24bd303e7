"""The shares of simulated towns in which each method declares a fall, as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from tests.simulations.methods import METHODS, say
from tests.simulations.worlds import World, draw

RATIOS = (1.0, 0.8, 0.7, 0.6)
SEED = 2014


@dataclass(frozen=True)
class Row:
    """What was found in one world.

    Attributes
    ----------
    falls : dict of float to dict of str to float
        True ratio -> method -> share of towns in which it declares a fall.
    coverage : float
        Of the 95% interval, over all true ratios.
    index : float
        Median of observed ÷ expected without an effect.
    clear_rises, rises : float
        Shares of towns in which a (clear) rise is declared without an effect.
    """

    world: World
    runs: int
    falls: dict[float, dict[str, float]]
    coverage: float
    index: float
    clear_rises: float
    rises: float


def one_run(world: World, number: int, ratios: Sequence[float]) -> dict[float, tuple]:
    """Return what is said of one town for each true ratio."""
    rng = np.random.default_rng([SEED, number, *map(ord, world.name)])
    town = draw(world, rng)
    told, index = {}, None
    for ratio in ratios:
        falls, verdict, held, index = say(town, ratio, rng, index)
        told[ratio] = (falls, verdict, held, index.estimate)
    return told


def _chunk(given: tuple[World, range, Sequence[float]]) -> list[dict[float, tuple]]:
    world, numbers, ratios = given
    return [one_run(world, number, ratios) for number in numbers]


def simulate(
    worlds: Sequence[World],
    runs: int,
    *,
    workers: int = 2,
    chunk: int = 25,
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[Row]:
    """Draw `runs` towns of each world; the same towns whatever the number of workers."""
    with ProcessPoolExecutor(workers) as pool:
        for world in worlds:
            ratios = RATIOS[:1] if world.detection else RATIOS
            parts = [(world, range(k, min(k + chunk, runs)), ratios) for k in range(0, runs, chunk)]
            told: list[dict[float, tuple]] = []
            for part in pool.map(_chunk, parts):
                told += part
                tell(f"{world.name}: {len(told)} of {runs}")
            yield row(world, told)


def row(world: World, told: Sequence[dict[float, tuple]]) -> Row:
    """Sum up what was said of the towns of a world."""
    ratios = list(told[0])
    falls = {
        ratio: {m: float(np.mean([run[ratio][0][m] for run in told])) for m in METHODS}
        for ratio in ratios
    }
    verdicts = [run[1.0][1] for run in told]
    return Row(
        world,
        len(told),
        falls,
        # Where recording changed, the interval is one of recorded offences, not of offences.
        np.nan if world.detection else float(np.mean([run[r][2] for run in told for r in ratios])),
        float(np.median([run[1.0][3] for run in told])),
        float(np.mean([verdict == "clear_rise" for verdict in verdicts])),
        float(np.mean([verdict.endswith("rise") for verdict in verdicts])),
    )


def allowed(world: World) -> float:
    """Return the share of false successes that is aimed at."""
    return 0.07 if world.drift and world.chosen != "random" else 0.05


def honest(row: Row, ratio: float) -> tuple[str, float]:
    """Return the best competitor among those that keep to the aim in this world, and its power."""
    honest = [m for m in METHODS[:-1] if row.falls[1.0][m] <= allowed(row.world)]
    best = max(honest, key=lambda method: row.falls[ratio][method], default="")
    return (best, row.falls[ratio][best]) if best else ("none", 0.0)


def text(rows: Sequence[Row]) -> str:
    """Return two tables: false success and coverage, and power beside the best honest rival."""
    percent = "{:5.1f}".format
    lines = [
        "Share of towns (%) in which a fall is declared where there is none",
        f"{'world':34}"
        + "".join(f"{m:>10}" for m in METHODS)
        + "  coverage  index clear rise  rise",
    ]
    for one in rows:
        values = "".join(f"{percent(100 * one.falls[1.0][m]):>10}" for m in METHODS)
        lines.append(
            f"{one.world.name:34}{values}{percent(100 * one.coverage):>10}{one.index:7.2f}"
            f"{percent(100 * one.clear_rises):>11}{percent(100 * one.rises):>6}"
        )
    lines += [
        "",
        "Power (%): apkgeo, and the best method that is honest in that world",
        f"{'world':34}" + "".join(f"{'at ' + format(r, '.1f'):>26}" for r in RATIOS[1:]),
    ]
    for one in rows:
        if one.world.detection:
            continue
        cells = []
        for ratio in RATIOS[1:]:
            name, power = honest(one, ratio)
            own = one.falls[ratio]["apkgeo"]
            cells.append(f"{100 * own:5.1f} / {100 * power:5.1f} {name}")
        lines.append(f"{one.world.name:34}" + "".join(f"{cell:>26}" for cell in cells))
    return "\n".join(lines)
