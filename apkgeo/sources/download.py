"""Get a municipality's official files from their publishers into a data folder.

The register's addresses (CSV) and areas (VFR) come from ČÚZK, recorded crime from the Police of the
Czech Republic. Beside them ``download.json`` records where each file is from, of which day, under
which licence, and its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from apkgeo.errors import ApkgeoError, DownloadError, InputError
from apkgeo.language import _
from apkgeo.sources.fetching import Fetcher, NotPublishedError
from apkgeo.sources.municipalities import built_in, find_municipality, is_code
from apkgeo.sources.unpacking import LIMITS, Limits, unpack_one

Kind = Literal["addresses", "boundaries", "police"]
KINDS: tuple[Kind, ...] = ("addresses", "boundaries", "police")
RECORD = "download.json"
# The register's state is published a few days after a month's end and kept for some months.
MONTHS_BACK = 4
FIRST_POLICE_YEAR = 2012
_WORK = ".download"

REGISTER_LICENCE = _("RÚIAN, © ČÚZK, CC BY 4.0")
POLICE_LICENCE = _(
    "Crime map, © Police of the Czech Republic; the source must be named, no commercial use"
)


@dataclass(frozen=True)
class Publishers:
    """Base addresses of the publishers."""

    register: str = "https://vdp.cuzk.gov.cz/vymenny_format"
    codes: str = "https://services.cuzk.gov.cz/sestavy/cis"
    police: str = "https://kriminalita.policie.gov.cz/api/v2/downloads"


PUBLISHERS = Publishers()
FETCHER = Fetcher()


@dataclass(frozen=True)
class Downloaded:
    """A file of the data folder and where it is from.

    Attributes
    ----------
    file : str
        Its name in the folder.
    kind : str
        ``addresses``, ``boundaries`` or ``police``.
    source : str
        The address it was downloaded from.
    state : str
        The day whose state it holds (ISO 8601), or the year of police data.
    retrieved : str
        When it was downloaded, UTC.
    licence : str
        Whom to name and what is allowed.
    bytes : int
        Its size.
    sha256 : str
        Its hash.
    fresh : bool
        Whether it was downloaded now; False when the same file was there already.
    """

    file: str
    kind: Kind
    source: str
    state: str
    retrieved: str
    licence: str
    bytes: int
    sha256: str
    fresh: bool = True


@dataclass(frozen=True)
class _Wanted:
    """A file to get: its name, and the addresses to try in turn with the state each holds."""

    file: str
    kind: Kind
    licence: str
    sources: tuple[tuple[str, str], ...]
    packed: str = ""
    signs: tuple[bytes, ...] = ()


def download(
    place: str,
    folder: str | Path,
    *,
    kinds: Iterable[Kind] = KINDS,
    years: Iterable[int] | None = None,
    again: bool = False,
    now: datetime | None = None,
    publishers: Publishers = PUBLISHERS,
    fetcher: Fetcher = FETCHER,
    limits: Limits = LIMITS,
    tell: Callable[[str], None] = lambda step: None,
) -> tuple[Downloaded, ...]:
    """Download a municipality's addresses, areas and police data.

    Parameters
    ----------
    place : str
        Name or code of the municipality in the register: ``"plzen"``, ``"554791"``.
    folder : str or Path
        Where the files go; made when missing.
    kinds : iterable of {"addresses", "boundaries", "police"}
        What to get.
    years : iterable of int, optional
        Years of police data, 2012 at the earliest; the five last full years when not given.
    again : bool
        Download what is there already, too. Police data change after the fact.
    now : datetime, optional
        The moment to record and to reckon months from; the clock's when not given.
    publishers : Publishers
        Base addresses.
    fetcher : Fetcher
        How politely and patiently files are fetched.
    limits : Limits
        What an archive may unpack to.
    tell : callable
        Called with each step.

    Returns
    -------
    tuple of Downloaded
        In the order of the work; those that were there already are not `fresh`.

    Raises
    ------
    DownloadError
        When a file did not come. What came before it stays, is recorded, and is not fetched again.
    InputError
        When the place is unknown or ambiguous, or an archive is damaged or hostile.

    Notes
    -----
    Names do not hold the date (``OB_554791_ADR.csv``, ``OB_554791_UKSH.xml``,
    ``2014_554791.csv``), so that a study keeps naming the same file. A file is replaced only by a
    whole one; the parts of a broken transfer are kept in ``.download`` and completed next time.

    References
    ----------
    ČÚZK, Veřejný dálkový přístup, https://vdp.cuzk.gov.cz; Policie ČR, Mapa kriminality,
    https://kriminalita.policie.gov.cz
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    chosen = _kinds(kinds)
    folder = Path(folder)
    work = folder / _WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror}", remedy="choose another folder"
        ) from error
    job = _Job(folder, work, fetcher, limits, moment, again, tell)
    try:
        code = _code(place, job, publishers)
        wanted = _wanted(code, chosen, years, moment.date(), publishers)
        made = tuple(job.get(one) for one in wanted)
        if not any(work.iterdir()):
            work.rmdir()
    except OSError as error:  # a full disk, a folder that became read only
        if isinstance(error, ApkgeoError):
            raise
        raise InputError(
            f"cannot write into {folder}: {error.strerror or error}",
            remedy="make room, or choose another folder; what came whole stays",
        ) from error
    return made


