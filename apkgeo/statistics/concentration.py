"""How much of all that happens, happens in few places?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from apkgeo.errors import InputError
from apkgeo.language import Language, _, number, percent, translate
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Floats, cell_values, index_of


@dataclass(frozen=True)
class Concentration:
    """Lorenz curve of incidents over cells.

    Attributes
    ----------
    lorenz : pandas.DataFrame
        ``area_share`` and ``incident_share`` of the worst cells, cumulated from (0, 0) to (1, 1):
        the curve lies above the diagonal.
    gini : float
        Gini's coefficient: 0 when all cells have the same density, near 1 when one cell has all.
    gini_adjusted : float
        The same against the most even map that so few incidents could make, where there are
        fewer incidents than cells: 0 for incidents in one cell each.
    incidents : float
        Their number.
    """

    lorenz: pd.DataFrame
    gini: float
    gini_adjusted: float
    incidents: float

    def share_of_worst(self, share: float) -> float:
        """Return the share of incidents in the worst `share` of the area.

        Examples
        --------
        >>> concentration([6, 2, 1, 1]).share_of_worst(0.25)
        0.6
        """
        share = _share(share)
        return float(np.interp(share, self.lorenz["area_share"], self.lorenz["incident_share"]))

    def area_holding(self, share: float) -> float:
        """Return the smallest share of the area that holds `share` of all incidents.

        Examples
        --------
        >>> concentration([6, 2, 1, 1]).area_holding(0.8)
        0.5
        """
        share = _share(share)
        curve = self.lorenz["incident_share"].to_numpy()
        top = int(np.searchsorted(curve, 1.0 - 1e-12)) + 1
        return float(np.interp(share, curve[:top], self.lorenz["area_share"].to_numpy()[:top]))

    def summary(self, language: Language = "en") -> str:
        """Return the concentration in words."""
        message = _(
            "The worst 5% of the area hold {share} of the incidents; half of them lie in {half} "
            "of it (Gini {gini})."
        )
        return translate(message, language).format(
            share=percent(self.share_of_worst(0.05), language),
            half=percent(self.area_holding(0.5), language, digits=1),
            gini=number(self.gini, language, digits=2),
        )


def concentration(counts: Any, area: Any = None) -> Concentration:
    """Tell how unevenly incidents are spread over cells.

    Parameters
    ----------
    counts : pandas.Series or array
        Incidents in each cell, those without any included.
    area : pandas.Series or array, optional
        Area (or addresses, or length of streets) of each cell; alike when not given.

    Returns
    -------
    Concentration

    Raises
    ------
    InputError
        When a count is missing or negative, an area is not positive, or there is no incident.

    Notes
    -----
    With fewer incidents c than cells n, chance alone leaves cells empty and the coefficient
    cannot reach 0. The adjusted one, max(n/c, 1) (G − 1) + 1, can [1]_; it is for cells of equal
    area.

    References
    ----------
    .. [1] Bernasco, W. and Steenbeek, W. (2017). More places than crimes: implications for
       evaluating the law of crime concentration at place. Journal of Quantitative Criminology 33.
       doi:10.1007/s10940-016-9324-7

    Examples
    --------
    >>> spread = concentration([6, 2, 1, 1])
    >>> round(spread.gini, 3)
    0.4
    >>> spread.summary()
    'The worst 5% of the area hold 12% of the incidents; half of them lie in 20.8% of it (Gini ...'
    """
    cells = pd.DataFrame(index=index_of(counts))
    amounts = cell_values(cells, counts, "counts")
    sizes = np.ones(len(amounts)) if area is None else cell_values(cells, area, "area")
    if (amounts < 0).any() or amounts.sum() <= 0:
        raise InputError("counts", expected="at least one incident, none negative", came="others")
    if not (sizes > 0).all():
        raise InputError("area", expected="positive areas", came=repr(float(sizes.min())))
    across, up = _curve(amounts, sizes)
    gini = _gini(across, up)
    factor = max(len(amounts) / float(amounts.sum()), 1.0)
    return Concentration(
        lorenz=pd.DataFrame({"area_share": across, "incident_share": up}),
        gini=gini,
        gini_adjusted=factor * (gini - 1) + 1,
        incidents=float(amounts.sum()),
    )


def gini_of(amounts: Floats, sizes: Floats) -> float:
    """Return Gini's coefficient of amounts, at least one above nought, over sizes."""
    return _gini(*_curve(amounts, sizes))


def _share(value: Any) -> float:
    """Return `value` as a share of the whole, from 0 to 1."""
    share = 0.0 if value == 0 else _checks.positive(value, "share")
    if share > 1:
        raise InputError("share", expected="a share between 0 and 1", came=repr(value))
    return share


def _curve(amounts: Floats, sizes: Floats) -> tuple[Floats, Floats]:
    """Return the shares of size and amount of the densest cells, cumulated from (0, 0)."""
    order = np.argsort(-amounts / sizes, kind="stable")
    return _cumulated(sizes[order]), _cumulated(amounts[order])


def _gini(across: Floats, up: Floats) -> float:
    return float(np.sum(np.diff(across) * (up[1:] + up[:-1])) - 1)


def _cumulated(values: Floats) -> Floats:
    running = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(running / running[-1])
