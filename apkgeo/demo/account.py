"""truth.json: what is true in Modelov, so that every evaluation of it can be judged."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from apkgeo.demo import plan, truth
from apkgeo.demo.export import EXCEL_YEAR, SHARES, Export
from apkgeo.demo.history import History
from apkgeo.demo.truth import OFFENCES, PRIMARY, Effect, recorded_ratio


def truth_json(seed: int, history: History, incidents: pd.DataFrame, export: Export) -> str:
    """Return the text of truth.json.

    It holds the model's parameters, the programmes with their true ratios, who might have been
    chosen and why, the true counts by locality, year and offence (before anything went wrong in
    the export), and how many rows of the export have which defect.
    """
    account = {
        "about": "Modelov and everything that happens in it are invented. These are the numbers "
        "that its incidents are made from.",
        "seed": seed,
        "model": {**asdict(truth.MODEL), "formula": _FORMULA},
        "outcomes": {"primary": list(PRIMARY), "negative_control": truth.NEGATIVE_CONTROL},
        "choice": [_choice(wave, history) for wave in truth.WAVES],
        "programmes": [
            {
                **{k: v for k, v in asdict(effect).items() if k != "start"},
                "start": effect.start.isoformat(),
                "near_metres": truth.MODEL.near,
                "recorded_ratio": round(recorded_ratio(effect), 4),
                "observed": _observed(effect, history),
            }
            for effect in history.effects
        ],
        "counts": _counts(incidents),
        "export": {
            "incidents": len(incidents),
            "rows_csv": int((export.rows["occurred"].dt.year < EXCEL_YEAR).sum()),
            "rows_xlsx": int((export.rows["occurred"].dt.year >= EXCEL_YEAR).sum()),
            "defects": export.defects,
            "shares": SHARES,
        },
    }
    return json.dumps(account, ensure_ascii=False, indent=1) + "\n"


_FORMULA = (
    "mean(area, month, offence, origin) = level(area) * exp(drift(area, half-year)) * "
    "gamma(mean 1, variance overdispersion; area, month) * yearly_trend ** years * season(month) "
    "/ 12 * share(offence) * origin_share(origin) * ratios of the programmes * detection (patrols' "
    "records, from the assistants' start); count ~ Poisson(mean)"
)


def _choice(wave: truth.Wave, history: History) -> dict[str, Any]:
    """Return the rule of a wave and what it saw."""
    first = 12 * (wave.judged_by - truth.FIRST_YEAR)
    kinds = [OFFENCES.index(kind) for kind in PRIMARY]
    return {
        "start": wave.start.isoformat(),
        "rule": "the most incidents of the primary outcome in the year judged by, among localities "
        "not yet chosen that last from two years before the start to the end",
        "judged_by": wave.judged_by,
        "primary_in_that_year": {
            one.code: int(
                history.counts[history.areas.locality.index(one.code), first : first + 12][
                    :, kinds
                ].sum()
            )
            for one in plan.LOCALITIES
        },
    }


def _observed(effect: Effect, history: History) -> dict[str, int]:
    """Return the primary outcome in the periods that the study compares."""
    here = history.areas.locality.index(effect.locality)
    months = history.counts[here][:, [OFFENCES.index(kind) for kind in PRIMARY]].sum(axis=(1, 2))
    start = truth.first_month(effect.start)
    return {
        "months_before": truth.MONTHS_BEFORE,
        "before": int(months[start - truth.MONTHS_BEFORE : start].sum()),
        "months_after": truth.MONTHS_AFTER,
        "after": int(months[start : start + truth.MONTHS_AFTER].sum()),
    }


def _counts(incidents: pd.DataFrame) -> dict[str, dict[str, dict[str, int]]]:
    """Return incidents by locality, year and offence."""
    inside = incidents[incidents["locality"] != ""]
    table = inside.groupby(["locality", inside["occurred"].dt.year, "offence"]).size()
    years = range(truth.FIRST_YEAR, truth.LAST_YEAR + 1)
    return {
        one.code: {
            str(year): {
                kind: int(table.get((one.code, year, kind), np.int64(0))) for kind in OFFENCES
            }
            for year in years
        }
        for one in plan.LOCALITIES
    }
