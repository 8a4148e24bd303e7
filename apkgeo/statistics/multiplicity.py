"""Many questions, one study: p-values that allow for the number of tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from apkgeo.errors import InputError
from apkgeo.statistics import _checks

Correction = Literal["by", "bh", "holm", "none"]
CORRECTIONS: tuple[Correction, ...] = ("by", "bh", "holm", "none")


def adjust_p_values(
    p_values: Sequence[float] | NDArray[np.float64], *, correction: Correction = "holm"
) -> NDArray[np.float64]:
    """Return p-values adjusted for their number, in the order given.

    Parameters
    ----------
    p_values : sequence or array of float
        Missing ones (nan) stay missing and do not count.
    correction : {"holm", "by", "bh", "none"}
        ``holm`` bounds the chance of any false finding; ``by`` (Benjamini and Yekutieli) the
        expected share of false ones among the findings, whatever the dependence; ``bh``
        (Benjamini and Hochberg) the same for independent or positively dependent tests;
        ``none`` leaves them as they are.

    Returns
    -------
    ndarray of float

    References
    ----------
    .. [1] Holm, S. (1979). A simple sequentially rejective multiple test procedure.
       Scandinavian Journal of Statistics 6.
    .. [2] Benjamini, Y. and Yekutieli, D. (2001). The control of the false discovery rate in
       multiple testing under dependency. Annals of Statistics 29. doi:10.1214/aos/1013699998

    Examples
    --------
    >>> adjust_p_values([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    _checks.choice(correction, CORRECTIONS, "correction")
    values = np.asarray(p_values, dtype=float)
    known = ~np.isnan(values)
    if values.ndim != 1 or ((values[known] < 0) | (values[known] > 1)).any():
        raise InputError(
            "p_values", expected="numbers between 0 and 1 in a row", came=repr(p_values)
        )
    adjusted = values.copy()
    if correction == "none" or not known.any():
        return adjusted
    tested = values[known]
    order = np.argsort(tested, kind="stable")
    rank = np.arange(1, len(order) + 1)
    if correction == "holm":
        steps = np.maximum.accumulate(tested[order] * rank[::-1])
    else:
        penalty = float(np.sum(1 / rank)) if correction == "by" else 1.0
        steps = tested[order] * (penalty * len(order) / rank)
        steps = np.minimum.accumulate(steps[::-1])[::-1]
    tested[order] = np.minimum(steps, 1.0)
    adjusted[known] = tested
    return adjusted
