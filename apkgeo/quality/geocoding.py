"""How many incidents without coordinates were placed by their address, and did that change?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely
from scipy.stats import fisher_exact

from apkgeo.frames import CITY_PART
from apkgeo.language import Note, _
from apkgeo.sources.columns import fold
from apkgeo.sources.offences import CODES
from apkgeo.sources.tables import as_text
from apkgeo.study import Deployment, Period, Study

LOWEST = 0.85
SURE = 0.05
OTHER, UNKNOWN = "other", "unknown"
_BY_ADDRESS = ("address", "street", "part")
_ENOUGH = 20
_MOST_DISTRICTS = 100
# Columns in which an export writes the district down, so that a row without a point has one, too.
_DISTRICTS = (
    *("okrsek", "cislookrsku", "district", "beat", "precinct", "sluzebna", "obvod"),
    *("mestskyobvod", "mestskacast", "momc", "oblast", "castobce", "citydistrict"),
)


@dataclass(frozen=True)
class Change:
    """The match rate before and after one deployment.

    Attributes
    ----------
    deployment : Deployment
    before, after : tuple of int
        Incidents without coordinates: matched, and all.
    p_value : float
        Fisher's exact test that the two rates are one.
    """

    deployment: Deployment
    before: tuple[int, int]
    after: tuple[int, int]
    p_value: float

    @property
    def rates(self) -> tuple[float, float]:
        """The two match rates."""
        (one, first), (two, second) = self.before, self.after
        return (one / first if first else 1.0, two / second if second else 1.0)


@dataclass(frozen=True)
class Geocoding:
    """How incidents without coordinates were placed.

    Attributes
    ----------
    wanting, matched : int
        Incidents without coordinates, and those of them that their address placed.
    incidents, placed : int
        All incidents, and those that have a point.
    by_month, by_offence, by_district : pandas.DataFrame
        Index the group; ``incidents``, ``wanting``, ``matched``. By district as the file writes it
        down, else as the address tells (the city district or the part, also of an address that was
        not found); ``"unknown"`` where neither does. Empty when no row has a district.
    district_column : str
        The file's column, ``city_part`` when the address told, empty when there is none.
    changes : tuple of Change
        One for each deployment around which some had no coordinates.
    """

    wanting: int
    matched: int
    incidents: int
    placed: int
    by_month: pd.DataFrame
    by_offence: pd.DataFrame
    by_district: pd.DataFrame
    district_column: str
    changes: tuple[Change, ...]

    @property
    def rate(self) -> float:
        """The match rate; 1 when nothing had to be matched."""
        return self.matched / self.wanting if self.wanting else 1.0

    def notes(self) -> list[Note]:
        """Return warnings: a low rate in all or in a group, and a change at a deployment."""
        notes = []
        if self.wanting >= _ENOUGH and self.rate < LOWEST:
            low = _(
                "Of {wanting} incidents without coordinates only {share}% were placed by their "
                "address; under 85% the places that are hard to write down are missed."
            )
            notes.append(Note(low, wanting=self.wanting, share=round(100 * self.rate)))
        for table, message in (
            (
                self.by_district,
                _("Districts in which fewer than 85% were placed by their address: {names}."),
            ),
            (
                self.by_offence,
                _("Kinds of offence of which fewer than 85% were placed by address: {names}."),
            ),
        ):
            weak = table[(table["wanting"] >= _ENOUGH) & (_rates(table) < LOWEST)]
            weak = weak.drop(index=UNKNOWN, errors="ignore")
            if len(weak):
                notes.append(Note(message, names=", ".join(map(str, weak.index[:8]))))
        for change in self.changes:
            if change.p_value < SURE:
                first, second = (round(100 * rate) for rate in change.rates)
                moved = _(
                    "Around the deployment in {locality} from {start} on, the share of incidents "
                    "placed by their address went from {first}% to {second}% (p = {p}): a change "
                    "of counts may come from that alone."
                )
                notes.append(
                    Note(
                        moved,
                        locality=change.deployment.locality,
                        start=change.deployment.start,
                        first=first,
                        second=second,
                        p=round(change.p_value, 3),
                    )
                )
        return notes


def _rates(table: pd.DataFrame) -> pd.Series:
    return table["matched"] / table["wanting"].where(table["wanting"] > 0, 1)


def geocoding(frame: gpd.GeoDataFrame, days: pd.Series, study: Study | None = None) -> Geocoding:
    """Return how the incidents of `frame` were placed.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Incidents; those that stand for an address, a street or a part of the town came without
        coordinates, and so did those that have no point.
    days : pandas.Series
        Their local days, on the same index.
    study : Study, optional
        Its deployments and their periods are the ones compared.
    """
    points = frame.geometry.to_numpy()
    placed = pd.Series(~(shapely.is_missing(points) | shapely.is_empty(points)), index=frame.index)
    by_address = placed & frame["precision"].isin(_BY_ADDRESS)
    wanting = by_address | ~placed
    table = pd.DataFrame({"incidents": 1, "wanting": wanting, "matched": by_address}).astype(int)
    offence = frame["offence"].where(frame["offence"].isin(CODES), OTHER)
    column, district = _district(frame, wanting)
    months = days.astype("datetime64[s]").to_numpy("datetime64[M]").astype("datetime64[s]")
    grouped = [
        table.groupby(key).sum()
        for key in (pd.Series(months, index=days.index, name=days.name), offence, district)
    ]
    return Geocoding(
        wanting=int(wanting.sum()),
        matched=int(by_address.sum()),
        incidents=len(frame),
        placed=int(placed.sum()),
        by_month=grouped[0].set_axis(grouped[0].index.strftime("%Y-%m")),
        by_offence=grouped[1],
        by_district=grouped[2],
        district_column=column,
        changes=tuple(_changes(table, days, study)) if study else (),
    )


def _district(frame: gpd.GeoDataFrame, wanting: pd.Series) -> tuple[str, pd.Series]:
    """Return where a row's district stands, and the district; of what has no point always one."""
    column, district = _written_district(frame)
    if not column and CITY_PART in frame.columns and frame[CITY_PART].notna().any():
        column, district = CITY_PART, frame[CITY_PART].astype("object")
    if column:
        district = district.where(district.notna() | ~wanting, UNKNOWN)
    return column, district


def _written_district(frame: gpd.GeoDataFrame) -> tuple[str, pd.Series]:
    folded = {fold(str(column)): str(column) for column in reversed(list(frame.columns))}
    for name in _DISTRICTS:
        if name in folded:
            text = as_text(frame[folded[name]])
            if 1 < text.nunique() <= _MOST_DISTRICTS:
                return folded[name], text
    return "", pd.Series(None, index=frame.index, dtype="object")


def _changes(table: pd.DataFrame, days: pd.Series, study: Study) -> Sequence[Change]:
    found = []
    for deployment in study.deployments:
        before, after = (_within(table, days, period) for period in study.periods(deployment))
        if not before[1] + after[1]:
            continue
        misses = [[one, total - one] for one, total in (before, after)]
        found.append(Change(deployment, before, after, float(fisher_exact(misses).pvalue)))
    return found


def _within(table: pd.DataFrame, days: pd.Series, period: Period) -> tuple[int, int]:
    inside = table[
        ((days >= pd.Timestamp(period.start)) & (days < pd.Timestamp(period.end))).to_numpy()
    ]
    return int(inside["matched"].sum()), int(inside["wanting"].sum())
