"""Suggestions for misspelt offences, and what is made of the accepted ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from apkgeo.errors import InputError, MissingFileError
from apkgeo.sources.incidents import read_incidents
from apkgeo.sources.suggestions import read_decisions, suggest_offences, write_suggestions
from apkgeo.study import Source

ROWS = (
    [("rušení nočního klidu", "§ 47/1b")] * 9
    + [("Rušení nočního klidu", "")] * 3
    + [("rušeni nočniho kildu", "")] * 2
    + [("nočního klidu rušení", "")]
    + [("drobná krádež", "§ 50/1a")] * 4
    + [("hluk", "§ 47/1b"), ("hluk", "§ 50/1a"), ("hluk", "")]
    + [("odchyt psa", "")] * 6
    + [("odchty psa", ""), ("sektor 12", ""), ("úplně něco jiného", "")]
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    lines = [
        f"{1 + n % 28}.5.2015 10:{n % 60:02};13,37;49,74;{text};{law}"
        for n, (text, law) in enumerate(ROWS)
    ]
    path = tmp_path / "export.csv"
    path.write_text("Datum;X;Y;Druh události;Kvalifikace\n" + "\n".join(lines), "utf-8")
    return path


@pytest.fixture
def table(export: Path) -> pd.DataFrame:
    return suggest_offences(read_incidents(export).frame).set_index("text")


def test_the_same_words_with_a_paragraph_count_first(table: pd.DataFrame) -> None:
    row = table.loc["Rušení nočního klidu"]
    assert (row["rows"], row["suggested"], row["similarity"]) == (3, "public_order", 1.0)
    assert row["why"] == "The same words have this code in 9 of 9 rows with a paragraph."


def test_misspelt_and_turned_words_are_like_the_right_ones(table: pd.DataFrame) -> None:
    for text in ("rušeni nočniho kildu", "nočního klidu rušení"):
        assert table.loc[text, "suggested"] == "public_order"
        assert "Similar words, “rušení nočního klidu”" in table.loc[text, "why"]


def test_words_on_which_the_paragraphs_differ_suggest_nothing(table: pd.DataFrame) -> None:
    assert table.loc["hluk", ["suggested", "why"]].tolist() == ["", ""]


def test_a_rare_spelling_is_like_a_common_one(table: pd.DataFrame) -> None:
    assert table.loc["odchty psa", "suggested"] == "odchyt_psa"
    assert table.loc["odchyt psa", "suggested"] == ""


def test_every_kind_without_a_code_is_listed_once_with_its_rows(table: pd.DataFrame) -> None:
    assert table.index.is_unique
    assert table["rows"].sum() == sum(not law for _text, law in ROWS)
    assert table["rows"].is_monotonic_decreasing
    assert (table["accept"] == "").all()


def test_words_with_other_numbers_are_not_alike() -> None:
    frame = pd.DataFrame(
        {
            "offence": ["property", "kradez_v_sektoru_13"],
            "offence_text": ["krádež v sektoru 12 (§ 50)", "krádež v sektoru 13"],
        }
    )
    assert suggest_offences(frame)["suggested"].tolist() == [""]


def test_nothing_is_applied_before_it_is_accepted(export: Path, tmp_path: Path) -> None:
    plain = read_incidents(export).frame
    path = tmp_path / "druhy.csv"
    write_suggestions(path, suggest_offences(plain))
    reading = read_incidents(export, offences=path)
    assert reading.frame["offence"].tolist() == plain["offence"].tolist()
    assert any("accepted suggestions in druhy.csv: 0 rows" in note for note in reading.notes)


def test_what_is_accepted_or_changed_is_applied_and_told(export: Path, tmp_path: Path) -> None:
    plain = read_incidents(export).frame
    path = tmp_path / "druhy.csv"
    made = suggest_offences(plain).set_index("text")
    made.loc["Rušení nočního klidu", "accept"] = "Ano"
    made.loc["odchyt psa", "accept"] = "municipal_bylaws"
    made.loc["rušeni nočniho kildu", "accept"] = "ne"
    write_suggestions(path, made.reset_index())
    # A Czech spreadsheet saves it in its own encoding.
    path.write_bytes(path.read_text("utf-8-sig").replace("“", "").replace("”", "").encode("cp1250"))
    reading = read_incidents(Source(path=export, offences=path))
    codes = reading.frame["offence"].value_counts()
    assert codes["municipal_bylaws"] == 6
    assert codes["public_order"] == 9 + 1 + 3
    assert codes["ruseni_nocniho_kildu"] == 2
    assert any("accepted suggestions in druhy.csv: 9 rows" in note for note in reading.notes)


def test_a_paragraph_is_never_overruled(export: Path, tmp_path: Path) -> None:
    path = tmp_path / "druhy.csv"
    path.write_text("text;suggested;accept\ndrobná krádež;public_order;yes\n", "utf-8")
    assert (read_incidents(export, offences=path).frame["offence"] == "property").sum() == 5


def test_writing_again_keeps_what_was_decided(export: Path, tmp_path: Path) -> None:
    path = tmp_path / "druhy.csv"
    made = suggest_offences(read_incidents(export).frame)
    made.loc[made["text"] == "odchyt psa", "accept"] = "municipal_bylaws"
    write_suggestions(path, made)
    write_suggestions(path, made.assign(accept=""))
    assert read_decisions(path) == {"odchyt_psa": "municipal_bylaws"}
    assert len(pd.read_csv(path, sep=";")) == len(made)


def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path: Path) -> None:
    made = pd.DataFrame({"offence": ["cmd_calc_a1"], "offence_text": ["=cmd|' calc'!A1"]})
    write_suggestions(tmp_path / "a.csv", suggest_offences(made))
    assert "'=cmd" in (tmp_path / "a.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a;b\n1;2\n", r"druhy\.csv is no table of suggested offences: expected columns text"),
        ("text;suggested;accept\nhluk;;ano\n", r"'hluk' is accepted, but nothing is suggested"),
    ],
)
def test_a_wrong_table_is_one_line(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "druhy.csv"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=message):
        read_decisions(path)


def test_a_missing_table_is_told_with_the_way_to_get_one(export: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="run 'apkgeo check', which writes one"):
        read_incidents(export, offences=tmp_path / "druhy.csv")


@pytest.mark.parametrize(
    "written",
    ["rušení nočního klidu § 47", "rušení nočního klidu, § 47 odst. 1 písm. b) z. č. 200/1990 Sb."],
)
def test_words_before_a_paragraph_of_the_same_cell_are_learnt_from(written: str) -> None:
    frame = pd.DataFrame(
        {
            "offence": ["public_order"] * 3 + ["ruseni_nocniho_klidu", "ruseni_nocniho_kidu"],
            "offence_text": [written] * 3 + ["rušení nočního klidu", "rušení nočního kidu"],
        }
    )
    table = suggest_offences(frame).set_index("text")
    assert table["suggested"].to_dict() == {
        "rušení nočního klidu": "public_order",
        "rušení nočního kidu": "public_order",
    }
