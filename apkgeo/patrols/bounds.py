"""How far the minutes of each area may be from what was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from apkgeo.patrols.cutting import Doubts, Pieces
from apkgeo.patrols.track import STEP, Fixes, Steps

# Errors of fixes that follow one another within so many seconds are not independent.
MEMORY = 120.0


def bounds_table(
    fixes: Fixes, steps: Steps, pieces: Pieces, doubts: Doubts, codes: pd.Index
) -> pd.DataFrame:
    """Return minutes and their bounds for each area and unit that may have been there."""
    units = len(fixes.units)
    size = len(codes) * units

    def total(code: Any, step: Any, seconds: Any) -> Any:
        key = code * units + fixes.unit[steps.fix[step]]
        return np.bincount(key, weights=seconds, minlength=size) / 60

    inside = pieces.place >= 0
    found = total(pieces.place[inside], pieces.step[inside], pieces.seconds[inside])
    # Of steps without a doubt it is certain where they are: where their first fix is.
    sure = fixes.place[steps.fix]
    within = np.flatnonzero(sure >= 0)
    certain = total(sure[within], within, steps.seconds[within])
    own = sure[doubts.step] == doubts.code
    certain -= total(doubts.code[own], doubts.step[own], steps.seconds[doubts.step[own]])
    low = certain + total(doubts.code, doubts.step, doubts.low)
    high = certain + total(doubts.code, doubts.step, doubts.high)
    there = np.flatnonzero((found > 0) | (high > 1e-9))
    return pd.DataFrame(
        {
            "area": codes.take(there // max(units, 1)).array,
            "unit": fixes.units.take(there % max(units, 1)).array,
            "minutes": found[there],
            "low": np.minimum(np.maximum(low[there], 0.0), found[there]),
            "high": np.maximum(high[there], found[there]),
        }
    )


def spread_table(
    fixes: Fixes, steps: Steps, pieces: Pieces, doubts: Doubts, codes: pd.Index
) -> pd.DataFrame:
    """Return, by area, what `PatrolDosage.interval` needs.

    ``squares``: of the widths of all stretches of two minutes, added up; ``below`` and
    ``above``: how far the bounds of gaps and jumps are from what was counted.
    """
    plain = steps.kind[doubts.step] == STEP
    step, code = doubts.step[plain], doubts.code[plain]
    stretch = np.floor(fixes.time[steps.fix[step]] / MEMORY).astype(np.int64)
    width = pd.Series((doubts.high - doubts.low)[plain] / 60)
    together = width.groupby([code, fixes.unit[steps.fix[step]], stretch]).sum()
    squares = (together**2).groupby(level=0).sum()
    other = ~plain
    low = np.bincount(doubts.code[other], doubts.low[other], minlength=len(codes))
    high = np.bincount(doubts.code[other], doubts.high[other], minlength=len(codes))
    # What was counted of the doubtful gaps; of the others the bounds are what was counted.
    broken = (steps.kind[pieces.step] != STEP) & (pieces.place >= 0)
    doubtful = doubts.step[other] * len(codes) + doubts.code[other]
    rows = np.flatnonzero(broken)
    rows = rows[np.isin(pieces.step[rows] * len(codes) + pieces.place[rows], doubtful)]
    counted = np.bincount(pieces.place[rows], pieces.seconds[rows], minlength=len(codes))
    return pd.DataFrame(
        {
            "squares": squares.reindex(range(len(codes)), fill_value=0.0).to_numpy(float),
            "below": np.maximum(counted - low, 0) / 60,
            "above": np.maximum(high - counted, 0) / 60,
        },
        index=codes,
    )
