"""The notebooks run, and what they show is what is stored in them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [
        f"{number:02}" for number in range(1, len(NOTEBOOKS) + 1)
    ]
    assert len(NOTEBOOKS) >= 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_stores(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(FOLDER.parent)]))
    stored = nbformat.read(path, as_version=4)
    run = nbformat.reads(nbformat.writes(stored), as_version=4)
    NotebookClient(
        run, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    for before, after in zip(stored.cells, run.cells, strict=True):
        assert shown(before) == shown(after), f"run and store {path.name} again"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_uses_public_names_only(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert not re.search(r"(from|import) apkgeo\.|\b_[a-z]\w*\(", cell.source)


def shown(cell: Any) -> list[Any]:
    """What a reader sees of a cell, pictures left out (their bytes depend on fonts)."""
    texts: list[Any] = []
    streamed = False
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        printed = output.get("text")
        if printed and texts and output.output_type == "stream" and streamed:
            texts[-1] += printed  # how a kernel parts what is printed depends on the moment
        else:
            texts.append(printed or data.get("text/html") or data.get("text/plain"))
        streamed = output.output_type == "stream"
        if "image/png" in data:
            texts[-1] = "a picture"
    return texts
