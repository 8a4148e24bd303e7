"""How figures for reports are drawn with matplotlib, and written as SVG and PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from apkgeo.pages.palettes import INK, LINE, MUTED

# The same drawing gives the same bytes: ids from a fixed salt, text as text, no date, no program.
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "apkgeo",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "xtick.color": MUTED,
    "ytick.color": INK,
}
_METADATA: Mapping[str, Mapping[str, None]] = {"svg": {"Date": None}, "png": {"Software": None}}
FORMS = tuple(_METADATA)


def written(
    draw: Callable[[Figure], None], form: str, *, width: float = 8.0, height: float
) -> bytes:
    """Draw on an empty figure and return it as a file.

    Parameters
    ----------
    draw : callable
        Takes the figure.
    form : {"svg", "png"}
    width, height : float
        In inches.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=form, dpi=160, metadata=dict(_METADATA[form]))
    return buffer.getvalue()
