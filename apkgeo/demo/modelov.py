"""Write Modelov's folder, as the analyst of a city would have it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from apkgeo.demo.account import truth_json
from apkgeo.demo.addresses import build_addresses, register
from apkgeo.demo.districts import boundaries_of
from apkgeo.demo.export import csv_bytes, write_down, xlsx_bytes
from apkgeo.demo.history import simulate
from apkgeo.demo.incidents import incidents_of
from apkgeo.demo.patrols import write_tracks
from apkgeo.demo.study_file import study_toml
from apkgeo.demo.town import draw_town
from apkgeo.errors import InputError
from apkgeo.language import _

# No city knows the truth: the file tells a demo's folder from anybody else's.
_MARK = "truth.json"
_OWN = (
    "study.toml",
    "adresy.csv",
    "udalosti_2014-2017.csv",
    "udalosti_2018.xlsx",
    "hranice",
    "hlidky",
)


def write_modelov(
    folder: Path, *, seed: int = 2014, progress: Callable[[str], None] | None = None
) -> Path:
    """Write the files of Modelov into `folder`; the same seed gives the same bytes everywhere.

    Parameters
    ----------
    folder : pathlib.Path
        Made when it does not exist. An earlier demo's files are replaced, others left alone.
    seed : int
        Of everything random: the streets between the roads, house numbers, incidents, walks; 0 or
        more.
    progress : callable, optional
        Called with an English sentence (marked for translation) before each step.

    Returns
    -------
    pathlib.Path
        The study file, ``study.toml``.

    Raises
    ------
    InputError
        When the folder cannot be written, or holds somebody's own study or file of such a name.

    Notes
    -----
    Besides it there are ``adresy.csv`` (RÚIAN), ``hranice/*.geojson``,
    ``udalosti_2014-2017.csv`` and ``udalosti_2018.xlsx`` (a municipal police's export),
    ``hlidky/*.gpx`` (patrols) and ``truth.json`` (what is true, which no city has).
    """
    if seed < 0:
        raise InputError("seed", expected="0 or more", came=str(seed))
    folder = Path(folder)
    _spare_others(folder)
    say = progress or (lambda _message: None)

    say(_("Drawing the town."))
    town = draw_town(seed)
    files: dict[str, bytes] = {
        f"hranice/{name}": text.encode() for name, text in boundaries_of(town).files().items()
    }

    say(_("Numbering the houses."))
    addresses = build_addresses(town, seed)
    table = register(addresses, seed).to_csv(sep=";", index=False, lineterminator="\n")
    files["adresy.csv"] = table.encode("cp1250")

    say(_("Letting five years pass."))
    history = simulate(addresses, town, seed)
    incidents = incidents_of(history, addresses, seed)
    export = write_down(incidents, addresses, seed)
    files["udalosti_2014-2017.csv"] = csv_bytes(export)
    files["udalosti_2018.xlsx"] = xlsx_bytes(export)

    say(_("Walking with the patrols."))
    for name, text in write_tracks(town, history.effects, seed).items():
        files[f"hlidky/{name}"] = text.encode()

    # Written first: where it lies, the rest is a demo's too, even one that was interrupted.
    files = {_MARK: truth_json(seed, history, incidents, export).encode(), **files}
    files["study.toml"] = study_toml(history.effects, seed).encode()
    try:
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror}", remedy="choose another folder"
        ) from error
    return folder / "study.toml"


def _spare_others(folder: Path) -> None:
    """Refuse a folder in which a demo would replace files that are not a demo's."""
    theirs = [] if (folder / _MARK).exists() else [n for n in _OWN if (folder / n).exists()]
    if theirs:
        raise InputError(
            f"{folder / theirs[0]} exists already and is not a demo's",
            remedy="choose another folder",
        )
