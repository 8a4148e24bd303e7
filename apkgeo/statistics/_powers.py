"""Logarithms of ratios turned back into ratios.

A logarithm's error has no bound where the counts do not tell its term; no more has the interval.
"""

from __future__ import annotations

import math

import numpy as np

from apkgeo.statistics._panel import Array


def e_to(power: float) -> float:
    """Return e to a power; inf where that is more than a number can hold."""
    return math.exp(power) if power < 700 else math.inf


def e_to_each(powers: Array) -> Array:
    """Return e to each power, as `e_to` does."""
    with np.errstate(over="ignore"):
        return np.exp(powers)
