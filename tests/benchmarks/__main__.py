"""Every benchmark beside its rivals, in one run: ``make bench``.

    python -m tests.benchmarks [NAME ...]     e.g. locate run; all of them when none is named

The rows are printed, and written into docs/benchmarks.md, and what follows from them into
docs/scale.md (unless some were named only).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.scale import arithmetic
from tests.benchmarks.table import ROWS, page, read_rows

FOLDER = Path(__file__).parent
DOCS = FOLDER.parents[1] / "docs"
PAGES = {"benchmarks.md": page, "scale.md": arithmetic}
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
            for name, make in PAGES.items():
                write(DOCS / name, make(read_rows(rows)))
    return worst


def write(path: Path, made: str) -> None:
    """Put what was made between the marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    path.write_text(f"{before}{BEGIN}\n{made}{END}{after}", encoding="utf-8", newline="\n")
    print(f"written: docs/{path.name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
