"""Every benchmark beside its rivals, in one run: ``make bench``.

    python -m tests.benchmarks [NAME ...]     e.g. locate run; all of them when none is named

The rows are printed and written into docs/benchmarks.md (unless some were named only).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.table import ROWS, page, read_rows

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def main(names: list[str]) -> int:
    """Run the scripts one after another; return the worst code."""
    scripts = sorted(FOLDER.glob("bench_*.py"))
    chosen = [path for path in scripts if not names or path.stem.removeprefix("bench_") in names]
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        rows.touch()
        environment = {**os.environ, ROWS: str(rows)}
        for path in chosen:
            print(f"\n== {path.stem.removeprefix('bench_')}", flush=True)
            command = [sys.executable, "-m", f"tests.benchmarks.{path.stem}"]
            worst = max(worst, subprocess.run(command, check=False, env=environment).returncode)
        if not names and not worst:
            text = PAGE.read_text(encoding="utf-8")
            before, rest = text.split(BEGIN, 1)
            after = rest.split(END, 1)[1]
            made = f"{before}{BEGIN}\n{page(read_rows(rows))}{END}{after}"
            PAGE.write_text(made, encoding="utf-8", newline="\n")
            print(f"\nwritten: {PAGE.relative_to(FOLDER.parents[1])}")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
