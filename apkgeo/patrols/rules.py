"""What each rule of the dosage did, as a table and as sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from apkgeo.language import Note, _
from apkgeo.patrols.cutting import OUTSIDE, UNKNOWN, Pieces
from apkgeo.patrols.track import GAP, JUMP, Fixes, Steps

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
        "Drift of devices at rest over a border, put right: {cases} times ({minutes} minutes "
        "moved, minutes in areas changed by {in_areas})."
    ),
    "ends": _(
        "Outings: {cases}. Before the first and after the last point of each up to one usual "
        "interval may be missing, at most {minutes} minutes together."
    ),
}


def rules_table(
    fixes: Fixes, steps: Steps, before: Pieces, pieces: Pieces, dropped: int, units: pd.DataFrame
) -> pd.DataFrame:
    """Return ``cases``, ``minutes`` and ``in_areas`` of each rule, on its name.

    `before` and `pieces` are the pieces before and after rests were settled.
    """
    broken = steps.kind[pieces.step]
    minutes = pieces.seconds / 60
    inside = pieces.place > OUTSIDE
    lost = pieces.place == UNKNOWN
    bridged = ((broken == GAP) | (broken == JUMP)) & ~lost
    moved = before.place != pieces.place
    # Neighbouring pieces that were moved are one drift over the border.
    drifts = int((moved & ~np.append(False, moved)[:-1]).sum())
    came = float(minutes[moved & inside].sum()) - float(
        minutes[moved & (before.place > OUTSIDE)].sum()
    )
    short = float((2 * units["outings"] * units["refresh"]).sum()) / 60
    rows: dict[str, tuple[float, float, float]] = {
        "unplaced": (fixes.unplaced, 0, 0),
        "doubled": (fixes.doubled, 0, 0),
        "excursions": (dropped, 0, 0),
        "bridged": (bridged.sum(), minutes[bridged].sum(), minutes[bridged & inside].sum()),
        "gaps": (((broken == GAP) & lost).sum(), minutes[(broken == GAP) & lost].sum(), 0),
        "jumps": (((broken == JUMP) & lost).sum(), minutes[(broken == JUMP) & lost].sum(), 0),
        "rests": (drifts, minutes[moved].sum(), came),
        "ends": (units["outings"].sum(), short, 0),
    }
    columns = ["cases", "minutes", "in_areas"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)
    return frame.rename_axis("rule").astype({"cases": "int64"})


def rule_notes(rules: pd.DataFrame) -> tuple[Note, ...]:
    """Return the rules that had something to do as sentences."""
    notes = []
    for name, row in rules[rules["cases"] > 0].iterrows():
        sentence = SENTENCES[name]
        values = {
            "cases": int(row["cases"]),
            "minutes": round(float(row["minutes"]), 1),
            "in_areas": round(float(row["in_areas"]), 1),
        }
        told = {key: value for key, value in values.items() if f"{{{key}}}" in sentence}
        notes.append(Note(sentence, **told))
    return tuple(notes)
