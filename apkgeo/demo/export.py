"""The municipal police's export, as messy as a hand-made one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.demo import wording
from apkgeo.demo.town import to_s_jtsk
from apkgeo.demo.workbook import Cell, workbook_bytes

COLUMNS = (
    "Číslo jednací", "Datum", "Čas", "Druh události", "Kvalifikace", "Ulice", "Číslo",
    "Souřadnice Y", "Souřadnice X", "Zdroj oznámení", "Způsob vyřízení",
)  # fmt: skip
LAW_CHANGE = np.datetime64("2017-07-01")
EXCEL_YEAR = 2018  # from this year on the export is an Excel workbook

# What the hand that wrote the export did wrong, as shares of the rows.
SHARES = {
    "without_coordinates": 0.06,
    "without_any_place": 0.004,
    "swapped": 0.004,
    "sign_lost": 0.004,
    "null_island": 0.002,
    "far_outlier": 0.0015,
    "duplicate": 0.006,
    "without_time": 0.03,
    "without_paragraph": 0.04,
    "misspelt": 0.09,
}


@dataclass(frozen=True)
class Export:
    """The rows of the export and what is wrong in them.

    Attributes
    ----------
    rows : pandas.DataFrame
        `COLUMNS` as text, in the order of the file, and ``occurred``.
    defects : dict of str to int
        How many rows have each defect.
    """

    rows: pd.DataFrame
    defects: dict[str, int]


def write_down(incidents: pd.DataFrame, addresses: pd.DataFrame, seed: int) -> Export:
    """Write incidents down as officers do."""
    rng = np.random.default_rng([seed, 6])
    count = len(incidents)
    occurred = incidents["occurred"].to_numpy()
    new_act = occurred >= LAW_CHANGE
    # For a month some keep writing the paragraph that they know.
    habit = (occurred < LAW_CHANGE + np.timedelta64(31, "D")) & (rng.random(count) < 0.06)
    what, paragraph = _offences(incidents["offence"], new_act & ~habit, rng)
    street, number = _addresses(addresses.iloc[incidents["address"].to_numpy()], rng)
    rows = pd.DataFrame(
        {
            "Číslo jednací": [
                f"MP-{when.year}-{n:05}"
                for when, n in zip(incidents["occurred"], incidents["number"], strict=True)
            ],
            "Datum": _dates(incidents["occurred"], rng),
            "Čas": _clock(incidents["occurred"], rng),
            "Druh události": what,
            "Kvalifikace": paragraph,
            "Ulice": street,
            "Číslo": number,
            "Zdroj oznámení": _sources(incidents["origin"], rng),
            "Způsob vyřízení": _pick(wording.HANDLING, count, rng),
            "occurred": incidents["occurred"],
        }
    )
    rows, defects = _places(rows, incidents[["x", "y"]].to_numpy(), rng)
    rows["Čas"] = rows["Čas"].mask(_some("without_time", count, rng), "")
    rows["Kvalifikace"] = rows["Kvalifikace"].mask(_some("without_paragraph", count, rng), "")
    defects["without_time"] = int(rows["Čas"].eq("").sum())
    defects["without_paragraph"] = int(rows["Kvalifikace"].eq("").sum())
    return _with_duplicates(rows, defects, rng)


def csv_bytes(export: Export) -> bytes:
    """Return the export's years before the workbook as CSV: cp1250, semicolons."""
    rows = export.rows[export.rows["occurred"].dt.year < EXCEL_YEAR]
    text: str = rows[list(COLUMNS)].to_csv(sep=";", index=False, lineterminator="\r\n")
    return text.encode("cp1250")


def xlsx_bytes(export: Export) -> bytes:
    """Return the last year as a workbook: a title above the header, dates as dates."""
    rows = export.rows[export.rows["occurred"].dt.year >= EXCEL_YEAR]
    cells = [[_cell(column, row) for column in COLUMNS] for row in rows.to_dict("records")]
    title = [f"Městská policie Modelov – výpis událostí za rok {EXCEL_YEAR}"]
    return workbook_bytes("Události", [title, [], list(COLUMNS), *cells])


