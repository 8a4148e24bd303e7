"""Five years of incidents in Modelov, one by one: when, where, what, who told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.demo import truth
from apkgeo.demo.history import Areas, History
from apkgeo.demo.truth import OFFENCES, ORIGINS

_SHIFT = 4.0  # metres between an address and what happened there, at most
# Relative frequency by hour, and by day of the week from Monday.
_HOURS = {
    "public_order": "9 8 6 4 3 2 2 3 4 5 6 7 8 8 8 9 10 11 12 13 14 15 15 13",
    "civil_coexistence": "5 4 3 2 1 1 2 4 5 6 7 8 8 8 9 10 12 13 14 14 13 11 9 7",
    "property": "4 4 4 3 2 2 3 4 6 8 10 10 10 10 11 12 12 11 9 8 7 6 5 4",
    "alcohol_tobacco": "7 5 4 2 1 1 1 3 5 7 8 9 9 10 11 12 12 12 12 12 12 12 11 9",
    "road_safety": "2 1 1 1 1 2 4 9 12 12 11 10 10 10 10 10 9 8 6 5 4 3 3 2",
    "municipal_bylaws": "1 1 1 1 1 2 4 6 8 9 9 9 8 8 8 8 8 7 6 5 4 3 2 1",
}
_WEEK = (0.93, 0.92, 0.94, 0.97, 1.12, 1.15, 0.97)


def incidents_of(history: History, addresses: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return one row for each incident, in the order of time.

    Returns
    -------
    pandas.DataFrame
        ``number`` (within the year), ``occurred`` (local time), ``offence``, ``origin``,
        ``address`` (row of `addresses`), ``x``, ``y`` (metres of the plan), ``area``,
        ``locality``.
    """
    rng = np.random.default_rng([seed, 5])
    area, month, offence, origin = (
        np.repeat(index, history.counts[history.counts > 0]) for index in np.nonzero(history.counts)
    )
    count = len(area)
    address = _addresses_for(area, history.areas, rng)
    shift = rng.uniform(-_SHIFT, _SHIFT, (count, 2)) / np.sqrt(2)
    place = addresses[["x", "y"]].to_numpy()[address] + shift
    frame = pd.DataFrame(
        {
            "occurred": _times(month, offence, rng),
            "offence": np.array(OFFENCES)[offence],
            "origin": np.array(ORIGINS)[origin],
            "address": address,
            "x": place[:, 0].round(2),
            "y": place[:, 1].round(2),
            "area": area,
            "locality": np.array(history.areas.locality)[area],
        }
    )
    frame = frame.sort_values("occurred", kind="stable", ignore_index=True)
    number = frame.groupby(frame["occurred"].dt.year).cumcount() + 1
    return frame.assign(number=number)


def _addresses_for(
    area: npt.NDArray[np.int64], areas: Areas, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Draw an address in each incident's area, by the addresses' shares."""
    order = np.argsort(areas.of_address, kind="stable")
    # The shares of an area add up to one, so that area 7 has the edges from 7 to 8.
    edges = np.cumsum(areas.share[order])
    drawn = area + 1e-9 + rng.random(len(area)) * (1 - 2e-9)
    at = np.searchsorted(edges, drawn, side="right")
    return np.asarray(order[np.minimum(at, len(order) - 1)])


def _times(
    month: npt.NDArray[np.int64], offence: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.datetime64]:
    """Draw a day of the month by the week's course, and an hour by the offence's."""
    count = len(month)
    start = np.datetime64(f"{truth.FIRST_YEAR}-01", "M") + month
    first = start.astype("datetime64[D]")
    days = ((start + 1).astype("datetime64[D]") - first).astype(int)
    tries = (rng.random((count, 4)) * days[:, None]).astype(int)
    weekday = ((first.astype(int)[:, None] + tries) + 3) % 7
    kept = rng.random((count, 4)) * max(_WEEK) < np.array(_WEEK)[weekday]
    day = first + np.take_along_axis(tries, kept.argmax(axis=1)[:, None], axis=1)[:, 0]
    hour = np.zeros(count, dtype=int)
    for kind, name in enumerate(OFFENCES):
        rows = np.flatnonzero(offence == kind)
        share = np.cumsum([int(hour) for hour in _HOURS[name].split()])
        hour[rows] = np.searchsorted(share / share[-1], rng.random(len(rows)), side="right")
    minute = rng.integers(0, 60, count)
    rounded = rng.random(count) < 0.6  # most times are written down to five minutes
    minute = np.where(rounded, minute // 5 * 5, minute)
    # On the last Sunday of March there is no time between two and three o'clock.
    march = (month % 12 == 2) & (day + 7 >= (start + 1).astype("datetime64[D]"))
    hour[march & ((day.astype(int) + 3) % 7 == 6) & (hour == 2)] = 3
    return np.asarray(
        day.astype("datetime64[m]") + (60 * hour + minute).astype("timedelta64[m]")
    ).astype("datetime64[s]")
