"""Find the files that were named, tell by their content what they are, and open them."""

from __future__ import annotations

import glob
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pyproj import CRS

from apkgeo.crs import as_crs
from apkgeo.errors import InputError, MissingFileError
from apkgeo.study import Source

PathLike: TypeAlias = str | Path | Source | Sequence[str | Path | Source]
Format = Literal["text", "excel", "parquet", "gpx", "vector"]

# A register of the whole country is half of this; what claims to be more is broken or hostile.
UNPACKED_LIMIT = 2 * 1024**3
_HEAD = 4096
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".gpx")
_LEGACY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}


@dataclass(frozen=True)
class Request:
    """What was asked for: the files, and what the reader was told about them."""

    files: tuple[Path, ...]
    columns: Mapping[str, str]
    crs: CRS | None
    encoding: str | None
    offences: Path | None = None


@dataclass(frozen=True)
class Part:
    """One table or layer to read: a file, or a member of an archive.

    Attributes
    ----------
    name : str
        As shown in messages.
    format : str
        What it is, judged by its content.
    data : bytes
        The content of a text, a workbook or a track; empty for what GDAL opens by itself.
    location : str
        The path that GDAL opens, empty for the others.
    groups : tuple of int, optional
        The row groups of a Parquet file; all of them when not given.
    """

    name: str
    format: Format
    data: bytes = b""
    location: str = ""
    groups: tuple[int, ...] | None = None

    @property
    def stem(self) -> str:
        """The bare name, without folders and endings."""
        return Path(self.name).name.split(".")[0]


def requested(
    path: PathLike,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = None,
    encoding: str | None = None,
) -> Request:
    """Return the files named by `path` in order, and the options that go with them.

    Options given by keyword win over those of a `Source`.

    Raises
    ------
    MissingFileError
        When a file, or every file of a pattern, is missing.
    InputError
        When `path` names nothing.
    """
    sources = [item for item in _items(path) if isinstance(item, Source)]
    offences: Path | None = None
    files: list[Path] = []
    for item in _items(path):
        files.extend(item.files() if isinstance(item, Source) else _found(item))
    if not files:
        raise InputError("no file was named", remedy="give a path, or a list of paths")
    for source in sources:
        columns = source.columns if columns is None and source.columns else columns
        crs = source.crs if crs is None else crs
        encoding = encoding or source.encoding
        offences = offences or source.offences
    return Request(
        tuple(dict.fromkeys(files)),
        dict(columns or {}),
        None if crs is None else as_crs(crs),
        encoding,
        offences,
    )


def _items(path: PathLike) -> Iterable[Any]:
    if isinstance(path, (str, Path, Source)):
        return [path]
    if isinstance(path, (list, tuple, set, frozenset)):
        return list(path)
    raise InputError("the file", expected="a path", came=f"a {type(path).__name__}")


def _found(item: Any) -> list[Path]:
    if not isinstance(item, (str, Path)):
        raise InputError("the file", expected="a path", came=f"a {type(item).__name__}")
    try:
        if str(item) and Path(item).exists():
            return [Path(item)]
        matches = sorted(glob.glob(str(item)))  # noqa: PTH207 (absolute patterns)
    except (ValueError, OSError) as error:
        raise InputError(f"path {str(item)!r}", came=str(error), remedy="name a file") from None
    if not matches:
        raise MissingFileError(f"no file {str(item)!r}", remedy="check the path and its spelling")
    return [Path(name) for name in matches]


def parts(path: Path) -> list[Part]:
    """Return what is to be read from `path`: usually one part, of an archive one a member.

    Raises
    ------
    InputError
        When it is a folder, empty, unreadable, or of a kind that holds no table and no layer.
    """
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise InputError(
            f"{path} is a folder", remedy=f"name a file in it, or a pattern such as '{path}/*.csv'"
        )
    if path.is_dir():
        return [Part(path.name, "vector", location=str(path))]
    head = _read(path, _HEAD)
    if not head:
        raise InputError(f"{path.name} is empty", remedy="export it again")
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(b"\x1f\x8b"):
        return [_gzipped(path)]
    kind = sniff(head, path.name)
    if kind in {"vector", "parquet"}:
        return [Part(path.name, kind, location=str(path))]
    return [Part(path.name, kind, data=_read(path))]


