"""Colours that remain apart for colour-blind readers and in grey, and the classes they stand for.

Rates: after YlGnBu (light is little, dark is much), without its yellow, which in grey would be
lighter than the ground. Change: the ends of PuOr, purple for fewer and orange
for more, never red and green; a second cue (a mark, words) always goes with them.

References
----------
Harrower & Brewer 2003, The Cartographic Journal 40:27-37, doi:10.1179/000870403235002042.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apkgeo.language import Language, _, number, translate

RATES = ("#cdebb8", "#8fd3b6", "#41b6c4", "#2c7fb8", "#253494")
FALL, RISE, UNCERTAIN, FEW = "#5e3c99", "#e66101", "#d9d6cf", "#f7f5f1"
INK, MUTED, LINE, GROUND = "#1c2430", "#5a6472", "#c9c5bb", "#ffffff"
ACCENT, COMPARED = "#1d4f91", "#b9c6cf"
WATER, RAIL, STREET, DISTRICT = "#cfe0ea", "#8a8f98", "#d9d4c9", "#9aa0a8"
RIVER, ROAD = "#4d7389", "#6b6a63"

_STEPS = [step * 10.0**power for power in range(-2, 6) for step in (1, 2, 5)]


@dataclass(frozen=True)
class Classes:
    """Half-open classes of rates: ``edges[i]`` belongs to class i, and so on to the last one up.

    Attributes
    ----------
    edges : tuple of float
        Lower edges, increasing.
    colours : tuple of str
        One for each class.
    """

    edges: tuple[float, ...]
    colours: tuple[str, ...]

    def of(self, values: ArrayLike) -> NDArray[np.int64]:
        """Return the class of each value; −1 for a missing one or one below the first edge."""
        found = np.asarray(values, dtype=float)
        places = np.searchsorted(np.asarray(self.edges), found, side="right") - 1
        return np.where(np.isfinite(found), places, -1).astype(np.int64)

    def label(self, place: int, language: Language) -> str:
        """Return the name of a class, e.g. ``10–20`` or ``50 or more``."""
        low = number(self.edges[place], language)
        if place == len(self.edges) - 1:
            return translate(_("{low} or more"), language).format(low=low)
        return f"{low}–{number(self.edges[place + 1], language)}"


def rate_classes(values: ArrayLike, *, lowest: float) -> Classes:
    """Return at most five classes for rates from `lowest` up, with round edges above it.

    Parameters
    ----------
    values : array of float
        Rates; missing ones are left out.
    lowest : float
        The lower edge of the first class, above zero.

    Examples
    --------
    >>> rate_classes([5, 8, 31, 72], lowest=5).edges
    (5.0, 10.0, 20.0, 50.0)
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    largest = float(known.max()) if len(known) else lowest
    steps = [float(lowest), *(step for step in _STEPS if lowest < step <= largest)]
    if len(steps) > len(RATES):
        places = np.linspace(0, len(steps) - 1, len(RATES)).round().astype(int)
        steps = [steps[place] for place in places]
    return Classes(tuple(steps), _spread(RATES, len(steps)))


def even_classes(values: ArrayLike, *, lowest: float) -> Classes:
    """Return at most five classes from `lowest` up, with round edges equally far apart above it.

    For values of one order of magnitude, where `rate_classes` would put most into the last class.

    Examples
    --------
    >>> even_classes([6, 31, 82], lowest=5).edges
    (5.0, 20.0, 40.0, 60.0, 80.0)
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    largest = float(known.max()) if len(known) else lowest
    step = next((step for step in _STEPS if step * len(RATES) > largest), _STEPS[-1])
    above = [step * place for place in range(1, len(RATES)) if lowest < step * place <= largest]
    edges = (float(lowest), *above)
    return Classes(edges, _spread(RATES, len(edges)))


def _spread(colours: Sequence[str], count: int) -> tuple[str, ...]:
    if count == 1:
        return (colours[2],)
    places: Any = np.linspace(0, len(colours) - 1, count).round().astype(int)
    return tuple(colours[place] for place in places)
