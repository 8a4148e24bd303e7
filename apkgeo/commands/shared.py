"""What the commands share: their common options, and JSON as they print it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from apkgeo.language import Language

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the result.")]
Spoken = Annotated[Language, typer.Option(help="Language of the answer.")]


def json_text(value: Any) -> str:
    """Return JSON with Czech letters as they are; a number that is none is refused."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
