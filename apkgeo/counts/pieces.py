"""Part files into pieces that are read one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apkgeo.errors import InputError
from apkgeo.frames import Reading
from apkgeo.sources.files import Part, Request
from apkgeo.sources.incidents import read_incidents, read_part
from apkgeo.sources.times import zone_of

# Rows of a Parquet file that are read at once: about 200 MB of memory with their points.
ROWS = 250_000

_PARQUET = b"PAR1"

# What is counted of a folder, and folders such as year=2015, whose column the files need not have.
_ENDINGS = (".parquet", ".csv")
_TIMES = ("year", "quarter", "month", "week", "day", "date", "rok", "mesic", "den")


@dataclass(frozen=True)
class Piece:
    """A file, or some row groups of a Parquet file.

    Attributes
    ----------
    path : Path
    groups : tuple of int, optional
        Which row groups; None for the whole file.
    size : int
        Bytes on disk, by which progress is told.
    """

    path: Path
    groups: tuple[int, ...] | None = None
    size: int = 0

    @property
    def name(self) -> str:
        """As shown in messages."""
        if self.groups is None:
            return self.path.name
        return f"{self.path.name}, row groups {self.groups[0] + 1} to {self.groups[-1] + 1}"


def pieces(files: Sequence[Path], *, rows: int = ROWS) -> list[Piece]:
    """Return the pieces of `files`, in order.

    A Parquet file is parted between its row groups, so that no piece has more than about `rows`
    rows, as far as the groups allow; every other file is one piece. Of a folder (a partitioned
    table, as Dask and Spark write it) the Parquet and CSV files in it and below it are taken.

    Raises
    ------
    InputError
        When a folder holds none, or keeps a column other than a time in the names of folders.
    """
    found: list[Piece] = []
    for path in with_folders(files):
        found += _row_groups(path, rows) if _is_parquet(path) else [Piece(path, size=_size(path))]
    return found


def with_folders(files: Sequence[Path]) -> list[Path]:
    """Return the files, those in folders one by one.

    Raises
    ------
    InputError
        As `pieces`.
    """
    found: list[Path] = []
    for path in files:
        folder = path.is_dir() and path.suffix.lower() != ".gdb"
        found += _inside(path) if folder else [path]
    return found


def _inside(folder: Path) -> list[Path]:
    """Return the files of a partitioned table, without those whose names begin with . or _."""
    found = []
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder).parts
        if (
            path.suffix.lower() not in _ENDINGS
            or path.is_dir()
            or any(part.startswith((".", "_")) for part in within)
        ):
            continue
        kept = [part.split("=")[0] for part in within[:-1] if "=" in part]
        if column := next((name for name in kept if name.lower() not in _TIMES), None):
            raise InputError(
                f"{folder}: the column {column!r} is kept in the names of folders",
                expected="every column in the files",
                remedy="write the table without a partition by it",
            )
        found.append(path)
    if not found:
        raise InputError(f"{folder} holds no file that ends in {' or '.join(_ENDINGS)}")
    return found


def read_piece(piece: Piece, request: Request, time_zone: str) -> Reading:
    """Read a piece as `apkgeo.read_incidents` reads a file, by a judgement of its own."""
    if piece.groups is None:
        return read_incidents(
            piece.path,
            columns=request.columns or None,
            crs=request.crs,
            encoding=request.encoding,
            time_zone=time_zone,
        )
    part = Part(piece.name, "parquet", location=str(piece.path), groups=piece.groups)
    return read_part(part, request, zone_of(time_zone))


def _is_parquet(path: Path) -> bool:
    if path.is_dir():
        return False
    with path.open("rb") as file:
        return file.read(4) == _PARQUET


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _row_groups(path: Path, rows: int) -> list[Piece]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        layout = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{path.name} is not a readable Parquet file: {str(error).splitlines()[0]}",
            remedy="export it again",
        ) from error
    if layout.num_row_groups < 2:
        return [Piece(path, size=_size(path))]
    found: list[Piece] = []
    gathered: list[int] = []
    held = size = 0
    for number in range(layout.num_row_groups):
        group = layout.row_group(number)
        if gathered and held + group.num_rows > rows:
            found.append(Piece(path, tuple(gathered), size))
            gathered, held, size = [], 0, 0
        gathered.append(number)
        held += group.num_rows
        size += group.total_byte_size
    return [*found, Piece(path, tuple(gathered), size)]
