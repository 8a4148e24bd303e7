"""Reasons for doubt: each is raised by the data that show it, and only then.

A doubt that could explain a whole change by itself caps the grade (see
`apkgeo.statistics.verdict`); the others are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from apkgeo.evaluation.counting import Records
from apkgeo.evaluation.estimates import Estimates
from apkgeo.language import Note, _
from apkgeo.statistics.rates import rate_ratio, relative_rate_ratio
from apkgeo.statistics.verdict import Cap, Recording, lowest
from apkgeo.study import Deployment, Period, Study

LAW_CHANGE = date(2017, 7, 1)

_FEW = 20
_SHORT_MONTHS = 12
_UNEVEN = 1.5
_GAP_DAYS = 14
_SAME_PLACE = 0.5
_SURE = 0.05
_SHARE_STEP = 0.05


@dataclass(frozen=True)
class Doubt:
    """A reason for doubt.

    Attributes
    ----------
    weight : int
        The heavier, the earlier it is told.
    note : Note
    cap : {"none", "likely", "uncertain"}
        The best grade that it leaves.
    """

    weight: int
    note: Note
    cap: Cap = "none"


def told(doubts: Iterable[Doubt]) -> tuple[Note, ...]:
    """Return the notes, the weightiest first, each once."""
    ordered = sorted(doubts, key=lambda doubt: -doubt.weight)
    return tuple(dict.fromkeys(doubt.note for doubt in ordered))


def cap_of(doubts: Iterable[Doubt]) -> Cap:
    """Return the strictest cap."""
    return lowest([doubt.cap for doubt in doubts])


def of_records(study: Study, records: Records) -> list[Doubt]:
    """Return doubts about the incidents as a whole: places, coverage, the law."""
    periods = [period for deployment in study.deployments for period in study.periods(deployment)]
    found = [_masked(records), *_placed(study, records), *_covered(periods, records.span)]
    first, last = min(p.start for p in periods), max(p.end for p in periods)
    if first < LAW_CHANGE < last and study.time_zone == "Europe/Prague":
        found.append(
            Doubt(
                60,
                Note(
                    _(
                        "The offence act changed on 1 July 2017, within the compared time: a kind "
                        "of offence may have been recorded otherwise before and after."
                    )
                ),
            )
        )
    return [doubt for doubt in found if doubt]


def _masked(records: Records) -> Doubt | None:
    """Say when many incidents share few places: the points have been moved."""
    frame = records.frame
    points = frame.geometry[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if len(points) < 50:
        return None
    masked = frame.loc[points.index, "precision"].eq("masked").mean()
    places = len(pd.unique(pd.Series(points.to_wkb())))
    if masked < _SAME_PLACE and places > len(points) * 0.1:
        return None
    if masked < _SAME_PLACE and not frame["precision"].eq("measured").mean() > _SAME_PLACE:
        return None  # addresses and streets repeat by nature
    return Doubt(
        100,
        Note(
            _(
                "The incidents' points were moved by their publisher ({places} places for "
                "{points} incidents): such data cannot carry an answer for a single locality."
            ),
            places=places,
            points=len(points),
        ),
        "uncertain",
    )


def _placed(study: Study, records: Records) -> list[Doubt]:
    """Say when the share of incidents with a place differs before and after."""
    frame = records.frame
    placed = np.asarray(~(frame.geometry.isna() | frame.geometry.is_empty))
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
        elif min(shares) < 0.85:
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


def _covered(periods: list[Period], span: Period) -> list[Doubt]:
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
                    day=span.start.isoformat(),
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
                    day=span.end.isoformat(),
                ),
                "uncertain",
            )
        )
    return found


def of_deployment(study: Study, deployment: Deployment) -> list[Doubt]:
    """Return doubts about the design of one deployment: lengths, other programmes."""
    before, after = study.periods(deployment)
    found = []
    if before.days < _SHORT_MONTHS * 30 or before.days * _UNEVEN < after.days:
        found.append(
            Doubt(
                40,
                Note(
                    _(
                        "The period before has {days} days only: seasons and a chance bad time "
                        "weigh more."
                    ),
                    days=before.days,
                ),
            )
        )
    elif after.days < 180:
        found.append(
            Doubt(
                40,
                Note(
                    _("The period after has {days} days only; seasons weigh more."), days=after.days
                ),
            )
        )
    compared = Period(start=before.start, end=after.end)
    others = [
        other
        for other in study.deployments
        if other is not deployment
        and other.locality == deployment.locality
        and other.active.overlaps(compared)
    ]
    found += [
        Doubt(
            80,
            Note(
                _(
                    "Another programme ({programme}) ran in the same place from {start} on, within "
                    "the compared time: the two cannot be told apart."
                ),
                programme=other.programme,
                start=other.start.isoformat(),
            ),
            "likely",
        )
        for other in others
    ]
    return found


def of_estimates(estimates: Estimates) -> list[Doubt]:
    """Return doubts that the numbers of a finding raise."""
    found = []
    total = sum(estimates.counts)
    if total < _FEW:
        found.append(
            Doubt(
                70,
                Note(
                    _(
                        "Few incidents ({count} in both periods): only a very large change could "
                        "be told from chance."
                    ),
                    count=total,
                ),
            )
        )
    if estimates.expectation is None:
        found.append(
            Doubt(
                75,
                Note(
                    _(
                        "No expectation from the place's own past could be learnt: there are "
                        "{areas} comparison areas. A place chosen because it was bad improves "
                        "anyway, and this cannot be told from an effect."
                    ),
                    areas=len(estimates.comparison),
                ),
            )
        )
    else:
        found += [Doubt(45, note) for note in estimates.expectation.notes]
    if estimates.dispersion > 1.5:
        found.append(
            Doubt(
                30,
                Note(
                    _(
                        "The comparison areas' changes differ {ratio} times as much as chance "
                        "would have it; the intervals allow for that."
                    ),
                    ratio=round(estimates.dispersion, 1),
                ),
            )
        )
    worse = _selection(estimates)
    return [*found, worse] if worse else found


def selection_excluded(estimates: Estimates) -> bool:
    """Return whether earlier counts are known and the period before was no worse than they."""
    return bool(estimates.earlier) and _selection(estimates) is None


def _selection(estimates: Estimates) -> Doubt | None:
    """Say when the period before was worse than the ones before it."""
    earlier = estimates.earlier
    if not earlier:
        return None
    before = estimates.counts[0]
    against = rate_ratio(sum(earlier), before, exposure=(len(earlier), 1))
    if not (against.estimate > 1 and against.p_value < 2 * _SURE):
        return None
    return Doubt(
        65,
        Note(
            _(
                "The period before was unusually bad here ({before} incidents, earlier {earlier} "
                "on average): a part of any fall would have come anyway."
            ),
            before=before,
            earlier=round(sum(earlier) / len(earlier), 1),
        ),
    )


def recording(
    records: Records, mask: NDArray[np.bool_], locality: str, before: Period, after: Period
) -> tuple[Recording, Doubt | None]:
    """Return whether patrols report more of the locality's incidents than before."""
    frame = records.frame
    here = mask & np.asarray(frame["area"].eq(locality).fillna(False), dtype=bool)
    known = here & np.asarray(frame["origin"].isin(["citizen", "patrol", "other"]))
    spans = records.within(before), records.within(after)
    inside = here & (spans[0] | spans[1])
    if not inside.any() or (known & inside).sum() < 0.8 * inside.sum():
        note = Note(
            _(
                "It is not known who reported the incidents: if the patrols see and record more "
                "than before, the counts rise without anything having happened."
            )
        )
        return "unknown", Doubt(20, note)
    patrol = known & np.asarray(frame["origin"].eq("patrol"))
    by_patrol = [int((patrol & span).sum()) for span in spans]
    others = [int((known & ~patrol & span).sum()) for span in spans]
    change = relative_rate_ratio((by_patrol[0], by_patrol[1]), (others[0], others[1]))
    if not (change.estimate > 1 and change.p_value < 2 * _SURE):
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


