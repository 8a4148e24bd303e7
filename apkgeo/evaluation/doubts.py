"""Reasons for doubt: each is raised by the data that show it, and only then.

A doubt that could explain a whole change by itself caps the grade (see
`apkgeo.statistics.verdict`); the others are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from apkgeo.evaluation.beside import Beside
from apkgeo.evaluation.estimates import Estimates
from apkgeo.language import Note, _
from apkgeo.statistics.rates import rate_ratio
from apkgeo.statistics.verdict import Cap, lowest
from apkgeo.study import Deployment, Period, Study

LAW_CHANGE = date(2017, 7, 1)

_FEW = 20
_SHORT_MONTHS = 12
_UNEVEN_DAYS = 7
_UNLIKE = 3.0
_SURE = 0.05


_PROGRAMMES = {
    "assistants": _(
        "Assistants, too, worked in the same place within the compared time (from {start} on): the "
        "two programmes cannot be told apart."
    ),
    "caretakers": _(
        "Caretakers, too, worked in the same place within the compared time (from {start} on): the "
        "two programmes cannot be told apart."
    ),
}
_OTHER_PROGRAMME = _(
    "Another programme ({programme}) ran in the same place within the compared time (from {start} "
    "on): the two cannot be told apart."
)


class Interval(Protocol):
    """An estimate with an interval."""

    @property
    def estimate(self) -> float:
        """The point estimate."""

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The interval at `level`."""


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


def most_common(
    places: Mapping[str, Sequence[Note]],
) -> tuple[Note | None, tuple[str, ...], bool]:
    """Return the doubt that touches most places, which these are, and whether it is one in all.

    Of doubts that touch equally many places, the one that is the weightiest in its place comes
    first. No places are named where the same doubt, its numbers included, touches all.
    """
    touched: dict[str, list[tuple[int, str, Note]]] = {}
    for name in sorted(places):
        for rank, note in enumerate(places[name]):
            touched.setdefault(note.message, []).append((rank, name, note))
    if not touched:
        return None, (), True
    most = min(touched.values(), key=lambda told: (-len(told), min(rank for rank, *_ in told)))
    alike = len({note for _rank, _name, note in most}) == 1
    everywhere = alike and len(most) == len(places)
    return most[0][2], () if everywhere else tuple(name for _rank, name, _note in most), alike


def cap_of(doubts: Iterable[Doubt]) -> Cap:
    """Return the strictest cap."""
    return lowest([doubt.cap for doubt in doubts])


def of_deployment(study: Study, deployment: Deployment) -> list[Doubt]:
    """Return doubts about the design of one deployment: the law, lengths, other programmes."""
    before, after = study.periods(deployment)
    found = []
    if before.start < LAW_CHANGE < after.end and study.time_zone == "Europe/Prague":
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
    if before.days < _SHORT_MONTHS * 30 or before.days + _UNEVEN_DAYS < after.days:
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
                _PROGRAMMES.get(other.programme, _OTHER_PROGRAMME),
                programme=other.programme,
                start=other.start,
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
                        "{areas} comparison areas. A place chosen after a bad time improves "
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
                        "The comparison areas’ changes differ {ratio} times as much as chance "
                        "would have it; the intervals allow for that."
                    ),
                    ratio=round(estimates.dispersion, 1),
                ),
            )
        )
    more = (_unlike(estimates), _selection(estimates))
    return [*found, *(doubt for doubt in more if doubt)]


def of_methods(estimates: Estimates, more: Beside) -> list[Doubt]:
    """Return doubts from what other methods say: a course apart before, another answer."""
    event, index = more.event, estimates.expectation
    if event is None:
        return []
    found = []
    if event.pretrend.p_value < _SURE:
        found.append(
            Doubt(
                68,
                Note(
                    _(
                        "Already before the start the place did not change as the comparison areas "
                        "did: a difference in differences cannot be relied on here."
                    )
                ),
            )
        )
    if index is not None and _disagree(index, event.overall):
        found.append(
            Doubt(
                72,
                Note(
                    _(
                        "The methods do not agree: the difference in differences gives another "
                        "answer than the expectation from the place's own past."
                    )
                ),
                "likely",
            )
        )
    return found


def _disagree(one: Interval, other: Interval) -> bool:
    """Return whether each estimate lies outside the other's interval, or on the other side of 1.

    The latter only where the other's interval leaves out 1.
    """
    (low, high), (least, most) = one.interval(), other.interval()
    apart = not least <= one.estimate <= most and not low <= other.estimate <= high
    opposed = (most < 1 < one.estimate) or (one.estimate < 1 < least)
    return apart or opposed


def _unlike(estimates: Estimates) -> Doubt | None:
    """Say when the comparison areas' level before is another one.

    An expectation is learnt at every level that occurs among them; it is drawn out where not one
    has even half of what was counted here. Relative changes assume that levels are alike.
    """
    before, others = estimates.counts[0], estimates.comparison["before"]
    mean = float(others.mean()) if len(others) else 0.0
    learnt = estimates.expectation is not None
    apart = before > 2 * others.max() if learnt else _apart(before, mean)
    if not mean or not apart:
        return None
    note = Note(
        _(
            "The comparison areas are of another level: before, {before} incidents here and "
            "{mean} on average there. What holds for them need not hold here."
        ),
        before=before,
        mean=round(mean, 1),
    )
    return Doubt(74 if learnt else 35, note, "likely" if learnt else "none")


def _apart(before: int, mean: float) -> bool:
    return not mean / _UNLIKE <= before <= mean * _UNLIKE


def selection_excluded(estimates: Estimates) -> bool:
    """Return whether earlier counts are known and the last stretch was no worse than they."""
    return len(estimates.past) > 1 and _selection(estimates) is None


def _selection(estimates: Estimates) -> Doubt | None:
    """Say when the last stretch before the start was worse than the ones before it."""
    if len(estimates.past) < 2:
        return None
    (last, days), *others = estimates.past
    earlier, earlier_days = (sum(values) for values in zip(*others, strict=True))
    against = rate_ratio(earlier, last, exposure=(earlier_days, days))
    if not (against.estimate > 1 and against.p_value < 2 * _SURE):
        return None
    return Doubt(
        65,
        Note(
            _(
                "The time just before was unusually bad here ({last} incidents, earlier {earlier} "
                "on average): a part of any fall would have come anyway."
            ),
            last=last,
            earlier=round(earlier / len(others), 1),
        ),
    )


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
    return Doubt(55, note, "likely")


def of_unpooled(names: list[str]) -> Doubt:
    """Say why there is no estimate for all localities together."""
    return Doubt(
        25,
        Note(
            _(
                "There is no estimate for all places together, because no expectation could be "
                "learnt for: {names}."
            ),
            names=", ".join(names),
        ),
    )


def of_absent(names: list[str]) -> Doubt:
    """Say that no incident belongs to some outcomes."""
    return Doubt(
        25,
        Note(
            _(
                "No incident has a code of these outcomes, of which nothing can be said: {names}. "
                "Are their codes those of the records?"
            ),
            names=", ".join(names),
        ),
    )


def of_dropped(count: int) -> Doubt:
    """Say how many comparison areas were not there all the time."""
    return Doubt(
        15,
        Note(
            _(
                "Areas left out of the comparison, because they did not exist throughout the "
                "compared time: {count}."
            ),
            count=count,
        ),
    )
