"""The design of an evaluation: what is compared with what, where, and since when.

A `Study` is written by hand in a ``study.toml`` (``apkgeo init`` writes one to fill in) or made in
Python. It checks itself on creation and cannot be changed afterwards.
"""

from __future__ import annotations

import glob
import tomllib
from datetime import date, timedelta
from itertools import combinations
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from apkgeo.errors import ApkgeoError, MissingFileError, StudyError
from apkgeo.language import Language
from apkgeo.study_errors import Loc, study_error

Audience = Literal["public", "council", "internal"]
ComparisonKind = Literal["localities", "districts", "cells"]


class _Model(BaseModel):
    """A frozen model whose errors are StudyErrors that name the key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, *args: Any, **values: Any) -> None:
        """Take the first fields by position, too."""
        names = list(type(self).model_fields)
        try:
            super().__init__(**dict(zip(names, args, strict=False)), **values)
        except ValidationError as error:
            raise study_error(error, type(self).__name__.lower(), _known_keys) from None

    # Nested models are then validated without this __init__, which would lose their keys' path.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class Period(_Model):
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


class Deployment(_Model):
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


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, (str, Path)) else value


class Source(_Model):
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

    path: Annotated[tuple[Path, ...], BeforeValidator(_as_tuple)] = Field(min_length=1)
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
                    f"no file {path}", remedy="mend the path under [sources] in the study"
                )
            found.extend(matches)
        return tuple(dict.fromkeys(found))


FileSource = Annotated[Source, BeforeValidator(_as_table)]


class Sources(_Model):
    """The files of a study, by what they hold."""

    incidents: FileSource
    localities: FileSource
    districts: FileSource | None = None
    city: FileSource | None = None
    addresses: FileSource | None = None
    patrols: FileSource | None = None
    context: dict[Literal["water", "railways", "streets"], FileSource] = {}


class Comparison(_Model):
    """Where the comparison areas come from: a rule stated before looking.

    ``localities``: the areas of the same file that no deployment ever treated; ``districts``: the
    police districts without a treated locality; ``cells``: squares of the localities' mean size
    laid over the city. `areas` names them instead, when given.
    """

    kind: ComparisonKind = "localities"
    areas: tuple[str, ...] = ()


class Privacy(_Model):
    """Who will read the pages, and the smallest count that they may show."""

    audience: Audience = "council"
    min_count: int = Field(default=5, ge=1)


class Study(_Model):
    """The design of an evaluation.

    Attributes
    ----------
    name : str
        Shown as the title of the pages.
    deployments : tuple of Deployment
        Several localities, staggered starts and several programmes in one place are normal.
    outcomes : dict of str to tuple of str
        Named groups of offence codes; **the first is the primary outcome**. ``"*"`` stands for
        every offence.
    negative_control : str, optional
        The outcome that the programme cannot affect.
    months_before, months_after : int
        Length of the compared periods, before the start and after the wash-out.
    washout_days : int
        Days after the start that count as neither.
    ring_distances : tuple of float
        Outer distances of the rings around a locality in metres, increasing.
    language : {"cs", "en"}
        Language of pages and sentences.
    time_zone : str
        The local time of the incidents.
    crs : str, optional
        The working CRS, in metres; chosen by place when not given.
    seed : int
        Seed of everything random.

    Raises
    ------
    StudyError
        When a key is unknown or missing, a value unusable, or two deployments of one programme
        in one locality overlap. The message names the key.

    Examples
    --------
    >>> from datetime import date
    >>> study = Study(
    ...     name="Plac",
    ...     sources={"incidents": "incidents.csv", "localities": "localities.geojson"},
    ...     outcomes={"disorder": ["public_order"]},
    ...     deployments=[Deployment(locality="plac", start=date(2014, 7, 14))],
    ... )
    >>> before, after = study.periods(study.deployments[0])
    >>> str(before.start), str(after.end), study.primary_outcome
    ('2013-07-14', '2015-07-14', 'disorder')
    """

    name: str = Field(min_length=1)
    sources: Sources
    outcomes: dict[
        str, Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
    ] = Field(min_length=1)
    deployments: tuple[Deployment, ...] = Field(min_length=1)
    negative_control: str | None = None
    months_before: int = Field(default=12, ge=1)
    months_after: int = Field(default=12, ge=1)
    washout_days: int = Field(default=0, ge=0)
    ring_distances: tuple[float, ...] = (150.0, 300.0)
    comparison: Comparison = Comparison()
    privacy: Privacy = Privacy()
    language: Language = "cs"
    time_zone: str = "Europe/Prague"
    crs: str | None = None
    seed: int = 2014
    folder: Path = Field(default=Path(), exclude=True, repr=False)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone, write e.g. 'Europe/Prague'") from error
        return value

    @field_validator("crs")
    @classmethod
    def _metric_crs(cls, value: str | None) -> str | None:
        from apkgeo.crs import as_crs

        if value is None:
            return None
        try:
            crs = as_crs(value)
        except ApkgeoError as error:
            raise ValueError(str(error)) from error
        if crs.is_geographic:
            raise ValueError(f"{value!r} is in degrees, name a CRS in metres such as 'EPSG:5514'")
        return value

    @field_validator("ring_distances")
    @classmethod
    def _increasing(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        edges = (0.0, *value)
        if not all(inner < outer < inf for inner, outer in zip(edges, value, strict=False)):
            raise ValueError(f"distances must be positive and increasing, not {list(value)}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Study:
        if self.negative_control is not None and self.negative_control not in self.outcomes:
            raise ValueError(
                f"negative_control {self.negative_control!r} is none of the outcomes "
                f"{', '.join(self.outcomes)}"
            )
        if self.negative_control == self.primary_outcome:
            raise ValueError("negative_control must not be the first, the primary outcome")
        for one, other in combinations(self.deployments, 2):
            same = (one.locality, one.programme) == (other.locality, other.programme)
            if same and one.active.overlaps(other.active):
                raise ValueError(
                    f"deployments of {one.programme!r} in {one.locality!r} overlap: "
                    f"from {one.start} to {one.end or 'now'} and from {other.start} "
                    f"to {other.end or 'now'}; end the first before the second begins"
                )
        for deployment in self.deployments:
            self.periods(deployment)
        return self

    @property
    def primary_outcome(self) -> str:
        """Name of the first outcome."""
        return next(iter(self.outcomes))

    def periods(self, deployment: Deployment) -> tuple[Period, Period]:
        """Return the compared periods of `deployment`: before, and after the wash-out.

        The period after ends with the deployment, when that ends sooner; the periods may then be
        of unequal length, which enters every comparison as exposure.
        """
        before = deployment.before or Period(
            start=deployment.start - relativedelta(months=self.months_before), end=deployment.start
        )
        first = deployment.start + timedelta(days=self.washout_days)
        last = first + relativedelta(months=self.months_after)
        if deployment.end is not None:
            last = min(last, deployment.end)
        if deployment.after is None and last <= first:
            raise ValueError(
                f"the deployment in {deployment.locality!r} ends on {deployment.end}, before its "
                f"wash-out of {self.washout_days} days is over"
            )
        return before, deployment.after or Period(start=first, end=last)

    @classmethod
    def from_toml(cls, path: str | Path) -> Study:
        """Read a study from a file; relative paths in it start from the file's folder.

        Raises
        ------
        MissingFileError
            When there is no such file.
        StudyError
            When it is not TOML, or says what a study cannot be; the message names file and key.
        """
        path = Path(path)
        if path.is_dir():
            path = path / "study.toml"
        if not path.is_file():
            raise MissingFileError(
                f"no study {path}", remedy="make one with 'apkgeo init DIR' or name another"
            )
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise StudyError(
                f"{path}, line {line}",
                expected="text in UTF-8",
                came="another encoding",
                remedy="save the file as UTF-8",
            ) from None
        except tomllib.TOMLDecodeError as error:
            raise StudyError(f"{path} is not TOML: {error}") from None
        if isinstance(values.get("sources"), dict):
            values["sources"] = _below(values["sources"], path.parent)
        values.pop("folder", None)
        try:
            return cls(**values, folder=path.parent)
        except StudyError as error:
            raise StudyError(f"{path}, {error}") from None


def _below(value: Any, folder: Path, key: str = "") -> Any:
    """Return sources with every path made relative to `folder`."""
    if isinstance(value, dict):
        keep = {"columns", "crs", "encoding", "licence", "programmes"}
        return {k: v if k in keep else _below(v, folder, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_below(item, folder, key) for item in value]
    return str(folder / value) if isinstance(value, str) else value


def _known_keys(loc: Loc) -> str:
    """Return the keys that may stand where the last one of `loc` does."""
    tables: dict[str, type[BaseModel]] = {
        "sources": Sources,
        "comparison": Comparison,
        "privacy": Privacy,
        "deployments": Deployment,
        "before": Period,
        "after": Period,
    }
    parents = [str(part) for part in loc[:-1] if isinstance(part, str)]
    model: type[BaseModel] | None = Study
    if parents:
        model = tables.get(parents[-1], Source if parents[0] == "sources" else None)
    return ", ".join(name for name in model.model_fields if name != "folder") if model else ""
