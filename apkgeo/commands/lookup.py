"""The command that tells an address's police district."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apkgeo.commands.shared import AsJson, Quiet, json_text
from apkgeo.errors import InputError
from apkgeo.language import Language, _, translate

if TYPE_CHECKING:
    from apkgeo.places.district_matches import DistrictMatch
    from apkgeo.places.districts import DistrictLookup
    from apkgeo.study import Source


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog='Example: apkgeo lookup "Resslova 5"   or without a study: '
        'apkgeo lookup "Resslova 5" --addresses adresy.csv --districts okrsky.geojson   '
        "or for a table: apkgeo lookup --csv seznam.csv --column adresa --out okrsky.csv"
    )(lookup)


def lookup(
    address: Annotated[
        str | None,
        typer.Argument(
            help="An address, a street, a crossing (Korandova × Plachého), coordinates or an "
            "address point's code, as people write them. Coordinates that begin with a minus "
            "stand after --."
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(help="A table with an address in each row; - reads it from a pipe."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="The table's column of addresses [recognised by its name].")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the table with its answers goes [printed].")
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d", "%d.%m.%Y"],
            help="The day whose districts are asked for [today].",
        ),
    ] = None,
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
    quiet: Quiet = False,
) -> None:
    """Tell which police district an address is in: exit 0 found, 1 not found.

    With --csv every row of a table gets its district, who looks after it, what was assumed, and
    where there is no answer, why; rows and columns stay in their order.
    """
    if (address is None) == (csv is None):
        raise typer.BadParameter("give one address, or a table with --csv")
    if csv is None and (column is not None or out is not None):
        raise typer.BadParameter("--column and --out go with --csv")
    on = None if day is None else day.date()
    if csv is not None:
        from apkgeo.commands.lookup_table import answer_table

        finder, tongue = _finder(study, addresses, districts)
        answer_table(
            finder, csv, column=column, out=out, on=on, language=language or tongue,
            as_json=as_json, quiet=quiet,
        )  # fmt: skip
        return
    finder, tongue = _finder(study, addresses, districts)
    _answer(finder, address or "", limit, on, language or tongue, as_json=as_json)


def _answer(
    finder: DistrictLookup,
    address: str,
    limit: int,
    on: date | None,
    spoken: Language,
    *,
    as_json: bool,
) -> None:
    """Print what one address gets, and leave with the code that says whether it is anything."""
    answers = finder.find(address, limit=limit, on=on)
    similar = [] if answers else finder.suggest(address, limit=limit)
    reason = None if answers else finder.explain(address).text(spoken)
    if as_json:
        value = {
            "query": address,
            "date": None if on is None else on.isoformat(),
            "matches": [_values(match, spoken) for match in answers],
            "suggestions": similar,
            "reason": reason,
        }
        typer.echo(json_text(value))
    elif answers:
        typer.echo("\n".join(match.summary(spoken) for match in answers))
    else:
        said = NOT_FOUND_BUT if similar else NOT_FOUND
        names = ", ".join(similar)
        shown = "".join(one if one.isprintable() else " " for one in address[:LONGEST_SHOWN])
        typer.echo(translate(said, spoken).format(address=shown, reason=reason, names=names))
    raise typer.Exit(0 if answers else 1)


NOT_FOUND = _("“{address}” was not found. {reason}")
NOT_FOUND_BUT = _("“{address}” was not found. {reason} Similar names: {names}.")
# So much of what was typed is said again.
LONGEST_SHOWN = 80


def _values(match: DistrictMatch, language: Language) -> dict[str, Any]:
    """Return a match as plain values for JSON; what is not known is null."""
    values = {
        field.name: getattr(match, field.name) for field in fields(match) if field.name != "numbers"
    }
    values["assumed"] = [note.text(language) for note in match.assumed]
    values["changes"] = [note.text(language) for note in match.changes]
    values["on"] = None if match.on is None else match.on.isoformat()
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
    made_of = fingerprint(files, settings)
    names = "+".join(file.stem for file in (files[0], files[-1]))
    kept = files[0].parent / ".apkgeo" / f"{names}.lookup"
    finder = load_lookup(kept, made_of=made_of)
    if finder is None:
        finder = _made_lookup(addresses, districts)
        with contextlib.suppress(OSError):  # a folder that is read only still gets its answer
            save_lookup(finder, kept, made_of=made_of)
    return finder


def _made_lookup(addresses: Source, districts: Source) -> DistrictLookup:
    from apkgeo.area_lists import read_areas
    from apkgeo.places.districts import DistrictLookup
    from apkgeo.sources.addresses import read_addresses

    read = read_addresses(addresses).frame
    if read.empty:
        raise InputError(f"{addresses.path[0]} holds no address", remedy="name another file")
    areas = read_areas(districts, level="district", addresses=read).frame
    return DistrictLookup(read, areas)
