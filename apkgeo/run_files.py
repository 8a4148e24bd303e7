"""What a run leaves: pages, tables, pictures, layers, and the list of them all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from apkgeo.crs import WGS84
from apkgeo.evaluation import Evaluation
from apkgeo.frames import Reading
from apkgeo.language import _, translate
from apkgeo.outputs import (
    INTERNAL,
    INTERNAL_MANIFEST,
    MANIFEST,
    internal_manifest,
    manifest,
    write_bytes,
    write_json,
    write_text,
)
from apkgeo.pages.content import SiteContent
from apkgeo.pages.evaluation_figures import evaluation_figures
from apkgeo.pages.figure_files import figure_files
from apkgeo.pages.geopackage import write_geopackage
from apkgeo.pages.patrol_content import patrol_tables
from apkgeo.pages.privacy import limit
from apkgeo.pages.results import full_files, result_files, told_quality
from apkgeo.quality import quality_report
from apkgeo.study import Audience
from apkgeo.together import meanwhile

RESULTS_NOTES: Mapping[Audience, str] = {
    "public": _(
        "The tables and files here hide the same small counts as the pages in maps do. Every count "
        "is in the folder internal, which must not leave the office."
    ),
    "council": _(
        "The tables and files here hide the same small counts as the pages in maps do; they are "
        'meant for the council. To publish them, run the study with audience = "public". Every '
        "count is in the folder internal, which must not leave the office."
    ),
    "internal": _("Nothing in this folder, nor in the folder maps, may leave the office."),
}
INTERNAL_NOTE = _(
    "These files hold every count, also those that the pages and the results hide. This folder "
    "must not leave the office: do not send it, do not publish it."
)


def write_run(
    folder: Path,
    content: SiteContent,
    pages: Mapping[str, str],
    readings: Mapping[str, Reading],
) -> None:
    """Write everything of a run into a folder.

    Parameters
    ----------
    folder : Path
        Where ``maps``, ``results`` and, where results hide counts, ``internal`` are made.
    content : SiteContent
        The results.
    pages : mapping of str to str
        The pages made of them, by their file names.
    readings : mapping of str to Reading
        What was read, by the names of the sources.
    """
    study, evaluation, results = content.study, content.evaluation, folder / "results"
    report = partial(quality_report, readings, study=study)
    incidents = readings["incidents"].frame
    layers = partial(write_geopackage, results / "apkgeo.gpkg", content, incidents=incidents)
    with meanwhile(report) as told, meanwhile(layers) as written:
        for name, html in pages.items():
            write_text(folder / "maps" / name, html)
        _write_figures(results / "figures", content, pages)
        _write_hotspots(folder, content)
        _write_patrols(folder, content)
        quality = told()
        _write_results(results, evaluation, quality)
        _write_internal(folder / INTERNAL, evaluation, quality)
        written()
    if (folder / INTERNAL).exists():
        write_json(folder / INTERNAL_MANIFEST, internal_manifest(folder))
    write_json(folder / MANIFEST, manifest(study, study.sources.files(), folder))


def _write_results(folder: Path, evaluation: Evaluation, quality: Mapping[str, Any]) -> None:
    study = evaluation.study
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in result_files(evaluation).items():
        write_text(folder / name, text)
    write_json(folder / "data_quality.json", told_quality(quality, limit(study.privacy)))
    note = RESULTS_NOTES[study.privacy.audience]
    write_text(folder / "README.txt", translate(note, study.language) + "\n")


def _write_internal(folder: Path, evaluation: Evaluation, quality: Mapping[str, Any]) -> None:
    """Write every count for the office, where the results hide some."""
    study = evaluation.study
    if not limit(study.privacy):
        return
    for name, text in full_files(evaluation).items():
        write_text(folder / name, text)
    write_json(folder / "data_quality.json", quality)
    write_text(folder / "README.txt", translate(INTERNAL_NOTE, study.language) + "\n")


def _write_hotspots(folder: Path, content: SiteContent) -> None:
    """Write the cells and the hours in full: for the office, where the pages hide some."""
    cells = content.cells
    if cells is None or cells.found is None:
        return
    tables = folder / (INTERNAL if limit(content.study.privacy) else "results")
    found = cells.found.cells.to_crs(WGS84)
    shapes = shapely.set_precision(found.geometry.values, 1e-7)
    write_text(tables / "hotspots.geojson", found.set_geometry(shapes).to_json(drop_id=True))
    write_text(
        tables / "hotspots.csv",
        found.drop(columns=found.geometry.name).to_csv(index=False, lineterminator="\n"),
    )
    hours = pd.DataFrame({name: table.stack() for name, table in cells.found.profiles.items()})
    write_text(
        tables / "hotspot_hours.csv", hours.reset_index().to_csv(index=False, lineterminator="\n")
    )


def _write_patrols(folder: Path, content: SiteContent) -> None:
    """Write the hours that may be shown, and for the office everything."""
    study = content.study
    if content.patrols is None:
        return
    folders = {"results": limit(study.privacy) > 0}
    if limit(study.privacy):
        folders[INTERNAL] = False
    for name, protected in folders.items():
        tables = patrol_tables(content.patrols, protected=protected, language=study.language)
        for title, table in tables.items():
            text = table.to_csv(index=False, lineterminator="\n", float_format="%.4f")
            write_text(folder / name / f"{title}.csv", text)


def _write_figures(folder: Path, content: SiteContent, pages: Mapping[str, str]) -> None:
    """Write the pages' maps and charts as pictures."""
    language = content.study.language
    figures = figure_files(pages, language, sources=content.licences)
    figures |= evaluation_figures(content.evaluation, language, sources=content.licences)
    for name, figure in figures.items():
        write_bytes(folder / name, figure)
