"""From numbers to one of five grades, by a rule that is written down.

The grade rests on one estimate, its *basis*, and on its two-sided p-value, adjusted for the number
of questions asked:

1. **Basis.** The expectation from the places' own past; where it cannot be had, the change relative
   to comparison areas; the bare change before to after is never evidence of anything.
2. **Strength.** On an expectation, a change is *clear* when p < 0.01 and no more than 5% of
   untreated areas departed as far from theirs, *likely* when p < 0.05, else *uncertain*. A
   relative change knows nothing of how the place was chosen: it is at most *likely*, and only when
   p < 0.01 and earlier counts show that the place was not chosen after an unusually bad time.
3. **Doubts** that could explain the whole change by themselves cap the grade: at *likely*, or at
   *uncertain* where the counts cannot carry an answer.
4. **Recording.** Patrols record what they see. A rise is at most *likely* while it is unknown who
   reported the incidents, or while those that patrols did not report do not show it (p < 0.05);
   it is *uncertain* when the patrols' share rose.

The same evidence always gets the same grade: nothing else enters. How often it is wrong in towns of
known truth is told in ``docs/verdict.md`` and simulated by ``make simulate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["clear_fall", "likely_fall", "uncertain", "likely_rise", "clear_rise"]
Basis = Literal["expectation", "relative", "naive"]
Cap = Literal["none", "likely", "uncertain"]
Recording = Literal["unchanged", "unknown", "patrols_rose"]

GRADES: tuple[Grade, ...] = ("clear_fall", "likely_fall", "uncertain", "likely_rise", "clear_rise")
CLEAR = 0.01
LIKELY = 0.05


@dataclass(frozen=True)
class Evidence:
    """What a grade is given on.

    Attributes
    ----------
    basis : {"expectation", "relative", "naive"}
    ratio : float
        The basis' estimate: below 1 is a fall.
    p_value : float
        Two-sided, adjusted for the number of questions.
    randomization_p_value : float, optional
        Share of untreated areas that departed as far (of an expectation).
    selection_excluded : bool
        Whether earlier counts show that the place was not chosen after a bad time.
    cap : {"none", "likely", "uncertain"}
        The lowest cap of all doubts.
    recording : {"unchanged", "unknown", "patrols_rose"}
        What is known of who reported the incidents.
    reported_rose : bool, optional
        Whether the incidents that patrols did not report rose as well; None where it is unknown.
    """

    basis: Basis
    ratio: float
    p_value: float
    randomization_p_value: float | None = None
    selection_excluded: bool = False
    cap: Cap = "none"
    recording: Recording = "unknown"
    reported_rose: bool | None = None


def grade(evidence: Evidence) -> Grade:
    """Return the grade that the rule of this module gives to `evidence`.

    Examples
    --------
    >>> grade(Evidence("expectation", 0.6, 0.001, randomization_p_value=0.02))
    'clear_fall'
    >>> grade(Evidence("relative", 0.6, 0.001))
    'uncertain'
    """
    strength = _strength(evidence)
    if evidence.cap == "likely":
        strength = min(strength, 1)
    if evidence.cap == "uncertain":
        strength = 0
    if evidence.ratio < 1:
        return GRADES[2 - strength]
    if evidence.recording == "patrols_rose":
        strength = 0
    if evidence.recording == "unknown" or evidence.reported_rose is False:
        strength = min(strength, 1)
    return GRADES[2 + strength]


def _strength(evidence: Evidence) -> int:
    """Return 2 for clear, 1 for likely, 0 for uncertain, before doubts."""
    if not evidence.p_value < LIKELY or evidence.ratio == 1:
        return 0
    if evidence.basis == "expectation":
        others = evidence.randomization_p_value
        return 2 if evidence.p_value < CLEAR and others is not None and others <= LIKELY else 1
    if evidence.basis == "relative":
        return int(evidence.p_value < CLEAR and evidence.selection_excluded)
    return 0


def lowest(caps: list[Cap]) -> Cap:
    """Return the strictest of several caps.

    Examples
    --------
    >>> lowest(["none", "likely"]), lowest([])
    ('likely', 'none')
    """
    order: tuple[Cap, ...] = ("none", "likely", "uncertain")
    return max(caps, key=order.index, default="none")
