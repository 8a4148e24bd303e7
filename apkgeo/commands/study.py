"""The commands of a study: demo, init, check, run."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import typer

from apkgeo.commands.shared import WRITTEN, AsJson, Quiet, json_text
from apkgeo.errors import InputError
from apkgeo.language import Language, _, translate

Template = Literal["empty", "plzen"]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog="Example: apkgeo demo modelov")(demo)
    app.command(epilog="Example: apkgeo init plac --language cs")(init)
    app.command(epilog="Example: apkgeo check study.toml")(check)
    app.command(epilog="Example: apkgeo run study.toml")(run)


def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put it; made when missing.")] = Path(
        "apkgeo-demo"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the invented town.")] = 2014,
    quiet: Quiet = False,
) -> None:
    """Invent a town with five years of incidents, evaluate it, and export its pages."""
    from apkgeo.demo import write_modelov
    from apkgeo.pipeline import run as run_study
    from apkgeo.progress import reporter
    from apkgeo.study import Study

    with reporter(not quiet) as tell:
        study = write_modelov(folder, seed=seed, progress=tell)
    invented = Study.from_toml(study)
    _open_me(run_study(invented, progress=not quiet), invented.language)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to put the study.")],
    language: Annotated[Language, typer.Option(help="Language of the file.")] = "cs",
    template: Annotated[
        Template, typer.Option(help="An empty study, or that of Plzeň with its public facts.")
    ] = "empty",
) -> None:
    """Write a study.toml to fill in, with every key explained."""
    if template == "plzen":
        from apkgeo.template import write_plzen

        _wrote(write_plzen(folder, language), language, plzen=True)
        return
    study = folder / "study.toml"
    if study.exists():
        raise InputError(f"{study} exists already", remedy="choose another folder, or remove it")
    empty = resources.files("apkgeo") / "templates" / f"study.{language}.toml"
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        study.write_text(empty.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"cannot write {study}: {error.strerror}", remedy="choose another folder"
        ) from error
    _wrote(study, language)


WROTE = _("Wrote {study}.")
FILL_IN = _("Put your files into {data} and fill in the lines marked {mark}.")
DOWNLOAD = _(
    "Get the official files with: apkgeo download plzen {data}. What else is missing stands at the "
    "top of the study, first of all the file of incidents."
)
THEN = _("Then run: apkgeo check {study}")


def _wrote(study: Path, language: Language, *, plzen: bool = False) -> None:
    """Say what was written and what to do next."""
    from apkgeo.language import Note

    mark = "DOPLŇTE" if language == "cs" else "FILL IN"
    values = {"study": study, "data": study.parent / "data", "mark": mark}
    said = (WROTE, DOWNLOAD, THEN) if plzen else (WROTE, FILL_IN, THEN)
    typer.echo("\n".join(Note(one, **values).text(language) for one in said))


def check(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.toml"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read every source of a study and say what was used, rejected and assumed.

    The same is written as a page, as JSON and as a table of the rows to mend into the folder
    quality beside the study. Then the design is tried, so that a study which passes also runs.
    """
    from apkgeo.pipeline import evaluate_inputs, read_inputs
    from apkgeo.progress import reporter
    from apkgeo.quality import examination_report, examine, quality_text, write_quality
    from apkgeo.study import Study

    chosen = Study.from_toml(study)
    with reporter(not (quiet or as_json)) as tell:
        inputs = read_inputs(chosen, tell)
        tell("writing the report")
        found = examine(inputs.readings, chosen)
        written = write_quality(chosen.folder / "quality", inputs.readings, chosen, found=found)
    if as_json:
        typer.echo(json_text(examination_report(found)))
    else:
        typer.echo(quality_text(found, language=chosen.language))
        lines = ["", translate(WRITTEN, chosen.language), *(f"  {path}" for path in written)]
        typer.echo("\n".join(lines))
    with reporter(not (quiet or as_json)) as tell:
        tell("trying the design of the study")
        evaluate_inputs(inputs)


def run(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.toml"),
    output: Annotated[
        Path | None,
        typer.Option(help="Where maps/ and results/ go; the study's folder when not given."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Evaluate a study: pages into maps/, tables and figures into results/."""
    from apkgeo.pipeline import run as run_study
    from apkgeo.study import Study

    chosen = Study.from_toml(study)
    _open_me(run_study(chosen, progress=not quiet, output=output), chosen.language)


OPEN = _("Open this page in a browser: {page}")


def _open_me(index: Path, language: Language) -> None:
    typer.echo(translate(OPEN, language).format(page=index.resolve()))
