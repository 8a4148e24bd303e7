"""Every layer of a study as one GeoPackage that QGIS opens as the pages draw it.

It holds what the study's audience may see: counts are hidden as on the pages, points of incidents
are there on internal runs alone, tracks of patrols never.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from apkgeo.language import Language, _
from apkgeo.pages.compared import shown_comparison
from apkgeo.pages.content import SiteContent, areas_and_lines
from apkgeo.pages.hotspot_legends import CHANGE, HOT_SETS, SINCE
from apkgeo.pages.hotspot_words import Mark
from apkgeo.pages.palettes import ACCENT, COMPARED, DISTRICT, FEW, INK, MUTED, RAIL, STREET, WATER
from apkgeo.pages.parts import primary, sheet_warning
from apkgeo.pages.qgis import Label, Symbol, colour, fill, line, marker, qml
from apkgeo.pages.shown import ShownFinding, shown_findings
from apkgeo.pages.shown_grid import ShownGrid, shown_grid
from apkgeo.pages.words import GRADES, programme, say

# A fixed day, so that equal layers give equal bytes.
_MADE = "2000-01-01T00:00:00.000Z"
_PERIODS = {"before": _("Incidents a year before"), "after": _("Incidents a year after")}
_DENSITIES = {"before": _("Density before"), "after": _("Density after")}
# As QGIS makes the table in which it looks for a layer's styles.
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30), update_time DATETIME)
"""


@dataclass(frozen=True)
class Layer:
    """A layer with its styles: the first is the one that QGIS takes."""

    name: str
    title: str
    frame: gpd.GeoDataFrame
    styles: tuple[tuple[str, str], ...]


def write_geopackage(
    path: str | Path, content: SiteContent, *, incidents: gpd.GeoDataFrame | None = None
) -> Path:
    """Write every layer of a study with its style into one GeoPackage.

    Parameters
    ----------
    path : path
        The file; an older one is replaced.
    content : SiteContent
        What the pages are made of.
    incidents : geopandas.GeoDataFrame, optional
        Tidy incidents; they are written on internal runs only.

    Returns
    -------
    Path
        The file: ``localities``, ``rings``, ``comparison_areas``, ``cells``, ``districts``,
        ``city``, ``water``, ``rivers``, ``railways``, ``streets``, ``incidents``, as far as there
        are any, in the study's CRS; ``about`` says of what and for whom; ``layer_styles`` is where
        QGIS looks for styles.

    Notes
    -----
    Equal content gives equal bytes. The count of a hidden cell, ring or locality is missing, and
    so is everything that follows from it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    layers = study_layers(content, incidents)
    crs = content.evaluation.areas.crs
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _MADE})
    try:
        for layer in layers:
            pyogrio.write_dataframe(
                layer.frame.to_crs(crs),
                target,
                layer=layer.name,
                driver="GPKG",
                append=target.exists(),
                promote_to_multi=_type(layer.frame).startswith("Multi"),
                geometry_type=_type(layer.frame),
                layer_options={"DESCRIPTION": layer.title, "IDENTIFIER": layer.name},
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    with closing(sqlite3.connect(target)) as database:
        _write_styles(database, layers)
        _write_about(database, content)
        database.commit()
        database.execute("VACUUM")
    return target


def study_layers(content: SiteContent, incidents: gpd.GeoDataFrame | None = None) -> list[Layer]:
    """Return the layers as the study's audience may see them, the lowest last."""
    study, language = content.study, content.study.language
    areas = content.evaluation.areas
    findings = primary(shown_findings(content.evaluation))
    layers = [
        Layer(
            "localities",
            say(_("Localities where a programme runs, and what was found there"), language),
            _localities(areas, findings, language),
            (
                (
                    "apkgeo",
                    qml(
                        fill(ACCENT, ACCENT, width=0.5, opacity=0.12),
                        label=Label("name", "beneath", size=10, bold=True),
                    ),
                ),
            ),
        ),
        Layer(
            "rings",
            say(_("Rings around the localities"), language),
            _rings(areas, findings),
            (("apkgeo", qml(fill(None, ACCENT, width=0.2, dashed=True))),),
        ),
        Layer(
            "comparison_areas",
            say(_("Areas that the localities are compared with"), language),
            shown_comparison(content),
            (("apkgeo", qml(fill(COMPARED, "#ffffff", width=0.1, opacity=0.75))),),
        ),
    ]
    if content.cells is not None:
        layers.append(_cells(shown_grid(content.cells, study), language))
    layers += _context(content, language)
    if study.privacy.audience == "internal" and incidents is not None:
        layers.insert(0, _incidents(incidents, language))
    return [layer for layer in layers if len(layer.frame)]


