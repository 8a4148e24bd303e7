"""A weighted mixture of untreated areas that ran as the treated ones did before the start."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._checks import said
from apkgeo.statistics._panel import Array, Mask, Panel, common_after, read_panel
from apkgeo.statistics._text import decimal, of_ratio, tell

# A synthetic area whose level before is off by more than this share is no stand-in.
_WORST_LEVEL = 0.25
# Pulls weights together where several mixtures fit equally well, and is too small to be seen else.
_RIDGE = 1e-6
_SUM = 1e4


@dataclass(frozen=True, eq=False)
class SyntheticControl:
    """The treated areas against their synthetic stand-in.

    Attributes
    ----------
    estimate : float
        Rate after in the treated areas ÷ in the synthetic one: below 1 is a fall.
    std_error : float
        Standard deviation of the logarithm of this ratio among the placebos.
    p_value : float
        Rank of the treated among all placebos by `rmspe_ratio`: not below 1 ÷ (their number + 1).
    rmspe_before, rmspe_after : float
        Root mean squared gap between treated and synthetic, in units of the rate.
    noise : float
        What chance (Poisson's) alone would leave of the gap before.
    rmspe_ratio : float
        The gap after ÷ the gap before, or ÷ `noise` where that is larger: a past matched by chance
        is no better than that.
    weights : pandas.Series
        Of each untreated area; they are not negative and sum to 1.
    path : pandas.DataFrame
        Index of periods: ``treated``, ``synthetic`` (rates), ``after``.
    placebos : pandas.DataFrame
        For each untreated area (or group) in the role of the treated: ``ratio``, ``rmspe_before``,
        ``rmspe_after``, ``rmspe_ratio``.
    notes : tuple of Note
    """

    estimate: float
    std_error: float
    p_value: float
    rmspe_before: float
    rmspe_after: float
    noise: float
    rmspe_ratio: float
    weights: pd.Series
    path: pd.DataFrame
    placebos: pd.DataFrame
    notes: tuple[Note, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the constant ratios whose removal would not leave the treated area outstanding.

        Unbounded where there are too few placebos for the level; the estimate alone where no
        constant ratio would do (the effect then changed from period to period).
        """
        size = len(self.placebos) + 1
        allowed = math.floor((1 - _checks.level(level)) * size + 1e-9)
        if allowed < 1:
            return 0.0, math.inf
        ratios = np.sort(self.placebos["rmspe_ratio"].to_numpy())[::-1]
        largest = ratios[allowed - 1] * max(self.rmspe_before, self.noise)
        late = self.path["after"].to_numpy()
        own, other = (self.path[name].to_numpy()[late] for name in ("treated", "synthetic"))
        # mean (u × own − synthetic)² ≤ largest²: a quadratic in u = 1 ÷ ratio.
        a, b, c = (own @ own, own @ other, other @ other - len(own) * largest**2)
        if a == 0:
            return 0.0, math.inf
        root = b**2 - a * c
        if root < 0:
            return self.estimate, self.estimate
        low, high = (b - math.sqrt(root)) / a, (b + math.sqrt(root)) / a
        return float(1 / high), float(1 / low) if low > 0 else math.inf

    def summary(self, language: Language = "en") -> str:
        """Return the ratio in words, with the placebo rank."""
        return tell(
            _(
                "After the start there was {ratio} times the rate of a synthetic area mixed from "
                "{donors} untreated ones ({level} interval {low} to {high}, {p} among {placebos} "
                "placebos)."
            ),
            language,
            **of_ratio(self, language),
            donors=decimal(int((self.weights > 0.001).sum()), language, 0),
            placebos=decimal(len(self.placebos), language, 0),
        )


def synthetic_control(
    panel: pd.DataFrame,
    *,
    relative: bool = False,
    placebos: int = 499,
    rng: np.random.Generator | int | None = None,
) -> SyntheticControl:
    """Compare the treated areas with a mixture of untreated ones that matches their past.

    Parameters
    ----------
    panel : pandas.DataFrame
        As in `difference_in_differences`, every area observed in every period. Several treated
        areas are taken together: their summed counts by their summed exposure.
    relative : bool, default False
        Match each area's rate relative to its own mean before the start. Needed where the treated
        area lies above (or below) all others; assumes parallel ratios instead of equal levels.
    placebos : int, default 499
        Random groups at most, where several areas are treated; a single one is compared with
        every untreated area.
    rng : numpy.random.Generator or int, optional
        Generator or seed of these groups; 0 when not given.

    Returns
    -------
    SyntheticControl

    Raises
    ------
    InputError
        As `difference_in_differences`; also when a cell is missing, fewer than 4 periods lie before
        the start or fewer than 3 areas are untreated, or when no mixture comes within 25% of the
        treated areas' level before.

    Notes
    -----
    Weights minimise the squared distance of the paths before the start, are not negative and sum
    to 1 [1]_ (non-negative least squares; among mixtures that fit equally well the most even one).
    Counts are matched as they are: no covariates. Inference is by placebos: every untreated area
    is given a synthetic stand-in from the other untreated ones, and the treated area's ratio of
    root mean squared gaps after ÷ before is ranked among theirs. With small counts a past can be
    matched by chance, so that the gap before is too small and the one after is not; changed
    against [1]_, the gap before therefore counts for no less than Poisson noise leaves. A note
    warns when it is much more than that.

    References
    ----------
    .. [1] Abadie, A., Diamond, A. and Hainmueller, J. (2010). Synthetic control methods for
       comparative case studies. Journal of the American Statistical Association 105.
       doi:10.1198/jasa.2009.ap08746
    .. [2] Ferman, B. and Pinto, C. (2021). Synthetic controls with imperfect pretreatment fit.
       Quantitative Economics 12. doi:10.3982/QE1596 (why to match relative to the mean).

    Examples
    --------
    >>> rows = [("t", [30, 20, 30, 20, 12, 12]), ("a", [20, 20, 20, 20, 20, 20]),
    ...         ("b", [40, 20, 40, 20, 30, 30]), ("c", [5, 90, 9, 80, 4, 4])]
    >>> panel = pd.DataFrame([
    ...     (area, k, n, area == "t", k > 3) for area, counts in rows for k, n in enumerate(counts)
    ... ], columns=["area", "period", "count", "treated", "after"])
    >>> result = synthetic_control(panel)
    >>> result.weights.round(2).to_dict(), round(result.estimate, 2)
    ({'a': 0.5, 'b': 0.5, 'c': 0.0}, 0.48)
    """
    checked = read_panel(panel)
    after = common_after(checked)
    _require(checked, after)
    rng = np.random.default_rng(0 if rng is None else rng)
    weights, synthetic = _mixture(checked, checked.treated, ~checked.treated, after, relative)
    own = _rate(checked, checked.treated)
    before, late, noise = _gaps(checked, checked.treated, synthetic, weights, after)
    notes = [*checked.notes, *_judged(own, synthetic, before, noise, after)]
    table = _placebos(checked, after, relative, placebos, rng)
    ratio = late / max(before, noise)
    ranks = table["rmspe_ratio"].to_numpy()
    known = table.loc[(table["ratio"] > 0) & np.isfinite(table["ratio"]), "ratio"]
    return SyntheticControl(
        estimate=float(own[after].sum() / synthetic[after].sum()),
        std_error=float(np.log(known).std(ddof=1)),
        p_value=float(1 + (ranks >= ratio * (1 - 1e-9)).sum()) / (len(ranks) + 1),
        rmspe_before=before,
        rmspe_after=late,
        noise=noise,
        rmspe_ratio=ratio,
        weights=pd.Series(weights, index=checked.areas[~checked.treated], name="weight"),
        path=pd.DataFrame(
            {"treated": own, "synthetic": synthetic, "after": after}, index=checked.periods
        ),
        placebos=table,
        notes=tuple(notes),
    )


def _require(panel: Panel, after: Mask) -> None:
    missing = np.argwhere(~panel.observed)
    if len(missing):
        area, period = panel.areas[missing[0][0]], panel.periods[missing[0][1]]
        raise InputError(
            "panel",
            expected="every area in every period",
            came=f"no row for area {said(area)} in period {said(period)}",
            remedy="leave the area out, or fill in its zero",
        )
    if (~after).sum() < 4:
        raise InputError(
            "panel",
            expected="at least 4 periods before the start to match",
            came=str(int((~after).sum())),
            remedy="use shorter periods, or difference_in_differences",
        )
    if (~panel.treated).sum() < 3:
        raise InputError(
            "panel", expected="at least 3 untreated areas", came=str(int((~panel.treated).sum()))
        )


def _rate(panel: Panel, areas: Mask) -> Array:
    return np.asarray(panel.counts[areas].sum(axis=0) / panel.exposure[areas].sum(axis=0))


def _mixture(
    panel: Panel, own: Mask, donors: Mask, after: Mask, relative: bool
) -> tuple[Array, Array]:
    """Return the donors' weights and the synthetic path in units of the own rate."""
    target = _rate(panel, own)
    paths = panel.counts[donors] / panel.exposure[donors]
    level = 1.0
    if relative:
        level = max(float(target[~after].mean()), 1e-12)
        paths = paths / np.maximum(paths[:, ~after].mean(axis=1), 1e-12)[:, None]
    weights = _weights(paths[:, ~after].T, target[~after] / level)
    return weights, np.asarray(level * (weights @ paths))


def _weights(paths: Array, target: Array) -> Array:
    """Return the non-negative weights, summing to 1, of the closest mixture of columns."""
    size = paths.shape[1]
    scale = max(float(np.abs(paths).max()), 1e-12)
    rows = np.vstack(
        [paths / scale, np.sqrt(_RIDGE) * np.eye(size) / size**0.5, _SUM * np.ones((1, size))]
    )
    wanted = np.concatenate([target / scale, np.zeros(size), [_SUM]])
    found = optimize.nnls(rows, wanted, maxiter=30 * size)[0]
    return np.asarray(found / found.sum())


def _gap(own: Array, other: Array, periods: Mask) -> float:
    return float(np.sqrt(np.mean((own[periods] - other[periods]) ** 2)))


def _gaps(
    panel: Panel, own: Mask, synthetic: Array, weights: Array, after: Mask
) -> tuple[float, float, float]:
    """Return the gap before and after, and what chance alone leaves of the one before."""
    rate = _rate(panel, own)
    exposure = float(panel.exposure[own].sum(axis=0)[~after].mean())
    level = max(float(rate[~after].mean()), 0.5 / (exposure * int((~after).sum())))
    noise = math.sqrt(level / exposure * (1 + float(weights @ weights)))
    return _gap(rate, synthetic, ~after), _gap(rate, synthetic, after), noise


def _judged(own: Array, synthetic: Array, before: float, noise: float, after: Mask) -> list[Note]:
    """Refuse a mixture of another level; warn of one that fits worse than chance explains."""
    level, other = own[~after].mean(), synthetic[~after].mean()
    if abs(level - other) > _WORST_LEVEL * max(level, 1e-12):
        raise InputError(
            "synthetic control",
            expected=f"untreated areas that can be mixed to the treated areas' rate of {level:.3g}",
            came=f"at best {other:.3g}",
            remedy="match relative to each area's own mean (relative=True), or use "
            "difference_in_differences",
        )
    worse = (before / noise) ** 2
    if worse <= 2:
        return []
    return [
        Note(
            _(
                "Before the start the synthetic area misses the treated ones by {times} times the "
                "variance that chance explains: the fit is bad."
            ),
            times=round(float(worse), 1),
        )
    ]


def _placebos(
    panel: Panel, after: Mask, relative: bool, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Give untreated areas, or groups of them, the role of the treated."""
    others, size = np.flatnonzero(~panel.treated), int(panel.treated.sum())
    size = min(size, len(others) // 2)
    groups = (
        [[place] for place in others]
        if size == 1
        else [rng.choice(others, size, replace=False) for _ in range(draws)]
    )
    rows = []
    for group in groups:
        own = np.zeros(len(panel.areas), dtype=bool)
        own[group] = True
        weights, synthetic = _mixture(panel, own, ~panel.treated & ~own, after, relative)
        before, late, noise = _gaps(panel, own, synthetic, weights, after)
        total = synthetic[after].sum()
        ratio = _rate(panel, own)[after].sum() / total if total else math.nan
        rows.append((ratio, before, late, late / max(before, noise)))
    labels = panel.areas[others] if size == 1 else pd.RangeIndex(len(groups), name="group")
    columns = ["ratio", "rmspe_before", "rmspe_after", "rmspe_ratio"]
    return pd.DataFrame(rows, columns=columns, index=labels)
