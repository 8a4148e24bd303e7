"""How long something lasts when the end is not always seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from apkgeo.errors import InputError


def kaplan_meier(
    durations: npt.ArrayLike, observed: npt.ArrayLike, *, level: float = 0.95
) -> pd.DataFrame:
    """Estimate the share that lasts longer than each duration, some of them cut short.

    Parameters
    ----------
    durations : array-like of float
        How long each was watched; positive.
    observed : array-like of bool
        Whether it ended then; False where it was only watched no longer (censored).
    level : float
        Probability of the interval.

    Returns
    -------
    pandas.DataFrame
        One row for each duration at which something ended, increasing: ``duration``,
        ``at_risk`` (watched up to then), ``ended``, ``share`` (lasting longer), ``std_error``
        (Greenwood's), ``low``, ``high`` (of the share, at every duration on its own).

    Raises
    ------
    InputError
        When the two differ in length, a duration is not positive, or the level is none.

    Notes
    -----
    What is censored at a duration was still watched at it. It is taken to go on like the rest, so
    censoring must have nothing to do with how long it would have lasted. The interval is that of
    log(-log(share)), which stays between 0 and 1; there is none where the share is 0.

    References
    ----------
    Kaplan and Meier 1958, Journal of the American Statistical Association 53:457-481,
    doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    >>> table = kaplan_meier([1, 2, 2, 3, 4], [True, True, False, True, False])
    >>> table[["duration", "at_risk", "ended"]].values.tolist()
    [[1.0, 5.0, 1.0], [2.0, 4.0, 1.0], [3.0, 2.0, 1.0]]
    >>> table["share"].round(3).tolist()
    [0.8, 0.6, 0.3]
    """
    times = np.asarray(durations, dtype=float)
    ends = np.asarray(observed, dtype=bool)
    if times.shape != ends.shape or times.ndim != 1:
        raise InputError(
            "durations and observed",
            expected="one of each for everything watched",
            came=f"shapes {times.shape} and {ends.shape}",
        )
    if not (times > 0).all():
        raise InputError("durations", expected="positive numbers", came="others")
    if not 0 < level < 1:
        raise InputError("level", expected="a number between 0 and 1", came=repr(level))
    duration, ended = np.unique(times[ends], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), duration, side="left")
    share = np.cumprod(1 - ended / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended))))
        reach = stats.norm.ppf((1 + level) / 2) * hazard / np.abs(np.log(share))
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
        std_error = share * hazard
    last = share <= 0
    return pd.DataFrame(
        {
            "duration": duration,
            "at_risk": at_risk,
            "ended": ended,
            "share": share,
            "std_error": np.where(last, np.nan, std_error),
            "low": np.where(last, np.nan, low),
            "high": np.where(last, np.nan, high),
        }
    )
