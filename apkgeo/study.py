"""The design of an evaluation: what is compared with what, where, and since when.

A `Study` is written by hand in a ``study.toml`` (``apkgeo init`` writes one to fill in) or made in
Python. It checks itself on creation and cannot be changed afterwards.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from itertools import combinations
from math import inf
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator, Field, field_validator, model_validator

from apkgeo.errors import ApkgeoError, MissingFileError, StudyError
from apkgeo.language import Language
from apkgeo.study_parts import (
    Audience,
    Comparison,
    ComparisonKind,
    Deployment,
    FileSource,
    MapOptions,
    Period,
    Privacy,
    Source,
    Sources,
    StudyModel,
    as_tuple,
)

__all__ = [
    "Audience",
    "Comparison",
    "ComparisonKind",
    "Deployment",
    "FileSource",
    "MapOptions",
    "Period",
    "Privacy",
    "Source",
    "Sources",
    "Study",
]


class Study(StudyModel):
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
        str, Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    ] = Field(min_length=1)
    deployments: tuple[Deployment, ...] = Field(min_length=1)
    negative_control: str | None = None
    months_before: int = Field(default=12, ge=1)
    months_after: int = Field(default=12, ge=1)
    washout_days: int = Field(default=0, ge=0)
    ring_distances: tuple[float, ...] = (150.0, 300.0)
    comparison: Comparison = Comparison()
    privacy: Privacy = Privacy()
    map: MapOptions = MapOptions()
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
            try:
                self.periods(deployment)
            except OverflowError:
                raise ValueError(
                    f"the periods around {deployment.start} reach beyond the calendar"
                ) from None
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
        except (ValueError, RecursionError) as error:
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
