"""Lay the register out as an index, in little more memory than the index takes.

A country has three million addresses: texts are told apart once and kept as numbers, and no column
is copied as Python objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from apkgeo.errors import InputError
from apkgeo.places.address_index import AddressIndex, Group
from apkgeo.places.folding import words
from apkgeo.places.ground import fit_ground

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Rows whose codes are looked at together.
_ROWS = 100_000
_POSTCODES = 100_000


class _Coded(NamedTuple):
    """A column of texts: which of its sorted names each row has."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]


def build_index(addresses: gpd.GeoDataFrame) -> AddressIndex:
    """Lay the tidy frame of addresses out as an index.

    Parameters
    ----------
    addresses : geopandas.GeoDataFrame
        The tidy frame, in any CRS in metres.

    Raises
    ------
    InputError
        When it is no frame of addresses.
    """
    from apkgeo.crs import require_metric
    from apkgeo.frames import check_frame

    check_frame(addresses, "addresses")
    crs = require_metric(addresses, "the addresses frame")
    if addresses.empty:
        raise InputError("the addresses frame", expected="addresses", came="none")
    coded = {
        column: _coded(addresses[column])
        for column in ("street", "part", "municipality", "city_district", "orientation_letter")
    }
    house = _numbers(addresses["house_number"])
    orientation = _numbers(addresses["orientation_number"])
    kind = _coded(addresses["house_number_kind"])
    registered = np.array(["ev" in name for name in kind.names])[kind.codes]
    letter = coded["orientation_letter"].codes.astype(np.uint8)
    code = _codes(addresses["address_code"])
    street, part, town = (coded[name] for name in ("street", "part", "municipality"))
    # Addresses without a street belong together by their part.
    nameless = np.array([not name for name in street.names])
    home = np.where(nameless[street.codes], part.codes, np.int32(-1))
    order = np.lexsort(
        (code, registered, house, letter, orientation, home, street.codes, town.codes)
    )
    profile, profiles = _profiles(coded, _postcodes(addresses["postcode"]))
    geometry = addresses.geometry
    x = geometry.x.to_numpy(dtype=float)[order]
    y = geometry.y.to_numpy(dtype=float)[order]
    return AddressIndex(
        groups=_groups(coded, home, order),
        house=house[order],
        orientation=orientation[order],
        registered=registered[order],
        letter=letter[order],
        letters=tuple(one.lower() for one in coded["orientation_letter"].names),
        profile=profile[order],
        profiles=profiles,
        x=x,
        y=y,
        code=code[order],
        crs=crs.to_string() if crs.to_epsg() else crs.to_wkt(),
        ground=fit_ground(x, y, crs),
    )


def _coded(column: Any) -> _Coded:
    """Return a column's texts as numbers, in the order of the texts; nothing is an empty one."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, values = pd.factorize(column)
    used = np.unique(codes)
    written = {int(one): "" if one < 0 else str(values[one]) for one in used}
    names = tuple(sorted(set(written.values())))
    place = {name: i for i, name in enumerate(names)}
    # Code -1, for nothing, reads the last element.
    table = np.zeros(len(values) + 1, dtype=np.int32)
    for one, name in written.items():
        table[one] = place[name]
    return _Coded(table[codes], names)


def _numbers(column: Any) -> NDArray[np.int32]:
    """Return numbers; 0 where there is none."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce").fillna(0)
    return np.asarray(numbers, dtype=np.int32)


def _postcodes(column: Any) -> NDArray[np.int32]:
    """Return postcodes as numbers; 0 where there is none."""
    coded = _coded(column)
    numbers = []
    for name in coded.names:
        digits = "".join(name.removesuffix(".0").split())
        plain = digits.isascii() and digits.isdigit() and int(digits) < _POSTCODES
        numbers.append(int(digits) if plain else 0)
    return np.array(numbers, dtype=np.int32)[coded.codes]


def _codes(column: Any) -> NDArray[Any]:
    """Return the addresses' codes, as numbers where that loses nothing."""
    numbers = np.empty(len(column), dtype=np.int64)
    for start in range(0, len(column), _ROWS):
        some = column.iloc[start : start + _ROWS].astype(str)
        if not bool(some.str.fullmatch(r"[1-9]\d{0,17}").all()):
            return np.asarray(column.astype(str), dtype=np.str_)
        numbers[start : start + _ROWS] = some.to_numpy(dtype="object").astype(np.int64)
    return numbers


def _profiles(
    coded: Mapping[str, _Coded], postcode: NDArray[np.int32]
) -> tuple[NDArray[np.int32], tuple[tuple[str, str, str, int], ...]]:
    """Return each row's profile and the profiles, sorted by their names."""
    columns = [coded[name] for name in ("part", "municipality", "city_district")]
    key = np.zeros(len(postcode), dtype=np.int64)
    for column in columns:
        key *= len(column.names)
        key += column.codes
    key *= _POSTCODES
    key += postcode
    unique, inverse = np.unique(key, return_inverse=True)
    profiles = []
    for one in unique.tolist():
        rest, code = divmod(one, _POSTCODES)
        names = []
        for column in reversed(columns):
            rest, place = divmod(rest, len(column.names))
            names.append(column.names[place])
        district, municipality, part = names
        profiles.append((part, municipality, district, code))
    return inverse.reshape(-1).astype(np.int32), tuple(profiles)


def _groups(
    coded: Mapping[str, _Coded], home: NDArray[np.int32], order: NDArray[np.int64]
) -> tuple[Group, ...]:
    """Return the slices of sorted rows that share street and municipality."""
    street, town = coded["street"].codes[order], coded["municipality"].codes[order]
    part = home[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (street[1:] != street[:-1]) | (town[1:] != town[:-1]) | (part[1:] != part[:-1])
    starts = np.flatnonzero(new)
    stops = np.append(starts[1:], len(order))
    names, towns, parts = (coded[name].names for name in ("street", "municipality", "part"))
    keys = [" ".join(words(name)) for name in names]
    return tuple(
        Group(names[street[a]], towns[town[a]], parts[part[a]] if part[a] >= 0 else "",
              keys[street[a]], a, b)
        for a, b in zip(starts.tolist(), stops.tolist(), strict=True)
    )  # fmt: skip
