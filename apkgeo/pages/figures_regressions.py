"""Figures of regressions, series and pooled towns for reports and slides, as SVG and PNG.

They show what their results hold and hide nothing: whoever draws them for a public or council
audience gives results that rest on shown counts only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from apkgeo.language import Language, _, number, percent
from apkgeo.pages.drawing import written
from apkgeo.pages.palettes import ACCENT, INK, LINE, MUTED
from apkgeo.pages.words import say
from apkgeo.statistics.event_study import EventStudy
from apkgeo.statistics.group_time import GroupTimeEffects
from apkgeo.statistics.pooling import PooledEstimate
from apkgeo.statistics.synthetic_control import SyntheticControl
from apkgeo.statistics.time_series import InterruptedTimeSeries

_TICKS = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 8.0)


def event_study_figure(
    study: EventStudy | GroupTimeEffects, language: Language
) -> dict[str, bytes]:
    """Draw the effect in every period before and after the start.

    Parameters
    ----------
    study : EventStudy or GroupTimeEffects
        Of the latter its effects by relative period.
    language : {"cs", "en"}

    Returns
    -------
    dict of str to bytes
        ``event_study.svg`` and ``event_study.png``.
    """
    table = study.table if isinstance(study, EventStudy) else study.by_event

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        relative = table.index.to_numpy()
        ratio, low, high = (table[name].to_numpy(float) for name in ("ratio", "low", "high"))
        bounds = _held([*low, *high, *ratio])
        for x, middle, least, most in zip(relative, ratio, low, high, strict=True):
            _interval(axes, x, middle, least, most, bounds, filled=bool(x >= 0))
        axes.axvline(-0.5, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.set_yscale("log")
        _change_axis(axes.set_yticks, bounds, language)
        axes.minorticks_off()
        axes.axhline(1, color=MUTED, linewidth=1, zorder=0)
        axes.set_ylim(bounds[0] / 1.05, bounds[1] * 1.05)
        axes.set_xlabel(say(_("periods since the start (the dashed line)"), language))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        _bare(axes)
        figure.suptitle(_event_title(study, language), x=0.01, ha="left", fontsize=10)

    return _both("event_study", draw, height=4.2)


def _event_title(study: EventStudy | GroupTimeEffects, language: Language) -> str:
    level = number(study.level * 100, language) + "%"
    if isinstance(study, EventStudy):
        return say(
            _(
                "Change against areas without a programme and against period {period}, "
                "{level} interval"
            ),
            language,
            period=number(study.reference, language).replace("-", "−"),
            level=level,
        )
    return say(
        _("Change against areas without a programme, starts at different times, {level} interval"),
        language,
        level=level,
    )


def forest_figure(pooled: PooledEstimate, language: Language) -> dict[str, bytes]:
    """Draw every estimate with its interval and weight, their mean, and where the next would lie.

    Parameters
    ----------
    pooled : PooledEstimate
        Rows are drawn in its table's order.
    language : {"cs", "en"}

    Returns
    -------
    dict of str to bytes
        ``forest.svg`` and ``forest.png``.
    """
    table = pooled.table
    size = len(table)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        prediction, mean = pooled.prediction_interval(), pooled.interval()
        bounds = _held([*table["low"], *table["high"], *mean])
        largest = float(table["weight"].max())
        for place, row in enumerate(table.itertuples()):
            ends = np.clip([row.low, row.high], *bounds)
            axes.plot(ends, [place, place], color=ACCENT, linewidth=1.4, solid_capstyle="butt")
            axes.plot(
                np.clip(row.ratio, *bounds),
                place,
                "s",
                color=ACCENT,
                markersize=3 + 5 * math.sqrt(row.weight / largest),
            )
        diamond = [(mean[0], size), (pooled.estimate, size - 0.35)]
        diamond += [(mean[1], size), (pooled.estimate, size + 0.35)]
        axes.fill(*zip(*diamond, strict=True), color=INK)
        ends = np.clip(prediction, *bounds)
        axes.plot(ends, [size + 1, size + 1], color=INK, linewidth=4, alpha=0.45)
        axes.axvline(1, color=MUTED, linewidth=1, zorder=0)
        axes.axvline(pooled.estimate, color=LINE, linewidth=1, zorder=0)
        axes.set_xscale("log")
        _change_axis(axes.set_xticks, bounds, language)
        axes.minorticks_off()
        axes.set_xlim(bounds[0] / 1.05, bounds[1] * 1.05)
        axes.set_ylim(size + 1.7, -0.8)
        names = [str(label) for label in table.index]
        names += [say(_("mean of all"), language), say(_("another such place"), language)]
        axes.set_yticks(range(size + 2), names)
        weights = axes.secondary_yaxis("right")
        shares = [percent(one, language, digits=1) for one in table["weight"]]
        weights.set_yticks(range(size), shares)
        weights.tick_params(length=0, labelcolor=MUTED)
        weights.spines["right"].set_visible(False)
        axes.set_xlabel(_in_words(pooled, language))
        _bare(axes)
        title = _("Estimated change with 95% interval; on the right the weight in the mean")
        figure.suptitle(say(title, language), x=0.01, ha="left", fontsize=10)

    return _both("forest", draw, height=1.6 + 0.24 * size)


def _in_words(pooled: PooledEstimate, language: Language) -> str:
    """Return mean and prediction as changes, each with its interval."""
    values = (pooled.estimate, *pooled.interval(), *pooled.prediction_interval())
    names = ("change", "low", "high", "least", "most")
    told = {
        name: percent(value - 1, language, signed=True) if math.isfinite(value) else "∞"
        for name, value in zip(names, values, strict=True)
    }
    message = _("Mean {change} ({low} to {high}); another such place from {least} to {most}")
    return say(message, language, **told)


def series_figure(
    result: InterruptedTimeSeries | SyntheticControl, language: Language
) -> dict[str, bytes]:
    """Draw what was counted against what would have been expected without the programme.

    Parameters
    ----------
    result : InterruptedTimeSeries or SyntheticControl
        The expected path is the series' own continuation, or the synthetic area.
    language : {"cs", "en"}

    Returns
    -------
    dict of str to bytes
        ``series.svg`` and ``series.png``.
    """
    path = result.path
    own = isinstance(result, InterruptedTimeSeries)
    after = _after(result)
    x = _places(path.index)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        counted = path["count"] if own else path["treated"]
        expected = path["expected"] if own else path["synthetic"]
        label = say(_("counted"), language)
        axes.plot(x, counted, "o", color=ACCENT, markersize=4, label=label)
        if own:
            label = say(_("fitted"), language)
            for side, named in ((~after, label), (after, None)):
                axes.plot(x[side], path["fitted"][side], color=ACCENT, linewidth=1.2, label=named)
            late = path[after]
            axes.fill_between(x[after], late["low"], late["high"], color=LINE, alpha=0.5, lw=0)
        shown = after if own else np.ones(len(path), dtype=bool)
        label = say(_("expected without the programme"), language)
        axes.plot(x[shown], expected[shown], color=INK, linestyle=(0, (4, 2)), label=label)
        first = int(np.flatnonzero(after)[0])
        axes.axvline(x[first - 1] + (x[first] - x[first - 1]) / 2, color=MUTED, linewidth=1)
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False, loc="upper center", ncols=3, bbox_to_anchor=(0.5, -0.1))
        _bare(axes)
        title = _("Counted, and expected without the programme; the line is its start")
        figure.suptitle(say(title, language), x=0.01, ha="left", fontsize=10)

    return _both("series", draw, height=3.8)


def _after(result: InterruptedTimeSeries | SyntheticControl) -> np.ndarray:
    """Return which periods lie after the start."""
    if isinstance(result, SyntheticControl):
        return np.asarray(result.path["after"], dtype=bool)
    return np.arange(len(result.path)) >= result.periods_before


def _places(index: pd.Index) -> np.ndarray:
    """Return the periods as matplotlib can place them: dates as dates, others in order."""
    if isinstance(index, pd.PeriodIndex):
        index = index.to_timestamp()
    if isinstance(index, pd.DatetimeIndex) or pd.api.types.is_numeric_dtype(index):
        return np.asarray(index)
    return np.arange(len(index))


def _held(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: the finite values, within an eighth and eightfold."""
    known = [value for value in values if math.isfinite(value) and value > 0]
    low, high = min([*known, 0.8]), max([*known, 1.25])
    return max(low, _TICKS[0]), min(high, _TICKS[-1])


