"""From a study to a plan of walks and to the mentor's sheet: both stay in the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd

from apkgeo.crs import as_crs, metric_crs
from apkgeo.errors import InputError, StudyError
from apkgeo.evaluation.counting import primary_incidents
from apkgeo.outputs import write_bytes, write_text
from apkgeo.pages.patrol_content import SHARES
from apkgeo.pages.plan import plan_page
from apkgeo.patrols.coverage import patrol_coverage
from apkgeo.patrols.demand import hourly_demand, task_demand
from apkgeo.patrols.dosage import patrol_dosage
from apkgeo.patrols.expected import CoverageChange, compare_coverage, planned_dosage
from apkgeo.patrols.monthly import monthly_sheet
from apkgeo.patrols.plan import PatrolPlan, plan_patrols
from apkgeo.patrols.plan_files import plan_gpx, plan_table, plan_workbook
from apkgeo.patrols.plan_rules import Shift
from apkgeo.pipeline import Inputs
from apkgeo.progress import Tell, silent
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.study import Study


@dataclass(frozen=True)
class PlanRules:
    """How to plan: the options of `plan_patrols`, and by which incidents.

    Attributes
    ----------
    months : int
        The incidents of so many last months tell the hours.
    school_hours : range
        Local hours in which schools are visited on working days.
    """

    shifts: tuple[Shift, ...]
    months: int = 24
    together: int = 2
    visit_minutes: float = 15.0
    return_after: float = 45.0
    walking_speed: float = 1.2
    school_hours: range = range(8, 13)
    time_limit: float = 120.0


@dataclass(frozen=True, eq=False)
class MadePlan:
    """A plan with what is needed to show it."""

    plan: PatrolPlan
    names: pd.Series
    change: CoverageChange | None


def make_plan(
    inputs: Inputs, rules: PlanRules, *, schools: Path | None = None, tell: Tell = silent
) -> MadePlan:
    """Plan walks in the localities of a study (and to schools) by its primary outcome.

    Localities are those valid on the last day of the incidents. A school's hour weighs as much as
    the mean hour of the localities that has any incidents.

    Raises
    ------
    StudyError
        When no incident of the primary outcome lies in a locality.
    """
    study = inputs.study
    localities = inputs.readings["localities"].frame
    crs = as_crs(study.crs) if study.crs else metric_crs(localities)
    events = primary_incidents(inputs.incidents, study).to_crs(crs)
    last = events["occurred"].max()
    events = events[events["occurred"] > last - pd.DateOffset(months=rules.months)]
    areas = _valid(localities, last).to_crs(crs)
    demand = hourly_demand(events, areas)
    if not demand["weight"].any():
        raise StudyError(
            "no incident of the primary outcome lies in a locality",
            remedy="look at what 'apkgeo check' tells of the files",
        )
    if schools is not None:
        more = read_boundaries(schools, level="school").frame.to_crs(crs)
        mean = float(demand.loc[demand["weight"] > 0, "weight"].mean())
        demand = pd.concat(
            [demand, task_demand(more["code"], hours=rules.school_hours, weight=mean)]
        )
        areas = _beside(areas, more)
    plan = plan_patrols(
        demand,
        areas,
        shifts=rules.shifts,
        together=rules.together,
        visit_minutes=rules.visit_minutes,
        return_after=rules.return_after,
        walking_speed=rules.walking_speed,
        time_limit=rules.time_limit,
        progress=tell,
    )
    names = areas.drop_duplicates("code").set_index("code")["name"]
    tell("comparing it with the walks so far")
    return MadePlan(plan, names, _change(inputs, plan, events, areas))


def _valid(localities: gpd.GeoDataFrame, day: pd.Timestamp) -> gpd.GeoDataFrame:
    """Return the localities that exist on a day."""
    today = pd.Timestamp(day.date())
    begins, ends = localities["valid_from"], localities["valid_to"]
    return localities[
        (begins.isna() | (begins <= today)) & (ends.isna() | (ends > today))
    ].reset_index(drop=True)


def _beside(areas: gpd.GeoDataFrame, schools: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return localities and schools in one frame; a school within a locality has its own ground."""
    twice = sorted(set(areas["code"]) & set(schools["code"]))
    if twice:
        raise InputError("the schools", expected="codes that no locality has", came=repr(twice[0]))
    return pd.concat([areas, schools], ignore_index=True)


def _change(
    inputs: Inputs, plan: PatrolPlan, events: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> CoverageChange | None:
    """Return today's coverage beside the plan's, None without patrols."""
    patrols = inputs.frame("patrols")
    if patrols is None or patrols.empty:
        return None
    day = events["occurred"].max().date() + timedelta(days=1)
    monday = day + timedelta(days=-day.weekday() % 7)
    # A plan is for one week, in which localities do not change.
    fixed = areas.assign(valid_from=None, valid_to=None)
    dosages = (
        patrol_dosage(patrols.to_crs(areas.crs), fixed),
        planned_dosage(plan, fixed, monday=monday, time_zone=inputs.study.time_zone),
    )
    return compare_coverage(
        *(
            patrol_coverage(dosage, events, fixed, cycle="week", shares=SHARES, hotspot_share=1.0)
            for dosage in dosages
        )
    )


def write_plan(folder: Path, study: Study, made: MadePlan) -> list[Path]:
    """Write page, table, workbook and GPX of a plan; return their paths.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    language, plan, names = study.language, made.plan, made.names
    texts = {
        "plan.html": plan_page(study, plan, names, made.change),
        "plan.csv": plan_table(plan, names, language).to_csv(index=False, lineterminator="\n"),
        "plan.gpx": plan_gpx(plan, names, language=language),
    }
    try:
        for name, text in texts.items():
            write_text(folder / name, text)
        book = plan_workbook(plan, names, title=study.name, language=language)
        write_bytes(folder / "plan.xlsx", book)
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror}",
            remedy="close its files in other programs, or choose another folder",
        ) from error
    return [folder / name for name in (*texts, "plan.xlsx")]


def month_sheet(inputs: Inputs, month: str | None) -> tuple[str, bytes]:
    """Return the month and the workbook of a study's patrols; the last month when None.

    Raises
    ------
    StudyError
        When the study has no patrols.
    InputError
        When the month is none, or has no record.
    """
    study, patrols = inputs.study, inputs.frame("patrols")
    if patrols is None or patrols.empty:
        raise StudyError("the study has no patrols", remedy="name their files under [sources]")
    localities = inputs.readings["localities"].frame
    areas = localities.to_crs(as_crs(study.crs) if study.crs else metric_crs(localities))
    dosage = patrol_dosage(patrols.to_crs(areas.crs), areas)
    chosen = month or str(dosage.minutes["shift_day"].max().to_period("M"))
    names = areas.drop_duplicates("code").set_index("code")["name"]
    return chosen, monthly_sheet(dosage, chosen, names, language=study.language)
