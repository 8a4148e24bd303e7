"""The command that counts incidents by area, period and kind."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from apkgeo.commands.shared import AsJson, Quiet, Spoken, json_text, spare_inputs
from apkgeo.errors import InputError
from apkgeo.language import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apkgeo.counts.incidents import IncidentCounts, Told

Step = Literal["all", "year", "quarter", "month", "week", "day"]
Engine = Literal["local", "dask"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog="Example: apkgeo count 'years/*.parquet' --areas okrsky.geojson --output counts.csv"
        "   or on a cluster: apkgeo count 'years/*.parquet' --areas okrsky.geojson "
        "--output counts.csv --engine dask --scheduler tcp://10.0.0.5:8786"
    )(count)


def count(
    incidents: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Files of incidents, folders of them, or patterns in quotes."
        ),
    ],
    areas: Annotated[Path, typer.Option(help="The areas: GeoJSON, GeoPackage, SHP, …")],
    output: Annotated[
        Path | None, typer.Option(help="The table to write: .csv or .parquet [printed as CSV].")
    ] = None,
    period: Annotated[Step, typer.Option(help="What the time is parted into.")] = "month",
    by: Annotated[
        str, typer.Option(help="Column to count by besides; empty for none.")
    ] = "offence",
    engine: Annotated[
        Engine, typer.Option(help="This machine's processes, or a cluster of Dask.")
    ] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Processes to work in.")] = 1,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads of each of Dask's processes on this machine.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a running scheduler of Dask [a cluster of its own]."),
    ] = None,
    time_zone: Annotated[str, typer.Option(help="Of times that name no zone.")] = "Europe/Prague",
    language: Spoken = "cs",
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Count incidents by area, period and kind, in bounded memory, here or on a cluster."""
    from apkgeo.counts.incidents import count_incidents
    from apkgeo.counts.pieces import with_folders
    from apkgeo.sources.boundaries import read_boundaries
    from apkgeo.sources.files import requested

    if output is not None and output.suffix.lower() not in {".csv", ".parquet"}:
        raise InputError(f"--output {output}", expected="a name that ends in .csv or .parquet")
    files = requested([str(path) for path in incidents]).files
    spare_inputs("--output", output, with_folders(files))
    frame = read_boundaries(areas).frame
    with _bar(not (quiet or as_json)) as told:
        counts = count_incidents(
            [str(path) for path in incidents],
            frame,
            period=period,
            by=by or None,
            engine="dask" if scheduler else engine,
            workers=workers,
            threads=threads,
            scheduler=scheduler,
            time_zone=time_zone,
            progress=told,
        )
    if output is not None:
        _write(counts, output)
    elif not as_json:
        typer.echo(counts.frame.to_csv(index=False, lineterminator="\n"), nl=False)
    if as_json:
        typer.echo(json_text(_values(counts, output)))
    elif not quiet:
        typer.echo(counts.summary(language), err=output is None)
        for reason, rows in counts.rejected.items():
            typer.echo(f"  {rows}: {translate(reason, language)}", err=output is None)


def _write(counts: IncidentCounts, output: Path) -> None:
    """Write the table whole or not at all."""
    part = output.with_name(f".{output.name}.part")
    try:
        if output.suffix.lower() == ".csv":
            counts.frame.to_csv(part, index=False, lineterminator="\n")
        else:
            counts.frame.to_parquet(part, index=False)
        part.replace(output)
    except OSError as error:
        raise InputError(
            f"cannot write {output}: {error.strerror}", remedy="name another file"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _values(counts: IncidentCounts, output: Path | None) -> dict[str, object]:
    """Return the account, and the counts where they were not written into a file."""
    table = counts.frame.astype(object).where(counts.frame.notna(), None)
    return {
        "rows": counts.rows,
        "counted": counts.counted,
        "outside": counts.outside,
        "without_place": counts.without_place,
        "rejected": dict(counts.rejected),
        "notes": [str(note) for note in counts.notes],
        **({"counts": table.to_dict("records")} if output is None else {"output": str(output)}),
    }


@contextmanager
def _bar(wanted: bool) -> Iterator[Told | None]:
    """Give what shows the share of the work done, on a terminal only."""
    import sys

    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as shown:
        task = shown.add_task("counting", total=None)

        def told(done: int, size: int) -> None:
            shown.update(task, completed=done, total=size)

        yield told
