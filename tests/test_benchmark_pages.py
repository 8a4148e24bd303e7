"""What the benchmarks' pages say follows from what was measured."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.__main__ import BEGIN, DOCS, END, PAGES, write
from tests.benchmarks.scale import arithmetic
from tests.benchmarks.table import Row


def measured(way: str, seconds: float, **figures: float) -> Row:
    """A million rows of thirty bytes counted in one of the ways."""
    known = {"rows": 1e6, "bytes": 3e7, "workers": 1}
    return Row(f"incidents counted: {way}", seconds, figures={**known, **figures})


ROWS = [
    Row("something else", 1.0),
    measured("one process", 2.0),
    measured("two processes", 1.5, workers=2),
    measured("Dask, 1 worker", 3.0, megabytes=500.0),
    measured("Dask, 2 workers", 2.0, workers=2, megabytes=600.0),
    measured("one process", 4.0, csv=1, bytes=6e7),
]


def test_a_countrys_needs_are_the_product_of_what_was_measured() -> None:
    text = arithmetic(ROWS)
    # By hand: (325366 + … + 199221) / 7 = 239106; × 13 × 5 × 3 = 46625670; + 100 × 50000 × 13.
    assert "| the state police | 46,625,670 |" in text
    assert "| both together | 111,625,670 | the sum | 3.3 GB | 4 min | 6 min | 1 | 1 |" in text
    assert "111,625,670 rows ÷ 1,000,000 × 3.00 s = 335 s = 6 min." in text
    assert "1.50 times the throughput" in text
    assert "335 s × 3 ÷ 3,600 s = 0.28, that is 1 worker; overnight 0.03, that is 1 worker." in text
    assert "1 worker × 600 MB = 0.6 GB in all" in text
    assert "= 3.3 GB of Parquet, or × 60.0 bytes = 6.7 GB of CSV" in text
    assert "÷ 156 months = 715,549 rows = 1 s in one process" in text


def test_only_what_is_between_the_marks_of_a_page_is_written_anew(tmp_path: Path) -> None:
    for name in PAGES:
        committed = (DOCS / name).read_text(encoding="utf-8")
        page = tmp_path / name
        page.write_text(committed, encoding="utf-8")
        write(page, "made\n")
        before, after = committed.split(BEGIN)[0], committed.split(END)[1]
        assert page.read_text(encoding="utf-8") == f"{before}{BEGIN}\nmade\n{END}{after}"
