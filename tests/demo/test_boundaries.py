"""The boundaries of Modelov tile, and are the ones committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from apkgeo.demo import Boundaries, draw_modelov

COMMITTED = Path(__file__).resolve().parents[2] / "data" / "boundaries" / "modelov"


@pytest.fixture(scope="module")
def drawn() -> Boundaries:
    return draw_modelov(2014)


def test_the_committed_files_are_what_the_code_draws(drawn: Boundaries) -> None:
    files = drawn.files()
    assert sorted(files) == sorted(path.name for path in COMMITTED.glob("*.geojson"))
    for name, text in files.items():
        assert (COMMITTED / name).read_bytes() == text.encode(), name
