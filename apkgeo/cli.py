"""The command line: parse, call, print.

Exit codes: 0 done (or found), 1 not found, 2 misuse or unusable input, 3 a fault of apkgeo itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from apkgeo import __version__
from apkgeo.commands import register_all
from apkgeo.errors import ApkgeoError

app = typer.Typer(
    name="apkgeo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; errors are one line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    _speak_utf8()
    # Work is parted among threads by ourselves; those of OpenBLAS would only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # A thread back from numpy, Arrow or GEOS soon goes on: the work is short, and there is much.
    sys.setswitchinterval(0.0003)
    try:
        arguments = [word for word in words if word != "--debug"]
        code = int(app(args=arguments, prog_name="apkgeo", standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        print("apkgeo: interrupted; nothing was replaced", file=sys.stderr)
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    except ApkgeoError as error:
        if debug:
            raise
        print(f"apkgeo: {error}", file=sys.stderr)
        code = 2
    except Exception as error:
        show = getattr(error, "show", None)
        if callable(show):  # misuse: told by the parser itself, with the usage
            show()
            sys.exit(2)
        if debug:
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        print(
            f"apkgeo: a fault of the program ({what}); run the same with --debug and report it",
            file=sys.stderr,
        )
        code = 3
    sys.exit(code)


def _speak_utf8() -> None:
    """Let Czech through where output is a file or a pipe in an older encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"apkgeo {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when something fails.")
    ] = False,
) -> None:
    """Did crime prevention assistants change anything? Evaluation, maps, police districts.

    Start with 'apkgeo demo', or with 'apkgeo init DIR' for a study of your own.
    """


register_all(app)
