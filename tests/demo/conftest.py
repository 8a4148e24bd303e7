"""Modelov, made once for all of its tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from apkgeo.demo import write_modelov
from apkgeo.demo.addresses import build_addresses
from apkgeo.demo.town import Town, draw_town


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder."""
    return write_modelov(tmp_path_factory.mktemp("modelov")).parent


@pytest.fixture(scope="session")
def truth(folder: Path) -> dict[str, Any]:
    """What is true in it."""
    return dict(json.loads((folder / "truth.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def register(folder: Path) -> pd.DataFrame:
    """The register of addresses, every value as it is written."""
    return pd.read_csv(
        folder / "adresy.csv", sep=";", encoding="cp1250", dtype=str, keep_default_na=False
    )


@pytest.fixture(scope="session")
def export(folder: Path) -> pd.DataFrame:
    """The CSV part of the municipal police's export, every value as it is written."""
    return pd.read_csv(
        folder / "udalosti_2014-2017.csv",
        sep=";",
        encoding="cp1250",
        dtype=str,
        keep_default_na=False,
    )


@pytest.fixture(scope="session")
def town() -> Town:
    """The town as drawn, in metres of its plan."""
    return draw_town(2014)


@pytest.fixture(scope="session")
def addresses(town: Town) -> pd.DataFrame:
    """The houses of the town."""
    return build_addresses(town, 2014)
