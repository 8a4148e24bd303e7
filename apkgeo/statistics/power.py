"""What a study can see at all: told before its result."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from apkgeo.language import Language, _, percent
from apkgeo.statistics import _checks
from apkgeo.statistics._text import decimal, tell


@dataclass(frozen=True)
class MinimumDetectableRatio:
    """The smallest change that a comparison of two counts would probably find.

    Attributes
    ----------
    before : float
        Expected count before.
    exposure : tuple of float
        Exposure before and after.
    level, power : float
        Level of the interval (1 − the two-sided error) and the wanted power.
    dispersion : float
        Variance ÷ mean of the counts.
    fall : float
        The ratio of rates below 1 found with the wanted power; ``nan`` when even a fall to
        nothing would not be.
    rise : float
        The ratio above 1.
    """

    before: float
    exposure: tuple[float, float]
    level: float
    power: float
    dispersion: float
    fall: float
    rise: float

    @property
    def estimate(self) -> float:
        """The detectable fall, as a ratio."""
        return self.fall

    def summary(self, language: Language = "en") -> str:
        """Return what can be seen, in words."""
        message = (
            _(
                "With {before} incidents before, not even a fall to nothing would be found with a "
                "probability of {power}; a rise would from a ratio of {rise} on."
            )
            if math.isnan(self.fall)
            else _(
                "With {before} incidents before, a fall is found with a probability of {power} "
                "only when the rate falls to a ratio of {fall} or lower, a rise from {rise} on."
            )
        )
        return tell(
            message,
            language,
            before=decimal(self.before, language, 0),
            power=percent(self.power, language),
            fall=decimal(self.fall, language),
            rise=decimal(self.rise, language),
        )


def minimum_detectable_ratio(
    before: float,
    *,
    exposure: Sequence[float] = (1, 1),
    level: float = 0.95,
    power: float = 0.8,
    dispersion: float = 1.0,
) -> MinimumDetectableRatio:
    """Return the smallest fall and rise that the exact comparison would find.

    Parameters
    ----------
    before : float
        Expected count before (a mean; it need not be whole).
    exposure : (float, float), default (1, 1)
        Exposure of the periods before and after.
    level : float, default 0.95
        The comparison is two-sided at 1 − `level`.
    power : float, default 0.8
        Probability with which the change shall be found.
    dispersion : float, default 1
        Variance ÷ mean. A count that varies `dispersion` times as much tells as much as one
        `dispersion` times smaller: the power is computed for the latter.

    Returns
    -------
    MinimumDetectableRatio

    Raises
    ------
    InputError
        When a number is not positive, or level or power not between 0 and 1.

    Notes
    -----
    Both counts are Poisson and random; the test is `rate_ratio`'s exact one, and its power is
    summed, not simulated.

    Examples
    --------
    >>> result = minimum_detectable_ratio(30)
    >>> round(result.fall, 2), round(result.rise, 2)
    (0.38, 1.89)
    """
    mean = _checks.positive(before, "the expected count before")
    exposures = _checks.positive_pair(exposure, "exposure")
    level, power = _checks.level(level), _checks.level(power)
    dispersion = _checks.positive(dispersion, "dispersion")
    fall, rise = _power_curves(mean / dispersion, exposures, (1 - level) / 2)
    return MinimumDetectableRatio(
        before=mean,
        exposure=exposures,
        level=level,
        power=power,
        dispersion=dispersion,
        fall=nearest_ratio(fall, power, downwards=True),
        rise=nearest_ratio(rise, power, downwards=False),
    )


def _power_curves(
    mean: float, exposure: tuple[float, float], tail: float
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return the power to find a fall and a rise, as functions of the true ratio."""
    reach = 10 * math.sqrt(mean) + 30
    x = np.arange(max(0, math.floor(mean - reach)), math.ceil(mean + reach) + 1)
    chance = stats.poisson.pmf(x, mean)
    share = exposure[1] / sum(exposure)
    scale = mean * exposure[1] / exposure[0]

    def lower_tail(y: np.ndarray) -> np.ndarray:
        return np.where(x > 0, special.betainc(np.maximum(x, 1), y + 1, 1 - share), 1.0)

    def upper_tail(y: np.ndarray) -> np.ndarray:
        return np.where(y > 0, special.betainc(np.maximum(y, 1), x + 1, share), 1.0)

    # The highest count after that still counts as a fall, the lowest that counts as a rise.
    highest = _last(lambda y: lower_tail(y) <= tail, len(x))
    lowest = _last(lambda y: upper_tail(y) > tail, len(x)) + 1

    def fall(ratio: float) -> float:
        return float(chance @ stats.poisson.cdf(highest, scale * ratio))

    def rise(ratio: float) -> float:
        return float(chance @ stats.poisson.sf(lowest - 1, scale * ratio))

    return fall, rise


def _last(holds: Callable[[np.ndarray], np.ndarray], size: int) -> np.ndarray:
    """Return, for each column, the last y ≥ 0 for which `holds` is true; −1 when for none."""
    low = np.full(size, -1)
    high = np.zeros(size, dtype=int)
    while True:
        still = holds(high)
        if not still.any():
            break
        low = np.where(still, high, low)
        high = np.where(still, high * 2 + 1, high)
    while (high - low > 1).any():
        middle = (low + high) // 2
        good = holds(np.maximum(middle, 0)) & (middle >= 0)
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return low


def nearest_ratio(power: Callable[[float], float], wanted: float, *, downwards: bool) -> float:
    """Return the ratio nearest to 1 at which the wanted power is reached."""
    if downwards:
        if power(0.0) < wanted:
            return math.nan
        return float(optimize.brentq(lambda r: power(r) - wanted, 0.0, 1.0, xtol=1e-10))
    upper = 2.0
    while power(upper) < wanted:
        upper *= 2
    return float(optimize.brentq(lambda r: power(r) - wanted, 1.0, upper, xtol=1e-10))
