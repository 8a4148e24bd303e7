"""The command that gives each row of a table the point of its address."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apkgeo.commands.shared import AsJson, Quiet, Spoken, json_text, spare_inputs
from apkgeo.errors import InputError
from apkgeo.language import N_, Language, Note, _, number, percent, translate, translate_plural

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from apkgeo.places.gazetteer import Gazetteer

NO_ADDRESS = _("The row has no address.")
NOT_FOUND = _("Nothing like it stands in the register.")
SIMILAR = _("Nothing like it stands in the register; similar names: {names}.")
UNSURE = _("The likeliest answer is too unsure: {text}.")
NO_POINT = _("The register has no point for it.")
ROWS = N_("{count} row was read.", "{count} rows were read.")
PLACED = _(
    "Placed: {placed} ({share}), of them by address {address}, street {street}, part {part}."
)
NOT_PLACED = _("Not placed: {count}. Why stands in the column reason.")
WROTE = _("Wrote {file}.")
# How JSON calls each reason.
CODES = {
    NO_ADDRESS: "no_address",
    NOT_FOUND: "not_found",
    SIMILAR: "not_found",
    UNSURE: "unsure",
    NO_POINT: "no_point",
}
PRECISIONS = ("address", "street", "part")
_COLUMNS = ("matched_address", "precision", "score", "lon", "lat", "assumed", "reason")
_ENDINGS = (".csv", ".geojson", ".gpkg", ".parquet")
_ENDED = " or ".join([", ".join(_ENDINGS[:-1]), _ENDINGS[-1]])
_PIECE = 500


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog="Example: apkgeo geocode udalosti.xlsx --addresses data/OB_554791_ADR.csv "
        "--output udalosti_body.csv"
    )(geocode)


def geocode(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="CSV, Excel, … with addresses.")],
    addresses: Annotated[
        Path | None, typer.Option(help="The register's addresses (RÚIAN) of the town.")
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="The study whose addresses count [study.toml here].")
    ] = None,
    column: Annotated[
        str | None, typer.Option(help="Column with the address [recognised by its name].")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="What to write: .csv, .geojson, .gpkg, .parquet [TABLE_points.csv]."),
    ] = None,
    least: Annotated[
        float, typer.Option(min=0, max=1, help="Score under which an answer is not taken.")
    ] = 0.6,
    encoding: Annotated[str | None, typer.Option(help="Of the table [judged].")] = None,
    language: Spoken = "cs",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Give each row of a table the point of its address: exit 0 some found, 1 none.

    All rows and columns stay; added are the address found, how exact it is (address, street, part),
    its score, longitude and latitude, what was assumed, and where there is none, why.
    """
    from apkgeo.places.gazetteer import Gazetteer
    from apkgeo.sources.addresses import read_addresses

    target = output or table.with_name(f"{table.name.split('.')[0]}_points.csv")
    if target.suffix.lower() not in _ENDINGS:
        raise InputError(f"--output {target}", expected=f"a name that ends in {_ENDED}")
    spare_inputs("--output", target, [table, addresses])
    cells, texts, notes = read_written(table, column, encoding)
    read = read_addresses(_register(addresses, study))
    if read.frame.empty:
        raise InputError("the register holds no address", remedy="name another file")
    found = geocoded(texts, Gazetteer(read.frame), least=least, language=language, quiet=quiet)
    write_points(cells, found, target, language)
    account = _account(found, target)
    if as_json:
        typer.echo(json_text(account | {"notes": [str(note) for note in notes]}))
    elif not quiet:
        typer.echo("\n".join([*(note.text(language) for note in notes), *_told(account, language)]))
    raise typer.Exit(0 if account["placed"] else 1)


def _register(addresses: Path | None, study: Path | None) -> Any:
    """Return the address file that was named, or the study's."""
    from apkgeo.study import Study

    if addresses is not None:
        return addresses
    chosen = Study.from_toml(study or Path("study.toml"))
    if chosen.sources.addresses is None:
        raise InputError(
            f"{study or 'study.toml'} names no addresses",
            remedy="add them under [sources], or give --addresses",
        )
    return chosen.sources.addresses


def read_written(
    path: Path, column: str | None, encoding: str | None
) -> tuple[pd.DataFrame, pd.Series, tuple[Note, ...]]:
    """Return the rows of a table, their addresses as written, and how they were read."""
    from apkgeo.sources.columns import INCIDENTS, fold, known_names, listing, recognise
    from apkgeo.sources.files import parts, requested
    from apkgeo.sources.tables import read_table
    from apkgeo.sources.written_addresses import ADDRESS_COLUMNS, written_addresses

    named = {} if column is None else {"address": column}
    (file, *_others) = requested(path).files
    pieces = parts(file)
    if len(pieces) > 1:
        raise InputError(f"{file.name} holds {len(pieces)} tables", remedy="unpack it and name one")
    # What stands beside an address tells the header, too.
    read = read_table(pieces[0], known_names(INCIDENTS, named), encoding=encoding)
    if column is not None and fold(column) not in map(fold, read.cells.columns):
        raise InputError(
            f"{read.name}: no column {column!r}",
            came=f"columns {listing(read.cells.columns) or 'none'}",
            remedy="give one of them with --column",
        )
    columns = recognise(list(read.cells.columns), ADDRESS_COLUMNS, named, read.name)
    texts = written_addresses(read.cells, columns)
    if texts is None:
        raise InputError(
            f"{read.name}: no column for the address",
            expected="a column such as adresa, ulice or address",
            came=f"columns {listing(read.cells.columns) or 'none'}",
            remedy="name it with --column",
        )
    if len(read.rejected):
        first = read.rejected.iloc[0]
        raise InputError(
            f"{read.name}, row {first['row']}: {first['reason']}",
            came=repr(first["value"]), remedy="mend the row, so that none is lost",
        )  # fmt: skip
    return read.cells, texts, (*read.notes, *columns.notes)


