"""The command line: parse, call, print.

Exit codes: 0 done (or found), 1 not found, 2 misuse or unusable input, 3 a fault of apkgeo itself.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from importlib import resources
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from apkgeo import __version__
from apkgeo.commands_data import register
from apkgeo.errors import ApkgeoError, InputError
from apkgeo.language import Language, _, translate

if TYPE_CHECKING:
    from apkgeo.places.districts import DistrictLookup, DistrictMatch
    from apkgeo.study import Source

app = typer.Typer(
    name="apkgeo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the result.")]
Template = Literal["empty", "plzen"]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]


register(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; errors are one line."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    _speak_utf8()
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


@app.command(epilog="Example: apkgeo demo modelov")
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put it; made when missing.")] = Path(
        "apkgeo-demo"
    ),
    seed: Annotated[int, typer.Option(help="Seed of the invented town.")] = 2014,
    quiet: Quiet = False,
) -> None:
    """Invent a town with five years of incidents, evaluate it, and export its pages."""
    from apkgeo.demo import write_modelov
    from apkgeo.pipeline import run as run_study
    from apkgeo.progress import reporter
    from apkgeo.study import Study

    with reporter(not quiet) as tell:
        study = write_modelov(folder, seed=seed, progress=tell)
    index = run_study(Study.from_toml(study), progress=not quiet)
    _open_me(index)


@app.command(epilog="Example: apkgeo init plac --language cs")
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

        _wrote(write_plzen(folder, language), language)
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


def _wrote(study: Path, language: Language) -> None:
    mark = "DOPLŇTE" if language == "cs" else "FILL IN"
    print(f"Wrote {study}. Put your files into {study.parent / 'data'}, fill in the lines marked")
    print(f"{mark}, then run: apkgeo check {study}")


@app.command(epilog="Example: apkgeo check study.toml")
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
    from apkgeo.quality import quality_report, quality_text, write_quality
    from apkgeo.study import Study

    chosen = Study.from_toml(study)
    with reporter(not (quiet or as_json)) as tell:
        inputs = read_inputs(chosen, tell)
        tell("writing the report")
        written = write_quality(chosen.folder / "quality", inputs.readings, chosen)
    report = quality_report(inputs.readings, study=chosen)
    print(_json(report) if as_json else quality_text(report))
    if not as_json:
        print("\n".join(["", "Written:", *(f"  {path}" for path in written)]))
    with reporter(not (quiet or as_json)) as tell:
        tell("trying the design of the study")
        evaluate_inputs(inputs)


@app.command(epilog="Example: apkgeo run study.toml")
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

    _open_me(run_study(Study.from_toml(study), progress=not quiet, output=output))


@app.command(
    epilog='Example: apkgeo lookup "Resslova 5"   or without a study: '
    'apkgeo lookup "Resslova 5" --addresses adresy.csv --districts okrsky.geojson'
)
def lookup(
    address: Annotated[str, typer.Argument(help="An address as people write it.")],
    study: Annotated[
        Path | None,
        typer.Option(help="The study whose addresses and districts count [study.toml here]."),
    ] = None,
    addresses: Annotated[Path | None, typer.Option(help="A RÚIAN address file.")] = None,
    districts: Annotated[Path | None, typer.Option(help="Police districts.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Answers at the most.")] = 5,
    language: Annotated[
        Language | None, typer.Option(help="Language of the answer [the study's].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which police district an address is in: exit 0 found, 1 not found."""
    finder, tongue = _finder(study, addresses, districts)
    spoken: Language = language or tongue
    answers = finder.find(address, limit=limit)
    similar = [] if answers else finder.gazetteer.suggest(address, limit=limit)
    if as_json:
        print(
            _json(
                {
                    "query": address,
                    "matches": [_values(m, spoken) for m in answers],
                    "suggestions": similar,
                }
            )
        )
    elif answers:
        print("\n".join(match.summary(spoken) for match in answers))
    else:
        said = NOT_FOUND_BUT if similar else NOT_FOUND
        names = ", ".join(similar)
        print(translate(said, spoken).format(address=address, names=names))
    raise typer.Exit(0 if answers else 1)


NOT_FOUND = _("“{address}” was not found. Write a street and a number, or a part of the town.")
NOT_FOUND_BUT = _("“{address}” was not found. Similar names: {names}.")


def _values(match: DistrictMatch, language: Language) -> dict[str, Any]:
    """Return a match as plain values for JSON; what is not known is null."""
    values = {
        field.name: getattr(match, field.name) for field in fields(match) if field.name != "numbers"
    }
    values["assumed"] = [note.text(language) for note in match.assumed]
    values["numbers"] = [one._asdict() for one in match.numbers]
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in values.items()
    }


def _finder(
    study: Path | None, addresses: Path | None, districts: Path | None
) -> tuple[DistrictLookup, Language]:
    """Return the look-up of a study, or of two files, and its language."""
    from apkgeo.study import Source, Study

    if (addresses is None) != (districts is None):
        raise typer.BadParameter("--addresses and --districts go together")
    if addresses is not None and districts is not None:
        return _district_lookup(Source(path=addresses), Source(path=districts)), "cs"
    chosen = Study.from_toml(study or Path("study.toml"))
    sources = chosen.sources
    if sources.addresses is None or sources.districts is None:
        raise InputError(
            f"{study or 'study.toml'} names no addresses or no districts",
            remedy="add both under [sources], or give --addresses and --districts",
        )
    return _district_lookup(sources.addresses, sources.districts), chosen.language


def _district_lookup(addresses: Source, districts: Source) -> DistrictLookup:
    """Return the look-up kept beside the addresses; made, and kept, when a file has changed."""
    from apkgeo.places.stored import fingerprint, load_lookup, save_lookup

    files = [*addresses.files(), *districts.files()]
    settings = [
        (str(key), str(value))
        for one in (addresses, districts)
        for key, value in (*one.columns.items(), ("crs", one.crs), ("encoding", one.encoding))
    ]
    made_of = fingerprint(files, _today(), settings)
    names = "+".join(file.stem for file in (files[0], files[-1]))
    kept = files[0].parent / ".apkgeo" / f"{names}.lookup"
    finder = load_lookup(kept, made_of=made_of)
    if finder is None:
        finder = _made_lookup(addresses, districts)
        with contextlib.suppress(OSError):  # a folder that is read only still gets its answer
            save_lookup(finder, kept, made_of=made_of)
    return finder


def _made_lookup(addresses: Source, districts: Source) -> DistrictLookup:
    from apkgeo.places.districts import DistrictLookup
    from apkgeo.sources.addresses import read_addresses
    from apkgeo.sources.boundaries import read_boundaries

    read = read_addresses(addresses).frame
    if read.empty:
        raise InputError(f"{addresses.path[0]} holds no address", remedy="name another file")
    areas = read_boundaries(districts, level="district").frame
    return DistrictLookup(read, areas, on=_today())


def _today() -> date:
    """Return the day by this machine's clock: the districts that are asked for."""
    return datetime.now(tz=UTC).astimezone().date()


def _open_me(index: Path) -> None:
    print(f"Open this page in a browser: {index.resolve()}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
