"""The rule from evidence to a grade: one table."""

from __future__ import annotations

import itertools

import pytest

from apkgeo.statistics.verdict import GRADES, Evidence, grade, lowest


def on_expectation(ratio: float, p: float, others: float | None = 0.01, **more) -> Evidence:
    return Evidence("expectation", ratio, p, randomization_p_value=others, **more)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        # Strength on an expectation.
        (on_expectation(0.6, 0.009), "clear_fall"),
        (on_expectation(0.6, 0.01), "likely_fall"),
        (on_expectation(0.6, 0.049), "likely_fall"),
        (on_expectation(0.6, 0.05), "uncertain"),
        (on_expectation(0.6, float("nan")), "uncertain"),
        # As many untreated areas depart as far, or it is not known: not clear.
        (on_expectation(0.6, 0.001, 0.2), "likely_fall"),
        (on_expectation(0.6, 0.001, None), "likely_fall"),
        # A relative change never is clear, and only likely when selection is excluded.
        (Evidence("relative", 0.6, 0.001), "uncertain"),
        (Evidence("relative", 0.6, 0.001, selection_excluded=True), "likely_fall"),
        (Evidence("relative", 0.6, 0.02, selection_excluded=True), "uncertain"),
        # A bare change is evidence of nothing.
        (Evidence("naive", 0.1, 1e-9, selection_excluded=True), "uncertain"),
        # Doubts cap.
        (on_expectation(0.6, 0.001, cap="likely"), "likely_fall"),
        (on_expectation(0.6, 0.001, cap="uncertain"), "uncertain"),
        (on_expectation(0.6, 0.03, cap="likely"), "likely_fall"),
        # A rise needs to know who reports.
        (on_expectation(1.6, 0.001, recording="unchanged"), "clear_rise"),
        (on_expectation(1.6, 0.001, recording="unknown"), "likely_rise"),
        (on_expectation(1.6, 0.001, recording="patrols_rose"), "uncertain"),
        (on_expectation(1.6, 0.001, recording="unchanged", reported_rose=True), "clear_rise"),
        (on_expectation(1.6, 0.001, recording="unchanged", reported_rose=False), "likely_rise"),
        # A fall although patrols see more is a fall all the more.
        (on_expectation(0.6, 0.001, recording="patrols_rose"), "clear_fall"),
        (on_expectation(1.0, 0.001), "uncertain"),
    ],
)
def test_the_table(evidence: Evidence, expected: str) -> None:
    assert grade(evidence) == expected


def test_less_evidence_never_gives_a_stronger_grade() -> None:
    strength = {name: abs(place - 2) for place, name in enumerate(GRADES)}
    for ratio, others, recording in itertools.product(
        (0.5, 1.5), (0.01, 0.2), ("unchanged", "unknown", "patrols_rose")
    ):
        for caps in (("none", "likely"), ("likely", "uncertain")):
            for p in (0.001, 0.03, 0.2):
                weaker, stronger = (
                    grade(on_expectation(ratio, p, others, cap=cap, recording=recording))
                    for cap in (caps[1], caps[0])
                )
                assert strength[weaker] <= strength[stronger]


def test_the_strictest_cap_holds() -> None:
    assert lowest(["none", "uncertain", "likely"]) == "uncertain"
    assert lowest([]) == "none"
