"""The weighted displacement quotient of Bowers and Johnson."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy import stats

from apkgeo.language import Language, _
from apkgeo.statistics import _checks
from apkgeo.statistics._text import decimal, level_text, p_text, tell

Interpretation = Literal[
    "diffusion_above_effect",
    "diffusion",
    "neither",
    "displacement",
    "displacement_above_effect",
    "no_success",
    "undefined",
]

_MEANING: dict[Interpretation, str] = {
    "diffusion_above_effect": _(
        "the surroundings improved even more than the place itself (diffusion of benefits)"
    ),
    "diffusion": _("the surroundings improved too (diffusion of benefits)"),
    "neither": _("the surroundings did not change against the comparison"),
    "displacement": _("a part of the fall moved to the surroundings (displacement)"),
    "displacement_above_effect": _(
        "more moved to the surroundings than fell in the place (displacement)"
    ),
    "no_success": _(
        "the place did not fall against the comparison, so that there is nothing to displace"
    ),
    "undefined": _("nothing was counted in the comparison, so that it has no value"),
}

_UNCLEAR = _("whether anything moved to the surroundings cannot be told from chance")


@dataclass(frozen=True)
class DisplacementQuotient:
    """Change of the surroundings for each unit of change of the treated place.

    Attributes
    ----------
    treated, buffer, comparison : tuple of int
        Counts (before, after).
    success : float
        Change of treated ÷ comparison; negative when the place fell against the comparison.
    buffer_measure : float
        Change of buffer ÷ comparison.
    estimate : float
        ``buffer_measure / success``: positive is diffusion of benefits, negative displacement,
        beyond ±1 more than the effect itself. To be read only when `success` is negative.
    std_error : float
        By the delta method.
    p_value : float
        Two-sided, of a buffer that did not change against the comparison (a quotient of 0).
    interpretation : str
        One of ``diffusion_above_effect``, ``diffusion``, ``neither``, ``displacement``,
        ``displacement_above_effect``, ``no_success``, ``undefined``.
    """

    treated: tuple[int, int]
    buffer: tuple[int, int]
    comparison: tuple[int, int]
    success: float
    buffer_measure: float
    estimate: float
    std_error: float
    p_value: float
    interpretation: Interpretation
    covariance: tuple[float, float, float]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return Fieller's interval; unbounded when the success itself may be zero."""
        if math.isnan(self.estimate):
            return -math.inf, math.inf
        square = float(stats.norm.isf((1 - _checks.level(level)) / 2)) ** 2
        success_var, buffer_var, both = self.covariance
        leading = self.success**2 - square * success_var
        if leading <= 0:
            return -math.inf, math.inf
        middle = self.success * self.buffer_measure - square * both
        constant = self.buffer_measure**2 - square * buffer_var
        root = math.sqrt(max(middle**2 - leading * constant, 0.0))
        return (middle - root) / leading, (middle + root) / leading

    def meaning(self, language: Language = "en") -> str:
        """Return the interpretation in words."""
        return tell(_MEANING[self.interpretation], language)

    def summary(self, language: Language = "en") -> str:
        """Return the quotient in words, with its interval; no meaning where that holds 0."""
        low, high = self.interval()
        unclear = low <= 0 <= high and self.interpretation not in ("no_success", "undefined")
        return tell(
            _(
                "Weighted displacement quotient {quotient} ({level} interval {low} to {high}, "
                "{p}): {meaning}."
            ),
            language,
            quotient=decimal(self.estimate, language),
            level=level_text(0.95, language),
            low=decimal(low, language),
            high=decimal(high, language),
            p=p_text(self.p_value, language),
            meaning=tell(_UNCLEAR, language) if unclear else self.meaning(language),
        )


def displacement_quotient(
    treated: Sequence[int], buffer: Sequence[int], comparison: Sequence[int]
) -> DisplacementQuotient:
    """Return the weighted displacement quotient.

    Parameters
    ----------
    treated, buffer, comparison : (int, int)
        Counts (before, after) of the treated place, its surroundings, and the comparison areas
        (in print A, B and C).

    Returns
    -------
    DisplacementQuotient

    Raises
    ------
    InputError
        When a count is negative or not whole.

    Notes
    -----
    (B₁/C₁ − B₀/C₀) ÷ (A₁/C₁ − A₀/C₀). The quotient came without an error; here the counts are
    taken as Poisson, the two measures' covariance follows by the delta method, and the interval
    is Fieller's, which admits that a quotient by a small success says nothing.

    References
    ----------
    .. [1] Bowers, K. J. and Johnson, S. D. (2003). Measuring the geographical displacement and
       diffusion of benefit effects of crime prevention activity. Journal of Quantitative
       Criminology 19. doi:10.1023/A:1024909009240
    .. [2] Fieller, E. C. (1954). Some problems in interval estimation. Journal of the Royal
       Statistical Society B 16. doi:10.1111/j.2517-6161.1954.tb00159.x

    Examples
    --------
    >>> result = displacement_quotient((207, 110), (178, 157), (308, 318))
    >>> round(result.success, 6), round(result.buffer_measure, 6), round(result.estimate, 6)
    (-0.326166, -0.084211, 0.258186)
    >>> result.interpretation
    'diffusion'
    """
    a = _checks.count_pair(treated, "treated")
    b = _checks.count_pair(buffer, "buffer")
    c = _checks.count_pair(comparison, "comparison")
    if 0 in c:
        nan = math.nan
        return DisplacementQuotient(a, b, c, nan, nan, nan, nan, nan, "undefined", (nan,) * 3)
    success, measure = (place[1] / c[1] - place[0] / c[0] for place in (a, b))
    covariance = _covariance(a, b, c)
    estimate = measure / success if success else math.nan
    gradient = covariance[1] - 2 * estimate * covariance[2] + estimate**2 * covariance[0]
    return DisplacementQuotient(
        treated=a,
        buffer=b,
        comparison=c,
        success=success,
        buffer_measure=measure,
        estimate=estimate,
        std_error=math.sqrt(max(gradient, 0.0)) / abs(success) if success else math.nan,
        p_value=_two_sided(measure, covariance[1]),
        interpretation=_interpretation(success, estimate),
        covariance=covariance,
    )


def _covariance(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]
) -> tuple[float, float, float]:
    """Return var(success), var(buffer measure) and their covariance, counts being Poisson."""

    def term(one: tuple[int, int], other: tuple[int, int], own: bool) -> float:
        return sum(
            one[t] * other[t] / c[t] ** 3 + (one[t] / c[t] ** 2 if own else 0.0) for t in (0, 1)
        )

    return term(a, a, True), term(b, b, True), term(a, b, False)


def _two_sided(value: float, variance: float) -> float:
    return float(2 * stats.norm.sf(abs(value) / math.sqrt(variance))) if variance else 1.0


def _interpretation(success: float, quotient: float) -> Interpretation:
    if success >= 0:
        return "no_success"
    if quotient == 0:
        return "neither"
    if quotient > 0:
        return "diffusion_above_effect" if quotient > 1 else "diffusion"
    return "displacement_above_effect" if quotient < -1 else "displacement"
