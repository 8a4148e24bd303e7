"""How figures for reports are drawn with matplotlib, and written as SVG and PNG."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure

from apkgeo.pages.palettes import INK, LINE, MUTED

Form = Literal["svg", "png"]

# The same drawing gives the same bytes: ids from a fixed salt, text as text.
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
# No date, no program.
FORMS: Mapping[Form, Mapping[str, None]] = {"svg": {"Date": None}, "png": {"Software": None}}


@contextmanager
def styled() -> Iterator[None]:
    """Draw and write in the project's style."""
    with mpl.rc_context(_STYLE):
        yield


def figure_bytes(figure: Figure, form: Form) -> bytes:
    """Return a figure as the content of a file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn within `styled`.
    form : {"svg", "png"}
        What kind of file.
    """
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format=form, dpi=160, metadata=dict(FORMS[form]))
    return buffer.getvalue()


def written(
    draw: Callable[[Figure], None], *, width: float = 8.0, height: float
) -> dict[Form, bytes]:
    """Draw on an empty figure and return it as a file of every form.

    Parameters
    ----------
    draw : callable
        Takes the figure.
    width, height : float
        In inches.
    """
    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
    return {form: figure_bytes(figure, form) for form in FORMS}
