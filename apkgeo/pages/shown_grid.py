"""The grid as it may be shown: classes in place of counts, by audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.evaluation.hotspots import PERIODS, SHIFTS, Hotspots
from apkgeo.language import Language, _, number
from apkgeo.pages.content import Cells
from apkgeo.pages.palettes import Classes, even_classes, rate_classes
from apkgeo.pages.privacy import (
    enough_addresses,
    limit,
    lowest_density,
    lowest_rate,
    shown_cells,
    shown_share,
)
from apkgeo.pages.words import say
from apkgeo.statistics.hot_set import HotSetChange, hot_set_change
from apkgeo.study import Study

# Shares of the area of which is told how many incidents its worst part holds.
SHARES = (0.01, 0.05, 0.1, 0.25, 0.5)

# Hours in a field of the table of weekdays.
BLOCK = 3


@dataclass(frozen=True)
class ShownGrid:
    """The cells as they may be shown.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        ``code``, ``name``, ``district``, ``before_class``, ``after_class`` (place in `classes`,
        −1 for hidden or none), ``change``, geometry: no counts. With `found` also
        ``density_before``, ``density_after`` (place in `densities`), ``hot_before``,
        ``hot_after``, ``set`` (``vanished``, ``stayed``, ``appeared`` or nothing), ``pattern``
        (``new``, …, or nothing) and ``hot_morning``, ``hot_afternoon``, ``hot_night``.
    classes : Classes
        Of incidents a year.
    least : int
        The smallest count shown.
    found : ShownFound, optional
        What is known beyond the counts.
    sparse : bool
        Whether squares with few addresses are hidden.
    """

    frame: gpd.GeoDataFrame
    classes: Classes
    least: int
    found: ShownFound | None = None
    sparse: bool = False

    def label(self, place: int, language: Language) -> str:
        """Return the words for a class."""
        if place >= 0:
            return self.classes.label(place, language)
        if self.sparse:
            return say(_("hidden"), language)
        if self.least:
            lowest = number(self.classes.edges[0], language)
            return say(_("fewer than {least}"), language, least=lowest)
        return say(_("none"), language)


@dataclass(frozen=True)
class ShownFound:
    """What may be shown of hotspots.

    Attributes
    ----------
    densities : Classes
        Of incidents a year on a square kilometre.
    sets : HotSetChange
        Of the hot cells that are shown.
    source : Hotspots
        Where p-values, periods and steps are from.
    fields : pandas.DataFrame
        One row for ``before`` and ``after``, weekday and block of hours: ``place`` in `hours`,
        −1 where hidden or none.
    hours : Classes
        Of incidents a year in a block of hours of one weekday.
    shares : pandas.DataFrame
        ``share`` of the area; ``before``, ``after``: share of the incidents in its worst part;
        empty where too few.
    half : tuple of float
        Share of the area that holds half of the incidents, before and after; missing likewise.
    """

    densities: Classes
    sets: HotSetChange
    source: Hotspots
    fields: pd.DataFrame
    hours: Classes
    shares: pd.DataFrame
    half: tuple[float, float]


def shown_grid(cells: Cells, study: Study) -> ShownGrid:
    """Return the cells with classes in place of counts, as the study's audience may see them."""
    counts = cells.frame
    days = (cells.before.days, cells.after.days)
    least = limit(study.privacy)
    lowest = lowest_rate(least, days)
    shown = shown_cells(counts["before"], counts["after"], days=days, lowest=lowest)
    names = _names(cells)
    visible = enough_addresses(names["addresses"], study.privacy)
    shown.loc[~visible.to_numpy(), ["before", "after"]] = np.nan
    shown.loc[~visible.to_numpy(), "change"] = "few"
    rates = shown[["before", "after"]]
    classes = rate_classes(rates.to_numpy().ravel(), lowest=lowest or 365 / max(days))
    frame = gpd.GeoDataFrame(
        {
            "code": counts["code"].astype(str),
            "name": names["name"],
            "district": names["district"],
            "before_class": classes.of(shown["before"]),
            "after_class": classes.of(shown["after"]),
            "change": shown["change"],
        },
        geometry=counts.geometry,
        crs=counts.crs,
    )
    found = None
    if cells.found is not None:
        frame, found = _with_found(frame, cells.found, visible.to_numpy(), least, lowest)
    return ShownGrid(frame, classes, least, found, sparse=not bool(visible.all()))


