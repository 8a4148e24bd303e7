"""There is one public surface, and loading it is quick."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import apkgeo

HEAVY = ("geopandas", "pandas", "numpy", "folium", "matplotlib", "pydantic", "scipy", "shapely")


def test_importing_apkgeo_loads_no_heavy_package() -> None:
    code = "import sys, apkgeo; print(*sorted(set(sys.modules) & set(sys.argv[1:])))"
    loaded = subprocess.run(
        [sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


@pytest.mark.parametrize("name", [name for name in apkgeo.__all__ if name != "__version__"])
def test_every_public_name_is_what_its_module_defines(name: str) -> None:
    value = getattr(apkgeo, name)
    home = import_module(value.__module__)
    assert getattr(home, name) is value
    assert value.__doc__, f"{name} has no docstring"


def test_dir_lists_the_public_names_and_unknown_ones_raise() -> None:
    assert dir(apkgeo) == apkgeo.__all__
    with pytest.raises(AttributeError, match="'apkgeo' has no attribute 'locat'"):
        apkgeo.locat  # noqa: B018


def test_the_version_is_that_of_the_project_file() -> None:
    import tomllib
    from pathlib import Path

    project = tomllib.loads(
        (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    )
    assert apkgeo.__version__ == project["project"]["version"]
