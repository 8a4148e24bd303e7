"""What a public or council page must not tell, attacked as a curious reader would."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apkgeo.evaluation import StudyAreas, evaluate_areas
from apkgeo.evaluation.doubts import of_control
from apkgeo.language import Note
from apkgeo.pages.compared import comparison_is_large, comparison_totals
from apkgeo.pages.content import Cells
from apkgeo.pages.patrol_content import patrol_tables
from apkgeo.pages.patrol_sections import shown_curve
from apkgeo.pages.patrols import shown_totals
from apkgeo.pages.privacy import lowest_rate, shown_cells
from apkgeo.pages.shown import shown_doubts, shown_findings, shown_whole
from apkgeo.pages.site import build_site
from apkgeo.study import Deployment, Period, Privacy
from tests import town
from tests.pages import made
from tests.pages.reading import Page


def with_counts(audience: str, before: int, after: int, **values):
    """One place, whose counts are so rare as numbers that they can be searched for."""
    base = made.evaluation("en", audience, **values)
    name = "Mill Row"
    findings = tuple(
        replace(
            one, count_before=before, count_after=after, naive=made.Told(0.7717, 0.6616, 0.8818)
        )
        if one.name == name and one.primary
        else one
        for one in base.findings
    )
    return replace(base, findings=findings)


def numbers(page: str) -> set[str]:
    """Return every number among the words and the data of a page."""
    read = Page(page)
    text = read.text() + json.dumps(read.data.get("map-data", {}).get("contents", []))
    return set(re.findall(r"\d+(?:\.\d+)?", text))


@pytest.mark.parametrize("audience", ["public", "council"])
@pytest.mark.parametrize("counts", [(8143, 3), (4, 8143), (8143, 0)])
def test_a_small_count_is_hidden_with_everything_computed_from_it(audience, counts):
    content = made.content("en", evaluation=with_counts(audience, *counts))
    site = build_site(content)
    for file in ("index.html", "localities.html"):
        page = Page(site[file])
        text = page.text()
        for told in ("−23%", "−34%", "−12%", "−36%", "−55%", "−9%"):
            for row in page.tables.values():
                mine = [cell for cells in row if "Mill Row" in cells[0] for cell in cells]
                assert told not in mine
        assert "Mill Row: too few incidents for a result to be shown." in text
        assert "Mill Row: incidents clearly fell." not in text
    rows = {r["Locality"]: r for r in Page(site["index.html"]).table("Results by locality")}
    mill = rows["Mill Row"]
    shown = ["hidden" if count < 5 else f"{count:,}.0" for count in counts]
    assert [mill["Per year, before"], mill["Per year, after"]] == shown
    assert [mill["Expected"], mill["Change against expectation"]] == ["–", "–"]
    assert [mill["95% interval"], mill["Finding"]] == ["–", "not shown"]
    part = site["localities.html"].split("Mill Row</h3>")[-1].split("</article>")[0]
    assert "<figure>" not in part
    assert "the same change" not in part


def test_an_internal_page_shows_all_and_says_that_it_must_stay_inside():
    content = made.content("en", evaluation=with_counts("internal", 8143, 3))
    for page in build_site(content).values():
        assert "must not leave the office" in Page(page).text()
    rows = Page(build_site(content)["index.html"]).table("Results by locality")
    assert {row["Locality"]: row["Per year, after"] for row in rows}["Mill Row"] == "3.0"
    council = made.content("en", evaluation=with_counts("council", 8143, 3))
    for page in build_site(council).values():
        assert "must not leave the office" not in Page(page).text()


def test_an_outcome_that_holds_a_hidden_one_is_hidden_too():
    outcomes = {"order": ("a",), "property": ("b",), "all": ("a", "b")}
    base = made.evaluation("en", outcomes={"public order": ("x",), "property": ("y",)})
    study = made.study("en", outcomes=outcomes)
    first = base.findings[0]
    findings = tuple(
        replace(first, outcome=name, primary=name == "order", count_before=count, count_after=50)
        for name, count in [("order", 40), ("property", 3), ("all", 43)]
    )
    counts = base.counts.assign(outcome="order")
    shown = shown_findings(replace(base, study=study, findings=findings, counts=counts))
    # 43 − 40 would give the hidden 3 back.
    assert [one.count_before for one in shown] == [40, None, None]


@pytest.mark.parametrize("small", ["ring", "comparison"])
def test_displacement_is_hidden_when_a_count_behind_it_is(small):
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    assert shown_findings(replace(base, findings=(first,)))[0].moved
    if small == "ring":
        first = replace(first, rings=first.rings.assign(after=[2, 40]))
        base = replace(base, findings=(first,))
    else:
        counts = base.counts.assign(count=0)
        base = replace(base, findings=(first,), counts=counts)
    (shown,) = shown_findings(base)
    assert shown.moved is None
    assert (shown.relative is None) == (small == "comparison")


@pytest.mark.parametrize(("lasting", "told"), [(2, False), (40, True)])
def test_comparison_areas_that_the_estimate_leaves_out_do_not_make_it_large(lasting, told):
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    counts = base.counts.assign(count=50)
    stayed = counts["area"] == "c0"
    counts.loc[stayed, "count"] = lasting
    counts.loc[~stayed & (counts["period"] == "after"), "days"] = 200
    (shown,) = shown_findings(replace(base, findings=(first,), counts=counts))
    assert (shown.relative is not None) == (shown.moved is not None) == told


def test_the_areas_tested_are_those_that_the_evaluation_compares_with():
    given = town.areas()
    localities = given.localities.copy()
    gone = localities["code"].isin([f"p{n}" for n in range(1, 28)])
    localities.loc[gone, "valid_to"] = pd.Timestamp("2016-06-01")
    incidents = town.incidents(np.random.default_rng(3), mean=6)
    study = town.study(privacy=Privacy(audience="council", min_count=30))
    result = evaluate_areas(study, incidents, StudyAreas(localities, given.districts, given.city))
    kept = result.counts[result.counts["area"].isin(["p28", "p29"])]
    totals = kept.groupby("period")["count"].sum()
    assert result.balance["comparison_areas"].tolist() == [2]
    assert totals.min() < 30
    finding = replace(result.findings[0], count_before=50, count_after=50)
    assert finding.relative
    (shown,) = shown_findings(replace(result, findings=(finding,)))
    assert shown.relative is None
    low = town.study(privacy=Privacy(audience="council", min_count=int(totals.min())))
    (shown,) = shown_findings(replace(result, study=low, findings=(finding,)))
    assert shown.relative


def test_the_result_of_all_places_is_left_out_when_one_of_them_is_hidden():
    pooled = made.pooled(170, 190.0)
    base = replace(made.evaluation("en"), pooled=pooled, overall="uncertain")
    assert shown_whole(base) is None  # Brickworks is hidden
    large = tuple(
        replace(one, count_after=40) if one.name == "Brickworks" else one for one in base.findings
    )
    whole = shown_whole(replace(base, findings=large))
    assert (whole.observed, whole.expected.estimate) == (170, 190.0)
    page = Page(
        build_site(made.content("en", evaluation=replace(base, findings=large)))["index.html"]
    )
    assert (
        "In 4 localities there were 170 incidents after the first programme began; without a "
        "programme about 190" in page.text()
    )
    hidden = Page(build_site(made.content("en", evaluation=base))["index.html"])
    assert "170" not in hidden.text()


def test_the_pooled_sentence_says_what_was_pooled_and_whom_the_doubt_concerns():
    wide, narrow = Note("Nobody knows who reported."), Note("The act changed.")
    base = made.evaluation(
        "en",
        deployments=[
            Deployment(locality="zizkova", start=date(2018, 4, 1)),
            Deployment(locality="dolni", start=date(2018, 7, 1)),
            Deployment(locality="dolni", start=date(2019, 7, 1), programme="caretakers"),
        ],
    )
    doubts = iter([(wide,), (narrow, wide), (narrow,)])
    findings = tuple(replace(one, doubts=next(doubts)) for one in base.findings if one.primary)
    evaluation = replace(
        base, findings=findings, pooled=made.pooled(92, 100.0), overall="uncertain", caution=narrow
    )
    whole = shown_whole(evaluation)
    assert (whole.places, whole.months, whole.later) == (2, 12, True)
    assert (whole.caution, whole.cautioned) == (wide, ())
    text = Page(build_site(made.content("en", evaluation=evaluation))["index.html"]).text()
    assert (
        "In 2 localities there were 92 incidents within 12 months of the first programme’s" in text
    )
    assert "That is 8% fewer" in text
    assert "A second programme in the same locality does not enter into the sum." in text
    assert "The main reason for caution: Nobody knows who reported." in text
    other = tuple(
        replace(one, doubts=(narrow,) if one.name == "Lower End" else ()) for one in findings
    )
    text = Page(
        build_site(made.content("en", evaluation=replace(evaluation, findings=other)))["index.html"]
    ).text()
    assert "The main reason for caution (it concerns Lower End): The act changed." in text


def test_rings_tell_nothing_of_a_comparison_with_too_few_incidents():
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    rings = first.rings.assign(after=[47, 3], relative=1.5, relative_low=1.1, relative_high=2.0)
    first = replace(first, rings=rings)
    (shown,) = shown_findings(replace(base, findings=(first,)))
    assert shown.rings["relative"].tolist()[0] == 1.5
    assert shown.rings.loc[1, ["relative", "relative_low", "relative_high"]].isna().all()
    (shown,) = shown_findings(replace(base, findings=(first,), counts=base.counts.assign(count=0)))
    assert shown.rings["relative"].isna().all()


def test_a_result_without_patrols_records_needs_enough_of_both():
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    for before, after, told in [(60, 40, True), (85, 40, False), (60, 50, False), (60, 3, False)]:
        index = made.pooled(after, 45.0, before=before)
        (shown,) = shown_findings(replace(base, findings=(replace(first, reported=index),)))
        assert (shown.reported is not None) == told


def in_one_place(counts, spans, **values):
    """Several programmes in Mill Row: their counts and the dates between which they were taken."""
    starts = [(date(*before), date(*start), date(*after)) for before, start, after in spans]
    deployments = [
        Deployment(
            locality="zizkova",
            programme=f"programme {number}",
            start=start,
            before=Period(start=before, end=start),
            after=Period(start=start, end=after),
        )
        for number, (before, start, after) in enumerate(starts)
    ]
    study = made.study("en", deployments=deployments, **values)
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    findings = tuple(
        replace(
            first,
            deployment=deployment,
            outcome=name,
            primary=name == study.primary_outcome,
            before=deployment.before,
            after=deployment.after,
            count_before=before,
            count_after=after,
            rings=first.rings.assign(before=[40, 40], after=[40, 40]),
        )
        for name, rows in counts.items()
        for deployment, (before, after) in zip(deployments, rows, strict=True)
    )
    return replace(base, study=study, findings=findings)


def counts_shown(evaluation):
    return [(one.count_before, one.count_after) for one in shown_findings(evaluation)]


HALF_A_YEAR = ((2017, 4, 1), (2018, 4, 1), (2018, 10, 1))
A_YEAR = ((2017, 4, 1), (2018, 4, 1), (2019, 4, 1))
TWO_YEARS_BEFORE = ((2016, 4, 1), (2018, 4, 1), (2019, 4, 1))
LATER_YEAR = ((2018, 4, 1), (2018, 10, 1), (2019, 10, 1))
LATER = ((2018, 4, 1), (2018, 10, 1), (2019, 4, 1))


@pytest.mark.parametrize(
    ("spans", "counts", "told"),
    [
        # 20 in the year after less 17 in its first half: 3 in the second.
        ((HALF_A_YEAR, A_YEAR), ((88, 17), (88, 20)), [(88, None), (88, 20)]),
        ((A_YEAR, HALF_A_YEAR), ((88, 20), (88, 17)), [(88, 20), (88, None)]),
        ((HALF_A_YEAR, A_YEAR), ((88, 17), (88, 17)), [(88, None), (88, 17)]),
        ((HALF_A_YEAR, A_YEAR), ((88, 17), (88, 22)), [(88, 17), (88, 22)]),
        # 90 in two years before less 88 in the last of them.
        ((TWO_YEARS_BEFORE, A_YEAR), ((90, 50), (88, 50)), [(90, 50), (None, 50)]),
        # The half-year before one programme is the first half of the year after another.
        ((A_YEAR, LATER_YEAR), ((88, 20), (17, 12)), [(88, 20), (None, 12)]),
        # Both halves of the year are shown, and make it up.
        ((A_YEAR, LATER), ((88, 26), (17, 9)), [(88, 26), (17, 9)]),
    ],
)
def test_a_period_within_another_does_not_tell_the_rest_of_it(spans, counts, told):
    evaluation = in_one_place({"order": counts}, spans, outcomes={"order": ("a",)})
    assert counts_shown(evaluation) == told
    for one in shown_findings(evaluation):
        assert (one.grade is None) == (one.main is None) == (one.hidden)


def test_two_periods_less_one_that_spans_both_are_hidden_too():
    later = ((2017, 10, 1), (2018, 10, 1), (2020, 4, 1))
    # 20 + 30 in two years less 47 in the year amid them: 3 in the outer halves. The smallest goes.
    spans, rows = (A_YEAR, later), ((20, 30), (47, 60))
    evaluation = in_one_place({"order": rows}, spans, outcomes={"order": ("a",)})
    assert counts_shown(evaluation) == [(None, 30), (47, 60)]


@pytest.mark.parametrize("primary", ["order", "all"])
def test_what_remains_of_an_outcome_is_tested_over_time_too(primary):
    codes = {"order": ("a",), "all": ("a", "b")}
    counts = {"order": ((88, 30), (88, 40)), "all": ((176, 60), (176, 72))}
    names = [primary, *(name for name in codes if name != primary)]
    evaluation = in_one_place(
        {name: counts[name] for name in names},
        (HALF_A_YEAR, A_YEAR),
        outcomes={name: codes[name] for name in names},
    )
    # Offences of kind b: 30 in the half-year, 32 in the year, 2 in its other half.
    other = names[1]
    hidden = [(counts[other][0][0], None), counts[other][1]]
    assert counts_shown(evaluation) == [*counts[primary], *hidden]


def test_rings_in_a_period_within_another_do_not_tell_the_rest_either():
    evaluation = in_one_place(
        {"order": ((88, 17), (88, 30))}, (HALF_A_YEAR, A_YEAR), outcomes={"order": ("a",)}
    )
    half, year = evaluation.findings
    year = replace(year, rings=year.rings.assign(after=[42, 60]))
    half, year = shown_findings(replace(evaluation, findings=(half, year)))
    # 42 − 40 = 2 in the inner ring, 60 − 40 = 20 in the outer one.
    assert half.rings["after"].isna().tolist() == [True, False]
    assert half.rings["ratio"].isna().tolist() == [True, False]
    assert half.moved is None
    assert year.rings["after"].tolist() == [42, 60]
    assert not half.hidden


def test_periods_of_different_places_or_on_internal_pages_are_not_compared():
    spans, rows = (HALF_A_YEAR, A_YEAR), ((88, 17), (88, 20))
    evaluation = in_one_place({"order": rows}, spans, outcomes={"order": ("a",)})
    internal = Privacy(audience="internal")
    study = evaluation.study.model_copy(update={"privacy": internal})
    assert counts_shown(replace(evaluation, study=study)) == list(rows)
    half, year = evaluation.findings
    elsewhere = year.deployment.model_copy(update={"locality": "dolni"})
    findings = (half, replace(year, deployment=elsewhere))
    assert counts_shown(replace(evaluation, findings=findings)) == list(rows)


def test_doubts_about_a_hidden_result_hold_no_number():
    base = made.evaluation("en")
    doubts = (Note("Only {n} before.", n=3), Note("The places were chosen because they were bad."))
    findings = tuple(replace(one, doubts=doubts) for one in base.findings)
    told = shown_findings(replace(base, findings=findings))
    shown = {one.name: one for one in told if one.primary}
    assert [str(note) for note in shown["Brickworks"].doubts] == [str(doubts[1])]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (Note("Before {before}, earlier {earlier}.", before=88, earlier=3.5), False),
        (Note("Before {before}, earlier {earlier}.", before=88, earlier=35.5), True),
        # 2 % of 88 incidents are 2 incidents.
        (Note("Patrols recorded {first}% and then {second}%.", first=2, second=30), False),
        (Note("Patrols recorded {first}% and then {second}%.", first=20, second=30), True),
        # The others recorded 5 % of 88, and 4 % of 52: 4 and 2 incidents.
        (Note("Patrols recorded {first}% and then {second}%.", first=95, second=96), False),
        (Note("Patrols recorded {first}% and then {second}%.", first=20, second=96), False),
        (Note("Patrols recorded {first}% and then {second}%.", first=20, second=90), True),
        (Note("Only {areas} areas to compare with.", areas=3), True),
        # Of eight comparison areas: about 2 and 8 incidents in all of them.
        (Note("{before} here and {mean} on average there.", before=88, mean=0.3), False),
        (Note("{before} here and {mean} on average there.", before=88, mean=1.0), True),
    ],
)
def test_a_doubt_about_a_shown_result_tells_no_small_count(note, told):
    base = made.evaluation("en")
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    (shown,) = shown_findings(replace(base, findings=(replace(first, doubts=(note,)),)))
    assert shown.doubts == ((note,) if told else ())


BAD = Note("Bad just before ({last} incidents, earlier {earlier}).", last=88, earlier=3.0)
UNKNOWN = Note("It is not known who reported the incidents.")
LAW = Note("The law changed within the compared time.")


def whole_with_doubts(audience: str, *doubts: tuple[Note, ...]):
    """Two places large enough to be told together, and the weightiest of their doubts."""
    base = made.evaluation("en", audience)
    places = [one for one in base.findings if one.primary and one.name != "Brickworks"]
    findings = tuple(replace(one, doubts=notes) for one, notes in zip(places, doubts, strict=False))
    return replace(
        base, findings=findings, pooled=made.pooled(89, 110.0), caution=BAD, overall="uncertain"
    )


def test_the_reason_for_caution_is_one_that_its_place_may_tell():
    base = whole_with_doubts("council", (BAD, UNKNOWN), (LAW, UNKNOWN))
    # It touches both places; the weightier one of the first place would tell a hidden count.
    assert shown_whole(base).caution == UNKNOWN
    page = Page(build_site(made.content("en", evaluation=base))["index.html"]).text()
    assert "Bad just before" not in page
    assert "It is not known who reported" in page
    alone = whole_with_doubts("council", (BAD,), ())
    assert shown_whole(alone).caution == alone.doubts[0]
    assert shown_whole(replace(alone, doubts=())).caution is None


def test_a_reason_for_caution_that_may_be_told_stays():
    assert shown_whole(whole_with_doubts("internal", (BAD, UNKNOWN), (BAD,))).caution == BAD
    base = whole_with_doubts("council", (LAW, UNKNOWN), (LAW,))
    assert shown_whole(replace(base, caution=LAW)).caution == LAW
    assert shown_whole(replace(base, caution=None)).caution is None


def test_doubts_about_the_whole_study_tell_nothing_hidden():
    few = Note("Only {before} before.", before=3)
    areas = Note("Areas left out: {count}.", count=1)
    tally = Note("Standing out: {alone}; allowed for: {allowed}.", alone=3, allowed=2)
    base = replace(made.evaluation("en"), doubts=(LAW, few, areas, tally))
    # Brickworks is hidden: three less those of the other places would tell its result.
    assert shown_doubts(base) == (LAW, areas)
    page = Page(build_site(made.content("en", evaluation=base))["index.html"]).text()
    assert "Areas left out: 1." in page
    assert "Only 3 before." not in page
    assert "Standing out" not in page
    large = tuple(one for one in base.findings if one.name != "Brickworks")
    assert shown_doubts(replace(base, findings=large)) == (LAW, areas, tally)
    internal = replace(made.evaluation("en", "internal"), doubts=base.doubts)
    assert shown_doubts(internal) == base.doubts


@pytest.mark.parametrize("ratio", [0.2, 3.0])
@pytest.mark.parametrize(
    ("after", "audience", "told"),
    [(2, "council", False), (2, "internal", True), (40, "council", True)],
)
def test_a_control_outcome_that_is_hidden_is_no_reason_told_for_doubt(ratio, after, audience, told):
    base = made.evaluation("en", audience)
    first, control = (one for one in base.findings if one.name == "Mill Row")
    note = of_control(control.outcome, ratio).note
    small = replace(control, count_after=after)
    findings = (replace(first, doubts=(note, LAW)), small)
    (shown, _) = shown_findings(replace(base, findings=findings))
    assert shown.doubts == ((note, LAW) if told else (LAW,))


def test_a_control_outcome_whose_result_rests_on_a_small_comparison_is_not_told():
    base = made.evaluation("en")
    first, control = (one for one in base.findings if one.name == "Mill Row")
    note = of_control(control.outcome, 0.2).note
    few = base.counts.assign(outcome=control.outcome, count=0)
    findings = (replace(first, doubts=(note,)), replace(control, expectation=None))
    counts = pd.concat([base.counts, few])
    (shown, _) = shown_findings(replace(base, findings=findings, counts=counts))
    assert shown.doubts == ()


@pytest.mark.parametrize(("last", "told"), [(86, False), (88, False), (60, True)])
def test_the_last_of_two_years_does_not_tell_the_year_before_it(last, told):
    base = made.evaluation("en")
    note = Note("Bad just before ({last} incidents, earlier {earlier}).", last=last, earlier=40.0)
    first = next(one for one in base.findings if one.name == "Mill Row" and one.primary)
    one_year = replace(first, doubts=(note,))
    two_years = replace(one_year, before=Period(start=date(2016, 4, 1), end=date(2018, 4, 1)))
    # Of the 88 incidents of two years.
    (shown,) = shown_findings(replace(base, findings=(two_years,)))
    assert shown.doubts == ((note,) if told else ())
    (shown,) = shown_findings(replace(base, findings=(one_year,)))
    assert shown.doubts == (note,)


def test_no_count_of_a_square_is_in_the_page():
    counts = made.cells()
    # Counts that are no class's edge and no other number of the page.
    frame = counts.frame.assign(
        before=np.where(counts.frame["before"] >= 5, 771_771, 3),
        after=np.where(counts.frame["after"] >= 5, 661_661, 4),
    )
    page = build_site(made.content("en", cells=Cells(frame, counts.before, counts.after)))[
        "hotspots.html"
    ]
    assert "771771" not in page
    assert "661661" not in page
    for name in ("rates-data", "change-data"):
        told = json.dumps(Page(page).data[name])
        assert "before_class" not in told
        assert '"v"' in told


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(5, 90)), min_size=1, max_size=12),
    st.integers(0, 4),
    st.sampled_from([(365, 365), (365, 730), (730, 200)]),
)
def test_what_is_said_of_a_square_is_the_same_whatever_its_hidden_count(pairs, other, days):
    hidden, known = (pd.Series(column) for column in zip(*pairs, strict=True))
    lowest = lowest_rate(5, days)
    one = shown_cells(hidden, known, days=days, lowest=lowest)
    two = shown_cells(hidden * 0 + other, known, days=days, lowest=lowest)
    assert one["before"].isna().all()
    pd.testing.assert_frame_equal(one, two)


@settings(deadline=None)
@given(
    st.integers(1, 12),
    st.tuples(st.integers(20, 2000), st.integers(20, 2000)),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=20),
)
def test_a_count_below_the_limit_never_has_a_rate(least, days, pairs):
    before, after = (pd.Series(column) for column in zip(*pairs, strict=True))
    shown = shown_cells(before, after, days=days, lowest=lowest_rate(least, days))
    assert shown.loc[before < least, "before"].isna().all()
    assert shown.loc[after < least, "after"].isna().all()
    enough = (before >= 2 * least * days[0] / min(days)) & (before > 0)
    assert shown.loc[enough, "before"].notna().all()


def test_patrols_never_show_the_work_of_one_unit():
    page = Page(build_site(made.content())["patrols.html"])
    july = {name: page.table(f"{name}: hodiny")[3]["Noc (22–6 h)"] for name in ("Dolní", "Žižkova")}
    # In July only one unit walked at night in Dolní; its name is nowhere.
    assert july == {"Dolní": "skryto", "Žižkova": str(round(10 * 21 / 60))}
    assert "unit-0" not in page.html
    assert "Hodiny skrýváme všude, kde by mohly prozradit práci jediného" in page.text()


def test_no_total_stands_beside_what_is_hidden():
    page = Page(build_site(made.content())["patrols.html"])
    assert not any("Všechny lokality" in caption for caption in page.tables)


@pytest.mark.parametrize("audience", ["public", "council"])
def test_nothing_of_a_single_unit_leaves_the_office(audience):
    """One unit walked: its hours, its visits and where it was are on no page and in no file."""
    told = made.patrols(made.walks(units=1, days=20))
    content = made.content("cs", audience, patrols=told)
    page = Page(build_site(content)["patrols.html"])
    rows = [row for table in page.tables.values() for row in table[1:]]
    assert rows == []
    assert page.text().count("Zdejší hodiny by prozradily práci jediného člověka") >= 1
    assert "Jsou hlídky tam" not in page.text()
    # Nor from how many days, from when and until when there is a record of it.
    assert "Záznam obchůzek" not in page.text()
    assert "2018" not in page.text()
    for table in patrol_tables(told, protected=True, language="cs").values():
        assert table.get("hours", pd.Series(dtype=float)).isna().all()
        assert "unit" not in table.columns
    full = patrol_tables(told, protected=False, language="cs")
    assert set(full) > {"patrols_by_unit", "patrols_by_programme"}
    assert "unit" in full["patrols_by_unit"].columns


@pytest.mark.parametrize("audience", ["public", "council"])
def test_nothing_finer_than_a_shift_and_no_track_leaves_the_office(audience):
    told = made.patrols()
    content = made.content("cs", audience, patrols=told)
    html = build_site(content)["patrols.html"]
    for moment in ("07:00", "8:00", "2018-04-01", "22:14"):
        assert moment not in html
    for table in patrol_tables(told, protected=True, language="cs").values():
        assert not {"hour", "day", "arrived", "left", "unit", "units"} & set(table.columns)


def test_shares_of_coverage_need_enough_incidents_and_two_units():
    told = made.patrols()
    shown = shown_curve(told.coverage, 5)
    assert shown["patrols"].notna().any()
    assert shown_curve(told.coverage, 10_000)["incidents"].isna().all()
    alone = made.patrols(made.walks(units=1))
    assert shown_curve(alone.coverage, 5)["patrols"].isna().all()
    pd.testing.assert_frame_equal(shown_curve(alone.coverage, 0), alone.coverage.curve)


def test_what_one_share_of_coverage_adds_to_another_is_no_small_count_either():
    told = made.patrols()
    curve = told.coverage.curve.assign(incidents=[0.50, 0.53])
    total = told.coverage.cell_hours["incidents"].sum()
    shown = shown_curve(replace(told.coverage, curve=curve), 5)
    assert 0 < 0.03 * total < 5 < 0.47 * total
    assert shown["incidents"].isna().tolist() == [False, True]
    wide = told.coverage.curve.assign(incidents=[0.50, 0.60])
    assert shown_curve(replace(told.coverage, curve=wide), 5)["incidents"].notna().all()


def test_two_totals_of_the_comparison_areas_do_not_tell_a_small_third():
    """20 of which 19 are of one kind: of the other kind there was 1; so one is hidden."""
    base = made.evaluation("en", outcomes={"order": ("a",), "all": ("a", "b")})
    table = base.counts[base.counts["area"] == "c0"].reset_index(drop=True)
    totals = {"order": (19, 30), "all": (20, 60)}
    counts = pd.concat(
        [
            table.assign(outcome=name, count=table["period"].map({"before": one, "after": other}))
            for name, (one, other) in totals.items()
        ]
    )
    evaluation = replace(base, counts=counts)
    assert comparison_is_large(evaluation, "order", 5)
    assert not comparison_is_large(evaluation, "all", 5)
    assert {row["outcome"] for row in comparison_totals(evaluation, 5)} == {"order"}
    assert {row["outcome"] for row in comparison_totals(evaluation, 1)} == {"order", "all"}
    shown = {one.outcome: one.relative for one in shown_findings(evaluation) if not one.hidden}
    assert shown["order"] is not None
    assert shown["all"] is None


def test_internal_pages_show_every_hour_but_no_unit():
    shown = shown_totals(made.patrols(), protected=False, language="cs")
    assert shown.places["hours"].notna().all()
    assert shown.shifts["hours"].notna().all()
    assert "unit" not in shown.places
    page = Page(build_site(made.content("cs", "internal"))["patrols.html"])
    assert "unit-0" not in page.html


def test_on_public_pages_places_are_off_until_asked_for():
    pages = {
        audience: build_site(made.content("en", audience))["localities.html"]
        for audience in ("public", "council")
    }
    for audience, page in pages.items():
        layers = Page(page).data["map-data"]["layers"]
        places = [layer for layer in layers if layer.get("name") == ["Localities"]]
        assert [layer.get("show", 1) for layer in places] == [int(audience == "council")]
    picture = pages["public"].split('class="figure map-figure"')[1].split("</svg>")[0]
    assert "Mill Row" not in picture


def test_places_are_drawn_alike_whatever_their_result():
    layers = Page(build_site(made.content("en"))["localities.html"]).data["map-data"]["layers"]
    (places,) = [layer for layer in layers if layer.get("name") == ["Localities"]]
    (outlines,) = [group for group in places["items"] if "s" in group["items"][0]]
    assert len(outlines["items"]) == 4
    assert len({item["s"] for item in outlines["items"]}) == 1
