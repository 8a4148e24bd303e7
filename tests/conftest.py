"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# Properties are tested however slow the machine, and on the same cases every time.
settings.register_profile("apkgeo", deadline=None, derandomize=True)
settings.load_profile("apkgeo")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files, which are never part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the real files in ../shared/data are not on this machine")
    return SHARED
