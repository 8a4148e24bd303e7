"""Every benchmark beside its rival, in one run: ``make bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Run the scripts one after another, then those written as tests; return the worst code."""
    commands = [[sys.executable, str(script)] for script in sorted(FOLDER.glob("bench_*.py"))]
    asked = ["-o", "addopts=", "-m", "benchmark", "-s", "-q", str(FOLDER)]
    commands.append([sys.executable, "-m", "pytest", *asked])
    worst = 0
    for command in commands:
        print(f"\n== {Path(command[-1]).name}", flush=True)
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
