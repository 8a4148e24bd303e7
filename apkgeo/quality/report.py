"""The data-quality report as plain values and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import isnan
from typing import Any

import shapely

from apkgeo.frames import Reading
from apkgeo.language import Language, Note, translate
from apkgeo.pages.content import SourceQuality
from apkgeo.quality.examination import Examination, examine
from apkgeo.quality.geocoding import Geocoding
from apkgeo.sources.masking import Masking
from apkgeo.study import Study


def source_quality(name: str, reading: Reading) -> SourceQuality:
    """Return how one source was read, rejected rows counted by reason, the commonest first."""
    ordered = counted_reasons(reading)
    return SourceQuality(
        name=name,
        rows_in=reading.rows_in,
        rows_used=len(reading.frame),
        rejected=dict(ordered),
        notes=reading.notes,
    )


def counted_reasons(reading: Reading) -> list[tuple[str, int]]:
    """Return the reasons for which rows were rejected and how many each, the commonest first."""
    counted = Counter(reading.rejected["reason"].tolist())
    return sorted(counted.items(), key=lambda item: (-item[1], str(item[0])))


def told_reason(reason: str, language: Language) -> str:
    """Return a reason in `language`: a sentence, or one with values of its own."""
    return reason.text(language) if isinstance(reason, Note) else translate(reason, language)


def quality_report(
    readings: Mapping[str, Reading], *, study: Study | None = None
) -> dict[str, Any]:
    """Return the quality of every source as plain values for JSON.

    Parameters
    ----------
    readings : mapping of str to Reading
        Source -> what its reader returned.
    study : Study, optional
        Gives the time that is looked at and the deployments around which rates are compared.

    Returns
    -------
    dict
        Source -> ``rows_in`` (always ``rows_used`` plus the sum of ``rejected``), ``rows_used``,
        ``rejected`` (reason -> rows), ``notes``. Of the incidents also ``without_place``,
        ``offences``, ``warnings``, ``months``, ``gaps``, ``geocoding``, ``masking``,
        ``category_breaks``, ``law_change``, ``suggestions``; of localities and districts
        ``overlaps``.
    """
    return examination_report(examine(readings, study))


def examination_report(found: Examination) -> dict[str, Any]:
    """Return an examination as plain values for JSON."""
    report: dict[str, Any] = {}
    for name, reading in found.readings.items():
        quality = source_quality(name, reading)
        report[name] = {
            "rows_in": quality.rows_in,
            "rows_used": quality.rows_used,
            "rejected": {str(reason): count for reason, count in quality.rejected.items()},
            "notes": [str(note) for note in quality.notes],
        }
        if name in found.overlaps:
            report[name]["overlaps"] = [
                {
                    "code": str(pair["code"]),
                    "other": str(pair["other"]),
                    "square_metres": round(float(pair["area"]), 1),
                    "share_of_smaller": round(float(pair["share"]), 4),
                }
                for pair in found.overlaps[name].to_dict("records")
            ]
    if "incidents" in found.readings:
        report["incidents"] |= _incidents(found)
    return report


def _incidents(found: Examination) -> dict[str, Any]:
    frame = found.readings["incidents"].frame
    kinds = frame["offence"].value_counts(sort=False)
    ordered = sorted(kinds.items(), key=lambda item: (-int(item[1]), str(item[0])))
    suggested = found.suggestions[found.suggestions["suggested"] != ""]
    return {
        "without_place": int(shapely.is_missing(frame.geometry.to_numpy()).sum()),
        "offences": {str(kind): int(count) for kind, count in ordered},
        "warnings": [str(note) for note in found.warnings()],
        "months": dict(found.coverage.months) if found.coverage else {},
        "gaps": [
            {"start": gap.start.isoformat(), "end": gap.end.isoformat(), "days": gap.days}
            for gap in (found.coverage.gaps if found.coverage else ())
        ],
        "geocoding": _geocoding(found.geocoding) if found.geocoding else None,
        "masking": _masking(found.masking) if found.masking else None,
        "law_change": found.law_change,
        "category_breaks": [
            {
                "code": one.code,
                "change": one.change,
                "month": one.month.isoformat(),
                "before": one.before,
                "after": one.after,
                "at_law_change": one.at_law_change,
            }
            for one in found.breaks
        ],
        "suggestions": {
            "kinds": len(found.suggestions),
            "rows": int(found.suggestions["rows"].sum()),
            "with_a_suggestion": {"kinds": len(suggested), "rows": int(suggested["rows"].sum())},
        },
    }


def _geocoding(found: Geocoding) -> dict[str, Any]:
    groups = {
        "by_month": found.by_month,
        "by_offence": found.by_offence,
        "by_district": found.by_district,
    }
    return {
        "incidents": found.incidents,
        "placed": found.placed,
        "without_coordinates": found.wanting,
        "matched": found.matched,
        "match_rate": round(found.rate, 4),
        "district_column": found.district_column,
        **{
            name: {
                str(group): {
                    "incidents": int(row["incidents"]),
                    "without_coordinates": int(row["wanting"]),
                    "matched": int(row["matched"]),
                }
                for group, row in table.iterrows()
            }
            for name, table in groups.items()
        },
        "changes": [
            {
                "locality": change.deployment.locality,
                "start": change.deployment.start.isoformat(),
                "before": {"matched": change.before[0], "without_coordinates": change.before[1]},
                "after": {"matched": change.after[0], "without_coordinates": change.after[1]},
                "p_value": round(change.p_value, 5),
            }
            for change in found.changes
        ],
    }


def _masking(found: Masking) -> dict[str, Any]:
    return {
        "masked": found.masked,
        "reason": found.reason,
        "points": found.points,
        "places": found.places,
        "spacing": None if isnan(found.spacing) else round(found.spacing, 1),
        "carries": dict(found.carries()),
    }
