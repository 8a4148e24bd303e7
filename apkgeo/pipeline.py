"""From a study to maps and results: the only module that knows every room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from shapely import box
from shapely.geometry.base import BaseGeometry

from apkgeo.area_lists import read_areas
from apkgeo.crs import as_crs, metric_crs
from apkgeo.errors import InputError, MissingFileError, StudyError
from apkgeo.evaluation import Evaluation, StudyAreas, evaluate_areas
from apkgeo.evaluation.hotspots import find_hotspots
from apkgeo.frames import CITY_PART, Reading
from apkgeo.language import Note, _
from apkgeo.outputs import staged
from apkgeo.pages.content import Cells, Context, Patrols, SiteContent
from apkgeo.pages.hotspots import count_cells
from apkgeo.pages.lookup import lookup_fragment
from apkgeo.pages.patrol_content import patrol_content
from apkgeo.pages.shell import Fragment
from apkgeo.pages.site import build_site
from apkgeo.places.city_parts import city_parts
from apkgeo.places.gazetteer import Gazetteer
from apkgeo.places.grid import square_grid
from apkgeo.progress import Tell, reporter, silent
from apkgeo.quality import source_quality
from apkgeo.run_files import write_run
from apkgeo.sources.addresses import read_addresses
from apkgeo.sources.boundaries import read_boundaries
from apkgeo.sources.incidents import read_incidents
from apkgeo.sources.layers import read_layer
from apkgeo.sources.patrols import read_patrols
from apkgeo.study import Period, Source, Study
from apkgeo.together import meanwhile

# Incidents farther than this from every locality are of another place, in metres.
_NEAR = 10_000.0

# The order in which reports tell of the sources.
_SHOWN = ("localities", "districts", "city", "addresses", "patrols", "incidents")

# About this many squares cover the city when it has an ordinary shape.
_CELLS = 600


@dataclass(frozen=True)
class Inputs:
    """Everything that a study's files hold.

    Attributes
    ----------
    study : Study
        The question.
    readings : dict of str to Reading
        Source name (``"incidents"``, ``"localities"``, …) -> what was read.
    context : dict of str to geopandas.GeoDataFrame
        Water, railways, streets.
    """

    study: Study
    readings: Mapping[str, Reading]
    context: Mapping[str, gpd.GeoDataFrame]

    @property
    def incidents(self) -> gpd.GeoDataFrame:
        """The incidents, those with a written address placed by it."""
        return self.readings["incidents"].frame

    def frame(self, name: str) -> gpd.GeoDataFrame | None:
        """Return the frame of a source, None when the study has no such source."""
        reading = self.readings.get(name)
        return None if reading is None else reading.frame


def read_inputs(study: Study, tell: Tell = silent) -> Inputs:
    """Read every source of `study`, incidents last (they take the longest).

    Raises
    ------
    MissingFileError, InputError
        When a file is missing or cannot be used; all files are looked for before any is read.
    """
    sources = study.sources
    readings: dict[str, Reading] = {}

    def areas(source: Source, level: str) -> Reading:
        known = {name: reading.frame for name, reading in readings.items()}
        return read_areas(
            source, level=level, addresses=known.get("addresses"), city=known.get("city")
        )

    def incidents() -> Reading:
        return read_incidents(sources.incidents, time_zone=study.time_zone)

    readers: dict[str, Callable[[Source], Reading]] = {
        "addresses": read_addresses,
        "city": lambda source: read_boundaries(source, level="city"),
        "localities": lambda source: areas(source, "locality"),
        "districts": lambda source: areas(source, "district"),
        "patrols": lambda source: read_patrols(source, time_zone=study.time_zone),
        "incidents": lambda _source: read(),
    }
    named = {name: getattr(sources, name) for name in readers}
    given = {name: source for name, source in named.items() if source is not None}
    _require_files([*given.values(), *sources.context.values()])
    with meanwhile(incidents) as read:
        for name, source in given.items():
            tell(f"reading {name}")
            readings[name] = readers[name](source)
            _require_rows(name, source, readings[name])
    readings = {name: readings[name] for name in _SHOWN if name in readings}
    context = {str(name): read_layer(source) for name, source in sources.context.items()}
    if "addresses" in readings:
        tell("geocoding incidents without coordinates")
        readings["incidents"] = _geocoded(readings["incidents"], readings["addresses"].frame)
    return Inputs(study, readings, context)


def _require_files(sources: Sequence[Source]) -> None:
    """Raise MissingFileError that names every file which is missing."""
    missing: list[str] = []
    for source in sources:
        try:
            source.files()
        except MissingFileError as error:
            if not missing:
                first = error
            missing.append(", ".join(map(str, source.path)))
    if len(missing) == 1:
        raise first
    if missing:
        raise MissingFileError(
            f"{len(missing)} files of the study are missing: {'; '.join(missing)}",
            remedy="put them there, or mend the paths under [sources]",
        )


def _require_rows(name: str, source: Source, reading: Reading) -> None:
    """Raise InputError when not one of a source's rows can be used, saying why most cannot."""
    if len(reading.frame) or reading.rejected.empty:
        return
    reasons = reading.rejected["reason"].value_counts()
    column = reading.rejected.loc[reading.rejected["reason"] == reasons.index[0], "column"].iloc[0]
    files = ", ".join(file.name for file in source.files()[:3])
    raise InputError(
        f"{name}: not one of the {len(reading.rejected):,} rows of {files} can be used",
        came=f"{reasons.iloc[0]:,} times in column {column!r}: {str(reasons.index[0]).rstrip('.')}",
        remedy="mend the file, or name its columns in the study",
    )


