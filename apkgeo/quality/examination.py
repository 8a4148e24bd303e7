"""Everything that can be told about the sources before a result is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import geopandas as gpd
import pandas as pd

from apkgeo.crs import metric_crs
from apkgeo.errors import ApkgeoError
from apkgeo.evaluation.data_doubts import covered
from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.places.overlap import overlaps
from apkgeo.quality.coverage import Coverage, coverage
from apkgeo.quality.geocoding import Geocoding, geocoding
from apkgeo.sources.accounting import NOT_ONE
from apkgeo.sources.continuity import LAW_CHANGE, CategoryBreak, category_breaks
from apkgeo.sources.masking import Masking, detect_masking
from apkgeo.sources.suggestions import suggest_offences
from apkgeo.study import Period, Study

AREAS = ("localities", "districts")
_ZONE = "Europe/Prague"
_MOST_BREAKS = 10


@dataclass(frozen=True)
class Examination:
    """What was found in the sources of a study.

    Attributes
    ----------
    readings : mapping of str to Reading
    study : Study, optional
    coverage : Coverage, optional
        None without incidents.
    geocoding : Geocoding, optional
    masking : Masking, optional
    breaks : tuple of CategoryBreak
        Kinds that start or stop within the compared time, or within the records without a study.
    law_change : bool
        Whether the new offence act came into force within that time.
    suggestions : pandas.DataFrame
        As `apkgeo.sources.suggestions.suggest_offences` returns it.
    overlaps : mapping of str to pandas.DataFrame
        Source -> pairs of areas that overlap (``area`` in m²).
    """

    readings: Mapping[str, Reading]
    study: Study | None
    coverage: Coverage | None
    geocoding: Geocoding | None
    masking: Masking | None
    breaks: tuple[CategoryBreak, ...]
    law_change: bool
    suggestions: pd.DataFrame
    overlaps: Mapping[str, pd.DataFrame]

    def warnings(self) -> list[Note]:
        """Return what to mend or to bear in mind, the gravest first."""
        notes = [
            note
            for reading in self.readings.values()
            for note in reading.notes
            if getattr(note, "message", "") == NOT_ONE
        ]
        if self.coverage is not None:
            if self.study is not None:
                notes += [
                    doubt.note for doubt in covered(_compared(self.study), self.coverage.span)
                ]
            notes += self.coverage.notes()
        if self.masking is not None:
            notes += self.masking.notes()
        if self.geocoding is not None:
            notes += self.geocoding.notes()
        if self.law_change:
            notes.append(
                Note(
                    _(
                        "The offence act changed on 1 July 2017, within the time looked at; "
                        "offences known by their paragraph were carried over."
                    )
                )
            )
        notes += [one.note() for one in self.breaks[:_MOST_BREAKS]]
        if len(self.breaks) > _MOST_BREAKS:
            more = _("More kinds of offence that begin or end within the time: {count}.")
            notes.append(Note(more, count=len(self.breaks) - _MOST_BREAKS))
        return [*notes, *self._suggested(), *self._overlapping()]

    def missing(self) -> list[Note]:
        """Return what the study names no file of and could be given."""
        if self.study is None or self.study.sources.districts is not None:
            return []
        message = _(
            "The study names no police districts, so people cannot look theirs up. A map file of "
            "them will do, and so will a list of their streets."
        )
        return [Note(message)]

    def _suggested(self) -> list[Note]:
        some = self.suggestions[self.suggestions["suggested"] != ""]
        if some.empty:
            return []
        message = _(
            "Incidents without a recognised paragraph whose words suggest a code: {rows} in "
            "{kinds} spellings. They count in no outcome of known codes until the suggestions are "
            "accepted."
        )
        return [Note(message, rows=int(some["rows"].sum()), kinds=len(some))]

    def _overlapping(self) -> list[Note]:
        messages = {
            "localities": _("Localities that overlap, pairs: {count}; the most: {pair}."),
            "districts": _("Police districts that overlap, pairs: {count}; the most: {pair}."),
        }
        return [
            Note(
                messages[name],
                count=len(table),
                pair=f"{table['code'].iloc[0]} – {table['other'].iloc[0]}",
            )
            for name, table in self.overlaps.items()
            if len(table)
        ]


def examine(readings: Mapping[str, Reading], study: Study | None = None) -> Examination:
    """Examine what was read for a study, or by itself.

    Parameters
    ----------
    readings : mapping of str to Reading
        Source (``"incidents"``, ``"localities"``, ``"districts"``, …) -> what its reader returned.
    study : Study, optional
        Gives the time that is looked at and the deployments around which rates are compared.
    """
    incidents = readings.get("incidents")
    frame = None if incidents is None or incidents.frame.empty else incidents.frame
    found = {name: _overlaps(readings[name].frame) for name in AREAS if name in readings}
    if frame is None:
        nothing = suggest_offences(pd.DataFrame({"offence": [], "offence_text": []}, dtype="str"))
        return Examination(readings, study, None, None, None, (), False, nothing, found)
    zone = study.time_zone if study else _ZONE
    local = frame["occurred"].dt.tz_convert(zone)
    days = local.dt.tz_localize(None).dt.normalize()
    covered_time = coverage(days)
    looked_at = _looked_at(covered_time, study)
    breaks: tuple[CategoryBreak, ...] = ()
    if looked_at is not None:
        breaks = category_breaks(
            frame.assign(occurred=local), start=looked_at.start, end=looked_at.end
        )
    return Examination(
        readings=readings,
        study=study,
        coverage=covered_time,
        geocoding=geocoding(frame, days, study),
        masking=detect_masking(frame) if frame.crs is not None else None,
        breaks=breaks,
        law_change=zone == _ZONE
        and looked_at is not None
        and looked_at.start < LAW_CHANGE < looked_at.end,
        suggestions=suggest_offences(frame),
        overlaps=found,
    )


def _compared(study: Study) -> list[Period]:
    return [period for one in study.deployments for period in study.periods(one)]


def _looked_at(found: Coverage | None, study: Study | None) -> Period | None:
    """Return the compared time as far as there are records."""
    if found is None or study is None:
        return None if found is None else found.span
    periods = _compared(study)
    start = max(min(period.start for period in periods), found.span.start)
    end = min(max(period.end for period in periods), found.span.end)
    return Period(start=start, end=end) if start + timedelta(days=1) <= end else None


def _overlaps(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    try:
        return overlaps(areas.to_crs(metric_crs(areas)))
    except ApkgeoError:  # no area, or none that can be measured: the reader's notes say so
        return pd.DataFrame({"code": [], "other": [], "area": [], "share": []})