def _kinds(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    asked = [kinds] if isinstance(kinds, str) else list(kinds)
    unknown = [kind for kind in asked if kind not in KINDS]
    if unknown:
        raise InputError("kinds", expected=" or ".join(KINDS), came=", ".join(map(str, unknown)))
    return tuple(kind for kind in KINDS if kind in asked)


def _code(place: str, job: _Job, publishers: Publishers) -> str:
    """Return the code of a municipality, looked up in the register's list unless it is known."""
    text = str(place).strip()
    known = built_in(text)
    if known is not None:
        return known[0]
    if is_code(text):
        return text
    if not any(letter.isalpha() for letter in text):
        raise InputError(
            f"the municipality {text!r}", expected="a name, or a code of six digits",
            remedy="write e.g. plzen or 554791",
        )  # fmt: skip
    job.tell("looking up the municipality")
    archive, codes = job.work / "UI_OBEC.zip", job.work / "UI_OBEC.csv"
    job.fetcher.fetch(f"{publishers.codes}/UI_OBEC.zip", archive)
    try:
        unpack_one(archive, codes, lambda name: name.lower().endswith(".csv"), limits=job.limits)
        return find_municipality(text, codes)[0]
    finally:
        archive.unlink(missing_ok=True)
        codes.unlink(missing_ok=True)


def _wanted(
    code: str,
    kinds: Sequence[Kind],
    years: Iterable[int] | None,
    today: date,
    publishers: Publishers,
) -> Iterator[_Wanted]:
    ends = list(month_ends(today, MONTHS_BACK))
    if "addresses" in kinds:
        name = f"OB_{code}_ADR.csv"
        base = f"{publishers.register}/csv"
        sources = tuple((f"{base}/{end:%Y%m%d}_{name}.zip", end.isoformat()) for end in ends)
        signs = ("Kód ADM".encode("cp1250"), "Kód ADM".encode())
        yield _Wanted(name, "addresses", REGISTER_LICENCE, sources, ".csv", signs)
    if "boundaries" in kinds:
        name = f"OB_{code}_UKSH.xml"
        base = f"{publishers.register}/soucasna"
        sources = tuple((f"{base}/{end:%Y%m%d}_{name}.zip", end.isoformat()) for end in ends)
        yield _Wanted(name, "boundaries", REGISTER_LICENCE, sources, ".xml", (b"VymennyFormat",))
    if "police" in kinds:
        for year in _years(years, today):
            name = f"{year}_{code}.csv"
            source = ((f"{publishers.police}/{name}", str(year)),)
            yield _Wanted(
                name, "police", POLICE_LICENCE, source, signs=(b"id,x,y", b'"id","x","y"')
            )


def _years(years: Iterable[int] | None, today: date) -> list[int]:
    if years is None:
        return list(range(today.year - 5, today.year))
    asked = sorted(set(years))
    wrong = [year for year in asked if not FIRST_POLICE_YEAR <= year <= today.year]
    if wrong:
        raise InputError(
            "years of police data", expected=f"{FIRST_POLICE_YEAR} to {today.year}",
            came=", ".join(map(str, wrong)),
        )  # fmt: skip
    return asked


def month_ends(today: date, count: int) -> Iterator[date]:
    """Return the last days of the months before `today`, the latest first.

    Examples
    --------
    >>> [str(day) for day in month_ends(date(2024, 3, 15), 3)]
    ['2024-02-29', '2024-01-31', '2023-12-31']
    """
    end = today
    for _month in range(count):
        end = end.replace(day=1) - timedelta(days=1)
        yield end


@dataclass(frozen=True)
class _Job:
    """One run: where files go and how they are fetched."""

    folder: Path
    work: Path
    fetcher: Fetcher
    limits: Limits
    moment: datetime
    again: bool
    tell: Callable[[str], None]

    def get(self, wanted: _Wanted) -> Downloaded:
        """Return the file's record, fetching it unless the same one is there."""
        record = read_record(self.folder).get(wanted.file)
        tried: list[str] = []
        for source, state in wanted.sources:
            if (
                record is not None
                and record.source == source
                and not self.again
                and self._is(record)
            ):
                self.tell(f"{wanted.file} is there")
                return replace(record, fresh=False)
            self.tell(f"downloading {source}")
            try:
                made = self._fetch(wanted, source, state)
            except NotPublishedError:
                tried.append(state)
                continue
            write_record(self.folder, made)
            return made
        raise NotPublishedError(
            f"{wanted.sources[0][0]}: not published, nor of the earlier states"
            if len(tried) > 1
            else f"{wanted.sources[0][0]}: not published",
            remedy=f"check the code; states tried: {', '.join(tried)}",
        )

    def _is(self, record: Downloaded) -> bool:
        """Whether the file is the one that was recorded."""
        path = self.folder / record.file
        return path.is_file() and _sha256(path) == record.sha256

    def _fetch(self, wanted: _Wanted, source: str, state: str) -> Downloaded:
        came = self.work / source.rsplit("/", 1)[-1]
        ready = self.work / f"{wanted.file}.ready"
        try:
            self.fetcher.fetch(source, came)
            if wanted.packed:
                ending = wanted.packed
                unpack_one(
                    came, ready, lambda name: name.lower().endswith(ending), limits=self.limits
                )
            else:
                came.replace(ready)
            _require_signs(ready, wanted, source)
            made = Downloaded(
                wanted.file, wanted.kind, source, state,
                self.moment.isoformat(timespec="seconds"), wanted.licence,
                ready.stat().st_size, _sha256(ready),
            )  # fmt: skip
            ready.replace(self.folder / wanted.file)
            return made
        finally:
            came.unlink(missing_ok=True)
            ready.unlink(missing_ok=True)


def _require_signs(path: Path, wanted: _Wanted, source: str) -> None:
    """Raise unless the file begins as one of its kind does."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not any(sign in head for sign in wanted.signs):
        shown = head[:40].decode("cp1250", errors="replace")
        raise DownloadError(
            f"{source} is no file of {wanted.kind}", came=repr(shown) if head else "an empty file",
            remedy="try again later, or download it by hand",
        )  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_record(folder: Path) -> dict[str, Downloaded]:
    """Return the record of a data folder, file by file; empty when there is none."""
    try:
        entries = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
        return {one["file"]: Downloaded(**one) for one in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def write_record(folder: Path, made: Downloaded) -> None:
    """Add a file to the record of a data folder, or put it in the place of the older one."""
    known = read_record(folder) | {made.file: made}
    files = [
        {key: value for key, value in asdict(known[name]).items() if key != "fresh"}
        for name in sorted(known)
    ]
    temporary = folder / f"{RECORD}.new"
    text = json.dumps({"files": files}, ensure_ascii=False, indent=2) + "\n"
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(folder / RECORD)
