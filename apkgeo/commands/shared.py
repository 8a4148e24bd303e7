"""What the commands share: their common options, and JSON as they print it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from apkgeo.errors import InputError
from apkgeo.language import Language, _

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the result.")]
Spoken = Annotated[Language, typer.Option(help="Language of the answer.")]

WRITTEN = _("Written:")


def json_text(value: Any) -> str:
    """Return JSON with Czech letters as they are; a number that is none is refused."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def spare_inputs(option: str, output: Path | None, inputs: Iterable[Path | None]) -> None:
    """Refuse to write over a file that the command reads.

    Raises
    ------
    InputError
        When `output`, given as `option`, is one of `inputs`, however either is written.
    """
    for path in inputs:
        if output and path and output.exists() and path.exists() and output.samefile(path):
            raise InputError(
                f"{option} {output} is a file that is read", remedy="give another name"
            )