def _geocoded(incidents: Reading, addresses: gpd.GeoDataFrame) -> Reading:
    """Give incidents without coordinates the point of their address, where it is certain."""
    frame = incidents.frame
    if "address" not in frame.columns:
        return incidents
    wanting = frame.geometry.isna() & frame["address"].notna()
    if not wanting.any() or addresses.empty:
        return incidents
    gazetteer = Gazetteer(addresses)
    texts = frame.loc[wanting, "address"]
    found = gazetteer.geocode(texts)
    placed = found.index[~found.geometry.isna()]
    frame = frame.copy()
    frame[CITY_PART] = city_parts(texts, found, gazetteer, addresses).reindex(frame.index)
    points = gpd.GeoSeries(found.geometry, crs=addresses.crs).to_crs(frame.crs)
    frame.loc[placed, frame.geometry.name] = points.loc[placed]
    frame.loc[placed, "precision"] = found.loc[placed, "precision"].astype(str)
    note = Note(
        _("{placed} of {wanting} incidents without coordinates were placed by their address."),
        placed=len(placed),
        wanting=int(wanting.sum()),
    )
    return replace(incidents, frame=frame, notes=(*incidents.notes, note))


def run(
    study: Study | str | Path, *, progress: bool = True, output: str | Path | None = None
) -> Path:
    """Evaluate `study`: pages into ``maps/``, tables and figures into ``results/``.

    Parameters
    ----------
    study : Study, str or Path
        What to compare, or the file that says it.
    progress : bool
        Show the steps on a terminal's error stream.
    output : str or Path, optional
        Where the two folders go; the study's own folder when not given.

    Returns
    -------
    Path
        ``maps/index.html``, the page to open.

    Raises
    ------
    ApkgeoError
        When an input cannot be used; the files of an earlier run then stay as they are.

    Notes
    -----
    Everything is written to a temporary folder and moved into place at the end. The same inputs
    give the same bytes; ``results/manifest.json`` holds the hash of every input and output.
    Public and council runs hide small counts in ``results``, too; every count is then in
    ``internal/``, which must not leave the office.
    """
    study = study if isinstance(study, Study) else Study.from_toml(study)
    target = Path(output) if output is not None else study.folder
    with reporter(progress) as tell:
        inputs = read_inputs(study, tell)
        tell("evaluating")
        with meanwhile(partial(_beside_evaluation, inputs)) as found:
            evaluation = evaluate_inputs(inputs)
            tell("drawing the pages")
            content = _content(inputs, evaluation, *found())
        pages = build_site(content)
        tell("writing maps and results")
        with staged(target) as folder:
            write_run(folder, content, pages, inputs.readings)
    return target / "maps" / "index.html"


