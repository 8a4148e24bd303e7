"""Read the address points of the Czech register RÚIAN (ČÚZK), in each form it comes in."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from apkgeo.crs import S_JTSK
from apkgeo.errors import InputError
from apkgeo.frames import Reading
from apkgeo.language import Note, _
from apkgeo.sources.accounting import Sieve, read_each, stacked
from apkgeo.sources.columns import fold, listing
from apkgeo.sources.coordinates import judge_coordinates, reject_misplaced
from apkgeo.sources.files import Part, PathLike, requested
from apkgeo.sources.numbers import read_numbers
from apkgeo.sources.tables import Table, as_text, read_table
from apkgeo.sources.vfr import is_vfr, read_vfr_addresses

NO_COORDINATES = _("The address has no coordinates.")
NO_NUMBER = _("The house number is missing or cannot be read.")
BAD_NUMBER = _("The orientation number cannot be read.")
BAD_COORDINATES = _("The coordinates cannot be read.")

# Ours -> the register's name, folded. Those after the house number may be missing.
_NAMES: Mapping[str, str] = {
    "address_code": "kodadm",
    "municipality": "nazevobce",
    "part": "nazevcastiobce",
    "street": "nazevulice",
    "house_number_kind": "typso",
    "house_number": "cislodomovni",
    "orientation_number": "cisloorientacni",
    "orientation_letter": "znakcislaorientacniho",
    "postcode": "psc",
    "city_district": "nazevmomc",
    "street_code": "kodulice",
    "part_code": "kodcastiobce",
    "municipality_code": "kodobce",
    "city_district_code": "kodmomc",
    "prague_district": "nazevobvoduprahy",
}
_NEEDED = ("address_code", "municipality", "part", "house_number")
_EAST, _NORTH = ("souradnicey", "souradnicex")
_KNOWN = frozenset({*_NAMES.values(), _EAST, _NORTH, "platiod", "kodobvoduprahy"})
_ORDER = (
    *("address_code", "street", "house_number", "house_number_kind", "orientation_number"),
    *("orientation_letter", "part", "municipality", "city_district", "postcode"),
    *("street_code", "part_code", "municipality_code", "city_district_code", "prague_district"),
)


def read_addresses(path: PathLike, *, encoding: str | None = None) -> Reading:
    """Read address points from the register's CSV or VFR, plain or packed, one or many files.

    Parameters
    ----------
    path : str, Path, Source, or several of them
        Files; a pattern such as ``"*_ADR.csv.zip"`` stands for all that match.
    encoding : str, optional
        The text encoding, where it cannot be judged.

    Returns
    -------
    Reading
        The frame is in EPSG:5514. A file with a header only, of a municipality without addresses,
        gives an empty one.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When it is unreadable or lacks a column of the register.

    Notes
    -----
    The register writes Y (westing) and X (southing) positive and in either order; both are told
    by their magnitude. Older files have no city district and no codes of streets.

    References
    ----------
    ČÚZK: Adresní místa RÚIAN v CSV, CC BY 4.0, https://nahlizenidokn.cuzk.gov.cz/

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> table = ("Kód ADM;Název obce;Název části obce;Číslo domovní;"
    ...     "Souřadnice Y;Souřadnice X\\n")
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     written = path.write_text(table, encoding="utf-8")
    ...     reading = read_addresses(path)
    >>> len(reading.frame), reading.frame.crs.to_epsg()
    (0, 5514)
    """
    request = requested(path, encoding=encoding)
    reading = read_each(request, lambda part: _addresses(part, request.encoding), "addresses")
    return _without_repeats(reading)


def _addresses(part: Part, encoding: str | None) -> Reading:
    if is_vfr(part):
        table = read_vfr_addresses(part)
    else:
        table = read_table(part, _KNOWN, encoding=encoding)
    cells = table.cells
    found = {fold(str(column)): str(column) for column in reversed(list(cells.columns))}
    missing = [_NAMES[field] for field in _NEEDED if _NAMES[field] not in found]
    missing += [name for name in (_EAST, _NORTH) if name not in found]
    if missing:
        raise InputError(
            f"{table.name} is not an address file of RÚIAN",
            expected="columns Kód ADM, Název obce, Název části obce, Číslo domovní, Souřadnice Y, "
            "Souřadnice X",
            came=listing(cells.columns),
            remedy="download the municipality's OB_ADR.csv from ČÚZK",
        )
    sieve = Sieve(cells.index)
    made = pd.DataFrame(index=cells.index)
    for field in _ORDER:
        column = found.get(_NAMES[field])
        text = as_text(cells[column]) if column else None
        made[field] = text if text is not None else pd.Series(index=cells.index, dtype="str")
    shown = {field: made[field].copy() for field in ("house_number", "orientation_number")}
    for field, reason in (("house_number", NO_NUMBER), ("orientation_number", BAD_NUMBER)):
        made[field], bad = _whole(made[field])
        bad |= made[field].isna() & (field == "house_number")
        sieve.reject(bad, found.get(_NAMES[field], field), shown[field], reason)
    for field in ("address_code", "street_code", "part_code", "municipality_code", "postcode"):
        made[field] = made[field].str.replace(r"[.,]0+$", "", regex=True)
    made["postcode"] = made["postcode"].str.replace(" ", "", regex=False)
    made["house_number_kind"] = _kinds(made["house_number_kind"])
    return _reading(table, found, made, sieve)


def _whole(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return whole numbers, also those written as ``10,0``, and where there is something else."""
    number = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
    number = number.where((number % 1 == 0) & (number >= 0) & (number < 1e9))
    return number.astype("Int64"), text.notna() & number.isna()


