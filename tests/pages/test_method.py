"""The page on method and data says what a council member and a journalist would ask."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from apkgeo.evaluation import Evaluation
from apkgeo.language import Note
from apkgeo.pages.site import build_site
from apkgeo.pages.words import tell_together
from tests.pages import made
from tests.pages.reading import Page


def balance(mean: float, highest: int, areas: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "deployment": [0, 1, 2, 3],
            "outcome": "public order",
            "treated_before": [88, 41, 23, 9],
            "comparison_areas": areas,
            "comparison_mean": mean,
            "comparison_lowest": 0,
            "comparison_highest": highest,
            "dispersion": 1.0,
        }
    )


def page(audience: str = "council", **values: object) -> Page:
    evaluation: Evaluation = replace(made.evaluation("en", audience), **values)
    return Page(build_site(made.content("en", audience, evaluation=evaluation))["method.html"])


def test_it_says_what_was_counted_compared_judged_and_left_open() -> None:
    text = page().text()
    for words in (
        "What was counted",
        "How many records could be used",
        "What it is compared with",
        "By which rule it was judged",
        "What the results cannot tell",
        "What is not shown, and why",
        "Invented data.",
    ):
        assert words in text


def test_rows_are_accounted_for_with_the_reasons_of_those_left_out() -> None:
    told = page()
    rows = {row["Source"]: row for row in told.table("Rows read from each source")}
    assert rows["Incidents"] == {
        "Source": "Incidents", "Rows": "12,480", "Used": "12,391", "Not used": "89",
    }  # fmt: skip
    reasons = {row["Why it was not used"]: row["Rows"] for row in told.table("Rows that were not")}
    assert reasons == {"the time is not readable": "61", "no place": "28"}  # 61 + 28 = 89


def test_the_rule_names_all_five_findings() -> None:
    rows = page().table("The five findings and when each is given")
    named = ", ".join(row["Finding"] for row in rows)
    assert named == ("clear fall, clear rise, likely fall, likely rise, cannot be told from chance")
    assert "below 1%" in rows[0]["When it is given"]
    assert "below 5%" in rows[1]["When it is given"]


@pytest.mark.parametrize(
    ("mean", "highest", "areas", "shown"),
    [
        (13.7, 20, 3, ("13.7", "20")),  # 41 in all, 21 without the largest
        (1.0, 2, 3, ("hidden", "hidden")),  # 3 in all: a small count itself
        (4.0, 4, 3, ("4", "hidden")),  # the largest is small
        (6.0, 10, 2, ("6", "hidden")),  # 12 less 10 leaves 2, the count of the other area
        (9.0, 9, 1, ("9", "9")),  # the only area, large enough by itself
    ],
)
def test_the_comparison_areas_tell_no_small_count(
    mean: float, highest: int, areas: int, shown: tuple[str, str]
) -> None:
    rows = page(balance=balance(mean, highest, areas)).table("Incidents before the programme began")
    told = {row["Locality"]: row for row in rows}
    row = told["Mill Row"]
    assert row["Incidents before"] == "88"
    assert row["Their mean"].removesuffix(".0") == shown[0]
    assert row["The most in one of them"] == shown[1]


def test_internal_pages_show_every_count() -> None:
    rows = page("internal", balance=balance(1.0, 2)).table("Incidents before the programme began")
    assert {row["Their mean"] for row in rows} == {"1.0"}


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ("public", "drawn only when they are switched on"),
        ("council", "Counts below 5 are hidden"),
        ("internal", "must not leave the office"),
    ],
)
def test_it_says_what_its_readers_do_not_see(audience: str, words: str) -> None:
    assert words in page(audience).text()


def test_doubts_that_differ_in_numbers_alone_are_one() -> None:
    base = made.evaluation("en")
    counts = {"zizkova": 88, "dolni": 41, "u-trati": 23}
    found = tuple(
        replace(
            one,
            doubts=(
                Note("There were {before} incidents here.", before=counts[one.deployment.locality]),
            )
            if one.deployment.locality in counts
            else (),
        )
        for one in base.findings
    )
    html = build_site(made.content("en", evaluation=replace(base, findings=found)))["index.html"]
    text = Page(html).text()
    told = "Lower End, Mill Row, Railside: There were 23 to 88 incidents here."
    assert text.count("incidents here.") == 1
    assert told in text


def test_notes_are_told_together_in_czech_with_a_decimal_comma() -> None:
    message = (
        "The comparison areas are of another level: before, {before} incidents here and {mean} on "
        "average there. What holds for them need not hold here."
    )
    notes = [Note(message, before=n, mean=m) for n, m in ((2, 12.8), (227, 13.7))]
    assert tell_together(notes, "cs").replace("\u00a0", " ") == (
        "Srovnávací místa jsou jiná: počet událostí před zahájením je zde 2 až 227, v nich "
        "průměrně 12,8 až 13,7. Co platí pro ně, nemusí platit zde."
    )
