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
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from apkgeo.places.address_index import AddressIndex, Group
from apkgeo.places.district_matches import District
from apkgeo.places.districts import DistrictLookup
from apkgeo.places.epochs import Epoch
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.ground import ground_from
from apkgeo.places.outlines import Outlines

# Changed with every change of what the file holds: an older file is then made again.
FORMAT = 2
_ARRAYS = ("house", "orientation", "registered", "letter", "profile", "x", "y", "code")


def fingerprint(paths: Iterable[str | Path], *settings: object) -> str:
    """Return a text that changes when a file is changed, or a setting is.

    Parameters
    ----------
    paths : iterable of str or Path
        The files that the look-up is made of. Their names, sizes and times are looked at, not
        what is in them.
    settings : object
        What else decides the look-up, such as the encoding of a file.
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
        "ground": index.ground,
        "districts": [asdict(one) for one in lookup.districts],
        "epochs": [[one.start, one.stop, one.members] for one in lookup.epochs],
    }
    written = json.dumps(told, ensure_ascii=False, default=date.isoformat)
    text = np.frombuffer(written.encode("utf-8"), dtype=np.uint8)
    arrays = {name: getattr(index, name) for name in _ARRAYS}
    arrays |= {f"outlines_{name}": array for name, array in lookup.outlines._asdict().items()}
    for number, epoch in enumerate(lookup.epochs):
        arrays |= {f"area_{number}": epoch.area, f"distance_{number}": epoch.distance}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            np.savez(file, told=text, **arrays)
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
                ground=ground_from(told["ground"]),
                **{name: kept[name] for name in _ARRAYS},
            )
            districts = tuple(District(**_dated(one)) for one in told["districts"])
            epochs = tuple(
                Epoch(_day(start), _day(stop), tuple(members), kept[f"area_{i}"],
                      kept[f"distance_{i}"])
                for i, (start, stop, members) in enumerate(told["epochs"])
            )  # fmt: skip
            outlines = Outlines(*(kept[f"outlines_{name}"] for name in Outlines._fields))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    return DistrictLookup.of(Gazetteer(index), districts, epochs, outlines)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _dated(district: dict[str, Any]) -> dict[str, Any]:
    """Return a district's values with days for the texts that JSON keeps them as."""
    return {**district, **{name: _day(district[name]) for name in ("valid_from", "valid_to")}}
