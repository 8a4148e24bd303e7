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
    rows, as far as the groups allow; every other file is one piece.
    """
    found: list[Piece] = []
    for path in files:
        found += _row_groups(path, rows) if _is_parquet(path) else [Piece(path, size=_size(path))]
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
