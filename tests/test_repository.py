"""What is committed is small, portable, and says where it comes from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGEST = 2_500_000


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_committed_file_is_large(committed: list[Path]) -> None:
    assert [path.name for path in committed if path.stat().st_size > LARGEST] == []


def test_pinned_versions_name_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    pinned = re.compile(r"[a-z0-9_.-]+==[0-9][\w.+!]*( ; .+)?")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_every_dependency_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(item for extra in extras for item in extra)]
    names = {re.split(r"[>=<\[ ;]", item, maxsplit=1)[0].lower() for item in wanted}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert names <= {line.split("==")[0] for line in lines}


@pytest.mark.parametrize("folder", ["data/boundaries", "notebooks", "maps"])
def test_each_folder_of_products_explains_itself(folder: str) -> None:
    assert len((ROOT / folder / "README.md").read_text(encoding="utf-8")) > 200
