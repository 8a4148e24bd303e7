"""Effects of programmes that start at different times, or follow each other in one place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._checks import said
from apkgeo.statistics._group_time_cells import Cell, Pooled, added_cells, cells_of, pooled
from apkgeo.statistics._panel import Panel, read_panel
from apkgeo.statistics._text import decimal, of_ratio, tell

Comparison = Literal["not_yet", "never"]
Base = Literal["all", "last"]


@dataclass(frozen=True, eq=False)
class GroupTimeEffects:
    """Effects by group and period, and what they come to together.

    All tables have ``ratio`` (observed ÷ expected from the comparison areas), ``std_error`` (of its
    logarithm), ``low``, ``high``, ``p_value``, ``observed``, ``expected`` and ``areas``.

    Attributes
    ----------
    estimate : float
        All groups and periods after the start together.
    std_error : float
        Standard error **of its logarithm**.
    p_value : float
        Two-sided.
    effects : pandas.DataFrame
        One row for each ``group`` (areas with the same start and programmes) and ``period``, with
        ``start``, ``relative`` (periods since the start; below 0 a check) and ``programme``.
    by_group, by_event, by_programme : pandas.DataFrame
        The same, pooled over a group's periods after the start; over groups by ``relative``; by
        what ran at the time.
    added : pandas.DataFrame
        Where another programme came later: counts since then against those while only the first
        ran. Empty when there is none.
    pretrend_p_value : float
        Joint check of all relative periods before the start (Bonferroni); ``nan`` with only one.
    level : float
        Level of ``low`` and ``high``.
    notes : tuple of Note
        Among them what is not identified.
    """

    estimate: float
    std_error: float
    p_value: float
    effects: pd.DataFrame
    by_group: pd.DataFrame
    by_event: pd.DataFrame
    by_programme: pd.DataFrame
    added: pd.DataFrame
    pretrend_p_value: float
    level: float
    notes: tuple[Note, ...]
    pooled: Pooled

    @property
    def coefficient(self) -> float:
        """The logarithm of the estimate."""
        return self.pooled.coefficient

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of the ratio."""
        return self.pooled.interval(_checks.level(level))

    def summary(self, language: Language = "en") -> str:
        """Return the overall ratio in words, with its interval."""
        return tell(
            _(
                "With starts at different times, each compared only with areas that had no "
                "programme yet: {ratio} times the count expected ({level} interval {low} to "
                "{high}, {p}; groups {groups})."
            ),
            language,
            **of_ratio(self, language),
            groups=decimal(len(self.by_group), language, 0),
        )


