"""Areas of a study that are lists of streets: drawn from the register's addresses when read."""

from __future__ import annotations

import geopandas as gpd

from apkgeo.errors import InputError
from apkgeo.frames import REJECTED_COLUMNS, Reading
from apkgeo.places.street_lists import read_street_list
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.study import Source

LISTS = (".txt", ".toml", ".csv", ".tsv")


def is_street_list(source: Source) -> bool:
    """Whether the files of a source are lists of streets, by their endings.

    Examples
    --------
    >>> from apkgeo.study import Source
    >>> is_street_list(Source("okrsky.txt")), is_street_list(Source("okrsky.geojson"))
    (True, False)
    """
    return all(path.suffix.lower() in LISTS for path in source.path)


def read_areas(
    source: Source,
    *,
    level: str,
    addresses: gpd.GeoDataFrame | None = None,
    city: gpd.GeoDataFrame | None = None,
) -> Reading:
    """Read areas from a map file, or draw them from lists of their streets.

    Parameters
    ----------
    source : Source
        The map files, or lists (``.txt``, ``.toml``, ``.csv``) as `areas_from_street_list` takes.
    level : str
        What the areas are: ``"district"``, ``"locality"``, ``"city"``.
    addresses : geopandas.GeoDataFrame, optional
        The register's addresses, which lists need.
    city : geopandas.GeoDataFrame, optional
        The city's outline, which districts that are drawn from lists fill.

    Returns
    -------
    Reading
        The areas. Of lists the rejected rows are entries that name no address (``row`` is the line
        of the list), and the notes tell how many do.

    Raises
    ------
    MissingFileError
        When a file does not exist.
    InputError
        When a file cannot be used, or a list comes without addresses.
    """
    if not is_street_list(source):
        return read_boundaries(source, level=level)
    names = ", ".join(path.name for path in source.path)
    if addresses is None or addresses.empty:
        raise InputError(
            f"{names} is a list of streets, which is drawn from the addresses on them",
            remedy="name the register's addresses under [sources], or draw the areas beforehand "
            "with 'apkgeo areas' and name the .geojson",
        )
    within = city if level == "district" else None
    drawn = read_street_list(list(source.files()), addresses, level=level, within=within)
    rejected = drawn.rejected.assign(row=drawn.rejected["line"])[list(REJECTED_COLUMNS)]
    return Reading(drawn.frame, rejected.reset_index(drop=True), drawn.notes)
