"""Tell rows that were written twice from incidents that repeat."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve
from apkgeo.sources.coordinates import Placed
from apkgeo.sources.tables import as_text

DUPLICATE = _("Duplicate: the same row, with the same number, stands above.")
IN_ANOTHER = _("Duplicate: the same row, with the same number, stands in another of the files.")
Earlier = list[npt.NDArray[np.uint64]] | None


def judge_repeats(
    made: pd.DataFrame,
    placed: Placed,
    number: pd.Series | None,
    sieve: Sieve,
    notes: list[Note],
    earlier: Earlier,
) -> None:
    """Reject rows that repeat one above with its number; tell of other incidents alike.

    Parameters
    ----------
    made : pandas.DataFrame
        ``incident_id``, ``occurred``, ``offence_text`` and, where known, ``address``.
    number : pandas.Series or None
        The incidents' numbers as the file has them.
    earlier : list of numpy.ndarray or None
        Keys of the numbered rows of the files before this one, which is added to them.
    """
    key = made[["incident_id", "occurred", "offence_text"]].assign(
        x=placed.x, y=placed.y, address=made.get("address")
    )
    numbered = np.zeros(len(made), dtype=bool)
    if number is not None:
        numbered = as_text(number).notna().to_numpy()
        shared = sieve.good & made["incident_id"].duplicated(keep=False).to_numpy()
        again = key[shared].duplicated().reindex(made.index, fill_value=False)
        sieve.reject(again & numbered, str(number.name), number, DUPLICATE)
        if earlier is not None:
            keys = pd.util.hash_pandas_object(key, index=False).to_numpy()
            known = np.isin(keys, np.concatenate(earlier)) if earlier else np.zeros_like(numbered)
            sieve.reject(known & numbered, str(number.name), number, IN_ANOTHER)
            earlier.append(keys[numbered & sieve.good])
    places = _places(key)
    alike = int(places[sieve.good].duplicated().sum())
    if not alike:
        return
    offences = pd.util.hash_array(pd.factorize(made["offence_text"])[0])
    twins = (places * np.uint64(31) ^ offences)[sieve.good & ~numbered].duplicated().sum()
    if alike > twins:
        told = _(
            "Incidents that share moment and place with another: {count}; they were "
            "kept, having numbers or offences of their own."
        )
        notes.append(Note(told, count=alike - int(twins)))
    if twins:
        told = _(
            "Incidents without a number that are like one above in moment, place and offence: "
            "{count}; they were kept, since nothing tells whether they were written twice."
        )
        notes.append(Note(told, count=int(twins)))


def _places(key: pd.DataFrame) -> pd.Series:
    """Return one number for each moment and place: coordinates, or the address without them."""
    here = key["x"].notna()
    place = pd.Series(0, index=key.index, dtype="uint64")
    for column in ("occurred", "x", "y"):
        place = place * np.uint64(31) ^ pd.util.hash_array(
            key[column].to_numpy("datetime64[us]").astype("int64")
            if column == "occurred"
            else key[column].to_numpy()
        )
    if here.all():
        return place
    return place.where(here, place ^ pd.util.hash_array(pd.factorize(key["address"])[0]))
