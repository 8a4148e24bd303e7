"""Did it move next door? Weighted displacement difference and quotient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scipy import stats

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._text import decimal, level_text, p_text, tell

AREAS = ("treated", "comparison", "buffer", "buffer_comparison")

# The treated and comparison areas' levels before differ "too much" from this ratio on.
_UNLIKE = 1.5

Part = Literal["total", "local", "displacement"]


@dataclass(frozen=True)
class DisplacementDifference:
    """How many incidents fewer (negative) or more than the comparison areas lead to expect.

    Attributes
    ----------
    treated, comparison, buffer, buffer_comparison : tuple of int
        Counts (before, after).
    area_weights : dict of str to float
        What the counts of each kind of area were divided by.
    period_weights : tuple of float
        What the counts of each period were divided by.
    local, local_std_error : float
        Change of the treated areas less that of the comparison areas.
    displacement, displacement_std_error : float
        Change of the buffer less that of the buffer's comparison: positive is displacement,
        negative diffusion of benefits.
    estimate, std_error : float
        Their sum, the total effect.
    variance : float
        Square of `std_error`.
    z : float
        ``estimate / std_error``; 0 when nothing was counted.
    p_value : float
        **One-tailed**, of a total at least as far below zero; `p_value_two_sided` is beside it.
    dispersion : float
        Variance ÷ mean that the errors allow for.
    warnings : tuple of Note
        What the method assumes and these numbers do not show, or contradict.
    """

    treated: tuple[int, int]
    comparison: tuple[int, int]
    buffer: tuple[int, int]
    buffer_comparison: tuple[int, int]
    area_weights: dict[str, float]
    period_weights: tuple[float, float]
    local: float
    local_std_error: float
    displacement: float
    displacement_std_error: float
    estimate: float
    std_error: float
    z: float
    p_value: float
    p_value_two_sided: float
    dispersion: float
    warnings: tuple[Note, ...]

    @property
    def total(self) -> float:
        """The total effect: the same as `estimate`."""
        return self.estimate

    @property
    def variance(self) -> float:
        """Variance of the total effect."""
        return self.std_error**2

    def interval(self, level: float = 0.95, *, part: Part = "total") -> tuple[float, float]:
        """Return the normal interval of the total, local or displacement effect."""
        values = {
            "total": (self.estimate, self.std_error),
            "local": (self.local, self.local_std_error),
            "displacement": (self.displacement, self.displacement_std_error),
        }
        estimate, error = values[_checks.choice(part, tuple(values), "part")]
        margin = float(stats.norm.isf((1 - _checks.level(level)) / 2)) * error
        return estimate - margin, estimate + margin

    def summary(self, language: Language = "en") -> str:
        """Return the three effects in words, each with its interval."""
        values: dict[str, str] = {}
        for part, estimate in (
            ("total", self.estimate),
            ("local", self.local),
            ("displacement", self.displacement),
        ):
            low, high = self.interval(part=part)  # type: ignore[arg-type]
            values[part] = decimal(estimate, language, 1)
            values[f"{part}_low"] = decimal(low, language, 1)
            values[f"{part}_high"] = decimal(high, language, 1)
        return tell(
            _(
                "Against the comparison areas the number of incidents changed by {local} in the "
                "place itself ({level} interval {local_low} to {local_high}), by {displacement} "
                "in its surroundings ({displacement_low} to {displacement_high}), together by "
                "{total} ({total_low} to {total_high}; one-tailed {p})."
            ),
            language,
            level=level_text(0.95, language),
            p=p_text(self.p_value, language),
            **values,
        )


def displacement_difference(
    treated: Sequence[int],
    comparison: Sequence[int],
    buffer: Sequence[int] = (0, 0),
    buffer_comparison: Sequence[int] = (0, 0),
    *,
    area_weights: Mapping[str, float] | Sequence[float] | None = None,
    period_weights: Sequence[float] = (1, 1),
    dispersion: float | None = None,
) -> DisplacementDifference:
    """Return the weighted displacement difference: local effect, displacement and their sum.

    Parameters
    ----------
    treated, comparison, buffer, buffer_comparison : (int, int)
        Counts (before, after). The buffer lies around the treated areas; its comparison should
        be like it.
    area_weights : mapping or sequence of float, optional
        Sizes that the counts are divided by (area, addresses, length of streets): a mapping from
        the names above (those left out weigh 1), or a sequence **in the order of the
        arguments**: treated, comparison, buffer, buffer comparison; the last two may be left
        out.
    period_weights : (float, float), default (1, 1)
        Lengths that the counts of the periods before and after are divided by.
    dispersion : float, optional
        Variance ÷ mean of the counts, when known from the comparison areas one by one; taken as
        1 when not given, which `warnings` then say.

    Returns
    -------
    DisplacementDifference

    Raises
    ------
    InputError
        When a count is negative or not whole, or a weight not positive.

    Notes
    -----
    The variance of the total is the sum of count ÷ weight² over all counts, the variance of
    independent Poisson counts. It does not know that localities are chosen because they are bad:
    a fall that would have come anyway is counted as an effect. See
    `empirical_bayes_before_after` for the expectation that does.

    References
    ----------
    .. [1] Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement difference
       test to evaluate place based crime interventions. Crime Science 7:11.
       doi:10.1186/s40163-018-0085-5

    Examples
    --------
    >>> result = displacement_difference((207, 110), (308, 318), (178, 157), (150, 140))
    >>> result.local, result.displacement, result.total
    (-107.0, -11.0, -118.0)
    >>> round(result.std_error, 6), round(result.z, 6), round(result.p_value, 8)
    (39.59798, -2.97995, 0.00144148)
    """
    given = (treated, comparison, buffer, buffer_comparison)
    counts = {
        name: _checks.count_pair(pair, name.replace("_", " "))
        for name, pair in zip(AREAS, given, strict=True)
    }
    weights = _area_weights(area_weights)
    periods = _checks.positive_pair(period_weights, "period_weights")
    spread = 1.0 if dispersion is None else _checks.positive(dispersion, "dispersion")
    change = {
        name: (pair[1] / periods[1] - pair[0] / periods[0]) / weights[name]
        for name, pair in counts.items()
    }
    variance = {
        name: spread * (pair[0] / periods[0] ** 2 + pair[1] / periods[1] ** 2) / weights[name] ** 2
        for name, pair in counts.items()
    }
    local = change["treated"] - change["comparison"]
    moved = change["buffer"] - change["buffer_comparison"]
    error = math.sqrt(sum(variance.values()))
    z = (local + moved) / error if error else 0.0
    return DisplacementDifference(
        **counts,
        area_weights=weights,
        period_weights=periods,
        local=local,
        local_std_error=math.sqrt(variance["treated"] + variance["comparison"]),
        displacement=moved,
        displacement_std_error=math.sqrt(variance["buffer"] + variance["buffer_comparison"]),
        estimate=local + moved,
        std_error=error,
        z=z,
        p_value=float(stats.norm.cdf(z)),
        p_value_two_sided=float(2 * stats.norm.sf(abs(z))),
        dispersion=spread,
        warnings=_warnings(counts, weights, dispersion),
    )


def _area_weights(given: Mapping[str, float] | Sequence[float] | None) -> dict[str, float]:
    """Return the weight of each kind of area."""
    if given is None:
        values: dict[str, float] = {}
    elif isinstance(given, Mapping):
        values = dict(given)
    else:
        items = list(given)
        if len(items) not in (2, 4):
            raise InputError(
                "area_weights",
                expected="2 or 4 weights, in the order " + ", ".join(AREAS),
                came=repr(given),
            )
        values = dict(zip(AREAS, items, strict=False))
    unknown = [name for name in values if name not in AREAS]
    if unknown:
        raise InputError("area_weights", expected=", ".join(AREAS), came=", ".join(unknown))
    return {name: _checks.positive(values.get(name, 1.0), f"weight of {name}") for name in AREAS}


def _warnings(
    counts: Mapping[str, tuple[int, int]], weights: Mapping[str, float], dispersion: float | None
) -> tuple[Note, ...]:
    """Say what the numbers given cannot show, or contradict."""
    found = []
    if dispersion is None:
        found.append(
            Note(
                _(
                    "The counts' variance is taken as equal to their mean. Police counts usually "
                    "vary more, and the error is then too small: with a variance twice the mean a "
                    "test at 5% finds an effect in about 16% of cases where there is none."
                )
            )
        )
    elif dispersion > 1:
        found.append(
            Note(
                _("The counts' variance is {times} times their mean; the error was widened by it."),
                times=round(dispersion, 1),
            )
        )
    pairs = (("treated", "comparison"), ("buffer", "buffer_comparison"))
    for place, other in pairs:
        first, second = (counts[name][0] / weights[name] for name in (place, other))
        if sum(counts[place]) and not sum(counts[other]) and place == "buffer":
            found.append(
                Note(
                    _(
                        "The surroundings have no comparison area of their own, so that a general "
                        "change looks like displacement or diffusion."
                    )
                )
            )
        elif max(first, second) > _UNLIKE * min(first, second):
            found.append(
                Note(
                    _(
                        "The level before differs: {first} against {second} in the comparison. A "
                        "difference of counts needs comparison areas of a similar level; compare "
                        "ratios, or give weights."
                    ),
                    first=round(first, 1),
                    second=round(second, 1),
                )
            )
    return tuple(found)
