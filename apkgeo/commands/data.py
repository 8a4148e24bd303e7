"""The commands that make a study's files: areas from street lists, and downloads."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apkgeo.commands.shared import AsJson, Quiet, Spoken, spare_inputs
from apkgeo.errors import InputError
from apkgeo.language import Language, Note, _, translate

if TYPE_CHECKING:
    import geopandas as gpd

    from apkgeo.places.street_lists import StreetAreas

NOT_USED = _("Not used, mend these lines of the list:")
LINE = _("line {line}, {area}: {value} – {reason}")
WROTE = _("Wrote {file}: {count} areas.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        epilog="Example: apkgeo areas okrsky.txt --addresses data/OB_554791_ADR.csv "
        "--output data/okrsky.geojson"
    )(areas)
    app.command(epilog="Example: apkgeo download plzen data --years 2013-2018")(download)


def areas(
    lists: Annotated[
        list[Path], typer.Argument(metavar="LIST...", help="Lists of streets: text, TOML or CSV.")
    ],
    addresses: Annotated[Path, typer.Option(help="The register's addresses (RÚIAN) of the town.")],
    output: Annotated[Path, typer.Option(help="The GeoJSON file to write.")],
    within: Annotated[
        Path | None, typer.Option(help="The city's outline, for areas that should fill it.")
    ] = None,
    reach: Annotated[
        float | None,
        typer.Option(help="Metres that an area reaches from its addresses [40, or 250]."),
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="What they are: district, locality [as headings say].")
    ] = None,
    language: Spoken = "cs",
    as_json: AsJson = False,
) -> None:
    """Draw areas from lists of streets: exit 0 every entry used, 1 some were not."""
    from apkgeo.places.street_lists import read_street_list
    from apkgeo.sources.addresses import read_addresses
    from apkgeo.sources.boundaries import read_boundaries

    if output.suffix.lower() not in {".geojson", ".json"}:
        raise InputError(f"--output {output}", expected="a name that ends in .geojson")
    spare_inputs("--output", output, [*lists, addresses, within])
    register = read_addresses(addresses).frame
    if register.empty:
        raise InputError(f"{addresses} holds no address", remedy="name another file")
    outline = None if within is None else read_boundaries(within, level="city").frame
    drawn = read_street_list(lists, register, level=level, reach=reach, within=outline)
    write_areas(drawn.frame, output)
    typer.echo(_account_json(drawn, output) if as_json else _account(drawn, output, language))
    raise typer.Exit(1 if len(drawn.rejected) else 0)


def write_areas(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write areas as GeoJSON in WGS 84, whole or not at all; the same areas give the same bytes."""
    from apkgeo.demo.geojson import geojson_text

    made = frame.to_crs(4326)
    for column in ("valid_from", "valid_to"):
        made[column] = made[column].dt.strftime("%Y-%m-%d").astype("object")
    temporary = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(geojson_text(made, path.stem), encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error.strerror}", remedy="choose another folder"
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def _told(reason: Any, language: Language) -> str:
    return reason.text(language) if isinstance(reason, Note) else str(reason)


def _account(drawn: StreetAreas, output: Path, language: Language) -> str:
    lines = [note.text(language) for note in drawn.notes]
    if len(drawn.rejected):
        lines += ["", translate(NOT_USED, language)]
        lines += [
            "  " + Note(LINE, **{**row, "reason": _told(row["reason"], language)}).text(language)
            for row in drawn.rejected[["line", "area", "value", "reason"]].to_dict("records")
        ]
    return "\n".join([*lines, "", Note(WROTE, file=output, count=len(drawn.frame)).text(language)])


def _account_json(drawn: StreetAreas, output: Path) -> str:
    value = {
        "output": str(output),
        "rows_in": drawn.rows_in,
        "rows_used": drawn.rows_used,
        "rejected": [
            {key: str(item) if key == "reason" else item for key, item in row.items()}
            for row in drawn.rejected.to_dict("records")
        ],
        "areas": drawn.frame[["code", "name", "addresses"]].to_dict("records"),
        "notes": [str(note) for note in drawn.notes],
    }
    return json.dumps(value, ensure_ascii=False, indent=2, default=int)


def download(
    place: Annotated[str, typer.Argument(help="Name or code of the municipality.")],
    folder: Annotated[Path, typer.Argument(help="Where the files go.")] = Path("data"),
    years: Annotated[
        str | None, typer.Option(help="Years of police data: 2014, 2012-2018 [the last five].")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="addresses, boundaries or police; may be given again [all]."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what is there already; police data change.")
    ] = False,
    language: Spoken = "cs",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Get a municipality's addresses, areas and recorded crime from their publishers."""
    from apkgeo.progress import reporter
    from apkgeo.sources import download as work

    with reporter(not (quiet or as_json)) as tell:
        made = work.download(
            place,
            folder,
            kinds=only or work.KINDS,  # type: ignore[arg-type]
            years=None if years is None else _years(years),
            again=again,
            publishers=work.PUBLISHERS,
            fetcher=work.FETCHER,
            tell=tell,
        )
        outlines = [
            path
            for one in made
            if one.kind == "boundaries"
            for path in write_outlines(folder / one.file, anew=one.fresh)
        ]
    if as_json:
        files = [asdict(one) for one in made]
        drawn = [str(path) for path in outlines]
        typer.echo(json.dumps({"files": files, "outlines": drawn}, ensure_ascii=False, indent=2))
        return
    for one in made:
        said = DOWNLOADED if one.fresh else IS_THERE
        typer.echo(
            Note(
                said, file=folder / one.file, state=one.state,
                licence=translate(one.licence, language),
            ).text(language)
        )  # fmt: skip
    for path in outlines:
        typer.echo(Note(OUTLINE, file=path).text(language))


def write_outlines(register: Path, *, anew: bool = True) -> list[Path]:
    """Write the town's outline and its city districts beside the register's file.

    The register's file of a large town holds every parcel and takes minutes to read; these two
    take none. Files that are there are kept unless `anew`.

    Parameters
    ----------
    register : Path
        The exchange file (VFR), ``OB_554791_UKSH.xml``.
    """
    from apkgeo.sources.boundaries import read_boundaries

    base = register.name.removesuffix("_UKSH.xml")
    written = []
    for level, name in (("city", "mesto"), ("district", "obvody")):
        path = register.with_name(f"{base}_{name}.geojson")
        if anew or not path.exists():
            areas = read_boundaries(register, level=level).frame
            kept = areas[["code", "name", "level", "valid_from", "valid_to", "geometry"]]
            # A town without city districts has only its outline.
            if level == "city" or len(areas) > 1:
                write_areas(kept, path)
        if path.exists():
            written.append(path)
    return written


DOWNLOADED = _("{file}: downloaded, state of {state}. {licence}.")
OUTLINE = _("{file}: drawn from the register's areas.")
IS_THERE = _("{file}: was there already, state of {state}. {licence}.")


def _years(text: str) -> list[int]:
    """Read ``2014``, ``2012-2018`` or ``2012,2014``."""
    years: list[int] = []
    for piece in re.split(r"[,; ]+", text.strip()):
        match = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", piece)
        if match is None or (match[2] and match[2] < match[1]):
            raise InputError("--years", expected="2014, 2012-2018 or 2012,2014", came=repr(text))
        years += range(int(match[1]), int(match[2] or match[1]) + 1)
    return years
