"""Study templates with facts of a real city, to be completed by those who have its data."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from apkgeo.errors import InputError
from apkgeo.language import LANGUAGES, Language

LISTS = ("lokality.txt",)


def write_plzen(folder: str | Path, language: Language = "cs") -> Path:
    """Write a study of Plzeň with everything that public sources tell.

    Parameters
    ----------
    folder : str or Path
        Where the study goes; made when missing.
    language : {"cs", "en"}
        Language of the study file and of the pages that it asks for.

    Returns
    -------
    Path
        The study file. Beside it ``hranice/lokality.txt`` lists the streets of the localities, and
        ``data`` waits for what ``apkgeo download plzen`` gets and for the incidents.

    Raises
    ------
    InputError
        When there is a study already, or the folder cannot be written.

    Notes
    -----
    The study says at its top what is still missing: a file of incidents, the street lists of the
    police districts, and dates that no public source tells.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     print(write_plzen(folder).name)
    study.toml
    """
    if language not in LANGUAGES:
        raise InputError("language", expected=" or ".join(LANGUAGES), came=repr(language))
    folder = Path(folder)
    study = folder / "study.toml"
    if study.exists():
        raise InputError(f"{study} exists already", remedy="choose another folder, or remove it")
    template = resources.files("apkgeo") / "templates" / "plzen"
    files = {folder / "hranice" / name: template / name for name in LISTS}
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "hranice").mkdir(exist_ok=True)
        # The study comes last: where it is, everything is.
        for target, source in {**files, study: template / f"study.{language}.toml"}.items():
            if not target.exists():
                text = source.read_text(encoding="utf-8")
                target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"cannot write into {folder}: {error.strerror}", remedy="choose another folder"
        ) from error
    return study
