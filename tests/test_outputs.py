"""A run replaces the files of the one before as a whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import date
from pathlib import Path

import pytest

from apkgeo.errors import InputError
from apkgeo.outputs import MANIFEST, manifest, staged, write_json, write_text
from apkgeo.study import Deployment, Source, Study

SOURCES = {"incidents": "in.csv", "localities": "lok.geojson"}
STUDY = Study(
    name="Plac",
    sources=SOURCES,
    outcomes={"all": "*"},
    deployments=[Deployment(locality="plac", start=date(2014, 7, 14))],
)


def write_run(target: Path, **pages: str) -> None:
    with staged(target) as folder:
        for name, text in pages.items():
            write_text(folder / "maps" / f"{name}.html", text)
        (folder / "results").mkdir()
        write_json(folder / MANIFEST, manifest(STUDY, [], folder))


def contents(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("maps/*"))}


def test_a_new_run_replaces_the_old_one(tmp_path: Path) -> None:
    write_run(tmp_path, index="old", gone="old")
    write_run(tmp_path, index="new")
    assert contents(tmp_path) == {"index.html": "new"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["maps", "results"]


def test_a_crash_leaves_the_old_files_whole(tmp_path: Path) -> None:
    write_run(tmp_path, index="old", other="old")
    with pytest.raises(RuntimeError, match="power cut"), staged(tmp_path) as folder:
        write_text(folder / "maps" / "index.html", "half")
        raise RuntimeError("power cut")
    assert contents(tmp_path) == {"index.html": "old", "other.html": "old"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["maps", "results"]


def test_files_of_a_person_are_kept(tmp_path: Path) -> None:
    write_run(tmp_path, index="old")
    write_text(tmp_path / "maps" / "README.md", "mine")
    write_run(tmp_path, index="new")
    assert contents(tmp_path) == {"README.md": "mine", "index.html": "new"}


@pytest.mark.parametrize("even_going_back", [False, True])
def test_a_swap_that_fails_half_way_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, even_going_back: bool
) -> None:
    write_run(tmp_path, index="old")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        back = self.parent.name == "old"
        if Path(target) == tmp_path / "results" and (even_going_back or not back):
            raise PermissionError(13, "file in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InputError, match=r"cannot replace .*results: file in use") as caught:
        write_run(tmp_path, index="new")
    monkeypatch.undo()
    assert contents(tmp_path) == {"index.html": "old"}
    kept = sorted(tmp_path.glob(".apkgeo-*/old/results/manifest.json"))
    assert bool(kept) == even_going_back
    assert ("are in" in str(caught.value)) == even_going_back


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot write into .*file"), staged(tmp_path / "file"):
        pass


def test_the_manifest_hashes_inputs_and_outputs(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"a;b\n1;2\n")
    write_text(tmp_path / "out" / "maps" / "index.html", "page")
    study = STUDY.model_copy(update={"folder": tmp_path})
    made = manifest(study, [source, source], tmp_path / "out")
    assert made["inputs"] == {"in.csv": hashlib.sha256(b"a;b\n1;2\n").hexdigest()}
    assert made["outputs"] == {"maps/index.html": hashlib.sha256(b"page").hexdigest()}
    assert made["settings"]["deployments"][0]["start"] == "2014-07-14"
    assert set(made["versions"]) >= {"apkgeo", "numpy", "shapely"}
    assert str(tmp_path) not in str(made)
    assert os.sep not in "".join(made["outputs"]) or os.sep == "/"


def test_the_manifest_tells_no_unit_nor_when_it_walked(tmp_path: Path) -> None:
    tracks = [tmp_path / f"novak_{month}.gpx" for month in ("2015-01", "2015-03")]
    for track in tracks:
        track.write_text(track.name, encoding="utf-8")
    patrols = Source(path=(tmp_path / "*.gpx",), programmes={"assistants": "novak*"})
    sources = STUDY.sources.model_copy(update={"patrols": patrols})
    study = STUDY.model_copy(update={"folder": tmp_path, "sources": sources})
    made = manifest(study, tracks, tmp_path / "out")
    assert list(made["inputs"]) == ["patrols"]
    assert "novak" not in str(made)
    tracks[1].write_text("other", encoding="utf-8")
    assert manifest(study, tracks, tmp_path / "out")["inputs"] != made["inputs"]


def test_an_interrupt_in_the_middle_of_the_swap_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path, index="old")
    rename = Path.rename

    def interrupt(self: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "maps" and self.parent.name != "old":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_run(tmp_path, index="new")
    assert contents(tmp_path) == {"index.html": "old"}


def test_a_linked_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "maps").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"maps is a link, and a run would replace it"):
        write_run(tmp_path, index="new")


def test_a_file_called_maps_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"maps is a file, and a run would replace it"):
        write_run(tmp_path, index="new")


def test_what_a_killed_run_left_is_cleared_and_what_runs_is_not(tmp_path: Path) -> None:
    for name, age in ((".apkgeo-old", 7 * 3600), (".apkgeo-now", 60)):
        (tmp_path / name).mkdir()
        when = time.time() - age
        os.utime(tmp_path / name, (when, when))
    write_run(tmp_path, index="new")
    assert [path.name for path in tmp_path.glob(".apkgeo-*")] == [".apkgeo-now"]


def test_the_manifest_tells_no_folder_outside_the_study(tmp_path: Path) -> None:
    source = tmp_path / "home" / "novak" / "in.csv"
    write_text(source, "a")
    study = STUDY.model_copy(update={"folder": tmp_path / "study"})
    assert list(manifest(study, [source], tmp_path / "out")["inputs"]) == ["in.csv"]


def test_the_manifest_tells_no_path_of_the_context_either(tmp_path: Path) -> None:
    write_text(tmp_path / "water.geojson", "{}")
    context = {"water": {"path": str(tmp_path / "water.geojson"), "licence": "of the river"}}
    sources = STUDY.sources.model_validate({**SOURCES, "context": context})
    study = STUDY.model_copy(update={"folder": tmp_path, "sources": sources})
    made = manifest(study, [tmp_path / "water.geojson"], tmp_path / "out")
    assert str(tmp_path) not in str(made)
    assert made["settings"]["sources"] == {"water": {"licence": "of the river"}}
    assert list(made["inputs"]) == ["water.geojson"]
