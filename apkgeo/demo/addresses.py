"""The register of addresses of Modelov, in RÚIAN's form: houses along streets, and its traps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from apkgeo.demo.districts import CITY_CODE
from apkgeo.demo.plan import SQUARE, Style
from apkgeo.demo.town import Points, Quarter, Street, Town, along, lengths, normals, to_s_jtsk

COLUMNS = (
    "Kód ADM", "Kód obce", "Název obce", "Kód MOMC", "Název MOMC", "Kód obvodu Prahy",
    "Název obvodu Prahy", "Kód části obce", "Název části obce", "Kód ulice", "Název ulice",
    "Typ SO", "Číslo domovní", "Číslo orientační", "Znak čísla orientačního", "PSČ", "Souřadnice Y",
    "Souřadnice X", "Platí Od",
)  # fmt: skip
FIRST_STEP, STEP = 7.0, 2.0  # metres: where a street's first house may stand, and the search
_FOUND = ["x", "y", "street", "order", "side", "at", "quarter"]
_Row = tuple[float, float, str, int, int, float, str]
# Slabs of one block, by three designs: where in it, whether across the others, how many entrances.
_SLABS = (
    ((0.27, 0.17, False, 5), (0.74, 0.17, False, 4), (0.2, 0.5, False, 3), (0.52, 0.5, True, 4),
     (0.82, 0.5, False, 3), (0.27, 0.83, False, 4), (0.74, 0.83, False, 5)),
    ((0.15, 0.3, True, 4), (0.4, 0.2, False, 4), (0.78, 0.2, False, 4), (0.6, 0.5, False, 6),
     (0.15, 0.75, True, 4), (0.42, 0.82, False, 4), (0.84, 0.72, True, 5)),
    ((0.3, 0.16, False, 7), (0.8, 0.3, True, 5), (0.25, 0.48, False, 1), (0.5, 0.52, False, 1),
     (0.25, 0.84, False, 6), (0.72, 0.8, False, 4)),
)  # fmt: skip


@dataclass(frozen=True)
class Building:
    """How houses of a style stand: metres between them and from the street's axis."""

    spacing: float
    setback: float
    empty: float  # share of plots without a house
    cottages: float = 0.0  # share with a registration number (č.ev.)


BUILDING: dict[Style, Building] = {
    "core": Building(13.0, 8.0, 0.05),
    "blocks": Building(15.0, 10.5, 0.06),
    "houses": Building(17.0, 12.0, 0.07),
    "gardens": Building(18.5, 14.0, 0.08),
    "slabs": Building(17.0, 15.0, 0.1),
    "works": Building(62.0, 27.0, 0.15),
    "huts": Building(19.0, 13.0, 0.12, cottages=0.8),
    "village": Building(21.0, 12.0, 0.12, cottages=0.08),
}
PARTS = (
    "Staré Město", "Nové Město", "Předměstí", "Nádražní Předměstí", "Severní Předměstí", "Výsluní",
    "Záluží", "Podhájí", "Luhy", "Lhotka",
)  # fmt: skip
VILLAGE_PART = "Lhotka"


def build_addresses(town: Town, seed: int) -> pd.DataFrame:
    """Return the addresses of the town, one row each.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y`` (metres of the plan), ``street`` (empty in the village), ``side`` (1 left,
        −1 right), ``at`` (metres along the street's piece), ``quarter``, ``style``, ``part``,
        ``house_number``, ``kind`` (``č.p.`` or ``č.ev.``), ``orientation`` (0 for none),
        ``letter``, in the order of streets and numbers.
    """
    rng = np.random.default_rng([seed, 2])
    houses = pd.concat([_along_streets(town, rng), _slabs(town)], ignore_index=True)
    houses = _on_building_land(houses, town)
    houses = _orientation_numbers(houses, rng)
    return _house_numbers(houses, rng)


