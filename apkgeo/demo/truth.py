"""What is true in Modelov: the numbers from which its incidents are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_YEAR, LAST_YEAR = 2014, 2018
MONTHS = 12 * (LAST_YEAR - FIRST_YEAR + 1)
# The periods that the study compares.
MONTHS_BEFORE, MONTHS_AFTER = 24, 12

# The kinds of offence, as outcomes name them.
OFFENCES = (
    "public_order",
    "civil_coexistence",
    "property",
    "alcohol_tobacco",
    "road_safety",
    "municipal_bylaws",
)
PRIMARY = ("public_order", "civil_coexistence")
NEGATIVE_CONTROL = "road_safety"
ORIGINS = ("citizen", "patrol", "other")


@dataclass(frozen=True)
class Model:
    """How incidents come about.

    The expected number in an area, month, kind of offence and origin of the report is the area's
    level × its slow fluctuation × the trend × the season × the shares × the effects; the number
    itself is negative binomial.

    Attributes
    ----------
    incidents_a_year : float
        In the whole town in the first year.
    locality_primary : float
        Median of a locality's primary outcome in the first year.
    locality_spread, area_spread, address_spread : float
        Standard deviation of the logarithm of the lasting level, among localities, among other
        areas, and among the addresses of an area.
    drift, drift_memory : float
        Standard deviation of the logarithm of the level's fluctuation by half-years, and the
        correlation of a half-year with the next.
    yearly_trend : float
        Ratio of one year to the year before.
    season : tuple of float
        Relative frequency of the twelve months.
    overdispersion : float
        α of a month's count in an area: variance = mean + α · mean².
    origin_shares : tuple of float
        Shares of citizens', patrols' and other reports.
    detection : float
        Ratio of patrols' records where assistants walk (in the locality and up to `near` metres
        around it); the negative control is exempt.
    near : float
        Width in metres of the strip around a locality into which offences move.
    """

    incidents_a_year: float = 7_400.0
    locality_primary: float = 92.0
    locality_spread: float = 0.10
    area_spread: float = 1.15
    address_spread: float = 0.8
    drift: float = 0.25
    drift_memory: float = 0.5
    yearly_trend: float = 0.95
    season: tuple[float, ...] = (
        0.78, 0.80, 0.92, 1.02, 1.12, 1.18, 1.22, 1.20, 1.08, 1.00, 0.86, 0.82,
    )  # fmt: skip
    overdispersion: float = 0.10
    origin_shares: tuple[float, float, float] = (0.58, 0.32, 0.10)
    detection: float = 1.15
    near: float = 150.0
    town_shares: tuple[float, ...] = (0.22, 0.12, 0.14, 0.09, 0.33, 0.10)
    locality_shares: tuple[float, ...] = (0.30, 0.22, 0.12, 0.14, 0.12, 0.10)


@dataclass(frozen=True)
class Wave:
    """When a programme comes to localities, and what it truly does there.

    The localities are those with the most incidents of the primary outcome in `judged_by`, the
    year before; `roles`, `ratios` and `ratios_near` follow that order, the worst first. A ratio
    holds for every offence but the negative control.
    """

    programme: str
    start: date
    judged_by: int
    roles: tuple[str, ...]
    ratios: tuple[float, ...]
    ratios_near: tuple[float, ...]


WAVES: tuple[Wave, ...] = (
    Wave("assistants", date(2016, 3, 1), 2015, ("no_effect", "effect"), (1.0, 0.7), (1.0, 1.0)),
    Wave("assistants", date(2017, 3, 1), 2016, ("effect_and_displacement",), (0.75,), (1.25,)),
)


@dataclass(frozen=True)
class Effect:
    """A programme in one locality, with its true ratios on the occurrence of offences."""

    locality: str
    role: str
    programme: str
    start: date
    ratio: float
    ratio_near: float
    detection: float
    staff: int
    units: tuple[str, ...]


CARETAKERS = (date(2018, 1, 1), 0.9)  # start and ratio, in the locality of the role "effect"
MODEL = Model()


def first_month(start: date) -> int:
    """Return the number of the month of `start`, counted from the first month.

    Examples
    --------
    >>> first_month(date(2016, 3, 1))
    26
    """
    return 12 * (start.year - FIRST_YEAR) + start.month - 1


def recorded_ratio(effect: Effect, model: Model = MODEL) -> float:
    """Return the expected ratio of *recorded* offences: fewer happen, patrols record more of them.

    Examples
    --------
    >>> from datetime import date
    >>> effect = Effect("L1", "effect", "assistants", date(2016, 3, 1), 0.7, 1.0, 1.15, 2, ())
    >>> round(recorded_ratio(effect), 4)
    0.7336
    """
    patrol = model.origin_shares[1]
    return effect.ratio * (1 - patrol + patrol * effect.detection)
