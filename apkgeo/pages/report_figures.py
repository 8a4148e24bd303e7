"""Figures of a study for reports and slides, as SVG and PNG: only what its audience may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from apkgeo.evaluation import Evaluation
from apkgeo.language import Language, _, percent
from apkgeo.pages.drawing import FORMS, written
from apkgeo.pages.figures import yearly
from apkgeo.pages.palettes import ACCENT, LINE, MUTED
from apkgeo.pages.parts import heading, primary
from apkgeo.pages.shown import ShownFinding, shown_findings
from apkgeo.pages.words import outcome, say

_TICKS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)


def report_figures(evaluation: Evaluation, language: Language) -> dict[str, bytes]:
    """Draw the study's figures.

    Parameters
    ----------
    evaluation : Evaluation
        The results; counts below the study's limit are left out with all that rests on them.
    language : {"cs", "en"}
        Language of every word in them.

    Returns
    -------
    dict of str to bytes
        File name -> content: ``change.svg``, ``change.png`` (the estimated changes on the primary
        outcome with their intervals) and ``before_after.svg``, ``before_after.png`` (yearly
        rates before, after and expected). Empty when nothing may be shown.
    """
    findings = [one for one in primary(shown_findings(evaluation)) if not one.hidden and one.main]
    if not findings:
        return {}
    figures = {"change": _change, "before_after": _before_after}
    return {
        f"{name}.{form}": _written(draw, findings, language, form)
        for name, draw in figures.items()
        for form in FORMS
    }


def _written(
    draw: Callable[[Axes, Sequence[ShownFinding], Language], str],
    findings: Sequence[ShownFinding],
    language: Language,
    form: str,
) -> bytes:
    def fill(figure: Figure) -> None:
        axes = figure.subplots()
        title = draw(axes, findings, language)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10)
        axes.set_yticks(
            range(len(findings)),
            [heading(one, findings, language).replace(" · ", "\n") for one in findings],
        )
        axes.invert_yaxis()
        axes.tick_params(length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)

    return written(fill, form, height=1.4 + 0.55 * len(findings))


def _change(axes: Axes, findings: Sequence[ShownFinding], language: Language) -> str:
    """Draw ratios on a logarithmic axis, hollow where chance would do; return the title."""
    bounds: list[float] = [1.0]
    for height, one in enumerate(findings):
        if one.main is None:
            continue
        certain = one.grade != "uncertain"
        low, high = max(one.main.low, _TICKS[0]), min(one.main.high, _TICKS[-1])
        axes.plot([low, high], [height, height], color=ACCENT, linewidth=2, solid_capstyle="butt")
        face = ACCENT if certain else "white"
        middle = min(max(one.main.estimate, low), high)
        axes.plot(middle, height, "o", markersize=7, markeredgecolor=ACCENT, markerfacecolor=face)
        bounds += [low, high]
    axes.axvline(1, color=MUTED, linewidth=1, zorder=0)
    axes.set_xscale("log")
    ticks = [one for one in _TICKS if min(bounds) / 1.3 <= one <= max(bounds) * 1.3]
    none = say(_("no change"), language)
    labels = [none if one == 1 else percent(one - 1, language, signed=True) for one in ticks]
    axes.set_xticks(ticks, labels)
    axes.minorticks_off()
    axes.set_xlim(min([*bounds, *ticks]) / 1.05, max([*bounds, *ticks]) * 1.05)
    axes.set_ylim(-0.6, len(findings) - 0.4)
    return say(
        _("{outcome}: estimated change with its 95% interval; hollow: chance would do"),
        language,
        outcome=outcome(findings[0].outcome, language),
    )


def _before_after(axes: Axes, findings: Sequence[ShownFinding], language: Language) -> str:
    """Draw yearly rates with intervals: before, after, and as expected; return the title."""
    named: dict[str, bool] = {}
    for height, one in enumerate(findings):
        days_after = one.after.days
        marks = [
            (_("before"), yearly(one.count_before or 0, one.before.days, "", "before"), "o", -0.18),
            (_("after"), yearly(one.count_after or 0, days_after, "", "after"), "s", 0.0),
        ]
        for message, level, shape, shift in marks:
            _mark(
                axes,
                height + shift,
                message,
                (level.rate, level.low, level.high),
                shape,
                language,
                named,
            )
        if one.expected is not None:
            scale = 365 / days_after
            expected = one.expected
            _mark(
                axes,
                height + 0.18,
                _("expected after"),
                (expected.estimate * scale, expected.low * scale, expected.high * scale),
                "D",
                language,
                named,
            )
    axes.set_xlim(left=0)
    axes.set_ylim(-0.6, len(findings) - 0.4)
    axes.legend(frameon=False, loc="upper center", ncols=3, bbox_to_anchor=(0.5, -0.12))
    return say(
        _("{outcome}: incidents a year with 95% intervals"),
        language,
        outcome=outcome(findings[0].outcome, language),
    )


def _mark(
    axes: Axes,
    height: float,
    message: str,
    values: tuple[float, float | None, float | None],
    shape: str,
    language: Language,
    named: dict[str, bool],
) -> None:
    """Draw one value with its interval; each kind of mark is named once in the legend."""
    middle, low, high = values
    face = {"o": "white", "s": ACCENT, "D": LINE}[shape]
    if low is not None and high is not None:
        axes.plot([low, high], [height, height], color=MUTED, linewidth=1.5)
    label = None if named.get(message) else say(message, language)
    named[message] = True
    axes.plot(
        middle,
        height,
        shape,
        markersize=6,
        markeredgecolor=ACCENT,
        markerfacecolor=face,
        linestyle="none",
        label=label,
    )
