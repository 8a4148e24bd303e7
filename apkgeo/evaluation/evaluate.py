"""From a study and its incidents to an evaluation."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from apkgeo.area_lists import is_street_list
from apkgeo.area_lists import read_areas as read_area_source
from apkgeo.evaluation import doubts as reasons
from apkgeo.evaluation.areas import StudyAreas, lay_out, require_valid
from apkgeo.evaluation.beside import staggered
from apkgeo.evaluation.cases import make_cases, pooled_index, reported_rose_together
from apkgeo.evaluation.counting import (
    first_start,
    local_days,
    long_table,
    of_outcome,
    recorded,
)
from apkgeo.evaluation.data_doubts import of_records
from apkgeo.evaluation.grading import graded, overall_grade
from apkgeo.evaluation.overview import (
    accounting,
    balance,
    dropped_areas,
    main_doubt,
    multiplicity,
    unpooled,
)
from apkgeo.evaluation.results import Evaluation
from apkgeo.frames import Reading, check_frame
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.study import Source, Study


def evaluate(
    study: Study,
    incidents: gpd.GeoDataFrame | Reading,
    patrols: gpd.GeoDataFrame | Reading | None = None,
) -> Evaluation:
    """Say whether the deployments of a study changed anything, and how sure that is.

    Parameters
    ----------
    study : Study
        What is compared with what; its boundaries are read from the files it names.
    incidents : geopandas.GeoDataFrame or Reading
        Tidy incidents in any CRS, as `apkgeo.read_incidents` returns them.
    patrols : geopandas.GeoDataFrame or Reading, optional
        Tidy patrol points; checked, and not part of the verdict.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        When a frame is not tidy, or localities overlap.
    StudyError
        When a deployment names an unknown locality or one that no boundary holds for in a
        compared period, the incidents lie outside of all compared periods or none of them has the
        primary outcome's codes, or the comparison that the study asks for needs boundaries that
        it does not name.
    MissingFileError
        When a boundary file is missing.

    Notes
    -----
    The comparison areas are chosen by the study's rule alone and never by what happened after.
    The estimate that counts is the first outcome against its expectation
    (`apkgeo.empirical_bayes_before_after`); the grades follow `apkgeo.statistics.verdict`.
    """
    return evaluate_areas(study, incidents, read_areas(study), patrols)


def read_areas(study: Study) -> StudyAreas:
    """Read the boundaries that a study names, or draw them from the lists of streets it names."""
    sources = study.sources
    areal = [one for one in (sources.localities, sources.districts) if one is not None]
    addresses = None
    if sources.addresses is not None and any(map(is_street_list, areal)):
        addresses = read_addresses(sources.addresses).frame
    city = None
    if sources.city is not None:
        city = read_boundaries(sources.city, level="city").frame

    def read(source: Source, level: str) -> gpd.GeoDataFrame:
        return read_area_source(source, level=level, addresses=addresses, city=city).frame

    districts = None if sources.districts is None else read(sources.districts, "district")
    return StudyAreas(read(sources.localities, "locality"), districts, city)


def evaluate_areas(
    study: Study,
    incidents: gpd.GeoDataFrame | Reading,
    areas: StudyAreas,
    patrols: gpd.GeoDataFrame | Reading | None = None,
) -> Evaluation:
    """Evaluate with boundaries that are read already; see `evaluate`.

    Parameters
    ----------
    study, incidents, patrols
        As in `evaluate`.
    areas : StudyAreas
        Tidy boundaries in any CRS.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError, StudyError
        As `evaluate`.

    Examples
    --------
    Twelve places with a hundred incidents a year each; one is treated, and nothing changes.

    >>> from datetime import date
    >>> import numpy as np
    >>> from shapely import box
    >>> from apkgeo.study import Deployment
    >>> study = Study(
    ...     name="Twelve places",
    ...     sources={"incidents": "incidents.csv", "localities": "localities.geojson"},
    ...     outcomes={"disorder": ["public_order"]},
    ...     deployments=[Deployment(locality="p3", start=date(2016, 1, 1))],
    ... )
    >>> squares = [box(1000 * n, 0, 1000 * n + 200, 200) for n in range(12)]
    >>> codes = [f"p{n}" for n in range(12)]
    >>> never = pd.Series(pd.NaT, index=range(12), dtype="datetime64[us]")
    >>> localities = gpd.GeoDataFrame(
    ...     {"code": codes, "name": codes, "level": "locality"} | dict.fromkeys(
    ...         ["valid_from", "valid_to"], never
    ...     ),
    ...     geometry=squares,
    ...     crs="EPSG:32633",
    ... )
    >>> rng = np.random.default_rng(1)
    >>> size = 2400
    >>> day = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 731, size), unit="D")
    >>> incidents = gpd.GeoDataFrame(
    ...     {"incident_id": range(size), "occurred": day.tz_localize("Europe/Prague")}
    ...     | {"offence": "public_order", "offence_text": "", "origin": None}
    ...     | {"precision": "measured"},
    ...     geometry=gpd.points_from_xy(
    ...         1000 * rng.integers(0, 12, size) + rng.uniform(1, 199, size),
    ...         rng.uniform(1, 199, size),
    ...         crs="EPSG:32633",
    ...     ),
    ... )
    >>> result = evaluate_areas(study, incidents, StudyAreas(localities))
    >>> result.grade
    'uncertain'
    """
    points = _frame(incidents)
    check_frame(points, "incidents")
    if patrols is not None:
        check_frame(_frame(patrols), "patrols")
    checked, crs = areas.checked(study)
    points = points.to_crs(crs).reset_index(drop=True)
    layout = lay_out(study, checked, _before_all(study, points))
    require_valid(study, layout)
    records = recorded(points, study, layout)
    cases = make_cases(study, layout, records)
    shared = [*of_records(study, records), *dropped_areas(cases), *unpooled(study, cases)]
    findings, caps = graded(study, cases, reasons.cap_of(shared))
    pooled = pooled_index(study, cases)
    primary = study.outcomes[study.primary_outcome]
    caution, cautioned = main_doubt(shared, cases, study)
    return Evaluation(
        study=study,
        findings=findings,
        areas=layout.shown,
        counts=long_table({(case.number, case.outcome): case.panel for case in cases}),
        doubts=(*reasons.told(shared), *multiplicity(findings), *layout.notes),
        pooled=pooled,
        caution=caution,
        cautioned=cautioned,
        overall=overall_grade(findings, pooled, caps, reported_rose_together(study, cases, pooled)),
        staggered=staggered(study, layout, records, records.of(primary)),
        accounting=accounting(study, records, cases),
        balance=balance(cases),
    )


def _frame(given: gpd.GeoDataFrame | Reading) -> gpd.GeoDataFrame:
    return given.frame if isinstance(given, Reading) else given


def _before_all(study: Study, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the primary outcome's incidents before any deployment began."""
    mine = of_outcome(points, study.outcomes[study.primary_outcome])
    early = mine & (local_days(points, study) < pd.Timestamp(first_start(study)))
    return points.loc[early, [points.geometry.name]]
