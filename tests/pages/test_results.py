"""The tables and the JSON of a run tell their audience what the pages tell, and no more."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from apkgeo.outputs import (
    INTERNAL_MANIFEST,
    MANIFEST,
    internal_manifest,
    manifest,
    staged,
    write_json,
    write_text,
)
from apkgeo.pages.results import full_files, result_files, told_quality
from apkgeo.pages.shown import shown_findings
from apkgeo.study import Deployment, Period
from tests.pages import made


def table(files: dict[str, str], name: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(files[name]))


@pytest.mark.parametrize("audience", ["public", "council"])
def test_a_hidden_count_is_null_with_all_that_follows_from_it(audience: str) -> None:
    # Brickworks: 9 before, 3 after; its limit is 5.
    files = result_files(made.evaluation("en", audience))
    findings = table(files, "findings.csv")
    row = findings[(findings["locality"] == "cihelna") & findings["primary"]].iloc[0]
    assert row["count_before"] == 9
    derived = ["count_after", "grade", "p_value", "expected", "naive", "expectation", "relative"]
    assert row[derived].isna().all()
    (told,) = (
        one
        for one in json.loads(files["evaluation.json"])["findings"]
        if one["locality"] == "cihelna" and one["primary"]
    )
    assert told["after"]["count"] is None
    assert set(told["estimates"].values()) == {None}
    assert told["displacement_per_year"] is None


def test_a_council_gets_the_counts_that_its_pages_show() -> None:
    evaluation = made.evaluation("en", "council")
    findings = table(result_files(evaluation), "findings.csv")
    shown = [(one.count_before, one.count_after) for one in shown_findings(evaluation)]
    told = [
        tuple(None if pd.isna(n) else int(n) for n in pair)
        for pair in findings[["count_before", "count_after"]].to_numpy()
    ]
    assert told == shown


def test_an_internal_run_tells_every_count() -> None:
    evaluation = made.evaluation("en", "internal")
    assert result_files(evaluation) == full_files(evaluation)
    assert table(full_files(evaluation), "findings.csv")["count_after"].min() == 3


def test_no_single_comparison_area_is_told_outside_the_office() -> None:
    counts = table(result_files(made.evaluation("en", "council")), "counts.csv")
    compared = counts[counts["role"] == "comparison"]
    # Eight areas of 40, 41, …, 47 incidents.
    assert compared["count"].tolist() == [348, 348]
    assert compared["area"].isna().all()


def test_estimates_are_told_in_three_figures_only() -> None:
    # 52 of 88 by 365 days: a longer fraction would give both counts back.
    told = json.loads(result_files(made.evaluation("en", "council"))["evaluation.json"])
    for finding in told["findings"]:
        for estimate in finding["estimates"].values():
            for value in (estimate or {}).values():
                assert value == float(f"{value:.3g}")


def test_a_small_rest_between_two_programmes_is_hidden_in_the_tables_too() -> None:
    """20 in the year after, 17 in its first half: 3 in the second."""
    starts = [(date(2018, 10, 1), "half"), (date(2019, 4, 1), "year")]
    deployments = [
        Deployment(
            locality="zizkova",
            programme=name,
            start=date(2018, 4, 1),
            before=Period(start=date(2017, 4, 1), end=date(2018, 4, 1)),
            after=Period(start=date(2018, 4, 1), end=end),
        )
        for end, name in starts
    ]
    base = made.evaluation("en", deployments=deployments[:1])
    first = next(one for one in base.findings if one.primary)
    findings = tuple(
        replace(
            first,
            deployment=deployment,
            after=deployment.after,
            count_after=count,
            rings=first.rings.iloc[:0],
        )
        for deployment, count in zip(deployments, (17, 20), strict=True)
    )
    study = made.study("en", deployments=deployments)
    files = result_files(replace(base, study=study, findings=findings))
    assert table(files, "findings.csv")["count_after"].tolist()[1] == 20
    assert pd.isna(table(files, "findings.csv")["count_after"].tolist()[0])
    counts = table(files, "counts.csv")
    mine = counts[(counts["role"] == "treated") & (counts["period"] == "after")]
    assert mine["count"].fillna(-1).tolist() == [-1, 20]


def test_a_report_on_the_data_tells_no_small_table_cell_nor_one_that_gives_it() -> None:
    report = {
        "incidents": {
            "rows_in": 120,
            "rows_used": 100,
            "rejected": {"no time": 2},
            "notes": ["read"],
            "offences": {"theft": 90, "noise": 7, "arson": 3},
            "months": {"2014-01": 90, "2014-02": 7, "2014-03": 3},
            "warnings": ["Something is amiss.", "Suggested: 97 in 2 spellings."],
            "suggestions": {"with_a_suggestion": {"kinds": 2, "rows": 97}},
            "geocoding": {"by_month": {"2014-01": {"matched": 1}}},
        }
    }
    told = told_quality(report, 5)["incidents"]
    # 100 − 90 − 7 = 3: the 7 must go, too.
    assert told["months"] == {"2014-01": 90, "2014-02": None, "2014-03": None}
    # A rare offence may be one that somebody typed with a name; 97 − 90 = 7 would tell the other.
    assert told["offences"] == {"theft": 90}
    assert told["warnings"] == ["Something is amiss."]
    assert (told["rows_in"], told["rejected"]) == (120, {"no time": 2})
    assert "geocoding" not in told
    assert told_quality(report, 0) == report


def test_the_manifest_tells_no_hash_of_a_file_that_stays_in_the_office(tmp_path: Path) -> None:
    for name in ("results/a.csv", "internal/a.csv", "maps/a.html"):
        write_text(tmp_path / name, "1\n")
    outputs = manifest(made.study(), [], tmp_path)["outputs"]
    assert sorted(outputs) == ["maps/a.html", "results/a.csv"]


def test_a_public_run_after_an_internal_one_leaves_no_full_table_behind(tmp_path: Path) -> None:
    for names in (["results/a.csv", "internal/a.csv", "internal/b.csv"], ["results/a.csv"]):
        with staged(tmp_path) as folder:
            for name in names:
                write_text(folder / name, "1\n")
            write_json(folder / MANIFEST, manifest(made.study(), [], folder))
            if len(names) > 1:
                write_json(folder / INTERNAL_MANIFEST, internal_manifest(folder))
    assert not (tmp_path / "internal").exists()
