"""The command that sets a study on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apkgeo.commands.shared import Quiet


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog="Example: apkgeo report study.toml --output report.pdf")(report)


def report(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.toml"),
    output: Annotated[
        Path | None,
        typer.Option(help="The PDF to write [report.pdf in the study's folder]."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the whole study as one PDF (A4): findings, maps, method, what is not known.

    It holds what the pages hold, for the same readers. The pages of the last run are used where
    nothing has changed since; otherwise the study is evaluated again.
    """
    from apkgeo.reporting import report as write_report
    from apkgeo.study import Study

    typer.echo(str(write_report(Study.from_toml(study), output, progress=not quiet).resolve()))