def register(addresses: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the addresses as rows of RÚIAN's CSV file, all values text."""
    rng = np.random.default_rng([seed, 3])
    place = to_s_jtsk(addresses[["x", "y"]].to_numpy())
    streets = {name: 990001 + i for i, name in enumerate(dict.fromkeys(addresses["street"]))}
    parts = {name: 999101 + i for i, name in enumerate(PARTS)}
    count = len(addresses)
    # Most points took over when the register began; the rest came one by one.
    later = rng.random(count) < 0.12
    days = rng.integers(0, 2200, count)
    valid = np.datetime64("2012-01-01") + np.where(later, days, 548).astype("timedelta64[D]")
    village = addresses["part"].eq(VILLAGE_PART)
    table = pd.DataFrame(
        {
            "Kód ADM": 99_000_000 + np.sort(rng.choice(900_000, count, replace=False)),
            "Kód obce": CITY_CODE,
            "Název obce": "Modelov",
            "Kód MOMC": "",
            "Název MOMC": "",
            "Kód obvodu Prahy": "",
            "Název obvodu Prahy": "",
            "Kód části obce": addresses["part"].map(parts),
            "Název části obce": addresses["part"],
            "Kód ulice": addresses["street"].map(streets).where(addresses["street"] != "", ""),
            "Název ulice": addresses["street"],
            "Typ SO": addresses["kind"],
            "Číslo domovní": addresses["house_number"],
            "Číslo orientační": addresses["orientation"].astype(str).replace("0", ""),
            "Znak čísla orientačního": addresses["letter"],
            "PSČ": np.where(village, "99902", "99901"),
            "Souřadnice Y": [f"{-east:.2f}" for east in place[:, 0]],
            "Souřadnice X": [f"{-north:.2f}" for north in place[:, 1]],
            "Platí Od": [f"{day}T00:00:00" for day in valid],
        }
    )
    return table[list(COLUMNS)].astype(str)


def _along_streets(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Return houses on both sides of every street, spaced as the quarter there builds."""
    rings = _rings(town)
    sides = [
        _one_side(street, order, side, town, rings, rng)
        for order, street in enumerate(town.streets)
        for side in (1, -1)
        if (street.name, side) != (SQUARE, -1)
    ]
    return pd.concat([side for side in sides if len(side)], ignore_index=True)


def _one_side(
    street: Street,
    order: int,
    side: int,
    town: Town,
    rings: dict[str, shapely.Polygon],
    rng: np.random.Generator,
) -> pd.DataFrame:
    length = lengths(street.points)[-1]
    steps = np.arange(FIRST_STEP, length - FIRST_STEP, STEP)
    axis, normal = along(street.points, steps), side * normals(street.points, steps)
    quarters = _which(axis + 6.0 * normal, rings)
    plots = rng.uniform(0.8, 1.25, len(steps))
    empty = rng.random(len(steps))
    wobble = rng.uniform(-1.2, 1.2, len(steps))
    rows, reached = [], FIRST_STEP
    for i, code in enumerate(quarters):
        if code == "" or steps[i] < reached or town.quarters[code].style == "slabs":
            continue
        building = BUILDING[town.quarters[code].style]
        reached = steps[i] + building.spacing * plots[i]
        if empty[i] >= building.empty:
            x, y = axis[i] + normal[i] * (building.setback + wobble[i])
            rows.append((x, y, street.name, order, side, steps[i], code))
    return pd.DataFrame(rows, columns=_FOUND)


def _slabs(town: Town) -> pd.DataFrame:
    """Return the entrances of the housing estates' detached slabs."""
    rows: list[_Row] = []
    for quarter in town.quarters.values():
        if quarter.style != "slabs":
            continue
        us = [0.0, *sorted(quarter.across.values()), 1.0]
        vs = [0.0, *sorted(quarter.along.values()), 1.0]
        blocks = itertools.product(itertools.pairwise(us), itertools.pairwise(vs))
        for block, (across, depth) in enumerate(blocks):
            for number, slab in enumerate(_SLABS[(block + block // 3) % len(_SLABS)]):
                rows += _entrances(quarter, across, depth, slab, number, town)
    return pd.DataFrame(rows, columns=_FOUND)


def _entrances(
    quarter: Quarter,
    across: tuple[float, float],
    depth: tuple[float, float],
    slab: tuple[float, float, bool, int],
    number: int,
    town: Town,
) -> list[_Row]:
    """Return the entrances of one slab, in the street nearest to its middle."""
    u, v, upright, entrances = slab
    v = depth[0] + v * (depth[1] - depth[0])
    ends = across[0] + np.array([u, u + 0.02]) * (across[1] - across[0])
    middle, beside = quarter.place(ends, v)
    way = (beside - middle) / np.sqrt(((beside - middle) ** 2).sum())
    way = np.array([-way[1], way[0]]) if upright else way
    here = shapely.Point(middle)
    lines = [shapely.LineString(street.points) for street in town.streets]
    order = int(shapely.distance(here, lines).argmin())
    street = town.streets[order]
    at = float(shapely.line_locate_point(lines[order], here))
    left = (middle - along(street.points, at)) @ normals(street.points, at) > 0
    rows: list[_Row] = []
    for k in range(entrances):
        x, y = middle + way * (k - (entrances - 1) / 2) * BUILDING["slabs"].spacing
        place = at + 0.1 * number + 0.01 * k
        rows.append((x, y, street.name, order, 1 if left else -1, place, quarter.code))
    return rows


def _rings(town: Town) -> dict[str, shapely.Polygon]:
    return {code: shapely.Polygon(quarter.ring) for code, quarter in town.quarters.items()}


def _which(points: Points, rings: dict[str, shapely.Polygon]) -> npt.NDArray[np.str_]:
    """Return the code of the quarter that each point lies in, or nothing."""
    found = np.full(len(points), "", dtype="U12")
    for code, ring in rings.items():
        west, south, east, north = ring.bounds
        near = (points[:, 0] > west) & (points[:, 0] < east)
        near &= (points[:, 1] > south) & (points[:, 1] < north)
        if near.any():
            inside = shapely.contains_xy(ring, points[near, 0], points[near, 1])
            found[np.flatnonzero(near)[inside]] = code
    return found


def _on_building_land(houses: pd.DataFrame, town: Town) -> pd.DataFrame:
    """Drop houses outside of building land, in a cross street, or upon another house."""
    points = houses[["x", "y"]].round(2).to_numpy()
    houses = houses.assign(x=points[:, 0], y=points[:, 1])
    styles = {code: quarter.style for code, quarter in town.quarters.items()}
    parts = {code: quarter.part for code, quarter in town.quarters.items()}
    quarter = houses["quarter"]
    houses = houses.assign(style=quarter.map(styles), part=quarter.map(parts))
    axes = shapely.multilinestrings([shapely.LineString(s.points) for s in town.streets])
    shapely.prepare(axes)
    away = shapely.distance(shapely.points(points), axes)
    setback = houses["style"].map({name: building.setback for name, building in BUILDING.items()})
    good = _which(points, _rings(town)) == houses["quarter"].to_numpy()
    houses = houses[good & (away > 0.75 * setback.to_numpy())].reset_index(drop=True)
    close = cKDTree(houses[["x", "y"]].to_numpy()).query_pairs(7.5, output_type="ndarray")
    dropped: set[int] = set()
    for one, other in sorted(map(tuple, close.tolist())):
        if one not in dropped and other not in dropped:
            dropped.add(max(one, other))
    return houses.drop(index=sorted(dropped)).reset_index(drop=True)


def _orientation_numbers(houses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Number the houses of each street: odd to the left, even to the right, from its start."""
    houses = houses.assign(orientation=0, letter="")
    ranks = houses.groupby("street", sort=False)["order"].rank("dense") * 10_000 + houses["at"]
    numbers = np.zeros(len(houses), dtype=int)
    letters = np.full(len(houses), "", dtype=object)
    added, gap = rng.random(len(houses)) < 0.035, rng.random(len(houses)) < 0.05
    none = rng.random(len(houses))
    for (street, side), rows in houses.groupby(["street", "side"], sort=False).indices.items():
        if street == "":
            continue
        step = 1 if street == SQUARE else 2
        last, letter = (-1 if side == 1 else 0), 0
        for row in rows[np.argsort(ranks.to_numpy()[rows], kind="stable")]:
            # A house built into a gap takes its neighbour's number and a letter.
            letter = letter + 1 if added[row] and last > 0 and letter < 3 else 0
            last += 0 if letter else step * (2 if gap[row] else 1)
            numbers[row], letters[row] = last, " abc"[letter].strip()
    style = houses["style"].to_numpy()
    lacking = (style == "huts") & (none < 0.85) | (style == "works") & (none < 0.1)
    lacking |= none < 0.01
    houses = houses.assign(
        orientation=np.where(lacking, 0, numbers), letter=np.where(lacking, "", letters)
    )
    order = np.lexsort([houses["letter"].to_numpy(), numbers, houses["street"].map(_ranks(houses))])
    return houses.iloc[order].reset_index(drop=True)


def _ranks(houses: pd.DataFrame) -> dict[str, int]:
    return {name: i for i, name in enumerate(dict.fromkeys(houses["street"]))}


def _house_numbers(houses: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Number the houses of each part as they were built: runs of neighbours, out of order."""
    cottages = houses["style"].map({s: b.cottages for s, b in BUILDING.items()})
    kind = np.where(rng.random(len(houses)) < cottages, "č.ev.", "č.p.")
    numbers = np.zeros(len(houses), dtype=int)
    for key, rows in houses.groupby([houses["part"], kind], sort=False).indices.items():
        runs = np.cumsum(rng.random(len(rows)) < 0.13)
        # Runs move by up to a third of the part, so that streets keep to their age.
        moved = rng.permutation(runs[-1] + 1) * 0.35 + np.arange(runs[-1] + 1)
        built = np.lexsort([np.arange(len(rows)), moved[runs]])
        gaps = rng.random(len(rows)) < 0.04 if key[1] == "č.p." else np.zeros(len(rows), dtype=bool)
        numbers[rows[built]] = np.arange(1, len(rows) + 1) + np.cumsum(gaps)
    return houses.assign(house_number=numbers, kind=kind).drop(columns=["order"])
