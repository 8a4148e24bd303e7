"""Numbers as they stand in a sentence."""

from __future__ import annotations

import math
from typing import Protocol

from apkgeo.language import Language, number, translate


def tell(message: str, language: Language, **values: str) -> str:
    """Return a marked sentence in `language` with its values filled in."""
    return translate(message, language).format(**values)


class Ratio(Protocol):
    """Two counts compared as a ratio of rates."""

    @property
    def before(self) -> int:
        """The count before."""

    @property
    def after(self) -> int:
        """The count after."""

    @property
    def estimate(self) -> float:
        """The ratio of rates."""

    @property
    def p_value(self) -> float:
        """Its two-sided p-value."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return its interval."""


def tell_ratio(message: str, language: Language, result: Ratio) -> str:
    """Return a marked sentence about two counts, with their ratio and its 95% interval."""
    low, high = result.interval()
    return tell(
        message,
        language,
        before=decimal(result.before, language, 0),
        after=decimal(result.after, language, 0),
        ratio=decimal(result.estimate, language),
        level=level_text(0.95, language),
        low=decimal(low, language),
        high=decimal(high, language),
        p=p_text(result.p_value, language),
    )


class Estimated(Protocol):
    """A ratio with its interval and p-value."""

    @property
    def estimate(self) -> float:
        """The ratio."""

    @property
    def p_value(self) -> float:
        """Its two-sided p-value."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return its interval."""


def of_ratio(result: Estimated, language: Language) -> dict[str, str]:
    """Return an estimate's ratio, 95% interval and p-value, as a sentence's values."""
    low, high = result.interval()
    return {
        "ratio": decimal(result.estimate, language),
        "level": level_text(0.95, language),
        "low": decimal(low, language),
        "high": decimal(high, language),
        "p": p_text(result.p_value, language),
    }


def decimal(value: float, language: Language, digits: int = 2) -> str:
    """Write an estimate: two places, a true minus, ∞ for what has no bound, – for nothing.

    Examples
    --------
    >>> decimal(-0.5, "cs"), decimal(math.inf, "cs"), decimal(math.nan, "en"), decimal(-0.001, "en")
    ('−0,50', '∞', '–', '0.00')
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    sign = "−" if round(value, digits) < 0 else ""
    return sign + number(abs(round(value, digits)), language, digits=digits)


def p_text(value: float, language: Language) -> str:
    r"""Write a p-value with its sign of relation: ``p = 0.021``, ``p < 0.001``.

    Examples
    --------
    >>> texts = p_text(0.0211, "cs"), p_text(1e-9, "en"), p_text(0.99995, "en")
    >>> [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]
    ['p = 0,021', 'p < 0.001', 'p > 0.999']
    """
    space = "\N{NO-BREAK SPACE}"
    if math.isnan(value):
        return f"p{space}={space}–"
    if value < 0.001:
        return f"p{space}<{space}{number(0.001, language, digits=3)}"
    if value > 0.999 and value < 1:
        return f"p{space}>{space}{number(0.999, language, digits=3)}"
    return f"p{space}={space}{number(value, language, digits=3)}"


def level_text(level: float, language: Language) -> str:
    """Write the level of an interval as an adjective, which in Czech has no space: ``95%``."""
    digits = 0 if round(level * 100, 6) % 1 == 0 else 1
    return number(level * 100, language, digits=digits) + "%"
