"""What each rule of the dosage did, as a table and as sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from apkgeo.language import Note, _
from apkgeo.patrols.cutting import UNKNOWN, Pieces
from apkgeo.patrols.track import GAP, JUMP, Fixes, Mask, Steps

SENTENCES = {
    "unplaced": _("Points left out, without a unit, a time or a place: {cases}."),
    "doubled": _("Points left out, at a time for which the unit already had one: {cases}."),
    "excursions": _("Points left out, to which a unit jumped and jumped back: {cases}."),
    "bridged": _(
        "Gaps with both ends in the same place, counted there: {cases} ({minutes} minutes)."
    ),
    "gaps": _("Gaps during which the place is unknown: {cases} ({minutes} minutes)."),
    "jumps": _("Steps too fast to be walked, place unknown: {cases} ({minutes} minutes)."),
    "rests": _(
        "Drift of devices at rest over a border, put right: {cases} times ({minutes} minutes)."
    ),
    "ends": _(
        "Outings: {cases}. Before the first and after the last point of each up to one usual "
        "interval may be missing, at most {minutes} minutes together."
    ),
}


def rules_table(
    fixes: Fixes, steps: Steps, pieces: Pieces, moved: Mask, dropped: int, units: pd.DataFrame
) -> pd.DataFrame:
    """Return ``cases`` and ``minutes`` of each rule, on its name."""
    kind = steps.kind[pieces.step]
    seconds = pieces.seconds
    lost = pieces.place == UNKNOWN
    bridged = (kind == GAP) & ~lost | (kind == JUMP) & ~lost
    groups = {"bridged": bridged, "gaps": (kind == GAP) & lost, "jumps": (kind == JUMP) & lost}
    rows = {
        "unplaced": (fixes.unplaced, 0.0),
        "doubled": (fixes.doubled, 0.0),
        "excursions": (dropped, 0.0),
    }
    rows |= {name: (int(of.sum()), float(seconds[of].sum()) / 60) for name, of in groups.items()}
    # Neighbouring pieces that were moved are one drift over the border.
    rows["rests"] = (
        int((moved & ~np.append(False, moved[:-1])).sum()),
        float(seconds[moved].sum()) / 60,
    )
    short = float((2 * units["outings"] * units["refresh"]).sum()) / 60
    rows["ends"] = (int(units["outings"].sum()), short)
    frame = pd.DataFrame(rows, index=["cases", "minutes"]).T.rename_axis("rule")
    return frame.astype({"cases": "int64"})


def rule_notes(rules: pd.DataFrame) -> tuple[Note, ...]:
    """Return the rules that had something to do as sentences."""
    return tuple(
        Note(SENTENCES[name], cases=int(row["cases"]), minutes=round(float(row["minutes"]), 1))
        if "{minutes}" in SENTENCES[name]
        else Note(SENTENCES[name], cases=int(row["cases"]))
        for name, row in rules.iterrows()
        if row["cases"]
    )
