"""How soon a page is there: every page of two studies, opened on a slow machine.

    python -m tests.benchmarks.bench_pages [--slow 4] [--runs 3] [--audience council]

The demo and the made-up town of 100,000 incidents are opened in Chromium from their files, without
a network and with the processor slowed. A page is there when it has loaded, each of its maps holds
painted shapes, and the browser has drawn the next picture.
Seconds are of the clock: run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks.table import record
from tests.pages.browser import launched, open_in
from tests.pages.studies import MANY, Studies

STUDIES = {"modelov": "demo", "many": f"{MANY:,} incidents"}
AIM = "2 s"

# Whether each map has a shape with a size, and the picture after that is drawn.
_THERE = """() => new Promise((done) => {
  const painted = () => Array.from(document.querySelectorAll('[data-apk-map]')).every((map) =>
    Array.from(map.querySelectorAll('path.leaflet-interactive, canvas'))
      .some((shape) => shape.getBoundingClientRect().width > 1));
  const look = () => painted()
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(true)))
    : requestAnimationFrame(look);
  look();
})"""


def seconds(browser: Browser, path: Path, slow: float) -> float:
    """Return how long a page takes until it is painted, every map included."""
    start = time.perf_counter()
    opened = open_in(browser, path, slow=slow)
    opened.page.evaluate(_THERE)
    taken = time.perf_counter() - start
    opened.page.context.close()
    return taken


def main() -> None:
    """Open every page and record the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=float, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--audience", default="council")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, launched() as browser:
        studies = Studies(Path(folder), None)
        for name, called in STUDIES.items():
            made = studies.built(name, chosen.audience)
            assert made is not None
            for file in made.pages:
                path = made.folder / file
                seconds(browser, path, chosen.slow)
                taken = [seconds(browser, path, chosen.slow) for _run in range(chosen.runs)]
                size = path.stat().st_size / 1e6
                record(
                    f"open {file} of the {called}",
                    taken,
                    aim=AIM,
                    remark=f"{chosen.audience}, {size:.2f} MB, processor {chosen.slow:g}× slower",
                )


if __name__ == "__main__":
    main()