def _change_axis(
    place: Callable[..., object], bounds: tuple[float, float], language: Language
) -> None:
    """Label a logarithmic axis of ratios with changes in per cent, far enough apart to be read."""
    ticks = [one for one in _TICKS if bounds[0] / 1.05 <= one <= bounds[1] * 1.05]
    if bounds[1] / bounds[0] > 4:
        ticks = [one for one in ticks if one not in (0.75, 1.5)]
    none = say(_("no change"), language)
    place(ticks, [none if one == 1 else percent(one - 1, language, signed=True) for one in ticks])


def _interval(
    axes: Axes,
    x: float,
    middle: float,
    low: float,
    high: float,
    bounds: tuple[float, float],
    *,
    filled: bool,
) -> None:
    """Draw an estimate with its interval, cut off where it leaves the picture."""
    if math.isfinite(low) or math.isfinite(high):
        ends = np.clip(np.nan_to_num([low, high], posinf=bounds[1] * 2), *bounds)
        axes.plot([x, x], ends, color=ACCENT, linewidth=1.6, solid_capstyle="butt")
    if math.isnan(middle):
        return
    held = min(max(middle, bounds[0]), bounds[1])
    face = ACCENT if filled else "white"
    axes.plot(x, held, "o", markersize=6, markeredgecolor=ACCENT, markerfacecolor=face)


def _bare(axes: Axes) -> None:
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _both(name: str, draw: Callable[[Figure], None], *, height: float) -> dict[str, bytes]:
    files = written(draw, height=height)
    return {f"{name}.{form}": content for form, content in files.items()}
