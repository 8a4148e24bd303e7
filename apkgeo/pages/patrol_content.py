"""What the pages and the result files tell of patrols, from a study's frames."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from apkgeo.crs import as_crs, metric_crs
from apkgeo.evaluation.counting import primary_incidents
from apkgeo.language import Language
from apkgeo.pages.content import Patrols
from apkgeo.pages.patrols import shown_totals
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.dosage import patrol_dosage
from apkgeo.patrols.presence import programme_presence
from apkgeo.patrols.response import dose_response
from apkgeo.patrols.totals import patrol_hours
from apkgeo.study import Study

SHARES = (0.05, 0.1, 0.2)


def patrol_content(
    study: Study,
    patrols: gpd.GeoDataFrame,
    localities: gpd.GeoDataFrame,
    incidents: gpd.GeoDataFrame,
) -> Patrols:
    """Return where patrols were in the treated localities.

    Parameters
    ----------
    study : Study
        Its deployments name the localities, its primary outcome the incidents.
    patrols, localities, incidents : geopandas.GeoDataFrame
        As the readers return them, in any CRS.

    Notes
    -----
    Coverage is by the incidents on the days from the first to the last record of patrols; the
    worst hours and places are told by the incidents before these, where there are any.
    """
    crs = as_crs(study.crs) if study.crs else metric_crs(localities)
    treated = {deployment.locality for deployment in study.deployments}
    areas = localities[localities["code"].isin(treated)].to_crs(crs)
    names = areas.drop_duplicates("code").set_index("code")["name"]
    dosage = patrol_dosage(patrols.to_crs(crs), areas)
    events = primary_incidents(incidents, study).to_crs(crs)
    first = patrols["recorded"].min().normalize()
    last = patrols["recorded"].max().normalize() + pd.Timedelta(days=1)
    during = events[events["occurred"].between(first, last, inclusive="left")]
    earlier = events[events["occurred"] < first]
    coverage = patrol_coverage(
        dosage,
        during,
        areas,
        earlier=earlier if len(earlier) else None,
        shares=SHARES,
        hotspot_share=1.0,
    )
    return Patrols(dosage, names, coverage, dose_response(dosage, events, areas))


def patrol_tables(
    patrols: Patrols, *, protected: bool, language: Language
) -> dict[str, pd.DataFrame]:
    """Return the tables for the result files, by name.

    Protected, these are the hours that public and council pages show; else hours by unit, presence
    by programme, coverage, visits and what followed them, too, and all of it in full.
    """
    totals = shown_totals(patrols, protected=protected, language=language)
    tables = {"patrols": totals.places.drop(columns="units")}
    if len(totals.shifts):
        tables["patrols_by_shift"] = totals.shifts.drop(columns="units")
    if not protected:
        tables["patrols_by_unit"] = patrol_hours(patrols.dosage, patrols.names)
        tables["patrols_by_programme"] = programme_presence(patrols.dosage)
        if patrols.coverage is not None:
            tables["patrols_coverage"] = patrols.coverage.curve
            tables["patrols_visits"] = patrols.coverage.hotspots.reset_index()
        if patrols.response is not None:
            tables["patrols_response"] = patrols.response.lengths.reset_index()
    return tables