def of_control(name: str, ratio: float) -> Doubt:
    """Say that an outcome which the programme cannot affect changed, too."""
    note = (
        _(
            "The control outcome {name}, which the programme cannot affect, fell too: something "
            "else changed."
        )
        if ratio < 1
        else _(
            "The control outcome {name}, which the programme cannot affect, rose too: something "
            "else changed."
        )
    )
    return Doubt(88, Note(note, name=name), "likely")


def of_validity(name: str, days: tuple[int, int], periods: tuple[Period, Period]) -> Doubt | None:
    """Say that the locality did not exist throughout the compared periods."""
    if days == (periods[0].days, periods[1].days):
        return None
    note = Note(
        _(
            "The boundaries of {name} hold on {first} of {whole_first} days before and on "
            "{second} of {whole_second} days after; rates are compared."
        ),
        name=name,
        first=days[0],
        whole_first=periods[0].days,
        second=days[1],
        whole_second=periods[1].days,
    )
    return Doubt(55, note, "likely" if min(days) else "uncertain")


def of_dropped(count: int) -> Doubt:
    """Say how many comparison areas were not there all the time."""
    return Doubt(
        15,
        Note(
            _(
                "Left out of the comparison, because they did not exist throughout the compared "
                "time: {count} areas."
            ),
            count=count,
        ),
    )
