"""What the marks of the hotspots' maps mean: words, colour and a sign for readers of grey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apkgeo.language import _
from apkgeo.pages.palettes import FALL, FEW, INK, RISE, UNCERTAIN

HOT_WORDS = _("Hotspot: more incidents than if they fell evenly over the city")
WHITE = "#ffffff"
LASTING, PASSING, YOUNG, GONE = "#253494", "#8fd3b6", "#fdb863", "#b2abd2"


@dataclass(frozen=True)
class Mark:
    """How a kind of cell looks, and what it is called.

    Attributes
    ----------
    words : str
        Marked message: its name.
    fill : str
        Colour.
    sign : str
        What stands on the cell; may be empty.
    ink : str
        Colour of the sign.
    meaning : str
        Marked message: what it means, where the name does not say.
    """

    words: str
    fill: str
    sign: str = ""
    ink: str = INK
    meaning: str = ""


CHANGES: Mapping[str, Mark] = {
    "fall": Mark(_("a larger fall than chance explains"), FALL, "−", WHITE),
    "rise": Mark(_("a larger rise than chance explains"), RISE, "+"),
    "uncertain": Mark(_("cannot be told from chance"), UNCERTAIN),
    "few": Mark(_("too few in both periods"), FEW),
}
SETS: Mapping[str, Mark] = {
    "stayed": Mark(_("hotspot before and after"), LASTING, "=", WHITE),
    "vanished": Mark(_("hotspot before only"), GONE, "−"),
    "appeared": Mark(_("hotspot after only"), YOUNG, "+"),
}
# In the order of the definitions; the category is the first that fits.
PATTERNS: Mapping[str, Mark] = {
    "new": Mark(
        _("new hotspot"), YOUNG, "+", INK, _("a hotspot in the last quarter for the first time")
    ),
    "consecutive": Mark(
        _("recent hotspot"),
        YOUNG,
        "»",
        INK,
        _("a hotspot without a break in the last quarters, never before"),
    ),
    "intensifying": Mark(
        _("intensifying hotspot"),
        LASTING,
        "↑",
        WHITE,
        _("a hotspot in at least 90% of quarters and in the last one, ever stronger"),
    ),
    "persistent": Mark(
        _("lasting hotspot"),
        LASTING,
        "=",
        WHITE,
        _("a hotspot in at least 90% of quarters and in the last one, without a trend"),
    ),
    "diminishing": Mark(
        _("diminishing hotspot"),
        LASTING,
        "↓",
        WHITE,
        _("a hotspot in at least 90% of quarters and in the last one, ever weaker"),
    ),
    "sporadic": Mark(
        _("sporadic hotspot"),
        PASSING,
        "≈",
        INK,
        _("a hotspot in the last quarter and, off and on, in earlier ones"),
    ),
    "oscillating": Mark(
        _("oscillating hotspot"),
        PASSING,
        "↕",
        INK,
        _(
            "a hotspot in the last quarter, in some earlier one clearly quieter than the rest of "
            "the city"
        ),
    ),
    "historical": Mark(
        _("former hotspot"),
        GONE,
        "×",
        INK,
        _("a hotspot in at least 90% of quarters, but not in the last one"),
    ),
}
