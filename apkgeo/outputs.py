"""Write a run's files so that a crash leaves the old ones whole, and say what they were made of."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from apkgeo.errors import InputError
from apkgeo.study import Study

# Every count, where the results hide some: it must not leave the office.
INTERNAL = "internal"
FOLDERS = ("maps", "results", INTERNAL)
# Seconds after which the temporary folder of another run is taken for abandoned.
_ABANDONED = 6 * 3600
_UNRESTORED = "old-files-not-restored"
MANIFEST = Path("results") / "manifest.json"
# What an earlier run made in `INTERNAL`; the manifest of the results does not tell it.
INTERNAL_MANIFEST = Path(INTERNAL) / "manifest.json"

# Packages whose version can change a number or a page.
_COUNTED = ("folium", "geopandas", "matplotlib", "numpy", "pandas", "pyproj", "scipy", "shapely")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a temporary folder whose folders replace those of `target` at the end.

    These are ``maps``, ``results`` and ``internal``.

    When the block raises, `target` stays as it was. Files that a person put into these folders
    are kept; files of an earlier run that this one does not make are gone.

    Raises
    ------
    InputError
        When the folder cannot be written, or a file in it is held open by another program.
    """
    for path in (target / folder for folder in FOLDERS):
        if path.is_symlink() or path.is_file():
            kind = "link" if path.is_symlink() else "file"
            raise InputError(
                f"{path} is a {kind}, and a run would replace it",
                remedy="move it away, or give another folder as output",
            )
    _clear_abandoned(target)
    try:
        target.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".apkgeo-", dir=target))
    except OSError as error:
        raise InputError(
            f"cannot write into {target}: {error.strerror}", remedy="choose another folder"
        ) from error
    try:
        yield staging
        _keep_foreign_files(target, staging)
        _swap(target, staging)
    finally:
        if not (staging / _UNRESTORED).exists():
            shutil.rmtree(staging, ignore_errors=True)


def _clear_abandoned(target: Path) -> None:
    """Remove what runs that were killed left behind, but nothing that a run may be writing."""
    for left in target.glob(".apkgeo-*"):
        abandoned = left.is_dir() and time.time() - left.stat().st_mtime > _ABANDONED
        if abandoned and not (left / _UNRESTORED).exists():
            shutil.rmtree(left, ignore_errors=True)


def _keep_foreign_files(target: Path, staging: Path) -> None:
    """Copy what an earlier run did not make."""
    ours = set(_earlier(target))
    for folder in FOLDERS:
        for path in sorted((target / folder).rglob("*")):
            name = path.relative_to(target)
            wanted = staging / name
            if path.is_file() and name.as_posix() not in ours and not wanted.exists():
                wanted.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, wanted)


def _earlier(target: Path) -> list[str]:
    """Return the files that the manifests of an earlier run list, themselves included."""
    found: list[str] = []
    for name in (MANIFEST, INTERNAL_MANIFEST):
        try:
            listed = json.loads((target / name).read_text(encoding="utf-8"))["outputs"]
            found += [*map(str, listed), name.as_posix()]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _swap(target: Path, staging: Path) -> None:
    """Put the new folders where the old ones are; put the old ones back if that fails."""
    old = staging / "old"
    old.mkdir()
    moved: list[str] = []
    try:
        for folder in FOLDERS:
            moved.append(folder)
            if (target / folder).exists():
                (target / folder).rename(old / folder)
            if (staging / folder).exists():
                (staging / folder).rename(target / folder)
    except BaseException as error:  # an interrupt must not lose the old files either
        where = _restore(target, staging, moved)
        if not isinstance(error, OSError):
            raise
        raise InputError(
            f"cannot replace {target / moved[-1]}: {error.strerror}",
            remedy=f"close the files open in it and run again{where}",
        ) from error


def _restore(target: Path, staging: Path, moved: list[str]) -> str:
    """Put the old folders back; where even that fails, keep them and say where they are."""
    try:
        for folder in moved:
            if (staging / "old" / folder).exists():
                shutil.rmtree(target / folder, ignore_errors=True)
                (staging / "old" / folder).rename(target / folder)
    except OSError:
        (staging / _UNRESTORED).touch()
        return f"; the files of the run before are in {staging / 'old'}"
    return ""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest(study: Study, inputs: Iterable[Path], staging: Path) -> dict[str, Any]:
    """Return what a run was made of: inputs and outputs by hash, versions, settings.

    It holds no time and no absolute path, so that the same inputs give the same manifest. Tracks
    of patrols have one hash together.
    """
    # The hash of a file with few unknown counts would tell whether a guess at them is right.
    outputs = [path for path in _made(staging) if not path.is_relative_to(staging / INTERNAL)]
    hashes = {path.relative_to(staging).as_posix(): digest(path) for path in outputs}
    return {**_made_of(study, inputs), "outputs": hashes}


def still_holds(study: Study, inputs: Iterable[Path], target: Path) -> bool:
    """Tell whether the pages of an earlier run in `target` are those that a run would make now.

    They are when the study, every input and the programs are the same as then, and nobody has
    changed a page since.
    """
    try:
        told = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        now = json.loads(json.dumps(_made_of(study, inputs)))
        pages = {name: hashed for name, hashed in told["outputs"].items() if "maps/" in name}
        untouched = all(digest(target / name) == hashed for name, hashed in pages.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return untouched and all(told.get(key) == value for key, value in now.items())


def _made_of(study: Study, inputs: Iterable[Path]) -> dict[str, Any]:
    settings = study.model_dump(mode="json", exclude={"sources", "folder"})
    return {
        "study": study.name,
        "inputs": _input_hashes(study, set(inputs)),
        "settings": {**settings, "sources": _reading(study)},
        "versions": {name: _version(name) for name in ("apkgeo", *_COUNTED)},
    }


def _input_hashes(study: Study, inputs: set[Path]) -> dict[str, str]:
    """Return the hash of each input, and one of all tracks of patrols together.

    Tracks are called after units, often one for each month or quarter: their names would tell who
    walked when.
    """
    patrols = study.sources.patrols
    tracks = inputs.intersection(patrols.files()) if patrols is not None else set()
    hashes = {_relative(path, study.folder): digest(path) for path in sorted(inputs - tracks)}
    if patrols is not None and tracks:
        told = [json.dumps(patrols.programmes), *sorted(digest(path) for path in tracks)]
        hashes["patrols"] = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return hashes


def _reading(study: Study) -> dict[str, Any]:
    """Return what the study says of how each source is read, without any path or unit."""
    told = study.sources.model_dump(mode="json", exclude_defaults=True)
    context = told.pop("context", {})
    flat = {**told, **context}
    ways = {
        name: {
            key: sorted(value) if key == "programmes" else value
            for key, value in one.items()
            if key not in ("path", "offences")
        }
        for name, one in flat.items()
    }
    return {name: way for name, way in ways.items() if way}


def internal_manifest(staging: Path) -> dict[str, Any]:
    """Return what a run made for the office alone, by hash; it stays there, too."""
    outputs = [path for path in _made(staging) if path.is_relative_to(staging / INTERNAL)]
    return {"outputs": {path.relative_to(staging).as_posix(): digest(path) for path in outputs}}


def _made(staging: Path) -> list[Path]:
    return sorted(path for path in staging.rglob("*") if path.is_file())


def _relative(path: Path, folder: Path) -> str:
    """Return `path` from `folder` on; only its name when it lies elsewhere."""
    path, folder = path.resolve(), folder.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        from apkgeo import __version__

        return __version__ if name == "apkgeo" else "unknown"


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with line feeds, on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, making the folder where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write strict, readable JSON."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
