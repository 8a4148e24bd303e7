"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files, which are never part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the real files in ../shared/data are not on this machine")
    return SHARED