def _kinds(text: pd.Series) -> pd.Series:
    """Return ``č.p.`` or ``č.ev.``; a number of no kind is a č.p."""
    meaning = {"": "č.p."}
    for word in text.dropna().unique():
        letters = "".join(letter for letter in word.lower() if letter.isalpha())
        meaning[word] = "č.ev." if letters.startswith(("čev", "ev")) else "č.p."
    return text.fillna("").map(meaning).astype("str")


def _reading(table: Table, found: Mapping[str, str], made: pd.DataFrame, sieve: Sieve) -> Reading:
    names = f"{found[_EAST]}, {found[_NORTH]}"
    east = read_numbers(table.cells[found[_EAST]])
    north = read_numbers(table.cells[found[_NORTH]])
    shown = (as_text(table.cells[found[_EAST]]).fillna("") + ", ").astype("object") + as_text(
        table.cells[found[_NORTH]]
    ).fillna("").astype("object")
    sieve.reject(east.unreadable | north.unreadable, names, shown, BAD_COORDINATES)
    here = ~(np.isnan(east.values) | np.isnan(north.values))
    sieve.reject(~here, names, shown, NO_COORDINATES)
    x, y = np.where(here, east.values, np.nan), np.where(here, north.values, np.nan)
    with np.errstate(invalid="ignore"):
        sieve.reject(here & (np.fmax(np.abs(x), np.abs(y)) > 1e7), names, shown, BAD_COORDINATES)
    usable = ~np.isnan(x) & sieve.good
    placed = judge_coordinates(
        np.where(usable, x, np.nan),
        np.where(usable, y, np.nan),
        crs=S_JTSK,
        names=names,
        file=table.name,
    )
    reject_misplaced(placed, sieve, names, shown)
    notes = [*table.notes, *placed.notes]
    if "nazevmomc" not in found:
        notes.append(Note(_("An older form of the register: it names no city districts.")))
    made = made[list(_ORDER)][sieve.good]
    points = gpd.points_from_xy(placed.x[sieve.good], placed.y[sieve.good], crs=S_JTSK)
    frame = gpd.GeoDataFrame(made, geometry=points, crs=S_JTSK).reset_index(drop=True)
    rejected = stacked([table.rejected, sieve.table()]).sort_values("row", ignore_index=True)
    return Reading(frame, rejected, tuple(notes))


def _without_repeats(reading: Reading) -> Reading:
    """Tell of addresses that stand in several of the files."""
    codes = reading.frame["address_code"]
    again = int((codes.notna() & codes.duplicated()).sum())
    if not again:
        return reading
    note = Note(_("Addresses that occur more than once: {count}; all were kept."), count=again)
    return Reading(reading.frame, reading.rejected, (*reading.notes, note))
