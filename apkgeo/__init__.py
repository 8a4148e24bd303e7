"""Geospatial evaluation and mapping of crime prevention in socially excluded localities.

The public names are loaded when they are first used, so that ``import apkgeo`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public name -> the module that defines it.
_PUBLIC = {
    "ApkgeoError": "errors",
    "CRSError": "errors",
    "DownloadError": "errors",
    "InputError": "errors",
    "MissingExtraError": "errors",
    "MissingFileError": "errors",
    "StudyError": "errors",
    "UnsupportedMapError": "errors",
    "Reading": "frames",
    "check_frame": "frames",
    "Comparison": "study",
    "Deployment": "study",
    "Period": "study",
    "Privacy": "study",
    "Source": "study",
    "Sources": "study",
    "Study": "study",
    "areas_from_street_list": "places.street_lists",
    "download": "sources.download",
    "read_addresses": "sources.addresses",
    "read_boundaries": "sources.boundaries",
    "read_incidents": "sources.incidents",
    "read_patrols": "sources.patrols",
    "AddressMatch": "places.gazetteer",
    "Gazetteer": "places.gazetteer",
    "DistrictLookup": "places.districts",
    "DistrictMatch": "places.district_matches",
    "AreaIndex": "places.locate",
    "locate": "places.locate",
    "count_by_period": "places.counting",
    "count_points": "places.counting",
    "IncidentCounts": "counts.incidents",
    "count_incidents": "counts.incidents",
    "hex_grid": "places.grid",
    "square_grid": "places.grid",
    "street_cells": "places.street_cells",
    "rings": "places.rings",
    "RateRatio": "statistics.rates",
    "RelativeRateRatio": "statistics.rates",
    "rate_ratio": "statistics.rates",
    "relative_rate_ratio": "statistics.rates",
    "PoissonETest": "statistics.e_test",
    "poisson_e_test": "statistics.e_test",
    "DisplacementDifference": "statistics.displacement",
    "displacement_difference": "statistics.displacement",
    "DisplacementQuotient": "statistics.quotient",
    "displacement_quotient": "statistics.quotient",
    "EffectivenessIndex": "statistics.expectation",
    "empirical_bayes_before_after": "statistics.expectation",
    "MinimumDetectableRatio": "statistics.power",
    "minimum_detectable_ratio": "statistics.power",
    "DetectionTippingPoint": "statistics.detection",
    "detection_tipping_point": "statistics.detection",
    "DifferenceInDifferences": "statistics.differences",
    "difference_in_differences": "statistics.differences",
    "EventStudy": "statistics.event_study",
    "event_study": "statistics.event_study",
    "GroupTimeEffects": "statistics.group_time",
    "group_time_effects": "statistics.group_time",
    "InterruptedTimeSeries": "statistics.time_series",
    "interrupted_time_series": "statistics.time_series",
    "SyntheticControl": "statistics.synthetic_control",
    "synthetic_control": "statistics.synthetic_control",
    "PooledEstimate": "statistics.pooling",
    "pool_estimates": "statistics.pooling",
    "hotspot_change": "statistics.change",
    "getis_ord": "statistics.getis_ord",
    "local_moran": "statistics.local_moran",
    "moran": "statistics.local_moran",
    "neighbours_listed": "statistics.neighbours",
    "neighbours_within": "statistics.neighbours",
    "choose_bandwidth": "statistics.density",
    "dual_density": "statistics.density",
    "kernel_density": "statistics.density",
    "knox": "statistics.knox",
    "near_repeat_risk": "statistics.near_repeat",
    "mann_kendall": "statistics.mann_kendall",
    "emerging_hotspots": "statistics.emerging",
    "hotspots_by_step": "statistics.emerging",
    "point_pattern_test": "statistics.point_pattern",
    "prediction_accuracy": "statistics.prediction",
    "aoristic_weights": "statistics.aoristic",
    "hour_weekday_profile": "statistics.aoristic",
    "profile_change": "statistics.aoristic",
    "concentration": "statistics.concentration",
    "empirical_bayes_rates": "statistics.smoothed_rates",
    "hot_set_change": "statistics.hot_set",
    "hotspot_shift": "statistics.hot_shift",
    "PatrolDosage": "patrols.dosage",
    "patrol_dosage": "patrols.dosage",
    "PatrolCoverage": "patrols.coverage",
    "patrol_coverage": "patrols.coverage",
    "compare_coverage": "patrols.expected",
    "dose_response": "patrols.response",
    "hourly_demand": "patrols.demand",
    "task_demand": "patrols.demand",
    "DoseResponse": "patrols.response",
    "PatrolPlan": "patrols.plan",
    "Shift": "patrols.plan",
    "plan_patrols": "patrols.plan",
    "planned_dosage": "patrols.expected",
    "monthly_sheet": "patrols.monthly",
    "programme_presence": "patrols.presence",
    "read_police_cr": "sources.police_cr",
    "Masking": "sources.masking",
    "detect_masking": "sources.masking",
    "suggest_offences": "sources.suggestions",
    "Evaluation": "evaluation.results",
    "Finding": "evaluation.results",
    "evaluate": "evaluation.evaluate",
    "pool": "evaluation.pooling",
    "SavedMap": "pages.export",
    "map_fragment": "pages.export",
    "save_map": "pages.export",
    "PointLayer": "pages.points",
    "run": "pipeline",
    "write_plzen": "template",
    "write_modelov": "demo.modelov",
    "draw_modelov": "demo.districts",
}

__all__ = sorted(["__version__", *_PUBLIC])


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'apkgeo' has no attribute {name!r}")
    value = getattr(import_module(f"apkgeo.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
