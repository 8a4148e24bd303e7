"""The command line: parse, call, print."""

from __future__ import annotations

import typer

app = typer.Typer(name="apkgeo", no_args_is_help=True)


def main() -> None:
    """Run the command line."""
    app()
