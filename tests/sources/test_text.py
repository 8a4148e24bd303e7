"""Delimited text: delimiter, header and rows; the tables are small enough to be read by eye."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apkgeo.errors import InputError
from apkgeo.sources.columns import INCIDENTS, known_names
from apkgeo.sources.text import TOO_LONG, Cells, _even_rows, _rows, read_text, unique_names

KNOWN = {"datum", "x", "y", "typ"}


def read(text: str) -> Cells:
    return read_text(text, KNOWN, "a.csv")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|", "^", "~", "#", "\x1f", ":"])
def test_the_delimiter_is_told_by_the_header(delimiter: str) -> None:
    rows = [["Datum", "X", "Y"], ["1.7.2013", "1", "2"], ["2.7.2013", "3", "4"]]
    cells = read("\n".join(delimiter.join(row) for row in rows))
    assert cells.frame.values.tolist() == rows[1:]
    assert cells.frame.index.tolist() == [1, 2]


def test_commas_in_numbers_and_bars_in_lists_do_not_split() -> None:
    cells = read("Datum;X;Y;Typ\n1.7.2013;1,5;2,5;§ 1|§ 2|§ 3\n")
    assert cells.frame.values.tolist() == [["1.7.2013", "1,5", "2,5", "§ 1|§ 2|§ 3"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(end: str) -> None:
    assert read(f"Datum;X{end}a;1{end}{end}b;2{end}").frame["X"].tolist() == ["1", "2"]


def test_a_return_inside_a_line_is_no_line_end() -> None:
    assert read("Datum;X\na\rb;1\n").frame.values.tolist() == [["a b", "1"]]


def test_titles_above_the_header_are_left_out_and_counted() -> None:
    cells = read("Výpis\n\nRok 2013;\nDatum;X\n1.7.2013;5\n")
    assert cells.frame.values.tolist() == [["1.7.2013", "5"]]
    assert "Lines above the header, left out: 3." in cells.notes


def test_short_rows_are_filled_and_long_ones_rejected() -> None:
    cells = read("Datum;X\n1.7.2013\n1.7.2013;5;;\n1.7.2013;5;6\n1.7.2013;5;6;7;8\n")
    assert cells.frame.values.tolist() == [["1.7.2013", ""], ["1.7.2013", "5"]]
    assert cells.rejected["row"].tolist() == [3, 4]
    assert cells.rejected["reason"].tolist() == [TOO_LONG, TOO_LONG]


def test_quotation_marks_hold_delimiters_and_line_ends() -> None:
    cells = read('Datum;Typ\n1.7.2013;"a;b ""c""\nd"\n')
    assert cells.frame["Typ"].tolist() == ['a;b "c"\nd']


def test_an_unpaired_quotation_mark_swallows_nothing() -> None:
    cells = read('Datum;Typ\n1.7.2013;"U Kance\n2.7.2013;x\n')
    assert cells.frame["Typ"].tolist() == ['"U Kance', "x"]
    assert any("do not pair up" in note for note in cells.notes)


def test_names_of_columns_become_unique() -> None:
    assert unique_names(["a", "", "a", "a (2)"]) == ["a", "column 2", "a (2)", "a (2) (2)"]


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"a\.csv is empty"):
        read(" \n \n")


@given(
    st.lists(st.text("ab ř0.,;\t'#\r\n", max_size=12), min_size=1, max_size=6).map("\n".join),
    st.sampled_from([";", ",", "\t"]),
    st.integers(1, 4),
)
def test_the_reader_of_large_tables_gives_the_same_rows_or_none(
    text: str, delimiter: str, width: int
) -> None:
    even = _even_rows(text, 0, delimiter, width)
    if even is not None:
        rows, _understood = _rows(text, 0, delimiter, width)
        assert even.dtypes.tolist() == rows.dtypes.tolist()
        assert even.to_numpy().tolist() == rows.to_numpy().tolist()


def test_the_reader_of_large_tables_reads_a_plain_one() -> None:
    text = "č;ž\n1;a\r\n2;ř\r\n"
    even = _even_rows(text, text.index("1"), ";", 2)
    assert even is not None
    assert even.to_numpy().tolist() == [["1", "a", ""], ["2", "ř", ""]]


@pytest.mark.parametrize(
    ("upper", "lower", "names"),
    [
        ("Datum;Typ;Souřadnice;", ";;X;Y", ["Datum", "Typ", "X", "Y"]),
        ("Č.j.;Datum;;X;Y", ";od;do;;", ["Č.j.", "Datum od", "Datum do", "X", "Y"]),
        # A row of data below is no second header.
        ("Datum;X;Y;Typ", ";;;adresa", ["Datum", "X", "Y", "Typ"]),
        ("Datum;", ";x", ["Datum", "column 2"]),
        ("Datum;X;Y;", ";13,4;49,7;adresa 2", ["Datum", "X", "Y", "column 4"]),
    ],
)
def test_names_of_groups_are_joined_with_the_names_below(
    upper: str, lower: str, names: list[str]
) -> None:
    row = ";".join("1" * len(names))
    found = read_text(f"Výkaz\n{upper}\n{lower}\n{row}\n", known_names(INCIDENTS, {}), "a.csv")
    assert list(found.frame.columns) == names
    assert len(found.frame) == (1 if lower.count("X") or "od" in lower else 2)
    assert "Lines above the header, left out: 1." in found.notes


def test_names_that_columns_share_are_told() -> None:
    found = read_text("Datum;X;Y;X;;\n1.7.2013;1;2;3;4;5\n", known_names(INCIDENTS, {}), "a.csv")
    assert list(found.frame.columns) == ["Datum", "X", "Y", "X (2)", "column 5", "column 6"]
    assert [note for note in found.notes if "share a name" in note] == [
        "Columns that share a name: X; the later ones got a number behind it."
    ]


def test_the_sign_by_which_dos_ended_a_file_is_no_row() -> None:
    assert len(read("Datum;X;Y\n1.7.2013;1;2\n\x1a").frame) == 1