def group_time_effects(
    panel: pd.DataFrame,
    *,
    comparison: Comparison = "not_yet",
    base: Base = "all",
    cluster: str = "area",
    inference: Literal["auto", "cluster", "randomisation"] = "auto",
    level: float = 0.95,
    randomisations: int = 1_999,
    rng: np.random.Generator | int | None = None,
) -> GroupTimeEffects:
    """Compare each group of areas that start together with areas that have no programme yet.

    Parameters
    ----------
    panel : pandas.DataFrame
        As in `difference_in_differences`, but each treated area has its own first period with
        ``after``, from which on it stays so. Optional ``programme``: what runs in a treated area
        since its start (``assistants``, later ``assistants + caretakers``).
    comparison : {"not_yet", "never"}
        Areas without a programme up to the period in question, or those that never get one.
    base : {"all", "last"}
        Compared with all periods before the start, or with the last one only (as in [1]_, where
        only the last step before must be parallel; with small counts it is very noisy).
    cluster : str, default "area"
        Column of the clusters, each of which holds whole areas, for clustered errors; a
        randomisation lets areas stand in for areas.
    inference : {"auto", "cluster", "randomisation"}
        ``auto``: clustered errors for what rests on at least 10 treated and 10 comparison clusters,
        else randomisation.
    level : float, default 0.95
        Level of the intervals in the tables.
    randomisations : int, default 1999
        Random groups at most.
    rng : numpy.random.Generator or int, optional
        Generator or seed; 0 when not given.

    Returns
    -------
    GroupTimeEffects

    Raises
    ------
    InputError
        As `difference_in_differences`; also when a programme stops and starts again in ``after``,
        or no area can serve for comparison.

    Notes
    -----
    Callaway and Sant'Anna [1]_ for counts: the expected count of a group in a period is its count
    in the base × the comparison areas' change from base to that period (exposures taken into
    account area by area), which is a Poisson quasi-likelihood of two by two; effects are
    pooled as observed ÷ expected, summed. Late starters never serve as comparison once they have
    started, which is what goes wrong with two-way fixed effects. Assumed: without programmes the
    ratios would have run in parallel, and nobody reacts before the start.

    Clustered errors are those of the influence functions. With few treated areas the error
    combines Poisson's with the scatter of the comparison areas' own changes, and p-value and
    interval come from standing those areas in the treated ones' place.

    Of programmes that overlap in one place only their joint effect is identified against areas
    without any. `added` compares the time with both to the time with the first alone: it is the
    second one's effect only if the first would have gone on working as it did.

    References
    ----------
    .. [1] Callaway, B. and Sant'Anna, P. H. C. (2021). Difference-in-differences with multiple
       time periods. Journal of Econometrics 225. doi:10.1016/j.jeconom.2020.12.001
    .. [2] Goodman-Bacon, A. (2021). Difference-in-differences with variation in treatment timing.
       Journal of Econometrics 225. doi:10.1016/j.jeconom.2021.03.014

    Examples
    --------
    >>> rows = [("early", [40, 30, 30], 1), ("late", [50, 50, 25], 2), ("never", [60, 60, 60], 9)]
    >>> panel = pd.DataFrame([
    ...     (area, k, n, start < 9, k >= start) for area, counts, start in rows
    ...     for k, n in enumerate(counts)
    ... ], columns=["area", "period", "count", "treated", "after"])
    >>> result = group_time_effects(panel)
    >>> result.effects[["start", "period", "ratio"]].query("period >= start").values.tolist()
    [[1.0, 1.0, 0.75], [1.0, 2.0, 0.75], [2.0, 2.0, 0.5]]
    """
    _checks.choice(comparison, ("not_yet", "never"), "comparison")
    _checks.choice(base, ("all", "last"), "base")
    _checks.choice(inference, ("auto", "cluster", "randomisation"), "inference")
    checked = read_panel(panel, cluster=cluster, untreated=comparison == "never")
    starts = _starts(checked)
    labels = _programmes(panel, checked)
    cells, groups = cells_of(checked, starts, labels, comparison, base)
    if not any(cell.relative >= 0 for cell in cells):
        raise InputError(
            "panel",
            expected="areas without a programme, with incidents, to compare with",
            came="none in any period after a start",
        )
    seed = int(np.random.default_rng(0 if rng is None else rng).integers(2**32))

    def rows(parts: dict[Any, Sequence[Cell]]) -> dict[Any, Pooled]:
        return {
            key: pooled(checked, part, inference, randomisations, np.random.default_rng(seed))
            for key, part in parts.items()
        }

    late = [cell for cell in cells if cell.relative >= 0]
    level = _checks.level(level)
    overall = rows({"all": late})["all"]
    events = rows(_gathered(cells, "relative"))
    known = [one.p_value for relative, one in events.items() if relative < 0]
    effects = rows({(cell.group, cell.period): [cell] for cell in cells})
    more = added_cells(checked, starts, labels, groups, comparison)
    return GroupTimeEffects(
        estimate=overall.estimate,
        std_error=overall.std_error,
        p_value=overall.p_value,
        effects=_effects(checked, cells, effects, starts, level),
        by_group=_table(rows(_gathered(late, "group")), "group", level),
        by_event=_table(events, "relative", level),
        by_programme=_table(rows(_gathered(late, "programme")), "programme", level),
        added=_table(rows(more), "programme", level),
        pretrend_p_value=min(1.0, len(known) * min(known)) if len(known) > 0 else math.nan,
        level=level,
        notes=(*checked.notes, *_notes(overall, more, comparison)),
        pooled=overall,
    )


