"""Counts of areas by period, checked: what every regression over areas and periods begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.errors import InputError
from apkgeo.language import Note, _
from apkgeo.statistics import _checks
from apkgeo.statistics._checks import said

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Panel:
    """A panel as matrices of areas × periods.

    Attributes
    ----------
    areas, periods : pandas.Index
        Labels of the rows and columns, sorted.
    counts, exposure : array of (areas, periods)
        Exposure is 0 where the area was not observed; its count there is 0 and says nothing.
    treated : array of bool (areas,)
        Areas that are treated at some time.
    after : array of bool (areas, periods)
        Cells of treated areas since the programme began.
    clusters : array of int (areas,)
        The cluster that each area belongs to.
    notes : tuple of Note
        What was left out, and why.
    """

    areas: pd.Index
    periods: pd.Index
    counts: Array
    exposure: Array
    treated: Mask
    after: Mask
    clusters: NDArray[np.int64]
    notes: tuple[Note, ...] = ()

    @property
    def observed(self) -> Mask:
        """The cells in which an area was observed."""
        return self.exposure > 0

    def part(self, areas: Mask, periods: Mask, note: Note | None = None) -> Panel:
        """Return the panel of some areas and periods."""
        return replace(
            self,
            areas=self.areas[areas],
            periods=self.periods[periods],
            counts=self.counts[np.ix_(areas, periods)],
            exposure=self.exposure[np.ix_(areas, periods)],
            treated=self.treated[areas],
            after=self.after[np.ix_(areas, periods)],
            clusters=np.unique(self.clusters[areas], return_inverse=True)[1],
            notes=self.notes if note is None else (*self.notes, note),
        )

    def informative(self) -> Panel:
        """Return the panel without areas and periods that counted nothing at all.

        A fixed effect fits them perfectly: they say nothing of any change.
        """
        areas, periods = self.counts.sum(axis=1) > 0, self.counts.sum(axis=0) > 0
        found = self
        if not periods.all():
            note = Note(
                _("Periods without any incident, which say nothing of a change: {periods}."),
                periods=int((~periods).sum()),
            )
            found = found.part(np.ones(len(areas), dtype=bool), periods, note)
        if not areas.all():
            note = Note(
                _("Areas without any incident, which say nothing of a change: {areas}."),
                areas=int((~areas).sum()),
            )
            found = found.part(areas, np.ones(len(found.periods), dtype=bool), note)
        return found

    def frame(self) -> pd.DataFrame:
        """Return the observed cells as a tidy panel again."""
        rows, columns = np.nonzero(self.observed)
        return pd.DataFrame(
            {
                "area": self.areas[rows],
                "period": self.periods[columns],
                "count": self.counts[rows, columns].astype(int),
                "exposure": self.exposure[rows, columns],
                "treated": self.treated[rows],
                "after": self.after[rows, columns],
                "cluster": self.clusters[rows],
            }
        )


def require_columns(panel: Any, columns: Sequence[str], what: str = "panel") -> pd.DataFrame:
    """Return `panel` when it is a frame with these columns and at least one row."""
    if not isinstance(panel, pd.DataFrame) or not set(columns) <= set(panel.columns):
        came = panel.columns if isinstance(panel, pd.DataFrame) else [type(panel).__name__]
        raise InputError(
            what,
            expected=f"a frame with columns {', '.join(columns)}",
            came=", ".join(map(str, came)) or "none",
        )
    if not len(panel):
        raise InputError(what, expected="a row for each area and period", came="no rows")
    return panel


def read_panel(panel: pd.DataFrame, *, cluster: str = "area", untreated: bool = True) -> Panel:
    """Check a tidy panel and return it as matrices.

    Parameters
    ----------
    panel : pandas.DataFrame
        Columns ``area``, ``period``, ``count``, ``treated`` (of the area, throughout), ``after``
        (of the treated areas' rows; what untreated rows say is not used), optionally ``exposure``.
    cluster : str, default "area"
        Column of the clusters.
    untreated : bool, default True
        Whether some area must never be treated.
    """
    columns = ["area", "period", "count", "treated", "after"]
    table = require_columns(panel, list(dict.fromkeys([*columns, cluster])))
    for name in ("area", "period", cluster):
        if table[name].isna().any():
            row = table.index[table[name].isna()][0]
            raise InputError(f"panel, row {said(row)}", expected=f"{name}", came="a missing value")
    twice = table.duplicated(["area", "period"])
    if twice.any():
        first = table[twice].iloc[0]
        raise InputError(
            "panel",
            expected="one row per area and period",
            came=f"area {said(first['area'])} in period {said(first['period'])} twice",
            remedy="sum the counts first",
        )
    areas, periods = _labels(table["area"]), _labels(table["period"])
    rows, places = areas.get_indexer(table["area"]), periods.get_indexer(table["period"])
    counts, exposure = np.zeros((2, len(areas), len(periods)))
    counts[rows, places] = _counts(table)
    exposure[rows, places] = _exposures(table)
    treated = _flags(table["treated"], "treated")
    of_area = _constant(treated, rows, areas, "treated", "both treated and untreated")
    after = np.zeros(counts.shape, dtype=bool)
    own = table[treated]
    after[rows[treated], places[treated]] = _flags(own["after"], "after")
    clusters = pd.factorize(table[cluster], sort=False)[0]
    found = Panel(
        areas=areas,
        periods=periods,
        counts=counts,
        exposure=exposure,
        treated=of_area.astype(bool),
        after=after,
        clusters=_constant(clusters, rows, areas, cluster, "in two clusters"),
    )
    _require_comparison(found, untreated=untreated)
    return found


def _labels(values: pd.Series) -> pd.Index:
    """Return the distinct values in order: of an ordered categorical its own, else sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        categories = values.cat.categories
        return pd.Index(categories[categories.isin(values)].tolist())
    found = pd.Index(values.unique())
    try:
        return found.sort_values()
    except TypeError:
        raise InputError(
            f"panel, column {values.name!r}",
            expected="values of one kind, which can be ordered",
            came=", ".join(sorted({type(value).__name__ for value in found})),
        ) from None


def counts_of(values: pd.Series, what: str) -> Array:
    """Return counts as numbers; the first that is none is named by its row."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers < 0) | (numbers != np.floor(numbers))
    if bad.any():
        _checks.count(values[bad].tolist()[0], f"{what}, row {said(values.index[bad][0])}, count")
    return np.asarray(numbers)


def _counts(table: pd.DataFrame) -> Array:
    return counts_of(table["count"], "panel")


def _exposures(table: pd.DataFrame) -> Array:
    if "exposure" not in table.columns:
        return np.ones(len(table))
    return exposures_of(table["exposure"], "panel")


def exposures_of(values: pd.Series, what: str) -> Array:
    """Return exposures as numbers; the first that is not positive is named by its row."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers <= 0)
    if bad.any():
        _checks.positive(
            values[bad].tolist()[0], f"{what}, row {said(values.index[bad][0])}, exposure"
        )
    return np.asarray(numbers)


def _flags(values: pd.Series, name: str) -> Mask:
    """Return yes and no, given as bool or as 0 and 1."""
    known = values.isin([0, 1])  # True equals 1
    if not known.all():
        row = values.index[~known][0]
        raise InputError(
            f"panel, row {said(row)}, {name}",
            expected="True or False",
            came=said(values[~known].iloc[0]),
        )
    return np.asarray(values.astype(int).to_numpy() == 1)


def _constant(
    values: NDArray[Any], rows: NDArray[np.int64], areas: pd.Index, name: str, problem: str
) -> NDArray[np.int64]:
    """Return the value of each area, which must be one throughout."""
    numbers = values.astype(np.int64)
    found = np.zeros(len(areas), dtype=np.int64)
    found[rows] = numbers
    changed = found[rows] != numbers
    if changed.any():
        raise InputError(
            f"panel, column {name!r}",
            expected="one value for an area, in all periods",
            came=f"area {said(areas[rows[changed][0]])} {problem}",
            remedy="say in 'after' since when it is treated" if name == "treated" else "",
        )
    return found


def _require_comparison(panel: Panel, *, untreated: bool) -> None:
    if panel.counts.shape[1] < 2:
        raise InputError("panel", expected="at least two periods", came="one")
    for mask, kind in ((panel.treated, "treated"), (~panel.treated, "untreated")):
        if not mask.any() and (untreated or kind == "treated"):
            raise InputError("panel", expected=f"at least one {kind} area", came="none")
    own, seen = panel.after[panel.treated], panel.observed[panel.treated]
    for area, after, observed in zip(panel.areas[panel.treated], own, seen, strict=True):
        if after[observed].all() or not after[observed].any():
            raise InputError(
                f"panel, treated area {said(area)}",
                expected="periods before and after the start",
                came="only periods " + ("after" if after[observed].all() else "before"),
            )


def common_after(panel: Panel) -> Mask:
    """Return which periods are after the start, where all treated areas start together."""
    seen = panel.observed[panel.treated]
    active = (panel.after[panel.treated] & seen).any(axis=0)
    idle = (~panel.after[panel.treated] & seen).any(axis=0)
    both = active & idle
    if both.any():
        raise InputError(
            "panel, column 'after'",
            expected="treated areas that start in the same period",
            came=f"in period {said(panel.periods[both][0])} some are before and some after",
            remedy="use group_time_effects, which compares each start with untreated areas only: "
            "two-way fixed effects would compare late starts with early ones",
        )
    return np.asarray(active)