def _localities(
    areas: gpd.GeoDataFrame, findings: Sequence[ShownFinding], language: Language
) -> gpd.GeoDataFrame:
    """Return a row for each programme in a locality, with what may be told of it."""
    shapes = areas[areas["role"] == "treated"].set_index("code").geometry
    rows = []
    for one in findings:
        told, expected = one.main, one.expected
        rows.append(
            {
                "code": one.deployment.locality,
                "name": one.name,
                "programme": programme(one.deployment, language),
                "since": one.deployment.start.isoformat(),
                "outcome": one.outcome,
                "before": one.count_before,
                "before_days": one.before.days,
                "after": one.count_after,
                "after_days": one.after.days,
                "expected": expected.estimate if expected else math.nan,
                "ratio": told.estimate if told else math.nan,
                "ratio_low": told.low if told else math.nan,
                "ratio_high": told.high if told else math.nan,
                "grade": one.grade,
                "finding": say(GRADES[one.grade], language) if one.grade else None,
                "geometry": shapes[one.deployment.locality],
            }
        )
    return _rounded(gpd.GeoDataFrame(rows, geometry="geometry", crs=areas.crs))


def _rounded(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return counts as whole numbers and the rest as exactly as the pages tell it, not more."""
    digits = {
        name: 1 if name == "expected" else 2
        for name in frame.columns
        if name == "expected" or name.startswith(("ratio", "low", "high", "relative", "index"))
    }
    whole = frame.astype({"before": "Int64", "after": "Int64"})
    return whole.replace([math.inf], math.nan).round(digits)


def _rings(areas: gpd.GeoDataFrame, findings: Sequence[ShownFinding]) -> gpd.GeoDataFrame:
    """Return a row for each ring and programme, from within outwards."""
    rings = areas[areas["role"] == "ring"]
    rows = []
    for one in findings:
        mine = rings[rings["locality"] == one.deployment.locality].geometry
        shapes = sorted(mine, key=lambda shape: shape.envelope.area)
        for shape, told in zip(shapes, one.rings.to_dict("records"), strict=True):
            rows.append(
                {
                    "locality": one.deployment.locality,
                    "name": one.name,
                    "since": one.deployment.start.isoformat(),
                    **{str(name): float(value) for name, value in told.items()},
                    "geometry": shape,
                }
            )
    names = ["locality", "name", "since", *(findings[0].rings.columns if findings else ())]
    frame = gpd.GeoDataFrame(rows, columns=[*names, "geometry"], geometry="geometry", crs=areas.crs)
    return _rounded(frame)


def _cells(grid: ShownGrid, language: Language) -> Layer:
    """Return the squares with their classes in words: no counts, as on the pages."""
    frame = grid.frame[["code", "name", "district", "change"]].copy()
    styles: list[tuple[str, str]] = []
    for kinds in (CHANGE, HOT_SETS, SINCE):
        if kinds.column not in grid.frame.columns:
            continue
        frame[kinds.column] = grid.frame[kinds.column].astype(str)
        categories = [
            (kind, say(mark.words, language), fill(mark.fill, "#ffffff", width=0.1))
            for kind, mark in kinds.marks.items()
        ]
        rest = sorted(set(frame[kinds.column]) - set(kinds.marks))
        categories += [(kind, "–", fill(FEW, "#ffffff", width=0.1)) for kind in rest]
        style = qml(
            attribute=kinds.column, categories=categories, label=_signs(kinds.column, kinds.marks)
        )
        styles.append((say(kinds.legend, language), style))
    scales = {name: (grid.classes, say(words, language)) for name, words in _PERIODS.items()}
    none = dict.fromkeys(_PERIODS, grid.label(-1, language))
    if grid.found is not None:
        few = say(_("fewer, or too few to be shown"), language)
        none |= {f"density_{name}": few for name in _DENSITIES}
        scales |= {
            f"density_{name}": (grid.found.densities, say(words, language))
            for name, words in _DENSITIES.items()
        }
        for name in ("before", "after", "morning", "afternoon", "night"):
            frame[f"hot_{name}"] = grid.frame[f"hot_{name}"].astype(bool)
    for name, (classes, words) in scales.items():
        column = name if name.startswith("density") else f"{name}_class"
        labels = {-1: none[name]} | {
            place: classes.label(place, language) for place in range(len(classes.edges))
        }
        colours = {-1: FEW} | dict(enumerate(classes.colours))
        frame[name] = [labels[place] for place in grid.frame[column]]
        categories = [
            (label, label, _cell(colours[place], name if column == name else ""))
            for place, label in labels.items()
        ]
        styles.append((words, qml(attribute=name, categories=categories)))
    made = gpd.GeoDataFrame(frame, geometry=grid.frame.geometry, crs=grid.frame.crs)
    title = say(_("Squares: incidents of the primary outcome a year, in classes"), language)
    return Layer("cells", title, made.astype({"name": "str", "district": "str"}), tuple(styles))


def _signs(column: str, marks: Mapping[str, Mark]) -> Label | None:
    """Return the signs that the pages write on the squares of each kind."""
    signed = {kind: mark.sign for kind, mark in marks.items() if mark.sign}
    cases = [f"WHEN \"{column}\" = '{kind}' THEN '{sign}'" for kind, sign in signed.items()]
    if not cases:
        return None
    text = f"CASE {' '.join(cases)} END"
    return Label(text, "middle", size=8, bold=True, expression=True)


def _cell(inside: str, density: str) -> Symbol:
    """Return the look of a square; on maps of density, hot ones have a dark edge."""
    plain = fill(inside, "#ffffff", width=0.1)
    if not density:
        return plain
    hot = f'"hot_{density.removeprefix("density_")}"'
    told = {
        "outlineColor": f"if({hot}, '{colour(INK)}', '{colour('#ffffff')}')",
        "outlineWidth": f"if({hot}, 0.4, 0.1)",
    }
    return replace(plain, expressions=told)


def _context(content: SiteContent, language: Language) -> list[Layer]:
    context = content.context
    lakes, rivers = areas_and_lines(context.water)
    drawn = [
        (
            "districts",
            _("Police districts"),
            context.districts,
            qml(fill(None, DISTRICT, width=0.3), label=Label("name", colour=MUTED, size=8)),
        ),
        ("city", _("City boundary"), context.city, qml(fill(None, MUTED, width=0.5))),
        ("water", _("Water"), lakes, qml(fill(WATER, None))),
        ("rivers", _("Rivers"), rivers, qml(line(WATER, width=1.2))),
        ("railways", _("Railways"), context.railways, qml(line(RAIL, width=0.35, dashed=True))),
        (
            "streets",
            _("Streets"),
            context.streets,
            qml(line(STREET, width=0.4), label=Label("name", "along", colour=MUTED, size=7)),
        ),
    ]
    return [
        Layer(name, say(title, language), _named(frame), (("apkgeo", style),))
        for name, title, frame, style in drawn
        if frame is not None and len(frame)
    ]


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return shapes with their codes and names only."""
    kept = frame[[name for name in ("code", "name") if name in frame.columns]].astype("str")
    if "name" not in kept.columns:
        kept = kept.assign(name=kept["code"] if "code" in kept.columns else "")
    return gpd.GeoDataFrame(kept, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _incidents(incidents: gpd.GeoDataFrame, language: Language) -> Layer:
    placed = incidents[~incidents.geometry.isna()]
    columns = ["incident_id", "occurred", "offence", "offence_text", "origin", "precision"]
    kept = placed[[name for name in columns if name in placed.columns]].copy()
    kept["occurred"] = [moment.isoformat() for moment in kept["occurred"]]
    kept = kept.astype("str").where(kept.notna(), None)
    frame = gpd.GeoDataFrame(kept, geometry=placed.geometry.to_numpy(), crs=placed.crs)
    title = say(_("Incidents: must not leave the office"), language)
    return Layer("incidents", title, frame, (("apkgeo", qml(marker(INK))),))


def _type(frame: gpd.GeoDataFrame) -> str:
    """Return the one geometry type of a layer."""
    kinds = set(frame.geometry.geom_type)
    for single in ("Polygon", "LineString", "Point"):
        if kinds <= {single, f"Multi{single}"}:
            return "Point" if kinds == {"Point"} else f"Multi{single}"
    return "Unknown"


def _write_styles(database: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    database.execute(_STYLES)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
        [_MADE],
    )
    columns = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
    for layer in layers:
        for place, (name, style) in enumerate(layer.styles):
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
                "owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
                [
                    layer.name,
                    columns[layer.name],
                    name,
                    style,
                    place == 0,
                    layer.title,
                    _MADE,
                ],
            )


def _write_about(database: sqlite3.Connection, content: SiteContent) -> None:
    """Say in a table of what and for whom the layers are."""
    study, language = content.study, content.study.language
    told = pd.Series(
        {
            "study": study.name,
            "audience": study.privacy.audience,
            "warning": sheet_warning(study.privacy.audience, language),
            "licences": "; ".join(content.licences),
        }
    )
    database.execute("CREATE TABLE about (id INTEGER PRIMARY KEY, name TEXT, value TEXT)")
    database.executemany(
        "INSERT INTO about (name, value) VALUES (?, ?)", list(told[told != ""].items())
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('about', 'attributes', 'about', '', ?)",
        [_MADE],
    )
