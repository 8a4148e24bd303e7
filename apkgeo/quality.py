"""What was read, rejected and assumed: the report that an analyst reads before any result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apkgeo.frames import Reading
from apkgeo.pages.content import SourceQuality


def source_quality(name: str, reading: Reading) -> SourceQuality:
    """Return how one source was read, rejected rows counted by reason, the commonest first."""
    reasons = reading.rejected["reason"].value_counts(sort=False)
    ordered = sorted(reasons.items(), key=lambda item: (-int(item[1]), str(item[0])))
    return SourceQuality(
        name=name,
        rows_in=reading.rows_in,
        rows_used=len(reading.frame),
        rejected={str(reason): int(count) for reason, count in ordered},
        notes=reading.notes,
    )


def quality_report(readings: Mapping[str, Reading]) -> dict[str, Any]:
    """Return the quality of every source as plain values for JSON.

    ``rows_in`` is always ``rows_used`` plus the sum of ``rejected``. Of the incidents it also says
    how many have no place yet, and how many there are of each kind of offence.
    """
    report: dict[str, Any] = {}
    for name, reading in readings.items():
        quality = source_quality(name, reading)
        report[name] = {
            "rows_in": quality.rows_in,
            "rows_used": quality.rows_used,
            "rejected": dict(quality.rejected),
            "notes": [str(note) for note in quality.notes],
        }
    if "incidents" in readings:
        frame = readings["incidents"].frame
        kinds = frame["offence"].value_counts(sort=False)
        ordered = sorted(kinds.items(), key=lambda item: (-int(item[1]), str(item[0])))
        report["incidents"]["without_place"] = int(frame.geometry.isna().sum())
        report["incidents"]["offences"] = {str(kind): int(count) for kind, count in ordered}
    return report


def quality_text(report: Mapping[str, Any], *, most: int = 12) -> str:
    """Return the report for a terminal, a paragraph a source."""
    lines: list[str] = []
    for name, source in report.items():
        used, total = source["rows_used"], source["rows_in"]
        lines.append(f"{name}: {used:,} of {total:,} rows used")
        lines += [f"  {count:>8,} rejected: {why}" for why, count in source["rejected"].items()]
        if source.get("without_place"):
            lines.append(f"  {source['without_place']:>8,} used, but without a place")
        lines += [f"  note: {note}" for note in source["notes"]]
        offences = list(source.get("offences", {}).items())
        if offences:
            lines.append("  offence codes: " + ", ".join(f"{k} {n:,}" for k, n in offences[:most]))
        if len(offences) > most:
            lines.append(f"  … and {len(offences) - most} more codes ('apkgeo check --json')")
        lines.append("")
    return "\n".join(lines).rstrip()
