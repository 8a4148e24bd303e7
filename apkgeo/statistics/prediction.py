"""How well did a map of expected incidents foretell those that came?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.statistics._cells import Floats, cell_values, index_of


def prediction_accuracy(predicted: Any, observed: Any, area: Any) -> pd.DataFrame:
    """Compare predicted with observed incidents, from the most dangerous cells on.

    Parameters
    ----------
    predicted : pandas.Series or array
        Incidents predicted in each cell, or any other score that orders cells.
    observed : pandas.Series or array
        Incidents that happened there, on the same index or in the same order.
    area : pandas.Series, array or float
        Area of each cell, in any unit; one number when all are alike.

    Returns
    -------
    pandas.DataFrame
        One row a cell, by prediction per area from the highest, on the cells' index; each row
        tells what cells up to and with it hold:

        - ``area``, ``observed``, ``predicted``: cumulated;
        - ``area_share``, ``observed_share``: as shares of all;
        - ``pai``: prediction accuracy index, share of incidents ÷ share of area: 1 is no better
          than chance;
        - ``pei``: prediction efficiency index, incidents caught ÷ the most that so much area
          could have caught: 1 is the best possible;
        - ``rri``: recapture rate index, predicted ÷ observed incidents: below 1 too few were
          predicted; missing where none was observed.

    Raises
    ------
    InputError
        When indexes or lengths differ, a number is missing or negative, an area is not positive,
        or nothing was observed.

    Notes
    -----
    Of cells with the same prediction per area the one with fewest incidents comes first, so that
    chance in the order of rows flatters no prediction (as in R ptools). Where areas differ, the
    most that an area could have caught counts part of a cell in proportion, so that the
    efficiency is at most 1.

    References
    ----------
    .. [1] Chainey, S., Tompson, L. and Uhlig, S. (2008). The utility of hotspot mapping for
       predicting spatial patterns of crime. Security Journal 21. doi:10.1057/palgrave.sj.8350066
    .. [2] Hunt, J. (2016). Do crime hot spots move? PhD thesis, American University.
    .. [3] Levine, N. (2008). The "hottest" part of a hotspot. Security Journal 21.
       doi:10.1057/sj.2008.5

    Examples
    --------
    >>> found = prediction_accuracy([3, 2, 1], [6, 3, 0], 1)
    >>> found["pai"].tolist(), found["pei"].tolist(), found["rri"].round(4).tolist()
    ([2.0, 1.5, 1.0], [1.0, 1.0, 1.0], [0.5, 0.5556, 0.6667])
    """
    cells = pd.DataFrame(index=index_of(predicted, observed))
    score = _amounts(cells, predicted, "predicted")
    happened = _amounts(cells, observed, "observed")
    same = isinstance(area, (int, float, np.number))
    sizes = cell_values(cells, np.full(len(cells), area) if same else area, "area")
    if not (sizes > 0).all():
        raise InputError("area", expected="positive areas", came=repr(float(sizes.min())))
    if happened.sum() <= 0:
        raise InputError("observed", expected="at least one incident", came="none")
    order = np.lexsort((happened, -score / sizes))
    covered, caught = np.cumsum(sizes[order]), np.cumsum(happened[order])
    foretold = np.cumsum(score[order])
    best = np.argsort(-happened / sizes, kind="stable")
    most = np.interp(
        covered,
        np.concatenate([[0.0], np.cumsum(sizes[best])]),
        np.concatenate([[0.0], np.cumsum(happened[best])]),
    )
    area_share, observed_share = covered / covered[-1], caught / caught[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        recapture = np.where(caught > 0, foretold / caught, np.nan)
        efficiency = np.where(most > 0, caught / most, np.nan)
    return pd.DataFrame(
        {
            "area": covered,
            "observed": caught,
            "predicted": foretold,
            "area_share": area_share,
            "observed_share": observed_share,
            "pai": observed_share / area_share,
            "pei": np.minimum(efficiency, 1.0),
            "rri": recapture,
        },
        index=cells.index[order],
    )


def _amounts(cells: pd.DataFrame, values: Any, what: str) -> Floats:
    amounts = cell_values(cells, values, what)
    if (amounts < 0).any():
        raise InputError(what, expected="no negative number", came=repr(float(amounts.min())))
    return amounts
