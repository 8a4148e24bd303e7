"""Geospatial evaluation and mapping of crime prevention in socially excluded localities.

The public names are loaded when they are first used, so that ``import apkgeo`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Public name -> the module that defines it.
_PUBLIC = {
    "ApkgeoError": "errors",
    "CRSError": "errors",
    "InputError": "errors",
    "MissingExtraError": "errors",
    "MissingFileError": "errors",
    "StudyError": "errors",
    "UnsupportedMapError": "errors",
    "Reading": "frames",
    "check_frame": "frames",
    "Gazetteer": "places.gazetteer",
    "AddressMatch": "places.gazetteer",
    "DistrictLookup": "places.districts",
    "DistrictMatch": "places.districts",
    "count_points": "places.counting",
    "hex_grid": "places.grid",
    "locate": "places.locate",
    "rings": "places.rings",
    "square_grid": "places.grid",
    "read_addresses": "sources.addresses",
    "read_boundaries": "sources.boundaries",
    "read_incidents": "sources.incidents",
    "read_patrols": "sources.patrols",
    "rate_ratio": "statistics.rates",
    "save_map": "pages.export",
    "write_modelov": "demo.modelov",
    "Comparison": "study",
    "Deployment": "study",
    "Period": "study",
    "Privacy": "study",
    "Source": "study",
    "Sources": "study",
    "Study": "study",
}

__all__ = sorted(["__version__", *_PUBLIC])


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'apkgeo' has no attribute {name!r}")
    value = getattr(import_module(f"apkgeo.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
