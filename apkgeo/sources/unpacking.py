"""Unpack a downloaded archive without trusting it."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from apkgeo.errors import InputError

_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What an archive may hold.

    Attributes
    ----------
    entries : int
        Files in it.
    unpacked : int
        Bytes of the file that is unpacked.
    ratio : float
        Unpacked bytes for one packed byte; the register's XML has about 25. Files up to
        `always` bytes may have any.
    """

    entries: int = 100
    unpacked: int = 4 * 1024**3
    ratio: float = 200.0
    always: int = 10 * 1024**2


LIMITS = Limits()


def unpack_one(
    archive: Path, target: Path, wanted: Callable[[str], bool], *, limits: Limits = LIMITS
) -> str:
    """Unpack the one file of `archive` whose name is `wanted` into `target`; return its name.

    Names in the archive never decide where anything is written. `target` exists only when it is
    whole and its checksum is right.

    Raises
    ------
    InputError
        When the archive is damaged, is not what it should be, names paths outside of itself, or
        unpacks to more than it may.
    """
    temporary = target.with_name(target.name + ".unpacking")
    try:
        with zipfile.ZipFile(archive) as packed:
            member = _member(packed, archive.name, wanted, limits)
            with packed.open(member) as source, temporary.open("wb") as file:
                _copy(source, file, member, archive.name, limits)
        temporary.replace(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            f"{archive.name} is a damaged archive: {error}", remedy="download it again"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
    return member.filename


def _member(
    packed: zipfile.ZipFile, name: str, wanted: Callable[[str], bool], limits: Limits
) -> zipfile.ZipInfo:
    members = packed.infolist()
    if len(members) > limits.entries:
        raise InputError(
            f"{name} holds too many files", expected=f"at most {limits.entries}",
            came=str(len(members)), remedy="unpack it by hand if you trust it",
        )  # fmt: skip
    for member in members:
        if not _stays_inside(member):
            raise InputError(
                f"{name} names a path outside of itself", came=repr(member.filename),
                remedy="do not unpack it; download it again from its publisher",
            )  # fmt: skip
    fitting = [one for one in members if not one.is_dir() and wanted(one.filename)]
    if len(fitting) != 1:
        raise InputError(
            f"{name} is not the archive that was asked for",
            expected="one file of the kind",
            came=", ".join(one.filename for one in members[:5]) or "an empty archive",
        )
    if fitting[0].flag_bits & 1:
        raise InputError(f"{name} is locked by a password", remedy="unpack it by hand")
    return fitting[0]


def _stays_inside(member: zipfile.ZipInfo) -> bool:
    """Whether a name is a plain path below the archive, and the entry no link."""
    posix, windows = PurePosixPath(member.filename), PureWindowsPath(member.filename)
    link = stat.S_ISLNK(member.external_attr >> 16)
    return not (
        posix.is_absolute()
        or windows.drive
        or windows.root
        or ".." in posix.parts
        or ".." in windows.parts
        or link
    )


def _copy(
    source: IO[bytes], file: IO[bytes], member: zipfile.ZipInfo, name: str, limits: Limits
) -> None:
    """Copy while counting: what an archive says of its sizes is not believed."""
    allowed = min(limits.unpacked, max(limits.always, int(limits.ratio * member.compress_size)))
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > allowed:
            raise InputError(
                f"{name} unpacks to more than it may",
                expected=f"at most {allowed} bytes",
                remedy="do not unpack it; download it again from its publisher",
            )
        file.write(chunk)
    if size != member.file_size:
        raise zipfile.BadZipFile(f"{size} of {member.file_size} bytes")
