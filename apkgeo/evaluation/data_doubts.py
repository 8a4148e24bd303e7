"""Doubts that the records themselves raise: moved points, gaps in time or place, who reports."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.evaluation.counting import Records
from apkgeo.evaluation.doubts import Doubt, of_absent
from apkgeo.language import Note, _
from apkgeo.sources.continuity import category_breaks
from apkgeo.sources.masking import detect_masking
from apkgeo.statistics.detection import recording_of
from apkgeo.statistics.rates import relative_rate_ratio
from apkgeo.statistics.verdict import Recording
from apkgeo.study import Period, Study

_GAP_DAYS = 14
_IMPROBABLE = 20.0
_SURE = 0.05
_SHARE_STEP = 0.05
_PLACED = 0.85
_KNOWN_ORIGIN = 0.8


def of_records(study: Study, records: Records) -> list[Doubt]:
    """Return doubts about the incidents as a whole: their places, and the time they cover."""
    periods = [period for deployment in study.deployments for period in study.periods(deployment)]
    found = [
        _masked(records),
        *_placed(study, records),
        *covered(periods, records.span),
        *_broken(study, records, periods),
        _gap(periods, records),
    ]
    absent = [name for name, codes in study.outcomes.items() if not records.of(codes).any()]
    found += [of_absent(absent)] if absent else []
    return [doubt for doubt in found if doubt]


def _masked(records: Records) -> Doubt | None:
    """Say when most points were moved by their publisher, as they say or as their places show."""
    placed = int(records.placed.sum())
    if placed < 50:
        return None
    found = detect_masking(records.frame)
    # Points by address are no sign either way; most must be of the other kind.
    if not found.masked or 2 * found.points <= placed:
        return None
    return Doubt(
        100,
        Note(
            _(
                "The incidents' points were moved by their publisher ({places} places for "
                "{points} incidents): such data cannot carry an answer for a single locality."
            ),
            places=found.places,
            points=found.points,
        ),
        "uncertain",
    )


def _placed(study: Study, records: Records) -> list[Doubt]:
    """Say when the share of incidents with a place differs before and after."""
    placed = records.placed
    found = []
    for before, after in dict.fromkeys(study.periods(d) for d in study.deployments):
        masks = records.within(before), records.within(after)
        totals = [int(mask.sum()) for mask in masks]
        shares = [float(placed[mask].mean()) if mask.any() else 1.0 for mask in masks]
        missing = [
            total - int(placed[mask].sum()) for total, mask in zip(totals, masks, strict=True)
        ]
        clear = relative_rate_ratio(
            (missing[0], missing[1]), (totals[0] - missing[0], totals[1] - missing[1])
        )
        if abs(shares[1] - shares[0]) > _SHARE_STEP and clear.p_value < _SURE:
            found.append(
                Doubt(
                    90,
                    Note(
                        _(
                            "The share of incidents with a known place changed from {first}% to "
                            "{second}%: a change of counts may come from that alone."
                        ),
                        first=round(100 * shares[0]),
                        second=round(100 * shares[1]),
                    ),
                    "likely",
                )
            )
        elif min(shares) < _PLACED:
            found.append(
                Doubt(
                    50,
                    Note(
                        _(
                            "Only {share}% of the incidents have a known place; the others are "
                            "counted nowhere."
                        ),
                        share=round(100 * min(shares)),
                    ),
                )
            )
    return found[:1]


def _broken(study: Study, records: Records, periods: list[Period]) -> list[Doubt]:
    """Say when a kind of offence of an outcome starts or stops everywhere within the time."""
    start = max(min(period.start for period in periods), records.span.start)
    end = min(max(period.end for period in periods), records.span.end)
    if end <= start:
        return []
    codes = {code for outcome in study.outcomes.values() for code in outcome}
    mine = records.frame.loc[records.offences.among(codes), ["occurred", "offence"]]
    return [Doubt(92, one.note(), "likely") for one in category_breaks(mine, start=start, end=end)]


def covered(periods: list[Period], span: Period) -> list[Doubt]:
    """Say when the records begin or end within the compared time."""
    first, last = min(p.start for p in periods), max(p.end for p in periods)
    found = []
    if (span.start - first).days > _GAP_DAYS:
        found.append(
            Doubt(
                95,
                Note(
                    _(
                        "The records begin on {day}, only after the compared time began: the "
                        "counts before are too low."
                    ),
                    day=span.start,
                ),
                "uncertain",
            )
        )
    if (last - span.end).days > _GAP_DAYS:
        found.append(
            Doubt(
                95,
                Note(
                    _(
                        "The records end on {day}, before the compared time ends: the counts "
                        "after are too low."
                    ),
                    day=span.end,
                ),
                "uncertain",
            )
        )
    return found


def _gap(periods: list[Period], records: Records) -> Doubt | None:
    """Say when nothing at all was recorded for longer than chance would have it."""
    first, last = min(p.start for p in periods), max(p.end for p in periods)
    days = records.frame["day"].dropna()
    days = days[(days >= pd.Timestamp(first)) & (days < pd.Timestamp(last))]
    unique = np.sort(days.unique())
    if len(unique) < 2:
        return None
    pauses = np.diff(unique) / np.timedelta64(1, "D")
    longest = int(pauses.argmax())
    # The chance of any such pause is about the number of days times exp(-expected).
    expected = (pauses[longest] - 1) * len(days) / (last - first).days
    if pauses[longest] < _GAP_DAYS or expected < _IMPROBABLE:
        return None
    return Doubt(
        92,
        Note(
            _(
                "Nothing at all is recorded after {start} until {end}: a part of the records seems "
                "to be missing."
            ),
            start=pd.Timestamp(unique[longest]).date(),
            end=pd.Timestamp(unique[longest + 1]).date(),
        ),
        "likely",
    )


def recording(
    records: Records,
    mask: NDArray[np.bool_],
    locality: str,
    before: Period,
    after: Period,
    *,
    rises: bool,
) -> tuple[Recording, Doubt | None]:
    """Return whether patrols report more of the locality's incidents than before.

    A rise without known origins points to recording before all else.
    """
    here = mask & records.areas.among([locality])
    known = here & records.origins.among(["citizen", "patrol", "other"])
    spans = records.within(before), records.within(after)
    inside = here & (spans[0] | spans[1])
    if not inside.any() or (known & inside).sum() < _KNOWN_ORIGIN * inside.sum():
        note = Note(
            _(
                "It is not known who reported the incidents: if the patrols see and record more "
                "than before, the counts rise without anything having happened."
            )
        )
        return "unknown", Doubt(85 if rises else 20, note)
    patrol = known & records.origins.among(["patrol"])
    by_patrol = [int((patrol & span).sum()) for span in spans]
    others = [int((known & ~patrol & span).sum()) for span in spans]
    if recording_of(by_patrol, others) == "unchanged":
        return "unchanged", None
    shares = [100 * by_patrol[t] / max(by_patrol[t] + others[t], 1) for t in (0, 1)]
    note = Note(
        _(
            "The patrols' share of the recorded incidents rose from {first}% to {second}%: more "
            "is seen, so that a rise is no proof of more offences."
        ),
        first=round(shares[0]),
        second=round(shares[1]),
    )
    return "patrols_rose", Doubt(85, note)