def geocoded(
    texts: pd.Series,
    gazetteer: Gazetteer,
    *,
    least: float = 0.6,
    language: Language = "cs",
    quiet: bool = True,
) -> gpd.GeoDataFrame:
    """Return what was found for each address, and why where nothing was.

    Parameters
    ----------
    texts : pandas.Series of str
        Addresses as people wrote them.
    least : float
        A likeliest answer that scores less is not taken.
    language : {"cs", "en"}
        Of what was assumed.

    Returns
    -------
    geopandas.GeoDataFrame
        On the index of `texts`: ``matched_address``, ``precision``, ``score``, ``lon``, ``lat``,
        ``assumed``, ``reason`` (a Note, None where there is a point), and points in WGS 84.
    """
    import geopandas as gpd
    import pandas as pd

    from apkgeo.progress import counter

    unique = pd.Series(texts.dropna().unique(), dtype="object")
    pieces = []
    with counter(translate(_("placing addresses"), language), len(unique), not quiet) as done:
        for start in range(0, len(unique), _PIECE):
            piece = unique.iloc[start : start + _PIECE]
            pieces.append(gazetteer.geocode(piece, least=least))
            done(len(piece))
    found = pd.concat(pieces) if pieces else gazetteer.geocode(unique, least=least)
    points = gpd.GeoSeries(found.geometry, crs=gazetteer.index.crs).to_crs(4326)
    missing = points.isna() | points.is_empty
    reasons = [
        _reason(text, precision, gazetteer) if lost else None
        for text, precision, lost in zip(unique, found["precision"], missing, strict=True)
    ]
    answers = pd.DataFrame(
        {
            "matched_address": found["matched"],
            "precision": found["precision"].where(~missing),
            "score": found["score"],
            "lon": points.x.round(7),
            "lat": points.y.round(7),
            "assumed": [
                " ".join(one.text(language) for one in notes) for notes in found["assumed"]
            ],
            "reason": pd.Series(reasons, index=found.index, dtype="object"),
            "geometry": points.where(~missing),
        }
    ).set_index(unique.to_numpy())
    made = answers.reindex(texts.to_numpy()).set_axis(texts.index)
    made.loc[texts.isna(), "reason"] = Note(NO_ADDRESS)
    made["score"], made["assumed"] = made["score"].fillna(0.0), made["assumed"].fillna("")
    return gpd.GeoDataFrame(made, geometry="geometry", crs=4326)


def _reason(text: str, precision: str | None, gazetteer: Gazetteer) -> Note:
    """Return why a text was not placed."""
    if precision is not None:
        return Note(NO_POINT)
    likeliest = gazetteer.find(text, limit=1)
    if likeliest:
        return Note(UNSURE, text=likeliest[0].text)
    names = gazetteer.suggest(text, limit=3)
    return Note(SIMILAR, names=", ".join(names)) if names else Note(NOT_FOUND)


def write_points(
    cells: pd.DataFrame, found: gpd.GeoDataFrame, target: Path, language: Language
) -> None:
    """Write a table with what was found beside each row; whole or not at all."""
    import geopandas as gpd
    import pandas as pd

    from apkgeo.sources.tables import as_text
    from apkgeo.sources.text import unique_names

    plain = pd.DataFrame({name: as_text(cells[name]) for name in cells.columns}, index=cells.index)
    reasons = [one.text(language) if isinstance(one, Note) else "" for one in found["reason"]]
    together = pd.concat([plain, found[list(_COLUMNS)].assign(reason=reasons)], axis=1)
    together.columns = pd.Index(unique_names(list(together.columns)))
    temporary = target.with_name(f".{target.stem}.new{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix.lower() == ".csv":
            together.to_csv(temporary, index=False, sep=";", encoding="utf-8-sig")
        else:
            layer = gpd.GeoDataFrame(together, geometry=found.geometry.to_numpy(), crs=found.crs)
            if target.suffix.lower() == ".parquet":
                layer.to_parquet(temporary)
            else:
                layer.to_file(temporary, engine="pyogrio", layer="points")
        temporary.replace(target)
    except OSError as error:
        raise InputError(
            f"cannot write {target}: {error.strerror or error}", remedy="choose another folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _account(found: gpd.GeoDataFrame, target: Path) -> dict[str, Any]:
    precision = found["precision"].value_counts()
    reasons = Counter(CODES[one.message] for one in found["reason"] if isinstance(one, Note))
    placed = int(precision.sum())
    return {
        "output": str(target),
        "rows": len(found),
        "placed": placed,
        "share": round(placed / len(found), 4) if len(found) else 0.0,
        "precision": {name: int(precision.get(name, 0)) for name in PRECISIONS},
        "not_placed": dict(sorted(reasons.items())),
    }


def _told(account: dict[str, Any], language: Language) -> list[str]:
    counted = {name: number(count, language) for name, count in account["precision"].items()}
    said = translate(PLACED, language).format(
        placed=number(account["placed"], language),
        share=percent(account["share"], language, digits=1),
        **counted,
    )
    lines = ["", translate_plural(ROWS, account["rows"], language), said]
    missing = account["rows"] - account["placed"]
    if missing:
        lines.append(Note(NOT_PLACED, count=missing).text(language))
    return [*lines, Note(WROTE, file=account["output"]).text(language)]
