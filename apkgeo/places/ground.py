"""From typed coordinates to the ground of the addresses, without a projection's library.

A command should answer at once, and a page has no projections at all. So the way from degrees (and
from S-JTSK) into the CRS of the addresses is fitted once, when the index is built, by polynomials
that agree with PROJ to a centimetre wherever there are addresses. The page evaluates the same ones
in the same order (``pages/static/lookup_points.js``).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS, Transformer

# Metres around the addresses in which a typed point is still placed.
MARGIN = 20_000.0
# Metres by which a polynomial may miss what PROJ says.
TOLERANCE = 0.01
MOST_DEGREE = 9
_SIDE = 24


class Polynomial(NamedTuple):
    """Two polynomials in two scaled variables: the coordinates in another system.

    Attributes
    ----------
    middle : (float, float)
        What is taken from the variables first.
    scale : float
        What they are divided by then.
    x, y : tuple of tuple of float
        Coefficients, by the power of the first variable and then of the second one.
    """

    middle: tuple[float, float]
    scale: float
    x: tuple[tuple[float, ...], ...]
    y: tuple[tuple[float, ...], ...]

    def at(self, a: float, b: float) -> tuple[float, float]:
        """Return the coordinates of (a, b) in the other system."""
        u, v = (a - self.middle[0]) / self.scale, (b - self.middle[1]) / self.scale
        return _value(self.x, u, v), _value(self.y, u, v)


def _value(rows: Sequence[Sequence[float]], u: float, v: float) -> float:
    """Return a polynomial's value by Horner's rule, in the order in which the page adds too."""
    total = 0.0
    for row in reversed(rows):
        inner = 0.0
        for coefficient in reversed(row):
            inner = inner * v + coefficient
        total = total * u + inner
    return total


class Ground(NamedTuple):
    """Where the addresses lie.

    Attributes
    ----------
    box : (float, float, float, float)
        West, south, east and north of the addresses and of `MARGIN` around them, in their CRS.
    degrees : Polynomial
        From longitude and latitude (WGS 84) into the CRS.
    s_jtsk : Polynomial or None
        From S-JTSK (EPSG:5514) into the CRS; None where that is the CRS, or is not used there.
    is_s_jtsk : bool
        Whether the CRS is EPSG:5514.
    """

    box: tuple[float, float, float, float]
    degrees: Polynomial
    s_jtsk: Polynomial | None = None
    is_s_jtsk: bool = False

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within the box."""
        west, south, east, north = self.box
        return west <= x <= east and south <= y <= north


def fit_ground(x: NDArray[np.float64], y: NDArray[np.float64], crs: CRS) -> Ground | None:
    """Return the ground of addresses; None where none has a point, or PROJ knows no way.

    Parameters
    ----------
    x, y : numpy.ndarray of float
        Coordinates of the addresses in `crs`; NaN where there is none.
    crs : pyproj.CRS
        A projected system in metres.

    Examples
    --------
    The first address of Plzeň's square in S-JTSK and in degrees (13.37771 E, 49.74812 N):

    >>> import numpy as np
    >>> from pyproj import CRS
    >>> ground = fit_ground(np.array([-822380.44]), np.array([-1069630.42]), CRS(5514))
    >>> x, y = ground.degrees.at(13.37771, 49.74812)
    >>> abs(x + 822380.44) < 0.5 and abs(y + 1069630.42) < 0.5
    True
    """
    from apkgeo.crs import S_JTSK, WGS84, same_crs

    if not (np.isfinite(x) & np.isfinite(y)).any():
        return None
    box = (
        float(np.nanmin(x)) - MARGIN,
        float(np.nanmin(y)) - MARGIN,
        float(np.nanmax(x)) + MARGIN,
        float(np.nanmax(y)) + MARGIN,
    )
    degrees = _fitted(box, WGS84, crs)
    if degrees is None:
        return None
    own = same_crs(crs, S_JTSK)
    return Ground(box, degrees, None if own else _fitted(box, S_JTSK, crs), own)


def _fitted(box: tuple[float, float, float, float], source: CRS, target: CRS) -> Polynomial | None:
    """Return the polynomial of least degree from `source` into `target` over a box of `target`."""
    from pyproj.exceptions import ProjError

    west, south, east, north = box
    # Chebyshev's nodes: more of them near the edges, where polynomials stray.
    nodes = np.cos(np.pi * (np.arange(_SIDE) + 0.5) / _SIDE)
    x, y = np.meshgrid(
        (west + east) / 2 + (east - west) / 2 * nodes,
        (south + north) / 2 + (north - south) / 2 * nodes,
    )
    try:
        back = _operation(target, source, (west + east) / 2, (south + north) / 2)
        a, b = back.transform(x.ravel(), y.ravel())
    except ProjError:
        return None
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    middle = (float((a.min() + a.max()) / 2), float((b.min() + b.max()) / 2))
    scale = float(max(np.ptp(a), np.ptp(b)) / 2)
    u, v = (a - middle[0]) / scale, (b - middle[1]) / scale
    for degree in range(2, MOST_DEGREE + 1):
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        terms = np.column_stack([u**i * v**j for i, j in powers])
        wanted = np.column_stack([x.ravel(), y.ravel()])
        # To the micrometre: the last digits depend on how many processors a library uses.
        found = np.linalg.lstsq(terms, wanted, rcond=None)[0].round(6)
        if np.abs(terms @ found - wanted).max() < TOLERANCE:
            break
    else:
        return None
    return Polynomial(middle, scale, *(_rows(powers, column, degree) for column in found.T))


def _operation(source: CRS, target: CRS, x: float, y: float) -> Transformer:
    """Return the one operation that PROJ chooses at a point.

    Over a large area PROJ may choose others beyond a border, and the places would jump there.
    """
    from pyproj import Transformer
    from pyproj.transformer import TransformerGroup

    chosen = Transformer.from_crs(source, target, always_xy=True)
    there = chosen.transform(x, y)
    with warnings.catch_warnings():
        # Operations whose grids are not at hand are not chosen either.
        warnings.simplefilter("ignore")
        group = TransformerGroup(source, target, always_xy=True)
    alike = (one for one in group.transformers if one.transform(x, y) == there)
    return next(alike, chosen)


def _rows(
    powers: Sequence[tuple[int, int]], values: NDArray[np.float64], degree: int
) -> tuple[tuple[float, ...], ...]:
    """Return coefficients by the power of the first variable and then of the second."""
    told = dict(zip(powers, values.tolist(), strict=True))
    return tuple(tuple(told[i, j] for j in range(degree + 1 - i)) for i in range(degree + 1))


def ground_from(told: Any) -> Ground | None:
    """Return a ground from the lists of JSON that it was written as."""
    if told is None:
        return None

    def polynomial(one: Any) -> Polynomial | None:
        if one is None:
            return None
        middle, scale, x, y = one
        return Polynomial(tuple(middle), scale, tuple(map(tuple, x)), tuple(map(tuple, y)))

    box, degrees, s_jtsk, is_s_jtsk = told
    from_degrees = polynomial(degrees)
    if from_degrees is None:
        return None
    return Ground(tuple(box), from_degrees, polynomial(s_jtsk), is_s_jtsk)
