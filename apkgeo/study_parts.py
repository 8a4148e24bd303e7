"""What a study is made of: periods, deployments, sources, comparison, privacy."""

from __future__ import annotations

import glob
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from apkgeo.errors import MissingFileError
from apkgeo.study_errors import Loc, study_error

Audience = Literal["public", "council", "internal"]
ComparisonKind = Literal["localities", "districts", "cells"]

_MODELS: dict[str, type[BaseModel]] = {}


class StudyModel(BaseModel):
    """A frozen model whose errors are StudyErrors that name the key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init_subclass__(cls, **options: Any) -> None:
        """Remember the model, whose keys an error may have to list."""
        super().__init_subclass__(**options)
        _MODELS[cls.__name__] = cls

    def __init__(self, *args: Any, **values: Any) -> None:
        """Take the first fields by position, too."""
        names = list(type(self).model_fields)
        try:
            super().__init__(**dict(zip(names, args, strict=False)), **values)
        except ValidationError as error:
            raise study_error(error, type(self).__name__.lower(), known_keys) from None

    # Nested models are then validated without this __init__, which would lose their keys' path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class Period(StudyModel):
    """A half-open span of days, ``[start, end)``.

    Examples
    --------
    >>> from datetime import date
    >>> Period(start=date(2015, 1, 1), end=date(2016, 1, 1)).days
    365
    """

    start: date
    end: date

    @model_validator(mode="after")
    def _runs_forward(self) -> Period:
        if self.end <= self.start:
            raise ValueError(f"the end {self.end} must be later than the start {self.start}")
        return self

    @property
    def days(self) -> int:
        """Length in days: the exposure."""
        return (self.end - self.start).days

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share a day."""
        return self.start < other.end and other.start < self.end


class Deployment(StudyModel):
    """A programme at work in one locality from a given day on.

    Attributes
    ----------
    locality : str
        Code of the locality (or of another area, when the study treats districts).
    start, end : datetime.date
        First day, and the first day on which it no longer runs (None: it still runs). There is
        no default for the start.
    programme : str
        What works there, e.g. ``"assistants"`` or ``"caretakers"``.
    staff : int, optional
        How many people.
    before, after : Period, optional
        Periods to compare, where those that follow from the study's months do not fit.
    """

    locality: str
    start: date
    end: date | None = None
    programme: str = "assistants"
    staff: int | None = Field(default=None, ge=1)
    before: Period | None = None
    after: Period | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Deployment:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"the end {self.end} must be later than the start {self.start}")
        if self.before and self.before.end > self.start:
            raise ValueError(
                f"the period before ends on {self.before.end}, after the start {self.start}"
            )
        if self.after and self.after.start < self.start:
            raise ValueError(
                f"the period after begins on {self.after.start}, before the start {self.start}"
            )
        return self

    @property
    def active(self) -> Period:
        """The span in which the programme runs."""
        return Period(start=self.start, end=self.end or date.max)


def _as_table(value: Any) -> Any:
    return {"path": value} if isinstance(value, (str, Path, list, tuple)) else value


def as_tuple(value: Any) -> Any:
    """Return a single text or path as a tuple of one."""
    return (value,) if isinstance(value, (str, Path)) else value


class Source(StudyModel):
    """One or several files of one kind, and how to read them where it is not plain.

    Attributes
    ----------
    path : tuple of Path
        Files; a pattern such as ``"patrols/*.gpx"`` stands for all that match, sorted by name.
    columns : dict of str to str
        Our column -> the file's column, for those that are not recognised.
    crs : str, optional
        The CRS of the coordinates, where the file does not say and it cannot be judged.
    encoding : str, optional
        The text encoding, where it cannot be judged.
    licence : str
        Whom to name and under which licence, as the pages should say it.
    offences : Path, optional
        For incidents: the table of suggested offences that the analyst accepted or changed
        (``apkgeo check`` writes it).
    programmes : dict of str to str
        For patrols: programme -> the names of its units, ``*`` for any letters.
    """

    path: Annotated[tuple[Path, ...], BeforeValidator(as_tuple)] = Field(min_length=1)
    columns: dict[str, str] = {}
    crs: str | None = None
    encoding: str | None = None
    licence: str = ""
    offences: Path | None = None
    programmes: dict[str, str] = {}

    def files(self) -> tuple[Path, ...]:
        """Return the files, patterns resolved.

        Raises
        ------
        MissingFileError
            When a file, or every file of a pattern, is missing.
        """
        found: list[Path] = []
        for path in self.path:
            # A folder may be called "data [2019]": what exists is meant as it is written.
            pattern = [] if path.exists() else glob.glob(str(path))  # noqa: PTH207 (absolute)
            matches = [path] if path.exists() else sorted(Path(name) for name in pattern)
            if not matches:
                raise MissingFileError(
                    f"no file {path}", remedy="mend its path, in a study under [sources]"
                )
            found.extend(matches)
        return tuple(dict.fromkeys(found))


