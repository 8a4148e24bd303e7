"""The command that tells an address's police district."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from datetime import UTC, date, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apkgeo.commands.shared import AsJson, json_text
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
        'apkgeo lookup "Resslova 5" --addresses adresy.csv --districts okrsky.geojson'
    )(lookup)


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
        typer.echo(
            json_text(
                {
                    "query": address,
                    "matches": [_values(m, spoken) for m in answers],
                    "suggestions": similar,
                }
            )
        )
    elif answers:
        typer.echo("\n".join(match.summary(spoken) for match in answers))
    else:
        said = NOT_FOUND_BUT if similar else NOT_FOUND
        names = ", ".join(similar)
        typer.echo(translate(said, spoken).format(address=address, names=names))
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