def _starts(panel: Panel) -> NDArray[np.int64]:
    """Return the place of each area's first period after; the number of periods for the others."""
    size = len(panel.periods)
    starts = np.where(panel.treated, panel.after.argmax(axis=1), size)
    again = (np.arange(size) >= starts[:, None]) & ~panel.after & panel.observed
    if again.any():
        area, period = np.argwhere(again)[0]
        raise InputError(
            f"panel, treated area {said(panel.areas[area])}",
            expected="'after' in every period since its start",
            came=f"a period without, {said(panel.periods[period])}",
            remedy="leave out the periods since a programme ended, or name them in 'programme'",
        )
    return np.asarray(starts)


def _programmes(panel: pd.DataFrame, checked: Panel) -> NDArray[np.object_]:
    """Return what runs in each cell of the areas since their start."""
    labels = np.full(checked.counts.shape, "", dtype=object)
    labels[checked.after] = "programme"
    if "programme" not in panel.columns:
        return labels
    own = panel[panel["programme"].notna()]
    rows = checked.areas.get_indexer(own["area"])
    places = checked.periods.get_indexer(own["period"])
    labels[rows, places] = own["programme"].astype(str)
    labels[~checked.after] = ""
    return labels


def _gathered(cells: Sequence[Cell], key: str) -> dict[Any, Sequence[Cell]]:
    found: dict[Any, list[Cell]] = {}
    for cell in cells:
        found.setdefault(getattr(cell, key), []).append(cell)
    return dict(sorted(found.items()))


def _row(one: Pooled, level: float) -> dict[str, float]:
    low, high = one.interval(level)
    return {
        "ratio": one.estimate,
        "std_error": one.std_error,
        "low": low,
        "high": high,
        "p_value": one.p_value,
        "observed": one.observed,
        "expected": one.expected,
        "areas": one.areas,
    }


def _table(found: dict[Any, Pooled], name: str, level: float) -> pd.DataFrame:
    columns = ["ratio", "std_error", "low", "high", "p_value", "observed", "expected", "areas"]
    rows = [_row(one, level) for one in found.values()]
    return pd.DataFrame(rows, index=pd.Index(list(found), name=name), columns=columns)


def _effects(
    panel: Panel,
    cells: Sequence[Cell],
    found: dict[Any, Pooled],
    starts: NDArray[np.int64],
    level: float,
) -> pd.DataFrame:
    rows = [
        {
            "group": cell.group,
            "start": panel.periods[starts[cell.members][0]],
            "period": panel.periods[cell.period],
            "relative": cell.relative,
            "programme": cell.programme,
        }
        | _row(found[cell.group, cell.period], level)
        for cell in cells
    ]
    return pd.DataFrame(rows)


def _notes(overall: Pooled, more: dict[str, Sequence[Cell]], comparison: str) -> list[Note]:
    values = {"treated": overall.areas, "untreated": overall.comparison}
    notes = [
        Note(
            _(
                "Treated areas: {treated}, fewest areas to compare with: {untreated}. They are "
                "too few for clustered errors; comparison areas stood in for the treated ones."
            ),
            **values,
        )
        if overall.critical is not None
        else Note(
            _(
                "Treated areas: {treated}, fewest areas to compare with: {untreated}. Errors are "
                "clustered."
            ),
            **values,
        )
    ]
    if comparison == "not_yet":
        notes.append(
            Note(
                _(
                    "Areas that get a programme later serve for comparison until then; if they "
                    "were chosen because they got worse, the effect looks larger than it is."
                )
            )
        )
    if more:
        notes.append(
            Note(
                _(
                    "Programmes overlap in one place: against areas without any only their joint "
                    "effect is identified. What was added later ({programmes}) is that "
                    "programme's own effect only if the earlier one would have gone on as before."
                ),
                programmes=", ".join(more),
            )
        )
    return notes
