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