def evaluate_inputs(inputs: Inputs) -> Evaluation:
    """Evaluate the study whose files were read.

    Raises
    ------
    StudyError
        When the study names what its files do not hold, or no incident lies anywhere near its
        localities.
    """
    study, incidents = inputs.study, inputs.incidents
    localities = inputs.readings["localities"].frame
    if len(localities) and not incidents.geometry.isna().all():
        near = _near(localities, incidents.crs)
        if not incidents.geometry.intersects(near).any():
            raise StudyError(
                f"no incident lies within {_NEAR / 1000:.0f} km of any locality",
                expected="incidents and localities of one town",
                remedy="look at the files, and at the CRS that 'apkgeo check' tells of them",
            )
    areas = StudyAreas(localities, inputs.frame("districts"), inputs.frame("city"))
    return evaluate_areas(study, incidents, areas, inputs.frame("patrols"))


def _near(areas: gpd.GeoDataFrame, crs: Any) -> BaseGeometry:
    """Return the box around `areas` with a margin, in `crs`."""
    metric = areas.to_crs(metric_crs(areas))
    west, south, east, north = metric.total_bounds
    around = box(west - _NEAR, south - _NEAR, east + _NEAR, north + _NEAR)
    return gpd.GeoSeries([around], crs=metric.crs).segmentize(_NEAR / 4).to_crs(crs).iloc[0]


def site_content(inputs: Inputs, evaluation: Evaluation) -> SiteContent:
    """Gather what the pages show."""
    return _content(inputs, evaluation, *_beside_evaluation(inputs))


def _beside_evaluation(inputs: Inputs) -> tuple[Cells, Patrols | None, Fragment | None]:
    """Find what the pages show beside the evaluation."""
    return hotspot_cells(inputs), patrol_records(inputs), _lookup(inputs)


def _content(
    inputs: Inputs,
    evaluation: Evaluation,
    cells: Cells,
    patrols: Patrols | None,
    lookup: Fragment | None,
) -> SiteContent:
    occurred = inputs.incidents["occurred"]
    span = None
    if len(occurred):
        first, last = occurred.min().date(), occurred.max().date()
        span = Period(start=first, end=last + timedelta(days=1))
    return SiteContent(
        evaluation=evaluation,
        cells=cells,
        context=Context(
            city=inputs.frame("city"), districts=inputs.frame("districts"), **inputs.context
        ),
        quality=tuple(source_quality(name, reading) for name, reading in inputs.readings.items()),
        patrols=patrols,
        lookup=lookup,
        data=span,
        licences=tuple(
            dict.fromkeys(
                one.licence for one in inputs.study.sources.given().values() if one.licence
            )
        ),
    )


def patrol_records(inputs: Inputs) -> Patrols | None:
    """Return where patrols were in the treated localities, None without patrols."""
    patrols, localities = inputs.frame("patrols"), inputs.frame("localities")
    if patrols is None or localities is None or patrols.empty:
        return None
    return patrol_content(inputs.study, patrols, localities, inputs.incidents)


def _lookup(inputs: Inputs) -> Fragment | None:
    addresses, districts = inputs.frame("addresses"), inputs.frame("districts")
    if addresses is None or districts is None or addresses.empty:
        return None
    study = inputs.study
    source = study.sources.addresses
    return lookup_fragment(
        addresses,
        districts,
        language=study.language,
        study_name=study.name,
        attribution=source.licence if source else "",
        heading=False,
    )


def hotspot_cells(inputs: Inputs) -> Cells:
    """Count the primary outcome in squares over the city, before the first deployment and after.

    The period before is that of the first deployment, the period after that of the last one, so
    that no deployment begins inside either. Cells are laid over the city's outline, else the
    districts, else where localities and incidents are; their size is chosen so that about 600
    cover it, rounded to 50 m.
    """
    study = inputs.study
    localities = inputs.readings["localities"].frame
    crs = as_crs(study.crs) if study.crs else metric_crs(localities)
    incidents = inputs.incidents.to_crs(crs)
    outline = (
        inputs.frame("city") if inputs.frame("city") is not None else inputs.frame("districts")
    )
    if outline is not None:
        area = outline.to_crs(crs).geometry
    else:
        seen = incidents.geometry[~incidents.geometry.isna()].union_all().convex_hull
        area = gpd.GeoSeries([localities.to_crs(crs).union_all().convex_hull.union(seen)], crs=crs)
    size = max(50.0, 50.0 * round(np.sqrt(float(area.union_all().area) / _CELLS) / 50.0))
    cells = square_grid(area, size)
    found = find_hotspots(
        incidents,
        cells,
        study,
        addresses=inputs.frame("addresses"),
        districts=inputs.frame("districts"),
    )
    return replace(count_cells(incidents, cells, study), found=found)
