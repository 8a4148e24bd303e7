"""What the pages of a study are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from apkgeo.evaluation import Evaluation
from apkgeo.evaluation.hotspots import Hotspots
from apkgeo.language import Note
from apkgeo.pages.shell import Fragment
from apkgeo.patrols.coverage import PatrolCoverage
from apkgeo.patrols.dosage import PatrolDosage
from apkgeo.patrols.response import DoseResponse
from apkgeo.study import Period, Study


@dataclass(frozen=True)
class Context:
    """What helps a reader to find the way on a map. Any part may be missing.

    Attributes
    ----------
    city, districts, water, railways, streets : geopandas.GeoDataFrame, optional
        In any CRS; districts may have ``code`` and ``name``, the others need geometry only.
    """

    city: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    railways: gpd.GeoDataFrame | None = None
    streets: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class SourceQuality:
    """How one source was read.

    Attributes
    ----------
    name : str
        What it holds, e.g. ``"incidents"`` (known names are translated) or a file's name.
    rows_in, rows_used : int
        Rows of the source, and those that could be used.
    rejected : mapping of str to int
        Reason (an English sentence) -> rows.
    notes : tuple of Note
        What was assumed in reading.
    """

    name: str
    rows_in: int
    rows_used: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Cells:
    """Incidents of the primary outcome in the cells of a grid, in two periods.

    Attributes
    ----------
    frame : geopandas.GeoDataFrame
        One row a cell: ``code``, ``before``, ``after`` (counts), geometry; any CRS.
    before, after : Period
        The two periods.
    found : Hotspots, optional
        Densities, hot cells, categories and hours of the same cells and periods, as
        `apkgeo.evaluation.hotspots.find_hotspots` finds them.
    """

    frame: gpd.GeoDataFrame
    before: Period
    after: Period
    found: Hotspots | None = None


@dataclass(frozen=True, eq=False)
class Patrols:
    """Where patrols were, as the pages need it: what they hide follows from the audience.

    Attributes
    ----------
    dosage : PatrolDosage
        Minutes in the localities.
    names : pandas.Series of str
        The localities' names, on their codes.
    coverage : PatrolCoverage, optional
        Their time beside the incidents of the primary outcome, in the same localities.
    response : DoseResponse, optional
        What followed visits; for internal pages.
    """

    dosage: PatrolDosage
    names: pd.Series
    coverage: PatrolCoverage | None = None
    response: DoseResponse | None = None


@dataclass(frozen=True)
class SiteContent:
    """Everything that `build_site` puts on the pages of one study.

    Attributes
    ----------
    evaluation : Evaluation
        The results; the study with its language, audience and limits is in it.
    cells : Cells, optional
        The grid, as `apkgeo.pages.hotspots.count_cells` counts it.
    context : Context
        The ground of the maps.
    quality : tuple of SourceQuality
        How each source was read.
    patrols : Patrols, optional
        Where patrols were.
    lookup : Fragment, optional
        The look-up of addresses, as a part of a page.
    data : Period, optional
        The span that the incidents cover.
    licences : tuple of str
        One sentence for each source that asks to be named.
    """

    evaluation: Evaluation
    cells: Cells | None = None
    context: Context = Context()
    quality: tuple[SourceQuality, ...] = ()
    patrols: Patrols | None = None
    lookup: Fragment | None = None
    data: Period | None = None
    licences: tuple[str, ...] = ()

    @property
    def study(self) -> Study:
        """The question."""
        return self.evaluation.study


def areas_and_lines(
    frame: gpd.GeoDataFrame | None,
) -> tuple[gpd.GeoDataFrame | None, gpd.GeoDataFrame | None]:
    """Part what has an area from what is a line, e.g. lakes from rivers."""
    if frame is None:
        return None, None
    areas = frame.geom_type.isin(["Polygon", "MultiPolygon"])
    return frame[areas], frame[~areas]