FileSource = Annotated[Source, BeforeValidator(_as_table)]


class Sources(StudyModel):
    """The files of a study, by what they hold."""

    incidents: FileSource
    localities: FileSource
    districts: FileSource | None = None
    city: FileSource | None = None
    addresses: FileSource | None = None
    patrols: FileSource | None = None
    context: dict[Literal["water", "railways", "streets"], FileSource] = {}

    def given(self) -> dict[str, Source]:
        """Return every source that is named, by what it holds."""
        named = {name: getattr(self, name) for name in type(self).model_fields if name != "context"}
        return {name: one for name, one in named.items() if one is not None} | {
            str(name): one for name, one in self.context.items()
        }

    def files(self) -> list[Path]:
        """Return every file, tables of accepted offences included.

        Raises
        ------
        MissingFileError
            When one is missing.
        """
        sources = self.given().values()
        accepted = [source.offences for source in sources if source.offences]
        return [*(file for source in sources for file in source.files()), *accepted]


class Comparison(StudyModel):
    """Where the comparison areas come from: a rule stated before looking.

    ``localities``: the areas of the same file that no deployment ever treated; ``districts``: the
    police districts without a treated locality; ``cells``: squares of the localities' mean size
    laid over the city. `areas` names them instead, when given.
    """

    kind: ComparisonKind = "localities"
    areas: tuple[str, ...] = ()


class Privacy(StudyModel):
    """Who will read the pages, and the smallest count that they may show."""

    audience: Audience = "council"
    min_count: int = Field(default=5, ge=1)


class MapOptions(StudyModel):
    """What the live map shows beneath the boundaries: nothing from any server unless asked for.

    Attributes
    ----------
    basemap : str, optional
        Address of an online map's pictures, with ``{z}``, ``{x}`` and ``{y}``. The page of the
        localities then asks that server for them, and says so.
    attribution : str
        Whom to name for it; required with `basemap`.
    """

    basemap: str | None = None
    attribution: str = ""

    @model_validator(mode="after")
    def _usable(self) -> MapOptions:
        if self.basemap is None:
            return self
        address = urlsplit(self.basemap)
        marks = all(mark in self.basemap for mark in ("{z}", "{x}", "{y}"))
        if address.scheme != "https" or not marks or "{s}" in self.basemap:
            raise ValueError(
                f"{self.basemap!r} is no address of map pictures, write https://… with {{z}}, "
                "{x} and {y}"
            )
        if address.hostname is not None and address.hostname.endswith("openstreetmap.org"):
            raise ValueError(
                "openstreetmap.org refuses pages that are opened from a file, name another server"
            )
        if not self.attribution.strip():
            raise ValueError("a basemap needs its attribution, which its server asks for")
        return self

    @property
    def host(self) -> str:
        """The server's name; empty without a basemap."""
        return urlsplit(self.basemap or "").netloc


def known_keys(loc: Loc) -> str:
    """Return the keys that may stand where the last one of `loc` does."""
    tables: dict[str, type[BaseModel]] = {
        "sources": Sources,
        "comparison": Comparison,
        "privacy": Privacy,
        "map": MapOptions,
        "deployments": Deployment,
        "before": Period,
        "after": Period,
    }
    parents = [str(part) for part in loc[:-1] if isinstance(part, str)]
    model: type[BaseModel] | None = _MODELS.get("Study")
    if parents:
        model = tables.get(parents[-1], Source if parents[0] == "sources" else None)
    return ", ".join(name for name in model.model_fields if name != "folder") if model else ""
