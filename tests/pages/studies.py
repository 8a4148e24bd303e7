"""Three studies, built once for all tests of a session, as each audience would get their pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from apkgeo.demo import write_modelov
from apkgeo.evaluation import Evaluation
from apkgeo.pages.content import SiteContent
from apkgeo.pages.results import result_files
from apkgeo.pages.site import build_site
from apkgeo.pipeline import Inputs, evaluate_inputs, read_inputs, site_content
from apkgeo.study import Deployment, Study
from tests import town

AUDIENCES = ("public", "council", "internal")
MANY = 100_000


@dataclass(frozen=True)
class Built:
    """The pages of a study for an audience.

    Attributes
    ----------
    folder : Path
        Where they lie.
    content : SiteContent
        What they were made of, every count included.
    inputs : Inputs
        What was read.
    pages : dict of str to str
        File name -> HTML.
    results : dict of str to str
        File name -> text of the tables and the JSON beside them.
    """

    folder: Path
    content: SiteContent
    inputs: Inputs
    pages: dict[str, str]
    results: dict[str, str]

    @property
    def evaluation(self) -> Evaluation:
        """The results, every count included."""
        return self.content.evaluation


def modelov(folder: Path, _shared: Path | None) -> Study:
    """The demo."""
    return Study.from_toml(write_modelov(folder))


def memphis(_folder: Path, shared: Path | None) -> Study | None:
    """A year of real robberies, in English; None where the files are not there."""
    if shared is None:
        return None
    return Study(
        name="Memphis robberies",
        language="en",
        time_zone="America/Chicago",
        sources={
            "incidents": shared / "memphis" / "memphis_robberies.geojson",
            "localities": shared / "memphis" / "memphis_precincts.geojson",
        },
        outcomes={"robbery": "*"},
        deployments=[Deployment(locality="Crump", start=date(2019, 7, 1), programme="patrols")],
        months_before=6,
        months_after=6,
    )


def many(folder: Path, _shared: Path | None) -> Study:
    """A made-up town with a hundred thousand incidents in 30 places over three years."""
    areas = town.areas()
    incidents = town.incidents(np.random.default_rng(100), mean=1300)
    rows = np.random.default_rng(1).choice(len(incidents), MANY, replace=False)
    drawn = incidents.iloc[np.sort(rows)].reset_index(drop=True)
    kinds = np.array(["public_order", "property", "alcohol_tobacco"])
    drawn["offence"] = kinds[np.random.default_rng(2).integers(0, 3, MANY)]
    frames = {"incidents": drawn.drop(columns="origin"), "localities": areas.localities}
    frames |= {"districts": areas.districts, "city": areas.city}
    for name, frame in frames.items():
        frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
    return Study(
        name="Velké město",
        sources={name: folder / f"{name}.gpkg" for name in frames},
        # The second and the third share a kind: neither contains the other.
        outcomes={
            "pořádek": ["public_order"],
            "pořádek a majetek": ["public_order", "property"],
            "majetek a alkohol": ["property", "alcohol_tobacco"],
        },
        deployments=[
            Deployment(locality="p0", start=town.START),
            Deployment(locality="p7", start=date(2016, 6, 1)),
            Deployment(locality="p7", start=date(2016, 9, 1), programme="caretakers"),
        ],
        months_after=6,
    )


STUDIES: dict[str, Callable[[Path, Path | None], Study | None]] = {
    "modelov": modelov,
    "memphis": memphis,
    "many": many,
}


class Studies:
    """Studies and their pages, each made when it is first asked for."""

    def __init__(self, root: Path, shared: Path | None) -> None:
        self._root, self._shared = root, shared
        self._whole = cache(self._made)
        self._drawn = cache(self._built)

    def built(self, name: str, audience: str, least: int = 5) -> Built | None:
        """Return a study's pages for an audience; None where its files are not there."""
        return self._drawn(name, audience, least)

    def _made(self, name: str) -> tuple[Inputs, SiteContent] | None:
        folder = self._root / name
        folder.mkdir()
        study = STUDIES[name](folder, self._shared)
        if study is None:
            return None
        inputs = read_inputs(study)
        return inputs, site_content(inputs, evaluate_inputs(inputs))

    def _built(self, name: str, audience: str, least: int) -> Built | None:
        made = self._whole(name)
        if made is None:
            return None
        inputs, content = made
        content = for_audience(content, audience, least)
        pages = build_site(content)
        folder = self._root / name / f"{audience}-{least}"
        folder.mkdir()
        for file, html in pages.items():
            (folder / file).write_text(html, encoding="utf-8")
        return Built(folder, content, inputs, pages, result_files(content.evaluation))


def for_audience(content: SiteContent, audience: str, least: int = 5) -> SiteContent:
    """Return the same results for another audience."""
    study: Any = content.study
    privacy = study.privacy.model_copy(update={"audience": audience, "min_count": least})
    told = study.model_copy(update={"privacy": privacy})
    return replace(content, evaluation=replace(content.evaluation, study=told))