def _names(cells: Cells) -> pd.DataFrame:
    """Return names, districts and numbers of addresses (missing where unknown) of the cells."""
    found, index = cells.found, cells.frame.index
    if found is None:
        return pd.DataFrame(
            {"name": cells.frame["code"].astype(str), "district": "", "addresses": pd.NA},
            index=index,
        )
    told = found.cells.set_index(index)
    name = told["reference"].where(told["street"] == "", told["reference"] + " · " + told["street"])
    return pd.DataFrame(
        {"name": name, "district": told["district"], "addresses": told["addresses"]}
    )


def _with_found(
    frame: gpd.GeoDataFrame, found: Hotspots, visible: NDArray[np.bool_], least: int, lowest: float
) -> tuple[gpd.GeoDataFrame, ShownFound]:
    told = found.cells
    days = (found.before.days, found.after.days)
    density = pd.DataFrame(
        {
            f"density_{name}": told[f"density_{name}"].where(
                visible & (told[f"within_{name}"] >= max(least, 1))
            )
            for name in PERIODS
        }
    )
    floor = lowest_density(max(least, 1), found.bandwidth, days)
    densities = rate_classes(density.to_numpy().ravel(), lowest=floor)
    more: dict[str, Any] = {name: densities.of(density[name]) for name in density.columns}
    for name in (*PERIODS, *SHIFTS):
        more[f"hot_{name}"] = told[f"hot_{name}"] & visible & (told[f"around_{name}"] >= least)
    frame = frame.assign(**{name: np.asarray(values) for name, values in more.items()})
    enough = visible & (told["around_steps"].to_numpy() >= least)
    hot = told["category"].str.endswith(" hot spot").to_numpy() & enough
    frame["pattern"] = np.where(hot, told["category"].str.split(" ").str[0], "")
    sets = hot_set_change(frame, frame["hot_before"], frame["hot_after"])
    frame["set"] = sets.table["change"].astype("string").fillna("").astype(str)
    fields, hours = _fields(found, lowest)
    curves = (found.shift.before, found.shift.after)
    share = shown_share(min(int(curve.incidents) for curve in curves), least)
    shares = pd.DataFrame(columns=["share", "before", "after"], dtype=float)
    half = (float("nan"), float("nan"))
    if share is not None:
        rows = [
            [part, *(_to(curve.share_of_worst(part), share) for curve in curves)] for part in SHARES
        ]
        shares = pd.DataFrame(rows, columns=shares.columns)
        half = _to(curves[0].area_holding(0.5), 0.001), _to(curves[1].area_holding(0.5), 0.001)
    return frame, ShownFound(densities, sets, found, fields, hours, shares, half)


def _to(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)


def _fields(found: Hotspots, lowest: float) -> tuple[pd.DataFrame, Classes]:
    """Return classes of the yearly incidents of each weekday and block of hours."""
    rows = []
    for name, period in (("before", found.before), ("after", found.after)):
        profile = found.profiles[name].to_numpy().reshape(7, 24 // BLOCK, BLOCK).sum(axis=2)
        yearly = profile * 365 / period.days
        rows += [
            (name, day, block, yearly[day, block])
            for day in range(7)
            for block in range(24 // BLOCK)
        ]
    fields = pd.DataFrame(rows, columns=["period", "weekday", "block", "yearly"])
    longest = max(found.before.days, found.after.days)
    bottom = lowest or 365 / longest
    kept = fields["yearly"].where(fields["yearly"] >= bottom)
    classes = even_classes(kept, lowest=bottom)
    return fields.assign(place=classes.of(kept)).drop(columns="yearly"), classes
