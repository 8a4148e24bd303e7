"""Keep a look-up in a file, so that a command answers without reading the register again.

The file holds plain arrays and one piece of JSON: reading it runs nothing and needs neither pandas
nor a GIS.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from apkgeo.places.address_index import AddressIndex, Group
from apkgeo.places.districts import District, DistrictLookup
from apkgeo.places.gazetteer import Gazetteer

# Changed with every change of what the file holds: an older file is then made again.
FORMAT = 1
_ARRAYS = ("house", "orientation", "registered", "letter", "profile", "x", "y", "code")


def fingerprint(paths: Iterable[str | Path], *settings: object) -> str:
    """Return a text that changes when a file is changed, or a setting is.

    Parameters
    ----------
    paths : iterable of str or Path
        The files that the look-up is made of. Their names, sizes and times are looked at, not
        what is in them.
    settings : object
        What else decides the look-up, such as the day of the districts.
    """
    told = [f"{FORMAT}", *map(repr, settings)]
    for path in paths:
        status = Path(path).stat()
        told.append(f"{Path(path).resolve()}\n{status.st_size}\n{status.st_mtime_ns}")
    return hashlib.sha256("\0".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def save_lookup(lookup: DistrictLookup, path: str | Path, *, made_of: str = "") -> None:
    """Write a look-up to a file, at once and whole.

    Parameters
    ----------
    path : str or Path
        The file; its folder is made where it is missing.
    made_of : str
        What `fingerprint` says of the sources.
    """
    index, path = lookup.index, Path(path)
    told = {
        "format": FORMAT,
        "made_of": made_of,
        "groups": [
            [one.name, one.municipality, one.part, one.key, one.start, one.stop]
            for one in index.groups
        ],
        "letters": index.letters,
        "profiles": index.profiles,
        "crs": index.crs,
        "districts": [asdict(one) for one in lookup.districts],
    }
    text = np.frombuffer(json.dumps(told, ensure_ascii=False).encode("utf-8"), dtype=np.uint8)
    arrays = {name: getattr(index, name) for name in _ARRAYS}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            np.savez(
                file, told=text, area=lookup.area, distance=lookup.distance, **arrays
            )  # fmt: skip
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_lookup(path: str | Path, *, made_of: str = "") -> DistrictLookup | None:
    """Return the look-up kept in a file; None where there is none that fits.

    Parameters
    ----------
    path : str or Path
        The file that `save_lookup` wrote.
    made_of : str
        What `fingerprint` says of the sources now.

    Returns
    -------
    DistrictLookup or None
        None when the file is missing, damaged, of another format, or made of other sources.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            told = json.loads(kept["told"].tobytes().decode("utf-8"))
            if told["format"] != FORMAT or told["made_of"] != made_of:
                return None
            index = AddressIndex(
                groups=tuple(Group(*one) for one in told["groups"]),
                letters=tuple(told["letters"]),
                profiles=tuple((a, b, c, d) for a, b, c, d in told["profiles"]),
                crs=told["crs"],
                **{name: kept[name] for name in _ARRAYS},
            )
            districts = tuple(District(**one) for one in told["districts"])
            area, distance = kept["area"], kept["distance"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    return DistrictLookup.of(Gazetteer(index), districts, area, distance)
