"""Difference in differences over 500 areas: apkgeo beside statsmodels and pyfixest, in one run.

    python -m tests.benchmarks.bench_differences [--areas 500] [--periods 12] [--treated 5]

Times are the process's own seconds. The regression is timed with each (pyfixest where it is
installed); 9,999 randomisations with ours, and with statsmodels and
pyfixest as what so many of their regressions would take, which is how they would be done there.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np
import statsmodels.api as sm
import statsmodels.formula.api as smf

from apkgeo.statistics.differences import difference_in_differences
from tests.benchmarks.table import record, told
from tests.statistics import panels

RANDOMISATIONS = 9_999


def timed(work: Callable[[], object], repeat: int) -> float:
    """Return the median of the process's own seconds."""
    found = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return float(np.median(found))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--treated", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    panel = panels.drawn(
        np.random.default_rng(0),
        areas=asked.areas,
        treated=asked.treated,
        periods=asked.periods,
        ratio=0.7,
        unequal=True,
    )
    design = panel.assign(d=(panel["treated"] & panel["after"]).astype(int))
    design["log_exposure"] = np.log(design["exposure"])

    def dummies() -> object:
        return smf.glm(
            "count ~ d + C(area) + C(period)",
            design,
            offset=design["log_exposure"],
            family=sm.families.Poisson(),
        ).fit(cov_type="cluster", cov_kwds={"groups": design["area"]})

    ours = timed(lambda: difference_in_differences(panel, inference="cluster"), asked.repeat)
    drawn = timed(lambda: difference_in_differences(panel, inference="randomisation"), asked.repeat)
    rivals = {"statsmodels": timed(dummies, 1)}
    if importlib.util.find_spec("pyfixest"):
        import pyfixest

        rivals["pyfixest"] = timed(
            lambda: pyfixest.fepois(
                "count ~ d | area + period",
                data=design,
                offset="log_exposure",
                vcov={"CRV1": "area"},
            ),
            asked.repeat,
        )
    size = f"{asked.areas} areas × {asked.periods} periods, {asked.treated} treated"
    for name, seconds in rivals.items():
        record(f"difference in differences, {size}", ours, rival=name, theirs=seconds)
    record(
        f"{RANDOMISATIONS:,} randomisations, {size}",
        drawn,
        aim="< 1 s",
        remark=", ".join(f"one regression of {name} {told(took)}" for name, took in rivals.items()),
    )


if __name__ == "__main__":
    main()
