"""Broken files through every reader: refused in one line or read, never a crash, a hang, a blow.

The files are whole ones (`tests.sources.seeds`) with one to four things wrong, drawn by number
(`tests.sources.mutations`), so that a case can be looked at again:
``python -m tests.sources.hostile_reader incidents 17 18``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources.hostile_reader import SECONDS
from tests.sources.seeds import READERS, seeds

ROOT = Path(__file__).resolve().parents[2]
_FEW = 150
# 20,000 in all, more for the readers with more formats.
_MANY = {"incidents": 5000, "police": 2000, "patrols": 3000, "boundaries": 4000}
_MANY |= {"addresses": 2000, "lists": 1500, "study": 1000, "layer": 1500}


def wrong(reader: str, first: int, last: int) -> list[str]:
    """Return what went wrong with each case from `first` up to `last`, if anything did."""
    found: list[str] = []
    while first < last:
        command = [sys.executable, "-m", "tests.sources.hostile_reader", reader]
        done = subprocess.run(
            [*command, str(first), str(last)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        lines = done.stdout.splitlines()
        begun = [line for line in lines if line.startswith("begin ")]
        if not begun:
            return [*found, f"{reader} did not start: {done.stderr[-2000:]}"]
        ended = [line for line in lines if not line.startswith("begin ")]
        for line, said in zip(begun, ended, strict=False):
            if said != "good":
                found.append(f"{reader} {line.removeprefix('begin ')}: {said}")
        if len(begun) > len(ended):
            how = f"over {SECONDS} s" if done.returncode == -27 else f"signal {-done.returncode}"
            found.append(f"{reader} {begun[-1].removeprefix('begin ')}: {how} {done.stderr[-300:]}")
        first = int(begun[-1].split()[1]) + 1
    return found


@pytest.mark.parametrize("reader", READERS)
def test_whole_files_are_read(reader: str, tmp_path: Path) -> None:
    from tests.sources.hostile_reader import readers

    read = readers(tmp_path)[reader]
    for number, files in enumerate(seeds(reader).values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        read(folder / next(iter(files)))


@pytest.mark.parametrize("reader", READERS)
def test_broken_files_are_read_or_refused_in_one_line(reader: str) -> None:
    assert wrong(reader, 0, _FEW) == []


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_twenty_thousand_broken_files_are_read_or_refused_in_one_line(reader: str) -> None:
    assert sum(_MANY.values()) >= 20_000
    assert wrong(reader, 0, _MANY[reader]) == []
