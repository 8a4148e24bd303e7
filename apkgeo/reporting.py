"""A study as one PDF: from the pages of its last run, or from its files."""

from __future__ import annotations

from pathlib import Path

from apkgeo.errors import InputError
from apkgeo.outputs import still_holds, write_bytes
from apkgeo.pages.parts import PAGES
from apkgeo.pages.report import build_report
from apkgeo.pages.site import build_site
from apkgeo.pipeline import evaluate_inputs, read_inputs, site_content
from apkgeo.progress import reporter
from apkgeo.study import Study


def report(
    study: Study | str | Path, path: str | Path | None = None, *, progress: bool = True
) -> Path:
    """Write a study as one PDF (A4) for the council's papers.

    Parameters
    ----------
    study : Study, str or Path
        What to compare, or the file that says it.
    path : str or Path, optional
        The file to write; ``report.pdf`` in the study's folder when not given.
    progress : bool
        Show the steps on a terminal's error stream.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ApkgeoError
        When an input cannot be used, or the file cannot be written.

    Notes
    -----
    The pages of an earlier run are used where nothing has changed since; otherwise the study is
    evaluated again, and its folders maps and results stay as they are.
    """
    study = study if isinstance(study, Study) else Study.from_toml(study)
    target = Path(path) if path is not None else study.folder / "report.pdf"
    with reporter(progress) as tell:
        pages = _earlier_pages(study)
        if not pages:
            inputs = read_inputs(study, tell)
            tell("evaluating")
            evaluation = evaluate_inputs(inputs)
            tell("drawing the pages")
            pages = build_site(site_content(inputs, evaluation))
        tell("setting the report")
        content = build_report(pages)
    try:
        write_bytes(target, content)
    except OSError as error:
        raise InputError(
            f"cannot write {target}: {error.strerror}",
            remedy="close the file if it is open, or choose another place",
        ) from error
    return target


def _earlier_pages(study: Study) -> dict[str, str]:
    """Return the pages of the run before, if one now would give the same; else nothing."""
    if not still_holds(study, study.sources.files(), study.folder):
        return {}
    found = [study.folder / "maps" / name for name in PAGES]
    return {one.name: one.read_text(encoding="utf-8") for one in found if one.exists()}
