"""Did the places change, or only the numbers? A test of where incidents gather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from apkgeo.language import Language, _, number, percent, translate
from apkgeo.statistics import _checks
from apkgeo.statistics._cells import Cells, Flags, Floats, Values, cell_counts
from apkgeo.statistics._text import p_text
from apkgeo.statistics.concentration import Concentration, concentration, gini_of
from apkgeo.statistics.getis_ord import cell_areas, exact_p, local_g, significance
from apkgeo.statistics.hot_set import HotSetChange, hot_set_change, measures, places
from apkgeo.statistics.multiplicity import CORRECTIONS, Correction
from apkgeo.statistics.neighbours import LatticeWindows, Neighbours, windows

# Of the four measures, which are asked both ways: with other numbers of incidents in the two
# periods, chance alone makes the spread and Gini's coefficient larger or smaller.
_TWO_SIDED = np.array([False, False, True, True])

# Measures that differ by less are alike.
_TIE = 1e-9


@dataclass(frozen=True)
class HotspotShift:
    """Where incidents gathered before and after, and whether the difference is more than chance.

    Attributes
    ----------
    change : HotSetChange
        Hot cells that vanished, stayed, appeared; centre, spread, distance moved.
    before, after : Concentration
        Lorenz curve and Gini's coefficient over the cells' area.
    p_overlap : float
        Chance that no more of the hot cells stay (`change.overlap` or less) when nothing moved;
        missing, as the next two, where a period has no hot cell.
    p_moved : float
        Chance that the middle of the hot area moves as far or farther.
    p_spread : float
        Chance of as large a change of the spread, either way.
    p_gini : float
        Chance of as large a change of Gini's coefficient, either way.
    permutations : int
        Drawn maps.
    """

    change: HotSetChange
    before: Concentration
    after: Concentration
    p_overlap: float
    p_moved: float
    p_spread: float
    p_gini: float
    permutations: int

    def summary(self, language: Language = "en") -> str:
        """Return what moved, in words."""
        told = self.change
        ever = told.vanished + told.stayed + told.appeared
        if not told.vanished + told.stayed or not told.stayed + told.appeared:
            message = _("In at least one of the two periods no cell stands out from its map.")
            return translate(message, language)
        message = _(
            "Of {ever} cells that were hot before or after, {stayed} stayed hot ({overlap}; as few "
            "by chance: {p_overlap}). The middle of the hot area moved by {moved} m (as far by "
            "chance: {p_moved})."
        )
        return translate(message, language).format(
            ever=number(ever, language),
            stayed=number(told.stayed, language),
            overlap=percent(told.overlap, language),
            p_overlap=p_text(self.p_overlap, language),
            moved=number(round(told.moved), language),
            p_moved=p_text(self.p_moved, language),
        )


def hotspot_shift(
    cells: Cells,
    before: Values,
    after: Values,
    distance: float | Neighbours,
    *,
    correction: Correction = "by",
    level: float = 0.95,
    permutations: int = 199,
    rng: np.random.Generator | int | None = None,
) -> HotspotShift:
    """Test whether the hot cells are elsewhere after than before.

    Parameters
    ----------
    cells : geopandas.GeoDataFrame or GeoSeries
        Cells in a CRS in metres.
    before, after : pandas.Series, array or text
        Incidents in each cell, as `getis_ord` takes values.
    distance, correction, level
        As in `getis_ord`, by which the hot cells of both periods are found.
    permutations : int, default 199
        Maps drawn for the p-values; none for 0.
    rng : numpy.random.Generator or int, optional
        For the drawing.

    Returns
    -------
    HotspotShift

    Raises
    ------
    InputError
        When counts are not whole numbers, a period has no incident, or a parameter is out of its
        range.
    CRSError
        When the CRS is not in metres.

    Notes
    -----
    A cell crosses the border of significance by chance alone, a middle never stays to the metre,
    and with fewer incidents every map looks more concentrated. What is asked is therefore: if
    each incident kept its place, and only chance decided which of them came before and which
    after, how often would as little of the hot set stay, or its middle move as far? Given the
    incidents of each cell and of each period, the counts before are then multivariate
    hypergeometric; drawing them leaves the number of incidents in both periods as it was, so that
    a general fall is not taken for a move.

    Incidents that come in series (one night, one quarrel, ten records) make maps differ by more
    than this supposes: the p-values are then too small, and a large one says more than a small
    one. Where hot cells vanish from a drawn map altogether, it counts as one that changed as much.

    Examples
    --------
    >>> from shapely import box
    >>> from apkgeo.places.grid import square_grid
    >>> cells = square_grid(box(0, 0, 1200, 1200), 100)
    >>> row, column = np.divmod(np.arange(144), 12)
    >>> west = np.where((row < 4) & (column < 3), 30, 2)
    >>> east = np.where((row < 4) & (column > 8), 30, 2)
    >>> found = hotspot_shift(cells, west, east, 150, permutations=99, rng=1)
    >>> found.change.stayed, found.p_overlap, found.p_gini
    (0, 0.01, 1.0)
    """
    _checks.choice(correction, CORRECTIONS, "correction")
    level = _checks.level(level, "level")
    permutations = _checks.whole(permutations, "permutations")
    earlier = cell_counts(cells, before, "before")
    later = cell_counts(cells, after, "after")
    areas = cell_areas(cells)
    finder = _Finder(windows(cells, distance), areas, correction, level)
    curves = concentration(earlier, areas), concentration(later, areas)
    told = hot_set_change(cells, finder.hot(earlier), finder.hot(later))
    middles, sizes = places(cells)
    size = np.ones(len(earlier)) if areas is None else areas

    def measured(one: Floats, other: Floats) -> Floats:
        """Return what is larger for a larger change: gone, way, growth of spread and Gini."""
        overlap, way, spread = measures(middles, sizes, finder.hot(one), finder.hot(other))
        return np.array([1 - overlap, way, spread, gini_of(other, size) - gini_of(one, size)])

    found = measured(earlier, later)
    drawn = np.random.default_rng(rng).multivariate_hypergeometric(
        (earlier + later).astype(np.int64), int(earlier.sum()), permutations, "marginals"
    )
    above, below = np.ones(len(found)), np.ones(len(found))
    for one in drawn.astype(float):
        by_chance = measured(one, earlier + later - one)
        # A missing measure, of a map without a hot cell, is as extreme as any.
        above += ~(by_chance < found - _TIE)
        below += ~(by_chance > found + _TIE)
    one_sided = above / (permutations + 1)
    p = np.where(
        _TWO_SIDED, np.minimum(1, 2 * np.minimum(above, below) / (permutations + 1)), one_sided
    )
    p[np.isnan(found)] = np.nan
    if not permutations:
        p[:] = np.nan
    overlap, moved, spread, gini = p.tolist()
    return HotspotShift(told, *curves, overlap, moved, spread, gini, permutations)


@dataclass(frozen=True)
class _Finder:
    """What finds hot cells again and again on the same cells."""

    window: LatticeWindows | Neighbours
    areas: Floats | None
    correction: Correction
    level: float

    def hot(self, counts: Floats) -> Flags:
        """Return which cells `getis_ord` would call hot."""
        found = local_g(counts, self.window, star=True)
        p = 2 * special.ndtr(-np.abs(found.z))
        exact = exact_p(counts, found, self.window, star=True, areas=self.areas)
        _adjusted, clear = significance(p, exact, self.correction, self.level)
        return np.asarray(clear & (found.z > 0))
