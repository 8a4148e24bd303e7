"""More seen is more recorded: what a change in recording would explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

from apkgeo.errors import InputError
from apkgeo.language import Language, _
from apkgeo.statistics import _checks
from apkgeo.statistics._text import decimal, level_text, tell
from apkgeo.statistics.rates import relative_rate_ratio
from apkgeo.statistics.verdict import Recording

# Below this two-sided p-value the patrols' share is taken to have risen: a doubt, not a finding.
_ROSE = 0.1


class RatioEstimate(Protocol):
    """A ratio after ÷ before, with an interval."""

    @property
    def estimate(self) -> float:
        """The ratio."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return its interval."""


@dataclass(frozen=True)
class DetectionTippingPoint:
    """By what ratio recording would have to change to explain a result away.

    Attributes
    ----------
    ratio : float
        The observed ratio after ÷ before (or observed ÷ expected).
    patrol_share : float
        Share of the expected records that come from patrols, and alone can change with them.
    estimate : float
        Ratio by which recording would have to change to make up the whole observed change;
        ``nan`` when no change of the patrols' records could.
    bound : float
        Ratio from which on the change would no longer be distinguishable from none: the one that
        explains the interval's nearer end; 1 when the interval holds 1 already.
    level : float
        Level of that interval.
    """

    ratio: float
    patrol_share: float
    estimate: float
    bound: float
    level: float

    def summary(self, language: Language = "en") -> str:
        """Return in words what would explain the result away."""
        if self.bound == 1:
            message = _(
                "The change cannot be told from chance, so that no change in recording is needed "
                "to explain it."
            )
        elif math.isnan(self.bound):
            message = _(
                "No change in what the patrols record could explain the result: too few of the "
                "records come from them."
            )
        elif self.bound < 1:
            message = _(
                "The fall would be in doubt if the share of offences that are recorded had fallen "
                "to {bound} times what it was; to {whole} times it would explain the fall wholly."
            )
        else:
            message = _(
                "The rise would be in doubt if the share of offences that are recorded had grown "
                "to {bound} times what it was; at {whole} times it would explain the rise wholly."
            )
        return tell(
            message,
            language,
            bound=decimal(self.bound, language),
            whole=decimal(self.estimate, language),
            level=level_text(self.level, language),
        )


def detection_tipping_point(
    result: RatioEstimate | Real | float, *, patrol_share: float = 1.0, level: float = 0.95
) -> DetectionTippingPoint:
    """Return by what ratio recording would have to change to explain `result` away.

    Parameters
    ----------
    result : estimate or float
        A ratio after ÷ before with an interval (`rate_ratio`, `relative_rate_ratio`,
        `empirical_bayes_before_after`), or a bare ratio, whose `bound` is then the ratio itself.
    patrol_share : float, default 1
        Share of records that the presence of patrols can change, between 0 (excluded) and 1;
        with 1 every record can.
    level : float, default 0.95
        Level of the interval.

    Returns
    -------
    DetectionTippingPoint

    Raises
    ------
    InputError
        When the ratio is negative or not a number, or the share not above 0 and at most 1.

    Notes
    -----
    With recording changed by the ratio r on a share s of the records, the expected ratio is
    s r + (1 − s), though nothing happened; hence r = (ratio − 1 + s) ÷ s.

    Examples
    --------
    >>> detection_tipping_point(1.15).estimate
    1.15
    >>> round(detection_tipping_point(1.15, patrol_share=0.5).estimate, 2)
    1.3
    """
    share = _checks.positive(patrol_share, "patrol_share")
    if share > 1:
        raise InputError("patrol_share", expected="a share up to 1", came=repr(patrol_share))
    level = _checks.level(level)
    if isinstance(result, (float, int, Real)):
        ratio = low = high = float(result)
    else:
        ratio, (low, high) = result.estimate, result.interval(level)
    if math.isnan(ratio) or ratio < 0:
        raise InputError("the ratio", expected="a number from 0 on", came=repr(ratio))
    nearer = 1.0 if low <= 1 <= high else (high if high < 1 else low)
    return DetectionTippingPoint(ratio, share, _needed(ratio, share), _needed(nearer, share), level)


def recording_of(patrols: Sequence[int], others: Sequence[int]) -> Recording:
    """Return whether patrols record more than before, beside what others report.

    Parameters
    ----------
    patrols, others : (int, int)
        Records (before, after) of patrols, and of everyone else, in the same place.

    Examples
    --------
    >>> recording_of((20, 45), (60, 58)), recording_of((20, 18), (60, 58))
    ('patrols_rose', 'unchanged')
    """
    change = relative_rate_ratio(patrols, others)
    return "patrols_rose" if change.estimate > 1 and change.p_value < _ROSE else "unchanged"


def _needed(ratio: float, share: float) -> float:
    """Return the change of recording that gives `ratio`; nan when it would be negative."""
    change = (ratio - 1 + share) / share
    return change if change >= 0 else math.nan