def _cell(column: str, row: dict[str, Any]) -> Cell:
    """Return a value as a spreadsheet holds it: dates, times and numbers as such."""
    text: str = row[column]
    if column == "Datum":
        day: date = row["occurred"].date()
        return day
    if column == "Čas" and text not in {"", "24:00"}:
        clock: time = row["occurred"].time()
        return clock
    if column.startswith("Souřadnice") and text and "," not in text:
        return float(text)
    return text


def _some(defect: str, count: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    return rng.random(count) < SHARES[defect]


def _pick(
    choices: Sequence[tuple[str, int]], count: int, rng: np.random.Generator
) -> npt.NDArray[np.object_]:
    """Draw from (word, relative frequency)."""
    share = np.cumsum([frequency for _, frequency in choices])
    at = np.searchsorted(share / share[-1], rng.random(count), side="right")
    return np.array([word for word, _ in choices], dtype=object)[at]


def _offences(
    offence: pd.Series, new_act: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Return what happened and the paragraph, as written."""
    what = np.full(len(offence), "", dtype=object)
    paragraph = what.copy()
    for kind, words in wording.WORDS.items():
        rows = np.flatnonzero(offence == kind)
        numbers = [(str(i), word[3]) for i, word in enumerate(words)]
        chosen = _pick(numbers, len(rows), rng).astype(int)
        style = rng.random(len(rows))
        for row, i, draw in zip(rows.tolist(), chosen.tolist(), style.tolist(), strict=True):
            text, old, new, _ = words[i]
            what[row] = text
            paragraph[row] = _paragraph(kind, new if new_act[row] else old, new_act[row], draw)
    what[:] = _mistyped(what, rng)
    return what, paragraph


def _paragraph(kind: str, short: str, new_act: bool, draw: float) -> str:
    """Return a paragraph such as ``47/1c`` the way that people write it."""
    act = wording.OWN_ACT.get(kind, (wording.OLD_ACT, wording.NEW_ACT))[int(new_act)]
    paragraph, rest = short.split("/")
    number, letter = rest[:1], rest[1:]
    # The short way belongs to the old act, the long way to the new ones; both mix a little.
    long = draw < (0.85 if act != wording.OLD_ACT else 0.2)
    forms = wording.LONG if long else wording.SHORT
    if not letter:
        forms = wording.NO_LETTER[int(long)]
    at = int(draw * 1000) % 10
    # Without the act's number only where the paragraph tells it, and seldom.
    form = forms[0] if at < 6 else forms[1] if at < 9 or new_act else forms[2]
    return form.format(p=paragraph, q=number, l=letter, act=act)


def _mistyped(words: npt.NDArray[np.object_], rng: np.random.Generator) -> list[str]:
    """Mistype some words, write some in capitals, leave a space at the end of some."""
    draws = rng.random((len(words), 2))
    texts: list[str] = []
    for word, (draw, way) in zip(words.tolist(), draws.tolist(), strict=True):
        text = word
        if draw < SHARES["misspelt"]:
            known = [pair for pair in wording.MISSPELT if pair[0] in word]
            if known:
                text = word.replace(*known[int(way * len(known))])
        elif way < 0.06:
            text = word.upper() if way < 0.01 else word.capitalize() if way < 0.04 else word + " "
        texts.append(text)
    return texts


def _dates(occurred: pd.Series, rng: np.random.Generator) -> list[str]:
    """Write dates as ``1.7.2016``, ``01.07.2016``, ``1. 7. 2016`` or ``2016-07-01``."""
    draws = rng.random(len(occurred)).tolist()
    year, month, day = (getattr(occurred.dt, part).tolist() for part in ("year", "month", "day"))
    texts = []
    for y, m, d, draw in zip(year, month, day, draws, strict=True):
        if draw < 0.62:
            texts.append(f"{d}.{m}.{y}")
        elif draw < 0.93:
            texts.append(f"{d:02}.{m:02}.{y}")
        else:
            texts.append(f"{d}. {m}. {y}" if draw < 0.98 else f"{y}-{m:02}-{d:02}")
    return texts


def _clock(occurred: pd.Series, rng: np.random.Generator) -> list[str]:
    """Write times as ``9:25`` or ``09:25``, some with a point, the end of a day as ``24:00``.

    The last minutes of a month keep their time, so that no incident is counted in the next one.
    """
    draws = rng.random(len(occurred)).tolist()
    texts = []
    hours, minutes = occurred.dt.hour, occurred.dt.minute
    lates = (hours == 23) & (minutes >= 55) & ~occurred.dt.is_month_end
    for hour, minute, late, draw in zip(hours, minutes, lates, draws, strict=True):
        if late:
            texts.append("24:00")
        elif draw < 0.55:
            texts.append(f"{hour}:{minute:02}")
        else:
            texts.append(f"{hour:02}:{minute:02}" if draw < 0.97 else f"{hour}.{minute:02}")
    return texts


def _addresses(addresses: pd.DataFrame, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Write street and number as people do; a village's house has the part for its street."""
    draws = rng.random(len(addresses)).tolist()
    streets, numbers = [], []
    columns = ("street", "part", "kind", "house_number", "orientation", "letter")
    values = zip(*(addresses[column].tolist() for column in columns), strict=True)
    for draw, (street, part, kind, house, orientation, letter) in zip(draws, values, strict=True):
        streets.append((street if draw < 0.97 else street.lower()) or part)
        if kind == "č.ev.":
            numbers.append(f"č.ev. {house}")
        elif not orientation:
            numbers.append(f"{house}" if draw < 0.6 else f"č.p. {house}")
        else:
            short = draw < 0.3  # only the orientation number, as is said in the street
            numbers.append(f"{orientation}{letter}" if short else f"{house}/{orientation}{letter}")
    return streets, numbers


def _sources(origin: pd.Series, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    found = np.full(len(origin), "", dtype=object)
    for name, words in wording.SOURCES.items():
        rows = np.flatnonzero(origin == name)
        found[rows] = _pick(words, len(rows), rng)
    found[rng.random(len(origin)) < 0.02] = ""
    return found


def _places(
    rows: pd.DataFrame, plan_points: npt.NDArray[np.float64], rng: np.random.Generator
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Add the coordinates, and what goes wrong with them; each row has one defect at most."""
    count = len(rows)
    place = -to_s_jtsk(plan_points)  # people write Y and X as positive numbers
    draw, comma = rng.random(count), rng.random(count) < 0.18
    defects: dict[str, int] = {}
    lower = 0.0
    which: dict[str, npt.NDArray[np.bool_]] = {}
    for name in (
        "without_coordinates", "without_any_place", "swapped", "sign_lost", "null_island",
        "far_outlier",
    ):  # fmt: skip
        which[name] = (draw >= lower) & (draw < lower + SHARES[name])
        defects[name] = int(which[name].sum())
        lower += SHARES[name]
    place[which["swapped"]] = place[which["swapped"]][:, ::-1]
    place[which["sign_lost"]] *= -1  # here the export has signs, where all others have none
    place[which["far_outlier"]] += (41_000.0, -38_000.0)
    place[which["null_island"]] = 0.0
    texts = [
        [f"{value:.2f}".replace(".", "," if with_comma else ".") for value in pair]
        for pair, with_comma in zip(place.tolist(), comma.tolist(), strict=True)
    ]
    written = np.array(texts, dtype=object)
    written[which["without_coordinates"] | which["without_any_place"]] = ""
    written[which["null_island"]] = "0"
    # Where the coordinates were measured, a third did not care to write the address in full.
    lazy = (rng.random(count) < 0.3) & (draw >= lower)
    return (
        rows.assign(
            Ulice=rows["Ulice"].mask(which["without_any_place"], ""),
            Číslo=rows["Číslo"].mask(which["without_any_place"] | lazy, ""),
            **{"Souřadnice Y": written[:, 0], "Souřadnice X": written[:, 1]},
        ),
        defects,
    )


def _with_duplicates(
    rows: pd.DataFrame, defects: dict[str, int], rng: np.random.Generator
) -> Export:
    """Write some rows twice, the second time a few rows later: the same case number."""
    again = np.flatnonzero(_some("duplicate", len(rows), rng))
    later = again + rng.integers(1, 6, len(again))
    order = np.argsort(np.concatenate([np.arange(len(rows)), later + 0.5]), kind="stable")
    position = np.concatenate([np.arange(len(rows)), again])[order]
    return Export(rows.iloc[position].reset_index(drop=True), {**defects, "duplicate": len(again)})