def sniff(head: bytes, name: str) -> Format:
    """Tell by its first bytes, and then by its ending, what a file is.

    Examples
    --------
    >>> sniff(b'{"type": "FeatureCollection"', "areas.json"), sniff(b"X;Y", "points.csv")
    ('vector', 'text')
    """
    for magic, what in _LEGACY.items():
        if head.startswith(magic):
            remedy = (
                "save it as .xlsx or .csv" if "Excel" in what else "name a table or a map layer"
            )
            raise InputError(f"{name} is {what}", remedy=remedy)
    if head.startswith(b"PAR1"):
        return "parquet"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    ending = Path(name).suffix.lower()
    if start == b"<" and (b"<gpx" in head or ending == ".gpx"):
        return "gpx"
    if start in {b"{", b"<"} and ending in (*_TABLES, ".xls"):
        what = "JSON" if start == b"{" else "XML or a web page"
        raise InputError(
            f"{name} holds {what}, not a table", remedy="export it again, or name it by its kind"
        )
    if start in {b"{", b"<"} or head.startswith((b"SQLite format 3", b"fgb")):
        return "vector"
    return "vector" if ending in {".shp", ".tab", ".dxf", ".gpkg", ".fgb"} else "text"


def _read(path: Path, size: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: {error.strerror or error}") from None


def _gzipped(path: Path) -> Part:
    try:
        with gzip.open(path) as file:
            data = file.read(UNPACKED_LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(path.name, error) from None
    if len(data) > UNPACKED_LIMIT:
        raise _too_big(path.name)
    name = path.name.removesuffix(".gz")
    kind = sniff(data[:_HEAD], name) if data else "text"
    if kind == "vector":
        return Part(name, kind, location=f"/vsigzip/{path}")
    if kind == "parquet":
        raise InputError(f"{path.name} is a packed Parquet file", remedy="unpack it first")
    return Part(name, kind, data=data)


def _zipped(path: Path) -> list[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
            names = {item.filename for item in members}
            if "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names):
                return [Part(path.name, "excel", data=_read(path))]
            _refuse_documents(names, path.name)
            # What a Mac puts beside each file of an archive is no file of its own.
            members = [item for item in members if not Path(item.filename).name.startswith("._")]
            tables = [item for item in members if item.filename.lower().endswith(_TABLES)]
            tables = [item for item in tables if "readme" not in item.filename.lower()]
            if any(name.lower().endswith((".shp", ".gpkg", ".geojson", ".gml")) for name in names):
                if sum(item.file_size for item in members) > UNPACKED_LIMIT:
                    raise _too_big(path.name)
                return [Part(path.name, "vector", location=f"/vsizip/{path}")]
            drawings = [item for item in members if item.filename.lower().endswith(".kml")]
            if drawings and not tables:
                return [_drawing(path, archive, drawings[0])]
            if not tables:
                raise InputError(
                    f"{path.name} holds no table and no map layer",
                    came=", ".join(sorted(names)[:5]) or "an empty archive",
                    remedy="unpack it and name the file",
                )
            if sum(item.file_size for item in tables) > UNPACKED_LIMIT:
                raise _too_big(path.name)
            return [_member(path, archive, item) for item in tables]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise _broken(path.name, error) from None


def _refuse_documents(names: set[str], name: str) -> None:
    """Raise InputError for what offices write as archives and nothing here reads."""
    kinds = {"content.xml": "a document of LibreOffice", "word/document.xml": "a Word document"}
    for member, what in kinds.items():
        if member in names:
            raise InputError(f"{name} is {what}", remedy="save its table as .xlsx or .csv")


def _drawing(path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Part:
    """Return the KML of a KMZ, unpacked for who reads its tracks and named for GDAL."""
    if item.file_size > UNPACKED_LIMIT:
        raise _too_big(path.name)
    location = f"/vsizip/{path}/{item.filename}"
    return Part(item.filename, "vector", data=archive.read(item), location=location)


def _member(path: Path, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Part:
    with archive.open(item) as file:
        data = file.read(UNPACKED_LIMIT + 1)
    if len(data) > UNPACKED_LIMIT:
        raise _too_big(path.name)
    if item.filename.lower().endswith((".xlsx", ".xlsm")):
        return Part(item.filename, "excel", data=data)
    kind = sniff(data[:_HEAD], item.filename) if data else "text"
    if kind in {"vector", "parquet"}:
        raise InputError(f"{path.name}: {item.filename} holds no table", remedy="unpack it first")
    return Part(item.filename, kind, data=data)


def _broken(name: str, error: Exception) -> InputError:
    return InputError(f"{name} is a damaged archive: {error}", remedy="download or pack it again")


def _too_big(name: str) -> InputError:
    return InputError(f"{name} unpacks to more than 2 GB", remedy="unpack it and name the parts")


def buffer(data: bytes) -> io.BytesIO:
    """Return `data` as a file."""
    return io.BytesIO(data)
